"""The customers page says something true whatever was asked, and the map and the touchpoints beside it."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.analyses.test_customers import frames as customer_frames
from tests.pages.conftest import Open, answer_of, open_page, texts_of
from tests.pages.test_every_page import NEVER
from tests.small_chain import publish_frames, small_frames

__all__ = ["open_page"]
Frames = dict[str, pd.DataFrame]


def without_items(frames: Frames, *roles: str) -> Frames:
    gone = frames["items"]["role"].isin(roles)
    left = set(frames["items"].loc[~gone, "item_id"])
    answers = frames["answers"]
    return frames | {"items": frames["items"][~gone], "answers": answers[answers["item_id"].isin(left)]}


def one_response(frames: Frames) -> Frames:
    first = frames["customer_responses"].iloc[:1]
    answers = frames["answers"]
    kept = answers[answers["response_id"].isin(first["response_id"])]
    return frames | {"customer_responses": first, "answers": kept}


def plain(frames: Frames) -> Frames:
    """Neither dimensions nor comments nor the question about complaints."""
    responses = frames["customer_responses"].assign(comment=None, has_complained=None)
    items = frames["items"].assign(dimension_id=None)
    return {k: v for k, v in frames.items() if k != "dimensions"} | {"customer_responses": responses, "items": items}


# what was asked → (change of the frames, what the page must say in English, in Chinese)
QUESTIONNAIRES: dict[str, tuple[Callable[[Frames], Frames], str, str]] = {
    "everything": (lambda frames: frames, "reliably less than customers expect: Greeting", "明确低于客户期望的有问候"),
    "nothing expected": (
        lambda frames: without_items(frames, "expectation"),
        "not asked what they expect",
        "没有向客户询问对同一服务要素的期望和感受",
    ),
    "only the recommendation": (
        lambda frames: without_items(frames, "score", "overall", "expectation", "perception"),
        "Net promoter score",
        "净推荐值",
    ),
    "one response": (one_response, "too few", "太少"),
    "plain": (plain, "not asked whether they complained", "没有向客户询问是否投诉过"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("asked", QUESTIONNAIRES)
def test_the_page_fits_the_questionnaire(open_page: Open, tmp_path: Path, asked: str, language: str) -> None:
    change, english, chinese = QUESTIONNAIRES[asked]
    publish_frames(tmp_path, change(customer_frames()))
    at = open_page("customers", language, folder=tmp_path, start="2026-01", end="2026-03")
    assert not at.exception
    assert [e.value for e in at.error] == []
    told = " ".join(texts_of(at))
    assert (english if language == "en" else chinese) in told
    assert [text for text in texts_of(at) if NEVER.search(text)] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_customers_the_page_says_how_to_bring_them(open_page: Open, tmp_path: Path, language: str) -> None:
    frames = small_frames()
    del frames["customer_responses"]
    frames["answers"] = frames["answers"][frames["answers"]["instrument"] != "customer"]
    publish_frames(tmp_path, frames)
    at = open_page("customers", language, folder=tmp_path)
    assert not at.exception
    expected = "There are no customer responses yet." if language == "en" else "还没有客户答卷。"
    assert answer_of(at) == expected


def test_a_metric_of_another_instrument_gives_way_to_the_customer_index(open_page: Open) -> None:
    at = open_page("customers", metric="mystery_score")
    assert at.selectbox(key="sq_metric").value == "customer_index"
    assert "Customer index" in answer_of(at)


def test_what_is_searched_stands_in_the_address_and_finds_its_comments(open_page: Open, tmp_path: Path) -> None:
    publish_frames(tmp_path, customer_frames())
    at = open_page("customers", folder=tmp_path, start="2026-01", end="2026-03", find="排队", who="detractor")
    told = " ".join(texts_of(at))
    assert "comments: 4" in told
    assert "排队太慢" in told
    assert "热情" not in told


def with_places(frames: Frames) -> Frames:
    """The small chain in Beijing, Tianjin and Guangzhou; S4 has no coordinates."""
    places = {"S1": (39.9, 116.4), "S2": (39.1, 117.2), "S3": (23.1, 113.3), "S5": (23.1, 113.3)}
    stores = frames["stores"]
    columns = {
        name: [places.get(store, (None, None))[nth] for store in stores["store_id"]]
        for nth, name in enumerate(("latitude", "longitude"))
    }
    return frames | {"stores": stores.assign(**columns)}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_stores_with_coordinates_can_be_seen_on_a_map(open_page: Open, tmp_path: Path, language: str) -> None:
    publish_frames(tmp_path, with_places(small_frames()))
    at = open_page("explore", language, folder=tmp_path, start="2026-01", end="2026-04", view="map")
    assert not at.exception
    told = " ".join(texts_of(at))
    assert ("left out for want of coordinates: 1" if language == "en" else "因没有坐标而未显示：1 家") in told
    assert [text for text in texts_of(at) if NEVER.search(text)] == []


def test_without_coordinates_no_map_is_offered(open_page: Open) -> None:
    at = open_page("explore", view="map")
    assert not at.exception
    assert "sq_view" not in at.session_state


@pytest.mark.parametrize("metric", ["employee_index", "complaint_rate", "nps", "failed_visits"])
def test_every_kind_of_metric_can_be_seen_on_the_map(open_page: Open, tmp_path: Path, metric: str) -> None:
    publish_frames(tmp_path, with_places(small_frames()))
    query = {"metric": metric, "start": "2026-01", "end": "2026-04", "split": "store", "view": "map"}
    at = open_page("explore", "zh", folder=tmp_path, **query)
    assert not at.exception
    assert [e.value for e in at.error] == []
    assert at.session_state["sq_view"] == "map"
    assert [text for text in texts_of(at) if NEVER.search(text)] == []
