"""What is planted, how large and where; and the truth file that says so.

Sizes are in points of the 0-100 scale. An answer's expected share is its item's mean plus the points that apply, so
effects add up exactly (veto items fail at their own rate and take no points).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sq.demo import links
from sq.demo.chain import CLOSING, DECLINING, MOVES_TO, MOVING, OPENING, REPEATED_VETO, SHOPPERS, Chain, half_year
from sq.demo.drawing import draws
from sq.demo.lists import listed

TRUTH_FILE = "truth.json"
Points = npt.NDArray[np.float32]

WEAK_REGION, WEAK_POINTS, WEAK_CUSTOMER_POINTS, WEAK_COMPLAINT_FACTOR = "西南", -12.0, -6.0, 1.6
AFTER_SALES = ("T18", "T19", "T20")
TRAINED_TOUCHPOINT, TRAINED_POINTS, TRAINED_CUSTOMER_POINTS = "T08", 10.0, 6.0
COURSE, PLACEBO_COURSE, PLACEBO_TOUCHPOINTS = "需求挖掘与顾问式销售", "服务礼仪", ("T05", "T06")
DECLINE_A_MONTH, DECLINE_LIMIT = -1.0, -15.0
DECLINE_CUSTOMER_SHARE, DECLINE_COMPLAINTS_A_MONTH = 0.6, 0.08
SEVERITY_SD = 2.5
VETO_RATE, REPEATED_VETO_RATE, REPEATED_VETO_ITEM = 0.008, 0.45, "M1305"
SEASON = (-1.5, -2.0, 0.0, 0.5, 0.8, 0.2, 0.5, 0.7, -0.6, -0.3, 0.5, 1.2)  # January to December, sum 0
SEASON_VOLUME = (1.20, 0.85, 0.90, 0.95, 1.05, 1.00, 0.95, 0.95, 1.10, 1.05, 1.05, 0.95)  # mean 1
WEAK_DEPARTMENT, WEAK_DEPARTMENT_POINTS, WEAK_DEPARTMENT_PROBLEMS = "IT", -15.0, 2.0
LOW_REGION, LOW_REGION_POINTS = "东北", -8.0  # of employees; not passed on to visits and customers
DROPPED_DIMENSION, DROPPED_POINTS = "career", -10.0  # in the last wave
MISTAKEN_ELEMENT, MISTAKEN_TOUCHPOINT, MISTAKEN_POINTS = "repair_time", "T19", -25.0
WEAK_AREA, WEAK_AREA_POINTS = "knowledge", -18.0
VISIT_SD, TOUCHPOINT_SD = 3.0, 3.0  # noise shared by a visit's items, and by those of one touchpoint


@dataclass(frozen=True)
class Planting:
    """The planted effects of one chain; all of them zero where nothing is planted."""

    chain: Chain
    planted: bool

    @property
    def strength(self) -> float:
        """1 where effects are planted, else 0."""
        return 1.0 if self.planted else 0.0

    @property
    def severities(self) -> npt.NDArray[np.float64]:
        """Points by shopper number; their mean is 0 among the shoppers of each home region."""
        points = draws(self.chain.seed, "severity").normal(0, SEVERITY_SD, SHOPPERS)
        homes = shopper_homes()
        means = np.bincount(homes, points) / np.bincount(homes)
        return np.asarray((points - means[homes]).round(2) * self.strength)

    @property
    def season(self) -> npt.NDArray[np.float64]:
        """Points by calendar month, January first."""
        return np.array(SEASON) * self.strength

    @property
    def season_volume(self) -> npt.NDArray[np.float64]:
        """Factor of the number of customers by calendar month."""
        return np.array(SEASON_VOLUME) if self.planted else np.ones(12)

    @property
    def driver_weights(self) -> dict[str, float]:
        """Points of overall satisfaction per point of each dimension."""
        rows = listed("dimensions")
        return {d: float(w) * self.strength for d, w in zip(rows["dimension_id"], rows["driver_weight"], strict=True)}

    @cached_property
    def links(self) -> links.Links:
        """Points of stores from internal service to perceived service."""
        return links.linked(self.chain, self.strength)

    def delivered(self, store: npt.NDArray[np.int64], month: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Points of delivered service that follow from the employees."""
        return np.asarray(self.links.delivered[store, self.chain.periods[month]])

    def perceived(self, store: npt.NDArray[np.int64], month: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Points of perceived service that follow from the delivered."""
        return np.asarray(self.links.perceived[store, self.chain.periods[month]])

    def decline(self, store: npt.NDArray[np.int64], month: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Points that the declining store has lost by a month."""
        steps = np.maximum(month - self.chain.declines_from + 1, 0)
        lost = np.maximum(DECLINE_A_MONTH * steps, DECLINE_LIMIT) * self.strength
        return np.where(store == _number(self.chain.store_at(DECLINING)), lost, 0.0)

    def place_points(self, rows: pd.DataFrame, weak: float, trained: float, decline: float) -> Points:
        """Points by row and touchpoint from region, training and decline.

        Args:
            rows: store (row number), month (number), region (as then) and date.
            weak, trained: points of the weak region's after-sales touchpoints and of the trained touchpoint.
            decline: share of the decline that applies.
        """
        touchpoints = list(listed("touchpoints")["touchpoint_id"])
        store, month = rows["store"].to_numpy(), rows["month"].to_numpy()
        points = np.repeat((self.decline(store, month) * decline)[:, None], len(touchpoints), axis=1)
        own = (self.chain.stores["brand"] == "").to_numpy()[store]
        in_weak = own & (rows["region"] == WEAK_REGION).to_numpy()
        trained_on = self.chain.stores["trained_on"].to_numpy()[store]
        is_after = rows["date"].to_numpy() > trained_on  # never where not trained
        for touchpoint in AFTER_SALES:
            points[:, touchpoints.index(touchpoint)] += in_weak * weak * self.strength
        points[:, touchpoints.index(TRAINED_TOUCHPOINT)] += is_after * trained * self.strength
        return points.astype(np.float32)

    def pass_rates(self, items: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Expected share 0-1 by item before any points."""
        veto = items["is_veto"].to_numpy() == 1
        return np.where(veto, 1.0 - VETO_RATE * self.strength, items["mean"].to_numpy() / 100)

    @property
    def repeated_veto_store(self) -> int:
        """The row of the store that keeps failing one veto item; -1 = none."""
        return _number(self.chain.store_at(REPEATED_VETO)) if self.planted else -1


def _number(row: int | None) -> int:
    return -1 if row is None else row


def shopper_homes() -> npt.NDArray[np.int64]:
    """The home region's number by shopper number."""
    return np.arange(SHOPPERS) % len(regions())


def shopper_ids() -> list[str]:
    """Codes of the shoppers."""
    return [f"W{n:02d}" for n in range(1, SHOPPERS + 1)]


def regions() -> list[str]:
    """The regions in their usual order."""
    return list(dict.fromkeys(listed("cities")["region"]))


def item_list() -> pd.DataFrame:
    """The checklist with the number of each item's touchpoint."""
    items = listed("items")
    order = {t: n for n, t in enumerate(listed("touchpoints")["touchpoint_id"])}
    return items.assign(touchpoint=items["touchpoint_id"].map(order))


def touchpoint_means(planting: Planting) -> dict[str, float]:
    """Expected score by touchpoint where no place, training, shopper or season adds anything."""
    items = item_list()
    items = items.assign(points=planting.pass_rates(items) * items["weight"] * 100)[items["span"] != "new"]
    sums = items.groupby("touchpoint_id")[["points", "weight"]].sum()
    return {str(t): round(float(r["points"] / r["weight"]), 3) for t, r in sums.iterrows()}


def _touched(touchpoints: tuple[str, ...], points: float) -> dict[str, Any]:
    """An effect's items and its size per touchpoint: veto items take no points but keep their weight."""
    items = listed("items")
    inside = items[items["touchpoint_id"].isin(touchpoints) & (items["span"] != "new")]
    moving = inside[inside["is_veto"] == 0].groupby("touchpoint_id")["weight"].sum()
    size = (moving / inside.groupby("touchpoint_id")["weight"].sum() * points).round(3)
    every = items[items["touchpoint_id"].isin(touchpoints) & (items["is_veto"] == 0)]
    return {
        "touchpoint_ids": list(touchpoints),
        "item_ids": list(every["item_id"]),
        "points_per_item": points,
        "points_per_touchpoint": {str(t): float(v) for t, v in size.items()},
    }


def _customer_items(touchpoints: tuple[str, ...]) -> list[str]:
    items = listed("questions")
    moved = items["touchpoint_id"].isin(touchpoints) & items["role"].isin(["score", "perception"])
    return list(items.loc[moved, "item_id"])


def _named(chain: Chain, row: int | None) -> str | None:
    return None if row is None else str(chain.stores.at[row, "store_id"])


def effects(planting: Planting) -> list[dict[str, Any]]:
    """The planted effects, one entry each; none where nothing is planted."""
    chain = planting.chain
    if not planting.planted:
        return []
    everywhere = tuple(listed("touchpoints")["touchpoint_id"])
    weak = _touched(AFTER_SALES, WEAK_POINTS) | {
        "id": "weak_region",
        "level": "region",
        "place": WEAK_REGION,
        "from": chain.months[0].isoformat(),
        "customer": {"item_ids": _customer_items(AFTER_SALES), "points": WEAK_CUSTOMER_POINTS},
        "complaints": {"touchpoint_ids": list(AFTER_SALES), "factor": WEAK_COMPLAINT_FACTOR},
    }
    return [
        weak,
        _training(chain),
        _placebo(),
        _decline(chain, everywhere),
        _severity(planting),
        _veto(chain),
        _season(),
        links.effect(),
        *(_staff(planting) if chain.survey_months else []),
    ]


def _staff(planting: Planting) -> list[dict[str, Any]]:
    """What is planted in the surveys of employees and in the audits."""
    return [
        {"id": "weak_department", "level": "department", "place": WEAK_DEPARTMENT, "points": WEAK_DEPARTMENT_POINTS},
        {"id": "low_region", "level": "region", "place": LOW_REGION, "points": LOW_REGION_POINTS, "passed_on": False},
        {
            "id": "dropped_dimension",
            "dimension_id": DROPPED_DIMENSION,
            "points": DROPPED_POINTS,
            "wave": half_year(planting.chain.months[-1]),
        },
        {
            "id": "mistaken_managers",
            "element_id": MISTAKEN_ELEMENT,
            "touchpoint_id": MISTAKEN_TOUCHPOINT,
            "points": MISTAKEN_POINTS,
            "applies": "managers' belief of customers' importance",
        },
        {"id": "weak_area", "dimension_id": WEAK_AREA, "points": WEAK_AREA_POINTS},
    ]


def _training(chain: Chain) -> dict[str, Any]:
    own = chain.own[chain.own["trained_on"].notna()]
    return _touched((TRAINED_TOUCHPOINT,), TRAINED_POINTS) | {
        "id": "training",
        "level": "store",
        "course": COURSE,
        "trained_on": {s: d.date().isoformat() for s, d in zip(own["store_id"], own["trained_on"], strict=True)},
        "applies": "visits and answers after the day of training",
        "customer": {"item_ids": _customer_items((TRAINED_TOUCHPOINT,)), "points": TRAINED_CUSTOMER_POINTS},
    }


def _placebo() -> dict[str, Any]:
    return {
        "id": "training_without_effect",
        "course": PLACEBO_COURSE,
        "touchpoint_ids": list(PLACEBO_TOUCHPOINTS),
        "points_per_item": 0.0,
    }


def _decline(chain: Chain, touchpoints: tuple[str, ...]) -> dict[str, Any]:
    own = _touched(touchpoints, DECLINE_A_MONTH)
    return {
        "id": "declining_store",
        "level": "store",
        "place": _named(chain, chain.store_at(DECLINING)),
        "from": chain.months[chain.declines_from].isoformat(),
        "points_per_month": DECLINE_A_MONTH,
        "limit": DECLINE_LIMIT,
        "touchpoint_ids": own["touchpoint_ids"],
        "points_per_touchpoint_and_month": own["points_per_touchpoint"],
        "customer": {"points_per_month": DECLINE_A_MONTH * DECLINE_CUSTOMER_SHARE, "roles": ["score", "perception"]},
        "complaints": {"factor_added_per_month": DECLINE_COMPLAINTS_A_MONTH},
    }


def _severity(planting: Planting) -> dict[str, Any]:
    points = dict(zip(shopper_ids(), planting.severities.tolist(), strict=True))
    homes = dict(zip(shopper_ids(), [regions()[n] for n in shopper_homes()], strict=True))
    return {"id": "shopper_severity", "sd": SEVERITY_SD, "points_per_item": points, "home_region": homes}


def _veto(chain: Chain) -> dict[str, Any]:
    items = listed("items")
    return {
        "id": "veto_failures",
        "item_ids": list(items.loc[items["is_veto"] == 1, "item_id"]),
        "rate_per_item": VETO_RATE,
        "repeated": {
            "place": _named(chain, chain.store_at(REPEATED_VETO)),
            "item_id": REPEATED_VETO_ITEM,
            "rate": REPEATED_VETO_RATE,
        },
    }


def _season() -> dict[str, Any]:
    return {
        "id": "seasonality",
        "points_per_item_by_calendar_month": dict(zip(map(str, range(1, 13)), SEASON, strict=True)),
        "customers_factor_by_calendar_month": dict(zip(map(str, range(1, 13)), SEASON_VOLUME, strict=True)),
    }


def events(chain: Chain) -> dict[str, Any]:
    """What happened to the chain, planted or not: it moves no score."""
    opening, closing, changed = chain.store_at(OPENING), chain.store_at(CLOSING), chain.changed_on
    items = listed("items")
    return {
        "moved": {
            "place": _named(chain, chain.store_at(MOVING)),
            "from": MOVING[0],
            "to": MOVES_TO,
            "on": chain.moved_on.isoformat(),
        },
        "opened": {"place": _named(chain, opening), "on": _day(chain, opening, "opened_on")},
        "closed": {"place": _named(chain, closing), "on": _day(chain, closing, "closed_on")},
        "checklist_change": {
            "on": None if changed is None else changed.isoformat(),
            "retired": list(items.loc[items["span"] == "old", "item_id"]),
            "added": list(items.loc[items["span"] == "new", "item_id"]),
        },
    }


def _day(chain: Chain, row: int | None, column: str) -> str | None:
    return None if row is None else pd.Timestamp(chain.stores[column].iloc[row]).date().isoformat()
