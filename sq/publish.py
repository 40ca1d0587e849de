"""Publishes the intake as a snapshot: written aside, made durable, then named by CURRENT in one step.

A crash at any moment leaves the old snapshot current: `publish` touches CURRENT last, through an atomic
replacement, and nothing but CURRENT decides what is shown.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from sq.anonymity import publish_waves
from sq.errors import SnapshotError
from sq.intake import create_current_views, open_intake, writing
from sq.language import Message
from sq.places import current_file, intake_file, published, snapshot_file
from sq.publish_drivers import VALUES as DRIVER_VALUES
from sq.publish_drivers import publish_drivers
from sq.publish_estimates import VALUES, publish_estimates
from sq.publish_terms import publish_terms
from sq.settings import Settings, read_settings
from sq.warehouse import SCHEMA_VERSION, SNAPSHOT_ID, Warehouse, current_snapshot

Progress = Callable[[Message, float], None]

ROLLUPS = Path(__file__).parent / "rollups"
INSTRUMENTS = ("customer", "management", "mystery")
SCORED_ROWS = {"customer": "42_responses", "mystery": "41_visits"}
# More epochs than this make the number of pairs, and with it the snapshot, grow without a reader's benefit.
MOST_EPOCHS = 6
# What publishing 24 million answers may use beside Python itself, on the two cores of the smallest machine;
# the order of insertion is kept because the physical order of a snapshot is part of its design.
SETTINGS: dict[str, Any] = {"threads": 2, "memory_limit": "3GB", "preserve_insertion_order": True}
LIST_THEM = Message("See which snapshots there are: python -m sq snapshots")
STAMP = "%Y%m%dT%H%M%S"
UNFINISHED = ".unfinished-"


@dataclass(frozen=True)
class Snapshot:
    """One published snapshot on disk; ``size`` in bytes."""

    id: str
    created_at: datetime
    size: int
    is_current: bool


def publish(folder: Path, progress: Progress | None = None, today: date | None = None) -> str:
    """Publish what the intake holds now as a new current snapshot; return its id.

    Raises IntakeError when another process writes, SnapshotError when the new snapshot cannot be written
    (the old one stays current).
    """
    settings = read_settings(folder)
    # written to: the ledger of what was published of the anonymous surveys stands in the intake
    with writing(folder), open_intake(folder, read_only=not intake_file(folder).exists()) as con:
        for name, value in SETTINGS.items():
            con.execute(f"SET {name} = {value!r}")
        create_current_views(con)
        return publish_views(con, folder, progress, today, settings)


def publish_views(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    progress: Progress | None = None,
    today: date | None = None,
    settings: Settings | None = None,
) -> str:
    """Publish the ``cur_`` views and the batches of a connection; the caller holds the writer's lock."""
    tell = progress or (lambda words, fraction: None)
    with _unfinished(folder) as path:
        digest = _write(con, path, tell, today or date.today(), settings or Settings())
        tell(Message("Making the new snapshot current"), 0.97)
        return _make_current(folder, path, digest)


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A path for a snapshot in the making; removed on failure, like the remains of a killed run."""
    with _told(Message("The new snapshot could not be written.")):
        published(folder).mkdir(parents=True, exist_ok=True)
        for remains in published(folder).glob(f"{UNFINISHED}*"):
            shutil.rmtree(remains) if remains.is_dir() else remains.unlink()
        path = published(folder) / f"{UNFINISHED}{uuid.uuid4().hex[:8]}.duckdb"
        try:
            yield path
        finally:
            for remains in published(folder).glob(f"{path.name}*"):
                with suppress(OSError):
                    remains.unlink()


@contextmanager
def _told(what: Message) -> Iterator[None]:
    """Turn failures of the disk and of DuckDB into one sentence."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        reason = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
        raise SnapshotError(
            Message(
                "{what} The snapshot shown so far stays current. Reason: {reason}", {"what": what, "reason": reason}
            ),
            Message("Check the free disk space and the rights of the data folder, then publish again."),
        ) from error


def _write(con: duckdb.DuckDBPyConnection, path: Path, tell: Progress, today: date, settings: Settings) -> str:
    """Fill the snapshot file and close it; return a short hash of what it holds."""
    with duckdb.connect(str(path)) as new:
        new.execute((ROLLUPS / "schema.sql").read_text(encoding="utf-8"))
    con.execute(f"ATTACH '{_quoted(path)}' AS snapshot (READ_WRITE)")
    try:
        _roll_up(con, tell, today, settings)
        digest = _digest(con)
        con.execute("CHECKPOINT snapshot")
    finally:
        con.execute("DETACH snapshot")
    return digest


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _roll_up(con: duckdb.DuckDBPyConnection, tell: Progress, today: date, settings: Settings) -> None:
    tell(Message("Placing stores, items and responses"), 0.02)
    for step in ("05_kept", "10_reference", "20_responses"):
        _run(con, step, today=today, most_epochs=MOST_EPOCHS)
    tell(Message("Sorting the answers"), 0.08)
    _run(con, "30_answers")
    passes = _passes(con)
    for done, (instrument, basis) in enumerate(passes):
        tell(Message("Adding up scores"), 0.2 + 0.65 * done / len(passes))
        _run(con, "40_scores", instrument=instrument, basis=basis)
        if basis == "all":
            _run(con, "43_items", instrument=instrument)
            if instrument in SCORED_ROWS:
                _run(con, SCORED_ROWS[instrument])
            if instrument == "customer":
                publish_terms(con)
                _run(con, "44_customers")
    tell(Message("Finishing the groups of the anonymous surveys"), 0.85)
    publish_waves(con, today, settings.anonymity)
    tell(Message("Adding complaints, volumes and coverage"), 0.9)
    facts = {"created_at": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}", "schema_version": SCHEMA_VERSION}
    for step in ("60_events", "70_origin"):
        _run(con, step, today=today, **facts)
    tell(Message("Estimating how strict shoppers are"), 0.93)
    _run(con, "75_shoppers", **VALUES)
    publish_estimates(con)
    tell(Message("Estimating what moves satisfaction"), 0.95)
    _run(con, "76_drivers", **DRIVER_VALUES)
    publish_drivers(con)


def _passes(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Instrument and basis of each run over the answers, in the order in which the rollup is stored."""
    pairs = con.execute("SELECT instrument, basis FROM snapshot.bases ORDER BY instrument, first_epoch").fetchall()
    return sorted([*((instrument, "all") for instrument in INSTRUMENTS), *pairs], key=lambda run: run[0])


def _run(con: duckdb.DuckDBPyConnection, step: str, **values: Any) -> None:
    """Run the statements of one file of rollups/ with the values that each names."""
    for statement in _statements(step):
        con.execute(statement, {name: value for name, value in values.items() if f"${name}" in statement})


@cache
def _statements(step: str) -> tuple[str, ...]:
    text = (ROLLUPS / f"{step}.sql").read_text(encoding="utf-8")
    return tuple(s.query for s in duckdb.extract_statements(text))


def _digest(con: duckdb.DuckDBPyConnection) -> str:
    """Eight hexadecimal digits that tell two different contents apart."""
    (digest,) = con.execute((ROLLUPS / "80_digest.sql").read_text(encoding="utf-8")).fetchall()[0]
    return str(digest)[:8]


def _make_current(folder: Path, path: Path, digest: str) -> str:
    """Make the finished file durable, give it its name and name it in CURRENT."""
    snapshot_id = f"{_stamp(folder)}-{digest}"
    _sync(path)
    path.rename(snapshot_file(folder, snapshot_id))
    _sync(published(folder))
    _point(folder, snapshot_id)
    return snapshot_id


def _stamp(folder: Path) -> str:
    """The time in UTC to the millisecond, later than every snapshot there is."""
    now = datetime.now(UTC)
    if earlier := _ids(folder):
        now = max(now, _time(earlier[-1]) + timedelta(milliseconds=1))
    return f"{now:{STAMP}}{now.microsecond // 1000:03d}"


def _time(snapshot_id: str) -> datetime:
    stamp = snapshot_id.partition("-")[0]
    return datetime.strptime(stamp[:-3], STAMP).replace(tzinfo=UTC, microsecond=int(stamp[-3:]) * 1000)


def _ids(folder: Path) -> list[str]:
    """Ids of the snapshots on disk, oldest first."""
    names = (p.stem.removeprefix("sq-") for p in published(folder).glob("sq-*.duckdb"))
    return sorted(name for name in names if SNAPSHOT_ID.fullmatch(name))


def _sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    if path.is_dir() and os.name == "nt":  # Windows knows no handle on a folder
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _point(folder: Path, snapshot_id: str) -> None:
    """Let CURRENT name a snapshot, in one step."""
    aside = published(folder) / f"{UNFINISHED}CURRENT"
    try:
        with aside.open("w", encoding="utf-8") as file:
            file.write(snapshot_id + "\n")
            file.flush()
            os.fsync(file.fileno())
        aside.replace(current_file(folder))
    finally:
        aside.unlink(missing_ok=True)
    _sync(published(folder))


def snapshots(folder: Path) -> list[Snapshot]:
    """What is on disk, newest first."""
    try:
        shown = current_snapshot(folder)
    except SnapshotError:
        shown = ""
    found = [(i, snapshot_file(folder, i)) for i in reversed(_ids(folder))]
    return [Snapshot(i, _time(i), path.stat().st_size, i == shown) for i, path in found]


def rollback(folder: Path, snapshot_id: str | None = None) -> Message:
    """Show an earlier snapshot again (by default the one before the current); return the warning that goes with it.

    Raises SnapshotError when there is no such snapshot, or when it is damaged.
    """
    with writing(folder), _told(Message("The snapshot could not be changed.")):
        target = _previous(folder) if snapshot_id is None else snapshot_id
        if not SNAPSHOT_ID.fullmatch(target):
            raise SnapshotError(Message("There is no snapshot {name}.", {"name": target}), LIST_THEM)
        Warehouse(snapshot_file(folder, target)).close()
        _point(folder, target)
    return Message(
        "Snapshot {id} is shown again. The next publication includes newer batches again unless they are withdrawn.",
        {"id": target},
    )


def _previous(folder: Path) -> str:
    shown = current_snapshot(folder)
    earlier = [i for i in _ids(folder) if i < shown]
    if not earlier:
        raise SnapshotError(Message("There is no snapshot before the current one."), LIST_THEM)
    return earlier[-1]


def prune(folder: Path, keep: int) -> list[str]:
    """Delete all but the newest ``keep`` snapshots; the current one and those of agendas always stay. Return the ids
    deleted.
    """
    from sq import workspace  # a command of its own needs it, publishing does not

    pinned = {agenda.snapshot for agenda in workspace.agendas(folder)}
    with writing(folder), _told(Message("Old snapshots could not be deleted.")):
        newest = [s for s in snapshots(folder) if not s.is_current and s.id not in pinned]
        kept = max(keep, 1) - 1
        for old in newest[kept:]:
            snapshot_file(folder, old.id).unlink()
    return [s.id for s in newest[kept:]]
