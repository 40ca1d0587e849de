"""Hides a subject together with its parts: what is hidden must not follow from the subject around it or from its parts.

A dimension is the mean of its items, the form that of its dimensions. One of them that is hidden to protect a neighbour
could be worked out from the others of the same group.
"""

from __future__ import annotations

import numpy as np

from sq.anonymity.groups import Groups
from sq.anonymity.survey import Mask, Scores
from sq.statistics.intervals import Floats, Ints
from sq.statistics.suppression import NEIGHBOUR, SHOWN, Codes


def together(groups: Groups, scores: Scores, count: Floats, codes: Codes, skipped: Mask) -> Mask:
    """More cells (groups, subjects) to hide; ``skipped`` ones are hidden for who skipped them, which needs no more."""
    more = np.zeros(codes.shape, dtype=bool)
    subjects = scores.subjects
    answers = scores.is_given.sum(axis=0)
    protecting = (codes == NEIGHBOUR) & ~skipped
    for above in np.unique(subjects.parent[subjects.parent >= 0]):
        parts = np.flatnonzero((subjects.parent == above) & (answers > 0))
        # with a subject all its parts go
        more[:, parts] |= ((codes[:, above] == NEIGHBOUR)[:, None]) & (count[:, parts] > 0)
        if len(parts) == 1:
            more[:, above] |= codes[:, parts[0]] == NEIGHBOUR
            continue
        for part in parts:
            if protecting[:, part].any():
                _with_partner(more, groups, count, codes, int(above), int(part), parts[np.argsort(-answers[parts])])
    return np.asarray(more & (codes == SHOWN))


def _with_partner(more: Mask, groups: Groups, count: Floats, codes: Codes, above: int, part: int, parts: Ints) -> None:
    """Hide a second part wherever the first is the only one hidden, and in all groups that are hidden with it."""
    hidden = codes != SHOWN
    others = parts[parts != part]
    alone = (
        (codes[:, part] == NEIGHBOUR) & ~hidden[:, above] & ~(hidden[:, others] & (count[:, others] > 0)).any(axis=1)
    )
    if not alone.any():
        return
    for tree in groups.trees:
        rest = tree.rest_of(~hidden[:, part])
        beside = np.isin(rest, np.unique(rest[alone])) & hidden[:, part]
        more[beside, others[0]] = True
