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
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sq.statistics.intervals import Floats, Ints

SHOWN, FEW, NEIGHBOUR = 0, 1, 2
# A sum of scores 0-100 this close to the least or the most possible tells every single score: five people with a mean
# above 95 are 25 points short of it.
LEAST_SLACK = 25.0
# Combinations of more groups than this are not tried.
MOST_COMBINED = 4
# Answers beyond which whole percents and a mean to 0.1 leave more than half a person open anyway.
BLURRED = 300
BANDS = 3

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

    @cached_property
    def _steps(self) -> list[Ints]:
        """Groups with a parent by depth, the deepest first."""
        depth = np.zeros(len(self), dtype=np.intp)
        for node in range(len(self)):
            depth[node] = depth[self.parent[node]] + 1 if self.parent[node] >= 0 else 0
        return [np.flatnonzero(depth == d) for d in range(int(depth.max(initial=0)), 0, -1)]

    def inside(self, values: Floats, covers: NDArray[np.bool_]) -> Floats:
        """Sums of ``values`` (groups, ...) over the largest groups strictly inside each that ``covers``."""
        total = np.zeros(values.shape)
        for step in self._steps:
            is_covered = covers[step].reshape(-1, *[1] * (values.ndim - 1))
            np.add.at(total, self.parent[step], np.where(is_covered, values[step], total[step]))
        return total

    def largest_inside(self, group: int, covers: NDArray[np.bool_]) -> list[int]:
        """The largest groups strictly inside one that ``covers``."""
        found = []
        for child in self.children[group]:
            found += [child] if covers[child] else self.largest_inside(child, covers)
        return found

    def rest_of(self, covers: NDArray[np.bool_]) -> Ints:
        """For each group the smallest group around it, itself included, that ``covers``; -1 for none."""
        nearest = np.where(covers, np.arange(len(self)), -1)
        for node in range(len(self)):
            if nearest[node] < 0 and self.parent[node] >= 0:
                nearest[node] = nearest[self.parent[node]]
        return nearest


def is_telling(total: Floats | float, count: Floats | float) -> NDArray[np.bool_]:
    """Whether a sum of scores 0-100 tells every score in it, being next to the least or the most possible."""
    return np.asarray((np.asarray(count) > 0.5) & (np.minimum(total, 100 * count - total) < LEAST_SLACK))


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
        self.hidden = self.few.copy() if hidden is None else self.few | hidden
        telling = is_telling(total, count) if total is not None else np.zeros(len(tree), dtype=bool)
        self.covers = ~self.hidden & ~telling
        # plain lists: the loop below visits single groups
        self.count = count.tolist()
        self.total = None if total is None else total.tolist()
        self.open_count = [0.0] * len(tree)
        self.open_total = [0.0] * len(tree)
        before = self.hidden.copy()
        for node in range(len(tree) - 1, -1, -1):
            self._settle(node)
        self._show_again(np.flatnonzero(self.hidden & ~before))

    def codes(self) -> Codes:
        codes = np.where(self.hidden, NEIGHBOUR, SHOWN)
        return np.where(self.few, FEW, codes).astype(np.int8)

    def _show_again(self, neighbours: Ints) -> None:
        """Show what was hidden for a group that was hidden itself later on, the largest first."""
        for node in sorted(neighbours.tolist(), key=lambda n: -self.count[n]):
            around = int(self.tree.parent[node])
            while around >= 0 and not self.covers[around]:
                around = int(self.tree.parent[around])
            self.covers[node] = True
            if self._is_unsafe(*self._open(node)) or (around >= 0 and self._is_unsafe(*self._open(around))):
                self.covers[node] = False
            else:
                self.hidden[node] = False

    def _open(self, node: int) -> tuple[float, float]:
        """People of a group whom no covering group inside holds, and the sum of their scores."""
        count, total = self.count[node], self.total[node] if self.total else 0.0
        for inside in self._covering_inside(node):
            count -= self.count[inside]
            total -= self.total[inside] if self.total else 0.0
        return count, total

    def _settle(self, node: int) -> None:
        """Find what no covering group inside ``node`` holds; hide more until it is safe."""
        count, total = self._open(node)
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

    def _covering_inside(self, node: int) -> list[int]:
        return self.tree.largest_inside(node, self.covers)


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


def tightened(count: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """What the numbers of each kind (groups, kinds) leave open of each other, as they add up to ``count``."""
    least = np.maximum(low, count[:, None] - (high.sum(axis=1, keepdims=True) - high))
    most = np.minimum(high, count[:, None] - (low.sum(axis=1, keepdims=True) - low))
    return least, most


@dataclass(frozen=True)
class Told:
    """What is told of groups: answers ``count``, and between ``low`` and ``high`` (groups, categories) of each kind.

    ``truth``: how many there are. ``exact``: where the share is not a limit. ``unit``: most answers of one person.
    With ``total_low``, ``total_high`` the sum of scores is told too, and ``values`` (categories, 2) says between which
    scores each kind of answer lies.
    """

    count: Floats
    truth: Floats
    low: Floats
    high: Floats
    exact: NDArray[np.bool_]
    unit: float
    total_low: Floats | None = None
    total_high: Floats | None = None
    values: Floats | None = None

    def only(self, groups: Ints) -> Told:
        """Some of the groups."""
        totals = [None if t is None else t[groups] for t in (self.total_low, self.total_high)]
        parts = (self.count[groups], self.truth[groups], self.low[groups], self.high[groups], self.exact[groups])
        return Told(*parts, self.unit, totals[0], totals[1], self.values)

    def sums(self) -> dict[str, Any]:
        """What adds up over groups."""
        parts = {"count": self.count, "truth": self.truth, "low": self.low, "high": self.high}
        totals = {"total_low": self.total_low, "total_high": self.total_high}
        return parts | {name: total for name, total in totals.items() if total is not None}

    def is_open(self) -> NDArray[np.bool_]:
        """Whether each number of answers is open by half a person's.

        What is told never excludes the truth, so only kinds that (nearly) nobody or everybody chose are looked at.
        """
        half = self.unit / 2
        is_open = np.ones(len(self.count), dtype=bool)
        for kind in range(self.low.shape[1]):
            for nobody in (True, False):
                extreme = self.truth[:, kind] < half if nobody else self.truth[:, kind] > self.count - half
                if (rows := np.flatnonzero(extreme & is_open)).size:
                    is_open[rows] = self.only(rows)._is_possible(kind, nobody)
        return is_open

    def _is_possible(self, kind: int, some: bool) -> NDArray[np.bool_]:
        """Whether half a person's answers of a kind, or of other kinds, are compatible with what is told."""
        low, high = self.low.copy(), self.high.copy()
        if some:
            low[:, kind] = np.maximum(low[:, kind], self.unit / 2)
        else:
            high[:, kind] = np.minimum(high[:, kind], self.count - self.unit / 2)
        fits = (low.sum(axis=1) <= self.count + 1e-6) & (high.sum(axis=1) >= self.count - 1e-6)
        possible = np.asarray(fits & (low <= high + 1e-6).all(axis=1))
        if self.values is None:
            return possible
        near = np.flatnonzero(possible & (self.count < BLURRED))
        bands = self.low.shape[1] == BANDS and bool((self.values[:, 0] != self.values[:, 1]).any())
        possible[near] = (_bands_possible if bands else _answers_possible)(self.only(near), low[near], high[near])
        return possible


def _answers_possible(told: Told, low: Floats, high: Floats) -> NDArray[np.bool_]:
    """Whether numbers of answers, each with one score, can add up to count and sum."""
    assert told.values is not None
    scores = told.values[:, 0]
    spare = told.count - low.sum(axis=1)
    room = high - low
    base = (low * scores).sum(axis=1)
    order = np.argsort(scores)
    least, most = (base + _filled(room[:, o], spare) @ scores[o] for o in (order, order[::-1]))
    return np.asarray((least <= _given(told.total_high) + 1e-6) & (most >= _given(told.total_low) - 1e-6))


def _filled(room: Floats, spare: Floats) -> Floats:
    """``spare`` answers put into the first columns as far as there is room."""
    before = np.cumsum(room, axis=1) - room
    return np.clip(spare[:, None] - before, 0.0, np.maximum(room, 0.0))


def _given(part: Floats | None) -> Floats:
    assert part is not None
    return part


def _bands_possible(told: Told, low: Floats, high: Floats) -> NDArray[np.bool_]:
    """Whether numbers of answers in three bands, each between two scores, can add up to count and sum.

    In the plane of the first and the last band every condition is a line a x + b y <= c: one of the corners will do.
    """
    assert told.values is not None
    n, (floor, ceiling) = told.count, told.values.T
    lines = [
        (-1.0, 0.0, -low[:, 0]),
        (1.0, 0.0, high[:, 0]),
        (0.0, -1.0, -low[:, 2]),
        (0.0, 1.0, high[:, 2]),
        (1.0, 1.0, n - low[:, 1]),
        (-1.0, -1.0, high[:, 1] - n),
        (floor[0] - floor[1], floor[2] - floor[1], _given(told.total_high) - n * floor[1]),
        (ceiling[1] - ceiling[0], ceiling[1] - ceiling[2], n * ceiling[1] - _given(told.total_low)),
    ]
    possible = np.zeros(len(n), dtype=bool)
    for (a, b, c), (d, e, f) in combinations(lines, 2):
        if abs(slope := a * e - b * d) > 1e-9:
            x, y = (c * e - b * f) / slope, (a * f - c * d) / slope
            possible |= np.logical_and.reduce([p * x + q * y <= r + 1e-6 for p, q, r in lines])
    return possible


def share_hiding(tree: Tree, told: Told, offered: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the groups that offer shares may tell them.

    None, and no rest between groups, may tell that nobody or everybody agrees.
    """
    some = np.flatnonzero(offered)
    offered = np.isin(np.arange(len(tree)), some[told.only(some).is_open()])
    while True:
        drop = np.zeros(len(tree), dtype=bool)
        for category in range(told.low.shape[1]):
            exact = told.exact[:, category]
            # a limit beside exact shares may be as good as exact
            near = told.high[:, category] - told.low[:, category] < told.unit
            for known in (exact, exact | near):
                drop |= _pinned(tree, told, offered, known)
        if not drop.any():
            return offered
        offered = offered & ~drop


def _pinned(tree: Tree, told: Told, offered: NDArray[np.bool_], known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of each group whose rest beyond the ``known`` groups inside is told too closely the smallest of these."""
    exact = offered & known
    sums: dict[str, Any] = {name: tree.inside(part, exact) for name, part in told.sums().items()}
    inside = replace(told, **sums)
    people = told.count - inside.count
    rests = replace(
        told,
        count=people,
        truth=told.truth - inside.truth,
        low=np.maximum(told.low - inside.high, 0.0),
        high=np.minimum(told.high - inside.low, people[:, None]),
        total_low=None if told.total_low is None else told.total_low - _given(inside.total_high),
        total_high=None if told.total_high is None else told.total_high - _given(inside.total_low),
    )
    held = np.flatnonzero(offered & (people > 0.5) & (inside.count > 0.5))
    drop = np.zeros(len(tree), dtype=bool)
    for group in held[~rests.only(held).is_open()]:
        within = tree.largest_inside(int(group), exact)
        drop[within[int(np.argmin(told.count[within]))]] = True
    return drop


def telling_difference(left: Ints, right: Ints, y: Floats) -> Ints | None:
    """Nodes of ``right`` whose people, without the nodes of ``left`` inside, or beyond which in the nodes of ``left``
    that they touch, have a sum that tells every score; None if there are none. All pairs of nodes are tried.
    """
    lefts, a = np.unique(left, return_inverse=True)
    rights, b = np.unique(right, return_inverse=True)
    people, total = np.zeros((len(lefts), len(rights))), np.zeros((len(lefts), len(rights)))
    np.add.at(people, (a, b), 1.0)
    np.add.at(total, (a, b), y)
    whole, whole_total = people.sum(axis=1), total.sum(axis=1)
    ground = (lefts < 0)[:, None]
    known = np.flatnonzero(rights >= 0)
    for chosen in [*((i,) for i in known), *combinations(known, 2)]:
        held, sums = people[:, chosen].sum(axis=1), total[:, chosen].sum(axis=1)
        inside = (held == whole) & ~ground[:, 0]
        touched = held > 0
        beyond = (held.sum() - held[inside].sum(), sums.sum() - sums[inside].sum())
        around = (whole[touched].sum() - held.sum(), whole_total[touched].sum() - sums.sum())
        if is_telling(beyond[1], beyond[0]) or (not ground[touched].any() and is_telling(around[1], around[0])):
            return np.asarray(rights[list(chosen)])
    return None
