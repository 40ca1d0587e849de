"""Priorities as a slide: the lowest of each layer beside each other, then where the points are lost."""

from __future__ import annotations

import pandas as pd

from sq.analyses.drivers import drivers
from sq.analyses.pareto import Pareto, pareto
from sq.analyses.priorities import answer
from sq.analyses.shortboards import LAYER_NAMES, Layer, shortboards
from sq.analyses.slide_content import HIGH, LOW, NO_CHART, Heading, N, SlideContent, Table, comparison_table, dots_chart
from sq.analyses.slides import View
from sq.language import N_, Message

LOWEST = 5  # rows of a layer on the slide; the table has them all
TITLE = Message(N_("The lowest on each layer"))
LOST = Message(N_("Which items lose most of the score"))


def priorities_slide(view: View) -> SlideContent:
    """The page's answer, the lowest of each layer with their verdicts, and the items that cost most."""
    asked = (view.warehouse, view.scope, view.selection, view.names)
    boards = shortboards(*asked)
    found = drivers(*asked, outcome=view.query.get("outcome", ""), kind=view.query.get("kind", ""))
    told = answer(boards, found)
    if not boards.measured:
        return view.content(TITLE, told)
    lost = pareto(*asked)
    metric = boards.measured[0].metric
    every = pd.concat([_named(layer) for layer in boards.measured], ignore_index=True)
    lowest = pd.concat([_named(layer).head(LOWEST) for layer in boards.measured], ignore_index=True)
    against = Message(N_("the others of the same layer"))
    return view.content(
        TITLE,
        told,
        chart=dots_chart(lowest, metric, TITLE, against) if len(lowest) else NO_CHART,
        table=comparison_table(
            TITLE, every, metric, {"layer": Message(N_("Layer")), "label": Message(N_("Dimension or touchpoint"))}
        ),
        tables=() if lost.frame.empty else (_lost_table(lost),),
        points=(*(layer.sentence for layer in boards.layers), lost.answer),
        caption=tuple(dict.fromkeys(layer.caption for layer in boards.measured)),
    )


def _named(layer: Layer) -> pd.DataFrame:
    """Its rows, lowest first, each with the name of the layer."""
    name = Message(LAYER_NAMES[layer.key])
    told = [Message(N_("{layer}: {name}"), {"layer": name, "name": label}) for label in layer.frame["label"]]
    index = layer.frame.index
    return layer.frame.assign(
        layer=pd.Series([name] * len(told), index, dtype=object), label=pd.Series(told, index, dtype=object)
    )


def _lost_table(lost: Pareto) -> Table:
    headings = (
        Heading("label", Message(N_("Item"))),
        Heading("touchpoint_label", Message(N_("Touchpoint"))),
        Heading("lost", Message(N_("Lost points")), "number", 2),
        Heading("low", LOW, "number", 2),
        Heading("high", HIGH, "number", 2),
        Heading("share", Message(N_("Share of all lost")), "share", 1),
        Heading("n", N, "count"),
    )
    return Table(LOST, lost.frame, headings)
