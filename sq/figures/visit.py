"""One visit beside its store: what the shopper found at each touchpoint, and what the store usually gets."""

from __future__ import annotations

import html
from typing import Any

import pandas as pd

from sq.figures.ranking import short
from sq.figures.template import Figure, Tokens, drawn, tokens
from sq.language import _, number, signed

ROW = 27  # px
AROUND = 80
FULL_MARK = 100.0
ROOM_FOR_TEXT = 12.0  # points right of the full mark


def visit_profile(frame: pd.DataFrame, theme: str) -> Figure:
    """Draw a bar per touchpoint, in service order from the top, with a stroke at the store's average.

    Args:
        frame: touchpoint, label, score, store_score, difference, applicable, failed (veto items failed).

    Every bar carries its touchpoint in ``customdata``.
    """
    t = tokens(theme)
    rows = frame[frame["score"].notna()].reset_index(drop=True)
    parts = (
        (rows[rows["failed"] == 0], _("This visit"), t.series[0]),
        (rows[rows["failed"] > 0], _("This visit, veto item failed"), t.series[1]),
    )
    bars = [_bars(part, name, color) for part, name, color in parts if len(part)]
    return drawn([*bars, _averages(rows, t), _scores(rows, t)], _layout(rows), theme)


def _layout(rows: pd.DataFrame) -> dict[str, Any]:
    title = {"text": _("Points (0–100)")}
    return {
        "height": len(rows) * ROW + AROUND,
        "barmode": "overlay",
        "legend": {"y": 1, "yanchor": "bottom"},
        "xaxis": {"range": [0, FULL_MARK + ROOM_FOR_TEXT], "tickvals": [0, 25, 50, 75, 100], "title": title},
        "yaxis": {
            "range": [len(rows) - 0.4, -0.6],
            "tickmode": "array",
            "tickvals": list(range(len(rows))),
            "ticktext": [short(str(label)) for label in rows["label"]],
            "showgrid": False,
        },
    }


def _bars(rows: pd.DataFrame, name: str, color: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": list(rows["score"]),
        "y": list(rows.index),
        "orientation": "h",
        "width": 0.6,
        "name": name,
        "marker": {"color": color},
        "unselected": {"marker": {"opacity": 1}},
        "customdata": [[key] for key in rows["touchpoint"]],
        "hovertext": [_hover(row) for row in rows.to_dict("records")],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _scores(rows: pd.DataFrame, t: Tokens) -> dict[str, Any]:
    """The scores as a column of text, where neither bars nor strokes are in the way."""
    return {
        "type": "scatter",
        "x": [FULL_MARK + ROOM_FOR_TEXT] * len(rows),
        "y": list(rows.index),
        "mode": "text",
        "text": [number(score, 0) for score in rows["score"]],
        "textposition": "middle left",
        "textfont": {"color": t.text},
        "unselected": {"textfont": {"color": t.text}},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _averages(rows: pd.DataFrame, t: Tokens) -> dict[str, Any]:
    known = rows[rows["store_score"].notna()]
    return {
        "type": "scatter",
        "x": list(known["store_score"]),
        "y": list(known.index),
        "mode": "markers",
        "name": _("The store’s average"),
        "marker": {"symbol": "line-ns", "size": 15, "line": {"width": 3, "color": t.text}},
        "unselected": {"marker": {"opacity": 1}},
        "hoverinfo": "skip",
    }


def _hover(row: dict[Any, Any]) -> str:
    lines = [
        f"<b>{html.escape(str(row['label']))}</b>",
        _("This visit: {score}", score=number(row["score"])),
        _("The store’s average: {score}", score=number(row["store_score"])),
        _("Difference: {difference}", difference=signed(row["difference"])),
        _("Items that applied: {count}", count=number(row["applicable"], 0)),
    ]
    return "<br>".join(lines)
