"""What two rows are compared by, as Splink settings: levels, their conditions, and blocking.

Conditions are DuckDB's SQL over the columns of ``frames.COLUMNS``; an unknown value is NULL and
proves nothing either way. Levels are tried from the first to the last.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from students.linkage.model import Model

_OTHERWISE = "ELSE"

# comparison -> (condition under which a side does not say, level -> condition)
COMPARISONS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "name": (
        "name_l IS NULL OR name_r IS NULL",
        {
            "equal": "name_l = name_r",
            "variant": "folded_l = folded_r",
            "homophone": "pinyin_l = pinyin_r",
            "one-character": "levenshtein(name_l, name_r) = 1"
            " AND least(length(name_l), length(name_r)) >= 3",
            "one-of-two": "levenshtein(name_l, name_r) = 1",
            "differs": _OTHERWISE,
        },
    ),
    "birth": (
        "birth_l IS NULL OR birth_r IS NULL",
        {
            "equal": "birth_l = birth_r",
            "swapped": "birth_l = concat(substr(birth_r, 1, 4), substr(birth_r, 7, 2),"
            " substr(birth_r, 5, 2))",
            "near": "damerau_levenshtein(birth_l, birth_r) = 1 OR abs(day_l - day_r) = 1",
            "year": "substr(birth_l, 5, 4) = substr(birth_r, 5, 4) AND abs(day_l - day_r) < 1100",
            "differs": _OTHERWISE,
        },
    ),
    "sex": (
        "sex_l IS NULL OR sex_r IS NULL",
        {"equal": "sex_l = sex_r", "differs": _OTHERWISE},
    ),
    "township": (
        "township_l IS NULL OR township_r IS NULL",
        {"equal": "township_l = township_r", "differs": _OTHERWISE},
    ),
    # A village only speaks within one township: the township has spoken for the rest.
    "village": (
        "village_l IS NULL OR village_r IS NULL OR township_l <> township_r",
        {"equal": "village_l = village_r", "differs": _OTHERWISE},
    ),
    # The roster's guardian against the register's household.
    "guardian": (
        "elder_l IS NULL OR elder_r IS NULL",
        {
            "head": "elder_l = elder_r",
            "family": "list_contains(family_r, elder_l)",
            "sounds": "elder_pinyin_l = elder_pinyin_r",
            "differs": _OTHERWISE,
        },
    ),
    # A number that is no number, against one; or first fifteen digits that agree.
    "number": (
        "stated_l IS NULL OR stated_r IS NULL",
        {
            "equal": "stated_l = stated_r",
            "one-digit": "levenshtein(digits_l, digits_r) = 1",
            "transposed": "damerau_levenshtein(digits_l, digits_r) = 1",
            "first-15": "first_15_l = first_15_r",
            "differs": _OTHERWISE,
        },
    ),
}
LEVELS: Mapping[str, tuple[str, ...]] = {
    name: tuple(levels) for name, (_unknown, levels) in COMPARISONS.items()
}

# Two full valid numbers are two people, unless name and first fifteen digits agree.
_NOT_TWO = "(l.valid IS NULL OR r.valid IS NULL OR (l.first_15 = r.first_15 AND l.name = r.name))"
# Whichever one field is wrong or missing, one of these still holds.
_SHARED = (
    ("name", "birth"),
    ("pinyin", "birth"),
    ("birth", "surname"),
    ("birth", "given"),
    ("birth", "township"),
    ("birth", "elder"),
    ("name", "township"),
    ("name", "elder"),
    ("pinyin", "elder"),
    ("name", "first_15"),
    ("name", "stated"),
)
BLOCKING = tuple(
    " AND ".join([*(f"l.{column} = r.{column}" for column in shared), _NOT_TWO])
    for shared in _SHARED
)


def settings_of(model: "Model") -> dict[str, Any]:
    """Return the model as Splink's settings for linking two tables without looking inside each."""
    return {
        "link_type": "link_only",
        "unique_id_column_name": "row",
        "probability_two_random_records_match": model.prior,
        "blocking_rules_to_generate_predictions": list(BLOCKING),
        "comparisons": [_comparison(model, name) for name in COMPARISONS],
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": True,
    }


def _comparison(model: "Model", name: str) -> dict[str, Any]:
    unknown, levels = COMPARISONS[name]
    first = {"sql_condition": unknown, "is_null_level": True, "label_for_charts": "unknown"}
    return {
        "output_column_name": name,
        "comparison_levels": [
            first,
            *(_level(model, name, level, condition) for level, condition in levels.items()),
        ],
    }


def _level(model: "Model", name: str, level: str, condition: str) -> dict[str, Any]:
    found = {
        "sql_condition": condition,
        "label_for_charts": level,
        "m_probability": model.m(name, level),
        "u_probability": model.u(name, level),
    }
    if (name, level) == ("name", "equal"):
        # An equal name proves as much as it is rare: u becomes the name's own share.
        found |= {"tf_adjustment_column": "name", "tf_adjustment_weight": 1.0}
    return found
