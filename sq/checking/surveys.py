"""The rules of surveys, waves and published results: who answered, in which wave, about which unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sq.checking.columns import Positions, Problem
from sq.checking.findings import shown
from sq.checking.known import Known, days
from sq.checking.rules import by_value, unknown
from sq.records import RESPONSE_TABLES

ONE_OF_TWO = ("employee_responses", "awareness_responses")  # forms of a store or of a department
RANGES = {"nps": (-100, 100)}  # of a statistic; every other one is a percentage
PERCENT = (0, 100)
FEW_FRACTIONS = 3  # so many values up to 1 in a row are no accident
# table → levels whose places must be on a list; published results may be about regions that hold no store
LISTED_LEVELS = {
    "invitations": ("region", "city", "store", "department"),
    "aggregates": ("store", "department"),
}
UNITS = {"stores": ("store", "store_id", "store_name"), "departments": ("department", "department_id", "name_zh")}


def survey_problems(table: str, rows: pa.Table, known: Known, today: dt.date) -> Iterator[Problem]:
    """What is wrong with forms, waves, invitations and published results, and what has changed in lists of units."""
    if table in ONE_OF_TWO:
        yield from _one_unit(rows)
    if table in RESPONSE_TABLES and not RESPONSE_TABLES[table][2]:
        yield from _other_wave(table, rows, known)
    if table == "waves":
        yield from _moved_waves(rows, known, today)
    if table in LISTED_LEVELS:
        yield from _listed_places(table, rows, known)
    if table == "invitations":
        yield from _by_instrument("wave_not_listed", "wave_id", rows, known.wave_ids())
    if table == "aggregates":
        yield from _published(rows, known)
    if table in UNITS:
        yield from _renamed(*UNITS[table], rows, known)


def _one_unit(rows: pa.Table) -> Iterator[Problem]:
    store, department = rows["store_id"].to_pandas(), rows["department_id"].to_pandas()
    both = np.flatnonzero((store.notna() & department.notna()).to_numpy())
    yield from by_value("store_and_department", "department_id", both, _pairs(store, department, both))
    neither = np.flatnonzero((store.isna() & department.isna()).to_numpy())
    yield Problem("no_unit", "", "", "", neither)


def _pairs(first: pd.Series[Any], second: pd.Series[Any], at: Positions) -> list[str]:
    return [f"{first[k]} · {second[k]}" for k in at]


def _other_wave(table: str, rows: pa.Table, known: Known) -> Iterator[Problem]:
    """Forms whose number an earlier wave has used: loading them would replace that wave's answers."""
    instrument, id_column, _ = RESPONSE_TABLES[table]
    form, wave = rows[id_column].to_pandas(), rows["wave_id"].to_pandas()
    earlier = known.waves_of(instrument, form)
    bad = np.flatnonzero((earlier.notna() & wave.notna() & (earlier != wave)).to_numpy())
    yield from by_value("form_of_other_wave", id_column, bad, form.to_numpy()[bad], earlier.to_numpy()[bad])


def _moved_waves(rows: pa.Table, known: Known, today: dt.date) -> Iterator[Problem]:
    """Waves that were known with other dates; one that had ended and goes on is told apart."""
    keys = ["instrument", "wave_id"]
    new = rows.select([*keys, "starts_on", "ends_on"]).to_pandas()
    both = new.merge(known.waves, "left", keys, suffixes=("", "_before"))
    begin, end, old_begin, old_end = (
        days(both[c]) for c in ("starts_on", "ends_on", "starts_on_before", "ends_on_before")
    )
    moved = old_end.notna() & ((begin != old_begin) | (end != old_end))
    reopened = moved & (old_end < pd.Timestamp(today)) & (end >= pd.Timestamp(today))
    for code, which in (("wave_moved", moved & ~reopened), ("wave_reopened", reopened)):
        at = np.flatnonzero(which.to_numpy())
        before = [f"{shown(old_begin[k])}–{shown(old_end[k])}" for k in at]
        yield from by_value(code, "ends_on", at, new["wave_id"].to_numpy()[at], before)


def _listed_places(table: str, rows: pa.Table, known: Known) -> Iterator[Problem]:
    place, level = rows["place"].to_pandas(), rows["level"].to_pandas()
    for name in LISTED_LEVELS[table]:
        there = {known_place for known_level, known_place in known.places if known_level == name}
        yield from unknown("place_not_listed", "place", place[(level == name).to_numpy()], there)
    lacking = np.flatnonzero((level.notna() & (level != "chain") & place.isna()).to_numpy())
    yield Problem("missing", "place", "", "", lacking)
    needless = np.flatnonzero(((level == "chain") & place.notna()).to_numpy())
    yield from by_value("place_of_chain", "place", needless, place.to_numpy()[needless])


def _by_instrument(code: str, column: str, rows: pa.Table, allowed: set[tuple[str, str]]) -> Iterator[Problem]:
    values, instrument = rows[column].to_pandas(), rows["instrument"].to_pandas()
    for name in pd.unique(instrument.dropna()):
        yield from unknown(code, column, values[(instrument == name).to_numpy()], {i for n, i in allowed if n == name})


def _published(rows: pa.Table, known: Known) -> Iterator[Problem]:
    """Results of others: one subject, a value that its statistic can have, sample sizes that agree."""
    items = {(i, item) for i, ids in known.item_ids().items() for item in ids}
    yield from _by_instrument("unknown_item", "item_id", rows, items)
    yield from _by_instrument("unknown_dimension", "dimension_id", rows, known.dimensions)
    item, dimension = rows["item_id"].to_pandas(), rows["dimension_id"].to_pandas()
    both = np.flatnonzero((item.notna() & dimension.notna()).to_numpy())
    yield from by_value("item_and_dimension", "dimension_id", both, _pairs(item, dimension, both))
    yield from _value_ranges(rows)
    yield from _sample_sizes(rows)


def _value_ranges(rows: pa.Table) -> Iterator[Problem]:
    value, statistic = rows["value"].to_pandas(), rows["statistic"].to_pandas()
    for name in pd.unique(statistic.dropna()):
        low, high = RANGES.get(str(name), PERCENT)
        mine = (statistic == name).to_numpy() & value.notna().to_numpy()
        bad = np.flatnonzero(mine & ((value < low) | (value > high)).to_numpy())
        yield from by_value("out_of_range", "value", bad, value.to_numpy()[bad], f"≥ {low}, ≤ {high}")
        if name not in RANGES and mine.sum() >= FEW_FRACTIONS and value[mine].between(0, 1).all():
            yield Problem("fractions", "value", "", "", np.flatnonzero(mine))


def _sample_sizes(rows: pa.Table) -> Iterator[Problem]:
    least, n, most = (pd.to_numeric(rows[c].to_pandas()) for c in ("n_min", "n", "n_max"))
    bad = np.flatnonzero(((n < least) | (n > most) | (most < least)).to_numpy())
    told = [", ".join(shown(v) for v in (least[k], n[k], most[k]) if not pd.isna(v)) for k in bad]
    yield from by_value("sample_sizes", "n", bad, told)


def _renamed(level: str, id_column: str, name_column: str, rows: pa.Table, known: Known) -> Iterator[Problem]:
    """Units under another name than before, and new units that bear the name of one that this list lacks."""
    frame = pd.DataFrame({"id": rows[id_column].to_pandas(), "name": rows[name_column].to_pandas()})
    if "valid_from" in rows.column_names:  # the name that counts is that of the last span
        order = days(rows["valid_from"]).to_numpy()
        frame = frame.iloc[np.argsort(np.where(np.isnat(order), np.datetime64(0, "s"), order), kind="stable")]
    frame = frame.dropna().drop_duplicates("id", keep="last").sort_index()
    before = frame["id"].map(known.names_of(level))
    changed = frame[before.notna() & (before != frame["name"])]
    yield from by_value(
        "renamed", name_column, changed.index.to_numpy(), changed["name"].to_numpy(), before[changed.index].to_numpy()
    )
    gone = {name: unit for unit, name in known.names_of(level).items() if unit not in set(frame["id"])}
    new = frame[before.isna() & frame["name"].isin(gone)]
    yield from by_value(
        "same_name", name_column, new.index.to_numpy(), new["name"].to_numpy(), new["name"].map(gone).to_numpy()
    )
