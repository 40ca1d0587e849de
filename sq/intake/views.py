"""The current state of the intake: for each key the row of the latest batch that is not withdrawn."""

from __future__ import annotations

import datetime as dt

import duckdb

from sq.intake.connection import column_types, count, names, statement, told
from sq.records import RECORDS, keys


def create_current_views(con: duckdb.DuckDBPyConnection, moment: dt.datetime | None = None) -> None:
    """Make the temporary views ``cur_<table>`` and ``cur_answers`` as of now, or as they were at a moment.

    ``cur_<table>``: the columns of the record, then batch_id and row_no; one row per key.
    ``cur_answers``: instrument, response_id, item_id, value (NULL = not applicable), note; one row per response
    and item. A window over 24 million answers would cost a minute: a form sent again as a whole supersedes the
    earlier one as a whole, and only forms that were amended item by item go through a window.
    """
    with told():
        con.execute(statement("live_batches"), {"moment": moment})
        for table in RECORDS:
            con.execute(
                statement("current_rows", table=table, columns=names(column_types(table)), key=names(keys(table)))
            )
        for step in ("forms_by_batch", "superseded_forms", "overlaid_forms"):
            con.execute(statement(step))
        several = count(con, "SELECT count(*) FROM several")
        con.execute(statement("current_answers_several" if several else "current_answers_once"))
