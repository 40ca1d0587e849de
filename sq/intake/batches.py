"""Lists, withdraws and restores batches."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from sq.errors import IntakeError
from sq.intake.connection import open_intake, statement, told, writing
from sq.intake.retention import is_dropped_from
from sq.language import N_, Message

WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Batch:
    """One accepted delivery with its rows over all tables."""

    batch_id: int
    received_at: dt.datetime
    status: str
    profile: str | None
    files: tuple[str, ...]
    withdrawn_at: dt.datetime | None
    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    skipped: int


def batches(folder: Path) -> list[Batch]:
    """Every batch, the oldest first."""
    with open_intake(folder, read_only=True) as con, told():
        rows = con.execute(statement("list_batches")).fetchall()
    return [Batch(*row[:4], tuple(row[4]), row[5], *map(int, row[6:])) for row in rows]  # type: ignore[call-arg]


def withdraw(folder: Path, batch_id: int) -> Message:
    """Take a batch back: the values of earlier batches count again.

    Raises:
        IntakeError: there is no such batch, or it is withdrawn already.
    """
    _set_status(folder, batch_id, WITHDRAWN, N_("Batch {batch} is withdrawn already."))
    return Message(N_("Batch {batch} is withdrawn; the earlier values count again."), {"batch": batch_id})


def restore(folder: Path, batch_id: int) -> Message:
    """Make a withdrawn batch count again.

    Raises:
        IntakeError: there is no such batch, or it is not withdrawn.
    """
    _set_status(folder, batch_id, "loaded", N_("Batch {batch} is not withdrawn."))
    return Message(N_("Batch {batch} counts again."), {"batch": batch_id})


def _set_status(folder: Path, batch_id: int, status: str, already: str) -> None:
    if not (folder / "intake.duckdb").exists():
        raise _unknown(batch_id)
    with writing(folder), open_intake(folder) as con, told():
        row = con.execute(statement("batch_status"), [batch_id]).fetchone()
        if row is None:
            raise _unknown(batch_id)
        if row[0] == status:
            raise IntakeError(Message(already, {"batch": batch_id}))
        if is_dropped_from(con, batch_id):
            raise IntakeError(
                Message(
                    N_("Rows of batch {batch} were dropped past their time; only their sums are left."),
                    {"batch": batch_id},
                ),
                Message(N_("It counts as it was published for good; send a correction of later rows instead.")),
            )
        now = dt.datetime.now().replace(microsecond=0)  # noqa: DTZ005 - the clock on the wall of the office
        con.execute(statement("set_status"), [status, now if status == WITHDRAWN else None, batch_id])


def _unknown(batch_id: int) -> IntakeError:
    return IntakeError(
        Message(N_("There is no batch {batch}."), {"batch": batch_id}),
        Message(N_("The command “batches” lists them.")),
    )
