"""Tables of a deck: a heat map as shaded cells, and the first rows of any table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from sq.analyses.slide_content import Chart, Series, Table
from sq.exports.deck_chart import Box, rgb, said
from sq.exports.tables import cell_text
from sq.figures.shades import difference_shades, ink, mark
from sq.figures.template import LIGHT
from sq.language import number, signed
from sq.metrics.catalogue import METRICS

TEXT = Pt(12)
MOST_COLUMNS = 7


def add_heat(slide: Any, chart: Chart, box: Box) -> None:
    """Subjects by places: the difference in each cell, its shade and mark; a cross where it is hidden."""
    of = METRICS[chart.metric]
    grid = _grid(slide, len(chart.categories) + 1, len(chart.series) + 1, box, first=0.3)
    for column, series in enumerate(chart.series, start=1):
        _write(grid.cell(0, column), str(series.name), LIGHT.page, centred=True, bold=True)
        frame = pd.DataFrame({"difference": series.difference, "verdict": series.verdicts})
        for row, color in enumerate(difference_shades(frame, of, "light"), start=1):
            _write(grid.cell(row, column), heat_text(chart, series, row - 1), color, centred=True)
    _write(grid.cell(0, 0), "", LIGHT.page)
    for row, name in enumerate(chart.categories, start=1):
        _write(grid.cell(row, 0), str(name), LIGHT.page)


def heat_text(chart: Chart, series: Series, place: int) -> str:
    """A cell's difference with its mark; its value where nothing is compared; a cross where it is hidden."""
    value, difference = series.values[place], series.difference[place] if series.difference else np.nan
    if not np.isfinite(value):
        return "×" if series.word(place) else ""
    if np.isfinite(difference):
        return f"{signed(difference, chart.decimals)} {mark(series.verdict(place))}".strip()
    return series.word(place) or number(value, chart.decimals)


def add_table(slide: Any, table: Table, box: Box, most: int) -> None:
    """The first rows and columns of a table."""
    headings = table.headings[:MOST_COLUMNS]
    rows = table.frame.head(most).to_dict("records")
    grid = _grid(slide, len(rows) + 1, len(headings), box, first=0.34)
    for column, heading in enumerate(headings):
        is_number = heading.kind != "text"
        _write(grid.cell(0, column), str(heading.title), LIGHT.panel, centred=is_number, bold=True)
        for row, values in enumerate(rows, start=1):
            _write(grid.cell(row, column), cell_text(heading, values), LIGHT.page, centred=is_number)


def _grid(slide: Any, rows: int, columns: int, box: Box, first: float) -> Any:
    """An empty table whose first column takes a share of the width."""
    left, top, width, height = box
    tall = min(height // rows, Inches(0.42))
    frame = slide.shapes.add_table(rows, columns, left, top, width, tall * rows)
    grid = frame.table
    grid.first_row = grid.horz_banding = False
    for row in grid.rows:
        row.height = Emu(tall)
    if columns > 1:
        grid.columns[0].width = Emu(int(width * first))
        for column in list(grid.columns)[1:]:
            column.width = Emu(int(width * (1 - first) / (columns - 1)))
    return grid


def _write(cell: Any, words: str, color: str, centred: bool = False, bold: bool = False) -> None:
    cell.margin_top = cell.margin_bottom = Emu(0)
    cell.margin_left = cell.margin_right = Inches(0.05)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.solid()
    cell.fill.fore_color.rgb = rgb(color)
    said(cell.text_frame, words, TEXT, ink(color), bold)
    if centred:
        cell.text_frame.paragraphs[0].alignment = PP_ALIGN.CENTER
