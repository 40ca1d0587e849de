"""The evidence: single visits and single customer responses."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sq.analyses.names import Names
from sq.language import Message, Named
from sq.selection import Selection
from sq.warehouse import Scope, Warehouse

PAGE_SIZE = 50
VISIT_SORTS = ("newest", "oldest", "lowest", "highest")


@dataclass(frozen=True)
class VisitList:
    """One page of the visits in a selection.

    Attributes:
        frame: visit_id, store (id), label (store name), region, visited_on (date), stream, wave, shopper_id, status
            (approved, disputed), score (0-100 or NaN), subject_score (on the selected touchpoint or item, NaN
            where none is selected), is_failed, n_items, n_na, has_comment, has_evidence.
        total: visits in the selection; failed: of these failed; disputed: of these disputed.
        page: from 1; pages: at least 1.
    """

    frame: pd.DataFrame
    total: int
    failed: int
    disputed: int
    page: int
    pages: int
    headline: Message
    caption: Message


@dataclass(frozen=True)
class Visit:
    """One visit beside the store's average on the same items over the period.

    Attributes:
        items: one row per item asked, in checklist order: item (id), label, touchpoint (id), touchpoint_label, value
            (raw; NaN = not applicable), scale_max, share (0-100 or NaN), weight, is_veto, is_failed (veto item below
            the full mark), note, store_share (the store's mean 0-100 in the period), store_n, difference.
        touchpoints: one row per touchpoint in service order: touchpoint, label, stage, score, store_score, difference,
            applicable (items), failed (veto items failed).
        failed_items: names of the failed veto items.
        previous, next: ids of the store's neighbouring visits ('' where none).
    """

    visit_id: str
    store: str
    store_label: Named
    region: str
    city: str
    visited_on: object
    stream: str
    wave: str
    shopper_id: str
    status: str
    score: float
    store_score: float
    store_visits: int
    is_failed: bool
    failed_items: tuple[Named, ...]
    n_items: int
    n_na: int
    evidence_url: str
    comment: str
    batch_id: int
    items: pd.DataFrame
    touchpoints: pd.DataFrame
    headline: Message
    previous: str
    next: str


@dataclass(frozen=True)
class ResponseList:
    """One page of the customer responses in a selection.

    Attributes:
        frame: response_id, store, label, region, answered_on, channel, segment, weight, index_score, overall (0-100),
            recommend (0-10), has_complained, comment.
        total: responses; commented: of these with a comment.
    """

    frame: pd.DataFrame
    total: int
    commented: int
    page: int
    pages: int
    headline: Message
    caption: Message


def visit_list(
    warehouse: Warehouse,
    scope: Scope,
    selection: Selection,
    names: Names,
    *,
    status: str = "",
    failed_only: bool = False,
    sort: str = "newest",
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> VisitList:
    """A page of visits; ``status`` '' = all counted ones; ``sort`` one of VISIT_SORTS."""
    raise NotImplementedError


def visit(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, visit_id: str) -> Visit | None:
    """One visit, or None when it does not exist or lies outside the reader's scope."""
    raise NotImplementedError


def response_list(
    warehouse: Warehouse,
    scope: Scope,
    selection: Selection,
    names: Names,
    *,
    commented_only: bool = True,
    sort: str = "newest",
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> ResponseList:
    """A page of customer responses; sorts as for visits (lowest, highest by index)."""
    raise NotImplementedError
