"""Months: counting back, the period before, and which month is over."""

from __future__ import annotations

import calendar
from datetime import date

# A month with data in its last week counts as over: programmes rarely end on the 31st.
LAST_WEEK = 7


def months_before(month: date, count: int) -> date:
    """The first day of the month ``count`` months earlier (negative: later)."""
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


def months_between(start: date, end: date) -> int:
    """How many months from start to end, both included."""
    return (end.year - start.year) * 12 + end.month - start.month + 1


def previous_period(start: date, end: date) -> tuple[date, date]:
    """As many months directly before."""
    length = months_between(start, end)
    return months_before(start, length), months_before(end, length)


def last_day(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def complete_until(last_data: date, last_of_all: date) -> date:
    """The last month that is over for data ending on ``last_data``.

    It is over when these data reach its last week, or when any instrument has data from a later month.
    """
    month = last_data.replace(day=1)
    over = (last_day(month) - last_data).days < LAST_WEEK or last_of_all > last_day(month)
    return month if over else months_before(month, 1)
