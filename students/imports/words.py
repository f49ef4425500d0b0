"""Words that registers take from fixed lists, each with what clerks write for it."""

import re

from povedu.intake.reading.cells import Cell
from povedu.intake.widgets import Cleaned, LedgerWidget, text_of
from students.rules.schooling import state_meaning

_NONE = ("无", "否", "/", "-", "—", "无此项")


class WordWidget(LedgerWidget):
    """A word of a list, kept as the register writes it; a word of no list stays and is asked about.

    ``also`` are known words beside those that the template offers; ``none`` are ways to say that
    there is nothing to say.
    """

    def __init__(
        self,
        labels: tuple[str, ...],
        aliases: dict[str, str] | None = None,
        *,
        also: tuple[str, ...] = (),
        none: tuple[str, ...] = _NONE,
    ) -> None:
        super().__init__()
        self.labels = labels
        self.known = frozenset((*labels, *also))
        self.aliases = {**dict.fromkeys(none, ""), **(aliases or {})}

    def is_known(self, text: str) -> bool:
        """Say whether a word belongs to the list."""
        return text in self.known

    def _clean(self, cell: Cell) -> Cleaned:
        cleaned = super()._clean(cell)
        text = cleaned.value
        if not text or cleaned.problems or self.is_known(text):
            return cleaned
        bare = re.sub(r"\s+", "", text)
        found = self.aliases.get(bare, bare if self.is_known(bare) else None)
        if found is not None:
            return Cleaned(found, ("fixed-alias",))
        return Cleaned(text, cleaned.fixes, ("value-unknown",))


class SchoolStateWidget(WordWidget):
    """Where the poverty system says somebody is at school."""

    def is_known(self, text: str) -> bool:
        """Say whether a word is of the list or names a stage by itself."""
        return text in self.known or (text not in self.aliases and state_meaning(text) is not None)


class HouseholdKindWidget(WordWidget):
    """A household's kind in any year's vocabulary: what it confers is decided by the words."""

    _KNOWN = re.compile(r"脱贫|贫困|低保|五保|特困|农户|一般户|建档|监测|扶贫|返贫|困难|边缘")

    def is_known(self, text: str) -> bool:
        """Say whether a word is about poverty at all."""
        return bool(self._KNOWN.search(text))


class WordInWidget(LedgerWidget):
    """A code of a list whose word stands somewhere in the cell, such as 肢体 in 肢体残疾."""

    def __init__(self, words: dict[str, str], aliases: dict[str, str] | None = None) -> None:
        super().__init__()
        self.words = words
        self.aliases = aliases or {}
        self.labels = tuple(words.values())

    def _clean(self, cell: Cell) -> Cleaned:
        text, _fixes = text_of(cell)
        if not text:
            return Cleaned("")
        code = self.aliases.get(text) or (text if text in self.words else "")
        found = {one for one, word in self.words.items() if word in text}
        if not code and len(found) == 1:
            code = found.pop()
        if not code:
            return Cleaned("", (), ("value-unknown",))
        return Cleaned(code, () if text == self.words[code] else ("fixed-alias",))

    def dump(self, value: object) -> object:
        """Show the word."""
        return self.words.get(str(value), value)

    def render(self, value: object, obj: object = None, **kwargs: object) -> str:
        """Show the word."""
        return self.words.get(str(value), "")


SCHOOL_STATES = SchoolStateWidget(
    (
        *("学龄前儿童", "学前教育", "小学", "七年级", "八年级", "九年级"),
        *(f"普通高中{n}年级" for n in "一二三"),
        *(f"中职{n}年级" for n in "一二三"),
        *(f"高职高专{n}年级" for n in "一二三"),
        *(f"技师学院{n}年级" for n in "一二三四"),
        *(f"本科{n}年级" for n in "一二三四五"),
        "硕士研究生及以上",
    ),
    {
        **{
            alias: f"{'七八九'[n]}年级"
            for n in range(3)
            for alias in (
                f"初{'一二三'[n]}",
                f"初中{'一二三'[n]}年级",
                f"初{n + 1}",
                f"{n + 7}年级",
            )
        },
        **{
            alias: f"普通高中{'一二三'[n]}年级"
            for n in range(3)
            for alias in (f"高{'一二三'[n]}", f"高中{'一二三'[n]}年级", f"高{n + 1}")
        },
        **dict.fromkeys(("幼儿园", "学前", "学前班", "在园"), "学前教育"),
        **dict.fromkeys(("学龄前", "未到学龄"), "学龄前儿童"),
        **dict.fromkeys(("硕士", "研究生", "博士", "博士研究生"), "硕士研究生及以上"),
    },
    also=(
        *("初中", "普通高中", "高中", "技工学校", "特殊教育", "特殊教育学校"),
        *(f"{n}年级" for n in "一二三四五六"),
    ),
    none=(*_NONE, "非在校生", "不在校", "未上学", "非在校"),
)
EDUCATION_LEVELS = WordWidget(
    ("文盲或半文盲", "小学", "初中", "高中", "大专", "本科及以上"),
    {
        **dict.fromkeys(("文盲", "半文盲", "文盲半文盲", "文盲/半文盲"), "文盲或半文盲"),
        **dict.fromkeys(("专科", "大学专科"), "大专"),
        **dict.fromkeys(("本科", "大学", "大学本科", "研究生", "硕士", "博士"), "本科及以上"),
    },
    also=("中专", "中技", "技校", "学龄前儿童"),
)
MONITORED_KINDS = WordWidget(
    ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户"),
    {
        "脱贫不稳定": "脱贫不稳定户",
        **dict.fromkeys(("边缘易致贫", "边缘户", "贫困边缘户"), "边缘易致贫户"),
        **dict.fromkeys(("突发严重困难", "突发困难户", "突发困难"), "突发严重困难户"),
        "是": "监测对象",
    },
    also=("监测对象", "监测户", "防止返贫致贫对象"),
    none=(*_NONE, "非监测对象", "非监测户", "不是"),
)
HOUSEHOLD_KINDS = HouseholdKindWidget(("脱贫户", "普通农户", "一般农户"), none=())
_RELATIONS = (
    *("户主", "配偶", "之子", "之女", "之儿媳", "之女婿", "之孙子", "之孙女", "之外孙子"),
    *("之外孙女", "之父", "之母", "之岳父", "之岳母", "之公公", "之婆婆", "之祖父", "之祖母"),
    *("之外祖父", "之外祖母", "之兄弟姐妹", "之曾孙子", "之曾孙女", "之侄儿", "之侄女"),
    *("之兄弟媳妇", "之叔伯", "其他"),
)
_CALLED: dict[str, tuple[str, ...]] = {
    "户主": ("本人", "户主本人", "本人或户主", "自己"),
    "配偶": ("妻", "夫", "妻子", "丈夫", "之妻", "之夫", "爱人", "夫妻"),
    "之子": ("子", "儿子", "长子", "次子", "二子", "三子", "四子", "独生子", "养子", "继子"),
    "之女": ("女", "女儿", "长女", "次女", "二女", "三女", "四女", "独生女", "养女", "继女"),
    "之孙子": ("孙", "长孙", "之孙"),
    "之孙女": ("长孙女",),
    "之外孙子": ("外孙", "之外孙"),
    "之父": ("父亲", "爸爸", "继父", "养父"),
    "之母": ("母亲", "妈妈", "继母", "养母"),
    "之祖父": ("爷爷",),
    "之祖母": ("奶奶",),
    "之外祖父": ("外公",),
    "之外祖母": ("外婆",),
    "之兄弟姐妹": ("兄", "弟", "姐", "妹", "兄弟", "姐妹", "哥哥", "弟弟", "姐姐", "妹妹"),
    "之侄儿": ("侄子", "之侄子", "侄"),
    "之叔伯": ("叔父", "伯父", "叔叔", "伯伯"),
    "其他": ("非亲属", "其他亲属", "其它"),
}
RELATIONS = WordWidget(
    _RELATIONS,
    {
        **{word.removeprefix("之"): word for word in _RELATIONS if word.startswith("之")},
        **{called: word for word, names in _CALLED.items() for called in names},
    },
    none=("/", "-", "—"),
)
