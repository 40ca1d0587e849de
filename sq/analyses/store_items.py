"""Which items cost a store its points, which it fails again and again, which fail whole visits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.names import Names
from sq.metrics.questions import asked_in_scope
from sq.selection import Selection
from sq.warehouse import Scope, Warehouse

# Repeated: failed in at least two of the last four visits in which the item applied.
LAST_VISITS = 4
REPEATED_FROM = 2
# An item that is no veto item is failed below half of its points; a veto item below full marks.
HALF = 0.5
COLUMNS = (
    "item",
    "label",
    "touchpoint",
    "touchpoint_label",
    "is_veto",
    "n",
    "failed",
    "lost",
    "last",
    "last_failed",
    "is_repeated",
    "failed_on",
    "failed_in",
)


def items_of(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> pd.DataFrame:
    """One row per item that applied in the store's visits of the period, most points lost first.

    Columns: item, label, touchpoint, touchpoint_label, is_veto, n (visits in which it applied), failed (of these),
    lost (points of the store's mean score that it cost: the losts add up to 100 - that mean), last (failed or not, of
    the last visits in which it applied, newest first), last_failed (how many of these), is_repeated, failed_on and
    failed_in (day and number of the newest visit that failed it; None, '').
    """
    rows = asked_in_scope(warehouse, scope, "store_items", (selection.store, *selection.months))
    rows = rows[rows["share"].notna()]
    if rows.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    weight = rows.groupby("visit_id")["weight"].transform("sum")
    visits = rows.loc[weight > 0, "visit_id"].nunique()
    cost = 100 * rows["weight"] * (1 - rows["share"]) / weight.where(weight > 0) / max(visits, 1)
    failed = rows["share"] < np.where(rows["is_veto"], 1.0, HALF)
    of_item: dict[str, list[dict[Any, Any]]] = {}
    for row in rows.assign(cost=cost.fillna(0.0), is_failed=failed).to_dict("records"):
        of_item.setdefault(str(row["item"]), []).append(row)
    found = pd.DataFrame([_item(item, answers) for item, answers in of_item.items()])
    found = found.sort_values("lost", ascending=False, kind="stable", ignore_index=True)
    return found.assign(
        label=names.labels_of("item", found["item"], "mystery"),
        touchpoint_label=names.labels_of("touchpoint", found["touchpoint"]),
    )[list(COLUMNS)]


def _item(item: str, answers: list[dict[Any, Any]]) -> dict[str, object]:
    """One item over its visits, newest first."""
    failures = [answer for answer in answers if answer["is_failed"]]
    last = tuple(bool(answer["is_failed"]) for answer in answers[:LAST_VISITS])
    return {
        "item": item,
        "touchpoint": answers[0]["touchpoint"],
        "is_veto": bool(answers[0]["is_veto"]),
        "n": len(answers),
        "failed": len(failures),
        "lost": float(sum(answer["cost"] for answer in answers)),
        "last": last,
        "last_failed": sum(last),
        "is_repeated": sum(last) >= REPEATED_FROM,
        "failed_on": failures[0]["visited_on"].date() if failures else None,
        "failed_in": str(failures[0]["visit_id"]) if failures else "",
    }
