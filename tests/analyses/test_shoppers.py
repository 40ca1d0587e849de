"""Who is strict, what scores would be with average shoppers, and whom to send next."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sq.analyses.names import Names, names
from sq.analyses.rota import rota
from sq.analyses.shoppers import AdjustedScores, adjusted_frame, adjusted_scores, judged, shoppers
from sq.analyses.slide_drill import drilled
from sq.analyses.slides import slide_content
from sq.selection import Selection
from sq.statistics.estimable import NotEstimable
from sq.warehouse import EVERYTHING, Scope, Warehouse
from tests.small_chain import publish_frames, small_frames


def people(**columns: Any) -> pd.DataFrame:
    """Shoppers P, Q, R, S with what a test does not say."""
    size = len(next(iter(columns.values())))
    given = {
        "shopper_id": list("PQRSTUVWXYZ"[:size]),
        "visits": 40,
        "stores": 10,
        "component": 0,
        "severity": 0.0,
        "severity_se": 1.0,
        "na_rate": 0.1,
        "na_se": 0.01,
        "straight_rate": 0.0,
        "straight_visits": 40,
        "home_region": "N",
        "away_share": 0.25,
    }
    return pd.DataFrame(given | columns)


def test_a_verdict_needs_both_reliability_and_three_points() -> None:
    # p = .00006, .0027, .0027, .32; adjusted (4 in the family) all but the last below .05; 2.9 points are too little
    found = judged(people(severity=[-4.0, 3.0, 2.9, 1.0], severity_se=[1.0, 1.0, 0.5, 1.0]))
    assert found["verdict"].tolist() == ["worse", "better", "none", "none"]
    assert found["p_adjusted"].iloc[1] == pytest.approx(0.0027 * 4 / 3, abs=1e-4)


def test_with_two_visits_or_without_an_error_nobody_is_judged() -> None:
    found = judged(people(severity=[-9.0, 5.0], severity_se=[1.0, np.nan], visits=[2, 40]))
    assert found["verdict"].tolist() == ["too_few", "too_few"]


def test_habits_are_remarked_on_only_when_reliably_more_frequent_by_five_points_of_percent() -> None:
    # mean of all .1275; +.0725 at an error of .01 stands out, the others lie below
    found = judged(people(na_rate=[0.2, 0.11, 0.10, 0.10], straight_rate=[0.5, 0.0, 0.0, 0.0]))
    assert found["na_stands_out"].tolist() == [True, False, False, False]
    assert found["straight_stands_out"].tolist() == [True, False, False, False]
    few = judged(people(na_rate=[0.2, 0.11, 0.10, 0.10], visits=[9, 40, 40, 40]))
    assert not few["na_stands_out"].any()


def test_the_adjusted_mean_takes_the_severity_of_every_visit_off() -> None:
    rows = pd.DataFrame({"id": ["A", "A", "B"], "shopper_id": ["P", "Q", ""], "n": [3, 1, 2], "total": [240, 70, 160]})
    found = adjusted_frame(rows, pd.Series({"P": 4.0, "Q": -2.0}), pd.Series({"P": 1.0, "Q": 2.0})).set_index("id")
    # A: 310 / 4 = 77.5 less (3 * 4 - 2) / 4 = 2.5; error sqrt(3^2 + 2^2) / 4
    assert found.loc["A", ["raw", "adjusted", "change"]].tolist() == [77.5, 75.0, -2.5]
    assert found.loc["A", "change_se"] == pytest.approx(13**0.5 / 4)
    assert found.loc["B", ["raw", "adjusted", "known"]].tolist() == [80, 80, 0], "a visit by nobody counts as average"


def scores(demo: Warehouse, known: Names, level: str, scope: Scope = EVERYTHING, **selected: str) -> pd.DataFrame:
    found = adjusted_scores(demo, scope, Selection(**selected), known, level)
    assert isinstance(found, AdjustedScores)
    return found.frame.set_index("id")


def test_adjusted_scores_stand_beside_the_raw_ones_of_the_same_selection(demo: Warehouse, known: Names) -> None:
    from sq.metrics.measuring import measure

    found = scores(demo, known, "store")
    whole = measure(demo, EVERYTHING, "mystery_score", known.completed(Selection()), ("store",)).set_index("store")
    assert found["raw"].to_dict() == pytest.approx(whole["value"].to_dict())
    assert found["n"].to_dict() == whole["n"].to_dict()
    assert (found["known"] == 1).all()
    assert np.average(found["change"], weights=found["n"]) == pytest.approx(0, abs=0.5)
    published = demo.query("SELECT store_id, adjusted FROM store_adjusted WHERE period = 'recent'").set_index(
        "store_id"
    )
    assert found["adjusted"].to_dict() == pytest.approx(published["adjusted"].to_dict())


def test_regions_add_up_from_their_visits_and_a_scope_keeps_the_rest_out(demo: Warehouse, known: Names) -> None:
    stores, regions = scores(demo, known, "store"), scores(demo, known, "region")
    assert regions["n"].sum() == stores["n"].sum()
    one = regions.index[0]
    assert set(scores(demo, known, "region", Scope(regions=(one,))).index) == {one}
    inside = scores(demo, known, "store", region=one)
    assert np.average(inside["adjusted"], weights=inside["n"]) == pytest.approx(regions.loc[one, "adjusted"])


@pytest.mark.parametrize(
    ("selected", "words"),
    [
        ({"metric": "nps"}, "Only the score of mystery visits depends on who visited"),
        ({"metric": "mystery_score", "touchpoint": "T01"}, "Only the score of whole visits"),
        ({"metric": "mystery_score", "rule": "points"}, "Only the mean of responses"),
    ],
)
def test_what_is_not_adjusted_says_why(demo: Warehouse, known: Names, selected: dict[str, str], words: str) -> None:
    found = adjusted_scores(demo, EVERYTHING, Selection(**selected), known)
    assert isinstance(found, NotEstimable)
    assert words in str(found.reason)


def test_the_shoppers_of_a_place_are_those_who_visited_it(demo: Warehouse, known: Names) -> None:
    everybody = shoppers(demo, EVERYTHING, Selection(), known)
    store = str(everybody.stores["store_id"].iloc[0])
    there = shoppers(demo, EVERYTHING, Selection(store=store), known)
    visited = demo.query(
        """SELECT DISTINCT shopper_id FROM visits JOIN memberships USING (membership_key)
        WHERE store_id = ? AND month >= ? AND month <= ?""",
        [store, everybody.counts["first_month"], everybody.counts["last_month"]],
    )
    assert set(there.shoppers["shopper_id"]) == set(visited["shopper_id"])
    assert there.stores["store_id"].tolist() == [store]
    same = everybody.shoppers.set_index("shopper_id").loc[there.shoppers["shopper_id"], "verdict"]
    assert there.shoppers["verdict"].tolist() == same.tolist(), "the family is everybody"
    assert everybody.overlap["visits"].sum() == everybody.shoppers["visits"].sum()
    assert everybody.variances["share"].sum() == pytest.approx(1)


@pytest.mark.parametrize("query", [{}, {"months": "all", "region": "华北"}])
def test_the_slide_holds_the_estimates_of_the_page_and_a_mark_leads_to_the_visits(
    demo: Warehouse, known: Names, query: dict[str, str]
) -> None:
    region = query.get("region", "")
    page = shoppers(demo, EVERYTHING, Selection(region=region), known, query.get("months", "recent"))
    slide = slide_content(demo, EVERYTHING, "shoppers", query, known)
    estimated = page.shoppers.dropna(subset=["severity", "low"]).set_index("shopper_id")
    series = slide.chart.series[0]
    codes = [str(code) for code in slide.chart.categories]
    assert str(slide.answer) == str(page.answer)
    assert len(codes) + slide.chart.left_out == len(estimated) == len(slide.table.frame)
    assert {*estimated.index[estimated["verdict"].isin(["better", "worse"])]} <= {*codes}
    for column, drawn in (
        ("severity", series.values),
        ("low", series.low),
        ("high", series.high),
        ("visits", series.n),
    ):
        assert drawn == pytest.approx(estimated.loc[codes, column].to_list()), column
    assert list(series.values) == sorted(series.values, reverse=True)
    whole = {"region": region} if region else {}
    months = {"start": page.selection.start, "end": page.selection.end}
    assert drilled(slide, "0:1") == ("visits", {**whole, **months, "shopper": codes[1]})


def changed(folder: Path, **columns: Any) -> tuple[Warehouse, Names]:
    """The small chain with other columns of its visits."""
    frames = small_frames()
    table = frames["mystery_visits"]
    frames["mystery_visits"] = table.assign(**{c: f(table) if callable(f) else f for c, f in columns.items()})
    warehouse = Warehouse(publish_frames(folder, frames))
    return warehouse, names(warehouse, EVERYTHING)


@pytest.mark.parametrize(
    ("shopper", "words"),
    [
        ("P1", "P1 made all visits (10 visits)"),
        (None, "10 visits, but none says who made it"),
        (lambda table: "P" + table["store_id"], "Shoppers and stores fall into 4 parts that share nobody"),
    ],
)
def test_what_cannot_be_told_says_why(tmp_path: Path, shopper: Any, words: str) -> None:
    warehouse, known = changed(tmp_path, shopper_id=shopper)
    found = shoppers(warehouse, EVERYTHING, Selection(), known, "all")
    assert words in str(found.answer)
    assert found.refusal is not None
    assert found.variances.empty
    refused = adjusted_scores(warehouse, EVERYTHING, Selection(), known)
    assert isinstance(refused, NotEstimable)
    assert refused.reason == found.refusal.reason


def test_without_visits_the_shoppers_are_not_asked_for(tmp_path: Path) -> None:
    frames = small_frames()
    frames["mystery_visits"] = frames["mystery_visits"].iloc[:0]
    warehouse = Warehouse(publish_frames(tmp_path, frames))
    found = shoppers(warehouse, EVERYTHING, Selection(), names(warehouse, EVERYTHING))
    assert str(found.answer) == "There are no mystery visits."
    assert found.rota is None


MODEL = {"components": 1, "crossed_share": 0.25}


def stores(rows: list[tuple[str, int, str]]) -> pd.DataFrame:
    """Stores by id, repeats and last shopper; two shoppers each."""
    frame = pd.DataFrame(rows, columns=["store_id", "repeats", "last_shopper"])
    return frame.assign(shoppers=2, visits=4, component=0)


def pairs(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["shopper_id", "store_id", "region"]).assign(visits=2)


def test_a_rota_that_keeps_every_rule_is_left_alone(known: Names) -> None:
    visited = pairs([("P", "A", "N"), ("Q", "A", "N"), ("P", "B", "N"), ("Q", "B", "N")])
    found = rota(MODEL, people(stores=[3, 3]), stores([("A", 0, "P"), ("B", 0, "Q")]), visited, known)
    assert found.kept
    assert found.swaps.empty
    assert "25 %" in str(found.advice[0])


def test_a_store_visited_twice_running_by_one_shopper_changes_with_one_where_both_are_new(known: Names) -> None:
    visited = pairs([("P", "A", "N"), ("Q", "A", "N"), ("Q", "B", "N"), ("R", "C", "N"), ("R", "D", "S")])
    last = stores([("A", 1, "P"), ("B", 0, "Q"), ("C", 0, "R"), ("D", 0, "R")])
    found = rota(MODEL, people(stores=[3, 3, 3]), last, visited, known)
    assert not found.kept
    assert "In 1 store the same shopper came twice running" in str(found.advice[0])
    # Q knows A already; R is new there, and of R's stores C lies in the same region as A
    assert found.swaps[["why", "store", "last", "next", "other_store"]].to_numpy().tolist() == [
        ["repeat", "A", "P", "R", "C"]
    ]


def test_too_few_visits_away_send_shoppers_across_regions_and_parts_are_joined_first(known: Names) -> None:
    visited = pairs([("P", "A", "N"), ("Q", "B", "N"), ("R", "C", "S")])
    last = stores([("A", 0, "P"), ("B", 0, "Q"), ("C", 0, "R")]).assign(component=[0, 0, 1])
    crew = people(stores=[3, 3, 2], away_share=[0.1, 0.0, 0.0], component=[0, 0, 1])
    found = rota({"components": 2, "crossed_share": 0.05}, crew, last, visited, known)
    told = " ".join(map(str, found.advice))
    assert "2 parts that share nobody. Send R" in told
    assert "1 shopper has seen fewer than three stores: R" in told
    assert "Only 5 % of the visits" in told
    assert "Never away: Q and R" in told
    # C is joined to the others by its swap with A; B then finds no store of another region that is still free
    assert found.swaps[["why", "store", "next", "other_store", "other_next"]].to_numpy().tolist() == [
        ["part", "C", "P", "A", "R"]
    ]
