"""Forms of student loans: contracts, caps, reliefs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from povedu.identity import read_id
from povedu.protected import IdNumber, Phone
from subsidies.choices import LoanLevel, ReliefCause
from subsidies.forms.acting import ActorForm, money, text
from subsidies.models import Loan
from subsidies.rules.loans import next_states
from subsidies.services.lending import Borrower, LoanTerms


def _year(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=2005, max_value=2100)


class TermsForm(ActorForm):
    """What a contract says of its year."""

    contract_no = text(_("合同号"), 40, required=True)
    academic_year = _year(_("学年（起始年）"))
    college = text(_("就读高校"), 80, required=True)
    level = forms.ChoiceField(label=_("学历层次"), choices=LoanLevel.choices)
    amount = money(_("贷款金额（元）"))
    bank = text(_("经办银行"), 60)
    over_cap_reason = text(_("超额理由（未超过当年最高额不填）"), 200)

    def terms(self) -> LoanTerms:
        """Return the contract as the service wants it."""
        names = LoanTerms.__dataclass_fields__
        return LoanTerms(**{name: self.cleaned_data[name] for name in names})


class RenewalForm(TermsForm):
    """The contract of a later year."""


class LoanForm(TermsForm):
    """A first contract with its people."""

    borrower_name = text(_("借款人"), 40, required=True)
    borrower_id_number = text(_("借款人身份证号"), 30, required=True)
    co_borrower_name = text(_("共同借款人"), 40)
    co_borrower_id_number = text(_("共同借款人身份证号"), 30)
    co_borrower_relation = text(_("与借款人关系"), 20)
    phone = text(_("联系电话"), 20)

    field_order = (
        *("borrower_name", "borrower_id_number", "contract_no", "academic_year", "college"),
        *("level", "amount", "bank", "over_cap_reason", "co_borrower_name"),
        *("co_borrower_id_number", "co_borrower_relation", "phone"),
    )

    def clean_borrower_id_number(self) -> IdNumber:
        """Read the borrower's number."""
        return self._number("borrower_id_number")

    def clean_co_borrower_id_number(self) -> IdNumber:
        """Read the co-borrower's number, which may be missing."""
        return self._number("co_borrower_id_number")

    def _number(self, name: str) -> IdNumber:
        typed = str(self.cleaned_data[name])
        reading = read_id(typed)
        if typed and not reading.is_valid:
            raise forms.ValidationError(_("身份证号有误。请对照证件改正。"))
        return IdNumber(reading.id_number or "")

    def borrower(self) -> Borrower:
        """Return the people as the service wants them."""
        given = self.cleaned_data
        return Borrower(
            given["borrower_name"],
            given["borrower_id_number"],
            given["co_borrower_name"],
            given["co_borrower_relation"],
            given["co_borrower_id_number"],
            Phone(given["phone"]),
        )


class LoanGrantForm(ActorForm):
    """When the money was lent, and until when."""

    granted_on = forms.DateField(label=_("放款日期"), widget=forms.DateInput())
    due_on = forms.DateField(label=_("到期日期"), widget=forms.DateInput())


class LoanMoveForm(ActorForm):
    """Where the contract stands now."""

    state = forms.ChoiceField(label=_("改为"))
    reason = text(_("依据"), 200, required=True)

    def __init__(self, *args: Any, loan: Loan, **kwargs: Any) -> None:
        self.loan = loan
        super().__init__(*args, **kwargs)

    def bound_choices(self) -> None:
        """Offer the states that may follow."""
        field = self.fields["state"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = [(one.value, one.label) for one in next_states(self.loan.state)]


class CapForm(ActorForm):
    """What is lent at most."""

    since_year = _year(_("起始学年"))
    usual_amount = money(_("本专科最高额（元）"))
    postgraduate_amount = money(_("研究生最高额（元）"))
    document = text(_("依据文件"), 120, required=True)


class ReliefForm(ActorForm):
    """A claim to relief."""

    cause = forms.ChoiceField(label=_("事由"), choices=ReliefCause.choices)
    year = _year(_("年度"))
    served_from = forms.DateField(
        label=_("服务起始日期（基层就业填写）"), required=False, widget=forms.DateInput()
    )
    amount = money(_("金额（元）"), required=False, help_text=_("不填时按规定计算。"))
    evidence = text(_("证明材料"), 200, required=True)


class ReliefPayForm(ActorForm):
    """When the lender had the money."""

    paid_on = forms.DateField(label=_("拨付日期"), widget=forms.DateInput())
