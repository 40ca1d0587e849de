"""Maps a sheet with standard headings, English or Chinese, to a SourceTable."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sq import records
from sq.errors import SourceError
from sq.language import Message
from sq.sources.dates import date_kinds, dated
from sq.sources.headings import ANSWERS, heading_of, matched, place, plain
from sq.sources.raw import RawSheet, as_received
from sq.sources.table import SourceTable

NOT_APPLICABLE = {"", "n/a", "na", "#n/a", "不适用", "-", "--", "—", "——", "–", "/", "无", "null", "none", "nan"}
ITEM_HEAD = re.compile(r"[\s.、:：_)）\-—]+")

# instrument → item id → further headings that mean this item (its texts)
KnownItems = Mapping[str, Mapping[str, Collection[str]]]


def mapped(sheet: RawSheet, table: str, known: KnownItems) -> SourceTable:
    """The SourceTable of a sheet whose table is recognised."""
    columns = _columns(sheet, table)
    items = item_columns(table, [h for h in sheet.columns if h not in columns], known)
    _refuse_repeated(sheet, [*columns, *items])
    frame = {column: record_column(sheet.frame[heading], table, column) for heading, column in columns.items()}
    if table.endswith(ANSWERS):
        frame["value"] = answer_column(sheet.frame[_heading(columns, "value")])
    frame |= {item: answer_column(sheet.frame[heading]) for heading, item in items.items()}
    return SourceTable(
        table,
        sheet.file,
        sheet.sheet,
        *filled(pd.DataFrame(frame, copy=False), sheet.rows),
        items=tuple(items.values()),
        headings={column: heading for heading, column in (columns | items).items()},
        unknown=tuple(h for h in sheet.columns if h not in columns and h not in items),
    )


def _heading(columns: Mapping[str, str], wanted: str) -> str:
    return next(heading for heading, column in columns.items() if column == wanted)


def _columns(sheet: RawSheet, table: str) -> dict[str, str]:
    """Heading → our column; the English name wins over labels where two headings mean the same."""
    found: dict[str, str] = {}
    for heading, column in matched(table, sheet.columns).items():
        earlier = next((h for h, c in found.items() if c == column), None)
        if earlier is not None:
            raise _twice(sheet, table, column, earlier, heading)
        found[heading] = column
    return found


def _twice(sheet: RawSheet, table: str, column: str, one: str, other: str) -> SourceError:
    return SourceError(
        Message(
            "{place} has two columns for {column}: {one} and {other}.",
            {
                "place": place(sheet.file, sheet.sheet),
                "column": heading_of(table, column),
                "one": one,
                "other": other,
            },
        ),
        Message("Keep one of them."),
    )


def _refuse_repeated(sheet: RawSheet, used: list[str]) -> None:
    repeated = next((heading for heading in used if heading in sheet.repeated), None)
    if repeated is not None:
        raise SourceError(
            Message(
                "{place} has the heading {heading} more than once.",
                {"place": place(sheet.file, sheet.sheet), "heading": repeated},
            ),
            Message("Give every column its own heading, or say in a profile which one counts."),
        )


def record_column(cells: pd.Series[Any], table: str, column: str) -> pd.Series[Any]:
    """Cells for a column of a record: as received, dates as dates."""
    kind = date_kinds(table).get(column)
    if kind is None:
        return as_received(cells)
    if cells.dtype.kind == "M":
        return dated(cells, kind)
    return dated(as_received(cells), kind, months=table == "volumes")


def answer_column(cells: pd.Series[Any]) -> pd.Series[Any]:
    """Answers as float64 where every one is a number or not applicable (NaN), else as received with None."""
    if cells.dtype.kind in "fiu":
        return cells
    if cells.dtype.kind == "b":
        return cells.astype(np.float64)
    codes, words = pd.factorize(cells.astype(object))  # code -1 is empty; each different answer is read once
    kept: pd.Series[Any] = pd.Series([None if _not_applicable(word) else word for word in words], dtype=object)
    try:
        kept = pd.to_numeric(kept).astype(np.float64)
    except (ValueError, TypeError, OverflowError):
        return as_received(pd.Series(kept.reindex(codes).to_numpy(), index=cells.index, dtype=object))
    return pd.Series(kept.reindex(codes).to_numpy(), index=cells.index)


def _not_applicable(word: Any) -> bool:
    return isinstance(word, str) and word.strip().casefold() in NOT_APPLICABLE


def item_columns(table: str, headings: list[str], known: KnownItems) -> dict[str, str]:
    """Heading → item id, for headings that are an item id, an item's text, or the id followed by the text."""
    if table not in records.RESPONSE_TABLES:
        return {}
    items = known.get(records.RESPONSE_TABLES[table][0], {})
    ids = {plain(item): item for item in items}
    texts = {plain(text): item for item, names in items.items() for text in names if text}
    found: dict[str, str] = {}
    for heading in headings:
        item = _item(heading, ids, texts)
        if item is not None and item not in found.values():
            found[heading] = item
    return found


def _item(heading: str, ids: Mapping[str, str], texts: Mapping[str, str]) -> str | None:
    name = plain(heading)
    head = plain(ITEM_HEAD.split(heading.strip(), maxsplit=1)[0])
    return ids.get(name) or texts.get(name) or ids.get(head)


def filled(frame: pd.DataFrame, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[pd.DataFrame, Any]:
    """A frame and its row numbers without the rows that are wholly empty."""
    empty = frame.isna().to_numpy().all(axis=1) if len(frame.columns) else np.zeros(len(frame), dtype=np.bool_)
    if not empty.any():
        return frame, rows
    return frame.loc[np.flatnonzero(~empty)].reset_index(drop=True), rows[~empty]
