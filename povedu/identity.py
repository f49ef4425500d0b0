"""Resident identity numbers and personal names, as they are and as clerks type them.

Pure functions. The numbering rule is GB 11643-1999: six digits of place, eight of birth, three of
sequence (odd for men), one check character.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul
from typing import Any

from pypinyin import Style, lazy_pinyin

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_DIGITS = b"0123456789X"
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN = re.compile(r"[0-9]{15}")
# Zero-width characters, word joiners, soft hyphen, directional marks and the byte-order mark.
# So are control characters, and the symbol by which intake shows a NUL.
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2400]"
)
_SPACE = re.compile(r"\s+")
_WRAPPED = re.compile(r'^=?\s*"(.*)"$|^\'(.*)$', re.DOTALL)
# Separators of minority names: GB/T and the police use U+00B7; keyboards give many others.
_DOTS = re.compile("\\s*[·•．‧∙⋅・･.。]\\s*")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?1[3-9]")
_DUPLICATE = re.compile(r"B\d{1,2}$")

MALE, FEMALE = "M", "F"


def tidy(text: str) -> str:
    """Return text in NFKC without invisible characters, outer space or spreadsheet wrappers."""
    if text.isalnum() and unicodedata.is_normalized("NFKC", text):
        return text  # letters and digits only: nothing to take away
    value = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    while match := _WRAPPED.match(value):
        value = (match[1] if match[1] is not None else match[2]).strip()
    return value


def check_character(first_17: str) -> str:
    """Return the check character for 17 digits."""
    return _CHECK[sum(map(mul, map(int, first_17), _WEIGHTS)) % 11]


def has_valid_check(id_number: str) -> bool:
    """Say whether 18 characters form a number whose check character fits."""
    return bool(_EIGHTEEN.fullmatch(id_number)) and check_character(id_number[:17]) == id_number[17]


def birth_of(id_number: str) -> date | None:
    """Return the birth date inside an 18-character number, None where it is no date."""
    try:
        return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        return None


def sex_of(id_number: str) -> str:
    """Return M or F by the parity of the sequence's last digit."""
    return MALE if int(id_number[16]) % 2 else FEMALE


def upgraded(fifteen: str) -> str:
    """Return the 18-character form of a first-generation number; its births are all 19xx."""
    seventeen = f"{fifteen[:6]}19{fifteen[6:]}"
    return seventeen + check_character(seventeen)


@dataclass(frozen=True, slots=True)
class IdReading:
    """What a stated identity number turned out to be.

    ``id_number`` is the full valid 18-character number or None; ``first_15`` survives digits lost
    to a spreadsheet; ``fixes`` and ``problems`` are the stable codes of repairs and faults.
    """

    stated: str
    id_number: str | None
    first_15: str | None
    fixes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Say whether the number can identify a person."""
        return self.id_number is not None


def _squeezed(raw: str) -> tuple[str, list[str]]:
    """Return the bare characters of a stated number and the repairs that took."""
    fixes = []
    wide = unicodedata.normalize("NFKC", raw)
    if wide != raw:
        fixes.append("fixed-width")
    text = _SPACE.sub("", tidy(raw))
    if text != wide:
        fixes.append("fixed-space")
    if "x" in text:
        text = text.upper()
        fixes.append("fixed-case")
    return text, fixes


_AS_TERMS = [  # by position: what each digit adds to the check sum
    bytes(weight * max(_DIGITS.find(character), 0) % 11 for character in range(256))
    for weight in (*_WEIGHTS, 1)
]
_WRONG = bytes(total % 11 != 1 for total in range(256))


def not_plain_ids(cells: Sequence[Any]) -> list[Any]:
    """Return the cells that are not text of which ``read_id`` would say nothing.

    Sums are made for all numbers at once: a column of digits is one long integer whose bytes are
    the rows, and 18 times 10 still fits a byte.
    """
    whole = [cell for cell in cells if isinstance(cell, str) and _EIGHTEEN.fullmatch(cell)]
    digits = "".join(whole).encode()
    terms = (digits[at::18].translate(table) for at, table in enumerate(_AS_TERMS))
    total = sum(int.from_bytes(column) for column in terms).to_bytes(len(whole))
    wrong = total.translate(_WRONG)
    births = [cell[6:14] for cell in whole]
    no_day = {text for text in set(births) if birth_of(f"000000{text}") is None}
    faulty = [
        cell
        for cell, fault, born in zip(whole, wrong, births, strict=True)
        if fault or born in no_day or cell.endswith("000")
    ]
    if len(whole) == len(cells):
        return faulty
    found = set(whole)
    return faulty + [cell for cell in cells if cell not in found]


@lru_cache(maxsize=65536)
def read_id(stated: str) -> IdReading:
    """Read a stated identity number with the repairs that are certain.

    1. Invisible characters, width, wrappers, inner space and a lower-case x are put right.
    2. Fifteen digits become eighteen.
    3. A number in scientific notation, or one ending in the zeros that Excel leaves after fifteen
       significant digits, is `id-digits-lost` even when its check character happens to fit.
    Anything else is kept as stated with a problem code.
    """
    text, fixes = (stated, []) if _EIGHTEEN.fullmatch(stated) else _squeezed(stated)
    if not text:
        return IdReading("", None, None, (), ("id-missing",))
    if _SCIENTIFIC.fullmatch(text):
        return IdReading(text, None, None, (), ("id-digits-lost",))
    if _FIFTEEN.fullmatch(text) and birth_of(upgraded(text)):
        full = upgraded(text)
        return IdReading(text, full, full[:15], (*fixes, "fixed-15-digits"))
    if not _EIGHTEEN.fullmatch(text):
        return IdReading(text, None, None, tuple(fixes), ("id-length",))
    if text.endswith("000"):
        return IdReading(text, None, text[:15], tuple(fixes), ("id-digits-lost",))
    if birth_of(text) is None or not has_valid_check(text):
        return IdReading(text, None, text[:15], tuple(fixes), ("id-checksum",))
    return IdReading(text, text, text[:15], tuple(fixes))


def id_from_student_no(student_no: str) -> str | None:
    """Return the identity number inside a formal national student number (G + ID), else None."""
    text = _SPACE.sub("", tidy(student_no)).upper()
    if text.startswith("G") and has_valid_check(text[1:]) and birth_of(text[1:]):
        return text[1:]
    return None


def id_from_disability_certificate(certificate_no: str) -> str | None:
    """Return the identity number inside a 20-digit disability certificate (ID + class + grade).

    A duplicate's number goes on with B and its count.
    """
    text = _DUPLICATE.sub("", _SPACE.sub("", tidy(certificate_no)).upper())
    if len(text) == 20 and has_valid_check(text[:18]) and birth_of(text[:18]):
        return text[:18]
    return None


@lru_cache(maxsize=65536)
def normal_name(name: str) -> str:
    """Return a name for comparison: no spaces, one kind of middle dot, upper-case letters."""
    text = _SPACE.sub("", tidy(name))
    return _DOTS.sub("·", text).upper()


# Characters that read otherwise when they are a surname.
_SURNAME_READINGS = (
    "单shan 仇qiu 曾zeng 区ou 解xie 查zha 任ren 朴piao 盖ge 缪miao 翟zhai 乐yue 员yun 秘bi 冼xian"
    " 召shao 宁ning 覃qin 尉wei 佘she 隗wei 黑he 种chong 繁po"
)
_SURNAMES = {entry[0]: entry[1:] for entry in _SURNAME_READINGS.split()}


@lru_cache(maxsize=32768)
def _reading(character: str) -> str:
    return lazy_pinyin(character, style=Style.NORMAL, errors="default")[0].lower()


@lru_cache(maxsize=4096)
def _syllables(name: str) -> tuple[str, ...]:
    text = normal_name(name)
    if not text:
        return ()
    return (_SURNAMES.get(text[0]) or _reading(text[0]), *map(_reading, text[1:]))


def pinyin(name: str) -> str:
    """Return toneless pinyin without spaces, in surname reading; homophones compare equal."""
    return "".join(_syllables(name))


def initials(name: str) -> str:
    """Return the pinyin initials that people type to find a name."""
    return "".join(syllable[:1] for syllable in _syllables(name))


def mask_id(id_number: str) -> str:
    """Show the first six and the last four characters only."""
    if len(id_number) < 11:
        return "*" * len(id_number)
    return f"{id_number[:6]}{'*' * (len(id_number) - 10)}{id_number[-4:]}"


def age_on(born_on: date, day: date) -> int:
    """Return completed years on a day; somebody born on 29 February ages on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
