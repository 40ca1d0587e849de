"""The rules that go beyond one column: references, dates, keys."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Collection, Iterator
from typing import Any, get_args

import numpy as np
import pandas as pd
import pyarrow as pa

from sq.checking.columns import Positions, Problem
from sq.checking.findings import shown
from sq.checking.known import Known, days
from sq.records import METRIC_IDS, RECORDS, RESPONSE_TABLES, keys

LISTED_VALUES = 20  # different values told apart per column and code; the rest is counted together
SUGGESTIONS = 3
COMPARED = 40  # characters of a name up to which near ones are looked for: the time grows with their square
# table → column with the day or moment when something happened at a store
HAPPENED: dict[str, str] = {
    "mystery_visits": "visited_on",
    "customer_responses": "answered_on",
    "management_audits": "audited_on",
    "complaints": "opened_at",
    "trainings": "held_on",
    "volumes": "month",
}
ZONE = re.compile(r"\d[:：]\d{2}(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})$")  # behind a time of day
PLACED = {"targets", "notes"}  # tables that name a place of any level
LEVELS_WITH_PLACES = ("region", "city", "store", "department")
MAY_FOLLOW_CLOSING = {"complaints", "volumes"}  # a complaint can come after the doors closed
# table → pairs of columns of which the second must not be before the first
ORDERED: dict[str, tuple[tuple[str, str], ...]] = {
    "stores": (("valid_from", "valid_to"), ("opened_on", "closed_on")),
    "items": (("valid_from", "valid_to"), ("scale_min", "scale_max")),
    "waves": (("starts_on", "ends_on"),),
    "aggregates": (("period_start", "period_end"),),
    "complaints": (("opened_at", "responded_at"), ("opened_at", "resolved_at")),
}


def header_problems(table: str, rows: pa.Table, known: Known, today: dt.date) -> Iterator[Problem]:
    """Everything wrong between the columns of typed rows, and between them and what is known."""
    yield from _references(table, rows, known)
    yield from _order(table, rows)
    if table in HAPPENED:
        happened = days(rows[HAPPENED[table]])
        yield from _future(HAPPENED[table], happened, today)
        yield from _store_hours(table, rows, happened, known)
    if table in RESPONSE_TABLES and not RESPONSE_TABLES[table][2]:
        begun = known.wave_days(RESPONSE_TABLES[table][0], rows["wave_id"].to_pandas(), "starts_on")
        yield from _future("wave_id", begun, today, "wave_not_begun")


def zone_problems(table: str, received: pd.DataFrame) -> Iterator[Problem]:
    """Moments of a row on different clocks ("+08:00" beside "Z"): the hours between them would be wrong."""
    moments = [c for c, f in RECORDS[table].model_fields.items() if dt.datetime in get_args(f.annotation)]
    moments = [c for c in ("opened_at", *moments) if c in received]
    if len(moments) < 2 or "opened_at" not in moments:
        return
    zones = {column: received[column].map(_zone) for column in moments}
    for column in moments[1:]:
        both = received["opened_at"].notna() & received[column].notna()
        bad = np.flatnonzero((both & (zones[column] != zones["opened_at"])).to_numpy())
        yield from by_value("mixed_time_zones", column, bad, received[column].to_numpy(dtype=object)[bad])


def _zone(value: Any) -> str:
    found = ZONE.search(value.strip()) if isinstance(value, str) else None
    return found[1].replace(":", "").replace("Z", "+0000") if found else ""


def by_value(code: str, column: str, positions: Positions, values: Any, allowed: Any = "") -> Iterator[Problem]:
    """Problems told apart by value (and what is allowed); beyond LISTED_VALUES they are counted together."""
    if not len(positions):
        return
    codes, different = pd.factorize(pd.Series(values, dtype=object))
    if not isinstance(allowed, str):
        limits, allows = pd.factorize(pd.Series(allowed, dtype=object))
        codes, mixed = pd.factorize(codes * max(len(allows), 1) + limits)
        pairs = [(different[k // len(allows)], allows[k % len(allows)]) for k in mixed[:LISTED_VALUES]]
    else:
        pairs = [(value, allowed) for value in different[:LISTED_VALUES]]
    for number, (value, allows_this) in enumerate(pairs):
        yield Problem(code, column, shown(value), str(allows_this), positions[codes == number])
    if (rest := codes >= LISTED_VALUES).any():
        yield Problem(code, column, "", "", positions[rest])


def _references(table: str, rows: pa.Table, known: Known) -> Iterator[Problem]:
    columns = set(rows.column_names)
    if "store_id" in columns and table != "stores":
        yield from unknown("unknown_store", "store_id", rows["store_id"].to_pandas(), set(known.stores["store_id"]))
    if "touchpoint_id" in columns and table != "touchpoints":
        yield from unknown("unknown_touchpoint", "touchpoint_id", rows["touchpoint_id"].to_pandas(), known.touchpoints)
    if table == "items":
        yield from _unknown_pairs("unknown_dimension", "dimension_id", rows, rows["instrument"], known.dimensions)
    if table == "targets":
        yield from unknown("unknown_metric", "metric", rows["metric"].to_pandas(), METRIC_IDS)
    if table in PLACED:
        yield from _places(rows, known)
    if "department_id" in columns and table != "departments":
        yield from unknown(
            "unknown_department", "department_id", rows["department_id"].to_pandas(), known.departments()
        )
    if table in RESPONSE_TABLES:
        yield from _waves(table, rows, known)
    if "touchpoint_ids" in columns:
        lists = rows["touchpoint_ids"].to_pandas().explode().dropna()
        bad = lists[~lists.isin(known.touchpoints)]
        allowed = _nearest(bad, known.touchpoints)
        yield from by_value(
            "unknown_touchpoint", "touchpoint_ids", bad.index.to_numpy(), bad.to_numpy(), bad.map(allowed).to_numpy()
        )


def _waves(table: str, rows: pa.Table, known: Known) -> Iterator[Problem]:
    """Waves that are not listed: a form without a day of its own cannot do without."""
    name, _, day = RESPONSE_TABLES[table]
    if "wave_id" not in rows.column_names or (day and known.waves.empty):
        return
    instrument = pa.repeat(pa.scalar(name), len(rows))
    code = "unknown_wave" if day else "wave_not_listed"
    yield from _unknown_pairs(code, "wave_id", rows, instrument, known.wave_ids())


def _places(rows: pa.Table, known: Known) -> Iterator[Problem]:
    """Places that no store is, or lies in; the whole chain and an empty place (every one of a level) need no name."""
    place, level = rows["place"].to_pandas(), rows["level"].to_pandas()
    for name in LEVELS_WITH_PLACES:
        there = {known_place for known_level, known_place in known.places if known_level == name}
        yield from unknown("unknown_place", "place", place[(level == name).to_numpy()], there)


def unknown(code: str, column: str, values: pd.Series[Any], allowed: Collection[str]) -> Iterator[Problem]:
    """Values that are not on a list, each with the nearest ones that are."""
    bad = values[values.notna() & ~values.isin(allowed)]
    near = _nearest(bad, allowed)
    yield from by_value(code, column, bad.index.to_numpy(), bad.to_numpy(), bad.map(near).to_numpy())


def _unknown_pairs(
    code: str, column: str, rows: pa.Table, instrument: Any, allowed: set[tuple[str, str]]
) -> Iterator[Problem]:
    values = rows[column].to_pandas()
    for name in pd.unique(instrument.to_pandas().dropna()):
        mine = values[(instrument.to_pandas() == name).to_numpy()]
        yield from unknown(code, column, mine, {i for n, i in allowed if n == name})


def _nearest(bad: pd.Series[Any], allowed: Collection[str]) -> dict[str, str]:
    """Bad value → names like it, else the first ones; only for as many as will be listed."""
    pool = [name for name in sorted(allowed)[:5000] if len(name) <= COMPARED]
    found = {}
    for value in list(pd.unique(bad))[:LISTED_VALUES]:
        near = difflib.get_close_matches(str(value)[:COMPARED], pool, SUGGESTIONS, 0.6) or sorted(allowed)[:SUGGESTIONS]
        found[value] = ", ".join(shown(name) for name in near)
    return {str(v): found.get(v, "") for v in pd.unique(bad)}


def _order(table: str, rows: pa.Table) -> Iterator[Problem]:
    for first, second in ORDERED.get(table, ()):
        begin, end = rows[first].to_pandas(), rows[second].to_pandas()
        if rows.schema.field(first).type in (pa.date32(), pa.timestamp("us")):
            begin, end = pd.to_datetime(begin), pd.to_datetime(end)
        bad = np.flatnonzero((begin.notna() & end.notna() & (end < begin)).to_numpy())
        yield from by_value("wrong_order", second, bad, end.to_numpy()[bad], begin.iloc[bad].map(shown).to_numpy())


def _future(column: str, happened: pd.Series[Any], today: dt.date, code: str = "in_the_future") -> Iterator[Problem]:
    bad = np.flatnonzero((happened >= pd.Timestamp(today) + pd.Timedelta(days=1)).to_numpy())
    yield from by_value(code, column, bad, _texts(happened.iloc[bad]), str(today))


def _store_hours(table: str, rows: pa.Table, happened: pd.Series[Any], known: Known) -> Iterator[Problem]:
    """Events before a store opened or after it closed; a month counts when the store was open in any of it."""
    column = HAPPENED[table]
    stores = known.stores.set_index("store_id")
    store = rows["store_id"].to_pandas()
    opened, closed = (_of_each(store, stores[c]) for c in ("opened_on", "closed_on"))
    if column == "month":
        opened = opened.dt.to_period("M").dt.to_timestamp()
    early = np.flatnonzero((happened < opened).to_numpy())
    late = np.flatnonzero((happened >= closed + pd.Timedelta(days=1)).to_numpy())
    after = "after_closing_late" if table in MAY_FOLLOW_CLOSING else "after_closing"
    for code, bad, limit in (("before_opening", early, opened), (after, late, closed)):
        yield from by_value(code, column, bad, _texts(happened.iloc[bad]), _texts(limit.iloc[bad]))


def _of_each(store: pd.Series[Any], day: pd.Series[Any]) -> pd.Series[Any]:
    """A day of each row's store; NaT where there is none."""
    return pd.Series(pd.to_datetime(day.reindex(store.to_numpy(dtype=object))).to_numpy(), index=store.index)


def _texts(moments: pd.Series[Any]) -> Any:
    return moments.map(shown).to_numpy()


def key_texts(table: str, rows: pa.Table) -> pd.Series[Any]:
    """The key of each row as one text."""
    parts = [rows[c].cast(pa.string()).fill_null("").to_pandas() for c in keys(table)]
    whole: pd.Series[Any] = parts[0]
    for part in parts[1:]:
        whole = whole + " · " + part
    text: pd.Series[Any] = whole.str.removesuffix(" · ")
    return text
