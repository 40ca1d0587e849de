"""A PostgreSQL server of our own: in a folder of its own, by an unprivileged user, reached by a socket only."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

INSTALL = "apt-get install postgresql (or postgresql-16)"
OPTIONS = "-c listen_addresses= -c fsync=off -c max_connections=200 -c unix_socket_directories="


def programs() -> Path | None:
    """Where initdb and pg_ctl are: on the PATH or where Debian puts them, the newest first."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    return max(found, key=lambda path: int(path.parent.name)) if found else Path(on_path).parent if on_path else None


@contextmanager
def server() -> Iterator[str]:
    """A running server; hands over the address of its socket folder."""
    folder = Path(tempfile.mkdtemp(prefix="sq-postgres-"))
    user = _unprivileged()
    if user:
        shutil.chown(folder, user)
    try:
        _run(
            user,
            "initdb",
            "--pgdata",
            str(folder / "data"),
            "--username",
            "sq",
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
        )
        _run(user, "pg_ctl", "--pgdata", str(folder / "data"), "--log", str(folder / "log"), "--wait", "--options",
             f"{OPTIONS}{folder}", "start")  # fmt: skip
        try:
            yield str(folder)
        finally:
            _run(user, "pg_ctl", "--pgdata", str(folder / "data"), "--mode", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(socket: str, name: str) -> str:
    """Make an empty database; returns its address."""
    with psycopg.connect(f"host={socket} user=sq dbname=postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"postgresql://sq@/{name}?host={socket}"


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: another user then, None where we are none."""
    if os.geteuid() != 0:
        return None
    return next(name for name in ("postgres", "nobody") if any(entry.pw_name == name for entry in pwd.getpwall()))


def _run(user: str | None, program: str, *arguments: str) -> None:
    place = programs()
    assert place is not None
    command = [str(place / program), *arguments]
    # to a file, not a pipe: the server keeps it open after pg_ctl has ended
    with tempfile.TemporaryFile() as told:
        done = subprocess.run(command, user=user, stdout=told, stderr=told, cwd="/", check=False, timeout=60)
        told.seek(0)
        assert done.returncode == 0, told.read().decode(errors="replace")
