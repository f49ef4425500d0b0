"""Set-wise writing stores what ``save`` would store."""

from array import array
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from povedu.accounts.models import User
from povedu.ahead import sending_ahead
from povedu.bulk import Derived, Repeated, insert_columns, insert_rows, staged
from povedu.jobs.models import Job

pytestmark = pytest.mark.django_db
NOW = datetime(2016, 11, 8, tzinfo=UTC)


def test_fields_not_named_take_their_defaults():
    owner = User.objects.create_user("maker", name="甲")
    names = ("kind", "owner", "owner_name", "language", "not_before", "woken_at", "created_at")
    row = ("test.kind", owner.pk, "a\tb\\c\nd", "zh-hans", NOW, NOW, NOW)
    assert insert_rows(Job, names, [row, row]) == 2
    one, other = Job.objects.all()
    assert one.pk != other.pk
    assert (one.state, one.params, one.attempts, one.lease_until) == ("queued", {}, 0, None)
    assert one.owner_name == "a\tb\\c\nd"
    assert one.schedule_key is None


def test_staged_rows_join_and_go():
    columns = [("name", "text"), ("number", "bigint")]
    with (
        staged("probe", columns, [("甲", 1), (None, 2)]) as table,
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT count(name), sum(number) FROM {table}")
        assert tuple(map(int, cursor.fetchone())) == (1, 3)
    assert table not in connection.introspection.table_names()


@pytest.mark.parametrize("streamed", [False, True])
def test_every_text_comes_back_as_it_went_in(streamed):
    """Whatever the short way for a column of plain texts takes, and the long way for the rest."""
    owner = User.objects.create_user("maker", name="甲")
    names = ("kind", "owner", "owner_name", "language", "not_before", "woken_at", "created_at")
    odd = ["plain", "𬭚㛃", "a\tb", "c\\d", "e\nf", "g\rh", "", "\\N", "\\x41", "\\."]
    rows = (("test.kind", owner.pk, text, "zh-hans", NOW, NOW, NOW) for text in odd)
    assert insert_rows(Job, names, rows, streamed=streamed) == len(odd)
    assert sorted(Job.objects.values_list("owner_name", flat=True)) == sorted(odd)


def test_a_fault_while_streaming_is_told_as_itself_and_leaves_nothing():
    owner = User.objects.create_user("maker", name="甲")
    names = ("kind", "owner", "owner_name", "language", "not_before", "woken_at", "created_at")

    def rows():
        yield ("test.kind", owner.pk, "one", "zh-hans", NOW, NOW, NOW)
        raise LookupError("the third sheet")

    with pytest.raises(LookupError, match="third sheet"), transaction.atomic():
        insert_rows(Job, names, rows(), streamed=True)
    assert not Job.objects.exists()


def test_columns_are_stored_as_rows_are():
    owner = User.objects.create_user("maker", name="甲")
    names = ("kind", "owner", "owner_name", "language", "not_before", "woken_at", "created_at")
    rows = [("test.kind", owner.pk, f"a\t\\{n}", "zh-hans", NOW, NOW, NOW) for n in range(7)]
    insert_rows(Job, names, rows)
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    assert insert_columns(Job, columns) == 7
    stored = Job.objects.order_by("owner_name").values_list(*names, "state", "params")
    assert sorted(stored[::2]) == sorted(stored[1::2])
    assert insert_columns(Job, {name: [] for name in names}) == 0


def test_columns_of_different_lengths_store_nothing():
    with pytest.raises(ValueError, match="different lengths"), transaction.atomic():
        insert_columns(Job, {"kind": ["a", "b"], "language": ["zh-hans"]})
    assert not Job.objects.exists()


def test_columns_made_as_they_are_written_are_as_columns_at_hand():
    owner = User.objects.create_user("maker", name="甲")
    names = [f"n{n}" for n in range(2500)]
    columns = {
        "owner_name": Derived(lambda some: [one.upper() for one in some], names),
        **dict.fromkeys(("not_before", "woken_at", "created_at"), Repeated(NOW, len(names))),
        "kind": Repeated("test.kind", len(names)),
        "owner": array("q", [owner.pk]) * len(names),
        "language": Repeated("zh-hans", len(names)),
    }
    assert insert_columns(Job, columns, streamed=True) == 2500
    stored = Job.objects.values_list("owner_name", "kind", "created_at", "owner")
    assert set(stored) == {(one.upper(), "test.kind", NOW, owner.pk) for one in names}


NAMES = ("kind", "owner", "owner_name", "language", "not_before", "woken_at", "created_at")


def test_what_is_sent_ahead_is_there_when_asked_for():
    owner = User.objects.create_user("maker", name="甲")
    rows = [("test.kind", owner.pk, f"{n}", "zh-hans", NOW, NOW, NOW) for n in range(40)]
    with transaction.atomic(), sending_ahead():
        for _ in range(2):
            assert insert_rows(Job, NAMES, iter(rows), streamed=True, at_once=1) == 40
        assert Job.objects.count() == 80
        insert_rows(Job, NAMES, rows)
        insert_rows(Job, NAMES, iter(rows), streamed=True, at_once=7)
    assert Job.objects.count() == 160


def test_a_key_that_names_nobody_is_told_with_what_is_sent_ahead():
    """And nothing of it is there, whether the database checks at once or at the end."""
    owner = User.objects.create_user("maker", name="甲")
    rows = [("test.kind", owner.pk, f"{n}", "zh-hans", NOW, NOW, NOW) for n in range(40)]
    stranger = ("test.kind", owner.pk + 1, "40", "zh-hans", NOW, NOW, NOW)

    def work(rows):
        with transaction.atomic(), sending_ahead():
            insert_rows(Job, NAMES, iter(rows), streamed=True, at_once=1)
        connection.check_constraints()

    with pytest.raises(IntegrityError), transaction.atomic():
        work([*rows, stranger])
    assert not Job.objects.exists()
    work(rows)
    assert Job.objects.count() == 40


@pytest.mark.parametrize("when", ["asked", "ended", "made more"])
def test_what_the_database_refuses_ahead_is_told_and_leaves_nothing(when):
    owner = User.objects.create_user("maker", name="甲")
    rows = [("test.kind", owner.pk, f"{n}", "zh-hans", NOW, NOW, NOW) for n in range(40)]
    rows.insert(9, ("test.kind", owner.pk, None, "zh-hans", NOW, NOW, NOW))

    @transaction.atomic
    @sending_ahead()
    def work():
        insert_rows(Job, NAMES, iter(rows), streamed=True, at_once=1)
        if when == "asked":
            assert Job.objects.count() == 0
        if when == "made more":
            insert_rows(Job, NAMES, iter(rows), streamed=True, at_once=1)

    with pytest.raises(IntegrityError):
        work()
    assert not Job.objects.exists()


@pytest.mark.parametrize("caught", [True, False])
def test_whoever_gives_up_making_rows_ahead_leaves_nothing(caught):
    owner = User.objects.create_user("maker", name="甲")

    def rows():
        yield from [("test.kind", owner.pk, "one", "zh-hans", NOW, NOW, NOW)] * 20
        raise LookupError("the third sheet")

    @transaction.atomic
    def making():
        insert_rows(Job, NAMES, rows(), streamed=True, at_once=1)

    @sending_ahead()
    def work():
        if caught:
            with pytest.raises(LookupError):
                making()
            assert not Job.objects.exists()
        making()

    with pytest.raises(LookupError, match="third sheet"):
        work()
    assert not Job.objects.exists()


def test_what_was_sent_before_somebody_gave_up_cannot_be_kept():
    """Whoever swallows the fault does not commit the blocks that are in already."""
    owner = User.objects.create_user("maker", name="甲")

    def rows():
        yield from [("test.kind", owner.pk, "one", "zh-hans", NOW, NOW, NOW)] * 20
        raise LookupError("the third sheet")

    with transaction.atomic(), sending_ahead(), suppress(LookupError):
        insert_rows(Job, NAMES, rows(), streamed=True, at_once=1)
    assert not Job.objects.exists()


def test_rows_on_their_way_are_broken_off_with_what_they_were_for():
    owner = User.objects.create_user("maker", name="甲")
    rows = [("test.kind", owner.pk, "one", "zh-hans", NOW, NOW, NOW)] * 40

    @transaction.atomic
    @sending_ahead()
    def work():
        insert_rows(Job, NAMES, iter(rows), streamed=True, at_once=1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert not Job.objects.exists()
