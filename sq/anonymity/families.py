"""Hides a subject together with its parts: what is hidden must not follow from the subject around it or its parts.

A dimension is the mean of its items, the form that of its dimensions. One of them that is hidden to protect a
neighbour, or shown as a limit because its exact sum would tell every answer, could be worked out from the others of the
same group.
"""

from __future__ import annotations

import numpy as np

from sq.anonymity.groups import Groups
from sq.anonymity.survey import Mask, Scores
from sq.statistics.intervals import Floats, Ints
from sq.statistics.suppression import FEW, NEIGHBOUR, SHOWN, Codes


def together(groups: Groups, scores: Scores, count: Floats, codes: Codes, covers: Mask, skipped: Mask) -> Mask:
    """More cells (groups, subjects) to hide; ``skipped`` ones are hidden for who skipped them, which needs no more."""
    more = np.zeros(codes.shape, dtype=bool)
    subjects = scores.subjects
    answers = scores.is_given.sum(axis=0)
    # hidden for a neighbour, or shown by its limit
    unknown = ~covers & (codes != FEW) & ~skipped
    for above in np.unique(subjects.parent[subjects.parent >= 0]):
        parts = np.flatnonzero((subjects.parent == above) & (answers > 0))
        # with a subject all its parts go
        more[:, parts] |= ((codes[:, above] == NEIGHBOUR)[:, None]) & (count[:, parts] > 0)
        if len(parts) == 1:
            more[:, above] |= codes[:, parts[0]] == NEIGHBOUR
            continue
        by_answers = parts[np.argsort(-answers[parts], kind="stable")]
        for one in [int(above), *parts.tolist()]:
            family = np.append(parts, above)
            others = family[family != one]
            alone = unknown[:, one] & ~(~covers[:, others] & (count[:, others] > 0)).any(axis=1)
            if alone.any():
                partner = int(by_answers[by_answers != one][0])
                more[_beside(groups, covers[:, one], alone), partner] = True
    return np.asarray(more & (codes == SHOWN))


def _beside(groups: Groups, covers: Mask, alone: Mask) -> Mask:
    """The groups that are not told, in the same rests as those ``alone``."""
    found = np.zeros(len(groups), dtype=bool)
    for tree in groups.trees:
        rest: Ints = tree.rest_of(covers)
        found |= np.isin(rest, np.unique(rest[alone])) & ~covers
    return found
