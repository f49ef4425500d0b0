"""Where a child on no roster may be: by the register's own words and by where the household is.

A hint is a code of the finding's reason and proposes a place; somebody who has found out decides.
"""

import re
from collections.abc import Iterable, Mapping

from povedu.identity import tidy
from students.choices import Place
from students.rules.records import Row

# By the register's words for not being at school here (义务教育阶段未上学原因), first that fits.
_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("told-deceased", re.compile("死亡|去世|病故")),
    ("told-moved", re.compile("迁出|户口.*转|销户")),
    ("told-home-taught", re.compile("送教|重度?残|残疾|智力|脑瘫|卧床")),
    ("told-suspended", re.compile("休学|生病|因病|住院")),
    ("told-out-of-province", re.compile("省外|外省|跨省")),
    ("told-out-of-county", re.compile("县外|外县|省内|市外|异地|外地|随.*(父|母|家人)|务工地")),
    ("told-graduated", re.compile("毕业")),
    ("told-dropped-out", re.compile("辍学|失学|厌学|打工|务工|早婚|不愿")),
)
PLACES: dict[str, Place] = {
    "told-deceased": Place.DECEASED,
    "told-moved": Place.MOVED_AWAY,
    "told-home-taught": Place.HOME_TAUGHT,
    "told-suspended": Place.SUSPENDED,
    "told-out-of-province": Place.OUT_OF_PROVINCE,
    "told-out-of-county": Place.OUT_OF_COUNTY,
    "told-graduated": Place.GRADUATED,
    "told-dropped-out": Place.DROPPED_OUT,
    "siblings-out-of-province": Place.OUT_OF_PROVINCE,
    "siblings-out-of-county": Place.OUT_OF_COUNTY,
    "register-says-studying": Place.OUT_OF_COUNTY,
    "no-school-state": Place.SUSPECTED,
}
_PROVINCES: Mapping[str, str] = {
    "11": "北京",
    "12": "天津",
    "13": "河北",
    "14": "山西",
    "15": "内蒙古",
    "21": "辽宁",
    "22": "吉林",
    "23": "黑龙江",
    "31": "上海",
    "32": "江苏",
    "33": "浙江",
    "34": "安徽",
    "35": "福建",
    "36": "江西",
    "37": "山东",
    "41": "河南",
    "42": "湖北",
    "43": "湖南",
    "44": "广东",
    "45": "广西",
    "46": "海南",
    "50": "重庆",
    "51": "四川",
    "52": "贵州",
    "53": "云南",
    "54": "西藏",
    "61": "陕西",
    "62": "甘肃",
    "63": "青海",
    "64": "宁夏",
    "65": "新疆",
}
_SIBLINGS = {
    Place.OUT_OF_PROVINCE: "siblings-out-of-province",
    Place.OUT_OF_COUNTY: "siblings-out-of-county",
}


def told_hint(words: str, county: str) -> str:
    """Return the code of what a register's words say, "" where they say nothing, else unclear."""
    text = tidy(words)
    if not text:
        return ""
    code = next((code for code, pattern in _WORDS if pattern.search(text)), "")
    elsewhere = any(name in text for key, name in _PROVINCES.items() if not county.startswith(key))
    if elsewhere and code in ("", "told-out-of-county", "told-dropped-out"):
        return "told-out-of-province"
    return code or "told-unclear"


def hints(row: Row, words: str, siblings: Iterable[str], county: str) -> list[str]:
    """Return the codes of where a register's child may be, the most telling first.

    ``siblings`` are the places where members of the household study.
    """
    places = set(siblings)
    codes = [
        told_hint(words, county),
        *(code for place, code in _SIBLINGS.items() if place in places),
        "siblings-here" if places & {Place.HERE, Place.IN_COUNTY} else "",
        "register-says-studying" if row.school_state else "no-school-state",
    ]
    return [code for code in codes if code]


def likely_place(codes: str) -> str:
    """Return the place that the most telling hint of a reason proposes, "" where none does."""
    for code in codes.split(","):
        if code in PLACES:
            return str(PLACES[code])
    return ""
