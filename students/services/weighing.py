"""What a county's last run weighed, read and kept for the next one."""

from schools.models import Division
from students.linkage.weighing import Weighed, packed, unpacked
from students.models import Weighing


def weighed_before(county: Division, version: str) -> Weighed:
    """Return what the county's last run weighed, nothing where another version did it."""
    row = Weighing.objects.filter(county=county, version=version).first()
    if row is None:
        return Weighed()
    return unpacked(*map(bytes, (row.children, row.entries, row.pairs)))  # memory on PostgreSQL


def keep_weighed(county: Division, version: str, weighed: Weighed) -> None:
    """Keep what a run weighed in place of what the one before did, in its transaction."""
    values = {"version": version, **packed(weighed)}
    Weighing.objects.update_or_create(county=county, defaults=values)
