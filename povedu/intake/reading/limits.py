"""The limits of one file, named in one settings block and carried into the child."""

from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, counts and seconds beyond which a file is refused with the limit named."""

    file_bytes: int
    unzipped_bytes: int
    zip_ratio: int
    zip_entries: int
    sheets: int
    rows: int
    columns: int
    child_memory_bytes: int
    child_cpu_seconds: int
    child_wall_seconds: int

    @classmethod
    def of(cls, named: dict[str, int]) -> Self:
        """Build from the settings block or from the child's first line."""
        return cls(**named)

    def named(self) -> dict[str, int]:
        """Return the settings block again."""
        return asdict(self)

    @property
    def sheet_rows(self) -> int:
        """Return the last row number that may hold a value: the data plus room for titles."""
        return self.rows + 1000
