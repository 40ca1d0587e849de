"""Shoppers and auditors under codes: names stay in the intake."""

from pathlib import Path

import pytest

from sq.intake import create_current_views, open_intake, withdraw
from sq.places import snapshot_file
from sq.publish import publish
from sq.warehouse import Warehouse
from tests.intake.delivering import bring

HEAD = ["visit_id", "store_id", "visited_on", "shopper_id", "q1"]


def visit(number: int, shopper: str, answer: int = 1) -> list[object]:
    return [f"V{number}", "S1", "2026-03-05", shopper, answer]


def shoppers(folder: Path) -> list[str | None]:
    with open_intake(folder / "data") as con:
        create_current_views(con)
        return [s for (s,) in con.sql("SELECT shopper_id FROM cur_mystery_visits ORDER BY visit_id").fetchall()]


def test_codes_stay_and_names_become_codes_in_the_order_of_import(folder: Path) -> None:
    bring(folder, mystery_visits=[HEAD, visit(1, "王小明"), visit(2, "P07"), visit(3, "Li Hua"), visit(4, "")])
    assert shoppers(folder) == ["S-01", "P07", "S-02", None]
    bring(folder, mystery_visits=[HEAD, visit(5, "13812345678"), visit(6, "王小明"), visit(7, "1001234")])
    assert shoppers(folder)[4:] == ["S-03", "S-01", "1001234"]  # a phone number is a name, a short number a code


def test_a_name_sent_again_is_the_same_person_and_no_change(folder: Path) -> None:
    bring(folder, mystery_visits=[HEAD, visit(1, "王小明")])
    report = bring(folder, mystery_visits=[HEAD, visit(1, "王小明"), visit(2, "李四")])
    (counts,) = report.counts
    assert (counts.new, counts.changed, counts.unchanged) == (1, 0, 1)
    withdraw(folder / "data", 2)
    assert shoppers(folder) == ["S-01", "S-02"]


def test_a_code_that_somebody_bears_already_is_not_given_away(folder: Path) -> None:
    bring(folder, mystery_visits=[HEAD, visit(1, "S-01")])
    bring(folder, mystery_visits=[HEAD, visit(2, "王小明")])
    assert shoppers(folder) == ["S-01", "S-02"]


def test_auditors_have_codes_of_their_own(folder: Path) -> None:
    audit = ["audit_id", "store_id", "audited_on", "auditor_id", "q1"]
    bring(folder, management_audits=[audit, ["G1", "S1", "2026-03-05", "赵六", 1]])
    with open_intake(folder / "data") as con:
        assert con.sql("SELECT auditor_id FROM rec_management_audits").fetchall() == [("A-01",)]


@pytest.mark.parametrize("earlier", [False, True])
def test_no_name_of_a_shopper_reaches_the_snapshot(folder: Path, earlier: bool) -> None:
    bring(folder, mystery_visits=[HEAD, visit(1, "王小明"), visit(2, "P07")])
    if earlier:  # an intake of the time before there were codes
        with open_intake(folder / "data") as con:
            con.execute("UPDATE rec_mystery_visits SET shopper_id = '王小明' WHERE shopper_id = 'S-01'")
            con.execute("DROP TABLE person_codes")
    snapshot = snapshot_file(folder / "data", publish(folder / "data"))
    visits = Warehouse(snapshot).query("SELECT shopper_id FROM visits ORDER BY visit_id")
    assert visits["shopper_id"].tolist() == ["S-01", "P07"]
    assert "王小明".encode() not in snapshot.read_bytes()


def test_a_refused_delivery_gives_no_codes(folder: Path) -> None:
    report = bring(folder, mystery_visits=[HEAD, visit(1, "王小明", 9)])
    assert report.outcome == "refused"
    with open_intake(folder / "data") as con:
        assert con.sql("FROM person_codes").fetchall() == []
