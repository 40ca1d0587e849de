"""How long the slow estimates of publishing take: 400 stores, 60 shoppers, 24 months, 10 visits a store and month."""

import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from sq.publish_estimates import VALUES as BOUNDS
from sq.publish_estimates import publish_estimates
from tests.bench.sizes import Step

STORES, SHOPPERS, MONTHS, VISITS, ITEMS = 400, 60, 24, 10, 100
REGIONS = 6
SQL = Path(__file__).resolve().parents[2] / "sq" / "rollups"


def timed_estimates(visits: int = VISITS) -> Step:
    """Seconds from the published visits and answers (9.6 million) to the published estimates; no memory measured."""
    with duckdb.connect(config={"threads": 2}) as con:
        _snapshot(con, visits)
        began = time.perf_counter()
        for statement in duckdb.extract_statements((SQL / "75_shoppers.sql").read_text(encoding="utf-8")):
            con.execute(statement.query, {k: v for k, v in BOUNDS.items() if f"${k}" in statement.query})
        publish_estimates(con)
        return Step(time.perf_counter() - began, 0.0)


def _snapshot(con: duckdb.DuckDBPyConnection, visits: int) -> None:
    """Tables of a snapshot as publishing leaves them, with simulated visits and their answers."""
    con.execute("SET enable_progress_bar = false")
    con.execute("ATTACH ':memory:' AS snapshot; USE snapshot")
    con.execute((SQL / "schema.sql").read_text(encoding="utf-8"))
    con.execute("USE memory")
    con.register("rows", _visits(visits))
    con.execute(
        """INSERT INTO snapshot.memberships BY NAME
        SELECT store AS membership_key, 'S' || store AS store_id, 'S' || store AS store_name, '' AS brand,
            any_value(region) AS region, any_value(region) AS region_now, TRUE AS is_current FROM rows GROUP BY store"""
    )
    con.execute(
        """INSERT INTO snapshot.visits BY NAME
        SELECT visit_key, 'V' || visit_key AS visit_id, store AS membership_key, visited_on::DATE AS visited_on,
            date_trunc('month', visited_on)::DATE AS month, stream, 'W' || shopper AS shopper_id, 'approved' AS status,
            score, $items AS n_items, 20 AS n_na FROM rows ORDER BY visit_key""",
        {"items": ITEMS},
    )
    con.execute(
        """INSERT INTO snapshot.visit_answers BY NAME
        SELECT visit_key, item AS item_key, hash(visit_key, item) % 5 AS value, hash(visit_key, item) % 5 / 4 AS share
        FROM snapshot.visits, range($items) AS items(item) ORDER BY visit_key""",
        {"items": ITEMS},
    )
    con.execute(
        """INSERT INTO snapshot.items BY NAME
        SELECT item AS item_key, 'mystery' AS instrument, 'M' || item AS item_id, 0 AS scale_min, 4 AS scale_max,
            1 AS weight, FALSE AS is_veto, 'score' AS role FROM range($items) AS items(item)""",
        {"items": ITEMS},
    )
    con.execute(
        "INSERT INTO snapshot.epochs SELECT 'mystery', 1, min(visited_on), max(visited_on) FROM snapshot.visits"
    )
    con.execute(
        """INSERT INTO snapshot.coverage
        SELECT 'mystery', month, count(DISTINCT membership_key), $stores, count(*), max(visited_on)
        FROM snapshot.visits GROUP BY month""",
        {"stores": STORES},
    )
    con.unregister("rows")


def _visits(visits: int) -> pd.DataFrame:
    """Simulated visits: store sd 4, shopper sd 3, residual sd 5; three of ten outside the home region."""
    rng = np.random.default_rng(1)
    n = STORES * MONTHS * visits
    store, month = np.arange(n) % STORES, np.arange(n) // (STORES * visits)
    region = store % REGIONS
    home = np.where(rng.random(n) < 0.3, rng.integers(0, REGIONS, n), region)
    shopper = home + REGIONS * rng.integers(0, SHOPPERS // REGIONS, n)
    days = pd.Series(pd.date_range("2024-11-01", periods=MONTHS, freq="MS"))[month].to_numpy()
    score = 80 + rng.normal(0, 4, STORES)[store] + rng.normal(0, 3, SHOPPERS)[shopper] + rng.normal(0, 5, n)
    return pd.DataFrame(
        {
            "visit_key": np.arange(n),
            "store": store,
            "region": region.astype(str),
            "shopper": shopper,
            "visited_on": days + rng.integers(0, 27, n).astype("timedelta64[D]"),
            "stream": np.where(np.arange(n) % 3 == 0, "after", "pre"),
            "score": score,
        }
    )
