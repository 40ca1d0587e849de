"""One store as a slide: its scores, its touchpoints against the other stores, what to do first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sq.analyses.slide_content import (
    HIGH,
    LOW,
    NO_CHART,
    Card,
    Heading,
    Lower,
    N,
    SlideContent,
    Table,
    comparison_table,
    dots_chart,
    line_chart,
)
from sq.analyses.slides import View
from sq.analyses.store_card import Score, StoreCard, store_card
from sq.analyses.store_list import store_list
from sq.analyses.verdicts import verdict_name
from sq.analyses.wording import axis_name, quantity, signed_size
from sq.language import N_, NO_VALUE, Message
from sq.metrics.catalogue import METRICS

BY_AXIS = N_("{metric} by {axis}")
OVER_TIME = N_("{metric} over time")
SCORES = Message(N_("Scores"))
ALL_TOUCHPOINTS = 24


def store_slide(view: View) -> SlideContent:
    """The card of the address's store; without one the list of stores speaks."""
    if not view.selection.store:
        stores = store_list(view.warehouse, view.scope, view.names.completed(view.selection), view.names)
        return view.content(Message(N_("One store")), stores.answer, caption=(stores.caption,))
    selection = view.names.completed(view.selection.but(department=""))
    return card_slide(view, store_card(view.warehouse, view.scope, selection, view.names))


def card_slide(view: View, card: StoreCard) -> SlideContent:
    """The content of a card that is known already."""
    metric = METRICS["mystery_score"]
    title = Message(BY_AXIS, {"metric": metric.title, "axis": Lower(axis_name("touchpoint"))})
    table = comparison_table(title, card.touchpoints, metric, {"label": axis_name("touchpoint")})
    measured = not card.touchpoints.empty and bool(card.touchpoints["value"].notna().any())
    chart = dots_chart(card.touchpoints, metric, title, Message(N_("the other stores")), most=ALL_TOUCHPOINTS)
    if not measured and len(card.trend) > 1:
        chart = line_chart(card.trend, card.lead, Message(OVER_TIME, {"metric": card.lead.title}), card.breaks)
    is_drawn = measured or len(card.trend) > 1
    return view.content(
        chart.title if is_drawn else SCORES,
        card.answer,
        chart=chart if is_drawn else NO_CHART,
        table=table if measured else scores_table(card),
        tables=(scores_table(card),) if measured else (),
        cards=tuple(card_of(score) for score in card.scores),
        points=tuple(step.sentence for step in card.steps.steps) or (card.steps.told,),
        caption=(card.caption,),
        notes=card.notes,
        noted_for=card.selection,
    )


def card_of(score: Score) -> Card:
    """One score against the other stores as a card."""
    difference = score.rest.difference
    change: Message | str = ""
    if np.isfinite(difference):
        size = signed_size(score.metric, difference)
        values = {"difference": size, "against": score.rest.words, "verdict": verdict_name(score.rest.verdict)}
        change = Message(N_("{difference} against {against}: {verdict}"), values)
    return Card(score.metric.title, value_of(score), change, score.rest.verdict, score.metric.id)


def value_of(score: Score) -> Message | str:
    """The number in words, or why there is none."""
    if score.hidden is not None:
        return score.hidden
    return quantity(score.metric, score.value, score.limit) if score.is_measured else NO_VALUE


def scores_table(card: StoreCard) -> Table:
    """Every score of the card with its three comparisons."""
    found = card.scores
    frame = pd.DataFrame(
        {
            "metric": pd.Series([s.metric.title for s in found], dtype=object),
            "value": [s.value for s in found],
            "value_words": pd.Series([value_of(s) if s.hidden or s.limit else "" for s in found], dtype=object),
            "low": [s.low for s in found],
            "high": [s.high for s in found],
            "n": [s.n for s in found],
        }
    )
    headings = [
        Heading("metric", Message(N_("Metric"))),
        Heading("value", Message(N_("Value")), "number", words="value_words"),
        Heading("low", LOW, "number"),
        Heading("high", HIGH, "number"),
        Heading("n", N, "count"),
    ]
    for name, (against, change, verdict) in _COMPARISONS.items():
        sides = [getattr(score, name) for score in found]
        frame[name] = [side.reference for side in sides]
        frame[f"{name}_difference"] = [side.difference for side in sides]
        frame[f"{name}_verdict"] = pd.Series([verdict_name(side.verdict) for side in sides], dtype=object)
        headings += [
            Heading(name, Message(against), "number"),
            Heading(f"{name}_difference", Message(change), "signed"),
            Heading(f"{name}_verdict", Message(verdict)),
        ]
    return Table(SCORES, frame, tuple(headings))


_COMPARISONS: dict[str, tuple[str, str, str]] = {
    "rest": (N_("Other stores"), N_("Difference"), N_("Verdict")),
    "previous": (N_("Period before"), N_("Change"), N_("Verdict on the change")),
    "target": (N_("Target"), N_("From the target"), N_("Verdict on the target")),
}
