"""Opens a snapshot read-only: one connection per snapshot, one cursor per query.

Beside the intake and publishing the only owner of DuckDB; its errors leave this module as SnapshotError.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from sq.errors import SnapshotError
from sq.language import Message
from sq.places import current_file, snapshot_file

# Changes with rollups/schema.sql; a snapshot of another version is published anew.
SCHEMA_VERSION = "4"
SNAPSHOT_ID = re.compile(r"\d{8}T\d{9}-[0-9a-f]{8}")
MOST_OPEN = 2
# Parts of a page ask the same sums of the rollup; this many small results are kept per snapshot (about 30 MB at most).
MOST_KEPT = 64
ROWS_KEPT = 10_000
# A reader's queries touch rollups of a few megabytes; what does not fit here is refused, not spilled.
SETTINGS: dict[str, Any] = {
    "threads": 2,
    "memory_limit": "400MB",
    "temp_directory": "",
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "enable_external_access": False,
    "lock_configuration": True,
}
PUBLISH_AGAIN = Message(
    "Publish again (python -m sq publish) or go back to an earlier snapshot (python -m sq rollback)."
)

Parameters = Sequence[Any] | Mapping[str, Any]


@dataclass(frozen=True)
class Scope:
    """What a reader may see: stores that belong to these regions today, and these stores; empty = everything."""

    regions: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()

    def condition(self, alias: str = "m") -> tuple[str, list[Any]]:
        """SQL on a row of memberships called ``alias``, with ``?`` for each bound value."""
        parts: list[str] = []
        values: list[Any] = []
        for column, allowed in (("region_now", self.regions), ("store_id", self.stores)):
            if allowed:
                parts.append(f"{alias}.{column} IN ({', '.join('?' * len(allowed))})")
                values += allowed
        return (f"({' OR '.join(parts)})" if parts else "TRUE"), values


EVERYTHING = Scope()


def current_snapshot(folder: Path) -> str:
    """The id that CURRENT names; reads a few bytes, so that a page may ask at every run.

    Raises SnapshotError when nothing is published or CURRENT is damaged.
    """
    try:
        text = current_file(folder).read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise SnapshotError(
            Message("Nothing has been published yet."),
            Message(
                "Import files (python -m sq import FILES) or build the simulated chain (python -m sq demo --import)."
            ),
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged_current() from error
    if not SNAPSHOT_ID.fullmatch(text):
        raise _damaged_current()
    return text


def _damaged_current() -> SnapshotError:
    return SnapshotError(Message("The file that names the current snapshot is damaged."), PUBLISH_AGAIN)


_hardening = threading.Lock()


def _hardened(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Set what a reader's connection may use; in this order, for the last setting forbids all others.

    DuckDB shares a file within a process: a second connection finds it locked already.
    """
    with _hardening:
        if connection.execute("SELECT current_setting('lock_configuration')").fetchone() != (True,):
            for name, value in SETTINGS.items():
                connection.execute(f"SET {name} = {value!r}")
    return connection


class Warehouse:
    """One snapshot, open for reading by any number of threads.

    Raises SnapshotError when the file is missing, damaged or of another version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, tuple[Any, ...]], pd.DataFrame] = OrderedDict()
        if not path.is_file():
            raise SnapshotError(Message("Snapshot {name} is missing.", {"name": path.stem}), PUBLISH_AGAIN)
        try:
            self._connection = _hardened(duckdb.connect(str(path), read_only=True))
        except (duckdb.Error, OSError) as error:
            raise self._damaged() from error
        self._verify()

    def _verify(self) -> None:
        """Close again and raise unless this is a whole snapshot of this version."""
        try:
            facts = self.query("SELECT key, value FROM meta")
            self.query("SELECT count(n) AS n FROM rollup_scores")
        except SnapshotError:
            self.close()
            raise
        self.facts: dict[str, str] = dict(zip(facts["key"], facts["value"], strict=True))
        if self.facts.get("schema_version") != SCHEMA_VERSION:
            self.close()
            raise SnapshotError(
                Message("Snapshot {name} was made by another version of sq.", {"name": self.path.stem}),
                Message("Publish again: python -m sq publish"),
            )

    @property
    def snapshot_id(self) -> str:
        """The id of the open snapshot."""
        return self.path.stem.removeprefix("sq-")

    def query(self, sql: str, params: Parameters = ()) -> pd.DataFrame:
        """The rows that a statement returns, on a cursor of its own; values are bound, never pasted.

        Raises SnapshotError when the snapshot cannot be read.
        """
        try:
            with self._lock:
                cursor = self._connection.cursor()
            with cursor:
                frame: pd.DataFrame = cursor.execute(sql, params).df()
                return frame
        except (duckdb.ProgrammingError, duckdb.NotSupportedError):
            if self._is_whole():
                raise  # a mistake in a statement of ours, not in the snapshot
            raise self._damaged() from None
        except duckdb.OutOfMemoryException as error:
            raise SnapshotError(
                Message("The question needs more memory than one reader may use."),
                Message("Choose a shorter period or fewer places."),
            ) from error
        except (duckdb.Error, OSError) as error:
            raise self._damaged() from error

    def kept(self, sql: str, params: Sequence[Any]) -> pd.DataFrame:
        """As `query`, for statements that several parts of a page ask: small results are remembered; never change them.

        The key is the statement with its bound values, so a reader's scope is part of it.
        """
        key = (sql, tuple(params))
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        frame = self.query(sql, params)
        if len(frame) <= ROWS_KEPT:
            with self._lock:
                self._kept[key] = frame
                while len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
        return frame

    def _is_whole(self) -> bool:
        return hasattr(self, "facts")

    def _damaged(self) -> SnapshotError:
        return SnapshotError(
            Message("Snapshot {name} is damaged and cannot be read.", {"name": self.path.stem}), PUBLISH_AGAIN
        )

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


_open: OrderedDict[Path, Warehouse] = OrderedDict()
_open_lock = threading.Lock()


def open_warehouse(folder: Path, snapshot_id: str) -> Warehouse:
    """The snapshot of this id, opened once per process; the two used last stay open.

    An older one is let go, not closed: it ends with the last reader that still holds it.
    """
    path = snapshot_file(folder, snapshot_id)
    with _open_lock:
        if path not in _open:
            _open[path] = Warehouse(path)
            while len(_open) > MOST_OPEN:
                _open.popitem(last=False)
        _open.move_to_end(path)
        return _open[path]
