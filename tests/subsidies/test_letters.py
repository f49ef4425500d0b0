"""Letters in batches: each says what one household received, and nothing of any other."""

import io
from typing import Any

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from povedu.audit.models import AuditEntry
from povedu.jobs.models import Job, JobFile
from povedu.jobs.runner import execute
from povedu.jobs.services import take
from povedu.jobs.store import read
from povedu.scope import Scope
from subsidies.models import DisbursementBatch, LetterWording
from subsidies.rules.letters import PLACEHOLDERS, fill, shipped, unknown_placeholders
from subsidies.selectors import letters
from subsidies.selectors.letters import Range
from tests.factories import (
    DivisionFactory,
    DonorFactory,
    GiftFactory,
    HouseholdFactory,
    HouseholdMemberFactory,
    SchoolFactory,
    actor_of,
    sign_in,
)
from tests.subsidies.county import AUTUMN, County

# A busy machine draws slowly; what is drawn matters, not how fast.
calm = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
POOR = {"categories": ["registered_poor"]}


@pytest.fixture
def village(county: County) -> Any:
    """A village of three households, of which one has two children, and one child without."""
    place = DivisionFactory(code="530623100001", level="village")
    pupils = [*county.children(4), *county.children(1)]
    for at, pupil in enumerate(pupils):
        type(pupil).objects.filter(pk=pupil.pk).update(
            name=f"Canary{at}", home_division=place, grade=3, class_name="1"
        )
    for home, members in enumerate(([0, 1], [2], [3])):
        household = HouseholdFactory(
            county=county.division, division=place, head_name=f"Head{home}"
        )
        for at in members:
            HouseholdMemberFactory(household=household, id_number=pupils[at].id_number)
    programme = county.programme("p", "500", standard=POOR, name="LivingAid")
    county.granted(programme)
    county.paid(programme)
    GiftFactory(student=pupils[0], school=county.school, donor=DonorFactory(), item="Coat")
    return place


def canaries(text: str) -> set[str]:
    return {f"Canary{at}" for at in range(5) if f"Canary{at}" in text} | {
        f"Head{at}" for at in range(3) if f"Head{at}" in text
    }


HOMES = [
    {"Canary0", "Canary1", "Head0"},
    {"Canary2", "Head1"},
    {"Canary3", "Head2"},
    {"Canary4"},
]


def ordered(found: list[set[str]]) -> list[list[str]]:
    return sorted(sorted(one) for one in found)


def make(county: County, **asked: Any) -> Job:
    """Go through the wizard as the office does and run the job."""
    browser = sign_in(county.maker)

    def step(name: str, data: dict[str, Any]) -> Any:
        return browser.post(reverse("subsidies:letter-make", args=[name]), data)

    kind = {"kind": "family", "year": 2016, "term": "2016-1"}
    step("kind", {**kind, **{name: asked.pop(name) for name in list(asked) if name in kind}})
    sent = step("range", asked)
    assert sent.status_code == 302, sent.content.decode()
    page = browser.get(reverse("subsidies:letter-make", args=["confirm"])).content.decode()
    assert "将制作" in page
    assert step("confirm", {"form_token": "x"}).status_code == 302
    job = Job.objects.order_by("-created_at").first()
    assert job is not None
    execute(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error_message
    return job


def files_of(job: Job) -> dict[str, bytes]:
    return {
        one.filename.rsplit(".", 1)[1]: read(one.store_key)
        for one in JobFile.objects.filter(job=job)
    }


def word_sections(content: bytes) -> list[str]:
    """Return the text of each section of a Word file, tables too."""
    texts, current = [], ""
    for element in docx.Document(io.BytesIO(content)).element.body:
        current += "".join(one.text or "" for one in element.iter(qn("w:t")))
        if element.find(f".//{qn('w:sectPr')}") is not None or element.tag == qn("w:sectPr"):
            texts.append(current)
            current = ""
    return texts


def test_each_letter_holds_its_own_household_and_no_other(county: County, village: Any) -> None:
    files = files_of(make(county, place=village.pk))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(files["pdf"])).pages]
    assert ordered([canaries(page) for page in pages]) == ordered(HOMES)
    sections = word_sections(files["docx"])
    assert ordered([canaries(text) for text in sections]) == ordered(HOMES)
    whole = next(page for page in pages if "Canary0" in page)
    assert "LivingAid" in whole
    assert "Coat" in whole
    assert "2,000.00" in whole  # two children's 500 and a gift of 1,000
    number = letters.children_in(Scope("530623"), Range(place=village.pk)).first()
    assert number is not None
    plain = number.id_number.reveal()
    assert all(plain not in text for text in (*pages, *sections))


def test_a_leak_would_be_seen(county: County, village: Any) -> None:
    """The check above fails on two households in one letter."""
    [first, second, *_rest] = letters.families(Scope("530623"), 2016, Range(place=village.pk))
    mixed = canaries(" ".join(child.name for child in (*first.children, *second.children)))
    assert sorted(mixed) not in ordered(HOMES)


def test_files_are_sealed_and_only_their_maker_takes_them(county: County, village: Any) -> None:
    job = make(county, place=village.pk)
    file = JobFile.objects.filter(job=job).order_by("filename").first()
    assert file is not None
    assert file.expires_at > file.made_at
    browser, stranger = sign_in(county.maker), sign_in(county.checker)
    address = reverse("jobs:file-download", args=[file.pk])
    assert browser.get(address).status_code == 200
    assert stranger.get(address).status_code == 404
    assert AuditEntry.objects.filter(verb="file.download", actor_id=county.maker.user_id).exists()
    assert AuditEntry.objects.get(verb="letter.make").count == 4
    assert take(file=file, actor=county.maker, now=file.made_at)


def test_by_class_and_school_only_of_ones_own(county: County, village: Any) -> None:
    other = SchoolFactory(code="2153000777", division=DivisionFactory(code="530623200000"))
    clerk = actor_of("school_clerk", division_prefix="530623200000", school_code=other.code)
    where = Range(school=county.school.code, grade=3, class_name="1")
    assert len(letters.families(Scope("530623"), 2016, where)) == 4
    assert letters.families(clerk.scope, 2016, where) == []
    assert letters.families(Scope("530623"), 2016, Range(school=other.code)) == []
    assert letters.families(Scope("530623"), 2015, where) == []


def test_the_number_of_queries_does_not_grow(county: County, village: Any) -> None:
    where = Range(place=village.pk)
    with CaptureQueriesContext(connection) as few:
        letters.families(Scope("530623"), 2016, where)
    for pupil in county.children(6):
        type(pupil).objects.filter(pk=pupil.pk).update(home_division=village)
        GiftFactory(student=pupil, school=county.school)
    with CaptureQueriesContext(connection) as many:
        assert len(letters.families(Scope("530623"), 2016, where)) == 10
    assert len(many) == len(few)


def test_a_notice_tells_what_was_granted(county: County, village: Any) -> None:
    programme = county.programme("q", "300", standard=POOR, name="Granted")
    county.propose(programme)
    assert all("Granted" not in str(one) for one in told(village))
    county.granted(programme)
    families = told(village)
    assert len(families) == 5
    assert all("Granted" in str(one) for one in families)
    files = files_of(make(county, kind="notice", place=village.pk))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(files["pdf"])).pages]
    children = {f"Canary{n}" for n in range(5)}
    assert [len(canaries(page) & children) for page in pages] == [1] * 5


def told(village: Any) -> list[Any]:
    return letters.granted(Scope("530623"), AUTUMN, Range(place=village.pk))


def test_a_sheet_for_each_class_signs_for_the_whole_batch(county: County, village: Any) -> None:
    batch = DisbursementBatch.objects.get()
    sheets = letters.sheets(Scope("530623"), batch)
    assert sum(line.amount for sheet in sheets for line in sheet.lines) == batch.amount
    assert letters.sheets(Scope("530999"), batch) == []
    files = files_of(make(county, kind="sheet", batch=batch.pk))
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(files["pdf"])).pages)
    assert "领款人签字" in text
    assert "贰仟伍佰元整" in text


def test_the_policy_card_names_programmes_and_nobody(county: County, village: Any) -> None:
    files = files_of(make(county, kind="card"))
    [text] = word_sections(files["docx"])
    assert "LivingAid" in text
    assert "每年1,000元" in text
    assert canaries(text) == set()


def test_a_county_writes_its_own_words(county: County, village: Any) -> None:
    browser = sign_in(county.maker)
    address = reverse("subsidies:wording-edit", args=["family"])
    words = {"title": "Own title", "opening": "{{年度}} yes", "closing": "Call {{电话}}"}
    words |= {"signature": "Own office", "contact": "0000-1"}
    wrong = browser.post(address, {**words, "closing": "{{身份证号}}", "form_token": "1"})
    assert "没有这个占位符：身份证号" in wrong.content.decode()
    assert not LetterWording.objects.exists()
    assert browser.post(address, {**words, "form_token": "2"}).status_code == 302
    files = files_of(make(county, place=village.pk))
    [first, *_rest] = word_sections(files["docx"])
    assert "Own title" in first
    assert "Call 0000-1" in first
    assert "2016 yes" in first
    assert browser.get(reverse("subsidies:wording-edit", args=["nothing"])).status_code == 404


def test_an_empty_range_is_said_and_not_made(county: County) -> None:
    browser = sign_in(county.maker)
    kind = {"kind": "family", "year": 2016, "term": "2016-1"}
    browser.post(reverse("subsidies:letter-make", args=["kind"]), kind)
    both = {"school": county.school.pk, "place": county.school.division_id}
    refused = browser.post(reverse("subsidies:letter-make", args=["range"]), both)
    assert refused.status_code == 400
    browser.post(reverse("subsidies:letter-make", args=["range"]), {"school": county.school.pk})
    page = browser.get(reverse("subsidies:letter-make", args=["confirm"])).content.decode()
    assert "没有需要制作的内容" in page


@calm
@given(kind=st.sampled_from(sorted(PLACEHOLDERS)), value=st.text())
def test_a_value_with_braces_is_never_filled_again(kind: str, value: str) -> None:
    name = PLACEHOLDERS[kind][0]
    filled = fill(f"A {{{{{name}}}}} B", {name: value})
    assert filled == f"A {value or '＿＿＿＿'} B"


@pytest.mark.parametrize("kind", sorted(PLACEHOLDERS))
def test_the_shipped_words_use_known_placeholders(kind: str) -> None:
    words = shipped(kind, "County")
    for text in (words.title, words.opening, words.closing):
        assert unknown_placeholders(kind, text) == []
    assert unknown_placeholders(kind, "{{x}} {{") == ["x", "{{"]
