"""Importance against performance: what customers say matters beside what goes with their satisfaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.drivers import Drivers, drivers
from sq.analyses.names import Names
from sq.analyses.telling import caption
from sq.language import N_, Message
from sq.metrics.catalogue import METRICS
from sq.metrics.measuring import measure
from sq.metrics.questions import question
from sq.selection import Selection
from sq.statistics.attributes import quadrants
from sq.statistics.estimable import NotEstimable
from sq.warehouse import Scope, Warehouse

METRIC = METRICS["customer_index"]
QUADRANT_NAMES: dict[str, str] = {
    "concentrate_here": N_("Improve first"),
    "keep_up": N_("Keep up"),
    "low_priority": N_("Later"),
    "possible_overkill": N_("Possibly too much"),
    "": N_("undecided"),
}
_COLUMN = {"dimension": "dimension_id", "touchpoint": "touchpoint_id", "element": "element_id"}
FEWEST_SUBJECTS = 3
NOTHING_TO_COMPARE = Message(
    N_("Fewer than three subjects have both an importance and a performance: nothing to compare.")
)


@dataclass(frozen=True)
class Crosshair:
    """Where the quadrants of one panel meet: the means of what is shown."""

    performance: float
    importance: float


@dataclass(frozen=True)
class ImportancePerformance:
    """Subjects by how well they are done and how important they are.

    Attributes:
        frame: subject, label, ``performance`` with ``performance_low``, ``performance_high``, ``n``; ``derived`` (r
            with the outcome) and ``stated`` (0-100), each with ``_low``, ``_high``, and ``derived_quadrant``,
            ``stated_quadrant``: keys of QUADRANT_NAMES, '' where an interval crosses the crosshair or nothing is known.
        derived, stated: the crosshairs; None where fewer than three subjects can be placed.
    """

    drivers: Drivers
    frame: pd.DataFrame
    derived: Crosshair | None
    stated: Crosshair | None
    caption: Message

    @property
    def first(self) -> list[Any]:
        """Labels of what is important by its effect and done badly, both reliably."""
        return list(self.frame.loc[self.frame["derived_quadrant"] == "concentrate_here", "label"])


def importance_performance(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, outcome: str = "", kind: str = ""
) -> ImportancePerformance:
    """Performance in the selected period and place beside stated and derived importance."""
    found = drivers(warehouse, scope, selection, names, outcome, kind)
    here = names.completed(selection.but(metric=METRIC.id, stage="", dimension="", touchpoint="", item="", split=""))
    if found.frame.empty:
        return ImportancePerformance(found, _placed(found.frame), None, None, Message(N_("No data")))
    items = _items(warehouse, scope, here)
    done = _performance(warehouse, scope, here, found.kind, items)
    stated = _by_subject(items[items["role"] == "importance"], _COLUMN[found.kind]).rename(columns=_named("stated"))
    derived = found.frame[["subject", "label", "r", "r_low", "r_high"]].rename(
        columns={"r": "derived", "r_low": "derived_low", "r_high": "derived_high"}
    )
    frame = derived.merge(done, on="subject", how="inner").merge(stated.drop(columns="n"), on="subject", how="left")
    frame, cross_derived = _quartered(frame, "derived")
    frame, cross_stated = _quartered(frame, "stated")
    n = float(frame["n"].max()) if len(frame) else 0.0
    return ImportancePerformance(found, frame, cross_derived, cross_stated, caption(names, here, n))


def _named(name: str) -> dict[str, str]:
    return {"value": name, "low": f"{name}_low", "high": f"{name}_high"}


def _items(warehouse: Warehouse, scope: Scope, here: Selection) -> pd.DataFrame:
    """Every question of the survey with its value, interval and what it is about."""
    values = measure(warehouse, scope, METRIC.id, here, ("item",))[["item", "n", "value", "low", "high"]]
    known = warehouse.kept(question("items_asked"), ())
    return _filed(known[known["instrument"] == "customer"]).merge(values, left_on="item_id", right_on="item")


def _filed(items: pd.DataFrame) -> pd.DataFrame:
    """Questions of importance without a dimension belong to that of the scored questions of their touchpoint."""
    scored = items[(items["role"] == "score") & (items["dimension_id"] != "") & (items["touchpoint_id"] != "")]
    known = scored.groupby("touchpoint_id")["dimension_id"].agg(
        lambda found: found.iloc[0] if found.nunique() == 1 else ""
    )
    theirs = items["touchpoint_id"].map(lambda touchpoint: known.get(touchpoint, ""))
    open_ones = (items["role"] == "importance") & (items["dimension_id"] == "")
    return items.assign(dimension_id=items["dimension_id"].mask(open_ones, theirs))


def _by_subject(items: pd.DataFrame, column: str) -> pd.DataFrame:
    """Mean of the questions of each subject: subject, n, value, low, high."""
    rows = items[items[column] != ""]
    means = rows.groupby(column, sort=False)[["n", "value", "low", "high"]].mean()
    return means.rename_axis("subject").reset_index()


def _performance(warehouse: Warehouse, scope: Scope, here: Selection, kind: str, items: pd.DataFrame) -> pd.DataFrame:
    """How well each subject is done: subject, n, performance and its interval."""
    if kind == "element":
        plain = set(items.loc[items["role"] == "perception", "element_id"])
        told = items[(items["role"] == "perception") | ((items["role"] == "score") & ~items["element_id"].isin(plain))]
        rows = _by_subject(told, "element_id")
    else:
        rows = measure(warehouse, scope, METRIC.id, here, (kind,)).rename(columns={kind: "subject"})
    return rows[["subject", "n", "value", "low", "high"]].rename(columns=_named("performance"))


def _quartered(frame: pd.DataFrame, importance: str) -> tuple[pd.DataFrame, Crosshair | None]:
    """The frame with its quadrants at the means; undecided where an interval reaches over the crosshair."""
    column = f"{importance}_quadrant"
    placed = frame[[importance, "performance"]].notna().all(axis=1).to_numpy()
    rows = frame[placed]
    found = quadrants(rows[importance], rows["performance"]) if len(rows) >= FEWEST_SUBJECTS else None
    if found is None or isinstance(found, NotEstimable):
        return frame.assign(**{column: ""}), None
    cross = Crosshair(found.performance_cut, found.importance_cut)
    names = np.full(len(frame), "", dtype=object)
    names[placed] = [
        "" if _crosses(row, "performance", cross.performance) or _crosses(row, importance, cross.importance) else name
        for row, name in zip(rows.to_dict("records"), found.quadrant, strict=True)
    ]
    return frame.assign(**{column: names}), cross


def _crosses(row: Any, name: str, cut: float) -> bool:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return bool(np.isnan(low) or np.isnan(high) or (low <= cut <= high))


def _placed(frame: pd.DataFrame) -> pd.DataFrame:
    columns = [f"{name}{end}" for name in ("performance", "derived", "stated") for end in ("", "_low", "_high")]
    return frame.reindex(columns=["subject", "label", "n", *columns, "derived_quadrant", "stated_quadrant"])
