"""The card a child's money goes to: one person enters it, another approves it."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Conflict, Refusal
from povedu.identity import tidy
from povedu.protected import BankAccount, IdNumber
from povedu.scope import Actor
from students.choices import ApprovalState, PayeeRelation
from students.models import PayeeAccount, Student
from students.services.rows import held, place_of, require, require_school

_ACCOUNT = re.compile(r"\d{8,30}")


@dataclass(frozen=True, slots=True)
class PayeeDetails:
    """A card as the household states it."""

    payee_name: str
    relation: str
    account: str
    payee_id_number: str = ""
    bank_name: str = ""


def enter_payee(
    *, student: Student, details: PayeeDetails, actor: Actor, now: datetime
) -> PayeeAccount:
    """Enter a card; it is used only after somebody else has approved it."""
    require(actor, "students.payee.enter")
    number = re.sub(r"[\s-]", "", tidy(details.account))
    if not _ACCOUNT.fullmatch(number):
        raise Refusal("account-unreadable", _("银行账号应为 8 至 30 位数字。"), field="account")
    with transaction.atomic():
        current = held(student)
        require_school(actor, current.school)
        _check_name(current, details)
        waiting = PayeeAccount.objects.filter(student=current, state=ApprovalState.PENDING)
        if waiting.exists():
            raise Conflict("payee-waiting", _("该生已有一个账户变更待审核，请先处理。"))
        secret = BankAccount(number)
        account = PayeeAccount.objects.create(
            student=current,
            payee_name=details.payee_name.strip(),
            relation=details.relation,
            payee_id_number=IdNumber(tidy(details.payee_id_number).upper()),
            bank_name=details.bank_name.strip(),
            account=secret,
            account_index=secret.index,
            entered_by_id=actor.user_id,
            entered_at=now,
        )
        record(
            actor=actor,
            now=now,
            verb="payee.enter",
            subject=current,
            changes={
                "payee_name": (None, account.payee_name),
                "account": (None, secret),
            },
            place=place_of(current),
        )
    return account


def _check_name(student: Student, details: PayeeDetails) -> None:
    own = details.relation == PayeeRelation.SELF
    if own and details.payee_name.strip() != student.name:
        raise Refusal(
            "payee-name",
            _("本人账户的户名应与学生姓名一致；如为家长账户请改选与学生关系。"),
            field="payee_name",
        )


def approve_payee(*, account: PayeeAccount, actor: Actor, now: datetime) -> PayeeAccount:
    """Put a card into use and the one before it out of use; never by who entered it."""
    require(actor, "students.payee.approve")
    with transaction.atomic():
        current = _waiting(account, actor)
        PayeeAccount.objects.filter(
            student_id=current.student_id, state=ApprovalState.APPROVED
        ).update(state=ApprovalState.ENDED)
        _close(current, ApprovalState.APPROVED, actor, now)
        record(
            actor=actor,
            now=now,
            verb="payee.approve",
            subject=current.student,
            changes={"account": (None, current.account)},
            place=place_of(current.student),
        )
    return current


def refuse_payee(
    *, account: PayeeAccount, reason: str, actor: Actor, now: datetime
) -> PayeeAccount:
    """Send a card back to who entered it, with the reason."""
    require(actor, "students.payee.approve")
    if not reason.strip():
        raise Refusal("reason-missing", _("请写明退回理由。"), field="reason")
    with transaction.atomic():
        current = _waiting(account, actor)
        _close(current, ApprovalState.REFUSED, actor, now)
        record(
            actor=actor,
            now=now,
            verb="payee.refuse",
            subject=current.student,
            changes={"account": (current.account, None)},
            reason=reason,
            place=place_of(current.student),
        )
    return current


def _waiting(account: PayeeAccount, actor: Actor) -> PayeeAccount:
    current = held(account)
    require_school(actor, current.student.school)
    if current.state != ApprovalState.PENDING:
        raise Conflict("payee-settled", _("该账户变更已由他人处理。"))
    if current.entered_by_id == actor.user_id:
        raise Refusal("maker-is-checker", _("录入人不能审核自己录入的账户，请由他人审核。"))
    return current


def _close(account: PayeeAccount, state: ApprovalState, actor: Actor, now: datetime) -> None:
    account.state = state
    account.approved_by_id = actor.user_id
    account.approved_at = now
    account.save(update_fields=["state", "approved_by", "approved_at"])
