"""Papers put to findings, and proofs of a hardship that no register knows."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from povedu.audit.models import AuditEntry
from povedu.jobs import store
from students.models import (
    EvidenceFile,
    HardshipProof,
    HardshipStatus,
)
from students.rules.evidence import MAX_FILES, read_evidence
from students.services.papers import add_evidence, open_evidence, remove_evidence
from students.services.settle import settle_finding, undo_decision
from students.services.settle_papers import ProofDetails, record_proof
from tests.factories import actor_of, sign_in
from tests.students.asking import PDF, claim, old, picture, refused
from tests.students.world import NOW


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
