"""Keeps shares of small groups from being squeezed by the exact shares around them.

Nobody of six people disagrees, and it shows as "at most 10 %": so much is left open, six tenths of a person. But where
the city's share is exact, and so are those of its other stores, nothing is left for the six. So around every group that
tells its shares one group inside does not, the cushion: with people of every kind it can make up for whatever another
group may have instead of what it has, sums of scores and all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sq.statistics.intervals import Floats
from sq.statistics.suppression import BLURRED, Tree

WIDE = 1_000  # answers of which a whole percent leaves several people open
MANY = 5  # groups inside that tell their shares; around fewer, what follows is looked for in share_hiding
MOST_CUSHIONS = 3  # groups that tell no shares together, where none alone has people of every kind

Mask = NDArray[np.bool_]


def cushioned(tree: Tree, answers: Floats, offered: Mask, chosen: Floats) -> Mask:
    """Which groups may tell their shares, when around every group that tells somebody inside must not.

    ``answers`` (groups, answers): how many gave each, from the worst to the best. Who tells nothing of the kind, and
    has people of every kind, can make up for whatever another group of the same surroundings may have instead of what
    it has, so that no limit of theirs is squeezed by the exact shares around. The group is taken that gave every answer
    and is ``chosen`` for most other questions, of several the smallest.
    """
    offered = offered.copy()
    is_leaf = np.array([not inside for inside in tree.children])
    size = answers.sum(axis=1)
    extreme = _is_extreme(answers)
    for around in np.flatnonzero(offered & ~is_leaf)[::-1]:
        inside = _next(tree, int(around), offered)
        leaves = inside[is_leaf[inside]]
        leaves = leaves[np.lexsort((size[leaves], -chosen[leaves], (answers[leaves] < 1).any(axis=1)))]
        if not extreme[inside].any() or _is_mixed(answers[leaves[~offered[leaves]]]).any():
            continue
        if len(one := leaves[_is_mixed(answers[leaves])]):
            offered[one[0]] = False
            continue
        largest = leaves[np.argsort(-size[leaves], kind="stable")][:MOST_CUSHIONS]
        if _is_mixed(answers[largest].sum(axis=0, keepdims=True))[0] or size[around] >= BLURRED:
            offered[largest] = False
        elif offered[inside].sum() >= MANY:
            offered[around] = False
    return offered


def scale_cushioned(tree: Tree, answers: Floats, bands: Mask, offered: Mask) -> Mask:
    """Which groups may tell the share of every answer: those with a group inside that gave them all, tells no bands,
    and has no other group that tells every share in between.
    """
    offered = offered.copy()
    extreme = _is_extreme(answers)
    rich = ~bands & (answers >= 1).all(axis=1) & np.array([not inside for inside in tree.children])
    for around in np.flatnonzero(offered & (answers.sum(axis=1) < WIDE))[::-1]:
        inside = _next(tree, int(around), offered)
        if extreme[inside].any():
            offered[around] = rich[inside].any()
    return offered


def _is_extreme(answers: Floats) -> Mask:
    """Whether nobody, of those who answered, has one of the opinions."""
    kinds = answers.shape[1]
    edge = 2 if kinds > 3 else 1
    parts = [answers[:, :edge], answers[:, edge : kinds - edge], answers[:, kinds - edge :]]
    people = [part.sum(axis=1) for part in parts if part.shape[1]]
    return np.asarray((answers.sum(axis=1) > 0) & (np.min(people, axis=0) < 1))


def _is_mixed(answers: Floats) -> Mask:
    """Whether somebody gave each of the answers but the worst, or of the two or three that there are."""
    return np.asarray((answers[:, 1 if answers.shape[1] > 3 else 0 :] >= 1).all(axis=1))


def _next(tree: Tree, group: int, offered: Mask) -> NDArray[np.intp]:
    """Groups inside one with no other group that tells in between."""
    found, waiting = [], list(tree.children[group])
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += [] if offered[node] else tree.children[node]
    return np.array(sorted(found), dtype=np.intp)
