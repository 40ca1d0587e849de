"""Pages driven without a browser, on the chain that is small enough to add up by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT

Open = Callable[..., AppTest]
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture
def open_page(small_data: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page as a reader would: by a shared link, or through the front door first."""

    def opened(
        key: str, language: str = "en", front_door: bool = False, folder: Path = small_data, **query: str
    ) -> AppTest:
        monkeypatch.setenv("SQ_DATA", str(folder))
        monkeypatch.setenv("SQ_LANG", language)  # AppTest formats the options of widgets outside the page
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        at.session_state["sq_language"] = language
        if front_door:
            at.run()
        at.switch_page(f"pages/{key}.py")
        for name, value in query.items():
            at.query_params[name] = value
        return at.run()

    return opened


def answer_of(at: AppTest) -> str:
    """The answer sentence of a page."""
    return next(_plain(block.proto.body) for block in at.get("html") if 'class="sq-answer"' in block.proto.body)


def texts_of(at: AppTest) -> list[str]:
    """Everything a reader sees as text: sentences, headings, labels, cells; no styles, scripts or SQL."""
    shown = [
        str(e.value) for kind in (at.markdown, at.subheader, at.title, at.error, at.info, at.warning) for e in kind
    ]
    shown += [
        _plain(b.proto.body) for b in at.get("html") if not b.proto.body.lstrip().startswith(("<style", "<script"))
    ]
    shown += [part for m in at.metric for part in (m.label, str(m.value), str(m.delta or ""))]
    shown += [b.label for b in at.button]
    for table in at.dataframe:
        for column in table.value.select_dtypes(exclude="number"):
            shown += [str(value) for value in table.value[column].dropna()]
    return shown


def _plain(body: str) -> str:
    return TAGS.sub(" ", body).strip()
