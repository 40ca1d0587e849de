"""Notes and events are written, changed and deleted where they are seen; two writers lose nothing."""

import datetime as dt
import html
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from sq import workspace
from sq.workspace import Event, connection
from tests.pages.conftest import Open, texts_of

PERIOD = {"start": "2026-01", "end": "2026-04"}
MARCH = dt.date(2026, 3, 5)


@pytest.fixture
def folder(small_data: Path, tmp_path: Path) -> Path:
    """The small chain with a workspace of its own."""
    return Path(shutil.copytree(small_data, tmp_path / "data"))


def opened(open_page: Open, folder: Path, page: str = "explore", language: str = "en", **query: str) -> AppTest:
    at = open_page(page, language, folder=folder, **(PERIOD | query))
    at.session_state["sq_happened_open"] = True
    return at.run()


def field(at: AppTest, kind: str, name: str) -> object:
    """A field of the dialog, whichever time it was opened."""
    return next(widget for widget in at.get(kind) if (widget.key or "").endswith(f"_{name}"))


def written(folder: Path) -> list[tuple[str, str, str, str]]:
    return [(event.kind, event.level, event.place, event.text) for event in workspace.events(folder)]


def test_a_note_is_written_for_the_place_that_is_looked_at(open_page: Open, folder: Path) -> None:
    at = opened(open_page, folder, store="S1", region="华北")
    at.button(key="sq_note_new").click().run()
    field(at, "text_area", "text").set_value("新店长 <b>上任</b>")
    field(at, "button_group", "kind").set_value("training")
    field(at, "button", "save").click().run()
    assert [e.value for e in at.error] == []
    assert written(folder) == [("training", "store", "S1", "新店长 <b>上任</b>")]
    event = workspace.events(folder)[0]
    assert (event.start, event.end) == (dt.date(2026, 4, 30),) * 2  # the period's last day, which lies before today
    at.run()
    assert any("30 Apr 2026 · Training · 北一店" in text for text in texts_of(at))


def test_an_empty_note_is_told_and_nothing_is_stored(open_page: Open, folder: Path) -> None:
    at = opened(open_page, folder)
    at.button(key="sq_note_new").click().run()
    field(at, "button", "save").click().run()
    assert [e.value for e in at.error] == ["“Text” is empty."]
    field(at, "text_area", "text").set_value("x")
    field(at, "date_input", "end").set_value(dt.date(2026, 1, 1))
    field(at, "button", "save").click().run()
    assert [e.value for e in at.error] == ["The last day lies before the first one, or far from our time."]
    assert written(folder) == []


def note(folder: Path, text: str = "old") -> Event:
    return workspace.add(folder, Event.of(level="store", place="S1", start=MARCH, end=MARCH, text=text))


def test_a_note_is_changed_and_deleted(open_page: Open, folder: Path) -> None:
    event = note(folder)
    at = opened(open_page, folder)
    at.button(key=f"sq_note_{event.id}").click().run()
    field(at, "text_area", "text").set_value("new")
    field(at, "button", "save").click().run()
    assert written(folder) == [("note", "store", "S1", "new")]
    at.run()
    at.button(key=f"sq_note_{event.id}").click().run()
    field(at, "button", "delete").click().run()
    assert written(folder) == []


@pytest.mark.parametrize(("choice", "kept"), [("sq_note_mine", "mine"), ("sq_note_theirs", "theirs")])
def test_two_writers_see_both_texts_and_choose(open_page: Open, folder: Path, choice: str, kept: str) -> None:
    event = note(folder)
    at = opened(open_page, folder, language="zh")
    at.button(key=f"sq_note_{event.id}").click().run()
    workspace.change(folder, event.but(text="theirs", kind="campaign"))
    field(at, "text_area", "text").set_value("mine")
    field(at, "button", "save").click().run()
    assert [w.value for w in at.warning] == [
        "在此期间有人改过这项内容，您的修改未保存。 两份内容都在下面：请选择一份，或合并两份。"
    ]
    shown = texts_of(at)
    assert {"mine", "theirs", "备注", "促销活动"} <= set(shown)
    assert written(folder) == [("campaign", "store", "S1", "theirs")]
    at.button(key=choice).click().run()
    assert [event[3] for event in written(folder)] == [kept]


def test_a_note_that_was_deleted_meanwhile_can_still_be_saved(open_page: Open, folder: Path) -> None:
    event = note(folder)
    at = opened(open_page, folder)
    at.button(key=f"sq_note_{event.id}").click().run()
    workspace.remove(folder, event)
    field(at, "text_area", "text").set_value("mine")
    field(at, "button", "save").click().run()
    assert "deleted this in the meantime" in at.warning[0].value
    at.button(key="sq_note_mine").click().run()
    assert written(folder) == [("note", "store", "S1", "mine")]


def test_the_card_shows_what_readers_wrote_beside_what_came_with_the_data(open_page: Open, folder: Path) -> None:
    note(folder, "招牌更换 <script>")
    at = opened(open_page, folder, "store", store="S1")
    card = next(text for text in texts_of(at) if "Notes and events" in text and "Last visits" in text)
    assert "5 Mar 2026 · General note" in card
    assert "招牌更换 &lt;script&gt;" in card
    assert "门店装修" in card
    elsewhere = opened(open_page, folder, "store", store="S3")
    assert not any("招牌更换" in text for text in texts_of(elsewhere))


@pytest.mark.parametrize("page", ["explore", "store"])
def test_without_its_workspace_a_page_tells_its_numbers_all_the_same(
    open_page: Open, folder: Path, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(connection.VARIABLE, "postgresql://sq:secret@/x?host=/nowhere")
    at = opened(open_page, folder, page, store="S1")
    assert [e.value for e in at.error] == []
    told = [text for text in texts_of(at) if "The workspace cannot be reached." in text]
    assert len(told) == 1
    assert any("门店装修" in text for text in texts_of(at))
    assert not any("secret" in text for text in texts_of(at))
    connection.close()


def test_a_wrong_setting_of_the_workspace_does_not_keep_the_numbers_from_the_reader(
    open_page: Open, folder: Path
) -> None:
    (folder / "settings.toml").write_text("[workspace]\ndatabase = 5\n", encoding="utf-8")
    at = opened(open_page, folder)
    assert [e.value for e in at.error] == []
    assert len([text for text in texts_of(at) if "workspace.database cannot be 5" in text]) == 1


HOSTILE = "=1+1 <script>alert(1)</script> " + "长" * 900


@pytest.mark.parametrize(
    ("page", "query", "title"),
    [
        ("overview", {}, "Notes and events of this period (4)"),
        ("customers", {"metric": "customer_index"}, "Notes and events of this period (4)"),
        ("compare", {"level": "region", "show": "trends"}, "Notes and events of this period (4)"),
        ("store", {"store": "S1"}, "Notes and events of this period (4)"),
        ("store", {"store": "S3"}, "Notes and events of this period (2)"),  # of 华南: its training, the chain's note
    ],
)
def test_every_page_with_a_course_tells_what_happened(
    open_page: Open, folder: Path, page: str, query: dict[str, str], title: str
) -> None:
    note = Event.of(kind="renovation", level="region", place="华北", start=MARCH, end=MARCH, text=HOSTILE)
    workspace.add(folder, note)
    at = opened(open_page, folder, page, **query)
    assert not at.exception
    assert [box.label for box in at.expander if "Notes and events" in box.label] == [title]
    is_told = title.endswith("(4)")
    bodies = [block.proto.body for block in at.get("html")]
    about = "5 Mar 2026 · Renovation · 华北"
    assert [html.escape(HOSTILE) in body for body in bodies if about in body] == [True] * is_told
    assert not any("<script>alert" in body for body in bodies)


def test_the_employees_page_tells_what_happened_at_one_wave_in_the_period(open_page: Open, folder: Path) -> None:
    at = opened(open_page, folder, "employees")
    assert [box.label for box in at.expander if "Notes" in box.label] == ["Notes and events of this period (3)"]
    zh = opened(open_page, folder, "employees", "zh")
    assert [box.label for box in zh.expander if "备注" in box.label] == ["本期备注与事件（3）"]
