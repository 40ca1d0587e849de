"""The first sentence of the gap board counts the gaps that the board marks, and single elements apart from them."""

from __future__ import annotations

import pandas as pd

from sq.analyses.gaps import Gap, board_answer
from sq.figures.gaps import board_rows
from sq.language import Message, Named

Short = dict[str, float]
NONE: Short = {}
SMALL: Short = {"Advice": -4.0}
WIDE: Short = {"Waiting": -12.5, "Advice": -4.0}


def gap(key: str, verdict: str, short: Short, unit: str = "points") -> Gap:
    """A gap of −5 with a subject that is not short, and these that are."""
    found = {"Greeting": -0.2, **short}
    rows = pd.DataFrame(
        {
            "subject": list(found),
            "label": [Named(name) for name in found],
            "difference": list(found.values()),
            "low": [value - 2 for value in found.values()],
            "high": [value + 2 for value in found.values()],
            "verdict": ["none", *["worse"] * len(short)],
        }
    )
    return Gap(key, unit, rows, -5.0, -9.0, -1.0, verdict, Named("–"), Message("told"))


def test_the_answer_counts_the_marks_of_the_board_and_names_single_elements_apart() -> None:
    gaps = [
        gap("knowledge", "worse", SMALL),
        gap("standards", "worse", NONE, "%"),
        gap("delivery", "none", WIDE),
        gap("perception", "worse", SMALL),
        gap("competitor", "none", NONE),
    ]
    assert sum("▼" in text for text in board_rows(gaps, "light")["text"]) == 2
    assert str(board_answer(gaps)) == (
        "A reliable shortfall in 2 of 5 measured gaps; in 1 more, only single elements fall short. The widest single "
        "one is Waiting in Gap 3 · Delivery: −12.5 points (95 %: −14.5 to −10.5)."
    )


def test_no_single_element_beside_the_marked_gaps_is_not_spoken_of() -> None:
    assert str(board_answer([gap("knowledge", "worse", SMALL), gap("competitor", "none", NONE)])) == (
        "A reliable shortfall in 1 of 2 measured gaps; the widest single one is Advice in Gap 1 · Knowledge: "
        "−4.0 points (95 %: −6.0 to −2.0)."
    )


def test_a_shortfall_as_a_whole_without_one_of_a_single_element() -> None:
    assert str(board_answer([gap("knowledge", "worse", NONE), gap("competitor", "none", NONE)])) == (
        "A reliable shortfall in 1 of 2 measured gaps, though no single element does alone."
    )


def test_single_elements_alone_are_no_gap_as_a_whole() -> None:
    assert str(board_answer([gap("knowledge", "none", WIDE), gap("competitor", "better", NONE)])) == (
        "None of 2 measured gaps falls reliably short as a whole; in 1, single elements do. The widest is Waiting in "
        "Gap 1 · Knowledge: −12.5 points (95 %: −14.5 to −10.5)."
    )


def test_nothing_reliable_says_so() -> None:
    assert str(board_answer([gap("knowledge", "none", NONE), gap("competitor", "none", NONE)])) == (
        "No reliable shortfall in any of 2 measured gaps."
    )
