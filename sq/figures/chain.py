"""The links of the chain with their intervals, and the stores behind one of them."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.chain import VERDICTS, Link
from sq.figures.interval_rows import interval_rows
from sq.figures.ranking import LINE_WIDTH
from sq.figures.shades import BETTER, WORSE, Swatch
from sq.figures.template import Figure, drawn, tokens
from sq.language import NO_VALUE, _, number, signed
from sq.metrics.catalogue import Metric
from sq.statistics.effects import Correlation
from sq.statistics.linkage import Linked

SCATTER_HEIGHT = 400
LIMITS = {">=": "≥ ", "<=": "≤ "}
LEAST_SPAN = (-0.5, 1.0)


def links(found: Sequence[Link], theme: str, line: int = LINE_WIDTH) -> Figure:
    """Draw the correlation of every link with its interval; a ring where the order of time is turned round."""
    frame = pd.DataFrame([_row(one, theme) for one in found])
    ends = frame[["low", "high", "value", "beside"]].to_numpy(dtype=float)
    least = min(LEAST_SPAN[0], float(np.nanmin(ends)) if np.isfinite(ends).any() else 0.0)
    return interval_rows(frame, theme, _("Correlation r"), (max(least - 0.05, -1.05), 1.05), line=line)


def links_key(theme: str) -> tuple[Swatch, ...]:
    """What the colours of the links mean."""
    t = tokens(theme)
    return (
        Swatch(t.accent, _("reliable, as the promise has it")),
        Swatch(t.series[1], _("reliable, the other way round")),
        Swatch(t.grey, _("not to be told from chance")),
    )


def _row(link: Link, theme: str) -> dict[str, Any]:
    t = tokens(theme)
    r, low, high = _numbers(link.found)
    beside, *_rest = _numbers(link.reverse)
    color = {"together": t.accent, "against": t.series[1]}.get(link.verdict, t.grey)
    return {
        "id": link.id,
        "label": str(link.label),
        "value": r,
        "low": low,
        "high": high,
        "beside": beside,
        "color": color,
        "text": link_text(link),
        "hover": _hover(link),
    }


def _numbers(found: Any) -> tuple[float, float, float]:
    nothing = float("nan")
    return (found.r, found.low, found.high) if isinstance(found, Linked | Correlation) else (nothing, nothing, nothing)


def link_text(link: Link) -> str:
    """``+0.47 ▲ · n 107``, or why there is no number."""
    if not isinstance(link.found, Linked):
        return _(VERDICTS[link.verdict])
    value = LIMITS.get(link.limit, "") + signed(link.found.r, 2)
    if link.verdict in ("together", "against"):
        value = f"<b>{value} {BETTER if link.found.r > 0 else WORSE}</b>"
    return f"{value} · n {number(link.stores, 0)}"


def _hover(link: Link) -> str:
    lines = [f"<b>{html.escape(str(link.label))}</b>", _(VERDICTS[link.verdict])]
    for name, found in (
        (_("within regions"), link.found),
        (_("over all places"), link.raw),
        (_("order of time turned round"), link.reverse),
    ):
        r, low, high = _numbers(found)
        told = NO_VALUE if np.isnan(r) else f"{signed(r, 2)} ({signed(low, 2)} … {signed(high, 2)})"
        lines.append(f"{name}: {told}")
    return "<br>".join([*lines, f"n {number(link.stores, 0)}"])


def scatter(points: pd.DataFrame, metrics: tuple[Metric, Metric], theme: str, picked: str = "") -> Figure:
    """Draw one dot per place; those of the region ``picked`` stand out. A dot carries its id in ``customdata``.

    Args:
        points: id, label, region, x, y, n_x, n_y.
    """
    t, (one, other) = tokens(theme), metrics
    inside = (points["region"] == picked).to_numpy() if picked else np.ones(len(points), dtype=bool)
    dots = {
        "type": "scatter",
        "x": points["x"],
        "y": points["y"],
        "mode": "markers",
        "marker": {
            "size": 10,
            "color": [t.accent if is_in else t.grey for is_in in inside],
            "opacity": 0.8,
            "line": {"width": 1, "color": t.page},
        },
        "customdata": [[key] for key in points["id"]],
        "hovertext": [_point(row, one, other) for row in points.to_dict("records")],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "unselected": {"marker": {"opacity": 0.8}},
    }
    layout = {
        "showlegend": False,
        "height": SCATTER_HEIGHT,
        "xaxis": {"title": {"text": f"{one.title} · {_(one.unit)}"}},
        "yaxis": {"title": {"text": f"{other.title} · {_(other.unit)}"}},
    }
    return drawn([dots], layout, theme)


def _point(row: Mapping[Any, Any], one: Metric, other: Metric) -> str:
    return "<br>".join(
        [
            f"<b>{html.escape(str(row['label']))}</b>",
            *([html.escape(str(row["region"]))] if row["region"] and row["region"] != row["id"] else []),
            f"{one.title}: {number(row['x'], one.decimals)} · n {number(row['n_x'], 0)}",
            f"{other.title}: {number(row['y'], other.decimals)} · n {number(row['n_y'], 0)}",
        ]
    )
