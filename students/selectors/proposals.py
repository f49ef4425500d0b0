"""Whom a damaged identity number is likely to be: proposed to the clerk, never put in."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from povedu.identity import normal_name
from students.models import Student

_CHUNK = 500
_MANTISSA = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?\d+")
_FEWEST = 5  # digits that must have survived to speak for anybody


def surviving_digits(stated: str) -> str:
    """Return the leading digits that a spreadsheet left of a number.

    Fifteen of a number; of 5.30623E+17 all but the last, which was rounded.
    """
    found = _MANTISSA.fullmatch(stated)
    if found:
        digits = found[1] + (found[2] or "")
        return digits[:15] if len(digits) > 15 else digits[:-1]
    return stated[:15] if stated[:15].isdecimal() else ""


def likely_numbers(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return per (school code, name, stated number) the number of the one student it fits.

    A student fits who is at that school under that name with a confirmed number that begins with
    the digits left; "" where nobody fits or more than one.
    """
    known = _numbers({name for _, name, _ in rows}, {school for school, _, _ in rows})
    proposed = []
    for school, name, stated in rows:
        digits = surviving_digits(stated)
        fitting = {
            number
            for number in known.get((school, normal_name(name)), ())
            if len(digits) >= _FEWEST and number.startswith(digits)
        }
        proposed.append(fitting.pop() if len(fitting) == 1 else "")
    return proposed


def _numbers(names: Iterable[str], schools: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    known: dict[tuple[str, str], list[str]] = defaultdict(list)
    wanted = sorted({normal_name(name) for name in names if name})
    codes = sorted({code for code in schools if code})
    for start in range(0, len(wanted), _CHUNK):
        found = (
            Student.objects.filter(
                identity_confirmed=True,
                school__code__in=codes,
                normal_name__in=wanted[start : start + _CHUNK],
            )
            .select_related("school")
            .only("normal_name", "id_number", "school__code")
        )
        for one in found:
            if one.school:
                known[one.school.code, one.normal_name].append(one.id_number.reveal())
    return known
