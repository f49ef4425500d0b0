"""Races for awards, notices, applications and records of earlier payments."""

from subsidies.models import Determination, NoticeLine
from subsidies.services import awards, determinations, history, notices
from tests.factories import DeterminationFactory, PastPaymentFactory
from tests.subsidies.county import AUTUMN
from tests.subsidies.races.world import DAY, Act, World, anew, race


@race("compute awards")
def propose(world: World) -> Act:
    programme = world.programme()
    return lambda _: awards.propose_awards(programme=programme, term=AUTUMN, **world.maker).proposed


@race("approve awards")
def approve(world: World) -> Act:
    programme = world.proposed()
    return lambda n: awards.approve_awards(programme=programme, term=AUTUMN, **world.by(n))


@race("cancel an award")
def cancel(world: World) -> Act:
    award = world.award("proposed")
    return lambda n: awards.cancel_award(award=anew(award), reason="x", **world.by(n))


@race("suspend an award")
def suspend(world: World) -> Act:
    award = world.award()
    return lambda n: awards.suspend_award(award=anew(award), reason="x", **world.by(n))


@race("resume an award")
def resume(world: World) -> Act:
    award = awards.suspend_award(award=world.award(), reason="x", **world.maker)
    return lambda n: awards.resume_award(award=anew(award), reason="x", **world.by(n))


@race("draw a notice up")
def draft(world: World) -> Act:
    programme = world.proposed(needs_notice=True)
    return lambda n: notices.draft_notice(programme=programme, term=AUTUMN, **world.by(n))


@race("publish a notice")
def publish(world: World) -> Act:
    programme = world.proposed(needs_notice=True)
    notice = notices.draft_notice(programme=programme, term=AUTUMN, **world.maker)
    return lambda n: notices.publish_notice(notice=anew(notice, "programme"), **world.by(n))


@race("take a notice down")
def take_down(world: World) -> Act:
    programme = world.proposed(needs_notice=True)
    notice = notices.draft_notice(programme=programme, term=AUTUMN, **world.maker)
    notices.publish_notice(notice=notice, **world.maker)
    return lambda n: notices.take_down(notice=anew(notice, "programme"), **world.by(n))


@race("answer an objection")
def answer(world: World) -> Act:
    programme = world.proposed(needs_notice=True)
    notice = notices.draft_notice(programme=programme, term=AUTUMN, **world.maker)
    notices.publish_notice(notice=notice, **world.maker)
    line = NoticeLine.objects.filter(notice=notice).order_by("pk")[0]
    objection = notices.enter_objection(
        notice=notice, content="x", received_on=DAY, line=line, **world.maker
    )
    return lambda n: notices.answer_objection(
        objection=anew(objection, "notice__programme"), upheld=True, answer="x", **world.by(n)
    )


@race("enter an application")
def apply(world: World) -> Act:
    child, year = world.children[0], 1000 + world.fresh()
    return lambda n: determinations.enter_determination(
        student=child, academic_year=year, evidence="letter", **world.by(n)
    )


def paper_of(world: World, step: str) -> Determination:
    return DeterminationFactory(
        student=world.children[0], academic_year=1000 + world.fresh(), step=step
    )


@race("review an application")
def review(world: World) -> Act:
    paper = paper_of(world, "school")
    return lambda n: determinations.review_determination(
        determination=anew(paper),
        agreed=True,
        opinion="",
        signed_name="x",
        signed_on=DAY,
        **world.by(n),
    )


@race("decide an application")
def decide(world: World) -> Act:
    paper = paper_of(world, "bureau")
    return lambda n: determinations.decide_determination(
        determination=anew(paper), approved=True, note="", **world.by(n)
    )


@race("withdraw an earlier payment")
def withdraw(world: World) -> Act:
    paid = PastPaymentFactory(county=world.county.division)
    return lambda n: history.withdraw_past_payment(past_payment=paid, reason="x", **world.by(n))
