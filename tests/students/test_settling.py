"""Findings handed to schools, papers, proofs, dropout cases, and taking decisions back."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from povedu.accounts.selectors import operator
from povedu.audit.models import AuditEntry
from povedu.errors import Conflict, Refusal
from povedu.jobs import store
from povedu.screens.todo import OVERDUE, todos_for
from students.models import (
    Assignment,
    AssignmentStep,
    EvidenceFile,
    Finding,
    HardshipProof,
    HardshipStatus,
    Student,
)
from students.rules.assignments import due_on
from students.rules.evidence import MAX_FILES, read_evidence
from students.selectors.assignments import waiting
from students.services.reconcile import reconcile
from students.services.settle import settle_finding, undo_decision
from students.services.settle_alike import settle_alike, undo_alike
from students.services.settle_assign import (
    answer_assignment,
    assign_finding,
    assign_findings,
    send_back_assignment,
    withdraw_assignment,
)
from students.services.settle_papers import (
    ProofDetails,
    add_evidence,
    open_evidence,
    record_proof,
    remove_evidence,
)
from tests import factories as make
from tests.factories import actor_of, sign_in
from tests.students.world import NOW, TERM

OLD, BORN = date(2003, 3, 5), date(2007, 3, 5)
PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer\n%%EOF\n"


def picture(colour=(10, 20, 30)):
    kept = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(kept, "PNG")
    return kept.getvalue()


def run(world):
    reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)


@pytest.fixture
def county(world):
    """Children too old for their grade at two schools, and a claim that no register knows."""
    for name, school in (("赵一", "S1"), ("钱二", "S1"), ("孙三", "S2")):
        world.student(name, world.next_id(OLD), grade=1, school=school)
    world.student("李四", world.next_id(BORN), grade=4, claim="建档立卡")
    world.snapshot()
    run(world)
    return world


@pytest.fixture
def staff(db):
    return actor_of("office_staff", office="aid")


@pytest.fixture
def other_staff(db):
    return actor_of("office_staff", office="aid")


@pytest.fixture
def clerk(db):
    return actor_of("school_clerk", division_prefix="530623100", school_code="2153000001")


@pytest.fixture
def other_clerk(db):
    return actor_of("school_clerk", division_prefix="530623101", school_code="2153000002")


@pytest.fixture
def township(db):
    return actor_of("township_officer", division_prefix="530623100")


def old(school="2153000001"):
    return Finding.objects.filter(kind="grade-age", school_code=school).order_by("pk")


def claim():
    return Finding.objects.get(kind="not-on-register")


def assigned(staff, finding=None, days=5):
    finding = finding or old().first()
    return assign_finding(finding=finding, days=days, words="请核对学籍", actor=staff, now=NOW)


def refused(code, call, **arguments):
    with pytest.raises(Refusal) as refusal:
        call(**arguments)
    assert refusal.value.code == code


# --- asking and answering -----------------------------------------------------------------------


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


# --- papers -------------------------------------------------------------------------------------


def test_a_paper_is_sealed_at_rest_and_served_as_an_attachment_to_whom_it_concerns(
    county, staff, clerk, other_clerk
):
    finding = old().first()
    file = add_evidence(finding=finding, content=PDF, caption="证明", actor=clerk, now=NOW)
    at = Path(django_settings.VAR_DIR) / "store" / file.stored_name[:2] / file.stored_name
    assert b"%PDF" not in at.read_bytes()
    url = reverse("students:evidence-open", args=[file.pk])
    answer = sign_in(staff).get(url)
    assert answer.content == PDF
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert AuditEntry.objects.filter(verb="evidence.open", actor_id=staff.user_id).count() == 1
    assert sign_in(other_clerk).get(url).status_code == 404
    assert sign_in(actor_of("leadership")).get(url).status_code == 403
    refused("out-of-scope", open_evidence, file=file, actor=other_clerk, now=NOW)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "evidence-empty"),
        (b"MZ\x90\x00 a program", "evidence-kind"),
        (b"<svg onload='x()'></svg>", "evidence-kind"),
        (b"%PDF-1.4 cut off", "evidence-broken"),
        (
            PDF.replace(b"/Catalog", b"/Catalog /OpenAction <</S /JavaScript /JS (x)>>"),
            "evidence-active",
        ),
        (b"%PDF-1.4" + b"0" * (8 * 1024 * 1024) + b"%%EOF", "evidence-too-large"),
        (picture()[:-20], "photo-broken"),
    ],
)
def test_what_is_no_honest_paper_is_refused(county, clerk, content, code):
    finding = old().first()
    refused(code, add_evidence, finding=finding, content=content, caption="x", actor=clerk, now=NOW)
    assert not EvidenceFile.objects.exists()
    assert add_evidence(finding=finding, content=PDF, caption="x", actor=clerk, now=NOW)
    assert read_evidence(picture()).content_type == "image/png"


def test_papers_are_limited_and_removed_by_who_put_them_there(county, staff, clerk):
    finding = old().first()
    first = add_evidence(finding=finding, content=PDF, caption="a", actor=clerk, now=NOW)
    refused(
        "file-there", add_evidence, finding=finding, content=PDF, caption="b", actor=clerk, now=NOW
    )
    refused("not-yours", remove_evidence, file=first, actor=staff, now=NOW)
    for n in range(MAX_FILES - 1):
        add_evidence(finding=finding, content=picture((n, 0, 0)), caption="c", actor=staff, now=NOW)
    refused(
        "too-many-files",
        add_evidence,
        finding=finding,
        content=picture((99, 1, 1)),
        caption="d",
        actor=staff,
        now=NOW,
    )
    remove_evidence(file=first, actor=clerk, now=NOW)
    settle_finding(finding=finding, verdict="dismissed", actor=staff, now=NOW)
    last = EvidenceFile.objects.filter(added_by=staff.user_id).first()
    refused("finding-settled", remove_evidence, file=last, actor=staff, now=NOW)


def test_the_bytes_of_a_removed_paper_are_gone(county, clerk, django_capture_on_commit_callbacks):
    file = add_evidence(finding=old().first(), content=PDF, caption="a", actor=clerk, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        remove_evidence(file=file, actor=clerk, now=NOW)
    with pytest.raises(FileNotFoundError):
        store.read(file.stored_name)


# --- proofs -------------------------------------------------------------------------------------


def proved(actor, finding=None):
    return record_proof(
        finding=finding or claim(),
        details=ProofDetails("handbook", "HB-7788-01", "中和村委会", date(2016, 3, 1)),
        content=picture(),
        caption="扶贫手册",
        actor=actor,
        now=NOW,
    )


def test_a_proof_seen_by_the_school_and_accepted_by_another_is_a_hardship(county, staff, clerk):
    finding, browser = claim(), sign_in(staff)
    page = reverse("students:finding-queue-item", args=[finding.pk])
    before = [one.name for one in browser.get(page).context["decisions"]]
    assert before == ["confirmed", "dismissed"]
    form = {
        "kind": "handbook",
        "number": "HB-7788-01",
        "issued_by": "中和村委会",
        "issued_on": "2016-03-01",
        "caption": "扶贫手册",
        "file": SimpleUploadedFile("a.png", picture()),
        "form_token": "p",
    }
    to = reverse("students:finding-proof", args=[finding.pk])
    assert sign_in(clerk).post(to, form).status_code == 302
    proof = HardshipProof.objects.get()
    assert (proof.state, proof.number.reveal()) == ("pending", "HB-7788-01")
    text = browser.get(page).content.decode()
    assert "扶贫手册" in text
    assert "HB-7788-01" not in text
    after = [one.name for one in browser.get(page).context["decisions"]]
    assert after == ["proof-accepted", "proof-refused"]
    refused(
        "proof-waits",
        settle_finding,
        finding=finding,
        verdict="confirmed",
        note="x",
        actor=staff,
        now=NOW,
    )
    settle_finding(finding=finding, verdict="proof-accepted", actor=staff, now=NOW)
    status = HardshipStatus.objects.get(student=finding.student)
    assert (status.source, status.category, status.confirmed_by_id) == (
        "proof",
        "registered_poor",
        staff.user_id,
    )
    proof.refresh_from_db()
    assert (proof.state, proof.decided_by_id) == ("approved", staff.user_id)
    undo_decision(finding=finding, actor=staff, now=NOW)
    proof.refresh_from_db()
    assert (proof.state, proof.decided_by) == ("pending", None)
    assert not HardshipStatus.objects.exists()
    settle_finding(
        finding=finding, verdict="proof-refused", note="手册已注销", actor=staff, now=NOW
    )
    proof.refresh_from_db()
    assert proof.state == "refused"
    assert not HardshipStatus.objects.exists()


def test_nobody_accepts_the_own_proof(county, township, staff):
    finding = claim()
    refused(
        "proof-missing",
        settle_finding,
        finding=finding,
        verdict="proof-accepted",
        actor=staff,
        now=NOW,
    )
    proved(township)
    refused(
        "maker-is-checker",
        settle_finding,
        finding=finding,
        verdict="proof-accepted",
        actor=township,
        now=NOW,
    )
    page = reverse("students:finding-queue-item", args=[finding.pk])
    assert not sign_in(township).get(page).context["decisions"]
    with pytest.raises(IntegrityError), transaction.atomic():
        HardshipProof.objects.update(
            state="approved", decided_by_id=township.user_id, decided_at=NOW
        )
    settle_finding(finding=finding, verdict="proof-accepted", actor=staff, now=NOW)


def test_a_proof_fits_a_claim_only_and_one_waits_at_a_time(county, clerk):
    refused("proof-unfit", proved, actor=clerk, finding=old().first())
    proved(clerk)
    refused("proof-waits", proved, actor=clerk)
    assert EvidenceFile.objects.count() == 1


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


# --- taking back --------------------------------------------------------------------------------


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
