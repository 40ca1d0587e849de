"""The service journey as a slide: touchpoints in order, shoppers beside customers."""

from __future__ import annotations

from sq.analyses.journey import SOURCES, Journey, journey
from sq.analyses.slide_content import (
    NO_CHART,
    Card,
    Chart,
    Heading,
    Series,
    SlideContent,
    Table,
)
from sq.analyses.slides import View
from sq.analyses.verdicts import verdict_name
from sq.analyses.wording import quantity, signed_size
from sq.language import N_, Message
from sq.metrics.catalogue import METRICS

TITLE = Message(N_("The journey from the first contact to the last"))


def touchpoints_slide(view: View) -> SlideContent:
    """The answer, the stages as cards, and the touchpoints; complaints, of another unit, stand in the table."""
    result = journey(view.warehouse, view.scope, view.selection.but(department=""), view.names)
    if result.frame.empty or not result.sources:
        return view.content(TITLE, result.answer, caption=(result.caption,), notes=result.notes)
    return view.content(
        TITLE,
        result.answer,
        chart=_chart(result),
        table=_table(result),
        cards=_stages(result),
        caption=(result.caption,),
        notes=result.notes,
    )


def _chart(result: Journey) -> Chart:
    lead = METRICS[SOURCES[result.sources[0]]]
    drawn = [source for source in result.sources if METRICS[SOURCES[source]].unit == lead.unit]
    if not drawn:
        return NO_CHART
    return Chart(
        kind="dots",
        title=TITLE,
        categories=tuple(result.frame["label"]),
        series=tuple(_series(result, source) for source in drawn),
        metric=lead.id,
        unit=Message(lead.unit),
        against=result.against,
        decimals=lead.decimals,
    )


def _series(result: Journey, source: str) -> Series:
    def column(name: str) -> tuple[float, ...]:
        return tuple(map(float, result.frame[f"{source}{name}"]))

    return Series(
        name=result.source_labels[source],
        values=column(""),
        low=column("_low"),
        high=column("_high"),
        reference=column("_reference"),
        difference=column("_difference"),
        n=column("_n"),
        verdicts=tuple(map(str, result.frame[f"{source}_verdict"])),
        metric=SOURCES[source],
    )


def _stages(result: Journey) -> tuple[Card, ...]:
    lead = result.sources[0]
    metric = METRICS[SOURCES[lead]]
    cards = []
    for row in result.stages.to_dict("records"):
        verdict, difference = str(row[f"{lead}_verdict"]), float(row[f"{lead}_difference"])
        values = {"difference": signed_size(metric, difference), "verdict": verdict_name(verdict)}
        change: Message | str = Message(N_("{difference}, {verdict}"), values) if difference == difference else ""
        cards.append(Card(row["stage_label"], quantity(metric, float(row[lead])), change, verdict, metric.id))
    return tuple(cards)


def _table(result: Journey) -> Table:
    headings = [Heading("label", Message(N_("Touchpoint"))), Heading("stage_label", Message(N_("Stage")))]
    for source in result.sources:
        title, decimals = result.source_labels[source], METRICS[SOURCES[source]].decimals
        named = {"metric": title}
        headings += [
            Heading(source, title, "number", decimals),
            Heading(f"{source}_low", Message(N_("{metric}: low (95 %)"), named), "number", decimals),
            Heading(f"{source}_high", Message(N_("{metric}: high (95 %)"), named), "number", decimals),
            Heading(f"{source}_n", Message(N_("{metric}: n"), named), "count"),
            Heading(f"{source}_difference", Message(N_("{metric}: difference"), named), "signed", decimals),
        ]
    return Table(TITLE, result.frame, tuple(headings))
