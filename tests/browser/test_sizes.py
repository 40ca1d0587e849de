"""Every page fits its window: projector, laptop, phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.reading import Reading
from tests.serving import Server

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("*.py"))
# How far the page's scroll area, or anything in it but tables that scroll by themselves, reaches beyond the window.
OVERHANG = """
() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - window.innerWidth);
}
"""


@pytest.mark.parametrize("size", ["1920x1080", "1440x900", "390x844"])
def test_no_page_scrolls_sideways(size: str, browser: Browser, server: Server) -> None:
    width, height = (int(number) for number in size.split("x"))
    reader = Reading(browser, server.url, "zh", viewport={"width": width, "height": height})
    overhang = {page: reader.open(page).page.evaluate(OVERHANG) for page in PAGES}
    reader.close()
    assert {page: pixels for page, pixels in overhang.items() if pixels > 1} == {}
