"""What a plan can see: the smallest difference that is found, against the number of visits."""

from __future__ import annotations

from typing import Any

import numpy as np

from sq.analyses.planner import Plan
from sq.figures.template import TEXT_SIZE, Figure, drawn, tokens
from sq.language import Message, _, number
from sq.statistics.estimable import NotEstimable

HEIGHT = 320


def planner(plan: Plan, theme: str) -> Figure:
    """Draw the curve with the present plan and the difference that is looked for."""
    of, t = plan.metric, tokens(theme)
    visits, visible = (plan.curve[name].to_numpy(dtype=float) for name in ("visits", "visible"))
    hover = [
        _("{visits} per store: {size} or more", visits=number(n, 0), size=number(d, of.decimals))
        for n, d in zip(visits, visible, strict=True)
    ]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "x": visits,
            "y": visible,
            "mode": "lines",
            "line": {"color": t.accent, "width": 2.5},
            "hovertext": hover,
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
    ]
    if not isinstance(plan.visible, NotEstimable):
        traces.append(_point(plan.visits, plan.visible, _("Present plan"), "circle", t.accent, t.text))
    if not isinstance(plan.needed, NotEstimable):
        traces.append(_point(plan.needed, plan.difference, _("Needed"), "diamond", t.series[1], t.text))
    top = float(np.nanmax([*visible, plan.difference])) if len(visible) else plan.difference
    layout = {
        "height": HEIGHT,
        "showlegend": False,
        "margin": {"l": 8, "r": 24, "t": 24, "b": 8},
        "shapes": [
            {
                "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": plan.difference, "y1": plan.difference,
                "line": {"color": t.muted, "width": 1.5, "dash": "dash"},
            }
        ],
        "xaxis": {
            "title": {"text": _("Per store in the period: {unit}", unit=Message(of.n_unit))},
            "rangemode": "tozero",
        },
        "yaxis": {
            "title": {"text": _("Smallest difference seen · {unit}", unit=_(of.difference_unit))},
            "range": [0, top * 1.08],
        },
    }  # fmt: skip
    return drawn(traces, layout, theme)


def _point(x: float, y: float, text: str, symbol: str, color: str, ink: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [x],
        "y": [y],
        "mode": "markers+text",
        "marker": {"size": 13, "color": color, "symbol": symbol},
        "text": [f"  {text}"],
        "textposition": "top right",
        "textfont": {"size": TEXT_SIZE, "color": ink},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
