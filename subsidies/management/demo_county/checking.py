"""What the aid office of the demo county looks into: doubts, a recovery, a sample, the matrix."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from povedu.scope import Actor
from povedu.terms import Term
from schools.models import Division
from students.choices import ApprovalState
from students.models import PayeeAccount
from subsidies.choices import (
    PaymentState,
    RecoveryCause,
    SampleMethod,
    SampleResult,
    Stratum,
)
from subsidies.models import Payment
from subsidies.services.matrix import compute_matrix
from subsidies.services.recovery import approve_recovery, propose_recovery, receive_recovery
from subsidies.services.samples import draw_sample, fix_frame, record_result

LOOKED_AT = datetime(2016, 12, 12, 16, 0, tzinfo=timezone.get_default_timezone())
DAY = timedelta(days=1)
SEED, SEED_ORIGIN = "04 11 15 19 26 33 08", "固定总体次日晚公开摇出的一组号码，当场记录"
TERMS = ("2015-1", "2015-2", "2016-1")


def build_checking(county_code: str, actors: dict[str, Actor]) -> None:
    """Recover one payment in part, draw a sample and begin it, compute the terms' matrices."""
    county = Division.objects.get(pk=county_code)
    _send_cards_back()
    _recover(actors)
    _sample(county, actors)
    for code in TERMS:
        compute_matrix(county=county, term=Term.parse(code), actor=actors["aid"], now=LOOKED_AT)


def _send_cards_back() -> None:
    """Send two cards back that money has gone to already, as happens after a complaint."""
    paid = Payment.objects.filter(
        state=PaymentState.SETTLED, instalment__award__term="2016-1"
    ).exclude(account_index="")
    for payment in paid.order_by("pk")[40:42]:
        student = payment.instalment.award.student_id
        card = PayeeAccount.objects.filter(student=student, state=ApprovalState.APPROVED)
        card.update(state=ApprovalState.REFUSED)


def _recover(actors: dict[str, Actor]) -> None:
    """Ask 300 of a payment of May back, of which 200 have come; another waits for approval."""
    paid = Payment.objects.filter(
        state=PaymentState.SETTLED, instalment__award__term="2015-2"
    ).order_by("pk")
    first, second = paid[10], paid[11]
    asked_at = LOOKED_AT - 20 * DAY
    one = propose_recovery(
        payment=first,
        amount=Decimal(300),
        cause=RecoveryCause.WRONG_AMOUNT,
        reason="四月已转走读，多发住宿部分，学校说明附后",
        actor=actors["aid"],
        now=asked_at,
    )
    approve_recovery(recovery=one, actor=actors["aid-head"], now=asked_at + DAY, note="同意")
    receive_recovery(
        recovery=one,
        received_on=(asked_at + 8 * DAY).date(),
        amount=Decimal(200),
        document="收据0031207",
        actor=actors["aid"],
        now=asked_at + 8 * DAY,
    )
    propose_recovery(
        payment=second,
        amount=second.amount,
        cause=RecoveryCause.INELIGIBLE,
        reason="学生三月转往外省就读，未及时报告",
        actor=actors["aid"],
        now=LOOKED_AT,
    )


def _sample(county: Division, actors: dict[str, Actor]) -> None:
    """Draw twenty payments of the year by school and look into the first of them."""
    framed_at = LOOKED_AT - 3 * DAY
    sample = fix_frame(
        county=county,
        title="2016 年秋季资金发放抽查",
        starts_on=date(2016, 9, 1),
        ends_on=date(2017, 1, 1),
        stratum=Stratum.PROGRAMME,
        size=20,
        actor=actors["aid-head"],
        now=framed_at,
    )
    draw_sample(
        sample=sample,
        seed=SEED,
        seed_origin=SEED_ORIGIN,
        actor=actors["finance"],
        now=framed_at + DAY,
    )
    items = sample.items.select_related("payment__batch", "sample").order_by("rank")
    for item in items[:6]:
        differs = item.rank == 4
        record_result(
            item=item,
            result=SampleResult.DIFFERS if differs else SampleResult.MATCHES,
            method=SampleMethod.PHONE if item.rank % 2 else SampleMethod.IN_PERSON,
            checked_on=(framed_at + 2 * DAY).date(),
            found_amount=item.payment.amount - 100 if differs else item.payment.amount,
            document=f"照片{item.rank:03d}",
            note="家长称到账少 100 元，已请银行查明细" if differs else "",
            actor=actors["finance"],
            now=framed_at + 2 * DAY,
        )
