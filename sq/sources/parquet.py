"""Reads Parquet files through pyarrow."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sq.errors import SourceError
from sq.language import Message, number
from sq.sources.failures import MIB, damaged, too_large
from sq.sources.raw import MAX_COLUMNS, RawSheet, check_headings, unique_headings

MAX_CELLS = 50_000_000  # 24 million cells are normal; numbers take 8 bytes, and are held three times
MAX_ROWS = 6_000_000
MAX_BYTES = 700 * MIB
MAX_FOOTER = 16 * MIB
MARK, LENGTH = b"PAR1", struct.Struct("<I")
PLAIN_TYPES = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_boolean,
    pa.types.is_date,
    pa.types.is_timestamp,
)
INDEX = "__index_level_"  # columns that pandas adds for its row labels


def read_parquet(path: Path, name: str) -> RawSheet:
    """A Parquet file as one RawSheet; numbers and dates keep their types.

    Raises:
        SourceError: damaged or too large.
    """
    _check_footer(path, name)
    try:
        texts = [field.name for field in pq.read_schema(path) if _is_text(field.type)]
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            _check_size(file.metadata, name)
            table = _read(file, name)
            table.validate(full=True)
            if sum(map(_letters, table.columns)) > MAX_BYTES:
                raise _too_much(name)
        headings, repeated = unique_headings(table.column_names)
        check_headings(name, None, headings)
        frame = _frame(table)
    except SourceError:
        raise
    except Exception as error:  # a damaged file fails in many ways, also inside pyarrow's own Python code
        raise damaged(name) from error
    frame.columns = headings
    headed = np.array([bool(heading) for heading in headings], dtype=bool)
    return RawSheet(name, None, frame.loc[:, headed], np.arange(2, len(frame) + 2), repeated)


def parquet_headings(path: Path, name: str) -> list[str]:
    """The headings of a Parquet file without reading its data."""
    _check_footer(path, name)
    try:
        return unique_headings(_columns(pq.read_schema(path)))[0]
    except Exception as error:  # as above
        raise damaged(name) from error


def _check_footer(path: Path, name: str) -> None:
    """Refuse a schema that alone would fill the memory, before it is read."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size < len(MARK) * 2 + LENGTH.size:
            raise damaged(name)
        file.seek(-LENGTH.size - len(MARK), os.SEEK_END)
        length, mark = LENGTH.unpack(file.read(LENGTH.size))[0], file.read()
    if mark != MARK or length > size:
        raise damaged(name)
    if length > MAX_FOOTER:
        raise too_large(name, Message("more than {limit} columns", {"limit": number(MAX_COLUMNS, 0)}))


def _check_size(metadata: Any, name: str) -> None:
    if metadata.num_columns > MAX_COLUMNS:
        raise too_large(name, Message("more than {limit} columns", {"limit": number(MAX_COLUMNS, 0)}))
    if metadata.num_rows * metadata.num_columns > MAX_CELLS:
        raise too_large(name, Message("more than {limit} million cells", {"limit": number(MAX_CELLS / 1e6, 0)}))
    if metadata.num_rows > MAX_ROWS:
        raise too_large(name, Message("more than {limit} million rows", {"limit": number(MAX_ROWS / 1e6, 0)}))
    if sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups)) > MAX_BYTES:
        raise _too_much(name)


def _too_much(name: str) -> SourceError:
    return too_large(name, Message("it unpacks to more than {limit} MB", {"limit": number(MAX_BYTES / MIB, 0)}))


def _read(file: pq.ParquetFile, name: str) -> pa.Table:
    """The columns of a file but those that pandas adds, one row group after the other."""
    columns = _columns(file.schema_arrow)
    parts: list[pa.Table] = []
    for group in range(file.metadata.num_row_groups):
        parts.append(file.read_row_group(group, columns=columns))
        if sum(part.nbytes for part in parts) > MAX_BYTES:
            raise _too_much(name)
    return pa.concat_tables(parts) if parts else file.read(columns=columns)


def _columns(schema: pa.Schema) -> list[str]:
    return [column for column in schema.names if not column.startswith(INDEX)]


def _is_text(kind: pa.DataType) -> bool:
    return any(is_it(kind) for is_it in (pa.types.is_string, pa.types.is_large_string))


def _letters(column: Any) -> int:
    """How long all texts of a column are together, when each is written out."""
    if not pa.types.is_dictionary(column.type):
        return 0
    total = 0
    for chunk in column.chunks:
        lengths = pc.binary_length(chunk.dictionary).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        total += int(lengths[chunk.indices.drop_null().to_numpy(zero_copy_only=False)].sum())
    return total


def _frame(table: pa.Table) -> pd.DataFrame:
    """Columns as text, numbers, dates and moments without a time zone; each is let go once it is taken over."""
    columns: dict[int, pd.Series[Any]] = {}
    for i in range(table.num_columns):
        columns[i] = _series(table.column(0))
        table = table.remove_column(0)
    return pd.DataFrame(columns, copy=False)


def _series(column: Any) -> pd.Series[Any]:
    kind = column.type
    if pa.types.is_dictionary(kind):  # each different text is made once, however often it stands there
        parts = [_words(chunk) for chunk in column.chunks]
        return pd.Series(np.concatenate(parts) if parts else np.array([], dtype=object), dtype=object)
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif pa.types.is_timestamp(kind) and kind.tz is not None:
        column = pc.local_timestamp(column)
    elif not any(is_plain(kind) for is_plain in PLAIN_TYPES):
        column = pa.array([_text(value) for value in column.to_pylist()], pa.string())
    found: pd.Series[Any] = column.to_pandas()
    return found


def _words(chunk: Any) -> Any:
    words = chunk.dictionary.to_pylist()
    lookup = np.empty(len(words) + 1, dtype=object)
    lookup[:-1] = [_text(word) for word in words] if not _is_text(chunk.dictionary.type) else words
    return lookup[chunk.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)]


def _text(value: Any) -> str | None:
    """A nested value as text: lists with commas."""
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
