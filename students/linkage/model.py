"""The model: how much each finding of each comparison proves, and how common a name is.

A model is a JSON file. The shipped one is ``model.json`` beside this module; ``LINKAGE_MODEL`` may
name a county's own (``manage.py estimate_linkage`` writes one). A pair's probability depends on
that pair and the model only, never on the other rows of a run.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from students.linkage.comparisons import LEVELS

SHIPPED = Path(__file__).with_name("model.json")
_RAREST = 1e-7  # nobody's name proves more than this share says


class ModelInvalid(ValueError):
    """A model file does not say what a model must; the message names what."""


@dataclass(frozen=True, slots=True)
class NameShares:
    """What share of people bears a name: counted whole, else surname by given characters."""

    surnames: Mapping[str, float]
    other_surname: float
    one_character: float
    characters: Mapping[str, float]
    other_character: float
    whole: Mapping[str, float]

    def share(self, name: str) -> float:
        """Return the share of people who bear exactly this name."""
        known = self.whole.get(name)
        if known is not None:
            return max(known, _RAREST)
        surname = name[:2] if name[:2] in self.surnames and len(name) > 2 else name[:1]
        given = name[len(surname) :]
        share = self.surnames.get(surname, self.other_surname)
        share *= self.one_character if len(given) < 2 else 1 - self.one_character
        for character in given:
            share *= self.characters.get(character, self.other_character)
        return max(share, _RAREST)


@dataclass(frozen=True, slots=True)
class Model:
    """A prior, an (m, u) pair per level of each comparison, and the shares of names.

    ``m`` is how often one person's two rows look so, ``u`` how often two people's do; the weight
    of a level is log2(m / u) bits. ``digest`` names the file's content.
    """

    name: str
    prior: float
    levels: Mapping[str, Mapping[str, tuple[float, float]]]
    names: NameShares
    digest: str

    def m(self, comparison: str, level: str) -> float:
        """Return how often one person's two rows look so."""
        return self.levels[comparison][level][0]

    def u(self, comparison: str, level: str) -> float:
        """Return how often two people's rows look so."""
        return self.levels[comparison][level][1]


def read_model(path: Path | str = SHIPPED) -> Model:
    """Return the model of a file; raise ModelInvalid where it is none."""
    try:
        text = Path(path).read_text(encoding="utf-8")
        return parsed(json.loads(text), hashlib.sha256(text.encode()).hexdigest())
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelInvalid(f"{path}: {type(error).__name__} {error}") from error


def parsed(content: Mapping[str, Any], digest: str) -> Model:
    """Return a model from a file's content; every comparison has exactly its levels."""
    levels = {
        comparison: {level: _pair(content["comparisons"][comparison][level]) for level in names}
        for comparison, names in LEVELS.items()
    }
    for comparison, found in content["comparisons"].items():
        if set(found) != set(LEVELS.get(comparison, ())):
            raise ModelInvalid(f"levels of {comparison}")
    names = content["names"]
    characters = {
        character: float(share)
        for share, all_of in names["given_characters"]
        for character in all_of
    }
    return Model(
        name=str(content["name"]),
        prior=_share(content["prior"]),
        levels=levels,
        names=NameShares(
            surnames={key: _share(value) for key, value in names["surnames"].items()},
            other_surname=_share(names["other_surname"]),
            one_character=_share(names["one_character"]),
            characters=characters,
            other_character=_share(names["other_character"]),
            whole={key: _share(value) for key, value in names["whole"].items()},
        ),
        digest=digest,
    )


def _share(value: Any) -> float:
    share = float(value)
    if not 0 < share < 1:
        raise ModelInvalid(f"{value} is no share between 0 and 1")
    return share


def _pair(values: Any) -> tuple[float, float]:
    m, u = values
    return _share(m), _share(u)


@lru_cache(maxsize=4)
def known_model(path: str = "") -> Model:
    """Return the model of a path, "" the shipped one, read once a process."""
    return read_model(path or SHIPPED)
