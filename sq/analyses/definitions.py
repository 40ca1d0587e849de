"""What every number means: metrics, levels, touchpoints, dimensions, items, rules."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sq.language import Message
from sq.warehouse import Scope, Warehouse


@dataclass(frozen=True)
class MetricDefinition:
    """One metric for a reader: every text a Message.

    Attributes:
        facts: (label, value) pairs in reading order: unit, direction, levels, broken down by, minimum n, smallest
            relevant difference, roll-up rules.
        sql: the statement behind it for the whole chain.
    """

    metric: str
    title: Message
    instrument: Message
    formula: Message
    source: Message
    facts: tuple[tuple[Message, Message], ...]
    sql: str


@dataclass(frozen=True)
class Definitions:
    """The definitions page.

    Attributes:
        metrics: in catalogue order. decisions: (question, answer) pairs: the rules of methods.md in words.
        levels: (term, meaning) pairs.
        touchpoints: touchpoint (id), label, stage, stage_label, position, items.
        dimensions: instrument, instrument_label, dimension (id), label, position, items.
        items: instrument, instrument_label, item (id), label, touchpoint, touchpoint_label, dimension, dimension_label,
            scale_min, scale_max, weight, is_veto, is_reversed, role, valid_from, valid_to.
    """

    metrics: tuple[MetricDefinition, ...]
    decisions: tuple[tuple[Message, Message], ...]
    levels: tuple[tuple[Message, Message], ...]
    touchpoints: pd.DataFrame
    dimensions: pd.DataFrame
    items: pd.DataFrame


def definitions(warehouse: Warehouse, scope: Scope) -> Definitions:
    """All definitions of this snapshot."""
    raise NotImplementedError


def metric_definition(metric: str) -> MetricDefinition:
    """One metric's definition (for a popover beside its number); needs no data."""
    raise NotImplementedError


def matching(definitions: Definitions, text: str) -> Definitions:
    """Only what contains ``text`` in either language (case-insensitive); everything for an empty text."""
    raise NotImplementedError
