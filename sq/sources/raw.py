"""RawSheet: one rectangle of a file under its own headings, before anything is mapped."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sq.errors import SourceError
from sq.language import Message, number
from sq.sources.failures import too_large

Rows = np.ndarray[tuple[int], np.dtype[np.int64]]
MAX_COLUMNS = 16_384  # those of a spreadsheet
LONGEST_HEADING = 2_000  # characters: survey tools write whole questions there
INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060"), None)


@dataclass(frozen=True)
class RawSheet:
    """A sheet or file as a frame of its own headings.

    A heading that stands twice carries ``.1``, ``.2`` from its second place on and is listed in ``repeated``.
    Columns are float64 (numbers, NaN = empty), datetime64 or object (text, None = empty; mixed values as they are).
    """

    file: str
    sheet: str | None
    frame: pd.DataFrame
    rows: Rows
    repeated: frozenset[str] = frozenset()

    @property
    def columns(self) -> list[str]:
        """The headings, made unique."""
        return list(self.frame.columns)


def heading_text(value: Any) -> str:
    """A heading cell as text: whole numbers without ``.0``, blanks and line breaks collapsed."""
    return re.sub(r"\s+", " ", plain_text(value).translate(INVISIBLE)).strip()


def plain_text(value: Any) -> str:
    """A cell as text: ``""`` for empty, whole numbers without ``.0``."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def unique_headings(cells: Iterable[Any]) -> tuple[list[str], frozenset[str]]:
    """Headings made unique with ``.1``, ``.2`` as pandas does, and those that stood more than once.

    An empty heading stays empty; its column is dropped later.
    """
    names: list[str] = []
    seen: dict[str, int] = {}
    taken = {heading_text(cell) for cell in cells}
    for cell in cells:
        text = heading_text(cell)
        count = seen.get(text, 0)
        seen[text] = count + 1
        name = text
        while text and count and name in taken:
            name, count = f"{text}.{count}", count + 1
        seen[text] = max(seen[text], count)
        taken.add(name)
        names.append(name)
    return names, frozenset(text for text, count in seen.items() if text and count > 1)


def check_headings(file: str, sheet: str | None, cells: Sequence[Any]) -> None:
    """Refuse more columns than any spreadsheet has, and headings without end.

    Raises:
        SourceError: there are.
    """
    if len(cells) > MAX_COLUMNS:
        raise too_large(file, Message("more than {limit} columns", {"limit": number(MAX_COLUMNS, 0)}))
    for i, cell in enumerate(cells, start=1):
        if isinstance(cell, str) and len(cell) > LONGEST_HEADING:
            raise SourceError(
                Message(
                    "The heading of column {column} of {file} has more than {limit} characters.",
                    {"file": file, "column": i, "limit": number(LONGEST_HEADING, 0)},
                ),
                Message("Check that the first row holds the headings."),
            )


def compact(cells: Sequence[Any]) -> pd.Series[Any]:
    """A column of cells: float64 when all are numbers or empty, else object with None for empty."""
    values = np.empty(len(cells), dtype=object)
    values[:] = cells
    empty = values == ""
    if empty.all():
        return pd.Series(np.full(len(values), None), dtype=object)
    kind = pd.api.types.infer_dtype(values[~empty], skipna=True)
    if kind in {"floating", "integer", "mixed-integer-float"}:
        values[empty] = np.nan
        return pd.Series(values.astype(np.float64))
    values[empty] = None
    return pd.Series(values, dtype=object)


def raw_sheet(
    file: str, sheet: str | None, cells: Sequence[Any], columns: Sequence[Sequence[Any]], rows: Rows
) -> RawSheet:
    """A RawSheet from a heading row and columns of cells; columns without a heading and a value are dropped."""
    check_headings(file, sheet, cells)
    names, repeated = unique_headings(cells)
    data = {
        name or f"column {i + 1}": compact(column) for i, (name, column) in enumerate(zip(names, columns, strict=True))
    }
    kept = {
        name: column for (name, column), head in zip(data.items(), names, strict=True) if head or column.notna().any()
    }
    return RawSheet(file, sheet, pd.DataFrame(kept, copy=False), rows, repeated)


def as_received(column: pd.Series[Any]) -> pd.Series[Any]:
    """An object column for a record: whole numbers as int, empty as None, texts trimmed, durations as text."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind == "f":
        return _objects(column, lambda v: int(v) if v.is_integer() else v)
    if column.dtype.kind in "iub":
        return column.astype(object)
    return _objects(column.astype(object), _tidy)


def _tidy(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return value.strip() or None
    return str(value) if isinstance(value, (dt.time, dt.timedelta)) else value


def _objects(column: pd.Series[Any], change: Any) -> pd.Series[Any]:
    missing = column.isna().to_numpy()
    values = [None if gone else change(value) for value, gone in zip(column.tolist(), missing, strict=True)]
    return pd.Series(values, index=column.index, dtype=object)
