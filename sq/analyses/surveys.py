"""Anonymous surveys compared: finished groups of a wave against the rest, an earlier wave or a target.

Everything here follows from shown and rounded numbers, so that no page tells more than was published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sq.analyses.periods import months_before, months_between
from sq.analyses.verdicts import NOT_COMPARED, NOTHING, PERIODS, THE_OTHERS, Compared, adjusted_by, targets_of, verdicts
from sq.analyses.wording import Day, Words
from sq.language import N_, Message, number
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.cell_contrasts import Shown, constant, difference, others, rest, shown
from sq.metrics.cells import (
    GROUP_AXES,
    HIDDEN,
    SUBJECT_AXES,
    TIME_AXES,
    SurveyWave,
    chosen_groups,
    empty_frame,
    headline_wave,
    read_cells,
    shown_waves,
    waves,
    waves_inside,
    with_axes,
)
from sq.metrics.lattice import Group, group_of
from sq.metrics.questions import asked
from sq.selection import PLACE_PATH, Selection
from sq.statistics.intervals import Ints
from sq.warehouse import Scope, Warehouse

REST_OF_COMPANY = N_("the rest of the company")
WAVE_BEFORE = Message(N_("the wave before"))
# A wave counts as that of a year ago when it ended at most this many months off.
MONTHS_OFF = 2
_IDENTITY = {"store": ("store",), "city": ("region", "city"), "region_department": ("region", "department")}


@dataclass(frozen=True)
class _Question:
    """What is asked of one survey: metric, groups, the wave shown and those it may be compared with."""

    warehouse: Warehouse
    scope: Scope
    metric: Metric
    selection: Selection
    axes: tuple[str, ...]
    group: Group
    known: tuple[SurveyWave, ...]
    shown: tuple[SurveyWave, ...]

    def read(self, group: Group, chosen: tuple[SurveyWave, ...], subject: Mapping[str, str]) -> pd.DataFrame:
        """All groups of a kind in some waves."""
        return read_cells(self.warehouse, self.scope, self.metric, group, chosen, {}, subject)


def compared_cells(warehouse: Warehouse, scope: Scope, selection: Selection, axes: tuple[str, ...]) -> Compared:
    """`sq.analyses.comparison.compared` for an anonymous survey; outside the lattice only a note that says why."""
    metric = METRICS[selection.metric]
    group = group_of(metric, selection, axes)
    if isinstance(group, Message):
        return Compared(_nothing(axes), "none", NOTHING, (group,))
    known = waves(warehouse, metric.instrument)
    course = bool(set(axes) & set(TIME_AXES))
    chosen = shown_waves(known, selection, axes)
    if not chosen:
        return Compared(_nothing(axes), "none", NOTHING)
    asked_for = _Question(warehouse, scope, metric, selection, axes, group, known, chosen)
    subject, part_of = _family_of_subjects(asked_for)
    family = asked_for.read(group, chosen, subject)
    kind = _kind(asked_for)
    reference, against = _reference(asked_for, kind, family, subject, part_of)
    frame = _judged(metric, family, reference, _parts(family, part_of))
    rows = _selected(asked_for, with_axes(frame, group))
    notes = () if course else wave_notes(known, selection, kind)
    return Compared(rows[[*axes, *_columns(axes)]], kind, against, notes)


def _columns(axes: tuple[str, ...]) -> list[str]:
    return [name for name in (*empty_frame(()), *NOT_COMPARED) if name not in axes]


def _nothing(axes: tuple[str, ...]) -> pd.DataFrame:
    return empty_frame(axes).assign(**NOT_COMPARED)


def _kind(asked_for: _Question) -> str:
    """The company has no rest, and a course is compared wave by wave."""
    compare, group = asked_for.selection.compare, asked_for.group
    alone = group.level == "chain" and not (group.by_role or group.by_tenure) and not asked_for.axes
    course = bool(set(asked_for.axes) & set(TIME_AXES))
    return "previous" if (compare == "rest" and alone) or (course and compare != "none") else compare


def _family_of_subjects(asked_for: _Question) -> tuple[dict[str, str], Mapping[str, str]]:
    """Which subjects belong to the family of tests, and item → dimension where items are asked for."""
    if asked_for.group.subject_kind != "item":
        return {}, {}
    rows = asked(asked_for.warehouse, "item_parents", (asked_for.metric.instrument,))
    dimension_of = dict(zip(rows["item_id"], rows["dimension_id"], strict=True))
    chosen = asked_for.selection.dimension or dimension_of.get(asked_for.selection.item, "")
    return ({"dimension": chosen} if chosen else {}), dimension_of


def _parts(family: pd.DataFrame, part_of: Mapping[str, str]) -> Ints | None:
    """The family of each group: items of one dimension are a family; everything else is one."""
    if not part_of:
        return None
    return np.asarray(pd.factorize(family["subject"].map(part_of).fillna(""))[0], dtype=np.intp)


def _reference(
    asked_for: _Question, kind: str, family: pd.DataFrame, subject: Mapping[str, str], part_of: Mapping[str, str]
) -> tuple[Shown | None, Words]:
    if kind == "rest":
        return _rest(asked_for, family, subject, part_of)
    if kind in PERIODS:
        return _earlier(asked_for, kind, family, subject)
    if kind == "target":
        day = asked_for.shown[-1].ends_on
        levels = family[[*PLACE_PATH, "department"]]
        whole = (family[["role", "tenure", "subject"]] == "").all(axis=1).to_numpy()
        target = np.where(whole, targets_of(asked_for.warehouse, asked_for.metric, day, levels), np.nan)
        return constant(target), Message(N_("the target"))
    return None, NOTHING


@dataclass(frozen=True)
class _Parent:
    """What a group is the rest of: the parent's kind, the keys it lacks, and the rest in words."""

    group: Group
    dropped: tuple[str, ...]
    against: str


def _parent_of(asked_for: _Question) -> _Parent | None:
    """The shown group that holds a group and its siblings; None where the siblings are subjects."""
    group, axes = asked_for.group, asked_for.axes
    internal = asked_for.metric.instrument == "internal_service"
    staff = "role" if group.by_role else "tenure" if group.by_tenure else ""
    if staff and (group.level == "chain" or (staff in axes and "region" not in axes)):
        return _Parent(Group(group.level, group.subject_kind), (staff,), THE_OTHERS[staff])
    if group.level == "region_department":
        if "department" in axes and "region" not in axes:
            return _Parent(replace(group, level="region"), ("department",), THE_OTHERS["department"])
        return _Parent(replace(group, level="department"), ("region",), THE_OTHERS["region"])
    if group.level == "chain":
        return None
    against = THE_OTHERS[group.level] if internal else REST_OF_COMPANY
    return _Parent(replace(group, level="chain"), (*PLACE_PATH, "department"), against)


def _rest(
    asked_for: _Question, family: pd.DataFrame, subject: Mapping[str, str], part_of: Mapping[str, str]
) -> tuple[Shown, Words]:
    parent = _parent_of(asked_for)
    own = shown(family)
    if parent is None:
        part = _parts(family, part_of)
        part = part if part is not None else np.zeros(len(family), dtype=np.intp)
        return others(asked_for.metric, own, part), Message(THE_OTHERS[asked_for.group.subject_kind])
    whole = asked_for.read(parent.group, asked_for.shown, subject)
    keys = family.assign(**dict.fromkeys(parent.dropped, ""))
    beside = _beside(keys, whole, [*GROUP_AXES, "subject", "wave_number"])
    return rest(asked_for.metric, own, beside), Message(parent.against)


def _beside(rows: pd.DataFrame, found: pd.DataFrame, keys: list[str]) -> Shown:
    """The exact numbers of ``found`` beside each row with the same keys; NaN where there are none."""
    at = rows[keys].merge(found[keys].assign(row=np.arange(len(found))), on=keys, how="left")["row"]
    place = at.fillna(-1).to_numpy(dtype=np.intp)
    if not len(found):
        return Shown(*(np.full(len(rows), np.nan) for _ in range(5)))
    return Shown(*(part[place] for part in vars(shown(found)).values())).where(place >= 0)


def _earlier(
    asked_for: _Question, kind: str, family: pd.DataFrame, subject: Mapping[str, str]
) -> tuple[Shown | None, Words]:
    """The same groups in the wave before, or in that of a year ago, of each wave shown."""
    before = [earlier_wave(asked_for.known, wave, kind) for wave in asked_for.shown]
    found = tuple(dict.fromkeys(wave for wave in before if wave))
    words = WAVE_BEFORE if len(asked_for.shown) > 1 else found[0].name if found else NOTHING
    if not found:
        return None, words
    number_of = {wave: place for place, wave in enumerate(found)}
    back = np.array([number_of.get(wave, -1) if wave else -1 for wave in before])
    identity = _IDENTITY.get(asked_for.group.level, (*PLACE_PATH, "department"))
    keys = [*identity, "role", "tenure", "subject", "wave_number"]
    rows = family.assign(wave_number=back[family["wave_number"]])
    return _beside(rows, asked_for.read(asked_for.group, found, subject), keys), words


def earlier_wave(known: tuple[SurveyWave, ...], wave: SurveyWave, kind: str) -> SurveyWave | None:
    """The wave directly before, or the one that ended nearest to a year earlier."""
    before = known[: known.index(wave)]
    if kind == "previous":
        return before[-1] if before else None
    year_ago = months_before(wave.month, 12)

    def off(other: SurveyWave) -> int:
        return abs(months_between(year_ago, other.month) - 1)

    near = [other for other in before if off(other) <= MONTHS_OFF]
    return min(near, key=off) if near else None


def _judged(metric: Metric, family: pd.DataFrame, reference: Shown | None, part: Ints | None) -> pd.DataFrame:
    """The family with its reference, differences and verdicts."""
    if reference is None:
        return family.assign(**NOT_COMPARED)
    found = difference(metric, shown(family), reference)
    few = (family["hidden_reason"] != "").to_numpy() | (reference.n < metric.minimum_n)
    p = np.where(few, np.nan, found.p)
    adjusted = adjusted_by(p, part)
    return family.assign(
        reference=np.where(_is_shown(family), reference.value, np.nan),
        reference_n=np.where(np.isfinite(reference.n), reference.n, 0.0),
        difference=found.value,
        diff_low=found.low,
        diff_high=found.high,
        p=p,
        p_adjusted=adjusted,
        verdict=verdicts(metric, found.value, adjusted),
        pairs=0,
    )


def _is_shown(frame: pd.DataFrame) -> NDArray[np.bool_]:
    return ~frame["hidden_reason"].isin(HIDDEN).to_numpy()


def _selected(asked_for: _Question, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that the selection asks for; the deepest place decides, so that a store is found where it was then."""
    chosen = chosen_groups(asked_for.selection)
    if "store" in chosen:
        chosen = {name: value for name, value in chosen.items() if name not in ("region", "city")}
    wanted = chosen | {
        name: getattr(asked_for.selection, name)
        for name in SUBJECT_AXES
        if name == asked_for.group.subject_kind and getattr(asked_for.selection, name)
    }
    keep = np.ones(len(frame), dtype=bool)
    for name, value in wanted.items():
        keep &= (frame[name] == value).to_numpy()
    return frame[keep].reset_index(drop=True)


def wave_notes(known: tuple[SurveyWave, ...], selection: Selection, kind: str) -> tuple[Message, ...]:
    """Which wave is shown where the period holds several, and what there is none to compare with."""
    wave = headline_wave(known, selection)
    if wave is None:
        return ()
    notes = []
    inside = waves_inside(known, selection)
    if not selection.wave and len(inside) > 1:
        words = N_("The period holds {count} waves: shown is the latest, {wave} (until {day}); waves are not added up.")
        notes.append(Message(words, {"count": number(len(inside), 0), "wave": wave.name, "day": Day(wave.ends_on)}))
    if kind in PERIODS and earlier_wave(known, wave, kind) is None:
        words = N_("There is no earlier wave to compare {wave} with.")
        if kind == "last_year":
            words = N_("There is no wave a year before {wave} to compare with.")
        notes.append(Message(words, {"wave": wave.name}))
    return tuple(notes)


def hidden_note(frame: pd.DataFrame, axis: Message) -> tuple[Message, ...]:
    """How much of what a ranking lists is hidden; nothing where nothing is."""
    hidden = int(frame["hidden_reason"].isin(HIDDEN).sum()) if "hidden_reason" in frame else 0
    if not hidden:
        return ()
    share = number(100 * hidden / len(frame), 0)
    values: dict[str, Any] = {"axis": axis, "hidden": number(hidden, 0), "all": number(len(frame), 0), "share": share}
    return (Message(N_("{axis}: {hidden} of {all} are hidden for anonymity ({share} %)."), values),)
