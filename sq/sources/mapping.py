"""Applies a section of a mapping profile to a sheet: headings, codes, keys and dates become ours."""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from sq import records
from sq.errors import ProfileError
from sq.language import Message
from sq.sources.cells import Flags, changed, code_text, dates, decimal_point, each, holds, is_number, last_day, texts
from sq.sources.dates import date_kinds
from sq.sources.headings import ANSWERS, columns_of, place, response_id
from sq.sources.patterns import Pattern
from sq.sources.profile import (
    IN_BRACES,
    ITEM_EXTRAS,
    Column,
    Derived,
    ItemGroup,
    Profile,
    Rule,
    Section,
    complete,
    filled_in,
)
from sq.sources.raw import RawSheet
from sq.sources.reshape import matches, no_heading
from sq.sources.standard import answer_column, record_column
from sq.sources.table import DERIVED, SourceTable

NOT_CHOSEN = {"", "-1", "0"}  # a multi-select column: blank, -1 or 0 is not chosen, anything else is


@dataclass(frozen=True)
class _InGroup:
    """A heading that a group's pattern found, with the defaults of its item."""

    heading: str
    group: ItemGroup
    defaults: Mapping[str, Any]


@dataclass(frozen=True)
class Mapped:
    """What one section makes of one sheet: its table and the reference rows found in it."""

    table: SourceTable
    derived: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    used: frozenset[str] = frozenset()


def apply_section(sheet: RawSheet, section: Section, profile: Profile) -> Mapped:
    """The table that a section makes of a sheet.

    Raises:
        ProfileError: the sheet lacks a heading that the section names.
    """
    return _Mapper(sheet, section, profile).mapped()


class _Mapper:
    """One section at work on one sheet; remembers which headings were used."""

    def __init__(self, sheet: RawSheet, section: Section, profile: Profile) -> None:
        self.sheet, self.section, self.profile = sheet, section, profile
        self.used: set[str] = set()
        self.sources: dict[str, str] = {}
        self.whole = sheet  # with the rows that rules skip
        self.grouped: dict[str, _InGroup] = {}

    def mapped(self) -> Mapped:
        skipped = self._skip()
        columns = {name: self._record(self.section.table, name, spec) for name, spec in self._columns().items()}
        if "value" in columns and self.section.table.endswith(ANSWERS):
            columns["value"] = self._long_answers(columns)
        items = self._items()
        frame = pd.DataFrame(columns | items, copy=False, index=self.sheet.frame.index)
        derived = {table: self._derived(table, spec, frame) for table, spec in self.section.derive.items()}
        rows = self.sheet.rows
        if self.section.distinct:
            frame, rows, repeats = _distinct(frame, rows, self._keys())
            skipped |= {"distinct": repeats} if repeats else {}
        if any(found.group.defaults for found in self.grouped.values()):
            derived["items"] = self._group_items()
        table = SourceTable(
            self.section.table,
            self.sheet.file,
            self.sheet.sheet,
            frame,
            rows,
            items=tuple(items),
            headings=dict(self.sources),
            skipped=skipped,
        )
        return Mapped(table, derived, frozenset(self.used))

    # rows

    def _skip(self) -> dict[str, int]:
        """Drop the rows that rules name; each row counts for the first rule that hits it."""
        keep = np.ones(len(self.sheet.frame), dtype=bool)
        counts: dict[str, int] = {}
        for name, rules in self.section.skip.items():
            hit = self._where(rules, "skip") & keep
            counts[name] = int(hit.sum())
            keep &= ~hit
        if not keep.all():
            chosen = np.flatnonzero(keep)
            frame = self.sheet.frame.loc[chosen].reset_index(drop=True)
            self.sheet = RawSheet(
                self.sheet.file, self.sheet.sheet, frame, self.sheet.rows[chosen], self.sheet.repeated
            )
        return counts

    def _where(self, rules: Sequence[Rule], key: str = "only_if") -> Flags:
        """Where every rule of a condition holds."""
        hits = [holds(rule, self._cells((rule.heading,), key)) for rule in rules]
        return np.logical_and.reduce(hits) if hits else np.ones(len(self.sheet.frame), dtype=bool)

    # columns

    def _columns(self) -> dict[str, Column]:
        return {n: Column(constant=value) for n, value in self.section.constants.items()} | self.section.columns

    def _record(self, table: str, name: str, spec: Column) -> pd.Series[Any]:
        cells = self._resolved(spec, f"columns.{name}")
        if spec.format is not None:
            cells = each(cells, dates(spec.format))
        if spec.until is not None:
            cells = each(cells, last_day(spec.until))
        if self.section.decimal == "," and name in _numbers(table):
            cells = each(cells, decimal_point)
        if spec.heading is not None:
            self.sources[name] = self._present(spec.headings()) or ""
        return record_column(cells, table, name)

    def _resolved(self, spec: Column, key: str) -> pd.Series[Any]:
        """Cells of a column after missing codes, value maps, bands and default; None where its condition fails."""
        if spec.constant is not None:
            cells = self._constant(spec.constant)
        elif spec.template is not None:
            cells = changed(self._template(spec.template, key), spec)
        else:
            cells = changed(self._cells(spec.headings(), key, spec.optional), spec)
        return cells.astype(object).where(self._where(spec.only_if), None) if spec.only_if else cells

    def _constant(self, value: Any) -> pd.Series[Any]:
        return pd.Series([value] * len(self.sheet.frame), index=self.sheet.frame.index, dtype=object)

    def _present(self, headings: Sequence[str]) -> str | None:
        return next((heading for heading in headings if heading in self.sheet.frame.columns), None)

    def _cells(self, headings: Sequence[str], key: str, optional: bool = False) -> pd.Series[Any]:
        found = self._present(headings)
        if found is None and optional:
            return self._constant(None)
        if found is None:
            raise self._no_heading(headings, key)
        self.used.add(found)
        return self.sheet.frame[found]

    def _template(self, template: str, key: str) -> pd.Series[Any]:
        """Texts put together from cells; None where every cell is empty."""
        parts = IN_BRACES.split(template)  # text, name, text, name, ..., text
        names = parts[1::2]
        cells = [self._part(name, key) for name in names]
        texts = parts[::2]
        own = [name in ("file", "sheet") for name in names]
        values: list[str | None] = []
        for row in zip(*cells, strict=True):
            filled = any(cell and not fixed for cell, fixed in zip(row, own, strict=True)) or all(own)
            text = texts[0] + "".join(cell + after for cell, after in zip(row, texts[1:], strict=True))
            values.append(text if filled else None)
        return pd.Series(values, index=self.sheet.frame.index, dtype=object)

    def _part(self, name: str, key: str) -> list[str]:
        if name in self.sheet.frame.columns:
            return texts(self._cells((name,), key))
        if name == "row":
            return [str(row) for row in self.sheet.rows]
        if name in ("file", "sheet"):
            text = self.sheet.sheet if name == "sheet" else PurePath(self.sheet.file).name.split(".")[0]
            return [text or ""] * len(self.sheet.frame)
        raise self._no_heading((name,), key)

    def _no_heading(self, headings: Sequence[str], key: str) -> ProfileError:
        return no_heading(self.sheet, headings, f"{self.section.name or self.section.table}.{key}")

    # answers

    def _items(self) -> dict[str, pd.Series[Any]]:
        """Item id → answers, of the items listed and of the headings that match a group's pattern."""
        own = {str(row.get("item_id")): row for row in self.profile.items}
        specs = dict(self.section.items)
        listed = {self._present(spec.headings()) for spec in specs.values()}
        for group in self.section.groups():
            pattern = Pattern(group.pattern)
            for heading in self.sheet.columns:
                found = pattern.fullmatch(heading)
                if found and heading not in listed and not matches(group.leave_out, heading):
                    self._join_group(group, found, specs)
        return {item: self._answers(item, spec, self._row(item, own)) for item, spec in specs.items()}

    def _join_group(self, group: ItemGroup, found: re.Match[str], specs: dict[str, Column]) -> None:
        """Add a heading that matches a group's pattern to the items of this sheet."""
        item = filled_in(group.id or ("{1}" if found.groups() else "{0}"), found)
        if item in self.grouped:
            raise self._twice(item, self.grouped[item].heading, found[0])
        if item not in specs:
            specs[item] = Column(heading=found[0], only_if=group.only_if)
            self.grouped[item] = _InGroup(found[0], group, {k: filled_in(v, found) for k, v in group.defaults.items()})

    def _twice(self, item: str, one: str, other: str) -> ProfileError:
        return ProfileError(
            Message(
                "{place}: the headings {one} and {other} are both item {item} by the pattern of the profile.",
                {"place": place(self.sheet.file, self.sheet.sheet), "one": one, "other": other, "item": item},
            ),
            Message("Let the pattern's group take in more of the heading, or list one of them under items."),
        )

    def _row(self, item: str, own: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
        """What the profile says of an item: its group's codes, then its own."""
        if item not in self.grouped:
            return own.get(item, {})
        group = self.grouped[item].group
        said = {key: getattr(group, key) for key in ITEM_EXTRAS if getattr(group, key) is not None}
        return said | {key: value for key, value in own.get(item, {}).items() if key in ITEM_EXTRAS}

    def _answers(self, item: str, spec: Column, row: Mapping[str, Any]) -> pd.Series[Any]:
        where = {"heading": spec.heading, "template": spec.template, "constant": spec.constant}
        cells = self._resolved(Column(**where, optional=spec.optional), f"items.{item}")
        self.sources[item] = self._present(spec.headings()) or spec.template or ""
        if spec.contains is not None:
            chosen = ({part.strip() for part in text.split(spec.split)} for text in texts(cells))
            answers = pd.Series([float(spec.contains in parts) for parts in chosen], index=cells.index)
        elif row.get("multi_select") or matches(self.section.multi_select, item):
            answers = pd.Series([float(code_text(t) not in NOT_CHOSEN) for t in texts(cells)], index=cells.index)
        else:
            answers = self._scored(cells, spec, row)
        return answers.where(self._where(spec.only_if), None) if spec.only_if else answers

    def _scored(self, cells: pd.Series[Any], spec: Column, row: Mapping[str, Any]) -> pd.Series[Any]:
        """Answers as numbers: missing codes, value map, decimal comma; the item's own before the section's."""
        missing = spec.missing or row.get("missing", self.section.missing)
        values = self.section.item_values | row.get("values", {}) | spec.values
        whole = spec.model_copy(update={"missing": missing, "values": values})
        if cells.dtype.kind in "fiu" and not _changes_numbers(whole):
            return cells.mask(cells.isin([float(code) for code in missing if is_number(code)]))
        cells = changed(cells, whole)
        return answer_column(each(cells, decimal_point) if self.section.decimal == "," else cells)

    def _long_answers(self, columns: Mapping[str, pd.Series[Any]]) -> pd.Series[Any]:
        """The value column of a long table: each item's own missing codes and values, else the section's."""
        own = {str(row.get("item_id")): row for row in self.profile.items if row.keys() & {"missing", "values"}}
        values, items = columns["value"], columns["item_id"].astype(str)
        parts = [self._scored(values[~items.isin(list(own))], Column(), {})]
        parts += [self._scored(values[items == item], Column(), row) for item, row in own.items()]
        return answer_column(pd.concat([part.astype(object) for part in parts]).reindex(values.index))

    # reference rows

    def _keys(self) -> list[str]:
        table = self.section.table
        keys = (response_id(table), "item_id") if table.endswith(ANSWERS) else records.keys(table)
        return [key for key in keys if key in self._columns()]

    def _derived(self, table: str, spec: Derived, frame: pd.DataFrame) -> pd.DataFrame:
        """Reference rows as the responses carry them, with ``(row)``, ``(file)`` and ``(order)``."""
        kept, self.sheet = self.sheet, self.whole if spec.count else self.sheet
        columns = {name: column.model_copy(update={"default": None}) for name, column in spec.columns.items()}
        found = {name: self._record_of(table, name, column) for name, column in columns.items()}
        rows = pd.DataFrame(found, index=self.sheet.frame.index)
        if spec.count:
            rows[spec.count] = 1
        order = frame[spec.order_by].astype(str) if spec.order_by in frame else pd.Series("", index=rows.index)
        rows["(row)"], rows["(file)"], rows["(order)"] = self.sheet.rows, self.sheet.file, order
        self.sheet = kept
        return _one_per_key(rows, table, spec)

    def _record_of(self, table: str, name: str, column: Column) -> pd.Series[Any]:
        sources = dict(self.sources)
        cells = self._record(table, name, column)
        self.sources = sources  # headings of derived rows are not those of the table
        return cells

    def _group_items(self) -> pd.DataFrame:
        """Item rows of the headings that a pattern found and no list of the profile defines."""
        defined = {str(row.get("item_id")) for row in self.profile.items}
        base = {"instrument": records.RESPONSE_TABLES[self.section.table][0], "(row)": 1, "(file)": self.sheet.file}
        rows = []
        for item, found in self.grouped.items():
            if item not in defined and found.defaults:
                text = {} if "text_en" in found.defaults else {"text_zh": found.heading}
                row = complete(self.profile, "items", text | {"item_id": item, **found.defaults})
                rows.append(base | {"(order)": ""} | row)
        return pd.DataFrame(rows, dtype=object)


def inline_tables(profile: Profile, file: str) -> list[SourceTable]:
    """The reference rows that a profile carries itself."""
    tables = []
    for table, rows in profile.reference().items():
        frame = pd.DataFrame([complete(profile, table, row) for row in rows], dtype=object)
        frame = frame.astype(object).where(frame.notna(), None)
        tables.append(SourceTable(table, file, DERIVED, frame, np.arange(1, len(rows) + 1)))
    return tables


def derived_tables(
    parts: Sequence[tuple[str, pd.DataFrame]], given: Mapping[str, set[str]], specs: Mapping[str, Derived]
) -> list[SourceTable]:
    """Reference rows from all sheets, one per key, without those that a reference table gives; one table per file."""
    found: dict[str, list[pd.DataFrame]] = {}
    for table, rows in parts:
        found.setdefault(table, []).append(rows)
    tables = []
    for table in (name for name in records.RECORDS if name in found):
        spec = specs.get(table, Derived(columns={}))
        rows = _one_per_key(pd.concat(found[table], ignore_index=True), table, spec)
        for name, column in spec.columns.items():
            rows[name] = rows[name].where(rows[name].notna(), column.default)
        rows = rows[~rows[identifier(table)].astype(str).isin(given.get(table, set()))]
        for file, part in rows.groupby("(file)", sort=False):
            frame = part[[c for c in columns_of(table) if c in part]].reset_index(drop=True)
            numbers = part["(row)"].to_numpy(dtype=np.int64)
            tables.append(SourceTable(table, str(file), DERIVED, frame.dropna(axis="columns", how="all"), numbers))
    return tables


def identifier(table: str) -> str:
    """The column that names a place, item or wave of a reference table."""
    return next(key for key in records.keys(table) if key != "instrument")


def _one_per_key(rows: pd.DataFrame, table: str, spec: Derived) -> pd.DataFrame:
    """The first or last filled value of each column, by ``(order)``: a name may change and a cell be empty once."""
    keys = [key for key in records.keys(table) if key in rows]
    ordered = rows[rows[identifier(table)].notna()].sort_values("(order)", kind="stable")
    groups = ordered.groupby(keys, sort=False, as_index=False, dropna=False)
    chosen = groups.first() if spec.keep == "first" else groups.last()
    if spec.count:
        chosen[spec.count] = groups[spec.count].sum()[spec.count].astype(int)
    return chosen.astype(object).where(chosen.notna(), None)


def _changes_numbers(spec: Column) -> bool:
    """Whether more is said of the numbers of an item than which of them mean missing."""
    said = (spec.values, spec.patterns, spec.bands, spec.remove, spec.extract)
    return any(said) or any(value is not None for value in (spec.otherwise, spec.factor, spec.default))


def _distinct(frame: pd.DataFrame, rows: Any, keys: list[str]) -> tuple[pd.DataFrame, Any, int]:
    repeated = frame.duplicated(keys).to_numpy()
    chosen = np.flatnonzero(~repeated)
    return frame.loc[chosen].reset_index(drop=True), rows[chosen], int(repeated.sum())


def _numbers(table: str) -> set[str]:
    """Columns of a table that hold numbers."""
    if table.endswith(ANSWERS):
        return {"value"}
    fields = records.RECORDS[table].model_fields
    dates = date_kinds(table)
    return {
        name
        for name, info in fields.items()
        if name not in dates and {int, float} & set(typing.get_args(info.annotation) or (info.annotation,))
    }
