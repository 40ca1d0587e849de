"""Is a difference called better or worse: the words and the rule, the same for every kind of data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sq.analyses.wording import Words
from sq.language import N_, Message
from sq.metrics.catalogue import Metric
from sq.metrics.questions import asked
from sq.selection import PLACE_PATH
from sq.statistics.intervals import Floats, Ints, adjusted_p_values
from sq.warehouse import Warehouse

VERDICTS: dict[str, str] = {
    "better": N_("reliably better"),
    "worse": N_("reliably worse"),
    "none": N_("no reliable difference"),
    "too_few": N_("too few to judge"),
    "": N_("not compared"),
}
# Benjamini-Hochberg's false discovery rate over all siblings (methods.md, Decisions).
ALPHA = 0.05
THE_OTHERS: dict[str, str] = {
    "region": N_("the other regions"),
    "city": N_("the other cities"),
    "store": N_("the other stores"),
    "department": N_("the other departments"),
    "format": N_("the other store formats"),
    "brand": N_("the other brands"),
    "stream": N_("the other kinds of visit"),
    "channel": N_("the other channels"),
    "segment": N_("the other customer groups"),
    "role": N_("everybody else"),
    "tenure": N_("everybody else"),
    "wave": N_("the other waves"),
    "stage": N_("the other stages"),
    "touchpoint": N_("the other touchpoints"),
    "dimension": N_("the other dimensions"),
    "item": N_("the other items"),
}
NOTHING = Message(N_("nothing"))
PERIODS = ("previous", "last_year")
# What `Compared.frame` adds to a measured frame, where nothing is compared.
NOT_COMPARED: dict[str, Any] = {
    **dict.fromkeys(("reference", "difference", "diff_low", "diff_high", "p", "p_adjusted"), float("nan")),
    "reference_n": 0.0,
    "verdict": "",
    "pairs": 0,
}


@dataclass(frozen=True)
class Compared:
    """Groups with their values, their reference and a verdict.

    Attributes:
        frame: columns of `sq.metrics.measuring.measure` (axes, n, stores, value, low, high, value_points,
            value_stores, n_effective, hidden_reason, limit, se, df) and ``reference`` (value compared with),
            ``reference_n``, ``difference`` (value - reference), ``diff_low``, ``diff_high`` (95 %), ``p``,
            ``p_adjusted`` (Benjamini-Hochberg over all siblings), ``verdict`` (better, worse, none, too_few or ''),
            ``pairs`` (stores measured on both sides, 0 where not paired). Of anonymous surveys also ``minimum`` (fewest
            answers that show) and ``wave``; hidden groups are rows with hidden_reason few or neighbour and no numbers.
        kind: rest, previous, last_year, target or none: what was really compared with.
        against: the reference in words ("the other regions", "Jan 2025 – Dec 2025").
        notes: footnotes, e.g. that only items common to both checklists were compared.
    """

    frame: pd.DataFrame
    kind: str
    against: Words
    notes: tuple[Message, ...] = ()


def verdict_name(verdict: str) -> Message:
    """The words of a verdict."""
    return Message(VERDICTS[verdict])


def adjusted_by(p: Floats, part: Ints | None) -> Floats:
    """Adjusted p-values; ``part`` numbers each group's family (all one family by default)."""
    if part is None:
        return adjusted_p_values(p)
    adjusted = np.full(len(p), np.nan)
    for number in np.unique(part):
        adjusted[part == number] = adjusted_p_values(p[part == number])
    return adjusted


def verdicts(metric: Metric, difference: Floats, p_adjusted: Floats) -> NDArray[np.str_]:
    """Better or worse where the adjusted p and the size of the difference both say so."""
    with np.errstate(invalid="ignore"):
        reliable = (p_adjusted <= ALPHA) & (np.abs(difference) >= metric.smallest_relevant_difference)
        good = difference * metric.direction > 0
    judged = np.where(reliable, np.where(good, "better", "worse"), "none")
    judged = np.where(np.isnan(p_adjusted), "too_few", judged)
    return np.where(np.isnan(difference), "", judged)


def targets_of(warehouse: Warehouse, metric: Metric, day: date, keys: pd.DataFrame) -> Floats:
    """The target of each place: its own, else its level's, else one of a level above; NaN where none is set.

    ``keys`` has a column per level that is set in its rows, ids or ''.
    """
    targets = asked(warehouse, "targets", (metric.id, day))
    known = {(row["level"], row["place"]): float(row["target"]) for row in targets.to_dict("records")}
    levels = [level for level in ("department", *reversed(PLACE_PATH)) if level in keys]
    found = np.full(len(keys), np.nan)
    for row, places in enumerate(keys[levels].to_dict("records") if levels else [{}] * len(keys)):
        own = [(level, str(places[level])) for level in levels if places[level]]
        wanted = [key for level, place in own for key in ((level, place), (level, ""))] + [("chain", "")]
        found[row] = next((known[key] for key in wanted if key in known), np.nan)
    return found
