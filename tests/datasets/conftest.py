"""Fixtures of the pages' tests for the real sources."""

from tests.pages.conftest import open_page

__all__ = ["open_page"]
