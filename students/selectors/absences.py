"""What registers themselves say about why a child is not at school."""

import json
from collections.abc import Iterable
from itertools import chain
from typing import Any

from django.db.models import QuerySet

from povedu.bulk import chunked
from povedu.fetching import fetched
from povedu.terms import Term
from students.choices import RegisterKind
from students.models import RegisterEntry
from students.rules.records import Register
from students.rules.schooling import birth_range


def words_of_absence(
    registers: Iterable[Register], term: Term, ages: tuple[int, int]
) -> dict[int, str]:
    """Return, by row, the register's reason for being at no school (义务教育阶段未上学原因).

    Sealed cells are opened of children of school age only that the register does not have at
    school: nobody else's are asked for.
    """
    first, last = birth_range(term, ages)
    wanted = [
        one.pk
        for register in registers
        if register.kind == RegisterKind.POVERTY
        for one in register.listed
        if one.birth_on is not None
        and first <= one.birth_on <= last
        and not register.rows[one.pk].school_state
    ]
    told: dict[int, str] = {}
    questions: list[QuerySet[Any]] = [
        RegisterEntry.objects.filter(pk__in=chunk).order_by().values_list("pk", "extra")
        for chunk in chunked(wanted, 1000)
    ]
    with fetched(questions) as answers:
        for pk, extra in chain.from_iterable(answers):
            words = json.loads(extra.reveal()).get("absence_reason", "") if extra else ""
            if words:
                told[pk] = str(words)
    return told
