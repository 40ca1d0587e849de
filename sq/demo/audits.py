"""Management diagnosis: auditors score nine areas in every store, half-yearly; and results that others publish."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from sq.demo.answering import MISSING, Forms, Spread, answered, spread_shares, survey_items
from sq.demo.chain import Chain, month_end
from sq.demo.customers import dimension_means
from sq.demo.drawing import chosen, draws, kept, words
from sq.demo.lists import remarks
from sq.demo.planting import WEAK_AREA, WEAK_AREA_POINTS, Planting, regions
from sq.demo.visits import is_open

AUDITORS = 12
STORE_SD, SPREAD = 4.0, Spread(3.0, 4.0, 10.0)
COMMENTED, GOOD = 0.5, 0.25
YEAR = 12


def audit_forms(planting: Planting) -> Forms:
    """One audit of every open own store in the month before each survey of employees."""
    chain, items, rng = planting.chain, survey_items("management"), draws(planting.chain.seed, "audits")
    own = chain.own
    lasting = np.clip(rng.standard_normal(len(own)), -2, 2) * STORE_SD
    month, store = np.indices((len(chain.survey_months), len(own))).reshape(2, -1)
    month = np.maximum(np.array(chain.survey_months)[month] - 1, 0)
    is_there = is_open(chain, store, month)
    month, store = month[is_there], store[is_there]
    points = lasting[store][:, None] + _area_points(planting, items)
    values = answered(spread_shares(items, points, SPREAD, rng), items, rng)
    days = np.array(chain.months, dtype="datetime64[us]")[month] + rng.integers(0, 26, len(store)).astype(
        "timedelta64[D]"
    )
    headers = pd.DataFrame({"store_id": own["store_id"].to_numpy(dtype=object)[store], "audited_on": days})
    headers.insert(0, "audit_id", "Z" + headers["audited_on"].dt.strftime("%Y%m") + "-" + headers["store_id"])
    headers["auditor_id"] = words(f"J{n:02d}" for n in range(1, AUDITORS + 1))[(store + month) % AUDITORS]
    headers["comment"] = _comments(values, items, rng)
    return Forms(headers, items, values)


def _area_points(planting: Planting, items: pd.DataFrame) -> Any:
    return (items["dimension_id"] == WEAK_AREA).to_numpy() * WEAK_AREA_POINTS * planting.strength


def _comments(values: Any, items: pd.DataFrame, rng: np.random.Generator) -> Any:
    """What the auditor noted: the weakest area of the store, or praise."""
    areas = items["dimension_id"].drop_duplicates().tolist()
    scores = np.column_stack([_mean(values[:, (items["dimension_id"] == area).to_numpy()]) for area in areas])
    bad = words(remarks("audit_bad").set_index("subject").loc[areas, "text_zh"])[scores.argmin(axis=1)]
    praise = words(remarks("audit_good")["text_zh"])[chosen(rng, [0.5, 0.5], len(values))]
    told = np.where(rng.random(len(values)) < GOOD, praise, bad)
    return kept(told, rng.random(len(values)) < COMMENTED)


def _mean(values: Any) -> Any:
    given = values != MISSING
    return (values * given).sum(axis=1) / np.maximum(given.sum(axis=1), 1)


def published_rows(chain: Chain) -> pd.DataFrame:
    """Results of the industry's yearly study: service quality by region, two of them without n; NPS of the chain."""
    rng, rows = draws(chain.seed, "published"), []
    for year, first in enumerate(range(0, len(chain.months), YEAR)):
        period = (chain.months[first], month_end(chain.months[min(first + YEAR, len(chain.months)) - 1]))
        for number, region in enumerate(regions()):
            n = None if (number + year) % 3 == 0 else int(rng.integers(150, 400))
            mean = round(float(dimension_means()["service"] + rng.normal(0, 1.5)), 1)
            rows.append(_published("大区", region, period, (None, "service"), "均值", mean, n))
        rows.append(_published("全公司", None, period, ("Q29", None), "满意率", float(rng.integers(74, 82)), None))
        rows.append(_published("全公司", None, period, ("Q30", None), "净推荐值", float(rng.integers(20, 34)), 1500))
    return pd.DataFrame(rows).assign(n=lambda f: f["n"].astype("Int64"))


def _published(
    level: str,
    place: str | None,
    period: tuple[dt.date, dt.date],
    subject: tuple[str | None, str | None],
    statistic: str,
    value: float,
    n: int | None,
) -> dict[str, Any]:
    return {
        "instrument": "客户满意度",
        "level": level,
        "place": place,
        "period_start": pd.Timestamp(period[0]),
        "period_end": pd.Timestamp(period[1]),
        "item_id": subject[0],
        "dimension_id": subject[1],
        "statistic": statistic,
        "value": value,
        "n": n,
    }
