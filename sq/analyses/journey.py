"""The touchpoints in service order: what shoppers found, what customers say, what they complain about."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sq.analyses.names import Names
from sq.language import Message
from sq.selection import Selection
from sq.warehouse import Scope, Warehouse


@dataclass(frozen=True)
class Journey:
    """The service journey of a place.

    Attributes:
        frame: one row per touchpoint in service order: touchpoint (id), label, stage, stage_label, position, and
            for each source in mystery, customer, complaints: ``<source>`` (value), ``<source>_low``,
            ``<source>_high``, ``<source>_n``, ``<source>_reference``, ``<source>_difference``, ``<source>_verdict`` (as
            ``selection.compare``; NaN and '' where not measured).
        stages: the same columns by stage: stage, label and the values.
        sources: which of mystery, customer, complaints have data here; source_labels: source → metric title.
        weakest: touchpoint ids, lowest mystery score first (at most 3).
        period, notes, caption: as everywhere.
    """

    selection: Selection
    answer: Message
    frame: pd.DataFrame
    stages: pd.DataFrame
    sources: tuple[str, ...]
    source_labels: dict[str, Message]
    weakest: tuple[str, ...]
    notes: tuple[Message, ...]
    caption: Message


def journey(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Journey:
    """The journey of the selected place and period; ``selection.stage`` narrows it."""
    raise NotImplementedError
