"""How complete the data are: the share of open stores with data, by instrument and month."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sq.figures.template import TEXT_SIZE, Figure, drawn, tokens
from sq.language import _, month, number, percent

ROW = 48  # px
AROUND = 72
MONTHS_LABELLED = 3  # fit side by side on a phone
MONTHS_WITH_TEXT = 14  # more columns than this leave no room for figures in the cells


def coverage_map(frame: pd.DataFrame, labels: Mapping[str, object], theme: str) -> Figure:
    """Draw one cell per instrument and month; the deeper the colour, the more of the open stores have data.

    Args:
        frame: instrument, month, stores_with_data, stores_open, responses, share (percent).
        labels: instrument → its name.
    """
    t = tokens(theme)
    cells = frame[frame["instrument"].isin(list(labels))]
    months = pd.date_range(cells["month"].min(), cells["month"].max(), freq="MS")
    shares = cells.pivot_table(index="instrument", columns="month", values="share").reindex(
        index=list(labels), columns=months
    )
    hover = _hovers(cells, labels).reindex(index=list(labels), columns=months)
    shown = {"text": _texts(shares), "texttemplate": "%{text}"} if len(months) <= MONTHS_WITH_TEXT else {}
    trace = {
        "type": "heatmap",
        "z": shares.to_numpy(float),
        "x": list(months),
        "y": [str(label) for label in labels.values()],
        "zmin": 0,
        "zmax": 100,
        "colorscale": [[0, t.grey], [1, t.accent]],
        "xgap": 2,
        "ygap": 4,
        **shown,
        "textfont": {"size": TEXT_SIZE},
        "customdata": hover.fillna("").to_numpy().tolist(),
        "hovertemplate": "%{customdata}<extra></extra>",
        "hoverongaps": False,
        "colorbar": {"title": {"text": "%"}, "thickness": 10, "outlinewidth": 0, "tickvals": [0, 50, 100]},
    }
    layout = {
        "height": len(labels) * ROW + AROUND,
        "yaxis": {"autorange": "reversed", "showgrid": False},
        "xaxis": {"showgrid": False, **_month_ticks(list(months))},
    }
    return drawn([trace], layout, theme)


def _month_ticks(months: list[pd.Timestamp]) -> dict[str, Any]:
    """Labels under every so many months, so that they stand upright."""
    step = -(-len(months) // MONTHS_LABELLED) or 1
    shown = months[::step]
    return {"tickmode": "array", "tickvals": shown, "ticktext": [month(m) for m in shown], "tickangle": 0}


def _texts(shares: pd.DataFrame) -> list[list[str]]:
    return [["" if pd.isna(share) else percent(share) for share in row] for row in shares.to_numpy(float)]


def _hovers(cells: pd.DataFrame, labels: Mapping[str, object]) -> pd.DataFrame:
    told = cells.assign(text=[_hover(row, labels) for row in cells.to_dict("records")])
    return told.pivot_table(index="instrument", columns="month", values="text", aggfunc="first")


def _hover(row: dict[Any, Any], labels: Mapping[str, object]) -> str:
    lines = [
        f"<b>{html.escape(str(labels[row['instrument']]))}</b> · {month(row['month'])}",
        _("{count} of {open} open stores have data", count=number(row["stores_with_data"], 0), open=_open(row)),
        _("{count} forms", count=number(row["responses"], 0)),
    ]
    return "<br>".join(lines)


def _open(row: dict[Any, Any]) -> str:
    return number(row["stores_open"], 0)
