"""What each rule of register logic looks for; every check walks the sheet once."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from students.rules.register_logic.people import Person, Sheet

_HEALTHY = "健康"
_HEAD, _SPOUSE = "户主", "配偶"
_SCHOOL_AGE = (6, 16)  # completed years on the register's day
_PHONE_HOUSEHOLDS = 3
_OLDEST_GAP = {"child": 14, "grandchild": 30}  # years between the head and a child, a grandchild
_UNLESS_SCHOOLED = frozenset({"学龄前儿童"})
_HIGHER = re.compile("本科|高职|大专|硕士")
_LEAST_HIGHER, _MOST_SCHOOL = 15, 26
_VOCATIONAL = re.compile("中职|高职|技师|中专|技校")
_MALE = frozenset(
    {"之子", "之女婿", "之孙子", "之外孙子", "之父", "之岳父", "之公公", "之祖父", "之外祖父"}
    | {"之曾孙子", "之侄儿"}
)
_FEMALE = frozenset(
    {"之女", "之儿媳", "之孙女", "之外孙女", "之母", "之岳母", "之婆婆", "之祖母", "之外祖母"}
    | {"之曾孙女", "之侄女", "之兄弟媳妇"}
)
_YOUNGER = dict.fromkeys(("之子", "之女"), "child") | dict.fromkeys(
    ("之孙子", "之孙女", "之外孙子", "之外孙女", "之曾孙子", "之曾孙女"), "grandchild"
)
_OLDER = dict.fromkeys(("之父", "之母"), "child") | dict.fromkeys(
    ("之祖父", "之祖母", "之外祖父", "之外祖母"), "grandchild"
)
# Ages between which each schooling is usual, wide enough for late starters.
_AGES = (
    (re.compile("学龄前|学前"), 0, 7),
    (re.compile("小学"), 5, 15),
    (re.compile("[七八九]年级|初中"), 10, 18),
    (re.compile("普通高中|中职"), 13, 22),
)

Found = Iterable[tuple[Person, Person | None, tuple[Any, ...]]]
Check = Callable[[Sheet], Found]


# --- schooling ----------------------------------------------------------------------------------


def both(sheet: Sheet) -> Found:
    """Find people with a schooling and an education."""
    for one in sheet.people:
        if one.schooling and one.education:
            yield one, None, (one.education, one.schooling)


def neither(sheet: Sheet) -> Found:
    """Find people with neither."""
    if not sheet.has("schooling", "education"):
        return
    for one in sheet.people:
        if not one.schooling and not one.education:
            yield one, None, ()


def unexplained(sheet: Sheet) -> Found:
    """Find children of school age without schooling and without a reason."""
    low, high = _SCHOOL_AGE
    for one in sheet.people if sheet.has("schooling") else ():
        age = sheet.age(one)
        if age is None or not low <= age < high or one.absence_reason:
            continue
        if not one.schooling or (one.schooling in _UNLESS_SCHOOLED and age > low):
            yield one, None, (one.schooling,)


def reason_beside_schooling(sheet: Sheet) -> Found:
    """Find people at school with a reason for not being there."""
    for one in sheet.people:
        absent = one.absence_reason or one.out_of_school
        if absent and one.schooling and one.schooling not in _UNLESS_SCHOOLED:
            yield one, None, (one.schooling, one.absence_reason)


def too_young_for_higher(sheet: Sheet) -> Found:
    """Find people too young for the education they are said to have."""
    for one in sheet.people:
        age = sheet.age(one)
        named = one.schooling or one.education
        if age is not None and age < _LEAST_HIGHER and _HIGHER.search(named):
            yield one, None, (named,)


def schooling_against_age(sheet: Sheet) -> Found:
    """Find people whose age does not fit their schooling."""
    for one in sheet.people:
        age = sheet.age(one)
        for words, low, high in _AGES if age is not None and one.schooling else ():
            if words.search(one.schooling) and not low <= (age or 0) <= high:
                yield one, None, (one.schooling,)
                break


def help_outside_vocational(sheet: Sheet) -> Found:
    """Find people with the vocational grant who are at no vocational school."""
    for one in sheet.people:
        if "雨露" in one.help_given and not _VOCATIONAL.search(one.schooling):
            yield one, None, (one.schooling or one.education,)


# --- the household ------------------------------------------------------------------------------


def _heads(group: Sequence[Person]) -> list[Person]:
    return [one for one in group if one.relation == _HEAD]


def no_head(sheet: Sheet) -> Found:
    """Find households without a head."""
    for group in sheet.households.values():
        if not _heads(group):
            yield group[0], None, (len(group),)


def two_heads(sheet: Sheet) -> Found:
    """Find households with two heads."""
    for group in sheet.households.values():
        first, *others = _heads(group) or [group[0]]
        if others:
            yield first, others[0], (first.name, others[0].name)


def two_spouses(sheet: Sheet) -> Found:
    """Find households with two spouses."""
    for group in sheet.households.values():
        spouses = [one for one in group if one.relation == _SPOUSE]
        if len(spouses) > 1:
            yield spouses[0], spouses[1], (spouses[0].name, spouses[1].name)


def spouse_of_one_sex(sheet: Sheet) -> Found:
    """Find heads whose spouse has their own sex."""
    for group in sheet.households.values():
        for head in _heads(group)[:1]:
            for one in group:
                if one.relation == _SPOUSE and one.sex and one.sex == head.sex:
                    yield head, one, (one.name,)


def relation_against_sex(sheet: Sheet) -> Found:
    """Find people whose relation names the other sex."""
    for one in sheet.people:
        wrong = (one.relation in _MALE and one.sex == "F") or (
            one.relation in _FEMALE and one.sex == "M"
        )
        if wrong:
            yield one, None, (one.relation,)


def relation_against_age(sheet: Sheet) -> Found:
    """Find children hardly younger than the head, and parents hardly older."""
    for group in sheet.households.values():
        for head in _heads(group)[:1]:
            for one in group:
                if not (head.birth_on and one.birth_on):
                    continue
                years = one.birth_on.year - head.birth_on.year
                younger, older = _YOUNGER.get(one.relation), _OLDER.get(one.relation)
                if (
                    younger
                    and years < _OLDEST_GAP[younger]
                    or older
                    and -years < _OLDEST_GAP[older]
                ):
                    yield one, head, (one.relation, years)


def miscounted(sheet: Sheet) -> Found:
    """Find households said to have more or fewer members than there are rows."""
    for group in sheet.households.values():
        stated = {one.members_stated for one in group if one.members_stated is not None}
        if stated and stated != {len(group)}:
            yield group[0], None, (max(stated), len(group))


def two_villages(sheet: Sheet) -> Found:
    """Find households in two villages."""
    for group in sheet.households.values():
        first = group[0]
        other = next((one for one in group if one.village != first.village), None)
        if other is not None and first.village and other.village:
            yield first, other, (first.village, other.village)


def head_named_otherwise(sheet: Sheet) -> Found:
    """Find households whose head is named otherwise in the column of heads."""
    for group in sheet.households.values():
        for head in _heads(group)[:1]:
            named = next(
                (one for one in group if one.head_name and one.head_name != head.name), None
            )
            if named is not None:
                yield named, head, (named.head_name, head.name)


def numbered_twice(sheet: Sheet) -> Found:
    """Find people's numbers given twice."""
    yield from _twice(sheet, lambda one: one.person_no, lambda first, one: True)


def person_in_two_households(sheet: Sheet) -> Found:
    """Find people in two households of two kinds; those of one kind are found elsewhere."""
    yield from _twice(
        sheet,
        lambda one: one.number,
        lambda first, one: one.household != first.household and one.kind != first.kind,
    )


def _twice(
    sheet: Sheet, key: Callable[[Person], str], wrong: Callable[[Person, Person], bool]
) -> Iterator[tuple[Person, Person | None, tuple[Any, ...]]]:
    seen: dict[str, Person] = {}
    told: set[str] = set()
    for one in sheet.people:
        value = key(one)
        first = seen.setdefault(value, one) if value else one
        if first is not one and value not in told and wrong(first, one):
            told.add(value)
            yield first, one, (first.household, one.household)


def shared_phone(sheet: Sheet) -> Found:
    """Find telephones that several households share."""
    homes: dict[str, dict[str, Person]] = defaultdict(dict)
    for one in sheet.people:
        if one.phone and one.household:
            homes[one.phone].setdefault(one.household, one)
    for found in homes.values():
        if len(found) >= _PHONE_HOUSEHOLDS:
            first, second, *_rest = found.values()
            yield first, second, (len(found),)


# --- health, work, number -----------------------------------------------------------------------


def cause_without(word: str, sign: str) -> Check:
    """Return what finds households in need for a cause that none of its members shows."""

    def check(sheet: Sheet) -> Found:
        for group in sheet.households.values():
            named = next((one for one in group if word in one.cause), None)
            if named is None or not all(one.health for one in group):
                continue
            if not any(sign in one.health for one in group):
                yield named, None, (named.cause, _HEALTHY)

    return check


def children_at_work(sheet: Sheet) -> Found:
    """Find children marked as able to work."""
    for one in sheet.people:
        age = sheet.age(one)
        able = "劳动力" in one.labour and not re.search("无|丧失|弱", one.labour)
        if age is not None and age < _SCHOOL_AGE[1] and able:
            yield one, None, (one.labour,)


def number_unusable(sheet: Sheet) -> Found:
    """Find people without a valid number."""
    for one in sheet.people:
        if not one.number:
            yield one, None, ()


def number_against_sex(sheet: Sheet) -> Found:
    """Find people whose number names the other sex."""
    for one in sheet.people:
        if one.sex and one.number_sex and one.sex != one.number_sex:
            yield one, None, ()


def number_against_birth(sheet: Sheet) -> Found:
    """Find people whose number names another birth date."""
    for one in sheet.people:
        if one.birth_on and one.number_birth and one.birth_on != one.number_birth:
            yield one, None, (one.birth_on, one.number_birth)


# --- watching -----------------------------------------------------------------------------------


def watched_since_when(sheet: Sheet) -> Found:
    """Find watched people without the day the risk was found, where the layout has one."""
    for one in sheet.people if sheet.has("risk_found_on") else ():
        if one.monitored and one.risk_found_on is None:
            yield one, None, (one.monitored,)


def removed_before_found(sheet: Sheet) -> Found:
    """Find risks removed before they were found."""
    for one in sheet.people:
        found, removed = one.risk_found_on, one.risk_removed_on
        if found and removed and removed < found:
            yield one, None, (found, removed)
