"""How a line reads as a sentence of an official paper.

Papers are Chinese whatever the language of the screen: callers render under ``zh-hans``.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from povedu.figures import Line
from povedu.ledger.choices import FundSource
from povedu.money import wan
from schools.choices import DangerGrade, ProjectCategory
from teachers.choices import EmploymentKind, PostingKind


def number_text(value: Any) -> str:
    """Return a count without thousands separators, as papers write it; parts kept to two places."""
    exact = Decimal(str(value))
    if exact == exact.to_integral_value():
        return str(int(exact))
    return f"{exact:.2f}"


def wan_text(amount: Decimal) -> str:
    """Return yuan as 万元 with two decimals."""
    return f"{wan(amount):.2f}"


def joined(parts: list[str]) -> str:
    """Return parts in a row, as 甲、乙、丙."""
    return "、".join(part for part in parts if part)


def sources_text(by_source: Mapping[str, Decimal]) -> str:
    """Return who paid how much, in the order of levels; "" where only one source paid."""
    if len(by_source) < 2:
        return ""
    parts = [
        _("%(source)s资金%(wan)s万元")
        % {"source": FundSource(source).label, "wan": wan_text(by_source[source])}
        for source in FundSource.values
        if source in by_source
    ]
    return _("，其中%(parts)s") % {"parts": joined(parts)}


def change_text(now: Decimal | None, before: Decimal | None) -> str:
    """Return the change of money on last year as a sentence, "" where there is nothing to say."""
    if now is None or before is None:
        return ""
    change = now - before
    if not change:
        return _("与上年持平。")
    words = _("比上年增加%(wan)s万元") if change > 0 else _("比上年减少%(wan)s万元")
    text = words % {"wan": wan_text(abs(change))}
    if before:
        text += _("，%(direction)s%(share)s%%") % {
            "direction": _("增长") if change > 0 else _("下降"),
            "share": f"{abs(change) / before * 100:.1f}",
        }
    return f"{text}。"


def quota_text(line: Line) -> str:
    """Return plan against fact."""
    if line.quota is None or line.persons is None:
        return ""
    over = line.persons - line.quota
    if over > 0:
        return _("计划指标%(quota)s人，实际资助%(persons)s人，超出计划%(over)s人。") % {
            "quota": line.quota,
            "persons": line.persons,
            "over": over,
        }
    return _("计划指标%(quota)s人，实际资助%(persons)s人。") % {
        "quota": line.quota,
        "persons": line.persons,
    }


def _programme(line: Line) -> str:
    told = {
        "title": line.title,
        "persons": line.persons,
        "times": line.person_times,
        "wan": wan_text(line.amount or Decimal(0)),
        "sources": sources_text(line.by_source),
    }
    if line.persons == line.person_times:
        text = _("发放%(title)s，惠及学生%(persons)s人，资金%(wan)s万元%(sources)s。") % told
    else:
        text = (
            _("发放%(title)s，惠及学生%(persons)s人、%(times)s人次，资金%(wan)s万元%(sources)s。")
            % told
        )
    boarders, day = line.measures.get("boarder_terms"), line.measures.get("day_terms")
    if boarders and day and line.person_times != line.persons:
        text += _("按住宿分，住校%(boarders)s人次、走读%(day)s人次。") % {
            "boarders": boarders,
            "day": day,
        }
    return text + quota_text(line)


def _gifts(line: Line) -> str:
    return _(
        "接收社会各界捐助，惠及学生%(persons)s人、%(times)s人次，折合资金%(wan)s万元，"
        "捐助方%(donors)s家（人）。"
    ) % {
        "persons": line.persons,
        "times": line.person_times,
        "wan": wan_text(line.amount or Decimal(0)),
        "donors": line.measures["donors"],
    }


def _loans(line: Line) -> str:
    return _(
        "办理生源地信用助学贷款合同%(contracts)s份，其中续贷%(renewals)s份，"
        "惠及学生%(persons)s人，合同金额%(wan)s万元。"
    ) % {
        "contracts": line.measures["contracts"],
        "renewals": line.measures["renewals"],
        "persons": line.persons,
        "wan": wan_text(line.amount or Decimal(0)),
    }


def _meals(line: Line) -> str:
    standard = line.measures["per_day"]
    standards = standard if isinstance(standard, list) else [standard]
    return _(
        "%(schools)s所学校实施营养改善计划，惠及学生%(pupils)s人，按每生每天%(standard)s元的标准"
        "供餐%(times)s人次，使用资金%(wan)s万元。"
    ) % {
        "schools": line.measures["schools"],
        "pupils": line.measures["pupils"],
        "standard": "、".join(number_text(one) for one in standards),
        "times": line.person_times,
        "wan": wan_text(line.amount or Decimal(0)),
    }


def _projects(line: Line) -> str:
    told = line.measures
    parts = [_("实施%(title)s项目%(n)s个") % {"title": line.title, "n": told["projects"]}]
    if told.get("schools"):
        parts.append(_("涉及学校%(n)s所") % {"n": told["schools"]})
    if told.get("in_poor_villages"):
        parts.append(_("其中贫困村学校%(n)s所") % {"n": told["in_poor_villages"]})
    kinds = [
        _("%(kind)s类%(n)s个") % {"kind": one.label, "n": told[one.value]}
        for one in ProjectCategory
        if told.get(one.value)
    ]
    if len(kinds) > 1:
        parts.append(joined(kinds))
    danger = told.get("danger_grades", {})
    if danger:
        grades = [str(DangerGrade(grade).label) for grade in danger]
        parts.append(_("改造%(grades)s校舍") % {"grades": joined(grades)})
    if told.get("area"):
        parts.append(_("建筑面积%(area)s平方米") % {"area": number_text(told["area"])})
    items = [
        _("%(item)s%(number)s台（套）") % {"item": name, "number": number}
        for name, number in told.get("items", {}).items()
    ]
    if items:
        parts.append(_("采购%(items)s") % {"items": joined(items)})
    money = _("资金%(wan)s万元%(sources)s") % {
        "wan": wan_text(line.amount or Decimal(0)),
        "sources": sources_text(line.by_source),
    }
    done = _("至年末已完工%(n)s个") % {"n": told["complete"]}
    return f"{'，'.join([*parts, money])}；{done}。"


def _pupils(line: Line) -> str:
    stages = [
        _("%(stage)s%(n)s人") % {"stage": stage, "n": number}
        for stage, number in line.measures.get("stages", {}).items()
    ]
    text = _("%(title)s共%(n)s人，分布在%(schools)s所学校") % {
        "title": line.title,
        "n": line.persons,
        "schools": line.measures["schools"],
    }
    return f"{text}：{joined(stages)}。" if len(stages) > 1 else f"{text}。"


def _schooling_poor(line: Line) -> str:
    stages = [
        _("%(stage)s%(n)s人") % {"stage": stage, "n": number}
        for stage, number in line.measures["stages"].items()
    ]
    text = _("年末名册有因学致贫户%(households)s户、%(people)s人，其中在校学生%(n)s人") % {
        "households": line.measures["households"],
        "people": line.measures["people"],
        "n": line.persons,
    }
    return f"{text}：{joined(stages)}。" if len(stages) > 1 else f"{text}。"


def _findings(line: Line) -> str:
    return _("全年开展花名册与部门名册比对，核查差异%(n)s条，已办结%(settled)s条。") % {
        "n": line.measures["findings"],
        "settled": line.measures.get("settled", 0) + line.measures.get("gone", 0),
    }


def _teachers(line: Line) -> str:
    kinds = [
        _("%(kind)s%(n)s人") % {"kind": one.label, "n": line.measures[one.value]}
        for one in EmploymentKind
        if line.measures.get(one.value)
    ]
    return _("年末在岗教师%(n)s人，其中%(kinds)s。") % {
        "n": line.persons,
        "kinds": joined(kinds),
    }


def _postings(line: Line) -> str:
    kinds = [
        _("%(kind)s%(n)s人次") % {"kind": one.label, "n": line.measures[one.value]}
        for one in PostingKind
        if line.measures.get(one.value)
    ]
    return _("全年新派交流轮岗教师%(persons)s人、%(times)s人次，其中%(kinds)s。") % {
        "persons": line.persons,
        "times": line.person_times,
        "kinds": joined(kinds),
    }


_WORDINGS: dict[str, Callable[[Line], str]] = {
    "programme": _programme,
    "gifts": _gifts,
    "loans": _loans,
    "meals": _meals,
    "projects": _projects,
    "pupils": _pupils,
    "schooling-poor": _schooling_poor,
    "findings": _findings,
    "teachers": _teachers,
    "postings": _postings,
}


def sentence(line: Line, last: Line | None) -> str:
    """Return a line as a sentence, the change of its money on last year after it."""
    text = _WORDINGS[line.kind](line)
    if line.amount is not None and last is not None:
        text += change_text(line.amount, last.amount)
    return text
