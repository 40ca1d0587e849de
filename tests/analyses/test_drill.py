"""Explore: every metric can be entered everywhere, and the answer says what the numbers say."""

import pickle
from dataclasses import replace

import pytest

from sq.analyses.drill import drill
from sq.analyses.names import Names, names
from sq.language import speaking
from sq.metrics.catalogue import METRICS
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Warehouse

ALL = Selection(metric="mystery_score", start="2026-01", end="2026-04")
NORTH, SOUTH = "华北", "华南"


@pytest.fixture(scope="module")
def known(small: Warehouse) -> Names:
    return names(small, EVERYTHING)


def shown(small: Warehouse, known: Names, selection: Selection) -> object:
    return drill(small, EVERYTHING, selection, known)


def test_the_answer_names_number_comparison_certainty_and_n(small: Warehouse, known: Names) -> None:
    found = shown(small, known, ALL.but(region=NORTH))
    with speaking("en"):
        assert str(found.headline).startswith(
            "华北: Mystery score 74.1; no reliable difference from the other regions (+3.0 "
        )
        assert str(found.headline).endswith("; 6 visits).")
        assert str(found.caption) == "华北 · Jan 2026 – Apr 2026 · 6 visits · mean of responses"
    with speaking("zh"):
        assert "没有明确差异" in str(found.headline)
        assert "6 次暗访" in str(found.caption)


def test_a_click_leads_from_the_chain_to_the_visits(small: Warehouse, known: Names) -> None:
    found = shown(small, known, ALL)
    assert (found.split, set(found.ranking["id"])) == ("region", {NORTH, SOUTH})
    found = shown(small, known, found.into(NORTH))
    assert (found.split, set(found.ranking["id"])) == ("city", {"天津", "北京"})
    found = shown(small, known, found.selection.but(split="store"))
    assert found.ranking["id"].iloc[0] == "S1"  # the others have too few visits to be ranked
    found = shown(small, known, found.into("S1"))
    assert found.split == "touchpoint"
    found = shown(small, known, found.into("greeting"))
    assert found.split == "item"
    found = shown(small, known, found.into("M1"))
    assert (found.split, found.visits, found.visits_kind) == ("", 3, "visits")
    assert [str(step.label) for step in found.path] == ["Whole chain", "华北", "北一店", "Greeting", "Greets first"]
    assert found.path[1].selection == ALL.but(region=NORTH)
    assert found.path[0].selection == ALL


def test_a_click_on_the_course_goes_into_that_month_or_quarter_inside_the_period(
    small: Warehouse, known: Names
) -> None:
    found = shown(small, known, ALL.but(region=NORTH))
    assert found.into_months("2026-02") == found.selection.but(start="2026-02", end="2026-02")
    quarterly = replace(found, grain="quarter")
    assert quarterly.into_months("2026-04") == found.selection.but(start="2026-04", end="2026-04")  # the end is April
    assert quarterly.into_months("2026-01") == found.selection.but(start="2026-01", end="2026-03")
    assert found.into_months("nonsense") == found.selection


def test_the_best_stands_first_and_too_few_last(small: Warehouse, known: Names) -> None:
    rows = shown(small, known, ALL.but(split="store")).ranking
    # S1 has three visits; with two each S3 (81.7), S4 (72.2) and S2 (52.9) are too few, and S5 has no score
    assert list(rows["id"]) == ["S1", "S3", "S4", "S2"]
    assert list(rows["hidden_reason"]) == ["", "too_few", "too_few", "too_few"]
    by_name = shown(small, known, ALL.but(split="touchpoint", sort="order")).ranking
    assert list(by_name["id"]) == ["greeting", "payment", "repair"]


def test_the_course_marks_the_changed_checklist_and_the_running_month(small: Warehouse, known: Names) -> None:
    found = shown(small, known, ALL)
    assert [f"{m:%Y-%m}" for m in found.trend["month"]] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert list(found.trend["segment"]) == [0, 0, 1, 1]
    assert list(found.trend["complete"]) == [True, True, True, False]
    assert [f"{b.month:%Y-%m}" for b in found.breaks] == ["2026-03"]
    assert found.grain == "month"


def test_the_map_crosses_places_with_touchpoints(small: Warehouse, known: Names) -> None:
    found = shown(small, known, ALL)
    assert found.map_axes == ("region", "touchpoint")
    assert list(found.map["subject"])[:3] == ["greeting", "payment", "repair"]
    assert found.into_cell(NORTH, "payment") == ALL.but(region=NORTH, touchpoint="payment")
    items = shown(small, known, ALL.but(touchpoint="payment"))
    assert items.map_axes == ("region", "item")


def test_a_subject_that_a_metric_does_not_know_is_said_plainly(small: Warehouse, known: Names) -> None:
    found = shown(small, known, ALL.but(metric="nps", touchpoint="greeting", stream="售前暗访"))
    assert [str(note) for note in found.notes][:2] == [
        "Net promoter score cannot be broken down by Touchpoint: Greeting has no effect here.",
        "Net promoter score cannot be broken down by Kind of visit: 售前暗访 has no effect here.",
    ]
    assert found.selection.touchpoint == "greeting"
    assert found.map.empty


def test_other_rules_are_told(small: Warehouse, known: Names) -> None:
    found = shown(small, known, ALL.but(region=SOUTH))
    assert {a.rule: round(a.value, 3) for a in found.alternatives} == {"points": 72.5, "stores": 65.833}


def test_nothing_measured_is_said_with_what_there_is(small: Warehouse, known: Names) -> None:
    found = shown(small, known, ALL.but(start="2031-01", end="2031-02"))
    told = str(found.headline)
    assert told.startswith("Whole chain: nothing was measured for Mystery score in Jan 2031 – Feb 2031;")
    assert told.endswith("there are data for Jan 2026 – Apr 2026.")
    assert found.n == 0


PLACES = ({}, {"region": NORTH, "store": "S1"}, {"store": "C1"})
SUBJECTS = ({"stage": "sales"}, {"touchpoint": "payment"}, {"item": "M3"}, {"dimension": "service"})
VIEWS = [*({**place, "compare": c} for place, c in zip(PLACES, ("target", "previous", "none"), strict=True)), *SUBJECTS]


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_can_be_entered_everywhere(small: Warehouse, known: Names, metric: str) -> None:
    for view in VIEWS:
        found = drill(small, EVERYTHING, ALL.but(metric=metric, **view), known)
        assert pickle.loads(pickle.dumps(found)).selection == found.selection
        for language in ("zh", "en"):
            with speaking(language):
                texts = [found.headline, found.caption, *found.notes, *(s.label for s in found.path)]
                assert not any("nan" in str(text) for text in texts)


@pytest.mark.parametrize("metric", ["mystery_score", "nps", "complaint_rate"])
def test_every_split_on_offer_works(small: Warehouse, known: Names, metric: str) -> None:
    found = drill(small, EVERYTHING, ALL.but(metric=metric), known)
    for split in found.splits:
        parts = drill(small, EVERYTHING, split.selection, known)
        assert parts.split == split.axis
        assert len(parts.ranking)
        assert parts.ranking["label"].map(str).str.len().min() > 0


def test_weighted_answers_say_how_many_equal_ones_they_are_worth(small: Warehouse, known: Names) -> None:
    with speaking("en"):
        notes = [str(note) for note in shown(small, known, ALL.but(metric="customer_index")).notes]
        # weights 1, 2, 1, .5, 1: 5.5² / 7.25 = 4.2
        assert "Weighted: 5 responses tell as much as 4 of equal weight." in notes
        assert not any("Weighted" in str(note) for note in shown(small, known, ALL).notes)
