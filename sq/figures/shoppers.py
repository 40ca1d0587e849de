"""Shoppers side by side: how strict each is, whom they share stores with, what scores are made of."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.shoppers import METRIC, PARTS, STRICTNESS
from sq.figures.shades import Swatch, difference_shades, ink, mark
from sq.figures.template import TEXT_SIZE, Figure, drawn, tokens
from sq.language import _, number, percent, percent_sign, signed

COLUMN_HEIGHT = 360  # px of a chart with a column per shopper
ROW, AROUND = 24, 64  # px per row where shoppers stand below each other
ROOM_FOR_MARKS = 0.12  # of the span, beyond the longest interval
REGION_ROW = 36


def severity(frame: pd.DataFrame, theme: str, is_narrow: bool = False) -> Figure:
    """Draw each shopper's severity with its 95 % interval, the most lenient first; on a phone below each other.

    ``frame``: `sq.analyses.shoppers.Shoppers.shoppers` with a severity. Every column and dot carries the shopper's code
    in ``customdata``.
    """
    t = tokens(theme)
    records = frame.to_dict("records")
    low, high = _span(frame)
    place = np.arange(len(frame))
    colors = difference_shades(frame.assign(difference=frame["severity"]), METRIC, theme)
    picked = [[code] for code in frame["shopper_id"]]
    told = {"customdata": picked, "hovertext": [_told(row) for row in records]}
    hover = {"hovertemplate": "%{hovertext}<extra></extra>", "unselected": {"marker": {"opacity": 1}}}
    size = frame["severity"].to_numpy(float)
    error = {
        "type": "data",
        "array": (frame["high"] - frame["severity"]).to_numpy(float),
        "arrayminus": (frame["severity"] - frame["low"]).to_numpy(float),
        "color": t.muted,
        "thickness": 1.5,
        "width": 0,
    }
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            **_along(is_narrow, place, [high - low] * len(frame)),
            "base": [low] * len(frame),
            "orientation": "h" if is_narrow else "v",
            "width": 0.84,
            "marker": {"color": t.panel, "line": {"width": 0}},
            **told,
            **hover,
        },
        {
            "type": "scatter",
            **_along(is_narrow, place, size),
            "mode": "markers",
            "marker": {"size": 12, "color": colors, "line": {"width": 1.5, "color": t.muted}},
            "error_x" if is_narrow else "error_y": error,
            **told,
            **hover,
        },
        {
            "type": "scatter",
            **_along(is_narrow, place, [high - (high - low) * ROOM_FOR_MARKS / 3] * len(frame)),
            "mode": "text",
            "text": [mark(str(row["verdict"])) for row in records],
            "textfont": {"size": TEXT_SIZE, "color": t.text},
            "hoverinfo": "skip",
            "customdata": picked,
            "unselected": {"textfont": {"color": t.text}},
        },
    ]
    layout = {"showlegend": False, "bargap": 0, **_severity_axes(frame, (low, high), theme, is_narrow)}
    return drawn(traces, layout, theme)


def severity_key(theme: str) -> tuple[Swatch, ...]:
    """What the colours of the severities mean."""
    t, points = tokens(theme), number(METRIC.smallest_relevant_difference, 0)
    return (
        Swatch(t.diverging[1], _("stricter by {points} points or more", points=points), beside=t.diverging[2]),
        Swatch(t.diverging[3], _("within ±{points}", points=points)),
        Swatch(t.diverging[5], _("more lenient by {points} points or more", points=points), beside=t.diverging[4]),
        Swatch(t.pale[1], _("faint: not reliable"), beside=t.pale[5]),
    )


def _along(is_narrow: bool, place: Any, value: Any) -> dict[str, Any]:
    return {"x": value, "y": place} if is_narrow else {"x": place, "y": value}


def _span(frame: pd.DataFrame) -> tuple[float, float]:
    """What the axis shows: all intervals and zero, with room for the marks."""
    low = min(float(frame[["low", "severity"]].min().min()), -1.0)
    high = max(float(frame[["high", "severity"]].max().max()), 1.0)
    return low - (high - low) * 0.04, high + (high - low) * ROOM_FOR_MARKS


def _severity_axes(frame: pd.DataFrame, span: tuple[float, float], theme: str, is_narrow: bool) -> dict[str, Any]:
    t = tokens(theme)
    names = {
        "tickmode": "array",
        "tickvals": list(range(len(frame))),
        "ticktext": [str(code) for code in frame["shopper_id"]],
        "showgrid": False,
    }
    values = {
        "range": list(span),
        "title": {"text": _("points: lenient +, strict −"), "standoff": 8},
        "zeroline": True,
        "zerolinecolor": t.text,
        "zerolinewidth": 1.5,
    }
    if is_narrow:
        turned = [len(frame) - 0.5, -0.5]
        return {"height": ROW * len(frame) + AROUND, "xaxis": values, "yaxis": {**names, "range": turned}}
    whole = [-0.5, len(frame) - 0.5]
    return {
        "height": COLUMN_HEIGHT,
        "xaxis": {**names, "range": whole, "tickangle": 0 if len(frame) <= 24 else -90},
        "yaxis": values,
    }


def _told(row: Mapping[Any, Any]) -> str:
    interval = _("95 %: {low} to {high}", low=signed(row["low"]), high=signed(row["high"]))
    lines = [
        f"<b>{html.escape(str(row['shopper_id']))}</b>",
        f"{signed(row['severity'])} ({interval})" if pd.notna(row["low"]) else signed(row["severity"]),
        _(STRICTNESS[str(row["verdict"])]),
        _("{visits} visits to {stores} stores", visits=number(row["visits"], 0), stores=number(row["stores"], 0)),
        _("home region: {region}", region=html.escape(str(row["home_region"]))),
    ]
    return "<br>".join(lines)


def overlap(frame: pd.DataFrame, theme: str, is_narrow: bool = False) -> Figure:
    """Draw how many visits each shopper made in each region; the home region in bold.

    ``frame``: `sq.analyses.shoppers.Shoppers.overlap`.
    """
    t = tokens(theme)
    people = list(dict.fromkeys(frame["shopper_id"]))
    regions = {str(row["region"]): str(row["label"]) for row in frame.to_dict("records")}
    grid = frame.assign(text=[_visits(row) for row in frame.to_dict("records")]).set_index(["region", "shopper_id"])
    order = pd.MultiIndex.from_product([list(regions), people])
    shape = (len(regions), len(people))
    count, text = (grid[name].reindex(order).to_numpy().reshape(shape) for name in ("visits", "text"))
    hover = np.array([[f"{html.escape(p)} · {html.escape(r)}" for p in people] for r in regions.values()])
    numbers = [str(code) for code in people]
    first, second = (numbers, list(regions.values()))
    if is_narrow:
        count, text, hover, first, second = count.T, text.T, hover.T, second, first
    deepest = max(float(count.max()), 1.0)
    traces = [
        {
            "type": "heatmap",
            "z": np.sqrt(count.astype(float)).tolist(),
            "x": list(range(len(first))),
            "y": list(range(len(second))),
            "zmin": 0,
            "zmax": deepest**0.5,
            "colorscale": [[0, t.grey], [1e-9, t.pale[4]], [1, t.accent]],
            "showscale": False,
            "xgap": 1,
            "ygap": 2,
            "customdata": hover.tolist(),
            "text": count.tolist(),
            "hovertemplate": "%{customdata}: %{text}<extra></extra>",
        },
        _figures(count, text, deepest, theme),
    ]
    layout = {
        "showlegend": False,
        "height": (ROW * len(second) if is_narrow else REGION_ROW * len(second)) + AROUND,
        "xaxis": _names(first, -90 if not is_narrow and len(first) > 24 else 0) | {"side": "top"},
        "yaxis": _names(second, 0) | {"range": [len(second) - 0.5, -0.5]},
    }
    return drawn(traces, layout, theme)


def _figures(count: Any, text: Any, deepest: float, theme: str) -> dict[str, Any]:
    """The numbers in the cells, readable on their ground."""
    t = tokens(theme)
    rows, columns = np.indices(count.shape)
    deep = np.sqrt(count.ravel().astype(float) / deepest) > 0.6
    return {
        "type": "scatter",
        "x": columns.ravel(),
        "y": rows.ravel(),
        "mode": "text",
        "text": text.ravel().tolist(),
        "textfont": {"size": 11, "color": [ink(t.accent) if is_deep else t.text for is_deep in deep]},
        "hoverinfo": "skip",
    }


def _visits(row: Mapping[Any, Any]) -> str:
    if not row["visits"]:
        return ""
    text = number(row["visits"], 0)
    return f"<b>{text}</b>" if row["is_home"] else text


def _names(names: list[str], angle: int) -> dict[str, Any]:
    return {
        "tickmode": "array",
        "tickvals": list(range(len(names))),
        "ticktext": names,
        "tickangle": angle,
        "range": [-0.5, len(names) - 0.5],
        "showgrid": False,
        "zeroline": False,
    }


def variances(frame: pd.DataFrame, theme: str) -> Figure:
    """Draw what the differences between visits are made of, as one bar. ``frame``: part, share (0-1)."""
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "y": [""],
            "x": [row["share"] * 100],
            "marker": {"color": swatch.color, "line": {"width": 1, "color": tokens(theme).page}},
            "hovertext": [swatch.label],
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
        for row, swatch in zip(frame.to_dict("records"), variances_key(frame, theme), strict=True)
    ]
    layout = {
        "barmode": "stack",
        "showlegend": False,
        "height": 104,
        "xaxis": {"range": [0, 100], "ticksuffix": percent_sign(), "showgrid": False},
        "yaxis": {"visible": False},
    }
    return drawn(traces, layout, theme)


def variances_key(frame: pd.DataFrame, theme: str) -> tuple[Swatch, ...]:
    """The parts of the differences with their shares."""
    t = tokens(theme)
    colors = dict(zip(PARTS, (t.series[1], t.series[0], t.grey), strict=True))
    return tuple(
        Swatch(colors[row["part"]], f"{_(PARTS[row['part']])} {percent(row['share'] * 100)}")
        for row in frame.to_dict("records")
    )
