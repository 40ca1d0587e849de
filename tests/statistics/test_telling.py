"""Cuts between two partitions that tell extreme answers, by hand."""

import numpy as np

from sq.statistics.telling import telling_cut


def test_five_full_marks_between_a_region_and_its_roles_are_told() -> None:
    # one region (0) of ten; role 0 is five of them with 50; the other five, without a role, all have 100
    left, right = np.zeros(10, dtype=int), np.array([0] * 5 + [-1] * 5)
    y = np.array([50.0] * 5 + [100.0] * 5)
    assert telling_cut(left, right, y, 25) is not None
    assert telling_cut(left, right, np.array([50.0] * 5 + [90.0] * 5), 25) is None  # they lack 50 points


def test_full_marks_minus_nothing_are_told() -> None:
    # store 0 minus tenure 0: three of the store with 100 stand elsewhere, two of the tenure with 0 in store 1
    left = np.array([0] * 6 + [0] * 3 + [1] * 2 + [1] * 6)
    right = np.array([0] * 6 + [1] * 3 + [0] * 2 + [1] * 6)
    y = np.array([50.0] * 6 + [100.0] * 3 + [0.0] * 2 + [50.0] * 6)
    assert telling_cut(left, right, y, 25) is not None
    y[6:11] = [60, 70, 80, 40, 50]
    assert telling_cut(left, right, y, 25) is None


def test_the_same_partition_twice_tells_nothing() -> None:
    groups = np.array([0] * 5 + [1] * 5)
    assert telling_cut(groups, groups, np.array([60.0] * 5 + [50.0] * 5), 25) is None
