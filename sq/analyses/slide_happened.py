"""Notes and events on a slide: marks on its course, lines below it, a table of all.

Contents of slides are kept per snapshot and what readers write changes at any time: so this is added at last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from sq.analyses.slide_content import NO_TABLE, Happened, Heading, SlideContent, Table
from sq.language import N_, Message

MOST_TOLD = 4  # lines that leave room for a chart
TITLE = Message(N_("Notes and events"))


def with_happened(content: SlideContent, events: pd.DataFrame) -> SlideContent:
    """The content with what happened (`sq.analyses.noted.together` of its ``noted_for``), marked on its course."""
    happened = _numbered(events)
    marked = happened if content.chart.kind == "line" else ()
    return replace(content, chart=replace(content.chart, happened=marked), happened=happened)


def happened_table(content: SlideContent) -> Table:
    """All that happened, oldest first, with the texts as they were written; empty where nothing did."""
    if not content.happened:
        return NO_TABLE
    frame = pd.DataFrame(
        [(one.start, one.end, one.kind, one.where, one.text) for one in content.happened],
        columns=["start", "end", "kind", "where", "text"],
        dtype=object,
    )
    headings = (
        Heading("start", Message(N_("First day")), "day"),
        Heading("end", Message(N_("Last day")), "day"),
        Heading("kind", Message(N_("Kind"))),
        Heading("where", Message(N_("Where"))),
        Heading("text", Message(N_("What"))),
    )
    return Table(TITLE, frame, headings)


def _numbered(events: pd.DataFrame) -> tuple[Happened, ...]:
    """Oldest first; those that get a line are the newest of what readers wrote, then of what came with the data."""
    rows: list[dict[Any, Any]] = events.to_dict("records")[::-1]
    order = sorted(range(len(rows)), key=lambda place: (not rows[place]["id"], -place))
    told = sorted(order[:MOST_TOLD])
    return tuple(_happened(row, told.index(at) + 1 if at in told else 0) for at, row in enumerate(rows))


def _happened(row: Mapping[Any, Any], number: int) -> Happened:
    return Happened(row["happened_on"], row["until"], row["where"], row["kind"], row["what"], number)
