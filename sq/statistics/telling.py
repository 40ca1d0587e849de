"""Finds what two partitions of the same people tell together about extreme answers.

What follows from the sums of two partitions is the sum over some people minus the sum over others: those who cross a
cut of the graph in which each person joins her two groups, one way and the other way. It tells every one of these
scores when it is next to the most or the least that it can be, so the cut to look for is the smallest where a person
counts as what she lacks to 100 in one direction, and as her score in the other (maximum flow, Dinic 1970).
"""

from __future__ import annotations

import numpy as np

from sq.statistics.intervals import Floats, Ints, per_group

PRECISION = 10  # flows are whole numbers: tenths of a point


def telling_cut(left: Ints, right: Ints, y: Floats, slack: float) -> Ints | None:
    """Groups of ``right`` on one side of a cut that tells every score that crosses it; None if there is none.

    ``left``, ``right``: each person's groups, -1 = in none that is told. ``y``: scores 0-100.
    """
    shift = int(left.max(initial=-1)) + 2
    tails, heads = left + 1, np.where(right < 0, 0, right + shift)
    nodes = int(heads.max(initial=0)) + 1
    nodes = max(nodes, shift)
    side = np.arange(nodes)
    while True:  # groups joined strongly in both directions are on one side of every telling cut
        a, b, forth, back = _arcs(side[tails], side[heads], y)
        strong = (forth >= slack) & (back >= slack)
        if not strong.any():
            break
        side = _joined(a[strong], b[strong], nodes)[side]
    found = _smallest(a, b, forth, back, nodes, slack)
    if found is None:
        return None
    held = np.flatnonzero(np.isin(side, found))
    groups = held[held >= shift] - shift
    return groups if len(groups) else np.unique(right[(right >= 0) & np.isin(side[tails], found)])


def _arcs(a: Ints, b: Ints, y: Floats) -> tuple[Ints, Ints, Floats, Floats]:
    """One arc per pair of groups: what its people lack to 100, and what they have, in the order of the pair."""
    apart = a != b
    low, high = np.minimum(a, b)[apart], np.maximum(a, b)[apart]
    turned = (a > b)[apart]
    lacking, having = (100.0 - y)[apart], y[apart]
    size = int(max(a.max(initial=0), b.max(initial=0))) + 1
    pairs, place = np.unique(low * size + high, return_inverse=True)
    forth = per_group(place, np.where(turned, having, lacking), len(pairs))
    back = per_group(place, np.where(turned, lacking, having), len(pairs))
    return pairs // size, pairs % size, forth, back


def _joined(a: Ints, b: Ints, nodes: int) -> Ints:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(nodes, nodes))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)


def _smallest(a: Ints, b: Ints, forth: Floats, back: Floats, nodes: int, slack: float) -> Ints | None:
    """The nodes on the source's side of a cut below ``slack`` within one component, or None."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    if not len(a):
        return None
    rows, columns = np.concatenate([a, b]), np.concatenate([b, a])
    room = np.floor(np.concatenate([forth, back]) * PRECISION + 0.5).astype(np.int32)
    # an arc of no room still joins its ends: it is kept as one that the search does not pass
    graph = csr_array((room, (rows, columns)), shape=(nodes, nodes))
    component = _joined(a, b, nodes)
    for one in np.unique(component[a]):
        members = np.flatnonzero(component == one)
        anchor = int(members[0])  # the ground, node 0, where it belongs to the component
        for other in members[1:]:
            for source, sink in ((anchor, int(other)), (int(other), anchor)):
                flow = maximum_flow(graph, source, sink)
                if flow.flow_value < slack * PRECISION - 1:
                    open_arcs = csr_array((graph - flow.flow) > 0).astype(np.int8)
                    reached = breadth_first_order(open_arcs, source, return_predecessors=False)
                    return np.asarray(reached if source != anchor else np.setdiff1d(members, reached))
    return None
