"""What is planted can be found again in the written files, and is absent where nothing is planted.

Bounds are Monte-Carlo: 4 standard errors, estimated from the same files. The seed is fixed.
"""

import numpy as np
import pandas as pd
import pytest

from tests.demo.written import TOUCHPOINTS, Written, difference, least_squares

BOUND = 4.0


def by_month(chain: Written, values: pd.Series) -> pd.Series:
    """Values less the mean of own stores in the same month and stream."""
    visits = chain.visits
    means = values.where(chain.is_own).groupby([visits["month"], visits["暗访类型"]]).transform("mean")
    return values - means


def test_every_touchpoint_has_the_mean_that_the_truth_file_expects(chain: Written) -> None:
    expected = chain.truth["expected_in_these_visits"]["touchpoints"]
    for touchpoint in TOUCHPOINTS:
        scores = chain.touchpoint(touchpoint)[chain.is_own].dropna()
        assert scores.mean() == pytest.approx(expected[touchpoint], abs=BOUND * scores.sem()), touchpoint


def test_with_nothing_planted_the_expected_means_are_those_of_the_list(unplanted: Written) -> None:
    told = unplanted.truth
    for touchpoint, neutral in told["neutral_means"]["touchpoints"].items():
        assert told["expected_in_these_visits"]["touchpoints"][touchpoint] == pytest.approx(neutral, abs=0.6)


def test_one_region_is_weak_in_after_sales_and_only_there(chain: Written, planted: Written) -> None:
    effect = planted.effect("weak_region")
    own = chain.is_own
    here = own & (chain.visits["大区"] == effect["place"])
    for touchpoint in TOUCHPOINTS:
        size = effect["points_per_touchpoint"].get(touchpoint, 0.0) if chain.truth["planted"] else 0.0
        found, error = difference(chain.touchpoint(touchpoint)[here], chain.touchpoint(touchpoint)[own & ~here])
        assert found == pytest.approx(size, abs=BOUND * error), touchpoint
        assert abs(size) in (0.0, *np.abs(list(effect["points_per_touchpoint"].values())))
    assert effect["points_per_touchpoint"] == {"T18": -8.0, "T19": -12.0, "T20": pytest.approx(-8.571)}
    # T18: items weigh 1+1+1+1 and a veto item 2, which takes no points: -12 x 4/6; T20: -12 x 5/7


def test_customers_of_the_weak_region_see_it_too(chain: Written, planted: Written) -> None:
    effect = planted.effect("weak_region")["customer"]
    size = effect["points"] if chain.truth["planted"] else 0.0
    region = chain.stores.drop_duplicates("门店编号").set_index("门店编号")["大区"]
    here = chain.answers["门店编号"].map(region) == "西南"
    for question in ("Q21", "Q22", "Q23"):
        shares = (chain.answers[question] - 1) / 4 * 100
        found, error = difference(shares[here], shares[~here])
        assert found == pytest.approx(size, abs=BOUND * error)
        assert question in effect["item_ids"]


def test_training_lifts_its_touchpoint_in_trained_stores_and_another_course_lifts_nothing(
    chain: Written, planted: Written
) -> None:
    effect = planted.effect("training")
    days = chain.visits["门店编号"].map(effect["trained_on"]).pipe(pd.to_datetime)
    untrained = chain.is_own & days.isna()
    for touchpoint, size in (("T08", effect["points_per_item"]), ("T05", 0.0)):
        scores = chain.touchpoint(touchpoint)
        left = scores - scores.where(untrained).groupby(chain.visits["month"]).transform("mean")
        found, error = difference(left[chain.visits["暗访日期"] > days], left[chain.visits["暗访日期"] <= days])
        assert found == pytest.approx(size if chain.truth["planted"] else 0.0, abs=BOUND * error)
        before, error = difference(left[chain.visits["暗访日期"] <= days], left[untrained])
        assert before == pytest.approx(0.0, abs=BOUND * error)


def test_one_store_declines_from_its_month_on(chain: Written, planted: Written) -> None:
    effect = planted.effect("declining_store")
    left = by_month(chain, chain.ordinary)[chain.is_own]
    visits = chain.visits[chain.is_own]
    month = (visits["month"] - pd.Period(effect["from"], "M")).map(lambda gap: gap.n + 1)
    here = visits["门店编号"] == effect["place"]
    steps, lost = month[here & (month > 0)], left[here & (month > 0)]
    slope, error = (steps * lost).sum() / (steps**2).sum(), left.std() / np.sqrt((steps**2).sum())
    expected = effect["points_per_month"] if chain.truth["planted"] else 0.0
    assert slope == pytest.approx(expected, abs=BOUND * error)
    assert error < 0.25, "12 months: sd about 5 / sqrt(650)"
    earlier = left[here & (month <= 0)]
    assert earlier.mean() == pytest.approx(0.0, abs=BOUND * left.std() / np.sqrt(len(earlier)))


def test_shoppers_differ_by_their_planted_severity(chain: Written, planted: Written) -> None:
    severity = planted.effect("shopper_severity")["points_per_item"]
    declining = chain.visits["门店编号"] == planted.effect("declining_store")["place"]
    left = by_month(chain, chain.ordinary)[chain.is_own & ~declining]
    groups = left.groupby(chain.visits["暗访员编号"])
    expected = pd.Series(severity) * chain.truth["planted"]
    distance = (groups.mean() - expected) / groups.sem()
    assert len(distance) == 40
    assert (distance**2).sum() < 80.0, "chi-square with 40 degrees of freedom: beyond 80 once in 5,000"
    if chain.truth["planted"]:
        assert np.corrcoef(groups.mean(), expected)[0, 1] > 0.9
        homes = pd.Series(planted.effect("shopper_severity")["home_region"])
        assert expected.groupby(homes).mean().abs().max() < 0.01, "no region has severer shoppers of its own"


def test_seasons_move_all_stores_alike(chain: Written, planted: Written) -> None:
    season = planted.effect("seasonality")["points_per_item_by_calendar_month"]
    declining = chain.visits["门店编号"] == planted.effect("declining_store")["place"]
    streams = chain.ordinary.groupby(chain.visits["暗访类型"]).transform("mean")
    left = (chain.ordinary - streams)[~declining]
    groups = left.groupby(chain.visits["暗访日期"].dt.month)
    for month, mean in groups.mean().items():
        expected = season[str(month)] if chain.truth["planted"] else 0.0
        assert mean == pytest.approx(expected, abs=BOUND * groups.sem()[month])


def test_veto_items_fail_at_the_planted_rate_and_one_store_repeats_its_failure(
    chain: Written, planted: Written
) -> None:
    effect = planted.effect("veto_failures")
    veto, repeated = effect["item_ids"], effect["repeated"]
    there = chain.visits["门店编号"] == repeated["place"]
    answers = chain.shares.loc[~there, veto].to_numpy().ravel()
    answers = answers[~np.isnan(answers)]
    if not chain.truth["planted"]:
        assert (chain.shares[veto].min() == 1).all()
        return
    error = np.sqrt(effect["rate_per_item"] / len(answers))
    assert (answers == 0).mean() == pytest.approx(effect["rate_per_item"], abs=BOUND * error)
    asked = chain.shares.loc[there, repeated["item_id"]].dropna()
    assert (asked == 0).mean() == pytest.approx(repeated["rate"], abs=BOUND * 0.5 / np.sqrt(len(asked)))
    assert (asked == 0).sum() >= 3, "repeated"


def test_dimensions_drive_overall_satisfaction_by_their_planted_weights(chain: Written) -> None:
    scored = chain.questions[chain.questions["用途"] == "得分"]
    shares = (chain.answers[list(scored.index)] - 1) / 4 * 100
    dimensions = pd.DataFrame({str(d): shares[list(q.index)].mean(axis=1) for d, q in scored.groupby("维度编号")})
    weights, errors = least_squares((chain.answers["Q29"] - 1) / 4 * 100, dimensions)
    for dimension, expected in chain.truth["driver_weights"].items():
        assert weights[dimension] == pytest.approx(expected, abs=BOUND * errors[dimension])
    assert sum(chain.truth["driver_weights"].values()) == pytest.approx(1.0 if chain.truth["planted"] else 0.0)
    assert errors.max() < 0.012


def test_dimensions_are_reliable_scales_around_their_means(unplanted: Written) -> None:
    answers = unplanted.answers[["Q05", "Q06", "Q07", "Q08"]]
    alpha = 4 / 3 * (1 - answers.var().sum() / answers.sum(axis=1).var())
    assert 0.7 < alpha < 0.9
    product = (answers.mean(axis=1) - 1) / 4 * 100
    assert product.mean() == pytest.approx(72.75, abs=0.4)  # (75 + 68 + 77 + 71) / 4, less a little cut at the top


def test_repairs_bring_more_complaints_in_the_weak_region(chain: Written, planted: Written) -> None:
    complaints = chain.sheet("投诉.xlsx", "投诉")
    region = chain.stores.drop_duplicates("门店编号").set_index("门店编号")["大区"]
    volumes = pd.read_csv(chain.folder / "客流.csv")
    customers = volumes.groupby(volumes["门店编号"].map(region))["客流量"].sum()
    declining = complaints["门店编号"] == planted.effect("declining_store")["place"]
    repairs = complaints[complaints["触点编号"].isin(["T18", "T19", "T20"]) & ~declining]
    counts = repairs["门店编号"].map(region).value_counts()
    here, there = counts["西南"] / customers["西南"], counts.drop("西南").sum() / customers.drop("西南").sum()
    error = np.sqrt(1 / counts["西南"] + 1 / counts.drop("西南").sum())
    factor = planted.effect("weak_region")["complaints"]["factor"] if chain.truth["planted"] else 1.0
    assert np.log(here / there) == pytest.approx(np.log(factor), abs=BOUND * error + 0.02)


def test_regions_and_competitors_are_equal_where_nothing_is_planted(unplanted: Written) -> None:
    scores, visits = unplanted.ordinary, unplanted.visits
    for group in (visits["大区"], visits["品牌"].fillna("own")):
        means, errors = scores.groupby(group).mean(), scores.groupby(group).sem()
        assert ((means - scores.mean()).abs() < BOUND * errors).all()
    assert unplanted.truth["effects"] == []


def test_stores_have_no_lasting_differences_beyond_visit_noise(unplanted: Written) -> None:
    left = by_month(unplanted, unplanted.ordinary)[unplanted.is_own]
    groups = left.groupby(unplanted.visits["门店编号"])
    ratio = (groups.mean() ** 2 * groups.count()).sum() / 119 / left.var()
    assert ratio == pytest.approx(1.0, abs=4 * np.sqrt(2 / 119))  # F = between / within, 119 degrees of freedom
