"""Draw a sample again from its exported frame and its seed: standard library only.

    python3 redraw_sample.py FRAME.csv SEED SIZE [DIGEST]

FRAME.csv is the frame as the system exports it: a heading line, then key, stratum, amount in fen
and day of arrival. Prints the SHA-256 of the frame and the drawn keys, in order of the draw; ends
with 1 where DIGEST is given and the frame has another, with 2 where the file cannot be read.
"""

import csv
import hashlib
import sys
from pathlib import Path


def read(path):
    """Return the lines of a frame, sorted."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    return sorted((key, stratum, int(fen), day) for key, stratum, fen, day in rows[1:])


def digest_of(lines):
    """Return the frame's SHA-256."""
    text = "".join(f"{key}\t{stratum}\t{fen}\t{day}\n" for key, stratum, fen, day in lines)
    return hashlib.sha256(text.encode()).hexdigest()


def allot(counts, size):
    """Share the size among the strata: by largest remainders, each at least one where it can."""
    whole = sum(counts.values())
    size = min(size, whole)
    if not size:
        return dict.fromkeys(counts, 0)
    names = sorted(counts)
    least = 1 if len(names) <= size else 0
    given = {name: max(counts[name] * size // whole, least) for name in names}
    turn = sorted(names, key=lambda name: (-(counts[name] * size % whole), name))
    while sum(given.values()) < size:
        given[next(name for name in turn if given[name] < counts[name])] += 1
        turn.append(turn.pop(0))
    while sum(given.values()) > size:
        given[max(names, key=lambda name: (given[name], name))] -= 1
    return given


def draw(lines, seed, size):
    """Yield the drawn keys with their hashes."""
    counts = {}
    for line in lines:
        counts[line[1]] = counts.get(line[1], 0) + 1
    left = allot(counts, size)
    order = sorted(
        (hashlib.sha256(f"{seed}|{line[0]}".encode()).hexdigest(), line[0], line[1])
        for line in lines
    )
    for hashed, key, stratum in order:
        if left[stratum]:
            left[stratum] -= 1
            yield key, hashed


def main(arguments):
    """Read, compare the digest, draw, print."""
    if len(arguments) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 2
    path, seed, size = arguments[0], arguments[1], int(arguments[2])
    try:
        lines = read(path)
    except (OSError, ValueError) as fault:
        print(f"{path}: {fault}", file=sys.stderr)
        return 2
    found = digest_of(lines)
    print(f"frame {found} {len(lines)}")
    if len(arguments) == 4 and arguments[3] != found:
        print("The frame is not the one that was fixed.", file=sys.stderr)
        return 1
    for rank, (key, hashed) in enumerate(draw(lines, seed, size), start=1):
        print(f"{rank} {key} {hashed}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
