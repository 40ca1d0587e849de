"""What is shown in place of a number that protects the people behind it: words, hatches, limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sq.analyses.wording import hidden_name
from sq.figures.shades import LIMIT_SIGNS, Swatch, limited
from sq.figures.template import tokens
from sq.language import _, number

HIDDEN = ("few", "neighbour")
# A hidden cell has no colour of good or bad: the page with a pattern of its own on it.
PATTERNS: Mapping[str, str] = {"few": "x", "neighbour": "."}
CSS = {"few": "crossed", "neighbour": "dotted"}
MINIMUM = 5  # where a frame does not say the minimum of its wave


def reason_of(row: Mapping[Any, Any]) -> str:
    """Why a row of a measured frame is hidden: few, neighbour, or '' where its numbers are shown."""
    reason = str(row.get("hidden_reason", ""))
    return reason if reason in HIDDEN else ""


def is_hidden(frame: pd.DataFrame) -> pd.Series[bool]:
    """Which rows of a measured frame are hidden for anonymity."""
    if "hidden_reason" not in frame:
        return pd.Series(False, index=frame.index)
    return frame["hidden_reason"].isin(HIDDEN)


def hidden_words(reason: str, minimum: float = MINIMUM) -> str:
    """Why a number is not shown, in words; '' where it is. ``minimum`` answers make a group that may be shown."""
    return str(hidden_name(reason, minimum)) if reason in HIDDEN else ""


def hidden_explained(reason: str, minimum: float = MINIMUM) -> str:
    """A sentence for the hover that says what the two words of a hidden mark mean."""
    if reason == "few":
        words = _("Whoever answers is promised anonymity: a group shows from {minimum} answers on.")
        return words.format(minimum=number(minimum, 0))
    if reason == "neighbour":
        return _("Shown, it would give away by subtraction a group beside it that is too small.")
    return ""


def minimum_of(row: Mapping[Any, Any]) -> float:
    """How many answers this row's group needs before it shows (column ``minimum``)."""
    minimum = row.get("minimum", MINIMUM)
    return float(minimum) if isinstance(minimum, int | float) and minimum == minimum else float(MINIMUM)


def instead_of_number(frame: pd.DataFrame) -> pd.Series[str]:
    """What stands in tables in place of each value: why it is hidden, or the limit that it is; else ''."""
    return pd.Series([_instead(row) for row in frame.to_dict("records")], index=frame.index, dtype=object)


def _instead(row: Mapping[Any, Any]) -> str:
    reason, limit = reason_of(row), row.get("limit", "")
    return hidden_words(reason, minimum_of(row)) or (limited(row["value"], limit) if limit in LIMIT_SIGNS else "")


def hidden_key(frame: pd.DataFrame, theme: str) -> tuple[Swatch, ...]:
    """The entries of the colour key for what is hidden in a frame; none where nothing is."""
    page = tokens(theme).page
    rows = frame[is_hidden(frame)].to_dict("records")
    words = {hidden_words(reason_of(row), minimum_of(row)): reason_of(row) for row in rows}
    ordered = sorted(words.items(), key=lambda entry: HIDDEN.index(entry[1]))
    return tuple(Swatch(page, text, pattern=CSS[reason]) for text, reason in ordered)


def hidden_share(frame: pd.DataFrame) -> str:
    """How much of a chart is hidden, in words; '' where nothing is."""
    hidden = int(is_hidden(frame).sum())
    if not hidden:
        return ""
    share = number(100 * hidden / len(frame), 0)
    return _("hidden: {count} of {all} ({share} %)", count=number(hidden, 0), all=number(len(frame), 0), share=share)
