"""The frame and the drill page, run as Streamlit runs them, on the hand-sized chain."""

import json
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from sq.places import current_file, snapshot_file
from sq.warehouse import Scope, current_snapshot
from tests.small_chain import small_snapshot

APP = Path(__file__).parents[2] / "app.py"
SECONDS = 60


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def data(small_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SQ_DATA", str(small_data))
    return small_data


def _page(key: str = "explore", **query: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=SECONDS)
    app.switch_page(f"pages/{key}.py")
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def _html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def test_the_drill_page_answers_first_and_says_what_it_stands_on(data: Path) -> None:
    app = _page()
    assert not app.exception
    assert not app.error
    html = _html(app)
    assert 'class="sq-answer"' in html
    assert f"snapshot {current_snapshot(data)}" in html


def test_an_unknown_value_in_the_address_is_left_out_with_a_sentence(data: Path) -> None:
    app = _page(region="Atlantis", metric="no_such_metric", start="2026-99")
    assert not app.error
    assert len(app.warning) == 1
    for value in ("Atlantis", "no_such_metric", "2026-99"):
        assert value in app.warning[0].value


def test_without_data_a_page_says_how_to_bring_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQ_DATA", str(tmp_path))
    app = _page()
    assert not app.exception
    assert len(app.error) == 1
    assert "python -m sq" in app.error[0].value


def test_a_damaged_snapshot_is_one_sentence(small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(shutil.copytree(small_data, tmp_path / "data"))
    monkeypatch.setenv("SQ_DATA", str(folder))
    snapshot_file(folder, current_snapshot(folder)).write_bytes(b"not a database")
    app = _page()
    assert not app.exception
    assert len(app.error) == 1
    assert "Traceback" not in app.error[0].value


def test_an_unexpected_failure_is_told_in_one_sentence_and_logged(
    data: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object, **_values: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("sq.analyses.drill.drill", broken)
    with caplog.at_level(logging.ERROR, "sq"):
        app = _page()
    assert not app.exception
    assert len(app.error) == 1
    assert "secret" not in app.error[0].value
    assert "ZeroDivisionError" in caplog.text


def test_a_running_app_moves_over_to_a_new_snapshot(
    small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(small_data, tmp_path / "data"))
    monkeypatch.setenv("SQ_DATA", str(folder))
    app = _page()
    before = current_snapshot(folder)
    assert f"snapshot {before}" in _html(app)
    small_snapshot(folder)
    after = current_snapshot(folder)
    assert after != before
    app.run()
    assert f"snapshot {after}" in _html(app)
    assert f"snapshot {before}" not in _html(app)


def test_what_one_reader_may_see_is_never_answered_to_another(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {}
    for region in ("华北", "华南"):
        monkeypatch.setattr("sq.ui.frame.reader_scope", lambda region=region: Scope(regions=(region,)))
        app = _page(split="store", metric="mystery_score")
        assert not app.error
        ranking = json.loads(app.get("plotly_chart")[0].proto.spec)["data"][0]
        seen[region] = {mark[0] for mark in ranking["customdata"]}
    # S4 belongs to the North today; the new S5 in the South has no scored visit in the complete months.
    assert seen == {"华北": {"S1", "S2", "S4"}, "华南": {"S3"}}


@pytest.mark.parametrize(("language", "title"), [("en", "Drill down"), ("zh", "逐层下钻")])
def test_the_page_speaks_the_language_of_the_environment_where_the_browser_names_none(
    data: Path, monkeypatch: pytest.MonkeyPatch, language: str, title: str
) -> None:
    monkeypatch.setenv("SQ_LANG", language)
    assert _page().title[0].value == title


def test_the_front_door_opens_the_first_page(data: Path) -> None:
    app = AppTest.from_file(str(APP), default_timeout=SECONDS).run()
    assert not app.exception
    assert app.title[0].value


def test_a_shared_link_holds_no_language(data: Path) -> None:
    app = _page(metric="mystery_score")
    app.segmented_control(key="sq_language_switch").set_value("zh").run()
    assert app.title[0].value == "逐层下钻"
    assert set(app.query_params) == {"metric"}
    assert os.environ["SQ_LANG"] == "en"


def test_the_snapshot_in_use_is_the_one_that_current_names(data: Path) -> None:
    assert current_snapshot(data) in current_file(data).read_text(encoding="utf-8")
