"""A value over time with its 95 % interval, breaks of the checklist and the month that is still running."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sq.analyses.drill import Break
from sq.figures.ranking import hover_lines
from sq.figures.template import template, tokens
from sq.language import _
from sq.metrics.catalogue import Metric, metric_named

HEIGHT = 304
DATES_SHOWN = 4  # fit side by side on a phone


def trend(
    frame: pd.DataFrame, metric: str, theme: str, breaks: Sequence[Break] = (), reference: float = float("nan")
) -> go.Figure:
    """Draw the course by month or quarter.

    Args:
        frame: month (datetime64), label, value, low, high, n, complete, segment.
        breaks: where the checklist changed; the line is interrupted there.
        reference: a level to compare with (NaN = none).
    """
    of = metric_named(metric)
    figure = go.Figure(layout={"template": template(theme)})
    for _segment, part in frame.groupby("segment"):
        _add_band(figure, part, theme)
    for _segment, part in frame.groupby("segment"):
        _add_line(figure, part, of, theme)
    _add_breaks(figure, breaks, theme)
    if np.isfinite(reference):
        figure.add_hline(y=reference, line={"dash": "dot", "width": 1.5, "color": tokens(theme).muted})
    _lay_out(figure, frame, of)
    return figure


def _add_band(figure: go.Figure, part: pd.DataFrame, theme: str) -> None:
    known = part[np.isfinite(part["low"].to_numpy(float))]
    if len(known) < 2:
        return
    figure.add_scatter(
        x=[*known["month"], *known["month"][::-1]],
        y=[*known["high"], *known["low"][::-1]],
        fill="toself",
        fillcolor=_see_through(tokens(theme).accent, 0.16),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )


def _add_line(figure: go.Figure, part: pd.DataFrame, of: Metric, theme: str) -> None:
    t = tokens(theme)
    inside = [t.accent if complete else t.page for complete in part["complete"]]
    figure.add_scatter(
        x=part["month"],
        y=part["value"],
        mode="lines+markers",
        line={"color": t.accent, "width": 2.5},
        marker={"size": 8, "color": inside, "line": {"width": 2, "color": t.accent}},
        customdata=[[f"{m:%Y-%m}"] for m in part["month"]],
        hovertext=[_hover(row, of) for row in part.to_dict("records")],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
    )


def _hover(row: Mapping[Any, Any], of: Metric) -> str:
    running = "" if row["complete"] else " · " + _("still running")
    return "<br>".join([f"<b>{html.escape(str(row['label']))}</b>{running}", *hover_lines(row, of, "")])


def _add_breaks(figure: go.Figure, breaks: Sequence[Break], theme: str) -> None:
    t = tokens(theme)
    for change in breaks:
        # Half a month earlier: between the last point of the old list and the first of the new one.
        where = pd.Timestamp(change.month) - pd.Timedelta(days=15)
        figure.add_vline(x=where, line={"dash": "dash", "width": 1.5, "color": t.muted})
        figure.add_annotation(
            x=where,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=html.escape(str(change.label)),
            showarrow=False,
            font={"color": t.muted},
        )


def _lay_out(figure: go.Figure, frame: pd.DataFrame, of: Metric) -> None:
    ends = frame[["value", "low", "high"]].to_numpy(float)
    ends = ends[np.isfinite(ends)]
    air = of.smallest_relevant_difference
    low, high = (ends.min() - air, ends.max() + air) if len(ends) else (0.0, 1.0)
    every = max(1, -(-len(frame) // DATES_SHOWN))
    figure.update_layout(
        height=HEIGHT,
        margin={"t": 32},
        yaxis={"range": [max(low, of.low_bound), min(high, of.high_bound)], "title": {"text": _(of.unit)}},
        xaxis={
            "tickmode": "array",
            "tickvals": list(frame["month"][::every]),
            "ticktext": [str(label) for label in frame["label"][::every]],
            "showgrid": False,
        },
    )


def _see_through(color: str, share: float) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def spark(frame: pd.DataFrame, metric: str, theme: str) -> go.Figure:
    """A small course without axes, for beside a headline number: month, value, n, complete."""
    of = metric_named(metric)
    t = tokens(theme)
    labels = frame["label"] if "label" in frame else [f"{m:%Y-%m}" for m in frame["month"]]
    rows = frame.assign(label=labels).to_dict("records")
    figure = go.Figure(layout={"template": template(theme)})
    figure.add_scatter(
        x=frame["month"],
        y=frame["value"],
        mode="lines+markers",
        line={"color": t.accent, "width": 2},
        marker={"size": [0] * (len(frame) - 1) + [7], "color": t.accent, "opacity": 1},
        hovertext=[_hover(row, of) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.update_layout(
        height=64,
        margin={"l": 4, "r": 8, "t": 4, "b": 4},
        showlegend=False,
        xaxis={"visible": False},
        yaxis={"visible": False},
    )
    return figure
