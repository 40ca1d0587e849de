"""Agendas: they build themselves, hold what was captured, present it on numbers that stand still."""

import json
import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from sq import workspace
from sq.analyses.agenda import TITLES
from sq.language import LANGUAGES, _, speaking
from sq.publish import snapshots
from sq.warehouse import current_snapshot
from sq.workspace import Agenda, Slide
from tests.pages.conftest import Open, answer_of, texts_of
from tests.small_chain import publish_frames, small_frames

HOSTILE = "<script>alert(1)</script> **x** [a](javascript:b) $1$ :red[r] =1+1"
TITLE = re.compile(r'<h1 class="sq-slide-title[^"]*">(.*?)</h1>', re.S)
TOPIC = re.compile(r'<p class="sq-slide-topic">(.*?)</p>', re.S)
TEXT = re.compile(r'<p class="sq-slide-(?:text|more)">(.*?)</p>', re.S)
# V01 100, V02 250/7, V03 80, V04 50, V05 850/9, V06 400/9 (tests/small_chain.py)
MEAN = (100 + 250 / 7 + 80 + 50 + 850 / 9 + 400 / 9) / 6
# without V01: its 100 points are gone
MEAN_LATER = (250 / 7 + 80 + 50 + 850 / 9 + 400 / 9) / 5


@pytest.fixture
def folder(small_data: Path, tmp_path: Path) -> Path:
    """The small chain with a workspace of its own."""
    return Path(shutil.copytree(small_data, tmp_path / "data"))


@pytest.fixture
def built(open_page: Open, folder: Path) -> tuple[AppTest, Agenda]:
    """The page after a reader let the agenda build itself."""
    at = open_page("meeting", folder=folder)
    at.button(key="sq_agenda_build").click().run()
    return at, workspace.agendas(folder)[0]


def publish_without_a_visit(folder: Path) -> str:
    """Newer data: V01 was withdrawn."""
    frames = small_frames()
    for name, key in (("mystery_visits", "visit_id"), ("answers", "response_id")):
        frames[name] = frames[name][frames[name][key] != "V01"]
    publish_frames(folder, frames)
    return current_snapshot(folder)


def agenda_of(folder: Path, *slides: Slide, snapshot: str = "") -> Agenda:
    return workspace.add_agenda(folder, Agenda.of(title="Monday", snapshot=snapshot), slides)


def presented(open_page: Open, folder: Path, agenda: Agenda, place: int = 0, language: str = "en") -> AppTest:
    slide = workspace.slides(folder, agenda.id)[place]
    return open_page("meeting", language, folder=folder, meeting=agenda.id, slide=slide.id)


def shown(at: AppTest) -> tuple[str, str]:
    """Title and sentence of the slide on the screen, as they were written: of a view the sentence is the headline."""
    bodies = [b.proto.body for b in at.get("html") if "sq-slide-title" in b.proto.body and "<h1" in b.proto.body]
    title, topic, text = (part.search(bodies[0]) for part in (TITLE, TOPIC, TEXT))
    assert title is not None
    rest = text.group(1) if text else ""
    return (topic.group(1), f"{title.group(1)} {rest}".strip()) if topic else (title.group(1), rest)


def overview_slide(**given: str) -> Slide:
    return Slide.of(page="overview", title="Where we stand", **given)


def test_the_agenda_that_builds_itself_has_only_slides_with_data(built: tuple[AppTest, Agenda], folder: Path) -> None:
    at, agenda = built
    slides = workspace.slides(folder, agenda.id)
    assert at.query_params["agenda"] == agenda.id
    assert agenda.snapshot == current_snapshot(folder)
    assert [slide.title for slide in slides] == [
        "Whole chain · Jan 2026 – Mar 2026",
        "Where we stand",
        "Where it differs",
        "At which touchpoints",
        "What customers say",
        "What employees say",
        "What is being done, and what happened",
    ]  # nothing earlier: no “What reliably changed”; no store differs reliably: no “Stores that need help”
    assert slides[1].sentence == f"Whole chain: Mystery score {MEAN:.1f} (95 %: 43.9 to 90.9; 6 visits)."
    assert slides[6].sentence.splitlines() == [  # trainings and what readers wrote first
        "• 1 Feb 2026 · Training · 2 stores: 问候礼仪 (Greeting)",
        "• 1 Mar 2026 · Programme note · Whole chain: 检查表更新",
        "• 15 Feb 2026 · Programme note · 北一店: 门店装修",
    ]


def test_an_agenda_that_is_built_in_chinese_is_stored_in_chinese(
    open_page: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page("meeting", "zh", folder=folder)
    monkeypatch.setenv("SQ_LANG", "en")  # the server's language; the reader's is Chinese
    at.button(key="sq_agenda_build").click().run()
    (agenda,) = workspace.agendas(folder)
    last = workspace.slides(folder, agenda.id)[-1]
    assert last.title == "正在采取的措施与发生的事"
    assert "• 2026年2月15日 · 备注 · 北一店" in last.sentence


def test_the_agenda_of_a_store_begins_with_its_card(open_page: Open, folder: Path) -> None:
    at = open_page("meeting", folder=folder, store="S1")
    at.button(key="sq_agenda_build").click().run()
    (agenda,) = workspace.agendas(folder)
    first = workspace.slides(folder, agenda.id)[1]
    assert (first.title, first.page, first.parameters["store"]) == ("Where we stand", "store", "S1")


def test_a_slide_says_what_its_page_says(open_page: Open, built: tuple[AppTest, Agenda], folder: Path) -> None:
    for slide in workspace.slides(folder, built[1].id):
        if slide.kind == "view":
            assert slide.sentence == answer_of(open_page(slide.page, folder=folder, **slide.parameters)), slide.title


def test_a_view_is_captured_from_its_page(open_page: Open, folder: Path) -> None:
    agenda = agenda_of(folder)
    at = open_page("explore", folder=folder, metric="nps", region="华北")
    told = answer_of(at)
    at.session_state["sq_capture"] = True
    at.run()
    at.text_input(key="sq_capture_title").set_value("NPS in the north")
    at.text_area(key="sq_capture_note").set_value("ask Li")
    at.button(key="FormSubmitter:sq_capture_form-Add this view").click().run()
    (slide,) = workspace.slides(folder, agenda.id)
    assert (slide.page, slide.parameters) == ("explore", {"metric": "nps", "region": "华北"})
    assert (slide.title, slide.sentence, slide.note) == ("NPS in the north", told, "ask Li")
    assert shown(presented(open_page, folder, agenda)) == ("NPS in the north", told)


def test_a_chart_of_the_view_is_chosen_and_gives_the_slide_its_title(open_page: Open, folder: Path) -> None:
    agenda = agenda_of(folder)
    at = open_page("explore", folder=folder, metric="nps", split="region")
    at.session_state["sq_capture"] = True
    at.run()
    titles = at.selectbox(key="sq_capture_chart").options
    assert at.text_input(key="sq_capture_title").value == titles[0] == "Net promoter score by region"
    assert "Net promoter score over time" in titles
    at.selectbox(key="sq_capture_chart").select("trend")
    at.button(key="FormSubmitter:sq_capture_form-Add this view").click().run()
    (slide,) = workspace.slides(folder, agenda.id)
    assert (slide.title, slide.parameters["chart"]) == ("Net promoter score over time", "trend")


def test_capturing_into_a_new_agenda_pins_it_to_what_is_seen(open_page: Open, folder: Path) -> None:
    at = open_page("compare", folder=folder)
    at.session_state["sq_capture"] = True
    at.run()
    at.button(key="FormSubmitter:sq_capture_form-Add this view").click().run()
    (agenda,) = workspace.agendas(folder)
    assert agenda.snapshot == current_snapshot(folder)
    assert [slide.page for slide in workspace.slides(folder, agenda.id)] == ["compare"]


def test_slides_are_moved_worded_copied_and_deleted(open_page: Open, folder: Path) -> None:
    agenda = agenda_of(folder, *(Slide.of(kind="text", title=name) for name in "ABC"))
    ids = {slide.title: slide.id for slide in workspace.slides(folder, agenda.id)}
    at = open_page("meeting", folder=folder, agenda=agenda.id)
    at.button(key=f"sq_up_{ids['C']}").click().run()
    assert [slide.title for slide in workspace.slides(folder, agenda.id)] == ["A", "C", "B"]
    at.button(key=f"sq_edit_{ids['C']}").click().run()
    at.text_area(key=f"sq_slide_{ids['C']}_1_note").set_value("say it slowly")
    at.button(key=f"sq_slide_{ids['C']}_1_save").click().run()
    assert workspace.slide(folder, ids["C"]).note == "say it slowly"
    at.button(key=f"sq_edit_{ids['C']}").click().run()
    at.button(key=f"sq_slide_{ids['C']}_2_copy").click().run()
    assert [slide.title for slide in workspace.slides(folder, agenda.id)] == ["A", "C", "C", "B"]
    at.button(key=f"sq_edit_{ids['A']}").click().run()
    at.button(key=f"sq_slide_{ids['A']}_1_delete").click().run()
    assert [slide.title for slide in workspace.slides(folder, agenda.id)] == ["C", "C", "B"]


def test_an_agenda_is_renamed_copied_and_deleted(open_page: Open, folder: Path) -> None:
    agenda = agenda_of(folder, overview_slide())
    at = open_page("meeting", folder=folder, agenda=agenda.id)
    at.session_state["sq_agenda_menu"] = True
    at.run()
    at.text_input(key=f"sq_agenda_name_{agenda.id}_1").set_value("Tuesday")
    at.button(key="sq_agenda_rename").click().run()
    assert workspace.agenda(folder, agenda.id).title == "Tuesday"
    at.button(key="sq_agenda_copy").click().run()
    copy = workspace.agenda(folder, at.query_params["agenda"])
    assert copy.title == "Copy of Tuesday"
    assert [slide.title for slide in workspace.slides(folder, copy.id)] == ["Where we stand"]
    at.button(key="sq_agenda_delete").click().run()
    assert [one.title for one in workspace.agendas(folder)] == ["Tuesday"]


def test_of_two_editors_the_later_one_sees_both_texts_and_chooses(open_page: Open, folder: Path) -> None:
    agenda = agenda_of(folder, Slide.of(kind="text", title="A", sentence="before"))
    (slide,) = workspace.slides(folder, agenda.id)
    at = open_page("meeting", folder=folder, agenda=agenda.id)
    at.button(key=f"sq_edit_{slide.id}").click().run()
    workspace.change(folder, slide.but(sentence="theirs"))
    at.text_area(key=f"sq_slide_{slide.id}_1_sentence").set_value("mine")
    at.button(key=f"sq_slide_{slide.id}_1_save").click().run()
    assert workspace.slide(folder, slide.id).sentence == "theirs"
    said = " ".join(texts_of(at))
    assert "nothing was saved" in said
    assert "mine" in said
    assert "theirs" in said
    at.button(key="sq_clash_mine").click().run()
    assert workspace.slide(folder, slide.id).sentence == "mine"
    assert "nothing was saved" not in " ".join(texts_of(at))


def test_a_text_whose_slide_was_deleted_meanwhile_can_be_saved_as_new(open_page: Open, folder: Path) -> None:
    agenda = agenda_of(folder, Slide.of(kind="text", title="A", sentence="before"))
    (slide,) = workspace.slides(folder, agenda.id)
    at = open_page("meeting", folder=folder, agenda=agenda.id)
    at.button(key=f"sq_edit_{slide.id}").click().run()
    at.text_area(key=f"sq_slide_{slide.id}_1_sentence").set_value("mine")
    workspace.remove(folder, slide)
    at.button(key=f"sq_slide_{slide.id}_1_save").click().run()
    assert "Somebody has deleted this" in " ".join(texts_of(at))
    at.button(key="sq_clash_mine").click().run()
    assert [one.sentence for one in workspace.slides(folder, agenda.id)] == ["mine"]


def test_keys_lead_through_the_slides(open_page: Open, folder: Path) -> None:
    agenda = agenda_of(folder, *(Slide.of(kind="text", title=name) for name in "ABC"))
    at = presented(open_page, folder, agenda)
    keys = {b.proto.shortcut: b.key for b in at.button if b.proto.shortcut}
    assert set(keys) == {"left", "right", "home", "end", "pageup", "pagedown"}
    for key, title in (("right", "B"), ("pagedown", "C"), ("left", "B"), ("home", "A"), ("end", "C")):
        at.button(key=keys[key]).click().run()
        assert shown(at)[0] == title
    assert at.button(key=keys["right"]).disabled
    assert at.query_params["slide"] == workspace.slides(folder, agenda.id)[2].id  # a reload shows the same slide


def test_while_words_are_read_the_browser_fetches_what_draws_charts(open_page: Open, folder: Path) -> None:
    agenda = agenda_of(folder, Slide.of(kind="section", title="Begin"), Slide.of(page="explore", title="Then"))
    charts = [presented(open_page, folder, agenda, at).get("plotly_chart") for at in (0, 1)]
    assert [len(drawn) for drawn in charts] == [1, 1]
    assert json.loads(charts[0][0].proto.spec)["data"] == []


def test_a_meeting_has_no_menu(open_page: Open, folder: Path) -> None:
    at = presented(open_page, folder, agenda_of(folder, overview_slide()))
    assert len(at.sidebar) == 0
    assert at.title == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_sq_said_is_said_in_the_readers_language(
    open_page: Open, built: tuple[AppTest, Agenda], folder: Path, language: str
) -> None:
    at = presented(open_page, folder, built[1], 1, language)
    with speaking(language):
        assert shown(at)[0] == _(TITLES[0])
    assert shown(at)[1] == answer_of(open_page("overview", language, folder=folder))


def test_numbers_stand_still_until_the_agenda_is_moved(
    open_page: Open, built: tuple[AppTest, Agenda], folder: Path
) -> None:
    at, agenda = built
    newest = publish_without_a_visit(folder)
    assert f"{MEAN:.1f}" in shown(presented(open_page, folder, agenda, 1))[1]
    at.run()
    at.button(key="sq_agenda_compare").click().run()
    said = " ".join(texts_of(at))
    assert f"Mystery score {MEAN:.1f}" in said
    assert f"Mystery score {MEAN_LATER:.1f}" in said
    assert "statements change:" in said
    at.button(key="sq_agenda_move").click().run()
    moved = workspace.agenda(folder, agenda.id)
    assert moved.snapshot == newest
    assert f"Mystery score {MEAN_LATER:.1f}" in workspace.slides(folder, agenda.id)[1].sentence
    assert f"{MEAN_LATER:.1f}" in shown(presented(open_page, folder, moved, 1))[1]
    assert len(snapshots(folder)) == 2, "the old snapshot stays"


def test_words_of_ones_own_are_not_replaced_but_pointed_out(open_page: Open, folder: Path) -> None:
    agenda = agenda_of(folder, overview_slide(sentence="We did well."), snapshot=current_snapshot(folder))
    publish_without_a_visit(folder)
    at = open_page("meeting", folder=folder, agenda=agenda.id)
    at.button(key="sq_agenda_compare").click().run()
    assert "your own words: check them" in " ".join(texts_of(at))
    at.button(key="sq_agenda_move").click().run()
    assert workspace.slides(folder, agenda.id)[0].sentence == "We did well."


def test_a_click_on_a_mark_goes_into_it_on_the_pinned_snapshot(
    open_page: Open, built: tuple[AppTest, Agenda], folder: Path
) -> None:
    agenda = built[1]
    slide = workspace.slides(folder, agenda.id)[1]
    old = agenda.snapshot
    publish_without_a_visit(folder)
    at = open_page("explore", folder=folder, metric="mystery_score", meeting=agenda.id, slide=slide.id)
    assert f"{MEAN:.1f}" in answer_of(at)
    assert any(old in text for text in texts_of(at))
    assert [b.key for b in at.button if b.proto.shortcut] == ["sq_meeting_back", "sq_meeting_escape"]
    assert {b.proto.shortcut for b in at.button if b.proto.shortcut} == {"backspace", "escape"}
    seen = workspace.showing(folder, agenda.id)
    assert seen is not None
    assert (seen.slide, seen.page, seen.query) == (slide.id, "explore", "metric=mystery_score")


def test_the_presenters_view_follows_with_note_and_next_slide(open_page: Open, folder: Path) -> None:
    first = Slide.of(kind="text", title="A", note="thank the north")
    agenda = agenda_of(folder, first, Slide.of(kind="text", title="B", note="be brief"))
    view = open_page("meeting", folder=folder, presenter=agenda.id)
    assert any("has not begun" in text for text in texts_of(view))
    meeting = presented(open_page, folder, agenda)
    said = " ".join(texts_of(view.run()))
    assert "thank the north" in said
    assert "Slide 1 of 2" in said
    meeting.button(key="sq_meeting_after").click().run()
    said = " ".join(texts_of(view.run()))
    assert "be brief" in said
    assert "This is the last slide." in said


def test_an_agenda_that_is_gone_is_told(open_page: Open, folder: Path) -> None:
    for query in ({"agenda": "0" * 16}, {"meeting": "0" * 16}, {"presenter": "0" * 16}, {"meeting": "'; --"}):
        at = open_page("meeting", folder=folder, **query)
        assert not at.exception
        assert len(at.error) == 1, query
        assert "could not be worked out" not in at.error[0].value


def test_a_slide_whose_snapshot_is_gone_still_says_its_sentence(open_page: Open, folder: Path) -> None:
    gone = "20260101T000000000-00000000"
    agenda = agenda_of(folder, overview_slide(sentence="All is well."), snapshot=gone)
    at = presented(open_page, folder, agenda)
    assert shown(at) == ("Where we stand", "All is well.")
    assert gone in at.warning[0].value
    at = open_page("meeting", folder=folder, agenda=agenda.id)
    assert f"Its own snapshot {gone} does not exist any more" in at.warning[0].value
    at.button(key="sq_agenda_compare").click().run()
    at.button(key="sq_agenda_move").click().run()
    assert workspace.agenda(folder, agenda.id).snapshot == current_snapshot(folder)


@pytest.mark.parametrize(
    ("page", "query", "why"),
    [("explore", {"store": "S99"}, "S99"), ("nowhere", {}, "page of this slide does not exist")],
    ids=["store", "page"],
)
def test_a_slide_whose_store_or_page_is_gone_says_so(
    open_page: Open, folder: Path, page: str, query: dict[str, str], why: str
) -> None:
    kept = Slide.of(page=page, query=query, title="A", sentence="It was so.")
    bare = Slide.of(page=page, query=query, title="B")
    agenda = agenda_of(folder, kept, bare)
    at = presented(open_page, folder, agenda)
    assert shown(at) == ("A", "It was so.")
    assert why in at.warning[0].value
    assert why in shown(presented(open_page, folder, agenda, 1))[1]


@pytest.mark.parametrize("place", [0, 1], ids=["text", "view"])
def test_hostile_text_is_shown_as_text(open_page: Open, folder: Path, place: int) -> None:
    given = {"title": HOSTILE, "sentence": f"{HOSTILE}!", "note": HOSTILE}
    agenda = agenda_of(folder, Slide.of(kind="text", **given), Slide.of(page="overview", **given))
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt; **x** [a](javascript:b) $1$ :red[r] =1+1"
    at = presented(open_page, folder, agenda, place)
    assert shown(at) == (escaped, f"{escaped}!")
    pages = [at, open_page("meeting", folder=folder, agenda=agenda.id)]
    pages.append(open_page("meeting", folder=folder, presenter=agenda.id))
    for page in pages:
        assert not page.exception
        assert not any("<script>alert" in block.proto.body for block in page.get("html"))


def test_slides_are_worked_out_ahead_with_the_numbers_of_the_page(
    open_page: Open, built: tuple[AppTest, Agenda], folder: Path
) -> None:
    at = presented(open_page, folder, built[1], 2)
    figure = json.loads(at.get("plotly_chart")[0].proto.spec)
    assert figure["layout"]["font"]["size"] >= 24
    assert [trace["customdata"] for trace in figure["data"] if "customdata" in trace] == [["0:0", "0:1"]]
