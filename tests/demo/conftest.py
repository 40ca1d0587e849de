"""The full chain, with its effects and with nothing planted: written once, read many times."""

import datetime as dt

import pytest

from sq.demo import build
from tests.demo.written import Written

END = dt.date(2026, 10, 31)


def _chain(folder, planted: bool) -> Written:
    return Written(folder, build(folder, end=END, planted=planted))


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return _chain(tmp_path_factory.mktemp("planted"), True)


@pytest.fixture(scope="session")
def unplanted(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return _chain(tmp_path_factory.mktemp("unplanted"), False)


@pytest.fixture(params=["planted", "nothing planted"])
def chain(request: pytest.FixtureRequest, planted: Written, unplanted: Written) -> Written:
    """Each of the two in turn."""
    return planted if request.param == "planted" else unplanted
