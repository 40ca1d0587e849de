"""All places at once: value against n, with the limits between which equal places would lie."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.standing import Funnel, n_column
from sq.figures.ranking import hover_lines, short
from sq.figures.shades import difference_shades
from sq.figures.standing import estimate_lines
from sq.figures.template import TEXT_SIZE, Figure, Tokens, drawn, tokens
from sq.language import Message, _, number
from sq.metrics.catalogue import Metric, metric_named

HEIGHT = 480
LOG_FROM = 12  # times the smallest n: beyond, the axis is logarithmic
NAMED = 8  # places with their names in the chart
TOO_NEAR = 0.05  # of the height: names closer than this would cover each other
NAME_WIDTH = 22
SYMBOLS = {"better": "triangle-up", "worse": "triangle-down"}


def funnel(
    family: pd.DataFrame, lines: Funnel, metric: str, theme: str, against: str = "", named: int = NAMED
) -> Figure:
    """Draw every place of the family as a point that can be clicked; those shown on the page stand out.

    Args:
        family: `sq.analyses.standing.Standing.family`. lines: the limits. named: at most this many names.
    """
    of, t = metric_named(metric), tokens(theme)
    points = family[np.isfinite(family["value"].to_numpy(dtype=float))]
    points = points[points[n_column(of)].to_numpy(dtype=float) > 0]
    parts = [points[~points["shown"]], points[points["shown"] & points["provisional"]]]
    parts.append(points[points["shown"] & ~points["provisional"]])
    looks: list[dict[str, Any]] = [
        {"color": t.grey, "size": 7, "opacity": 0.9, "line": {"width": 0}},
        {"color": t.muted, "size": 8, "line": {"width": 1.5}, "symbol": "circle-open"},
        _look(parts[2], of, theme, t),
    ]
    traces = [*_limits(lines.lines, t), *(_points(p, look, of, against) for p, look in zip(parts, looks, strict=True))]
    traces.append(_names(points, of, t, named))
    return drawn(traces, _layout(points, lines, of, t), theme)


def _look(part: pd.DataFrame, of: Metric, theme: str, t: Tokens) -> dict[str, Any]:
    reliable = part["verdict"].isin(list(SYMBOLS)).to_numpy()
    return {
        "color": difference_shades(part, of, theme),
        "size": np.where(reliable | part["picked"].to_numpy(dtype=bool), 14, 10),
        "symbol": [SYMBOLS.get(str(verdict), "circle") for verdict in part["verdict"]],
        "line": {
            "width": np.where(part["picked"].to_numpy(dtype=bool), 3.0, 1.2),
            "color": [t.text if strong else t.muted for strong in reliable | part["picked"].to_numpy(dtype=bool)],
        },
    }


def _limits(lines: pd.DataFrame, t: Tokens) -> list[dict[str, Any]]:
    """The four limits and the mean."""
    styles = {
        "target": {"width": 1.5, "color": t.text},
        "low_95": {"width": 1.5, "color": t.muted, "dash": "dash"},
        "high_95": {"width": 1.5, "color": t.muted, "dash": "dash"},
        "low_998": {"width": 2, "color": t.muted},
        "high_998": {"width": 2, "color": t.muted},
    }
    return [
        {
            "type": "scatter",
            "x": lines["n"].to_numpy(dtype=float),
            "y": lines[name].to_numpy(dtype=float),
            "mode": "lines",
            "line": line,
            "hoverinfo": "skip",
        }
        for name, line in styles.items()
    ]


def _points(part: pd.DataFrame, look: Mapping[str, Any], of: Metric, against: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": part[n_column(of)].to_numpy(dtype=float),
        "y": part["value"].to_numpy(dtype=float),
        "mode": "markers",
        "marker": dict(look),
        "customdata": [[str(key)] for key in part["id"]],
        "hovertext": [_hover(row, of, against) for row in part.to_dict("records")],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "unselected": {"marker": {"opacity": look.get("opacity", 1)}},
    }


def _hover(row: Mapping[Any, Any], of: Metric, against: str) -> str:
    lines = [html.escape(line) for line in estimate_lines(row, of)]
    return "<br>".join([f"<b>{html.escape(str(row['label']))}</b>", *hover_lines(row, of, against), *lines])


def _names(points: pd.DataFrame, of: Metric, t: Tokens, named: int) -> dict[str, Any]:
    """The names of the picked places, then of the reliable ones, as far as there is room."""
    told = points[points["picked"] | (points["shown"] & points["verdict"].isin(list(SYMBOLS)))]
    told = _apart(told.sort_values("picked", ascending=False, kind="stable"), points["value"]).head(named)
    n = told[n_column(of)].to_numpy(dtype=float)
    size = points[n_column(of)].to_numpy(dtype=float)
    middle = float(size.min() + size.max()) / 2 if len(size) else 0.0
    return {
        "type": "scatter",
        "x": n,
        "y": told["value"].to_numpy(dtype=float),
        "mode": "text",
        "text": [f"  {short(str(name), NAME_WIDTH)}  " for name in told["label"]],
        "textposition": ["middle left" if own > middle else "middle right" for own in n],
        "textfont": {"size": TEXT_SIZE - 1, "color": t.text},
        "hoverinfo": "skip",
        "unselected": {"textfont": {"color": t.text}},
    }


def _apart(told: pd.DataFrame, values: pd.Series[Any]) -> pd.DataFrame:
    """The places whose names do not cover that of one before them."""
    near, kept = TOO_NEAR * float(values.max() - values.min()), list[int]()
    heights = told["value"].to_numpy(dtype=float)
    for row, height in enumerate(heights):
        if all(abs(height - heights[other]) > near for other in kept):
            kept.append(row)
    return told.iloc[kept]


def _layout(points: pd.DataFrame, lines: Funnel, of: Metric, t: Tokens) -> dict[str, Any]:
    n = points[n_column(of)].to_numpy(dtype=float)
    first, last = float(n.min()), float(n.max())
    is_log = last > LOG_FROM * first
    ends = np.concatenate([points["value"].to_numpy(dtype=float), lines.lines[["low_95", "high_95"]].iloc[-1]])
    air = max(0.08 * float(ends.max() - ends.min()), of.smallest_relevant_difference / 2)
    title = _("n: {unit}", unit=Message(of.n_unit))
    x_axis: dict[str, Any] = {"title": {"text": title}, "showgrid": False}
    if is_log:
        x_axis |= {"type": "log", "range": [float(np.log10(first * 0.85)), float(np.log10(last * 1.18))]}
        x_axis |= {"tickmode": "array", **_log_ticks(first, last)}
    else:
        x_axis |= {"range": [max(0.0, first - 0.06 * (last - first) - 0.5), last + 0.06 * (last - first) + 0.5]}
    return {
        "height": HEIGHT,
        "showlegend": False,
        "xaxis": x_axis,
        "yaxis": {
            "title": {"text": f"{of.title} · {_(of.unit)}"},
            "range": [max(ends.min() - air, of.low_bound), min(ends.max() + air, of.high_bound + air / 4)],
        },
    }


def _log_ticks(first: float, last: float) -> dict[str, Any]:
    values = [step * 10**power for power in range(7) for step in (1, 2, 5) if first * 0.85 <= step * 10**power]
    shown = [value for value in values if value <= last * 1.18]
    return {"tickvals": shown, "ticktext": [number(value, 0) for value in shown]}
