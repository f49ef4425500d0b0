"""Which teacher a table means: by identity number, number, or a name that is clear."""

from dataclasses import dataclass, field
from datetime import date

from povedu.identity import normal_name
from povedu.protected import blind_index
from teachers.models import Teacher


@dataclass(frozen=True, slots=True)
class KnownTeacher:
    """What an import needs to know of a teacher; ``school`` is the home post's name."""

    pk: int
    number: str
    name: str
    sex: str
    birth_on: date | None
    school_since_on: date | None
    left_on: date | None
    school_id: int
    school: str
    school_code: str
    division_code: str

    def is_called(self, name: str) -> bool:
        """Say whether a stated name is the register's."""
        return normal_name(name) == normal_name(self.name)


@dataclass
class TeacherNames:
    """The teachers of a county by all that tells them apart; a name that several bear by school."""

    by_index: dict[str, KnownTeacher] = field(default_factory=dict)
    by_number: dict[str, KnownTeacher] = field(default_factory=dict)
    by_name: dict[str, list[KnownTeacher]] = field(default_factory=dict)

    def find(self, *, number: str, id_number: str, name: str, school: str) -> KnownTeacher | None:
        """Return whom a row means; what identifies better goes first, a wrong number is nobody."""
        if id_number:
            found = self.by_index.get(blind_index("id", id_number))
            if found is not None:
                return found
        if number:
            return self.by_number.get(number)
        bearers = self.by_name.get(normal_name(name), [])
        if id_number:
            bearers = []  # the register knows this name under another number, or nobody
        at_school = [one for one in bearers if one.school == school]
        if school:
            return at_school[0] if len(at_school) == 1 else None
        return bearers[0] if len(bearers) == 1 else None


def teacher_names(county_code: str) -> TeacherNames:
    """Return every teacher of a county's schools, those who left included."""
    names = TeacherNames()
    rows = (
        Teacher.objects.filter(school__division__code__startswith=county_code)
        .order_by("pk")
        .values_list(
            *("pk", "number", "name", "sex", "birth_on", "school_since_on", "left_on"),
            *("school_id", "school__name", "school__code", "school__division_id", "id_index"),
        )
    )
    for *about, index in rows.iterator(chunk_size=5000):
        teacher = KnownTeacher(*about)
        names.by_number[teacher.number] = teacher
        if index:
            names.by_index[index] = teacher
        names.by_name.setdefault(normal_name(teacher.name), []).append(teacher)
    return names
