"""The page about shoppers says something true whatever the rota was."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.pages.conftest import Open, answer_of, texts_of
from tests.pages.test_every_page import NEVER
from tests.small_chain import publish_frames, small_frames

Change = Callable[[pd.DataFrame], Any]
ROTAS: dict[str, tuple[Change, str, str]] = {
    "one shopper": (lambda visits: "P1", "P1 made all visits", "P1 一人完成"),
    "no codes": (lambda visits: None, "none says who made it", "没有注明由谁完成"),
    "everybody alone": (lambda visits: "W" + visits["store_id"], "parts that share nobody", "互不相交的部分"),
    "a code for some": (
        lambda visits: visits["shopper_id"].where(visits["visit_id"] < "V05"),
        "cannot be told",
        "无法判断",
    ),
}


def published(folder: Path, change: Change) -> Path:
    """A data folder with the small chain under another rota."""
    frames = small_frames()
    visits = frames["mystery_visits"]
    publish_frames(folder, frames | {"mystery_visits": visits.assign(shopper_id=change(visits))})
    return folder


@pytest.mark.parametrize("rota", ROTAS)
def test_a_rota_that_tells_nothing_is_told(open_page: Open, tmp_path: Path, rota: str) -> None:
    change, english, chinese = ROTAS[rota]
    folder = published(tmp_path, change)
    for language, words in (("en", english), ("zh", chinese)):
        at = open_page("shoppers", language, folder=folder, months="all")
        assert not at.exception
        assert [e.value for e in at.error] == []
        assert words in answer_of(at)
        assert [text for text in texts_of(at) if NEVER.search(text)] == []


def test_a_chain_of_one_region_has_no_share_of_visits_outside_it(open_page: Open, tmp_path: Path) -> None:
    frames = small_frames()
    stores = frames["stores"].assign(region="华北")
    publish_frames(tmp_path, frames | {"stores": stores})
    at = open_page("shoppers", folder=tmp_path, months="all")
    assert not at.exception
    assert {m.label: m.value for m in at.metric}["Visits outside the home region"] == "–"


def test_a_chain_without_visits_says_so(open_page: Open, tmp_path: Path) -> None:
    frames = small_frames()
    publish_frames(tmp_path, frames | {"mystery_visits": frames["mystery_visits"].iloc[:0]})
    at = open_page("shoppers", folder=tmp_path)
    assert not at.exception
    assert answer_of(at) == "There are no mystery visits."


def test_the_simulated_chain_names_its_shoppers_and_their_stores(open_page: Open, demo_data: Path) -> None:
    at = open_page("shoppers", folder=demo_data, front_door=True)
    assert not at.exception
    assert "differences between visits" in answer_of(at)
    people = next(t.value for t in at.dataframe if "na_rate" in t.value)
    assert people["shopper_id"].is_unique
    assert people["severity"].is_monotonic_decreasing
    stores = next(t.value for t in at.dataframe if "adjusted" in t.value)
    assert (stores["adjusted"] - stores["raw"]).to_list() == pytest.approx(stores["change"].to_list())
    assert stores["change"].abs().is_monotonic_decreasing


def test_the_visits_of_one_shopper_can_be_read_and_left_again(open_page: Open) -> None:
    at = open_page("visits", shopper="P1", start="2026-01", end="2026-04")
    assert "4 visits" in answer_of(at)
    assert set(at.dataframe[0].value["shopper_id"]) == {"P1"}
    at.button(key="sq_one_shopper").click().run()
    assert "10 visits" in answer_of(at)
    nobody = open_page("visits", shopper="nobody")
    assert not nobody.exception
    assert "no visits" in answer_of(nobody)
