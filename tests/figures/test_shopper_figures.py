"""The figures about shoppers: every mark says who it is; a phone gets them upright."""

import json
from typing import Any

import pandas as pd
import pytest

from sq.figures.shoppers import overlap, severity, severity_key, variances, variances_key
from sq.figures.template import THEMES, checked


def spec(figure: Any) -> dict[str, Any]:
    return dict(json.loads(checked(figure).to_json()))


def crew() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "shopper_id": ["P", "Q"],
            "severity": [4.0, -4.0],
            "low": [2.0, float("nan")],
            "high": [6.0, float("nan")],
            "verdict": ["better", "worse"],
            "visits": 40,
            "stores": 10,
            "home_region": ["<b>N</b>", "S"],
        }
    )


def visited() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "shopper_id": ["P", "P", "Q", "Q"],
            "region": ["N", "S", "N", "S"],
            "label": ["North", "South", "North", "South"],
            "visits": [9, 1, 0, 4],
            "is_home": [True, False, False, True],
        }
    )


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("is_narrow", [False, True])
def test_every_shopper_carries_the_code_and_a_mark_only_where_reliable(theme: str, is_narrow: bool) -> None:
    figure = severity(crew(), theme, is_narrow)
    found = spec(figure)
    columns, dots, marks = found["data"]
    for trace in (columns, dots, marks):
        assert trace["customdata"] == [["P"], ["Q"]]
    assert marks["text"] == ["▲", "▼"]
    assert list(figure.data[1]["x" if is_narrow else "y"]) == [4, -4]
    names = found["layout"]["yaxis" if is_narrow else "xaxis"]
    assert names["ticktext"] == ["P", "Q"]
    assert "&lt;b&gt;N" in dots["hovertext"][0], "a region's name is text, not markup"
    assert "95" not in dots["hovertext"][1], "no interval, no words about one"


@pytest.mark.parametrize("is_narrow", [False, True])
def test_the_overlap_counts_visits_and_sets_the_home_region_in_bold(is_narrow: bool) -> None:
    grid, figures = spec(overlap(visited(), "light", is_narrow))["data"]
    assert figures["text"] == (["<b>9</b>", "1", "", "<b>4</b>"] if is_narrow else ["<b>9</b>", "", "1", "<b>4</b>"])
    assert grid["text"] == ([[9, 1], [0, 4]] if is_narrow else [[9, 0], [1, 4]])


def test_the_parts_of_the_differences_make_one_bar_with_its_key() -> None:
    parts = pd.DataFrame(
        {"part": ["variance_shopper", "variance_store", "variance_rest"], "share": [0.1, 0.2, 0.7], "variance": 1.0}
    )
    bars = spec(variances(parts, "dark"))["data"]
    assert [bar["x"] for bar in bars] == [[10], [20], [70]]
    assert [swatch.label for swatch in variances_key(parts, "dark")] == [
        "Who visits 10 %", "The store 20 %", "The single visit 70 %",
    ]  # fmt: skip
    assert [swatch.color for swatch in variances_key(parts, "dark")] == [bar["marker"]["color"] for bar in bars]
    assert len(severity_key("light")) == 4
