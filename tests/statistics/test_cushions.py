"""Cushions: groups that tell no shares so that limits beside them stay as open as they look."""

import numpy as np
import pytest

from sq.statistics.attack import COUNT_ROOM, Block, Fact, Release, Target, attack, count_bounds
from sq.statistics.cushions import cushioned, scale_cushioned
from sq.statistics.suppression import Tree

CITY = Tree([-1, 0, 0, 0])  # a city of three stores
VALUES = (0.0, 25.0, 50.0, 75.0, 100.0)
# answers from the worst to the best: nobody of the first store disagrees
ANSWERS = np.array([[1, 3, 6, 7, 4], [0, 0, 2, 4, 0], [0, 2, 2, 1, 2], [1, 1, 2, 2, 2]], dtype=float)
BANDS = (VALUES[:2], VALUES[2:3], VALUES[3:])
NONE = np.zeros(4)


def everything(offered: np.ndarray) -> tuple[Release, list[Target]]:
    """Bands of the city and its stores as equations: below 10 % a limit, else whole people."""
    blank = Release(ANSWERS[1:].sum(axis=1).astype(np.int64), tuple(Block(a, VALUES) for a in range(3)))
    facts = []
    for group in np.flatnonzero(offered):
        inside = dict.fromkeys(range(3) if group == 0 else (int(group) - 1,), 1.0)
        n = float(ANSWERS[group].sum())
        shares = [100 * ANSWERS[group, kinds].sum() / n for kinds in (slice(0, 2), slice(2, 3), slice(3, 5))]
        for place, (band, share) in enumerate(zip(BANDS, shares, strict=True)):
            if place == 1 and min(shares) < 10:  # beside a limit the middle is not told
                continue
            bounds = count_bounds(int(n), 10, "<=") if share < 10 else count_bounds(int(n), round(share))
            facts.append(Fact(blank.people(inside, band), *bounds))
    every = dict.fromkeys(range(3), 1.0)
    targets = [Target("opinion", blank.people(every, band), COUNT_ROOM) for band in BANDS]
    return Release(blank.sizes, blank.blocks, tuple(facts)), targets


def test_around_exact_shares_a_limit_is_squeezed_and_a_cushion_gives_it_room() -> None:
    # 4 of the city disagree; so do 2 and 2 of the second and the third store: nobody of the first
    every = np.ones(4, dtype=bool)
    assert {leak.target for leak in attack(*everything(every)).leaks} == {"opinion"}
    assert attack(*everything(cushioned(CITY, ANSWERS, every, NONE))).leaks == ()


def test_the_cushion_is_the_smallest_store_that_gave_every_answer() -> None:
    # the second store (7 people) has nobody with the worst answer; the third (8) has all five
    assert cushioned(CITY, ANSWERS, np.ones(4, dtype=bool), NONE).tolist() == [True, True, True, False]
    answers = ANSWERS.copy()
    answers[3, 0] = 0  # without the worst answer both will do: 7 people are fewer
    assert cushioned(CITY, answers, np.ones(4, dtype=bool), NONE).tolist() == [True, True, False, True]
    chosen = np.array([0.0, 0.0, 0.0, 1.0])  # but the other is a cushion already
    assert cushioned(CITY, answers, np.ones(4, dtype=bool), chosen).tolist() == [True, True, True, False]


def test_no_cushion_where_every_opinion_is_in_every_store_or_one_tells_nothing_anyway() -> None:
    mixed = ANSWERS.copy()
    mixed[1] = [0, 1, 1, 2, 2]
    assert cushioned(CITY, mixed, np.ones(4, dtype=bool), NONE).all()
    hidden = np.array([True, True, True, False])
    assert cushioned(CITY, ANSWERS, hidden, NONE).tolist() == hidden.tolist()


@pytest.mark.parametrize(("stores", "tells"), [(4, True), (5, False)])
def test_a_city_of_many_stores_of_one_opinion_each_tells_none_itself(stores: int, tells: bool) -> None:
    tree = Tree([-1] + [0] * stores)
    own = np.tile(np.array([0.0, 0.0, 0.0, 6.0, 0.0]), (stores, 1))
    answers = np.vstack([own.sum(axis=0), own])
    offered = cushioned(tree, answers, np.ones(stores + 1, dtype=bool), np.zeros(stores + 1))
    assert offered.tolist() == [tells] + [True] * stores


def test_every_answer_is_told_beside_a_store_that_gave_all_and_tells_no_bands() -> None:
    scale = np.array([True, False, False, False])
    told = np.array([True, True, True, True])
    assert scale_cushioned(CITY, ANSWERS, told, scale).tolist() == [False] * 4
    assert scale_cushioned(CITY, ANSWERS, np.array([True, True, True, False]), scale).tolist() == scale.tolist()
    # the second store gave no worst answer: that one cannot be made up for
    assert scale_cushioned(CITY, ANSWERS, np.array([True, True, False, True]), scale).tolist() == [False] * 4
