"""Attacks a small wave before it is shown, and withholds what the attack finds, until it finds nothing.

The rules for hiding look at one thing at a time: who is left between groups, what shares add up to. In a company of
some dozen people several small things together can still confine an answer. There the attack of `sq audit` is quick
enough to be run on everything that is about to be shown. Withholding more never tells more, so this ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sq.anonymity.exposure import KEYS, MOST_TOGETHER, SIDES, Edition, Exposure, exposures, joint_exposure, tally
from sq.anonymity.ledger import Finished
from sq.anonymity.survey import DIMENSION, FORM, ITEM, Mask, Survey
from sq.statistics.attack import Leak, attack

ENOUGH_POINTS = 50  # interior points sought before sets get a programme of their own
OPINIONS = ("favourable", "neutral", "unfavourable")
NUMBERS = ("n", "value", "low", "high", *OPINIONS, "invited", "response_rate")
LIMITS = ("value_limit", *(f"{band}_limit" for band in OPINIONS))
GROUP = ("level", *KEYS)
CELL, OPINION = "cell", "opinions"  # what a step withholds, beside the problems of a side


@dataclass(frozen=True)
class _Told:
    """Who is confined by which numbers: the exposure's name, what it tells, a person of each kind."""

    exposure: str
    target: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class _Step:
    """Something to withhold: of the cell in a ``row`` its opinions, the problems of one side, or all of it."""

    row: int
    what: str


def mended(survey: Survey, finished: Finished) -> Finished:
    """Withhold what the attack finds in a wave of at most 1,500 answers; larger ones stay as they are.

    Nothing more than it takes: what proves unnecessary in the end, as something withheld later was enough, shows again.
    """
    if survey.share.size > MOST_TOGETHER:
        return finished
    forms, shares, items = _answers(survey)

    def leaks(shown: Finished) -> list[_Told]:
        return _found(Edition(forms, shares, items, *_tables(shown)))

    steps: list[_Step] = []
    shown = finished
    while found := leaks(shown):
        further = [step for told in found if (step := _next_step(shown, forms, told)) is not None]
        if not further:
            break
        steps += dict.fromkeys(further)
        shown = _without(finished, items, steps)
    return _without(finished, items, _needed(steps, lambda kept: not leaks(_without(finished, items, kept))))


def _needed(steps: Sequence[_Step], is_safe: Callable[[Sequence[_Step]], bool]) -> list[_Step]:
    """The steps of which none can be taken back; whole cells and the first steps are tried first."""
    kept = list(steps)
    for step in sorted(steps, key=lambda s: s.what != CELL) if len(steps) > 1 else []:
        without = [s for s in kept if s != step]
        if is_safe(without):
            kept = without
    return kept


def _answers(survey: Survey) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Forms, shares of answers and items in the shape of an edition."""
    forms = survey.forms.set_index("response_id").rename(columns={"is_single": "is_single_answer"})
    items = survey.items.set_index("item_id")
    items = items.assign(dimension_id=items["dimension_id"].fillna(""))
    return forms, pd.DataFrame(survey.share, index=forms.index, columns=items.index), items


def _tables(finished: Finished) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Cells, full scales and problems, with the key that joins them."""
    cells = finished.cells.assign(cell_key=np.arange(len(finished.cells)))
    details = (frame.rename(columns={"cell_no": "cell_key"}) for frame in (finished.categories, finished.problems))
    return cells, *details  # type: ignore[return-value]


def _found(edition: Edition) -> list[_Told]:
    """What the attack finds: subject by subject, and in all together where no single one tells anything."""
    alone = [told for exposure in exposures([edition]) for told in _attacked(exposure)]
    return alone or list(_attacked(joint_exposure([edition])))


def _attacked(exposure: Exposure) -> Iterator[_Told]:
    points = [] if exposure.release.broken(exposure.truth) else [exposure.truth]
    leaks = attack(exposure.release, exposure.targets, points, extra=ENOUGH_POINTS).leaks
    for leak in leaks[:1]:  # what is withheld for the first may be enough for the others
        yield _Told(exposure.name, leak.target, _members(exposure, leak))


def _members(exposure: Exposure, leak: Leak) -> tuple[str, ...]:
    """One person of every atom of a leak: the others stand where this one stands."""
    return tuple(exposure.people[atom][0] for atom in leak.people)


def _next_step(finished: Finished, forms: pd.DataFrame, told: _Told) -> _Step | None:
    """One thing more about these people: the opinions of their smallest group, else that group's cell."""
    for side in SIDES:
        if told.exposure == f"{side} problems":
            return _problems_step(finished, forms, told, side)
    around = _around(finished.cells, forms, told)
    if len(detailed := around[_has_details(finished, around)]):
        return _Step(int(detailed[0]), OPINION)
    return _Step(int(around[0]), CELL) if len(around) else None


def _problems_step(finished: Finished, forms: pd.DataFrame, told: _Told, side: str) -> _Step | None:
    """The problems of one side in the smallest group around these people that tells them."""
    of_side = finished.problems.loc[finished.problems["side"] == side, "cell_no"].to_numpy()
    rows = np.intersect1d(of_side, np.flatnonzero(_is_around(finished.cells, forms, told.people)))
    return _Step(int(rows[np.argmin(finished.cells["n"].to_numpy()[rows])]), side) if len(rows) else None


def _without(finished: Finished, items: pd.DataFrame, steps: Sequence[_Step]) -> Finished:
    """What is left to show after some steps."""
    for step in steps:
        if step.what == CELL:
            finished = _hidden(finished, items, step.row)
        elif step.what == OPINION:
            finished = _without_opinions(finished, step.row)
        else:
            gone = (finished.problems["cell_no"] == step.row) & (finished.problems["side"] == step.what)
            finished = replace(finished, problems=finished.problems[~gone])
    return finished


def _around(cells: pd.DataFrame, forms: pd.DataFrame, told: _Told) -> np.ndarray:
    """Shown cells of the subject (or of all) around these people: roles and service first, then the smallest."""
    held = (cells["hidden"] == "").to_numpy() & _is_around(cells, forms, told.people)
    named = (cells["subject_kind"] + " " + cells["subject"]).str.strip()
    if told.exposure != "all subjects":
        held &= (named == told.exposure.removesuffix(" opinions")).to_numpy()
    rows = np.flatnonzero(held)
    by_label = (cells["role"] != "").to_numpy() | (cells["tenure"] != "").to_numpy()
    of_target = (named == told.target).to_numpy()
    kind = cells["subject_kind"].map({ITEM: 0, DIMENSION: 1, FORM: 2}).to_numpy()
    order = np.lexsort((kind[rows], cells["n"].to_numpy()[rows], ~of_target[rows], ~by_label[rows]))
    return rows[order]


def _is_around(cells: pd.DataFrame, forms: pd.DataFrame, people: Sequence[str]) -> Mask:
    found = np.zeros(len(cells), dtype=bool)
    for person in people:
        inside = np.ones(len(cells), dtype=bool)
        for key in KEYS:
            inside &= cells[key].isin(["", forms.at[person, key]]).to_numpy()
        found |= inside
    return found


def _has_details(finished: Finished, rows: np.ndarray) -> Mask:
    """Which cells tell opinions or the full scale."""
    opinions = finished.cells[list(OPINIONS)].notna().any(axis=1).to_numpy()[rows]
    return np.asarray(opinions | np.isin(rows, finished.categories["cell_no"].to_numpy()))


def _without_opinions(finished: Finished, row: int) -> Finished:
    cells = finished.cells.copy()
    cells.loc[row, list(OPINIONS)] = np.nan
    cells.loc[row, [f"{band}_limit" for band in OPINIONS]] = ""
    return replace(finished, cells=cells, categories=finished.categories[finished.categories["cell_no"] != row])


def _hidden(finished: Finished, items: pd.DataFrame, row: int) -> Finished:
    """Hide a cell, and with it its parts in the same group."""
    cells = finished.cells.copy()
    same = (cells[list(GROUP)] == cells.loc[row, list(GROUP)]).all(axis=1).to_numpy()
    gone = same & _is_part(cells, items, str(cells.at[row, "subject_kind"]), str(cells.at[row, "subject"]))
    gone &= (cells["hidden"] == "").to_numpy()
    cells.loc[gone, "hidden"] = "neighbour"
    cells.loc[gone, list(NUMBERS)] = np.nan
    cells.loc[gone, list(LIMITS)] = ""
    kept = [frame[~frame["cell_no"].isin(np.flatnonzero(gone))] for frame in (finished.categories, finished.problems)]
    return replace(finished, cells=cells, categories=kept[0], problems=kept[1], tally=tally(cells))


def _is_part(cells: pd.DataFrame, items: pd.DataFrame, kind: str, subject: str) -> Mask:
    """Which cells are about a subject or a part of it; everything is part of the form."""
    if kind == FORM:
        return np.ones(len(cells), dtype=bool)
    own = (cells["subject_kind"] == kind) & (cells["subject"] == subject)
    inside = list(items.index[(items["dimension_id"] == subject) & (kind == DIMENSION)])
    return np.asarray(own | ((cells["subject_kind"] == ITEM) & cells["subject"].isin(inside)))
