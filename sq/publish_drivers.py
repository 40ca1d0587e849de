"""What moves customers' satisfaction, worked out once when a snapshot is published.

Shares of R² with bootstrap intervals, coefficients, and what is lost where a subject is rated low and won where it is
rated high; for the chain and every region, of two periods, on each kind of subject. Methods.md, sections 7 and 15.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from sq.statistics.attributes import penalty_reward
from sq.statistics.drivers import Importance
from sq.statistics.estimable import COLLINEAR, NO_VARIATION, NotEstimable
from sq.statistics.intervals import FEW_CLUSTERS, Floats
from sq.statistics.moments import FEWEST_RESPONSES, centred, correlation_within, importance_within, slopes_within

KINDS = ("dimension", "touchpoint", "element")
OUTCOMES = ("overall", "recommend")
# Enough responses: with 10,000 a share of R² is known within about a point of percent.
MOST_RESPONSES = 10_000  # of one region and period
RUNS = 200
# Complete answers per driver that a model needs, and their share of the answers to the driver asked most.
ANSWERS_EACH, LEAST_SHARE = 20, 0.5
# A dimension's score is nearer to "dissatisfied" (25) than to the middle, or nearer to "satisfied" (75).
LOW_END, HIGH_END = 37.5, 62.5
OUTCOME_DIMENSION = "loyalty"  # of the programme's list of dimensions : it follows from the others
VALUES: dict[str, Any] = {"most_responses": MOST_RESPONSES, "outcome_dimension": OUTCOME_DIMENSION}
REASONS = {NO_VARIATION.reason: "no_variation", COLLINEAR.reason: "collinear"}


@dataclass(frozen=True)
class Answered:
    """The responses of one group: scores 0-100, NaN where not answered.

    Attributes:
        outcome: one per response. scores: responses x subjects. store: its number. subjects: ids of the columns.
    """

    outcome: Floats
    scores: Floats
    store: Any
    subjects: tuple[str, ...]


@dataclass(frozen=True)
class DriverEstimates:
    """One model: a row for driver_models and the rows for driver_weights, without period, place, outcome and kind."""

    model: dict[str, Any]
    weights: pd.DataFrame


def publish_drivers(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the snapshot's tables about drivers from what 76_drivers.sql left in temporary tables."""
    models, weights = [], []
    for labels, span, group in _groups(con):
        found = driver_estimates(group)
        models.append(labels | span | found.model)
        weights.append(found.weights.assign(**labels))
    if models:
        _insert(con, "driver_models", pd.DataFrame(models))
        _insert(con, "driver_weights", pd.concat(weights))


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: pd.DataFrame) -> None:
    """Append rows to a table of the snapshot by the names of their columns; NaN becomes NULL."""
    columns = [str(name) for name in rows.columns]
    lists = rows.apply(lambda column: column.map(lambda value: isinstance(value, list)).any())
    plain = rows.astype(object).where(rows.notna() | lists.to_numpy(), None)
    con.register("estimated_rows", plain)
    names = ", ".join(columns)
    con.execute(f"INSERT INTO snapshot.{table} ({names}) SELECT {names} FROM estimated_rows")
    con.unregister("estimated_rows")


def _groups(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[dict[str, Any], dict[str, Any], Answered]]:
    """Every group that is estimated: its labels, the months of its period, its responses."""
    scores = con.execute("SELECT kind, subject, response_key, score FROM driver_scores").df()
    periods = con.execute("SELECT period, first_month, last_month FROM driver_periods").fetchall()
    for period, first, last in periods:
        rows = con.execute("SELECT * FROM driver_responses WHERE period = ? ORDER BY response_key", [period]).df()
        span, store = {"first_month": first, "last_month": last}, pd.factorize(rows["store_id"])[0]
        for kind in KINDS:
            wide, subjects = _wide(scores[scores["kind"] == kind], rows)
            if not subjects:
                continue
            for level, place, chosen in _places(rows):
                for outcome in OUTCOMES:
                    y = rows[outcome].to_numpy(float)[chosen]
                    labels = {"period": period, "level": level, "place": place, "outcome": outcome, "kind": kind}
                    if np.isfinite(y).any():
                        yield labels, span, Answered(y, wide[chosen], store[chosen], subjects)


def _wide(scores: pd.DataFrame, rows: pd.DataFrame) -> tuple[Floats, tuple[str, ...]]:
    """Responses x subjects; the subjects in the order of their ids."""
    codes, subjects = pd.factorize(scores["subject"], sort=True)
    keys = pd.Index(rows["response_key"])
    row = keys.get_indexer(pd.Index(scores["response_key"]))
    wide = np.full((len(rows), len(subjects)), np.nan)
    wide[row[row >= 0], codes[row >= 0]] = scores["score"].to_numpy(float)[row >= 0]
    return wide, tuple(str(subject) for subject in subjects)


def _places(rows: pd.DataFrame) -> Iterator[tuple[str, str, Any]]:
    """The chain and each of its regions with the rows that belong there; a single region is the chain."""
    region = rows["region"].to_numpy()
    yield "chain", "", np.ones(len(rows), dtype=bool)
    names = sorted(set(region))
    for name in names if len(names) > 1 else ():
        yield "region", str(name), region == name


def driver_estimates(group: Answered, runs: int = RUNS) -> DriverEstimates:
    """What one group tells about one outcome."""
    known = np.isfinite(group.outcome)
    y, x, store = group.outcome[known], group.scores[known], group.store[known]
    used = used_drivers(x)
    weights = _correlated(y, x, store, group.subjects)
    left_out = [subject for subject, is_used in zip(group.subjects, used, strict=True) if not is_used]
    whole = np.isfinite(x[:, used]).all(axis=1)
    model: dict[str, Any] = {
        "n": int(whole.sum()) if used.any() else 0,
        "stores": len(np.unique(store[whole])),
        "reason": "too_few",
        "left_out": left_out,
    }
    if not used.any():
        return DriverEstimates(model, weights)
    y, x, store = y[whole], x[whole][:, used], store[whole]
    found = importance_within(y, x, store, runs if used.sum() <= 8 else runs // 2)
    slopes = slopes_within(y, x, store) if not isinstance(found, NotEstimable) else found
    if isinstance(found, NotEstimable) or isinstance(slopes, NotEstimable):
        refused = found if isinstance(found, NotEstimable) else slopes
        model["reason"] = REASONS.get(refused.reason, "too_few") if isinstance(refused, NotEstimable) else ""
        return DriverEstimates(model, weights)
    names = [subject for subject, is_used in zip(group.subjects, used, strict=True) if is_used]
    inside = pd.DataFrame({"subject": names, **vars(slopes), **_shares(found), **_ends(y, x, store)})
    closest = _closest(x, store, names)
    model |= {
        "reason": "",
        "by_store": model["stores"] >= FEW_CLUSTERS,
        "method": found.method,
        "r2": found.r2,
        "highest_correlation": found.highest_correlation if len(names) > 1 else None,
        "pair_one": closest[0],
        "pair_other": closest[1],
    }
    return DriverEstimates(model, weights.merge(inside, on="subject", how="left"))


def used_drivers(scores: Floats) -> Any:
    """Which subjects enter the model: all that vary, less those asked least until enough responses are complete."""
    asked = np.isfinite(scores)
    everybody = int(asked.sum(axis=0).max(initial=0))
    used = asked.sum(axis=0) >= FEWEST_RESPONSES
    used &= np.array([_varies(scores[asked[:, column], column]) for column in range(scores.shape[1])], dtype=bool)
    while used.any():
        complete = int(asked[:, used].all(axis=1).sum())
        if complete >= max(ANSWERS_EACH * int(used.sum()), LEAST_SHARE * everybody) or used.sum() == 1:
            break
        counts = np.where(used, asked.sum(axis=0), everybody + 1)
        fewest = int(counts.argmin())
        if counts[fewest] == everybody:
            break  # everybody was asked everything: there are too few responses, whatever is left out
        used[fewest] = False
    return used


def _varies(values: Floats) -> bool:
    return len(values) > 0 and float(np.ptp(values)) > 0


def _correlated(y: Floats, x: Floats, store: Any, subjects: tuple[str, ...]) -> pd.DataFrame:
    """r of every subject with the outcome, over the responses that have both."""
    rows = []
    for column, subject in enumerate(subjects):
        found = correlation_within(y, x[:, column], store)
        told = (np.nan,) * 3 if isinstance(found, NotEstimable) else (found.r, found.low, found.high)
        rows.append((subject, int(np.isfinite(x[:, column]).sum()), *told))
    return pd.DataFrame(rows, columns=["subject", "asked", "r", "r_low", "r_high"])


def _shares(found: Importance) -> dict[str, Any]:
    return {
        "beta": found.beta,
        "inflation": found.inflation,
        "share": found.share,
        "share_low": found.low,
        "share_high": found.high,
        "top": found.top,
    }


def _ends(y: Floats, x: Floats, store: Any) -> dict[str, Any]:
    """Penalty and reward within stores; NaN where they cannot be told (an end that nobody is at)."""
    n_low, n_high = (x <= LOW_END).sum(axis=0), (x >= HIGH_END).sum(axis=0)
    left = centred(y[:, None], store)[0][:, 0]
    few = (n_low == 0) | (n_high == 0) | (n_low + n_high == len(y))
    empty = np.full(x.shape[1], np.nan)
    columns = {name: empty.copy() for name in ("penalty", "penalty_p", "reward", "reward_p")}
    found = penalty_reward(left, x[:, ~few], LOW_END, HIGH_END, cluster=_clusters(store)) if (~few).any() else None
    if found is not None and not isinstance(found, NotEstimable):
        for name, column in columns.items():
            column[~few] = getattr(found, name)
    return {**columns, "n_low": n_low, "n_high": n_high}


def _clusters(store: Any) -> Any:
    return store if len(np.unique(store)) >= FEW_CLUSTERS else None


def _closest(x: Floats, store: Any, names: list[str]) -> tuple[str | None, str | None]:
    """The two drivers that go together most."""
    if len(names) < 2:
        return None, None
    matrix = np.abs(np.corrcoef(centred(x, store)[0], rowvar=False)) - np.eye(len(names))
    one, other = np.unravel_index(int(matrix.argmax()), matrix.shape)
    return names[min(one, other)], names[max(one, other)]


__all__ = ["VALUES", "Answered", "DriverEstimates", "driver_estimates", "publish_drivers", "used_drivers"]
