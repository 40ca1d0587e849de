"""Ranks on the map: within a subject, on estimates, never of places with too few answers."""

import numpy as np
import pandas as pd
import pytest

from sq.analyses.map_ranks import with_ranks
from sq.metrics.catalogue import METRICS

SCORE = METRICS["mystery_score"]


def cells(value: list[float], n: list[float], sd: float = 8.0, subject: str = "greeting") -> pd.DataFrame:
    count = np.array(n)
    return pd.DataFrame(
        {
            "place": [f"P{i}" for i in range(len(n))],
            "subject": subject,
            "value": value,
            "se": sd / np.sqrt(count),
            "n": count,
            "n_effective": count,
            "stores": 5.0,
            "hidden_reason": np.where(count < 3, "too_few", ""),
            "limit": "",
        }
    )


def test_an_estimate_of_few_visits_does_not_lead() -> None:
    # six places, the first with the highest mean of 4 visits: its estimate is drawn most, so the second leads
    frame = with_ranks(cells([91.0, 90.0, 80.0, 78.0, 70.0, 69.0], [4, 400, 400, 400, 400, 400]), SCORE)
    assert list(frame["rank"]) == [2, 1, 3, 4, 5, 6]


def test_below_five_places_the_values_themselves_are_ranked() -> None:
    frame = with_ranks(cells([70.0, 90.0, 80.0], [10, 4, 10]), SCORE)
    assert list(frame["rank"]) == [3, 1, 2]
    assert list(frame["ranked"]) == [3, 3, 3]


def test_too_few_answers_have_no_rank() -> None:
    frame = with_ranks(cells([70.0, 99.0, 80.0], [10, 2, 10]), SCORE)
    assert frame["rank"].to_numpy() == pytest.approx([2, np.nan, 1], nan_ok=True)


def test_places_that_differ_only_by_chance_share_one_rank() -> None:
    frame = with_ranks(cells([80.1, 80.0, 79.9, 80.2, 79.8], [10] * 5), SCORE)
    assert list(frame["rank"]) == [3, 3, 3, 3, 3]


def test_each_subject_is_ranked_by_itself() -> None:
    both = pd.concat([cells([70.0, 80.0], [10, 10]), cells([95.0, 90.0], [10, 10], subject="payment")])
    assert list(with_ranks(both, SCORE)["rank"]) == [2, 1, 1, 2]


def test_nothing_to_rank_is_no_error() -> None:
    assert with_ranks(cells([], []), SCORE).empty
