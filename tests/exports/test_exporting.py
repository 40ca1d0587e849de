"""Exports as a command asks for them: agendas, views, bulletins, cards; failures in a sentence."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from pptx import Presentation

from sq import workspace
from sq.errors import ExportError, SnapshotError, UnknownName
from sq.exports.exporting import export, export_bulletins, export_cards, view_bytes
from sq.language import speaking
from sq.warehouse import current_snapshot
from sq.workspace import Agenda, Event, Slide
from tests.conftest import sq
from tests.small_chain import small_snapshot


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder of its own, whose workspace may be written to."""
    small_snapshot(tmp_path / "data")
    return tmp_path / "data"


def titles(path: Path) -> list[str]:
    return [slide.shapes.title.text_frame.text for slide in Presentation(str(path)).slides]


def test_an_agenda_is_exported_in_its_order_with_its_words(folder: Path, tmp_path: Path) -> None:
    slides = [
        Slide.of(kind="section", title="Stores"),
        Slide.of(page="explore", query={"region": "华北"}, title="=North", sentence="Ours", note="Say it"),
        Slide.of(kind="text", title="Next", sentence="Train."),
    ]
    made = workspace.add_agenda(folder, Agenda.of(title="Board", snapshot=current_snapshot(folder)), slides)
    for name in (made.id, "Board"):
        export(folder, "deck", tmp_path / "out.pptx", agenda=name)
        assert titles(tmp_path / "out.pptx")[:4] == ["Board", "Stores", "Ours", "Next"]  # a view's message is its title
    view = Presentation(str(tmp_path / "out.pptx")).slides[2]
    topic = next(shape for shape in view.shapes if shape.has_text_frame and shape.text_frame.text == "=North")
    assert topic.top < view.shapes.title.top


def test_an_agenda_stored_in_chinese_is_exported_in_english_where_the_words_are_sq_s(
    folder: Path, tmp_path: Path
) -> None:
    view = Slide.of(
        page="overview", title="总体情况", sentence="全公司：暗访得分 67.4（95% 区间：43.9 至 90.9；6 次暗访）。"
    )
    own = Slide.of(page="overview", title="我们的标题", sentence="我们很好。")
    workspace.add_agenda(folder, Agenda.of(title="Board", snapshot=current_snapshot(folder)), [view, own])
    export(folder, "deck", tmp_path / "out.pptx", agenda="Board")
    words = [
        [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        for slide in Presentation(str(tmp_path / "out.pptx")).slides
    ]
    said = "Whole chain: Mystery score 67.4 (95 %: 43.9 to 90.9; 6 visits)."
    assert {"Where we stand", said} <= set(words[1])
    assert {"我们的标题", "我们很好。"} <= set(words[2])


def test_without_an_agenda_the_one_that_builds_itself_is_taken(folder: Path, tmp_path: Path) -> None:
    export(folder, "deck", tmp_path / "out.pptx")
    assert titles(tmp_path / "out.pptx")[:3] == [
        "Service quality",
        "Whole chain · Jan 2026 – Mar 2026",
        "Whole chain: Mystery score 67.4 (95 %: 43.9 to 90.9; 6 visits).",
    ]


def test_an_agenda_on_a_snapshot_that_is_gone_is_refused_and_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    workspace.add_agenda(folder, Agenda.of(title="Old", snapshot="20200101T000000000-00000000"), [])
    with pytest.raises(SnapshotError, match="20200101T000000000-00000000 is missing"):
        export(folder, "deck", tmp_path / "out.pptx", agenda="Old")
    assert not (tmp_path / "out.pptx").exists()


def test_unknown_names_and_wrong_endings_are_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="There is no agenda “Bord”"):
        export(folder, "deck", tmp_path / "out.pptx", agenda="Bord")
    with pytest.raises(ExportError, match=r"out\.ppt does not end in \.pptx"):
        export(folder, "deck", tmp_path / "out.ppt")
    with pytest.raises(UnknownName, match="There is no region “West”"):
        export_bulletins(folder, tmp_path / "b", region="West")
    with pytest.raises(UnknownName, match="There is no store “S9”"):
        export_cards(folder, tmp_path / "c", store="S9")


def test_every_region_gets_a_bulletin_with_its_own_stores_and_notes(folder: Path, tmp_path: Path) -> None:
    note = Event.of(kind="training", level="store", place="S1", start="2026-02-01", end="2026-02-01", text="<Course>")
    workspace.add(folder, note)
    with speaking("zh"):
        export_bulletins(folder, tmp_path / "b")
    pages = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "b").iterdir()}
    assert sorted(pages) == [f"服务质量通报：{region}，2026年1月 – 2026年3月.html" for region in ("华北", "华南")]
    north, south = (page for _name, page in sorted(pages.items()))
    assert "北一店" in north
    assert "北一店" not in south
    assert "&lt;Course&gt;" in north
    assert "Course" not in south
    assert "<script" not in north + south


def test_every_own_store_gets_a_card_and_there_is_one_page_of_all(folder: Path, tmp_path: Path) -> None:
    export_cards(folder, tmp_path / "c", region="华北")
    names = sorted(path.name for path in (tmp_path / "c").iterdir())
    assert names == ["All store cards.html", "北一店 S1.html", "北二店 S2.html", "移动店 S4.html"]
    every = (tmp_path / "c" / "All store cards.html").read_text(encoding="utf-8")
    assert every.count('class="sheet"') == 3
    assert "72.2" in (tmp_path / "c" / "北一店 S1.html").read_text(encoding="utf-8")  # mystery score, by hand


def test_a_second_run_replaces_the_files_of_the_first(folder: Path, tmp_path: Path) -> None:
    for _again in range(2):
        export_cards(folder, tmp_path / "c", store="S1")
    assert len(list((tmp_path / "c").iterdir())) == 2


def test_a_view_is_taken_away_from_its_page(small_data: Path) -> None:
    with speaking("zh"):
        book = openpyxl.load_workbook(io.BytesIO(view_bytes(small_data, "workbook", "compare", "level=store")))
    assert book.sheetnames[1] == "各门店的暗访得分"


def test_the_command_line_writes_and_refuses_in_sentences(folder: Path, tmp_path: Path) -> None:
    done = sq("export", "workbook", str(tmp_path / "a.xlsx"), "--view", "explore?region=华北", folder=folder)
    assert done.stdout.strip() == f"Written: {tmp_path / 'a.xlsx'}"
    (tmp_path / "file").write_text("x")
    wrong = sq("export", "cards", str(tmp_path / "file" / "c"), "--store", "S1", folder=folder, check=False)
    assert wrong.returncode == 2
    assert "is no folder that can be used" in wrong.stderr
    assert "Traceback" not in wrong.stderr
