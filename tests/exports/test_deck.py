"""The deck: its charts are native, its numbers those of the screen, its texts never run."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from lxml import etree
from pptx import Presentation
from pptx.enum.dml import MSO_FILL

from sq.analyses.score import score
from sq.analyses.slide_content import Chart, Series, SlideContent
from sq.exports.deck import deck
from sq.exports.deck_chart import has_room_inside
from sq.exports.handout import Handout, Leaf
from sq.language import Message, speaking
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
    assert bars.find("c:errValType", ns).get("val") == "cust"  # ECMA-376, ST_ErrValType
    sheet = inside(chart)
    formula = bars.find("c:plus/c:numRef/c:f", ns).text
    cells = [cell[0].value for cell in sheet[formula.removeprefix("Sheet1!").replace("$", "")]]
    cached = [float(node.text) for node in bars.findall("c:plus/c:numRef/c:numCache/c:pt/c:v", ns)]
    values = chart.plots[0].series[0].values
    assert cells == pytest.approx(cached)
    assert cells[0] == pytest.approx(100.0 - values[0])  # up to the high end, 100 for the North


@pytest.mark.parametrize(
    ("values", "is_inside"), [((60.0, 100.0), True), ((59.0, 100.0), False), ((-1.0, 1.0), False), ((np.nan,), False)]
)
def test_a_number_stands_at_the_foot_of_its_bar_where_all_are_long_enough(
    values: tuple[float, ...], is_inside: bool
) -> None:
    assert has_room_inside(values) is is_inside


@pytest.mark.parametrize(
    ("low", "position"), [((64.0, 75.0, 69.0), "inBase"), ((20.0, 75.0, 69.0), "inEnd")]
)  # in the second, the interval of the first bar reaches to where its number would stand
def test_a_number_at_the_foot_of_its_bar_is_clear_of_its_interval(low: tuple[float, ...], position: str) -> None:
    told = {"difference": (-5.0, 8.0, 0.0), "verdicts": ("worse", "better", "none")}
    series = Series(Message("Score"), (65.0, 80.0, 70.0), low=low, high=(66.0, 85.0, 71.0), **told)
    content = SlideContent("explore", "", Message("p"), Message("t"), Message("a"), judged_bars(series), snapshot="S")
    chart = charts(opened(Handout("T", (Leaf("view", "t", "", "", content),), "S", TODAY)))[0]
    assert [node.get("val") for node in chart._chartSpace.iter("{*}dLblPos")] == [position] * 3


def test_numbers_of_bars_on_both_sides_of_zero_stand_in_a_column_clear_of_every_interval() -> None:
    series = Series(Message("Gap"), (-9.0, np.nan, 0.5), low=(-9.5, np.nan, -0.3), high=(-8.5, np.nan, 1.2))
    content = SlideContent("gaps", "", Message("p"), Message("t"), Message("a"), three_bars(series), snapshot="S")
    chart = charts(opened(Handout("T", (Leaf("view", "t", "", "", content),), "S", TODAY)))[0]
    bars, column = chart.plots[0].series
    assert tuple(bars.values) == (-9.0, None, 0.5)
    first, none, last = column.values
    assert none is None
    assert (
        first == last == chart.value_axis.maximum_scale > 2.0 + 2.0
    )  # intervals end below 2, and the numbers have room
    assert [label.text for label in column._element.iter("{*}t")] == ["−9.0 (−9.5 – −8.5)", "0.5 (−0.3 – 1.2)"]
    assert [node.get("val") for node in chart._chartSpace.iter("{*}dLblPos")] == ["inEnd"] * 2
    assert [series.name for series in chart.plots[0].series] == ["Gap", "Place of the numbers"]
    assert column.format.fill.type == MSO_FILL.BACKGROUND
    assert not chart.has_legend


def test_a_score_of_a_small_group_has_no_ticks_beyond_its_scale() -> None:
    series = Series(Message("Score"), (30.0, 90.0, 60.0), low=(10.0, 80.0, 50.0), high=(50.0, 100.0, 70.0))
    content = SlideContent("store", "", Message("p"), Message("t"), Message("a"), three_bars(series), snapshot="S")
    chart = charts(opened(Handout("T", (Leaf("view", "t", "", "", content),), "S", TODAY)))[0]
    assert (chart.value_axis.minimum_scale, chart.value_axis.major_unit) == (0, 20)
    assert chart.value_axis.maximum_scale > 100
    assert chart.value_axis.tick_labels.number_format == '[>100.2]"";General'


def judged_bars(series: Series) -> Chart:
    return replace(three_bars(series), metric="mystery_score", against=Message("the others"))


def three_bars(series: Series) -> Chart:
    return Chart("dots", Message("t"), tuple(map(Message, ("One", "Two", "Three"))), (series,))


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


def test_words_of_customers_and_one_visit_are_slides(taken: Taken) -> None:
    said, visit = list(opened(taken(("visits", "kind=customer"), ("visits", "visit=V03"))).slides)[1:3]
    assert not [shape for shape in said.shapes if shape.has_table]
    assert "“等太久” – 南一店, 8 Jan 2026\n“满意” – 北一店, 5 Jan 2026" in texts(said)
    plotted = next(shape.chart for shape in visit.shapes if shape.has_chart).plots[0]
    assert list(plotted.categories) == ["Greeting", "Payment"]
    assert list(plotted.series[0].values) == [100, 50]
    assert "Veto item failed: Gives an invoice (0 of 1)\n发票未给" in texts(visit)
    assert any("✕ failed a veto item" in text for text in texts(visit))


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


LONG = " ".join(["Our stores are measured again."] * 66)  # about as long as a sentence may be


def runs(slide: Any) -> list[float]:
    """The sizes of every text of a slide, in points; of its tables too."""
    frames = [shape.text_frame for shape in slide.shapes if shape.has_text_frame]
    frames += [cell.text_frame for shape in slide.shapes if shape.has_table for cell in shape.table.iter_cells()]
    return [run.font.size.pt for frame in frames for p in frame.paragraphs for run in p.runs]


def test_every_text_is_at_least_12_points_so_24_pixels_at_1080_lines(taken: Taken) -> None:
    pages = ("overview", "explore", "touchpoints", "compare", "store", "employees", "priorities")
    show = opened(taken(*((page, "") for page in pages), ("explore", "chart=map")))
    assert min(size for slide in show.slides for size in runs(slide)) == 12
    assert {chart.font.size.pt for chart in charts(show)} == {12}
    sizes = [int(n.get("sz", "1200")) for c in charts(show) for n in c._chartSpace.iter("{*}defRPr", "{*}rPr")]
    assert min(sizes) == 1200


@pytest.mark.parametrize(
    "words", ["All is well.", LONG.replace(". ", ", "), LONG, "全公司得分" * 160], ids=["short", "long", "many", "zh"]
)
def test_a_headline_and_what_follows_are_whole_and_stand_above_the_chart(taken: Taken, words: str) -> None:
    leaf = Leaf("view", "Topic", words, "", taken(("explore", "")).contents[0])
    slide = opened(Handout("T", (leaf,), "S", TODAY)).slides[1]
    title, *others = (shape for shape in slide.shapes if shape.has_text_frame)
    above = [title, *(other for other in others if other.top < next(s for s in slide.shapes if s.has_chart).top)]
    told = " ".join(shape.text_frame.text for shape in above if shape.text_frame.text != "Topic")
    assert told == words
    chart = next(shape for shape in slide.shapes if shape.has_chart)
    assert all(shape.top + shape.height <= chart.top for shape in above)
    assert chart.height > 1_000_000


def test_a_short_headline_is_larger_than_a_long_one(taken: Taken) -> None:
    content = taken(("explore", "")).contents[0]
    leaves = tuple(Leaf("view", "T", words, "", content) for words in ("All is well.", "We scored 81 " * 20))
    slides = list(opened(Handout("T", leaves, "S", TODAY)).slides)[1:3]
    assert [slide.shapes.title.text_frame.paragraphs[0].runs[0].font.size.pt for slide in slides] == [28, 18]


def test_sources_stand_side_by_side_with_a_number_and_n_behind_every_bar(taken: Taken) -> None:
    handout = taken(("touchpoints", ""))
    content = handout.contents[0]
    assert len(content.chart.series) == 2
    slide = opened(handout).slides[1]
    drawn = [shape for shape in slide.shapes if shape.has_chart]
    assert [shape.chart.plots[0].series[0].name for shape in drawn] == [str(s.name) for s in content.chart.series]
    for shape, series in zip(drawn, content.chart.series, strict=True):
        plotted = shape.chart.plots[0].series[0]
        assert plotted.values == pytest.approx([None if np.isnan(v) else v for v in series.values])
        told = [label.text for label in shape.chart._chartSpace.iter("{*}t")]
        known = [place for place, value in enumerate(series.values) if np.isfinite(value)]
        assert told == [f"{series.values[p]:.1f} (n {series.n[p]:.0f})" for p in known]
    assert drawn[0].left + drawn[0].width <= drawn[1].left
    assert f"reliably worse than {content.chart.against}" in " ".join(texts(slide))


def test_the_file_says_what_it_is_and_of_which_day(taken: Taken) -> None:
    facts = opened(taken(("explore", ""), title="Board")).core_properties
    assert (facts.title, facts.author, facts.last_modified_by) == ("Board", "sq", "sq")
    assert facts.created.date() == TODAY
