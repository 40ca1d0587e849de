"""Dates as people write them: cells of date columns become dates where there is no doubt, else stay as they are."""

from __future__ import annotations

import datetime as dt
import re
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from sq import records
from sq.sources.raw import plain_text

EXCEL_EPOCH = dt.datetime(1899, 12, 30)
FIRST_DAY, LAST_DAY = 20_000, 80_000  # serial day numbers of 1954 to 2119; others are no dates
DAY = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?")
PACKED_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
MONTH = re.compile(r"(\d{4})(?:-|/|\.|年)?(\d{1,2})月?")
TIME = re.compile(r"[T ]*(\d{1,2})(?::|时|点)(\d{1,2})(?:(?::|分)(\d{1,2})(?:\.\d+)?秒?)?分?Z?")


@cache
def date_kinds(table: str) -> Mapping[str, type[dt.date]]:
    """Date columns of a table → ``date`` or ``datetime``."""
    if table not in records.RECORDS:
        return {}
    fields = records.RECORDS[table].model_fields
    kinds = {name: _date_type(info.annotation) for name, info in fields.items()}
    return {name: kind for name, kind in kinds.items() if kind is not None}


def _date_type(annotation: Any) -> type[dt.date] | None:
    options = typing.get_args(annotation) or (annotation,)
    return next((kind for kind in (dt.datetime, dt.date) if kind in options), None)


def dated(column: pd.Series[Any], kind: type[dt.date], *, months: bool = False, serials: bool = True) -> pd.Series[Any]:
    """A column with dates (or date-times) where cells are read without doubt.

    ``months``: a month alone means its first day. ``serials``: numbers are days since 1900 as spreadsheets count.
    """
    if column.dtype.kind == "M":
        return _series([_of_kind(_stamped(stamp), kind) for stamp in column], column)
    read: dict[Any, Any] = {}
    values: list[Any] = []
    for cell in column.tolist():
        if cell is None or cell != cell:
            values.append(None)
            continue
        if cell not in read:
            read[cell] = _of_kind(one_date(cell, months=months, serials=serials), kind)
        values.append(read[cell])
    return _series(values, column)


def _stamped(stamp: Any) -> Any:
    """A moment; as text, which no date field takes, where its year has not four digits."""
    if pd.isna(stamp):
        return None
    try:
        return stamp.to_pydatetime()
    except ValueError:
        return stamp.isoformat()


def _series(values: list[Any], like: pd.Series[Any]) -> pd.Series[Any]:
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return pd.Series(cells, index=like.index, dtype=object)


def _of_kind(value: Any, kind: type[dt.date]) -> Any:
    if kind is dt.datetime and isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime(value.year, value.month, value.day)
    if kind is dt.date and isinstance(value, dt.datetime):
        return value.date()
    return value


def one_date(cell: Any, *, months: bool = False, serials: bool = True) -> Any:
    """A cell as a date or date-time, or the cell itself where it cannot be read without doubt."""
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, (int, float)) and serials and FIRST_DAY <= cell < LAST_DAY:
        moment = EXCEL_EPOCH + dt.timedelta(seconds=round(float(cell) * 86_400))
        return moment.date() if float(cell).is_integer() else moment
    text = plain_text(cell)
    try:
        return _written_date(text, months) or (text or None)
    except ValueError:
        return text


def _written_date(text: str, months: bool) -> dt.date | None:
    found = DAY.match(text) or PACKED_DAY.match(text)
    if found is None:
        month = MONTH.fullmatch(text) if months else None
        return dt.date(int(month[1]), int(month[2]), 1) if month else None
    day = dt.date(*map(int, found.groups()))
    rest = text[found.end() :]
    if not rest.strip():
        return day
    time = TIME.fullmatch(rest)
    if time is None:
        return None
    hour, minute, second = (int(part or 0) for part in time.groups())
    return dt.datetime(day.year, day.month, day.day, hour, minute, second)
