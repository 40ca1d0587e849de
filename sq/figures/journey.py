"""The service journey: one row per touchpoint in service order, what shoppers found beside what customers say."""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sq.analyses.disagreement import SIGNALS
from sq.figures.ranking import hover_lines, short, wrapped
from sq.figures.shades import Swatch, mark
from sq.figures.template import TEXT_SIZE, Figure, Tokens, drawn, tokens
from sq.language import _, number, signed
from sq.metrics.catalogue import Metric, metric_named
from sq.statistics.intervals import Floats

# source of `sq.analyses.journey` → the metric it shows
SOURCE_METRICS = {"mystery": "mystery_score", "customer": "customer_index", "complaints": "complaint_rate"}
SYMBOLS = {"mystery": "circle", "customer": "diamond"}
ROW = 27  # px
NARROW_ROW = 38  # px: room for names on two lines
WIDE_NAME = 30  # half-width characters of a name on one line
NARROW_NAME = 14  # on each of two lines on a phone
STAGE_ROW = 1.1  # rows that a stage's heading takes
AROUND = 92  # px for the legend and the axis
SCORES_END = 0.76  # of the width, where complaints stand beside the scores
ROOM_FOR_RATES = 1.7  # of the longest bar
NARROW_ROOM_FOR_RATES = 2.4
AIR = "\N{NO-BREAK SPACE}" * 3  # between a mark and the text beside it
TEXT_SPAN = 0.11  # of the axis, what "▼ −10.0" takes on the narrowest screen that is no phone
MARGIN_OF_SCORES = 3.0  # points of air left of the lowest mark


def journey(
    frame: pd.DataFrame,
    sources: Sequence[str],
    theme: str,
    is_narrow: bool = False,
    signals: Mapping[str, str] | None = None,
) -> Figure:
    """Draw the touchpoints from the first contact to the last, top to bottom, in bands by stage.

    Args:
        frame: rows of `sq.analyses.journey.Journey.frame`.
        sources: which of mystery, customer, complaints to draw.
        signals: touchpoint → `sq.analyses.disagreement.SIGNALS`, where shoppers and customers disagree: a tinted row.
        is_narrow: leave out the sizes of differences and write names on two lines: a phone has room for the marks.

    Every mark carries ``source:touchpoint`` in ``customdata``.
    """
    t = tokens(theme)
    rows = _placed(frame)
    scored = [source for source in SYMBOLS if source in sources]
    traces = [_gaps(rows, t)] if len(scored) == 2 else []
    for source in scored:
        traces += [_references(rows, source, t), _marks(rows, source, t)]
        traces.append(_differences(rows, source, scored, t, is_narrow))
    if "complaints" in sources:
        traces.append(_complaints(rows, t))
    layout = _layout(rows, scored, "complaints" in sources, is_narrow)
    marked = _bands(rows, t)
    marked["shapes"] += _tints(rows, signals or {}, theme)
    return drawn(traces, layout | marked, theme)


def _placed(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with ``y``: from the top, leaving a row for the heading of each stage."""
    rows = frame.reset_index(drop=True)
    stages = rows["stage"].ne(rows["stage"].shift()).cumsum()
    return rows.assign(y=rows.index + stages * STAGE_ROW)


def _color(source: str, t: Tokens) -> str:
    return t.muted if source == "complaints" else t.series[list(SYMBOLS).index(source)]


def _gaps(rows: pd.DataFrame, t: Tokens) -> dict[str, Any]:
    """Lines between what shoppers found and what customers say."""
    both = rows[rows["mystery"].notna() & rows["customer"].notna()]
    x = [v for a, b in zip(both["mystery"], both["customer"], strict=True) for v in (a, b, None)]
    y = [v for row in both["y"] for v in (row, row, None)]
    line = {"color": t.line, "width": 3}
    return {"type": "scatter", "x": x, "y": y, "mode": "lines", "line": line, "hoverinfo": "skip", "showlegend": False}


def _references(rows: pd.DataFrame, source: str, t: Tokens) -> dict[str, Any]:
    """Short strokes where the reference of each mark stands."""
    known = rows[rows[f"{source}_reference"].notna()]
    return {
        "type": "scatter",
        "x": list(known[f"{source}_reference"]),
        "y": list(known["y"]),
        "mode": "markers",
        "marker": {"symbol": "line-ns", "size": 13, "line": {"width": 2, "color": _color(source, t)}, "opacity": 0.55},
        "unselected": {"marker": {"opacity": 0.55}},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _marks(rows: pd.DataFrame, source: str, t: Tokens) -> dict[str, Any]:
    of, color = metric_named(SOURCE_METRICS[source]), _color(source, t)
    shown = rows[rows[source].notna()]
    return {
        "type": "scatter",
        "x": list(shown[source]),
        "y": list(shown["y"]),
        "mode": "markers",
        "name": str(of.title),
        "marker": {"symbol": SYMBOLS[source], "size": 13, "color": color},
        "unselected": {"marker": {"opacity": 1}},
        "error_x": _whiskers(shown, source, color),
        **_picked_and_hovered(shown, source, of),
    }


def _picked_and_hovered(shown: pd.DataFrame, source: str, of: Metric) -> dict[str, Any]:
    return {
        "customdata": [[f"{source}:{key}"] for key in shown["touchpoint"]],
        "hovertext": [_hover(row, source, of) for row in shown.to_dict("records")],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _whiskers(shown: pd.DataFrame, source: str, color: str) -> dict[str, Any]:
    value = shown[source].to_numpy(float)
    return {
        "type": "data",
        "symmetric": False,
        "array": np.nan_to_num(shown[f"{source}_high"].to_numpy(float) - value),
        "arrayminus": np.nan_to_num(value - shown[f"{source}_low"].to_numpy(float)),
        "thickness": 2,
        "width": 0,
        "color": color,
    }


def _differences(rows: pd.DataFrame, source: str, scored: list[str], t: Tokens, is_narrow: bool) -> dict[str, Any]:
    """Reliable differences beside the marks, on the side where the other source is not."""
    of, color = metric_named(SOURCE_METRICS[source]), _color(source, t)
    shown = rows[rows[f"{source}_verdict"].isin(["better", "worse"])]
    other = next((name for name in scored if name != source), source)
    is_left = (shown[source] < shown[other]).to_numpy(bool)
    ends = np.where(is_left, shown[f"{source}_low"], shown[f"{source}_high"])
    ends = np.where(np.isnan(ends), shown[source], ends)
    low, high = _span(rows, scored)
    strokes = shown[[f"{name}_reference" for name in scored]].to_numpy(float)
    return {
        "type": "scatter",
        "x": _past(ends, is_left, strokes, (high - low) * TEXT_SPAN),
        "y": list(shown["y"]),
        "mode": "text",
        "text": [f"{AIR}{_change(row, source, of, is_narrow)}{AIR}" for row in shown.to_dict("records")],
        "textposition": ["middle left" if left else "middle right" for left in is_left],
        "textfont": {"color": color, "size": TEXT_SIZE},
        "unselected": {"textfont": {"color": color}},
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _past(ends: Floats, is_left: NDArray[np.bool_], strokes: Floats, width: float) -> Floats:
    """Where texts begin: at the ends of the intervals, behind every stroke that would run through them.

    ``strokes``: rows x references. ``width`` of a text on the axis.
    """
    side = np.where(is_left, -1.0, 1.0)
    begin = ends.copy()
    for _stroke in range(strokes.shape[1]):
        ahead = (strokes - begin[:, None]) * side[:, None]
        struck = np.where((ahead >= 0) & (ahead < width), ahead, -np.inf).max(axis=1, initial=-np.inf)
        begin = np.where(np.isfinite(struck), begin + side * struck, begin)
    return begin


def _change(row: dict[Any, Any], source: str, of: Metric, is_narrow: bool) -> str:
    """The mark and the size, each a part of its own: a narrow window hides the second (sq/ui/style.py)."""
    sign = f"<b>{mark(str(row[f'{source}_verdict']))}</b>"
    return sign if is_narrow else f"{sign}<b> {signed(row[f'{source}_difference'], of.decimals)}</b>"


def _hover(row: dict[Any, Any], source: str, of: Metric) -> str:
    known = {name: row.get(f"{source}_{name}") for name in ("low", "high", "n", "difference", "verdict")}
    title = f"<b>{html.escape(str(row['label']))}</b> · {html.escape(str(of.title))}"
    return "<br>".join([title, *hover_lines({"value": row[source], **known}, of, "")])


def _complaints(rows: pd.DataFrame, t: Tokens) -> dict[str, Any]:
    of = metric_named(SOURCE_METRICS["complaints"])
    shown = rows[rows["complaints"].notna()]
    return {
        "type": "bar",
        "x": list(shown["complaints"]),
        "y": list(shown["y"]),
        "orientation": "h",
        "width": 0.55,
        "name": str(of.title),
        "text": [number(value, of.decimals) for value in shown["complaints"]],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": _color("complaints", t)},
        "unselected": {"marker": {"opacity": 1}},
        "xaxis": "x2",
        **_picked_and_hovered(shown, "complaints", of),
    }


def _bands(rows: pd.DataFrame, t: Tokens) -> dict[str, Any]:
    """A strip with the name of each stage above its touchpoints."""
    shapes, names = [], []
    for _stage, part in rows.groupby("stage", sort=False):
        top = float(part["y"].iloc[0]) - STAGE_ROW
        strip = {"xref": "paper", "x0": 0, "x1": 1, "y0": top - 0.42, "y1": top + 0.42}
        shapes.append({"type": "rect", "fillcolor": t.panel, "line": {"width": 0}, "layer": "below", **strip})
        text = f"<b>{html.escape(str(part['stage_label'].iloc[0]))}</b>"
        place = {"xref": "paper", "x": 0, "xanchor": "left", "xshift": 6, "y": top}
        names.append({"text": text, **place, "showarrow": False, "font": {"color": t.muted}})
    return {"shapes": shapes, "annotations": names}


def signal_colors(theme: str) -> dict[str, str]:
    """The tint of a row by how shoppers and customers disagree on it."""
    t = tokens(theme)
    return {"met_unhappy": t.pale[0], "missed_happy": t.pale[6]}


def signals_key(theme: str, signals: Collection[str]) -> tuple[Swatch, ...]:
    """The tints that are drawn, with their meaning."""
    colors = signal_colors(theme)
    return tuple(Swatch(colors[name], _(words)) for name, words in SIGNALS.items() if name in signals)


def _tints(rows: pd.DataFrame, signals: Mapping[str, str], theme: str) -> list[dict[str, Any]]:
    colors, flat = signal_colors(theme), {"xref": "paper", "x0": 0, "x1": 1, "layer": "below", "line": {"width": 0}}
    return [
        {"type": "rect", "fillcolor": colors[signals[key]], "y0": y - 0.5, "y1": y + 0.5, **flat}
        for key, y in zip(rows["touchpoint"], rows["y"], strict=True)
        if key in signals
    ]


def _layout(rows: pd.DataFrame, scored: list[str], has_complaints: bool, is_narrow: bool) -> dict[str, Any]:
    bottom = (float(rows["y"].max()) if len(rows) else 1.0) + 0.6
    layout: dict[str, Any] = {
        "height": int(bottom * (NARROW_ROW if is_narrow else ROW)) + AROUND,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "legend": {"y": 1, "yanchor": "bottom", "x": 0, "xanchor": "left"},
        "xaxis": {
            "range": _span(rows, scored),
            "domain": [0, SCORES_END if has_complaints else 1],
            "title": {"text": _("Points (0–100)")},
            "nticks": 6,
        },
        "yaxis": {
            "range": [bottom, -0.5],
            "tickmode": "array",
            "tickvals": list(rows["y"]),
            "ticktext": [
                wrapped(str(label), NARROW_NAME) if is_narrow else short(str(label), WIDE_NAME)
                for label in rows["label"]
            ],
            "showgrid": False,
        },
    }
    room = NARROW_ROOM_FOR_RATES if is_narrow else ROOM_FOR_RATES
    return layout | ({"xaxis2": _rate_axis(rows, room)} if has_complaints else {})


def _rate_axis(rows: pd.DataFrame, room_for_rates: float) -> dict[str, Any]:
    """The axis of complaints, right of the scores; its bars carry their numbers."""
    most = float(rows["complaints"].max())
    room = (most if most > 0 else 1.0) * room_for_rates
    return {"domain": [SCORES_END + 0.03, 1], "range": [0, room], "showticklabels": False, "showgrid": False}


def _span(rows: pd.DataFrame, scored: list[str]) -> list[float]:
    """The range of the scores: everything that is drawn, with room for the text beside the marks."""
    columns = [f"{source}{part}" for source in scored for part in ("", "_low", "_high", "_reference")]
    ends = rows[columns].to_numpy(float)
    ends = ends[np.isfinite(ends)]
    if not len(ends):
        return [0.0, 100.0]
    air = max(MARGIN_OF_SCORES, (ends.max() - ends.min()) * 0.18)
    return [max(0.0, float(ends.min()) - air), min(102.0, float(ends.max()) + air)]
