"""Where the data came from, how new and how complete they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from sq.analyses.names import WITHOUT_DAYS
from sq.analyses.wording import Day, Listing, Month, Period, count
from sq.language import N_, Message, number
from sq.metrics.catalogue import INSTRUMENT_NAMES
from sq.metrics.questions import asked
from sq.records import ANONYMOUS
from sq.warehouse import Scope, Warehouse


@dataclass(frozen=True)
class Instrument:
    """The state of one instrument: what there is and how new it is."""

    instrument: str
    label: Message
    first_month: date
    last_month: date
    last_day: date
    responses: int
    stores: int
    stores_open: int
    sentence: Message


@dataclass(frozen=True)
class Coverage:
    """The data page's view of the published snapshot.

    Attributes:
        snapshot, created_at, data_as_of: of the snapshot.
        instruments: one per instrument with data.
        coverage: instrument, month, stores_with_data, stores_open, responses, share (percent of open stores with data).
        batches: batch_id, received_at, status (live, withdrawn, ...), profile, files (tuple), withdrawn_at, read, new,
            changed, unchanged, rejected, skipped (sums over its tables), newest first.
        batch_tables: as in the snapshot.
        findings: as in the snapshot, errors first.
        left_out: what was loaded and is not counted, in words; empty where everything counts.
        missing: instruments without any data.
        Of anonymous surveys a month is that in which a wave ended, its stores are those that are shown.
    """

    snapshot: str
    created_at: datetime | None
    data_as_of: date | None
    answer: Message
    instruments: tuple[Instrument, ...]
    coverage: pd.DataFrame
    batches: pd.DataFrame
    batch_tables: pd.DataFrame
    findings: pd.DataFrame
    left_out: tuple[Message, ...]
    missing: tuple[Message, ...] = ()


def coverage(warehouse: Warehouse, scope: Scope) -> Coverage:
    """Freshness, coverage by month, batches and findings."""
    by_month = asked(warehouse, "coverage")
    share = 100 * by_month["stores_with_data"] / by_month["stores_open"].where(by_month["stores_open"] > 0)
    instruments = tuple(
        _instrument(str(name), rows)
        for name, rows in by_month.groupby("instrument", sort=False)
        if rows["responses"].sum()
    )
    instruments += _published(warehouse)
    as_of = max((one.last_day for one in instruments if one.instrument not in WITHOUT_DAYS), default=None)
    return Coverage(
        warehouse.snapshot_id,
        _moment(warehouse.facts.get("created_at", "")),
        as_of,
        _answer(instruments, as_of),
        instruments,
        by_month.drop(columns="last_day").assign(share=share),
        _files_listed(asked(warehouse, "batches")),
        asked(warehouse, "batch_tables"),
        asked(warehouse, "findings"),
        _left_out(warehouse.facts),
        tuple(
            Message(name) for key, name in INSTRUMENT_NAMES.items() if key not in {i.instrument for i in instruments}
        ),
    )


def _left_out(facts: Mapping[str, str]) -> tuple[Message, ...]:
    """What publishing could not place: a store or an item that was withdrawn, or is not valid on that day."""
    responses, answers = (int(facts.get(key, 0)) for key in ("responses_without_store", "answers_without_item"))
    told = []
    if responses:
        one = N_("{count} visit or response is not counted: its store is not in the list of stores. Load the store.")
        many = N_("{count} visits or responses are not counted: their stores are not in the list. Load the stores.")
        told.append(Message(one, {}, many, responses))
    if answers:
        one = N_("{count} answer is not counted: its item was not valid on that day. Check the item's validity.")
        many = N_("{count} answers are not counted: their items were not valid on that day. Check the items' validity.")
        told.append(Message(one, {}, many, answers))
    return tuple(told)


_UNITS = {"mystery": "visits", "customer": "responses", "complaints": "complaints", "management": "audits"}


def _published(warehouse: Warehouse) -> tuple[Instrument, ...]:
    """Published results of others as an instrument of their own."""
    row = asked(warehouse, "published_coverage").iloc[0]
    if not row["results"]:
        return ()
    first, last = row["first"].date(), row["last"].date()
    words = N_("{instrument}: {count} result of {places}, {period}.")
    many = N_("{instrument}: {count} results of {places}, {period}.")
    label = Message(INSTRUMENT_NAMES["aggregates"])
    values = {
        "instrument": label,
        "places": count("places", int(row["places"])),
        "period": Period(first.replace(day=1), last.replace(day=1)),
    }
    told = Message(words, values, many, int(row["results"]))
    months = (first.replace(day=1), last.replace(day=1))
    return (Instrument("aggregates", label, *months, last, int(row["results"]), int(row["places"]), 0, told),)


def _survey_words(name: str) -> str:
    """The sentence of an anonymous survey: what is shown of its newest wave."""
    if name == "internal_service":
        return N_("{instrument}: {n} in the newest wave, which ended on {day}.")
    return N_(
        "{instrument}: {n} in the newest wave, which ended on {day}; {part} of {whole} are shown, the others are "
        "hidden for anonymity or have no answers."
    )


def _instrument(name: str, rows: pd.DataFrame) -> Instrument:
    rows = rows[rows["responses"] > 0]
    last = rows.iloc[-1]
    anonymous = name in ANONYMOUS
    responses = int(last["responses"] if anonymous else rows["responses"].sum())
    first_month, last_month, last_day = (
        rows["month"].iloc[0].date(),
        last["month"].date(),
        rows["last_day"].max().date(),
    )
    words = N_("{instrument}: {n}, {period}; the newest is from {day}. In {month}, {part} of {whole} had data.")
    if anonymous:
        words = _survey_words(name)
    values = {
        "instrument": Message(INSTRUMENT_NAMES[name]),
        "n": count(_UNITS.get(name, "answers"), responses),
        "period": Period(first_month, last_month),
        "day": Day(last_day),
        "month": Month(last_month),
        "part": number(int(last["stores_with_data"]), 0),
        "whole": count("stores", int(last["stores_open"])),
    }
    return Instrument(
        name,
        Message(INSTRUMENT_NAMES[name]),
        first_month,
        last_month,
        last_day,
        responses,
        int(last["stores_with_data"]),
        int(last["stores_open"]),
        Message(words, values),
    )


def _answer(instruments: tuple[Instrument, ...], as_of: date | None) -> Message:
    if as_of is None:
        return Message(N_("There are no responses in this snapshot yet."))
    parts = [
        Message(N_("{instrument} until {day}"), {"instrument": i.label, "day": Day(i.last_day)}) for i in instruments
    ]
    return Message(N_("Data as of {day}: {parts}."), {"day": Day(as_of), "parts": Listing(tuple(parts))})


def _files_listed(batches: pd.DataFrame) -> pd.DataFrame:
    listed = [tuple(files) if files is not None else () for files in batches["files"]]
    return batches.assign(files=pd.Series(listed, dtype=object))


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
