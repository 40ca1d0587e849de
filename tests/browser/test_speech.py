"""The reader's language: the browser decides first, the switch is remembered, the address stays free of it."""

import re

import pytest

from tests.browser.conftest import NewReader
from tests.browser.reading import Reading

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def title(reader: Reading) -> str:
    return reader.page.get_by_role("heading", level=1).first.inner_text()


@pytest.mark.parametrize(("language", "is_chinese"), [("zh", True), ("en", False)])
def test_the_browsers_language_decides_first(language: str, is_chinese: bool, new_reader: NewReader) -> None:
    assert bool(CHINESE.search(title(new_reader(language).open("explore")))) == is_chinese


def test_the_switch_lasts_across_pages_and_visits_but_not_in_the_address(reader: Reading) -> None:
    reader.open("explore", needs_chart=True)
    before = reader.address
    reader.press(reader.page.get_by_text("中文", exact=True))
    reader.rest()
    assert CHINESE.search(title(reader))
    assert reader.address == before

    reader.press(reader.page.locator('[data-testid="stPageLink"] a').first)
    reader.rest()
    assert CHINESE.search(title(reader)), "on another page"

    reader.open("explore")
    assert CHINESE.search(title(reader)), "after coming back later"
