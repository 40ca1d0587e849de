"""One store's card: found by typing, one screen, one printed page, and the ways in and out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.conftest import NewReader
from tests.browser.reading import Reading

CHART = ".st-key-sq_store_trend .main-svg"
SCREEN = {"width": 1440, "height": 900}
HEADINGS = {
    "en": ("Scores", "What to do first", "Last visits", "Notes and events"),
    "zh": ("得分", "先做什么", "最近暗访", "备注与事件"),
}


def card_of(reader: Reading, store: str = "S003") -> Reading:
    reader.open(f"store?store={store}")
    reader.page.locator(CHART).first.wait_for()
    return reader


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_card_fits_one_screen_and_one_printed_page(new_reader: NewReader, language: str, tmp_path: Path) -> None:
    reader = card_of(new_reader(language, viewport=SCREEN))
    shown = [heading.inner_text() for heading in reader.page.locator(".sq-card h3").all()]
    assert set(HEADINGS[language]) <= set(shown) | {"What cost most points", "失分最多的地方"}
    foot = reader.page.locator(".sq-four").bounding_box()
    assert foot is not None
    assert foot["y"] + foot["height"] <= SCREEN["height"] + 40, "the card ends with the screen"

    paper = reader.page.pdf(path=tmp_path / "card.pdf", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_a_store_is_found_by_typing(reader: Reading) -> None:
    reader.open("store")
    box = reader.page.locator(".st-key-sq_store_pick input")
    box.click()
    first = reader.page.get_by_role("option").nth(2).inner_text()
    box.fill(first[:4])
    reader.page.get_by_role("option", name=first).first.click()
    reader.rest()
    assert "store=" in reader.address
    assert first.split(" · ")[0] in reader.page.locator(".sq-answer").first.inner_text()


def test_from_the_drill_to_the_card_to_a_visit_and_back(reader: Reading) -> None:
    reader.open("explore?store=S003")
    reader.press(reader.page.get_by_role("link", name="This store’s card"))
    reader.page.locator(CHART).first.wait_for()
    card = reader.address
    assert card.startswith("/store?")
    reader.page.locator(".sq-visits a").first.click()
    reader.page.wait_for_url("**/visits?*visit=*")
    reader.rest()
    reader.press(reader.page.get_by_role("link", name="This store’s card"))
    reader.page.locator(CHART).first.wait_for()
    assert "store=S003" in reader.address


def test_a_store_that_does_not_exist_is_told(reader: Reading) -> None:
    reader.open("store?store=nowhere")
    assert "nowhere" in reader.page.get_by_role("alert").first.inner_text()
    assert "Choose one of" in reader.page.locator(".sq-answer").first.inner_text()
