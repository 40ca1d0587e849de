"""Variances of small groups, steadied by those of their siblings.

The variance of three visits is almost unknown: in a table of 60 stores some are far too small by chance, and their
tests call noise a difference. Empirical Bayes puts what all siblings say beside each group's own variance: Smyth
(2004), Stat. Appl. Genet. Mol. Biol. 3(1), article 3; here by moments, because equal scores give variances of zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sq.statistics.intervals import Floats, Ints, per_group


@dataclass(frozen=True)
class Prior:
    """What the siblings say about a group's variance of single units, one element per part.

    ``variance`` in squared units, worth ``df`` degrees of freedom (infinite where the variances differ no more than by
    chance); ``pooled_df`` = all degrees of freedom there are.
    """

    variance: Floats
    df: Floats
    pooled_df: Floats


def prior(variance: Floats, df: Floats, part: Ints) -> Prior:
    """The distribution of unit variances behind s² with their degrees of freedom; NaN where nothing is known.

    s² ~ σ² chi²(d)/d gives E s⁴ = (1 + 2/d) E σ⁴, and 1/σ² ~ chi²(d0)/(d0 s0²) gives
    R = E σ⁴ / (E σ²)² = (d0 - 2)/(d0 - 4), so d0 = 4 + 2/(R - 1) and s0² = E σ² (d0 - 2)/d0.
    """
    parts = int(part.max(initial=-1)) + 1
    known = np.isfinite(variance) & (df > 0)
    d, s2 = np.where(known, df, 0.0), np.where(known, variance, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = per_group(part, d, parts)
        mean = per_group(part, d * s2, parts) / pooled
        fourth = per_group(part, np.where(known, d * s2**2 / (1 + 2 / d), 0.0), parts) / pooled
        ratio = fourth / mean**2
        varied = ratio > 1
        d0 = np.where(varied, 4 + 2 / (ratio - 1), np.inf)
        s0 = np.where(varied, mean * (d0 - 2) / d0, mean)
    return Prior(s0, d0, pooled)


def moderated(variance: Floats, df: Floats, part: Ints) -> tuple[Floats, Floats]:
    """(d0 s0² + d s²) / (d0 + d) and its degrees of freedom, never more than the siblings have in all."""
    found = prior(variance, df, part)
    s0, d0, pooled = found.variance[part], found.df[part], found.pooled_df[part]
    with np.errstate(invalid="ignore"):
        steady = np.where(np.isinf(d0), s0, (d0 * s0 + df * variance) / (d0 + df))
    known = np.isfinite(variance) & (df > 0)
    return np.where(known, steady, np.nan), np.where(known, np.minimum(d0 + df, pooled), np.nan)
