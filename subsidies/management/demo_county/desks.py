"""What lies on the desks of the demo county: splits, applications, changes, money typed wrongly."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

from django.utils import timezone
from PIL import Image, ImageDraw

from povedu.ledger.choices import FundSource
from povedu.ledger.models import LedgerEntry
from povedu.ledger.services.corrections import ask_correction, decide_correction
from povedu.scope import Actor
from povedu.terms import Term
from schools.models import Division, School
from students.choices import StudentState
from students.models import Student
from students.services.enrolment import Seat, leave, transfer
from subsidies.choices import AwardState, PaperDocument
from subsidies.models import Award, Determination, FundReceipt, Programme, ScoreItem
from subsidies.services.allocation import approve_allocation, propose_allocation
from subsidies.services.application_papers import add_paper
from subsidies.services.changes import follow_changes
from subsidies.services.determinations import (
    Case,
    Signature,
    decide_determination,
    enter_determination,
    review_determination,
)
from subsidies.services.receipts import enter_receipt

TERM = Term.parse("2016-1")
NOW = datetime(2016, 12, 13, 10, 0, tzinfo=timezone.get_default_timezone())
WEIGHTS = {"poor": 40, "boarders": 30, "pupils": 20, "remote": 10}
DAY = timedelta(days=1)
_STORIES = (
    ("父亲工伤，家庭收入中断", PaperDocument.DIAGNOSIS),
    ("房屋遭受山体滑坡", PaperDocument.ACCIDENT),
    ("母亲长期患病", PaperDocument.DIAGNOSIS),
    ("单亲，由祖父母抚养", PaperDocument.VILLAGE),
    ("家中两名子女读大学", PaperDocument.ADMISSION),
    ("父母均无固定收入", PaperDocument.VILLAGE),
)


def build_desks(county_code: str, actors: dict[str, Actor]) -> None:
    """Split money, file applications at each stage, follow changes, take typing errors back."""
    county = Division.objects.get(pk=county_code)
    _split(county, actors)
    _apply(actors)
    _change(county, actors)
    _mistype(county, actors)


def _split(county: Division, actors: dict[str, Actor]) -> None:
    """Split the central money for boarders as approved; leave the provincial for approval."""
    programme = Programme.objects.get(county=county, code="boarder-living")
    arrived = FundReceipt.objects.filter(programme=programme, received_on__year=2016)
    for source, share in ((FundSource.CENTRAL, Decimal(1)), (FundSource.PROVINCE, Decimal("0.6"))):
        receipt = arrived.filter(source=source).latest("received_on")
        plan = propose_allocation(
            programme=programme,
            term=TERM,
            receipt=receipt,
            amount=(receipt.amount * share).quantize(Decimal(100)),
            weights=WEIGHTS,
            document="青财教〔2016〕88号",
            actor=actors["aid"],
            now=NOW - 9 * DAY,
        )
        if source == FundSource.CENTRAL:
            approve_allocation(
                allocation=plan, actor=actors["aid-head"], now=NOW - 8 * DAY, note="同意"
            )


def _apply(actors: dict[str, Actor]) -> None:
    """File the applications of six families of the clerk's school, each a stage further."""
    clerk, town = actors["clerk"], actors["town"]
    plain = Student.objects.filter(
        school__code=clerk.scope.school_code, identity_confirmed=True, hardships__isnull=True
    ).order_by("pk")[: len(_STORIES)]
    items = list(ScoreItem.objects.filter(county__in=Division.objects.filter(pk=_county(clerk))))
    signed_on = date(2016, 12, 5)
    for order, (student, (story, document)) in enumerate(zip(plain, _STORIES, strict=True)):
        one = enter_determination(
            student=student,
            academic_year=TERM.year,
            evidence=story,
            case=Case(
                items[order : order + 2],
                [PaperDocument.HOUSEHOLD],
                Signature("班主任", signed_on, "情况属实"),
            ),
            actor=clerk,
            now=NOW - 7 * DAY,
        )
        if order != 1:
            content = _photograph(order)
            add_paper(
                determination=one, kind=document, content=content, actor=clerk, now=NOW - 7 * DAY
            )
        if order > 1:
            _review(one, town, agreed=order != 2)
        if order > 3:
            agreed = order == 4
            decide_determination(
                determination=one,
                approved=agreed,
                note="" if agreed else "证明未写明收入，请补充后重新申请",
                actor=actors["aid-head"],
                now=NOW - 3 * DAY,
            )


def _county(actor: Actor) -> str:
    return f"{actor.scope.county_code}000000"


def _review(one: Determination, town: Actor, *, agreed: bool) -> None:
    one.refresh_from_db()
    review_determination(
        determination=one,
        agreed=agreed,
        opinion="已入户核实" if agreed else "与入户情况不符",
        signed_name="校长",
        signed_on=date(2016, 12, 8),
        actor=town,
        now=NOW - 5 * DAY,
    )


def _photograph(order: int) -> bytes:
    """Return a picture of a sheet of ruled paper, another for each order."""
    sheet = Image.new("RGB", (420, 594), (250, 250, 246))
    draw = ImageDraw.Draw(sheet)
    for line in range(12):
        y = 60 + 40 * line
        draw.line((40, y, 380 - 12 * ((line + order) % 5), y), fill=(70, 80, 96), width=2)
    draw.ellipse((280, 470, 370, 560), outline=(180, 40, 40), width=4)
    kept = BytesIO()
    sheet.save(kept, "JPEG")
    return kept.getvalue()


def _change(county: Division, actors: dict[str, Actor]) -> None:
    """Let one orphan change schools and one go on leave, and follow what is still unpaid."""
    awards = Award.objects.filter(
        programme__county=county,
        programme__code="orphans",
        term=TERM.code,
        state=AwardState.GRANTED,
    ).select_related("student__school")
    moving, ill = (one.student for one in awards.order_by("pk")[:2])
    assert moving.school is not None  # noqa: S101  # the orphans live at one school
    near = School.objects.filter(name__endswith="中心小学", kind=moving.school.kind).exclude(
        pk=moving.school.pk
    )
    transfer(
        student=moving,
        term=TERM,
        place=Seat(
            near.earliest("code"),
            moving.stage,
            moving.grade,
            "（1）班",
        ),
        reason="随姑母居住",
        actor=actors["basic"],
        now=NOW - 2 * DAY,
    )
    leave(
        student=ill,
        term=TERM,
        state=StudentState.SUSPENDED,
        reason="住院治疗",
        actor=actors["basic"],
        now=NOW - 2 * DAY,
    )
    follow_changes(county=county, actor=actors["aid"], now=NOW - DAY)


def _mistype(county: Division, actors: dict[str, Actor]) -> None:
    """Enter two receipts wrongly: one is taken back and entered anew, one waits for approval."""
    office, head = actors["finance"], actors["finance-head"]
    day = datetime.combine(date(2016, 12, 7), time(9), timezone.get_default_timezone())
    wrong = [
        enter_receipt(
            county=county,
            source=FundSource.COUNTY,
            amount=Decimal(amount),
            received_on=day.date(),
            document=document,
            actor=office,
            now=day,
        )
        for amount, document in (("860000", "青财教〔2016〕95号"), ("120000", "青财教〔2016〕96号"))
    ]
    reasons = ("多录一个零，应为 86,000 元", "重复登记，与上月同一拨款")
    for order, (receipt, reason) in enumerate(zip(wrong, reasons, strict=True)):
        legs = LedgerEntry.objects.filter(
            county_code=county.pk[:6], subject=f"receipt:{receipt.pk}"
        )
        asked = ask_correction(
            county_code=county.pk[:6],
            transaction_no=legs.latest("seq").transaction_no,
            reason=reason,
            document="拨款通知单",
            effective_on=day.date() + DAY,
            actor=office,
            now=day + DAY,
        )
        if order == 0:
            decide_correction(
                correction=asked, approved=True, actor=head, now=day + 2 * DAY, note="已核对"
            )
    enter_receipt(
        county=county,
        source=FundSource.COUNTY,
        amount=Decimal(86000),
        received_on=day.date() + DAY,
        document="青财教〔2016〕95号",
        actor=office,
        now=day + 2 * DAY,
    )
