"""What rows may refer to: stores, departments, items, waves, forms and more; known or in this delivery."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

DAY = "datetime64[s]"
STORE_COLUMNS = ("store_id", "opened_on", "closed_on")
WAVE_COLUMNS = ("instrument", "wave_id", "starts_on", "ends_on")
ITEM_COLUMNS = ("instrument", "item_id", "scale_min", "scale_max", "valid_from", "valid_to")


def days(values: Any) -> pd.Series[Any]:
    """Arrow or pandas dates as datetime64[s], NaT where empty."""
    received = values.to_pandas() if isinstance(values, pa.Array | pa.ChunkedArray) else values
    found: pd.Series[Any] = pd.to_datetime(pd.Series(received)).astype("datetime64[s]")
    return found


@dataclass
class Known:
    """The names a delivery may use; grows by the good rows of the delivery itself.

    ``stores``: one row per store_id with opened_on and closed_on. ``items``: one row per instrument, item_id and span
    of validity. ``waves``: one row per instrument and wave_id. ``responses``: instrument → day of each form, by its id.
    ``places``: (region, city, store or department, its id). ``names``: (store or department, its id) → its name.
    ``form_waves``: instrument → wave of each form, where forms belong to waves. ``dropped_before``: forms of earlier
    days were dropped by `sq retain`.
    """

    stores: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(STORE_COLUMNS)))
    items: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(ITEM_COLUMNS)))
    touchpoints: set[str] = field(default_factory=set)
    dimensions: set[tuple[str, str]] = field(default_factory=set)
    waves: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(WAVE_COLUMNS)))
    responses: dict[str, pd.Series[Any]] = field(default_factory=dict)
    places: set[tuple[str, str]] = field(default_factory=set)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    form_waves: dict[str, pd.Series[Any]] = field(default_factory=dict)
    dropped_before: dt.date | None = None

    def item_ids(self) -> dict[str, set[str]]:
        """Instrument → ids of its items."""
        return {str(i): set(group["item_id"]) for i, group in self.items.groupby("instrument")}

    def add(self, table: str, rows: pa.Table) -> None:
        """Learn from checked reference rows."""
        if table == "stores":
            self._add_stores(rows)
        elif table == "items":
            self._add_items(rows)
        elif table == "touchpoints":
            self.touchpoints |= set(rows["touchpoint_id"].to_pylist())
        elif table == "dimensions":
            self.dimensions |= _pairs(rows, "dimension_id")
        elif table == "waves":
            self._add_waves(rows)
        elif table == "departments":
            self.places |= {("department", name) for name in rows["department_id"].to_pylist()}
            self._add_names("department", rows["department_id"], rows["name_zh"])

    def departments(self) -> set[str]:
        """Ids of the departments."""
        return {name for level, name in self.places if level == "department"}

    def wave_ids(self) -> set[tuple[str, str]]:
        """Every instrument and wave."""
        return set(zip(self.waves["instrument"], self.waves["wave_id"], strict=True))

    def wave_days(self, instrument: str, ids: Any, end: str = "ends_on") -> pd.Series[Any]:
        """The last (or first) day of each wave; NaT for one that is not known."""
        mine = self.waves[self.waves["instrument"] == instrument].set_index("wave_id")[end]
        return pd.Series(days(mine.reindex(pd.Index(ids, dtype=object))).to_numpy(dtype=DAY))

    def add_responses(self, instrument: str, ids: pa.Array, answered: Any) -> None:
        """Learn the forms that answers may belong to, with their day."""
        new = pd.Series(days(answered).to_numpy(), index=pd.Index(ids.to_pandas(), dtype=object))
        self.responses[instrument] = _latest(self.responses.get(instrument), new)

    def add_form_waves(self, instrument: str, ids: pa.Array, waves: pa.Array) -> None:
        """Learn the waves of forms."""
        self.form_waves[instrument] = _latest(
            self.form_waves.get(instrument), pd.Series(waves.to_pandas().to_numpy(), index=ids.to_pandas())
        )

    def waves_of(self, instrument: str, ids: pd.Series[Any]) -> pd.Series[Any]:
        """The wave of each form; empty for one that is not known."""
        return ids.map(self.form_waves.get(instrument, pd.Series(dtype=object)))

    def names_of(self, level: str) -> dict[str, str]:
        """Id → name of the known units of a level."""
        return {unit: name for (known_level, unit), name in self.names.items() if known_level == level}

    def has_form(self, instrument: str, ids: pd.Series[Any]) -> pd.Series[Any]:
        """Whether each form is known."""
        forms = self.responses.get(instrument)
        return ids.isin(() if forms is None else forms.index)

    def days_of(self, instrument: str, ids: pd.Series[Any]) -> pd.Series[Any]:
        """The day of each form; NaT for one that is not known."""
        forms = self.responses.get(instrument)
        if forms is None or forms.empty:
            return pd.Series(np.full(len(ids), np.datetime64("NaT"), dtype=DAY), index=ids.index)
        return pd.Series(forms.reindex(ids.to_numpy(dtype=object)).to_numpy(dtype=DAY), index=ids.index)

    def _add_stores(self, rows: pa.Table) -> None:
        new = pd.DataFrame({"store_id": rows["store_id"].to_pandas()})
        for column in ("opened_on", "closed_on"):
            new[column] = days(rows[column]).to_numpy()
        for level, column in (("region", "region"), ("city", "city"), ("store", "store_id")):
            if column in rows.column_names:
                self.places |= {(level, name) for name in rows[column].unique().to_pylist() if name}
        if "store_name" in rows.column_names:
            self._add_names("store", rows["store_id"], rows["store_name"])
        whole = _stacked(self.stores, new)
        self.stores = whole.groupby("store_id", sort=False, as_index=False).last()  # last not empty

    def _add_names(self, level: str, ids: pa.Array, names: pa.Array) -> None:
        pairs = zip(ids.to_pylist(), names.to_pylist(), strict=True)
        self.names |= {(level, unit): name for unit, name in pairs if name}

    def _add_waves(self, rows: pa.Table) -> None:
        new = rows.select(list(WAVE_COLUMNS)).to_pandas()
        for column in ("starts_on", "ends_on"):
            new[column] = days(new[column]).to_numpy()
        whole = _stacked(self.waves, new)
        self.waves = whole.drop_duplicates(["instrument", "wave_id"], keep="last", ignore_index=True)

    def _add_items(self, rows: pa.Table) -> None:
        new = rows.select(list(ITEM_COLUMNS)).to_pandas()
        for column in ("valid_from", "valid_to"):
            new[column] = days(new[column]).to_numpy()
        whole = _stacked(self.items, new)
        self.items = whole.drop_duplicates(["instrument", "item_id", "valid_from"], keep="last", ignore_index=True)


def _stacked(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    return new if old.empty else pd.concat([old, new], ignore_index=True)


def _latest(old: pd.Series[Any] | None, new: pd.Series[Any]) -> pd.Series[Any]:
    whole = new if old is None else pd.concat([old, new])
    return whole[~whole.index.duplicated(keep="last")]


def _pairs(rows: pa.Table, column: str) -> set[tuple[str, str]]:
    return set(zip(rows["instrument"].to_pylist(), rows[column].to_pylist(), strict=True))


@dataclass(frozen=True)
class Scale:
    """The range of an item in one span of its validity."""

    low: float
    high: float


class Checklist:
    """The items of one instrument: which are valid when, and on what scale.

    Time is cut into epochs, in each of which nothing changes; epoch k covers ``starts[k-1] <= day < starts[k]``.
    """

    def __init__(self, items: pd.DataFrame) -> None:
        self.ids = set(items["item_id"])
        self._from = items["valid_from"].to_numpy(dtype=DAY) if len(items) else np.array([], dtype=DAY)
        self._to = items["valid_to"].to_numpy(dtype=DAY) if len(items) else np.array([], dtype=DAY)
        edges = np.concatenate([self._from, self._to + np.timedelta64(86_400, "s")])
        self.starts = np.unique(edges[~np.isnat(edges)])
        self._items = items

    def epochs(self, answered: Any) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The epoch of each day; a missing day counts as the last epoch (its row is refused anyway)."""
        found = np.searchsorted(self.starts, np.asarray(answered, dtype=DAY), side="right")
        return np.where(np.isnat(np.asarray(answered, dtype=DAY)), len(self.starts), found)

    def scales(self, epoch: int) -> dict[str, Scale]:
        """Item id → scale, for the items valid in an epoch."""
        if not len(self.starts):
            valid = np.ones(len(self._items), dtype=bool)
        else:
            day = self.starts[epoch - 1] if epoch else self.starts[0] - np.timedelta64(86_400, "s")
            valid = (np.isnat(self._from) | (self._from <= day)) & (np.isnat(self._to) | (self._to >= day))
        now = self._items[valid].sort_values("valid_from", na_position="first")
        columns = (now["item_id"], now["scale_min"], now["scale_max"])
        return {i: Scale(float(low), float(high)) for i, low, high in zip(*columns, strict=True)}

    def validity(self, item_id: str) -> str:
        """The spans of an item in figures: ``2025-01-01–2025-06-30``."""
        spans = self._items[self._items["item_id"] == item_id]
        return ", ".join(f"{_day(a)}–{_day(b)}" for a, b in zip(spans["valid_from"], spans["valid_to"], strict=True))


def _day(value: Any) -> str:
    return "…" if pd.isna(value) else str(pd.Timestamp(value).date())
