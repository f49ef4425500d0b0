"""Everything that is odd about a child in a real roster, each with what must come of it."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from tests.intake.corpus.people import (
    FULL_WIDTH,
    REFUSED,
    SURNAMES,
    WARNED,
    Cell,
    Child,
    plain,
    with_check,
)
from tests.intake.corpus.writers import EPOCH, Fault, Formula

Trait = Callable[[Random, int], Child]
TRAITS: dict[str, Trait] = {}


def trait(function: Trait) -> Trait:
    TRAITS[function.__name__] = function
    return function


def _id(rng: Random, n: int, spell: Callable[[str], Any], *codes: str, **about: Any) -> Child:
    """Return a child whose number is spelt otherwise and put right."""
    child = plain(rng, n, **about)
    number = child.number
    child.put("id_number", spell(number), number, *codes)
    return child


@trait
def lower_x(rng: Random, n: int) -> Child:
    return _id(rng, n, str.lower, "fixed-case", x=True)


@trait
def full_width(rng: Random, n: int) -> Child:
    return _id(rng, n, lambda text: text.translate(FULL_WIDTH), "fixed-width")


@trait
def spaced(rng: Random, n: int) -> Child:
    return _id(rng, n, lambda text: f" {text[:6]} {text[6:14]} {text[14:]}", "fixed-space")


@trait
def quoted(rng: Random, n: int) -> Child:
    return _id(rng, n, lambda text: f"'{text}", "fixed-space")


@trait
def wrapped(rng: Random, n: int) -> Child:
    return _id(rng, n, lambda text: f'="{text}"', "fixed-space")


@trait
def zero_width(rng: Random, n: int) -> Child:
    child = _id(rng, n, lambda text: f"\u200b{text}\ufeff", "fixed-space")
    child.needs = "unicode"
    return child


@trait
def hard_space(rng: Random, n: int) -> Child:
    child = _id(rng, n, lambda text: f"{text}\u00a0", "fixed-width", "fixed-space")
    child.needs = "unicode"
    return child


@trait
def fifteen_digits(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    old = f"530623{78 + n % 20:02d}0315{n % 1000:03d}"
    full = with_check(f"{old[:6]}19{old[6:]}")
    child.put("id_number", old, full, "fixed-15-digits")
    child.put("birth_on", date(1978 + n % 20, 3, 15), f"{1978 + n % 20}-03-15")
    child.put("sex", "男" if int(full[16]) % 2 else "女", ...)
    return child


def _faulty(rng: Random, n: int, spell: Callable[[str], Any], value: Any, code: str) -> Child:
    child = plain(rng, n)
    child.put("id_number", spell(child.number), value, code)
    child.outcome = WARNED
    return child


@trait
def id_as_number(rng: Random, n: int) -> Child:
    return _faulty(rng, n, lambda text: float(text[:17] + "0"), ..., "id-digits-lost")


@trait
def id_as_lucky_number(rng: Random, n: int) -> Child:
    """A rounded number whose check character fits: about one in eleven does."""
    child = plain(rng, n)
    number = next(
        full
        for day in range(1, 29)
        for month in range(1, 13)
        if (full := with_check(f"5306232008{month:02d}{day:02d}{n % 10}00")).endswith("000")
    )
    child.put("id_number", float(number), ..., "id-digits-lost")
    child.put("birth_on", None, ...)
    child.outcome = WARNED
    return child


@trait
def id_as_scientific_text(rng: Random, n: int) -> Child:
    return _faulty(rng, n, lambda text: f"{float(text[:17] + '0'):.5E}", ..., "id-digits-lost")


@trait
def id_ends_in_zeros(rng: Random, n: int) -> Child:
    return _faulty(rng, n, lambda text: f"{text[:15]}000", ..., "id-digits-lost")


@trait
def wrong_check(rng: Random, n: int) -> Child:
    return _faulty(
        rng, n, lambda text: text[:17] + ("1" if text[17] != "1" else "2"), ..., "id-checksum"
    )


@trait
def two_digits_swapped(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    number = child.number
    at = (
        next(at for at in range(14, 16) if number[at] != number[at + 1])
        if len(set(number[14:17])) > 1
        else 0
    )
    if at:
        swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        child.put("id_number", swapped, swapped, "id-checksum")
        child.outcome = WARNED
    return child


@trait
def too_short(rng: Random, n: int) -> Child:
    return _faulty(rng, n, lambda text: text[:9], ..., "id-length")


@trait
def no_number(rng: Random, n: int) -> Child:
    return _faulty(rng, n, lambda _text: None, "", "id-missing")


@trait
def permit_of_hong_kong(rng: Random, n: int) -> Child:
    return plain(rng, n, place=("810000", "820000", "830000")[n % 3])


@trait
def abolished_county(rng: Random, n: int) -> Child:
    return plain(rng, n, place=("512301", "422432", "133025")[n % 3])


@trait
def born_tomorrow(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    number = with_check(f"53062320310101{n % 900:03d}")
    if number.endswith("000"):
        return child
    child.put("id_number", number, number, "id-birth-mismatch")
    child.put("birth_on", date(2031, 1, 1), ...)
    child.put("sex", "男" if int(number[16]) % 2 else "女", ...)
    child.outcome = WARNED
    return child


@trait
def no_name(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    child.put("name", None, "", "name-missing")
    child.outcome = REFUSED
    return child


@trait
def blank_name(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    child.put("name", " \u3000", "", "name-missing")
    child.outcome = REFUSED
    return child


def _named(rng: Random, n: int, raw: str, value: str, *codes: str, needs: str = "") -> Child:
    child = plain(rng, n)
    child.put("name", raw, value, *codes)
    child.needs = needs
    return child


@trait
def name_with_space(rng: Random, n: int) -> Child:
    name = rng.choice(SURNAMES) + chr(0x5E00 + n)
    if n % 2:
        return _named(rng, n, f"{name[0]}　{name[1]}", name, "fixed-width", "fixed-space")
    return _named(rng, n, f"{name[0]} {name[1]}", name, "fixed-space")


@trait
def name_with_dot(rng: Random, n: int) -> Child:
    tail = chr(0x5E00 + n)
    dot = "•．‧∙・"[n % 5]
    codes = ("fixed-width",)
    needs = "unicode"
    if dot == "．":  # NFKC makes it a full stop, which stays as written
        dot = "•"
    return _named(rng, n, f"阿木{dot}拉日{tail}", f"阿木·拉日{tail}", *codes, needs=needs)


@trait
def middle_dot(rng: Random, n: int) -> Child:
    name = f"买买提·阿不都{chr(0x5E00 + n)}"
    return _named(rng, n, name, name)


@trait
def rare_name(rng: Random, n: int) -> Child:
    name = "张王李"[n % 3] + "𬭚㛃䶮"[n % 3] + chr(0x5E00 + n)
    return _named(rng, n, name, name, needs="unicode")


@trait
def private_glyph(rng: Random, n: int) -> Child:
    name = f"李\ue863{chr(0x5E00 + n)}"
    child = _named(rng, n, name, name, "value-unknown", needs="unicode")
    child.outcome = WARNED
    return child


@trait
def other_sex(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    other = "女" if child.cells["sex"].raw == "男" else "男"
    child.put("sex", other, other, "id-sex-mismatch")
    child.outcome = WARNED
    return child


@trait
def coded_sex(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    word = child.cells["sex"].raw
    child.put("sex", "1" if word == "男" else "2", word, "fixed-alias")
    return child


@trait
def other_birth(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    child.put("birth_on", date(2004, 2, 29), "2004-02-29", "id-birth-mismatch")
    child.outcome = WARNED
    return child


def _born(rng: Random, n: int, spell: Callable[[date], Any]) -> Child:
    child = plain(rng, n)
    day = child.cells["birth_on"].raw
    child.put("birth_on", spell(day), day.isoformat(), "fixed-date")
    return child


@trait
def birth_with_dots(rng: Random, n: int) -> Child:
    return _born(rng, n, lambda day: f"{day.year}.{day.month}.{day.day}")


@trait
def birth_in_words(rng: Random, n: int) -> Child:
    return _born(rng, n, lambda day: f"{day.year}年{day.month}月{day.day}日")


@trait
def birth_in_eight_digits(rng: Random, n: int) -> Child:
    return _born(rng, n, lambda day: f"{day:%Y%m%d}")


@trait
def birth_as_serial(rng: Random, n: int) -> Child:
    return _born(rng, n, lambda day: (day - EPOCH).days)


@trait
def birth_blank(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    child.put("birth_on", None, child.cells["birth_on"].value, "fixed-from-id")
    return child


@trait
def birth_unreadable(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    child.put("birth_on", "二月三十", ..., "date-unreadable", "fixed-from-id")
    child.outcome = WARNED
    return child


@trait
def formal_student_number(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    number = child.number
    child.put("student_no", f"G{number}", f"G{number}")
    child.put("id_number", number[:17] + ("1" if number[17] != "1" else "2"), number)
    child.cells["id_number"].codes = {"fixed-from-student-no"}
    return child


@trait
def grade_in_figures(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    child.put("grade", str(child.cells["grade"].value), child.cells["grade"].value)
    return child


@trait
def grade_in_more_words(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    child.put("grade", f"小学{child.cells['grade'].raw}", child.cells["grade"].value, "fixed-alias")
    return child


@trait
def grade_unknown(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    child.put("grade", "甲等", None, "grade-unknown")
    child.outcome = WARNED
    return child


@trait
def ticked(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    mark, value = [("√", True), ("住校", True), ("1", True), ("×", False), ("走读", False)][n % 5]
    child.put("is_boarder", mark, value, "fixed-alias")
    if mark in "√×":
        child.needs = ""
    return child


@trait
def phone_with_dashes(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    phone = str(child.cells["phone"].raw)
    child.put("phone", f"{phone[:3]}-{phone[3:7]}-{phone[7:]}", phone, "fixed-space")
    return child


@trait
def phone_nonsense(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    child.put("phone", "无", "无", "value-unknown")
    child.outcome = WARNED
    return child


@trait
def error_cell(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    child.put("phone", Fault(("#REF!", "#N/A", "#DIV/0!")[n % 3]), ..., "formula-error")
    child.outcome, child.needs = REFUSED, "errors"
    return child


@trait
def formula_without_result(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    child.put("guardian_name", Formula("=A1"), ..., "formula-error")
    child.outcome, child.needs = REFUSED, "results"
    return child


@trait
def formula_with_result(rng: Random, n: int) -> Child:
    child = plain(rng, n)
    child.put("class_name", Formula("=A1", "2班"), "2班")
    child.needs = "errors"
    return child


def twice(rng: Random, n: int) -> list[Child]:
    """Return a child and its repeat, which goes back."""
    first = plain(rng, n)
    again = Child(
        {name: Cell(cell.raw, cell.value, set(cell.codes)) for name, cell in first.cells.items()}
    )
    again.outcome = REFUSED
    again.more = {("id-duplicate-in-file", "id_number")}
    return [first, again]


def one_number_for_two(rng: Random, n: int) -> list[Child]:
    """Return two people under one number, who both go back."""
    first, second = plain(rng, n), plain(rng, n + 1)
    for name in ("id_number", "birth_on", "sex"):
        second.cells[name] = Cell(first.cells[name].raw, first.cells[name].value)
    for child in (first, second):
        child.outcome = REFUSED
        child.more = {("id-duplicate-in-file", "id_number")}
    return [first, second]
