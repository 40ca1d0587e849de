"""Stores on a map without tiles: coastlines, the outline of each region's stores, a dot per store."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sq.figures.hidden import is_hidden
from sq.figures.ranking import hover_lines
from sq.figures.shades import difference_shades, mark
from sq.figures.template import TEXT_SIZE, Figure, Tokens, drawn, tokens
from sq.metrics.catalogue import Metric, metric_named
from sq.statistics.intervals import Floats
from sq.statistics.outlines import Box, Point, clipped, convex_hull

COAST = Path(__file__).with_name("coast.txt")
HUNDREDTHS = 100.0
AIR = 0.08  # of the span, around the outermost stores
NARROWEST = 0.02  # degrees: stores of one street
HEIGHT, NARROW_HEIGHT = 480, 400
WIDTH = 520  # px that a map usually has
APART = 7.0  # px from dot to dot where stores lie in one place
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
SMALLEST, LARGEST = 7.0, 15.0  # px across; the area grows with n
FEW_POINTS = 3  # corners that an outline needs
CLOSE = 150  # more stores than this are drawn smaller
SHRUNK = 0.6


def store_map(frame: pd.DataFrame, metric: str, theme: str, against: str = "", is_narrow: bool = False) -> Figure:
    """Draw the stores where they lie; colour = size of the difference, ▲▼ = reliable, area = n.

    Args:
        frame: rows of `sq.analyses.store_map.StoreMap.frame`; a hidden store is a cross that says why.
        against: the reference in words, for the hover.

    Every dot carries the store's id in ``customdata``. North is up; a degree of longitude is drawn as long as it is in
    the middle of the map (equirectangular).
    """
    of, t = metric_named(metric), tokens(theme)
    box = _window(frame)
    shrink = math.cos(math.radians((box[1] + box[3]) / 2))
    height = NARROW_HEIGHT if is_narrow else HEIGHT
    frame = _side_by_side(frame, max((box[3] - box[1]) / height, (box[2] - box[0]) * shrink / WIDTH), shrink)
    traces = [trace for trace in (_coast(box, shrink, t), *_outlines(frame, shrink, t)) if trace]
    hidden = is_hidden(frame)
    traces += [_hidden(frame[hidden], of, shrink, t)] if hidden.any() else []
    shown = frame[~hidden]
    traces += [_stores(shown, of, theme, against, shrink), _signs(shown, shrink, t)]
    layout = {
        "height": height,
        "showlegend": False,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "plot_bgcolor": t.panel,
        "xaxis": {"range": [box[0] * shrink, box[2] * shrink], "visible": False, "constrain": "domain"},
        "yaxis": {"range": [box[1], box[3]], "visible": False, "scaleanchor": "x", "constrain": "domain"},
        "annotations": _region_names(frame, shrink, t),
    }
    return drawn(traces, layout, theme)


def _window(frame: pd.DataFrame) -> Box:
    left, right = float(frame["longitude"].min()), float(frame["longitude"].max())
    bottom, top = float(frame["latitude"].min()), float(frame["latitude"].max())
    wide, high = max((right - left) * AIR, NARROWEST), max((top - bottom) * AIR, NARROWEST)
    return left - wide, bottom - high, right + wide, top + high


@cache
def coastlines() -> tuple[tuple[Point, ...], ...]:
    """Closed outlines of land as (longitude, latitude)."""
    lines = COAST.read_text(encoding="utf-8").splitlines()
    return tuple(_ring(line) for line in lines if line and not line.startswith("#"))


def _ring(line: str) -> tuple[Point, ...]:
    pairs = (pair.split(",") for pair in line.split())
    return tuple((int(x) / HUNDREDTHS, int(y) / HUNDREDTHS) for x, y in pairs)


def _coast(box: Box, shrink: float, t: Tokens) -> dict[str, Any]:
    """Land inside a window somewhat larger than the map, so that no cut edge shows."""
    wide, high = box[2] - box[0], box[3] - box[1]
    around = (box[0] - wide, box[1] - high, box[2] + wide, box[3] + high)
    rings = [ring for ring in (clipped(ring, around) for ring in coastlines()) if len(ring) >= FEW_POINTS]
    if not rings:
        return {}
    return _closed(rings, shrink) | {"fill": "toself", "fillcolor": t.page, "line": {"color": t.line, "width": 1}}


def _closed(rings: Sequence[Sequence[Point]], shrink: float) -> dict[str, Any]:
    x = [v for ring in rings for v in (*(p[0] * shrink for p in ring), ring[0][0] * shrink, None)]
    y = [v for ring in rings for v in (*(p[1] for p in ring), ring[0][1], None)]
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip"}


def _outlines(frame: pd.DataFrame, shrink: float, t: Tokens) -> list[dict[str, Any]]:
    """A dotted line around the stores of each region."""
    hulls = [convex_hull(_points(part)) for _region, part in frame.groupby("region", sort=True)]
    rings = [hull for hull in hulls if len(hull) >= FEW_POINTS]
    line = {"color": t.muted, "width": 1, "dash": "dot"}
    return [_closed(rings, shrink) | {"line": line}] if rings else []


def _points(part: pd.DataFrame) -> list[Point]:
    return [(float(x), float(y)) for x, y in zip(part["longitude"], part["latitude"], strict=True)]


def _region_names(frame: pd.DataFrame, shrink: float, t: Tokens) -> list[dict[str, Any]]:
    """The name of each region in the middle of its stores; none where there is only one."""
    parts = [part for _region, part in frame.groupby("region", sort=True)]
    if len(parts) < 2:
        return []
    return [
        {
            "x": float(part["longitude"].median()) * shrink,
            "y": float(part["latitude"].max()),
            "yanchor": "bottom",
            "yshift": 6,
            "text": html.escape(str(part["region_label"].iloc[0])),
            "showarrow": False,
            "captureevents": False,
            "font": {"size": TEXT_SIZE, "color": t.muted},
        }
        for part in parts
    ]


def _stores(shown: pd.DataFrame, of: Metric, theme: str, against: str, shrink: float) -> dict[str, Any]:
    t = tokens(theme)
    return {
        "type": "scatter",
        "mode": "markers",
        **_at(shown, shrink),
        "marker": {
            "size": _sizes(shown),
            "color": difference_shades(shown, of, theme),
            "line": {"width": 1.2, "color": t.muted},
        },
        **_about(shown, of, against, [str(key) for key in shown["id"]]),
    }


def _at(part: pd.DataFrame, shrink: float) -> dict[str, Any]:
    return {"x": list(part["longitude"] * shrink), "y": list(part["latitude"])}


def _about(part: pd.DataFrame, of: Metric, against: str, ids: Sequence[str]) -> dict[str, Any]:
    return {
        "customdata": [[key] for key in ids],
        "hovertext": [_hover(row, of, against) for row in part.to_dict("records")],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "unselected": {"marker": {"opacity": 1}},
    }


def _hover(row: Mapping[Any, Any], of: Metric, against: str) -> str:
    place = f"<b>{html.escape(str(row['label']))}</b> · {html.escape(str(row['region_label']))}"
    return "<br>".join([place, *hover_lines(row, of, against)])


def _side_by_side(frame: pd.DataFrame, degrees: float, shrink: float) -> pd.DataFrame:
    """Stores that would cover each other, side by side around their middle, like the seeds of a sunflower.

    ``degrees`` of latitude to a pixel.
    """
    x, y = frame["longitude"].to_numpy(float) * shrink, frame["latitude"].to_numpy(float)
    right, up = x.copy(), y.copy()
    for heap in _heaps(x, y, 2 * APART * degrees):
        turns = np.arange(len(heap)) * (len(heap) > 1)
        right[heap] = x[heap].mean() + APART * degrees * np.sqrt(turns) * np.cos(turns * GOLDEN_ANGLE)
        up[heap] = y[heap].mean() + APART * degrees * np.sqrt(turns) * np.sin(turns * GOLDEN_ANGLE)
    return frame.assign(longitude=right / shrink, latitude=up)


def _heaps(x: Floats, y: Floats, near: float) -> list[list[int]]:
    """Rows that lie within a distance of the first of their heap, in the order given."""
    heaps: list[list[int]] = []
    for row in range(len(x)):
        for heap in heaps:
            if math.hypot(x[row] - x[heap[0]], y[row] - y[heap[0]]) <= near:
                heap.append(row)
                break
        else:
            heaps.append([row])
    return heaps


def _sizes(shown: pd.DataFrame) -> list[float]:
    """Diameters whose area grows with n."""
    n = shown["n"].fillna(0).clip(lower=0)
    most = float(n.max()) if len(n) and n.max() > 0 else 1.0
    scale = SHRUNK if len(shown) > CLOSE else 1.0
    return [scale * (SMALLEST + (LARGEST - SMALLEST) * math.sqrt(count / most)) for count in n]


def _signs(shown: pd.DataFrame, shrink: float, t: Tokens) -> dict[str, Any]:
    """▲▼ on the stores that differ reliably."""
    sure = shown[shown["verdict"].isin(["better", "worse"])]
    return {
        "type": "scatter",
        "mode": "text",
        **_at(sure, shrink),
        "text": [f"<b>{mark(str(verdict))}</b>" for verdict in sure["verdict"]],
        "textposition": "middle center",
        "textfont": {"size": TEXT_SIZE - 2, "color": t.text},
        "unselected": {"textfont": {"color": t.text}},
        "hoverinfo": "skip",
    }


def _hidden(part: pd.DataFrame, of: Metric, shrink: float, t: Tokens) -> dict[str, Any]:
    """Crosses where a store's numbers are hidden; a click goes nowhere."""
    return {
        "type": "scatter",
        "mode": "markers",
        **_at(part, shrink),
        "marker": {"symbol": "x-thin", "size": 9, "line": {"width": 2, "color": t.muted}},
        **_about(part, of, "", [""] * len(part)),
    }
