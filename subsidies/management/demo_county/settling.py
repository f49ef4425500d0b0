"""What the demo county does with what a run finds: children found elsewhere, schools asked.

Deadlines count from the day the demo is loaded, so that some lie behind and some ahead.
"""

import io
from datetime import date, datetime, timedelta

from django.db.models import Case, QuerySet, When
from django.utils import timezone
from PIL import Image, ImageDraw

from povedu.scope import Actor
from povedu.terms import Term
from schools.models import Division
from students.choices import FindingKind, FindingState, Place, ProofKind, Verdict
from students.models import Assignment, Finding, StudyProof
from students.rules.whereabouts import likely_place
from students.selectors.away import away
from students.services.proofs import Paper, Received, check_proof, receive_proof, request_proofs
from students.services.reconcile import reconcile
from students.services.settle_alike import settle_alike
from students.services.settle_assign import assign_findings
from students.services.settle_papers import ProofDetails, answer_with_paper, record_proof

TERM = Term(2016, 1)
COMPARED_AT = datetime(2016, 9, 21, 2, 0, tzinfo=timezone.get_default_timezone())
DAY = timedelta(days=1)
FOUND_ELSEWHERE = 12  # of those who may be out of county, and of those out of province
SCHOOLS_ELSEWHERE = {
    Place.OUT_OF_PROVINCE: "浙江省（示例）育才小学",
    Place.OUT_OF_COUNTY: "昆明市（示例）明德小学",
}


def build_settling(county_code: str, actors: dict[str, Actor], loaded_at: datetime) -> None:
    """Compare the term and begin to settle what it finds."""
    county = Division.objects.get(pk=county_code)
    reconcile(county=county, term=TERM, actor=actors["aid"], now=COMPARED_AT)
    _find_elsewhere(actors["basic"], COMPARED_AT + 5 * DAY)
    _collect_proofs(actors, loaded_at)
    _ask_schools(actors, loaded_at)
    _show_a_handbook(actors["clerk"], loaded_at - 2 * DAY)


def _open(actor: Actor, kind: FindingKind) -> QuerySet[Finding]:
    found = Finding.objects.filter(
        actor.scope.q(division="division_code", school="school_code"),
        kind=kind,
        state=FindingState.OPEN,
    )
    return found.order_by("division_code", "school_code", "pk")


def _find_elsewhere(actor: Actor, now: datetime) -> None:
    """Settle some of the children on no roster by what the register says of them."""
    rows = list(_open(actor, FindingKind.NOT_ON_ROSTER))
    for place in SCHOOLS_ELSEWHERE:
        likely = [one for one in rows if likely_place(one.reason) == place]
        if not likely:
            continue
        case = [one for one in likely if one.reason == likely[0].reason][:FOUND_ELSEWHERE]
        settle_alike(
            finding=case[0],
            shown={one.pk: one.evidence_digest for one in case},
            verdict=Verdict.PLACED,
            place=place,
            note="村干部电话核实，随父母在外就读",
            actor=actor,
            now=now,
        )


def _collect_proofs(actors: dict[str, Actor], loaded_at: datetime) -> None:
    """Ask for the proofs of the children found elsewhere: some are late, some came, two checked."""
    scope, asked_at = actors["basic"].scope, loaded_at - 40 * DAY
    found = away(scope, TERM).filter(place__in=SCHOOLS_ELSEWHERE)
    request_proofs(
        children=list(found.values_list("pk", flat=True)),
        term=TERM,
        due_on=_day(asked_at + 30 * DAY),
        actor=actors["basic"],
        now=asked_at,
    )
    for at, proof in enumerate(StudyProof.objects.order_by("pk")[::3]):
        came_at = asked_at + (10 + at) * DAY
        receive_proof(
            proof=proof,
            received=Received(
                _day(came_at),
                SCHOOLS_ELSEWHERE[Place(proof.place)],
                "" if at % 2 else f"学证〔2016〕{at + 11:02d}号",
            ),
            paper=Paper(_picture(at), "在读证明照片"),
            actor=actors["aid"],
            now=came_at,
        )
        if at < 2:
            check_proof(proof=proof, actor=actors["basic"], now=came_at + DAY)


def _ask_schools(actors: dict[str, Actor], loaded_at: datetime) -> None:
    """Hand findings to their schools: some are late, some have days left, some are answered."""
    bureau, clerk = actors["aid"], actors["clerk"]
    late, *answered = [*_own(clerk)][:-1]
    others = [
        one
        for one in _open(bureau, FindingKind.NOT_ON_REGISTER)
        if one.school_code != clerk.scope.school_code
    ]
    for asked_at, some in (
        (loaded_at - 21 * DAY, [late, *others[:14]]),
        (loaded_at - DAY, [*answered, *others[14:30]]),
    ):
        assign_findings(
            shown={one.pk: one.evidence_digest for one in some},
            days=5,
            words="请向家长核实，逐人答复，能拍照的附照片",
            actor=bureau,
            now=asked_at,
        )
    for assignment in Assignment.objects.filter(finding__in=answered):
        answer_with_paper(
            assignment=assignment,
            words="已入户核实，家长所持材料照片附后",
            content=_picture(40),
            caption="家长所持材料",
            actor=clerk,
            now=loaded_at - timedelta(hours=8),
        )


def _own(clerk: Actor) -> QuerySet[Finding]:
    """Return what a clerk's school has to settle, claims last: for those papers are shown."""
    kinds = [kind for kind in FindingKind if kind != FindingKind.REGISTER_LOGIC]
    found = Finding.objects.filter(
        school_code=clerk.scope.school_code, state=FindingState.OPEN, kind__in=kinds
    )
    return found.order_by(Case(When(kind=FindingKind.NOT_ON_REGISTER, then=1), default=0), "pk")


def _show_a_handbook(clerk: Actor, now: datetime) -> None:
    """Have the school put down a handbook that it saw; the bureau has yet to judge it."""
    record_proof(
        finding=_open(clerk, FindingKind.NOT_ON_REGISTER)[0],
        details=ProofDetails(
            ProofKind.HANDBOOK, "FP-0699-01187", "青龙镇人民政府", date(2016, 8, 30)
        ),
        content=_picture(7),
        caption="扶贫手册照片",
        actor=clerk,
        now=now,
    )


def _day(instant: datetime) -> date:
    return timezone.localtime(instant).date()


def _picture(number: int) -> bytes:
    """Return a sheet of paper with lines of writing and a red seal, each one another."""
    sheet = Image.new("RGB", (420, 594), (250, 249, 244))
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((150, 48, 270, 64), fill=(60, 60, 60))
    for line in range(9):
        right = 360 - (number * 37 + line * 53) % 140
        pen.rectangle((60, 120 + 30 * line, right, 124 + 30 * line), fill=(110, 110, 110))
    pen.ellipse((250, 430, 350, 530), outline=(190, 30, 30), width=5)
    pen.ellipse((294, 474, 306, 486), fill=(190, 30, 30))
    kept = io.BytesIO()
    sheet.save(kept, "PNG")
    return kept.getvalue()
