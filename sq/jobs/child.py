"""The child process of a job: does the task, tells its progress, leaves its outcome."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from sq.checking import Checked, Rejects
from sq.errors import SqError
from sq.intake import TableCounts, examine, load, restore, withdraw
from sq.intake.loading import REFUSED, SAME
from sq.intake.loading import Progress as Tell
from sq.jobs.tasks import OUTCOME, PROGRESS, TASK, Outcome, Progress, Task, read, write
from sq.language import N_, Message
from sq.publish import publish, rollback

LOADED_AT = 0.6  # of an import's time, roughly; publishing takes the rest
SHOWN_REJECTS = 20_000  # rows that a findings workbook can hold and a reader can bear


def main(folder: Path, place: Path) -> int:
    """Do the task that lies in ``place``; the exit code is 0 where it went well."""
    task: Task = read(place, TASK)
    try:
        outcome = done(folder, task, lambda words, fraction: write(place, PROGRESS, Progress(words, fraction)))
    except SqError as error:
        outcome = Outcome(False, error.what, error.next_step)
    except Exception:
        logging.exception("job failed")
        outcome = Outcome(False, Message(N_("The job failed unexpectedly; the data are as they were before it.")))
    write(place, OUTCOME, outcome)
    return 0 if outcome.is_good else 1


def done(folder: Path, task: Task, tell: Tell) -> Outcome:
    """Do a task on a data folder."""
    if task.kind == "check":
        return _checked(examine(folder, task.files, task.profile, tell))
    if task.kind == "import":
        return _imported(folder, task, tell)
    if task.kind == "rollback":
        return Outcome(True, rollback(folder, task.snapshot_id or None), snapshot_id=task.snapshot_id)
    changes = {"withdraw": withdraw, "restore": restore}
    said = changes[task.kind](folder, task.batch_id) if task.kind in changes else None
    return _published(folder, said or Message(N_("A new snapshot is shown.")), tell)


def _checked(checked: Checked) -> Outcome:
    counts = tuple(
        TableCounts(t.table, t.read, rejected=t.rejected, skipped=t.skipped, new=t.read - t.rejected - t.skipped)
        for t in checked.tables
    )
    if checked.errors:
        message = Message("{count} row has an error.", many="{count} rows have errors.", count=checked.errors)
    else:
        message = Message(N_("Every row can be loaded."))
    return Outcome(not checked.errors, message, None, counts, tuple(checked.findings), _few(checked))


def _few(checked: Checked | None) -> tuple[Rejects, ...]:
    kept: list[Rejects] = []
    rows = 0
    for part in checked.rejects if checked else ():
        if rows < SHOWN_REJECTS:
            kept.append(part)
            rows += len(part.rows)
    return tuple(kept)


def _imported(folder: Path, task: Task, tell: Tell) -> Outcome:
    report = load(
        folder, task.files, task.profile, task.accept_valid, lambda words, done: tell(words, done * LOADED_AT)
    )
    if report.outcome == REFUSED:
        return Outcome(False, report.message, None, report.counts, report.findings, _few(report.checked))
    if report.outcome == SAME:
        return Outcome(True, report.message)
    after = _published(folder, report.message, lambda words, done: tell(words, LOADED_AT + done * (1 - LOADED_AT)))
    rejects = _few(report.checked)
    return Outcome(True, after.message, None, report.counts, report.findings, rejects, after.snapshot_id)


def _published(folder: Path, said: Message, tell: Tell) -> Outcome:
    return Outcome(True, said, snapshot_id=publish(folder, tell))


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
