"""A meeting in the address: which agenda and slide, the frame without menu, its keys and its clock.

The parameters ``meeting`` and ``slide`` go along to every page that is opened from a slide, so that a drill stays
inside the meeting: the same page on the agenda's snapshot, and one key back.
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from sq import workspace
from sq.analyses.agenda import TITLES
from sq.analyses.statements import title_of
from sq.figures.template import tokens
from sq.language import Message
from sq.places import data_folder
from sq.ui.sitemap import Page, page_named
from sq.ui.speech import _
from sq.workspace import Agenda, Slide

MEETING, SLIDE, PRESENTER = "meeting", "slide", "presenter"
ATTENDED, SHOWN = "sq_meeting", "sq_meeting_shown"
HEADLINE_SIZES = (52, 42, 34, 28)  # px at 1080 lines, the longer the smaller
BACK = {MEETING: "", SLIDE: ""}
CHROME = ("stHeader", "stSidebar", "stToolbar", "stSidebarCollapsedControl", "stExpandSidebarButton", "stDecoration")
# Sizes are those of a projector of 1920 x 1080 and shrink with the window; never below what a phone needs.
STYLE = """
<style>
{hidden} {{ display: none; }}
:root {{ --sq-unit: min(100vw / 1920, 100vh / 1080); }}
[data-testid="stMainBlockContainer"] {{ max-width: none; padding: 16px max(16px, 48 * var(--sq-unit)) 8px; }}
.st-key-sq_keys, .st-key-sq_before_charts {{ position: absolute; width: 0; height: 0; overflow: hidden; }}
.st-key-sq_meeting_bar {{ justify-content: space-between; border-top: 1px solid {line}; padding-top: 8px; }}
.st-key-sq_meeting_top {{ justify-content: space-between; border-bottom: 1px solid {line}; padding-bottom: 8px; }}
.sq-clock {{ font-variant-numeric: tabular-nums; font-size: max(16px, 24 * var(--sq-unit)); color: {muted};
  white-space: nowrap; }}
.st-key-sq_meeting_bar p, .st-key-sq_meeting_bar button, .st-key-sq_meeting_bar kbd,
.st-key-sq_meeting_bar input, [role="listbox"] [role="option"], [role="listbox"] [role="option"] * {{
  font-size: max(14px, 24 * var(--sq-unit)) !important; }}
.st-key-sq_meeting_bar [role="group"], .st-key-sq_meeting_bar button {{ height: auto; min-height: 48px; }}
.sq-way-out {{ font-size: max(14px, 24 * var(--sq-unit)); color: {text}; white-space: nowrap; }}
.sq-slide-title {{ font-size: max(24px, 52 * var(--sq-unit)); font-weight: 650; line-height: 1.2; margin: 0;
  overflow-wrap: anywhere; color: {text}; }}
{sizes}
.sq-slide-topic {{ font-size: max(15px, 28 * var(--sq-unit)); line-height: 1.2; font-weight: 600; color: {muted};
  margin: 0 0 4px; overflow-wrap: anywhere; }}
.sq-slide-more {{ font-size: max(16px, 30 * var(--sq-unit)); line-height: 1.3; color: {text}; margin: 4px 0 0;
  overflow-wrap: anywhere; white-space: pre-line; }}
.sq-slide-text {{ font-size: max(18px, 34 * var(--sq-unit)); line-height: 1.4; margin: 0; overflow-wrap: anywhere;
  white-space: pre-line; color: {text}; }}
.sq-slide-note {{ font-size: max(16px, 24 * var(--sq-unit)); line-height: 1.45; color: {text}; margin: 0;
  overflow-wrap: anywhere; white-space: pre-line; }}
.sq-slide-foot {{ font-size: max(13px, 24 * var(--sq-unit)); line-height: 1.3; color: {muted};
  overflow-wrap: anywhere; }}
.st-key-sq_slide [data-testid="stPageLink-NavLink"] p {{ font-size: max(16px, 28 * var(--sq-unit)); }}
.sq-slide-foot {{ display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }}
.sq-slide-happened {{ font-size: max(13px, 24 * var(--sq-unit)); line-height: 1.4; color: {text}; overflow: hidden;
  white-space: nowrap; text-overflow: ellipsis; }}
.sq-slide-cards {{ display: grid; gap: 8px 32px;
  grid-template-columns: repeat(auto-fit, minmax(min(220px, 40vw), 1fr)); }}
.sq-slide-cards div {{ display: flex; flex-direction: column; font-size: max(14px, 24 * var(--sq-unit));
  line-height: 1.3; color: {text}; overflow-wrap: anywhere; }}
.sq-slide-cards b {{ font-size: max(20px, 44 * var(--sq-unit)); line-height: 1.2; }}
.st-key-sq_slide {{ flex: none; height: calc(100vh - 136px); gap: 12px; }}
.st-key-sq_slide > [data-testid="stLayoutWrapper"]:has(.st-key-sq_slide_chart) {{ flex: 1 1 0; min-height: 200px; }}
.st-key-sq_slide_chart {{ height: 100%; }}
.st-key-sq_slide_section {{ min-height: calc(100vh - 136px); justify-content: center; }}
.st-key-sq_slide_section .sq-slide-title {{ font-size: max(32px, 84 * var(--sq-unit)); }}
@media (max-width: 640px) {{
  .st-key-sq_slide {{ height: auto; min-height: calc(100vh - 150px); }}
  .st-key-sq_slide > [data-testid="stLayoutWrapper"]:has(.st-key-sq_slide_chart) {{ flex: none; height: 60vh; }}
}}
</style>
"""
# The clock of the wall and the time since the first slide; keys that Streamlit's buttons cannot hear.
SCRIPT = """
<script>
window.sqMeeting = {agenda};
window.sqMeetingEnd = {end};
window.sqMeetingGone = {gone};
if (!window.sqMeetingClock) {{
  const two = (n) => String(n).padStart(2, "0");
  const tell = () => {{
    const key = "sq_began_" + window.sqMeeting, now = new Date();
    if (!sessionStorage.getItem(key)) sessionStorage.setItem(key, String(now.getTime()));
    const gone = Math.max(0, Math.floor((now.getTime() - Number(sessionStorage.getItem(key))) / 60000));
    const text = two(now.getHours()) + ":" + two(now.getMinutes());
    for (const clock of document.querySelectorAll(".sq-clock")) {{
      const line = text + " · " + window.sqMeetingGone.replace("0", gone);
      if (clock.textContent !== line) clock.textContent = line;
    }}
  }};
  window.sqMeetingClock = setInterval(tell, 500);
  const full = () =>
    document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  const writing = (target) => target.closest && target.closest("input, textarea, [contenteditable], [role=listbox]");
  window.addEventListener("keydown", (event) => {{
    if (writing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "f" || event.key === "F") full();
    if (event.key === "Escape" && window.sqMeetingEnd && !document.querySelector("[data-baseweb=popover]"))
      location.assign(window.sqMeetingEnd);
  }});
  document.addEventListener("click", (event) => {{
    if (event.target.closest && event.target.closest(".st-key-sq_meeting_full")) full();
  }}, true);
}}
</script>
"""


@dataclass(frozen=True)
class Attended:
    """The meeting that an address belongs to: its agenda, its slides in order, and the place among them (from 0).

    ``is_presenter``: the address of the presenter's own view, which follows the meeting.
    """

    agenda: Agenda
    slides: tuple[Slide, ...]
    at: int
    is_presenter: bool = False

    @property
    def slide(self) -> Slide | None:
        """The slide that is shown, or that the drill began at; None in an empty agenda."""
        return self.slides[self.at] if self.slides else None

    @property
    def snapshot(self) -> str:
        """The snapshot that the agenda is pinned to; empty = the newest."""
        return self.agenda.snapshot


def attended(page: Page) -> Attended | None:
    """The meeting that this run of a page belongs to; raises WorkspaceError where its agenda is gone.

    A way out of a slide that names no meeting stays in it: the session remembers, the address is completed.
    """
    asked = st.query_params.to_dict()
    if page.key == "meeting" and asked.get(PRESENTER):
        agenda = workspace.agenda(data_folder(), asked[PRESENTER][:64])
        return Attended(agenda, tuple(workspace.slides(data_folder(), agenda.id)), 0, is_presenter=True)
    if page.key != "meeting" and MEETING not in asked and ATTENDED in st.session_state:
        st.query_params.update(st.session_state[ATTENDED])
        asked = st.query_params.to_dict()
    if not asked.get(MEETING):
        st.session_state.pop(ATTENDED, None)
        return None
    agenda = workspace.agenda(data_folder(), asked[MEETING][:64])
    slides = tuple(workspace.slides(data_folder(), agenda.id))
    at = next((place for place, one in enumerate(slides) if one.id == asked.get(SLIDE)), 0)
    meeting = Attended(agenda, slides, at)
    st.session_state[ATTENDED] = address_of(meeting)
    return meeting


def address_of(meeting: Attended) -> dict[str, str]:
    """The parameters that say which meeting and slide."""
    return {MEETING: meeting.agenda.id} | ({SLIDE: meeting.slide.id} if meeting.slide else {})


def write_meeting_style(theme: str, meeting: Attended, is_slide: bool) -> None:
    """Hide what is not the meeting, and start its clock; takes no room."""
    t = tokens(theme)
    hidden = ", ".join(f'[data-testid="{name}"]' for name in CHROME)
    sizes = "\n".join(
        f".sq-slide-title.sq-slide-size-{place} {{ font-size: max(20px, {size} * var(--sq-unit)); }}"
        for place, size in enumerate(HEADLINE_SIZES)
    )
    st.html(STYLE.format(hidden=hidden, line=t.line, muted=t.muted, text=t.text, sizes=sizes))
    values = {
        "agenda": meeting.agenda.id,
        "end": way_out(meeting) if is_slide else "",
        "gone": _("{minutes} min", minutes=0),
    }
    st.html(SCRIPT.format(**{name: json.dumps(value) for name, value in values.items()}), unsafe_allow_javascript=True)


def way_out(meeting: Attended) -> str:
    """The address of the agenda outside the meeting, for a fresh load: it leaves the frame of the meeting behind."""
    return f"meeting?{urlencode({'agenda': meeting.agenda.id})}"


def clock() -> None:
    """The time, and how long the meeting has run."""
    st.html('<div class="sq-clock" role="timer"></div>', width="content")


def drill_top(page: Page, meeting: Attended) -> None:
    """The line above a page that was opened from a slide: the way back, by button and key."""
    with st.container(horizontal=True, vertical_alignment="center", key="sq_meeting_top"):
        title = title_of(meeting.slide, [Message(title) for title in TITLES]) if meeting.slide else meeting.agenda.title
        st.button(
            _("← Back to the slide"), key="sq_meeting_back", shortcut="Backspace", on_click=_back, args=(meeting,)
        )
        st.html(f'<div class="sq-slide-foot">{html.escape(title)} › {html.escape(str(page))}</div>', width="stretch")
        clock()
    with st.container(key="sq_keys"):
        st.button(_("Back"), key="sq_meeting_escape", shortcut="Esc", on_click=_back, args=(meeting,))


def _back(meeting: Attended) -> None:
    st.switch_page(page_named("meeting").path, query_params=address_of(meeting))


def tell_what_is_shown(page: Page, meeting: Attended) -> None:
    """Let the presenter's view follow: the slide, or the page that was opened from it; writes only what is new."""
    if meeting.slide is None or meeting.is_presenter:
        return
    away = {} if page.key == "meeting" else {k: v for k, v in st.query_params.to_dict().items() if k not in BACK}
    shown = (meeting.agenda.id, meeting.slide.id, "" if page.key == "meeting" else page.key, urlencode(away))
    if st.session_state.get(SHOWN) != shown:
        workspace.show(data_folder(), *shown)
        st.session_state[SHOWN] = shown
