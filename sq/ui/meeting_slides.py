"""Presenting: one slide on the whole screen, the way through them, and the presenter's view that follows."""

from __future__ import annotations

import html
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from sq import workspace
from sq.analyses.agenda import title_told
from sq.analyses.slide_content import Chart, SlideContent, text_width
from sq.analyses.slide_drill import drilled
from sq.analyses.slide_happened import with_happened
from sq.analyses.slides import slide_content
from sq.analyses.statements import headed, is_foreign, sentence_of
from sq.errors import SnapshotError, SqError
from sq.figures.shades import mark
from sq.figures.slide import read_as, slide_figure
from sq.figures.template import TEXT_SIZE, drawn
from sq.language import _
from sq.places import data_folder
from sq.ui.blocks import nothing_here
from sq.ui.cache import answered
from sq.ui.drill import drill_chart
from sq.ui.frame import is_narrow
from sq.ui.meeting_mode import ATTENDED, SLIDE, Attended, clock, way_out
from sq.ui.notes_blocks import what_happened
from sq.ui.sitemap import is_built, page_named
from sq.ui.speech import speak
from sq.workspace import Slide

if TYPE_CHECKING:
    from sq.ui.frame import Reader

log = logging.getLogger("sq")
# Half-width characters of a headline in each size of `sq.ui.meeting_mode.HEADLINE_SIZES`: two or three lines.
HEADLINES = (110, 190, 320, float("inf"))
CARDS = 4  # in a row below the sentence
MOST_BESIDE_CARDS = 12  # rows of a chart that leave room for cards
FOOT = '<div class="sq-slide-foot"'
NOTE_WIDTH = 150  # half-width characters of a note below a course
POINTS = 5  # sentences where there is no chart
KEYS = {"first": "Home", "last": "End", "before": "PageUp", "after": "PageDown"}
PREVIEW_HEIGHT, PREVIEW_TEXT, PREVIEW_WIDTH = 400, 14, 540
PHONE_WIDTH = 358  # px of a chart on a phone
_ahead = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sq-next-slide")
_asked: set[tuple[str, ...]] = set()
_asking = threading.Lock()


def present(reader: Reader, meeting: Attended) -> None:
    """The slide that the address names, with its keys; the others are worked out ahead."""
    slide = meeting.slide
    if slide is None:
        nothing_here(_("This agenda has no slides yet."))
        _bar(reader, meeting)
        return
    with st.container(key="sq_slide_section" if slide.kind == "section" else "sq_slide"):
        _slide(reader, slide)
    _bar(reader, meeting)
    compute_ahead(reader, meeting)


def contents(reader: Reader, slide: Slide) -> SlideContent:
    """What the view of a slide says on the reader's snapshot; raises SnapshotError where that is gone."""
    return answered(reader, slide_content, slide.page, slide.query)


def titled(reader: Reader, slide: Slide, content: SlideContent | None = None) -> str:
    """A slide's title; what sq itself put there is told in the reader's language."""
    return title_told(slide, content, lambda: reader.names)


def told(reader: Reader, slide: Slide) -> tuple[str, str]:
    """Title and sentence of a slide for a list, in the reader's language; works its view out only where needed."""
    content = _known(reader, slide) if is_foreign(slide.sentence) else None
    return titled(reader, slide, content), sentence_of(slide, content)


def _slide(reader: Reader, slide: Slide) -> None:
    if slide.kind != "view":
        _words(titled(reader, slide), slide.sentence)
        _before_charts(reader)
        return
    try:
        content = contents(reader, slide)
    except SqError as error:
        _words(titled(reader, slide), slide.sentence)
        gone = _(
            "Snapshot {id} of this agenda does not exist any more: move the agenda to newer data.", id=reader.snapshot
        )
        st.warning(gone if isinstance(error, SnapshotError) else error.told())
        return
    _headline(titled(reader, slide, content), sentence_of(slide, content))
    if not content.is_sound:
        if slide.sentence:
            st.warning(str(content.answer))
        return
    _cards(content)
    content = with_meanwhile(reader, content)
    _chart(reader, content)
    _happened(content)
    marks, foot = html.escape(_marks_told(content.chart)), html.escape(content.caption_line())
    st.html(f'<div>{marks}</div><div title="{foot}">{foot}</div>'.replace("<div", FOOT))


def _before_charts(reader: Reader) -> None:
    """An empty chart that nobody sees: the browser fetches what draws charts while people read the words (a second)."""
    with st.container(key="sq_before_charts"):
        drill_chart(drawn([], {"height": 10}, reader.theme), "sq_no_chart")


def with_meanwhile(reader: Reader, content: SlideContent) -> SlideContent:
    """The content with the notes and events of its place and period as they are now."""
    of = content.noted_for
    return content if of is None else with_happened(content, what_happened(reader, of))


def _happened(content: SlideContent) -> None:
    """What the marks at the foot of a course stand for, a line each."""
    if content.chart.happened:
        lines = content.happened_lines(NOTE_WIDTH)
        st.html("".join(f'<div class="sq-slide-happened">{html.escape(line)}</div>' for line in lines))


def _marks_told(chart: Chart) -> str:
    """How the marks of a slide's chart are read and what a click does, on one line."""
    if not chart.is_drawn:
        return ""
    told, click = read_as(chart), _("a click on a mark goes into it")
    return f"{told} · {click}" if told else click.capitalize()


def _words(title: str, sentence: str) -> None:
    """Title and sentence as text, whatever they hold."""
    told = f'<p class="sq-slide-text">{html.escape(sentence)}</p>' if sentence else ""
    st.html(f'<h1 class="sq-slide-title">{html.escape(title)}</h1>{told}')


def _headline(topic: str, message: str) -> None:
    """What a view says, large; what it is about above it; further sentences below."""
    told = headed(topic, message)
    size = next(place for place, most in enumerate(HEADLINES) if text_width(told.headline) <= most)
    above = f'<p class="sq-slide-topic">{html.escape(told.topic)}</p>' if told.topic else ""
    below = f'<p class="sq-slide-more">{html.escape(told.rest)}</p>' if told.rest else ""
    st.html(f'{above}<h1 class="sq-slide-title sq-slide-size-{size}">{html.escape(told.headline)}</h1>{below}')


def _cards(content: SlideContent) -> None:
    """The first headline numbers in a row, each with its change in words."""
    rows = 0 if content.chart.kind == "line" else len(content.chart.categories)
    if not content.cards or rows > MOST_BESIDE_CARDS:
        return
    cells = "".join(
        f"<div><span>{html.escape(str(card.title))}</span><b>{html.escape(str(card.value))}</b>"
        f"<span>{html.escape(f'{mark(card.verdict)} {card.change}'.strip())}</span></div>"
        for card in content.cards[:CARDS]
    )
    st.html(f'<div class="sq-slide-cards">{cells}</div>')


def _chart(reader: Reader, content: SlideContent) -> None:
    """The chart of a view, where a click goes into a mark; its further sentences where there is none."""
    if not content.chart.is_drawn:
        items = "".join(f"<li>{html.escape(str(point))}</li>" for point in content.points[:POINTS])
        if items:
            st.html(f'<ul class="sq-slide-text">{items}</ul>')
        if is_built(content.page):
            path = page_named(content.page).path
            st.page_link(path, label=_("Open the page"), query_params=dict(parse_qsl(content.query)))
        return
    size = {"text": TEXT_SIZE, "width": PHONE_WIDTH} if is_narrow() else {}
    figure = slide_figure(content.chart, reader.theme, **size)
    figure.update_layout(height=None, autosize=True)
    drill_chart(figure, "sq_slide_chart", partial(_into, content), str(content.title), height="stretch")


def _into(content: SlideContent, place: str) -> None:
    """Go into a mark (in a callback): the same drill, inside the meeting."""
    found = drilled(content, place)
    if found is not None:
        page, query = found
        st.switch_page(page_named(page).path, query_params=query | st.session_state[ATTENDED])


def _bar(reader: Reader, meeting: Attended) -> None:
    """The way through the slides, below them; every button has its key."""
    last = len(meeting.slides) - 1
    steps = {"first": 0, "last": last, "before": meeting.at - 1, "after": meeting.at + 1}
    with st.container(horizontal=True, vertical_alignment="center", key="sq_meeting_bar"):
        with st.container(horizontal=True, vertical_alignment="center", width="content", key="sq_meeting_steps"):
            _step("‹", "before", "Left", meeting, meeting.at - 1)
            _picker(reader, meeting)
            _step("›", "after", "Right", meeting, meeting.at + 1)
        with st.container(horizontal=True, vertical_alignment="center", width="content", key="sq_meeting_right"):
            clock()
            st.button(_("Full screen (F)"), key="sq_meeting_full", type="tertiary")
            out = f'<a class="sq-way-out" href="{html.escape(way_out(meeting))}">{html.escape(_("End (Esc)"))}</a>'
            st.html(out, width="content")
    with st.container(key="sq_keys"):
        for name, key in KEYS.items():
            _step(key, f"key_{name}", key, meeting, steps[name])


def _step(label: str, name: str, key: str, meeting: Attended, place: int) -> None:
    is_there = 0 <= place < len(meeting.slides) and place != meeting.at
    words = {"before": _("The slide before"), "after": _("The next slide")}
    st.button(
        label,
        key=f"sq_meeting_{name}",
        shortcut=key,
        help=words.get(name),
        disabled=not is_there,
        on_click=_go,
        args=(meeting, min(max(place, 0), max(len(meeting.slides) - 1, 0))),
    )


def _go(meeting: Attended, place: int) -> None:
    """Show the slide at a place (in a callback)."""
    st.query_params[SLIDE] = meeting.slides[place].id


def _picker(reader: Reader, meeting: Attended) -> None:
    if meeting.slide is None:
        return
    key = "sq_meeting_slide"
    ids = [slide.id for slide in meeting.slides]
    st.session_state[key] = meeting.slide.id

    def named(slide_id: str) -> str:
        place = ids.index(slide_id)
        return f"{place + 1} / {len(ids)} · {titled(reader, meeting.slides[place])}"

    def picked() -> None:
        if st.session_state[key] in ids:
            st.query_params[SLIDE] = st.session_state[key]

    st.selectbox(_("Slide"), ids, format_func=named, key=key, on_change=picked, label_visibility="collapsed", width=560)


def compute_ahead(reader: Reader, meeting: Attended) -> None:
    """Work out the other slides in a thread of the server, the next one first; each once."""
    others = sorted(range(len(meeting.slides)), key=lambda place: (place <= meeting.at, abs(place - meeting.at)))
    for slide in (meeting.slides[place] for place in others):
        mark_of = (reader.snapshot, str(reader.scope), slide.page, slide.query)
        with _asking:
            is_new = slide.kind == "view" and mark_of not in _asked
            _asked.add(mark_of)
        if is_new:
            _ahead.submit(_computed, reader, slide, get_script_run_ctx())


def _computed(reader: Reader, slide: Slide, context: object) -> None:
    add_script_run_ctx(threading.current_thread(), context)  # type: ignore[arg-type]
    try:
        with_meanwhile(reader, contents(reader, slide))
    except Exception as error:  # the slide itself will say what is wrong
        log.info("a slide could not be worked out ahead: %s", error)


def presenter_view(reader: Reader, meeting: Attended) -> None:
    """Notes, clock and the next slide; follows what the meeting looks at."""
    with st.container(horizontal=True, vertical_alignment="center", key="sq_meeting_top"):
        st.html(f'<div class="sq-slide-foot">{html.escape(meeting.agenda.title)}</div>', width="stretch")
        clock()
    _following(reader, meeting.agenda.id)


@st.fragment(run_every=1)
def _following(reader: Reader, agenda_id: str) -> None:
    speak()
    try:
        slides = workspace.slides(data_folder(), agenda_id)
        shown = workspace.showing(data_folder(), agenda_id)
    except SqError as error:
        st.warning(error.told())
        return
    at = next((place for place, slide in enumerate(slides) if shown and slide.id == shown.slide), None)
    if at is None:
        nothing_here(_("The meeting has not begun: open “Present” in another window; this one follows."))
        return
    here, then = st.columns([3, 2], gap="large")
    with here:
        _now(reader, slides[at], at, len(slides), shown.page if shown else "")
    with then:
        _next(reader, slides[at + 1] if at + 1 < len(slides) else None)


def _now(reader: Reader, slide: Slide, at: int, count: int, away: str) -> None:
    """The slide on the screen in words, and what the speaker wanted to say."""
    content = _known(reader, slide)
    place = _("Slide {place} of {count}", place=at + 1, count=count)
    st.html(f'<div class="sq-slide-foot" id="sq_presenter_place">{html.escape(place)}</div>')
    if away and is_built(away):
        st.info(_("On the screen now: {page}", page=page_named(away)))
    _told(titled(reader, slide, content), sentence_of(slide, content))
    st.html(f'<div class="sq-slide-foot">{html.escape(_("Speaker note"))}</div>')
    note = slide.note or _("No note on this slide.")
    st.html(f'<p class="sq-slide-text" id="sq_presenter_note">{html.escape(note)}</p>')


def _next(reader: Reader, slide: Slide | None) -> None:
    st.html(f'<div class="sq-slide-foot">{html.escape(_("The next slide"))}</div>')
    if slide is None:
        _told(_("This is the last slide."), "")
        return
    content = _known(reader, slide)
    _told(titled(reader, slide, content), sentence_of(slide, content))
    if content is not None and content.chart.is_drawn:
        content = with_meanwhile(reader, content)
        figure = slide_figure(content.chart, reader.theme, PREVIEW_HEIGHT, PREVIEW_TEXT, PREVIEW_WIDTH)
        drill_chart(figure, "sq_presenter_next", alt=str(content.title))
        _happened(content)


def _told(title: str, sentence: str) -> None:
    """A slide in words, as it stands on the screen: the topic small, what it says strong."""
    said = headed(title, sentence)
    parts = (
        f'<div class="sq-slide-foot">{html.escape(said.topic)}</div>' if said.topic else "",
        f'<div class="sq-slide-note"><b>{html.escape(said.headline)}</b></div>',
        f'<p class="sq-slide-note">{html.escape(said.rest)}</p>' if said.rest else "",
    )
    st.html("".join(parts))


def _known(reader: Reader, slide: Slide) -> SlideContent | None:
    """The content of a view; None for slides of words, and where the snapshot is gone."""
    if slide.kind != "view":
        return None
    try:
        return contents(reader, slide)
    except SqError:
        return None


__all__ = ["contents", "present", "presenter_view"]
