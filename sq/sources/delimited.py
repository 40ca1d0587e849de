"""Reads CSV and other delimited text: encoding and separator are found out, ragged rows refused."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import itertools
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from sq.errors import SourceError
from sq.language import Message, number
from sq.sources.failures import MIB, damaged, nothing_in, too_large
from sq.sources.kinds import GZIP, HEAD, refuse_foreign
from sq.sources.layout import PLAIN, Layout, Layouts
from sq.sources.raw import RawSheet, check_headings, raw_sheet

MAX_TEXT_BYTES = 300 * MIB  # about 60 million short cells; larger data comes as Parquet
MAX_CELLS = 20_000_000
MAX_TEXT_MEMORY = 500 * MIB  # of different cells
TEXT_BYTES = 60  # that Python takes for a text beside its letters
MAX_FIELD = 1 * MIB
LONGEST_LINE = 8 * MIB
PIECE = 20_000  # rows taken in at a time
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
        with path.open("rb") as file:
            packed = path.suffix.lower() == ".gz" or file.read(len(GZIP)) == GZIP
        with gzip.open(path) if packed else path.open("rb") as file:
            data = file.read(MAX_TEXT_BYTES + 1)
    except (OSError, zlib.error, EOFError) as error:
        raise damaged(name) from error
    if packed:
        refuse_foreign(data[:HEAD], name)
    if len(data) > MAX_TEXT_BYTES:
        raise too_large(name, Message("more than {limit} MB of text", {"limit": number(MAX_TEXT_BYTES / MIB, 0)}))
    return data


def _refuse_nul(data: bytes, encoding: str, name: str) -> None:
    wide = encoding.lower().startswith("utf-16")
    if any("\0" in text for text in decoded(data, encoding)) if wide else (b"\0" in data):
        raise SourceError(
            Message("{file} contains NUL bytes: it is damaged or not a text file.", {"file": name}),
            Message("Export it again as CSV in UTF-8."),
        )


def decoded(data: bytes, encoding: str) -> Iterator[str]:
    """A text piece by piece: one wide sign would make the whole four times as large."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(data), MIB):
        yield decoder.decode(data[start : start + MIB])
    yield decoder.decode(b"", final=True)


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
        for _text in decoded(data, "utf-8"):
            pass
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


def _heading_line(lines: Iterator[str], number: int | None) -> str:
    """The line of the headings: the first that is filled, or the one the profile names."""
    if number is not None:
        return next(itertools.islice(lines, number - 1, None), "")
    return next((line for line in itertools.islice(lines, MAX_HEADING_LINE) if line.strip()), "")


def _lines(data: bytes, encoding: str, name: str) -> Iterator[str]:
    """The lines of a text; none is endless."""
    file = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise too_large(
                name, Message("one line has more than {limit} characters", {"limit": number(LONGEST_LINE, 0)})
            )
        yield line


def _parsed(data: bytes, encoding: str, name: str, layout: Layout) -> RawSheet:
    csv.field_size_limit(MAX_FIELD)
    line = _heading_line(_lines(data, encoding, name), layout.heading_row)
    separator = layout.separator or separator_of(line)
    reader = csv.reader(_lines(data, encoding, name), delimiter=separator, strict=True)
    numbered = ((i, cells) for i, cells in enumerate(reader, start=1) if any(cells) and i >= (layout.heading_row or 1))
    try:
        _number, heading = next(numbered, (0, []))
        if not heading:
            raise nothing_in(name)
        check_headings(name, None, heading)
        body = _Body(len(heading), name)
        while rows := list(itertools.islice(numbered, PIECE)):
            body.add(rows)
    except csv.Error as error:
        raise SourceError(
            Message("{file} is not a well-formed CSV file: line {line}.", {"file": name, "line": reader.line_num}),
            Message("Check the quotation marks there, or export the file again."),
        ) from error
    return raw_sheet(name, None, heading, body.columns, np.array(body.rows, dtype=np.int64))


class _Body:
    """Columns of cells that grow row by row; equal texts are kept once."""

    def __init__(self, width: int, name: str) -> None:
        self.width, self.name = width, name
        self.columns: list[list[str]] = [[] for _column in range(width)]
        self.rows: list[int] = []
        self._known: dict[str, str] = {}
        self._size = 0

    def add(self, rows: list[tuple[int, list[str]]]) -> None:
        """Take rows in.

        Raises:
            SourceError: a row is ragged, or the memory for all of them would be too large.
        """
        for i, cells in rows:
            if len(cells) != self.width:
                _trim(cells, self.width, i, self.name)
        self.rows += [i for i, _cells in rows]
        turned = zip(*(cells for _i, cells in rows), strict=True)
        for column, new in zip(self.columns, turned, strict=True):
            column += self._shared(new)
        if self._size > MAX_TEXT_MEMORY or len(self.rows) * self.width > MAX_CELLS:
            limit = {"limit": number(MAX_CELLS / 1e6, 0)}
            raise too_large(self.name, Message("more than {limit} million cells, or too many different ones", limit))

    def _shared(self, cells: tuple[str, ...]) -> Iterable[str]:
        new = set(cells).difference(self._known)
        if len(new) > len(cells) / 2:  # ids and remarks: hardly any comes twice
            self._size += sum(map(len, cells)) + len(cells) * TEXT_BYTES
            return cells
        self._size += sum(map(len, new)) + len(new) * TEXT_BYTES
        self._known.update(zip(new, new, strict=True))
        return map(self._known.__getitem__, cells)


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
