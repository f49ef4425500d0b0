"""Forms of accounts."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import OfficeCode, Role
from povedu.accounts.models import Jurisdiction, User
from povedu.accounts.selectors import places, school_division, school_options
from povedu.accounts.services import GrantTerms
from povedu.scope import Scope

EMPTY = [("", "")]


class SignInForm(forms.Form):
    """Name and password; what is wrong with them is never said."""

    username = forms.CharField(
        label=_("登录名"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_username(self) -> str:
        """Sign-in names are stored in small letters."""
        return str(self.cleaned_data["username"]).strip().lower()


class PasswordForm(forms.Form):
    """One's own new password, with the old one."""

    old = forms.CharField(
        label=_("原密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("新密码"),
        strip=False,
        max_length=200,
        help_text=_("至少 10 个字符，不能全是数字，不能是常见密码，不能与登录名或姓名相似。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("再输一次新密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_old(self) -> str:
        """Demand the right old password."""
        old = str(self.cleaned_data["old"])
        if not self.user.check_password(old):
            raise forms.ValidationError(_("原密码不正确。"))
        return old

    def clean(self) -> dict[str, Any]:
        """Demand a new one that is repeated, different and not a poor one."""
        data = super().clean() or {}
        new = data.get("password", "")
        if new and new != data.get("repeated"):
            self.add_error("repeated", _("两次输入的新密码不一致。"))
        elif new and new == data.get("old"):
            self.add_error("password", _("新密码不能与原密码相同。"))
        elif new:
            try:
                validate_password(new, self.user)
            except forms.ValidationError as poor:
                self.add_error("password", poor)
        return data


class CodeForm(forms.Form):
    """A code of the second factor."""

    code = forms.CharField(
        label=_("动态码"),
        max_length=6,
        min_length=6,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )


class UserForm(forms.Form):
    """A new account."""

    username = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z",
        label=_("登录名"),
        max_length=60,
        error_messages={"invalid": _("登录名只用字母、数字和 . _ -，以字母或数字开头。")},
    )
    name = forms.CharField(label=_("姓名"), max_length=60)
    post = forms.CharField(label=_("职务"), max_length=60, required=False)


class UserEditForm(forms.Form):
    """What may be corrected of an account."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    post = forms.CharField(label=_("职务"), max_length=60, required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("理由"), max_length=200, min_length=2)


class DecisionForm(forms.Form):
    """Agree or send back, with a word where it is sent back."""

    agree = forms.TypedChoiceField(
        label=_("复核意见"),
        choices=[("yes", _("同意")), ("no", _("退回"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("说明"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Demand a word with what is sent back."""
        data = super().clean() or {}
        if data.get("agree") is False and not data.get("reason"):
            self.add_error("reason", _("退回须写明原因。"))
        return data


class GrantForm(forms.Form):
    """The terms of a jurisdiction to be given."""

    role = forms.ChoiceField(label=_("角色"), choices=Role.choices)
    office = forms.ChoiceField(
        label=_("股室"), choices=[*EMPTY, *OfficeCode.choices], required=False
    )
    division_prefix = forms.ChoiceField(label=_("管辖区划"))
    school_code = forms.ChoiceField(
        label=_("学校"), required=False, help_text=_("只管一所学校时填写。")
    )
    starts_on = forms.DateField(label=_("开始日期"))
    ends_on = forms.DateField(
        label=_("结束日期"), required=False, help_text=_("代理必须填写；其他可以不填。")
    )
    on_behalf_of = forms.ModelChoiceField(
        User.objects.none(), label=_("代理谁"), required=False, help_text=_("只在代理时填写。")
    )
    reason = forms.CharField(label=_("理由"), max_length=200, min_length=2)

    def __init__(self, scope: Scope, people: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division_prefix"].choices = places(scope)  # type: ignore[attr-defined]  # a choice field, declared above
        self.fields["school_code"].choices = [*EMPTY, *school_options(scope)]  # type: ignore[attr-defined]  # a choice field, declared above
        self.fields["on_behalf_of"].queryset = people  # type: ignore[attr-defined]  # a choice field, declared above

    def terms(self) -> GrantTerms:
        """Return the cleaned terms; a school brings its own division."""
        data = self.cleaned_data
        prefix = data["division_prefix"]
        if data["school_code"]:
            prefix = school_division(data["school_code"]) or prefix
        return GrantTerms(
            role=data["role"],
            office=data["office"],
            division_prefix=prefix,
            school_code=data["school_code"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            on_behalf_of=data["on_behalf_of"],
        )


class HandOverForm(forms.Form):
    """Who takes over, from when."""

    successor = forms.ModelChoiceField(User.objects.none(), label=_("接任人"))
    starts_on = forms.DateField(label=_("交接日期"))
    reason = forms.CharField(label=_("理由"), max_length=200, min_length=2)

    def __init__(self, people: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = people  # type: ignore[attr-defined]  # a choice field, declared above


class TokenForm(forms.Form):
    """What a key is for, and for how long."""

    jurisdiction = forms.ModelChoiceField(
        Jurisdiction.objects.none(), label=_("以哪一身份使用"), empty_label=None
    )
    name = forms.CharField(label=_("用途"), max_length=60)
    days = forms.TypedChoiceField(
        label=_("有效期"),
        coerce=int,
        choices=[(30, _("30 天")), (90, _("90 天")), (365, _("365 天"))],
    )

    def __init__(self, own: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jurisdiction"].queryset = own  # type: ignore[attr-defined]  # a choice field, declared above
