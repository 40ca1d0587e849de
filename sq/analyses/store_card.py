"""One store's card: how it stands, where it loses points, what its customers say, what to do first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.comparison import earlier, paired_note
from sq.analyses.drill import FINISHED, Break, applicable, trend_of
from sq.analyses.fairness import fairness, told_of_store
from sq.analyses.families import family, family_courses, row_of, rows_of
from sq.analyses.happened import happened
from sq.analyses.names import Name, Names
from sq.analyses.store_items import items_of
from sq.analyses.store_steps import Steps, steps_of
from sq.analyses.survey_details import course_of_waves, wave_shown
from sq.analyses.verdicts import NOTHING, Compared
from sq.analyses.visits import response_list, visit_list
from sq.analyses.wording import Day, Period, Words, count, hidden_name
from sq.language import N_, Message, Named
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.cells import HIDDEN
from sq.metrics.questions import asked_in_scope
from sq.selection import PLACE_PATH, Selection
from sq.warehouse import Scope, Warehouse

CARD_METRICS = (
    "mystery_score",
    "failed_visits",
    "customer_index",
    "nps",
    "complaint_rate",
    "employee_index",
    "management_score",
)
_OF_VISITS = ("mystery_score", "failed_visits")
COMPARED_WITH = ("rest", "previous", "last_year", "target")
VISITS_SHOWN = 6
COMMENTS_SHOWN = 2


@dataclass(frozen=True)
class Against:
    """One comparison of a score.

    Attributes:
        reference, difference, low, high: metric units; NaN where there is none.
        verdict: better, worse, none, too_few or ''. words: what it is compared with.
    """

    reference: float
    difference: float
    low: float
    high: float
    verdict: str
    words: Words


@dataclass(frozen=True)
class Score:
    """One metric of the store.

    Attributes:
        value, low, high: metric units, NaN where nothing was measured or it is hidden. n: 0 where unknown.
        hidden: why an anonymous group shows no number, else None. limit: '' or '>=', '<='. wave: the wave shown.
        is_provisional: fewer than the metric's minimum: shown, never judged.
        rest, previous, last_year, target: the comparisons; last_year is None where it is the period before.
        trend: month (datetime64) and value, oldest first.
        selection: where it can be looked into (explore).
    """

    metric: Metric
    value: float
    low: float
    high: float
    n: float
    hidden: Message | None
    limit: str
    wave: Words | None
    is_provisional: bool
    rest: Against
    previous: Against
    last_year: Against | None
    target: Against
    trend: pd.DataFrame
    selection: Selection

    @property
    def is_measured(self) -> bool:
        """Whether it has a number."""
        return bool(np.isfinite(self.value))


@dataclass(frozen=True)
class Complaints:
    """Complaints of the store: opened in the period, of these repeats, with a due date passed or kept, in time.

    ``still_open`` and ``overdue`` are those of today, whenever they were opened. ``about``: the touchpoint named most
    often with its count, None where none is named.
    """

    opened: int
    repeats: int
    limited: int
    in_time: int
    still_open: int
    overdue: int
    about: tuple[Name, int] | None


@dataclass(frozen=True)
class StoreCard:
    """The card of one store in a period.

    Attributes:
        selection: store, start, end and the lead metric. label: the store's name. facts: where it is, since when, how
            many people; a move, a closing. answer: the first sentence.
        scores: `CARD_METRICS` that have data, in that order.
        adjusted: the mystery score had all shoppers been alike, or why that cannot be told; None where not measured.
        lead: the metric of the trend. trend, grain, breaks, reference: as `sq.analyses.drill.Drill` and the rest's
            value. events: notes and trainings (`sq.analyses.happened`), newest first.
        touchpoints: of the mystery score: touchpoint, label and the columns of `Compared.frame`, in service order.
        items: `sq.analyses.store_items.items_of` and the columns difference, verdict against the other stores.
        steps: what to do first.
        dimensions: of the customer index: dimension, label and the columns of `Compared.frame`.
        comments: newest customers' words: answered_on, comment, recommend, index_score. responses, commented: how many.
        complaints: None of a competitor's store, and where none are recorded anywhere.
        visits: newest visits as `VisitList.frame`; total, failed: of the period.
        notes, caption: footnotes; filter, period and rule in words.
    """

    selection: Selection
    label: Name
    facts: tuple[Message | Name, ...]
    answer: Message
    scores: tuple[Score, ...]
    adjusted: Message | None
    lead: Metric
    trend: pd.DataFrame
    grain: str
    breaks: tuple[Break, ...]
    reference: float
    events: pd.DataFrame
    touchpoints: pd.DataFrame
    items: pd.DataFrame
    steps: Steps
    dimensions: pd.DataFrame
    comments: pd.DataFrame
    responses: int
    commented: int
    complaints: Complaints | None
    visits: pd.DataFrame
    total: int
    failed: int
    notes: tuple[Message, ...]
    caption: Message


def store_card(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> StoreCard:
    """The card of ``selection.store``, which must be one of ``names``; other filters do not count."""
    here = _completed(selection, names)
    scores = _scores(warehouse, scope, here, names)
    lead = _lead(here, scores)
    course = applied(here.but(metric=lead.metric.id), names)
    trend, grain, breaks = trend_of(warehouse, scope, course, names)
    touchpoints = _parts(warehouse, scope, here.but(metric="mystery_score"), names, "touchpoint")
    dimensions = _parts(warehouse, scope, here.but(metric="customer_index"), names, "dimension")
    items = _judged_items(warehouse, scope, here, names)
    visits = visit_list(warehouse, scope, here.but(metric="mystery_score"), names, page_size=VISITS_SHOWN)
    words = response_list(warehouse, scope, here.but(metric="customer_index"), names, page_size=COMMENTS_SHOWN)
    places = asked_in_scope(warehouse, scope, "store_facts", (here.store,))
    return StoreCard(
        selection=here.but(metric=lead.metric.id),
        label=names.label("store", here.store),
        facts=_facts(places),
        answer=_answer(warehouse, scope, lead, names, places),
        scores=scores,
        adjusted=_adjusted(warehouse, scope, here, names),
        lead=lead.metric,
        trend=trend,
        grain=grain,
        breaks=breaks,
        reference=lead.rest.reference,
        events=happened(warehouse, scope, here, names),
        touchpoints=touchpoints,
        items=items,
        steps=steps_of(warehouse, here, names, items, touchpoints, dimensions),
        dimensions=dimensions,
        comments=words.frame[["answered_on", "comment", "recommend", "index_score"]],
        responses=words.total,
        commented=words.commented,
        complaints=_complaints(warehouse, scope, here, names),
        visits=visits.frame,
        total=visits.total,
        failed=visits.failed,
        notes=_notes(warehouse, scope, here, names, lead, visits.total),
        caption=telling.caption(names, course, lead.n, membership=False, period=lead.wave),
    )


def _completed(selection: Selection, names: Names) -> Selection:
    """Store, months and, where the card has it, the metric; one period for all metrics."""
    metric = selection.metric if selection.metric in CARD_METRICS and selection.metric in names.available else ""
    bare = Selection(store=selection.store, start=selection.start, end=selection.end)
    return names.completed(bare).but(metric=metric)


def applied(selection: Selection, names: Names) -> Selection:
    """A selection as its metric can be asked: with the store's brand where it is a competitor's."""
    return applicable(METRICS[selection.metric], selection, names)[0]


def _scores(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> tuple[Score, ...]:
    """Own stores show every metric, measured or not; a competitor's what was measured there."""
    known = (METRICS[name] for name in CARD_METRICS if name in names.available)
    scores = [_score(warehouse, scope, selection.but(metric=metric.id), names, metric) for metric in known]
    is_own = not names.brand_of(selection.store)
    return tuple(score for score in scores if is_own or score.is_measured)


def _score(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, metric: Metric) -> Score:
    here = applied(selection, names)
    kinds = [kind for kind in COMPARED_WITH if kind != "last_year" or has_last_year(here)]
    found = {kind: _family(warehouse, scope, here.but(compare=kind)) for kind in kinds}
    rows = {kind: row_of(one, "store", here.store) for kind, one in found.items()}
    against = {kind: _against(rows[kind], found[kind].against) for kind in kinds}
    row = rows["rest"]
    hidden = row.get("hidden_reason", "") in HIDDEN
    has_course = bool(row) and not hidden
    return Score(
        metric=metric,
        value=float(row.get("value", np.nan)),
        low=float(row.get("low", np.nan)),
        high=float(row.get("high", np.nan)),
        n=float(row.get("n", 0)),
        hidden=hidden_name(row["hidden_reason"], row["minimum"]) if hidden else None,
        limit=str(row.get("limit", "")),
        wave=wave_shown(warehouse, metric, here),
        is_provisional=row.get("hidden_reason", "") == "too_few",
        rest=against["rest"],
        previous=against["previous"],
        last_year=against.get("last_year"),
        target=against["target"],
        trend=_course(warehouse, scope, here) if has_course else pd.DataFrame({"month": [], "value": []}),
        selection=selection,
    )


def has_last_year(selection: Selection) -> bool:
    """Whether the same period last year is another one than the period before."""
    return None not in selection.months and earlier(selection, "last_year") != earlier(selection, "previous")


def _adjusted(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Message | None:
    """What the mystery score would be with shoppers of average strictness; None where nothing was measured."""
    here = applied(selection.but(metric="mystery_score", compare="rest"), names)
    row = row_of(family(warehouse, scope, here, ("store",)), "store", here.store)
    if not row:
        return None
    return told_of_store(row | {"id": here.store}, fairness(warehouse, scope, here, names))


def _course(warehouse: Warehouse, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Month and value, oldest first; of an anonymous survey by wave."""
    if METRICS[selection.metric].is_anonymous:
        return course_of_waves(warehouse, scope, selection)[["month", "value"]]
    every = family_courses(warehouse, scope, selection.but(compare="none"))
    return every.loc[every["store"] == selection.store, ["month", "value"]].reset_index(drop=True)


def _family(warehouse: Warehouse, scope: Scope, selection: Selection) -> Compared:
    """All stores as the selection compares them; for a target with the region and city whose target may hold."""
    if selection.compare == "target" and METRICS[selection.metric].table not in FINISHED:
        return family(warehouse, scope, selection.but(membership="now"), PLACE_PATH)
    return family(warehouse, scope, selection, ("store",))


def _against(row: Mapping[str, Any], words: Words) -> Against:
    if not row:
        nan = float("nan")
        return Against(nan, nan, nan, nan, "", NOTHING)
    reference, difference, low, high = (
        float(row[name]) for name in ("reference", "difference", "diff_low", "diff_high")
    )
    return Against(reference, difference, low, high, str(row["verdict"]), words)


def _lead(selection: Selection, scores: tuple[Score, ...]) -> Score:
    """The metric of the answer and the trend: the selection's, else the first that was measured, else the first."""
    chosen = [score for score in scores if score.metric.id == selection.metric]
    measured = [score for score in scores if score.is_measured]
    return (chosen or measured or list(scores) or [_unmeasured(selection)])[0]


def _unmeasured(selection: Selection) -> Score:
    nan, nothing = float("nan"), _against({}, NOTHING)
    metric = METRICS["mystery_score"]
    empty = pd.DataFrame({"month": [], "value": []})
    return Score(metric, nan, nan, nan, 0, None, "", None, False, nothing, nothing, None, nothing, empty, selection)


def _parts(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, axis: str) -> pd.DataFrame:
    """The store's touchpoints or dimensions against the same of the other stores, in their own order."""
    metric = METRICS[selection.metric]
    if metric.id not in names.available:
        return pd.DataFrame(columns=[axis, "label", "value", "difference", "verdict", "n"])
    here = applied(selection.but(compare="rest"), names)
    frame = rows_of(family(warehouse, scope, here, ("store", axis)), "store", here.store)
    order = {key: place for place, (key, _label) in enumerate(names.options(axis, here))}
    frame = frame[frame[axis].isin(order)]
    frame = frame.loc[frame[axis].map(order).sort_values().index].reset_index(drop=True)
    return frame.assign(label=names.labels_of(axis, frame[axis], metric.instrument))


def _judged_items(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> pd.DataFrame:
    """The store's items with their verdict against the other stores."""
    items = items_of(warehouse, scope, selection, names)
    if items.empty:
        return items.assign(difference=pd.Series(dtype=float), verdict=pd.Series(dtype=str))
    here = applied(selection.but(metric="mystery_score", compare="rest"), names)
    judged = rows_of(family(warehouse, scope, here, ("store", "item")), "store", here.store)
    found = items.merge(judged[["item", "difference", "verdict"]], on="item", how="left")
    return found.assign(verdict=found["verdict"].fillna(""))


def _facts(places: pd.DataFrame) -> tuple[Message | Name, ...]:
    """Where the store is, what it is, since when, and what changed."""
    if places.empty:
        return ()
    now = places[places["is_current"]].iloc[-1] if places["is_current"].any() else places.iloc[-1]
    told: list[Message | Name] = [Named(str(now[name])) for name in ("brand", "region", "city", "format") if now[name]]
    if pd.notna(now["opened_on"]):
        told.append(Message(N_("opened on {day}"), {"day": Day(now["opened_on"].date())}))
    if pd.notna(now["closed_on"]):
        told.append(Message(N_("closed on {day}"), {"day": Day(now["closed_on"].date())}))
    if pd.notna(now["staff_count"]):
        told.append(Message(N_("{count} employee"), {}, N_("{count} employees"), int(now["staff_count"])))
    moved = places[(places["region"] != now["region"]) & ~places["is_current"]]
    if len(moved) and pd.notna(now["valid_from"]):
        before = Named(str(moved.iloc[-1]["region"]))
        told.append(Message(N_("in {region} until {day}"), {"day": _eve(now["valid_from"]), "region": before}))
    return tuple(told)


def _eve(stamp: pd.Timestamp) -> Day:
    return Day((stamp - pd.Timedelta(days=1)).date())


def _answer(warehouse: Warehouse, scope: Scope, lead: Score, names: Names, places: pd.DataFrame) -> Message:
    """How the store stands against the others, or why there is nothing to say."""
    here = applied(lead.selection.but(compare="rest"), names)
    label = names.label("store", here.store)
    if not lead.is_measured and lead.hidden is None:
        return _nothing_measured(label, *here.months, places)
    found = family(warehouse, scope, here, ("store",))
    return telling.answer(lead.metric, label, row_of(found, "store", here.store), found.against)


def _nothing_measured(label: Name, start: date | None, end: date | None, places: pd.DataFrame) -> Message:
    """Nothing was measured: because the store was not open, or nobody came."""
    values: dict[str, Any] = {
        "where": label,
        "period": Period(start, end) if start and end else NOTHING,
    }
    opened, closed = (_first_day(places, name) for name in ("opened_on", "closed_on"))
    if closed and start and closed < start:
        return Message(N_("{where} closed on {day}: nothing was measured in {period}."), {**values, "day": Day(closed)})
    if opened and start and opened >= start:
        words = N_("{where} opened on {day}: nothing has been measured there in {period} yet.")
        return Message(words, {**values, "day": Day(opened)})
    return Message(N_("{where}: nothing was measured in {period}."), values)


def _first_day(places: pd.DataFrame, column: str) -> date | None:
    known = places[column].dropna()
    return known.iloc[-1].date() if len(known) else None


def _complaints(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Complaints | None:
    if "complaints" not in names.months or names.brand_of(selection.store):
        return None
    rows = asked_in_scope(warehouse, scope, "store_complaints", (selection.store, *selection.months))
    sums = {
        name: int(rows[name].sum()) for name in ("opened", "repeats", "limited", "in_time", "still_open", "overdue")
    }
    named = rows[(rows["touchpoint"] != "") & (rows["opened"] > 0)]
    most = named.iloc[0] if len(named) else None
    about = None if most is None else (names.label("touchpoint", str(most["touchpoint"])), int(most["opened"]))
    return Complaints(**sums, about=about)


def _notes(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, lead: Score, visits: int
) -> tuple[Message, ...]:
    """What a reader must know of the numbers."""
    notes = []
    brand = names.brand_of(selection.store)
    if brand:
        words = N_("A competitor's store: compared with the other visited stores of {brand}.")
        notes.append(Message(words, {"brand": Named(brand)}))
    if "mystery_score" in names.available and lead.metric.id not in _OF_VISITS and not visits:
        notes.append(Message(N_("No mystery visit in this period.")))
    if lead.is_provisional:
        words = N_("Provisional: fewer than {minimum}; shown, but neither judged nor ranked.")
        notes.append(Message(words, {"minimum": count(lead.metric.n_unit, lead.metric.minimum_n)}))
    before = family(
        warehouse, scope, applied(selection.but(metric=lead.metric.id, compare="previous"), names), ("store",)
    )
    changed = [note for note in before.notes if note not in paired_note(lead.metric, before.frame)]
    return (*notes, *changed, *paired_note(lead.metric, rows_of(before, "store", selection.store)))
