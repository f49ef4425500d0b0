"""Streams inside an OLE compound file, the envelope of .xls; no table is trusted to end."""

import struct
from collections.abc import Iterator

from povedu.intake.reading.faults import Unreadable

_FREE = 0xFFFFFFFA  # sector numbers from here up are marks, not places
_STREAM, _ROOT = 2, 5


class Compound:
    """A compound file ([MS-CFB]); raises Unreadable where its tables lead nowhere or in circles."""

    def __init__(self, data: bytes) -> None:
        try:
            self._open(data)
        except (struct.error, IndexError) as error:
            raise Unreadable("broken") from error

    def _open(self, data: bytes) -> None:
        self.data = data
        shift, small_shift = struct.unpack_from("<2H", data, 30)
        if shift not in (9, 12) or small_shift != 6:
            raise Unreadable("broken")
        self.size, self.small = 1 << shift, 1 << small_shift
        directory, _, self.cutoff, small_table = struct.unpack_from("<4I", data, 48)
        self.table = self._table(data)
        self.small_table = self._numbers(b"".join(self._chain(small_table)))
        self.entries: dict[str, tuple[int, int]] = {}
        self.root = (_FREE, 0)
        self._read_directory(b"".join(self._chain(directory)))

    def _table(self, data: bytes) -> list[int]:
        places = list(struct.unpack_from("<109I", data, 76))
        further, count = struct.unpack_from("<2I", data, 68)
        for _ in range(min(count, len(data) // self.size + 1)):
            if further >= _FREE:
                break
            block = self._numbers(self._sector(further))
            places += block[:-1]
            further = block[-1]
        table: list[int] = []
        for place in places:
            if place < _FREE:
                table += self._numbers(self._sector(place))
        return table

    @staticmethod
    def _numbers(block: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4]))

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.size
        return self.data[start : start + self.size]

    def _chain(self, number: int) -> Iterator[bytes]:
        left = len(self.data) // self.size + 1
        while number < _FREE:
            left -= 1
            if left < 0:
                raise Unreadable("broken")
            yield self._sector(number)
            number = self.table[number]

    def _read_directory(self, directory: bytes) -> None:
        for at in range(0, len(directory) - 127, 128):
            entry = directory[at : at + 128]
            length, kind = struct.unpack_from("<HB", entry, 64)
            start, size = struct.unpack_from("<2I", entry, 116)
            name = entry[: max(length - 2, 0)].decode("utf-16-le", "replace")
            if kind == _ROOT:
                self.root = (start, size)
            elif kind == _STREAM:
                self.entries.setdefault(name, (start, size))

    def stream(self, *names: str) -> bytes:
        """Return the first stream that has one of the names; raise Unreadable for none."""
        found = next((self.entries[name] for name in names if name in self.entries), None)
        if found is None:
            raise Unreadable("broken")
        start, size = found
        try:
            whole = self._small(start) if size < self.cutoff else b"".join(self._chain(start))
        except IndexError as error:
            raise Unreadable("broken") from error
        return whole[:size]

    def _small(self, number: int) -> bytes:
        pool = b"".join(self._chain(self.root[0]))
        pieces, left = [], len(pool) // self.small + 1
        while number < _FREE:
            left -= 1
            if left < 0:
                raise Unreadable("broken")
            pieces.append(pool[number * self.small : (number + 1) * self.small])
            number = self.small_table[number]
        return b"".join(pieces)
