"""Frames to files as vendors send them: Chinese headings, workbooks, text in an old encoding, Parquet."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import xlsxwriter

from sq.records import RECORDS

DATE_FORMATS = {"day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}
CREATED = dt.datetime(2026, 1, 1)  # the same chain gives the same bytes


def titled(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The frame under Chinese headings; columns that are no record's (item ids) keep theirs."""
    fields = RECORDS[table].model_fields
    return frame.rename(columns={c: fields[c].title or c for c in frame.columns if c in fields})


def write_workbook(path: Path, sheets: Mapping[str, pd.DataFrame]) -> Path:
    """Write sheets row by row in constant memory; dates become date cells, missing values empty cells."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        book.set_properties({"created": CREATED})
        formats = {kind: book.add_format({"num_format": f}) for kind, f in DATE_FORMATS.items()}
        bold = book.add_format({"bold": True})
        for name, frame in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 1)
            for place, heading in enumerate(frame.columns):
                sheet.write_string(0, place, str(heading), bold)
            _write_rows(sheet, frame, formats)
    return path


def _write_rows(sheet: Any, frame: pd.DataFrame, formats: Mapping[str, Any]) -> None:
    columns = [_cells(frame.iloc[:, n], formats) for n in range(frame.shape[1])]
    for row, cells in enumerate(zip(*columns, strict=True), 1):
        for place, value in enumerate(cells):
            if value is None:
                continue
            if isinstance(value, str):
                sheet.write_string(row, place, value)
            elif isinstance(value, tuple):
                sheet.write_datetime(row, place, *value)
            else:
                sheet.write_number(row, place, value)


def _cells(column: pd.Series, formats: Mapping[str, Any]) -> list[Any]:
    if pd.api.types.is_datetime64_any_dtype(column):
        moments = column.dropna()
        kind = formats["day" if (moments == moments.dt.normalize()).all() else "moment"]
        return [None if pd.isna(v) else (v.to_pydatetime(), kind) for v in column]
    return [None if v is None or v is pd.NA or v != v else v for v in column.astype(object).tolist()]


def arrow(frame: pd.DataFrame) -> pa.Table:
    """The frame as an Arrow table; timestamps at midnight become dates."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type) and _is_days(frame.iloc[:, place]):
            table = table.set_column(place, field.name, table.column(place).cast(pa.date32()))
    return table


def _is_days(column: pd.Series) -> bool:
    moments = column.dropna()
    return bool((moments == moments.dt.normalize()).all())


def write_parquet(path: Path, frame: pd.DataFrame) -> Path:
    """Write one Parquet file."""
    pyarrow.parquet.write_table(arrow(frame), path, compression="zstd")
    return path


def text(frame: pd.DataFrame, *, heading: bool = True) -> str:
    """Comma-separated text; fields are quoted only where needed."""
    buffer = io.BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
    pyarrow.csv.write_csv(arrow(frame), buffer, options)
    head = ",".join(map(str, frame.columns)) + "\n" if heading else ""
    return head + buffer.getvalue().decode("utf-8")


def write_text(path: Path, frame: pd.DataFrame, encoding: str) -> Path:
    """Write a frame as CSV in an encoding."""
    path.write_text(text(frame), encoding=encoding, newline="")
    return path
