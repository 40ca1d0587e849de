"""One template that measures any metric by any axes, with 95 % intervals."""

from __future__ import annotations

import pandas as pd

from sq.selection import Selection
from sq.warehouse import Scope, Warehouse


def measure(
    warehouse: Warehouse, scope: Scope, metric: str, selection: Selection, axes: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Measure a metric for every group of ``axes`` inside the selection.

    Returns one row per group: one column per axis (ids; time axes datetime64), ``n`` (what is counted, see
    ``Metric.n_unit``), ``stores``, ``value``, ``low``, ``high`` (95 %), ``se``, ``df``, ``value_points``,
    ``value_stores``, ``n_effective``, ``hidden_reason`` ('' or 'too_few': shown, but neither ranked nor judged).
    """
    raise NotImplementedError
