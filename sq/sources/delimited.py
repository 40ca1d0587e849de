"""Reads CSV and other delimited text: encoding and separator are found out, ragged rows refused."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from pathlib import Path

import numpy as np

from sq.errors import SourceError
from sq.language import Message, number
from sq.sources.failures import MIB, damaged, nothing_in, too_large
from sq.sources.layout import PLAIN, Layout, Layouts
from sq.sources.raw import RawSheet, raw_sheet

MAX_TEXT_BYTES = 500 * MIB
MAX_FIELD = 1 * MIB
SEPARATORS = ",;\t|"
SAMPLE = 4096
# of the runs of bytes above 127: Chinese text in GB18030 has even runs, Western accents stand alone
EVEN_RUNS = 0.7


def read_delimited(path: Path, name: str, layouts: Layouts = PLAIN) -> RawSheet:
    """A CSV file, plain or packed with gzip, as one RawSheet of text columns.

    Raises:
        SourceError: not text, ragged, empty or too large.
    """
    layout = layouts.of(None)
    text = decoded(content(path, name), name, layout.encoding)
    return _parsed(text, name, layout)


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


def decoded(data: bytes, name: str, encoding: str | None = None) -> str:
    """Bytes as text; the encoding is taken from the profile, the byte order mark or the bytes themselves."""
    found = encoding or encoding_of(data)
    try:
        text = data.decode(found)
    except (UnicodeDecodeError, LookupError) as error:
        raise SourceError(
            Message("{file} is not readable as text ({encoding}).", {"file": name, "encoding": found.upper()}),
            Message("Save it as CSV in UTF-8, or name its encoding in a profile."),
        ) from error
    if "\0" in text:
        raise SourceError(
            Message("{file} contains NUL bytes: it is damaged or not a text file.", {"file": name}),
            Message("Export it again as CSV in UTF-8."),
        )
    return text.removeprefix("\ufeff")


def encoding_of(data: bytes) -> str:
    """UTF-8 and UTF-16 with or without a byte order mark, else GB18030 or CP1252 by the pattern of high bytes."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
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


def separator_of(text: str) -> str:
    """The separator that is most frequent in the first filled line outside quotes; a comma if there is none."""
    line = re.sub(r'"[^"]*"', "", next((line for line in text[: 64 * SAMPLE].splitlines() if line.strip()), ""))
    return max(SEPARATORS, key=line.count)


def _parsed(text: str, name: str, layout: Layout) -> RawSheet:
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=layout.separator or separator_of(text), strict=True)
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
