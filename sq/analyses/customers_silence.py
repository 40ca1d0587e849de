"""Who is dissatisfied, who of them complained, and who stayed silent?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from sq.analyses import telling
from sq.analyses.comparison import compared
from sq.analyses.drill import ranked
from sq.analyses.names import Names
from sq.analyses.wording import Listing, Words, axis_name, count, signed_size
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
            with silent, silent_low, silent_high, silent_n (percent, dissatisfied responses), silent_difference,
            silent_diff_low, silent_diff_high, silent_verdict (against the rest, whatever the page compares with; the
            family is all siblings); empty without an axis.
        axis: region, city, store, channel, segment or ''.
        against, silent_against: what the dissatisfied share and the silent share are compared with.
        apart: which groups differ reliably in their silent share, in words; None without an axis.
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
    silent_against: Words | None = None
    apart: Message | None = None


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
    nothing = (pd.DataFrame(), None, None)
    parts, against, silent_against = _parts(warehouse, scope, here, names, axis) if axis else nothing
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
        silent_against=silent_against,
        apart=_apart(parts, axis, silent_against) if silent_against is not None and len(parts) else None,
    )


def _parts(
    warehouse: Warehouse, scope: Scope, here: Selection, names: Names, axis: str
) -> tuple[pd.DataFrame, object, Words]:
    wide = here.but(metric="dissatisfied_share")
    found = ranked(compared(warehouse, scope, wide, (axis,)), wide, names, axis)
    quiet = compared(warehouse, scope, here.but(metric="silent_share", compare="rest"), (axis,))
    frame = found.frame.merge(_silent_columns(quiet.frame, axis), on=axis, how="left")
    frame["silent_n"] = frame["silent_n"].fillna(0).astype(int)
    frame["silent_verdict"] = frame["silent_verdict"].fillna("too_few")
    return frame, found.against, quiet.against


def _silent_columns(frame: pd.DataFrame, axis: str) -> pd.DataFrame:
    names = ("low", "high", "n", "difference", "diff_low", "diff_high", "verdict")
    columns = {"value": "silent", **{name: f"silent_{name}" for name in names}}
    return frame.rename(columns=columns)[[axis, *columns.values()]]


def _apart(frame: pd.DataFrame, axis: str, against: Words) -> Message:
    """Which groups stay silent reliably more or less than the rest."""
    judged = frame[frame["silent_verdict"].isin(["better", "worse", "none"])]
    values: dict[str, Any] = {"axis": axis_name(axis), "count": number(len(judged), 0), "against": against}
    if judged.empty:
        return Message(N_("{axis}: too few dissatisfied in each to say whether they differ."), values)
    told = judged[judged["silent_verdict"] != "none"]
    if told.empty:
        return Message(N_("{axis}: none of {count} differs reliably from {against} in the silent share."), values)
    metric, words = METRICS["silent_share"], N_("{name} ({change})")
    named = tuple(
        Message(words, {"name": row["label"], "change": signed_size(metric, row["silent_difference"])})
        for row in told.sort_values("silent_difference", ascending=False).to_dict("records")
    )
    return Message(
        N_("{axis}: reliably different from {against} in the silent share: {names} (of {count} compared)."),
        values | {"names": Listing(named)},
    )


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
