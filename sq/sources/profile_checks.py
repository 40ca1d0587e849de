"""Loads a mapping profile and checks it: every wrong key or value is told with what is allowed."""

from __future__ import annotations

import codecs
import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from sq import records
from sq.errors import ProfileError
from sq.language import Message
from sq.places import plain_name
from sq.sources.failures import Listing
from sq.sources.headings import columns_of, required_columns, table_names
from sq.sources.patterns import pattern_fault
from sq.sources.profile import (
    INLINE,
    ITEM_EXTRAS,
    Column,
    Derived,
    ItemCodes,
    ItemGroup,
    Lookup,
    Profile,
    Rule,
    Section,
    Unpivot,
    band_limits,
    complete,
)

LONGEST_TEMPLATE = 2_000
MANY_DOTS = re.compile(r"""(?:\.[ \t]{0,9}["']?[\w-]{0,99}["']?[ \t]{0,9}){40}""")  # a.a.a.a: tomllib takes for ever
# encodings that take no bytes, or make signs that are none
NO_ENCODINGS = {"utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined", "mbcs", "oem"}
LARGEST = 1 << 20  # bytes of a profile; the largest known has 30 kB
# pydantic's kinds of faults, by their beginning → what is expected
EXPECTED = {
    "too_short": Message("at least one heading is expected"),
    "one_value": Message("one value is expected, no list or table"),
    "list": Message("a list is expected"),
    "string_too": Message("this text is too short or too long"),
    "string": Message("a text is expected"),
    "dict": Message("a table is expected"),
    "model": Message("a table is expected"),
    "bool": Message("true or false is expected"),
    "int": Message("a number is expected"),
    "float": Message("a number is expected"),
    "finite": Message("a number is expected"),
    "greater": Message("this number is too small"),
    "less": Message("this number is too large"),
    "date": Message("a date is expected"),
}


def load_profile(path: Path) -> Profile:
    """A checked profile.

    Raises:
        ProfileError: not TOML, or a key or value that a profile does not have; names the key and what is allowed.
    """
    file = plain_name(path)
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            raise OSError(path)
        text = path.read_text("utf-8-sig")
        if MANY_DOTS.search(text):
            raise RecursionError
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(
            Message("The profile {file} cannot be read.", {"file": file}),
            Message("Check that it exists, is a text in UTF-8 and no larger than 1 MB."),
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(
            Message("The profile {file} is not valid TOML: {reason}.", {"file": file, "reason": str(error)}),
            Message("Correct the line that is named."),
        ) from error
    except (RecursionError, ValueError) as error:  # brackets without end, a number of thousands of digits
        raise ProfileError(
            Message("The profile {file} is nested too deeply or holds an endless number.", {"file": file}),
            Message("Start from an example in docs/profiles.md."),
        ) from error
    try:
        profile = Profile.model_validate(data)
    except ValidationError as error:
        raise _first_fault(file, error) from error
    _check(profile, file)
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
    faults = error.errors()
    fault = next((fault for fault in faults if fault["type"] == "extra_forbidden"), faults[0])  # a slip of the pen
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in fault["loc"])
    kind = fault["type"]
    if kind == "extra_forbidden":
        allowed = _keys_at(fault["loc"])
        return profile_fault(file, key, not_allowed(str(fault["loc"][-1]), allowed))
    if kind == "missing":
        return profile_fault(file, key, Message("this key is required"))
    if kind == "literal_error":
        return profile_fault(file, key, Message("allowed are {names}", {"names": fault["ctx"]["expected"]}))
    return profile_fault(file, key, _expected(fault))


def _expected(fault: Any) -> Message:
    """What a value should have been."""
    found = (text for start, text in EXPECTED.items() if str(fault["type"]).startswith(start))
    return next(found, Message("this value cannot be used here"))


def _keys_at(loc: tuple[int | str, ...]) -> list[str]:
    """The keys that the part of a profile at ``loc`` has."""
    model: type[BaseModel] = Profile
    inside: dict[str, type[BaseModel]] = {
        "section": Section,
        "lookups": Lookup,
        "where": Rule,
        "only_if": Rule,
        "skip": Rule,
        "unpivot": Unpivot,
        "item_groups": ItemGroup,
        "derive": Derived,
        "columns": Column,
        "items": Column,
    }
    for part in loc[:-1]:
        model = inside.get(str(part), model)
    return [info.alias or name for name, info in model.model_fields.items()]


def _check(profile: Profile, file: str) -> None:
    for i, section in enumerate(profile.section, start=1):
        _check_section(file, f"section.{i}", section)
        _check_groups(file, f"section.{i}", section)
    for table, rows in profile.reference().items():
        for i, row in enumerate(rows, start=1):
            _check_row(file, table, i, row, profile)
    for i, section in enumerate(profile.section, start=1):
        _check_required(file, f"section.{i}.columns", section.table, section.columns | section.constants)


def _check_row(file: str, table: str, i: int, row: Mapping[str, Any], profile: Profile) -> None:
    known = columns_of(table) + (ITEM_EXTRAS if table == "items" else ())
    for key in row:
        if key not in known:
            raise profile_fault(file, f"{table}.{i}.{key}", not_allowed(key, known))
    try:
        ItemCodes.model_validate({key: row[key] for key in ITEM_EXTRAS if key in row})
        records.RECORDS[table].model_validate(complete(profile, table, row))
    except ValidationError as error:
        fault = error.errors()[0]
        reason = Message("this key is required") if fault["type"] == "missing" else _expected(fault)
        raise profile_fault(file, f"{table}.{i}.{fault['loc'][0]}", reason) from error


def _check_section(file: str, key: str, section: Section) -> None:
    if section.table not in table_names():
        raise profile_fault(file, f"{key}.table", not_allowed(section.table, table_names()))
    _check_columns(file, f"{key}.columns", section.table, section.columns)
    _check_columns(file, f"{key}.constants", section.table, section.constants)
    _check_text(file, key, section)
    for table, derived in section.derive.items():
        _check_derived(file, f"{key}.derive.{table}", table, derived, section)
    if (section.items or section.groups()) and section.table not in records.RESPONSE_TABLES:
        named = "items" if section.items else "item_groups"
        raise profile_fault(file, f"{key}.{named}", not_allowed(section.table, records.RESPONSE_TABLES))
    for name, rules in section.skip.items():
        _check_rules(file, f"{key}.skip.{name}", rules)
    for name, column in (section.columns | section.items).items():
        _check_column(file, f"{key}.columns.{name}", column)
    for name, lookup in section.lookups.items():
        if len(lookup.key) != len(lookup.on):
            raise profile_fault(file, f"{key}.lookups.{name}", Message("give as many headings for key as for on"))
        _check_rules(file, f"{key}.lookups.{name}.where", lookup.where)


def _check_groups(file: str, key: str, section: Section) -> None:
    for i, group in enumerate(section.groups(), start=1):
        own = f"{key}.item_groups.{i}" if section.item_pattern is None else f"{key}.item_pattern"
        _check_pattern(file, own if section.item_pattern else f"{own}.pattern", group.pattern)
        _check_columns(file, f"{own}.defaults", "items", group.defaults)
        _check_rules(file, f"{own}.only_if", group.only_if)


def _check_derived(file: str, key: str, table: str, derived: Derived, section: Section) -> None:
    if table not in INLINE:
        raise profile_fault(file, key, not_allowed(table, INLINE))
    _check_columns(file, f"{key}.columns", table, derived.columns)
    for name, column in derived.columns.items():
        _check_column(file, f"{key}.columns.{name}", column)
    if derived.order_by is not None:
        _check_columns(file, f"{key}.order_by", section.table, [derived.order_by])
    if derived.count is not None:
        _check_columns(file, f"{key}.count", table, [derived.count])
    _check_required(file, f"{key}.columns", table, [*derived.columns, derived.count or ""])


def _check_columns(file: str, key: str, table: str, columns: Iterable[str]) -> None:
    for column in columns:
        if column not in columns_of(table):
            raise profile_fault(file, f"{key}.{column}", _no_column(column, table))


def _no_column(column: str, table: str) -> Message:
    """A column that a table does not have, with the tables that do have it."""
    owners = [other for other in table_names() if column in columns_of(other)]
    if not owners or difflib.get_close_matches(column, columns_of(table), n=1, cutoff=0.85):
        return not_allowed(column, columns_of(table))
    return Message(
        "{table} has no column {column}, which belongs to {others}: correct table or column",
        {"table": table, "column": column, "others": Listing(tuple(owners[:3]))},
    )


def _check_required(file: str, key: str, table: str, given: Iterable[str]) -> None:
    missing = next((column for column in required_columns(table) if column not in given), None)
    if missing is not None:
        raise profile_fault(
            file, f"{key}.{missing}", Message("{table} needs this column; map a heading to it", {"table": table})
        )


def _check_rules(file: str, key: str, rules: Iterable[Rule]) -> None:
    for rule in rules:
        _check_pattern(file, f"{key}.matches", rule.matches)
        if not (rule.empty or rule.one_of or rule.none_of or rule.matches):
            raise profile_fault(file, key, Message("give one of empty, is, is_not and matches"))


def _check_pattern(file: str, key: str, pattern: str | None) -> None:
    if (fault := pattern_fault(pattern)) is not None:
        raise profile_fault(file, key, fault)


def _check_column(file: str, key: str, column: Column) -> None:
    given = [name for name in ("heading", "template", "constant") if getattr(column, name) is not None]
    if len(given) != 1:
        raise profile_fault(file, key, Message("give exactly one of heading, template and constant"))
    if len(column.template or "") > LONGEST_TEMPLATE:
        raise profile_fault(file, key, EXPECTED["string_too"])
    for pattern in (column.remove, column.extract, *column.patterns):
        _check_pattern(file, key, pattern)
    for form in [column.format] if isinstance(column.format, str) else column.format or []:
        _check_format(file, f"{key}.format", form)
    _check_rules(file, f"{key}.only_if", column.only_if)
    for band in column.bands:
        if band_limits(band) is None:
            raise profile_fault(file, f"{key}.bands", Message('write a band as "1..12", not {band}', {"band": band}))


def _check_format(file: str, key: str, form: str) -> None:
    day = dt.datetime(2026, 3, 5, 14, 30)
    try:
        dt.datetime.strptime(day.strftime(form), form)
    except (ValueError, re.error) as error:
        raise profile_fault(
            file, key, Message('write a format such as "%d/%m/%Y", not {format}', {"format": form[:60]})
        ) from error


def _check_text(file: str, key: str, section: Section) -> None:
    """The encoding is one that texts have, and the separator one that can stand between cells."""
    if section.separator is not None and (section.separator in '"\r\n\0' or not section.separator.isascii()):
        raise profile_fault(file, f"{key}.separator", Message("this sign cannot separate cells"))
    if section.encoding is None:
        return
    try:
        name = codecs.lookup(section.encoding).name
        known = b"a,".decode(name) is not None and name not in NO_ENCODINGS
    except (LookupError, ValueError, UnicodeError):
        known = section.encoding.lower().startswith("utf-16")
    if not known:
        raise profile_fault(
            file, f"{key}.encoding", Message("allowed are {names}", {"names": "utf-8, utf-16, gb18030, cp1252, ..."})
        )
