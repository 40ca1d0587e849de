"""Where shoppers and customers disagree: the standard is met and customers are unhappy, or the reverse.

The standard is a level (the target of mystery visits, else the edge of the catalogue's best band): it is met where the
whole 95 % interval lies at or above it, missed where it lies below. Customers and complaints are judged by the verdicts
of the page: against the other places, the other touchpoints or the earlier period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.periods import last_day
from sq.analyses.verdicts import targets_of
from sq.analyses.wording import Listing, Words, quantity, size
from sq.language import N_, Message, number
from sq.metrics.catalogue import METRICS
from sq.selection import PLACE_PATH, Selection
from sq.warehouse import Warehouse

MYSTERY, CUSTOMER, COMPLAINTS = METRICS["mystery_score"], METRICS["customer_index"], METRICS["complaint_rate"]
SIGNALS: dict[str, str] = {
    "met_unhappy": N_("Standard met, customers unhappy"),
    "missed_happy": N_("Standard missed, customers content"),
}
MOST_NAMED = 3
COLUMNS = ("touchpoint", "label", "stage", "position", "signal", "sentence")


@dataclass(frozen=True)
class Disagreement:
    """Touchpoints on which shoppers and customers disagree.

    Attributes:
        frame: one row per touchpoint in disagreement, in service order: touchpoint, label, stage, position, signal (a
            key of SIGNALS), sentence (what each source says).
        standard: points that count as met; is_target: whether it is a target of the programme.
        judged: touchpoints that both sides could be judged on.
        answer: the disagreements in words, or why there are none.
    """

    frame: pd.DataFrame
    standard: float
    is_target: bool
    judged: int
    answer: Message


def disagreement(
    frame: pd.DataFrame, sources: Sequence[str], standard: tuple[float, bool], where: Words, against: Words
) -> Disagreement | None:
    """Judge the touchpoints of `sq.analyses.journey.Journey.frame`; None where one side was not measured."""
    voices = [source for source in ("customer", "complaints") if source in sources]
    if "mystery" not in sources or not voices or frame.empty:
        return None
    level, is_target = standard
    met, missed = frame["mystery_low"] >= level, frame["mystery_high"] < level
    unhappy = np.logical_or.reduce([frame[f"{voice}_verdict"] == "worse" for voice in voices])
    happy = ~unhappy & (frame[f"{voices[0]}_verdict"] == "better")
    heard = np.logical_or.reduce([frame[f"{voice}_verdict"].isin(["better", "worse", "none"]) for voice in voices])
    signal = np.where(met & unhappy, "met_unhappy", np.where(missed & happy, "missed_happy", ""))
    found = frame.assign(signal=signal)[signal != ""].reset_index(drop=True)
    sentences = [_sentence(row, voices, level, against) for row in found.to_dict("records")]
    judged = int((frame["mystery_low"].notna() & heard).sum())
    return Disagreement(
        found.assign(sentence=pd.Series(sentences, dtype=object))[list(COLUMNS)],
        level,
        is_target,
        judged,
        _answer(found, judged, where),
    )


def standard_of(warehouse: Warehouse, selection: Selection) -> tuple[float, bool]:
    """The level that counts as the standard for a place, and whether it is a target of the programme."""
    end = selection.months[1]
    if end is not None:
        keys = pd.DataFrame([{level: getattr(selection, level) for level in PLACE_PATH}])
        target = float(targets_of(warehouse, MYSTERY, last_day(end), keys)[0])
        if not np.isnan(target):
            return target, True
    return MYSTERY.bands[-1], False


def _sentence(row: Mapping[Any, Any], voices: Sequence[str], standard: float, against: Words) -> Message:
    """ "Mystery score 93.1, standard 75 · index 66.9, 5.2 below the other touchpoints"."""
    parts = [
        Message(
            N_("{metric} {value}, standard {standard}"),
            {
                "metric": MYSTERY.title,
                "value": quantity(MYSTERY, float(row["mystery"])),
                "standard": number(standard, 0),
            },
        )
    ]
    parts += [_voice(row, voice, against) for voice in voices if pd.notna(row[voice])]
    return Message(" · ".join(f"{{p{i}}}" for i in range(len(parts))), {f"p{i}": part for i, part in enumerate(parts)})


def _voice(row: Mapping[Any, Any], voice: str, against: Words) -> Message:
    metric = CUSTOMER if voice == "customer" else COMPLAINTS
    values = {"metric": metric.title, "value": quantity(metric, float(row[voice])), "against": against}
    difference = float(row[f"{voice}_difference"])
    if row[f"{voice}_verdict"] not in {"better", "worse"} or np.isnan(difference):
        return Message(N_("{metric} {value}, no reliable difference"), values)
    values["size"] = size(metric, difference)
    if difference < 0:
        return Message(N_("{metric} {value}, {size} below {against}"), values)
    return Message(N_("{metric} {value}, {size} above {against}"), values)


def _answer(found: pd.DataFrame, judged: int, where: Words) -> Message:
    if not judged:
        words = N_("{where}: too little is known, or nothing is compared, to set shoppers against customers.")
        return Message(words, {"where": where})
    told: dict[str, Any] = {
        name: Listing(tuple(found.loc[found["signal"] == name, "label"].head(MOST_NAMED))) for name in SIGNALS
    }
    values = {"where": where, "count": number(judged, 0), **told}
    if found.empty:
        return Message(N_("{where}: shoppers and customers disagree on none of {count} touchpoints."), values)
    if (found["signal"] == "missed_happy").all():
        return Message(N_("{where}: the standard is missed but customers are content with {missed_happy}."), values)
    if (found["signal"] == "met_unhappy").all():
        return Message(N_("{where}: the standard is met but customers are unhappy with {met_unhappy}."), values)
    words = N_(
        "{where}: the standard is met but customers are unhappy with {met_unhappy}; it is missed but they are content "
        "with {missed_happy}."
    )
    return Message(words, values)
