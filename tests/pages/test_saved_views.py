"""Views are saved under a name: for one reader, or for everybody."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from sq import workspace
from sq.ui import views_menu
from sq.workspace import View
from tests.pages.conftest import Open, texts_of

QUERY = {"metric": "nps", "region": "华北"}
SAVE_MINE, SAVE_ALL = "sq_view_save_mine", "sq_view_save_"


@pytest.fixture
def folder(small_data: Path, tmp_path: Path) -> Path:
    """The small chain with a workspace of its own."""
    return Path(shutil.copytree(small_data, tmp_path / "data"))


def opened(open_page: Open, folder: Path, page: str = "explore", language: str = "en", **query: str) -> AppTest:
    at = open_page(page, language, folder=folder, **query)
    at.session_state["sq_views"] = True
    return at.run()


def save(at: AppTest, title: str, button: str) -> AppTest:
    at.text_input(key="sq_view_title").set_value(title)
    at.button(key=button).click()
    return at.run()


def links(at: AppTest) -> list[tuple[str, str]]:
    """Label and query of the saved views."""
    return [(link.proto.label, link.proto.query_string) for link in at.get("page_link") if link.proto.help]


def test_the_address_is_saved_for_oneself_under_a_key_of_ones_own(open_page: Open, folder: Path) -> None:
    at = save(opened(open_page, folder, **QUERY), "华北 NPS", SAVE_MINE)
    key = at.session_state["sq_reader"]
    (view,) = workspace.views(folder, key)
    assert (view.title, view.page, view.parameters) == ("华北 NPS", "explore", QUERY)
    assert workspace.views(folder) == []
    assert any(f"sq_reader={key};" in b.proto.body for b in at.get("html"))  # the browser is told to remember it
    assert any("sq_reader=" in b.proto.body for b in at.run().get("html")) is False


def test_what_one_reader_saved_another_does_not_see_until_it_is_shared(open_page: Open, folder: Path) -> None:
    at = save(opened(open_page, folder, **QUERY), "mine", SAVE_MINE)
    other = opened(open_page, folder)
    assert "mine" not in [label for label, _query in links(other)]
    (view,) = workspace.views(folder, at.session_state["sq_reader"])
    at.button(key=f"sq_view_change_{view.id}").click().run()
    at.button(key=f"sq_view_name_{view.id}_1_share").click().run()
    assert [label for label, _query in links(other.run())] == ["mine"]
    assert links(other)[0][1] == "metric=nps&region=%E5%8D%8E%E5%8C%97"


def test_a_view_is_renamed_copied_and_deleted(open_page: Open, folder: Path) -> None:
    at = save(opened(open_page, folder), "first", SAVE_ALL)
    (view,) = workspace.views(folder)
    at.button(key=f"sq_view_change_{view.id}").click().run()
    at.text_input(key=f"sq_view_name_{view.id}_1").set_value("second")
    at.button(key=f"sq_view_name_{view.id}_1_save").click().run()
    assert [label for label, _query in links(at)] == ["second"]
    at.button(key=f"sq_view_change_{view.id}").click().run()
    at.button(key=f"sq_view_name_{view.id}_2_copy").click().run()
    assert [v.title for v in workspace.views(folder, at.session_state["sq_reader"])] == ["second"]
    at.button(key=f"sq_view_change_{view.id}").click().run()
    at.button(key=f"sq_view_name_{view.id}_2_delete").click().run()
    assert workspace.views(folder) == []
    assert [label for label, _query in links(at)] == ["second"]  # one's own copy


def test_of_two_who_rename_the_later_one_sees_both_names(open_page: Open, folder: Path) -> None:
    view = workspace.add(folder, View.of(title="old", page="explore"))
    at = opened(open_page, folder)
    at.button(key=f"sq_view_change_{view.id}").click().run()
    workspace.change(folder, view.but(title="theirs"))
    at.text_input(key=f"sq_view_name_{view.id}_1").set_value("mine*")
    at.button(key=f"sq_view_name_{view.id}_1_save").click().run()
    assert "Title\\: yours “mine\\*”, saved “theirs”" in at.warning[0].value
    assert [v.title for v in workspace.views(folder)] == ["theirs"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_view_without_a_name_is_told(open_page: Open, folder: Path, language: str) -> None:
    at = save(opened(open_page, folder, language=language), "  ", SAVE_MINE)
    assert [w.value for w in at.warning] == [{"en": "“Title” is empty.", "zh": "“标题”为空。"}[language]]


def test_a_hostile_name_is_shown_as_it_is_and_a_lost_page_leads_nowhere(open_page: Open, folder: Path) -> None:
    workspace.add(folder, View.of(title="[x](javascript:alert) <b>", page="store", query={"store": "gone"}))
    workspace.add(folder, View.of(title="lost *page*", page="no_such_page"))
    at = opened(open_page, folder)
    assert [label for label, _query in links(at)] == ["\\[x\\]\\(javascript\\:alert\\) \\<b\\>"]
    assert "lost \\*page\\*" in texts_of(at)


@pytest.mark.parametrize("cookie", ["';alert(1)//", "../x", "A" * 32, "a" * 31, "a" * 33, ""])
def test_a_forged_key_is_not_taken(monkeypatch: pytest.MonkeyPatch, cookie: str) -> None:
    monkeypatch.setattr(views_menu.st, "context", SimpleNamespace(cookies={"sq_reader": cookie}))
    monkeypatch.setattr(views_menu.st, "session_state", {})
    assert views_menu.reader_key() == ""
    monkeypatch.setattr(views_menu.st, "context", SimpleNamespace(cookies={"sq_reader": "0a" * 16}))
    monkeypatch.setattr(views_menu.st, "session_state", {})
    assert views_menu.reader_key() == "0a" * 16
