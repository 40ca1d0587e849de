"""All siblings judged at once: what a card of one place reads is the same for every place of its level."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import pandas as pd

from sq.analyses.comparison import compared
from sq.analyses.verdicts import Compared
from sq.metrics.measuring import measure
from sq.selection import PLACE_PATH, Selection
from sq.warehouse import Scope, Warehouse

T = TypeVar("T")
MOST_REMEMBERED = 80  # a card needs 30: two periods and a few more

_known: WeakKeyDictionary[Warehouse, OrderedDict[Hashable, Any]] = WeakKeyDictionary()
_lock = threading.Lock()


def family(warehouse: Warehouse, scope: Scope, selection: Selection, axes: tuple[str, ...]) -> Compared:
    """`sq.analyses.comparison.compared` for all places of the selection's brand; remembered, so never change it."""
    wide = _wide(selection)
    return _remembered(warehouse, (scope, wide, axes), lambda: compared(warehouse, scope, wide, axes))


def family_courses(warehouse: Warehouse, scope: Scope, selection: Selection) -> pd.DataFrame:
    """`sq.metrics.measuring.measure` of all stores by month, oldest first; remembered, so never change it."""
    wide = _wide(selection)

    def courses() -> pd.DataFrame:
        found = measure(warehouse, scope, wide.metric, wide, ("store", "month"))
        return found.sort_values("month", kind="stable", ignore_index=True)

    return _remembered(warehouse, (scope, wide, "courses"), courses)


def _wide(selection: Selection) -> Selection:
    return selection.but(**dict.fromkeys(PLACE_PATH, ""), sort="value", split="")


def _remembered(warehouse: Warehouse, key: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` gives, made once per snapshot and key while it is asked for now and then."""
    with _lock:
        known = _known.setdefault(warehouse, OrderedDict())
        if key in known:
            known.move_to_end(key)
            return cast("T", known[key])
    made = make()
    with _lock:
        known[key] = made
        while len(known) > MOST_REMEMBERED:
            known.popitem(last=False)
    return made


def row_of(found: Compared, axis: str, key: str) -> dict[str, Any]:
    """The row of one place; empty where nothing is known of it."""
    rows = rows_of(found, axis, key)
    return {str(name): value for name, value in rows.iloc[0].items()} if len(rows) else {}


def rows_of(found: Compared, axis: str, key: str) -> pd.DataFrame:
    """All rows of one place, a frame of its own."""
    if axis not in found.frame:
        return found.frame.iloc[:0]
    return found.frame[found.frame[axis] == key].reset_index(drop=True)
