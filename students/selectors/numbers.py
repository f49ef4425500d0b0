"""Stated numbers in the clear, for as long as one comparison takes."""

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from povedu.bulk import chunked
from povedu.identity import read_id
from students.models import RegisterEntry, Student
from students.rules.matching import Child, Listed

_DIGITS = re.compile(r"[0-9]{14,18}[0-9X]")


def stated_numbers(
    children: Sequence[Child], entries: Sequence[Listed]
) -> tuple[dict[int, str], dict[int, str]]:
    """Return the stated numbers of the given rows in the clear, by key, to compare digit by digit.

    They stay in memory for the length of one comparison; what is no run of digits is left out.
    Whether a row's is given is for each pair that is looked at a matter of its two rows.
    """
    unsure = [one for one in children if one.stated_index and not one.confirmed]
    unread = [one for one in entries if one.stated_index and not one.id_index]
    agreeing = {*map(_named_number, children)} & {*map(_named_number, entries)}
    asked = [one.pk for one in unsure + _near(children, unread, agreeing)]
    other = [one.pk for one in unread + _near(entries, unsure, agreeing)]
    if not asked or not other:
        return {}, {}
    return (
        _opened(Student.objects.all(), "stated_id_number", asked),
        _opened(RegisterEntry.objects.all(), "id_number", other),
    )


def _named_number(row: Child | Listed) -> tuple[str, str]:
    return (row.name, row.first_15_index)


def _near(rows: Sequence[Any], others: Sequence[Any], agreeing: set[tuple[str, str]]) -> list[Any]:
    """Return the rows with a number that share a birth date or a name with one of the others.

    And those whose name and first fifteen digits are ``agreeing``: that makes two full numbers
    a pair.
    """
    keys = {key for one in others for key in (one.birth_on, one.name, one.pinyin) if key}
    return [
        one
        for one in rows
        if one.stated_index
        and (
            not keys.isdisjoint((one.birth_on, one.name, one.pinyin))
            or (one.first_15_index and _named_number(one) in agreeing)
        )
    ]


def _opened(rows: QuerySet[Any], field: str, pks: Sequence[int]) -> dict[int, str]:
    found = {}
    for chunk in chunked(sorted(set(pks)), 1000):
        for pk, sealed in rows.filter(pk__in=chunk).order_by().values_list("pk", field):
            digits = read_id(sealed.reveal()).stated if sealed else ""
            if _DIGITS.fullmatch(digits):
                found[pk] = digits
    return found
