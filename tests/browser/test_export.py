"""The open view and an agenda as files whose numbers are those of the screen; a page that opens offline."""

import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator
from pptx import Presentation

from sq import workspace
from sq.analyses.score import score
from sq.warehouse import current_snapshot
from sq.workspace import Agenda, Slide
from tests.browser.conftest import NewReader
from tests.browser.reading import Reading
from tests.serving import Server

VIEW = "explore?metric=mystery_score&split=region"
LONG = 60_000  # ms: the first export imports python-pptx


@pytest.fixture
def agenda(server: Server) -> Iterator[Agenda]:
    """An agenda of one view and a text, removed afterwards."""
    slides = [Slide.of(page="explore", query={"split": "region"}, title="Regions"), Slide.of(kind="text", title="Next")]
    pinned = Agenda.of(title="Board meeting", snapshot=current_snapshot(server.folder))
    made = workspace.add_agenda(server.folder, pinned, slides)
    yield made
    workspace.remove(server.folder, made)


def fetched(reader: Reading, button: Locator, folder: Path) -> Path:
    with reader.page.expect_download(timeout=LONG) as waiting:
        button.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def taken(reader: Reading, kind: str, folder: Path) -> Path:
    return fetched(reader, reader.part(f"sq_export_{kind}").locator("button"), folder)


@pytest.mark.parametrize(("language", "title"), [("en", "Drill down"), ("zh", "逐层下钻")])
def test_the_open_view_is_taken_away_as_three_files(
    new_reader: NewReader, browser: Browser, server: Server, tmp_path: Path, language: str, title: str
) -> None:
    reader = new_reader(language)
    reader.open(VIEW)
    reader.press(reader.part("sq_export").locator("button").first)
    files = {kind: taken(reader, kind, tmp_path) for kind in ("deck", "workbook", "report")}
    assert [path.name for path in files.values()] == [f"{title}{ending}" for ending in (".pptx", ".xlsx", ".html")]
    printed = sorted(score(server.folder, "mystery_score", "region")["value"])
    shapes = Presentation(str(files["deck"])).slides[1].shapes
    bars = next(shape.chart for shape in shapes if shape.has_chart).plots[0].series[0].values
    assert sorted(bars) == pytest.approx(printed)
    sheet = openpyxl.load_workbook(io.BytesIO(files["workbook"].read_bytes())).worksheets[1]
    assert sorted(row[1] for row in sheet.iter_rows(min_row=7, max_row=6 + len(printed), values_only=True)) == (
        pytest.approx(printed)
    )
    assert charts_drawn_offline(browser, files["report"]) == 1


def charts_drawn_offline(browser: Browser, path: Path) -> int:
    """How many charts of a report draw themselves without a network; fails where anything is asked from outside."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_selector(".js-plotly-plot .main-svg", timeout=LONG)
    drawn = page.locator(".js-plotly-plot").count()
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert wrong == []
    return drawn


def test_an_agenda_is_taken_away_with_its_progress(reader: Reading, agenda: Agenda, tmp_path: Path) -> None:
    reader.open(f"meeting?agenda={agenda.id}")
    reader.press(reader.part("sq_agenda_export").locator("button").first)
    reader.part("sq_agenda_deck").locator("button").click()
    save = reader.page.locator("[class*='st-key-sq_agenda_file_'] button")
    save.wait_for(timeout=LONG)
    path = fetched(reader, save, tmp_path)
    assert path.name == "Board meeting.pptx"
    deck = Presentation(str(path)).slides
    titles = [slide.shapes.title.text_frame.text for slide in deck]
    assert [titles[0], *titles[2:]] == ["Board meeting", "Next", "What the numbers mean"]
    assert titles[1].startswith("Whole chain: Mystery score ")  # what the view says
    assert "Regions" in [shape.text_frame.text for shape in deck[1].shapes if shape.has_text_frame]
