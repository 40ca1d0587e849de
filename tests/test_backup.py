"""A backup brings everything back, or changes nothing: at every damage, at every crash."""

import hashlib
import json
import os
import shutil
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sq import backup as backing_up
from sq import workspace
from sq.__main__ import main
from sq.backup import backup, finish, restore
from sq.errors import BackupError, IntakeError, WorkspaceError
from sq.intake import batches, load, writing
from sq.places import current_file, inbox, intake_file, published, restoration, settings_file, workspace_file
from sq.publish import publish, snapshots
from sq.warehouse import current_snapshot
from sq.workspace import Agenda, Slide, connection

STORES = "store_id,store_name,region\nS1,一店,北\n"
MORE = "store_id,store_name,region\nS2,二店,南\n"


def bring(folder: Path, text: str) -> None:
    """Import a file and publish."""
    file = folder.parent / "stores.csv"
    file.write_text(text, encoding="utf-8")
    load(folder, [file])
    publish(folder)


def note(folder: Path, title: str) -> None:
    workspace.add_agenda(folder, Agenda.of(title=title), [Slide.of(kind="text", title=title)])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one batch, one snapshot and one agenda."""
    folder = tmp_path_factory.mktemp("made") / "data"
    bring(folder, STORES)
    note(folder, "例会")
    settings_file(folder).write_text('[anonymity]\nminimum_group = 8\n[workspace]\ndatabase = ""\n', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def saved(made: Path) -> Path:
    """Its backup."""
    backup(made, made.parent / "sq.zip")
    return made.parent / "sq.zip"


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the folder in which more has happened since the backup."""
    copy = Path(shutil.copytree(made, tmp_path / "data"))
    bring(copy, MORE)
    note(copy, "later")
    yield copy
    connection.close()


def state(folder: Path) -> dict[str, str]:
    """Everything that a backup holds, by hash; the workspace by its rows."""
    names = {p.relative_to(folder).as_posix(): p for p in backing_up._files(folder).values()}
    files = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in names.items()}
    return files | {"workspace": json.dumps(workspace.dump(folder))}


def left_over(folder: Path) -> list[str]:
    known = {"inbox", "published", "work", "lock", "log", "intake.duckdb", "settings.toml", "workspace.db"}
    return sorted(p.name for p in folder.iterdir() if p.name not in known and not p.name.startswith("before-restore"))


def test_a_backup_restored_elsewhere_is_the_same(made: Path, saved: Path, tmp_path: Path) -> None:
    told = restore(tmp_path / "new", saved)
    size = sum(part.stat().st_size for part in backing_up._files(made).values()) / 2**20
    assert f"snapshots: 1, files as received: 1, the intake, the workspace ({size:.1f} MiB)" in str(told)
    assert state(tmp_path / "new") == state(made)
    assert set(state(made)) == {
        f"inbox/{next(inbox(made).iterdir()).name}",
        "intake.duckdb",
        f"published/sq-{current_snapshot(made)}.duckdb",
        "published/CURRENT",
        "workspace",
    }
    assert [batch.batch_id for batch in batches(tmp_path / "new")] == [1]
    assert settings_file(tmp_path / "new").read_text(encoding="utf-8") == "[anonymity]\nminimum_group = 8\n"
    assert left_over(tmp_path / "new") == []


def test_a_backup_is_for_its_owners_eyes_and_tells_no_address_of_a_database(saved: Path) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    with zipfile.ZipFile(saved) as archive:
        assert archive.read("settings.toml").decode() == "[anonymity]\nminimum_group = 8\n"


def test_a_folder_with_contents_is_left_alone(folder: Path, saved: Path) -> None:
    before = state(folder)
    with pytest.raises(BackupError, match="not empty; nothing was changed"):
        restore(folder, saved)
    assert state(folder) == before
    assert left_over(folder) == []


def test_with_force_the_old_goes_aside_and_nothing_is_lost(folder: Path, made: Path, saved: Path) -> None:
    before = state(folder)
    told = str(restore(folder, saved, force=True))
    assert state(folder) == state(made)
    (aside,) = folder.glob("before-restore-*")
    assert aside.name in told
    assert {name: found for name, found in state(aside).items() if name != "workspace"} == {
        name: found for name, found in before.items() if (aside / name).exists()
    }
    gone = set(before) - {"workspace"} - {p.relative_to(aside).as_posix() for p in backing_up._files(aside).values()}
    assert gone == set()
    assert state(aside)["workspace"] == before["workspace"]
    assert [s.id for s in snapshots(folder)] == [current_snapshot(made)]


@pytest.mark.parametrize("place", ["inbox", "intake", "published/sq", "workspace", "settings"])
def test_one_changed_byte_anywhere_changes_nothing(folder: Path, saved: Path, tmp_path: Path, place: str) -> None:
    bad = Path(shutil.copy(saved, tmp_path / "bad.zip"))
    with zipfile.ZipFile(bad) as archive:
        entry = next(e for e in archive.infolist() if e.filename.startswith(place))
    at = entry.header_offset + 30 + len(entry.filename.encode()) + 20 + entry.compress_size // 2  # 20: zip64's extra
    content = bytearray(bad.read_bytes())
    content[at] ^= 1
    bad.write_bytes(bytes(content))
    before = state(folder)
    with pytest.raises(BackupError, match="no whole backup of sq; nothing was changed"):
        restore(folder, bad, force=True)
    assert state(folder) == before
    assert left_over(folder) == []


def repacked(saved: Path, target: Path, change: Callable[[dict[str, bytes]], None], method: str = "w") -> Path:
    """The backup with other contents, its manifest made to fit."""
    with zipfile.ZipFile(saved) as archive:
        inside = {e.filename: archive.read(e) for e in archive.infolist()}
    del inside["manifest.json"]
    change(inside)
    files = [{"name": n, "size": len(c), "sha256": hashlib.sha256(c).hexdigest()} for n, c in inside.items()]
    with zipfile.ZipFile(target, method) as archive:
        for name, content in inside.items():
            archive.writestr(name, content)
        archive.writestr("manifest.json", json.dumps({"format": 1, "files": files}))
    return target


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/passwd", "inbox/../../x", "published/sq-x.duckdb", "lock", "inbox/a/b", "C:\\x"]
)
def test_names_that_lead_elsewhere_are_refused(saved: Path, tmp_path: Path, name: str) -> None:
    bad = repacked(saved, tmp_path / "bad.zip", lambda inside: inside.update({name: b"x"}))
    with pytest.raises(BackupError, match="no whole backup"):
        restore(tmp_path / "new", bad)
    assert [p.name for p in tmp_path.iterdir() if p.name not in {"bad.zip", "new"}] == []
    assert left_over(tmp_path / "new") == []


def test_contents_that_are_not_those_of_the_manifest_change_nothing(folder: Path, saved: Path, tmp_path: Path) -> None:
    """Somebody has put another intake into the zip: its own checksums are right, the manifest's are not."""
    with zipfile.ZipFile(saved) as archive, zipfile.ZipFile(tmp_path / "bad.zip", "w") as forged:
        for entry in archive.infolist():
            content = archive.read(entry)
            forged.writestr(entry.filename, content[::-1] if entry.filename == "intake.duckdb" else content)
    before = state(folder)
    with pytest.raises(BackupError, match="no whole backup"):
        restore(folder, tmp_path / "bad.zip", force=True)
    assert state(folder) == before


def _without_workspace(inside: dict[str, bytes]) -> None:
    del inside["workspace.json"]


@pytest.mark.parametrize(
    "content",
    [
        lambda path, saved: path.write_text("not a zip"),
        lambda path, saved: path.write_bytes(saved.read_bytes()[:-100]),
        lambda path, saved: path.write_bytes(saved.read_bytes()[: len(saved.read_bytes()) // 2]),
        lambda path, saved: zipfile.ZipFile(path, "w").close(),
        lambda path, saved: repacked(saved, path, _without_workspace),
    ],
    ids=["text", "cut", "half", "empty zip", "no workspace"],
)
def test_what_is_no_backup_is_refused(tmp_path: Path, saved: Path, content: Callable[[Path, Path], object]) -> None:
    content(tmp_path / "bad.zip", saved)
    with pytest.raises(BackupError, match="no whole backup"):
        restore(tmp_path / "new", tmp_path / "bad.zip")
    with pytest.raises(BackupError, match="There is no file"):
        restore(tmp_path / "new", tmp_path / "absent.zip")


def test_a_file_beside_the_manifest_is_refused(tmp_path: Path, saved: Path) -> None:
    shutil.copy(saved, tmp_path / "bad.zip")
    with zipfile.ZipFile(tmp_path / "bad.zip", "a") as archive:
        archive.writestr("inbox/more", b"x")
    with pytest.raises(BackupError, match="no whole backup"):
        restore(tmp_path / "new", tmp_path / "bad.zip")


@pytest.mark.parametrize(
    "content", [b"{}", b"[]", b"no json", b'{"version": "0001", "tables": {"slides": [{"id": "x"}]}}']
)
def test_a_damaged_workspace_changes_nothing(folder: Path, saved: Path, tmp_path: Path, content: bytes) -> None:
    bad = repacked(saved, tmp_path / "bad.zip", lambda inside: inside.update({"workspace.json": content}))
    before = state(folder)
    with pytest.raises((BackupError, WorkspaceError)):
        restore(folder, bad, force=True)
    assert state(folder) == before
    assert not restoration(folder).exists()


class Killed(BaseException):
    """The power fails."""


@pytest.mark.parametrize("step", range(12))
def test_a_restoration_broken_off_at_any_step_is_carried_on(
    folder: Path, made: Path, saved: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps: the workspace goes aside, is loaded, its file unlinked, then each file is moved."""
    before, left = state(folder), [step]

    def counted(act: Callable[..., object]) -> Callable[..., object]:
        def acting(*arguments: object, **values: object) -> object:
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return act(*arguments, **values)

        return acting

    monkeypatch.setattr(backing_up, "_move", counted(backing_up._move))
    monkeypatch.setattr(backing_up, "_put_workspace_aside", counted(backing_up._put_workspace_aside))
    monkeypatch.setattr(workspace, "load", counted(workspace.load))
    try:
        restore(folder, saved, force=True)
    except Killed:
        assert restoration(folder).exists()
        monkeypatch.undo()
        finish(folder)
    assert state(folder) == state(made)
    assert left_over(folder) == []
    (aside,) = folder.glob("before-restore-*")
    assert state(aside)["workspace"] == before["workspace"]
    assert {name: state(aside)[name] for name in ("intake.duckdb", "published/CURRENT")} == {
        name: before[name] for name in ("intake.duckdb", "published/CURRENT")
    }


def test_a_restoration_killed_before_its_journal_has_changed_nothing(
    folder: Path, made: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(folder)
    monkeypatch.setattr(backing_up, "_write_journal", lambda *_: os._exit(9))
    if (child := os.fork()) == 0:
        restore(folder, saved, force=True)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    monkeypatch.undo()
    assert state(folder) == before
    restore(folder, saved, force=True)  # what lay about is cleared away
    assert state(folder) == state(made)
    assert left_over(folder) == []


def test_every_command_carries_a_broken_off_restoration_on(
    folder: Path, made: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(backing_up, "_carry_on", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            restore(folder, saved, force=True)
    monkeypatch.setenv("SQ_DATA", str(folder))
    assert main(["snapshots"]) == 0
    assert state(folder) == state(made)


def test_a_full_disk_leaves_no_half_backup(
    made: Path, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    older = Path(shutil.copy(saved, tmp_path / "sq.zip")).read_bytes()
    monkeypatch.setattr(backing_up.os, "fsync", full)
    with pytest.raises(BackupError, match="could not be written") as failed:
        backup(made, tmp_path / "sq.zip", force=True)
    assert "No space left on device" in failed.value.told()
    assert [p.name for p in tmp_path.iterdir()] == ["sq.zip"]
    assert (tmp_path / "sq.zip").read_bytes() == older


def test_a_disk_too_small_is_seen_before_anything_is_unpacked(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(1, 1, 2**20))  # type: ignore[attr-defined]
    with pytest.raises(BackupError, match="1 MiB are free; nothing was changed"):
        restore(tmp_path / "new", saved)
    assert left_over(tmp_path / "new") == []


def test_a_file_that_exists_is_not_written_over(made: Path, saved: Path) -> None:
    with pytest.raises(BackupError, match="exists already"):
        backup(made, saved)
    with pytest.raises(BackupError, match="cannot lie in a part of what it holds"):
        backup(made, published(made) / "sq.zip")


def test_nobody_imports_while_a_backup_is_written(made: Path, saved: Path, tmp_path: Path) -> None:
    held, done = threading.Event(), threading.Event()

    def importing() -> None:
        with writing(made):
            held.set()
            done.wait(20)

    thread = threading.Thread(target=importing)
    thread.start()
    held.wait(20)
    for act in (lambda: backup(made, tmp_path / "x.zip"), lambda: restore(made, saved, force=True)):
        with pytest.raises(IntakeError, match="is running"):
            act()
    done.set()
    thread.join()
    assert not (tmp_path / "x.zip").exists()


def test_a_damaged_workspace_and_intake_can_be_replaced(folder: Path, made: Path, saved: Path) -> None:
    connection.close()
    workspace_file(folder).write_bytes(b"damaged" * 1000)
    intake_file(folder).write_bytes(b"damaged" * 1000)
    current_file(folder).write_bytes(b"\xff")
    restore(folder, saved, force=True)
    assert state(folder) == state(made)


def test_a_backup_of_nothing_is_whole(tmp_path: Path) -> None:
    told = backup(tmp_path / "empty", tmp_path / "sq.zip")
    assert "snapshots: 0, files as received: 0" in str(told)
    restore(tmp_path / "new", tmp_path / "sq.zip")
    assert workspace.agendas(tmp_path / "new") == []


def test_the_commands_write_and_bring_back(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SQ_DATA", str(made))
    assert main(["backup", str(tmp_path / "sq.zip")]) == 0
    assert main(["backup", str(tmp_path / "sq.zip")]) == 2
    monkeypatch.setenv("SQ_DATA", str(tmp_path / "new"))
    assert main(["restore", str(tmp_path / "sq.zip")]) == 0
    assert "snapshots: 1, files as received: 1, the intake, the workspace" in capsys.readouterr().out
    assert main(["restore", str(tmp_path / "sq.zip")]) == 2
    assert "not empty" in capsys.readouterr().err
    assert main(["restore", str(tmp_path / "sq.zip"), "--force"]) == 0
    assert state(tmp_path / "new") == state(made)
