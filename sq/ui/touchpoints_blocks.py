"""The parts of the touchpoints page: the stages, the numbers behind the journey, the way into a touchpoint."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from sq.analyses.journey import Journey
from sq.figures.journey import SOURCE_METRICS
from sq.language import _, number, signed
from sq.metrics.catalogue import metric_named
from sq.selection import Selection
from sq.ui.blocks import Column, caption, numbers
from sq.ui.links import link_to, open_explore
from sq.ui.overview_blocks import COLORS, arrow, told_verdict


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


def is_narrow() -> bool:
    """Whether the reader holds a phone: its browser says "Mobi" (MDN, Browser detection using the user agent)."""
    return "Mobi" in st.context.headers.get("User-Agent", "")


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
    frame = journey.frame.assign(
        label=[str(label) for label in journey.frame["label"]],
        stage_name=[str(label) for label in journey.frame["stage_label"]],
    )
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
    numbers(frame, columns, "touchpoints", "touchpoints_numbers")
