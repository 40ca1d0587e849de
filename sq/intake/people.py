"""Shoppers and auditors are stored under a code; who is who stays in one table that no snapshot reads."""

from __future__ import annotations

import re

import duckdb
import pyarrow as pa

from sq.intake.connection import statement

# table → (column that says who it was, letter of the codes given here)
PEOPLE = {"mystery_visits": ("shopper_id", "S"), "management_audits": ("auditor_id", "A")}
CODE = re.compile(r"[A-Za-z]{0,4}[-_]?\d{1,8}[A-Za-z]?")  # a code already; eleven digits would be a phone


def coded(con: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> pa.Table:
    """Rows with codes in place of names; a name keeps the code that it was given first."""
    if table not in PEOPLE:
        return rows
    column, letter = PEOPLE[table]
    at = rows.column_names.index(column)
    names = rows[column].to_pylist()
    codes = _codes(con, table, letter, list(dict.fromkeys(name for name in names if _is_name(name))))
    return rows.set_column(at, column, pa.array([codes.get(name, name) for name in names], type=pa.string()))


def code_earlier_names(con: duckdb.DuckDBPyConnection) -> None:
    """Give codes to the names of an intake that was made before there were codes."""
    for table, (column, letter) in PEOPLE.items():
        names = [name for (name,) in con.execute(statement("people", table=table, column=column)).fetchall()]
        for name, code in _codes(con, table, letter, [name for name in names if _is_name(name)]).items():
            con.execute(statement("code_person", table=table, column=column), [code, name])


def _is_name(text: str | None) -> bool:
    return text is not None and CODE.fullmatch(text) is None


def _codes(con: duckdb.DuckDBPyConnection, table: str, letter: str, names: list[str]) -> dict[str, str]:
    """Name → code; new names get the next free numbers in the order given."""
    if not names:
        return {}
    known = dict(con.execute(statement("person_codes"), [table]).fetchall())
    taken = {code for (code,) in con.execute(statement("people", table=table, column=PEOPLE[table][0])).fetchall()}
    number = len(known)
    for name in names:
        while name not in known:
            number += 1
            code = f"{letter}-{number:02}"
            if code not in taken:
                known[name] = code
                con.execute(statement("insert_person"), [table, code, name])
    return {name: known[name] for name in names}
