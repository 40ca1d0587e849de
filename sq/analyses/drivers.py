"""What moves customers' satisfaction: the drivers published with the snapshot, judged and told with care.

The estimates are made when publishing (sq/publish_drivers.py). A driver counts as one only where its coefficient is
reliable over all drivers of the model and large enough to matter; else there is "no demonstrable driver".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.names import Names
from sq.analyses.verdicts import ALPHA
from sq.analyses.wording import Listing, Period, Words, axis_name, count
from sq.language import N_, Message, Named, number
from sq.metrics.catalogue import POINTS_THAT_MATTER
from sq.metrics.questions import asked, question
from sq.selection import Selection
from sq.statistics.attributes import attribute_kind
from sq.statistics.estimable import COLLINEAR, NO_VARIATION
from sq.statistics.intervals import Floats, adjusted_p_values
from sq.warehouse import Scope, Warehouse

OUTCOMES: dict[str, str] = {"overall": N_("Overall satisfaction"), "recommend": N_("Recommendation")}
KINDS: dict[str, str] = {
    "dimension": N_("By dimension"),
    "touchpoint": N_("By touchpoint"),
    "element": N_("By service element"),
}
VERDICT_NAMES: dict[str, str] = {
    "driver": N_("driver"),
    "none": N_("no demonstrable effect"),
    "against": N_("points the other way"),
    "left_out": N_("asked of too few"),
}
ATTRIBUTE_NAMES: dict[str, str] = {
    "basic": N_("Basic: only a bad rating costs"),
    "performance": N_("Performance: a bad rating costs, a good one pays"),
    "excitement": N_("Excitement: only a good rating pays"),
    "none": N_("neither costs nor pays reliably"),
    "too_few": N_("too few at one end"),
}
# From the worst answer to the best the outcome must move by the smallest relevant difference of a score.
LEAST_COEFFICIENT = POINTS_THAT_MATTER / 100
# Drivers of real surveys that go together more than this can hardly be told apart (Grömping 2006).
TOO_ALIKE = 0.85
MOST_NAMED = 3
REFUSALS: dict[str, str] = {
    "too_few": N_("There are too few complete answers: at least 20, and 10 for each driver."),
    "no_variation": NO_VARIATION.reason.msgid,
    "collinear": COLLINEAR.reason.msgid,
}
NO_MODEL = Message(
    N_("No customer survey with an overall or recommendation question: what moves satisfaction cannot be told.")
)


@dataclass(frozen=True)
class Drivers:
    """The drivers of one outcome.

    Attributes:
        outcome, kind: keys of OUTCOMES and KINDS. outcomes, kinds: those that have data; default_kind: shown first.
        frame: the columns of driver_weights and ``label``, ``p_adjusted``, ``verdict`` (key of VERDICT_NAMES),
            ``attribute`` (key of ATTRIBUTE_NAMES, '' where no driver); largest share first.
        model: the row of driver_models; empty where there is none. refusal: why nothing is estimated.
        place: whose answers these are, in words; parent_note: said where a smaller place was asked for.
        warnings: drivers that can hardly be told apart, drivers left out.
    """

    outcome: str
    kind: str
    outcomes: tuple[str, ...]
    kinds: tuple[str, ...]
    default_kind: str
    frame: pd.DataFrame
    model: Mapping[str, Any]
    answer: Message
    refusal: Message | None
    place: Words
    parent_note: Message | None
    warnings: tuple[Message, ...]
    caption: Message

    @property
    def reliable(self) -> pd.DataFrame:
        """The demonstrable drivers, largest share first."""
        return self.frame[self.frame["verdict"] == "driver"] if len(self.frame) else self.frame


def drivers(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, outcome: str = "", kind: str = ""
) -> Drivers:
    """What moves an outcome in the selected place; a place without a model of its own shows its parent's."""
    period = period_of(warehouse, selection)
    level, place, models = _models(warehouse, selection, names, period)
    if models.empty:
        return _nothing(NO_MODEL)
    outcomes = tuple(key for key in OUTCOMES if key in set(models["outcome"]))
    outcome = outcome if outcome in outcomes else outcomes[0]
    own = models[models["outcome"] == outcome].set_index("kind", drop=False)
    kinds = tuple(key for key in KINDS if key in own.index)
    # one driver alone has nothing to be weighed against
    several = own.index[own["highest_correlation"].notna()]
    default = next((key for key in kinds if key in several), kinds[0])
    kind = kind if kind in kinds else default
    model = {str(key): value for key, value in own.loc[kind].to_dict().items()}
    rows = asked(warehouse, "driver_weights", (period, level, place, outcome, kind))
    frame = judged(rows).assign(label=labels_of(warehouse, names, kind, rows["subject"]))
    frame = frame.sort_values(["share", "r"], ascending=False, kind="stable", ignore_index=True)
    refusal = Message(REFUSALS[model["reason"]]) if model["reason"] else None
    where: Words = names.label("region", place) if level == "region" else axis_name("chain")
    return Drivers(
        outcome=outcome,
        kind=kind,
        outcomes=outcomes,
        kinds=kinds,
        default_kind=default,
        frame=frame,
        model=model,
        answer=_answer(frame, model, outcome, refusal),
        refusal=refusal,
        place=where,
        parent_note=_parent_note(selection, level, where),
        warnings=_warnings(frame, model),
        caption=_caption(model, where),
    )


def period_of(warehouse: Warehouse, selection: Selection) -> str:
    """Which published period a selection reads: the last 12 months, or all where it reaches further back."""
    spans = warehouse.kept(question("driver_spans"), ())
    start = selection.months[0]
    recent = spans[spans["period"] == "recent"]
    if start is None or recent.empty:
        return "recent"
    return "recent" if pd.Timestamp(start) >= recent["first_month"].iloc[0] else "all"


def _models(warehouse: Warehouse, selection: Selection, names: Names, period: str) -> tuple[str, str, pd.DataFrame]:
    """The models of the selected region; of the chain where it has none that tells anything."""
    if selection.region and selection.region in names.labels["region"]:
        rows = asked(warehouse, "driver_models", (period, "region", selection.region))
        if len(rows) and (rows["reason"] == "").any():
            return "region", selection.region, rows
    return "chain", "", asked(warehouse, "driver_models", (period, "chain", ""))


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    """The drivers of one model with adjusted p, verdict and kind of attribute; one family."""
    p = adjusted_p_values(rows["p"].to_numpy(dtype=float))
    coefficient = rows["coefficient"].to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        reliable = (p <= ALPHA) & (np.abs(coefficient) >= LEAST_COEFFICIENT)
    verdict = np.where(reliable, np.where(coefficient > 0, "driver", "against"), "none")
    verdict = np.where(np.isnan(coefficient), "left_out", verdict)
    return rows.assign(p_adjusted=p, verdict=verdict, attribute=_attributes(rows, verdict))


def _attributes(rows: pd.DataFrame, verdict: Any) -> list[str]:
    """What kind of attribute a driver is; penalties and rewards of all drivers are one family of tests."""
    is_driver = verdict == "driver"
    both = np.concatenate([rows[name].to_numpy(dtype=float) for name in ("penalty_p", "reward_p")])
    adjusted = adjusted_p_values(np.where(np.tile(is_driver, 2), both, np.nan))
    lost, won = _signed(adjusted[: len(rows)], rows["penalty"], -1), _signed(adjusted[len(rows) :], rows["reward"], +1)
    ends = rows[["n_low", "n_high"]].fillna(0).to_numpy(dtype=int)
    return [
        attribute_kind(int(low), int(high), bool(penalty), bool(reward)) if use else ""
        for use, (low, high), penalty, reward in zip(is_driver, ends, lost, won, strict=True)
    ]


def _signed(p: Floats, value: pd.Series, sign: int) -> Any:
    with np.errstate(invalid="ignore"):
        return (p <= ALPHA) & (value.to_numpy(dtype=float) * sign > 0)


def labels_of(warehouse: Warehouse, names: Names, kind: str, keys: pd.Series) -> pd.Series:
    """Names of dimensions or touchpoints of the customer survey, or of elements of service."""
    if kind != "element":
        return names.labels_of(kind, keys, "customer")
    known = element_names(warehouse, names)
    return pd.Series([known.get(str(key), Named(str(key))) for key in keys], dtype=object)


def element_names(warehouse: Warehouse, names: Names) -> dict[str, Words]:
    """Element of service → the name of its touchpoint; where several share one, or none is given, its question."""
    rows = warehouse.kept(question("items_asked"), ())
    rows = rows[rows["element_id"] != ""]
    order = rows["role"].map({"perception": 0, "score": 1, "expectation": 2, "importance": 3}).fillna(4)
    rows = rows.assign(order=order, other=rows["instrument"] != "customer").sort_values(
        ["other", "order"], kind="stable"
    )
    first = rows.drop_duplicates("element_id")
    shared = first["touchpoint_id"].duplicated(keep=False) | (first["touchpoint_id"] == "")
    return {
        str(row["element_id"]): Named(str(row["text_zh"] or row["element_id"]), str(row["text_en"] or ""))
        if alone
        else names.label("touchpoint", str(row["touchpoint_id"]))
        for row, alone in zip(first.to_dict("records"), shared, strict=True)
    }


def _answer(frame: pd.DataFrame, model: Mapping[str, Any], outcome: str, refusal: Message | None) -> Message:
    values: dict[str, Any] = {"outcome": Message(OUTCOMES[outcome]), "n": count("responses", model["n"])}
    if refusal is not None:
        return Message(N_("What moves {outcome} cannot be told: {reason}"), values | {"reason": refusal})
    found = frame[frame["verdict"] == "driver"]
    if found.empty:
        return Message(N_("No demonstrable driver of {outcome} ({n})."), values)
    top = found.iloc[0]
    values |= {
        "name": top["label"],
        "share": number(100 * top["share"], 0),
        "low": number(100 * top["share_low"], 0),
        "high": number(100 * top["share_high"], 0),
    }
    others = [row["label"] for row in found.iloc[1:MOST_NAMED].to_dict("records")]
    if (frame["verdict"] != "left_out").sum() == 1:
        ends = {name: number(10 * top[column], 1) for name, column in (("effect", "coefficient"), ("from", "low"))}
        values |= ends | {"to": number(10 * top["high"], 1)}
        words = N_(
            "{outcome} goes with {name}: where it is rated 10 points higher, it is {effect} points higher on average "
            "(95 %: {from} to {to}; {n})."
        )
        return Message(words, values)
    if not others:
        return Message(
            N_("{outcome} goes most with {name}: {share} % of what is explained (95 %: {low} to {high}; {n})."), values
        )
    return Message(
        N_(
            "{outcome} goes most with {name}: {share} % of what is explained (95 %: {low} to {high}; {n}); "
            "next {others}."
        ),
        values | {"others": Listing(tuple(others))},
    )


def _warnings(frame: pd.DataFrame, model: Mapping[str, Any]) -> tuple[Message, ...]:
    label_of = dict(zip(frame["subject"], frame["label"], strict=True))
    found = []
    highest = model["highest_correlation"]
    if not model["reason"] and highest is not None and np.isfinite(highest) and highest > TOO_ALIKE:
        words = N_(
            "{one} and {other} go together so closely (r = {r}) that they can hardly be told apart: read them as one."
        )
        pair = {"one": label_of[model["pair_one"]], "other": label_of[model["pair_other"]]}
        found.append(Message(words, pair | {"r": number(highest, 2)}))
    left_out = [label_of[subject] for subject in model["left_out"] if subject in label_of]
    if left_out:
        words = N_(
            "Not in the model, because only part of the customers answered it or all answers are alike: {names}."
        )
        found.append(Message(words, {"names": Listing(tuple(left_out))}))
    return tuple(found)


def _parent_note(selection: Selection, level: str, where: Words) -> Message | None:
    asked_for = selection.place[0]
    if asked_for in {"chain", level}:
        return None
    return Message(
        N_("Drivers are estimated for the chain and its regions; for this place those of {place} are shown."),
        {"place": where},
    )


def _caption(model: Mapping[str, Any], where: Words) -> Message:
    values: dict[str, Any] = {
        "place": where,
        "period": Period(_day(model["first_month"]), _day(model["last_month"])),
        "n": count("responses", model["n"]),
        "stores": count("stores", model["stores"]),
    }
    return Message(N_("{place} · {period} · {n} with complete answers · {stores}"), values)


def _day(value: Any) -> date:
    return pd.Timestamp(value).date()


def _nothing(why: Message) -> Drivers:
    none = pd.DataFrame(columns=["subject", "label", "verdict"])
    return Drivers("", "", (), (), "", none, {}, why, why, axis_name("chain"), None, (), Message(N_("No data")))
