"""Places side by side: shrunken and raw values with their intervals, and how sure each one's rank is."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sq.figures.hidden import is_hidden, reason_of
from sq.figures.ranking import LINE_WIDTH, hatches, hover_lines, reasons, row_height, ticks, wrapped
from sq.figures.shades import difference_shades, limited, mark
from sq.figures.template import TEXT_SIZE, Figure, Tokens, drawn, tokens
from sq.language import N_, Message, _, number
from sq.metrics.catalogue import Metric, metric_named
from sq.statistics.intervals import Floats

SCALES: dict[str, str] = {
    "both": N_("Both"),
    "shrunken": N_("Shrunken"),
    "raw": N_("As measured"),
}
ADJUSTED = N_("Adjusted for shoppers")
SPACE_FOR_TEXT, MORE_SPACE = 0.36, 0.8  # of the axis, right of the dots; on a phone
APART = 0.17  # of a row: the two values of a place above and below its middle
GAP = 0.9  # rows between those that are ranked and the provisional ones


def dots(
    units: pd.DataFrame,
    metric: str,
    theme: str,
    scale: str = "both",
    against: str = "",
    compared: bool = True,
    line: int = LINE_WIDTH,
) -> Figure:
    """Draw one row per place in the order of the frame; provisional ones stand apart below.

    Args:
        units: `sq.analyses.standing.Standing.units`. scale: one of SCALES, or 'adjusted' where units have that column.
        compared: whether colours show a difference.

    Every row and dot carries its id in ``customdata``.
    """
    of, t = metric_named(metric), tokens(theme)
    rows = places_of_rows(units)
    low, high = _span(units, of, scale)
    right = high + (high - low) * space_for_text(line)
    records = units.to_dict("records")
    hover = [_hover(row, of, against) for row in records]
    ids = ["" if hidden else str(key) for key, hidden in zip(units["id"], is_hidden(units), strict=True)]
    about = {"customdata": [[key] for key in ids], "hovertext": hover, "hovertemplate": "%{hovertext}<extra></extra>"}
    colors = difference_shades(units, of, theme) if compared else [t.accent] * len(units)
    traces = [
        _ground(rows, low, right, t, about) | {"marker": _plain(t) | {"pattern": hatches(records, theme)}},
        *_values(units, rows, colors, scale, t, about),
        _texts(records, rows, right, of, t, about),
    ]
    if compared:
        traces.append(_references(units, rows, t))
    names = [wrapped(str(name), line) for name in units["label"]]
    layout = _layout(names, rows) | {
        "annotations": [*reasons(records, right, theme, rows), *_heading(units, rows, low, t)],
        "xaxis": {"range": [low, right], "title": {"text": f"{of.title} · {_(of.unit)}"}, **ticks(low, high)},
    }
    if units["value"].isna().all():
        layout["xaxis"] = {"range": [low, right], "visible": False}
    return drawn(traces, layout, theme)


def space_for_text(line: int) -> float:
    """How much of the axis is left for the numbers; short names are those of a phone."""
    return MORE_SPACE if line < LINE_WIDTH else SPACE_FOR_TEXT


def places_of_rows(units: pd.DataFrame) -> Floats:
    """Where each row stands: one below the other, with a gap before the provisional ones."""
    late = units["provisional"].to_numpy(dtype=bool) & ~is_hidden(units).to_numpy()
    begins = late & ~np.concatenate([[False], late[:-1]])
    return np.arange(len(units)) + GAP * np.cumsum(begins)


def _ground(rows: Floats, low: float, right: float, t: Tokens, about: Mapping[str, Any]) -> dict[str, Any]:
    """A pale bar behind each row, which hears the clicks."""
    return {
        "type": "bar",
        "x": [right - low] * len(rows),
        "base": [low] * len(rows),
        "y": rows,
        "orientation": "h",
        "width": 0.86,
        "marker": _plain(t),
        "unselected": {"marker": {"opacity": 1}},
        **about,
    }


def _plain(t: Tokens) -> dict[str, Any]:
    return {"color": t.panel, "line": {"width": 0}}


def _values(
    units: pd.DataFrame, rows: Floats, colors: Sequence[str], scale: str, t: Tokens, about: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The dots: raw ones as rings where both are drawn, shrunken ones filled."""
    provisional = units["provisional"].to_numpy(dtype=bool)
    apart = APART if scale == "both" else 0.0
    first = [t.page if late else color for late, color in zip(provisional, colors, strict=True)]
    ring = {"size": 9, "color": t.page, "line": {"width": 2, "color": t.muted}}
    full = {"size": 14, "color": first, "line": {"width": 1.5, "color": t.muted}}
    raw = _dots(units, ("value", "low", "high"), rows + apart, ring if apart else full, t, 1.5 if apart else 2, about)
    own = _dots(units, ("estimate", "estimate_low", "estimate_high"), rows - apart, full, t, 3, about)
    if scale == "adjusted":
        return [raw, _diamonds(units, rows, t, about)]
    return {"raw": [raw], "shrunken": [own], "both": [raw, own]}[scale]


def _diamonds(units: pd.DataFrame, rows: Floats, t: Tokens, about: Mapping[str, Any]) -> dict[str, Any]:
    """Where each place would stand with average shoppers."""
    return {
        "type": "scatter",
        "x": units["adjusted"].to_numpy(dtype=float),
        "y": rows,
        "mode": "markers",
        "marker": {"symbol": "diamond", "size": 10, "color": t.accent, "line": {"width": 1.5, "color": t.page}},
        "cliponaxis": False,
        "unselected": {"marker": {"opacity": 1}},
        **about,
    }


def _dots(
    units: pd.DataFrame,
    columns: tuple[str, str, str],
    rows: Floats,
    marker: Mapping[str, Any],
    t: Tokens,
    thickness: float,
    about: Mapping[str, Any],
) -> dict[str, Any]:
    value, low, high = (units[name].to_numpy(dtype=float) for name in columns)
    return {
        "type": "scatter",
        "x": value,
        "y": rows,
        "mode": "markers",
        "marker": dict(marker),
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": np.nan_to_num(high - value),
            "arrayminus": np.nan_to_num(value - low),
            "color": t.muted,
            "thickness": thickness,
            "width": 0 if thickness < 2 else 4,
        },
        "cliponaxis": False,
        "unselected": {"marker": {"opacity": 1}},
        **about,
    }


def _texts(
    records: Sequence[Mapping[Any, Any]], rows: Floats, right: float, of: Metric, t: Tokens, about: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [right] * len(records),
        "y": rows,
        "mode": "text",
        "text": [_label(row, of) for row in records],
        "textposition": "middle left",
        "textfont": {"size": TEXT_SIZE, "color": t.text},
        "hoverinfo": "skip",
        "customdata": about["customdata"],
        "unselected": {"textfont": {"color": t.text}},
    }


def _label(row: Mapping[Any, Any], of: Metric) -> str:
    """The measured value, the mark of a reliable difference, and n."""
    if reason_of(row) or not np.isfinite(row["value"]):
        return ""
    value, sign = limited(row["value"], row.get("limit", ""), of.decimals), mark(str(row["verdict"]))
    strong = f"<b>{value} {sign}</b>" if sign else value
    return f"{strong} · n {number(row['n'], 0)}" if np.isfinite(row["n"]) else strong


def _references(units: pd.DataFrame, rows: Floats, t: Tokens) -> dict[str, Any]:
    """A short stroke where each place's reference stands."""
    level = units["reference"].to_numpy(dtype=float)
    known = np.isfinite(level)
    return {
        "type": "scatter",
        "x": level[known],
        "y": rows[known],
        "mode": "markers",
        "marker": {"symbol": "line-ns", "size": 20, "line": {"width": 2, "color": t.text}},
        "hoverinfo": "skip",
        "unselected": {"marker": {"opacity": 1}},
    }


def _heading(units: pd.DataFrame, rows: Floats, low: float, t: Tokens) -> list[dict[str, Any]]:
    """Words above the first provisional row."""
    late = np.flatnonzero(units["provisional"].to_numpy(dtype=bool) & ~is_hidden(units).to_numpy())
    if not len(late):
        return []
    place = rows[late[0]] - 0.5 - GAP / 2
    text = _("Provisional: too few to judge or rank")
    return [
        {
            "x": low,
            "y": place,
            "xanchor": "left",
            "text": f"<i>{html.escape(text)}</i>",
            "showarrow": False,
            "font": {"size": TEXT_SIZE, "color": t.muted},
        }
    ]


def _span(units: pd.DataFrame, of: Metric, scale: str) -> tuple[float, float]:
    columns = {
        "raw": ["value", "low", "high", "reference"],
        "shrunken": ["estimate", "estimate_low", "estimate_high", "reference"],
        "adjusted": ["value", "low", "high", "reference", "adjusted"],
    }
    ends = units[columns.get(scale, columns["raw"] + columns["shrunken"])].to_numpy(dtype=float)
    ends = ends[np.isfinite(ends)]
    if not len(ends):
        return 0.0, 1.0
    air = max((ends.max() - ends.min()) * 0.06, of.smallest_relevant_difference / 3)
    return max(ends.min() - air, of.low_bound), min(ends.max() + air, of.high_bound)


def _layout(names: Sequence[str], rows: Floats) -> dict[str, Any]:
    last = float(rows[-1]) if len(rows) else 0.0
    return {
        "showlegend": False,
        "height": int(row_height(names) * max(last + 1, 2)) + 48,
        "bargap": 0,
        "yaxis": {
            "tickmode": "array",
            "tickvals": rows,
            "ticktext": list(names),
            "range": [last + 0.5, -0.5],
            "showgrid": False,
        },
    }


def _hover(row: Mapping[Any, Any], of: Metric, against: str) -> str:
    lines = [f"<b>{html.escape(str(row['label']))}</b>", *hover_lines(row, of, against)]
    if reason_of(row):
        return "<br>".join(lines)
    return "<br>".join([*lines, *(html.escape(line) for line in estimate_lines(row, of))])


def estimate_lines(row: Mapping[Any, Any], of: Metric) -> list[str]:
    """The shrunken estimate and the rank with its interval, only those there are."""
    lines = []
    if np.isfinite(row["estimate"]):
        limits = {name: number(row[f"estimate_{name}"], of.decimals) for name in ("low", "high")}
        words = _("best estimate {value} (95 %: {low} to {high})", value=number(row["estimate"], of.decimals), **limits)
        lines.append(words)
    if np.isfinite(row.get("adjusted", np.nan)):
        lines.append(_("adjusted for who visited: {value}", value=number(row["adjusted"], of.decimals)))
    if row["rank"] > 0:
        lines.append(rank_text(row))
    elif row["provisional"]:
        lines.append(_("provisional: not ranked"))
    return lines


def rank_text(row: Mapping[Any, Any]) -> str:
    """``rank 12 (95 %: 3 to 41)``."""
    ranks = {name: number(row[column], 0) for name, column in (("low", "rank_best"), ("high", "rank_worst"))}
    return str(Message(N_("rank {rank} (95 %: {low} to {high})"), {"rank": number(row["rank"], 0), **ranks}))


def rank_intervals(
    units: pd.DataFrame, metric: str, theme: str, ranked: int, dotted: bool = True, line: int = LINE_WIDTH
) -> Figure:
    """Draw the ranks that each place may really have, one row per place; 1 is the best of ``ranked``.

    ``dotted``: whether a dot shows the rank of the estimate; where nobody is ahead of anybody it would mislead.
    """
    of, t = metric_named(metric), tokens(theme)
    rows = places_of_rows(units)
    records = units.to_dict("records")
    ids = ["" if hidden else str(key) for key, hidden in zip(units["id"], is_hidden(units), strict=True)]
    hover = [_hover(row, of, "") for row in records]
    about = {"customdata": [[key] for key in ids], "hovertext": hover, "hovertemplate": "%{hovertext}<extra></extra>"}
    low, high = 0.5, ranked + 0.5
    right = high + ranked * space_for_text(line)
    is_ranked = units["rank"].to_numpy() > 0
    best, worst = (units[name].to_numpy(dtype=float) for name in ("rank_best", "rank_worst"))
    bars = {
        "type": "bar",
        "x": np.where(is_ranked, np.maximum(worst - best, 0.02 * ranked), 0.0),
        "base": np.where(is_ranked, np.where(worst > best, best, best - 0.01 * ranked), low),
        "y": rows,
        "orientation": "h",
        "width": 0.34,
        "marker": {"color": t.accent, "opacity": 0.45, "line": {"width": 0}},
        "unselected": {"marker": {"opacity": 0.45}},
        **about,
    }
    middle = {
        "type": "scatter",
        "x": np.where(is_ranked & dotted, units["rank"].to_numpy(dtype=float), np.nan),
        "y": rows,
        "mode": "markers",
        "marker": {"size": 9, "color": t.accent},
        "unselected": {"marker": {"opacity": 1}},
        **about,
    }
    texts = [_rank_label(row) for row in records]
    words = _texts(records, rows, right, of, t, about) | {"text": texts}
    names = [wrapped(str(name), line) for name in units["label"]]
    layout = _layout(names, rows) | {
        "barmode": "overlay",
        "annotations": [*reasons(records, right, theme, rows), *_heading(units, rows, low, t)],
        "xaxis": {
            "range": [low, right],
            "title": {"text": _("Rank, 1 = best")},
            **_whole_ticks(ranked, 3 if line < LINE_WIDTH else 6),
        },
    }
    ground = _ground(rows, low, right, t, about) | {"marker": _plain(t) | {"pattern": hatches(records, theme)}}
    return drawn([ground, bars, middle, words], layout, theme)


def _rank_label(row: Mapping[Any, Any]) -> str:
    if reason_of(row):
        return ""
    if row["rank"] <= 0:
        return html.escape(_("not ranked"))
    low, high = (number(row[name], 0) for name in ("rank_best", "rank_worst"))
    return low if low == high else f"{low} – {high}"


def _whole_ticks(ranked: int, most: int) -> dict[str, Any]:
    step = next((k for k in (1, 2, 5, 10, 20, 50, 100, 200, 500) if ranked / k <= most), 1000)
    return {
        "tickangle": 0,
        "tickmode": "array",
        "tickvals": [1, *range(max(step, 2) if step > 1 else 2, ranked + 1, step)],
    }
