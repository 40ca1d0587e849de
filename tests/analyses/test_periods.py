"""Months are counted, and a month is over when its data reach its last week."""

from datetime import date

from sq.analyses.periods import complete_until, months_before, months_between, previous_period


def test_months_count_across_years() -> None:
    assert months_before(date(2026, 2, 1), 3) == date(2025, 11, 1)
    assert months_before(date(2026, 11, 1), -2) == date(2027, 1, 1)
    assert months_between(date(2025, 12, 1), date(2026, 1, 1)) == 2
    assert previous_period(date(2026, 1, 1), date(2026, 3, 1)) == (date(2025, 10, 1), date(2025, 12, 1))


def test_a_month_is_over_in_its_last_week_or_when_later_data_exist() -> None:
    assert complete_until(date(2026, 4, 24), date(2026, 4, 24)) == date(2026, 4, 1)
    assert complete_until(date(2026, 4, 23), date(2026, 4, 23)) == date(2026, 3, 1)
    assert complete_until(date(2026, 4, 10), date(2026, 5, 2)) == date(2026, 4, 1)
