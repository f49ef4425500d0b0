"""Why a child gets what it gets: in sentences that a clerk reads out and a parent understands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.money import yuan
from povedu.scope import Scope
from povedu.terms import Term
from students.choices import Hardship
from students.models import HardshipStatus, Student
from subsidies.choices import AwardState, Skip
from subsidies.models import Award, Programme, Standard
from subsidies.selectors.eligibility import Outcome, reasons_of

# What a clerk or a parent can do about each reason; a reason without a way out has none here.
WAYS_OUT = {
    Skip.IDENTITY: gettext_lazy("请学校核对身份证号，在比对中确认身份后重新计算。"),
    Skip.NO_HARDSHIP: gettext_lazy("家庭确有困难的，可填写申请并附证明，由学校复核、教育局认定。"),
    Skip.NO_TIER: gettext_lazy("该项目分档，须先认定困难档次。"),
    Skip.NO_STANDARD: gettext_lazy("该项目没有适用于其学段、年级、住宿或专业的标准。"),
    Skip.NOT_APPLIED: gettext_lazy("该项目须申请：请填写申请表并交证明材料。"),
    Skip.NO_MONEY: gettext_lazy("符合条件，本年度资金已用尽；资金到位后重新计算即可补上。"),
    Skip.BASE_MISSING: gettext_lazy("须先享受被叠加的项目。"),
    Skip.HOME_UNKNOWN: gettext_lazy("请学校补登户籍地后重新计算。"),
    Skip.ON_LEAVE: gettext_lazy("复学后重新计算。"),
    Skip.PAID_BEFORE: gettext_lazy("如该记录有误，可在“既往发放”中注明不予采信。"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one programme does for one child in a term: in words, with its evidence."""

    programme: Programme
    outcome: Outcome
    award: Award | None
    words: str
    way_out: str
    evidence: str
    standard: str
    amount: Decimal

    @property
    def tone(self) -> str:
        """Return the tone in which a page shows it."""
        if self.award is not None:
            return "done"
        return "plain" if self.outcome.code else "waiting"


def answers_for(
    scope: Scope, student: Student, programmes: Iterable[Programme], term: Term, *, today: date
) -> list[Answer]:
    """Say of each programme what it does for a student in a term, the aided ones first.

    Empty where the student is not enrolled in the term. Some fifteen queries.
    """
    asked = [one for one in programmes if one.county_id == student.county_id]
    found = reasons_of(scope, asked, term, today=today, students=[student.pk])
    awards = {
        one.programme_id: one
        for one in Award.objects.filter(student=student, term=term.code, programme__in=asked)
        .exclude(state=AwardState.CANCELLED)
        .select_related("standard", "hardship", "determination")
    }
    standards = {one.pk: one for programme in asked for one in programme.standards.all()}
    held = list(HardshipStatus.objects.filter(student=student).order_by("pk"))
    answers = [
        _answer(one, found[one.pk][student.pk], awards.get(one.pk), standards, held)
        for one in asked
        if student.pk in found[one.pk]
    ]
    return sorted(answers, key=lambda one: (one.award is None, bool(one.outcome.code)))


def _answer(
    programme: Programme,
    outcome: Outcome,
    award: Award | None,
    standards: dict[int, Standard],
    held: list[HardshipStatus],
) -> Answer:
    standard = award.standard if award else standards.get(outcome.standard_id or 0)
    amount = award.amount if award else yuan(outcome.amount_fen)
    if award is not None:
        words = _("已列入资助（%(state)s）。") % {"state": award.get_state_display()}
    elif not outcome.code:
        words = _("符合条件，尚未列入资助名单；重新计算即可列入。")
    else:
        words = _("未享受：%(reason)s。") % {"reason": outcome.label}
    counted = _told(award) if award else list(outcome.hardships)
    evidence = evidence_words(award, counted, held, outcome.rule)
    way_out = "" if award or not outcome.code else str(WAYS_OUT.get(Skip(outcome.code), ""))
    shown = standard if award or not outcome.code else None
    return Answer(
        programme,
        outcome,
        award,
        words,
        way_out,
        evidence if shown else "",
        standard_words(shown) if shown else "",
        amount if shown else Decimal(0),
    )


def _told(award: Award) -> list[str]:
    told = award.explanation.get("hardships", []) if isinstance(award.explanation, dict) else []
    return [str(one) for one in told]


def evidence_words(
    award: Award | None, counted: list[str], held: list[HardshipStatus], rule: str
) -> str:
    """Say which evidence counts: each status with its source and date, or the paper."""
    if award is not None and award.determination is not None:
        paper = award.determination
        return _("困难认定（%(level)s）：%(evidence)s") % {
            "level": paper.level or _("已同意"),
            "evidence": paper.evidence,
        }
    labels = dict(Hardship.choices)
    told = []
    for one in held:
        if one.category in counted:
            told.append(
                _("%(category)s（%(source)s，%(day)s 起）")
                % {
                    "category": labels.get(one.category, one.category),
                    "source": one.get_source_display(),
                    "day": one.starts_on.isoformat(),
                }
            )
    if told:
        return "；".join(told)
    return _("经申请认定") if rule == "application" else _("不限困难类别")


def standard_words(one: Standard) -> str:
    """Say which standard pays: amounts, what they are made of, and the document."""
    words = _("每年 %(year)s 元，每次 %(each)s 元") % {
        "year": f"{one.year_amount:,.2f}",
        "each": f"{one.instalment_amount:,.2f}",
    }
    if one.tier:
        words = f"{one.tier}，{words}"
    parts = _("、").join(f"{name}{amount}" for name, amount in one.parts)
    if parts:
        words += _("（其中 %(parts)s）") % {"parts": parts}
    return f"{words}；{one.document}" if one.document else words
