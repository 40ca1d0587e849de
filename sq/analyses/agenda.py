"""The agenda that builds itself: what a meeting should see of a place and period, from what differs reliably now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.drill import place_levels
from sq.analyses.happened import PROGRAMME_NOTE
from sq.analyses.names import Names
from sq.analyses.slide_content import SlideContent, Told
from sq.analyses.slides import BUILDERS, slide_content
from sq.analyses.statements import is_foreign, statements, title_of
from sq.analyses.wording import Day, Period, Words
from sq.errors import SqError
from sq.language import N_, Message
from sq.selection import SUBJECT_PATH, Selection
from sq.warehouse import Scope, Warehouse
from sq.workspace import Slide

STAND = N_("Where we stand")
MOVED = N_("What reliably changed")
WHERE = N_("Where it differs")
TOUCHPOINTS = N_("At which touchpoints")
PRIORITIES = N_("What to do first")
STORES = N_("Stores that need help, stores to learn from")
CUSTOMERS = N_("What customers say")
EMPLOYEES = N_("What employees say")
DONE = N_("What is being done, and what happened")
TITLES = (STAND, MOVED, WHERE, TOUCHPOINTS, PRIORITIES, STORES, CUSTOMERS, EMPLOYEES, DONE)
LEADS = ("mystery_score", "customer_index", "employee_index", "management_score", "published_mean")
ANSWER, DIFFERING = 0, 1  # places in `sq.analyses.statements.statements`
MOST_DONE = 8
RELIABLE = ("better", "worse")
WORDS_ENOUGH = ("priorities", "actions")  # pages whose sentences alone are worth a slide


@dataclass(frozen=True)
class Draft:
    """One slide of the default agenda; ``page`` is empty for a slide of words."""

    kind: str
    title: Told
    sentence: Told
    page: str = ""
    query: tuple[tuple[str, str], ...] = ()

    def slide(self) -> Slide:
        """The slide as it is stored, in the current language."""
        return Slide.of(
            kind=self.kind, page=self.page, query=dict(self.query), title=str(self.title), sentence=str(self.sentence)
        )


@dataclass(frozen=True)
class Wish:
    """A view that a meeting should see: where its statement stands, and what must be so that it is worth a slide."""

    title: str
    page: str
    query: dict[str, str]
    says: int = ANSWER
    fewest: int = 1
    must_differ: bool = False


def default_agenda(
    warehouse: Warehouse,
    scope: Scope,
    selection: Selection,
    pages: Collection[str],
    happened: pd.DataFrame,
    names: Names,
) -> tuple[Draft, ...]:
    """The slides of a place and period, in the order of a meeting; only those that have data.

    ``pages``: keys of the site map that are built. ``happened``: rows of `sq.analyses.noted.together`.
    """
    lead = next((name for name in LEADS if name in names.available), next(iter(names.available), ""))
    if not lead:
        return ()
    whole = names.completed(selection.but(metric=lead))  # the same months on every slide
    asked_for = selection.but(**dict.fromkeys(SUBJECT_PATH, ""), split="", compare="rest", metric="")
    asked_for = asked_for.but(start=whole.start, end=whole.end)
    found = [_opening(names, asked_for)]
    for wish in _wishes(asked_for, lead, names):
        if wish.page in pages and wish.page in BUILDERS:
            content = slide_content(warehouse, scope, wish.page, wish.query, names)
            if is_telling(content, wish):
                found.append(_drafted(wish, content))
    return (*_each_once(found), *_being_done(happened))


def _wishes(selection: Selection, lead: str, names: Names) -> Iterator[Wish]:
    """What a meeting should see, in order; where two have one title, the first that has data is taken."""
    here = selection.query()
    level = next(iter(place_levels(names.completed(selection.but(metric=lead)), names)), "")
    yield Wish(STAND, "store", here) if selection.store else Wish(STAND, "overview", here | {"metric": lead})
    moved = here | {"metric": lead, "compare": "previous"}
    yield Wish(MOVED, "explore", moved | {"split": "touchpoint"}, DIFFERING, 2)
    yield Wish(MOVED, "explore", moved | {"split": "dimension"}, DIFFERING, 2)
    if level and level != "store":
        yield Wish(WHERE, "compare", here | {"metric": lead, "level": level}, fewest=2)
    yield Wish(TOUCHPOINTS, "touchpoints", here, fewest=2)
    yield Wish(PRIORITIES, "priorities", here, must_differ=True)
    if level:
        yield Wish(STORES, "compare", here | {"metric": lead, "level": "store"}, fewest=3, must_differ=True)
    yield from _groups(here, lead)


def _groups(here: dict[str, str], lead: str) -> Iterator[Wish]:
    """Customers and employees: their own page, else their index by dimension."""
    yield Wish(CUSTOMERS, "customers", here)
    if lead != "customer_index":
        yield Wish(CUSTOMERS, "explore", here | {"metric": "customer_index", "split": "dimension"})
    yield Wish(EMPLOYEES, "employees", here)
    if lead != "employee_index":
        yield Wish(EMPLOYEES, "explore", here | {"metric": "employee_index", "split": "dimension"})
    yield Wish(DONE, "actions", here)


def is_telling(content: SlideContent, wish: Wish) -> bool:
    """Whether a view has what its slide is about: enough rows with numbers, and differences where asked for."""
    chart = content.chart
    wanted = dict(wish.query).get("metric", "")
    if content.is_sound and not chart.is_drawn:
        return wish.page in WORDS_ENOUGH and bool(content.points)
    if not content.is_sound or (wanted and chart.metric != wanted):
        return False
    if wish.says >= len(statements(content)):
        return False
    known = sum(bool(np.isfinite(value)) for value in chart.series[0].values)
    differs = any(verdict in RELIABLE for verdict in chart.series[0].verdicts)
    return known >= wish.fewest and (differs or not wish.must_differ)


def _drafted(wish: Wish, content: SlideContent) -> Draft:
    return Draft("view", Message(wish.title), statements(content)[wish.says], wish.page, tuple(wish.query.items()))


def _each_once(drafts: list[Draft]) -> list[Draft]:
    """The first of each title."""
    found: dict[str, Draft] = {}
    for draft in drafts:
        found.setdefault(str(draft.title), draft)
    return list(found.values())


def _opening(names: Names, selection: Selection) -> Draft:
    """The first slide: which place and which months; its address keeps them, so that it can be told in any language."""
    shown = names.completed(selection)
    query = shown.but(metric="", compare=Selection().compare).query()
    return Draft("section", opening_title(names, shown), "", "", tuple(query.items()))


def opening_title(names: Names, selection: Selection) -> Words:
    """Place and months."""
    start, end = selection.months
    where = telling.place_name(names, selection)
    if start is None or end is None:
        return where
    return Message(N_("{where} · {period}"), {"where": where, "period": Period(start, end)})


def title_told(slide: Slide, content: SlideContent | None, names: Callable[[], Names]) -> str:
    """A slide's title; what sq itself put there is told in the reader's language. ``names`` may raise SqError."""
    known: list[Told] = [Message(title) for title in TITLES]
    if content is not None:
        known += [content.page_title, content.title]
    if slide.kind == "section" and slide.query and is_foreign(slide.title):
        with suppress(SqError):  # the snapshot is gone: the title stays as it was stored
            known.append(opening_title(names(), Selection.from_query(slide.parameters)[0]))
    return title_of(slide, known)


def _being_done(happened: pd.DataFrame) -> tuple[Draft, ...]:
    """Trainings and what readers wrote down, then notes that came with the data, each the newest first, as words."""
    every: list[dict[Any, Any]] = happened.to_dict("records")
    rows = sorted(every, key=lambda row: not row.get("id") and row["kind"] == PROGRAMME_NOTE)[:MOST_DONE]
    if not rows:
        return ()
    lines = "\n".join(f"• {Day(r['happened_on'])} · {r['kind']} · {r['where']}: {r['what']}" for r in rows)
    return (Draft("text", Message(DONE), lines[:2000]),)


__all__ = ["TITLES", "Draft", "Wish", "default_agenda", "is_telling", "opening_title", "title_told"]
