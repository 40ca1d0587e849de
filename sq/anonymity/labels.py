"""Hides the form by role and by tenure in the chain and its regions: two further partitions of the same people.

Role and tenure are never crossed with each other or with smaller places. People without a label are a part that is
never shown. The rows of places, roles and tenures together must leave no few people: see sq/statistics/suppression.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from sq.anonymity.groups import Groups
from sq.anonymity.hiding import Hiding, Thresholds
from sq.anonymity.survey import Mask, Scores
from sq.statistics.intervals import Floats, Ints, per_group
from sq.statistics.suppression import (
    LEAST_SLACK,
    Codes,
    Tree,
    is_telling,
    small_cut,
    smallest_support,
    telling_difference,
    tree_hiding,
)
from sq.statistics.telling import telling_cut

LABELS = ("role", "tenure")


@dataclass(frozen=True)
class LabelGroups:
    """Groups by one label: ``place`` = number of the chain or region among the groups of places, ``label`` its text.

    ``leaf``: the smallest group of each form, -1 for none. The trees of all labels stand side by side in one.
    """

    name: str
    place: Ints
    label: tuple[str, ...]
    tree: Tree
    leaf: Ints

    def __len__(self) -> int:
        return len(self.label)

    def as_groups(self, places: Groups) -> Groups:
        """The same as groups of places with their keys."""
        around = (self.leaf, np.where(self.leaf >= 0, self.tree.parent[self.leaf], -1)) if len(self) else ()
        return Groups(tuple(places.keys[p] for p in self.place), (self.tree,), self.leaf, around, places.cluster)


@dataclass(frozen=True)
class LabelHiding:
    """Codes, whether the sum is told, number and sum of scores per group by label."""

    groups: LabelGroups
    codes: Codes
    covers: Mask
    count: Floats
    total: Floats

    @property
    def rest(self) -> Ints:
        """Per form the smallest group around it whose sum is told; -1 for none."""
        if not len(self.groups):
            return self.groups.leaf
        nearest = self.groups.tree.rest_of(self.covers)
        return np.where(self.groups.leaf >= 0, nearest[self.groups.leaf], -1)


def label_groups(forms: pd.DataFrame, groups: Groups, name: str) -> LabelGroups:
    """Every label in the chain and in each region where it occurs."""
    labels = sorted(set(forms[name]) - {""})
    number = {key[1]: place for place, key in enumerate(groups.keys) if key[0] == "region"}
    rows = [(0, label, -1) for label in labels]
    at: dict[tuple[str, str], int] = {("", label): place for place, label in enumerate(labels)}
    occurring = sorted(set(zip(forms["region"], forms[name], strict=True)))
    for region, label in occurring:
        if region and label:
            at[region, label] = len(rows)
            rows.append((number[region], label, at["", label]))
    leaf = [at.get((region, label), -1) for region, label in zip(forms["region"], forms[name], strict=True)]
    return LabelGroups(
        name,
        np.array([r[0] for r in rows], dtype=np.intp),
        tuple(r[1] for r in rows),
        Tree([r[2] for r in rows]),
        np.array(leaf, dtype=np.intp),
    )


class LabelAudit:
    """Hides groups by label until nothing about few people follows from places, roles and tenures together."""

    def __init__(
        self, forms: pd.DataFrame, groups: Groups, scores: Scores, hiding: Hiding, thresholds: Thresholds
    ) -> None:
        y = scores.y[:, 0]
        self.given = ~np.isnan(y)
        self.y = np.where(self.given, y, 0.0)
        self.thresholds = thresholds
        self.place_shown = hiding.shown[:, 0]
        own = [per_group(groups.leaf, v, len(groups)) for v in (self.given, self.y)]
        self.place_count, self.place_total = (groups.trees[0].summed(v) for v in own)
        self.place_rest = groups.trees[0].rest_of(hiding.covers[:, 0])[groups.leaf]
        self.labels = [label_groups(forms, groups, name) for name in LABELS]
        self.forced = [~self.place_shown[label.place] for label in self.labels]

    def settle(self) -> list[LabelHiding]:
        """What to hide of each label."""
        while True:
            hidings = [self._settle_one(place) for place in range(len(self.labels))]
            unsafe = self._unsafe(hidings)
            if unsafe is None:
                return hidings
            which, group = unsafe
            self.forced[which][group] = True

    def _settle_one(self, which: int) -> LabelHiding:
        """One label alone: each of its trees, and beside each other under every place."""
        groups = self.labels[which]
        held = self.given & (groups.leaf >= 0)
        own = [per_group(groups.leaf[held], v[held], len(groups)) for v in (self.given, self.y)]
        count, total = (groups.tree.summed(v) for v in own)
        minimum = self.thresholds.minimum
        while True:
            codes, covers = tree_hiding(groups.tree, count, minimum, minimum, total, self.forced[which])
            more = self._beside(groups, count, total, covers)
            if not more:
                return LabelHiding(groups, codes, covers, count, total)
            self.forced[which][more] = True

    def _beside(self, groups: LabelGroups, count: Floats, total: Floats, covers: Mask) -> list[int]:
        """The next smallest shown label of each place whose hidden and missing labels hold too few or tell."""
        more = []
        for place in np.unique(groups.place):
            here = np.flatnonzero(groups.place == place)
            shown = here[covers[here]]
            rest = self.place_count[place] - count[shown].sum()
            tells = is_telling(self.place_total[place] - total[shown].sum(), rest)
            if len(shown) and (0 < rest < self.thresholds.minimum or tells):
                more.append(int(shown[np.argmin(count[shown])]))
        return more

    def _unsafe(self, hidings: list[LabelHiding]) -> tuple[int, int] | None:
        """A group by label that takes part in a small cut or a small support; None if there is none."""
        rests = [self.place_rest, *(h.rest for h in hidings)]
        for first, second in combinations(range(3), 2):
            if found := self._cut_group(rests, first, second, hidings):
                return found
            told = telling_difference(rests[first][self.given], rests[second][self.given], self.y[self.given])
            if told is None:
                told = telling_cut(rests[first][self.given], rests[second][self.given], self.y[self.given], LEAST_SLACK)
            if told is not None:
                return second - 1, int(told[np.argmin(hidings[second - 1].count[told])])
        return self._support_group(rests, hidings)

    def _cut_group(
        self, rests: list[Ints], first: int, second: int, hidings: list[LabelHiding]
    ) -> tuple[int, int] | None:
        left, right = rests[first][self.given], rests[second][self.given]
        shift = int(left.max(initial=-1)) + 2
        ends = np.where(left < 0, 0, left + 1), np.where(right < 0, 0, right + shift)
        side = small_cut(*ends, np.ones(len(left)), self.thresholds.minimum)
        if side is None:
            return None
        crossing = side[ends[0]] != side[ends[1]]
        offered = [(second - 1, g) for g in np.unique(right[crossing]) if g >= 0]
        offered += [(first - 1, g) for g in np.unique(left[crossing]) if g >= 0 and first]
        inside = np.flatnonzero(side)
        offered = offered or [(second - 1, g - shift) for g in inside if g >= shift]
        offered = offered or [(first - 1, g - 1) for g in inside if 0 < g < shift and first]
        which, group = min(offered, key=lambda o: (hidings[o[0]].count[o[1]], o))
        return which, int(group)

    def _support_group(self, rests: list[Ints], hidings: list[LabelHiding]) -> tuple[int, int] | None:
        """Search place by place the combinations of its labels with those of the chain."""
        roles, tenures = hidings[0].rest, hidings[1].rest
        frame = pd.DataFrame({"place": rests[0], "role": roles, "tenure": tenures})[self.given]
        frame = frame[frame["place"] >= 0].value_counts().reset_index(name="people")
        for place in np.unique(np.concatenate([h.groups.place for h in hidings])):
            nodes = [
                (which, int(g))
                for which, h in enumerate(hidings)
                for g in np.flatnonzero(h.covers & np.isin(h.groups.place, (0, place)))
            ]
            if found := self._small_support_of(frame, nodes):
                return min((nodes[i] for i in found), key=lambda o: (hidings[o[0]].count[o[1]], o))
        return None

    def _small_support_of(self, frame: pd.DataFrame, nodes: list[tuple[int, int]]) -> list[int]:
        if len({which for which, _ in nodes}) < len(LABELS):
            return []  # one label alone: the cuts have told
        kinds = frame[["role", "tenure"]].drop_duplicates()
        code = pd.MultiIndex.from_frame(frame[["role", "tenure"]]).map(
            {k: i for i, k in enumerate(kinds.itertuples(index=False, name=None))}
        )
        places, rows = np.unique(frame["place"], return_inverse=True)
        table = np.zeros((len(places), len(kinds)))
        np.add.at(table, (rows, np.asarray(code)), frame["people"])
        memberships = np.column_stack([kinds[LABELS[which]].to_numpy() == group for which, group in nodes])
        used = memberships.any(axis=1)
        # kinds in none of the groups count alike
        table = np.column_stack([table[:, used], table[:, ~used].sum(axis=1)])
        memberships = np.vstack([memberships[used], np.zeros(len(nodes), dtype=bool)])
        touched = table[:, :-1].any(axis=1)
        found = smallest_support(table[touched], memberships.astype(float), self.thresholds.minimum)
        return [] if found is None else [int(i) for i in found]
