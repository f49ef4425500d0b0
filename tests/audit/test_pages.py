"""Reading the trail, and opening protected values."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from povedu import triggers
from povedu.audit import reveal
from povedu.audit.models import AuditEntry
from povedu.audit.selectors import entries
from povedu.audit.services import reveal_secret, seal_entries
from povedu.errors import Refusal
from povedu.scope import Scope
from students.models import Student
from tests.factories import AuditEntryFactory, SchoolFactory, StudentFactory, actor_of, sign_in

pytestmark = pytest.mark.django_db
URL = "/audit/reveal/"


def students_in(scope):
    return Student.objects.filter(scope.q(division="school__division_id", school="school__code"))


@pytest.fixture(autouse=True)
def offered(monkeypatch):
    """Offer students to be asked for, as their own app does."""
    kind = reveal.Revealable(
        "students.student",
        action="audit.secret.ask",
        fields={"id_number": "ID", "phone": "phone"},
        selector=f"{__name__}.students_in",
        place=("school__division_id", "school__code"),
    )
    monkeypatch.setattr(reveal, "_offered", {"students.student": kind})
    monkeypatch.setattr(kind.__class__, "queryset", lambda self, scope: students_in(scope))


@pytest.fixture
def pupil():
    return StudentFactory(school=SchoolFactory(code="2153000001"))


def ask(client, pupil, **changes):
    data = {
        "subject": "students.student",
        "pk": str(pupil.pk),
        "field": "id_number",
        "reason": "checking the card",
    }
    return client.post(URL, {**data, **changes})


def test_a_reason_opens_the_value_and_is_written_down_first(clerk, pupil):
    answer = ask(sign_in(clerk), pupil)
    assert answer.status_code == 200
    assert pupil.id_number.reveal() in answer.text
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.get(verb="secret.reveal")
    assert (entry.actor_id, entry.reason) == (clerk.user_id, "checking the card")
    assert (entry.subject_type, entry.subject_id) == ("students.student", str(pupil.pk))
    assert (entry.division_code, entry.school_code) == ("530623100000", "2153000001")
    assert list(entry.changes) == ["id_number"]
    assert pupil.id_number.reveal() not in str(vars(entry))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"reason": " "}, 400),
        ({"reason": "x"}, 400),
        ({"field": "name"}, 404),
        ({"field": "guardian_id_number"}, 404),
        ({"subject": "accounts.user"}, 404),
        ({"pk": "999999"}, 404),
        ({"pk": "x"}, 404),
    ],
)
def test_nothing_else_is_opened(clerk, pupil, changes, status):
    answer = ask(sign_in(clerk), pupil, **changes)
    assert answer.status_code == status
    assert pupil.id_number.reveal() not in answer.text
    assert not AuditEntry.objects.filter(verb="secret.reveal").exists()


def test_another_schools_pupil_is_not_there(clerk):
    other = StudentFactory(school=SchoolFactory(code="2153000002"))
    assert ask(sign_in(clerk), other).status_code == 404


def test_a_role_without_the_right_is_refused(pupil):
    assert ask(sign_in(actor_of("leadership")), pupil).status_code == 403
    assert sign_in(actor_of("office_staff", office="aid")).get(URL).status_code == 405


def test_the_subjects_own_action_counts(clerk, pupil, monkeypatch):
    kind = reveal.offered()[0]
    stricter = reveal.Revealable("students.student", "nobody.may.this", kind.fields, "")
    monkeypatch.setattr(reveal, "_offered", {"students.student": stricter})
    assert ask(sign_in(clerk), pupil).status_code == 403


def test_a_days_quota_ends(clerk, pupil, settings, now):
    settings.REVEALS_PER_DAY = 2
    asked = {"subject": "students.student", "pk": str(pupil.pk), "field": "phone", "reason": "ok!"}
    for _ in range(2):
        reveal_secret(actor=clerk, now=now, **asked)
    with pytest.raises(Refusal, match="2 次"):
        reveal_secret(actor=clerk, now=now, **asked)
    reveal_secret(actor=clerk, now=now + timedelta(hours=25), **asked)


def test_the_trail_is_read_within_the_scope(auditor):
    near = AuditEntryFactory(division_code="530623100")
    far = AuditEntryFactory(division_code="530624")
    assert list(entries(auditor.scope)) == [near]
    client = sign_in(auditor)
    assert client.get(reverse("audit:entry-detail", args=[near.pk])).status_code == 200
    assert client.get(reverse("audit:entry-detail", args=[far.pk])).status_code == 404
    assert set(entries(Scope.everything())) >= {near, far}


def test_the_pages_open_and_filter(auditor, clerk, pupil):
    ask(sign_in(clerk), pupil)
    AuditEntryFactory(changes={"phone": ["199****1234", None]}, subject_label="Somebody")
    client = sign_in(auditor)
    page = client.get(reverse("audit:entry-list"))
    assert page.status_code == 200
    assert "查看完整信息" in page.text
    for query in ("?verb=secret.reveal", "?at_after=2016-01-01&at_before=2099-01-01"):
        assert client.get(reverse("audit:entry-list") + query).status_code == 200
    assert client.get(reverse("audit:entry-list") + "?bogus=1").status_code == 400
    newest = AuditEntry.objects.filter(subject_label="Somebody").get()
    assert "199****1234" in client.get(reverse("audit:entry-detail", args=[newest.pk])).text
    subject = ["students.student", str(pupil.pk)]
    looked = client.get(reverse("audit:subject-reveals", args=subject))
    assert "checking the card" in looked.text
    assert client.get(reverse("audit:subject-history", args=subject)).status_code == 200
    assert sign_in(clerk).get(reverse("audit:entry-list")).status_code == 403


def test_verifying_on_the_page_and_by_command(auditor, now):
    entry = AuditEntryFactory()
    seal_entries(now=now)
    client = sign_in(auditor)
    page = reverse("audit:verify")
    assert client.get(page).status_code == 200
    assert "日志完整" in client.post(page).text
    out = StringIO()
    call_command("verify_audit", "--json", stdout=out)
    assert json.loads(out.getvalue())["whole"] is True
    from django.db import connection

    with triggers.lifted(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditentry SET reason = 'x' WHERE id = %s", [entry.pk])
    assert f"第 {entry.pk} 条" in client.post(page).text
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", "--json", stdout=out)
    assert ended.value.code == 1
    report = json.loads(out.getvalue())
    assert (report["code"], report["entry"]) == ("entry-changed", entry.pk)
    with pytest.raises(SystemExit):
        call_command("verify_audit", stderr=StringIO())
