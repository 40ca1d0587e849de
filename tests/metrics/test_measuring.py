"""Every metric on a chain small enough to add up by hand (tests/small_chain.py)."""

import numpy as np
import pandas as pd
import pytest

from sq.metrics.catalogue import METRICS
from sq.metrics.measuring import estimates, measure, several_sums, together
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Scope, Warehouse

ALL = Selection(start="2026-01", end="2026-04")
NORTH, SOUTH = "华北", "华南"


def by(
    small: Warehouse, metric: str, *axes: str, selection: Selection = ALL, scope: Scope = EVERYTHING
) -> pd.DataFrame:
    frame = measure(small, scope, metric, selection, axes)
    return frame.set_index(list(axes)) if axes else frame


def value(small: Warehouse, metric: str, selection: Selection = ALL) -> float:
    return float(by(small, metric, selection=selection)["value"].iloc[0])


# Visits of own stores that count, by score: V01 100, V02 250/7, V03 80, V04 50, V05 850/9, V06 400/9, V07 750/9,
# V08 100, V11 70 (a total); V12 has no score. Their sum: 535.714 + ... = 400 + 250/7 + 2000/9.
MYSTERY = (100 + 250 / 7 + 80 + 50 + 850 / 9 + 400 / 9 + 750 / 9 + 100 + 70) / 9
# Weighted responses: R1 100 (1), R2 62.5 (2), R3 50/3 (1), R4 37.5 (.5), R5 75 (1); R6 has none.
CUSTOMER = (100 + 2 * 62.5 + 50 / 3 + 0.5 * 37.5 + 75) / 5.5
EXPECTED = {
    "mystery_score": (MYSTERY, 9),
    # V03 and V07 failed the invoice
    "failed_visits": (100 * 2 / 9, 9),
    # full marks / applied with weight: V01 5/5, V02 1/5 (M3), V03 3/4, V04 2/4, V05 4/5, V06 3/5, V07 3/5, V08 3/3
    # V11 has no items
    "item_pass_rate": (100 * (5 + 1 + 3 + 2 + 4 + 3 + 3 + 3) / (5 + 5 + 4 + 4 + 5 + 5 + 5 + 3), 8),
    "customer_index": (CUSTOMER, 5),
    # Q4: 100, 75 (weight 2), 25, 50 (.5), 75
    "overall_satisfaction": ((100 + 2 * 75 + 25 + 0.5 * 50 + 75) / 5.5, 5),
    # promoters R1 (1), R5 (1); detractors R3 (1), R4 (.5); weights 5.5
    "nps": (100 * (2 - 1.5) / 5.5, 5),
    # top two: R1 3/3; R2 (weight 2) 1/3 (Q2); R3 0/2; R4 (.5) 1/2 (Q1); R5 3/3 (Q3 = 2 reversed is 4)
    "favourable_share": (100 * (3 + 2 + 0 + 0.5 + 3) / (3 + 6 + 2 + 1 + 3), 5),
    # overall below the middle: R3 (1) of weights 5.5; R4 is in the middle
    "dissatisfied_share": (100 * 1 / 5.5, 5),
    # R2 (2) complained, of R1, R2, R3, R5, R6 who were asked
    "complained_share": (100 * 2 / 6, 5),
    # R3 is the only dissatisfied one, and said nothing
    "silent_share": (100, 1),
    # K1-K4 on 1000 + 500 + 400 + 600 customers
    "complaint_rate": (4 / 2500 * 1000, 2500),
    "response_hours": ((2 + 4) / 2, 2),
    "resolution_hours": ((24 + 72 + 6) / 3, 3),
    "resolution_rate": (100 * 3 / 4, 4),
    "repeat_rate": (100 * 1 / 4, 4),
    # K1 in time, K2 late; K3 is not yet due, K4 has no limit
    "in_time_rate": (100 * 1 / 2, 2),
    # wave 2026A, rounded when published: 2075/34 = 61.03; 34 of 50 invited
    "employee_index": (61.0, 34),
    # 15 of 30 answers to E3 in the top two; the share of the whole form is withheld, because one of its parts is hidden
    "employee_favourable": (50, 30),
    "employee_response_rate": (68, 50),
    "internal_service_score": (52.5, 30),
    # 925/16 = 57.8125
    "awareness_index": (57.8, 16),
    "management_score": ((87.5 + 50 + 50 + 47.5) / 4, 4),
    # two regions, one of them without n: a plain mean; a chain's own row; one store; two stores by their n
    "published_mean": ((72.5 + 68) / 2, None),
    "published_top2": (81, None),
    "published_nps": (35, None),
    "published_share": ((60 * 100 + 80 * 300) / 400, 400),
}
# published results are about one subject each; shares of opinions are shown where no part is hidden
SUBJECTS = {
    "employee_favourable": {"dimension": "management"},
    "published_mean": {"dimension": "customer:service"},
    "published_top2": {"item": "customer:Q4"},
    "published_nps": {"item": "customer:Q5"},
    "published_share": {"item": "customer:Q1"},
}


@pytest.mark.parametrize("metric", METRICS)
def test_the_chain_has_the_value_added_up_by_hand(small: Warehouse, metric: str) -> None:
    found = by(small, metric, selection=ALL.but(**SUBJECTS.get(metric, {}))).iloc[0]
    expected, n = EXPECTED[metric]
    assert found["value"] == pytest.approx(expected)
    if n is None:
        assert found[["n", "low", "high"]].isna().all()
    else:
        assert found["n"] == n
        assert found["low"] <= found["value"] <= found["high"]


def test_a_competitor_counts_only_where_its_brand_is_asked_for(small: Warehouse) -> None:
    frame = by(small, "mystery_score", "brand")
    assert frame.loc["对手品牌", "value"] == pytest.approx(500 / 7)
    assert frame.loc["", "value"] == pytest.approx(MYSTERY)
    assert value(small, "mystery_score", ALL.but(brand="对手品牌")) == pytest.approx(500 / 7)


def test_a_moved_store_counts_where_it_was_then_or_where_it_is_now(small: Warehouse) -> None:
    then = by(small, "mystery_score", "region")
    # South then: V03 80, V04 50, V07 750/9; now V04 (store S4) stands in the North
    assert then.loc[SOUTH, "value"] == pytest.approx((80 + 50 + 750 / 9) / 3)
    assert list(then.loc[SOUTH, ["n", "stores"]]) == [3, 2]
    now = by(small, "mystery_score", "region", selection=ALL.but(membership="now"))
    assert now.loc[SOUTH, "value"] == pytest.approx((80 + 750 / 9) / 2)
    assert now.loc[NORTH, "n"] == 7


def test_the_three_rules_give_what_they_say(small: Warehouse) -> None:
    found = by(small, "mystery_score", "region").loc[SOUTH]
    # points: V03 4/5, V04 3/6, V07 7.5/9; stores: S3 (80 + 750/9)/2, S4 50
    assert found["value_points"] == pytest.approx(100 * (4 + 3 + 7.5) / (5 + 6 + 9))
    assert found["value_stores"] == pytest.approx(((80 + 750 / 9) / 2 + 50) / 2)
    for rule in ("points", "stores", "responses"):
        shown = by(small, "mystery_score", "region", selection=ALL.but(rule=rule)).loc[SOUTH, "value"]
        assert shown == pytest.approx(found[f"value_{rule}"])


def test_a_store_has_students_interval_of_its_visits(small: Warehouse) -> None:
    found = by(small, "mystery_score", "store").loc["S1"]
    # V01 100, V06 400/9, V08 100: mean 81.4815, s = 32.0750, t(2) = 4.30265
    assert found["value"] == pytest.approx(81.48148, abs=1e-5)
    half = 4.30265 * 32.07501 / np.sqrt(3)
    assert found["low"] == pytest.approx(81.48148 - half, abs=1e-3)
    assert found["high"] == 100  # 161 cut at the end of the scale
    assert found["hidden_reason"] == ""


def test_one_visit_has_no_interval_and_is_too_few(small: Warehouse) -> None:
    found = by(small, "mystery_score", "region", "store").loc[(SOUTH, "S4")]
    assert found["value"] == pytest.approx(50)
    assert np.isnan(found["low"])
    assert found["hidden_reason"] == "too_few"


def test_a_region_is_clustered_by_store(small: Warehouse) -> None:
    found = by(small, "mystery_score", "region").loc[SOUTH]
    # two stores: S3 with 2 visits (sum 490/3), S4 with 1 (50); R = 640/9; residuals ±190/9; CR2 lifts by 1/(1 - p):
    # var = (190/9)² (1/(1 - 2/3) + 1/(1 - 1/3)) / 9 = (190/9)² · 4.5 / 9
    assert found["se"] == pytest.approx(190 / 9 * np.sqrt(0.5))


def test_weights_give_an_effective_n(small: Warehouse) -> None:
    found = by(small, "customer_index").iloc[0]
    # weights 1, 2, 1, .5, 1: 5.5² / 7.25
    assert found["n_effective"] == pytest.approx(5.5**2 / 7.25)


def test_touchpoints_items_and_stages_are_measured_each_on_their_own(small: Warehouse) -> None:
    touchpoints = by(small, "mystery_score", "touchpoint")
    # repair = M4 (reversed): V01 100, V02 50, V04 0, V05 75, V06 100, V07 100
    assert touchpoints.loc["repair", "value"] == pytest.approx((100 + 50 + 0 + 75 + 100 + 100) / 6)
    items = by(small, "mystery_score", "item", selection=ALL.but(touchpoint="repair"))
    assert list(items.index) == ["M4"]
    assert items.loc["M4", "value"] == pytest.approx(425 / 6)
    stages = by(small, "mystery_score", "stage")
    assert stages.loc["after-sales", "value"] == pytest.approx(425 / 6)
    inside = by(small, "mystery_score", "touchpoint", selection=ALL.but(stage="sales"))
    assert list(inside.index) == ["payment"]


def test_dimensions_are_measured_for_customers(small: Warehouse) -> None:
    found = by(small, "customer_index", "dimension")
    # product = Q3 reversed: R1 100, R2 50 (weight 2), R4 0 (.5), R5 75: (100 + 100 + 0 + 75) / 4.5
    assert found.loc["product", "value"] == pytest.approx(275 / 4.5)


def test_months_quarters_and_years_add_up(small: Warehouse) -> None:
    months = by(small, "mystery_score", "month")
    assert list(months["n"]) == [3, 1, 2, 3]
    assert list(by(small, "mystery_score", "quarter")["n"]) == [6, 3]
    assert list(by(small, "mystery_score", "year")["n"]) == [9]


def test_filters_narrow_the_responses(small: Warehouse) -> None:
    assert value(small, "mystery_score", ALL.but(stream="售后暗访")) == pytest.approx((80 + 400 / 9) / 2)
    assert value(small, "customer_index", ALL.but(channel="电话")) == pytest.approx(62.5)
    assert value(small, "mystery_score", ALL.but(wave="2026Q2")) == pytest.approx((750 / 9 + 100 + 70) / 3)
    assert value(small, "mystery_score", ALL.but(start="2026-04")) == pytest.approx((750 / 9 + 100 + 70) / 3)
    assert value(small, "mystery_score", ALL.but(region=NORTH, city="北京")) == pytest.approx((200 + 400 / 9) / 3)


def test_a_readers_scope_is_never_left(small: Warehouse) -> None:
    found = by(small, "mystery_score", "region", scope=Scope(regions=(SOUTH,)))
    # the South as of today: S3 and S5 alone
    assert list(found.index) == [SOUTH]
    assert found.loc[SOUTH, "n"] == 2
    assert by(small, "complaint_rate", scope=Scope(stores=("S1",)))["value"].iloc[0] == pytest.approx(2.0)


def test_complaints_are_related_to_the_customers_of_the_same_stores_and_months(small: Warehouse) -> None:
    stores = by(small, "complaint_rate", "store")
    # S1: K1 and K2 on 1000; S3: none on 500; S4: K3, K4 on 400 + 600
    assert stores["value"].to_dict() == pytest.approx({"S1": 2.0, "S3": 0.0, "S4": 2.0})
    assert stores.loc["S3", ["low", "high"]].tolist() == pytest.approx([0, 3.68888 / 500 * 1000], abs=1e-4)
    touchpoints = by(small, "complaint_rate", "touchpoint")
    assert touchpoints["value"].to_dict() == pytest.approx({"greeting": 0.0, "payment": 0.4, "repair": 0.8})


def test_a_touchpoint_without_complaints_has_none_per_thousand_customers(small: Warehouse) -> None:
    found = by(small, "complaint_rate", "region", "touchpoint")["value"].to_dict()
    # North: K1 payment, K2 repair on 1000 (S1) + 600 (S4 from March); South: K3 repair on 500 (S3) + 400 (S4 before)
    assert found == pytest.approx(
        {
            (NORTH, "greeting"): 0.0,
            (NORTH, "payment"): 0.625,
            (NORTH, "repair"): 0.625,
            (SOUTH, "greeting"): 0.0,
            (SOUTH, "payment"): 0.0,
            (SOUTH, "repair"): 1000 / 900,
        }
    )
    assert by(small, "complaint_rate", "stage")["value"].to_dict() == pytest.approx(
        {"pre-sales": 0.0, "sales": 0.4, "after-sales": 0.8}
    )
    inside = by(small, "complaint_rate", "touchpoint", selection=ALL.but(stage="pre-sales"))
    assert inside["value"].to_dict() == {"greeting": 0.0}
    # April has no customer counts at all: there is nothing to say
    assert by(small, "complaint_rate", "touchpoint", selection=ALL.but(start="2026-04")).empty


def test_nothing_measured_gives_no_rows(small: Warehouse) -> None:
    for metric in METRICS:
        assert measure(small, EVERYTHING, metric, ALL.but(start="2031-01", end="2031-02")).empty
        assert measure(small, EVERYTHING, metric, ALL.but(start="2031-01", end="2031-02"), ("region", "month")).empty


def test_metrics_read_together_are_the_same_as_alone(small: Warehouse) -> None:
    for group in together([metric for metric in METRICS.values() if metric.table in ("scores", "complaints")]):
        found = several_sums(small, EVERYTHING, group, ALL, ("region",))
        for metric in group:
            alone = several_sums(small, EVERYTHING, (metric,), ALL, ("region",))[metric.id]
            assert pd.testing.assert_frame_equal(estimates(found[metric.id]), estimates(alone)) is None
