"""Ids → names in both languages, options for filters, and what a selection may hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from sq.analyses.periods import complete_until, months_before
from sq.analyses.wording import STAFF_ROLE_NAMES, STAGE_NAMES
from sq.language import N_, Message, Named
from sq.metrics.aggregates import BELOW
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.questions import asked, asked_in_scope
from sq.selection import ATTRIBUTES, PLACE_PATH, SUBJECT_PATH, Selection, month_text
from sq.warehouse import Scope, Warehouse

Name = Named | Message
Options = tuple[tuple[str, Name], ...]
DEFAULT_MONTHS = 12
OWN_STORES = Message(N_("Own stores"))
NOT_STATED = Message(N_("Not stated"))
OPTIONS_KEPT = 5000  # remembered answers: a page asks for the same options dozens of times
_NO_MATTER = {"start": "", "end": "", "compare": "rest", "split": "", "rule": "responses", "sort": "value"}
_BY_INSTRUMENT = ("dimension", "item", "wave")
# Their days are ends of waves and periods: no month of theirs is running, and none says how new other data are.
WITHOUT_DAYS = ("employee", "internal_service", "awareness", "aggregates")


@dataclass(frozen=True)
class Names:
    """The names of everything a reader may pick; made once per snapshot and scope by `names`.

    Attributes:
        labels: axis → id → name (axes region city store department format brand stream channel segment role tenure wave
            stage touchpoint dimension item). Dimensions, items and waves are keyed ``"mystery:D1"``; subjects of
            published results have such a key as their id.
        memberships: one mapping per store and membership: store_id, store_name, region, city, format, region_now,
            city_now, format_now, brand, is_current.
        items: instrument, item_id, touchpoint_id, dimension_id, stage, role, is_veto in checklist order.
        found: one row per instrument, axis and id that has responses, complaints, groups or published results; of the
            latter two also axes level (which there are) and form (whether a whole is shown).
        stage_of: touchpoint_id → stage, in service order.
        months: instrument → (first month, last month, last day of data); of an anonymous survey those of its published
            waves' last days, of published results those of their periods' last days.
        available: ids of the metrics that have data.
    """

    labels: Mapping[str, Mapping[str, Name]]
    memberships: tuple[Mapping[str, Any], ...]
    items: pd.DataFrame
    found: pd.DataFrame
    stage_of: Mapping[str, str]
    months: Mapping[str, tuple[date, date, date]]
    available: tuple[str, ...]
    _picked: dict[tuple[str, Selection], Options] = field(default_factory=dict, repr=False, compare=False)

    def label(self, axis: str, key: str, instrument: str = "") -> Name:
        """The name of an id on an axis; the id itself as a name when it is unknown."""
        name = self.labels.get(axis, {}).get(_key(axis, key, instrument))
        if name is not None:
            return name
        if axis == "brand" and not key:
            return OWN_STORES
        return Named(key) if key else NOT_STATED

    def labels_of(self, axis: str, keys: Iterable[object], instrument: str = "") -> pd.Series[Any]:
        """The names of a column of ids."""
        return pd.Series([self.label(axis, str(key), instrument) for key in keys], dtype=object)

    def options(self, axis: str, selection: Selection) -> Options:
        """What can be picked on an axis as (id, name), in the order to be shown.

        Given the other choices: cities of the region, items of the touchpoint. Empty when the metric has no such axis.
        """
        key = (axis, selection.but(**_NO_MATTER))
        if key not in self._picked:
            if len(self._picked) > OPTIONS_KEPT:
                self._picked.clear()
            self._picked[key] = self._options(axis, selection)
        return self._picked[key]

    def _options(self, axis: str, selection: Selection) -> Options:
        metric = METRICS.get(selection.metric) or METRICS[self.available[0]] if self.available else None
        if metric is None:
            return ()
        if axis == "brand":
            offered = set(self._place_ids(axis, selection))
            ids = [key for key in self._found(axis, metric.instrument) if key in offered]
        elif axis in PLACE_PATH or axis == "format":
            ids = self._place_ids(axis, selection) if axis == "format" or axis in metric.levels else []
        elif axis == "department":
            ids = self._department_ids(metric)
        elif axis in metric.subject_kinds:
            ids = self._subject_ids(axis, selection, metric)
        elif axis in metric.attributes:
            ids = self._found(axis, metric.instrument)
        else:
            return ()
        return tuple((key, self.label(axis, key, metric.instrument)) for key in ids)

    def _department_ids(self, metric: Metric) -> list[str]:
        """Departments of an instrument in the order of their list."""
        seen = set(self._found("department", metric.instrument)) if "department" in metric.levels else set()
        return [key for key in self.labels["department"] if key in seen]

    def _place_ids(self, axis: str, selection: Selection) -> list[str]:
        column = {"store": "store_id", "brand": "brand"}.get(axis) or _membership_column(axis, selection)
        return [key for key in _ordered(place[column] for place in self._places(axis, selection)) if key]

    def _places(self, axis: str, selection: Selection) -> Iterable[Mapping[str, Any]]:
        """Memberships inside the chosen brand and the chosen places above the axis."""
        above = PLACE_PATH[: PLACE_PATH.index(axis)] if axis in PLACE_PATH else ()
        wanted = {_membership_column(name, selection): getattr(selection, name) for name in above if name != "store"}
        wanted = {column: value for column, value in wanted.items() if value}
        if axis != "brand":
            wanted["brand"] = selection.brand
        return (place for place in self.memberships if all(place[c] == value for c, value in wanted.items()))

    def _subject_ids(self, axis: str, selection: Selection, metric: Metric) -> list[str]:
        if metric.table == "complaints":
            # A rate of complaints is 0 where there are none; a share of complaints needs some.
            seen = set(self.stage_of if metric.kind == "rate" else self._found("touchpoint", "complaints"))
            pairs = [(key, stage) for key, stage in self.stage_of.items() if key in seen]
            rows = pd.DataFrame(pairs, columns=["touchpoint_id", "stage"], dtype=str)
        elif metric.table in {"cells", "aggregates"}:
            return self._surveyed(axis, selection, metric)
        else:
            rows = self.items[(self.items["instrument"] == metric.instrument) & (self.items["role"] == "score")]
        for above in ("stage", "dimension", "touchpoint"):
            chosen = getattr(selection, above)
            if chosen and above != axis and (axis == "item" or (axis, above) == ("touchpoint", "stage")):
                rows = rows[rows[_SUBJECT_COLUMNS[above]] == chosen] if _SUBJECT_COLUMNS[above] in rows else rows
        ids = [key for key in _ordered(rows[_SUBJECT_COLUMNS[axis]]) if key]
        if axis == "item":
            return ids
        order = {key: place for place, key in enumerate(self.labels[axis])}
        return sorted(ids, key=lambda key: order.get(_key(axis, key, metric.instrument), len(order)))

    def _surveyed(self, axis: str, selection: Selection, metric: Metric) -> list[str]:
        """Dimensions or items that have groups or published results, in their own order."""
        published = metric.table == "aggregates"
        seen = set(self._found(f"{axis} {metric.statistic}" if published else axis, metric.instrument))
        if axis == "dimension":
            keys = self.labels[axis] if published else self._dimensions_of(metric.instrument)
            return [key for key in keys if key in seen]
        rows = self.items if published else self.items[self.items["instrument"] == metric.instrument]
        ids = rows["instrument"] + ":" + rows["item_id"] if published else rows["item_id"]
        if selection.dimension:
            own = rows["instrument"] + ":" + rows["dimension_id"] if published else rows["dimension_id"]
            ids = ids[own == selection.dimension]
        return [key for key in _ordered(ids) if key in seen]

    def implied_subject(self, metric: Metric) -> dict[str, str]:
        """The first subject where results say nothing of a whole; empty where a whole exists, or is added up.

        Published results need not have one; answers without a respondent make no forms.
        """
        kind = {"cells": "form", "aggregates": f"form {metric.statistic}"}.get(metric.table)
        if kind is None or self._found(kind, metric.instrument):
            return {}
        alone = Selection(metric=metric.id)
        firsts = ((axis, self.options(axis, alone)) for axis in metric.subject_kinds[1:])
        return next(({axis: options[0][0]} for axis, options in firsts if options), {})

    def has_level(self, metric: Metric, level: str, selection: Selection) -> bool:
        """Whether finished groups of a level exist, or published results of it or of places below it."""
        if metric.table == "cells":
            return level in self._found("level", metric.instrument)
        kind = selection.but(**self.implied_subject(metric)).subject[0]
        found = self._found(f"level {kind} {metric.statistic}", metric.instrument)
        return not {level, *BELOW[level]}.isdisjoint(found)

    def _dimensions_of(self, instrument: str) -> list[str]:
        keys = (key.split(":", 1) for key in self.labels["dimension"])
        return [dimension for owner, dimension in keys if owner == instrument]

    def _found(self, axis: str, instrument: str) -> list[str]:
        found = self.found
        ids = found.loc[(found["axis"] == axis) & (found["instrument"] == instrument), "id"]
        return [str(key) for key in ids if key]

    def brand_of(self, store: str) -> str:
        """The brand of a store, '' for an own one."""
        return next((str(place["brand"]) for place in self.memberships if place["store_id"] == store), "")

    def has_cities(self, selection: Selection) -> bool:
        """Whether cities divide the regions of the selection: some region has more than one."""
        region, city = (_membership_column(name, selection) for name in ("region", "city"))
        first: dict[str, str] = {}
        for place in self._places("city", selection):
            if place[city] and first.setdefault(place[region], place[city]) != place[city]:
                return True
        return False

    def metrics(self) -> tuple[str, ...]:
        """Ids of the metrics that have data, in catalogue order."""
        return self.available

    def known(self, selection: Selection) -> tuple[Selection, dict[str, str]]:
        """The selection without what does not exist, and what was dropped (parameter → value).

        A subject or filter that exists but not for this metric stays: the analysis says that it has no effect.
        """
        dropped: dict[str, str] = {}
        if selection.metric and selection.metric not in self.available:
            dropped["metric"] = selection.metric
            selection = selection.but(metric="")
        for axis in AXES:
            value = getattr(selection, axis)
            if value and not self._exists(axis, value, selection):
                dropped[axis] = value
        if selection.split and selection.split not in AXES:
            dropped["split"] = selection.split
        start, end = selection.months
        if start and end and start > end:
            dropped |= {"start": selection.start, "end": selection.end}
        return selection.but(**dict.fromkeys((k for k in dropped if k != "metric"), "")), dropped

    def _exists(self, axis: str, value: str, selection: Selection) -> bool:
        if axis in PLACE_PATH or axis in {"format", "brand"}:
            columns = {"store": ["store_id"], "brand": ["brand"]}.get(axis, [axis, f"{axis}_now"])
            return any(place[column] == value for place in self.memberships for column in columns)
        if axis in _BY_INSTRUMENT and ":" in value and value in self.labels[axis]:
            return True
        if axis in _BY_INSTRUMENT:
            instruments = {METRICS[name].instrument for name in self.available}
            return any(_key(axis, value, name) in self.labels[axis] for name in instruments) or (
                axis == "wave" and bool(((self.found["axis"] == axis) & (self.found["id"] == value)).any())
            )
        if axis in {"stage", "touchpoint", "department"}:
            return value in self.labels[axis]
        return bool(((self.found["axis"] == axis) & (self.found["id"] == value)).any())

    def completed(self, selection: Selection) -> Selection:
        """The selection with metric, start and end filled by defaults: the last 12 complete months of its data."""
        if not self.available:
            return selection
        metric = selection.metric or self.available[0]
        start, end = self.default_period(metric)
        if selection.start or selection.end:
            first, last, _ = self.months.get(METRICS[metric].instrument, (start, end, end))
            start, end = min(first, selection.months[1] or first), max(last, selection.months[0] or last)
        return selection.but(
            metric=metric,
            start=selection.start or month_text(start),
            end=selection.end or month_text(end),
        )

    def default_period(self, metric: str) -> tuple[date, date]:
        """First days of the first and last month of the last 12 complete months with data of the metric."""
        instrument = METRICS[metric].instrument
        first, last, _ = self.months.get(instrument, (date.today().replace(day=1),) * 3)
        running = self.running_month(metric)
        end = max(months_before(running, 1), first) if running else last
        return max(first, months_before(end, DEFAULT_MONTHS - 1)), end

    def running_month(self, metric: str) -> date | None:
        """The last month with data of the metric if it is not over, else None."""
        instrument = METRICS[metric].instrument
        months = self.months.get(instrument)
        if months is None or instrument in WITHOUT_DAYS:
            return None
        _, last, last_day = months
        newest = max(day for name, (_, _, day) in self.months.items() if name not in WITHOUT_DAYS)
        return last if complete_until(last_day, newest) < last else None


AXES = (*PLACE_PATH, "department", *SUBJECT_PATH, *ATTRIBUTES)
_SUBJECT_COLUMNS = {"stage": "stage", "touchpoint": "touchpoint_id", "dimension": "dimension_id", "item": "item_id"}


def names(warehouse: Warehouse, scope: Scope) -> Names:
    """Read every name once (a few small queries)."""
    stores = asked_in_scope(warehouse, scope, "names_stores")
    items = asked(warehouse, "names_items")
    found = asked(warehouse, "names_attributes")
    touchpoints = asked(warehouse, "names_touchpoints")
    dimensions = asked(warehouse, "names_dimensions")
    months = asked(warehouse, "names_months")
    departments = asked(warehouse, "names_departments")
    available = asked(warehouse, "names_available").iloc[0]
    labels: dict[str, dict[str, Name]] = {
        **_place_labels(stores),
        **_found_labels(found),
        "department": _named(departments, "department_id", "name_zh", "name_en"),
        "role": {key: Message(name) for key, name in STAFF_ROLE_NAMES.items()},
        "stage": {str(s): _stage_label(str(s)) for s in _ordered(touchpoints["stage"])},
        "touchpoint": _named(touchpoints, "touchpoint_id", "name_zh", "name_en"),
        "dimension": _named(dimensions, "dimension_id", "name_zh", "name_en", by_instrument=True),
        "item": _named(items, "item_id", "text_zh", "text_en", by_instrument=True),
    }
    spans = {
        str(row["instrument"]): (row["first"].date(), row["last"].date(), row["last_day"].date())
        for row in months.to_dict("records")
    }
    stage_of = dict(_pairs(touchpoints, "touchpoint_id", "stage"))
    present = tuple(name for name in METRICS if bool(available[name]))
    memberships = tuple({str(k): v for k, v in place.items()} for place in stores.to_dict("records"))
    return Names(labels, memberships, items, found, stage_of, spans, present)


def _place_labels(stores: pd.DataFrame) -> dict[str, dict[str, Name]]:
    current = stores.sort_values("is_current")
    labels: dict[str, dict[str, Name]] = {
        "store": {key: Named(name) for key, name in _pairs(current, "store_id", "store_name")},
        "brand": {key: Named(key) for key in _ordered(stores["brand"]) if key},
    }
    for axis in ("region", "city", "format"):
        ids = _ordered([*stores[axis], *stores[f"{axis}_now"]])
        labels[axis] = {key: Named(key) for key in ids if key}
    return labels


def _found_labels(found: pd.DataFrame) -> dict[str, dict[str, Name]]:
    labels: dict[str, dict[str, Name]] = {"stream": {}, "channel": {}, "segment": {}, "tenure": {}, "wave": {}}
    for row in found.itertuples(index=False):
        if row.id and row.axis in labels:
            name = row.name if isinstance(row.name, str) else row.id
            labels[str(row.axis)][_key(str(row.axis), str(row.id), str(row.instrument))] = Named(str(name))
    return labels


def _stage_label(stage: str) -> Name:
    return Message(STAGE_NAMES[stage]) if stage in STAGE_NAMES else Named(stage)


def _named(frame: pd.DataFrame, key: str, zh: str, en: str, by_instrument: bool = False) -> dict[str, Name]:
    ids = frame["instrument"] + ":" + frame[key] if by_instrument else frame[key]
    return {
        str(i): Named(_text(first) or str(i), _text(second))
        for i, first, second in zip(ids, frame[zh], frame[en], strict=True)
    }


def _pairs(frame: pd.DataFrame, first: str, second: str) -> Iterable[tuple[str, str]]:
    return zip(frame[first], frame[second], strict=True)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _key(axis: str, key: str, instrument: str) -> str:
    """The key of a name; a subject of published results names its instrument itself."""
    if instrument == "aggregates":
        return key
    return f"{instrument}:{key}" if axis in _BY_INSTRUMENT else key


def _membership_column(axis: str, selection: Selection) -> str:
    """Where a store was then, or is now."""
    return f"{axis}_now" if selection.membership == "now" else axis


def _ordered(values: Iterable[str]) -> list[str]:
    """Distinct values in their first order."""
    return list(dict.fromkeys(str(value) for value in values if isinstance(value, str)))
