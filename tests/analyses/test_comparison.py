"""Verdicts: who is compared with whom, which family, on which items."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sq.analyses.comparison import compared, verdict_name, verdicts
from sq.analyses.names import names
from sq.language import speaking
from sq.metrics.catalogue import METRICS
from sq.places import snapshot_file
from sq.selection import Selection
from sq.statistics.intervals import adjusted_p_values
from sq.warehouse import EVERYTHING, Warehouse, current_snapshot

ALL = Selection(metric="mystery_score", start="2026-01", end="2026-04")
NORTH, SOUTH = "华北", "华南"


def test_a_verdict_needs_both_reliability_and_size() -> None:
    found = verdicts(
        METRICS["mystery_score"],
        np.array([4.0, -4.0, 2.9, 4.0, np.nan, 4.0]),
        np.array([0.01, 0.05, 0.001, 0.06, 0.01, np.nan]),
    )
    assert list(found) == ["better", "worse", "none", "none", "", "too_few"]


def test_more_is_worse_where_the_metric_points_down() -> None:
    assert list(verdicts(METRICS["failed_visits"], np.array([6.0, -6.0]), np.array([0.01, 0.01]))) == [
        "worse",
        "better",
    ]


def test_a_region_is_compared_with_the_others_without_itself(small: Warehouse) -> None:
    found = compared(small, EVERYTHING, ALL, ("region",))
    rows = found.frame.set_index("region")
    south, north = (80 + 50 + 750 / 9) / 3, (100 + 250 / 7 + 850 / 9 + 400 / 9 + 100 + 70) / 6
    assert rows.loc[SOUTH, "reference"] == pytest.approx(north)
    assert rows.loc[SOUTH, "difference"] == pytest.approx(south - north)
    assert rows.loc[NORTH, "difference"] == pytest.approx(north - south)
    assert (found.kind, str(found.against)) == ("rest", "the other regions")


def test_the_whole_chain_is_compared_with_the_period_before(small: Warehouse) -> None:
    found = compared(small, EVERYTHING, ALL.but(start="2026-03"), ())
    row = found.frame.iloc[0]
    assert (found.kind, str(found.against)) == ("previous", "Jan 2026 – Feb 2026")
    assert row["reference"] == pytest.approx((100 + 250 / 7 + 80 + 50) / 4)


def test_across_a_changed_checklist_only_common_items_are_compared(small: Warehouse) -> None:
    found = compared(small, EVERYTHING, ALL.but(start="2026-03", compare="previous"), ())
    # M5 left and M6 came: M1 M2 M3 M4 (weights 2 1 1 2) remain; V11 is a total and stays out, S2 and S5 have no pair
    # now: S1 V06 (0+1+1+2)/6, V08 4/4; S3 V07 (2+.5+0+2)/6; S4 V05 (2+1+1+1.5)/6
    # before: S1 V01 6/6; S3 V03 (2+1+0)/4; S4 V04 (2+0+0)/5
    now = (4 / 6 + 1 + 4.5 / 6 + 5.5 / 6) / 4
    before = (1 + 3 / 4 + 2 / 5) / 3
    row = found.frame.iloc[0]
    assert row["difference"] == pytest.approx(100 * (now - before))
    assert row["pairs"] == 3
    assert "on the 4 items common to both periods" in str(found.notes[0])


def test_values_shown_are_those_of_all_items_of_their_own_day(small: Warehouse) -> None:
    row = compared(small, EVERYTHING, ALL.but(start="2026-03", compare="previous"), ()).frame.iloc[0]
    assert row["value"] == pytest.approx((850 / 9 + 400 / 9 + 750 / 9 + 100 + 70) / 5)


def test_a_target_is_the_places_own_or_the_chains(small: Warehouse) -> None:
    rows = compared(small, EVERYTHING, ALL.but(compare="target"), ("region",)).frame.set_index("region")
    assert rows["reference"].to_dict() == {NORTH: 85, SOUTH: 80}
    assert compared(small, EVERYTHING, ALL.but(compare="target"), ("touchpoint",)).frame["reference"].isna().all()
    competitor = ALL.but(compare="target", brand="对手品牌")
    assert compared(small, EVERYTHING, competitor, ("region",)).frame["reference"].isna().tolist() == [True]


def test_the_family_is_all_siblings_whatever_is_shown(small: Warehouse) -> None:
    everything = compared(small, EVERYTHING, ALL, ("region", "touchpoint")).frame
    assert everything["p_adjusted"].to_numpy() == pytest.approx(adjusted_p_values(everything["p"]), nan_ok=True)
    for selection, axes in (
        (ALL.but(touchpoint="payment"), ("region",)),
        (ALL.but(region=NORTH), ("touchpoint",)),
        (ALL.but(region=NORTH, touchpoint="payment"), ()),
    ):
        shown = compared(small, EVERYTHING, selection, axes).frame
        keys = {"region": selection.region, "touchpoint": selection.touchpoint}
        for _, row in shown.iterrows():
            wanted = {axis: row[axis] if axis in axes else keys[axis] for axis in keys}
            same = everything[
                (everything["region"] == wanted["region"]) & (everything["touchpoint"] == wanted["touchpoint"])
            ]
            assert row["p_adjusted"] == pytest.approx(same["p_adjusted"].iloc[0], nan_ok=True)
            assert row["verdict"] == same["verdict"].iloc[0]


def test_too_few_on_either_side_is_not_judged(small: Warehouse) -> None:
    rows = compared(small, EVERYTHING, ALL, ("store",)).frame.set_index("store")
    assert rows.loc["S2", "verdict"] == "too_few"
    assert rows.loc["S1", "verdict"] == "none"
    assert np.isnan(rows.loc["S2", "p"])


def test_stores_of_a_region_are_compared_with_all_other_stores(small: Warehouse) -> None:
    rows = compared(small, EVERYTHING, ALL.but(region=NORTH), ("store",)).frame.set_index("store")
    assert sorted(rows.index) == ["S1", "S2", "S4"]
    # S4 counts with its visit while it was in the North (V05); the rest holds its visit in the South (V04)
    rest = (100 + 250 / 7 + 80 + 50 + 400 / 9 + 750 / 9 + 100 + 70) / 8
    assert rows.loc["S4", "reference"] == pytest.approx(rest)


def test_nothing_before_gives_values_without_a_verdict(small: Warehouse) -> None:
    found = compared(small, EVERYTHING, ALL.but(compare="last_year"), ("region",))
    assert list(found.frame["verdict"]) == ["", ""]
    assert found.notes == ()


def test_verdicts_have_words_in_both_languages() -> None:
    with speaking("zh"):
        assert str(verdict_name("better")) == "明确更好"
    with speaking("en"):
        assert str(verdict_name("none")) == "no reliable difference"


@pytest.mark.parametrize("compare", ["rest", "previous"])
def test_reading_only_the_items_of_some_touchpoints_changes_nothing_of_them(demo_data: Path, compare: str) -> None:
    warehouse = Warehouse(snapshot_file(demo_data, current_snapshot(demo_data)))
    known = names(warehouse, EVERYTHING)
    here = known.completed(Selection(metric="management_score", compare=compare))
    items = known.items[(known.items["instrument"] == "management") & known.items["touchpoint_id"].ne("")]
    whole = compared(warehouse, EVERYTHING, here, ("item",)).frame
    some = compared(warehouse, EVERYTHING, here, ("item",), tuple(items["item_id"])).frame
    warehouse.close()
    assert 0 < len(some) < len(whole)
    expected = whole[whole["item"].isin(items["item_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        some.sort_values("item", ignore_index=True), expected.sort_values("item", ignore_index=True)
    )
