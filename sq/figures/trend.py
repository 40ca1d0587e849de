"""A value over time with its 95 % interval, breaks of the checklist and the month that is still running."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.drill import Break
from sq.figures.ranking import hover_lines
from sq.figures.template import Figure, drawn, tokens
from sq.language import _
from sq.metrics.catalogue import Metric, metric_named

HEIGHT = 304
DATES_SHOWN = 4  # fit side by side on a phone


def trend(
    frame: pd.DataFrame, metric: str, theme: str, breaks: Sequence[Break] = (), reference: float = float("nan")
) -> Figure:
    """Draw the course by month or quarter.

    Args:
        frame: month (datetime64), label, value, low, high, n, complete, segment.
        breaks: where the checklist changed; the line is interrupted there.
        reference: a level to compare with (NaN = none).
    """
    of = metric_named(metric)
    parts = [part for _segment, part in frame.groupby("segment")]
    traces = [band for part in parts if (band := _band(part, theme))] + [_line(part, of, theme) for part in parts]
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


def _layout(frame: pd.DataFrame, of: Metric) -> dict[str, Any]:
    ends = frame[["value", "low", "high"]].to_numpy(float)
    ends = ends[np.isfinite(ends)]
    air = of.smallest_relevant_difference
    low, high = (ends.min() - air, ends.max() + air) if len(ends) else (0.0, 1.0)
    every = max(1, -(-len(frame) // DATES_SHOWN))
    return {
        "height": HEIGHT,
        "margin": {"l": 8, "r": 16, "t": 32, "b": 8},
        "yaxis": {"range": [max(low, of.low_bound), min(high, of.high_bound)], "title": {"text": _(of.unit)}},
        "xaxis": {
            "type": "date",
            "tickmode": "array",
            "tickvals": list(frame["month"][::every]),
            "ticktext": [str(label) for label in frame["label"][::every]],
            "tickangle": 0,
            "showgrid": False,
        },
    }


def _see_through(color: str, share: float) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def spark(frame: pd.DataFrame, metric: str, theme: str) -> Figure:
    """A small course without axes, for beside a headline number: month, value, n, complete."""
    of = metric_named(metric)
    t = tokens(theme)
    labels = frame["label"] if "label" in frame else [f"{m:%Y-%m}" for m in frame["month"]]
    rows = frame.assign(label=labels).to_dict("records")
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
