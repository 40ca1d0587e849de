"""Kill an import at random moments: readers see the old or the new snapshot, and the next import goes through."""

import multiprocessing
import random
import signal
import time
from pathlib import Path

import pandas as pd
import pytest

from sq.intake import batches, load, withdraw, writing
from sq.places import published, snapshot_file
from sq.publish import UNFINISHED, publish
from sq.records import RESPONSE_TABLES
from sq.warehouse import Warehouse, current_snapshot
from tests.small_chain import TABLES, TODAY, small_frames, small_snapshot

KILLS = 15
CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(["tests.small_chain", "sq.intake"])


def files(place: Path) -> list[Path]:
    """The small chain as CSV files with English headings, answers in long form."""
    place.mkdir()
    answers = small_frames()["answers"]
    tables = {name: frame for name, frame in TABLES.items() if name not in ("batches", "batch_tables", "findings")}
    tables["trainings"] = TABLES["trainings"].replace(r"[\[\]]", "", regex=True)  # DuckDB writes a list in brackets
    for table, (instrument, key, _) in RESPONSE_TABLES.items():
        own = answers[answers["instrument"] == instrument].drop(columns="instrument")
        tables[f"{table}_answers"] = own.rename(columns={"response_id": key})
    for name, frame in tables.items():
        frame.to_csv(place / f"{name}.csv", index=False)
    return sorted(place.glob("*.csv"))


def correction(place: Path, number: int) -> Path:
    """A file that gives visit V01 another answer to M2."""
    path = place / f"mystery_visits_answers_{number}.csv"
    row = {"visit_id": "V01", "item_id": "M2", "value": number % 10, "note": f"更正{number}"}
    pd.DataFrame([row]).to_csv(path, index=False)
    return path


def bring_in(folder: Path, paths: list[Path]) -> None:
    """What ``python -m sq import`` does, without the words."""
    with writing(folder):
        report = load(folder, paths)
        assert report.outcome == "loaded", [str(f.message) for f in report.findings]
        publish(folder)


def seen(folder: Path) -> float:
    """The answer that a reader sees now."""
    warehouse = Warehouse(snapshot_file(folder, current_snapshot(folder)))
    answers = warehouse.query(
        """SELECT value FROM visit_answers JOIN visits USING (visit_key) JOIN items USING (item_key)
        WHERE visit_id = 'V01' AND item_id = 'M2'"""
    )
    warehouse.close()
    return float(answers["value"].item())


def test_fifteen_killed_imports_lose_nothing(tmp_path: Path) -> None:
    folder, place = tmp_path / "data", tmp_path / "files"
    started = time.monotonic()
    bring_in(folder, files(place))
    takes = time.monotonic() - started
    assert seen(folder) == 10
    chance = random.Random(2)
    codes = []
    for number in range(KILLS):
        before = seen(folder)
        child = CHILDREN.Process(target=bring_in, args=(folder, [correction(place, number)]))
        child.start()
        child.join(chance.uniform(0.05, 1.2) * takes)
        child.kill()
        child.join(60)
        codes.append(child.exitcode)
        if child.exitcode == 0:  # it was done sooner than thought
            takes *= 0.8
        assert seen(folder) in (before, float(number % 10))
    assert set(codes) <= {0, -signal.SIGKILL}
    assert codes.count(-signal.SIGKILL) > KILLS / 5
    bring_in(folder, [correction(place, 99)])
    assert seen(folder) == 9
    assert not [p for p in published(folder).iterdir() if p.name.startswith(UNFINISHED)]
    # whatever was loaded by a killed run is a whole batch, and the latest of them counts
    assert all(b.read == b.new + b.changed + b.unchanged + b.rejected + b.skipped for b in batches(folder))


def test_a_withdrawn_batch_leaves_the_next_snapshot(tmp_path: Path) -> None:
    folder, place = tmp_path / "data", tmp_path / "files"
    bring_in(folder, files(place))
    bring_in(folder, [correction(place, 3)])
    assert seen(folder) == 3
    withdraw(folder, 2)
    publish(folder)
    assert seen(folder) == 10


def test_the_importer_and_the_frames_publish_the_same(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder, place = tmp_path / "data", tmp_path / "files"
    with writing(folder):
        load(folder, files(place))
        publish(folder, today=TODAY)
    frames = Warehouse(small_snapshot(tmp_path_factory.mktemp("frames")))
    imported = Warehouse(snapshot_file(folder, current_snapshot(folder)))
    for table in ("memberships", "rollup_scores", "rollup_complaints", "volumes", "coverage", "epochs", "bases"):
        query = f"FROM {table} ORDER BY ALL"
        pd.testing.assert_frame_equal(imported.query(query), frames.query(query))
