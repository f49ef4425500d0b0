"""Numbers of papers: kind, county, day and a running number."""

from datetime import date

from django.db import models


def next_number(model: type[models.Model], kind: str, county_id: str, day: date) -> str:
    """Return the next free number of a kind on a day; its uniqueness is the database's."""
    stem = f"{kind}{county_id[:6]}-{day:%Y%m%d}-"
    rows = model._default_manager.filter(number__startswith=stem)
    last = rows.order_by("-number").values_list("number", flat=True).first()
    return f"{stem}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:03d}"
