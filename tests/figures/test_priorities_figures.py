"""The charts of priorities and gaps: Plotly knows every property, every mark carries its subject, odd rows too."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sq.analyses.gaps import GAPS, Gap
from sq.analyses.importance import Crosshair
from sq.figures.gaps import board_rows, two_sides
from sq.figures.interval_rows import interval_rows
from sq.figures.priorities import driver_rows, importance, layer_rows, lost_points, penalty_reward
from sq.figures.template import checked
from sq.language import Message, Named
from sq.metrics.catalogue import METRICS

THEMES = ("light", "dark")
DRIVERS = pd.DataFrame(
    {
        "subject": ["service", "loyalty", "repair"],
        "label": [Named("服务质量", "Service <quality>"), Named("忠诚度", "Loyalty"), Named("维修", "Repair")],
        "share": [0.7, 0.3, np.nan],
        "share_low": [0.6, 0.2, np.nan],
        "share_high": [0.8, 0.4, np.nan],
        "coefficient": [0.5, 0.01, np.nan],
        "low": [0.4, -0.02, np.nan],
        "high": [0.6, 0.04, np.nan],
        "r": [0.6, 0.4, 0.5],
        "verdict": ["driver", "none", "left_out"],
        "penalty": [-8.0, np.nan, np.nan],
        "reward": [4.0, np.nan, np.nan],
        "attribute": ["basic", "", ""],
    }
)


@pytest.mark.parametrize("theme", THEMES)
def test_drivers_are_rows_of_the_model_and_say_where_nothing_is_demonstrable(theme: str) -> None:
    rows = driver_rows(DRIVERS, theme)
    assert list(rows["id"]) == ["service", "loyalty"]
    assert list(rows["text"]) == ["<b>70 %</b>", "no demonstrable effect"]
    assert rows["color"].nunique() == 2
    assert "Service &lt;quality&gt;" in rows["hover"][0]
    assert "10 points higher go with +5.0 points (95 %: +4.0 to +6.0)" in rows["hover"][0]
    checked(interval_rows(rows, theme, "share"))


@pytest.mark.parametrize("is_narrow", [False, True])
@pytest.mark.parametrize("theme", THEMES)
def test_importance_has_a_panel_per_crosshair_and_carries_its_subjects(theme: str, is_narrow: bool) -> None:
    frame = pd.DataFrame({"subject": ["a", "b", "c"], "label": [Named("甲", "A"), Named("乙", "B"), Named("丙", "C")]})
    measures = {"performance": [60.0, 70.0, 80.0], "derived": [0.6, 0.5, 0.4], "stated": [80.0, 90.0, np.nan]}
    for name, values in measures.items():
        frame = frame.assign(**{name: values, f"{name}_low": values, f"{name}_high": values})
    frame = frame.assign(derived_quadrant=["concentrate_here", "", "possible_overkill"], stated_quadrant="")
    both = checked(importance(frame, Crosshair(70, 85), Crosshair(70, 0.5), theme, is_narrow))
    assert [len(trace.customdata) for trace in both.data] == [2, 3], "what was not asked has no stated importance"
    assert [point[0] for point in both.data[1].customdata] == ["a", "b", "c"]
    assert both.data[1].marker.color[0] != both.data[1].marker.color[1]
    assert len(checked(importance(frame, None, Crosshair(70, 0.5), theme, is_narrow)).data) == 1


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_not_reliable_is_faint_in_penalty_and_reward(theme: str) -> None:
    figure = checked(penalty_reward(DRIVERS[DRIVERS["verdict"] == "driver"], theme, 18))
    cost, gain = (trace.marker.color[0] for trace in figure.data)
    assert cost != gain
    bare = DRIVERS.assign(attribute="performance")[DRIVERS["verdict"] == "driver"]
    assert checked(penalty_reward(bare, theme, 18)).data[1].marker.color[0] != gain


@pytest.mark.parametrize("theme", THEMES)
def test_lost_points_show_their_sum(theme: str) -> None:
    frame = pd.DataFrame(
        {
            "item": ["M1", "M2"],
            "label": [Named("问候", "Greets"), Named("微笑", "Smiles")],
            "touchpoint_label": [Named("进店问候", "Greeting")] * 2,
            "lost": [3.0, 1.0],
            "low": [2.0, 0.5],
            "high": [4.0, np.nan],
            "share": [0.75, 0.25],
            "cumulative": [0.75, 1.0],
            "value": [60.0, 80.0],
            "n": [10, 10],
        }
    )
    figure = checked(lost_points(frame, theme, 18))
    assert list(figure.data[1].text) == ["<b>3.00</b> · Σ 75 %", "<b>1.00</b> · Σ 100 %"]
    assert [point[0] for point in figure.data[0].customdata] == ["M1", "M2"]


def sides(**changes: Any) -> pd.DataFrame:
    row = {
        "subject": "repair_time",
        "label": Named("维修用时", "Repair time"),
        "first": 59.0,
        "first_low": 56.0,
        "first_high": 62.0,
        "first_n": 120,
        "second": 82.0,
        "second_low": 81.0,
        "second_high": 83.0,
        "second_n": 5000,
        "difference": -23.0,
        "low": -26.0,
        "high": -20.0,
        "verdict": "worse",
        "hidden_reason": "",
        "minimum": 5.0,
    }
    return pd.DataFrame([row | changes])


@pytest.mark.parametrize("theme", THEMES)
def test_both_sides_of_a_gap_are_joined_and_the_gap_is_marked(theme: str) -> None:
    figure = checked(two_sides(sides(), ("managers", "customers"), theme, 18))
    assert figure.data[-1].text[0] == "<b>−23.0 ▼</b>"
    assert list(figure.data[1].x[:2]) == [59.0, 82.0]
    assert figure.data[0].customdata[0][0] == "repair_time"


def test_a_hidden_row_says_why_and_hears_no_click() -> None:
    hidden = dict.fromkeys(("first", "first_low", "first_high", "first_n", "difference", "low", "high"), np.nan)
    figure = checked(two_sides(sides(**hidden, hidden_reason="few", verdict=""), ("a", "b"), "light", 18))
    assert figure.data[-1].text[0] == "hidden: fewer than 5 answers"
    assert figure.data[0].customdata[0][0] == ""


def test_what_is_not_subtracted_has_no_line_and_no_number() -> None:
    figure = checked(two_sides(sides(difference=np.nan, low=np.nan, high=np.nan, verdict=""), ("a", "b"), "light", 18))
    assert len(figure.data[1].x or ()) == 0
    assert figure.data[-1].text[0] == ""


def test_the_board_leaves_out_what_has_no_points() -> None:
    empty, words = pd.DataFrame(), Message("told")
    gaps = [Gap(key, "points", empty, np.nan, np.nan, np.nan, "", Named("–"), words) for key in GAPS]
    assert board_rows(gaps, "light").empty
    gaps[0] = Gap("knowledge", "points", empty, -5.0, -9.0, -1.0, "worse", Named("–"), words)
    gaps[1] = Gap("standards", "%", empty, 100.0, np.nan, np.nan, "", Named("–"), words)
    rows = board_rows(gaps, "light")
    assert list(rows["id"]) == ["knowledge"]
    assert list(rows["text"]) == ["<b>−5.0 ▼</b>"]


def test_a_layer_shows_value_and_mark() -> None:
    frame = pd.DataFrame(
        {
            "subject": ["knowledge", "people"],
            "label": [Named("知识库建设", "Knowledge base"), Named("人力资源", "People")],
            "value": [55.3, 77.1],
            "low": [54.0, 76.0],
            "high": [57.0, 78.0],
            "n": [239, 239],
            "difference": [-18.0, 1.0],
            "verdict": ["worse", "none"],
            "hidden_reason": "",
            "limit": "",
        }
    )
    rows = layer_rows(frame, METRICS["management_score"], "light", "the others")
    assert list(rows["text"]) == ["<b>55.3 ▼</b>", "77.1"]
    checked(interval_rows(rows, "light", "score"))
