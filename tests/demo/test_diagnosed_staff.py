"""What is planted among the staff and along the chain is what the pages find; else they find nothing.

Smaller chains than elsewhere, of several seeds: 80 stores, 14 months, two or three waves.
"""

import datetime as dt

import pytest

from sq.analyses.chain import Chain, chain
from sq.analyses.employees import employees
from sq.analyses.employees_beliefs import beliefs
from sq.analyses.employees_service import internal_service
from sq.analyses.names import Names, names
from sq.demo import build
from sq.places import snapshot_file
from sq.selection import Selection
from sq.statistics.linkage import Linked
from sq.warehouse import Scope, Warehouse, current_snapshot
from tests.conftest import sq
from tests.demo.written import Written

pytestmark = pytest.mark.xdist_group("test_diagnosed_staff")  # chains of its own
END = dt.date(2026, 10, 31)
LEFT_OUT = ("培训", "备注", "管理诊断", "汇总")
CHAINS = [(True, 2), (True, 3), (False, 3)]
# what is planted, link by link: the signs that the promise expects
PLANTED = ("internal_employees", "employees_delivered", "delivered_perceived")
House = tuple[Warehouse, Names, Written]


@pytest.fixture(scope="module", params=CHAINS, ids=lambda p: f"{'planted' if p[0] else 'nothing planted'} {p[1]}")
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> House:
    planted, seed = request.param
    folder = tmp_path_factory.mktemp("files")
    written = Written(
        folder, build(folder, stores=80, months=14, customers=12_000, seed=seed, end=END, planted=planted)
    )
    data = tmp_path_factory.mktemp("data")
    sq("import", *(str(p) for p in written.paths if not p.name.startswith(LEFT_OUT)), folder=data)
    warehouse = Warehouse(snapshot_file(data, current_snapshot(data)))
    return warehouse, names(warehouse, Scope()), written


@pytest.fixture(scope="module")
def found(house: House) -> Chain:
    warehouse, known, _ = house
    return chain(warehouse, Scope(), Selection(), known)


def is_planted(house: House) -> bool:
    return bool(house[2].truth["planted"])


def test_the_planted_links_are_found_and_no_other(house: House, found: Chain) -> None:
    verdicts = {link.id: link.verdict for link in found.links}
    told = [name for name in PLANTED if verdicts[name] == "together"]
    if is_planted(house):
        assert told == list(PLANTED), verdicts
    else:
        assert told == [], verdicts
    assert "against" not in verdicts.values()


def test_turned_round_in_time_internal_service_and_employees_are_not_linked(house: House, found: Chain) -> None:
    for link in found.links[:2]:
        if isinstance(link.reverse, Linked) and isinstance(link.found, Linked) and is_planted(house):
            assert link.found.r > link.reverse.r
            assert link.reverse.low < 0.2


def test_the_link_without_error_of_measurement_covers_the_planted_one(house: House, found: Chain) -> None:
    if not is_planted(house):
        return
    link = next(one for one in found.links if one.id == "employees_delivered")
    assert isinstance(link.found, Linked)
    # slope 0.5 of the true employees, drawn towards zero by their reliability: between half and all of it
    assert 0.5 * link.reliability[0] - 0.25 < link.slope < 0.75
    assert 0.4 < link.reliability[0] < 0.95


def test_the_region_of_dissatisfied_employees_is_named_and_no_other(house: House) -> None:
    warehouse, known, written = house
    place = Written.effect(written, "low_region")["place"] if is_planted(house) else "东北"
    shown = employees(warehouse, Scope(), Selection(), known)
    worse = shown.units.frame[shown.units.frame["verdict"] == "worse"]
    better = shown.units.frame[shown.units.frame["verdict"] == "better"]
    if is_planted(house):
        assert set(worse["place"]) == {place}
        assert len(worse) >= 9  # of eleven dimensions
    else:
        assert len(worse) + len(better) <= 2  # 66 cells at a false discovery rate of 5 %


def test_the_dimension_that_dropped_is_named_and_no_other(house: House) -> None:
    warehouse, known, written = house
    shown = employees(warehouse, Scope(), Selection(), known)
    changed = shown.changes[shown.changes["verdict"].isin(["better", "worse"])]
    if is_planted(house):
        assert set(changed["id"]) == {written.effect("dropped_dimension")["dimension_id"]}
        assert "Career" in str(shown.changed)
    else:
        assert changed.empty


def test_the_weak_department_is_worst_everywhere(house: House) -> None:
    warehouse, known, written = house
    shown = internal_service(warehouse, Scope(), Selection(), known)
    worse = shown.departments[shown.departments["verdict"] == "worse"]
    if is_planted(house):
        assert worse["id"].tolist() == [written.effect("weak_department")["place"]]
        cells = shown.by_department.frame
        assert set(cells.loc[cells["verdict"] == "worse", "subject"]) == {"IT"}
        assert (cells["verdict"] == "worse").sum() >= 5  # of six regions
    else:
        assert worse.empty


def test_what_managers_mistake_is_underestimated_and_nothing_else(house: House) -> None:
    warehouse, known, written = house
    frame = beliefs(warehouse, Scope(), Selection(), known).frame
    low = frame[(frame["role"] == "importance") & (frame["verdict"] != "none")]
    expected = [written.effect("mistaken_managers")["element_id"]] if is_planted(house) else []
    assert low["element"].tolist() == expected
    assert (low["verdict"] == "low").all()
