"""Visits as a slide: a list, one visit beside its store, or customers' words; each as the address asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.slide_content import MOST_CATEGORIES, Card, Chart, Heading, Series, SlideContent, Table, Told, Way, cut
from sq.analyses.slides import View
from sq.analyses.telling import subject_name
from sq.analyses.visits import (
    NO_VISIT,
    SORTS,
    STATES,
    Visit,
    VisitList,
    failed_item,
    item_points,
    page_asked,
    response_list,
    visit,
    visit_facts,
    visit_list,
    visit_marks,
    visits_asked,
)
from sq.analyses.wording import Day, Listing, Words, axis_name, count
from sq.language import N_, Message, Named, number, signed
from sq.metrics.catalogue import METRICS
from sq.selection import Selection

METRIC = METRICS["mystery_score"]
VISITS, WORDS = Message(N_("Score of each visit")), Message(N_("Customers’ words"))
ONE_VISIT = Message(N_("Touchpoints of this visit"))
SCORE, SCORE_HERE = Message(N_("Score")), Message(N_("Score here"))
AVERAGE, DIFFERENCE = Message(N_("The store’s average")), Message(N_("Difference"))
AGAINST = Message(N_("the store’s average"))
POINTS = Message(N_("Points (0–100)"))
FAILED = "{score} ✕"
VETO_FAILED = Message(N_("✕ failed a veto item"))
ON_SUBJECT, ON_DAY = "{title} · {subject}", "{day} · {store}"
DAY, STORE = Message(N_("Day")), axis_name("store")
REGION = axis_name("region")
MOST_WORDS = 200  # half-width characters of one customer's words on a slide; the table has them all


def visits_slide(view: View) -> SlideContent:
    """What the address asks for: ``kind=customer`` words of customers, ``visit`` one visit, else a list of visits."""
    if view.query.get("kind") == "customer":
        return _words(view)
    if asked_for := view.query.get("visit", ""):
        found = visit(view.warehouse, view.scope, view.selection, view.names, asked_for)
        return view.content(ONE_VISIT, NO_VISIT, is_sound=False) if found is None else _one(view, found)
    return _many(view)


def _many(view: View) -> SlideContent:
    """A bar per visit, as many as a slide holds; the table has the whole page of the list."""
    query = view.query
    wanted = visits_asked(query.get("show", ""), query.get("order", ""), query.get("shopper", ""))
    selection = view.names.completed(view.selection)
    page = page_asked(query.get("page", "1"))
    found = visit_list(view.warehouse, view.scope, selection, view.names, **wanted, page=page)
    if found.frame.empty:
        return view.content(VISITS, found.headline, caption=(found.caption,))
    rows = found.frame.to_dict("records")
    frame = found.frame.assign(
        name=pd.Series([_name(row) for row in rows], dtype=object),
        marks=pd.Series([Listing(visit_marks(row)) for row in rows], dtype=object),
    )
    score = "subject_score" if frame["subject_score"].notna().any() else "score"
    subject = subject_name(view.names, selection) if score != "score" else None
    title = VISITS if subject is None else Message(ON_SUBJECT, {"title": VISITS, "subject": subject})
    chart = _visits_chart(frame, title, score, query)
    failed = frame["is_failed"].head(MOST_CATEGORIES).any()
    return view.content(
        title,
        found.headline,
        chart=chart,
        table=Table(title, frame, _visit_headings(score != "score")),
        caption=(
            found.caption,
            *_asked_for(query),
            *_shown(found, len(chart.categories)),
            *([VETO_FAILED] if failed else []),
        ),
    )


def _asked_for(query: Mapping[str, str]) -> tuple[Message, ...]:
    """Which visits and in which order, in words."""
    show = query.get("show", "")
    narrowed = (Message(STATES[show]),) if show in STATES and show != next(iter(STATES)) else ()
    return (*narrowed, _order(query))


def _order(query: Mapping[str, str]) -> Message:
    return Message(SORTS.get(query.get("order", ""), next(iter(SORTS.values()))))


def _name(row: dict[Any, Any]) -> Message:
    return Message(ON_DAY, {"day": Day(row["visited_on"].date()), "store": row["label"]})


def _visits_chart(frame: pd.DataFrame, title: Words, score: str, query: Mapping[str, str]) -> Chart:
    shown = frame.head(MOST_CATEGORIES)
    series = Series(
        name=SCORE if score == "score" else SCORE_HERE,
        values=tuple(shown[score].astype(float)),
        words=_crossed(shown[score], shown["is_failed"]),
    )
    into = tuple(("visits", {**query, "visit": str(number)}) for number in shown["visit_id"])
    return _bars(title, shown["name"], series, into)


def _bars(title: Words, names: pd.Series, series: Series, into: tuple[Way, ...], against: Told = "") -> Chart:
    return Chart("bars", title, tuple(names), (series,), METRIC.id, POINTS, against, METRIC.decimals, into=into)


def _crossed(scores: pd.Series, failed: pd.Series) -> tuple[Told, ...]:
    """Words in place of the numbers of what failed."""
    pairs = zip(scores, failed, strict=True)
    return tuple(Message(FAILED, {"score": number(s, METRIC.decimals)}) if is_failed else "" for s, is_failed in pairs)


def _shown(found: VisitList, drawn: int) -> tuple[Message, ...]:
    """How much of a long list is drawn and how much stands in the table."""
    listed, every = len(found.frame), found.total
    if drawn == every:
        return ()
    values = {"drawn": number(drawn, 0), "listed": number(listed, 0), "every": number(every, 0)}
    return (Message(N_("{drawn} of {every} visits drawn, {listed} in the table"), values),)


def _visit_headings(has_subject: bool) -> tuple[Heading, ...]:
    subject = (Heading("subject_score", SCORE_HERE, "number", METRIC.decimals),) if has_subject else ()
    return (
        Heading("visited_on", DAY, "day"),
        Heading("label", STORE),
        Heading("region", REGION),
        Heading("score", SCORE, "number", METRIC.decimals),
        *subject,
        Heading("marks", Message(N_("Marks"))),
        Heading("stream", axis_name("stream")),
        Heading("wave_label", axis_name("wave")),
        Heading("shopper_id", Message(N_("Shopper"))),
        Heading("n_na", Message(N_("Not applicable")), "count"),
        Heading("visit_id", Message(N_("Visit number"))),
    )


def _one(view: View, found: Visit) -> SlideContent:
    """A bar per touchpoint with a stroke at the store's average; what failed and the shopper's words beside it."""
    scored = found.touchpoints[found.touchpoints["score"].notna()]
    failed = found.items[found.items["is_failed"]].to_dict("records")
    series = Series(
        name=Message(N_("This visit")),
        values=tuple(scored["score"].astype(float)),
        reference=tuple(scored["store_score"].astype(float)),
        words=_crossed(scored["score"], scored["failed"]),
    )
    here = Selection(METRIC.id, view.selection.start, view.selection.end, store=found.store)
    into = tuple(("explore", here.but(touchpoint=key).query()) for key in scored["touchpoint"])
    return view.content(
        ONE_VISIT,
        found.headline,
        chart=_bars(ONE_VISIT, scored["label"], series, into, AGAINST),
        table=Table(ONE_VISIT, scored, _touchpoint_headings()),
        tables=(_items(found),),
        cards=_cards(found),
        points=(*map(failed_item, failed), *([Named(found.comment)] if found.comment else [])),
        caption=(*visit_facts(found), *([VETO_FAILED] if scored["failed"].any() else [])),
    )


def _cards(found: Visit) -> tuple[Card, ...]:
    difference = found.score - found.store_score
    values = {"difference": signed(difference, METRIC.decimals), "against": AGAINST}
    change = Message(N_("{difference} against {against}"), values) if np.isfinite(difference) else ""
    return (
        Card(Message(N_("Score of this visit")), number(found.score, METRIC.decimals), change),
        Card(AVERAGE, number(found.store_score, METRIC.decimals), count("visits", found.store_visits)),
        Card(Message(N_("Items asked")), number(found.n_items, 0)),
        Card(Message(N_("Not applicable")), number(found.n_na, 0)),
    )


def _touchpoint_headings() -> tuple[Heading, ...]:
    return (
        Heading("label", axis_name("touchpoint")),
        Heading("score", SCORE, "number", METRIC.decimals),
        Heading("store_score", AVERAGE, "number", METRIC.decimals),
        Heading("difference", DIFFERENCE, "signed", METRIC.decimals),
        Heading("applicable", Message(N_("Items that applied")), "count"),
        Heading("failed", Message(N_("Failed veto items")), "count"),
    )


def _items(found: Visit) -> Table:
    rows = found.items.to_dict("records")
    frame = found.items.assign(points=pd.Series([item_points(row) for row in rows], found.items.index, dtype=object))
    headings = (
        Heading("touchpoint_label", axis_name("touchpoint")),
        Heading("label", axis_name("item")),
        Heading("points", Message(N_("Points"))),
        Heading("share", Message(N_("Score (0–100)")), "number", 0),
        Heading("store_share", AVERAGE, "number"),
        Heading("difference", DIFFERENCE, "signed"),
        Heading("note", Message(N_("Shopper’s note"))),
    )
    return Table(Message(N_("Every item")), frame, headings)


def _words(view: View) -> SlideContent:
    """What customers said: the first of the list in words, the page of the list in the table."""
    query = view.query
    found = response_list(
        view.warehouse,
        view.scope,
        view.names.completed(view.selection),
        view.names,
        commented_only=query.get("words") != "all",
        sort=query.get("order", ""),
        page=page_asked(query.get("page", "1")),
    )
    rows = found.frame.to_dict("records")
    return view.content(
        WORDS,
        found.headline,
        table=Table(WORDS, found.frame, _word_headings()),
        points=tuple(_said(row) for row in rows if row["comment"]),
        caption=(found.caption, _order(query)),
    )


def _said(row: dict[Any, Any]) -> Message:
    words = cut(" ".join(str(row["comment"]).split()), MOST_WORDS)
    values = {"words": words, "store": row["label"], "day": Day(row["answered_on"].date())}
    return Message(N_("“{words}” – {store}, {day}"), values)


def _word_headings() -> tuple[Heading, ...]:
    return (
        Heading("answered_on", DAY, "day"),
        Heading("label", STORE),
        Heading("region", REGION),
        Heading("channel", axis_name("channel")),
        Heading("segment", axis_name("segment")),
        Heading("index_score", METRICS["customer_index"].title, "number"),
        Heading("overall", METRICS["overall_satisfaction"].title, "number"),
        Heading("recommend", Message(N_("Would recommend (0–10)")), "count"),
        Heading("comment", Message(N_("Comment"))),
    )
