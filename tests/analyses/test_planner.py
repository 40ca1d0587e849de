"""The planner: what a plan can see, what it takes, checked against formulas and by drawing."""

import numpy as np
import pytest
from scipy import stats

from sq.analyses.names import Names, names
from sq.analyses.planner import EVERYBODY, NO_SPREAD, NOT_PLANNED, Design, Plan, plan, planned
from sq.metrics.catalogue import METRICS
from sq.selection import Selection
from sq.statistics.estimable import NotEstimable
from sq.statistics.planning import verdict_power, visible_verdict
from sq.warehouse import EVERYTHING, Warehouse

SCORE = METRICS["mystery_score"]
STORE = Design(sd=8.0, spread=0.0, stores=1, rest_se=0.3, alpha=0.05 / 60, least=3.0)


@pytest.fixture(scope="module")
def named(small: Warehouse) -> Names:
    return names(small, EVERYTHING)


def test_the_error_of_a_store_is_its_visits_and_the_rests() -> None:
    se, df = STORE.error(16)
    assert se == pytest.approx((64 / 16 + 0.09) ** 0.5)
    assert df == pytest.approx(4.09**2 / (4**2 / 15))  # Welch, the rest has many stores


def test_the_error_of_a_region_does_not_vanish_with_visits() -> None:
    region = Design(sd=8.0, spread=2.0, stores=10, rest_se=0.0, alpha=0.01, least=3.0)
    assert region.error(4)[0] == pytest.approx(((4 + 64 / 4) / 10) ** 0.5)
    assert region.error(100_000)[0] == pytest.approx((4 / 10) ** 0.5, abs=1e-3)
    assert region.error(4)[1] == pytest.approx(9)


def test_a_verdict_needs_the_measured_difference_to_be_large_enough_too() -> None:
    # a true difference of exactly the smallest relevant one is measured above it half of the time, whatever n
    assert verdict_power(3.0, 0.01, 1e6, 0.05, 3.0) == pytest.approx(0.5)
    # where significance is the higher hurdle it decides: z = 1.96 of alpha .05, difference 2.8 se
    assert verdict_power(28.0, 10.0, 1e6, 0.05, 3.0) == pytest.approx(stats.norm.sf(1.959964 - 2.8), abs=1e-3)
    assert visible_verdict(1.0, 1e6, 0.05, 0.0) == pytest.approx(1.959964 + 0.841621, abs=1e-3)
    assert visible_verdict(0.1, 1e6, 0.05, 3.0) == pytest.approx(3 + 0.0841621, abs=1e-4)


def test_the_visits_that_are_needed_see_the_difference_and_one_fewer_does_not() -> None:
    needed = STORE.visits_for(8.0)
    assert isinstance(needed, int)
    powers = [verdict_power(8.0, *STORE.error(n), STORE.alpha, STORE.least) for n in (needed - 1, needed)]
    assert powers[0] < 0.8 <= powers[1]
    visible = STORE.visible(needed)
    assert isinstance(visible, float)
    assert visible <= 8.0


def test_what_is_promised_is_found_when_it_is_drawn() -> None:
    """4,000 draws (seed 5): 95 % bound of a share of .8 is ±.0124; the test against a known rest, Bonferroni of 60."""
    rng = np.random.default_rng(5)
    needed = STORE.visits_for(8.0)
    assert isinstance(needed, int)
    visits = rng.normal(8.0, 8.0, (4000, needed))
    rest = rng.normal(0.0, 0.3, 4000)
    difference = visits.mean(1) - rest
    own = visits.var(1, ddof=1) / needed
    df = (own + 0.09) ** 2 / (own**2 / (needed - 1))
    p = 2 * stats.t.sf(np.abs(difference) / np.sqrt(own + 0.09), df)
    found = ((p <= STORE.alpha) & (difference >= 3)).mean()
    at_most = verdict_power(8.0, *STORE.error(needed), STORE.alpha, STORE.least)
    assert found == pytest.approx(at_most, abs=0.02)
    assert found >= 0.79


def test_no_plan_promises_a_difference_that_is_never_called() -> None:
    found = planned(SCORE, STORE, SCORE.title, "store", 12, 60, 3.0)
    assert isinstance(found, Plan)
    assert isinstance(found.needed, NotEstimable)
    assert "no plan can promise it" in str(found.answers[1])


def test_one_visit_sees_nothing_and_says_so() -> None:
    found = planned(SCORE, STORE, SCORE.title, "store", 1, 60, 8.0)
    assert isinstance(found, Plan)
    assert isinstance(found.visible, NotEstimable)
    assert "too few to see any difference" in str(found.answers[0])
    assert found.curve["visible"].is_monotonic_decreasing


def test_more_visits_see_smaller_differences() -> None:
    seen = [STORE.visible(n) for n in (4, 8, 16, 32, 64)]
    assert all(isinstance(size, float) for size in seen)
    assert seen == sorted(seen, reverse=True)  # type: ignore[type-var]


def test_what_cannot_be_planned_says_why(small: Warehouse, named: Names) -> None:
    def asked(metric: str, level: str = "store") -> object:
        return plan(small, EVERYTHING, Selection(metric=metric), named, level, (), 6.0)

    assert asked("complaint_rate") is NOT_PLANNED
    assert asked("employee_index") is EVERYBODY
    assert asked("item_pass_rate") is NO_SPREAD


def test_a_store_of_the_small_chain_is_planned_on_the_spread_of_all(small: Warehouse, named: Names) -> None:
    selection = Selection(metric="mystery_score", start="2026-01", end="2026-04")
    found = plan(small, EVERYTHING, selection, named, "store", ("S1",), 6.0)
    assert isinstance(found, Plan)
    # squared deviations inside stores: S1 (100, 44.4, 100), S2 (35.7, 70), S3 (80, 83.3), S4 (50, 94.4); df 2+1+1+1
    visits = [[100, 400 / 9, 100], [250 / 7, 70], [80, 750 / 9], [50, 850 / 9]]
    squares = sum(((np.array(v) - np.mean(v)) ** 2).sum() for v in visits)
    assert found.design.sd == pytest.approx((squares / 5) ** 0.5)
    assert (found.visits, found.compared, found.design.alpha) == (3, 4, 0.05 / 4)
    assert found.design.fewest == 3


def test_a_plan_below_the_fewest_that_are_judged_sees_nothing() -> None:
    few = Design(sd=8.0, spread=0.0, stores=1, rest_se=0.3, alpha=0.05 / 60, least=3.0, fewest=10)
    assert isinstance(few.visible(9), NotEstimable)
    assert isinstance(few.visible(10), float)
    assert few.visits_for(60.0) == 10
    region = Design(sd=8.0, spread=2.0, stores=4, rest_se=0.3, alpha=0.01, least=3.0, fewest=10)
    assert region.fewest_visits == 3, "3 visits to each of 4 stores are 12"
