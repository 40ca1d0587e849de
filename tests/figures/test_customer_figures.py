"""The figures about customers: every mark can be clicked, nothing too small is drawn, Plotly knows every property."""

import numpy as np
import pandas as pd
import pytest

from sq.figures.customers import FEWEST, expectations, key_terms, silence
from sq.figures.journey import journey, signals_key
from sq.figures.template import Figure, checked
from sq.language import Named, speaking
from tests.pages.test_page_parts import journey_frame


def gaps() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "element": ["time", "care"],
            "label": [Named("用时", "<Time>"), Named("关怀", "Care")],
            "expected": [82.0, 70.0],
            "perceived": [65.0, 71.0],
            "value": [-17.0, np.nan],
            "low": [-18.0, np.nan],
            "high": [-16.0, np.nan],
            "n": [1796, 12],
            "verdict": ["worse", ""],
            "rest_difference": [-5.0, np.nan],
        }
    )


def words() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "term": ["维修", "<b>"],
            "n": [159, 10],
            "detractors": [52, 2],
            "share": [12.5, 0.5],
            "other_share": [3.2, 0.4],
            "difference": [9.3, 0.1],
            "low": [6.0, -1.0],
            "high": [12.0, 1.0],
            "is_reliable": [True, False],
        }
    )


def quiet() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": ["North", "South", "West"],
            "label": ["North", "South", "West"],
            "silent": [95.0, 100.0, np.nan],
            "silent_low": [90.0, 60.0, np.nan],
            "silent_high": [98.0, 100.0, np.nan],
            "silent_n": [40, FEWEST - 1, 0],
            "silent_difference": [12.0, np.nan, np.nan],
            "silent_verdict": ["worse", "too_few", "too_few"],
        }
    )


def ids(figure: Figure) -> set[str]:
    return {key[0] for trace in figure.data for key in trace.customdata or []}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_plotly_knows_every_property_that_these_figures_set(theme: str) -> None:
    for figure in (
        expectations(gaps(), theme),
        expectations(gaps(), theme, is_narrow=True),
        key_terms(words(), theme),
        silence(quiet(), theme),
        journey(journey_frame(), ("mystery", "customer"), theme, signals={"T1": "met_unhappy", "T2": "missed_happy"}),
    ):
        checked(figure)


def test_every_mark_carries_what_a_click_goes_into() -> None:
    assert ids(expectations(gaps(), "light")) == {"time", "care"}
    assert ids(key_terms(words(), "light")) == {"维修", "<b>"}
    assert ids(silence(quiet(), "light")) == {"North", "South", "West"}


def test_a_gap_is_written_with_its_mark_and_n_and_none_is_written_as_n_alone() -> None:
    with speaking("en"):
        texts = next(
            trace.text for trace in expectations(gaps(), "light").data if trace.type == "scatter" and trace.text
        )
        names = list(expectations(gaps(), "light").layout.yaxis.ticktext)
    assert list(texts) == ["<b>−17.0 ▼</b> · n 1,796", "n 12"]
    assert names == ["&lt;Time&gt;", "Care"]


def test_only_reliable_words_are_marked() -> None:
    with speaking("en"):
        bars = key_terms(words(), "light").data[0]
    assert list(bars.text) == ["<b>▲</b> 52 of 159", "2 of 10"]
    assert bars.marker.color[0] != bars.marker.color[1]


def test_the_silent_share_is_a_dot_with_interval_n_and_mark_and_too_few_have_a_word_instead() -> None:
    with speaking("en"):
        figure = silence(quiet(), "light")
    dots = next(trace for trace in figure.data if trace.type == "scatter" and trace.mode == "markers")
    assert dots.x[0] == 95.0
    assert np.isnan(np.asarray(dots.x, dtype=float)[1:]).all()
    assert (dots.error_x.array[0], dots.error_x.arrayminus[0]) == (3.0, 5.0)
    texts = next(trace.text for trace in figure.data if trace.type == "scatter" and trace.mode == "text")
    assert list(texts) == ["<b>95 % ▼</b> · n 40", "too few: 9 dissatisfied", "too few: 0 dissatisfied"]


def test_touchpoints_in_disagreement_are_tinted_and_only_those() -> None:
    plain = journey(journey_frame(), ("mystery", "customer"), "light")
    tinted = journey(journey_frame(), ("mystery", "customer"), "light", signals={"T2": "missed_happy"})
    assert len(tinted.layout.shapes) == len(plain.layout.shapes) + 1
    with speaking("en"):
        assert [swatch.label for swatch in signals_key("light", {"missed_happy"})] == [
            "Standard missed, customers content"
        ]
