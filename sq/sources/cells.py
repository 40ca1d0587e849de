"""What a profile does to cells on the way: codes, patterns, bands, numbers and dates, each different value once."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sq.sources.dates import one_date
from sq.sources.patterns import Pattern
from sq.sources.profile import Column, Rule, band_limits
from sq.sources.raw import plain_text

Flags = np.ndarray[Any, np.dtype[np.bool_]]
DECIMALS = 10  # of a number times a factor: 0.57 x 100 is 57
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def texts(cells: pd.Series[Any]) -> list[str]:
    """Cells as texts, ``""`` for empty."""
    known: dict[Any, str] = {}
    found = []
    for cell in cells.tolist():
        text = known.get(cell)
        if text is None:
            text = known[cell] = plain_text(cell)
        found.append(text)
    return found


def each(cells: pd.Series[Any], change: Callable[[Any], Any], *, empties: bool = False) -> pd.Series[Any]:
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
    return whole if dot and not rest.strip("0") and is_number(whole) else text


def holds(rule: Rule, cells: pd.Series[Any]) -> Flags:
    """Where a rule holds of the cells under its heading."""
    listed, kept = set(map(code_text, rule.one_of)), set(map(code_text, rule.none_of))
    pattern = Pattern(rule.matches) if rule.matches else None
    found = texts(cells)
    tests = {
        text: (rule.empty and not text)
        or code_text(text) in listed
        or (bool(kept) and code_text(text) not in kept)
        or (pattern is not None and pattern.search(text) is not None)
        for text in set(found)
    }
    return np.fromiter((tests[text] for text in found), dtype=bool, count=len(found))


def changed(cells: pd.Series[Any], spec: Column) -> pd.Series[Any]:
    """Cells of a column after everything that its long form says, but dates and conditions."""
    change = _change(spec)
    return each(cells, change, empties=spec.default is not None) if change else cells


def _change(spec: Column) -> Callable[[Any], Any] | None:
    """What happens to each different cell of a column, or None where nothing does."""
    edit, code = _edit(spec), _code(spec)
    if not (edit or code or spec.factor is not None or spec.default is not None):
        return None
    missing = set(map(code_text, spec.missing))

    def change(cell: Any) -> Any:
        cell = edit(cell) if edit and cell is not None else cell
        text = code_text(cell)
        if not text or text in missing:
            return spec.default
        cell = code(cell, text) if code else cell
        return cell if spec.factor is None else _times(cell, spec.factor)

    return change


def _edit(spec: Column) -> Callable[[Any], Any] | None:
    """Cut out what ``remove`` matches, keep what the group of ``extract`` matches, change upper and lower case."""
    if spec.remove is None and spec.extract is None and spec.case is None:
        return None
    remove, extract = (Pattern(p) if p else None for p in (spec.remove, spec.extract))

    def edit(cell: Any) -> Any:
        text = remove.without(plain_text(cell)) if remove else plain_text(cell)
        found = extract.search(text) if extract else None
        text = (found[min(found.re.groups, 1)] or "") if found else text
        return getattr(text, spec.case)() if spec.case else text

    return edit


def _code(spec: Column) -> Callable[[Any, str], Any] | None:
    """What a code stands for: values, then patterns, then bands, then what is said of all others."""
    values = {code_text(code): value for code, value in spec.values.items()}
    patterns = [(Pattern(pattern), value) for pattern, value in spec.patterns.items()]
    bands = [(band_limits(band) or (0.0, 0.0), value) for band, value in spec.bands.items()]
    if not (spec.missing or values or patterns or bands or spec.otherwise is not None):
        return None

    def code(cell: Any, text: str) -> Any:
        if text in values:
            return values[text]
        for pattern, value in patterns:
            if pattern.search(text):
                return value
        if bands and is_number(text):
            inside = [value for (low, high), value in bands if low <= float(text) <= high]
            if inside:
                return inside[0]
        return cell if spec.otherwise is None else spec.otherwise

    return code


def _times(cell: Any, factor: float) -> Any:
    return round(float(cell) * factor, DECIMALS) if is_number(cell) else cell


def is_number(value: Any) -> bool:
    """Whether a value reads as a number."""
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def decimal_point(cell: Any) -> Any:
    """``1.234,5`` → 1234.5; anything that is no such number stays."""
    if not isinstance(cell, str):
        return cell
    text = re.sub(r"[\s.](?=\d{3}(?:\D|$))", "", cell.strip()).replace(",", ".")
    return float(text) if is_number(text) else cell


def dates(formats: str | Sequence[str]) -> Callable[[Any], Any]:
    """A reader of dates by one of several formats; a cell that fits none stays."""

    def change(cell: Any) -> Any:
        for form in [formats] if isinstance(formats, str) else formats:
            try:
                return dt.datetime.strptime(plain_text(cell), form)
            except ValueError:
                continue
        return cell

    return change


def last_day(period: str) -> Callable[[Any], Any]:
    """The last day of the month, quarter or year in which a date lies."""

    def change(cell: Any) -> Any:
        day = one_date(cell, months=True)
        if not isinstance(day, dt.date):
            return cell
        month = -(-day.month // MONTHS[period]) * MONTHS[period]
        return dt.date(day.year, month, calendar.monthrange(day.year, month)[1])

    return change
