"""The evidence: single visits and single customer responses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sq.analyses import telling
from sq.analyses.names import Name, Names
from sq.analyses.wording import Day, Listing, Words, count, size
from sq.language import N_, Message, Named, number
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.measuring import first_row, measure
from sq.metrics.querying import Statement, evidence_statement
from sq.metrics.questions import asked, asked_in_scope, question
from sq.selection import Selection
from sq.warehouse import Scope, Warehouse

PAGE_SIZE = 50
# Up to this many visits are read to sort them by their score on one touchpoint or item.
FULLY_SORTED = 2000
WITH_SHOPPER, NOTED = "{caption} · {shopper}", "{what} – {note}"
# What a list of visits shows and in which order, as the address says it; the first is the default.
STATES: dict[str, str] = {"all": N_("All visits"), "failed": N_("Failed a veto item"), "disputed": N_("Disputed")}
SORTS: dict[str, str] = {
    "newest": N_("Newest"),
    "oldest": N_("Oldest"),
    "lowest": N_("Lowest first"),
    "highest": N_("Highest first"),
}
NO_VISIT = Message(N_("There is no visit with this number, or you may not see it."))
STATUS_NAMES: dict[str, str] = {"approved": N_("approved"), "disputed": N_("disputed by the store")}


@dataclass(frozen=True)
class VisitList:
    """One page of the visits in a selection.

    Attributes:
        frame: visit_id, store (id), label (store name), region, visited_on (date), stream, wave (id), wave_label,
            shopper_id, status (approved, disputed), score (0-100 or NaN), subject_score (on the selected
            touchpoint or item, NaN where none is selected), is_failed, n_items, n_na, has_comment, has_evidence.
        total: visits in the selection; failed: of these failed; disputed: of these disputed.
        page: from 1; pages: at least 1.
    """

    frame: pd.DataFrame
    total: int
    failed: int
    disputed: int
    page: int
    pages: int
    headline: Message
    caption: Message


@dataclass(frozen=True)
class Visit:
    """One visit beside the store's average on the same items over the period.

    Attributes:
        items: one row per item asked, in checklist order: item (id), label, touchpoint (id), touchpoint_label, value
            (raw; NaN = not applicable), scale_max, share (0-100 or NaN), weight, is_veto, is_failed (veto item below
            the full mark), note, store_share (the store's mean 0-100 in the period), store_n, difference.
        touchpoints: one row per touchpoint in service order: touchpoint, label, stage, score, store_score, difference,
            applicable (items), failed (veto items failed).
        failed_items: names of the failed veto items.
        previous, next: ids of the store's neighbouring visits ('' where none).
    """

    visit_id: str
    store: str
    store_label: Named
    region: str
    city: str
    visited_on: date
    stream: str
    wave: Name
    shopper_id: str
    status: str
    score: float
    store_score: float
    store_visits: int
    is_failed: bool
    failed_items: tuple[Named, ...]
    n_items: int
    n_na: int
    evidence_url: str
    comment: str
    batch_id: int
    items: pd.DataFrame
    touchpoints: pd.DataFrame
    headline: Message
    previous: str
    next: str


@dataclass(frozen=True)
class ResponseList:
    """One page of the customer responses in a selection.

    Attributes:
        frame: response_id, store, label, region, answered_on, channel, segment, weight, index_score, overall (0-100),
            recommend (0-10), has_complained, comment.
        total: responses; commented: of these with a comment.
    """

    frame: pd.DataFrame
    total: int
    commented: int
    page: int
    pages: int
    headline: Message
    caption: Message


def visits_asked(show: str, order: str, shopper: str) -> dict[str, Any]:
    """What an address asks of `visit_list`: ``show`` one of STATES, ``order`` one of SORTS."""
    status = "disputed" if show == "disputed" else ""
    return {"status": status, "failed_only": show == "failed", "shopper": shopper, "sort": order}


def page_asked(text: str) -> int:
    """The page of a long list that an address asks for, 1 where it names none."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 7 else 1


def visit_marks(row: Mapping[Any, Any]) -> tuple[Message, ...]:
    """What is remarkable about a visit of a list (a row of `VisitList.frame`)."""
    marks = (
        (row["is_failed"], Message(N_("✕ failed"))),
        (row["status"] == "disputed", Message(N_("⚑ disputed"))),
        (row["has_comment"], Message(N_("comment"))),
        (row["has_evidence"], Message(N_("recording"))),
    )
    return tuple(told for is_set, told in marks if is_set)


def item_points(row: Mapping[Any, Any]) -> Message:
    """What an item of a visit (a row of `Visit.items`) got: ``3 of 5``, or that it does not apply."""
    if pd.isna(row["value"]):
        return Message(N_("does not apply"))
    return Message(N_("{value} of {most}"), {"value": _figure(row["value"]), "most": _figure(row["scale_max"])})


def _figure(value: float) -> str:
    return number(value, 0) if float(value).is_integer() else number(value, 1)


def failed_item(row: Mapping[Any, Any]) -> Message:
    """A failed veto item (a row of `Visit.items`) with the shopper's note."""
    told = Message(N_("Veto item failed: {item} ({points})"), {"item": row["label"], "points": item_points(row)})
    return Message(NOTED, {"what": told, "note": row["note"]}) if row["note"] else told


def visit_facts(found: Visit) -> tuple[Words | str, ...]:
    """Where, when and by whom a visit was made, and its numbers; nothing where a fact is not known."""
    facts = (
        found.store_label,
        found.region,
        found.city,
        Day(found.visited_on),
        found.stream,
        found.wave,
        Message(N_("shopper {code}"), {"code": found.shopper_id}) if found.shopper_id else "",
        Message(STATUS_NAMES[found.status]) if found.status in STATUS_NAMES else found.status,
        Message(N_("visit {number}"), {"number": found.visit_id}),
        Message(N_("delivery {number}"), {"number": found.batch_id}),
    )
    return tuple(fact for fact in facts if str(fact))


_VISIT_ORDERS = {
    "newest": "r.visited_on DESC",
    "oldest": "r.visited_on",
    "lowest": "r.score NULLS LAST",
    "highest": "r.score DESC NULLS LAST",
}
_RESPONSE_ORDERS = {
    "newest": "r.answered_on DESC",
    "oldest": "r.answered_on",
    "lowest": "r.index_score NULLS LAST",
    "highest": "r.index_score DESC NULLS LAST",
}
_CONTAINING = " AND contains(lower(r.comment), lower(?))"
# as in rollups/44_customers.sql
_OF_DETRACTORS = " AND (r.recommend <= 6 OR (r.recommend IS NULL AND coalesce(r.overall, r.index_score) < 50))"
_SUBJECT_COLUMNS = {
    "stage": "i.stage",
    "touchpoint": "i.touchpoint_id",
    "dimension": "i.dimension_id",
    "item": "i.item_id",
}


def visit_list(
    warehouse: Warehouse,
    scope: Scope,
    selection: Selection,
    names: Names,
    *,
    status: str = "",
    failed_only: bool = False,
    shopper: str = "",
    sort: str = "newest",
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> VisitList:
    """A page of visits; ``status`` '' = all counted ones, ``shopper`` '' = everybody's; ``sort`` one of SORTS.

    On a selected subject "lowest" and "highest" go by its score, up to FULLY_SORTED visits.
    """
    metric = _metric_of(selection, "mystery")
    selection = names.completed(selection.but(metric=metric.id))
    selection = _with_brand(selection, names)
    asked_for = {" AND r.status = ?": status, " AND r.shopper_id = ?": shopper}
    condition = "".join(text for text, value in asked_for.items() if value) + (
        " AND r.is_failed" if failed_only else ""
    )
    values = tuple(value for value in asked_for.values() if value)
    counts = _first(warehouse, evidence_statement("visits_counts", metric, scope, selection, condition, values))
    total = int(counts["total"])
    page, pages = _page(page, total, page_size)
    kind, subject = selection.subject
    by_subject = kind in _SUBJECT_COLUMNS and sort in {"lowest", "highest"} and total <= FULLY_SORTED
    limits = (total, 0) if by_subject else (page_size, (page - 1) * page_size)
    statement = evidence_statement(
        "visits_page",
        metric,
        scope,
        selection,
        condition,
        (*values, *limits),
        order=_VISIT_ORDERS.get(sort, _VISIT_ORDERS["newest"]),
    )
    frame = warehouse.query(statement.sql, list(statement.values))
    frame = frame.assign(subject_score=_subject_scores(warehouse, frame, kind, subject))
    if by_subject:
        frame = frame.sort_values("subject_score", ascending=sort == "lowest", kind="stable", ignore_index=True)
        frame = frame.iloc[(page - 1) * page_size : page * page_size].reset_index(drop=True)
    return VisitList(
        _named(frame, names),
        total,
        int(counts["failed"]),
        int(counts["disputed"]),
        page,
        pages,
        _visits_headline(names, selection, counts),
        _by_shopper(telling.caption(names, selection.but(rule="responses"), total), shopper),
    )


def _by_shopper(caption: Message, shopper: str) -> Message:
    """The caption with the shopper whose visits alone are listed."""
    if not shopper:
        return caption
    return Message(WITH_SHOPPER, {"caption": caption, "shopper": Message(N_("shopper {code}"), {"code": shopper})})


def _named(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    waves = pd.Series([_wave(names, str(key)) for key in frame["wave"]], dtype=object)
    return frame.assign(label=names.labels_of("store", frame["store"]), wave_label=waves).drop(columns="visit_key")


def _wave(names: Names, key: str) -> Name:
    """The name of a wave; nothing where a visit belongs to none."""
    return names.label("wave", key, "mystery") if key else Named("")


def _metric_of(selection: Selection, instrument: str) -> Metric:
    """The selected metric if it belongs to the instrument, else the instrument's first."""
    chosen = METRICS.get(selection.metric)
    if chosen is not None and chosen.instrument == instrument:
        return chosen
    return next(metric for metric in METRICS.values() if metric.instrument == instrument)


def _with_brand(selection: Selection, names: Names) -> Selection:
    return selection.but(brand=names.brand_of(selection.store)) if selection.store else selection


def _first(warehouse: Warehouse, statement: Statement) -> dict[str, Any]:
    return first_row(warehouse.query(statement.sql, list(statement.values)))


def _page(page: int, total: int, page_size: int) -> tuple[int, int]:
    pages = max(1, -(-total // page_size))
    return min(max(page, 1), pages), pages


def _subject_scores(warehouse: Warehouse, frame: pd.DataFrame, kind: str, subject: str) -> NDArray[np.float64]:
    """The visits' scores on one subject, NaN where none is selected or it did not apply."""
    if kind not in _SUBJECT_COLUMNS or frame.empty:
        return np.full(len(frame), np.nan)
    visits = [int(key) for key in frame["visit_key"]]
    sql = question("visits_subject").format(
        column=_SUBJECT_COLUMNS[kind], weight="1" if kind == "item" else "CASE WHEN i.role = 'score' THEN i.weight END"
    )
    scores = warehouse.query(sql, [visits, min(visits), max(visits), subject]).set_index("visit_key")["subject_score"]
    return frame["visit_key"].map(scores).to_numpy(dtype=float)


def _visits_headline(names: Names, selection: Selection, counts: dict[str, Any]) -> Message:
    values = {
        "where": telling.where(names, selection),
        "n": count("visits", counts["total"]),
        "failed": number(counts["failed"], 0),
        "disputed": number(counts["disputed"], 0),
    }
    if not counts["total"]:
        return Message(N_("{where}: no visits in this selection."), values)
    if counts["disputed"]:
        return Message(N_("{where}: {n}, of these {failed} failed and {disputed} disputed."), values)
    return Message(N_("{where}: {n}, of these {failed} failed."), values)


def visit(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, visit_id: str) -> Visit | None:
    """One visit, or None when it does not exist or lies outside the reader's scope."""
    found = asked_in_scope(warehouse, scope, "visit", (visit_id,))
    if found.empty:
        return None
    row = first_row(found)
    visited_on: date = row["visited_on"].date()
    period = names.completed(Selection(metric="mystery_score", start=selection.start, end=selection.end))
    here = period.but(store=row["store_id"], brand=row["brand"], membership="now")
    whole = measure(warehouse, scope, "mystery_score", here)
    items = _visit_items(warehouse, scope, here, names, row, visited_on)
    touchpoints = _visit_touchpoints(warehouse, scope, here, names, items)
    store_score = float(whole["value"].iloc[0]) if len(whole) else float("nan")
    store_visits = int(whole["n"].iloc[0]) if len(whole) else 0
    failed = tuple(items.loc[items["is_failed"], "label"])
    neighbours = asked(warehouse, "visit_neighbours", (row["store_id"], visit_id))
    return Visit(
        visit_id=visit_id,
        store=row["store_id"],
        store_label=Named(row["store_name"]),
        region=row["region"],
        city=row["city"],
        visited_on=visited_on,
        stream=row["stream"],
        wave=_wave(names, row["wave"]),
        shopper_id=row["shopper_id"],
        status=row["status"],
        score=float(row["score"]),
        store_score=store_score,
        store_visits=store_visits,
        is_failed=bool(row["is_failed"]),
        failed_items=failed,
        n_items=int(row["n_items"]),
        n_na=int(row["n_na"]),
        evidence_url=row["evidence_url"],
        comment=row["comment"],
        batch_id=int(row["batch_id"]),
        items=items,
        touchpoints=touchpoints,
        headline=_visit_headline(row, visited_on, store_score, store_visits, failed),
        previous=str(neighbours["previous"].iloc[0]),
        next=str(neighbours["next"].iloc[0]),
    )


def _visit_items(
    warehouse: Warehouse, scope: Scope, here: Selection, names: Names, row: dict[str, Any], visited_on: date
) -> pd.DataFrame:
    items = asked(warehouse, "visit_items", (visited_on, int(row["visit_key"])))
    store = measure(warehouse, scope, "mystery_score", here, ("item",))
    items = items.merge(
        store.rename(columns={"value": "store_share", "n": "store_n"})[["item", "store_share", "store_n"]], how="left"
    )
    labels = [
        Named(zh or "", en if isinstance(en, str) else "")
        for zh, en in zip(items["text_zh"], items["text_en"], strict=True)
    ]
    return items.assign(
        label=pd.Series(labels, dtype=object),
        touchpoint_label=names.labels_of("touchpoint", items["touchpoint"]),
        is_failed=items["is_failed"].fillna(False).astype(bool),
        store_n=items["store_n"].fillna(0).astype(int),
        difference=items["share"] - items["store_share"],
    ).drop(columns=["text_zh", "text_en"])


def _visit_touchpoints(
    warehouse: Warehouse, scope: Scope, here: Selection, names: Names, items: pd.DataFrame
) -> pd.DataFrame:
    """The visit by touchpoint, in service order, from the items that carry weight."""
    order = {key: place for place, key in enumerate(names.stage_of)}
    scored = items[(items["role"] == "score") & items["touchpoint"].isin(order)]
    applied = scored[scored["share"].notna()]
    points = (applied["share"] * applied["weight"]).groupby(applied["touchpoint"]).sum()
    weights = applied.groupby("touchpoint")["weight"].sum()
    store = measure(warehouse, scope, "mystery_score", here, ("touchpoint",)).set_index("touchpoint")["value"]
    keys = sorted(scored["touchpoint"].unique(), key=order.__getitem__)
    frame = pd.DataFrame({"touchpoint": pd.Series(keys, dtype=str)})
    score = frame["touchpoint"].map(points / weights.where(weights > 0)).astype(float)
    reference = frame["touchpoint"].map(store).astype(float)
    return frame.assign(
        label=names.labels_of("touchpoint", keys),
        stage=[names.stage_of[key] for key in keys],
        stage_label=names.labels_of("stage", [names.stage_of[key] for key in keys]),
        score=score,
        store_score=reference,
        difference=score - reference,
        applicable=frame["touchpoint"].map(applied.groupby("touchpoint").size()).fillna(0).astype(int),
        failed=frame["touchpoint"].map(scored.groupby("touchpoint")["is_failed"].sum()).fillna(0).astype(int),
    )


def _visit_headline(
    row: dict[str, Any], visited_on: date, store_score: float, store_visits: int, failed: tuple[Named, ...]
) -> Message:
    metric = METRICS["mystery_score"]
    values: dict[str, Any] = {
        "store": Named(row["store_name"]),
        "day": Day(visited_on),
        "score": number(row["score"]),
        "failed": Listing(failed),
        "n": count("visits", store_visits),
    }
    if np.isnan(row["score"]):
        return Message(N_("{store}, {day}: no score, because no item applied."), values)
    difference = row["score"] - store_score
    values["difference"] = size(metric, difference)
    if failed:
        return Message(N_("{store}, {day}: {score}, failed for {failed}."), values)
    if np.isnan(difference) or store_visits < 2:
        return Message(N_("{store}, {day}: {score}."), values)
    if difference < 0:
        return Message(N_("{store}, {day}: {score}, {difference} below the store's mean of {n}."), values)
    return Message(N_("{store}, {day}: {score}, {difference} above the store's mean of {n}."), values)


def response_list(
    warehouse: Warehouse,
    scope: Scope,
    selection: Selection,
    names: Names,
    *,
    commented_only: bool = True,
    containing: str = "",
    detractors_only: bool = False,
    sort: str = "newest",
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> ResponseList:
    """A page of customer responses; sorts as for visits (lowest, highest by index).

    ``containing``: only comments that hold this text, whatever its case; the counts are of these, too.
    """
    metric = _metric_of(selection, "customer")
    selection = _with_brand(names.completed(selection.but(metric=metric.id)), names)
    narrower = (_CONTAINING if containing else "") + (_OF_DETRACTORS if detractors_only else "")
    sought = (containing,) if containing else ()
    counts = _first(warehouse, evidence_statement("responses_counts", metric, scope, selection, narrower, sought))
    shown = int(counts["commented"] if commented_only else counts["total"])
    page, pages = _page(page, shown, page_size)
    condition = " AND coalesce(r.comment, '') <> ''" if commented_only else ""
    statement = evidence_statement(
        "responses_page",
        metric,
        scope,
        selection,
        condition + narrower,
        (*sought, page_size, (page - 1) * page_size),
        order=_RESPONSE_ORDERS.get(sort, _RESPONSE_ORDERS["newest"]),
    )
    frame = warehouse.query(statement.sql, list(statement.values))
    values = {
        "where": telling.where(names, selection),
        "n": count("responses", counts["total"]),
        "commented": number(counts["commented"], 0),
    }
    words = N_("{where}: {n}, {commented} with a comment.")
    if not counts["total"]:
        words = N_("{where}: no responses in this selection.")
    return ResponseList(
        frame.assign(label=names.labels_of("store", frame["store"])),
        int(counts["total"]),
        int(counts["commented"]),
        page,
        pages,
        Message(words, values),
        telling.caption(names, selection.but(rule="responses"), shown),
    )
