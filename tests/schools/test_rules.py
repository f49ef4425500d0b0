"""The rules of places, projects, meals and photographs."""

import struct
import zlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from povedu.errors import Refusal
from povedu.ledger.choices import FundSource
from schools.choices import ProjectCategory, ProjectState, SchoolKind, Stage
from schools.rules import meals, photos, projects
from schools.rules.grades import grade_label, read_grade
from schools.rules.stages import normal_school_name, stages_of, teaches

TODAY = date(2016, 11, 8)
states = st.sampled_from(list(ProjectState))
categories = st.sampled_from(list(ProjectCategory))
counts = st.integers(0, 5000)


@pytest.mark.parametrize("kind", list(SchoolKind))
def test_every_kind_of_school_teaches_something(kind):
    assert stages_of(kind)


def test_a_junior_school_has_no_primary_pupils():
    assert not teaches(SchoolKind.JUNIOR, Stage.PRIMARY)
    assert stages_of("unknown") == ()


@given(st.text(max_size=30))
def test_spelling_a_school_name_twice_changes_nothing(name):
    once = normal_school_name(name)
    assert normal_school_name(once) == once
    assert " " not in once


def test_full_width_and_spaces_mean_the_same_school():
    assert normal_school_name(" 第Ａ 小学 ") == "第A小学"


# --- projects -----------------------------------------------------------------------------------


def move(state, to, category=ProjectCategory.BUILDING, on=TODAY, latest=None):
    projects.check_move(state=state, to=to, category=category, on=on, latest_on=latest, today=TODAY)


@given(states, states, categories)
def test_only_the_moves_offered_are_allowed(state, to, category):
    if to in projects.next_states(state, category):
        move(state, to, category)
    else:
        with pytest.raises(Refusal):
            move(state, to, category)


@given(categories)
def test_every_project_can_reach_its_end(category):
    seen, todo = set(), [ProjectState.PLANNED]
    while todo:
        state = todo.pop()
        if state not in seen:
            seen.add(state)
            todo += projects.next_states(state, category)
    assert {ProjectState.IN_USE, ProjectState.CANCELLED} <= seen
    assert projects.next_states(ProjectState.IN_USE, category) == ()


def test_a_step_is_neither_tomorrow_nor_before_the_last_one():
    with pytest.raises(Refusal) as refused:
        move(ProjectState.PLANNED, ProjectState.TENDERING, on=date(2016, 11, 9))
    assert (refused.value.code, refused.value.where) == ("date-in-future", {"field": "on"})
    with pytest.raises(Refusal) as refused:
        move(ProjectState.TENDERING, ProjectState.UNDER_WAY, latest=date(2016, 12, 1))
    assert refused.value.code == "date-before-last-step"


@given(states, st.dates(date(2015, 1, 1), date(2018, 1, 1)))
def test_a_finished_project_is_never_overdue(state, due):
    late = projects.is_overdue(state=state, planned_completion_on=due, today=TODAY)
    assert late == (state not in projects.OVER and due < TODAY)
    assert not projects.is_overdue(state=state, planned_completion_on=None, today=TODAY)


money = st.decimals(0, 10_000_000, places=2)


@given(money, money, money)
def test_payments_never_exceed_the_funding(funded, paid, amount):
    try:
        projects.check_payment(source=FundSource.CENTRAL, funded=funded, paid=paid, amount=amount)
    except Refusal:
        assert paid + amount > funded
    else:
        assert paid + amount <= funded


@given(counts, counts, counts)
def test_deliveries_never_exceed_the_purchase(quantity, delivered, adding):
    try:
        projects.check_delivery(quantity=quantity, delivered=delivered, adding=adding)
    except Refusal:
        assert delivered + adding > quantity
    else:
        assert delivered + adding <= quantity


def test_a_line_without_a_price_has_no_amount():
    assert projects.line_amount(1800, Decimal("3500.00")) == Decimal("6300000.00")
    assert projects.line_amount(3, None) is None


# --- meals --------------------------------------------------------------------------------------


def test_the_standard_follows_the_month():
    assert meals.standard_on(date(2011, 8, 1)) is None
    assert meals.standard_on(date(2014, 10, 1)) == 3
    assert meals.standard_on(date(2016, 9, 1)) == 4
    assert meals.standard_on(date(2021, 9, 1)) == 5


@given(st.dates(date(2000, 1, 1), date(2040, 12, 31)))
def test_months_go_forth_and_back(day):
    month = meals.month_of(day)
    assert meals.month_before(meals.month_after(month)) == month
    assert 28 <= meals.days_in(month) <= 31


def month_figures(**changes):
    given_figures = {
        "month": date(2016, 10, 1),
        "pupils_count": 100,
        "feeding_days": 18,
        "meals_count": 1750,
        "standard": Decimal(4),
        "amount": None,
    }
    return meals.MonthFigures(**{**given_figures, **changes})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"month": date(2016, 12, 1)}, "month-in-future"),
        ({"feeding_days": 32}, "too-many-days"),
        ({"meals_count": 1801}, "too-many-meals"),
        ({"amount": Decimal("7000.01")}, "amount-over-standard"),
    ],
)
def test_figures_that_cannot_be_a_month(changes, code):
    with pytest.raises(Refusal) as refused:
        meals.check_month(month_figures(**changes), today=TODAY)
    assert refused.value.code == code
    assert str(refused.value)


def test_a_month_costs_meals_times_standard():
    figures = month_figures()
    meals.check_month(figures, today=TODAY)
    assert figures.full_amount == 7000


# --- photographs --------------------------------------------------------------------------------


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width=1, height=1, *extra):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + data + chunk(b"IEND", b"")


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(orientation, place=b"N27.1 E103.5"):
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry + b"\0\0\0\0" + place


def jpeg(*extra, width=4, height=3, scan=b"\x12\x34"):
    frame = segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
    return (
        b"\xff\xd8"
        + b"".join(extra)
        + frame
        + segment(0xDA, b"\1\1\0\0\x3f\0")
        + scan
        + b"\xff\xd9"
    )


def test_a_png_keeps_its_picture_and_loses_its_words():
    picture = photos.clean_picture(png(1, 1, chunk(b"tEXt", b"Author\0somebody")))
    assert picture.content_type == "image/png"
    assert picture.content == png()


def test_a_jpeg_loses_place_and_comment_but_not_its_orientation():
    raw = jpeg(segment(0xE1, exif(6)), segment(0xFE, b"secret"), segment(0xE0, b"JFIF\0"))
    picture = photos.clean_picture(raw + b"trailing")
    assert picture.content_type == "image/jpeg"
    assert b"N27.1" not in picture.content
    assert b"secret" not in picture.content
    assert b"JFIF" in picture.content
    assert picture.content.endswith(b"\x12\x34\xff\xd9")
    assert photos._orientation(picture.content[6:]) == 6
    assert photos.clean_picture(picture.content).content == picture.content


def test_an_upright_jpeg_has_no_metadata_left():
    assert photos.clean_picture(jpeg(segment(0xE1, exif(1)))).content == jpeg()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"GIF89a", "photo-kind"),
        (b"<svg onload=alert(1)>", "photo-kind"),
        (b"%PDF-1.4", "photo-kind"),
        (b"", "photo-kind"),
        (b"\xff\xd8\xff", "photo-broken"),
        (jpeg()[:-2], "photo-broken"),
        (png()[:-1], "photo-broken"),
        (png().replace(b"IDAT", b"IDAX"), "photo-broken"),
        (png(100_000, 100_000), "photo-broken"),
        (png(0, 1), "photo-broken"),
        (jpeg(width=0), "photo-broken"),
        (b"\xff\xd8" + b"\xff" * 100, "photo-broken"),
        (b"\xff\xd8\xff" + b"x" * (photos.MAX_BYTES + 1), "photo-too-large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_what_is_no_photograph(content, code):
    with pytest.raises(Refusal) as refused:
        photos.clean_picture(content)
    assert refused.value.code == code


@given(st.binary(max_size=200))
def test_hostile_bytes_are_refused_not_crashed_on(tail):
    for head in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe1"):
        try:
            photos.clean_picture(head + tail)
        except Refusal:
            continue


@pytest.mark.parametrize(
    ("stage", "grade", "label"),
    [
        *(("preschool", 2, "中班"), ("primary", 3, "三年级"), ("junior", 7, "七年级")),
        *(("senior", 12, "高三"), ("vocational", 10, "一年级"), ("undergraduate", 4, "四年级")),
        *(("special", 9, "九年级"), ("", 8, "八年级"), ("primary", None, ""), ("primary", 0, "")),
    ],
)
def test_a_grade_is_written_as_schools_write_it(stage, grade, label):
    assert grade_label(stage, grade) == label


@given(st.integers(1, 12), st.sampled_from(["primary", "junior", "senior"]))
def test_a_written_grade_is_read_back(grade, stage):
    first, last = {"primary": (1, 6), "junior": (7, 9), "senior": (10, 12)}[stage]
    told = read_grade(grade_label(stage, grade))
    if first <= grade <= last:
        assert told is not None
        assert told.number == grade
        assert told.stage in (None, stage)
