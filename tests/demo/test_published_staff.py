"""What is planted among the staff can be found again in the published groups: rounded, and with some of them hidden."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sq.places import snapshot_file
from sq.warehouse import Warehouse, current_snapshot
from tests.conftest import sq
from tests.demo.test_planted_links import BOUND, pairs, slope
from tests.demo.written import Written

LAST, BEFORE = "2026H2", "2026H1"


def imported(chain: Written, folder: Path) -> Warehouse:
    """The chain's files through the ordinary import, without those that no test here reads."""
    others = ("暗访", "投诉", "培训", "备注", "客流")
    sq("import", *(str(p) for p in chain.paths if not p.name.startswith(others)), folder=folder)
    return Warehouse(snapshot_file(folder, current_snapshot(folder)))


@pytest.fixture(scope="module")
def planted_cells(planted: Written, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return imported(planted, tmp_path_factory.mktemp("published-planted"))


@pytest.fixture(scope="module")
def unplanted_cells(unplanted: Written, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return imported(unplanted, tmp_path_factory.mktemp("published-unplanted"))


@pytest.fixture(params=["planted", "nothing planted"])
def both(request: pytest.FixtureRequest) -> tuple[Warehouse, Written]:
    """Each chain in turn: what is published, and what was written."""
    name = "planted" if request.param == "planted" else "unplanted"
    return request.getfixturevalue(f"{name}_cells"), request.getfixturevalue(name)


def cells(warehouse: Warehouse, instrument: str, level: str, kind: str) -> pd.DataFrame:
    """Shown groups of one level and kind of subject, everybody together, with a standard error from the interval."""
    rows = warehouse.query(
        "SELECT * FROM cells WHERE instrument = ? AND level = ? AND subject_kind = ? AND role = '' AND tenure = ''",
        [instrument, level, kind],
    )
    shown = rows[rows["hidden"] == ""]
    return shown.assign(error=np.maximum((shown["high"] - shown["low"]) / 3.92, 0.3))


def apart(one: pd.DataFrame, other: pd.DataFrame) -> tuple[float, float]:
    """Difference of the mean values of two sets of groups, and its standard error."""
    gap = one["value"].mean() - other["value"].mean()
    return gap, np.hypot(*(np.sqrt((f["error"] ** 2).sum()) / len(f) for f in (one, other)))


def test_the_weak_department_shows(both: tuple[Warehouse, Written], planted: Written) -> None:
    warehouse, chain = both
    rows, effect = cells(warehouse, "internal_service", "department", "form"), planted.effect("weak_department")
    assert rows.groupby("wave").size().tolist() == [6] * 4
    weak = rows["department_id"] == effect["place"]
    gap, error = apart(rows[weak], rows[~weak])
    assert gap == pytest.approx(effect["points"] if chain.truth["planted"] else 0.0, abs=BOUND * error)
    assert error < 1.0


def test_the_region_with_less_satisfied_employees_shows(both: tuple[Warehouse, Written], planted: Written) -> None:
    warehouse, chain = both
    rows, effect = cells(warehouse, "employee", "region", "form"), planted.effect("low_region")
    low = rows["region"] == effect["place"]
    gap, error = apart(rows[low], rows[~low])
    assert gap == pytest.approx(effect["points"] if chain.truth["planted"] else 0.0, abs=BOUND * error)
    assert error < 1.0


def test_the_dimension_that_dropped_shows(both: tuple[Warehouse, Written], planted: Written) -> None:
    warehouse, chain = both
    rows, effect = cells(warehouse, "employee", "chain", "dimension"), planted.effect("dropped_dimension")
    by_wave = {wave: f.set_index("subject") for wave, f in rows.groupby("wave")}
    assert len(by_wave[LAST]) == 11, "the whole chain is large enough for the sensitive dimensions too"
    change = by_wave[LAST]["value"] - by_wave[BEFORE]["value"]
    error = np.hypot(by_wave[LAST]["error"], by_wave[BEFORE]["error"])
    for dimension in change.index:
        dropped = chain.truth["planted"] and dimension == effect["dimension_id"]
        assert change[dimension] == pytest.approx(effect["points"] if dropped else 0.0, abs=BOUND * error[dimension])


def test_managers_mistake_shows_beside_customers_importance(both: tuple[Warehouse, Written], planted: Written) -> None:
    warehouse, chain = both
    effect = planted.effect("mistaken_managers")
    rows = cells(warehouse, "awareness", "chain", "item").query("wave == @LAST").set_index("subject")
    customers = warehouse.query(
        "SELECT subject, sum(sum_wy) / sum(sum_w) AS value FROM rollup_scores "
        "WHERE instrument = 'customer' AND basis = 'all' AND subject_kind = 'item' GROUP BY subject",
        [],
    ).set_index("subject")["value"]
    items = warehouse.query("SELECT * FROM items WHERE role = 'importance'", [])
    elements = items.set_index(["instrument", "element_id"])["item_id"]
    for element, item in elements["awareness"].items():
        gap = rows.at[item, "value"] - customers[elements["customer"][element]]
        size = effect["points"] if chain.truth["planted"] and element == effect["element_id"] else 0.0
        assert gap == pytest.approx(size, abs=BOUND * rows.at[item, "error"] + 0.5), element


def test_the_weak_area_of_management_shows(both: tuple[Warehouse, Written], planted: Written) -> None:
    warehouse, chain = both
    effect = planted.effect("weak_area")
    found = warehouse.query(
        "SELECT subject, sum(sum_wy) / sum(sum_w) AS value FROM rollup_scores "
        "WHERE instrument = 'management' AND basis = 'all' AND subject_kind = 'dimension' GROUP BY subject",
        [],
    ).set_index("subject")["value"]
    assert len(found) == 9
    for area, expected in chain.truth["surveys"]["neutral_means"]["management"].items():
        size = effect["points"] if chain.truth["planted"] and area == effect["dimension_id"] else 0.0
        assert found[area] == pytest.approx(expected + size, abs=2.0), area  # 480 audits, stores' sd 4


def test_employees_of_shown_stores_are_linked_to_later_visits(both: tuple[Warehouse, Written]) -> None:
    warehouse, chain = both
    rows = cells(warehouse, "employee", "store", "form")
    assert 400 < len(rows) < 478, "some are hidden, most are shown"
    measured = rows.assign(turn=rows["wave"].map(chain.waves.index)).pivot(
        index="store_id", columns="turn", values="value"
    )
    measured -= measured.groupby(chain.regions.reindex(measured.index)).transform("mean")
    found, error = slope(pairs(measured, chain.measured_delivered, 1))
    if chain.truth["planted"]:
        reliability = (chain.points("employees").std() ** 2).mean() / (measured.std() ** 2).mean()
        expected = chain.effect("service_chain")["coefficients"]["employees_to_delivered"] * reliability
        assert found == pytest.approx(expected, abs=BOUND * error), "measured with error: weaker by the reliability"
        assert found > 4 * error
    else:
        assert found == pytest.approx(0.0, abs=BOUND * error)


def test_response_rates_are_those_of_the_files(planted_cells: Warehouse, planted: Written) -> None:
    row = cells(planted_cells, "employee", "chain", "form").query("wave == @LAST").iloc[0]
    forms = planted.employees[planted.employees["期次"] == LAST]
    invited = (
        pd.read_csv(planted.folder / "发放.csv").query("测评工具 == '员工满意度' and 期次 == @LAST")["发放数"].sum()
    )
    assert (row["n"], row["invited"]) == (len(forms), invited)
    assert row["response_rate"] == round(100 * len(forms) / invited)


def test_nothing_that_tells_who_wrote_is_published(planted_cells: Warehouse) -> None:
    comments = planted_cells.query("SELECT comment FROM cell_comments", [])["comment"]
    assert len(comments) > 300
    assert comments.str.contains("我叫***，", regex=False).any()
    assert not comments.str.contains(r"1380000\d{4}|19000101|@example|wxid_|我叫[^*]|李经理").any()
