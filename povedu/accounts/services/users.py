"""Making, mending and closing the accounts of people."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import Role
from povedu.accounts.models import User
from povedu.accounts.rules import first_password
from povedu.accounts.selectors import has_second_factor, jurisdictions_from
from povedu.accounts.services.sessions import close_all, remove_second_factor
from povedu.audit.services import changed_fields, record
from povedu.errors import Refusal
from povedu.scope import Actor


def create_user(
    *, actor: Actor, now: datetime, username: str, name: str, post: str = ""
) -> tuple[User, str]:
    """Make an account without any right; return it and its first password, shown only once."""
    password = first_password()
    user = User(
        username=username.strip().lower(),
        name=name.strip(),
        post=post.strip(),
        must_change_password=True,
        password_changed_at=now,
        division_prefix=actor.scope.division_prefix,
    )
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            record(actor=actor, now=now, verb="user.create", subject=user)
    except IntegrityError:
        raise Refusal("username-taken", _("登录名已被使用，请换一个。")) from None
    return user, password


@transaction.atomic
def edit_user(*, actor: Actor, now: datetime, user: User, name: str, post: str) -> User:
    """Correct a person's name or post."""
    before = {"name": user.name, "post": user.post}
    user.name, user.post = name.strip(), post.strip()
    changes = changed_fields(before, {"name": user.name, "post": user.post})
    if changes:
        user.save(update_fields=["name", "post"])
        record(actor=actor, now=now, verb="user.edit", subject=user, changes=changes)
    return user


@transaction.atomic
def reset_password(*, actor: Actor, now: datetime, user: User, reason: str) -> str:
    """Give a person a new first password, end all their sessions; return it, shown only once.

    Refuses where the password alone would open an approver's account: whoever gives it could
    approve in the approver's name.
    """
    _not_oneself(actor, user)
    if not has_second_factor(user):
        _refuse_approver(user, now)
    password = first_password()
    user.set_password(password)
    user.must_change_password = True
    user.password_changed_at = now
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    close_all(user, now=now)
    record(actor=actor, now=now, verb="user.reset-password", subject=user, reason=reason)
    return password


@transaction.atomic
def take_second_factor(*, actor: Actor, now: datetime, user: User, reason: str) -> None:
    """Take away the second factor of somebody whose telephone is lost; refuses an approver's."""
    _not_oneself(actor, user)
    _refuse_approver(user, now)
    remove_second_factor(actor=actor, now=now, user=user, reason=reason)


@transaction.atomic
def disable_user(*, actor: Actor, now: datetime, user: User, reason: str) -> None:
    """Close an account: its sessions and keys stop working with the next request."""
    _not_oneself(actor, user)
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        user.is_active = False
        close_all(user, now=now)
        record(actor=actor, now=now, verb="user.disable", subject=user, reason=reason)


@transaction.atomic
def enable_user(*, actor: Actor, now: datetime, user: User, reason: str) -> None:
    """Open a closed account again, with the jurisdictions it still has."""
    _not_oneself(actor, user)
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        user.is_active = True
        record(actor=actor, now=now, verb="user.enable", subject=user, reason=reason)


@transaction.atomic
def change_own_password(
    *, actor: Actor, now: datetime, user: User, password: str, kept_session: str = ""
) -> None:
    """Set a person's own new password; every other session of theirs ends."""
    user.set_password(password)
    user.must_change_password = False
    user.password_changed_at = now
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    close_all(user, now=now, but=kept_session)
    record(actor=actor, now=now, verb="user.change-password", subject=user)


def choose_language(*, user_id: int, language: str) -> None:
    """Remember the language a person reads; a taste, so not audited."""
    User.objects.filter(pk=user_id).exclude(language=language).update(language=language)


def _refuse_approver(user: User, now: datetime) -> None:
    """Let nobody alone get into an approver's account; giving the role back takes two persons."""
    if jurisdictions_from(user, timezone.localtime(now).date()).filter(role=Role.APPROVER).exists():
        raise Refusal(
            "approver-account",
            _(
                "该账号有审核权限，不能由一人取得进入它的密码或动态码。"
                "请先收回其审核权限再办理，之后重新申请授权，由另一人复核。"
            ),
        )


def _not_oneself(actor: Actor, user: User) -> None:
    if user.pk == actor.user_id:
        raise Refusal("own-account", _("不能对自己的账号进行此操作，请由另一位安全管理员办理。"))
