"""A reader in a browser: opens pages, waits until they rest, clicks marks, and sees every text on the screen."""

from typing import Any

from playwright.sync_api import Browser, Error, Locator, Page, Request

from tests.browser.painting import STATE, painted, watched

SEEN = 3000  # characters of a page in the report of a failed journey
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
WIDE = {"width": 1440, "height": 900}
MARKS = ".barlayer .point path, .scatterlayer .point"
# Every text node a reader may meet (also inside closed expanders, charts and tables), but icons, code and scripts; a
# label of a chart on two lines is one text.
TEXTS = """
() => {
  const left_out = 'script, style, noscript, code, pre, [data-testid="stIconMaterial"], [data-testid="stIconEmoji"]';
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const text = (node.parentElement.closest('text') || node).textContent.trim();
    if (text && !node.parentElement.closest(left_out)) texts.push(text);
  }
  for (const name of ['placeholder', 'aria-label', 'title', 'alt'])
    for (const element of document.querySelectorAll(`[${name}]`)) texts.push(element.getAttribute(name).trim());
  return [...new Set(texts)].filter(Boolean);
}
"""


class Reading:
    """One browser window with its own cookies, at one server."""

    def __init__(self, browser: Browser, url: str, language: str = "en", **options: Any) -> None:
        context = {"locale": LOCALES[language], "viewport": WIDE, "timezone_id": "Asia/Shanghai"} | options
        self.url = url
        self.language = language
        self.outside: list[str] = []
        self.failures: list[str] = []
        self.context = browser.new_context(**context)
        self.context.on("request", self._note)
        self.page: Page = watched(self.context.new_page())
        self.page.on("pageerror", lambda error: self.failures.append(str(error)))

    def _note(self, request: Request) -> None:
        if not request.url.startswith((self.url, self.url.replace("http", "ws", 1), "data:", "blob:", "about:")):
            self.outside.append(request.url)

    def close(self) -> None:
        """Close the window."""
        self.context.close()

    def open(self, path: str = "", needs_chart: bool = False) -> "Reading":
        """Go to an address of the app and wait until the page rests."""
        self.page.goto(f"{self.url}/{path}")
        return self.rest(needs_chart)

    def rest(self, needs_chart: bool = False) -> "Reading":
        """Wait until the script has ended and nothing on the page changes any more."""
        painted(self.page, needs_chart)
        return self

    @property
    def address(self) -> str:
        """The URL as the reader could copy it, without the server."""
        return self.page.url.removeprefix(self.url)

    def part(self, key: str) -> Locator:
        """The element that the app calls ``key``."""
        return self.page.locator(f".st-key-{key}").first

    def marks(self, key: str) -> Locator:
        """The clickable marks of a chart."""
        return self.part(key).locator(MARKS)

    def click_mark(self, key: str, nth: int = 0) -> "Reading":
        """Click a mark of a chart as a hand would: move there, wait a moment, press."""
        mark = self.marks(key).nth(nth)
        mark.scroll_into_view_if_needed()
        box = mark.bounding_box()
        assert box is not None, f"mark {nth} of {key} is not on the screen"
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x - 3, y)
        self.page.wait_for_timeout(150)
        self.page.mouse.move(x, y)
        self.page.wait_for_timeout(150)
        self.page.mouse.click(x, y)
        self.page.wait_for_timeout(150)
        return self.rest()

    def choose(self, key: str, nth: int) -> "Reading":
        """Open a selectbox and choose its nth option."""
        self.press(self.part(key).locator("input").first)
        option = self.page.locator("[role=option]").nth(nth)
        option.wait_for()
        self.press(option)
        return self.rest()

    def press(self, target: Locator) -> None:
        """Press the mouse as long as a hand does (menus take a shorter press for something else).

        What moves or is disabled is waited for; a press that would land beside its target is aimed again.
        """
        target.click(delay=60)
        self.page.wait_for_timeout(100)

    def begin_meeting(self) -> tuple[str, str]:
        """Let an agenda build itself; the addresses of the meeting and of the presenter's view."""
        self.open("meeting")
        self.press(self.part("sq_agenda_build").locator("button"))
        self.page.wait_for_function("location.search.includes('agenda=')")
        self.rest()
        links = self.part("sq_agenda_ways").locator("a")
        return str(links.nth(0).get_attribute("href")), str(links.nth(1).get_attribute("href"))

    def back(self) -> "Reading":
        """The browser's Back."""
        self.page.evaluate("history.back()")
        self.page.wait_for_timeout(300)
        return self.rest()

    def seen(self) -> str:
        """Where this reader is, whether the page rests, and the end of what stands there (dialogs, messages)."""
        try:
            state, text = self.page.evaluate(STATE), self.page.locator("body").inner_text()
        except Error as error:  # a page that is gone must not hide why the journey failed
            return str(error)
        lines = text.split("\n")
        return f"{self.page.url}\n{state}\n{' | '.join(filter(None, lines))[-SEEN:]}"

    def texts(self) -> list[str]:
        """Every text on the page, visible or one click away."""
        found: list[str] = self.page.evaluate(TEXTS)
        return found

    def text(self) -> str:
        """All of it in one piece."""
        return "\n".join(self.texts())
