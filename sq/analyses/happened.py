"""What happened in a place and period beside the measuring: the programme's notes, and trainings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sq.analyses.names import Names
from sq.analyses.periods import last_day
from sq.analyses.wording import Listing, Words, axis_name, count
from sq.language import N_, Message
from sq.metrics.questions import asked_in_scope
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Scope, Warehouse

PROGRAMME_NOTE = Message(N_("Programme note"))  # came with the data


def happened(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> pd.DataFrame:
    """One row per note or training, newest first: happened_on, where and kind (words), what (text or words).

    A note counts for the places inside its own and around it: one about a region stands at its stores and at the chain.
    """
    start, end = selection.months
    if start is None or end is None:
        return pd.DataFrame(columns=["happened_on", "where", "kind", "what"])
    span = (start, last_day(end))
    places = [name for name in (selection.region, selection.city, selection.store) for _ in range(2)]
    rows = asked_in_scope(warehouse, scope, "happened", [*places, *span, _departments(scope, selection), *span])
    told = rows.to_dict("records")
    return pd.DataFrame(
        {
            "happened_on": [row["happened_on"].date() for row in told],
            "where": pd.Series([_where(row, names) for row in told], dtype=object),
            "kind": pd.Series(
                [Message(N_("Training")) if row["stores"] else PROGRAMME_NOTE for row in told], dtype=object
            ),
            "what": pd.Series([_what(row, names) for row in told], dtype=object),
        }
    )


def _departments(scope: Scope, selection: Selection) -> str | None:
    """Whose notes of departments stand here: the chosen one's, all ('') for the company, none (None) elsewhere."""
    whole = selection.place[0] in ("chain", "department") and scope == EVERYTHING
    return selection.department if whole else None


def _where(row: Mapping[Any, Any], names: Names) -> Words:
    if row["level"] == "chain":
        return axis_name("chain")
    return count("stores", row["stores"]) if row["stores"] > 1 else names.label(str(row["level"]), str(row["place"]))


def _what(row: Mapping[Any, Any], names: Names) -> str | Message:
    if not row["stores"]:
        return str(row["text"])
    touchpoints = Listing(tuple(names.label("touchpoint", str(key)) for key in row["touchpoints"]))
    return Message(N_("{course} ({touchpoints})"), {"course": str(row["text"]), "touchpoints": touchpoints})
