"""Where things lie: the data folder and its parts, and the lock of its one writer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from sq.errors import IntakeError
from sq.language import Message

APP_FOLDER = Path(__file__).parent.parent
LOCK_SECONDS = 1.0


def data_folder() -> Path:
    """The folder of the environment variable SQ_DATA, else ``data`` beside app.py."""
    return Path(os.environ.get("SQ_DATA") or APP_FOLDER / "data")


def inbox(folder: Path) -> Path:
    """Files as received, named by their sha256."""
    return folder / "inbox"


def intake_file(folder: Path) -> Path:
    """The private database of checked rows."""
    return folder / "intake.duckdb"


def published(folder: Path) -> Path:
    """The snapshots and CURRENT, which names one of them."""
    return folder / "published"


def current_file(folder: Path) -> Path:
    """The small file that names the snapshot to show."""
    return published(folder) / "CURRENT"


def snapshot_file(folder: Path, snapshot_id: str) -> Path:
    """The file of one snapshot."""
    return published(folder) / f"sq-{snapshot_id}.duckdb"


def work(folder: Path) -> Path:
    """Files that can be made again (the simulated chain's, spilled pages of a query)."""
    return folder / "work"


@contextmanager
def writer_lock(folder: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the one writer's lock; the thread that holds it may enter again.

    Raises IntakeError when another process writes for longer than ``seconds``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock", is_singleton=True)
    try:
        lock.acquire(timeout=seconds)
    except Timeout as error:
        raise IntakeError(
            Message("Another import or publication is running on {folder}.", {"folder": folder.name}),
            Message("Wait until it has finished, then try again."),
        ) from error
    try:
        yield
    finally:
        lock.release()
