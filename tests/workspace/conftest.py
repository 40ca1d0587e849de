"""Every test of the workspace runs on SQLite and on PostgreSQL."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sq.workspace import connection
from tests.workspace import postgres


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL server; skipped where it is not installed, a failure in CI."""
    if postgres.programs() is None:
        reason = f"PostgreSQL is not installed: {postgres.INSTALL}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with postgres.server() as socket:
        yield socket
        connection.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder with an empty workspace of its own."""
    if request.param == "postgresql":
        name = f"t{abs(hash(str(tmp_path))):x}"
        address = postgres.new_database(request.getfixturevalue("postgresql"), name)
        monkeypatch.setenv(connection.VARIABLE, address)
    else:
        monkeypatch.delenv(connection.VARIABLE, raising=False)
    yield tmp_path / "data"
    connection.close()
