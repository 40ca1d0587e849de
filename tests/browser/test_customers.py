"""From what customers say to who says it: dimension, question, expectation, silence, words, the map, disagreements."""

import pytest

from tests.browser.conftest import NewReader
from tests.browser.reading import Reading

TITLES = {
    "en": ("Index by dimension", "Expected and perceived service", "What customers write"),
    "zh": ("各维度指数", "期望与感受", "客户怎么说"),
}


def answer_of(reader: Reading) -> str:
    return reader.page.locator(".sq-answer").first.inner_text()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_dimension_leads_to_its_questions_and_back_to_the_whole(new_reader: NewReader, language: str) -> None:
    reader = new_reader(language).open("customers", needs_chart=True)
    whole = answer_of(reader)
    for title in TITLES[language]:
        assert reader.page.get_by_text(title, exact=True).first.is_visible()
    reader.click_mark("sq_dimensions")
    assert "dimension=" in reader.address
    assert answer_of(reader) != whole
    reader.back()
    assert answer_of(reader) == whole


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_word_finds_its_comments_and_the_address_keeps_it(new_reader: NewReader, language: str) -> None:
    reader = new_reader(language).open("customers?find=维修", needs_chart=True)
    quotes = reader.page.locator(".sq-quote").all_inner_texts()
    assert quotes
    assert all("维修" in quote for quote in quotes)
    shared = reader.address.lstrip("/")
    again = new_reader(language).open(shared, needs_chart=True)
    assert again.page.locator(".sq-quote").all_inner_texts() == quotes


def test_a_click_on_a_word_searches_for_it(reader: Reading) -> None:
    reader.open("customers", needs_chart=True)
    reader.click_mark("sq_terms")
    assert "find=" in reader.address
    assert reader.page.locator(".sq-quote").count() > 0


def test_an_element_of_service_leads_into_explore(reader: Reading) -> None:
    reader.open("customers", needs_chart=True)
    reader.click_mark("sq_expectations")
    assert reader.address.startswith("/explore?")
    assert "touchpoint=T" in reader.address


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_store_on_the_map_is_gone_into_and_back_shows_the_map(new_reader: NewReader, language: str) -> None:
    reader = new_reader(language).open("explore?view=map", needs_chart=True)
    assert reader.marks("sq_store_map").count() >= 20
    reader.click_mark("sq_store_map", 5)
    assert "store=S" in reader.address
    reader.back()
    assert "store=" not in reader.address
    assert reader.part("sq_store_map").is_visible()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_touchpoints_say_where_shoppers_and_customers_disagree(new_reader: NewReader, language: str) -> None:
    reader = new_reader(language).open("touchpoints", needs_chart=True)
    title = {"en": "Where shoppers and customers disagree", "zh": "暗访与客户评价相悖之处"}[language]
    assert reader.page.get_by_text(title, exact=True).is_visible()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_phone_gets_the_page_without_sideways_scrolling(new_reader: NewReader, language: str) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "user_agent": "Mozilla/5.0 (Linux; Android 15) Mobile Safari"}
    reader = new_reader(language, **phone).open("customers", needs_chart=True)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390
