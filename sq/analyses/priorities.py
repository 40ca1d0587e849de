"""What first? The weakest link of each layer and what satisfaction goes with, in one answer."""

from __future__ import annotations

from typing import Any

from sq.analyses.drivers import Drivers
from sq.analyses.shortboards import LAYER_NAMES, Layer, Shortboards
from sq.analyses.wording import Listing, quantity
from sq.language import N_, Message

MOST_OF_A_LAYER = 2
NOT_MEASURED = Message(
    N_("Nothing was measured here in this period: no audit, no mystery visit and no customer response.")
)


def answer(boards: Shortboards, found: Drivers) -> Message:
    """The page's answer: weakest links, then the drivers."""
    if not boards.measured:
        return NOT_MEASURED
    weak = [
        Message(N_("{layer}: {names}"), {"layer": Message(LAYER_NAMES[layer.key]), "names": _weakest(layer)})
        for layer in boards.weak
    ]
    values: dict[str, Any] = {"weak": Listing(tuple(weak)), "drivers": found.answer}
    if not weak:
        return Message(N_("No weakest link stands out reliably. {drivers}"), values)
    return Message(N_("Weakest links – {weak}. {drivers}"), values)


def _weakest(layer: Layer) -> Listing:
    """The lowest candidates of a layer, each with its value."""
    rows = layer.frame[layer.frame["is_candidate"]].head(MOST_OF_A_LAYER)
    return Listing(
        tuple(
            Message(
                N_("{name} ({value})"), {"name": row["label"], "value": quantity(layer.metric, float(row["value"]))}
            )
            for row in rows.to_dict("records")
        )
    )
