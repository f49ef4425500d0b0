"""The pure rules of money, over invented values."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from povedu.terms import Term
from povedu.working_days import after_working_days
from subsidies.rules.bank_lines import cell, digest, has_private_glyph
from subsidies.rules.eligibility import Situation, StandardLine, choose
from subsidies.rules.instalments import period_words, plan, spread
from subsidies.rules.notices import telling_words
from subsidies.rules.presets import PRESETS
from subsidies.rules.sources import SourceLine, Used, draw

SOURCES = ("central", "province", "county")
AMOUNTS = some.lists(some.integers(1, 500_000), max_size=60)
CAPS = some.one_of(some.none(), some.integers(0, 40))
LINES = some.lists(
    some.tuples(
        some.one_of(some.none(), some.integers(1, 300_000)),
        CAPS,
        some.one_of(some.none(), some.integers(0, 5_000_000)),
    ),
    max_size=3,
).map(lambda found: [SourceLine(name, *one) for name, one in zip(SOURCES, found, strict=False)])


@given(AMOUNTS, LINES)
def test_sources_pay_whole_awards_within_their_caps(
    amounts: list[int], lines: list[SourceLine]
) -> None:
    shares = draw(amounts, lines, {})
    heads = dict.fromkeys(SOURCES, 0)
    money = dict.fromkeys(SOURCES, 0)
    for amount, share in zip(amounts, shares, strict=True):
        if share is None:
            continue
        assert sum(part for _source, part in share) == amount
        for source, part in share:
            assert part > 0
            heads[source] += 1
            money[source] += part
    for line in lines:
        assert line.head_cap is None or heads[line.source] <= line.head_cap
        assert line.money_cap_fen is None or money[line.source] <= line.money_cap_fen


@given(AMOUNTS, AMOUNTS, LINES)
def test_two_runs_draw_no_more_than_one(
    first: list[int], second: list[int], lines: list[SourceLine]
) -> None:
    used: dict[str, Used] = {}
    for share in draw(first, lines, {}):
        for source, part in share or ():
            known = used.get(source, Used())
            used[source] = Used(known.heads + 1, known.fen + part)
    assert draw(first + second, lines, {})[len(first) :] == draw(second, lines, used)


def test_the_published_rules() -> None:
    preschool = [SourceLine("province", 100_000, 1003), SourceLine("county")]
    shares = draw([150_000] * 1983, preschool, {})
    county = sum(part for share in shares for source, part in share or () if source == "county")
    assert county == 197_150_000
    entrance = [SourceLine("province", 420_000, 245), SourceLine("county")]
    shares = draw([600_000] * 260, entrance, {})
    county = sum(part for share in shares for source, part in share or () if source == "county")
    assert county == 53_100_000


@given(some.lists(some.integers(1, 10_000), min_size=1, max_size=12), some.data())
def test_parts_and_sources_have_the_same_sums(parts: list[int], data: some.DataObject) -> None:
    total = sum(parts)
    cut = data.draw(some.integers(0, total))
    sources = [(name, part) for name, part in (("a", cut), ("b", total - cut)) if part]
    spread_out = spread(parts, sources)
    assert [sum(part for _source, part in one) for one in spread_out] == parts
    for name, amount in sources:
        told = sum(part for one in spread_out for source, part in one if source == name)
        assert told == amount


def test_parts_that_do_not_fit_are_a_fault() -> None:
    with pytest.raises(ValueError, match="differ"):
        spread([1], [("a", 2)])


def test_plans_by_cadence() -> None:
    autumn = Term(2016, 1)
    months = [part.period for part in plan("month", 70_000, autumn)]
    assert months == ["2016-09", "2016-10", "2016-11", "2016-12", "2017-01", "2017-02"]
    assert plan("term", 5, autumn)[0].period == "2016-1"
    assert plan("yearly", 5, Term(2016, 2))[0].period == "2016-2017"
    assert plan("once", 5, autumn)[0].period == "once"
    named = [period_words(one) for one in ("once", "2016-2017", "2016-2", "2017-01")]
    assert named == ["一次性", "2016-2017学年", "2017年春季学期", "2017年1月"]


def standard(number: int, **fields: object) -> StandardLine:
    usual = StandardLine(number, "", "any", "", 0, "", frozenset(), 100)
    return usual._replace(**fields)  # type: ignore[arg-type]


def test_the_poor_get_the_highest_tier_others_their_own() -> None:
    tiers = [
        standard(1, tier="one", instalment_fen=300),
        standard(2, tier="two", instalment_fen=200),
        standard(3, tier="three", instalment_fen=100),
    ]
    poor = Situation("senior", 10, True, "", frozenset({"registered_poor"}), "three")
    assert choose(tiers, poor)[0] == tiers[0]
    other = poor._replace(hardships=frozenset({"disabled"}))
    assert choose(tiers, other)[0] == tiers[2]
    assert choose(tiers, other._replace(tier="")) == (None, "no-tier")


def test_the_more_specific_standard_wins() -> None:
    lines = [standard(1), standard(2, stage="primary", boarding="boarder", instalment_fen=50)]
    child = Situation("primary", 3, True, "", frozenset())
    assert choose(lines, child)[0] == lines[1]
    assert choose(lines, child._replace(is_boarder=False))[0] == lines[0]
    bound = [standard(1, categories=frozenset({"orphan"}))]
    assert choose(bound, child) == (None, "no-hardship")
    assert choose([standard(1, stage="junior")], child) == (None, "no-standard")


def test_working_days_know_the_holidays() -> None:
    assert after_working_days(date(2016, 9, 28), 5) == date(2016, 10, 10)  # a week of holidays
    assert after_working_days(date(2016, 11, 7), 5) == date(2016, 11, 12)
    assert after_working_days(date(2099, 6, 1), 1) == date(2099, 6, 2)


def test_headings() -> None:
    assert telling_words("贫困学生公示") == ["贫困"]
    assert telling_words("2016年秋季学期学生资助拟发放名单公示") == []


def test_bank_cells_hold_no_separator() -> None:
    assert cell("a|b\tc\r\nd") == "a b c d"
    assert has_private_glyph("王\ue000")
    assert not has_private_glyph("𬭚㛃䶮")
    assert digest([("a", "bc")]) != digest([("ab", "c")])


def test_presets_are_in_order_and_whole() -> None:
    assert len({preset.code for preset in PRESETS}) == len(PRESETS)
    for preset in PRESETS:
        places = [(one.starts_on, one.place) for one in preset.standards]
        assert len(set(places)) == len(places)
        for one in preset.standards:
            assert float(one.instalment) <= float(one.year)
            assert one.confidence
            assert one.document
