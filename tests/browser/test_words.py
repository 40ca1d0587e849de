"""What a reader must never meet on any page: tracebacks, raw ids, gaps left open, "nan", the other language."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import duckdb
import pytest

from sq.metrics.catalogue import METRICS
from tests.browser.reading import Reading
from tests.serving import Server

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("*.py"))
STATES = (
    *(f"explore?metric={metric}" for metric in METRICS if metric != "published_share"),  # nobody publishes one
    "explore?touchpoint=T09&compare=last_year",
    "explore?stage=after-sales&split=store&compare=target",
    "explore?metric=customer_index&dimension=service&membership=now&rule=stores",
    "touchpoints?compare=previous",
    "visits?kind=customer",
    "visits?visit={visit}",
    "data?part=batches",
    "data?part=findings",
    "data?part=coverage",
    "data?part=snapshots",
    "data?part=anonymous",
    "definitions?part=promises",
    "explore?metric=employee_index&split=store",
    "explore?metric=employee_index&split=tenure&compare=last_year",
    "explore?metric=employee_index&dimension=pay&split=department",
    "explore?metric=internal_service_score&department=IT",
    "explore?metric=awareness_index&split=store&format=x&membership=now",
)
NEVER = re.compile(
    r"Traceback|\bError:|Exception\b|\bnan\b|\bNaN\b|\bNaT\b|\bNone\b|<NA>|\bundefined\b|\bnull\b|\{\w*\}|\[object |"
    r"could not be worked out|没能算出来|encountered an error"
)
CHINESE = re.compile(r"[\u3400-\u9fff]+")
WORD = re.compile(r"[A-Za-z][A-Za-z'’]+")
# Words that Chinese readers use as they are, and names of files and programs.
ALIKE = {
    "NPS", "SQL", "CSV", "TOML", "Excel", "xlsx", "csv", "parquet", "Parquet", "English", "UTF", "GB", "MB", "KB",
    "Wilson", "Wald", "Fornell", "Rocks", "Poisson", "Satterthwaite", "Benjamini", "Hochberg", "Journal", "Marketing",
    "Bonferroni", "ICC", "Heskett", "Brown", "Lam", "Gelade", "Young", "Robinson",
}  # fmt: skip
# Addresses, commands and their options, files, snapshots and sums of bytes.
NAMES_OF_THINGS = re.compile(
    r"https?://\S+|python -m \S+|--[\w-]+|\S+\.(xlsx|csv|parquet|duckdb|zip|toml)\b|\b\d{8}T\d+-\w+|\b[0-9a-f]{12,}\b|"
    r"Journal of Retailing|J\. Occupational and Organizational Psychology"
)
# Strings that Streamlit and Plotly set themselves and that cannot be translated (see streamlit-notes, section 5).
STREAMLIT = re.compile(
    r"^(Streamlit|Deploy|Skip to main content|Running\.\.\.|Stop|Main menu|(Close )?[Ff]ullscreen|Show/hide columns|"
    r"Search|Download as CSV|Browse files|Upload|file upload|[\d.]+MB per file|Choose options|Choose an option|"
    r"Select\.\.\.|Clear (all|value)|Close|Open|open|Help for|Link to heading|Dismiss|(Expand |Collapse )?[Ss]idebar|"
    r"Dataframe|Metric|Vega visualization|Plotly chart|Select all|Copy to clipboard|Pagination|(Next|Previous) page|"
    r"Page \d+)"
)
# Columns of the snapshot whose texts are the data's own, shown as they are in both languages.
NAMES = {
    "memberships": ("store_id", "store_name", "brand", "region", "city", "format", "region_now", "city_now"),
    "waves": ("wave_id", "name"),
    "visits": ("visit_id", "stream", "shopper_id", "wave", "comment", "evidence_url"),
    "responses": ("response_id", "channel", "segment", "wave", "comment"),
    "complaints": ("complaint_id", "channel", "outcome", "comment"),
    "trainings": ("training_id", "course"),
    "notes": ("note_id", "text"),
    "findings": ("file", "sheet", "column_name", "value", "allowed"),
    "cells": ("tenure",),
    "cell_comments": ("comment",),
}  # fmt: skip
IDS = {"touchpoints": ("touchpoint_id",), "dimensions": ("dimension_id",), "items": ("item_id",)}


@cache
def _snapshot(folder: Path) -> Path:
    return folder / "published" / f"sq-{(folder / 'published' / 'CURRENT').read_text(encoding='utf-8').strip()}.duckdb"


@cache
def _values(folder: Path, which: str) -> frozenset[str]:
    tables = NAMES if which == "names" else IDS
    with duckdb.connect(str(_snapshot(folder)), read_only=True) as con:
        rows = [
            row
            for table, columns in tables.items()
            for column in columns
            for row in con.execute(
                f'SELECT DISTINCT "{column}"::VARCHAR FROM {table} WHERE "{column}" IS NOT NULL'
            ).fetchall()
        ]
        if which == "names":
            rows += con.execute("SELECT DISTINCT unnest(files) FROM batches").fetchall()
            words = "SELECT DISTINCT split_part(subject, ':', 2) FROM rollup_scores WHERE subject_kind = 'word'"
            rows += con.execute(words).fetchall()
    return frozenset(value for (value,) in rows if value and (which == "names" or re.search(r"\d|_", value)))


@cache
def _a_visit(folder: Path) -> str:
    with duckdb.connect(str(_snapshot(folder)), read_only=True) as con:
        return str(
            con.execute("SELECT visit_id FROM visits ORDER BY is_failed DESC, visit_id LIMIT 1").fetchall()[0][0]
        )


def _without(text: str, values: frozenset[str]) -> str:
    for value in sorted((v for v in values if v in text), key=len, reverse=True):
        text = text.replace(value, " ")
    return text


def _foreign(text: str, language: str, names: frozenset[str]) -> bool:
    """Whether a text still speaks the other language once the data's own names are taken out."""
    rest = _without(text, names)
    if language == "en":
        return bool(CHINESE.search(rest.replace("中文", "")))
    if STREAMLIT.search(rest):
        return False
    rest = NAMES_OF_THINGS.sub(" ", rest)
    return any(word not in ALIKE and len(word) > 2 for word in WORD.findall(rest))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", [*PAGES, *STATES])
def test_a_page_speaks_one_language_and_shows_no_raw_value(
    page: str, language: str, regulars: dict[str, Reading], server: Server
) -> None:
    reader = regulars[language].open(page.format(visit=_a_visit(server.folder)))
    texts = reader.texts()
    assert len(texts) > 10, "the page is empty"
    names, ids = _values(server.folder, "names"), _values(server.folder, "ids")
    _none(text for text in texts if NEVER.search(_without(text, names)))
    _none(text for text in texts if _foreign(text, language, names))
    _none(text for text in texts if set(re.findall(r"\w+", text)) & ids and page != "definitions")
    _none(reader.outside)
    _none(reader.failures)


def _none(found: Iterable[str]) -> None:
    listed = sorted(set(found))
    assert not listed, "\n".join(listed)
