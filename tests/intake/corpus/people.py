"""Children of a roster: what a file says of each, and what must come of it."""

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

READY, WARNED, REFUSED = "ready", "warned", "refused"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华建文辉力志玉萍红鹏"
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def with_check(first_17: str) -> str:
    """Return the number with its check character, by the standard's own arithmetic."""
    rest = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True)) % 11
    return first_17 + "10X98765432"[rest]


@dataclass
class Cell:
    """What the file says for one field, and what the field must become.

    ``value`` Ellipsis stands for whatever it becomes; ``codes`` are exact.
    """

    raw: Any
    value: Any = ...
    codes: set[str] = field(default_factory=set)


@dataclass
class Child:
    """One data row; ``more`` are codes of fields that its cells do not show to be wrong alone."""

    cells: dict[str, Cell]
    outcome: str = READY
    more: set[tuple[str, str]] = field(default_factory=set)
    needs: str = ""  # "typed": only formats with cell types; "errors"; "unicode": no GBK

    def put(self, name: str, raw: Any, value: Any, *codes: str) -> None:
        self.cells[name] = Cell(raw, value, set(codes))

    def codes(self) -> set[tuple[str, str]]:
        own = {(code, name) for name, cell in self.cells.items() for code in cell.codes}
        return own | self.more

    @property
    def number(self) -> str:
        return str(self.cells["id_number"].raw)


def plain(rng: Random, n: int, *, place: str = "530623", x: bool = False) -> Child:
    """Return a child about whom everything is right."""
    born = date(2005, 1, 1).toordinal() + rng.randrange(3000)
    day = date.fromordinal(born)
    sequence = n % 900
    while True:
        number = with_check(f"{place}{day:%Y%m%d}{sequence:03d}")
        if number.endswith("X") == x and not number.endswith("000"):
            break
        sequence = (sequence + 7) % 999
    name = rng.choice(SURNAMES) + rng.choice(_GIVEN) + chr(0x4E00 + 30 * n % 20000 + 3)
    sex = "男" if int(number[16]) % 2 else "女"
    grade = rng.choice([3, 4, 5])
    word = {3: "三年级", 4: "四年级", 5: "五年级"}[grade]
    phone = f"138{n:04d}{rng.randrange(10000):04d}"
    child = Child({})
    child.put("name", name, name)
    child.put("sex", sex, sex)
    child.put("id_number", number, number)
    child.put("birth_on", day, day.isoformat())
    child.put("grade", word, grade)
    child.put("class_name", f"{rng.randrange(1, 4)}班", ...)
    child.cells["class_name"].value = child.cells["class_name"].raw
    child.put("is_boarder", "是", True)
    child.put("hardship_as_stated", "建档立卡", "建档立卡")
    child.put("guardian_name", f"{name[0]}家长", f"{name[0]}家长")
    child.put("phone", phone, phone)
    return child
