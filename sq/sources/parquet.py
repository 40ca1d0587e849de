"""Reads Parquet files through pyarrow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sq.language import Message, number
from sq.sources.failures import damaged, too_large
from sq.sources.raw import RawSheet, unique_headings

MAX_CELLS = 120_000_000  # 24 million cells are normal; numbers take 8 bytes


def read_parquet(path: Path, name: str) -> RawSheet:
    """A Parquet file as one RawSheet; numbers and dates keep their types.

    Raises:
        SourceError: damaged or too large.
    """
    try:
        with pq.ParquetFile(path) as file:
            if file.metadata.num_rows * file.metadata.num_columns > MAX_CELLS:
                raise too_large(name, Message("more than {limit} million cells", {"limit": number(MAX_CELLS / 1e6, 0)}))
            frame = file.read().to_pandas(split_blocks=True, self_destruct=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise damaged(name) from error
    frame.columns, repeated = unique_headings(frame.columns)
    return RawSheet(name, None, frame.reset_index(drop=True), np.arange(2, len(frame) + 2), repeated)


def parquet_headings(path: Path, name: str) -> list[str]:
    """The headings of a Parquet file without reading its data."""
    try:
        return unique_headings(pq.read_schema(path).names)[0]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise damaged(name) from error
