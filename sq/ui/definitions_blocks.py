"""The parts of the definitions page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from sq.analyses.definitions import Definitions, MetricDefinition
from sq.language import Message, _, number
from sq.ui.blocks import Column, caption, promises, table


def parts_found(found: Definitions) -> dict[str, int]:
    """How much each part of the page holds."""
    return {
        "metrics": len(found.metrics),
        "rules": len(found.decisions),
        "promises": len(found.promises),
        "levels": len(found.levels),
        "touchpoints": len(found.touchpoints),
        "dimensions": len(found.dimensions),
        "items": len(found.items),
    }


def parts_of(found: Definitions) -> tuple[Callable[[], None], ...]:
    """What draws each part, in the order of the tabs."""
    return (
        partial(metric_cards, found.metrics),
        partial(pairs, found.decisions),
        partial(pairs, found.promises),
        partial(pairs, found.levels),
        partial(touchpoint_table, found.touchpoints),
        partial(dimension_table, found.dimensions),
        partial(item_table, found.items),
    )


def tab_names(found: Definitions) -> list[str]:
    """The names of the tabs with what they hold."""
    words = {
        "metrics": _("Metrics"),
        "rules": _("Rules"),
        "promises": _("Anonymity"),
        "levels": _("Words"),
        "touchpoints": _("Touchpoints"),
        "dimensions": _("Dimensions"),
        "items": _("Items and questions"),
    }
    return [
        _("{name} ({value})", name=words[part], value=number(count, 0)) for part, count in parts_found(found).items()
    ]


def metric_cards(metrics: Sequence[MetricDefinition]) -> None:
    """One card per metric: what it is, its formula, its source, its facts, the SQL behind it.

    All cards are one element: a browser draws it several times faster than Streamlit's own containers.
    """
    st.html(f'<div class="sq-cards">{"".join(map(_card, metrics))}</div>')


def _card(metric: MetricDefinition) -> str:
    facts = " · ".join(_("{label}: {value}", label=label, value=value) for label, value in metric.facts)
    small = [str(metric.instrument), facts, _("Source: {source}", source=metric.source)]
    above, *below = (f'<div class="sq-caption">{escape(text)}</div>' for text in small)
    sql = f"<details><summary>{escape(_('SQL'))}</summary><pre><code>{escape(metric.sql)}</code></pre></details>"
    title = f"<strong>{escape(str(metric.title))}</strong>"
    formula = f"<div>{escape(str(metric.formula))}</div>"
    return f"<section>{title}{above}{formula}{''.join(below)}{sql}</section>"


def pairs(entries: Sequence[tuple[Message, Message]]) -> None:
    """Terms and what they mean, or questions and how they are settled."""
    promises([(str(term), str(meaning)) for term, meaning in entries])


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
