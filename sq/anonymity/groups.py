"""The groups of a survey: a fixed lattice, so that nobody can ask for a group of her own making."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sq.anonymity.survey import Mask, Survey
from sq.statistics.intervals import Ints
from sq.statistics.suppression import Tree

KEYS = ("level", "region", "city", "store_id", "department_id")
Key = tuple[str, str, str, str, str]
CHAIN: Key = ("chain", "", "", "", "")


@dataclass(frozen=True)
class Groups:
    """Groups of places, numbered; group 0 is the chain.

    ``trees``: how they lie inside each other; internal service has two trees over the same forms, one by region and
    one by department. ``leaf``: the smallest group of each form. ``around``: every group of each form, one array per
    step up (-1 = none). ``cluster``: the store or department of each form.
    """

    keys: tuple[Key, ...]
    trees: tuple[Tree, ...]
    leaf: Ints
    around: tuple[Ints, ...]
    cluster: Ints

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def in_last_tree(self) -> Mask:
        """Which groups are part of the last tree: all, but for the regions of internal service."""
        tree = self.trees[-1]
        return np.asarray((tree.parent >= 0) | (np.arange(len(self)) == 0))

    @property
    def levels(self) -> tuple[str, ...]:
        """The level of each group."""
        return tuple(key[0] for key in self.keys)


def groups_of(survey: Survey) -> Groups:
    """The groups of a survey, those of open stores without any answer included."""
    if survey.wave.instrument == "internal_service":
        return _crossed(survey.forms)
    return _places(survey.forms, survey.stores)


def _places(forms: pd.DataFrame, stores: pd.DataFrame) -> Groups:
    """Chain > region > city > store, and chain > department; a store without a city hangs under its region."""
    of_stores = pd.concat(
        [stores, forms.loc[forms["store_id"] != "", ["region", "city", "store_id"]]]
    ).drop_duplicates()
    parents: dict[Key, Key | None] = {CHAIN: None}
    for region, city, store in of_stores.sort_values(["region", "city", "store_id"]).itertuples(index=False):
        of_region, of_city = ("region", region, "", "", ""), ("city", region, city, "", "")
        parents[of_region] = CHAIN
        if city:
            parents[of_city] = of_region
        parents["store", region, city, store, ""] = of_city if city else of_region
    for department in sorted(set(forms["department_id"]) - {""}):
        parents["department", "", "", "", department] = CHAIN
    keys = sorted(parents, key=lambda key: (_STEPS.index(key[0]), key))
    number = {key: place for place, key in enumerate(keys)}
    parent = [-1 if (above := parents[key]) is None else number[above] for key in keys]
    leaf = np.array([number[_leaf_key(*row)] for row in _columns(forms)], dtype=np.intp)
    around = [leaf]
    while (above_all := np.where(around[-1] >= 0, np.array(parent)[around[-1]], -1)).max(initial=-1) >= 0:
        around.append(above_all)
    return Groups(tuple(keys), (Tree(parent),), leaf, tuple(around), leaf)


_STEPS = ("chain", "region", "department", "city", "store")


def _columns(forms: pd.DataFrame) -> Iterable[tuple[str, str, str, str]]:
    return zip(forms["region"], forms["city"], forms["store_id"], forms["department_id"], strict=True)


def _leaf_key(region: str, city: str, store: str, department: str) -> Key:
    return ("store", region, city, store, "") if store else ("department", "", "", "", department)


def _crossed(forms: pd.DataFrame) -> Groups:
    """Regions that rate x departments that are rated, with both margins."""
    regions, departments = sorted(set(forms["region"])), sorted(set(forms["department_id"]))
    pairs = sorted(set(zip(forms["region"], forms["department_id"], strict=True)))
    keys: list[Key] = [CHAIN, *(("region", r, "", "", "") for r in regions)]
    keys += [("department", "", "", "", d) for d in departments]
    keys += [("region_department", r, "", "", d) for r, d in pairs]
    number = {key: place for place, key in enumerate(keys)}
    by_region = [-1] + [0] * len(regions) + [-1] * len(departments)
    by_region += [number["region", r, "", "", ""] for r, _ in pairs]
    by_department = [-1] + [-1] * len(regions) + [0] * len(departments)
    by_department += [number["department", "", "", "", d] for _, d in pairs]
    leaf = np.array(
        [
            number["region_department", r, "", "", d]
            for r, d in zip(forms["region"], forms["department_id"], strict=True)
        ],
        dtype=np.intp,
    )
    around = (leaf, np.array(by_region)[leaf], np.array(by_department)[leaf], np.zeros_like(leaf))
    cluster = pd.factorize(forms["store_id"])[0].astype(np.intp)
    return Groups(tuple(keys), (Tree(by_region), Tree(by_department)), leaf, around, cluster)
