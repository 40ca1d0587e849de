"""One column of received values → values of its record's type, and what did not fit.

pydantic decides, once per different value: 240,000 rows of a column cost milliseconds.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from sq.checking.findings import shown
from sq.checking.personal import masked
from sq.records import RECORDS, LongText

Positions = np.ndarray[Any, np.dtype[np.int64]]
NOT_APPLICABLE = {"", "n/a", "na", "不适用", "-", "—", "–", "－", "无此项"}  # answers
NOTHING = {"", "n/a", "#n/a", "不适用", "-", "—", "–", "－"}  # header columns: "NA" may be a place
# A time zone is left off: hours count on the clock of the place (rules.zone_problems refuses two clocks in a row).
MOMENT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2}))?\s*[日号月]?"
    r"(?:[T\s]+(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2})(?:\.\d+)?秒?)?分?)?(?:\s*(?:Z|[+-]\d{2}:?\d{2}))?"
)
COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})?")
FREE_TEXTS = ("outcome",)  # short texts in which somebody may be named, too
LONG = get_args(LongText)[1:]
# whole numbers are 32 bits wide in the snapshot; an infinite float would swallow every sum
LARGEST = {int: 2**31 - 1, float: 1e15}
BEYOND = "beyond"
EARLIEST_YEAR = 1900
UNREADABLE = object()  # refused by every type
READING = ConfigDict(coerce_numbers_to_str=True, str_strip_whitespace=True)
ARROW: dict[Any, pa.DataType] = {
    str: pa.string(),
    float: pa.float64(),
    int: pa.int64(),
    bool: pa.bool_(),
    dt.date: pa.date32(),
    dt.datetime: pa.timestamp("us"),
    list: pa.list_(pa.string()),
}


@dataclass(frozen=True)
class Problem:
    """Rows (positions in the frame) of one column with one kind of problem and one value."""

    code: str
    column: str
    value: str
    allowed: str
    positions: Positions


@dataclass(frozen=True)
class Column:
    """A typed column: ``values`` (arrow, null where missing or unusable) and what was wrong."""

    values: pa.Array
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Kind:
    """How a record's field is read: its bare type, whether it may be empty, its default, its allowed words."""

    base: Any
    optional: bool
    default: Any
    words: tuple[str, ...]
    limits: str
    is_long_text: bool
    adapter: TypeAdapter[Any]


@cache
def kind(table: str, column: str) -> Kind:
    """The kind of one field of a record table."""
    info = RECORDS[table].model_fields[column]
    inner = _without_none(info.annotation)
    return Kind(
        base=_base(inner),
        optional=inner is not info.annotation,
        default=None if info.is_required() else info.default,
        words=_words(inner),
        limits=_limits(info),
        is_long_text=column in FREE_TEXTS or inner == LongText or any(m in info.metadata for m in LONG),
        adapter=TypeAdapter(list[Annotated[inner, *info.metadata, None]], config=READING),  # type: ignore[valid-type]
    )


def _without_none(annotation: Any) -> Any:
    args = [a for a in get_args(annotation) if a is not type(None)]
    return args[0] if type(None) in get_args(annotation) else annotation


def _base(annotation: Any) -> Any:
    if get_origin(annotation) is Annotated:
        return _base(get_args(annotation)[0])
    if _words(annotation):
        return str
    return list if get_origin(annotation) is list else annotation


def _words(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Annotated:
        return _words(get_args(annotation)[0])
    args = get_args(annotation)
    return tuple(args) if args and all(isinstance(a, str) for a in args) else ()


def _limits(info: FieldInfo) -> str:
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    found = [(sign, getattr(m, name)) for m in info.metadata for name, sign in signs.items() if hasattr(m, name)]
    return ", ".join(f"{sign} {limit}" for sign, limit in found)


def typed_column(table: str, column: str, received: pd.Series[Any]) -> Column:
    """The column as its record wants it; a missing required value and each unusable value is a problem."""
    how = kind(table, column)
    codes, different = _different(received)
    values, wrong = _validated(how, [_prepared(v, how.base) for v in different])
    if column == "month":
        values = [v.replace(day=1) if v is not None else None for v in values]
    problems = [*_unusable(how, column, codes, different, wrong)]
    missing = np.flatnonzero(codes < 0)
    if len(missing) and not how.optional and how.default is None:
        problems.append(Problem("missing", column, "", "", missing))
    if how.is_long_text:
        values, changed = _masked(values, codes)
        problems += [Problem("masked", column, "", "", changed)] if len(changed) else []
    pool = pa.array([*values, how.default], type=ARROW[how.base])
    return Column(pool.take(pa.array(np.where(codes < 0, len(values), codes))), tuple(problems))


def empty_column(table: str, column: str, rows: int) -> Column:
    """A column that the file does not have: the default, or missing when it is required."""
    how = kind(table, column)
    same = pa.nulls(rows, ARROW[how.base]) if how.default is None else pa.repeat(pa.scalar(how.default), rows)
    lacks = not how.optional and how.default is None and rows > 0
    problems = (Problem("missing", column, "", "", np.arange(rows)),) if lacks else ()
    return Column(same, problems)


def _different(received: pd.Series[Any]) -> tuple[Positions, list[Any]]:
    """Row → number of its value (-1 = empty), and the different values."""
    if pd.api.types.infer_dtype(received, skipna=True) == "mixed":  # lists of a Parquet file cannot be told apart
        received = received.map(lambda v: ";".join(map(str, v)) if isinstance(v, list | np.ndarray) else v)
    codes, found = pd.factorize(received.astype(object), use_na_sentinel=True)
    values = list(found)
    empty = [i for i, v in enumerate(values) if isinstance(v, str) and v.strip().lower() in NOTHING]
    if empty:
        codes = np.where(np.isin(codes, empty), -1, codes)
    return codes.astype(np.int64), values


def _prepared(value: Any, base: Any) -> Any:
    """A received value in a form that pydantic reads: whole floats as int, dates of any usual writing as dates."""
    if base in (dt.date, dt.datetime):
        return _moment(value, base)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, pd.Timestamp | dt.datetime) and base is str:
        return shown(value)
    if isinstance(value, str) and base in (int, float):
        return value.strip().replace(",", "").replace("，", "")
    return value.item() if isinstance(value, np.generic) else value


def _moment(value: Any, base: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime()
    if isinstance(value, dt.date) and value.year < EARLIEST_YEAR:
        return UNREADABLE
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None) if base is dt.datetime else value.date()
    if isinstance(value, dt.date):
        return value if base is dt.date else dt.datetime.combine(value, dt.time())
    text = str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
    match = MOMENT.fullmatch(text) or COMPACT_DAY.fullmatch(text)
    if match is None:
        return UNREADABLE
    parts = [int(p) for p in match.groups(default="0")]
    try:
        hour, minute, second = [*parts[3:], 0, 0, 0][:3]
        whole = dt.datetime(parts[0], parts[1], parts[2] or 1, hour, minute, second)
    except ValueError:
        return UNREADABLE
    if whole.year < EARLIEST_YEAR:
        return UNREADABLE
    return whole if base is dt.datetime else whole.date()


def _validated(how: Kind, values: list[Any]) -> tuple[list[Any], dict[int, str]]:
    """Values as pydantic returns them (None where it refuses) and index → type of pydantic's error."""
    try:
        found, wrong = how.adapter.validate_python(values), {}
    except ValidationError as error:
        wrong = {int(e["loc"][0]): str(e["type"]) for e in error.errors(include_url=False, include_context=False)}
        kept = iter(how.adapter.validate_python([v for i, v in enumerate(values) if i not in wrong]))
        found = [None if i in wrong else next(kept) for i in range(len(values))]
    if how.base in (int, float):
        wrong |= {i: BEYOND for i, v in enumerate(found) if v is not None and not abs(v) <= LARGEST[how.base]}
        found = [None if i in wrong else v for i, v in enumerate(found)]
    return found, wrong


def _unusable(
    how: Kind, column: str, codes: Positions, different: Sequence[Any], wrong: dict[int, str]
) -> list[Problem]:
    """One problem for each different value that was refused."""
    if not wrong:
        return []
    at = np.flatnonzero(np.isin(codes, list(wrong)))
    groups = pd.Series(at).groupby(codes[at]).groups
    found = []
    for number, members in groups.items():
        code, allowed = _reason(how, wrong[int(str(number))])
        positions = at[np.asarray(members, dtype=np.int64)]
        found.append(Problem(code, column, shown(different[int(str(number))]), allowed, positions))
    return found


def _reason(how: Kind, error: str) -> tuple[str, str]:
    if how.words:
        return "not_in_list", ", ".join(how.words)
    if how.base is dt.date:
        return "not_a_date", "2026-03-05"
    if how.base is dt.datetime:
        return "not_a_date", "2026-03-05 14:30"
    if how.base is bool:
        return "not_yes_or_no", "1, 0, 是, 否, yes, no"
    if error.startswith(("greater", "less")):
        return "out_of_range", how.limits
    if error == BEYOND:
        return "out_of_range", f"≤ {LARGEST[how.base]:,.0f}"
    if how.base in (int, float):
        return ("not_a_whole_number" if how.base is int else "not_a_number"), ""
    return "bad_value", "≤ 500" if error == "string_too_long" else ""


def _masked(values: list[Any], codes: Positions) -> tuple[list[Any], Positions]:
    """Texts with personal data masked, and the rows where something was."""
    without = [masked(v) if isinstance(v, str) else v for v in values]
    changed = [i for i, (a, b) in enumerate(zip(values, without, strict=True)) if a != b]
    return without, np.flatnonzero(np.isin(codes, changed)) if changed else np.array([], dtype=np.int64)


LARGEST_INT = 10**300  # longer whole numbers are no answers


def numeric(received: pd.Series[Any]) -> tuple[np.ndarray[Any, np.dtype[np.float64]], Positions]:
    """Answers as float64 (NaN = not applicable), and the positions of what is no number."""
    if received.dtype.kind in "fiu":
        return received.to_numpy(dtype=np.float64), np.array([], dtype=np.int64)
    raw = received.to_numpy(dtype=object)
    try:
        numbers = pd.to_numeric(received, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    except OverflowError:  # a whole number beyond any float: pandas does not coerce it
        return numeric(received.map(lambda v: str(v) if isinstance(v, int) and abs(v) > LARGEST_INT else v))
    numbers = np.where(np.isfinite(numbers), numbers, np.nan)
    doubtful = np.flatnonzero(np.isnan(numbers) & ~pd.isna(raw))
    words = np.array([str(v).strip().lower() in NOT_APPLICABLE for v in raw[doubtful]], dtype=bool)
    return numbers, doubtful[~words] if len(doubtful) else doubtful
