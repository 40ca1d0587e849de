"""What audits and the staff say of each touchpoint: a mark per item, a colour and shape per survey."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sq.figures.hidden import is_hidden
from sq.figures.ranking import LINE_WIDTH, hover_lines, row_height, wrapped
from sq.figures.shades import Swatch, mark
from sq.figures.template import TEXT_SIZE, Figure, Tokens, drawn, tokens
from sq.language import _
from sq.metrics.catalogue import INSTRUMENT_NAMES, metric_named

# instrument → the metric of its items, and the shape of its marks
METRICS_INSIDE = {"management": "management_score", "awareness": "awareness_index", "employee": "employee_index"}
SHAPES = {"management": "square", "awareness": "circle", "employee": "diamond"}
SERIES = {"management": 4, "awareness": 3, "employee": 6}  # not the colours of shoppers and customers
LANE = 0.24  # of a row: surveys stand one below the other, so that their marks do not cover each other
AROUND = 56
AIR = 4.0  # points beside the outermost marks


def inside(frame: pd.DataFrame, theme: str, line: int = LINE_WIDTH) -> Figure:
    """Draw one row per touchpoint in service order; hidden items have no mark.

    Args:
        frame: rows of `sq.analyses.journey.Journey.inside`.
        line: half-width characters of a name on each of two lines.

    Every mark carries ``instrument:item`` in ``customdata``.
    """
    t = tokens(theme)
    shown = frame[~is_hidden(frame) & frame["value"].notna()]
    rows = {key: place for place, key in enumerate(dict.fromkeys(frame["touchpoint"]))}
    present = [name for name in SHAPES if (shown["instrument"] == name).any()]
    traces = [
        _marks(shown[shown["instrument"] == name], name, rows, (place - (len(present) - 1) / 2) * LANE, t)
        for place, name in enumerate(present)
    ]
    return drawn(traces, _layout(frame, shown, len(rows), line), theme)


def inside_key(frame: pd.DataFrame, theme: str) -> tuple[Swatch, ...]:
    """The colours of the surveys in a frame."""
    t = tokens(theme)
    return tuple(
        Swatch(t.series[SERIES[name]], _(INSTRUMENT_NAMES[name]))
        for name in SHAPES
        if (frame["instrument"] == name).any()
    )


def _marks(rows: pd.DataFrame, name: str, order: Mapping[str, int], lane: float, t: Tokens) -> dict[str, Any]:
    color, records = t.series[SERIES[name]], rows.to_dict("records")
    value = rows["value"].to_numpy(float)
    return {
        "type": "scatter",
        "x": value,
        "y": [order[key] + lane for key in rows["touchpoint"]],
        "mode": "markers+text",
        "marker": {"symbol": SHAPES[name], "size": 11, "color": color, "line": {"width": 1, "color": t.page}},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": np.nan_to_num(rows["high"].to_numpy(float) - value),
            "arrayminus": np.nan_to_num(value - rows["low"].to_numpy(float)),
            "thickness": 1.5,
            "width": 0,
            "color": color,
        },
        "text": [f"<b>{mark(str(row['verdict']))}</b>" if mark(str(row["verdict"])) else "" for row in records],
        "textposition": "top center",
        "textfont": {"size": TEXT_SIZE - 2, "color": color},
        "unselected": {"marker": {"opacity": 1}, "textfont": {"color": color}},
        "customdata": [[f"{name}:{row['item']}"] for row in records],
        "hovertext": [_hover(row, name) for row in records],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": False,
    }


def _hover(row: Mapping[Any, Any], name: str) -> str:
    title = f"<b>{html.escape(str(row['label']))}</b>"
    survey = html.escape(f"{row['instrument_label']} {row['wave']}".strip())
    return "<br>".join([title, survey, *hover_lines(row, metric_named(METRICS_INSIDE[name]), "")])


def _layout(frame: pd.DataFrame, shown: pd.DataFrame, rows: int, line: int) -> dict[str, Any]:
    names = [wrapped(str(label), line) for label in frame.drop_duplicates("touchpoint")["touchpoint_label"]]
    ends = shown[["value", "low", "high"]].to_numpy(float)
    ends = ends[np.isfinite(ends)]
    low, high = (float(ends.min()), float(ends.max())) if len(ends) else (0.0, 100.0)
    return {
        "height": max(row_height(names), 36) * rows + AROUND,
        "xaxis": {"range": [max(0.0, low - AIR), min(102.0, high + AIR)], "title": {"text": _("Points (0–100)")}},
        "yaxis": {
            "range": [rows - 0.4, -0.6],
            "tickmode": "array",
            "tickvals": list(range(rows)),
            "ticktext": names,
        },
    }
