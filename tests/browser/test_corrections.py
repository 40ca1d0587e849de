"""A corrected workbook goes in through the data page, the app moves over by itself, and the batch is taken back."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from tests.browser.conftest import NewReader
from tests.browser.reading import Reading
from tests.serving import Server

JOB_MS = 90_000


@dataclass(frozen=True)
class Visit:
    """A visit of the simulated chain as it stands: header, items with the answer that earns least, score."""

    visit_id: str
    store_id: str
    visited_on: object
    worst: dict[str, float]
    score: float


def current(folder: Path) -> str:
    return (folder / "published" / "CURRENT").read_text(encoding="utf-8").strip()


@pytest.fixture
def visit(server: Server) -> Visit:
    with duckdb.connect(
        str(server.folder / "published" / f"sq-{current(server.folder)}.duckdb"), read_only=True
    ) as con:
        key, visit_id, store, on, score = con.execute(
            """SELECT visit_key, visit_id, store_id, visited_on, score
            FROM visits JOIN memberships USING (membership_key)
            WHERE brand = '' AND status = 'approved' AND score > 50 ORDER BY visited_on DESC, visit_id LIMIT 1"""
        ).fetchall()[0]
        worst = con.execute(
            """SELECT DISTINCT item_id, CASE WHEN is_reversed THEN scale_max ELSE scale_min END
            FROM visit_answers JOIN items USING (item_key) WHERE visit_key = ? AND value IS NOT NULL""",
            [key],
        ).fetchall()
    return Visit(visit_id, store, on, dict(worst), score)


def workbook(path: Path, visit: Visit, answers: dict[str, float]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "暗访"
    sheet.append(["暗访编号", "门店编号", "暗访日期", *answers])
    sheet.append([visit.visit_id, visit.store_id, visit.visited_on, *answers.values()])
    book.save(path)
    return path


def bring(reader: Reading, path: Path) -> None:
    """Upload a file on the data page and have it checked."""
    reader.open("data")
    reader.part("sq_files").locator("input[type=file]").set_input_files(path)
    check = reader.part("sq_check").get_by_role("button")
    expect(check).to_be_enabled(timeout=JOB_MS)
    reader.press(check)
    expect(reader.part("sq_work_done")).to_be_visible(timeout=JOB_MS)
    reader.rest()


def score_on_screen(reader: Reading, visit: Visit) -> str:
    reader.open(f"visits?visit={visit.visit_id}")
    return reader.page.get_by_test_id("stMetricValue").first.inner_text()


def test_a_corrected_visit_replaces_the_old_one_until_its_batch_is_withdrawn(
    new_reader: NewReader, reader: Reading, visit: Visit, server: Server, tmp_path: Path
) -> None:
    before = current(server.folder)
    assert f"{visit.score:.1f}" in score_on_screen(reader, visit)
    onlooker = new_reader("en").open("explore", needs_chart=True)
    assert before in onlooker.text()

    bring(reader, workbook(tmp_path / "更正.xlsx", visit, visit.worst))
    reader.press(reader.part("sq_load").get_by_role("button"))
    expect(reader.page.get_by_text("See the new numbers on the overview")).to_be_visible(timeout=JOB_MS)
    after = current(server.folder)
    assert after != before
    assert "0.0" in score_on_screen(reader, visit), "the lowest mark on every item"

    onlooker.click_mark("sq_ranking")
    text = onlooker.text()
    assert after in text, "an open page moves over at the next click"
    assert before not in text, "and does not mix two snapshots"

    reader.open("data?part=batches")
    reader.press(reader.part("sq_batch_change").get_by_role("button"))
    reader.press(reader.part("sq_confirmed").get_by_role("button"))
    expect(reader.part("sq_work_done")).to_be_visible(timeout=JOB_MS)
    assert f"{visit.score:.1f}" in score_on_screen(reader, visit), "the earlier score is back"


def test_a_wrong_mark_is_named_and_nothing_is_loaded(
    reader: Reading, visit: Visit, server: Server, tmp_path: Path
) -> None:
    before = current(server.folder)
    item = next(iter(visit.worst))
    bring(reader, workbook(tmp_path / "wrong.xlsx", visit, visit.worst | {item: 99.0}))
    assert "99" in reader.text()
    assert reader.part("sq_load").count() == 0
    assert current(server.folder) == before


def test_a_file_that_is_no_workbook_gets_one_clear_sentence(reader: Reading, server: Server, tmp_path: Path) -> None:
    before = current(server.folder)
    (tmp_path / "visits.xlsx").write_bytes(b"%PDF-1.7 this is something else")
    bring(reader, tmp_path / "visits.xlsx")
    assert "visits.xlsx" in reader.page.get_by_role("alert").first.inner_text()
    assert current(server.folder) == before
