"""What must hold at any instant, whatever has crashed: declared by each app, checked in one place.

An app declares its checks in ``AppConfig.ready`` with ``keep``. A check looks at one county (by
six digits, "" for all) and names the first row that breaks it. ``manage.py verify``, the nightly
job, the health page and the door that a payment file goes through all ask ``verify`` here.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Breach(NamedTuple):
    """The first row that breaks an invariant: which (``model:key``), and in what way."""

    row: str
    detail: str


Check = Callable[[str], Breach | None]

LABELS = {
    "I1": _("每张凭证借贷相等"),
    "I2": _("同一学生同一项目同一学期只有一份有效资助，同一分期只有一笔有效发放"),
    "I3": _("批次总额等于明细之和，与审批、银行文件的控制数一致，到账款项与台账逐笔相符"),
    "I4": _("每个已审批的批次由经办人以外的足额人数审批"),
    "I5": _("台账链值、密钥封签、触发器与库外锚相符"),
    "I6": _("每次导入要么全部入库，要么一行不入"),
    "I7": _("导入文件的可导入、需留意、退回行数之和等于数据行数"),
    "I8": _("每次办理、导出和查看完整信息都有且只有一条操作日志，日志链完整"),
}
_checks: dict[str, list[Check]] = {code: [] for code in LABELS}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the check of one invariant found, and how long it took (seconds)."""

    code: str
    label: str
    seconds: float
    breach: Breach | None = None

    @property
    def ok(self) -> bool:
        """Say whether it holds."""
        return self.breach is None


@dataclass(slots=True)
class Verdict:
    """The outcomes of all invariants that were asked for."""

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Say whether all hold."""
        return all(one.ok for one in self.outcomes)

    @property
    def first(self) -> Outcome | None:
        """Return the first that does not hold."""
        return next((one for one in self.outcomes if not one.ok), None)

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "ok": self.ok,
            "invariants": {
                one.code: {
                    "ok": one.ok,
                    "seconds": round(one.seconds, 3),
                    "row": one.breach.row if one.breach else "",
                    "detail": one.breach.detail if one.breach else "",
                }
                for one in self.outcomes
            },
        }


def keep(code: str, check: Check) -> None:
    """Declare a part of an invariant."""
    if check not in _checks[code]:
        _checks[code].append(check)


def verify(codes: Collection[str] = (), *, county: str = "") -> Verdict:
    """Check invariants, all or those named; of one that does not hold the first row is named."""
    verdict = Verdict()
    for code in LABELS:
        if codes and code not in codes:
            continue
        began = time.monotonic()
        breach = next((found for check in _checks[code] if (found := check(county))), None)
        spent = time.monotonic() - began
        verdict.outcomes.append(Outcome(code, str(LABELS[code]), spent, breach))
    return verdict
