"""A small county with a neighbour: three schools, and one of everything at each of them.

School A and school B lie in two townships of one county, school C in the next county. What belongs
to a school carries its letter in every name, so that a page that shows too much is found out.
"""

from dataclasses import dataclass
from datetime import date
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

    @property
    def own_number(self) -> int:
        """Return a number whose last four digits no maker of rows ever comes to."""
        return 7000 + ord(self.letter)

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
            code=self.school_code,
            name=f"School {self.letter}",
            division=self.division,
            has_meals=True,
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
            number=make.id_number(2190 * (self.own_number - 6800)),
            name=self.name("Pupil"),
            guardian_name=self.name("Guardian"),
            phone=Phone(f"19911{self.own_number:06d}"),
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
            account=BankAccount(f"62170011{self.own_number:011d}"),
        )

    @cached_property
    def teacher(self) -> Any:
        return make.TeacherFactory(school=self.school, name=self.name("Teacher"))

    @cached_property
    def posting(self) -> Any:
        return make.PostingFactory(teacher=self.teacher, school=self.other_school)

    @cached_property
    def training(self) -> Any:
        return make.TrainingFactory(teacher=self.teacher, name=self.name("Training"))

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
    def dropout(self) -> Any:
        case = make.DropoutCaseFactory(
            county=self.county, school=self.school, name=self.name("Dropout")
        )
        make.DropoutVisitFactory(case=case, people=self.name("Visitor"))
        return case

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

    def _further_finding(self, noun: str, **fields: Any) -> Any:
        return make.FindingFactory(
            county=self.county,
            first_run=self.reconciliation,
            student=self.student,
            entry=self.entry,
            term=TERM,
            subject_key=f"{self.letter}-{noun}",
            **fields,
        )

    @cached_property
    def assignment(self) -> Any:
        asked = make.AssignmentFactory(
            finding=self._further_finding("asked", kind="grade-age", reason="too-old"),
            school=self.school,
        )
        make.AssignmentStepFactory(assignment=asked, words=self.name("Request"))
        return asked

    @cached_property
    def answered(self) -> Any:
        """An assignment that the school has answered."""
        return make.AssignmentFactory(
            finding=self._further_finding("answered", kind="grade-age", reason="too-old"),
            school=self.school,
            state="answered",
        )

    @cached_property
    def evidence_file(self) -> Any:
        return make.EvidenceFileFactory(
            finding=self.finding, caption=self.name("Paper"), added_by=self.user
        )

    @cached_property
    def register_fault(self) -> Any:
        """A row of the register that breaks a rule."""
        row = {"name": self.name("Member"), "row": 7, "sheet": "Sheet1", "file": "poor.xlsx"}
        return self._further_finding(
            "logic",
            kind="register-logic",
            reason="logic:head-missing",
            evidence={"left": {"list": "poverty-register", **row}, "right": None, "facts": {}},
        )

    @cached_property
    def claim(self) -> Any:
        """A hardship that no register knows, nobody having seen a paper yet."""
        return self._further_finding("claim", kind="not-on-register", reason="claimed:disabled")

    @cached_property
    def hardship_proof(self) -> Any:
        return make.HardshipProofFactory(
            finding=self._further_finding("proof", kind="not-on-register", reason="claimed:orphan"),
            issued_by=self.name("Office"),
        )

    @cached_property
    def decision(self) -> Any:
        """A decision that stands on a settled finding."""
        return make.DecisionFactory(
            finding=self._further_finding(
                "settled", kind="grade-age", reason="too-old", state="settled"
            ),
            verdict="dismissed",
            note=self.name("Note"),
        )

    @cached_property
    def proof(self) -> Any:
        return make.StudyProofFactory(
            county=self.county,
            student=self.student,
            name=self.student.name,
            term=TERM,
            division_code=self.township_code,
        )

    @cached_property
    def comparison(self) -> Any:
        return make.ComparisonFactory(county=self.county)

    @cached_property
    def change(self) -> Any:
        return make.ChangeFactory(
            comparison=self.comparison,
            name=self.name("Changed"),
            division_code=self.township_code,
            student_key=self.student.pk,
        )

    @cached_property
    def placed(self) -> Any:
        return make.PlacedChildFactory(
            reconciliation=self.reconciliation,
            student=self.student,
            division_code=self.township_code,
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
    def project_batch(self) -> Any:
        return self.project.batch

    @cached_property
    def item(self) -> Any:
        return self.equipment.item

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
    def applied_batch(self) -> Any:
        return make.ImportBatchFactory(
            county_code=self.county_code,
            division_code=self.township_code,
            school_code=self.school_code,
            file_name=f"{self.name('Roster')}.xlsx",
            state="applied",
            applied_at=make.MOMENT,
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
    def score_item(self) -> Any:
        return make.ScoreItemFactory(county=self.county)

    @cached_property
    def determination(self) -> Any:
        return make.DeterminationFactory(student=self.student)

    @cached_property
    def paper(self) -> Any:
        return make.ApplicationPaperFactory(determination=self.determination, added_by=self.user)

    @cached_property
    def notice(self) -> Any:
        return make.PublicNoticeFactory(programme=self.programme)

    @cached_property
    def notice_line(self) -> Any:
        return make.NoticeLineFactory(notice=self.notice, award=self.award)

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
    def bank_return(self) -> Any:
        return make.BankReturnFactory(batch=self.batch, file_name=f"Answer {self.letter}.csv")

    @cached_property
    def loan(self) -> Any:
        return make.LoanFactory(county=self.county, borrower_name=self.name("Borrower"))

    @cached_property
    def loan_cap(self) -> Any:
        return make.LoanCapFactory(county=self.county)

    @cached_property
    def relief(self) -> Any:
        return make.LoanReliefFactory(
            loan__county=self.county, loan__borrower_name=self.name("Relieved")
        )

    @cached_property
    def past_payment(self) -> Any:
        return make.PastPaymentFactory(
            county=self.county,
            programme=self.programme,
            school=self.school,
            student=self.student,
            name=self.name("PaidBefore"),
            id_number=self.student.id_number,
        )

    @cached_property
    def aid_cell(self) -> Any:
        return make.AidCellFactory(
            matrix=make.AidMatrixFactory(county=self.county, term=TERM),
            student=self.student,
            programme=self.programme,
            school=self.school,
            detail=self.name("Reason"),
        )

    @cached_property
    def settled(self) -> Any:
        """A payment of the place's award that has arrived."""
        part = make.InstalmentFactory(award=self.award, period="2016-2")
        paid = make.PaymentFactory(
            instalment=part,
            batch=self.batch,
            payee_name=self.name("Settled"),
            state="settled",
            settled_on=date(2016, 11, 1),
        )
        make.PaymentSourceFactory(payment=paid)
        return paid

    @cached_property
    def doubt(self) -> Any:
        return make.DoubtFactory(
            county=self.county,
            student=self.student,
            school=self.school,
            programme=self.programme,
        )

    @cached_property
    def back_pay(self) -> Any:
        return make.BackPayFactory(batch=self.batch)

    @cached_property
    def recovery(self) -> Any:
        return make.RecoveryFactory(payment=self.settled)

    @cached_property
    def sample(self) -> Any:
        return make.SampleFactory(county=self.county)

    @cached_property
    def sample_item(self) -> Any:
        return make.SampleItemFactory(payment=self.settled, sample__county=self.county)

    @cached_property
    def receipt(self) -> Any:
        return make.FundReceiptFactory(county=self.county)

    @cached_property
    def donor(self) -> Any:
        return make.DonorFactory(county=self.county)

    @cached_property
    def sponsorship(self) -> Any:
        return make.SponsorshipFactory(donor=self.donor, student=self.student)

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
        """Return what only people who answer for this school may read, masks included."""
        protected = (self.student.id_number, self.student.phone, self.payee.account)
        return [
            f"Canary{self.letter}",
            *(value.reveal() for value in protected),
            *(str(value) for value in protected),
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
