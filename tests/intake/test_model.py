"""Whatever comes in whatever order: what counts is what plain Python says the later batch left."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sq.checking import check
from sq.intake import Report, create_current_views
from sq.intake.connection import make_tables
from sq.intake.loading import known_names, load_checked
from sq.sources import SourceTable

IDS, ITEMS = ["V1", "V2", "V3"], ["q1", "q2", "q3"]
VALUES = st.sampled_from([None, 0, 1])
# a wide form: visit → answers to a set of items; a long delivery: (visit, item) → answer; or batches to withdraw
WIDE = st.tuples(
    st.just("wide"),
    st.lists(st.sampled_from(ITEMS), min_size=1, unique=True),
    st.dictionaries(st.sampled_from(IDS), st.lists(VALUES, min_size=3, max_size=3), min_size=1),
)
LONG = st.tuples(
    st.just("long"), st.dictionaries(st.tuples(st.sampled_from(IDS), st.sampled_from(ITEMS)), VALUES, min_size=1)
)
Answers = dict[tuple[str, str], float | None]


def source(table: str, rows: list[dict[str, Any]], items: tuple[str, ...] = ()) -> SourceTable:
    return SourceTable(table, "a.csv", None, pd.DataFrame(rows, dtype=object), np.arange(2, len(rows) + 2), items)


def reference() -> Iterator[SourceTable]:
    yield source("stores", [{"store_id": "S1", "store_name": "一", "region": "北"}])
    yield source(
        "items",
        [{"instrument": "mystery", "item_id": i, "text_zh": i, "scale_min": 0, "scale_max": 1} for i in ITEMS],
    )
    yield source("mystery_visits", [{"visit_id": v, "store_id": "S1", "visited_on": "2026-03-05"} for v in IDS])


def delivered(delivery: Any) -> tuple[list[SourceTable], Answers]:
    """A delivery as tables, and the answers it gives."""
    if delivery[0] == "long":
        rows = [{"visit_id": v, "item_id": i, "value": value} for (v, i), value in delivery[1].items()]
        return [source("mystery_visits_answers", rows)], dict(delivery[1])
    _kind, items, forms = delivery
    told = {v: dict(zip(items, values, strict=False)) for v, values in forms.items()}
    rows = [{"visit_id": v, "store_id": "S1", "visited_on": "2026-03-05", **a} for v, a in told.items()]
    return [source("mystery_visits", rows, tuple(items))], {(v, i): x for v, a in told.items() for i, x in a.items()}


def load(con: duckdb.DuckDBPyConnection, folder: Path, tables: list[SourceTable]) -> Report:
    create_current_views(con)
    return load_checked(con, folder, [], check(tables, known_names(con)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(WIDE, LONG), min_size=1, max_size=5), st.sets(st.integers(2, 6)))
def test_the_later_batch_wins_item_by_item_and_withdrawing_gives_the_earlier_back(
    tmp_path: Path, deliveries: list[Any], withdrawn: set[int]
) -> None:
    folder = tmp_path / "data"
    batches: list[Answers] = []
    with duckdb.connect() as con:
        make_tables(con)
        load(con, folder, list(reference()))
        for delivery in deliveries:
            tables, answers = delivered(delivery)
            before: Answers = {k: v for batch in batches for k, v in batch.items()}
            report = load(con, folder, tables)
            batches.append(answers)
            (counts,) = report.counts
            if delivery[0] == "wide":  # a form counts as changed if an answer is; a first "not applicable" is none
                real = {v for (v, i), x in answers.items() if before.get((v, i)) != x}
                assert counts.changed == len(real)
                assert counts.unchanged == len(delivery[2]) - len(real)
            else:
                assert counts.new == sum(k not in before for k in answers)
                assert counts.changed == sum(k in before and before[k] != x for k, x in answers.items())
        for batch in withdrawn:
            con.execute("UPDATE batches SET status = 'withdrawn' WHERE batch_id = ?", [batch])
        create_current_views(con)
        current = con.execute("SELECT response_id, item_id, value FROM cur_answers").fetchall()
    expected: Answers = {}
    for number, answers in enumerate(batches, start=2):
        expected |= {} if number in withdrawn else answers
    assert len(current) == len(expected)
    assert {(v, i): x for v, i, x in current} == expected
