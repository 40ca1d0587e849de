"""The parts of the touchpoints page: the stages, the numbers behind the journey, the way into a touchpoint."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from sq.analyses.comparison import verdict_name
from sq.analyses.disagreement import SIGNALS
from sq.analyses.journey import Journey
from sq.figures.hidden import hidden_share, instead_of_number
from sq.figures.inside import METRICS_INSIDE, inside, inside_key
from sq.figures.journey import SOURCE_METRICS
from sq.language import _, number, signed
from sq.metrics.catalogue import metric_named
from sq.selection import Selection
from sq.ui.blocks import Column, caption, color_legend, nothing_here, numbers
from sq.ui.drill import drill_chart
from sq.ui.frame import is_narrow
from sq.ui.links import link_to, open_explore, plain
from sq.ui.overview_blocks import COLORS, arrow, told_verdict

if TYPE_CHECKING:
    from sq.ui.frame import Reader


def nothing_brought() -> None:
    """Say what a journey is made of and how to bring it."""
    nothing_here(
        _(
            "The journey takes visits, answers of customers or complaints by touchpoint: none has been loaded yet. "
            "Load them on the data page."
        )
    )
    link_to("data", _("Go to the data page"), {})


def stage_cards(journey: Journey) -> None:
    """One card per stage: its score by shoppers, and what customers say of it."""
    with st.grid(3, min_column_width=220):
        for row in journey.stages.to_dict("records"):
            with st.container(border=True, height="stretch", gap="small"):
                _stage(journey, row)


def _stage(journey: Journey, row: dict[Any, Any]) -> None:
    lead = journey.sources[0]
    metric = metric_named(SOURCE_METRICS[lead])
    difference, verdict = row[f"{lead}_difference"], str(row[f"{lead}_verdict"])
    has_change = pd.notna(difference)
    st.metric(
        f"{row['stage_label']} · {journey.source_labels[lead]}",
        number(row[lead], metric.decimals),
        signed(difference, metric.decimals) if has_change else None,
        delta_color=COLORS.get(verdict, "off"),
        delta_arrow=arrow(difference, metric.decimals),
        delta_description=told_verdict(verdict) if has_change else None,
    )
    others = [source for source in journey.sources[1:] if pd.notna(row[source])]
    caption(*(_other(journey, source, row) for source in others))
    selection = journey.selection.but(metric=metric.id, stage=str(row["stage"]), touchpoint="", item="")
    link_to("explore", _("Explore"), selection.query())


def _other(journey: Journey, source: str, row: dict[Any, Any]) -> str:
    decimals = metric_named(SOURCE_METRICS[source]).decimals
    return _("{label}: {value}", label=journey.source_labels[source], value=number(row[source], decimals))


def open_touchpoint(journey: Journey, picked: str) -> None:
    """Go into the touchpoint of a clicked mark (``source:touchpoint``)."""
    source, _colon, touchpoint = picked.partition(":")
    open_explore(into_touchpoint(journey, source, touchpoint))


def into_touchpoint(journey: Journey, source: str, touchpoint: str) -> Selection:
    """The selection behind a mark of the journey."""
    metric = SOURCE_METRICS.get(source, journey.selection.metric)
    return journey.selection.but(metric=metric, stage="", dimension="", touchpoint=touchpoint, item="", split="")


def journey_numbers(journey: Journey) -> None:
    """The values behind the chart, one row per touchpoint."""
    signals = signals_of(journey)
    frame = journey.frame.assign(
        label=[str(label) for label in journey.frame["label"]],
        stage_name=[str(label) for label in journey.frame["stage_label"]],
    )
    frame["signal_words"] = [_(SIGNALS[name]) if (name := signals.get(key, "")) else "" for key in frame["touchpoint"]]
    columns = [Column("label", _("Touchpoint")), Column("stage_name", _("Stage"))]
    for source in journey.sources:
        title, decimals = str(journey.source_labels[source]), metric_named(SOURCE_METRICS[source]).decimals
        columns += [
            Column(source, title, "number", decimals),
            Column(f"{source}_low", _("{metric}: low (95 %)", metric=title), "number", decimals),
            Column(f"{source}_high", _("{metric}: high (95 %)", metric=title), "number", decimals),
            Column(f"{source}_n", _("{metric}: n", metric=title), "count"),
            Column(f"{source}_difference", _("{metric}: difference", metric=title), "signed", decimals),
        ]
    if signals:
        columns.append(Column("signal_words", _("Disagreement")))
    numbers(frame, columns, "touchpoints", "touchpoints_numbers")


def signals_of(journey: Journey) -> dict[str, str]:
    """Touchpoint → how shoppers and customers disagree on it."""
    found = journey.disagreement
    return dict(zip(found.frame["touchpoint"], found.frame["signal"], strict=True)) if found else {}


def disagreement_block(reader: Reader, journey: Journey) -> None:
    """Where the standard is met and customers are unhappy, or the reverse: each leads into explore."""
    found = journey.disagreement
    if found is None:
        return
    st.subheader(_("Where shoppers and customers disagree"), anchor=False)
    st.markdown(plain(str(found.answer)))
    for row in found.frame.to_dict("records"):
        with st.container(border=True, gap="small", key=f"sq_signal_{row['touchpoint']}"):
            st.markdown(f"**{plain(str(row['label']))}** · {plain(_(SIGNALS[row['signal']]))}")
            caption(row["sentence"])
            with st.container(horizontal=True):
                for source in journey.sources:
                    into = into_touchpoint(journey, source, str(row["touchpoint"]))
                    link_to("explore", str(journey.source_labels[source]), into.query())
    level = number(found.standard, 0)
    rule = _("standard: the target, {level} points", level=level)
    caption(
        rule
        if found.is_target
        else _("standard: {level} points, the edge of the best band (no target is set)", level=level),
        _("met or missed only where the whole 95 % interval says so; customers and complaints by their verdicts"),
        _("touchpoints judged: {count}", count=number(found.judged, 0)),
    )
    caption(journey.caption, reader.as_of())


def inside_block(reader: Reader, journey: Journey) -> None:
    """What audits and the staff say on items that belong to a touchpoint."""
    rows = journey.inside
    if rows.empty:
        return
    title = _("What audits and the staff say of the touchpoints")
    st.subheader(title, anchor=False)
    figure = inside(rows, reader.theme, reader.line_width, is_narrow())
    drill_chart(figure, "sq_inside", partial(open_item, journey), title)
    color_legend(inside_key(rows, reader.theme))
    waves = dict.fromkeys(f"{a} {b}".strip() for a, b in zip(rows["instrument_label"], rows["wave"], strict=True))
    caption(
        _("each mark is a question or an item of a diagnosis, with its words, score and 95 % interval"),
        _("▲ reliably better, ▼ reliably worse"),
        hidden_share(rows),
        _("click a mark to go into it"),
    )
    caption(str(journey.inside_place), *waves, reader.as_of())
    _inside_numbers(rows)


def open_item(journey: Journey, picked: str) -> None:
    """Go into the item of a clicked mark (``instrument:item``)."""
    instrument, _colon, item = picked.partition(":")
    open_explore(into_item(journey, instrument, item))


def into_item(journey: Journey, instrument: str, item: str) -> Selection:
    """The selection behind a mark of what is said inside: of the company or the region, as the mark."""
    here = journey.selection.but(city="", store="", stage="", dimension="", touchpoint="", split="")
    return here.but(metric=METRICS_INSIDE.get(instrument, here.metric), item=item)


def _inside_numbers(rows: pd.DataFrame) -> None:
    frame = rows.assign(
        **{name: rows[name].map(str) for name in ("touchpoint_label", "instrument_label", "label", "wave")},
        value_words=instead_of_number(rows),
        verdict_words=rows["verdict"].map(lambda verdict: str(verdict_name(verdict))),
    )
    columns = [
        Column("touchpoint_label", _("Touchpoint")),
        Column("instrument_label", _("Instrument")),
        Column("label", _("Item")),
        Column("wave", _("Wave")),
        Column("value", _("Value"), "number", words="value_words"),
        Column("low", _("Low (95 %)"), "number"),
        Column("high", _("High (95 %)"), "number"),
        Column("n", _("n"), "count"),
        Column("difference", _("Difference"), "signed"),
        Column("verdict_words", _("Verdict")),
    ]
    numbers(frame, columns, "touchpoints_inside", "touchpoints_inside_numbers")
