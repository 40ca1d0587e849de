"""The drill as a slide: the parts of a selection, its course, or its map."""

from __future__ import annotations

import pandas as pd

from sq.analyses.drill import Drill, drill
from sq.analyses.slide_content import (
    NO_CHART,
    Chart,
    Heading,
    Lower,
    SlideContent,
    Table,
    comparison_table,
    dots_chart,
    heat_chart,
    instead,
    line_chart,
    measured_headings,
)
from sq.analyses.slides import View
from sq.analyses.wording import AXIS_NAMES, axis_name
from sq.language import N_, Message, number
from sq.metrics.catalogue import METRICS, Metric

BY_AXIS = N_("{metric} by {axis}")
OVER_TIME = N_("{metric} over time")
BY_BOTH = N_("{first} by {second}")
CHARTS = ("ranking", "trend", "map")


def explore_slide(view: View) -> SlideContent:
    """The answer with the chart that ``chart`` names, else the first there is of ranking, course and map."""
    shown = drill(view.warehouse, view.scope, view.selection, view.names)
    made = {name: chart for name, chart in charts_of(shown).items() if chart[0].is_drawn}
    wanted = view.query.get("chart", "")
    chosen = wanted if wanted in made else next(iter(made), "")
    chart, table = made.get(chosen, (NO_CHART, _numbers(shown)))
    others = tuple(other for name, (_chart, other) in made.items() if name != chosen and not other.is_empty)
    return view.content(
        chart.title if chosen else shown.title,
        shown.headline,
        chart=chart,
        table=table,
        tables=others,
        caption=(shown.caption,),
        notes=(*shown.notes, *_other_rules(shown)),
        noted_for=shown.selection if chart.kind == "line" else None,
        charts=tuple((name, drawn.title) for name, (drawn, _table) in made.items()),
    )


def charts_of(shown: Drill) -> dict[str, tuple[Chart, Table]]:
    """The page's charts with the numbers behind them, by name."""
    metric, found = METRICS[shown.metric], {}
    compared = shown.compare_kind != "none"
    if shown.split and not shown.ranking.empty:
        title = Message(BY_AXIS, {"metric": shown.title, "axis": Lower(axis_name(shown.split))})
        table = comparison_table(title, shown.ranking, metric, {"label": axis_name(shown.split)}, compared)
        found["ranking"] = (dots_chart(shown.ranking, metric, title, shown.against, compared), table)
    if len(shown.trend) > 1:
        title = Message(OVER_TIME, {"metric": shown.title})
        found["trend"] = (
            line_chart(shown.trend, metric, title, shown.breaks),
            course_table(shown.trend, metric, shown.grain, title),
        )
    if not shown.map.empty:
        place, subject = (axis_name(axis) for axis in shown.map_axes)
        title = Message(BY_BOTH, {"first": subject, "second": Lower(place)})
        table = comparison_table(title, shown.map, metric, {"place_label": place, "subject_label": subject}, compared)
        found["map"] = (heat_chart(shown.map, metric, title, shown.map_against), table)
    return found


def course_table(trend: pd.DataFrame, metric: Metric, grain: str, title: Message) -> Table:
    """The numbers of a course."""
    words = pd.Series([instead(row) for row in trend.to_dict("records")], index=trend.index, dtype=object)
    axis = Message(AXIS_NAMES[grain]) if grain in AXIS_NAMES else Message(N_("Period"))
    return Table(title, trend.assign(value_words=words), (Heading("label", axis), *measured_headings(metric)))


def _numbers(shown: Drill) -> Table:
    """The headline alone, where nothing divides it."""
    row = {name: [getattr(shown, name)] for name in ("value", "low", "high", "n")}
    words = pd.Series([shown.hidden_label or ""], dtype=object)
    frame = pd.DataFrame({"label": pd.Series([shown.path[-1].label], dtype=object), **row, "value_words": words})
    return Table(
        shown.title, frame, (Heading("label", Message(N_("Place"))), *measured_headings(METRICS[shown.metric]))
    )


def _other_rules(shown: Drill) -> tuple[Message, ...]:
    decimals = METRICS[shown.metric].decimals
    return tuple(
        Message(N_("{rule}: {value}"), {"rule": other.label, "value": number(other.value, decimals)})
        for other in shown.alternatives
    )
