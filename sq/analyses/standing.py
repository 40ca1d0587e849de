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
from sq.analyses.comparison import NOTHING, Compared, compared
from sq.analyses.drill import MOST_MONTHS, applicable, exists, place_levels, ranked, subject_levels
from sq.analyses.names import Names
from sq.analyses.periods import months_between
from sq.analyses.survey_details import wave_shown
from sq.analyses.surveys import hidden_note
from sq.analyses.wording import Listing, Month, Quarter, Words, axis_name, count, quantity, size
from sq.language import N_, Message, number
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.cells import HIDDEN, waves
from sq.metrics.measuring import measure
from sq.selection import PLACE_PATH, SUBJECT_PATH, Selection
from sq.statistics import funnel, ranking, shrinkage
from sq.statistics.estimable import NO_VARIATION, TOO_FEW, NotEstimable
from sq.statistics.intervals import Floats, z_quantile
from sq.warehouse import Scope, Warehouse

LEVELS = ("region", "city", "store")
FUNNEL_LEVELS = (0.95, 0.998)
FUNNEL_POINTS = 60
MOST_NAMED = 4
SHRINKABLE = ("mean", "hours", "share", "nps", "rate")
# A month of each place is drawn where it holds this many responses (of a rate: events); else a quarter.
ENOUGH_FOR_MONTHS = 10
LEVEL_COUNTS: dict[str, tuple[str, str]] = {
    "region": (N_("{count} region"), N_("{count} regions")),
    "city": (N_("{count} city"), N_("{count} cities")),
    "store": (N_("{count} store"), N_("{count} stores")),
}
TOO_FEW_FOR_LUCK = N_("Too few can be compared to say how much of the differences is luck.")
SPREAD_UNKNOWN = NotEstimable(
    Message(
        N_(
            "A share of all answers: how much it varies from one response to the next is not known, "
            "so luck cannot be told."
        )
    )
)


@dataclass(frozen=True)
class Shrinkage:
    """How far the values of a level are drawn together.

    Attributes:
        mean: of all siblings. spread: standard deviation of their true values (0: no detectable difference).
        luck: the range between best and worst that chance alone would give so many equal places.
    """

    mean: float
    spread: float
    luck: float


@dataclass(frozen=True)
class Funnel:
    """Where values of equal places would lie at each n.

    Attributes:
        lines: columns n, low_95, high_95, low_998, high_998, target. target: mean of all.
        spread: by how much true values differ beyond chance (standard deviation, metric units); 0: not widened.
    """

    lines: pd.DataFrame
    target: float
    spread: float


@dataclass(frozen=True)
class Standing:
    """Places of one level side by side.

    Attributes:
        selection: completed. levels: what can be compared here; level: what is.
        answer: who differs reliably, or that nobody does.
        units: one row per place shown, best first by ``estimate``: the columns of `Compared.frame` and ``id``,
            ``label``, ``estimate``, ``estimate_low``, ``estimate_high`` (shrunken, NaN where not), ``kept`` (share
            of the own deviation), ``rank``, ``rank_best``, ``rank_worst`` (0: not ranked), ``provisional`` (too few to
            judge or rank), ``picked``. Provisional ones stand last, hidden ones after them.
        family: the same of all siblings, with ``shown`` (is it in ``units``).
        ranked: how many of the family are ranked.
        shrunk: how they are drawn together, or why not. luck: the sentence that says what chance alone would show.
        funnel: its lines, or why there is none; its points are ``family``.
    """

    selection: Selection
    level: str
    levels: tuple[str, ...]
    metric: Metric
    answer: Message
    units: pd.DataFrame
    family: pd.DataFrame
    ranked: int
    against: Words
    compare_kind: str
    shrunk: Shrinkage | NotEstimable
    luck: Message
    funnel: Funnel | NotEstimable
    caption: Message
    notes: tuple[Message, ...]

    @property
    def is_ordered(self) -> bool:
        """Whether anybody is ahead of anybody: some rank is narrower than all of them."""
        among = self.family[self.family["rank"] > 0]
        return bool((among["rank_worst"] - among["rank_best"] < self.ranked - 1).any())

    @property
    def total(self) -> int:
        """How many places the family has."""
        return len(self.family)


def standing(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, level: str = "", picked: Sequence[str] = ()
) -> Standing:
    """Compare the places of a level inside the selection, or those picked, as ``selection.compare`` says."""
    asked_for = names.completed(selection)
    metric = METRICS[asked_for.metric]
    applied, notes = applicable(metric, places_only(metric, asked_for), names)
    levels = levels_of(applied, names)
    level = level if level in levels else levels[0]
    whole = family_of_places(warehouse, scope, applied, level)
    whole, doubled = once_each(whole, level)
    found, shrunk = _estimated(whole.frame, metric)
    ordered = _in_order(ranked(Compared(found, whole.kind, whole.against), applied, names, level).frame, applied)
    inside = picked or _inside(applied, names, level)
    family = ordered.assign(picked=ordered["id"].isin(picked), shown=ordered["id"].isin(inside))
    units = family[family["shown"]].reset_index(drop=True)
    return Standing(
        selection=asked_for,
        level=level,
        levels=levels,
        metric=metric,
        answer=_answer(metric, level, units, whole.against, whole.kind),
        units=units,
        family=family,
        ranked=int((family["rank"] > 0).sum()),
        against=whole.against,
        compare_kind=whole.kind,
        shrunk=shrunk,
        luck=luck_told(metric, level, family, shrunk),
        funnel=funnel_lines(family, metric),
        caption=telling.caption(
            names, applied, float(np.nansum(units["n"])), period=wave_shown(warehouse, metric, applied)
        ),
        notes=(
            *notes,
            *whole.notes,
            *doubled,
            *hidden_note(units, axis_name(level)),
            *_too_few(units, metric, level),
            *_not_measured(picked, family, names, level),
        ),
    )


def places_only(metric: Metric, selection: Selection) -> Selection:
    """The selection without a department, unless it is one that places rate."""
    return selection if metric.instrument == "internal_service" else selection.but(department="")


def levels_of(selection: Selection, names: Names) -> tuple[str, ...]:
    """The levels that divide a selection, the next one first; a single store is compared as it is."""
    return tuple(level for level in place_levels(selection, names) if level in LEVELS) or ("store",)


def family_of_places(warehouse: Warehouse, scope: Scope, selection: Selection, level: str) -> Compared:
    """All siblings of the chain on this level, on the selection's subject and period."""
    return compared(warehouse, scope, selection.but(**dict.fromkeys(PLACE_PATH, "")), (level,))


def once_each(found: Compared, level: str) -> tuple[Compared, tuple[Message, ...]]:
    """Each place once: a city whose stores lay in two regions stands with its larger part, and a note says so."""
    if not found.frame[level].duplicated().any():
        return found, ()
    larger = found.frame.sort_values("n", ascending=False, kind="stable").drop_duplicates(level).sort_index()
    twice = sorted(set(found.frame.loc[found.frame[level].duplicated(), level]))
    words = N_("{names}: lay in two regions, the part with more answers is shown.")
    note = Message(words, {"names": Listing(tuple(twice))})
    return Compared(larger.reset_index(drop=True), found.kind, found.against, found.notes), (note,)


def _inside(selection: Selection, names: Names, level: str) -> list[str]:
    """The places of a level inside the selection; of a level above its place the one that holds it."""
    if getattr(selection, level):
        return [getattr(selection, level)]
    return [key for key, _ in names.options(level, selection)]


def _too_few(units: pd.DataFrame, metric: Metric, level: str) -> tuple[Message, ...]:
    late = int((units["provisional"] & np.isfinite(units["value"].to_numpy(dtype=float))).sum())
    words = N_("{places} with fewer than {minimum}: provisional, neither judged nor ranked.")
    if not late or len(units) < 2:
        return ()
    return (Message(words, {"places": places(level, late), "minimum": count(metric.n_unit, metric.minimum_n)}),)


def _not_measured(picked: Sequence[str], family: pd.DataFrame, names: Names, level: str) -> tuple[Message, ...]:
    missing = tuple(names.label(level, key) for key in picked if key not in set(family["id"]))
    words = N_("Not measured here in this period: {names}.")
    return (Message(words, {"names": Listing(missing)}),) if missing else ()


def _estimated(frame: pd.DataFrame, metric: Metric) -> tuple[pd.DataFrame, Shrinkage | NotEstimable]:
    """Shrunken estimates and rank intervals of a whole family."""
    value, se = frame["value"].to_numpy(dtype=float), errors(frame, metric)
    provisional = frame["n"].to_numpy(dtype=float) < metric.minimum_n
    if metric.kind not in SHRINKABLE or not np.isfinite(se).any():
        found: shrinkage.Shrunken | NotEstimable = SPREAD_UNKNOWN if of_answers(metric) and len(frame) else TOO_FEW
    else:
        found = shrinkage.shrunken(value, se)
    high_is_good = metric.direction > 0
    if isinstance(found, NotEstimable):
        own = frame["se"].to_numpy(dtype=float)
        ranks = ranking.rank_intervals(value, np.where(provisional, np.nan, own), high_is_good=high_is_good)
        nothing = np.full(len(frame), np.nan)
        return _beside(frame, nothing, nothing, nothing, nothing, ranks, provisional), found
    half = z_quantile() * found.se
    ranks = ranking.rank_intervals(found.value, np.where(provisional, np.nan, found.se), high_is_good=high_is_good)
    low, high = (
        np.clip(side, metric.low_bound, metric.high_bound) for side in (found.value - half, found.value + half)
    )
    shown = _beside(frame, found.value, low, high, found.kept, ranks, provisional)
    judged = np.isfinite(value) & ~provisional
    luck = ranking.expected_range(se[judged])
    return shown, Shrinkage(found.mean, found.tau2**0.5, luck)


def of_answers(metric: Metric) -> bool:
    """Whether a share counts answers, several of a response: their spread over responses is not in the sums."""
    return metric.kind == "share" and "den" in metric.sums and metric.sums["den"] != metric.sums["w"]


def errors(frame: pd.DataFrame, metric: Metric) -> Floats:
    """Standard errors for weighing places against each other; NaN where they cannot be told.

    Of single stores those that the pooled spread of all responses gives at their n: an error estimated from a dozen
    visits is itself too uncertain to weigh by, and a store without any failure has not therefore error zero. Of larger
    places and finished groups their own.
    """
    se = frame["se"].to_numpy(dtype=float)
    n = frame["n_effective"].to_numpy(dtype=float)
    single = frame["stores"].to_numpy(dtype=float) <= 1
    if metric.table != "scores" and metric.table != "complaints":
        return se
    if not single.all() or not (n > 0).any():
        return se
    pooled = pooled_variance(frame, metric)
    with np.errstate(divide="ignore"):
        return np.where(n > 0, np.sqrt(pooled / n), np.nan)


def pooled_variance(frame: pd.DataFrame, metric: Metric) -> float:
    """Variance of a single response inside a store, in squared units of the metric; NaN where it cannot be told.

    ``frame`` has one row per store. Of a share and a rate that of the common share or rate, of means and NPS the
    stores' own variances, weighted by n - 1.
    """
    value, n = frame["value"].to_numpy(dtype=float), frame["n_effective"].to_numpy(dtype=float)
    if of_answers(metric) or not (n > 0).any():
        return float("nan")
    if metric.kind in ("share", "rate"):
        common = float(np.average(value[n > 0], weights=n[n > 0])) / metric.scale
        return common * ((1 - common) if metric.kind == "share" else 1.0) * metric.scale**2
    variance = frame["se"].to_numpy(dtype=float) ** 2 * n
    known = np.isfinite(variance) & (n > 1)
    return float(np.average(variance[known], weights=n[known] - 1)) if known.any() else float("nan")


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


def _in_order(frame: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Best first by estimate, or as the reader sorts; provisional places after the others, hidden ones last."""
    metric = METRICS[selection.metric]
    place = np.arange(len(frame), dtype=float)
    if selection.sort == "value":
        estimate, raw = (metric.direction * frame[name].to_numpy(dtype=float) for name in ("estimate", "value"))
        equal = np.isclose(estimate, np.nanmean(estimate)).all() if np.isfinite(estimate).any() else True
        place = -raw if equal else -np.where(np.isfinite(estimate), estimate, raw)
    keys = pd.DataFrame({"hidden": frame["hidden_reason"].isin(HIDDEN), "late": frame["provisional"], "place": place})
    return frame.loc[keys.sort_values(["hidden", "late", "place"], kind="stable").index].reset_index(drop=True)


def places(level: str, how_many: int) -> Message:
    """``120 stores``."""
    one, many = LEVEL_COUNTS[level]
    return Message(one, many=many, count=how_many)


def _answer(metric: Metric, level: str, units: pd.DataFrame, against: Words, kind: str) -> Message:
    """Who differs reliably, in words."""
    if units.empty:
        return Message(N_("There is nothing to compare here: choose another period or fewer filters."))
    if len(units) == 1:
        row = {str(k): v for k, v in units.iloc[0].items()}
        return telling.answer(metric, units["label"].iloc[0], row, against)
    shown = units[np.isfinite(units["value"].to_numpy(dtype=float))]
    judged = shown[~shown["verdict"].isin(["too_few", ""])]
    values: dict[str, Any] = {"places": places(level, len(shown)), "metric": metric.title, "against": against}
    if shown.empty:
        hidden = {"places": places(level, len(units)), "metric": metric.title}
        return Message(N_("{metric}: all of {places} are hidden for anonymity."), hidden)
    if kind == "none" or (shown["verdict"] == "").all():
        return Message(N_("{metric}: {places} side by side, compared with nothing."), values)
    if judged.empty:
        return Message(N_("{metric}: {places}, each with too few to judge against {against}."), values)
    values["places"] = places(level, len(judged))
    sides = {side: shown[shown["verdict"] == side] for side in ("better", "worse")}
    if all(side.empty for side in sides.values()):
        return Message(N_("{metric}: none of the {places} differs reliably from {against}."), values)
    values |= {side: _named(part, metric) for side, part in sides.items()}
    if sides["better"].empty:
        return Message(N_("{metric}, {places} compared with {against}: reliably worse {worse}."), values)
    if sides["worse"].empty:
        return Message(N_("{metric}, {places} compared with {against}: reliably better {better}."), values)
    words = N_("{metric}, {places} compared with {against}: reliably better {better}; reliably worse {worse}.")
    return Message(words, values)


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


def luck_told(metric: Metric, level: str, family: pd.DataFrame, shrunk: Shrinkage | NotEstimable) -> Message:
    """What chance alone would show, beside what is seen."""
    judged = family[np.isfinite(family["value"].to_numpy(dtype=float)) & ~family["provisional"].to_numpy()]
    if isinstance(shrunk, NotEstimable):
        return shrunk.reason if shrunk is SPREAD_UNKNOWN else Message(TOO_FEW_FOR_LUCK)
    if len(judged) < 2:
        return Message(TOO_FEW_FOR_LUCK)
    seen = float(judged["value"].max() - judged["value"].min())
    values = {
        "places": places(level, len(judged)),
        "seen": size(metric, seen),
        "luck": size(metric, shrunk.luck),
        "spread": size(metric, shrunk.spread),
    }
    if shrunk.spread < 0.5 * 10.0**-metric.decimals:
        words = N_(
            "Best and worst of {places} lie {seen} apart; if all were equally good, luck alone would put about {luck} "
            "between them. Taken together they differ no more than luck makes equals differ."
        )
        return Message(words, values)
    words = N_(
        "Best and worst of {places} lie {seen} apart; if all were equally good, luck alone would put about {luck} "
        "between them. Two in three truly lie within ±{spread} of the mean."
    )
    return Message(words, values)


def funnel_lines(units: pd.DataFrame, metric: Metric) -> Funnel | NotEstimable:
    """Where values of equal places would lie at each n: 95 % and 99.8 %, widened for over-dispersion.

    Shares of single stores: binomial, exact without over-dispersion. Everything else: target ± z sqrt(s²/n + tau²) with
    the variance s² of a response that the places' own errors imply.
    """
    n, value = (units[name].to_numpy(dtype=float) for name in (n_column(metric), "value"))
    se = errors(units, metric)
    use = np.isfinite(value) & np.isfinite(se) & (n > 0)
    if metric.kind not in SHRINKABLE or use.sum() < shrinkage.FEWEST_UNITS:
        return SPREAD_UNKNOWN if of_answers(metric) and len(units) else TOO_FEW
    value, n, se = value[use], n[use], se[use]
    grid = np.unique(np.geomspace(max(1.0, n.min()), max(n.max(), 2.0), FUNNEL_POINTS).round(2))
    if metric.kind == "share" and (units["stores"].to_numpy(dtype=float) <= 1).all():
        return _share_lines(value, metric, n, grid)
    return _mean_lines(value, metric, n, se, grid)


def n_column(metric: Metric) -> str:
    """What stands on the funnel's axis: the effective n, of finished groups the rounded n that is shown."""
    return "n_effective" if metric.table in {"scores", "complaints"} else "n"


def _share_lines(value: Floats, metric: Metric, n: Floats, grid: Floats) -> Funnel | NotEstimable:
    found = funnel.funnel(value / metric.scale * n, n)
    if isinstance(found, NotEstimable):
        return found
    grid, limits = np.unique(np.maximum(grid.round(), 1)), {}
    for level in FUNNEL_LEVELS:
        made = (
            funnel.exact_limits(found.target, grid, level)
            if found.tau2 == 0
            else funnel.normal_limits(found.target, grid, level, found.tau2)
        )
        limits[level] = [np.clip(side, 0, 1) * metric.scale for side in made]
    return Funnel(
        _lines(grid, limits, found.target * metric.scale),
        found.target * metric.scale,
        spread_of(found.tau2, metric.scale),
    )


def spread_of(tau2: float, scale: float = 1.0) -> float:
    """Standard deviation of true values from their variance."""
    return float(tau2**0.5 * scale)


def _mean_lines(value: Floats, metric: Metric, n: Floats, se: Floats, grid: Floats) -> Funnel | NotEstimable:
    single = float(np.median(se**2 * n))
    if not np.isfinite(single) or single <= 0:
        return NO_VARIATION
    target = float(np.average(value, weights=n))
    tau2 = shrinkage.paule_mandel(value, np.maximum(single / n, 1e-12))
    limits = {}
    for level in FUNNEL_LEVELS:
        half = funnel.z_of(level) * np.sqrt(single / grid + tau2)
        limits[level] = [np.clip(side, metric.low_bound, metric.high_bound) for side in (target - half, target + half)]
    return Funnel(_lines(grid, limits, target), target, spread_of(tau2))


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


def peers(names: Names, store: str, most: int = 11) -> tuple[list[str], Message]:
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


def among_peers(shown: Standing, store: str) -> Message | None:
    """A store's value beside those of the others shown, its peers; None where either is missing."""
    units = shown.units[np.isfinite(shown.units["value"].to_numpy(dtype=float))]
    own, others = units[units["id"] == store], units[units["id"] != store]
    if own.empty or others.empty:
        return None
    metric, value = shown.metric, others["value"]
    words = N_("{store}: {value}; its {peers} have {mean} on average, from {low} to {high}.")
    return Message(
        words,
        {
            "store": own["label"].iloc[0],
            "value": quantity(metric, float(own["value"].iloc[0])),
            "peers": Message(N_("{count} peer"), many=N_("{count} peers"), count=len(others)),
            "mean": quantity(metric, float(value.mean())),
            "low": quantity(metric, float(value.min())),
            "high": quantity(metric, float(value.max())),
        },
    )


def courses(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, level: str, ids: tuple[str, ...]
) -> pd.DataFrame:
    """The course of places: columns id, label, month (datetime64), when (words), value, low, high, n, hidden_reason.

    By month where these hold enough responses, else by quarter, of anonymous surveys by wave; in the order of ``ids``,
    oldest first. Rows with an empty id are the course of all places together.
    """
    metric = METRICS[selection.metric]
    wide = applicable(metric, places_only(metric, names.completed(selection)), names)[0]
    wide = wide.but(**dict.fromkeys(PLACE_PATH, ""))
    if metric.table == "aggregates":
        return pd.DataFrame(columns=["id", "label", "month", "when", "value"])
    if metric.is_anonymous:
        parts = [measure(warehouse, scope, metric.id, wide.but(wave=""), axes) for axes in ((level, "wave"), ("wave",))]
        parts = [with_waves(warehouse, metric, part) for part in parts]
    else:
        parts = _by_months(warehouse, scope, wide, level, ids)
    both = pd.concat([parts[0].assign(id=parts[0][level]), parts[1].assign(id="")], ignore_index=True)
    order = {key: place for place, key in enumerate(("", *ids))}
    both = both[both["id"].isin(order)].assign(position=lambda rows: rows["id"].map(order))
    both = both.sort_values(["position", "month", "n"], ascending=[True, True, False], ignore_index=True)
    both = both.drop_duplicates(["position", "month"], ignore_index=True)
    labels = [names.label(level, key, metric.instrument) if key else axis_name("chain") for key in both["id"]]
    return both.assign(label=pd.Series(labels, dtype=object))


def _by_months(
    warehouse: Warehouse, scope: Scope, selection: Selection, level: str, ids: tuple[str, ...]
) -> list[pd.DataFrame]:
    """The places by month or, where months hold too little, by quarter; and all together by the same."""
    found = measure(warehouse, scope, selection.metric, selection, (level, "month"))
    shown = found[found[level].isin(ids)]
    start, end = selection.months
    long = bool(start and end and months_between(start, end) > MOST_MONTHS)
    metric = METRICS[selection.metric]
    told = shown["n"] * shown["value"] / metric.scale if metric.kind == "rate" else shown["n"]
    grain = "month" if not long and len(shown) and told.median() >= ENOUGH_FOR_MONTHS else "quarter"
    if grain == "quarter":
        found = measure(warehouse, scope, selection.metric, selection, (level, grain))
    parts = [found, measure(warehouse, scope, selection.metric, selection, (grain,))]
    word = Quarter if grain == "quarter" else Month
    return [
        part.assign(month=part[grain], when=pd.Series([word(day.date()) for day in part[grain]], dtype=object))
        for part in parts
    ]


def with_waves(warehouse: Warehouse, metric: Metric, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of an anonymous survey with the month in which their wave ended and its name."""
    wave_of = {wave.id: wave for wave in waves(warehouse, metric.instrument)}
    shown = [wave_of[key] for key in frame["wave"]]
    return frame.assign(
        month=pd.to_datetime(pd.Series([wave.month for wave in shown], dtype="datetime64[s]")),
        when=pd.Series([wave.name for wave in shown], dtype=object),
    )


def profiles(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, level: str, ids: tuple[str, ...]
) -> Compared:
    """Each place's touchpoints (or dimensions) against the rest: also place, place_label, subject, subject_label.

    In the order of ``ids``, subjects in their own order; the family of verdicts is every place on every subject.
    """
    metric = METRICS[selection.metric]
    wide = applicable(metric, places_only(metric, names.completed(selection)), names)[0]
    wide = wide.but(**dict.fromkeys((*PLACE_PATH, *SUBJECT_PATH), ""), compare="rest")
    subject = next((kind for kind in subject_levels(metric, wide, names) if exists(metric, wide, (level, kind))), "")
    if not subject:
        return Compared(pd.DataFrame(), "none", NOTHING)
    found = compared(warehouse, scope, wide, (level, subject))
    places_in, subjects_in = (
        {key: place for place, key in enumerate(keys)}
        for keys in (ids, [key for key, _ in names.options(subject, wide)])
    )
    known = found.frame[level].isin(places_in) & found.frame[subject].isin(subjects_in)
    frame = found.frame[known].rename(columns={level: "place", subject: "subject"})
    keys = pd.DataFrame({"p": frame["place"].map(places_in), "s": frame["subject"].map(subjects_in)})
    frame = frame.loc[keys.sort_values(["p", "s"]).index].reset_index(drop=True)
    frame = frame.assign(
        kind=subject,
        place_label=names.labels_of(level, frame["place"], metric.instrument),
        subject_label=names.labels_of(subject, frame["subject"], metric.instrument),
    )
    return Compared(frame, found.kind, found.against, found.notes)
