"""The profile of a few places: touchpoint by touchpoint, each against the rest."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sq.figures.hidden import is_hidden
from sq.figures.ranking import LINE_WIDTH, hover_lines, row_height, ticks, wrapped
from sq.figures.shades import mark
from sq.figures.template import TEXT_SIZE, Figure, Tokens, drawn, tokens
from sq.language import _, number, signed
from sq.metrics.catalogue import Metric, metric_named

MOST_PROFILES = 3  # more places than these are shown as a map
SYMBOLS = ("circle", "square", "diamond", "cross", "x")


def profile(frame: pd.DataFrame, metric: str, theme: str, against: str = "", line: int = LINE_WIDTH) -> Figure:
    """Draw subjects as rows from the top; each place has a mark with its interval, and the rest a stroke.

    Args:
        frame: place, place_label, subject, subject_label and the columns of `Compared.frame`.

    A mark's ``customdata`` holds place and subject, separated like `sq.figures.heat_map.cell_id`.
    """
    of, t = metric_named(metric), tokens(theme)
    places, subjects = list(dict.fromkeys(frame["place"])), list(dict.fromkeys(frame["subject"]))
    row_of = {key: row for row, key in enumerate(subjects)}
    names = [wrapped(str(name), line) for name in frame.drop_duplicates("subject")["subject_label"]]
    traces = [
        _marks(frame[frame["place"] == key], row_of, number_, len(places), of, t, against)
        for number_, key in enumerate(places)
    ]
    return drawn([*traces, _rest(frame, row_of, t, against)], _layout(frame, names, of), theme)


def _marks(
    part: pd.DataFrame, row_of: Mapping[str, int], nth: int, of_all: int, of: Metric, t: Tokens, against: str
) -> dict[str, Any]:
    from sq.figures.heat_map import cell_id

    color = t.series[nth % len(t.series)]
    value, low, high = (part[name].to_numpy(dtype=float) for name in ("value", "low", "high"))
    hidden = is_hidden(part)
    pairs = zip(part["place"], part["subject"], hidden, strict=True)
    return {
        "type": "scatter",
        "name": str(part["place_label"].iloc[0]),
        "x": value,
        "y": np.array([row_of[key] for key in part["subject"]]) + offset(nth, of_all),
        "mode": "markers+text",
        "marker": {"size": 11, "color": color, "symbol": SYMBOLS[nth % len(SYMBOLS)]},
        "text": [_sign(row, of) for row in part.to_dict("records")],
        "textposition": "middle right",
        "textfont": {"size": TEXT_SIZE, "color": t.text},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": np.nan_to_num(high - value),
            "arrayminus": np.nan_to_num(value - low),
            "color": color,
            "thickness": 1.5,
            "width": 0,
        },
        "cliponaxis": False,
        "customdata": [["" if out else cell_id(str(place), str(subject))] for place, subject, out in pairs],
        "hovertext": [_hover(row, of, against) for row in part.to_dict("records")],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "unselected": {"marker": {"opacity": 1}, "textfont": {"color": t.text}},
    }


def offset(nth: int, of_all: int) -> float:
    """How far a place's marks stand from the middle of the row, so that intervals do not cover each other."""
    return 0.0 if of_all < 2 else 0.5 * (nth / (of_all - 1) - 0.5)


def _sign(row: Mapping[Any, Any], of: Metric) -> str:
    sign = mark(str(row["verdict"]))
    return f"  <b>{sign} {signed(row['difference'], of.decimals)}</b>" if sign else ""


def _rest(frame: pd.DataFrame, row_of: Mapping[str, int], t: Tokens, against: str) -> dict[str, Any]:
    """A stroke per row where the rest stands (of the first place that has one)."""
    known = frame[np.isfinite(frame["reference"].to_numpy(dtype=float))].drop_duplicates("subject")
    return {
        "type": "scatter",
        "name": against,
        "x": known["reference"].to_numpy(dtype=float),
        "y": [row_of[key] for key in known["subject"]],
        "mode": "markers",
        "marker": {"symbol": "line-ns", "size": 22, "line": {"width": 2, "color": t.text}, "color": t.text},
        "hoverinfo": "skip",
        "unselected": {"marker": {"opacity": 1}},
    }


def _hover(row: Mapping[Any, Any], of: Metric, against: str) -> str:
    title = f"<b>{html.escape(str(row['subject_label']))} · {html.escape(str(row['place_label']))}</b>"
    return "<br>".join([title, *hover_lines(row, of, against)])


def _layout(frame: pd.DataFrame, names: Sequence[str], of: Metric) -> dict[str, Any]:
    ends = frame[["value", "low", "high", "reference"]].to_numpy(dtype=float)
    ends = ends[np.isfinite(ends)]
    low, high = (float(ends.min()), float(ends.max())) if len(ends) else (0.0, 1.0)
    air = max(0.05 * (high - low), of.smallest_relevant_difference)
    low, high = max(low - air, of.low_bound), min(high + 1.6 * air, of.high_bound + air)
    return {
        "height": row_height(names) * max(len(names), 3) + 88,
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0, "title": {"text": ""}},
        "xaxis": {"range": [low, high], "title": {"text": f"{of.title} · {_(of.unit)}"}, **ticks(low, high)},
        "yaxis": {
            "tickmode": "array",
            "tickvals": list(range(len(names))),
            "ticktext": list(names),
            "range": [len(names) - 0.4, -0.6],
        },
    }


def competitors(rows: pd.DataFrame, metric: str, theme: str, line: int = LINE_WIDTH) -> Figure:
    """Draw how far own stores stand above (right) or below each competitor, with 95 % intervals.

    ``rows``: label (brand), name (of the row), difference, low, high, verdict, cells, cities, in the order to be shown.
    """
    of, t = metric_named(metric), tokens(theme)
    keys = list(dict.fromkeys(rows["subject"]))
    row_of = {key: row for row, key in enumerate(keys)}
    brands = list(dict.fromkeys(rows["brand"]))
    names = [wrapped(str(name), line) for name in rows.drop_duplicates("subject")["name"]]
    traces = [_gaps(rows[rows["brand"] == key], row_of, nth, len(brands), of, t) for nth, key in enumerate(brands)]
    known = rows[["difference", "low", "high"]].to_numpy(dtype=float).ravel()
    ends = np.append(known[np.isfinite(known)], [-of.smallest_relevant_difference, of.smallest_relevant_difference])
    air = 0.1 * float(ends.max() - ends.min())
    low, high = float(ends.min()) - air, float(ends.max()) + 2 * air
    layout = {
        "height": row_height(names) * max(len(names), 3) + 88,
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0},
        "shapes": [{"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper", "line": {"color": t.text}}],
        "xaxis": {
            "range": [low, high],
            "title": {"text": _("Own stores minus competitor · {unit}", unit=_(of.difference_unit))},
            **ticks(low, high),
        },
        "yaxis": {
            "tickmode": "array",
            "tickvals": list(range(len(names))),
            "ticktext": names,
            "range": [len(names) - 0.4, -0.6],
        },
    }
    return drawn(traces, layout, theme)


def _gaps(
    part: pd.DataFrame, row_of: Mapping[str, int], nth: int, of_all: int, of: Metric, t: Tokens
) -> dict[str, Any]:
    color = t.series[nth % len(t.series)]
    value, low, high = (part[name].to_numpy(dtype=float) for name in ("difference", "low", "high"))
    return {
        "type": "scatter",
        "name": str(part["label"].iloc[0]),
        "x": value,
        "y": np.array([row_of[key] for key in part["subject"]]) + offset(nth, of_all),
        "mode": "markers+text",
        "marker": {"size": 11, "color": color, "symbol": SYMBOLS[nth % len(SYMBOLS)]},
        "text": [_sign(row, of) for row in part.to_dict("records")],
        "textposition": "middle right",
        "textfont": {"size": TEXT_SIZE, "color": t.text},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": np.nan_to_num(high - value),
            "arrayminus": np.nan_to_num(value - low),
            "color": color,
            "thickness": 1.5,
            "width": 0,
        },
        "hovertext": [_gap_hover(row, of) for row in part.to_dict("records")],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _gap_hover(row: Mapping[Any, Any], of: Metric) -> str:
    lines = [
        _("own stores {own}, {brand} {value}", own=number(row["own"], of.decimals), brand=row["label"],
          value=number(row["value"], of.decimals)),
        _("difference {difference} (95 %: {low} to {high})", difference=signed(row["difference"], of.decimals),
          low=signed(row["low"], of.decimals), high=signed(row["high"], of.decimals)),
        _("{cells} cells of city and month, {cities} cities", cells=number(row["cells"], 0),
          cities=number(row["cities"], 0)),
    ]  # fmt: skip
    return "<br>".join([f"<b>{html.escape(str(row['name']))}</b>", *(html.escape(line) for line in lines)])
