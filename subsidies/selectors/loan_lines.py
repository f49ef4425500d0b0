"""The line of origin-place loans in the annual summary: the academic year that begins in it."""

from django.db.models import (
    Case,
    CharField,
    Count,
    IntegerField,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
    Window,
)
from django.utils.translation import gettext_lazy as _

from povedu.figures import Distinct, Line, LineSource, RowList
from povedu.scope import Scope
from povedu.sheets import Column
from subsidies.choices import LoanLevel
from subsidies.models import Loan
from subsidies.selectors.lines import SUBSIDIES
from subsidies.selectors.loans import borrower_key, lent_in, loan_sums

LINE = "origin-loans"


class _Loans:
    """Contracts, borrowers and money; what a bank lends is nobody's aid and in no aid total."""

    key = "loans"

    def lines(self, scope: Scope, year: int) -> list[Line]:
        """Return one line where there are contracts of the academic year."""
        rows = lent_in(scope, year)
        sums = loan_sums(rows)
        if not sums["contracts"]:
            return []
        return [
            Line(
                id=LINE,
                title=str(_("生源地信用助学贷款")),
                section=SUBSIDIES,
                kind="loans",
                persons=sums["borrowers"],
                amount=sums["amount"],
                measures={
                    "contracts": sums["contracts"],
                    "renewals": sums["renewals"],
                    "over_cap": sums["over_cap"],
                },
                rows=sums["contracts"],
            )
        ]

    def rows(self, scope: Scope, year: int, line_id: str, *, personal: bool) -> RowList | None:
        """Return the contracts, or their sums by level for readers who see no people."""
        if line_id != LINE:
            return None
        rows = lent_in(scope, year)
        return _contracts(rows) if personal else _by_level(rows)


def _contracts(rows: QuerySet[Loan]) -> RowList:
    columns = [
        Column("borrower_id", _("借款人编号"), "number"),
        Column("contract_no", _("合同号")),
        Column("borrower", _("借款人")),
        Column("college", _("就读高校"), width=26),
        Column("level", _("学历层次")),
        Column("renewal", _("续贷"), "number", total=True),
        Column("over_cap", _("超额"), "number", total=True),
        Column("amount", _("贷款金额（元）"), "money", total=True),
    ]
    told = rows.annotate(
        # A borrower's first contract stands for the borrower, whose number's index stays inside.
        borrower=Window(Min("pk"), partition_by=[borrower_key()]),
        level_word=_level_word(),
        renewal=_one_if(is_renewal=True),
        over=_one_if(is_over_cap=True),
    ).values_list(
        *("borrower", "contract_no", "borrower_name", "college", "level_word"),
        *("renewal", "over", "amount"),
    )
    return RowList(
        columns,
        told,
        sums={"amount": "amount", "measures.renewals": "renewal", "measures.over_cap": "over_cap"},
        distinct={
            "persons": Distinct(["borrower_id"]),
            "measures.contracts": Distinct(["contract_no"]),
        },
        personal=True,
    )


def _by_level(rows: QuerySet[Loan]) -> RowList:
    columns = [
        Column("level", _("学历层次")),
        Column("contracts", _("合同（份）"), "number", total=True),
        Column("renewals", _("续贷（份）"), "number", total=True),
        Column("over_cap", _("超额（份）"), "number", total=True),
        Column("amount", _("贷款金额（元）"), "money", total=True),
    ]
    told = (
        rows.order_by()
        .values(word=_level_word())
        .annotate(
            contracts=Count("pk"),
            renewals=Count("pk", filter=Q(is_renewal=True)),
            over=Count("pk", filter=Q(is_over_cap=True)),
            total=Sum("amount"),
        )
        .order_by("word")
        .values_list("word", "contracts", "renewals", "over", "total")
    )
    return RowList(
        columns,
        told,
        sums={
            "amount": "amount",
            "measures.contracts": "contracts",
            "measures.renewals": "renewals",
            "measures.over_cap": "over_cap",
        },
    )


def _level_word() -> Case:
    words = [When(level=one.value, then=Value(str(one.label))) for one in LoanLevel]
    return Case(*words, output_field=CharField())


def _one_if(**condition: bool) -> Case:
    return Case(When(**condition, then=1), default=0, output_field=IntegerField())


LOANS: LineSource = _Loans()
