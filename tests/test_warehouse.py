"""The warehouse: opens whole snapshots read-only, for many readers at once, and says what is wrong with the others."""

import gc
import shutil
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from sq import warehouse as opening
from sq.errors import SnapshotError
from sq.language import speaking
from sq.places import current_file, snapshot_file
from sq.publish import rollback
from sq.warehouse import EVERYTHING, Scope, Warehouse, current_snapshot, open_warehouse
from tests.small_chain import publish_frames, small_frames, small_snapshot


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once")
    small_snapshot(folder)
    return folder


@pytest.fixture
def folder(published_once: Path, tmp_path: Path) -> Path:
    """A data folder of its own with the small chain published."""
    return Path(shutil.copytree(published_once, tmp_path / "data"))


@pytest.fixture
def small(folder: Path) -> Warehouse:
    return Warehouse(snapshot_file(folder, current_snapshot(folder)))


def visible(warehouse: Warehouse, scope: Scope) -> set[str]:
    condition, values = scope.condition("m")
    return set(warehouse.query(f"SELECT store_id FROM memberships AS m WHERE {condition}", values)["store_id"])


def test_an_empty_scope_sees_everything(small: Warehouse) -> None:
    assert visible(small, EVERYTHING) == {"S1", "S2", "S3", "S4", "S5", "C1"}


def test_a_region_sees_the_stores_it_has_today(small: Warehouse) -> None:
    # S4 moved from South to North: South does not see it any more, North sees its past, too
    assert visible(small, Scope(regions=("华南",))) == {"S3", "S5"}
    assert visible(small, Scope(regions=("华北",))) == {"S1", "S2", "S4", "C1"}


def test_regions_and_stores_of_a_scope_add_up(small: Warehouse) -> None:
    assert visible(small, Scope(regions=("华南",), stores=("S1", "S2"))) == {"S1", "S2", "S3", "S5"}


def test_a_scope_binds_its_values(small: Warehouse) -> None:
    condition, values = Scope(stores=("x' OR 1=1 --",)).condition("m")
    assert "x'" not in condition
    assert values == ["x' OR 1=1 --"]
    assert visible(small, Scope(stores=("x' OR 1=1 --",))) == set()


def test_two_scopes_are_two_cache_keys() -> None:
    assert len({Scope(), Scope(regions=("a",)), Scope(stores=("a",)), Scope(regions=("a",))}) == 3


def test_a_query_takes_values_by_position_or_by_name(small: Warehouse) -> None:
    assert small.query("SELECT ? + ? AS x", [1, 2])["x"].item() == 3
    assert small.query("SELECT $a + $b AS x", {"a": 1, "b": 2})["x"].item() == 3


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM visits",
        "CREATE TABLE x (a INTEGER)",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY visits TO '/tmp/stolen.csv'",
        "ATTACH '/tmp/other.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
    ],
)
def test_a_reader_can_neither_write_nor_reach_out_nor_change_a_setting(statement: str, small: Warehouse) -> None:
    with pytest.raises((SnapshotError, duckdb.Error)):
        small.query(statement)
    assert len(small.query("FROM visits")) == 11


def test_a_mistake_of_ours_is_not_told_as_damage(small: Warehouse) -> None:
    with pytest.raises(duckdb.CatalogException):
        small.query("FROM no_such_table")


def test_many_threads_read_at_once(small: Warehouse) -> None:
    def asked(number: int) -> int:
        return int(small.query("SELECT count(*) + ? AS n FROM visits", [number])["n"].item())

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(asked, range(100))) == [11 + i for i in range(100)]


def test_two_readers_open_the_same_snapshot(folder: Path, small: Warehouse) -> None:
    other = Warehouse(snapshot_file(folder, current_snapshot(folder)))
    assert len(other.query("FROM visits")) == len(small.query("FROM visits"))


def test_a_snapshot_is_opened_once_per_process(folder: Path) -> None:
    assert open_warehouse(folder, current_snapshot(folder)) is open_warehouse(folder, current_snapshot(folder))


def test_a_new_snapshot_is_noticed_and_the_old_stays_readable(folder: Path) -> None:
    old = open_warehouse(folder, current_snapshot(folder))
    publish_frames(folder, {**small_frames(), "notes": small_frames()["notes"].head(1)})
    new = open_warehouse(folder, current_snapshot(folder))
    assert (len(old.query("FROM notes")), len(new.query("FROM notes"))) == (2, 1)
    rollback(folder)
    assert open_warehouse(folder, current_snapshot(folder)) is old


def test_old_snapshots_are_let_go(folder: Path) -> None:
    ids = []
    for day in range(1, 4):
        ids.append(f"2026010{day}T000000000-00000000")
        shutil.copy(snapshot_file(folder, current_snapshot(folder)), snapshot_file(folder, ids[-1]))
    first = weakref.ref(open_warehouse(folder, ids[0]))
    for i in ids[1:]:
        open_warehouse(folder, i)
    gc.collect()
    assert first() is None
    assert len(opening._open) == 2


def test_without_any_snapshot_it_says_how_to_get_data(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="Nothing has been published yet") as caught:
        current_snapshot(tmp_path)
    assert "python -m sq import" in caught.value.told()


@pytest.mark.parametrize("content", [b"", b"rubbish", b"../../../etc/passwd", b"\xff\xfe\x00", b"20260101T000000000"])
def test_a_damaged_current_is_told(content: bytes, folder: Path) -> None:
    current_file(folder).write_bytes(content)
    with pytest.raises(SnapshotError, match="names the current snapshot is damaged") as caught:
        current_snapshot(folder)
    assert "rollback" in caught.value.told()


def test_a_missing_snapshot_is_told(folder: Path) -> None:
    snapshot_file(folder, current_snapshot(folder)).unlink()
    with pytest.raises(SnapshotError, match="missing"):
        open_warehouse(folder, current_snapshot(folder))


@pytest.mark.parametrize("keep", [0, 1, 4095, 20_000, -1], ids=["empty", "byte", "head", "half", "foreign"])
def test_a_damaged_snapshot_is_told(keep: int, folder: Path) -> None:
    path = snapshot_file(folder, current_snapshot(folder))
    path.write_bytes(path.read_bytes()[:keep] if keep >= 0 else b"PK\x03\x04 a workbook, not a database" * 1000)
    with pytest.raises(SnapshotError) as caught:
        Warehouse(path)
    assert "publish" in caught.value.told()


def test_a_snapshot_of_another_version_is_told(folder: Path) -> None:
    path = snapshot_file(folder, current_snapshot(folder))
    with duckdb.connect(str(path)) as con:
        con.execute("UPDATE meta SET value = '0' WHERE key = 'schema_version'")
    with pytest.raises(SnapshotError, match="another version"):
        Warehouse(path)


def test_a_damaged_page_inside_the_file_is_told_when_it_is_read(folder: Path) -> None:
    path = snapshot_file(folder, current_snapshot(folder))
    content = bytearray(path.read_bytes())
    content[12_288:] = bytes(len(content) - 12_288)
    path.write_bytes(content)
    with pytest.raises(SnapshotError, match="damaged"):
        Warehouse(path).query("FROM visits")


def test_sentences_exist_in_chinese(tmp_path: Path) -> None:
    with speaking("zh"), pytest.raises(SnapshotError, match="尚未发布任何数据"):
        current_snapshot(tmp_path)


def test_small_results_are_remembered_by_statement_and_values(small: Warehouse) -> None:
    sql = "SELECT count(*) AS n FROM visits WHERE visit_id = ?"
    first = small.kept(sql, ("V01",))
    assert small.kept(sql, ["V01"]) is first
    assert (first["n"].item(), small.kept(sql, ("no such visit",))["n"].item()) == (1, 0)
