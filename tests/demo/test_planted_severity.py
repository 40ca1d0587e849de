"""The severity planted in the simulated chain is found by the estimates that are published, and none where none is."""

import numpy as np
import pandas as pd
import pytest

from sq.analyses.shoppers import judged
from sq.publish_estimates import ShopperEstimates, estimates
from tests.demo.written import Written


@pytest.fixture(scope="module")
def found(planted: Written, unplanted: Written) -> dict[str, ShopperEstimates]:
    return {"planted": of(planted), "unplanted": of(unplanted)}


def of(chain: Written) -> ShopperEstimates:
    """The estimates of a written chain, from the shares of its ordinary items."""
    visits = chain.visits[chain.is_own]
    rows = pd.DataFrame(
        {
            "store_id": visits["门店编号"],
            "region": visits["大区"],
            "visited_on": visits["暗访日期"],
            "stream": visits["暗访类型"],
            "epoch": (visits["暗访日期"] >= "2025-10-01").astype(int),
            "shopper_id": visits["暗访员编号"],
            "score": chain.ordinary[chain.is_own],
            "n_items": 100,
            "n_na": 10,
            "is_straight": False,
        }
    )
    days = pd.DataFrame({"shopper_id": rows["shopper_id"].unique(), "days": 1, "a_day": 1.0, "most_a_day": 1})
    return estimates(rows.sort_values("visited_on"), days)


def test_planted_severities_are_recovered(found: dict[str, ShopperEstimates], planted: Written) -> None:
    model, people = found["planted"].model, found["planted"].shoppers.set_index("shopper_id")
    truth = pd.Series(planted.effect("shopper_severity")["points_per_item"])
    assert (model["reason"], model["components"]) == ("", 1)
    assert np.corrcoef(people["severity"], truth[people.index])[0, 1] > 0.9
    # 40 shoppers: the variance 2.5^2 (less the means of the regions) within ± 2 of sqrt(2 / 39) = 23 %
    assert model["variance_shopper"] == pytest.approx(truth.var(), rel=0.3)
    inside = (people["low"] <= truth[people.index]) & (truth[people.index] <= people["high"])
    assert inside.sum() >= 34, "binomial 40 x .95: fewer than 34 once in 70"
    verdicts = judged(found["planted"].shoppers).set_index("shopper_id")["verdict"]
    assert (truth[verdicts.index][verdicts == "better"] > 0).all()
    assert (truth[verdicts.index][verdicts == "worse"] < 0).all()
    assert {"better", "worse"} <= set(verdicts), "some are beyond three points"


def test_nobody_is_called_strict_where_nothing_is_planted(found: dict[str, ShopperEstimates]) -> None:
    model = found["unplanted"].model
    assert model["variance_shopper"] < 0.05 * model["variance_rest"]
    assert set(judged(found["unplanted"].shoppers)["verdict"]) <= {"none", "too_few"}


def test_the_shopper_never_decides_which_region_is_weak(found: dict[str, ShopperEstimates]) -> None:
    assert found["planted"].model["crossed_share"] == pytest.approx(0.30, abs=0.03)
