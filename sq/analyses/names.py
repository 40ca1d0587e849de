"""Ids → names in both languages, options for filters, and what a selection may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from sq.language import Message, Named
from sq.selection import Selection
from sq.warehouse import Scope, Warehouse


@dataclass(frozen=True)
class Names:
    """The names of everything a reader may pick; made once per snapshot and scope by `names`.

    Attributes:
        labels: axis → id → name (axes region city store format brand stream channel segment wave stage touchpoint
            dimension item). Dimensions and items are keyed by ``(instrument, id)`` joined as ``"mystery:D1"``.
        stores: one row per store: store, store_name, region, city, format, brand (as now).
        months: instrument (mystery, customer, complaints) → (first month, last month, last day of data).
        ...
    """

    labels: Mapping[str, Mapping[str, Named | Message]]
    stores: pd.DataFrame
    months: Mapping[str, tuple[date, date, date]]

    def label(self, axis: str, key: str, instrument: str = "") -> Named | Message:
        """The name of an id on an axis; the id itself as a name when it is unknown."""
        raise NotImplementedError

    def options(self, axis: str, selection: Selection) -> tuple[tuple[str, Named | Message], ...]:
        """What can be picked on an axis as (id, name), in the order to be shown.

        Given the other choices: cities of the region, items of the touchpoint. Empty when the metric has no such axis.
        """
        raise NotImplementedError

    def metrics(self) -> tuple[str, ...]:
        """Ids of the metrics that have data, in catalogue order."""
        raise NotImplementedError

    def known(self, selection: Selection) -> tuple[Selection, dict[str, str]]:
        """The selection without what does not exist or is not for this metric, and what was dropped.

        The second part maps a parameter to its value.
        """
        raise NotImplementedError

    def completed(self, selection: Selection) -> Selection:
        """The selection with metric, start and end filled by defaults: the last 12 complete months of its data."""
        raise NotImplementedError


def names(warehouse: Warehouse, scope: Scope) -> Names:
    """Read every name once (a few small queries)."""
    raise NotImplementedError
