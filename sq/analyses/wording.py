"""Values of a Message that depend on the language: months, periods, listings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from sq import language
from sq.language import N_, Message, Named, number, signed
from sq.metrics.catalogue import Metric


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


# A number with its unit; scores on 0-100 stand bare ("North: 81.2").
_QUANTITIES: dict[str, str] = {
    "points": N_("{value}"),
    "%": N_("{value} %"),
    "NPS points": N_("{value}"),
    "per 1,000": N_("{value}"),
    "hours": N_("{value} hours"),
    "pp": N_("{value} pp"),
}
_SIZES: dict[str, str] = {
    **_QUANTITIES,
    "points": N_("{value} points"),
    "NPS points": N_("{value} NPS points"),
    "per 1,000": N_("{value} per 1,000"),
}
_COUNTS: dict[str, tuple[str, str]] = {
    "visits": (N_("{count} visit"), N_("{count} visits")),
    "responses": (N_("{count} response"), N_("{count} responses")),
    "complaints": (N_("{count} complaint"), N_("{count} complaints")),
    "customers": (N_("{count} customer"), N_("{count} customers")),
    "stores": (N_("{count} store"), N_("{count} stores")),
    "months": (N_("{count} month"), N_("{count} months")),
}


def quantity(metric: Metric, value: float) -> Message:
    """A value of a metric with its unit."""
    return Message(_QUANTITIES[metric.unit], {"value": number(value, metric.decimals)})


def size(metric: Metric, difference: float) -> Message:
    """The size of a difference, without sign, with its unit."""
    return Message(_SIZES[metric.difference_unit], {"value": number(abs(difference), metric.decimals)})


def signed_size(metric: Metric, difference: float) -> Message:
    """A difference with its sign and unit."""
    return Message(_SIZES[metric.difference_unit], {"value": signed(difference, metric.decimals)})


def count(unit: str, n: float) -> Message:
    """``214 visits``: a number of things (visits, responses, complaints, customers, stores, months)."""
    one, many = _COUNTS[unit]
    return Message(one, many=many, count=n)
