"""The attack finds what careless publishing gives away: without these the tests beside could not fail."""

import datetime as dt
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from sq.anonymity.exposure import KEYS, Edition
from tests.attack.attacking import leaks

NUMBERS = ("value", "favourable", "neutral", "unfavourable")


def survey(answers: dict[str, list[list[float | None]]], items: int = 1, role: str = "") -> Edition:
    """One region of stores; ``answers``: store → one list per person, an answer 1-5 per item. Nothing shown yet."""
    names = [f"q{i}" for i in range(items)]
    rows = [(store, p, given) for store, people in answers.items() for p, given in enumerate(people)]
    index = pd.Index([f"{store}-{p}" for store, p, _ in rows])
    forms = pd.DataFrame(
        {
            "region": "r",
            "city": "",
            "store_id": [s for s, _, _ in rows],
            "department_id": "",
            "role": role,
            "tenure": "",
        },
        index=index,
    ).assign(is_single_answer=False, request_problem="", support_problem="")
    shares = pd.DataFrame([[np.nan if a is None else (a - 1) / 4 for a in given] for _, _, given in rows], index, names)
    of_items = pd.DataFrame(
        {"dimension_id": "d", "weight": 1.0, "role": "score", "categories": 5, "scale_min": 1.0, "is_reversed": False,
         "is_sensitive": False}, index=names,
    )  # fmt: skip
    return Edition(forms, shares, of_items, pd.DataFrame())


def careless(
    edition: Edition, least: int = 5, hidden: tuple[tuple[str, ...], ...] = (), limits: bool = True
) -> Edition:
    """Show every group of at least ``least``, but those ``hidden``; extremes by their limits, or not."""
    cells = []
    kinds = [("dimension", "d"), *(("item", i) for i in edition.items.index)]
    chain = [("chain", *[""] * 6), *(("store", "r", "", s, "", "", "") for s in edition.forms["store_id"].unique())]
    roles = [("chain", "", "", "", "", r, "") for r in edition.forms["role"].unique() if r]
    for (level, *key), subject in product([*chain, *roles], kinds):
        address = dict(zip(KEYS, key, strict=True))
        inside = np.ones(len(edition.forms), dtype=bool)
        for column, name in address.items():
            inside &= (edition.forms[column] == name).to_numpy() if name else True
        scores = edition.scores(subject)[inside]
        numbers = _numbers(scores[~np.isnan(scores)], least, (level, *key) in hidden, limits)
        cells.append({"level": level, **address, "subject_kind": subject[0], "subject": subject[1], **numbers})
    return replace(edition, cells=pd.DataFrame(cells).assign(cell_key=range(len(cells))))


def _numbers(scores: np.ndarray, least: int, is_hidden: bool, limits: bool) -> dict[str, object]:
    blank = {"hidden": "few", "n": None, **dict.fromkeys(NUMBERS, np.nan), **{f"{k}_limit": "" for k in NUMBERS}}
    if len(scores) < least or is_hidden:
        return blank
    mean = float(scores.mean())
    sign = ">=" if limits and mean > 95 else "<=" if limits and mean < 5 else ""
    return {
        **blank,
        "hidden": "",
        "n": len(scores),
        "value": round(min(max(mean, 5), 95) if sign else mean, 1),
        "value_limit": sign,
    }


def people(*answers: float) -> list[list[float | None]]:
    return [[a] for a in answers]


EIGHT_FIVE_THREE = {"a": people(4, 4, 3, 5, 4, 4, 2, 5), "b": people(3, 2, 3, 4, 3), "c": people(1, 2, 5)}
STORE_B = ("store", "r", "", "b", "", "", "")


def test_primary_suppression_alone_is_found_out() -> None:
    found, _ = leaks([careless(survey(EIGHT_FIVE_THREE))])
    assert any("score of 3 of 3 in r/c" in words for words in found)


def test_the_same_with_the_next_smallest_hidden_is_not() -> None:
    found, done = leaks([careless(survey(EIGHT_FIVE_THREE), hidden=(STORE_B,))])
    assert found == []
    assert done.narrowest >= 1


def test_exact_means_of_100_are_found_out() -> None:
    everybody = {"a": people(5, 5, 5, 5, 5, 5), "b": people(3, 2, 3, 4, 3, 2)}
    assert any("in r/a" in words for words in leaks([careless(survey(everybody), limits=False)])[0])
    # with limits, but the chain and the other store tell a's sum
    assert any("in r/a" in words for words in leaks([careless(survey(everybody))])[0])
    hidden = (("store", "r", "", "b", "", "", ""),)
    assert leaks([careless(survey(everybody), hidden=hidden)])[0] == []


def test_a_late_answer_published_at_once_is_found_out() -> None:
    before = survey({"a": people(4, 4, 3, 5, 4, 4, 2, 5), "b": people(3, 2, 3, 4, 3)})
    after = survey({"a": people(4, 4, 3, 5, 4, 4, 2, 5, 1), "b": people(3, 2, 3, 4, 3)})
    assert leaks([careless(before)])[0] == []
    assert leaks([careless(after)])[0] == []
    found, _ = leaks([careless(before), careless(after)])
    assert any("score of 1 of 1 in r/a (a-8)" in words for words in found)


def test_a_corrected_answer_published_at_once_is_found_out() -> None:
    before = survey({"a": people(4, 4, 3, 5, 4, 4, 2, 5)})
    after = survey({"a": people(4, 4, 3, 5, 4, 4, 2, 1)})
    found, _ = leaks([careless(before), careless(after)])
    assert any("score (change) of 1 of 1 in r/a (a-7)" in words for words in found)


def test_all_managers_in_one_store_are_found_out() -> None:
    # managers of the chain are shown (5), so is store a with 4 of them and 6 others; front line of a: 6 of 10 ...
    edition = survey({"a": people(4, 4, 3, 5, 4, 4, 2, 5, 3, 2), "b": people(3, 2, 3, 4, 3, 1)})
    roles = ["manager"] * 8 + ["front_line"] * 2 + ["front_line"] * 6
    edition = replace(edition, forms=edition.forms.assign(role=roles))
    # store a minus the managers of the chain (all of them in a): the two others of a
    found, _ = leaks([careless(edition)])
    assert any("score of 2 of 2 in r/a/front_line" in words for words in found)


def test_dimension_and_items_tell_who_skipped_one() -> None:
    given: list[list[float | None]] = [[4, 3], [5, 3], [2, 2], [4, 5], [3, 3], [4, 1], [2, 5], [1, None]]
    found, _ = leaks([careless(survey({"a": given}, items=2))])
    # 8 x dimension - 1/2 x 8 x first item - 1/2 x 7 x second item = 1/2 x the eighth person's answer to the first
    alone = [words for words in found if "of 1 of 1 in r/a (a-7)" in words]
    assert any(words.startswith("all subjects") for words in alone)
    assert not any("a-7" in w for w in leaks([careless(survey({"a": given[:7]}, items=2))])[0])


def test_a_wrong_number_of_people_and_a_wrong_mean_are_found_out() -> None:
    edition = careless(survey(EIGHT_FIVE_THREE), hidden=(STORE_B,))
    wrong_n = replace(
        edition, cells=edition.cells.assign(n=edition.cells["n"].where(edition.cells["level"] == "chain", 9))
    )
    assert any("n is not the number" in words for words in leaks([wrong_n])[0])
    wrong_mean = replace(edition, cells=edition.cells.assign(value=edition.cells["value"] + 0.2))
    assert any("is shown between" in words for words in leaks([wrong_mean])[0])


@pytest.mark.parametrize("joint", [False, True])
def test_the_attack_is_quick_on_a_middling_survey(joint: bool) -> None:
    rng = np.random.default_rng(1)
    stores = {
        f"s{i}": [[float(a) for a in rng.integers(1, 6, 4)] for _ in range(int(rng.integers(8, 20)))] for i in range(12)
    }
    start = dt.datetime.now()  # noqa: DTZ005
    assert leaks([careless(survey(stores, items=4))], joint=joint)[0] == []
    assert (dt.datetime.now() - start).total_seconds() < 20  # noqa: DTZ005
