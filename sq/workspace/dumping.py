"""The whole workspace as plain data and back: the same for SQLite and PostgreSQL, so that one can become the other."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Date, DateTime, delete, insert, select

from sq.errors import WorkspaceError
from sq.language import N_, Message
from sq.workspace import tables
from sq.workspace.connection import HEAD, is_absent, reading, writing

Rows = list[dict[str, Any]]
ORDERED = tables.metadata.sorted_tables  # what others refer to comes first


def dump(folder: Path) -> dict[str, Any]:
    """Every row of every table as JSON can hold it, of one moment: {"version": ..., "tables": {name: rows}}."""
    if is_absent(folder):
        return {"version": HEAD, "tables": {}}
    with reading(folder) as connection:
        return {"version": HEAD, "tables": {t.name: _rows(connection, t.name) for t in ORDERED}}


def _rows(connection: Connection, name: str) -> Rows:
    found = connection.execute(select(tables.metadata.tables[name])).mappings()
    return [{k: v.isoformat() if isinstance(v, dt.date) else v for k, v in row.items()} for row in found]


def load(folder: Path, dumped: Any) -> None:
    """Put a dump in the place of everything that is there, all or nothing.

    Raises:
        WorkspaceError: it was written by a newer version, or is damaged.
    """
    rows = checked_dump(dumped)
    with writing(folder) as connection:
        for table in reversed(ORDERED):
            connection.execute(delete(table))
        for table in ORDERED:
            if rows[table.name]:
                connection.execute(insert(table), rows[table.name])


def checked_dump(dumped: Any) -> dict[str, Rows]:
    """Table → rows as they go in; raises WorkspaceError as `load` does."""
    try:
        is_newer = str(dumped["version"]) > HEAD
        rows = {t.name: [_typed(t.name, row) for row in dumped["tables"].get(t.name, [])] for t in ORDERED}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise WorkspaceError(Message(N_("The backup's workspace is damaged; nothing was changed."))) from error
    if is_newer:
        raise WorkspaceError(
            Message(N_("The backup's workspace was written by a newer version of sq.")),
            Message(N_("Install that version, then restore again.")),
        )
    return rows


def is_used(folder: Path) -> bool:
    """Whether anything is written down."""
    return any(dump(folder)["tables"].values())


def _typed(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row of a dump with days and moments; columns of a later migration keep their default."""
    types = {column.name: column.type for column in tables.metadata.tables[name].columns}
    return {key: _value(types[key], value) for key, value in row.items() if key in types}


def _value(kind: Any, value: Any) -> Any:
    if isinstance(kind, tables.Moment | DateTime):
        return dt.datetime.fromisoformat(value)
    return dt.date.fromisoformat(value) if isinstance(kind, Date) else value
