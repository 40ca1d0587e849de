"""Notes and events of a place and period: what came with the data and what readers write themselves."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from sq import workspace
from sq.analyses.happened import happened
from sq.analyses.names import Names
from sq.analyses.noted import COLUMNS, noted, place_name, together
from sq.analyses.periods import last_day
from sq.analyses.wording import AXIS_NAMES
from sq.errors import SqError, WorkspaceError
from sq.language import N_, _, day, number
from sq.places import data_folder
from sq.selection import PLACE_PATH, Selection
from sq.ui.blocks import Column, caption, download
from sq.ui.cache import answered
from sq.ui.speech import speak
from sq.workspace import KINDS_OF_EVENTS, Conflict, Event
from sq.workspace.records import FIELDS, LONGEST_SENTENCE

if TYPE_CHECKING:
    from sq.ui.frame import Reader

SHOWN = 12  # rows at once
READ, CLASH, TURN = "sq_note_read", "sq_note_clash", "sq_note_turn"
ASKED, STAYS = "sq_note_asked", "sq_note_stays"


def what_happened(reader: Reader, selection: Selection) -> pd.DataFrame:
    """`sq.analyses.noted.together` of a selection; without what readers wrote where the workspace cannot be read."""
    return _found(reader, selection)[0]


def _found(reader: Reader, selection: Selection) -> tuple[pd.DataFrame, str]:
    """What happened, and what to say where part of it is missing."""
    came = answered(reader, happened, selection)
    try:
        return together(came, noted(data_folder(), reader.scope, selection, reader.names)), ""
    except SqError as error:  # the workspace, or the settings that say where it is
        return together(came, pd.DataFrame(columns=COLUMNS)), error.told()


def notes_block(reader: Reader, selection: Selection, words: str = "") -> None:
    """The notes and events of a selection, behind a line that says how many; the way to write one.

    ``words``: msgid of that line with {count}, where the period is not the page's.
    """
    found, trouble = _found(reader, selection)
    title = _(words or N_("Notes and events of this period ({count})"), count=number(len(found), 0))
    if st.session_state.pop(STAYS, False):  # its line has another number now, which would shut it
        st.session_state["sq_happened_open"] = True
    with st.container(key="sq_notes"):
        behind = st.expander(title, key="sq_happened_open", on_change="rerun")
    if behind.open:
        with behind:
            caption(trouble)
            st.button(_("Write a note"), key="sq_note_new", on_click=_begin, args=(None,))
            _rows(found)
    _dialog_where_asked(reader, selection)


def _rows(found: pd.DataFrame) -> None:
    if found.empty:
        caption(_("Nothing is written down for this place and period."))
        return
    pages = -(-len(found) // SHOWN)
    page = st.pagination(pages, key=f"sq_happened_page_{pages}") if pages > 1 else 1
    for place, row in enumerate(found.iloc[(page - 1) * SHOWN : page * SHOWN].to_dict("records")):
        with st.container(horizontal=True, vertical_alignment="center", key=f"sq_note_row_{place}"):
            st.html(_row(row), width="content")
            if row["id"]:
                st.button(_("Edit"), key=f"sq_note_{row['id']}", type="tertiary", on_click=_begin, args=(row["id"],))
    caption(_("without a button: came with the data, and is changed there"))
    columns = [
        Column("happened_on", _("First day"), "day"),
        Column("until", _("Last day"), "day"),
        Column("kind", _("Kind")),
        Column("where", _("Where")),
        Column("what", _("What")),
    ]
    words = {name: found[name].map(str) for name in ("kind", "where", "what")}
    download(found.assign(**words), columns, "notes", "sq_happened")


def _row(row: Mapping[Any, Any]) -> str:
    about = html.escape(f"{days(row['happened_on'], row['until'])} · {row['kind']} · {row['where']}")
    return f'<div class="sq-quote"><span class="sq-caption">{about}</span><br>{html.escape(str(row["what"]))}</div>'


def days(first: dt.date, last: dt.date) -> str:
    """One day, or from one to another."""
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def _begin(event_id: str | None) -> None:
    """Open the dialog (in a callback): the record as it is read now is what a change will stand on."""
    speak()
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    st.session_state.pop(CLASH, None)
    try:
        st.session_state[READ] = workspace.event(data_folder(), event_id) if event_id else None
        st.session_state[ASKED] = True
    except WorkspaceError as error:
        st.toast(error.told())


def _dialog_where_asked(reader: Reader, selection: Selection) -> None:
    if st.session_state.get(ASKED):
        st.dialog(_("Note or event"), width="medium", on_dismiss=_end)(_dialog)(reader, selection)


def _end() -> None:
    st.session_state[ASKED] = False


def _close() -> None:
    """Close the dialog and show the page as it is now."""
    _end()
    st.session_state[STAYS] = True
    st.rerun()


def _dialog(reader: Reader, selection: Selection) -> None:
    """Write or change one; everything inside runs again by itself, without the page."""
    speak()
    if CLASH in st.session_state:
        _clash(st.session_state[CLASH], reader.names)
    else:
        _write(reader, selection)


def _write(reader: Reader, selection: Selection) -> None:
    read: Event | None = st.session_state.get(READ)
    given = _form(read, _places(reader.names), selection, reader)
    if given is not None:
        with _attempt():
            made = Event.of(**given) if read is None else read.but(**given)
            (workspace.add if read is None else workspace.change)(data_folder(), made)


@contextmanager
def _attempt() -> Iterator[None]:
    """Close the dialog when the block has done its work; else say what is in its way."""
    try:
        yield
    except Conflict as conflict:
        st.session_state[CLASH] = conflict
        st.rerun()  # a run of its own: Streamlit's browser part fails where one run fills a place twice
    except WorkspaceError as error:
        st.error(error.told())
    else:
        _close()


def _form(
    read: Event | None, places: dict[tuple[str, str], str], selection: Selection, reader: Reader
) -> dict[str, Any] | None:
    """The fields; what was typed once "Save" is pressed, else None."""
    key = f"sq_note_{st.session_state[TURN]}"
    here = (read.level, read.place) if read is not None else selection.place
    first, last = (read.start, read.end) if read is not None else (_likely_day(selection),) * 2
    kinds = list(KINDS_OF_EVENTS)
    with st.form(key, border=False):
        kind = st.segmented_control(
            _("Kind"),
            kinds,
            default=read.kind if read is not None else "note",
            format_func=lambda one: _(KINDS_OF_EVENTS[one]),
            key=f"{key}_kind",
            required=True,
        )
        offered = list(places) if here in places else [here, *places]
        place = st.selectbox(
            _("Where"),
            offered,
            index=offered.index(here),
            format_func=lambda one: places.get(one) or str(place_name(reader.names, *one)),
            key=f"{key}_place",
        )
        with st.container(horizontal=True):
            start = st.date_input(_("First day"), first, format="YYYY-MM-DD", key=f"{key}_start")
            end = st.date_input(_("Last day"), last, format="YYYY-MM-DD", key=f"{key}_end")
        text = st.text_area(
            _("Text"), read.text if read is not None else "", max_chars=LONGEST_SENTENCE, key=f"{key}_text"
        )
        st.caption(_("Everybody who reads sq sees this; name no customers and no employees."))
        is_sent = st.form_submit_button(_("Save"), type="primary", key=f"{key}_save")
    if read is not None:
        _deletion(read, key)
    if not is_sent:
        return None
    return {"kind": kind, "level": place[0], "place": place[1], "start": start, "end": end, "text": text}


def _likely_day(selection: Selection) -> dt.date:
    """Today, or the last day of an earlier period."""
    end = selection.months[1]
    return min(dt.date.today(), last_day(end)) if end else dt.date.today()


def _places(names: Names) -> dict[tuple[str, str], str]:
    """(level, id) → words: the chain, regions, cities, stores, departments."""
    found = {("chain", ""): _(AXIS_NAMES["chain"])}
    for level in (*PLACE_PATH, "department"):
        for place, label in names.labels[level].items():
            found[level, place] = _("{axis}: {name}", axis=_(AXIS_NAMES[level]), name=label)
    return found


def _deletion(read: Event, key: str) -> None:
    with st.popover(_("Delete"), type="tertiary"):
        if not st.button(_("Delete this for everybody"), key=f"{key}_delete"):
            return
        with _attempt():
            workspace.remove(data_folder(), read)


def _clash(clash: Conflict, names: Names) -> None:
    """Both texts, and the choice between them."""
    st.warning(clash.told())
    mine, theirs = clash.mine, clash.theirs
    for name in (name for name in mine.told if theirs is not None and getattr(mine, name) != getattr(theirs, name)):
        for column, whose, record in zip(
            st.columns(2), (_("Yours"), _("Saved meanwhile")), (mine, theirs), strict=True
        ):
            with column:
                st.markdown(f"**{_(FIELDS[name])} · {whose}**")
                st.html(f'<div class="sq-quote">{html.escape(_worded(record, name, names))}</div>')
    with st.container(horizontal=True):
        if st.button(_("Save yours"), type="primary", key="sq_note_mine"):
            _insist(clash)
        if st.button(_("Leave it as it is"), key="sq_note_theirs"):
            _close()


def _worded(event: Any, name: str, names: Names) -> str:
    """A field of an event in words."""
    value = getattr(event, name)
    if name == "kind":
        return _(KINDS_OF_EVENTS[value])
    if name == "level":
        return _(AXIS_NAMES[value])
    if name == "place":
        return str(place_name(names, event.level, value))
    return day(value) if isinstance(value, dt.date) else str(value)


def _insist(clash: Conflict) -> None:
    with _attempt():
        (workspace.add if clash.theirs is None else workspace.change)(data_folder(), clash.insisted())
