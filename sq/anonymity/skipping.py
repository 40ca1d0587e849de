"""Protects who skipped a question: a shown subject minus its shown parts would tell of the few who did.

A score is the weighted mean of the items that apply. Of a group in which all but two people answered every item, the
dimension's sum minus the items' sums (each weighted as in a full answer) leaves what the two answered alone. So where
few skipped and rounding does not blur it, one part of the subject, its key, is hidden there, and in so many groups
beside it that what follows for all of them together is about enough people, or blurred by the rounding of larger
groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sq.anonymity.groups import Groups
from sq.anonymity.survey import DIMENSION, FORM, ITEM, Mask, Scores, Subjects
from sq.statistics.intervals import Floats, Ints, per_group
from sq.statistics.suppression import LEAST_SLACK, Tree

LARGEST_SET = 4  # people: one fewer than the smallest group
ROUNDING = 0.1  # a mean shown to one decimal lies in an interval this wide


@dataclass(frozen=True)
class Keyed:
    """A subject with parts; ``key``: the item whose cells are hidden, ``hides``: everything hidden with it."""

    subject: int
    key: int
    hides: tuple[int, ...]


def keyed_subjects(scores: Scores) -> list[Keyed]:
    """The form and every dimension of several items, each with the item that most people answered as its key."""
    subjects = scores.subjects
    answers = scores.is_given.sum(axis=0)
    found = []
    for dimension in np.flatnonzero(subjects.kind == DIMENSION):
        if len(items := np.flatnonzero((subjects.parent == dimension) & (subjects.kind == ITEM))) > 1:
            key = int(items[np.argmax(answers[items])])
            found.append(Keyed(int(dimension), key, (key,)))
    return found + _keyed_form(subjects, answers, found)


def _keyed_form(subjects: Subjects, answers: Ints, dimensions: list[Keyed]) -> list[Keyed]:
    """The form's key is an item together with its dimension: either would stand in for the other where one is told."""
    parts = np.flatnonzero(subjects.parent == 0)
    if len(parts) < 2 or subjects.kind[0] != FORM:
        return []
    largest = int(parts[np.argmax(answers[parts])])
    if subjects.kind[largest] == ITEM:
        return [Keyed(0, largest, (largest,))]
    items = np.flatnonzero(subjects.parent == largest)
    if not len(items):  # internal service has no cells of items
        return [Keyed(0, largest, (largest,))]
    key = next((k.key for k in dimensions if k.subject == largest), int(items[0]))
    return [Keyed(0, told, (key, largest)) for told in (key, largest)]


def more_to_hide(groups: Groups, scores: Scores, count: Floats, covers: Mask) -> Mask:
    """Cells (groups, subjects) to hide so that the next round is closer to telling nothing of who skipped."""
    more = np.zeros(covers.shape, dtype=bool)
    for keyed in keyed_subjects(scores):
        for tree in groups.trees:
            for node in _unsafe_rests(tree, groups.leaf, scores, keyed, count[:, keyed.key], covers):
                inside = tree.largest_inside(int(node), covers[:, keyed.key])
                target = inside[int(np.argmin(count[inside, keyed.key]))] if inside else int(node)
                more[target, list(keyed.hides)] = True
    return more


def _unsafe_rests(tree: Tree, leaf: Ints, scores: Scores, keyed: Keyed, count: Floats, covers: Mask) -> Ints:
    """The rests of a key, in one tree, in which what follows about those who skipped is too close."""
    of_key, of_subject = (tree.rest_of(covers[:, s]) for s in (keyed.key, keyed.subject))
    held = scores.is_given[:, keyed.subject]
    rest, within = of_key[leaf[held]], of_subject[leaf[held]]
    weight = scores.weight[held, keyed.subject]
    told = (rest >= 0) & (within >= 0)
    blurred = _blur(tree, count, covers[:, keyed.key])
    item_weight = float(np.nanmax(np.where(scores.is_given[:, keyed.key], scores.weight[:, keyed.key], np.nan)))
    y = scores.y[held, keyed.subject]
    if scores.subjects.kind[keyed.key] == DIMENSION:
        # a form minus its dimensions is cleared of all whose answers are divided alike among the dimensions
        weight = np.where(scores.is_given[held, keyed.key], scores.weight[held, keyed.key], 0.0) / weight
        item_weight = float(np.median(weight))
    return _telling(rest[told], within[told], weight[told], y[told], blurred * item_weight, item_weight)


def _telling(rest: Ints, within: Ints, weight: Floats, y: Floats, blurred: Floats, item_weight: float) -> Ints:
    """The rests of the key in which what follows about people who skipped is too close.

    Inside a rest every smallest told group ``within`` can be cleared of its most frequent total weight; what is left is
    each other person's score times the difference of weights: of few people, or of people with extreme scores.
    """
    if not len(rest):
        return np.zeros(0, dtype=np.intp)
    pairs, place = np.unique(np.column_stack([rest, within]), axis=0, return_inverse=True)
    place = place.ravel()
    usual = _usual_weight(place, weight, len(pairs))
    signed = usual[place] - weight
    left = np.abs(signed)
    left[left < 1e-9] = 0.0
    lacking, having = (per_group(rest, left * part, int(rest.max()) + 1) for part in _ends_of(signed, y))
    people = per_group(place, np.ones(len(place)), len(pairs))
    size = int(rest.max()) + 1
    own_blur = per_group(pairs[:, 0], ROUNDING * people * (2 * usual - item_weight), size)
    order = np.lexsort((-left, rest))
    rank = np.arange(len(order)) - np.searchsorted(rest[order], rest[order])
    beyond = per_group(rest[order], np.where(rank >= LARGEST_SET, left[order], 0.0), size)
    largest = np.zeros(size)
    np.maximum.at(largest, rest, left)
    room = own_blur + blurred[:size] + np.minimum(100 * beyond, np.minimum(lacking, having))
    return np.flatnonzero((largest > 0) & (room < LEAST_SLACK * largest))


def _ends_of(signed: Floats, y: Floats) -> tuple[Floats, Floats]:
    """How far each score is from the end that adds most to a signed sum, and from the other."""
    return np.where(signed > 0, 100.0 - y, y), np.where(signed > 0, y, 100.0 - y)


def _usual_weight(place: Ints, weight: Floats, groups: int) -> Floats:
    """The most frequent weight of each group, the larger of two."""
    kinds, number = np.unique(weight, return_inverse=True)
    table = np.zeros((groups, len(kinds)))
    np.add.at(table, (place, number.ravel()), 1.0)
    return np.asarray(kinds[len(kinds) - 1 - np.argmax(table[:, ::-1], axis=1)])


def _blur(tree: Tree, count: Floats, covers: Mask) -> Floats:
    """How wide the sum of each rest of the key is left by rounding: that of its group and of those shown inside."""
    blur = np.where(covers, ROUNDING * count, 0.0)
    total = blur.copy()
    outer = tree.rest_of(covers)
    parent = tree.parent
    for node in np.flatnonzero(covers):
        if parent[node] >= 0 and (around := outer[parent[node]]) >= 0:
            total[around] += blur[node]
    return total
