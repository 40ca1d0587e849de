"""Published results compared: a place with the others, a period with an earlier one, or with a target."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from sq.analyses.periods import last_day, months_between
from sq.analyses.verdicts import NOT_COMPARED, NOTHING, PERIODS, THE_OTHERS, Compared, adjusted_by, targets_of, verdicts
from sq.analyses.wording import Period, Quarter, Words
from sq.language import N_, Message, Named, number
from sq.metrics.aggregates import (
    PLACES,
    Published,
    empty_frame,
    in_selection,
    interval,
    measure_aggregates,
    read_aggregates,
)
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.cell_contrasts import Shown, constant, difference
from sq.metrics.lattice import Group, group_of
from sq.selection import Selection
from sq.statistics.intervals import Ints, per_group
from sq.warehouse import Scope, Warehouse

# A period counts as that of a year ago when it ended at most this many months off.
MONTHS_OFF = 2


def compared_aggregates(warehouse: Warehouse, scope: Scope, selection: Selection, axes: tuple[str, ...]) -> Compared:
    """`sq.analyses.comparison.compared` for published results."""
    metric = METRICS[selection.metric]
    group = group_of(metric, selection, axes)
    if isinstance(group, Message):
        return Compared(_nothing(axes), "none", NOTHING, (group,))
    published = Published(metric, group)
    family = read_aggregates(warehouse, scope, published, selection, axes)
    family = _one_instrument(family, group)
    if family.empty:
        return Compared(_nothing(axes), "none", NOTHING)
    kind = "previous" if selection.compare == "rest" and group.level == "chain" else selection.compare
    reference, against = _reference(warehouse, scope, published, selection, kind, family)
    frame = _judged(metric, family, reference)
    rows = frame[in_selection(frame, selection, group)].reset_index(drop=True)
    columns = dict.fromkeys((*axes, *empty_frame(()), *NOT_COMPARED, "subject"))
    return Compared(rows[list(columns)], kind, against, _notes(metric, rows, axes))


def _nothing(axes: tuple[str, ...]) -> pd.DataFrame:
    return empty_frame(axes).assign(**NOT_COMPARED, subject="")


def _one_instrument(frame: pd.DataFrame, group: Group) -> pd.DataFrame:
    """Results without a subject of one instrument only: those of several cannot stand in one list."""
    if group.subject_kind != "form" or frame.empty:
        return frame
    own: pd.DataFrame = frame[frame["subject"] == frame["subject"].min()].reset_index(drop=True)
    return own


def _reference(
    warehouse: Warehouse, scope: Scope, published: Published, selection: Selection, kind: str, family: pd.DataFrame
) -> tuple[Shown | None, Words]:
    metric, level = published.metric, published.group.level
    if kind == "rest":
        return _others(metric, family), Message(THE_OTHERS[level])
    if kind == "target":
        end = selection.months[1]
        if end is None or published.group.subject_kind != "form":
            return None, Message(N_("the target"))
        places = family[[name for name in PLACES if name in family]]
        return constant(targets_of(warehouse, metric, last_day(end), places)), Message(N_("the target"))
    if kind in PERIODS:
        course = read_aggregates(warehouse, scope, published, selection, (), course=True)
        return _earlier(family, course, kind)
    return None, NOTHING


def _others(metric: Metric, family: pd.DataFrame) -> Shown:
    """Per place the others on the same subject: weighted where all say their n, else a plain mean without interval."""
    part: Ints = np.asarray(pd.factorize(family["subject"])[0], dtype=np.intp)
    groups = int(part.max()) + 1
    value, n = family["value"].to_numpy(dtype=float), family["n"].to_numpy(dtype=float)
    plain = per_group(part, np.isnan(n), groups)[part] > 0
    weight = np.where(plain, 1.0, n)
    left = per_group(part, weight, groups)[part] - weight
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(left > 0, (per_group(part, weight * value, groups)[part] - weight * value) / left, np.nan)
    others_n = np.where(plain | (left <= 0), np.nan, left)
    low, high = interval(metric, mean, others_n)
    return Shown(mean, low, high, np.full(len(mean), np.nan), others_n)


def _earlier(family: pd.DataFrame, course: pd.DataFrame, kind: str) -> tuple[Shown, Words]:
    """The same place and subject in the period before its own, or in that of a year before.

    A mean of places has a change only where the same places were published both times.
    """
    keys = [*(name for name in PLACES if name in family), "subject"]
    keys.append("members")
    pairs = family[keys].assign(row=np.arange(len(family)), own_end=family["period_end"]).merge(course, on=keys)
    pairs = pairs[pairs["period_end"] < pairs["own_end"]]
    months = (pairs["own_end"].dt.year - pairs["period_end"].dt.year) * 12
    months += pairs["own_end"].dt.month - pairs["period_end"].dt.month
    off = months if kind == "previous" else (months - 12).abs()
    pairs = pairs.assign(off=off)[(kind == "previous") | (off <= MONTHS_OFF)]
    nearest = pairs.sort_values("off", kind="stable").drop_duplicates("row").set_index("row")
    found = nearest.reindex(range(len(family)))
    shown = Shown(*(found[name].to_numpy(dtype=float) for name in ("value", "low", "high", "se", "n")))
    if nearest.empty:
        return shown, NOTHING
    first = nearest.iloc[0]
    return shown, Period(first["period_start"].date().replace(day=1), first["period_end"].date().replace(day=1))


def _judged(metric: Metric, family: pd.DataFrame, reference: Shown | None) -> pd.DataFrame:
    """The family with differences; a verdict only where both sides have an interval."""
    if reference is None:
        return family.assign(**NOT_COMPARED)
    own = Shown(*(family[name].to_numpy(dtype=float) for name in ("value", "low", "high", "se", "n")))
    found = difference(metric, own, reference)
    few = (own.n < metric.minimum_n) | (reference.n < metric.minimum_n)
    p = np.where(few, np.nan, found.p)
    known = np.isfinite(found.p)
    adjusted = adjusted_by(p, None)
    return family.assign(
        reference=reference.value,
        reference_n=np.where(np.isfinite(reference.n), reference.n, 0.0),
        difference=found.value,
        diff_low=found.low,
        diff_high=found.high,
        p=p,
        p_adjusted=adjusted,
        verdict=np.where(known, verdicts(metric, found.value, adjusted), ""),
        pairs=0,
    )


def _notes(metric: Metric, rows: pd.DataFrame, axes: tuple[str, ...]) -> tuple[Message, ...]:
    """What a reader must know of a published number: a mean of places, no n, a range of n, which period."""
    if rows.empty:
        return ()
    notes = []
    first = rows.iloc[0]
    if not axes and first["mean_of"]:
        one = N_("Nothing is published for this place itself: the value is that of the one place below it.")
        many = N_("Nothing is published for this place itself: plain mean of the {count} places below it.")
        if np.isfinite(first["n"]):
            many = N_("Nothing is published for this place itself: mean of the {count} places below it, weighted by n.")
        notes.append(Message(one, {}, many, int(first["mean_of"])))
    if rows["n"].isna().any():
        notes.append(Message(N_("Where the number of answers is not published there is no interval and no verdict.")))
    elif metric.kind == "mean":
        notes.append(Message(N_("A published mean does not tell its spread: there is no interval and no verdict.")))
    if not axes and np.isfinite(first["range_low"]):
        low, high = number(first["range_low"], 0), number(first["range_high"], 0)
        words = N_("The number of answers is published as a range only: {low} to {high}.")
        notes.append(Message(words, {"low": low, "high": high}))
    return tuple(notes)


def mean_note(frame: pd.DataFrame, axis: Message) -> tuple[Message, ...]:
    """How many places of a ranking have no result of their own; nothing where all have one."""
    means = int((frame["mean_of"] > 0).sum()) if "mean_of" in frame else 0
    if not means:
        return ()
    words = N_("{axis}: {means} of {all} have no published result of their own; shown is the mean of the places below.")
    return (Message(words, {"axis": axis, "means": number(means, 0), "all": number(len(frame), 0)}),)


def course_of_periods(warehouse: Warehouse, scope: Scope, selection: Selection) -> pd.DataFrame:
    """`sq.analyses.drill.Drill.trend` of published results: one row per period up to the end."""
    frame = measure_aggregates(warehouse, scope, METRICS[selection.metric], selection, ("period",))
    frame = frame.sort_values("period_end", ignore_index=True)
    spans = [(start.date(), end.date()) for start, end in zip(frame["period_start"], frame["period_end"], strict=True)]
    return frame.assign(
        month=[pd.Timestamp(end.replace(day=1)) for _, end in spans],
        label=pd.Series([period_name(start, end) for start, end in spans], dtype=object),
        complete=True,
        segment=0,
    )


def period_name(start: date, end: date) -> Words:
    """A published period in words: year, quarter or months."""
    length = months_between(start, end)
    if length == 12 and start.month == 1:
        return Named(f"{start:%Y}")
    return Quarter(start) if length == 3 and start.month % 3 == 1 else Period(start.replace(day=1), end.replace(day=1))
