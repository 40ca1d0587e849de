"""The simulated chain as its pages read it; modules that need another one name theirs alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sq.analyses.names import Names, names
from sq.warehouse import EVERYTHING, Warehouse


@pytest.fixture(scope="module")
def demo(demo_data: Path) -> Iterator[Warehouse]:
    warehouse = Warehouse(next((demo_data / "published").glob("sq-*.duckdb")))
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def known(demo: Warehouse) -> Names:
    return names(demo, EVERYTHING)
