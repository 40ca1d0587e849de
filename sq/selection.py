"""What the reader is looking at: frozen, in words and in the URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, Self

PLACE_PATH = ("region", "city", "store")
SUBJECT_PATH = ("stage", "dimension", "touchpoint", "item")
ATTRIBUTES = ("brand", "format", "stream", "channel", "segment", "role", "tenure", "wave")
COMPARISONS = ("rest", "previous", "last_year", "target", "none")
MEMBERSHIPS = ("then", "now")
RULES = ("responses", "points", "stores")
SORTS = ("value", "name", "order")
CLOSED: dict[str, tuple[str, ...]] = {
    "compare": COMPARISONS,
    "membership": MEMBERSHIPS,
    "rule": RULES,
    "sort": SORTS,
}


@dataclass(frozen=True)
class Selection:
    """One view of the data. Field names are the URL parameters; a field at its default is not in the URL.

    Months are ``YYYY-MM`` and inclusive. Places and subjects are ids (region and city are names).
    ``membership`` says whether stores count in the region they were in *then* or are in *now*.
    ``department`` stands beside the path of places; with a region it is the department that the region rated.
    ``role`` and ``tenure`` (length of service) are those of employees.
    ``rule`` is the roll-up: mean of responses, pooled points, or mean of stores.
    ``split`` names the axis of the ranking chart; empty lets the page choose the next level.
    """

    metric: str = ""
    start: str = ""
    end: str = ""
    compare: str = "rest"
    region: str = ""
    city: str = ""
    store: str = ""
    department: str = ""
    stage: str = ""
    dimension: str = ""
    touchpoint: str = ""
    item: str = ""
    brand: str = ""
    format: str = ""
    stream: str = ""
    channel: str = ""
    segment: str = ""
    role: str = ""
    tenure: str = ""
    wave: str = ""
    split: str = ""
    membership: str = "then"
    rule: str = "responses"
    sort: str = "value"

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> tuple[Self, dict[str, str]]:
        """The selection in a URL and what had to be ignored (parameter → value)."""
        kept: dict[str, str] = {}
        ignored: dict[str, str] = {}
        for name in (f.name for f in fields(cls)):
            value = query.get(name)
            if not value:
                continue
            text = str(value[-1] if isinstance(value, list) else value)
            (kept if _is_sound(name, text) else ignored)[name] = text
        return cls(**kept), ignored

    def query(self) -> dict[str, str]:
        """Only what differs from the default, in field order."""
        default = type(self)()
        return {k: v for k, v in asdict(self).items() if v != getattr(default, k)}

    def but(self, **changes: str) -> Self:
        """This selection with some fields changed."""
        return replace(self, **changes)

    @property
    def place(self) -> tuple[str, str]:
        """The deepest place that is set: (level, id); a department where it stands alone; else ``("chain", "")``."""
        found = self._deepest(PLACE_PATH, "chain")
        return ("department", self.department) if self.department and found[0] == "chain" else found

    @property
    def subject(self) -> tuple[str, str]:
        """The deepest subject that is set: (kind, id); ``("form", "")`` when none is."""
        return self._deepest(SUBJECT_PATH, "form")

    def _deepest(self, path: tuple[str, ...], top: str) -> tuple[str, str]:
        return next(((name, getattr(self, name)) for name in reversed(path) if getattr(self, name)), (top, ""))

    @property
    def months(self) -> tuple[date | None, date | None]:
        """First days of the first and of the last month, or None for an open end."""
        return _month(self.start), _month(self.end)

    def filters(self) -> dict[str, str]:
        """The attributes that are set, by name."""
        return {name: getattr(self, name) for name in ATTRIBUTES if getattr(self, name)}


def _month(text: str) -> date | None:
    return date(int(text[:4]), int(text[5:7]), 1) if text else None


def _is_sound(name: str, text: str) -> bool:
    if name in CLOSED:
        return text in CLOSED[name]
    if name in {"start", "end"}:
        return _is_month(text)
    return len(text) <= 200


def _is_month(text: str) -> bool:
    year, dash, number = text.partition("-")
    if not (dash and len(text) == 7 and year.isdigit() and number.isdigit()):
        return False
    return 1900 <= int(year) <= 2999 and 1 <= int(number) <= 12


def month_text(day: date) -> str:
    """``YYYY-MM`` of a date."""
    return f"{day:%Y-%m}"
