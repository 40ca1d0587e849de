"""Places or parts in order: a dot with its 95 % interval on a row that can be clicked."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.comparison import verdict_name
from sq.figures.hidden import (
    PATTERNS,
    hidden_explained,
    hidden_words,
    is_hidden,
    minimum_of,
    reason_of,
)
from sq.figures.shades import difference_shades, difference_text, limited, mark, value_text
from sq.figures.template import ROW_HEIGHT, TEXT_SIZE, Figure, drawn, tokens
from sq.language import Message, _, number
from sq.metrics.catalogue import Metric, metric_named
from sq.statistics.intervals import Floats

LABEL_WIDTH = 26  # half-width characters of a name on one line; a Chinese glyph takes two
TALL_ROW = 40  # px of a row that holds two lines
LINE_WIDTH = 18  # of each of two lines
SPACE_FOR_TEXT = 0.34  # of the axis, right of the dots, for "81.2 ▼ · 214"


def ranking(
    frame: pd.DataFrame, metric: str, theme: str, against: str = "", compared: bool = True, line: int = LINE_WIDTH
) -> Figure:
    """Draw one row per part, in the order of the frame from the top; a hidden one says why and hears no click.

    Args:
        frame: ``id``, ``label`` and the columns of `Compared.frame`.
        against: the reference in words, for the hover.
        compared: whether colours show a difference; otherwise all dots have the accent colour.
        line: half-width characters of a name on each of two lines.

    Every row and dot carries its id in ``customdata``.
    """
    of = metric_named(metric)
    t = tokens(theme)
    low, high = _span(frame, of)
    rows = np.arange(len(frame))
    colors = difference_shades(frame, of, theme) if compared else [t.accent] * len(frame)
    records = frame.to_dict("records")
    hover = [_hover(row, of, against) for row in records]
    ids = ["" if hidden else str(key) for key, hidden in zip(frame["id"], is_hidden(frame), strict=True)]
    picked = [[key] for key in ids]
    right = high + (high - low) * SPACE_FOR_TEXT
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": [right - low] * len(frame),
            "base": [low] * len(frame),
            "y": rows,
            "orientation": "h",
            "width": 0.84,
            "marker": {"color": t.panel, "line": {"width": 0}, "pattern": hatches(records, theme)},
            "customdata": picked,
            "hovertext": hover,
            "hovertemplate": "%{hovertext}<extra></extra>",
            "unselected": {"marker": {"opacity": 1}},
        },
        {
            "type": "scatter",
            "x": frame["value"].to_numpy(float),
            "y": rows,
            "mode": "markers",
            "marker": {"size": 14, "color": colors, "line": {"width": 1.5, "color": t.muted}},
            "error_x": _intervals(frame, t.muted),
            "customdata": picked,
            "hovertext": hover,
            "hovertemplate": "%{hovertext}<extra></extra>",
            "unselected": {"marker": {"opacity": 1}},
        },
        {
            "type": "scatter",
            "x": [right] * len(frame),
            "y": rows,
            "mode": "text",
            "text": [_label(row, of) for row in records],
            "textposition": "middle left",
            "textfont": {"size": TEXT_SIZE, "color": t.text},
            "hoverinfo": "skip",
            "customdata": picked,
            "unselected": {"textfont": {"color": t.text}},
        },
        _references(frame, theme),
    ]
    names = [wrapped(str(name), line) for name in frame["label"]]
    layout = {
        "showlegend": False,
        "annotations": reasons(records, right, theme),
        "height": row_height(names) * max(len(frame), 2) + 48,
        "bargap": 0,
        "xaxis": _axis(frame, of, low, high, right),
        "yaxis": named_rows(names),
    }
    return drawn(traces, layout, theme)


def _axis(frame: pd.DataFrame, of: Metric, low: float, high: float, right: float) -> dict[str, Any]:
    """The axis of the values; none where every row is hidden."""
    if frame["value"].isna().all():
        return {"range": [low, right], "visible": False}
    return {"range": [low, right], "title": {"text": f"{of.title} · {_(of.unit)}"}, **ticks(low, high)}


def hatches(records: Sequence[Mapping[Any, Any]], theme: str) -> dict[str, Any]:
    """The pattern of the rows: none, or that of why a row is hidden."""
    t = tokens(theme)
    shapes = [PATTERNS.get(reason_of(row), "") for row in records]
    return {"shape": shapes, "bgcolor": t.page, "fgcolor": t.line, "size": 7, "solidity": 0.16}


def reasons(
    records: Sequence[Mapping[Any, Any]], right: float, theme: str, rows: Floats | None = None
) -> list[dict[str, Any]]:
    """Why rows are hidden, in words on a plain ground, so that no pattern runs through them.

    ``rows``: where they stand (0, 1, 2, ... unless given).
    """
    t = tokens(theme)
    return [
        {
            "x": right,
            "y": place if rows is None else float(rows[place]),
            "xanchor": "right",
            "text": hidden_words(reason, minimum_of(row)),
            "showarrow": False,
            "bgcolor": t.page,
            "borderpad": 3,
            "font": {"size": TEXT_SIZE, "color": t.muted},
            "captureevents": False,
        }
        for place, row in enumerate(records)
        if (reason := reason_of(row))
    ]


def ticks(low: float, high: float, least: int = 1) -> dict[str, object]:
    """About four round numbers on an axis, at least so many (up to 3)."""
    values = _round_numbers(low, high, _nice((high - low) / 4))
    if len(values) < least:
        values = _round_numbers(low, high, _nice((high - low) / 8))
    return {"tickmode": "array", "tickvals": values}


def _round_numbers(low: float, high: float, step: float) -> list[float]:
    first = np.ceil(low / step) * step
    return [float(value) for value in np.arange(first, high + step / 1000, step)]


def _nice(step: float) -> float:
    power = 10.0 ** np.floor(np.log10(step)) if step > 0 else 1.0
    return float(next(power * k for k in (1, 2, 5, 10) if power * k >= step))


def _span(frame: pd.DataFrame, of: Metric) -> tuple[float, float]:
    """The range of the axis: all values, intervals and references, with a little air, inside the metric's bounds."""
    ends = frame[["value", "low", "high", "reference"]].to_numpy(float)
    ends = ends[np.isfinite(ends)]
    if not len(ends):
        return 0.0, 1.0
    air = max((ends.max() - ends.min()) * 0.08, of.smallest_relevant_difference)
    return max(ends.min() - air, of.low_bound), min(ends.max() + air, of.high_bound)


def _intervals(frame: pd.DataFrame, color: str) -> dict[str, object]:
    value = frame["value"].to_numpy(float)
    up = np.nan_to_num(frame["high"].to_numpy(float) - value)
    down = np.nan_to_num(value - frame["low"].to_numpy(float))
    return {
        "type": "data",
        "symmetric": False,
        "array": up,
        "arrayminus": down,
        "color": color,
        "thickness": 2,
        "width": 5,
    }


def _references(frame: pd.DataFrame, theme: str) -> dict[str, Any]:
    """A short stroke on each row where its reference stands: the rest of the chain differs from row to row."""
    level = frame["reference"].to_numpy(float)
    rows = np.flatnonzero(np.isfinite(level))
    return {
        "type": "scatter",
        "x": level[rows],
        "y": rows,
        "mode": "markers",
        "marker": {"symbol": "line-ns", "size": 18, "line": {"width": 2, "color": tokens(theme).text}},
        "hoverinfo": "skip",
        "unselected": {"marker": {"opacity": 1}},
    }


def _label(row: Mapping[Any, Any], of: Metric) -> str:
    if reason_of(row):
        return ""
    sign = mark(str(row["verdict"]))
    value = limited(row["value"], row.get("limit", ""), of.decimals)
    strong = f"<b>{value} {sign}</b>" if sign else value
    return f"{strong} · n {number(row['n'], 0)}" if _is_finite(row["n"]) else strong


def _hover(row: Mapping[Any, Any], of: Metric, against: str) -> str:
    lines = [f"<b>{html.escape(str(row['label']))}</b>", *hover_lines(row, of, against)]
    return "<br>".join(lines)


def hover_lines(row: Mapping[Any, Any], of: Metric, against: str) -> list[str]:
    """Value, interval, n, difference with its reference and verdict: one line each, only those there are.

    Of a hidden group only why it is hidden.
    """
    if reason := reason_of(row):
        minimum = minimum_of(row)
        return [html.escape(line) for line in (hidden_words(reason, minimum), hidden_explained(reason, minimum))]
    known = {name: row[name] for name in ("value", "low", "high", "n", "difference") if name in row}
    lines = [value_text(known["value"], of, row.get("limit", ""))]
    if _is_finite(known.get("low")):
        lines.append(_("95 %: {low} to {high}", low=_number(known["low"], of), high=_number(known["high"], of)))
    if _is_finite(known["n"]):
        lines.append(_("{count} {unit}", count=number(known["n"], 0), unit=Message(of.n_unit)))
    if _is_finite(known.get("difference")):
        told = difference_text(known["difference"], of)
        lines.append(_("{difference} against {reference}", difference=told, reference=against) if against else told)
    if row.get("verdict"):
        lines.append(str(verdict_name(str(row["verdict"]))))
    return [html.escape(line) for line in lines]


def _number(value: Any, of: Metric) -> str:
    return number(value, of.decimals)


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and bool(np.isfinite(value))


def short(name: str, width: int = LABEL_WIDTH) -> str:
    """The name, cut where it would push the chart aside; the hover has it whole. Escaped for Plotly."""
    fits = _fitting(name, width)
    return html.escape(name) if fits == len(name) else html.escape(name[:fits].rstrip()) + "…"


def wrapped(name: str, width: int = LINE_WIDTH) -> str:
    """The name on one line or two, each at most ``width`` half-width characters; cut where it is longer still."""
    fits = _fitting(name, width)
    if fits == len(name):
        return html.escape(name)
    space = name.rfind(" ", 0, fits + 1)
    half = -(-sum(map(_half_widths, name)) // 2)  # two even lines look better than one glyph alone on the second
    at = space if space > 0 else min(fits, _fitting(name, half))
    return f"{html.escape(name[:at].rstrip())}<br>{short(name[at:].lstrip(), width)}"


def row_height(names: Sequence[str]) -> int:
    """Pixels of a row, more where a name takes two lines."""
    return TALL_ROW if any("<br>" in name for name in names) else ROW_HEIGHT


def named_rows(names: Sequence[str]) -> dict[str, Any]:
    """The y axis of rows 0, 1, 2 … from above, each with its name."""
    ends = {"range": [len(names) - 0.5, -0.5], "showgrid": False}
    return {"tickmode": "array", "tickvals": list(range(len(names))), "ticktext": list(names), **ends}


def _fitting(name: str, width: int) -> int:
    """How many characters of a name fit into ``width`` half-width ones."""
    taken = 0
    for position, sign in enumerate(name):
        taken += _half_widths(sign)
        if taken > width:
            return position
    return len(name)


def _half_widths(sign: str) -> int:
    return 2 if ord(sign) > 0x2E80 else 1
