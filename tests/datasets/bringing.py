"""Bring a real source in by its profile and the ordinary command, and ask what came of it."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from sq.analyses.score import score
from sq.sources import SourceTable, read_files
from tests.conftest import ROOT, sq
from tests.pages.conftest import Open, answer_of, texts_of
from tests.pages.test_every_page import NEVER

PROFILES = ROOT / "tests" / "profiles"
LINE = re.compile(r"(\w+): ([\d,]+) read = (.+)")
OUTCOMES = {"new", "changed", "unchanged", "rejected", "skipped"}
EVERY_PAGE = (
    "overview",
    "explore",
    "touchpoints",
    "customers",
    "employees",
    "priorities",
    "gaps",
    "chain",
    "visits",
    "data",
    "definitions",
)


@dataclass(frozen=True)
class Brought:
    """A data folder that holds a source, and table → outcome → rows as the command printed them."""

    folder: Path
    counts: dict[str, dict[str, int]]

    def scores(
        self, metric: str, by: str, months: tuple[str, str] = ("", ""), **where: str
    ) -> dict[str, dict[str, float]]:
        """What ``sq score`` prints, by place."""
        rows = score(self.folder, metric, by, where, *months)
        return {row["place"]: row for row in rows.to_dict("records")}


def brought(base: pytest.TempPathFactory, shared: Path, source: str, *names: str) -> Brought:
    """Import a source's files through the profile of its name; every row read is accounted for."""
    folder = base.mktemp(source)
    files = [str(shared / "datasets" / source / name) for name in names]
    done = sq("import", *files, "--profile", str(PROFILES / f"{source}.toml"), folder=folder)
    counts = {}
    for table, read, rest in LINE.findall(done.stdout):
        parts = dict(reversed(part.split()) for part in rest.split(" + "))
        assert set(parts) == OUTCOMES
        counts[table] = {"read": _figure(read)} | {name: _figure(figure) for name, figure in parts.items()}
        assert counts[table]["read"] == sum(counts[table][name] for name in OUTCOMES), table
    return Brought(folder, counts)


def _figure(text: str) -> int:
    return int(text.replace(",", ""))


def tables(shared: Path, source: str, *names: str) -> list[SourceTable]:
    """The tables of a source's files through the profile of its name."""
    files = [shared / "datasets" / source / name for name in names]
    return list(read_files(files, PROFILES / f"{source}.toml"))


def skipped(found: list[SourceTable]) -> dict[str, dict[str, int]]:
    """File → rule → rows that a profile skips by name."""
    return {table.file: dict(table.skipped) for table in found if table.skipped}


def opens(open_page: Open, folder: Path, key: str, language: str = "zh", **query: str) -> str:
    """Open a page on a source: it says something and nothing that it should not; its answer."""
    at = open_page(key, language, folder=folder, **query)
    assert [e.value for e in at.error] == [], key
    assert [text for text in texts_of(at) if NEVER.search(text)] == [], key
    answer = answer_of(at)
    assert answer, key
    return answer
