"""The tables of the workspace, as the newest migration leaves them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Column, Date, DateTime, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.types import TypeDecorator

from sq.workspace.records import Agenda, Event, Kept, Slide, View

metadata = MetaData()


class Moment(TypeDecorator[dt.datetime]):
    """A moment in UTC; SQLite keeps no time zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """As stored."""
        return value.astimezone(dt.UTC).replace(tzinfo=None) if value is not None else None

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """As read."""
        return value.replace(tzinfo=dt.UTC) if value is not None else None


def _kept() -> tuple[Column[Any], ...]:
    return (
        Column("id", String(64), primary_key=True),
        Column("version", Integer, nullable=False),
        Column("changed_at", Moment, nullable=False),
    )


agendas = Table(
    "agendas", metadata, *_kept(), Column("title", Text, nullable=False), Column("snapshot", Text, nullable=False)
)
slides = Table(
    "slides",
    metadata,
    *_kept(),
    Column("agenda", String(64), ForeignKey("agendas.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("kind", "page", "query", "title", "sentence", "note")),
    Index("slides_of_agenda", "agenda"),
)
showings = Table(
    "showings",
    metadata,
    Column("agenda", String(64), ForeignKey("agendas.id", ondelete="CASCADE"), primary_key=True),
    Column("slide", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
)
events = Table(
    "events",
    metadata,
    *_kept(),
    *(Column(name, Text, nullable=False) for name in ("kind", "level", "place")),
    Column("start", Date, nullable=False),
    Column("end", Date, nullable=False),
    Column("text", Text, nullable=False),
    Index("events_by_day", "start", "end"),
)
views = Table(
    "views",
    metadata,
    *_kept(),
    *(Column(name, Text, nullable=False) for name in ("owner", "title", "page", "query")),
    Index("views_of_owner", "owner"),
)
options = Table(
    "options",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("value", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
)
TABLES: dict[type[Kept], Table] = {Agenda: agendas, Slide: slides, Event: events, View: views}
