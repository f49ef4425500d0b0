"""The linkage model written a second time, plainly: what Splink must answer, pair by pair."""

import math
from itertools import product

from povedu import identity
from students.linkage.model import known_model
from students.linkage.scoring import SEEN_FROM
from students.linkage.variants import folded
from students.rules.matching import Scored


def edits(a, b, *, swaps=False):
    """Return the edit distance, an exchange of neighbours counting one where asked."""
    rows = [[max(i, j) if not i * j else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i, j in product(range(1, len(a) + 1), range(1, len(b) + 1)):
        best = min(
            rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1])
        )
        if swaps and i > 1 < j and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
            best = min(best, rows[i - 2][j - 2] + 1)
        rows[i][j] = best
    return rows[-1][-1]


def name_level(child, entry):
    a, b = child.name, entry.name
    if not a or not b:
        return ""
    if a == b:
        return "equal"
    if folded(a) == folded(b):
        return "variant"
    if child.pinyin and child.pinyin == entry.pinyin:
        return "homophone"
    if edits(a, b) == 1:
        return "one-character" if min(len(a), len(b)) >= 3 else "one-of-two"
    return "differs"


def birth_level(child, entry):
    one, other = child.birth_on, entry.birth_on
    if not one or not other:
        return ""
    a, b = f"{one:%Y%m%d}", f"{other:%Y%m%d}"
    if a == b:
        return "equal"
    if a == b[:4] + b[6:] + b[4:6]:
        return "swapped"
    if edits(a, b, swaps=True) == 1 or abs((one - other).days) == 1:
        return "near"
    return "year" if a[4:] == b[4:] and abs((one - other).days) < 1100 else "differs"


def same(a, b):
    return "" if not a or not b else "equal" if a == b else "differs"


def village_level(child, entry):
    inside = child.township and child.township == entry.township
    return same(child.village, entry.village) if inside else ""


def guardian_level(child, entry):
    guardian, head = identity.normal_name(child.guardian), identity.normal_name(entry.head)
    if not guardian or not head:
        return ""
    if guardian == head:
        return "head"
    if guardian in entry.family:
        return "family"
    return "sounds" if identity.pinyin(guardian) == identity.pinyin(head) else "differs"


def number_level(child, entry, digits):
    one, other = (row.stated_index or row.id_index for row in (child, entry))
    if not one or not other:
        return ""
    if one == other:
        return "equal"
    a, b = digits[0].get(child.pk), digits[1].get(entry.pk)
    if a and b and edits(a, b) == 1:
        return "one-digit"
    if a and b and edits(a, b, swaps=True) == 1:
        return "transposed"
    close = child.first_15_index and child.first_15_index == entry.first_15_index
    return "first-15" if close else "differs"


def looked_at(child, entry):
    """Say whether two rows share enough, and are not two people by their numbers."""
    first_15 = child.first_15_index and child.first_15_index == entry.first_15_index
    name = child.name and child.name == entry.name
    if child.confirmed and child.id_index and entry.id_index and not (first_15 and name):
        return False
    sound = child.pinyin and child.pinyin == entry.pinyin
    birth = child.birth_on and child.birth_on == entry.birth_on
    town = child.township and child.township == entry.township
    guardian = identity.normal_name(child.guardian)
    elder = guardian and guardian == identity.normal_name(entry.head)
    one, other = (row.stated_index or row.id_index for row in (child, entry))
    part = child.name[:1] == entry.name[:1] or child.name[1:] and child.name[1:] == entry.name[1:]
    return bool(
        birth
        and (name or sound or part or town or elder)
        or name
        and (town or elder or first_15 or (one and one == other))
        or sound
        and elder
    )


def score(children, entries, *, digits=({}, {}), model=None):
    """Return what ``students.linkage.scoring.score`` returns."""
    model, found = model or known_model(), []
    for child, entry in product(children, entries):
        if not looked_at(child, entry):
            continue
        levels = {
            "name": name_level(child, entry),
            "birth": birth_level(child, entry),
            "sex": same(child.sex, entry.sex),
            "township": same(child.township, entry.township),
            "village": village_level(child, entry),
            "guardian": guardian_level(child, entry),
            "number": number_level(child, entry, digits),
        }
        weights = [("prior", "", math.log2(model.prior / (1 - model.prior)))]
        for name, level in levels.items():
            if level:
                m, u = model.levels[name][level]
                weights.append((name, level, math.log2(m / u)))
            if (name, level) == ("name", "equal"):
                share = model.names.share(child.name)
                weights.append(("rarity", "", math.log2(model.u("name", "equal") / share)))
        probability = 1 / (1 + 2 ** -sum(bits for _name, _level, bits in weights))
        if probability >= SEEN_FROM:
            rounded = tuple((name, level, round(bits, 6)) for name, level, bits in weights)
            found.append(Scored(child.pk, entry.pk, round(probability, 6), rounded))
    return sorted(found)
