"""The frame around every page: language, menu, snapshot, and one clear sentence when something fails.

Every page begins with ``with open_page("key") as reader:``. Nothing a page needs is set in app.py, so that a shared
link opens the same on a freshly started server.
"""

from __future__ import annotations

import logging
import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from sq.analyses.names import Names, names
from sq.analyses.slide_content import SlideContent
from sq.analyses.slides import slide_content
from sq.errors import SnapshotError, SqError
from sq.language import N_, Message, _, current_language, day
from sq.places import data_folder
from sq.ui.address import carried_query, keep_history_of_steps
from sq.ui.blocks import forget_answer
from sq.ui.cache import answered
from sq.ui.export_menu import export_menu
from sq.ui.meeting_capture import add_to_meeting
from sq.ui.meeting_mode import Attended, attended, drill_top, tell_what_is_shown, write_meeting_style
from sq.ui.sitemap import SITE_MAP, Page, front_page, is_built, page_named
from sq.ui.speech import language_switch, name_language, remember_language, speak
from sq.ui.style import write_style
from sq.ui.views_menu import remember_reader, views_menu
from sq.warehouse import Scope, Warehouse, current_snapshot, open_warehouse

log = logging.getLogger("sq")
ICON = "📶"  # an emoji; a named icon would be fetched from outside
SIDEBAR_WIDTH = 224  # px; the menu folds away on a phone
NAMES_HELD = 50
NARROW_LINE, WIDE_LINE = 16, 26  # half-width characters of a name in a chart
# A result has a few hundred short texts: plain Python strings are read and set faster than Arrow's (a fresh drill by
# a quarter, a fresh overview by a third; measured).
pd.set_option("mode.string_storage", "python")


@dataclass(frozen=True)
class Reader:
    """Who reads, what they may see, and the one snapshot that this run of the page stands on."""

    page: Page
    language: str
    theme: str
    scope: Scope
    snapshot: str
    meeting: Attended | None = None

    @property
    def warehouse(self) -> Warehouse:
        """The snapshot, open for reading; raises SnapshotError where there is none."""
        if not self.snapshot:
            raise no_snapshot()
        return open_warehouse(data_folder(), self.snapshot)

    @property
    def names(self) -> Names:
        """The names of everything this reader may pick."""
        if not self.snapshot:
            raise no_snapshot()
        return _names(str(data_folder()), self.snapshot, self.scope)

    def as_of(self) -> str:
        """How new the data are and which snapshot they stand in: the end of every caption."""
        ends = [last_day for _first, _last, last_day in self.names.months.values()]
        told = _("data up to {day}", day=day(max(ends))) if ends else ""
        return " · ".join(part for part in (told, _("snapshot {id}", id=self.snapshot)) if part)

    @property
    def line_width(self) -> int:
        """How many half-width characters of a name stand on a line of a chart: fewer on a phone."""
        return NARROW_LINE if is_narrow() else WIDE_LINE

    @property
    def has_data(self) -> bool:
        """Whether anything has been published."""
        return bool(self.snapshot)


def is_narrow() -> bool:
    """Whether the reader holds a phone: its browser says "Mobi" (MDN, Browser detection using the user agent)."""
    return "Mobi" in st.context.headers.get("User-Agent", "")


def reader_scope() -> Scope:
    """What this reader may see: everything, until readers log in."""
    return Scope()


def no_snapshot() -> SnapshotError:
    """What to say before the first data."""
    return SnapshotError(
        Message(N_("There is no data yet.")),
        Message(N_("Load files on the data page, or run “python -m sq demo --import” for the simulated chain.")),
    )


@contextmanager
def open_page(key: str, needs_data: bool = True) -> Iterator[Reader]:
    """Draw the frame and hand over the reader; failures inside become one sentence and a log entry.

    With ``needs_data=False`` the page also runs before the first snapshot exists (``reader.has_data``).
    """
    page = page_named(key)
    language = speak()
    st.set_page_config(
        page_title=f"{page} · {_('Service quality')}",
        page_icon=ICON,
        layout="wide",
        initial_sidebar_state=SIDEBAR_WIDTH,
    )
    write_style(theme())
    with st.container(key="sq_scripts"):
        keep_history_of_steps()
        name_language(language)
        remember_language()
        remember_reader()
    meeting = _meeting(page)
    if meeting is None:
        _menu()
        _top_row(page)
        forget_answer()  # until the page gives its own
    snapshot = meeting.snapshot if meeting else ""
    with failures_told():
        snapshot = snapshot or _snapshot(needs_data)
    if needs_data and not snapshot:
        st.stop()
    with failures_told():
        yield Reader(page, language, theme(), reader_scope(), snapshot, meeting)


@contextmanager
def failures_told() -> Iterator[None]:
    """Show an expected failure as its sentence, an unexpected one as an apology; the log gets the traceback."""
    try:
        yield
    except SqError as error:
        st.error(error.told())
        if isinstance(error, SnapshotError) and is_built("data"):
            st.page_link(page_named("data").path, label=_("Go to the data page"))
    except Exception:
        log.exception("page failed")
        st.error(_("This view could not be worked out. The rest of the product is not affected; the log says why."))


def theme() -> str:
    """``light`` or ``dark``, as the reader's browser shows it now."""
    return "dark" if st.context.theme.type == "dark" else "light"


def show_front_page() -> None:
    """Run the first page of the site map behind the bare address."""
    runpy.run_path(str(front_page().script))


@st.cache_resource(max_entries=NAMES_HELD, show_spinner=False)
def _names(folder: str, snapshot: str, scope: Scope) -> Names:
    return names(open_warehouse(Path(folder), snapshot), scope)


def _snapshot(needs_data: bool) -> str:
    try:
        return current_snapshot(data_folder())
    except SnapshotError:
        if needs_data:
            raise
        return ""


def _meeting(page: Page) -> Attended | None:
    """The meeting that the page is opened in, with its frame in place of menu and top row."""
    meeting: Attended | None = None
    with failures_told():
        meeting = attended(page)
        if meeting is not None:
            is_slide = page.key == "meeting"
            write_meeting_style(theme(), meeting, is_slide)
            tell_what_is_shown(page, meeting)
            if not is_slide:
                drill_top(page, meeting)
    return meeting


def _menu() -> None:
    with st.sidebar:
        st.markdown(f"**{_('Service quality')}**")
        for section in SITE_MAP:
            pages = [page for page in section.pages if is_built(page.key)]
            if pages and section is not SITE_MAP[0]:
                st.html(f'<div class="sq-section">{section}</div>')
            for page in pages:
                st.page_link(page.path, label=str(page), query_params=carried_query())


def _top_row(page: Page) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="sq_top"):
        st.title(str(page), anchor=False)
        with st.container(horizontal=True, vertical_alignment="center", width="content", key="sq_top_right"):
            add_to_meeting(page, lambda: _seen(page))
            export_menu(page, reader_scope())
            views_menu(page)
            language_switch()


def _seen(page: Page) -> SlideContent:
    """What the open view says as a slide."""
    reader = Reader(page, current_language(), theme(), reader_scope(), current_snapshot(data_folder()))
    return answered(reader, slide_content, page.key, urlencode(st.query_params.to_dict()))


__all__ = ["SITE_MAP", "Reader", "failures_told", "open_page", "reader_scope", "show_front_page"]
