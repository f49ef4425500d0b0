"""Set-wise writing stores what ``save`` would store."""

from datetime import UTC, datetime

import pytest

from povedu.accounts.models import User
from povedu.bulk import insert_rows, staged
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
    from django.db import connection

    columns = [("name", "text"), ("number", "bigint")]
    with (
        staged("probe", columns, [("甲", 1), (None, 2)]) as table,
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT count(name), sum(number) FROM {table}")
        assert tuple(map(int, cursor.fetchone())) == (1, 3)
    assert table not in connection.introspection.table_names()
