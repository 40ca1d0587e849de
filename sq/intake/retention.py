"""Drops forms past their time from the intake; the sums that were published of them are kept."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from sq.intake.connection import count, open_intake, statement, told
from sq.intake.people import PEOPLE
from sq.intake.views import create_current_views
from sq.language import N_, Message, Named, number
from sq.places import inbox, intake_file
from sq.records import RESPONSE_TABLES, TABLE_LABELS_ZH

# tables of which a file may hold something personal
PERSONAL_TABLES = [*RESPONSE_TABLES, *(f"{table}_answers" for table in RESPONSE_TABLES), "complaints"]
# forms that publishing counts (rollups/20_responses.sql); of the others nothing was published
COUNTED = {"mystery_visits": "coalesce(status, 'approved') IN ('approved', 'disputed')"}


@dataclass(frozen=True)
class Past:
    """What is past its time.

    Attributes:
        before: first day that stays.
        forms: instrument → forms.
        comments: complaints that have a comment.
        batches: those that lose rows and can be withdrawn no longer.
        files: names in the inbox of files that hold nothing within its time; ``bytes`` is their size.
        mixed_files: how many files stay because they hold later rows, too.
    """

    before: dt.date
    forms: dict[str, int]
    comments: int
    batches: tuple[int, ...]
    files: tuple[str, ...]
    bytes: int
    mixed_files: int

    def __bool__(self) -> bool:
        return bool(self.forms or self.comments or self.files)

    def lines(self) -> Iterator[Message]:
        """What is past its time and what follows from that, a sentence each."""
        labels: dict[str, str] = {instrument: table for table, (instrument, _, _) in RESPONSE_TABLES.items()}
        for instrument, forms in sorted(self.forms.items()):
            name = Named(TABLE_LABELS_ZH[labels[instrument]], labels[instrument])
            yield Message("{table}: {count} form", {"table": name}, "{table}: {count} forms", forms)
        if self.comments:
            yield Message("comments of {count} complaint", {}, "comments of {count} complaints", self.comments)
        if self.files:
            size = {"size": number(self.bytes / 2**20)}
            yield Message(
                "{count} file as received ({size} MiB)", size, "{count} files as received ({size} MiB)", len(self.files)
            )
        if self.mixed_files:
            one = N_("{count} file stays as received: it holds later rows, too.")
            yield Message(one, {}, N_("{count} files stay as received: they hold later rows, too."), self.mixed_files)
        if self.forms:
            yield Message(N_("The published sums are kept; single visits, answers and comments are shown no longer."))
        if self.batches:
            listed = {"batches": ", ".join(str(batch) for batch in self.batches)}
            yield Message(N_("These batches can be withdrawn no longer: {batches}."), listed)


def past(folder: Path, before: dt.date) -> Past:
    """What `drop` would drop; changes nothing."""
    with open_intake(folder, read_only=True) as con, told():
        return _found(con, folder, _later(con, before))


def drop(folder: Path, before: dt.date, snapshot: Path) -> Past:
    """Drop forms and comments of before a day, all or nothing, then the files that brought only such.

    Args:
        folder: the data folder; the caller holds the writer's lock.
        before: the first day of a month; what happened on it stays.
        snapshot: what is published of the intake as it stands, from which the sums are taken.
    """
    with open_intake(folder) as con, told():
        found = _found(con, folder, _later(con, before))
        con.execute(f"ATTACH '{str(snapshot).replace(chr(39), chr(39) * 2)}' AS shown (READ_ONLY)")
        con.execute("BEGIN")
        try:
            for step, values in _steps(found.before):
                con.execute(step, {name: value for name, value in values.items() if f"${name}" in step})
            con.execute("COMMIT")
        except BaseException:
            with suppress(duckdb.Error):
                con.execute("ROLLBACK")
            raise
    for name in found.files:
        (inbox(folder) / name).unlink(missing_ok=True)
    return found


def compact(folder: Path) -> None:
    """Write the intake anew, so that nothing of what was dropped is left in its file."""
    path = intake_file(folder)
    aside = path.with_name(f"{path.name}.new")
    aside.unlink(missing_ok=True)
    with open_intake(folder) as con, told():
        con.execute(f"ATTACH '{str(aside).replace(chr(39), chr(39) * 2)}' AS compact")
        con.execute(f"COPY FROM DATABASE {path.stem} TO compact")
        con.execute("DETACH compact")
    with aside.open("rb+") as file:
        os.fsync(file.fileno())
    aside.replace(path)


def retained_until(con: duckdb.DuckDBPyConnection) -> dt.date | None:
    """The first day of which forms are still taken; None when nothing was ever dropped."""
    rows = con.execute(statement("retained_until")).fetchall()
    return rows[0][0] if rows else None


def is_dropped_from(con: duckdb.DuckDBPyConnection, batch: int) -> bool:
    """Whether a batch has lost rows."""
    return count(con, statement("is_dropped_from"), [batch]) > 0


def _later(con: duckdb.DuckDBPyConnection, before: dt.date) -> dt.date:
    """The limit, but not an earlier one than that of the last time: what was dropped does not come back."""
    return max(before, retained_until(con) or before)


def _found(con: duckdb.DuckDBPyConnection, folder: Path, before: dt.date) -> Past:
    create_current_views(con)
    limit = {"before": before}
    con.execute(statement("no_past_forms"))
    con.execute(statement("no_touched_batches"))
    con.execute(statement("no_current_batches"), limit)
    for names in _tables():
        con.execute(statement("past_forms" if names["day"] else "past_wave_forms", **names), limit)
        con.execute(statement("touched_batches", **names))
        con.execute(statement("current_batches", **names))
    con.execute(statement("current_answers"))
    files = con.execute(statement("personal_files"), {"tables": PERSONAL_TABLES}).fetchall()
    batches = [b for (b,) in con.execute(statement("past_batches"), {"tables": PERSONAL_TABLES}).fetchall()]
    gone = dict(_gone(folder, [(name, size) for name, size, is_past in files if is_past], batches))
    return Past(
        before,
        dict(con.execute(statement("count_past_forms")).fetchall()),
        count_of(con, "count_past_comments", before),
        tuple(batch for (batch,) in con.execute(statement("list_touched")).fetchall()),
        tuple(gone),
        sum(gone.values()),
        sum(not is_past for _, _, is_past in files),
    )


def count_of(con: duckdb.DuckDBPyConnection, name: str, before: dt.date) -> int:
    """The whole number that a statement with a limit returns."""
    return int(con.execute(statement(name), {"before": before}).fetchall()[0][0])


def _gone(folder: Path, files: Sequence[tuple[str, int]], batches: Sequence[int]) -> Iterator[tuple[str, int]]:
    """(name in the inbox, bytes) of files past their time, and of the refused rows of batches past theirs."""
    yield from ((name, size) for name, size in files if (inbox(folder) / name).exists())
    for batch in batches:
        rejects = inbox(folder) / f"batch-{batch}" / "rejects.csv"
        if rejects.exists():
            yield f"batch-{batch}/rejects.csv", rejects.stat().st_size


def _tables() -> Iterator[dict[str, str]]:
    for table, (instrument, id_column, day) in RESPONSE_TABLES.items():
        yield {"table": table, "instrument": instrument, "id": id_column, "day": day}


def _steps(before: dt.date) -> Iterator[tuple[str, dict[str, object]]]:
    """Statements with their values: the sums are kept first, then the rows go."""
    limit: dict[str, object] = {"before": before}
    yield "DELETE FROM kept_scores", {}
    yield statement("keep_scores"), limit
    for names in _tables():
        if names["day"]:
            counts = COUNTED.get(names["table"], "true")
            yield statement("keep_days", **names, counts=counts), limit
            yield statement("keep_forms", **names, counts=counts), limit
        yield statement("drop_rows", **names), {}
    for table in ("answers", "answered"):
        yield statement("drop_answers", table=table), {}
    yield statement("drop_comments"), limit
    yield statement("blank_findings"), {"tables": PERSONAL_TABLES}
    for table, (column, _) in PEOPLE.items():
        yield statement("drop_names", table=table, column=column), {}
    yield statement("note_batches"), {}
    now = dt.datetime.now().replace(microsecond=0)  # noqa: DTZ005 - the clock on the wall of the office
    yield statement("note_retention"), {**limit, "now": now}
