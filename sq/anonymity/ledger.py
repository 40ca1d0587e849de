"""The ledger in the intake: what was published of each wave, and which forms every version rested on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from sq.anonymity.hiding import Thresholds
from sq.anonymity.survey import statements
from sq.statistics.intervals import Ints

QUERIES = Path(__file__).parent.parent / "rollups" / "51_ledger.sql"
Connection = duckdb.DuckDBPyConnection
Hashes = Any  # arrays of 64-bit hashes (forms, subjects)


@dataclass(frozen=True)
class Version:
    """One published version of a wave."""

    version: int
    instrument: str
    wave: str
    published_at: dt.datetime
    ends_on: dt.date
    thresholds: Thresholds
    salt: int
    subjects: tuple[str, ...]
    signature: str
    forms: int
    shown: int
    few: int
    neighbour: int


@dataclass(frozen=True)
class Basis:
    """The forms that a version rests on; every array has a row per form, in the order of ``response_id``.

    ``rests``, ``second_rests``: per subject the smallest group around the form whose sum is told, -1 for none, in the
    first and the second tree. ``answers``: per subject a hash, 0 where there is no answer. The last three: the same as
    rests for the form by role, by tenure, and for its comments.
    """

    subjects: tuple[str, ...]
    response_id: np.ndarray
    rests: Ints
    second_rests: Ints
    answers: Hashes
    role_rest: Ints
    tenure_rest: Ints
    comment_rest: Ints


@dataclass(frozen=True)
class Finished:
    """Everything that is published of a wave."""

    cells: pd.DataFrame
    categories: pd.DataFrame
    problems: pd.DataFrame
    comments: pd.DataFrame
    basis: Basis
    signature: str
    tally: tuple[int, int, int]


def make_tables(con: Connection) -> None:
    """Create the ledger's tables where they are missing."""
    con.execute(statements(QUERIES)["tables"])


def versions(con: Connection) -> list[Version]:
    """Every version of every wave, the earliest first."""
    rows = con.execute(statements(QUERIES)["versions"]).fetchall()
    return [
        Version(*row[:5], Thresholds(row[5], row[6]), int(row[7]), tuple(row[8]), *row[9:])  # type: ignore[call-arg]
        for row in rows
    ]


def closed_waves(con: Connection) -> set[tuple[str, str]]:
    """Waves that were closed by hand."""
    return set(con.execute(statements(QUERIES)["closed"]).fetchall())


def known_waves(con: Connection, instrument: str) -> set[str]:
    """The waves of a survey that were imported."""
    return {wave for (wave,) in con.execute(statements(QUERIES)["known_waves"], [instrument]).fetchall()}


def close(con: Connection, instrument: str, wave: str, now: dt.datetime) -> None:
    """Write down that a wave is closed."""
    con.execute(statements(QUERIES)["close"], [instrument, wave, now])


def reopen(con: Connection, instrument: str, wave: str) -> None:
    """Take the closing of a wave back."""
    con.execute(statements(QUERIES)["reopen"], [instrument, wave])


def are_received(con: Connection, instrument: str, basis: Basis) -> bool:
    """Whether the intake still holds every form of a version, be it withdrawn; not after `sq retain`."""
    queries, table = statements(QUERIES), f"rec_{instrument}_responses"
    if not (con.execute(queries["has_table"], [table]).fetchone() or (0,))[0]:
        return True  # an intake in memory drops nothing
    held = {form for (form,) in con.execute(queries["received_forms"].format(table=table)).fetchall()}
    return held.issuperset(basis.response_id)


def forget_forms(con: Connection, instrument: str, wave: str) -> None:
    """Drop what the ledger knows of single forms of a wave: its versions stand for good."""
    con.execute(statements(QUERIES)["forget_forms"], [instrument, wave])


def forget_before(con: Connection, before: dt.date) -> None:
    """Drop forms and comments of the waves that ended before a day; their other cells stand."""
    for step in ("forget_past_forms", "forget_past_comments"):
        con.execute(statements(QUERIES)[step], [before])


def record(
    con: Connection,
    key: tuple[str, str, dt.date],
    thresholds: Thresholds,
    salt: int,
    finished: Finished,
    now: dt.datetime,
) -> None:
    """Write a version down, all or nothing."""
    queries = statements(QUERIES)
    instrument, wave, ends_on = key
    con.execute("BEGIN")
    try:
        version = (con.execute(queries["next_version"]).fetchone() or (1,))[0]
        limits = [thresholds.minimum, thresholds.minimum_sensitive]
        facts = [version, instrument, wave, now, ends_on, *limits, salt, list(finished.basis.subjects)]
        facts += [finished.signature, len(finished.basis.response_id), *finished.tally]
        con.execute(queries["add_version"], facts)
        for name, rows in _tables(finished).items():
            if not len(rows):
                continue
            con.register("incoming", rows)
            con.execute(queries[f"add_{name}"], [version])
            con.unregister("incoming")
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise


def _tables(finished: Finished) -> Mapping[str, pd.DataFrame | pa.Table]:
    return {
        "cells": finished.cells.assign(cell_no=np.arange(len(finished.cells))),
        "categories": finished.categories,
        "problems": finished.problems,
        "comments": finished.comments.assign(comment_no=np.arange(len(finished.comments))),
        "forms": _forms_table(finished.basis),
    }


def _forms_table(basis: Basis) -> pa.Table:
    return pa.table(
        {
            "response_id": pa.array(basis.response_id, pa.string()),
            "rests": _lists(basis.rests, pa.int32()),
            "second_rests": _lists(basis.second_rests, pa.int32()),
            "answers": _lists(basis.answers, pa.uint64()),
            "role_rest": pa.array(basis.role_rest, pa.int32()),
            "tenure_rest": pa.array(basis.tenure_rest, pa.int32()),
            "comment_rest": pa.array(basis.comment_rest, pa.int32()),
        }
    )


def _lists(rows: Any, kind: pa.DataType) -> pa.Array:
    """A column of lists from a matrix, one list per row."""
    count, width = rows.shape
    offsets = pa.array(np.arange(count + 1) * width, pa.int32())
    return pa.ListArray.from_arrays(offsets, pa.array(np.ascontiguousarray(rows).ravel(), kind))


def basis_of(con: Connection, version: Version) -> Basis:
    """The forms of a version; none where they were dropped."""
    rows: Any = con.sql(statements(QUERIES)["forms"], params=[version.version]).to_arrow_table()
    width = len(version.subjects)

    def matrix(name: str, kind: Any) -> Any:
        flat = rows[name].combine_chunks()
        values = flat.flatten() if len(rows) else pa.array([], kind)
        return values.to_numpy(zero_copy_only=False).reshape(len(rows), -1 if len(rows) else width)

    def column(name: str) -> Any:
        return rows[name].to_numpy()

    return Basis(
        version.subjects,
        column("response_id"),
        matrix("rests", pa.int32()),
        matrix("second_rests", pa.int32()),
        matrix("answers", pa.uint64()),
        column("role_rest"),
        column("tenure_rest"),
        column("comment_rest"),
    )


def cells_of(con: Connection, version: Version) -> pd.DataFrame:
    """The cells of a version."""
    return con.execute(statements(QUERIES)["cells"], [version.version]).df()


def comments_of(con: Connection, version: Version) -> pd.DataFrame:
    """The comments that a version shows."""
    return con.execute(statements(QUERIES)["comments"], [version.version]).df()


def show(con: Connection) -> None:
    """Copy the standing version of every wave into the snapshot."""
    queries = statements(QUERIES)
    for step in ("standing", "show_cells", "number_cells", "show_categories", "show_problems", "show_comments"):
        con.execute(queries[step])
    for step in ("show_estimates", "show_links"):
        con.execute(queries[step])


def show_wave(con: Connection, values: list[Any]) -> None:
    """Tell the snapshot how a wave stands."""
    con.execute(statements(QUERIES)["show_wave"], values)


def leaving_dimensions(con: Connection, instrument: str) -> list[str]:
    """Ids of the dimensions that ask whether people intend to leave."""
    return [str(key) for (key,) in con.execute(statements(QUERIES)["leaving"], [instrument]).fetchall()]


def estimated(con: Connection) -> dict[int, int]:
    """Version → the version on whose forms its estimates rest."""
    return dict(con.execute(statements(QUERIES)["estimated"]).fetchall())


def record_estimates(con: Connection, version: int, basis: int, rows: pd.DataFrame | None) -> None:
    """Write the estimates of a version down, all or nothing; without rows those of its basis stand."""
    queries = statements(QUERIES)
    con.execute("BEGIN")
    try:
        if rows is None:
            con.execute(queries["copy_estimates"], [version, basis])
        elif len(rows):
            _insert(con, "add_estimates", rows, [version])
        con.execute(queries["add_estimated"], [version, basis])
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise


def links_of(con: Connection, key: tuple[str, str, str, str]) -> list[tuple[int, int]]:
    """The pairs of versions that a link of two waves was computed from, the latest last."""
    return [(one, other) for _, one, other in con.execute(statements(QUERIES)["linked"], list(key)).fetchall()]


def record_links(con: Connection, version: int, to_version: int, rows: pd.DataFrame) -> None:
    """Write the links of one pair of waves down."""
    _insert(con, "add_links", rows, [version, to_version])


def _insert(con: Connection, statement: str, rows: pd.DataFrame, values: list[Any]) -> None:
    con.register("incoming", rows.astype(object).where(rows.notna(), None))
    con.execute(statements(QUERIES)[statement], values)
    con.unregister("incoming")
