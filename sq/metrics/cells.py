"""The finished groups of the anonymous surveys, as published: read, never added up, filtered or weighted anew.

A hidden group is a row without numbers; ``hidden_reason`` says why (few, neighbour).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from sq.anonymity.cells import MEAN_LIMITS
from sq.language import Message, Named
from sq.metrics.catalogue import Metric
from sq.metrics.lattice import Group, group_of
from sq.metrics.querying import SQL_FOLDER, Statement
from sq.metrics.questions import question
from sq.selection import PLACE_PATH, Selection
from sq.statistics import intervals
from sq.statistics.intervals import Floats
from sq.warehouse import Scope, Warehouse

HIDDEN = ("few", "neighbour")
GROUP_AXES = (*PLACE_PATH, "department", "role", "tenure")
SUBJECT_AXES = ("dimension", "item")
TIME_AXES = ("wave", "month")
CELL_AXES = (*GROUP_AXES, *SUBJECT_AXES, *TIME_AXES)
_COLUMNS = {name: f"c.{name}" for name in ("region", "city", "role", "tenure", "wave", "subject")} | {
    "store": "c.store_id",
    "department": "c.department_id",
}
_NUMBERS = ("value", "low", "high", "n", "limit")
_IN_DIMENSION = "c.subject IN (SELECT item_id FROM items WHERE instrument = c.instrument AND dimension_id = ?)"


@dataclass(frozen=True)
class SurveyWave:
    """A published wave of an anonymous survey with the smallest groups it shows."""

    id: str
    name: Named
    ends_on: date
    minimum: int
    minimum_sensitive: int

    @property
    def month(self) -> date:
        """The first day of the month in which it ends: the month it counts in."""
        return self.ends_on.replace(day=1)


def waves(warehouse: Warehouse, instrument: str) -> tuple[SurveyWave, ...]:
    """The published waves, oldest first."""
    rows = warehouse.kept(question("survey_waves"), (instrument,))
    return tuple(
        SurveyWave(
            str(row["wave"]),
            Named(str(row["name"])),
            row["ends_on"].date(),
            int(row["minimum_group"]),
            int(row["minimum_sensitive"]),
        )
        for row in rows.to_dict("records")
    )


def headline_wave(known: Sequence[SurveyWave], selection: Selection) -> SurveyWave | None:
    """The wave that a selection asks for, else the latest that ends in its months; nothing is added up over waves."""
    if selection.wave:
        return next((wave for wave in known if wave.id == selection.wave), None)
    inside = waves_inside(known, selection)
    return inside[-1] if inside else None


def waves_inside(known: Sequence[SurveyWave], selection: Selection) -> tuple[SurveyWave, ...]:
    """The waves that end in the months of a selection."""
    start, end = selection.months
    return tuple(w for w in known if (start is None or w.month >= start) and (end is None or w.month <= end))


def waves_until(known: Sequence[SurveyWave], selection: Selection) -> tuple[SurveyWave, ...]:
    """All waves up to the end of a selection: they are few, so a course shows those before its start too."""
    return waves_inside(known, selection.but(start=""))


def measure_cells(
    warehouse: Warehouse, scope: Scope, metric: Metric, selection: Selection, axes: tuple[str, ...]
) -> pd.DataFrame:
    """The frame of `sq.metrics.measuring.measure` for an anonymous survey, with hidden groups as rows without numbers.

    The wave is that of `headline_wave`; with an axis wave all waves up to the end of the period, with an axis month
    the last of each month inside it.
    Further columns: ``wave``, ``limit`` ('' or the sign of a limit), ``minimum`` (the fewest answers that show),
    ``cell_key``. ``stores`` is unknown (NaN).
    Outside the lattice the frame is empty.
    """
    group = group_of(metric, selection, axes)
    known = waves(warehouse, metric.instrument)
    shown = shown_waves(known, selection, axes)
    if isinstance(group, Message) or not shown or set(axes) - set(CELL_AXES):
        return empty_frame(axes)
    frame = read_cells(warehouse, scope, metric, group, shown, chosen_groups(selection), subjects(selection, group))
    columns = dict.fromkeys((*axes, *empty_frame(axes)))
    return _latest_of_month(with_axes(frame, group), axes)[list(columns)]


def shown_waves(known: Sequence[SurveyWave], selection: Selection, axes: tuple[str, ...]) -> tuple[SurveyWave, ...]:
    """The waves of an answer: that of the headline, or those of a course."""
    if "wave" in axes and not selection.wave:
        return waves_until(known, selection)
    if "month" in axes and not selection.wave:
        return waves_inside(known, selection)
    wave = headline_wave(known, selection)
    return (wave,) if wave else ()


def chosen_groups(selection: Selection) -> dict[str, str]:
    """The places, department, role and length of service that are set."""
    return {name: getattr(selection, name) for name in GROUP_AXES if getattr(selection, name)}


def subjects(selection: Selection, group: Group) -> dict[str, str]:
    """Which subject a selection asks for, or which dimension its items belong to."""
    if group.subject_kind == "form":
        return {}
    chosen = getattr(selection, group.subject_kind)
    if chosen:
        return {"subject": chosen}
    return {"dimension": selection.dimension} if group.subject_kind == "item" and selection.dimension else {}


def with_axes(frame: pd.DataFrame, group: Group) -> pd.DataFrame:
    """The subject under the name of its kind."""
    return frame.assign(**{group.subject_kind: frame["subject"]}) if group.subject_kind != "form" else frame


def _latest_of_month(frame: pd.DataFrame, axes: tuple[str, ...]) -> pd.DataFrame:
    if "month" not in axes:
        return frame
    last = frame.groupby("month")["wave_number"].transform("max") == frame["wave_number"]
    return frame[last].reset_index(drop=True)


def empty_frame(axes: tuple[str, ...]) -> pd.DataFrame:
    """No rows, but the columns of `measure_cells`."""
    keys: dict[str, Any] = {name: pd.Series(dtype=str) for name in (*axes, "wave")}
    return pd.DataFrame({**keys, **_measures({}), "cell_key": pd.Series(dtype=int)})


def read_cells(
    warehouse: Warehouse,
    scope: Scope,
    metric: Metric,
    group: Group,
    chosen: Sequence[SurveyWave],
    groups: Mapping[str, str],
    subject: Mapping[str, str],
) -> pd.DataFrame:
    """Every group of a kind in some waves; ``groups`` and ``subject`` narrow it.

    Returns the columns of `measure_cells` beside region, city, store, department, role, tenure, subject, wave, month,
    wave_number (place among ``chosen``).
    """
    statement = cells_statement(metric, scope, group, [wave.id for wave in chosen], groups, subject)
    rows = _withheld_as_hidden(metric, warehouse.kept(statement.sql, statement.values))
    rows = rows[rows["value"].notna() | (rows["hidden"] != "")].reset_index(drop=True)
    number = {wave.id: place for place, wave in enumerate(chosen)}
    at = rows["wave"].map(number).to_numpy(dtype=int)
    minimum = np.array([[w.minimum, w.minimum_sensitive] for w in chosen]).reshape(-1, 2)
    months = np.array([np.datetime64(wave.month, "s") for wave in chosen], dtype="datetime64[s]")
    keys = {name: rows[name] for name in (*GROUP_AXES, "subject", "wave", "cell_key")}
    return pd.DataFrame(
        {
            **keys,
            "month": months[at],
            "wave_number": at,
            **_measures(_numbers(metric, rows)),
            "hidden_reason": _reasons(metric, rows),
            "minimum": minimum[at, rows["is_sensitive"].to_numpy(dtype=int)],
        }
    )


def _withheld_as_hidden(metric: Metric, rows: pd.DataFrame) -> pd.DataFrame:
    """Groups whose score is shown but whose share is withheld become hidden ones: a page says so, none is left out."""
    if metric.sums["value"] != "c.favourable":
        return rows
    withheld = rows["value"].isna() & (rows["hidden"] == "")
    return rows.assign(hidden=rows["hidden"].mask(withheld, "neighbour"), n=rows["n"].mask(withheld))


def _reasons(metric: Metric, rows: pd.DataFrame) -> pd.Series[Any]:
    few = (rows["hidden"] == "") & (rows["n"] < metric.minimum_n)
    return rows["hidden"].mask(few, "too_few")


def _numbers(metric: Metric, rows: pd.DataFrame) -> dict[str, Any]:
    """Value, interval and standard error as far as they are published; a limit has no standard error."""
    value, n = rows["value"].to_numpy(dtype=float), rows["n"].to_numpy(dtype=float)
    exact = (rows["limit"] == "").to_numpy()
    if metric.kind == "share":
        low, high = (100 * end for end in intervals.wilson(value / 100, n))
        low, high = np.where(exact, low, np.nan), np.where(exact, high, np.nan)
    else:
        low, high = rows["low"].to_numpy(dtype=float), rows["high"].to_numpy(dtype=float)
    se = np.where(exact, half_width(value, low, high) / intervals.z_quantile(), np.nan)
    return {"n": n, "value": value, "low": low, "high": high, "se": se, "limit": rows["limit"]}


def half_width(value: Floats, low: Floats, high: Floats) -> Floats:
    """The longer side of an interval: the other may be cut at a limit. NaN where both are."""
    cut = (low <= MEAN_LIMITS[0]) & (high >= MEAN_LIMITS[1])
    return np.where(cut, np.nan, np.fmax(value - low, high - value))


def _measures(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a measured frame, what a finished group does not have as NaN."""
    n = numbers.get("n", np.empty(0))
    nothing = np.full(len(n), np.nan)
    value = numbers.get("value", nothing)
    return {
        "n": n,
        "stores": nothing,
        "value": value,
        "low": numbers.get("low", nothing),
        "high": numbers.get("high", nothing),
        "se": numbers.get("se", nothing),
        "df": nothing + np.inf,
        "value_responses": value,
        "value_points": nothing,
        "value_stores": nothing,
        "n_effective": n,
        "limit": numbers.get("limit", pd.Series(dtype=str)),
        "hidden_reason": pd.Series(dtype=str),
        "minimum": nothing,
    }


@cache
def _template() -> str:
    return (SQL_FOLDER / "cells.sql").read_text(encoding="utf-8")


def cells_statement(
    metric: Metric,
    scope: Scope,
    group: Group,
    chosen: Sequence[str],
    groups: Mapping[str, str],
    subject: Mapping[str, str],
) -> Statement:
    """The groups of a kind in some waves that a reader may see."""
    conditions = [f"c.wave IN ({', '.join('?' * len(chosen))})"] if chosen else []
    values: list[Any] = list(chosen)
    for name, value in {**groups, **{k: v for k, v in subject.items() if k == "subject"}}.items():
        conditions.append(f"{_COLUMNS[name]} = ?")
        values.append(value)
    if "dimension" in subject:
        conditions.append(
            "c.subject IN (SELECT item_id FROM items WHERE instrument = c.instrument AND dimension_id = ?)"
        )
        values.append(subject["dimension"])
    allowed, allowed_values = _allowed(scope, group.level)
    conditions += [allowed] if allowed else []
    sql = _template().format(
        sums=", ".join(
            f'{metric.sums.get(name, "NULL")} AS "{name}"' for name in ("value", "low", "high", "n", "limit")
        ),
        conditions="".join(f" AND {condition}" for condition in conditions),
    )
    leading = (metric.instrument, group.level, group.subject_kind, group.by_role, group.by_tenure)
    return Statement(sql, (*leading, *values, *allowed_values))


def _allowed(scope: Scope, level: str) -> tuple[str, tuple[Any, ...]]:
    """What a reader may see: own stores and regions; the company and its departments only without any limit."""
    if not scope.regions and not scope.stores:
        return "", ()
    if level == "store":
        condition, values = scope.condition("m")
        return f"EXISTS (FROM memberships AS m WHERE m.store_id = c.store_id AND {condition})", tuple(values)
    if level in {"region", "city", "region_department"} and scope.regions:
        return f"c.region IN ({', '.join('?' * len(scope.regions))})", scope.regions
    return "FALSE", ()
