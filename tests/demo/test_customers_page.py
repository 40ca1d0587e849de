"""What is planted among the customers is found by their page; where nothing is planted the page finds nothing.

Customers' answers of several seeds are published without files, because only they are needed. Bounds are 4 standard
errors; the least number of seeds that must show a verdict follows from its power, said beside it.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sq.analyses.customers_gaps import expectations
from sq.analyses.customers_silence import silence
from sq.analyses.customers_words import key_terms
from sq.analyses.names import Names, names
from sq.demo import customers, planting, reference
from sq.demo.chain import found, months_until
from sq.demo.lists import listed, texts
from sq.demo.planting import Planting
from sq.publish_terms import terms_of
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Warehouse
from tests.small_chain import publish_frames

SEEDS = (11, 12, 13)
END = dt.date(2026, 10, 31)
MONTHS, STORES, CUSTOMERS = 12, 36, 24_000
ALL = Selection(start="2025-11", end="2026-10")
REPAIR = {"repair_process", "repair_time"}
BOUND = 4.0


@dataclass
class Chain:
    warehouse: Warehouse
    names: Names
    plan: Planting
    answers: pd.DataFrame


def chain(folder: Path, seed: int, planted: bool) -> Chain:
    plan = Planting(found(seed, months_until(END, MONTHS), STORES, 1, CUSTOMERS, 0), planted)
    wide = pd.concat(customers.answers_in_chunks(plan, customers.expected_volumes(plan)), ignore_index=True)
    questions = listed("questions")
    asked = questions[questions["role"].isin(["expectation", "perception", "overall", "recommend"])]
    path = publish_frames(folder, frames(plan, wide, asked), today=END + dt.timedelta(days=1))
    warehouse = Warehouse(path)
    return Chain(warehouse, names(warehouse, EVERYTHING), plan, wide)


def frames(plan: Planting, wide: pd.DataFrame, asked: pd.DataFrame) -> dict[str, pd.DataFrame]:
    long = wide.melt("response_id", list(asked["item_id"]), var_name="item_id", value_name="value").dropna()
    headers = ["response_id", "store_id", "answered_on", "wave_id", "channel", "segment", "weight", "comment"]
    columns = ["item_id", "touchpoint_id", "text_zh", "text_en", "scale_min", "scale_max", "role", "element_id"]
    stores = reference.store_rows(plan.chain).astype(object)
    return {
        "stores": stores.where(stores.notna(), None),
        "touchpoints": listed("touchpoints").drop(columns="streams"),
        "items": asked[columns]
        .replace("", None)
        .assign(instrument="customer", weight=1, is_reversed=False, is_veto=False),
        "customer_responses": wide[headers].assign(has_complained=wide["has_complained"] == "是"),
        "answers": long.assign(instrument="customer", value=long["value"].astype(float)),
    }


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> list[Chain]:
    return [chain(tmp_path_factory.mktemp("planted"), seed, True) for seed in SEEDS]


@pytest.fixture(scope="module")
def unplanted(tmp_path_factory: pytest.TempPathFactory) -> list[Chain]:
    return [chain(tmp_path_factory.mktemp("unplanted"), seed, False) for seed in SEEDS]


def test_the_weak_region_falls_shorter_after_sales_by_what_was_planted(planted: list[Chain]) -> None:
    # -6 points with a standard error of about 1.1: the power against 3 points at the adjusted level is about .95
    found_in = 0
    for one in planted:
        gaps = expectations(one.warehouse, EVERYTHING, ALL.but(region=planting.WEAK_REGION), one.names)
        assert gaps is not None
        rows = gaps.frame.set_index("element")
        for element in rows.index:
            error = np.hypot(rows.loc[element, "high"] - rows.loc[element, "low"], 1.0) / (2 * 1.96)
            size = planting.WEAK_CUSTOMER_POINTS if element in REPAIR else 0.0
            assert rows.loc[element, "rest_difference"] == pytest.approx(size, abs=BOUND * error), element
        found_in += set(rows.index[rows["rest_verdict"] == "worse"]) == REPAIR
    assert found_in >= len(SEEDS) - 1


def test_with_nothing_planted_no_region_differs_in_its_gaps(unplanted: list[Chain]) -> None:
    # a family raises a false alarm with probability .05: two of three would be .007
    alarms = 0
    for one in unplanted:
        regions = [key for key, _name in one.names.options("region", ALL.but(metric="overall_satisfaction"))]
        found_gaps = [expectations(one.warehouse, EVERYTHING, ALL.but(region=key), one.names) for key in regions]
        verdicts = {str(v) for gaps in found_gaps if gaps is not None for v in gaps.frame["rest_verdict"]}
        alarms += bool(verdicts & {"better", "worse"})
    assert alarms <= 1


def test_gaps_are_those_of_the_raw_answers(planted: list[Chain]) -> None:
    one = planted[0]
    gaps = expectations(one.warehouse, EVERYTHING, ALL, one.names)
    assert gaps is not None
    pairs = {"attitude": ("QE1", "QP1"), "repair_time": ("QE6", "QP6")}
    for element, (expected, perceived) in pairs.items():
        both = one.answers[[expected, perceived, "weight"]].dropna().astype(float)
        difference = 25 * np.average(both[perceived] - both[expected], weights=both["weight"])
        row = gaps.frame.set_index("element").loc[element]
        assert (row["value"], row["n"]) == (pytest.approx(difference), len(both))


def test_one_dissatisfied_customer_in_twenty_complains(planted: list[Chain]) -> None:
    complains, others = customers.COMPLAINED
    for one in planted:
        told = silence(one.warehouse, EVERYTHING, ALL, one.names, axis="region")
        assert told is not None
        error = 100 * np.sqrt(complains * (1 - complains) / told.dissatisfied)
        assert told.silent == pytest.approx(100 * (1 - complains), abs=BOUND * error)
        share = 100 * (others + (complains - others) * told.dissatisfied / told.asked)
        assert told.complained == pytest.approx(share, abs=BOUND * 100 * np.sqrt(others / told.asked))


def test_words_of_detractors_are_those_that_the_unhappy_were_given(planted: list[Chain]) -> None:
    unhappy = {t for kind in ("customer_bad", "customer_middle") for c in texts(kind)["text_zh"] for t in terms_of(c)}
    for one in planted:
        told = key_terms(one.warehouse, EVERYTHING, ALL, one.names)
        assert told is not None
        reliable = set(told.frame.loc[told.frame["is_reliable"], "term"])
        assert reliable
        assert reliable <= unhappy


def test_words_of_people_drawn_by_lot_are_nobodys(planted: list[Chain]) -> None:
    # the same comments, but each given to somebody else: chance in at most one seed of twenty
    alarms = 0
    for one in planted:
        plan, wide = one.plan, one.answers.copy()
        wide["comment"] = wide["comment"].sample(frac=1, random_state=5).to_numpy()
        asked = listed("questions").query("role in ('overall', 'recommend')")
        path = publish_frames(one.warehouse.path.parent / "shuffled", frames(plan, wide, asked), today=END)
        warehouse = Warehouse(path)
        told = key_terms(warehouse, EVERYTHING, ALL, names(warehouse, EVERYTHING))
        assert told is not None
        alarms += bool(told.frame["is_reliable"].any())
    assert alarms <= 1
