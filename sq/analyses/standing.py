"""Stores, cities or regions side by side: what is real, what is luck, who can be ranked.

The family of every verdict, shrinkage and rank is all siblings of the chain, whatever is picked on screen, so that
every page agrees (methods.md, Decisions).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.comparison import Compared, compared
from sq.analyses.drill import applicable, ranked
from sq.analyses.names import Names
from sq.analyses.wording import Listing, Words, axis_name, quantity
from sq.language import N_, Message, number
from sq.metrics.catalogue import METRICS, Metric
from sq.selection import PLACE_PATH, SUBJECT_PATH, Selection
from sq.statistics import funnel, ranking, shrinkage
from sq.statistics.estimable import TOO_FEW, NotEstimable
from sq.statistics.intervals import Floats, z_quantile
from sq.warehouse import Scope, Warehouse

LEVELS = ("region", "city", "store")
# Fewer visits than this: provisional, shown but not ranked (methods.md, Decisions).
FEWEST_TO_RANK = 3
FUNNEL_LEVELS = (0.95, 0.998)
FUNNEL_POINTS = 60
MOST_NAMED = 4
SHRINKABLE = ("mean", "hours", "share", "nps")


@dataclass(frozen=True)
class Shrinkage:
    """How far the values of a level are drawn together.

    Attributes:
        mean: of all siblings. spread: standard deviation of their true values (0: no detectable difference).
        luck: the range between best and worst that chance alone would give so many equal stores.
    """

    mean: float
    spread: float
    luck: float


@dataclass(frozen=True)
class Standing:
    """Places of one level side by side.

    Attributes:
        answer: who differs reliably, or that nobody does.
        units: one row per place shown, best first by ``estimate``: the columns of `Compared.frame` and ``id``,
            ``label``, ``estimate``, ``estimate_low``, ``estimate_high`` (shrunken, NaN where not), ``kept`` (share
            of the own deviation), ``rank``, ``rank_best``, ``rank_worst`` (0: not ranked), ``provisional``, ``picked``.
        total: places in the family. shrunk: how they are drawn together, or why not.
        luck: the sentence that says what chance alone would show. funnel: the lines of the funnel plot (columns n,
            low_95, high_95, low_998, high_998, target) or why there is none; its points are ``units``.
        peers: places like the one picked, with the words that say how; empty if not exactly one store is picked.
    """

    selection: Selection
    level: str
    metric: Metric
    answer: Message
    units: pd.DataFrame
    total: int
    against: Words
    compare_kind: str
    shrunk: Shrinkage | NotEstimable
    luck: Message
    funnel: pd.DataFrame | NotEstimable
    caption: Message
    notes: tuple[Message, ...]


def standing(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, level: str = "", picked: Sequence[str] = ()
) -> Standing:
    """Compare the places of a level inside the selection, or those picked, as ``selection.compare`` says."""
    selection = names.completed(selection)
    metric = METRICS[selection.metric]
    applied, notes = applicable(metric, selection, names)
    level = level_of(applied, names, level)
    whole = _family(warehouse, scope, applied, level)
    units, shrunk = _estimated(whole.frame, metric)
    chosen = _shown(ranked(Compared(units, whole.kind, whole.against), applied, names, level).frame, picked)
    inside = _inside(applied, names, level)
    chosen = chosen[chosen["id"].isin(picked) if picked else chosen["id"].isin(inside)].reset_index(drop=True)
    chosen = _best_first(chosen, metric)
    return Standing(
        selection=applied,
        level=level,
        metric=metric,
        answer=_answer(metric, level, chosen, whole.against),
        units=chosen,
        total=len(units),
        against=whole.against,
        compare_kind=whole.kind,
        shrunk=shrunk,
        luck=_luck(metric, level, units, shrunk),
        funnel=funnel_lines(units, metric),
        caption=telling.caption(names, applied, float(np.nansum(chosen["n"])) if len(chosen) else 0),
        notes=(*notes, *whole.notes),
    )


def level_of(selection: Selection, names: Names, asked_for: str) -> str:
    """The level that is compared: the one asked for if it divides the selection, else the next below it."""
    place = selection.place[0]
    below = [level for level in LEVELS if place == "chain" or LEVELS.index(level) > LEVELS.index(place)] or ["store"]
    if "city" in below and not names.has_cities(selection) and asked_for != "city":
        below.remove("city")
    return asked_for if asked_for in below else below[0]


def _family(warehouse: Warehouse, scope: Scope, selection: Selection, level: str) -> Compared:
    """All siblings of the chain on this level, on the selection's subject and period."""
    return compared(warehouse, scope, selection.but(**dict.fromkeys(PLACE_PATH, "")), (level,))


def _inside(selection: Selection, names: Names, level: str) -> list[str]:
    return [key for key, _ in names.options(level, selection.but(**{level: ""}))]


def _shown(frame: pd.DataFrame, picked: Sequence[str]) -> pd.DataFrame:
    return frame.assign(picked=frame["id"].isin(picked))


def _estimated(frame: pd.DataFrame, metric: Metric) -> tuple[pd.DataFrame, Shrinkage | NotEstimable]:
    """Shrunken estimates and rank intervals of a whole family."""
    value = frame["value"].to_numpy(dtype=float)
    se, n = errors(frame, metric), frame["n"].to_numpy(dtype=float)
    provisional = ~(n >= _fewest(metric))
    found = shrinkage.shrunken(value, se) if metric.kind in SHRINKABLE else TOO_FEW
    if isinstance(found, NotEstimable):
        ranks = ranking.rank_intervals(value, np.where(provisional, np.nan, se), high_is_good=metric.direction > 0)
        nothing = np.full(len(frame), np.nan)
        return _beside(frame, nothing, nothing, nothing, nothing, ranks, provisional), found
    half = z_quantile() * found.se
    ranks = ranking.rank_intervals(
        found.value, np.where(provisional, np.nan, found.se), high_is_good=metric.direction > 0
    )
    shown = _beside(frame, found.value, found.value - half, found.value + half, found.kept, ranks, provisional)
    luck = expected_range(len(frame)) * float(np.nanmedian(se))
    return shown, Shrinkage(found.mean, found.tau2**0.5, luck)


def errors(frame: pd.DataFrame, metric: Metric) -> Floats:
    """Standard errors for weighing places against each other.

    Of single stores those that the pooled spread of all responses gives at their n: an error estimated from a dozen
    visits is itself too uncertain to weigh by, and a store without any failure has not therefore error zero. Of larger
    places and finished cells their own.
    """
    se = frame["se"].to_numpy(dtype=float)
    n = frame["n_effective"].to_numpy(dtype=float)
    single = frame["stores"].to_numpy(dtype=float) <= 1
    if metric.is_anonymous or not single.all() or not (n > 0).any():
        return se
    pooled = _pooled_variance(frame, metric)
    with np.errstate(divide="ignore"):
        return np.where(n > 0, np.sqrt(pooled / n), np.nan)


def _pooled_variance(frame: pd.DataFrame, metric: Metric) -> float:
    """Variance of a single response inside a store, in squared units of the metric."""
    value, n = frame["value"].to_numpy(dtype=float), frame["n_effective"].to_numpy(dtype=float)
    if metric.kind == "share":
        share = float(np.average(value[n > 0], weights=n[n > 0])) / metric.scale
        return share * (1 - share) * metric.scale**2
    variance = frame["se"].to_numpy(dtype=float) ** 2 * n
    known = np.isfinite(variance) & (n > 1)
    return float(np.average(variance[known], weights=n[known] - 1)) if known.any() else float("nan")


def _fewest(metric: Metric) -> int:
    return FEWEST_TO_RANK if metric.instrument in {"mystery", "management"} else metric.minimum_n


def _beside(
    frame: pd.DataFrame,
    value: Floats,
    low: Floats,
    high: Floats,
    kept: Floats,
    ranks: ranking.RankIntervals,
    provisional: np.ndarray,
) -> pd.DataFrame:
    return frame.assign(
        estimate=value,
        estimate_low=low,
        estimate_high=high,
        kept=kept,
        rank=ranks.rank,
        rank_best=ranks.best,
        rank_worst=ranks.worst,
        provisional=provisional,
    )


def expected_range(k: int) -> float:
    """Expected range of k standard normal values (d2 of a control chart)."""
    from sq.statistics.charts import constants

    return constants(k).d2 if k > 1 else 0.0


def _best_first(frame: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    key = frame["estimate"].where(frame["estimate"].notna(), frame["value"])
    order = pd.DataFrame({"late": frame["provisional"], "key": -metric.direction * key})
    return frame.loc[order.sort_values(["late", "key"], kind="stable").index].reset_index(drop=True)


def _answer(metric: Metric, level: str, units: pd.DataFrame, against: Words) -> Message:
    """Who differs reliably, in words."""
    if units.empty or not (units["n"].to_numpy(dtype=float) > 0).any():
        return Message(N_("There is nothing to compare here: choose another period or fewer filters."))
    if len(units) == 1:
        row = {str(k): v for k, v in units.iloc[0].items()}
        return telling.answer(metric, units["label"].iloc[0], row, against)
    values: dict[str, Any] = {
        "count": number(len(units), 0),
        "level": axis_name(level),
        "metric": metric.title,
        "against": against,
    }
    sides = {side: units[units["verdict"] == side] for side in ("better", "worse")}
    if all(side.empty for side in sides.values()):
        return Message(N_("{metric}: none of the {count} compared differs reliably from {against}."), values)
    values |= {side: _named(part, metric) for side, part in sides.items()}
    if sides["better"].empty:
        return Message(N_("{metric}, {count} compared with {against}: reliably worse {worse}."), values)
    if sides["worse"].empty:
        return Message(N_("{metric}, {count} compared with {against}: reliably better {better}."), values)
    return Message(
        N_("{metric}, {count} compared with {against}: reliably better {better}; reliably worse {worse}."), values
    )


def _named(units: pd.DataFrame, metric: Metric) -> Words:
    """The first few places with their values, largest difference first."""
    order = units["difference"].abs().sort_values(ascending=False).index
    parts = [
        Message(N_("{name} ({value})"), {"name": row["label"], "value": quantity(metric, row["value"])})
        for row in units.loc[order].head(MOST_NAMED).to_dict("records")
    ]
    listed = Listing(tuple(parts))
    more = len(units) - len(parts)
    if more <= 0:
        return listed
    return Message(N_("{names} and {more} more"), {"names": listed, "more": number(more, 0)})


def _luck(metric: Metric, level: str, units: pd.DataFrame, shrunk: Shrinkage | NotEstimable) -> Message:
    """What chance alone would show, beside what is seen."""
    if isinstance(shrunk, NotEstimable) or len(units) < 2:
        return Message(N_("Too few can be compared to say how much of the differences is luck."))
    seen = float(units["value"].max() - units["value"].min())
    values = {
        "count": number(len(units), 0),
        "level": axis_name(level),
        "seen": number(seen, metric.decimals),
        "luck": number(shrunk.luck, metric.decimals),
        "unit": Message(metric.difference_unit),
        "spread": number(2 * shrunk.spread, metric.decimals),
    }
    if shrunk.spread == 0:
        words = N_(
            "Best and worst of {count} lie {seen} {unit} apart; {luck} would be luck alone. "
            "No true differences can be detected."
        )
        return Message(words, values)
    words = N_(
        "Best and worst of {count} lie {seen} {unit} apart; {luck} would be luck alone. "
        "The true values of two in three differ from the mean by less than {half} {unit}."
    )
    return Message(words, values | {"half": number(shrunk.spread, metric.decimals)})


def funnel_lines(units: pd.DataFrame, metric: Metric) -> pd.DataFrame | NotEstimable:
    """Where values of equal places would lie at each n: 95 % and 99.8 %, widened for over-dispersion.

    Shares: binomial on the effective n, exact without over-dispersion. Means and NPS: target ± z sqrt(s²/n + tau²) with
    the pooled variance of single responses.
    """
    known = units[np.isfinite(units["value"].to_numpy(dtype=float)) & (units["n_effective"].to_numpy(dtype=float) > 0)]
    if len(known) < shrinkage.FEWEST_UNITS or metric.kind not in SHRINKABLE:
        return TOO_FEW
    n = known["n_effective"].to_numpy(dtype=float)
    grid = np.unique(np.geomspace(max(1.0, n.min()), max(n.max(), 2.0), FUNNEL_POINTS).round(2))
    if metric.kind == "share":
        return _share_lines(known, metric, n, grid)
    return _mean_lines(known, metric, n, grid)


def _share_lines(known: pd.DataFrame, metric: Metric, n: Floats, grid: Floats) -> pd.DataFrame | NotEstimable:
    events = known["value"].to_numpy(dtype=float) / metric.scale * n
    found = funnel.funnel(events, n)
    if isinstance(found, NotEstimable):
        return found
    limits = {}
    for level in FUNNEL_LEVELS:
        made = (
            funnel.exact_limits(found.target, np.maximum(grid.round(), 1), level)
            if found.tau2 == 0
            else funnel.normal_limits(found.target, grid, level, found.tau2)
        )
        limits[level] = [np.clip(side, 0, 1) * metric.scale for side in made]
    return _lines(grid, limits, found.target * metric.scale)


def _mean_lines(known: pd.DataFrame, metric: Metric, n: Floats, grid: Floats) -> pd.DataFrame | NotEstimable:
    value, pooled = known["value"].to_numpy(dtype=float), _pooled_variance(known, metric)
    if not np.isfinite(pooled) or pooled <= 0:
        return TOO_FEW
    target = float(np.average(value, weights=n))
    tau2 = shrinkage.paule_mandel(value, np.maximum(pooled / n, 1e-12))
    limits = {}
    for level in FUNNEL_LEVELS:
        half = _z(level) * np.sqrt(pooled / grid + tau2)
        limits[level] = [np.clip(side, metric.low_bound, metric.high_bound) for side in (target - half, target + half)]
    return _lines(grid, limits, target)


def _z(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))


def _lines(grid: Floats, limits: dict[float, list[Floats]], target: float) -> pd.DataFrame:
    (low_95, high_95), (low_998, high_998) = (limits[level] for level in FUNNEL_LEVELS)
    return pd.DataFrame(
        {
            "n": grid,
            "low_95": low_95,
            "high_95": high_95,
            "low_998": low_998,
            "high_998": high_998,
            "target": target,
        }
    )


def peers(names: Names, store: str, most: int = 12) -> tuple[list[str], Message]:
    """Own stores like this one: the same format, of similar size, its own city first; and how they were chosen.

    Similar size: staff within a third; ignored where it is not known, as the format is.
    """
    places = {str(p["store_id"]): p for p in names.memberships if p["is_current"] and not p["brand"]}
    me = places.get(store)
    if me is None:
        return [], Message(N_("This store has no peers: it is not an own store today."))

    def size(place: Any) -> float:
        return float(place["staff_count"]) if pd.notna(place.get("staff_count")) else float("nan")

    alike = [
        (abs(size(p) - size(me)) if not np.isnan(size(me)) else 0.0, key)
        for key, p in places.items()
        if key != store
        and (pd.isna(me["format"]) or p["format"] == me["format"])
        and (np.isnan(size(me)) or (not np.isnan(size(p)) and abs(size(p) - size(me)) <= size(me) / 3))
    ]
    near = sorted(alike, key=lambda pair: (places[pair[1]]["city"] != me["city"], pair[0], pair[1]))
    return [key for _, key in near[:most]], Message(
        N_("Peers: own stores of the same format and similar size, the same city first.")
    )


def courses(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, level: str, ids: Sequence[str]
) -> pd.DataFrame:
    """Month by month (or wave by wave) of each place: columns id, label, month, value, low, high, n."""
    from sq.metrics.measuring import measure

    metric = METRICS[selection.metric]
    axis = "wave" if metric.is_anonymous else "quarter"
    frame = measure(warehouse, scope, metric.id, selection.but(**dict.fromkeys(PLACE_PATH, "")), (level, axis))
    frame = frame[frame[level].isin(list(ids))].rename(columns={axis: "when"})
    frame = frame.assign(id=frame[level], label=names.labels_of(level, frame[level], metric.instrument))
    return frame.sort_values(["id", "when"]).reset_index(drop=True)


def profiles(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, level: str, ids: Sequence[str]
) -> Compared:
    """Each place's touchpoints (or dimensions) against the rest: also id, label, subject, subject_label."""
    metric = METRICS[selection.metric]
    subject = next((kind for kind in ("touchpoint", "dimension", "item") if kind in metric.subject_kinds), "")
    if not subject:
        return Compared(pd.DataFrame(), "none", Message(N_("nothing")))
    here = selection.but(**dict.fromkeys((*PLACE_PATH, *SUBJECT_PATH), ""), compare="rest")
    found = compared(warehouse, scope, here, (level, subject))
    frame = found.frame[found.frame[level].isin(list(ids))]
    order = {key: place for place, (key, _) in enumerate(names.options(subject, here))}
    frame = frame.assign(
        id=frame[level],
        label=names.labels_of(level, frame[level], metric.instrument),
        subject=frame[subject],
        subject_label=names.labels_of(subject, frame[subject], metric.instrument),
        position=frame[subject].map(lambda key: order.get(key, len(order))),
    )
    return Compared(
        frame.sort_values(["id", "position"]).reset_index(drop=True), found.kind, found.against, found.notes
    )
