"""Opens intake.duckdb, makes its tables from the records, and tells DuckDB's failures in words."""

from __future__ import annotations

import datetime as dt
import re
import types
import typing
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock, Timeout

from sq.errors import IntakeError
from sq.language import N_, Message
from sq.places import intake_file, work
from sq.records import RECORDS

HERE = Path(__file__).parent
LOCK_FILE = "lock"
# Two cores and 1.5 GiB are what an import may use; DuckDB spills to disk beyond its share.
SETTINGS: dict[str, str | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "700MB",
    "preserve_insertion_order": False,
}
DUCKDB_TYPES: dict[Any, str] = {
    str: "VARCHAR",
    float: "DOUBLE",
    int: "BIGINT",
    bool: "BOOLEAN",
    dt.date: "DATE",
    dt.datetime: "TIMESTAMP",
    list[str]: "VARCHAR[]",
}


def plain_type(annotation: Any) -> Any:
    """The Python type under Annotated, Literal and ``| None``; a list is ``list[str]``."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return plain_type(typing.get_args(annotation)[0])
    if origin is typing.Literal:
        return str
    if origin in (typing.Union, types.UnionType):
        return plain_type(next(a for a in typing.get_args(annotation) if a is not type(None)))
    return list[str] if origin is list else annotation


def column_types(table: str) -> dict[str, str]:
    """Column → DuckDB type of a record table."""
    return {n: DUCKDB_TYPES[plain_type(f.annotation)] for n, f in RECORDS[table].model_fields.items()}


def stored_types(table: str) -> dict[str, str]:
    """Column → DuckDB type of a table of the intake, beside batch_id and row_no."""
    return {"source_file": "VARCHAR", **column_types(table)}


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the one writer's lock of a data folder; re-entrant within a thread.

    Raises:
        IntakeError: another process is importing or publishing.
    """
    lock = FileLock(folder / LOCK_FILE, timeout=0, is_singleton=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise IntakeError(
            Message(N_("Another import or publication is running.")),
            Message(N_("Wait until it has finished, then try again.")),
        ) from error
    except OSError as error:
        raise write_failure(str(error)) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def open_intake(folder: Path, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to ``folder``/intake.duckdb with every table in place.

    Raises:
        IntakeError: nothing was imported yet (read-only), or the file is in use or damaged.
    """
    path = intake_file(folder)
    if read_only and not path.exists():
        raise IntakeError(
            Message(N_("Nothing has been imported yet.")),
            Message(N_("Import files, or build the simulated chain first.")),
        )
    con = _connection(folder, read_only)
    try:
        with told():
            if not read_only:
                make_tables(con)
            elif is_outdated(con):  # made by an earlier version: bring it up to date first
                con.close()
                with open_intake(folder):
                    pass
                con = _connection(folder, read_only)
        yield con
    finally:
        con.close()


def _connection(folder: Path, read_only: bool) -> duckdb.DuckDBPyConnection:
    settings = {**SETTINGS, "temp_directory": str(work(folder) / "spill")}
    with told():
        work(folder).mkdir(parents=True, exist_ok=True)
        return duckdb.connect(str(intake_file(folder)), read_only=read_only, config=settings)


@contextmanager
def told() -> Iterator[None]:
    """Turn DuckDB's failures into IntakeError."""
    try:
        yield
    except duckdb.Error as error:
        raise intake_error(error) from error
    except OSError as error:
        raise write_failure(str(error)) from error


def intake_error(error: duckdb.Error) -> IntakeError:
    """The sentence for a failure of DuckDB."""
    text = str(error).lower()
    if ("lock" in text and "conflict" in text) or "being used by another process" in text:
        return IntakeError(
            Message(N_("The intake is in use by another process.")),
            Message(N_("Wait until it has finished, then try again.")),
        )
    if "not a valid duckdb" in text or "corrupt" in text or "checksum" in text:
        return IntakeError(
            Message(N_("The intake file is damaged.")),
            Message(N_("Restore data/intake.duckdb from a copy, or import the files again.")),
        )
    return write_failure(str(error).splitlines()[0])


def write_failure(reason: str) -> IntakeError:
    """The sentence for a failing write."""
    return IntakeError(
        Message(N_("Writing failed, nothing was changed ({reason})."), {"reason": reason}),
        Message(N_("Check the free disk space and the rights of the data folder.")),
    )


def make_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create what is missing; a record that has gained a column gains it here too."""
    con.execute((HERE / "schema.sql").read_text(encoding="utf-8"))
    known = _known_columns(con)
    for table, columns in lacking(con).items():
        written = [f'"{c}" {stored_types(table)[c]}' for c in columns]
        if (name := f"rec_{table}") not in known:
            con.execute(statement("make_rows", name=name, columns=", ".join(written)))
            continue
        for column in written:
            con.execute(statement("add_column", name=name, column=column))
    from sq.intake.people import code_earlier_names  # it needs the statements of this module

    code_earlier_names(con)


def is_outdated(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the intake lacks a table or a column."""
    wanted = re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", (HERE / "schema.sql").read_text(encoding="utf-8"))
    return bool(lacking(con)) or not set(wanted) <= set(_known_columns(con))


def lacking(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Record table → columns that the intake does not have yet."""
    known = _known_columns(con)
    missing = {t: [c for c in stored_types(t) if c not in known.get(f"rec_{t}", ())] for t in RECORDS}
    return {table: columns for table, columns in missing.items() if columns}


def _known_columns(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    return dict(con.execute(statement("known_columns")).fetchall())


@cache
def _statements() -> dict[str, str]:
    files = (HERE / name for name in ("queries.sql", "retention.sql"))
    parts = [part for file in files for part in file.read_text(encoding="utf-8").split("-- name: ")[1:]]
    return {name.strip(): body for name, body in (part.split("\n", 1) for part in parts)}


def statement(name: str, /, **identifiers: str) -> str:
    """A statement of queries.sql or retention.sql with its {braces} filled by identifiers from closed lists."""
    return _statements()[name].format(**identifiers) if identifiers else _statements()[name]


def names(columns: Iterable[str], prefix: str = "") -> str:
    """Quoted column names, separated by commas."""
    return ", ".join(f'{prefix}"{c}"' for c in columns)


def count(con: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] = ()) -> int:
    """The one whole number that a query returns."""
    row = con.execute(query, list(values)).fetchone()
    return int(row[0] or 0) if row else 0
