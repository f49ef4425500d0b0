"""What the words for hardship mean in which years; words are kept as written beside the meaning.

Source: the vocabulary of poverty relief 2014–2020, of the transition 2021–2025 and after, and of
civil affairs and the disabled persons' federation. A county that meets a new word adds a row.
"""

import re
from dataclasses import dataclass
from datetime import date

from povedu.identity import tidy
from students.choices import Hardship, RegisterKind

_FIRST, _LAST = 1900, 9999


@dataclass(frozen=True, slots=True)
class Word:
    """A word and the category it means from one year's start until another year's end."""

    text: str
    category: Hardship
    first_year: int = _FIRST
    last_year: int = _LAST


# Longer words stand before words they contain.
WORDS: tuple[Word, ...] = (
    Word("脱贫不稳定", Hardship.UNSTABLE),
    Word("边缘易致贫", Hardship.EDGE),
    Word("突发严重困难", Hardship.SUDDEN),
    Word("防止返贫致贫对象", Hardship.SUDDEN, 2026),
    Word("监测对象", Hardship.UNSTABLE, 2020),
    Word("城市低保", Hardship.URBAN_LOW),
    Word("城镇低保", Hardship.URBAN_LOW),
    Word("城市最低生活保障", Hardship.URBAN_LOW),
    Word("低保边缘", Hardship.LOW_MARGIN),
    Word("低收入", Hardship.LOW_MARGIN),
    Word("低保贫困户", Hardship.REGISTERED_POOR, _FIRST, 2020),
    Word("五保贫困户", Hardship.REGISTERED_POOR, _FIRST, 2020),
    Word("低保贫困户", Hardship.LIFTED, 2021),
    Word("五保贫困户", Hardship.LIFTED, 2021),
    Word("最低生活保障", Hardship.RURAL_LOW),
    Word("低保", Hardship.RURAL_LOW),
    Word("特困", Hardship.DESTITUTE),
    Word("五保", Hardship.DESTITUTE),
    Word("供养", Hardship.DESTITUTE),
    Word("事实无人抚养", Hardship.UNATTENDED),
    Word("孤儿", Hardship.ORPHAN),
    Word("残疾", Hardship.DISABLED),
    Word("已脱贫", Hardship.REGISTERED_POOR, _FIRST, 2020),
    Word("脱贫户", Hardship.REGISTERED_POOR, _FIRST, 2020),
    Word("脱贫", Hardship.LIFTED, 2021),
    Word("建档立卡", Hardship.REGISTERED_POOR, _FIRST, 2020),
    Word("建档立卡", Hardship.LIFTED, 2021),
    Word("建档", Hardship.REGISTERED_POOR, _FIRST, 2020),
    Word("扶贫", Hardship.REGISTERED_POOR, _FIRST, 2020),
    Word("返贫", Hardship.REGISTERED_POOR, _FIRST, 2020),
    Word("贫困户", Hardship.REGISTERED_POOR, _FIRST, 2020),
    Word("贫困户", Hardship.LIFTED, 2021),
    Word("困难", Hardship.OTHER),
    Word("贫困", Hardship.OTHER),
)
_NOT = re.compile(
    r"^(否|无|没有|不是|非.*|一般农户|普通农户|一般户|正常|0|/|-+|×|x|n|no)$", re.IGNORECASE
)
_SEPARATOR = re.compile(r"[、,，;；/+＋和及\s]+")

# The register that must know a child whose family states a category.
REGISTER_OF: dict[str, RegisterKind] = {
    Hardship.REGISTERED_POOR: RegisterKind.POVERTY,
    Hardship.LIFTED: RegisterKind.POVERTY,
    Hardship.UNSTABLE: RegisterKind.POVERTY,
    Hardship.EDGE: RegisterKind.POVERTY,
    Hardship.SUDDEN: RegisterKind.POVERTY,
    Hardship.RURAL_LOW: RegisterKind.CIVIL_AFFAIRS,
    Hardship.URBAN_LOW: RegisterKind.CIVIL_AFFAIRS,
    Hardship.LOW_MARGIN: RegisterKind.CIVIL_AFFAIRS,
    Hardship.DESTITUTE: RegisterKind.CIVIL_AFFAIRS,
    Hardship.DISABLED: RegisterKind.DISABILITY,
}


def category_of(stated: str, on: date) -> str:
    """Return the canonical category that one word means on a day, "" where it means none."""
    text = re.sub(r"\s+", "", tidy(stated))
    if not text or _NOT.match(text):
        return ""
    for word in WORDS:
        if word.text in text and word.first_year <= on.year <= word.last_year:
            return str(word.category)
    return str(Hardship.OTHER)


def categories_of(stated: str, on: date) -> tuple[str, ...]:
    """Return the categories a cell names, each once and in its order; cells hold several words."""
    found = (category_of(part, on) for part in _SEPARATOR.split(tidy(stated)))
    return tuple(dict.fromkeys(category for category in found if category))


def category_in_register(kind: str, *, stated: str, monitored: str = "", as_of: date) -> str:
    """Return the category that a register's row confers, "" where it confers none.

    The monitored kind outweighs the household's kind. An empty word takes the meaning of being on
    that register at all: registered poor until 2020, lifted after. A locked list is of its targets.
    """
    if kind == RegisterKind.DISABILITY:
        return str(Hardship.DISABLED)
    if kind in (RegisterKind.POVERTY, RegisterKind.LOCKED_LIST):
        return _poverty_category(stated, monitored, as_of)
    if kind == RegisterKind.CIVIL_AFFAIRS:
        return category_of(stated, as_of) or str(Hardship.RURAL_LOW)
    return category_of(stated, as_of)


def _poverty_category(stated: str, monitored: str, as_of: date) -> str:
    named = category_of(monitored, as_of)
    if named:
        return named
    if not tidy(stated):
        return str(Hardship.REGISTERED_POOR if as_of.year <= 2020 else Hardship.LIFTED)
    category = category_of(stated, as_of)
    return str(Hardship.REGISTERED_POOR) if category == Hardship.OTHER else category


def stated_categories(cell: str, on: date) -> tuple[str, ...]:
    """Return the categories a family states that a register would have to know."""
    return tuple(category for category in categories_of(cell, on) if category in REGISTER_OF)
