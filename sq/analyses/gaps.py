"""The gap board: what lies between expected, believed, prescribed, delivered, promised and perceived service.

Gap = delivered (or believed) minus required; negative is a shortfall. A difference exists only for the same subject on
the same scale; else both sides stand beside each other without one (methods.md, section 8).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.competitors import competitors
from sq.analyses.drill import applicable
from sq.analyses.drivers import element_names
from sq.analyses.gap_rows import COLUMNS, POINTS, against, by_subject, judged, mean_gap, measured, subtracted
from sq.analyses.names import Names
from sq.analyses.periods import last_day
from sq.analyses.verdicts import targets_of
from sq.analyses.wording import Day, Period, Words, count
from sq.language import N_, Message, Named, number, signed
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.cells import SurveyWave, waves, waves_inside, waves_until
from sq.metrics.customer_measures import EXPECTATION_GAP, EXPECTED, PERCEIVED
from sq.metrics.questions import question
from sq.selection import PLACE_PATH, Selection
from sq.warehouse import Scope, Warehouse

GAPS: tuple[str, ...] = (
    "knowledge",
    "standards",
    "delivery",
    "communication",
    "perception",
    "internal",
    "competitor",
)
GAP_NAMES: dict[str, str] = {
    "knowledge": N_("Gap 1 · Knowledge"),
    "standards": N_("Gap 2 · Standards"),
    "delivery": N_("Gap 3 · Delivery"),
    "communication": N_("Gap 4 · Communication"),
    "perception": N_("Gap 5 · Perception"),
    "internal": N_("Internal and external"),
    "competitor": N_("Competitors"),
}
QUESTIONS: dict[str, str] = {
    "knowledge": N_("Do managers know what matters to customers?"),
    "standards": N_("Is what matters to customers written into the standard?"),
    "delivery": N_("Is the standard delivered?"),
    "communication": N_("Is what is promised kept?"),
    "perception": N_("Do customers get what they expect?"),
    "internal": N_("Do customers see what the staff believe they deliver?"),
    "competitor": N_("Are own stores as good as competitors’?"),
}
SIDE_NAMES: dict[str, tuple[str, str]] = {
    "knowledge": (N_("managers believe"), N_("customers say")),
    "standards": (N_("checklist items"), N_("importance to customers")),
    "delivery": (N_("delivered"), N_("the standard")),
    "communication": (N_("shoppers found"), N_("customers perceive")),
    "perception": (N_("perceived"), N_("expected")),
    "internal": (N_("customers perceive"), N_("staff believe")),
    "competitor": (N_("own stores"), N_("competitor")),
}
FORMULAS: dict[str, str] = {
    "knowledge": N_("importance that managers believe − importance that customers state, per service element"),
    "standards": N_(
        "importance of the elements with at least one checklist item / importance of all elements × 100; a census of "
        "the checklist, so there is no test"
    ),
    "delivery": N_("mystery score − target (the full mark where none is set)"),
    "communication": N_("customers’ rating of kept promises − the full mark"),
    "perception": N_("perceived − expected of the same response, then the mean"),
    "internal": N_("customers’ perception − the staff’s rating of their own service, per service element"),
    "competitor": N_("own − competitor’s mystery score in the same cities and months"),
}
HOW_TO_BRING: dict[str, str] = {
    "knowledge": N_(
        "not measured: needs the importance of the same elements from customers (role importance) and, from managers, "
        "in the awareness survey, on one scale"
    ),
    "standards": N_(
        "not measured: needs the importance of service elements (role importance) and checklist items of their "
        "touchpoints"
    ),
    "delivery": N_("not measured: needs mystery visits"),
    "communication": N_(
        "not measured: needs customers’ answers about kept promises (role promise), or a touchpoint of promises in the "
        "list of remedies"
    ),
    "perception": N_(
        "not measured: needs expectation and perception of the same elements on one scale, or a target for the "
        "customer index"
    ),
    "internal": N_(
        "not measured: needs the staff’s rating of their own service (awareness survey, role perception) and the "
        "customers’ of the same elements, on one scale"
    ),
    "competitor": N_("not measured: needs visits to competitors in cities and months in which own stores were visited"),
}
NO_DIFFERENCE_TAKEN = Message(
    N_("Both sides come from different questions and scales: they stand beside each other, nothing is subtracted.")
)
NOTHING_SAID = Named("")
FULL_MARK = 100.0
BELIEFS = METRICS["awareness_index"]  # what managers believe and the staff say of their own service
BY_PLACE = ("knowledge", "delivery", "communication", "perception", "internal")


@dataclass(frozen=True)
class Gap:
    """One gap of the board.

    Attributes:
        key: of GAPS. unit: points or percent.
        rows: subject (element, touchpoint or brand), label, touchpoint and COLUMNS of gap_rows; one family of tests.
        value, low, high: of the whole gap (points; of standards percent covered); NaN where nothing is subtracted.
        verdict: worse (reliable shortfall), better, none, '' (nothing to test). n: words.
        sentence: the gap in one sentence. notes: what must be known. period: wave or months in words.
    """

    key: str
    unit: str
    rows: pd.DataFrame
    value: float
    low: float
    high: float
    verdict: str
    n: Words
    sentence: Message
    notes: tuple[Message, ...] = ()
    caption: Words = NOTHING_SAID

    @property
    def is_measured(self) -> bool:
        """Whether there is anything to show."""
        return len(self.rows) > 0

    @property
    def short(self) -> pd.DataFrame:
        """The subjects that fall reliably short, the widest first."""
        return self.rows[self.rows["verdict"] == "worse"].sort_values("difference", kind="stable", ignore_index=True)


@dataclass(frozen=True)
class Board:
    """All gaps in the order of the model, and the answer."""

    gaps: tuple[Gap, ...]
    answer: Message

    def gap(self, key: str) -> Gap:
        """The gap of this key."""
        return next(gap for gap in self.gaps if gap.key == key)

    @property
    def widest(self) -> str:
        """The key of the gap with the widest reliable shortfall; the first measured one where there is none."""
        short = [(float(gap.short["difference"].iloc[0]), gap.key) for gap in self.gaps if len(gap.short)]
        return min(short)[1] if short else next((gap.key for gap in self.gaps if gap.is_measured), GAPS[0])


def board(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, promised: tuple[str, ...] = ()
) -> Board:
    """Every gap of the selected place and period. ``promised``: touchpoints at which something is promised."""
    asked_for = _Ground.of(warehouse, scope, selection, names, promised)
    gaps = tuple(_gap(asked_for, key) for key in GAPS)
    return Board(gaps, board_answer(gaps))


def gap_places(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, key: str, promised: tuple[str, ...] = ()
) -> pd.DataFrame:
    """One gap by region and subject, judged as one family: place, place_label, subject, subject_label, COLUMNS.

    Empty where the gap has no regions of its own.
    """
    ground = _Ground.of(warehouse, scope, selection.but(region="", city="", store=""), names, promised)
    if key not in BY_PLACE or len(names.options("region", ground.here)) < 2:
        return pd.DataFrame()
    rows = _rows(replace(ground, places=("region",)), key)
    if rows.empty or not rows["difference"].notna().any():
        return pd.DataFrame()
    return rows.assign(
        place=rows["region"],
        place_label=names.labels_of("region", rows["region"]),
        subject_label=rows["label"],
        value=rows["difference"],
        n=np.fmin(rows["first_n"], rows["second_n"].fillna(np.inf)),
        limit="",
    )


@dataclass(frozen=True)
class _Ground:
    """What every gap is measured on.

    Attributes:
        here: place and months of the selection, no subject. items: every item, see items_asked.sql.
        places: place axes to measure by beside the subject. known: what was measured already.
    """

    warehouse: Warehouse
    scope: Scope
    here: Selection
    names: Names
    items: pd.DataFrame
    promised: tuple[str, ...]
    places: tuple[str, ...] = ()
    known: dict[tuple[str, ...], pd.DataFrame] = field(default_factory=dict)

    @classmethod
    def of(
        cls, warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, promised: tuple[str, ...]
    ) -> _Ground:
        plain = Selection(
            start=selection.start,
            end=selection.end,
            membership=selection.membership,
            **{level: getattr(selection, level) for level in PLACE_PATH},
        )
        items = warehouse.kept(question("items_asked"), ())
        return cls(warehouse, scope, names.completed(plain), names, items, promised)

    def measured(self, metric: Metric, axes: Sequence[str]) -> pd.DataFrame:
        """A metric by the places and further axes, once; nothing where it has no data."""
        if metric.id in METRICS and metric.id not in self.names.available:
            return pd.DataFrame()
        key = (metric.id, *self.places, *axes)
        if key not in self.known:
            here = self.here
            if metric.is_anonymous:
                here = here.but(wave=self.wave.id if self.wave else "")
            if metric.id in METRICS:
                here = applicable(metric, here.but(metric=metric.id), self.names)[0]
            asked = self.items_of(metric.instrument) if metric.id in METRICS and "item" in axes else ()
            self.known[key] = measured(self.warehouse, self.scope, metric, here, (*self.places, *axes), asked)
        return self.known[key]

    def items_of(self, instrument: str) -> tuple[str, ...]:
        """The items that a gap may read: about an element of service or about promises."""
        rows = self.items[self.items["instrument"] == instrument]
        return tuple(rows.loc[(rows["element_id"] != "") | (rows["role"] == "promise"), "item_id"])

    @cached_property
    def wave(self) -> SurveyWave | None:
        """The wave of the awareness survey: the latest of the period, else the one nearest to its end."""
        found = waves(self.warehouse, BELIEFS.instrument)
        inside, before = waves_inside(found, self.here), waves_until(found, self.here)
        return next(iter([*inside[-1:], *before[-1:], *found[:1]]), None)

    @property
    def is_wave_outside(self) -> bool:
        """Whether that wave did not end in the period."""
        return self.wave is not None and self.wave not in waves_inside((self.wave,), self.here)

    @cached_property
    def element_names(self) -> dict[str, Words]:
        """Element of service → its name."""
        return element_names(self.warehouse, self.names)

    @cached_property
    def touchpoint_of(self) -> dict[str, str]:
        """Element of service → its touchpoint."""
        both = zip(self.items["element_id"], self.items["touchpoint_id"], strict=True)
        return {element: touchpoint for element, touchpoint in both if element and touchpoint}

    def asked(self, instrument: str, role: str) -> pd.DataFrame:
        """Items of an instrument and role that are about an element of service."""
        rows = self.items
        return rows[(rows["instrument"] == instrument) & (rows["role"] == role) & (rows["element_id"] != "")]

    def labelled(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows by element with its name and touchpoint, in service order."""
        known, of = self.element_names, self.touchpoint_of
        order = {key: place for place, key in enumerate(self.names.stage_of)}
        labels = [known.get(key, Named(key)) for key in rows["subject"]]
        touchpoints = [of.get(key, "") for key in rows["subject"]]
        places = np.argsort([order.get(key, len(order)) for key in touchpoints], kind="stable")
        told = rows.assign(label=pd.Series(labels, index=rows.index, dtype=object), touchpoint=touchpoints)
        return told.iloc[places].reset_index(drop=True)


def _gap(ground: _Ground, key: str) -> Gap:
    rows = _rows(ground, key)
    if rows.empty:
        return _not_measured(key)
    if key == "standards":
        return _standards(ground, rows)
    total = _total(ground, key, rows)
    verdict = _verdict(total)
    notes = _notes(ground, key, rows)
    return Gap(
        key=key,
        unit="points",
        rows=rows,
        value=total["difference"],
        low=total["low"],
        high=total["high"],
        verdict=verdict,
        n=_n(key, rows),
        sentence=_sentence(key, rows),
        notes=notes,
        caption=_caption(ground, key),
    )


def _not_measured(key: str) -> Gap:
    nan = float("nan")
    empty = pd.DataFrame(columns=["subject", "label", "touchpoint", *COLUMNS])
    return Gap(key, "points", empty, nan, nan, nan, "", Named("–"), Message(HOW_TO_BRING[key]))


def _rows(ground: _Ground, key: str) -> pd.DataFrame:
    """The rows of a gap by subject (and place)."""
    if key == "knowledge":
        return _elements(ground, ("awareness", "importance"), ("customer", "importance"))
    if key == "internal":
        return _elements(ground, ("customer", "perception"), ("awareness", "perception"))
    if key == "delivery":
        return _delivery(ground)
    if key == "communication":
        return _communication(ground)
    if key == "perception":
        return _perception(ground)
    return _competitors(ground) if key == "competitor" else _covered(ground)


_METRIC_OF = {"awareness": BELIEFS, "customer": METRICS["customer_index"]}


def _elements(ground: _Ground, one: tuple[str, str], other: tuple[str, str]) -> pd.DataFrame:
    """Items of two instruments about the same elements, subtracted where their scales are the same."""
    sides = []
    for instrument, role in (one, other):
        asked = ground.asked(instrument, role)
        if role == "perception" and asked.empty and instrument == "customer":
            asked = ground.asked(instrument, "score")
        frame = ground.measured(_METRIC_OF[instrument], ("item",)) if len(asked) else pd.DataFrame()
        if frame.empty:
            return pd.DataFrame()
        subject_of = dict(zip(asked["item_id"], asked["element_id"], strict=True))
        sides.append((by_subject(frame, subject_of, ground.places), asked))
    (first, asked_first), (second, asked_second) = sides
    rows = subtracted(first, second, [*ground.places, "subject"], _alike(asked_first, asked_second))
    return ground.labelled(rows) if len(rows) else rows


def _alike(first: pd.DataFrame, second: pd.DataFrame) -> set[str]:
    """Elements that both sides ask about on one and the same scale."""
    both = pd.concat([first, second]).groupby("element_id")[["scale_min", "scale_max"]].nunique()
    return set(both.index[(both == 1).all(axis=1)])


def _target(ground: _Ground, metric: Metric) -> float:
    place = pd.DataFrame([{level: getattr(ground.here, level) for level in PLACE_PATH}])
    end = ground.here.months[1]
    return float(targets_of(ground.warehouse, metric, last_day(end), place)[0]) if end else float("nan")


def _named(ground: _Ground, rows: pd.DataFrame, axis: str, instrument: str) -> pd.DataFrame:
    order = {
        key: place for place, (key, _name) in enumerate(ground.names.options(axis, Selection(metric=_of(instrument))))
    }
    rows = rows.rename(columns={axis: "subject"})
    rows = rows.sort_values("subject", key=lambda keys: keys.map(order), kind="stable", ignore_index=True)
    touchpoint = rows["subject"] if axis == "touchpoint" else ""
    return rows.assign(label=ground.names.labels_of(axis, rows["subject"], instrument), touchpoint=touchpoint)


def _of(instrument: str) -> str:
    return {"mystery": "mystery_score", "customer": "customer_index"}[instrument]


def _delivery(ground: _Ground) -> pd.DataFrame:
    """Every touchpoint of the visits (dimension where there are none) against the target."""
    metric = METRICS["mystery_score"]
    axis = next((a for a in ("touchpoint", "dimension") if ground.names.options(a, Selection(metric=metric.id))), "")
    frame = ground.measured(metric, (axis,)) if axis and metric.id in ground.names.available else pd.DataFrame()
    if frame.empty:
        return frame
    end = ground.here.months[1]
    if ground.places and end:
        target = targets_of(ground.warehouse, metric, last_day(end), frame[list(ground.places)])
    else:
        target = np.full(len(frame), _target(ground, metric))
    return _named(ground, against(frame, np.where(np.isfinite(target), target, FULL_MARK)), axis, "mystery")


def _communication(ground: _Ground) -> pd.DataFrame:
    """What customers say of promises against the full mark; else shoppers beside customers at places of promises."""
    asked = ground.items[(ground.items["instrument"] == "customer") & (ground.items["role"] == "promise")]
    frame = ground.measured(METRICS["customer_index"], ("item",)) if len(asked) else pd.DataFrame()
    if len(frame):
        known = frame[frame["item"].isin(asked["item_id"])]
        if len(known):
            rows = against(known, FULL_MARK).rename(columns={"item": "subject"})
            touchpoint = dict(zip(asked["item_id"], asked["touchpoint_id"], strict=True))
            labels = ground.names.labels_of("item", rows["subject"], "customer")
            return rows.assign(label=labels, touchpoint=[touchpoint[key] for key in rows["subject"]])
    sides = [ground.measured(METRICS[name], ("touchpoint",)) for name in ("mystery_score", "customer_index")]
    if any(side.empty for side in sides):
        return pd.DataFrame()
    first, second = (side[side["touchpoint"].isin(ground.promised)] for side in sides)
    rows = subtracted(first, second, [*ground.places, "touchpoint"], set())
    if rows.empty:
        return rows
    empty = dict.fromkeys(("difference", "low", "high", "p"), np.nan)
    return _named(ground, judged(rows.assign(**empty)), "touchpoint", "mystery")


def _perception(ground: _Ground) -> pd.DataFrame:
    """Perceived minus expected of the same responses; else the customer index against its target."""
    gap = ground.measured(EXPECTATION_GAP, ("item",))
    if gap.empty:
        return _perception_against_target(ground)
    keys = [*ground.places, "item"]
    sides = [ground.measured(metric, ("item",)) for metric in (PERCEIVED, EXPECTED)]
    rows = against(gap, 0.0).drop(columns=[c for c in COLUMNS if c.startswith(("first", "second"))])
    for name, side in zip(("first", "second"), sides, strict=True):
        told = side.rename(columns={"value": name, "low": f"{name}_low", "high": f"{name}_high", "n": f"{name}_n"})
        rows = rows.merge(told[[*keys, name, f"{name}_low", f"{name}_high", f"{name}_n"]], on=keys, how="left")
    return ground.labelled(rows.rename(columns={"item": "subject"}))


def _perception_against_target(ground: _Ground) -> pd.DataFrame:
    metric = METRICS["customer_index"]
    target = _target(ground, metric)
    axis = next((a for a in ("dimension", "touchpoint") if ground.names.options(a, Selection(metric=metric.id))), "")
    if not axis or not np.isfinite(target) or metric.id not in ground.names.available:
        return pd.DataFrame()
    frame = ground.measured(metric, (axis,))
    return _named(ground, against(frame, target), axis, "customer") if len(frame) else frame


def _competitors(ground: _Ground) -> pd.DataFrame:
    """Own stores against every brand, from the comparison in matched cities and months."""
    if "mystery_score" not in ground.names.available:
        return pd.DataFrame()
    here = ground.here.but(metric="mystery_score")
    found = competitors(ground.warehouse, ground.scope, here, ground.names, by_subject=False).brands
    if found.empty:
        return found
    return pd.DataFrame(
        {
            "subject": found["brand"],
            "label": found["label"],
            "touchpoint": "",
            "first": found["own"],
            "first_n": found["n_own"],
            "second": found["value"],
            "second_n": found["n"],
            **{name: found[name] for name in ("difference", "low", "high", "p", "p_adjusted", "verdict")},
            **dict.fromkeys(("first_low", "first_high", "second_low", "second_high", "minimum"), np.nan),
            "hidden_reason": "",
        }
    )


def _covered(ground: _Ground) -> pd.DataFrame:
    """Every element with its importance to customers and how many checklist items its touchpoint has."""
    asked = ground.asked("customer", "importance")
    frame = ground.measured(METRICS["customer_index"], ("item",)) if len(asked) else pd.DataFrame()
    items = ground.items
    checklist = items[
        (items["instrument"] == "mystery")
        & (items["role"] == "score")
        & (items["weight"] > 0)
        & items["valid_to"].isna()
    ]
    if frame.empty or checklist.empty:
        return pd.DataFrame()
    rows = by_subject(frame, dict(zip(asked["item_id"], asked["element_id"], strict=True)), ())
    if rows.empty:
        return rows
    rows = ground.labelled(rows)
    counted = [_weights(checklist, *about) for about in zip(rows["subject"], rows["touchpoint"], strict=True)]
    weight = [sum(found) / float(checklist["weight"].sum()) for found in counted]
    empty = dict.fromkeys(("difference", "low", "high", "p", "p_adjusted"), np.nan)
    return rows.rename(columns={"value": "second", "low": "second_low", "high": "second_high", "n": "second_n"}).assign(
        first=[float(len(found)) for found in counted],
        first_low=np.nan,
        first_high=np.nan,
        first_n=np.nan,
        weight=weight,
        verdict="",
        **empty,
    )


def _weights(checklist: pd.DataFrame, element: str, touchpoint: str) -> list[float]:
    """The weights of the checklist's items about an element or its touchpoint."""
    items = zip(*(checklist[name] for name in ("element_id", "touchpoint_id", "weight")), strict=True)
    return [float(weight) for own, place, weight in items if own == element or (place == touchpoint != "")]


def _standards(ground: _Ground, rows: pd.DataFrame) -> Gap:
    importance, has = rows["second"].to_numpy(dtype=float), rows["first"].to_numpy(dtype=float) > 0
    covered = 100 * float(importance[has].sum() / importance.sum())
    missing = list(rows.loc[~has, "label"])
    values: dict[str, Any] = {
        "share": number(covered, 0),
        "count": number(int(has.sum()), 0),
        "all": number(len(rows), 0),
    }
    words = N_("{share} % of what matters to customers has a written standard ({count} of {all} elements)")
    notes = (
        Message(N_("A census of the checklist: no sample, no test.")),
        Message(N_("Weights of the checklist stand beside the importance; the scales differ, nothing is subtracted.")),
    )
    return Gap(
        key="standards",
        unit="%",
        rows=rows,
        value=covered,
        low=float("nan"),
        high=float("nan"),
        verdict="worse" if missing else "",
        n=Message(N_("{count} elements"), {"count": number(len(rows), 0)}),
        sentence=Message(words, values),
        notes=notes,
        caption=_caption(ground, "standards"),
    )


def _total(ground: _Ground, key: str, rows: pd.DataFrame) -> dict[str, float]:
    """The whole gap with its interval."""
    if key == "delivery":
        target = float(rows["second"].iloc[0])
        whole = against(ground.measured(METRICS["mystery_score"], ()), target)
        return _first(whole)
    if key == "perception" and rows["second_n"].notna().any():
        return _first(against(ground.measured(EXPECTATION_GAP, ()), 0.0))
    if key == "perception":
        return _first(against(ground.measured(METRICS["customer_index"], ()), float(rows["second"].iloc[0])))
    if key == "competitor" and len(rows) > 1:
        return mean_gap(rows)
    return mean_gap(rows)


def _first(frame: pd.DataFrame) -> dict[str, float]:
    if frame.empty:
        return dict.fromkeys(("difference", "low", "high"), float("nan"))
    return {name: float(frame[name].iloc[0]) for name in ("difference", "low", "high")}


def _verdict(total: Mapping[str, float]) -> str:
    """Of the whole gap: its interval leaves zero out and it is large enough to matter."""
    if np.isnan(total["difference"]):
        return ""
    if np.isnan(total["low"]):
        return "too_few"
    large = abs(total["difference"]) >= POINTS.smallest_relevant_difference
    if total["high"] < 0 and large:
        return "worse"
    return "better" if total["low"] > 0 and large else "none"


def _n(key: str, rows: pd.DataFrame) -> Words:
    """How many stand on each side: the most that any subject has."""
    units = {
        "knowledge": ("answers", "responses"),
        "delivery": ("visits", ""),
        "communication": ("responses", "") if rows["difference"].notna().any() else ("visits", "responses"),
        "perception": ("responses", ""),
        "internal": ("responses", "answers"),
        "competitor": ("visits", "visits"),
    }[key]
    told = [
        count(unit, float(rows[f"{side}_n"].max()))
        for side, unit in zip(("first", "second"), units, strict=True)
        if unit
    ]
    return told[0] if len(told) == 1 else Message(N_("{first}; {second}"), {"first": told[0], "second": told[1]})


def _sentence(key: str, rows: pd.DataFrame) -> Message:
    known = rows[rows["difference"].notna()]
    hidden = rows["hidden_reason"].isin(("few", "neighbour"))
    if known.empty:
        return Message(N_("hidden for anonymity")) if hidden.any() else NO_DIFFERENCE_TAKEN
    short = known[known["verdict"] == "worse"].sort_values("difference", kind="stable")
    values: dict[str, Any] = {"count": number(len(short), 0), "all": number(len(known), 0)}
    if short.empty:
        return Message(N_("no reliable shortfall among {all} compared"), values)
    widest = short.iloc[0]
    values |= {
        "name": widest["label"],
        "difference": signed(float(widest["difference"]), 1),
        "low": signed(float(widest["low"]), 1),
        "high": signed(float(widest["high"]), 1),
    }
    return Message(N_("{count} of {all} fall short; widest: {name} {difference} (95 %: {low} to {high})"), values)


def _notes(ground: _Ground, key: str, rows: pd.DataFrame) -> tuple[Message, ...]:
    found: list[Message] = []
    if key == "delivery" and not np.isfinite(_target(ground, METRICS["mystery_score"])):
        found.append(Message(N_("No target is set: compared with the full mark of 100.")))
    if key == "perception" and not rows["second_n"].notna().any():
        found.append(Message(N_("Expectation was not asked: this is perception less the target.")))
    if key == "communication" and rows["difference"].isna().all():
        found.append(NO_DIFFERENCE_TAKEN)
    if key in {"knowledge", "internal"} and rows["difference"].isna().any() and not _hidden(rows).any():
        found.append(Message(N_("Elements asked on different scales stand beside each other, nothing is subtracted.")))
    if key in {"knowledge", "internal"} and ground.wave and ground.is_wave_outside:
        words = N_("No awareness survey ended in this period: that of {wave} (until {day}) is shown.")
        found.append(Message(words, {"wave": ground.wave.name, "day": Day(ground.wave.ends_on)}))
    if key in {"knowledge", "internal"} and _hidden(rows).any():
        found.append(Message(N_("Groups with too few answers are hidden for anonymity.")))
    return tuple(found)


def _hidden(rows: pd.DataFrame) -> pd.Series:
    return rows["hidden_reason"].isin(("few", "neighbour"))


def _caption(ground: _Ground, key: str) -> Message:
    """Place and months; of the anonymous side the wave."""
    metric = METRICS["mystery_score" if key in {"delivery", "competitor"} else "customer_index"]
    values: dict[str, Any] = {"place": telling.place_name(ground.names, ground.here.but(metric=metric.id))}
    start, end = ground.here.months
    values["period"] = Period(start, end) if start and end else NOTHING_SAID
    if key in {"knowledge", "internal"} and ground.wave:
        return Message(N_("{place} · {period} · awareness survey {wave}"), values | {"wave": ground.wave.name})
    return Message(N_("{place} · {period}"), values)


def board_answer(gaps: Sequence[Gap]) -> Message:
    """How many gaps fall short as a whole (the ▼ of the board); of the others, in how many single elements do."""
    known = [gap for gap in gaps if gap.is_measured]
    if not known:
        return Message(N_("None of the gaps is measured here in this period."))
    whole = [gap for gap in known if gap.unit == "points" and gap.verdict == "worse"]
    short = sorted((gap for gap in known if len(gap.short)), key=lambda gap: float(gap.short["difference"].iloc[0]))
    more = [gap for gap in short if gap not in whole]
    values: dict[str, Any] = {
        "count": number(len(whole), 0),
        "all": number(len(known), 0),
        "more": number(len(more), 0),
    }
    if not short:
        return Message(_WHOLE_ONLY if whole else N_("No reliable shortfall in any of {all} measured gaps."), values)
    first = short[0]
    widest = first.short.iloc[0]
    values |= {
        "gap": Message(GAP_NAMES[first.key]),
        "name": widest["label"],
        "difference": signed(float(widest["difference"]), 1),
        "low": signed(float(widest["low"]), 1),
        "high": signed(float(widest["high"]), 1),
    }
    if not whole:
        return Message(_ELEMENTS_ONLY, values)
    return Message(_WHOLE_AND_ELEMENTS if more else _WHOLE, values)


_WHOLE_ONLY = N_("A reliable shortfall in {count} of {all} measured gaps, though no single element does alone.")
_WHOLE = N_(
    "A reliable shortfall in {count} of {all} measured gaps; the widest single one is {name} in {gap}: {difference} "
    "points (95 %: {low} to {high})."
)
_WHOLE_AND_ELEMENTS = N_(
    "A reliable shortfall in {count} of {all} measured gaps; in {more} more, only single elements fall short. The "
    "widest single one is {name} in {gap}: {difference} points (95 %: {low} to {high})."
)
_ELEMENTS_ONLY = N_(
    "None of {all} measured gaps falls reliably short as a whole; in {more}, single elements do. The widest is {name} "
    "in {gap}: {difference} points (95 %: {low} to {high})."
)
