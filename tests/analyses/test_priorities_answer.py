"""The first sentence of the priorities: every weakest link with its own value."""

import pandas as pd

from sq.analyses.drivers import NO_MODEL, Drivers
from sq.analyses.priorities import answer
from sq.analyses.shortboards import Layer, Shortboards
from sq.language import Message, Named
from sq.metrics.catalogue import METRICS
from sq.selection import Selection

NOTHING = Drivers("", "", (), (), "", pd.DataFrame(), {}, NO_MODEL, NO_MODEL, Named(""), None, (), Message(""))


def layer(names: list[str], values: list[float], weak: int) -> Layer:
    """The delivery layer, lowest first; the first ``weak`` of it may be the weakest link."""
    labels = [Named(name) for name in names]
    frame = pd.DataFrame(
        {
            "label": pd.Series(labels, dtype=object),
            "value": values,
            "verdict": ["worse"] * weak + ["none"] * (len(names) - weak),
            "is_candidate": [place < weak for place in range(len(names))],
        }
    )
    words = Message("")
    metric = METRICS["mystery_score"]
    return Layer(
        key="delivery",
        metric=metric,
        axis="touchpoint",
        selection=Selection(),
        frame=frame,
        candidates=tuple(labels[:weak]),
        sentence=words,
        gain=None,
        target=100.0,
        has_target=False,
        against=words,
        caption=words,
    )


def test_two_weakest_links_have_two_values() -> None:
    boards = Shortboards((layer(["Farewell", "Needs", "Dress"], [66.1, 68.4, 80.0], 2),))
    assert str(answer(boards, NOTHING)).startswith("Weakest links – Delivery: Farewell (66.1) and Needs (68.4). ")


def test_of_many_weakest_links_the_two_lowest_are_named() -> None:
    boards = Shortboards((layer(["Farewell", "Needs", "Dress", "Manners"], [66.1, 66.4, 66.9, 80.0], 3),))
    assert "Farewell (66.1) and Needs (66.4)." in str(answer(boards, NOTHING))
