"""A backup of a workspace in a database: back into one, from one kind to the other, never over another unseen."""

import json
from pathlib import Path

import pytest

from sq import workspace
from sq.backup import backup, restore
from sq.errors import BackupError
from sq.places import workspace_file
from sq.workspace import Agenda, Slide, connection
from tests.workspace.postgres import new_database


def write(folder: Path, title: str) -> None:
    workspace.add_agenda(folder, Agenda.of(title=title), [Slide.of(kind="text", title=title, sentence="a\nb")])


def titles(folder: Path) -> list[str]:
    return [agenda.title for agenda in workspace.agendas(folder)]


def test_a_workspace_in_use_is_replaced_only_with_force_and_kept_aside(folder: Path, tmp_path: Path) -> None:
    write(folder, "saved")
    before = workspace.dump(folder)
    backup(folder, tmp_path / "sq.zip")
    write(folder, "later")
    with pytest.raises(BackupError, match="not empty; nothing was changed"):
        restore(folder, tmp_path / "sq.zip")
    assert titles(folder) == ["later", "saved"]
    restore(folder, tmp_path / "sq.zip", force=True)
    assert workspace.dump(folder) == before
    (aside,) = folder.glob("before-restore-*")
    if workspace.is_file(folder):
        workspace_file(aside).replace(workspace_file(tmp_path))
        assert titles(tmp_path) == ["later", "saved"]
    else:
        kept = json.loads((aside / "workspace.json").read_text(encoding="utf-8"))
        assert sorted(row["title"] for row in kept["tables"]["agendas"]) == ["later", "saved"]


def test_a_backup_goes_from_a_file_to_a_database_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgresql: str
) -> None:
    monkeypatch.delenv(connection.VARIABLE, raising=False)
    write(tmp_path / "file", "三月例会")
    backup(tmp_path / "file", tmp_path / "file.zip")
    monkeypatch.setenv(connection.VARIABLE, new_database(postgresql, "backup_target"))
    restore(tmp_path / "served", tmp_path / "file.zip")
    assert titles(tmp_path / "served") == ["三月例会"]
    assert not workspace_file(tmp_path / "served").exists()
    write(tmp_path / "served", "四月例会")
    backup(tmp_path / "served", tmp_path / "served.zip")
    monkeypatch.delenv(connection.VARIABLE)
    restore(tmp_path / "again", tmp_path / "served.zip")
    assert titles(tmp_path / "again") == ["四月例会", "三月例会"]
    connection.close()
