"""Checks answers a column at a time: 24 million cells of wide forms take seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sq.checking.columns import Column, Positions, Problem, numeric
from sq.checking.findings import shown, span
from sq.checking.known import Checklist, Known
from sq.checking.personal import masked
from sq.checking.rules import by_value, unknown
from sq.sources.table import SourceTable

Numbers = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Block:
    """Answers of forms of one epoch: ``ids`` and, for every item asked, one value per form (null = not applicable)."""

    ids: pa.Array
    items: tuple[str, ...]
    values: tuple[pa.Array, ...]


@dataclass(frozen=True)
class Told:
    """Answers that this delivery has given already: of wide forms (``items``) or of a long table (``keys``)."""

    ids: pd.Index[Any]
    items: frozenset[str] = frozenset()
    keys: pd.Index[Any] | None = None


class WideAnswers:
    """The item columns of a table of forms: numbers, problems, and blocks of what was asked."""

    def __init__(self, source: SourceTable, checklist: Checklist, answered: Any) -> None:
        self.checklist = checklist
        self.items = source.items
        self.problems: list[Problem] = []
        self.numbers: list[Numbers] = []
        for item in self.items:
            numbers, bad = numeric(source.frame[item])
            self.numbers.append(numbers)
            self.problems += by_value("not_a_number", item, bad, source.frame[item].to_numpy(dtype=object)[bad])
        self.epoch = checklist.epochs(answered)
        for epoch in np.unique(self.epoch):
            self._check(int(epoch), None if len(checklist.starts) == 0 else np.flatnonzero(self.epoch == epoch))

    def _check(self, epoch: int, at: Positions | None) -> None:
        """Compare the answers of one epoch with the scales valid in it."""
        scales = self.checklist.scales(epoch)
        for item, numbers in zip(self.items, self.numbers, strict=True):
            values = numbers if at is None else numbers[at]
            scale = scales.get(item)
            if scale is not None:
                bad = np.flatnonzero((values < scale.low) | (values > scale.high))
                code, allowed = "out_of_scale", span(scale.low, scale.high)
            else:
                bad = np.flatnonzero(~np.isnan(values))
                known = item in self.checklist.ids
                code, allowed = ("item_not_valid", self.checklist.validity(item)) if known else ("unknown_item", "")
            where = bad if at is None else at[bad]
            told = np.full(len(bad), item, dtype=object) if code == "unknown_item" else values[bad]
            self.problems += by_value(code, item, where, told, allowed)

    def scored(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether each form has at least one answer."""
        found = np.zeros(len(self.epoch), dtype=bool)
        for numbers in self.numbers:
            found |= ~np.isnan(numbers)
        return found

    def blocks(self, ids: pa.Array, kept: np.ndarray[Any, np.dtype[np.bool_]]) -> Iterator[Block]:
        """Accepted answers, cut where the checklist changes: an item that was not in use was not asked."""
        for epoch in np.unique(self.epoch[kept]):
            mine = kept & (self.epoch == epoch)
            asked = self.checklist.scales(int(epoch))
            pairs = [(i, n) for i, n in zip(self.items, self.numbers, strict=True) if i in asked]
            if not pairs:
                continue
            whole = bool(mine.all())
            values = tuple(pa.array(n if whole else n[mine], from_pandas=True) for _, n in pairs)
            yield Block(ids if whole else ids.filter(pa.array(mine)), tuple(i for i, _ in pairs), values)


def long_answers(
    source: SourceTable, instrument: str, id_column: str, known: Known, checklist: Checklist
) -> tuple[pa.Table, list[Problem]]:
    """Typed rows (response_id, item_id, value, note) of a long table, and what is wrong with them."""
    frame = source.frame
    given = id_column if id_column in frame else "response_id"
    ids, items = (_text_column(frame, c) for c in (given, "item_id"))
    raw = frame["value"] if "value" in frame else pd.Series(np.nan, index=frame.index)
    numbers, bad = numeric(raw)
    problems = [*ids.problems, *items.problems]
    problems += by_value("not_a_number", "value", bad, raw.to_numpy(dtype=object)[bad])
    response, item = ids.values.to_pandas(), items.values.to_pandas()
    problems += unknown("unknown_item", "item_id", item, checklist.ids)
    day = known.days_of(instrument, response)
    lost = np.flatnonzero((response.notna() & ~known.has_form(instrument, response)).to_numpy())
    problems += by_value("unknown_response", given, lost, response.to_numpy()[lost])
    problems += _scale_problems(checklist, item, numbers, day)
    twice = np.flatnonzero((pd.DataFrame({"r": response, "i": item}).duplicated() & item.notna()).to_numpy())
    problems += by_value("duplicate_key", "item_id", twice, pairs(response, item).to_numpy()[twice])
    told = frame["note"].astype(object).map(_text) if "note" in frame else None
    note = None if told is None else told.map(lambda text: masked(text) if isinstance(text, str) else None)
    if told is not None and note is not None:
        problems += [Problem("masked", "note", "", "", np.flatnonzero((told.notna() & (told != note)).to_numpy()))]
    table = pa.table(
        {
            "response_id": ids.values,
            "item_id": items.values,
            "value": pa.array(numbers, from_pandas=True),
            "note": pa.nulls(len(frame), pa.string()) if note is None else pa.array(note, type=pa.string()),
        }
    )
    return table, problems


def pairs(response: pd.Series[Any], item: pd.Series[Any]) -> pd.Series[Any]:
    """The key of each answer as one text."""
    keys: pd.Series[Any] = response.astype(object) + " · " + item.astype(object)
    return keys


def told_before(told: list[Told], response: pd.Series[Any], item: pd.Series[Any]) -> Iterator[Problem]:
    """Answers that another sheet or file of the delivery gives too."""
    again = np.zeros(len(response), dtype=bool)
    for earlier in told:
        shared = response.isin(earlier.ids).to_numpy()
        if earlier.keys is None:
            again |= shared & item.isin(earlier.items).to_numpy()
        elif shared.any():
            again[shared] |= pairs(response[shared], item[shared]).isin(earlier.keys).to_numpy()
    at = np.flatnonzero(again)
    yield from by_value("duplicate_key", "item_id", at, pairs(response, item).to_numpy()[at])


def _text_column(frame: pd.DataFrame, column: str) -> Column:
    """A required id; numbers that are whole lose their ``.0``."""
    if column not in frame:
        return Column(pa.nulls(len(frame), pa.string()), (Problem("missing", column, "", "", np.arange(len(frame))),))
    codes, found = pd.factorize(frame[column].astype(object))
    texts = pa.array([*map(_text, found), None], type=pa.string())
    values = texts.take(pa.array(np.where(codes < 0, len(found), codes)))
    missing = np.flatnonzero(values.is_null().to_numpy(zero_copy_only=False))
    return Column(values, (Problem("missing", column, "", "", missing),) if len(missing) else ())


def _text(value: Any) -> str | None:
    if value is None or value != value:
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip() or None


def _scale_problems(checklist: Checklist, item: Any, numbers: Numbers, day: Any) -> Iterator[Problem]:
    epochs = checklist.epochs(day.to_numpy())
    for epoch in np.unique(epochs):
        scales = checklist.scales(int(epoch))
        if not scales:
            continue
        at = np.flatnonzero(epochs == epoch)
        mine, values = item.iloc[at], numbers[at]
        low, high = (mine.map({i: getattr(s, end) for i, s in scales.items()}) for end in ("low", "high"))
        with np.errstate(invalid="ignore"):
            outside = np.flatnonzero((values < low.to_numpy(float)) | (values > high.to_numpy(float)))
        allowed = [span(low.iloc[k], high.iloc[k]) for k in outside]
        yield from by_value("out_of_scale", "value", at[outside], values[outside], allowed)
        unused = np.flatnonzero(mine.isin(checklist.ids - set(scales)).to_numpy() & ~np.isnan(values))
        valid = [checklist.validity(i) for i in mine.iloc[unused]]
        yield from by_value("item_not_valid", "value", at[unused], [shown(v) for v in values[unused]], valid)
