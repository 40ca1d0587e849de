"""Loading: everything or nothing, later batch wins, nothing lost."""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from filelock import FileLock

from sq.errors import IntakeError, SqError
from sq.intake import Report, batches, create_current_views, examine, load, open_intake, restore, withdraw, writing
from sq.language import speaking
from tests.conftest import ROOT, sq

Rows = Sequence[Sequence[Any]]
STORES: Rows = [["store_id", "store_name", "region"], ["S1", "一店", "北"], ["S2", "二店", "南"]]
ITEMS: Rows = [
    ["instrument", "item_id", "text_zh", "scale_min", "scale_max"],
    ["mystery", "q1", "问候", 0, 1],
    ["mystery", "q2", "着装", 0, 5],
]
HEAD = ["visit_id", "store_id", "visited_on", "comment", "q1", "q2"]
VISITS: Rows = [HEAD, ["V1", "S1", "2026-03-05", "", 1, 5], ["V2", "S2", "2026-03-06", "", 0, ""]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, Rows], Path]:
    """Writes a CSV file named for its table; each call in a folder of its own."""

    def write(table: str, rows: Rows) -> Path:
        place = tmp_path / f"delivery-{len(list(tmp_path.iterdir()))}"
        place.mkdir()
        with (place / f"{table}.csv").open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(rows)
        return place / f"{table}.csv"

    return write


File = Callable[[str, Rows], Path]


@pytest.fixture
def loaded(folder: Path, file: File) -> Path:
    """A data folder with two stores, two items and two visits, in one batch."""
    report = load(folder, [file("stores", STORES), file("items", ITEMS), file("mystery_visits", VISITS)])
    assert report.outcome == "loaded"
    return folder


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with open_intake(folder) as con:
        create_current_views(con)
        return con.execute(query).fetchall()


def answers(folder: Path) -> list[tuple[Any, ...]]:
    return rows(folder, "SELECT response_id, item_id, value FROM cur_answers ORDER BY ALL")


def counts(report: Report, table: str = "mystery_visits") -> tuple[int, ...]:
    """(read, new, changed, unchanged, rejected, skipped)"""
    c = next(c for c in report.counts if c.table == table)
    return c.read, c.new, c.changed, c.unchanged, c.rejected, c.skipped


FIRST = [("V1", "q1", 1.0), ("V1", "q2", 5.0), ("V2", "q1", 0.0), ("V2", "q2", None)]


def test_rows_and_answers_are_current_and_empty_cells_are_kept_as_null(loaded: Path) -> None:
    assert answers(loaded) == FIRST
    assert rows(loaded, "SELECT visit_id, store_id, status, batch_id, row_no FROM cur_mystery_visits ORDER BY 1") == [
        ("V1", "S1", "approved", 1, 2),
        ("V2", "S2", "approved", 1, 3),
    ]


def test_files_are_kept_as_received_under_their_sha256(loaded: Path, tmp_path: Path) -> None:
    kept = rows(loaded, "SELECT file, sha256, bytes, kept_as FROM files ORDER BY file")
    assert [k[0] for k in kept] == ["items.csv", "mystery_visits.csv", "stores.csv"]
    for name, sha256, size, kept_as in kept:
        copy = loaded / "inbox" / kept_as
        assert kept_as == f"{sha256[:16]}-{name}"
        assert copy.stat().st_size == size
        assert copy.read_bytes() == next(p for p in tmp_path.glob(f"delivery-*/{name}")).read_bytes()


def test_the_same_file_again_changes_nothing_and_says_so(loaded: Path, file: File) -> None:
    same = [file("stores", STORES), file("items", ITEMS), file("mystery_visits", VISITS)]
    report = load(loaded, same)
    assert (report.outcome, report.batch_id) == ("same", 1)
    assert len(batches(loaded)) == 1
    with speaking("en"):
        assert str(report.message) == "Nothing changed: these files were loaded before as batch 1."


def test_a_corrected_file_replaces_rows_by_key_and_counts_what_changed(loaded: Path, file: File) -> None:
    # V1 unchanged, V2 corrected in one answer, V3 new
    fixed = [*VISITS[:2], ["V2", "S2", "2026-03-06", "", 0, 4], ["V3", "S1", "2026-03-07", "", 1, 1]]
    report = load(loaded, [file("mystery_visits", fixed)])
    assert counts(report) == (3, 1, 1, 1, 0, 0)
    assert answers(loaded) == [*FIRST[:3], ("V2", "q2", 4.0), ("V3", "q1", 1.0), ("V3", "q2", 1.0)]


def test_a_change_of_the_header_alone_counts_as_a_change(loaded: Path, file: File) -> None:
    report = load(loaded, [file("mystery_visits", [HEAD, ["V1", "S2", "2026-03-05", "", 1, 5]])])
    assert counts(report) == (1, 0, 1, 0, 0, 0)
    assert rows(loaded, "SELECT store_id FROM cur_mystery_visits WHERE visit_id = 'V1'") == [("S2",)]


def test_a_correction_to_not_applicable_wins(loaded: Path, file: File) -> None:
    report = load(loaded, [file("mystery_visits", [HEAD, ["V1", "S1", "2026-03-05", "", "不适用", 5]])])
    assert counts(report) == (1, 0, 1, 0, 0, 0)
    assert answers(loaded)[0] == ("V1", "q1", None)


def test_long_answers_amend_single_items(loaded: Path, file: File) -> None:
    long = [["visit_id", "item_id", "value", "note"], ["V1", "q2", 3, "re-scored"], ["V1", "q1", 1, ""]]
    report = load(loaded, [file("mystery_visits_answers", long)])
    assert counts(report, "mystery_visits_answers") == (2, 0, 1, 1, 0, 0)
    assert answers(loaded) == [FIRST[0], ("V1", "q2", 3.0), *FIRST[2:]]
    # the wide file sent once more, with one other comment: its answers are the latest again
    again = [HEAD, ["V1", "S1", "2026-03-05", "checked", 1, 5], VISITS[2]]
    assert counts(load(loaded, [file("mystery_visits", again)])) == (2, 0, 1, 1, 0, 0)
    assert answers(loaded) == FIRST


def test_a_form_sent_again_with_other_items_is_laid_over_the_earlier_one(loaded: Path, file: File) -> None:
    load(loaded, [file("mystery_visits", [HEAD[:5], ["V1", "S1", "2026-03-05", "", 0]])])
    assert answers(loaded) == [("V1", "q1", 0.0), *FIRST[1:]]


def test_a_withdrawn_batch_gives_back_the_earlier_values(loaded: Path, file: File) -> None:
    load(
        loaded,
        [file("mystery_visits", [HEAD, ["V2", "S1", "2026-03-06", "", 1, 1], ["V4", "S1", "2026-03-06", "", 1, 1]])],
    )
    assert len(answers(loaded)) == 6
    withdraw(loaded, 2)
    assert answers(loaded) == FIRST
    assert rows(loaded, "SELECT visit_id, store_id FROM cur_mystery_visits ORDER BY 1") == [("V1", "S1"), ("V2", "S2")]
    restore(loaded, 2)
    assert answers(loaded)[2:4] == [("V2", "q1", 1.0), ("V2", "q2", 1.0)]


def test_withdrawing_twice_or_an_unknown_batch_is_told_clearly(loaded: Path) -> None:
    withdraw(loaded, 1)
    with speaking("en"):
        with pytest.raises(IntakeError, match="Batch 1 is withdrawn already"):
            withdraw(loaded, 1)
        with pytest.raises(IntakeError, match="There is no batch 7"):
            withdraw(loaded, 7)
        restore(loaded, 1)
        with pytest.raises(IntakeError, match="Batch 1 is not withdrawn"):
            restore(loaded, 1)


def test_files_of_a_withdrawn_batch_can_be_loaded_again(loaded: Path, file: File) -> None:
    withdraw(loaded, 1)
    report = load(loaded, [file("stores", STORES), file("items", ITEMS), file("mystery_visits", VISITS)])
    assert (report.outcome, report.batch_id) == ("loaded", 2)
    assert counts(report) == (2, 2, 0, 0, 0, 0)


BAD = [*VISITS, ["V3", "S9", "2026-03-07", "=1+1", 1, 1], ["V4", "S1", "2026-03-07", "", 7, 1]]


def test_one_bad_row_refuses_the_whole_delivery(folder: Path, file: File) -> None:
    delivery = [file("stores", STORES), file("items", ITEMS), file("mystery_visits", BAD)]
    report = load(folder, delivery)
    assert (report.outcome, report.batch_id) == ("refused", None)
    assert sum(c.rejected for c in report.counts) == 2
    assert rows(folder, "SELECT count(*) FROM batches") == [(0,)]
    assert answers(folder) == []
    assert not (folder / "inbox").exists()


def test_accepting_valid_rows_keeps_the_others_with_their_reasons(folder: Path, file: File) -> None:
    delivery = [file("stores", STORES), file("items", ITEMS), file("mystery_visits", BAD)]
    with speaking("en"):
        report = load(folder, delivery, accept_valid=True)
    assert counts(report) == (4, 2, 0, 0, 2, 0)
    assert answers(folder) == FIRST
    kept = pd.read_csv(folder / "inbox" / "batch-1" / "rejects.csv", dtype=str)
    assert kept["visit_id"].tolist() == ["V3", "V4"]
    assert kept["row"].tolist() == ["4", "5"]
    assert kept["comment"].tolist()[0] == "'=1+1"  # a text never becomes a formula
    assert kept["reason"].tolist() == [
        "store_id: store “S9” is not in the list of stores (a store on the list, such as S1, S2)",
        "q1: 7 is outside the scale of the item (0–1, or empty for not applicable)",
    ]


def test_every_row_read_is_accounted_for_in_the_batch(folder: Path, file: File) -> None:
    load(folder, [file("stores", STORES), file("items", ITEMS), file("mystery_visits", BAD)], accept_valid=True)
    told = rows(folder, "SELECT table_name, read, new + changed + unchanged + rejected + skipped FROM batch_tables")
    assert sorted(told) == [("items", 2, 2), ("mystery_visits", 4, 4), ("stores", 2, 2)]
    (batch,) = batches(folder)
    assert (batch.read, batch.new, batch.rejected) == (8, 6, 2)


def test_checking_changes_nothing_and_knows_what_is_loaded(loaded: Path, file: File) -> None:
    checked = examine(loaded, [file("mystery_visits", BAD)])
    assert checked.errors == 2
    assert len(batches(loaded)) == 1


def test_a_check_finds_what_the_import_finds(loaded: Path, file: File) -> None:
    delivery = [file("mystery_visits", BAD)]
    checked = examine(loaded, delivery)
    report = load(loaded, delivery)
    assert report.outcome == "refused"
    assert checked.findings
    assert tuple(checked.findings) == report.findings == load(loaded, delivery, accept_valid=True).findings


def test_two_imports_at_once_are_told_apart(loaded: Path, file: File) -> None:
    other = FileLock(loaded / "lock")  # as another process would hold it
    with other, speaking("en"), pytest.raises(IntakeError, match="Another import or publication is running"):
        load(loaded, [file("stores", STORES)])


def test_the_writers_lock_may_be_entered_again(folder: Path) -> None:
    with writing(folder), writing(folder):
        pass


def test_a_missing_file_and_a_missing_intake_are_told_in_a_sentence(folder: Path) -> None:
    with speaking("en"):
        with pytest.raises(SqError, match=r"nowhere\.csv cannot be opened"):
            load(folder, [Path("nowhere.csv")])
        with pytest.raises(IntakeError, match="Nothing has been imported yet"):
            batches(folder)


def test_a_damaged_intake_is_told_in_a_sentence(folder: Path, file: File) -> None:
    folder.mkdir()
    (folder / "intake.duckdb").write_bytes(b"no database" * 1000)
    with speaking("en"), pytest.raises(IntakeError, match="The intake file is damaged"):
        load(folder, [file("stores", STORES)])


def test_a_profile_that_was_corrected_reads_the_same_file_anew(loaded: Path, file: File, tmp_path: Path) -> None:
    with open_intake(loaded) as con:
        con.execute("UPDATE batches SET profile_sha256 = 'of an earlier profile'")
    report = load(loaded, [file("stores", STORES), file("items", ITEMS), file("mystery_visits", VISITS)])
    assert (report.outcome, counts(report)) == ("loaded", (2, 0, 0, 2, 0, 0))


def test_a_record_that_gained_a_column_gains_it_in_an_old_intake(loaded: Path) -> None:
    with open_intake(loaded) as con:
        con.execute("ALTER TABLE rec_stores DROP COLUMN staff_count")
    assert rows(loaded, "SELECT staff_count FROM cur_stores") == [(None,), (None,)]


def test_an_old_intake_is_brought_up_to_date_before_it_is_only_read(loaded: Path) -> None:
    with open_intake(loaded) as con:
        con.execute("DROP TABLE rec_notes")
        con.execute("ALTER TABLE rec_stores DROP COLUMN staff_count")
    with open_intake(loaded, read_only=True) as con:
        create_current_views(con)
        assert con.execute("SELECT count(staff_count) FROM cur_stores").fetchone() == (0,)


def test_a_delivery_without_any_valid_row_is_refused_even_if_valid_rows_are_accepted(loaded: Path, file: File) -> None:
    report = load(loaded, [file("mystery_visits", [HEAD, BAD[3]])], accept_valid=True)
    assert (report.outcome, len(batches(loaded))) == ("refused", 1)


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
from sq.__main__ import main
sys.exit(main(["import", *sys.argv[1:], "--no-publish", "--progress", "none"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_FSIZE")
@pytest.mark.parametrize("limit", [100, 20_000, 300_000, 700_000])
def test_a_full_disk_leaves_the_intake_as_it_was(loaded: Path, file: File, limit: int) -> None:
    many = [HEAD, *([f"W{i:05}", "S1", "2026-03-05", f"comment {i}", i % 2, i % 6] for i in range(15_000))]
    path = file("mystery_visits", many)
    before = sorted((loaded / "inbox").iterdir())
    environment = {**os.environ, "SQ_DATA": str(loaded), "SQ_LANG": "en"}
    command = [sys.executable, "-c", LIMITED.format(limit=limit), str(path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Check the free disk space" in done.stderr
    assert answers(loaded) == FIRST
    assert sorted((loaded / "inbox").iterdir()) == before
    assert len(batches(loaded)) == 1


@pytest.mark.slow
def test_a_killed_import_leaves_the_old_or_the_new_batch(loaded: Path, file: File) -> None:
    many = [HEAD, *([f"W{i:05}", "S1", "2026-03-05", f"comment {i}", i % 2, i % 6] for i in range(3_000))]
    path = file("mystery_visits", many)
    environment = {**os.environ, "SQ_DATA": str(loaded), "SQ_LANG": "en"}
    command = [sys.executable, "-m", "sq", "import", str(path), "--no-publish", "--progress", "plain"]
    seen = set()
    for kill in range(8):
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        assert process.stderr is not None
        for line in process.stderr:  # wait for the writing to begin, then a little longer each time
            if "Writing" in line:
                break
        time.sleep(0.03 * kill)
        process.kill()
        process.wait()
        process.stderr.close()
        state = (len(batches(loaded)), len(answers(loaded)))
        assert state in {(1, 4), (2, 4 + 2 * 3_000)}
        seen.add(state)
    assert (1, 4) in seen
    assert sq("import", str(path), "--no-publish", folder=loaded).returncode == 0
    assert (len(batches(loaded)), len(answers(loaded))) == (2, 4 + 2 * 3_000)
