"""Agendas and their slides, in order; and which slide of an agenda is being shown now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, update

from sq.workspace import tables
from sq.workspace.connection import is_absent, reading, writing
from sq.workspace.records import Agenda, Slide, query_text
from sq.workspace.storing import found, gone, insert_record, now, one, rows


@dataclass(frozen=True)
class Showing:
    """What the meeting looks at: a slide's id, and page and query (without "?") of a drill away from it, else ''."""

    agenda: str
    slide: str
    page: str
    query: str
    changed_at: dt.datetime


def agendas(folder: Path) -> list[Agenda]:
    """All agendas, the one changed last first."""
    return found(folder, Agenda, order=(tables.agendas.c.changed_at.desc(),))


def agenda(folder: Path, agenda_id: str) -> Agenda:
    """One agenda; raises WorkspaceError where it does not exist."""
    return one(folder, Agenda, agenda_id)


def slides(folder: Path, agenda_id: str) -> list[Slide]:
    """The slides of an agenda in their order."""
    return found(folder, Slide, tables.slides.c.agenda == agenda_id, order=(tables.slides.c.position,))


def slide(folder: Path, slide_id: str) -> Slide:
    """One slide; raises WorkspaceError where it does not exist."""
    return one(folder, Slide, slide_id)


def slide_counts(folder: Path) -> dict[str, int]:
    """Agenda id → how many slides it has; agendas without slides are left out."""
    if is_absent(folder):
        return {}
    by = tables.slides.c.agenda
    with reading(folder) as connection:
        rows_of = connection.execute(select(by, func.count()).group_by(by))
        return {str(row[0]): int(row[1]) for row in rows_of}


def add_agenda(folder: Path, new: Agenda, its_slides: Sequence[Slide] = ()) -> Agenda:
    """Store a new agenda with its slides, all or nothing; ids, order and agenda of the slides are set here."""
    with writing(folder) as connection:
        stored = insert_record(connection, new)
        for place, one_slide in enumerate(its_slides):
            insert_record(connection, one_slide.model_copy(update={"agenda": stored.id, "position": place}))
        return stored


def duplicate_agenda(folder: Path, agenda_id: str, title: str) -> Agenda:
    """A copy of an agenda with all slides under another title."""
    copied = agenda(folder, agenda_id).but(title=title)
    return add_agenda(folder, copied, slides(folder, agenda_id))


def add_slide(folder: Path, agenda_id: str, new: Slide, position: int | None = None) -> Slide:
    """Store a new slide at a position (0 = first), by default the last; raises WorkspaceError without the agenda."""
    with writing(folder) as connection:
        ids = _order(connection, agenda_id)
        place = len(ids) if position is None else min(max(position, 0), len(ids))
        stored = insert_record(connection, new.model_copy(update={"agenda": agenda_id, "position": place}))
        _number(connection, [*ids[:place], stored.id, *ids[place:]])
        return stored


def move_slide(folder: Path, slide_id: str, position: int) -> None:
    """Put a slide at a position (0 = first) among the slides as they stand now; others keep their order."""
    agenda_id = slide(folder, slide_id).agenda
    with writing(folder) as connection:
        ids = _order(connection, agenda_id)
        if slide_id not in ids:
            raise gone()
        others = [key for key in ids if key != slide_id]
        place = min(max(position, 0), len(others))
        _number(connection, [*others[:place], slide_id, *others[place:]])


def show(folder: Path, agenda_id: str, slide_id: str, page: str = "", query: str = "") -> None:
    """Say what the meeting looks at now; the last word counts."""
    values = {"slide": slide_id, "page": page, "query": query_text(query), "changed_at": now()}
    with writing(folder) as connection:
        _order(connection, agenda_id)
        connection.execute(delete(tables.showings).where(tables.showings.c.agenda == agenda_id))
        connection.execute(insert(tables.showings).values(agenda=agenda_id, **values))


def showing(folder: Path, agenda_id: str) -> Showing | None:
    """What the meeting looks at now; None before it has begun."""
    if is_absent(folder):
        return None
    asked = select(tables.showings).where(tables.showings.c.agenda == agenda_id)
    with reading(folder) as connection:
        row = connection.execute(asked).mappings().first()
    return Showing(**row) if row else None


def _order(connection: Connection, agenda_id: str) -> list[str]:
    """The ids of the slides in order; takes the agenda, so that others wait until the transaction ends."""
    held = select(tables.agendas.c.id).where(tables.agendas.c.id == agenda_id).with_for_update()
    if connection.scalar(held) is None:
        raise gone()
    have = rows(connection, Slide, tables.slides.c.agenda == agenda_id, order=(tables.slides.c.position,))
    return [one_slide.id for one_slide in have]


def _number(connection: Connection, ids: Sequence[str]) -> None:
    for place, key in enumerate(ids):
        connection.execute(update(tables.slides).where(tables.slides.c.id == key).values(position=place))
