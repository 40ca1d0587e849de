"""What readers wrote down about a place and period: the workspace's notes and events, beside what came with the data.

The workspace changes at any time, the snapshot never: so this is asked anew where `sq.analyses.happened` is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sq import workspace
from sq.analyses.names import Name, Names
from sq.analyses.periods import last_day
from sq.analyses.wording import axis_name
from sq.language import Message
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Scope
from sq.workspace import KINDS_OF_EVENTS, Event

COLUMNS = ["happened_on", "until", "where", "kind", "what", "id"]


def noted(folder: Path, scope: Scope, selection: Selection, names: Names) -> pd.DataFrame:
    """One row per note or event that touches the period, newest first: happened_on and until (days), where and kind
    (words), what (text), id.

    As of what came with the data: it counts for the places inside its own and around it. Raises WorkspaceError.
    """
    start, end = selection.months
    if start is None or end is None:
        return pd.DataFrame(columns=COLUMNS)
    held = [place for place in names.memberships if _lies_in(place, selection)]
    found = [
        event for event in workspace.events(folder, start, last_day(end)) if _is_about(event, held, scope, selection)
    ]
    rows = [
        (e.start, e.end, place_name(names, e.level, e.place), Message(KINDS_OF_EVENTS[e.kind]), e.text, e.id)
        for e in found
    ]
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def together(came: pd.DataFrame, written: pd.DataFrame) -> pd.DataFrame:
    """What came with the data (`sq.analyses.happened`; its id is empty) and what readers wrote, newest first."""
    rows = [*came.assign(until=came["happened_on"], id="").to_dict("records"), *written.to_dict("records")]
    rows.sort(key=lambda row: row["happened_on"], reverse=True)
    return pd.DataFrame([[row[name] for name in COLUMNS] for row in rows], columns=COLUMNS, dtype=object)


def place_name(names: Names, level: str, place: str) -> Name | Message:
    """The words for a place of any level."""
    return axis_name("chain") if level == "chain" else names.label(level, place)


def _lies_in(place: Mapping[str, Any], selection: Selection) -> bool:
    """Whether a membership, as it was or as it is, belongs to the place of a selection."""
    return all(
        not wanted or wanted in known
        for wanted, known in (
            (selection.region, (place["region"], place["region_now"])),
            (selection.city, (place["city"], place["city_now"])),
            (selection.store, (place["store_id"],)),
        )
    )


def _is_about(event: Event, held: list[Mapping[str, Any]], scope: Scope, selection: Selection) -> bool:
    if event.level == "chain":
        return True
    if event.level == "department":
        whole = selection.place[0] in ("chain", "department") and scope == EVERYTHING
        return whole and selection.department in ("", event.place)
    columns = ("store_id",) if event.level == "store" else (event.level, f"{event.level}_now")
    return any(place[column] == event.place for place in held for column in columns)
