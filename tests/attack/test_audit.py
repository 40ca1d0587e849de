"""`sq audit` on real data folders: its report when nothing leaks, and the place by name when something does."""

from __future__ import annotations

import datetime as dt
import re
import time
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from sq.anonymity.audit import audit
from sq.anonymity.report import html, markdown, report
from sq.errors import SnapshotError
from sq.intake import load
from sq.language import speaking
from sq.places import snapshot_file
from sq.publish import publish
from sq.warehouse import current_snapshot
from tests.conftest import sq

TODAY = dt.date(2026, 9, 30)
# store → people; the three of C are too few, and the five of B would give them away
STORES = {"A": 8, "B": 5, "C": 3, "D": 12, "E": 6}
REGIONS = {"A": "north", "B": "north", "C": "north", "D": "south", "E": "south"}


def forms(store: str, people: range) -> pd.DataFrame:
    """Answers that differ from person to person: 2 to 4 of 5, nobody leaves anything out."""
    rows = [
        {"response_id": f"{store}{p}", "store_id": store, "wave_id": "w1", "q1": 2 + p % 3, "q2": 2 + (p // 2) % 3}
        for p in people
    ]
    return pd.DataFrame(rows)


def written(folder: Path, **tables: pd.DataFrame) -> list[Path]:
    folder.mkdir()
    for name, rows in tables.items():
        rows.to_csv(folder / f"{name}.csv", index=False)
    return sorted(folder.glob("*.csv"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one closed employee wave, published."""
    stores = pd.DataFrame([{"store_id": s, "store_name": s, "region": r} for s, r in REGIONS.items()])
    items = pd.DataFrame(
        [{"instrument": "employee", "item_id": q, "text_zh": q, "dimension_id": d, "scale_min": 1, "scale_max": 5}
         for q, d in (("q1", "d1"), ("q2", "d2"))]
    )  # fmt: skip
    dimensions = pd.DataFrame([{"instrument": "employee", "dimension_id": d, "name_zh": d} for d in ("d1", "d2")])
    waves = pd.DataFrame(
        [
            {
                "instrument": "employee",
                "wave_id": "w1",
                "name": "spring",
                "starts_on": "2026-03-01",
                "ends_on": "2026-03-31",
            }
        ]
    )
    answers = pd.concat([forms(s, range(n)) for s, n in STORES.items()])
    files = written(
        tmp_path / "first", stores=stores, items=items, dimensions=dimensions, waves=waves, employee_responses=answers
    )
    assert load(tmp_path / "data", files).outcome == "loaded"
    publish(tmp_path / "data", today=TODAY)
    return tmp_path / "data"


def late(data: Path, store: str, people: range) -> None:
    files = written(data.parent / f"late{store}{people.start}", employee_responses=forms(store, people))
    time.sleep(1.1)  # moments are told to the second
    assert load(data, files).outcome == "loaded"
    publish(data, today=TODAY)


def test_a_sound_snapshot_is_told_to_be_so(data: Path) -> None:
    done = audit(data)
    (wave,) = done.waves
    assert done.is_safe
    assert (wave.found, wave.wrong, wave.attacked.undecided) == ((), (), 0)
    assert (wave.groups, wave.respondents, wave.covered) == ((3, 1, 1), 34, 26)  # A, D, E; C too few, B its neighbour
    assert wave.attacked.narrowest >= 1
    told = markdown(report(done))
    assert done.snapshot in told
    assert "No sum over one to 4 people is determined" in told
    assert "| Employees · spring | 31 Mar 2026 | published | 3 | 1 | 1 | 76 % | 0 |" in told
    with speaking("zh"):
        assert "匿名调查的审计" in markdown(report(done))
    assert "<table>" in html(report(done))


def test_late_answers_wait_and_the_audit_sees_who_was_there_then(data: Path) -> None:
    first = current_snapshot(data)
    late(data, "D", range(12, 14))  # two people: their sum would follow
    (wave,) = audit(data).waves
    assert (wave.state, wave.waiting, wave.versions) == ("waiting", 2, 1)
    assert wave.is_safe
    assert wave.respondents == 34
    late(data, "D", range(14, 20))  # eight by now
    (wave,) = audit(data).waves
    assert (wave.state, wave.waiting, wave.versions) == ("published", 0, 2)
    assert wave.is_safe
    assert wave.respondents == 42
    (wave,) = audit(data, first).waves
    assert (wave.versions, wave.respondents) == (1, 34)


def test_a_snapshot_that_shows_too_much_is_found_out_and_no_answer_is_printed(data: Path) -> None:
    path = snapshot_file(data, current_snapshot(data))
    with duckdb.connect(str(path)) as con:  # as if the five of B had been shown: (3 + 3 + 2 + 4 + 2 ...)
        con.execute(
            """UPDATE cells SET hidden = '', n = 5, value = 45.0, low = 30, high = 60
            WHERE store_id = 'B' AND subject_kind = 'item' AND subject = 'q1'"""
        )
    true = forms("B", range(5))["q1"]
    assert 100 * (true.mean() - 1) / 4 == pytest.approx(45)  # 2 3 4 2 3
    done = audit(data)
    assert not done.is_safe
    assert any(
        f.place == "north / C" and f.people == 3 and f.subject.startswith("item q1") for f in done.waves[0].found
    )
    run = sq("--lang", "en", "audit", folder=data, check=False)
    assert run.returncode == 1
    assert "north / C: item q1" in run.stdout
    assert re.search(r"(?<![\w:.-])45(\.0)?(?![\w:-])", run.stdout) is None  # nor a time of day such as 18:45
    assert "THE AUDIT FAILED" in run.stdout


@pytest.mark.parametrize(
    ("company", "region", "is_wrong"), [(19, 0, True), (34, 20, True), (40, 20, False), (20, 20, False)]
)
def test_estimates_of_fewer_than_twenty_are_told(data: Path, company: int, region: int, is_wrong: bool) -> None:
    rows = [("chain", "", company), *([("region", "north", region)] if region else [])]
    with duckdb.connect(str(snapshot_file(data, current_snapshot(data)))) as con:
        con.execute("DELETE FROM anonymous_estimates")
        con.executemany(
            "INSERT INTO anonymous_estimates (instrument, wave, level, region, statistic, outcome, subject, n, value) "
            "VALUES ('employee', 'w1', ?, ?, 'alpha', '', 'd1', ?, 0.7)",
            rows,
        )
    (wave,) = audit(data).waves
    assert any("alpha" in words for words in wave.wrong) == is_wrong
    assert wave.is_safe != is_wrong


def test_a_number_that_does_not_fit_the_answers_is_told(data: Path) -> None:
    with duckdb.connect(str(snapshot_file(data, current_snapshot(data)))) as con:
        con.execute("UPDATE cells SET value = value + 1 WHERE store_id = 'A' AND subject_kind = 'form'")
    (wave,) = audit(data).waves
    assert "store north/A: form" in wave.wrong
    assert not wave.is_safe


def test_the_command_writes_the_report_and_ends_well(data: Path, tmp_path: Path) -> None:
    run = sq("audit", "--language", "zh", "--output", str(tmp_path / "report.html"), folder=data)
    assert run.returncode == 0
    assert "推算不出任何一至 4 人的合计" in run.stdout
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_an_unknown_snapshot_is_told(data: Path) -> None:
    with pytest.raises(SnapshotError, match="There is no snapshot 20200101T000000000-00000000"):
        audit(data, "20200101T000000000-00000000")
