"""Charts as plain SVG: small, for paper, without a script; drawn from the same chart data as every slide."""

from __future__ import annotations

import html
from dataclasses import replace

import numpy as np

from sq.analyses.slide_content import Chart, Series
from sq.exports.deck_chart import label_of
from sq.exports.deck_heat import heat_text
from sq.figures.shades import ink
from sq.figures.slide import axis_ticks, chart_span, happened_numbers, series_colors
from sq.figures.template import LIGHT
from sq.language import NO_VALUE, number

ROW, TOP, BOTTOM = 24, 8, 30  # px
TALL = 220  # px of a course
TEXT = 13
MOST_NAME, MOST_LABEL = 0.36, 0.46  # of the width, for the names at the left and the numbers at the right


def chart_svg(chart: Chart, width: int = 720) -> str:
    """The chart as an SVG element; '' where there is nothing to draw."""
    draw = {"dots": _rows, "bars": _rows, "line": _course, "heat": _heat}.get(chart.kind)
    if draw is None or not chart.is_drawn:
        return ""
    body, height = draw(chart, width)
    title = html.escape(str(chart.title))
    return (
        f'<svg viewBox="0 0 {width} {height}" width="100%" role="img" aria-label="{title}" font-size="{TEXT}">'
        f"<title>{title}</title>{body}</svg>"
    )


def _text(x: float, y: float, words: str, anchor: str = "start", color: str = LIGHT.text, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}"{weight}>{html.escape(words)}</text>'


def _segment(x0: float, y0: float, x1: float, y1: float, color: str, thick: float = 1.5, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    ends = f'x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}"'
    return f'<line {ends} stroke="{color}" stroke-width="{thick}"{dashed}/>'


def _wide(text: str) -> float:
    """About how many pixels a text takes."""
    return sum(TEXT if ord(c) > 0x2E80 else TEXT * 0.56 for c in text)


def cut(name: str, room: float) -> str:
    """A name that fits into so many pixels."""
    widths = np.cumsum([TEXT if ord(c) > 0x2E80 else TEXT * 0.56 for c in name])
    return name if not len(widths) or widths[-1] <= room else name[: int(np.searchsorted(widths, room - TEXT))] + "…"


def _rows(chart: Chart, width: int) -> tuple[str, int]:
    """A dot with its interval per row, the reference as a stroke, the number at the right."""
    low, high = chart_span(chart)
    labels = [" | ".join(_told(chart, series, p) for series in chart.series) for p in range(len(chart.categories))]
    left = min(max(map(_wide, map(str, chart.categories))) + 16, width * MOST_NAME)
    right = width - min(max(map(_wide, labels)) + 14, width * MOST_LABEL)

    def at(value: float) -> float:
        return float(left + (value - low) / (high - low) * (right - left))

    bottom = TOP + ROW * len(chart.categories)
    parts = [
        _segment(at(t), TOP, at(t), bottom, LIGHT.line, 1)
        + _text(at(t), bottom + 16, number(t, 0), "middle", LIGHT.muted)
        for t in axis_ticks(low, high)
    ]
    for place, name in enumerate(chart.categories):
        middle = TOP + ROW * (place + 0.5)
        parts.append(_text(left - 10, middle + 4, cut(str(name), left - 14), "end"))
        for position, series in enumerate(chart.series):
            offset = (position - (len(chart.series) - 1) / 2) * 8
            parts.append(_mark(chart, series, place, at, middle + offset, series_colors(chart, position)[place]))
        parts.append(_text(right + 10, middle + 4, cut(labels[place], width - right - 10)))
    return "".join(parts) + _legend(chart, left, bottom + 30), bottom + BOTTOM + (18 if len(chart.series) > 1 else 0)


def _legend(chart: Chart, left: float, y: float) -> str:
    if len(chart.series) < 2:
        return ""
    words = [
        f'<tspan fill="{series_colors(chart, position)[0]}">● </tspan>{html.escape(str(series.name))}   '
        for position, series in enumerate(chart.series)
    ]
    return f'<text x="{left:.1f}" y="{y:.1f}" fill="{LIGHT.text}">{"".join(words)}</text>'


def _told(chart: Chart, series: Series, place: int) -> str:
    if not np.isfinite(series.values[place]):
        return series.word(place) or NO_VALUE
    return label_of(replace(chart, series=(series,)), series, place, is_short=len(chart.series) > 1)


def _mark(chart: Chart, series: Series, place: int, at: object, y: float, color: str) -> str:
    value = series.values[place]
    if not np.isfinite(value):
        return ""
    assert callable(at)
    parts = []
    if series.low and np.isfinite(series.low[place]):
        parts.append(_segment(at(series.low[place]), y, at(series.high[place]), y, LIGHT.muted))
    if series.reference and len(chart.series) == 1 and np.isfinite(series.reference[place]):
        x = at(series.reference[place])
        parts.append(_segment(x, y - 8, x, y + 8, LIGHT.text, 2))
    dot = f'<circle cx="{at(value):.1f}" cy="{y:.1f}" r="5" fill="{color}" stroke="{LIGHT.muted}"/>'
    return "".join((*parts, dot))


def _corners(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _course(chart: Chart, width: int) -> tuple[str, int]:
    """A line over time with its band."""
    low, high = chart_span(chart)
    left, right, count = 44, width - 60, max(len(chart.categories) - 1, 1)
    series = chart.series[0]

    def point(place: int, value: float) -> tuple[float, float]:
        return left + (right - left) * place / count, TOP + TALL * (1 - (value - low) / (high - low))

    parts = [
        _segment(left, point(0, t)[1], right, point(0, t)[1], LIGHT.line, 1)
        + _text(left - 6, point(0, t)[1] + 4, number(t, 0 if float(t).is_integer() else 1), "end", LIGHT.muted)
        for t in axis_ticks(low, high)
    ]
    known = [place for place, value in enumerate(series.values) if np.isfinite(value)]
    for stretch in chart.segments():
        here = [place for place in known if place in stretch]
        if series.low and all(np.isfinite(series.low[place]) for place in here):
            band = [point(p, series.low[p]) for p in here] + [point(p, series.high[p]) for p in reversed(here)]
            parts.append(f'<polygon points="{_corners(band)}" fill="{LIGHT.accent}" fill-opacity="0.12"/>')
        line = _corners([point(p, series.values[p]) for p in here])
        parts.append(f'<polyline points="{line}" fill="none" stroke="{LIGHT.accent}" stroke-width="2.5"/>')
    for place in (known[0], known[-1]) if known else ():
        x, y = point(place, series.values[place])
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{LIGHT.accent}"/>')
        parts.append(_text(x, y - 10, number(series.values[place], chart.decimals), "middle", bold=True))
    for place, some in chart.marks().items():
        x, y = point(place, low)
        corners = _corners([(x - 5, y), (x + 5, y), (x, y - 9)])
        parts.append(f'<polygon points="{corners}" fill="{LIGHT.muted}"/>')
        parts.append(_text(x, y - 13, happened_numbers(some), "middle", LIGHT.muted))
    step = max(1, -(-len(chart.categories) // 6))
    parts += [
        _text(point(place, low)[0], TOP + TALL + 18, str(chart.categories[place]), "middle", LIGHT.muted)
        for place in range(len(chart.categories) - 1, -1, -step)
    ]
    return "".join(parts), TOP + TALL + BOTTOM


def _heat(chart: Chart, width: int) -> tuple[str, int]:
    """Shaded cells with the difference written in."""
    left = min(width * 0.24, 190)
    wide = (width - left) / len(chart.series)
    parts = []
    for column, series in enumerate(chart.series):
        x = left + column * wide
        parts.append(_text(x + wide / 2, TOP + 14, cut(str(series.name), wide), "middle", bold=True))
        for row, color in enumerate(series_colors(chart, column)):
            y = TOP + ROW * (row + 1)
            place = f'x="{x + 1:.1f}" y="{y:.1f}" width="{wide - 2:.1f}" height="{ROW - 2}"'
            parts.append(f'<rect {place} fill="{color}"/>')
            parts.append(_text(x + wide / 2, y + 16, heat_text(chart, series, row), "middle", ink(color)))
    for row, name in enumerate(chart.categories):
        parts.append(_text(left - 8, TOP + ROW * (row + 1) + 16, cut(str(name), left - 10), "end"))
    return "".join(parts), TOP + ROW * (len(chart.categories) + 1)
