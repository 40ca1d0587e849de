"""Notes and events of places and days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import and_, or_

from sq.workspace import tables
from sq.workspace.records import Event
from sq.workspace.storing import found, one


def events(
    folder: Path,
    start: dt.date | None = None,
    end: dt.date | None = None,
    places: Sequence[tuple[str, str]] | None = None,
) -> list[Event]:
    """Notes and events that touch a period (days, both included), newest first.

    ``places``: (level, id) of those asked for, ``("chain", "")`` for the chain; None = all.
    """
    of = tables.events.c
    where = []
    if start is not None:
        where.append(of.end >= start)
    if end is not None:
        where.append(of.start <= end)
    if places is not None:
        where.append(or_(False, *(and_(of.level == level, of.place == place) for level, place in places)))
    return found(folder, Event, *where, order=(of.start.desc(), of.changed_at.desc()))


def event(folder: Path, event_id: str) -> Event:
    """One note or event; raises WorkspaceError where it does not exist."""
    return one(folder, Event, event_id)
