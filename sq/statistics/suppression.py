"""What may be shown of a table of counts so that no sum over a few people can be worked out.

A group that is shown is a row of ones over its members; everything that can be worked out from what is shown is a
combination of such rows. A table is safe when no combination but zero leaves fewer than a minimum of people:

- groups in a tree: the rows are spanned by what each shown group has beyond the shown groups inside it (its rest);
  rests do not overlap, so the tree is safe exactly when every rest is empty or large enough;
- two trees over the same people, or one tree before and after a change: a person is an edge between her two rests,
  the combinations are the cuts of that graph, so it is safe exactly when every cut is large enough;
- further partitions with few groups: `smallest_support` tries their combinations.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from sq.statistics.intervals import Floats, Ints

SHOWN, FEW, NEIGHBOUR = 0, 1, 2
# A sum of scores 0-100 this close to the least or the most possible tells every single score: five people with a mean
# above 95 are 25 points short of it.
LEAST_SLACK = 25.0
# Combinations of more groups than this are not tried.
MOST_COMBINED = 4

Codes = NDArray[np.int8]


class Tree:
    """Groups inside groups: ``parent[i]`` < i is the group around i, -1 for none; people stand anywhere in it."""

    def __init__(self, parent: Sequence[int]) -> None:
        self.parent = np.asarray(parent, dtype=np.intp)
        self.children: list[list[int]] = [[] for _ in parent]
        for node, above in enumerate(parent):
            if above >= 0:
                self.children[above].append(node)

    def __len__(self) -> int:
        return len(self.children)

    def summed(self, own: Floats) -> Floats:
        """Sums over each group and all inside it; ``own`` (groups, ...) = of those in no smaller group."""
        total = np.array(own, dtype=float)
        for node in range(len(self) - 1, 0, -1):
            if self.parent[node] >= 0:
                total[self.parent[node]] += total[node]
        return total

    def rest_of(self, covers: NDArray[np.bool_]) -> Ints:
        """For each group the smallest group around it, itself included, that ``covers``; -1 for none."""
        nearest = np.where(covers, np.arange(len(self)), -1)
        for node in range(len(self)):
            if nearest[node] < 0 and self.parent[node] >= 0:
                nearest[node] = nearest[self.parent[node]]
        return nearest


def is_telling(total: Floats, count: Floats) -> NDArray[np.bool_]:
    """Whether a sum of scores 0-100 tells every score in it, being next to the least or the most possible."""
    return np.asarray((count > 0) & (np.minimum(total, 100 * count - total) < LEAST_SLACK))


def tree_hiding(
    tree: Tree,
    count: Floats,
    minimum: float,
    rest: float,
    total: Floats | None = None,
    hidden: NDArray[np.bool_] | None = None,
) -> tuple[Codes, NDArray[np.bool_]]:
    """What to hide in a tree: SHOWN, FEW (below ``minimum``) or NEIGHBOUR per group, and which groups cover.

    Under a shown group, what is hidden must be empty or at least ``rest``; until then the next smallest shown group
    inside is hidden. Hidden groups are looked through to the shown ones inside them. With ``total`` (sums of scores
    0-100) a group whose sum tells every score does not cover: it is shown by its limit, and what is beyond the
    others must not tell either. ``hidden``: hidden anyway, for the sake of another table.
    """
    hides = _TreeHiding(tree, count, minimum, rest, total, hidden)
    return hides.codes(), hides.covers


class _TreeHiding:
    def __init__(
        self,
        tree: Tree,
        count: Floats,
        minimum: float,
        rest: float,
        total: Floats | None,
        hidden: NDArray[np.bool_] | None,
    ) -> None:
        self.tree, self.rest = tree, rest
        self.few = count < minimum
        self.hidden = self.few if hidden is None else self.few | hidden
        telling = is_telling(total, count) if total is not None else np.zeros(len(tree), dtype=bool)
        self.covers = ~self.hidden & ~telling
        # plain lists: the loop below visits single groups
        self.count = count.tolist()
        self.total = None if total is None else total.tolist()
        self.open_count = [0.0] * len(tree)
        self.open_total = [0.0] * len(tree)
        for node in range(len(tree) - 1, -1, -1):
            self._settle(node)

    def codes(self) -> Codes:
        codes = np.where(self.hidden, NEIGHBOUR, SHOWN)
        return np.where(self.few, FEW, codes).astype(np.int8)

    def _settle(self, node: int) -> None:
        """Add up what no covering group inside ``node`` holds; hide more until it is safe."""
        count, total = self.count[node], self.total[node] if self.total else 0.0
        for inside in self._covering_inside(node):
            count -= self.count[inside]
            total -= self.total[inside] if self.total else 0.0
        if self.covers[node] and self._is_unsafe(count, total):
            count, total = self._hide_more(node, count, total)
        self.open_count[node], self.open_total[node] = count, total

    def _hide_more(self, node: int, count: float, total: float) -> tuple[float, float]:
        shown = [(self.count[inside], inside) for inside in self._covering_inside(node)]
        heapq.heapify(shown)
        while shown and self._is_unsafe(count, total):
            _, smallest = heapq.heappop(shown)
            self.covers[smallest] = False
            self.hidden[smallest] = True
            count += self.open_count[smallest]
            total += self.open_total[smallest]
            for inside in self._covering_inside(smallest):
                heapq.heappush(shown, (self.count[inside], inside))
        return count, total

    def _is_unsafe(self, count: float, total: float) -> bool:
        if count < 0.5:
            return False
        tells = self.total is not None and min(total, 100 * count - total) < LEAST_SLACK
        return count < self.rest or tells

    def _covering_inside(self, node: int) -> Iterator[int]:
        """The largest covering groups inside a group."""
        for child in self.tree.children[node]:
            if self.covers[child]:
                yield child
            else:
                yield from self._covering_inside(child)


def small_cut(left: Ints, right: Ints, people: Floats, minimum: float) -> NDArray[np.bool_] | None:
    """A set of nodes that fewer than ``minimum`` people join to the others of their component; None if there is none.

    Edge i joins ``left[i]`` to ``right[i]`` and stands for ``people[i]``. Nodes are numbered from 0. Nodes joined by at
    least ``minimum`` people are on one side of every smaller cut, so they are merged first; Stoer and Wagner (1997)
    settle what is left.
    """
    nodes = int(max(left.max(initial=-1), right.max(initial=-1))) + 1
    side = np.arange(nodes)
    while True:
        a, b, weight = _merged_edges(side[left], side[right], people)
        strong = weight >= minimum
        if not strong.any():
            break
        side = _components(a[strong], b[strong], nodes)[side]
    component = _components(a, b, nodes)
    for one in np.unique(component[a]):
        inside = component[a] == one
        if (cut := _stoer_wagner(a[inside], b[inside], weight[inside], minimum)) is not None:
            return np.asarray(np.isin(side, cut))
    return None


def _merged_edges(left: Ints, right: Ints, people: Floats) -> tuple[Ints, Ints, Floats]:
    """Edges between different nodes, one per pair."""
    a, b = np.minimum(left, right), np.maximum(left, right)
    apart = (a != b) & (people > 0)
    size = int(b.max(initial=0)) + 1
    pairs, place = np.unique(a[apart] * size + b[apart], return_inverse=True)
    return pairs // size, pairs % size, np.bincount(place, people[apart], len(pairs)).astype(float)


def _components(a: Ints, b: Ints, nodes: int) -> Ints:
    """The number of the component of each node."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    joined = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(nodes, nodes))
    return np.asarray(connected_components(joined, directed=False)[1], dtype=np.intp)


def _stoer_wagner(a: Ints, b: Ints, people: Floats, minimum: float) -> Ints | None:
    """The nodes of one side of a cut below ``minimum`` in a connected graph, or None."""
    names = np.unique(np.concatenate([a, b]))
    weight = np.zeros((len(names), len(names)))
    np.add.at(weight, (np.searchsorted(names, a), np.searchsorted(names, b)), people)
    weight += weight.T
    members = [[i] for i in range(len(names))]
    alive = np.ones(len(names), dtype=bool)
    for _ in range(len(names) - 1):
        last, before, cut = _maximum_adjacency(weight, alive)
        if cut < minimum:
            return np.asarray(names[members[last]])
        weight[before] += weight[last]
        weight[:, before] += weight[:, last]
        weight[before, before] = 0.0
        members[before] += members[last]
        alive[last] = False
    return None


def _maximum_adjacency(weight: Floats, alive: NDArray[np.bool_]) -> tuple[int, int, float]:
    """Last and last but one node of a maximum adjacency order, and the cut around the last."""
    waiting = alive.copy()
    reach = np.where(alive, 0.0, -1.0)
    last = before = -1
    cut = 0.0
    for _ in range(int(alive.sum())):
        node = int(np.argmax(np.where(waiting, reach, -1.0)))
        before, last, cut = last, node, float(reach[node])
        waiting[node] = False
        reach = np.where(waiting, reach + weight[node], reach)
    return last, before, cut


def smallest_support(table: Floats, memberships: Floats, minimum: float) -> Ints | None:
    """Groups whose sums and differences, beside any of the places, leave 1 to ``minimum`` - 1 people; None if none do.

    ``table`` (places, kinds) counts people, each place being shown; ``memberships`` (kinds, groups) says which kinds of
    people a group holds. All combinations of up to `MOST_COMBINED` groups with coefficients ±1 are tried; the best
    coefficient of a place is then that of most of its people. Returns the numbers of the groups.
    """
    people = table.sum(axis=1)
    for size in range(1, min(MOST_COMBINED, memberships.shape[1]) + 1):
        chosen = np.array(list(combinations(range(memberships.shape[1]), size)), dtype=np.intp)
        for signs in product((1.0, -1.0), repeat=size - 1):
            values = (memberships[:, chosen] * np.array([1.0, *signs])).sum(axis=2).T
            agreeing = np.zeros((len(chosen), len(table)))
            for value in np.unique(values):
                agreeing = np.maximum(agreeing, (values == value).astype(float) @ table.T)
            left = (people - agreeing).sum(axis=1)
            if (unsafe := np.flatnonzero((left > 0.5) & (left < minimum))).size:
                return np.asarray(chosen[unsafe[0]])
    return None


def told_counts(count: Floats, share: Floats, sign: NDArray[np.object_]) -> tuple[Floats, Floats]:
    """The least and greatest number of answers that a share in whole percent leaves open; a missing share any.

    ``sign``: '>=' or '<=' where the share is only a limit. Answers are whole: 62 % of 8 is five, exactly.
    """
    half = np.where(sign == "", 0.5, 0.0)
    with np.errstate(invalid="ignore"):
        low = np.where(sign == "<=", 0.0, count * (share - half) / 100)
        high = np.where(sign == ">=", count, count * (share + half) / 100)
    is_exact = sign == ""
    low = np.where(is_exact, np.ceil(low - 1e-9), low)
    high = np.where(is_exact, np.floor(high + 1e-9), high)
    missing = np.isnan(share)
    return np.where(missing, 0.0, np.maximum(low, 0.0)), np.where(missing, count, np.minimum(high, count))


def is_open(count: Floats, low: Floats, high: Floats, unit: float) -> NDArray[np.bool_]:
    """Whether each number of answers is open by half a person's (``unit`` = most answers of one person).

    ``low``, ``high`` (..., categories): what is told of each; together they add up to ``count``.
    """
    others_low, others_high = low.sum(axis=-1, keepdims=True) - low, high.sum(axis=-1, keepdims=True) - high
    least = np.maximum(low, count[..., None] - others_high)
    most = np.minimum(high, count[..., None] - others_low)
    return np.asarray(_is_free(count[..., None], least, most, unit).all(axis=-1))


def _is_free(count: Floats, least: Floats, most: Floats, unit: float) -> NDArray[np.bool_]:
    return np.asarray((most >= unit / 2 - 1e-9) & (least <= count - unit / 2 + 1e-9))


def share_hiding(
    tree: Tree, count: Floats, low: Floats, high: Floats, exact: NDArray[np.bool_], told: NDArray[np.bool_], unit: float
) -> NDArray[np.bool_]:
    """Which groups may tell their shares: none, and no rest between groups, tells that nobody or everybody agrees.

    ``low``, ``high``, ``exact`` (groups, categories): the numbers of answers as told (`told_counts`), and where they
    are not a limit; ``told``: the groups that offer shares; ``count`` their answers.
    """
    told = told & is_open(count, low, high, unit)
    while True:
        drop = np.zeros(len(tree), dtype=bool)
        for category in range(low.shape[1]):
            covers = told & exact[:, category]
            drop |= _pinned(tree, count, low[:, category], high[:, category], covers, unit)
        if not drop.any():
            return told
        told = told & ~drop


def _pinned(
    tree: Tree, count: Floats, low: Floats, high: Floats, covers: NDArray[np.bool_], unit: float
) -> NDArray[np.bool_]:
    """Of each covering group whose rest is told too closely the smallest covering group inside, or the group itself."""
    drop = np.zeros(len(tree), dtype=bool)
    inside = np.flatnonzero(covers & (tree.parent >= 0))
    outer = tree.rest_of(covers)[tree.parent[inside]]
    inside, outer = inside[outer >= 0], outer[outer >= 0]
    people, least, most = (np.where(covers, part, 0.0) for part in (count, low, high))
    np.subtract.at(people, outer, count[inside])
    np.subtract.at(least, outer, high[inside])
    np.subtract.at(most, outer, low[inside])
    unsafe = covers & (people > 0.5) & ~_is_free(people, least, most, unit)
    for group in np.flatnonzero(unsafe):
        within = inside[outer == group]
        drop[within[np.argmin(count[within])] if len(within) else group] = True
    return drop
