"""Every page opens from the front door and from a shared link, in both languages, and says nothing it should not."""

import re

import pytest

from sq.ui.sitemap import built_pages
from tests.pages.conftest import Open, answer_of, texts_of

PAGES = [page.key for page in built_pages()]
NEVER = re.compile(r"Traceback|\bnan\b|\bNaN\b|\bNaT\b|\bNone\b|<NA>|\{\w+\}|could not be worked out|没能算出来")
VIEWS = [
    ("data", {"part": "batches"}),
    ("data", {"part": "findings"}),
    ("data", {"part": "coverage"}),
    ("data", {"part": "snapshots"}),
    ("data", {"part": "anonymous"}),
    ("visits", {"visit": "V08"}),
    ("visits", {"visit": "V02", "items": "lost"}),
    ("visits", {"kind": "customer", "words": "all"}),
    ("visits", {"show": "failed"}),
    ("visits", {"shopper": "P1"}),
    ("shoppers", {"months": "all"}),
    ("shoppers", {"months": "all", "store": "S4"}),
    ("shoppers", {"store": "C1"}),
    ("visits", {"show": "disputed", "order": "lowest"}),
    ("visits", {"touchpoint": "greeting"}),
    ("touchpoints", {"compare": "previous"}),
    ("touchpoints", {"region": "华北"}),
    ("overview", {"region": "华北"}),
    ("overview", {"store": "S1"}),
    ("explore", {"metric": "nps"}),
    ("explore", {"metric": "customer_index", "region": "华北", "split": "dimension"}),
    ("explore", {"region": "华北", "store": "S1", "touchpoint": "greeting", "item": "M1"}),
    ("explore", {"metric": "employee_index", "region": "华南", "store": "S3"}),
    ("explore", {"metric": "employee_index", "department": "HR", "split": "item"}),
    ("explore", {"metric": "employee_favourable", "role": "manager"}),
    ("explore", {"metric": "employee_response_rate", "split": "store"}),
    ("explore", {"metric": "employee_index", "format": "旗舰店", "membership": "now"}),
    ("explore", {"metric": "internal_service_score", "region": "华南", "department": "IT"}),
    ("explore", {"metric": "awareness_index", "split": "role", "compare": "target"}),
    ("explore", {"metric": "management_score", "split": "dimension"}),
    ("explore", {"metric": "published_mean"}),
    ("customers", {"metric": "nps", "question": "Q5", "who": "detractor"}),
    ("customers", {"region": "华北", "silent": "channel", "find": "满"}),
    ("customers", {"metric": "silent_share", "store": "S3"}),
    ("customers", {"metric": "customer_index", "dimension": "service", "find": "no such word"}),
    ("customers", {"start": "2026-04", "end": "2026-04"}),
    ("store", {"store": "S1"}),
    ("store", {"store": "S3", "metric": "customer_index"}),
    ("store", {"store": "S4", "start": "2026-03", "end": "2026-03"}),
    ("store", {"store": "S5", "end": "2026-02"}),
    ("store", {"store": "C1", "metric": "failed_visits"}),
    ("store", {"store": "S2", "metric": "employee_index"}),
    ("store", {"region": "华北"}),
    ("employees", {"region": "华北", "level": "store"}),
    ("employees", {"store": "S3", "compare": "previous"}),
    ("employees", {"department": "HR"}),
    ("employees", {"part": "internal"}),
    ("employees", {"part": "internal", "department": "IT", "against": "regions"}),
    ("employees", {"part": "beliefs", "region": "华南"}),
    ("chain", {"level": "region", "link": "internal_employees"}),
    ("chain", {"link": "delivered_perceived", "region": "华北"}),
    ("chain", {"link": "no_such", "level": "no_such", "wave": "2026A"}),
    ("priorities", {"kind": "touchpoint", "outcome": "recommend"}),
    ("priorities", {"region": "华北", "start": "2026-01", "end": "2026-04"}),
    ("priorities", {"store": "S3"}),
    ("gaps", {"gap": "delivery", "region": "华南"}),
    ("gaps", {"gap": "standards"}),
    ("gaps", {"gap": "communication", "store": "S1"}),
    ("definitions", {"q": "greeting"}),
    ("definitions", {"part": "promises"}),
]
HOSTILE = {
    "region": "<b>nowhere</b>",
    "metric": "no_such",
    "start": "2026-13",
    "page": "-1",
    "visit": "'; --",
    "split": "x",
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("front_door", [True, False], ids=["front door", "shared link"])
@pytest.mark.parametrize("key", PAGES)
def test_a_page_opens_with_an_answer(open_page: Open, key: str, front_door: bool, language: str) -> None:
    at = open_page(key, language, front_door)
    assert not at.exception
    assert [e.value for e in at.error] == []
    assert answer_of(at)
    assert [text for text in texts_of(at) if NEVER.search(text)] == []


@pytest.mark.parametrize(("key", "query"), VIEWS, ids=lambda v: "-".join(v.values()) if isinstance(v, dict) else v)
def test_a_view_opens_from_its_address(open_page: Open, key: str, query: dict[str, str]) -> None:
    language = ("zh", "en")[len(str(query)) % 2]  # both languages, each view in one of them: a page costs 0.3 s
    at = open_page(key, language, **query)
    assert not at.exception
    assert [e.value for e in at.error] == []
    assert [text for text in texts_of(at) if NEVER.search(text)] == []


@pytest.mark.parametrize("key", PAGES)
def test_nonsense_in_the_address_is_left_out_and_told(open_page: Open, key: str) -> None:
    at = open_page(key, **HOSTILE)
    assert not at.exception
    assert [e.value for e in at.error] == []
    if key not in {"data", "definitions"}:
        assert any("left out" in warning.value for warning in at.warning)


@pytest.mark.parametrize("key", PAGES)
def test_without_data_a_page_says_how_to_bring_it(open_page: Open, key: str, tmp_path: object) -> None:
    at = open_page(key, folder=tmp_path)
    assert not at.exception
    said = " ".join(texts_of(at))
    assert "There is no data yet" in said or "Nothing has been published yet" in said
