"""Bringing construction projects in, whole columns at a time."""

from datetime import date
from typing import Any

from povedu.bulk import delete_rows, insert_rows, reserve_ids, update_rows
from povedu.intake.applying import differing, given, in_conflict, keep_before
from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context
from povedu.ledger.choices import FundSource
from schools.choices import ProjectCategory, ProjectState
from schools.models import Project, ProjectBatch, ProjectFunding, ProjectStep
from schools.rules.projects import next_states

_SOURCES = {
    "central": FundSource.CENTRAL,
    "provincial": FundSource.PROVINCE,
    "city": FundSource.CITY,
    "county": FundSource.COUNTY,
    "social": FundSource.SOCIAL,
}
_PROJECT_PLAIN = (
    *("name", "area", "danger_grade", "contractor", "planned_start_on", "planned_completion_on"),
    *("started_on", "completed_on", "note"),
)


def _batch_key(frame: Frame, at: int) -> tuple[str, str, int]:
    """Return (name, category, year) of the batch a row belongs to."""
    category, year = frame.column("category")[at], int(frame.column("year")[at] or 0)
    name = frame.column("batch")[at] or f"{year}-{ProjectCategory(category).label}"
    return str(name)[:80], category, year


def _batches(frame: Frame, context: Context, *, create: bool) -> dict[tuple[str, str, int], int]:
    county = f"{context.county_code}000000"
    known = {
        (name, category, year): pk
        for pk, name, category, year in ProjectBatch.objects.filter(county_id=county).values_list(
            "pk", "name", "category", "year"
        )
    }
    if create:
        for at in range(len(frame)):
            key = _batch_key(frame, at)
            if key not in known:
                name, category, year = key
                batch = ProjectBatch.objects.create(
                    county_id=county, code=name[:40], name=name, category=category, year=year
                )
                known[key] = batch.pk
    return known


def _known_projects(
    frame: Frame, batches: dict[tuple[str, str, int], int]
) -> dict[tuple[int, str], Project]:
    rows = Project.objects.filter(batch_id__in=set(batches.values()))
    known: dict[tuple[int, str], Project] = {}
    for row in rows:
        known[row.batch_id, row.number] = row
        known.setdefault((row.batch_id, f"name:{row.name}"), row)
    return known


def _find(
    frame: Frame,
    at: int,
    batches: dict[tuple[str, str, int], int],
    known: dict[tuple[int, str], Project],
) -> Project | None:
    if not (frame.column("category")[at] and frame.column("year")[at]):
        return None
    batch = batches.get(_batch_key(frame, at), 0)
    number = frame.column("number")[at]
    return known.get((batch, number or f"name:{frame.column('name')[at]}"))


def classify_projects(frame: Frame, context: Context) -> Changes:
    """Return per row whether its project is new, changed or as we have it."""
    usable = [at for at in range(len(frame)) if frame.outcome(at) != "refused"]
    batches = _batches(frame, context, create=False)
    known = _known_projects(frame, batches)
    said: dict[int, tuple[str, int | None, int | None]] = {}
    for at in usable:
        project = _find(frame, at, batches, known)
        if project is None:
            said[at] = (RowChange.NEW, None, None)
            continue
        changed = differing(project, given(frame, at, (*_PROJECT_PLAIN, "state")))
        change = RowChange.CHANGED if changed else RowChange.UNCHANGED
        said[at] = (change, project.pk, project.version)
    return said


def apply_projects(frame: Frame, context: Context) -> Applied:
    """Enter new projects with their money, and bring known ones up to the list.

    A state that the life of a project does not allow to follow its present one is a conflict.
    """
    applied = Applied()
    batches = _batches(frame, context, create=True)
    known = _known_projects(frame, batches)
    found = {at: _find(frame, at, batches, known) for at in range(len(frame))}
    fresh = [at for at, project in found.items() if project is None]
    keys = dict(zip(fresh, reserve_ids(Project, len(fresh)), strict=True))
    insert_rows(
        Project,
        (
            *("id", "batch", "number", "division", "school", "category", "state"),
            *(*_PROJECT_PLAIN, "version"),
        ),
        [_new_project(frame, at, pk, (batches, context)) for at, pk in keys.items()],
    )
    applied.new = len(keys)
    _change_projects(frame, context, found, applied, keys)
    _write_funding(frame, keys)
    steps = [(pk, _state(frame, at), _step_day(frame, at, context)) for at, pk in keys.items()]
    _write_steps(steps, context)
    return applied


def _state(frame: Frame, at: int) -> str:
    return str(frame.column("state")[at] or ProjectState.PLANNED)


def _step_day(frame: Frame, at: int, context: Context) -> date:
    today = context.today
    day: date = frame.column("completed_on")[at] or frame.column("started_on")[at] or today
    return min(day, today)


def _new_project(
    frame: Frame, at: int, pk: int, known: tuple[dict[tuple[str, str, int], int], Context]
) -> tuple[Any, ...]:
    batches, context = known
    school = context.lookups["names"][""].find("", frame.column("school")[at])
    division = school.division_code if school else f"{context.county_code}000000"
    values = given(frame, at, _PROJECT_PLAIN)
    blank = {"danger_grade": "", "contractor": "", "note": ""}
    return (
        *(pk, batches[_batch_key(frame, at)], frame.column("number")[at] or f"{pk}", division),
        *(school.pk if school else None, frame.column("category")[at], _state(frame, at)),
        *(values.get(name, blank.get(name)) for name in _PROJECT_PLAIN),
        1,
    )


def _change_projects(
    frame: Frame,
    context: Context,
    found: dict[int, Project | None],
    applied: Applied,
    keys: dict[int, int],
) -> None:
    rows, steps = [], []
    for at, project in found.items():
        if project is None or in_conflict(frame, at, project.version, applied):
            continue
        changed = differing(project, given(frame, at, (*_PROJECT_PLAIN, "state")))
        state = changed.get("state")
        if state and state not in next_states(project.state, project.category):
            applied.conflicts.append(at)
            continue
        keep_before(applied, at, project, changed)
        keys[at] = project.pk
        if changed:
            now = [changed.get(name, getattr(project, name)) for name in (*_PROJECT_PLAIN, "state")]
            rows.append((project.pk, *now, project.version + 1))
        if state:
            steps.append((project.pk, state, _step_day(frame, at, context)))
    update_rows(Project, (*_PROJECT_PLAIN, "state", "version"), rows)
    _write_steps(steps, context)


def _write_steps(steps: list[tuple[int, str, date]], context: Context) -> None:
    insert_rows(
        ProjectStep,
        ("project", "state", "happened_on", "note", "recorded_by", "recorded_at"),
        [(pk, state, on, "", context.actor.user_id, context.now) for pk, state, on in steps],
    )


def _write_funding(frame: Frame, keys: dict[int, int]) -> None:
    """Replace the money of the sources that the list names."""
    for name, source in _SOURCES.items():
        amounts = frame.column(name)
        given = {keys[at]: amounts[at] for at in keys if amounts[at] not in ("", None)}
        old = ProjectFunding.objects.filter(project_id__in=list(given), source=source)
        delete_rows(ProjectFunding, old.values_list("pk", flat=True))
        insert_rows(
            ProjectFunding,
            ("project", "source", "amount"),
            [(pk, source, amount) for pk, amount in given.items() if amount > 0],
        )
