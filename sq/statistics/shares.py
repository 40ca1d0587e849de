"""Shares and rating scales of single answers: index, favourable share, NPS, and every common interval of a share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sq.statistics.estimable import TOO_FEW, NotEstimable
from sq.statistics.intervals import t_quantile, z_quantile

Method = Literal["wilson", "wilson_cc", "clopper_pearson", "wald", "agresti_coull", "jeffreys"]
CATEGORIES_EACH_END = 2


def share_interval(x: int, n: int, method: Method = "wilson", confidence: float = 0.95) -> tuple[float, float]:
    """An interval of x of n, by scipy and statsmodels; NaN for n = 0. Newcombe (1998), Stat. Med. 17:857-872.

    Wilson is the product's; Wald is here to be compared with, never to be shown.
    """
    from scipy.stats import binomtest
    from statsmodels.stats.proportion import proportion_confint

    if n <= 0:
        return math.nan, math.nan
    if method == "wilson_cc":
        found = binomtest(x, n).proportion_ci(confidence, "wilsoncc")
        return float(found.low), float(found.high)
    name = {"clopper_pearson": "beta", "wald": "normal", "jeffreys": "jeffreys"}.get(method, method)
    low, high = proportion_confint(x, n, 1 - confidence, name)
    return (0.0 if x == 0 else float(low)), (1.0 if x == n else float(high))


@dataclass(frozen=True)
class Rating:
    """Answers to one question on a rating scale; shares 0-1, index 0-100.

    Attributes:
        n: valid answers; missing and "not applicable" are in no denominator.
        favourable, unfavourable: top two and bottom two categories. net: their difference.
    """

    n: int
    mean: float
    index: float
    index_se: float
    index_low: float
    index_high: float
    favourable: float
    neutral: float
    unfavourable: float

    @property
    def net(self) -> float:
        """Favourable minus unfavourable."""
        return self.favourable - self.unfavourable


def rating(counts: Mapping[int, int], low: int, high: int) -> Rating | NotEstimable:
    """From answers per category: (mean - low) / (high - low) x 100, so 4 on 1 to 5 is 75. Fornell et al. (1996)."""
    values = np.repeat(list(counts), list(counts.values())).astype(float)
    n = len(values)
    if n < 1:
        return TOO_FEW
    share = 100 * (values - low) / (high - low)
    se = float(share.std(ddof=1) / math.sqrt(n)) if n > 1 else math.nan
    half = float(t_quantile(np.array([n - 1.0]))[0]) * se if n > 1 else math.nan
    index = float(share.mean())
    top, bottom = values > high - CATEGORIES_EACH_END, values < low + CATEGORIES_EACH_END
    return Rating(
        n,
        float(values.mean()),
        index,
        se,
        index - half,
        index + half,
        float(top.mean()),
        float((~top & ~bottom).mean()),
        float(bottom.mean()),
    )


@dataclass(frozen=True)
class NetPromoters:
    """NPS in points with its plain (n), unbiased (n - 1) and adjusted errors. Rocks (2016), Am. Stat. 70:365-372."""

    nps: float
    variance: float
    se: float
    se_unbiased: float
    low: float
    high: float
    adjusted_centre: float
    adjusted_se: float
    adjusted_low: float
    adjusted_high: float
    n: int


def net_promoters(promoters: int, passives: int, detractors: int) -> NetPromoters | NotEstimable:
    """100 (p - d); adjusted Wald adds 3/4 to promoters and detractors and 3 to n, and is cut at ±100."""
    n = promoters + passives + detractors
    if n < 2:
        return TOO_FEW
    p, d, z = promoters / n, detractors / n, z_quantile()
    variance = 1e4 * (p + d - (p - d) ** 2)
    se, nps = math.sqrt(variance / n), 100 * (p - d)
    pa, da = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    centre, spread = 100 * (pa - da), 100 * math.sqrt((pa + da - (pa - da) ** 2) / (n + 3))
    return NetPromoters(
        nps,
        variance,
        se,
        math.sqrt(variance / (n - 1)),
        nps - z * se,
        nps + z * se,
        centre,
        spread,
        max(-100.0, centre - z * spread),
        min(100.0, centre + z * spread),
        n,
    )
