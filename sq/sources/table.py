"""SourceTable: what a reader hands to checking, one per table found in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

DERIVED = "(derived)"


@dataclass(frozen=True)
class SourceTable:
    """Rows of one table as received: our columns, the file's values, nothing validated yet.

    ``frame`` has record columns (values: text, number, date or None) and, for wide response tables, one column per
    item id listed in ``items``. ``rows`` holds the 1-based row number in the file (the heading counts), parallel to
    ``frame``; a derived row carries the row it was taken from. ``headings`` maps our column to the file's heading.
    """

    table: str
    file: str
    sheet: str | None
    frame: pd.DataFrame
    rows: np.ndarray[tuple[int], np.dtype[np.int64]]
    items: tuple[str, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
