"""The records of the workspace: frozen, cleaned of what no text should hold, within limits."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError, model_validator

from sq.errors import WorkspaceError
from sq.language import N_, Message, number
from sq.records import Level

LONGEST_TITLE = 200  # characters
LONGEST_SENTENCE = 2_000
LONGEST_NOTE = 10_000
LONGEST_QUERY = 4_000
# Marks that turn the direction of what follows: they make one text look like another (Unicode TR 36).
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff")

EventKind = Literal["training", "renovation", "campaign", "note"]
KINDS_OF_EVENTS: dict[str, str] = {
    "training": N_("Training"),
    "renovation": N_("Renovation"),
    "campaign": N_("Campaign"),
    "note": N_("General note"),
}
FIELDS: dict[str, str] = {
    "title": N_("Title"),
    "sentence": N_("Sentence"),
    "note": N_("Speaker note"),
    "text": N_("Text"),
    "query": N_("Address"),
    "page": N_("Page"),
    "snapshot": N_("Snapshot"),
    "kind": N_("Kind"),
    "level": N_("Level"),
    "place": N_("Place"),
    "start": N_("First day"),
    "end": N_("Last day"),
    "owner": N_("Owner"),
}


def plain_text(value: Any) -> Any:
    """A text without control characters, halves of characters and marks that turn its direction; lines stay."""
    if not isinstance(value, str):
        return value
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        c for c in lines if c in "\n\t" or (unicodedata.category(c) not in {"Cc", "Cs"} and c not in TURNING)
    )
    return unicodedata.normalize("NFC", kept).strip()


def one_line(value: Any) -> Any:
    """A text as `plain_text` leaves it, on one line."""
    text = plain_text(value)
    return " ".join(text.split()) if isinstance(text, str) else text


def query_text(value: Any) -> Any:
    """The parameters of an address as a query string without "?"; takes a mapping too."""
    if isinstance(value, str):
        value = parse_qsl(value.removeprefix("?"), keep_blank_values=False)
    pairs = value.items() if isinstance(value, Mapping) else value
    return urlencode([(str(one_line(str(name))), str(one_line(str(text)))) for name, text in pairs])


Line = Annotated[str, BeforeValidator(one_line), StringConstraints(max_length=LONGEST_TITLE)]
Title = Annotated[str, BeforeValidator(one_line), StringConstraints(min_length=1, max_length=LONGEST_TITLE)]
Sentence = Annotated[str, BeforeValidator(plain_text), StringConstraints(max_length=LONGEST_SENTENCE)]
LongNote = Annotated[str, BeforeValidator(plain_text), StringConstraints(max_length=LONGEST_NOTE)]
Told = Annotated[str, BeforeValidator(plain_text), StringConstraints(min_length=1, max_length=LONGEST_SENTENCE)]
Query = Annotated[str, BeforeValidator(query_text), StringConstraints(max_length=LONGEST_QUERY)]
PageKey = Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,40}$")]
Key = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{16,64})?$")]
SnapshotName = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{0,60}$")]


class Kept(BaseModel):
    """What every record has: ``id`` is empty and ``version`` 0 until it is stored."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    told: ClassVar[tuple[str, ...]] = ()  # the fields that readers write

    id: Key = ""
    version: int = 0
    changed_at: dt.datetime | None = None

    @classmethod
    def of(cls, **values: Any) -> Self:
        """A record of these values.

        Raises:
            WorkspaceError: a value is empty, too long or not of its kind.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise _refusal(error) from error

    def but(self, **changes: Any) -> Self:
        """This record with some fields changed; raises WorkspaceError as `of` does."""
        return self.of(**(self.model_dump() | changes))

    def says_the_same(self, other: Kept) -> bool:
        """Whether two versions differ in nothing that a reader wrote."""
        return all(getattr(self, name) == getattr(other, name) for name in self.told)


class Agenda(Kept):
    """A meeting: an ordered set of slides. ``snapshot``: the one it is pinned to; empty = the newest."""

    told = ("title", "snapshot")

    title: Title
    snapshot: SnapshotName = ""


class Slide(Kept):
    """One slide of an agenda, by ``position`` from 0.

    ``kind``: a captured *view* (page and query), a *text* (title and sentence) or the heading of a *section*.
    ``sentence`` is shown below the title; ``note`` is for the speaker only.
    """

    told = ("kind", "page", "query", "title", "sentence", "note")

    agenda: Key = ""
    position: int = 0
    kind: Literal["view", "text", "section"] = "view"
    page: PageKey = ""
    query: Query = ""
    title: Title
    sentence: Sentence = ""
    note: LongNote = ""

    @property
    def parameters(self) -> dict[str, str]:
        """The query as parameter → value."""
        return dict(parse_qsl(self.query))

    @model_validator(mode="after")
    def _view_has_page(self) -> Self:
        if self.kind == "view" and not self.page:
            raise ValueError("page")
        return self


class Event(Kept):
    """Something that happened, or a note, bound to a place and to days (both included).

    ``level`` and ``place``: the id of a region, city, store or department; of the chain the place is empty.
    """

    told = ("kind", "level", "place", "start", "end", "text")

    kind: EventKind = "note"
    level: Level = "chain"
    place: Line = ""
    start: dt.date
    end: dt.date
    text: Told

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if not dt.date(1900, 1, 1) <= self.start <= self.end <= dt.date(2999, 12, 31):
            raise ValueError("end")
        if (self.level == "chain") != (self.place == ""):
            raise ValueError("place")
        return self


class View(Kept):
    """An address with a name. ``owner``: the key of one reader; empty = everybody's."""

    told = ("title", "page", "query", "owner")

    owner: Key = ""
    title: Title
    page: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
    query: Query = ""

    @property
    def parameters(self) -> dict[str, str]:
        """The query as parameter → value."""
        return dict(parse_qsl(self.query))


def _refusal(error: ValidationError) -> WorkspaceError:
    """The first thing that is wrong with a record, in words."""
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else str(first.get("ctx", {}).get("error", ""))
    label = Message(FIELDS.get(name, name))
    if first["type"] in {"too_long", "string_too_long"}:
        values = {"field": label, "limit": number(first["ctx"]["max_length"], 0)}
        text = N_("“{field}” is too long; {limit} characters fit.")
        return WorkspaceError(Message(text, values), Message(N_("Shorten it, then save again.")))
    if first["type"] in {"too_short", "string_too_short", "missing"}:
        return WorkspaceError(Message(N_("“{field}” is empty."), {"field": label}))
    if name == "end":
        return WorkspaceError(Message(N_("The last day lies before the first one, or far from our time.")))
    return WorkspaceError(Message(N_("“{field}” cannot be this."), {"field": label}))
