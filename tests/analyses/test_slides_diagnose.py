"""Priorities, gaps and the chain as slides: the numbers of the page's analysis, words where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from sq.analyses.chain import chain
from sq.analyses.drivers import drivers
from sq.analyses.gaps import board
from sq.analyses.names import Names, names
from sq.analyses.pareto import pareto
from sq.analyses.priorities import answer
from sq.analyses.shortboards import shortboards
from sq.analyses.slide_content import SlideContent
from sq.analyses.slides import slide_content
from sq.figures.slide import slide_figure
from sq.language import speaking
from sq.selection import Selection
from sq.statistics.linkage import Linked
from sq.warehouse import EVERYTHING, Warehouse

PAGES = ("priorities", "gaps", "chain")


@pytest.fixture(scope="module")
def known(small: Warehouse) -> Names:
    return names(small, EVERYTHING)


def content(small: Warehouse, known: Names, page: str, query: str = "") -> SlideContent:
    return slide_content(small, EVERYTHING, page, query, known)


def test_priorities_show_the_lowest_of_each_layer_as_the_page_does(small: Warehouse, known: Names) -> None:
    boards = shortboards(small, EVERYTHING, Selection(), known)
    found = content(small, known, "priorities")
    assert str(found.answer) == str(answer(boards, drivers(small, EVERYTHING, Selection(), known)))
    values = [value for layer in boards.measured for value in layer.frame["value"][:5]]
    assert found.chart.series[0].values == pytest.approx(values)
    assert len(found.table.frame) == sum(len(layer.frame) for layer in boards.measured)
    lost = pareto(small, EVERYTHING, Selection(), known)
    assert list(found.tables[0].frame["lost"]) == list(lost.frame["lost"])
    assert found.points[-1] == lost.answer


def test_the_gap_board_has_its_numbers_and_words_in_place_of_those_not_taken(small: Warehouse, known: Names) -> None:
    gaps = board(small, EVERYTHING, Selection(), known).gaps
    found = content(small, known, "gaps")
    drawn = [gap for gap in gaps if gap.is_measured and gap.unit == "points"]
    series = found.chart.series[0]
    assert series.values == pytest.approx([gap.value for gap in drawn], nan_ok=True)
    assert series.low == pytest.approx([gap.low for gap in drawn], nan_ok=True)
    assert all(bool(series.word(i)) != bool(np.isfinite(value)) for i, value in enumerate(series.values))
    frame = found.table.frame
    told = {str(row["label"]): str(row["value_words"]) for row in frame.to_dict("records")}
    assert len(told) == 7
    assert [bool(told[key]) for key in told] == [gap.unit == "%" or not np.isfinite(gap.value) for gap in gaps]


def test_the_chain_has_r_and_words_where_it_cannot_be_told(small: Warehouse, known: Names) -> None:
    found = chain(small, EVERYTHING, Selection(), known)
    slide = content(small, known, "chain")
    assert str(slide.answer) == str(found.answer)
    series = slide.chart.series[0]
    assert len(series.values) == len(found.links) == 6
    for place, link in enumerate(found.links):
        if isinstance(link.found, Linked):
            assert (series.values[place], series.low[place]) == (link.found.r, link.found.low)
        else:
            assert np.isnan(series.values[place])
            assert series.word(place) in {"not measured", "too few to tell"}


@pytest.mark.parametrize("page", PAGES)
def test_they_are_drawn_and_say_when_and_on_which_snapshot(small: Warehouse, known: Names, page: str) -> None:
    found = content(small, known, page)
    assert found.chart.is_drawn
    assert len(slide_figure(found.chart).data)
    assert found.caption_line().endswith(f"snapshot {small.snapshot_id}")


@pytest.mark.parametrize("page", PAGES)
def test_in_chinese_nothing_is_left_in_english(small: Warehouse, known: Names, page: str) -> None:
    with speaking("zh"):
        found = content(small, known, page)
        words = [found.title, found.answer, *found.points, *found.chart.categories]
        words += [h.title for table in (found.table, *found.tables) for h in table.headings if h.name not in {"n", "r"}]
        told = " ".join(map(str, words))
    assert not any(word in told.lower() for word in ("the ", "gap", "layer", "link", "score", "item", "lost"))
