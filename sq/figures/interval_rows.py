"""Rows with a dot, its interval and perhaps a second, earlier value: changes, links, drivers, reliabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sq.figures.ranking import LINE_WIDTH, named_rows, row_height, ticks, wrapped
from sq.figures.template import TEXT_SIZE, Figure, Tokens, drawn, tokens
from sq.statistics.intervals import Floats

SPACE_FOR_TEXT, MORE_SPACE = 0.42, 1.0  # of the axis, right of the dots; on a phone
AROUND = 48  # px for the axis
LEAST_SPAN = 1e-3


def interval_rows(
    frame: pd.DataFrame,
    theme: str,
    title: str,
    span: tuple[float, float] | None = None,
    guides: Sequence[float] = (0.0,),
    line: int = LINE_WIDTH,
) -> Figure:
    """Draw one row per record, in the order of the frame from the top.

    Args:
        frame: id, label, value, low, high (NaN: none), text (right of the row), hover, color, and perhaps beside (a
            second value, drawn as a ring; NaN: none).
        title: of the axis. span: least and greatest value of the axis. guides: values with a vertical line.
        line: half-width characters of a name on each of two lines.

    Every row and dot carries its id in ``customdata``.
    """
    t, rows = tokens(theme), np.arange(len(frame), dtype=float)
    low, high = _span(frame, guides) if span is None else span
    right = high + (high - low) * (MORE_SPACE if line < LINE_WIDTH else SPACE_FOR_TEXT)
    about = {
        "customdata": [[key] for key in frame["id"]],
        "hovertext": list(frame["hover"]),
        "hovertemplate": "%{hovertext}<extra></extra>",
        "unselected": {"marker": {"opacity": 1}},
    }
    traces = [_ground(rows, low, right, t, about), *_beside(frame, rows, t, about), _dots(frame, rows, t, about)]
    traces.append(_texts(frame, rows, right, t))
    names = [wrapped(str(name), line) for name in frame["label"]]
    layout = {
        "showlegend": False,
        "bargap": 0,
        "height": row_height(names) * max(len(frame), 2) + AROUND,
        "shapes": [_guide(value, t) for value in guides],
        "xaxis": {"range": [low, right], "title": {"text": title}, "zeroline": False, **ticks(low, high)},
        "yaxis": named_rows(names),
    }
    return drawn(traces, layout, theme)


def _span(frame: pd.DataFrame, guides: Sequence[float]) -> tuple[float, float]:
    """All values, intervals and guides, with a little room."""
    ends = [frame[name].to_numpy(dtype=float) for name in ("value", "low", "high", "beside") if name in frame]
    known = np.concatenate([*ends, np.asarray(guides, dtype=float)])
    known = known[np.isfinite(known)]
    least, most = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if most - least < LEAST_SPAN:  # nothing but a guide
        least, most = least - LEAST_SPAN, most + LEAST_SPAN
    room = (most - least) * 0.06
    return least - room, most + room


def _guide(value: float, t: Tokens) -> dict[str, Any]:
    line = {"color": t.text if value == 0 else t.muted, "width": 1.5, "dash": "solid" if value == 0 else "dot"}
    return {"type": "line", "x0": value, "x1": value, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _ground(rows: Floats, low: float, right: float, t: Tokens, about: Mapping[str, Any]) -> dict[str, Any]:
    """A pale bar behind each row, which hears the clicks."""
    return {
        "type": "bar",
        "x": [right - low] * len(rows),
        "base": [low] * len(rows),
        "y": rows,
        "orientation": "h",
        "width": 0.86,
        "marker": {"color": t.panel, "line": {"width": 0}},
        **about,
    }


def _beside(frame: pd.DataFrame, rows: Floats, t: Tokens, about: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "beside" not in frame:
        return []
    ring = {"size": 10, "color": t.page, "line": {"width": 2, "color": t.muted}}
    value = frame["beside"].to_numpy(dtype=float)
    return [{"type": "scatter", "x": value, "y": rows, "mode": "markers", "marker": ring, **about}]


def _dots(frame: pd.DataFrame, rows: Floats, t: Tokens, about: Mapping[str, Any]) -> dict[str, Any]:
    value, low, high = (frame[name].to_numpy(dtype=float) for name in ("value", "low", "high"))
    return {
        "type": "scatter",
        "x": value,
        "y": rows,
        "mode": "markers",
        "marker": {"size": 14, "color": list(frame["color"]), "line": {"width": 1.5, "color": t.muted}},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": np.nan_to_num(high - value),
            "arrayminus": np.nan_to_num(value - low),
            "color": t.muted,
            "thickness": 2,
            "width": 4,
        },
        **about,
    }


def _texts(frame: pd.DataFrame, rows: Floats, right: float, t: Tokens) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [right] * len(frame),
        "y": rows,
        "mode": "text",
        "text": list(frame["text"]),
        "textposition": "middle left",
        "textfont": {"size": TEXT_SIZE, "color": t.text},
        "hoverinfo": "skip",
        "customdata": [[key] for key in frame["id"]],
        "unselected": {"textfont": {"color": t.text}},
    }
