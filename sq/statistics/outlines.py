"""Shapes on a plane: the smallest convex outline of some points, and what of an outline lies inside a window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Box: TypeAlias = tuple[float, float, float, float]  # left, bottom, right, top


def convex_hull(points: Sequence[Point]) -> list[Point]:
    """Corners of the convex hull, counter-clockwise, not closed; Andrew's monotone chain (1979).

    Two points give both, one gives one.
    """
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered
    below, above = _half(ordered), _half(ordered[::-1])
    return below[:-1] + above[:-1]


def _half(ordered: Sequence[Point]) -> list[Point]:
    hull: list[Point] = []
    for point in ordered:
        while len(hull) > 1 and _turn(hull[-2], hull[-1], point) <= 0:
            hull.pop()
        hull.append(point)
    return hull


def _turn(a: Point, b: Point, c: Point) -> float:
    """Above zero where a → b → c turns left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def clipped(ring: Sequence[Point], box: Box) -> list[Point]:
    """The part of a closed outline inside a window; empty where there is none. Sutherland & Hodgman (1974)."""
    left, bottom, right, top = box
    found = list(ring)
    for axis, edge, sign in ((0, left, 1.0), (0, right, -1.0), (1, bottom, 1.0), (1, top, -1.0)):
        found = _cut(found, axis, edge, sign)
    return found


def _cut(ring: Sequence[Point], axis: int, edge: float, sign: float) -> list[Point]:
    """The part of an outline on one side of an edge."""
    kept: list[Point] = []
    for before, here in zip([ring[-1], *ring[:-1]] if ring else [], ring, strict=True):
        was, is_in = sign * (before[axis] - edge) >= 0, sign * (here[axis] - edge) >= 0
        if was != is_in:
            share = (edge - before[axis]) / (here[axis] - before[axis])
            kept.append((before[0] + share * (here[0] - before[0]), before[1] + share * (here[1] - before[1])))
        if is_in:
            kept.append(here)
    return kept
