"""The chain that can be added up by hand, published once."""

from pathlib import Path

import pytest

from sq.warehouse import Warehouse
from tests.small_chain import publish_frames, small_frames


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    publish_frames(folder, small_frames())
    return folder


@pytest.fixture(scope="session")
def small(small_folder: Path) -> Warehouse:
    return Warehouse(next((small_folder / "published").glob("sq-*.duckdb")))
