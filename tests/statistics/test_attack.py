"""The attack on releases whose answer is known by hand."""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from sq.statistics.attack import (
    COUNT_ROOM,
    SCORE_ROOM,
    Attacked,
    Block,
    Fact,
    Release,
    Row,
    Target,
    attack,
    count_bounds,
    exact_range,
    mean_bounds,
    related,
    spread_room,
)


def scores(sizes: list[int], shown: dict[tuple[int, ...], tuple[float, str]]) -> Release:
    """Atoms of people with a score each; ``shown``: group of atoms → its mean to 0.1 and limit."""
    blank = Release(np.array(sizes), tuple(Block(a) for a in range(len(sizes))))
    facts = []
    for group, (mean, limit) in shown.items():
        low, high = mean_bounds(sum(sizes[a] for a in group), mean, limit)
        facts.append(Fact(blank.scores(dict.fromkeys(group, 1.0)), low, high, str(group)))
    return Release(blank.sizes, blank.blocks, tuple(facts))


def attacked(release: Release) -> Attacked:
    everybody = Target("score", release.scores(dict.fromkeys(range(len(release.blocks)), 1.0)), SCORE_ROOM)
    return attack(release, [everybody])


def test_eight_and_five_shown_of_sixteen_give_the_hidden_three() -> None:
    # 16 x 60 - 8 x 70 - 5 x 50 = 960 - 560 - 250 = 150 for the three, to (16 + 8 + 5) x 0.05 = 1.45
    release = scores([8, 5, 3], {(0, 1, 2): (60.0, ""), (0,): (70.0, ""), (1,): (50.0, "")})
    leak = next(x for x in attacked(release).leaks if x.people == {2: 3})
    assert (leak.low, leak.high) == (pytest.approx(148.55), pytest.approx(151.45))


def test_five_hidden_with_the_three_keep_everybody_unknown() -> None:
    release = scores([8, 5, 3], {(0, 1, 2): (60.0, ""), (0,): (70.0, "")})
    done = attacked(release)
    assert done.leaks == ()
    assert done.undecided == 0
    assert done.narrowest >= 1


def test_two_groups_that_overlap_in_all_but_two_people_give_their_difference_only() -> None:
    # {0, 1} and {1, 2}: x0 - x2 is known, no sum over 1-4 people is: each of the two may be anything
    release = scores([1, 9, 1], {(0, 1): (50.0, ""), (1, 2): (50.0, "")})
    assert attacked(release).leaks == ()
    # with the ten of {1, 0} and the nine of {1} as well, one person is known to 1.9 / 2 points on either side
    release = scores([1, 9, 1], {(0, 1): (50.0, ""), (1, 2): (50.0, ""), (1,): (50.0, "")})
    first = attacked(release).leaks[0]
    assert first.people in ({0: 1}, {2: 1})
    assert first.width == pytest.approx(2 * (10 * 0.05 + 9 * 0.05), abs=1e-6)


def test_a_mean_at_the_limit_leaves_just_the_room() -> None:
    release = scores([5], {(0,): (95.0, ">=")})
    low, high, _ = exact_range(release, Target("", release.scores({0: 1.0}), 1), {0: 1})
    assert (low, high) == (pytest.approx(75), pytest.approx(100))  # the five lack at most 25 points
    assert attacked(release).leaks == ()


def test_an_exact_mean_of_100_is_a_leak() -> None:
    done = attacked(scores([6], {(0,): (100.0, "")}))
    assert done.leaks[0].people in ({0: j} for j in (1, 2, 3, 4))
    assert done.leaks[0].width <= 6 * 0.05 + 1e-6


def test_a_limit_that_its_neighbours_give_away_is_a_leak() -> None:
    # region of 15 exactly 96.0, store of 10 exactly 94.0: the five lack 60 - 60 = 0 points, to 1.25
    done = attacked(scores([5, 10], {(0, 1): (96.0, ""), (1,): (94.0, ""), (0,): (95.0, ">=")}))
    assert done.leaks
    assert {0} == set(done.leaks[0].people)
    # a region shown as a limit too tells no less: 15 people lack at most 75, ten of them at least 59.5
    done = attacked(scores([5, 10], {(0, 1): (95.0, ">="), (1,): (94.0, ""), (0,): (95.0, ">=")}))
    assert min(x.width for x in done.leaks) == pytest.approx(75 - 59.5, abs=1e-6)


def opinions(
    sizes: list[int], shown: dict[tuple[int, ...], tuple[float | None, float | None, float | None]]
) -> Release:
    """Atoms of people who answer 1-5; ``shown``: group → favourable, neutral, unfavourable %; None = not shown."""
    values = (0.0, 25.0, 50.0, 75.0, 100.0)
    blank = Release(np.array(sizes), tuple(Block(a, values) for a in range(len(sizes))))
    facts = []
    for group, bands in shown.items():
        for share, held in zip(bands, (values[3:], values[2:3], values[:2]), strict=True):
            if share is not None:
                low, high = count_bounds(sum(sizes[a] for a in group), share)
                facts.append(Fact(blank.people(dict.fromkeys(group, 1.0), held), low, high))
    return Release(blank.sizes, blank.blocks, tuple(facts))


def bands(release: Release) -> list[Target]:
    everybody = dict.fromkeys(range(len(release.blocks)), 1.0)
    held = {"favourable": (75.0, 100.0), "neutral": (50.0,), "unfavourable": (0.0, 25.0)}
    return [Target(name, release.people(everybody, values), COUNT_ROOM) for name, values in held.items()]


def test_two_shares_that_add_up_to_100_tell_that_nobody_had_the_third_opinion() -> None:
    release = opinions([5], {(0,): (60, 40, None)})
    found = {x.target: (x.low, x.high) for x in attack(release, bands(release)).leaks}
    assert found == {"unfavourable": (pytest.approx(0), pytest.approx(0))}
    release = opinions([5], {(0,): (60, None, None)})
    assert attack(release, bands(release)).leaks == ()


def test_shares_are_counts_of_whole_people() -> None:
    assert count_bounds(8, 62) == (5, 5)  # 61.5 % to 62.5 % of 8: 4.92 to 5
    assert count_bounds(5, 90, ">=") == (4.5, 5)
    assert count_bounds(5, 10, "<=") == (0, 0.5)
    assert mean_bounds(10, 71.4) == (pytest.approx(713.5), pytest.approx(714.5))


def test_the_spread_of_five_answers_is_bounded_by_their_interval() -> None:
    # t(4; 0.975) = 2.776: an interval of 71.4 +- 8.7 means s = 8.7 x sqrt(5) / 2.776 = 7.0, so nobody is farther
    # from the mean than 7.0 x 4 / sqrt(5) = 12.5
    assert spread_room(5, 8.7, 2.776) == pytest.approx(25.07, abs=0.01)


def test_the_reference_case_of_one_way_suppression(shared: Path) -> None:
    case = json.loads((shared / "reference/suppress_one_way_total.json").read_text(encoding="utf-8"))
    groups, means = case["input"]["groups"], case["input"]["mean_score"]
    sizes = [1] * sum(groups.values())
    total = {"all": (tuple(range(len(sizes))), case["input"]["total_mean"])}
    start = np.cumsum([0, *groups.values()])
    member = {g: tuple(range(start[i], start[i + 1])) for i, g in enumerate(groups)}

    def leaves(hidden: set[str]) -> dict[tuple[int, ...], tuple[float, str]]:
        cells = {member[g]: (means[g], "") for g in groups if g not in hidden}
        return {**cells, total["all"][0]: (total["all"][1], "")}

    primary = set(case["expected"]["primary"])
    open_ = scores(sizes, leaves(primary))
    low, high, _ = exact_range(open_, _all_scores(open_), dict.fromkeys(member["C"], 1))
    # C's mean 40.0 is recovered to the rounding of the other cells: (24 + 17 + 31 + 78) x 0.05 / 6 = 1.25
    assert (low / 6, high / 6) == (pytest.approx(40 - 1.25, abs=0.01), pytest.approx(40 + 1.25, abs=0.01))
    closed = scores(sizes, leaves(primary | set(case["expected"]["complementary"])))
    low, high, _ = exact_range(closed, _all_scores(closed), dict.fromkeys(member["C"], 1))
    assert high - low == pytest.approx(600)


def _all_scores(release: Release) -> Target:
    return Target("score", release.scores(dict.fromkeys(range(len(release.blocks)), 1.0)), SCORE_ROOM)


def test_related_sets_are_found_without_listing_all_unions() -> None:
    # twenty-four single people in a row of overlapping groups of six: {0-5}, {1-6}, ...; and {0-5} without {0, 1}
    sizes = [1] * 24
    shown = {tuple(range(i, i + 6)): (50.0, "") for i in range(0, 18, 2)} | {(2, 3, 4, 5): (50.0, "")}
    release = scores(sizes, shown)
    small = list(range(24))
    found = set(related(release, _all_scores(release), small, dict.fromkeys(small, 1)))
    matrix = release.matrix.toarray()
    expected = set()
    for r in (2, 3, 4):
        for union in combinations(small, r):
            wanted = np.zeros(24)
            wanted[list(union)] = 1
            solution = np.linalg.lstsq(matrix.T, wanted, rcond=None)[0]
            if np.allclose(matrix.T @ solution, wanted, atol=1e-8):
                expected.add(union)
    assert (0, 1) in expected
    assert expected <= found


def test_facts_that_contradict_each_other_are_told() -> None:
    release = scores([5], {(0,): (50.0, "")})
    twice = Release(release.sizes, release.blocks, (*release.facts, Fact(release.facts[0].row, 300, 400)))
    with pytest.raises(ValueError, match="contradict"):
        attacked(twice)


def test_a_row_joins_blocks_in_the_order_of_columns() -> None:
    release = Release(np.array([2, 3]), (Block(0), Block(1, (0.0, 50.0, 100.0))))
    row: Row = release.scores({0: 1.0, 1: 2.0})
    assert row.columns.tolist() == [0, 1, 2, 3]
    assert row.weights.tolist() == [1, 0, 100, 200]
    assert release.tops.tolist() == [200, 3, 3, 3]
