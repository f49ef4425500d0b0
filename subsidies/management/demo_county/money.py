"""Programmes of the demo county and two years of awards and payments, through the services.

Nothing here states a total: programmes, standards, sources and quotas are entered as staff would
enter them, and every award, payment and ledger entry follows from the records.
"""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from povedu.ledger.choices import FundSource
from povedu.scope import Actor
from povedu.terms import Term
from schools.choices import Stage
from schools.models import Division
from students.choices import ApprovalState, Hardship
from students.models import Student
from subsidies.choices import Boarding, Cadence, DonorKind, PayeeKind, ProgrammeKind
from subsidies.management.demo_county.cohorts import Child, Children
from subsidies.management.demo_county.treasury import BEGINNING, Treasury, at, standard
from subsidies.models import Determination, Programme
from subsidies.services.awards import propose_awards
from subsidies.services.batching import make_batch
from subsidies.services.disbursement import (
    approve_batch,
    freeze_batch,
)
from subsidies.services.gifts import GiftRow, enter_gifts, save_donor, settle_gifts
from subsidies.services.notices import draft_notice
from subsidies.services.payment_rules import set_payment_rules
from subsidies.services.presets import install_presets
from subsidies.services.programmes import (
    SourceShare,
    add_standard,
    set_quota,
)

ENTRANCE_QUOTA = 245
SECOND_FROM = Decimal(300_000)  # batches from here on need a second approver
GIFTS_2016 = (1180, 199)  # how many, how many of them 1,000 instead of 500; one is 750
GIFTS_2015 = (960, 120)
RETURNED = {3: "户名与账号不符", 17: "账户已销户", 41: "卡号位数错误", 66: "户名与账号不符"}


def _enter_programmes(treasury: Treasury, base: dict[str, Programme]) -> dict[str, Programme]:
    compulsory = (Stage.PRIMARY, Stage.JUNIOR)
    made = {
        "preschool": treasury.programme(
            "preschool",
            "建档立卡幼儿学前教育资助",
            Cadence.YEARLY,
            [standard(Stage.PRESCHOOL, "1500", "1500")],
            payee_kind=PayeeKind.GUARDIAN,
        ),
        "boarder-topup": treasury.programme(
            "boarder-topup",
            "建档立卡寄宿生增补",
            Cadence.YEARLY,
            [standard(one, "500", "500", boarding=Boarding.BOARDER) for one in compulsory],
            payee_kind=PayeeKind.GUARDIAN,
            stacks_on=base["boarder-living"],
        ),
        "senior-high": treasury.programme(
            "senior-high",
            "普通高中建档立卡学生县级资助",
            Cadence.TERM,
            [standard(Stage.SENIOR, "2000", "1000")],
            stacks_on=base["senior-grant"],
        ),
        "entrance": treasury.programme(
            "entrance",
            "高考入学政府资助",
            Cadence.ONCE,
            [standard(Stage.UNDERGRADUATE, "6000", "6000")],
            needs_application=True,
        ),
        "vocational": treasury.programme(
            "vocational",
            "中职一免六补",
            Cadence.TERM,
            [
                standard(Stage.VOCATIONAL, "3530", "1765", boarding=Boarding.BOARDER),
                standard(Stage.VOCATIONAL, "3130", "1565", boarding=Boarding.DAY),
            ],
        ),
        "orphans": treasury.programme(
            "orphans",
            "孤儿免费集中就读",
            Cadence.MONTH,
            [standard(Stage.PRIMARY, "8400", "700", categories=[str(Hardship.ORPHAN)])],
            needs_notice=False,
            payee_kind=PayeeKind.GUARDIAN,
        ),
        "social": treasury.programme(
            "social", "社会助学", Cadence.ONCE, [], kind=ProgrammeKind.GIFT, needs_notice=False
        ),
    }
    return made


def _enter_sources(treasury: Treasury, programmes: dict[str, Programme]) -> None:
    province, county = FundSource.PROVINCE, FundSource.COUNTY
    for year in (2015, 2016):
        heads = {2015: 880, 2016: 1003}[year]
        treasury.sources(
            programmes["preschool"],
            year,
            SourceShare(province, Decimal(1000), heads),
            SourceShare(county),
        )
        treasury.sources(
            programmes["entrance"],
            year,
            SourceShare(province, Decimal(4200), ENTRANCE_QUOTA),
            SourceShare(county),
        )
        for code in ("boarder-topup", "senior-high", "orphans"):
            treasury.sources(programmes[code], year, SourceShare(county))
        treasury.sources(
            programmes["vocational"],
            year,
            SourceShare(FundSource.CENTRAL, Decimal(1000)),
            SourceShare(county),
        )
        for code in ("boarder-living", "senior-grant", "senior-waiver", "vocational-grant"):
            treasury.sources(
                programmes[code],
                year,
                SourceShare(FundSource.CENTRAL, Decimal(250)),
                SourceShare(province),
            )
    set_quota(
        programme=programmes["entrance"],
        year=2016,
        heads_count=ENTRANCE_QUOTA,
        document="青政办发〔2016〕12号",
        actor=treasury.maker,
        now=at(date(2016, 6, 1)),
    )


def _apply_for_entrance(treasury: Treasury, programme: Programme, children: Children) -> None:
    """File the applications of those who were admitted to university."""
    entered, decided = at(date(2016, 9, 1)), at(date(2016, 9, 8))
    Determination.objects.bulk_create(
        Determination(
            student_id=child.key,
            academic_year=2016,
            programme=programme,
            evidence="高校录取通知书",
            state=ApprovalState.APPROVED,
            entered_by_id=treasury.maker.user_id,
            entered_at=entered,
            approved_by_id=treasury.checker.user_id,
            approved_at=decided,
        )
        for child in children.all
        if child.stage == Stage.UNDERGRADUATE
    )


def _autumn(treasury: Treasury, programmes: dict[str, Programme], term: str, year: int) -> None:
    awarded, paid = date(year, 10, 10), date(year, 11, 18)
    for code in ("boarder-living", "senior-grant"):
        treasury.award(programmes[code], term, awarded)
    for code in ("preschool", "boarder-topup", "senior-high", "vocational"):
        treasury.award(programmes[code], term, awarded + timedelta(days=1))
        treasury.pay(programmes[code], term, paid)
    treasury.pay(programmes["senior-grant"], term, paid)


def _spring(treasury: Treasury, programmes: dict[str, Programme]) -> None:
    for code in ("boarder-living", "senior-grant", "senior-high", "vocational"):
        treasury.award(programmes[code], "2015-2", date(2016, 4, 6))
        treasury.pay(programmes[code], "2015-2", date(2016, 5, 20))


def _orphans(treasury: Treasury, programme: Programme) -> None:
    """Pay month by month; a term's award is made in its first month."""
    for year, month in ((2015, 9), (2016, 3), (2016, 9)):
        treasury.award(programme, Term.on(date(year, month, 5)).code, date(year, month, 5))
    months = [(2015, month) for month in range(9, 13)] + [(2016, month) for month in range(1, 13)]
    for year, month in months:
        term = Term.on(date(year, month, 15)).code
        treasury.pay(programme, term, date(year, month, 15))


def _gifts(treasury: Treasury, programme: Programme, children: Children) -> None:
    """Record gifts of 500 and 1,000 yuan, one of them of 750."""
    draw = Random(42)  # noqa: S311  # a demo, not a secret
    donors = [
        save_donor(
            actor=treasury.maker, now=at(BEGINNING), name=name, kind=kind, county=treasury.county
        )
        for name, kind in (
            ("云滇爱心助学基金会", DonorKind.FOUNDATION),
            ("青禾县青禾农业有限公司", DonorKind.COMPANY),
            ("县总工会", DonorKind.AGENCY),
            ("热心人士", DonorKind.PERSON),
        )
    ]
    poor: list[Child] = [one for one in children.all if one.hardship == "registered_poor"]
    students = Student.objects.in_bulk([one.key for one in draw.sample(poor, 1000)])
    pool = list(students.values())
    for year, (count, large) in ((2015, GIFTS_2015), (2016, GIFTS_2016)):
        rows: list[GiftRow] = []
        for order in range(count):
            amount = 1000 if order < large else 750 if order == large else 500
            day = date(year, 1 + order % 12, 10 + order % 15)
            rows.append(
                (donors[order % 4], pool[order % len(pool)], day, Decimal(amount), "", None)
            )
        now = at(date(year, 12, 28))
        given = enter_gifts(programme=programme, rows=rows, actor=treasury.maker, now=now)
        settle_gifts(
            programme=programme,
            gifts=[(gift, gift.given_on) for gift in given],
            actor=treasury.checker,
            now=now,
        )


def build_money(county_code: str, actors: dict[str, Actor], children: Children) -> None:
    """Enter the programmes and take them through 2015 and 2016; leave some work waiting.

    Waiting at the end: a notice to show, a batch for its second approver, payments that came back.
    """
    county = Division.objects.get(pk=county_code)
    treasury = Treasury(county, actors)
    install_presets(county=county, actor=treasury.maker, now=at(BEGINNING))
    base = {one.code: one for one in Programme.objects.filter(county=county)}
    programmes = {**base, **_enter_programmes(treasury, base)}
    _enter_sources(treasury, programmes)
    _apply_for_entrance(treasury, programmes["entrance"], children)
    _autumn(treasury, programmes, "2015-1", 2015)
    treasury.pay(programmes["boarder-living"], "2015-1", date(2015, 11, 20))
    _orphans(treasury, programmes["orphans"])
    _spring(treasury, programmes)
    _autumn(treasury, programmes, "2016-1", 2016)
    treasury.award(
        programmes["entrance"],
        "2016-1",
        date(2016, 9, 12),
        reason="超计划 15 人，按“应助尽助”由县级资金保障（县长办公会纪要）",
    )
    treasury.pay(programmes["entrance"], "2016-1", date(2016, 10, 28))
    _gifts(treasury, programmes["social"], children)
    batch = treasury.send(programmes["boarder-living"], "2016-1", date(2016, 12, 5))
    treasury.settle(batch, date(2016, 12, 9), RETURNED)
    _leave_waiting(treasury, programmes)


def _leave_waiting(treasury: Treasury, programmes: dict[str, Programme]) -> None:
    """Leave a notice to be shown and a large batch with the first of its two approvals."""
    term, now = Term.parse("2016-1"), at(date(2016, 12, 12))
    set_payment_rules(
        county=treasury.county, actor=treasury.maker, now=now, second_from=SECOND_FROM
    )
    treasury.award(programmes["vocational-grant"], term.code, date(2016, 11, 29))
    batch = make_batch(
        programme=programmes["vocational-grant"],
        term=term,
        actor=treasury.maker,
        now=now,
        due_by=timezone.localtime(now).date(),
    )
    batch = freeze_batch(batch=batch, actor=treasury.maker, now=now)
    approve_batch(batch=batch, actor=treasury.checker, now=now)
    programme = programmes["senior-waiver"]
    add_standard(
        programme=programme,
        starts_on=date(2016, 9, 1),
        actor=treasury.maker,
        now=now,
        **standard(Stage.SENIOR, "800", "400"),
    )
    propose_awards(programme=programme, term=term, actor=treasury.maker, now=now)
    draft_notice(programme=programme, term=term, actor=treasury.maker, now=now)
