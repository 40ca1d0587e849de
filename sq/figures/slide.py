"""The chart of a slide as a Plotly figure for a projector: few marks, large type, the numbers beside them."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.slide_content import Chart, Happened, Series, text_width
from sq.figures.ranking import short, ticks, wrapped
from sq.figures.shades import difference_shades, ink, limited, mark
from sq.figures.template import Figure, drawn, tokens
from sq.figures.trend import EVENT_WIDTH, EVENTS_TOLD
from sq.language import NO_VALUE, _, number, signed
from sq.metrics.catalogue import METRICS
from sq.statistics.intervals import Floats

SLIDE_TEXT = 24  # px at 1080 lines: the smallest type on a projector
SLIDE_WIDTH, SLIDE_HEIGHT = 1820, 720  # px of the chart on a slide of 1920 x 1080
LINE = 24  # half-width characters of a name on each of two lines
LONG_LINE = 32  # of a name on a single line
MOST_DOUBLE = 10  # rows that have room for two lines
SPACE_FOR_TEXT, MOST_SPACE = 0.3, 1.2  # of the axis, right of the dots
CHARACTER = 0.62  # width of a half-width character, of its size
MOST_WORDS = 0.6  # of the width beside the names: where numbers with their n would take more, n is told on hovering


def page_script() -> str:
    """The script that draws figures in a page of its own, about 5 MB; once per page."""
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())


def figure_json(figure: Figure) -> str:
    """A figure as JSON that may stand inside a script element of a page."""
    text = str(figure.to_json())
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def slide_figure(
    chart: Chart,
    theme: str = "light",
    height: int = SLIDE_HEIGHT,
    text: int = SLIDE_TEXT,
    width: int = SLIDE_WIDTH,
) -> Figure:
    """Draw a chart of a slide; a table, or a chart without a mark, is an empty figure (``chart.is_drawn`` is False).

    ``text`` in px scales everything; the numbers and words are those of the chart. ``width``: px that it will about
    have; it adapts to more or less.
    """
    draw = _DRAWN.get(chart.kind)
    if draw is None or not chart.is_drawn:
        return drawn([], {"height": 1, "xaxis": {"visible": False}, "yaxis": {"visible": False}}, theme)
    traces, layout = draw(chart, theme, text, width)
    _number_the_marks(traces)
    axes = {name: _axis(own, theme, text) for name, own in layout.items() if name.startswith(("xaxis", "yaxis"))}
    whole = {
        "height": height,
        "font": {"size": text},
        "showlegend": len(chart.series) > 1 and chart.kind != "heat",
        "legend": {"font": {"size": text, "color": tokens(theme).text}},
        "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
        "hoverlabel": {"font": {"size": text}},
    }
    return drawn(traces, {**whole, **layout, **axes}, theme)


def read_as(chart: Chart, is_bars: bool = False, has_strokes: bool = True) -> str:
    """How the marks of a chart are read, on one line; ``is_bars``: values are drawn as bars, their courses labelled.

    ``has_strokes``: every source has a panel with strokes for what its values are compared with, and shades.
    """
    if not chart.is_drawn:
        return ""
    parts = []
    if chart.kind == "dots":
        parts = [_("Line at the end of a bar: its 95 % interval") if is_bars else _dot_and_line()]
    elif chart.kind == "line" and not is_bars:
        parts = [_dot_and_line()]
    parts += [_("triangles: notes and events")] if chart.happened else []
    if str(chart.against):
        if chart.kind == "heat":
            parts.append(_("numbers: difference from {reference}", reference=chart.against))
        has_stroke = any(series.reference for series in chart.series) and has_strokes and not is_bars
        if any(series.verdicts for series in chart.series):
            parts.append(_compared(chart, has_stroke))
            parts += [_("faint: not reliable")] if has_strokes or len(chart.series) == 1 else []
        elif has_stroke:  # a single visit: nothing is tested
            parts.append(_("stroke: {reference}", reference=chart.against))
    return " · ".join(parts)


def _compared(chart: Chart, has_stroke: bool) -> str:
    """What the marks are measured against; the stroke stands for it where there is one."""
    if has_stroke:
        return _("stroke: {reference}; against it ▲ reliably better, ▼ reliably worse", reference=chart.against)
    return _("▲ reliably better, ▼ reliably worse than {reference}", reference=chart.against)


def _dot_and_line() -> str:
    return _("Dot and line: value with its 95 % interval")


def _number_the_marks(traces: list[dict[str, Any]]) -> None:
    """Give every mark its place as an id for clicks, ``series:category``."""
    marked = [trace for trace in traces if "hovertext" in trace and "customdata" not in trace]
    for position, trace in enumerate(marked):
        trace["customdata"] = [f"{position}:{place}" for place in range(len(trace["hovertext"]))]


def _axis(own: Mapping[str, Any], theme: str, text: int) -> dict[str, Any]:
    t = tokens(theme)
    axis = {"tickfont": {"size": text, "color": t.text}, "automargin": True, **own}
    if isinstance(axis.get("title"), dict):
        axis["title"] = {"font": {"size": text, "color": t.muted}, "standoff": 8, **axis["title"]}
    return axis


def _dots(chart: Chart, theme: str, text: int, width: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """One row per category from the top: a dot with its interval, the reference as a stroke, the number in words.

    Several series stand beside each other, each in a panel of its own on the same scale.
    """
    low, high = chart_span(chart)
    names = _names(chart)
    room = width - min(_pixels(names["ticktext"], text), width / 2)  # beside the names
    taken = _taken(chart, text, room)
    has_n = taken <= MOST_WORDS
    share = taken if has_n else _taken(chart, text, room, has_n)
    right = high + (high - low) * max(SPACE_FOR_TEXT, min(share / (1 - min(share, MOST_WORDS)), MOST_SPACE))
    count, traces, axes = len(chart.series), [], {}
    numbers = ticks(low, high, least=3 if count == 1 else 1)
    _thin(numbers, room / count * (high - low) / (right - low), text)
    for position, series in enumerate(chart.series):
        axis = "x" if position == 0 else f"x{position + 1}"
        traces += [trace | {"xaxis": axis} for trace in _panel(chart, series, right, theme, text, has_n)]
        told = {"title": {"text": _unit(chart)}} if count == 1 else _named_axis(chart, series)
        ends = [position / count + (0.02 if position else 0), (position + 1) / count]
        axes[f"xaxis{axis[1:]}"] = {"range": [low, right], "domain": ends, **told, **numbers}
    return traces, {**axes, "yaxis": names, "showlegend": False}


def _thin(numbers: dict[str, Any], room: float, text: int) -> None:
    """Leave out every second number of an axis, or more, where so many pixels have no room for all."""
    values = numbers["tickvals"]
    wide = max((len(f"{value:g}") for value in values), default=0) + 1  # and a space
    numbers["tickvals"] = values[:: max(1, int(np.ceil(len(values) * wide * CHARACTER * text / room)))]


def _pixels(names: Sequence[str], text: int) -> float:
    """The width of the longest line of names, as `_names` writes them."""
    return max(text_width(html.unescape(line)) for name in names for line in name.split("<br>")) * CHARACTER * text


def _named_axis(chart: Chart, series: Series) -> dict[str, Any]:
    """A panel's axis says above it what it shows, in which unit."""
    name = html.escape(f"{series.name} ({chart.unit})" if str(chart.unit) else str(series.name))
    return {"title": {"text": f"<b>{name}</b>"}, "side": "top"}


def _panel(chart: Chart, series: Series, right: float, theme: str, text: int, has_n: bool) -> list[dict[str, Any]]:
    """The marks of one series."""
    t = tokens(theme)
    rows = list(range(len(chart.categories)))
    dots = {
        "type": "scatter",
        "name": html.escape(str(series.name)),
        "mode": "markers",
        "x": np.array(series.values),
        "y": rows,
        "marker": {
            "size": text * (0.9 if len(rows) <= MOST_DOUBLE else 0.7),
            "color": _colors(chart, series, theme),
            "line": {"width": 1.5, "color": t.muted},
        },
        "cliponaxis": False,
        "error_x": _intervals(series, t.muted),
        "hovertext": [_told(chart, series, place) for place in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    strokes = [_strokes(np.array(series.reference), t.text, text)] if series.reference else []
    return [dots, *strokes, _numbers(chart, series, right, theme, text, has_n)]


def _taken(chart: Chart, text: int, width: float, has_n: bool = True) -> float:
    """The share of the width that the numbers right of the dots take, in all panels."""
    longest = max(text_width(_label(chart, series, place, has_n)) for series in chart.series for place in _rows(chart))
    return longest * CHARACTER * text * len(chart.series) / width


def _rows(chart: Chart) -> range:
    return range(len(chart.categories))


def _names(chart: Chart) -> dict[str, Any]:
    """The axis of the categories, the first one on top; two lines where there is room for them."""
    rows = len(chart.categories)
    fitted = [
        wrapped(str(name), LINE) if rows <= MOST_DOUBLE else short(str(name), LONG_LINE) for name in chart.categories
    ]
    ends = {"range": [rows - 0.4, -0.6], "showgrid": False}  # no dot touches the frame
    return {"tickmode": "array", "tickvals": list(range(rows)), "ticktext": fitted, **ends}


def _numbers(chart: Chart, series: Series, right: float, theme: str, text: int, has_n: bool) -> dict[str, Any]:
    """The numbers at the right end of each row, or the words in their place."""
    rows = list(_rows(chart))
    words = [_label(chart, series, place, has_n) for place in rows]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [right] * len(rows),
        "y": rows,
        "text": words,
        "textposition": "middle left",
        "textfont": {"size": text, "color": tokens(theme).text},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _label(chart: Chart, series: Series, place: int, has_n: bool = True) -> str:
    """``81.2 ▼ · n 214``, or why there is no number."""
    if not np.isfinite(series.values[place]):
        return html.escape(series.word(place) or NO_VALUE)
    value = series.word(place) or number(series.values[place], chart.decimals)
    sign = mark(series.verdict(place))
    strong = f"<b>{html.escape(value)} {sign}</b>" if sign else html.escape(value)
    has_n = has_n and bool(series.n) and np.isfinite(series.n[place])
    return f"{strong} · n {number(series.n[place], 0)}" if has_n else strong


def _told(chart: Chart, series: Series, place: int) -> str:
    name = html.escape(f"{chart.categories[place]} · {series.name}")
    return f"<b>{name}</b><br>{_label(chart, series, place)}"


def _strokes(level: Floats, color: str, text: int) -> dict[str, Any]:
    known = np.flatnonzero(np.isfinite(level))
    return {
        "type": "scatter",
        "mode": "markers",
        "x": level[known],
        "y": known,
        "marker": {"symbol": "line-ns", "size": text * 1.2, "line": {"width": 3, "color": color}},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _intervals(series: Series, color: str) -> dict[str, Any]:
    value = np.array(series.values)
    up = np.nan_to_num(np.array(series.high) - value) if series.high else 0 * value
    down = np.nan_to_num(value - np.array(series.low)) if series.low else 0 * value
    bars = {"array": up, "arrayminus": down}
    return {"type": "data", "symmetric": False, "color": color, "thickness": 2.5, "width": 6, **bars}


def chart_span(chart: Chart) -> tuple[float, float]:
    """The range of an axis: all values, intervals and references with a little air, inside the metric's bounds."""
    parts = [side for s in chart.series for side in (s.values, s.low, s.high, s.reference) if side]
    ends = np.concatenate([np.array(part, dtype=float) for part in parts])
    ends = ends[np.isfinite(ends)]
    if not len(ends):
        return 0.0, 1.0
    of = METRICS.get(chart.metric)
    air = max((ends.max() - ends.min()) * 0.08, of.smallest_relevant_difference if of else 0.0) or 1.0
    low, high = ends.min() - air, ends.max() + air
    return (max(low, of.low_bound), min(high, of.high_bound)) if of else (float(low), float(high))


def axis_ticks(low: float, high: float) -> list[float]:
    """About four round numbers on an axis."""
    values = ticks(low, high)["tickvals"]
    assert isinstance(values, list)
    return values


def series_colors(chart: Chart, position: int, theme: str = "light") -> list[str]:
    """The colours of one series, one per category: shades where it stands alone or in a map, else its own colour."""
    series = chart.series[position]
    if len(chart.series) == 1 or chart.kind == "heat":
        return _colors(chart, series, theme)
    return [tokens(theme).series[position]] * len(series.values)


def _colors(chart: Chart, series: Series, theme: str) -> list[str]:
    """Shades by the size of the difference; the accent where nothing is compared."""
    of = METRICS.get(chart.metric)
    if of is None or not series.difference or not str(chart.against):
        return [tokens(theme).accent] * len(series.values)
    return difference_shades(_frame(series), of, theme)


def _frame(series: Series) -> pd.DataFrame:
    verdicts = series.verdicts or ("",) * len(series.values)
    return pd.DataFrame({"difference": series.difference, "verdict": verdicts})


def _unit(chart: Chart) -> str:
    return html.escape(str(chart.unit))


def _line(chart: Chart, theme: str, text: int, _width: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The course with its band; the last number in words; a break of the checklist as a vertical line."""
    t = tokens(theme)
    x = list(range(len(chart.categories)))
    traces: list[dict[str, Any]] = []
    for position, series in enumerate(chart.series):
        color = t.accent if len(chart.series) == 1 else t.series[position]
        values = np.array(series.values)
        symbols = ["circle-open" if place in chart.incomplete else "circle" for place in x]
        traces.append(
            {
                "type": "scatter",
                "name": html.escape(str(series.name)),
                "mode": "markers",
                "x": x,
                "y": values,
                "marker": {"size": text * 0.6, "color": color, "symbol": symbols},
                "error_y": _intervals(series, t.muted),
                "hovertext": [_told(chart, series, place) for place in x],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
        traces += [
            {
                "type": "scatter",
                "mode": "lines",
                "x": list(stretch),
                "y": values[stretch.start : stretch.stop],
                "line": {"width": 4, "color": color},
                "hoverinfo": "skip",
                "showlegend": False,
            }
            for stretch in chart.segments()
        ]
    low, high = chart_span(chart)
    traces += _happened(chart, theme, text, low)
    return traces, {
        "annotations": _ends(chart, theme, text),
        "shapes": [_rule(place - 0.5, t.muted) for place in chart.breaks],
        "xaxis": _times(chart),
        "yaxis": {"range": [low, high], "title": {"text": _unit(chart)}, **ticks(low, high)},
    }


def _happened(chart: Chart, theme: str, text: int, foot: float) -> list[dict[str, Any]]:
    """Numbered triangles at the foot for notes and events, bars for what lasted; a click goes nowhere."""
    if not chart.happened:
        return []
    t = tokens(theme)
    marks = chart.marks()
    bars = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": list(pair),
            "y": [foot, foot],
            "line": {"width": text / 3, "color": t.grey},
            "cliponaxis": False,
            "hoverinfo": "skip",
            "showlegend": False,
        }
        for pair in chart.spans()
    ]
    triangles = {
        "type": "scatter",
        "mode": "markers+text",
        "x": list(marks),
        "y": [foot] * len(marks),
        "text": [happened_numbers(some) for some in marks.values()],
        "textposition": "top center",
        "textfont": {"size": text, "color": t.muted},
        "marker": {"symbol": "triangle-up", "size": text * 0.8, "color": t.muted},
        "cliponaxis": False,
        "customdata": [[""]] * len(marks),
        "hovertext": ["<br>".join(_told_lines(some)) for some in marks.values()],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": False,
    }
    return [*bars, triangles]


def happened_numbers(some: Sequence[Happened]) -> str:
    """The numbers of the lines that stand for one mark, '' where none does."""
    return ", ".join(str(one.number) for one in some if one.number)


def _told_lines(some: Sequence[Happened]) -> list[str]:
    lines = [html.escape(one.line(2 * EVENT_WIDTH)) for one in some[:EVENTS_TOLD]]
    more = len(some) - EVENTS_TOLD
    return [*lines, _("{count} more", count=number(more, 0))] if more > 0 else lines


def _times(chart: Chart) -> dict[str, Any]:
    """At most eight labels on the axis of time, the last one among them."""
    count = len(chart.categories)
    step = max(1, -(-count // 8))
    shown = [place for place in range(count) if (count - 1 - place) % step == 0]
    labels = [html.escape(str(chart.categories[place])) for place in shown]
    return {"tickmode": "array", "tickvals": shown, "ticktext": labels, "range": [-0.5, count - 0.2], "showgrid": False}


def _ends(chart: Chart, theme: str, text: int) -> list[dict[str, Any]]:
    """The first and last numbers beside their dots; words where a number may not be told."""
    told = []
    for series in chart.series:
        finite = np.flatnonzero(np.isfinite(series.values))
        ends = dict.fromkeys([int(finite[0]), int(finite[-1])]) if len(finite) else {}
        hidden = [place for place in range(len(series.values)) if series.word(place) and place not in finite]
        last = len(series.values) - 1
        told += [
            _note(place, _top(series, place), _label(chart, series, place), theme, text)
            | {"xanchor": "left" if place == 0 and last else "right" if place == last else "center"}
            for place in ends
        ]
        told += [_note(place, None, _label(chart, series, place), theme, text) for place in hidden]
    return told


def _top(series: Series, place: int) -> float:
    """The upper end of a mark with its interval: a number above it covers neither."""
    high = series.high[place] if series.high else np.nan
    return high if np.isfinite(high) else series.values[place]


def _note(place: int, value: float | None, words: str, theme: str, text: int) -> dict[str, Any]:
    where = {"y": value, "yshift": text * 0.8} if value is not None else {"y": 0.02, "yref": "paper"}
    font = {"size": text, "color": tokens(theme).text}
    return {"x": place, "text": words, "showarrow": False, "bgcolor": tokens(theme).page, "font": font, **where}


def _rule(place: float, color: str) -> dict[str, Any]:
    line = {"width": 2, "dash": "dot", "color": color}
    return {"type": "line", "x0": place, "x1": place, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _heat(chart: Chart, theme: str, text: int, _width: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Cells as bars of equal height: colour by the size of the difference, the difference and its mark written in."""
    t = tokens(theme)
    of = METRICS[chart.metric]
    rows = list(range(len(chart.categories)))
    traces, notes = [], []
    for column, series in enumerate(chart.series):
        colors = difference_shades(_frame(series), of, theme)
        traces.append(
            {
                "type": "bar",
                "x": [0.96] * len(rows),
                "base": [column - 0.48] * len(rows),
                "y": rows,
                "orientation": "h",
                "width": 0.92,
                "marker": {"color": colors, "line": {"width": 0}},
                "hovertext": [_told(chart, series, place) for place in rows],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
        notes += [_cell(chart, series, place, column, colors[place], text) for place in rows]
    tops = [wrapped(str(series.name), 10) for series in chart.series]
    side = {"showgrid": False, "tickmode": "array", "side": "top", "range": [-0.5, len(tops) - 0.5]}
    return traces, {
        "annotations": notes,
        "barmode": "overlay",
        "plot_bgcolor": t.page,
        "xaxis": {**side, "tickvals": list(range(len(tops))), "ticktext": tops},
        "yaxis": _names(chart),
    }


def _cell(chart: Chart, series: Series, place: int, column: int, color: str, text: int) -> dict[str, Any]:
    """The difference in a cell, its value where nothing is compared, a cross where it is hidden."""
    difference = series.difference[place] if series.difference else np.nan
    if not np.isfinite(series.values[place]):
        words = "×" if series.word(place) else ""
    elif np.isfinite(difference):
        words = f"{signed(difference, chart.decimals)} {mark(series.verdict(place))}".strip()
    else:
        words = series.word(place) or number(series.values[place], chart.decimals)
    font = {"size": text if len(chart.series) <= 8 else text * 0.8, "color": ink(color)}
    return {"x": column, "y": place, "text": html.escape(words), "showarrow": False, "font": font}


def _stacked(chart: Chart, theme: str, text: int, _width: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Shares that add up, one bar per category."""
    t = tokens(theme)
    rows = list(range(len(chart.categories)))
    colors = (t.diverging[5], t.grey, t.diverging[1], *t.series)
    traces = [
        {
            "type": "bar",
            "name": html.escape(str(series.name)),
            "x": np.array(series.values),
            "y": rows,
            "orientation": "h",
            "marker": {"color": colors[position]},
            "text": [html.escape(series.word(p) or limited(series.values[p], "", chart.decimals)) for p in rows],
            "textfont": {"size": text},
            "insidetextanchor": "middle",
        }
        for position, series in enumerate(chart.series)
    ]
    return traces, {
        "barmode": "stack",
        "xaxis": {"title": {"text": _unit(chart)}, "showgrid": False},
        "yaxis": _names(chart),
    }


_DRAWN: Mapping[str, Callable[[Chart, str, int, int], tuple[list[dict[str, Any]], dict[str, Any]]]] = {
    "dots": _dots,
    "bars": _dots,
    "line": _line,
    "heat": _heat,
    "stacked": _stacked,
}
