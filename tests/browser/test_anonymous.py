"""From the employee index down to a store that may not be shown, in a browser, in both languages."""

from pathlib import Path

import duckdb
import pytest

from tests.browser.reading import Reading
from tests.serving import Server

RANKING = "sq_ranking"
FEW = "hidden: fewer than 5 answers"
# A region of which a store is hidden for too few answers in the newest wave, and that is shown itself.
HIDDEN = """
SELECT s.instrument, s.region, any_value(m.store_name) FROM cells AS s
JOIN memberships AS m ON m.store_id = s.store_id AND m.is_current
JOIN anonymous_waves AS w ON w.instrument = s.instrument AND w.wave = s.wave
WHERE s.level = 'store' AND s.subject_kind = 'form' AND s.hidden = 'few'
    AND w.ends_on = (SELECT max(ends_on) FROM anonymous_waves WHERE instrument = s.instrument AND state <> 'open')
    AND EXISTS (FROM cells AS r WHERE r.level = 'region' AND r.region = s.region AND r.instrument = s.instrument
        AND r.wave = s.wave AND r.subject_kind = 'form' AND r.role = '' AND r.tenure = '' AND r.hidden = '')
GROUP BY s.instrument, s.region ORDER BY s.instrument DESC, s.region LIMIT 1
"""
METRIC = {"employee": "employee_index", "awareness": "awareness_index"}


@pytest.fixture(scope="module")
def hidden(server: Server) -> tuple[str, str, str]:
    """Metric, region and name of a store that is hidden."""
    current = (server.folder / "published" / "CURRENT").read_text(encoding="utf-8").strip()
    with duckdb.connect(str(Path(server.folder) / "published" / f"sq-{current}.duckdb"), read_only=True) as con:
        found = con.execute(HIDDEN).fetchone()
    assert found is not None, "the simulated chain has a store with too few answers"
    instrument, region, store = found
    return METRIC[str(instrument)], str(region), str(store)


def rows(reader: Reading) -> list[str]:
    """The names beside the rows of the ranking, from the top; those on two lines in one piece."""
    texts = reader.part(RANKING).locator(".yaxislayer-above .ytick text").all_text_contents()
    return [text.strip() for text in texts]


def split_by(reader: Reading, axis: str) -> None:
    """Press one of the ways to split."""
    reader.press(reader.part("sq_split").get_by_text(axis, exact=True))
    reader.rest(needs_chart=True)


def test_the_way_down_ends_at_a_store_that_says_why_it_is_hidden(reader: Reading, hidden: tuple[str, str, str]) -> None:
    metric, region, store = hidden
    reader.open(f"explore?metric={metric}", needs_chart=True)
    reader.click_mark(RANKING, rows(reader).index(region))
    assert "region=" in reader.address
    split_by(reader, "Store")
    assert FEW in reader.text()
    place = rows(reader).index(store)
    before = reader.address
    assert reader.click_mark(RANKING, place).address == before, "a hidden row leads nowhere"
    split_by(reader, "Dimension" if metric == "employee_index" else "Item")
    assert "region=" in reader.address

    reader.press(reader.page.get_by_text("中文", exact=True))
    reader.rest()
    split_by(reader, "门店")
    assert "已隐藏：不足 5 份答案" in reader.text()


def test_the_data_page_says_how_much_is_hidden(reader: Reading) -> None:
    reader.open("data", needs_chart=False)
    reader.press(reader.page.get_by_text("Anonymous surveys", exact=True))
    reader.rest(needs_chart=True)
    assert "part=anonymous" in reader.address
    assert "Groups shown and hidden, by wave (% of groups)" in reader.text()
    assert "Names and numbers of people" in reader.text()
