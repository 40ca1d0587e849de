"""Mystery visits: who visits which store when, and what the checklist says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sq.demo.chain import MOVES_TO, MOVING, SHOPPERS, Chain, quarter
from sq.demo.drawing import chosen, draws, kept, picked, words
from sq.demo.lists import listed, texts
from sq.demo.planting import (
    REPEATED_VETO_ITEM,
    REPEATED_VETO_RATE,
    TOUCHPOINT_SD,
    TRAINED_POINTS,
    VISIT_SD,
    WEAK_POINTS,
    Planting,
    item_list,
    regions,
    shopper_homes,
    shopper_ids,
)

CROSSED = 0.30  # share of visits outside the shopper's home region
PRE_SALES, AFTER_SALES = "售前暗访", "售后暗访"
STATUSES = (("通过", 0.955), ("申诉中", 0.022), ("草稿", 0.008), ("作废", 0.015))
COUNTED = ("通过", "申诉中")
NOT_ASKED, NOT_APPLICABLE = np.int8(-1), np.int8(-2)  # an empty cell; 不适用
TRUNCATE = 2.0  # noise is cut at this many standard deviations, so that shares stay inside 0-1
COMMENTED, WEAK_SHARE = 0.35, 0.45  # share of visits with a comment; below it the weakest touchpoint is told


@dataclass
class Answers:
    """The visits of one quarter: a frame of headers and a matrix of values (visits x items)."""

    quarter: str
    headers: pd.DataFrame
    items: pd.DataFrame
    values: npt.NDArray[np.int8]


@dataclass
class TrueMeans:
    """Sums of expected scores over the counted visits of own stores, by region (as then) and touchpoint."""

    sums: pd.DataFrame | None = None

    def add(self, headers: pd.DataFrame, scores: pd.DataFrame) -> None:
        """Add visits: expected score by touchpoint, empty where not applicable."""
        counted = (headers["brand"] == "") & headers["status"].isin(COUNTED)
        groups = scores[counted].groupby(headers.loc[counted, "region"])
        part = pd.concat({"sum": groups.sum(), "n": groups.count()}, axis=1)
        self.sums = part if self.sums is None else self.sums.add(part, fill_value=0)

    def told(self) -> dict[str, Any]:
        """Expected means by touchpoint, and by region and touchpoint."""
        if self.sums is None:
            return {}
        chain = self.sums.sum()
        by_region = (self.sums["sum"] / self.sums["n"]).round(3)
        return {
            "touchpoints": (chain["sum"] / chain["n"]).round(3).to_dict(),
            "region_touchpoints": {str(r): row.dropna().to_dict() for r, row in by_region.iterrows()},
        }


def visit_plan(chain: Chain) -> pd.DataFrame:
    """One row per visit: store and month (numbers), date, region as then, brand, stream, shopper, status; by date."""
    rng = draws(chain.seed, "plan")
    rows = _slots(chain)
    width = 26 / np.where(rows["brand"] == "", chain.visits, 1)  # days between two visits of a month
    first, following = np.floor(rows["turn"] * width), np.floor((rows["turn"] + 1) * width)
    day = np.floor(first + rng.random(len(rows)) * (following - first))
    starts = np.array(chain.months, dtype="datetime64[us]")[rows["month"]]
    rows["date"] = starts + day.to_numpy().astype(int).astype("timedelta64[D]")
    rows["region"] = regions_then(chain, rows["store"].to_numpy(), rows["date"])
    rank = chain.stores["rank"].to_numpy()[rows["store"]]
    rows["stream"] = np.where((rows["month"] + rank + rows["turn"]) % 3 == 0, AFTER_SALES, PRE_SALES)
    rows["shopper"] = _rota(chain, rows, rng)
    rows["status"] = words(n for n, _s in STATUSES)[chosen(rng, [s for _n, s in STATUSES], len(rows))]
    return rows.sort_values(["month", "date", "store"], kind="stable").reset_index(drop=True)


def _slots(chain: Chain) -> pd.DataFrame:
    """Store x month x visit while the store is open, in the order of time within a store."""
    parts = []
    for brand_rows, visits in ((chain.own, chain.visits), (chain.stores[chain.stores["brand"] != ""], 1)):
        grid = np.indices((len(brand_rows), len(chain.months), visits)).reshape(3, -1)
        store = brand_rows.index.to_numpy()[grid[0]]
        parts.append(pd.DataFrame({"store": store, "month": grid[1], "turn": grid[2]}))
    rows = pd.concat(parts, ignore_index=True)
    rows["brand"] = chain.stores["brand"].to_numpy()[rows["store"]]
    return rows[is_open(chain, rows["store"].to_numpy(), rows["month"].to_numpy())].reset_index(drop=True)


def is_open(chain: Chain, store: npt.NDArray[Any], month: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Whether the stores are open in the months (all numbers)."""
    starts = np.array(chain.months, dtype="datetime64[us]")[month]
    opened = chain.stores["opened_on"].to_numpy()[store]
    closed = chain.stores["closed_on"].to_numpy()[store]
    return np.asarray((opened <= starts) & ~(closed < starts))


def regions_then(chain: Chain, store: npt.NDArray[Any], dates: pd.Series) -> npt.NDArray[Any]:
    """The region of each store on each day."""
    region = chain.stores["region"].to_numpy(dtype=object)[store]
    moving = chain.store_at(MOVING)
    moved = (store == (-1 if moving is None else moving)) & (dates >= pd.Timestamp(chain.moved_on)).to_numpy()
    return np.where(moved, MOVES_TO, region)


def _rota(chain: Chain, rows: pd.DataFrame, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Shopper numbers: most from the store's home region, never the same twice running at home."""
    home = pd.Series(chain.stores["region"].to_numpy()[rows["store"]]).map({r: n for n, r in enumerate(regions())})
    homes, result = shopper_homes(), np.zeros(len(rows), dtype=np.int64)
    is_crossed = rng.random(len(rows)) < CROSSED
    first = rng.integers(0, SHOPPERS, len(chain.stores))[rows["store"]]
    step = rng.integers(1, 6, len(rows))  # fewer than the shoppers of any region: a step never comes full circle
    walked = pd.Series(step).groupby(rows["store"].to_numpy()).cumsum().to_numpy() + first
    for number in range(len(regions())):
        inside, outside = np.flatnonzero(homes == number), np.flatnonzero(homes != number)
        here = (home == number).to_numpy()
        result[here & ~is_crossed] = inside[walked[here & ~is_crossed] % len(inside)]
        result[here & is_crossed] = outside[walked[here & is_crossed] % len(outside)]
    return result


def quarters_of_answers(planting: Planting, truth: TrueMeans) -> Iterator[Answers]:
    """The visits quarter by quarter, so that memory stays bounded; adds what is true to ``truth``."""
    chain, plan = planting.chain, visit_plan(planting.chain)
    names = np.array([quarter(m) for m in chain.months])[plan["month"]]
    for part, name in enumerate(dict.fromkeys(quarter(m) for m in chain.months)):
        headers = plan[names == name].reset_index(drop=True)
        rng = draws(chain.seed, "answers", part)
        items = _items_at(chain, headers["date"].min())
        rates = _expected_shares(planting, headers, items, rng)
        values = _drawn(rates, items, rng)
        asked = _is_asked(headers, items)
        truth.add(headers, _touchpoint_scores(rates, asked, items))
        values[~asked] = NOT_ASKED
        values[asked & (rng.random(values.shape, dtype=np.float32) < items["na_rate"].to_numpy(np.float32))] = (
            NOT_APPLICABLE
        )
        yield Answers(name, _with_words(headers, values, items, chain, rng), items, values)


def _items_at(chain: Chain, day: pd.Timestamp) -> pd.DataFrame:
    items = item_list()
    changed = chain.changed_on is not None and day >= pd.Timestamp(chain.changed_on)
    return items[items["span"] != ("old" if changed else "new")].reset_index(drop=True)


def _expected_shares(
    planting: Planting, rows: pd.DataFrame, items: pd.DataFrame, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Expected share 0-1 by visit and item, the visit's own noise included."""
    points = planting.place_points(rows, WEAK_POINTS, TRAINED_POINTS, 1.0)
    points += _cut_normal(rng, points.shape, TOUCHPOINT_SD)
    common = _cut_normal(rng, (len(rows),), VISIT_SD)
    common += planting.severities[rows["shopper"]].astype(np.float32)
    common += planting.delivered(rows["store"].to_numpy(), rows["month"].to_numpy()).astype(np.float32)
    common += planting.season[rows["date"].dt.month.to_numpy() - 1].astype(np.float32)
    points += common[:, None]
    rates = points[:, items["touchpoint"].to_numpy()]
    veto = items["is_veto"].to_numpy() == 1
    rates[:, veto] = 0
    rates /= 100
    rates += planting.pass_rates(items).astype(np.float32)
    repeated = np.flatnonzero(rows["store"].to_numpy() == planting.repeated_veto_store)
    rates[repeated, list(items["item_id"]).index(REPEATED_VETO_ITEM)] = 1 - REPEATED_VETO_RATE
    return np.clip(rates, 0, 1, out=rates)


def _cut_normal(rng: np.random.Generator, shape: tuple[int, ...], sd: float) -> npt.NDArray[np.float32]:
    return np.clip(rng.standard_normal(shape, dtype=np.float32), -TRUNCATE, TRUNCATE) * np.float32(sd)


def _drawn(rates: npt.NDArray[np.float32], items: pd.DataFrame, rng: np.random.Generator) -> npt.NDArray[np.int8]:
    """Values: scale_min + Binomial(scale range, share), so the mean share is exactly the expected one."""
    low = items["scale_min"].to_numpy(np.int8)
    steps = items["scale_max"].to_numpy(np.int8) - low
    values = np.zeros(rates.shape, dtype=np.int8)
    for step in range(steps.max()):
        columns = np.flatnonzero(steps > step)
        values[:, columns] += rng.random((len(rates), len(columns)), dtype=np.float32) < rates[:, columns]
    values += low
    return values


def _is_asked(rows: pd.DataFrame, items: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether the stream asks the item: repairs in after-sales visits, advice and purchase in pre-sales visits."""
    streams = listed("touchpoints")["streams"].to_numpy()[items["touchpoint"]]
    is_after = (rows["stream"] == AFTER_SALES).to_numpy()[:, None]
    return np.asarray(
        (streams == "both") | (is_after & (streams == "after-sales")) | (~is_after & (streams == "pre-sales"))
    )


def _touchpoint_scores(
    shares: npt.NDArray[np.float32], counts: npt.NDArray[np.bool_], items: pd.DataFrame
) -> pd.DataFrame:
    """Score 0-100 by visit and touchpoint: sum(weight x share) / sum(weight); empty where nothing applies."""
    ids = list(listed("touchpoints")["touchpoint_id"])
    weights = np.zeros((len(items), len(ids)), dtype=np.float32)
    weights[np.arange(len(items)), items["touchpoint"]] = items["weight"]
    most = counts.astype(np.float32) @ weights
    points = (shares * counts) @ weights
    with np.errstate(invalid="ignore"):
        return pd.DataFrame(points / most * 100, columns=ids)


def _with_words(
    rows: pd.DataFrame, values: npt.NDArray[np.int8], items: pd.DataFrame, chain: Chain, rng: np.random.Generator
) -> pd.DataFrame:
    """Headers in the words of the record, with comments on the weakest touchpoint."""
    stores = chain.stores["store_id"].to_numpy(dtype=object)[rows["store"]]
    months = rows["date"].dt.strftime("%Y%m").to_numpy(dtype=object)
    numbers = np.array([f"-{n:02d}" for n in range(1, chain.visits + 1)], dtype=object)[rows["turn"]]
    ids = "V" + months + "-" + stores + numbers
    frame = pd.DataFrame({"visit_id": ids, "store_id": stores, "visited_on": rows["date"]})
    frame["wave_id"] = np.array([quarter(m) for m in chain.months], dtype=object)[rows["month"]]
    frame["stream"] = rows["stream"]
    frame["shopper_id"] = np.array(shopper_ids(), dtype=object)[rows["shopper"]]
    frame["status"] = rows["status"]
    frame["evidence_url"] = "https://evidence.example.com/" + pd.Series(ids) + ".mp3"
    frame["comment"] = _comments(values, items, rng)
    return frame


def _comments(values: npt.NDArray[np.int8], items: pd.DataFrame, rng: np.random.Generator) -> npt.NDArray[Any]:
    low, high = items["scale_min"].to_numpy(np.float32), items["scale_max"].to_numpy(np.float32)
    applies = values >= 0
    scores = _touchpoint_scores((values - low) / (high - low) * applies, applies, items).fillna(100).to_numpy()
    bad = words(texts("visit_bad")["text_zh"])[scores.argmin(axis=1)]
    good = picked(words(texts("visit_good")["text_zh"]), rng.random(len(values)))
    told = np.where(scores.min(axis=1) < WEAK_SHARE * 100, bad, good)
    return kept(told, rng.random(len(values)) < COMMENTED)


def sheet(answers: Answers) -> pd.DataFrame:
    """The quarter as a wide sheet: headers, then one column per item (id and text); not applicable is said in words."""
    told = answers.values.astype(object)
    told[answers.values == NOT_ASKED] = None
    told[answers.values == NOT_APPLICABLE] = "不适用"
    columns = pd.DataFrame(told, columns=list(answers.items["item_id"] + " " + answers.items["text_zh"]), dtype=object)
    return pd.concat([answers.headers, columns], axis=1)


def table(answers: Answers) -> pd.DataFrame:
    """The quarter as a wide table of numbers: not applicable is missing."""
    masked = {
        item: pd.arrays.IntegerArray(answers.values[:, n].copy(), answers.values[:, n] < 0)
        for n, item in enumerate(answers.items["item_id"])
    }
    return pd.concat([answers.headers, pd.DataFrame(masked)], axis=1)
