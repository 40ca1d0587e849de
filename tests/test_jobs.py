"""Jobs: a page runs the command line as a child process and reads its steps."""

import csv
import os
from pathlib import Path

import pytest

from sq.checking import Finding
from sq.errors import IntakeError
from sq.jobs import (
    Counts,
    Result,
    Step,
    discard_delivery,
    export_target,
    message_from_json,
    read_step,
    running,
    save_delivery,
    start_check,
    start_export,
    start_import,
    start_withdraw,
    step_line,
)
from sq.language import Message, speaking

STORES = "store_id,store_name,region\nS1,一店,北\n".encode()
BAD = b"store_id,store_name,region\nS1,,N\n"


def test_a_step_survives_the_way_through_a_line_of_json() -> None:
    finding = Finding("error", "unknown_store", "mystery_visits", "a.csv", "", "门店", "S9", "S1", 3, 2)
    message = Message("Batch {batch} counts again.", {"batch": Message("{count} a", many="{count} b", count=2)})
    result = Result("loaded", message, 3, "s", (Counts("stores", 5, 1, 1, 1, 1, 1),), (finding,), Path("f.xlsx"), None)
    step = Step(message, 0.5, result)
    assert read_step(step_line(step)) == step
    assert message_from_json(read_step(step_line(step)).message) == message  # type: ignore[union-attr]


def test_lines_that_are_no_steps_are_passed_over() -> None:
    assert read_step("a library says hello") is None
    assert read_step('{"other": 1}') is None


def test_uploaded_files_get_safe_names_in_a_folder_of_their_own(tmp_path: Path) -> None:
    names = ["../../etc/门店.xlsx", "C:\\x\\门店.xlsx", 'a:b?"c.csv', "..", "x" * 300 + ".parquet"]
    paths = save_delivery(tmp_path, [(name, b"1") for name in names])
    assert [p.name for p in paths[:4]] == ["门店.xlsx", "1-门店.xlsx", "a_b__c.csv", "file"]
    assert paths[4].name.endswith(".parquet")
    assert len(paths[4].name) <= 120
    assert {p.parent.parent for p in paths} == {tmp_path / "work" / "uploads"}
    discard_delivery(paths)
    assert list((tmp_path / "work" / "uploads").iterdir()) == []


def test_an_import_runs_to_a_snapshot_and_tells_its_steps(tmp_path: Path) -> None:
    files = save_delivery(tmp_path, [("stores.csv", STORES)])
    job = start_import(tmp_path, files)
    assert running(tmp_path) is job
    with pytest.raises(IntakeError):
        start_import(tmp_path, files)
    steps = list(job.steps())
    fractions = [s.fraction for s in steps]
    assert fractions == sorted(fractions)
    result = job.wait()
    assert (result.outcome, result.batch_id, result.is_good) == ("loaded", 1, True)
    assert result.counts == (Counts("stores", 1, 1, 0, 0, 0, 0),)
    assert result.snapshot == (tmp_path / "published" / "CURRENT").read_text(encoding="utf-8").strip()
    assert running(tmp_path) is None
    withdrawn = start_withdraw(tmp_path, 1).wait()
    assert withdrawn.outcome == "done"
    assert withdrawn.snapshot not in {None, result.snapshot}
    with speaking("zh"):
        assert str(withdrawn.message) == "批次 1 已撤回，之前的数据重新生效。"


def test_a_check_tells_findings_and_writes_them_as_a_workbook(tmp_path: Path) -> None:
    result = start_check(tmp_path, save_delivery(tmp_path, [("stores.csv", BAD)])).wait()
    assert (result.outcome, result.is_good) == ("checked", False)
    assert [(f.code, f.column, f.first_row) for f in result.findings] == [("missing", "store_name", 2)]
    assert result.findings_file is not None
    assert result.findings_file.exists()
    assert not (tmp_path / "intake.duckdb").exists()


def test_a_job_that_cannot_do_its_work_ends_with_a_sentence(tmp_path: Path) -> None:
    result = start_import(tmp_path, [tmp_path / "nowhere.csv"]).wait()
    assert (result.outcome, result.is_good) == ("failed", False)
    with speaking("zh"):
        assert str(result.message) == "无法打开文件 nowhere.csv。请检查文件名和读取权限。"


def test_a_killed_job_ends_with_a_sentence(tmp_path: Path) -> None:
    with (tmp_path / "stores.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["store_id", "store_name", "region"], *([f"S{i}", "x", "N"] for i in range(9000))])
    job = start_import(tmp_path, [tmp_path / "stores.csv"])
    next(job.steps())
    job._process.kill()
    result = job.wait()
    assert result.outcome == "failed"
    with speaking("en"):
        assert str(result.message) == "The work was broken off; the data shown so far is unchanged."


def test_an_export_runs_beside_other_work_and_tells_how_it_ends(small_data: Path, tmp_path: Path) -> None:
    with speaking("en"):
        done = start_export(small_data, "workbook", str(tmp_path / "a.xlsx"), "--view", "explore?split=region")
        refused = start_export(small_data, "deck", str(tmp_path / "a.pptx"), "--agenda", "none of these")
        assert running(small_data) is None  # an import may begin meanwhile
        assert done.wait().outcome == "done"
        assert str(refused.wait().message).startswith("There is no agenda “none of these”.")
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_exports_that_nobody_fetched_within_a_day_are_deleted(tmp_path: Path) -> None:
    old, new = export_target(tmp_path, ".pptx"), export_target(tmp_path, ".pptx")
    for path in (old, new):
        path.parent.mkdir(parents=True)
    os.utime(old.parent, (0, 0))
    export_target(tmp_path, ".pptx")
    assert [old.parent.exists(), new.parent.exists()] == [False, True]
