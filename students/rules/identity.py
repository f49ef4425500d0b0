"""The identity columns of a student or a register's row, from what was stated."""

from dataclasses import dataclass
from datetime import date

from povedu.identity import (
    birth_of,
    id_from_disability_certificate,
    id_from_student_no,
    initials,
    normal_name,
    pinyin,
    read_id,
    sex_of,
    tidy,
)
from povedu.protected import blind_index


@dataclass(frozen=True, slots=True)
class Identity:
    """A stated number read: the full valid one ("" without), the indexes, and what it tells.

    ``recovered`` says that the full number was derived: from 15 digits, from a national student
    number or from a disability certificate.
    """

    number: str
    stated: str
    id_index: str
    stated_index: str
    first_15_index: str
    recovered: bool
    fixes: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def birth_on(self) -> date | None:
        """Return the birth date inside the number, None without one."""
        return birth_of(self.number) if self.number else None

    @property
    def sex(self) -> str:
        """Return the sex inside the number, "" without one."""
        return sex_of(self.number) if self.number else ""


def read_identity(stated: str, *, student_no: str = "", certificate_no: str = "") -> Identity:
    """Read a stated number, falling back on a student number and a disability certificate."""
    reading = read_id(stated)
    number, fixes = reading.id_number or "", reading.fixes
    if not number:
        number = id_from_student_no(student_no) or ""
        fixes = (*fixes, "fixed-from-student-no") if number else fixes
    if not number:
        number = id_from_disability_certificate(certificate_no or stated) or ""
        fixes = (*fixes, "fixed-from-certificate") if number else fixes
    first_15 = number[:15] or reading.first_15 or ""
    return Identity(
        number=number,
        stated=reading.stated,
        id_index=blind_index("id", number),
        stated_index=blind_index("id", reading.stated),
        first_15_index=blind_index("id-15", first_15),
        recovered=bool(number) and number != reading.stated,
        fixes=fixes,
        problems=() if number else reading.problems,
    )


def student_no_index(student_no: str) -> str:
    """Return the blind index of a national student number, however it is typed."""
    return blind_index("student-no", tidy(student_no).replace(" ", "").upper())


def name_columns(name: str) -> dict[str, str]:
    """Return the columns that hold a name for comparison and search."""
    return {
        "normal_name": normal_name(name)[:40],
        "pinyin": pinyin(name)[:80],
        "initials": initials(name)[:40],
    }
