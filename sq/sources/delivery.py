"""A delivery: several files that arrive together, read so that items are known before the answers to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sq.records import INSTRUMENT_WORDS
from sq.sources.delimited import read_delimited
from sq.sources.headings import is_explanation, recognised, table_names
from sq.sources.kinds import Kind, kind_of
from sq.sources.layout import PLAIN, Layouts
from sq.sources.parquet import parquet_headings, read_parquet
from sq.sources.raw import RawSheet
from sq.sources.standard import mapped
from sq.sources.table import SourceTable
from sq.sources.workbook import read_workbook

Items = dict[str, dict[str, Collection[str]]]


@dataclass(frozen=True)
class Found:
    """A table found in a file, to be read when its turn comes."""

    table: str
    read: Callable[[], RawSheet]


def raw_sheets(path: Path, name: str, layouts: Layouts = PLAIN) -> Iterator[RawSheet]:
    """Every sheet of a file under its own headings."""
    kind = kind_of(path, name)
    if kind is Kind.WORKBOOK:
        yield from read_workbook(path, name, layouts)
    elif kind is Kind.PARQUET:
        yield read_parquet(path, name)
    else:
        yield read_delimited(path, name, layouts)


def standard_tables(paths: Sequence[Path], known: Mapping[str, Collection[str]]) -> Iterator[SourceTable]:
    """The tables of files with standard headings, in the order of the data contract."""
    order = {table: i for i, table in enumerate(table_names())}
    found = [item for path in reversed(paths) for item in reversed(list(_found(path)))]
    items = known_items(known)
    found.sort(key=lambda entry: order[entry.table], reverse=True)
    while found:  # each frame is let go once its table was taken
        entry = found.pop()
        table = mapped(entry.read(), entry.table, items)
        if table.table == "items":
            learn_items(items, table)
        yield table


def known_items(known: Mapping[str, Collection[str]]) -> Items:
    """Item ids per instrument with the texts that also name them, if the caller gave any."""
    return {instrument: {str(item): _texts(ids, item) for item in ids} for instrument, ids in known.items()}


def _texts(ids: Collection[str], item: str) -> Collection[str]:
    return ids[item] if isinstance(ids, Mapping) else ()


def learn_items(items: Items, table: SourceTable) -> None:
    """Add the items of an item table that was just read."""
    texts = [table.frame[c].tolist() for c in ("text_zh", "text_en") if c in table.frame]
    for i, (instrument, item) in enumerate(zip(table.frame["instrument"], table.frame["item_id"], strict=True)):
        if instrument is not None and item is not None:
            name = INSTRUMENT_WORDS.get(str(instrument).strip().lower(), str(instrument).strip())
            items.setdefault(name, {})[str(item)] = [str(text[i]) for text in texts if text[i]]


def _found(path: Path) -> Iterator[Found]:
    name = path.name
    if kind_of(path, name) is Kind.PARQUET:
        yield Found(recognised(name, None, parquet_headings(path, name)), lambda: read_parquet(path, name))
        return
    for sheet in raw_sheets(path, name):
        if sheet.sheet is not None and is_explanation(sheet.sheet):
            continue
        yield Found(recognised(name, sheet.sheet, sheet.columns), lambda sheet=sheet: sheet)  # type: ignore[misc]
