"""Drivers of the simulated chain's customers: planted weights are found, and where nothing is planted nothing is."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from sq.analyses.drivers import judged
from sq.demo import customers
from sq.demo.chain import found, months_until
from sq.demo.lists import listed
from sq.demo.planting import Planting
from sq.publish_drivers import Answered, driver_estimates, used_drivers

SEEDS = (1, 2, 3, 4, 5)
BOUND = 4.0  # standard errors


def answered(seed: int, planted: bool, count: int = 4000) -> Answered:
    """Customers' dimension scores and overall satisfaction, without any of sq's scoring."""
    chain = found(seed, months_until(dt.date(2026, 10, 31), 12), 40, 1, count, 0)
    plan = Planting(chain, planted)
    rows = pd.concat(customers.answers_in_chunks(plan, customers.expected_volumes(plan)))
    questions = listed("questions")
    scored = questions[questions["role"] == "score"]
    shares = (rows[list(scored["item_id"])].astype(float) - 1) / 4 * 100
    subjects = tuple(sorted(set(scored["dimension_id"])))
    scores = np.column_stack(
        [shares[list(scored.loc[scored["dimension_id"] == d, "item_id"])].mean(axis=1) for d in subjects]
    )
    overall = (rows["Q29"].to_numpy(dtype=float) - 1) / 4 * 100
    return Answered(overall, scores, pd.factorize(rows["store_id"])[0], subjects)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_planted_weights_of_the_dimensions_are_found(seed: int) -> None:
    group = answered(seed, planted=True)
    estimates = driver_estimates(group, runs=50)
    truth = dict(
        zip(listed("dimensions")["dimension_id"], listed("dimensions")["driver_weight"].astype(float), strict=True)
    )
    rows = judged(estimates.weights).set_index("subject")
    assert estimates.model["reason"] == ""
    for dimension, weight in truth.items():
        assert rows.loc[dimension, "coefficient"] == pytest.approx(weight, abs=BOUND * rows.loc[dimension, "se"])
    assert set(rows["share"].nlargest(2).index) == {"service", "support"}  # .35 and .25; support varies more
    assert set(rows.index[rows["verdict"] == "driver"]) >= {"service", "support", "product"}
    assert rows.loc["loyalty", "verdict"] == "none", "it follows from the others and moves nothing"
    assert rows["share"].sum() == pytest.approx(1.0)


def test_where_nothing_is_planted_no_driver_is_demonstrable() -> None:
    """5 surveys with 7 drivers each; a family raises a false alarm with probability at most .05."""
    for seed in SEEDS:
        estimates = driver_estimates(answered(seed, planted=False), runs=20)
        assert estimates.model["r2"] < 0.01
        assert set(judged(estimates.weights)["verdict"]) == {"none"}


def test_noise_alone_is_called_a_driver_in_no_more_than_one_family_of_twenty() -> None:
    """250 families of 5 drivers: 12.5 expected at most, sd 3.4; at most 23 may show one."""
    alarms = 0
    random = np.random.default_rng(11)
    for _ in range(250):
        scores, store = random.normal(70, 15, (200, 5)), random.integers(0, 35, 200)
        rows = driver_estimates(Answered(random.normal(70, 20, 200), scores, store, tuple("abcde")), runs=2).weights
        alarms += bool(judged(rows)["verdict"].isin(["driver", "against"]).any())
    assert alarms <= 23


def simple(n: int, columns: list[np.ndarray], outcome: np.ndarray | None = None) -> Answered:
    random = np.random.default_rng(3)
    y = columns[0] + random.normal(0, 10, n) if outcome is None else outcome
    return Answered(y, np.column_stack(columns), np.arange(n) % 5, tuple("abcdef"[: len(columns)]))


def test_a_question_that_few_were_asked_stays_outside_the_model_and_keeps_its_correlation() -> None:
    random = np.random.default_rng(1)
    one, two = random.normal(60, 15, 400), random.normal(60, 15, 400)
    two[120:] = np.nan  # 120 of 400: less than half
    found = driver_estimates(simple(400, [one, two]), runs=10)
    assert found.model["left_out"] == ["b"]
    assert found.model["n"] == 400
    rows = judged(found.weights).set_index("subject")
    assert rows["asked"].to_dict() == {"a": 400, "b": 120}
    assert rows["verdict"].to_dict() == {"a": "driver", "b": "left_out"}
    assert np.isfinite(rows.loc["b", "r"])
    assert np.isnan(rows.loc["b", "coefficient"])


def test_a_question_that_half_were_asked_enters_with_those_who_answered() -> None:
    random = np.random.default_rng(1)
    one, two = random.normal(60, 15, 400), random.normal(60, 15, 400)
    two[200:] = np.nan
    found = driver_estimates(simple(400, [one, two]), runs=10)
    assert (found.model["left_out"], found.model["n"]) == ([], 200)


def test_constant_answers_and_answers_of_too_few_are_left_out() -> None:
    random = np.random.default_rng(2)
    scores = np.column_stack([random.normal(60, 15, 300), np.full(300, 75.0), np.full(300, np.nan)])
    scores[:10, 2] = 50.0
    assert used_drivers(scores).tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("group", "reason"),
    [
        (simple(19, [np.linspace(0, 100, 19)]), "too_few"),
        (simple(60, [np.full(60, 50.0)]), "too_few"),  # nothing varies: no driver is left
        (simple(60, [np.linspace(0, 100, 60)], np.full(60, 75.0)), "no_variation"),
        (simple(60, [np.linspace(0, 100, 60), np.linspace(100, 0, 60)]), "collinear"),
        (simple(60, [np.full(60, np.nan)], np.linspace(0, 100, 60)), "too_few"),
    ],
)
def test_a_model_that_cannot_be_estimated_says_why(group: Answered, reason: str) -> None:
    found = driver_estimates(group, runs=5)
    assert found.model["reason"] == reason
    assert "coefficient" not in found.weights


def test_drivers_that_go_together_are_named() -> None:
    random = np.random.default_rng(5)
    one = random.normal(60, 15, 500)
    found = driver_estimates(simple(500, [one, one + random.normal(0, 4, 500), random.normal(60, 15, 500)]), runs=10)
    assert (found.model["pair_one"], found.model["pair_other"]) == ("a", "b")
    assert found.model["highest_correlation"] > 0.9  # 15 / sqrt(15² + 4²) = .966


def test_penalty_and_reward_are_found_where_only_a_bad_rating_counts() -> None:
    """The outcome falls by 20 where the first is at most 37.5, and does not rise at the other end."""
    random = np.random.default_rng(6)
    one, two = (random.choice([25.0, 50.0, 75.0], 900) for _ in range(2))
    y = 70 - 20 * (one <= 37.5) + 8 * (two - 50) / 25 + random.normal(0, 5, 900)
    rows = judged(driver_estimates(simple(900, [one, two], y), runs=10).weights).set_index("subject")
    assert rows.loc["a", "penalty"] == pytest.approx(-20, abs=2)
    assert rows.loc["a", "reward"] == pytest.approx(0, abs=2)
    assert rows["attribute"].to_dict() == {"a": "basic", "b": "performance"}
