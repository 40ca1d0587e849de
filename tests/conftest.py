"""What several tests stand on: the shared folder, a 20-store chain built once per run, one browser group."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import settings

if TYPE_CHECKING:
    from sq.warehouse import Warehouse

ROOT = Path(__file__).resolve().parent.parent
DEMO = ["--stores", "20", "--months", "14", "--customers", "2500", "--seed", "1"]

# as the app sets it when it starts: otherwise frames would differ by which test came first
pd.set_option("mode.string_storage", "python")
settings.register_profile("sq", deadline=None, max_examples=25, derandomize=True)
settings.load_profile("sq")


TOGETHER = {"browser": "browser", "demo": "simulated chain"}  # folder -> what all its files share
ONE_BY_ONE = ("attack", "hostile")  # folders whose tests share little


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that share a server, a browser or a chain on one worker; else those of a file."""
    for item in items:
        folder = item.path.parent.name
        if folder == "browser":
            item.add_marker(pytest.mark.browser)
        if folder not in ONE_BY_ONE and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(TOGETHER.get(folder, item.path.stem)))
        if "shared" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages are English in tests unless a test says otherwise, whatever the machine speaks."""
    monkeypatch.setenv("SQ_LANG", "en")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with reference numbers and real data; skipped where absent, a failure in CI."""
    folder = Path(os.environ.get("SQ_SHARED", ROOT.parent / "shared")).resolve()
    if folder.is_dir():
        return folder
    reason = f"{folder} is absent (SQ_SHARED names the folder with reference numbers and real data)"
    if os.environ.get("CI") or os.environ.get("SQ_SHARED"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the 20-store simulated chain, imported and published; for reading only."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = base / "demo-data"
    with FileLock(base / "demo-data.lock"):
        if not (base / "demo-data.ok").exists():
            shutil.rmtree(folder, ignore_errors=True)
            sq("demo", *DEMO, "--import", folder=folder)
            (base / "demo-data.ok").touch()
    return folder


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the published snapshot of the hand-sized chain (tests/small_chain.py); for reading only."""
    from tests.small_chain import small_snapshot

    folder = tmp_path_factory.mktemp("small") / "data"
    small_snapshot(folder)
    return folder


@pytest.fixture(scope="session")
def small(small_data: Path) -> "Warehouse":
    """The hand-sized chain's snapshot, opened."""
    from sq.warehouse import Warehouse

    return Warehouse(next((small_data / "published").glob("sq-*.duckdb")))


@pytest.fixture
def demo_copy(demo_data: Path, tmp_path: Path) -> Path:
    """A copy of the simulated chain's data folder that a test may change."""
    return Path(shutil.copytree(demo_data, tmp_path / "data"))


@pytest.fixture
def reading_demo(demo_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point SQ_DATA to the simulated chain, as a server would see it."""
    monkeypatch.setenv("SQ_DATA", str(demo_data))
    return demo_data


def sq(*arguments: str, folder: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run ``python -m sq ...`` on a data folder, in English; fail with what it printed."""
    environment = {**os.environ, "SQ_DATA": str(folder), "SQ_LANG": "en", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "sq", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, env=environment, check=False
    )
    if check and done.returncode:
        raise AssertionError(f"sq {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done
