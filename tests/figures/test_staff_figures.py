"""Figures of employees and of the chain: valid to Plotly, hidden rows silent, every mark carries its id."""

import numpy as np
import pandas as pd
import pytest

from sq.analyses.chain import LINKS, Link
from sq.analyses.employees import INDEX, Outcome
from sq.figures import chain, employees
from sq.figures.interval_rows import interval_rows
from sq.figures.template import THEMES, checked
from sq.language import Message, Named
from sq.metrics.catalogue import METRICS
from sq.statistics.estimable import TOO_FEW
from sq.statistics.linkage import Linked

NOTHING = float("nan")
FOUND = Linked(0.47, 0.31, 0.61, 1e-5, 107, 6)
THEME = sorted(THEMES)


def link(name: str, verdict: str) -> Link:
    told = verdict not in ("unmeasured", "too_few")
    found = FOUND if told else TOO_FEW
    return Link(name, "after", verdict, found, found, TOO_FEW, 0.01, 107, 13, 12, (0.7, NOTHING), TOO_FEW, 0.3, 0.19)


@pytest.mark.parametrize("theme", THEME)
def test_every_link_has_a_row_a_measured_one_a_dot_with_its_interval(theme: str) -> None:
    verdicts = ["together", "against", "none", "weak", "too_few", "unmeasured"]
    found = [link(name, verdict) for name, verdict in zip(LINKS, verdicts, strict=True)]
    figure = chain.links(found, theme)
    assert checked(figure)
    ground, _rings, dots, texts = figure.data
    assert [row[0] for row in ground.customdata] == list(LINKS)
    assert list(dots.x[:4]) == [0.47] * 4
    assert np.isnan(dots.x[4:]).all()
    assert list(dots.error_x.array[:4]) == pytest.approx([0.14] * 4)
    assert texts.text[0] == "<b>+0.47 ▲</b> · n 107"
    assert texts.text[2] == "+0.47 · n 107"  # no mark where chance could have made it
    assert list(texts.text[4:]) == ["too few to tell", "not measured"]
    assert len({dots.marker.color[0], dots.marker.color[1], dots.marker.color[2]}) == 3


def test_stores_are_dots_that_lead_into_them_and_those_of_the_region_stand_out() -> None:
    points = pd.DataFrame(
        {
            "id": ["S1", "S2"],
            "label": ["<一店>", "二店"],
            "region": ["N", "S"],
            "x": [60.0, 70.0],
            "y": [80.0, 81.5],
            "n_x": [9, 12],
            "n_y": [6, 6],
        }
    )
    figure = checked(chain.scatter(points, (METRICS["employee_index"], METRICS["mystery_score"]), "light", "N"))
    (dots,) = figure.data
    assert [row[0] for row in dots.customdata] == ["S1", "S2"]
    assert dots.marker.color[0] != dots.marker.color[1]
    assert "&lt;一店&gt;" in dots.hovertext[0]  # a name is no markup
    assert "n 9" in dots.hovertext[0]


@pytest.mark.parametrize("theme", THEME)
def test_a_change_is_marked_where_it_is_reliable_and_a_hidden_one_hears_no_click(theme: str) -> None:
    frame = pd.DataFrame(
        {
            "id": ["a", "b", "c"],
            "label": [Named("甲"), Named("乙"), Named("丙")],
            "value": [50.0, 60.0, NOTHING],
            "reference": [60.0, 59.0, NOTHING],
            "difference": [-10.0, 1.0, NOTHING],
            "diff_low": [-13.0, -2.0, NOTHING],
            "diff_high": [-7.0, 4.0, NOTHING],
            "verdict": ["worse", "none", ""],
            "n": [100.0, 100.0, NOTHING],
            "hidden_reason": ["", "", "few"],
            "minimum": [5.0, 5.0, 20.0],
        }
    )
    ground, _dots, texts = checked(employees.changes(frame, INDEX, theme)).data
    assert [row[0] for row in ground.customdata] == ["a", "b", ""]
    assert list(texts.text) == ["<b>−10.0 ▼</b>", "+1.0", "hidden: fewer than 20 answers"]


def test_drivers_scales_and_beliefs_are_valid_and_say_their_numbers() -> None:
    drivers = pd.DataFrame(
        {
            "id": ["pay", "mood"],
            "label": [Named("待遇"), Named("心情")],
            "value": [90.0, 10.0],
            "low": [80.0, 2.0],
            "high": [96.0, 20.0],
            "r": [0.7, 0.2],
            "beta": [0.68, 0.05],
            "p_adjusted": [1e-9, 0.4],
            "is_reliable": [True, False],
        }
    )
    outcome = Outcome("leaving", Named("离职意向"), 240, 0.5, "", drivers, 0.3, Named(""), False, Message("x"))
    assert list(checked(employees.drivers(outcome, "light")).data[-1].text) == ["<b>90 % ▲</b>", "10 %"]
    scales = pd.DataFrame(
        {
            "id": ["a", "b", "c"],
            "label": [Named("甲"), Named("乙"), Named("丙")],
            "alpha": [0.82, 0.95, NOTHING],
            "low": [0.8, NOTHING, NOTHING],
            "high": [0.84, NOTHING, NOTHING],
            "omega": [0.83, NOTHING, NOTHING],
            "limit": ["", ">=", ""],
            "n": [300.0, 40.0, 25.0],
            "is_pair": [False, False, True],
            "state": ["sound", "redundant", "unknown"],
        }
    )
    texts = checked(employees.scales(scales, "dark")).data[-1].text
    assert list(texts) == ["0.82 · n 300", "≥0.95 · n 40", "not to be told"]
    beliefs = pd.DataFrame(
        {
            "label": [Named("维修"), Named("问候")],
            "question": [Named("<维修>重要"), Named("问候重要")],
            "touchpoint": ["T19", "T04"],
            "believed": [60.0, NOTHING],
            "low": [56.0, NOTHING],
            "high": [63.0, NOTHING],
            "n": [122.0, NOTHING],
            "customers": [82.0, 70.0],
            "customers_low": [81.0, 69.0],
            "customers_high": [83.0, 71.0],
            "customers_n": [5000.0, 5000.0],
            "difference": [-22.0, NOTHING],
            "diff_low": [-26.0, NOTHING],
            "diff_high": [-18.0, NOTHING],
            "verdict": ["low", ""],
            "hidden_reason": ["", "few"],
            "minimum": [5.0, 5.0],
        }
    )
    figure = checked(employees.beliefs(beliefs, "light"))
    assert list(figure.data[-1].text) == ["<b>−22.0 ▼</b><br>n 122 / 5,000", "hidden: fewer than 5 answers"]
    assert figure.data[0].hovertext[0].startswith("<b>维修</b><br>&lt;维修&gt;重要<br>staff believes 60.0 (n 122)")


def test_rows_without_a_number_or_without_rows_are_drawn() -> None:
    columns = ["id", "label", "value", "low", "high", "text", "hover", "color"]
    empty = pd.DataFrame([["a", "甲", NOTHING, NOTHING, NOTHING, "–", "", "#000000"]], columns=columns)
    figure = interval_rows(empty, "light", "x")
    assert checked(figure)
    low, right = figure.layout.xaxis.range
    assert low < 0 < right
    assert len(figure.layout.xaxis.tickvals) > 2
