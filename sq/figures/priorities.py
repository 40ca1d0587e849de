"""Importance against performance, penalty and reward, lost points by item."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.drivers import VERDICT_NAMES
from sq.analyses.importance import QUADRANT_NAMES, Crosshair
from sq.figures.ranking import hover_lines, named_rows, row_height, short, ticks, wrapped
from sq.figures.shades import Swatch, difference_shades, mark
from sq.figures.template import TEXT_SIZE, Figure, Tokens, drawn, tokens
from sq.language import _, number, signed
from sq.metrics.catalogue import Metric

PANEL_HEIGHT = 400  # px of one panel of importance and performance
NAME_WIDTH = 16  # half-width characters beside a dot
MOST_NAMES, NAMES_OF_MANY = 9, 4
AROUND = 56
SPACE_FOR_TEXT = 0.24  # of the axis, right of the bars
STATED, DERIVED = "stated", "derived"


def layer_rows(frame: pd.DataFrame, metric: Metric, theme: str, against: str) -> pd.DataFrame:
    """The subjects of a layer as rows for `interval_rows`, coloured by their difference from the others."""
    records = frame.to_dict("records")
    return pd.DataFrame(
        {
            "id": frame["subject"],
            "label": frame["label"],
            "value": frame["value"],
            "low": frame["low"],
            "high": frame["high"],
            "color": difference_shades(frame, metric, theme),
            "text": [_layer_text(row, metric) for row in records],
            "hover": [_layer_hover(row, metric, against) for row in records],
        }
    ).reset_index(drop=True)


def _layer_text(row: Mapping[Any, Any], metric: Metric) -> str:
    value, sign = number(row["value"], metric.decimals), mark(str(row["verdict"]))
    return f"<b>{value} {sign}</b>" if sign else value


def _layer_hover(row: Mapping[Any, Any], metric: Metric, against: str) -> str:
    return "<br>".join([f"<b>{html.escape(str(row['label']))}</b>", *hover_lines(row, metric, against)])


def driver_rows(frame: pd.DataFrame, theme: str) -> pd.DataFrame:
    """The drivers in the model as rows for `interval_rows`: share of what is explained in percent."""
    t = tokens(theme)
    rows = frame[frame["verdict"] != "left_out"]
    return pd.DataFrame(
        {
            "id": rows["subject"],
            "label": rows["label"],
            "value": 100 * rows["share"],
            "low": 100 * rows["share_low"],
            "high": 100 * rows["share_high"],
            "color": [t.accent if verdict == "driver" else t.grey for verdict in rows["verdict"]],
            "text": [_driver_text(row) for row in rows.to_dict("records")],
            "hover": [_driver_hover(row) for row in rows.to_dict("records")],
        }
    ).reset_index(drop=True)


def _driver_text(row: Mapping[Any, Any]) -> str:
    share = _("{value} %", value=number(100 * row["share"], 0))
    return f"<b>{share}</b>" if row["verdict"] == "driver" else html.escape(_(VERDICT_NAMES[row["verdict"]]))


def _driver_hover(row: Mapping[Any, Any]) -> str:
    lines = [
        str(row["label"]),
        _(
            "{share} % of what is explained (95 %: {low} to {high})",
            share=number(100 * row["share"], 1),
            low=number(100 * row["share_low"], 1),
            high=number(100 * row["share_high"], 1),
        ),
        _(
            "10 points higher go with {effect} points (95 %: {low} to {high})",
            effect=signed(10 * row["coefficient"], 1),
            low=signed(10 * row["low"], 1),
            high=signed(10 * row["high"], 1),
        ),
        _("correlation alone {r}", r=number(row["r"], 2)),
        _(VERDICT_NAMES[row["verdict"]]),
    ]
    return "<br>".join(html.escape(line) for line in lines)


def drivers_key(theme: str) -> tuple[Swatch, ...]:
    """The colours of the drivers."""
    t = tokens(theme)
    return Swatch(t.accent, _("demonstrable driver")), Swatch(t.grey, _("no demonstrable effect"))


def importance_key(theme: str) -> tuple[Swatch, ...]:
    """The colours of importance and performance."""
    t = tokens(theme)
    return (
        Swatch(t.diverging[0], _("improve first: important, done badly, both reliably")),
        Swatch(t.accent, _("reliably in another quadrant")),
        Swatch(t.grey, _("undecided: an interval reaches over the dotted lines")),
    )


def importance(
    frame: pd.DataFrame, stated: Crosshair | None, derived: Crosshair | None, theme: str, is_narrow: bool = False
) -> Figure:
    """Draw what customers say beside what goes with their satisfaction; on a phone one below the other.

    Args:
        frame: that of `ImportancePerformance`.
        stated, derived: the crosshairs; a panel without one is not drawn.

    Every dot carries its subject in ``customdata``.
    """
    t = tokens(theme)
    panels = [(name, cross) for name, cross in ((STATED, stated), (DERIVED, derived)) if cross is not None]
    traces: list[dict[str, Any]] = []
    layout: dict[str, Any] = {
        "showlegend": False,
        "height": PANEL_HEIGHT * (len(panels) if is_narrow else 1),
        "shapes": [],
        "annotations": [],
    }
    for place, (name, cross) in enumerate(panels):
        end = "" if place == 0 else str(place + 1)
        rows = frame[frame[name].notna() & frame["performance"].notna()]
        traces.append(_dots(rows, name, end, t))
        across, down = _domains(place, len(panels), is_narrow)
        layout[f"xaxis{end}"] = {
            "domain": across,
            "anchor": f"y{end}",
            "title": {"text": _("performance, 0–100")},
            "range": _range(rows, "performance"),
        }
        layout[f"yaxis{end}"] = {"domain": down, "anchor": f"x{end}", "range": _range(rows, name), **_title(name)}
        layout["shapes"] += _cross(cross, end, t)
        layout["annotations"] += _corners(across, down, t)
    return drawn(traces, layout, theme)


def _title(name: str) -> dict[str, Any]:
    words = _("stated importance, 0–100") if name == STATED else _("derived importance (r)")
    return {"title": {"text": words}}


def _domains(place: int, panels: int, is_narrow: bool) -> tuple[list[float], list[float]]:
    if panels == 1:
        return [0.0, 1.0], [0.0, 1.0]
    if is_narrow:
        return [0.0, 1.0], [[0.56, 1.0], [0.0, 0.44]][place]
    return [[0.0, 0.46], [0.54, 1.0]][place], [0.0, 1.0]


def _range(rows: pd.DataFrame, name: str) -> list[float]:
    ends = rows[[name, f"{name}_low", f"{name}_high"]].to_numpy(dtype=float)
    ends = ends[np.isfinite(ends)]
    low, high = float(ends.min()), float(ends.max())
    room = max(high - low, 1e-3) * 0.14
    return [low - room, high + room]


def _dots(rows: pd.DataFrame, name: str, end: str, t: Tokens) -> dict[str, Any]:
    sure = rows[f"{name}_quadrant"] == "concentrate_here"
    records = rows.to_dict("records")
    return {
        "type": "scatter",
        "x": rows["performance"],
        "y": rows[name],
        "xaxis": f"x{end}",
        "yaxis": f"y{end}",
        "mode": "markers+text",
        "marker": {
            "size": 14,
            "color": [
                t.diverging[0] if first else t.accent if quadrant else t.grey
                for first, quadrant in zip(sure, rows[f"{name}_quadrant"], strict=True)
            ],
            "line": {"width": 1.5, "color": t.muted},
        },
        "error_x": _error(rows, "performance", t),
        "error_y": _error(rows, name, t),
        "text": _names(rows, name),
        "textposition": _positions(rows, name),
        "textfont": {"size": TEXT_SIZE - 1, "color": t.text},
        "customdata": [[subject] for subject in rows["subject"]],
        "hovertext": [_importance_hover(row, name) for row in records],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "cliponaxis": False,
        "unselected": {"marker": {"opacity": 1}, "textfont": {"color": t.text}},
    }


def _names(rows: pd.DataFrame, name: str) -> list[str]:
    """Names beside the dots; of many only what is to be improved and what is most important, so that none overlap."""
    rank = rows[name].rank(ascending=False, method="first").to_numpy(dtype=float)
    first = (rows[f"{name}_quadrant"] == "concentrate_here").to_numpy()
    told = first | (rank <= (MOST_NAMES if len(rows) <= MOST_NAMES else NAMES_OF_MANY))
    return [short(str(label), NAME_WIDTH) if tell else "" for label, tell in zip(rows["label"], told, strict=True)]


def _positions(rows: pd.DataFrame, name: str) -> list[str]:
    """Names above and below in turn from left to right, so that fewer lie on each other."""
    order = np.argsort(np.argsort(rows["performance"].to_numpy(dtype=float), kind="stable"), kind="stable")
    return ["top center" if place % 2 else "bottom center" for place in order]


def _error(rows: pd.DataFrame, name: str, t: Tokens) -> dict[str, Any]:
    value = rows[name].to_numpy(dtype=float)
    up = np.nan_to_num(rows[f"{name}_high"].to_numpy(dtype=float) - value)
    down = np.nan_to_num(value - rows[f"{name}_low"].to_numpy(dtype=float))
    ends = {"type": "data", "symmetric": False, "array": up, "arrayminus": down}
    return {**ends, "color": t.line, "thickness": 1.5, "width": 0}


def _importance_hover(row: Mapping[Any, Any], name: str) -> str:
    quadrant = QUADRANT_NAMES[row[f"{name}_quadrant"]]
    told = _("stated importance {value}", value=number(row[name], 1))
    if name == DERIVED:
        told = _("derived importance r = {value}", value=number(row[name], 2))
    lines = [str(row["label"]), _("performance {value}", value=number(row["performance"], 1)), told, _(quadrant)]
    return "<br>".join(html.escape(line) for line in lines)


def _cross(cross: Crosshair, end: str, t: Tokens) -> list[dict[str, Any]]:
    line = {"color": t.muted, "width": 1, "dash": "dot"}
    upright = {"type": "line", "xref": f"x{end}", "yref": f"y{end} domain", "y0": 0, "y1": 1, "line": line}
    level = {"type": "line", "yref": f"y{end}", "xref": f"x{end} domain", "x0": 0, "x1": 1, "line": line}
    return [
        {**upright, "x0": cross.performance, "x1": cross.performance},
        {**level, "y0": cross.importance, "y1": cross.importance},
    ]


def _corners(across: list[float], down: list[float], t: Tokens) -> list[dict[str, Any]]:
    """The names of the quadrants in their corners."""
    corners = (
        ("concentrate_here", across[0], down[1], "left", "top"),
        ("keep_up", across[1], down[1], "right", "top"),
        ("low_priority", across[0], down[0], "left", "bottom"),
        ("possible_overkill", across[1], down[0], "right", "bottom"),
    )
    return [
        {
            "text": html.escape(_(QUADRANT_NAMES[name])),
            "xref": "paper",
            "yref": "paper",
            "x": x,
            "y": y,
            "xanchor": side,
            "yanchor": edge,
            "showarrow": False,
            "font": {"size": TEXT_SIZE - 1, "color": t.muted},
        }
        for name, x, y, side, edge in corners
    ]


def penalty_reward(frame: pd.DataFrame, theme: str, line: int) -> Figure:
    """Draw what a low rating costs (left) and a high one pays (right), one row per demonstrable driver.

    ``frame``: that of `Drivers`, only drivers. What is not reliable is faint; what points the other way, and so would
    lie under the other end, has no number (see `is_crossed`).
    """
    t, rows = tokens(theme), np.arange(len(frame), dtype=float)
    names = [wrapped(str(label), line) for label in frame["label"]]
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "x": frame[name],
            "y": rows,
            "marker": {"color": [full if kind in kinds else pale for kind in frame["attribute"]]},
            "text": [signed(value, 1) if value * side >= 0 else "" for value in frame[name]],
            "textposition": "outside",
            "cliponaxis": False,
            "customdata": [[subject] for subject in frame["subject"]],
            "hovertext": [html.escape(f"{label}: {signed(value, 1)}") for label, value in _pairs(frame, name)],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "unselected": {"marker": {"opacity": 1}},
        }
        for name, side, full, pale, kinds in (
            ("penalty", -1, t.diverging[1], t.pale[1], ("basic", "performance")),
            ("reward", 1, t.diverging[5], t.pale[5], ("excitement", "performance")),
        )
    ]
    ends = frame[["penalty", "reward"]].to_numpy(dtype=float)
    reach = max(float(np.nanmax(np.abs(ends))) if np.isfinite(ends).any() else 1.0, 1.0) * 1.25
    layout = {
        "showlegend": False,
        "barmode": "overlay",
        "bargap": 0.3,
        "height": row_height(names) * max(len(frame), 2) + AROUND,
        "xaxis": {
            "range": [-reach, reach],
            "title": {"text": _("points of the outcome")},
            "zeroline": True,
            "zerolinecolor": t.text,
        },
        "yaxis": named_rows(names),
    }
    return drawn(traces, layout, theme)


def is_crossed(frame: pd.DataFrame) -> bool:
    """Whether a low rating goes with more, or a high one with less, anywhere."""
    return bool((frame["penalty"] > 0).any() or (frame["reward"] < 0).any())


def _pairs(frame: pd.DataFrame, name: str) -> list[tuple[str, float]]:
    return [(str(label), float(value)) for label, value in zip(frame["label"], frame[name], strict=True)]


def penalty_key(theme: str) -> tuple[Swatch, ...]:
    """The colours of penalty and reward."""
    t = tokens(theme)
    return (
        Swatch(t.diverging[1], _("a low rating costs")),
        Swatch(t.diverging[5], _("a high rating pays")),
        Swatch(t.pale[1], _("faint: not reliable"), beside=t.pale[5]),
    )


def lost_points(frame: pd.DataFrame, theme: str, line: int) -> Figure:
    """Draw the items that lose most points as bars with their intervals, the cumulative share beside them."""
    t, rows = tokens(theme), np.arange(len(frame), dtype=float)
    names = [wrapped(str(label), line) for label in frame["label"]]
    lost, high = frame["lost"].to_numpy(dtype=float), frame["high"].to_numpy(dtype=float)
    low = frame["low"].to_numpy(dtype=float)
    most = float(np.nanmax(np.fmax(high, lost)))
    right = most * (1 + SPACE_FOR_TEXT)
    picked = [[item] for item in frame["item"]]
    about = {"customdata": picked, "unselected": {"marker": {"opacity": 1}, "textfont": {"color": t.text}}}
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "orientation": "h",
            "x": lost,
            "y": rows,
            "marker": {"color": t.diverging[1]},
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": np.nan_to_num(high - lost),
                "arrayminus": np.nan_to_num(lost - low),
                "color": t.muted,
                "thickness": 2,
                "width": 4,
            },
            "hovertext": [_lost_hover(row) for row in frame.to_dict("records")],
            "hovertemplate": "%{hovertext}<extra></extra>",
            **about,
        },
        {
            "type": "scatter",
            "x": [right] * len(frame),
            "y": rows,
            "mode": "text",
            "text": [
                f"<b>{number(row['lost'], 2)}</b> · {_('Σ {share} %', share=number(100 * row['cumulative'], 0))}"
                for row in frame.to_dict("records")
            ],
            "textposition": "middle left",
            "textfont": {"size": TEXT_SIZE, "color": t.text},
            "hoverinfo": "skip",
            **about,
        },
    ]
    layout = {
        "showlegend": False,
        "bargap": 0.3,
        "height": row_height(names) * max(len(frame), 2) + AROUND,
        "xaxis": {"range": [0, right], "title": {"text": _("lost points of 100")}, **ticks(0, most)},
        "yaxis": named_rows(names),
    }
    return drawn(traces, layout, theme)


def _lost_hover(row: Mapping[Any, Any]) -> str:
    lines = [
        str(row["label"]),
        str(row["touchpoint_label"]),
        _(
            "{lost} points lost (95 %: {low} to {high})",
            lost=number(row["lost"], 2),
            low=number(row["low"], 2),
            high=number(row["high"], 2),
        ),
        _("{share} % of all that is lost", share=number(100 * row["share"], 1)),
        _("mean mark {value} of 100", value=number(row["value"], 1)),
        f"n {number(row['n'], 0)}",
    ]
    return "<br>".join(html.escape(line) for line in lines)
