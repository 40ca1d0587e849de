"""Ranks of places on each subject of a map, by estimates that are drawn towards the mean of the places."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sq.analyses.standing import errors
from sq.metrics.catalogue import Metric
from sq.statistics import shrinkage
from sq.statistics.estimable import NotEstimable
from sq.statistics.intervals import Floats


def with_ranks(cells: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """The frame of `Drill.map` with ``rank`` (1 = best; equal estimates share their mean rank) and ``ranked`` (of how
    many), both within a subject.

    NaN where a place has too few answers or is hidden. Below five places the estimates are the values themselves.
    """
    rank, ranked = np.full(len(cells), np.nan), np.full(len(cells), np.nan)
    usable = (cells["hidden_reason"] == "") & (cells["limit"] == "") & cells["value"].notna()
    for rows in cells[usable].groupby("subject").indices.values():
        at = np.flatnonzero(usable.to_numpy())[rows]
        order = pd.Series(-metric.direction * _estimates(cells.iloc[at], metric))
        rank[at], ranked[at] = order.rank(method="average").to_numpy(), len(at)
    return cells.assign(rank=rank, ranked=ranked)


def _estimates(places: pd.DataFrame, metric: Metric) -> Floats:
    found = shrinkage.shrunken(places["value"], errors(places, metric))
    values = places["value"].to_numpy(dtype=float) if isinstance(found, NotEstimable) else found.value
    return np.round(values, 9)  # drawn wholly to the mean all are equal, and share a rank
