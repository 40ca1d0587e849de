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


def dump(folder: Path) -> dict[str, Any]:
    """Every row of every table as JSON can hold it, of one moment: {"version": ..., "tables": {name: rows}}."""
    if is_absent(folder):
        return {"version": HEAD, "tables": {}}
    with reading(folder) as connection:
        return {"version": HEAD, "tables": {t.name: _rows(connection, t.name) for t in tables.metadata.sorted_tables}}


def _rows(connection: Connection, name: str) -> Rows:
    found = connection.execute(select(tables.metadata.tables[name])).mappings()
    return [{k: v.isoformat() if isinstance(v, dt.date) else v for k, v in row.items()} for row in found]


def load(folder: Path, dumped: dict[str, Any]) -> None:
    """Put a dump in the place of everything that is there, all or nothing.

    Raises:
        WorkspaceError: it was written by a newer version, or is damaged.
    """
    if str(dumped.get("version")) > HEAD:
        raise WorkspaceError(
            Message(N_("The backup's workspace was written by a newer version of sq.")),
            Message(N_("Install that version, then restore again.")),
        )
    with writing(folder) as connection:
        for table in reversed(tables.metadata.sorted_tables):
            connection.execute(delete(table))
        for table in tables.metadata.sorted_tables:
            rows = [_typed(table.name, row) for row in dumped["tables"].get(table.name, [])]
            if rows:
                connection.execute(insert(table), rows)


def _typed(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row of a dump with days and moments; columns of a later migration keep their default."""
    types = {column.name: column.type for column in tables.metadata.tables[name].columns}
    return {key: _value(types[key], value) for key, value in row.items() if key in types}


def _value(kind: Any, value: Any) -> Any:
    if isinstance(kind, tables.Moment | DateTime):
        return dt.datetime.fromisoformat(value)
    return dt.date.fromisoformat(value) if isinstance(kind, Date) else value
