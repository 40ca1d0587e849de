"""Pages to take away: nothing from outside, nothing that runs but the page's own script, the screen's numbers."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest

from sq.analyses.score import score
from sq.exports.handout import Handout
from sq.exports.page import printed_section, report
from sq.language import number
from tests.exports.conftest import Taken

DATA = re.compile(r'<script type="application/json" id="f0">(.*?)</script>', re.S)


@pytest.fixture
def page(taken: Taken) -> str:
    return report(taken(("explore", ""), ("explore", "chart=trend"))).decode()


def test_the_script_that_draws_is_inside_once(page: str) -> None:
    assert page.count("* plotly.js v") == 1
    assert len(page) < 8_000_000


def test_nothing_is_loaded_from_outside(page: str) -> None:
    shell = re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    assert re.findall(r'(?:src|href)="([^"]+)"', shell) == []
    assert "default-src 'none'" in shell


def test_chart_and_table_hold_the_numbers_of_sq_score(page: str, small_data: Path) -> None:
    found = DATA.search(page)
    assert found is not None
    figure = json.loads(found[1])
    printed = score(small_data, "mystery_score", "region")
    drawn = np.frombuffer(base64.b64decode(figure["data"][0]["x"]["bdata"]))
    assert drawn == pytest.approx(list(printed["value"]))
    for value in printed["value"]:
        assert f'<td class="n">{number(value)}</td>' in page


def test_hostile_texts_are_shown_and_never_run(hostile: Handout) -> None:
    page = report(hostile).decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "\x07" not in page
    found = DATA.search(page)
    assert found is not None
    assert "<" not in found[1]


def test_the_printed_chart_has_a_mark_a_name_and_a_number_per_row(taken: Taken) -> None:
    leaf = taken(("explore", "")).leaves[0]
    page = printed_section(leaf)
    assert page.count("<circle") == 2
    assert "<script" not in page
    assert "68.7 (9.5 – 100.0; n 4)" in page
    assert "65.0" in page


def test_a_hidden_group_has_words_and_no_mark(taken: Taken) -> None:
    leaf = taken(("explore", "metric=employee_index&split=store")).leaves[0]
    assert leaf.content is not None
    hidden = [word for word in map(str, leaf.content.chart.series[0].words) if word]
    page = printed_section(leaf)
    assert hidden
    assert page.count("<circle") == len(leaf.content.chart.categories) - len(hidden)
    assert all(word.split(":")[0] in page for word in hidden)
