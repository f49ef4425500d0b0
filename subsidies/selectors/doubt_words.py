"""Putting the evidence of doubts into words."""

from typing import Any

from django.utils.translation import gettext as _

from povedu.money import yuan
from povedu.terms import Term
from schools.models import School
from students.choices import EnrolmentState, PayeeRelation, StudentState
from students.models import Student
from subsidies.choices import DoubtKind, PayeeKind
from subsidies.models import Doubt, Payment
from subsidies.rules.matrix import reason_label
from teachers.models import Teacher


def evidence_line(doubt: Doubt) -> str:
    """Return the evidence in one line, from the doubt alone; no names."""
    return _LINES[DoubtKind(doubt.kind)](doubt.evidence)


def _reason(evidence: dict[str, Any]) -> str:
    return reason_label(str(evidence.get("reason", "")))


def _break(evidence: dict[str, Any]) -> str:
    term = Term.parse(str(evidence["last_term"])).label
    return _("%(term)s已发放；本学期：%(reason)s") % {"term": term, "reason": _reason(evidence)}


def _shared(evidence: dict[str, Any]) -> str:
    return _("%(students)d 名学生、%(payments)d 笔款项发到同一账户") % {
        "students": len(evidence["students"]),
        "payments": len(evidence["payments"]),
    }


def _payee(evidence: dict[str, Any]) -> str:
    kind = PayeeKind(evidence["payee_kind"]).label
    return _("发到%(kind)s，户名不是学生，且该账户没有经审核的关系") % {"kind": kind}


def _teacher(evidence: dict[str, Any]) -> str:
    if evidence["by"] == "number":
        words = _("持卡人证号与在职教师一致")
    else:
        words = _("户名与学生所在学校一名教师同名，且不是登记的监护人")
    relation = str(evidence.get("relation", ""))
    if relation in PayeeRelation.values:
        words += _("；登记关系：%(relation)s") % {"relation": PayeeRelation(relation).label}
    return words


def _two_schools(evidence: dict[str, Any]) -> str:
    return _("本学期发放学校 %(paid)d 所，在读学校 %(enrolled)d 所") % {
        "paid": len(evidence["paid_at"]),
        "enrolled": len(evidence["enrolled_at"]),
    }


def _amount(evidence: dict[str, Any]) -> str:
    words = {
        "not-in-force": _("所用标准在该学期没有执行"),
        "not-for-this-child": _("所用标准不适用于该生的学段、年级或住宿情况"),
        "other-amount": _("资助金额与标准不等"),
    }[evidence["why"]]
    sums = _("：决定 %(awarded)s 元，标准 %(standard)s 元") % {
        "awarded": yuan(evidence["awarded"]),
        "standard": yuan(evidence["standard"]),
    }
    return words + (sums if evidence["standard"] else "")


def _duplicate(evidence: dict[str, Any]) -> str:
    return _("既往发放记录中同一项目同一学期已有发放，本系统到账日期 %(day)s") % {
        "day": evidence["settled_on"] or _("（未到账）")
    }


def _after(evidence: dict[str, Any]) -> str:
    state = str(evidence["state"])
    choices: Any = StudentState if state in StudentState.values else EnrolmentState
    return _("学生状态：%(state)s；到账日期 %(day)s") % {
        "state": choices(state).label,
        "day": evidence["settled_on"] or _("（未到账）"),
    }


_LINES = {
    DoubtKind.MISSED: _reason,
    DoubtKind.OVERDUE: _reason,
    DoubtKind.BREAK: _break,
    DoubtKind.SHARED_CARD: _shared,
    DoubtKind.MANY: _shared,
    DoubtKind.PAYEE: _payee,
    DoubtKind.TEACHER_CARD: _teacher,
    DoubtKind.TWO_SCHOOLS: _two_schools,
    DoubtKind.AMOUNT: _amount,
    DoubtKind.DUPLICATE: _duplicate,
    DoubtKind.AFTER_LEAVING: _after,
}


def details(doubt: Doubt) -> list[str]:
    """Return the evidence of one doubt line by line, with whom and what it names."""
    evidence = doubt.evidence
    found = [evidence_line(doubt)]
    if evidence.get("students"):
        rows = Student.objects.filter(pk__in=evidence["students"]).select_related("school")
        found += [
            _("学生：%(name)s，%(school)s，监护人 %(guardian)s")
            % {
                "name": one.name,
                "school": one.school or _("（无学校）"),
                "guardian": one.guardian_name or _("（未登记）"),
            }
            for one in rows.order_by("pk")
        ]
    payments = [doubt.payment_id] if doubt.payment_id else []
    payments = evidence.get("payments", payments)
    sent = Payment.objects.filter(pk__in=payments).select_related(
        "batch", "instalment__award__student", "instalment__award__programme"
    )
    found += [_payment(one) for one in sent.order_by("pk")[:50]]
    if evidence.get("teacher"):
        teacher = Teacher.objects.filter(pk=evidence["teacher"]).select_related("school").first()
        if teacher is not None:
            found.append(
                _("教师：%(name)s，%(school)s") % {"name": teacher.name, "school": teacher.school}
            )
    for key, words in (("paid_at", _("发放学校：%s")), ("enrolled_at", _("在读学校：%s"))):
        if evidence.get(key):
            names = School.objects.filter(pk__in=evidence[key]).order_by("code")
            found.append(words % _("、").join(names.values_list("name", flat=True)))
    return found


def _payment(one: Payment) -> str:
    award = one.instalment.award
    return _(
        "款项：%(student)s %(programme)s %(period)s，%(amount)s 元，"
        "户名 %(payee)s，账号 %(account)s，批次 %(batch)s，%(state)s"
    ) % {
        "student": award.student,
        "programme": award.programme,
        "period": one.instalment.period,
        "amount": one.amount,
        "payee": one.payee_name,
        "account": one.account,
        "batch": one.batch.number,
        "state": one.get_state_display(),
    }
