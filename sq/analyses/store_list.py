"""Which stores there are, each with its score and verdict: where one is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from sq.analyses import telling
from sq.analyses.drill import applicable
from sq.analyses.families import family
from sq.analyses.names import Names
from sq.analyses.wording import count
from sq.language import N_, Message, Named, number
from sq.metrics.catalogue import METRICS, Metric
from sq.selection import Selection
from sq.warehouse import Scope, Warehouse


@dataclass(frozen=True)
class StoreList:
    """The stores inside a selection.

    Attributes:
        frame: store (id), label, region, city, brand, value, low, high, n, difference, verdict; one row per store, in
            the order of the places; NaN and '' where nothing was measured.
        answer: how many there are, how many differ reliably. caption: period and rule in words.
    """

    frame: pd.DataFrame
    metric: Metric
    answer: Message
    caption: Message


def store_list(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> StoreList:
    """All stores of the selection's brand, region and city; ``metric`` falls back on the first that has data."""
    wanted = Selection(
        metric=selection.metric, start=selection.start, end=selection.end, brand=selection.brand, compare="rest"
    )
    here = names.completed(wanted)
    metric = METRICS[here.metric]
    if "store" not in metric.levels:
        metric = METRICS[names.available[0]]
        here = here.but(metric=metric.id)
    here = applicable(metric, here, names)[0]
    found = family(warehouse, scope, here, ("store",))
    places = pd.DataFrame(places_of(names, selection))
    columns = ["store", "value", "low", "high", "n", "difference", "verdict"]
    frame = places.merge(found.frame[columns], on="store", how="left") if len(places) else places
    frame = frame.assign(verdict=frame["verdict"].fillna(""), n=frame["n"].fillna(0)) if len(frame) else frame
    verdict = frame["verdict"] if len(frame) else pd.Series(dtype=str)
    values: dict[str, Any] = {
        "stores": count("stores", len(frame)),
        "metric": metric.title,
        "better": number(int((verdict == "better").sum()), 0),
        "worse": number(int((verdict == "worse").sum()), 0),
        "against": found.against,
    }
    words = N_(
        "Choose one of {stores}: type its name or click its row. {metric}: {better} reliably better, {worse} reliably "
        "worse than {against}."
    )
    measured = frame["n"].sum() if len(frame) else 0
    return StoreList(frame, metric, Message(words, values), telling.caption(names, here, float(measured)))


def places_of(names: Names, selection: Selection) -> list[dict[str, Any]]:
    """One mapping per store where it belongs now: store, label, region, city, brand; own stores first."""
    places = {str(place["store_id"]): place for place in names.memberships}
    places |= {str(place["store_id"]): place for place in names.memberships if place["is_current"]}
    return [
        {
            "store": key,
            "label": Named(str(place["store_name"])),
            "region": str(place["region_now"]),
            "city": str(place["city_now"]),
            "brand": str(place["brand"]),
        }
        for key, place in places.items()
        if selection.region in ("", place["region_now"])
        and selection.city in ("", place["city_now"])
        and selection.brand == place["brand"]
    ]
