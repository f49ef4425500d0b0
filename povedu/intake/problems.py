"""Everything that can be wrong with, or repaired in, a cell: stable codes and their sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.identity import mask_id


class Outcome(StrEnum):
    """What becomes of a row: on its own, after a look, or back to the clerk."""

    READY = "ready"
    WARNED = "warned"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A problem's short name, what it asks of the clerk, and the worst it does to a row."""

    title: Any
    advice: Any
    outcome: Outcome = Outcome.WARNED


_LATER = _("请对照户口簿改正；暂不改正也可导入，比对确认前不会发放。")
_REFUSED = Outcome.REFUSED

PROBLEMS: dict[str, Meaning] = {
    "id-checksum": Meaning(_("校验位或出生日期不符"), _LATER),
    "id-digits-lost": Meaning(
        _("以数字格式保存，末几位已丢失"),
        _("请把整列设为文本格式，按证件重新录入这一格；暂不改正也可导入，比对确认前不会发放。"),
    ),
    "id-missing": Meaning(_("没有填写"), _LATER),
    "id-length": Meaning(_("位数或字符不对"), _LATER),
    "id-birth-mismatch": Meaning(
        _("与证件号码中的出生日期不一致"), _("请核对出生日期和证件号码。")
    ),
    "id-sex-mismatch": Meaning(_("与证件号码中的性别不一致"), _("请核对性别和证件号码。")),
    "id-duplicate-in-file": Meaning(
        _("与本文件另一行重复"),
        _("同一人只保留一行；不是同一人的，请改正证件号码。"),
        _REFUSED,
    ),
    "name-missing": Meaning(_("没有填写"), _("请补填后重新上传这一行。"), _REFUSED),
    "date-unreadable": Meaning(_("日期无法识别"), _("请写成 2016-09-01 的样子。")),
    "school-unknown": Meaning(
        _("不是名录中的学校，或不是本次导入的学校"),
        _("请写学校全称；确有此别名的，请教育局在学校名录中登记别名。"),
    ),
    "grade-unknown": Meaning(_("年级无法识别"), _("请写成“七年级”或“7”的样子。")),
    "value-unknown": Meaning(_("内容无法识别"), _("请按模板的说明或下拉选项填写。")),
    "term-unknown": Meaning(_("学期无法识别"), _("请写成“2016年秋季”或“2016-1”的样子。"), _REFUSED),
    "term-missing": Meaning(_("没有写明学期或年月"), _("请补填，或上传时选择学期。"), _REFUSED),
    "amount-out-of-range": Meaning(
        _("金额小于零或过大"), _("请核对金额和单位（元、万元）。"), _REFUSED
    ),
    "value-missing": Meaning(_("没有填写"), _("请补填后重新上传这一行。"), _REFUSED),
    "amount-unreadable": Meaning(
        _("金额无法识别"), _("请写成 1250.00 的样子，单位写在表头。"), _REFUSED
    ),
    "amount-missing": Meaning(_("没有填写金额"), _("请补填后重新上传这一行。"), _REFUSED),
    "date-missing": Meaning(_("没有填写日期"), _("请补填后重新上传这一行。"), _REFUSED),
    "date-ahead": Meaning(_("日期晚于今天"), _("请核对日期。"), _REFUSED),
    "row-repeated": Meaning(_("与本文件另一行重复"), _("同样的内容只保留一行。"), _REFUSED),
    "conflict": Meaning(
        _("识别之后，系统中的记录已被他人修改"),
        _("请对照“变更”一栏的两个值；确认导入即以表中内容为准，否则请不要导入这一行。"),
    ),
    "formula-error": Meaning(
        _("公式没有结果或结果有错"),
        _("请把这一格改为直接填写的内容，再重新上传这一行。"),
        _REFUSED,
    ),
}

REPAIRS: dict[str, Any] = {
    "fixed-case": _("小写 x 改为大写"),
    "fixed-width": _("全角字符改为半角"),
    "fixed-space": _("去掉空格、引号和不可见字符"),
    "fixed-15-digits": _("15 位证号升为 18 位"),
    "fixed-from-student-no": _("证号由学籍号还原"),
    "fixed-from-certificate": _("证号由残疾证号还原"),
    "fixed-from-id": _("由证件号码补出"),
    "fixed-date": _("日期改为统一写法"),
    "fixed-alias": _("别名改为统一名称"),
    "fixed-fen": _("金额四舍五入到分"),
    "fixed-number": _("数字改为统一写法"),
    "fixed-from-sheet": _("由工作表名补出"),
    "fixed-from-class": _("由班级名称补出"),
}


def declare(meanings: Mapping[str, Meaning]) -> None:
    """Add what only one kind can find wrong; its declaration calls this once."""
    clash = PROBLEMS.keys() & meanings.keys()
    if clash:
        raise ValueError(f"declared twice: {sorted(clash)}")
    PROBLEMS.update(meanings)


DECLINED = "no-"  # before a repair's code: this row's repair was declined


def declined_codes(codes: str) -> set[str]:
    """Return the repairs of a row that somebody has declined, from its packed codes."""
    return {code.removeprefix(DECLINED) for code in codes.split() if code.startswith(DECLINED)}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault or repair: its code, field, Excel cell, and the text before and after."""

    code: str
    field: str
    cell: str = ""
    old: str = ""
    new: str = ""

    def packed(self) -> list[str]:
        """Return the stored form."""
        return [self.code, self.field, self.cell, self.old, self.new]

    @classmethod
    def unpacked(cls, stored: list[str]) -> "Problem":
        """Read the stored form."""
        return cls(*stored)

    @property
    def is_repair(self) -> bool:
        """Say whether nothing is wrong any more."""
        return self.code.startswith("fixed-")


def sentence(problem: Problem, row: int, label: object) -> str:
    """Return what, where and what to do, in the reader's language."""
    where = {"row": row, "column": label}
    if problem.is_repair:
        rule = REPAIRS.get(problem.code, problem.code)
        return gettext("第 %(row)d 行“%(column)s”：%(rule)s。") % {**where, "rule": rule}
    meaning = PROBLEMS[problem.code]
    said = gettext("第 %(row)d 行“%(column)s”：%(title)s。%(advice)s") % {
        **where,
        "title": meaning.title,
        "advice": meaning.advice,
    }
    if problem.code == "id-digits-lost" and problem.new:
        likely = gettext("可能是本校在册同名学生的 %(number)s，请核对。")
        said += likely % {"number": mask_id(problem.new)}
    return said


def title_of(code: str) -> str:
    """Return a code's short name for lists and filters."""
    if code in REPAIRS:
        return str(REPAIRS[code])
    meaning = PROBLEMS.get(code)
    return f"{meaning.title}" if meaning else code


def outcome_of(problems: list[Problem]) -> Outcome:
    """Return the worst that a row's problems do to it; repairs do nothing."""
    worst = Outcome.READY
    for problem in problems:
        if problem.is_repair:
            continue
        outcome = PROBLEMS[problem.code].outcome
        if outcome is Outcome.REFUSED:
            return outcome
        worst = outcome
    return worst
