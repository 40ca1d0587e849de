"""The touchpoints in service order: what shoppers found, what customers say, what they complain about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.comparison import NOTHING, Compared, compared
from sq.analyses.disagreement import Disagreement, disagreement, standard_of
from sq.analyses.drill import applicable
from sq.analyses.names import Names
from sq.analyses.survey_details import wave_shown
from sq.analyses.wording import Listing, Words, axis_name, count, quantity
from sq.language import N_, Message, Named, number
from sq.metrics.catalogue import INSTRUMENT_NAMES, METRICS, Metric
from sq.selection import Selection
from sq.warehouse import Scope, Warehouse


@dataclass(frozen=True)
class Journey:
    """The service journey of a place.

    Attributes:
        frame: one row per touchpoint in service order: touchpoint (id), label, stage, stage_label, position, and
            for each source in mystery, customer, complaints: ``<source>`` (value), ``<source>_low``,
            ``<source>_high``, ``<source>_n``, ``<source>_reference``, ``<source>_difference``, ``<source>_verdict`` (as
            ``selection.compare``; NaN and '' where not measured).
        stages: the same columns by stage: stage, label and the values.
        sources: which of mystery, customer, complaints have data here; source_labels: source → metric title.
        weakest: touchpoint ids, lowest mystery score first (at most 3).
        against: what the first source is compared with, in words.
        notes, caption: as everywhere.
        inside: what audits and the staff say on items that belong to a touchpoint, one row per item in service order:
            touchpoint, touchpoint_label, instrument, instrument_label, item, label, wave (words; '' for audits), value,
            low, high, n, limit, hidden_reason, minimum, difference, verdict. Of the company or the selected region:
            inside_place names it.
        disagreement: where the standard is met and customers are unhappy, or the reverse; None where one side is not
            measured.
    """

    selection: Selection
    answer: Message
    frame: pd.DataFrame
    stages: pd.DataFrame
    sources: tuple[str, ...]
    source_labels: dict[str, Message]
    weakest: tuple[str, ...]
    against: Words
    notes: tuple[Message, ...]
    caption: Message
    inside: pd.DataFrame = field(default_factory=pd.DataFrame)
    inside_place: Words = NOTHING
    disagreement: Disagreement | None = None


# Whose items stand beside the touchpoints they belong to.
INSIDE: tuple[str, ...] = ("management_score", "awareness_index", "employee_index")
SOURCES: dict[str, str] = {"mystery": "mystery_score", "customer": "customer_index", "complaints": "complaint_rate"}
NO_WAVE = Named("")
_COLUMNS = ("value", "low", "high", "n", "reference", "difference", "verdict")
WEAKEST = 3


def journey(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Journey:
    """The journey of the selected place and period; ``selection.stage`` narrows it."""
    selection = selection.but(dimension="", touchpoint="", item="", split="")
    views = {
        source: _view(warehouse, scope, selection, names, METRICS[metric])
        for source, metric in SOURCES.items()
        if metric in names.available
    }
    views = {source: view for source, view in views.items() if len(view.touchpoints.frame)}
    lead = next(iter(views), "mystery")
    shown = names.completed(selection.but(metric=SOURCES[lead] if views else selection.metric))
    frame = _frame("touchpoint", {source: view.touchpoints.frame for source, view in views.items()}, names, selection)
    stages = _frame("stage", {source: view.stages.frame for source, view in views.items()}, names, selection)
    weakest = _weakest(frame, lead)
    where = telling.where(names, shown) if shown.metric else NOTHING
    against = next((view.touchpoints.against for source, view in views.items() if source != "mystery"), NOTHING)
    return Journey(
        selection=shown,
        answer=_answer(frame, views, weakest, names, shown),
        frame=frame,
        stages=stages,
        sources=tuple(views),
        source_labels={source: METRICS[SOURCES[source]].title for source in views},
        weakest=weakest,
        against=views[lead].touchpoints.against if views else NOTHING,
        notes=tuple(dict.fromkeys(note for view in views.values() for note in view.touchpoints.notes)),
        caption=_caption(views, names),
        inside=_inside(warehouse, scope, selection, names),
        inside_place=names.label("region", selection.region) if selection.region else axis_name("chain"),
        disagreement=disagreement(frame, tuple(views), standard_of(warehouse, shown), where, against),
    )


INSIDE_COLUMNS = ("value", "low", "high", "n", "limit", "hidden_reason", "minimum", "difference", "verdict")


def _inside(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> pd.DataFrame:
    """The items of audits and staff surveys by touchpoint, for the company or a region."""
    wide = selection.but(city="", store="", department="", role="", tenure="", stage="")
    wide = wide.but(compare="previous") if wide.compare == "rest" and not wide.region else wide
    found = [_items_of(warehouse, scope, wide, names, METRICS[m]) for m in INSIDE if m in names.available]
    rows = pd.concat([part for part in found if len(part)], ignore_index=True) if any(map(len, found)) else None
    if rows is None:
        return pd.DataFrame()
    order = {key: place for place, key in enumerate(names.stage_of)}
    rows = rows[[not selection.stage or names.stage_of[key] == selection.stage for key in rows["touchpoint"]]]
    rows = rows.assign(touchpoint_label=names.labels_of("touchpoint", rows["touchpoint"]).to_numpy())
    return rows.sort_values("touchpoint", key=lambda keys: keys.map(order), kind="stable", ignore_index=True)


def _items_of(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, metric: Metric) -> pd.DataFrame:
    touchpoint_of = names.items[names.items["instrument"] == metric.instrument].set_index("item_id")["touchpoint_id"]
    known = touchpoint_of[touchpoint_of.isin(names.stage_of)]
    if known.empty:
        return pd.DataFrame()
    here = applicable(metric, names.completed(selection.but(metric=metric.id)), names)[0]
    frame = compared(warehouse, scope, here, ("item",), tuple(known.index)).frame
    frame = frame[frame["item"].isin(known.index)].reset_index(drop=True)
    wave = wave_shown(warehouse, metric, here) or NO_WAVE
    return pd.DataFrame(
        {
            "touchpoint": frame["item"].map(known),
            "instrument": metric.instrument,
            "instrument_label": pd.Series([Message(INSTRUMENT_NAMES[metric.instrument])] * len(frame), dtype=object),
            "item": frame["item"],
            "label": names.labels_of("item", frame["item"], metric.instrument),
            "wave": pd.Series([wave] * len(frame), dtype=object),
            **{name: frame[name] if name in frame else float("nan") for name in INSIDE_COLUMNS},
        }
    )


@dataclass(frozen=True)
class _View:
    """One source's touchpoints and stages."""

    metric: Metric
    selection: Selection
    touchpoints: Compared
    stages: Compared


def _view(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, metric: Metric) -> _View:
    here = applicable(metric, names.completed(selection.but(metric=metric.id)), names)[0]
    touchpoints = compared(warehouse, scope, here, ("touchpoint",))
    return _View(metric, here, touchpoints, compared(warehouse, scope, here, ("stage",)))


def _frame(axis: str, views: dict[str, pd.DataFrame], names: Names, selection: Selection) -> pd.DataFrame:
    """One row per touchpoint (stage) in service order, the sources side by side."""
    stage_of = names.stage_of if axis == "touchpoint" else {stage: stage for stage in names.stage_of.values()}
    measured = {str(key) for view in views.values() for key in view[axis]}
    keys = [
        key for key, stage in stage_of.items() if key in measured and (not selection.stage or stage == selection.stage)
    ]
    frame = pd.DataFrame({axis: pd.Series(keys, dtype=str)})
    stages = [stage_of[key] for key in keys]
    frame = frame.assign(
        label=names.labels_of(axis, keys),
        stage=pd.Series(stages, dtype=str),
        stage_label=names.labels_of("stage", stages),
        position=range(1, len(keys) + 1),
    )
    for source, view in views.items():
        wide = view.set_index(axis)[list(_COLUMNS)].reindex(keys).reset_index(drop=True)
        wide["verdict"] = wide["verdict"].fillna("")
        wide["n"] = wide["n"].fillna(0).astype(int)
        wide.columns = pd.Index([source if name == "value" else f"{source}_{name}" for name in _COLUMNS])
        frame = pd.concat([frame, wide], axis=1)
    return frame


def _weakest(frame: pd.DataFrame, lead: str) -> tuple[str, ...]:
    if lead not in frame or lead == "complaints":
        return ()
    enough = frame[frame[f"{lead}_n"] >= METRICS[SOURCES[lead]].minimum_n]
    return tuple(str(key) for key in enough.nsmallest(WEAKEST, lead)["touchpoint"])


def _answer(
    frame: pd.DataFrame, views: dict[str, _View], weakest: tuple[str, ...], names: Names, selection: Selection
) -> Message:
    where = telling.where(names, selection) if selection.metric else NOTHING
    if not views:
        return Message(N_("Nothing was measured by touchpoint here in this period."))
    if not weakest:
        return Message(N_("{where}: too few visits or responses to name a weakest touchpoint."), {"where": where})
    lead = next(iter(views))
    metric = METRICS[SOURCES[lead]]
    rows = frame.set_index("touchpoint").loc[list(weakest)].to_dict("records")
    values: dict[str, Any] = {
        "where": where,
        "metric": metric.title,
        "lowest": Listing(tuple(_with_interval(row, lead, metric) for row in rows)),
        "sure": how_sure(frame[frame[f"{lead}_n"] >= metric.minimum_n], lead, weakest),
        "n": count(metric.n_unit, float(frame[f"{lead}_n"].max())),
    }
    if len(weakest) == 1:
        return Message(N_("{where}: {metric} of the only touchpoint judged: {lowest} ({n})."), values)
    if len(frame) <= len(weakest):
        return Message(N_("{where}: {metric} by touchpoint, lowest first: {lowest}; {sure} ({n})."), values)
    return Message(N_("{where}: the lowest touchpoints by {metric} are {lowest}; {sure} ({n})."), values)


def _with_interval(row: dict[Any, Any], lead: str, metric: Metric) -> Message:
    values = {"name": row["label"], "value": quantity(metric, float(row[lead]))}
    if pd.isna(row[f"{lead}_low"]):
        return Message(N_("{name} ({value})"), values)
    ends = {end: number(float(row[f"{lead}_{end}"]), metric.decimals) for end in ("low", "high")}
    return Message(N_("{name} ({value}; 95 %: {low} to {high})"), values | ends)


def how_sure(judged: pd.DataFrame, lead: str, weakest: tuple[str, ...]) -> Message:
    """Whether luck could put others among the lowest, told by the 95 % intervals; among all that are named: the first.

    Two intervals that do not meet differ at about p < .006, one that is missing leaves everything open.
    """
    every_one = len(judged) <= len(weakest)
    is_named = judged["touchpoint"].isin(weakest[:1] if every_one else weakest)
    top, beside = judged.loc[is_named, f"{lead}_high"].to_numpy(), judged.loc[~is_named, f"{lead}_low"].to_numpy()
    if np.isnan(top).any():
        return Message(N_("some have no interval, so luck may decide which are lowest"))
    reaching = int((~(beside > top.max())).sum())
    if every_one and not reaching:
        return Message(N_("the first lies below the others, intervals included"))
    if every_one:
        return Message(N_("the interval of the first meets others, so luck may decide which is lowest"))
    if not reaching:
        return Message(N_("all others lie above, intervals included"))
    one = N_("the interval of {count} other reaches into theirs, so luck may decide which are lowest")
    many = N_("the intervals of {count} others reach into theirs, so luck may decide which are lowest")
    return Message(one, many=many, count=reaching)


def _caption(views: dict[str, _View], names: Names) -> Message:
    """Place, period and roll-up of the first source; every source has its own n in the table."""
    if not views:
        return Message(N_("No data"))
    view = next(iter(views.values()))
    n = view.touchpoints.frame["n"].max()
    return telling.caption(names, view.selection, float(n))
