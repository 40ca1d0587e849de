"""How many visits does it take to see a difference, and what can the present plan see?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sq.analyses.drill import applicable
from sq.analyses.names import Names
from sq.analyses.standing import errors, of_answers, places, pooled_variance
from sq.analyses.verdicts import ALPHA
from sq.analyses.wording import Words, count, size
from sq.language import N_, Message
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.measuring import first_row, measure
from sq.selection import PLACE_PATH, Selection
from sq.statistics import moderation, planning, shrinkage
from sq.statistics.estimable import TOO_FEW, NotEstimable
from sq.warehouse import Scope, Warehouse

# Seen with this probability; the usual convention (Cohen 1988).
WANTED = 0.8
MOST_VISITS = 400
CURVE_POINTS = 28
# From this many responses on a store's own spread is used, below it that of all stores.
ENOUGH_FOR_OWN_SPREAD = 20
PLANNED = ("mystery", "customer", "management")
NOT_PLANNED = NotEstimable(
    Message(N_("Visits are planned for shoppers, surveys and audits; this metric counts what happens."))
)
EVERYBODY = NotEstimable(Message(N_("Everybody is asked in this survey: the number of answers cannot be planned.")))
NO_SPREAD = NotEstimable(Message(N_("How much single responses vary is not known here, so no number can be planned.")))


@dataclass(frozen=True)
class Design:
    """What a comparison of one place with the rest stands on; all in the metric's unit.

    Attributes:
        sd: of single responses of a store. spread: of the true values of stores (a store alone: 0).
        stores: of the place. rest_se: standard error of what it is compared with. alpha: after allowance for the
            family. least: the smallest difference that is ever called.
        places: how many siblings steady the variance (docs/decisions/0019). lent_df: degrees of freedom that they add.
        fewest: responses below which a place is never judged.
    """

    sd: float
    spread: float
    stores: int
    rest_se: float
    alpha: float
    least: float
    places: int = 1
    lent_df: float = 0.0
    fewest: int = 1

    def error(self, visits: float) -> tuple[float, float]:
        """Standard error and df (Welch) of the difference with so many visits to each store."""
        own = (self.spread**2 + self.sd**2 / visits) / self.stores
        alone = visits - 1 if self.stores == 1 else self.stores - 1
        df = min(alone + self.lent_df, alone * self.places)
        total = own + self.rest_se**2
        return total**0.5, (total**2 / (own**2 / df) if df > 0 and own > 0 else 0.0)

    def visible(self, visits: float) -> float | NotEstimable:
        """The smallest true difference that is called with probability WANTED."""
        if visits * self.stores < self.fewest:
            return TOO_FEW
        return planning.visible_verdict(*self.error(visits), self.alpha, self.least, WANTED)

    @property
    def fewest_visits(self) -> int:
        """Visits to each store below which nothing is called, whatever the difference."""
        return max(2 if self.stores == 1 else 1, -(-self.fewest // self.stores))

    def visits_for(self, difference: float) -> int | NotEstimable:
        """Visits to each store so that a true difference is called with probability WANTED."""
        for visits in range(self.fewest_visits, MOST_VISITS + 1):
            if planning.verdict_power(difference, *self.error(visits), self.alpha, self.least) >= WANTED:
                return visits
        return TOO_FEW


@dataclass(frozen=True)
class Plan:
    """What can be seen of one place, or of a typical one.

    Attributes:
        label: the place, or that it is a typical one. visits: to each of its stores in the period.
        compared: how many places the family of verdicts has.
        visible: what the present plan sees; needed: visits per store that see ``difference``.
        curve: visits (per store), visible (metric units).
        answers: in sentences.
    """

    metric: Metric
    design: Design
    label: Words
    level: str
    visits: float
    compared: int
    difference: float
    visible: float | NotEstimable
    needed: int | NotEstimable
    curve: pd.DataFrame
    answers: tuple[Message, ...]


def plan(
    warehouse: Warehouse,
    scope: Scope,
    selection: Selection,
    names: Names,
    level: str,
    picked: Sequence[str],
    difference: float,
) -> Plan | NotEstimable:
    """Plan for the one place that is picked, else for a typical one of the level; always against the rest."""
    completed = names.completed(selection)
    metric = METRICS[completed.metric]
    if metric.is_anonymous:
        return EVERYBODY
    if metric.table != "scores" or metric.instrument not in PLANNED:
        return NOT_PLANNED
    if of_answers(metric):
        return NO_SPREAD
    wide = applicable(metric, completed.but(department=""), names)[0].but(
        **dict.fromkeys(PLACE_PATH, ""), compare="rest"
    )
    stores = measure(warehouse, scope, metric.id, wide, ("store",))
    family = stores if level == "store" else measure(warehouse, scope, metric.id, wide, (level,))
    chain = measure(warehouse, scope, metric.id, wide)
    row = family[family[level] == picked[0]] if len(picked) == 1 else family.iloc[:0]
    one = len(row) == 1
    if len(family) < 2 or chain.empty:
        return TOO_FEW
    design = _design(metric, stores, first_row(chain), row if one else family, family, level)
    visits = float((row if one else family)["n"].median() / design.stores)
    label = names.label(level, picked[0], metric.instrument) if one else Message(TYPICAL[level])
    return planned(metric, design, label, level, visits, len(family), difference)


TYPICAL: dict[str, str] = {
    "region": N_("A typical region"),
    "city": N_("A typical city"),
    "store": N_("A typical store"),
}


def _design(
    metric: Metric, stores: pd.DataFrame, chain: dict[str, float], rows: pd.DataFrame, family: pd.DataFrame, level: str
) -> Design:
    """The comparison behind the verdict of the places in ``rows`` (of several: a typical one)."""
    variance, several = pooled_variance(stores, metric), level != "store"
    if not several and len(rows) == 1 and rows["n"].iloc[0] >= ENOUGH_FOR_OWN_SPREAD and metric.kind != "share":
        variance = float(rows["se"].iloc[0] ** 2 * rows["n_effective"].iloc[0])
    found = shrinkage.shrunken(stores["value"], errors(stores, metric))
    spread = 0.0 if isinstance(found, NotEstimable) or not several else found.tau2**0.5
    count_of = max(round(float(rows["stores"].median())), 1) if several else 1
    left = max(len(stores) - count_of, 1)
    rest_se = float(chain["se"]) * (len(stores) / left) ** 0.5
    lent = _lent_df(metric, family)
    least, places_of = metric.smallest_relevant_difference, len(family)
    alpha, fewest = ALPHA / places_of, metric.minimum_n
    return Design(variance**0.5, spread, count_of, rest_se, alpha, least, places_of, lent, fewest)


def _lent_df(metric: Metric, family: pd.DataFrame) -> float:
    """What all places of a family add to the degrees of freedom of one's variance; nothing to shares and rates."""
    if metric.kind not in {"mean", "hours"}:
        return 0.0
    stores, n, se, df = (family[name].to_numpy(dtype=float) for name in ("stores", "n_effective", "se", "df"))
    size = np.where(stores > 1, stores, n)
    return float(moderation.prior(se**2 * size, df, np.zeros(len(family), dtype=np.intp)).df[0])


def planned(
    metric: Metric, design: Design, label: Words, level: str, visits: float, compared: int, difference: float
) -> Plan | NotEstimable:
    """The plan that a design leads to."""
    if not np.isfinite([design.sd, design.rest_se]).all():
        return NO_SPREAD
    visible, needed = design.visible(visits), design.visits_for(difference)
    return Plan(
        metric,
        design,
        label,
        level,
        visits,
        compared,
        difference,
        visible,
        needed,
        _curve(design, visits, needed),
        (_present(metric, label, level, visits, compared, visible), _needed(metric, design, difference, needed)),
    )


def _curve(design: Design, visits: float, needed: int | NotEstimable) -> pd.DataFrame:
    first = design.fewest_visits
    last = max(first + 10.0, 1.5 * visits, 1.25 * needed if isinstance(needed, int) else 0.0)
    grid = np.unique(np.round(np.geomspace(first, min(last, MOST_VISITS), CURVE_POINTS)))
    found = [design.visible(float(visit)) for visit in grid]
    curve = pd.DataFrame({"visits": grid, "visible": [np.nan if isinstance(v, NotEstimable) else v for v in found]})
    return curve[curve["visible"] <= (metric_span(design))].reset_index(drop=True)


def metric_span(design: Design) -> float:
    """The largest difference worth drawing: twenty times the smallest relevant one."""
    return 20 * design.least


def _present(
    metric: Metric, label: Words, level: str, visits: float, compared: int, visible: float | NotEstimable
) -> Message:
    values = {"place": label, "n": count(metric.n_unit, round(visits)), "places": places(level, compared)}
    if isinstance(visible, NotEstimable) or visible > metric.high_bound - metric.low_bound:
        return Message(N_("{place} has {n} in this period: too few to see any difference."), values)
    values["size"] = size(metric, visible)
    if level == "store":
        words = N_(
            "{place} has {n} in this period: among {places}, a true difference of {size} or more from the others "
            "is called reliable with a probability of 80 %."
        )
        return Message(words, values)
    words = N_(
        "{place} has {n} per store in this period: among {places}, a true difference of {size} or more from the others "
        "is called reliable with a probability of 80 %."
    )
    return Message(words, values)


def _needed(metric: Metric, design: Design, difference: float, needed: int | NotEstimable) -> Message:
    values = {"size": size(metric, difference), "least": size(metric, design.least)}
    if difference <= design.least:
        words = N_(
            "{size} is not more than the smallest difference that is ever called ({least}): no plan can promise it."
        )
        return Message(words, values)
    if isinstance(needed, NotEstimable):
        words = N_("To see {size}, {most} per store would not be enough: compare larger places or a longer period.")
        return Message(words, values | {"most": count(metric.n_unit, MOST_VISITS)})
    return Message(N_("To see {size} it takes {n} per store."), values | {"n": count(metric.n_unit, needed)})
