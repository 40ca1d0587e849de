"""Waves and audits sent again: the same changes nothing, a correction replaces by key, a withdrawal gives back."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sq.intake import Report, create_current_views, open_intake, restore, withdraw
from sq.records import RESPONSE_TABLES
from tests.intake.delivering import Rows, bring


@dataclass(frozen=True)
class Table:
    """A response table with two forms A and B; ``head`` are the columns before the items q1 and q2."""

    name: str
    head: tuple[str, ...]
    first: tuple[str, ...]
    second: tuple[str, ...]

    def rows(self, *answers: Sequence[Any]) -> Rows:
        """Forms A, B ... with these answers."""
        forms = (self.first, self.second, ("C", *self.second[1:]))
        return [(*self.head, "q1", "q2"), *((*form, *given) for form, given in zip(forms, answers, strict=False))]


EMPLOYEES = Table(
    "employee_responses",
    ("response_id", "store_id", "department_id", "wave_id", "role"),
    ("A", "S1", "", "W1", "manager"),
    ("B", "", "D1", "W1", "front_line"),
)
TABLES = [
    EMPLOYEES,
    Table(
        "internal_service_responses",
        ("response_id", "store_id", "department_id", "wave_id", "support_problem"),
        ("A", "S1", "D1", "W1", "未按时限"),
        ("B", "S2", "D1", "W1", ""),
    ),
    Table(
        "awareness_responses",
        ("response_id", "store_id", "department_id", "wave_id", "role"),
        ("A", "S1", "", "W1", "店长"),
        ("B", "", "D1", "W1", ""),
    ),
    Table(
        "management_audits",
        ("audit_id", "store_id", "audited_on", "comment"),
        ("A", "S1", "2026-03-05", "ok"),
        ("B", "S2", "2026-03-06", ""),
    ),
]
every = pytest.mark.parametrize("table", TABLES, ids=[t.name for t in TABLES])
FIRST = [("A", "q1", 5.0), ("A", "q2", 1.0), ("B", "q1", 2.0), ("B", "q2", None)]


def answers(folder: Path, table: str) -> list[tuple[Any, ...]]:
    query = "SELECT response_id, item_id, value FROM cur_answers WHERE instrument = ? ORDER BY ALL"
    with open_intake(folder / "data") as con:
        create_current_views(con)
        return con.execute(query, [RESPONSE_TABLES[table][0]]).fetchall()


def headers(folder: Path, table: Table) -> list[tuple[Any, ...]]:
    with open_intake(folder / "data") as con:
        create_current_views(con)
        return con.sql(f"SELECT {', '.join(table.head)} FROM cur_{table.name} ORDER BY 1").fetchall()


def counts(report: Report, table: str) -> tuple[int, ...]:
    """(read, new, changed, unchanged, rejected, skipped)"""
    c = next(c for c in report.counts if c.table == table)
    return c.read, c.new, c.changed, c.unchanged, c.rejected, c.skipped


@every
def test_the_same_file_again_changes_nothing(folder: Path, table: Table) -> None:
    sent = table.rows((5, 1), (2, ""))
    assert counts(bring(folder, **{table.name: sent}), table.name) == (2, 2, 0, 0, 0, 0)
    assert answers(folder, table.name) == FIRST
    again = bring(folder, **{table.name: sent})
    assert (again.outcome, again.batch_id) == ("same", 2)
    assert answers(folder, table.name) == FIRST


@every
def test_the_same_forms_in_another_file_are_unchanged(folder: Path, table: Table) -> None:
    bring(folder, **{table.name: table.rows((5, 1), (2, ""))})
    reordered = [table.rows((5, 1), (2, ""))[k] for k in (0, 2, 1)]
    assert counts(bring(folder, **{table.name: reordered}), table.name) == (2, 0, 0, 2, 0, 0)
    assert answers(folder, table.name) == FIRST


@every
def test_a_corrected_file_replaces_forms_by_their_number(folder: Path, table: Table) -> None:
    bring(folder, **{table.name: table.rows((5, 1), (2, ""))})
    corrected = table.rows((5, 1), (2, 4), (3, 3))  # A the same, B with an answer more, C new
    assert counts(bring(folder, **{table.name: corrected}), table.name) == (3, 1, 1, 1, 0, 0)
    assert answers(folder, table.name) == [*FIRST[:3], ("B", "q2", 4.0), ("C", "q1", 3.0), ("C", "q2", 3.0)]
    assert len(headers(folder, table)) == 3


@every
def test_a_withdrawn_correction_gives_back_the_earlier_forms(folder: Path, table: Table) -> None:
    bring(folder, **{table.name: table.rows((5, 1), (2, ""))})
    before = headers(folder, table)
    moved = [table.rows()[0], ("A", "S2", *table.first[2:], 1, 1)]
    batch = bring(folder, **{table.name: moved}).batch_id
    assert batch == 3
    assert answers(folder, table.name)[:2] == [("A", "q1", 1.0), ("A", "q2", 1.0)]
    assert headers(folder, table)[0][1] == "S2"
    withdraw(folder / "data", batch)
    assert answers(folder, table.name) == FIRST
    assert headers(folder, table) == before
    restore(folder / "data", batch)
    assert headers(folder, table)[0][1] == "S2"


@every
def test_long_answers_of_a_later_delivery_amend_single_answers(folder: Path, table: Table) -> None:
    bring(folder, **{table.name: table.rows((5, 1), (2, ""))})
    long = [[table.head[0], "item_id", "value"], ["B", "q2", 3], ["A", "q1", 5]]
    report = bring(folder, **{f"{table.name}_answers": long})
    assert counts(report, f"{table.name}_answers") == (2, 0, 1, 1, 0, 0)
    assert answers(folder, table.name) == [*FIRST[:3], ("B", "q2", 3.0)]


def test_the_same_numbers_in_two_tables_are_different_forms(folder: Path) -> None:
    for table in TABLES:
        bring(folder, **{table.name: table.rows((5, 1), (2, ""))})
    withdraw(folder / "data", 2)  # the employees'
    assert answers(folder, EMPLOYEES.name) == []
    assert [answers(folder, t.name) for t in TABLES[1:]] == [FIRST] * 3


def test_answers_stay_with_their_form_when_the_wave_is_moved(folder: Path) -> None:
    bring(folder, employee_responses=EMPLOYEES.rows((5, 1), (2, "")))
    head = ["instrument", "wave_id", "name", "starts_on", "ends_on"]
    report = bring(folder, waves=[head, ["employee", "W1", "一", "2026-03-01", "2026-04-15"]])
    assert [(f.severity, f.code) for f in report.findings] == [("warning", "wave_moved")]
    late = bring(folder, employee_responses_answers=[["response_id", "item_id", "value"], ["B", "q2", 3]])
    assert late.outcome == "loaded"
    assert answers(folder, EMPLOYEES.name) == [*FIRST[:3], ("B", "q2", 3.0)]


def test_long_answers_reach_their_forms_even_when_the_wave_was_withdrawn(folder: Path) -> None:
    head = ["instrument", "wave_id", "name", "starts_on", "ends_on"]
    batch = bring(folder, waves=[head, ["employee", "W2", "二", "2026-05-01", "2026-05-31"]]).batch_id
    assert batch is not None
    second = [(*form[:3], "W2", *form[4:]) for form in EMPLOYEES.rows((5, 1))[1:]]
    bring(folder, employee_responses=[EMPLOYEES.rows()[0], *second])
    withdraw(folder / "data", batch)
    late = bring(folder, employee_responses_answers=[["response_id", "item_id", "value"], ["A", "q2", 3]])
    assert late.outcome == "loaded"
