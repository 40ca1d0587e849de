"""How strict shoppers are: exact on hand-sized tables, and better than raw scores in simulation."""

import datetime as dt
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sq.publish_estimates import ShopperEstimates, agreement, estimates
from sq.warehouse import Warehouse
from tests.small_chain import answers, publish_frames, small_frames

NO_DAYS = pd.DataFrame({"shopper_id": ["P"], "days": [1], "a_day": [1.0], "most_a_day": [1]})


def visits(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Visits with defaults for what a test does not say."""
    given = {"region": "N", "stream": "", "epoch": 1, "n_items": 10, "n_na": 0, "is_straight": False}
    frame = pd.DataFrame([given | row for row in rows])
    return frame.assign(visited_on=pd.date_range("2026-01-01", periods=len(frame)))


def balanced() -> list[dict[str, Any]]:
    """Stores at 70, 80, 90; shoppers 4 above and 4 below; two visits each, 2 above and 2 below."""
    return [
        {"store_id": store, "shopper_id": shopper, "score": base + severity + rest}
        for rest in (2.0, -2.0)
        for (store, base), (shopper, severity) in product(
            {"A": 70.0, "B": 80.0, "C": 90.0}.items(), {"P": 4.0, "Q": -4.0}.items()
        )
    ]


def of(frame: pd.DataFrame, key: str, column: str) -> dict[str, Any]:
    return dict(zip(frame[key], frame[column], strict=True))


def test_variances_and_severities_of_a_balanced_rota_are_those_of_the_analysis_of_variance() -> None:
    found = estimates(visits(balanced()), NO_DAYS)
    # mean squares: rest 12 * 4 / (12 - 1 - 2 - 1) = 6; shoppers 6 * (16 + 16) = 192; stores 4 * (100 + 100) / 2 = 400
    assert found.model["reason"] == ""
    assert found.model["variance_rest"] == pytest.approx(6, rel=1e-4)
    assert found.model["variance_shopper"] == pytest.approx((192 - 6) / 6, rel=1e-4)
    assert found.model["variance_store"] == pytest.approx((400 - 6) / 4, rel=1e-4)
    assert found.model["mean"] == pytest.approx(80)
    severity = of(found.shoppers, "shopper_id", "severity")
    assert severity == pytest.approx({"P": 4 * 186 / 192, "Q": -4 * 186 / 192}, rel=1e-4)
    estimate = of(found.stores, "store_id", "estimate")
    assert estimate == pytest.approx({s: 80 + d * 394 / 400 for s, d in {"A": -10, "B": 0, "C": 10}.items()}, rel=1e-4)
    # a store's mean of 4 visits by 2 shoppers: 98.5 / (98.5 + 6 / 4 + 31 / 2)
    assert found.model["reliability"] == pytest.approx(98.5 / 115.5, rel=1e-4)
    assert of(found.stores, "store_id", "adjusted") == pytest.approx({"A": 70, "B": 80, "C": 90}), "both came equally"


def test_a_store_that_met_the_lenient_shopper_more_often_is_adjusted_downwards() -> None:
    rows = balanced() + [{"store_id": "A", "shopper_id": "P", "score": 74.0}] * 4
    found = estimates(visits(rows), NO_DAYS)
    severity = of(found.shoppers, "shopper_id", "severity")
    store = found.stores.set_index("store_id").loc["A"]
    assert store["raw"] == pytest.approx((4 * 70 + 4 * 74) / 8)
    # six visits by P, two by Q
    assert store["adjusted"] == pytest.approx(store["raw"] - (6 * severity["P"] + 2 * severity["Q"]) / 8)
    assert abs(store["adjusted"] - 70) < abs(store["raw"] - 70)
    error = of(found.shoppers, "shopper_id", "severity_se")
    noise = found.model["variance_rest"] / 8 + (6 / 8 * error["P"]) ** 2 + (2 / 8 * error["Q"]) ** 2
    assert store["se"] == pytest.approx(noise**0.5)


def test_kinds_of_visit_and_checklists_are_nobodys_severity() -> None:
    plain = estimates(visits(balanced()), NO_DAYS)
    rows = [row | {"stream": "after", "epoch": 2, "score": row["score"] - 30} for row in balanced()]
    both = estimates(visits(balanced() + rows), NO_DAYS)
    assert both.model["variance_shopper"] == pytest.approx(plain.model["variance_shopper"], rel=0.05)
    assert np.sign(both.shoppers["severity"]).tolist() == [1, -1]


def reason(rows: list[dict[str, Any]]) -> ShopperEstimates:
    return estimates(visits(rows), NO_DAYS)


def test_parts_that_share_nobody_are_refused_and_counted() -> None:
    other = [row | {"store_id": row["store_id"] + "2", "shopper_id": row["shopper_id"] + "2"} for row in balanced()[:6]]
    found = reason(balanced() + other)
    assert (found.model["reason"], found.model["components"]) == ("not_connected", 2)
    assert found.shoppers["severity"].isna().all()
    assert found.stores["adjusted"].isna().all()
    assert of(found.shoppers, "shopper_id", "component") == {"P": 0, "Q": 0, "P2": 1, "Q2": 1}, "0 is the larger one"
    assert of(found.stores, "store_id", "raw")["A"] == pytest.approx(70), "the raw score stays"


def test_one_shopper_no_codes_and_equal_scores_have_their_own_reasons() -> None:
    assert reason([row | {"shopper_id": "P"} for row in balanced()]).model["reason"] == "one_shopper"
    without = reason([row | {"shopper_id": ""} for row in balanced()])
    assert (without.model["reason"], without.model["unnamed"], len(without.shoppers)) == ("no_shopper", 12, 0)
    assert reason([row | {"score": 80.0} for row in balanced()]).model["reason"] == "no_variation"
    assert reason(balanced()[:2]).model["reason"] == "too_few"
    assert reason([row | {"score": np.nan} for row in balanced()]).model["reason"] == "too_few"


def test_shoppers_who_do_not_differ_have_no_interval_and_move_no_store() -> None:
    rows = [row | {"score": row["score"] + (-4 if row["shopper_id"] == "P" else 4)} for row in balanced()]
    found = reason(rows)
    assert found.model["variance_shopper"] == 0
    assert found.shoppers["severity"].tolist() == [0, 0]
    assert found.shoppers["low"].isna().all()
    assert of(found.stores, "store_id", "adjusted") == pytest.approx(of(found.stores, "store_id", "raw"))


def test_home_is_where_a_shopper_goes_most_and_the_rest_is_crossed() -> None:
    rows = balanced()
    for row in rows:
        row["region"] = "S" if row["store_id"] == "C" else "N"
    found = reason(rows)
    assert of(found.shoppers, "shopper_id", "home_region") == {"P": "N", "Q": "N"}
    assert of(found.shoppers, "shopper_id", "away_share") == pytest.approx({"P": 1 / 3, "Q": 1 / 3})
    assert found.model["crossed_share"] == pytest.approx(1 / 3)
    assert reason(balanced()).model["crossed_share"] is None, "one region"


def test_agreement_is_krippendorffs_alpha_by_kind_of_item() -> None:
    marks = pd.DataFrame(
        [
            ("all", "graded", 1, 2, 1, 100.0), ("all", "graded", 1, 2, 2, 50.0),
            ("all", "graded", 1, 4, 1, 100.0), ("all", "graded", 1, 4, 2, 100.0),
            ("all", "yes_no", 1, 1, 1, 100.0), ("all", "yes_no", 1, 1, 2, 100.0),
            ("all", "score", 1, 0, 1, 90.0), ("all", "score", 1, 0, 2, 87.0),
            ("all", "veto", 1, 3, 1, 100.0),
        ],
        columns=["period", "item_kind", "occasion", "item_key", "observer", "mark"],
    )  # fmt: skip
    found = agreement(marks).set_index("item_kind")
    # observed 2 * 50^2 / 4 = 1250; expected 2 * 3 * 1 * 50^2 / (4 * 3) = 1250
    assert found.loc["graded", "alpha"] == pytest.approx(0)
    assert found.loc["graded", ["visits", "n", "same"]].tolist() == [1, 2, 0.5]
    assert pd.isna(found.loc["yes_no", "alpha"]), "no variation: not estimable"
    assert found.loc["yes_no", "same"] == 1
    assert found.loc["score", "same"] == 1, "3 points apart is the same"
    assert "veto" not in found.index, "scored once"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The small chain with V01 scored by a second shopper too."""
    frames = small_frames()
    table = frames["mystery_visits"]
    again = table[table["visit_id"] == "V01"].assign(visit_id="V21", shopper_id="P2")
    given = answers("mystery", {"V21": {"M1": 1, "M2": 5, "M3": 1, "M4": 0, "M5": 1, "M7": 0}})
    frames |= {
        "mystery_visits": pd.concat([table, again]),
        "answers": pd.concat([frames["answers"], given], ignore_index=True),
    }
    return Warehouse(publish_frames(tmp_path_factory.mktemp("data"), frames))


def rows_of(small: Warehouse, table: str) -> pd.DataFrame:
    return small.query(f"SELECT * FROM {table} WHERE period = 'all'")


def test_the_published_tables_count_visits_stores_and_habits(small: Warehouse) -> None:
    people = rows_of(small, "shopper_effects").set_index("shopper_id")
    # P1: V01, V03, V06, V08; P2: V02, V04, V05, V07, V11, V12 and V21 (own stores; drafts and void ones do not count)
    assert people["visits"].to_dict() == {"P1": 4, "P2": 7}
    assert people["stores"].to_dict() == {"P1": 2, "P2": 5}
    assert people["days"].to_dict() == {"P1": 5, "P2": 7}, "P1 also went to a competitor"
    assert people.loc["P1", "home_region"] == "华北"
    assert people.loc["P1", "away_share"] == pytest.approx(1 / 4)
    # V01 none of 6, V03 one of 6, V06 none of 6, V08 two of 6
    assert people.loc["P1", "na_rate"] == pytest.approx(3 / 24)
    assert people["straight_rate"].isna().all(), "six items are too few to tell"
    model = rows_of(small, "shopper_model").iloc[0]
    assert (model["visits"], model["unnamed"], model["components"]) == (11, 0, 1)
    assert (model["first_month"], model["last_month"]) == (pd.Timestamp("2026-01-01"), pd.Timestamp("2026-04-01"))


def test_stores_know_who_came_last_and_who_came_twice_running(small: Warehouse) -> None:
    stores = rows_of(small, "store_adjusted").set_index("store_id")
    # S1: P1, P2 (the same day), P1, P1; S2: P2, P2; S3: P1, P2; S4: P2, P2; S5: P2
    assert stores["repeats"].to_dict() == {"S1": 1, "S2": 1, "S3": 0, "S4": 1, "S5": 0}
    assert stores["last_shopper"].to_dict() == {"S1": "P1", "S2": "P2", "S3": "P2", "S4": "P2", "S5": "P2"}
    assert stores.loc["S3", "raw"] == pytest.approx((80 + 750 / 9) / 2)


def test_a_visit_scored_twice_is_found_in_the_published_chain(small: Warehouse) -> None:
    found = rows_of(small, "shopper_agreement").set_index("item_kind")
    # V01 100, V21 (2 + .5 + 1 + 2 + 1) / 7 = 92.9; M2 differs, M4 does not; M1, M5, M7 agree, so does M3
    assert found["n"].to_dict() == {"score": 1, "graded": 2, "yes_no": 3, "veto": 1}
    assert found["same"].to_dict() == {"score": 0, "graded": 0.5, "yes_no": 1, "veto": 1}
    assert found.loc["graded", "alpha"] == pytest.approx(0)


def test_a_chain_without_visits_has_no_estimates(tmp_path: Path) -> None:
    frames = small_frames()
    frames["mystery_visits"] = frames["mystery_visits"].iloc[:0]
    empty = Warehouse(publish_frames(tmp_path, frames, dt.date(2026, 4, 30)))
    for table in ("shopper_model", "shopper_effects", "store_adjusted", "shopper_agreement"):
        assert empty.query(f"SELECT count(*) AS n FROM {table}")["n"].item() == 0


STORES, SHOPPERS, REGIONS, PER_STORE, RUNS = 60, 12, 3, 4, 12


def simulated(rng: np.random.Generator, severity_sd: float, crossed: float) -> tuple[pd.DataFrame, np.ndarray]:
    """Methods.md, section 10: store SD 4, residual 4; most visits by shoppers of the home region. Also the truth."""
    truth, severity = rng.normal(80, 4, STORES), rng.normal(0, severity_sd, SHOPPERS)
    store = np.repeat(np.arange(STORES), PER_STORE)
    home = store % REGIONS
    away = rng.random(len(store)) < crossed
    region = np.where(away, (home + rng.integers(1, REGIONS, len(store))) % REGIONS, home)
    shopper = region + REGIONS * rng.integers(0, SHOPPERS // REGIONS, len(store))
    score = truth[store] + severity[shopper] + rng.normal(0, 4, len(store))
    rows = pd.DataFrame({"store_id": store.astype(str), "shopper_id": shopper.astype(str), "score": score})
    return visits(rows.assign(region=home.astype(str)).to_dict("records")), truth


def errors(severity_sd: float, crossed: float) -> dict[str, float]:
    """Root mean squared error over the runs, of stores and of regions against the chain: raw, adjusted, estimate."""
    rng, squares = np.random.default_rng(4), {}
    for _run in range(RUNS):
        frame, truth = simulated(rng, severity_sd, crossed)
        found = estimates(frame, NO_DAYS).stores.astype({"store_id": int}).set_index("store_id").sort_index()
        for column in ("raw", "adjusted", "estimate"):
            miss = found[column].to_numpy() - truth
            # whether all shoppers together are strict nobody can tell: regions count against the chain
            regions = np.array([miss[region::REGIONS].mean() for region in range(REGIONS)]) - miss.mean()
            for name, value in ((column, miss), (f"{column} region", regions)):
                squares.setdefault(name, []).append((value**2).mean())
    return {name: float(np.mean(values)) ** 0.5 for name, values in squares.items()}


def test_adjusted_scores_are_nearer_to_the_truth_than_raw_ones() -> None:
    # raw: 4^2 / 4 visits + 3^2 * (1/4 + 3/4 * .16 that two visits share a shopper) = 7.3, root 2.7; of 12 runs ± .2
    found = errors(severity_sd=3.0, crossed=0.25)
    assert found["raw"] == pytest.approx(2.7, abs=0.25)
    assert found["adjusted"] < found["raw"] - 0.2
    assert found["estimate"] < found["adjusted"]
    assert found["adjusted region"] < 0.75 * found["raw region"]


def test_adjusting_does_no_harm_where_shoppers_are_alike() -> None:
    found = errors(severity_sd=0.0, crossed=0.25)
    assert found["adjusted"] < found["raw"] * 1.03
