"""How fast a county's awards are computed and explained: set-wise, and row by row.

    python -m benchmarks.awards [--students 50000] [--slice 150]

Uses the database of ``POVEDU_DATABASE_URL`` (make a fresh one for it: what is measured stays in
it) and prints seconds, processor seconds (the database server's included), ratios and peak memory.
Eight programmes cover every stage, so that each asks about every child.

(a) explain: ``reasons_of`` for all programmes: a code or a standard for every child × programme;
(b) award: ``propose_awards`` for each programme: decided, explained, sources drawn, and awards,
    their sources and instalments written;
(c) plain: the same per child and programme with the ORM, as one would write it in a view: read the
    enrolment, hardships, papers and awards, ask the same rules, ``create`` award, source and
    instalment. It is linear, so it runs on a slice of the children (the first ``--slice``) inside a
    transaction that is rolled back, and is extrapolated to all of them; the line says so.
"""

import argparse
import os
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import django

from benchmarks.timing import spent

SCHOOLS = 120
PROGRAMMES = 8
NOW = datetime(2016, 11, 8, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
STAGES = (("preschool", 1, 3), ("primary", 1, 6), ("junior", 7, 9), ("senior", 10, 12))
HARDSHIPS = ("registered_poor", "rural_low", "disabled", "orphan")


def timed(label: str, pairs: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """Run and print; return (processor seconds, result)."""
    started, busy = time.perf_counter(), spent()
    result = work()
    seconds, busy = time.perf_counter() - started, spent() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{label:<40}{seconds:9.2f} s  cpu {busy:9.2f} s  "
        f"{busy / pairs * 1e6:9.1f} µs a child × programme  peak {peak:5.0f} MB\n"
    )
    sys.stdout.flush()
    return busy, result


def build(students: int) -> tuple[Any, list[Any], Any, Any]:
    """Make a county with children and programmes; return (county, programmes, maker, checker)."""
    from povedu.accounts.selectors import operator
    from povedu.bulk import insert_rows, reserve_ids
    from schools.models import Division, School
    from students.models import Enrolment, HardshipStatus, Student
    from subsidies.models import Programme, SourceRule, Standard

    draw = random.Random(1)  # noqa: S311  # invented children
    actor = operator()
    county = Division.objects.create(code="530623000000", name="某县", level="county")
    township = Division.objects.create(
        code="530623100000", name="某镇", level="township", parent=county
    )
    schools = School.objects.bulk_create(
        School(code=f"BENCH{n:04d}", name=f"第{n}学校", kind="nine_year", division=township)
        for n in range(SCHOOLS)
    )
    keys = reserve_ids(Student, students)
    grades = []
    for _key in keys:
        stage, low, high = draw.choice(STAGES)
        grades.append((stage, draw.randint(low, high)))
    insert_rows(
        Student,
        (
            *("id", "county", "name", "normal_name", "identity_confirmed", "school", "stage"),
            *("grade", "entered_at", "id_index"),
        ),
        (
            (key, county.pk, f"学生{n}", f"学生{n}", n % 50 != 0, schools[n % SCHOOLS].pk, *grade)
            + (NOW, f"{n:032x}")
            for n, (key, grade) in enumerate(zip(keys, grades, strict=True))
        ),
    )
    insert_rows(
        Enrolment,
        ("student", "term", "school", "stage", "grade", "class_name", "is_boarder"),
        (
            (key, "2016-1", schools[n % SCHOOLS].pk, *grade, str(n % 8 + 1), n % 3 == 0)
            for n, (key, grade) in enumerate(zip(keys, grades, strict=True))
        ),
    )
    insert_rows(
        HardshipStatus,
        ("student", "category", "source", "starts_on", "confirmed_by", "confirmed_at"),
        (
            (key, category, "poverty-register", date(2014, 1, 1), actor.user_id, NOW)
            for key in keys
            for category in draw.sample(HARDSHIPS, draw.choice((0, 0, 1, 1, 2)))
        ),
    )
    programmes = []
    for n in range(PROGRAMMES):
        programme = Programme.objects.create(
            county=county,
            code=f"bench-{n}",
            name=f"项目{n}",
            cadence="term",
            starts_on=date(2010, 9, 1),
            needs_notice=False,
        )
        for stage, *_grades in STAGES:
            for boarding, each in (("boarder", 500), ("day", 250)):
                Standard.objects.create(
                    programme=programme,
                    starts_on=date(2010, 9, 1),
                    stage=stage,
                    boarding=boarding,
                    categories=list(HARDSHIPS[: n % 4 + 1]),
                    year_amount=Decimal(2 * each),
                    instalment_amount=Decimal(each),
                )
        for position, (source, head) in enumerate((("central", 200), ("county", None)), start=1):
            SourceRule.objects.create(
                programme=programme,
                year=2016,
                position=position,
                source=source,
                amount_per_head=head,
            )
        programmes.append(programme)
    return county, programmes, actor, keys


def plainly(programmes: list[Any], students: list[int], actor: Any) -> tuple[int, int]:
    """Award row by row, as the documentation of the ORM shows; return (awards, explained)."""
    from povedu.money import fen, yuan
    from povedu.terms import Term
    from students.models import Enrolment, HardshipStatus
    from subsidies.models import Award, AwardSource, Determination, Instalment
    from subsidies.rules.eligibility import Situation, StandardLine, choose
    from subsidies.rules.instalments import plan
    from subsidies.rules.sources import draw

    term = Term(2016, 1)
    day = NOW.date()
    made = explained = 0
    for student_id in students:
        for programme in programmes:
            enrolment = Enrolment.objects.select_related("student", "school").get(
                student_id=student_id, term=term.code
            )
            explained += 1
            if not enrolment.student.identity_confirmed:
                continue
            if Award.objects.filter(
                student_id=student_id, programme=programme, term=term.code
            ).exists():
                continue
            held = list(
                HardshipStatus.objects.filter(
                    student_id=student_id, starts_on__lte=day, ends_on__isnull=True
                )
            )
            paper = Determination.objects.filter(
                student_id=student_id, academic_year=term.year, state="approved"
            ).first()
            lines = [
                StandardLine(
                    one.pk,
                    one.stage,
                    one.boarding,
                    one.tier,
                    one.grade,
                    one.major,
                    frozenset(one.categories),
                    fen(one.instalment_amount),
                )
                for one in programme.standards.filter(starts_on__lte=day, ends_on__isnull=True)
            ]
            situation = Situation(
                enrolment.stage,
                enrolment.grade or 0,
                enrolment.is_boarder,
                enrolment.major,
                frozenset(one.category for one in held),
                paper.tier if paper else "",
            )
            standard, _code = choose(lines, situation)
            if standard is None:
                continue
            parts = plan(programme.cadence, standard.instalment_fen, term)
            total = sum(part.amount_fen for part in parts)
            rules = programme.source_rules.filter(year=day.year).order_by("position")
            [share] = draw([total], [_source(one) for one in rules], {})
            award = Award.objects.create(
                student_id=student_id,
                programme=programme,
                term=term.code,
                school=enrolment.school,
                enrolment=enrolment,
                stage=enrolment.stage,
                grade=enrolment.grade,
                class_name=enrolment.class_name,
                is_boarder=enrolment.is_boarder,
                hardship=next((one for one in held if one.category in standard.categories), None),
                standard_id=standard.id,
                amount=yuan(total),
                budget_year=day.year,
                explanation={"standard": standard.id, "as_of": day.isoformat()},
                proposed_by_id=actor.user_id,
                proposed_at=NOW,
            )
            for part in parts:
                Instalment.objects.create(
                    award=award,
                    period=part.period,
                    due_on=part.due_on,
                    amount=yuan(part.amount_fen),
                )
            for source, amount in share or ():
                AwardSource.objects.create(award=award, source=source, amount=yuan(amount))
            made += 1
    return made, explained


def _source(rule: Any) -> Any:
    from povedu.money import fen
    from subsidies.rules.sources import SourceLine

    head = None if rule.amount_per_head is None else fen(rule.amount_per_head)
    return SourceLine(rule.source, head)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=50_000)
    parser.add_argument("--slice", type=int, default=150)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povedu.settings")
    django.setup()
    from django.db import connection, transaction

    from povedu.scope import Scope
    from povedu.terms import Term
    from subsidies.models import Award
    from subsidies.selectors.eligibility import reasons_of
    from subsidies.services.awards import propose_awards

    term, today = Term(2016, 1), NOW.date()
    _county, programmes, actor, keys = build(options.students)
    pairs = options.students * PROGRAMMES
    sys.stdout.write(
        f"{connection.vendor}: {options.students:,} children × {PROGRAMMES} programmes "
        f"= {pairs:,}\n"
    )

    def plain() -> tuple[int, int]:
        with transaction.atomic():
            found = plainly(programmes, keys[: options.slice], actor)
            transaction.set_rollback(True)
        return found

    few = options.slice * PROGRAMMES
    spent, (made, _explained) = timed(f"(c) plain, {options.slice} children", few, plain)
    whole = spent / few * pairs
    sys.stdout.write(f"    extrapolated linearly to all: cpu {whole:,.0f} s ({made} awards)\n")
    explain, found = timed(
        "(a) explain all, set-wise",
        pairs,
        lambda: reasons_of(Scope.everything(), programmes, term, today=today),
    )
    told = sum(len(one) for one in found.values())

    def award() -> int:
        for one in programmes:
            propose_awards(programme=one, term=term, actor=actor, now=NOW)
        return Award.objects.count()

    awarding, count = timed("(b) decide, explain and write, set-wise", pairs, award)
    sys.stdout.write(
        f"    {told:,} answers, {count:,} awards written\n"
        f"ratio of processor seconds, plain : (b) {whole / awarding:.0f} : 1, "
        f"plain : (a) + (b) {whole / (awarding + explain):.0f} : 1\n"
    )


if __name__ == "__main__":
    main()
