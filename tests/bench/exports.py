"""How long a deck of 15 slides and the cards of 120 stores take: ``python -m tests.bench --exports``."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from sq.exports.deck import deck
from sq.exports.exporting import export_cards
from sq.exports.handout import STANDARD_VIEWS, sources, views_handout
from tests.conftest import sq

SLIDES, DECK_GOAL = 15, 10.0  # seconds
STORES, CARDS_GOAL = 120, 60.0
METRICS = ("customer_index", "nps", "employee_index")


def export_goals() -> str:
    """A table of both on the simulated chain of 120 stores, built anew."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data"
        sq("demo", "--stores", str(STORES), "--import", folder=folder)
        rows = (
            ("a deck of 15 slides", timed_deck(folder), DECK_GOAL),
            ("cards of 120 stores", timed_cards(folder, Path(place) / "cards"), CARDS_GOAL),
        )
    lines = [f"| {name} | {seconds:.1f} | {goal:.0f} |" for name, seconds, goal in rows]
    return "\n".join(["| seconds | measured | goal |", "| --- | ---: | ---: |", *lines])


def timed_deck(folder: Path) -> float:
    """Seconds from the question to the file, with a fresh snapshot."""
    begun = time.perf_counter()
    found = sources(folder)
    charts = [
        ("explore", f"metric={metric}&chart={kind}") for metric in METRICS for kind in ("ranking", "trend", "map")
    ]
    store = next(place["store_id"] for place in found.names.memberships if not place["brand"])
    views = [*STANDARD_VIEWS, *charts, ("store", f"store={store}")]
    assert len(views) == SLIDES
    deck(views_handout(found, views))
    return time.perf_counter() - begun


def timed_cards(folder: Path, place: Path) -> float:
    """Seconds for one card per store and the page of all."""
    begun = time.perf_counter()
    export_cards(folder, place)
    assert len(list(place.iterdir())) == STORES + 1
    return time.perf_counter() - begun
