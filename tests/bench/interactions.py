"""What a reader does, timed in a browser: first chart, opening pages, changing a filter, clicking into a mark."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import psutil
from playwright.sync_api import Browser, Locator

from sq import workspace
from tests.browser.painting import HEAR_KEYS, painted
from tests.browser.reading import Reading
from tests.serving import Server, await_health

DRILL_PAGE = "explore"
SESSIONS_OPEN = 5
SPOKEN_SECONDS, SLIDES_FURTHER = 10, 6
Times = dict[str, list[float]]
Serve = Callable[[bool], AbstractContextManager[Server]]

# What stands on a page, by kind (what is folded away is not on the page), and its figures as plain JSON.
KINDS = {
    "metrics": "stMetric",
    "sparks": "stMetricChart",
    "expanders": "stExpander",
    "popovers": "stPopover",
    "selects": "stSelectbox",
    "groups": "stButtonGroup",
    "buttons": "stButton",
}
RECORD = """
kinds => {
  const plain = (key, value) => ArrayBuffer.isView(value) ? Array.from(value) : key.startsWith('_') ? undefined : value;
  const charts = [...document.querySelectorAll('.js-plotly-plot')];
  const all = selector => [...document.querySelectorAll(`[data-testid="stMain"] ${selector}`)];
  const grids = all('[data-testid="stDataFrame"] [role="grid"]');
  return {
    htmls: all('[data-testid="stHtml"]').map(part => part.innerHTML).filter(text => !/<(style|script)/.test(text)),
    markdowns: all('[data-testid="stMarkdown"]').map(part => part.innerText),
    tables: grids.map(grid => [grid.ariaRowCount - 1, +grid.ariaColCount]),
    charts: charts.map(chart => JSON.parse(JSON.stringify({data: chart.data, layout: chart.layout}, plain))),
    ...Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, all(`[data-testid="${kind}"]`).length])),
  };
}
"""


@dataclass(frozen=True)
class Site:
    """An app under measurement: how to serve it, where its filter and its marks are, and addresses to begin at.

    ``openings`` are query strings that begin at fresh selections, so that nothing is answered from a cache.
    """

    name: str
    serve: Serve
    pages: tuple[str, ...]
    filter_key: str
    chart_key: str
    openings: tuple[str, ...]


def first_chart(browser: Browser, site: Site) -> float:
    """Milliseconds from the start of a server process to the first painted chart."""
    began = time.time()
    with site.serve(False) as server:
        await_health(server)
        reader = Reading(browser, server.url)
        reader.page.goto(f"{server.url}/{DRILL_PAGE}")
        milliseconds = painted(reader.page, True).since(began)
        reader.close()
    return milliseconds


def interactions(browser: Browser, site: Site, server: Server, i: int) -> dict[str, float]:
    """Milliseconds from each click to painted, by kind, in round ``i``."""
    reader = Reading(browser, server.url)
    reader.open(DRILL_PAGE, needs_chart=True)  # a reader who has been here for a while
    found = _round(reader, site, site.openings[i % len(site.openings)], i)
    reader.close()
    return found


def _round(reader: Reading, site: Site, opening: str, i: int) -> dict[str, float]:
    found = {}
    reader.open(f"{DRILL_PAGE}?{opening}", needs_chart=True)
    for page in (*_other_pages(site), DRILL_PAGE):
        reader.press(_link(reader, site, page))
        found[f"open {page}"] = painted(reader.page, page == DRILL_PAGE).since_click
    for page in _other_pages(site):
        reader.press(_link(reader, site, page))
        found[f"open {page} again"] = painted(reader.page, False).since_click
    reader.press(_link(reader, site, DRILL_PAGE))
    painted(reader.page, True)
    reader.choose(site.filter_key, 1)
    found["change a filter"] = painted(reader.page, True).since_click
    reader.open(f"{DRILL_PAGE}?{opening}", needs_chart=True)
    reader.click_mark(site.chart_key, i % 3)
    found["click into a mark"] = painted(reader.page, True).since_click
    return found


def _other_pages(site: Site) -> tuple[str, ...]:
    return tuple(page for page in site.pages if page != DRILL_PAGE)


def _link(reader: Reading, site: Site, page: str) -> Locator:
    return reader.page.locator('[data-testid="stSidebar"] [data-testid="stPageLink"] a').nth(site.pages.index(page))


def slides(browser: Browser, server: Server) -> list[float]:
    """Milliseconds from the key to the painted slide, through the agenda that builds itself and back."""
    reader = Reading(browser, server.url, viewport={"width": 1920, "height": 1080})
    present, _presenter = reader.begin_meeting()
    reader.open(present)
    reader.page.evaluate(HEAR_KEYS)
    time.sleep(SPOKEN_SECONDS)  # somebody speaks to the first slide
    found = []
    for key in ("ArrowRight", "ArrowLeft") * 2 + ("ArrowRight",) * SLIDES_FURTHER:
        reader.page.keyboard.press(key)
        found.append(painted(reader.page, False).since_click)
    reader.close()
    for agenda in workspace.agendas(server.folder):
        workspace.remove(server.folder, agenda)
    return found


def recorded(browser: Browser, site: Site, server: Server) -> dict[str, list[Any]]:
    """The parts of every page, and of the drill page also after a filter and after a click."""
    reader = Reading(browser, server.url)
    states: dict[str, list[Any]] = {}
    for page in site.pages:
        reader.open(f"{page}?{site.openings[0]}")
        states[page] = [reader.page.evaluate(RECORD, KINDS)]
    reader.open(f"{DRILL_PAGE}?{site.openings[0]}", needs_chart=True)
    reader.choose(site.filter_key, 1)
    states[DRILL_PAGE].append(reader.page.evaluate(RECORD, KINDS))
    reader.open(f"{DRILL_PAGE}?{site.openings[0]}", needs_chart=True)
    reader.click_mark(site.chart_key, 0)
    states[DRILL_PAGE].append(reader.page.evaluate(RECORD, KINDS))
    reader.close()
    return states


def memory_with_sessions(browser: Browser, site: Site, server: Server) -> float:
    """Resident MiB of the server with five readers looking at the drill page, each gone into another mark."""
    readers = [Reading(browser, server.url) for _session in range(SESSIONS_OPEN)]
    for i, reader in enumerate(readers):
        reader.open(f"{DRILL_PAGE}?{site.openings[i % len(site.openings)]}", needs_chart=True)
        reader.click_mark(site.chart_key, i % 3)
    resident = resident_mib(server.process.pid)
    for reader in readers:
        reader.close()
    return resident


def resident_mib(pid: int) -> float:
    """Resident memory of a process and its children."""
    process = psutil.Process(pid)
    return sum(p.memory_info().rss for p in (process, *process.children(recursive=True))) / 2**20
