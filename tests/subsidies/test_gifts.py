"""Gifts: delivered by a second person, told to donors without names, in public as sums."""

import io
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from povedu.errors import Refusal
from povedu.jobs.models import Job, JobFile
from povedu.jobs.runner import execute
from povedu.jobs.store import read
from povedu.ledger.models import LedgerEntry
from povedu.scope import Scope
from students.models import Student
from subsidies.models import Gift, Sponsorship
from subsidies.rules.small_cells import SMALLEST, hidden_cells
from subsidies.selectors import giving
from subsidies.services import gifts
from tests.factories import (
    DonorFactory,
    GiftFactory,
    ProgrammeFactory,
    SchoolFactory,
    SponsorshipFactory,
    sign_in,
)
from tests.subsidies.county import SHANGHAI_NOON as NOW
from tests.subsidies.county import County

# A busy machine draws slowly; what is drawn matters, not how fast.
calm = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DAY = date(2016, 11, 1)
LABELS = {"programme": "P", "stage": "S", "donor": "D", "whole": "W"}


@pytest.fixture
def programme(county: County) -> Any:
    return ProgrammeFactory(county=county.division, code="social", kind="gift", cadence="once")


@pytest.fixture
def donor(county: County) -> Any:
    return DonorFactory(county=county.division)


def post(client: Any, name: str, data: dict[str, Any], *args: Any) -> Any:
    token = {"form_token": str(uuid4())}
    return client.post(reverse(f"subsidies:{name}", args=args), {**token, **data})


def test_a_gift_is_promised_received_and_delivered_by_somebody_else(
    county: County, programme: Any, donor: Any
) -> None:
    [child] = county.children(1)
    maker, checker = sign_in(county.maker), sign_in(county.checker)
    about = {"student": child.pk, "programme": programme.pk, "donor": donor.pk}
    given = {**about, "given_on": "2016-10-01", "amount": "800"}
    assert post(maker, "gift-add", given).status_code == 302
    gift = Gift.objects.get()
    assert gift.state == "promised"
    assert post(maker, "gift-receive", {"received_on": "2016-10-03"}, gift.pk).status_code == 302
    gift.refresh_from_db()
    assert gift.state == "received"
    assert (
        "已收到" in maker.get(reverse("subsidies:gift-list") + "?state=received").content.decode()
    )
    assert "不能撤销" in post(maker, "gift-cancel", {"reason": "r"}, gift.pk).content.decode()
    own = post(maker, "gift-deliver", {"settled_on": "2016-10-05"}, gift.pk)
    assert "登记人不能登记" in own.content.decode()
    assert not LedgerEntry.objects.exists()
    assert post(checker, "gift-deliver", {"settled_on": "2016-10-05"}, gift.pk).status_code == 302
    gift.refresh_from_db()
    assert (gift.state, gift.delivered_by_id) == ("delivered", county.checker.user_id)
    assert sum(one.amount for one in LedgerEntry.objects.filter(amount__gt=0)) == Decimal(800)
    again = post(checker, "gift-deliver", {"settled_on": "2016-10-06"}, gift.pk)
    assert again.status_code == 409


def test_many_are_delivered_at_once_but_none_of_ones_own(
    county: County, programme: Any, donor: Any
) -> None:
    rows = [(donor, one, DAY, Decimal(100), "", None) for one in county.children(3)]
    given = gifts.enter_gifts(programme=programme, rows=rows, actor=county.maker, now=NOW)
    chosen = {"do": "bulk-deliver", "pk": [one.pk for one in given], "confirmed": "1"}
    address = reverse("subsidies:gift-list")
    refused = sign_in(county.maker).post(address, {**chosen, "form_token": "a"})
    assert refused.status_code == 400
    assert not Gift.objects.filter(settled_on__isnull=False).exists()
    done = sign_in(county.checker).post(address, {**chosen, "form_token": "b"})
    assert done.status_code in {200, 302}
    assert Gift.objects.filter(delivered_by=county.checker.user_id).count() == 3
    with pytest.raises(Refusal, match="交付由登记人以外的人"):
        gifts.enter_gifts(
            programme=programme, rows=[(*rows[0][:5], DAY)], actor=county.maker, now=NOW
        )


@pytest.mark.parametrize("moves", [False, True])
def test_a_gift_is_posted_for_the_school_it_was_given_at(
    county: County, programme: Any, donor: Any, moves: bool
) -> None:
    [child] = county.children(1)
    about = (donor, child, DAY, Decimal(100), "", None)
    [gift] = gifts.enter_gifts(programme=programme, rows=[about], actor=county.maker, now=NOW)
    if moves:
        elsewhere = SchoolFactory(division=county.school.division)
        Student.objects.filter(pk=child.pk).update(school=elsewhere)
    gifts.deliver_gift(gift=gift, settled_on=DAY, actor=county.checker, now=NOW)
    assert set(LedgerEntry.objects.values_list("school_code", flat=True)) == {county.school.code}


def test_the_database_keeps_maker_and_deliverer_apart(county: County) -> None:
    gift = GiftFactory(settled_on=None)
    rows = Gift.objects.filter(pk=gift.pk)
    for wrong in (
        {"settled_on": DAY, "delivered_by": gift.entered_by},
        {"delivered_by": county.checker.user_id},
        {"received_on": DAY, "cancelled_on": DAY},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    assert rows.update(settled_on=DAY, delivered_by=county.checker.user_id) == 1


def exported(browser: Any, address: str) -> str:
    """Return the text of a list as it is exported."""
    assert browser.post(address, {"do": "export"}).status_code == 302
    job = Job.objects.order_by("-created_at").first()
    assert job is not None
    execute(job.pk)
    file = JobFile.objects.get(job=job)
    book = openpyxl.load_workbook(io.BytesIO(read(file.store_key)))
    return "\n".join(str(row) for sheet in book for row in sheet.values)


def test_a_donor_learns_a_code_until_a_guardian_agrees(
    county: County, programme: Any, donor: Any
) -> None:
    named, hidden = county.children(2)
    for at, child in enumerate((named, hidden)):
        Student.objects.filter(pk=child.pk).update(name=f"Canary{at}", guardian_name="Guard")
        GiftFactory(
            donor=donor, programme=programme, student=child, school=county.school, settled_on=None
        )
    other = DonorFactory(county=county.division)
    GiftFactory(donor=other, programme=programme, student=hidden, school=county.school)
    browser = sign_in(county.maker)
    address = reverse("subsidies:donor-report", args=[donor.pk])
    secrets = ("Canary0", "Canary1", county.school.name, "Guard", named.id_number.reveal())
    for text in (body(browser, address), exported(browser, address)):
        assert not [one for one in secrets if one in text]
        assert giving.code_of(donor.pk, named.pk) in text
        assert giving.code_of(other.pk, hidden.pk) not in text
    paired = {"student": named.pk, "starts_on": "2016-09-01"}
    assert post(browser, "sponsorship-add", paired, donor.pk).status_code == 302
    pair = Sponsorship.objects.get()
    paper = {"consented_on": "2016-09-02", "consent_guardian": "Guard", "consent_evidence": "N1"}
    unsigned = {**paper, "consent_guardian": ""}
    assert post(browser, "consent-add", unsigned, pair.pk).status_code == 400
    assert post(browser, "consent-add", paper, pair.pk).status_code == 302
    for text in (body(browser, address), exported(browser, address)):
        assert "Canary0" in text
        assert county.school.name in text
        assert not [one for one in ("Canary1", "Guard", named.id_number.reveal()) if one in text]
    ended = {"withdrawn_on": "2016-10-01"}
    assert post(browser, "consent-end", ended, pair.pk).status_code == 302
    assert "Canary0" not in body(browser, address)


def body(browser: Any, address: str) -> str:
    """Return a page's own part, without who is signed in."""
    text: str = browser.get(address).content.decode()
    return text[text.index("<main") :]


@pytest.mark.django_db
def test_consent_needs_a_guardian_in_the_database_too() -> None:
    pair = SponsorshipFactory()
    rows = Sponsorship.objects.filter(pk=pair.pk)
    for wrong in ({"consented_on": DAY}, {"withdrawn_on": DAY}, {"ends_on": date(2000, 1, 1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        SponsorshipFactory(donor=pair.donor, student=pair.student)


def test_public_totals_hide_small_groups(county: County, programme: Any) -> None:
    donors = [DonorFactory(county=county.division, kind=kind) for kind in ("person", "company")]
    pupils = [*county.children(8), *county.children(6, "junior"), *county.children(2, "senior")]
    for child in pupils:
        GiftFactory(
            donor=donors[1], programme=programme, student=child, school=county.school, amount=100
        )
    scope = Scope("530623")
    totals = giving.public_totals(scope, 2016, LABELS)
    assert (totals.whole.persons, totals.whole.amount) == (16, Decimal(1600))
    stages = {one.label: one.persons for one in totals.tables[1][1]}
    assert sorted(str(count) for count in stages.values()) == ["8", "None", "None"]
    page = sign_in(county.maker).get(reverse("subsidies:gift-totals-year", args=[2016]))
    assert "人数较少，不公开" in page.content.decode()
    assert all(one.name not in page.content.decode() for one in pupils)
    assert giving.public_totals(scope, 2015, LABELS).whole.persons == 0
    Gift.objects.exclude(student__in=pupils[:3]).update(settled_on=None)
    assert giving.public_totals(scope, 2016, LABELS).whole.persons is None


@calm
@given(counts=st.lists(st.integers(0, 40), max_size=6))
def test_nothing_hidden_can_be_worked_out(counts: list[int]) -> None:
    persons = dict(enumerate(counts))
    hidden = hidden_cells(persons)
    small = {key for key, count in persons.items() if 0 < count < SMALLEST}
    assert small <= hidden
    assert bool(hidden) == bool(small)
    if hidden and hidden != {key for key, count in persons.items() if count}:
        assert len(hidden) >= 2
        assert sum(persons[key] for key in hidden) >= SMALLEST
