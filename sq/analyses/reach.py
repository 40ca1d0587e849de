"""What reaching the best quarter of stores goes with: what is, never what will be. Methods.md, section 15."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.drivers import OUTCOMES, Drivers, drivers
from sq.analyses.importance import METRIC
from sq.analyses.names import Names
from sq.analyses.telling import caption
from sq.language import N_, Message, number
from sq.metrics.measuring import measure
from sq.selection import PLACE_PATH, Selection
from sq.statistics.estimable import NotEstimable
from sq.statistics.shrinkage import shrunken
from sq.warehouse import Scope, Warehouse

BEST_SHARE = 0.75  # what a quarter of the stores reaches or passes
FEWEST_RESPONSES = 5  # of a store that counts for the best quarter
NOTHING_TO_REACH = Message(N_("stores do not differ beyond chance, or the best quarter is reached already"))
_EFFECT = N_(
    "Where {name} is rated {delta} points higher – as the best quarter of stores is today – {outcome} is on average "
    "{effect} points higher (95 %: {low} to {high})."
)


@dataclass(frozen=True)
class Reach:
    """The worth of what the best quarter of stores reaches today.

    Attributes:
        frame: one row per subject in the model: subject, label, ``current``, ``best`` (upper quartile of the stores,
            drawn towards their mean), ``delta`` (at least 0), ``coefficient``, ``effect`` with ``low``, ``high``
            (points of the outcome), ``stores``, ``verdict`` (driver where the effect is demonstrable), ``sentence``;
            largest effect first.
    """

    drivers: Drivers
    frame: pd.DataFrame
    answer: Message
    caption: Message


def reach(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, outcome: str = "", kind: str = ""
) -> Reach:
    """What the best quarter of all stores has more of, beside the selected place."""
    wanted = kind if kind != "element" else ""  # stores are compared on scores, an element has none of its own
    found = drivers(warehouse, scope, selection, names, outcome, wanted)
    here = names.completed(selection.but(metric=METRIC.id, stage="", dimension="", touchpoint="", item="", split=""))
    rows = found.frame[found.frame["verdict"] != "left_out"] if len(found.frame) else found.frame
    if rows.empty or found.refusal is not None or found.kind == "element":
        none = pd.DataFrame(columns=["subject", "verdict", "effect"])
        return Reach(found, none, found.answer, Message(N_("No data")))
    wide = here.but(**dict.fromkeys(PLACE_PATH, ""))
    best = best_quarter(measure(warehouse, scope, METRIC.id, wide, (found.kind, "store")), found.kind)
    now = measure(warehouse, scope, METRIC.id, here, (found.kind,)).set_index(found.kind)
    frame = _effects(rows, best, now)
    sentences = [_sentence(row, found.outcome) for row in frame.to_dict("records")]
    frame = frame.assign(sentence=pd.Series(sentences, dtype=object))
    n = float(now["n"].max()) if len(now) else 0.0
    return Reach(found, frame, _answer(frame, found), caption(names, here, n))


def best_quarter(stores: pd.DataFrame, axis: str) -> pd.DataFrame:
    """Upper quartile of the stores on each subject, after drawing them towards their mean: chance raises no target."""
    enough = stores[stores["n"] >= FEWEST_RESPONSES]
    rows = []
    for subject, part in enough.groupby(axis, sort=False):
        drawn = shrunken(part["value"], part["se"])
        value = np.nan if isinstance(drawn, NotEstimable) else float(np.quantile(drawn.value, BEST_SHARE))
        differs = not isinstance(drawn, NotEstimable) and drawn.tau2 > 0
        rows.append((str(subject), value if differs else np.nan, len(part)))
    return pd.DataFrame(rows, columns=["subject", "best", "stores"])


def _effects(rows: pd.DataFrame, best: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Coefficient x (best quarter - current), with the interval of the coefficient."""
    columns = ["subject", "label", "coefficient", "low", "high", "verdict"]
    frame = rows[columns].rename(columns={"low": "b_low", "high": "b_high"}).merge(best, on="subject", how="left")
    current = frame["subject"].map(now["value"] if len(now) else pd.Series(dtype=float)).to_numpy(dtype=float)
    delta = np.maximum(frame["best"].to_numpy(dtype=float) - current, 0.0)
    frame = frame.assign(
        current=current,
        delta=delta,
        effect=frame["coefficient"] * delta,
        low=frame["b_low"] * delta,
        high=frame["b_high"] * delta,
    )
    is_real = (frame["verdict"] == "driver") & (frame["delta"] > 0)
    return frame.assign(rank=np.where(is_real, 1, 0)).sort_values(
        ["rank", "effect"], ascending=False, kind="stable", ignore_index=True
    )


def _sentence(row: dict[Any, Any], outcome: str) -> Message:
    values = {"name": row["label"], "outcome": Message(OUTCOMES[outcome])}
    if not row["delta"] > 0:
        return Message(N_("{name}: {why}."), values | {"why": NOTHING_TO_REACH})
    if row["verdict"] != "driver":
        return Message(N_("{name}: no demonstrable effect on {outcome}."), values)
    told = {"delta": number(row["delta"], 1), "effect": number(row["effect"], 2)}
    return Message(_EFFECT, values | told | {"low": number(row["low"], 2), "high": number(row["high"], 2)})


def _answer(frame: pd.DataFrame, found: Drivers) -> Message:
    real = frame[frame["rank"] == 1]
    if real.empty:
        return Message(
            N_("Nothing that the best quarter of stores reaches today goes demonstrably with a higher {outcome}."),
            {"outcome": Message(OUTCOMES[found.outcome])},
        )
    sentence: Message = real["sentence"].iloc[0]
    return sentence
