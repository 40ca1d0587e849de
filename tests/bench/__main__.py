"""Measure the app against the floor: ``python -m tests.bench [--quick] [--imports | --exports] [--write]``"""

import argparse
import datetime as dt
import json
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, sync_playwright

from sq.ui.sitemap import built_pages
from tests.bench.exports import export_goals
from tests.bench.interactions import Serve, Site, first_chart, interactions, memory_with_sessions, recorded, slides
from tests.bench.report import Measured, goals, table
from tests.bench.sessions import load
from tests.bench.sizes import QUICK_SCORES, QUICK_STAFF, SCORES, SIZES, STAFF, Size, built
from tests.browser.chromium import ARGUMENTS, installed_chromium
from tests.serving import ROOT, Server, serving

DOCUMENT = ROOT / "docs" / "benchmarks.md"


def main() -> None:
    """Build, record, measure, print; with --write also into docs/benchmarks.md."""
    options = _options()
    if options.exports:
        print(export_goals())
        return
    scores, staff = (built(size) for size in ((QUICK_SCORES, QUICK_STAFF) if options.quick else (SCORES, STAFF)))
    if options.imports:
        print(goals(scores, staff))
        return
    sizes = [SIZES[name] for name in (["quick"] if options.quick else options.sizes.split(","))]
    chains = [built(size) for size in sizes]
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SQ_FLOOR", f"{folder}/floor.json")
        sites = [_app(size, Path(folder)) for size in sizes]
        with _browser() as browser, sites[0].serve(True) as server:
            states = recorded(browser, sites[0], server)
            Path(f"{folder}/floor.json").write_text(json.dumps(states), encoding="utf-8")
        measured = _measured([_floor(sites[0], Path(folder)), *sites], options.repeat)
    for result, chain in zip(measured[1:], chains, strict=True):
        result.built = chain
    told = table(measured[0], measured[1:], scores, staff)
    print(told)
    if options.write:
        _write(told)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small chain, to see that it works")
    parser.add_argument("--imports", action="store_true", help="the goals of importing only, without a browser")
    parser.add_argument("--exports", action="store_true", help="decks and store cards only, without a browser")
    parser.add_argument("--sizes", default="2.4M,24M")
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="put the table on top of docs/benchmarks.md")
    return parser.parse_args()


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


def _app(size: Size, folder: Path) -> Site:
    queries = tuple(f"start={month}" for month in _months(size.folder)[:-3])
    pages = tuple(page.key for page in built_pages())
    serve: Serve = lambda settle: serving(size.folder, folder / f"{size.name}.log", settle=settle)  # noqa: E731
    return Site(size.name, serve, pages, "sq_compare", "sq_ranking", queries)


def _floor(app: Site, folder: Path) -> Site:
    serve: Serve = partial(_serve_floor, folder)
    return Site("floor", serve, app.pages, "filter_0", "chart_0", ("step=0",))


def _serve_floor(folder: Path, settle: bool) -> AbstractContextManager[Server]:
    return serving(folder / "nothing", folder / "floor.log", "tests/bench/floor_app.py", settle)


def _months(folder: Path) -> list[str]:
    """The months of a published chain: a fresh selection for every round."""
    snapshot = next(iter(sorted((folder / "published").glob("*.duckdb"))))
    with duckdb.connect(str(snapshot), read_only=True) as con:
        months = con.execute("SELECT DISTINCT strftime(month, '%Y-%m') FROM visits ORDER BY 1").fetchall()
    return [month for (month,) in months]


def _measured(sites: list[Site], repeat: int) -> list[Measured]:
    """All sites in turn, round by round, so that whatever else the machine does meets them alike."""
    results = [Measured(site.name) for site in sites]
    with _browser() as browser:
        for i in range(repeat):
            print(f"Starting servers, round {i + 1} of {repeat} ...", flush=True)
            for site, result in zip(sites, results, strict=True):
                result.add({"start the server to first chart": first_chart(browser, site)})
        with ExitStack() as running:
            servers = [running.enter_context(site.serve(True)) for site in sites]
            for i in range(repeat + 1):
                print(f"Clicking, round {i} of {repeat} ...", flush=True)
                for site, server, result in zip(sites, servers, results, strict=True):
                    found = interactions(browser, site, server, i)
                    result.add(found if i else {})  # round 0 warms up
            for _site, server, result in zip(sites[1:], servers[1:], results[1:], strict=True):
                result.slides = slides(browser, server)
            for site, server, result in zip(sites, servers, results, strict=True):
                result.memory = memory_with_sessions(browser, site, server)
    for site, result in zip(sites, results, strict=True):
        print(f"Fifty readers at {site.name} ...", flush=True)
        with site.serve(True) as server:
            result.load = load(server.url, "explore", list(site.openings))
    return results


def _write(told: str) -> None:
    kept = DOCUMENT.read_text(encoding="utf-8")
    head, mark, rest = kept.partition("\n## ")
    DOCUMENT.write_text(f"{head.rstrip()}\n\n{told}\n{mark}{rest}", encoding="utf-8")
    print(f"Written to {DOCUMENT.relative_to(ROOT)} ({dt.date.today()})")


if __name__ == "__main__":
    main()
