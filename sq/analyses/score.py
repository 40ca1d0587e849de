"""A metric as a script sees it: the same path as the pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.comparison import compared
from sq.analyses.drill import FINISHED, applicable, ranked
from sq.analyses.names import Names, names
from sq.analyses.wording import Month, Quarter
from sq.errors import SqError
from sq.language import N_, Message
from sq.metrics.catalogue import Metric, metric_named, unknown
from sq.metrics.lattice import group_of
from sq.metrics.measuring import measure
from sq.metrics.querying import TIME_AXES
from sq.selection import CLOSED, Selection
from sq.warehouse import EVERYTHING, Warehouse, current_snapshot, open_warehouse

COLUMNS = ("place", "name", "value", "limit", "n", "low", "high", "hidden_reason")


def score(
    folder: Path, metric: str, by: str = "chain", where: Mapping[str, str] | None = None, start: str = "", end: str = ""
) -> pd.DataFrame:
    """Measure ``metric`` by one level or axis.

    Args:
        folder: the data folder.
        metric: an id of the catalogue.
        by: chain, region, city, store, department or any other axis of the metric (month, wave, touchpoint, role, ...).
        where: selection fields, e.g. ``{"region": "North"}``.
        start: first month ``YYYY-MM``; the default period where both are empty.
        end: last month.

    Returns place, name, value, limit ('' or the sign of a limit: no more is told), n, low, high, hidden_reason. A group
    that is hidden for anonymity (few, neighbour) is a row without numbers.

    Raises:
        UnknownName: metric, level, key or value does not exist; offers the nearest.
        SqError: the question is not answered, for anonymity.
    """
    found = metric_named(metric)
    axes = (*found.levels, *found.subject_kinds[1:], *found.attributes, *_time_axes(found))
    if by not in axes:
        raise unknown(N_("There is no level {name}."), by, axes)
    warehouse = open_warehouse(folder, current_snapshot(folder))
    known = names(warehouse, EVERYTHING)
    selection = _selection(found, where or {}, start, end, known)
    return _scores(warehouse, found, by, selection, known)


def _time_axes(metric: Metric) -> tuple[str, ...]:
    """Finished groups and results stand in the month in which their wave or period ends."""
    return ("month",) if metric.table in FINISHED else TIME_AXES


def _selection(metric: Metric, where: Mapping[str, str], start: str, end: str, known: Names) -> Selection:
    """The selection that the words of a command mean; every word must be known."""
    keys = [field.name for field in fields(Selection) if field.name not in {"metric", "start", "end", "split", "sort"}]
    for key in where:
        if key not in keys:
            raise unknown(N_("There is no filter {name}."), key, keys)
    query = {**where, "metric": metric.id, "start": start, "end": end}
    if start > end > "":
        raise SqError(
            Message(N_("The period from {start} to {end} ends before it begins."), {"start": start, "end": end}),
            Message(N_("Give the earlier month first.")),
        )
    selection, ignored = Selection.from_query(query)
    sound, dropped = known.known(selection)
    for key, value in {**ignored, **dropped}.items():
        raise unknown(N_("Nothing here is called {name}."), value, _allowed(key, metric, known))
    unused = set(selection.query()) - set(applicable(metric, known.completed(sound), known)[0].query())
    for key in unused - {"brand"}:
        usable = [name for name in (*metric.levels[1:], *metric.subject_kinds[1:], *metric.attributes) if name != key]
        raise unknown(N_("This metric has no filter {name}."), key, usable)
    return known.completed(sound)


def _allowed(key: str, metric: Metric, known: Names) -> Iterable[str]:
    if key in CLOSED:
        return CLOSED[key]
    if key in {"start", "end"}:
        return ["2026-01"]
    if key == "metric":
        return known.metrics()
    return [option for option, _ in known.options(key, Selection(metric=metric.id))]


def _refuse(metric: Metric, by: str, selection: Selection, known: Names) -> None:
    """Raise where there is no such group, or a subject must be named."""
    group = group_of(metric, selection, () if by in ("chain", *TIME_AXES) else (by,))
    if isinstance(group, Message):
        raise SqError(group)
    implied = known.implied_subject(metric) if group.subject_kind == "form" else {}
    for axis, key in implied.items():
        raise SqError(
            Message(N_("These results have no total of their own.")),
            Message(N_("Name one of them, such as --where {axis}={key}."), {"axis": axis, "key": key}),
        )


def _scores(warehouse: Warehouse, metric: Metric, by: str, selection: Selection, known: Names) -> pd.DataFrame:
    selection = applicable(metric, selection.but(compare="none", sort="order"), known)[0]
    if metric.table in FINISHED:
        _refuse(metric, by, selection, known)
    if by in TIME_AXES:
        frame = measure(warehouse, EVERYTHING, metric.id, selection, (by,)).sort_values(by, ignore_index=True)
        word = Quarter if by == "quarter" else Month
        ids = [f"{stamp:%Y}" if by == "year" else f"{stamp:%Y-%m}" for stamp in frame[by]]
        labels = ids if by == "year" else [str(word(stamp.date())) for stamp in frame[by]]
    elif by == "chain":
        frame = compared(warehouse, EVERYTHING, selection, ()).frame
        ids, labels = [selection.place[1]] * len(frame), [str(telling.place_name(known, selection))] * len(frame)
    else:
        frame = ranked(compared(warehouse, EVERYTHING, selection, (by,)), selection, known, by).frame
        ids, labels = [str(key) for key in frame["id"]], [str(label) for label in frame["label"]]
    if metric.table in FINISHED:  # n of a hidden group is unknown
        whole = [int(n) if np.isfinite(n) else np.nan for n in frame["n"]]
        frame = frame.assign(n=pd.Series(whole, dtype=object))
    return frame.assign(place=pd.Series(ids, dtype=str), name=pd.Series(labels, dtype=str))[list(COLUMNS)]
