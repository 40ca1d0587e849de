"""Small settings that the product remembers, of one reader (by key) or for all (no key); the last word counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

from sq.errors import WorkspaceError
from sq.language import N_, Message
from sq.workspace import tables
from sq.workspace.connection import is_absent, reading, writing
from sq.workspace.storing import now

LONGEST = 10_000  # characters of a value as JSON


def option(folder: Path, name: str, owner: str = "", default: Any = None) -> Any:
    """The value remembered under a name."""
    if is_absent(folder):
        return default
    of = tables.options.c
    with reading(folder) as connection:
        found = connection.scalar(select(of.value).where(of.owner == owner, of.name == name))
    return default if found is None else json.loads(found)


def put_option(folder: Path, name: str, value: Any, owner: str = "") -> None:
    """Remember a value (what JSON can hold) under a name; None forgets it."""
    text = json.dumps(value, ensure_ascii=True)
    if len(text) > LONGEST or len(name) > 200:
        raise WorkspaceError(Message(N_("This setting is too long to be remembered.")))
    table = tables.options
    with writing(folder) as connection:
        connection.execute(delete(table).where(table.c.owner == owner, table.c.name == name))
        if value is not None:
            connection.execute(insert(table).values(owner=owner, name=name, value=text, changed_at=now()))
