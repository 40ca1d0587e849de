"""Competitors beside own stores: only where both were visited, in the same city and the same month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.drill import applicable, exists, subject_levels
from sq.analyses.names import Names
from sq.analyses.verdicts import adjusted_by, verdicts
from sq.analyses.wording import signed_size, size
from sq.language import N_, Message, number, signed
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.measuring import StoreSums, grouped, store_sums
from sq.selection import SUBJECT_PATH, Selection
from sq.statistics.intervals import Floats, clustered, per_group, t_interval, t_p_value
from sq.warehouse import Scope, Warehouse

CELL = ("city", "month")
COLUMNS = (
    "brand", "subject", "own", "value", "difference", "low", "high", "p", "p_adjusted", "verdict",
    "cells", "cities", "n_own", "n",
)  # fmt: skip
NOT_MEASURED = Message(N_("No competitor was visited with this checklist here: nothing to compare with."))
NEVER_TOGETHER = Message(N_("Competitors were visited here, but never in a city and month in which an own store was."))
_ABOVE = N_(
    "In the same cities and months own stores score {size} above {brand} (95 %: {low} to {high}; {cities}) – {verdict}."
)
_BELOW = N_(
    "In the same cities and months own stores score {size} below {brand} (95 %: {low} to {high}; {cities}) – {verdict}."
)
_NONE = N_(
    "In the same cities and months own stores and {brand} show no difference that is reliable and large enough to "
    "matter ({difference}, 95 %: {low} to {high}; {cities})."
)
_FEW = N_("Own stores and {brand} were visited together too seldom to judge ({cells}).")


@dataclass(frozen=True)
class Competitors:
    """Own stores beside each competitor.

    Attributes:
        brands: one row per brand, see COLUMNS and ``label``: ``own`` and ``value`` (the brand's) are means over the
            cells (city x month) where both were visited, ``difference`` own - brand with its 95 % interval clustered by
            city, ``verdict`` better where own stores are.
        subjects: the same per brand and touchpoint (dimension), with ``subject_label``, in service order.
        answers: one sentence per brand; the reason where nothing was measured.
    """

    metric: Metric
    brands: pd.DataFrame
    subjects: pd.DataFrame
    answers: tuple[Message, ...]


def competitors(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, by_subject: bool = True
) -> Competitors:
    """Compare the own stores of the selected place with every competitor that was visited there.

    ``by_subject``: also touchpoint by touchpoint.
    """
    completed = names.completed(selection)
    metric = METRICS[completed.metric]
    here = around_store(applicable(metric, completed, names)[0], names).but(brand="", format="")
    offered = names.options("brand", Selection(metric=metric.id)) if "brand" in metric.attributes else ()
    if not offered:
        return Competitors(metric, pd.DataFrame(), pd.DataFrame(), (NOT_MEASURED,))
    brands = _beside(warehouse, scope, here, "")
    if brands.empty:
        return Competitors(metric, brands, pd.DataFrame(), (NEVER_TOGETHER,))
    brands = brands.assign(label=names.labels_of("brand", brands["brand"]))
    wide = here.but(**dict.fromkeys(SUBJECT_PATH, ""))
    levels = subject_levels(metric, wide, names) if by_subject else []
    subject = next((kind for kind in levels if exists(metric, wide, (kind,))), "")
    parts = _beside(warehouse, scope, wide, subject) if subject else pd.DataFrame()
    answers = tuple(_answer(metric, row) for row in brands.to_dict("records"))
    return Competitors(metric, brands, _named(parts, subject, wide, names), answers)


def around_store(selection: Selection, names: Names) -> Selection:
    """The selection with the city of its store in place of the store."""
    if not selection.store:
        return selection
    city = next((place["city"] for place in names.memberships if place["store_id"] == selection.store), "")
    return selection.but(store="", region="", city=str(city))


def _named(parts: pd.DataFrame, subject: str, selection: Selection, names: Names) -> pd.DataFrame:
    if parts.empty:
        return parts
    instrument = METRICS[selection.metric].instrument
    order = {key: place for place, (key, _) in enumerate(names.options(subject, selection))}
    parts = parts[parts["subject"].isin(order)]
    parts = parts.sort_values("subject", key=lambda keys: keys.map(order), kind="stable", ignore_index=True)
    return parts.assign(
        subject_label=names.labels_of(subject, parts["subject"], instrument),
        label=names.labels_of("brand", parts["brand"]),
    )


def _beside(warehouse: Warehouse, scope: Scope, selection: Selection, subject: str) -> pd.DataFrame:
    """One row per brand, or per brand and subject, judged as one family."""
    metric, axes = METRICS[selection.metric], ("brand", *CELL, *([subject] if subject else []))
    rows = matched(cells_of(store_sums(warehouse, scope, metric, selection, axes), subject), metric)
    if rows.empty:
        return rows
    adjusted = adjusted_by(rows["p"].to_numpy(dtype=float), None)
    difference = rows["difference"].to_numpy(dtype=float)
    return rows.assign(p_adjusted=adjusted, verdict=verdicts(metric, difference, adjusted))[list(COLUMNS)]


def cells_of(sums: StoreSums, subject: str) -> pd.DataFrame:
    """One row per brand ('' = own), city and month (and subject): brand, city, month, subject, value (unscaled), n."""
    totals, keys = sums.totals(), sums.keys[["brand", *CELL]]
    value = totals["num"] / totals["den"]
    return keys.assign(subject=sums.keys[subject] if subject else "", value=value, n=totals["n"])


def matched(cells: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """Own minus other over the cells that both have, one row per brand and subject; clustered by city.

    A cell weighs n1 n2 / (n1 + n2): as much as its difference is worth. One city alone has no interval.
    """
    is_own = cells["brand"] == ""
    both = cells[~is_own].merge(cells[is_own].drop(columns="brand"), on=[*CELL, "subject"], suffixes=("", "_own"))
    if both.empty:
        return both
    keys, group = grouped(both[["brand", "subject"]])
    n1, n0, own, other = (both[name].to_numpy(dtype=float) for name in ("n_own", "n", "value_own", "value"))
    weight = n1 * n0 / (n1 + n0)
    of_city, city = grouped(pd.DataFrame({"group": group, "city": both["city"]}))
    num, den = (per_group(city, part, len(of_city)) for part in (weight * (own - other) * metric.scale, weight))
    found = clustered(num, den, of_city["group"].to_numpy(dtype=np.intp), len(keys))
    low, high = t_interval(found.ratio, found.variance, found.df)

    def total(part: Floats) -> Floats:
        return per_group(group, part, len(keys))

    return keys.assign(
        own=total(weight * own) / total(weight) * metric.scale,
        value=total(weight * other) / total(weight) * metric.scale,
        difference=found.ratio,
        low=low,
        high=high,
        p=t_p_value(found.ratio, np.sqrt(found.variance), found.df),
        cells=total(np.ones(len(both))).astype(int),
        cities=found.clusters.astype(int),
        n_own=total(n1).astype(int),
        n=total(n0).astype(int),
    )


def _answer(metric: Metric, row: dict[Any, Any]) -> Message:
    """A brand's row as a sentence."""
    values: dict[str, Any] = {"brand": row["label"], "cities": _cities(row["cities"])}
    if row["verdict"] not in {"better", "worse", "none"}:
        cells = Message(N_("{count} city in one month"), many=N_("{count} cities and months"), count=row["cells"])
        return Message(_FEW, values | {"cells": cells})
    low, high, difference = row["low"], row["high"], row["difference"]
    if row["verdict"] == "none":
        shown = {"low": signed(low, metric.decimals), "high": signed(high, metric.decimals)}
        return Message(_NONE, values | shown | {"difference": signed_size(metric, difference)})
    if difference < 0:
        low, high = -high, -low
    verdict = Message(N_("reliably better") if row["verdict"] == "better" else N_("reliably worse"))
    limits = {"low": number(low, metric.decimals), "high": number(high, metric.decimals)}
    return Message(
        _BELOW if difference < 0 else _ABOVE, values | limits | {"size": size(metric, difference), "verdict": verdict}
    )


def _cities(how_many: int) -> Message:
    return Message(N_("{count} city"), many=N_("{count} cities"), count=how_many)
