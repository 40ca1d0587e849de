"""A metric as a script sees it: the same path as the pages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd


def score(
    folder: Path, metric: str, by: str = "chain", where: Mapping[str, str] | None = None, start: str = "", end: str = ""
) -> pd.DataFrame:
    """Measure ``metric`` by one level or axis.

    Args:
        folder: the data folder.
        by: chain, region, city, store, or any other axis of the metric (month, touchpoint, ...).
        where: selection fields, e.g. ``{"region": "North"}``.
        start, end: months ``YYYY-MM``; the default period where both are empty.

    Returns place, name, value, n, low, high, hidden_reason.

    Raises:
        UnknownName: metric, level, key or value does not exist; offers the nearest.
    """
    raise NotImplementedError
