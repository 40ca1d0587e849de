"""Who is dissatisfied, who of them complained, and who stayed silent?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from sq.analyses import telling
from sq.analyses.comparison import compared
from sq.analyses.drill import ranked
from sq.analyses.names import Names
from sq.analyses.wording import count
from sq.language import N_, Message, number
from sq.metrics.catalogue import METRICS
from sq.metrics.measuring import first_row, measure
from sq.selection import SUBJECT_PATH, Selection
from sq.warehouse import Scope, Warehouse

FEWEST = METRICS["silent_share"].minimum_n


@dataclass(frozen=True)
class Silence:
    """How many of the dissatisfied never complained.

    Attributes:
        dissatisfied, asked: dissatisfied responses that were asked whether they complained; all that were.
        silent, low, high: share of the dissatisfied who never complained, percent (95 %); NaN where nobody is
            dissatisfied.
        complained: share of all who were asked who complained, percent.
        frame: one row per group on ``axis``: id, label and the columns of Compared.frame of the dissatisfied share,
            with silent, silent_low, silent_high, silent_n (percent, dissatisfied responses); empty without an axis.
        axis: region, city, store, channel, segment or ''.
    """

    dissatisfied: int
    asked: int
    silent: float
    low: float
    high: float
    complained: float
    axis: str
    frame: pd.DataFrame
    against: object
    answer: Message
    caption: Message


def silence(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, axis: str = "") -> Silence | None:
    """The silent customers of a selection, by an axis; None where nobody was asked whether they complained."""
    if "complained_share" not in names.available:
        return None
    here = names.completed(selection).but(**dict.fromkeys(SUBJECT_PATH, ""), split="")
    here = here.but(brand=names.brand_of(here.store)) if here.store else here
    asked = measure(warehouse, scope, "complained_share", here)
    if asked.empty:
        return None
    found = measure(warehouse, scope, "silent_share", here)
    row = first_row(found) if len(found) else {"n": 0, "value": float("nan"), "low": float("nan"), "high": float("nan")}
    parts, against = _parts(warehouse, scope, here, names, axis) if axis else (pd.DataFrame(), None)
    return Silence(
        dissatisfied=int(row["n"]),
        asked=int(asked["n"].iloc[0]),
        silent=float(row["value"]),
        low=float(row["low"]),
        high=float(row["high"]),
        complained=float(asked["value"].iloc[0]),
        axis=axis,
        frame=parts,
        against=against,
        answer=_answer(row, telling.where(names, here.but(metric="silent_share"))),
        caption=telling.caption(names, here.but(metric="silent_share"), float(asked["n"].iloc[0])),
    )


def _parts(warehouse: Warehouse, scope: Scope, here: Selection, names: Names, axis: str) -> tuple[pd.DataFrame, object]:
    wide = here.but(metric="dissatisfied_share")
    found = ranked(compared(warehouse, scope, wide, (axis,)), wide, names, axis)
    quiet = measure(warehouse, scope, "silent_share", here, (axis,))
    columns = {"value": "silent", "low": "silent_low", "high": "silent_high", "n": "silent_n"}
    quiet = quiet.rename(columns=columns)[[axis, *columns.values()]]
    frame = found.frame.merge(quiet, on=axis, how="left")
    return frame.assign(silent_n=frame["silent_n"].fillna(0).astype(int)), found.against


def _answer(row: dict[str, Any], where: object) -> Message:
    n = int(row["n"])
    values = {"where": where, "n": count("responses", n)}
    if not n:
        return Message(N_("{where}: nobody who was asked is dissatisfied."), values)
    if n < FEWEST:
        return Message(N_("{where}: too few dissatisfied customers to say how many complain ({n})."), values)
    numbers = {name: number(float(row[name]), 0) for name in ("value", "low", "high")}
    words = N_(
        "{where}: of 100 dissatisfied customers {value} never complained (95 %: {low} to {high}; {n}): complaints show "
        "only the rest."
    )
    return Message(words, values | numbers)
