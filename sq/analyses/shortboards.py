"""The weakest links (shortboards) of management, delivery and perception, each with how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.comparison import NOTHING, compared
from sq.analyses.drill import applicable
from sq.analyses.names import Names
from sq.analyses.periods import last_day
from sq.analyses.verdicts import targets_of
from sq.analyses.wording import Listing, Words, quantity
from sq.language import N_, Message, number
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.measuring import store_sums
from sq.selection import PLACE_PATH, Selection
from sq.statistics.attributes import shortboard
from sq.statistics.estimable import NotEstimable
from sq.warehouse import Scope, Warehouse

# layer → metric and what it is divided into; the first division that has data counts
LAYERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "management": ("management_score", ("dimension",)),
    "delivery": ("mystery_score", ("touchpoint", "dimension")),
    "perception": ("customer_index", ("dimension", "touchpoint")),
}
LAYER_NAMES: dict[str, str] = {
    "management": N_("Management"),
    "delivery": N_("Delivery"),
    "perception": N_("Perception"),
}
LAYER_SOURCES: dict[str, str] = {
    "management": N_("audits of how stores are managed"),
    "delivery": N_("mystery visits"),
    "perception": N_("customer survey"),
}
FULL_MARK = 100.0
MOST_NAMED = 3
_ONE = N_("{lowest} is the weakest link ({value}).")
_CLOSE = N_("{lowest} is lowest ({value}), but by too little to matter.")
_TIED = N_("the weakest links are {lowest}: which of them is the very lowest cannot be told.")
_UNCLEAR = N_("no weakest link can be named: {count} of {all} cannot be told apart from the lowest.")


@dataclass(frozen=True)
class Layer:
    """One layer of the programme and what it is weakest in.

    Attributes:
        key: management, delivery or perception. axis: dimension or touchpoint.
        frame: columns of `Compared.frame` (compared with the other subjects) and ``subject``, ``label``, ``weight``
            (share of the whole score), ``gap`` (target less value, at least 0), ``gain`` (points of the whole score
            that the gap is worth), ``is_candidate`` (not reliably above the lowest); lowest first. Empty where not
            measured.
        candidates: labels of what the weakest link may be, lowest first; empty where it is not clear.
        gain: label and points of the gap whose closing is worth most; None where nothing lies below the target.
        target: what is aimed at; has_target: a target was set (else the full mark).
    """

    key: str
    metric: Metric
    axis: str
    selection: Selection
    frame: pd.DataFrame
    candidates: tuple[Words, ...]
    sentence: Message
    gain: tuple[Words, float] | None
    target: float
    has_target: bool
    against: Words
    caption: Message

    @property
    def is_weak(self) -> bool:
        """Whether the lowest subject is reliably worse than the others, and can be named."""
        return bool(self.candidates) and self.frame["verdict"].iloc[0] == "worse"


@dataclass(frozen=True)
class Shortboards:
    """The three layers in their order; a layer without data has an empty frame and says so."""

    layers: tuple[Layer, ...]

    @property
    def weak(self) -> tuple[Layer, ...]:
        """The layers whose weakest link is reliably and relevantly below the others."""
        return tuple(layer for layer in self.measured if layer.is_weak)

    @property
    def measured(self) -> tuple[Layer, ...]:
        """The layers with data."""
        return tuple(layer for layer in self.layers if len(layer.frame))


def shortboards(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Shortboards:
    """The weakest links of the selected place and period in each layer."""
    return Shortboards(tuple(_layer(warehouse, scope, selection, names, key) for key in LAYERS))


def _layer(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, key: str) -> Layer:
    metric_id, axes = LAYERS[key]
    metric = METRICS[metric_id]
    wide = selection.but(metric=metric_id, stage="", dimension="", touchpoint="", item="", split="", compare="rest")
    here = applicable(metric, names.completed(wide), names)[0]
    axis = next((axis for axis in axes if metric_id in names.available and names.options(axis, here)), "")
    if not axis:
        return _not_measured(key, metric, here)
    found = compared(warehouse, scope, here, (axis,))
    frame = _with_targets(warehouse, scope, here, axis, found.frame)
    if frame.empty:
        return _not_measured(key, metric, here)
    frame = frame.assign(subject=frame[axis], label=names.labels_of(axis, frame[axis], metric.instrument))
    frame, sentence, candidates = _weakest(frame, metric)
    target = float(frame["target"].iloc[0])
    told = Message(N_("{layer}: {sentence}"), {"layer": Message(LAYER_NAMES[key]), "sentence": sentence})
    return Layer(
        key=key,
        metric=metric,
        axis=axis,
        selection=here,
        frame=frame,
        candidates=candidates,
        sentence=told,
        gain=_largest_gain(frame),
        target=target,
        has_target=bool(frame["has_target"].iloc[0]),
        against=found.against,
        caption=telling.caption(names, here, float(frame["n"].max())),
    )


def _not_measured(key: str, metric: Metric, selection: Selection) -> Layer:
    words = Message(
        N_("{layer}: not measured here ({source})."),
        {"layer": Message(LAYER_NAMES[key]), "source": Message(LAYER_SOURCES[key])},
    )
    none = pd.DataFrame()
    return Layer(key, metric, "", selection, none, (), words, None, float("nan"), False, NOTHING, NOTHING)


def _with_targets(warehouse: Warehouse, scope: Scope, here: Selection, axis: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with each subject's weight in the whole, the target and what lies between."""
    metric = METRICS[here.metric]
    sums = store_sums(warehouse, scope, metric, here.but(**dict.fromkeys((*PLACE_PATH,), "")), (axis,))
    weights = dict(zip(sums.keys[axis], sums.totals()["pden"], strict=True)) if sums.groups else {}
    weight = frame[axis].map(weights).fillna(0.0).to_numpy(dtype=float)
    place = pd.DataFrame([{level: getattr(here, level) for level in PLACE_PATH}])
    end = here.months[1]
    known = float(targets_of(warehouse, metric, last_day(end), place)[0]) if end else float("nan")
    target = known if np.isfinite(known) else FULL_MARK
    gap = np.maximum(target - frame["value"].to_numpy(dtype=float), 0.0)
    share = weight / weight.sum() if weight.sum() > 0 else np.full(len(frame), 1 / max(len(frame), 1))
    return frame.assign(weight=share, target=target, has_target=np.isfinite(known), gap=gap, gain=share * gap)


def _weakest(frame: pd.DataFrame, metric: Metric) -> tuple[pd.DataFrame, Message, tuple[Words, ...]]:
    """The frame, lowest first, with the candidates marked; the sentence about them."""
    frame = frame.sort_values("value", kind="stable", ignore_index=True)
    sure = ((frame["hidden_reason"] == "") & (frame["se"] > 0)).to_numpy()
    rows = frame[sure]
    found = shortboard(rows["value"], rows["se"], np.maximum(rows["weight"], 1e-9), rows["target"])
    if len(frame) == 1:
        alone = Message(N_("only {name} was measured: nothing to compare it with."), {"name": frame["label"].iloc[0]})
        return frame.assign(is_candidate=False), alone, ()
    if isinstance(found, NotEstimable):
        few = Message(N_("too few answers to name a weakest link."))
        return frame.assign(is_candidate=False), few, ()
    marked = np.zeros(len(frame), dtype=bool)
    marked[np.flatnonzero(sure)[list(found.candidates)]] = True
    frame = frame.assign(is_candidate=marked)
    labels = list(frame.loc[marked, "label"])
    if not found.is_clear:
        values: Mapping[str, Any] = {"count": number(len(labels), 0), "all": number(len(rows), 0)}
        return frame, Message(_UNCLEAR, values), ()
    if len(labels) == 1:
        value = quantity(metric, float(frame.loc[marked, "value"].iloc[0]))
        words = _ONE if frame.loc[marked, "verdict"].iloc[0] == "worse" else _CLOSE
        return frame, Message(words, {"lowest": labels[0], "value": value}), tuple(labels)
    return frame, Message(_TIED, {"lowest": Listing(tuple(labels[: MOST_NAMED + 2]))}), tuple(labels)


def _largest_gain(frame: pd.DataFrame) -> tuple[Words, float] | None:
    best = frame.to_dict("records")[int(frame["gain"].to_numpy(dtype=float).argmax())]
    return (best["label"], float(best["gain"])) if best["gain"] > 0 else None
