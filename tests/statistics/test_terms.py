"""Words of one group of texts against another: exact tests, intervals, and how often chance looks like a finding."""

import numpy as np
import pytest
from scipy.stats import fisher_exact

from sq.statistics.intervals import adjusted_p_values
from sq.statistics.terms import over_represented

# term in 8 of 40 and 5 of 100; in 0 of 40 and 3 of 100; in all of both
WITH_FIRST, WITH_SECOND = [8, 0, 40], [5, 3, 100]


def test_shares_and_differences_are_those_of_the_counts() -> None:
    found = over_represented(WITH_FIRST, 40, WITH_SECOND, 100)
    assert found.first == pytest.approx([0.2, 0.0, 1.0])
    assert found.second == pytest.approx([0.05, 0.03, 1.0])
    assert found.difference == pytest.approx([0.15, -0.03, 0.0])


def test_p_is_that_of_fishers_exact_test() -> None:
    found = over_represented(WITH_FIRST, 40, WITH_SECOND, 100)
    expected = [
        fisher_exact([[a, 40 - a], [b, 100 - b]], alternative="greater").pvalue
        for a, b in zip(WITH_FIRST, WITH_SECOND, strict=True)
    ]
    assert found.p == pytest.approx(expected)


def test_the_interval_is_newcombes() -> None:
    # Newcombe (1998), method 10, example (a): 56/70 - 48/80 = .2000, interval .0524 to .3339
    found = over_represented([56], 70, [48], 80)
    assert (found.low[0], found.high[0]) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize(("first", "second"), [(0, 10), (10, 0)])
def test_without_one_of_the_groups_nothing_is_said(first: int, second: int) -> None:
    found = over_represented([0, 0], first, [0, 0], second)
    assert np.isnan(found.p).all()
    assert np.isnan(found.difference).all()


def test_chance_alone_is_called_reliable_in_at_most_one_selection_of_twenty() -> None:
    # 400 selections of 60 words without any difference: binomial with mean at most 20, sd 4.4; 20 + 3 sd = 33
    random = np.random.default_rng(7)
    alarms = 0
    for _selection in range(400):
        often = random.uniform(0.01, 0.2, 60)
        found = over_represented(random.binomial(120, often), 120, random.binomial(900, often), 900)
        alarms += bool((adjusted_p_values(found.p) <= 0.05).any())
    assert alarms <= 33


def test_a_word_that_is_three_times_as_frequent_is_found() -> None:
    # 12 % of 300 against 4 % of 2,000 among 60 words: the power is above .99
    random = np.random.default_rng(8)
    often = np.full(60, 0.04)
    unhappy = np.where(np.arange(60) == 0, 0.12, often)
    found = over_represented(random.binomial(300, unhappy), 300, random.binomial(2000, often), 2000)
    assert np.flatnonzero(adjusted_p_values(found.p) <= 0.05).tolist() == [0]
