"""The database behind the workspace: migrations, settings, failures in words, and the way from one to the other."""

import datetime as dt
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from sq import workspace
from sq.errors import SettingsError, WorkspaceError
from sq.places import settings_file, workspace_file
from sq.workspace import Agenda, Event, Slide, View, connection, tables


def filled(folder: Path) -> None:
    """One row in every table."""
    day = dt.date(2026, 3, 5)
    agenda = workspace.add_agenda(folder, Agenda.of(title="会"), [Slide.of(kind="text", title="t", sentence="a\nb")])
    workspace.show(folder, agenda.id, workspace.slides(folder, agenda.id)[0].id)
    workspace.add(folder, Event.of(level="region", place="华北", start=day, end=day, text="n"))
    workspace.add(folder, View.of(title="v", page="store", query="store=S1"))
    workspace.put_option(folder, "o", [1])


def test_the_migrations_lead_to_the_tables_of_the_code(folder: Path) -> None:
    workspace.migrate(folder)
    with connection.reading(folder) as open_one:
        context = MigrationContext.configure(open_one, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []


def test_the_newest_migration_is_the_one_that_the_code_waits_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(connection.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [connection.HEAD]


def test_a_workspace_of_a_newer_version_is_left_alone(folder: Path) -> None:
    filled(folder)
    with connection.writing(folder) as open_one:
        open_one.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(WorkspaceError, match="newer version of sq"):
        workspace.agendas(folder)


def test_a_dump_put_back_is_the_same(folder: Path) -> None:
    filled(folder)
    dumped = workspace.dump(folder)
    assert {name: len(rows) for name, rows in dumped["tables"].items()} == dict.fromkeys(
        ("agendas", "slides", "showings", "events", "views", "options"), 1
    )
    workspace.add_agenda(folder, Agenda.of(title="later"))
    workspace.load(folder, dumped)
    assert workspace.dump(folder) == dumped
    assert [agenda.title for agenda in workspace.agendas(folder)] == ["会"]


def test_a_damaged_dump_changes_nothing(folder: Path) -> None:
    filled(folder)
    before = workspace.dump(folder)
    broken = {**before, "tables": {**before["tables"], "slides": [{"id": "x"}]}}
    with pytest.raises(WorkspaceError):
        workspace.load(folder, broken)
    assert workspace.dump(folder) == before
    with pytest.raises(WorkspaceError, match="newer version"):
        workspace.load(folder, {**before, "version": "9999"})


def test_what_was_written_on_sqlite_goes_over_to_postgresql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgresql: str
) -> None:
    from tests.workspace.postgres import new_database

    filled(tmp_path)
    dumped = workspace.dump(tmp_path)
    settings_file(tmp_path).write_text(
        f'[workspace]\ndatabase = "{new_database(postgresql, "moved")}"\n', encoding="utf-8"
    )
    assert workspace.agendas(tmp_path) == []
    workspace.load(tmp_path, dumped)
    assert workspace.dump(tmp_path) == dumped
    connection.close()


@pytest.mark.parametrize("address", ["mysql://root:secret@host/x", "nonsense", "sqlite+nothing:///x"])
def test_an_address_that_is_not_understood_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv(connection.VARIABLE, address)
    with pytest.raises(WorkspaceError, match="not understood") as refused:
        workspace.agendas(tmp_path)
    assert "secret" not in refused.value.told()


def test_a_server_that_is_not_there_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(connection.VARIABLE, f"postgresql://sq:secret@/x?host={tmp_path}")
    with pytest.raises(WorkspaceError, match="cannot be reached") as refused:
        workspace.agendas(tmp_path)
    assert "secret" not in refused.value.told()
    connection.close()


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    workspace_file(tmp_path).write_bytes(b"no database at all, but long enough to look like one" * 50)
    with pytest.raises(WorkspaceError, match="damaged"):
        workspace.agendas(tmp_path)


def test_a_file_that_somebody_holds_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path)
    connection.close()
    monkeypatch.setattr(connection, "WAIT_SECONDS", 0.1)
    with sqlite3.connect(workspace_file(tmp_path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(WorkspaceError, match="busy"):
            workspace.add_agenda(tmp_path, Agenda.of(title="x"))
        other.rollback()
    other.close()
    workspace.add_agenda(tmp_path, Agenda.of(title="x"))
    assert len(workspace.agendas(tmp_path)) == 2


def test_a_full_disk_loses_nothing_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path)
    before = workspace.dump(tmp_path)
    connection.close()
    enforce = connection._enforce_references

    def on_a_small_disk(open_one: sqlite3.Connection, record: object) -> None:
        enforce(open_one, record)
        open_one.execute("PRAGMA max_page_count = 1")  # no page more than it has

    monkeypatch.setattr(connection, "_enforce_references", on_a_small_disk)
    slides = [Slide.of(kind="text", title="t", note="n" * 10_000) for _ in range(20)]
    with pytest.raises(WorkspaceError, match="could not be written; nothing was saved"):
        workspace.add_agenda(tmp_path, Agenda.of(title="x"), slides)
    connection.close()
    assert workspace.dump(tmp_path) == before


def test_a_file_put_in_its_place_is_read_at_once(tmp_path: Path) -> None:
    filled(tmp_path / "a")
    workspace.add_agenda(tmp_path / "b", Agenda.of(title="other"))
    workspace_file(tmp_path / "b").replace(workspace_file(tmp_path / "a"))
    assert [agenda.title for agenda in workspace.agendas(tmp_path / "a")] == ["other"]


def test_reading_makes_no_file(tmp_path: Path) -> None:
    assert workspace.agendas(tmp_path) == []
    assert not workspace_file(tmp_path).exists()


def test_a_setting_that_is_no_text_is_told(tmp_path: Path) -> None:
    settings_file(tmp_path).write_text("[workspace]\ndatabase = 5\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"workspace\.database cannot be 5; it is a text in quotation marks"):
        workspace.agendas(tmp_path)
