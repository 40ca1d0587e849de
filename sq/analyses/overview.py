"""Where do we stand, what moved, and is it real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from sq.analyses.names import Names
from sq.analyses.wording import Words
from sq.language import Message
from sq.selection import Selection
from sq.warehouse import Scope, Warehouse


@dataclass(frozen=True)
class Headline:
    """One metric for the selected place and period beside the previous period.

    Attributes:
        value, low, high, reference, difference, diff_low, diff_high: metric units.
        verdict: better, worse, none, too_few or ''.
        change: "+1.3 against Jan – Dec 2025, reliably better" in words.
        trend: month (datetime64), value, n, complete.
        selection: where a click leads (explore).
    """

    metric: str
    title: Message
    unit: Message
    decimals: int
    value: float
    low: float
    high: float
    n: int
    n_unit: Message
    reference: float
    difference: float
    diff_low: float
    diff_high: float
    verdict: str
    change: Message
    trend: pd.DataFrame
    selection: Selection


@dataclass(frozen=True)
class Moved:
    """One place and touchpoint that moved reliably, in words."""

    sentence: Message
    metric: str
    verdict: str
    difference: float
    selection: Selection


@dataclass(frozen=True)
class Freshness:
    """How new the data of one instrument are."""

    instrument: str
    label: Message
    last_day: date
    last_complete_month: date
    period: Words


@dataclass(frozen=True)
class Overview:
    """The overview page.

    Attributes:
        answer: the first sentence of the page.
        headlines: all metrics that have data, in catalogue order.
        regions: ranking of the lead metric's parts (columns as `sq.analyses.drill.Drill.ranking`); regions_axis:
            region, or store inside a region; regions_answer: who differs reliably from the rest, in words.
        moved: at most 12, largest first; empty → moved_answer says "nothing moved reliably".
    """

    selection: Selection
    answer: Message
    headlines: tuple[Headline, ...]
    regions: pd.DataFrame
    regions_axis: str
    regions_answer: Message
    moved: tuple[Moved, ...]
    moved_answer: Message
    freshness: tuple[Freshness, ...]
    notes: tuple[Message, ...]
    caption: Message


def overview(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Overview:
    """The overview of the selected place (chain, region or store); the lead metric is the selection's or the first."""
    raise NotImplementedError
