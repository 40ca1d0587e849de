"""A captured view (page and address) as the content of a slide; every page that can be shown adds a builder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sq.analyses.names import Names
from sq.analyses.names import names as names_in
from sq.analyses.slide_content import Chart, SlideContent, Told
from sq.analyses.wording import Day, Listing, Words, axis_name
from sq.language import N_, Message, Named, number
from sq.selection import ATTRIBUTES, PLACE_PATH, SUBJECT_PATH, Selection
from sq.warehouse import Scope, Warehouse

# Key of the site map -> its title, as in sq/ui/sitemap.py.
PAGE_NAMES: dict[str, str] = {
    "overview": N_("Overview"),
    "explore": N_("Drill down"),
    "touchpoints": N_("Service touchpoints"),
    "compare": N_("Compare"),
    "store": N_("One store"),
    "visits": N_("Visits and evidence"),
    "customers": N_("Customers"),
    "employees": N_("Employees"),
    "priorities": N_("Priorities"),
    "gaps": N_("Service gaps"),
    "chain": N_("The chain"),
    "shoppers": N_("Shoppers"),
    "data": N_("Import and quality"),
    "definitions": N_("Definitions"),
}
# Key of the site map -> "module:function"; imported when asked for.
BUILDERS: dict[str, str] = {
    "overview": "sq.analyses.slide_overview:overview_slide",
    "explore": "sq.analyses.slide_explore:explore_slide",
    "touchpoints": "sq.analyses.slide_touchpoints:touchpoints_slide",
    "compare": "sq.analyses.slide_compare:compare_slide",
    "store": "sq.analyses.slide_store:store_slide",
    "customers": "sq.analyses.slide_survey:customers_slide",
    "employees": "sq.analyses.slide_survey:employees_slide",
    "priorities": "sq.analyses.slide_priorities:priorities_slide",
    "gaps": "sq.analyses.slide_gaps:gaps_slide",
    "chain": "sq.analyses.slide_chain:chain_slide",
    "shoppers": "sq.analyses.slide_shoppers:shoppers_slide",
    "visits": "sq.analyses.slide_visits:visits_slide",
}
# Parts of an address whose loss would make a slide speak of something else than was captured.
BINDING = ("metric", *PLACE_PATH, "department", *SUBJECT_PATH, *ATTRIBUTES)


@dataclass(frozen=True)
class View:
    """What a builder is asked: the snapshot, the reader's scope, the names, and the address of the captured view.

    ``selection`` is the sound part of the address; ``query`` all of it (page parameters such as ``units``).
    """

    warehouse: Warehouse
    scope: Scope
    names: Names
    page: str
    query: Mapping[str, str]
    selection: Selection

    def as_of(self) -> tuple[Told, ...]:
        """How new the data are and which snapshot they stand in: the end of every caption."""
        ends = [last for _first, _last, last in self.names.months.values()]
        told = (Message(N_("data up to {day}"), {"day": Day(max(ends))}),) if ends else ()
        return (*told, Message(N_("snapshot {id}"), {"id": self.warehouse.snapshot_id}))

    def content(
        self, title: Words, answer: Words, caption: tuple[Told, ...] = (), notes: tuple[Words, ...] = (), **parts: Any
    ) -> SlideContent:
        """The content of this view; the caption is completed by the footnotes and `as_of`."""
        return SlideContent(
            page=self.page,
            query=urlencode(self.query),
            page_title=Message(PAGE_NAMES[self.page]) if self.page in PAGE_NAMES else Named(self.page),
            title=title,
            answer=answer,
            caption=(*caption, *_left_out(parts.get("chart")), *_crosses(parts.get("chart")), *notes, *self.as_of()),
            notes=notes,
            snapshot=self.warehouse.snapshot_id,
            **parts,
        )


def _left_out(chart: Chart | None) -> tuple[Message, ...]:
    """How much of many categories a chart shows; the table has them all."""
    if chart is None or not chart.left_out:
        return ()
    shown = len(chart.series) if chart.kind == "heat" else len(chart.categories)
    values = {"shown": number(shown, 0), "every": number(shown + chart.left_out, 0)}
    return (Message(N_("{shown} of {every} drawn, all in the table"), values),)


def _crosses(chart: Chart | None) -> tuple[Message, ...]:
    """What the crosses of a map mean: each reason why a cell is hidden, once."""
    if chart is None or chart.kind != "heat":
        return ()
    cells = [(word, value) for series in chart.series for word, value in zip(series.words, series.values, strict=False)]
    reasons = dict.fromkeys(str(word) for word, value in cells if str(word) and value != value)
    firsts = [next(word for word, value in cells if str(word) == reason and value != value) for reason in reasons]
    return tuple(Message(N_("×: {reason}"), {"reason": first}) for first in firsts)


Builder = Callable[[View], SlideContent]


def slide_content(
    warehouse: Warehouse, scope: Scope, page: str, query: Mapping[str, str] | str = "", names: Names | None = None
) -> SlideContent:
    """What a captured view says on this snapshot.

    ``page``: key of the site map; ``query``: its address, as text or mapping (fields of Selection and the page's own
    parameters; ``chart`` chooses ranking, trend or map on explore). Never raises for what an address holds: a place
    that is gone makes a content with ``is_sound`` False whose answer says so.
    """
    given = dict(parse_qsl(query)) if isinstance(query, str) else {str(k): str(v) for k, v in query.items()}
    known = names if names is not None else names_in(warehouse, scope)
    asked_for, ignored = Selection.from_query(given)
    sound, dropped = known.known(asked_for)
    view = View(warehouse, scope, known, page, given, sound)
    lost = {name: value for name, value in {**ignored, **dropped}.items() if name in BINDING}
    if page not in PAGE_NAMES:
        return _missing(view, Message(N_("The page of this slide does not exist (any more).")))
    if lost:
        return _missing(view, _lost(lost))
    if not known.available:
        return _missing(view, Message(N_("There are no responses in this snapshot yet.")))
    return builder(page)(view) if page in BUILDERS else _only_words(view)


def builder(page: str) -> Builder:
    """The function that builds a page's content."""
    module, _colon, name = BUILDERS[page].partition(":")
    found: Builder = getattr(import_module(module), name)
    return found


def _lost(lost: Mapping[str, str]) -> Message:
    told = [
        Message(N_("{axis} “{name}”"), {"axis": METRIC if axis == "metric" else axis_name(axis), "name": value})
        for axis, value in lost.items()
    ]
    words = N_("This view cannot be shown: these data know no {things}. Choose another view or another snapshot.")
    return Message(words, {"things": Listing(tuple(told))})


METRIC = Message(N_("Metric"))


def _missing(view: View, why: Message) -> SlideContent:
    return view.content(Message(N_("Nothing to show")), why, is_sound=False)


def _only_words(view: View) -> SlideContent:
    """A page that no slide can hold: the word that it is shown live."""
    title = Message(PAGE_NAMES[view.page])
    return view.content(title, Message(N_("This page is shown live: open “{page}”."), {"page": title}))


__all__ = ["BUILDERS", "PAGE_NAMES", "Builder", "SlideContent", "View", "builder", "slide_content"]
