"""The evidence of the hand-sized chain: visits, one visit, responses."""

import numpy as np
import pytest

from sq.analyses.names import Names, names
from sq.analyses.visits import response_list, visit, visit_list
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Scope, Warehouse

ALL = Selection(start="2026-01", end="2026-04")
NORTH, SOUTH = "华北", "华南"


@pytest.fixture(scope="module")
def known(small: Warehouse) -> Names:
    return names(small, EVERYTHING)


def test_counted_visits_are_listed_newest_first(small: Warehouse, known: Names) -> None:
    found = visit_list(small, EVERYTHING, ALL, known)
    expected = ["V12", "V11", "V08", "V07", "V06", "V05", "V04", "V03", "V02", "V01"]
    assert list(found.frame["visit_id"]) == expected
    assert (found.total, found.failed, found.disputed, found.pages) == (10, 2, 1, 1)
    assert str(found.headline) == "Whole chain: 10 visits, of these 2 failed and 1 disputed."


def test_visits_are_filtered_by_place_stream_status_and_failure(small: Warehouse, known: Names) -> None:
    def ids(selection: Selection = ALL, **more: object) -> list[str]:
        return list(visit_list(small, EVERYTHING, selection, known, sort="oldest", **more).frame["visit_id"])

    assert ids(ALL.but(region=SOUTH)) == ["V03", "V04", "V07", "V12"]
    assert ids(ALL.but(region=SOUTH, membership="now")) == ["V03", "V07", "V12"]
    assert ids(ALL.but(stream="售后暗访")) == ["V03", "V06"]
    assert ids(status="disputed") == ["V08"]
    assert ids(failed_only=True) == ["V03", "V07"]
    assert ids(ALL.but(store="C1")) == ["V13"]
    assert ids(ALL.but(start="2026-04", end="2026-04")) == ["V07", "V08", "V11", "V12"]


def test_a_list_turns_pages(small: Warehouse, known: Names) -> None:
    found = visit_list(small, EVERYTHING, ALL, known, page=4, page_size=3)
    assert (found.page, found.pages, list(found.frame["visit_id"])) == (4, 4, ["V01"])
    assert visit_list(small, EVERYTHING, ALL, known, page=99, page_size=3).page == 4


def test_on_a_touchpoint_the_lowest_go_by_its_score(small: Warehouse, known: Names) -> None:
    found = visit_list(small, EVERYTHING, ALL.but(touchpoint="greeting"), known, sort="lowest").frame
    # M1 (weight 2) and M2 (1): V02 .5/3, V06 1/3, V04 2/3, V07 2.5/3
    assert list(found["visit_id"])[:4] == ["V02", "V06", "V04", "V07"]
    assert list(found["subject_score"])[:4] == pytest.approx([50 / 3, 100 / 3, 200 / 3, 250 / 3])
    item = visit_list(small, EVERYTHING, ALL.but(item="M2"), known, sort="lowest").frame
    assert list(item["subject_score"])[:2] == [0, 50]


def test_a_visit_stands_beside_its_stores_mean(small: Warehouse, known: Names) -> None:
    found = visit(small, EVERYTHING, ALL, known, "V03")
    assert found is not None
    assert (found.store, found.region, str(found.store_label)) == ("S3", SOUTH, "南一店")
    assert found.score == pytest.approx(80)
    assert found.store_score == pytest.approx((80 + 750 / 9) / 2)
    assert (found.is_failed, [str(name) for name in found.failed_items]) == (True, ["Gives an invoice"])
    assert (found.n_items, found.n_na, found.comment) == (6, 1, "发票未给")
    assert (found.previous, found.next) == ("", "V07")
    items = found.items.set_index("item")
    assert items.loc["M2", ["share", "store_share", "difference"]].tolist() == [100, 75, 25]
    assert np.isnan(items.loc["M4", "share"])
    touchpoints = found.touchpoints.set_index("touchpoint")
    assert touchpoints.loc["payment", ["score", "store_score"]].tolist() == pytest.approx([50, 62.5])
    assert list(found.touchpoints["touchpoint"]) == ["greeting", "payment", "repair"]


def test_a_moved_store_keeps_one_mean_wherever_it_was_visited(small: Warehouse, known: Names) -> None:
    found = visit(small, EVERYTHING, ALL, known, "V05")
    assert found is not None
    assert (found.region, found.store_visits) == (NORTH, 2)
    assert found.store_score == pytest.approx((50 + 850 / 9) / 2)
    assert str(found.headline) == "移动店, 5 Mar 2026: 94.4, 22.2 points above the store's mean of 2 visits."


def test_a_visit_without_applicable_items_and_one_with_only_a_total_are_told(small: Warehouse, known: Names) -> None:
    empty, total = (visit(small, EVERYTHING, ALL, known, key) for key in ("V12", "V11"))
    assert empty is not None
    assert total is not None
    assert str(empty.headline).endswith("no score, because no item applied.")
    assert (total.score, len(total.items), len(total.touchpoints)) == (70, 0, 0)


def test_a_visit_outside_the_readers_scope_does_not_exist(small: Warehouse, known: Names) -> None:
    assert visit(small, Scope(regions=(NORTH,)), ALL, known, "V03") is None
    assert visit(small, EVERYTHING, ALL, known, "V09") is None  # a draft
    assert visit(small, EVERYTHING, ALL, known, "nope") is None
    assert visit_list(small, Scope(stores=("S1",)), ALL, known).total == 3


def test_customers_comments_are_listed(small: Warehouse, known: Names) -> None:
    found = response_list(small, EVERYTHING, ALL, known, sort="lowest")
    assert list(found.frame["response_id"]) == ["R4", "R1"]
    assert (found.total, found.commented) == (6, 2)
    assert list(found.frame["index_score"]) == pytest.approx([37.5, 100])
    everyone = response_list(small, EVERYTHING, ALL.but(channel="电话"), known, commented_only=False)
    assert list(everyone.frame["response_id"]) == ["R6", "R2"]
