"""What a job is asked, what it tells on the way and what it leaves; read and written by both processes."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sq.checking import Finding, Rejects
from sq.intake import TableCounts
from sq.language import Message

TASK, PROGRESS, OUTCOME, PROCESS, LOG = "task", "progress", "outcome", "process", "log.txt"
KINDS = ("check", "import", "withdraw", "restore", "publish", "rollback")


@dataclass(frozen=True)
class Task:
    """What to do: one of KINDS with what it needs. Files and profile are paths on this machine."""

    kind: str
    files: tuple[Path, ...] = ()
    profile: Path | None = None
    accept_valid: bool = False
    batch_id: int = 0
    snapshot_id: str = ""


@dataclass(frozen=True)
class Progress:
    """What is being done, and which share of the whole is done (0-1)."""

    words: Message
    fraction: float


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    Attributes:
        is_good: whether it did what was asked.
        message, next_step: in words.
        counts, findings, rejects: of a check or an import.
        snapshot_id: what is shown since then ('' where nothing was published).
    """

    is_good: bool
    message: Message
    next_step: Message | None = None
    counts: tuple[TableCounts, ...] = ()
    findings: tuple[Finding, ...] = ()
    rejects: tuple[Rejects, ...] = ()
    snapshot_id: str = ""

    @property
    def errors(self) -> int:
        """Rows that were refused."""
        return sum(count.rejected for count in self.counts)


def write(folder: Path, name: str, value: Any) -> None:
    """Leave a value for the other process, whole or not at all."""
    part = folder / f"{name}.part"
    part.write_bytes(pickle.dumps(value))
    part.replace(folder / name)


def read(folder: Path, name: str) -> Any:
    """What the other process left; None where there is nothing yet.

    The folder is the product's own: nothing of a reader's upload is ever unpickled.
    """
    try:
        return pickle.loads((folder / name).read_bytes())
    except FileNotFoundError:
        return None
