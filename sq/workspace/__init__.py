"""The workspace: what readers write down themselves. Agendas, slides, notes, saved views, settings; no measurement.

SQLite in the data folder, or PostgreSQL by a setting (`sq.workspace.connection`). Records at the seams; nobody's text
is overwritten unseen: who saves an older version gets a `Conflict` with both. Owns sqlalchemy and alembic. May import
errors, language, places, records and settings; must not know intake, snapshots, metrics or the screen.
"""

from sq.workspace.agendas import (
    Showing,
    add_agenda,
    add_slide,
    agenda,
    agendas,
    duplicate_agenda,
    move_slide,
    show,
    showing,
    slide,
    slide_counts,
    slides,
)
from sq.workspace.conflict import Conflict
from sq.workspace.connection import is_file, migrate
from sq.workspace.dumping import checked_dump, dump, is_used, load
from sq.workspace.events import event, events
from sq.workspace.options import option, put_option
from sq.workspace.records import KINDS_OF_EVENTS, Agenda, Event, Slide, View, query_text
from sq.workspace.storing import add, change, remove
from sq.workspace.views import new_key, view, views

__all__ = [
    "KINDS_OF_EVENTS",
    "Agenda",
    "Conflict",
    "Event",
    "Showing",
    "Slide",
    "View",
    "add",
    "add_agenda",
    "add_slide",
    "agenda",
    "agendas",
    "change",
    "checked_dump",
    "dump",
    "duplicate_agenda",
    "event",
    "events",
    "is_file",
    "is_used",
    "load",
    "migrate",
    "move_slide",
    "new_key",
    "option",
    "put_option",
    "query_text",
    "remove",
    "show",
    "showing",
    "slide",
    "slide_counts",
    "slides",
    "view",
    "views",
]
