"""Audits, departments and published results in the snapshot, and what of an anonymous delivery is told there."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from sq.analyses.coverage import coverage
from sq.checking import finding_message
from sq.warehouse import Scope, Warehouse
from tests.small_chain import AUDIT_ANSWERS, publish_frames, small_frames, small_snapshot

ANONYMOUS = "employee_responses"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return Warehouse(small_snapshot(tmp_path_factory.mktemp("data")))


def audit_scores(small: Warehouse, kind: str, subject: str = "") -> dict[str, float]:
    """Store → mean score of its audits on a subject."""
    rows = small.query(
        """SELECT store_id, sum(sum_wy) / sum(sum_w) AS score FROM rollup_scores JOIN memberships USING (membership_key)
        WHERE instrument = 'management' AND basis = 'all' AND subject_kind = ? AND subject = ? GROUP BY ALL""",
        [kind, subject],
    )
    return dict(zip(rows["store_id"], rows["score"], strict=True))


def test_an_audit_scores_like_a_visit(small: Warehouse) -> None:
    # G01 and G02 on 0-10 with weight 1, G03 on 0-4 with weight 2: S1 (1 + .5 + 2 * 1) / 4
    assert audit_scores(small, "form") == pytest.approx({"S1": 87.5, "S2": 50, "S3": 50, "S4": 47.5})
    assert audit_scores(small, "dimension", "standards") == pytest.approx({"S1": 75, "S2": 50, "S3": 0, "S4": 70})
    assert audit_scores(small, "dimension", "people") == pytest.approx({"S1": 100, "S2": 50, "S3": 75, "S4": 25})


def test_items_and_touchpoints_of_audits_have_sums_of_their_own(small: Warehouse) -> None:
    assert audit_scores(small, "item", "G02") == pytest.approx({"S1": 50, "S2": 50, "S4": 60})
    assert audit_scores(small, "touchpoint", "greeting") == pytest.approx({"S1": 100, "S2": 50, "S3": 0, "S4": 80})


def test_months_with_audits_are_covered(small: Warehouse) -> None:
    rows = small.query("SELECT month, stores_with_data, responses FROM coverage WHERE instrument = 'management'")
    assert [(str(m.date()), s, n) for m, s, n in rows.itertuples(index=False)] == [
        ("2026-02-01", 2, 2),
        ("2026-03-01", 2, 2),
    ]


def test_a_wave_covers_what_is_shown_of_it_in_the_month_of_its_end(small: Warehouse) -> None:
    rows = small.query(
        """SELECT instrument, month, stores_with_data, stores_open, responses, last_day FROM coverage
        WHERE instrument IN ('employee', 'awareness', 'internal_service') ORDER BY instrument"""
    )
    # of the employees' stores S1 and S2 are shown; internal service has no cells of stores; 2026B has not ended
    assert [(i, str(m.date()), *rest, str(day.date())) for i, m, *rest, day in rows.itertuples(index=False)] == [
        ("awareness", "2026-02-01", 3, 4, 16, "2026-02-28"),
        ("employee", "2026-02-01", 2, 4, 34, "2026-02-28"),
        ("internal_service", "2026-02-01", 0, 4, 30, "2026-02-28"),
    ]


def test_an_audit_of_an_unknown_store_or_item_is_counted_as_left_out(tmp_path: Path) -> None:
    frames = small_frames()
    frames["stores"] = frames["stores"][frames["stores"]["store_id"] != "S2"]
    frames["items"] = frames["items"][frames["items"]["item_id"] != "G03"]
    facts = Warehouse(publish_frames(tmp_path, frames)).facts
    whole = Warehouse(small_snapshot(tmp_path)).facts
    assert int(whole["responses_without_store"]) == int(whole["answers_without_item"]) == 0
    # besides G2, the visits V02, V11 and the response R3 were in S2 (V09 and V10 do not count)
    assert int(facts["responses_without_store"]) == 4
    assert int(facts["answers_without_item"]) == len(AUDIT_ANSWERS) - 1


def test_departments_and_published_results_are_in_the_snapshot(small: Warehouse) -> None:
    assert small.query("FROM departments")["department_id"].tolist() == ["HR", "IT", "MKT"]
    rows = small.query(
        """SELECT level, place, subject_kind, subject, statistic, value, n, n_min, n_max FROM aggregates
        ORDER BY level, place, subject"""
    )
    assert rows.replace({float("nan"): None}).values.tolist() == [
        ["chain", "", "item", "Q4", "top2", 81, None, 100, 199],
        ["region", "华北", "dimension", "service", "mean_0_100", 72.5, 200, None, None],
        ["region", "华南", "dimension", "service", "mean_0_100", 68, None, None, None],
        ["store", "S1", "item", "Q1", "share", 60, 100, None, None],
        ["store", "S1", "item", "Q5", "nps", 35, None, None, None],
        ["store", "S3", "item", "Q1", "share", 80, 300, None, None],
    ]


def test_other_departments_or_published_results_make_another_snapshot(tmp_path: Path) -> None:
    frames = small_frames()
    changed = {**frames, "aggregates": frames["aggregates"].assign(value=1)}
    renamed = {**frames, "departments": frames["departments"].assign(name_zh="别名")}
    digests = {publish_frames(tmp_path, f).stem[-8:] for f in (frames, changed, renamed)}
    assert len(digests) == 3


def told(table: str, code: str, value: str, row: int) -> dict[str, object]:
    place = {"file": "员工.xlsx", "sheet": "员工答卷", "column_name": "E1", "allowed": "1–5"}
    return {"batch_id": 1, "severity": "error", "code": code, "table_name": table, **place} | {
        "value": value,
        "first_row": row,
        "row_count": 1,
    }


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Findings about two employees' answers and a visit, and the rows of four deliveries."""
    frames = small_frames()
    frames["findings"] = pd.DataFrame(
        [
            told(ANONYMOUS, "out_of_scale", "71", 9),
            told(ANONYMOUS, "out_of_scale", "72", 12),
            told("employee_responses_answers", "unknown_response", "A73", 3) | {"allowed": ""},
            told(ANONYMOUS, "unknown_heading", "星座", 0),
            told("mystery_visits", "out_of_scale", "74", 9),
        ],
        dtype=object,
    )
    names = ["batch_id", "table_name", "read", "new", "changed", "unchanged", "rejected", "skipped"]
    counts = [(1, ANONYMOUS, 20, 20), (2, ANONYMOUS, 19, 19), (2, "stores", 3, 3)]
    frames["batch_tables"] = pd.DataFrame([(*c, 0, 0, 0, 0) for c in counts], columns=names, dtype=object)
    return Warehouse(publish_frames(tmp_path_factory.mktemp("data"), frames))


def test_findings_about_anonymous_answers_tell_neither_value_nor_row(reported: Warehouse) -> None:
    rows = reported.query("SELECT table_name, code, value, first_row, row_count FROM findings ORDER BY ALL")
    assert rows.values.tolist() == [
        [ANONYMOUS, "out_of_scale", "", 0, 2],
        [ANONYMOUS, "unknown_heading", "星座", 0, 1],
        ["employee_responses_answers", "unknown_response", "", 0, 1],
        ["mystery_visits", "out_of_scale", "74", 9, 1],
    ]


def test_such_a_finding_is_told_in_a_sentence(reported: Warehouse) -> None:
    rows = coverage(reported, Scope()).findings.rename(columns={"column_name": "column", "table_name": "table"})
    (row,) = rows[(rows["table"] == ANONYMOUS) & (rows["code"] == "out_of_scale")].itertuples()
    assert str(finding_message(row)) == (
        "员工.xlsx, sheet 员工答卷 (and 1 more row): a value that is not shown is outside the scale of the item; "
        "allowed: 1–5, or empty for not applicable."
    )


def test_the_count_of_a_small_anonymous_delivery_is_not_told(reported: Warehouse) -> None:
    rows = reported.query("SELECT batch_id, table_name FROM batch_tables ORDER BY ALL")
    assert rows.values.tolist() == [[1, ANONYMOUS], [2, "stores"]]


PLANTED = 731.0  # an answer that nothing else in the chain can be


def cells(path: Path) -> Iterator[tuple[str, str, str]]:
    """(table, column, text) of every value of a snapshot."""
    with duckdb.connect(str(path), read_only=True) as con:
        for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            for column, values in con.sql(f'FROM "{table}"').df().items():
                yield from ((table, str(column), str(value)) for value in values)


def test_no_answer_of_an_anonymous_instrument_is_anywhere_in_the_snapshot(tmp_path: Path) -> None:
    frames = small_frames()
    wide = frames["items"]["instrument"].isin(["employee", "internal_service", "awareness"])
    frames["items"].loc[wide, ["scale_min", "scale_max"]] = [0, 1000]
    own = frames["answers"]["instrument"].isin(["employee", "internal_service", "awareness"])
    frames["answers"].loc[own & (frames["answers"].groupby("instrument").cumcount() == 0), "value"] = PLANTED
    for table in (ANONYMOUS, "internal_service_responses", "awareness_responses"):
        ids = "secret-" + frames[table]["response_id"]
        own = frames["answers"]["response_id"].isin(frames[table]["response_id"])
        frames["answers"].loc[own, "response_id"] = "secret-" + frames["answers"]["response_id"][own]
        frames[table] = frames[table].assign(response_id=ids)
        if "comment" in frames[table]:
            frames[table]["comment"] = None
            frames[table].loc[frames[table].index[0], "comment"] = "独有的话"
    found = list(cells(publish_frames(tmp_path, frames)))
    assert len(found) > 5_000
    assert [f for f in found if f[2] in {"731", "731.0", "0.731", "73.1"}] == []
    assert [f for f in found if "secret-" in f[2]] == []
    assert [f for f in found if "独有的话" in f[2] and f[0] != "cell_comments"] == []
    assert b"secret-" not in next(tmp_path.glob("published/*.duckdb")).read_bytes()
