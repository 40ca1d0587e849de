"""A captured view as a slide's content: the screen's numbers, hidden cells hidden, nothing wider than asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sq.analyses.drill import drill
from sq.analyses.names import Names, names
from sq.analyses.score import score
from sq.analyses.slide_content import SlideContent
from sq.analyses.slides import BUILDERS, PAGE_NAMES, builder, slide_content
from sq.analyses.store_card import store_card
from sq.language import speaking
from sq.selection import Selection
from sq.ui.sitemap import SITE_MAP
from sq.warehouse import EVERYTHING, Scope, Warehouse


@pytest.fixture(scope="module")
def known(small: Warehouse) -> Names:
    return names(small, EVERYTHING)


def content(small: Warehouse, known: Names, page: str, query: str = "") -> SlideContent:
    return slide_content(small, EVERYTHING, page, query, known)


def test_the_ranking_holds_the_numbers_of_sq_score(small: Warehouse, known: Names, small_data: Path) -> None:
    series = content(small, known, "explore").chart.series[0]
    printed = score(small_data, "mystery_score", "region")
    assert series.values == pytest.approx(list(printed["value"]))  # 68.65 and 65.0
    assert series.low == pytest.approx(list(printed["low"]))
    assert series.n == (4, 2)


@pytest.mark.parametrize(("page", "query"), [("overview", "chart=ranking"), ("explore", ""), ("compare", "")])
def test_pages_show_the_same_numbers_of_the_regions(small: Warehouse, known: Names, page: str, query: str) -> None:
    chart = content(small, known, page, query).chart
    assert [str(name) for name in chart.categories] == ["华北", "华南"]
    assert chart.series[0].values == pytest.approx([68.6507936, 65.0])


def test_where_we_stand_is_the_course_up_to_now(small: Warehouse, known: Names, small_data: Path) -> None:
    found = content(small, known, "overview")
    printed = score(small_data, "mystery_score", "month")
    assert found.chart.kind == "line"
    assert found.chart.series[0].values == pytest.approx(list(printed["value"]))
    assert found.chart.series[0].low == pytest.approx(list(printed["low"]), nan_ok=True)
    assert [name for name, _title in found.charts] == ["trend", "ranking"]
    assert list(found.tables[1].frame["value"]) == pytest.approx([68.6507936, 65.0])  # the ranking stays at hand


def test_the_course_begins_with_the_period_that_the_answer_compares_with(small: Warehouse, known: Names) -> None:
    found = content(small, known, "overview", "start=2026-03&end=2026-03")
    assert [str(month) for month in found.chart.categories] == ["Feb 2026", "Mar 2026"]
    assert found.noted_for is not None
    assert (found.noted_for.start, found.noted_for.end) == ("2026-02", "2026-03")


def test_the_answer_is_the_page_s(small: Warehouse, known: Names) -> None:
    selection = Selection(region="华北")
    told = str(content(small, known, "explore", "region=华北").answer)
    assert told == str(drill(small, EVERYTHING, selection, known).headline)
    card = store_card(small, EVERYTHING, Selection(store="S1"), known)
    assert str(content(small, known, "store", "store=S1").answer) == str(card.answer)


def test_a_hidden_group_has_no_number_anywhere(small: Warehouse, known: Names) -> None:
    found = content(small, known, "explore", "metric=employee_index&split=store")
    series = found.chart.series[0]
    hidden = [place for place, word in enumerate(series.words) if "hidden" in str(word)]
    assert hidden
    for place in hidden:
        told = [getattr(series, name)[place] for name in ("values", "low", "high", "n", "reference", "difference")]
        assert np.isnan(told).all()
        assert str(found.table.frame["value_words"].iloc[place]).startswith("hidden")


def test_the_crosses_of_a_map_are_explained(small: Warehouse, known: Names) -> None:
    found = content(small, known, "explore", "metric=employee_index&chart=map")
    hidden = [
        str(word)
        for series in found.chart.series
        for word, value in zip(series.words, series.values, strict=False)
        if str(word) and np.isnan(value)
    ]
    assert hidden
    assert all(f"×: {word}" in found.caption_line() for word in hidden)


def test_the_caption_says_place_period_n_rule_and_snapshot(small: Warehouse, known: Names) -> None:
    line = content(small, known, "explore", "region=华北&start=2026-01&end=2026-03").caption_line()
    assert line.startswith("华北 · Jan 2026 – Mar 2026 · 4 visits · mean of responses")
    assert line.endswith(f"snapshot {small.snapshot_id}")


@pytest.mark.parametrize("query", ["store=S9", "region=West", "metric=none", "item=nothing", "wave=1999"])
def test_what_is_gone_is_told_and_never_widened(small: Warehouse, known: Names, query: str) -> None:
    found = content(small, known, "explore", query)
    assert not found.is_sound
    assert not found.chart.is_drawn
    assert query.partition("=")[2] in str(found.answer)


def test_an_unknown_page_and_one_without_a_chart_have_words(small: Warehouse, known: Names) -> None:
    assert not content(small, known, "nothing").is_sound
    assert str(content(small, known, "definitions").answer) == "This page is shown live: open “Definitions”."


@pytest.mark.parametrize(("page", "metric"), [("customers", "customer_index"), ("employees", "employee_index")])
def test_customers_and_employees_are_shown_by_dimension(
    small: Warehouse, known: Names, small_data: Path, page: str, metric: str
) -> None:
    chart = content(small, known, page).chart
    printed = score(small_data, metric, "dimension").set_index("name")["value"]
    values = {str(name): value for name, value in zip(chart.categories, chart.series[0].values, strict=True)}
    assert values == pytest.approx(dict(printed), nan_ok=True)


def test_shoppers_are_sound(small: Warehouse, known: Names) -> None:
    assert content(small, known, "shoppers").is_sound


def test_hostile_addresses_do_no_harm(small: Warehouse, known: Names) -> None:
    for query in (
        "store=' OR 1=1 --",
        "start=9999-99",
        "a=b&&&=",
        "units=%2C,%25,'&level=x",
        "chart=nothing",
        "\x00=1",
    ):
        for page in BUILDERS:
            assert isinstance(content(small, known, page, query), SlideContent)


def test_a_scope_is_kept(small: Warehouse) -> None:
    found = slide_content(small, Scope(regions=("华南",)), "compare", "level=store")
    assert {str(name) for name in found.chart.categories} <= {"南一店", "新开店"}


def test_an_address_as_text_and_as_mapping_say_the_same(small: Warehouse, known: Names) -> None:
    text = slide_content(small, EVERYTHING, "explore", "region=%E5%8D%8E%E5%8C%97", known)
    assert text.answer == slide_content(small, EVERYTHING, "explore", {"region": "华北"}, known).answer


def test_places_picked_on_compare_are_the_places_shown(small: Warehouse, known: Names) -> None:
    chart = content(small, known, "compare", "units=S1,S3&level=store").chart
    assert {str(name) for name in chart.categories} == {"北一店", "南一店"}


def test_the_map_has_a_column_per_place_and_a_row_per_touchpoint(small: Warehouse, known: Names) -> None:
    found = content(small, known, "explore", "chart=map")
    assert found.chart.kind == "heat"
    assert [str(series.name) for series in found.chart.series] == ["华北", "华南"]
    assert [str(name) for name in found.chart.categories] == ["Greeting", "Payment", "Repair process"]


def test_every_builder_belongs_to_a_page_and_every_page_has_its_name() -> None:
    pages = {page.key: page.title for section in SITE_MAP for page in section.pages}
    assert set(BUILDERS) <= set(PAGE_NAMES)
    assert {key: PAGE_NAMES.get(key) for key in pages if key != "meeting"} == {
        key: title for key, title in pages.items() if key != "meeting"
    }
    assert all(callable(builder(page)) for page in BUILDERS)


def test_a_slide_in_chinese_has_no_english(small: Warehouse, known: Names) -> None:
    with speaking("zh"):
        found = content(small, known, "overview")
        told = [
            str(found.title),
            str(found.answer),
            *(str(card.title) for card in found.cards),
            *map(str, found.points),
        ]
    assert not any("Mystery" in text or "score" in text for text in told)
