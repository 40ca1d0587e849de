"""A table's cells as text and as values, in the current language; hidden cells hold words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from sq.analyses.slide_content import Heading
from sq.language import NO_VALUE, day, is_missing, month, number, percent, signed


def cell_text(heading: Heading, row: Mapping[Any, Any]) -> str:
    """A cell as a reader sees it."""
    if words := words_of(heading, row):
        return words
    value = row[heading.name]
    match heading.kind:
        case "number":
            return number(value, heading.decimals)
        case "signed":
            return signed(value, heading.decimals)
        case "count":
            return number(value, 0)
        case "share":
            return NO_VALUE if is_missing(value) else percent(100 * value, heading.decimals)
        case "day" | "month":
            return (day if heading.kind == "day" else month)(value) if isinstance(value, date) else NO_VALUE
    return "" if is_empty(value) else str(value)


def words_of(heading: Heading, row: Mapping[Any, Any]) -> str:
    """What stands in place of a cell's number, '' where the number does."""
    return str(row[heading.words]) if heading.words and heading.words in row else ""


def is_empty(value: Any) -> bool:
    """None or not a number; words are never empty."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))
