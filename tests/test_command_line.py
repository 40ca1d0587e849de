"""The command line: answers, exit codes, and failures as one sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sq import __main__ as command_line
from sq.language import speaking
from tests.conftest import ROOT, sq

STORES = "store_id,store_name,region\nS1,One,North\nS2,Two,South\n"
COMMANDS = [
    "demo",
    "template",
    "check",
    "import",
    "batches",
    "withdraw",
    "publish",
    "retain",
    "snapshots",
    "rollback",
    "score",
]


@pytest.fixture
def stores(tmp_path: Path) -> str:
    path = tmp_path / "stores.csv"
    path.write_text(STORES, encoding="utf-8")
    return str(path)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SQ_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def run(capsys: pytest.CaptureFixture[str], *arguments: str, language: str = "en") -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    with speaking(language):
        code = command_line.main(list(arguments))
    told = capsys.readouterr()
    return code, told.out, told.err


def test_help_lists_every_command_in_both_languages(tmp_path: Path) -> None:
    for language, word in (("en", "Check and load files"), ("zh", "检查文件并作为一个批次导入")):
        environment = {**os.environ, "PYTHONUTF8": "1", "COLUMNS": "200"}
        command = [sys.executable, "-m", "sq", "--lang", language, "--help"]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=True
        )
        assert word in done.stdout
        assert [c for c in COMMANDS if f"  {c} " not in done.stdout] == []


def test_import_tells_counts_that_add_up_and_publishes(
    data: Path, stores: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "import", stores)
    assert code == 0
    assert "stores: 2 read = 2 new + 0 changed + 0 unchanged + 0 rejected + 0 skipped" in out
    assert "Batch 1 is loaded: 2 new, 0 changed, 0 unchanged, 0 rejected rows." in out
    assert "Reading the files" in err
    assert f"Snapshot {(data / 'published' / 'CURRENT').read_text(encoding='utf-8').strip()} is shown now." in out
    assert (data / "published" / "CURRENT").exists()
    assert "* " in run(capsys, "snapshots")[1]


def test_the_same_file_again_says_so_and_publishes_nothing_new(
    data: Path, stores: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "import", stores)
    before = (data / "published" / "CURRENT").read_text(encoding="utf-8")
    code, out, _err = run(capsys, "import", stores)
    assert (code, out) == (0, "Nothing changed: these files were loaded before as batch 1.\n")
    assert (data / "published" / "CURRENT").read_text(encoding="utf-8") == before


def test_a_publication_that_was_broken_off_is_made_up_for_when_the_files_come_again(
    data: Path, stores: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "import", stores)
    notes = tmp_path / "notes.csv"
    notes.write_text("note_id,level,happened_on,text\nN1,chain,2026-01-05,New uniforms\n", encoding="utf-8")
    run(capsys, "import", str(notes), "--no-publish")  # as if killed before publishing
    before = (data / "published" / "CURRENT").read_text(encoding="utf-8")
    code, out, _err = run(capsys, "import", str(notes))
    assert code == 0
    assert "Nothing changed: these files were loaded before as batch 2." in out
    assert (data / "published" / "CURRENT").read_text(encoding="utf-8") != before


def test_batches_and_withdraw(data: Path, stores: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "import", stores, "--no-publish")
    assert not (data / "published").exists()
    code, out, _err = run(capsys, "batches")
    assert code == 0
    assert "counts  stores.csv\n   2 read = 2 new" in out
    code, out, _err = run(capsys, "withdraw", "1", "--no-publish")
    assert (code, out) == (0, "Batch 1 is withdrawn; the earlier values count again.\n")
    code, out, err = run(capsys, "withdraw", "1", "--no-publish")
    assert (code, out, err) == (2, "", "Batch 1 is withdrawn already.\n")
    assert "withdrawn" in run(capsys, "batches")[1]


def test_a_check_with_errors_ends_with_code_2_and_writes_the_workbook(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "stores.csv"
    bad.write_text("store_id,store_name,region\nS1,,North\n", encoding="utf-8")
    out_file = tmp_path / "found.xlsx"
    code, out, err = run(capsys, "check", str(bad), "--findings", str(out_file))
    assert code == 2
    assert "stores: 1 read, 0 can be loaded, 1 cannot, 0 skipped" in out
    assert "1 error, 0 warnings, 0 notes; 1 row cannot be loaded." in out
    assert "Error: stores.csv, row 2, column store_name: a value is required." in err
    assert out_file.exists()
    code, out, err = run(capsys, "import", str(bad))
    assert code == 2
    assert "Nothing was loaded: 1 row has an error." in out
    assert err.endswith("Correct the rows and import again, or load the valid ones with --accept-valid.\n")
    assert not (data / "published").exists()


def test_failures_are_one_sentence_without_a_traceback(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "import", "nowhere.xlsx")
    assert (code, out) == (2, "")
    assert err == "The file nowhere.xlsx cannot be opened. Check its name and the right to read it.\n"
    code, _out, err = run(capsys, "import", "nowhere.xlsx", language="zh")
    assert err == "无法打开文件 nowhere.xlsx。请检查文件名和读取权限。\n"


def test_an_unexpected_failure_is_one_sentence_and_a_log(
    data: Path, stores: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sq.intake.loading.read_files", lambda *_a, **_k: 1 / 0)
    code, out, err = run(capsys, "import", stores)
    assert code == 1
    assert err.splitlines()[-1].startswith("Something unexpected happened; nothing was changed by halves. The details")
    assert "Traceback" not in out + err
    (log,) = (data / "log").iterdir()
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")


def test_progress_as_json_is_one_step_per_line(data: Path, stores: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "import", stores, "--no-publish", "--progress", "json")
    steps = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [s["message"]["msgid"] for s in steps[:2]] == ["Reading the files", "Read {file}"]
    assert steps[-1]["result"]["outcome"] == "loaded"
    assert steps[-1]["result"]["counts"][0] == {
        "table": "stores",
        "read": 2,
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "rejected": 0,
        "skipped": 0,
    }
    code, out, _err = run(capsys, "import", "nowhere.csv", "--progress", "json")
    assert (code, json.loads(out)["result"]["outcome"]) == (2, "failed")


def test_wrong_usage_ends_with_code_2(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _out, err = run(capsys, "withdraw")
    assert code == 2
    assert "Usage" in err


def test_the_blank_workbook_is_written(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _err = run(capsys, "template", str(tmp_path / "blank.xlsx"))
    assert code == 0
    assert (tmp_path / "blank.xlsx").stat().st_size > 5_000
    assert "blank.xlsx" in out


def test_the_module_runs_as_a_command(tmp_path: Path, stores: str) -> None:
    done = sq("import", stores, "--no-publish", folder=tmp_path / "data")
    assert "Batch 1 is loaded" in done.stdout
