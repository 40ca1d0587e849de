"""Priorities, gaps and the chain as slides: the numbers of the page's analysis, words where there are none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sq.analyses.chain import chain
from sq.analyses.drivers import drivers
from sq.analyses.gaps import board
from sq.analyses.names import Names, names
from sq.analyses.pareto import pareto
from sq.analyses.priorities import answer
from sq.analyses.shortboards import Shortboards, shortboards
from sq.analyses.slide_content import SlideContent
from sq.analyses.slides import slide_content
from sq.figures.slide import slide_figure
from sq.language import speaking
from sq.selection import Selection
from sq.statistics.linkage import Linked
from sq.warehouse import EVERYTHING, Warehouse

COUNTED = ("audits", "visits", "responses")
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


def told_worse(boards: Shortboards, places: dict[str, list[int]]) -> Shortboards:
    """The same layers, with other verdicts: worse at these places."""
    layers = []
    for layer in boards.layers:
        verdicts = ["worse" if at in places.get(layer.key, []) else "none" for at in range(len(layer.frame))]
        layers.append(replace(layer, frame=layer.frame.assign(verdict=verdicts)))
    return Shortboards(tuple(layers))


def test_priorities_draw_only_what_is_reliable_and_say_how_much_is_left_out(
    small: Warehouse, known: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    boards = shortboards(small, EVERYTHING, Selection(), known)
    judged = told_worse(boards, {"delivery": [0, 2], "perception": [1]})
    monkeypatch.setattr("sq.analyses.slide_priorities.shortboards", lambda *_asked: judged)
    found = content(small, known, "priorities")
    frames = {layer.key: layer.frame for layer in judged.measured}
    lowest = [frames["delivery"]["value"][0], frames["delivery"]["value"][2], frames["perception"]["value"][1]]
    assert found.chart.series[0].values == pytest.approx(lowest)
    assert set(found.chart.series[0].verdicts) == {"worse"}
    every = sum(map(len, frames.values()))
    assert f"3 of {every} drawn, all in the table" in found.caption_line()
    assert len(found.table.frame) == every
    heading = next(heading for heading in found.table.headings if heading.name == "value")
    assert str(found.chart.series[0].name) == str(heading.title) == "Score"  # of several metrics


def test_the_caption_of_priorities_says_place_and_period_once(small: Warehouse, known: Names) -> None:
    line = content(small, known, "priorities", "start=2026-01&end=2026-03").caption_line()
    assert line.count("Whole chain") == line.count("Jan 2026 – Mar 2026") == line.count("mean of responses") == 1
    layers = shortboards(small, EVERYTHING, Selection(start="2026-01", end="2026-03"), known).measured
    counted = [f"{layer.frame['n'].max():.0f} {word}" for layer, word in zip(layers, COUNTED, strict=True)]
    assert " · ".join(counted) in line


def test_layers_of_other_periods_each_say_theirs(
    small: Warehouse, known: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    boards = shortboards(small, EVERYTHING, Selection(start="2026-01", end="2026-03"), known)
    first = replace(boards.layers[0], selection=boards.layers[0].selection.but(end="2026-02"))
    monkeypatch.setattr(
        "sq.analyses.slide_priorities.shortboards", lambda *_asked: Shortboards((first, *boards.layers[1:]))
    )
    line = content(small, known, "priorities").caption_line()
    assert "Management: Jan 2026 – Feb 2026, " in line
    assert "Delivery: Jan 2026 – Mar 2026, " in line
    assert line.count("Whole chain") == 1


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
