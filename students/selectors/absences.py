"""What registers themselves say about why a child is not at school."""

import json
from collections.abc import Iterable

from povedu.bulk import chunked
from povedu.terms import Term
from students.choices import RegisterKind
from students.models import RegisterEntry
from students.rules.records import Register
from students.rules.schooling import is_school_age


def words_of_absence(
    registers: Iterable[Register], term: Term, ages: tuple[int, int]
) -> dict[int, str]:
    """Return, by row, the register's reason for being at no school (义务教育阶段未上学原因).

    Sealed cells are opened of children of school age only that the register does not have at
    school: nobody else's are asked for.
    """
    wanted = [
        one.pk
        for register in registers
        if register.kind == RegisterKind.POVERTY
        for one in register.listed
        if not register.rows[one.pk].school_state and is_school_age(one.birth_on, term, ages)
    ]
    told: dict[int, str] = {}
    for chunk in chunked(wanted, 500):
        for row in RegisterEntry.objects.filter(pk__in=chunk).only("extra"):
            words = json.loads(row.extra.reveal()).get("absence_reason", "") if row.extra else ""
            if words:
                told[row.pk] = str(words)
    return told
