"""Differences of two estimates: independent, or measured in the same stores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sq.statistics.intervals import Floats, t_p_value, t_quantile


@dataclass(frozen=True)
class Difference:
    """First minus second with a 95 % interval and a two-sided p; arrays of one length."""

    value: Floats
    low: Floats
    high: Floats
    p: Floats


def welch(value1: Floats, variance1: Floats, df1: Floats, value0: Floats, variance0: Floats, df0: Floats) -> Difference:
    """Two independent means with Welch's df (1947); a constant has variance 0 and any df."""
    return by_t(value1 - value0, *welch_variance(variance1, df1, variance0, df0))


def welch_variance(variance1: Floats, df1: Floats, variance0: Floats, df0: Floats) -> tuple[Floats, Floats]:
    """Variance of the difference of two independent means and its df by Welch (1947)."""
    total = variance1 + variance0
    with np.errstate(divide="ignore", invalid="ignore"):
        df = total**2 / (variance1**2 / df1 + variance0**2 / df0)
    return total, np.where(total == 0, np.fmin(df1, df0), df)


def by_t(difference: Floats, variance: Floats, df: Floats) -> Difference:
    """A difference with a known variance and df."""
    se = np.sqrt(np.maximum(variance, 0.0))
    half = t_quantile(df) * se
    return Difference(difference, difference - half, difference + half, t_p_value(difference, se, df))


def square_and_add(
    value1: Floats,
    low1: Floats,
    high1: Floats,
    value0: Floats,
    low0: Floats,
    high0: Floats,
    covariance: Floats,
    df: Floats | None = None,
) -> Difference:
    """Two intervals joined (Newcombe 1998, method 10): asymmetric limits stay inside the scale.

    With a covariance 2cov is taken off each squared half-width. p is that of the t distribution (normal by default)
    with the standard error of the side that faces zero, so p < .05 exactly when the interval leaves zero out.
    """
    df = np.full(np.shape(value1), np.inf) if df is None else df
    quantile = t_quantile(df)
    difference = value1 - value0
    shared = 2 * quantile**2 * covariance
    below = np.sqrt(np.maximum((value1 - low1) ** 2 + (high0 - value0) ** 2 - shared, 0.0))
    above = np.sqrt(np.maximum((high1 - value1) ** 2 + (value0 - low0) ** 2 - shared, 0.0))
    se = np.where(difference > 0, below, above) / quantile  # of the side that faces zero
    return Difference(difference, difference - below, difference + above, t_p_value(difference, se, df))
