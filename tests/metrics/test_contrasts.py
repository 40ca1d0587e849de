"""Each group against the rest, now against before: the shortcut equals the long way round."""

import numpy as np
import pandas as pd
import pytest

from sq.metrics.catalogue import METRICS
from sq.metrics.contrasts import against_constant, against_rest, now_against_before, steadied
from sq.metrics.measuring import StoreSums, estimate
from sq.statistics.differences import welch

MEAN = METRICS["mystery_score"]


def sums(rows: list[tuple[str, int, list[float]]], axis: str = "region") -> StoreSums:
    """Sums of single scores: (group, store, scores)."""
    keys = list(dict.fromkeys(group for group, _, _ in rows))
    scores = [np.array(values, dtype=float) for _, _, values in rows]
    n = np.array([len(y) for y in scores], dtype=float)
    total, squares = (np.array([(y**k).sum() for y in scores]) for k in (1, 2))
    named = {"n": n, "num": total, "den": n, "w": n, "w2": n, "q0": n, "q1": total, "q2": squares}
    named |= {"pnum": total / 100, "pden": n}
    group = np.array([keys.index(g) for g, _, _ in rows], dtype=np.intp)
    store = np.array([s for _, s, _ in rows], dtype=np.intp)
    return StoreSums(MEAN, (axis,), pd.DataFrame({axis: keys}), group, store, named)


def chain(regions: int, stores: int, seed: int = 3) -> list[tuple[str, int, list[float]]]:
    random = np.random.default_rng(seed)
    return [
        (f"R{s % regions}", s, list(70 + s % 5 + random.normal(0, 6, random.integers(1, 6)))) for s in range(stores)
    ]


@pytest.mark.parametrize(("regions", "stores"), [(3, 12), (4, 160), (2, 34)])
@pytest.mark.parametrize("rule", ["responses", "points", "stores"])
def test_the_rest_of_a_pool_is_what_its_rows_give(regions: int, stores: int, rule: str) -> None:
    rows = chain(regions, stores)
    whole = sums(rows)
    found = against_rest(whole, np.zeros(regions, dtype=np.intp), rule)
    for number, region in enumerate(whole.keys["region"]):
        own = estimate(sums([r for r in rows if r[0] == region]), rule)
        rest = estimate(sums([("rest", s, y) for g, s, y in rows if g != region]), rule)
        steady = steadied(estimate(whole, rule), np.zeros(regions, dtype=np.intp))
        variance, df = steady.variance[[number]], steady.df[[number]]
        expected = welch(own.value, variance, df, rest.value, rest.variance, rest.df)
        assert found.reference.value[number] == pytest.approx(rest.value[0])
        assert found.reference.variance[number] == pytest.approx(rest.variance[0])
        assert found.reference.df[number] == pytest.approx(rest.df[0])
        assert found.reference.n[number] == rest.n[0]
        assert found.difference.value[number] == pytest.approx(expected.value[0])
        assert found.difference.p[number] == pytest.approx(expected.p[0])


def test_pools_are_kept_apart() -> None:
    first, second = chain(3, 40, 1), chain(3, 40, 2)
    both = sums([(f"{g}a", s, y) for g, s, y in first] + [(f"{g}b", s, y) for g, s, y in second])
    pool = np.array([0, 0, 0, 1, 1, 1], dtype=np.intp)
    found = against_rest(both, pool, "responses").difference
    alone = [against_rest(sums(rows), np.zeros(3, dtype=np.intp), "responses").difference for rows in (first, second)]
    assert found.p == pytest.approx(np.concatenate([d.p for d in alone]))


def test_a_store_on_both_sides_enters_as_a_covariance() -> None:
    # two touchpoints in the same stores: the difference per store is always exactly 10, so nothing is uncertain
    rows = [("a", s, [60.0 + s]) for s in range(5)] + [("b", s, [70.0 + s]) for s in range(5)]
    found = against_rest(sums(rows, "touchpoint"), np.zeros(2, dtype=np.intp), "responses")
    assert found.difference.value == pytest.approx([-10, 10])
    assert found.difference.high - found.difference.low == pytest.approx([0, 0], abs=1e-6)


def test_the_same_stores_twice_give_the_paired_t_test() -> None:
    from scipy.stats import ttest_rel

    before = [60.0, 70, 65, 80, 75]
    now = [64.0, 71, 70, 84, 74]
    found = now_against_before(
        sums([("R", s, [y]) for s, y in enumerate(now)]),
        sums([("R", s, [y]) for s, y in enumerate(before)]),
        "responses",
    )
    test = ttest_rel(now, before)
    interval = test.confidence_interval()
    assert found.difference.value[0] == pytest.approx(2.6)
    assert found.difference.p[0] == pytest.approx(test.pvalue)
    assert [found.difference.low[0], found.difference.high[0]] == pytest.approx(list(interval))
    assert found.pairs[0] == 5


def test_stores_measured_once_only_stay_out_of_a_paired_change() -> None:
    now = sums([("R", 0, [64.0]), ("R", 1, [71.0]), ("R", 2, [99.0])])
    before = sums([("R", 0, [60.0]), ("R", 1, [70.0]), ("R", 3, [10.0])])
    found = now_against_before(now, before, "responses")
    # pairs: 64 - 60 and 71 - 70; the values shown are those of all stores
    assert found.difference.value[0] == pytest.approx(2.5)
    assert found.reference.value[0] == pytest.approx(140 / 3)
    assert found.pairs[0] == 2


def test_one_store_is_compared_by_welch_over_its_visits() -> None:
    now, before = sums([("S", 0, [60.0, 70, 80])]), sums([("S", 0, [50.0, 52])])
    own, then = estimate(now), estimate(before)
    expected = welch(own.value, own.variance, own.df, then.value, then.variance, then.df)
    found = now_against_before(now, before, "responses")
    assert found.difference.p[0] == pytest.approx(expected.p[0])
    assert found.pairs[0] == 0


def test_groups_are_matched_by_name_not_by_order() -> None:
    now = sums([("A", 0, [60.0]), ("A", 1, [62.0]), ("B", 2, [80.0]), ("B", 3, [84.0])])
    before = sums([("B", 2, [70.0]), ("B", 3, [70.0]), ("C", 4, [1.0]), ("A", 0, [60.0]), ("A", 1, [60.0])])
    assert now_against_before(now, before, "responses").difference.value == pytest.approx([1, 12])


def test_a_target_is_a_constant() -> None:
    from scipy.stats import ttest_1samp

    means = [60.0, 70, 65, 80, 75]
    found = against_constant(sums([("R", s, [y]) for s, y in enumerate(means)]), np.array([80.0]), "responses")
    assert found.difference.value[0] == pytest.approx(-10)
    assert found.difference.p[0] == pytest.approx(ttest_1samp(means, 80).pvalue)


def test_equal_regions_are_called_different_in_about_one_of_twenty_comparisons() -> None:
    random = np.random.default_rng(5)

    def equal_chain() -> StoreSums:
        level = random.normal(75, 3, 60)
        return sums([(f"R{s % 6}", s, list(random.normal(level[s], 8, 12))) for s in range(60)])

    rest, change = [], []
    for _ in range(60):
        now, before = equal_chain(), equal_chain()
        rest += list(against_rest(now, np.zeros(6, dtype=np.intp), "responses").difference.p < 0.05)
        change += list(now_against_before(now, before, "responses").difference.p < 0.05)
    # 360 comparisons each at 5 %: 18 ± 3 · 4.1
    assert 6 <= sum(rest) <= 30
    assert 6 <= sum(change) <= 30
