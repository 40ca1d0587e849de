"""Which items lose most of the score, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.comparison import NOTHING, compared
from sq.analyses.drill import applicable
from sq.analyses.names import Names
from sq.analyses.telling import caption, place_name
from sq.analyses.wording import Words
from sq.language import N_, Message, number
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.measuring import StoreSums, estimate, store_sums
from sq.metrics.questions import question
from sq.selection import PLACE_PATH, Selection
from sq.warehouse import Scope, Warehouse

# The checklist; where there is none, the questions that customers answer.
SOURCES = ("mystery_score", "customer_index")
MOST_ITEMS = 10
MOST_PLACES = 12  # columns of the map of where; more are left to the drill


@dataclass(frozen=True)
class Pareto:
    """The items that lose most points.

    Attributes:
        frame: the items that lose most, largest loss first: item, label, touchpoint, touchpoint_label, ``lost``
            (points of the whole score of 100, pooled), ``low``, ``high``, ``share`` (of all that is lost, 0-1),
            ``cumulative``, ``value`` (0-100), ``n``.
        lost: points that all items lose together: 100 less the pooled score. items: how many lose anything.
        where: place, place_label, subject (item), subject_label and the columns of `Compared.frame`, by the places
            below the selected one; empty where there are none or too many. level: of these places.
    """

    metric: Metric
    selection: Selection
    answer: Message
    frame: pd.DataFrame
    lost: float
    items: int
    where: pd.DataFrame
    level: str
    against: Words
    caption: Message


def pareto(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Pareto:
    """The ten items that cost the selected place most, in the selected period."""
    metric = METRICS[next((name for name in SOURCES if name in names.available), SOURCES[0])]
    wide = selection.but(metric=metric.id, dimension="", item="", split="", compare="rest", rule="responses")
    here = applicable(metric, names.completed(wide), names)[0]
    rows = lost_points(store_sums(warehouse, scope, metric, here, ("item",)), _scored(warehouse, metric.instrument))
    if rows.empty or rows["lost"].sum() <= 0:
        none = Message(N_("No item has lost a point here in this period."))
        return Pareto(metric, here, none, rows.iloc[:0], 0.0, 0, pd.DataFrame(), "", NOTHING, caption(names, here, 0))
    top = rows.head(MOST_ITEMS).reset_index(drop=True)
    touchpoint = names.items[names.items["instrument"] == metric.instrument].set_index("item_id")["touchpoint_id"]
    top = top.assign(
        label=names.labels_of("item", top["item"], metric.instrument),
        touchpoint=[str(touchpoint.get(item, "")) for item in top["item"]],
    )
    top = top.assign(touchpoint_label=names.labels_of("touchpoint", top["touchpoint"]))
    level = _level_below(here, names)
    where, against = _where(warehouse, scope, here, names, top, level)
    return Pareto(
        metric=metric,
        selection=here,
        answer=_answer(top, rows, place_name(names, here)),
        frame=top,
        lost=float(rows["lost"].sum()),
        items=int((rows["lost"] > 0).sum()),
        where=where,
        level=level if len(where) else "",
        against=against,
        caption=caption(names, here.but(rule="points"), float(rows["n"].max())),
    )


def _scored(warehouse: Warehouse, instrument: str) -> set[str]:
    """Items that count: of role score, with a weight."""
    rows = warehouse.kept(question("items_asked"), ())
    counts = (rows["instrument"] == instrument) & (rows["role"] == "score") & (rows["weight"] > 0)
    return set(rows.loc[counts, "item_id"])


def lost_points(sums: StoreSums, scored: set[str]) -> pd.DataFrame:
    """Lost points by item, largest first: (weight x what was not reached) / sum of all weights x 100, pooled.

    The losses of all items add up to 100 less the pooled score. The interval is that of the item's mean, clustered by
    store, times the item's share of all weights.
    """
    keep = sums.keys["item"].isin(scored).to_numpy() if sums.groups else np.zeros(0, dtype=bool)
    if not keep.any():
        return pd.DataFrame(columns=["item", "lost", "low", "high", "share", "cumulative", "value", "n"])
    totals, found = sums.totals(), estimate(sums)
    weight = totals["pden"] / totals["pden"][keep].sum()
    lost = 100 * weight * (1 - totals["pnum"] / totals["pden"])
    half = weight * (found.high - found.low) / 2
    rows = pd.DataFrame(
        {
            "item": sums.keys["item"],
            "lost": lost,
            "low": np.maximum(lost - half, 0.0),
            "high": lost + half,
            "value": found.value,
            "n": np.rint(found.n).astype(int),
        }
    )[keep]
    rows = rows.sort_values("lost", ascending=False, kind="stable", ignore_index=True)
    share = rows["lost"] / rows["lost"].sum() if rows["lost"].sum() > 0 else rows["lost"]
    return rows.assign(share=share, cumulative=share.cumsum())


def _level_below(here: Selection, names: Names) -> str:
    level = here.place[0]
    below = PLACE_PATH[0] if level == "chain" else next(iter(PLACE_PATH[PLACE_PATH.index(level) + 1 :]), "")
    if below == "city" and not names.has_cities(here):
        return "store"
    return below


def _where(
    warehouse: Warehouse, scope: Scope, here: Selection, names: Names, top: pd.DataFrame, level: str
) -> tuple[pd.DataFrame, Words]:
    """The top items by the places below; the family is every item of the touchpoint and every place, as everywhere."""
    if not level or not 1 < len(names.options(level, here)) <= MOST_PLACES:
        return pd.DataFrame(), NOTHING
    found = compared(warehouse, scope, here.but(touchpoint="", stage=""), (level, "item"))
    rows = found.frame[found.frame["item"].isin(top["item"])]
    order = {item: place for place, item in enumerate(top["item"])}
    rows = rows.sort_values("item", key=lambda items: items.map(order), kind="stable", ignore_index=True)
    return rows.assign(
        place=rows[level],
        place_label=names.labels_of(level, rows[level]),
        subject=rows["item"],
        subject_label=names.labels_of("item", rows["item"], METRICS[here.metric].instrument),
    ), found.against


def _answer(top: pd.DataFrame, rows: pd.DataFrame, where: Words) -> Message:
    values: dict[str, Any] = {
        "where": where,
        "lost": number(float(rows["lost"].sum()), 1),
        "share": number(100 * float(top["cumulative"].iloc[-1]), 0),
        "first": top["label"].iloc[0],
        "points": number(float(top["lost"].iloc[0]), 1),
    }
    words = N_(
        "{where}: {lost} points of 100 are lost; {share} % of them by {count} items, most of all “{first}” ({points})."
    )
    return Message(words, values | {"count": number(len(top), 0)})
