"""The parts of the definitions page."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from sq.analyses.definitions import Definitions, MetricDefinition
from sq.language import Message, _, number
from sq.ui.blocks import Column, caption, table
from sq.ui.links import plain

CARD_WIDTH = 420  # px


def parts_found(found: Definitions) -> dict[str, int]:
    """How much each part of the page holds."""
    return {
        "metrics": len(found.metrics),
        "rules": len(found.decisions),
        "levels": len(found.levels),
        "touchpoints": len(found.touchpoints),
        "dimensions": len(found.dimensions),
        "items": len(found.items),
    }


def tab_names(found: Definitions) -> list[str]:
    """The names of the tabs with what they hold."""
    words = {
        "metrics": _("Metrics"),
        "rules": _("Rules"),
        "levels": _("Words"),
        "touchpoints": _("Touchpoints"),
        "dimensions": _("Dimensions"),
        "items": _("Items and questions"),
    }
    return [
        _("{name} ({value})", name=words[part], value=number(count, 0)) for part, count in parts_found(found).items()
    ]


def metric_cards(metrics: Sequence[MetricDefinition]) -> None:
    """One card per metric: what it is, its formula, its source, its facts, the SQL behind it."""
    with st.grid("auto", min_column_width=CARD_WIDTH):
        for metric in metrics:
            with st.container(border=True, height="stretch", gap="small"):
                _metric(metric)


def _metric(metric: MetricDefinition) -> None:
    st.markdown(f"**{plain(str(metric.title))}**")
    caption(metric.instrument)
    st.markdown(plain(str(metric.formula)))
    caption(*(_("{label}: {value}", label=label, value=value) for label, value in metric.facts))
    caption(_("Source: {source}", source=metric.source))
    with st.expander(_("SQL")):
        st.code(metric.sql, language="sql", wrap_lines=True)


def pairs(entries: Sequence[tuple[Message, Message]]) -> None:
    """Terms and what they mean, or questions and how they are settled."""
    for term, meaning in entries:
        left, right = st.columns([1, 3])
        left.markdown(f"**{plain(str(term))}**")
        right.markdown(plain(str(meaning)))


def touchpoint_table(frame: pd.DataFrame) -> None:
    """The touchpoints in service order."""
    columns = [
        Column("position", _("Order"), "count"),
        Column("label", _("Touchpoint")),
        Column("stage_label", _("Stage")),
        Column("items", _("Items"), "count"),
    ]
    _named_table(frame, columns, "touchpoints")


def dimension_table(frame: pd.DataFrame) -> None:
    """The dimensions of each survey."""
    columns = [
        Column("instrument_label", _("Instrument")),
        Column("label", _("Dimension")),
        Column("items", _("Items"), "count"),
    ]
    _named_table(frame, columns, "dimensions")


def item_table(frame: pd.DataFrame) -> None:
    """Every item with its scale, weight and place."""
    shown = frame.assign(
        scale=[f"{low:g}–{high:g}" for low, high in zip(frame["scale_min"], frame["scale_max"], strict=True)],
        veto=[_("yes") if flag else "" for flag in frame["is_veto"]],
        reversed=[_("yes") if flag else "" for flag in frame["is_reversed"]],
    )
    columns = [
        Column("instrument_label", _("Instrument")),
        Column("item", _("Number")),
        Column("label", _("Item")),
        Column("touchpoint_label", _("Touchpoint")),
        Column("dimension_label", _("Dimension")),
        Column("scale", _("Scale")),
        Column("weight", _("Weight"), "number"),
        Column("veto", _("Veto")),
        Column("reversed", _("Reversed")),
        Column("valid_from", _("Valid from"), "day"),
        Column("valid_to", _("Valid to"), "day"),
    ]
    _named_table(shown, columns, "items")


def _named_table(frame: pd.DataFrame, columns: Sequence[Column], key: str) -> None:
    if frame.empty:
        caption(_("Nothing matches your search."))
        return
    labels = {name: frame[name].map(_word) for name in frame.columns if name.endswith("label")}
    table(frame.assign(**labels), columns, f"definitions_{key}")


def _word(label: object) -> str:
    return "" if label is None or label != label else str(label)
