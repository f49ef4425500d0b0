"""A small county with a neighbour: three schools, and one of everything at each of them.

School A and school B lie in two townships of one county, school C in the next county. What belongs
to a school carries its letter in every name, so that a page that shows too much is found out.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from povedu.accounts.models import User
from povedu.accounts.selectors import actor_in
from povedu.protected import BankAccount, Phone
from povedu.scope import Actor
from tests import factories as make

TERM = "2016-1"


@dataclass
class Place:
    """A school with its surroundings; rows are made when first asked for."""

    letter: str
    county_code: str
    township_code: str
    school_code: str
    own: dict[Any, dict[str, Any]] = field(default_factory=dict)

    def name(self, noun: str) -> str:
        """Return a name that nobody at another school has."""
        return f"Canary{self.letter}{noun}"

    @cached_property
    def county(self) -> Any:
        return make.CountyFactory(code=f"{self.county_code}000000")

    @cached_property
    def division(self) -> Any:
        return make.DivisionFactory(code=self.township_code)

    @cached_property
    def school(self) -> Any:
        return make.SchoolFactory(
            code=self.school_code, name=f"School {self.letter}", division=self.division
        )

    @cached_property
    def other_school(self) -> Any:
        """A second school in the same township."""
        code = f"{self.school_code[:-1]}9"
        return make.SchoolFactory(code=code, name=f"Second {code}", division=self.division)

    @cached_property
    def student(self) -> Any:
        return make.StudentFactory(
            county=self.county,
            school=self.school,
            name=self.name("Pupil"),
            guardian_name=self.name("Guardian"),
            phone=Phone(f"19911{ord(self.letter):06d}"),
        )

    @cached_property
    def enrolment(self) -> Any:
        return make.EnrolmentFactory(student=self.student, school=self.school, term=TERM)

    @cached_property
    def hardship(self) -> Any:
        return make.HardshipStatusFactory(student=self.student)

    @cached_property
    def payee(self) -> Any:
        return make.PayeeAccountFactory(
            student=self.student,
            payee_name=self.name("Payee"),
            account=BankAccount(f"62170011{ord(self.letter):011d}"),
        )

    @cached_property
    def teacher(self) -> Any:
        return make.TeacherFactory(school=self.school, name=self.name("Teacher"))

    @cached_property
    def posting(self) -> Any:
        return make.PostingFactory(teacher=self.teacher, school=self.other_school)

    @cached_property
    def household(self) -> Any:
        return make.HouseholdFactory(
            county=self.county, division=self.division, head_name=self.name("Head")
        )

    @cached_property
    def member(self) -> Any:
        return make.HouseholdMemberFactory(household=self.household, name=self.name("Member"))

    @cached_property
    def snapshot(self) -> Any:
        return make.RegisterSnapshotFactory(county=self.county)

    @cached_property
    def entry(self) -> Any:
        return make.RegisterEntryFactory(
            snapshot=self.snapshot, division=self.division, name=self.name("Entry")
        )

    @cached_property
    def reconciliation(self) -> Any:
        return make.ReconciliationFactory(county=self.county, term=TERM)

    @cached_property
    def finding(self) -> Any:
        return make.FindingFactory(
            county=self.county,
            first_run=self.reconciliation,
            student=self.student,
            entry=self.entry,
            term=TERM,
        )

    @cached_property
    def project(self) -> Any:
        project = make.ProjectFactory(
            school=self.school, batch__county=self.county, name=f"Building {self.letter}"
        )
        make.ProjectFundingFactory(project=project)
        make.MilestoneFactory(project=project)
        return project

    @cached_property
    def equipment(self) -> Any:
        return make.EquipmentDeliveryFactory(item__project=self.project, school=self.school)

    @cached_property
    def meals(self) -> Any:
        return make.MealReportFactory(school=self.school)

    @cached_property
    def import_batch(self) -> Any:
        return make.ImportBatchFactory(
            county_code=self.county_code,
            division_code=self.township_code,
            school_code=self.school_code,
            file_name=f"{self.name('Roster')}.xlsx",
        )

    @cached_property
    def taught_heading(self) -> Any:
        return make.MappingProfileFactory(source=self.school_code, heading=self.name("Heading"))

    @cached_property
    def programme(self) -> Any:
        return make.ProgrammeFactory(county=self.county)

    @cached_property
    def standard(self) -> Any:
        return make.StandardFactory(programme=self.programme)

    @cached_property
    def award(self) -> Any:
        return make.AwardFactory(
            enrolment=self.enrolment,
            programme=self.programme,
            standard=self.standard,
            hardship=self.hardship,
        )

    @cached_property
    def determination(self) -> Any:
        return make.DeterminationFactory(student=self.student)

    @cached_property
    def notice(self) -> Any:
        notice = make.PublicNoticeFactory(programme=self.programme)
        self.own["notice_line"] = make.NoticeLineFactory(notice=notice, award=self.award)
        return notice

    @cached_property
    def objection(self) -> Any:
        return make.ObjectionFactory(notice=self.notice)

    @cached_property
    def batch(self) -> Any:
        return make.DisbursementBatchFactory(programme=self.programme)

    @cached_property
    def payment(self) -> Any:
        instalment = make.InstalmentFactory(award=self.award)
        payment = make.PaymentFactory(
            instalment=instalment, batch=self.batch, payee_name=self.name("Paid")
        )
        make.PaymentSourceFactory(payment=payment)
        return payment

    @cached_property
    def receipt(self) -> Any:
        return make.FundReceiptFactory(county=self.county)

    @cached_property
    def donor(self) -> Any:
        return make.DonorFactory(county=self.county)

    @cached_property
    def gift(self) -> Any:
        return make.GiftFactory(donor=self.donor, student=self.student, programme=self.programme)

    @cached_property
    def user(self) -> Any:
        return make.JurisdictionFactory(
            role="school_clerk",
            office="",
            division_prefix=self.township_code,
            school_code=self.school_code,
        ).user

    @cached_property
    def jurisdiction(self) -> Any:
        return self.user.jurisdictions.get()

    @cached_property
    def grant(self) -> Any:
        return make.GrantFactory(
            role="school_clerk",
            office="",
            division_prefix=self.township_code,
            school_code=self.school_code,
        )

    @cached_property
    def audit_entry(self) -> Any:
        return make.AuditEntryFactory(
            division_code=self.township_code,
            school_code=self.school_code,
            subject_type="students.student",
            subject_id=str(self.student.pk),
        )

    def furnish(self) -> None:
        """Make one of everything, so that lists have something to show."""
        for name, value in vars(type(self)).items():
            if isinstance(value, cached_property):
                getattr(self, name)

    def canaries(self) -> list[str]:
        """Return what only people who answer for this school may read."""
        account = self.payee.account.reveal()
        return [
            f"Canary{self.letter}",
            self.student.id_number.reveal(),
            str(self.student.id_number),
            self.student.phone.reveal(),
            account,
        ]


# name → (role, office, prefix length of the county or place, school)
CAST: dict[str, dict[str, str]] = {
    "clerk of A": {"role": "school_clerk", "place": "A", "school": "yes"},
    "clerk of B": {"role": "school_clerk", "place": "B", "school": "yes"},
    "township officer": {"role": "township_officer", "place": "A", "prefix": "530623100"},
    "aid office": {"role": "office_staff", "office": "aid", "prefix": "530623"},
    "project office": {"role": "office_staff", "office": "projects", "prefix": "530623"},
    "approver": {"role": "approver", "office": "aid", "prefix": "530623"},
    "county administrator": {"role": "county_admin", "prefix": "530623"},
    "leadership": {"role": "leadership", "prefix": "530623"},
    "auditor": {"role": "auditor", "prefix": "530623"},
    "system administrator": {"role": "system_admin", "prefix": "530623"},
    "security administrator": {"role": "security_admin", "prefix": "530623"},
    "audit administrator": {"role": "audit_admin", "prefix": "530623"},
}
OUTSIDERS = ("anonymous", "disabled account")


class World:
    """The three schools and the cast."""

    def __init__(self) -> None:
        self.places = {
            "A": Place("A", "530623", "530623100000", "2153000010"),
            "B": Place("B", "530623", "530623200000", "2153000020"),
            "C": Place("C", "530624", "530624100000", "2153000030"),
        }
        for place in self.places.values():
            place.furnish()
        make.CountyCalendarFactory(county_code="530623")
        self.actors = {name: self._actor(**fields) for name, fields in CAST.items()}

    def _actor(
        self, role: str, office: str = "", place: str = "", prefix: str = "", school: str = ""
    ) -> Actor:
        at = self.places[place] if place else None
        return actor_in(
            make.JurisdictionFactory(
                role=role,
                office=office,
                division_prefix=prefix or (at.township_code if at else ""),
                school_code=at.school_code if at and school else "",
            )
        )

    def user(self, actor: Actor) -> User:
        """Return the account of an actor."""
        return User.objects.get(pk=actor.user_id)

    def places_for(self, actor: Actor) -> tuple[Place, Place]:
        """Return a place that an actor answers for, and one outside."""
        covered = [one for one in self.places.values() if self.covers(actor, one)]
        beyond = [one for one in self.places.values() if not self.covers(actor, one)]
        return covered[0], beyond[0]

    @staticmethod
    def covers(actor: Actor, place: Place) -> bool:
        """Say whether a school lies in an actor's scope."""
        return actor.scope.covers(division_code=place.township_code, school_code=place.school_code)
