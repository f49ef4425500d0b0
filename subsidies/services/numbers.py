"""Numbers of papers: kind, county, day and a running number."""

from datetime import date

from django.db import connection, models


def next_number(model: type[models.Model], kind: str, county_id: str, day: date) -> str:
    """Return the next free number of a kind on a day; its uniqueness is the database's.

    Ask inside the transaction that writes the paper: whoever else wants a number of the kind waits
    for its end (on SQLite every writer waits anyway), else two papers would clash over it.
    """
    stem = f"{kind}{county_id[:6]}-{day:%Y%m%d}-"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [stem])
    rows = model._default_manager.filter(number__startswith=stem)
    last = rows.order_by("-number").values_list("number", flat=True).first()
    return f"{stem}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:03d}"
