"""Whatever stands in the cells: checking never breaks off, and every row is accepted or refused with a reason."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from sq.checking import Known, check
from sq.language import speaking
from sq.records import RECORDS, RESPONSE_TABLES
from sq.sources import SourceTable

CELLS = st.one_of(
    st.none(),
    st.sampled_from(
        ["", " ", "N/A", "不适用", "S1", "2026-03-05", "3月5日", "=1+1", "0012", "1e400", "nan", "inf", "\x00", "١٢"]
    ),
    st.text(max_size=5),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.sampled_from(
        [pd.Timestamp("2026-03-05 10:00", tz="UTC"), pd.NaT, dt.time(10, 0), np.float64(3), b"bytes", "x" * 30_000]
    ),
)
TABLES = [*RECORDS, *(f"{table}_answers" for table in RESPONSE_TABLES)]


def columns(table: str) -> list[str]:
    return list(RECORDS[table].model_fields) if table in RECORDS else ["response_id", "item_id", "value", "note"]


@st.composite
def sources(draw: st.DrawFn) -> SourceTable:
    table = draw(st.sampled_from(TABLES))
    names = draw(st.lists(st.sampled_from(columns(table)), unique=True, min_size=1))
    items = draw(st.sampled_from([(), ("q1",), ("q1", "no such item")])) if table in RESPONSE_TABLES else ()
    count = draw(st.integers(0, 4))
    cells: dict[str, Any] = {n: draw(st.lists(CELLS, min_size=count, max_size=count)) for n in (*names, *items)}
    frame = pd.DataFrame({n: pd.Series(c, dtype=object) for n, c in cells.items()})
    return SourceTable(table, "a.xlsx", None, frame, np.arange(2, count + 2), items)


def known() -> Known:
    never = pd.Series([pd.NaT], dtype="datetime64[s]")
    items = {"instrument": ["mystery"], "item_id": ["q1"], "scale_min": [0.0], "scale_max": [1.0]}
    wave = {"instrument": ["employee"], "wave_id": ["S1"]}
    return Known(
        waves=pd.DataFrame(wave).assign(starts_on=pd.Timestamp("2026-03-01"), ends_on=pd.Timestamp("2026-03-31")),
        places={("store", "S1"), ("region", "S1"), ("department", "S1")},
        names={("store", "S1"): "S1", ("department", "S1"): "N/A"},
        form_waves={"employee": pd.Series(["S1"], index=["S1"])},
        stores=pd.DataFrame({"store_id": ["S1"], "opened_on": never, "closed_on": never}),
        items=pd.DataFrame(items).assign(valid_from=never, valid_to=never),
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(sources(), max_size=3), st.sampled_from(["zh", "en"]))
def test_any_cells_are_accepted_or_refused_with_a_reason(tables: list[SourceTable], language: str) -> None:
    done = check(tables, known(), dt.date(2026, 6, 30))
    assert [t.read for t in done.tables] == [len(t.rows) + t.rejected + t.skipped for t in done.tables]
    assert sum(t.read for t in done.tables) == sum(len(t.frame) for t in tables)
    with speaking(language):
        for finding in done.findings:
            assert "{" not in str(finding.message).replace(finding.value, "").replace(finding.allowed, "")
        for rejects in done.rejects:
            assert all(rejects.reasons())
