"""Another program opens the files: LibreOffice turns decks and workbooks into pages, in both languages."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sq.analyses.slide_content import Chart, Series, SlideContent
from sq.exports.deck import deck
from sq.exports.handout import Handout, Leaf
from sq.exports.workbook import workbook
from sq.language import Message, speaking
from tests.exports.conftest import TODAY, Taken

VIEWS = (("overview", ""), ("explore", "chart=trend"), ("explore", "chart=map"), ("store", "store=S1"))


@pytest.fixture(scope="module")
def office() -> str:
    """LibreOffice; skipped where it is not installed, a failure in CI."""
    found = shutil.which("soffice")
    if found is None:
        reason = "LibreOffice is not installed (apt-get install libreoffice-impress libreoffice-calc)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return str(found)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_deck_and_workbook_become_pages(office: str, taken: Taken, tmp_path: Path, language: str) -> None:
    with speaking(language):
        handout = taken(*VIEWS)
        (tmp_path / "deck.pptx").write_bytes(deck(handout))
        (tmp_path / "book.xlsx").write_bytes(workbook(handout))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, "deck.pptx", "book.xlsx"], cwd=tmp_path, check=True, capture_output=True, timeout=240)
    words = {"en": "Mystery score", "zh": "暗访得分"}[language]
    for name in ("deck", "book"):
        assert words in text_of(tmp_path / f"{name}.pdf"), name


@pytest.mark.slow
def test_every_bar_of_many_keeps_its_name(office: str, tmp_path: Path) -> None:
    names = [f"Name{place:02}" for place in range(20)]
    values = tuple(60.0 + place for place in range(20))
    ends = {"low": values, "high": values, "n": (1_411.0,) * 20}
    series = (Series(Message("Shoppers"), values, **ends), Series(Message("Customers"), values, **ends))
    chart = Chart("dots", Message("Touchpoints"), tuple(map(Message, names)), series)
    long = Message("a message of many words " * 12)  # leaves the chart little room
    content = SlideContent("touchpoints", "", Message("p"), Message("t"), long, chart, snapshot="S")
    (tmp_path / "deck.pptx").write_bytes(deck(Handout("T", (Leaf("view", "t", "", "", content),), "S", TODAY)))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), "deck.pptx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=240)
    assert [name for name in names if name not in text_of(tmp_path / "deck.pdf")] == []


def text_of(path: Path) -> str:
    """The text of a PDF, where poppler can read it."""
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed")
    read = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, timeout=60)
    return read.stdout.decode("utf-8")
