"""Applying the model: Splink in a DuckDB that lives in this process's memory and nowhere else."""

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from students.linkage.comparisons import LEVELS, settings_of
from students.linkage.frames import Digits, children_frame, entries_frame
from students.linkage.model import Model
from students.rules.matching import Child, Listed, Scored

if TYPE_CHECKING:
    import duckdb

THREADS = 2
MEMORY = "2GB"
SEEN_FROM = 1e-4  # an answer once given holds for pairs as unlikely as this
_DECIMALS = 6  # of probabilities and bits: the last places differ between processors
# Nothing is written to disk, nothing fetched, and no statement can turn that back on.
_CONFINED = (
    "temp_directory = ''",
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
    "allow_community_extensions = false",
    "enable_external_access = false",
    "lock_configuration = true",
)
_LEFT, _RIGHT = "a_children", "b_entries"  # Splink takes the sides in the order of these names


class LinkageFailed(Exception):
    """DuckDB or Splink failed. Their own words may quote a value and are not kept."""


@contextmanager
def confined() -> "Iterator[duckdb.DuckDBPyConnection]":
    """Open a database in memory that reaches neither disk nor network; gone at the end.

    The libraries are imported here: only a process that links pays for them.
    """
    import duckdb
    from splink.internals.exceptions import SplinkException

    logging.getLogger("splink").setLevel(logging.ERROR)
    connection = duckdb.connect(
        ":memory:", config={"threads": str(THREADS), "memory_limit": MEMORY}
    )
    try:
        for setting in _CONFINED:
            connection.execute(f"SET {setting}")
        yield connection
    except (duckdb.Error, SplinkException) as error:
        raise LinkageFailed(type(error).__name__) from None
    finally:
        connection.close()


def score(
    children: Sequence[Child],
    entries: Sequence[Listed],
    *,
    model: Model,
    digits: Callable[[Sequence[Child], Sequence[Listed]], tuple[Digits, Digits]] | None = None,
) -> list[Scored]:
    """Return every pair that shares enough to be looked at, with its probability and weights.

    ``digits`` gives the stated numbers in the clear, of children and of entries by key; without it
    numbers are compared by their blind indexes only. A pair's result depends on its two rows and
    the model: not on other rows, their order, or the database they came from.
    """
    if not children or not entries:
        return []
    left, right = digits(children, entries) if digits else ({}, {})
    with confined() as connection:
        linker = linker_over(
            connection, children_frame(children, left), entries_frame(entries, right), model
        )
        found = linker.inference.predict(threshold_match_probability=SEEN_FROM)
        return sorted(_read(found.as_duckdbpyrelation(), model))


def linker_over(
    connection: Any,
    left: Any,
    right: Any,
    model: Model,
    settings: dict[str, Any] | None = None,
) -> Any:
    """Return Splink's linker over two tables, with the model's names in place of counted ones."""
    import pyarrow as pa
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(connection=connection)
    sides = [
        api.register(left, dataset_display_name=_LEFT),
        api.register(right, dataset_display_name=_RIGHT),
    ]
    linker = Linker(sides, settings or settings_of(model), log_level=None, validate_settings=False)
    names = sorted({*left["name"].to_pylist(), *right["name"].to_pylist()} - {None})
    shares = pa.table({"name": names, "tf_name": [model.names.share(name) for name in names]})
    lookup = api.register(shares, dataset_display_name="name_shares")
    linker.table_management.register_term_frequency_lookup(lookup, "name")
    return linker


def _read(relation: Any, model: Model) -> Iterator[Scored]:
    """Read Splink's answer: per comparison its level (-1: a side does not say) and its weight."""
    wanted = ["row_l", "row_r", "match_probability", "mw_tf_adj_name"]
    wanted += [f"gamma_{name}" for name in LEVELS] + [f"mw_{name}" for name in LEVELS]
    levels = [(name, tuple(reversed(found))) for name, found in LEVELS.items()]  # 0 is the last
    prior = ("prior", "", round(math.log2(model.prior / (1 - model.prior)), _DECIMALS))
    for row in relation.project(", ".join(wanted)).fetchall():
        child, entry, probability, rarity, *rest = row
        found = [prior]
        for (name, names), place, bits in zip(
            levels, rest[: len(levels)], rest[len(levels) :], strict=True
        ):
            if place >= 0:
                found.append((name, names[place], round(bits, _DECIMALS)))
            if name == "name" and names[place] == "equal":
                found.append(("rarity", "", round(rarity, _DECIMALS)))
        yield Scored(child, entry, round(probability, _DECIMALS), tuple(found))
