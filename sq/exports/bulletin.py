"""The regional bulletin: how a region stands, what moved, which stores differ, what was noted; for paper and mail."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

import pandas as pd

from sq.analyses.slide_content import SlideContent, Table
from sq.analyses.wording import Period
from sq.exports.handout import Handout, Leaf, Sources
from sq.exports.page import definitions_block, document, escaped, printed_section, table_block
from sq.language import N_, Message, Named, _, day
from sq.selection import Selection

# The views of a region in the order in which they are read: (page, further parameters, heading).
PARTS: tuple[tuple[str, dict[str, str], str], ...] = (
    ("overview", {"chart": "ranking"}, N_("How the region stands")),
    ("explore", {"chart": "trend"}, N_("Over time")),
    ("compare", {"level": "store"}, N_("The stores of the region")),
    ("touchpoints", {}, N_("Touchpoints")),
)
MOST_EVENTS = 12
COLUMNS = ("label", "value", "low", "high", "n", "difference", "verdict_words")  # that fit on paper


def regions(found: Sources) -> list[str]:
    """The regions that have own stores today, in the order of the list."""
    own = {str(p["region_now"]) for p in found.names.memberships if p["is_current"] and not p["brand"]}
    return [
        key for key, _name in found.names.options("region", Selection(metric=found.names.available[0])) if key in own
    ]


def bulletin(found: Sources, region: str, period: tuple[str, str], events: pd.DataFrame, today: date) -> bytes:
    """One region's bulletin as a page without a script; ``period``: first and last month ('' = the default).

    ``events``: columns of `sq.analyses.noted.noted`.
    """
    leaves = tuple(
        Leaf("view", _(heading), content=_content(found, page, region, period, more)) for page, more, heading in PARTS
    )
    made = Handout(title_of(found, region, period), leaves, found.warehouse.snapshot_id, today)
    body = [_printed(leaf) for leaf in leaves]
    body += [_events(events), definitions_block(made)]
    return document(str(made.title), made.footer(), "".join(body))


def title_of(found: Sources, region: str, period: tuple[str, str]) -> Message:
    """``Service quality bulletin: North, Nov 2025 – Oct 2026``."""
    asked = found.names.completed(Selection(region=region, start=period[0], end=period[1]))
    start, end = asked.months
    words = N_("Service quality bulletin: {region}, {period}")
    return Message(words, {"region": Named(region), "period": Period(start, end) if start and end else ""})


def _content(found: Sources, page: str, region: str, period: tuple[str, str], more: dict[str, str]) -> SlideContent:
    asked = Selection(region=region, start=period[0], end=period[1])
    return found.content(page, urlencode({**asked.query(), **more}))


def _printed(leaf: Leaf) -> str:
    """A part of the bulletin; of the stores also the table."""
    assert leaf.content is not None
    shown = printed_section(leaf)
    if leaf.content.page == "compare" and not leaf.content.table.is_empty:
        table = leaf.content.table
        few = tuple(heading for heading in table.headings if heading.name in COLUMNS)
        shown += table_block(Table(table.title, table.frame, few))
    return shown


def _events(events: pd.DataFrame) -> str:
    """Notes and events of the period."""
    if events.empty:
        return ""
    rows = [
        f"<li>{escaped(days_told(row))} · {escaped(row['where'])} · {escaped(row['kind'])}: {escaped(row['what'])}</li>"
        for row in events.head(MOST_EVENTS).to_dict("records")
    ]
    return f"<section><h2>{escaped(_('Notes and events'))}</h2><ul>{''.join(rows)}</ul></section>"


def days_told(row: dict[object, object]) -> str:
    """From when to when something happened."""
    start, end = row["happened_on"], row["until"]
    first = day(start) if isinstance(start, date) else ""
    return f"{first} – {day(end)}" if isinstance(end, date) and end != start else first
