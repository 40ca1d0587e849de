"""The waves of the anonymous surveys: what is published, what waits, how much is hidden and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from sq.analyses.wording import Day
from sq.language import N_, Message, Named, number
from sq.metrics.catalogue import INSTRUMENT_NAMES
from sq.metrics.questions import asked
from sq.warehouse import Scope, Warehouse

STATES: dict[str, str] = {
    "open": N_("open"),
    "published": N_("published"),
    "waiting": N_("published, later answers wait"),
}


@dataclass(frozen=True)
class AnonymousWave:
    """One wave of one anonymous survey.

    Attributes:
        state: open, published or waiting (published; later answers are held back).
        answers, response_rate: of the whole chain (percent); NaN where unknown or hidden.
        minimum, minimum_sensitive: answers that a group needs; frozen when the wave was first published.
        waiting: forms whose answers are not in the published groups.
        shown, few, neighbour: groups (stores; of internal service region and department) by what became of them.
        sentence: its state in plain words.
    """

    instrument: str
    label: Message
    wave: str
    name: Named
    state: str
    ends_on: date | None
    first_published: datetime | None
    last_published: datetime | None
    answers: float
    response_rate: float
    minimum: int
    minimum_sensitive: int
    waiting: int
    shown: int
    few: int
    neighbour: int
    sentence: Message

    @property
    def groups(self) -> int:
        """All groups of the wave, shown or hidden."""
        return self.shown + self.few + self.neighbour

    @property
    def is_open(self) -> bool:
        """Whether it can still be closed."""
        return self.state == "open"

    def share(self, count: int) -> float:
        """A number of groups in percent of all of them; NaN where there are none."""
        return 100 * count / self.groups if self.groups else float("nan")


def anonymous_waves(warehouse: Warehouse, scope: Scope) -> tuple[AnonymousWave, ...]:
    """Every wave of an anonymous survey that has answers, newest first within its survey."""
    return tuple(_wave(row) for row in asked(warehouse, "origin_waves").to_dict("records"))


def _wave(row: Mapping[Any, Any]) -> AnonymousWave:
    ends_on = _day(row["ends_on"])
    counts = {name: _count(row[name]) for name in ("waiting", "shown", "few", "neighbour")}
    return AnonymousWave(
        instrument=str(row["instrument"]),
        label=Message(INSTRUMENT_NAMES[str(row["instrument"])]),
        wave=str(row["wave"]),
        name=Named(str(row["name"] or row["wave"])),
        state=str(row["state"]),
        ends_on=ends_on,
        first_published=_moment(row["first_published"]),
        last_published=_moment(row["last_published"]),
        answers=_number(row["answers"]),
        response_rate=_number(row["response_rate"]),
        minimum=_count(row["minimum_group"]),
        minimum_sensitive=_count(row["minimum_sensitive"]),
        **counts,
        sentence=_sentence(str(row["state"]), ends_on, counts["waiting"], _count(row["minimum_group"])),
    )


def _sentence(state: str, ends_on: date | None, waiting: int, minimum: int) -> Message:
    """What a reader must know of a wave's state."""
    if state == "open":
        if ends_on is not None:
            return Message(N_("open until {day}; nothing of it is shown before it is closed."), {"day": Day(ends_on)})
        return Message(N_("open, without an end; nothing of it is shown before it is closed."))
    if not waiting:
        return Message(N_("published; every answer received is in it."))
    one = N_(
        "{count} form came or changed after publication and waits: beside the published numbers it would tell the "
        "answers of fewer than {minimum} people. It is shown as soon as enough others come with it."
    )
    many = N_(
        "{count} forms came or changed after publication and wait: beside the published numbers they would tell the "
        "answers of fewer than {minimum} people. They are shown as soon as enough others come with them."
    )
    return Message(one, {"minimum": number(minimum, 0)}, many, waiting)


def _count(value: Any) -> int:
    return 0 if pd.isna(value) else int(value)


def _number(value: Any) -> float:
    return float("nan") if pd.isna(value) else float(value)


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else value.date()


def _moment(value: Any) -> datetime | None:
    return None if pd.isna(value) else value.to_pydatetime()
