"""The overview as a slide: headline numbers, who stands out, what moved."""

from __future__ import annotations

import pandas as pd

from sq.analyses.comparison import earlier
from sq.analyses.drill import FINISHED, applicable, trend_of
from sq.analyses.overview import Headline, Overview, overview
from sq.analyses.slide_content import (
    HIGH,
    LIMIT_SIGNS,
    LOW,
    NO_CHART,
    NO_TABLE,
    Card,
    Chart,
    Heading,
    Lower,
    N,
    SlideContent,
    Table,
    comparison_table,
    dots_chart,
    line_chart,
)
from sq.analyses.slide_explore import OVER_TIME, course_table
from sq.analyses.slides import View
from sq.analyses.standouts import standouts
from sq.analyses.verdicts import verdict_name
from sq.analyses.wording import axis_name, quantity, signed_size
from sq.language import N_, NO_VALUE, Message, number
from sq.metrics.catalogue import METRICS
from sq.selection import Selection, month_text

STANDS_OUT = Message(N_("Who stands out"))
BY_AXIS = N_("{metric} by {axis}")
NUMBERS = Message(N_("Headline numbers"))
MOST_POINTS = 4


def overview_slide(view: View) -> SlideContent:
    """The page's answer, its cards, the course up to now or the ranking of the next level's places, and what moved.

    ``chart=ranking`` of the address chooses the ranking; without it the course, where there is more than one point.
    """
    result = overview(view.warehouse, view.scope, view.selection, view.names)
    table = headline_table(result)
    course = _course_selection(view, result.selection)
    made = {"trend": _course(view, course), "ranking": _ranking(result)}
    made = {name: pair for name, pair in made.items() if pair[0].is_drawn}
    wanted = view.query.get("chart", "")
    chosen = wanted if wanted in made else next(iter(made), "")
    chart, parts = made.get(chosen, (NO_CHART, table))
    others = tuple(pair[1] for name, pair in made.items() if name != chosen)
    return view.content(
        chart.title if chosen else NUMBERS,
        result.answer,
        chart=chart,
        table=parts,
        tables=(table, *others) if chosen else (),
        cards=tuple(card_of(headline) for headline in result.headlines),
        points=_points(view, result),
        caption=(result.caption,),
        notes=result.notes,
        noted_for=course if chart.kind == "line" else None,
        charts=tuple((name, pair[0].title) for name, pair in made.items()),
    )


def _course_selection(view: View, selection: Selection) -> Selection:
    """The place from the beginning of the period that the answer compares with, to the end of the one it tells."""
    here = applicable(METRICS[selection.metric], selection, view.names)[0]
    here = here.but(**view.names.implied_subject(METRICS[selection.metric]))
    if METRICS[selection.metric].table in FINISHED or not here.start:
        return here
    return here.but(start=month_text(earlier(here, "last_year" if here.compare == "last_year" else "previous")[0]))


def _course(view: View, selection: Selection) -> tuple[Chart, Table]:
    """The lead metric up to now."""
    metric = METRICS[selection.metric]
    trend, grain, breaks = trend_of(view.warehouse, view.scope, selection, view.names)
    if len(trend) < 2:
        return NO_CHART, NO_TABLE
    title = Message(OVER_TIME, {"metric": metric.title})
    return line_chart(trend, metric, title, breaks), course_table(trend, metric, grain, title)


def _ranking(result: Overview) -> tuple[Chart, Table]:
    """The places of the next level."""
    if result.regions.empty:
        return NO_CHART, NO_TABLE
    metric, axis = METRICS[result.selection.metric], axis_name(result.regions_axis)
    title = Message(BY_AXIS, {"metric": metric.title, "axis": Lower(axis)})
    chart = dots_chart(result.regions, metric, title, Message(N_("the others")))
    return chart, comparison_table(title, result.regions, metric, {"label": axis})


def _points(view: View, result: Overview) -> tuple[Message, ...]:
    found = standouts(view.warehouse, view.scope, view.selection, view.names)
    told = [result.regions_answer] if not result.regions.empty else []
    moved = [one.sentence for one in result.moved[:MOST_POINTS]] or [result.moved_answer]
    return (*told, *moved, *(one.sentence for one in found.found[:MOST_POINTS]))


def card_of(headline: Headline) -> Card:
    """One headline as a card."""
    return Card(headline.title, headline_value(headline), change_of(headline), headline.verdict, headline.metric)


def headline_value(headline: Headline) -> Message | str:
    """The number in words: a dash where it is hidden, the sign of a limit where no more may be told."""
    if headline.hidden_reason:
        return headline.hidden_label or NO_VALUE
    limit = LIMIT_SIGNS.get(headline.limit, "")
    if limit:
        return f"{limit}{number(headline.value, 0)}"
    return quantity(METRICS[headline.metric], headline.value)


def change_of(headline: Headline) -> Message | str:
    """The change with its verdict, '' where nothing earlier is known."""
    if headline.hidden_reason or headline.difference != headline.difference:
        return ""
    size = signed_size(METRICS[headline.metric], headline.difference)
    return Message(N_("{difference}, {verdict}"), {"difference": size, "verdict": verdict_name(headline.verdict)})


def headline_table(result: Overview) -> Table:
    """Every metric of the page in one table."""
    rows = result.headlines
    frame = pd.DataFrame(
        {
            "metric": pd.Series([h.title for h in rows], dtype=object),
            "value": [h.value for h in rows],
            "value_words": pd.Series([_instead(h) for h in rows], dtype=object),
            "unit": pd.Series([h.unit for h in rows], dtype=object),
            "low": [h.low for h in rows],
            "high": [h.high for h in rows],
            "n": [float("nan") if h.hidden_reason else h.n for h in rows],
            "counted": pd.Series([h.n_unit for h in rows], dtype=object),
            "reference": [h.reference for h in rows],
            "difference": [h.difference for h in rows],
            "verdict": pd.Series([verdict_name(h.verdict) for h in rows], dtype=object),
        }
    )
    headings = (
        Heading("metric", Message(N_("Metric"))),
        Heading("value", Message(N_("Value")), "number", words="value_words"),
        Heading("unit", Message(N_("Unit"))),
        Heading("low", LOW, "number"),
        Heading("high", HIGH, "number"),
        Heading("n", N, "count"),
        Heading("counted", Message(N_("Counted"))),
        Heading("reference", Message(N_("Before")), "number"),
        Heading("difference", Message(N_("Change")), "signed"),
        Heading("verdict", Message(N_("Verdict"))),
    )
    return Table(NUMBERS, frame, headings)


def _instead(headline: Headline) -> Message | str:
    return headline_value(headline) if headline.hidden_reason or headline.limit else ""
