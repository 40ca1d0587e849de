"""Where a click on a mark of a slide leads: the page and address of the same drill."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pandas as pd

from sq.analyses.periods import months_before
from sq.analyses.slide_content import SlideContent, Table, Way
from sq.analyses.wording import AXIS_NAMES, Quarter
from sq.language import Message
from sq.selection import Selection, month_text

LABELS = ("label", "place_label", "subject_label")


def drilled(content: SlideContent, mark: str) -> Way | None:
    """Page and address behind a mark of a slide's chart, named ``series:category`` as `sq.figures.slide` does.

    None where the mark stands for nothing that can be gone into.
    """
    series, _colon, place = mark.partition(":")
    if not (series.isdigit() and place.isdigit()) or int(place) >= len(content.chart.categories):
        return None
    if content.chart.into:
        return content.chart.into[int(place)]
    here = Selection.from_query(dict(parse_qsl(content.query)))[0].but(split="")
    if metric := _metric(content, int(series)):
        here = here.but(metric=metric)
    changes = _changes(content, int(series), int(place))
    if not changes:
        return None
    into = here.but(**changes)
    return ("store" if "store" in changes else "explore"), into.query()


def _metric(content: SlideContent, series: int) -> str:
    """The metric of a mark: its series' own, else the chart's."""
    every = content.chart.series
    return (every[series].metric if series < len(every) else "") or content.chart.metric


def _changes(content: SlideContent, series: int, place: int) -> dict[str, str]:
    """What a click sets: months, one axis, or of a map both."""
    if content.chart.kind == "line":
        return _months(content, place)
    axes = axes_of(content.table)
    row = _row(content, series, place)
    if row is None or not axes:
        return {}
    if content.chart.kind == "heat":
        return dict(zip(axes, (str(row["place"]), str(row["subject"])), strict=True)) if len(axes) == 2 else {}
    return {axes[0]: str(row.get("id", row.get(axes[0], "")))}


def axes_of(table: Table) -> tuple[str, ...]:
    """The axes whose names are the headings of a table's first columns."""
    by_name = {name: axis for axis, name in AXIS_NAMES.items()}
    titles = [h.title.msgid for h in table.headings if h.name in LABELS and isinstance(h.title, Message)]
    return tuple(by_name[title] for title in titles if title in by_name)


def _row(content: SlideContent, series: int, place: int) -> dict[Any, Any] | None:
    """The row of the table behind a mark: the same labels and the same number."""
    chart, frame = content.chart, content.table.frame
    category = chart.categories[place]
    if chart.kind == "heat":
        own = frame[(frame["subject_label"] == category) & (frame["place_label"] == chart.series[series].name)]
        return _first(own)
    own = frame[[label == category for label in frame["label"]]]
    if len(own) > 1 and "value" in own:
        own = own[own["value"] == chart.series[0].values[place]]
    return _first(own)


def _first(rows: pd.DataFrame) -> dict[Any, Any] | None:
    found: list[dict[Any, Any]] = rows.head(1).to_dict("records")
    return found[0] if found else None


def _months(content: SlideContent, place: int) -> dict[str, str]:
    frame = content.table.frame
    if "month" not in frame or place >= len(frame):
        return {}
    first = frame["month"].iloc[place].date()
    last = months_before(first, -2) if isinstance(frame["label"].iloc[place], Quarter) else first
    return {"start": month_text(first), "end": month_text(last)}
