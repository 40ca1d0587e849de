"""One printed page per store: scores, touchpoints, items that cost most, what to do first; in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from sq.analyses.slide_content import Heading, Table
from sq.analyses.slide_store import card_slide
from sq.analyses.slides import View
from sq.analyses.store_card import StoreCard, store_card
from sq.exports.bulletin import days_told
from sq.exports.handout import Sources
from sq.exports.page import cards_block, document, escaped, points_block, table_block
from sq.exports.page_svg import chart_svg
from sq.language import N_, Message, _, day
from sq.selection import Selection

ITEMS, EVENTS, COMMENTS = 6, 3, 2
CHART_WIDTH = 560  # of its own units, scaled into its column


def store_ids(found: Sources, region: str = "", store: str = "") -> list[str]:
    """Own stores of today, all, of a region, or one."""
    return [
        str(place["store_id"])
        for place in found.names.memberships
        if place["is_current"]
        and not place["brand"]
        and (not region or place["region_now"] == region)
        and (not store or place["store_id"] == store)
    ]


def card_page(found: Sources, store: str, period: tuple[str, str], events: pd.DataFrame, today: date) -> str:
    """The card of one store as a part of a page: one sheet of paper."""
    selection = found.names.completed(Selection(store=store, start=period[0], end=period[1]))
    card = store_card(found.warehouse, found.scope, selection, found.names)
    view = View(found.warehouse, found.scope, found.names, "store", selection.query(), selection)
    content = card_slide(view, card)
    facts = " · ".join(str(fact) for fact in card.facts)
    made_on = _("exported on {day}", day=day(today))
    return (
        f'<div class="sheet"><h2>{escaped(card.label)}</h2><p class="caption">{escaped(facts)}</p>'
        f'<p class="answer">{escaped(card.answer)}</p>{cards_block(content.cards)}<div class="sides"><div>'
        f"<h3>{escaped(content.chart.title)}</h3>{chart_svg(content.chart, CHART_WIDTH)}</div><div>"
        f"<h3>{escaped(_('What to do first'))}</h3>{points_block(content.points, ordered=True)}"
        f"{_items(card)}{_words(card)}{_events(events)}</div></div>"
        f'<p class="caption">{escaped(content.caption_line())} · {escaped(made_on)}</p></div>'
    )


def cards_document(title: Message | str, pages: Sequence[str], under: str) -> bytes:
    """Cards as one page to print, each on its own sheet."""
    return document(str(title), under, "".join(pages), kind="sheets")


def _items(card: StoreCard) -> str:
    """The items that cost most points."""
    frame = card.items
    lost = frame[frame["lost"] > 0].head(ITEMS) if len(frame) else frame
    if lost.empty:
        return ""
    headings = (
        Heading("label", Message(N_("Item"))),
        Heading("lost", Message(N_("Lost points")), "number"),
        Heading("failed", Message(N_("Failed")), "count"),
        Heading("n", Message(N_("n")), "count"),
    )
    title = Message(N_("Items that cost most points"))
    return f"<h3>{escaped(title)}</h3>{table_block(Table(title, lost, headings))}"


def _words(card: StoreCard) -> str:
    """What customers wrote last, and how many complaints there were."""
    told = [str(row["comment"]) for row in card.comments.head(COMMENTS).to_dict("records")]
    if card.complaints is not None:
        words = _("Complaints in this period: {count}.", count=card.complaints.opened)
        told.insert(0, words)
    return f"<h3>{escaped(_('Customers’ view'))}</h3>{points_block(told)}" if told else ""


def _events(events: pd.DataFrame) -> str:
    told = [f"{days_told(row)} · {row['kind']}: {row['what']}" for row in events.head(EVENTS).to_dict("records")]
    return f"<h3>{escaped(_('Notes and events'))}</h3>{points_block(told)}" if told else ""
