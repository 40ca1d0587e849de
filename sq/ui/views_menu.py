"""Saved views: the present address under a name, for this reader or for everybody, in the top row of every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from sq import workspace
from sq.errors import SqError
from sq.language import _
from sq.places import data_folder
from sq.ui.links import plain
from sq.ui.sitemap import Page, is_built, page_named
from sq.ui.speech import speak
from sq.workspace import Conflict, View
from sq.workspace.records import LONGEST_TITLE

COOKIE = "sq_reader"
NEW, RENEWED = "sq_reader_new", "sq_reader_renewed"
KEY = re.compile(r"[0-9a-f]{32}")
YEAR = 31_536_000  # seconds
CHANGING = "sq_view_changing"
SAID = "sq_view_said"


def reader_key() -> str:
    """The key that stands for this reader's browser; empty until they save something of their own."""
    if COOKIE not in st.session_state:
        known = str(st.context.cookies.get(COOKIE) or "")
        st.session_state[COOKIE] = known if KEY.fullmatch(known) else ""
    return str(st.session_state[COOKIE])


def remember_reader() -> None:
    """Write the cookie after a key was made."""
    if st.session_state.pop(NEW, False):
        # Only a key of our own making, checked by its pattern, is written into the script.
        st.html(
            f"<script>document.cookie='{COOKIE}={reader_key()};path=/;max-age={YEAR};SameSite=Lax'</script>",
            unsafe_allow_javascript=True,
        )


def _renew() -> None:
    """Let the browser remember the reader for another year, once in a session (at the next run)."""
    if reader_key() and not st.session_state.get(RENEWED):
        st.session_state[NEW] = st.session_state[RENEWED] = True


def _own_key() -> str:
    """The reader's key, made now where there is none."""
    if not reader_key():
        st.session_state[COOKIE] = workspace.new_key()
        st.session_state[NEW] = st.session_state[RENEWED] = True
    return reader_key()


def views_menu(page: Page) -> None:
    """The button that opens the saved views; what is behind it is drawn when it is opened."""
    behind = st.popover(_("Views"), key="sq_views", on_change="rerun", width="content")
    if not behind.open:
        return
    _renew()
    with behind:
        if said := st.session_state.pop(SAID, ""):
            st.warning(plain(said))
        _save_this(page)
        try:
            mine = workspace.views(data_folder(), reader_key()) if reader_key() else []
            _listed(_("Mine"), mine)
            _listed(_("For everybody"), workspace.views(data_folder()))
        except SqError as error:
            st.warning(error.told())


def _save_this(page: Page) -> None:
    with st.form("sq_view_new", border=False, clear_on_submit=True):
        st.text_input(
            _("Save this view as"), key="sq_view_title", max_chars=LONGEST_TITLE, placeholder=_("A name for this view")
        )
        with st.container(horizontal=True):
            for owner, label in (("mine", _("Save for me")), ("", _("Save for everybody"))):
                st.form_submit_button(label, key=f"sq_view_save_{owner}", on_click=_save, args=(page.key, bool(owner)))


def _save(page: str, is_own: bool) -> None:
    """Keep the address as it is now (in a callback)."""
    with _said():
        address = st.query_params.to_dict()
        view = View.of(title=st.session_state["sq_view_title"], page=page, query=address)
        workspace.add(data_folder(), view.but(owner=_own_key() if is_own else ""))


@contextmanager
def _said() -> Iterator[None]:
    """Keep what went wrong in a callback, to be said when the menu is drawn."""
    speak()  # a callback runs before the page does
    try:
        yield
    except Conflict as conflict:
        both = [
            _("{field}: yours “{mine}”, saved “{theirs}”.", field=f, mine=m, theirs=s)
            for f, m, s in conflict.differences()
        ]
        st.session_state[SAID] = " ".join([conflict.told(), *both])
    except SqError as error:
        st.session_state[SAID] = error.told()


def _listed(title: str, views: list[View]) -> None:
    if not views:
        return
    st.markdown(f"**{title}**")
    for view in views:
        with st.container(horizontal=True, vertical_alignment="center", key=f"sq_view_{view.id}"):
            if is_built(view.page):
                where = page_named(view.page)
                st.page_link(where.path, label=plain(view.title), query_params=view.parameters, help=str(where))
            else:
                st.markdown(plain(view.title), help=_("This page does not exist any more."))
            st.button("✎", key=f"sq_view_change_{view.id}", type="tertiary", help=_("Rename, share or delete"),
                      on_click=_toggle, args=(view,))  # fmt: skip
        if _changing() == view.id:
            _change(st.session_state[CHANGING])


def _changing() -> str:
    view = st.session_state.get(CHANGING)
    return view.id if view is not None else ""


def _toggle(view: View) -> None:
    """Open or close the fields of a view (in a callback): as it was read now it will be changed."""
    st.session_state[CHANGING] = None if _changing() == view.id else view


def _change(view: View) -> None:
    key = f"sq_view_name_{view.id}_{view.version}"
    st.text_input(_("Name"), view.title, key=key, max_chars=LONGEST_TITLE)
    with st.container(horizontal=True):
        st.button(_("Rename"), key=f"{key}_save", on_click=_rename, args=(view, key))
        if view.owner:
            st.button(_("Share with everybody"), key=f"{key}_share", on_click=_share, args=(view,))
        else:
            st.button(_("Copy to mine"), key=f"{key}_copy", on_click=_copy, args=(view,))
        st.button(_("Delete"), key=f"{key}_delete", on_click=_delete, args=(view,))


def _rename(view: View, key: str) -> None:
    with _said():
        workspace.change(data_folder(), view.but(title=st.session_state[key]))
    st.session_state[CHANGING] = None


def _share(view: View) -> None:
    with _said():
        workspace.change(data_folder(), view.but(owner=""))
    st.session_state[CHANGING] = None


def _copy(view: View) -> None:
    with _said():
        workspace.add(data_folder(), view.but(owner=_own_key()))
    st.session_state[CHANGING] = None


def _delete(view: View) -> None:
    with _said():
        workspace.remove(data_folder(), view)
    st.session_state[CHANGING] = None
