"""Convex outlines and what of a shape lies inside a window."""

from hypothesis import given
from hypothesis import strategies as st

from sq.statistics.outlines import clipped, convex_hull

SQUARE = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]
POINTS = st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=1, max_size=25)


def area(ring: list[tuple[float, float]]) -> float:
    """Shoelace formula."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))) / 2


def test_the_hull_leaves_out_what_lies_inside_or_on_an_edge() -> None:
    assert convex_hull([*SQUARE, (1.0, 1.0), (2.0, 0.0), (4.0, 4.0)]) == SQUARE


def test_few_points_or_points_on_a_line_have_no_corners_between() -> None:
    assert convex_hull([(1.0, 2.0), (1.0, 2.0)]) == [(1.0, 2.0)]
    assert convex_hull([(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]) == [(0.0, 0.0), (2.0, 2.0)]


@given(POINTS)
def test_no_point_lies_outside_its_hull(points: list[tuple[int, int]]) -> None:
    hull = convex_hull([(float(x), float(y)) for x, y in points])
    if len(hull) < 3:
        return
    for x, y in points:
        for a, b in zip(hull, [*hull[1:], hull[0]], strict=True):
            assert (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]) >= 0


def test_a_window_cuts_a_shape() -> None:
    assert area(clipped(SQUARE, (1.0, 1.0, 3.0, 9.0))) == 2 * 3
    assert sorted(clipped(SQUARE, (2.0, 2.0, 9.0, 9.0))) == [(2.0, 2.0), (2.0, 4.0), (4.0, 2.0), (4.0, 4.0)]


def test_a_window_beside_a_shape_holds_nothing_and_one_around_it_everything() -> None:
    assert clipped(SQUARE, (5.0, 5.0, 6.0, 6.0)) == []
    assert area(clipped(SQUARE, (-1.0, -1.0, 5.0, 5.0))) == 16


@given(POINTS)
def test_a_cut_shape_is_no_larger_than_shape_or_window(points: list[tuple[int, int]]) -> None:
    hull = convex_hull([(float(x), float(y)) for x, y in points])
    if len(hull) < 3:
        return
    found = clipped(hull, (-5.0, -5.0, 5.0, 5.0))
    assert (area(found) if found else 0.0) <= min(area(hull), 100.0) + 1e-9
    assert all(-5 - 1e-9 <= v <= 5 + 1e-9 for point in found for v in point)
