"""What do customers expect of each element of service, and what do they perceive?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.comparison import family_of, judged, selected_rows
from sq.analyses.names import Names
from sq.analyses.verdicts import THE_OTHERS
from sq.analyses.wording import Listing, Words, count, size
from sq.language import N_, Message, Named, number
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.contrasts import against_constant, against_rest
from sq.metrics.customer_measures import EXPECTATION_GAP, EXPECTED, PERCEIVED
from sq.metrics.measuring import StoreSums, estimate, grouped, known_rule, store_sums
from sq.metrics.questions import asked
from sq.selection import SUBJECT_PATH, Selection
from sq.warehouse import Scope, Warehouse

MOST_NAMED = 3


@dataclass(frozen=True)
class Expectations:
    """Expected against perceived service.

    Attributes:
        frame: one row per element, the largest shortfall first: element, label, touchpoint ('' where there is none),
            expected, perceived (0-100, of the responses that answered both), value (perceived − expected; NaN where the
            two are asked on different scales), low, high (95 %), n, stores, p_adjusted and verdict against no gap at
            all; rest, rest_difference, rest_verdict: the gap of the other places, the difference from it and whether
            it is reliable (NaN and '' for the chain).
        against: the other places in words, None for the chain.
        answer: which elements fall short, in words.
        caption: filter, period, n.
    """

    frame: pd.DataFrame
    against: Words | None
    answer: Message
    caption: Message


def expectations(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Expectations | None:
    """Expected against perceived service by element; None where it was not asked."""
    labels = elements(warehouse, names)
    here = names.completed(selection).but(metric="customer_index", **dict.fromkeys(SUBJECT_PATH, ""), split="")
    here = here.but(brand=names.brand_of(here.store)) if here.store else here
    levels = _levels(warehouse, scope, here)
    if labels.empty or levels.empty:
        return None
    frame = levels.merge(_gaps(warehouse, scope, here), on="element", how="left")
    frame = frame.merge(_beside_rest(warehouse, scope, here), on="element", how="left").merge(labels, on="element")
    frame["n"] = frame["n"].fillna(frame["asked"]).astype(int)
    for name in ("verdict", "rest_verdict"):
        frame[name] = frame[name].fillna("")
    frame = frame.sort_values(["value", "element"], kind="stable", ignore_index=True)
    level = here.place[0]
    return Expectations(
        frame,
        None if level == "chain" else Message(THE_OTHERS[level]),
        falling_short(frame, telling.where(names, here)),
        telling.caption(names, here, float(frame["n"].max())),
    )


def elements(warehouse: Warehouse, names: Names) -> pd.DataFrame:
    """Elements in the order of the questionnaire: element, label (its touchpoint, else its question), touchpoint."""
    rows = asked(warehouse, "customer_elements")
    alone = ~rows["touchpoint"].duplicated(keep=False) & rows["touchpoint"].isin(names.stage_of)
    labels = [
        names.label("touchpoint", str(row.touchpoint)) if is_alone else Named(_text(row.text_zh), _text(row.text_en))
        for row, is_alone in zip(rows.itertuples(index=False), alone, strict=True)
    ]
    return pd.DataFrame(
        {
            "element": rows["element"].astype(str),
            "label": pd.Series(labels, dtype=object),
            "touchpoint": rows["touchpoint"].astype(str),
        }
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _levels(warehouse: Warehouse, scope: Scope, here: Selection) -> pd.DataFrame:
    found = []
    for metric in (EXPECTED, PERCEIVED):
        sums = store_sums(warehouse, scope, metric, here, ("item",))
        main = estimate(sums, known_rule(metric, here.rule))
        keys = sums.keys["item"].astype(str) if sums.groups else pd.Series([], dtype=str)
        found.append(pd.DataFrame({"element": keys, metric.id: main.value, "asked": main.n}))
    return found[0].merge(found[1].drop(columns="asked"), on="element")


def _gaps(warehouse: Warehouse, scope: Scope, here: Selection) -> pd.DataFrame:
    """Each gap against none at all; the family is all elements."""
    sums = store_sums(warehouse, scope, EXPECTATION_GAP, here, ("item",))
    rule = known_rule(EXPECTATION_GAP, here.rule)
    frame = judged(EXPECTATION_GAP, sums, against_constant(sums, np.zeros(sums.groups), rule), rule)
    return frame.rename(columns={"item": "element"})[
        ["element", "n", "stores", "value", "low", "high", "p_adjusted", "verdict"]
    ]


def _beside_rest(warehouse: Warehouse, scope: Scope, here: Selection) -> pd.DataFrame:
    """The gaps of a place beside those of the other places; the family is all places by all elements."""
    columns = ["element", "rest", "rest_difference", "rest_verdict"]
    if here.place[0] == "chain":
        return pd.DataFrame(columns=columns).astype({"element": str})
    family = family_of(EXPECTATION_GAP, here, ("item",))
    sums = store_sums(warehouse, scope, EXPECTATION_GAP, family.selection, family.axes)
    rule = known_rule(EXPECTATION_GAP, here.rule)
    frame = judged(EXPECTATION_GAP, sums, against_rest(sums, _elements_of(sums), rule), rule)
    frame = selected_rows(warehouse, EXPECTATION_GAP, here, family, frame)
    names = {"item": "element", "reference": "rest", "difference": "rest_difference", "verdict": "rest_verdict"}
    return frame.rename(columns=names)[columns]


def _elements_of(sums: StoreSums) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Groups that share a rest: all places on one element."""
    return grouped(sums.keys[["item"]])[1] if sums.groups else np.zeros(0, dtype=np.intp)


def falling_short(frame: pd.DataFrame, where: Words) -> Message:
    """Which elements fall reliably short, the largest gap first as in ``frame``, and whether luck could change that."""
    short = frame[frame["verdict"] == "worse"]
    metric = METRICS["customer_index"]
    if frame["value"].isna().all():
        words = N_("{where}: expected and perceived service are asked on different scales: no gap can be formed.")
        return Message(words, {"where": where})
    if short.empty:
        words = N_("{where}: no element of service falls reliably short of what customers expect.")
        return Message(words, {"where": where})
    values = {
        "where": where,
        "n": count(metric.n_unit, float(frame["n"].max())),
        "names": Listing(tuple(_shortfall(row, metric) for row in short.head(MOST_NAMED).to_dict("records"))),
        "short": number(len(short), 0),
        "all": number(int(frame["value"].notna().sum()), 0),
    }
    if len(short) <= MOST_NAMED:
        return Message(
            N_("{where}: reliably less than customers expect: {names} (elements compared: {all}; {n})."), values
        )
    if short["low"].iloc[MOST_NAMED:].min() > short["high"].iloc[:MOST_NAMED].max():
        words = N_(
            "{where}: reliably less than customers expect with {short} of {all} elements, most with {names} ({n})."
        )
        return Message(words, values)
    words = N_(
        "{where}: reliably less than customers expect with {short} of {all} elements, most with {names}; intervals of "
        "others reach into theirs, so luck may decide which come first ({n})."
    )
    return Message(words, values)


def _shortfall(row: dict[Any, Any], metric: Metric) -> Message:
    """The size of a gap below zero, with the ends of its interval as sizes too."""
    ends = {"low": number(-row["high"], metric.decimals), "high": number(-row["low"], metric.decimals)}
    values = {"name": row["label"], "size": size(metric, float(row["value"])), **ends}
    return Message(N_("{name} ({size}; 95 %: {low} to {high})"), values)
