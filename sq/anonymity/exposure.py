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
MOST_TOGETHER = 1_500  # answers up to which all subjects of a wave are attacked together; else place by place
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
        keys = (shown[k].to_numpy(dtype=object) for k in KEYS)
        shapes = [_shape(values) for values in zip(*keys, strict=True)]
        return shown.assign(shape=pd.Series(shapes, index=shown.index, dtype=object))

    @cached_property
    def cells_by_subject(self) -> dict[Subject, Cells]:
        """What is shown of each subject."""
        every = _cells(self.shown, *self._groups_of(self.shown))
        kinds = zip(*(self.shown[c].to_numpy(dtype=object) for c in ("subject_kind", "subject")), strict=True)
        found: dict[Subject, list[int]] = {}
        for position, subject in enumerate(kinds):
            found.setdefault(subject, []).append(position)
        return {subject: every.only(np.array(positions)) for subject, positions in found.items()}

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

    @cached_property
    def _arrays(self) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
        """Shares as an array, the weight of each item, and who gave a single answer."""
        weight = self.items["weight"].to_numpy(dtype=float)
        single = self.forms["is_single_answer"].to_numpy(dtype=bool)
        return self.shares.to_numpy(dtype=float), np.where(weight > 0, weight, 1.0), single

    def given(self, subject: Subject) -> tuple[Numbers, Numbers]:
        """Forms x items of a subject: shares, and the weight of each answer in the form's score, 0 for no answer."""
        shares, weight, single = self._arrays
        parts = pd.Index(self.parts(subject), dtype=object)
        own: Numbers = shares[:, self.shares.columns.get_indexer(parts)]
        weights = ~np.isnan(own) * weight[self.items.index.get_indexer(parts)]
        if subject[0] != "item":
            weights[single] = 0.0
        total = weights.sum(axis=1, keepdims=True)
        return own, weights / np.where(total > 0, total, 1.0)

    def scores(self, subject: Subject) -> Numbers:
        """Each form's score 0-100 on a subject; NaN where it has none."""
        shares, weights = self.given(subject)
        told = 100 * np.nansum(weights * shares, axis=1)
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
        return self.standing_in(*self._groups_of(cells))

    def standing_of(self, subject: Subject) -> Indices:
        """The same for the cells of a subject."""
        cells = self.cells_of(subject)
        return self.standing_in(cells.shapes, cells.groups)

    def cells_of(self, subject: Subject) -> Cells:
        """What is shown of a subject."""
        return self.cells_by_subject.get(subject, NO_CELLS)

    def _groups_of(self, cells: pd.DataFrame) -> tuple[Indices, Indices]:
        """Of each cell its shape, numbered, and its group among those of the forms (-1 = nobody's)."""
        shapes, groups = np.zeros(len(cells), dtype=np.int64), np.zeros(len(cells), dtype=np.int64)
        own = cells["shape"].to_numpy(dtype=object)
        for number, (shape, (_, names)) in enumerate(self._codes.items()):
            held = np.array([s == shape for s in own], dtype=bool)
            shapes[held] = number
            groups[held] = names.get_indexer(pd.Index(_joined_keys(cells[held], shape), dtype=object))
        return shapes, groups

    def groups_shown(self) -> tuple[Indices, Indices]:
        """Shape and group of every group of which something is shown, each once."""
        pairs = [np.column_stack([c.shapes, c.groups]) for c in self.cells_by_subject.values()]
        shapes, groups = np.unique(np.vstack([np.zeros((0, 2), dtype=np.int64), *pairs]), axis=0).T
        return shapes, groups

    def standing_in(self, shapes: Indices, groups: Indices) -> Indices:
        """Forms x shapes: the position among the groups named in which a form stands, -1 for none."""
        columns = [np.full(len(self.forms), -1, dtype=np.int64)]
        for number, (codes, names) in enumerate(self._codes.values()):
            positions = np.flatnonzero((shapes == number) & (groups >= 0))
            if len(positions):
                where = np.full(len(names) + 1, -1, dtype=np.int64)
                where[groups[positions]] = positions
                columns.append(where[codes])
        return np.column_stack(columns)


def tally(cells: pd.DataFrame) -> tuple[int, int, int]:
    """How many stores (of internal service: regions x departments) show, have too few, protect a neighbour."""
    smallest = cells["level"].isin(["store", "region_department"]) & (cells["subject_kind"] == FORM[0])
    own = cells.loc[smallest & (cells["role"] == "") & (cells["tenure"] == ""), "hidden"]
    shown, few, neighbour = (int((own == reason).sum()) for reason in ("", "few", "neighbour"))
    return shown, few, neighbour


@dataclass(frozen=True)
class Cells:
    """Some cells that are shown, as arrays: number of people, mean and its limit, shares of opinions and theirs."""

    names: NDArray[np.object_]
    keys: Indices
    n: Numbers
    value: Numbers
    limit: NDArray[np.object_]
    bands: Mapping[str, Numbers]
    band_limits: Mapping[str, NDArray[np.object_]]
    shapes: Indices
    groups: Indices

    def __len__(self) -> int:
        return len(self.n)

    def only(self, rows: Indices) -> Cells:
        """Some of them."""
        return replace(
            self,
            names=self.names[rows],
            keys=self.keys[rows],
            n=self.n[rows],
            value=self.value[rows],
            limit=self.limit[rows],
            bands={band: shares[rows] for band, shares in self.bands.items()},
            band_limits={band: limits[rows] for band, limits in self.band_limits.items()},
            shapes=self.shapes[rows],
            groups=self.groups[rows],
        )


def _cells(frame: pd.DataFrame, shapes: Indices, groups: Indices) -> Cells:
    columns = ["level", *KEYS, "subject_kind", "subject"]
    rows = zip(*(frame[c].to_numpy(dtype=object) for c in columns), strict=True)
    names = [cell_name(dict(zip(columns, row, strict=True))) for row in rows]
    keys = frame["cell_key"].to_numpy() if "cell_key" in frame else np.arange(len(frame))
    return Cells(
        np.array(names, dtype=object),
        keys.astype(np.int64),
        frame["n"].to_numpy(dtype=float),
        frame["value"].to_numpy(dtype=float),
        frame["value_limit"].to_numpy(dtype=object),
        {band: frame[band].to_numpy(dtype=float) for band in BANDS},
        {band: frame[f"{band}_limit"].to_numpy(dtype=object) for band in BANDS},
        shapes,
        groups,
    )


_NONE: Any = np.zeros(0)
NO_CELLS = Cells(
    _NONE.astype(object),
    _NONE.astype(np.int64),
    _NONE,
    _NONE,
    _NONE.astype(object),
    dict.fromkeys(BANDS, _NONE),
    dict.fromkeys(BANDS, _NONE.astype(object)),
    _NONE.astype(np.int64),
    _NONE.astype(np.int64),
)


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
class _People:
    """Everybody of all editions: ids in order, and the row of each in every edition's forms (-1 = not there)."""

    ids: NDArray[np.object_]
    rows: tuple[Indices, ...]


def _people(editions: Sequence[Edition]) -> _People:
    ids = pd.Index(sorted({i for e in editions for i in e.forms.index}), dtype=object)
    rows = tuple(pd.Index(e.forms.index, dtype=object).get_indexer(ids).astype(np.int64) for e in editions)
    return _People(ids.to_numpy(dtype=object), rows)


@dataclass(frozen=True)
class _Marks:
    """What each form of an edition says: ``answer`` (forms x parts, NaN = none), compared between editions.

    ``known``: what the attacker knows of it besides.
    """

    answer: Numbers
    known: Indices | None = None


@dataclass(frozen=True)
class _Crowd:
    """People of all editions sorted into atoms: where their answers are the same unknown, they share a block.

    ``blocks_at[e][a]``: the block of atom a in edition e (-1 = not there). ``inside[e][c]``: the atoms that stand in
    cell c. ``rows[e]``: the row of each person in the forms of edition e, -1 where without an answer.
    """

    sizes: Indices
    atoms: Indices  # atom of each person
    blocks: tuple[int, ...]  # atom of each block
    blocks_at: tuple[Indices, ...]
    inside: tuple[list[Indices], ...]
    people: tuple[tuple[str, ...], ...]
    rows: tuple[Indices, ...]

    def first_seen(self) -> Iterator[tuple[int, Indices, Indices]]:
        """Per edition the blocks that occur first in it: rows of the forms, and the block of each."""
        seen = np.zeros(len(self.blocks), dtype=bool)
        for e, blocks in enumerate(self.blocks_at):
            own = blocks[self.atoms]
            fresh = (own >= 0) & ~seen[own]
            seen[own[fresh]] = True
            yield e, self.rows[e][fresh], own[fresh]


def _crowd(editions: Sequence[Edition], people: _People, subject: Subject, marks: Sequence[_Marks]) -> _Crowd:
    """Sort people by where they stand, what else is known of them, and whether it is the same answer still."""
    width = marks[0].answer.shape[1]
    given = [np.where((row >= 0)[:, None], m.answer[row], np.nan) for row, m in zip(people.rows, marks, strict=True)]
    chosen = np.flatnonzero(np.any([~np.isnan(g[:, 0]) for g in given], axis=0))
    columns, rows, last = [], [], np.full((len(chosen), width), np.nan)
    for e, (edition, mark) in enumerate(zip(editions, marks, strict=True)):
        answer, row = given[e][chosen], people.rows[e][chosen]
        there = ~np.isnan(answer[:, 0])
        at = np.where(there[:, None], edition.standing_of(subject)[row], -2)
        same = there & (answer == last).all(axis=1)
        known = [] if mark.known is None else [np.where(there, mark.known[row], -2)]
        columns.append(np.column_stack([at, same, *known]))
        rows.append(np.where(there, row, -1))
        last = np.where(there[:, None], answer, last)
    if not len(chosen):
        none = np.zeros(0, dtype=np.int64)
        inside = tuple([none] * len(e.cells_of(subject)) for e in editions)
        return _Crowd(none, none, (), tuple(none for _ in editions), inside, (), tuple(rows))
    kinds, atoms = np.unique(np.hstack(columns), axis=0, return_inverse=True)
    widths = [edition.standing_of(subject).shape[1] for edition in editions]
    return _blocks(kinds, atoms.ravel(), people.ids[chosen], columns, widths, tuple(rows), editions, subject)


def _blocks(
    kinds: Indices,
    atoms: Indices,
    ids: NDArray[np.object_],
    columns: Sequence[Indices],
    widths: Sequence[int],
    rows: tuple[Indices, ...],
    editions: Sequence[Edition],
    subject: Subject,
) -> _Crowd:
    blocks: list[int] = []
    blocks_at, inside = [], []
    current = np.full(len(kinds), -1, dtype=np.int64)
    start = 0
    for edition, column, width in zip(editions, columns, widths, strict=True):
        at, same = kinds[:, start : start + width], kinds[:, start + width]
        there = at[:, 0] != -2
        for a in np.flatnonzero(there & ((same == 0) | (current < 0))):
            current[a] = len(blocks)
            blocks.append(int(a))
        blocks_at.append(np.where(there, current, -1))
        inside.append(_atoms_of(at, len(edition.cells_of(subject))))
        start += column.shape[1]
    order = np.argsort(atoms, kind="stable")
    sizes = np.bincount(atoms, minlength=len(kinds)).astype(np.int64)
    people = tuple(tuple(part) for part in np.split(ids[order], np.cumsum(sizes)[:-1]))
    return _Crowd(sizes, atoms, tuple(blocks), tuple(blocks_at), tuple(inside), people, rows)


def _atoms_of(standing: Indices, cells: int) -> list[Indices]:
    """The atoms that stand in each cell."""
    atom, column = np.nonzero(standing >= 0)
    cell = standing[atom, column]
    order = np.argsort(cell, kind="stable")
    return np.split(atom[order], np.searchsorted(cell[order], np.arange(1, cells)))[:cells] if cells else []


def subjects(editions: Sequence[Edition]) -> list[Subject]:
    """Every subject of which anything is shown."""
    pairs = {subject for e in editions for subject in e.cells_by_subject}
    return sorted(pairs, key=lambda s: (("form", "dimension", "item").index(s[0]), s[1]))


def exposures(editions: Sequence[Edition], chosen: Sequence[Subject] | None = None) -> Iterator[Exposure]:
    """Everything shown of a wave, subject by subject, and the problems named."""
    people = _people(editions)
    for subject in subjects(editions) if chosen is None else chosen:
        if subject[0] == "item" and _categories(editions, subject[1]):
            yield _item_exposure(editions, people, subject)
            continue
        yield _score_exposure(editions, people, subject)
        if any(not np.isnan(e.cells_of(subject).bands["favourable"]).all() for e in editions):
            yield _band_exposure(editions, people, subject)
    for side in SIDES if chosen is None or FORM in chosen else ():
        if any(len(e.problems) and (e.problems["side"] == side).any() for e in editions):
            yield _problem_exposure(editions, people, side)


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


def _answer_marks(edition: Edition, subject: Subject) -> _Marks:
    return _Marks(np.round(edition.scores(subject), 9)[:, None])


def _score_exposure(editions: Sequence[Edition], people: _People, subject: Subject) -> Exposure:
    marks = [_answer_marks(e, subject) for e in editions]
    crowd = _crowd(editions, people, subject, marks)
    blank = Release(crowd.sizes, tuple(Block(a) for a in crowd.blocks))
    facts, wrong = _mean_facts(blank, crowd, editions, subject)
    truth = np.zeros(blank.columns)
    for e, rows, blocks in crowd.first_seen():
        np.add.at(truth, blocks, marks[e].answer[rows, 0])
    targets = _per_edition(crowd, lambda blocks: blank.scores(blocks), SCORE_ROOM, "score")
    return Exposure(_name(subject), Release(blank.sizes, blank.blocks, facts), targets, truth, crowd.people, wrong)


def _name(subject: Subject) -> str:
    return " ".join(filter(None, subject))


def _mean_facts(
    blank: Release, crowd: _Crowd, editions: Sequence[Edition], subject: Subject
) -> tuple[tuple[Fact, ...], tuple[str, ...]]:
    facts, wrong = [], []
    for e, edition in enumerate(editions):
        cells = edition.cells_of(subject)
        for atoms, n, value, limit, name in zip(
            crowd.inside[e], cells.n.tolist(), cells.value.tolist(), cells.limit, cells.names, strict=True
        ):
            if int(crowd.sizes[atoms].sum()) != n:
                wrong.append(name)
            elif not np.isnan(value):
                low, high = mean_bounds(int(n), value, str(limit))
                row = blank.scores(dict.fromkeys(crowd.blocks_at[e][atoms].tolist(), 1.0))
                facts.append(Fact(row, low, high, name))
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


def _item_exposure(editions: Sequence[Edition], people: _People, subject: Subject) -> Exposure:
    """An item's answers: how many people gave each; mean, bands and categories are facts about the same unknowns."""
    values = _scale(_categories(editions, subject[1]))
    marks = [_answer_marks(e, subject) for e in editions]
    crowd = _crowd(editions, people, subject, marks)
    blank = Release(crowd.sizes, tuple(Block(a, values) for a in crowd.blocks))
    facts, wrong = _mean_facts(blank, crowd, editions, subject)
    facts += _band_facts(blank, crowd, editions, subject, [np.ones(len(crowd.sizes))] * len(editions), _bands(values))
    facts += tuple(_category_facts(blank, crowd, editions, subject, values))
    truth = np.zeros(blank.columns)
    for e, rows, blocks in crowd.first_seen():
        step = np.searchsorted(np.array(values) - 1e-6, marks[e].answer[rows, 0], "right") - 1
        np.add.at(truth, blank.starts[blocks] + step, 1.0)
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
    editions: Sequence[Edition],
    subject: Subject,
    weights: Sequence[Numbers],
    bands: Mapping[str, tuple[float, ...]],
) -> tuple[Fact, ...]:
    """Shares of opinions; ``weights``: per edition and atom, the answers that each person gives to them."""
    facts = []
    for e, edition in enumerate(editions):
        cells = edition.cells_of(subject)
        told = ~np.isnan([cells.bands[band] for band in bands]).all(axis=0)
        for c in np.flatnonzero(told):
            atoms = crowd.inside[e][c]
            answers = round(float((crowd.sizes[atoms] * weights[e][atoms]).sum()))
            blocks = dict(zip(crowd.blocks_at[e][atoms].tolist(), weights[e][atoms].tolist(), strict=True))
            for band, held in bands.items():
                if not np.isnan(share := cells.bands[band][c]):
                    low, high = count_bounds(answers, float(share), str(cells.band_limits[band][c]))
                    facts.append(Fact(blank.people(blocks, held), low, high, f"{cells.names[c]} {band}"))
    return tuple(facts)


def _category_facts(
    blank: Release, crowd: _Crowd, editions: Sequence[Edition], subject: Subject, values: tuple[float, ...]
) -> Iterator[Fact]:
    """The full scale of large groups; categories are answers as given, so a reversed item's run downwards."""
    for e, edition in enumerate(editions):
        cells = edition.cells_of(subject)
        if not len(edition.categories) or not len(cells):
            continue
        item = edition.items.loc[subject[1], ["scale_min", "is_reversed"]].to_dict()
        for place, row in _told_of(edition.categories, cells):
            step = round(float(row["category"]) - float(item["scale_min"]))
            value = values[len(values) - 1 - step if item["is_reversed"] else step]
            low, high = count_bounds(int(cells.n[place]), float(row["share"]), str(row["share_limit"]))
            blocks = dict.fromkeys(crowd.blocks_at[e][crowd.inside[e][place]].tolist(), 1.0)
            yield Fact(blank.people(blocks, (value,)), low, high, f"{cells.names[place]} = {row['category']:g}")


def _told_of(frame: pd.DataFrame, cells: Cells) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows with a share that are about one of the cells, with its position."""
    position = {int(k): p for p, k in enumerate(cells.keys)}
    held = np.isin(frame["cell_key"].to_numpy(dtype=np.int64), cells.keys) & frame["share"].notna().to_numpy()
    for row in _records(frame[held]):
        yield position[int(row["cell_key"])], row


def _band_exposure(editions: Sequence[Edition], people: _People, subject: Subject) -> Exposure:
    """Opinions over several items: of each person's answers the part in each band, known from the shares of answers."""
    marks = [_opinions(e, subject) for e in editions]
    crowd = _crowd(editions, people, subject, marks)
    blank = Release(crowd.sizes, tuple(Block(a, (0.0, 1.0, 2.0)) for a in crowd.blocks))
    weights = [_rated(crowd, e, mark) for e, mark in enumerate(marks)]
    bands = {band: (float(i),) for i, band in enumerate(BANDS)}
    facts = _band_facts(blank, crowd, editions, subject, weights, bands)
    truth = np.zeros(blank.columns)
    for e, rows, blocks in crowd.first_seen():
        for band in range(len(BANDS)):
            np.add.at(truth, blank.starts[blocks] + band, marks[e].answer[rows, band])
    targets: tuple[Target, ...] = ()
    for band_name, held in bands.items():
        targets += _per_edition(crowd, _counting(blank, held), COUNT_ROOM, band_name)
    return Exposure(
        f"{_name(subject)} opinions", Release(blank.sizes, blank.blocks, facts), targets, truth, crowd.people
    )


def _rated(crowd: _Crowd, e: int, mark: _Marks) -> Numbers:
    """Answers with categories that each person of an atom gives in an edition."""
    rated = np.zeros(len(crowd.sizes))
    there = crowd.rows[e] >= 0
    if mark.known is not None:
        rated[crowd.atoms[there]] = mark.known[crowd.rows[e][there]]
    return rated


def _opinions(edition: Edition, subject: Subject) -> _Marks:
    """Per form with a score: the part of its answers in each band, and how many of them have categories."""
    shares, weights = edition.given(subject)
    categories = edition.items["categories"].to_numpy(dtype=float)
    categories = categories[edition.items.index.get_indexer(pd.Index(edition.parts(subject), dtype=object))]
    shares, categories = shares[:, categories > 0], categories[categories > 0]
    edge = np.where(categories >= 4, 2, 1)
    step = np.round(shares * (categories - 1))
    low, high = (step < edge).sum(axis=1), (step >= categories - edge).sum(axis=1)
    rated = (~np.isnan(shares)).sum(axis=1)
    there = (weights.sum(axis=1) > 0) & (rated > 0)
    answer = np.column_stack([low, rated - low - high, high]) / np.maximum(rated, 1)[:, None]
    return _Marks(np.where(there[:, None], answer, np.nan), rated.astype(np.int64))


def _problem_exposure(editions: Sequence[Edition], people: _People, side: str) -> Exposure:
    """Problems named in internal service: how many forms name each; who names none is the rest."""
    listed = {p for e in editions if len(e.problems) for p in e.problems.loc[e.problems["side"] == side, "problem"]}
    # words of a file's own are told together, as the last of the problems listed
    number = {name: float(i) for i, name in enumerate(["", *sorted(listed | {OTHER_PROBLEM})])}
    marks = []
    for edition in editions:
        named = edition.forms[f"{side}_problem"].map(number).fillna(number[OTHER_PROBLEM]).to_numpy(dtype=float)
        marks.append(_Marks(np.where(np.isnan(edition.scores(FORM)), np.nan, named)[:, None]))
    crowd = _crowd(editions, people, FORM, marks)
    values = tuple(number.values())
    blank = Release(crowd.sizes, tuple(Block(a, values) for a in crowd.blocks))
    facts = []
    for e, edition in enumerate(editions):
        cells = edition.cells_of(FORM)
        for place, row in _told_of(edition.problems[edition.problems["side"] == side], cells):
            if row["problem"] in number:
                blocks = dict.fromkeys(crowd.blocks_at[e][crowd.inside[e][place]].tolist(), 1.0)
                low, high = count_bounds(int(cells.n[place]), float(row["share"]), str(row["share_limit"]))
                held = (number[row["problem"]],)
                facts.append(Fact(blank.people(blocks, held), low, high, f"{cells.names[place]} {row['problem']}"))
    truth = np.zeros(blank.columns)
    for e, rows, own in crowd.first_seen():
        np.add.at(truth, blank.starts[own] + marks[e].answer[rows, 0].astype(np.int64), 1.0)
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
    rows = [_edition_rows(blank, crowd, edition, e) for e, edition in enumerate(editions)]
    for e, edition in enumerate(editions):
        for subject in subjects([edition]):
            cells = edition.cells_of(subject)
            for c in range(len(cells)):
                atoms = crowd.inside(e, int(cells.shapes[c]), int(cells.groups[c]))
                _joint_facts(cells, c, atoms, rows[e].get(subject, {}), facts, wrong)
    targets = _joint_targets(blank, rows, editions)
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

    ``blocks_at[e][a]``: item → block. ``members[e]``: shape and group → atoms.
    """

    items: tuple[str, ...]
    sizes: Indices
    people: tuple[tuple[str, ...], ...]
    blocks: tuple[tuple[int, str], ...]
    blocks_at: tuple[tuple[Mapping[str, int], ...], ...]
    members: tuple[Mapping[tuple[int, int], Indices], ...]
    truth: Numbers

    def inside(self, edition: int, shape: int, group: int) -> Indices:
        """The atoms that stand in a cell's group."""
        return self.members[edition].get((shape, group), np.zeros(0, dtype=np.int64))


def _joint_crowd(editions: Sequence[Edition]) -> _JointCrowd:
    items = tuple(sorted({i for e in editions for i in e.shares.columns}))
    ids = pd.Index(sorted({i for e in editions for i in e.forms.index}))
    groups = [e.groups_shown() for e in editions]
    answers = [e.shares.reindex(index=ids, columns=list(items)).to_numpy(dtype=float) for e in editions]
    columns, last = [], np.full((len(ids), len(items)), np.nan)
    for edition, group, given in zip(editions, groups, answers, strict=True):
        row = edition.forms.index.get_indexer(ids)
        there = (row >= 0)[:, None]
        single = edition.forms["is_single_answer"].to_numpy(dtype=bool)[row][:, None] & there
        same = np.abs(given - last) < 1e-9
        stand = np.where(there, edition.standing_in(*group)[row], -2)
        columns.append(np.hstack([stand, single, ~np.isnan(given), same]).astype(np.int64))
        last = np.where(np.isnan(given), last, given)
    kinds, atoms = np.unique(np.hstack(columns), axis=0, return_inverse=True)
    sizes = np.bincount(atoms.ravel(), minlength=len(kinds)).astype(np.int64)
    order = np.split(np.argsort(atoms.ravel(), kind="stable"), np.cumsum(sizes)[:-1])
    blocks, blocks_at, truth = _joint_blocks(editions, items, answers, order)
    members = tuple(
        _members(g, e.standing_in(*g), e.forms.index, ids, atoms.ravel()) for e, g in zip(editions, groups, strict=True)
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
    groups: tuple[Indices, Indices], standing: Indices, index: pd.Index, ids: pd.Index, atoms: Indices
) -> Mapping[tuple[int, int], Indices]:
    atom_of_form = atoms[ids.get_indexer(index)]
    form, column = np.nonzero(standing >= 0)
    pairs = np.unique(np.column_stack([standing[form, column], atom_of_form[form]]), axis=0)
    inside = np.split(pairs[:, 1], np.searchsorted(pairs[:, 0], np.arange(1, len(groups[0]))))
    named = zip(*(part.tolist() for part in groups), strict=True)
    return dict(zip(named, inside, strict=False))


# atom → its people with a score, their rated answers, the row of their scores and of their opinions
_Rows = dict[int, tuple[int, int, Row, dict[str, Row]]]


def _edition_rows(blank: Release, crowd: _JointCrowd, edition: Edition, e: int) -> dict[Subject, _Rows]:
    """The rows of every subject of an edition."""
    first = edition.forms.index.get_indexer(pd.Index([people[0] for people in crowd.people], dtype=object))
    dimensions = sorted(set(edition.items["dimension_id"]) - {""})
    named = [FORM, *(("dimension", d) for d in dimensions), *(("item", i) for i in edition.items.index)]
    return {subject: _subject_rows(blank, crowd, edition, e, subject, first) for subject in named}


def _subject_rows(
    blank: Release, crowd: _JointCrowd, edition: Edition, e: int, subject: Subject, first: Indices
) -> _Rows:
    parts = edition.parts(subject)
    if not parts:
        return {}
    _, weights = edition.given(subject)
    found = {}
    for a, row in enumerate(first.tolist()):
        at = crowd.blocks_at[e][a]
        if row < 0 or not any(p in at for p in parts):
            continue
        weight = {at[p]: w for p, w in zip(parts, weights[row].tolist(), strict=True) if w > 0}
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


def _joint_facts(cells: Cells, c: int, atoms: Indices, rows: _Rows, facts: list[Fact], wrong: list[str]) -> None:
    inside = [rows[a] for a in atoms.tolist() if a in rows]
    n, answers, name = sum(r[0] for r in inside), sum(r[1] for r in inside), str(cells.names[c])
    if n != cells.n[c]:
        wrong.append(name)
        return
    if not np.isnan(value := float(cells.value[c])):
        low, high = mean_bounds(n, value, str(cells.limit[c]))
        facts.append(Fact(_join([r[2] for r in inside]), low, high, name))
    for band in BANDS:
        if not np.isnan(share := float(cells.bands[band][c])):
            low, high = count_bounds(answers, share, str(cells.band_limits[band][c]))
            facts.append(Fact(_join([r[3][band] for r in inside]), low, high, f"{name} {band}"))


def _joint_targets(
    blank: Release, edition_rows: Sequence[Mapping[Subject, _Rows]], editions: Sequence[Edition]
) -> tuple[Target, ...]:
    """Scores of every subject, in every edition in which they are other unknowns."""
    targets, seen = [], set()
    for e, edition in enumerate(editions):
        names = [("form", ""), *(("dimension", d) for d in sorted(set(edition.items["dimension_id"]) - {""}))]
        for subject in [*names, *(("item", i) for i in edition.items.index)]:
            row = _join([r[2] for r in edition_rows[e][subject].values()])
            key = (subject, tuple(row.columns.tolist()))
            if key not in seen and len(row.columns):
                seen.add(key)
                targets.append(Target(_name(subject), row, JOINT_ROOM))
    return tuple(targets)
