"""Names of places, for headings of reports."""

from povedu.scope import Scope
from schools.choices import DivisionLevel
from schools.models import Division, School


def place_label(scope: Scope) -> str:
    """Return what the scope is called: a school, else the division its prefix names, else ""."""
    if scope.school_code is not None:
        school = School.objects.filter(code=scope.school_code).first()
        return school.name if school else ""
    if not scope.division_prefix:
        county = Division.objects.filter(level=DivisionLevel.COUNTY).order_by("code")[:2]
        return county[0].name if len(county) == 1 else ""
    code = scope.division_prefix.ljust(12, "0")
    division = Division.objects.filter(code=code).first()
    return division.name if division else ""


def county_codes(scope: Scope) -> list[str]:
    """Return the six-digit codes of the counties in scope, or the county the scope lies in."""
    if len(scope.division_prefix) >= 6:
        return [scope.division_prefix[:6]]
    counties = Division.objects.filter(
        level=DivisionLevel.COUNTY, code__startswith=scope.division_prefix
    )
    return [code[:6] for code in counties.order_by("code").values_list("code", flat=True)]


def part_digits(scope: Scope) -> int:
    """Return how many digits name the parts of a place: 6 counties, 9 townships, 0 schools."""
    if scope.school_code is not None or len(scope.division_prefix) >= 9:
        return 0
    several = len(scope.division_prefix) < 6 and len(county_codes(scope)) > 1
    return 6 if several else 9


def parts_of(scope: Scope) -> list[tuple[str, str, str]]:
    """Return (key, name, division code) of the parts a place is broken down into.

    A city into its counties (six digits), a county into its townships (nine), a township into its
    schools (school codes).
    """
    digits = part_digits(scope)
    if not digits:
        place = scope.q(division="division_id", school="code")
        schools = School.objects.filter(place).order_by("code")
        return list(schools.values_list("code", "name", "division_id"))
    level = DivisionLevel.COUNTY if digits == 6 else DivisionLevel.TOWNSHIP
    inside = Division.objects.filter(level=level, code__startswith=scope.division_prefix)
    found = inside.order_by("code").values_list("code", "name")
    return [(code[:digits], name, code) for code, name in found]


def school_scope(scope: Scope, code: str) -> Scope:
    """Return the scope of one school that lies in a scope, else of nothing."""
    inside = School.objects.filter(scope.q(division="division_id", school="code"), code=code)
    division = inside.values_list("division_id", flat=True).first()
    return Scope(division, code) if division else Scope.nothing()
