"""How long the statistics of a page take on arrays, without reading or drawing: 400 stores, ten touchpoints."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from sq.analyses.comparison import judged
from sq.analyses.shoppers import adjusted_frame
from sq.metrics.catalogue import METRICS
from sq.metrics.contrasts import against_rest, now_against_before
from sq.metrics.measuring import StoreSums
from sq.statistics import ranking, shrinkage
from sq.statistics.estimable import NotEstimable
from sq.statistics.intervals import adjusted_p_values, normal_p_value

STORES, TOUCHPOINTS, SHOPPERS, VISITS = 400, 10, 60, 24
RULE = "responses"


def timed_statistics(repeat: int = 5) -> dict[str, float]:
    """Milliseconds of each page, the median of some rounds."""
    pages = {"compare": _compare, "store": _store, "shoppers": _shoppers}
    return {name: _median(page, repeat) for name, page in pages.items()}


def _median(page: Callable[[], object], repeat: int) -> float:
    page()  # scipy is imported once
    times = []
    for _round in range(repeat):
        began = time.perf_counter()
        page()
        times.append(1000 * (time.perf_counter() - began))
    return float(np.median(times))


def _sums(seed: int) -> StoreSums:
    """Every store on every touchpoint."""
    random = np.random.default_rng(seed)
    rows = STORES * TOUCHPOINTS
    scores = random.normal(80, 8, (rows, VISITS)) + np.repeat(random.normal(0, 4, STORES), TOUCHPOINTS)[:, None]
    n, total = np.full(rows, float(VISITS)), scores.sum(axis=1)
    store = np.repeat(np.arange(STORES), TOUCHPOINTS)
    keys = pd.DataFrame({"store": store, "touchpoint": np.tile(np.arange(TOUCHPOINTS), STORES)})
    sums = {"n": n, "num": total, "den": n, "w": n, "w2": n, "q0": n, "q1": total, "q2": (scores**2).sum(axis=1)}
    sums |= {"pnum": total / 100, "pden": n}
    return StoreSums(METRICS["mystery_score"], ("store", "touchpoint"), keys, np.arange(rows), store, sums)


NOW, BEFORE = _sums(1), _sums(2)


def _compare() -> None:
    """Verdicts of all stores by touchpoint, estimates, rank intervals and luck of all stores."""
    frame = judged(NOW.metric, NOW, against_rest(NOW, NOW.keys["touchpoint"].to_numpy(), RULE), RULE)
    stores = frame[frame["touchpoint"] == 0]
    found = shrinkage.shrunken(stores["value"], stores["se"])
    if not isinstance(found, NotEstimable):
        ranking.rank_intervals(found.value, found.se)
    ranking.expected_range(stores["se"])


def _store() -> None:
    """All touchpoints of all stores, against the rest and against the period before."""
    judged(NOW.metric, NOW, against_rest(NOW, NOW.keys["touchpoint"].to_numpy(), RULE), RULE)
    judged(NOW.metric, NOW, now_against_before(NOW, BEFORE, RULE), RULE)


def _shoppers() -> None:
    """Who is strict, and all stores adjusted for who visited."""
    random = np.random.default_rng(3)
    severity, error = pd.Series(random.normal(0, 3, SHOPPERS)), pd.Series(np.full(SHOPPERS, 1.0))
    adjusted_p_values(normal_p_value(severity.to_numpy(), error.to_numpy()))
    rows = pd.DataFrame({"id": np.repeat(np.arange(STORES), VISITS), "n": 1, "total": 80.0})
    adjusted_frame(rows.assign(shopper_id=random.integers(0, SHOPPERS, len(rows))), severity, error)
