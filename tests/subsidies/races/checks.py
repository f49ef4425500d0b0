"""Races for back-pay, doubts and samples."""

from datetime import timedelta

from subsidies.models import AidCell, Sample
from subsidies.services import backpay, doubts, samples
from tests.factories import AidCellFactory, AidMatrixFactory, DoubtFactory
from tests.subsidies.county import AUTUMN
from tests.subsidies.races.world import DAY, Act, World, anew, race


def cell_of(world: World, state: str) -> AidCell:
    programme = world.programme() if state == "missed" else world.answered({1: "shut"}).programme
    matrix = AidMatrixFactory(county=world.county.division, term=AUTUMN.code)
    return AidCellFactory(
        matrix=matrix,
        programme=programme,
        student=world.children[0],
        school=world.county.school,
        state=state,
    )


def pay_back(world: World, state: str) -> Act:
    cells = [cell_of(world, state)]
    return lambda _: backpay.make_back_pays(cells=cells, reason="x", **world.maker)


@race("award a forgotten child")
def forgotten(world: World) -> Act:
    return pay_back(world, "missed")


@race("pay back what came back")
def returned(world: World) -> Act:
    return pay_back(world, "returned")


@race("decide a doubt")
def decide(world: World) -> Act:
    doubt = DoubtFactory(student=world.children[0], school=world.county.school)
    return lambda n: doubts.decide_doubt(
        doubt=anew(doubt, "school"), decision="confirmed", **world.by(n)
    )


@race("take a decision back")
def undo(world: World) -> Act:
    doubt = DoubtFactory(student=world.children[0], school=world.county.school)
    doubts.decide_doubt(doubt=doubt, decision="confirmed", **world.maker)
    return lambda _: doubts.undo_doubt(doubt=anew(doubt, "school"), **world.maker)


def framed(world: World) -> Sample:
    programme = world.answered().programme
    return samples.fix_frame(
        county=world.county.division,
        title="x",
        starts_on=DAY,
        ends_on=DAY + timedelta(days=1),
        stratum="none",
        size=1,
        programme=programme,
        **world.maker,
    )


@race("draw a sample")
def draw(world: World) -> Act:
    sample = framed(world)
    return lambda n: samples.draw_sample(
        sample=anew(sample), seed="8", seed_origin="x", **world.by(n)
    )


@race("close a sample")
def close(world: World) -> Act:
    sample = samples.draw_sample(sample=framed(world), seed="8", seed_origin="x", **world.checker)
    sample.items.update(
        result="matches",
        method="in-person",
        checked_on=DAY,
        checked_by=world.checker["actor"].user_id,
    )
    return lambda n: samples.close_sample(sample=anew(sample), conclusion="x", **world.by(n))
