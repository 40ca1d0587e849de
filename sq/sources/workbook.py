"""Reads .xlsx workbooks through calamine: cached values, one RawSheet per sheet that holds data."""

from __future__ import annotations

import contextlib
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import python_calamine as calamine

from sq.errors import SourceError
from sq.language import Message, number
from sq.sources.failures import MIB, Listing, damaged, nothing_in, protected, too_large
from sq.sources.layout import PLAIN, Layouts
from sq.sources.raw import RawSheet, heading_text, raw_sheet

MAX_SHEET_BYTES = 300 * MIB  # XML of one part: about 12 million cells
MAX_WORKBOOK_BYTES = 600 * MIB  # everything unpacked; real parts pack 10:1 to 40:1
MAX_CELLS = 15_000_000  # calamine keeps a sheet as a dense rectangle from its first to its last filled cell
MAX_PARTS = 10_000
HEADING_SEARCH_ROWS = 20
CHUNK = MIB
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384  # of any sheet
MAX_SHEETS = 500
LONGEST_TAG = 4_000  # bytes
# Tags of rows and cells, with or without a prefix. Lengths are bounded, so that no file keeps a pattern busy.
PREFIX = rb"<(?:[^\s<>/:=]{1,40}:)?"
CELL_START = re.compile(PREFIX + rb"c(?=[\s/>])")
CELL = re.compile(PREFIX + rb"c r=\"([A-Z]{1,3})([1-9]\d{0,6})\"[^<>]{0,200}?(/?)>")
TAG_START = re.compile(PREFIX + rb"(?:c|row)(?=[\s/>])")
TAG = re.compile(PREFIX + rb"(c|row)((?:\s[^<>]{0,2000}?)?)(/?)>")
REFERENCE = re.compile(rb"\sr\s{0,9}=\s{0,9}[\"']([^\"']{0,30})[\"']")
PLACE = re.compile(rb"([A-Za-z]{1,3})([1-9]\d{0,6})")

Cells = list[list[Any]]


def read_workbook(path: Path, name: str, layouts: Layouts = PLAIN) -> Iterator[RawSheet]:
    """One RawSheet per sheet with data, in the workbook's order.

    Raises:
        SourceError: damaged, too large, merged cells among the data, or nothing in it.
    """
    check_package(path, name)
    found = False
    try:
        with calamine.CalamineWorkbook.from_path(str(path)) as book:
            wanted = _wanted(book, name, layouts)
            room = MAX_CELLS
            for sheet in wanted:
                raw = _read_sheet(book.get_sheet_by_name(sheet), name, layouts)
                if raw is not None:
                    found = True
                    room -= raw.frame.size
                    if room < 0:
                        raise too_large(name, _too_many_cells())
                    yield raw
    except calamine.PasswordError as error:
        raise protected(name) from error
    except calamine.CalamineError as error:
        raise damaged(name) from error
    except BaseException as error:  # a panic of the Rust reader is no Exception; anything else is not ours
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(name) from error
    if not found:
        raise nothing_in(name)


def _wanted(book: calamine.CalamineWorkbook, name: str, layouts: Layouts) -> list[str]:
    """The sheets to read."""
    sheets = [m.name for m in book.sheets_metadata if m.typ == calamine.SheetTypeEnum.WorkSheet]
    wanted = [sheet for sheet in sheets if layouts.wanted(sheet)]
    if sheets and not wanted:
        raise _no_sheet(name, sheets)
    if len(wanted) > MAX_SHEETS:
        raise too_large(name, Message("more than {limit} sheets", {"limit": MAX_SHEETS}))
    return wanted


def _no_sheet(name: str, sheets: list[str]) -> SourceError:
    return SourceError(
        Message(
            "No sheet of {file} is one that the profile names; it has {sheets}.",
            {"file": name, "sheets": Listing(tuple(sheets[:8]))},
        ),
        Message("Correct the patterns under sheets in the profile, or check that the right file was saved."),
    )


def check_package(path: Path, name: str) -> None:
    """Refuse zip bombs, damaged parts and sheets whose filled cells span too large a rectangle.

    Every part is unpacked once as a stream (its checksum is tested with it) and the outermost filled cells of any
    sheet in it are found: the size that a sheet declares may be far too large or too small, and a sheet may hide in
    a part of any name.
    """
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            _check_sizes(parts, name)
            for part in parts:
                _check_span(package, part, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise damaged(name) from error


def _check_sizes(parts: Sequence[zipfile.ZipInfo], name: str) -> None:
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_WORKBOOK_BYTES:
        raise too_large(
            name, Message("it unpacks to more than {limit} MB", {"limit": number(MAX_WORKBOOK_BYTES / MIB, 0)})
        )
    for part in parts:
        if part.flag_bits & 0x1:
            raise protected(name)
        if part.file_size > MAX_SHEET_BYTES:
            raise too_large(
                name, Message("one sheet unpacks to more than {limit} MB", {"limit": number(MAX_SHEET_BYTES / MIB, 0)})
            )


def _check_span(package: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    """Compare the cells of a part with what is read: how many are filled, how large a rectangle they span."""
    columns: set[bytes] = set()
    rows: set[bytes] = set()
    filled = 0
    for piece in _pieces(package, part):
        cells = CELL.findall(piece)
        if len(cells) < len(CELL_START.findall(piece)):
            return _check_odd_span(package, part, name)
        columns.update(column for column, _row, closed in cells if not closed)
        rows.update(row for _column, row, closed in cells if not closed)
        filled += sum(not closed for _column, _row, closed in cells)
    _refuse_span(max(map(_column_number, columns), default=0), max(map(int, rows), default=0), filled, name)
    return None


def _pieces(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part in pieces that end where a tag begins."""
    with package.open(part) as stream:
        rest = b""
        while chunk := stream.read(CHUNK):
            chunk = rest + chunk
            cut = chunk.rfind(b"<")
            rest = chunk[cut:] if cut >= 0 else b""
            if len(rest) > LONGEST_TAG and b">" not in rest[:LONGEST_TAG]:
                raise ValueError("a tag without an end")
            rest = rest if len(rest) < CHUNK else rest[:1]  # a long text: its tag has been seen
            yield chunk[: cut if cut >= 0 else None]
        yield rest


def _check_odd_span(package: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    """The same where cells say where they stand by their order, or late in their tag: one by one."""
    row, column, height, width, filled = 0, 0, 0, 0, 0
    for piece in _pieces(package, part):
        found = TAG.findall(piece)
        if len(found) < len(TAG_START.findall(piece)):
            raise ValueError("a cell or row that is none")
        for kind, attributes, closed in found:
            reference = REFERENCE.search(attributes)
            if kind == b"row":
                row, column = (_whole(reference[1]) if reference else row + 1), 0
                continue
            column += 1
            if reference:
                place = PLACE.fullmatch(reference[1])
                if place is None:
                    raise ValueError("a cell that stands nowhere")
                column, row = _column_number(place[1].upper()), int(place[2])
            if not closed:
                filled, height, width = filled + 1, max(height, row), max(width, column)
        _refuse_span(width, height, filled, name)


def _too_many_cells() -> Message:
    return Message("one sheet spans more than {limit} million cells", {"limit": number(MAX_CELLS / 1e6, 0)})


def _whole(text: bytes) -> int:
    if not text.isdigit() or not 0 < int(text) <= MAX_ROWS:
        raise ValueError("a row that is none")
    return int(text)


def _refuse_span(width: int, height: int, filled: int, name: str) -> None:
    if width * height > MAX_CELLS or filled > MAX_CELLS:
        raise too_large(name, _too_many_cells())
    if height > MAX_ROWS or width > MAX_COLUMNS:
        raise ValueError("a cell beyond the last row or column")


def _column_number(letters: bytes) -> int:
    total = 0
    for letter in letters:
        total = total * 26 + letter - 64
    return total


def _read_sheet(sheet: calamine.CalamineSheet, name: str, layouts: Layouts) -> RawSheet | None:
    try:
        cells: Cells = sheet.to_python(skip_empty_area=False)
    except (OverflowError, ValueError) as error:
        raise _impossible_time(sheet, name) from error
    layout = layouts.of(sheet.name)
    head = layout.heading_row - 1 if layout.heading_row else heading_position(cells)
    if head is None or head >= len(cells):
        return None
    merged = [area for area in sheet.merged_cell_ranges or [] if area[1][0] >= head]
    if merged and not layout.fill_merged:
        raise _merged(name, sheet.name, merged[0])
    if sum(_size(area, cells) for area in merged) > MAX_CELLS:
        raise too_large(name, _too_many_cells())
    for area in merged:
        _fill(cells, area)
    body = cells[head + 1 :]
    columns: list[Any] = list(zip(*body, strict=True)) if body else [[] for _cell in cells[head]]
    rows = np.arange(head + 2, len(cells) + 1)
    return raw_sheet(name, sheet.name, cells[head], columns, rows)


def heading_position(cells: Cells) -> int | None:
    """The first row with at least two filled cells (a title above may fill one), else the first filled row."""
    filled = [sum(heading_text(cell) != "" for cell in row) for row in cells[:HEADING_SEARCH_ROWS]]
    first = next((i for i, count in enumerate(filled) if count >= 2), None)
    return first if first is not None else next((i for i, count in enumerate(filled) if count), None)


def _merged(name: str, sheet: str, area: tuple[tuple[int, int], tuple[int, int]]) -> SourceError:
    (top, left), (bottom, right) = area
    cells = f"{_letters(left)}{top + 1}:{_letters(right)}{bottom + 1}"
    return SourceError(
        Message("Sheet {sheet} of {file} has merged cells ({cells}).", {"sheet": sheet, "file": name, "cells": cells}),
        Message("Unmerge them so that every row carries its own values, or set merged_cells in the profile."),
    )


def _impossible_time(sheet: calamine.CalamineSheet, name: str) -> SourceError:
    """A number beyond all measure in a cell that is formatted as a duration."""
    row = 1
    with contextlib.suppress(OverflowError, ValueError):
        for row, _cells in enumerate(sheet.iter_rows(), start=2):  # noqa: B007 - the row after the last good one
            pass
    return SourceError(
        Message(
            "Sheet {sheet} of {file} has a time that does not exist in row {row}.",
            {"sheet": sheet.name, "file": name, "row": row},
        ),
        Message("Correct the cell, or give it a number format."),
    )


def _letters(column: int) -> str:
    text, column = "", column + 1
    while column:
        column, digit = divmod(column - 1, 26)
        text = chr(65 + digit) + text
    return text


def _size(area: tuple[tuple[int, int], tuple[int, int]], cells: Cells) -> int:
    """The cells of an area that lie within a sheet."""
    (top, left), (bottom, right) = area
    width = len(cells[0]) if cells else 0
    return max(0, min(bottom + 1, len(cells)) - top) * max(0, min(right + 1, width) - left)


def _fill(cells: Cells, area: tuple[tuple[int, int], tuple[int, int]]) -> None:
    (top, left), (bottom, right) = area
    for row in cells[top : bottom + 1]:
        row[left : right + 1] = [cells[top][left]] * len(row[left : right + 1])
