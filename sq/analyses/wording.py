"""Values of a Message that depend on the language: months, periods, listings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from sq import language
from sq.language import N_, Message, Named


@dataclass(frozen=True)
class Month:
    """A month, given by its first day."""

    first: date

    def __str__(self) -> str:
        return language.month(self.first)


@dataclass(frozen=True)
class Quarter:
    """A quarter, given by its first day: ``2026 Q3``."""

    first: date

    def __str__(self) -> str:
        return f"{self.first.year} Q{(self.first.month + 2) // 3}"


@dataclass(frozen=True)
class Day:
    """A day."""

    date: date

    def __str__(self) -> str:
        return language.day(self.date)


@dataclass(frozen=True)
class Period:
    """Months from ``start`` to ``end`` (first days), both included."""

    start: date
    end: date

    def __str__(self) -> str:
        return language.period(self.start, self.end)


@dataclass(frozen=True)
class Listing:
    """Several things joined as a sentence joins them."""

    parts: tuple[Any, ...]

    def __str__(self) -> str:
        return language.listing([str(part) for part in self.parts])


Words: TypeAlias = Message | Named | Month | Quarter | Day | Period | Listing
"""Anything that ``str()`` turns into words of the current language."""

AXIS_NAMES: dict[str, str] = {
    "chain": N_("Whole chain"),
    "region": N_("Region"),
    "city": N_("City"),
    "store": N_("Store"),
    "format": N_("Store format"),
    "brand": N_("Brand"),
    "stream": N_("Kind of visit"),
    "channel": N_("Channel"),
    "segment": N_("Customer group"),
    "wave": N_("Wave"),
    "month": N_("Month"),
    "quarter": N_("Quarter"),
    "year": N_("Year"),
    "stage": N_("Stage"),
    "touchpoint": N_("Touchpoint"),
    "dimension": N_("Dimension"),
    "item": N_("Item"),
}
STAGE_NAMES: dict[str, str] = {
    "pre-sales": N_("Pre-sales"),
    "sales": N_("Sales"),
    "after-sales": N_("After-sales"),
}


def axis_name(axis: str) -> Message:
    """The word for an axis or level."""
    return Message(AXIS_NAMES[axis])
