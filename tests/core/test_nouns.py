"""Money, terms, identity numbers, protected values, bulk writing and scope, each at its edges."""

from datetime import date
from decimal import Decimal

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from povedu import identity, money, protected
from povedu.bulk import insert_rows, staged
from povedu.protected import Address, BankAccount, IdNumber, Phone, blind_index, seal, unseal
from povedu.scope import Actor, Scope
from povedu.terms import Term, validate_term
from schools.models import MealReport, School
from students.models import Student
from tests.factories import (
    DivisionFactory,
    MealReportFactory,
    SchoolFactory,
    StudentFactory,
    id_number,
)

# Money.


@pytest.mark.parametrize(
    ("amount", "fen"), [("0.01", 1), ("1", 100), (Decimal("99999999.99"), 9999999999), (0, 0)]
)
def test_yuan_and_fen(amount, fen):
    assert money.fen(amount) == fen
    assert money.yuan(fen) == Decimal(amount)


@pytest.mark.parametrize("amount", ["0.001", Decimal("1.005")])
def test_parts_of_a_fen_are_refused(amount):
    with pytest.raises(ValueError, match="fen"):
        money.fen(amount)


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_fen_survive_the_round_trip(amount):
    assert money.fen(money.yuan(amount)) == amount


def test_rounding_is_half_up():
    assert money.rounded(Decimal("0.005")) == Decimal("0.01")
    assert money.wan(Decimal("12345")) == Decimal("1.23")
    assert money.wan(Decimal("12350")) == Decimal("1.24")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1000", "人民币壹仟元整"),
        ("0.05", "人民币伍分"),
        ("1680.32", "人民币壹仟陆佰捌拾元叁角贰分"),
    ],
)
def test_amounts_in_words(amount, words):
    assert money.in_words(amount) == words


@pytest.mark.django_db
def test_the_database_sums_exactly():
    for _ in range(10):
        MealReportFactory(school=SchoolFactory(), amount=Decimal("0.10"), month=date(2016, 9, 1))
    assert MealReport.objects.aggregate(sum=Sum("amount"))["sum"] == Decimal("1.00")


# Terms.


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ((2016, 9, 1), "2016-1"),
        ((2017, 2, 28), "2016-1"),
        ((2017, 3, 1), "2016-2"),
        ((2017, 8, 31), "2016-2"),
        ((2016, 2, 29), "2015-1"),
    ],
)
def test_the_term_of_a_day(day, code):
    term = Term.on(date(*day))
    assert term.code == code
    assert term.starts_on <= date(*day) < term.ends_on


@given(st.integers(1990, 2090), st.sampled_from([1, 2]))
def test_terms_follow_one_another(year, half):
    term = Term(year, half)
    assert Term.parse(term.code) == term
    assert term.next.previous == term
    assert term.next.starts_on == term.ends_on
    assert term < term.next


@pytest.mark.parametrize("code", ["", "2016", "2016-3", "2016-1 ", "16-1", "2016/1"])
def test_what_is_no_term(code):
    with pytest.raises(ValueError, match="not a term"):
        Term.parse(code)
    with pytest.raises(ValidationError):
        validate_term(code)


# Identity numbers.


@given(st.integers(0, 5000))
def test_made_numbers_are_valid_and_read_back(n):
    number = id_number(n)
    reading = identity.read_id(number)
    assert reading.id_number == number or number.endswith("000")
    assert identity.birth_of(number) is not None


@given(st.integers(0, 2000), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(n, place, shift):
    number = id_number(n)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not identity.has_valid_check(wrong)


@pytest.mark.parametrize(
    ("stated", "problem"),
    [
        ("", "id-missing"),
        ("1.10101201501011E+17", "id-digits-lost"),
        ("530623200901011000", "id-digits-lost"),
        ("53062320090101", "id-length"),
    ],
)
def test_damaged_numbers_are_named(stated, problem):
    reading = identity.read_id(stated)
    assert not reading.is_valid
    assert reading.problems == (problem,)


def test_numbers_as_clerks_type_them():
    number = next(one for one in map(id_number, range(1000)) if one.endswith("X"))
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    for stated in (
        f" {number.lower()} ",
        f"'{number}",
        f'="{number}"',
        wide,
        f"{number[:6]} {number[6:]}",
    ):
        assert identity.read_id(stated).id_number == number
    assert identity.id_from_student_no(f"G{number}") == number
    assert identity.id_from_student_no(f"L{number}") is None
    assert identity.id_from_disability_certificate(f"{number}41") == number


def test_names_compare_whatever_their_dots():
    assert len({identity.normal_name(f"买买提{dot}艾力") for dot in "·•．‧・"}) == 1
    assert identity.pinyin("张三") == identity.pinyin("章三") == "zhangsan"
    assert identity.initials("李小明") == "lxm"


def test_ages():
    assert identity.age_on(date(2010, 8, 31), date(2016, 8, 31)) == 6
    assert identity.age_on(date(2010, 9, 1), date(2016, 8, 31)) == 5
    assert identity.age_on(date(2008, 2, 29), date(2017, 2, 28)) == 8


# Protected values.


@given(st.text(max_size=60))
def test_what_is_sealed_opens(text):
    sealed = seal(text.encode(), context="a")
    assert unseal(sealed, context="a").decode() == text
    assert seal(text.encode(), context="a") != sealed


def test_a_value_moved_or_changed_does_not_open():
    sealed = seal(b"secret", context="students.student.phone")
    with pytest.raises(InvalidTag):
        unseal(sealed, context="students.student.name")
    with pytest.raises(InvalidTag):
        unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), context="students.student.phone")
    with pytest.raises(protected.KeyMissing):
        unseal(b"other\0" + sealed, context="students.student.phone")


def test_keys_rotate(tmp_path, settings):
    import base64
    import os

    def key() -> str:
        return base64.b64encode(os.urandom(32)).decode()

    first = f"k1:{key()}"
    (tmp_path / "field_keys").write_text(first)
    (tmp_path / "index_key").write_text(key())
    settings.SECRETS_DIR = tmp_path
    protected.forget_keys()
    try:
        old = seal(b"x")
        (tmp_path / "field_keys").write_text(f"{first}\nk2:{key()}")
        protected.forget_keys()
        assert unseal(old) == b"x"
        assert seal(b"x").startswith(b"k2\0")
    finally:
        settings.SECRETS_DIR = settings.VAR_DIR / "secrets"
        protected.forget_keys()


@pytest.mark.parametrize(
    ("value", "mask"),
    [
        (IdNumber("530623200901011238"), "530623********1238"),
        (IdNumber("12345"), "*****"),
        (BankAccount("6217001111222233334"), "***************3334"),
        (Phone("19900001234"), "199****1234"),
        (Phone("123"), "****"),
        (Address("Long Lane House 3"), "Long L****"),
        (Address("Lane"), "****"),
    ],
)
def test_values_show_themselves_masked(value, mask):
    assert str(value) == f"{value}" == mask
    assert value.reveal() not in repr(value)
    assert value.reveal() not in f"{[value]!r}"


def test_indexes_are_equal_for_equal_values_of_one_kind():
    assert blind_index("id", "a") == blind_index("id", "a") != blind_index("phone", "a")
    assert blind_index("id", "") == ""
    assert len(blind_index("id", "a")) == 32


@pytest.mark.django_db
def test_the_table_holds_no_number():
    pupil = StudentFactory()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, phone FROM students_student WHERE id = %s", [pupil.pk])
        stored = [bytes(value) for value in cursor.fetchone()]
    assert pupil.id_number.reveal().encode() not in b"".join(stored)
    again = Student.objects.get(id_index=pupil.id_number.index)
    assert again.id_number == pupil.id_number
    assert again.phone.reveal() == pupil.phone.reveal()


# Bulk writing.


@pytest.mark.django_db
def test_rows_inserted_in_bulk_are_as_saved_ones():
    place = DivisionFactory()
    odd = "tab\tline\nback\\slash 'quote' \\N"
    rows = [[f"B{n}", odd, "primary", place.pk, None if n else date(2016, 9, 1)] for n in range(12)]
    names = ["code", "name", "kind", "division", "opened_on"]
    full = [*names, "short_name", "initials", "ownership", "setting", "has_boarding"]
    full += ["has_canteen", "has_meals", "principal_name", "version"]
    rest = ["", "", "public", "rural", False, False, True, "", 1]
    assert insert_rows(School, full, ([*row, *rest] for row in rows)) == 12
    assert School.objects.filter(name=odd, has_meals=True).count() == 12
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(School, full, ([*row, *rest] for row in rows[:1]))


@pytest.mark.django_db
def test_staged_rows_join_and_go():
    with (
        staged("codes", [("code", "text"), ("n", "bigint")], [["a", 1], ["b", 2]]) as table,
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT sum(n) FROM {table}")
        assert int(cursor.fetchone()[0]) == 3
    assert "staged_codes" not in connection.introspection.table_names()


# Scope.


@pytest.mark.django_db
def test_scopes_keep_ones_own():
    near = SchoolFactory(code="1", division=DivisionFactory(code="530623100000"))
    far = SchoolFactory(code="2", division=DivisionFactory(code="530624100000"))

    def seen(scope: Scope) -> set[School]:
        return set(School.objects.filter(scope.q(division="division_id", school="code")))

    assert seen(Scope("530623")) == {near}
    assert seen(Scope("5306")) == {near, far}
    assert seen(Scope("530623100000", "1")) == {near}
    assert seen(Scope("530623100000", "2")) == {far}
    assert seen(Scope.everything()) == {near, far}
    assert seen(Scope.nothing()) == set()
    assert not School.objects.filter(Scope("530623", "1").q(division="division_id")).exists()


def test_a_scope_needs_no_join_for_the_division():
    query = School.objects.filter(Scope("530623").q(division="division_id")).query
    assert "JOIN" not in str(query)


def test_covering_and_acting():
    assert Scope("530623").covers(division_code="530623100000")
    assert not Scope("530623").covers(division_code="530624100000")
    assert not Scope("530623", "1").covers(division_code="530623100000")
    assert not Scope.nothing().covers(division_code="530623100000")
    actor = Actor(1, "A", "auditor", Scope("530623"), actions=frozenset({"a.b.c"}))
    assert actor.may("a.b.c")
    assert not actor.may("a.b.d")
    assert "a.b.c" not in repr(actor)
