"""The sentence on the lowest touchpoints says how many answers it stands on and what luck could turn."""

from itertools import pairwise

import pandas as pd
import pytest

from sq.analyses.journey import how_sure, journey
from sq.analyses.names import names
from sq.language import speaking
from sq.selection import Selection
from sq.warehouse import Scope, Warehouse

NOTHING = float("nan")
APART = "all others lie above, intervals included"
FIRST = "the first lies below the others, intervals included"
LUCK = ("so luck may decide which are lowest", "so luck may decide which is lowest")
# limits of the touchpoints, the lowest first, and what is said of the first three (of all three: of the first)
CASES = {
    "apart": ([(60, 64), (61, 65), (62, 66), (66.1, 70), (80, 84)], APART),
    "they touch": ([(60, 64), (61, 65), (62, 66), (66, 70), (80, 84)], "the interval of 1 other reaches into theirs"),
    "two reach in": ([(60, 64), (61, 65), (62, 68), (66, 70), (67, 71), (80, 84)], "the intervals of 2 others reach"),
    "the fourth has none": ([(60, 64), (61, 65), (62, 66), (NOTHING, NOTHING)], "the interval of 1 other reaches"),
    "one named has none": ([(60, 64), (NOTHING, NOTHING), (62, 66), (70, 74)], "some have no interval"),
    "all are named, the first apart": ([(60, 64), (65, 69), (66, 70)], FIRST),
    "all are named, the second near": ([(60, 64), (63, 67), (66, 70)], "the interval of the first meets others"),
    "two are named": ([(60, 64), (65, 69)], FIRST),
}


@pytest.mark.parametrize("case", CASES)
def test_luck_is_named_where_intervals_meet(case: str) -> None:
    limits, words = CASES[case]
    keys = [f"T{place}" for place in range(len(limits))]
    frame = pd.DataFrame(limits, columns=["mystery_low", "mystery_high"]).assign(touchpoint=keys)
    with speaking("en"):
        told = str(how_sure(frame, "mystery", tuple(keys[:3])))
    assert told.startswith(words)
    assert (told in (APART, FIRST)) != told.endswith(LUCK)


def test_the_answer_holds_the_interval_of_each_touchpoint_named_and_the_visits(small: Warehouse) -> None:
    found = journey(small, Scope(), Selection(), names(small, Scope()))
    frame = found.frame.set_index("touchpoint")
    with speaking("en"):
        told = str(found.answer)
    for key in found.weakest:
        row = frame.loc[key]
        limits = f"95 %: {row['mystery_low']:.1f} to {row['mystery_high']:.1f}"
        assert f"{row['label']} ({row['mystery']:.1f}; {limits})" in told
    assert f"({frame['mystery_n'].max()} visits)" in told
    assert all(frame.loc[a, "mystery"] <= frame.loc[b, "mystery"] for a, b in pairwise(found.weakest))
