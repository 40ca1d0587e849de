"""The parts of the pages that can be checked without a page."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from sq.analyses.overview import LEADING, MOST_HEADLINES, headline_metrics
from sq.analyses.wording import STAGE_NAMES
from sq.figures.coverage import coverage_map
from sq.figures.journey import journey
from sq.figures.template import checked
from sq.figures.visit import visit_profile
from sq.language import Message, Named, speaking
from sq.selection import Selection
from sq.ui.links import page_number
from sq.ui.overview_blocks import PARTS_SHOWN, arrow, telling_parts, value_with_unit
from sq.ui.touchpoints_blocks import into_item, into_touchpoint
from sq.ui.visits_blocks import narrowed

STAGES = ["pre-sales", "pre-sales", "after-sales"]


def journey_frame() -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "touchpoint": ["T1", "T2", "T3"],
            "label": [Named("问候", "Greeting"), Named("着装", "<Dress>"), Named("维修", "Repair")],
            "stage": STAGES,
            "stage_label": [Message(STAGE_NAMES[stage]) for stage in STAGES],
            "position": [1, 2, 3],
        }
    )
    for source in ("mystery", "customer", "complaints"):
        frame[source] = [80.0, 70.0, np.nan]
        frame[f"{source}_low"] = [78.0, np.nan, np.nan]
        frame[f"{source}_high"] = [82.0, np.nan, np.nan]
        frame[f"{source}_n"] = [100, 1, 0]
        frame[f"{source}_reference"] = [75.0, 75.0, np.nan]
        frame[f"{source}_difference"] = [5.0, -5.0, np.nan]
        frame[f"{source}_verdict"] = ["better", "too_few", ""]
    return frame


def ids(figure: object) -> list[str]:
    spec = json.loads(figure.to_json())  # type: ignore[attr-defined]
    return sorted(key[0] for trace in spec["data"] for key in trace.get("customdata") or [])


def test_every_mark_of_the_journey_carries_its_source_and_touchpoint() -> None:
    drawn = journey(journey_frame(), ("mystery", "customer", "complaints"), "light")
    assert ids(drawn) == [f"{s}:T{k}" for s in ("complaints", "customer", "mystery") for k in (1, 2)]


def test_the_journey_writes_only_reliable_differences() -> None:
    texts = [t for trace in journey(journey_frame(), ("mystery",), "dark").data if trace.text for t in trace.text]
    assert [text.strip("\N{NO-BREAK SPACE}") for text in texts] == ["<b>▲</b><b> +5.0</b>"]


@pytest.mark.parametrize(
    ("value", "reference", "begin"),
    [
        # the axis runs from 60 to 100 less and more its air: a text takes 11 % of about 47
        (70.0, 74.0, 74.0),  # the stroke would run through a text from 72 to 77
        (70.0, 90.0, 72.0),  # far from it
        (70.0, 66.0, 72.0),  # on the other side of the mark
        (70.0, 72.0, 72.0),  # at its very beginning
    ],
)
def test_no_stroke_runs_through_the_text_of_a_difference(value: float, reference: float, begin: float) -> None:
    frame = journey_frame().assign(
        mystery=[value, 60.0, 100.0],
        mystery_low=[value - 2, np.nan, np.nan],
        mystery_high=[value + 2, np.nan, np.nan],
        mystery_reference=[reference, np.nan, np.nan],
    )
    texts = [trace for trace in journey(frame, ("mystery",), "light").data if trace.mode == "text"]
    assert [list(trace.x) for trace in texts] == [[begin]]


def test_the_journey_on_a_phone_leaves_the_sizes_out() -> None:
    drawn = journey(journey_frame(), ("mystery",), "dark", is_narrow=True)
    texts = [t for trace in drawn.data if trace.text for t in trace.text]
    assert [text.strip("\N{NO-BREAK SPACE}") for text in texts] == ["<b>▲</b>"]


def test_the_journey_names_each_stage_once_and_escapes_names() -> None:
    with speaking("en"):
        drawn = journey(journey_frame(), ("mystery",), "light")
    assert [a.text for a in drawn.layout.annotations] == ["<b>Pre-sales</b>", "<b>After-sales</b>"]
    assert list(drawn.layout.yaxis.ticktext) == ["Greeting", "&lt;Dress&gt;", "Repair"]


def test_a_click_on_the_journey_goes_into_the_touchpoint_with_the_marks_metric() -> None:
    here = SimpleNamespace(selection=Selection(metric="mystery_score", region="North", stage="sales", start="2026-01"))
    into = into_touchpoint(here, "customer", "T2")  # type: ignore[arg-type]
    assert into == Selection(metric="customer_index", region="North", touchpoint="T2", start="2026-01")


def test_a_click_on_what_the_staff_say_goes_into_the_item_of_the_company_or_region() -> None:
    here = SimpleNamespace(selection=Selection(metric="mystery_score", region="North", store="S1", stage="sales"))
    into = into_item(here, "awareness", "W1")  # type: ignore[arg-type]
    assert into == Selection(metric="awareness_index", region="North", item="W1")


def visit_frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "touchpoint": ["T1", "T2", "T3"],
            "label": ["A", "B", "C"],
            "score": [50.0, 100.0, np.nan],  # C did not apply and has no bar
            "store_score": [60.0, np.nan, 70.0],
            "difference": [-10.0, np.nan, np.nan],
            "applicable": [2, 1, 0],
            "failed": [1, 0, 0],
        }
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_plotly_knows_every_property_that_these_figures_set(theme: str) -> None:
    everything = ("mystery", "customer", "complaints")
    for figure in (
        journey(journey_frame(), everything, theme),
        journey(journey_frame().iloc[:0], everything, theme),
        visit_profile(visit_frame(), theme),
        visit_profile(visit_frame().iloc[:0], theme),
        coverage_map(coverage_frame(), {"mystery": "Mystery visits", "customer": "Customers"}, theme),
    ):
        assert checked(figure).to_dict()["data"]
        assert figure.to_json()


def test_a_visits_bars_are_orange_where_a_veto_item_failed() -> None:
    drawn = visit_profile(visit_frame(), "light")
    bars = {trace.name: list(trace.x) for trace in drawn.data if trace.type == "bar"}
    assert bars == {"This visit": [100.0], "This visit, veto item failed": [50.0]}
    assert ids(drawn) == ["T1", "T2"]


def coverage_frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "instrument": ["mystery", "mystery", "customer"],
            "month": pd.to_datetime(["2026-01-01", "2026-03-01", "2026-02-01"]),
            "stores_with_data": [3, 4, 1],
            "stores_open": [4, 4, 4],
            "responses": [3, 4, 10],
            "share": [75.0, 100.0, 25.0],
        }
    )


def test_coverage_has_a_cell_per_instrument_and_month_and_a_gap_where_nothing_came() -> None:
    (cells,) = coverage_map(coverage_frame(), {"mystery": "Mystery visits", "customer": "Customers"}, "light").data
    np.testing.assert_array_equal(np.array(cells.z, float), [[75, np.nan, 100], [np.nan, 25, np.nan]])


def test_the_leading_metrics_come_first_and_fit_the_page() -> None:
    names = ["item_pass_rate", "nps", "repeat_rate", "mystery_score", *(f"m{k}" for k in range(10))]
    shown = headline_metrics(names, "repeat_rate")
    assert shown[:4] == ("repeat_rate", "mystery_score", "nps", "item_pass_rate")
    assert len(shown) == MOST_HEADLINES
    every = ["item_pass_rate", *sorted(LEADING), "repeat_rate"]
    assert headline_metrics(every, LEADING[0]) == LEADING[:MOST_HEADLINES]


@pytest.mark.parametrize(
    ("metric", "value", "english", "chinese"),
    [
        ("mystery_score", 81.25, "81.2", "81.2"),
        ("failed_visits", 3.46, "3.5 %", "3.5%"),
        ("resolution_hours", 44.3, "44.3 h", "44.3 小时"),
        ("complaint_rate", 0.834, "0.83", "0.83"),
        ("nps", -12.0, "−12.0", "−12.0"),
        ("failed_visits", float("nan"), "–", "–"),
    ],
)
def test_large_print_carries_the_unit_that_the_name_does_not(
    metric: str, value: float, english: str, chinese: str
) -> None:
    with speaking("en"):
        assert value_with_unit(metric, value) == english
    with speaking("zh"):
        assert value_with_unit(metric, value) == chinese


@pytest.mark.parametrize(
    ("difference", "points"), [(0.4, "up"), (-0.4, "down"), (0.04, "off"), (-0.04, "off"), (float("nan"), "off")]
)
def test_an_arrow_points_where_the_change_goes(difference: float, points: str) -> None:
    assert arrow(difference) == points


def test_items_can_be_narrowed() -> None:
    items = pd.DataFrame({"share": [100.0, 50.0, np.nan], "is_veto": [True, False, False]}, index=list("abc"))
    kept = {shown: "".join(narrowed(items, shown).index) for shown in ("all", "lost", "veto", "na")}
    assert kept == {"all": "abc", "lost": "b", "veto": "a", "na": "c"}


@pytest.mark.parametrize(("text", "page"), [("3", 3), ("", 1), ("-1", 1), ("²", 1), ("9" * 30, 1), ("x", 1)])
def test_a_page_number_is_a_number(monkeypatch: pytest.MonkeyPatch, text: str, page: int) -> None:
    monkeypatch.setattr(st, "query_params", {"page": text})
    assert page_number() == page


def test_of_many_places_the_overview_draws_the_largest_reliable_differences_in_their_order() -> None:
    few = pd.DataFrame({"difference": [1.0, -2.0], "verdict": ["none", "worse"]})
    assert telling_parts(few) is few
    many = pd.DataFrame({"difference": [float(i) for i in range(30)], "verdict": ["none"] * 5 + ["better"] * 25})
    assert telling_parts(many)["difference"].tolist() == [float(i) for i in range(30 - PARTS_SHOWN, 30)]
    assert telling_parts(many.assign(verdict="none")).empty
