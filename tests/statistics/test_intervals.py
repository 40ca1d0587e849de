"""Intervals against published numbers, hand calculations and an independent implementation."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sq.statistics import intervals
from sq.statistics.intervals import clustered, wilson

ONE = np.zeros(3, dtype=np.intp)


def case(shared: Path, name: str) -> dict:
    return json.loads((shared / "reference" / f"{name}.json").read_text(encoding="utf-8"))


def near(found: object, expected: object, known: dict) -> None:
    tolerance = known["tolerance"]
    assert found == pytest.approx(expected, abs=tolerance.get("abs", 0), rel=tolerance.get("rel", 0))


def array(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def test_wilson_gives_newcombes_printed_limits(shared: Path) -> None:
    known = case(shared, "ci_prop_newcombe_a")
    for one in known["expected"]["cases"]:
        low, high = wilson(array(one["x"] / one["n"]), array(one["n"]))
        near([low[0], high[0]], one["wilson"], known)


def test_wilson_is_exactly_zero_without_a_hit_and_one_with_only_hits() -> None:
    low, high = wilson(array(0, 1), array(20, 20))
    # z² = 3.8415; 0 of 20: high = z²/(n + z²) = 3.8415 / 23.8415 = .1611
    assert low[0] == 0
    assert high[0] == pytest.approx(0.16112, abs=1e-5)
    assert (low[1], high[1]) == (pytest.approx(1 - 0.16112, abs=1e-5), 1.0)


def test_nps_interval_is_that_of_the_reference(shared: Path) -> None:
    known = case(shared, "nps_se_a")
    for one in known["expected"]["cases"]:
        p, d, n = one["promoters"] / one["n"], one["detractors"] / one["n"], one["n"]
        low, high = intervals.adjusted_wald_nps(array(p - d), array(p + d), array(n))
        near([100 * low[0], 100 * high[0]], one["adjwald95"], known)


def test_index_interval_is_that_of_the_reference(shared: Path) -> None:
    known = case(shared, "likert_index_a")
    counts = {int(k): v for k, v in known["input"]["counts"].items()}
    y = np.repeat([(k - 1) / 4 * 100 for k in counts], list(counts.values()))
    n = len(y)
    variance = intervals.mean_variance(
        array(n), array(n), array(y.mean()), array(n), array(y.sum()), array((y**2).sum())
    )
    low, high = intervals.t_interval(array(y.mean()), variance, array(n - 1))
    near(y.mean(), known["expected"]["index100"], known)
    near([low[0], high[0]], known["expected"]["index_t95"], known)
    share = known["expected"]["top2box"]
    near([limit[0] for limit in wilson(array(share), array(n))], known["expected"]["top2box_wilson95"], known)


def test_a_small_mean_has_students_interval(shared: Path) -> None:
    known = case(shared, "wave_t_sleep")
    y = pd.read_csv(shared / "reference" / known["input_csv"]).query("group == 1")["extra"].to_numpy()
    n = len(y)
    variance = intervals.mean_variance(
        array(n), array(n), array(y.mean()), array(n), array(y.sum()), array((y**2).sum())
    )
    low, high = intervals.t_interval(array(y.mean()), variance, array(n - 1))
    near([low[0], high[0]], known["expected"]["mean_group1"]["ci"], known)


def test_clustered_mean_has_the_variance_of_the_reference(shared: Path) -> None:
    known = case(shared, "cluster_mean_apiclus1")
    frame = pd.read_csv(shared / "reference" / known["input"]["csv"])
    stores = frame.groupby(known["input"]["cluster"])[known["input"]["y"]].agg(["sum", "count"])
    group = np.zeros(len(stores), dtype=np.intp)
    found = clustered(stores["sum"].to_numpy(float), stores["count"].to_numpy(float), group, 1)
    cr1 = intervals.cr1_variance(found.residual, found.weight, found.clusters, group)
    expected = known["expected"]
    near(found.ratio[0], expected["mean"], known)
    near(np.sqrt(found.variance[0]), expected["se_CR2"], known)
    near(found.df[0], expected["satterthwaite_df_CR2"], known)
    near(np.sqrt(cr1[0]), expected["se_CR1_stata"], known)


def test_thirty_stores_use_cr1_as_statsmodels_computes_it_from_raw_rows() -> None:
    import statsmodels.api as sm

    random = np.random.default_rng(7)
    store = np.repeat(np.arange(40), random.integers(1, 9, 40))
    y = 70 + random.normal(0, 5, 40)[store] + random.normal(0, 8, len(store))
    fit = sm.OLS(y, np.ones(len(y))).fit(cov_type="cluster", cov_kwds={"groups": store, "df_correction": True})
    found = clustered(np.bincount(store, y), np.bincount(store).astype(float), np.zeros(40, dtype=np.intp), 1)
    assert found.ratio[0] == pytest.approx(fit.params[0])
    assert np.sqrt(found.variance[0]) == pytest.approx(fit.bse[0])
    assert found.df[0] == 39


def test_equal_stores_give_the_plain_t_interval_of_their_means() -> None:
    # three stores with two visits each and means 60, 70, 80: s² = 100, variance 100/3, df 2
    found = clustered(array(120, 140, 160), array(2, 2, 2), ONE, 1)
    assert found.ratio[0] == 70
    assert found.variance[0] == pytest.approx(100 / 3)
    assert found.df[0] == pytest.approx(2)


def test_one_store_has_no_variance_between_stores() -> None:
    found = clustered(array(120), array(2), ONE[:1], 1)
    assert found.ratio[0] == 60
    assert np.isnan(found.variance[0])


def test_a_weighted_mean_has_its_linearised_variance() -> None:
    # y 60, 80 with weights 1, 3: mean 75; sum w²(y-75)² = 225 + 9·25 = 450; / 16 · 2/1 = 56.25
    found = intervals.mean_variance(
        array(2), array(4), array(75), array(10), array(60 + 9 * 80), array(3600 + 9 * 6400)
    )
    assert found[0] == pytest.approx(56.25)
    assert intervals.effective_n(array(4), array(10))[0] == pytest.approx(1.6)


def test_a_rate_has_garwoods_exact_interval() -> None:
    # ten events: 4.795 to 18.390 (chi-square / 2)
    low, high = intervals.poisson_rate(array(10, 0), array(2, 2))
    assert (low[0], high[0]) == (pytest.approx(4.79539 / 2, abs=1e-5), pytest.approx(18.39036 / 2, abs=1e-5))
    assert (low[1], high[1]) == (0, pytest.approx(3.68888 / 2, abs=1e-5))


def test_benjamini_hochberg_gives_the_published_values(shared: Path) -> None:
    known = case(shared, "bh_1995")
    near(list(intervals.adjusted_p_values(known["input"]["p"])), known["expected"]["bh_adjusted"], known)


def test_missing_p_values_do_not_count_in_the_family() -> None:
    assert list(intervals.adjusted_p_values([0.01, np.nan, 0.04])) == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)
    assert len(intervals.adjusted_p_values([])) == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusting_never_lowers_a_p_value_and_keeps_their_order(p: list[float]) -> None:
    adjusted = intervals.adjusted_p_values(p)
    assert (adjusted >= np.array(p) - 1e-12).all()
    assert (np.diff(adjusted[np.argsort(p)]) >= -1e-12).all()


@given(st.integers(0, 50), st.integers(1, 50))
def test_wilson_holds_the_share_and_mirrors(x: int, more: int) -> None:
    n = x + more
    low, high = wilson(array(x / n), array(n))
    other_low, other_high = wilson(array(more / n), array(n))
    assert low[0] <= x / n <= high[0]
    assert (1 - other_high[0], 1 - other_low[0]) == (pytest.approx(low[0]), pytest.approx(high[0]))
