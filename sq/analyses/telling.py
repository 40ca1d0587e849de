"""The answer in one sentence: number, comparison, how sure, how many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sq.analyses.names import Name, Names
from sq.analyses.verdicts import ALPHA
from sq.analyses.wording import Listing, Period, Words, axis_name, count, hidden_name, quantity, signed_size, size
from sq.language import N_, Message, number, signed
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.cells import HIDDEN
from sq.metrics.lattice import STAFF_AXES
from sq.selection import PLACE_PATH, Selection

RULE_NAMES: dict[str, str] = {
    "responses": N_("mean of responses"),
    "points": N_("pooled points"),
    "stores": N_("mean of stores"),
}
_ABOVE = N_("{where}: {metric} {value}, {size} above {against} (95 %: {low} to {high}; {n}) – {verdict}.")
_BELOW = N_("{where}: {metric} {value}, {size} below {against} (95 %: {low} to {high}; {n}) – {verdict}.")
_NO_DIFFERENCE = N_(
    "{where}: {metric} {value}; no reliable difference from {against} ({difference}, 95 %: {low} to {high}; {n})."
)
_TOO_SMALL = N_(
    "{where}: {metric} {value}; the difference from {against} is too small to matter "
    "({difference}, 95 %: {low} to {high}; {n})."
)
_AFTER_ALL = N_(
    "{where}: {metric} {value}; no reliable difference from {against} once all comparisons made here are allowed for "
    "({difference}, 95 %: {low} to {high}; {n})."
)
_TOO_FEW = N_("{where}: {metric} {value} ({n}) – too few to judge against {against}.")
_ALONE = N_("{where}: {metric} {value} (95 %: {low} to {high}; {n}).")
_BARE = N_("{where}: {metric} {value} ({n}).")
_HIDDEN = N_("{where}: {metric} – {hidden}.")
# Where n can be unknown: a hidden group, or a result published without it.
WITHOUT_OWN_COUNT = ("cells", "aggregates")
BETTER = N_("reliably better")
WORSE = N_("reliably worse")


def answer(metric: Metric, where: Words, row: Mapping[str, Any], against: Words) -> Message:
    """One row of `sq.analyses.comparison.Compared.frame` as a sentence."""
    if row.get("hidden_reason", "") in HIDDEN:
        hidden = hidden_name(row["hidden_reason"], row["minimum"])
        return Message(_HIDDEN, {"where": where, "metric": metric.title, "hidden": hidden})
    values: dict[str, Any] = {
        "where": where,
        "metric": metric.title,
        "value": quantity(metric, row["value"], row.get("limit", "")),
        "n": count(metric.n_unit, row["n"]),
        "against": against,
    }
    verdict = row["verdict"]
    if verdict == "too_few":
        return Message(_TOO_FEW, values)
    if verdict in {"better", "worse", "none"}:
        return _judged(metric, row, values)
    if np.isnan(row["low"]):
        return Message(_BARE, values)
    return Message(
        _ALONE, {**values, "low": number(row["low"], metric.decimals), "high": number(row["high"], metric.decimals)}
    )


def _judged(metric: Metric, row: Mapping[str, Any], values: dict[str, Any]) -> Message:
    difference, low, high = row["difference"], row["diff_low"], row["diff_high"]
    if row["verdict"] == "none":
        shown = {
            "difference": signed_size(metric, difference),
            "low": signed(low, metric.decimals),
            "high": signed(high, metric.decimals),
        }
        return Message(_not_reliable(row), values | shown)
    if difference < 0:
        low, high = -high, -low
    limits = {"low": number(low, metric.decimals), "high": number(high, metric.decimals)}
    verdict = Message(BETTER if row["verdict"] == "better" else WORSE)
    return Message(
        _BELOW if difference < 0 else _ABOVE, values | limits | {"size": size(metric, difference), "verdict": verdict}
    )


def _not_reliable(row: Mapping[str, Any]) -> str:
    """Why a difference is not called better or worse; an interval without zero would puzzle a reader otherwise."""
    if row["p_adjusted"] <= ALPHA:
        return _TOO_SMALL
    return _AFTER_ALL if row["diff_low"] > 0 or row["diff_high"] < 0 else _NO_DIFFERENCE


def place_name(names: Names, selection: Selection) -> Words:
    """The deepest place of a selection (and the department that a region rated); the chain, or its brand."""
    level, key = selection.place
    if level == "chain":
        return names.label("brand", selection.brand) if selection.brand else axis_name("chain")
    place = names.label(level, key)
    if level == "department" or not selection.department:
        return place
    rated = names.label("department", selection.department)
    return Message(N_("{place} · {subject}"), {"place": place, "subject": rated})


def subject_name(names: Names, selection: Selection) -> Name | None:
    """The deepest subject of a selection, None for the whole form."""
    kind, key = selection.subject
    return names.label(kind, key, METRICS[selection.metric].instrument) if kind != "form" else None


def where(names: Names, selection: Selection) -> Words:
    """Place, part of the staff and subject: "North · Repair process"."""
    told: Words = place_name(names, selection)
    staff = [names.label(axis, getattr(selection, axis)) for axis in STAFF_AXES if getattr(selection, axis)]
    subject = subject_name(names, selection)
    for part in (*staff, *([] if subject is None else [subject])):
        told = Message(N_("{place} · {subject}"), {"place": told, "subject": part})
    return told


def filters(names: Names, selection: Selection) -> tuple[Message, ...]:
    """The filters beside place and subject in words: "Channel: SMS"."""
    instrument = METRICS[selection.metric].instrument
    return tuple(
        Message(N_("{axis}: {name}"), {"axis": axis_name(axis), "name": names.label(axis, key, instrument)})
        for axis, key in selection.filters().items()
        if axis not in STAFF_AXES and not (METRICS[selection.metric].is_anonymous and axis == "wave")
    )


def caption(
    names: Names, selection: Selection, n: float, membership: bool = True, period: Words | None = None
) -> Message:
    """Filter in words, period (of an anonymous survey the wave), n and roll-up rule."""
    metric = METRICS[selection.metric]
    start, end = selection.months
    parts: list[Any] = [where(names, selection), *filters(names, selection)]
    if period is not None:
        parts.append(period)
    elif start and end:
        parts.append(Period(start, end))
    if n > 0 or metric.table not in WITHOUT_OWN_COUNT:
        parts.append(count(metric.n_unit, n))
    if len(metric.rules) > 1:
        parts.append(Message(RULE_NAMES[selection.rule if selection.rule in metric.rules else "responses"]))
    if membership and selection.membership == "now" and selection.place[0] in ("chain", *PLACE_PATH[:2]):
        parts.append(Message(N_("stores where they belong today")))
    return Message(" · ".join(f"{{p{i}}}" for i in range(len(parts))), {f"p{i}": part for i, part in enumerate(parts)})


def names_of(parts: list[Name]) -> Listing:
    """Several names as a sentence joins them."""
    return Listing(tuple(parts))
