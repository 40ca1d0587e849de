"""Links between measurements of the same stores: partial correlations, intervals, what so many stores can show."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import pearsonr

from sq.statistics.estimable import NO_VARIATION, TOO_FEW
from sq.statistics.intervals import adjusted_p_values
from sq.statistics.linkage import Linked, least_detectable, linked


def drawn(stores: int, regions: int, slope: float, seed: int) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Stores of regions that differ strongly in both, and a link inside them."""
    rng = np.random.default_rng(seed)
    region = np.arange(stores) % regions
    x = rng.normal(size=stores) + 3 * region
    y = slope * (x - 3 * region) + rng.normal(size=stores) - 5 * region
    return x, y, [f"r{r}" for r in region]


def test_without_groups_it_is_pearsons_r_with_fishers_interval() -> None:
    x, y, _ = drawn(40, 1, 0.6, 1)
    found = linked(x, y)
    assert isinstance(found, Linked)
    expected = pearsonr(x, y)
    assert found.r == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(expected.pvalue)
    interval = expected.confidence_interval(0.95)
    assert (found.low, found.high) == (pytest.approx(interval.low), pytest.approx(interval.high))


def test_within_regions_it_is_the_regression_with_a_mark_for_every_region() -> None:
    x, y, region = drawn(60, 5, 0.5, 2)
    marks = np.column_stack([[r == f"r{k}" for r in region] for k in range(5)]).astype(float)
    fit = sm.OLS(y, np.column_stack([x, marks])).fit()
    t, df = fit.tvalues[0], fit.df_resid
    found = linked(x, y, region)
    assert isinstance(found, Linked)
    assert found.r == pytest.approx(t / math.sqrt(t**2 + df))  # the partial correlation of a coefficient
    assert found.p == pytest.approx(fit.pvalues[0])
    assert (found.n, found.groups) == (60, 5)
    half = 1.959964 / math.sqrt(60 - 4 - 3)
    assert found.low == pytest.approx(math.tanh(math.atanh(found.r) - half), abs=1e-6)


def test_regions_that_differ_in_both_make_no_link_within_them() -> None:
    x, y, region = drawn(60, 5, 0.0, 3)
    whole, inside = linked(x, y), linked(x, y, region)
    assert isinstance(whole, Linked)
    assert isinstance(inside, Linked)
    assert whole.r < -0.8
    assert abs(inside.r) < 0.3


def test_a_store_alone_in_its_region_tells_nothing_within_it() -> None:
    x, y, region = drawn(30, 3, 0.5, 4)
    alone = linked(np.append(x, 99.0), np.append(y, -99.0), [*region, "alone"])
    assert alone == linked(x, y, region)


def test_gaps_are_left_out_and_too_few_or_equal_stores_are_refused() -> None:
    x, y, region = drawn(30, 3, 0.5, 5)
    gaps = np.append(x, np.nan), np.append(y, 1.0), [*region, "r0"]
    assert linked(*gaps) == linked(x, y, region)
    assert linked(x[:3], y[:3]) is TOO_FEW
    assert linked(x[:6], y[:6], ["a", "a", "b", "b", "c", "c"]) is not TOO_FEW  # 6 - 3 + 1 = 4
    assert linked(x[:4], y[:4], ["a", "a", "b", "b"]) is TOO_FEW
    assert linked(np.ones(20), y[:20]) is NO_VARIATION


def test_the_smallest_r_that_can_show_leaves_zero_just_out() -> None:
    for n, groups in ((120, 6), (60, 1), (20, 3)):
        r = least_detectable(n, groups)
        half = 1.959964 / math.sqrt(n - groups - 2)
        assert math.atanh(r) == pytest.approx(half, abs=1e-6)
    assert least_detectable(60) == pytest.approx(0.254, abs=0.001)  # methods.md: r = .25 of 60 stores is (0, .47)
    assert math.isnan(least_detectable(3))


def test_where_nothing_is_linked_few_chains_show_a_link() -> None:
    """Benjamini-Hochberg over six links: some link is called reliable in at most about 5 % of chains."""
    rng, alarms, chains = np.random.default_rng(6), 0, 400
    region = (np.arange(60) % 6).tolist()
    for _ in range(chains):
        stores = rng.normal(size=(6, 60)) + 2 * rng.normal(size=(6, 6))[:, np.arange(60) % 6]
        pairs = [(0, 1), (1, 2), (2, 3), (3, 4), (3, 5), (1, 3)]
        found = [linked(stores[a], stores[b], region) for a, b in pairs]
        p = np.array([one.p for one in found if isinstance(one, Linked)])
        assert len(p) == len(pairs)
        alarms += bool((adjusted_p_values(p) <= 0.05).any())
    assert alarms <= 0.05 * chains + 3 * math.sqrt(0.05 * 0.95 * chains)  # 33
    assert alarms > 3  # the rule is not so strict that nothing can ever show
