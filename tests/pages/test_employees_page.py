"""The pages about employees and the chain say something true whatever was asked, of however few, however alike."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.pages.conftest import Open, answer_of, texts_of
from tests.pages.test_every_page import NEVER
from tests.small_chain import publish_frames, small_frames

Frames = dict[str, pd.DataFrame]
NOBODY = "There is nothing of this survey yet."


def without(*tables: str) -> Callable[[Frames], Frames]:
    """The small chain with some tables empty."""
    return lambda frames: {**frames, **{name: frames[name].iloc[:0] for name in tables}}


def alike(frames: Frames) -> Frames:
    """Everybody gives the same answer to everything."""
    answers = frames["answers"]
    own = answers["instrument"].isin(["employee", "internal_service", "awareness"])
    return {**frames, "answers": answers.assign(value=answers["value"].mask(own & answers["value"].notna(), 4))}


def few(frames: Frames) -> Frames:
    """Twelve employees in all: below every estimate, above a cell."""
    forms = frames["employee_responses"]
    return {**frames, "employee_responses": forms[forms["wave_id"] == "2026A"].head(12)}


ODD: dict[str, Callable[[Frames], Frames]] = {
    "no employees": without("employee_responses"),
    "no internal service": without("internal_service_responses"),
    "no awareness": without("awareness_responses"),
    "employees alone": without(
        "mystery_visits", "customer_responses", "complaints", "internal_service_responses", "awareness_responses"
    ),
    "visits alone": without(
        "employee_responses", "customer_responses", "complaints", "internal_service_responses", "awareness_responses"
    ),
    "all alike": alike,
    "a dozen": few,
}
VIEWS: list[tuple[str, dict[str, str]]] = [
    ("employees", {}),
    ("employees", {"part": "internal"}),
    ("employees", {"part": "beliefs"}),
    ("chain", {}),
    ("chain", {"level": "region"}),
]


@pytest.fixture(scope="module", params=ODD)
def odd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp("odd")
    publish_frames(folder, ODD[request.param](small_frames()))
    return request.param, folder


def test_every_part_says_something_true(open_page: Open, odd: tuple[str, Path]) -> None:
    name, folder = odd
    for place, (key, query) in enumerate(VIEWS):
        at = open_page(key, ("en", "zh")[place % 2], folder=folder, **query)
        assert not at.exception, (name, key, query)
        assert [e.value for e in at.error] == [], (name, key, query)
        assert answer_of(at), (name, key, query)
        assert [text for text in texts_of(at) if NEVER.search(text)] == [], (name, key, query)


def test_a_missing_survey_is_told_with_the_way_to_bring_it(open_page: Open, odd: tuple[str, Path]) -> None:
    name, folder = odd
    missing = {"no employees": "staff", "no internal service": "internal", "no awareness": "beliefs"}
    if name not in missing:
        return
    at = open_page("employees", folder=folder, part=missing[name])
    assert answer_of(at) == NOBODY
    assert any("data page" in box.value for box in at.info)


def test_one_wave_has_no_change_and_says_so(open_page: Open) -> None:
    at = open_page("employees")
    assert any("a change needs two" in box.value for box in at.info)


def test_few_have_no_reliability_and_no_drivers_and_the_page_says_why(open_page: Open) -> None:
    told = [box.value for box in open_page("employees").info]
    assert any("20 complete forms" in text for text in told)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_simulated_chain_shows_every_part(open_page: Open, demo_data: Path, language: str) -> None:
    def headings(**query: str) -> list[str]:
        at = open_page("employees", language, folder=demo_data, **query)
        assert not at.exception
        assert [text for text in texts_of(at) if NEVER.search(text)] == []
        return [heading.value for heading in at.subheader]

    assert [len(headings(part=part)) for part in ("staff", "internal", "beliefs")] == [6, 4, 3]


def test_a_shared_link_and_the_front_door_show_the_same(open_page: Open, demo_data: Path) -> None:
    query: dict[str, Any] = {"part": "internal", "against": "regions"}
    answers = {answer_of(open_page("employees", "en", door, demo_data, **query)) for door in (True, False)}
    assert len(answers) == 1
    links: dict[str, Any] = {"link": "delivered_perceived"}
    assert len({answer_of(open_page("chain", "en", door, demo_data, **links)) for door in (True, False)}) == 1
