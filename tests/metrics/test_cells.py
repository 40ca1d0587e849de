"""Finished groups of anonymous surveys: read as published, compared from what is shown, nothing beyond the lattice."""

import numpy as np
import pytest

from sq.analyses.comparison import Compared, compared
from sq.language import Message
from sq.metrics.catalogue import METRICS
from sq.metrics.cells import headline_wave, waves
from sq.metrics.lattice import Group, group_of
from sq.metrics.measuring import measure
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Scope, Warehouse
from tests.metrics.cells_by_hand import hand_warehouse

YEAR = Selection(metric="employee_index", start="2026-01", end="2026-12")


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return hand_warehouse(tmp_path_factory.mktemp("cells"))


def told(hand: Warehouse, selection: Selection, *axes: str, scope: Scope = EVERYTHING) -> Compared:
    return compared(hand, scope, selection, axes)


def row(found: Compared, axis: str, key: str) -> dict:
    return found.frame.set_index(axis).loc[key].to_dict()


def test_open_waves_are_not_there_and_waves_come_oldest_first(hand: Warehouse) -> None:
    known = waves(hand, "employee")
    assert [wave.id for wave in known] == ["2025H1", "2025H2", "2026H1"]
    assert (known[2].minimum, known[2].minimum_sensitive) == (6, 25)


def test_the_latest_wave_of_a_period_is_the_headline(hand: Warehouse) -> None:
    known = waves(hand, "employee")
    assert headline_wave(known, YEAR.but(start="2025-01")).id == "2026H1"
    assert headline_wave(known, YEAR.but(start="2025-01", end="2026-05")).id == "2025H2"
    assert headline_wave(known, YEAR.but(wave="2025H1")).id == "2025H1"
    assert headline_wave(known, YEAR.but(start="2026-07")) is None
    assert headline_wave(known, YEAR.but(wave="2026H2")) is None  # still open


def test_a_hidden_group_is_a_row_without_any_number(hand: Warehouse) -> None:
    frame = measure(hand, EVERYTHING, "employee_index", YEAR, ("store",)).set_index("store")
    assert list(frame.loc[["S2", "S3"], "hidden_reason"]) == ["few", "neighbour"]
    numbers = ["n", "stores", "value", "low", "high", "se", "value_responses", "n_effective"]
    assert frame.loc[["S2", "S3"], numbers].isna().all(axis=None)
    assert list(frame["minimum"]) == [6] * 5


def test_a_group_of_a_sensitive_dimension_says_its_own_minimum(hand: Warehouse) -> None:
    frame = measure(hand, EVERYTHING, "employee_index", YEAR, ("region", "dimension"))
    assert dict(zip(zip(frame["region"], frame["dimension"]), frame["minimum"])) == {  # noqa: B905
        ("North", "work"): 6,
        ("South", "work"): 6,
        ("North", "pay"): 25,
    }


def test_a_limit_has_neither_standard_error_nor_difference(hand: Warehouse) -> None:
    found = row(told(hand, YEAR.but(region="North"), "store"), "store", "N2")
    assert (found["value"], found["limit"], found["verdict"]) == (95, ">=", "")
    assert np.isnan([found["se"], found["reference"], found["difference"], found["p"]]).all()
    shares = row(told(hand, YEAR.but(metric="employee_favourable"), "store"), "store", "N2")
    assert (shares["value"], shares["limit"]) == (90, ">=")
    assert np.isnan([shares["low"], shares["high"], shares["difference"]]).all()


def test_the_rest_is_the_parent_without_the_group(hand: Warehouse) -> None:
    found = told(hand, YEAR, "region")
    north, south = (row(found, "region", name) for name in ("North", "South"))
    assert str(found.against) == "the rest of the company"
    # (200 * 60 - 80 * 66) / 120 = 56; in half-widths: 3² + (200² * 2² - 80² * 3²) / 120² = 16.11
    half = np.sqrt(9 + (200**2 * 4 - 80**2 * 9) / 120**2)
    assert north["reference"] == pytest.approx(56)
    assert north["reference_n"] == 120
    assert north["difference"] == pytest.approx(10)
    assert [north["diff_low"], north["diff_high"]] == pytest.approx([10 - half, 10 + half])
    assert north["verdict"] == "better"
    # (200 * 60 - 90 * 55) / 110 = 64.09
    assert south["reference"] == pytest.approx(7050 / 110)
    assert south["verdict"] == "worse"


def test_shares_are_compared_by_their_own_intervals(hand: Warehouse) -> None:
    north = row(told(hand, YEAR.but(metric="employee_favourable"), "region"), "region", "North")
    # (200 * 50 - 80 * 60) / 120; Wilson of 60 % of 80
    assert north["reference"] == pytest.approx(5200 / 120)
    assert [north["low"], north["high"]] == pytest.approx([49.04, 70.04], abs=0.01)
    # Newcombe's method 10 with Wilson of 43.3 % of 120: 34.81 to 52.27
    assert north["diff_low"] == pytest.approx(16.667 - np.hypot(60 - 49.04, 52.27 - 43.33), abs=0.02)


def test_the_family_of_tests_is_all_siblings_whatever_is_picked(hand: Warehouse) -> None:
    alone = told(hand, YEAR.but(region="North")).frame.iloc[0]
    among = row(told(hand, YEAR, "region"), "region", "North")
    assert alone["p_adjusted"] == among["p_adjusted"] != alone["p"]
    stores = told(hand, YEAR, "store").frame
    inside = told(hand, YEAR.but(region="South"), "store").frame
    assert list(inside["store"]) == ["S1", "S2", "S3"]
    assert inside["p_adjusted"].iloc[0] == stores.set_index("store").loc["S1", "p_adjusted"]


def test_the_company_is_compared_with_the_wave_before(hand: Warehouse) -> None:
    found = told(hand, YEAR)
    whole = found.frame.iloc[0]
    assert (found.kind, str(found.against)) == ("previous", "Autumn 2025")
    assert (whole["reference"], whole["difference"]) == (57, 3)
    assert whole["diff_high"] == pytest.approx(3 + np.sqrt(8))
    assert whole["verdict"] == "better"  # p = .038 and 3 points matter
    year_ago = told(hand, YEAR.but(compare="last_year"))
    assert str(year_ago.against) == "Spring 2025"
    assert list(year_ago.frame[["reference", "verdict"]].iloc[0]) == [58, "none"]


def test_a_change_shows_only_where_both_waves_show(hand: Warehouse) -> None:
    found = told(hand, YEAR.but(compare="previous"), "region")
    assert row(found, "region", "North")["difference"] == 1
    south = row(found, "region", "South")
    assert south["value"] == 55
    assert np.isnan(south["difference"])
    assert south["verdict"] == ""


def test_a_store_is_found_where_it_was_then(hand: Warehouse) -> None:
    # S1 was in the North in autumn 2025
    found = told(hand, YEAR.but(region="South", store="S1", compare="previous")).frame.iloc[0]
    assert (found["value"], found["reference"], found["difference"]) == (52, 48, 4)
    before = told(hand, YEAR.but(region="South", store="S1", wave="2025H2", compare="none")).frame.iloc[0]
    assert before["value"] == 48


def test_a_wave_without_one_before_is_said(hand: Warehouse) -> None:
    found = told(hand, YEAR.but(wave="2025H1", compare="previous"))
    assert [str(note) for note in found.notes] == ["There is no earlier wave to compare Spring 2025 with."]
    assert np.isnan(found.frame["difference"].iloc[0])
    several = told(hand, YEAR.but(start="2025-01", compare="none"))
    assert [str(note) for note in several.notes] == [
        "The period holds 3 waves: shown is the latest, Spring 2026 (until 30 Jun 2026); waves are not added up."
    ]


def test_the_course_shows_every_wave_up_to_the_end(hand: Warehouse) -> None:
    course = measure(hand, EVERYTHING, "employee_index", YEAR.but(region="South"), ("wave",))
    assert list(course["wave"]) == ["2025H2", "2026H1"]
    assert list(course["hidden_reason"]) == ["neighbour", ""]
    months = measure(hand, EVERYTHING, "employee_index", YEAR.but(start="2025-12"), ("month",))
    assert [f"{month:%Y-%m}" for month in months["month"]] == ["2025-12", "2026-06"]
    found = told(hand, YEAR, "wave").frame
    assert list(found["difference"])[1:] == [-1, 3]


def test_a_target_is_the_groups_own_else_the_companys(hand: Warehouse) -> None:
    regions = told(hand, YEAR.but(compare="target"), "region")
    assert list(regions.frame["reference"]) == [70, 65]
    assert told(hand, YEAR.but(compare="target"), "department").frame["reference"].iloc[0] == 58
    staff = told(hand, YEAR.but(compare="target"), "role").frame
    assert staff["reference"].isna().all()  # targets are of places


def test_a_role_is_compared_with_everybody_else(hand: Warehouse) -> None:
    found = told(hand, YEAR, "role")
    managers = row(found, "role", "manager")
    assert str(found.against) == "everybody else"
    # (200 * 60 - 50 * 72) / 150 = 56: front line and those who left the role out
    assert (managers["reference"], managers["difference"]) == (56, 16)
    region = told(hand, YEAR.but(role="manager"), "region")
    # (50 * 72 - 20 * 75) / 30 = 70
    assert row(region, "region", "North")["reference"] == 70
    assert row(region, "region", "South")["hidden_reason"] == "neighbour"


def test_dimensions_are_compared_with_the_other_dimensions(hand: Warehouse) -> None:
    found = told(hand, YEAR, "dimension")
    pay = row(found, "dimension", "pay")
    # (200 * 64 + 100 * 56) / 300
    assert pay["reference"] == pytest.approx(184 / 3)
    assert (str(found.against), pay["verdict"]) == ("the other dimensions", "worse")
    item = told(hand, YEAR.but(dimension="work"), "item").frame
    assert list(item["item"]) == ["E1"]


def test_internal_service_is_compared_by_what_is_split(hand: Warehouse) -> None:
    internal = YEAR.but(metric="internal_service_score")
    departments = told(hand, internal, "department")
    # (100 * 60 - 50 * 70) / 50 = 50
    assert (row(departments, "department", "HR")["reference"], str(departments.against)) == (
        50,
        "the other departments",
    )
    in_north = told(hand, internal.but(region="North"), "department")
    # (60 * 62 - 30 * 74) / 30 = 50
    assert row(in_north, "department", "HR")["reference"] == 50
    of_hr = told(hand, internal.but(department="HR"), "region")
    # (50 * 70 - 30 * 74) / 20 = 64
    assert (row(of_hr, "region", "North")["reference"], str(of_hr.against)) == (64, "the other regions")
    both = told(hand, internal, "region", "department").frame
    assert len(both) == 4
    assert sorted(both["hidden_reason"]) == ["", "", "few", "neighbour"]


@pytest.mark.parametrize(
    ("metric", "chosen", "axes"),
    [
        ("employee_index", {"role": "manager", "tenure": "<1"}, ()),
        ("employee_index", {"role": "manager"}, ("tenure",)),
        ("employee_index", {"role": "manager"}, ("store",)),
        ("employee_index", {"store": "N1"}, ("role",)),
        ("employee_index", {"department": "HR"}, ("tenure",)),
        ("employee_index", {"role": "manager"}, ("dimension",)),
        ("employee_index", {"dimension": "work"}, ("role",)),
        ("employee_index", {"region": "North", "department": "HR"}, ()),
        ("employee_index", {"department": "HR"}, ("region",)),
        ("internal_service_score", {"store": "N1"}, ()),
        ("internal_service_score", {}, ("store",)),
        ("internal_service_score", {"store": "N1"}, ("department",)),
    ],
)
def test_outside_the_lattice_there_is_a_sentence_and_no_number(
    hand: Warehouse, metric: str, chosen: dict[str, str], axes: tuple[str, ...]
) -> None:
    selection = YEAR.but(metric=metric, **chosen)
    assert isinstance(group_of(METRICS[metric], selection, axes), Message)
    assert measure(hand, EVERYTHING, metric, selection, axes).empty
    found = told(hand, selection, *axes)
    assert found.frame.empty
    assert len(found.notes) == 1


def test_axes_that_no_group_has_give_no_rows(hand: Warehouse) -> None:
    for axis in ("format", "brand", "stream", "channel", "segment", "stage", "touchpoint", "quarter", "year"):
        assert measure(hand, EVERYTHING, "employee_index", YEAR, (axis,)).empty


def test_a_filter_of_other_data_changes_nothing(hand: Warehouse) -> None:
    plain = measure(hand, EVERYTHING, "employee_index", YEAR, ("region",))
    filtered = measure(hand, EVERYTHING, "employee_index", YEAR.but(format="flagship", membership="now"), ("region",))
    assert filtered.equals(plain)


def test_the_lattice_names_the_kind_of_group() -> None:
    metric = METRICS["employee_index"]
    assert group_of(metric, YEAR, ()) == Group("chain", "form")
    assert group_of(metric, YEAR.but(region="North"), ("item",)) == Group("region", "item")
    assert group_of(metric, YEAR.but(region="North"), ("role",)) == Group("region", "form", by_role=True)
    assert group_of(METRICS["internal_service_score"], YEAR.but(region="North"), ("department",)) == Group(
        "region_department", "form"
    )


def test_a_reader_sees_groups_of_own_regions_and_stores_only(hand: Warehouse) -> None:
    north, one_store = Scope(regions=("North",)), Scope(stores=("S1",))
    assert list(measure(hand, north, "employee_index", YEAR, ("region",))["region"]) == ["North"]
    assert list(measure(hand, north, "employee_index", YEAR, ("store",))["store"]) == ["N1", "N2"]
    for axes in ((), ("department",), ("role",), ("dimension",)):
        assert measure(hand, north, "employee_index", YEAR, axes).empty
        assert measure(hand, one_store, "employee_index", YEAR, axes).empty
    assert list(measure(hand, one_store, "employee_index", YEAR, ("store",))["store"]) == ["S1"]
    assert measure(hand, one_store, "employee_index", YEAR, ("region",)).empty
    # the company is not visible, so neither is what it leaves over
    found = told(hand, YEAR, "region", scope=north).frame.iloc[0]
    assert found["value"] == 66
    assert np.isnan(found["reference"])


def test_an_interval_cut_on_both_sides_gives_no_verdict(hand: Warehouse) -> None:
    from sq.metrics.cells import half_width

    ends = half_width(np.array([50.0, 50.0, 90.0]), np.array([5.0, 40.0, 84.0]), np.array([95.0, 58.0, 95.0]))
    assert np.isnan(ends[0])
    assert list(ends[1:]) == [10, 6]
