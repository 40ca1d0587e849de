"""The page of priorities says something true whatever was measured."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.pages.conftest import Open, answer_of, texts_of
from tests.pages.test_every_page import NEVER
from tests.small_chain import answers, publish_frames, small_frames

Frames = dict[str, Any]


def without(*tables: str) -> Callable[[Frames], Frames]:
    return lambda frames: frames | {name: frames[name].iloc[:0] for name in tables}


def constant(frames: Frames) -> Frames:
    """Every answer of customers is the same."""
    rows = frames["answers"]
    is_customer = rows["instrument"] == "customer"
    return frames | {"answers": rows.assign(value=rows["value"].where(~is_customer, 3))}


ODD: dict[str, tuple[Callable[[Frames], Frames], str, str]] = {
    "no visits": (without("mystery_visits"), "Management", "管理"),
    "no customers": (without("customer_responses"), "cannot be told", "无法说明"),
    "no audits": (without("management_audits"), "Delivery", "提供"),
    "nothing of the period": (without("mystery_visits", "customer_responses", "complaints"), "Bring mystery", "请导入"),
    "all answers alike": (constant, "cannot be told", "无法说明"),
    "fewer than twenty answers": (lambda frames: frames, "too few complete answers", "完整答卷太少"),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_missing_is_told_and_the_rest_is_shown(open_page: Open, tmp_path: Path, odd: str) -> None:
    change, english, chinese = ODD[odd]
    publish_frames(tmp_path, change(small_frames()))
    for language, words in (("en", english), ("zh", chinese)):
        at = open_page("priorities", language, folder=tmp_path)
        assert not at.exception
        assert [e.value for e in at.error] == []
        assert words in " ".join(texts_of(at))
        assert [text for text in texts_of(at) if NEVER.search(text)] == []


def surveyed(frames: Frames, n: int = 240, alike: bool = False) -> Frames:
    """The small chain with many responses: the first dimension moves the overall answer, the second does not."""
    random = np.random.default_rng(1)
    one = random.integers(1, 6, n)
    two = np.clip(one + (random.random(n) < 0.1), 1, 5) if alike else random.integers(1, 6, n)
    overall = np.clip(np.round(0.8 * one + 0.6 + random.normal(0, 0.4, n)), 1, 5)
    ids = [f"N{row}" for row in range(n)]
    responses = pd.DataFrame(
        {
            "response_id": ids,
            "store_id": random.choice(["S1", "S2", "S3", "S4"], n),
            "answered_on": "2026-03-15",
            "wave_id": "2026Q1",
            "weight": 1,
        }
    )
    given = {
        name: {"Q1": int(a), "Q2": int(a), "Q3": int(6 - b), "Q4": int(o)}
        for name, a, b, o in zip(ids, one, two, overall, strict=True)
    }
    others = frames["answers"][frames["answers"]["instrument"] != "customer"]
    rows = pd.concat([others, answers("customer", given)], ignore_index=True)
    return frames | {"customer_responses": responses, "answers": rows}


def test_the_dimension_that_moves_the_overall_answer_is_named_the_other_is_not(open_page: Open, tmp_path: Path) -> None:
    publish_frames(tmp_path, surveyed(small_frames()))
    at = open_page("priorities", folder=tmp_path, kind="dimension")
    assert "goes most with Service quality" in answer_of(at)
    assert "next" not in answer_of(at)
    shared = open_page("priorities", "zh", folder=tmp_path, kind="touchpoint")
    assert "总体满意度" in answer_of(shared)


def test_dimensions_that_can_hardly_be_told_apart_are_told(open_page: Open, tmp_path: Path) -> None:
    publish_frames(tmp_path, surveyed(small_frames(), alike=True))
    at = open_page("priorities", folder=tmp_path)
    warned = " ".join(w.value for w in at.warning)
    assert "can hardly be told apart" in warned
    assert "r = 0.9" in warned


def test_a_region_with_too_few_answers_shows_the_chain_and_says_so(open_page: Open, tmp_path: Path) -> None:
    publish_frames(tmp_path, surveyed(small_frames()))
    at = open_page("priorities", folder=tmp_path, region="华北", city="北京")
    assert "for this place those of" in " ".join(texts_of(at))


def test_the_choice_of_outcome_and_drivers_stands_in_the_address(open_page: Open, demo_data: Path) -> None:
    at = open_page("priorities", folder=demo_data, outcome="recommend", kind="touchpoint")
    assert not at.exception
    assert "Recommendation goes most with" in answer_of(at)
    other = open_page("priorities", folder=demo_data, outcome="nonsense", kind="nonsense")
    assert "Overall satisfaction goes most with" in answer_of(other)


def test_the_simulated_chain_shows_its_weak_area_its_drivers_and_its_lost_points(
    open_page: Open, demo_data: Path
) -> None:
    at = open_page("priorities", folder=demo_data, front_door=True)
    assert "Knowledge base" in answer_of(at)
    headings = [s.value for s in at.subheader]
    assert headings == [
        "The weakest links on three layers",
        "What satisfaction goes with",
        "Importance against performance",
        "What a bad rating costs and a good one pays",
        "What reaching the best quarter of stores goes with",
        "Which items lose most of the score",
        "Where these items are lost",
    ]
    charts = at.get("plotly_chart")
    assert len(charts) == 8
