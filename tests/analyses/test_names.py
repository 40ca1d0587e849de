"""Names, options and defaults of the hand-sized chain."""

from datetime import date

import pytest

from sq.analyses.names import Names, names
from sq.language import speaking
from sq.metrics.catalogue import METRICS
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Scope, Warehouse

NORTH, SOUTH = "华北", "华南"


@pytest.fixture(scope="module")
def known(small: Warehouse) -> Names:
    return names(small, EVERYTHING)


def keys(known: Names, axis: str, **chosen: str) -> list[str]:
    return [key for key, _ in known.options(axis, Selection(metric="mystery_score").but(**chosen))]


def test_names_follow_the_language(known: Names) -> None:
    with speaking("zh"):
        assert str(known.label("touchpoint", "greeting")) == "进店问候"
        assert str(known.label("item", "M1", "mystery")) == "主动问候"
        assert str(known.label("brand", "")) == "自有门店"
    with speaking("en"):
        assert str(known.label("touchpoint", "greeting")) == "Greeting"
        assert str(known.label("dimension", "product", "customer")) == "Product"
        assert str(known.label("stage", "sales")) == "Sales"
        assert str(known.label("wave", "2026Q1", "mystery")) == "2026年第一季度"


def test_options_follow_what_is_chosen(known: Names) -> None:
    assert keys(known, "region") == [NORTH, SOUTH]
    assert sorted(keys(known, "city", region=SOUTH)) == ["广州", "深圳"]
    assert sorted(keys(known, "store", region=SOUTH)) == ["S3", "S4", "S5"]
    assert keys(known, "store", region=SOUTH, membership="now") == ["S3", "S5"]
    assert keys(known, "touchpoint") == ["greeting", "payment", "repair"]
    assert keys(known, "touchpoint", stage="sales") == ["payment"]
    assert keys(known, "item", touchpoint="payment") == ["M3", "M5", "M6"]
    assert keys(known, "touchpoint", metric="complaint_rate") == ["greeting", "payment", "repair"]  # 0 is a rate too
    assert keys(known, "touchpoint", metric="resolution_rate") == ["payment", "repair"]
    assert keys(known, "brand") == ["对手品牌"]
    assert keys(known, "channel") == []
    assert keys(known, "wave") == ["2026Q1", "2026Q2"]
    assert keys(known, "touchpoint", metric="nps") == []


def test_a_reader_with_a_scope_is_offered_no_other_place(small: Warehouse) -> None:
    own = names(small, Scope(regions=(NORTH,)))
    assert NORTH in keys(own, "region")
    assert "S3" not in keys(own, "store")
    assert own.known(Selection(store="S3"))[1] == {"store": "S3"}


def test_unknown_values_are_dropped_and_told(known: Names) -> None:
    asked = Selection(
        metric="nope", region="Atlantis", touchpoint="greeting", start="2026-04", end="2026-01", split="x"
    )
    sound, dropped = known.known(asked)
    assert dropped == {"metric": "nope", "region": "Atlantis", "split": "x", "start": "2026-04", "end": "2026-01"}
    assert sound == Selection(touchpoint="greeting")


def test_all_metrics_of_the_chain_have_data(known: Names) -> None:
    assert known.metrics() == tuple(METRICS)


def test_the_default_period_ends_with_the_last_complete_month(known: Names) -> None:
    # mystery visits end on 6 April, customers on 8 April: April is running; complaints end on 10 March, which is over
    assert known.completed(Selection()) == Selection(metric="mystery_score", start="2026-01", end="2026-03")
    assert known.default_period("complaint_rate") == (date(2026, 1, 1), date(2026, 3, 1))
    assert known.running_month("mystery_score") == date(2026, 4, 1)
    assert known.running_month("complaint_rate") is None
    assert known.completed(Selection(start="2026-02")).end == "2026-04"
