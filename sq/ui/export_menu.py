"""“Export”: the open view, or an agenda, as PowerPoint, Excel or a page that opens without a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from sq.analyses.slides import BUILDERS
from sq.exports.exporting import KINDS, MEDIA, view_bytes
from sq.exports.writing import file_name
from sq.jobs import Job, export_target, start_export
from sq.language import N_, _, current_language, speaking
from sq.places import data_folder
from sq.ui.blocks import caption
from sq.ui.links import plain
from sq.ui.sitemap import Page
from sq.warehouse import Scope

WORDS: dict[str, str] = {
    "deck": N_("PowerPoint with editable charts"),
    "workbook": N_("Excel with the numbers"),
    "report": N_("Page that opens offline (HTML)"),
}
WATCH = 0.5  # seconds between two looks at a job
JOB = "sq_export_job"


def export_menu(page: Page, scope: Scope, snapshot: str = "") -> None:
    """The button that takes the open view away; what is behind it is drawn when it is opened."""
    if page.key not in BUILDERS:
        return
    behind = st.popover(_("Export"), key="sq_export", on_change="rerun", width="content")
    if not behind.open:
        return
    query = urlencode(st.query_params.to_dict())
    with behind:
        for kind, words in WORDS.items():
            st.download_button(
                _(words),
                data=_later(kind, page.key, query, scope, snapshot),
                file_name=file_name(str(page), KINDS[kind][0]),
                mime=MEDIA[kind],
                key=f"sq_export_{kind}",
                on_click="ignore",
                width="stretch",
            )
        caption(_("this view with its filters; the tables have a button for CSV of their own"))


def _later(kind: str, page: str, query: str, scope: Scope, snapshot: str) -> Callable[[], bytes]:
    """What makes the file when somebody asks for it, in the language of the page."""
    folder, language = data_folder(), current_language()

    def made() -> bytes:
        with speaking(language):
            return view_bytes(folder, kind, page, query, scope, snapshot)

    return made


def agenda_export(agenda_id: str, title: str) -> None:
    """The button that takes an agenda away; the work runs beside the page, with its progress."""
    behind = st.popover(_("Export"), key="sq_agenda_export", on_change="rerun", width="content")
    if not behind.open:
        return
    with behind:
        running = st.session_state.get(JOB)
        if running is None or running[0] != agenda_id:
            for kind, words in WORDS.items():
                st.button(_(words), key=f"sq_agenda_{kind}", on_click=_start, args=(agenda_id, kind), width="stretch")
        else:
            _watched(running[1], running[2], title)


def _start(agenda_id: str, kind: str) -> None:
    """Start the export in a folder of its own (in a callback)."""
    path = export_target(data_folder(), KINDS[kind][0])
    job = start_export(data_folder(), kind, str(path), "--agenda", agenda_id)
    st.session_state[JOB] = (agenda_id, job, path)


@st.fragment(run_every=WATCH)
def _watched(job: Job, path: Path, title: str) -> None:
    """The progress of a job, then its file."""
    step = job.latest
    if step.result is None:
        st.progress(min(max(step.fraction, 0.0), 1.0), text=str(step.message))
        return
    if not step.result.is_good or not path.is_file():
        st.error(plain(str(step.result.message)))
    else:
        st.download_button(
            _("Save the file"),
            data=path.read_bytes,
            file_name=file_name(title, path.suffix),
            key=f"sq_agenda_file_{path.parent.name}",
            on_click="ignore",
            type="primary",
        )
    st.button(_("Another format"), key="sq_agenda_again", on_click=lambda: st.session_state.pop(JOB, None))
