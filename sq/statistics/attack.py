"""The attack on group results: by linear programming, can a sum over one to four people be worked out?

The attacker is the worst one thinkable: knows who is in which group, who answered which question and whose answers
changed between two publications, and has every number ever shown. Unknown are the answers alone. What is shown becomes
linear facts about sums of unknowns, each with the interval that its rounding leaves (a mean of 5 people shown as 71.4:
their sum lies between 356.75 and 357.25), or one-sided where only a limit is shown.

**A leak** is a set of one to four people whose sum is confined by all the facts together to less than the *room* that
the rules promise to the members of the smallest group allowed:

- scores (0-100): less than 20 points. A group of five whose mean is shown only as ">= 95" lacks up to 25 points in all,
  so each of its members keeps an interval of 25 points; limits of the groups around may take a fifth of that.
- counts of people (a band of answers, one answer, a problem named): less than 0.15 person. The same 25 points are room
  for a quarter of a person with the lowest answer; a share shown only as ">= 90 %" leaves five people half a person
  of another opinion.

All subjects of a questionnaire together (form, dimensions and items of the same people) bound each other at the
extremes: there a score must keep 10 points.

Known to rounding alone, a sum of ten people would be known to 1 point (10 x 0.1), far closer than the room: sums over
groups may be known that well, sums over one to four people never.

People who are in the same groups and answered the same questions are interchangeable: an *atom*. Facts do not change
when they swap, so it is enough to ask how many people of each atom a set takes (the feasible region is convex and
symmetric: the average over all swaps is feasible too). Any point that satisfies the facts gives an interval that a set
certainly keeps; that clears most sets at once. Only the others need a linear programme of their own, which is exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sq.statistics.programmes import Part, Programme

Numbers = NDArray[np.float64]
Indices = NDArray[np.int64]

LARGEST_SET = 4  # sums over one to four people: below the smallest group
FULL_SCORE = 100.0
SCORE_ROOM = 20.0  # points: of the 25 that five people lack at most whose mean shows as 95 or more
JOINT_ROOM = 10.0  # points: from all subjects together
COUNT_ROOM = 0.15  # persons: of the quarter that the same 25 points leave for somebody with the lowest answer
SLACK = 1e-6  # of the room: what solving in floating point may lose
MOST_UNIONS = 60_000  # sets of several whole atoms that are listed one by one; beyond, relations are searched for
MOST_PROGRAMMES = 2_000
PUSHES = 3  # points sought for all open sets together before each gets a programme of its own
MOST_PUSHES, SOME = 60, 0.08  # later on for this part of them at once
FEW_OPEN, PUSHED, PATIENCE = 12, 0.95, 3  # fewer open sets, or as many left by several pushes: each gets its own
ENOUGH_LEAKS = 5
MOVED = 1e-9  # points or persons: an atom whose sums differ by more between two points is looked at again
CANCELS = 1e-8  # of the largest: moves that add up to less cancel each other


@dataclass(frozen=True)
class Block:
    """What is unknown of an atom's people in one respect: a score each, or which of several ``values`` each gave."""

    atom: int
    values: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        """Columns: the sum of scores, or the number of people per value."""
        return max(len(self.values), 1)


@dataclass(frozen=True)
class Row:
    """A weighted sum of unknowns: columns and their coefficients."""

    columns: Indices
    weights: Numbers


@dataclass(frozen=True)
class Fact:
    """What is shown: ``low`` <= row <= ``high``; ``name`` says where."""

    row: Row
    low: float
    high: float
    name: str = ""


@dataclass(frozen=True)
class Target:
    """A sum that must stay unknown for few people: its row over everybody, and the room to be left (its own unit)."""

    name: str
    row: Row
    room: float


@dataclass(frozen=True)
class Leak:
    """A set of people (atom → how many of it) whose sum lies between ``low`` and ``high``, closer than the room."""

    target: str
    people: Mapping[int, int]
    low: float
    high: float

    @property
    def width(self) -> float:
        """Length of the interval left, in the target's unit."""
        return max(self.high - self.low, 0.0)


@dataclass(frozen=True)
class Attacked:
    """What an attack did and found.

    ``narrowest``: the narrowest interval that any set keeps, as a multiple of its room (1 = just enough); where no
    leak was found it is a lower bound. ``undecided``: sets left when the most linear programmes had been solved.
    """

    facts: int = 0
    sets: int = 0
    programmes: int = 0
    narrowest: float = math.inf
    leaks: tuple[Leak, ...] = ()
    undecided: int = 0

    def __add__(self, other: Attacked) -> Attacked:
        return Attacked(
            self.facts + other.facts,
            self.sets + other.sets,
            self.programmes + other.programmes,
            min(self.narrowest, other.narrowest),
            self.leaks + other.leaks,
            self.undecided + other.undecided,
        )


@dataclass(frozen=True)
class Release:
    """Everything shown about some unknowns: people per atom, blocks of unknowns, facts."""

    sizes: Indices
    blocks: tuple[Block, ...]
    facts: tuple[Fact, ...] = ()
    starts: Indices = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "starts", np.cumsum([0, *(b.width for b in self.blocks)]).astype(np.int64))

    @property
    def columns(self) -> int:
        """Number of unknown sums."""
        return int(self.starts[-1])

    @cached_property
    def column_blocks(self) -> Indices:
        """Block of each column."""
        return np.repeat(np.arange(len(self.blocks)), np.diff(self.starts))

    @cached_property
    def column_atoms(self) -> Indices:
        """Atom of each column."""
        return np.array([b.atom for b in self.blocks], dtype=np.int64)[self.column_blocks]

    @cached_property
    def spans(self) -> Numbers:
        """The most that one person adds to each column: 100 points, or one person."""
        has_values = np.array([bool(b.values) for b in self.blocks])[self.column_blocks]
        return np.where(has_values, 1.0, FULL_SCORE)

    @cached_property
    def tops(self) -> Numbers:
        """The most that each column can hold."""
        return self.spans * self.sizes[self.column_atoms]

    @cached_property
    def matrix(self) -> Any:
        """Facts x columns, then one row per block of values: its people add up."""
        from scipy.sparse import csr_matrix

        rows = [(f.row.columns, f.row.weights) for f in self.facts]
        for b in self._valued:
            columns = np.arange(self.starts[b], self.starts[b + 1])
            rows.append((columns, np.ones(len(columns))))
        lengths = [len(columns) for columns, _ in rows]
        columns = np.concatenate([c for c, _ in rows]) if rows else np.empty(0, dtype=np.int64)
        weights = np.concatenate([w for _, w in rows]) if rows else np.empty(0)
        matrix = csr_matrix((weights, columns, np.cumsum([0, *lengths])), shape=(len(rows), self.columns))
        matrix.sum_duplicates()
        return matrix

    @cached_property
    def _valued(self) -> list[int]:
        return [i for i, b in enumerate(self.blocks) if b.values]

    @cached_property
    def bounds(self) -> tuple[Numbers, Numbers]:
        """Low and high of each row of the matrix."""
        people = [float(self.sizes[self.blocks[b].atom]) for b in self._valued]
        return (
            np.array([*(f.low for f in self.facts), *people]),
            np.array([*(f.high for f in self.facts), *people]),
        )

    @cached_property
    def null_direction(self) -> NDArray[np.complex128]:
        """One random complex direction in the space of columns along which no fact changes."""
        from scipy.sparse import diags
        from scipy.sparse.linalg import lsqr

        rng = np.random.default_rng(0)
        direction = rng.standard_normal((self.columns, 2))
        if self.matrix.shape[0]:
            lengths = np.sqrt(np.asarray(self.matrix.multiply(self.matrix).sum(axis=1)).ravel())
            rows = (diags(1 / np.where(lengths > 0, lengths, 1.0)) @ self.matrix).T.tocsr()
            for part in direction.T:
                for _ in range(2):  # the second round removes what the first left by rounding
                    part -= rows @ lsqr(rows, part, atol=1e-14, btol=1e-14, conlim=1e14, iter_lim=4_000)[0]
        return np.asarray(direction[:, 0] + 1j * direction[:, 1])

    @cached_property
    def programme(self) -> Programme:
        """The facts as a linear programme."""
        return Programme(self.matrix, *self.bounds, self.tops)

    @cached_property
    def _values(self) -> Numbers:
        """The value of each column; NaN where it is a sum of scores."""
        every = [v for b in self.blocks for v in (b.values or (math.nan,))]
        return np.array(every, dtype=float)

    def scores(self, weights: Mapping[int, float]) -> Row:
        """The weighted sum of the scores of some blocks."""
        columns, weight = self._spread(weights)
        return Row(columns, weight * np.where(np.isnan(self._values[columns]), 1.0, self._values[columns]))

    def people(self, weights: Mapping[int, float], values: Sequence[float]) -> Row:
        """The number of people of some blocks who gave one of some values, each block weighted."""
        columns, weight = self._spread(weights)
        held = np.isin(self._values[columns], values)
        return Row(columns[held], weight[held])

    def _spread(self, weights: Mapping[int, float]) -> tuple[Indices, Numbers]:
        """The columns of some blocks, and the weight of its block for each."""
        blocks = np.fromiter(weights.keys(), dtype=np.int64, count=len(weights))
        widths = np.diff(self.starts)[blocks]
        first = self.starts[blocks] - (np.cumsum(widths) - widths)
        columns = np.repeat(first, widths) + np.arange(int(widths.sum()))
        return columns, np.repeat(np.fromiter(weights.values(), dtype=float, count=len(weights)), widths)

    def broken(self, point: Numbers, tolerance: float = 1e-6) -> list[Fact]:
        """The facts that a point contradicts: none, if the point is the truth and what is shown is right."""
        told = self.matrix @ point
        low, high = self.bounds
        wrong = np.flatnonzero((told < low - tolerance) | (told > high + tolerance))
        return [self.facts[i] for i in wrong if i < len(self.facts)]


def mean_bounds(n: int, value: float, limit: str = "", decimals: int = 1) -> tuple[float, float]:
    """Bounds of the sum of ``n`` scores whose mean is shown rounded, or as a limit ('>=' or '<=')."""
    half = 0.5 * 10.0**-decimals + 1e-9
    low = 0.0 if limit == "<=" else value if limit else value - half
    high = FULL_SCORE if limit == ">=" else value if limit else value + half
    return n * max(low, 0.0), n * min(high, FULL_SCORE)


def count_bounds(n: int, share: float, limit: str = "") -> tuple[float, float]:
    """Bounds of the number of people among ``n`` whose share is shown in whole percent, or as a limit.

    People are whole: 62 % of 8 is five people, exactly. A limit is taken as it stands (">= 90 %" of 5 as 4.5 to 5):
    that few people who agree show as a limit is part of the rules, and not hidden by them.
    """
    low = 0.0 if limit == "<=" else share if limit else share - 0.5
    high = 100.0 if limit == ">=" else share if limit else share + 0.5
    low, high = n * max(low, 0.0) / 100, n * min(high, 100.0) / 100
    return (low, high) if limit else (math.ceil(low - 1e-9), math.floor(high + 1e-9))


def spread_room(n: Any, half_width: Any, quantile: Any) -> Any:
    """Points that the shown interval of a mean leaves to each person: twice the farthest that anybody can be from it.

    With standard deviation s nobody is farther than s (n-1)/sqrt(n) from the mean (all others equal); s follows from
    the half width of the interval, ``quantile`` x s / sqrt(n). A set of up to four people is left no less.
    """
    return 2 * half_width / quantile * (n - 1)


# --- sets of people -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sets:
    """Candidate sets: row i takes ``takes[i, c]`` people of atom ``atoms[i, c]`` (0 people = empty place)."""

    atoms: Indices
    takes: Indices

    def __len__(self) -> int:
        return len(self.atoms)

    @classmethod
    def of(cls, atoms: Indices, takes: Indices) -> Sets:
        """Sets of fewer atoms than places."""
        empty = np.zeros((len(atoms), LARGEST_SET - atoms.shape[1]), dtype=np.int64)
        return cls(np.hstack([atoms, empty]), np.hstack([takes, empty]))

    @classmethod
    def one(cls, people: Mapping[int, int]) -> Sets:
        """A single set."""
        atoms, takes = (np.array([list(part)], dtype=np.int64) for part in (people, people.values()))
        return cls.of(atoms, takes)

    def people(self, i: int) -> dict[int, int]:
        """One set: atom → people."""
        return {int(a): int(j) for a, j in zip(self.atoms[i], self.takes[i], strict=True) if j}


def candidate_sets(release: Release, target: Target, rng: np.random.Generator, extra: int = 200) -> Sets:
    """Sets of one to four people worth trying: parts of an atom, unions of whole atoms, and random ones.

    A sum that is determined by adding and subtracting takes whole atoms; a narrow sum at an extreme shows already for
    one person of an atom. Unions are listed completely where they are few, else those that `related` finds.
    """
    among = np.unique(release.column_atoms[target.row.columns])
    sizes = {int(a): int(release.sizes[a]) for a in among}
    most = np.minimum(release.sizes[among], LARGEST_SET)
    parts = Sets.of(np.repeat(among, most)[:, None], (_within(most) + 1)[:, None])
    small = [a for a in sizes if sizes[a] < LARGEST_SET]
    unions = _unions(release, target, small, sizes) if small else []
    chosen = [_random_set(sizes, rng) for _ in range(extra if len(sizes) > 1 else 0)]
    found = [parts, *unions, *(Sets.one(people) for people in chosen)]
    return Sets(np.vstack([s.atoms for s in found]), np.vstack([s.takes for s in found]))


def _within(counts: Indices) -> Indices:
    """0, 1, ... anew for each of the counts."""
    return np.asarray(np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts))


def _unions(release: Release, target: Target, small: list[int], sizes: Mapping[int, int]) -> list[Sets]:
    """Unions of two to four whole atoms with at most four people."""
    count = sum(math.comb(len(small), c) for c in range(2, LARGEST_SET + 1))
    if count > MOST_UNIONS:
        listed = [np.array([union], dtype=np.int64) for union in related(release, target, small, sizes)]
    else:
        every = ((c, list(combinations(small, c))) for c in range(2, LARGEST_SET + 1))
        listed = [np.array(unions, dtype=np.int64).reshape(-1, c) for c, unions in every]
    takes = [release.sizes[atoms] for atoms in listed]
    few = [taken.sum(axis=1) <= LARGEST_SET for taken in takes]
    return [Sets.of(a[kept], j[kept]) for a, j, kept in zip(listed, takes, few, strict=True)]


def _random_set(sizes: Mapping[int, int], rng: np.random.Generator) -> dict[int, int]:
    atoms, left, people = list(sizes), LARGEST_SET, {}
    for a in rng.permutation(len(atoms))[: int(rng.integers(2, LARGEST_SET + 1))]:
        if left:
            people[atoms[a]] = int(rng.integers(1, min(left, sizes[atoms[a]]) + 1))
            left -= people[atoms[a]]
    return people


def related(
    release: Release, target: Target, small: Sequence[int], sizes: Mapping[int, int]
) -> Iterator[tuple[int, ...]]:
    """Unions of two to four atoms whose sum is a combination of the facts, found without listing all unions.

    A sum is determined by the facts (but for their rounding) exactly if moving along the facts' null space leaves it
    unchanged. Along one random direction (a complex number per atom, so that chance hits are rare) such a union adds up
    to zero: pairs by sorting, triples and quadruples as pairs that cancel an atom or another pair.
    """
    moves = _moves(release, target)[np.array(small)]
    moves = moves / (float(np.abs(moves).max(initial=0.0)) or 1.0)
    count = np.array([sizes[a] for a in small])
    first, second = np.triu_indices(len(small), 1)
    few = count[first] + count[second] <= LARGEST_SET
    pairs = np.column_stack([first[few], second[few]])
    if not len(pairs):
        return
    sums = moves[pairs].sum(axis=1)
    singles = np.arange(len(small))[:, None]
    found = [*pairs[np.abs(sums) < CANCELS].tolist()]
    found += _cancelling(pairs, sums, singles, moves) + _cancelling(pairs, sums, pairs, sums)
    for members in found:
        if len(set(members)) == len(members):
            yield tuple(small[i] for i in sorted(members))


def _cancelling(
    left: Indices, sums: NDArray[np.complex128], right: Indices, moves: NDArray[np.complex128]
) -> list[list[int]]:
    """Members of a row of ``left`` and one of ``right`` whose moves add up to zero; the first few for each."""
    order = np.argsort(moves.real)
    sorted_moves = moves[order]
    first = np.searchsorted(sorted_moves.real, -sums.real - CANCELS)
    found: list[list[int]] = []
    for step in range(4):
        place = np.minimum(first + step, len(order) - 1)
        hit = np.flatnonzero(np.abs(sums + sorted_moves[place]) < CANCELS)
        found += np.hstack([left[hit], right[order[place[hit]]]]).tolist()
    return found


def _moves(release: Release, target: Target) -> NDArray[np.complex128]:
    """How much each atom's part of the target moves along one random complex direction that leaves all facts alone."""
    moves = np.zeros(len(release.sizes), dtype=np.complex128)
    columns = target.row.columns
    np.add.at(moves, release.column_atoms[columns], release.null_direction[columns] * target.row.weights)
    return moves


# --- what a point that satisfies the facts leaves to a set ---------------------------------------------------------


@dataclass(frozen=True)
class _Alike:
    """Blocks of one width and kind that a target touches: their columns, spans and atoms' sizes.

    ``orders``: the columns of each block from the one that adds least to the one that adds most, and the other way.
    """

    columns: Indices
    atoms: Indices
    weights: Numbers
    spans: Numbers
    sizes: Numbers
    is_valued: bool
    orders: tuple[Indices, Indices]

    def only(self, kept: NDArray[np.bool_]) -> _Alike:
        parts = (self.columns[kept], self.atoms[kept], self.weights[kept], self.spans[kept], self.sizes[kept])
        return _Alike(*parts, self.is_valued, (self.orders[0][kept], self.orders[1][kept]))

    def ends(self, point: Numbers) -> tuple[Numbers, Numbers]:
        """Least and greatest sum that 1 to 4 people of each block can have: arrays blocks x 4."""
        people = np.arange(1, LARGEST_SET + 1, dtype=float)[:, None, None]
        held = point[self.columns]
        least = np.maximum(held - self.spans * (self.sizes[:, None] - people), 0.0)
        most = np.minimum(held, self.spans * people)
        low, high = (
            sign * _cheapest(self.weights * sign, least, most, people[:, :, 0] if self.is_valued else None, order)
            for sign, order in zip((1.0, -1.0), self.orders, strict=True)
        )
        return low.T, high.T


def _alike(release: Release, target: Target) -> list[_Alike]:
    weights = np.zeros(release.columns)
    weights[target.row.columns] = target.row.weights
    touched = np.unique(release.column_blocks[target.row.columns])
    widths = np.diff(release.starts)[touched]
    valued = release.spans[release.starts[touched]] == 1.0
    found = []
    for width, is_valued in sorted(set(zip(widths.tolist(), valued.tolist(), strict=True))):
        blocks = touched[(widths == width) & (valued == is_valued)]
        columns = release.starts[blocks][:, None] + np.arange(width)
        atoms = release.column_atoms[columns[:, 0]]
        own = weights[columns]
        orders = np.argsort(own, axis=1, kind="stable"), np.argsort(-own, axis=1, kind="stable")
        sizes = release.sizes[atoms].astype(float)
        found.append(_Alike(columns, atoms, own, release.spans[columns], sizes, is_valued, orders))
    return found


def _cheapest(cost: Numbers, least: Numbers, most: Numbers, total: Numbers | None, order: Indices) -> Numbers:
    """Least cost (people, blocks) of amounts between least and most that add up to total (None = need not).

    ``order``: the columns of each block, the cheapest first.
    """
    paid: Numbers = (cost * least).sum(axis=2)
    rows = np.arange(len(order))
    rest = None if total is None else total - least.sum(axis=2)
    for step in range(order.shape[1]):
        column = order[:, step]
        price = cost[rows, column]
        room = most[:, rows, column] - least[:, rows, column]
        more = np.where(price < 0, room, 0.0) if rest is None else np.clip(rest, 0.0, room)
        paid += price * more
        if rest is not None:
            rest = rest - more
    return paid


class _Ranges:
    """Intervals that the sets certainly keep, widened by every point seen."""

    def __init__(self, release: Release, target: Target, sets: Sets) -> None:
        self.release, self.target, self.sets = release, target, sets
        self.low, self.high = np.full(len(sets), np.inf), np.full(len(sets), -np.inf)
        self.settled = np.zeros(len(sets), dtype=bool)
        self._blocks = _alike(release, target)
        self._last = np.full(release.columns, np.nan)
        self._ends = np.zeros((2, len(release.sizes), LARGEST_SET + 1))

    def see(self, point: Numbers) -> None:
        """Widen by what a point that satisfies the facts leaves to each set.

        Facts see an atom's totals only, so whatever division of the totals among the people is possible is feasible.
        """
        moved = np.zeros(len(self.release.sizes), dtype=bool)
        moved[self.release.column_atoms[~(np.abs(point - self._last) <= MOVED)]] = True
        if not moved.any():
            return
        self._last = np.where(moved[self.release.column_atoms], point, self._last)
        self._ends[:, moved] = 0.0
        for blocks in self._blocks:
            if (near := moved[blocks.atoms]).any():
                some = blocks.only(near)
                for ends, part in zip(self._ends, some.ends(point), strict=True):
                    np.add.at(ends[:, 1:], some.atoms, part)
        low, high = (ends[self.sets.atoms, self.sets.takes].sum(axis=1) for ends in self._ends)
        self.low, self.high = np.minimum(self.low, low), np.maximum(self.high, high)

    @property
    def widths(self) -> Numbers:
        spans: Numbers = np.maximum(np.asarray(self.high - self.low), 0.0)
        return spans

    def open(self) -> Indices:
        """Sets not yet known to keep their room: those of fewest people first, the narrowest of them."""
        waiting: Indices = np.flatnonzero(~self.settled & (self.widths < self.target.room * (1 - SLACK)))
        first: Indices = waiting[np.lexsort((self.widths[waiting], self.sets.takes[waiting].sum(axis=1)))]
        return first


# --- linear programmes ----------------------------------------------------------------------------------------------


def extreme_point(release: Release, costs: Numbers) -> Numbers | None:
    """The point of least cost among those that satisfy all facts; None if the facts contradict each other."""
    return release.programme.least(costs)


def exact_range(release: Release, target: Target, people: Mapping[int, int]) -> tuple[float, float, list[Numbers]]:
    """Least and greatest sum of a set that the facts allow, and the two points where it has them.

    Raises ValueError when the facts contradict each other.
    """
    weights = np.zeros(release.columns)
    weights[target.row.columns] = target.row.weights
    taken = np.zeros(len(release.sizes), dtype=np.int64)
    taken[list(people)] = list(people.values())
    touched = np.zeros(len(release.blocks), dtype=bool)
    touched[release.column_blocks[target.row.columns]] = True
    own = touched[release.column_blocks] & (taken[release.column_atoms] > 0)
    whole = own & (taken == release.sizes)[release.column_atoms]
    split = np.flatnonzero(own & ~whole)
    parts = [_part(release, int(c), int(taken[release.column_atoms[c]])) for c in split]
    costs, part_costs = np.where(whole, weights, 0.0), weights[split]
    solved = release.programme.ends(costs, parts, part_costs)
    if solved is None:
        raise ValueError("the facts contradict each other")
    low, high = (float(np.concatenate([costs, part_costs]) @ s) for s in solved)
    return low, high, [s[: release.columns] for s in solved]


def _part(release: Release, column: int, people: int) -> Part:
    """What some people of an atom have of one column; the people of the set add up in each block of values."""
    block = int(release.column_blocks[column])
    span = float(release.spans[column])
    others = int(release.sizes[release.column_atoms[column]]) - people
    adds_up = float(people) if release.blocks[block].values else math.nan
    return Part(column, span * people, span * others, block, adds_up)


# --- the attack -----------------------------------------------------------------------------------------------------


def attack(
    release: Release, targets: Sequence[Target], known: Sequence[Numbers] = (), seed: int = 0, extra: int = 200
) -> Attacked:
    """Try every candidate set against every target.

    ``known``: points that satisfy the facts, such as the truth; they make it faster, not laxer.
    Raises ValueError when the facts contradict each other.
    """
    rng = np.random.default_rng(seed)
    tried = [
        _Ranges(release, target, candidate_sets(release, target, rng, extra))
        for target in targets
        if len(target.row.columns)
    ]
    for point in known:
        if not release.broken(point):
            for ranges in tried:
                ranges.see(point)
    programmes = _push(release, tried, rng)
    done = Attacked(facts=len(release.facts), programmes=programmes)
    for ranges in tried:
        done = done + _settle(release, ranges, tried, done.programmes)
    return done


def _push(release: Release, tried: Sequence[_Ranges], rng: np.random.Generator) -> int:
    """Seek points that clear many open sets at once: push the sums of their people up or down at random.

    First of all of them, then of some: people of one place push each other back.
    """
    before = math.inf
    part, idle = 1.0, 0
    for step in range(MOST_PUSHES):
        waiting = [ranges.open() for ranges in tried]
        left = sum(len(still) for still in waiting)
        idle = idle + 1 if left > before * PUSHED else 0
        if left < FEW_OPEN or idle > PATIENCE:
            return step
        part, before = SOME if step >= PUSHES else part, left
        costs = np.zeros(release.columns)
        for ranges, still in zip(tried, waiting, strict=True):
            if len(still):
                np.add.at(costs, ranges.target.row.columns, _pushing(release, ranges, still, part, rng))
        point = extreme_point(release, costs)
        if point is None:
            raise ValueError("the facts contradict each other")
        for ranges in tried:
            ranges.see(point)
    return MOST_PUSHES


def _pushing(release: Release, ranges: _Ranges, still: Indices, part: float, rng: np.random.Generator) -> Numbers:
    """Costs that push the people of open sets, up where they are at the least that they can be."""
    takes = ranges.sets.takes[still] > 0
    atoms, first = np.unique(ranges.sets.atoms[still][takes], return_index=True)
    lowest = (ranges.low[still][np.nonzero(takes)[0]])[first] <= MOVED
    sign = np.where(lowest, -1.0, rng.choice([-1.0, 1.0], len(atoms)))
    signs = np.zeros(len(release.sizes))
    signs[atoms] = sign * rng.uniform(0.5, 1.5, len(atoms)) * (rng.random(len(atoms)) < part)
    row = ranges.target.row
    return np.asarray(
        row.weights / float(np.abs(row.weights).max(initial=1.0)) * signs[release.column_atoms[row.columns]]
    )


def _settle(release: Release, ranges: _Ranges, tried: Sequence[_Ranges], spent: int) -> Attacked:
    """Give each set that is still open a programme of its own, the narrowest first."""
    programmes = 0
    leaks: list[Leak] = []
    while (waiting := ranges.open()).size and len(leaks) < ENOUGH_LEAKS and spent + programmes < MOST_PROGRAMMES:
        first = int(waiting[0])
        low, high, points = exact_range(release, ranges.target, ranges.sets.people(first))
        programmes += 2
        ranges.settled[first] = True
        for point in points:
            for other in tried:
                other.see(point)
        if high - low < ranges.target.room * (1 - SLACK):
            leaks.append(Leak(ranges.target.name, ranges.sets.people(first), low, high))
            ranges.low[first], ranges.high[first] = low, high
    narrowest = float(ranges.widths.min(initial=np.inf)) / ranges.target.room
    undecided = 0 if leaks else int(ranges.open().size)
    return Attacked(0, len(ranges.sets), programmes, narrowest, tuple(leaks), undecided)
