"""What first? The weakest link of each layer and what satisfaction goes with, in one answer."""

from __future__ import annotations

from typing import Any

from sq.analyses.drivers import Drivers
from sq.analyses.shortboards import LAYER_NAMES, Shortboards
from sq.analyses.wording import Listing, quantity
from sq.language import N_, Message

NOT_MEASURED = Message(
    N_("Nothing was measured here in this period: no audit, no mystery visit and no customer response.")
)


def answer(boards: Shortboards, found: Drivers) -> Message:
    """The page's answer: weakest links, then the drivers."""
    if not boards.measured:
        return NOT_MEASURED
    weak = [
        Message(
            N_("{layer}: {name} ({value})"),
            {
                "layer": Message(LAYER_NAMES[layer.key]),
                "name": Listing(layer.candidates[:2]),
                "value": quantity(layer.metric, float(layer.frame["value"].iloc[0])),
            },
        )
        for layer in boards.weak
    ]
    values: dict[str, Any] = {"weak": Listing(tuple(weak)), "drivers": found.answer}
    if not weak:
        return Message(N_("No weakest link stands out reliably. {drivers}"), values)
    return Message(N_("Weakest links – {weak}. {drivers}"), values)
