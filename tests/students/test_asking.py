"""Findings handed to schools, and the schools' answers."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from povedu.audit.models import AuditEntry
from povedu.errors import Conflict
from povedu.screens.todo import OVERDUE, todos_for
from students.models import (
    Assignment,
    AssignmentStep,
    EvidenceFile,
    Finding,
)
from students.rules.assignments import due_on
from students.selectors.assignments import waiting
from students.services.settle import settle_finding, undo_decision
from students.services.settle_alike import settle_alike, undo_alike
from students.services.settle_assign import (
    answer_assignment,
    assign_finding,
    assign_findings,
    send_back_assignment,
    withdraw_assignment,
)
from tests import factories as make
from tests.factories import sign_in
from tests.students.asking import PDF, assigned, old, refused
from tests.students.world import NOW


def test_a_school_is_asked_answers_with_a_paper_is_asked_again_and_the_bureau_settles(
    county, staff, clerk
):
    bureau, school = sign_in(staff), sign_in(clerk)
    finding = old().first()
    page = reverse("students:finding-queue-item", args=[finding.pk])
    assert "交办学校" in bureau.get(page).content.decode()
    sent = {"days": 5, "words": "请核对学籍档案", "form_token": "a"}
    assert (
        bureau.post(reverse("students:finding-assign", args=[finding.pk]), sent).status_code == 302
    )
    asked = Assignment.objects.get()
    assert (asked.finding, asked.state, asked.school.code) == (finding, "asked", "2153000001")

    text = school.get(page).content.decode()
    assert "请核对学籍档案" in text
    assert "答复期限" in text
    assert "data-decisions" not in text or 'name="decision"' not in text
    refused(
        "answer-instead", settle_finding, finding=finding, verdict="dismissed", actor=clerk, now=NOW
    )
    answer = {
        "words": "学生休学两年后复学",
        "caption": "休学证明",
        "file": SimpleUploadedFile("x.exe", PDF, "application/x-msdownload"),
        "form_token": "b",
    }
    to = reverse("students:assignment-answer", args=[asked.pk])
    assert school.post(to, answer).status_code == 302
    asked.refresh_from_db()
    assert asked.state == "answered"
    assert EvidenceFile.objects.get().content_type == "application/pdf"

    back = {"days": 3, "words": "缺休学审批表", "form_token": "c"}
    assert (
        bureau.post(reverse("students:assignment-return", args=[asked.pk]), back).status_code == 302
    )
    asked.refresh_from_db()
    assert asked.state == "returned"
    answer_assignment(assignment=asked, words="已补传", actor=clerk, now=NOW)
    text = bureau.get(page).content.decode()
    assert all(
        words in text for words in ("学生休学两年后复学", "缺休学审批表", "已补传", "休学证明")
    )
    settle_finding(finding=finding, verdict="confirmed", actor=staff, now=NOW)
    asked.refresh_from_db()
    assert (asked.state, asked.state_before, asked.closed_by.verdict) == (
        "closed",
        "answered",
        "confirmed",
    )
    told = AssignmentStep.objects.filter(assignment=asked).values_list("state", flat=True)
    assert list(told) == ["asked", "answered", "returned", "answered", "closed"]
    verbs = set(
        AuditEntry.objects.filter(subject_id=str(finding.pk)).values_list("verb", flat=True)
    )
    assert verbs >= {
        "finding.assign",
        "finding.answer",
        "finding.send-back",
        "finding.settle",
        "evidence.add",
    }

    undo_decision(finding=finding, actor=staff, now=NOW)
    asked.refresh_from_db()
    assert (asked.state, asked.closed_by) == ("answered", None)


def test_only_the_right_people_ask_and_answer(county, staff, clerk, other_clerk, township):
    finding = old().first()
    refused("not-allowed", assign_finding, finding=finding, days=5, words="x", actor=clerk, now=NOW)
    asked = assigned(township)
    refused("not-allowed", answer_assignment, assignment=asked, words="x", actor=staff, now=NOW)
    refused(
        "out-of-scope", answer_assignment, assignment=asked, words="x", actor=other_clerk, now=NOW
    )
    strange = old("2153000002").first()
    refused(
        "out-of-scope", assign_finding, finding=strange, days=5, words="x", actor=township, now=NOW
    )
    page = reverse("students:assignment-answer", args=[asked.pk])
    assert sign_in(other_clerk).get(page).status_code == 404
    assert sign_in(clerk).get(page).status_code == 200
    answer_assignment(assignment=asked, words="已核对", actor=clerk, now=NOW)
    refused("words-missing", answer_assignment, assignment=asked, words=" ", actor=clerk, now=NOW)


def test_a_finding_is_asked_once_at_a_time_and_moves_only_from_where_it_was_seen(
    county, staff, clerk
):
    asked = assigned(staff)
    refused("already-assigned", assigned, staff=staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.AssignmentFactory(finding=asked.finding, school=asked.school)
    answer_assignment(assignment=asked, words="已核对", actor=clerk, now=NOW)
    refused(
        "assignment-moved", answer_assignment, assignment=asked, words="x", actor=clerk, now=NOW
    )
    asked.refresh_from_db()
    withdraw_assignment(assignment=asked, words="不必了", actor=staff, now=NOW)
    assert not waiting(clerk.scope).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=asked.pk).update(state="asked")
    with pytest.raises(IntegrityError), transaction.atomic():
        AssignmentStep.objects.filter(assignment=asked).update(words="changed")
    again = assigned(staff)
    assert again.pk != asked.pk


def test_many_are_handed_out_together_each_to_its_own_school(county, staff, township):
    browser = sign_in(staff)
    url = reverse("students:findings-assign") + "?kind=grade-age"
    page = browser.get(url)
    assert page.context["count"] == 3
    assert "2 所学校" in page.content.decode()
    sent = {"days": 5, "words": "请核对", "form_token": "m"}
    sent["shown"] = page.context["form"].initial["shown"]
    assert browser.post(url, sent).status_code == 302
    assert browser.post(url, sent).status_code == 302  # a second click
    assert Assignment.objects.count() == 3
    assert len(set(Assignment.objects.values_list("group", flat=True))) == 1
    assert AuditEntry.objects.get(verb="finding.assign-many").count == 3
    assert waiting(township.scope).count() == 2
    assert browser.get(url).context["count"] == 0
    shown = dict(Finding.objects.values_list("pk", "evidence_digest"))
    result = assign_findings(shown=shown, days=5, words="再核对", actor=staff, now=NOW)
    assert (result.count, result.left_out) == (Assignment.objects.count() - 3, 3)


def test_settling_together_closes_what_was_asked_and_undoing_reopens_it(county, staff, clerk):
    for finding in old():
        assigned(staff, finding)
    shown = dict(old().values_list("pk", "evidence_digest"))
    with pytest.raises(Conflict):  # a school does not settle what it was asked
        settle_alike(
            finding=old().first(), shown=shown, verdict="dismissed", note="x", actor=clerk, now=NOW
        )
    result = settle_alike(
        finding=old().first(), shown=shown, verdict="dismissed", note="属实", actor=staff, now=NOW
    )
    assert set(Assignment.objects.values_list("state", flat=True)) == {"closed"}
    undo_alike(group=result.group, actor=staff, now=NOW)
    assert set(Assignment.objects.values_list("state", flat=True)) == {"asked"}


def test_a_deadline_counts_working_days_and_the_overdue_are_everybodys(
    county, staff, clerk, township
):
    assert due_on(date(2016, 9, 28), 5) == date(2016, 10, 10)  # over the week of holidays
    assert due_on(date(2016, 11, 7), 1) == date(2016, 11, 8)
    asked = assigned(staff)
    late = NOW + timedelta(days=30)
    for actor in (clerk, township, staff):
        cards = {str(card.label): card for card in todos_for(actor, late)}
        assert cards["逾期未答复的交办"].urgency == OVERDUE, actor.role
        before = {str(card.label): card for card in todos_for(actor, NOW)}
        assert "逾期未答复的交办" not in before
    assert "待答复的交办" in {str(card.label) for card in todos_for(clerk, NOW)}
    answer_assignment(assignment=asked, words="已核对", actor=clerk, now=NOW)
    labels = {str(card.label) for card in todos_for(staff, late)}
    assert "逾期未答复的交办" not in labels
    assert "学校已答复、待审核的差异" in labels
    asked.refresh_from_db()
    refused(
        "days-unfit",
        send_back_assignment,
        assignment=asked,
        words="x",
        days=0,
        actor=staff,
        now=NOW,
    )


def test_the_list_of_what_was_asked_shows_the_days_left_and_finds_the_overdue(county, staff, clerk):
    asked = assigned(staff)
    today = timezone.localdate()
    Assignment.objects.filter(pk=asked.pk).update(due_on=today - timedelta(days=2))
    page = sign_in(clerk).get(reverse("students:assignment-list") + "?state=overdue")
    assert "逾期 2 天" in page.content.decode()
    Assignment.objects.filter(pk=asked.pk).update(due_on=today)
    page = sign_in(clerk).get(reverse("students:assignment-list") + "?state=overdue")
    assert "赵一" not in page.content.decode()
    page = sign_in(clerk).get(reverse("students:assignment-list") + "?state=waiting")
    assert "今天到期" in page.content.decode()
