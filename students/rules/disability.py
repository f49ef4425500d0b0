"""Certificates of the disabled persons' federation.

A certificate number is the 18-character identity number, one digit for the kind of disability, one
for its grade, and after a loss the letter B and the number of the duplicate. A certificate is valid
for ten years from its issue unless it says otherwise.
"""

import re
from datetime import date
from typing import NamedTuple

from povedu.identity import birth_of, has_valid_check

# As the registers write them, whatever language somebody reads.
KINDS = dict(zip("1234567", ("视力", "听力", "言语", "肢体", "智力", "精神", "多重"), strict=True))
GRADES = dict(zip("1234", ("一级", "二级", "三级", "四级"), strict=True))
YEARS_VALID = 10
_NUMBER = re.compile(r"(\d{17}[\dX])([1-7])([1-4])(?:B\d{1,2})?")
_ENDED = re.compile(r"注销|过期|失效|作废|吊销|冻结|迁出|死亡|到期")
_STILL_VALID = re.compile(r"未注销|未过期|未失效|未到期")


class Certificate(NamedTuple):
    """The parts of a certificate; "" where unknown."""

    id_number: str
    kind: str
    grade: str

    @property
    def words(self) -> str:
        """Return kind and grade in words, such as 肢体二级."""
        return f"{KINDS.get(self.kind, '')}{GRADES.get(self.grade, '')}"


def read_certificate(number: str, *, kind: str = "", grade: str = "") -> Certificate:
    """Return the parts of a number, with what its register states where the number says nothing."""
    found = _NUMBER.fullmatch(number)
    if found is None:
        return Certificate("", kind, grade)
    identity = found[1] if has_valid_check(found[1]) and birth_of(found[1]) else ""
    return Certificate(identity, kind or found[2], grade or found[3])


def fault_of(number: str) -> str:
    """Return the code of what is wrong with a certificate number, "" where it is well formed."""
    bare = re.sub(r"B\d{1,2}$", "", number)
    if len(bare) != 20:
        return "id-length"
    found = _NUMBER.fullmatch(number)
    if found is None:
        return "value-unknown"
    return "" if has_valid_check(found[1]) and birth_of(found[1]) else "id-checksum"


def has_expired(*, state: str, valid_until: date | None, issued_on: date | None, on: date) -> bool:
    """Say whether a certificate was no longer valid on a day."""
    if _ENDED.search(state) and not _STILL_VALID.search(state):
        return True
    if valid_until is not None:
        return valid_until < on
    if issued_on is None:
        return False
    return (issued_on.year + YEARS_VALID, issued_on.month, issued_on.day) <= (
        *(on.year, on.month, on.day),
    )
