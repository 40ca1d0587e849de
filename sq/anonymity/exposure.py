"""What is exposed of a wave: everything ever shown of it, as linear facts about the people who answered.

This is the attacker's side: it shares no code with what decides which cells are shown. One exposure per subject and
kind of number (scores with the distribution of an item, bands of opinion, problems named), one of all subjects.
A wave may have been published several times (editions): a person's unchanged answer is one unknown in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sq.statistics.attack import (
    COUNT_ROOM,
    JOINT_ROOM,
    SCORE_ROOM,
    Block,
    Fact,
    Indices,
    Numbers,
    Release,
    Row,
    Target,
    count_bounds,
    mean_bounds,
    spread_room,
)
from sq.statistics.intervals import t_quantile

PLACES = ("region", "city", "store_id", "department_id")
KEYS = (*PLACES, "role", "tenure")
BANDS = ("unfavourable", "neutral", "favourable")
SIDES = ("request", "support")
OTHER_PROBLEM = "other"
FORM = ("form", "")
Subject = tuple[str, str]  # kind (form, dimension, item) and id
Shape = tuple[str, ...]  # the key columns that a group fixes


@dataclass(frozen=True)
class Edition:
    """One publication of one wave: who had answered what, and what was shown of it.

    ``forms``: indexed by response_id; the columns of KEYS ('' = none), is_single_answer, request_problem,
    support_problem. ``shares``: response_id x item_id, 0-1 after reversal, NaN where an item does not apply. ``items``:
    indexed by item_id; dimension_id, weight, role, categories (0 = none), scale_min, is_reversed, is_sensitive.
    ``cells``, ``categories``, ``problems``: rows of the snapshot's tables for this wave.
    """

    forms: pd.DataFrame
    shares: pd.DataFrame
    items: pd.DataFrame
    cells: pd.DataFrame
    categories: pd.DataFrame = field(default_factory=pd.DataFrame)
    problems: pd.DataFrame = field(default_factory=pd.DataFrame)

    @cached_property
    def shown(self) -> pd.DataFrame:
        """The cells that are shown, with the columns that their group fixes as ``shape``."""
        shown = self.cells[self.cells["hidden"] == ""].reset_index(drop=True)
        columns = [_shape(values) for values in shown[list(KEYS)].itertuples(index=False)]
        return shown.assign(shape=pd.Series(columns, index=shown.index, dtype=object))

    @cached_property
    def scored_items(self) -> pd.Series:
        """Which items count in dimensions and the form."""
        return (self.items["role"] == "score") & (self.items["weight"] > 0)

    def parts(self, subject: Subject) -> list[str]:
        """The items of a subject."""
        kind, name = subject
        if kind == "item":
            return [name] if name in self.items.index else []
        inside = self.scored_items & (self.items["dimension_id"] == name if kind == "dimension" else True)
        if kind == "form":
            inside &= ~self.items["is_sensitive"]
        return list(self.items.index[inside])

    def weights(self, subject: Subject) -> pd.DataFrame:
        """Forms x items of a subject: the weight of each answer in the form's score, 0 where it does not apply."""
        parts = self.parts(subject)
        weight = np.where(self.items.loc[parts, "weight"] > 0, self.items.loc[parts, "weight"], 1.0).astype(float)
        given = self.shares[parts].notna().to_numpy() * weight
        if subject[0] != "item":
            given[self.forms["is_single_answer"].to_numpy(dtype=bool)] = 0.0
        total = given.sum(axis=1, keepdims=True)
        return pd.DataFrame(given / np.where(total > 0, total, 1.0), index=self.forms.index, columns=parts)

    def scores(self, subject: Subject) -> Numbers:
        """Each form's score 0-100 on a subject; NaN where it has none."""
        weights = self.weights(subject).to_numpy()
        told = 100 * np.nansum(weights * self.shares[self.parts(subject)].to_numpy(), axis=1)
        return np.where(weights.sum(axis=1) > 0, told, np.nan)

    @cached_property
    def _codes(self) -> dict[Shape, tuple[Indices, pd.Index]]:
        found = {}
        for shape in self.shown["shape"].unique():
            codes, groups = pd.factorize(_joined_keys(self.forms, shape))
            found[shape] = (codes.astype(np.int64), pd.Index(groups))
        return found

    def standing(self, cells: pd.DataFrame) -> Indices:
        """Forms x shapes: the position of the cell in which a form stands, -1 for none."""
        columns = [np.full(len(self.forms), -1, dtype=np.int64)]
        for shape in dict.fromkeys(cells["shape"]):
            part = cells[cells["shape"] == shape]
            codes, groups = self._codes[shape]
            where = np.full(len(groups) + 1, -1, dtype=np.int64)
            place = groups.get_indexer(pd.Index(_joined_keys(part, shape)))
            positions = cells.index.get_indexer(part.index)
            where[place[place >= 0]] = positions[place >= 0]
            columns.append(where[codes])
        return np.column_stack(columns)


def _shape(values: Sequence[str]) -> Shape:
    fixed = tuple(k for k, v in zip(KEYS, values, strict=True) if v)
    # a store is in one region and city; naming it is enough
    return tuple(k for k in fixed if k not in ("region", "city")) if "store_id" in fixed else fixed


def _joined_keys(frame: pd.DataFrame, shape: Shape) -> np.ndarray:
    if not shape:
        return np.full(len(frame), "", dtype=object)
    joined = frame[shape[0]].astype(str)
    for column in shape[1:]:
        joined = joined + "\x1f" + frame[column].astype(str)
    return joined.to_numpy(dtype=object)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


@dataclass(frozen=True)
class Exposure:
    """Facts about one subject (or all), what must stay unknown, the truth, and who the atoms are.

    ``people``: response ids of each atom. ``wrong``: cells whose n is not the number of people counted.
    """

    name: str
    release: Release
    targets: tuple[Target, ...]
    truth: Numbers
    people: tuple[tuple[str, ...], ...]
    wrong: tuple[str, ...] = ()


def cell_name(cell: Mapping[str, Any]) -> str:
    """A cell's address in words for reports: level and the names that fix the group, subject."""
    place = "/".join(str(cell[k]) for k in KEYS if cell[k])
    return f"{cell['level']} {place or '*'}: {cell['subject_kind']} {cell['subject']}".strip()


@dataclass(frozen=True)
class _Crowd:
    """People of all editions sorted into atoms: where their answers are the same unknown, they share a block.

    ``blocks_at[e][a]``: the block of atom a in edition e (-1 = not there).
    """

    sizes: Indices
    atoms: Indices  # atom of each person
    blocks: tuple[int, ...]  # atom of each block
    blocks_at: tuple[Indices, ...]
    standing: tuple[Indices, ...]  # atoms x shapes, per edition
    people: tuple[tuple[str, ...], ...]


def _crowd(editions: Sequence[Edition], standing: Sequence[Indices], marks: Sequence[pd.DataFrame]) -> _Crowd:
    """Sort people by where they stand, what else is known of them (``marks``), and whether it is the same answer still.

    ``marks``: per edition, indexed by response_id (only those with an answer): column ``answer`` (compared between
    editions); other columns are what the attacker knows.
    """
    ids = pd.Index(sorted({i for m in marks for i in m.index}))
    columns, last = [], pd.Series(index=ids, dtype=object)
    for edition, stand, mark in zip(editions, standing, marks, strict=True):
        place = mark.index.get_indexer(ids)
        row = edition.forms.index.get_indexer(ids)
        there = place >= 0
        at = np.where(there[:, None], stand[row], -2)
        answer = mark["answer"].reindex(ids)
        same = there & (answer == last).to_numpy()
        known = [np.where(there, pd.factorize(mark[c])[0][place], -2) for c in mark.columns if c != "answer"]
        columns.append(np.column_stack([at, same, *known]))
        last = answer.where(there, last)
    if not len(ids):
        return _Crowd(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), (), (), (), ())
    kinds, atoms = np.unique(np.hstack(columns), axis=0, return_inverse=True)
    return _blocks(kinds, atoms.ravel(), ids, columns, standing)


def _blocks(
    kinds: Indices, atoms: Indices, ids: pd.Index, columns: Sequence[Indices], standing: Sequence[Indices]
) -> _Crowd:
    blocks: list[int] = []
    blocks_at = []
    current = np.full(len(kinds), -1, dtype=np.int64)
    stands, start = [], 0
    for column, stand in zip(columns, standing, strict=True):
        width = stand.shape[1]
        at, same = kinds[:, start : start + width], kinds[:, start + width]
        there = at[:, 0] != -2
        for a in np.flatnonzero(there & ((same == 0) | (current < 0))):
            current[a] = len(blocks)
            blocks.append(int(a))
        blocks_at.append(np.where(there, current, -1))
        stands.append(at)
        start += column.shape[1]
    order = np.argsort(atoms, kind="stable")
    sizes = np.bincount(atoms, minlength=len(kinds)).astype(np.int64)
    people = tuple(tuple(ids[part]) for part in np.split(order, np.cumsum(sizes)[:-1]))
    return _Crowd(sizes, atoms, tuple(blocks), tuple(blocks_at), tuple(stands), people)


def _inside(crowd: _Crowd, edition: int, cell: int) -> Indices:
    """The atoms that stand in a cell."""
    return np.flatnonzero((crowd.standing[edition] == cell).any(axis=1))


def _cells_of(edition: Edition, subject: Subject) -> pd.DataFrame:
    shown = edition.shown
    return shown[(shown["subject_kind"] == subject[0]) & (shown["subject"] == subject[1])].reset_index(drop=True)


def subjects(editions: Sequence[Edition]) -> list[Subject]:
    """Every subject of which anything is shown."""
    pairs = {pair for e in editions for pair in zip(e.shown["subject_kind"], e.shown["subject"], strict=True)}
    return sorted(pairs, key=lambda s: (("form", "dimension", "item").index(s[0]), s[1]))


def exposures(editions: Sequence[Edition], chosen: Sequence[Subject] | None = None) -> Iterator[Exposure]:
    """Everything shown of a wave, subject by subject, and the problems named."""
    for subject in subjects(editions) if chosen is None else chosen:
        if subject[0] == "item" and _categories(editions, subject[1]):
            yield _item_exposure(editions, subject)
            continue
        yield _score_exposure(editions, subject)
        if any(c["favourable"].notna().any() for c in (_cells_of(e, subject) for e in editions)):
            yield _band_exposure(editions, subject)
    for side in SIDES if chosen is None or FORM in chosen else ():
        if any(len(e.problems) and (e.problems["side"] == side).any() for e in editions):
            yield _problem_exposure(editions, side)


def focused(editions: Sequence[Edition], region: str) -> Iterator[Exposure]:
    """The form as seen from one region ("" = departments): of others only what their region does not sum up.

    Chains of hundreds of stores by role and length of service are too many atoms at once. Outside the region cities and
    stores are left out where their region shows a number: then only that number tells something of the inside.
    """
    near = []
    for edition in editions:
        cells = edition.cells
        summed = cells[(cells["level"] == "region") & (cells["role"] == "") & (cells["tenure"] == "")]
        summed = summed[(summed["hidden"] == "") & (summed["value_limit"] == "") & (summed["subject_kind"] == "form")]
        far = cells["level"].isin(["city", "store"]) & cells["region"].isin(set(summed["region"]) - {region})
        near.append(replace(edition, cells=cells[~far]))
    inside = {i for e in editions for i in e.forms.index[e.forms["region"] == region]}
    for exposure in exposures(near, [FORM]):
        atoms = np.array([people[0] in inside for people in exposure.people])
        targets = tuple(_only(t, atoms[exposure.release.column_atoms[t.row.columns]]) for t in exposure.targets)
        yield replace(exposure, targets=targets)


def _only(target: Target, kept: NDArray[np.bool_]) -> Target:
    return replace(target, row=Row(target.row.columns[kept], target.row.weights[kept]))


def narrow_intervals(edition: Edition) -> list[str]:
    """Cells of one store or department whose interval tells the spread so well that nobody keeps the room."""
    cells = edition.shown[edition.shown["level"].isin(["store", "department"]) & edition.shown["value"].notna()]
    cells = cells[cells["value_limit"] == ""]
    value, low, high = (cells[c].to_numpy(dtype=float) for c in ("value", "low", "high"))
    half = np.maximum(high - value, value - low)
    n = cells["n"].to_numpy(dtype=float)
    room = spread_room(n, half, t_quantile(n - 1))
    return [cell_name(cell) for cell, told in zip(_records(cells), room < SCORE_ROOM * 0.98, strict=True) if told]


def lonely_comments(edition: Edition, comments: pd.DataFrame, least: int = 10) -> list[str]:
    """Groups whose comments come from fewer than ``least`` people, alone or beside the comments of smaller groups.

    ``comments``: rows of the snapshot's table of that name for this wave. Whoever reads the comments of a region and of
    its stores knows which are from elsewhere in the region.
    """
    told: dict[str, set[str]] = {}
    for group in _records(comments[["level", *PLACES]].drop_duplicates()):
        inside = np.ones(len(edition.forms), dtype=bool)
        for column in PLACES:
            if group[column]:
                inside &= edition.forms[column].to_numpy() == group[column]
        name = "/".join([str(group["level"]), *(str(group[c]) for c in PLACES if group[c])])
        told[name] = set(edition.forms.index[inside])
    found = []
    for name, people in told.items():
        smaller = [other for other in told.values() if other < people]
        beyond = people - set().union(*smaller)
        crossing = [people & other for other in told.values() if not (people <= other or other <= people)]
        found += [name for part in (people, beyond, *crossing) if part and len(part) < least]
    return list(dict.fromkeys(found))


def _categories(editions: Sequence[Edition], item: str) -> int:
    return max(int(e.items["categories"].get(item, 0)) for e in editions)


def _answer_marks(edition: Edition, answers: Numbers) -> pd.DataFrame:
    there = ~np.isnan(answers)
    return pd.DataFrame({"answer": np.round(answers[there], 9)}, index=edition.forms.index[there])


def _score_exposure(editions: Sequence[Edition], subject: Subject) -> Exposure:
    cells = [_cells_of(e, subject) for e in editions]
    answers = [_answer_marks(e, e.scores(subject)) for e in editions]
    crowd = _crowd(editions, [e.standing(c) for e, c in zip(editions, cells, strict=True)], answers)
    blank = Release(crowd.sizes, tuple(Block(a) for a in crowd.blocks))
    facts, wrong = _mean_facts(blank, crowd, cells)
    truth = np.zeros(blank.columns)
    for block, e, people in _first_seen(crowd):
        truth[block] = float(answers[e]["answer"].loc[list(people)].sum())
    targets = _per_edition(crowd, lambda blocks: blank.scores(blocks), SCORE_ROOM, "score")
    return Exposure(_name(subject), Release(blank.sizes, blank.blocks, facts), targets, truth, crowd.people, wrong)


def _name(subject: Subject) -> str:
    return " ".join(filter(None, subject))


def _first_seen(crowd: _Crowd) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Each block with the first edition it occurs in and its people."""
    seen: set[int] = set()
    for e, blocks in enumerate(crowd.blocks_at):
        for a, block in enumerate(blocks):
            if block >= 0 and block not in seen:
                seen.add(int(block))
                yield int(block), e, crowd.people[a]


def _mean_facts(
    blank: Release, crowd: _Crowd, cells: Sequence[pd.DataFrame]
) -> tuple[tuple[Fact, ...], tuple[str, ...]]:
    facts, wrong = [], []
    for e, frame in enumerate(cells):
        for position, cell in enumerate(_records(frame)):
            atoms = _inside(crowd, e, position)
            if int(crowd.sizes[atoms].sum()) != int(cell["n"]):
                wrong.append(cell_name(cell))
                continue
            if not np.isnan(cell["value"]):
                low, high = mean_bounds(int(cell["n"]), float(cell["value"]), str(cell["value_limit"]))
                row = blank.scores(dict.fromkeys(crowd.blocks_at[e][atoms].tolist(), 1.0))
                facts.append(Fact(row, low, high, cell_name(cell)))
    return tuple(facts), tuple(wrong)


def _per_edition(
    crowd: _Crowd, row: Callable[[Mapping[int, float]], Row], room: float, name: str
) -> tuple[Target, ...]:
    """The target of each edition, without what another has already; for changed answers also the change."""
    targets, seen = [], set()
    for blocks in crowd.blocks_at:
        there = tuple(b for b in blocks.tolist() if b >= 0)
        if there and there not in seen:
            seen.add(there)
            targets.append(Target(name, row(dict.fromkeys(there, 1.0)), room))
    for before, after in zip(crowd.blocks_at, crowd.blocks_at[1:], strict=False):
        changed = (before >= 0) & (after >= 0) & (before != after)
        if changed.any():
            weights = dict.fromkeys(after[changed].tolist(), 1.0) | dict.fromkeys(before[changed].tolist(), -1.0)
            targets.append(Target(f"{name} (change)", row(weights), room))
    return tuple(targets)


def _item_exposure(editions: Sequence[Edition], subject: Subject) -> Exposure:
    """An item's answers: how many people gave each; mean, bands and categories are facts about the same unknowns."""
    values = _scale(_categories(editions, subject[1]))
    cells = [_cells_of(e, subject) for e in editions]
    answers = [_answer_marks(e, e.scores(subject)) for e in editions]
    crowd = _crowd(editions, [e.standing(c) for e, c in zip(editions, cells, strict=True)], answers)
    blank = Release(crowd.sizes, tuple(Block(a, values) for a in crowd.blocks))
    facts, wrong = _mean_facts(blank, crowd, cells)
    facts += _band_facts(blank, crowd, cells, [np.ones(len(crowd.sizes))] * len(editions), _bands(values))
    facts += tuple(_category_facts(blank, crowd, editions, cells, values))
    truth = np.zeros(blank.columns)
    for block, e, people in _first_seen(crowd):
        given = np.searchsorted(np.array(values) - 1e-6, answers[e]["answer"].loc[list(people)].to_numpy(), "right") - 1
        truth[blank.starts[block] : blank.starts[block + 1]] = np.bincount(given, minlength=len(values))
    targets = _per_edition(crowd, lambda blocks: blank.scores(blocks), SCORE_ROOM, "score")
    for band, held in _bands(values).items():
        targets += _per_edition(crowd, _counting(blank, held), COUNT_ROOM, band)
    return Exposure(_name(subject), Release(blank.sizes, blank.blocks, facts), targets, truth, crowd.people, wrong)


def _counting(blank: Release, values: tuple[float, ...]) -> Callable[[Mapping[int, float]], Row]:
    return lambda blocks: blank.people(blocks, values)


def _scale(categories: int) -> tuple[float, ...]:
    return tuple(100 * step / (categories - 1) for step in range(categories))


def _bands(values: tuple[float, ...]) -> dict[str, tuple[float, ...]]:
    """The values of each band: top and bottom two answers, one of two or three."""
    edge = 2 if len(values) >= 4 else 1
    middle = values[edge : len(values) - edge]
    bands = {"unfavourable": values[:edge], "neutral": middle, "favourable": values[len(values) - edge :]}
    return {band: held for band, held in bands.items() if held}


def _band_facts(
    blank: Release,
    crowd: _Crowd,
    cells: Sequence[pd.DataFrame],
    weights: Sequence[Numbers],
    bands: Mapping[str, tuple[float, ...]],
) -> tuple[Fact, ...]:
    """Shares of opinions; ``weights``: per edition and atom, the answers that each person gives to them."""
    facts = []
    for e, frame in enumerate(cells):
        for position, cell in enumerate(_records(frame)):
            atoms = _inside(crowd, e, position)
            answers = round(float((crowd.sizes[atoms] * weights[e][atoms]).sum()))
            blocks = {int(crowd.blocks_at[e][a]): float(weights[e][a]) for a in atoms}
            for band, held in bands.items():
                if not np.isnan(cell[band]):
                    low, high = count_bounds(answers, float(cell[band]), str(cell[f"{band}_limit"]))
                    facts.append(Fact(blank.people(blocks, held), low, high, f"{cell_name(cell)} {band}"))
    return tuple(facts)


def _category_facts(
    blank: Release,
    crowd: _Crowd,
    editions: Sequence[Edition],
    cells: Sequence[pd.DataFrame],
    values: tuple[float, ...],
) -> Iterator[Fact]:
    """The full scale of large groups; categories are answers as given, so a reversed item's run downwards."""
    for e, (edition, frame) in enumerate(zip(editions, cells, strict=True)):
        if not len(edition.categories) or not len(frame):
            continue
        position = {int(k): p for p, k in enumerate(frame["cell_key"])}
        item = edition.items.loc[frame["subject"].iloc[0]].to_dict()
        known = _records(frame)
        for row in _records(edition.categories[edition.categories["cell_key"].isin(position)]):
            if np.isnan(row["share"]):
                continue
            place = position[int(row["cell_key"])]
            cell = known[place]
            step = round(float(row["category"]) - float(item["scale_min"]))
            value = values[len(values) - 1 - step if item["is_reversed"] else step]
            low, high = count_bounds(int(cell["n"]), float(row["share"]), str(row["share_limit"]))
            blocks = dict.fromkeys(crowd.blocks_at[e][_inside(crowd, e, place)].tolist(), 1.0)
            yield Fact(blank.people(blocks, (value,)), low, high, f"{cell_name(cell)} = {row['category']:g}")


def _band_exposure(editions: Sequence[Edition], subject: Subject) -> Exposure:
    """Opinions over several items: of each person's answers the part in each band, known from the shares of answers."""
    cells = [_cells_of(e, subject) for e in editions]
    marks = [_opinions(e, subject) for e in editions]
    crowd = _crowd(editions, [e.standing(c) for e, c in zip(editions, cells, strict=True)], marks)
    blank = Release(crowd.sizes, tuple(Block(a, (0.0, 1.0, 2.0)) for a in crowd.blocks))
    weights = [np.array([float(m["rated"].get(people[0], 0)) for people in crowd.people]) for m in marks]
    bands = {band: (float(i),) for i, band in enumerate(BANDS)}
    facts = _band_facts(blank, crowd, cells, weights, bands)
    truth = np.zeros(blank.columns)
    for block, e, people in _first_seen(crowd):
        parts = np.array([marks[e]["answer"][p] for p in people]).sum(axis=0)
        truth[blank.starts[block] : blank.starts[block + 1]] = parts
    targets: tuple[Target, ...] = ()
    for band, held in bands.items():
        targets += _per_edition(crowd, _counting(blank, held), COUNT_ROOM, band)
    return Exposure(
        f"{_name(subject)} opinions", Release(blank.sizes, blank.blocks, facts), targets, truth, crowd.people
    )


def _opinions(edition: Edition, subject: Subject) -> pd.DataFrame:
    """Per form with a score: how many of its answers have categories, and the part of them in each band."""
    parts = edition.parts(subject)
    categories = edition.items.loc[parts, "categories"].to_numpy(dtype=float)
    shares = edition.shares[parts].to_numpy()[:, categories > 0]
    categories = categories[categories > 0]
    edge = np.where(categories >= 4, 2, 1)
    step = np.round(shares * (categories - 1))
    low, high = (step < edge).sum(axis=1), (step >= categories - edge).sum(axis=1)
    rated = (~np.isnan(shares)).sum(axis=1)
    there = (edition.weights(subject).to_numpy().sum(axis=1) > 0) & (rated > 0)
    answer = [
        (float(a / n), float((n - a - b) / n), float(b / n))
        for a, b, n in zip(low[there], high[there], rated[there], strict=True)
    ]
    index = edition.forms.index[there]
    return pd.DataFrame({"answer": pd.Series(answer, index=index, dtype=object), "rated": rated[there]}, index=index)


def _problem_exposure(editions: Sequence[Edition], side: str) -> Exposure:
    """Problems named in internal service: how many forms name each; who names none is the rest."""
    listed = {p for e in editions if len(e.problems) for p in e.problems.loc[e.problems["side"] == side, "problem"]}
    # words of a file's own are told together, as the last of the problems listed
    number = {name: float(i) for i, name in enumerate(["", *sorted(listed | {OTHER_PROBLEM})])}
    cells = [_cells_of(e, ("form", "")) for e in editions]
    marks = []
    for edition in editions:
        there = ~np.isnan(edition.scores(("form", "")))
        named = edition.forms[f"{side}_problem"].map(number).fillna(number[OTHER_PROBLEM])
        marks.append(pd.DataFrame({"answer": named[there]}))
    crowd = _crowd(editions, [e.standing(c) for e, c in zip(editions, cells, strict=True)], marks)
    values = tuple(number.values())
    blank = Release(crowd.sizes, tuple(Block(a, values) for a in crowd.blocks))
    facts = []
    for e, (edition, frame) in enumerate(zip(editions, cells, strict=True)):
        position = {int(k): p for p, k in enumerate(frame["cell_key"])}
        rows = edition.problems[(edition.problems["side"] == side) & edition.problems["cell_key"].isin(position)]
        known = _records(frame)
        for row in _records(rows):
            if row["problem"] in number and not np.isnan(row["share"]):
                place = position[int(row["cell_key"])]
                cell = known[place]
                blocks = dict.fromkeys(crowd.blocks_at[e][_inside(crowd, e, place)].tolist(), 1.0)
                low, high = count_bounds(int(cell["n"]), float(row["share"]), str(row["share_limit"]))
                held = (number[row["problem"]],)
                facts.append(Fact(blank.people(blocks, held), low, high, f"{cell_name(cell)} {row['problem']}"))
    truth = np.zeros(blank.columns)
    for block, e, people in _first_seen(crowd):
        given = marks[e]["answer"].loc[list(people)].astype(int).to_numpy()
        truth[blank.starts[block] : blank.starts[block + 1]] = np.bincount(given, minlength=len(values))
    targets: tuple[Target, ...] = ()
    for name, value in number.items():
        targets += _per_edition(crowd, _counting(blank, (value,)), COUNT_ROOM, name or "no problem")
    return Exposure(f"{side} problems", Release(blank.sizes, blank.blocks, tuple(facts)), targets, truth, crowd.people)


def joint_exposure(editions: Sequence[Edition]) -> Exposure:
    """All subjects together: form and dimensions as weighted sums of the same people's answers to the items.

    Who answered which item is known, so that each form's weights are. Atoms are people with the same groups, the same
    items answered and the same items changed between editions.
    """
    crowd = _joint_crowd(editions)
    scales = {i: _scale(n) if (n := _categories(editions, i)) else () for i in crowd.items}
    blank = Release(crowd.sizes, tuple(Block(a, scales[i]) for a, i in crowd.blocks))
    facts: list[Fact] = []
    wrong: list[str] = []
    for e, edition in enumerate(editions):
        for subject in subjects([edition]):
            rows = _subject_rows(blank, crowd, edition, e, subject)
            for cell in _records(_cells_of(edition, subject)):
                _joint_facts(cell, crowd.inside(e, cell), rows, facts, wrong)
    targets = _joint_targets(blank, crowd, editions)
    return Exposure(
        "all subjects",
        Release(blank.sizes, blank.blocks, tuple(facts)),
        targets,
        crowd.truth,
        crowd.people,
        tuple(wrong),
    )


@dataclass(frozen=True)
class _JointCrowd:
    """Atoms of people alike in everything that is known, with one block per item and unchanged answer.

    ``blocks_at[e][a]``: item → block. ``members[e]``: group key → atoms.
    """

    items: tuple[str, ...]
    sizes: Indices
    people: tuple[tuple[str, ...], ...]
    blocks: tuple[tuple[int, str], ...]
    blocks_at: tuple[tuple[Mapping[str, int], ...], ...]
    members: tuple[Mapping[tuple[str, ...], Indices], ...]
    truth: Numbers

    def inside(self, edition: int, cell: Mapping[str, Any]) -> Indices:
        """The atoms that stand in a cell's group."""
        return self.members[edition].get(_group_key(cell), np.zeros(0, dtype=np.int64))


def _group_key(cell: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(cell[k]) for k in KEYS)


def _joint_crowd(editions: Sequence[Edition]) -> _JointCrowd:
    items = tuple(sorted({i for e in editions for i in e.shares.columns}))
    ids = pd.Index(sorted({i for e in editions for i in e.forms.index}))
    groups = [e.shown.drop_duplicates(subset=list(KEYS)).reset_index(drop=True) for e in editions]
    answers = [e.shares.reindex(index=ids, columns=list(items)).to_numpy(dtype=float) for e in editions]
    columns, last = [], np.full((len(ids), len(items)), np.nan)
    for edition, group, given in zip(editions, groups, answers, strict=True):
        row = edition.forms.index.get_indexer(ids)
        there = (row >= 0)[:, None]
        single = edition.forms["is_single_answer"].to_numpy(dtype=bool)[row][:, None] & there
        same = np.abs(given - last) < 1e-9
        stand = np.where(there, edition.standing(group)[row], -2)
        columns.append(np.hstack([stand, single, ~np.isnan(given), same]).astype(np.int64))
        last = np.where(np.isnan(given), last, given)
    kinds, atoms = np.unique(np.hstack(columns), axis=0, return_inverse=True)
    sizes = np.bincount(atoms.ravel(), minlength=len(kinds)).astype(np.int64)
    order = np.split(np.argsort(atoms.ravel(), kind="stable"), np.cumsum(sizes)[:-1])
    blocks, blocks_at, truth = _joint_blocks(editions, items, answers, order)
    members = tuple(
        _members(g, e.standing(g), e.forms.index, ids, atoms.ravel()) for e, g in zip(editions, groups, strict=True)
    )
    people = tuple(tuple(ids[part]) for part in order)
    return _JointCrowd(items, sizes, people, blocks, blocks_at, members, truth)


def _joint_blocks(
    editions: Sequence[Edition], items: tuple[str, ...], answers: Sequence[Numbers], order: Sequence[Indices]
) -> tuple[tuple[tuple[int, str], ...], tuple[tuple[Mapping[str, int], ...], ...], Numbers]:
    blocks: list[tuple[int, str]] = []
    truth: list[float] = []
    scales = {i: _scale(n) if (n := _categories(editions, i)) else () for i in items}
    last: dict[tuple[int, int], tuple[Numbers, int]] = {}
    blocks_at = []
    for given in answers:
        at: list[dict[str, int]] = [{} for _ in order]
        for a, part in enumerate(order):
            for k, item in enumerate(items):
                told = given[part, k]
                if np.isnan(told).any():
                    continue
                before = last.get((a, k))
                if before is None or np.abs(before[0] - told).max() > 1e-9:
                    before = (told, len(blocks))
                    blocks.append((a, item))
                    truth += _block_truth(told, scales[item])
                last[a, k] = before
                at[a][item] = before[1]
        blocks_at.append(tuple(at))
    return tuple(blocks), tuple(blocks_at), np.array(truth)


def _block_truth(shares: Numbers, values: tuple[float, ...]) -> list[float]:
    if not values:
        return [float(100 * shares.sum())]
    steps = np.round(shares * (len(values) - 1)).astype(int)
    return [float(n) for n in np.bincount(steps, minlength=len(values))]


def _members(
    groups: pd.DataFrame, standing: Indices, index: pd.Index, ids: pd.Index, atoms: Indices
) -> Mapping[tuple[str, ...], Indices]:
    atom_of_form = atoms[ids.get_indexer(index)]
    return {
        _group_key(group): np.unique(atom_of_form[(standing == position).any(axis=1)])
        for position, group in enumerate(_records(groups))
    }


def _subject_rows(
    blank: Release, crowd: _JointCrowd, edition: Edition, e: int, subject: Subject
) -> dict[int, tuple[int, int, Row, dict[str, Row]]]:
    """Atom → its people with a score, their rated answers, the row of their scores and of their opinions."""
    parts = edition.parts(subject)
    if not parts:
        return {}
    weights = edition.weights(subject)
    found = {}
    for a, people in enumerate(crowd.people):
        at = crowd.blocks_at[e][a]
        if people[0] not in weights.index or not any(p in at for p in parts):
            continue
        own = weights.loc[people[0]].to_numpy(dtype=float)
        weight = {at[p]: float(w) for p, w in zip(parts, own, strict=True) if w > 0}
        if not weight:
            continue
        rated = [at[p] for p in parts if p in at and blank.blocks[at[p]].values]
        opinions = {
            band: _join([blank.people({b: 1.0}, _bands(blank.blocks[b].values).get(band, ())) for b in rated])
            for band in BANDS
        }
        found[a] = (int(crowd.sizes[a]), int(crowd.sizes[a]) * len(rated), blank.scores(weight), opinions)
    return found


def _join(rows: Sequence[Row]) -> Row:
    if not rows:
        return Row(np.zeros(0, dtype=np.int64), np.zeros(0))
    return Row(np.concatenate([r.columns for r in rows]), np.concatenate([r.weights for r in rows]))


def _joint_facts(
    cell: Mapping[str, Any],
    atoms: Indices,
    rows: Mapping[int, tuple[int, int, Row, dict[str, Row]]],
    facts: list[Fact],
    wrong: list[str],
) -> None:
    inside = [rows[a] for a in atoms.tolist() if a in rows]
    n, answers = sum(r[0] for r in inside), sum(r[1] for r in inside)
    if n != cell["n"]:
        wrong.append(cell_name(cell))
        return
    if not np.isnan(cell["value"]):
        low, high = mean_bounds(n, float(cell["value"]), str(cell["value_limit"]))
        facts.append(Fact(_join([r[2] for r in inside]), low, high, cell_name(cell)))
    for band in BANDS:
        if not np.isnan(cell[band]):
            low, high = count_bounds(answers, float(cell[band]), str(cell[f"{band}_limit"]))
            facts.append(Fact(_join([r[3][band] for r in inside]), low, high, f"{cell_name(cell)} {band}"))


def _joint_targets(blank: Release, crowd: _JointCrowd, editions: Sequence[Edition]) -> tuple[Target, ...]:
    """Scores of every subject, in every edition in which they are other unknowns."""
    targets, seen = [], set()
    for e, edition in enumerate(editions):
        names = [("form", ""), *(("dimension", d) for d in sorted(set(edition.items["dimension_id"]) - {""}))]
        for subject in [*names, *(("item", i) for i in edition.items.index)]:
            rows = _subject_rows(blank, crowd, edition, e, subject)
            row = _join([r[2] for r in rows.values()])
            key = (subject, tuple(row.columns.tolist()))
            if key not in seen and len(row.columns):
                seen.add(key)
                targets.append(Target(_name(subject), row, JOINT_ROOM))
    return tuple(targets)
