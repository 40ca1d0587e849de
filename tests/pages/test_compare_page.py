"""The compare page: what its address holds, what a click does, and words where nothing can be set side by side."""

import re

import pytest

from sq.ui import compare_blocks
from sq.ui.compare_blocks import escaped, in_address, unescaped
from tests.pages.conftest import Open, answer_of, texts_of

NEVER = re.compile(r"Traceback|\bnan\b|\bNaN\b|\bNaT\b|\bNone\b|<NA>|\{\w+\}|could not be worked out|没能算出来")
VIEWS = [
    {},
    {"level": "store"},
    {"level": "store", "beside": "ranks", "show": "profile"},
    {"level": "store", "units": "S1,S3", "show": "profile", "scale": "raw"},
    {"level": "store", "units": "S1", "show": "plan"},
    {"level": "store", "units": "S2,S3,S4", "of": "S2", "show": "plan", "plan": "S2", "see": "9"},
    {"show": "competitors", "beside": "funnel"},
    {"show": "plan", "see": "nonsense"},
    {"region": "华北"},
    {"region": "华南", "level": "store"},
    {"store": "S1"},
    {"store": "S5"},
    {"start": "2025-01", "end": "2025-02"},
    {"metric": "nps", "level": "store"},
    {"metric": "failed_visits", "level": "store", "compare": "target"},
    {"metric": "complaint_rate", "level": "store", "beside": "ranks"},
    {"metric": "employee_index", "level": "store", "show": "profile"},
    {"metric": "employee_index", "department": "HR", "show": "plan"},
    {"metric": "employee_response_rate", "level": "store", "show": "profile"},
    {"metric": "internal_service_score", "department": "IT"},
    {"metric": "management_score", "level": "store", "compare": "previous"},
    {"metric": "published_mean"},
    {"compare": "none", "level": "city", "click": "pick"},
    {"brand": "对手品牌", "level": "store"},
    {"format": "旗舰店", "level": "store"},
    {"level": "store", "page": "99"},
    {"level": "store", "scale": "adjusted"},
    {"level": "store", "scale": "adjusted", "touchpoint": "greeting"},
    {"metric": "nps", "level": "store", "scale": "adjusted"},
    {"brand": "对手品牌", "level": "store", "scale": "adjusted"},
]


@pytest.mark.parametrize("query", VIEWS, ids=lambda query: "-".join(query.values()) or "plain")
def test_every_view_opens_from_its_address_and_says_something_true(open_page: Open, query: dict[str, str]) -> None:
    language = ("zh", "en")[len(str(query)) % 2]
    at = open_page("compare", language, **query)
    assert not at.exception
    assert [e.value for e in at.error] == []
    assert answer_of(at)
    assert [text for text in texts_of(at) if NEVER.search(text)] == []


def charts(at: object) -> int:
    return len(at.get("plotly_chart"))  # type: ignore[attr-defined]


def test_nothing_or_one_place_is_words_without_a_chart(open_page: Open) -> None:
    for query in ({"start": "2025-01", "end": "2025-02"}, {"store": "S1"}, {"level": "store", "units": "S1"}):
        at = open_page("compare", **query)
        assert charts(at) == 0
        assert at.info
    assert charts(open_page("compare", level="store")) >= 1


def test_unknown_places_are_left_out_and_told(open_page: Open) -> None:
    at = open_page("compare", level="store", units="S1,Atlantis,S3")
    assert any("“Atlantis”" in warning.value for warning in at.warning)
    assert at.multiselect(key="sq_units").value == ["S1", "S3"]


def test_picking_places_writes_them_into_the_address(open_page: Open) -> None:
    at = open_page("compare", level="store")
    at.multiselect(key="sq_units").select("S1").select("S3").run()
    assert at.query_params["units"] == "S1,S3"
    assert at.query_params["level"] == "store"


def test_another_level_lets_the_picks_go(open_page: Open) -> None:
    at = open_page("compare", level="store", units="S1,S3", page="2")
    at.segmented_control(key="sq_level").set_value("region").run()
    assert set(at.query_params) & {"units", "level", "page"} == set()


def test_a_store_is_set_beside_its_peers(open_page: Open) -> None:
    at = open_page("compare", level="store", units="S2", region="华北")
    at.button(key="sq_peers").click().run()
    assert at.query_params["units"] == "S2,S4,S3"
    assert "region" not in at.query_params
    assert any("its 2 peers have" in text for text in texts_of(at))


def test_a_click_goes_into_a_place_or_picks_it(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[dict[str, str]] = []
    monkeypatch.setattr(compare_blocks, "go_to", lambda selection, **others: went.append(selection.query() | others))
    monkeypatch.setattr(compare_blocks, "put", lambda **others: went.append(others))
    monkeypatch.setattr(compare_blocks, "parameter", lambda name, default="": {"click": mode}.get(name, default))
    shown = _shown()
    mode = "go"
    compare_blocks._go_into(shown, "华北")
    assert went.pop()["region"] == "华北"
    mode = "pick"
    compare_blocks._go_into(shown, "华南")
    assert went.pop()["units"] == "华北,华南"
    compare_blocks._go_into(shown, "华北")
    assert went.pop()["units"] == ""


def _shown() -> object:
    from types import SimpleNamespace

    import pandas as pd

    from sq.selection import Selection

    family = pd.DataFrame({"id": ["华北", "华南"], "picked": [True, False]})
    return SimpleNamespace(selection=Selection(metric="mystery_score"), level="region", family=family)


def test_an_id_with_a_comma_survives_the_address() -> None:
    keys = ["A,B", "50%", "%2C"]
    assert in_address(keys) == "A%2CB,50%25,%252C"
    assert [unescaped(part) for part in in_address(keys).split(",")] == keys
    assert unescaped(escaped("plain")) == "plain"


def test_the_difference_to_be_seen_is_kept_within_what_can_be_planned(open_page: Open) -> None:
    assert open_page("compare", show="plan", see="500").slider(key="sq_see").value == 24.0
    assert open_page("compare", show="plan", see="7.5").slider(key="sq_see").value == 7.5
