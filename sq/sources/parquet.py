"""Reads Parquet files through pyarrow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sq.errors import SourceError
from sq.language import Message, number
from sq.sources.failures import damaged, too_large
from sq.sources.raw import RawSheet, unique_headings

MAX_CELLS = 120_000_000  # 24 million cells are normal; numbers take 8 bytes
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
    try:
        with pq.ParquetFile(path) as file:
            if file.metadata.num_rows * file.metadata.num_columns > MAX_CELLS:
                raise too_large(name, Message("more than {limit} million cells", {"limit": number(MAX_CELLS / 1e6, 0)}))
            table = _plain(file.read(columns=_columns(file.schema_arrow)))
        headings, repeated = unique_headings(table.column_names)
        frame = table.to_pandas(split_blocks=True, self_destruct=True, ignore_metadata=True)
    except SourceError:
        raise
    except Exception as error:  # a damaged file fails in many ways, also inside pyarrow's own Python code
        raise damaged(name) from error
    frame.columns = headings
    return RawSheet(name, None, frame, np.arange(2, len(frame) + 2), repeated)


def parquet_headings(path: Path, name: str) -> list[str]:
    """The headings of a Parquet file without reading its data."""
    try:
        return unique_headings(_columns(pq.read_schema(path)))[0]
    except Exception as error:  # as above
        raise damaged(name) from error


def _columns(schema: pa.Schema) -> list[str]:
    return [column for column in schema.names if not column.startswith(INDEX)]


def _plain(table: pa.Table) -> pa.Table:
    """Columns as text, numbers, dates and moments without a time zone; texts are checked to be UTF-8."""
    table.validate(full=True)
    for i, field in enumerate(table.schema):
        column = _plain_column(table.column(i))
        if column is not None:
            table = table.set_column(i, field.name, column)
    return table


def _plain_column(column: Any) -> Any:
    """A column in a plain type, or None where it is one already."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return column.cast(kind.value_type)
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return pc.local_timestamp(column)
    if any(is_plain(kind) for is_plain in PLAIN_TYPES):
        return None
    return pa.array([_text(value) for value in column.to_pylist()], pa.string())


def _text(value: Any) -> str | None:
    """A nested value as text: lists with commas."""
    if value is None:
        return None
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
