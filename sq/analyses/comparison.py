"""Is it different, and is that reliable: rest, previous period, same period last year, target."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sq.analyses.wording import Words
from sq.language import N_, Message
from sq.selection import Selection
from sq.warehouse import Scope, Warehouse

VERDICTS: dict[str, str] = {
    "better": N_("reliably better"),
    "worse": N_("reliably worse"),
    "none": N_("no reliable difference"),
    "too_few": N_("too few to judge"),
    "": N_("not compared"),
}


@dataclass(frozen=True)
class Compared:
    """Groups with their values, their reference and a verdict.

    Attributes:
        frame: columns of `sq.metrics.measuring.measure` (axes, n, stores, value, low, high, value_points,
            value_stores, n_effective, hidden_reason, se, df) and ``reference`` (value compared with),
            ``difference`` (value - reference), ``diff_low``, ``diff_high`` (95 %), ``p``, ``p_adjusted``
            (Benjamini-Hochberg over all siblings), ``verdict`` (better, worse, none, too_few or ''),
            ``pairs`` (stores measured on both sides, 0 where not paired).
        kind: rest, previous, last_year, target or none: what was really compared with.
        against: the reference in words ("the rest of the chain", "Jan 2025 – Dec 2025").
        notes: footnotes, e.g. that only items common to both checklists were compared.
    """

    frame: pd.DataFrame
    kind: str
    against: Words
    notes: tuple[Message, ...] = ()


def verdict_name(verdict: str) -> Message:
    """The words of a verdict."""
    return Message(VERDICTS[verdict])


def compared(warehouse: Warehouse, scope: Scope, selection: Selection, axes: tuple[str, ...]) -> Compared:
    """Measure the selection by ``axes`` and compare every group as ``selection.compare`` says.

    The place filters of the selection choose which rows are returned; the family of tests is always all siblings.
    """
    raise NotImplementedError
