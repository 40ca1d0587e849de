"""Touchpoints on which shoppers and customers disagree: both must be sure."""

import numpy as np
import pandas as pd
import pytest

from sq.analyses.disagreement import disagreement, standard_of
from sq.language import Named
from sq.selection import Selection
from sq.warehouse import Warehouse

STANDARD = (80.0, True)
WHERE, AGAINST = Named("全公司", "The chain"), Named("其他触点", "the other touchpoints")
EVERY = ("mystery", "customer", "complaints")


def touchpoint(
    name: str, mystery: tuple[float, float, float], customer: str, complaints: str = "none"
) -> dict[str, object]:
    """A row: shoppers' score with its limits, customers' and complaints' verdicts."""
    value, low, high = mystery
    row: dict[str, object] = {"touchpoint": name, "label": Named(name), "stage": "sales", "position": 1}
    row |= {"mystery": value, "mystery_low": low, "mystery_high": high, "mystery_verdict": "none"}
    row |= {"customer": 70.0, "customer_verdict": customer, "customer_difference": {"worse": -5.0}.get(customer, 5.0)}
    row |= {"complaints": 0.2, "complaints_verdict": complaints, "complaints_difference": 0.6}
    return row


# name → (row, signal)
CASES = {
    "met, unhappy": (touchpoint("a", (85, 81, 89), "worse"), "met_unhappy"),
    "met, but not for sure": (touchpoint("b", (85, 79, 91), "worse"), ""),
    "met, customers as elsewhere": (touchpoint("c", (85, 81, 89), "none"), ""),
    "met, more complaints": (touchpoint("d", (85, 81, 89), "better", "worse"), "met_unhappy"),
    "missed, content": (touchpoint("e", (70, 66, 74), "better"), "missed_happy"),
    "missed, but more complaints": (touchpoint("f", (70, 66, 74), "better", "worse"), ""),
    "missed, unhappy: they agree": (touchpoint("g", (70, 66, 74), "worse"), ""),
    "exactly the standard": (touchpoint("h", (84, 80, 88), "worse"), "met_unhappy"),
    "no interval": (touchpoint("i", (84, np.nan, np.nan), "worse"), ""),
    "too few customers": (touchpoint("j", (85, 81, 89), "too_few"), ""),
}


@pytest.mark.parametrize("case", CASES)
def test_a_signal_needs_both_sides_to_be_sure(case: str) -> None:
    row, signal = CASES[case]
    found = disagreement(pd.DataFrame([row]), EVERY, STANDARD, WHERE, AGAINST)
    assert found is not None
    assert found.frame["signal"].tolist() == ([signal] if signal else [])


def test_the_sentences_tell_what_each_side_says() -> None:
    rows = pd.DataFrame([CASES["met, unhappy"][0], CASES["missed, content"][0]])
    found = disagreement(rows, EVERY, STANDARD, WHERE, AGAINST)
    assert found is not None
    assert [str(sentence) for sentence in found.frame["sentence"]] == [
        "Mystery score 85.0, standard 80 · Customer index 70.0, 5.0 points below the other touchpoints · "
        "Complaints per 1,000 customers 0.20, no reliable difference",
        "Mystery score 70.0, standard 80 · Customer index 70.0, 5.0 points above the other touchpoints · "
        "Complaints per 1,000 customers 0.20, no reliable difference",
    ]
    expected = (
        "The chain: the standard is met but customers are unhappy with a; it is missed but they are content with e."
    )
    assert str(found.answer) == expected


def test_nothing_is_said_where_one_side_is_not_measured() -> None:
    rows = pd.DataFrame([CASES["met, unhappy"][0]])
    assert disagreement(rows, ("mystery",), STANDARD, WHERE, AGAINST) is None
    assert disagreement(rows, ("customer", "complaints"), STANDARD, WHERE, AGAINST) is None
    uncompared = rows.assign(customer_verdict="", complaints_verdict="")
    found = disagreement(uncompared, EVERY, STANDARD, WHERE, AGAINST)
    assert found is not None
    assert found.judged == 0
    assert "too little is known" in str(found.answer)


def test_the_standard_is_the_target_of_the_place_or_the_best_band(small: Warehouse) -> None:
    year = Selection(start="2026-01", end="2026-04")
    assert standard_of(small, year) == (80.0, True)
    assert standard_of(small, year.but(region="华北", store="S1")) == (85.0, True)
    assert standard_of(small, year.but(start="2025-01", end="2025-12")) == (75.0, False)


def test_with_nothing_planted_disagreements_are_as_rare_as_verdicts() -> None:
    # customers' verdicts are judged as one family of 20: at most one family in twenty raises one, and the shoppers'
    # side can only take signals away. 400 families: mean 20, sd 4.4, bound 20 + 3 sd
    random, alarms = np.random.default_rng(3), 0
    for _family in range(400):
        p = np.sort(random.random(20)) * 20 / np.arange(1, 21)
        is_worse = (np.minimum.accumulate(p[::-1])[::-1] <= 0.05) & (random.random(20) < 0.5)
        rows = [touchpoint(str(n), (85, 81, 89), "worse" if worse else "none") for n, worse in enumerate(is_worse)]
        found = disagreement(pd.DataFrame(rows), EVERY, STANDARD, WHERE, AGAINST)
        assert found is not None
        alarms += bool(len(found.frame))
    assert alarms <= 33
