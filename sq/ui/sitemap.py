"""Which pages there are, in the order of the menu; the key of a page is its file name and its URL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sq.language import N_, _

PAGES_FOLDER = Path(__file__).parents[2] / "pages"


@dataclass(frozen=True)
class Page:
    """One entry of the menu; ``title`` is a msgid."""

    key: str
    title: str

    @property
    def script(self) -> Path:
        """The page's file."""
        return PAGES_FOLDER / f"{self.key}.py"

    @property
    def path(self) -> str:
        """What to link to, as Streamlit knows it; the first page is the bare address."""
        return "app.py" if self == front_page() else f"pages/{self.key}.py"

    def __str__(self) -> str:
        return _(self.title)


@dataclass(frozen=True)
class Section:
    """A heading of the menu and the pages below it; ``title`` is a msgid."""

    title: str
    pages: tuple[Page, ...]

    def __str__(self) -> str:
        return _(self.title)


SITE_MAP: tuple[Section, ...] = (
    Section(N_("Overview"), (Page("overview", N_("Overview")),)),
    Section(
        N_("Explore"),
        (
            Page("explore", N_("Drill down")),
            Page("touchpoints", N_("Service touchpoints")),
            Page("compare", N_("Compare")),
            Page("store", N_("One store")),
            Page("visits", N_("Visits and evidence")),
        ),
    ),
    Section(
        N_("Diagnose"),
        (
            Page("customers", N_("Customers")),
            Page("employees", N_("Employees")),
            Page("priorities", N_("Priorities")),
            Page("gaps", N_("Service gaps")),
            Page("chain", N_("The chain")),
        ),
    ),
    Section(N_("Monitor"), (Page("shoppers", N_("Shoppers")),)),
    Section(N_("Present"), (Page("meeting", N_("Meeting")),)),
    Section(N_("Data"), (Page("data", N_("Import and quality")), Page("definitions", N_("Definitions")))),
)


@cache
def built_pages() -> tuple[Page, ...]:
    """The pages whose file exists, in menu order; a page that is not built does not appear."""
    return tuple(page for section in SITE_MAP for page in section.pages if page.script.is_file())


def page_named(key: str) -> Page:
    """The entry of the site map with this key."""
    return next(page for section in SITE_MAP for page in section.pages if page.key == key)


def is_built(key: str) -> bool:
    """Whether a page may be linked to."""
    return any(page.key == key for page in built_pages())


def front_page() -> Page:
    """The page behind the bare address: the first one that is built."""
    return built_pages()[0]
