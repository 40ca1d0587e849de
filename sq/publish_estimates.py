"""Slow estimates about shoppers, worked out once when a snapshot is published.

Stores and shoppers are crossed random effects of a visit's score (sq/statistics/crossed.py), on the visits to own
stores, after the means of stream x epoch: which checklist was used and what was tried is nobody's severity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from sq.statistics.agreement import krippendorff_alpha
from sq.statistics.crossed import RandomEffects, connected_parts, crossed_effects
from sq.statistics.estimable import DID_NOT_CONVERGE, NO_VARIATION, NOT_CONNECTED, NotEstimable
from sq.statistics.intervals import z_quantile

# A visit is straight-lined when all its graded items got one mark; with fewer graded items than this all items count.
FEWEST_GRADED, FEWEST_MARKS = 5, 10
# Enough occasions: with a hundred items each the agreement is within ±0.03 of that of all.
MOST_OCCASIONS = 150
# Two scores of one visit are "the same" within the smallest relevant difference of a score.
SAME_SCORE = 3.0
# A smaller share of the rest is where the search for a variance of zero ended.
NEGLIGIBLE = 1e-6
VALUES: dict[str, Any] = {
    "fewest_graded": FEWEST_GRADED,
    "fewest_marks": FEWEST_MARKS,
    "most_occasions": MOST_OCCASIONS,
}
REASONS = {
    NOT_CONNECTED.reason: "not_connected",
    NO_VARIATION.reason: "no_variation",
    DID_NOT_CONVERGE.reason: "not_settled",
}


@dataclass(frozen=True)
class ShopperEstimates:
    """The rows of one period for the tables shopper_model, shopper_effects and store_adjusted."""

    model: dict[str, Any]
    shoppers: pd.DataFrame
    stores: pd.DataFrame


def publish_estimates(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the snapshot's tables about shoppers from what 75_shoppers.sql left in temporary tables."""
    visits = con.execute("SELECT * FROM shopper_visits").df()
    days = con.execute("SELECT * FROM shopper_days").df()
    marks = con.execute("SELECT * FROM shopper_double_marks").df()
    found = []
    for period, first, last in con.execute("SELECT * FROM shopper_periods").fetchall():
        inside = visits[visits["month"].between(pd.Timestamp(first), pd.Timestamp(last))]
        if inside.empty:
            continue
        estimated = estimates(inside, days[days["period"] == period])
        span = {"period": period, "first_month": first, "last_month": last}
        found.append(
            ShopperEstimates(
                span | estimated.model,
                *(frame.assign(period=period) for frame in (estimated.shoppers, estimated.stores)),
            )
        )
    if found:
        _insert(con, "shopper_model", pd.DataFrame([part.model for part in found]))
        _insert(con, "shopper_effects", pd.concat([part.shoppers for part in found]))
        _insert(con, "store_adjusted", pd.concat([part.stores for part in found]))
        _insert(con, "shopper_agreement", agreement(marks))


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: pd.DataFrame) -> None:
    """Append rows to a table of the snapshot by the names of their columns; NaN becomes NULL."""
    if rows.empty:
        return
    columns = [str(name) for name in rows.columns]
    con.register("estimated_rows", rows.astype(object).where(rows.notna(), None))
    names = ", ".join(columns)
    con.execute(f"INSERT INTO snapshot.{table} ({names}) SELECT {names} FROM estimated_rows")
    con.unregister("estimated_rows")


def estimates(visits: pd.DataFrame, days: pd.DataFrame) -> ShopperEstimates:
    """What one period tells about its shoppers and about its stores without them.

    Args:
        visits: store_id, region, visited_on, stream, epoch, shopper_id ('' = not known), score (NaN = none), n_items,
            n_na, is_straight (NA = too few items), in the order of time.
        days: shopper_id, days, a_day, most_a_day.
    """
    named = visits[visits["shopper_id"] != ""]
    scored = named[named["score"].notna()].reset_index(drop=True)
    effects = severities(scored)
    part = connected_parts(scored["store_id"].to_numpy(), scored["shopper_id"].to_numpy())
    scored = scored.assign(component=part)
    shoppers = _shoppers(named, scored, effects).merge(days.drop(columns="period", errors="ignore"), how="left")
    stores = _stores(named, scored, effects)
    model = _counted(visits, named, stores) | {
        "components": int(part.max(initial=-1)) + 1,
        "reason": _reason(named, effects),
    }
    return ShopperEstimates(model | _variances(effects, model), shoppers, stores)


def severities(scored: pd.DataFrame) -> RandomEffects | NotEstimable:
    """Crossed effects of stores and shoppers on the scores, freed from the means of stream x epoch."""
    free = scored["score"] - scored.groupby(["stream", "epoch"])["score"].transform("mean") + scored["score"].mean()
    found = crossed_effects(free.to_numpy(float), scored["store_id"].to_numpy(), scored["shopper_id"].to_numpy())
    if isinstance(found, NotEstimable) or found.variance_rater > NEGLIGIBLE * found.variance_rest:
        return found
    none = np.zeros(len(found.raters))
    return replace(found, variance_rater=0.0, rater=none, rater_se=none)


def _reason(named: pd.DataFrame, effects: RandomEffects | NotEstimable) -> str:
    """Why nothing is estimated, '' where something is."""
    if named.empty:
        return "no_shopper"
    if named["shopper_id"].nunique() == 1:
        return "one_shopper"
    return REASONS.get(effects.reason, "too_few") if isinstance(effects, NotEstimable) else ""


def _counted(visits: pd.DataFrame, named: pd.DataFrame, stores: pd.DataFrame) -> dict[str, Any]:
    regions = int(named["region"].nunique())
    away = named["region"] != named["shopper_id"].map(_homes(named))
    return {
        "visits": len(visits),
        "unnamed": len(visits) - len(named),
        "stores": visits["store_id"].nunique(),
        "shoppers": named["shopper_id"].nunique(),
        "regions": regions,
        "store_visits": stores["visits"].median(),
        "store_shoppers": stores["shoppers"].median(),
        "crossed_share": float(away.mean()) if regions > 1 else None,
    }


def _homes(named: pd.DataFrame) -> pd.Series:
    """The region that each shopper visits most (of equals the first by name)."""
    counts = named.groupby(["shopper_id", "region"]).size().reset_index(name="n")
    most = counts.sort_values(["n", "region"], ascending=[False, True]).drop_duplicates("shopper_id")
    return most.set_index("shopper_id")["region"]


def _variances(effects: RandomEffects | NotEstimable, model: dict[str, Any]) -> dict[str, Any]:
    names = ("mean", "mean_se", "variance_store", "variance_shopper", "variance_rest", "reliability")
    if isinstance(effects, NotEstimable):
        return dict.fromkeys(names)
    store, shopper, rest = effects.variance_unit, effects.variance_rater, effects.variance_rest
    noise = rest / model["store_visits"] + shopper / model["store_shoppers"]
    reliability = store / (store + noise) if store + noise > 0 else None
    return dict(zip(names, (effects.mean, effects.mean_se, store, shopper, rest, reliability), strict=True))


def _shoppers(named: pd.DataFrame, scored: pd.DataFrame, effects: RandomEffects | NotEstimable) -> pd.DataFrame:
    """One row per shopper: columns of shopper_effects but period and days."""
    told = named.assign(
        home_region=named["shopper_id"].map(_homes(named)),
        na=named["n_na"] / named["n_items"].where(named["n_items"] > 0),
        straight=named["is_straight"].astype("Float64"),
    )
    by = told.assign(is_away=told["region"] != told["home_region"]).groupby("shopper_id")
    frame = by.agg(
        visits=("store_id", "size"),
        stores=("store_id", "nunique"),
        regions=("region", "nunique"),
        home_region=("home_region", "first"),
        items=("n_items", "sum"),
        not_applicable=("n_na", "sum"),
        na_se=("na", "sem"),
        straight_rate=("straight", "mean"),
        straight_visits=("straight", "count"),
        away_share=("is_away", "mean"),
    )
    own = scored.groupby("shopper_id")
    frame = frame.assign(
        na_rate=frame["not_applicable"] / frame["items"].where(frame["items"] > 0),
        away_share=frame["away_share"] if named["region"].nunique() > 1 else np.nan,
        score=own["score"].mean(),
        component=own["component"].min(),
    ).drop(columns=["items", "not_applicable"])
    return frame.join(_severity_frame(effects)).reset_index()


def _severity_frame(effects: RandomEffects | NotEstimable) -> pd.DataFrame:
    """severity, severity_se, low, high by shopper; without error where shoppers do not differ at all."""
    columns = ["severity", "severity_se", "low", "high"]
    if isinstance(effects, NotEstimable):
        return pd.DataFrame(columns=columns, dtype=float)
    se = np.where(effects.variance_rater > 0, effects.rater_se, np.nan)
    half = z_quantile() * se
    values = np.column_stack([effects.rater, se, effects.rater - half, effects.rater + half])
    return pd.DataFrame(values, columns=columns, index=pd.Index(effects.raters, name="shopper_id", dtype=object))


def _stores(named: pd.DataFrame, scored: pd.DataFrame, effects: RandomEffects | NotEstimable) -> pd.DataFrame:
    """One row per store: columns of store_adjusted but period."""
    by = named.groupby("store_id")
    repeats = named["shopper_id"] == by["shopper_id"].shift()
    own = scored.groupby("store_id")
    frame = pd.DataFrame(
        {
            "visits": by.size(),
            "shoppers": by["shopper_id"].nunique(),
            "component": own["component"].min(),
            "raw": own["score"].mean(),
            "repeats": repeats.groupby(named["store_id"]).sum(),
            "last_shopper": by["shopper_id"].last(),
        }
    )
    return frame.join(_adjusted(scored, effects)).reset_index(names="store_id")


def _adjusted(scored: pd.DataFrame, effects: RandomEffects | NotEstimable) -> pd.DataFrame:
    """adjusted, se, estimate, estimate_se by store.

    The error of the adjusted mean adds what a visit's own noise and the shoppers' unknown severities leave:
    sqrt(rest / n + sum of (share of visits x error of severity)^2).
    """
    columns = ["adjusted", "se", "estimate", "estimate_se"]
    if isinstance(effects, NotEstimable):
        return pd.DataFrame(columns=columns, dtype=float)
    severity = dict(zip(effects.raters, effects.rater, strict=True))
    error = dict(zip(effects.raters, effects.rater_se, strict=True))
    pairs = scored.groupby(["store_id", "shopper_id"])["score"].agg(["size", "sum"]).reset_index()
    size = pairs.groupby("store_id")["size"].transform("sum")
    shopper = pairs["shopper_id"]
    pairs = pairs.assign(
        adjusted=(pairs["sum"] - pairs["size"] * shopper.map(severity)) / size,
        variance=(pairs["size"] / size * shopper.map(error)) ** 2 + effects.variance_rest * pairs["size"] / size**2,
    )
    found = pairs.groupby("store_id")[["adjusted", "variance"]].sum()
    estimate = pd.DataFrame(
        {"estimate": effects.mean + effects.unit, "estimate_se": effects.unit_se},
        index=pd.Index(effects.units, dtype=object),
    )
    return found.assign(se=found["variance"] ** 0.5).drop(columns="variance").join(estimate)[columns]


def agreement(marks: pd.DataFrame) -> pd.DataFrame:
    """One row per period and kind of item: how well the shoppers of one occasion agree.

    ``marks``: period, item_kind, occasion, item_key, observer (from 1), mark.
    """
    columns = ["period", "item_kind", "visits", "n", "alpha", "same"]
    rows = [_agreed(part) for _key, part in marks.groupby(["period", "item_kind"])]
    return pd.DataFrame([row for row in rows if row], columns=columns)


def _agreed(marks: pd.DataFrame) -> tuple[Any, ...] | None:
    period, kind = marks["period"].iloc[0], marks["item_kind"].iloc[0]
    table = marks.pivot_table(index="observer", columns=["occasion", "item_key"], values="mark")
    table = table.loc[:, table.notna().sum() > 1]
    if table.empty:
        return None
    near = SAME_SCORE if kind == "score" else 0.0
    same = (table.max() - table.min()) <= near + 1e-9
    alpha = krippendorff_alpha(table.to_numpy(), "interval" if kind in {"score", "graded"} else "nominal")
    occasions = table.columns.get_level_values("occasion").nunique()
    value = None if isinstance(alpha, NotEstimable) else alpha
    return period, kind, occasions, table.shape[1], value, float(same.mean())


__all__ = ["VALUES", "ShopperEstimates", "agreement", "estimates", "publish_estimates", "severities"]
