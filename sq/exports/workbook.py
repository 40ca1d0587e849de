"""Excel: a contents sheet, one sheet per view with its table and a native chart, and the definitions."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from sq.analyses.slide_content import Chart, Heading, Series, SlideContent, Table, text_width
from sq.analyses.slide_happened import happened_table
from sq.exports.handout import GATHERED, Handout, Leaf, Progress, silent
from sq.exports.tables import is_empty, words_of
from sq.exports.writing import BOOK_OPTIONS, LONGEST_CELL, clean, numbered, starts_like_formula
from sq.figures.shades import difference_shades, mark
from sq.figures.template import LIGHT
from sq.language import N_, Message, _, current_language, number
from sq.metrics.catalogue import METRICS

SHEET_NAME = 31  # characters that Excel allows
REFUSED = "[]:*?/\\'"
FONTS = {"zh": "Microsoft YaHei", "en": "Segoe UI"}
TOP_OF_TABLE = 5  # row of the headings; above it title, answer, caption
NAMED = 2  # columns that may hold names
FEW_ROWS = 10  # of a table that stands below another
LINE, WIDE = 16, 70  # height of a line in points; half-width characters of the widest column
CHARTED = ("dots", "bars", "line")
CHART_WIDTH, CHART_COLUMNS = 720, 12  # px of a chart, and the empty columns below it
MOST_TIMES = 8  # labels on an axis of time


class Book:
    """An open workbook with its formats; texts never run as formulas."""

    def __init__(self, out: io.BytesIO) -> None:
        self.book = xlsxwriter.Workbook(out, {"in_memory": True, **BOOK_OPTIONS})
        self.face = {"font_name": FONTS[current_language()], "font_size": 11}
        self.book.formats[0].set_font_name(self.face["font_name"])
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def look(self, **properties: Any) -> Any:
        """A format, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({**self.face, **properties})
        return self._formats[key]

    def write(self, sheet: Any, row: int, column: int, text: str, **look: Any) -> None:
        """Write a text; one that looks like a formula is marked as text for whoever edits it."""
        if starts_like_formula(text):
            look["quote_prefix"] = True
        sheet.write_string(row, column, clean(text)[:LONGEST_CELL], self.look(**look))


def workbook(handout: Handout, progress: Progress = silent) -> bytes:
    """The handout as an Excel file in the current language."""
    out = io.BytesIO()
    made = Book(out)
    made.book.set_properties({"title": clean(str(handout.title)), "subject": clean(handout.footer()), "author": "sq"})
    views = [leaf for leaf in handout.leaves if leaf.content is not None]
    apart = _tables_apart(views)
    titles = sheet_names([_("Contents"), *(leaf.heading() for leaf in views), *map(_titled, apart), _("Definitions")])
    front = made.book.add_worksheet(titles[0])
    for place, (leaf, title) in enumerate(zip(views, titles[1:], strict=False)):
        told = Message(N_("Writing sheet {number} of {all}"), {"number": place + 1, "all": len(views)})
        progress(told, GATHERED + (1 - GATHERED) * place / len(views))
        assert leaf.content is not None
        _view_sheet(made, made.book.add_worksheet(title), handout, leaf, leaf.content)
    for (table, content), title in zip(apart, titles[1 + len(views) :], strict=False):
        _table_sheet(made, made.book.add_worksheet(title), handout, table, content)
    _definitions_sheet(made, made.book.add_worksheet(titles[-1]), handout)
    _contents_sheet(made, front, handout, views, titles[1:])
    made.book.close()
    return out.getvalue()


def _tables_apart(views: list[Leaf]) -> list[tuple[Table, SlideContent]]:
    """Of a single view also the page's other charts: their long tables have sheets of their own."""
    contents = [leaf.content for leaf in views if leaf.content is not None]
    if len(contents) != 1:
        return []
    return [(table, contents[0]) for table in contents[0].tables if len(table.frame) > FEW_ROWS]


def _titled(pair: tuple[Table, SlideContent]) -> str:
    return str(pair[0].title)


def _table_sheet(made: Book, sheet: Any, handout: Handout, table: Table, content: SlideContent) -> None:
    """A table alone, with what its numbers stand on."""
    _printed(sheet)
    for row, text in enumerate((str(table.title), "", content.caption_line(), handout.footer())):
        made.write(sheet, row, 0, text, **({"font_color": LIGHT.muted} if row else {"bold": True, "font_size": 14}))
    _table(made, sheet, TOP_OF_TABLE, table, is_first=True)


def _printed(sheet: Any) -> None:
    """On paper: across, all columns on one page."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)


def sheet_names(titles: list[str]) -> list[str]:
    """Titles as Excel allows them: 31 characters, none of ``[]:*?/\\``, each once."""
    short = [
        "".join("_" if c in REFUSED or ord(c) < 32 else c for c in title)[: SHEET_NAME - 4].strip() for title in titles
    ]
    return numbered(title or _("Sheet") for title in short)


def _contents_sheet(made: Book, sheet: Any, handout: Handout, views: list[Leaf], titles: list[str]) -> None:
    made.write(sheet, 0, 0, str(handout.title), bold=True, font_size=16)
    made.write(sheet, 1, 0, handout.footer(), font_color=LIGHT.muted)
    for column, heading in enumerate((_("Sheet"), _("What it says"))):
        made.write(sheet, 3, column, heading, bold=True, bottom=1)
    for row, (leaf, title) in enumerate(zip(views, titles, strict=False), start=4):
        link = made.look(font_color=LIGHT.accent, underline=1)
        sheet.write_url(row, 0, f"internal:'{title}'!A1", link, string=title)
        made.write(sheet, row, 1, leaf.message(), text_wrap=True, valign="top")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 110)
    _printed(sheet)


def _view_sheet(made: Book, sheet: Any, handout: Handout, leaf: Leaf, content: SlideContent) -> None:
    _printed(sheet)
    made.write(sheet, 0, 0, leaf.heading(), bold=True, font_size=14)
    made.write(sheet, 1, 0, leaf.message())
    made.write(sheet, 2, 0, content.caption_line(), font_color=LIGHT.muted)
    made.write(sheet, 3, 0, handout.footer(), font_color=LIGHT.muted)
    row = TOP_OF_TABLE
    for place, table in enumerate(_tables_of(content)):
        if place:
            made.write(sheet, row, 0, str(table.title), bold=True)
            row += 1
        _table(made, sheet, row, table, is_first=place == 0)
        if place == 0:
            _charts(made, sheet, content.chart, table, row)
        row += len(table.frame) + 3
    for point in content.points:
        made.write(sheet, row, 0, str(point))
        row += 1


def _tables_of(content: SlideContent) -> list[Table]:
    """The table behind the chart, short ones beside it, and what happened meanwhile."""
    beside = (table for table in content.tables if len(table.frame) <= FEW_ROWS)
    return [table for table in (content.table, *beside, happened_table(content)) if not table.is_empty]


def _table(made: Book, sheet: Any, top: int, table: Table, is_first: bool) -> None:
    """Headings, then the rows: numbers as numbers, words where a number may not be told."""
    head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": LIGHT.panel}
    widths = [30 if heading.kind == "text" and column < NAMED else 16 for column, heading in enumerate(table.headings)]
    lines = [-(-text_width(str(one.title)) * 6 // (5 * wide)) for one, wide in zip(table.headings, widths, strict=True)]
    sheet.set_row(top, LINE * max(lines, default=1))
    for column, heading in enumerate(table.headings):
        side = {} if heading.kind == "text" else {"align": "right"}
        made.write(sheet, top, column, str(heading.title), **head, **side)
        if is_first:
            sheet.set_column(column, column, widths[column])
    for row, values in enumerate(table.frame.to_dict("records"), start=top + 1):
        for column, heading in enumerate(table.headings):
            _cell(made, sheet, row, column, heading, values)
    if is_first:
        sheet.freeze_panes(top + 1, 1)
        sheet.autofilter(top, 0, top + len(table.frame), max(len(table.headings) - 1, 0))


_FORMATS = {"count": "#,##0", "share": "0.0%", "day": "yyyy-mm-dd", "month": "yyyy-mm"}


def number_format(heading: Heading) -> str:
    """How Excel shows a column: the screen's decimals, a sign before differences."""
    plain = "#,##0" + ("." + "0" * heading.decimals if heading.decimals else "")
    if heading.kind == "signed":
        least = 0.5 * 10.0**-heading.decimals  # what rounds to zero carries no sign
        return f"[>={least}]+{plain};[<=-{least}]\N{MINUS SIGN}{plain};{plain}"
    return _FORMATS.get(heading.kind, plain)


def _cell(made: Book, sheet: Any, row: int, column: int, heading: Heading, values: Any) -> None:
    value = values[heading.name]
    if words := words_of(heading, values):
        made.write(sheet, row, column, words, align="right", font_color=LIGHT.muted)
    elif is_empty(value):
        sheet.write_blank(row, column, None, made.look())
    elif heading.kind in ("number", "signed", "count", "share") and np.isfinite(float(value)):
        sheet.write_number(row, column, float(value), made.look(num_format=number_format(heading)))
    elif heading.kind in ("day", "month") and not isinstance(value, str):
        sheet.write_datetime(row, column, value, made.look(num_format=number_format(heading)))
    else:
        made.write(sheet, row, column, str(value), indent=1 if column else 0)


@dataclass(frozen=True)
class _Drawn:
    """One native chart: the series it shows, and the names of the table's columns that it is bound to."""

    series: Series
    value: str
    low: str
    high: str
    difference: str
    verdict: str


def _charts(made: Book, sheet: Any, chart: Chart, table: Table, top: int) -> None:
    """Native charts beside the table, one per source; their ranges are the table's cells."""
    if chart.kind not in CHARTED or not chart.is_drawn:
        return
    beside = len(table.headings) + 1
    for place, drawn in enumerate(_bound(chart, table)):
        corner = xl_rowcol_to_cell(top, beside + place * CHART_COLUMNS)
        sheet.insert_chart(corner, _native(made, sheet.get_name(), chart, table, top, drawn))


def _bound(chart: Chart, table: Table) -> list[_Drawn]:
    """The series whose numbers stand in the table."""
    if any(heading.name == "value" for heading in table.headings):
        return [_Drawn(chart.series[0], "value", "low", "high", "difference", "verdict")]
    named = {str(heading.title): heading.name for heading in table.headings if heading.kind == "number"}
    found = [(series, named[str(series.name)]) for series in chart.series if str(series.name) in named]
    return [_Drawn(s, n, f"{n}_low", f"{n}_high", f"{n}_difference", f"{n}_verdict") for s, n in found]


def _native(made: Book, sheet_name: str, chart: Chart, table: Table, top: int, drawn: _Drawn) -> Any:
    names = [heading.name for heading in table.headings]
    last, at, is_line = top + len(table.frame), names.index(drawn.value), chart.kind == "line"
    labels = names.index("label") if "label" in names else 0
    native = made.book.add_chart({"type": "line" if is_line else "bar"})
    series: dict[str, Any] = {
        "name": [sheet_name, top, at],
        "categories": [sheet_name, top + 1, labels, last, labels],
        "values": [sheet_name, top + 1, at, last, at],
        "line" if is_line else "fill": {"color": LIGHT.accent},
        "gap": 40,
    }
    if is_line:
        series["marker"] = {"type": "circle", "size": 6, "fill": {"color": LIGHT.accent}}
    else:
        series |= {"points": _shades(chart, table, drawn), "data_labels": _labels(chart, table, drawn)}
    if {drawn.low, drawn.high} <= set(table.frame):
        series["y_error_bars" if is_line else "x_error_bars"] = _ends(table, drawn)
    native.add_series(series)
    native.set_legend({"none": True})
    title = str(drawn.series.name) if len(chart.series) > 1 else str(chart.title)
    native.set_title({"name": title, "name_font": {"size": 12, "bold": False}, "overlay": False})
    if is_line:
        native.set_x_axis({"interval_unit": max(1, -(-len(table.frame) // MOST_TIMES))})
    else:
        native.set_y_axis({"reverse": True, "interval_unit": 1})
        native.set_x_axis({"min": 0} if (table.frame[drawn.value].fillna(0) >= 0).all() else {})
    native.set_size({"width": CHART_WIDTH, "height": 320 if is_line else max(320, 22 * len(table.frame) + 120)})
    return native


def _labels(chart: Chart, table: Table, drawn: _Drawn) -> dict[str, Any]:
    """Each number with its mark; none where there is no number."""
    values = table.frame[drawn.value].to_numpy(dtype=float)
    verdicts = table.frame.get(drawn.verdict, pd.Series([""] * len(values), dtype=object))
    told = [
        {"value": f"{number(value, chart.decimals)} {mark(str(verdict))}".strip()}
        if np.isfinite(value)
        else {"delete": True}
        for value, verdict in zip(values, verdicts, strict=True)
    ]
    return {"value": True, "position": "outside_end", "custom": told}


def _shades(chart: Chart, table: Table, drawn: _Drawn) -> list[dict[str, Any] | None]:
    """The screen's shade of every bar: the size of its difference, faint where it is not reliable."""
    of = METRICS.get(drawn.series.metric or chart.metric)
    if of is None or not str(chart.against) or not {drawn.difference, drawn.verdict} <= set(table.frame):
        return []
    judged = pd.DataFrame({"difference": table.frame[drawn.difference], "verdict": table.frame[drawn.verdict]})
    return [{"fill": {"color": c}, "border": {"color": LIGHT.muted}} for c in difference_shades(judged, of, "light")]


def _ends(table: Table, drawn: _Drawn) -> dict[str, Any]:
    """The interval of each value as error bars."""
    value, low, high = (table.frame[name].to_numpy(dtype=float) for name in (drawn.value, drawn.low, drawn.high))
    up, down = (list(np.nan_to_num(side).round(6)) for side in (high - value, value - low))
    return {"type": "custom", "plus_values": up, "minus_values": down, "line": {"color": LIGHT.text}}


def _definitions_sheet(made: Book, sheet: Any, handout: Handout) -> None:
    """What every metric means, in words and as a formula."""
    headings = (_("Metric"), _("Instrument"), _("Formula"), _("Source"), _("Particulars"))
    for column, (heading, width) in enumerate(zip(headings, (26, 20, 70, 40, 70), strict=True)):
        made.write(sheet, 0, column, heading, bold=True, bottom=1)
        sheet.set_column(column, column, width)
    for row, one in enumerate(handout.definitions(), start=1):
        facts = "\n".join(_("{label}: {value}", label=label, value=value) for label, value in one.facts)
        for column, text in enumerate((one.title, one.instrument, one.formula, one.source, facts)):
            made.write(sheet, row, column, str(text), text_wrap=True, valign="top")
        sheet.set_row(row, LINE * max(2, len(one.facts), -(-2 * len(str(one.formula)) // WIDE)))
    sheet.freeze_panes(1, 1)
    _printed(sheet)
