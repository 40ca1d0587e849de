"""Drivers from sums of squares by store: the numbers of row by row, intervals that hold, reasons for none."""

import numpy as np
import pytest

from sq.statistics.drivers import importance, johnson, lmg
from sq.statistics.estimable import COLLINEAR, NO_VARIATION, TOO_FEW, NotEstimable
from sq.statistics.moments import (
    centred,
    correlation_within,
    correlations,
    importance_within,
    johnson_weights,
    lmg_weights,
    moments,
    slopes_within,
)
from sq.statistics.regression import least_squares

WEIGHTS = np.array([0.5, 0.3, 0.0, 0.2])


def survey(seed: int, n: int = 1200, stores: int = 40, between: float = 0.0):
    """Four drivers with a common leaning; ``between`` lifts outcome and first driver of whole stores together."""
    random = np.random.default_rng(seed)
    store = random.integers(0, stores, n)
    lift = random.normal(0, between, stores)[store]
    x = random.normal(0, 1, (n, 4)) + random.normal(0, 0.7, (n, 1))
    x[:, 2] += lift
    return x @ WEIGHTS + random.normal(0, 1, n) + 3 * lift, x, store


def test_a_store_of_two_is_centred_by_hand() -> None:
    left, code, stores = centred(np.array([[1.0], [3.0], [10.0]]), ["b", "b", "a"])
    assert (left[:, 0].tolist(), code.tolist(), stores) == ([-1.0, 1.0, 0.0], [1, 1, 0], 2)


def test_sums_by_store_add_up_to_those_of_all_rows() -> None:
    y, x, store = survey(1)
    left, _code, _stores = centred(np.column_stack([y, x]), store)
    found = moments(y, x, store)
    assert found.by_store
    assert found.squares.shape == (40, 5, 5)
    assert found.squares.sum(axis=0) == pytest.approx(left.T @ left)


def test_all_subsets_at_once_give_the_weights_of_one_by_one() -> None:
    matrices = np.array([correlations(moments(*survey(seed)).squares.sum(axis=0)[None])[0] for seed in (1, 2, 3)])
    for row, matrix in enumerate(matrices):
        assert lmg_weights(matrices)[row] == pytest.approx(lmg(matrix))
        assert johnson_weights(matrices)[row] == pytest.approx(johnson(matrix))


def test_within_one_store_nothing_but_the_ordinary_importance_is_left() -> None:
    y, x, _store = survey(4, n=300)
    ours, plain = importance_within(y, x, np.zeros(300)), importance(y, x)
    assert not isinstance(ours, NotEstimable)
    assert not isinstance(plain, NotEstimable)
    assert ours.share == pytest.approx(plain.share)
    assert (ours.r2, ours.highest_correlation) == pytest.approx((plain.r2, plain.highest_correlation))
    assert ours.share.sum() == pytest.approx(1.0)


def test_what_lifts_whole_stores_is_not_taken_for_an_effect() -> None:
    y, x, store = survey(5, between=2.0)
    pooled, inside = importance(y, x), slopes_within(y, x, store)
    assert not isinstance(pooled, NotEstimable)
    assert not isinstance(inside, NotEstimable)
    assert pooled.share[2] > 0.5, "the third driver has no effect, but its stores are better"
    assert inside.low[2] < 0 < inside.high[2]
    assert inside.coefficient == pytest.approx(WEIGHTS, abs=4 * inside.se.max())


def test_slopes_are_those_of_a_regression_with_a_column_for_every_store() -> None:
    y, x, store = survey(6, n=200, stores=8)
    dummies = (store[:, None] == np.arange(1, 8)).astype(float)
    plain = least_squares(y, np.column_stack([x, dummies]))
    inside = slopes_within(y, x, store)
    assert not isinstance(plain, NotEstimable)
    assert not isinstance(inside, NotEstimable)
    assert inside.coefficient == pytest.approx(plain.coefficient[1:5])
    assert inside.se == pytest.approx(plain.se[1:5])  # 200 - 8 - 4 = 188 degrees of freedom both ways


def test_the_intervals_of_slopes_and_shares_hold_the_truth() -> None:
    """400 surveys, 95 %: 380 expected, sd 4.4; at least 360."""
    truth = importance_within(*survey(0, n=200_000, stores=400), runs=0 + 2)
    assert not isinstance(truth, NotEstimable)
    inside = shares = 0
    for seed in range(400):
        y, x, store = survey(seed, n=400, stores=40)
        found = slopes_within(y, x, store)
        assert not isinstance(found, NotEstimable)
        inside += found.low[0] <= WEIGHTS[0] <= found.high[0]
        if seed < 100:
            drawn = importance_within(y, x, store, runs=100)
            assert not isinstance(drawn, NotEstimable)
            shares += drawn.low[0] <= truth.share[0] <= drawn.high[0]
    assert inside >= 360
    assert shares >= 85, "of 100; 100 draws of 40 stores: a little narrow"


def test_a_correlation_within_stores_has_the_value_of_the_centred_columns() -> None:
    y, x, store = survey(7)
    left, _code, _stores = centred(np.column_stack([y, x[:, 0]]), store)
    found = correlation_within(np.where(np.arange(len(y)) % 5, y, np.nan), x[:, 0], store)
    whole = correlation_within(y, x[:, 0], store)
    assert not isinstance(found, NotEstimable)
    assert not isinstance(whole, NotEstimable)
    assert whole.r == pytest.approx(np.corrcoef(left, rowvar=False)[0, 1])
    # Fisher's interval of independent rows: atanh(r) +- 1.96 / sqrt(n - stores - 3)
    half = 1.96 / np.sqrt(1200 - 40 - 3)
    assert np.arctanh([whole.low, whole.high]) == pytest.approx(np.arctanh(whole.r) + np.array([-half, half]), abs=0.02)
    assert found.n == 960


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda y, x: (y[:19], x[:19, :1]), TOO_FEW),
        (lambda y, x: (y[:39], x[:39]), TOO_FEW),  # four drivers need 40
        (lambda y, x: (y, np.column_stack([x, np.ones(len(y))])), NO_VARIATION),
        (lambda y, x: (np.full(len(y), 75.0), x), NO_VARIATION),
        (lambda y, x: (y, np.column_stack([x, 2 * x[:, 0]])), COLLINEAR),
    ],
)
def test_what_cannot_be_told_has_a_reason(change, reason) -> None:
    y, x = change(*survey(8)[:2])
    assert importance_within(y, x, np.arange(len(y)) % 35) == reason
