"""What audits and the staff say of each touchpoint: a lane per item, a colour and shape per survey."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sq.figures.hidden import hidden_words, is_hidden, minimum_of, reason_of
from sq.figures.ranking import LINE_WIDTH, hover_lines, short, wrapped
from sq.figures.shades import Swatch, limited, mark
from sq.figures.template import TEXT_SIZE, Figure, Tokens, drawn, tokens
from sq.language import _
from sq.metrics.catalogue import INSTRUMENT_NAMES, metric_named

# instrument → the metric of its items, and the shape of its marks
METRICS_INSIDE = {"management": "management_score", "awareness": "awareness_index", "employee": "employee_index"}
SHAPES = {"management": "square", "awareness": "circle", "employee": "diamond"}
SERIES = {"management": 4, "awareness": 3, "employee": 6}  # not the colours of shoppers and customers
LANE, NARROW_LANE = 24, 40  # px of an item; on a phone its words stand on a line of their own
BETWEEN = 0.45  # of a lane, between touchpoints
WORDS_ABOVE = 0.5  # of a lane
WORDS, NARROW_WORDS = 46, 25  # half-width characters of an item's words
# Label and value, each a part of its own: a narrow window that is no phone hides the first (sq/ui/style.py).
BESIDE, ABOVE = "<span>{label}</span> <span>{value}</span>", "{label} {value}"
AROUND = 56
AIR = 4.0  # points beside the outermost marks
AIR_SIGNS = "\N{NO-BREAK SPACE}" * 2  # between a mark and its words


def inside(frame: pd.DataFrame, theme: str, line: int = LINE_WIDTH, is_narrow: bool = False) -> Figure:
    """Draw a lane per item with its words beside the mark, touchpoint by touchpoint; a hidden one says why.

    Args:
        frame: rows of `sq.analyses.journey.Journey.inside`, each touchpoint's together.
        line: half-width characters of a name on each of two lines.
        is_narrow: write the words of an item above its mark: beside it a phone has no room.

    Every mark carries ``instrument:item`` in ``customdata``.
    """
    t = tokens(theme)
    rows = _placed(frame[is_hidden(frame) | frame["value"].notna()])
    shown = rows[rows["value"].notna()]
    present = [name for name in SHAPES if (shown["instrument"] == name).any()]
    traces = [_marks(shown[shown["instrument"] == name], name, t) for name in present]
    low, high = _span(rows)
    if is_narrow:
        traces.append(_words_above(rows, low, t))
    elif len(rows):
        traces.append(_words_beside(rows, low, high, t))
    return drawn(traces, _layout(rows, (low, high), line, is_narrow, t), theme)


def _placed(shown: pd.DataFrame) -> pd.DataFrame:
    """The rows with ``y``: a lane each, from the top, a little room between touchpoints."""
    rows = shown.reset_index(drop=True)
    blocks = rows["touchpoint"].ne(rows["touchpoint"].shift()).cumsum()
    return rows.assign(y=rows.index + blocks * BETWEEN)


def _span(rows: pd.DataFrame) -> tuple[float, float]:
    ends = rows[["value", "low", "high"]].to_numpy(float)
    ends = ends[np.isfinite(ends)]
    low, high = (float(ends.min()), float(ends.max())) if len(ends) else (0.0, 100.0)
    return max(0.0, low - AIR), min(102.0, high + AIR)


def inside_key(frame: pd.DataFrame, theme: str) -> tuple[Swatch, ...]:
    """The colours of the surveys in a frame."""
    t = tokens(theme)
    return tuple(
        Swatch(t.series[SERIES[name]], _(INSTRUMENT_NAMES[name]))
        for name in SHAPES
        if (frame["instrument"] == name).any()
    )


def _marks(rows: pd.DataFrame, name: str, t: Tokens) -> dict[str, Any]:
    color, records = t.series[SERIES[name]], rows.to_dict("records")
    value = rows["value"].to_numpy(float)
    return {
        "type": "scatter",
        "x": value,
        "y": list(rows["y"]),
        "mode": "markers",
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
        "unselected": {"marker": {"opacity": 1}},
        "customdata": [[f"{name}:{row['item']}"] for row in records],
        "hovertext": [_hover(row, name) for row in records],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": False,
    }


def _words_beside(rows: pd.DataFrame, low: float, high: float, t: Tokens) -> dict[str, Any]:
    """The words of every item on that side of its interval where there is more room; of a hidden one at the left."""
    is_left = (rows["value"] > (low + high) / 2).to_numpy(bool)
    value = rows["value"].to_numpy(float)
    ends = np.where(is_left, np.fmin(rows["low"], value), np.fmax(rows["high"], value))
    return {
        **_words(rows, WORDS, BESIDE, t),
        "x": np.where(np.isnan(ends), low, ends),
        "y": list(rows["y"]),
        "textposition": ["middle left" if left else "middle right" for left in is_left],
    }


def _words_above(rows: pd.DataFrame, low: float, t: Tokens) -> dict[str, Any]:
    return {
        **_words(rows, NARROW_WORDS, ABOVE, t),
        "x": [low] * len(rows),
        "y": list(rows["y"] - WORDS_ABOVE),
        "textposition": "middle right",
    }


def _words(rows: pd.DataFrame, width: int, template: str, t: Tokens) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "text",
        "text": [f"{AIR_SIGNS}{_told(row, width, template)}{AIR_SIGNS}" for row in rows.to_dict("records")],
        "textfont": {"size": TEXT_SIZE - 1, "color": t.text},
        "unselected": {"textfont": {"color": t.text}},
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _told(row: Mapping[Any, Any], width: int, template: str) -> str:
    """The words of an item, cut where they are long, with its score and perhaps a mark, or why it is hidden."""
    label = short(str(row["label"]), width)
    if reason := reason_of(row):
        return template.format(label=f"{label} ·", value=hidden_words(reason, minimum_of(row)))
    of, sign = metric_named(METRICS_INSIDE[str(row["instrument"])]), mark(str(row["verdict"]))
    value = limited(row["value"], row["limit"], of.decimals)
    return template.format(label=label, value=f"<b>{value} {sign}</b>" if sign else value)


def _hover(row: Mapping[Any, Any], name: str) -> str:
    title = f"<b>{html.escape(str(row['label']))}</b>"
    survey = html.escape(f"{row['instrument_label']} {row['wave']}".strip())
    return "<br>".join([title, survey, *hover_lines(row, metric_named(METRICS_INSIDE[name]), "")])


def _layout(rows: pd.DataFrame, span: tuple[float, float], line: int, is_narrow: bool, t: Tokens) -> dict[str, Any]:
    blocks = rows.groupby("touchpoint", sort=False)["y"].agg(["min", "max"])
    above = WORDS_ABOVE if is_narrow else 0.0
    names = [wrapped(str(label), line) for label in rows.drop_duplicates("touchpoint")["touchpoint_label"]]
    bottom = float(rows["y"].max() if len(rows) else 0.0) + 0.6
    top = BETWEEN - 0.6 - above
    strip = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "layer": "below", "line": {"width": 0}}
    return {
        "height": int((bottom - top) * (NARROW_LANE if is_narrow else LANE)) + AROUND,
        "shapes": [
            {**strip, "fillcolor": t.panel, "y0": low - 0.5 - above / 2, "y1": high + 0.5 - above / 2}
            for low, high in zip(blocks["min"], blocks["max"], strict=True)
        ],
        "xaxis": {"range": list(span), "title": {"text": _("Points (0–100)")}},
        "yaxis": {
            "range": [bottom, top],
            "tickmode": "array",
            "tickvals": list((blocks["min"] + blocks["max"]) / 2),
            "ticktext": names,
            "showgrid": False,
        },
    }
