"""Which places stand out on which touchpoint: the reliable cells of the map that the drill shows, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sq.analyses import telling
from sq.analyses.comparison import NOTHING
from sq.analyses.drill import applicable, map_of
from sq.analyses.names import Names
from sq.analyses.overview import LEAD_METRICS
from sq.analyses.wording import Words, count, quantity, size
from sq.language import N_, Message, number
from sq.metrics.catalogue import METRICS, Metric
from sq.selection import SUBJECT_PATH, Selection
from sq.warehouse import Scope, Warehouse

MOST = 8
_ABOVE = N_("{where}: {metric} {value}, {size} above the others ({n}).")
_BELOW = N_("{where}: {metric} {value}, {size} below the others ({n}).")


@dataclass(frozen=True)
class Standout:
    """One place that differs reliably from its siblings on one touchpoint; ``selection`` leads into it (explore)."""

    sentence: Message
    metric: str
    verdict: str
    difference: float
    selection: Selection


@dataclass(frozen=True)
class Standouts:
    """At most MOST of them, by weight: the difference, in units of the metric's smallest relevant one, times the share
    of the metric's answers that it is about.

    ``answer`` says how many there are in all, or that there are none; ``total`` counts them.
    """

    found: tuple[Standout, ...]
    total: int
    answer: Message


def standouts(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Standouts:
    """The reliable differences between the next level's places by touchpoint, for the lead metrics."""
    found: list[tuple[float, Standout]] = []
    against: Words = NOTHING
    asked_for = selection.but(**dict.fromkeys(SUBJECT_PATH, ""), split="", compare="rest")
    for metric in (METRICS[name] for name in LEAD_METRICS if name in names.available):
        here = applicable(metric, names.completed(asked_for.but(metric=metric.id)), names)[0]
        cells, axes, compared_with = map_of(warehouse, scope, here, names, "")
        if cells.empty:
            continue
        against = compared_with
        answers = cells["n"].sum()
        for row in cells[cells["verdict"].isin(["better", "worse"])].to_dict("records"):
            keys = {axes[0]: str(row["place"]), axes[1]: str(row["subject"])}
            link = asked_for.but(metric=metric.id, **keys)
            told = _told(metric, telling.where(names, here.but(**keys)), row)
            weight = abs(row["difference"]) / metric.smallest_relevant_difference * row["n"] / answers
            found.append((weight, Standout(told, metric.id, str(row["verdict"]), float(row["difference"]), link)))
    found.sort(key=lambda pair: -pair[0])
    return Standouts(tuple(one for _weight, one in found[:MOST]), len(found), _answer(len(found), against))


def _told(metric: Metric, where: Words, row: dict[Any, Any]) -> Message:
    values = {
        "where": where,
        "metric": metric.title,
        "value": quantity(metric, row["value"]),
        "size": size(metric, row["difference"]),
        "n": count(metric.n_unit, row["n"]),
    }
    return Message(_BELOW if row["difference"] < 0 else _ABOVE, values)


def _answer(total: int, against: Words) -> Message:
    if against is NOTHING:
        return Message(N_("There is nothing below this level to compare."))
    if not total:
        return Message(N_("Nothing stands out reliably against {against}."), {"against": against})
    if total <= MOST:
        return Message(N_("Differs reliably from {against}:"), {"against": against})
    values = {"most": number(MOST, 0), "total": number(total, 0), "against": against}
    words = N_(
        "Differs reliably from {against} (the {most} weightiest of {total}; weight is the size of the difference times "
        "the share of the answers):"
    )
    return Message(words, values)
