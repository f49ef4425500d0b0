"""Checking registers against the rules of register logic, and switching rules on and off."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.scope import Actor
from schools.models import Division
from students.choices import FindingKind, RegisterKind
from students.models import RegisterCheck, RegisterSnapshot, RuleSwitch
from students.rules.records import Draft
from students.rules.register_logic import BY_CODE, EDITION, Fault, faults_of, gone_but_listed
from students.selectors import register_logic as reading
from students.services.rows import require

SWITCH = "students.rule.switch"


def check_register(*, snapshot: RegisterSnapshot) -> list[Fault]:
    """Return what a snapshot contradicts, from the record where its rows have been checked before.

    The record only saves work: it is written beside whatever the caller does, and twice is once.
    """
    mark = reading.rows_mark(snapshot)
    known = reading.known_faults(snapshot, EDITION, mark)
    if known is not None:
        return known
    faults = faults_of(reading.sheet_of(snapshot))
    RegisterCheck.objects.update_or_create(
        snapshot=snapshot,
        defaults={
            "edition": EDITION,
            "rows_mark": mark,
            "faults": [list(one) for one in faults],
        },
    )
    return faults


def logic_drafts(*, county: Division, snapshots: Sequence[RegisterSnapshot]) -> list[Draft]:
    """Return a draft for each fault of the registers compared, by the rules the county has on."""
    on = reading.switches(county)
    residents = [one for one in snapshots if one.kind == RegisterKind.RESIDENTS]
    told = reading.told_gone(residents) if residents else {}
    drafts = []
    for snapshot in snapshots:
        if not reading.is_checked(snapshot):
            continue
        faults = check_register(snapshot=snapshot)
        faults = faults + gone_but_listed(reading.numbers_of(snapshot, list(told)), told)
        drafts += [_draft(one) for one in faults if on.get(one.rule)]
    return drafts


def _draft(fault: Fault) -> Draft:
    return Draft(
        FindingKind.REGISTER_LOGIC,
        (fault.subject,),
        {"broken": list(fault.facts)},
        f"logic:{fault.rule}",
        entry=fault.entry,
        other_entry=fault.other,
    )


def switch_rule(
    *, county: Division, rule: str, is_on: bool, actor: Actor, now: datetime
) -> RuleSwitch:
    """Say whether a county asks about a rule; it takes effect with the next run."""
    require(actor, SWITCH)
    if rule not in BY_CODE:
        raise Refusal("rule-unknown", _("没有这条规则。"))
    if not actor.scope.covers(division_code=county.pk):
        raise Refusal("out-of-scope", _("该县不在您的管辖范围内。"))
    with transaction.atomic():
        switch, _made = RuleSwitch.objects.update_or_create(
            county=county,
            rule=rule,
            defaults={"is_on": is_on, "changed_by_id": actor.user_id, "changed_at": now},
        )
        record(
            actor=actor,
            now=now,
            verb="rule.switch",
            changes={rule: (not is_on, is_on)},
            place=(county.pk, ""),
        )
    return switch
