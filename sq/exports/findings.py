"""The findings of a check as a workbook: what is wrong in words, and the refused rows with their bad cells marked."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sq.checking import Finding, Rejects
from sq.checking.delivery import reason
from sq.language import N_, _

SEVERITY_NAMES = {"error": N_("error"), "warning": N_("warning"), "note": N_("note")}
SHEET_NAME = 31  # characters that Excel allows
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
PLACES = 2  # columns before those of the file: row and reason
MARK, HEAD = "#F8CF9E", "#EDF0F3"


def findings_workbook(findings: Sequence[Finding], rejects: Sequence[Rejects]) -> bytes:
    """An xlsx file in the current language; text stays text, it never becomes a formula."""
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "bg_color": HEAD, "text_wrap": True, "valign": "top"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        mark = book.add_format({"bg_color": MARK, "border": 1})
        _write_findings(book.add_worksheet(_("Findings")), findings, head, wrap)
        taken = {_("Findings").lower()}
        for part in rejects:
            _write_rejects(book.add_worksheet(_sheet_name(part, taken)), part, head, wrap, mark)
    return out.getvalue()


def _write_findings(sheet: Worksheet, findings: Sequence[Finding], head: Format, wrap: Format) -> None:
    titles = (
        _("Severity"),
        _("What was found"),
        _("Rows"),
        _("File"),
        _("Sheet"),
        _("First row"),
        _("Column"),
        _("Value"),
    )
    sheet.write_row(0, 0, titles, head)
    for at, found in enumerate(findings, start=1):
        sheet.write_string(at, 0, _(SEVERITY_NAMES[found.severity]))
        sheet.write_string(at, 1, str(found.message), wrap)
        sheet.write_number(at, 2, found.row_count)
        sheet.write_string(at, 3, found.file)
        sheet.write_string(at, 4, found.sheet or "")
        if found.first_row > 0:
            sheet.write_number(at, 5, found.first_row)
        sheet.write_string(at, 6, found.column or "")
        sheet.write_string(at, 7, found.value or "")
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 80)
    sheet.set_column(2, 7, 16)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(findings), 1), len(titles) - 1)


def _write_rejects(sheet: Worksheet, part: Rejects, head: Format, wrap: Format, mark: Format) -> None:
    columns = [str(name) for name in part.frame.columns]
    sheet.write_row(0, 0, [_("Row"), _("Why it was refused"), *columns], head)
    bad = _bad_cells(part, columns)
    reasons = part.reasons()
    for at, values in enumerate(part.frame.itertuples(index=False, name=None)):
        sheet.write_number(at + 1, 0, int(part.rows[at]))
        sheet.write_string(at + 1, 1, reasons[at], wrap)
        for column, value in enumerate(values):
            _write_cell(sheet, at + 1, column + PLACES, value, mark if (at, column) in bad else None)
    for (at, column), text in bad.items():
        sheet.write_comment(at + 1, column + PLACES, text)
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 1, 60)
    sheet.set_column(PLACES, PLACES + len(columns), 14)
    sheet.freeze_panes(1, PLACES)


def _bad_cells(part: Rejects, columns: Sequence[str]) -> dict[tuple[int, int], str]:
    """(position, column) of each cell to mark → what is wrong with it."""
    places = {name: at for at, name in enumerate(columns)}
    return {
        (int(at), places[problem.column]): reason(problem)
        for problem in part.problems
        if problem.column in places
        for at in problem.positions
    }


def _write_cell(sheet: Worksheet, row: int, column: int, value: Any, style: Format | None) -> None:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, str(value), style)


def _sheet_name(part: Rejects, taken: set[str]) -> str:
    """A name that Excel accepts and no other sheet has."""
    bare = (part.sheet or part.file.rpartition(".")[0] or part.file).translate(FORBIDDEN).strip()[:SHEET_NAME] or "1"
    name, again = bare, 2
    while name.lower() in taken:
        tail = f" ({again})"
        name, again = bare[: SHEET_NAME - len(tail)] + tail, again + 1
    taken.add(name.lower())
    return name
