"""A subject and its parts: what is not told must not follow from the rest of the family."""

import numpy as np

from sq.anonymity.families import together
from sq.anonymity.groups import Groups
from sq.anonymity.survey import Scores, Subjects
from sq.statistics.suppression import FEW, NEIGHBOUR, SHOWN, Tree

# a city with three stores; a dimension with three items
GROUPS = Groups(
    tuple(("store", "", "", name, "") for name in ("city", "S1", "S2", "S3")),
    (Tree([-1, 0, 0, 0]),),
    np.repeat([1, 2, 3], 9),
    (np.repeat([1, 2, 3], 9), np.zeros(27, dtype=np.intp)),
    np.repeat([1, 2, 3], 9),
)
SUBJECTS = Subjects(
    np.array(["dimension", "item", "item", "item"], dtype=object),
    np.array(["a", "E1", "E2", "E3"], dtype=object),
    np.array([-1, 0, 0, 0]),
    np.zeros(4, dtype=bool),
)
BLANK = np.zeros((27, 4))
SCORES = Scores(SUBJECTS, BLANK + 50, BLANK + 1, BLANK, BLANK, BLANK, BLANK)
COUNT = np.array([[27.0] * 4, [9.0] * 4, [9.0] * 4, [9.0] * 4])
NOT_SKIPPED = np.zeros((4, 4), dtype=bool)


def hidden(codes: list[list[int]], covers: np.ndarray | None = None, skipped: np.ndarray = NOT_SKIPPED) -> list:
    found = np.array(codes, dtype=np.int8)
    told = found == SHOWN if covers is None else covers
    return np.argwhere(together(GROUPS, SCORES, COUNT, found, told, skipped)).tolist()


def test_a_hidden_subject_takes_its_parts_along() -> None:
    codes = [[SHOWN] * 4, [FEW] * 4, [NEIGHBOUR, SHOWN, SHOWN, SHOWN], [SHOWN] * 4]
    assert hidden(codes) == [[2, 1], [2, 2], [2, 3]]


def test_a_single_hidden_item_takes_a_second_along_in_all_groups_hidden_with_it() -> None:
    # E1 is few in S1 and hidden in S2 for it: E2 hides in both, so that neither sum follows from city - S3
    codes = [[SHOWN] * 4, [SHOWN, FEW, SHOWN, SHOWN], [SHOWN, NEIGHBOUR, SHOWN, SHOWN], [SHOWN] * 4]
    assert hidden(codes) == [[1, 2], [2, 2]]


def test_two_hidden_items_need_no_third() -> None:
    codes = [[SHOWN] * 4, [SHOWN, NEIGHBOUR, NEIGHBOUR, SHOWN], [SHOWN] * 4, [SHOWN] * 4]
    assert hidden(codes) == []


def test_an_item_hidden_for_who_skipped_it_needs_no_second() -> None:
    codes = [[SHOWN] * 4, [SHOWN, NEIGHBOUR, SHOWN, SHOWN], [SHOWN] * 4, [SHOWN] * 4]
    skipped = NOT_SKIPPED.copy()
    skipped[1, 1] = True
    assert hidden(codes, skipped=skipped) == []


def test_an_item_shown_as_a_limit_takes_a_second_along() -> None:
    covers = np.ones((4, 4), dtype=bool)
    covers[3, 2] = False
    assert hidden([[SHOWN] * 4] * 4, covers) == [[3, 1]]
