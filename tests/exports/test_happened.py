"""Notes and events on slides with a course: numbered marks and lines, whole texts beside them, hostile ones inert."""

import dataclasses
import datetime as dt
import io
import shutil
from pathlib import Path

import openpyxl
import pytest
from pptx import Presentation

from sq import workspace
from sq.analyses.slide_content import Happened, cut
from sq.analyses.slide_drill import drilled
from sq.analyses.slide_happened import happened_table
from sq.errors import WorkspaceError
from sq.exports import handout as handouts
from sq.exports.deck import deck
from sq.exports.handout import Handout, sources, views_handout
from sq.exports.page import report
from sq.exports.page_svg import chart_svg
from sq.exports.workbook import workbook
from sq.figures.slide import slide_figure
from sq.language import Named, speaking
from sq.workspace import Event

VIEW = ("explore", "chart=trend&start=2026-01&end=2026-04")
LONG = "长" * 1900
TEXTS = ("=1+1", "<script>alert(1)</script>", LONG, "fourth", "fifth")


@pytest.fixture
def made(small_data: Path, tmp_path: Path) -> Handout:
    """The course of the chain with five notes of readers in March and April, three rows that came with the data."""
    folder = Path(shutil.copytree(small_data, tmp_path / "data"))
    for place, text in enumerate(TEXTS):
        days = {"start": dt.date(2026, 3, 5 + place), "end": dt.date(2026, 4 if place == 1 else 3, 5 + place)}
        workspace.add(folder, Event.of(kind="campaign", level="region", place="华北", text=text, **days))
    return views_handout(sources(folder), [VIEW], today=dt.date(2026, 5, 4))


def test_the_newest_of_readers_are_numbered_in_the_order_of_time(made: Handout) -> None:
    (content,) = made.contents
    # 1 February training, 15 February and 1 March notes of the programme; of readers the oldest has no line.
    assert [one.number for one in content.happened] == [0, 0, 0, 0, 1, 2, 3, 4]
    lines = content.happened_lines(60)
    assert lines[0] == "▲1 · 6 Mar 2026 – 6 Apr 2026 · Campaign · 华北: <script>alert(1)…"
    assert lines[2:] == [
        "▲3 · 8 Mar 2026 · Campaign · 华北: fourth",
        "▲4 · 9 Mar 2026 · Campaign · 华北: fifth",
        "4 more",
    ]
    with speaking("zh"):
        told = content.happened_lines()
    assert (told[2], told[4]) == ("▲3 · 2026年3月8日 · 促销活动 · 华北：fourth", "另 4 个")


def test_marks_stand_at_the_month_and_lead_nowhere(made: Handout) -> None:
    (content,) = made.contents
    assert [day.month for day in content.chart.days] == [1, 2, 3, 4]
    assert {place: len(some) for place, some in content.chart.marks().items()} == {1: 2, 2: 6}
    assert content.chart.spans() == [(2, 3)]
    traces = slide_figure(content.chart).data
    (marks,) = [trace for trace in traces if trace.mode == "markers+text"]
    assert (list(marks.x), list(marks.text)) == ([1, 2], ["", "1, 2, 3, 4"])
    assert "<script" not in "".join(marks.hovertext)
    assert marks.customdata[0][0] == ""
    assert drilled(content, "") is None
    assert [list(trace.x) for trace in traces if trace.mode == "lines"][-1] == [2, 3]
    assert ">1, 2, 3, 4</text>" in chart_svg(content.chart)


def test_the_deck_has_lines_marks_and_the_whole_texts_in_its_notes(made: Handout) -> None:
    slide = Presentation(io.BytesIO(deck(made))).slides[1]
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    (below,) = [text for text in texts if "▲1" in text]
    assert [line[:2] for line in below.split("\n")] == ["▲1", "▲2", "▲3", "▲4", "4 "]
    assert LONG not in below
    notes = slide.notes_slide.notes_text_frame.text
    assert LONG in notes
    assert "\n5 Mar 2026 · Campaign · 华北: =1+1\n" in notes
    (chart,) = [shape.chart for shape in slide.shapes if shape.has_chart]
    marked = next(series for series in chart.plots[0].series if series.name == "Notes and events")
    assert [value is not None for value in marked.values] == [False, True, True, False]
    sheet = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert sheet is not None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_workbook_has_all_of_them_as_text(made: Handout) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(made))).worksheets[1]
    rows = [[cell.value for cell in row[:5]] for row in sheet.iter_rows()]
    at = next(place for place, row in enumerate(rows) if row[0] == "Notes and events")
    assert rows[at + 1] == ["First day", "Last day", "Kind", "Where", "What"]
    assert [row[4] for row in rows[at + 5 : at + 10]] == list(TEXTS)
    assert rows[at + 5][0] == dt.datetime(2026, 3, 5)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_report_tells_them_without_running_them(made: Handout) -> None:
    page = report(made).decode()
    assert "▲1 · 6 Mar 2026 – 6 Apr 2026 · Campaign · 华北: &lt;script&gt;alert(1)&lt;/script&gt;<br>" in page
    assert "<script>alert(1)" not in page
    assert LONG in page, "the table has the whole text"


def test_a_slide_without_a_course_or_card_has_no_notes(made: Handout, small_data: Path) -> None:
    (bare,) = views_handout(sources(small_data), [("explore", "split=region")]).contents
    assert (bare.noted_for, bare.happened, happened_table(bare).is_empty) == (None, (), True)
    (card,) = views_handout(sources(small_data), [("store", "store=S1")]).contents
    assert card.happened != ()
    assert card.chart.happened == (), "its chart is no course"


def test_without_the_workspace_the_numbers_stand_and_it_is_told(
    small_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: object) -> None:
        raise WorkspaceError(Named("The workspace is away."))  # type: ignore[arg-type]

    monkeypatch.setattr(handouts, "noted", away)
    (content,) = views_handout(sources(small_data), [VIEW]).contents
    assert len(content.happened) == 3
    assert content.caption_line().endswith("The workspace is away.")


def test_a_line_is_cut_by_the_width_of_its_glyphs() -> None:
    assert (cut("abcdef", 6), cut("abcdefg", 6), cut("长长长", 6), cut("长长长长", 6)) == (
        "abcdef",
        "abcde…",
        "长长长",
        "长长…",
    )
    one = Happened(dt.date(2026, 3, 5), dt.date(2026, 3, 5), Named("北"), Named("k"), "two\nlines")
    assert dataclasses.replace(one, number=2).line() == "5 Mar 2026 · k · 北: two lines"
