"""Mapping profiles: a TOML file that says how a vendor's headings and codes become our tables."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from sq import records
from sq.errors import ProfileError
from sq.language import Message
from sq.sources.failures import Listing
from sq.sources.headings import ANSWERS, columns_of, table_names

Scalar = str | int | float | bool
BUILT_IN = ("row", "file", "sheet")  # names a template may use beside headings
IN_BRACES = re.compile(r"\{([^{}]+)\}")
ITEM_EXTRAS = ("missing", "values", "multi_select")


class Strict(BaseModel):
    """A part of a profile: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Strict):
    """Where the values of one of our columns come from, and how they change on the way.

    One of ``heading`` (alternatives: the first that the file has), ``template`` and ``constant``; then ``missing``,
    ``values`` or ``bands`` ("1..12" → value), ``otherwise`` for values not listed, ``default`` for empty cells,
    ``format`` for dates. An item with ``contains`` is 1 where the cell, split at ``split``, holds this option, else 0.
    """

    heading: str | list[str] | None = None
    template: str | None = None
    constant: Any = None
    values: dict[str, Any] = {}
    bands: dict[str, Any] = {}
    otherwise: Scalar | None = None
    missing: list[Scalar] = []
    default: Scalar | None = None
    format: str | list[str] | None = None
    contains: str | None = None
    split: str = Field(default=";", min_length=1)
    optional: bool = False

    def headings(self) -> tuple[str, ...]:
        """The alternatives for the heading, best first."""
        return (self.heading,) if isinstance(self.heading, str) else tuple(self.heading or ())

    def parts(self) -> tuple[str, ...]:
        """The headings that the template puts together."""
        return tuple(part for part in IN_BRACES.findall(self.template or "") if part not in BUILT_IN)


def _column(value: Any) -> Any:
    if isinstance(value, str):
        return {"template": value} if IN_BRACES.search(value) else {"heading": value}
    return {"heading": value} if isinstance(value, list) else value


AnyColumn = Annotated[Column, BeforeValidator(_column)]


class Rule(Strict):
    """Rows to skip: those whose cell under ``heading`` is empty, one of ``is``, or matches a pattern."""

    heading: str
    empty: bool = False
    one_of: list[Scalar] = Field(default=[], alias="is")
    none_of: list[Scalar] = Field(default=[], alias="is_not")
    matches: str | None = None


class Lookup(Strict):
    """A second sheet or file whose columns join as ``name.heading`` where ``key`` there equals ``on`` here."""

    file: str | None = None
    sheet: str | None = None
    key: str
    on: str


class Derived(Strict):
    """Reference rows found in the responses themselves: one per key, the first or the last by ``order_by``."""

    columns: dict[str, AnyColumn]
    keep: Literal["first", "last"] = "last"
    order_by: str | None = None


class Section(Strict):
    """One kind of sheet or file → one table."""

    name: str = ""
    files: list[str] = ["*"]
    sheets: list[str] = ["*"]
    table: str
    encoding: str | None = None
    separator: str | None = Field(default=None, min_length=1, max_length=1)
    decimal: Literal[".", ","] = "."
    heading_row: int | None = Field(default=None, ge=1)
    merged_cells: Literal["refuse", "fill"] = "refuse"
    columns: dict[str, AnyColumn] = {}
    constants: dict[str, Any] = {}
    items: dict[str, AnyColumn] = {}
    item_pattern: str | None = None
    item_defaults: dict[str, Any] = {}
    item_values: dict[str, Any] = {}
    missing: list[Scalar] = []
    multi_select: list[str] = []
    skip: dict[str, Rule] = {}
    distinct: bool = False
    lookups: dict[str, Lookup] = {}
    derive: dict[str, Derived] = {}
    ignore: list[str] = []


class Profile(Strict):
    """Sections and the reference rows that the files do not bring."""

    name: str = ""
    section: list[Section] = []
    items: list[dict[str, Any]] = []
    touchpoints: list[dict[str, Any]] = []
    dimensions: list[dict[str, Any]] = []
    waves: list[dict[str, Any]] = []
    stores: list[dict[str, Any]] = []
    targets: list[dict[str, Any]] = []

    def reference(self) -> dict[str, list[dict[str, Any]]]:
        """Inline reference rows by table, in the order in which they are needed."""
        rows = {table: getattr(self, table) for table in INLINE}
        return {table: found for table, found in rows.items() if found}


INLINE = ("stores", "touchpoints", "dimensions", "items", "waves", "targets")


def load_profile(path: Path) -> Profile:
    """A checked profile.

    Raises:
        ProfileError: not TOML, or a key or value that a profile does not have; names the key and what is allowed.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(
            Message("The profile {file} cannot be read.", {"file": path.name}),
            Message("Check that it exists and is saved in UTF-8."),
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(
            Message("The profile {file} is not valid TOML: {reason}.", {"file": path.name, "reason": str(error)}),
            Message("Correct the line that is named."),
        ) from error
    try:
        profile = Profile.model_validate(data)
    except ValidationError as error:
        raise _first_fault(path.name, error) from error
    _check(profile, path.name)
    return profile


def profile_fault(file: str, key: str, reason: Message | str) -> ProfileError:
    """A key of a profile that is wrong."""
    return ProfileError(
        Message("In the profile {file}, {key}: {reason}.", {"file": file, "key": key, "reason": reason}),
        Message("Correct the profile; docs/profiles.md lists its keys."),
    )


def not_allowed(value: str, allowed: Iterable[str]) -> Message:
    """A name that does not exist, with the nearest and all names that do."""
    names = list(allowed)
    near = difflib.get_close_matches(value, names, n=1)
    if near:
        return Message("{value} does not exist; did you mean {near}?", {"value": value, "near": near[0]})
    return Message("{value} does not exist; allowed are {names}", {"value": value, "names": Listing(tuple(names))})


def _first_fault(file: str, error: ValidationError) -> ProfileError:
    fault = error.errors()[0]
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in fault["loc"])
    kind = fault["type"]
    if kind == "extra_forbidden":
        allowed = _keys_at(fault["loc"])
        return profile_fault(file, key, not_allowed(str(fault["loc"][-1]), allowed))
    if kind == "missing":
        return profile_fault(file, key, Message("this key is required"))
    if kind == "literal_error":
        return profile_fault(file, key, Message("allowed are {names}", {"names": fault["ctx"]["expected"]}))
    return profile_fault(file, key, str(fault["msg"]))


def _keys_at(loc: tuple[int | str, ...]) -> list[str]:
    """The keys that the part of a profile at ``loc`` has."""
    model: type[BaseModel] = Profile
    inside: dict[str, type[BaseModel]] = {
        "section": Section,
        "lookups": Lookup,
        "skip": Rule,
        "derive": Derived,
        "columns": Column,
        "items": Column,
    }
    for part in loc[:-1]:
        model = inside.get(str(part), model)
    return [info.alias or name for name, info in model.model_fields.items()]


def _check(profile: Profile, file: str) -> None:
    for table, rows in profile.reference().items():
        for i, row in enumerate(rows, start=1):
            _check_row(file, table, i, row, profile)
    for i, section in enumerate(profile.section, start=1):
        _check_section(file, f"section.{i}", section)


def _check_row(file: str, table: str, i: int, row: Mapping[str, Any], profile: Profile) -> None:
    known = columns_of(table) + (ITEM_EXTRAS if table == "items" else ())
    for key in row:
        if key not in known:
            raise profile_fault(file, f"{table}.{i}.{key}", not_allowed(key, known))
    try:
        records.RECORDS[table].model_validate(complete(profile, table, row))
    except ValidationError as error:
        fault = error.errors()[0]
        reason = Message("this key is required") if fault["type"] == "missing" else str(fault["msg"])
        raise profile_fault(file, f"{table}.{i}.{fault['loc'][0]}", reason) from error


def complete(profile: Profile, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A reference row with what the profile says once for all: the instrument, the Chinese name."""
    found = {key: value for key, value in row.items() if key not in ITEM_EXTRAS}
    instruments = {s.table.removesuffix(ANSWERS) for s in profile.section} & set(records.RESPONSE_TABLES)
    if "instrument" in columns_of(table) and len(instruments) == 1:
        found.setdefault("instrument", records.RESPONSE_TABLES[instruments.pop()][0])
    for zh, en in (("name_zh", "name_en"), ("text_zh", "text_en")):
        if zh in columns_of(table) and found.get(en):
            found.setdefault(zh, found[en])
    return found


def _check_section(file: str, key: str, section: Section) -> None:
    if section.table not in table_names():
        raise profile_fault(file, f"{key}.table", not_allowed(section.table, table_names()))
    _check_columns(file, f"{key}.columns", section.table, section.columns)
    _check_columns(file, f"{key}.constants", section.table, section.constants)
    for table, derived in section.derive.items():
        if table not in INLINE:
            raise profile_fault(file, f"{key}.derive.{table}", not_allowed(table, INLINE))
        _check_columns(file, f"{key}.derive.{table}.columns", table, derived.columns)
        if derived.order_by is not None:
            _check_columns(file, f"{key}.derive.{table}.order_by", section.table, [derived.order_by])
    if section.items and section.table not in records.RESPONSE_TABLES:
        raise profile_fault(file, f"{key}.items", not_allowed(section.table, records.RESPONSE_TABLES))
    patterns = {f"skip.{name}.matches": rule.matches for name, rule in section.skip.items()}
    for name, pattern in (patterns | {"item_pattern": section.item_pattern}).items():
        _check_pattern(file, f"{key}.{name}", pattern)
    for name, column in (section.columns | section.items).items():
        _check_column(file, f"{key}.columns.{name}", column)


def _check_columns(file: str, key: str, table: str, columns: Iterable[str]) -> None:
    for column in columns:
        if column not in columns_of(table):
            raise profile_fault(file, f"{key}.{column}", not_allowed(column, columns_of(table)))


def _check_pattern(file: str, key: str, pattern: str | None) -> None:
    try:
        re.compile(pattern or "")
    except re.error as error:
        raise profile_fault(
            file, key, Message("this is no regular expression ({reason})", {"reason": str(error)})
        ) from error


def _check_column(file: str, key: str, column: Column) -> None:
    given = [name for name in ("heading", "template", "constant") if getattr(column, name) is not None]
    if len(given) != 1:
        raise profile_fault(file, key, Message("give exactly one of heading, template and constant"))
    for band in column.bands:
        if band_limits(band) is None:
            raise profile_fault(file, f"{key}.bands", Message('write a band as "1..12", not {band}', {"band": band}))


def band_limits(band: str) -> tuple[float, float] | None:
    """The two ends of a band such as ``1..12`` (``91..`` is open)."""
    first, dots, last = band.partition("..")
    try:
        return (float(first or "-inf"), float(last or "inf")) if dots else None
    except ValueError:
        return None
