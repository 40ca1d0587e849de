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
PUSHES = 6  # points sought for all open sets together before each gets a programme of its own
ENOUGH_LEAKS = 5
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
        return csr_matrix((weights, columns, np.cumsum([0, *lengths])), shape=(len(rows), self.columns))

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

    def scores(self, weights: Mapping[int, float]) -> Row:
        """The weighted sum of the scores of some blocks."""
        parts = [
            (np.arange(self.starts[b], self.starts[b + 1]), np.array(self.blocks[b].values or (1.0,)) * w)
            for b, w in weights.items()
        ]
        return _joined(parts)

    def people(self, weights: Mapping[int, float], values: Sequence[float]) -> Row:
        """The number of people of some blocks who gave one of some values, each block weighted."""
        parts = []
        for b, w in weights.items():
            held = [i for i, v in enumerate(self.blocks[b].values) if v in values]
            parts.append((self.starts[b] + np.array(held, dtype=np.int64), np.full(len(held), w)))
        return _joined(parts)

    def broken(self, point: Numbers, tolerance: float = 1e-6) -> list[Fact]:
        """The facts that a point contradicts: none, if the point is the truth and what is shown is right."""
        told = self.matrix @ point
        low, high = self.bounds
        wrong = np.flatnonzero((told < low - tolerance) | (told > high + tolerance))
        return [self.facts[i] for i in wrong if i < len(self.facts)]


def _joined(parts: Sequence[tuple[Indices, Numbers]]) -> Row:
    if not parts:
        return Row(np.empty(0, dtype=np.int64), np.empty(0))
    return Row(np.concatenate([c for c, _ in parts]), np.concatenate([w for _, w in parts]))


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
    found = [{a: j} for a, n in sizes.items() for j in range(1, min(n, LARGEST_SET) + 1)]
    small = [a for a in sizes if sizes[a] < LARGEST_SET]
    found += _unions(release, target, small, sizes) if small else []
    found += [_random_set(sizes, rng) for _ in range(extra if len(sizes) > 1 else 0)]
    atoms, takes = (
        np.zeros((len(found), LARGEST_SET), dtype=np.int64),
        np.zeros((len(found), LARGEST_SET), dtype=np.int64),
    )
    for i, people in enumerate(found):
        atoms[i, : len(people)], takes[i, : len(people)] = list(people), list(people.values())
    return Sets(atoms, takes)


def _unions(release: Release, target: Target, small: list[int], sizes: Mapping[int, int]) -> list[dict[int, int]]:
    """Unions of two to four whole atoms with at most four people."""
    count = sum(math.comb(len(small), c) for c in range(2, LARGEST_SET + 1))
    listed = (c for r in range(2, LARGEST_SET + 1) for c in combinations(small, r)) if count <= MOST_UNIONS else None
    chosen = related(release, target, small, sizes) if listed is None else listed
    return [{a: sizes[a] for a in union} for union in chosen if sum(sizes[a] for a in union) <= LARGEST_SET]


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


def kept(release: Release, target: Target, point: Numbers) -> tuple[Numbers, Numbers]:
    """Least and greatest sum that 0 to 4 people of each atom can have at a point: arrays atoms x 5.

    Facts see an atom's totals only, so whatever division of the totals among the people is possible is feasible.
    """
    weights = np.zeros(release.columns)
    weights[target.row.columns] = target.row.weights
    low = np.zeros((len(release.sizes), LARGEST_SET + 1))
    high = np.zeros_like(low)
    touched = np.unique(release.column_blocks[target.row.columns])
    widths = np.diff(release.starts)[touched]
    for width in np.unique(widths):
        blocks = touched[widths == width]
        columns = release.starts[blocks][:, None] + np.arange(width)
        atoms = release.column_atoms[columns[:, 0]]
        for j in range(1, LARGEST_SET + 1):
            least = np.maximum(point[columns] - release.spans[columns] * (release.sizes[atoms] - j)[:, None], 0.0)
            most = np.minimum(point[columns], release.spans[columns] * j)
            valued = release.spans[columns[:, 0]] == 1.0
            for out, sign in ((low, 1.0), (high, -1.0)):
                taken = _cheapest(weights[columns] * sign, least, most, np.where(valued, float(j), np.nan))
                np.add.at(out[:, j], atoms, sign * taken)
    return low, high


def _cheapest(cost: Numbers, least: Numbers, most: Numbers, total: Numbers) -> Numbers:
    """Least cost of amounts between least and most that add up to total (NaN = need not); rows independent."""
    free = np.isnan(total)
    order = np.argsort(cost, axis=1, kind="stable")
    cost, least, most = (np.take_along_axis(a, order, axis=1) for a in (cost, least, most))
    paid: Numbers = (cost * least).sum(axis=1)
    rest = total - least.sum(axis=1)
    for c in range(cost.shape[1]):
        room = most[:, c] - least[:, c]
        more = np.where(free, np.where(cost[:, c] < 0, room, 0.0), np.clip(rest, 0.0, room))
        paid, rest = paid + cost[:, c] * more, rest - more
    return paid


class _Ranges:
    """Intervals that the sets certainly keep, widened by every point seen."""

    def __init__(self, release: Release, target: Target, sets: Sets) -> None:
        self.release, self.target, self.sets = release, target, sets
        self.low, self.high = np.full(len(sets), np.inf), np.full(len(sets), -np.inf)
        self.settled = np.zeros(len(sets), dtype=bool)

    def see(self, point: Numbers) -> None:
        low, high = kept(self.release, self.target, point)
        self.low = np.minimum(self.low, low[self.sets.atoms, self.sets.takes].sum(axis=1))
        self.high = np.maximum(self.high, high[self.sets.atoms, self.sets.takes].sum(axis=1))

    @property
    def widths(self) -> Numbers:
        spans: Numbers = np.maximum(np.asarray(self.high - self.low), 0.0)
        return spans

    def open(self) -> Indices:
        """Sets not yet known to keep their room, the narrowest first."""
        waiting: Indices = np.flatnonzero(~self.settled & (self.widths < self.target.room * (1 - SLACK)))
        narrowest: Indices = waiting[np.argsort(self.widths[waiting], kind="stable")]
        return narrowest


# --- linear programmes ----------------------------------------------------------------------------------------------


def extreme_point(release: Release, costs: Numbers) -> Numbers | None:
    """The point of least cost among those that satisfy all facts; None if the facts contradict each other."""
    solved = _solve(release, costs)
    return None if solved is None else solved[: release.columns]


def exact_range(release: Release, target: Target, people: Mapping[int, int]) -> tuple[float, float, list[Numbers]]:
    """Least and greatest sum of a set that the facts allow, and the two points where it has them.

    Raises ValueError when the facts contradict each other.
    """
    weights = np.zeros(release.columns)
    weights[target.row.columns] = target.row.weights
    blocks = np.unique(release.column_blocks[target.row.columns])
    taking = [b for b in blocks if release.blocks[b].atom in people]
    parts = [
        (c, float(weights[c]), people[release.blocks[b].atom])
        for b in taking
        for c in range(int(release.starts[b]), int(release.starts[b + 1]))
    ]
    costs = np.concatenate([np.zeros(release.columns), [w for _, w, _ in parts]])
    ends = []
    for sign in (1.0, -1.0):
        solved = _solve(release, sign * costs, parts)
        if solved is None:
            raise ValueError("the facts contradict each other")
        ends.append(solved)
    low, high = (float(costs @ s) for s in ends)
    return low, high, [s[: release.columns] for s in ends]


def _solve(release: Release, costs: Numbers, parts: Sequence[tuple[int, float, int]] = ()) -> Numbers | None:
    """Minimise costs; ``parts`` (column, weight, people) are further columns: the share of a set in a column."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix, hstack, vstack

    matrix, (low, high) = release.matrix, release.bounds
    tops = release.tops
    if parts:
        split, least, most = _splitting(release, parts)
        matrix = vstack([hstack([matrix, csr_matrix((matrix.shape[0], len(parts)))]), split], format="csr")
        low, high = np.concatenate([low, least]), np.concatenate([high, most])
        tops = np.concatenate([tops, [release.spans[c] * j for c, _, j in parts]])
    rules = [LinearConstraint(matrix, low, high)] if matrix.shape[0] else []
    done = milp(costs, constraints=rules, bounds=Bounds(np.zeros(len(costs)), tops))
    if done.x is None and done.status != 2:
        raise RuntimeError(f"the linear programme was not solved: {done.message}")
    return None if done.x is None else np.asarray(done.x)


def _splitting(release: Release, parts: Sequence[tuple[int, float, int]]) -> tuple[Any, Numbers, Numbers]:
    """What is left of a column belongs to the people who are left; the people of the set add up in each block."""
    from scipy.sparse import csr_matrix

    columns = np.array([c for c, _, _ in parts])
    taken = np.array([j for _, _, j in parts], dtype=float)
    k = np.arange(len(parts))
    width = release.columns + len(parts)
    rest = csr_matrix(
        (np.concatenate([np.ones(len(k)), -np.ones(len(k))]), (np.tile(k, 2), [*columns, *(release.columns + k)])),
        shape=(len(k), width),
    )
    left = release.spans[columns] * (release.sizes[release.column_atoms[columns]] - taken)
    blocks = release.column_blocks[columns]
    whole = [b for b in np.unique(blocks) if release.blocks[b].values]
    rows = [(i, release.columns + p) for i, b in enumerate(whole) for p in np.flatnonzero(blocks == b)]
    adding = csr_matrix((np.ones(len(rows)), ([r for r, _ in rows], [c for _, c in rows])), shape=(len(whole), width))
    people = np.array([taken[blocks == b][0] for b in whole])
    from scipy.sparse import vstack

    return vstack([rest, adding]), np.concatenate([np.zeros(len(k)), people]), np.concatenate([left, people])


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
    """Seek points that clear many open sets at once: push the sums of their people up or down at random."""
    for step in range(PUSHES):
        costs = np.zeros(release.columns)
        waiting = 0
        for ranges in tried:
            if (still := ranges.open()).size:
                waiting += still.size
                atoms = np.unique(ranges.sets.atoms[still][ranges.sets.takes[still] > 0])
                signs = np.zeros(len(release.sizes))
                signs[atoms] = rng.choice([-1.0, 1.0], len(atoms)) * rng.uniform(0.5, 1.5, len(atoms))
                row = ranges.target.row
                span = float(np.abs(row.weights).max(initial=1.0))
                np.add.at(costs, row.columns, row.weights / span * signs[release.column_atoms[row.columns]])
        if waiting < 3:
            return step
        point = extreme_point(release, costs)
        if point is None:
            raise ValueError("the facts contradict each other")
        for ranges in tried:
            ranges.see(point)
    return PUSHES


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
