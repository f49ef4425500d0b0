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
from students.rules.records import Inputs, OpenCase
from students.rules.timeline import Held
from students.selectors import register_logic as logic

_ROOMS = ("rules", "linkage", "selectors", "services", "migrations")


@cache
def _program() -> str:
    """Return the digest of the code that compares: another version may find other things.

    And of the migrations, which may have changed rows that nothing else ever changes.
    """
    here = Path(__file__).parents[1]
    seen = sha256()
    for room in _ROOMS:
        for path in sorted((here / room).glob("*.py")):
            seen.update(path.name.encode() + path.read_bytes())
    return seen.hexdigest()


def version_of(model: Model) -> str:
    """Return the digest of all but the rows that a pair's weight depends on."""
    return fingerprint(model.digest, _program())


def digest_of_lists(inputs: Inputs, model: Model) -> str:
    """Return the digest of what a run compares, without what runs themselves write.

    A snapshot's rows are entered and taken back whole, and never changed: their number and the last
    of their keys stand for them.
    """
    registers = [
        (one.kind, one.snapshot, one.as_of, len(one.listed), max(one.rows, default=0))
        for one in inputs.registers
    ]
    past = [[one.before, one.removed_before, one.back_before] for one in inputs.registers]
    answers = [[*inputs.remembered], [*inputs.remembered.values()]]  # in the order of the answers
    rest = replace(inputs, cases=(), registers=(), remembered={})
    return fingerprint(rest, registers, past, answers, version_of(model))


def digest_with_outcome(
    lists: str,
    county: Division,
    snapshots: Sequence[RegisterSnapshot],
    held: list[Held],
    cases: list[OpenCase],
) -> str:
    """Return the digest of what is compared and of what follows from it, as they are now.

    Hardships and open dropout cases are both read and written by runs; whoever changes one of them
    by hand has the next run look at it again. The registers' own logic looks at more of a row, by
    rules that are switched on and off.
    """
    marks = [logic.rows_mark(one) for one in snapshots if logic.is_checked(one)]
    return fingerprint(lists, held, cases, logic.switches(county), marks)


def same_run(county: Division, term: Term, digest: str) -> Reconciliation | None:
    """Return the newest run of a county's term if it read the same, else None."""
    run = (
        Reconciliation.objects.filter(county=county, term=term.code)
        .select_related("county")
        .order_by("-pk")
        .first()
    )
    return run if run is not None and run.inputs_digest == digest else None
