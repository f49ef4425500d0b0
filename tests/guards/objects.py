"""Which row an address with arguments is tried with; every app adds its nouns here.

The key is the beginning of a URL name: ``students:student`` serves ``students:student-detail``,
``students:student-edit`` and so on; the longest beginning that fits is taken. A builder gets the
place and the actor and returns the arguments. ``visible`` says whether that actor may see that row;
without it a row is visible where its place lies in the actor's scope.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from povedu.accounts.models import Jurisdiction
from povedu.jobs.models import Job
from povedu.scope import Actor
from subsidies.selectors.programmes import office_of
from tests import factories as make
from tests.guards.world import Place, World

Build = Callable[[Place, Actor], dict[str, Any]]
Visible = Callable[[Actor, Place], bool]


@dataclass(frozen=True)
class Arguments:
    """How to make the arguments of an address, and who may see the row they name."""

    build: Build
    visible: Visible = World.covers


def row(name: str) -> Arguments:
    """Serve ``pk`` from the place's row of that name."""
    return Arguments(lambda place, actor: {"pk": getattr(place, name).pk})


def _token(place: Place, actor: Actor) -> dict[str, Any]:
    """One's own key where the place is one's own, else a stranger's."""
    if World.covers(actor, place):
        own = Jurisdiction.objects.get(user=actor.user_id)
        return {"pk": make.ApiTokenFactory(jurisdiction=own).pk}
    return {"pk": make.ApiTokenFactory().pk}


def _job(place: Place, actor: Actor, **fields: Any) -> Job:
    """One's own job where the place is one's own, else a stranger's in another county."""
    if World.covers(actor, place):
        own = Jurisdiction.objects.get(user=actor.user_id)
        return make.JobFactory(jurisdiction=own, **fields)
    return make.JobFactory(division_code=place.county_code, **fields)


def _household(place: Place, actor: Actor) -> dict[str, Any]:
    """A household that the place's pupil belongs to: a school sees those of its own pupils."""
    household, pupil = place.household, place.student
    if not household.members.filter(id_index=pupil.id_index).exists():
        make.HouseholdMemberFactory(household=household, id_number=pupil.id_number)
    return {"pk": household.pk}


def _same_county(actor: Actor, place: Place) -> bool:
    """What is the whole county's is seen from any township of it."""
    return place.county_code.startswith(actor.scope.county_code)


def _edition(place: Place, actor: Actor) -> dict[str, Any]:
    """An edition of the place's county; those who may open it at all answer for a county."""
    return {"pk": make.SummaryEditionFactory(county_code=place.county_code).pk}


def _edition_visible(actor: Actor, place: Place) -> bool:
    prefix = actor.scope.division_prefix
    return actor.scope.school_code is None and place.county_code.startswith(prefix)


def _line(place: Place, actor: Actor) -> dict[str, Any]:
    """The line of the batch that the place's own project belongs to."""
    batch = place.project.batch
    return {"year": batch.year, "line_id": batch.code}


def _everybody(actor: Actor, place: Place) -> bool:
    return True


def _may_bring_in(actor: Actor, place: Place) -> bool:
    """An upload belongs to no place; whoever may bring rosters in may open it."""
    return actor.may("intake.roster.upload")


def _may_work_on(actor: Actor, place: Place) -> bool:
    return World.covers(actor, place) and actor.may("intake.roster.upload")


def _own_office(actor: Actor, place: Place) -> bool:
    """Say whether a programme of the aid office is there for an actor."""
    return World.covers(actor, place) and office_of(actor) in ("", "aid")


def aided(name: str, **more: str) -> Arguments:
    """Serve ``pk`` from a place's row that belongs to a programme of the aid office."""
    return Arguments(lambda place, actor: {"pk": getattr(place, name).pk, **more}, _own_office)


def _answer(place: Place, actor: Actor) -> dict[str, Any]:
    return {"pk": make.BankReturnFactory(batch=place.batch).pk}


ARGUMENTS: dict[str, Arguments] = {
    "accounts:user": row("user"),
    "api:accounts-users": row("user"),
    "api:accounts-grants": row("grant"),
    "api:audit-entries": row("audit_entry"),
    "api:subsidies-programmes": aided("programme"),
    "api:subsidies-awards": aided("award"),
    "api:subsidies-notices": aided("notice"),
    "api:subsidies-batches": aided("batch"),
    "api:subsidies-payments": aided("payment"),
    "api:subsidies-receipts": row("receipt"),
    "api:subsidies-gifts": aided("gift"),
    "api:ledger-entries": Arguments(
        lambda place, actor: {
            "pk": make.LedgerEntryFactory(
                county_code=place.county_code if World.covers(actor, place) else "530999"
            ).pk
        }
    ),
    "ledger:correction": Arguments(
        lambda place, actor: {
            "pk": make.CorrectionFactory(
                county_code=place.county_code if World.covers(actor, place) else "530999"
            ).pk
        }
    ),
    "accounts:grant-add": row("user"),
    "accounts:grant": row("grant"),
    "accounts:jurisdiction": row("jurisdiction"),
    "accounts:token": Arguments(_token),
    "audit:entry": row("audit_entry"),
    # A history of nothing is an empty list, so these pages are visible to whoever may read at all.
    "audit:subject": Arguments(
        lambda place, actor: {
            "subject_type": "students.student",
            "subject_id": str(place.student.pk),
        },
        visible=lambda actor, place: True,
    ),
    "jobs:job": Arguments(lambda place, actor: {"pk": _job(place, actor).pk}),
    "api:jobs-jobs": Arguments(lambda place, actor: {"pk": _job(place, actor).pk}),
    "jobs:job-cancel": Arguments(
        lambda place, actor: {"pk": _job(place, actor, state="queued", finished_at=None).pk}
    ),
    "jobs:file": Arguments(
        lambda place, actor: {"pk": make.JobFileFactory(job=_job(place, actor)).pk}
    ),
    "schools:school": Arguments(lambda place, actor: {"code": place.school_code}),
    "api:schools-schools": row("school"),
    "api:schools-divisions": Arguments(lambda place, actor: {"pk": place.township_code}),
    "api:schools-batches": Arguments(
        lambda place, actor: {"pk": place.project.batch_id},
        visible=lambda actor, place: place.county_code.startswith(actor.scope.county_code),
    ),
    "api:schools-projects": row("project"),
    "api:schools-equipment": Arguments(lambda place, actor: {"pk": place.equipment.item_id}),
    "api:schools-meals": row("meals"),
    "api:teachers-teachers": row("teacher"),
    "api:teachers-postings": row("posting"),
    "schools:alias": Arguments(
        lambda place, actor: {"pk": make.SchoolAliasFactory(school=place.school).pk}
    ),
    "schools:alias-add": Arguments(lambda place, actor: {"code": place.school_code}),
    "schools:batch": Arguments(
        lambda place, actor: {"pk": place.project.batch_id},
        # A batch is the county's: whoever answers for part of it sees which batches there are.
        visible=lambda actor, place: place.county_code.startswith(actor.scope.county_code),
    ),
    "intake:batch": row("import_batch"),
    "intake:batch-add": Arguments(lambda place, actor: {"kind": "roster"}, visible=_may_bring_in),
    "intake:template": Arguments(lambda place, actor: {"kind": "roster"}, visible=_may_bring_in),
    "intake:row-list": row("import_batch"),
    **{
        f"intake:batch-{page}": Arguments(
            lambda place, actor: {"pk": place.import_batch.pk}, visible=_may_work_on
        )
        for page in ("headings", "apply", "return", "withdraw", "answer", "confirm")
    },
    **{
        f"intake:repair-{page}": Arguments(
            lambda place, actor: {"pk": place.import_batch.pk, "code": "fixed-space"},
            visible=_may_work_on,
        )
        for page in ("decline", "accept")
    },
    **{
        f"intake:{page}": Arguments(
            lambda place, actor: {
                "pk": place.import_batch.pk,
                "row": make.ImportRowFactory(batch=place.import_batch).pk,
            },
            visible=_may_work_on,
        )
        for page in ("row-fix", "cell-fix")
    },
    **{
        f"intake:row-repair-{page}": Arguments(
            lambda place, actor: {
                "pk": place.import_batch.pk,
                "row": make.ImportRowFactory(batch=place.import_batch).pk,
                "code": "fixed-space",
            },
            visible=_may_work_on,
        )
        for page in ("decline", "accept")
    },
    "intake:batch-undo": Arguments(
        lambda place, actor: {"pk": make.ImportWriteFactory(batch=place.applied_batch).batch_id},
        visible=_may_work_on,
    ),
    "intake:mapping": row("taught_heading"),
    "schools:project": row("project"),
    "schools:payment-add": row("project"),
    "schools:milestone": Arguments(lambda place, actor: {"pk": place.project.milestones.get().pk}),
    "schools:milestone-add": row("project"),
    "schools:photo": Arguments(
        lambda place, actor: {"pk": make.ProjectPhotoFactory(project=place.project).pk}
    ),
    "schools:photo-add": row("project"),
    "schools:item": Arguments(lambda place, actor: {"pk": place.equipment.item_id}),
    "schools:item-add": row("project"),
    "schools:meal": row("meals"),
    "schools:division": Arguments(lambda place, actor: {"pk": place.township_code}),
    "teachers:teacher": row("teacher"),
    "teachers:posting": row("posting"),
    "teachers:posting-add": row("teacher"),
    "students:student": row("student"),
    "students:enrolment": row("student"),
    "students:hardship-add": row("student"),
    "students:hardship": row("hardship"),
    "students:household": Arguments(_household),
    "students:finding": row("finding"),
    "students:finding-proof": row("claim"),
    "students:finding-undo": Arguments(lambda place, actor: {"pk": place.decision.finding_id}),
    "students:assignment": row("assignment"),
    "students:assignment-return": row("answered"),
    "students:evidence": row("evidence_file"),
    "students:rule-switch": Arguments(lambda place, actor: {"code": "head-missing"}, _everybody),
    "students:evidence-add": row("finding"),
    "students:dropout": row("dropout"),
    "students:visit-add": row("dropout"),
    "students:payee-add": row("student"),
    "students:payee": row("payee"),
    "students:run": Arguments(lambda place, actor: {"pk": place.reconciliation.pk}, _same_county),
    "subsidies:feedback": Arguments(
        lambda place, actor: {"pk": place.reconciliation.pk}, _same_county
    ),
    "students:snapshot": Arguments(lambda place, actor: {"pk": place.snapshot.pk}, _same_county),
    "students:proof": row("proof"),
    "students:comparison": Arguments(
        lambda place, actor: {"pk": place.comparison.pk}, _same_county
    ),
    "students:comparison-start": Arguments(lambda place, actor: {"basis": "snapshots"}, _everybody),
    "api:students-students": row("student"),
    "api:students-enrolments": row("enrolment"),
    "api:students-hardships": row("hardship"),
    "api:students-households": Arguments(_household),
    "api:students-snapshots": Arguments(
        lambda place, actor: {"pk": place.snapshot.pk}, _same_county
    ),
    "api:students-runs": Arguments(
        lambda place, actor: {"pk": place.reconciliation.pk}, _same_county
    ),
    "api:students-places": row("placed"),
    "api:students-comparisons": Arguments(
        lambda place, actor: {"pk": place.comparison.pk}, _same_county
    ),
    "api:students-changes": row("change"),
    "api:students-proofs": row("proof"),
    "api:students-findings": row("finding"),
    "api:students-decisions": Arguments(
        lambda place, actor: {"pk": make.DecisionFactory(finding=place.finding).pk}
    ),
    "api:reports-summaries": Arguments(lambda place, actor: {"year": 2016}, _everybody),
    "api:reports-indicators": Arguments(lambda place, actor: {"year": 2016}, _everybody),
    "api:reports-editions": Arguments(_edition, _edition_visible),
    "reports:edition": Arguments(_edition, _edition_visible),
    "reports:edition-file": Arguments(
        lambda place, actor: {**_edition(place, actor), "fmt": "json"}, _edition_visible
    ),
    "reports:summary": Arguments(lambda place, actor: {"year": 2016}, _everybody),
    "reports:counties": Arguments(lambda place, actor: {"year": 2016}, _everybody),
    "schools:meal-year-of": Arguments(lambda place, actor: {"year": 2016}, _everybody),
    "subsidies:vocational": Arguments(lambda place, actor: {"year": 2016}, _everybody),
    "reports:dashboard": Arguments(lambda place, actor: {"year": 2016}, _everybody),
    "reports:line": Arguments(_line),
    "reports:rows": Arguments(_line),
    "subsidies:programme": aided("programme"),
    "subsidies:standard": aided("standard"),
    "subsidies:award": aided("award"),
    "subsidies:determination": row("determination"),
    "subsidies:paper": row("paper"),
    "subsidies:paper-add": row("determination"),
    "subsidies:notice": aided("notice"),
    "subsidies:objection": aided("objection"),
    "subsidies:batch": aided("batch"),
    "subsidies:payment": aided("payment"),
    "subsidies:standard-add": aided("programme"),
    "subsidies:source-rules": aided("programme"),
    "subsidies:quota-set": aided("programme"),
    "subsidies:calendar": Arguments(
        lambda place, actor: {"pk": make.CalendarDayFactory(county=place.county).pk}, _same_county
    ),
    "subsidies:quota-school": aided("programme"),
    "subsidies:gap-school": aided("programme"),
    "subsidies:allocation": Arguments(
        lambda place, actor: {"pk": make.AllocationFactory(programme=place.programme).pk},
        _own_office,
    ),
    "subsidies:student": row("student"),
    "subsidies:award-approve": aided("programme", term="2016-1"),
    "subsidies:award-run": Arguments(
        lambda place, actor: {"step": "choose"}, visible=lambda actor, place: True
    ),
    "subsidies:aid-account": row("student"),
    "subsidies:objection-add": aided("notice"),
    "subsidies:bank-return-add": aided("batch"),
    "subsidies:bank-return": Arguments(_answer, _own_office),
    "subsidies:line-remove": aided("payment"),
    "subsidies:letter-make": Arguments(
        lambda place, actor: {"step": "kind"}, visible=lambda actor, place: True
    ),
    "subsidies:wording": Arguments(
        lambda place, actor: {"kind": "family"}, visible=lambda actor, place: True
    ),
    "subsidies:loan": row("loan"),
    "subsidies:relief": row("relief"),
    "subsidies:relief-add": Arguments(
        lambda place, actor: {"pk": make.LoanFactory(county=place.county, state="repaying").pk}
    ),
    "subsidies:receipt": row("receipt"),
    "subsidies:donor": row("donor"),
    "subsidies:gift": aided("gift"),
    "subsidies:gift-totals": Arguments(lambda place, actor: {"year": 2016}, _everybody),
    "subsidies:sponsorship": row("sponsorship"),
    "subsidies:sponsorship-add": row("donor"),
    "subsidies:consent": row("sponsorship"),
    "subsidies:history": aided("past_payment"),
    "subsidies:doubt": aided("doubt"),
    "subsidies:payment-recover": aided("settled"),
    "subsidies:recovery": aided("recovery"),
    "subsidies:sample": row("sample"),
    "subsidies:sample-item": row("sample_item"),
    "subsidies:sample-item-list": Arguments(
        lambda place, actor: {"pk": place.sample_item.sample_id}
    ),
    "subsidies:school-matrix": Arguments(lambda place, actor: {"code": place.school_code}),
}


def arguments_for(view_name: str) -> Arguments | None:
    """Return the entry with the longest beginning that fits a URL name."""
    fitting = [key for key in ARGUMENTS if view_name == key or view_name.startswith(f"{key}-")]
    return ARGUMENTS[max(fitting, key=len)] if fitting else None
