"""Who should visit which store next, so that strict and lenient shoppers can be told apart from good and bad stores.

The rules are those of methods.md, section 10: at least three stores per shopper and two shoppers per store, one
connected net, a fifth to a quarter of the visits outside the home region, nobody twice running in a store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sq.analyses.names import Name, Names
from sq.analyses.wording import Listing
from sq.language import N_, Message, Named, number

FEWEST_STORES, FEWEST_SHOPPERS = 3, 2
CROSSED_LOW, CROSSED_HIGH = 0.20, 0.25
MOST_SWAPS, MOST_NAMED = 12, 6
WHY: dict[str, str] = {
    "part": N_("joins two parts that share nobody"),
    "single": N_("the store has known one shopper only"),
    "repeat": N_("the same shopper came twice running"),
    "away": N_("brings a shopper from another region"),
}


@dataclass(frozen=True)
class Rota:
    """What the past rota leaves to be wished for, and what to change.

    Attributes:
        kept: whether all rules are kept. advice: one sentence per rule that is broken, or that all are kept.
        swaps: one row per swap: why (key of WHY), store, label, last (shopper of its latest visit), next (whom to
            send), other_store, other_label, other_last, other_next.
    """

    kept: bool
    advice: tuple[Message, ...]
    swaps: pd.DataFrame


def rota(
    model: Mapping[str, Any], shoppers: pd.DataFrame, stores: pd.DataFrame, pairs: pd.DataFrame, names: Names
) -> Rota:
    """Judge a period's visits by the rules; rows as `sq.analyses.shoppers` has them."""
    broken = [
        sentence
        for sentence in (
            _parts(model, shoppers),
            _single(stores, names),
            _few(shoppers),
            _crossed(model, shoppers),
            _repeats(stores, names),
        )
        if sentence is not None
    ]
    away = model["crossed_share"]
    needs_away = pd.notna(away) and away < CROSSED_LOW
    swaps = _swaps(stores, pairs, bool(needs_away))
    for column in ("store", "other_store"):
        swaps[column.replace("store", "label")] = names.labels_of("store", swaps[column])
    return Rota(not broken, tuple(broken) or (_all_kept(model),), swaps)


def _all_kept(model: Mapping[str, Any]) -> Message:
    if pd.isna(model["crossed_share"]):
        return Message(
            N_(
                "The rota keeps every rule that applies: "
                "all stores lie in one region, so nobody can leave the home region."
            )
        )
    return Message(
        N_("The rota keeps every rule: {share} % of the visits lead outside the home region."), _share(model)
    )


def _share(model: Mapping[str, Any]) -> dict[str, Any]:
    return {"share": number(model["crossed_share"] * 100, 0)}


def _parts(model: Mapping[str, Any], shoppers: pd.DataFrame) -> Message | None:
    if model["components"] < 2:
        return None
    small = shoppers[shoppers["component"] > 0]["shopper_id"]
    return Message(
        N_("Shoppers and stores fall into {count} parts that share nobody. Send {shoppers} to stores of the others."),
        {"count": number(model["components"], 0), "shoppers": _few_of([Named(code) for code in small])},
    )


def _single(stores: pd.DataFrame, names: Names) -> Message | None:
    found = stores[(stores["shoppers"] < FEWEST_SHOPPERS)]
    if found.empty:
        return None
    return Message(
        N_("{count} store has been seen by one shopper only: {stores}. Send somebody else."),
        {"stores": _few_of(list(names.labels_of("store", found["store_id"])))},
        many=N_("{count} stores have been seen by one shopper only: {stores}. Send somebody else."),
        count=len(found),
    )


def _few(shoppers: pd.DataFrame) -> Message | None:
    found = shoppers[shoppers["stores"] < FEWEST_STORES]["shopper_id"]
    if found.empty:
        return None
    return Message(
        N_("{count} shopper has seen fewer than three stores: {shoppers}."),
        {"shoppers": _few_of([Named(code) for code in found])},
        many=N_("{count} shoppers have seen fewer than three stores: {shoppers}."),
        count=len(found),
    )


def _crossed(model: Mapping[str, Any], shoppers: pd.DataFrame) -> Message | None:
    if pd.isna(model["crossed_share"]) or model["crossed_share"] >= CROSSED_LOW:
        return None
    stay = shoppers[shoppers["away_share"] == 0]["shopper_id"]
    words = N_("Only {share} % of the visits lead outside the shopper’s home region; 20–25 % are enough.")
    if len(stay):
        words = N_(
            "Only {share} % of the visits lead outside the shopper’s home region; 20–25 % are enough. "
            "Never away: {shoppers}."
        )
    return Message(words, {**_share(model), "shoppers": _few_of([Named(code) for code in stay])})


def _repeats(stores: pd.DataFrame, names: Names) -> Message | None:
    found = stores[stores["repeats"] > 0].sort_values("repeats", ascending=False, kind="stable")
    if found.empty:
        return None
    return Message(
        N_("In {count} store the same shopper came twice running: {stores}."),
        {"stores": _few_of(list(names.labels_of("store", found["store_id"])))},
        many=N_("In {count} stores the same shopper came twice running: {stores}."),
        count=len(found),
    )


def _few_of(things: list[Name]) -> Listing:
    """A few of many names, and how many more there are."""
    if len(things) <= MOST_NAMED:
        return Listing(tuple(things))
    more = Message(N_("{count} more"), {"count": number(len(things) - MOST_NAMED + 1, 0)})
    return Listing((*things[: MOST_NAMED - 1], more))


def _swaps(stores: pd.DataFrame, pairs: pd.DataFrame, needs_away: bool) -> pd.DataFrame:
    """Pairs of stores whose last shoppers change places: the stores in need first, each store once."""
    columns = ["why", "store", "last", "next", "other_store", "other_last", "other_next"]
    region = pairs.drop_duplicates("store_id").set_index("store_id")["region"]
    seen = set(zip(pairs["shopper_id"], pairs["store_id"], strict=True))
    rows = stores.assign(
        region=stores["store_id"].map(region), why=[_need(row, needs_away) for row in stores.to_dict("records")]
    )
    order = {why: place for place, why in enumerate((*WHY, ""))}
    rows = rows.assign(order=rows["why"].map(order)).sort_values(["order", "store_id"], kind="stable")
    candidates = [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]
    swaps: list[list[str]] = []
    used: set[str] = set()
    for store in candidates:
        if len(swaps) == MOST_SWAPS or not store["why"] or store["store_id"] in used:
            continue
        other = _partner(store, [c for c in candidates if c["store_id"] not in used], seen, needs_away)
        if other is None:
            continue
        used |= {store["store_id"], other["store_id"]}
        a, b = store["last_shopper"], other["last_shopper"]
        swaps.append([store["why"], store["store_id"], a, b, other["store_id"], b, a])
    return pd.DataFrame(swaps, columns=columns)


def _need(row: Mapping[Any, Any], needs_away: bool) -> str:
    """Why a store should see somebody else next: a key of WHY, or nothing."""
    if row["component"] > 0:
        return "part"
    if row["shoppers"] < FEWEST_SHOPPERS:
        return "single"
    return "repeat" if row["repeats"] > 0 else "away" if needs_away else ""


def _partner(
    store: Mapping[str, Any], others: list[dict[str, Any]], seen: set[tuple[str, str]], needs_away: bool
) -> dict[str, Any] | None:
    """The store whose last shopper should come here instead: a new face on both sides, in need itself if possible."""

    def cost(other: Mapping[str, Any]) -> tuple[bool, bool, int]:
        same_region = other["region"] == store["region"]
        known = ((other["last_shopper"], store["store_id"]) in seen) + (
            (store["last_shopper"], other["store_id"]) in seen
        )
        return (same_region if needs_away else not same_region, not other["why"], known)

    possible = [
        other
        for other in others
        if other["last_shopper"] != store["last_shopper"]
        and (store["why"] != "part" or other["component"] != store["component"])
        and (other["last_shopper"], store["store_id"]) not in seen
    ]
    return min(possible, key=cost, default=None)
