"""Is a dimension one thing: Cronbach's alpha and McDonald's omega of its items."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sq.statistics.estimable import DID_NOT_CONVERGE, NO_VARIATION, OUT_OF_RANGE, TOO_FEW, NotEstimable
from sq.statistics.intervals import Floats

LOW, REDUNDANT = 0.6, 0.95  # below: do not show one number; above: items repeat each other


@dataclass(frozen=True)
class Alpha:
    """Reliability of a sum of items.

    Attributes:
        alpha, low, high: raw alpha with Feldt's F interval. standardised: of equal variances.
        mean_correlation: of all pairs of items. lambda6: Guttman's. without: alpha if each item is dropped.
        item_total: correlation of each item with the sum of the others; a negative one was not reversed.
    """

    alpha: float
    low: float
    high: float
    standardised: float
    mean_correlation: float
    lambda6: float
    without: Floats
    item_total: Floats
    n: int


def cronbach_alpha(answers: ArrayLike, confidence: float = 0.95) -> Alpha | NotEstimable:
    """k/(k-1) (1 - sum of variances / variance of the sum), complete rows only. Cronbach (1951), Feldt (1965)."""
    x = np.asarray(answers, dtype=float)
    x = x[~np.isnan(x).any(axis=1)] if x.ndim == 2 else x
    if x.ndim != 2 or x.shape[0] < 3 or x.shape[1] < 2:
        return TOO_FEW
    n, k = x.shape
    if (x.var(axis=0) == 0).any():
        return NO_VARIATION
    covariance, correlation = np.cov(x, rowvar=False), np.corrcoef(x, rowvar=False)
    alpha = _alpha(covariance)
    low, high = _feldt(alpha, n, k, confidence)
    return Alpha(
        alpha,
        low,
        high,
        _alpha(correlation),
        float((correlation.sum() - k) / (k * (k - 1))),
        _lambda6(correlation),
        np.array([_alpha(_without(covariance, i)) if k > 2 else np.nan for i in range(k)]),
        _item_total(x),
        n,
    )


def _alpha(covariance: Floats) -> float:
    k = len(covariance)
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def _without(matrix: Floats, item: int) -> Floats:
    return np.delete(np.delete(matrix, item, 0), item, 1)


def _feldt(alpha: float, n: int, k: int, confidence: float) -> tuple[float, float]:
    from scipy.stats import f

    tail, df1, df2 = (1 - confidence) / 2, n - 1, (n - 1) * (k - 1)
    return 1 - (1 - alpha) * float(f.ppf(1 - tail, df1, df2)), 1 - (1 - alpha) * float(f.ppf(tail, df1, df2))


def _lambda6(correlation: Floats) -> float:
    """Guttman's lambda 6: 1 - sum of what each item's regression on the others leaves / variance of the sum."""
    inverse = np.linalg.pinv(correlation)
    return float(1 - (1 / np.diag(inverse)).sum() / correlation.sum())


def _item_total(x: Floats) -> Floats:
    rest = x.sum(axis=1, keepdims=True) - x
    return np.array([np.corrcoef(x[:, i], rest[:, i])[0, 1] if rest[:, i].std() else np.nan for i in range(x.shape[1])])


def omega_total(answers: ArrayLike) -> float | NotEstimable:
    """(sum of loadings)² / ((sum of loadings)² + sum of uniquenesses) of one ML factor. McDonald (1999)."""
    from statsmodels.multivariate.factor import Factor
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    x = np.asarray(answers, dtype=float)
    x = x[~np.isnan(x).any(axis=1)]
    if x.shape[0] < 3 or x.shape[1] < 3:
        return TOO_FEW
    if (x.var(axis=0) == 0).any():
        return NO_VARIATION
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ConvergenceWarning)
            fitted = Factor(x, n_factor=1, method="ml").fit()
    except (ValueError, np.linalg.LinAlgError, ConvergenceWarning):
        return DID_NOT_CONVERGE
    loading, unique = fitted.loadings[:, 0], fitted.uniqueness
    scale = x.std(axis=0, ddof=1)
    common = float((scale * loading).sum() ** 2)
    omega = common / (common + float((scale**2 * unique).sum()))
    return omega if 0 <= omega <= 1 else OUT_OF_RANGE
