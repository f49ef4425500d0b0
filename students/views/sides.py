"""The two sides of a finding as lines of a comparison."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens import Comparison
from povedu.screens.screen import Words
from schools.choices import Stage
from students import tables
from students.choices import FindingKind, Hardship, Place, RegisterKind, Sex
from students.models import Finding
from students.rules.whereabouts import likely_place
from students.selectors.weighing import percent

_LABELS: tuple[tuple[str, Any], ...] = (
    ("name", gettext_lazy("姓名")),
    ("sex", gettext_lazy("性别")),
    ("birth_on", gettext_lazy("出生日期")),
    ("id_number", gettext_lazy("证件号码")),
    ("school", gettext_lazy("学校")),
    ("grade", gettext_lazy("年级班级")),
    ("guardian_name", gettext_lazy("监护人（户主）")),
    ("place", gettext_lazy("乡镇村")),
    ("household_no", gettext_lazy("户编号")),
    ("category", gettext_lazy("困难类别")),
    ("school_state", gettext_lazy("在校生状况")),
    ("education_level", gettext_lazy("文化程度")),
    ("relation", gettext_lazy("与户主关系")),
    ("health", gettext_lazy("健康状况")),
    ("cause", gettext_lazy("致贫原因")),
    ("source", gettext_lazy("来源")),
)


def _side(row: dict[str, Any] | None) -> dict[str, Any]:
    """Return one side of the evidence as words."""
    if not row:
        return {}
    number, sheet = row.get("row"), row.get("sheet") or ""
    words = dict(row)
    words["sex"] = str(Sex(row["sex"]).label) if row.get("sex") else ""
    words["place"] = f"{row.get('township', '')}{row.get('village', '')}"
    words["guardian_name"] = row.get("guardian_name") or row.get("head_name") or ""
    words["category"] = row.get("hardship") or row.get("category") or ""
    stage = str(Stage(row["stage"]).label) if row.get("stage") else ""
    grade = tables.grade_words(row.get("stage", ""), row.get("grade"))
    words["grade"] = f"{stage} {grade} {row.get('class_name', '')}".strip()
    if number:
        place = _("%(sheet)s 第 %(row)s 行") % {"sheet": sheet, "row": number}
        words["source"] = f"{row.get('file', '')} {place}".strip()
    return words


def side_title(row: dict[str, Any] | None) -> str:
    """Name the list that a side comes from, with its day."""
    if not row:
        return _("（无记录）")
    if row["list"] == "roster":
        return _("学校花名册")
    day = row.get("as_of", "")
    return f"{RegisterKind(row['list']).label} {day}".strip()


_COMPARED = frozenset({"name", "sex", "birth_on", "id_number", "guardian_name", "category"})
_OF_ROSTERS = _COMPARED | {"school", "grade"}  # of one child on two rosters that is the question
_ALWAYS = frozenset({"name", "sex", "birth_on", "id_number", "source"})


class Told(Comparison):
    """A line that one side only can know: nothing in it is marked as differing."""

    @property
    def differs(self) -> bool:
        """Mark nothing."""
        return False

    @property
    def pieces(self) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
        """Return both texts whole."""
        sides = (str(self.left or ""), str(self.right or ""))
        left, right = ([(text, False)] if text else [] for text in sides)
        return left, right


def comparisons(finding: Finding) -> list[Comparison]:
    """Return the lines of both sides that have something to say."""
    left, right = (_side(finding.evidence.get(side)) for side in ("left", "right"))
    rosters = left.get("list") == right.get("list") == "roster"
    compared = (_OF_ROSTERS if rosters else _COMPARED) if left and right else frozenset()
    return [
        (Comparison if key in compared else Told)(label, left.get(key, ""), right.get(key, ""))
        for key, label in _LABELS
        if key in _ALWAYS or left.get(key) or right.get(key)
    ]


def _schooling(row: dict[str, Any]) -> str:
    """Return a stage and grade in words."""
    stage = str(Stage(row["stage"]).label) if row.get("stage") in Stage.values else ""
    return f"{stage} {tables.grade_words(row.get('stage', ''), row.get('grade'))}".strip()


def facts_of(finding: Finding) -> list[tuple[Words, Words]]:
    """Return what the finding stands on beside its rows: categories, likelihood, last term."""
    facts = finding.evidence.get("facts", {})
    notes: list[tuple[Words, Words]] = []
    for key, label in (("before", _("上次类别")), ("after", _("本次类别"))):
        if key in facts:
            words = [str(Hardship(one).label) for one in facts[key] if one in Hardship.values]
            notes.append((label, _("、").join(words) or _("无")))
    if facts.get("broken"):
        notes.append((_("填报内容"), " / ".join(one for one in facts["broken"] if one) or _("无")))
    if facts.get("told"):
        notes.append((_("名册注明的原因"), facts["told"]))
    if facts.get("last"):
        notes.append((_("上学期就读"), _schooling(facts["last"])))
    likely = likely_place(finding.reason)
    if likely and finding.kind == FindingKind.NOT_ON_ROSTER:
        notes.append((_("可能去向"), str(Place(likely).label)))
    if finding.probability is not None:
        notes.append((_("可能性"), percent(finding.probability)))
    return notes
