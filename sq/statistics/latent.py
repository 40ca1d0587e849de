"""Satisfaction models with latent variables: PLS path modelling, mode A.

Tenenhaus et al. (2005), Comput. Stat. Data Anal. 48:159-205; Lohmöller (1989).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sq.statistics.estimable import DID_NOT_CONVERGE, NO_VARIATION, TOO_FEW, NotEstimable
from sq.statistics.intervals import Floats

Marks = NDArray[np.bool_]
Scheme = Literal["path", "centroid", "factor"]
MOST_STEPS = 500
CLOSE = 1e-10


@dataclass(frozen=True)
class PathModel:
    """A fitted path model.

    Attributes:
        path: (from, to) → standardised coefficient. total: (from, to) → effect along all paths.
        r2: endogenous block → share explained. loading: item → correlation with its block.
        weight: item → outer weight. score: one column per block, standardised. index: block → 0-100 (ACSI form).
    """

    path: Mapping[tuple[str, str], float]
    total: Mapping[tuple[str, str], float]
    r2: Mapping[str, float]
    loading: Mapping[str, float]
    weight: Mapping[str, float]
    score: Floats
    blocks: tuple[str, ...]


def path_model(
    items: Mapping[str, ArrayLike],
    blocks: Mapping[str, Sequence[str]],
    paths: Sequence[tuple[str, str]],
    scheme: Scheme = "path",
) -> PathModel | NotEstimable:
    """Fit by Lohmöller's algorithm on standardised items; rows with a gap are left out.

    ``paths`` are (from, to) pairs of blocks in an order without circles.
    """
    names = list(blocks)
    columns = [item for name in names for item in blocks[name]]
    x = np.column_stack([np.asarray(items[item], dtype=float) for item in columns])
    x = x[~np.isnan(x).any(axis=1)]
    if len(x) <= len(columns):
        return TOO_FEW
    if (x.std(axis=0) == 0).any():
        return NO_VARIATION
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    member = np.array([[item in blocks[name] for name in names] for item in columns])
    links = np.array([[(a, b) in set(paths) for a in names] for b in names])  # row = to
    weight = _weights(z, member, links, scheme)
    if weight is None:
        return DID_NOT_CONVERGE
    score = _standard(z @ weight)
    loading = np.array([np.corrcoef(z[:, i], score[:, member[i].argmax()])[0, 1] for i in range(len(columns))])
    flip = np.array([1.0 if loading[member[:, b]].sum() >= 0 else -1.0 for b in range(len(names))])
    score, weight = score * flip, weight * flip
    coefficients, r2 = _paths(score, links)
    return PathModel(
        path={(names[a], names[b]): float(coefficients[b, a]) for b, a in zip(*np.nonzero(links), strict=True)},
        total=_totals(coefficients, names),
        r2={names[b]: float(r2[b]) for b in range(len(names)) if links[b].any()},
        loading=dict(zip(columns, (loading * (member @ flip)).tolist(), strict=True)),
        weight=dict(zip(columns, weight.sum(axis=1).tolist(), strict=True)),
        score=score,
        blocks=tuple(names),
    )


def _standard(y: Floats) -> Floats:
    return np.asarray((y - y.mean(axis=0)) / y.std(axis=0, ddof=1))


def _weights(z: Floats, member: Marks, links: Marks, scheme: Scheme) -> Floats | None:
    n = len(z)
    weight = member.astype(float)
    for _ in range(MOST_STEPS):
        score = _standard(z @ weight)
        weight = weight / (z @ weight).std(axis=0, ddof=1)
        inner = score @ _inner(score, links, scheme)
        new = np.where(member, z.T @ inner / (n - 1), 0.0)
        new = new / (z @ new).std(axis=0, ddof=1)
        if np.abs(np.abs(new) - np.abs(weight)).max() < CLOSE:
            return np.asarray(new)
        weight = new
    return None


def _inner(score: Floats, links: Marks, scheme: Scheme) -> Floats:
    r = np.atleast_2d(np.corrcoef(score, rowvar=False))
    near = links | links.T
    if scheme == "centroid":
        return np.where(near, np.sign(r), 0.0)
    if scheme == "factor":
        return np.where(near, r, 0.0)
    found = np.where(links, r, 0.0)  # successors count by their correlation, predecessors by regression
    for b in range(len(r)):
        above = np.flatnonzero(links[b])
        if len(above):
            found[above, b] = np.linalg.solve(r[np.ix_(above, above)], r[above, b])
    return np.asarray(found)


def _paths(score: Floats, links: Marks) -> tuple[Floats, Floats]:
    r = np.atleast_2d(np.corrcoef(score, rowvar=False))
    coefficients, r2 = np.zeros_like(r), np.zeros(len(r))
    for b in range(len(r)):
        above = np.flatnonzero(links[b])
        if len(above):
            coefficients[b, above] = np.linalg.solve(r[np.ix_(above, above)], r[above, b])
            r2[b] = float(coefficients[b, above] @ r[above, b])
    return coefficients, r2


def _totals(coefficients: Floats, names: Sequence[str]) -> dict[tuple[str, str], float]:
    total, power = np.zeros_like(coefficients), np.eye(len(coefficients))
    for _ in names:
        power = power @ coefficients
        total = total + power
    return {(names[a], names[b]): float(total[b, a]) for b, a in zip(*np.nonzero(total), strict=True)}
