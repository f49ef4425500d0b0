"""Applications for those on no register: scored, seen by class, school and bureau."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from povedu.audit.models import AuditEntry
from povedu.errors import Conflict, Refusal
from povedu.scope import Actor
from povedu.working_days import after_working_days, is_published
from subsidies.models import ApplicationPaper, CalendarDay, Determination, ScoreBand, ScoreItem
from subsidies.selectors.calendar import changed_days
from subsidies.services import determinations as services
from subsidies.services.calendar import remove_calendar_day, set_calendar_day
from subsidies.services.notices import draft_notice
from tests.factories import (
    SchoolFactory,
    ScoreBandFactory,
    ScoreItemFactory,
    StandardFactory,
    actor_of,
    sign_in,
)
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County, at

DAY = date(2016, 9, 20)
LEVELS = ((40, "困难", "三档"), (60, "一般困难", "二档"), (80, "特别困难", "一档"))
PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer\n%%EOF\n"
CLASS = services.Signature("王老师", DAY, "属实")


@pytest.fixture
def scored(county: County) -> County:
    """A county that scores families."""
    for name, points in (("illness", 40), ("single", 15), ("none", 30)):
        ScoreItemFactory(county=county.division, name=name, points=points)
    for above, level, tier in (
        (40, "困难", "三档"),
        (60, "一般困难", "二档"),
        (80, "特别困难", "一档"),
    ):
        ScoreBandFactory(county=county.division, above=above, level=level, tier=tier)
    return county


def clerk_of(county: County) -> Actor:
    return actor_of("school_clerk", school_code=county.school.code)


def stranger() -> Actor:
    return actor_of("school_clerk", school_code=SchoolFactory().code)


def enter(county: County, *names: str, actor: Actor | None = None) -> Determination:
    [child] = county.children(1, "senior", grade=10, hardships=[])
    return services.enter_determination(
        student=child,
        academic_year=2016,
        evidence="letter",
        case=services.Case(list(ScoreItem.objects.filter(name__in=names)), ["household"], CLASS),
        actor=actor or county.maker,
        now=SHANGHAI_NOON,
    )


@pytest.mark.parametrize(
    ("names", "score", "level", "tier"),
    [
        (["illness"], 40, "", ""),
        (["illness", "single"], 55, "困难", "三档"),
        (["illness", "none"], 70, "一般困难", "二档"),
        (["illness", "none", "single"], 85, "特别困难", "一档"),
        ([], None, "", ""),
    ],
)
def test_circumstances_give_score_level_and_tier(
    scored: County, names: list[str], score: int | None, level: str, tier: str
) -> None:
    one = enter(scored, *names)
    assert (one.score, one.level, one.tier) == (score, level, tier)
    ScoreItem.objects.update(points=1)
    ScoreBand.objects.all().delete()
    one.refresh_from_db()
    assert (one.score, one.level) == (score, level)  # frozen when entered


def test_three_people_see_it_and_the_tier_pays(scored: County) -> None:
    clerk, other = clerk_of(scored), clerk_of(scored)
    one = enter(scored, "illness", "none", actor=clerk)
    assert one.step == "school"

    def review(actor: Actor, **more: object) -> Determination:
        said = {"agreed": True, "opinion": "", "signed_name": "校长", "signed_on": DAY, **more}
        return services.review_determination(
            determination=one,
            actor=actor,
            now=SHANGHAI_NOON,
            **said,  # type: ignore[arg-type]  # its own fields
        )

    def decide(actor: Actor) -> Determination:
        return services.decide_determination(
            determination=one, approved=True, note="", actor=actor, now=SHANGHAI_NOON
        )

    for wrong in (
        lambda: decide(scored.checker),
        lambda: review(clerk),
        lambda: review(other, agreed=False),
    ):
        with pytest.raises(Refusal):
            wrong()
    one = review(other)
    with pytest.raises(Conflict):
        review(other)
    for actor in (clerk, other):
        with pytest.raises(Refusal):
            decide(actor)
    one = decide(scored.checker)
    told = list(one.steps.values_list("step", "agreed", "signed_name"))
    assert told[:2] == [("class", True, "王老师"), ("school", True, "校长")]
    assert (told[2][0], one.state) == ("bureau", "approved")
    seniors = {"stage": "senior", "categories": ["other"]}
    programme = scored.programme("grant", "750", standard={"tier": "二档", **seniors})
    more = {"year_amount": Decimal(2000), "instalment_amount": Decimal(1000)}
    StandardFactory(programme=programme, tier="一档", **seniors, **more)
    assert scored.propose(programme).amount == "750.00"


def test_the_school_may_send_it_back_and_it_can_come_again(scored: County) -> None:
    clerk, other = clerk_of(scored), clerk_of(scored)
    one = enter(scored, "single", actor=clerk)
    services.review_determination(
        determination=one,
        agreed=False,
        opinion="no paper",
        signed_name="校长",
        signed_on=DAY,
        actor=other,
        now=SHANGHAI_NOON,
    )
    one.refresh_from_db()
    assert (one.state, one.note) == ("refused", "no paper")
    services.enter_determination(
        student=one.student,
        academic_year=2016,
        evidence="letter",
        case=services.Case(class_appraisal=CLASS),
        actor=clerk,
        now=SHANGHAI_NOON,
    )
    assert Determination.objects.count() == 2


def test_a_school_needs_the_class_first_and_a_paper_at_the_bureau_does_not(scored: County) -> None:
    [child] = scored.children(1, hardships=[])

    def enter_bare(actor: Actor) -> Determination:
        return services.enter_determination(
            student=child, academic_year=2016, evidence="letter", actor=actor, now=SHANGHAI_NOON
        )

    with pytest.raises(Refusal, match="班级评议"):
        enter_bare(clerk_of(scored))
    assert enter_bare(scored.maker).step == "bureau"


def test_the_clerk_enters_and_a_colleague_reviews_in_the_browser(scored: County) -> None:
    [child] = scored.children(1, hardships=[])
    clerk, other = sign_in(clerk_of(scored)), sign_in(clerk_of(scored))
    add = reverse("subsidies:determination-add")
    sent = {
        "student": str(child.pk),
        "academic_year": "2016",
        "evidence": "村委会证明",
        "items": [str(ScoreItem.objects.get(name="illness").pk)],
        "documents": ["household", "village"],
        "teacher": "王老师",
        "opinion": "属实",
        "form_token": "one",
    }
    refused = clerk.post(add, sent)
    assert refused.status_code == 400
    assert "请填写评议日期" in refused.content.decode()
    assert clerk.post(add, {**sent, "signed_on": "2016-09-20"}).status_code == 302
    one = Determination.objects.get()
    page = reverse("subsidies:determination-detail", args=[one.pk])
    review = reverse("subsidies:determination-review", args=[one.pk])
    assert review in other.get(page).content.decode()
    assert review not in clerk.get(page).content.decode()
    shown = other.get(review).content.decode()
    assert "王老师" in shown
    assert "户口簿、村（社区）证明" in shown
    said = {"agreed": "1", "signed_name": "校长", "signed_on": "2016-09-21", "form_token": "two"}
    assert clerk.post(review, {**said, "form_token": "own"}).status_code == 400
    assert other.post(review, said).status_code == 302
    assert "待审核的困难认定" in sign_in(scored.checker).get(reverse("home")).content.decode()


def test_a_paper_is_kept_sealed_looked_at_and_bound_to_the_decision(
    scored: County, settings: Any
) -> None:
    one, clerk = enter(scored), sign_in(scored.maker)
    checker, other = sign_in(scored.checker), sign_in(stranger())
    page = reverse("subsidies:determination-detail", args=[one.pk])
    add = reverse("subsidies:paper-add", args=[one.pk])

    def put(content: bytes, token: str, client: Any = clerk) -> Any:
        file = SimpleUploadedFile("x.pdf", content)
        return client.post(add, {"kind": "diagnosis", "file": file, "form_token": token})

    assert other.get(page).status_code == 404
    assert put(PDF, "a", other).status_code == 404
    assert put(b"GIF89a", "b").status_code == 400
    assert put(PDF, "c").status_code == 302
    assert put(PDF, "d").status_code == 400
    paper = ApplicationPaper.objects.get()
    one.refresh_from_db()
    assert "diagnosis" in one.documents
    at = Path(settings.VAR_DIR) / "store" / paper.stored_name[:2] / paper.stored_name
    assert PDF not in at.read_bytes()
    look = reverse("subsidies:paper-open", args=[paper.pk])
    assert other.get(look).status_code == 404
    assert checker.get(look).content == PDF
    assert AuditEntry.objects.filter(verb="application-paper.open").count() == 1
    remove = reverse("subsidies:paper-remove", args=[paper.pk])
    assert remove in clerk.get(page).content.decode()
    assert remove not in checker.get(page).content.decode()
    decide = reverse("subsidies:determination-decide", args=[one.pk])
    assert checker.post(decide, {"approved": "1", "form_token": "e"}).status_code == 302
    assert put(PDF + b" ", "f").status_code == 409
    assert clerk.post(remove, {"form_token": "g"}).status_code == 409
    assert ApplicationPaper.objects.count() == 1


def test_scoring_is_set_in_lines(scored: County) -> None:
    office = sign_in(scored.maker)
    url = reverse("subsidies:scoring-set")
    assert "illness 40" in office.get(url).content.decode()
    wrong = office.post(url, {"items": "a 10\na 20", "bands": "40 x", "form_token": "one"})
    assert "第 2 行" in wrong.content.decode()
    good = {"items": "重大 疾病 30\n单亲 101\n", "bands": "40 困难", "form_token": "two"}
    assert office.post(url, good).status_code == 400
    good["items"] = "重大 疾病 30\n单亲 10\n"
    assert office.post(url, good).status_code == 302
    assert list(ScoreItem.objects.values_list("name", "points")) == [
        ("重大 疾病", 30),
        ("单亲", 10),
    ]
    assert list(ScoreBand.objects.values_list("above", "level", "tier")) == [(40, "困难", "")]


# --- working days -------------------------------------------------------------------------------


def test_a_county_changes_its_working_days(county: County) -> None:
    monday = date(2016, 11, 7)
    assert after_working_days(monday, 5) == date(2016, 11, 12)
    programme = county.programme("p", "500", needs_notice=True, standard={"categories": []})
    county.children(1)
    county.propose(programme, now=at(2016, 11, 7))
    who = {"county": county.division, "actor": county.maker, "now": SHANGHAI_NOON}
    kept = set_calendar_day(day=date(2016, 11, 9), is_working=False, note="州庆", **who)
    set_calendar_day(day=date(2016, 11, 12), is_working=True, **who)
    assert after_working_days(monday, 5, changed_days(county.division.pk)) == date(2016, 11, 13)
    notice = draft_notice(programme=programme, term=AUTUMN, actor=county.maker, now=at(2016, 11, 7))
    assert notice.ends_on == date(2016, 11, 13)
    remove_calendar_day(calendar_day=kept, actor=county.maker, now=SHANGHAI_NOON)
    assert CalendarDay.objects.count() == 1
    assert is_published(date(2016, 1, 1))
    assert not is_published(date(2099, 1, 1))


def test_the_calendar_in_the_browser(county: County) -> None:
    office = sign_in(county.maker)
    sent = {"day": "2016-11-09", "is_working": "0", "note": "州庆", "form_token": "one"}
    assert office.post(reverse("subsidies:calendar-set"), sent).status_code == 302
    assert "州庆" in office.get(reverse("subsidies:calendar-list")).content.decode()
    one = CalendarDay.objects.get()
    assert not one.is_working
    remove = reverse("subsidies:calendar-remove", args=[one.pk])
    assert office.post(remove, {"form_token": "two"}).status_code == 302
    assert not CalendarDay.objects.exists()
