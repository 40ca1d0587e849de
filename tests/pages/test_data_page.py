"""Files are checked before they are loaded; the page shows what became of them. The child process is stood in for."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sq.checking import Finding
from sq.errors import IntakeError
from sq.jobs import Counts, Result, Step
from sq.language import Message
from sq.ui import data_blocks
from tests.pages.conftest import Open, texts_of
from tests.small_chain import small_snapshot

CSV = b"store_id,month,customers\nS1,2026-01-01,100\n"
BAD = Finding("error", "unknown_store", "volumes", "v.csv", "", "store_id", "S9", "S1, S2, …", 3, 2)
Asked = dict[str, Any]


@dataclass
class StandIn:
    """A job that has ended or is still at one step."""

    result: Result | None
    command: tuple[str, ...] = ("python", "-m", "sq", "check")

    @property
    def latest(self) -> Step:
        return Step(Message("Reading the files"), 0.25, self.result)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Asked:
    """What the page asked of the jobs; ``check`` and ``load`` hold the results to give."""
    given: Asked = {"check": None, "load": None}

    def checks(folder: Path, paths: tuple[Path, ...], profile: Path | None) -> StandIn:
        given["checked"] = [path.name for path in paths]
        return StandIn(given["check"])

    def loads(folder: Path, paths: tuple[Path, ...], profile: Path | None, accept_valid: bool) -> StandIn:
        given["loaded"] = ([path.name for path in paths], accept_valid)
        return StandIn(given["load"])

    monkeypatch.setattr(data_blocks, "start_check", checks)
    monkeypatch.setattr(data_blocks, "start_import", loads)
    monkeypatch.setattr(data_blocks, "save_delivery", _saving(tmp_path))
    return given


def _saving(folder: Path) -> Callable[..., tuple[Path, ...]]:
    def save(_folder: Path, files: list[tuple[str, bytes]]) -> tuple[Path, ...]:
        for name, content in files:
            (folder / name).write_bytes(content)
        return tuple(folder / name for name, _content in files)

    return save


def checked(rejected: int, *findings: Finding) -> Result:
    counts = (Counts("volumes", 10, 10 - rejected, 0, 0, rejected, 0),)
    return Result("checked", Message("Checked"), counts=counts, findings=findings)


def test_nothing_can_be_checked_before_there_is_a_file(open_page: Open) -> None:
    assert open_page("data").button(key="sq_check").disabled


def test_files_without_errors_are_loaded_after_a_look(open_page: Open, asked: Asked) -> None:
    asked["check"] = checked(0)
    asked["load"] = Result("loaded", Message("Batch 3 loaded"), batch_id=3, snapshot="x", counts=checked(0).counts)
    at = open_page("data")
    at.file_uploader(key="sq_files").upload("v.csv", CSV).run()
    at.button(key="sq_check").click().run()
    assert asked["checked"] == ["v.csv"]
    assert "loaded" not in asked
    at.button(key="sq_load").click().run()
    assert asked["loaded"] == (["v.csv"], False)
    assert [s.value for s in at.success] == ["Batch 3 loaded"]
    at.button(key="sq_work_done").click().run()
    assert at.button(key="sq_check").disabled


def test_errors_are_told_and_only_valid_rows_can_be_loaded(open_page: Open, asked: Asked) -> None:
    asked["check"] = checked(2, BAD)
    at = open_page("data")
    at.file_uploader(key="sq_files").upload("v.csv", CSV).run()
    at.button(key="sq_check").click().run()
    assert len(at.error) == 1
    counts, findings = (table.value for table in at.dataframe)
    assert counts[["read", "new", "rejected"]].iloc[0].tolist() == [10, 8, 2]
    assert findings["sentence"].iloc[0].startswith("v.csv, row 3, column store_id")
    assert "sq_load" not in [button.key for button in at.button]
    at.button(key="sq_load_valid").click().run()
    assert asked["loaded"] == (["v.csv"], True)


def test_where_no_row_is_valid_nothing_can_be_loaded(open_page: Open, asked: Asked) -> None:
    asked["check"] = checked(10, BAD)
    at = open_page("data")
    at.file_uploader(key="sq_files").upload("v.csv", CSV).run()
    at.button(key="sq_check").click().run()
    assert not {"sq_load", "sq_load_valid"} & {button.key for button in at.button}


def test_a_running_job_shows_what_it_does(open_page: Open, asked: Asked) -> None:
    at = open_page("data")
    at.file_uploader(key="sq_files").upload("v.csv", CSV).run()
    at.button(key="sq_check").click().run()  # the stand-in never ends
    assert at.get("progress")[0].proto.value == 25
    assert at.get("progress")[0].proto.text == "Checking the files · Reading the files"


def test_a_job_that_another_reader_runs_is_shown_to_all(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    running = StandIn(None, ("python", "-m", "sq", "withdraw", "1"))
    monkeypatch.setattr(data_blocks, "running", lambda _folder: running)
    at = open_page("data")
    assert at.get("progress")[0].proto.text.startswith("Withdrawing the batch")


def test_a_second_job_is_refused_in_one_sentence(
    open_page: Open, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_arguments: object) -> None:
        raise IntakeError(Message("Another import or publication is running."), Message("Wait until it has finished."))

    monkeypatch.setattr(data_blocks, "start_check", busy)
    at = open_page("data")
    at.file_uploader(key="sq_files").upload("v.csv", CSV).run()
    at.button(key="sq_check").click().run()
    assert [e.value for e in at.error] == ["Another import or publication is running. Wait until it has finished."]
    assert not at.button(key="sq_check").disabled


def test_before_the_first_data_files_can_be_brought(open_page: Open, tmp_path: Path) -> None:
    at = open_page("data", "zh", folder=tmp_path)
    assert any(text.startswith("还没有数据") for text in texts_of(at))
    assert at.file_uploader(key="sq_files")
    empty = open_page("data", folder=tmp_path, part="coverage")
    assert [i.value for i in empty.info] == ["Nothing has been loaded yet. Bring files first."]


def test_a_damaged_snapshot_leaves_loading_and_going_back_usable(open_page: Open, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    current = small_snapshot(folder)
    shutil.copy(current, current.with_name("sq-20200101T000000000-00000000.duckdb"))
    current.write_bytes(b"no database")
    loads = open_page("data", folder=folder)
    assert any("is damaged" in e.value for e in loads.error)
    assert loads.button(key="sq_check").label == "Check the files"
    assert open_page("data", folder=folder, part="snapshots").button(key="sq_rollback").label == "Show this one"
    assert open_page("data", folder=folder, part="coverage").exception == []
