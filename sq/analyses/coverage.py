"""Where the data came from, how new and how complete they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from sq.language import Message
from sq.warehouse import Scope, Warehouse


@dataclass(frozen=True)
class Instrument:
    """The state of one instrument: what there is and how new it is."""

    instrument: str
    label: Message
    first_month: date
    last_month: date
    last_day: date
    responses: int
    stores: int
    stores_open: int
    sentence: Message


@dataclass(frozen=True)
class Coverage:
    """The data page's view of the published snapshot.

    Attributes:
        snapshot, created_at, data_as_of: of the snapshot.
        instruments: one per instrument with data.
        coverage: instrument, month, stores_with_data, stores_open, responses, share (percent of open stores with data).
        batches: batch_id, received_at, status (live, withdrawn, ...), profile, files (tuple), withdrawn_at, read, new,
            changed, unchanged, rejected, skipped (sums over its tables), newest first.
        batch_tables: as in the snapshot.
        findings: as in the snapshot, errors first.
    """

    snapshot: str
    created_at: datetime | None
    data_as_of: date | None
    answer: Message
    instruments: tuple[Instrument, ...]
    coverage: pd.DataFrame
    batches: pd.DataFrame
    batch_tables: pd.DataFrame
    findings: pd.DataFrame


def coverage(warehouse: Warehouse, scope: Scope) -> Coverage:
    """Freshness, coverage by month, batches and findings."""
    raise NotImplementedError
