"""One browser, one server on a copy of the simulated chain, and readers who notice what should never happen."""

import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import ARGUMENTS, chromium
from tests.browser.reading import Reading
from tests.serving import Server, serving

NewReader = Callable[..., Reading]
READERS = pytest.StashKey[list[Reading]]()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium for all journeys."""
    path = chromium()
    if path is None:
        pytest.fail("No Chromium here: python -m tests.browser.chromium --install")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def server(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on a copy of the simulated chain, so that journeys may import into it."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(demo_data, folder / "data")
    with serving(folder / "data", folder / "server.log") as running:
        yield running


@pytest.fixture
def new_reader(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[NewReader]:
    """Open the app as a new reader; at the end no reader may have caused a request to another machine."""
    readers = request.node.stash[READERS] = []

    def open_reader(language: str = "en", at: Server = server, **options: object) -> Reading:
        readers.append(Reading(browser, at.url, language, **options))
        return readers[-1]

    yield open_reader
    for reader in readers:
        reader.close()
        assert reader.outside == [], "a request left the machine"
        assert reader.failures == [], "the page threw an error in the browser"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed journey reports what its readers saw."""
    report = yield
    if call.when == "call" and report.failed:
        for nth, reader in enumerate(item.stash.get(READERS, [])):
            report.sections.append((f"Reader {nth + 1} saw", reader.seen()))
    return report


@pytest.fixture(scope="session")
def regulars(browser: Browser, server: Server) -> Iterator[dict[str, Reading]]:
    """One reader per language who stays: opens pages faster than a newcomer."""
    staying = {language: Reading(browser, server.url, language) for language in ("en", "zh")}
    yield staying
    for reader in staying.values():
        reader.close()


@pytest.fixture
def reader(new_reader: NewReader) -> Reading:
    """A reader whose browser speaks English."""
    return new_reader("en")
