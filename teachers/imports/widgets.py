"""Cells of ledgers about teachers: posts, ends of periods, whole periods."""

import re
from datetime import date, timedelta

from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.reading.cells import Cell
from povedu.intake.widgets import Cleaned, LedgerWidget, NumberWidget, text_of
from teachers.choices import Post

POSTS = {
    **dict.fromkeys(("正校长", "园长", "校(园)长"), Post.PRINCIPAL),
    **dict.fromkeys(("副园长", "副校(园)长"), Post.VICE_PRINCIPAL),
    **dict.fromkeys(("教师", "任课教师", "专任", "教学人员"), Post.TEACHER),
    **dict.fromkeys(("工勤", "管理", "职员", "后勤", "教辅"), Post.STAFF),
}
_MONTH = re.compile(r"\d{4}\s*[-/.年]?\s*\d{1,2}\s*月?")
_BETWEEN = re.compile(r"\s*(?:至|到|—+|–|~|～|－|--)\s*")
_YEAR = re.compile(r"\d{4}\s*[-/.年]")
_NO_YEAR = re.compile(r"\d{1,2}\s*月")
_OPEN = ("今", "至今", "现在", "目前", "")


class EndWidget(DateWidget):
    """The end of a period, its first day no longer served; a month alone is served to its end."""

    def _clean(self, cell: Cell) -> Cleaned:
        text, _fixes = text_of(cell)
        if text in _OPEN:
            return Cleaned(None)
        cleaned = super()._clean(cell)
        found = cleaned.value
        if isinstance(found, date) and _MONTH.fullmatch(text) and len(re.sub(r"\D", "", text)) < 8:
            years, month = divmod(found.month, 12)
            return Cleaned(date(found.year + years, month + 1, 1), ("fixed-date",))
        return cleaned


class HoursWidget(NumberWidget):
    """A number of hours, more than none."""

    def _clean(self, cell: Cell) -> Cleaned:
        text, _fixes = text_of(cell)
        bare = re.sub(r"(?:个)?(?:学时|课时|节|小时)$", "", text)
        cleaned = super()._clean(bare if bare != text else cell)
        if cleaned.value is not None and cleaned.value <= 0:
            return Cleaned(None, (), ("value-unknown",))
        return cleaned._replace(fixes=("fixed-number",)) if bare != text else cleaned


class PeriodWidget(LedgerWidget):
    """Both ends in one cell, such as 2016年9月至2018年7月; the value is ``start/end`` as ISO dates.

    The end is the first day no longer served, or with ``last_day`` the last day itself; it differs
    where only a month is named, which is served to its end.
    """

    def __init__(self, *, last_day: bool = False) -> None:
        super().__init__()
        self.last_day = last_day

    def _clean(self, cell: Cell) -> Cleaned:
        text, _fixes = text_of(cell)
        if not text:
            return Cleaned("")
        parts = _BETWEEN.split(text)
        if len(parts) == 1 and text.count("-") in (1, 3, 5):  # 2016.9-2018.7, 2016-9-2018-7
            pieces = text.split("-")
            half = len(pieces) // 2
            parts = ["-".join(pieces[:half]), "-".join(pieces[half:])]
        if len(parts) == 2 and (year := _YEAR.match(parts[0])) and _NO_YEAR.match(parts[1]):
            parts[1] = year[0] + parts[1]
        starts = DateWidget().cleaner({})(parts[0])
        ends = EndWidget().cleaner({})(parts[1] if len(parts) > 1 else "")
        until = ends.value
        if self.last_day and until and until != DateWidget().cleaner({})(parts[1]).value:
            until -= timedelta(days=1)
        if len(parts) > 2 or starts.value is None or ends.problems:
            return Cleaned("", (), ("date-unreadable",))
        return Cleaned(f"{starts.value}/{until or ''}", ("fixed-date",))


def settle_period(frame: Frame) -> None:
    """Take both days out of 起止时间 where a row's own columns do not give them."""
    if not frame.has("period"):
        return
    periods = [str(text or "").partition("/") for text in frame.column("period")]
    for place, name in ((0, "starts_on"), (2, "ends_on")):
        stated = frame.column(name)
        days = [
            own or (date.fromisoformat(period[place]) if period[place] else None)
            for own, period in zip(stated, periods, strict=True)
        ]
        frame.set_column(name, days)
