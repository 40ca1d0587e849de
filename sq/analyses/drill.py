"""Explore: one place and subject, its parts, its course, and the way down to the visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.comparison import NOTHING, PERIODS, Compared, compared, earlier
from sq.analyses.names import Name, Names
from sq.analyses.periods import last_day, months_before, months_between
from sq.analyses.published import course_of_periods, mean_note
from sq.analyses.survey_details import comments_of, course_of_waves, opinions_of, problems_of, wave_shown
from sq.analyses.surveys import hidden_note
from sq.analyses.wording import Month, Period, Quarter, Words, axis_name, count, hidden_name
from sq.language import N_, Message, Named, number
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.cells import HIDDEN
from sq.metrics.lattice import Group, group_of
from sq.metrics.measuring import first_row, known_rule, measure
from sq.metrics.questions import asked
from sq.selection import PLACE_PATH, SUBJECT_PATH, Selection, month_text
from sq.warehouse import Scope, Warehouse

# Beyond this many months the course is drawn by quarter.
MOST_MONTHS = 36
# Below this share of n the effective n is told: closer to n it changes no interval that one can see.
ALMOST_ALL = 0.99


@dataclass(frozen=True)
class Step:
    """One step of the breadcrumb: its name and the selection that leads there."""

    label: Words
    selection: Selection


@dataclass(frozen=True)
class Split:
    """One way to split the selection: an axis, its name, the selection that does it."""

    axis: str
    label: Message
    selection: Selection
    active: bool


@dataclass(frozen=True)
class Alternative:
    """What another roll-up rule would give."""

    rule: str
    label: Message
    value: float


@dataclass(frozen=True)
class Break:
    """A change of the checklist or questionnaire."""

    month: date
    label: Message


@dataclass(frozen=True)
class Drill:
    """The answer to "how is this place on this subject, and where does it come from?".

    Attributes:
        selection: completed (metric, start, end, split are set).
        headline: the answer in one sentence.
        n: responses (visits, customers) behind the headline; 0 = nothing to show, then all frames are empty, unless
            hidden_reason says that the group is hidden (few, neighbour): then its parts and its course may be shown.
        value, low, high, reference, difference, diff_low, diff_high: metric units; NaN where there is none.
        verdict: better, worse, none, too_few or ''.
        against: what it is compared with, in words; compare_kind: rest, previous, last_year, target or none.
        ranking: one row per part on the axis ``split``, in the order to be shown: columns of
            `sq.analyses.verdicts.Compared.frame` with ``id`` and ``label`` (Named or Message); hidden groups last.
        split: axis of the ranking ('' when there is nothing below; then show the visits).
        trend: month (datetime64, first day of month or quarter), label (Month or Quarter), value, low, high, n, stores,
            complete (False for the running month), segment (0, 1, ... between breaks of the checklist).
        grain: month or quarter; wave for anonymous surveys, whose course shows every wave up to the end of the period,
            hidden ones too (hidden_reason); period for published results.
        map: one row per cell: place, place_label, subject, subject_label and the columns of Compared.frame;
            empty when a side is missing. map_axes: (place axis, subject axis).
        map_against: what the cells are compared with, in words.
        path: breadcrumb from the chain to here.
        splits: possible ways to split.
        alternatives: the same value by the other roll-up rules.
        notes: footnotes. caption: filter in words, period, n, rule.
        visits: visits (or responses) at the end of the path; visits_kind: visits, responses or ''.
        hidden_reason, hidden_label: of the headline's group, '' and None where it is shown. limit: '' or '>=', '<='
            where the value is told as a limit only. wave: the wave shown.
        opinions: how the answers of the headline's group spread: band (favourable, neutral, unfavourable; '' = a row
            of the full scale, with its category), label, share (percent), limit.
        problems: what goes wrong with departments: id and label (of the ranking's rows, '' = the headline's group),
            side (request, support), side_label, problem, problem_label, share (percent), limit.
        comments: what the group wrote, at the end of the path; joined to nothing but the group.
    """

    selection: Selection
    metric: str
    title: Message
    unit: Message
    headline: Message
    caption: Message
    value: float
    low: float
    high: float
    n: int
    n_unit: Message
    stores: int
    reference: float
    difference: float
    diff_low: float
    diff_high: float
    verdict: str
    against: Words
    compare_kind: str
    split: str
    ranking: pd.DataFrame
    trend: pd.DataFrame
    grain: str
    breaks: tuple[Break, ...]
    running_month: date | None
    map: pd.DataFrame
    map_axes: tuple[str, str]
    map_against: Words
    path: tuple[Step, ...]
    splits: tuple[Split, ...]
    alternatives: tuple[Alternative, ...]
    notes: tuple[Message, ...]
    visits: int
    visits_kind: str
    hidden_reason: str = ""
    hidden_label: Message | None = None
    limit: str = ""
    wave: Words | None = None
    opinions: pd.DataFrame = field(default_factory=pd.DataFrame)
    problems: pd.DataFrame = field(default_factory=pd.DataFrame)
    comments: tuple[str, ...] = ()

    def into(self, key: str) -> Selection:
        """The selection after a click on the bar with this id (ranking)."""
        return self.selection.but(**{self.split: key, "split": ""})

    def into_cell(self, place: str, subject: str) -> Selection:
        """The selection after a click on a cell of the map."""
        return self.selection.but(**{self.map_axes[0]: place, self.map_axes[1]: subject, "split": ""})

    def into_months(self, key: str) -> Selection:
        """The selection after a click on a dot of the course (``2026-03``): its month, or the months of its quarter."""
        first = Selection.from_query({"start": key})[0].months[0]
        start, end = self.selection.months
        if first is None or start is None or end is None:
            return self.selection
        if self.grain in ("wave", "period"):  # the course goes further back than the period
            return self.selection.but(start=key, end=key)
        last = months_before(first, -2) if self.grain == "quarter" else first
        return self.selection.but(start=month_text(max(start, first)), end=month_text(min(end, last)))


def drill(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Drill:
    """Everything the explore page shows for a selection; the selection must have passed ``names.known``."""
    selection = names.completed(selection)
    metric = METRICS[selection.metric]
    applied, notes = applicable(metric, selection, names)
    implied = names.implied_subject(metric) if applied.subject[0] == "form" else {}
    whole, applied, notes = applied, applied.but(**implied), (*notes, *_implied(names, metric, implied))
    split = _split(metric, whole, names)
    head = compared(warehouse, scope, applied, ())
    if head.frame.empty:
        return _empty(metric, selection.but(split=split), applied, names, notes)
    row = first_row(head.frame)
    ranking = _ranking(warehouse, scope, whole if split in SUBJECT_PATH else applied, names, split)
    shown_wave = wave_shown(warehouse, metric, applied)
    hidden = row["hidden_reason"] in HIDDEN
    trend, grain, breaks = trend_of(warehouse, scope, applied, names)
    cells, map_axes, map_against = map_of(warehouse, scope, whole, names, split)
    where = telling.where(names, applied)
    return Drill(
        selection=selection.but(split=split),
        metric=metric.id,
        title=metric.title,
        unit=Message(metric.unit),
        headline=telling.answer(metric, where, row, head.against),
        caption=telling.caption(names, applied, row["n"], period=shown_wave),
        value=row["value"],
        low=row["low"],
        high=row["high"],
        n=counted(row["n"]),
        n_unit=Message(metric.n_unit),
        stores=counted(row["stores"]),
        reference=row["reference"],
        difference=row["difference"],
        diff_low=row["diff_low"],
        diff_high=row["diff_high"],
        verdict=row["verdict"],
        against=ranking.against if split else head.against,
        compare_kind=ranking.kind if split else head.kind,
        split=split,
        ranking=ranking.frame,
        trend=trend,
        grain=grain,
        breaks=breaks,
        running_month=names.running_month(metric.id),
        map=cells,
        map_axes=map_axes,
        map_against=map_against,
        path=_path(selection, whole, names),
        splits=_splits(metric, selection, whole, names, split),
        alternatives=_alternatives(metric, applied, row),
        notes=(
            *notes,
            *_footnotes(metric, applied, names, head, row),
            *_coverage(ranking.frame, split),
        ),
        visits=int(row["n"]) if metric.instrument in _EVIDENCE else 0,
        visits_kind=_EVIDENCE.get(metric.instrument, ""),
        hidden_reason=row["hidden_reason"] if hidden else "",
        hidden_label=hidden_name(row["hidden_reason"], row["minimum"]) if hidden else None,
        limit=row["limit"],
        wave=shown_wave,
        opinions=opinions_of(warehouse, metric, row),
        problems=problems_of(warehouse, metric, head.frame, ranking.frame),
        comments=comments_of(warehouse, scope, applied, head.frame, split),
    )


_EVIDENCE = {"mystery": "visits", "customer": "responses"}


def counted(n: float) -> int:
    """A count as a whole number; 0 where it is unknown."""
    return 0 if np.isnan(n) else int(n)


def _implied(names: Names, metric: Metric, implied: Mapping[str, str]) -> tuple[Message, ...]:
    words = N_("These results have no total of their own: shown is {name}. Split by {axis} to see the others.")
    return tuple(
        Message(words, {"name": names.label(axis, key, metric.instrument), "axis": axis_name(axis)})
        for axis, key in implied.items()
    )


def _coverage(ranking: pd.DataFrame, split: str) -> tuple[Message, ...]:
    return (*hidden_note(ranking, axis_name(split)), *mean_note(ranking, axis_name(split))) if split else ()


def applicable(metric: Metric, selection: Selection, names: Names) -> tuple[Selection, tuple[Message, ...]]:
    """The selection without what this metric cannot be broken down by, and a note for each."""
    unused = [kind for kind in SUBJECT_PATH if getattr(selection, kind) and kind not in metric.subject_kinds]
    unused += [name for name in selection.filters() if name not in metric.attributes]
    unused += ["department"] if selection.department and "department" not in metric.levels else []
    unused += [
        kind
        for kind in SUBJECT_PATH
        if kind not in unused and getattr(selection, kind) and not _belongs(metric, selection, names, kind)
    ]
    words = N_("{metric} cannot be broken down by {axis}: {name} has no effect here.")
    notes = tuple(
        Message(
            words,
            {"metric": metric.title, "axis": axis_name(axis), "name": names.label(axis, getattr(selection, axis))},
        )
        for axis in unused
    )
    effective = selection.but(**dict.fromkeys(unused, ""))
    if metric.table in FINISHED:
        return _as_finished(metric, effective, notes)
    if effective.store:
        effective = effective.but(brand=names.brand_of(effective.store))
    return effective, notes


# Results that come finished: nothing in them is added up anew.
FINISHED = ("cells", "aggregates")


def _as_finished(
    metric: Metric, selection: Selection, notes: tuple[Message, ...]
) -> tuple[Selection, tuple[Message, ...]]:
    """The selection without what would need adding up anew."""
    if selection.membership == "now":
        words = N_("{metric} stays with the regions of then: it cannot be counted where stores belong today.")
        notes = (*notes, Message(words, {"metric": metric.title}))
    if selection.rule != "responses":
        words = N_("{metric} comes finished: no other roll-up rule can be applied to it.")
        notes = (*notes, Message(words, {"metric": metric.title}))
    return selection.but(membership="then", rule="responses", brand=""), notes


def _belongs(metric: Metric, selection: Selection, names: Names, kind: str) -> bool:
    """Whether a subject of this kind and id exists for the metric's instrument."""
    alone = selection.but(metric=metric.id, **dict.fromkeys(SUBJECT_PATH, ""))
    return getattr(selection, kind) in dict(names.options(kind, alone))


def _ranking(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, split: str) -> Compared:
    """The parts of a selection on an axis, in the order to be shown."""
    if not split:
        return Compared(pd.DataFrame(), "none", NOTHING)
    return ranked(compared(warehouse, scope, selection, (split,)), selection, names, split)


def ranked(found: Compared, selection: Selection, names: Names, axis: str) -> Compared:
    """Put ``id`` and ``label`` beside each row and sort: best first, by name, or in natural order."""
    metric = METRICS[selection.metric]
    frame = found.frame.assign(id=found.frame[axis], label=names.labels_of(axis, found.frame[axis], metric.instrument))
    order = {key: place for place, (key, _) in enumerate(names.options(axis, selection.but(**{axis: ""})))}
    natural = frame[axis].map(lambda key: order.get(key, len(order)))
    if selection.sort == "value":
        judged = frame["hidden_reason"] == ""
        keys = pd.DataFrame({"judged": ~judged, "value": -metric.direction * frame["value"], "natural": natural})
    elif selection.sort == "name":
        keys = pd.DataFrame({"name": [_sort_name(label) for label in frame["label"]], "natural": natural})
    else:
        keys = pd.DataFrame({"natural": natural, "id": frame["id"]})
    keys.insert(0, "hidden", frame["hidden_reason"].isin(HIDDEN))
    frame = frame.loc[keys.sort_values([str(key) for key in keys], kind="stable").index].reset_index(drop=True)
    return Compared(frame, found.kind, found.against, found.notes)


def _sort_name(label: Name) -> str:
    return label.zh if isinstance(label, Named) else label.msgid


def trend_of(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names
) -> tuple[pd.DataFrame, str, tuple[Break, ...]]:
    """The course by month (by quarter beyond 36 months) or by wave, and where the items changed."""
    metric = METRICS[selection.metric]
    if metric.is_anonymous:
        return course_of_waves(warehouse, scope, selection), "wave", ()
    if metric.table == "aggregates":
        return course_of_periods(warehouse, scope, selection), "period", ()
    start, end = selection.months
    grain = "quarter" if start and end and months_between(start, end) > MOST_MONTHS else "month"
    frame = measure(warehouse, scope, metric.id, selection, (grain,))
    frame = frame.rename(columns={grain: "month"}).sort_values("month", ignore_index=True)
    breaks = _breaks(warehouse, metric, selection, start, end)
    firsts = [row.date() for row in frame["month"]]
    word = Quarter if grain == "quarter" else Month
    running = names.running_month(metric.id)
    length = 3 if grain == "quarter" else 1
    return (
        frame.assign(
            label=pd.Series([word(first) for first in firsts], dtype=object),
            complete=[running is None or months_before(first, 1 - length) < running for first in firsts],
            segment=[sum(b.month <= months_before(first, 1 - length) for b in breaks) for first in firsts],
        ),
        grain,
        breaks,
    )


def _breaks(
    warehouse: Warehouse, metric: Metric, selection: Selection, start: date | None, end: date | None
) -> tuple[Break, ...]:
    """Changes of the items inside the period; an item alone or a question beside the form has none."""
    if metric.table != "scores" or metric.form_kind != "form" or selection.item or not start or not end:
        return ()
    epochs = asked(warehouse, "epochs", (metric.instrument, last_day(end), start))
    label = Message(N_("Checklist changed") if metric.instrument == "mystery" else N_("Questionnaire changed"))
    days = [value.date() for value in epochs["starts_on"].iloc[1:]]
    return tuple(Break(changed.replace(day=1), label) for changed in days)


def map_of(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, split: str
) -> tuple[pd.DataFrame, tuple[str, str], Words]:
    """Differences by place and subject, their axes and the reference in words.

    The frame is that of `Drill.map`; it is empty where the selection leaves nothing to split on a side.
    """
    metric = METRICS[selection.metric]
    place, subject = _place_axis(selection, names, split), _subject_axis(metric, selection, names, split)
    if not place or not subject or not exists(metric, selection, (place, subject)):
        return pd.DataFrame(columns=["place", "subject", "place_label", "subject_label"]), ("", ""), NOTHING
    found = compared(warehouse, scope, selection, (place, subject))
    frame = found.frame
    order = [{key: i for i, (key, _) in enumerate(names.options(axis, selection))} for axis in (place, subject)]
    known = frame[place].isin(order[0]) & frame[subject].isin(order[1])
    frame = frame[known].drop(columns=["place", "subject"], errors="ignore")  # of published results: the qualified one
    frame = frame.rename(columns={place: "place", subject: "subject"})
    keys = pd.DataFrame({"p": frame["place"].map(order[0]), "s": frame["subject"].map(order[1])})
    frame = frame.loc[keys.sort_values(["p", "s"]).index].reset_index(drop=True)
    return (
        frame.assign(
            place_label=names.labels_of(place, frame["place"]),
            subject_label=names.labels_of(subject, frame["subject"], metric.instrument),
        ),
        (place, subject),
        found.against,
    )


def _place_axis(selection: Selection, names: Names, split: str) -> str:
    """The map's places: the split where it is one, but never all stores of the chain."""
    levels = place_levels(selection, names)
    if _rates_departments(selection):
        return "region" if "region" in levels and split != "dimension" else levels[0] if levels else ""
    if split in levels and not (split == "store" and len(levels) > 1 and selection.place[0] == "chain"):
        return split
    return levels[0] if levels else ""


_PLACES_BELOW: dict[str, tuple[str, ...]] = {
    "chain": ("region", "city", "store", "department"),
    "region": ("city", "store", "department"),
    "city": ("store",),
    "store": (),
    "department": ("region",),
}


def _rates_departments(selection: Selection) -> bool:
    """Whether a map would show which region rates which department how."""
    return METRICS[selection.metric].instrument == "internal_service" and selection.place[0] == "chain"


def place_levels(selection: Selection, names: Names) -> list[str]:
    """Levels below the selected place that divide it: cities only where a region has more than one."""
    metric = METRICS[selection.metric]
    inside = _PLACES_BELOW[selection.place[0]]
    below = [name for name in metric.levels if name in inside and not getattr(selection, name)]
    if "city" in below and not names.has_cities(selection):
        below.remove("city")
    if metric.table in FINISHED:
        below = [name for name in below if names.has_level(metric, name, selection)]
    dividing = [name for name in below if name == "store" or len(names.options(name, selection)) > 1]
    return [name for name in dividing if exists(metric, selection, (name,))]


def exists(metric: Metric, selection: Selection, axes: tuple[str, ...]) -> bool:
    """Whether a metric can be shown by these axes: anonymous surveys only for the groups of their lattice."""
    return metric.table not in FINISHED or isinstance(group_of(metric, selection, axes), Group)


def subject_levels(metric: Metric, selection: Selection, names: Names) -> list[str]:
    """Subjects below the selected one that divide it, touchpoints first."""
    kind = selection.subject[0]
    below = {
        "form": ["touchpoint", "stage", "dimension", "item"],
        "stage": ["touchpoint", "item"],
        "dimension": ["item"],
        "touchpoint": ["item"],
        "item": [],
    }[kind]
    dividing = [name for name in below if name in metric.subject_kinds and len(names.options(name, selection)) > 1]
    return [name for name in dividing if exists(metric, selection, (name,))]


def _subject_axis(metric: Metric, selection: Selection, names: Names, split: str) -> str:
    if _rates_departments(selection) and split != "dimension":
        return "department"
    levels = subject_levels(metric, selection, names)
    if split in levels and not (split == "item" and selection.subject[0] == "form"):
        return split
    return levels[0] if levels else ""


def _attribute_axes(metric: Metric, selection: Selection, names: Names) -> list[str]:
    axes = [axis for axis in metric.attributes if not getattr(selection, axis) and exists(metric, selection, (axis,))]
    if selection.store:
        axes = [axis for axis in axes if axis not in {"brand", "format"}]
    return [axis for axis in axes if len(names.options(axis, selection)) > (0 if axis == "brand" else 1)]


def _possible(metric: Metric, selection: Selection, names: Names) -> list[str]:
    """Axes by which the selection can be split, the next level first."""
    places, subjects = place_levels(selection, names), subject_levels(metric, selection, names)
    return [*places, *subjects, *_attribute_axes(metric, selection, names)]


def _split(metric: Metric, selection: Selection, names: Names) -> str:
    possible = _possible(metric, selection, names)
    if selection.split in possible:
        return selection.split
    levels = [*place_levels(selection, names), *subject_levels(metric, selection, names)]
    return levels[0] if levels else ""


def _splits(metric: Metric, selection: Selection, applied: Selection, names: Names, split: str) -> tuple[Split, ...]:
    return tuple(
        Split(axis, axis_name(axis), selection.but(split=axis), axis == split)
        for axis in _possible(metric, applied, names)
    )


def _path(selection: Selection, applied: Selection, names: Names) -> tuple[Step, ...]:
    """The chain, then each place, then each subject; a step keeps what stands before it."""
    metric = METRICS[applied.metric]
    steps_down = (*PLACE_PATH, "department", *SUBJECT_PATH)
    bare = selection.but(**dict.fromkeys(steps_down, ""), split="")
    steps = [Step(telling.place_name(names, applied.but(**dict.fromkeys(steps_down, ""))), bare)]
    for axis in steps_down:
        key = getattr(applied, axis)
        if key:
            steps.append(Step(names.label(axis, key, metric.instrument), steps[-1].selection.but(**{axis: key})))
    return tuple(steps)


def _alternatives(metric: Metric, selection: Selection, row: Mapping[str, Any]) -> tuple[Alternative, ...]:
    shown = known_rule(metric, selection.rule)
    return tuple(
        Alternative(rule, Message(telling.RULE_NAMES[rule]), float(row[f"value_{rule}"]))
        for rule in metric.rules
        if rule != shown and not np.isnan(row[f"value_{rule}"])
    )


def _footnotes(
    metric: Metric, selection: Selection, names: Names, head: Compared, row: Mapping[str, Any]
) -> tuple[Message, ...]:
    notes = list(head.notes)
    if selection.compare == "rest" and head.kind == "previous":
        words = N_("The whole chain has no “rest”: it is compared with the previous period instead.")
        if metric.is_anonymous:
            words = N_("The whole chain has no “rest”: it is compared with the wave before instead.")
        notes.append(Message(words))
    if head.kind in PERIODS and metric.table not in FINISHED:
        notes += _short_history(metric, selection, names, head.kind)
    if head.kind == "target" and np.isnan(row["reference"]):
        notes.append(Message(N_("No target is set here.")))
    if row["n_effective"] < ALMOST_ALL * row["n"]:  # the answers carry weights that differ
        notes.append(
            Message(
                N_("Weighted: {n} tell as much as {effective} of equal weight."),
                {"n": count(metric.n_unit, row["n"]), "effective": number(row["n_effective"], 0)},
            )
        )
    running, (_, end) = names.running_month(metric.id), selection.months
    if running and end and end >= running:
        notes.append(Message(N_("{month} is not over yet."), {"month": Month(running)}))
    return tuple(notes)


def _short_history(metric: Metric, selection: Selection, names: Names, kind: str) -> list[Message]:
    """A note when the data begin inside or after the earlier period."""
    start, end = earlier(selection, kind)
    first = names.months.get(metric.instrument, (start, end, end))[0]
    if first > end:
        return [Message(N_("There are no data before {month} to compare with."), {"month": Month(first)})]
    if first > start:
        return [Message(N_("The earlier period is incomplete: data begin in {month}."), {"month": Month(first)})]
    return []


def _empty(metric: Metric, selection: Selection, applied: Selection, names: Names, notes: tuple[Message, ...]) -> Drill:
    """The result where nothing was measured, or where nothing may be shown."""
    first, last, _ = names.months.get(metric.instrument, (None, None, None))
    words = N_("{where}: nothing was measured for {metric} in {period}.")
    start, end = applied.months
    period = Period(start, end) if start and end else NOTHING
    outside = group_of(metric, applied, ()) if metric.table in FINISHED else None
    if isinstance(outside, Message):
        return _nothing(metric, selection, applied, names, notes, _told(names, applied, outside))
    values = {"where": telling.where(names, applied), "metric": metric.title, "period": period}
    if first and last:
        words = N_("{where}: nothing was measured for {metric} in {period}; there are data for {known}.")
        values["known"] = Period(first, last)
    return _nothing(metric, selection, applied, names, notes, Message(words, values))


def _told(names: Names, selection: Selection, why: Message) -> Message:
    return Message(N_("{where}: {why}"), {"where": telling.where(names, selection), "why": why})


def _nothing(
    metric: Metric, selection: Selection, applied: Selection, names: Names, notes: tuple[Message, ...], answer: Message
) -> Drill:
    """The result that holds nothing but a sentence."""
    nan = float("nan")
    nothing = pd.DataFrame()
    return Drill(
        selection, metric.id, metric.title, Message(metric.unit), answer,
        telling.caption(names, applied, 0), nan, nan, nan, 0, Message(metric.n_unit), 0, nan, nan, nan, nan, "",
        NOTHING, "none", selection.split, nothing, nothing, "month", (), names.running_month(metric.id), nothing,
        ("", ""), NOTHING, _path(selection, applied, names), (), (), notes, 0, "",
    )  # fmt: skip
