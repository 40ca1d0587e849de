"""Statistics that need single answers, computed when publishing for groups of at least twenty (anonymity.md, rule 1).

Reliability of each scale, what drives an outcome, whether answers of a store may be averaged, and links between two
surveys store by store. A group needs 20 complete forms, and so does what lies between it and the company. Extremes show
as limits, nothing says that all agree, numbers have two decimals. Why this tells nobody's answer: docs/decisions/0020.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sq.anonymity.groups import Groups
from sq.anonymity.hiding import hidden_groups
from sq.anonymity.survey import DIMENSION, ITEM, Mask, Survey
from sq.statistics.agreement import one_way
from sq.statistics.drivers import Importance
from sq.statistics.estimable import NotEstimable
from sq.statistics.intervals import Floats, t_p_value
from sq.statistics.linkage import Linked, linked
from sq.statistics.moments import importance_within
from sq.statistics.scales import cronbach_alpha, omega_total
from sq.statistics.suppression import SHOWN

ESTIMATE_MINIMUM = 20
MOST = 0.95  # a reliability, correlation or R² beyond it shows as this limit
RUNS = 200  # bootstrap resamples of stores
ANSWERS_PER_DRIVER = 10
COLUMNS = (
    "level",
    "region",
    "statistic",
    "outcome",
    "subject",
    "n",
    "value",
    "low",
    "high",
    "r",
    "beta",
    "p",
    "value_limit",
)
FEWEST_STORES = 20
LINK_COLUMNS = (
    "instrument",
    "wave",
    "to_instrument",
    "to_wave",
    "lag",
    "basis",
    "stores",
    "left_out",
    "r",
    "low",
    "high",
    "p",
    "value_limit",
)
# Surveys that end within so many days of each other stand for the same time.
SAME_DAYS = 62


@dataclass(frozen=True)
class _Group:
    """One group that may have estimates: its key and its forms."""

    level: str
    region: str
    inside: Mask


def estimates(survey: Survey, groups: Groups, leaving: Sequence[str], regions: bool = True) -> pd.DataFrame:
    """Everything of COLUMNS about a wave; ``leaving``: ids of the dimensions that ask whether people intend to leave.

    Statistics: alpha (of two items spearman_brown) and omega per scale; item_total where an item runs against its
    scale; model (value: R², r: largest correlation of two drivers) and driver (value: percent of R²) per outcome;
    icc1, icc2 of stores.
    """
    rows = [
        *_scales(survey, groups, regions),
        *_drivers(survey, groups, leaving, regions),
        *_aggregation(survey, groups),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _allowed(survey: Survey, groups: Groups, given: Mask, regions: bool) -> list[_Group]:
    """The company and the regions whose complete forms are enough, and so are those beside them."""
    if survey.wave.instrument == "internal_service":
        enough = _raters(survey, given) >= ESTIMATE_MINIMUM
        return [_Group("chain", "", given)] if enough else []
    levels = ("chain", "region") if regions else ("chain",)
    offered = np.isin(np.array(groups.levels), levels)
    codes = hidden_groups(groups, given, offered, (ESTIMATE_MINIMUM, ESTIMATE_MINIMUM))
    found = []
    for number in np.flatnonzero(codes == SHOWN):
        level, region, *_ = groups.keys[number]
        inside = given & ((survey.forms["region"] == region).to_numpy() if level == "region" else True)
        found.append(_Group(level, region, inside))
    return found


def _raters(survey: Survey, given: Mask) -> int:
    """How many people rated at least: those of each store who rated the same department are different people."""
    forms = survey.forms[given]
    if forms.empty:
        return 0
    return int(forms.groupby(["store_id", "department_id"]).size().groupby("store_id").max().sum())


# --- scales ---------------------------------------------------------------------------------------------------------


def _scales(survey: Survey, groups: Groups, regions: bool) -> Iterator[dict[str, Any]]:
    items = survey.items
    scored = (items["role"] == "score").to_numpy() & (items["weight"] > 0).to_numpy()
    for dimension in dict.fromkeys(items.loc[scored, "dimension_id"].dropna()):
        columns = np.flatnonzero(scored & (items["dimension_id"] == dimension).to_numpy())
        if len(columns) < 2 or not dimension:
            continue
        answers = survey.share[:, columns]
        names = list(items["item_id"].iloc[columns])
        for group in _allowed(survey, groups, np.asarray(~np.isnan(answers).any(axis=1)), regions):
            yield from _scale(group, str(dimension), answers[group.inside], names)


def _scale(group: _Group, dimension: str, answers: Floats, items: Sequence[str]) -> Iterator[dict[str, Any]]:
    about = {"level": group.level, "region": group.region, "outcome": "", "n": len(answers)}
    with np.errstate(divide="ignore", invalid="ignore"):  # a sum that does not vary tells nothing
        found = cronbach_alpha(answers)
    if len(items) == 2:
        value = math.nan if isinstance(found, NotEstimable) else found.standardised
        yield {**about, "statistic": "spearman_brown", "subject": dimension, **_told(value)}
        return
    if isinstance(found, NotEstimable):
        yield {**about, "statistic": "alpha", "subject": dimension, **_told(math.nan)}
        return
    yield {**about, "statistic": "alpha", "subject": dimension, **_told(found.alpha, found.low, found.high)}
    omega = omega_total(answers)
    if not isinstance(omega, NotEstimable):
        yield {**about, "statistic": "omega", "subject": dimension, **_told(omega)}
    for item, r in zip(items, found.item_total, strict=True):
        if r < 0 and group.level == "chain":
            yield {**about, "statistic": "item_total", "subject": item, **_told(float(r))}


def _told(value: float, low: float = math.nan, high: float = math.nan) -> dict[str, Any]:
    """Two decimals; an extreme as its limit and without an interval."""
    if not math.isfinite(value):
        return {"value": math.nan, "low": math.nan, "high": math.nan, "value_limit": ""}
    if abs(value) > MOST:
        limit = ">=" if value > 0 else "<="
        return {"value": math.copysign(MOST, value), "low": math.nan, "high": math.nan, "value_limit": limit}
    low, high = (round(float(np.clip(end, -1.0, 1.0)), 2) for end in (low, high))
    return {"value": round(value, 2), "low": low, "high": high, "value_limit": ""}


# --- drivers --------------------------------------------------------------------------------------------------------


def _drivers(survey: Survey, groups: Groups, leaving: Sequence[str], regions: bool) -> Iterator[dict[str, Any]]:
    """What goes along with the intention to leave and with overall satisfaction, as far as these were asked."""
    if survey.wave.instrument != "employee":
        return
    subjects, y = survey.scores.subjects, survey.scores.y
    dimensions = np.flatnonzero((subjects.kind == DIMENSION) & ~np.isin(subjects.name, list(leaving)))
    overall = set(survey.items.loc[survey.items["role"] == "overall", "item_id"])
    is_outcome = (subjects.kind == DIMENSION) & np.isin(subjects.name, list(leaving))
    is_outcome |= (subjects.kind == ITEM) & np.isin(subjects.name, list(overall))
    for outcome in np.flatnonzero(is_outcome):
        columns = np.append(dimensions, outcome)
        if len(dimensions) < 2:
            continue
        given = np.asarray(~np.isnan(y[:, columns]).any(axis=1))
        for group in _allowed(survey, groups, given, regions):
            if group.inside.sum() < ANSWERS_PER_DRIVER * len(dimensions):
                continue
            yield from _driven(group, str(subjects.name[outcome]), y[:, outcome], y, dimensions, subjects.name, groups)


def _driven(
    group: _Group, outcome: str, target: Floats, y: Floats, columns: Any, names: Any, groups: Groups
) -> Iterator[dict[str, Any]]:
    inside = group.inside
    found = importance_within(target[inside], y[inside][:, columns], groups.cluster[inside], RUNS)
    about = {"level": group.level, "region": group.region, "outcome": outcome, "n": int(inside.sum())}
    if isinstance(found, NotEstimable):
        yield {**about, "statistic": "model", "subject": "", **_told(math.nan)}
        return
    apart = _told(found.highest_correlation)["value"]
    yield {**about, "statistic": "model", "subject": "", **_told(found.r2), "r": apart}
    p = _p_values(found, len(np.unique(groups.cluster[inside])))
    for place, column in enumerate(columns):
        told = {**_share(found, place), "p": float(f"{p[place]:.2g}")}
        yield {**about, "statistic": "driver", "subject": str(names[column]), **told}


def _p_values(found: Importance, stores: int) -> Floats:
    """Of each driver beside the others: t of its coefficient, with a degree of freedom less per store and driver."""
    df = max(found.n - stores - len(found.beta), 1)
    se = np.sqrt((1 - found.r2) * found.inflation / df)
    return t_p_value(found.beta, se, np.full(len(se), float(df)))


def _share(found: Importance, place: int) -> dict[str, Any]:
    """A driver's percent of R² with its interval, whole; its correlation and coefficient with two decimals."""
    value, low, high = (round(100 * float(part[place])) for part in (found.share, found.low, found.high))
    return {
        "value": value,
        "low": low,
        "high": high,
        "r": _told(float(found.correlation[place]))["value"],
        "beta": _told(float(found.beta[place]))["value"],
        "value_limit": "",
    }


# --- stores ---------------------------------------------------------------------------------------------------------


def store_scores(survey: Survey) -> pd.Series:
    """Score of the whole form by form, indexed by store; of internal service without what the departments differ by."""
    y = survey.scores.y[:, 0]
    scores = pd.Series(y, index=survey.forms["store_id"].to_numpy(), dtype=float)
    if survey.wave.instrument == "internal_service":
        department = survey.forms["department_id"].to_numpy()
        scores = scores - scores.groupby(department).transform("mean") + scores.mean()
    keep = scores.notna().to_numpy() & (survey.forms["store_id"] != "").to_numpy()
    return scores[keep]


def _aggregation(survey: Survey, groups: Groups) -> Iterator[dict[str, Any]]:
    """ICC(1) and ICC(2): whether the people of a store agree enough for their mean to stand for it."""
    scores = store_scores(survey)
    given = (survey.forms["store_id"] != "").to_numpy() & survey.scores.is_given[:, 0]
    if not any(group.level == "chain" for group in _allowed(survey, groups, given, regions=False)):
        return
    found = one_way(scores.to_numpy(), scores.index.tolist())
    if isinstance(found, NotEstimable):
        return
    about = {"level": "chain", "region": "", "outcome": "", "subject": "", "n": len(scores)}
    yield {**about, "statistic": "icc1", **_told(found.icc1)}
    yield {**about, "statistic": "icc2", **_told(found.icc2)}


# --- links between two surveys --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StoreMeans:
    """What a link needs of one published wave, kept only while publishing: a row per store.

    ``means``: store_id → mean of the whole form and number of forms (columns mean, forms, region).
    """

    instrument: str
    wave: str
    ends_on: Any
    minimum: int
    means: pd.DataFrame


def store_means(survey: Survey, minimum: int) -> StoreMeans:
    """The mean of every store; it never leaves the importer."""
    scores = store_scores(survey)
    regions = survey.forms[survey.forms["store_id"] != ""].drop_duplicates("store_id").set_index("store_id")["region"]
    by = scores.groupby(level=0).agg(["mean", "size"]).rename(columns={"size": "forms"})
    wave = survey.wave
    return StoreMeans(wave.instrument, wave.wave, wave.ends_on, minimum, by.join(regions))


def pairs(known: Sequence[StoreMeans]) -> list[tuple[StoreMeans, StoreMeans, str]]:
    """Waves of internal service and employees to be linked, and the lag: next, same, or reverse (employees first)."""
    rated = sorted((w for w in known if w.instrument == "internal_service"), key=lambda w: w.ends_on)
    asked = sorted((w for w in known if w.instrument == "employee"), key=lambda w: w.ends_on)
    found = []
    for wave in rated:
        days = {other.wave: (other.ends_on - wave.ends_on).days for other in asked}
        same = [o for o in asked if abs(days[o.wave]) <= SAME_DAYS]
        later = [o for o in asked if days[o.wave] > SAME_DAYS]
        before = [o for o in asked if days[o.wave] < -SAME_DAYS]
        found += [(wave, o, "same") for o in sorted(same, key=lambda o: abs(days[o.wave]))[:1]]
        found += [(wave, o, "next") for o in later[:1]] + [(wave, o, "reverse") for o in before[-1:]]
    return found


def links(known: Sequence[StoreMeans]) -> pd.DataFrame:
    """Correlations over stores of internal service with employees: LINK_COLUMNS, by chain and within regions."""
    rows = [row for one, other, lag in pairs(known) for row in _links_of(one, other, lag)]
    return pd.DataFrame(rows, columns=list(LINK_COLUMNS))


def _links_of(one: StoreMeans, other: StoreMeans, lag: str) -> Iterator[Mapping[str, Any]]:
    theirs = other.means[["mean", "forms"]].rename(columns={"mean": "mean_other", "forms": "forms_other"})
    both = one.means.join(theirs, how="outer")
    enough = (both["forms"] >= one.minimum) & (both["forms_other"] >= other.minimum)
    used = both[enough]
    about = {"instrument": one.instrument, "wave": one.wave, "to_instrument": other.instrument, "to_wave": other.wave}
    for basis, region in (("chain", None), ("region", used["region"].tolist())):
        counts = {"lag": lag, "basis": basis, "stores": len(used), "left_out": int((~enough).sum())}
        found = linked(used["mean"], used["mean_other"], region) if len(used) >= FEWEST_STORES else None
        yield {**about, **counts, **_linked(found)}


def _linked(found: Linked | NotEstimable | None) -> dict[str, Any]:
    if found is None or isinstance(found, NotEstimable):
        return {"r": math.nan, "low": math.nan, "high": math.nan, "p": math.nan, "value_limit": ""}
    told = _told(found.r, found.low, found.high)
    p = math.nan if told["value_limit"] else float(f"{found.p:.2g}")
    return {"r": told.pop("value"), **told, "p": p}


__all__ = ["COLUMNS", "ESTIMATE_MINIMUM", "LINK_COLUMNS", "StoreMeans", "estimates", "links", "pairs", "store_means"]
