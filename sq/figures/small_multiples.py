"""The courses of several places on the same scale, one small chart each."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sq.figures.hidden import is_hidden
from sq.figures.ranking import hover_lines, short, ticks
from sq.figures.shades import mark
from sq.figures.template import TEXT_SIZE, Figure, Tokens, drawn, tokens
from sq.figures.trend import happened_marks
from sq.metrics.catalogue import Metric, metric_named

PANEL_HEIGHT = 168  # px, with its title
GAP_X, TITLE_SHARE = 0.1, 0.2  # of the width, of a panel's height
NAME_WIDTH, NAME_WIDTH_ON_PHONES = 26, 15
MOST = 12


def small_multiples(
    courses: pd.DataFrame,
    verdicts: Mapping[str, str],
    metric: str,
    theme: str,
    columns: int = 2,
    width: int = NAME_WIDTH,
    only: Sequence[str] = (),
    events: Mapping[str, pd.DataFrame] | None = None,
) -> Figure:
    """Draw one panel per place with its interval, and the course of all places as a thin line behind it.

    Args:
        courses: `sq.analyses.standing.courses`. verdicts: id → verdict of the whole period, marked in the title.
        width: half-width characters of a title. only: of these places; the scale is that of all.
        events: id → notes and events of the place (`sq.analyses.noted.together`), marked at the foot of its panel.
    """
    of, t = metric_named(metric), tokens(theme)
    ids = list(only) or places_of(courses)
    columns = min(columns, max(len(places_of(courses)), 1))
    rows = max(-(-len(ids) // columns), 1)
    whole = courses[courses["id"] == ""]
    traces: list[dict[str, Any]] = []
    layout: dict[str, Any] = {"height": PANEL_HEIGHT * rows + 24, "showlegend": False, "annotations": []}
    span = _span(courses[courses["id"] != ""], of)
    for place, key in enumerate(ids):
        part = courses[courses["id"] == key]
        axes = {"xaxis": f"x{place + 1}", "yaxis": f"y{place + 1}"}
        marks = happened_marks(events[key], part, theme, span[0]) if events and key in events else []
        traces += [trace | axes for trace in (*_panel(part, whole, of, t), *marks)]
        layout |= _axes(place, columns, rows, part, span, t)
        layout["annotations"].append(_title(part, verdicts.get(key, ""), place, columns, rows, width, t))
    return drawn(traces, layout, theme)


def places_of(courses: pd.DataFrame) -> list[str]:
    """The places that are drawn, in their order."""
    return [key for key in dict.fromkeys(courses["id"]) if key][:MOST]


def halves(ids: Sequence[str]) -> tuple[list[str], list[str]]:
    """The places of two figures of two columns each, which side by side read as rows of four."""
    left = [key for place, key in enumerate(ids) if place % 4 < 2]
    return left, [key for key in ids if key not in left]


def _panel(part: pd.DataFrame, whole: pd.DataFrame, of: Metric, t: Tokens) -> list[dict[str, Any]]:
    known = part[np.isfinite(part["low"].to_numpy(dtype=float))]
    band = {
        "type": "scatter",
        "x": [*known["month"], *known["month"][::-1]],
        "y": [*known["high"], *known["low"][::-1]],
        "fill": "toself",
        "fillcolor": _see_through(t.accent, 0.16),
        "line": {"width": 0},
        "mode": "lines",
        "hoverinfo": "skip",
    }
    behind = {
        "type": "scatter",
        "x": list(whole["month"]),
        "y": whole["value"].to_numpy(dtype=float),
        "mode": "lines",
        "line": {"color": t.muted, "width": 1.5, "dash": "dot"},
        "hoverinfo": "skip",
    }
    line = {
        "type": "scatter",
        "x": list(part["month"]),
        "y": part["value"].to_numpy(dtype=float),
        "mode": "lines+markers",
        "line": {"color": t.accent, "width": 2},
        "marker": {
            "size": 8,
            "color": [t.page if few else t.accent for few in part["hidden_reason"] == "too_few"],
            "line": {"width": 2, "color": t.accent},
        },
        "customdata": [["" if hidden else str(key)] for key, hidden in zip(part["id"], is_hidden(part), strict=True)],
        "hovertext": [_hover(row, of) for row in part.to_dict("records")],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "unselected": {"marker": {"opacity": 1}},
    }
    return [*([band] if len(known) > 1 else []), behind, line]


def _hover(row: Mapping[Any, Any], of: Metric) -> str:
    title = f"<b>{html.escape(str(row['label']))}</b> · {html.escape(str(row['when']))}"
    return "<br>".join([title, *hover_lines(row, of, "")])


def _axes(
    place: int, columns: int, rows: int, part: pd.DataFrame, span: tuple[float, float], t: Tokens
) -> dict[str, Any]:
    left, right, bottom, top = _box(place, columns, rows)
    months = list(part["month"])
    shown = months[:: max(1, len(months) - 1)] if len(months) > 1 else months
    words = {month: str(when) for month, when in zip(part["month"], part["when"], strict=True)}
    number = place + 1
    first = place % columns == 0
    return {
        f"xaxis{number}": {
            "domain": [left, right],
            "anchor": f"y{number}",
            "type": "date",
            "tickmode": "array",
            "tickvals": shown,
            "ticktext": [short(words[month], 12) for month in shown],
            "tickangle": 0,
            "tickfont": {"size": TEXT_SIZE - 2, "color": t.muted},
            "range": _dates(part["month"]),
            "showgrid": False,
            "automargin": False,
        },
        f"yaxis{number}": {
            "domain": [bottom, top],
            "anchor": f"x{number}",
            "range": list(span),
            "showticklabels": first,
            "tickfont": {"size": TEXT_SIZE - 1, "color": t.text},
            **ticks(*span),
        },
    }


def _dates(months: pd.Series[Any]) -> list[pd.Timestamp]:
    first, last = months.min(), months.max()
    air = max((last - first) * 0.16, pd.Timedelta(days=10))
    return [first - air, last + air]


def _box(place: int, columns: int, rows: int) -> tuple[float, float, float, float]:
    """Left, right, bottom, top of a panel as shares of the figure."""
    column, row = place % columns, place // columns
    width, height = (1 - GAP_X * (columns - 1)) / columns, 1 / rows
    left, top = column * (width + GAP_X), 1 - row * height
    return left, left + width, top - height * 0.86, top - height * TITLE_SHARE * 0.9


def _title(
    part: pd.DataFrame, verdict: str, place: int, columns: int, rows: int, width: int, t: Tokens
) -> dict[str, Any]:
    left, _right, _bottom, top = _box(place, columns, rows)
    sign = mark(verdict)
    name = short(str(part["label"].iloc[0]), width)
    return {
        "x": left,
        "y": top,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "text": f"<b>{name} {sign}</b>" if sign else name,
        "showarrow": False,
        "font": {"size": TEXT_SIZE, "color": t.text},
    }


def _span(courses: pd.DataFrame, of: Metric) -> tuple[float, float]:
    """One range for all panels: the values with some air; a wide interval of a few visits may be cut."""
    values = courses["value"].to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    air = max(0.25 * float(values.max() - values.min()), of.smallest_relevant_difference)
    return max(float(values.min()) - air, of.low_bound), min(float(values.max()) + air, of.high_bound)


def _see_through(color: str, share: float) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"
