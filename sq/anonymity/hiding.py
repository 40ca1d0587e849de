"""Decides which cells of a survey are shown, so that no sum over a few people can be worked out from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sq.anonymity.families import together
from sq.anonymity.groups import Groups
from sq.anonymity.skipping import more_to_hide
from sq.anonymity.survey import Mask, Scores, Subjects
from sq.statistics.intervals import Floats, Ints, per_group
from sq.statistics.suppression import FEW, SHOWN, Codes, small_cut, telling_difference, tree_hiding

SENSITIVE_MINIMUM = 20  # anonymity.md, rule 8
SENSITIVE_REST = 10


@dataclass(frozen=True)
class Thresholds:
    """Smallest number of answers of a shown cell, and of what is between a shown group and what is shown of it."""

    minimum: int
    minimum_sensitive: int

    @property
    def rest_sensitive(self) -> int:
        """The rest of a sensitive subject."""
        return max(SENSITIVE_REST, self.minimum)

    def of(self, is_sensitive: bool) -> tuple[int, int]:
        """Minimum and rest of a subject."""
        return (self.minimum_sensitive, self.rest_sensitive) if is_sensitive else (self.minimum, self.minimum)


@dataclass(frozen=True)
class Hiding:
    """Per group and subject: a code (SHOWN, FEW, NEIGHBOUR), and whether the group's exact sum is told (covers)."""

    codes: Codes
    covers: Mask

    @property
    def shown(self) -> Mask:
        """What is shown."""
        return np.asarray(self.codes == SHOWN)


def sums(groups: Groups, values: Floats) -> Floats:
    """Sums of (forms, ...) values over each group; NaN counts nothing."""
    filled = np.nan_to_num(values)
    total = np.zeros((len(groups), *values.shape[1:]))
    for step in groups.around:
        inside = step >= 0
        for column in range(values.shape[1]):
            total[:, column] += per_group(step[inside], filled[inside, column], len(groups))
    return total


def place_hiding(groups: Groups, scores: Scores, thresholds: Thresholds) -> Hiding:
    """Hide groups of places on every subject: along the places, and from the form over dimensions to items."""
    count, total = sums(groups, scores.is_given.astype(float)), sums(groups, scores.y)
    subjects = scores.subjects
    forced, skipped = np.zeros(count.shape, dtype=bool), np.zeros(count.shape, dtype=bool)
    codes = np.full(count.shape, FEW, dtype=np.int8)
    covers = np.zeros(count.shape, dtype=bool)
    stale = list(range(len(subjects)))
    while len(stale):
        for subject in stale:
            codes[:, subject], covers[:, subject] = _one_subject(
                groups,
                count[:, subject],
                total[:, subject],
                forced[:, subject],
                scores.is_given[:, subject],
                thresholds.of(bool(subjects.is_sensitive[subject])),
                scores.y[:, subject],
            )
        more = _along_subjects(subjects, count, codes, thresholds) & ~forced
        if not more.any():
            more = together(groups, scores, count, codes, covers, skipped) & ~forced
        if not more.any():
            more = more_to_hide(groups, scores, count, covers) & ~forced
            skipped |= more
        forced |= more
        stale = [int(s) for s in np.flatnonzero(more.any(axis=0))]
    return Hiding(codes, covers)


def hidden_groups(groups: Groups, given: Mask, offered: Mask, limits: tuple[int, int]) -> Codes:
    """Codes of the groups in which the ``given`` forms may show something more, where ``offered`` at all."""
    count = sums(groups, given[:, None].astype(float))[:, 0]
    return _one_subject(groups, count, None, ~offered, given, limits)[0]


@dataclass(frozen=True)
class _Subject:
    """What a decision rests on: per group answers and sums, per form whether and what it answered."""

    groups: Groups
    count: Floats
    total: Floats | None
    given: Mask
    minimum: int
    rest: int
    y: Floats | None = None

    def settled(self, hidden: Mask) -> tuple[Codes, Mask]:
        """Hide groups in every tree until the trees agree and no cut between two trees is small."""
        while True:
            before = hidden
            for tree in self.groups.trees:
                codes, covers = tree_hiding(tree, self.count, self.minimum, self.rest, self.total, hidden)
                hidden = codes != SHOWN
            if (hidden == before).all():
                cell = self.crossing_cell(covers)
                if cell is None:
                    return codes, covers
                hidden = hidden | (np.arange(len(self.groups)) == cell)

    def crossing_cell(self, covers: Mask) -> int | None:
        """A group to hide because of what two trees tell together."""
        if len(self.groups.trees) == 1:
            return None
        return _crossing_cell(self.groups, self.count, covers, self.given, self.rest, self.y)

    def shown_again(self, hidden: Mask, forced: Mask) -> Mask:
        """Show what other cells made superfluous to hide between two trees, the largest first."""
        for group in sorted(np.flatnonzero(hidden & ~forced).tolist(), key=lambda g: -self.count[g]):
            fewer = hidden & (np.arange(len(hidden)) != group)
            told = [tree_hiding(t, self.count, self.minimum, self.rest, self.total, fewer) for t in self.groups.trees]
            if all(((codes != SHOWN) == fewer).all() for codes, _ in told) and self.crossing_cell(told[-1][1]) is None:
                hidden = fewer
        return hidden


def _one_subject(
    groups: Groups,
    count: Floats,
    total: Floats | None,
    forced: Mask,
    given: Mask,
    limits: tuple[int, int],
    y: Floats | None = None,
) -> tuple[Codes, Mask]:
    """Codes, and which sums are told, on one subject."""
    subject = _Subject(groups, count, total, given, *limits, y)
    kept = forced | (count < limits[0])
    codes, covers = subject.settled(kept)
    if len(groups.trees) == 1:
        return codes, covers
    return subject.settled(subject.shown_again(codes != SHOWN, kept))


def _crossing_cell(groups: Groups, count: Floats, covers: Mask, given: Mask, rest: int, y: Floats | None) -> int | None:
    """The smallest shown group whose hiding widens a cut of fewer than ``rest`` people between two trees.

    Where no cut is small, a margin whose difference from others tells every score.
    """
    nodes = len(groups)
    leaf = groups.leaf[given]
    ends = _ends(groups, covers)
    side = small_cut(ends[0][leaf], ends[1][leaf], np.ones(len(leaf)), rest)
    if side is None:
        return None if y is None else _telling_margin(groups, count, covers, groups.leaf[given], y[given])
    side = np.append(side, np.zeros(2 * nodes + 1 - len(side), dtype=bool))
    within = np.flatnonzero(covers & (np.array(groups.levels) == "region_department"))
    hidden_leaves = covers & (np.array(groups.levels) != "region_department")
    outer = _ends(groups, hidden_leaves)
    crossing = within[side[outer[0][within]] != side[outer[1][within]]]
    # without a cell that crosses, a margin of the cut is hidden
    names = np.flatnonzero(side[:-1]) % nodes
    offered = crossing if len(crossing) else names[covers[names]]
    return int(offered[np.argmin(count[offered])])


def _telling_margin(groups: Groups, count: Floats, covers: Mask, leaf: Ints, y: Floats) -> int | None:
    """The smallest of the rests of one tree that tell every score together with rests of the other."""
    first, second = (tree.rest_of(covers)[leaf] for tree in groups.trees)
    for left, right in ((first, second), (second, first)):
        if (told := telling_difference(left, right, y)) is not None:
            return int(told[np.argmin(count[told])])
    return None


def _ends(groups: Groups, covers: Mask) -> list[Ints]:
    """For each group its node in the graph of rests: rests of the second tree are numbered on, the ground is last."""
    nodes = len(groups)
    rests = [tree.rest_of(covers) for tree in groups.trees]
    return [np.where(rest < 0, len(rests) * nodes, rest + nodes * place) for place, rest in enumerate(rests)]


def _along_subjects(subjects: Subjects, count: Floats, codes: Codes, thresholds: Thresholds) -> Mask:
    """What more to hide: of a shown subject the next smallest part, where its hidden parts hold too few answers."""
    more = np.zeros(codes.shape, dtype=bool)
    for above in np.unique(subjects.parent[subjects.parent >= 0]):
        parts = np.flatnonzero(subjects.parent == above)
        _, rest = thresholds.of(bool(subjects.is_sensitive[above]))
        answers = count[:, parts]
        hidden = codes[:, parts] != SHOWN
        most = np.where(hidden, answers, 0.0).max(axis=1)
        unsafe = (codes[:, above] == SHOWN) & (most > 0) & (most < rest) & ~hidden.all(axis=1)
        smallest = np.argmin(np.where(hidden, np.inf, answers), axis=1)
        more[np.flatnonzero(unsafe), parts[smallest[unsafe]]] = True
    return more
