"""Stores on the map: those measured, where they are now, judged as everywhere."""

import pytest

from sq.analyses.comparison import compared
from sq.analyses.names import names
from sq.analyses.store_map import store_map, stores_on_the_map
from sq.figures.store_map import coastlines
from sq.figures.store_map import store_map as drawn_map
from sq.figures.template import checked
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Scope, Warehouse
from tests.pages.test_customers_page import with_places
from tests.small_chain import publish_frames, small_frames

ALL = Selection(metric="mystery_score", start="2026-01", end="2026-04")


@pytest.fixture(scope="module")
def located(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return Warehouse(publish_frames(tmp_path_factory.mktemp("map"), with_places(small_frames())))


def test_a_store_stands_where_it_is_and_carries_the_verdict_of_the_split(located: Warehouse) -> None:
    found = store_map(located, EVERYTHING, ALL, names(located, EVERYTHING))
    rows = found.frame.set_index("id")
    # S4 has visits but no coordinates; S5 only a visit whose answers do not apply
    assert sorted(rows.index) == ["S1", "S2", "S3"]
    assert found.missing == 1
    assert tuple(rows.loc["S1", ["latitude", "longitude"]]) == (39.9, 116.4)
    split = compared(located, EVERYTHING, ALL, ("store",)).frame.set_index("store")
    for name in ("value", "low", "high", "difference", "verdict", "n"):
        assert rows[name].map(str).to_dict() == split.loc[rows.index, name].map(str).to_dict()


def test_a_region_shows_its_stores_only_and_a_scope_no_others(located: Warehouse) -> None:
    known = names(located, EVERYTHING)
    found = store_map(located, EVERYTHING, ALL.but(region="华北"), known)
    assert sorted(found.frame["id"]) == ["S1", "S2"]
    narrow = Scope(stores=("S1", "S3"))
    assert sorted(store_map(located, narrow, ALL, names(located, narrow)).frame["id"]) == ["S1", "S3"]


def test_there_is_no_map_of_one_store_or_of_a_metric_without_stores(located: Warehouse, small: Warehouse) -> None:
    known = names(located, EVERYTHING)
    assert stores_on_the_map(located, EVERYTHING, ALL, known) == 4
    assert stores_on_the_map(located, EVERYTHING, ALL.but(store="S1"), known) == 0
    assert stores_on_the_map(located, EVERYTHING, ALL.but(metric="internal_service_score"), known) == 0
    assert stores_on_the_map(located, EVERYTHING, ALL.but(region="华南", city="深圳"), known) == 0
    assert stores_on_the_map(small, EVERYTHING, ALL, names(small, EVERYTHING)) == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_map_draws_a_dot_per_store_and_hidden_ones_hear_no_click(located: Warehouse, theme: str) -> None:
    known = names(located, EVERYTHING)
    found = store_map(located, EVERYTHING, ALL, known)
    figure = drawn_map(found.frame, "mystery_score", theme, "the other stores")
    checked(figure)
    ids = [key[0] for trace in figure.data for key in trace.customdata or []]
    assert sorted(ids) == ["S1", "S2", "S3"]
    hidden = found.frame.assign(hidden_reason=["few", "", ""], minimum=5.0)
    figure = checked(drawn_map(hidden, "mystery_score", theme))
    assert sorted(key[0] for trace in figure.data for key in trace.customdata or []) == [
        "",
        *sorted(found.frame["id"][1:]),
    ]


def test_stores_in_one_place_do_not_cover_each_other(located: Warehouse) -> None:
    found = store_map(located, EVERYTHING, ALL, names(located, EVERYTHING)).frame
    together = found.assign(latitude=30.0, longitude=120.0)
    figure = drawn_map(together, "mystery_score", "light")
    dots = next(trace for trace in figure.data if trace.customdata)
    assert len(set(zip(dots.x, dots.y, strict=True))) == len(found)


def test_coastlines_are_closed_shapes_on_the_globe() -> None:
    assert len(coastlines()) > 300
    assert all(len(ring) > 3 for ring in coastlines())
    assert all(-180 <= x <= 180 and -90 <= y <= 90 for ring in coastlines() for x, y in ring)
