"""Agendas on screen: the list, one agenda with its slides, and what moving to newer data would change."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import streamlit as st

from sq import workspace
from sq.analyses.agenda import default_agenda
from sq.analyses.happened import happened
from sq.analyses.noted import noted, together
from sq.analyses.slide_content import SlideContent
from sq.analyses.statements import KEPT, KINDS, Change, changes, moved
from sq.errors import SqError
from sq.language import Message, _, day, moment, ngettext, number
from sq.places import data_folder
from sq.selection import Selection
from sq.ui.blocks import answer, caption
from sq.ui.cache import answered
from sq.ui.export_menu import agenda_export
from sq.ui.filters import selection_bar
from sq.ui.links import plain
from sq.ui.meeting_mode import MEETING, PRESENTER
from sq.ui.meeting_slides import contents, titled, told
from sq.ui.sitemap import built_pages, is_built, page_named
from sq.ui.speech import speak
from sq.warehouse import current_snapshot
from sq.workspace import Agenda, Conflict, Slide
from sq.workspace.records import LONGEST_NOTE, LONGEST_SENTENCE, LONGEST_TITLE, Kept

if TYPE_CHECKING:
    from sq.ui.frame import Reader

READ, CLASH, SAID, MOVING = "sq_slide_read", "sq_meeting_clash", "sq_meeting_said", "sq_meeting_moving"
# Presented without Streamlit's own frame, light on a projector whatever the reader's screen is.
EMBEDDED = [("embed", "true"), ("embed_options", "light_theme")]
SHORT = 160  # characters of a sentence in the list of slides


def agendas_part(reader: Reader) -> None:
    """All agendas, and the way to a new one."""
    found = workspace.agendas(data_folder())
    counts = workspace.slide_counts(data_folder())
    answer(_told(found, counts))
    _tell_what_happened()
    for agenda in found:
        with st.container(horizontal=True, vertical_alignment="center", key=f"sq_agenda_{agenda.id}"):
            label, query = plain(agenda.title), {"agenda": agenda.id}
            st.page_link(page_named("meeting").path, label=label, query_params=query)
            slides = ngettext("{count} slide", "{count} slides", counts.get(agenda.id, 0))
            caption(slides, _("changed {when}", when=moment(agenda.changed_at)))
    st.subheader(_("A new agenda"), anchor=False)
    st.markdown(_("It builds itself from what differs reliably now, for the place and period chosen here."))
    selection = selection_bar(reader, ("period", "place"))
    with st.container(horizontal=True, vertical_alignment="bottom", key="sq_agenda_new"):
        st.text_input(
            _("Title"), _("Meeting of {day}", day=day(date.today())), key="sq_agenda_title", max_chars=LONGEST_TITLE
        )
        build, empty = _("Build the agenda"), _("Begin with an empty one")
        st.button(build, key="sq_agenda_build", type="primary", on_click=_build, args=(reader, selection))
        st.button(empty, key="sq_agenda_empty", on_click=_build, args=(reader, None))


def _told(found: list[Agenda], counts: dict[str, int]) -> Message:
    if not found:
        return Message("There is no agenda yet: let one build itself, or add views from any page.")
    last = found[0]
    values = {"title": last.title, "count": number(counts.get(last.id, 0), 0), "when": moment(last.changed_at)}
    return Message("Changed last: “{title}” (slides: {count}; {when}).", values)


def _build(reader: Reader, selection: Selection | None) -> None:
    """Store a new agenda, pinned to what the reader sees now, and open it (in a callback)."""
    with _kept():
        agenda = Agenda.of(title=st.session_state["sq_agenda_title"], snapshot=reader.snapshot)
        slides = [draft.slide() for draft in _drafts(reader, selection)] if selection is not None else []
        stored = workspace.add_agenda(data_folder(), agenda, slides)
        st.query_params.from_dict({"agenda": stored.id})


def _drafts(reader: Reader, selection: Selection) -> Any:
    names = reader.names
    whole = names.completed(selection)
    written = noted(data_folder(), reader.scope, whole, names)
    rows = together(answered(reader, happened, whole), written)
    pages = tuple(page.key for page in built_pages())
    return default_agenda(reader.warehouse, reader.scope, selection, pages, rows, names)


def agenda_part(reader: Reader, agenda_id: str) -> None:
    """One agenda: present it, order and word its slides, move it to newer data."""
    agenda = workspace.agenda(data_folder(), agenda_id)
    slides = workspace.slides(data_folder(), agenda.id)
    st.page_link(page_named("meeting").path, label=_("← All agendas"), query_params={})
    st.subheader(plain(agenda.title), anchor=False)
    answer(_agenda_told(agenda, len(slides)))
    _ways_in(agenda, slides)
    _tell_what_happened()
    _clash_part()
    _agenda_menu(agenda)
    _data_part(reader, agenda, slides)
    for place, slide in enumerate(slides):
        _slide_row(reader, slide, place, len(slides))
    _new_slide(agenda)


def _agenda_told(agenda: Agenda, count: int) -> str:
    """How many slides on which data."""
    slides = ngettext("{count} slide", "{count} slides", count)
    if agenda.snapshot:
        return _("{slides}; the numbers stand still: snapshot {id}.", slides=slides, id=agenda.snapshot)
    return _("{slides}; the numbers follow the newest data.", slides=slides)


def _ways_in(agenda: Agenda, slides: list[Slide]) -> None:
    """Present and the presenter's view, each in a window of its own."""
    if not slides:
        st.info(_("Add a slide first: below, or with “Add to meeting” on any page."))
        return
    with st.container(horizontal=True, key="sq_agenda_ways"):
        shown = urlencode([(MEETING, agenda.id), ("slide", slides[0].id), *EMBEDDED])
        st.link_button(_("Present"), f"meeting?{shown}", type="primary")
        st.link_button(_("Presenter’s view"), f"meeting?{urlencode([(PRESENTER, agenda.id), *EMBEDDED])}")
        agenda_export(agenda.id, agenda.title)
    caption(
        _("keys: ← → Home End"),
        _("a click on a mark goes into it, Backspace comes back"),
        _("F: full screen"),
        _("Esc: end"),
    )


def _agenda_menu(agenda: Agenda) -> None:
    with st.expander(_("Rename, copy or delete this agenda"), key="sq_agenda_menu", on_change="rerun") as menu:
        if not menu.open:
            return
        read = st.session_state.setdefault(f"sq_agenda_read_{agenda.id}", agenda)
        key = f"sq_agenda_name_{agenda.id}_{read.version}"
        st.text_input(_("Title"), read.title, key=key, max_chars=LONGEST_TITLE)
        with st.container(horizontal=True):
            st.button(_("Rename"), key="sq_agenda_rename", on_click=_rename, args=(read, key))
            st.button(_("Copy"), key="sq_agenda_copy", on_click=_copy, args=(agenda, key))
            with st.popover(_("Delete")):
                st.button(_("Delete this for everybody"), key="sq_agenda_delete", on_click=_delete, args=(read,))


def _rename(read: Agenda, key: str) -> None:
    with _kept():
        st.session_state.pop(f"sq_agenda_read_{read.id}", None)
        workspace.change(data_folder(), read.but(title=st.session_state[key]))


def _copy(agenda: Agenda, key: str) -> None:
    """A copy under the title that was typed, or one that says that it is a copy."""
    with _kept():
        typed = str(st.session_state[key])
        title = typed if typed != agenda.title else _("Copy of {title}", title=agenda.title)
        made = workspace.duplicate_agenda(data_folder(), agenda.id, title[:LONGEST_TITLE])
        st.query_params.from_dict({"agenda": made.id})


def _delete(read: Agenda) -> None:
    with _kept():
        st.session_state.pop(f"sq_agenda_read_{read.id}", None)
        workspace.remove(data_folder(), read)
        st.query_params.clear()


def _data_part(reader: Reader, agenda: Agenda, slides: list[Slide]) -> None:
    """Which data the agenda stands on; the way to newer ones, with what would change."""
    newest = current_snapshot(data_folder())
    if not agenda.snapshot or agenda.snapshot == newest:
        return
    with st.container(border=True, key="sq_agenda_data"):
        st.markdown(_("There are other data now than those this agenda is pinned to: snapshot {id}.", id=newest))
        if not _is_there(replace(reader, snapshot=agenda.snapshot)):
            lost = _(
                "Its own snapshot {id} does not exist any more: only the stored sentences stand.", id=agenda.snapshot
            )
            st.warning(lost)
        if st.session_state.get(MOVING) != agenda.id:
            label = _("Show what would change")
            st.button(label, key="sq_agenda_compare", on_click=st.session_state.__setitem__, args=(MOVING, agenda.id))
            return
        with st.spinner(_("Working out the slides on both snapshots")):
            found = changes(
                slides,
                _contents(replace(reader, snapshot=agenda.snapshot), slides),
                _contents(replace(reader, snapshot=newest), slides),
            )
        _changes_list(reader, found)
        with st.container(horizontal=True):
            move, stay = _("Move to the newest data"), _("Leave it as it is")
            st.button(move, key="sq_agenda_move", type="primary", on_click=_move, args=(agenda, newest, found))
            st.button(stay, key="sq_agenda_stay", on_click=st.session_state.pop, args=(MOVING, None))


def _is_there(reader: Reader) -> bool:
    """Whether the reader's snapshot can be opened."""
    try:
        return reader.warehouse is not None
    except SqError:
        return False


def _contents(reader: Reader, slides: list[Slide]) -> dict[str, SlideContent]:
    """Slide id → content on the reader's snapshot; nothing where that is gone."""
    if not _is_there(reader):
        return {}
    return {slide.id: contents(reader, slide) for slide in slides if slide.kind == "view"}


def _changes_list(reader: Reader, found: tuple[Change, ...]) -> None:
    changed = [change for change in found if change.kind != KEPT]
    said = _("No statement changes.") if not changed else ngettext(
        "{count} statement changes:", "{count} statements change:", len(changed)
    )  # fmt: skip
    st.markdown(f"**{said}**")
    for change in changed:
        title = html.escape(titled(reader, change.slide))
        st.html(
            f'<div class="sq-quote"><b>{title}</b> · {html.escape(_(KINDS[change.kind]))}<br>'
            f'<span class="sq-caption">{html.escape(_("now:"))}</span> {html.escape(str(change.before))}<br>'
            f'<span class="sq-caption">{html.escape(_("then:"))}</span> {html.escape(str(change.after))}</div>'
        )


def _move(agenda: Agenda, newest: str, found: tuple[Change, ...]) -> None:
    """Pin the agenda to the newest data; sentences that were the views' own follow (in a callback)."""
    with _kept():
        workspace.change(data_folder(), agenda.but(snapshot=newest))
        st.session_state.pop(MOVING, None)
        for slide in filter(None, map(moved, found)):
            workspace.change(data_folder(), slide)


def _slide_row(reader: Reader, slide: Slide, place: int, count: int) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", key=f"sq_slide_row_{slide.id}"):
        st.html(_row_told(reader, slide, place), width="stretch")
        with st.container(horizontal=True, wrap=False, width="content", gap="small"):
            up, down = _("Move up"), _("Move down")
            first, last = place == 0, place == count - 1
            st.button("↑", key=f"sq_up_{slide.id}", help=up, disabled=first, on_click=_put, args=(slide, place - 1))
            st.button("↓", key=f"sq_down_{slide.id}", help=down, disabled=last, on_click=_put, args=(slide, place + 1))
            st.button("✎", key=f"sq_edit_{slide.id}", help=_("Edit"), on_click=_edit, args=(slide,))
    read: Slide | None = st.session_state.get(READ)
    if read is not None and read.id == slide.id:
        _slide_form(read, place)


def _row_told(reader: Reader, slide: Slide, place: int) -> str:
    kinds = {"text": _("Text"), "section": _("Heading")}
    page = str(page_named(slide.page)) if slide.kind == "view" and is_built(slide.page) else ""
    kind = kinds.get(slide.kind, page or _("This page does not exist any more."))
    title, sentence = told(reader, slide)
    short = sentence if len(sentence) <= SHORT else f"{sentence[:SHORT]}…"
    parts = [html.escape(part) for part in (kind, short, _("with a note") if slide.note else "") if part]
    return (
        f"<div><b>{place + 1}. {html.escape(title)}</b><br>"
        + f'<span class="sq-caption">{" · ".join(parts)}</span></div>'
    )


def _put(slide: Slide, place: int) -> None:
    with _kept():
        workspace.move_slide(data_folder(), slide.id, place)


def _edit(slide: Slide) -> None:
    """Open or close the fields of a slide (in a callback): as it was read now it will be changed."""
    read: Slide | None = st.session_state.get(READ)
    st.session_state[READ] = None if read is not None and read.id == slide.id else slide


def _slide_form(read: Slide, place: int) -> None:
    key = f"sq_slide_{read.id}_{read.version}"
    with st.container(border=True, key="sq_slide_form"):
        st.text_input(_("Title"), read.title, key=f"{key}_title", max_chars=LONGEST_TITLE)
        if read.kind != "section":
            st.text_area(_("Sentence"), read.sentence, key=f"{key}_sentence", max_chars=LONGEST_SENTENCE)
        st.text_area(_("Speaker note"), read.note, key=f"{key}_note", max_chars=LONGEST_NOTE)
        with st.container(horizontal=True):
            st.button(_("Save"), key=f"{key}_save", type="primary", on_click=_save, args=(read, key))
            st.button(_("Copy"), key=f"{key}_copy", on_click=_copy_slide, args=(read, place))
            st.button(_("Delete"), key=f"{key}_delete", on_click=_delete_slide, args=(read,))
            if read.kind == "view" and is_built(read.page):
                label = _("Open the page")
                st.page_link(page_named(read.page).path, label=label, query_params=read.parameters)


def _save(read: Slide, key: str) -> None:
    with _kept():
        typed = {name: st.session_state.get(f"{key}_{name}", getattr(read, name)) for name in FIELDS_TYPED}
        st.session_state[READ] = None
        workspace.change(data_folder(), read.but(**typed))


FIELDS_TYPED = ("title", "sentence", "note")


def _copy_slide(read: Slide, place: int) -> None:
    with _kept():
        workspace.add_slide(data_folder(), read.agenda, read, place + 1)
    st.session_state[READ] = None


def _delete_slide(read: Slide) -> None:
    with _kept():
        workspace.remove(data_folder(), read)
    st.session_state[READ] = None


def _new_slide(agenda: Agenda) -> None:
    """A slide of words, at the end."""
    with st.form("sq_slide_new", border=True, clear_on_submit=True):
        kinds = {"text": _("Text"), "section": _("Heading")}
        kind = st.segmented_control(
            _("A slide of words"), list(kinds), default="text", format_func=kinds.__getitem__, required=True,
            key="sq_slide_new_kind",
        )  # fmt: skip
        st.text_input(_("Title"), key="sq_slide_new_title", max_chars=LONGEST_TITLE)
        st.text_area(_("Text"), key="sq_slide_new_sentence", max_chars=LONGEST_SENTENCE, height=96)
        st.form_submit_button(_("Add"), key="sq_slide_new_add", on_click=_add_words, args=(agenda.id,))
    del kind


def _add_words(agenda_id: str) -> None:
    with _kept():
        given = {name: st.session_state[f"sq_slide_new_{name}"] for name in ("kind", "title", "sentence")}
        workspace.add_slide(data_folder(), agenda_id, Slide.of(**given))


@contextmanager
def _kept() -> Iterator[None]:
    """Keep what went wrong in a callback: a clash with both texts, else its sentence. Words are the reader's."""
    speak()  # a callback runs before the page does
    try:
        yield
    except Conflict as clash:
        st.session_state[CLASH] = clash
    except SqError as error:
        st.session_state[SAID] = error.told()


def _tell_what_happened() -> None:
    if said := st.session_state.pop(SAID, ""):
        st.warning(plain(said))


def _clash_part() -> None:
    """Two people changed the same thing: both texts, and the choice between them."""
    clash: Conflict | None = st.session_state.get(CLASH)
    if clash is None:
        return
    with st.container(border=True, key="sq_meeting_clash"):
        st.warning(plain(clash.told()))
        for field, mine, theirs in clash.differences():
            for column, whose, text in zip(
                st.columns(2), (_("Yours"), _("Saved meanwhile")), (mine, theirs), strict=True
            ):
                with column:
                    st.markdown(f"**{field} · {whose}**")
                    st.html(f'<div class="sq-quote">{html.escape(text)}</div>')
        if clash.theirs is None:
            st.html(f'<div class="sq-quote">{html.escape(_words_of(clash.mine))}</div>')
        with st.container(horizontal=True):
            mine_label = _("Save yours") if clash.theirs is not None else _("Save as new")
            st.button(mine_label, key="sq_clash_mine", type="primary", on_click=_insist, args=(clash,))
            st.button(_("Leave it as it is"), key="sq_clash_theirs", on_click=st.session_state.pop, args=(CLASH,))


def _words_of(record: Kept) -> str:
    return "\n".join(str(getattr(record, name, "")) for name in FIELDS_TYPED if getattr(record, name, ""))


def _insist(clash: Conflict) -> None:
    """Save my text on top of theirs, or as new where theirs is gone (in a callback)."""
    st.session_state.pop(CLASH, None)
    record = clash.insisted()
    with _kept():
        if clash.theirs is not None:
            workspace.change(data_folder(), record)
        elif isinstance(record, Slide):
            workspace.add_slide(data_folder(), record.agenda, record, record.position)
        else:
            workspace.add(data_folder(), record)
