"""Divisions and schools of the demo county: 20 townships, 300 schools and a few outside."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from povedu.identity import initials
from schools.choices import DivisionLevel, Ownership, SchoolKind, Setting
from schools.models import Division, PupilCount, School, SchoolAlias
from subsidies.management.demo_county.invention import COUNTY_CODE
from subsidies.management.demo_county.tables import Filler

COUNTY_NAME = "青禾县"
TOWNSHIPS = [
    "城关镇",
    "青龙镇",
    "白水镇",
    "石门镇",
    "云台乡",
    "龙泉镇",
    "大湾乡",
    "马鞍乡",
    "双河镇",
    "松林乡",
    "红岩乡",
    "柳溪镇",
    "黑石乡",
    "桥头镇",
    "茶园乡",
    "新街镇",
    "木杉乡",
    "落雁乡",
    "水田乡",
    "高桥镇",
]
VILLAGES = [
    "大坪",
    "小河",
    "上寨",
    "下寨",
    "石桥",
    "黄泥",
    "岩脚",
    "箐口",
    "梨树",
    "核桃",
    "竹林",
    "杨柳",
    "花山",
    "新庄",
    "老街",
    "长岭",
    "半坡",
    "龙潭",
    "马场",
    "干沟",
    "凉水",
    "桃园",
    "麻柳",
    "茨竹",
    "田坝",
    "沙坝",
    "铜厂",
    "瓦窑",
    "观音",
]
POOR_VILLAGES = 92
MEAL_SCHOOLS = 161
OPENED = date(1998, 9, 1)


@dataclass
class Place:
    """A school as the generator handles it."""

    key: int
    code: str
    name: str
    kind: SchoolKind
    village: str
    township: int
    in_poor_village: bool
    has_roster: bool = False
    has_meals: bool = False
    pupils: dict[str, int] = field(default_factory=dict)


@dataclass
class County:
    """All places, by what the other generators need of them."""

    villages: list[list[str]]
    poor: set[str]
    schools: list[Place]

    def of_kind(self, *kinds: SchoolKind, township: int | None = None) -> list[Place]:
        """Return the schools of some kinds, of one township where given."""
        return [
            school
            for school in self.schools
            if school.kind in kinds and (township is None or school.township == township)
        ]


def _divisions(draw: Random) -> tuple[list[list[str]], set[str]]:
    rows = [
        ("530000000000", "云滇省", DivisionLevel.PROVINCE, None, False),
        ("530600000000", "乌江市", DivisionLevel.CITY, "530000000000", False),
        (f"{COUNTY_CODE}000000", COUNTY_NAME, DivisionLevel.COUNTY, "530600000000", False),
    ]
    villages: list[list[str]] = []
    townships = []
    for index, township in enumerate(TOWNSHIPS):
        prefix = f"{COUNTY_CODE}{101 + index}"
        townships.append((f"{prefix}000", township, DivisionLevel.TOWNSHIP, rows[2][0], False))
        names = draw.sample(VILLAGES, 9)
        villages.append([f"{prefix}{200 + order}" for order in range(len(names))])
        for order, name in enumerate(names):
            townships.append(
                (
                    f"{prefix}{200 + order}",
                    f"{name}村",
                    DivisionLevel.VILLAGE,
                    f"{prefix}000",
                    False,
                )
            )
    every = [code for codes in villages[1:] for code in codes]
    poor = set(draw.sample(every, POOR_VILLAGES))
    Division.objects.bulk_create(
        Division(code=code, name=name, level=level, parent_id=parent, is_poor_village=code in poor)
        for code, name, level, parent, _ in [*rows, *townships]
    )
    return villages, poor


# How many of each kind a township has; the county seat and the specials are added apart.
_PER_TOWNSHIP = (
    (SchoolKind.PRIMARY, 6),
    (SchoolKind.TEACHING_POINT, 3),
    (SchoolKind.KINDERGARTEN, 4),
    (SchoolKind.JUNIOR, 1),
)
_SINGLE = (
    ("第一中学", SchoolKind.SENIOR),
    ("第二中学", SchoolKind.COMPLETE),
    ("民族中学", SchoolKind.COMPLETE),
    ("高级中学", SchoolKind.SENIOR),
    ("职业技术学校", SchoolKind.VOCATIONAL),
    ("农业职业高级中学", SchoolKind.VOCATIONAL),
    ("特殊教育学校", SchoolKind.SPECIAL),
    ("育才九年一贯制学校", SchoolKind.NINE_YEAR),
)
_OUTSIDE = ("县外普通高校（本科）", "县外普通高校（专科）", "省外普通高校")


def _school_names(
    township: str, villages: list[str], names: dict[str, str]
) -> list[tuple[str, SchoolKind, str]]:
    made: list[tuple[str, SchoolKind, str]] = []
    for kind, count in _PER_TOWNSHIP:
        for order in range(count):
            village = villages[(order + (5 if kind == SchoolKind.TEACHING_POINT else 0)) % 9]
            place = names[village].removesuffix("村")
            label = {
                SchoolKind.PRIMARY: f"{township}中心小学"
                if order == 0
                else f"{township}{place}小学",
                SchoolKind.TEACHING_POINT: f"{township}{place}教学点",
                SchoolKind.KINDERGARTEN: f"{township}中心幼儿园"
                if order == 0
                else f"{township}{place}幼儿园",
                SchoolKind.JUNIOR: f"{township}中学",
            }[kind]
            made.append((label, kind, village))
    return made


def _write_schools(schools: list[Place]) -> None:
    table = Filler(
        School,
        *("code", "name", "short_name", "initials", "kind", "ownership", "setting", "division"),
        *("central_school", "has_boarding", "has_canteen", "has_meals", "principal_name"),
        *("opened_on", "closed_on", "merged_into", "version"),
    )
    aliases = Filler(SchoolAlias, "school", "county_code", "name")
    central = {
        school.township: school.key for school in schools if school.name.endswith("中心小学")
    }
    boarding = (SchoolKind.JUNIOR, SchoolKind.SENIOR, SchoolKind.COMPLETE, SchoolKind.VOCATIONAL)
    for school in schools:
        is_small = school.kind in (SchoolKind.TEACHING_POINT, SchoolKind.PRIMARY)
        parent = central.get(school.township) if is_small else None
        setting = Setting.URBAN if school.township == 0 else Setting.RURAL
        has_boarding = school.kind in boarding or school.name.endswith("中心小学")
        table.add(
            *(school.code, school.name, "", initials(school.name), school.kind),
            *(Ownership.PUBLIC, setting, school.village),
            *(None if parent == school.key else parent, has_boarding, school.has_meals),
            *(school.has_meals, "", OPENED, None, None, 1),
        )
        for alias in {
            school.name.replace("中心小学", "中心校"),
            school.name.replace("小学", "完小") if school.kind == SchoolKind.PRIMARY else "",
            f"{COUNTY_NAME}{school.name}",
        } - {"", school.name}:
            aliases.add(school.key, COUNTY_CODE, alias)
    table.write()
    aliases.write()


def _size_meals(schools: list[Place], draw: Random) -> None:
    """Give the meal schools pupils that sum to 38,584, of which 20,903 can be picked exactly.

    The second figure is the pupils fed 184 days instead of 183: 38,584 × 183 + 20,903 meals at
    4 yuan are the county's 28,327,100 yuan.
    """
    fed = [school for school in schools if school.has_meals]
    first, second = fed[:87], fed[87:]
    for group, total in ((first, 20_903), (second, 38_584 - 20_903)):
        weights = [
            draw.uniform(2.5, 4) if one.kind == SchoolKind.JUNIOR else draw.uniform(0.4, 1.6)
            for one in group
        ]
        sizes = [int(total * weight / sum(weights)) for weight in weights]
        sizes[0] += total - sum(sizes)
        for school, size in zip(group, sizes, strict=True):
            school.pupils["meals"] = size
            school.pupils["days"] = 184 if group is first else 183


def build_places(draw: Random) -> County:
    """Write divisions and schools and return them."""
    villages, poor = _divisions(draw)
    names = dict(Division.objects.values_list("code", "name"))
    schools: list[Place] = []

    def add(name: str, kind: SchoolKind, village: str, township: int) -> None:
        key = len(schools) + 1
        code = f"2{COUNTY_CODE}{key:03d}"
        schools.append(Place(key, code, name, kind, village, township, village in poor))

    for index, township in enumerate(TOWNSHIPS):
        for name, kind, village in _school_names(township, villages[index], names):
            add(name, kind, village, index)
    for name, kind in _SINGLE:
        add(f"{COUNTY_NAME}{name}", kind, villages[0][0], 0)
    for order in range(12):
        add(
            f"城关镇第{'一二三四五六七八九十'[order % 10]}{'民办' if order > 9 else ''}幼儿园",
            SchoolKind.KINDERGARTEN,
            villages[0][order % 9],
            0,
        )
    for name in _OUTSIDE:
        add(name, SchoolKind.OUTSIDE, villages[0][0], 0)
    rural = [
        school
        for school in schools
        if school.township > 0
        and school.kind in (SchoolKind.PRIMARY, SchoolKind.TEACHING_POINT, SchoolKind.JUNIOR)
    ]
    rank = {SchoolKind.JUNIOR: 0, SchoolKind.PRIMARY: 1, SchoolKind.TEACHING_POINT: 2}
    rural.sort(key=lambda school: (rank[school.kind], school.key))
    for school in rural[:MEAL_SCHOOLS]:
        school.has_meals = True
    _size_meals(schools, draw)
    _write_schools(schools)
    return County(villages, poor, schools)


def write_pupil_counts(counts: dict[tuple[int, str, str, bool], int]) -> None:
    """Write pupils by (school, term, stage, boarder)."""
    table = Filler(PupilCount, "school", "term", "stage", "is_boarder", "pupils_count")
    for (school, term, stage, is_boarder), count in sorted(counts.items()):
        table.add(school, term, stage, is_boarder, count)
    table.write()
