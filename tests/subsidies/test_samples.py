"""Samples: the frame is fixed before the seed is known, and anybody draws the same again."""

import csv
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from povedu import triggers
from povedu.errors import Conflict, Refusal
from povedu.screens.exporting import ExportOrder, table_of
from subsidies.models import Payment, Sample, SampleItem
from subsidies.rules.sampling import FrameLine, allot, draw, frame_digest
from subsidies.selectors import samples as selectors
from subsidies.services.samples import close_sample, draw_sample, fix_frame, record_result
from tests.factories import SchoolFactory, actor_of, sign_in
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County, at

POOR = {"categories": ["registered_poor"]}
NOW = SHANGHAI_NOON
LATER = at(2016, 11, 9)
TOOL = Path(__file__).resolve().parents[2] / "tools" / "redraw_sample.py"
calm = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@calm
@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(1, 500), min_size=1),
    st.integers(0, 600),
)
def test_strata_share_the_size_and_none_is_forgotten(counts: dict[str, int], size: int) -> None:
    given_to = allot(counts, size)
    assert sum(given_to.values()) == min(size, sum(counts.values()))
    assert all(0 <= given_to[name] <= counts[name] for name in counts)
    if len(counts) <= size:
        assert all(given_to.values())


@calm
@given(
    st.lists(st.tuples(st.integers(0, 999), st.sampled_from("xyz")), max_size=40, unique=True),
    st.text(max_size=10),
    st.integers(1, 50),
)
def test_a_draw_depends_on_frame_and_seed_alone(
    rows: list[tuple[int, str]], seed: str, size: int
) -> None:
    lines = [FrameLine(f"K-{n}-{s}", s, n, "2016-11-08") for n, s in rows]
    first = draw(lines, seed, size)
    assert draw(list(reversed(lines)), seed, size) == first
    assert frame_digest(reversed(lines)) == frame_digest(lines)
    assert len({one.key for one in first}) == min(size, len(lines))


@pytest.fixture
def paid(county: County) -> County:
    county.children(12)
    county.children(8, school=SchoolFactory(division=county.school.division))
    programme = county.programme("p", "500", standard=POOR)
    county.granted(programme)
    county.paid(programme)
    return county


def fixed(county: County, **more: Any) -> Sample:
    given_values = {"title": "S", "stratum": "school", "size": 5, **more}
    return fix_frame(
        county=county.division,
        starts_on=date(2016, 1, 1),
        ends_on=date(2017, 1, 1),
        actor=county.maker,
        now=LATER,
        **given_values,
    )


def drawn(county: County, seed: str = "2016128", **more: Any) -> Sample:
    return draw_sample(
        sample=fixed(county, **more),
        seed=seed,
        seed_origin="lottery",
        actor=county.checker,
        now=LATER,
    )


def test_the_frame_is_what_had_arrived(paid: County) -> None:
    sample = fixed(paid)
    assert (sample.frame_count, sample.frame_amount) == (20, Decimal(10_000))
    paid.children(1)
    late = paid.programme("q", "100", standard=POOR)
    paid.granted(late)
    paid.paid(late, now=at(2016, 11, 10))  # posted after the frame was fixed, dated into it
    assert selectors.is_as_fixed(sample)
    assert len(selectors.frame_lines(sample)) == 20


def test_the_one_who_fixes_the_frame_names_no_seed(paid: County) -> None:
    sample = fixed(paid)
    given_values = {"sample": sample, "seed": "8", "seed_origin": "dice", "now": LATER}
    with pytest.raises(Refusal, match="不能定种子"):
        draw_sample(**given_values, actor=paid.maker)
    draw_sample(**given_values, actor=paid.checker)
    with pytest.raises(Conflict):
        draw_sample(**given_values, actor=paid.checker)
    assert sample.items.count() == 5
    with pytest.raises(DatabaseError), transaction.atomic():
        Sample.objects.filter(pk=sample.pk).update(drawn_by_id=paid.maker.user_id)


def test_an_outsider_draws_the_same_from_the_exported_frame(paid: County, tmp_path: Path) -> None:
    sample = drawn(paid)
    order = ExportOrder(
        kind="sample-frame",
        screen="subsidies.views.samples.SampleFrameList",
        arguments={"pk": str(sample.pk)},
        query="",
        search="",
        hidden=(),
        term=AUTUMN.code,
    )
    table = table_of(order, actor=paid.maker, now=LATER)
    frame = tmp_path / "frame.csv"
    with frame.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(table.as_values())
    assert "Pupil" not in frame.read_text()

    def redraw(seed: str, digest: str) -> subprocess.CompletedProcess[str]:
        arguments = [sys.executable, str(TOOL), str(frame), seed, "5", digest]
        return subprocess.run(arguments, capture_output=True, text=True, check=False)

    again = redraw(sample.seed, sample.frame_digest)
    assert again.returncode == 0, again.stderr
    lines = [line.split() for line in again.stdout.splitlines()[1:]]
    kept = sample.items.order_by("rank").values_list("rank", "payment_key", "draw_hash")
    assert [(int(rank), key, mark) for rank, key, mark in lines] == list(kept)
    assert redraw("another seed", sample.frame_digest).stdout != again.stdout
    text = frame.read_text(encoding="utf-8-sig")
    frame.write_text(text.replace("50000", "50001", 1), encoding="utf-8-sig")
    assert redraw(sample.seed, sample.frame_digest).returncode == 1


def test_a_payment_changed_behind_the_frame_is_found(paid: County) -> None:
    sample = fixed(paid)
    with triggers.lifted(connection):
        Payment.objects.filter(pk=Payment.objects.all()[0].pk).update(amount=Decimal(499))
    assert not selectors.is_as_fixed(sample)
    with pytest.raises(Conflict, match="与固定时不一致"):
        draw_sample(sample=sample, seed="8", seed_origin="dice", actor=paid.checker, now=LATER)
    assert not SampleItem.objects.exists()


def test_frame_and_draw_stay_as_they_were(paid: County) -> None:
    sample = drawn(paid)
    item = sample.items.all()[0]

    def refused(act: Any) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()

    rows = Sample.objects.filter(pk=sample.pk)
    refused(lambda: rows.update(seed="other"))
    refused(lambda: rows.update(frame_digest="0" * 64))
    refused(lambda: rows.update(size=6))
    refused(lambda: rows.update(state="framed"))
    items = SampleItem.objects.filter(pk=item.pk)
    refused(lambda: items.update(rank=99))
    refused(items.delete)


def test_results_are_recorded_and_add_up_to_a_rate(paid: County) -> None:
    sample = drawn(paid)
    first, second, *rest = sample.items.select_related("payment__batch", "sample")
    visitor = actor_of("office_staff", office="finance")
    seen = {"method": "phone", "checked_on": LATER.date(), "actor": visitor, "now": LATER}
    with pytest.raises(Refusal, match="由您编制"):
        record_result(item=first, result="matches", **{**seen, "actor": paid.maker})
    with pytest.raises(Refusal, match="写明情况"):
        record_result(item=first, result="differs", **seen)
    record_result(
        item=first, result="differs", found_amount=Decimal(300), note="only 300 came", **seen
    )
    record_result(item=second, result="unreachable", note="moved", **seen)
    with pytest.raises(Refusal, match="还有 3 笔"):
        close_sample(sample=sample, conclusion="fine", actor=visitor, now=LATER)
    for one in rest:
        record_result(item=one, result="matches", **seen)
    rates = selectors.rates(sample)
    assert rates == (5, 5, 3, 1, 1)
    assert rates.error_rate == 0.25
    assert selectors.differing_amount(sample) == (Decimal(500), Decimal(300))
    close_sample(sample=sample, conclusion="one of four differs", actor=visitor, now=LATER)
    with pytest.raises(Conflict):
        record_result(item=first, result="matches", **seen)


def test_a_sample_in_pages(paid: County) -> None:
    maker = sign_in(actor_of("office_staff", office="aid"))
    answer = maker.post(
        reverse("subsidies:sample-add"),
        {
            "title": "autumn",
            "starts_on": "2016-01-01",
            "ends_on": "2027-01-01",
            "programme": "",
            "stratum": "none",
            "size": "3",
            "form_token": "a" * 32,
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:500]
    sample = Sample.objects.get()
    page = maker.get(sample.get_absolute_url()).content.decode()
    assert sample.frame_digest in page
    other = sign_in(actor_of("approver", office="aid"))
    other.post(
        reverse("subsidies:sample-draw", args=[sample.pk]),
        {"seed": "8", "seed_origin": "dice", "form_token": "b" * 32},
    )
    item = SampleItem.objects.filter(sample=sample).order_by("rank")[0]
    done = other.post(
        reverse("subsidies:sample-item", args=[item.pk]),
        {
            "result": "matches",
            "method": "in-person",
            "checked_on": "2016-11-09",
            "form_token": "c" * 32,
        },
    )
    assert done.status_code == 302, done.content.decode()[:500]
    report = other.get(sample.get_absolute_url()).content.decode()
    assert "1 / 3" in report
    assert "与固定时一致" in report
