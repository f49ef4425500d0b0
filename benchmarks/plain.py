"""Two other ways to the same pairs: what an office would script, and Splink as it comes."""

from typing import Any

from benchmarks.accuracy import Tally, tally
from benchmarks.county import as_inputs
from benchmarks.people import County
from students.linkage.frames import children_frame, entries_frame
from students.linkage.scoring import confined

_ALIKE = 80  # of 100, rapidfuzz's usual bar for "the same name"
_CHUNK = 500


def pandas_and_rapidfuzz(made: County) -> Tally:
    """Merge on the number, then give whoever is left the most similar name of each register."""
    import numpy as np
    import pandas as pd
    from rapidfuzz import fuzz, process

    inputs, children, entries = as_inputs(made)
    roster = pd.DataFrame(
        [(pk, row.name, row.valid() or None) for pk, row in children.items()],
        columns=["child", "name", "number"],
    )
    pairs: list[tuple[int, int]] = []
    for one in inputs.registers:
        register = pd.DataFrame(
            [(row.pk, row.name, row.id_index or None) for row in one.listed],
            columns=["entry", "listed", "number"],
        )
        joined = roster.dropna().merge(register.dropna(), on="number")
        pairs += zip(joined["child"], joined["entry"], strict=True)
        left = roster[~roster["child"].isin(joined["child"])]
        right = register[~register["entry"].isin(joined["entry"])]
        names, keys = right["listed"].tolist(), right["entry"].to_numpy()
        for start in range(0, len(left), _CHUNK):
            part = left.iloc[start : start + _CHUNK]
            scores = process.cdist(
                part["name"].tolist(), names, score_cutoff=_ALIKE, scorer=fuzz.ratio, dtype=np.uint8
            )
            for row, place in enumerate(scores.argmax(axis=1)):
                if scores[row, place] >= _ALIKE:
                    pairs.append((int(part["child"].iloc[row]), int(keys[place])))
    return tally(children, entries, pairs, ())


def splink_defaults(made: County) -> Tally:
    """Take Splink's library comparisons, trained the documented way, at an even chance."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    inputs, children, entries = as_inputs(made)
    listed = [one for register in inputs.registers for one in register.listed]
    creator: Any = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="row",
        comparisons=[
            cl.NameComparison("name"),
            cl.LevenshteinAtThresholds("birth", 1),
            cl.ExactMatch("sex"),
            cl.ExactMatch("township"),
            cl.NameComparison("elder"),
            cl.LevenshteinAtThresholds("stated", 2),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("stated"),
            block_on("name", "birth"),
            block_on("birth", "elder"),
            block_on("name", "township"),
        ],
    )
    with confined() as connection:
        api = DuckDBAPI(connection=connection)
        sides = [
            api.register(children_frame(inputs.children, {}), dataset_display_name="a_children"),
            api.register(entries_frame(listed, {}), dataset_display_name="b_entries"),
        ]
        linker = Linker(sides, creator, log_level=None)
        train = linker.training
        train.estimate_probability_two_random_records_match([block_on("stated")], recall=0.85)
        train.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        train.estimate_parameters_using_expectation_maximisation(block_on("name", "birth"))
        train.estimate_parameters_using_expectation_maximisation(block_on("stated"))
        found = linker.inference.predict(threshold_match_probability=0.5).as_duckdbpyrelation()
        pairs = found.project("row_l, row_r").fetchall()
    return tally(children, entries, pairs, ())
