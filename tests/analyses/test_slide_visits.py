"""Visits as a slide: the visits that the page lists, in its order; one visit beside its store; customers' words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sq.analyses.names import Names, names
from sq.analyses.slide_content import MOST_CATEGORIES, SlideContent
from sq.analyses.slide_drill import drilled
from sq.analyses.slides import slide_content
from sq.analyses.visits import PAGE_SIZE, response_list, visit, visit_list
from sq.figures.slide import read_as
from sq.language import speaking
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Scope, Warehouse


def slide(warehouse: Warehouse, known: Names, **query: str) -> SlideContent:
    return slide_content(warehouse, EVERYTHING, "visits", query, known)


def raw(demo: Warehouse, sql: str, *values: Any) -> list[Any]:
    return list(demo.query(sql, list(values)).itertuples(index=False, name=None))


def test_the_visits_of_the_small_chain_with_their_scores(small: Warehouse) -> None:
    known = names(small, EVERYTHING)
    found = slide(small, known, region="华北", order="lowest")
    scores = [250 / 7, 400 / 9, 850 / 9, 100.0]  # visits V02, V06, V05, V01
    page = visit_list(small, EVERYTHING, known.completed(Selection(region="华北")), known)
    assert str(found.answer) == str(page.headline)
    assert found.chart.series[0].values == pytest.approx(scores)
    assert np.mean(scores) == pytest.approx(68.6507936)  # as sq score says
    assert "Lowest first" in found.caption_line()
    assert "drawn" not in found.caption_line(), "all are"


@pytest.mark.parametrize(
    ("query", "condition", "order"),
    [
        ({}, "TRUE", "visited_on DESC"),
        ({"show": "failed", "order": "lowest"}, "is_failed", "score"),
        ({"show": "disputed", "order": "oldest"}, "status = 'disputed'", "visited_on"),
        ({"shopper": "W07", "order": "highest"}, "shopper_id = 'W07'", "score DESC"),
    ],
)
def test_the_list_is_the_one_asked_for(
    demo: Warehouse, known: Names, query: dict[str, str], condition: str, order: str
) -> None:
    found = slide(demo, known, start="2025-01", end="2026-06", **query)
    wanted = raw(
        demo,
        f"""SELECT visit_id, score, is_failed FROM visits JOIN memberships USING (membership_key)
        WHERE coalesce(brand, '') = '' AND month BETWEEN '2025-01-01' AND '2026-06-01' AND {condition}
        ORDER BY {order}, visit_key""",
    )
    listed = found.table.frame
    assert listed["visit_id"].tolist() == [row[0] for row in wanted][:PAGE_SIZE]
    assert found.chart.series[0].values == pytest.approx([row[1] for row in wanted][:MOST_CATEGORIES])
    crossed = ["✕" in str(word) for word in found.chart.series[0].words]
    assert crossed == [row[2] for row in wanted][:MOST_CATEGORIES]
    assert drilled(found, "0:1") == (
        "visits",
        {"start": "2025-01", "end": "2026-06", **query, "visit": wanted[1][0]},
    )


def test_a_further_page_of_one_touchpoint_holds_its_scores_there(demo: Warehouse, known: Names) -> None:
    touchpoint = next(iter(known.stage_of))
    found = slide(demo, known, touchpoint=touchpoint, order="lowest", page="2")
    selection = known.completed(Selection(touchpoint=touchpoint))
    page = visit_list(demo, EVERYTHING, selection, known, sort="lowest", page=2)
    assert str(found.answer) == str(page.headline)
    assert list(found.chart.series[0].values) == page.frame["subject_score"].head(MOST_CATEGORIES).to_list()
    assert str(found.title) == f"Score of each visit · {known.label('touchpoint', touchpoint)}"
    assert f"16 of {page.total:,} visits drawn, 50 in the table" in found.caption_line()


def test_one_visit_is_its_own_slide_beside_its_store(demo: Warehouse, known: Names) -> None:
    ((number, comment),) = raw(
        demo, "SELECT visit_id, comment FROM visits WHERE is_failed AND comment <> '' ORDER BY visit_id LIMIT 1"
    )
    found = slide(demo, known, visit=number)
    page = visit(demo, EVERYTHING, Selection(), known, number)
    assert page is not None
    parts = page.touchpoints[page.touchpoints["score"].notna()]
    series = found.chart.series[0]
    assert str(found.answer) == str(page.headline)
    assert list(series.values) == parts["score"].to_list()
    assert list(series.reference) == pytest.approx(parts["store_score"].to_list(), nan_ok=True)
    assert ["✕" in str(word) for word in series.words] == parts["failed"].gt(0).to_list()
    assert read_as(found.chart) == "stroke: the store’s average", "one visit is no verdict"
    assert [str(found.points[0]).startswith("Veto item failed: "), str(found.points[-1])] == [True, comment]
    assert str(found.cards[0].value) == f"{page.score:.1f}"
    assert len(found.tables[0].frame) == page.n_items
    assert drilled(found, "0:0") == (
        "explore",
        {"metric": "mystery_score", "store": page.store, "touchpoint": parts["touchpoint"].iloc[0]},
    )


def test_a_visit_that_is_gone_or_of_others_is_told(demo: Warehouse, known: Names) -> None:
    ((number,),) = raw(
        demo,
        "SELECT visit_id FROM visits JOIN memberships USING (membership_key) WHERE region = '华北' LIMIT 1",
    )
    for found in (
        slide(demo, known, visit="nothing"),
        slide_content(demo, Scope(regions=("华南",)), "visits", {"visit": number}),
    ):
        assert not found.is_sound
        assert str(found.answer) == "There is no visit with this number, or you may not see it."
        assert not found.chart.is_drawn


def test_what_customers_said_is_told_in_their_words(demo: Warehouse, known: Names) -> None:
    page = response_list(demo, EVERYTHING, known.completed(Selection(region="华北")), known, sort="lowest")
    found = slide(demo, known, kind="customer", region="华北", order="lowest")
    assert str(found.answer) == str(page.headline)
    assert found.table.frame["comment"].to_list() == page.frame["comment"].to_list()
    assert str(found.points[0]).startswith(f"“{page.frame['comment'].iloc[0]}” – {page.frame['label'].iloc[0]}, ")
    assert not found.chart.is_drawn
    everybody = slide(demo, known, kind="customer", region="华北", words="all")
    assert "" in everybody.table.frame["comment"].to_list()
    assert all(str(point).startswith("“") and not str(point).startswith("“”") for point in everybody.points)


def test_a_selection_without_visits_says_so(small: Warehouse) -> None:
    found = slide(small, names(small, EVERYTHING), show="disputed", shopper="nobody")
    assert str(found.answer).endswith(": no visits in this selection.")
    assert found.is_sound
    assert not found.chart.is_drawn


@pytest.mark.parametrize("query", [{}, {"kind": "customer"}, {"show": "failed"}])
def test_in_chinese_the_words_of_the_slide_are_chinese(demo: Warehouse, known: Names, query: dict[str, str]) -> None:
    with speaking("zh"):
        found = slide(demo, known, **query)
        told = [str(found.title), str(found.answer), *(str(h.title) for h in found.table.headings)]
    assert not [text for text in told if text.isascii()]
