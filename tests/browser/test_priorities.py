"""From the weakest link into what it is made of, and back; choices in the address; both languages, a phone."""

import pytest

from tests.browser.conftest import NewReader
from tests.browser.reading import Reading

WORDS = {"en": ("Weakest links", "goes most with"), "zh": ("短板", "关系最大")}


def answer(reader: Reading) -> str:
    return reader.page.locator(".sq-answer").first.inner_text()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_weak_link_leads_into_explore_and_back_leads_to_the_same_answer(new_reader: NewReader, language: str) -> None:
    links, driver = WORDS[language]
    reader = new_reader(language).open("priorities", needs_chart=True)
    told = answer(reader)
    assert links in told
    assert driver in told
    reader.click_mark("sq_layer_management")
    assert reader.address.startswith("/explore?")
    assert "metric=management_score" in reader.address
    assert "dimension=knowledge" in reader.address
    while reader.address.startswith("/explore"):  # a page change may take two steps
        reader.back()
    assert answer(reader) == told


def test_outcome_and_kind_of_driver_are_shared_with_the_link(reader: Reading) -> None:
    reader.open("priorities", needs_chart=True)
    reader.press(reader.part("sq_kind").get_by_text("By touchpoint"))
    reader.rest(needs_chart=True)
    reader.press(reader.part("sq_outcome").get_by_text("Recommendation"))
    reader.rest(needs_chart=True)
    assert "kind=touchpoint" in reader.address
    assert "outcome=recommend" in reader.address
    told = answer(reader)
    assert "Recommendation goes" in told
    assert answer(reader.open(reader.address.lstrip("/"), needs_chart=True)) == told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_item_that_loses_points_leads_to_its_visits(new_reader: NewReader, language: str) -> None:
    reader = new_reader(language).open("priorities", needs_chart=True)
    reader.click_mark("sq_pareto")
    assert "item=M" in reader.address
    assert "touchpoint=T" in reader.address


def test_a_phone_gets_the_page_without_sideways_scrolling(new_reader: NewReader) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "user_agent": "Mozilla/5.0 (Linux; Android 15) Mobile Safari"}
    reader = new_reader("zh", **phone).open("priorities", needs_chart=True)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert reader.failures == []
