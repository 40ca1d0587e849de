"""From a link to the stores behind it, into one of them, and back."""

import pytest

from tests.browser.conftest import NewReader
from tests.browser.reading import Reading

WORDS = {"en": ("links of the chain", "Behind it: ", "Between regions"), "zh": ("链条", "这一环节的数据：", "大区之间")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_link_leads_to_its_stores_and_a_store_to_its_card(new_reader: NewReader, language: str) -> None:
    told, behind, _ = WORDS[language]
    reader = new_reader(language).open("chain", needs_chart=True)
    answer = reader.page.locator(".sq-answer").first.inner_text()
    assert told in answer
    reader.click_mark("sq_links", 2)  # delivered → perceived service
    assert "link=delivered_perceived" in reader.address
    assert reader.page.locator("h3").filter(has_text=behind).count() == 1
    shared = reader.address.lstrip("/")
    fresh = new_reader(language).open(shared, needs_chart=True)
    assert fresh.page.locator("h3").filter(has_text=behind).inner_text() == (
        reader.page.locator("h3").filter(has_text=behind).inner_text()
    )
    reader.click_mark("sq_chain_stores", 1)
    assert reader.address.startswith("/store?")
    assert "store=S" in reader.address


def test_internal_service_of_stores_is_never_drawn_but_that_of_regions_is(reader: Reading) -> None:
    reader.open("chain?link=internal_employees", needs_chart=True)
    assert reader.part("sq_chain_stores").count() == 0
    assert reader.page.get_by_text("is never shown").count() == 1
    reader.press(reader.part("sq_level").get_by_text("Between regions"))
    reader.rest(needs_chart=True)
    assert "level=region" in reader.address
    assert reader.marks("sq_chain_stores").count() >= 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_phone_gets_the_page_without_sideways_scrolling(new_reader: NewReader, language: str) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "user_agent": "Mozilla/5.0 (Linux; Android 15) Mobile Safari"}
    reader = new_reader(language, **phone).open("chain", needs_chart=True)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390
