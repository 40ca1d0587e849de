"""What to do first in a store: a short list, derived by stated rules from what was seen, each with its evidence.

The order of the rules: veto items failed in the last visits; other items failed repeatedly, by the points they cost;
touchpoints, then customers' dimensions, reliably below the other stores; courses due for the touchpoints named before.
Without any of these the items that cost most are told as an observation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from sq.analyses.names import Names
from sq.analyses.periods import last_day, months_before
from sq.analyses.wording import Day, count, quantity, size
from sq.language import N_, Message, number
from sq.metrics.catalogue import METRICS
from sq.metrics.questions import asked
from sq.selection import Selection
from sq.warehouse import Warehouse

MOST_OF_A_RULE = 2
MOST_REPEATED = 3
MOST_STEPS = 6
OBSERVED = 3
# A course held within this many months before the end of the period is not due again.
COURSE_LASTS = 12
RULES: dict[str, str] = {
    "veto": N_("Veto item"),
    "repeated": N_("Again and again"),
    "touchpoint": N_("Reliably below"),
    "training": N_("Course due"),
    "observed": N_("Observed"),
}


@dataclass(frozen=True)
class Step:
    """One thing to do.

    Attributes:
        rule: one of RULES. sentence: what, with its number. selection: where it can be seen (explore).
        visit: the visit that shows it ('' = none in particular). touchpoint: which it belongs to.
    """

    rule: str
    sentence: Message
    selection: Selection
    visit: str = ""
    touchpoint: str = ""


@dataclass(frozen=True)
class Steps:
    """The list, most urgent first, and how sure it is in a sentence; ``left_out``: how many more there are."""

    steps: tuple[Step, ...]
    told: Message
    left_out: int = 0


def steps_of(
    warehouse: Warehouse,
    selection: Selection,
    names: Names,
    items: pd.DataFrame,
    touchpoints: pd.DataFrame,
    dimensions: pd.DataFrame,
) -> Steps:
    """What to do first, from the frames of `sq.analyses.store_card.StoreCard`."""
    if items.empty and not (dimensions["verdict"] == "worse").any():
        return Steps((), Message(N_("No visit with answers in this period: nothing can be derived.")))
    veto = items[items["is_veto"] & (items["last_failed"] > 0)].sort_values("failed_on", ascending=False, kind="stable")
    repeated = items[~items["is_veto"] & items["is_repeated"]]
    below, unhappy = (
        frame[frame["verdict"] == "worse"].sort_values("difference", kind="stable")
        for frame in (touchpoints, dimensions)
    )
    found = [
        *(_veto(row, selection) for row in _records(veto, MOST_OF_A_RULE)),
        *(_repeated(row, selection) for row in _records(repeated, MOST_REPEATED)),
        *(_below(row, selection, "touchpoint") for row in _records(below, MOST_OF_A_RULE)),
        *(_below(row, selection, "dimension") for row in _records(unhappy, MOST_OF_A_RULE)),
    ]
    if not found:
        return Steps(tuple(_observed(row, selection) for row in _records(items[items["lost"] > 0], OBSERVED)), _NOTHING)
    due = _courses_due(warehouse, selection, names, dict.fromkeys(step.touchpoint for step in found if step.touchpoint))
    left_out = len(veto) + len(repeated) + len(below) + len(unhappy) - len(found)
    steps = tuple((found + due[:MOST_OF_A_RULE])[:MOST_STEPS])
    return Steps(steps, _how_sure(not (below.empty and unhappy.empty)), left_out)


_NOTHING = Message(
    N_(
        "No veto item failed in the last visits, no item failed repeatedly, nothing lies reliably below the "
        "other stores. These items cost most points: an observation, not a verdict."
    )
)


def _how_sure(is_reliable: bool) -> Message:
    """What the list rests on."""
    if is_reliable:
        return Message(N_("Seen in the visits named; only “reliably below” is a verdict against the other stores."))
    return Message(
        N_(
            "Seen in the visits named. No single touchpoint lies reliably below the other stores: an observation, "
            "no verdict."
        )
    )


def _records(frame: pd.DataFrame, most: int) -> Iterable[dict[str, Any]]:
    return ({str(k): v for k, v in row.items()} for row in frame.head(most).to_dict("records"))


def _veto(row: dict[str, Any], selection: Selection) -> Step:
    values = {
        "item": row["label"],
        "failed": number(row["last_failed"], 0),
        "last": number(len(row["last"]), 0),
        "day": Day(row["failed_on"]),
    }
    words = N_("“{item}” failed in {failed} of the last {last} visits, latest on {day}: it fails the whole visit.")
    return _step("veto", Message(words, values), row, selection)


def _repeated(row: dict[str, Any], selection: Selection) -> Step:
    values = {
        "item": row["label"],
        "touchpoint": row["touchpoint_label"],
        "failed": number(row["last_failed"], 0),
        "last": number(len(row["last"]), 0),
        "lost": number(row["lost"]),
    }
    words = N_(
        "“{item}” ({touchpoint}) failed in {failed} of the last {last} visits; it costs {lost} points of the score."
    )
    return _step("repeated", Message(words, values), row, selection)


def _below(row: dict[str, Any], selection: Selection, axis: str) -> Step:
    """A touchpoint of the visits or a dimension of the customers."""
    metric = METRICS["mystery_score" if axis == "touchpoint" else "customer_index"]
    values = {
        "name": row["label"],
        "value": quantity(metric, row["value"]),
        "size": size(metric, row["difference"]),
        "n": count(metric.n_unit, row["n"]),
    }
    words = N_("{name}: {value}, {size} below the other stores ({n}).")
    if axis == "dimension":
        words = N_("Customers on “{name}”: {value}, {size} below the other stores ({n}).")
    here = selection.but(metric=metric.id, **{axis: row[axis]})
    return Step("touchpoint", Message(words, values), here, touchpoint=here.touchpoint)


def _observed(row: dict[str, Any], selection: Selection) -> Step:
    values = {
        "item": row["label"],
        "touchpoint": row["touchpoint_label"],
        "lost": number(row["lost"]),
        "failed": number(row["failed"], 0),
        "n": count("visits", row["n"]),
    }
    words = N_("“{item}” ({touchpoint}) costs {lost} points of the score; failed in {failed} of {n}.")
    return _step("observed", Message(words, values), row, selection)


def _step(rule: str, sentence: Message, row: dict[str, Any], selection: Selection) -> Step:
    here = selection.but(metric="mystery_score", touchpoint=row["touchpoint"], item=row["item"])
    return Step(rule, sentence, here, row["failed_in"], row["touchpoint"])


def _courses_due(warehouse: Warehouse, selection: Selection, names: Names, touchpoints: Iterable[str]) -> list[Step]:
    """Courses that teach one of these touchpoints and were not held here lately, in the order of the touchpoints."""
    end = selection.months[1]
    if end is None:
        return []
    rows = asked(warehouse, "store_trainings", (selection.store, last_day(end)))
    since = months_before(end, COURSE_LASTS - 1)
    due = []
    for touchpoint in touchpoints:
        for row in rows[rows["touchpoint"] == touchpoint].to_dict("records"):
            here = None if pd.isna(row["last_here"]) else row["last_here"].date()
            if here is None or here < since:
                due.append(_due(str(row["course"]), touchpoint, here, selection, names))
    return due


def _due(course: str, touchpoint: str, here: date | None, selection: Selection, names: Names) -> Step:
    values = {"course": course, "touchpoint": names.label("touchpoint", touchpoint), "day": Day(here or date.min)}
    words = N_("Consider the course “{course}” ({touchpoint}): last held here on {day}.")
    if here is None:
        words = N_("Consider the course “{course}” ({touchpoint}): no record that it was ever held here.")
    target = selection.but(metric="mystery_score", touchpoint=touchpoint)
    return Step("training", Message(words, values), target, touchpoint=touchpoint)
