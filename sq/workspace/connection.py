"""Opens the workspace: SQLite in the data folder, or the PostgreSQL of a setting; brings its tables up to date.

Readers of an SQLite workspace that does not exist yet find nothing; the first write makes it. Every transaction opens
the file anew, so that a restored one is seen at once.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, column, create_engine, event, func, inspect, make_url, select, table
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from sq.errors import WorkspaceError
from sq.language import N_, Message
from sq.places import settings_file, workspace_file
from sq.settings import read_settings

VARIABLE = "SQ_WORKSPACE"
HEAD = "0001"  # the newest migration
WAIT_SECONDS = 10
MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_KEY = 7301  # of PostgreSQL's advisory lock: one process migrates, the others wait
SQLITE, POSTGRESQL = "sqlite", "postgresql"
UNWRITABLE = ("readonly", "read-only", "unable to open", "permission", "full", "no space", "disk i/o")
_ready: set[tuple[str, int]] = set()
_engines: dict[str, Engine] = {}
_making, _migrating = threading.Lock(), threading.Lock()


def address(folder: Path) -> str:
    """The database of a data folder: the environment's SQ_WORKSPACE, the settings', or a file in the folder."""
    return _given(folder) or f"sqlite:///{workspace_file(folder).resolve()}"


def is_file(folder: Path) -> bool:
    """Whether the workspace is a file of its own in the data folder."""
    return not _given(folder)


def _given(folder: Path) -> str:
    try:
        stamp = settings_file(folder).stat().st_mtime_ns
    except OSError:
        stamp = 0
    return os.environ.get(VARIABLE) or _set(folder, stamp)


@lru_cache(maxsize=16)
def _set(folder: Path, _stamp: int) -> str:
    """The database of the settings, read again when the file has changed."""
    return read_settings(folder).workspace.database


def is_absent(folder: Path) -> bool:
    """Whether nothing has ever been written down here."""
    return is_file(folder) and not workspace_file(folder).exists()


@contextmanager
def reading(folder: Path) -> Iterator[Connection]:
    """A connection whose reads agree with each other; raises WorkspaceError."""
    with _told(), _open(folder) as engine, engine.connect() as connection:
        if connection.dialect.name == POSTGRESQL:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(folder: Path) -> Iterator[Connection]:
    """A connection whose writes all happen at the end of the block, or none of them; raises WorkspaceError."""
    with _told(), _open(folder) as engine, engine.connect() as plain:
        connection = plain.execution_options(sq_writes=True)
        with connection.begin():
            yield connection


def close() -> None:
    """Give the connections back to the database; the next use opens them again."""
    for engine in _engines.values():
        engine.dispose()
    _engines.clear()
    _ready.clear()


def migrate(folder: Path) -> None:
    """Bring the tables up to date; for the start of the app and of commands. Any number of processes may try."""
    with _told(), _open(folder):
        pass


@contextmanager
def _open(folder: Path) -> Iterator[Engine]:
    engine = _engine(address(folder))
    mark = (str(engine.url), _identity(folder))
    if mark not in _ready:
        if is_file(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with _migrating:
            _bring_up_to_date(engine)
        _ready.add((str(engine.url), _identity(folder)))
    yield engine


def _identity(folder: Path) -> int:
    """Tells one SQLite file from the next one of the same name."""
    try:
        return workspace_file(folder).stat().st_ino if is_file(folder) else 1
    except OSError:
        return 0


def _engine(url: str) -> Engine:
    with _making:
        if url not in _engines:
            _engines[url] = _new_engine(url)
        return _engines[url]


def _new_engine(url: str) -> Engine:
    name = make_url(url).get_backend_name()
    if name == SQLITE:
        engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": WAIT_SECONDS, "isolation_level": None})
        event.listen(engine, "connect", _enforce_references)
        event.listen(engine, "begin", _begin)
        return engine
    if name != POSTGRESQL:
        raise ArgumentError(name)
    of = make_url(url).set(drivername="postgresql+psycopg")
    return create_engine(of, pool_pre_ping=True, pool_size=5, connect_args={"connect_timeout": WAIT_SECONDS})


def _enforce_references(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    """Begin as SQLite should: who writes takes the file at once, instead of failing half-way."""
    writes = connection.get_execution_options().get("sq_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _bring_up_to_date(engine: Engine) -> None:
    with engine.connect() as plain:
        found = _version(plain)
        if found == HEAD:
            return
        _refuse_newer(found)
    with engine.connect() as plain:
        connection = plain.execution_options(sq_writes=True)
        with connection.begin():
            upgrade(connection)


def upgrade(connection: Connection, revision: str = HEAD) -> None:
    """Run the migrations up to a revision inside the connection's transaction."""
    from alembic import command  # a tenth of a second, needed once in the life of a workspace
    from alembic.config import Config

    if connection.dialect.name == POSTGRESQL:
        connection.execute(select(func.pg_advisory_xact_lock(LOCK_KEY)))
    if _version(connection) == revision:  # another process was faster
        return
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _version(connection: Connection) -> str:
    """The migration that a database stands on; empty before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.scalar(select(column("version_num")).select_from(table("alembic_version"))) or "")


def _refuse_newer(found: str) -> None:
    if found > HEAD:
        raise WorkspaceError(
            Message(N_("The workspace was written by a newer version of sq.")),
            Message(N_("Start that version again, or restore an earlier backup.")),
        )


@contextmanager
def _told() -> Iterator[None]:
    """Turn the database's failures into WorkspaceError; never with a password."""
    try:
        yield
    except (ArgumentError, NoSuchModuleError) as error:
        raise WorkspaceError(
            Message(N_("The address of the workspace's database is not understood.")),
            Message(N_("Write it as postgresql://user:password@host/database, or leave it out.")),
        ) from error
    except (SQLAlchemyError, OSError) as error:
        raise _failure(error) from error


def _failure(error: Exception) -> WorkspaceError:
    words = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    if "locked" in words:
        what = Message(N_("The workspace is busy; nothing was saved."))
        return WorkspaceError(what, Message(N_("Try again in a moment.")))
    if "not a database" in words or "malformed" in words:
        what = Message(N_("The workspace file is damaged."))
        return WorkspaceError(what, Message(N_("Restore it from a backup: python -m sq restore FILE")))
    if any(part in words for part in UNWRITABLE):
        what = Message(N_("The workspace could not be written; nothing was saved."))
        return WorkspaceError(what, Message(N_("Check the free disk space and the rights of the data folder.")))
    what = Message(N_("The workspace cannot be reached."))
    return WorkspaceError(what, Message(N_("Check that its database is running; the numbers are not affected.")))
