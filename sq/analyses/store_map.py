"""Where do the stores lie that are better or worse? The split by store, on a map."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sq.analyses import telling
from sq.analyses.comparison import NOTHING, Compared, compared
from sq.analyses.drill import applicable, ranked
from sq.analyses.names import Names
from sq.analyses.wording import Words
from sq.language import N_, Message, number
from sq.metrics.catalogue import METRICS
from sq.metrics.cells import HIDDEN
from sq.metrics.questions import asked_in_scope
from sq.selection import Selection
from sq.warehouse import Scope, Warehouse

FEWEST_STORES = 2  # a single point is no map


@dataclass(frozen=True)
class StoreMap:
    """The stores of a selection where their coordinates are known.

    Attributes:
        frame: one row per store: id, label, region (as the selection counts), region_label, latitude, longitude
            (degrees) and the columns of `sq.analyses.verdicts.Compared.frame`; hidden ones have a reason, no numbers.
        missing: measured stores without coordinates.
        answer: how many stores differ reliably, in words.
        against, kind: what they are compared with.
        caption, notes: as everywhere.
    """

    selection: Selection
    frame: pd.DataFrame
    missing: int
    answer: Message
    against: Words
    kind: str
    caption: Message
    notes: tuple[Message, ...]


def stores_on_the_map(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> int:
    """How many stores of the selection's metric can be put on a map; 0 where a map would show nothing."""
    metric = METRICS[names.completed(selection).metric]
    if "store" not in metric.levels or selection.store or selection.department:
        return 0
    places = asked_in_scope(warehouse, scope, "store_places")
    held = {str(key) for key, _name in names.options("store", names.completed(selection))}
    count = int(places["store"].isin(held).sum())
    return count if count >= FEWEST_STORES else 0


def store_map(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> StoreMap:
    """The split of a selection by store, with coordinates."""
    selection = names.completed(selection)
    metric = METRICS[selection.metric]
    here, notes = applicable(metric, selection.but(split=""), names)
    found = ranked(compared(warehouse, scope, here, ("store",)), here, names, "store")
    places = asked_in_scope(warehouse, scope, "store_places").drop(columns="brand")
    frame = found.frame.merge(places, on="store", how="inner")
    column = "region_now" if here.membership == "now" else "region"
    region_of = {place["store_id"]: place[column] for place in names.memberships if place["is_current"]}
    regions = [str(region_of.get(store, "")) for store in frame["store"]]
    frame = frame.assign(region=regions, region_label=names.labels_of("region", regions))
    n = float(frame["n"].sum()) if len(frame) else 0.0
    return StoreMap(
        selection=selection,
        frame=frame,
        missing=len(found.frame) - len(frame),
        answer=_answer(found, frame, telling.where(names, here)),
        against=found.against,
        kind=found.kind,
        caption=telling.caption(names, here, n),
        notes=(*notes, *found.notes),
    )


def _answer(found: Compared, frame: pd.DataFrame, where: Words) -> Message:
    values: dict[str, object] = {"where": where, "count": number(len(frame), 0), "against": found.against}
    shown = frame[~frame["hidden_reason"].isin(HIDDEN)] if len(frame) else frame
    if shown.empty or found.against == NOTHING:
        return Message(N_("{where}: {count} stores on the map."), values)
    better, worse = ((shown["verdict"] == verdict).sum() for verdict in ("better", "worse"))
    if not better + worse:
        return Message(N_("{where}: none of {count} stores on the map differs reliably from {against}."), values)
    values |= {"better": number(int(better), 0), "worse": number(int(worse), 0)}
    words = N_("{where}: of {count} stores on the map {better} are reliably better than {against} and {worse} worse.")
    return Message(words, values)
