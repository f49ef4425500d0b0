"""Taking decisions back, one or all that were made together."""

import pytest
from django.urls import reverse

from students.models import (
    Finding,
    Student,
)
from students.services.settle_alike import settle_alike
from students.services.settle_assign import (
    assign_finding,
)
from tests.factories import sign_in
from tests.students.asking import BORN, assigned, refused, run
from tests.students.world import NOW, TERM


@pytest.fixture
def gone(world):
    """Two pupils of last term whom no roster holds, and one the register alone knows."""
    for name in ("吴六", "郑七"):
        child = world.student(name, world.next_id(BORN), grade=5, term=None)
        world.enrol(child, "S1", TERM.previous, grade=5)
    world.student("冯八", world.next_id(BORN), grade=4)
    snapshot = world.snapshot()
    world.entry(snapshot, "陈九", world.next_id(BORN), township="T1", village="三村")
    run(world)
    return world


def test_a_decision_is_taken_back_long_after_its_minute(gone, staff):
    browser = sign_in(staff)
    rows = Finding.objects.filter(kind="missing-from-roster").order_by("pk")
    settle_alike(
        finding=rows.first(),
        shown=dict(rows.values_list("pk", "evidence_digest")),
        verdict="placed",
        place="graduated",
        note="毕业",
        actor=staff,
        now=NOW,
    )
    first, second = rows
    page = reverse("students:finding-queue-item", args=[first.pk])
    assert "撤销结论" in browser.get(page).content.decode()
    url = reverse("students:finding-undo", args=[first.pk])
    assert "另外 1 条" in browser.get(url).content.decode()
    assert browser.post(url, {"form_token": "u1"}).status_code == 302
    assert {one.pk: one.state for one in rows.all()} == {first.pk: "open", second.pk: "settled"}
    assert browser.get(url).status_code == 400
    url = reverse("students:finding-undo", args=[second.pk])
    assert browser.post(url, {"form_token": "u2"}).status_code == 302
    assert set(Student.objects.filter(findings__in=rows).values_list("state", flat=True)) == {
        "studying"
    }
    text = browser.get(reverse("students:decision-list")).content.decode()
    assert "毕业" in text


def test_a_whole_group_is_taken_back_at_once(gone, staff, other_clerk):
    rows = Finding.objects.filter(kind="missing-from-roster").order_by("pk")
    settle_alike(
        finding=rows.first(),
        shown=dict(rows.values_list("pk", "evidence_digest")),
        verdict="placed",
        place="suspended",
        note="休学",
        actor=staff,
        now=NOW,
    )
    url = reverse("students:finding-undo", args=[rows.first().pk])
    assert sign_in(other_clerk).get(url).status_code == 404
    answer = sign_in(staff).post(url, {"form_token": "u", "whole": "on"})
    assert answer.status_code == 302
    assert set(rows.values_list("state", flat=True)) == {"open"}


def test_a_finding_without_a_school_is_looked_after_by_the_one_chosen(gone, staff, clerk):
    outsider = Finding.objects.get(kind="not-on-roster")
    assert outsider.school_code == ""
    refused("school-needed", assigned, staff=staff, finding=outsider)
    assign_finding(
        finding=outsider,
        days=5,
        words="请到村里看看",
        school=gone.schools["S1"],
        actor=staff,
        now=NOW,
    )
    page = reverse("students:finding-queue-item", args=[outsider.pk])
    assert sign_in(clerk).get(page).status_code == 200
    run(gone)
    assert sign_in(clerk).get(page).status_code == 200
