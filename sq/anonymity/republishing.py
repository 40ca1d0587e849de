"""Judges whether a wave may be published again: answers came late, were corrected or withdrawn, places were moved.

A person whose answer is the same in both versions is an edge between her rest in the old and her rest in the new one;
whoever is in one version only is an edge to the ground; a changed answer is two different ones, half an edge each. What
follows from both versions together are the cuts of this graph, so publishing is safe when no cut is smaller than what a
rest must hold. Every earlier version counts: a reader may have kept it, and a rollback shows it again.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sq.anonymity.details import COMMENT_MINIMUM
from sq.anonymity.groups import KEYS
from sq.anonymity.hiding import Thresholds
from sq.anonymity.ledger import Basis
from sq.statistics.intervals import Floats, Ints
from sq.statistics.suppression import is_telling, small_cut


def changed_forms(old: Basis, new: Basis) -> int:
    """How many forms are in one version only or have an answer that differs."""
    pairs = _Paired(old, new)
    return int((pairs.old < 0).sum() + (pairs.new < 0).sum() + pairs.differs().sum())


def is_safe(old: Basis, new: Basis, thresholds: Thresholds, sensitive: frozenset[str]) -> bool:
    """Whether both versions together tell nothing about fewer people than a rest must hold, on any subject."""
    pairs = _Paired(old, new)
    return all(
        pairs.is_safe(subject, thresholds.of(subject in sensitive)[1])
        for subject in new.subjects
        if subject in old.subjects
    )


def may_change_comments(old: Basis, new: Basis) -> bool:
    """Whether the comments of the new version differ from the old by those of no or of at least ten people."""
    pairs = _Paired(old, new)
    left, right = pairs.joined(old.comment_rest, new.comment_rest)
    return small_cut(left, right, np.ones(len(left)), COMMENT_MINIMUM) is None


def tells_newcomers(old: pd.DataFrame, new: pd.DataFrame) -> bool:
    """Whether a cell shown in both versions tells every score of those who came to it or left it."""
    shown = [cells[(cells["hidden"] == "") & (cells["value_limit"] == "")] for cells in (old, new)]
    pairs = shown[0].merge(shown[1], on=[*KEYS, "role", "tenure", "subject_kind", "subject"])
    people = (pairs["n_y"] - pairs["n_x"]).to_numpy(dtype=float)
    total = (pairs["n_y"] * pairs["value_y"] - pairs["n_x"] * pairs["value_x"]).to_numpy(dtype=float)
    return bool(is_telling(np.where(people < 0, -total, total), np.abs(people)).any())


class _Paired:
    """The forms of two versions, side by side; ``old`` and ``new`` are their rows in each, -1 where absent."""

    def __init__(self, old: Basis, new: Basis) -> None:
        self.before, self.after = old, new
        ids = np.union1d(old.response_id.astype(str), new.response_id.astype(str))
        self.old, self.new = _rows(old, ids), _rows(new, ids)

    def differs(self) -> np.ndarray:
        """Which forms of both versions have an answer that differs; a subject that one version lacks does not count."""
        both = (self.old >= 0) & (self.new >= 0)
        common = [s for s in self.after.subjects if s in self.before.subjects]
        a = self.before.answers[:, [self.before.subjects.index(s) for s in common]]
        b = self.after.answers[:, [self.after.subjects.index(s) for s in common]]
        found = np.zeros(len(self.old), dtype=bool)
        found[both] = (a[self.old[both]] != b[self.new[both]]).any(axis=1)
        return found

    def joined(self, old: Ints, new: Ints) -> tuple[Ints, Ints]:
        """The rests of all forms as nodes of one graph; node 0 is the ground."""
        left = _taken(old, self.old, -1) + 1
        right = _taken(new, self.new, -1)
        return left, np.where(right < 0, 0, right + int(left.max(initial=0)) + 1)

    def is_safe(self, subject: str, rest: int) -> bool:
        """Whether no cut between the two versions of a subject is small."""
        a, b = self.before.subjects.index(subject), self.after.subjects.index(subject)
        before = _taken(self.before.answers[:, a], self.old, 0)
        after = _taken(self.after.answers[:, b], self.new, 0)
        for old, new in self._partitions(subject, a, b):
            left, right = self.joined(old, new)
            left, right = np.where(before == 0, 0, left), np.where(after == 0, 0, right)
            if small_cut(*_edges(left, right, before == after), rest) is not None:
                return False
        return True

    def _partitions(self, subject: str, a: int, b: int) -> Iterator[tuple[Ints, Ints]]:
        """Every partition of the old version with every one of the new."""
        old = [self.before.rests[:, a], self.before.second_rests[:, a]]
        new = [self.after.rests[:, b], self.after.second_rests[:, b]]
        if subject == "form:":
            old += [self.before.role_rest, self.before.tenure_rest]
            new += [self.after.role_rest, self.after.tenure_rest]
        yield from ((o, n) for o in _different(old) for n in _different(new))


def _taken(values: np.ndarray, rows: Ints, missing: int) -> np.ndarray:
    """Values of some rows; ``missing`` for row -1."""
    taken = np.full(len(rows), missing, dtype=values.dtype)
    taken[rows >= 0] = values[rows[rows >= 0]]
    return taken


def _rows(basis: Basis, ids: np.ndarray) -> Ints:
    order = np.argsort(basis.response_id.astype(str))
    if not len(order):
        return np.full(len(ids), -1, dtype=np.intp)
    sorted_ids = basis.response_id.astype(str)[order]
    place = np.minimum(np.searchsorted(sorted_ids, ids), len(order) - 1)
    return np.where(sorted_ids[place] == ids, order[place], -1)


def _different(partitions: list[Ints]) -> list[Ints]:
    """Partitions without repetitions and without those that tell nothing."""
    found: list[Ints] = []
    for one in partitions:
        if (one >= 0).any() and not any(np.array_equal(one, other) for other in found):
            found.append(one)
    return found


def _edges(left: Ints, right: Ints, same: np.ndarray) -> tuple[Ints, Ints, Floats]:
    """One edge for an answer that both versions hold alike, two halves to the ground for one that changed."""
    changed = ~same & (left > 0) & (right > 0)
    ground = np.zeros(int(changed.sum()), dtype=np.intp)
    people = np.where(changed, 0.5, 1.0)
    return (
        np.concatenate([left, right[changed]]),
        np.concatenate([np.where(changed, 0, right), ground]),
        np.concatenate([people, people[changed]]),
    )
