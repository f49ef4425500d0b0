"""Where a school lies, seen from a child's home."""

from students.choices import Place
from students.rules.records import Site


def site_place(site: Site, home: str, county: str) -> Place:
    """Return where a school lies, seen from a child's home; an unknown home counts as near."""
    if site.outside or not site.division.startswith(county):
        same_province = site.division[:2] == county[:2]
        return Place.OUT_OF_COUNTY if same_province else Place.OUT_OF_PROVINCE
    if home.startswith(county) and len(home) == 12 and home[6:9] != "000":
        return Place.HERE if home[:9] == site.division[:9] else Place.IN_COUNTY
    return Place.HERE
