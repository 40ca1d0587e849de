"""Native charts of PowerPoint: bars or lines with error bars, coloured points, and all numbers in the sheet inside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.chart.xlsx import CategoryWorkbookWriter
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import qn
from pptx.util import Pt
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from sq.analyses.slide_content import HIGH, LOW, Chart, N, Series, text_width
from sq.analyses.slide_happened import TITLE as HAPPENED
from sq.analyses.verdicts import verdict_name
from sq.exports.writing import BOOK_OPTIONS, LONGEST_CELL, clean
from sq.figures.shades import difference_shades, ink, mark
from sq.figures.slide import happened_numbers
from sq.figures.template import LIGHT
from sq.language import N_, Message, _, current_language, number
from sq.metrics.catalogue import METRICS

LATIN_FONT, CHINESE_FONT = "Segoe UI", "Microsoft YaHei"
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en-GB"}
TEXT = Pt(12)  # 24 px at 1080 lines
SHORTEST = 0.6  # of the longest bar: one that holds its number
MANY = 12  # rows whose bars need all the height
MOST_TIMES = 8  # labels on an axis of time that stand level
PANEL, FIRST_PANEL = 0.42, 0.58  # of the width: one of two panels, and the one that has the names
PANEL_TITLE = Pt(30)  # height of the name above a panel
LEAST_PLOT, MOST_NAMES, MOST_NUMBERS = 0.4, 0.4, 0.6  # shares of a chart's width, the last of its plot's
CHARACTER = 0.56  # width of a half-width character, of its height
NUMBERS: Message = Message(N_("Place of the numbers"))  # a series that is not seen: where the numbers' column ends
Box = tuple[int, int, int, int]


def color_of(verdict: str) -> str:
    """The colour of a verdict's words: blue better, orange worse, else muted."""
    return {"better": LIGHT.diverging[6], "worse": LIGHT.diverging[0]}.get(verdict, LIGHT.muted)


def rgb(color: str) -> Any:
    """A colour ``#RRGGBB`` as PowerPoint holds it."""
    return RGBColor(*bytes.fromhex(color[1:]))


def said(text: Any, words: str, size: Any, color: str = LIGHT.text, bold: bool = False, more: bool = False) -> None:
    """Write words into a text frame, one paragraph per line; after what stands there if ``more``."""
    for place, line in enumerate(words.split("\n")):
        paragraph = text.add_paragraph() if more or place else text.paragraphs[0]
        run = paragraph.add_run()
        run.text = clean(line)
        run.font.size, run.font.bold = size, bold
        run.font.color.rgb = rgb(color)
        run._r.get_or_add_rPr().set("lang", LANGUAGE_TAGS[current_language()])


class _SheetInside(CategoryWorkbookWriter):
    """The sheet behind a chart: what is drawn, and beside it interval, n, reference and verdict; texts never run."""

    @contextmanager
    def _open_worksheet(self, xlsx_file: Any) -> Iterator[tuple[Any, Any]]:
        book = Workbook(xlsx_file, {"in_memory": True, **BOOK_OPTIONS})
        yield book, book.add_worksheet()
        book.close()

    def _populate_worksheet(self, workbook: Any, worksheet: Any) -> None:
        super()._populate_worksheet(workbook, worksheet)
        for column, (heading, values) in enumerate(self._chart_data.beside, start=self._chart_data.first_beside):
            worksheet.write_string(0, column, heading[:LONGEST_CELL])
            for row, value in enumerate(values, start=1):
                if isinstance(value, str):
                    worksheet.write_string(row, column, value[:LONGEST_CELL])
                elif np.isfinite(value):
                    worksheet.write_number(row, column, value)


class _Data(CategoryChartData):
    """Chart data whose sheet holds further columns (heading, values) to the right of the series."""

    beside: list[tuple[str, list[float | str]]]
    first_beside: int

    @property
    def _workbook_writer(self) -> _SheetInside:
        return _SheetInside(self)


@dataclass(frozen=True)
class _Span:
    """An axis of values with a column of numbers at its right: what is told of the axis, and where the column ends."""

    low: float
    high: float
    step: float
    edge: float


def _plotted(chart: Chart, span: _Span | None = None) -> tuple[Series, ...]:
    """The series that are drawn: of a course also both ends of its interval, as thin lines that every reader shows.

    Bars with their numbers in a column (``span``) have a second series without colour, which carries the numbers.
    """
    if span is not None:
        ends = tuple(span.edge if np.isfinite(value) else float("nan") for value in chart.series[0].values)
        return (*chart.series, Series(NUMBERS, ends))
    if chart.kind != "line" or len(chart.series) != 1 or not chart.series[0].low:
        return chart.series
    course = chart.series[0]
    return (*_parts(chart, course), Series(LOW, course.low), Series(HIGH, course.high), *_marked(chart))


def _marked(chart: Chart) -> tuple[Series, ...]:
    """Notes and events as marks at the foot of a course."""
    if not chart.happened:
        return ()
    foot, marks = _span(chart)[0], chart.marks()
    return (Series(HAPPENED, tuple(foot if p in marks else float("nan") for p in range(len(chart.categories)))),)


def _parts(chart: Chart, course: Series) -> list[Series]:
    """A course as one series, or one per stretch between changes of the checklist."""
    if len(chart.segments()) == 1:
        return [course]
    changed = Message(N_("{metric}, after the items changed"), {"metric": course.name})
    return [
        replace(
            course,
            name=changed if number else course.name,
            values=tuple(v if place in stretch else float("nan") for place, v in enumerate(course.values)),
        )
        for number, stretch in enumerate(chart.segments())
    ]


def _data(chart: Chart, span: _Span | None) -> _Data:
    data = _Data(number_format="0" if not chart.decimals else "0." + "0" * chart.decimals)
    data.categories = [clean(named(chart, place)) for place in range(len(chart.categories))]
    drawn = _plotted(chart, span)
    for series in drawn:
        data.add_series(clean(str(series.name)), [value if np.isfinite(value) else None for value in series.values])
    data.first_beside = 1 + len(drawn)
    data.beside = [column for series in chart.series for column in _beside(chart, series)]
    if marks := chart.marks():
        told = ["\n".join(one.line() for one in marks.get(place, ())) for place in range(len(chart.categories))]
        data.beside.append((str(HAPPENED), [clean(text) for text in told]))
    return data


def named(chart: Chart, place: int) -> str:
    """A category, with why its number is hidden where it is the only one."""
    hidden = [s.word(place) for s in chart.series if s.word(place) and not np.isfinite(s.values[place])]
    name = str(chart.categories[place])
    return f"{name} ({hidden[0]})" if hidden and len(chart.series) == 1 else name


def _beside(chart: Chart, series: Series) -> list[tuple[str, list[float | str]]]:
    name = str(series.name)
    found: list[tuple[str, Any]] = [
        (str(LOW), series.low),
        (str(HIGH), series.high),
        (_("Up to the high end"), [high - value for value, high in zip(series.values, series.high, strict=False)]),
        (_("Down to the low end"), [value - low for value, low in zip(series.values, series.low, strict=False)]),
        (str(N), series.n),
        (_("Compared with"), series.reference if str(chart.against) else ()),
        (_("Difference"), series.difference if str(chart.against) else ()),
        (_("Verdict"), [str(verdict_name(v)) for v in series.verdicts] if str(chart.against) else ()),
    ]
    return [(clean(f"{name}: {heading}"), list(values)) for heading, values in found if len(values)]


def add_chart(slide: Any, chart: Chart, box: Box) -> None:
    """Put a native chart on a slide; several series side by side, each with a chart of its own below its name."""
    if chart.kind != "dots" or len(chart.series) < 2:
        _add_one(slide, chart, box)
        return
    left, top, width, height = box
    one = width / (len(chart.series) - 1 + FIRST_PANEL / PANEL)
    for place, series in enumerate(chart.series):
        wide = int(one if place else one * FIRST_PANEL / PANEL)
        name = f"{series.name} ({chart.unit})" if str(chart.unit) else str(series.name)
        title = slide.shapes.add_textbox(left, top, wide, PANEL_TITLE).text_frame
        said(title, name, TEXT, bold=True)
        below = (left, top + PANEL_TITLE, wide, height - PANEL_TITLE)
        _add_one(slide, replace(chart, series=(series,), unit=""), below, is_named=place == 0, is_short=True)
        left += wide


def _add_one(slide: Any, chart: Chart, box: Box, is_named: bool = True, is_short: bool = False) -> None:
    """One chart; ``is_named``: its categories are written beside it; ``is_short``: no interval in its labels."""
    span = _column(chart, box[2] / Pt(1), is_named, is_short)
    data = _data(chart, span)
    drawn = slide.shapes.add_chart(_kind(chart), *box, data).chart
    _typeset(drawn, chart)
    for place, (series, plotted) in enumerate(zip(_plotted(chart, span), drawn.plots[0].series, strict=True)):
        if series.name is NUMBERS:
            _numbers(plotted, chart, is_short)
            continue
        if chart.kind == "line" and series.name in (LOW, HIGH):
            _thin(plotted)
            continue
        if chart.kind == "line" and series.name == HAPPENED:
            _triangles(plotted, chart)
            continue
        color = LIGHT.accent if len(chart.series) == 1 else LIGHT.series[place % len(LIGHT.series)]
        if chart.kind == "line":
            _line(plotted, chart, series, color)
        else:
            _bars(plotted, chart, series, color, is_short, is_plain=span is not None)
        if series.low and chart.kind not in ("stacked", "line"):
            plotted._element.insert_element_before(_error_bars(data, series), *_AFTER_ERROR_BARS)
    _axes(drawn, chart, span)
    if not is_named:
        drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE


def _column(chart: Chart, width: float, is_named: bool, is_short: bool) -> _Span | None:
    """The axis of bars whose numbers stand in a column at the right; None where they stand in the bars.

    ``width``: of the chart, in points.
    """
    if chart.kind not in ("dots", "bars") or len(chart.series) != 1 or not np.isfinite(chart.series[0].values).any():
        return None
    series = chart.series[0]
    if _shades(chart, series) and has_room_inside(series.low or series.values):
        return None
    ends = np.array([*series.values, *series.low, *series.high, 0.0])
    least, most = float(np.nanmin(ends)), float(np.nanmax(ends))
    step = _step(least, most)
    low, high = np.floor(least / step) * step, np.ceil(most / step) * step
    known = [place for place, value in enumerate(series.values) if np.isfinite(value)]
    numbers = max(text_width(label_of(chart, series, place, is_short)) for place in known) + 2
    names = max(text_width(named(chart, place)) for place in range(len(chart.categories))) if is_named else 0
    letter = TEXT / Pt(1) * CHARACTER
    room = max(width * LEAST_PLOT, width - min(names * letter, width * MOST_NAMES) - letter)
    share = min(numbers * letter / room, MOST_NUMBERS)
    return _Span(float(low), float(high), step, float(high + (high - low) * share / (1 - share)))


def _step(low: float, high: float) -> float:
    """A round step that divides a range into five parts at most."""
    return next(k for k in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000, 1e9) if high - low <= 5 * k)


def _kind(chart: Chart) -> Any:
    if chart.kind == "line":
        return XL_CHART_TYPE.LINE_MARKERS
    return XL_CHART_TYPE.BAR_STACKED_100 if chart.kind == "stacked" else XL_CHART_TYPE.BAR_CLUSTERED


def _thin(plotted: Any) -> None:
    """One end of the interval of a course."""
    plotted.smooth = False
    plotted.format.line.width, plotted.format.line.color.rgb = Pt(1), rgb(LIGHT.muted)
    plotted.format.line.dash_style = MSO_LINE.DASH
    plotted.marker.style = XL_MARKER_STYLE.NONE


def _triangles(plotted: Any, chart: Chart) -> None:
    """Marks without a line, with the numbers of the lines below the chart."""
    plotted.smooth = False
    plotted.format.line.fill.background()
    plotted.marker.style, plotted.marker.size = XL_MARKER_STYLE.TRIANGLE, 8
    plotted.marker.format.fill.solid()
    plotted.marker.format.fill.fore_color.rgb = rgb(LIGHT.muted)
    for place, some in chart.marks().items():
        if numbers := happened_numbers(some):
            _labelled(plotted, place, numbers)
            plotted.points[place].data_label.position = XL_LABEL_POSITION.ABOVE


def _typeset(drawn: Any, chart: Chart) -> None:
    drawn.font.size = TEXT
    drawn.font.color.rgb = rgb(LIGHT.text)
    _faces(drawn.font)
    drawn.has_title = False
    drawn.has_legend = len(chart.series) > 1 or len(_plotted(chart)) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False


def _axes(drawn: Any, chart: Chart, span: _Span | None) -> None:
    category, value = drawn.category_axis, drawn.value_axis
    category.format.line.color.rgb = rgb(LIGHT.line)
    category.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    value.major_gridlines.format.line.color.rgb = rgb(LIGHT.line)
    value.format.line.fill.background()
    value.has_title = bool(str(chart.unit))
    if value.has_title:
        value.axis_title.text_frame.text = clean(str(chart.unit))
        font = value.axis_title.text_frame.paragraphs[0].font
        font.size, font.bold = TEXT, False
    if chart.kind == "line":
        low, high = _span(chart)
        value.minimum_scale, value.maximum_scale = low, high
        every = max(1, -(-len(chart.categories) // MOST_TIMES))
        _child(category._element, "c:tickLblSkip", str(every), before=("c:tickMarkSkip", "c:noMultiLvlLbl", "c:extLst"))
    else:
        _child(category._element, "c:tickLblSkip", "1", before=("c:tickMarkSkip", "c:noMultiLvlLbl", "c:extLst"))
        _every_name(category)
        category.reverse_order = True  # the first category on top; the other axis then moves to the top, too
        value.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
        lows = [v for s in chart.series for v in (*s.values, *s.low) if np.isfinite(v)]
        if lows and min(lows) >= 0:
            value.minimum_scale = 0
        if span is not None:
            value.minimum_scale, value.maximum_scale, value.major_unit = span.low, span.edge, span.step
            value.has_major_gridlines = False  # none behind the numbers
            if (
                span.low < 0
            ):  # what a condition makes of a minus differs between programs; the numbers are written anyway
                value.tick_label_position = XL_TICK_LABEL_POSITION.NONE
            else:
                value.tick_labels.number_format = f'[>{span.high + span.step / 100:g}]"";General'
                value.tick_labels.number_format_is_linked = False
            drawn.plots[0].overlap = 100
        drawn.plots[0].gap_width = 15 if len(chart.categories) > MANY else 40 if len(chart.series) == 1 else 60


def _every_name(category: Any) -> None:
    """Write each category, level: LibreOffice leaves names out where lines are close, unless they are level."""
    font = category.tick_labels.font
    font.size, font.color.rgb = TEXT, rgb(LIGHT.text)
    _faces(font)
    category._element.txPr.bodyPr.set("rot", "0")


def _faces(font: Any) -> None:
    for tag, name in (("a:latin", LATIN_FONT), ("a:ea", CHINESE_FONT)):
        etree.SubElement(font._rPr, qn(tag)).set("typeface", name)


def _span(chart: Chart) -> tuple[float, float]:
    """A range of round numbers around a course, inside the metric's bounds."""
    ends = [v for s in chart.series for side in (s.values, s.low, s.high) for v in side if np.isfinite(v)]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    step = _step(low, high)
    low, high = np.floor(low / step - 0.2) * step, np.ceil(high / step + 0.2) * step
    of = METRICS.get(chart.metric)
    return (max(float(low), of.low_bound), min(float(high), of.high_bound)) if of else (float(low), float(high))


def _bars(plotted: Any, chart: Chart, series: Series, color: str, is_short: bool, is_plain: bool) -> None:
    """Bars in the shades of their differences, the number with its mark at the foot of each unless ``is_plain``."""
    plotted.format.fill.solid()
    plotted.format.fill.fore_color.rgb = rgb(color)
    plotted.invert_if_negative = False
    shades = _shades(chart, series) if len(chart.series) == 1 and chart.kind != "stacked" else []
    for place, value in enumerate(series.values):
        if not np.isfinite(value):
            continue
        if shades:
            point = plotted.points[place].format
            point.fill.solid()
            point.fill.fore_color.rgb = rgb(shades[place])
            point.line.color.rgb = rgb(LIGHT.muted)
        if is_plain:
            continue
        inside = shades[place] if shades else ""
        _labelled(plotted, place, label_of(chart, series, place, is_short), ink(inside) if inside else LIGHT.text)
        if inside:
            plotted.points[place].data_label.position = XL_LABEL_POSITION.INSIDE_BASE


def _numbers(plotted: Any, chart: Chart, is_short: bool) -> None:
    """The numbers in a column at the end of bars that are not seen."""
    plotted.format.fill.background()
    plotted.format.line.fill.background()
    series = chart.series[0]
    for place in (place for place, value in enumerate(series.values) if np.isfinite(value)):
        _labelled(plotted, place, label_of(chart, series, place, is_short))
        plotted.points[place].data_label.position = XL_LABEL_POSITION.INSIDE_END


def has_room_inside(values: Sequence[float]) -> bool:
    """Whether every bar is long enough to hold its number at its foot, clear of its interval."""
    known = [value for value in values if np.isfinite(value)]
    return bool(known) and min(known) > 0 and min(known) >= SHORTEST * max(known)


def label_of(chart: Chart, series: Series, place: int, is_short: bool = False) -> str:
    """``81.2 ▼ (79.0–83.4; n 214)``: the number or its limit, its mark; its interval and n beside a bar of its own.

    ``is_short``: without the interval, which the bar draws.
    """
    told = f"{series.word(place) or number(series.values[place], chart.decimals)} {mark(series.verdict(place))}".strip()
    if len(chart.series) > 1 or chart.kind == "line":
        return told
    has_ends = bool(series.low) and np.isfinite(series.low[place]) and not series.word(place)
    ends = (
        [f"{number(series.low[place], chart.decimals)} – {number(series.high[place], chart.decimals)}"]
        if has_ends and not is_short
        else []
    )
    counted = [f"n {number(series.n[place], 0)}"] if series.n and np.isfinite(series.n[place]) else []
    beside = "; ".join((*ends, *counted))
    return f"{told} ({beside})" if beside else told


def _labelled(plotted: Any, place: int, words: str, color: str = LIGHT.text) -> None:
    frame = plotted.points[place].data_label.text_frame
    frame.word_wrap = False
    said(frame, words, TEXT, color)


def _shades(chart: Chart, series: Series) -> list[str]:
    of = METRICS.get(chart.metric)
    if of is None or not series.difference or not str(chart.against):
        return []
    return difference_shades(pd.DataFrame({"difference": series.difference, "verdict": series.verdicts}), of, "light")


def _line(plotted: Any, chart: Chart, series: Series, color: str) -> None:
    """The course; first and last number written."""
    plotted.smooth = False
    plotted.format.line.width, plotted.format.line.color.rgb = Pt(2.5), rgb(color)
    plotted.marker.style, plotted.marker.size = XL_MARKER_STYLE.CIRCLE, 8
    plotted.marker.format.fill.solid()
    plotted.marker.format.fill.fore_color.rgb = rgb(color)
    known = np.flatnonzero(np.isfinite(series.values))
    for place in dict.fromkeys((known[0], known[-1])) if len(known) else ():
        _labelled(plotted, int(place), label_of(chart, series, int(place)))
        plotted.points[int(place)].data_label.position = XL_LABEL_POSITION.ABOVE
    for place in (place for place in chart.incomplete if np.isfinite(series.values[place])):
        hollow = plotted.points[place].marker
        hollow.style, hollow.size = XL_MARKER_STYLE.CIRCLE, 8
        hollow.format.fill.solid()
        hollow.format.fill.fore_color.rgb = rgb(LIGHT.page)


_AFTER_ERROR_BARS = ("c:cat", "c:val", "c:smooth", "c:shape", "c:extLst")


def _error_bars(data: _Data, series: Series) -> Any:
    """The 95 % interval, bound to its columns in the sheet inside."""
    headings = [heading for heading, _values in data.beside]
    name = clean(str(series.name))
    bars = etree.Element(qn("c:errBars"))
    for tag, value in (("c:errBarType", "both"), ("c:errValType", "cust"), ("c:noEndCap", "0")):
        _child(bars, tag, value)
    up, down = (headings.index(f"{name}: {words}") for words in (_("Up to the high end"), _("Down to the low end")))
    for tag, position in (("c:plus", up), ("c:minus", down)):
        side = etree.SubElement(bars, qn(tag))
        _reference(side, data.first_beside + position, data.beside[position][1])
    look = etree.SubElement(bars, qn("c:spPr"))
    line = etree.SubElement(look, qn("a:ln"))
    line.set("w", "15875")
    fill = etree.SubElement(etree.SubElement(line, qn("a:solidFill")), qn("a:srgbClr"))
    fill.set("val", LIGHT.text[1:])
    return bars


def _reference(side: Any, column: int, values: list[float | str]) -> None:
    """A column of the sheet inside, with its numbers."""
    reference = etree.SubElement(side, qn("c:numRef"))
    letter = xl_col_to_name(column)
    etree.SubElement(reference, qn("c:f")).text = f"Sheet1!${letter}$2:${letter}${len(values) + 1}"
    cache = etree.SubElement(reference, qn("c:numCache"))
    etree.SubElement(cache, qn("c:formatCode")).text = "General"
    _child(cache, "c:ptCount", str(len(values)))
    for place, value in enumerate(values):
        if isinstance(value, float) and np.isfinite(value):
            point = _child(cache, "c:pt", None)
            point.set("idx", str(place))
            etree.SubElement(point, qn("c:v")).text = repr(float(value))


def _child(parent: Any, tag: str, value: str | None, before: tuple[str, ...] = ()) -> Any:
    node = etree.SubElement(parent, qn(tag))
    if before:
        parent.insert_element_before(node, *before)
    if value is not None:
        node.set("val", value)
    return node
