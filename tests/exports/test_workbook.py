"""The workbook: numbers as on the screen, words where none may be told, no cell that runs."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from lxml import etree
from openpyxl.utils import get_column_letter

from sq.analyses.score import score
from sq.exports.handout import Handout, Leaf
from sq.exports.workbook import sheet_names, workbook
from sq.language import speaking
from tests.exports.conftest import STARTS, TODAY, Taken


def opened(handout: Handout) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(handout)))


def rows_of(book: openpyxl.Workbook, sheet: str) -> list[list[object]]:
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


def test_each_view_has_a_sheet_with_the_numbers_of_sq_score(taken: Taken, small_data: Path) -> None:
    book = opened(taken(("explore", "")))
    assert book.sheetnames == ["Contents", "Mystery score by region", "Definitions"]  # the others are short: below
    rows = rows_of(book, "Mystery score by region")
    assert rows[5][:5] == ["Region", "Mystery score", "Low (95 %)", "High (95 %)", "n"]
    printed = score(small_data, "mystery_score", "region")
    for row, (_place, told) in zip(rows[6:8], printed.iterrows(), strict=True):
        assert row[0] == told["name"]
        assert row[1:5] == pytest.approx([told["value"], told["low"], told["high"], told["n"]])


def test_the_sheet_has_the_chart_and_says_filters_snapshot_and_day(taken: Taken) -> None:
    handout = taken(("explore", ""))
    book = opened(handout)
    sheet = book["Mystery score by region"]
    assert len(sheet._charts) == 1
    assert handout.snapshot in sheet["A3"].value
    assert sheet["A3"].value.startswith("Whole chain · Jan 2026")
    assert "exported on 4 May 2026" in sheet["A4"].value


def test_hidden_groups_hold_words_in_place_of_numbers(taken: Taken, small_data: Path) -> None:
    printed = score(small_data, "employee_index", "store").set_index("name")
    hidden = printed.index[printed["hidden_reason"].isin(["few", "neighbour"])]
    rows = {
        row[0]: row
        for row in rows_of(opened(taken(("explore", "metric=employee_index&split=store"))), "Employee index by store")
    }
    for name in hidden:
        assert "hidden" in str(rows[name][1])
        assert rows[name][2:5] == [None, None, None]


def test_definitions_tell_every_metric_shown(taken: Taken) -> None:
    book = opened(taken(("overview", "")))
    named = [row[0] for row in rows_of(book, "Definitions")[1:]]
    assert named[0] == "Mystery score"
    assert len(named) == len(set(named)) > 3


def test_no_cell_is_a_formula(hostile: Handout) -> None:
    book = opened(hostile)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    marked = {cell.value.strip() for cell in cells if cell.quotePrefix}
    assert {start.strip() for start in STARTS} <= marked


def test_sheet_names_are_short_distinct_and_without_refused_signs() -> None:
    names = sheet_names(["a/b[c]:*?'\\" + "x" * 40, "A/B[C]:*?'\\" + "X" * 40, "", "\t"])
    assert len({name.lower() for name in names}) == 4
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


def test_the_workbook_speaks_chinese(taken: Taken) -> None:
    with speaking("zh"):
        book = opened(taken(("explore", "")))
    assert book.sheetnames[:2] == ["目录", "各大区的暗访得分"]
    assert rows_of(book, book.sheetnames[1])[5][:2] == ["大区", "暗访得分"]


def drawn(handout: Handout) -> list[Any]:
    """The native charts of a workbook as XML, in the order of their sheets."""
    with zipfile.ZipFile(io.BytesIO(workbook(handout))) as parts:
        names = sorted(name for name in parts.namelist() if name.startswith("xl/charts/chart"))
        return [etree.fromstring(parts.read(name)) for name in names]


def told(chart: Any) -> list[str]:
    """The labels of a chart's bars."""
    return [label.text for label in chart.iterfind(".//{*}dLbls//{*}t")]


def test_every_bar_has_its_number_and_mark(taken: Taken) -> None:
    content = taken(("explore", "")).contents[0]
    worse = replace(content.table, frame=content.table.frame.assign(verdict=["better", "worse"]))
    handout = Handout("T", (Leaf("view", "One", content=replace(content, table=worse)),), "S", TODAY)
    (chart,) = drawn(handout)
    assert told(chart) == ["68.7 ▲", "65.0 ▼"]
    assert chart.find(".//{*}cat//{*}f").text == "One!$A$7:$A$8"


def test_each_source_of_the_touchpoints_has_a_chart_of_its_own(taken: Taken) -> None:
    handout = taken(("touchpoints", ""))
    content = handout.contents[0]
    charts = drawn(handout)
    assert len(charts) == len(content.chart.series) == 2
    for chart, series in zip(charts, content.chart.series, strict=True):
        assert told(chart) == [f"{value:.1f}" for value in series.values if np.isfinite(value)]
    columns = [chart.find(".//{*}val//{*}f").text for chart in charts]
    names = [heading.name for heading in content.table.headings]
    letters = [get_column_letter(names.index(name) + 1) for name in ("mystery", "customer")]
    assert [column.split("!")[1].split("$")[1] for column in columns] == letters


def test_priorities_are_named_by_their_rows_and_not_by_their_layers(taken: Taken) -> None:
    handout = taken(("priorities", ""))
    (chart,) = drawn(handout)
    assert chart.find(".//{*}cat//{*}f").text.split("!")[1].startswith("$B$")
