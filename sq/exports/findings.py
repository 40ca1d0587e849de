"""The findings of a check as a workbook: a list, and the refused rows with the bad cells marked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from sq.checking import Checked, Finding, Rejects, finding_message
from sq.language import N_, _

SEVERITY_WORDS = {"error": N_("error"), "warning": N_("warning"), "note": N_("note")}
LONGEST_CELL = 32_000  # Excel holds 32,767 characters
LARGEST = 1e300  # a spreadsheet holds no larger number, and no infinite one
MOST_ROWS = 100_000  # refused rows shown per sheet; the rejects file of a batch has them all
SHEET_NAME = 31  # characters
# Cells written as text never run as formulas or links.
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def findings_workbook(path: Path, checked: Checked) -> Path:
    """Write the workbook in the current language.

    The first sheet lists the findings; each further sheet holds the refused rows of one table as received, with row
    number and reasons, and the bad cells coloured.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), OPTIONS) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        bad = book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
        _list_sheet(book, head, checked.findings)
        for number, rejects in enumerate(checked.rejects, start=1):
            _rows_sheet(book, head, bad, rejects, number)
    return path


def _list_sheet(book: Any, head: Any, findings: list[Finding]) -> None:
    sheet = book.add_worksheet(_("Findings"))
    titles = [_("severity"), _("file"), _("sheet"), _("row"), _("column"), _("value"), _("rows"), _("what and where")]
    _headings(sheet, head, titles, (10, 28, 16, 8, 20, 24, 8, 100))
    for at, f in enumerate(findings, start=1):
        place = [f.file, f.sheet, f.first_row or "", f.column, f.value, f.row_count]
        values = [_(SEVERITY_WORDS[f.severity]), *place, str(finding_message(f))]
        for column, value in enumerate(values):
            _write(sheet, at, column, value)
    sheet.autofilter(0, 0, max(len(findings), 1), len(titles) - 1)


def _rows_sheet(book: Any, head: Any, bad: Any, rejects: Rejects, number: int) -> None:
    sheet = book.add_worksheet(_sheet_name(number, rejects))
    columns = [str(c) for c in rejects.frame.columns]
    _headings(sheet, head, [_("row"), _("reason"), *columns], (8, 60, *(14 for _name in columns)))
    frame = rejects.frame.iloc[:MOST_ROWS]
    marked = _marked(rejects, columns)
    cells = frame.to_numpy(dtype=object)
    for at, (row, why) in enumerate(zip(rejects.rows[:MOST_ROWS], rejects.reasons()[:MOST_ROWS], strict=True)):
        sheet.write_number(at + 1, 0, int(row))
        sheet.write_string(at + 1, 1, why[:LONGEST_CELL])
        for column in range(len(columns)):
            _write(sheet, at + 1, column + 2, cells[at, column], bad if (at, column) in marked else None)


def _marked(rejects: Rejects, columns: list[str]) -> set[tuple[int, int]]:
    """Row and column of each bad cell; a problem of the whole row marks nothing."""
    place = {name: i for i, name in enumerate(columns)}
    return {
        (int(at), place[problem.column])
        for problem in rejects.problems
        if problem.column in place
        for at in problem.positions
        if at < MOST_ROWS
    }


def _headings(sheet: Any, head: Any, titles: list[str], widths: tuple[int, ...]) -> None:
    for column, (title, width) in enumerate(zip(titles, widths, strict=True)):
        sheet.write_string(0, column, title[:LONGEST_CELL], head)
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)


def _write(sheet: Any, row: int, column: int, value: Any, look: Any = None) -> None:
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > LARGEST:
        sheet.write_string(row, column, str(value)[:LONGEST_CELL], look)
    else:
        sheet.write_number(row, column, value, look)


def _sheet_name(number: int, rejects: Rejects) -> str:
    text = f"{number} {rejects.sheet or rejects.file}"
    return "".join("_" if c in "[]:*?/\\'" else c for c in text)[:SHEET_NAME]
