"""Places side by side: who is ranked, what is luck, where equal places would lie; on the small chain and on arrays."""

import numpy as np
import pandas as pd
import pytest

from sq.analyses.names import Names, names
from sq.analyses.standing import (
    Shrinkage,
    Standing,
    among_peers,
    courses,
    errors,
    funnel_lines,
    luck_told,
    peers,
    pooled_variance,
    profiles,
    standing,
)
from sq.metrics.catalogue import METRICS
from sq.selection import Selection
from sq.statistics.estimable import NotEstimable
from sq.statistics.ranking import expected_range
from sq.warehouse import EVERYTHING, Warehouse

ALL = Selection(metric="mystery_score", start="2026-01", end="2026-04")
NORTH = "华北"
SCORE = METRICS["mystery_score"]


@pytest.fixture(scope="module")
def named(small: Warehouse) -> Names:
    return names(small, EVERYTHING)


def stood(small: Warehouse, named: Names, selection: Selection = ALL, *arguments: object) -> Standing:
    return standing(small, EVERYTHING, selection, named, *arguments)  # type: ignore[arg-type]


def family(value: list[float], n: list[int], se: list[float]) -> pd.DataFrame:
    """Single stores as `Compared.frame` has them, as far as errors and funnels read them."""
    return pd.DataFrame(
        {
            "value": value,
            "n": n,
            "n_effective": np.array(n, dtype=float),
            "se": se,
            "stores": 1,
            "provisional": [size < 3 for size in n],
        }
    )


def test_the_next_level_is_compared_unless_another_is_asked_for(small: Warehouse, named: Names) -> None:
    assert stood(small, named).level == "region"
    assert stood(small, named, ALL, "store").level == "store"
    inside = stood(small, named, ALL.but(region=NORTH))
    assert inside.level == "city"
    assert stood(small, named, ALL.but(region=NORTH), "region").level == "city", "a region does not divide itself"
    assert stood(small, named, ALL.but(store="S1")).level == "store"


def test_stores_of_a_region_are_shown_but_the_family_is_the_chain(small: Warehouse, named: Names) -> None:
    shown = stood(small, named, ALL.but(region=NORTH), "store")
    assert sorted(shown.units["id"]) == ["S1", "S2", "S4"]
    assert sorted(shown.family["id"]) == ["S1", "S2", "S3", "S4"]
    whole = stood(small, named, ALL, "store").units.set_index("id")
    for row in shown.units.to_dict("records"):
        assert row["verdict"] == whole.loc[row["id"], "verdict"]
        assert row["rank"] == whole.loc[row["id"], "rank"]


def test_fewer_than_three_visits_are_provisional_last_and_never_ranked(small: Warehouse, named: Names) -> None:
    units = stood(small, named, ALL, "store").units.set_index("id")
    # visits that count: S1 V01 V06 V08, S2 V02 V11, S3 V03 V07, S4 V04 V05
    assert units["n"].to_dict() == {"S1": 3, "S2": 2, "S3": 2, "S4": 2}
    assert units["provisional"].to_dict() == {"S1": False, "S2": True, "S3": True, "S4": True}
    assert next(iter(units.index)) == "S1"
    assert (units.loc[["S2", "S3", "S4"], "rank"] == 0).all()


def test_picked_places_are_shown_alone_and_a_place_without_visits_is_named(small: Warehouse, named: Names) -> None:
    shown = stood(small, named, ALL, "store", ("S1", "S5"))
    assert list(shown.units["id"]) == ["S1"]
    assert shown.units["picked"].all()
    assert any("Not measured here in this period: 新开店." in str(note) for note in shown.notes)


def test_the_answer_says_plainly_that_nobody_differs(small: Warehouse, named: Names) -> None:
    told = str(stood(small, named).answer)
    assert told == "Mystery score: none of the 2 regions differs reliably from the other regions."


def test_one_place_or_none_is_answered_in_words(small: Warehouse, named: Names) -> None:
    alone = stood(small, named, ALL.but(store="S1"))
    assert len(alone.units) == 1
    assert str(alone.answer).startswith("北一店: Mystery score 81.5")  # (100 + 44.44 + 100) / 3
    nothing = stood(small, named, ALL.but(start="2025-01", end="2025-02"))
    assert nothing.units.empty
    assert "nothing to compare" in str(nothing.answer)
    assert isinstance(nothing.shrunk, NotEstimable)
    assert isinstance(nothing.funnel, NotEstimable)


def test_a_department_is_left_out_but_where_places_rate_it(small: Warehouse, named: Names) -> None:
    employees = Selection(metric="employee_index", department="HR", start="2026-01", end="2026-04")
    assert stood(small, named, employees).level == "region"
    rated = Selection(metric="internal_service_score", department="IT", start="2026-01", end="2026-04")
    assert stood(small, named, rated).level == "region"


def test_hidden_groups_have_no_estimate_no_rank_and_stand_last(small: Warehouse, named: Names) -> None:
    shown = stood(small, named, Selection(metric="employee_index", start="2026-01", end="2026-04"), "store")
    hidden = shown.units["hidden_reason"].isin(["few", "neighbour"])
    assert hidden.any()
    assert not hidden.iloc[0]
    assert hidden.is_monotonic_increasing
    assert shown.units.loc[hidden, ["value", "estimate", "estimate_low", "estimate_high"]].isna().all(axis=None)
    assert (shown.units.loc[hidden, "rank"] == 0).all()
    assert any("hidden for anonymity" in str(note) for note in shown.notes)


def test_every_metric_can_be_stood_side_by_side_on_every_level(small: Warehouse, named: Names) -> None:
    for metric in named.metrics():
        for level in ("", "region", "city", "store"):
            shown = stood(small, named, Selection(metric=metric), level)
            told = " ".join(map(str, (shown.answer, shown.luck, shown.caption, *shown.notes)))
            assert "nan" not in told, (metric, level)


def test_errors_of_single_stores_come_from_the_spread_of_all_responses() -> None:
    # own variances of a visit: 3² * 4 = 36 and 1² * 9 = 9, weighted by n - 1: (36 * 3 + 9 * 8) / 11 = 180 / 11
    frame = family([80, 70], [4, 9], [3, 1])
    assert pooled_variance(frame, SCORE) == pytest.approx(180 / 11)
    assert errors(frame, SCORE) == pytest.approx([(180 / 44) ** 0.5, (180 / 99) ** 0.5])


def test_a_store_without_any_failure_has_not_therefore_error_zero() -> None:
    # 2 of 20 failed in all: p = .1, variance of a visit 100² * .1 * .9 = 900
    frame = family([0.0, 20.0], [10, 10], [0.0, 12.6])
    assert errors(frame, METRICS["failed_visits"]) == pytest.approx([90**0.5, 90**0.5])


def test_a_share_of_answers_cannot_tell_luck_because_its_spread_over_responses_is_not_known() -> None:
    frame = family([80.0, 90.0], [10, 10], [5.0, 5.0])
    assert np.isnan(errors(frame, METRICS["item_pass_rate"])).all()
    found = funnel_lines(frame, METRICS["item_pass_rate"])
    assert isinstance(found, NotEstimable)
    assert "not known" in str(found.reason)


def test_luck_is_the_range_that_equal_places_would_show() -> None:
    # the factor d2 of a control chart: 2 / sqrt(pi) for two, 2.326 for five
    assert expected_range([1, 1]) == pytest.approx(2 / np.pi**0.5, abs=1e-4)
    assert expected_range([2] * 5) == pytest.approx(2 * 2.32593, abs=1e-3)
    assert expected_range([1]) == 0.0
    # one wide error among narrow ones: about |x| of the wide one is left, mean sqrt(2 / pi) * 10
    assert expected_range([10.0, 0.1, 0.1]) == pytest.approx(10 * (2 / np.pi) ** 0.5, rel=0.02)


def test_luck_is_told_beside_what_is_seen() -> None:
    frame = family([80.0, 70.0, 75.0], [12, 12, 1], [2, 2, 2])
    told = str(luck_told(SCORE, "store", frame, Shrinkage(75.0, 0.0, 4.5)))
    assert told == (
        "Best and worst of 2 stores lie 10.0 points apart; if all were equally good, luck alone would put about "
        "4.5 points between them. Taken together they differ no more than luck makes equals differ."
    )
    told = str(luck_told(SCORE, "store", frame, Shrinkage(75.0, 3.0, 4.5)))
    assert told.endswith("Two in three truly lie within ±3.0 points of the mean.")


def test_limits_of_equal_stores_narrow_with_n_nest_and_are_not_widened() -> None:
    rng = np.random.default_rng(4)
    n = np.repeat([5, 10, 20, 40], 25)
    value = rng.normal(75, 8 / np.sqrt(n))
    found = funnel_lines(family(list(value), list(n), list(8 / np.sqrt(n))), SCORE)
    assert not isinstance(found, NotEstimable)
    lines = found.lines
    assert found.spread < 1
    assert (lines["low_998"] < lines["low_95"]).all()
    assert (lines["high_95"] < lines["high_998"]).all()
    assert (np.diff(lines["high_95"]) < 0).all()
    inside = np.abs(value - found.target) <= 1.96 * np.sqrt(64 / n + found.spread**2)
    assert 0.9 <= inside.mean() <= 1


def test_limits_are_widened_where_stores_differ_beyond_chance() -> None:
    rng = np.random.default_rng(4)
    n = np.full(200, 40)
    value = 75 + rng.normal(0, 5, 200) + rng.normal(0, 8 / 40**0.5, 200)
    found = funnel_lines(family(list(value), list(n), [8 / 40**0.5] * 200), SCORE)
    assert not isinstance(found, NotEstimable)
    assert found.spread == pytest.approx(5, abs=0.8)


def test_peers_have_the_same_format_a_similar_size_and_the_same_city_first(small: Warehouse, named: Names) -> None:
    # S2 (标准店, 8 people): S3 (9) and S4 (7, same city) are 标准店 within a third; S1 is a 旗舰店
    found, words = peers(named, "S2")
    assert found == ["S4", "S3"]
    assert "same format" in str(words)
    assert peers(named, "C1")[0] == []


def test_a_store_is_told_beside_its_peers(small: Warehouse, named: Names) -> None:
    shown = stood(small, named, ALL, "store", ("S2", "S3", "S4"))
    # S2 (250/7 + 70) / 2 = 52.9; S3 (80 + 750/9) / 2 = 81.7; S4 (50 + 850/9) / 2 = 72.2; their mean 76.9
    assert str(among_peers(shown, "S2")) == "北二店" + ": 52.9; its 2 peers have 76.9 on average, from 72.2 to 81.7."
    assert among_peers(shown, "S1") is None


def test_courses_go_by_quarter_where_months_hold_too_little_and_the_chain_is_beside_them(
    small: Warehouse, named: Names
) -> None:
    frame = courses(small, EVERYTHING, ALL, named, "store", ("S3", "S1"))
    assert list(dict.fromkeys(frame["id"])) == ["", "S3", "S1"]
    told = {(row["id"], str(row["when"])): row["value"] for row in frame.to_dict("records")}
    assert told["S1", "2026 Q1"] == pytest.approx((100 + 400 / 9) / 2)
    assert told["S3", "2026 Q2"] == pytest.approx(750 / 9)
    assert told["", "2026 Q1"] == pytest.approx((100 + 250 / 7 + 80 + 50 + 850 / 9 + 400 / 9) / 6)


def test_a_profile_compares_each_place_with_the_rest_on_every_touchpoint(small: Warehouse, named: Names) -> None:
    found = profiles(small, EVERYTHING, ALL.but(compare="previous"), named, "region", (NORTH,))
    assert found.kind == "rest"
    assert list(found.frame["subject"]) == ["greeting", "payment", "repair"]
    assert set(found.frame["place"]) == {NORTH}
    assert set(found.frame["kind"]) == {"touchpoint"}
    assert profiles(small, EVERYTHING, Selection(metric="nps"), named, "region", (NORTH,)).frame.empty
