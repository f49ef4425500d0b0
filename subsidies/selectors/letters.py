"""Whom a batch of letters is for, and what stands in each; a fixed number of queries a batch."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum
from django.utils import translation

from povedu.jobs.models import Job
from povedu.paper.document import Paper
from povedu.scope import Actor, Scope
from povedu.terms import Term
from schools.choices import Stage
from schools.rules.grades import grade_label
from schools.selectors.names import place_label
from students.choices import Hardship
from students.models import HouseholdMember, Student
from subsidies.choices import (
    AwardState,
    BatchState,
    Boarding,
    LetterKind,
    PaymentState,
    ProgrammeKind,
)
from subsidies.models import Award, DisbursementBatch, LetterWording, Payment, Programme, Standard
from subsidies.rules.letters import (
    About,
    Child,
    Family,
    Handover,
    PolicyLine,
    Received,
    Sheet,
    Words,
    papers_for,
    shipped,
)
from subsidies.selectors.lines import settled_gifts, settled_payments
from subsidies.selectors.programmes import for_office, programmes

JOB = "subsidies.make_letters"
_AWARD = "instalment__award"


@dataclass(frozen=True, slots=True)
class Range:
    """Which children: of a village or township, or of a school, narrowed to a grade or class."""

    place: str = ""  # a leading part of a division code
    school: str = ""
    grade: int = 0
    class_name: str = ""

    def params(self) -> dict[str, Any]:
        """Return it as codes, for a job."""
        return asdict(self)


def wording_of(county_id: str, kind: str) -> Words:
    """Return a county's words of a kind of letter, else the shipped ones."""
    own = LetterWording.objects.filter(county=county_id, kind=kind).first()
    if own is None:
        return shipped(kind, place_label(Scope(county_id[:6])))
    return Words(own.title, own.opening, own.closing, own.signature, own.contact)


def wordings(county_id: str) -> dict[str, LetterWording]:
    """Return the county's own words by kind."""
    return {one.kind: one for one in LetterWording.objects.filter(county=county_id)}


def recent(actor: Actor) -> QuerySet[Job]:
    """Return the batches of letters that somebody has had made, the newest first."""
    return Job.objects.filter(owner=actor.user_id, kind=JOB).order_by("-created_at")


def _inside(scope: Scope) -> Q:
    return scope.q(division="school__division_id", school="school__code")


def children_in(scope: Scope, where: Range) -> QuerySet[Student]:
    """Return the children of a range; of a village also those whose household lives there."""
    rows = Student.objects.filter(_inside(scope)).order_by()
    if where.place:
        at_home = HouseholdMember.objects.filter(
            household__division__code__startswith=where.place
        ).exclude(id_index="")
        return rows.filter(
            Q(home_division__code__startswith=where.place)
            | Q(id_index__in=at_home.values("id_index"))
        )
    rows = rows.filter(school__code=where.school)
    if where.grade:
        rows = rows.filter(grade=where.grade)
    return rows.filter(class_name=where.class_name) if where.class_name else rows


@dataclass(slots=True)
class _Homes:
    """Which household a child belongs to: by the register's confirmed numbers."""

    of_index: dict[str, tuple[int, str]]

    def key(self, pk: int, index: str) -> tuple[str, int]:
        """Return what is one for each household; a child without one stands alone."""
        home = self.of_index.get(index) if index else None
        return ("home", home[0]) if home else ("child", pk)

    def recipient(self, index: str, guardian: str, name: str) -> str:
        """Return whom a letter is addressed to."""
        home = self.of_index.get(index) if index else None
        return (home[1] if home else "") or guardian or f"{name}家长"


def _homes(students: QuerySet[Student]) -> tuple[_Homes, QuerySet[HouseholdMember]]:
    """Return the households of children, and all members of those households."""
    known = students.exclude(id_index="").values("id_index")
    homes = HouseholdMember.objects.filter(id_index__in=known).order_by().values("household")
    members = HouseholdMember.objects.filter(household__in=homes).exclude(id_index="")
    found: dict[str, tuple[int, str]] = {}
    rows = members.order_by("-household_id").values_list(
        "id_index", "household_id", "household__head_name"
    )
    for index, household, head in rows:
        found[index] = (household, head)
    return _Homes(found), members


def families(scope: Scope, year: int, where: Range) -> list[Family]:
    """Return a letter's facts for each household with a child in the range that received anything.

    A household's other children are in its letter too, where the reader answers for their schools.
    Children without a household get a letter of their own. In order of place, class and name.
    """
    chosen = children_in(scope, where)
    homes, members = _homes(chosen)
    everyone = Student.objects.filter(_inside(scope)).filter(
        Q(pk__in=chosen.values("pk")) | Q(id_index__in=members.values("id_index"))
    )
    received = _received(scope, year, everyone)
    grouped: dict[tuple[str, int], list[Child]] = defaultdict(list)
    named: dict[tuple[str, int], str] = {}
    for pk, name, index, guardian, place in _about(everyone):
        if pk not in received:
            continue
        key = homes.key(pk, index)
        named.setdefault(key, homes.recipient(index, guardian, name))
        grouped[key].append(Child(name, place, received[pk]))
    return [Family(named[key], children) for key, children in grouped.items()]


def _about(students: QuerySet[Student]) -> Iterator[tuple[int, str, str, str, str]]:
    """Yield (key, name, index, guardian, school with class) in the order letters are handed out."""
    rows = students.order_by(
        "home_division_id", "school__code", "stage", "grade", "class_name", "pk"
    ).values_list(
        *("pk", "name", "id_index", "guardian_name", "school__name", "stage", "grade"),
        "class_name",
    )
    for pk, name, index, guardian, school, stage, grade, class_name in rows.iterator():
        yield pk, name, index, guardian, _place(school, stage, grade, class_name)


def _place(school: str | None, stage: str, grade: int | None, class_name: str) -> str:
    return " ".join(part for part in (school or "", class_words(stage, grade, class_name)) if part)


def class_words(stage: str, grade: int | None, class_name: str) -> str:
    """Return grade and class in words, "" for neither."""
    words = grade_label(stage, grade) if grade else ""
    if class_name:
        words += class_name if class_name.endswith("班") else f"{class_name}班"
    return words


def _received(scope: Scope, year: int, students: QuerySet[Student]) -> dict[int, list[Received]]:
    """Return what each child received in a year, a line per programme and term."""
    inside = students.order_by().values("pk")
    found: dict[int, list[Received]] = defaultdict(list)
    paid = (
        settled_payments(scope, year)
        .filter(**{f"{_AWARD}__student__in": inside})
        .order_by()
        .values(f"{_AWARD}__student_id", f"{_AWARD}__programme__name", f"{_AWARD}__term")
        .annotate(total=Sum("amount"), last=Max("settled_on"))
        .order_by("last")
        .values_list(
            *(f"{_AWARD}__student_id", f"{_AWARD}__programme__name", f"{_AWARD}__term"),
            *("last", "total"),
        )
    )
    for student, programme, term, last, total in paid:
        when = f"{Term.parse(term).label}，{last:%Y-%m-%d}"
        found[student].append(Received(programme, when, total))
    given = settled_gifts(scope, year).filter(student__in=inside).order_by("settled_on", "pk")
    told = given.values_list("student_id", "programme__name", "item", "settled_on", "amount")
    for student, programme, item, day, amount in told:
        words = f"{programme}（{item}）" if item else programme
        found[student].append(Received(words, f"{day:%Y-%m-%d}", amount))
    return found


def granted(scope: Scope, term: Term, where: Range) -> list[Family]:
    """Return a notice's facts for each child of the range that was granted anything in a term."""
    students = children_in(scope, where)
    awards = (
        Award.objects.filter(
            student__in=students.values("pk"), term=term.code, state=AwardState.GRANTED
        )
        .order_by("programme__code", "pk")
        .annotate(due=Max("instalments__due_on"))
        .values_list("student_id", "programme__name", "amount", "due")
    )
    found: dict[int, list[Received]] = defaultdict(list)
    for student, programme, amount, due in awards:
        when = f"{due:%Y-%m-%d}前" if due else "另行通知"
        found[student].append(Received(programme, when, amount))
    return [
        Family(guardian or f"{name}家长", [Child(name, place, found[pk])])
        for pk, name, _index, guardian, place in _about(students)
        if pk in found
    ]


def sheet_batches(scope: Scope, office: str = "") -> QuerySet[DisbursementBatch]:
    """Return the approved batches with payments to children in scope."""
    inside = Payment.objects.filter(
        scope.q(division=f"{_AWARD}__school__division_id", school=f"{_AWARD}__school__code")
    )
    return (
        DisbursementBatch.objects.filter(
            for_office(office),
            pk__in=inside.order_by().values("batch"),
            state__in=[BatchState.APPROVED, BatchState.RELEASED, BatchState.CLOSED],
        )
        .select_related("programme")
        .order_by("-made_at")
    )


def sheets(scope: Scope, batch: DisbursementBatch) -> list[Sheet]:
    """Return a sheet for each class with payments in a batch, as the award froze the class."""
    award = f"{_AWARD}__"
    by_class = (f"{award}{name}" for name in ("school__code", "stage", "grade", "class_name"))
    rows = (
        Payment.objects.filter(
            scope.q(division=f"{award}school__division_id", school=f"{award}school__code"),
            batch=batch,
        )
        .exclude(state__in=[PaymentState.VOIDED, PaymentState.RETURNED])
        .order_by(*by_class, "line_no")
        .values_list(
            *(f"{award}school__name", f"{award}stage", f"{award}grade", f"{award}class_name"),
            *(f"{award}student__name", "amount", "payee_name"),
        )
    )
    grouped: dict[tuple[str, str], list[Handover]] = defaultdict(list)
    for school, stage, grade, class_name, name, amount, payee in rows.iterator():
        place = (school, class_words(stage, grade, class_name))
        grouped[place].append(Handover(name, amount, payee))
    term = Term.parse(batch.term).label
    return [
        Sheet(batch.programme.name, term, school, words, batch.number, lines)
        for (school, words), lines in grouped.items()
    ]


def policy_lines(scope: Scope, day: date, stage: str = "") -> list[PolicyLine]:
    """Return the programmes in force on a day in plain words, of one stage or of all."""
    running = (
        programmes(scope)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)
        .exclude(kind=ProgrammeKind.GIFT)
    )
    standards: dict[int, list[Standard]] = defaultdict(list)
    rows = Standard.objects.filter(programme__in=running, starts_on__lte=day).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=day)
    )
    if stage:
        rows = rows.filter(Q(stage=stage) | Q(stage=""))
    for one in rows.order_by("stage", "boarding", "-year_amount"):
        standards[one.programme_id].append(one)
    return [_policy_line(one, standards[one.pk]) for one in running if standards[one.pk]]


def _policy_line(programme: Programme, standards: list[Standard]) -> PolicyLine:
    return PolicyLine(
        programme.name,
        "；".join(dict.fromkeys(_whom(one) for one in standards)),
        "；".join(dict.fromkeys(_how_much(one) for one in standards)),
        f"{programme.get_cadence_display()}，发放到{programme.get_payee_kind_display()}",
    )


def _whom(one: Standard) -> str:
    stage = str(Stage(one.stage).label) if one.stage else "各学段"
    boarding = str(Boarding(one.boarding).label) if one.boarding != Boarding.ANY else ""
    known = [str(Hardship(word).label) for word in one.categories if word in Hardship.values]
    every = len(known) == len(Hardship) or not known
    whom = "家庭经济困难学生" if every and one.categories else "、".join(known) or "在校学生"
    return f"{stage}{boarding}{one.major}{whom}"


def _how_much(one: Standard) -> str:
    stage = str(Stage(one.stage).label) if one.stage else ""
    boarding = str(Boarding(one.boarding).label) if one.boarding != Boarding.ANY else ""
    tier = f"{one.tier}" if one.tier else ""
    return f"{stage}{boarding}{tier}每年{one.year_amount:,.0f}元"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants made: a kind, its year, term or batch, and the range."""

    kind: str
    year: int
    term: str = ""
    batch: int = 0
    stage: str = ""
    where: Range = Range()

    def params(self) -> dict[str, Any]:
        """Return it as ids and codes, for a job."""
        return {
            "kind": self.kind,
            "year": self.year,
            "term": self.term,
            "batch": self.batch,
            "stage": self.stage,
            "where": self.where.params(),
        }


def wanted_of(params: Any) -> Wanted:
    """Return what a job's params ask for."""
    rest = {name: params[name] for name in ("kind", "year", "term", "batch", "stage")}
    return Wanted(**rest, where=Range(**params["where"]))


def people_of(facts: Iterable[Any]) -> int:
    """Return how many people the letters of a batch speak of."""
    return sum(
        len(one.children) if isinstance(one, Family) else len(one.lines)
        for one in facts
        if isinstance(one, (Family, Sheet))
    )


def facts_for(scope: Scope, wanted: Wanted, day: date, office: str = "") -> list[Any]:
    """Return the facts of each letter: families, sheets, or the one list of policies.

    Labels are read in Chinese, which papers are whatever the reader's language.
    """
    with translation.override("zh-hans"):
        return _facts_for(scope, wanted, day, office)


def _facts_for(scope: Scope, wanted: Wanted, day: date, office: str) -> list[Any]:
    if wanted.kind == LetterKind.FAMILY:
        return list(families(scope, wanted.year, wanted.where))
    if wanted.kind == LetterKind.NOTICE:
        return list(granted(scope, Term.parse(wanted.term), wanted.where))
    if wanted.kind == LetterKind.SHEET:
        batch = sheet_batches(scope, office).filter(pk=wanted.batch).first()
        return list(sheets(scope, batch)) if batch else []
    lines = policy_lines(scope, day, wanted.stage)
    return [lines] if lines else []


def papers(wanted: Wanted, facts: list[Any], county_id: str, day: date) -> Iterator[Paper]:
    """Yield the papers of a batch in a county's words."""
    with translation.override("zh-hans"):
        term = Term.parse(wanted.term).label if wanted.term else ""
    about = About(wanted.kind, place_label(Scope(county_id[:6])), wanted.year, term, day)
    return papers_for(wording_of(county_id, wanted.kind), facts, about)
