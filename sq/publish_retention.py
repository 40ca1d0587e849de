"""`sq retain`: drops what is past its time and shows that the published numbers have stayed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from sq.anonymity import ledger
from sq.intake import open_intake, retention, writing
from sq.intake.retention import Past
from sq.language import Message
from sq.places import snapshot_file
from sq.publish import publish

Progress = Callable[[Message, float], None]


def first_day_kept(months: int, today: dt.date) -> dt.date:
    """The first day that stays: this month and as many whole months before it."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return dt.date(year, month + 1, 1)


def retain(folder: Path, before: dt.date, progress: Progress, today: dt.date | None = None) -> tuple[Past, str]:
    """Drop what is older than a day; return what went and the id of the new snapshot.

    Everything is published once more before, so that nothing goes of which the numbers are not kept.
    """
    with writing(folder):
        shown = publish(folder, lambda words, share: progress(words, 0.4 * share), today)
        dropped = retention.drop(folder, before, snapshot_file(folder, shown))
        with open_intake(folder) as con:
            ledger.forget_before(con, dropped.before)
        new = publish(folder, lambda words, share: progress(words, 0.5 + 0.4 * share), today)
        progress(Message("Writing the intake anew, without what was dropped"), 0.95)
        retention.compact(folder)
    return dropped, new
