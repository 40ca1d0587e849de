"""Exports of the chain that is small enough to add up by hand, and of one whose names are hostile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sq.analyses.slide_content import Chart, Heading, Series, SlideContent, Table
from sq.exports.handout import Handout, Leaf, sources, views_handout
from sq.language import Named

TODAY = date(2026, 5, 4)
HOSTILE = '=HYPERLINK("http://x","y")<script>alert(1)</script>\x07 \'A\'!'
STARTS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")
Taken = Callable[..., Handout]


@pytest.fixture
def taken(small_data: Path) -> Taken:
    """Views (page, query) of the small chain as a handout of a fixed day."""

    def made(*views: tuple[str, str], title: str = "Quarter") -> Handout:
        return views_handout(sources(small_data), views, title, today=TODAY)

    return made


@pytest.fixture
def hostile() -> Handout:
    """A handout whose every text is hostile: titles, categories, series, cells, notes."""
    import pandas as pd

    categories = tuple(Named(text) for text in (*STARTS, HOSTILE))
    count = len(categories)
    series = Series(Named("=2+2"), tuple(float(i) for i in range(count)), n=(3.0,) * count)
    frame = pd.DataFrame({"label": [str(c) for c in categories], "value": range(count)})
    table = Table(Named("=T"), frame, (Heading("label", Named("=H")), Heading("value", Named("+V"), "number")))
    drawn = Chart("dots", Named("@C"), categories, (series,), unit="=u")
    content = SlideContent(
        "explore", "", Named("p"), Named("=t"), Named(HOSTILE), drawn, table, caption=("=c",), snapshot="S"
    )
    return Handout(HOSTILE, (Leaf("view", "=title", "", "=note\n" + HOSTILE, content),), "S", TODAY)
