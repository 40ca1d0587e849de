"""The table of a benchmark run, with ratios and whether the goals are met."""

import datetime as dt
import os
import platform
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.bench.estimates import timed_estimates
from tests.bench.interactions import Times
from tests.bench.page_statistics import timed_statistics
from tests.bench.sessions import Load
from tests.bench.sizes import Built, Step

RATIO_GOAL = 1.5  # every interaction against the floor's
GROWTH_GOAL = 1.2  # the larger chain against the smaller
SLIDE_GOAL = 500.0  # milliseconds from the key to the painted slide
MEMORY_GOAL = 500  # MiB resident with five sessions open
IMPORT_GOAL, ANONYMITY_GOAL = 30.0, 60.0  # seconds: 2.4 million scores in and published; groups and their audit
ESTIMATES_GOAL = 20.0  # seconds of publishing: REML, agreement and habits of 60 shoppers

STATISTICS_GOAL = 150.0  # milliseconds of a page: what is left to compute when it is opened


@dataclass
class Measured:
    """All that was measured of one site."""

    name: str
    times: Times = field(default_factory=dict)
    memory: float = 0.0
    slides: list[float] = field(default_factory=list)
    load: Load | None = None
    built: Built | None = None

    def add(self, found: Mapping[str, float]) -> None:
        """Keep one round's times."""
        for kind, milliseconds in found.items():
            self.times.setdefault(kind, []).append(milliseconds)

    def median(self, kind: str) -> float:
        """Median milliseconds of a kind of interaction."""
        return statistics.median(self.times[kind])


def table(floor: Measured, sites: list[Measured], scores: Built, staff: Built) -> str:
    """Markdown: interactions in milliseconds, memory, readers at once, imports."""
    parts = [_heading(floor), _interactions(floor, sites), _slides(sites), _load(floor, sites), _imports(sites)]
    return "\n\n".join([*parts, goals(scores, staff)])


def goals(scores: Built, staff: Built) -> str:
    """Markdown: the goals of importing and publishing, in seconds and as a share of what is allowed."""
    millions = f"{scores.item_scores / 1e6:.1f} M item scores: check, load, publish"
    rows = [
        _against(millions, IMPORT_GOAL, scores.load, scores.publish),
        _against(
            "anonymous groups of 4 waves: publish (visits too), audit", ANONYMITY_GOAL, staff.publish, staff.audit
        ),
        _against("slow estimates: 400 stores, 60 shoppers, 24 months, 9.6 M scores", ESTIMATES_GOAL, timed_estimates()),
    ]
    seconds = _markdown(["goal", "seconds", "at most", "ratio", "memory"], rows)
    return "\n\n".join([seconds, _statistics(timed_statistics())])


def _statistics(pages: Mapping[str, float]) -> str:
    """The statistics of pages on arrays: 400 stores, 10 touchpoints."""
    rows = [
        [
            f"statistics of page {name}: 400 stores, 10 touchpoints",
            f"{ms:,.0f}",
            f"{STATISTICS_GOAL:,.0f}",
            _judged(ms / STATISTICS_GOAL, 1.0),
        ]
        for name, ms in pages.items()
    ]
    return _markdown(["goal", "ms", "at most", "ratio"], rows)


def _against(what: str, goal: float, *steps: Step) -> list[str]:
    seconds = sum(step.seconds for step in steps)
    told = " + ".join(f"{step.seconds:,.0f}" for step in steps)
    memory = f"{max(step.memory for step in steps):,.0f} MiB" if any(step.memory for step in steps) else ""
    return [what, told, f"{goal:,.0f}", _judged(seconds / goal, 1.0), memory]


def _heading(floor: Measured) -> str:
    n = min(len(times) for times in floor.times.values())
    cores = os.cpu_count()
    machine = f"{platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}"
    return f"## {dt.date.today():%Y-%m-%d}\n\n{machine}; load {os.getloadavg()[0]:.1f}; medians of n = {n}."


def _interactions(floor: Measured, sites: list[Measured]) -> str:
    heads = ["ms to painted", "floor", *(cell for site in sites for cell in (site.name, "ratio"))]
    growing = len(sites) == 2
    rows = []
    for kind in floor.times:
        cells = [kind, f"{floor.median(kind):,.0f}"]
        for site in sites:
            cells += [f"{site.median(kind):,.0f}", _judged(site.median(kind) / floor.median(kind), RATIO_GOAL)]
        rows.append([*cells, _judged(sites[1].median(kind) / sites[0].median(kind), GROWTH_GOAL)] if growing else cells)
    memory = ["server memory, 5 sessions (MiB)", f"{floor.memory:,.0f}"]
    for site in sites:
        memory += [_judged(site.memory, MEMORY_GOAL, "{:,.0f}"), ""]
    rows.append([*memory, ""] if growing else memory)
    return _markdown([*heads, f"{sites[1].name} / {sites[0].name}"] if growing else heads, rows)


def _slides(sites: list[Measured]) -> str:
    rows = []
    for site in sites:
        told = [_judged(of(site.slides), SLIDE_GOAL, "{:,.0f}") for of in (statistics.median, max)]
        rows.append([site.name, *told, f"{SLIDE_GOAL:,.0f}"])
    return _markdown(["next or previous slide (ms to painted)", "median", "slowest", "at most"], rows)


def _load(floor: Measured, sites: list[Measured]) -> str:
    rows = [
        [
            site.name,
            f"{site.load.reruns_per_second:.1f}",
            f"{site.load.median:,.0f}",
            f"{site.load.slowest_twentieth:,.0f}",
        ]
        for site in (floor, *sites)
        if site.load
    ]
    return _markdown(["50 readers clicking at once", "reruns per second", "median (ms)", "95th percentile (ms)"], rows)


def _imports(sites: list[Measured]) -> str:
    rows = []
    for built in (site.built for site in sites if site.built):
        rate = built.item_scores / (built.load.seconds + built.publish.seconds)
        steps = [f"{step.seconds:,.0f} s, {step.memory:,.0f} MiB" for step in (built.load, built.publish)]
        rows.append([f"{built.item_scores / 1e6:.1f} M", *steps, f"{rate:,.0f}", f"{built.snapshot_mib:,.0f} MiB"])
    return _markdown(["item scores", "check and load", "publish", "item scores per second", "snapshot"], rows)


def _judged(value: float, goal: float, form: str = "{:.2f}") -> str:
    text = form.format(value)
    return text if value <= goal else f"**{text}**"


def _markdown(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
