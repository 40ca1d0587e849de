"""Adjusted scores beside raw ones: what is left of a difference when every shopper counts as average."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sq.analyses.fairness import (
    Fairness,
    adjusted_difference,
    beside_adjusted,
    changes,
    doubted,
    fairness,
    told_of_places,
    told_of_store,
)
from sq.analyses.names import Names
from sq.analyses.shoppers import EXPLAINED, AdjustedScores
from sq.analyses.standing import Standing, standing
from sq.analyses.wording import Period
from sq.language import Message, Named, speaking
from sq.selection import Selection
from sq.statistics.estimable import NotEstimable
from sq.warehouse import EVERYTHING, Scope, Warehouse

YEAR = Period(date(2026, 1, 1), date(2026, 12, 1))
REFUSED = NotEstimable(Message("All visits have the same score."))


def fair(**change: float) -> Fairness:
    """Three places with 10, 30 and 60 visits."""
    frame = pd.DataFrame({"id": ["A", "B", "C"], "n": [10, 30, 60], "change": 0.0, "known": 1.0}).set_index("id")
    frame["change"] = pd.Series(change).reindex(frame.index).fillna(0.0)
    return changes(AdjustedScores(frame.reset_index(), EXPLAINED, YEAR))


def row(verdict: str, difference: float, place: str = "A") -> dict[str, Any]:
    return {"id": place, "label": Named(place), "value": 80 + difference, "difference": difference, "verdict": verdict}


def test_the_rest_is_adjusted_too_by_its_own_shoppers() -> None:
    found = fair(A=-3.0, B=1.0, C=0.5)
    # the rest of A: (30 * 1 + 60 * .5) / 90 = 2/3; of B: (10 * -3 + 60 * .5) / 70 = 0
    assert found.change_of_rest.to_dict() == pytest.approx({"A": 2 / 3, "B": 0.0, "C": 0.0})
    assert adjusted_difference(row("better", 5.0), found) == pytest.approx(5 - 3 - 2 / 3)


@pytest.mark.parametrize(
    ("verdict", "difference", "change", "expected"),
    [
        ("better", 5.0, -1.9, False),  # 3.1 are left
        ("better", 5.0, -2.1, True),  # 2.9
        ("better", 3.5, -8.0, True),  # -4.5: turned round
        ("worse", -5.0, 2.1, True),
        ("worse", -5.0, -2.1, False),
        ("none", 1.0, 0.0, False),  # nothing was claimed
    ],
)
def test_a_reliable_difference_is_doubted_where_less_than_three_points_are_left(
    verdict: str, difference: float, change: float, expected: bool
) -> None:
    assert doubted(row(verdict, difference), fair(A=change)) is expected


def shown(kind: str, *rows: dict[str, Any]) -> Standing:
    return SimpleNamespace(units=pd.DataFrame(rows), compare_kind=kind)  # type: ignore[return-value]


def texts(messages: tuple[Message, ...]) -> str:
    with speaking("en"):
        return " ".join(str(message) for message in messages)


def test_what_is_told_names_the_furthest_move_and_the_doubtful() -> None:
    places = shown("rest", row("better", 5.0), row("none", 1.0, "B"))
    assert texts(told_of_places(places, fair(A=-2.5))) == (
        "Adjusted for who visited, the scores move by up to 2.5 points (A: 85.0 → 82.5). "
        "When adjusted, less than 3.0 points are left of the difference of A: it may be the shoppers’."
    )
    assert texts(told_of_places(places, fair(A=-1.0))).endswith("Every reliable difference stays when adjusted.")
    assert "reliable" not in texts(told_of_places(shown("previous", row("better", 5.0)), fair(A=-2.5)))
    assert texts(told_of_places(places, fair(A=-0.04))).endswith("shoppers hardly differ.")
    assert texts(told_of_places(places, REFUSED)) == "Not adjusted for who visited: All visits have the same score."


def test_a_store_is_told_its_adjusted_score_and_whether_the_shoppers_may_be_the_reason() -> None:
    told = told_of_store(row("worse", -5.0), fair(A=2.5))
    assert told is not None
    assert texts((told,)) == (
        "Adjusted for who visited: mystery score 77.5 (+2.5 points), −2.5 points against the other stores; "
        "that is less than 3.0 points: the difference may be the shoppers’."
    )
    alone = told_of_store(row("", np.nan) | {"value": 75.0}, fair(A=2.5))
    assert alone is not None
    assert texts((alone,)) == "Adjusted for who visited: mystery score 77.5 (+2.5 points)."
    assert told_of_store(row("none", 1.0, "Z"), fair(A=2.5)) is None, "nobody visited it"


def test_visits_by_nobody_known_are_told() -> None:
    frame = pd.DataFrame({"id": ["A", "B"], "n": [10, 30], "change": [1.0, 0.0], "known": [1.0, 0.5]})
    found = changes(AdjustedScores(frame, EXPLAINED, YEAR))
    # (10 + 15) / 40 = 62.5 %
    assert "Of 62 % of the visits it is known" in texts(told_of_places(shown("rest", row("none", 1.0)), found))


def test_the_family_is_the_whole_chain_whatever_is_selected(demo: Warehouse, known: Names) -> None:
    whole = fairness(demo, EVERYTHING, Selection(metric="mystery_score"), known)
    store = next(iter(known.labels["store"]))
    inside = fairness(demo, EVERYTHING, Selection(metric="mystery_score", store=store), known)
    assert isinstance(whole, Fairness)
    assert isinstance(inside, Fairness)
    pd.testing.assert_series_equal(whole.change, inside.change)
    one = Scope(regions=(str(demo.query("SELECT any_value(region) AS r FROM memberships")["r"].iloc[0]),))
    found = fairness(demo, one, Selection(metric="mystery_score"), known)
    assert isinstance(found, Fairness)
    assert 0 < len(found.change) < len(whole.change), "a scope keeps the rest out"


def test_adjusted_stands_beside_what_was_measured_and_nothing_stands_beside_a_refusal(
    demo: Warehouse, known: Names
) -> None:
    places = standing(demo, EVERYTHING, Selection(metric="mystery_score"), known, level="store")
    found = fairness(demo, EVERYTHING, places.selection, known)
    assert isinstance(found, Fairness)
    units = beside_adjusted(places, found).units
    change = units.set_index("id")["shopper_change"]
    assert change.to_dict() == pytest.approx(found.change[change.index].to_dict())
    assert (units["adjusted"] - units["value"]).tolist() == pytest.approx(units["shopper_change"].tolist())
    assert beside_adjusted(places, REFUSED).units["adjusted"].isna().all()
