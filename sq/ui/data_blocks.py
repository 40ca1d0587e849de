"""The parts of the data page that do something: bringing files, checking, loading, watching a job."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import streamlit as st

from sq.checking import Finding
from sq.errors import SqError
from sq.exports.findings import SEVERITY_WORDS
from sq.jobs import (
    Job,
    Result,
    running,
    save_delivery,
    start_check,
    start_close_wave,
    start_import,
    start_restore,
    start_rollback,
    start_withdraw,
)
from sq.language import N_, _, current_language, number
from sq.places import data_folder
from sq.records import TABLE_LABELS_ZH
from sq.sources.template import template
from sq.ui.blocks import Column, caption, table
from sq.ui.links import link_to, plain
from sq.ui.speech import speak

PARTS = {
    "load": N_("Load files"),
    "batches": N_("Batches"),
    "findings": N_("Findings"),
    "coverage": N_("Coverage"),
    "anonymous": N_("Anonymous surveys"),
    "snapshots": N_("Snapshots"),
}
WORK, REFUSED = "sq_work", "sq_work_refused"
WATCH_SECONDS = 0.5
FINDINGS_SHOWN = 300  # the workbook has them all
Kind = Literal["check", "import", "withdraw", "restore", "rollback", "close-wave"]
KIND_NAMES: dict[Kind, str] = {
    "check": N_("Checking the files"),
    "import": N_("Loading the files"),
    "withdraw": N_("Withdrawing the batch"),
    "restore": N_("Restoring the batch"),
    "rollback": N_("Going back to an earlier snapshot"),
    "close-wave": N_("Closing the wave"),
}


@dataclass(frozen=True)
class Delivery:
    """Files of one upload, and the profile to read them with."""

    paths: tuple[Path, ...]
    profile: Path | None = None


@dataclass(frozen=True)
class Work:
    """A job that this reader started or found running. ``delivery`` is None where no files belong to it."""

    kind: Kind
    job: Job
    delivery: Delivery | None = None


def begin(kind: Kind, starter: Callable[[], Job], delivery: Delivery | None = None) -> None:
    """Start a job and let the page look after it (in a callback); a refusal is told on the page."""
    try:
        st.session_state[WORK] = Work(kind, starter(), delivery)
    except SqError as error:
        st.session_state[REFUSED] = error


def begin_check(files: Sequence[Any], profile: Path | None) -> None:
    """Keep uploaded files and check them."""
    folder = data_folder()
    paths = save_delivery(folder, [(file.name, file.getvalue()) for file in files])
    begin("check", lambda: start_check(folder, paths, profile), Delivery(paths, profile))


def begin_import(delivery: Delivery, accept_valid: bool) -> None:
    """Load files that were checked."""
    folder = data_folder()
    begin("import", lambda: start_import(folder, delivery.paths, delivery.profile, accept_valid), delivery)


def begin_withdraw(batch: int) -> None:
    """Take a batch back."""
    begin("withdraw", lambda: start_withdraw(data_folder(), batch))


def begin_restore(batch: int) -> None:
    """Let a withdrawn batch count again."""
    begin("restore", lambda: start_restore(data_folder(), batch))


def begin_rollback(snapshot: str) -> None:
    """Show an earlier snapshot again."""
    begin("rollback", lambda: start_rollback(data_folder(), snapshot))


def begin_close(instrument: str, wave: str) -> None:
    """Close a wave of an anonymous survey, which publishes its results."""
    begin("close-wave", lambda: start_close_wave(data_folder(), instrument, wave))


def current_work() -> Work | None:
    """The job that this reader looks after; else one that is running, whoever started it."""
    refusal = st.session_state.pop(REFUSED, None)
    if refusal is not None:
        st.error(refusal.told())
    if WORK not in st.session_state and (job := running(data_folder())) is not None:
        st.session_state[WORK] = Work(_kind_of(job), job)
    return st.session_state.get(WORK)


def _kind_of(job: Job) -> Kind:
    return next((kind for kind in KIND_NAMES if kind in job.command), "import")


def _done() -> None:
    st.session_state.pop(WORK, None)


# Streamlit writes "Upload" and "500MB per file" in English only; the same places say it in the reader's language.
UPLOADER_WORDS = """
<style>
[data-testid="stFileUploaderDropzone"] button p,
[data-testid="stFileUploaderDropzoneInstructions"] span {{ font-size: 0; }}
[data-testid="stFileUploaderDropzone"] button p::after {{ content: {choose}; font-size: 1rem; }}
[data-testid="stFileUploaderDropzoneInstructions"] span::after {{ content: {most}; font-size: 0.875rem; }}
</style>
"""


def _uploader_words() -> None:
    most = _("at most {size} MB each", size=number(st.get_option("server.maxUploadSize"), 0))
    words = {"choose": json.dumps(_("Choose files"), ensure_ascii=False), "most": json.dumps(most, ensure_ascii=False)}
    st.html(UPLOADER_WORDS.format(**words))


def bring_files() -> None:
    """Choose files and, where a vendor's layout needs one, a profile; nothing is loaded before it is checked."""
    _uploader_words()
    files = st.file_uploader(
        _("Files as received: Excel, CSV or Parquet, several at once"), accept_multiple_files=True, key="sq_files"
    )
    profile = _profile()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Check the files"),
            type="primary",
            key="sq_check",
            disabled=not files,
            on_click=begin_check,
            args=(files, profile),
        )
        blank_workbook()
    caption(
        _("Files are checked first; nothing is loaded until you say so."),
        _("The same file twice changes nothing; a corrected file replaces rows by their key."),
    )


def _profile() -> Path | None:
    """The mapping profile to read the files with; None for the headings of the blank workbook."""
    with st.expander(_("The files have a vendor’s own layout")):
        brought = st.file_uploader(_("Bring a mapping profile (TOML)"), key="sq_profile_file", on_change=_keep_profile)
        known = {path.name: path for path in sorted(_profiles().glob("*.toml"))}
        if brought is None and not known:
            caption(_("A profile says which headings and codes of a vendor mean what in this product."))
            return None
        name = st.selectbox(
            _("Read the files with"),
            ["", *known],
            format_func=lambda text: text or _("the headings of the blank workbook"),
            key="sq_profile",
        )
        return known.get(name)


def _profiles() -> Path:
    return data_folder() / "profiles"


def _keep_profile() -> None:
    """Keep a profile for this and later deliveries, and choose it (in a callback)."""
    brought = st.session_state["sq_profile_file"]
    if brought is None:
        return
    (kept,) = save_delivery(data_folder(), [(brought.name, brought.getvalue())])
    _profiles().mkdir(parents=True, exist_ok=True)
    kept.replace(_profiles() / f"{kept.stem}.toml")
    st.session_state["sq_profile"] = f"{kept.stem}.toml"


def blank_workbook() -> None:
    """The workbook with every table, its headings, an example row and explanations."""
    st.download_button(
        _("Blank workbook"),
        data=partial(_blank, current_language()),
        file_name="sq-template.xlsx",
        key="sq_template",
        on_click="ignore",
        help=_("Every table with its headings in both languages, an example row and explanations."),
    )


def _blank(language: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return template(Path(folder) / "template.xlsx", language).read_bytes()


def watched(work: Work) -> None:
    """Show a job's progress until it ends, then run the page once more."""

    @st.fragment(run_every=WATCH_SECONDS)
    def watch() -> None:
        speak()
        step = work.job.latest
        if step.result is not None:
            st.rerun()
        share = min(max(step.fraction, 0.0), 1.0)
        st.progress(share, text=f"{_(KIND_NAMES[work.kind])} · {step.message}")
        caption(_("You may leave this page; the work goes on."))

    watch()


def ended(work: Work, result: Result) -> None:
    """How a job ended and what can be done now."""
    (st.success if result.is_good else st.error)(plain(str(result.message)))
    if result.counts:
        counts_table(result)
    with st.container(horizontal=True):
        if work.kind == "check" and work.delivery is not None and result.outcome == "checked":
            _load_button(work.delivery, result)
        if result.findings_file is not None:
            _download(result.findings_file, _("Findings as a workbook"), "sq-findings.xlsx")
        if result.rejects_file is not None:
            _download(result.rejects_file, _("Refused rows"), "sq-refused.csv")
        st.button(_("Choose other files") if work.kind == "check" else _("Done"), key="sq_work_done", on_click=_done)
    if result.findings:
        findings_table(result.findings, "sq_work_findings")
    if result.snapshot:
        link_to("overview", _("See the new numbers on the overview"), {})


def _download(path: Path, label: str, name: str) -> None:
    st.download_button(label, data=path.read_bytes, file_name=name, key=f"sq_{name}", on_click="ignore")


def _load_button(delivery: Delivery, result: Result) -> None:
    """Load everything, or, where rows were refused, only the valid ones."""
    refused = sum(count.rejected for count in result.counts)
    if not refused:
        st.button(_("Load"), type="primary", key="sq_load", on_click=begin_import, args=(delivery, False))
    elif any(count.read > count.rejected + count.skipped for count in result.counts):
        st.button(
            _("Load the valid rows only"),
            type="primary",
            key="sq_load_valid",
            help=_("Refused rows are kept with their reasons and can be sent again corrected."),
            on_click=begin_import,
            args=(delivery, True),
        )


def counts_table(result: Result) -> None:
    """Rows by table: read = new + changed + unchanged + refused + skipped."""
    frame = pd.DataFrame([vars(count) for count in result.counts])
    sums = frame.groupby("table", sort=False, as_index=False).sum()
    columns = [Column("table", _("Table")), *count_columns()] if result.outcome == "loaded" else _checked_columns()
    table(sums.assign(table=[table_name(name) for name in sums["table"]]), columns, "sq_work_counts")


def _checked_columns() -> list[Column]:
    return [
        Column("table", _("Table")),
        Column("read", _("Rows read"), "count"),
        Column("new", _("Can be loaded"), "count"),
        Column("rejected", _("Refused"), "count"),
        Column("skipped", _("Skipped by rule"), "count"),
    ]


def count_columns() -> list[Column]:
    """What became of the rows that were read."""
    return [
        Column("read", _("Rows read"), "count"),
        Column("new", _("New"), "count"),
        Column("changed", _("Changed"), "count"),
        Column("unchanged", _("Unchanged"), "count"),
        Column("rejected", _("Refused"), "count"),
        Column("skipped", _("Skipped by rule"), "count"),
    ]


def table_name(name: str) -> str:
    """A table of the data contract in the reader's language."""
    return TABLE_LABELS_ZH.get(name, name) if current_language() == "zh" else name.replace("_", " ")


def findings_table(findings: Sequence[Finding], key: str) -> None:
    """Findings in words, the worst first, the most frequent before the rare."""
    ranks = {name: place for place, name in enumerate(SEVERITY_WORDS)}
    ordered = sorted(findings, key=lambda f: (ranks[f.severity], -f.row_count))
    shown = ordered[:FINDINGS_SHOWN]
    frame = pd.DataFrame(
        {
            "severity": [_(SEVERITY_WORDS[f.severity]) for f in shown],
            "sentence": [str(f.message) for f in shown],
            "rows": [f.row_count for f in shown],
            "table": [table_name(f.table) for f in shown],
        }
    )
    columns = [
        Column("severity", _("Severity"), width=70),
        Column("sentence", _("What was found"), width=780),
        Column("rows", _("Rows"), "count", width=70),
        Column("table", _("Table")),
    ]
    table(frame, columns, key)
    if len(ordered) > len(shown):
        left = len(ordered) - len(shown)
        caption(_("{count} more kinds of findings are in the workbook.", count=number(left, 0)))
