"""Priorities as a slide: the lowest of each layer beside each other, then where the points are lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from sq.analyses import telling
from sq.analyses.drivers import drivers
from sq.analyses.pareto import Pareto, pareto
from sq.analyses.priorities import answer
from sq.analyses.shortboards import LAYER_NAMES, Layer, shortboards
from sq.analyses.slide_content import HIGH, LOW, Heading, N, SlideContent, Table, Told, comparison_table, dots_chart
from sq.analyses.slides import View
from sq.analyses.telling import RULE_NAMES
from sq.analyses.wording import Period, Words, count
from sq.language import N_, Message
from sq.metrics.catalogue import Metric

LOWEST = 5  # rows of a layer on the slide; the table has them all
TITLE = Message(N_("The lowest on each layer"))
SCORE = Message(N_("Score"))
ONLY_WORSE = Message(N_("drawn is only what is reliably below the others of its layer"))
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
    worse = lowest[lowest["verdict"] == "worse"]
    shown = worse if len(worse) else lowest
    against = Message(N_("the others of the same layer"))
    drawn = dots_chart(shown, metric, TITLE, against)
    series = tuple(replace(one, name=SCORE) for one in drawn.series)
    return view.content(
        TITLE,
        told,
        chart=replace(drawn, series=series, left_out=len(every) - len(shown)),
        table=_table(every, metric),
        tables=() if lost.frame.empty else (_lost_table(lost),),
        points=(*(layer.sentence for layer in boards.layers), lost.answer),
        caption=(*_caption(view, boards.measured), *([ONLY_WORSE] if len(worse) else [])),
    )


def _caption(view: View, layers: Sequence[Layer]) -> tuple[Told, ...]:
    """Place and filters once where the layers share them, the period too; then what each layer stands on."""
    asked = [one.selection for one in layers]
    heads = [(telling.where(view.names, here), *telling.filters(view.names, here)) for here in asked]
    rules = {(RULE_NAMES[here.rule], here.membership) for here in asked}
    if any(head != heads[0] for head in heads) or len(rules) > 1 or asked[0].membership == "now":
        return tuple(layer.caption for layer in layers)
    periods = [Period(start, end) for start, end in (here.months for here in asked) if start and end]
    counts = [count(layer.metric.n_unit, float(layer.frame["n"].max())) for layer in layers]
    rule = Message(RULE_NAMES[asked[0].rule])
    if len(set(periods)) == 1:
        return (*heads[0], periods[0], *counts, rule)
    each = [
        Message(N_("{layer}: {period}, {count}"), {"layer": _name(layer), "period": period, "count": n})
        for layer, period, n in zip(layers, periods, counts, strict=True)
    ]
    return (*heads[0], *each, rule)


def _table(every: pd.DataFrame, metric: Metric) -> Table:
    """All rows of all layers; their values are of several metrics."""
    labels: dict[str, Words] = {"layer": Message(N_("Layer")), "label": Message(N_("Dimension or touchpoint"))}
    table = comparison_table(TITLE, every, metric, labels)
    return replace(table, headings=tuple(replace(h, title=SCORE) if h.name == "value" else h for h in table.headings))


def _name(layer: Layer) -> Message:
    return Message(LAYER_NAMES[layer.key])


def _named(layer: Layer) -> pd.DataFrame:
    """Its rows, lowest first, each with the name of the layer."""
    name = _name(layer)
    told = [Message(N_("{layer}: {name}"), {"layer": name, "name": label}) for label in layer.frame["label"]]
    into = [("explore", layer.selection.but(**{layer.axis: key}).query()) for key in layer.frame["subject"]]
    columns = {"layer": [name] * len(told), "label": told, "into": into}
    index = layer.frame.index
    return layer.frame.assign(**{key: pd.Series(cells, index, dtype=object) for key, cells in columns.items()})


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
