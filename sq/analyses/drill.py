"""Explore: one place and subject, its parts, its course, and the way down to the visits."""

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
class Step:
    """One step of the breadcrumb: its name and the selection that leads there."""

    label: Words
    selection: Selection


@dataclass(frozen=True)
class Split:
    """One way to split the selection: an axis, its name, the selection that does it."""

    axis: str
    label: Message
    selection: Selection
    active: bool


@dataclass(frozen=True)
class Alternative:
    """What another roll-up rule would give."""

    rule: str
    label: Message
    value: float


@dataclass(frozen=True)
class Break:
    """A change of the checklist or questionnaire."""

    month: date
    label: Message


@dataclass(frozen=True)
class Drill:
    """The answer to "how is this place on this subject, and where does it come from?".

    Attributes:
        selection: completed (metric, start, end, split are set).
        headline: the answer in one sentence.
        n: responses (visits, customers) behind the headline; 0 = nothing to show, then all frames are empty.
        value, low, high, reference, difference, diff_low, diff_high: metric units; NaN where there is none.
        verdict: better, worse, none, too_few or ''.
        against: what it is compared with, in words; compare_kind: rest, previous, last_year, target or none.
        ranking: one row per part on the axis ``split``, in the order to be shown: columns of
            `sq.analyses.comparison.Compared.frame` with ``id`` and ``label`` (Named or Message).
        split: axis of the ranking ('' when there is nothing below; then show the visits).
        trend: month (datetime64, first day of month or quarter), label (Month or Quarter), value, low, high, n, stores,
            complete (False for the running month), segment (0, 1, ... between breaks of the checklist).
        grain: month or quarter.
        map: one row per cell: place, place_label, subject, subject_label and the columns of Compared.frame;
            empty when a side is missing. map_axes: (place axis, subject axis).
        path: breadcrumb from the chain to here.
        splits: possible ways to split.
        alternatives: the same value by the other roll-up rules.
        notes: footnotes. caption: filter in words, period, n, rule.
        visits: visits (or responses) at the end of the path; visits_kind: visits, responses or ''.
    """

    selection: Selection
    metric: str
    title: Message
    unit: Message
    headline: Message
    caption: Message
    value: float
    low: float
    high: float
    n: int
    n_unit: Message
    stores: int
    reference: float
    difference: float
    diff_low: float
    diff_high: float
    verdict: str
    against: Words
    compare_kind: str
    split: str
    ranking: pd.DataFrame
    trend: pd.DataFrame
    grain: str
    breaks: tuple[Break, ...]
    running_month: date | None
    map: pd.DataFrame
    map_axes: tuple[str, str]
    path: tuple[Step, ...]
    splits: tuple[Split, ...]
    alternatives: tuple[Alternative, ...]
    notes: tuple[Message, ...]
    visits: int
    visits_kind: str

    def into(self, key: str) -> Selection:
        """The selection after a click on the bar with this id (ranking)."""
        return self.selection.but(**{self.split: key, "split": ""})

    def into_cell(self, place: str, subject: str) -> Selection:
        """The selection after a click on a cell of the map."""
        return self.selection.but(**{self.map_axes[0]: place, self.map_axes[1]: subject, "split": ""})


def drill(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Drill:
    """Everything the explore page shows for a selection; the selection must have passed ``names.known``."""
    raise NotImplementedError
