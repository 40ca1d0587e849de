"""What is past its time goes, bytes and all; every published number of it stays."""

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from sq.errors import IntakeError
from sq.intake import batches, examine, load, open_intake, restore, withdraw
from sq.intake.retention import PERSONAL_TABLES, past
from sq.places import inbox, intake_file, snapshot_file
from sq.publish import publish
from sq.publish_retention import first_day_kept, retain
from sq.warehouse import Warehouse, current_snapshot
from tests.conftest import sq
from tests.publish.test_killed_imports import files
from tests.small_chain import TODAY

MARCH = dt.date(2026, 3, 1)
EXACT = ("rollup_scores", "rollup_complaints", "coverage", "epochs", "bases", "cells", "volumes", "aggregates")
PLANTED = "这是一条将被清除的意见-planted-4711"


# files of waves that had all ended by then; of the employees a wave was open
ENDED = {"internal_service_responses.csv", "awareness_responses.csv"}
PAST = {"awareness": 16, "customer": 5, "employee": 34, "internal_service": 30, "management": 2, "mystery": 5}


def silent(_words: object, _share: float) -> None:
    """Progress that nobody watches."""


def shown(folder: Path) -> Warehouse:
    return Warehouse(snapshot_file(folder, current_snapshot(folder)))


def numbers(folder: Path) -> dict[str, pd.DataFrame]:
    """Every published number, in the order in which it is stored."""
    return {table: shown(folder).query(f"FROM {table}") for table in EXACT}


def assert_same_numbers(before: dict[str, pd.DataFrame], folder: Path) -> None:
    after = numbers(folder)
    for table, frame in before.items():
        pd.testing.assert_frame_equal(after[table], frame, check_exact=True, obj=table)


def with_comments(paths: list[Path]) -> list[Path]:
    """The same files with a comment in every form and complaint."""
    for path in paths:
        frame = pd.read_csv(path, dtype=str)
        if "comment" in frame:
            frame["comment"] = [f"{PLANTED} {i}" for i in range(len(frame))]
            frame.to_csv(path, index=False)
    return paths


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small chain from files: visits of January to April 2026, waves that ended in February, one still open."""
    place = tmp_path_factory.mktemp("made")
    assert load(place / "data", with_comments(files(place / "files"))).outcome == "loaded"
    publish(place / "data", today=TODAY)
    return place / "data"


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(made, tmp_path / "data"))


def test_the_limit_is_the_first_of_a_month() -> None:
    assert first_day_kept(1, dt.date(2026, 4, 30)) == MARCH
    assert first_day_kept(3, dt.date(2026, 3, 1)) == dt.date(2025, 12, 1)
    assert first_day_kept(24, dt.date(2026, 12, 31)) == dt.date(2024, 12, 1)


def test_what_would_go_is_told_and_nothing_is_changed(folder: Path) -> None:
    content = intake_file(folder).read_bytes()
    found = past(folder, MARCH)
    # visits V01 to V04 and V13; responses R1 to R5; audits G1 and G2; waves that ended; complaints K1 to K3
    assert found.forms == PAST
    assert (found.comments, found.batches) == (3, (1,))
    assert {name.partition("-")[2] for name in found.files} == ENDED
    assert intake_file(folder).read_bytes() == content


def test_every_published_number_stays_to_the_last_digit(folder: Path) -> None:
    before = numbers(folder)
    dropped, _snapshot = retain(folder, MARCH, silent, TODAY)
    assert dropped.forms == PAST
    assert_same_numbers(before, folder)


def test_single_forms_answers_and_comments_are_shown_no_longer(folder: Path) -> None:
    retain(folder, MARCH, silent, TODAY)
    warehouse = shown(folder)
    assert warehouse.query("SELECT min(visited_on) AS day FROM visits")["day"][0] == pd.Timestamp(2026, 3, 5)
    assert len(warehouse.query("SELECT * FROM visit_answers ANTI JOIN visits USING (visit_key)")) == 0
    assert warehouse.query("SELECT response_id FROM responses")["response_id"].tolist() == ["R6"]
    told = warehouse.query("SELECT complaint_id FROM complaints WHERE comment IS NOT NULL")
    assert told["complaint_id"].tolist() == ["K4"]


def test_dropping_again_and_later_keeps_adding_up(folder: Path) -> None:
    before = numbers(folder)
    retain(folder, dt.date(2026, 2, 1), silent, TODAY)
    retain(folder, dt.date(2026, 2, 1), silent, TODAY)
    assert_same_numbers(before, folder)
    retain(folder, dt.date(2026, 4, 1), silent, TODAY)
    assert_same_numbers(before, folder)
    retain(folder, MARCH, silent, TODAY)  # an earlier limit brings nothing back and loses nothing
    assert_same_numbers(before, folder)
    retain(folder, dt.date(2026, 6, 1), silent, TODAY)
    assert_same_numbers(before, folder)
    with open_intake(folder) as con:
        assert con.execute("SELECT count(*) FROM answers").fetchone() == (0,)


def test_later_forms_are_added_to_what_was_kept(folder: Path, tmp_path: Path) -> None:
    before = numbers(folder)["rollup_scores"]
    retain(folder, MARCH, silent, TODAY)
    late = tmp_path / "mystery_visits.csv"
    late.write_text("visit_id,store_id,visited_on,total_score\nV99,S1,2026-04-29,50\n")
    assert load(folder, [late]).outcome == "loaded"
    publish(folder, today=TODAY)
    after = numbers(folder)["rollup_scores"]
    form = "instrument == 'mystery' and subject_kind == 'form' and basis == 'all'"
    assert after.query(form)["n"].sum() == before.query(form)["n"].sum() + 1
    assert after.query(form)["sum_wy"].sum() == pytest.approx(before.query(form)["sum_wy"].sum() + 50)


def test_an_anonymous_wave_stands_when_its_forms_are_dropped(folder: Path) -> None:
    before = numbers(folder)["cells"]
    assert len(before[before["hidden"] == ""]) > 10
    retain(folder, dt.date(2026, 6, 1), silent, TODAY)
    with open_intake(folder) as con:
        for table in ("employee_responses", "internal_service_responses", "awareness_responses"):
            assert con.execute(f"SELECT count(*) FROM rec_{table}").fetchone() == (0,)
        assert con.execute("SELECT count(*) FROM ledger_forms").fetchone() == (0,)
    pd.testing.assert_frame_equal(numbers(folder)["cells"], before, check_exact=True)
    assert len(shown(folder).query("FROM cell_comments")) == 0


def bytes_of(folder: Path) -> bytes:
    """Everything that is on the disk outside the snapshots."""
    return b"".join(p.read_bytes() for p in (intake_file(folder), *inbox(folder).rglob("*")) if p.is_file())


def deliver(folder: Path, place: Path, day: str, words: str, store: str = "S1") -> int:
    """A delivery of one visit of a day with a comment; return its batch."""
    place.mkdir(exist_ok=True)
    path = place / f"mystery_visits_{day}.csv"
    path.write_text(f"visit_id,store_id,visited_on,comment,M1\nX{day},{store},{day},{words},1\n", encoding="utf-8")
    report = load(folder, [path], accept_valid=True)
    assert report.batch_id is not None
    return report.batch_id


def test_dropped_words_are_in_no_byte_of_intake_or_inbox(folder: Path, tmp_path: Path) -> None:
    old = [f"words-of-{day}-{i * 7919}" for i, day in enumerate(("2026-01-05", "2026-02-05"))]
    new = "words-of-2026-03-05-15838"
    for words in (*old, new):
        deliver(folder, tmp_path / "more", words[9:19], words)
    assert all(words.encode() in bytes_of(folder) for words in (*old, new))
    dropped, _snapshot = retain(folder, MARCH, silent, TODAY)
    assert {name.partition("-")[2] for name in dropped.files} - ENDED == {
        "mystery_visits_2026-01-05.csv",
        "mystery_visits_2026-02-05.csv",
    }
    left = bytes_of(folder)
    assert not any(words.encode() in left for words in old)
    assert new.encode() in left
    with open_intake(folder) as con:
        assert con.execute("SELECT comment FROM rec_mystery_visits WHERE comment LIKE 'words%'").fetchall() == [(new,)]


def kept_names(folder: Path) -> set[str]:
    """Files of the inbox without the hash before their names."""
    return {p.name.partition("-")[2] for p in inbox(folder).iterdir() if p.is_file()}


def test_a_file_with_later_rows_stays_until_they_are_past_too(folder: Path) -> None:
    forms = {f"{table}.csv" for table in PERSONAL_TABLES}
    lists = kept_names(folder) - forms
    dropped, _snapshot = retain(folder, MARCH, silent, TODAY)
    assert dropped.mixed_files == len(forms) - len(ENDED)  # answers in files of their own go with the last form
    assert kept_names(folder) == lists | forms - ENDED
    dropped, _snapshot = retain(folder, dt.date(2026, 6, 1), silent, TODAY)
    assert kept_names(folder) == lists
    assert PLANTED.encode() not in bytes_of(folder)


def test_amended_answers_stay_as_long_as_their_forms(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "more"
    place.mkdir()
    late = place / "mystery_visits_answers.csv"
    late.write_text("visit_id,item_id,value,note\nV08,M2,9,note-of-april\n", encoding="utf-8")
    assert load(folder, [late]).outcome == "loaded"
    assert past(folder, MARCH).batches == (1,)
    retain(folder, MARCH, silent, TODAY)
    assert b"note-of-april" in bytes_of(folder)
    dropped, _snapshot = retain(folder, dt.date(2026, 5, 1), silent, TODAY)
    assert "mystery_visits_answers.csv" in {name.partition("-")[2] for name in dropped.files}
    assert b"note-of-april" not in bytes_of(folder)


def test_refused_rows_of_a_past_delivery_go_with_it(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "more"
    place.mkdir()
    path = place / "mystery_visits.csv"
    path.write_text("visit_id,store_id,visited_on,comment\nX1,S1,2026-01-05,kept-a\nX2,S9,2026-01-05,refused-b\n")
    batch = load(folder, [path], accept_valid=True).batch_id
    rejects = inbox(folder) / f"batch-{batch}" / "rejects.csv"
    assert "refused-b" in rejects.read_text(encoding="utf-8-sig")
    retain(folder, MARCH, silent, TODAY)
    assert not rejects.exists()
    assert b"refused-b" not in bytes_of(folder)


def test_a_batch_that_lost_rows_can_be_withdrawn_no_longer_others_can(folder: Path, tmp_path: Path) -> None:
    later = deliver(folder, tmp_path / "more", "2026-04-05", "later")
    retain(folder, MARCH, silent, TODAY)
    with pytest.raises(IntakeError, match="Rows of batch 1 were dropped past their time"):
        withdraw(folder, 1)
    withdraw(folder, later)
    restore(folder, later)
    assert [b.batch_id for b in batches(folder)] == [1, later]


def test_a_withdrawn_batch_past_its_time_goes_without_leaving_a_number(folder: Path, tmp_path: Path) -> None:
    before = numbers(folder)
    old = deliver(folder, tmp_path / "more", "2026-01-05", "withdrawn-words")
    withdraw(folder, old)
    retain(folder, MARCH, silent, TODAY)
    assert_same_numbers(before, folder)
    assert b"withdrawn-words" not in bytes_of(folder)
    with pytest.raises(IntakeError, match="dropped past their time"):
        restore(folder, old)


def test_forms_from_before_the_limit_are_refused_afterwards(folder: Path, tmp_path: Path) -> None:
    retain(folder, MARCH, silent, TODAY)
    path = tmp_path / "mystery_visits.csv"
    path.write_text("visit_id,store_id,visited_on,M1\nV01,S1,2026-01-10,0\nV70,S1,2026-03-10,1\n")
    found = [(f.code, f.column, f.value, f.allowed) for f in examine(folder, [path]).findings if f.severity == "error"]
    assert found == [("dropped_before", "visited_on", "2026-01-10", "2026-03-01")]


def test_the_command_shows_first_and_drops_when_told(folder: Path) -> None:
    before = numbers(folder)
    dry = sq("retain", "--months", "1", folder=folder)
    assert "mystery_visits: 13 forms" in dry.stdout
    assert "Nothing was changed." in dry.stdout
    with open_intake(folder) as con:
        assert con.execute("SELECT count(*) FROM rec_mystery_visits").fetchone() == (13,)
    done = sq("retain", "--months", "1", "--yes", folder=folder)
    assert "These batches can be withdrawn no longer: 1." in done.stdout
    with open_intake(folder) as con:
        assert con.execute("SELECT count(*) FROM rec_mystery_visits").fetchone() == (0,)
    # published on another day than before: a wave that was open has ended since
    pd.testing.assert_frame_equal(numbers(folder)["rollup_scores"], before["rollup_scores"], check_exact=True)
