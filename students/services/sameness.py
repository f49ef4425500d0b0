"""Knowing a run that would find what the last one found, so that it need not be done again."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from povedu.terms import Term
from schools.models import Division
from students.linkage.model import Model
from students.models import Reconciliation, RegisterSnapshot
from students.rules.fingerprint import fingerprint
from students.rules.records import Inputs
from students.selectors import reconciling as reading
from students.selectors import register_logic as logic

_ROOMS = ("rules", "linkage", "selectors", "services")


@cache
def _program() -> str:
    """Return the digest of the code that compares: another version may find other things."""
    here = Path(__file__).parents[1]
    seen = sha256()
    for room in _ROOMS:
        for path in sorted((here / room).glob("*.py")):
            seen.update(path.name.encode() + path.read_bytes())
    return seen.hexdigest()


def digest_of_lists(inputs: Inputs, model: Model) -> str:
    """Return the digest of what a run compares, without what runs themselves write."""
    return fingerprint(replace(inputs, cases=()), model.digest, _program())


def digest_with_outcome(
    lists: str, county: Division, inputs: Inputs, snapshots: Sequence[RegisterSnapshot]
) -> str:
    """Return the digest of what is compared and of what follows from it, as they are now.

    Hardships and dropout cases are both read and written by runs; whoever changes one of them by
    hand has the next run look at it again. The registers' own logic looks at more of a row, by
    rules that are switched on and off.
    """
    days = sorted(register.kind for register in inputs.registers)
    held = reading.held_hardships(county, days)
    marks = [logic.rows_mark(one) for one in snapshots if logic.is_checked(one)]
    return fingerprint(lists, held, reading.open_cases(county), logic.switches(county), marks)


def same_run(county: Division, term: Term, digest: str) -> Reconciliation | None:
    """Return the newest run of a county's term if it read the same, else None."""
    run = (
        Reconciliation.objects.filter(county=county, term=term.code)
        .select_related("county")
        .order_by("-pk")
        .first()
    )
    return run if run is not None and run.inputs_digest == digest else None
