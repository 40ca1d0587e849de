"""What stands beside the number of an anonymous group: its course, how opinions spread, problems named, comments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sq.analyses.wording import BAND_NAMES, PROBLEM_NAMES, PROBLEM_SIDES, Words
from sq.language import Message, Named, number
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.cells import headline_wave, measure_cells, waves
from sq.metrics.lattice import Group, group_of
from sq.metrics.questions import asked
from sq.selection import Selection
from sq.warehouse import Scope, Warehouse

PROBLEM_COLUMNS = ("id", "label", "side", "side_label", "problem", "problem_label", "share", "limit")
OPINION_COLUMNS = ("band", "category", "label", "share", "limit")


def wave_shown(warehouse: Warehouse, metric: Metric, selection: Selection) -> Words | None:
    """The name of the wave that a selection shows; None for anything but an anonymous survey."""
    wave = headline_wave(waves(warehouse, metric.instrument), selection) if metric.is_anonymous else None
    return wave.name if wave else None


def course_of_waves(warehouse: Warehouse, scope: Scope, selection: Selection) -> pd.DataFrame:
    """`sq.analyses.drill.Drill.trend` of an anonymous survey: one row per wave up to the end of the period."""
    metric = METRICS[selection.metric]
    frame = measure_cells(warehouse, scope, metric, selection.but(wave=""), ("wave",))
    wave_of = {wave.id: wave for wave in waves(warehouse, metric.instrument)}
    shown = [wave_of[key] for key in frame["wave"]]
    return frame.assign(
        month=pd.to_datetime(pd.Series([wave.month for wave in shown], dtype="datetime64[s]")),
        ends_on=pd.Series([wave.ends_on for wave in shown], dtype=object),
        label=pd.Series([wave.name for wave in shown], dtype=object),
        complete=True,
        segment=0,
    ).sort_values("ends_on", ignore_index=True)


def opinions_of(warehouse: Warehouse, metric: Metric, row: Mapping[str, Any]) -> pd.DataFrame:
    """`sq.analyses.drill.Drill.opinions`; empty where nothing of the kind is published."""
    if not metric.is_anonymous or metric.subject_kinds == ("form",):
        return pd.DataFrame(columns=OPINION_COLUMNS)
    key = int(row["cell_key"])
    found = asked(warehouse, "cell_opinions", (key, key))
    told = zip(found["band"], found["category"], strict=True)
    labels = [Message(BAND_NAMES[band]) if band else Named(number(category, 0)) for band, category in told]
    return found.assign(label=pd.Series(labels, dtype=object))[list(OPINION_COLUMNS)]


def problems_of(warehouse: Warehouse, metric: Metric, head: pd.DataFrame, ranking: pd.DataFrame) -> pd.DataFrame:
    """`sq.analyses.drill.Drill.problems`; empty for anything but internal service."""
    if metric.instrument != "internal_service":
        return pd.DataFrame(columns=PROBLEM_COLUMNS)
    whole = head.assign(id="", label=pd.Series([Named("")] * len(head), dtype=object))
    groups = pd.concat([part[["id", "label", "cell_key"]] for part in (whole, ranking) if len(part)], ignore_index=True)
    keys = groups["cell_key"].astype(int)
    found = groups.assign(cell_key=keys).merge(asked(warehouse, "cell_problems", ([*map(int, keys)],)), on="cell_key")
    return found.assign(
        side_label=_messages(PROBLEM_SIDES, found["side"]), problem_label=_messages(PROBLEM_NAMES, found["problem"])
    )[list(PROBLEM_COLUMNS)]


def _messages(names: Mapping[str, str], keys: pd.Series[Any]) -> pd.Series[Any]:
    return pd.Series([Message(names[key]) if key in names else Named(key) for key in keys], dtype=object)


def comments_of(
    warehouse: Warehouse, scope: Scope, selection: Selection, head: pd.DataFrame, split: str
) -> tuple[str, ...]:
    """What a group wrote, at the end of the path; nothing for a part of its staff or one of its subjects."""
    metric = METRICS[selection.metric]
    group = group_of(metric, selection, ())
    wave = headline_wave(waves(warehouse, metric.instrument), selection) if metric.is_anonymous else None
    alone = split == "" or bool(selection.store or selection.department)
    if wave is None or isinstance(group, Message) or group != Group(group.level, "form") or not alone or head.empty:
        return ()
    place = first_place(warehouse, metric, wave.id, int(head["cell_key"].iloc[0]))
    return tuple(asked(warehouse, "cell_comments", (metric.instrument, wave.id, group.level, *place))["comment"])


def first_place(warehouse: Warehouse, metric: Metric, wave: str, cell_key: int) -> tuple[str, str, str, str]:
    """Region, city, store and department of a group as they were in its wave."""
    row = asked(warehouse, "cell_place", (metric.instrument, wave, cell_key)).iloc[0]
    return str(row["region"]), str(row["city"]), str(row["store_id"]), str(row["department_id"])
