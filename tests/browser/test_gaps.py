"""From the board into a gap, into a region, into a touchpoint; both languages, a phone."""

import pytest

from tests.browser.conftest import NewReader
from tests.browser.reading import Reading

WORDS = {"en": ("reliable shortfall", "Gap 1 · Knowledge"), "zh": ("明确的不足", "差距1 · 认识差距")}


def answer(reader: Reading) -> str:
    return reader.page.locator(".sq-answer").first.inner_text()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_click_on_the_board_opens_the_gap_and_a_row_its_touchpoint(new_reader: NewReader, language: str) -> None:
    short, name = WORDS[language]
    reader = new_reader(language).open("gaps?gap=delivery", needs_chart=True)
    told = answer(reader)
    assert short in told
    reader.click_mark("sq_board")
    assert "gap=knowledge" in reader.address
    assert name in reader.text()
    reader.click_mark("sq_sides")
    assert reader.address.startswith("/explore?")
    assert "touchpoint=T" in reader.address
    while reader.address.startswith("/explore"):
        reader.back()
    assert answer(reader) == told


def test_a_cell_opens_the_board_of_its_region(reader: Reading) -> None:
    reader.open("gaps?gap=delivery", needs_chart=True)
    reader.click_mark("sq_gap_regions")
    assert "region=" in reader.address
    assert "gap=delivery" in reader.address
    shared = reader.address.lstrip("/")
    here = answer(reader)
    assert answer(reader.open(shared, needs_chart=True)) == here


def test_a_phone_gets_the_page_without_sideways_scrolling(new_reader: NewReader) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "user_agent": "Mozilla/5.0 (Linux; Android 15) Mobile Safari"}
    reader = new_reader("zh", **phone).open("gaps", needs_chart=True)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert reader.failures == []
