"""What must hold of every statistic without a reference number, and what each says when it cannot tell.

methods.md, section 19, and the edge cases named there per method: no exception, no nan, but a reason.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sq.statistics import (
    agreement,
    attributes,
    breaks,
    charts,
    crossed,
    drivers,
    effects,
    funnel,
    gaps,
    intervals,
    planning,
    ranking,
    regression,
    run_lengths,
    sampling,
    scales,
    scoring,
    shares,
    shrinkage,
)
from sq.statistics.estimable import (
    COLLINEAR,
    NO_DIFFERENCE_BETWEEN,
    NO_VARIATION,
    NO_WEIGHT,
    NOT_CONNECTED,
    NOTHING_APPLIES,
    OUT_OF_RANGE,
    TOO_FEW,
)

pytestmark = pytest.mark.filterwarnings("error")
RNG = np.random.default_rng(7)
POINTS = st.floats(0, 100, allow_nan=False)
few = settings(max_examples=60, deadline=None)
Array = np.ndarray


@st.composite
def forms(draw: st.DrawFn) -> scoring.Form:
    n = draw(st.integers(1, 12))
    maximum = draw(arrays(float, n, elements=st.sampled_from([1.0, 2.0, 5.0, 10.0])))
    share = draw(arrays(float, n, elements=st.sampled_from([0.0, 0.2, 0.5, 1.0])))
    weight = draw(arrays(float, n, elements=st.sampled_from([0.5, 1.0, 3.0])))
    critical = draw(arrays(bool, n, elements=st.booleans()))
    return scoring.Form.of(share * maximum, maximum, weight, critical)


@given(forms(), st.floats(0.1, 50))
@few
def test_a_score_does_not_change_with_an_item_that_does_not_apply_other_weights_units_or_order(
    form: scoring.Form, factor: float
) -> None:
    score = scoring.flat_score(form)
    longer = scoring.Form.of(
        [*form.points, math.nan], [*form.maximum, 5.0], [*form.weight, 2.0], [*form.critical, True]
    )
    order = np.random.default_rng(3).permutation(len(form.points))
    turned = scoring.Form.of(form.points[order], form.maximum[order], form.weight[order], form.critical[order])
    scaled = scoring.Form.of(form.points, form.maximum, form.weight * factor, form.critical)
    assert scoring.flat_score(longer) == pytest.approx(score)
    assert longer.failed == form.failed
    assert scoring.flat_score(turned) == pytest.approx(score)
    assert scoring.flat_score(scaled) == pytest.approx(score)


@given(forms(), st.integers(0, 11))
@few
def test_raising_an_item_never_lowers_a_score_and_a_veto_never_raises_it(form: scoring.Form, item: int) -> None:
    points = form.points.copy()
    points[item % len(points)] = form.maximum[item % len(points)]
    raised = scoring.Form.of(points, form.maximum, form.weight, form.critical)
    score = scoring.flat_score(form)
    assert scoring.flat_score(raised) >= score - 1e-9
    for veto in ("zero", "cap", "shown"):
        assert scoring.after_veto(score, form.failed, veto) <= score


def test_a_score_says_why_there_is_none() -> None:
    assert scoring.flat_score(scoring.Form.of([math.nan, math.nan], [1, 1])) is NOTHING_APPLIES
    assert scoring.flat_score(scoring.Form.of([1, math.nan], [1, 1], [0, 1])) is NO_WEIGHT
    assert scoring.sectioned_score(scoring.Form.of([math.nan], [1]), ["a"], [1]) is NOTHING_APPLIES
    with pytest.raises(ValueError, match="full marks"):
        scoring.Form.of([1], [0])
    # a veto item without weight fails the visit; one that does not apply does not
    assert scoring.Form.of([0, 1], [1, 1], [0, 1], [True, False]).failed
    assert not scoring.Form.of([math.nan, 1], [1, 1], [1, 1], [True, False]).failed


def test_a_whole_section_that_does_not_apply_hands_its_weight_to_the_others() -> None:
    form = scoring.Form.of([1, math.nan, 0], [2, 1, 1])
    # sections 50 (weight 1), none (weight 8), 0 (weight 3): (1·50 + 3·0) / 4 = 12.5
    assert scoring.sectioned_score(form, ["a", "b", "c"], [1, 8, 3]) == pytest.approx(12.5)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
@few
def test_an_nps_lies_in_its_intervals_which_stay_on_the_scale(p: int, m: int, d: int) -> None:
    found = shares.net_promoters(p, m, d)
    if p + m + d < 2:
        assert found is TOO_FEW
        return
    assert -100 <= found.adjusted_low <= found.adjusted_centre <= found.adjusted_high <= 100
    assert found.nps == pytest.approx(-shares.net_promoters(d, m, p).nps)


@given(st.integers(1, 200), st.data())
@few
def test_a_share_interval_holds_the_share_and_mirrors_success_and_failure(n: int, data: st.DataObject) -> None:
    x = data.draw(st.integers(0, n))
    for method in ("wilson", "clopper_pearson", "agresti_coull"):
        low, high = shares.share_interval(x, n, method)
        other = shares.share_interval(n - x, n, method)
        assert low <= x / n + 1e-12
        assert high >= x / n - 1e-12
        if method != "agresti_coull":
            assert (1 - other[1], 1 - other[0]) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))
    wide, narrow = shares.share_interval(x, n), shares.share_interval(4 * x, 4 * n)
    assert narrow[1] - narrow[0] < wide[1] - wide[0]
    assert shares.share_interval(x, n, confidence=0.99)[0] <= wide[0]


def test_nothing_asked_gives_no_share_and_no_rating() -> None:
    assert all(math.isnan(limit) for limit in shares.share_interval(0, 0))
    assert shares.rating({}, 1, 5) is TOO_FEW
    alone = shares.rating({4: 1}, 1, 5)
    assert (alone.index, alone.n, math.isnan(alone.index_low)) == (75.0, 1, True)


@given(arrays(float, st.integers(5, 30), elements=POINTS), st.floats(0.5, 20))
@few
def test_a_shrunken_value_lies_between_its_own_and_the_mean(value: Array, se: float) -> None:
    found = shrinkage.shrunken(value, np.full(len(value), se))
    low, high = np.minimum(value, found.mean), np.maximum(value, found.mean)
    assert ((found.value >= low - 1e-9) & (found.value <= high + 1e-9)).all()
    if found.tau2 == 0:
        assert found.value == pytest.approx(np.full(len(value), found.mean))


def test_more_visits_mean_less_shrinkage_and_one_visit_borrows_the_usual_error() -> None:
    value = np.array([60.0, 70, 80, 90, 75, 65])
    found = shrinkage.shrunken(value, np.array([1.0, 2, 3, 4, 5, math.nan]))
    assert (np.diff(found.kept[:5]) < 0).all()
    assert found.kept[5] == pytest.approx(found.kept[2])  # the median of the known variances is 3²
    assert shrinkage.shrunken(value[:4], np.ones(4)) is TOO_FEW
    same = shrinkage.shrunken(np.full(6, 70.0), np.ones(6))
    assert (same.tau2, same.value.tolist()) == (0.0, [70.0] * 6)


def test_shares_that_differ_no_more_than_by_chance_have_no_prior() -> None:
    assert shrinkage.beta_prior([5, 5, 5], [10, 10, 10]) is NO_DIFFERENCE_BETWEEN
    assert shrinkage.beta_prior([5], [10]) is TOO_FEW
    assert shrinkage.james_stein([1, 1, 1, 1], 1.0) is NO_DIFFERENCE_BETWEEN
    assert shrinkage.dersimonian_laird([1.0, 1, 1], [1.0, 1, 1]) == 0


@given(arrays(float, st.integers(2, 15), elements=POINTS), st.floats(0.1, 20))
@few
def test_a_rank_lies_in_its_interval_and_the_simultaneous_one_is_wider(value: Array, se: float) -> None:
    alone, together = (
        ranking.rank_intervals(value, np.full(len(value), se), simultaneous=both) for both in (False, True)
    )
    assert sorted(alone.rank) == list(range(1, len(value) + 1))
    assert ((together.best <= alone.best) & (alone.worst <= together.worst)).all()
    assert ((alone.best <= alone.rank) & (alone.rank <= alone.worst)).all()


def test_a_unit_without_a_value_has_no_rank() -> None:
    found = ranking.rank_intervals([80.0, math.nan, 70.0], [1.0, 1.0, 1.0])
    assert found.rank.tolist() == [1, 0, 2]


@given(arrays(float, st.integers(1, 30), elements=st.floats(0, 1)))
@few
def test_adjusted_p_values_are_at_least_the_raw_ones_in_the_same_order(p: Array) -> None:
    order = np.random.default_rng(1).permutation(len(p))
    for adjusted in (intervals.adjusted_p_values, intervals.adjusted_p_values_holm):
        found = adjusted(p)
        assert (found >= p - 1e-12).all()
        assert (np.diff(found[np.argsort(p, kind="stable")]) >= -1e-12).all()
        assert adjusted(p[order]) == pytest.approx(found[order])


def test_missing_p_values_do_not_count_in_the_family() -> None:
    assert intervals.adjusted_p_values([0.01, math.nan, 0.04])[[0, 2]] == pytest.approx([0.02, 0.04])


@given(st.floats(0.05, 0.95), st.integers(5, 400))
@few
def test_funnel_limits_nest_and_close_in_on_the_target(target: float, n: int) -> None:
    inner, outer = (funnel.normal_limits(target, [n, 100 * n], level) for level in (0.95, 0.998))
    assert (outer[0] < inner[0]).all()
    assert (inner[1] < outer[1]).all()
    assert abs(inner[0][1] - target) < abs(inner[0][0] - target)


def test_a_funnel_needs_two_units_and_a_target_inside_the_scale() -> None:
    assert funnel.funnel([3], [4]) is TOO_FEW
    assert funnel.funnel([4, 5], [4, 5]) is NO_VARIATION
    quiet = funnel.funnel([50, 50, 50], [100, 100, 100])
    assert quiet.tau2 == 0
    assert (quiet.z_additive == quiet.z).all()


SERIES = np.array([50.0, 52, 49, 51, 53, 48, 50, 52, 51, 49, 50, 54, 47])


@given(st.floats(-5, 5).filter(lambda f: abs(f) > 0.01), st.floats(-100, 100))
@few
def test_control_limits_move_with_the_series(factor: float, shift: float) -> None:
    plain, moved = charts.xmr(SERIES), charts.xmr(SERIES * factor + shift)
    ends = sorted([plain.low[0] * factor + shift, plain.high[0] * factor + shift])
    assert [moved.low[0], moved.high[0]] == pytest.approx(ends)


@given(arrays(float, st.integers(1, 40), elements=st.floats(-4, 4)))
@few
def test_the_rules_are_the_same_upside_down_and_later_points_change_no_earlier_signal(z: Array) -> None:
    found = charts.signals(z, charts.RULES)
    assert charts.signals(-z, charts.RULES) == found
    shorter = charts.signals(z[:-1], charts.RULES)
    assert {rule: [at for at in at_all if at < len(z) - 1] for rule, at_all in found.items()} == shorter


def test_frozen_limits_stay_when_points_are_added() -> None:
    frozen, longer = charts.xmr(SERIES, baseline=12), charts.xmr([*SERIES, 90.0], baseline=12)
    assert (longer.low[0], longer.high[0]) == (frozen.low[0], frozen.high[0])
    assert longer.beyond.tolist() == [13]


def test_a_missing_month_breaks_the_moving_range_and_every_run() -> None:
    gap = charts.xmr([1.0, math.nan, 3.0, 4.0, 6.0])
    assert gap.sigma[0] == pytest.approx(1.5 / charts.constants(2).d2)  # ranges 1 and 2 only
    assert charts.signals([1.0] * 8 + [math.nan] + [1.0] * 8, (2,)) == {2: []}


def test_charts_say_why_they_have_no_limits() -> None:
    assert charts.xmr([1.0, 1, 1, 1]) is NO_VARIATION
    assert charts.xmr([1.0]) is TOO_FEW
    assert charts.xmr([math.nan] * 5) is TOO_FEW
    assert charts.p_chart([0, 0], [5, 5]) is NO_VARIATION
    assert charts.u_chart([0, 0], [5, 5]) is NO_VARIATION
    assert charts.laney(NO_VARIATION) is NO_VARIATION
    one_each = charts.subgroups([1.0, 2.0], ["a", "b"])
    assert charts.xbar_s(one_each) is TOO_FEW
    assert charts.xbar_r(one_each) is TOO_FEW
    assert charts.u_chart([4, 9], [2, 3]).center[0] == pytest.approx(2.6)


def test_run_lengths_found_by_simulation_agree_with_the_chain() -> None:
    # 4,000 series of rule 1 and 4 at a shift of one sigma: mean 14.58, its standard error about 0.2
    z = np.random.default_rng(2).normal(1, 1, (4000, 200))
    run = np.zeros(4000)
    side = np.zeros(4000)
    length = np.full(4000, 200.0)
    for t in range(200):
        sign = np.sign(z[:, t])
        run = np.where(sign == side, run + 1, 1)
        side = sign
        length = np.where((length == 200) & ((np.abs(z[:, t]) > 3) | (run >= 8)), t + 1, length)
    assert length.mean() == pytest.approx(run_lengths.rules_run_length({1, 4}, 1.0), rel=0.05)
    assert run_lengths.false_alarms(200, 12, run_lengths.shewhart_run_length()) == pytest.approx(6.48, abs=0.01)


def test_a_break_says_why_there_is_none() -> None:
    assert breaks.level_break([1.0] * 30, 5) is NO_VARIATION
    assert breaks.level_break([1.0, 2.0], 5) is TOO_FEW
    assert breaks.pettitt(range(10)) is TOO_FEW
    steps = breaks.level_break([0.0, 0.1] * 10 + [5.0, 5.1] * 10, 4)
    assert (steps.last, steps.found) == (20, True)
    assert not breaks.level_break(np.random.default_rng(1).normal(size=60), 10).found


@given(st.floats(0.2, 30), st.integers(0, 100))
@few
def test_shares_of_importance_sum_to_r2_whatever_the_units(factor: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(60, 4))
    y = x @ [1.0, 0.5, 0, 0.2] + rng.normal(size=60)
    for method in ("lmg", "johnson"):
        found = drivers.importance(y, x, method=method)
        assert found.weight.sum() == pytest.approx(found.r2)
        scaled = drivers.importance(y * factor, x * [factor, 1, 1, 2], method=method)
        assert scaled.weight == pytest.approx(found.weight)


def test_drivers_that_cannot_be_told_apart_are_said_to_be_so() -> None:
    x = RNG.normal(size=(50, 2))
    y = x.sum(axis=1)
    assert drivers.importance(y, np.column_stack([x, x[:, 0]])) is COLLINEAR
    assert drivers.importance(np.ones(50), x) is NO_VARIATION
    assert drivers.importance(y, np.column_stack([x, np.ones(50)])) is NO_VARIATION
    assert drivers.importance(y[:5], x[:5]) is TOO_FEW


def test_a_near_duplicate_takes_half_of_the_share_by_lmg() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=4000)
    twin = x + rng.normal(scale=1e-3, size=4000)
    y = x + rng.normal(size=4000)
    found = drivers.importance(y, np.column_stack([x, twin]))
    assert found.share == pytest.approx([0.5, 0.5], abs=0.01)
    assert found.highest_correlation > 0.85


def test_bootstrapped_shares_hold_the_share_and_the_strongest_driver_leads() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(200, 3))
    y = x @ [2.0, 0.5, 0.0] + rng.normal(size=200)
    found = drivers.importance(y, x, runs=200, cluster=np.repeat(np.arange(40), 5))
    assert ((found.low <= found.share) & (found.share <= found.high)).all()
    assert found.top[0] == pytest.approx(1.0)


@given(st.floats(-50, 50), st.floats(-50, 50), st.integers(0, 50))
@few
def test_unit_and_time_effects_change_no_difference_in_differences_and_swapping_turns_its_sign(
    unit: float, time: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    store = np.tile(np.arange(20), 2)
    after = np.repeat([0.0, 1.0], 20)
    treated = (store < 8).astype(float)
    y = rng.normal(size=40)
    plain = effects.difference_in_differences(y, treated, after, list(store))
    moved = effects.difference_in_differences(y + unit * treated + time * after, treated, after, list(store))
    turned = effects.difference_in_differences(y, 1 - treated, after, list(store))
    assert moved.effect == pytest.approx(plain.effect, abs=1e-9)
    assert turned.effect == pytest.approx(-plain.effect)


def test_an_effect_needs_both_groups_in_both_periods() -> None:
    assert effects.difference_in_differences([1.0, 2, 3], [1, 1, 1], [0, 1, 1], "abc") is TOO_FEW
    assert effects.store_changes([1.0, 2.0], [1, 0], [0, 0], "ab") is TOO_FEW


def test_one_rating_stepped_up_gives_that_of_the_mean() -> None:
    found = agreement.intraclass_correlations(RNG.normal(size=(12, 4)) + RNG.normal(size=(12, 1)) * 2)
    one = found["ICC1_1"].icc
    assert found["ICC1_k"].icc == pytest.approx(planning.reliability(one, 4))


def test_agreement_says_why_it_cannot_be_told() -> None:
    assert agreement.krippendorff_alpha([[3, 3, 3], [3, 3, 3]]) is NO_VARIATION
    assert agreement.krippendorff_alpha([[1, math.nan], [math.nan, 2]]) is TOO_FEW
    assert agreement.fleiss_kappa([["a", "a"], ["a", "a"]]) is NO_VARIATION
    assert agreement.cohen_kappa(["a"], ["a"]) is NO_VARIATION
    assert agreement.intraclass_correlations(np.ones((3, 3))) is NO_VARIATION
    assert agreement.intraclass_correlations(np.ones((1, 3))) is TOO_FEW
    assert agreement.one_way([1.0, 2.0], ["a", "b"]) is TOO_FEW
    assert agreement.one_way([1.0, 1.0, 1.0], ["a", "a", "b"]) is NO_VARIATION
    perfect = agreement.krippendorff_alpha([[1, 2, 3], [1, 2, 3]])
    assert perfect == 1.0


@given(st.floats(-20, 20))
@few
def test_alpha_does_not_change_with_a_constant_added(shift: float) -> None:
    x = np.random.default_rng(3).normal(size=(40, 4)) + np.random.default_rng(4).normal(size=(40, 1))
    assert scales.cronbach_alpha(x + shift).alpha == pytest.approx(scales.cronbach_alpha(x).alpha)


def test_an_item_that_was_not_reversed_has_a_negative_correlation_with_the_rest() -> None:
    rng = np.random.default_rng(8)
    x = rng.normal(size=(200, 4)) + 2 * rng.normal(size=(200, 1))
    x[:, 2] *= -1
    found = scales.cronbach_alpha(x)
    assert found.item_total[2] < 0
    x[:, 2] *= -1
    assert scales.cronbach_alpha(x).alpha > found.alpha
    assert scales.omega_total(x) == pytest.approx(scales.cronbach_alpha(x).alpha, abs=0.02)
    x[:, 1] = 3.0
    assert scales.cronbach_alpha(x) is NO_VARIATION
    assert scales.cronbach_alpha(x[:2]) is TOO_FEW


def panel(severity: float, seed: int = 1) -> tuple[Array, list[int], list[int]]:
    rng = np.random.default_rng(seed)
    store, shopper = rng.integers(0, 40, 400), rng.integers(0, 8, 400)
    score = 75 + rng.normal(0, 4, 40)[store] + severity * rng.normal(0, 1, 8)[shopper] + rng.normal(0, 4, 400)
    return score, store.tolist(), shopper.tolist()


def test_points_added_to_one_shopper_move_that_severity_and_stores_by_less_than_raw() -> None:
    score, store, shopper = panel(3.0)
    harsh = np.array(shopper) == 0
    before, after = (crossed.crossed_effects(y, store, shopper) for y in (score, score + 10 * harsh))
    at = before.raters.index(0)
    others = np.delete(after.rater - before.rater, at).mean()
    assert after.rater[at] - before.rater[at] - others == pytest.approx(10, abs=1.0)
    raw = [10 * np.mean([m for s, m in zip(store, harsh, strict=True) if s == u]) for u in before.units]
    # the level of all moves with the mean shopper; what counts is how unequally stores move
    assert np.std(after.unit - before.unit) < 0.1 * np.std(raw)


def test_adjusted_stores_are_closer_to_the_truth_than_raw_means() -> None:
    rng = np.random.default_rng(11)
    truth, severity = rng.normal(0, 4, 60), rng.normal(0, 4, 12)
    store = np.repeat(np.arange(60), 4)
    home = store // 20 * 4 + rng.integers(0, 4, 240)
    away = rng.integers(0, 12, 240)
    shopper = np.where(rng.random(240) < 0.25, away, home)
    score = 75 + truth[store] + severity[shopper] + rng.normal(0, 4, 240)
    found = crossed.crossed_effects(score, store.tolist(), shopper.tolist())
    raw = np.bincount(store, score) / 4
    adjusted = found.mean + found.unit
    error = [float(np.sqrt(np.mean((e - e.mean() - truth + truth.mean()) ** 2))) for e in (raw, adjusted)]
    assert error[1] < 0.8 * error[0]


def test_a_design_in_two_parts_is_refused_and_so_is_a_single_shopper() -> None:
    assert crossed.components(["a", "a", "b"], [1, 2, 3]) == 2
    assert crossed.components([], []) == 0
    assert crossed.crossed_effects([1.0, 2, 3, 4], ["a", "a", "b", "b"], [1, 2, 3, 4]) is NOT_CONNECTED
    assert crossed.fixed_effects([1.0, 2, 3, 4], ["a", "a", "b", "b"], [1, 2, 3, 4]) is NOT_CONNECTED
    assert crossed.crossed_effects([1.0, 2, 3, 4], ["a", "a", "b", "b"], [1, 1, 1, 1]) is TOO_FEW
    assert crossed.unit_effects([5.0] * 6, list("aabbcc")) is NO_VARIATION
    assert crossed.unit_effects([5.0], ["a"]) is TOO_FEW


def test_stores_that_do_not_differ_have_no_variance_between_them() -> None:
    found = crossed.unit_effects([1.0, 3, 2, 2, 3, 1], list("aabbcc"))
    assert found.variance_unit == pytest.approx(0, abs=1e-6)
    assert found.unit == pytest.approx(np.zeros(3), abs=1e-6)


def test_permuted_stores_hang_together_with_nothing() -> None:
    rng = np.random.default_rng(9)
    x = rng.normal(size=400)
    y = x + rng.normal(size=400)
    assert effects.correlation(x, y).low > 0.5
    chance = [effects.correlation(x, rng.permutation(y)) for _ in range(1000)]
    assert np.mean([c.r for c in chance]) == pytest.approx(0, abs=0.01)
    # 5 % of 1,000 intervals leave zero out; three binomial standard errors are 2.1 points
    assert np.mean([c.low > 0 or c.high < 0 for c in chance]) == pytest.approx(0.05, abs=0.021)
    assert effects.correlation([1.0, 2, 3], [1.0, 2, 3]) is TOO_FEW
    assert effects.correlation([1.0, 1, 1, 1], [1.0, 2, 3, 4]) is NO_VARIATION
    assert effects.disattenuated(0.9, 0.5, 0.5) is OUT_OF_RANGE
    assert effects.disattenuated(0.4, 0.0, 0.5) is OUT_OF_RANGE
    assert effects.mean_reliability([1.0, 1, 1], 1.0, 5) is NO_VARIATION
    assert effects.mediation([1.0, 2], [1.0, 2], [1.0, 2]) is TOO_FEW
    assert effects.mediation([1.0] * 5, [1.0] * 5, [1.0] * 5) is NO_VARIATION
    assert effects.phi_coefficient([[0, 0], [3, 4]]) is NO_VARIATION


@given(st.floats(0, 20))
@few
def test_the_value_of_an_action_is_linear_in_its_size_and_nothing_at_the_target(delta: float) -> None:
    rng = np.random.default_rng(10)
    x = rng.normal(70, 5, (80, 2))
    y = 0.5 * x[:, 0] + rng.normal(size=80)
    current = float(x[:, 0].mean())
    found, double = (effects.action_value(y, x, 0, current + factor * delta) for factor in (1, 2))
    assert double.effect == pytest.approx(2 * found.effect, abs=1e-9)
    assert effects.action_value(y, x, 0, current - 3).effect == 0
    assert effects.action_value(y, x, 0, current + 1000).predicted == 100.0


def test_the_error_of_several_drivers_together_needs_their_covariance() -> None:
    rng = np.random.default_rng(12)
    x = rng.normal(size=(100, 1)) + rng.normal(size=(100, 2))
    fit = regression.least_squares(x.sum(axis=1) + rng.normal(size=100), x)
    effect, se = effects.joint_value(fit, [1.0, 1.0])
    assert effect == pytest.approx(fit.coefficient[1:].sum())
    assert se < math.hypot(*fit.se[1:])  # the two errors go against each other


def test_regression_says_why_it_cannot_be_done() -> None:
    assert regression.least_squares([1.0, 2], [[1.0], [2.0]]) is TOO_FEW
    assert regression.least_squares([1.0, 1, 1, 1], [1.0, 2, 3, 4]) is NO_VARIATION
    assert regression.least_squares([1.0, 2, 3, 4, 5], [[1.0, 2], [2, 4], [3, 6], [4, 8], [5, 10]]) is COLLINEAR
    assert regression.least_squares([1.0, 2, 3, 5], [1.0, 2, 3, 4], ["a", "a", "b", "b"]) is TOO_FEW
    assert all(math.isnan(limit) for limit in regression.percentile_interval([math.nan]))


def test_gaps_of_pairs_say_why_there_is_no_interval() -> None:
    assert gaps.paired_difference([1.0], [2.0]) is TOO_FEW
    assert gaps.paired_difference([1.0, 2, 3], [0.0, 1, 2]) is NO_VARIATION
    assert gaps.weighted_gap([[math.nan]], [[1.0]]) is TOO_FEW
    assert gaps.paired_shares(5, 0, 0, 5) is NO_VARIATION
    assert gaps.paired_shares(0, 0, 0, 0) is TOO_FEW
    assert gaps.welch_difference([1.0, 1], [2.0, 2]) is NO_VARIATION
    # two scales of reliability .8 that correlate .5, equal spread: (.8 + .8 - 1) / (2 - 1) = .6
    assert gaps.difference_reliability(1, 1, 0.8, 0.8, 0.5) == pytest.approx(0.6)
    assert gaps.difference_reliability(1, 1, 0.8, 0.8, 1.0) is NO_VARIATION


def test_attributes_with_few_answers_at_an_end_are_of_no_kind() -> None:
    rng = np.random.default_rng(13)
    x = rng.integers(4, 8, 60).astype(float)[:, None]
    found = attributes.penalty_reward(x[:, 0] + rng.normal(size=60), x, 4, 7)
    assert found.kind == ("too_few",)
    assert attributes.kano({"R": 3}) is TOO_FEW
    assert attributes.quadrants([1.0], [1.0]) is TOO_FEW
    assert attributes.shortboard([80.0], [1.0], [1.0], [85.0]) is TOO_FEW
    alike = attributes.shortboard([80.0, 80.5, 80.2, 80.1], [2.0] * 4, [1.0] * 4, [85.0] * 4)
    assert not alike.is_clear


def test_visits_needed_match_the_planning_table() -> None:
    # Spearman-Brown for a reliability of .8: an ICC of .15, .30, .50 needs 23, 10, 4 visits
    assert [planning.visits_for_reliability(icc, 0.8) for icc in (0.15, 0.30, 0.50)] == [23, 10, 4]
    assert planning.visits_for_reliability(0.0, 0.8) is NO_DIFFERENCE_BETWEEN
    assert planning.visits_for_difference(0.5, 30.0) is TOO_FEW
    n = planning.visits_for_difference(8.0, 8.0)
    # one-sample t at alpha .05, power .8, effect of one standard deviation: 10 (Cohen 1988, table)
    assert n == 10
    assert planning.visible_difference(1.0, 0) is TOO_FEW
    smallest = planning.visible_difference(8 / math.sqrt(10), 9)
    assert planning.power(smallest, 8 / math.sqrt(10), 9) == pytest.approx(0.8)


def test_the_planned_power_is_found_by_simulation() -> None:
    rng = np.random.default_rng(14)
    y = rng.normal(5, 10, (4000, 12))
    t = y.mean(axis=1) / (y.std(axis=1, ddof=1) / math.sqrt(12))
    seen = (2 * intervals.t_p_value(t, np.ones(4000), np.full(4000, 11.0)) / 2 <= 0.05).mean()
    assert seen == pytest.approx(planning.power(5, 10 / math.sqrt(12), 11), abs=0.025)


def test_means_of_few_stores_have_no_clustered_error() -> None:
    assert sampling.clustered_mean([1.0, 2.0], ["a", "a"]) is TOO_FEW
    assert sampling.stratified_mean([1.0, 2.0], ["a", "b"], [1.0, 1.0]) is TOO_FEW
    assert sampling.bootstrap_mean([1.0, 2.0], ["a", "b"]) is TOO_FEW


def test_a_stratified_mean_is_that_of_the_survey_package() -> None:
    # two strata: weights 10 and 30; means 2 and 6; weighted mean (10·3·2 + 30·3·6)/(120) = 5
    y, w = [1.0, 2, 3, 5, 6, 7], [10.0, 10, 10, 30, 30, 30]
    found = sampling.stratified_mean(y, list("aaabbb"), w)
    assert found.mean == pytest.approx(5.0)
    # variance = sum over strata of n/(n-1) · sum of squares of w(y - stratum mean)/W: 1.5·(200 + 1800)/120²
    assert found.se == pytest.approx(math.sqrt(1.5 * 2000) / 120)
    finite = sampling.stratified_mean(y, list("aaabbb"), w, [30, 30, 30, 90, 90, 90])
    assert finite.se < found.se


def test_bootstrapped_stores_give_about_the_clustered_interval() -> None:
    rng = np.random.default_rng(15)
    store = np.repeat(np.arange(40), 6)
    y = 70 + rng.normal(0, 5, 40)[store] + rng.normal(0, 5, 240)
    low, high = sampling.bootstrap_mean(y, store.tolist())
    mean = sampling.clustered_mean(y, store.tolist())
    half = 2.02 * mean.se_cr1
    assert (low, high) == (pytest.approx(mean.mean - half, abs=0.4), pytest.approx(mean.mean + half, abs=0.4))
