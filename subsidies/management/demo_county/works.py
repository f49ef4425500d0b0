"""Projects, equipment, meals, teachers and postings of the demo county."""

from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from povedu.identity import initials
from povedu.protected import blind_index
from povedu.scope import Actor
from schools.choices import SchoolKind, Stage
from schools.models import (
    EquipmentDelivery,
    EquipmentItem,
    MealReport,
    Milestone,
    Project,
    ProjectBatch,
    ProjectFunding,
    ProjectPayment,
)
from schools.rules.stages import stages_of
from subsidies.management.demo_county.invention import COUNTY_CODE, Inventor
from subsidies.management.demo_county.places import County, Place
from subsidies.management.demo_county.tables import Filler
from teachers.models import Posting, Teacher

COUNTY = f"{COUNTY_CODE}000000"
MEAL_STANDARD = Decimal(4)
_MEAL_MONTHS = (1, 3, 4, 5, 6, 9, 10, 11, 12)
_MONTH_DAYS = (12, 22, 21, 21, 19, 22, 19, 22)  # the ninth month takes what is left


class _Works:
    """Collect projects with their money, steps and payments."""

    def __init__(self) -> None:
        self.batches = Filler(
            ProjectBatch,
            *("code", "name", "county", "category", "year", "document", "version"),
        )
        self.projects = Filler(
            Project,
            *("batch", "number", "name", "division", "school", "category", "state", "area"),
            *("danger_grade", "contractor", "planned_start_on", "planned_completion_on"),
            *("started_on", "completed_on", "in_use_on", "note", "version"),
        )
        self.funding = Filler(ProjectFunding, "project", "source", "amount")
        self.milestones = Filler(Milestone, "project", "name", "due_on", "done_on")
        self.payments = Filler(
            ProjectPayment, "project", "paid_on", "source", "amount", "voucher_no", "note"
        )
        self.items = Filler(
            EquipmentItem,
            "project",
            "name",
            "model_no",
            "quantity",
            "unit",
            "unit_price",
            "part_of",
        )
        self.deliveries = Filler(EquipmentDelivery, "item", "school", "quantity", "delivered_on")

    def batch(self, code: str, name: str, category: str, year: int) -> int:
        """Open a batch."""
        return self.batches.add(
            code, name, COUNTY, category, year, f"青教计〔{year}〕{len(code)}号", 1
        )

    def project(
        self,
        batch: int,
        name: str,
        school: Place | None,
        category: str,
        *,
        state: str = "in_use",
        done_on: date | None = date(2016, 8, 20),
        money: dict[str, int] | None = None,
        area: int | None = None,
        danger: str = "",
    ) -> int:
        """Add one project with its money by source (yuan) and two milestones."""
        year = done_on.year if done_on else 2016
        started = state not in ("planned", "tendering")
        key = self.projects.add(
            *(batch, f"{batch:02d}-{len(self.projects.rows) + 1:03d}", name),
            *(school.village if school else COUNTY, school.key if school else None, category),
            *(state, Decimal(area) if area else None, danger),
            "青禾县建筑工程公司" if area else "云滇教学设备公司" if started else "",
            *(date(year, 2, 20), date(year, 8, 31), date(year, 3, 5) if started else None),
            *(done_on, done_on.replace(day=28) if done_on and state == "in_use" else None, "", 1),
        )
        self.milestones.add(key, "开工", date(year, 3, 1), date(year, 3, 5) if started else None)
        self.milestones.add(key, "竣工验收", date(year, 8, 31), done_on)
        for source, amount in (money or {}).items():
            self.funding.add(key, source, Decimal(amount))
            if started:
                paid = (
                    Decimal(amount) if done_on else (Decimal(amount) * 3 / 10).quantize(Decimal(1))
                )
                self.payments.add(
                    key, done_on or date(2016, 6, 30), source, paid, f"付{key:05d}", ""
                )
        return key

    def write(self) -> None:
        """Insert everything in order."""
        for table in (
            *(self.batches, self.projects, self.funding, self.milestones, self.payments),
            *(self.items, self.deliveries),
        ):
            table.write()


def _shares(total: int, count: int, unit: int = 100) -> list[int]:
    """Split a sum into ``count`` whole parts of about the same size, multiples of ``unit``."""
    part = total // count // unit * unit
    return [*([part] * (count - 1)), total - part * (count - 1)]


def build_projects(county: County, draw: Random) -> None:
    """Write the batches that 2016 finished, what 2015 finished, and what is still going on."""
    works = _Works()
    villages = [
        one for one in county.of_kind(SchoolKind.PRIMARY) if not one.name.endswith("中心小学")
    ]
    poor = [one for one in villages if one.in_poor_village]
    other = [one for one in villages if not one.in_poor_village and one.township > 0]
    batch = works.batch("kindergartens-2016", "村小附属园改扩建", "kindergarten", 2016)
    for school in [*draw.sample(poor, 12), *draw.sample(other, 8)]:
        works.project(
            batch,
            f"{school.name}附属园改扩建",
            school,
            "kindergarten",
            area=180,
            money={"province": 200_000, "county": 60_000},
        )
    junior = county.of_kind(SchoolKind.JUNIOR)
    batch = works.batch("weak-schools-2014", "全面改薄 2014", "building", 2014)
    for order, school in enumerate(junior[:12]):
        if order < 6:
            works.project(
                batch,
                f"{school.name}学生宿舍",
                school,
                "building",
                area=1200,
                money={"central": 1_800_000, "county": 360_000},
            )
        works.project(
            batch, f"{school.name}课桌椅与图书", school, "equipment", money={"central": 210_000}
        )
    batch = works.batch("weak-schools-2015", "全面改薄 2015 第一批", "building", 2015)
    for school in junior[12:16]:
        works.project(
            batch,
            f"{school.name}食堂",
            school,
            "building",
            area=800,
            money={"central": 1_200_000, "county": 240_000},
        )
        works.project(
            batch, f"{school.name}食堂设备", school, "equipment", money={"central": 150_000}
        )
    batch = works.batch("repairs-2015", "校舍维修改造 2015 第一批", "repair", 2015)
    parts = zip(
        draw.sample(villages, 20),
        *(_shares(total, 20) for total in (6_160_000, 824_000, 1_192_000)),
        strict=True,
    )
    for order, (school, central, province, local) in enumerate(parts):
        works.project(
            batch,
            f"{school.name}校舍维修",
            school,
            "repair",
            area=420,
            danger="C" if order % 3 else "B",
            money={"central": central, "province": province, "county": local},
        )
    _equipment(works, county, draw)
    _others(works, county)
    works.write()


def _equipment(works: _Works, county: County, draw: Random) -> None:
    batch = works.batch("ict-2016", "教育信息化专项", "ict", 2016)
    key = works.project(
        batch, "班班通与录播设备采购", None, "ict", money={"province": 1_200_000, "county": 420_000}
    )
    boards = works.items.add(key, "班班通一体机", "86寸", 43, "套", Decimal(30_000), None)
    studio = works.items.add(key, "录播设备", "", 3, "套", Decimal(110_000), None)
    works.items.add(key, "无线录播", "", 1, "套", None, studio)
    for school in draw.sample(county.of_kind(SchoolKind.PRIMARY), 43):
        works.deliveries.add(boards, school.key, 1, date(2016, 8, 20))
    for school in county.of_kind(SchoolKind.SENIOR, SchoolKind.COMPLETE)[:3]:
        works.deliveries.add(studio, school.key, 1, date(2016, 8, 20))
    batch = works.batch("teacher-computers-2016", "农村学校教师办公电脑", "equipment", 2016)
    key = works.project(batch, "教师办公电脑采购", None, "equipment", money={"county": 6_300_000})
    item = works.items.add(key, "办公电脑", "", 1800, "台", Decimal(3_500), None)
    for school in [one for one in county.schools if one.has_meals][:150]:
        works.deliveries.add(item, school.key, 12, date(2016, 8, 20))


def _others(works: _Works, county: County) -> None:
    """Add what the year before finished and what the year after will."""
    batch = works.batch("repairs-2014", "校舍维修改造 2014", "repair", 2014)
    for school in county.of_kind(SchoolKind.PRIMARY)[30:42]:
        works.project(
            batch,
            f"{school.name}屋面维修",
            school,
            "repair",
            area=300,
            danger="C",
            done_on=date(2015, 9, 10),
            money={"central": 240_000, "county": 60_000},
        )
    batch = works.batch("new-schools-2016", "主城区新建学校", "new_school", 2016)
    states = ("under_way", "main_structure", "tendering", "planned")
    for order, state in enumerate(states):
        works.project(
            batch,
            f"城关镇第{'五六七八'[order]}小学新建工程",
            None,
            "new_school",
            state=state,
            done_on=None,
            area=9_800,
            money={"province": 12_000_000, "county": 8_000_000},
        )
    batch = works.batch("housing-2016", "教师周转房 2016", "teacher_housing", 2016)
    for order, school in enumerate(county.of_kind(SchoolKind.JUNIOR)[:6]):
        works.project(
            batch,
            f"{school.name}教师周转房",
            school,
            "teacher_housing",
            state=("under_way", "main_structure")[order % 2],
            done_on=None,
            area=700,
            money={"central": 900_000},
        )


def build_meals(county: County, actor: Actor, now: datetime) -> None:
    """Write a month's report per feeding school and month; the days sum to 183 or 184."""
    table = Filler(
        MealReport,
        *("school", "month", "mode", "pupils_count", "feeding_days", "meals_count", "standard"),
        *("amount", "reported_by", "reported_at", "version", "enrolled_count", "left_behind_count"),
        *("left_behind_meals", "day_poor_count", "day_poor_meals", "free_count", "free_meals"),
    )
    for school in county.schools:
        if not school.has_meals:
            continue
        mode = "purchased" if school.kind == SchoolKind.TEACHING_POINT else "canteen"
        pupils = school.pupils["meals"]
        left_behind, day_poor = pupils * 3 // 10, pupils // 8
        days = [*_MONTH_DAYS, school.pupils["days"] - sum(_MONTH_DAYS)]
        for month, count in zip(_MEAL_MONTHS, days, strict=True):
            meals = pupils * count
            table.add(
                *(school.key, date(2016, month, 1), mode, pupils, count, meals, MEAL_STANDARD),
                *(meals * MEAL_STANDARD, actor.user_id, now, 1, pupils + pupils // 40),
                *(left_behind, left_behind * count, day_poor, day_poor * count, pupils, meals),
            )
    table.write()


_SUBJECTS = ("语文", "数学", "英语", "体育", "音乐", "美术", "科学", "物理", "信息技术", "历史")


def build_teachers(county: County, inventor: Inventor) -> None:
    """Write some 1,300 teachers and the postings of two years."""
    draw = inventor.random
    table = Filler(
        Teacher,
        *("number", "name", "initials", "sex", "birth_on", "id_number", "id_index", "phone"),
        *("school", "post", "stage", "subject", "title", "employment_kind", "education"),
        *("hired_on", "school_since_on", "left_on", "leave_reason", "version"),
    )
    sizes = {
        SchoolKind.JUNIOR: 24,
        SchoolKind.SENIOR: 50,
        SchoolKind.COMPLETE: 45,
        SchoolKind.VOCATIONAL: 30,
        SchoolKind.PRIMARY: 4,
        SchoolKind.TEACHING_POINT: 2,
        SchoolKind.KINDERGARTEN: 2,
        SchoolKind.NINE_YEAR: 30,
        SchoolKind.SPECIAL: 15,
    }
    staff: list[tuple[int, Place, str]] = []
    for school in county.schools:
        size = sizes.get(school.kind, 0) * (4 if school.name.endswith("中心小学") else 1)
        for order in range(size):
            row = _teacher(school, order, inventor)
            key = table.add(f"T{len(table.rows) + 1:05d}", *row)
            staff.append((key, school, row[10]))
    table.write()
    postings = Filler(
        Posting,
        *("teacher", "school", "home_school", "kind", "post", "subject", "is_full_time"),
        *("starts_on", "ends_on", "document", "version"),
    )
    rural = [one for one in county.schools if one.township > 0 and one.kind == SchoolKind.PRIMARY]
    kinds = ("exchange", "exchange", "support", "itinerant", "attached", "stand_in")
    for order, (key, school, subject) in enumerate(draw.sample(staff, 160)):
        target = draw.choice([one for one in rural if one.key != school.key])
        kind = kinds[order % len(kinds)]
        start = date(2015 + order % 2, 9, 1)
        postings.add(
            *(key, target.key, school.key, kind, "teacher", subject, kind != "itinerant"),
            *(start, date(start.year + (2 if order % 3 else 1), 9, 1), "青教人〔2016〕8号", 1),
        )
    postings.write()


def _teacher(school: Place, order: int, inventor: Inventor) -> tuple[Any, ...]:
    draw = inventor.random
    is_boy = draw.random() < 0.45
    birth_on = inventor.birth(date(1962, 1, 1), 29 * 365)
    number = inventor.id_number(birth_on, is_boy=is_boy)
    name = inventor.name(is_boy=is_boy)
    hired_on = date(birth_on.year + 22, 9, 1)
    special = hired_on.year >= 2010 and draw.random() < 0.3
    title = "senior" if hired_on.year < 1998 else "first" if hired_on.year < 2008 else "second"
    is_special = school.kind == SchoolKind.SPECIAL
    stage = Stage.SPECIAL if is_special else stages_of(school.kind)[-1]
    return (
        *(name, initials(name), "M" if is_boy else "F", birth_on, number),
        *(blind_index("id", number), inventor.phone(), school.key),
        *("principal" if order == 0 else "teacher", stage, draw.choice(_SUBJECTS), title),
        *("special_post" if special else "permanent", "本科" if draw.random() < 0.6 else "大专"),
        *(hired_on, max(hired_on, date(2005, 9, 1)), None, "", 1),
    )
