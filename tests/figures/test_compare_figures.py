"""Dots, ranks, funnel, small multiples, profiles: every mark says who it is, none is drawn for what is hidden."""

import json
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.standing import Funnel
from sq.figures.funnel import funnel
from sq.figures.profile import competitors, profile
from sq.figures.small_multiples import halves, small_multiples
from sq.figures.standing import GAP, dots, places_of_rows, rank_intervals
from sq.figures.template import checked
from sq.language import Named

NAN = float("nan")


def units() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": ["A", "B", "C", "H"],
            "label": [Named("甲"), Named("<b>乙"), Named("丙"), Named("丁")],
            "value": [85.0, 70.0, 90.0, NAN],
            "low": [82.0, 66.0, NAN, NAN],
            "high": [88.0, 74.0, NAN, NAN],
            "n": [12.0, 12.0, 1.0, NAN],
            "n_effective": [12.0, 12.0, 1.0, NAN],
            "reference": [79.0, 80.0, 79.5, NAN],
            "difference": [6.0, -10.0, 10.5, NAN],
            "verdict": ["none", "worse", "too_few", "too_few"],
            "hidden_reason": ["", "", "too_few", "few"],
            "limit": "",
            "minimum": 5,
            "estimate": [82.0, 75.0, 80.0, NAN],
            "estimate_low": [79.0, 72.0, 75.0, NAN],
            "estimate_high": [85.0, 78.0, 85.0, NAN],
            "rank": [1, 2, 0, 0],
            "rank_best": [1, 1, 0, 0],
            "rank_worst": [2, 2, 0, 0],
            "provisional": [False, False, True, False],
            "picked": [True, False, False, False],
            "shown": True,
        }
    )


def spec(figure: Any) -> dict[str, Any]:
    checked(figure)
    return dict(json.loads(figure.to_json()))


def told(figure: Any) -> str:
    drawn = spec(figure)
    return json.dumps([drawn["data"], drawn["layout"].get("annotations", [])], ensure_ascii=False)


def test_each_row_carries_its_id_and_a_hidden_one_hears_no_click() -> None:
    for figure in (dots(units(), "mystery_score", "light"), rank_intervals(units(), "mystery_score", "dark", 2)):
        for trace in spec(figure)["data"]:
            if "customdata" in trace:
                assert [key[0] for key in trace["customdata"]] == ["A", "B", "C", ""]


def test_provisional_places_stand_apart_under_a_heading() -> None:
    assert list(places_of_rows(units())) == [0, 1, 2 + GAP, 3 + GAP]
    assert "Provisional" in told(dots(units(), "mystery_score", "light"))
    assert list(places_of_rows(units().iloc[2:3])) == [GAP]


def test_a_hidden_place_is_words_without_numbers() -> None:
    text = told(dots(units(), "employee_index", "light"))
    assert "hidden: fewer than 5 answers" in text
    assert "NaN" not in text


def test_the_scale_decides_which_values_are_drawn() -> None:
    def drawn(scale: str) -> list[list[float]]:
        traces = dots(units(), "mystery_score", "light", scale).data
        return [
            list(trace.x)[:2]
            for trace in traces
            if trace.type == "scatter" and trace.mode == "markers" and trace.customdata is not None
        ]

    assert drawn("raw") == [[85.0, 70.0]]
    assert drawn("shrunken") == [[82.0, 75.0]]
    assert drawn("both") == [[85.0, 70.0], [82.0, 75.0]]


def test_marks_are_written_only_where_a_difference_is_reliable() -> None:
    drawn = dots(units(), "mystery_score", "light").data
    text = next(trace.text for trace in drawn if trace.type == "scatter" and trace.mode == "text")
    assert list(text) == ["85.0 · n 12", "<b>70.0 ▼</b> · n 12", "90.0 · n 1", ""]


def test_names_from_data_cannot_smuggle_markup() -> None:
    for figure in (dots(units(), "mystery_score", "light"), rank_intervals(units(), "mystery_score", "light", 2)):
        assert "<b>乙" not in json.dumps(spec(figure)["layout"]["yaxis"]["ticktext"], ensure_ascii=False)


def test_ranks_without_an_order_have_no_dots() -> None:
    def dotted(figure: Any) -> int:
        return sum(int(np.isfinite(t.x).sum()) for t in figure.data if t.type == "scatter" and t.mode == "markers")

    assert dotted(rank_intervals(units(), "mystery_score", "light", 2)) == 2
    assert dotted(rank_intervals(units(), "mystery_score", "light", 2, dotted=False)) == 0


def funnel_of() -> Funnel:
    grid = [1.0, 12.0]
    limits = {"low_95": [60, 74], "high_95": [98, 84], "low_998": [50, 71], "high_998": [100, 87], "target": [79, 79]}
    return Funnel(pd.DataFrame({"n": grid, **limits}), 79.0, 1.0)


def test_the_funnel_shows_all_that_may_be_shown_with_a_mark_by_the_verdict() -> None:
    points = [t for t in funnel(units(), funnel_of(), "mystery_score", "light").data if t.mode == "markers"]
    assert sorted(key[0] for trace in points for key in trace.customdata) == ["A", "B", "C"]
    assert list(points[2].marker.symbol) == ["circle", "triangle-down"]
    assert points[1].marker.symbol == "circle-open", "provisional"


def test_names_in_the_funnel_do_not_cover_each_other() -> None:
    frame = units().assign(picked=True, value=[85.0, 84.9, 60.0, NAN])
    names = next(t for t in funnel(frame, funnel_of(), "mystery_score", "light").data if t.mode == "text")
    assert [text.strip() for text in names.text] == ["甲", "丙"]


def test_small_multiples_share_one_scale_and_carry_their_place() -> None:
    months = pd.to_datetime(["2026-01-01", "2026-04-01"])
    course = pd.DataFrame(
        {
            "id": ["", "", "A", "A", "B", "B"],
            "label": [Named(key or "全") for key in ("", "", "A", "A", "B", "B")],
            "month": [*months] * 3,
            "when": [Named("Q1"), Named("Q2")] * 3,
            "value": [79.0, 80.0, 85.0, 86.0, 70.0, 75.0],
            "low": 60.0,
            "high": 90.0,
            "n": 3,
            "hidden_reason": "",
        }
    )
    drawn = spec(small_multiples(course, {"B": "worse"}, "mystery_score", "light"))
    assert drawn["layout"]["yaxis"]["range"] == drawn["layout"]["yaxis2"]["range"]
    assert sorted({key[0] for trace in drawn["data"] for key in trace.get("customdata", [])}) == ["A", "B"]
    assert [note["text"] for note in drawn["layout"]["annotations"]] == ["A", "<b>B ▼</b>"]
    events = pd.DataFrame(
        {"happened_on": [date(2026, 2, 3)], "until": [date(2026, 4, 2)], "kind": ["Note"], "what": ["<b>=1+1"]}
    )
    marked = spec(small_multiples(course, {}, "mystery_score", "light", events={"B": events, "A": events.head(0)}))
    bar, marks = marked["data"][-2:]
    assert len(marked["data"]) == len(drawn["data"]) + 2, "only the panel of B has what happened"
    assert (marks["xaxis"], marks["yaxis"], marks["y"]) == ("x2", "y2", [drawn["layout"]["yaxis"]["range"][0]])
    assert [stamp[:10] for stamp in bar["x"]] == ["2026-01-01", "2026-04-01"]
    assert marks["hovertext"] == ["3 Feb 2026 – 2 Apr 2026 · Note · &lt;b&gt;=1+1"]
    one = spec(small_multiples(course, {}, "mystery_score", "light", only=["B"]))
    assert [note["text"] for note in one["layout"]["annotations"]] == ["B"]
    assert one["layout"]["yaxis"]["range"] == drawn["layout"]["yaxis"]["range"], "the scale is that of all places"


def test_two_figures_of_two_columns_read_as_rows_of_four() -> None:
    assert halves([*"ABCDEFG"]) == (["A", "B", "E", "F"], ["C", "D", "G"])
    assert halves(["A"]) == (["A"], [])


def test_a_profile_marks_reliable_differences_and_competitors_theirs() -> None:
    frame = units().iloc[:2].assign(place="P", place_label=Named("店"), subject=["x", "y"], subject_label=Named("触点"))
    marks = spec(profile(frame, "mystery_score", "light", "rest"))["data"][0]
    assert marks["text"] == ["", "  <b>▼ \N{MINUS SIGN}10.0</b>"]
    assert [key[0].split("\x1f") for key in marks["customdata"]] == [["P", "x"], ["P", "y"]]
    rows = pd.DataFrame(
        {
            "brand": "X", "label": Named("对手"), "subject": ["", "t"], "name": [Named("全部"), Named("问候")],
            "own": 80.0, "value": 75.0, "difference": [5.0, 1.0], "low": [3.0, NAN], "high": [7.0, NAN],
            "verdict": ["better", "too_few"], "cells": 9, "cities": 3,
        }
    )  # fmt: skip
    assert spec(competitors(rows, "mystery_score", "light"))["data"][0]["text"] == ["  <b>▲ +5.0</b>", ""]
