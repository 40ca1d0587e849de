"""Whatever fails and wherever: the old snapshot stays, or the new one stands; never a broken one."""

import multiprocessing
import os
import random
import resource
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from sq import publish as publishing
from sq import workspace
from sq.errors import IntakeError, SnapshotError
from sq.intake import writing
from sq.places import current_file, published, snapshot_file
from sq.publish import prune, rollback, snapshots
from sq.warehouse import Warehouse, current_snapshot
from sq.workspace import Agenda
from tests.small_chain import publish_frames, small_frames, small_snapshot

KILLS = 15


def answering(value: float) -> dict:
    """The small chain with another answer to M2 in visit V01."""
    frames = small_frames()
    answers = frames["answers"].copy()
    answers.loc[(answers["response_id"] == "V01") & (answers["item_id"] == "M2"), "value"] = value
    return {**frames, "answers": answers}


def score_of_v01(folder: Path) -> float:
    """The score that a reader sees now: (2 + M2/10 + 1 + 2 + 1) / 7."""
    warehouse = Warehouse(snapshot_file(folder, current_snapshot(folder)))
    score = warehouse.query("SELECT score FROM visits WHERE visit_id = 'V01'")["score"].item()
    warehouse.close()
    return float(score)


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once")
    small_snapshot(folder)
    return folder


@pytest.fixture
def folder(published_once: Path, tmp_path: Path) -> Path:
    """A data folder of its own with the small chain published."""
    return Path(shutil.copytree(published_once, tmp_path / "data"))


def later(folder: Path) -> str:
    """Publish the current snapshot's file once more under a later name; returns its id."""
    name = f"{int(current_snapshot(folder)[:8]) + 1}T000000000-00000000"
    shutil.copy(snapshot_file(folder, current_snapshot(folder)), snapshot_file(folder, name))
    publishing._point(folder, name)
    return name


def left_over(folder: Path) -> list[str]:
    return sorted(p.name for p in published(folder).iterdir() if publishing.UNFINISHED in p.name)


def test_publishing_names_the_new_snapshot_and_keeps_the_old(folder: Path) -> None:
    first = current_snapshot(folder)
    second = publish_frames(folder, answering(0)).stem.removeprefix("sq-")
    assert current_snapshot(folder) == second != first
    assert snapshot_file(folder, first).exists()
    assert score_of_v01(folder) == pytest.approx(600 / 7)
    assert left_over(folder) == []


def test_ids_sort_by_time_and_end_with_a_hash_of_the_content(tmp_path: Path) -> None:
    ids = [publish_frames(tmp_path, answering(v)).stem.removeprefix("sq-") for v in (10, 0, 10)]
    assert ids == sorted(set(ids))
    hashes = [i.rpartition("-")[2] for i in ids]
    assert hashes[0] == hashes[2] != hashes[1]


def test_a_clock_that_went_back_does_not_disturb_the_order(folder: Path) -> None:
    future = later(folder)
    assert small_snapshot(folder).stem.removeprefix("sq-") > future


def test_an_empty_intake_makes_an_empty_snapshot(tmp_path: Path) -> None:
    warehouse = Warehouse(publish_frames(tmp_path, {}))
    assert len(warehouse.query("FROM rollup_scores")) == len(warehouse.query("FROM coverage")) == 0


def break_nth(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, nth: int, error: Exception) -> None:
    """Let the nth call of a function fail."""
    real: Callable[..., object] = getattr(owner, name)
    calls = 0

    def failing(*args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        if calls == nth:
            raise error
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, failing)


STEPS = [
    (os, "fsync", 1),  # of the snapshot
    (os, "fsync", 2),  # of the folder, after the snapshot has its name
    (os, "fsync", 3),  # of the text of CURRENT
    (Path, "rename", 1),
    (Path, "replace", 1),
    (Path, "open", 1),
]


@pytest.mark.parametrize(("owner", "name", "nth"), STEPS, ids=[f"{n} {i}" for _, n, i in STEPS])
def test_a_failing_system_call_leaves_the_old_snapshot(
    owner: object, name: str, nth: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current_snapshot(folder)
    with monkeypatch.context() as patch:
        break_nth(patch, owner, name, nth, OSError(28, "No space left on device"))
        with pytest.raises(SnapshotError, match="No space left on device") as caught:
            publish_frames(folder, answering(0))
    assert caught.value.next_step is not None
    assert current_snapshot(folder) == before
    assert score_of_v01(folder) == 100
    assert left_over(folder) == []
    publish_frames(folder, answering(0))
    assert score_of_v01(folder) == pytest.approx(600 / 7)


STATEMENTS = ("10_reference", "20_responses", "30_answers", "40_scores", "43_items", "41_visits", "42_responses")


@pytest.mark.parametrize("step", [*STATEMENTS, "60_events", "70_origin"])
def test_a_failing_statement_leaves_the_old_snapshot(step: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = publishing._statements

    def statements(name: str) -> tuple[str, ...]:
        return (*real(name), "SELECT error('disk full')") if name == step else real(name)

    monkeypatch.setattr(publishing, "_statements", statements)
    with pytest.raises(SnapshotError, match="disk full"):
        publish_frames(folder, answering(0))
    assert score_of_v01(folder) == 100
    assert left_over(folder) == []


def publish_with_little_room(folder: Path, size: int) -> None:
    """Publish where no file may grow beyond ``size`` bytes; exit code 3 tells that it was refused in words."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        publish_frames(folder, answering(0))
    except SnapshotError:
        raise SystemExit(3) from None


# a child process that has the libraries loaded already, for speed
CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(["tests.small_chain"])


@pytest.mark.parametrize("size", [100, 20_000, 300_000])
def test_a_full_disk_is_told_in_words_and_leaves_the_old_snapshot(size: int, folder: Path) -> None:
    child = CHILDREN.Process(target=publish_with_little_room, args=(folder, size))
    child.start()
    child.join(60)
    assert child.exitcode == 3
    assert score_of_v01(folder) == 100
    assert left_over(folder) == []


def test_fifteen_kills_leave_the_old_or_the_new_snapshot(tmp_path: Path) -> None:
    started = time.monotonic()
    small_snapshot(tmp_path)
    takes = time.monotonic() - started
    chance = random.Random(1)
    codes = []
    for number in range(KILLS):
        value = float(number % 11)
        before = score_of_v01(tmp_path)
        child = CHILDREN.Process(target=publish_frames, args=(tmp_path, answering(value)))
        child.start()
        child.join(chance.uniform(0, 1.5 * takes))
        child.kill()
        child.join(60)
        codes.append(child.exitcode)
        if child.exitcode == 0:  # it was done sooner than thought
            takes *= 0.8
        assert score_of_v01(tmp_path) in (before, pytest.approx((6 + value / 10) / 7 * 100))
    assert set(codes) <= {0, -signal.SIGKILL}
    assert codes.count(-signal.SIGKILL) > KILLS / 5
    publish_frames(tmp_path, answering(5))
    assert score_of_v01(tmp_path) == pytest.approx(650 / 7)
    assert left_over(tmp_path) == []


def test_nobody_publishes_while_another_writes(folder: Path) -> None:
    child = CHILDREN.Process(target=hold_the_lock, args=(folder,))
    child.start()
    for _ in range(1000):
        if (folder / "held").exists() or not child.is_alive():
            break
        time.sleep(0.02)
    try:
        assert child.is_alive()
        with pytest.raises(IntakeError):
            rollback(folder)
    finally:
        child.kill()
        child.join()


def hold_the_lock(folder: Path) -> None:
    with writing(folder):
        (folder / "held").touch()
        time.sleep(60)


def test_rollback_shows_the_snapshot_before_and_warns(folder: Path) -> None:
    first = current_snapshot(folder)
    later(folder)
    warning = rollback(folder)
    assert current_snapshot(folder) == first
    assert "unless they are withdrawn" in str(warning)
    assert [s.is_current for s in snapshots(folder)] == [False, True]


def test_rollback_goes_to_a_named_snapshot_forwards_too(folder: Path) -> None:
    second = later(folder)
    rollback(folder)
    rollback(folder, second)
    assert current_snapshot(folder) == second


def test_rollback_without_an_earlier_snapshot_says_so(folder: Path) -> None:
    with pytest.raises(SnapshotError, match="no snapshot before"):
        rollback(folder)


@pytest.mark.parametrize("name", ["20260101T000000000-00000000", "../../etc/passwd", ""])
def test_rollback_to_an_unknown_snapshot_changes_nothing(name: str, folder: Path) -> None:
    before = current_snapshot(folder)
    with pytest.raises(SnapshotError):
        rollback(folder, name)
    assert current_snapshot(folder) == before


def test_rollback_refuses_a_damaged_snapshot(folder: Path) -> None:
    first = snapshot_file(folder, current_snapshot(folder))
    second = later(folder)
    first.write_bytes(b"not a database")
    with pytest.raises(SnapshotError, match="damaged"):
        rollback(folder)
    assert current_snapshot(folder) == second


def test_pruning_keeps_the_newest_and_the_current(folder: Path) -> None:
    ids = [current_snapshot(folder), *(later(folder) for _ in range(3))]
    rollback(folder, ids[0])
    assert prune(folder, keep=2) == [ids[2], ids[1]]
    assert [s.id for s in snapshots(folder)] == [ids[3], ids[0]]
    assert prune(folder, keep=0) == [ids[3]]
    assert current_snapshot(folder) == ids[0]


def test_a_snapshot_that_an_agenda_is_pinned_to_is_never_pruned(folder: Path) -> None:
    pinned = current_snapshot(folder)
    workspace.add_agenda(folder, Agenda.of(title="Monday", snapshot=pinned))
    others = [later(folder) for _ in range(2)]
    assert prune(folder, keep=1) == [others[0]]
    assert [s.id for s in snapshots(folder)] == [others[1], pinned]


def test_a_foreign_file_among_the_snapshots_is_left_alone(folder: Path) -> None:
    (published(folder) / "sq-copy of monday.duckdb").write_text("")
    assert len(snapshots(folder)) == 1


def test_what_a_killed_run_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    small_snapshot(tmp_path)
    (published(tmp_path) / f"{publishing.UNFINISHED}1234.duckdb").write_bytes(b"half")
    (published(tmp_path) / f"{publishing.UNFINISHED}1234.duckdb.wal").write_bytes(b"half")
    small_snapshot(tmp_path)
    assert left_over(tmp_path) == []


def test_a_path_with_quotes_and_spaces_is_fine(tmp_path: Path) -> None:
    folder = tmp_path / "o'neil 数据"
    small_snapshot(folder)
    assert current_file(folder).read_text().strip() == current_snapshot(folder)


def test_the_file_holds_no_private_answers_of_the_intake(tmp_path: Path) -> None:
    path = small_snapshot(tmp_path)
    with duckdb.connect(str(path), read_only=True) as con:
        tables = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert not {t for t in tables if t.startswith(("rec_", "cur_")) or t == "answers"}
