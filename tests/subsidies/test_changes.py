"""What happens to an award when its child moves, leaves, falls ill or dies."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some

from povedu.audit.models import AuditEntry
from students.choices import EnrolmentState, StudentState
from students.models import Enrolment, HardshipStatus, Student
from subsidies.choices import AwardChangeKind, AwardEffect, AwardState
from subsidies.models import Award, AwardChange, Instalment, Programme
from subsidies.rules.changes import Standing, consequence
from subsidies.selectors.payments import due_instalments
from subsidies.services.changes import follow_changes
from tests.factories import SchoolFactory, sign_in
from tests.subsidies.county import AUTUMN, County, at

NOW = at(2016, 12, 20)
POOR = {"categories": ["registered_poor"]}
STANDINGS = some.builds(
    Standing,
    state=some.sampled_from(AwardState.values),
    student_state=some.sampled_from(StudentState.values),
    at_school=some.sampled_from(["", *EnrolmentState.values]),
    now_school_id=some.sampled_from([None, 7]),
    was_on_leave=some.booleans(),
    is_safe=some.booleans(),
    lost_hardship=some.booleans(),
    programme_over=some.booleans(),
    is_whole=some.booleans(),
)


@given(STANDINGS)
def test_the_rule_is_total_and_never_ends_what_is_paid(one: Standing) -> None:
    found = consequence(one)
    if found is None:
        return
    if found.effect == AwardEffect.CANCELLED:
        assert one.is_whole or one.state in ("proposed", "publicised")
    if one.student_state == "deceased":
        assert found.kind == AwardChangeKind.DECEASED
    if found.effect == AwardEffect.RESUMED:
        assert (one.state, one.student_state) == ("suspended", one.student_state)
        assert "suspended" not in (one.student_state, one.at_school)
    if found.effect in (AwardEffect.SUSPENDED, AwardEffect.MOVED):
        assert one.state == "granted"


def follow(county: County) -> dict[str, int]:
    return follow_changes(county=county.division, actor=county.maker, now=NOW)


def monthly(county: County, **fields: Any) -> tuple[Student, Award, Programme]:
    """A child whose first two months are paid."""
    [child] = county.children(1)
    programme = county.programme("m", "100", cadence="month", standard=POOR, **fields)
    county.granted(programme, now=at(2016, 9, 5))
    county.paid(programme, now=at(2016, 10, 20), due_by=date(2016, 10, 20))
    return child, Award.objects.get(), programme


def test_nothing_changed_nothing_done(county: County) -> None:
    monthly(county)
    assert follow(county) == {}
    assert not AwardChange.objects.exists()


def test_leave_suspends_and_return_resumes(county: County) -> None:
    child, award, programme = monthly(county)
    Student.objects.filter(pk=child.pk).update(state="suspended")
    assert follow(county) == {"suspended": 1}
    assert follow(county) == {}
    award.refresh_from_db()
    assert award.state == "suspended"
    assert not due_instalments(programme, AUTUMN.code, date(2017, 3, 1)).exists()
    Student.objects.filter(pk=child.pk).update(state="studying")
    with pytest.raises(DatabaseError), transaction.atomic():
        AwardChange.objects.update(reason="other")  # what was written down stays
    later = at(2016, 12, 21)
    assert follow_changes(county=county.division, actor=county.maker, now=later) == {"returned": 1}
    award.refresh_from_db()
    assert award.state == "granted"
    assert due_instalments(programme, AUTUMN.code, date(2017, 3, 1)).count() == 4
    assert AuditEntry.objects.filter(verb="award.follow").count() == 2


@pytest.mark.parametrize("state", ["deceased", "left"])
def test_the_unpaid_part_stops_and_the_paid_part_stays(county: County, state: str) -> None:
    child, award, programme = monthly(county)
    Student.objects.filter(pk=child.pk).update(state=state)
    assert follow(county) == {state: 1}
    assert follow(county) == {}
    award.refresh_from_db()
    change = AwardChange.objects.get()
    assert (award.state, change.effect) == ("granted", "stopped")
    assert change.stopped_amount == Decimal(400)
    assert Instalment.objects.filter(stopped_at__isnull=False).count() == 4
    assert not due_instalments(programme, AUTUMN.code, date(2017, 3, 1)).exists()
    assert sum(part.amount for part in award.instalments.all()) == award.amount


def test_an_award_nothing_is_paid_of_is_cancelled(county: County) -> None:
    granted, proposed = county.children(2)
    programme = county.programme("p", "500", standard=POOR)
    county.granted(programme)
    waiting = county.programme("w", "500", standard=POOR)
    county.propose(waiting)
    Enrolment.objects.filter(student=granted).update(state="left")
    assert follow(county) == {"left": 2}
    told = Award.objects.order_by("pk").values_list("programme__code", "student_id", "state")
    assert set(told) == {
        ("p", granted.pk, "cancelled"),
        ("p", proposed.pk, "granted"),
        ("w", granted.pk, "cancelled"),
        ("w", proposed.pk, "proposed"),
    }
    assert Award.objects.filter(state="cancelled").first().cancel_reason == "离校或转出本县"  # type: ignore[union-attr]  # there are two


def test_a_waiver_follows_the_child_to_the_new_school(county: County) -> None:
    child, award, programme = monthly(county, kind="waiver", payee_kind="school")
    other = SchoolFactory(code="OTHER00001", name="New school")
    Enrolment.objects.filter(student=child).update(state="left")
    old = Enrolment.objects.get(student=child)
    old.pk, old.school, old.state = None, other, "studying"
    old.save()
    assert follow(county) == {"transferred": 1}
    assert follow(county) == {}
    change = AwardChange.objects.get()
    assert (change.from_school, change.to_school) == (county.school, other)
    batch = county.released(programme, now=at(2016, 12, 22), due_by=date(2016, 12, 22))
    names = set(batch.payments.values_list("payee_name", flat=True))
    assert names == {"New school"}
    first = award.instalments.filter(school__isnull=True).count()
    assert first == 2  # what was paid stays with the old school


def test_risk_removed_before_term_and_hardship_that_ended(county: County) -> None:
    one, two, three = county.children(3)
    dew = county.programme("dew", "1500", standard=POOR, excludes_risk_removed=True)
    county.granted(dew)
    HardshipStatus.objects.filter(student=one).update(risk_removed_on=date(2016, 8, 1))
    HardshipStatus.objects.filter(student=two).update(ends_on=date(2016, 8, 1))
    HardshipStatus.objects.filter(student=three).update(risk_removed_on=date(2016, 10, 1))
    assert follow(county) == {"hardship-ended": 1, "risk-removed": 1}
    assert follow(county) == {}
    states = dict(Award.objects.values_list("student_id", "state"))
    assert states == {one.pk: "cancelled", two.pk: "suspended", three.pk: "granted"}
    Award.objects.filter(student=two).update(state="granted")  # somebody looked and pays on
    assert follow(county) == {}


def test_a_programme_that_ends_stops_what_falls_due_later(county: County) -> None:
    _child, award, programme = monthly(county)
    Programme.objects.filter(pk=programme.pk).update(ends_on=date(2017, 1, 1))
    assert follow(county) == {"programme-ended": 1}
    assert follow(county) == {}
    stopped = award.instalments.filter(stopped_at__isnull=False)
    assert sorted(stopped.values_list("period", flat=True)) == ["2017-01", "2017-02"]


def test_a_line_in_a_batch_is_named(county: County) -> None:
    from subsidies.services import batching

    [child] = county.children(1)
    programme = county.programme("p", "500", standard=POOR)
    county.granted(programme)
    [_other] = [child]
    spare = county.programme("m", "100", cadence="month", standard=POOR)
    county.granted(spare, now=at(2016, 9, 5))
    batching.make_batch(
        programme=spare, term=AUTUMN, actor=county.maker, now=NOW, due_by=date(2016, 9, 5)
    )
    Student.objects.filter(pk=child.pk).update(state="deceased")
    assert follow(county) == {"deceased": 2}
    told = dict(AwardChange.objects.values_list("award__programme__code", "reason"))
    assert told["p"] == "死亡"
    assert "请移出明细" in told["m"]


def test_the_page_and_the_command_do_the_same(county: County) -> None:
    child, award, _programme = monthly(county)
    Student.objects.filter(pk=child.pk).update(state="suspended")
    clerk = sign_in(county.maker)
    url = reverse("subsidies:change-follow")
    assert "休学" in clerk.get(url).content.decode()
    assert clerk.post(url, {"form_token": "one"}).status_code == 302
    award.refresh_from_db()
    assert award.state == "suspended"
    assert child.name in clerk.get(reverse("subsidies:change-list")).content.decode()
    Student.objects.filter(pk=child.pk).update(state="studying")
    out = StringIO()
    call_command("follow_changes", stdout=out)
    assert json.loads(out.getvalue()) == {county.division.pk: {"returned": 1}}


def test_queries_do_not_grow(county: County) -> None:
    programme = county.programme("p", "500", standard=POOR)
    county.children(3)
    county.granted(programme)
    with CaptureQueriesContext(connection) as few:
        follow(county)
    county.children(80)
    county.granted(programme)
    with CaptureQueriesContext(connection) as many:
        follow(county)
    assert len(few) == len(many)
