"""Is it different, and is that reliable: rest, previous period, same period last year, target."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sq.analyses.periods import last_day, months_before, previous_period
from sq.analyses.published import compared_aggregates
from sq.analyses.surveys import compared_cells
from sq.analyses.verdicts import (
    ALPHA,
    NOTHING,
    PERIODS,
    THE_OTHERS,
    VERDICTS,
    Compared,
    adjusted_by,
    targets_of,
    verdict_name,
    verdicts,
)
from sq.analyses.wording import Day, Period, Words
from sq.language import N_, Message
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.contrasts import Contrast, against_constant, against_rest, now_against_before
from sq.metrics.measuring import StoreSums, columns_of, estimate, grouped, known_rule, store_sums
from sq.metrics.querying import ALL_ITEMS, SUBJECT_AXES, subjects_inside
from sq.metrics.questions import asked
from sq.selection import PLACE_PATH, Selection, month_text
from sq.statistics.intervals import Ints
from sq.warehouse import Scope, Warehouse

__all__ = ["ALPHA", "NOTHING", "PERIODS", "THE_OTHERS", "VERDICTS", "Compared", "compared", "verdict_name", "verdicts"]


def compared(
    warehouse: Warehouse, scope: Scope, selection: Selection, axes: tuple[str, ...], items: Sequence[str] = ()
) -> Compared:
    """Measure the selection by ``axes`` and compare every group as ``selection.compare`` says.

    The place and subject filters of the selection choose which rows are returned; the family of tests is always all
    siblings: all places of that level, and all subjects of that kind where a subject is involved (of items: those of
    the same touchpoint). ``items``: of an axis of items only these are read, of their touchpoints all or none.
    """
    metric = METRICS[selection.metric]
    if metric.table == "cells":
        return compared_cells(warehouse, scope, selection, axes)
    if metric.table == "aggregates":
        return compared_aggregates(warehouse, scope, selection, axes)
    parents = _parents(warehouse, metric, selection, axes)
    family = family_of(metric, selection, axes, parents)
    kind = _kind(selection, family, axes)
    rule = known_rule(metric, selection.rule)
    sums = store_sums(warehouse, scope, metric, family.selection, family.axes, subjects=items)
    against = _against(kind, family, selection)
    notes: tuple[Message, ...] = ()
    contrast: Contrast | None = None
    if kind == "rest":
        contrast = against_rest(sums, _pools(sums, parents), rule)
    elif kind == "target":
        contrast = against_constant(sums, _targets(warehouse, metric, selection, sums, family), rule)
    elif kind in PERIODS:
        contrast, notes = _change(warehouse, scope, metric, family, kind, sums, rule, items)
    frame = judged(metric, sums, contrast, rule, _parts(sums, parents))
    rows = selected_rows(warehouse, metric, selection, family, frame)
    return Compared(
        rows[[c for c in rows if c not in family.added]], kind, against, (*notes, *paired_note(metric, rows))
    )


def paired_note(metric: Metric, rows: pd.DataFrame) -> tuple[Message, ...]:
    """A note where a change is not the difference of the two values, because other stores were measured before."""
    value, reference, difference = (rows[name].to_numpy(dtype=float) for name in ("value", "reference", "difference"))
    differs = np.abs(value - reference - difference) > 0.5 * 10.0**-metric.decimals
    if not (differs & (rows["pairs"].to_numpy() > 0)).any():
        return ()
    words = N_(
        "Changes are those of the stores measured in both periods: they can differ from the difference of the values."
    )
    return (Message(words),)


@dataclass(frozen=True)
class Family:
    """What is measured to judge the groups asked for: its axes, its selection, the axes that were added to filter."""

    axes: tuple[str, ...]
    selection: Selection
    added: tuple[str, ...]


def family_of(
    metric: Metric, selection: Selection, axes: tuple[str, ...], parents: Mapping[str, Selection] | None = None
) -> Family:
    """All siblings of the groups asked for: place filters become axes, subject filters are lifted."""
    if any(axis not in PLACE_PATH + SUBJECT_AXES for axis in axes):
        return Family(axes, selection, ())
    level = selection.place[0]
    places = [axis for axis in axes if axis in PLACE_PATH] or ([level] if level != "chain" else [])
    subjects = _subject_axes(metric, selection, axes)
    finer = [axis for axis in PLACE_PATH if getattr(selection, axis) and axis not in places]
    wide = selection.but(**dict.fromkeys((*PLACE_PATH, *SUBJECT_AXES), ""))
    if subjects == ["item"] and (selection.item or selection.touchpoint):
        parent = (parents or {}).get(selection.item, Selection(touchpoint=selection.touchpoint))
        wide = wide.but(touchpoint=parent.touchpoint, dimension=parent.dimension)
    family = tuple(dict.fromkeys([*finer, *places, *subjects]))
    return Family(family, wide, tuple(axis for axis in family if axis not in axes))


def _subject_axes(metric: Metric, selection: Selection, axes: tuple[str, ...]) -> list[str]:
    kind = selection.subject[0]
    return [axis for axis in axes if axis in SUBJECT_AXES] or ([kind] if kind in metric.subject_kinds[1:] else [])


def _parents(warehouse: Warehouse, metric: Metric, selection: Selection, axes: tuple[str, ...]) -> dict[str, Selection]:
    """item → its touchpoint (or dimension) as a selection; empty where no items are involved."""
    if _subject_axes(metric, selection, axes) != ["item"]:
        return {}
    rows = asked(warehouse, "item_parents", (metric.instrument,))
    columns = (rows[name] for name in ("item_id", "touchpoint_id", "dimension_id"))
    return {i: Selection(touchpoint=t) if t else Selection(dimension=d) for i, t, d in zip(*columns, strict=True)}


def _parts(sums: StoreSums, parents: Mapping[str, Selection]) -> Ints | None:
    """The family of each group: items of one touchpoint are a family; everything else is one."""
    if "item" not in sums.axes or not parents:
        return None
    number: dict[Selection, int] = {}
    code, items = pd.factorize(sums.keys["item"])  # a chain has a few hundred items, but many places times items
    found = [parents.get(str(item), Selection()) for item in items]
    return np.array([number.setdefault(parent, len(number)) for parent in found], dtype=np.intp)[code]


def _kind(selection: Selection, family: Family, axes: tuple[str, ...]) -> str:
    """The whole chain has no rest: its headline is compared with the previous period."""
    alone = not any(axis not in SUBJECT_AXES for axis in family.axes) and not axes
    return "previous" if selection.compare == "rest" and alone else selection.compare


def _against(kind: str, family: Family, selection: Selection) -> Words:
    if kind == "rest":
        axis = next((a for a in reversed(family.axes) if a not in SUBJECT_AXES), family.axes[-1])
        return Message(THE_OTHERS[axis])
    if kind == "target":
        return Message(N_("the target"))
    if kind in PERIODS:
        return Period(*earlier(selection, kind))
    return NOTHING


def earlier(selection: Selection, kind: str) -> tuple[date, date]:
    """The months that a period is compared with: directly before, or the same a year ago."""
    start, end = selection.months
    if start is None or end is None:
        raise ValueError("a comparison of periods needs both months")
    return previous_period(start, end) if kind == "previous" else (months_before(start, 12), months_before(end, 12))


def _pools(sums: StoreSums, parents: Mapping[str, Selection]) -> Ints:
    """Groups that share a rest: the places on one subject; all subjects where there are no places."""
    subjects = [axis for axis in sums.axes if axis in SUBJECT_AXES]
    if subjects and len(subjects) < len(sums.axes) and sums.groups:
        return grouped(sums.keys[subjects])[1]
    parts = _parts(sums, parents)
    return parts if parts is not None else np.zeros(sums.groups, dtype=np.intp)


@dataclass(frozen=True)
class Basis:
    """On which items two periods are compared; None: they have none in common."""

    name: str | None = ALL_ITEMS
    notes: tuple[Message, ...] = ()


Both = tuple[StoreSums, StoreSums]


def _change(
    warehouse: Warehouse,
    scope: Scope,
    metric: Metric,
    family: Family,
    kind: str,
    sums: StoreSums,
    rule: str,
    items: Sequence[str] = (),
) -> tuple[Contrast | None, tuple[Message, ...]]:
    """Now against an earlier period, on the items common to both checklists."""
    start, end = earlier(family.selection, kind)
    before = family.selection.but(start=month_text(start), end=month_text(end))
    then = store_sums(warehouse, scope, metric, before, family.axes, subjects=items)

    def common(basis: str) -> Both:
        now, then = (
            store_sums(warehouse, scope, metric, part, family.axes, basis, items) for part in (family.selection, before)
        )
        return now, then

    basis = common_basis(warehouse, metric, family.selection, kind) if then.groups and sums.groups else Basis()
    return change_between(sums, then, rule, basis, common), basis.notes


def change_between(
    now: StoreSums, then: StoreSums, rule: str, basis: Basis, common: Callable[[str], Both]
) -> Contrast | None:
    """Now against then; ``common`` gives both on the common items where the checklist changed between."""
    if not then.groups or not now.groups or basis.name is None:
        return None
    if basis.name == ALL_ITEMS:
        return now_against_before(now, then, rule)
    now_common, then_common = common(basis.name)
    contrast = onto(now, now_common, now_against_before(now_common, then_common, rule))
    return _with_reference(contrast, now, then, rule)


def _with_reference(contrast: Contrast, now: StoreSums, then: StoreSums, rule: str) -> Contrast:
    """The reference as it was measured then; only the difference is that of the common items."""
    return replace(contrast, reference=now_against_before(now, then, rule).reference)


def onto(sums: StoreSums, now: StoreSums, contrast: Contrast) -> Contrast:
    """A contrast of other groups, put onto the groups of ``sums``; NaN where a group is not in it."""
    axes = list(sums.axes)
    if not axes:
        return contrast
    order = sums.keys[axes].merge(now.keys.assign(row=np.arange(now.groups)), on=axes, how="left")["row"]
    row = order.fillna(-1).to_numpy(dtype=np.intp)

    def taken(part: object) -> dict[str, object]:
        fields = vars(part)
        return {
            name: np.where(row >= 0, values[row], np.nan) if now.groups else np.full(len(row), np.nan)
            for name, values in fields.items()
        }

    own, reference = (type(part)(**taken(part)) for part in (contrast.own, contrast.reference))  # type: ignore[arg-type]
    difference = type(contrast.difference)(**taken(contrast.difference))  # type: ignore[arg-type]
    pairs = np.where(row >= 0, contrast.pairs[row], 0.0) if now.groups else np.zeros(len(row))
    return Contrast(own, reference, difference, pairs)


def common_basis(warehouse: Warehouse, metric: Metric, selection: Selection, kind: str) -> Basis:
    """The items on which a selection is compared with an earlier period."""
    if metric.table != "scores" or metric.form_kind != "form":
        return Basis()
    start, end = earlier(selection, kind)[0], selection.months[1]
    epochs = asked(warehouse, "epochs", (metric.instrument, last_day(end or start), start))
    if len(epochs) < 2:
        return Basis()
    changed = Day(epochs["starts_on"].iloc[-1].date())
    first, last = int(epochs["epoch"].iloc[0]), int(epochs["epoch"].iloc[-1])
    found = asked(warehouse, "basis", (metric.instrument, first, last))
    if found.empty:
        words = N_("The items changed on {day} and have none in common: the periods cannot be compared.")
        return Basis(None, (Message(words, {"day": changed}),))
    words = N_("The items changed on {day}: the change is computed on the {count} items common to both periods.")
    note = Message(words, {"day": changed, "count": int(found["common_items"].iloc[0])})
    return Basis(str(found["basis"].iloc[0]), (note,))


def _targets(
    warehouse: Warehouse, metric: Metric, selection: Selection, sums: StoreSums, family: Family
) -> NDArray[np.float64]:
    """The target of each place: its own, else its level's, else one of a level above.

    NaN for subjects and competitors.
    """
    end = selection.months[1]
    if end is None or selection.brand or any(axis not in PLACE_PATH for axis in family.axes):
        return np.full(sums.groups, np.nan)
    return targets_of(warehouse, metric, last_day(end), sums.keys)


def judged(
    metric: Metric, sums: StoreSums, contrast: Contrast | None, rule: str, part: Ints | None = None
) -> pd.DataFrame:
    """Values, differences and verdicts; ``part`` numbers each group's family (all one family by default)."""
    shown = columns_of(sums, estimate(sums, rule))
    if contrast is None:
        nan = np.full(sums.groups, np.nan)
        empty = dict.fromkeys(("reference", "difference", "diff_low", "diff_high", "p", "p_adjusted"), nan)
        return pd.DataFrame({**shown, **empty, "reference_n": 0 * nan, "verdict": np.full(sums.groups, ""), "pairs": 0})
    few = (shown["hidden_reason"] != "") | (contrast.reference.n < metric.minimum_n)
    difference = contrast.difference
    p = np.where(few, np.nan, difference.p)
    adjusted = adjusted_by(p, part)
    return pd.DataFrame(
        {
            **shown,
            "reference": contrast.reference.value,
            "reference_n": np.where(np.isfinite(contrast.reference.n), contrast.reference.n, 0.0),
            "difference": difference.value,
            "diff_low": difference.low,
            "diff_high": difference.high,
            "p": p,
            "p_adjusted": adjusted,
            "verdict": verdicts(metric, difference.value, adjusted),
            "pairs": np.nan_to_num(contrast.pairs).astype(np.int64),
        }
    )


def selected_rows(
    warehouse: Warehouse, metric: Metric, selection: Selection, family: Family, frame: pd.DataFrame
) -> pd.DataFrame:
    """The rows of a family that the selection asks for."""
    keep = np.ones(len(frame), dtype=bool)
    for axis in family.axes:
        chosen = getattr(selection, axis)
        if chosen and axis in PLACE_PATH + SUBJECT_AXES:
            keep &= (frame[axis] == chosen).to_numpy()
        elif axis in SUBJECT_AXES:
            inside = subjects_inside(metric, selection, axis)
            if inside is not None:
                ids = warehouse.query(inside.sql, list(inside.values))["id"]
                keep &= frame[axis].isin(ids).to_numpy()
    return frame[keep].reset_index(drop=True)
