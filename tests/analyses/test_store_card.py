"""The card of one store of the hand-sized chain: scores, items, steps, and stores of which little is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sq.analyses.comparison import compared
from sq.analyses.names import Names, names
from sq.analyses.store_card import Score, StoreCard, store_card
from sq.analyses.store_items import items_of
from sq.analyses.store_list import store_list
from sq.analyses.store_steps import steps_of
from sq.language import Named, speaking
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Scope, Warehouse

ALL = Selection(start="2026-01", end="2026-04")
UNJUDGED = pd.DataFrame({"verdict": [], "difference": []})


@pytest.fixture(scope="module")
def known(small: Warehouse) -> Names:
    return names(small, EVERYTHING)


def card(small: Warehouse, known: Names, store: str, selection: Selection = ALL) -> StoreCard:
    return store_card(small, EVERYTHING, selection.but(store=store), known)


def score(found: StoreCard, metric: str) -> Score:
    return next(one for one in found.scores if one.metric.id == metric)


def test_a_score_stands_beside_the_other_stores_the_period_before_and_the_target(
    small: Warehouse, known: Names
) -> None:
    found = score(card(small, known, "S1"), "mystery_score")
    # S1: V01 100, V06 400/9, V08 100; the others: V02 250/7, V03 80, V04 50, V05 850/9, V07 750/9, V11 70
    own, others = (100 + 400 / 9 + 100) / 3, (250 / 7 + 80 + 50 + 850 / 9 + 750 / 9 + 70) / 6
    assert (found.value, found.n) == (pytest.approx(own), 3)
    assert found.rest.reference == pytest.approx(others)
    assert found.rest.difference == pytest.approx(own - others)
    assert np.isnan(found.previous.difference)  # there are no data before January 2026
    assert (found.target.reference, found.target.difference) == (85, pytest.approx(own - 85))  # the target of North


def test_verdicts_are_those_of_every_other_page(small: Warehouse, known: Names) -> None:
    selection = ALL.but(start="2026-03", store="S1")
    inside = selection.but(region="华北")
    found = card(small, known, "S1", selection)
    for one in found.scores:  # the target may be that of the region
        assert one.last_year is not None
        four = {"rest": one.rest, "previous": one.previous, "last_year": one.last_year, "target": one.target}
        for kind, against in four.items():
            there = compared(small, EVERYTHING, inside.but(metric=one.metric.id, compare=kind), ()).frame
            if there.empty:
                assert (against.verdict, np.isnan(against.difference)) == ("", True)
                continue
            assert against.verdict == there["verdict"].iloc[0]
            assert against.difference == pytest.approx(there["difference"].iloc[0], nan_ok=True)
    touchpoints = compared(small, EVERYTHING, selection.but(metric="mystery_score"), ("touchpoint",)).frame
    shown = found.touchpoints.set_index("touchpoint")["difference"]
    assert shown.to_dict() == pytest.approx(touchpoints.set_index("touchpoint")["difference"].to_dict())


def test_the_same_period_last_year_stands_there_where_it_is_not_the_period_before(
    small: Warehouse, known: Names
) -> None:
    year = card(small, known, "S1", ALL.but(start="2025-05", end="2026-04"))
    assert [one.last_year for one in year.scores] == [None] * len(year.scores)
    found = score(card(small, known, "S1", ALL.but(start="2026-03")), "mystery_score").last_year
    assert found is not None
    assert (str(found.words), np.isnan(found.difference)) == ("Mar 2025 – Apr 2025", True)


def test_what_the_items_cost_adds_up_to_what_the_score_lacks(small: Warehouse, known: Names) -> None:
    items = items_of(small, EVERYTHING, ALL.but(store="S1"), known).set_index("item")
    # V01 loses nothing, V08 nothing; V06 (weights sum to 9): M1 2 and M6 3 points of 9; over 3 visits
    assert items.loc["M6", "lost"] == pytest.approx(100 * 3 / 9 / 3)
    assert items.loc["M1", "lost"] == pytest.approx(100 * 2 / 9 / 3)
    assert items["lost"].sum() == pytest.approx(100 - (100 + 400 / 9 + 100) / 3)
    assert items.loc["M1", ["n", "failed", "last"]].tolist() == [3, 1, (False, True, False)]  # V08 V06 V01
    assert items.loc["M4", "n"] == 2  # it did not apply in V08
    assert (items.loc["M1", "failed_in"], str(items.loc["M1", "failed_on"])) == ("V06", "2026-03-06")
    assert not items["is_repeated"].any()


def test_half_of_the_points_is_no_failure_but_a_veto_item_needs_all(small: Warehouse, known: Names) -> None:
    items = items_of(small, EVERYTHING, ALL.but(store="S3"), known).set_index("item")
    # M2: 10 in V03, 5 of 10 in V07; M3, the veto: 0 in both
    assert items.loc["M2", "failed"] == 0
    assert items.loc["M3", ["failed", "last_failed", "is_repeated"]].tolist() == [2, 2, True]


def test_a_failed_veto_item_comes_first(small: Warehouse, known: Names) -> None:
    found = card(small, known, "S3").steps
    assert [step.rule for step in found.steps] == ["veto"]  # no course teaches payment
    assert str(found.steps[0].sentence) == (
        "“Gives an invoice” failed in 2 of the last 2 visits, latest on 2 Apr 2026: it fails the whole visit."
    )
    assert found.steps[0].visit == "V07"
    assert str(found.told).endswith("an observation, no verdict.")


def test_repeated_failures_follow_by_points_then_touchpoints_then_courses_due(small: Warehouse, known: Names) -> None:
    items = pd.DataFrame([item("M1", "greeting", 3.0, 2), item("M4", "repair", 5.0, 3), item("M6", "payment", 9.0, 1)])
    items = items.sort_values("lost", ascending=False)
    touchpoints = pd.DataFrame(
        [{"touchpoint": "greeting", "label": Named("问候", "Greeting"), "value": 60.0, "difference": -12.0, "n": 8}]
    ).assign(verdict="worse")
    selection = ALL.but(store="S2")
    found = steps_of(small, selection, known, items, touchpoints, UNJUDGED)
    assert [(step.rule, step.touchpoint) for step in found.steps] == [
        ("repeated", "repair"),
        ("repeated", "greeting"),
        ("touchpoint", "greeting"),
        ("training", "greeting"),
    ]
    assert (
        str(found.steps[0].sentence)
        == "“M4” (repair) failed in 3 of the last 4 visits; it costs 5.0 points of the score."
    )
    assert str(found.steps[2].sentence) == "Greeting: 60.0, 12.0 points below the other stores (8 visits)."
    assert "no record that it was ever held here" in str(found.steps[3].sentence)
    # S1 had the course on 1 February 2026, inside the 12 months before the end of April
    there = steps_of(small, ALL.but(store="S1"), known, items, touchpoints, UNJUDGED)
    assert "training" not in [step.rule for step in there.steps]
    later = steps_of(small, ALL.but(store="S1", end="2027-02"), known, items, touchpoints, UNJUDGED)
    assert "last held here on 1 Feb 2026" in str(later.steps[-1].sentence)


def test_what_customers_rate_reliably_lower_is_named_too(small: Warehouse, known: Names) -> None:
    row = {"dimension": "service", "label": Named("服务质量", "Service quality"), "value": 61.0, "difference": -5.0}
    dimensions = pd.DataFrame([{**row, "n": 120, "verdict": "worse"}])
    found = steps_of(
        small, ALL.but(store="S2"), known, pd.DataFrame([item("M1", "greeting", 3.0, 0)]), UNJUDGED, dimensions
    )
    told = "Customers on “Service quality”: 61.0, 5.0 points below the other stores (120 responses)."
    assert [str(step.sentence) for step in found.steps] == [told]
    assert found.steps[0].selection.query()["dimension"] == "service"
    assert "only “reliably below” is a verdict" in str(found.told)
    unseen = items_of(small, EVERYTHING, Selection(store="S2", start="2026-03", end="2026-03"), known)
    without_visits = steps_of(small, ALL.but(store="S2"), known, unseen, UNJUDGED, dimensions)
    assert [step.rule for step in without_visits.steps] == ["touchpoint"]


def item(key: str, touchpoint: str, lost: float, last_failed: int) -> dict[str, object]:
    """An item that is no veto item, failed in some of its last four visits."""
    last = tuple(place < last_failed for place in range(4))
    label, there = Named(key), Named(touchpoint)
    return {
        "item": key, "label": label, "touchpoint": touchpoint, "touchpoint_label": there, "is_veto": False, "n": 6,
        "failed": last_failed, "lost": lost, "last": last, "last_failed": last_failed,
        "is_repeated": last_failed >= 2, "failed_on": None, "failed_in": "V01",
    }  # fmt: skip


def test_where_nothing_is_reliable_the_most_lost_points_are_an_observation(small: Warehouse, known: Names) -> None:
    found = card(small, known, "S1").steps
    assert [step.rule for step in found.steps] == ["observed", "observed"]  # M6 and M1; nothing else lost points
    assert "an observation, not a verdict" in str(found.told)
    assert (
        str(found.steps[0].sentence)
        == "“Takes a code” (Payment) costs 11.1 points of the score; failed in 1 of 1 visit."
    )


def test_hidden_employee_groups_are_words(small: Warehouse, known: Names) -> None:
    found = score(card(small, known, "S3"), "employee_index")
    assert str(found.hidden) == "hidden: fewer than 5 answers"
    assert (np.isnan(found.value), len(found.trend)) == (True, 0)
    with speaking("zh"):
        assert "5" in str(found.hidden)


def test_complaints_are_counted_by_hand(small: Warehouse, known: Names) -> None:
    found = card(small, known, "S1").complaints
    assert found is not None
    # K1 in time, K2 a day late and a repeat; both closed
    assert (found.opened, found.repeats, found.limited, found.in_time) == (2, 1, 2, 1)
    assert (found.still_open, found.overdue) == (0, 0)
    moved = card(small, known, "S4", ALL.but(start="2026-03")).complaints
    assert moved is not None
    assert (moved.opened, moved.still_open, moved.overdue) == (1, 1, 0)  # K4 in March; K3 of February is open, not due


def test_a_moved_store_says_where_it_was(small: Warehouse, known: Names) -> None:
    assert [str(fact) for fact in card(small, known, "S4").facts][-1] == "in 华南 until 28 Feb 2026"


def test_a_store_without_a_score_says_why(small: Warehouse, known: Names) -> None:
    found = card(small, known, "S5", ALL.but(end="2026-03"))
    assert (
        str(found.answer) == "新开店 opened on 10 Mar 2026: nothing has been measured there in Jan 2026 – Mar 2026 yet."
    )
    assert (len(found.items), found.total) == (0, 0)
    assert str(found.steps.told) == "No visit with answers in this period: nothing can be derived."
    closed = card(small, known, "S5", Selection(start="2026-05", end="2026-06"))
    assert str(closed.answer) == "新开店 closed on 15 Apr 2026: nothing was measured in May 2026 – Jun 2026."
    nobody = card(small, known, "S2", Selection(start="2026-03", end="2026-03"))
    assert str(nobody.answer) == "北二店: nothing was measured in Mar 2026."
    staff = card(small, known, "S2", Selection(start="2026-02", end="2026-03"))
    assert str(staff.answer).startswith("北二店: Employee index 50.0")
    assert "No mystery visit in this period." in map(str, staff.notes)


def test_a_competitors_store_shows_what_is_known_of_it(small: Warehouse, known: Names) -> None:
    found = card(small, known, "C1")
    assert [one.metric.id for one in found.scores] == ["mystery_score", "failed_visits"]
    assert score(found, "mystery_score").value == pytest.approx(500 / 7)
    assert found.complaints is None
    assert "A competitor's store" in str(found.notes[0])


def test_few_visits_are_provisional(small: Warehouse, known: Names) -> None:
    found = card(small, known, "S2")  # V02 and V11
    assert score(found, "mystery_score").is_provisional
    assert score(found, "mystery_score").rest.verdict == "too_few"
    assert "Provisional: fewer than 3 visits" in " ".join(map(str, found.notes))


def test_all_stores_are_offered_with_their_verdict(small: Warehouse, known: Names) -> None:
    found = store_list(small, EVERYTHING, ALL, known)
    assert sorted(found.frame["store"]) == ["S1", "S2", "S3", "S4", "S5"]
    assert found.frame.set_index("store").loc["S3", "value"] == pytest.approx((80 + 750 / 9) / 2)
    assert str(found.answer).startswith("Choose one of 5 stores")
    assert list(store_list(small, EVERYTHING, ALL.but(brand="对手品牌"), known).frame["store"]) == ["C1"]


def test_a_reader_sees_no_more_than_the_scope(small: Warehouse) -> None:
    scope = Scope(stores=("S1",))
    mine = names(small, scope)
    assert list(store_list(small, scope, ALL, mine).frame["store"]) == ["S1"]
    other = store_card(small, scope, ALL.but(store="S3"), mine)
    assert (len(other.items), other.total, other.facts) == (0, 0, ())
    assert other.complaints is None or other.complaints.opened == 0
