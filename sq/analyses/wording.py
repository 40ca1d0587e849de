"""Values of a Message that depend on the language: months, periods, listings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from sq import language
from sq.language import N_, Message, Named, is_missing, number, signed
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
    "department": N_("Department"),
    "format": N_("Store format"),
    "brand": N_("Brand"),
    "stream": N_("Kind of visit"),
    "channel": N_("Channel"),
    "segment": N_("Customer group"),
    "role": N_("Role of staff"),
    "tenure": N_("Length of service"),
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
STAFF_ROLE_NAMES: dict[str, str] = {
    "front_line": N_("Front line"),
    "manager": N_("Managers"),
}
# What goes wrong in a request to a department, and in its support.
PROBLEM_NAMES: dict[str, str] = {
    "unclear": N_("Request unclear"),
    "no_deadline": N_("No deadline set"),
    "beyond_capacity": N_("Beyond the department's capacity"),
    "ignored": N_("Request ignored"),
    "no_resources": N_("Resources lacking"),
    "late": N_("Not on time"),
    "not_enough": N_("Quality or quantity lacking"),
    "other": N_("Something else"),
}
PROBLEM_SIDES: dict[str, str] = {"request": N_("In the request"), "support": N_("In the support")}
BAND_NAMES: dict[str, str] = {
    "favourable": N_("Favourable"),
    "neutral": N_("Neutral"),
    "unfavourable": N_("Unfavourable"),
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
    "answers": (N_("{count} answer"), N_("{count} answers")),
    "invited": (N_("{count} invited"), N_("{count} invited")),
    "audits": (N_("{count} audit"), N_("{count} audits")),
    "customers": (N_("{count} customer"), N_("{count} customers")),
    "stores": (N_("{count} store"), N_("{count} stores")),
    "places": (N_("{count} place"), N_("{count} places")),
    "months": (N_("{count} month"), N_("{count} months")),
}


_LIMITS = {"": "", ">=": "≥ ", "<=": "≤ "}


def quantity(metric: Metric, value: float, limit: str = "") -> Message:
    """A value of a metric with its unit; behind the sign of a limit where no more may be told."""
    return Message(_QUANTITIES[metric.unit], {"value": _LIMITS[limit] + number(value, metric.decimals)})


def hidden_name(reason: str, minimum: float) -> Message:
    """Why the numbers of a group are hidden; ``minimum`` answers make a group that may be shown."""
    if reason == "neighbour":
        return Message(N_("hidden to protect a neighbour"))
    return Message(N_("hidden: fewer than {minimum} answers"), {"minimum": number(minimum, 0)})


def size(metric: Metric, difference: float) -> Message:
    """The size of a difference, without sign, with its unit."""
    return Message(_SIZES[metric.difference_unit], {"value": number(abs(difference), metric.decimals)})


def signed_size(metric: Metric, difference: float) -> Message:
    """A difference with its sign and unit."""
    return Message(_SIZES[metric.difference_unit], {"value": signed(difference, metric.decimals)})


def count(unit: str, n: float) -> Message:
    """``214 visits``: a number of things (visits, responses, complaints, customers, stores, months)."""
    if is_missing(n):
        return Message(N_("number of answers unknown"))
    one, many = _COUNTS[unit]
    return Message(one, many=many, count=n)
