"""From the strictest shopper to the visits that say so, and back."""

import pytest

from tests.browser.conftest import NewReader
from tests.browser.reading import Reading

WORDS = {"en": ("differences between visits", "Shopper: "), "zh": ("得分差异", "暗访员：")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_shopper_leads_to_the_visits_and_back_leads_to_the_shoppers(new_reader: NewReader, language: str) -> None:
    told, chip = WORDS[language]
    reader = new_reader(language).open("shoppers", needs_chart=True)
    answer = reader.page.locator(".sq-answer").first.inner_text()
    assert told in answer
    reader.click_mark("sq_severity")
    assert reader.address.startswith("/visits?")
    assert "shopper=" in reader.address
    assert reader.part("sq_one_shopper").inner_text().startswith(chip)
    while reader.address.startswith("/visits"):  # a page change may take two steps
        reader.back()
    assert reader.page.locator(".sq-answer").first.inner_text() == answer


def test_the_period_and_the_place_stand_in_the_address(reader: Reading) -> None:
    reader.open("shoppers", needs_chart=True)
    reader.press(reader.part("sq_months").get_by_text("All months"))
    reader.rest(needs_chart=True)
    assert "months=all" in reader.address
    told = reader.page.locator(".sq-answer").first.inner_text()
    shared = reader.address.lstrip("/")
    assert reader.open(shared, needs_chart=True).page.locator(".sq-answer").first.inner_text() == told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_phone_gets_the_page_without_sideways_scrolling(new_reader: NewReader, language: str) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "user_agent": "Mozilla/5.0 (Linux; Android 15) Mobile Safari"}
    reader = new_reader(language, **phone).open("shoppers", needs_chart=True)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390
    width = reader.part("sq_severity").bounding_box()
    assert width is not None
    assert width["width"] <= 390
