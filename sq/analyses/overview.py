"""Where do we stand, what moved, and is it real."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.comparison import (
    NOTHING,
    Compared,
    change_between,
    common_basis,
    compared,
    earlier,
    family_of,
    judged,
    paired_note,
    selected_rows,
    verdict_name,
)
from sq.analyses.drill import FINISHED, applicable, counted, place_levels, ranked, trend_of
from sq.analyses.names import WITHOUT_DAYS, Names
from sq.analyses.periods import complete_until
from sq.analyses.survey_details import wave_shown
from sq.analyses.wording import Month, Period, Words, count, hidden_name, quantity, signed_size, size
from sq.language import N_, Message, number
from sq.metrics.catalogue import INSTRUMENT_NAMES, METRICS, Metric
from sq.metrics.cells import HIDDEN
from sq.metrics.measuring import StoreSums, estimate, first_row, known_rule, regrouped, several_sums, together
from sq.metrics.querying import ALL_ITEMS
from sq.selection import SUBJECT_PATH, Selection, month_text
from sq.warehouse import Scope, Warehouse


@dataclass(frozen=True)
class Headline:
    """One metric for the selected place and period beside the previous period.

    Attributes:
        value, low, high, reference, difference, diff_low, diff_high: metric units.
        verdict: better, worse, none, too_few or ''.
        change: "+1.3 against Jan – Dec 2025, reliably better" in words.
        trend: month (datetime64), value, n, complete; of an anonymous survey one row per wave (hidden_reason).
        selection: where a click leads (explore).
        hidden_reason, hidden_label: few or neighbour and its words where the group is hidden; then nothing else is
            known. limit: '' or '>=', '<=' where the value is told as a limit only. wave: the wave shown.
    """

    metric: str
    title: Message
    unit: Message
    decimals: int
    value: float
    low: float
    high: float
    n: int
    n_unit: Message
    reference: float
    difference: float
    diff_low: float
    diff_high: float
    verdict: str
    change: Message
    trend: pd.DataFrame
    selection: Selection
    hidden_reason: str = ""
    hidden_label: Message | None = None
    limit: str = ""
    wave: Words | None = None


@dataclass(frozen=True)
class Moved:
    """One place and touchpoint that moved reliably, in words."""

    sentence: Message
    metric: str
    verdict: str
    difference: float
    selection: Selection


@dataclass(frozen=True)
class Freshness:
    """How new the data of one instrument are."""

    instrument: str
    label: Message
    last_day: date
    last_complete_month: date
    period: Words


@dataclass(frozen=True)
class Overview:
    """The overview page.

    Attributes:
        answer: the first sentence of the page.
        headlines: all metrics that have data, in catalogue order.
        regions: ranking of the lead metric's parts (columns as `sq.analyses.drill.Drill.ranking`); regions_axis:
            region, or store inside a region; regions_answer: who differs reliably from the rest, in words.
        moved: at most 12, largest first; empty → moved_answer says "nothing moved reliably".
    """

    selection: Selection
    answer: Message
    headlines: tuple[Headline, ...]
    regions: pd.DataFrame
    regions_axis: str
    regions_answer: Message
    moved: tuple[Moved, ...]
    moved_answer: Message
    freshness: tuple[Freshness, ...]
    notes: tuple[Message, ...]
    caption: Message


# What the page shows where it is measured, the most telling first; every other metric is a step away in explore.
LEADING = (
    "mystery_score",
    "failed_visits",
    "customer_index",
    "nps",
    "complaint_rate",
    "employee_index",
    "internal_service_score",
    "management_score",
    "resolution_hours",
    "in_time_rate",
    "overall_satisfaction",
    "awareness_index",
    "employee_response_rate",
)
MOST_HEADLINES = 8
LEAD_METRICS = ("mystery_score", "customer_index")
MOST_MOVED = 12
_ROSE = N_("{where}: {metric} rose by {size} to {value} ({n}).")
_FELL = N_("{where}: {metric} fell by {size} to {value} ({n}).")


def overview(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Overview:
    """The overview of the selected place (chain, region or store); the lead metric is the selection's or the first."""
    asked_for = selection.but(**dict.fromkeys(SUBJECT_PATH, ""), split="", sort="value")
    full = names.completed(asked_for)
    if not names.available:
        return _nothing(full, names)
    change = selection.compare if selection.compare in ("last_year", "target") else "previous"
    # touchpoints have no target: what moved, moved since the period before
    since = "last_year" if change == "last_year" else "previous"
    lead = METRICS[full.metric]
    lead_selection = applicable(lead, full, names)[0].but(**names.implied_subject(lead))
    shown = headline_metrics(names.available, lead.id)
    courses = _courses(warehouse, scope, asked_for.but(compare=change), names, shown)
    regions, axis = _parts(warehouse, scope, lead_selection, names)
    moved, against = _moved(warehouse, scope, asked_for.but(compare=since), names)
    main = next((course for course in courses if course.metric.id == lead.id and course.row), None)
    return Overview(
        selection=full,
        answer=_answer(main, names, lead_selection),
        headlines=tuple(_headline(course, asked_for, names) for course in courses if course.row),
        regions=regions.frame,
        regions_axis=axis,
        regions_answer=_parts_answer(lead, regions, axis),
        moved=moved,
        moved_answer=_moved_answer(moved, against),
        freshness=_freshness(names),
        notes=main.notes if main else (),
        caption=telling.caption(
            names, lead_selection, main.row["n"] if main and main.row else 0, period=main.wave if main else None
        ),
    )


def headline_metrics(available: Sequence[str], lead: str) -> tuple[str, ...]:
    """The metrics of the page in reading order: the lead, the most telling, then others, `MOST_HEADLINES` in all."""
    rank = {metric: place for place, metric in enumerate(dict.fromkeys((lead, *LEADING)))}
    return tuple(sorted(available, key=lambda metric: rank.get(metric, len(rank)))[:MOST_HEADLINES])


@dataclass(frozen=True)
class _Course:
    """A metric now, before, and month by month."""

    metric: Metric
    selection: Selection
    row: dict[str, Any]
    trend: pd.DataFrame
    against: Words
    notes: tuple[Message, ...]
    wave: Words | None = None


def _courses(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, metrics: Sequence[str]
) -> list[_Course]:
    """Some metrics: this period beside the one before, from one reading of both per rollup, or beside the target."""
    one_by_one = {name for name in metrics if METRICS[name].table in FINISHED or selection.compare == "target"}
    added_up = [METRICS[name] for name in metrics if name not in one_by_one]
    finished = [METRICS[name] for name in metrics if name in one_by_one]
    found = {metric.id: _finished_course(warehouse, scope, selection, names, metric) for metric in finished}
    for group in together(added_up):
        here = applicable(group[0], names.completed(selection.but(metric=group[0].id)), names)[0]
        reading = _Reading(warehouse, scope, group, here)
        for metric in group:
            found[metric.id] = _course(reading, metric, names)
    return [found[name] for name in metrics]


def _finished_course(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, metric: Metric) -> _Course:
    """A metric measured by itself: a wave beside the wave before, anything beside its target."""
    here = applicable(metric, names.completed(selection.but(metric=metric.id)), names)[0]
    here = here.but(**names.implied_subject(metric))
    found = compared(warehouse, scope, here, ())
    trend = trend_of(warehouse, scope, here, names)[0] if len(found.frame) else pd.DataFrame()
    row = first_row(found.frame) if len(found.frame) else {}
    return _Course(metric, here, row, trend, found.against, found.notes, wave_shown(warehouse, metric, here))


class _Reading:
    """The sums of several metrics over this and the earlier period, by family and month; read once per basis."""

    def __init__(self, warehouse: Warehouse, scope: Scope, group: tuple[Metric, ...], selection: Selection) -> None:
        self.warehouse, self.scope, self.group, self.selection = warehouse, scope, group, selection
        self.family = family_of(group[0], selection, ())
        self.start, self.end = earlier(selection, selection.compare)
        self.basis = common_basis(warehouse, group[0], selection, selection.compare)
        self._sums: dict[str, dict[str, StoreSums]] = {}

    def sums(self, metric: Metric, basis: str = ALL_ITEMS) -> StoreSums:
        """Both periods by month."""
        if basis not in self._sums:
            both = self.family.selection.but(start=month_text(self.start))
            axes = (*self.family.axes, "month")
            self._sums[basis] = several_sums(self.warehouse, self.scope, self.group, both, axes, basis)
        return self._sums[basis][metric.id]

    def periods(self, metric: Metric, basis: str = ALL_ITEMS) -> tuple[StoreSums, StoreSums]:
        """This period and the earlier one, each as a whole."""
        sums = self.sums(metric, basis)
        month = sums.keys["month"].to_numpy()
        now = month >= np.datetime64(f"{self.selection.start}-01")
        then = month <= np.datetime64(self.end)
        return regrouped(sums, self.family.axes, now), regrouped(sums, self.family.axes, then)


def _course(reading: _Reading, metric: Metric, names: Names) -> _Course:
    family, selection = reading.family, reading.selection.but(metric=metric.id)
    now, before = reading.periods(metric)
    rule = known_rule(metric, selection.rule)
    contrast = change_between(now, before, rule, reading.basis, lambda basis: reading.periods(metric, basis))
    frame = selected_rows(reading.warehouse, metric, selection, family, judged(metric, now, contrast, rule))
    sums = reading.sums(metric)
    chosen = np.ones(sums.groups, dtype=bool)
    for axis in family.axes:
        chosen &= (sums.keys[axis] == getattr(selection, axis)).to_numpy()
    notes = reading.basis.notes if before.groups else ()
    return _Course(
        metric,
        selection,
        first_row(frame) if len(frame) else {},
        _spark(regrouped(sums, ("month",), chosen), rule, names.running_month(metric.id)),
        Period(reading.start, reading.end),
        (*notes, *paired_note(metric, frame)),
    )


def _spark(sums: StoreSums, rule: str, running: date | None) -> pd.DataFrame:
    course = estimate(sums, rule)
    months = [stamp.date() for stamp in sums.keys["month"]]
    return pd.DataFrame(
        {
            "month": sums.keys["month"],
            "value": course.value,
            "low": course.low,
            "high": course.high,
            "n": np.rint(course.n).astype(np.int64),
            "complete": [running is None or month < running for month in months],
            "label": pd.Series([Month(month) for month in months], dtype=object),
        }
    )


def _headline(course: _Course, selection: Selection, names: Names) -> Headline:
    metric, row = course.metric, course.row
    return Headline(
        metric=metric.id,
        title=_title(course, names),
        unit=Message(metric.unit),
        decimals=metric.decimals,
        value=row["value"],
        low=row["low"],
        high=row["high"],
        n=counted(row["n"]),
        n_unit=Message(metric.n_unit),
        reference=row["reference"],
        difference=row["difference"],
        diff_low=row["diff_low"],
        diff_high=row["diff_high"],
        verdict=row["verdict"],
        change=_change_in_words(course),
        trend=course.trend,
        selection=selection.but(metric=metric.id),
        hidden_reason=row["hidden_reason"] if row["hidden_reason"] in HIDDEN else "",
        hidden_label=_hidden_label(row),
        limit=row["limit"],
        wave=course.wave,
    )


def _title(course: _Course, names: Names) -> Message:
    """The metric's name, with the subject that stands for a whole where there is none."""
    subject = telling.subject_name(names, course.selection)
    words = N_("{place} · {subject}")
    return Message(words, {"place": course.metric.title, "subject": subject}) if subject else course.metric.title


def _hidden_label(row: Mapping[str, Any]) -> Message | None:
    return hidden_name(row["hidden_reason"], row["minimum"]) if row["hidden_reason"] in HIDDEN else None


def _change_in_words(course: _Course) -> Message:
    verdict = course.row["verdict"]
    hidden = _hidden_label(course.row)
    if hidden is not None:
        return hidden
    if verdict == "" and course.against is NOTHING:
        return Message(N_("nothing earlier to compare with"))
    if verdict == "" and course.selection.compare == "target":
        return Message(N_("no target is set"))
    if verdict == "" and np.isnan(course.row["difference"]):
        return Message(N_("nothing to compare with in {against}"), {"against": course.against})
    values = {
        "difference": signed_size(course.metric, course.row["difference"]),
        "against": course.against,
        "verdict": verdict_name(verdict),
    }
    if verdict == "":
        return Message(N_("{difference} against {against}"), values)
    return Message(N_("{difference} against {against}: {verdict}"), values)


def _answer(course: _Course | None, names: Names, selection: Selection) -> Message:
    if course is None:
        words = N_("{where}: nothing was measured for {metric} in this period.")
        return Message(words, {"where": telling.where(names, selection), "metric": METRICS[selection.metric].title})
    return telling.answer(course.metric, telling.where(names, selection), course.row, course.against)


def _parts(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> tuple[Compared, str]:
    """The next level's places against each other."""
    levels = place_levels(selection, names)
    if not levels:
        return Compared(pd.DataFrame(), "none", NOTHING), ""
    found = compared(warehouse, scope, selection.but(compare="rest"), (levels[0],))
    return ranked(found, selection, names, levels[0]), levels[0]


_NONE_DIFFERS: dict[str, str] = {
    "region": N_("No region differs reliably from the other regions."),
    "city": N_("No city differs reliably from the other cities."),
    "store": N_("No store differs reliably from the other stores."),
    "department": N_("No department differs reliably from the others."),
}


def _parts_answer(metric: Metric, parts: Compared, axis: str) -> Message:
    """Who differs reliably from the rest, in words."""
    if not axis or parts.frame.empty:
        return Message(N_("There is nothing below this level to compare."))
    by_verdict = {
        verdict: telling.names_of(list(parts.frame.loc[parts.frame["verdict"] == verdict, "label"])[:6])
        for verdict in ("better", "worse")
    }
    values = {"metric": metric.title, "against": parts.against, **by_verdict}
    if by_verdict["better"].parts and by_verdict["worse"].parts:
        return Message(N_("{metric}: reliably better than {against}: {better}; reliably worse: {worse}."), values)
    if by_verdict["better"].parts:
        return Message(N_("{metric}: reliably better than {against}: {better}."), values)
    if by_verdict["worse"].parts:
        return Message(N_("{metric}: reliably worse than {against}: {worse}."), values)
    if metric.table in FINISHED and (parts.frame["verdict"] == "").all():
        return Message(N_("{metric}: no difference can be judged here."), values)
    return Message(_NONE_DIFFERS[axis])


def _moved(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> tuple[tuple[Moved, ...], Words]:
    """Touchpoints of the next level's places that moved reliably since the earlier period."""
    moved: list[tuple[float, Moved]] = []
    against: Words = NOTHING
    for name in (name for name in LEAD_METRICS if name in names.available):
        metric = METRICS[name]
        here = applicable(metric, names.completed(selection.but(metric=name)), names)[0]
        levels = place_levels(here, names)[:1]
        if len(names.options("touchpoint", here)) < 2:
            continue
        found = compared(warehouse, scope, here, (*levels, "touchpoint"))
        against = found.against
        for row in found.frame[found.frame["verdict"].isin(["better", "worse"])].to_dict("records"):
            place = here.but(touchpoint=str(row["touchpoint"]), **{level: str(row[level]) for level in levels})
            weight = abs(row["difference"]) / metric.smallest_relevant_difference
            link = selection.but(
                metric=name, touchpoint=place.touchpoint, region=place.region, city=place.city, store=place.store
            )
            moved.append((weight, _moved_one(metric, names, place, link, {str(k): v for k, v in row.items()})))
    moved.sort(key=lambda pair: -pair[0])
    return tuple(one for _, one in moved[:MOST_MOVED]), against


def _moved_one(metric: Metric, names: Names, place: Selection, link: Selection, row: dict[str, Any]) -> Moved:
    values = {
        "where": telling.where(names, place),
        "metric": metric.title,
        "size": size(metric, row["difference"]),
        "value": quantity(metric, row["value"]),
        "n": count(metric.n_unit, row["n"]),
    }
    words = _ROSE if row["difference"] > 0 else _FELL
    return Moved(Message(words, values), metric.id, str(row["verdict"]), float(row["difference"]), link)


def _moved_answer(moved: tuple[Moved, ...], against: Words) -> Message:
    if against is NOTHING:
        return Message(N_("There are no touchpoints to compare over time."))
    if not moved:
        return Message(N_("Nothing moved reliably against {against}."), {"against": against})
    better = sum(one.verdict == "better" for one in moved)
    values = {"against": against, "better": number(better, 0), "worse": number(len(moved) - better, 0)}
    return Message(N_("Against {against}: {better} touchpoints reliably better, {worse} reliably worse."), values)


def _freshness(names: Names) -> tuple[Freshness, ...]:
    newest = max((day for name, (_, _, day) in names.months.items() if name not in WITHOUT_DAYS), default=None)
    return tuple(
        Freshness(name, Message(title), day, _complete(name, day, newest), Period(first, last))
        for name, title in INSTRUMENT_NAMES.items()
        if name in names.months
        for first, last, day in [names.months[name]]
    )


def _complete(instrument: str, day: date, newest: date | None) -> date:
    """The last complete month; waves and published periods are complete by themselves."""
    return day.replace(day=1) if instrument in WITHOUT_DAYS or newest is None else complete_until(day, newest)


def _nothing(selection: Selection, names: Names) -> Overview:
    nothing = Message(N_("There are no responses in this snapshot yet."))
    empty = pd.DataFrame()
    return Overview(selection, nothing, (), empty, "", nothing, (), nothing, _freshness(names), (), nothing)
