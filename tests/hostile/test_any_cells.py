"""Whatever stands in the cells of a file, its import ends in one sentence or findings; hypothesis looks for the smallest
file that does otherwise."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.base import GOOD, csv_text, make_base
from tests.hostile.cases import Delivery
from tests.hostile.door import contents, imported, renew
from tests.hostile.texts import CELLS

cells = st.one_of(st.sampled_from(CELLS), st.text(max_size=30), st.floats().map(str), st.dates().map(str))
plain = cells.map(lambda text: text.replace("\0", "").encode("utf-8", "replace").decode())


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    """A table with up to four cells exchanged, its headings among them."""
    table = draw(st.sampled_from(sorted(GOOD)))
    rows = [list(row) for row in GOOD[table]]
    for _time in range(draw(st.integers(1, 4))):
        row = draw(st.integers(0, len(rows) - 1))
        rows[row][draw(st.integers(0, len(rows[row]) - 1))] = draw(plain)
    return table, rows


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that stays as it is."""
    folder = tmp_path_factory.mktemp("base") / "data"
    make_base(folder)
    return folder


@pytest.fixture(scope="module")
def place(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a copy of the data to import into."""
    folder = tmp_path_factory.mktemp("place")
    renew(base, folder / "data")
    return folder


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(table=tables(), ending=st.sampled_from(["csv", "csv", "parquet"]), accept_valid=st.booleans())
def test_any_cells_end_in_a_sentence_or_findings(
    base: Path, place: Path, table: tuple[str, list[list[str]]], ending: str, accept_valid: bool
) -> None:
    name, rows = table
    path = place / f"{name}.{ending}"
    if ending == "csv":
        path.write_text(csv_text(rows), encoding="utf-8", newline="")
    else:
        columns = [pa.array([row[i] for row in rows[1:]]) for i in range(len(rows[0]))]
        pq.write_table(pa.Table.from_arrays(columns, names=rows[0]), path)
    before = contents(place / "data")
    outcome, _text, faults = imported(Delivery((path,), accept_valid=accept_valid), place / "data")
    assert faults == []
    if outcome == "loaded":
        renew(base, place / "data")
    assert contents(place / "data") == before
