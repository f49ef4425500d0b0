"""Children who study away from home: found by a run, asked for proof, told in writing."""

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from docx import Document

from povedu.accounts.selectors import operator
from povedu.audit.models import AuditEntry
from povedu.errors import Conflict, Refusal
from povedu.jobs import store
from povedu.jobs.models import Job, JobFile
from povedu.jobs.runner import run_now
from povedu.jobs.store import read
from povedu.scope import Scope
from schools.models import Division, School
from students.exports import notice_paper
from students.models import PlacedChild, Student, StudyProof
from students.selectors.away import away, counted_by_place, notice_lines, proofs_due
from students.services.papers import remove_evidence
from students.services.proofs import (
    Received,
    check_proof,
    receive_proof,
    request_proofs,
    return_proof,
)
from students.services.reconcile import reconcile
from tests import factories as make
from tests.factories import actor_of, sign_in
from tests.students.asking import PDF, picture
from tests.students.world import NOW, TERM

BORN = date(2006, 3, 5)
TODAY = NOW.date()
WHOLE = Scope("530623")


@pytest.fixture
def county(world):
    """One child at home, one in the next township, one in another province, one never seen."""
    t1 = "530623100000"
    world.student("在家", world.next_id(BORN), home_division_id=t1)
    world.student("邻乡", world.next_id(BORN), home_division_id=t1, school="S2")
    world.schools["away"] = School.objects.create(
        code="2133000009",
        name="外省小学",
        kind="outside",
        division=world.schools["S1"].division,
    )
    province = Division.objects.create(code="330106000000", name="西湖区", level="county")
    School.objects.filter(code="2133000009").update(division=province)
    world.schools["away"].refresh_from_db()
    world.student("外省", world.next_id(BORN), home_division_id=t1, school="away")
    world.entry(world.snapshot(), "李明", world.next_id(BORN), division_id=t1)
    world.run = reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)
    return world


def ask(county, actor=None, **more):
    rows = more.pop("rows", away(WHOLE, TERM))
    return request_proofs(
        children=[one.pk for one in rows],
        term=TERM,
        due_on=more.pop("due_on", TODAY + timedelta(days=30)),
        actor=actor or operator(),
        now=NOW,
    )


def test_who_studies_away_is_what_the_run_says(county):
    rows = away(WHOLE, TERM)
    assert {one.student.name: one.place for one in rows} == {
        "邻乡": "in_county",
        "外省": "out_of_province",
    }
    assert counted_by_place(rows) == {"in_county": 1, "out_of_county": 0, "out_of_province": 1}
    assert counted_by_place(rows)["in_county"] == county.run.partition["in_county"]


def test_a_proof_is_asked_for_once_taken_in_and_checked_by_another(county):
    assert ask(county) == 2
    assert ask(county) == 0
    proof = StudyProof.objects.get(name="外省")
    clerk, other = actor_of("county_admin"), actor_of("county_admin")
    received = Received(TODAY, "西湖小学", "杭西证〔2016〕3号")
    with pytest.raises(Conflict):
        check_proof(proof=proof, actor=other, now=NOW)
    receive_proof(proof=proof, received=received, actor=clerk, now=NOW)
    proof.refresh_from_db()
    with pytest.raises(Refusal, match="收件人"):
        check_proof(proof=proof, actor=clerk, now=NOW)
    check_proof(proof=proof, actor=other, now=NOW)
    proof.refresh_from_db()
    assert (proof.state, proof.checked_by_id) == ("checked", other.user_id)
    row = away(WHOLE, TERM).get(student__name="外省")
    assert (row.proof_state, row.proof_document_no) == ("checked", "杭西证〔2016〕3号")


def test_the_paper_itself_is_put_in_sealed_and_stays_once_it_is_checked(county):
    ask(county)
    proof = StudyProof.objects.get(name="外省")
    clerk, other = actor_of("county_admin"), actor_of("county_admin")
    browser, url = sign_in(clerk), reverse("students:proof-receive", args=[proof.pk])
    sent = {"received_on": TODAY, "school_name": "西湖小学", "form_token": "a"}
    assert "请写证明编号" in browser.post(url, sent).content.decode()
    photo = SimpleUploadedFile("证明.pdf", PDF)
    assert browser.post(url, {**sent, "file": photo, "form_token": "b"}).status_code == 302
    more = reverse("students:proof-paper", args=[proof.pk])
    sent = {"caption": "学籍页", "form_token": "c"}
    assert browser.post(more, {**sent, "file": io.BytesIO(picture())}).status_code == 302
    first, second = proof.evidence_files.all()
    assert PDF not in store._path(first.stored_name).read_bytes()
    page = sign_in(other).get(proof.get_absolute_url()).content.decode()
    assert "学籍页" in page
    assert "删除" not in page
    answer = sign_in(other).get(reverse("students:evidence-open", args=[first.pk]))
    assert answer.content == PDF
    stranger = sign_in(actor_of("township_officer", division_prefix="530623101"))
    assert stranger.get(reverse("students:evidence-open", args=[first.pk])).status_code == 404
    removal = reverse("students:evidence-remove", args=[second.pk])
    done = browser.post(removal, {"form_token": "d"})
    assert (done.status_code, done["Location"]) == (302, proof.get_absolute_url())
    proof.refresh_from_db()
    check_proof(proof=proof, actor=other, now=NOW)
    with pytest.raises(Conflict):
        remove_evidence(file=first, actor=clerk, now=NOW)
    verbs = AuditEntry.objects.filter(verb__startswith="evidence.").values_list("verb", flat=True)
    assert sorted(verbs) == ["evidence.add", "evidence.add", "evidence.open", "evidence.remove"]


def test_a_paper_belongs_to_a_finding_or_to_a_proof_and_to_one_only(county):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.EvidenceFileFactory(finding=None)
    proof = make.StudyProofFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        make.EvidenceFileFactory(study_proof=proof)
    assert make.EvidenceFileFactory(finding=None, study_proof=proof).subject == proof


def test_the_database_too_wants_two_people(county):
    ask(county)
    person = actor_of("county_admin").user_id
    with pytest.raises(IntegrityError), transaction.atomic():
        StudyProof.objects.filter(name="外省").update(
            state="checked",
            received_on=TODAY,
            received_by=person,
            checked_by=person,
            checked_at=NOW,
        )


def test_a_proof_that_shows_too_little_goes_back_with_a_reason(county):
    ask(county)
    proof = StudyProof.objects.get(name="外省")
    receive_proof(
        proof=proof, received=Received(TODAY, "某校", "无"), actor=actor_of("county_admin"), now=NOW
    )
    proof.refresh_from_db()
    back = {"due_on": TODAY + timedelta(days=14), "actor": actor_of("county_admin"), "now": NOW}
    with pytest.raises(Refusal, match="退回原因"):
        return_proof(proof=proof, note=" ", **back)
    return_proof(proof=proof, note="没有盖章", **back)
    proof.refresh_from_db()
    assert (proof.state, proof.received_by, proof.note) == ("requested", None, "没有盖章")


def test_what_is_overdue_and_what_waits_is_counted_for_the_to_do_list(county):
    ask(county, due_on=TODAY)
    assert proofs_due(WHOLE, TERM, TODAY) == (0, 0)
    assert proofs_due(WHOLE, TERM, TODAY + timedelta(days=1)) == (2, 0)
    proof = StudyProof.objects.get(name="外省")
    received = Received(TODAY, "西湖小学", "3号")
    receive_proof(proof=proof, received=received, actor=actor_of("county_admin"), now=NOW)
    assert proofs_due(WHOLE, TERM, TODAY + timedelta(days=1)) == (1, 1)
    assert proofs_due(Scope("530623101"), TERM, TODAY + timedelta(days=1)) == (0, 0)


def test_a_township_neither_asks_nor_answers_for_another(county):
    other = actor_of("township_officer", division_prefix="530623101")
    assert ask(county, other) == 0
    ask(county)
    proof = StudyProof.objects.get(name="外省")
    with pytest.raises(Refusal, match="管辖范围"):
        receive_proof(proof=proof, received=Received(TODAY, "x", "y"), actor=other, now=NOW)


def test_a_child_whom_only_a_register_knows_keeps_the_proof_from_snapshot_to_snapshot(county):
    placed = PlacedChild.objects.get(entry__name="李明", reconciliation=county.run)
    PlacedChild.objects.filter(pk=placed.pk).update(place="out_of_county")
    assert ask(county, rows=away(WHOLE, TERM).filter(pk=placed.pk)) == 1
    newer = county.snapshot(as_of=date(2016, 8, 1))
    county.entry(newer, "李明", placed.entry.id_number.reveal(), division_id="530623100000")
    again = reconcile(county=county.county, term=TERM, actor=operator(), now=NOW)
    PlacedChild.objects.filter(reconciliation=again, entry__isnull=False).update(
        place="out_of_county"
    )
    row = away(WHOLE, TERM).get(entry__name="李明")
    assert row.reconciliation == again
    assert row.proof == StudyProof.objects.get(name="李明").pk


def test_the_notice_names_the_child_and_the_day_and_no_number(county):
    ask(county)
    paper = notice_paper(list(notice_lines(WHOLE, TERM, "")), today=TODAY)
    assert len(paper.annexes) == 2
    words = " ".join(block.text for annex in paper.annexes for block in annex.body)
    assert "外省同学家长" in words
    assert "2016年12月8日" in words
    numbers = [one.id_number.reveal() for one in Student.objects.all()]
    assert not [number for number in numbers if number in words]


def test_the_notices_come_as_word_for_a_township(county):
    ask(county)
    staff = actor_of("office_staff", office="aid")
    browser = sign_in(staff)
    session = browser.session
    session["term"] = TERM.code
    session.save()
    answer = browser.post(reverse("students:proofs-print"), {"township": "530623100000"})
    assert answer.status_code == 302
    job = Job.objects.get()
    run_now(job)
    file = JobFile.objects.get(job=job, filename__endswith=".docx")
    text = "\n".join(one.text for one in Document(io.BytesIO(read(file.store_key))).paragraphs)
    assert "邻乡同学家长" in text
    assert "外省同学家长" in text


def test_the_pages_open_and_the_button_asks(county):
    browser = sign_in(actor_of("office_staff", office="aid"))
    session = browser.session
    session["term"] = TERM.code
    session.save()
    url = reverse("students:away-list")
    page = browser.get(url).content.decode()
    assert "邻乡" in page
    assert "在家" not in page
    rows = [one.pk for one in away(WHOLE, TERM)]
    asked = browser.post(url, {"do": "bulk-request", "pk": rows})
    assert "2 名学生" in asked.content.decode()
    ask(county)
    assert "待收证明" in browser.get(f"{url}?proof_state=requested").content.decode()
    proof = StudyProof.objects.get(name="邻乡")
    assert browser.get(proof.get_absolute_url()).status_code == 200


def test_migrant_children_come_flagged_from_the_roster(county):
    Student.objects.filter(name="邻乡").update(is_migrant=True)
    browser = sign_in(actor_of("office_staff", office="aid"))
    page = browser.get(reverse("students:migrant-list")).content.decode()
    assert "邻乡" in page
    assert "在家" not in page
