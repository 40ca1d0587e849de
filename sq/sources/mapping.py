"""Applies a section of a mapping profile to a sheet: headings, codes, keys and dates become ours."""

from __future__ import annotations

import difflib
import re
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from sq import records
from sq.errors import ProfileError
from sq.language import Message
from sq.sources.dates import date_kinds
from sq.sources.failures import Listing
from sq.sources.headings import ANSWERS, columns_of, place
from sq.sources.profile import IN_BRACES, Column, Derived, Profile, Rule, Section, band_limits, complete
from sq.sources.raw import RawSheet, plain_text
from sq.sources.standard import answer_column, record_column
from sq.sources.table import DERIVED, SourceTable

NOT_CHOSEN = {"", "-1", "0"}  # a multi-select column: blank, -1 or 0 is not chosen, anything else is


@dataclass(frozen=True)
class Mapped:
    """What one section makes of one sheet: its table and the reference rows found in it."""

    table: SourceTable
    derived: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    used: frozenset[str] = frozenset()


def matches(patterns: Iterable[str], name: str) -> bool:
    """Whether a name matches one of the patterns (``*`` and ``?``), upper and lower case alike."""
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns)


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
        if self.section.item_pattern and self.section.item_defaults:
            derived["items"] = self._pattern_items(items)
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
        for name, rule in self.section.skip.items():
            hit = self._hits(rule) & keep
            counts[name] = int(hit.sum())
            keep &= ~hit
        if not keep.all():
            chosen = np.flatnonzero(keep)
            frame = self.sheet.frame.loc[chosen].reset_index(drop=True)
            self.sheet = RawSheet(
                self.sheet.file, self.sheet.sheet, frame, self.sheet.rows[chosen], self.sheet.repeated
            )
        return counts

    def _hits(self, rule: Rule) -> np.ndarray[Any, np.dtype[np.bool_]]:
        texts = _texts(self._cells((rule.heading,), "skip"))
        listed, kept = set(map(code_text, rule.one_of)), set(map(code_text, rule.none_of))
        pattern = re.compile(rule.matches) if rule.matches else None
        tests = {
            text: (rule.empty and not text)
            or code_text(text) in listed
            or (bool(kept) and code_text(text) not in kept)
            or (pattern is not None and pattern.search(text) is not None)
            for text in set(texts)
        }
        return np.fromiter((tests[text] for text in texts), dtype=bool, count=len(texts))

    # columns

    def _columns(self) -> dict[str, Column]:
        return {n: Column(constant=value) for n, value in self.section.constants.items()} | self.section.columns

    def _record(self, table: str, name: str, spec: Column) -> pd.Series[Any]:
        cells = self._resolved(spec, f"columns.{name}")
        if spec.format is not None:
            cells = _each(cells, _dates(spec.format))
        if self.section.decimal == "," and name in _numbers(table):
            cells = _each(cells, _decimal_point)
        if spec.heading is not None:
            self.sources[name] = self._present(spec.headings()) or ""
        return record_column(cells, table, name)

    def _resolved(self, spec: Column, key: str) -> pd.Series[Any]:
        """Cells of a column after missing codes, value maps, bands and default."""
        if spec.constant is not None:
            return self._constant(spec.constant)
        cells = (
            self._template(spec.template, key) if spec.template else self._cells(spec.headings(), key, spec.optional)
        )
        change = _change(spec)
        return _each(cells, change, empties=spec.default is not None) if change else cells

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
            return _texts(self._cells((name,), key))
        if name == "row":
            return [str(row) for row in self.sheet.rows]
        if name in ("file", "sheet"):
            text = self.sheet.sheet if name == "sheet" else PurePath(self.sheet.file).name.split(".")[0]
            return [text or ""] * len(self.sheet.frame)
        raise self._no_heading((name,), key)

    def _no_heading(self, headings: Sequence[str], key: str) -> ProfileError:
        near = difflib.get_close_matches(headings[0], self.sheet.columns, n=3, cutoff=0.5) or self.sheet.columns[:8]
        return ProfileError(
            Message(
                "{place} has no heading {heading}, which {key} of the profile names. It has for example {near}.",
                {
                    "place": place(self.sheet.file, self.sheet.sheet),
                    "heading": Listing(tuple(headings)),
                    "key": f"{self.section.name or self.section.table}.{key}",
                    "near": Listing(tuple(near)),
                },
            ),
            Message("Correct the profile, or add a section for this file."),
        )

    # answers

    def _items(self) -> dict[str, pd.Series[Any]]:
        """Item id → answers, of the items listed and of the headings that match the pattern."""
        own = {str(row.get("item_id")): row for row in self.profile.items}
        specs = dict(self.section.items)
        for heading in self.sheet.columns if self.section.item_pattern else ():
            found = re.fullmatch(str(self.section.item_pattern), heading)
            if found:
                specs.setdefault(found[1] if found.groups() else heading, Column(heading=heading))
        return {item: self._answers(item, spec, own.get(item, {})) for item, spec in specs.items()}

    def _answers(self, item: str, spec: Column, row: Mapping[str, Any]) -> pd.Series[Any]:
        where = {"heading": spec.heading, "template": spec.template, "constant": spec.constant}
        cells = self._resolved(Column(**where, optional=spec.optional), f"items.{item}")
        self.sources[item] = self._present(spec.headings()) or spec.template or ""
        if spec.contains is not None:
            chosen = ({part.strip() for part in text.split(spec.split)} for text in _texts(cells))
            return pd.Series([float(spec.contains in parts) for parts in chosen], index=cells.index)
        if row.get("multi_select") or matches(self.section.multi_select, item):
            return pd.Series([float(code_text(text) not in NOT_CHOSEN) for text in _texts(cells)], index=cells.index)
        return self._scored(cells, spec, row)

    def _scored(self, cells: pd.Series[Any], spec: Column, row: Mapping[str, Any]) -> pd.Series[Any]:
        """Answers as numbers: missing codes, value map, decimal comma; the item's own before the section's."""
        missing = spec.missing or row.get("missing", self.section.missing)
        values = self.section.item_values | row.get("values", {}) | spec.values
        if cells.dtype.kind in "fiu" and not (values or spec.bands or spec.otherwise is not None):
            return cells.mask(cells.isin([float(code) for code in missing if _is_number(code)]))
        change = _change(spec.model_copy(update={"missing": missing, "values": values}))
        cells = _each(cells, change, empties=spec.default is not None) if change else cells
        return answer_column(_each(cells, _decimal_point) if self.section.decimal == "," else cells)

    def _long_answers(self, columns: Mapping[str, pd.Series[Any]]) -> pd.Series[Any]:
        """The value column of a long table: each item's own missing codes and values, else the section's."""
        own = {str(row.get("item_id")): row for row in self.profile.items if row.keys() & {"missing", "values"}}
        values, items = columns["value"], columns["item_id"].astype(str)
        parts = [self._scored(values[~items.isin(list(own))], Column(), {})]
        parts += [self._scored(values[items == item], Column(), row) for item, row in own.items()]
        return answer_column(pd.concat([part.astype(object) for part in parts]).reindex(values.index))

    # reference rows

    def _keys(self) -> list[str]:
        return [key for key in records.keys(self.section.table) if key in self._columns()]

    def _derived(self, table: str, spec: Derived, frame: pd.DataFrame) -> pd.DataFrame:
        """Reference rows as the responses carry them, with ``(row)``, ``(file)`` and ``(order)``."""
        columns = {name: column.model_copy(update={"default": None}) for name, column in spec.columns.items()}
        found = {name: self._record_of(table, name, column) for name, column in columns.items()}
        rows = pd.DataFrame(found, index=self.sheet.frame.index)
        order = frame[spec.order_by].astype(str) if spec.order_by in frame else pd.Series("", index=rows.index)
        rows["(row)"], rows["(file)"], rows["(order)"] = self.sheet.rows, self.sheet.file, order
        return _one_per_key(rows, table, spec.keep)

    def _record_of(self, table: str, name: str, column: Column) -> pd.Series[Any]:
        sources = dict(self.sources)
        cells = self._record(table, name, column)
        self.sources = sources  # headings of derived rows are not those of the table
        return cells

    def _pattern_items(self, items: Mapping[str, Any]) -> pd.DataFrame:
        defined = {str(row.get("item_id")) for row in self.profile.items}
        rows = [
            complete(
                self.profile, "items", {"text_zh": self.sources[item], **self.section.item_defaults, "item_id": item}
            )
            | {"(row)": 1, "(file)": self.sheet.file, "(order)": ""}
            for item in items
            if item not in defined and item not in self.section.items
        ]
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
        rows = _one_per_key(pd.concat(found[table], ignore_index=True), table, spec.keep)
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


def _one_per_key(rows: pd.DataFrame, table: str, keep: str) -> pd.DataFrame:
    """The first or last filled value of each column, by ``(order)``: a name may change and a cell be empty once."""
    keys = [key for key in records.keys(table) if key in rows]
    ordered = rows[rows[identifier(table)].notna()].sort_values("(order)", kind="stable")
    groups = ordered.groupby(keys, sort=False, as_index=False, dropna=False)
    chosen = groups.first() if keep == "first" else groups.last()
    return chosen.astype(object).where(chosen.notna(), None)


def _distinct(frame: pd.DataFrame, rows: Any, keys: list[str]) -> tuple[pd.DataFrame, Any, int]:
    repeated = frame.duplicated(keys).to_numpy()
    chosen = np.flatnonzero(~repeated)
    return frame.loc[chosen].reset_index(drop=True), rows[chosen], int(repeated.sum())


def _texts(cells: pd.Series[Any]) -> list[str]:
    known: dict[Any, str] = {}
    texts = []
    for cell in cells.tolist():
        text = known.get(cell)
        if text is None:
            text = known[cell] = plain_text(cell)
        texts.append(text)
    return texts


def _each(cells: pd.Series[Any], change: Callable[[Any], Any], *, empties: bool = False) -> pd.Series[Any]:
    """Change every filled cell (and empty ones if asked), each different value once."""
    known: dict[Any, Any] = {}
    values = []
    for cell in cells.tolist():
        if cell is None or cell != cell:
            values.append(change(None) if empties else None)
            continue
        if cell not in known:
            known[cell] = change(cell)
        values.append(known[cell])
    return pd.Series(values, index=cells.index, dtype=object)


def code_text(cell: Any) -> str:
    """A code for comparison: ``6``, ``6.0`` and ``"6.0"`` are one."""
    text = plain_text(cell)
    whole, dot, rest = text.partition(".")
    return whole if dot and not rest.strip("0") and _is_number(whole) else text


def _change(spec: Column) -> Callable[[Any], Any] | None:
    """What happens to each different cell of a column, or None where nothing does."""
    missing = set(map(code_text, spec.missing))
    values = {code_text(code): value for code, value in spec.values.items()}
    bands = [(band_limits(band) or (0.0, 0.0), value) for band, value in spec.bands.items()]
    if not (missing or values or bands or spec.default is not None or spec.otherwise is not None):
        return None

    def change(cell: Any) -> Any:
        text = code_text(cell)
        if not text or text in missing:
            return spec.default
        if text in values:
            return values[text]
        if bands and _is_number(text):
            inside = next((value for (low, high), value in bands if low <= float(text) <= high), None)
            if inside is not None:
                return inside
        return cell if spec.otherwise is None else spec.otherwise

    return change


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _decimal_point(cell: Any) -> Any:
    """``1.234,5`` → 1234.5; anything that is no such number stays."""
    if not isinstance(cell, str):
        return cell
    text = re.sub(r"[\s.](?=\d{3}(?:\D|$))", "", cell.strip()).replace(",", ".")
    return float(text) if _is_number(text) else cell


def _dates(formats: str | list[str]) -> Callable[[Any], Any]:
    def change(cell: Any) -> Any:
        for form in [formats] if isinstance(formats, str) else formats:
            try:
                return datetime.strptime(plain_text(cell), form)
            except ValueError:
                continue
        return cell

    return change


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
