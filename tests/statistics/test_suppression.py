"""Hiding in trees, small cuts and small supports: golden vectors, reference cases, properties."""

import json
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sq.statistics.suppression import (
    FEW,
    NEIGHBOUR,
    SHOWN,
    Told,
    Tree,
    is_telling,
    share_hiding,
    small_cut,
    smallest_support,
    telling_difference,
    tightened,
    told_counts,
    tree_hiding,
)


def case(shared: Path, name: str) -> dict:
    return json.loads((shared / "reference" / f"{name}.json").read_text(encoding="utf-8"))


def array(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def siblings(*counts: float, minimum: float = 5, rest: float = 5) -> list[int]:
    """Codes of groups side by side under a group that holds nobody else."""
    tree = Tree([-1] + [0] * len(counts))
    codes, _ = tree_hiding(tree, array(sum(counts), *counts), minimum, rest)
    return codes[1:].tolist()


@pytest.mark.parametrize(
    ("counts", "codes"),
    [
        ((1, 1, 1, 6, 9), (FEW, FEW, FEW, NEIGHBOUR, SHOWN)),  # 1 + 1 + 1 = 3 < 5: the 6 goes too, 9 >= 5 are hidden
        ((4, 1, 6, 9), (FEW, FEW, SHOWN, SHOWN)),  # 4 + 1 = 5
        ((4, 9), (FEW, NEIGHBOUR)),
        ((5, 3), (NEIGHBOUR, FEW)),
        ((0, 7, 8), (FEW, SHOWN, SHOWN)),  # nobody is protected by hiding a neighbour
        ((), ()),
        ((12,), (SHOWN,)),  # an only child is its parent
        ((5, 5, 5), (SHOWN, SHOWN, SHOWN)),
    ],
)
def test_siblings_hide_as_in_the_golden_vectors(counts: tuple[float, ...], codes: tuple[int, ...]) -> None:
    assert tuple(siblings(*counts)) == codes


def test_a_county_with_one_small_office_hides_it_and_the_next_smallest() -> None:
    # Pierce county, departments by answers: 4 is hidden, and with it 11, the smallest of the others
    assert siblings(214, 36, 4, 11, 57, 18) == [SHOWN, SHOWN, FEW, NEIGHBOUR, SHOWN, SHOWN]


def test_a_sensitive_subject_needs_twenty_and_ten() -> None:
    # 9 hidden under the parent would do for 5, not for 10: the 21 is hidden as well
    assert siblings(9, 21, 40, minimum=20, rest=10) == [FEW, NEIGHBOUR, SHOWN]
    assert siblings(11, 21, 40, minimum=20, rest=10) == [FEW, SHOWN, SHOWN]


def test_the_one_way_reference_case_hides_the_small_group_and_the_next_smallest(shared: Path) -> None:
    known = case(shared, "suppress_one_way_total")
    groups, k = known["input"]["groups"], known["input"]["k"]
    codes = dict(zip(groups, siblings(*groups.values(), minimum=k, rest=k), strict=True))
    assert [g for g, code in codes.items() if code == FEW] == known["expected"]["primary"]
    assert [g for g, code in codes.items() if code == NEIGHBOUR] == known["expected"]["complementary"]
    hidden = sum(groups[g] for g, code in codes.items() if code != SHOWN)
    assert hidden == known["expected"]["hidden_group_size_union"]


def test_a_parent_below_the_minimum_hides_everything_in_it() -> None:
    codes, covers = tree_hiding(Tree([-1, 0, 0]), array(4, 4, 0), 5, 5)
    assert codes.tolist() == [FEW, FEW, FEW]
    assert not covers.any()


def test_hidden_groups_are_looked_through_to_what_shows_inside() -> None:
    # chain 23 > region A 3 (store 3), region B 20 (stores 8 and 12). A is too small; hiding B's number alone would
    # leave chain - 8 - 12 = 3, so its smaller store goes as well: 3 + 8 = 11 are hidden
    tree = Tree([-1, 0, 0, 1, 2, 2])
    codes, _ = tree_hiding(tree, array(23, 3, 20, 3, 8, 12), 5, 5)
    assert codes.tolist() == [SHOWN, FEW, NEIGHBOUR, FEW, NEIGHBOUR, SHOWN]


def test_a_unanimous_group_shows_by_its_limit_and_its_sister_must_not_give_it_away() -> None:
    # 6 people at 100 and 8 at 50 under 14: 14 people x 71.43 less 8 x 50 would be exactly 600
    codes, covers = tree_hiding(Tree([-1, 0, 0]), array(14, 6, 8), 5, 5, array(1000, 600, 400))
    assert codes.tolist() == [SHOWN, SHOWN, NEIGHBOUR]
    assert covers.tolist() == [True, False, False]


def test_a_mean_of_exactly_95_of_five_people_tells_nobody() -> None:
    assert not is_telling(475.0, 5)  # 25 points short: everybody may be the one who lacks them
    assert is_telling(475.5, 5)
    assert is_telling(24.0, 30)
    assert not is_telling(0.0, 0)


@st.composite
def trees(draw: st.DrawFn) -> tuple[Tree, np.ndarray]:
    """A random tree, and counts of the people who stand in no smaller group of it."""
    size = draw(st.integers(1, 14))
    parent = [-1] + [draw(st.integers(0, node - 1)) for node in range(1, size)]
    tree = Tree(parent)
    own = [draw(st.integers(0, 9)) if not tree.children[n] or draw(st.booleans()) else 0 for n in range(size)]
    return tree, array(*own)


def rests(tree: Tree, own: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """People of each shown group beyond the shown groups inside it, counted person by person."""
    total = np.zeros(len(tree))
    for node, people in enumerate(own):
        at = node
        while at >= 0 and not shown[at]:
            at = int(tree.parent[at])
        if at >= 0:
            total[at] += people
    return total[shown]


@given(trees(), st.integers(1, 8))
def test_every_rest_of_a_random_tree_is_empty_or_large_enough(made: tuple[Tree, np.ndarray], k: int) -> None:
    tree, own = made
    count = tree.summed(own)
    codes, covers = tree_hiding(tree, count, k, k)
    assert (covers == (codes == SHOWN)).all()
    assert (count[covers] >= k).all()
    left = rests(tree, own, covers)
    assert ((left == 0) | (left >= k)).all()
    assert ((codes == FEW) == (count < k)).all()


@given(trees(), st.integers(2, 8))
def test_no_leaf_of_a_random_tree_is_hidden_needlessly(made: tuple[Tree, np.ndarray], k: int) -> None:
    """Of what one group hides among leaves, showing the last again would leave too few people."""
    tree, own = made
    codes, covers = tree_hiding(tree, tree.summed(own), k, k)
    hidden = [n for n in range(len(tree)) if codes[n] == NEIGHBOUR and not tree.children[n]]
    around = {n: int(tree.rest_of(covers)[n]) for n in hidden}
    for group in set(around.values()):
        last = max((n for n in hidden if around[n] == group), key=lambda n: (own[n], n))
        again = covers.copy()
        again[last] = True
        left = rests(tree, own, again)
        assert ((left > 0) & (left < k)).any()


@given(trees(), st.integers(2, 6))
def test_no_combination_of_shown_groups_holds_few_people(made: tuple[Tree, np.ndarray], k: int) -> None:
    """The tracker of Denning et al.: sums and differences of up to three shown groups."""
    tree, own = made
    _, covers = tree_hiding(tree, tree.summed(own), k, k)
    inside = np.zeros((len(tree), len(tree)))
    for node in range(len(tree)):
        at = node
        while at >= 0:
            inside[at, node] = 1
            at = int(tree.parent[at])
    shown = np.flatnonzero(covers)
    for size in (1, 2, 3):
        for chosen in combinations(shown, size):
            for signs in product((1, -1), repeat=size):
                held = own[np.array(signs) @ inside[list(chosen)] != 0].sum()
                assert held == 0 or held >= k


def lowest_cut(left: np.ndarray, right: np.ndarray, people: np.ndarray, nodes: int) -> float:
    """The smallest positive cut by trying all subsets."""
    cuts = []
    for bits in range(1, 2 ** (nodes - 1)):
        side = np.array([bits >> n & 1 for n in range(nodes)], dtype=bool)
        cuts.append(people[side[left] != side[right]].sum())
    return min((c for c in cuts if c > 0), default=np.inf)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 6)), min_size=1, max_size=14))
def test_a_small_cut_is_found_exactly_when_there_is_one(edges: list[tuple[int, int, int]]) -> None:
    left, right, people = (np.array(column) for column in zip(*edges, strict=True))
    people = people.astype(float)
    side = small_cut(left, right, people, 5)
    best = lowest_cut(left, right, people, 7)
    if side is None:
        assert best >= 5
    else:
        side = np.append(side, np.zeros(7 - len(side), dtype=bool))
        assert 0 < people[side[left] != side[right]].sum() < 5


def test_the_two_way_reference_case_is_unsafe_alone_and_safe_with_the_published_set(shared: Path) -> None:
    known = case(shared, "suppress_two_way_a")
    counts, k = array(*np.ravel(known["input"]["counts"])).reshape(3, 3), known["input"]["k"]

    def is_safe(hidden: list[list[int]]) -> bool:
        """Hidden cells join the rests of their row and column; shown cells are rows of their own."""
        row, column = (np.array(axis) for axis in zip(*hidden, strict=True))
        return small_cut(row, column + 3, counts[row, column], k) is None

    primary = known["expected"]["primary"]
    assert is_safe(primary) is known["expected"]["primary_only_safe"] is False
    assert is_safe(primary + known["expected"]["one_optimal_complementary_set"])
    assert not is_safe([[0, 2], [0, 1], [1, 2]])  # row 0 less column 1 is the cell again


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30),
    st.integers(2, 5),
)
def test_a_support_found_is_small_and_none_is_overlooked(people: list[tuple[int, int, int]], k: int) -> None:
    """Places beside two groups by role and two by tenure, against all combinations with coefficients -2 to 2."""
    place, role, tenure = np.array(people).T
    kinds = list(product(range(4), range(4)))
    table = np.zeros((4, len(kinds)))
    np.add.at(table, (place, [kinds.index(pair) for pair in zip(role, tenure, strict=True)]), 1)
    members = np.array([[r == 0, r == 1, t == 0, t == 1] for r, t in kinds], dtype=float)
    found = smallest_support(table, members, k)
    combined = np.array(list(product((-1, 0, 1), repeat=4)), dtype=float) @ members.T
    left = [sum(row.sum() - max(row[v == u].sum() for u in np.unique(v)) for row in table) for v in combined]
    assert (found is None) == (not any(0 < n < k for n in left))


def test_the_difference_of_two_trees_must_not_tell_a_unanimous_group() -> None:
    # place 0 holds five managers at 100 and five others, place 1 five managers at 50; managers less place 1 = 500
    left = np.repeat([0, 0, 1], 5)
    right = np.repeat([0, -1, 0], 5)
    y = np.repeat([100.0, 40.0, 50.0], 5)
    assert telling_difference(left, right, y).tolist() == [0]
    assert telling_difference(left, right, np.where(y == 100, 60.0, y)) is None


def test_the_sequential_reference_case_is_denied_where_a_difference_isolates_few(shared: Path) -> None:
    """The first group is the place; the others are asked for in turn and join it unless together they isolate few."""
    known = case(shared, "differencing_a")
    members, k = known["input"]["members"], known["input"]["k"]
    everybody = members["all"]
    table = np.ones((1, len(everybody)))
    released: list[np.ndarray] = []
    for name in known["input"]["order"]:
        row = np.isin(everybody, members[name]).astype(float)
        found = smallest_support(table, np.column_stack([*released, row]), k)
        assert (found is None and row.sum() >= k) == known["expected"][name]["release"]
        if found is None:
            released.append(row)


def test_a_share_in_whole_percent_leaves_open_what_rounding_and_limits_leave() -> None:
    count, share = array(8, 8, 300, 20, 20, 6), array(62, np.nan, 50, 90, 10, 33)
    sign = np.array(["", "", "", ">=", "<=", ""], dtype=object)
    low, high = told_counts(count, share, sign)
    # 62 % of 8 = 4.96 (61.5 - 62.5 %: 5); 50 % of 300: 149 to 151 (49.5 % = 148.5, 50.5 % = 151.5)
    assert low.tolist() == [5, 0, 149, 18, 0, 2]
    assert high.tolist() == [5, 8, 151, 20, 2, 2]


def test_three_shares_tell_each_other() -> None:
    # 20 answers, 11 favourable, 9 neutral, unfavourable at most 2: none is left
    low, high = tightened(array(20), array(11, 9, 0)[None, :], array(11, 9, 2)[None, :])
    assert (low[0].tolist(), high[0].tolist()) == ([11, 9, 0], [11, 9, 0])


def shares(count: list[float], hits: list[list[float]], told: list[list[tuple[float, float]]]) -> Told:
    bounds = np.array(told, dtype=float)
    exact = bounds[:, :, 0] == bounds[:, :, 1]
    return Told(array(*count), np.array(hits, dtype=float), bounds[:, :, 0], bounds[:, :, 1], exact, 1.0)


def test_shares_are_withheld_where_together_they_say_nobody() -> None:
    one = Tree([-1])
    telling = shares([20], [[11, 9, 0]], [[(11, 11), (9, 9), (0, 2)]])
    open_ = shares([20], [[11, 9, 0]], [[(11, 11), (0, 20), (0, 2)]])
    assert share_hiding(one, telling, np.array([True])).tolist() == [False]
    assert share_hiding(one, open_, np.array([True])).tolist() == [True]


def test_shares_are_withheld_where_the_group_around_says_nobody() -> None:
    # unfavourable: 3 of 30 around, 3 of 15 and at most 1.5 of 15 inside: of the second nobody
    tree = Tree([-1, 0, 0])
    told = shares(
        [30, 15, 15],
        [[15, 12, 3], [8, 4, 3], [7, 8, 0]],
        [[(15, 15), (12, 12), (3, 3)], [(8, 8), (4, 4), (3, 3)], [(7, 7), (0, 15), (0, 1.5)]],
    )
    assert share_hiding(tree, told, np.ones(3, dtype=bool)).tolist() == [True, False, True]


def test_a_mean_and_shares_together_may_say_nobody() -> None:
    # six people, three of the top two answers, mean 75.0: 3 x 100 + 3 x 50, so nobody is unfavourable
    told = Told(
        array(6),
        array(3, 3, 0)[None, :],
        array(3, 0, 0)[None, :],
        array(3, 6, 0.6)[None, :],
        np.array([[True, False, False]]),
        1.0,
        array(449.7),
        array(450.3),
        np.array([(75.0, 100.0), (50.0, 50.0), (0.0, 25.0)]),
    )
    assert share_hiding(Tree([-1]), told, np.array([True])).tolist() == [False]
    lower = Told(*list(vars(told).values())[:6], array(399.7), array(400.3), told.values)
    assert share_hiding(Tree([-1]), lower, np.array([True])).tolist() == [True]
