"""Mapping profiles: a TOML file that says how a vendor's headings and codes become our tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from sq import records
from sq.sources.headings import ANSWERS, columns_of

Scalar = str | int | float | bool
BUILT_IN = ("row", "file", "sheet")  # names a template may use beside headings
IN_BRACES = re.compile(r"\{([^{}]+)\}")
ITEM_EXTRAS = ("missing", "values", "multi_select")


def _one_value(value: Any) -> Any:
    if isinstance(value, list | dict):
        raise PydanticCustomError("one_value", "one value is expected")
    return value


def _some(value: Any) -> Any:
    """A list of alternatives names one at least."""
    if value == []:
        raise PydanticCustomError("too_short", "an empty list")
    return value


Alternatives = Annotated[str | list[str] | None, BeforeValidator(_some)]
AnyScalar = Annotated[Any, BeforeValidator(_one_value)]


class Strict(BaseModel):
    """A part of a profile: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(Strict):
    """Cells under ``heading`` that are empty, one of ``is``, not one of ``is_not``, or match a pattern."""

    heading: str
    empty: bool = False
    one_of: list[Scalar] = Field(default=[], alias="is")
    none_of: list[Scalar] = Field(default=[], alias="is_not")
    matches: str | None = None


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


Rules = Annotated[list[Rule], BeforeValidator(_listed)]  # all of them hold


class Column(Strict):
    """Where the values of one of our columns come from, and how they change on the way.

    One of ``heading`` (alternatives: the first that the file has), ``template`` and ``constant``; then ``remove`` and
    ``extract`` (patterns), ``case``, ``missing``, ``values``, ``patterns`` (pattern → value) or ``bands`` ("1..12" →
    value), ``otherwise`` for values not listed, ``factor``, ``default`` for empty cells, ``format`` and ``until`` for
    dates. An item with ``contains`` is 1 where the cell, split at ``split``, holds this option, else 0. Where
    ``only_if`` does not hold the cell is empty: not asked.
    """

    heading: Alternatives = None
    template: str | None = None
    constant: AnyScalar = None
    remove: str | None = None
    extract: str | None = None
    case: Literal["upper", "lower"] | None = None
    values: dict[str, AnyScalar] = {}
    patterns: dict[str, AnyScalar] = {}
    bands: dict[str, AnyScalar] = {}
    otherwise: Scalar | None = None
    missing: list[Scalar] = []
    factor: float | None = None
    default: Scalar | None = None
    format: str | list[str] | None = None
    until: Literal["month", "quarter", "year"] | None = None
    only_if: Rules = []
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
Headings = Annotated[list[str], BeforeValidator(_listed)]


class Lookup(Strict):
    """A second sheet or file whose columns join as ``name.heading`` where ``key`` there equals ``on`` here.

    Several headings make one key; ``where`` takes only the rows for which it holds.
    """

    file: str | None = None
    sheet: str | None = None
    key: Headings
    on: Headings
    where: Rules = []


class Unpivot(Strict):
    """Columns that become rows: one row per column, its heading under ``name`` and its cell under ``value``.

    ``headings`` are patterns with ``*`` and ``?``.
    """

    headings: Headings
    name: str = "name"
    value: str = "value"


class ItemGroup(Strict):
    """Headings that are items, by a regular expression, and what holds for all of them.

    ``id`` and the texts in ``defaults`` may use the expression's groups: ``{1}``, ``{name}``; ``{0}`` is the heading.
    ``leave_out`` are patterns with ``*`` and ``?`` of headings that are no items all the same.
    """

    pattern: str
    id: str | None = None
    leave_out: list[str] = []
    defaults: dict[str, AnyScalar] = {}
    values: dict[str, AnyScalar] = {}
    missing: list[Scalar] | None = None
    multi_select: bool = False
    only_if: Rules = []


class ItemCodes(Strict):
    """What a listed item says of its codes."""

    missing: list[Scalar] = []
    values: dict[str, AnyScalar] = {}
    multi_select: bool = False


class Derived(Strict):
    """Reference rows found in the responses themselves: one per key, the first or the last by ``order_by``.

    ``count`` is a column that counts the rows of each key, also those that a rule skips.
    """

    columns: dict[str, AnyColumn]
    keep: Literal["first", "last"] = "last"
    order_by: str | None = None
    count: str | None = None


class Section(Strict):
    """One kind of sheet or file → one table."""

    name: str = ""
    files: list[str] = ["*"]
    sheets: list[str] = ["*"]
    table: str
    encoding: str | None = None
    separator: str | None = Field(default=None, min_length=1, max_length=1)
    decimal: Literal[".", ","] = "."
    heading_row: int | None = Field(default=None, ge=1, le=1_000_000)
    merged_cells: Literal["refuse", "fill"] = "refuse"
    columns: dict[str, AnyColumn] = {}
    constants: dict[str, AnyScalar] = {}
    unpivot: Unpivot | None = None
    items: dict[str, AnyColumn] = {}
    item_pattern: str | None = None
    item_defaults: dict[str, AnyScalar] = {}
    item_groups: list[ItemGroup] = []
    item_values: dict[str, AnyScalar] = {}
    missing: list[Scalar] = []
    multi_select: list[str] = []
    skip: dict[str, Rules] = {}
    distinct: bool = False
    lookups: dict[str, Lookup] = {}
    derive: dict[str, Derived] = {}
    ignore: list[str] = []

    def groups(self) -> list[ItemGroup]:
        """The groups of items by pattern, the short form first."""
        short = [ItemGroup(pattern=self.item_pattern, defaults=self.item_defaults)] if self.item_pattern else []
        return short + self.item_groups


class Profile(Strict):
    """Sections and the reference rows that the files do not bring; ``ignore_files`` are left out on purpose."""

    name: str = ""
    ignore_files: list[str] = []
    section: list[Section] = []
    items: list[dict[str, Any]] = []
    touchpoints: list[dict[str, Any]] = []
    dimensions: list[dict[str, Any]] = []
    waves: list[dict[str, Any]] = []
    stores: list[dict[str, Any]] = []
    departments: list[dict[str, Any]] = []
    targets: list[dict[str, Any]] = []
    invitations: list[dict[str, Any]] = []

    def reference(self) -> dict[str, list[dict[str, Any]]]:
        """Inline reference rows by table, in the order in which they are needed."""
        rows = {table: getattr(self, table) for table in INLINE}
        return {table: found for table, found in rows.items() if found}


INLINE = ("stores", "departments", "touchpoints", "dimensions", "items", "waves", "targets", "invitations")


def filled_in(value: Any, found: re.Match[str]) -> Any:
    """A default of an item group with the groups of its pattern: ``{1}``, ``{name}``; ``{0}`` is the heading."""
    if not isinstance(value, str):
        return value
    groups = {str(i): text or "" for i, text in enumerate((found[0], *found.groups()))} | found.groupdict("")
    return IN_BRACES.sub(lambda part: groups.get(part[1], part[0]), value).strip()


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


def band_limits(band: str) -> tuple[float, float] | None:
    """The two ends of a band such as ``1..12`` (``91..`` is open)."""
    first, dots, last = band.partition("..")
    try:
        return (float(first or "-inf"), float(last or "inf")) if dots else None
    except ValueError:
        return None
