"""What stands out on the overview is exactly what the drill's map calls reliable."""

from pathlib import Path

import pandas as pd
import pytest

from sq.analyses import standouts as module
from sq.analyses.drill import Drill, drill, map_of
from sq.analyses.names import Names, names
from sq.analyses.standouts import MOST, standouts
from sq.language import speaking
from sq.selection import Selection, month_text
from sq.warehouse import EVERYTHING, Warehouse, current_snapshot, open_warehouse

ALL = Selection(start="2026-01", end="2026-04")
NORTH, SOUTH = "华北", "华南"


@pytest.fixture(scope="module")
def known(small: Warehouse) -> Names:
    return names(small, EVERYTHING)


def test_nothing_stands_out_where_the_map_has_no_reliable_cell(small: Warehouse, known: Names) -> None:
    found = standouts(small, EVERYTHING, ALL, known)
    assert (found.found, found.total) == ((), 0)
    assert str(found.answer) == "Nothing stands out reliably against the other regions."


def test_a_store_has_nothing_below_it_to_compare(small: Warehouse, known: Names) -> None:
    found = standouts(small, EVERYTHING, ALL.but(store="S1"), known)
    assert (found.found, str(found.answer)) == ((), "There is nothing below this level to compare.")


def _with_reliable_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small chain's own map with verdicts as if many more had been measured: every cell is reliable."""

    def judged(*args: object) -> tuple[pd.DataFrame, tuple[str, str], object]:
        cells, axes, against = map_of(*args)  # type: ignore[arg-type]
        verdicts = ["worse" if difference < 0 else "better" for difference in cells["difference"]]
        return cells.assign(verdict=verdicts), axes, against

    monkeypatch.setattr(module, "map_of", judged)


def test_the_weightiest_eight_stand_in_words_and_lead_into_their_cell(
    small: Warehouse, known: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_reliable_cells(monkeypatch)
    found = standouts(small, EVERYTHING, ALL, known)
    # mystery: 2 regions x 3 touchpoints; customers: 2 x 2 (none answered on repair)
    assert (len(found.found), found.total) == (MOST, 10)
    assert str(found.answer) == (
        "Differs reliably from the other regions (the 8 weightiest of 10; weight is the size of the difference times "
        "the share of the answers):"
    )
    # weight = difference / 3 x n / all n of the metric: of the shoppers' cells the order is that of difference x n
    shoppers = [one for one in found.found if one.metric == "mystery_score"]
    cells = map_of(small, EVERYTHING, ALL.but(metric="mystery_score"), known, "")[0].set_index(["place", "subject"])
    counts = [cells.loc[(one.selection.region, one.selection.touchpoint), "n"] for one in shoppers]
    weights = [abs(one.difference) * n for one, n in zip(shoppers, counts, strict=True)]
    assert len(weights) > 2
    assert weights == sorted(weights, reverse=True)
    # repair by shoppers: North V01 100, V02 50, V05 75, V06 100 → 81.25; South V04 0, V07 100 → 50: 31.25
    repair = next(one for one in found.found if (one.metric, one.selection.region) == ("mystery_score", NORTH))
    assert repair.difference == pytest.approx(31.25)
    assert str(repair.sentence) == "华北 · Repair process: Mystery score 81.2, 31.2 points above the others (4 visits)."
    assert repair.selection == ALL.but(metric="mystery_score", region=NORTH, touchpoint="repair")
    with speaking("zh"):
        assert str(repair.sentence) == "华北 · 维修流程：暗访得分 81.2，比其他高 31.2 分（4 次暗访）。"


def test_the_overview_and_the_drill_agree_on_the_simulated_chain(demo_data: Path) -> None:
    warehouse = open_warehouse(demo_data, current_snapshot(demo_data))
    known = names(warehouse, EVERYTHING)
    first, last, _ = known.months["mystery"]
    everything = Selection(start=month_text(first), end=month_text(last))
    found = standouts(warehouse, EVERYTHING, everything, known)
    reliable = [
        (metric, row["place"], row["subject"], row["verdict"])
        for metric in ("mystery_score", "customer_index")
        for row in _reliable(drill(warehouse, EVERYTHING, everything.but(metric=metric), known))
    ]
    assert found.total == len(reliable) > 0  # the planted weaknesses
    told = {(o.metric, o.selection.region, o.selection.touchpoint, o.verdict) for o in found.found}
    assert len(told) == min(MOST, len(reliable))
    assert told <= set(reliable)
    for one in found.found:
        headline = drill(warehouse, EVERYTHING, one.selection, known)
        assert (headline.verdict, headline.difference) == (one.verdict, pytest.approx(one.difference))


def _reliable(shown: Drill) -> list[dict[str, str]]:
    return [dict(row) for row in shown.map[shown.map["verdict"].isin(["better", "worse"])].to_dict("records")]
