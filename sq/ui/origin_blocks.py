"""The parts of the data page that show where the data came from: batches, findings, coverage, snapshots."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from sq.analyses.coverage import Coverage
from sq.checking import Finding
from sq.exports.findings import SEVERITY_WORDS
from sq.figures.coverage import coverage_map
from sq.language import N_, _, day, listing, moment, number
from sq.places import data_folder
from sq.publish import snapshots
from sq.ui.blocks import Column, caption, nothing_here, numbers, table
from sq.ui.data_blocks import begin_restore, begin_rollback, begin_withdraw, count_columns, findings_table
from sq.ui.drill import drill_chart

STATUS_NAMES = {"loaded": N_("counts"), "live": N_("counts"), "withdrawn": N_("withdrawn")}
MEGABYTE = 1_000_000
NAMES_SHOWN = 3


def batches_part(origin: Coverage) -> None:
    """Every delivery, and the way to take one back or let it count again."""
    if origin.batches.empty:
        nothing_here(_("No batch has been loaded yet."))
        return
    batches = origin.batches.assign(
        received=[moment(when) for when in origin.batches["received_at"]],
        state=[_status(row) for row in origin.batches.to_dict("records")],
        names=[_file_names(list(files)) for files in origin.batches["files"]],
        read_with=[str(name) if isinstance(name, str) else "" for name in origin.batches["profile"]],
    )
    table(batches, _batch_columns(), "sq_batches")
    caption(_("Read = new + changed + unchanged + refused + skipped by a rule of the profile."))
    st.subheader(_("Take a batch back, or let it count again"), anchor=False)
    _change_batch({int(row["batch_id"]): row for row in batches.to_dict("records")})


def _file_names(files: list[str]) -> str:
    """All of a few names; of many the first ones and how many more."""
    if len(files) <= NAMES_SHOWN:
        return listing(files)
    more = _("{count} more", count=number(len(files) - NAMES_SHOWN, 0))
    return listing([*files[:NAMES_SHOWN], more])


def _status(row: dict[Any, Any]) -> str:
    name = _(STATUS_NAMES.get(row["status"], row["status"]))
    return f"{name} · {moment(row['withdrawn_at'])}" if pd.notna(row["withdrawn_at"]) else name


def _batch_columns() -> list[Column]:
    return [
        Column("batch_id", _("Batch"), "count"),
        Column("received", _("Received")),
        Column("names", _("Files")),
        Column("state", _("State")),
        *count_columns(),
        Column("read_with", _("Profile")),
    ]


def _change_batch(rows: dict[int, dict[Any, Any]]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            _("Batch"),
            list(rows),
            format_func=lambda number_: _batch_label(rows[number_]),
            key="sq_batch",
        )
        is_withdrawn = rows[chosen]["status"] == "withdrawn"
        if st.button(_("Let it count again") if is_withdrawn else _("Withdraw"), key="sq_batch_change"):
            if is_withdrawn:
                _confirm_restore(chosen)
            else:
                _confirm_withdraw(chosen)


def _batch_label(row: dict[Any, Any]) -> str:
    return _("Batch {number} · {files} · {state}", number=row["batch_id"], files=row["names"], state=row["state"])


def _confirm_withdraw(batch: int) -> None:
    sentence = _("Its rows stop counting and the values of earlier batches come back. Nothing is deleted.")
    confirm(_("Withdraw batch {number}?", number=batch), sentence, _("Withdraw"), partial(begin_withdraw, batch))


def _confirm_restore(batch: int) -> None:
    sentence = _("Its rows count again, in the order in which the batches arrived.")
    confirm(
        _("Let batch {number} count again?", number=batch),
        sentence,
        _("Let it count again"),
        partial(begin_restore, batch),
    )


def confirm(title: str, sentence: str, yes: str, begin: Callable[[], None]) -> None:
    """Ask before the data change for every reader."""

    @st.dialog(title)
    def asked() -> None:
        st.markdown(sentence)
        caption(_("All readers see the change at their next click."))
        if st.button(yes, type="primary", key="sq_confirmed", on_click=begin):
            st.rerun()  # the click ran only the dialog; the page shows the work

    asked()


def findings_part(origin: Coverage) -> None:
    """What checking found in the batches that were loaded."""
    found = [_finding(row) for row in origin.findings.to_dict("records")]
    if not found:
        nothing_here(_("Checking found nothing to report in the batches that were loaded."))
        return
    counts = {name: sum(f.severity == name for f in found) for name in SEVERITY_WORDS}
    shown = st.pills(
        _("Severity"),
        [name for name in SEVERITY_WORDS if counts[name]],
        format_func=lambda name: _("{name} ({value})", name=_(SEVERITY_WORDS[name]), value=number(counts[name], 0)),
        key="sq_severity",
    )
    findings_table([f for f in found if not shown or f.severity == shown], f"sq_findings_{shown or 'all'}")


def _finding(row: dict[Any, Any]) -> Finding:
    known = {name: ("" if pd.isna(value) else value) for name, value in row.items()}
    return Finding(
        severity=str(known["severity"]),
        code=str(known["code"]),
        table=str(known["table_name"]),
        file=str(known["file"]),
        sheet=str(known["sheet"]),
        column=str(known["column_name"]),
        value=str(known["value"]),
        allowed=str(known["allowed"]),
        first_row=int(known["first_row"] or 0),
        row_count=int(known["row_count"] or 0),
    )


def coverage_part(origin: Coverage, theme: str) -> None:
    """How new and how complete the data are."""
    for instrument in origin.instruments:
        st.markdown(str(instrument.sentence))
    for omission in origin.left_out:
        st.warning(str(omission))
    by_store = set(origin.coverage.loc[origin.coverage["stores_with_data"] > 0, "instrument"])
    labels = {one.instrument: one.label for one in origin.instruments if one.instrument in by_store}
    if origin.coverage.empty or not labels:
        nothing_here(_("There are no data yet to show the coverage of."))
        return
    st.subheader(_("Share of open stores with data, by month"), anchor=False)
    drill_chart(coverage_map(origin.coverage, labels, theme), "sq_coverage")
    frame = origin.coverage[origin.coverage["instrument"].isin(list(labels))]
    columns = [
        Column("label", _("Instrument")),
        Column("month", _("Month"), "month"),
        Column("stores_with_data", _("Stores with data"), "count"),
        Column("stores_open", _("Open stores"), "count"),
        Column("share", _("Share (%)"), "number"),
        Column("responses", _("Forms"), "count"),
    ]
    numbers(frame.assign(label=[str(labels[i]) for i in frame["instrument"]]), columns, "coverage", "sq_coverage_n")


def snapshots_part(current: str) -> None:
    """What was published when, and the way back to an earlier state."""
    found = snapshots(data_folder())
    if not found:
        nothing_here(_("Nothing has been published yet."))
        return
    frame = pd.DataFrame(
        {
            "id": [s.id for s in found],
            "created": [moment(s.created_at.astimezone()) for s in found],
            "size": [s.size / MEGABYTE for s in found],
            "shown": [_("shown now") if s.id == current else "" for s in found],
        }
    )
    columns = [
        Column("created", _("Published")),
        Column("shown", _("State")),
        Column("size", _("Size (MB)"), "number"),
        Column("id", _("Snapshot")),
    ]
    table(frame, columns, "sq_snapshots")
    earlier = {s.id: moment(s.created_at.astimezone()) for s in found if s.id != current}
    if earlier:
        _go_back(earlier)


def _go_back(earlier: dict[str, str]) -> None:
    st.subheader(_("Show an earlier snapshot again"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(_("Snapshot"), list(earlier), format_func=earlier.__getitem__, key="sq_snapshot")
        if st.button(_("Show this one"), key="sq_rollback"):
            confirm(
                _("Show the snapshot of {when}?", when=earlier[chosen]),
                _("Every page goes back to it. The next publication includes newer batches again unless withdrawn."),
                _("Show this one"),
                partial(begin_rollback, chosen),
            )


def data_age(origin: Coverage) -> str:
    """When the snapshot was made and up to which day its data reach."""
    return _("Published {moment}, data up to {day}", moment=moment(origin.created_at), day=day(origin.data_as_of))
