"""Cells of children's ledgers: grades, stages, peoples, and yes-columns that name a hardship."""

import re
from collections.abc import Mapping

from povedu.intake.reading.cells import Cell
from povedu.intake.widgets import BLANK, ChoiceWidget, Cleaned, FlagWidget, LedgerWidget, text_of
from schools.choices import Stage
from schools.rules.grades import read_grade, read_stage
from students.choices import PayeeRelation, Sex
from students.rules.disability import fault_of

_PEOPLES = frozenset(
    re.split(
        " ",
        "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山"
        " 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米"
        " 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴"
        " 珞巴 基诺",
    )
)

_USUAL = re.compile(r"[一二三四五六七八九]年级|\d{1,2}|高[一二三]|[小中大]班")

SEX = ChoiceWidget(
    Sex.choices,
    {
        **dict.fromkeys(("1", "男性", "男生", "男孩", "m"), Sex.MALE),
        **dict.fromkeys(("2", "女性", "女生", "女孩", "f"), Sex.FEMALE),
    },
)
RELATION = ChoiceWidget(
    PayeeRelation.choices,
    {
        **dict.fromkeys(("学生本人", "自己", "本人卡"), PayeeRelation.SELF),
        **dict.fromkeys(("父", "父子", "父女", "爸爸", "之父"), PayeeRelation.FATHER),
        **dict.fromkeys(("母", "母子", "母女", "妈妈", "之母"), PayeeRelation.MOTHER),
        **dict.fromkeys(
            ("祖父", "祖母", "外祖父", "外祖母", "爷爷", "奶奶", "外公", "外婆", "祖孙"),
            PayeeRelation.GRANDPARENT,
        ),
        **dict.fromkeys(("监护人", "其他", "兄弟姐妹", "叔伯"), PayeeRelation.GUARDIAN),
    },
)
BOARDER = FlagWidget(
    blank=None, yes=("住校", "寄宿", "住宿", "寄宿生", "住校生"), no=("走读", "走读生", "非寄宿")
)


MIGRANT = FlagWidget(blank=None, yes=("随迁", "随迁子女"), no=("非随迁", "本地"))


class StudyModeWidget(FlagWidget):
    """The national form's 就读方式: 1 is a day pupil, 2 a boarder."""

    def _clean(self, cell: Cell) -> Cleaned:
        text, _fixes = text_of(cell)
        if text in ("1", "2"):
            return Cleaned(text == "2", ("fixed-alias",))
        return super()._clean(cell)


STUDY_MODE = StudyModeWidget(yes=("住校", "寄宿", "住宿", "寄宿生"), no=("走读", "走读生"))


class StageWidget(ChoiceWidget):
    """A stage of schooling by any of its words."""

    def __init__(self) -> None:
        super().__init__(Stage.choices)

    def _clean(self, cell: Cell) -> Cleaned:
        cleaned = super()._clean(cell)
        if not cleaned.problems:
            return cleaned
        stage = read_stage(text_of(cell)[0])
        return cleaned if stage is None else Cleaned(str(stage), ("fixed-alias",))


class GradeWidget(LedgerWidget):
    """A grade word; the value is ``stage:number`` until the row's stage is known, then a number."""

    def _clean(self, cell: Cell) -> Cleaned:
        text, fixes = text_of(cell)
        if not text:
            return Cleaned(None)
        grade = read_grade(text)
        if grade is None:
            return Cleaned(None, fixes, ("grade-unknown",))
        value = f"{grade.stage or ''}:{grade.number}"
        return Cleaned(value, () if _USUAL.fullmatch(text) else ("fixed-alias",))


class EthnicityWidget(LedgerWidget):
    """One of the 56 peoples, with or without 族."""

    def _clean(self, cell: Cell) -> Cleaned:
        text, fixes = text_of(cell)
        if not text or text.removesuffix("族") in _PEOPLES:
            if text and not text.endswith("族"):
                return Cleaned(f"{text}族", ("fixed-alias",))
            return Cleaned(text, fixes)
        return Cleaned(text[:20], fixes, ("value-unknown",))


class YesMeansWidget(LedgerWidget):
    """A yes-column such as 是否建档立卡, whose yes is the hardship that its heading names."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word
        self._flag = FlagWidget(blank=False)

    def _clean(self, cell: Cell) -> Cleaned:
        answer = self._flag.cleaner({})(cell)
        if answer.problems:
            return Cleaned(text_of(cell)[0][:60], ())
        return Cleaned(self.word, ("fixed-alias",)) if answer.value else BLANK


def yes_columns(words: Mapping[str, str]) -> dict[str, LedgerWidget]:
    """Return the widget of each heading that asks whether somebody is what its word says."""
    return {heading: YesMeansWidget(word) for heading, word in words.items()}


class CertificateWidget(LedgerWidget):
    """A disability certificate's number: 20 characters, and those of a duplicate after them."""

    def __init__(self) -> None:
        super().__init__(identifier=True)

    def _clean(self, cell: Cell) -> Cleaned:
        cleaned = super()._clean(cell)
        if cleaned.problems or not cleaned.value:
            return cleaned
        number = re.sub(r"[\s\-]", "", cleaned.value).upper()
        fixes = cleaned.fixes
        if number != cleaned.value:
            spaced = number != cleaned.value.upper()
            fixes = fixes or ("fixed-space" if spaced else "fixed-case",)
        fault = fault_of(number)
        return Cleaned(number, fixes, (fault,) if fault else ())
