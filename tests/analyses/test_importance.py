"""Importance and performance: stated importance filed under its subject, worked out again by plain SQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sq.analyses.importance import ImportancePerformance, importance_performance
from sq.analyses.names import Names, names
from sq.places import snapshot_file
from sq.selection import Selection
from sq.warehouse import Scope, Warehouse, current_snapshot


@pytest.fixture(scope="module")
def demo(demo_data: Path) -> Iterator[tuple[Warehouse, Names]]:
    warehouse = Warehouse(snapshot_file(demo_data, current_snapshot(demo_data)))
    yield warehouse, names(warehouse, Scope())
    warehouse.close()


def shown(demo: tuple[Warehouse, Names], kind: str) -> ImportancePerformance:
    warehouse, known = demo
    return importance_performance(warehouse, Scope(), Selection(), known, "overall", kind)


def means(warehouse: Warehouse, known: Names) -> dict[str, float]:
    """Question → mean of its answers in the page's months, 0-100."""
    start, end = known.default_period("customer_index")
    rows = warehouse.query(
        "SELECT r.subject AS item, sum(r.sum_wy) / sum(r.sum_w) AS value FROM rollup_scores AS r "
        "JOIN memberships AS m USING (membership_key) WHERE r.instrument = 'customer' AND r.basis = 'all' "
        "AND r.subject_kind = 'item' AND m.brand = '' AND r.month BETWEEN ? AND ? GROUP BY 1",
        [start, end],
    )
    return dict(zip(rows["item"], rows["value"], strict=True))


def test_a_dimension_is_as_important_as_customers_say_of_the_questions_of_its_touchpoints(
    demo: tuple[Warehouse, Names],
) -> None:
    """The questions of importance name touchpoints: attitude and solving are service, needs and explanation
    information, the two of repair support."""
    value = means(*demo)
    stated = shown(demo, "dimension").frame.set_index("subject")["stated"]
    assert stated["service"] == pytest.approx((value["QI1"] + value["QI4"]) / 2)
    assert stated["information"] == pytest.approx((value["QI2"] + value["QI3"]) / 2)
    assert stated["support"] == pytest.approx((value["QI5"] + value["QI6"]) / 2)
    assert stated[["product", "care", "image"]].isna().all()


def test_a_touchpoint_and_an_element_have_the_importance_of_their_own_question(demo: tuple[Warehouse, Names]) -> None:
    value = means(*demo)
    stated = shown(demo, "touchpoint").frame.set_index("subject")["stated"]
    assert stated["T08"] == pytest.approx(value["QI2"])
    assert stated.notna().sum() == 6
    assert shown(demo, "element").frame.set_index("subject")["stated"]["solving"] == pytest.approx(value["QI4"])


def test_both_importances_stand_beside_each_other_without_any_choice(demo: tuple[Warehouse, Names]) -> None:
    found = shown(demo, "")
    assert found.drivers.kind == "dimension"
    assert found.stated is not None
    assert found.derived is not None
