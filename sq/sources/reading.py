"""Opens any file that is read at all, by what it really is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sq.sources.delimited import read_delimited
from sq.sources.kinds import Kind, kind_of
from sq.sources.layout import PLAIN, Layouts
from sq.sources.parquet import read_parquet
from sq.sources.raw import RawSheet
from sq.sources.workbook import read_workbook


def raw_sheets(path: Path, name: str, layouts: Layouts = PLAIN) -> Iterator[RawSheet]:
    """Every sheet of a file under its own headings."""
    kind = kind_of(path, name)
    if kind is Kind.WORKBOOK:
        yield from read_workbook(path, name, layouts)
    elif kind is Kind.PARQUET:
        yield read_parquet(path, name)
    else:
        yield read_delimited(path, name, layouts)
