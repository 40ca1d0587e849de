"""Is a difference between places that of the places, or of who visited them? Adjusted scores beside raw ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.names import Names
from sq.analyses.shoppers import METRIC, AdjustedScores, adjusted_scores
from sq.analyses.standing import Standing, places_only
from sq.analyses.wording import Listing, Period, quantity, signed_size, size
from sq.language import N_, Message, number
from sq.selection import PLACE_PATH, Selection
from sq.statistics.estimable import NotEstimable
from sq.warehouse import Scope, Warehouse

MOST_NAMED = 4
RELIABLE = ("better", "worse")
SHOWN = 0.05  # points: less does not show with one decimal
ALL_KNOWN = 0.995  # a smaller share of the visits does not round to all of them


@dataclass(frozen=True)
class Fairness:
    """How far who visited moves the scores of all places of a level.

    Attributes:
        change: id → adjusted - raw, in points. change_of_rest: id → the same of all the other places together.
        known: share of the visits whose shopper's severity is known. period: what the severities rest on.
    """

    change: pd.Series
    change_of_rest: pd.Series
    known: float
    period: Period


def fairness(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, level: str = "store"
) -> Fairness | NotEstimable:
    """The family's adjustments, whatever place is selected; not estimable where `adjusted_scores` is not."""
    wide = places_only(METRIC, selection).but(**dict.fromkeys(PLACE_PATH, ""))
    found = adjusted_scores(warehouse, scope, wide, names, level)
    return found if isinstance(found, NotEstimable) else changes(found)


def changes(found: AdjustedScores) -> Fairness:
    """Each place's change, and that of the rest: sum(n x change) without the place / sum(n) without it."""
    frame = found.frame.set_index("id")
    n, shift = frame["n"].astype(float), frame["n"] * frame["change"]
    others = n.sum() - n
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = (shift.sum() - shift) / others.where(others > 0)
    known = float((n * frame["known"]).sum() / n.sum()) if n.sum() else 0.0
    return Fairness(frame["change"], rest, known, found.estimated_over)


def beside_adjusted(shown: Standing, fair: Fairness | NotEstimable) -> Standing:
    """The standing with ``adjusted`` and ``shopper_change`` in its units; NaN where they are not known."""
    change: Any = np.nan if isinstance(fair, NotEstimable) else shown.units["id"].map(fair.change)
    return replace(shown, units=_changed(shown.units, change))


def _changed(units: pd.DataFrame, change: Any) -> pd.DataFrame:
    return units.assign(shopper_change=change, adjusted=units["value"] + change)


def adjusted_difference(row: dict[str, Any], fair: Fairness) -> float:
    """A place's difference from the rest, had all visits been made by shoppers of average strictness."""
    key = row["id"]
    return float(row["difference"] + fair.change.get(key, np.nan) - fair.change_of_rest.get(key, np.nan))


def doubted(row: dict[str, Any], fair: Fairness) -> bool:
    """Whether a reliable difference would be too small to matter, or turned round, when adjusted."""
    adjusted = adjusted_difference(row, fair) * np.sign(row["difference"])
    return bool(row["verdict"] in RELIABLE and adjusted < METRIC.smallest_relevant_difference)


def told_of_places(shown: Standing, fair: Fairness | NotEstimable) -> tuple[Message, ...]:
    """How far who visited moves what is shown, and which reliable differences it may explain."""
    if isinstance(fair, NotEstimable):
        return (Message(N_("Not adjusted for who visited: {reason}"), {"reason": fair.reason}),)
    units = _changed(shown.units, shown.units["id"].map(fair.change))
    units = units[np.isfinite(units["shopper_change"].to_numpy(dtype=float))]
    if units.empty:
        return ()
    furthest = units.loc[units["shopper_change"].abs().idxmax()]
    if abs(furthest["shopper_change"]) < SHOWN:
        return (Message(N_("Adjusted for who visited the scores stay as they are: shoppers hardly differ.")),)
    words = N_("Adjusted for who visited, the scores move by up to {size} ({place}: {raw} → {adjusted}).")
    values = {
        "size": size(METRIC, furthest["shopper_change"]),
        "place": furthest["label"],
        "raw": quantity(METRIC, furthest["value"]),
        "adjusted": quantity(METRIC, furthest["adjusted"]),
    }
    return (Message(words, values), *_of_the_reliable(shown, units, fair), *_unknown(fair))


def _unknown(fair: Fairness) -> tuple[Message, ...]:
    if fair.known >= ALL_KNOWN:
        return ()
    words = N_("Of {share} % of the visits it is known who made them; the others count as average.")
    return (Message(words, {"share": number(100 * fair.known, 0)}),)


def _of_the_reliable(shown: Standing, units: pd.DataFrame, fair: Fairness) -> tuple[Message, ...]:
    rows = [{str(k): v for k, v in row.items()} for row in units.to_dict("records") if row["verdict"] in RELIABLE]
    if shown.compare_kind != "rest" or not rows:
        return ()
    doubtful = [row["label"] for row in rows if doubted(row, fair)]
    if not doubtful:
        return (Message(N_("Every reliable difference stays when adjusted.")),)
    named: tuple[Any, ...] = tuple(doubtful[:MOST_NAMED])
    if len(doubtful) > MOST_NAMED:
        left = len(doubtful) - MOST_NAMED
        named = (*named, Message(N_("{count} more"), {"count": number(left, 0)}))
    words = N_("When adjusted, less than {least} are left of the difference of {places}: it may be the shoppers’.")
    return (Message(words, {"least": _least(), "places": Listing(named)}),)


def _least() -> Message:
    return size(METRIC, METRIC.smallest_relevant_difference)


def told_of_store(row: dict[str, Any], fair: Fairness | NotEstimable) -> Message | None:
    """What one store's score would be with average shoppers; ``row`` is that of `Compared.frame` with ``id``."""
    if isinstance(fair, NotEstimable):
        return Message(N_("Not adjusted for who visited: {reason}"), {"reason": fair.reason})
    change = float(fair.change.get(row.get("id"), np.nan))
    if not np.isfinite(change) or not np.isfinite(row.get("value", np.nan)):
        return None
    values = {"adjusted": quantity(METRIC, row["value"] + change), "change": signed_size(METRIC, change)}
    difference = adjusted_difference(row, fair)
    if not np.isfinite(difference):
        return Message(N_("Adjusted for who visited: mystery score {adjusted} ({change})."), values)
    values |= {"difference": signed_size(METRIC, difference), "least": _least()}
    words = N_("Adjusted for who visited: mystery score {adjusted} ({change}), {difference} against the other stores.")
    if doubted(row, fair):
        words = N_(
            "Adjusted for who visited: mystery score {adjusted} ({change}), {difference} against the other stores; "
            "that is less than {least}: the difference may be the shoppers’."
        )
    return Message(words, values)
