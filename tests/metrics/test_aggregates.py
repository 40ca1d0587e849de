"""Results that others published: looked up, and honest about what they do not tell."""

import numpy as np
import pytest

from sq.analyses.comparison import compared
from sq.metrics.measuring import measure
from sq.selection import Selection
from sq.statistics.intervals import adjusted_wald_nps, wilson
from sq.warehouse import EVERYTHING, Scope, Warehouse
from tests.metrics.cells_by_hand import hand_warehouse

ALL = Selection(start="2024-01", end="2026-12")
WARM = ALL.but(metric="published_top2", item="customer:Q1")
QUICK = ALL.but(metric="published_top2", item="customer:Q2")


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return hand_warehouse(tmp_path_factory.mktemp("aggregates"))


def measured(hand: Warehouse, selection: Selection, *axes: str, scope: Scope = EVERYTHING) -> dict:
    return measure(hand, scope, selection.metric, selection, axes).iloc[0].to_dict()


def test_a_published_row_is_taken_as_it_is(hand: Warehouse) -> None:
    found = measured(hand, QUICK)
    assert (found["value"], found["mean_of"], found["range_low"], found["range_high"]) == (66, 0, 500, 999)
    assert np.isnan([found["n"], found["low"], found["high"]]).all()


def test_places_with_their_n_are_weighted_by_it(hand: Warehouse) -> None:
    found = measured(hand, WARM)
    # the rival's 900 answers are not of the chain: (100 * 70 + 300 * 90 + 200 * 60 + 20 * 50) / 620
    assert found["value"] == pytest.approx(47_000 / 620)
    assert (found["n"], found["mean_of"]) == (620, 4)
    low, high = wilson(np.array([47 / 62]), np.array([620.0]))
    assert [found["low"], found["high"]] == pytest.approx([100 * low[0], 100 * high[0]])
    north = measured(hand, WARM.but(region="North"))
    assert (north["value"], north["n"]) == (85, 400)  # (100 * 70 + 300 * 90) / 400


def test_a_mean_tells_no_spread(hand: Warehouse) -> None:
    found = measured(hand, ALL.but(metric="published_mean", dimension="customer:D1"))
    assert (found["value"], found["n"]) == (pytest.approx(70.4), 100)  # (80 * 72 + 20 * 64) / 100
    assert np.isnan([found["low"], found["high"]]).all()


def test_a_net_promoter_score_has_the_widest_interval_it_can_have(hand: Warehouse) -> None:
    found = measured(hand, ALL.but(metric="published_nps"))
    low, high = adjusted_wald_nps(np.array([0.2]), np.array([1.0]), np.array([400.0]))
    assert (found["value"], found["low"], found["high"]) == (20, 100 * low[0], 100 * high[0])


def test_the_newest_period_inside_the_months_counts(hand: Warehouse) -> None:
    assert measured(hand, WARM.but(store="N1"))["value"] == 70
    assert measured(hand, WARM.but(store="N1", end="2025-06"))["value"] == 50
    assert measure(hand, EVERYTHING, WARM.metric, WARM.but(start="2026-01"), ()).empty
    course = measure(hand, EVERYTHING, WARM.metric, WARM.but(store="N1", start="2025-12"), ("period",))
    assert sorted(course["value"]) == [50, 70]
    months = measure(hand, EVERYTHING, WARM.metric, WARM.but(store="N1", start="2025-12"), ("month",))
    assert list(months["value"]) == [70]


def test_a_place_is_compared_with_the_others_by_their_n(hand: Warehouse) -> None:
    found = compared(hand, EVERYTHING, WARM, ("store",)).frame.set_index("store")
    assert sorted(found.index) == ["N1", "N2", "S1", "S2"]
    # the others of N2: (100 * 70 + 200 * 60 + 20 * 50) / 320
    assert found.loc["N2", "reference"] == pytest.approx(20_000 / 320)
    assert found.loc["N2", "verdict"] == "better"
    assert found.loc["S2", "verdict"] == "worse"  # 20 answers are enough for a share
    inside = compared(hand, EVERYTHING, WARM.but(region="South"), ("store",)).frame
    assert list(inside["store"]) == ["S1", "S2"]
    assert list(inside["p_adjusted"]) == list(found.loc[["S1", "S2"], "p_adjusted"])


def test_without_n_there_is_a_difference_but_no_verdict(hand: Warehouse) -> None:
    found = compared(hand, EVERYTHING, QUICK, ("region",))
    north = found.frame.set_index("region").loc["North"]
    assert (north["reference"], north["difference"], north["verdict"]) == (60, 10, "")
    assert np.isnan([north["diff_low"], north["p"]]).all()
    assert [str(note) for note in found.notes] == [
        "Where the number of answers is not published there is no interval and no verdict."
    ]


def test_a_plain_mean_says_of_how_many(hand: Warehouse) -> None:
    words = [str(note) for note in compared(hand, EVERYTHING, WARM, ()).notes]
    assert words == ["Nothing is published for this place itself: mean of the 4 places below it, weighted by n."]
    told = [str(note) for note in compared(hand, EVERYTHING, QUICK, ()).notes]
    assert told[1] == "The number of answers is published as a range only: 500 to 999."


def test_an_earlier_period_is_found_place_by_place(hand: Warehouse) -> None:
    found = compared(hand, EVERYTHING, WARM.but(compare="previous"), ("store",))
    rows = found.frame.set_index("store")
    assert str(found.against) == "Jan 2024 – Dec 2024"
    assert (rows.loc["N1", "reference"], rows.loc["N1", "difference"]) == (50, 20)
    assert np.isnan(rows.loc["N2", "difference"])
    again = compared(hand, EVERYTHING, WARM.but(compare="last_year"), ("store",)).frame.set_index("store")
    assert again.loc["N1", "difference"] == 20


def test_a_reader_sees_results_of_own_places_only(hand: Warehouse) -> None:
    south = Scope(regions=("South",))
    # S1 and S2 only: (200 * 60 + 20 * 50) / 220
    assert measured(hand, WARM, scope=south)["value"] == pytest.approx(13_000 / 220)
    assert measured(hand, QUICK, scope=south)["value"] == 60  # the chain's row is not for this reader, the region's is
    assert measure(hand, Scope(stores=("S1",)), QUICK.metric, QUICK, ()).empty
