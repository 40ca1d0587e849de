"""The deck: its charts are native, its numbers those of the screen, its texts never run."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from lxml import etree
from pptx import Presentation

from sq.analyses.score import score
from sq.exports.deck import deck
from sq.exports.handout import Handout, Leaf
from sq.language import speaking
from tests.exports.conftest import HOSTILE, STARTS, TODAY, Taken


def opened(handout: Handout) -> Any:
    return Presentation(io.BytesIO(deck(handout)))


def texts(slide: Any) -> list[str]:
    return [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


def charts(show: Any) -> list[Any]:
    return [shape.chart for slide in show.slides for shape in slide.shapes if shape.has_chart]


def inside(chart: Any) -> Any:
    """The sheet that opens when somebody edits the chart's data."""
    return openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active


def test_the_bars_are_the_scores_that_sq_score_prints(taken: Taken, small_data: Path) -> None:
    chart = charts(opened(taken(("explore", ""))))[0]
    printed = score(small_data, "mystery_score", "region")
    plotted = chart.plots[0]
    assert list(plotted.categories) == list(printed["name"])
    assert plotted.series[0].values == pytest.approx(list(printed["value"]))  # 68.65 and 65.0, added up by hand


def test_the_data_inside_hold_interval_n_and_verdict(taken: Taken, small_data: Path) -> None:
    sheet = inside(charts(opened(taken(("explore", ""))))[0])
    head, *rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    printed = score(small_data, "mystery_score", "region")
    assert head[1] == "Mystery score"
    column = {name.split(": ")[-1]: place for place, name in enumerate(head) if name}
    assert [row[column["n"]] for row in rows] == list(printed["n"])
    for end, heading in (("low", "Low (95 %)"), ("high", "High (95 %)")):
        assert [row[column[heading]] for row in rows] == pytest.approx(list(printed[end]))
    assert [row[column["Verdict"]] for row in rows] == ["too few to judge"] * 2


def test_error_bars_are_bound_to_the_data_inside(taken: Taken) -> None:
    chart = charts(opened(taken(("explore", ""))))[0]
    ns = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
    bars = chart._chartSpace.xpath(".//c:errBars")[0]
    sheet = inside(chart)
    formula = bars.find("c:plus/c:numRef/c:f", ns).text
    cells = [cell[0].value for cell in sheet[formula.removeprefix("Sheet1!").replace("$", "")]]
    cached = [float(node.text) for node in bars.findall("c:plus/c:numRef/c:numCache/c:pt/c:v", ns)]
    values = chart.plots[0].series[0].values
    assert cells == pytest.approx(cached)
    assert cells[0] == pytest.approx(100.0 - values[0])  # up to the high end, 100 for the North


def test_the_course_is_a_line_that_breaks_where_the_items_changed(taken: Taken, small_data: Path) -> None:
    chart = charts(opened(taken(("explore", "chart=trend"))))[0]
    months = score(small_data, "mystery_score", "month")
    before, after, *_ends = chart.plots[0].series
    whole = [b if b is not None else a for b, a in zip(before.values, after.values, strict=True)]
    assert whole == pytest.approx(list(months["value"]))
    assert [v is None for v in before.values] == [False, False, True]  # item M5 was replaced on 1 March


def test_a_hidden_group_has_words_and_no_bar(taken: Taken, small_data: Path) -> None:
    hidden = score(small_data, "employee_index", "store").set_index("name")["hidden_reason"].isin(["few", "neighbour"])
    assert hidden.any()
    chart = charts(opened(taken(("explore", "metric=employee_index&split=store"))))[0]
    values = dict(zip(chart.plots[0].categories, chart.plots[0].series[0].values, strict=True))
    for name in hidden[hidden].index:
        found = next(text for text in values if text.startswith(name))
        assert values[found] is None
        assert "hidden" in found
    told = [cell for row in inside(chart).iter_rows(values_only=True) for cell in row if isinstance(cell, float)]
    assert all(np.isfinite(told))


def test_every_slide_says_snapshot_filters_and_day(taken: Taken, small_data: Path) -> None:
    handout = taken(("explore", "region=华北"), ("touchpoints", ""))
    footers = [" ".join(texts(slide)) for slide in list(opened(handout).slides)[1:3]]
    for footer in footers:
        assert handout.snapshot in footer
        assert "exported on 4 May 2026" in footer
    assert "华北 · Jan 2026" in footers[0]


def test_the_speakers_notes_hold_the_note_and_what_the_numbers_stand_on(taken: Taken) -> None:
    content = taken(("explore", "")).contents[0]
    leaf = Leaf("view", "Own title", "Own sentence", "Say this.", content)
    notes = opened(Handout("T", (leaf,), "S", TODAY)).slides[1].notes_slide.notes_text_frame.text
    assert notes.split("\n\n") == ["Say this.", str(content.answer), content.caption_line()]


def test_sections_and_texts_are_slides_too() -> None:
    leaves = (Leaf("section", "Stores", "Where we stand"), Leaf("text", "Next", "Call them.\nTrain them."))
    show = opened(Handout("T", leaves, "S", TODAY))
    told = [texts(slide)[:2] for slide in show.slides]
    assert told[1:] == [["Stores", "Where we stand"], ["Next", "Call them.\nTrain them."]]


def test_a_view_that_is_gone_becomes_a_slide_that_says_so(taken: Taken) -> None:
    words = " ".join(texts(opened(taken(("explore", "store=GONE"))).slides[1]))
    assert "these data know no Store “GONE”" in words


def test_hostile_texts_stand_as_text_and_never_run(hostile: Handout) -> None:
    show = opened(hostile)
    assert "<script>" in show.slides[1].notes_slide.notes_text_frame.text
    for chart in charts(show):
        cells = [cell for row in inside(chart).iter_rows() for cell in row]
        assert [cell.value for cell in cells if cell.data_type == "f"] == []
        names = [str(cell.value) for cell in cells]
        assert all(start.strip() in "\n".join(names) for start in STARTS)
    assert HOSTILE.replace("\x07", "") in texts(show.slides[0])[0]


def test_chinese_texts_have_a_chinese_font(taken: Taken) -> None:
    with speaking("zh"):
        show = opened(taken(("explore", "")))
    theme = show.slide_master.part.part_related_by(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/theme"
    )
    tree = etree.fromstring(theme.blob)
    faces = {node.get("typeface") for node in tree.iter("{*}ea") if node.getparent().tag.endswith("Font")}
    assert faces == {"Microsoft YaHei"}
    fonts = {node.get("typeface") for chart in charts(show) for node in chart._chartSpace.iter("{*}ea")}
    assert fonts == {"Microsoft YaHei"}
    assert "暗访得分" in " ".join(texts(show.slides[1]))


def test_body_text_is_at_least_12_points_so_24_pixels_at_1080_lines(taken: Taken) -> None:
    slide = opened(taken(("overview", ""))).slides[1]
    title, sentence = (shape for shape in slide.shapes if shape.has_text_frame and shape.top < 1_500_000)
    sizes = [run.font.size.pt for shape in (title, sentence) for p in shape.text_frame.paragraphs for run in p.runs]
    assert min(sizes) >= 12
    assert charts(opened(taken(("overview", ""))))[0].font.size.pt >= 12


def test_the_file_says_what_it_is_and_of_which_day(taken: Taken) -> None:
    facts = opened(taken(("explore", ""), title="Board")).core_properties
    assert (facts.title, facts.author, facts.last_modified_by) == ("Board", "sq", "sq")
    assert facts.created.date() == TODAY
