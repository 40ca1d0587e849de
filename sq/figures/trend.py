"""A value over time with its 95 % interval: breaks of the checklist, what happened, hidden waves, the running month."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.drill import Break
from sq.figures.hidden import is_hidden
from sq.figures.ranking import hover_lines, short, wrapped
from sq.figures.template import Figure, drawn, tokens
from sq.language import _, day, number
from sq.metrics.catalogue import Metric, metric_named

HEIGHT = 304
DATES_SHOWN = 4  # fit side by side on a phone
DATE_WIDTH = 11  # half-width characters of a date or of a wave's name
AIR_OF_DATES = 0.09
ABOVE_FOOT = 0.08  # of the height: where hidden waves are marked, above what happened
EVENTS_TOLD = 5  # of one month, in the hover
EVENT_WIDTH = 60  # half-width characters of one of them


def trend(
    frame: pd.DataFrame,
    metric: str,
    theme: str,
    breaks: Sequence[Break] = (),
    reference: float = float("nan"),
    events: pd.DataFrame | None = None,
) -> Figure:
    """Draw the course by month, quarter or wave; a hidden wave is a cross at the foot that says why.

    Args:
        frame: month (datetime64), label, value, low, high, n, complete, segment; of waves hidden_reason and limit.
        breaks: where the checklist changed; the line is interrupted there.
        reference: a level to compare with (NaN = none).
        events: notes and events (`sq.analyses.noted.together`), marked at the foot of their month; a bar leads to the
            month in which one ended.
    """
    of = metric_named(metric)
    runs = frame["segment"].map(str) + "," + is_hidden(frame).cumsum().map(str)  # no line leads across a hidden wave
    parts = [part for _run, part in frame.groupby(runs, sort=False)]
    foot, top = _span(frame, of)
    traces = [band for part in parts if (band := _band(part, theme))] + [_line(part, of, theme) for part in parts]
    traces += [_hidden(frame, of, theme, foot + (top - foot) * ABOVE_FOOT)] if is_hidden(frame).any() else []
    traces += happened_marks(events, frame, theme, foot) if events is not None else []
    layout = _layout(frame, of) | _marks(breaks, reference, theme)
    return drawn(traces, layout, theme)


def _band(part: pd.DataFrame, theme: str) -> dict[str, Any]:
    """The interval around a line; nothing where fewer than two months have one."""
    known = part[np.isfinite(part["low"].to_numpy(float))]
    if len(known) < 2:
        return {}
    return {
        "type": "scatter",
        "x": [*known["month"], *known["month"][::-1]],
        "y": [*known["high"], *known["low"][::-1]],
        "fill": "toself",
        "fillcolor": _see_through(tokens(theme).accent, 0.16),
        "line": {"width": 0},
        "mode": "lines",
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _line(part: pd.DataFrame, of: Metric, theme: str) -> dict[str, Any]:
    t = tokens(theme)
    inside = [t.accent if complete else t.page for complete in part["complete"]]
    return {
        "type": "scatter",
        "x": list(part["month"]),
        "y": part["value"].to_numpy(float),
        "mode": "lines+markers",
        "line": {"color": t.accent, "width": 2.5},
        "marker": {"size": 9, "color": inside, "line": {"width": 2, "color": t.accent}},
        "unselected": {"marker": {"opacity": 1}},
        "customdata": [[f"{m:%Y-%m}"] for m in part["month"]],
        "hovertext": [_hover(row, of) for row in part.to_dict("records")],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": False,
    }


def _hidden(frame: pd.DataFrame, of: Metric, theme: str, foot: float) -> dict[str, Any]:
    """Crosses at the foot of the chart where a wave's number is hidden; a click goes nowhere."""
    hidden = frame[is_hidden(frame)]
    return {
        "type": "scatter",
        "x": list(hidden["month"]),
        "y": [foot] * len(hidden),
        "mode": "markers",
        "marker": {"symbol": "x-thin", "size": 11, "line": {"width": 2, "color": tokens(theme).muted}},
        "cliponaxis": False,
        "unselected": {"marker": {"opacity": 1}},
        "customdata": [[""]] * len(hidden),
        "hovertext": [_hover(row, of) for row in hidden.to_dict("records")],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": False,
    }


def happened_marks(events: pd.DataFrame, frame: pd.DataFrame, theme: str, foot: float) -> list[dict[str, Any]]:
    """What happened at the height ``foot`` of a course: triangles that tell it, bars for what lasted."""
    return [*_spans(events, frame, theme, foot), _events(events, frame, theme, foot)] if len(events) else []


def _events(events: pd.DataFrame, frame: pd.DataFrame, theme: str, foot: float) -> dict[str, Any]:
    """Triangles at the foot of the chart: what happened around each point of the course."""
    at = _points(events["happened_on"], frame)
    told = {when: _told(part) for when, part in events.groupby(np.asarray(at))}
    return {
        "type": "scatter",
        "x": list(told),
        "y": [foot] * len(told),
        "mode": "markers",
        "marker": {"symbol": "triangle-up", "size": 11, "color": tokens(theme).muted},
        "cliponaxis": False,
        "unselected": {"marker": {"opacity": 1}},
        "customdata": [[""]] * len(told),
        "hovertext": list(told.values()),
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": False,
    }


def _points(days: pd.Series[Any], frame: pd.DataFrame) -> pd.DatetimeIndex:
    """The points of the course in whose months the days lie."""
    points = pd.DatetimeIndex(frame["month"])
    return points[np.clip(points.searchsorted(pd.to_datetime(days), side="right") - 1, 0, None)]


def _spans(events: pd.DataFrame, frame: pd.DataFrame, theme: str, foot: float) -> list[dict[str, Any]]:
    """Bars at the foot for what lasted into another month."""
    if "until" not in events:
        return []
    pairs = zip(_points(events["happened_on"], frame), _points(events["until"], frame), strict=True)
    return [
        {
            "type": "scatter",
            "x": [first, last],
            "y": [foot, foot],
            "mode": "lines",
            "line": {"width": 5, "color": _see_through(tokens(theme).muted, 0.45)},
            "cliponaxis": False,
            "hoverinfo": "skip",
            "showlegend": False,
        }
        for first, last in dict.fromkeys(pairs)
        if first < last
    ]


def _told(events: pd.DataFrame) -> str:
    lines = [
        html.escape(f"{_days(row)} · {row['kind']} · ") + short(str(row["what"]), EVENT_WIDTH)
        for row in events.sort_values("happened_on").head(EVENTS_TOLD).to_dict("records")
    ]
    more = len(events) - EVENTS_TOLD
    return "<br>".join([*lines, _("{count} more", count=number(more, 0))] if more > 0 else lines)


def _days(row: Mapping[Any, Any]) -> str:
    first, last = row["happened_on"], row.get("until", row["happened_on"])
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def _hover(row: Mapping[Any, Any], of: Metric) -> str:
    running = "" if row["complete"] else " · " + _("still running")
    return "<br>".join([f"<b>{html.escape(str(row['label']))}</b>{running}", *hover_lines(row, of, "")])


def _marks(breaks: Sequence[Break], reference: float, theme: str) -> dict[str, Any]:
    """Upright strokes where the checklist changed, a level one at the reference."""
    t = tokens(theme)
    stroke = {"type": "line", "line": {"width": 1.5, "color": t.muted, "dash": "dash"}}
    # Half a month earlier: between the last point of the old list and the first of the new one.
    places = [pd.Timestamp(change.month) - pd.Timedelta(days=15) for change in breaks]
    shapes = [stroke | {"x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper"} for x in places]
    if np.isfinite(reference):
        shapes.append(stroke | {"x0": 0, "x1": 1, "xref": "paper", "y0": reference, "y1": reference})
    notes = [
        {
            "x": x,
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "text": html.escape(str(change.label)),
            "showarrow": False,
            "font": {"color": t.muted},
        }
        for x, change in zip(places, breaks, strict=True)
    ]
    return {"shapes": shapes, "annotations": notes}


def _span(frame: pd.DataFrame, of: Metric) -> tuple[float, float]:
    """The range of the values: all of them and their intervals with a little air, inside the metric's bounds."""
    ends = frame[["value", "low", "high"]].to_numpy(float)
    ends = ends[np.isfinite(ends)]
    air = of.smallest_relevant_difference
    low, high = (float(ends.min()) - air, float(ends.max()) + air) if len(ends) else (0.0, 1.0)
    return max(low, of.low_bound), min(high, of.high_bound)


def _layout(frame: pd.DataFrame, of: Metric) -> dict[str, Any]:
    every = max(1, -(-len(frame) // DATES_SHOWN))
    return {
        "height": HEIGHT,
        "margin": {"l": 8, "r": 16, "t": 32, "b": 8},
        "yaxis": {
            "range": list(_span(frame, of)),
            "title": {"text": _(of.unit)},
            "visible": bool(frame["value"].notna().any()),
        },
        "xaxis": {
            "type": "date",
            "tickmode": "array",
            "tickvals": list(frame["month"][::every]),
            "ticktext": [_date(str(label)) for label in frame["label"][::every]],
            "range": _dates(frame["month"]),
            "tickangle": 0,
            "showgrid": False,
        },
    }


def _date(label: str) -> str:
    """The words of a date on one line or two; a Chinese year stands on its own, so that months do not run together."""
    year, sign, rest = label.partition("年")
    return f"{html.escape(year + sign)}<br>{html.escape(rest)}" if sign and rest else wrapped(label, DATE_WIDTH)


def _dates(months: pd.Series[Any]) -> list[pd.Timestamp]:
    """The range of the dates with air for the label of the first and of the last one."""
    first, last = months.min(), months.max()
    air = max((last - first) * AIR_OF_DATES, pd.Timedelta(days=10))
    return [first - air, last + air]


def _see_through(color: str, share: float) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def spark(frame: pd.DataFrame, metric: str, theme: str) -> Figure:
    """A small course without axes, for beside a headline number: month, value, n, complete."""
    of = metric_named(metric)
    t = tokens(theme)
    labels = frame["label"] if "label" in frame else [f"{m:%Y-%m}" for m in frame["month"]]
    rows = frame.assign(label=labels, complete=frame.get("complete", True)).to_dict("records")
    line = {
        "type": "scatter",
        "x": list(frame["month"]),
        "y": frame["value"].to_numpy(float),
        "mode": "lines+markers",
        "line": {"color": t.accent, "width": 2},
        "marker": {"size": [0] * (len(frame) - 1) + [7], "color": t.accent, "opacity": 1},
        "hovertext": [_hover(row, of) for row in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    layout = {
        "height": 64,
        "margin": {"l": 4, "r": 8, "t": 4, "b": 4},
        "showlegend": False,
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
    }
    return drawn([line], layout, theme)
