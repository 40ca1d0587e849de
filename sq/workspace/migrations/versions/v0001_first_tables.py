"""The first tables: agendas, slides, showings, events, views, options."""

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table("agendas", *_kept(), *_texts("title", "snapshot"))
    op.create_table("slides", *_kept(), _agenda(), sa.Column("position", sa.Integer, nullable=False), *_texts(*SLIDE))
    op.create_index("slides_of_agenda", "slides", ["agenda"])
    op.create_table("showings", _agenda(primary_key=True), *_texts("slide", "page", "query"), _changed_at())
    op.create_table("events", *_kept(), *_texts("kind", "level", "place"), *_days("start", "end"), *_texts("text"))
    op.create_index("events_by_day", "events", ["start", "end"])
    op.create_table("views", *_kept(), *_texts("owner", "title", "page", "query"))
    op.create_index("views_of_owner", "views", ["owner"])
    keys = (sa.Column("owner", sa.String(64), primary_key=True), sa.Column("name", sa.String(200), primary_key=True))
    op.create_table("options", *keys, *_texts("value"), _changed_at())


SLIDE = ("kind", "page", "query", "title", "sentence", "note")


def _kept() -> tuple[sa.Column[str], sa.Column[int], sa.Column[dt.datetime]]:
    return (
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        _changed_at(),
    )


def _changed_at() -> sa.Column[dt.datetime]:
    return sa.Column("changed_at", sa.DateTime(), nullable=False)


def _agenda(primary_key: bool = False) -> sa.Column[str]:
    key = sa.ForeignKey("agendas.id", ondelete="CASCADE")
    return sa.Column("agenda", sa.String(64), key, primary_key=primary_key, nullable=False)


def _texts(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text, nullable=False) for name in names)


def _days(*names: str) -> tuple[sa.Column[dt.date], ...]:
    return tuple(sa.Column(name, sa.Date(), nullable=False) for name in names)
