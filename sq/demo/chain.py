"""The chain itself: months, stores, who moved, opened, closed and was trained. The same with and without effects."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from sq.demo.drawing import draws
from sq.demo.lists import listed

BRANDS = ("星联通讯", "瑞达手机")
STORES_PER_BRAND = 20
SHOPPERS = 40
FORMATS = ("旗舰店", "标准店", "社区店", "标准店", "社区店")  # repeated within a city
STAFF = {"旗舰店": (12, 25), "标准店": (9, 16), "社区店": (8, 11)}
VISITORS = {"旗舰店": 4500.0, "标准店": 2500.0, "社区店": 1300.0}  # customers a month
# what happens to whom: (region, rank among its stores); -1 = its last store
DECLINING, REPEATED_VETO, MOVING, OPENING, CLOSING = ("华东", 0), ("华南", 0), ("华东", 1), ("华北", -1), ("东北", -1)
MOVES_TO = "华中"
MONTHS_BETWEEN_SURVEYS = 6


@dataclass(frozen=True)
class Chain:
    """Who exists when.

    Attributes:
        seed: seed of every random number.
        months: first days of the months.
        stores: one row per store, own stores first; ``rank`` counts stores within region and brand.
        visits: visits per own store and month.
        customers: customer responses in total.
        waves: surveys of employees at most; a shorter chain has fewer.
    """

    seed: int
    months: tuple[dt.date, ...]
    stores: pd.DataFrame
    visits: int
    customers: int
    waves: int

    @property
    def own(self) -> pd.DataFrame:
        """The chain's own stores."""
        return self.stores[self.stores["brand"] == ""]

    @property
    def last_day(self) -> dt.date:
        """The last day with data."""
        return month_end(self.months[-1])

    def month_at(self, share: float) -> int:
        """The number of the month after this share of the time."""
        return min(int(len(self.months) * share), len(self.months) - 1)

    def store_at(self, place: tuple[str, int]) -> int | None:
        """The row of the own store with this rank in its region; None where the region is too small."""
        own = self.own
        rows = own.index[own["region"] == place[0]]
        wanted = place[1] if place[1] >= 0 else len(rows) + place[1]
        return int(rows[wanted]) if len(rows) > max(wanted, 1) else None

    @property
    def survey_months(self) -> tuple[int, ...]:
        """The numbers of the months in which employees are asked: every sixth up to the last one."""
        count = min(self.waves, max(1, len(self.months) // MONTHS_BETWEEN_SURVEYS))
        return tuple(len(self.months) - 1 - MONTHS_BETWEEN_SURVEYS * n for n in reversed(range(count)))

    @property
    def periods(self) -> npt.NDArray[np.int64]:
        """By month, how many survey months lie before it."""
        return np.searchsorted(self.survey_months, np.arange(len(self.months)))

    @property
    def changed_on(self) -> dt.date | None:
        """The quarter start nearest the middle, when the checklist changes; None in a short time."""
        starts = [m for m in self.months[1:] if m.month % 3 == 1]
        middle = self.months[len(self.months) // 2]
        return min(starts, key=lambda m: abs((m - middle).days)) if starts else None

    @property
    def moved_on(self) -> dt.date:
        """The day on which the moving store changes its region."""
        return self.months[self.month_at(0.6)]

    @property
    def declines_from(self) -> int:
        """The number of the first month of the decline."""
        return self.month_at(0.5)


def month_end(first: dt.date) -> dt.date:
    """The last day of the month."""
    return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def half_year(first: dt.date) -> str:
    """``2026H2``: the survey of employees of that half-year."""
    return f"{first.year}H{(first.month + 5) // 6}"


def quarter(first: dt.date) -> str:
    """``2026Q3``."""
    return f"{first.year}Q{(first.month + 2) // 3}"


def months_until(end: dt.date, count: int) -> tuple[dt.date, ...]:
    """The first days of ``count`` months, the last of them that of ``end``."""
    last = end.year * 12 + end.month - 1
    return tuple(dt.date(n // 12, n % 12 + 1, 1) for n in range(last - count + 1, last + 1))


def last_complete_month(today: dt.date) -> dt.date:
    """A day in the month before today's."""
    return today.replace(day=1) - dt.timedelta(days=1)


def found(seed: int, months: tuple[dt.date, ...], own: int, visits: int, customers: int, waves: int) -> Chain:
    """Found a chain with its competitors."""
    rivals = min(STORES_PER_BRAND, max(1, own // 6))
    groups = [_brand_stores("", own, "S")]
    groups += [_brand_stores(brand, rivals, f"C{n}") for n, brand in enumerate(BRANDS, 1)]
    stores = pd.concat(groups, ignore_index=True)
    stores = _with_particulars(stores, draws(seed, "stores"), months[0])
    chain = Chain(seed, months, stores, visits, customers, waves)
    return replace(chain, stores=_with_dates(chain))


def cities_in_turn() -> pd.DataFrame:
    """Cities ordered so that the regions take turns."""
    cities = listed("cities").copy()
    cities["turn"] = cities.groupby("region").cumcount()
    return cities.sort_values("turn", kind="stable").reset_index(drop=True)


def _brand_stores(brand: str, count: int, prefix: str) -> pd.DataFrame:
    cities = cities_in_turn()
    rows = cities.iloc[np.arange(count) % len(cities)].reset_index(drop=True)
    turn = np.arange(count) // len(cities)
    formats = [FORMATS[n % len(FORMATS)] for n in turn]
    names = [
        _store_name(brand, c, p, t, f)
        for c, p, t, f in zip(rows["city"], rows["places"], turn.tolist(), formats, strict=True)
    ]
    ids = [f"{prefix}{n:03d}" for n in range(1, count + 1)]
    frame = pd.DataFrame({"store_id": ids, "store_name": names, "region": rows["region"], "city": rows["city"]})
    frame = frame.assign(format=formats, brand=brand, latitude=rows["latitude"], longitude=rows["longitude"])
    return frame.assign(rank=frame.groupby("region").cumcount())


def _store_name(brand: str, city: str, places: str, turn: int, kind: str) -> str:
    landmarks, roads = places.split(), list(listed("roads")["name"])
    if turn < len(landmarks):
        place = landmarks[turn]
    else:
        number, road = divmod(turn - len(landmarks), len(roads))
        place = roads[road] + (f"{number + 1}号" if number else "")
    return f"{brand}{city}{place}店" if brand else f"{city}{place}{kind}"


def _with_particulars(stores: pd.DataFrame, rng: np.random.Generator, start: dt.date) -> pd.DataFrame:
    count = len(stores)
    age = rng.integers(400, 4500, count)
    low, high = np.array([STAFF[f] for f in stores["format"]]).T
    return stores.assign(
        opened_on=pd.to_datetime(start) - pd.to_timedelta(age, unit="D"),
        staff_count=rng.integers(low, high + 1),
        latitude=(stores["latitude"] + rng.normal(0, 0.04, count)).round(4),
        longitude=(stores["longitude"] + rng.normal(0, 0.05, count)).round(4),
        visitors=np.array([VISITORS[f] for f in stores["format"]]) * rng.uniform(0.8, 1.2, count),
    )


def _with_dates(chain: Chain) -> pd.DataFrame:
    stores = chain.stores.copy()
    stores["closed_on"] = pd.Series(pd.NaT, index=stores.index, dtype="datetime64[us]")
    stores["opened_on"] = stores["opened_on"].astype("datetime64[us]")
    stores["trained_on"] = _training_days(chain)
    opening, closing = chain.store_at(OPENING), chain.store_at(CLOSING)
    if opening is not None:
        stores.loc[opening, "opened_on"] = pd.Timestamp(chain.months[chain.month_at(0.33)])
    if closing is not None:
        stores.loc[closing, "closed_on"] = pd.Timestamp(month_end(chain.months[chain.month_at(0.75)]))
    return stores


def _training_days(chain: Chain) -> pd.Series:
    """Every third store of each region is trained, in four cohorts on the 15th of a month."""
    stores = chain.stores
    special = {chain.store_at(p) for p in (DECLINING, REPEATED_VETO, MOVING, OPENING, CLOSING)}
    chosen = (
        (stores["brand"] == "") & (stores["rank"] % 3 == 1) & ~stores.index.isin([s for s in special if s is not None])
    )
    cohorts = [chain.months[chain.month_at(share)].replace(day=15) for share in (0.36, 0.46, 0.56, 0.66)]
    days = pd.Series(pd.NaT, index=stores.index, dtype="datetime64[us]")
    rows = stores.index[chosen]
    days.loc[rows] = [pd.Timestamp(cohorts[n % len(cohorts)]) for n in range(len(rows))]
    return days
