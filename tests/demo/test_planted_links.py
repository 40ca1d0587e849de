"""Internal service → employees → delivered → perceived service, and what else is planted among the staff.

Plain pandas on the files. Bounds are Monte-Carlo: 4 standard errors, estimated from the same files, stores as units.
"""

import numpy as np
import pandas as pd
import pytest

from sq.demo import build
from tests.demo.conftest import END
from tests.demo.written import Written, difference, least_squares

BOUND = 4.0
LINKS = {  # cause → effect, and how many waves or periods later
    "internal_service_to_employees": ("internal_service", "measured_employees", 1),
    "employees_to_delivered": ("employees", "measured_delivered", 1),
    "delivered_to_perceived": ("delivered", "measured_perceived", 0),
}


def pairs(cause: pd.DataFrame, effect: pd.DataFrame, later: int) -> pd.DataFrame:
    """Store x wave: the cause and, ``later`` waves on, its effect (period p follows wave p - 1)."""
    columns = [c for c in cause.columns if c + later in effect.columns]
    drawn = [pd.DataFrame({"x": cause[c], "y": effect[c + later]}) for c in columns]
    return pd.concat(drawn).dropna()


def slope(rows: pd.DataFrame) -> tuple[float, float]:
    """The slope of y on x and its standard error."""
    found, error = least_squares(rows["y"], rows[["x"]])
    return float(found["x"]), float(error["x"])


@pytest.fixture(scope="session", params=[2, 3])
def other_seed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp(f"seed{request.param}")
    return Written(folder, build(folder, stores=80, customers=20_000, seed=request.param, end=END))


def check_links(chain: Written) -> None:
    """Each link has its planted coefficient, measured on the true cause."""
    effects = [e for e in chain.truth["effects"] if e["id"] == "service_chain"]
    for link, (cause, effect, later) in LINKS.items():
        expected = effects[0]["coefficients"][link] if effects else 0.0
        found, error = slope(pairs(chain.points(cause), getattr(chain, effect), later))
        assert found == pytest.approx(expected, abs=BOUND * error), link
        if effects:
            assert found > 3 * error, (link, "can be told from nothing")
            assert error < 0.15, link


def test_each_link_has_its_planted_coefficient_and_is_absent_where_nothing_is_planted(chain: Written) -> None:
    if not chain.truth["planted"]:
        for name in ("delivered", "perceived"):
            assert (chain.points(name) == 0).all().all()
        rows = pairs(chain.points("internal_service"), chain.measured_employees, 1)
        found, error = slope(rows)
        assert found == pytest.approx(0.0, abs=BOUND * error)
        assert error < 0.06
        return
    check_links(chain)


def test_other_seeds_have_the_same_links(other_seed: Written) -> None:
    check_links(other_seed)


def test_the_links_show_in_what_was_measured_without_knowing_the_truth(chain: Written) -> None:
    steps = [
        pairs(chain.measured_internal, chain.measured_employees, 1),
        pairs(chain.measured_employees, chain.measured_delivered, 1),
        pairs(chain.measured_delivered, chain.measured_perceived, 0),
    ]
    for rows in steps:
        r, n = np.corrcoef(rows["x"], rows["y"])[0, 1], len(rows)
        z = np.arctanh(r) * np.sqrt(n - 3)
        assert (z > 3) if chain.truth["planted"] else (abs(z) < BOUND)


def test_measured_stores_are_the_true_ones(chain: Written) -> None:
    for name, measured in (("internal_service", chain.measured_internal), ("employees", chain.measured_employees)):
        found, error = slope(pairs(chain.points(name), measured, 0))
        assert found == pytest.approx(1.0, abs=BOUND * error), name
        assert error < 0.06, name


def test_employees_follow_the_internal_service_of_half_a_year_before_not_of_the_same_wave(planted: Written) -> None:
    internal, employees = planted.points("internal_service"), planted.measured_employees
    rows = [pd.DataFrame({"before": internal[w - 1], "same": internal[w], "y": employees[w]}) for w in range(1, 4)]
    frame = pd.concat(rows).dropna()
    found, errors = least_squares(frame["y"], frame[["before", "same"]])
    assert found["before"] == pytest.approx(0.5, abs=BOUND * errors["before"])
    assert found["same"] == pytest.approx(0.0, abs=BOUND * errors["same"])


def test_links_move_no_region(planted: Written) -> None:
    for name in ("internal_service", "employees", "delivered", "perceived"):
        points = planted.points(name).drop(index=planted.effect("declining_store")["place"])
        assert points.groupby(planted.regions).mean().abs().max().max() < 0.001


def test_one_department_serves_worse_and_its_support_has_more_problems(chain: Written, planted: Written) -> None:
    effect = planted.effect("weak_department")
    size = effect["points"] if chain.truth["planted"] else 0.0
    scores = chain.survey_shares(chain.internal, "内部服务").mean(axis=1)
    by_unit = scores.groupby([chain.internal["门店编号"], chain.internal["部门编号"]]).mean().unstack()
    for department in by_unit:
        gap = by_unit[department] - by_unit.drop(columns=[department, effect["place"]], errors="ignore").mean(axis=1)
        expected = size if department == effect["place"] else 0.0
        assert gap.mean() == pytest.approx(expected, abs=BOUND * gap.sem()), department
    named, weak = chain.internal["支持问题"].notna(), chain.internal["部门编号"] == effect["place"]
    ratio = named[weak].mean() / named[~weak].mean()
    error = np.sqrt(1 / named[weak].sum() + 1 / named[~weak].sum())
    assert np.log(ratio) == pytest.approx(np.log(2.0) if chain.truth["planted"] else 0.0, abs=BOUND * error)


def test_the_employees_of_one_region_are_less_satisfied(chain: Written, planted: Written) -> None:
    effect = planted.effect("low_region")
    forms = chain.employees[chain.employees["门店编号"].notna()]
    scores = chain.survey_shares(forms, "员工满意度").mean(axis=1).groupby(forms["门店编号"]).mean()
    region = chain.regions.reindex(scores.index)
    for place in region.unique():
        inside, outside = scores[region == place], scores[(region != place) & (region != effect["place"])]
        found, error = difference(inside, outside)
        expected = effect["points"] if chain.truth["planted"] and place == effect["place"] else 0.0
        assert found == pytest.approx(expected, abs=BOUND * error), place


def test_one_dimension_drops_between_the_last_two_waves(chain: Written, planted: Written) -> None:
    effect, items = planted.effect("dropped_dimension"), chain.survey("员工满意度")
    shares = chain.survey_shares(chain.employees, "员工满意度")
    unit = chain.employees["门店编号"].fillna(chain.employees["部门编号"])
    dimensions = {str(d): shares[list(q.index)].mean(axis=1) for d, q in items.groupby("维度编号")}
    for dimension, scores in dimensions.items():
        others = pd.concat([s for d, s in dimensions.items() if d not in (dimension, effect["dimension_id"])], axis=1)
        gap = (scores - others.mean(axis=1)).groupby([unit, chain.employees["期次"]]).mean().unstack()
        change = gap[chain.waves[-1]] - gap[chain.waves[-2]]
        earlier = gap[chain.waves[-2]] - gap[chain.waves[-3]]
        dropped = chain.truth["planted"] and dimension == effect["dimension_id"]
        assert change.mean() == pytest.approx(effect["points"] if dropped else 0.0, abs=BOUND * change.sem()), dimension
        assert earlier.mean() == pytest.approx(0.0, abs=BOUND * earlier.sem()), dimension


def test_managers_misjudge_how_important_one_element_is_to_customers(chain: Written, planted: Written) -> None:
    effect, items = planted.effect("mistaken_managers"), chain.survey("服务意识")
    shares = chain.survey_shares(chain.sheet("服务意识答卷.xlsx", "服务意识答卷"), "服务意识")
    customers = chain.questions[chain.questions["用途"] == "重要性"].set_index("服务要素", append=True)
    for question, element in customers.index:
        item = items.index[(items["服务要素"] == element) & (items["用途"] == "重要性")][0]
        found, error = difference(shares[item], (chain.answers[question] - 1) / 4 * 100)
        size = effect["points"] if chain.truth["planted"] and element == effect["element_id"] else 0.0
        assert found == pytest.approx(size, abs=BOUND * error), element
        assert error < 1.5


def test_one_area_of_management_is_weak_in_all_stores(chain: Written, planted: Written) -> None:
    effect, items = planted.effect("weak_area"), chain.survey("管理诊断")
    audits = chain.sheet("管理诊断.xlsx", "管理诊断")
    shares = chain.survey_shares(audits, "管理诊断")
    for area, inside in items.groupby("维度编号"):
        weights = inside["权重"]
        scores = (shares[list(inside.index)] * weights).sum(axis=1) / (
            shares[list(inside.index)].notna() * weights
        ).sum(axis=1)
        found = scores.groupby(audits["门店编号"]).mean()
        neutral = pd.Series(chain.truth["surveys"]["neutral_means"]["management"])[str(area)]
        size = effect["points"] if chain.truth["planted"] and area == effect["dimension_id"] else 0.0
        assert found.mean() == pytest.approx(neutral + size, abs=BOUND * found.sem()), area


def test_dimensions_have_the_means_of_the_list_where_nothing_is_planted(unplanted: Written) -> None:
    shares = unplanted.survey_shares(unplanted.employees, "员工满意度")
    items = unplanted.survey("员工满意度")
    for dimension, expected in unplanted.truth["surveys"]["neutral_means"]["employee"].items():
        scores = shares[list(items.index[items["维度编号"] == dimension])].mean(axis=1)
        by_unit = scores.groupby(unplanted.employees["门店编号"].fillna(unplanted.employees["部门编号"])).mean()
        assert by_unit.mean() == pytest.approx(expected, abs=BOUND * by_unit.sem()), dimension


def test_a_dimension_of_the_employees_is_a_reliable_scale(planted: Written) -> None:
    shares = planted.survey_shares(planted.employees, "员工满意度")
    items = planted.survey("员工满意度")
    for dimension, inside in items.groupby("维度编号"):
        answers = shares[list(inside.index)].dropna()
        k = answers.shape[1]
        alpha = k / (k - 1) * (1 - answers.var().sum() / answers.sum(axis=1).var())
        assert 0.55 < alpha < 0.9, dimension
