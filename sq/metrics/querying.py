"""A selection as SQL: which rollup rows, by which axes; identifiers from closed lists, values bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sq.metrics.catalogue import Metric
from sq.selection import Selection
from sq.warehouse import Scope

SQL_FOLDER = Path(__file__).parent / "sql"
ALL_ITEMS = "all"
PLACE_AXES = ("region", "city", "store", "format", "brand")
TIME_AXES = ("month", "quarter", "year")
SUBJECT_AXES = ("stage", "touchpoint", "dimension", "item")
RESPONSE_AXES = ("stream", "channel", "segment", "wave")
_PLACE_COLUMNS: dict[str, dict[str, str]] = {
    "then": {
        "region": "m.region",
        "city": "coalesce(m.city, '')",
        "store": "m.store_id",
        "format": "coalesce(m.format, '')",
        "brand": "m.brand",
    },
    "now": {
        "region": "m.region_now",
        "city": "coalesce(m.city_now, '')",
        "store": "m.store_id",
        "format": "coalesce(m.format_now, '')",
        "brand": "m.brand",
    },
}
_TIME_COLUMNS = {
    "month": "r.month",
    "quarter": "date_trunc('quarter', r.month)::DATE",
    "year": "date_trunc('year', r.month)::DATE",
}
_RESPONSE_COLUMNS = {name: f"coalesce(r.{name}, '')" for name in RESPONSE_AXES}
_SCORE_SUBJECTS = dict.fromkeys(SUBJECT_AXES, "r.subject")
_COMPLAINT_SUBJECTS = {"stage": "t.stage", "touchpoint": "r.touchpoint_id"}
# A coarser subject that is also selected narrows the finer ones on an axis: (axis, selected) → condition.
_INSIDE: dict[tuple[str, str], str] = {
    ("touchpoint", "stage"): "r.subject IN (SELECT touchpoint_id FROM touchpoints WHERE stage = ?)",
    (
        "item",
        "touchpoint",
    ): "r.subject IN (SELECT item_id FROM items WHERE instrument = r.instrument AND touchpoint_id = ?)",
    (
        "item",
        "dimension",
    ): "r.subject IN (SELECT item_id FROM items WHERE instrument = r.instrument AND dimension_id = ?)",
    ("item", "stage"): "r.subject IN (SELECT item_id FROM items JOIN touchpoints USING (touchpoint_id) "
    "WHERE instrument = r.instrument AND stage = ?)",
}
_WITH_CUSTOMERS = (
    "EXISTS (FROM volumes AS v WHERE v.month = r.month AND v.membership_key = r.membership_key AND v.customers > 0)"
)


@dataclass(frozen=True)
class Statement:
    """SQL and its bound values."""

    sql: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class _Condition:
    sql: str
    values: tuple[Any, ...]


@cache
def _template(name: str) -> str:
    return (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def subject_kind(metric: Metric, selection: Selection, axes: tuple[str, ...]) -> str:
    """The kind of subject a selection asks a metric for: an axis first, else the deepest that is set, else the form."""
    for axis in axes:
        if axis in SUBJECT_AXES:
            return axis
    kind = selection.subject[0]
    return kind if kind in metric.subject_kinds else "form"


def sum_columns(metrics: Sequence[Metric]) -> dict[str, str]:
    """SQL expression → column of the sums of several metrics; an expression is summed once."""
    expressions = dict.fromkeys(expression for metric in metrics for expression in metric.sums.values())
    return {expression: f"sum_{number}" for number, expression in enumerate(expressions)}


def sums_statement(
    metrics: Sequence[Metric],
    scope: Scope,
    selection: Selection,
    axes: tuple[str, ...],
    basis: str = ALL_ITEMS,
    subjects: Sequence[str] = (),
) -> Statement:
    """The sums of metrics of one instrument and form kind by axes and store, in the columns of `sum_columns`.

    ``subjects``: of scores on a subject axis only these; none: all.
    """
    metric = metrics[0]
    kind = subject_kind(metric, selection, axes)
    if metric.table == "complaints":
        return _complaints(metrics, scope, selection, axes, kind)
    conditions = [*_common(metric, scope, selection, axes), *_score_subject(selection, kind, axes)]
    if subjects:
        conditions.append(_Condition(f"r.subject IN ({', '.join('?' * len(subjects))})", tuple(subjects)))
    stored_kind = {"form": metric.form_kind, "item": metric.item_kind}.get(kind, kind)
    # Items and the questions beside the form stand once: a change of the checklist does not touch them.
    stored_basis = basis if kind != "item" and metric.form_kind == "form" else ALL_ITEMS
    return _statement(
        "scores", metrics, selection, axes, conditions, _SCORE_SUBJECTS, (metric.instrument, stored_basis, stored_kind)
    )


def evidence_statement(
    name: str,
    metric: Metric,
    scope: Scope,
    selection: Selection,
    more: str = "",
    more_values: tuple[Any, ...] = (),
    **parts: str,
) -> Statement:
    """A statement of metrics/sql about single visits or responses (``r``) in a selection.

    ``more`` is a further condition; ``parts`` fill further braces. Both come from closed lists of the caller.
    """
    conditions = _common(metric, scope, selection, ())
    sql = _template(name).format(conditions="".join(f" AND {c.sql}" for c in conditions) + more, **parts)
    return Statement(sql, (*(value for c in conditions for value in c.values), *more_values))


def customers_statement(scope: Scope, selection: Selection, axes: tuple[str, ...]) -> Statement:
    """Customers by place and time axes and store."""
    return _statement("customers", (), selection, axes, _places_and_months(scope, selection, axes), {}, ())


def complained_about(selection: Selection, axis: str) -> Statement:
    """Every touchpoint or stage of the snapshot inside the selection, whether anybody complained about it or not."""
    columns = {"stage": "stage"} | ({"touchpoint": "touchpoint_id"} if axis == "touchpoint" else {})
    chosen = [(column, getattr(selection, name)) for name, column in columns.items() if getattr(selection, name)]
    conditions = "".join(f" AND {column} = ?" for column, _value in chosen)
    sql = f"SELECT DISTINCT {columns[axis]} AS {axis} FROM touchpoints WHERE coalesce({columns[axis]}, '') <> ''"
    return Statement(sql + conditions, tuple(value for _column, value in chosen))


def subjects_inside(metric: Metric, selection: Selection, axis: str) -> Statement | None:
    """The ids on a subject axis inside a coarser subject that is selected; None when nothing narrows it."""
    above = _above(selection, axis)
    if not above:
        return None
    if axis == "touchpoint":
        return Statement("SELECT touchpoint_id AS id FROM touchpoints WHERE stage = ?", (selection.stage,))
    column = {"touchpoint": "i.touchpoint_id", "dimension": "i.dimension_id", "stage": "t.stage"}[above]
    sql = (
        "SELECT DISTINCT i.item_id AS id FROM items AS i LEFT JOIN touchpoints AS t USING (touchpoint_id) "
        f"WHERE i.instrument = ? AND {column} = ?"
    )
    return Statement(sql, (metric.instrument, getattr(selection, above)))


def _above(selection: Selection, axis: str) -> str:
    """The nearest coarser subject that is selected and narrows an axis."""
    names = ("touchpoint", "dimension", "stage")
    return next((name for name in names if (axis, name) in _INSIDE and getattr(selection, name)), "")


def _complaints(
    metrics: Sequence[Metric], scope: Scope, selection: Selection, axes: tuple[str, ...], kind: str
) -> Statement:
    metric = metrics[0]
    conditions = _common(metric, scope, selection, axes)
    if kind in axes:
        conditions.append(_Condition(f"coalesce({_COMPLAINT_SUBJECTS[kind]}, '') <> ''", ()))
    for name in ("stage", "touchpoint"):
        chosen = getattr(selection, name)
        if chosen and (name == kind or (name == "stage" and kind == "touchpoint" and kind in axes)):
            conditions.append(_Condition(f"{_COMPLAINT_SUBJECTS[name]} = ?", (chosen,)))
    if metric.kind == "rate":
        conditions.append(_Condition(_WITH_CUSTOMERS, ()))
    return _statement("complaints", metrics, selection, axes, conditions, _COMPLAINT_SUBJECTS, ())


def _statement(
    template: str,
    metrics: Sequence[Metric],
    selection: Selection,
    axes: tuple[str, ...],
    conditions: list[_Condition],
    subjects: dict[str, str],
    leading: tuple[Any, ...],
) -> Statement:
    columns = {**_PLACE_COLUMNS[selection.membership], **_TIME_COLUMNS, **_RESPONSE_COLUMNS, **subjects}
    sql = _template(template).format(
        axes="".join(f"{columns[axis]} AS {axis}, " for axis in axes),
        sums=", ".join(f"coalesce(sum({sql}), 0)::DOUBLE AS {name}" for sql, name in sum_columns(metrics).items()),
        conditions="".join(f" AND {condition.sql}" for condition in conditions),
    )
    return Statement(sql, (*leading, *(value for condition in conditions for value in condition.values)))


def _common(metric: Metric, scope: Scope, selection: Selection, axes: tuple[str, ...]) -> list[_Condition]:
    chosen = [(name, getattr(selection, name)) for name in RESPONSE_AXES if name in metric.attributes]
    return _places_and_months(scope, selection, axes) + [
        _Condition(f"{_RESPONSE_COLUMNS[name]} = ?", (value,)) for name, value in chosen if value
    ]


def _places_and_months(scope: Scope, selection: Selection, axes: tuple[str, ...]) -> list[_Condition]:
    columns = _PLACE_COLUMNS[selection.membership]
    conditions = [
        _Condition(f"{columns[n]} = ?", (getattr(selection, n),)) for n in PLACE_AXES if getattr(selection, n)
    ]
    # The chain is the own stores; competitors appear only where a brand is asked for.
    if not selection.brand and "brand" not in axes and not selection.store:
        conditions.append(_Condition("m.brand = ''", ()))
    start, end = selection.months
    if start:
        conditions.append(_Condition("r.month >= ?", (start,)))
    if end:
        conditions.append(_Condition("r.month <= ?", (end,)))
    sql, values = scope.condition("m")
    if sql:
        conditions.append(_Condition(f"({sql})", tuple(values)))
    return conditions


def _score_subject(selection: Selection, kind: str, axes: tuple[str, ...]) -> list[_Condition]:
    chosen = getattr(selection, kind, "")
    if chosen:
        return [_Condition("r.subject = ?", (chosen,))]
    if kind not in axes:
        return []
    above = _above(selection, kind)
    return [_Condition(_INSIDE[kind, above], (getattr(selection, above),))] if above else []
