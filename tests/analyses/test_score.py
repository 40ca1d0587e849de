"""Scores for scripts: the same numbers as the pages, and errors that offer the nearest word."""

from pathlib import Path

import pytest

from sq.analyses.score import COLUMNS, score
from sq.errors import SqError, UnknownName

NORTH, SOUTH = "华北", "华南"
PERIOD = {"start": "2026-01", "end": "2026-04"}


def test_a_level_gives_one_row_per_place(small_data: Path) -> None:
    found = score(small_data, "mystery_score", "region", **PERIOD)
    assert list(found.columns) == list(COLUMNS)
    assert list(found["place"]) == [NORTH, SOUTH]
    assert list(found["n"]) == [6, 3]
    assert found["value"].iloc[1] == pytest.approx((80 + 50 + 750 / 9) / 3)


def test_the_chain_is_one_row_and_filters_are_fields_of_a_selection(small_data: Path) -> None:
    found = score(small_data, "mystery_score", "chain", {"touchpoint": "repair"}, **PERIOD).iloc[0]
    assert (found["name"], found["value"]) == ("Whole chain", pytest.approx(425 / 6))
    assert score(small_data, "mystery_score", "chain", {"region": SOUTH}, **PERIOD)["name"].tolist() == [SOUTH]


def test_other_axes_have_names_too(small_data: Path) -> None:
    touchpoints = score(small_data, "mystery_score", "touchpoint", **PERIOD)
    assert list(touchpoints["name"]) == ["Greeting", "Payment", "Repair process"]
    months = score(small_data, "mystery_score", "month", **PERIOD)
    assert list(months["place"]) == ["2026-01", "2026-02", "2026-03", "2026-04"]


def test_what_a_page_would_not_rank_is_marked(small_data: Path) -> None:
    found = score(small_data, "nps", "store", **PERIOD)
    assert set(found["hidden_reason"]) == {"too_few"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("mystery_scor",), "There is no metric mystery_scor. Did you mean mystery_score"),
        (("nps", "regon"), "There is no level regon. Did you mean region"),
        (("nps", "touchpoint"), "There is no level touchpoint."),
        (("nps", "chain", {"regoin": "x"}), "There is no filter regoin. Did you mean region"),
        (("nps", "chain", {"region": "华"}), "Nothing here is called 华. Did you mean 华"),
        (("nps", "chain", {"touchpoint": "repair"}), "This metric has no filter touchpoint."),
        (("nps", "chain", {}, "2026-13"), "Nothing here is called 2026-13."),
    ],
)
def test_an_unknown_word_offers_the_nearest(small_data: Path, arguments: tuple, told: str) -> None:
    with pytest.raises(UnknownName) as error:
        score(small_data, *arguments)
    assert str(error.value).startswith(told)


def test_a_filter_that_a_metric_lacks_is_not_offered_again(small_data: Path) -> None:
    with pytest.raises(UnknownName) as error:
        score(small_data, "nps", "chain", {"dimension": "care"})
    assert "dimension" not in str(error.value.next_step)


def test_a_period_that_ends_before_it_begins_is_said_to(small_data: Path) -> None:
    with pytest.raises(SqError, match="The period from 2026-04 to 2026-01 ends before it begins"):
        score(small_data, "nps", "chain", {}, "2026-04", "2026-01")
