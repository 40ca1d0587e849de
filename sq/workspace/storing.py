"""Add, change and remove a record; a change stands on the version that its writer has read."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, update

from sq.errors import WorkspaceError
from sq.language import N_, Message, number
from sq.workspace import tables
from sq.workspace.conflict import Conflict
from sq.workspace.connection import is_absent, reading, writing
from sq.workspace.records import Agenda, Event, Kept, Slide, View

R = TypeVar("R", bound=Kept)
# More than anybody keeps in order by hand: a script gone wild is stopped, not the reader.
MOST: dict[type[Kept], int] = {Agenda: 1_000, Slide: 200, Event: 20_000, View: 500}


def now() -> dt.datetime:
    """This moment."""
    return dt.datetime.now(dt.UTC)


def new_id() -> str:
    """An id that nobody guesses or has."""
    return secrets.token_hex(8)


def add(folder: Path, record: R) -> R:
    """Store a new record and return it as stored; a slide goes through `add_slide`."""
    with writing(folder) as connection:
        return insert_record(connection, record)


def insert_record(connection: Connection, record: R) -> R:
    """Store a new record inside a transaction."""
    _refuse_too_many(connection, record)
    stored = record.model_copy(update={"id": new_id(), "version": 1, "changed_at": now()})
    connection.execute(insert(table_of(record)).values(stored.model_dump()))
    return stored


def change(folder: Path, record: R) -> R:
    """Store a record that was read before and changed; return it as stored.

    Raises:
        Conflict: somebody has changed or deleted it since; nothing was saved.
    """
    with writing(folder) as connection:
        table = table_of(record)
        stored = record.model_copy(update={"version": record.version + 1, "changed_at": now()})
        values = {name: getattr(stored, name) for name in (*record.told, "version", "changed_at")}
        same = (table.c.id == record.id, table.c.version == record.version)
        if connection.execute(update(table).where(*same).values(values)).rowcount == 1:
            return stored
        theirs = _stored(connection, record)
        if theirs is not None and record.says_the_same(theirs):  # saved twice
            return theirs
        raise Conflict(record, theirs)


def remove(folder: Path, record: Kept) -> None:
    """Delete a record; what is gone already is gone.

    Raises:
        Conflict: somebody has changed it since it was read; it was not deleted.
    """
    with writing(folder) as connection:
        table = table_of(record)
        same = (table.c.id == record.id, table.c.version == record.version)
        if connection.execute(delete(table).where(*same)).rowcount == 1:
            return
        theirs = _stored(connection, record)
        if theirs is not None:
            raise Conflict(record, theirs)


def table_of(record: Kept) -> Table:
    """Where a record is kept."""
    return tables.TABLES[type(record)]


def found(
    folder: Path, kind: type[R], *where: ColumnElement[bool], order: Sequence[ColumnElement[Any]] = ()
) -> list[R]:
    """The stored records of a kind; none where the workspace does not exist yet."""
    if is_absent(folder):
        return []
    with reading(folder) as connection:
        return rows(connection, kind, *where, order=order)


def rows(
    connection: Connection, kind: type[R], *where: ColumnElement[bool], order: Sequence[ColumnElement[Any]] = ()
) -> list[R]:
    """The stored records of a kind inside a transaction."""
    table = tables.TABLES[kind]
    asked = select(table).where(*where).order_by(*order, table.c.id)
    return [kind.model_construct(**row) for row in connection.execute(asked).mappings()]


def one(folder: Path, kind: type[R], record_id: str) -> R:
    """The stored record with this id.

    Raises:
        WorkspaceError: there is none (any more).
    """
    have = found(folder, kind, tables.TABLES[kind].c.id == record_id)
    if not have:
        raise gone()
    return have[0]


def gone() -> WorkspaceError:
    """What to say of a record that does not exist."""
    return WorkspaceError(
        Message(N_("This does not exist any more; somebody has deleted it.")),
        Message(N_("Load the page again to see what there is.")),
    )


def _stored(connection: Connection, record: R) -> R | None:
    have = rows(connection, type(record), table_of(record).c.id == record.id)
    return have[0] if have else None


def _refuse_too_many(connection: Connection, record: Kept) -> None:
    table, most = table_of(record), MOST[type(record)]
    beside = {Slide: "agenda", View: "owner"}.get(type(record))
    where = [table.c[beside] == getattr(record, beside)] if beside else []
    count = connection.scalar(select(func.count()).select_from(table).where(*where)) or 0
    if count >= most:
        raise WorkspaceError(
            Message(N_("There are {count} already; no more fit."), {"count": number(count, 0)}),
            Message(N_("Delete what nobody needs any more.")),
        )
