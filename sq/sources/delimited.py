"""Reads CSV and other delimited text: encoding and separator are found out, ragged rows refused."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import itertools
import re
import zlib
from pathlib import Path
from typing import TextIO

import numpy as np

from sq.errors import SourceError
from sq.language import Message, number
from sq.sources.failures import MIB, damaged, nothing_in, too_large
from sq.sources.layout import PLAIN, Layout, Layouts
from sq.sources.raw import RawSheet, raw_sheet

MAX_TEXT_BYTES = 300 * MIB  # about 60 million short cells; larger data comes as Parquet
MAX_FIELD = 1 * MIB
SEPARATORS = ",;\t|"
SAMPLE = 4096
MAX_HEADING_LINE = 1000
# of the runs of bytes above 127: Chinese text in GB18030 has even runs, Western accents stand alone
EVEN_RUNS = 0.7


def read_delimited(path: Path, name: str, layouts: Layouts = PLAIN) -> RawSheet:
    """A CSV file, plain or packed with gzip, as one RawSheet of text columns.

    Raises:
        SourceError: not text, ragged, empty or too large.
    """
    layout = layouts.of(None)
    data = content(path, name)
    encoding = layout.encoding or encoding_of(data)
    try:
        _refuse_nul(data, encoding, name)
        return _parsed(data, encoding, name, layout)
    except (UnicodeError, LookupError) as error:
        raise SourceError(
            Message(
                "{file} is not readable as text ({encoding}).",
                {"file": name, "encoding": encoding.upper().removesuffix("-SIG")},
            ),
            Message("Save it as CSV in UTF-8, or name its encoding in a profile."),
        ) from error


def content(path: Path, name: str) -> bytes:
    """The bytes of a file, unpacked if it is a gzip file, within the size limit."""
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            data = file.read(MAX_TEXT_BYTES + 1)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise damaged(name) from error
    if len(data) > MAX_TEXT_BYTES:
        raise too_large(name, Message("more than {limit} MB of text", {"limit": number(MAX_TEXT_BYTES / MIB, 0)}))
    return data


def _refuse_nul(data: bytes, encoding: str, name: str) -> None:
    wide = encoding.lower().startswith("utf-16")
    if ("\0" in data.decode(encoding)) if wide else (b"\0" in data):
        raise SourceError(
            Message("{file} contains NUL bytes: it is damaged or not a text file.", {"file": name}),
            Message("Export it again as CSV in UTF-8."),
        )


def encoding_of(data: bytes) -> str:
    """UTF-8 and UTF-16 with or without a byte order mark, else GB18030 or CP1252 by the pattern of high bytes."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    sample = data[:SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) > len(sample) / 20 and min(even, odd) * 10 < max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        return _single_or_double_byte(data)


def _single_or_double_byte(data: bytes) -> str:
    runs = re.findall(rb"[\x80-\xff]+", data[:MIB])
    even = sum(len(run) % 2 == 0 for run in runs)
    return "gb18030" if even > EVEN_RUNS * len(runs) else "cp1252"


def separator_of(heading: str) -> str:
    """The separator that is most frequent in the heading line outside quotes; a comma if there is none."""
    return max(SEPARATORS, key=re.sub(r'"[^"]*"', "", heading).count)


def _heading_line(file: TextIO, number: int | None) -> str:
    """The line of the headings: the first that is filled, or the one the profile names."""
    lines = itertools.islice(file, MAX_HEADING_LINE)
    if number is not None:
        return next(itertools.islice(lines, number - 1, None), "")
    return next((line for line in lines if line.strip()), "")


def _parsed(data: bytes, encoding: str, name: str, layout: Layout) -> RawSheet:
    csv.field_size_limit(MAX_FIELD)
    file = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    separator = layout.separator or separator_of(_heading_line(file, layout.heading_row))
    file.seek(0)
    reader = csv.reader(file, delimiter=separator, strict=True)
    try:
        lines = [(i, cells) for i, cells in enumerate(reader, start=1) if any(cells)]
    except csv.Error as error:
        raise SourceError(
            Message("{file} is not a well-formed CSV file: line {line}.", {"file": name, "line": reader.line_num}),
            Message("Check the quotation marks there, or export the file again."),
        ) from error
    lines = [line for line in lines if line[0] >= (layout.heading_row or 1)]
    if not lines:
        raise nothing_in(name)
    heading, body = lines[0][1], lines[1:]
    width = len(heading)
    for i, cells in body:
        if len(cells) != width:
            _trim(cells, width, i, name)
    rows = np.fromiter((i for i, _cells in body), dtype=np.int64, count=len(body))
    columns = list(zip(*(cells for _i, cells in body), strict=True)) if body else [()] * width
    return raw_sheet(name, None, heading, columns, rows)


def _trim(cells: list[str], width: int, row: int, name: str) -> None:
    """Drop empty cells beyond the heading; any other difference is a ragged row."""
    if len(cells) < width or any(cells[width:]):
        raise SourceError(
            Message(
                "{file} is ragged: row {row} has {found} cells, the heading has {expected}.",
                {"file": name, "row": row, "found": len(cells), "expected": width},
            ),
            Message("Quote values that contain the separator, or export the file again."),
        )
    del cells[width:]
