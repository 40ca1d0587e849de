"""A delivery: several files that arrive together, read so that items are known before the answers to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from sq.errors import ProfileError
from sq.language import Message
from sq.places import plain_name
from sq.records import INSTRUMENT_WORDS, RECORDS, RESPONSE_TABLES
from sq.sources.failures import Listing, nothing_in
from sq.sources.headings import is_explanation, recognised, table_names
from sq.sources.kinds import Kind, kind_of
from sq.sources.layout import Layout, Layouts
from sq.sources.lookups import Joins
from sq.sources.mapping import Mapped, apply_section, derived_tables, identifier, inline_tables
from sq.sources.parquet import parquet_headings, read_parquet
from sq.sources.profile import Profile, Section
from sq.sources.profile_checks import load_profile
from sq.sources.raw import RawSheet
from sq.sources.reading import raw_sheets
from sq.sources.reshape import matches, turned
from sq.sources.standard import mapped
from sq.sources.table import SourceTable

Items = dict[str, dict[str, Collection[str]]]


ORDER = {table: i for i, table in enumerate(table_names())}


@dataclass(frozen=True)
class Found:
    """A table found in a file, to be read when its turn comes."""

    table: str
    read: Callable[[], RawSheet]


def standard_tables(paths: Sequence[Path], known: Mapping[str, Collection[str]]) -> Iterator[SourceTable]:
    """The tables of files with standard headings, in the order of the data contract."""
    found = [item for path in reversed(paths) for item in reversed(list(_found(path)))]
    items = known_items(known)
    found.sort(key=lambda entry: ORDER[entry.table], reverse=True)
    while found:  # each frame is let go once its table was taken
        entry = found.pop()
        table = mapped(entry.read(), entry.table, items)
        if table.table == "items":
            learn_items(items, table.frame)
        yield table


def known_items(known: Mapping[str, Collection[str]]) -> Items:
    """Item ids per instrument with the texts that also name them, if the caller gave any."""
    return {instrument: {str(item): _texts(ids, item) for item in ids} for instrument, ids in known.items()}


def _texts(ids: Collection[str], item: str) -> Collection[str]:
    return ids[item] if isinstance(ids, Mapping) else ()


def learn_items(items: Items, frame: pd.DataFrame) -> None:
    """Add the items of an item table that was just read."""
    texts = [frame[c].tolist() for c in ("text_zh", "text_en") if c in frame]
    for i, (instrument, item) in enumerate(zip(frame["instrument"], frame["item_id"], strict=True)):
        if instrument is not None and item is not None:
            name = INSTRUMENT_WORDS.get(str(instrument).strip().lower(), str(instrument).strip())
            items.setdefault(name, {})[str(item)] = [str(text[i]) for text in texts if text[i]]


def _found(path: Path) -> Iterator[Found]:
    name = plain_name(path)
    if kind_of(path, name) is Kind.PARQUET:
        yield Found(recognised(name, None, parquet_headings(path, name)), lambda: read_parquet(path, name))
        return
    for sheet in raw_sheets(path, name):
        if sheet.sheet is not None and is_explanation(sheet.sheet):
            continue
        yield Found(recognised(name, sheet.sheet, sheet.columns), lambda sheet=sheet: sheet)  # type: ignore[misc]


def profiled_tables(
    paths: Sequence[Path], profile_path: Path, known: Mapping[str, Collection[str]]
) -> Iterator[SourceTable]:
    """The tables of files that a profile maps, and of further files with standard headings, reference tables first.

    Raises:
        ProfileError: the profile is wrong, or none of its sections matches a file.
    """
    profile = load_profile(profile_path)
    paths = [path for path in paths if not matches(profile.ignore_files, path.name)]
    sections = {path: [s for s in profile.section if matches(s.files, path.name)] for path in paths}
    if not any(sections.values()):
        raise _no_section(profile, plain_name(profile_path), paths)
    joins = Joins(paths)
    tables = inline_tables(profile, plain_name(profile_path))
    parts: list[tuple[str, pd.DataFrame]] = []
    for path, own in sections.items():
        if own:
            for mapped_table, derived in _mapped_file(path, own, profile, joins):
                tables.append(mapped_table)
                parts += derived.items()
    plain = [path for path, own in sections.items() if not own and not joins.uses(path, profile)]
    tables += standard_tables(plain, _with_own_items(known, tables, parts))
    specs = {table: spec for section in profile.section for table, spec in section.derive.items()}
    tables += derived_tables(parts, _given(tables), specs)
    yield from sorted(tables, key=lambda table: ORDER[table.table])


def _mapped_file(
    path: Path, sections: Sequence[Section], profile: Profile, joins: Joins
) -> Iterator[tuple[SourceTable, Mapping[str, pd.DataFrame]]]:
    """Every table that the sections make of a file, with the reference rows found in it."""
    found = False
    for sheet in raw_sheets(path, plain_name(path), _layouts(sections)):
        own = [section for section in sections if _feeds(section, sheet.sheet)]
        results = [_result(sheet, path, section, profile, joins) for section in own]
        used = frozenset().union(*(result.used for result in results))
        ignored = [pattern for section in own for pattern in section.ignore]
        unknown = tuple(h for h in sheet.columns if h not in used and not matches(ignored, h))
        for i, result in enumerate(results):
            found = True
            yield replace(result.table, unknown=unknown if i == 0 else ()), result.derived
    if not found:
        raise nothing_in(plain_name(path))


def _result(sheet: RawSheet, path: Path, section: Section, profile: Profile, joins: Joins) -> Mapped:
    """What a section makes of a sheet that is turned round and joined first, with every heading that it used."""
    whole, rows_now = turned(sheet, section.unpivot)
    result = apply_section(joins.joined(whole, path, section), section, profile)
    keys = {heading for lookup in section.lookups.values() for heading in lookup.on}
    return replace(result, used=result.used | rows_now | keys)


def _feeds(section: Section, sheet: str | None) -> bool:
    return sheet is None or matches(section.sheets, sheet)


def _layouts(sections: Sequence[Section]) -> Layouts:
    def of(sheet: str | None) -> Layout:
        section = next(section for section in sections if _feeds(section, sheet))
        return Layout(section.heading_row, section.merged_cells == "fill", section.encoding, section.separator)

    return Layouts(of, lambda sheet: any(_feeds(section, sheet) for section in sections))


def _with_own_items(
    known: Mapping[str, Collection[str]], tables: Sequence[SourceTable], parts: Sequence[tuple[str, pd.DataFrame]]
) -> Items:
    items = known_items(known)
    for frame in [t.frame for t in tables if t.table == "items"] + [rows for name, rows in parts if name == "items"]:
        learn_items(items, frame)
    return items


def _given(tables: Sequence[SourceTable]) -> dict[str, set[str]]:
    """Reference table → the ids that the delivery gives itself."""
    given: dict[str, set[str]] = {}
    for table in tables:
        if table.table in RECORDS and table.table not in RESPONSE_TABLES:
            column = table.frame.get(identifier(table.table))
            given.setdefault(table.table, set()).update([] if column is None else column.astype(str))
    return given


def _no_section(profile: Profile, name: str, paths: Sequence[Path]) -> ProfileError:
    patterns = sorted({pattern for section in profile.section for pattern in section.files})
    return ProfileError(
        Message(
            "No section of the profile {profile} is for {file}; its patterns are {patterns}.",
            {
                "profile": name,
                "file": Listing(tuple(plain_name(path) for path in paths[:3])),
                "patterns": Listing(tuple(patterns)),
            },
        ),
        Message("Choose the profile of this sender, or correct the patterns under files."),
    )
