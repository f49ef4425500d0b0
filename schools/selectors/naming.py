"""Which school a clerk means: by code, name, short name, alias or former name."""

from dataclasses import dataclass, field

from povedu.identity import tidy
from povedu.scope import Scope
from schools.models import Division, School, SchoolAlias, SchoolEvent


@dataclass(frozen=True, slots=True)
class NamedSchool:
    """What an import needs to know of a school."""

    pk: int
    code: str
    name: str
    kind: str
    division_code: str


@dataclass
class SchoolNames:
    """The schools of a county by code and by every name that means exactly one of them."""

    by_code: dict[str, NamedSchool] = field(default_factory=dict)
    by_name: dict[str, NamedSchool] = field(default_factory=dict)
    _shared: set[str] = field(default_factory=set)

    def find(self, code: str, name: str) -> NamedSchool | None:
        """Return the school of a code, else of a name as the register has it."""
        return self.by_code.get(code) or self.by_name.get(name)

    def learn(self, name: str, school: NamedSchool) -> None:
        """Take in a name; one that two schools share means neither of them."""
        text = tidy(name)
        if not text or text in self._shared:
            return
        known = self.by_name.setdefault(text, school)
        if known.code != school.code:
            del self.by_name[text]
            self._shared.add(text)


def school_names(county_code: str) -> SchoolNames:
    """Return every name of every school of a county, full names before short and former ones."""
    names = SchoolNames()
    rows = School.objects.filter(division__code__startswith=county_code).values_list(
        "pk", "code", "name", "kind", "division_id", "short_name"
    )
    shorter = []
    schools = {}
    for pk, code, name, kind, division, short in rows:
        school = NamedSchool(pk, code, name, kind, division)
        names.by_code[code] = schools[pk] = school
        names.learn(name, school)
        shorter.append((short, school))
    aliases = SchoolAlias.objects.filter(county_code=county_code).values_list("name", "school_id")
    former = SchoolEvent.objects.filter(
        kind="renamed", school__division__code__startswith=county_code
    ).values_list("old_value", "school_id")
    for name, pk in [*aliases, *former]:
        if pk in schools and name not in names.by_name:
            names.learn(name, schools[pk])
    for name, school in shorter:
        if name not in names.by_name:
            names.learn(name, school)
    return names


def without_county(names: SchoolNames, county_code: str) -> dict[str, NamedSchool]:
    """Return names with the county's name put before or taken away, as clerks do both."""
    county = Division.objects.filter(pk=f"{county_code}000000").values_list("name", flat=True)
    prefix = next(iter(county), "")
    if not prefix:
        return {}
    other: dict[str, NamedSchool] = {}
    for name, school in names.by_name.items():
        changed = name.removeprefix(prefix) if name.startswith(prefix) else prefix + name
        if changed not in names.by_name:
            other[changed] = school
    return other


def division_of_school(code: str) -> str | None:
    """Return the code of the division a school lies in, None for an unknown school."""
    return School.objects.filter(code=code).values_list("division_id", flat=True).first()


def county_codes() -> list[str]:
    """Return the six-digit codes of all counties."""
    counties = Division.objects.filter(level="county").values_list("pk", flat=True)
    return sorted(code[:6] for code in counties)


def division_names(county_code: str) -> dict[str, str]:
    """Return the code of each township by name, and of each village by ``township/village``.

    A village name that is unique in the county is found without its township too.
    """
    names: dict[str, str] = {}
    townships: dict[str, str] = {}
    villages: dict[str, set[str]] = {}
    rows = Division.objects.filter(code__startswith=county_code).values_list("pk", "name", "level")
    for code, name, level in sorted(rows):
        if level == "township":
            townships[code[:9]] = name
            names[name] = code
        elif level == "village":
            villages.setdefault(name, set()).add(code)
            names[f"{townships.get(code[:9], '')}/{name}"] = code
    for name, codes in villages.items():
        if len(codes) == 1:
            names.setdefault(f"/{name}", next(iter(codes)))
    return names


def schools_to_choose(scope: Scope) -> list[tuple[str, str]]:
    """Return (code, name) of the open schools in a scope, by name."""
    rows = School.objects.filter(
        scope.q(division="division_id", school="code"), closed_on__isnull=True
    )
    return list(rows.order_by("name").values_list("code", "name"))
