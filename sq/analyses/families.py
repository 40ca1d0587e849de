"""All siblings judged at once: what a card of one place reads is the same for every place of its level."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd

from sq.analyses.comparison import compared
from sq.analyses.verdicts import Compared
from sq.selection import PLACE_PATH, Selection
from sq.warehouse import Scope, Warehouse

MOST_REMEMBERED = 60  # a card needs 24: two periods and a few more

_judged: WeakKeyDictionary[Warehouse, OrderedDict[Hashable, Compared]] = WeakKeyDictionary()
_lock = threading.Lock()


def family(warehouse: Warehouse, scope: Scope, selection: Selection, axes: tuple[str, ...]) -> Compared:
    """`sq.analyses.comparison.compared` for all places of the selection's brand; remembered, so never change it."""
    wide = selection.but(**dict.fromkeys(PLACE_PATH, ""), sort="value", split="")
    key = (scope, wide, axes)
    with _lock:
        known = _judged.setdefault(warehouse, OrderedDict())
        if key in known:
            known.move_to_end(key)
            return known[key]
    found = compared(warehouse, scope, wide, axes)
    with _lock:
        known[key] = found
        while len(known) > MOST_REMEMBERED:
            known.popitem(last=False)
    return found


def row_of(found: Compared, axis: str, key: str) -> dict[str, Any]:
    """The row of one place; empty where nothing is known of it."""
    rows = rows_of(found, axis, key)
    return {str(name): value for name, value in rows.iloc[0].items()} if len(rows) else {}


def rows_of(found: Compared, axis: str, key: str) -> pd.DataFrame:
    """All rows of one place, a frame of its own."""
    if axis not in found.frame:
        return found.frame.iloc[:0]
    return found.frame[found.frame[axis] == key].reset_index(drop=True)
