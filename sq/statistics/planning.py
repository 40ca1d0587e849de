"""How many visits or answers are needed, and what a plan can see."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from sq.statistics.estimable import NO_DIFFERENCE_BETWEEN, TOO_FEW, NotEstimable

ROUNDING = 1e-9  # .5/.5 must need 4 visits, not 5: floating point stands a hair above the whole number


def whole_up(value: float) -> int:
    """The next whole number, forgiving floating point."""
    return math.ceil(value - ROUNDING)


def krejcie_morgan(population: ArrayLike, chi2: float = 3.841, p: float = 0.5, d: float = 0.05) -> np.ndarray:
    """Sample size before rounding. Krejcie & Morgan (1970), Educ. Psychol. Meas. 30:607-610."""
    n = np.asarray(population, dtype=float)
    spread = chi2 * p * (1 - p)
    return np.asarray(spread * n / (d**2 * (n - 1) + spread))


def cochran(e: float, p: float = 0.5, confidence: float = 0.95, population: float = math.inf) -> tuple[float, float]:
    """Sample size for a share within ±e: of an endless and of a finite population. Cochran (1977), ch. 4."""
    from scipy.special import ndtri

    n0 = ndtri(0.5 + confidence / 2) ** 2 * p * (1 - p) / e**2
    return float(n0), float(n0 / (1 + (n0 - 1) / population))


def design_effect(cluster_size: float, icc: float) -> float:
    """Kish (1965): 1 + (m - 1) * ICC."""
    return 1 + (cluster_size - 1) * icc


def reliability(icc: float, visits: float) -> float:
    """Reliability of the mean of several visits from that of one (Spearman 1910, Brown 1910)."""
    return visits * icc / (1 + (visits - 1) * icc)


def visits_for_reliability(icc: float, wanted: float) -> int | NotEstimable:
    """Visits per store so that the reliability of its mean reaches ``wanted``: R (1 - ICC) / ((1 - R) ICC)."""
    if icc <= 0:
        return NO_DIFFERENCE_BETWEEN
    return 1 if icc >= 1 else whole_up(wanted * (1 - icc) / ((1 - wanted) * icc))


def power(difference: float, se: float, df: float, alpha: float = 0.05) -> float:
    """Probability that a two-sided t-test at ``alpha`` sees a true difference with this standard error."""
    from scipy.special import nctdtr, stdtrit

    if se <= 0:
        return 1.0 if difference else alpha
    if df <= 0:
        return float("nan")
    edge, shift = float(stdtrit(df, 1 - alpha / 2)), abs(difference) / se
    wrong_side = float(np.nan_to_num(nctdtr(df, shift, -edge)))  # scipy gives no number where it is next to nothing
    return 1 - float(np.nan_to_num(nctdtr(df, shift, edge))) + wrong_side


def visits_for_difference(
    difference: float, sd: float, rest_se: float = 0.0, wanted: float = 0.8, alpha: float = 0.05, most: int = 400
) -> int | NotEstimable:
    """Visits to one store so that a difference of x points from the rest is seen with probability ``wanted``.

    Args:
        difference: points. sd: standard deviation of single visits of a store.
        rest_se: standard error of what it is compared with.
        alpha: after allowance for the number of comparisons (Bonferroni bounds Benjamini-Hochberg from below).
        most: no more visits than these are proposed.
    """
    for visits in range(2, most + 1):
        variance = sd**2 / visits + rest_se**2
        df = variance**2 / ((sd**2 / visits) ** 2 / (visits - 1)) if sd > 0 else math.inf
        if power(difference, math.sqrt(variance), df, alpha) >= wanted:
            return visits
    return TOO_FEW


def visible_difference(se: float, df: float, wanted: float = 0.8, alpha: float = 0.05) -> float | NotEstimable:
    """The smallest true difference that a plan with this standard error sees with probability ``wanted``."""
    from scipy.optimize import brentq
    from scipy.special import stdtrit

    if df <= 0 or not math.isfinite(se):
        return TOO_FEW
    if se == 0:
        return 0.0
    top = 2 * float(stdtrit(df, 1 - alpha / 2)) + 20  # with one degree of freedom the edge is far out
    return float(brentq(lambda d: power(d, se, df, alpha) - wanted, 0.0, top * se))


def verdict_power(difference: float, se: float, df: float, alpha: float, least: float) -> float:
    """Probability that a true difference is called: significant at ``alpha`` and, as measured, at least ``least``.

    Both ask the measured difference to pass a threshold; the higher one decides.
    """
    from scipy.special import ndtr

    if se <= 0:
        return 1.0 if abs(difference) >= least else 0.0
    return min(power(difference, se, df, alpha), float(ndtr((abs(difference) - least) / se)))


def visible_verdict(se: float, df: float, alpha: float, least: float, wanted: float = 0.8) -> float | NotEstimable:
    """The smallest true difference that is called (`verdict_power`) with probability ``wanted``."""
    from scipy.special import ndtri

    found = visible_difference(se, df, wanted, alpha)
    return found if isinstance(found, NotEstimable) else max(found, least + float(ndtri(wanted)) * se)
