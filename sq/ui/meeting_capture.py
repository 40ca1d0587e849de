"""“Add to meeting”: the view that a reader has open becomes a slide, with its answer, from any page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from sq import workspace
from sq.analyses.slide_content import SlideContent
from sq.errors import SqError
from sq.language import _, day
from sq.places import data_folder
from sq.ui.blocks import last_answer
from sq.ui.links import plain
from sq.ui.sitemap import Page, is_built, page_named
from sq.ui.speech import speak
from sq.warehouse import current_snapshot
from sq.workspace import Agenda, Slide
from sq.workspace.records import LONGEST_NOTE, LONGEST_SENTENCE, LONGEST_TITLE

NEW = ""  # in the list of agendas: one that is made now
SAID = "sq_capture_said"
WITHOUT = {"meeting", "data"}  # pages that are no statement about service


def add_to_meeting(page: Page, seen: Callable[[], SlideContent]) -> None:
    """The button that makes the open view a slide; what is behind it is drawn when it is opened.

    ``seen`` tells what the view says as a slide.
    """
    if page.key in WITHOUT or not is_built("meeting"):
        return
    behind = st.popover(_("Add to meeting"), key="sq_capture", on_change="rerun", width="content")
    if not behind.open:
        return
    with behind:
        said, is_done, agenda = st.session_state.pop(SAID, ("", False, ""))
        if said:
            (st.success if is_done else st.warning)(plain(said))
        if agenda:
            st.page_link(page_named("meeting").path, label=_("Open the agenda"), query_params={"agenda": agenda})
        try:
            _form(page, seen(), workspace.agendas(data_folder()))
        except SqError as error:
            st.warning(error.told())


def _form(page: Page, content: SlideContent, agendas: list[Agenda]) -> None:
    names = {one.id: one.title for one in agendas} | {NEW: _("A new agenda")}
    sentence = last_answer(st.query_params.to_dict())
    charts = {name: str(title) for name, title in content.charts}
    with st.form("sq_capture_form", border=False, clear_on_submit=True):
        st.selectbox(_("Agenda"), list(names), format_func=names.__getitem__, key="sq_capture_agenda")
        if len(charts) > 1:
            st.selectbox(_("Chart"), list(charts), format_func=charts.__getitem__, key="sq_capture_chart")
        title = str(content.title)[:LONGEST_TITLE]
        st.text_input(_("Title"), title, key="sq_capture_title", max_chars=LONGEST_TITLE)
        st.text_area(_("Sentence"), sentence[:LONGEST_SENTENCE], key="sq_capture_sentence", max_chars=LONGEST_SENTENCE)
        st.text_area(_("Speaker note"), key="sq_capture_note", max_chars=LONGEST_NOTE, height=80)
        st.form_submit_button(_("Add this view"), type="primary", on_click=_add, args=(page.key, title, charts))


def _add(page: str, title: str, charts: dict[str, str]) -> None:
    """Store the address as it is now as the agenda's last slide (in a callback).

    A title that was left as proposed is that of the chosen chart.
    """
    speak()  # a callback runs before the page does
    given = {name: st.session_state[f"sq_capture_{name}"] for name in ("agenda", "title", "sentence", "note")}
    query, chart = st.query_params.to_dict(), st.session_state.get("sq_capture_chart", "")
    if chart in charts:
        query["chart"] = chart
        given["title"] = charts[chart][:LONGEST_TITLE] if given["title"] == title else given["title"]
    try:
        agenda = given.pop("agenda") or _new_agenda()
        slide = Slide.of(page=page, query=query, **given)
        workspace.add_slide(data_folder(), agenda, slide)
    except SqError as error:
        st.session_state[SAID] = (error.told(), False, "")
    else:
        st.session_state[SAID] = (_("Added as the last slide."), True, agenda)


def _new_agenda() -> str:
    """A new agenda, pinned to what the reader sees now."""
    folder = data_folder()
    made = Agenda.of(title=_("Meeting of {day}", day=day(date.today())), snapshot=current_snapshot(folder))
    return workspace.add_agenda(folder, made).id
