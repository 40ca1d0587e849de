"""One wave of an anonymous survey as arrays: forms, their scores on every subject, the groups they stand in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sq.statistics.intervals import Floats, Ints

QUERIES = Path(__file__).parent.parent / "rollups" / "50_anonymous.sql"
Mask = NDArray[np.bool_]
FORM, DIMENSION, ITEM = "form", "dimension", "item"


@cache
def statements(path: Path) -> Mapping[str, str]:
    """The statements of a file by name."""
    parts = path.read_text(encoding="utf-8").split("-- name: ")[1:]
    return {name.strip(): body for name, body in (part.split("\n", 1) for part in parts)}


@dataclass(frozen=True)
class Wave:
    """A wave that has forms."""

    instrument: str
    wave: str
    starts_on: dt.date
    ends_on: dt.date
    forms: int


@dataclass(frozen=True)
class Survey:
    """What was answered in one wave.

    ``forms``: one row per form (response_id, region, city, store_id, department_id, role, tenure, is_single, comment,
    problems). ``items``: one row per item asked. ``share`` 0-1 after reversal and ``value`` as given: (forms, items),
    NaN where an item does not apply. ``stores``: those open during the wave. ``invited``: by level and place.
    """

    wave: Wave
    forms: pd.DataFrame
    items: pd.DataFrame
    share: Floats
    value: Floats
    stores: pd.DataFrame
    invited: Mapping[tuple[str, str], int]

    @cached_property
    def scores(self) -> Scores:
        """Scores of every form on every subject."""
        return scores(self)


@dataclass(frozen=True)
class Subjects:
    """What cells are about: the form first, then dimensions, then items; ``parent`` is a subject's number or -1."""

    kind: NDArray[np.object_]
    name: NDArray[np.object_]
    parent: Ints
    is_sensitive: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.kind)

    def only(self, kept: Any) -> Subjects:
        """Some of the subjects."""
        return Subjects(self.kind[kept], self.name[kept], self.parent[kept], self.is_sensitive[kept])


@dataclass(frozen=True)
class Scores:
    """Scores 0-100 (forms, subjects), NaN where there is none, and counts of item answers inside the subject.

    ``weight``: the weight of the applicable items. ``rated`` answers have categories, ``unrated`` have none.
    """

    subjects: Subjects
    y: Floats
    weight: Floats
    favourable: Floats
    unfavourable: Floats
    rated: Floats
    unrated: Floats

    @cached_property
    def is_given(self) -> NDArray[np.bool_]:
        """Which form has a score on which subject."""
        return ~np.isnan(self.y)

    def of_form(self) -> Scores:
        """The whole form alone."""
        matrices = (self.y, self.weight, self.favourable, self.unfavourable, self.rated, self.unrated)
        return Scores(self.subjects.only(slice(0, 1)), *(matrix[:, :1] for matrix in matrices))


def prepare(con: duckdb.DuckDBPyConnection) -> list[Wave]:
    """Make the temporary tables of items and forms; return the waves that have forms."""
    queries = statements(QUERIES)
    con.execute(queries["items"])
    con.execute(queries["forms"])
    rows = con.execute(queries["waves"]).fetchall()
    return [Wave(instrument, wave, starts, ends, forms) for instrument, wave, starts, ends, _, forms in rows]


def read_survey(con: duckdb.DuckDBPyConnection, wave: Wave) -> Survey:
    """The forms and answers of one wave."""
    queries = statements(QUERIES)
    key = [wave.instrument, wave.wave]
    forms = con.execute(queries["wave_forms"], key).df()
    items = con.execute(queries["wave_items"], [wave.instrument, wave.ends_on]).df()
    answers = con.execute(queries["wave_answers"], key).fetchnumpy()
    row = np.searchsorted(forms["form_key"].to_numpy(), np.asarray(answers["form_key"]))
    column = np.searchsorted(items["item_no"].to_numpy(), np.asarray(answers["item_no"]))
    share, value = (np.full((len(forms), len(items)), np.nan) for _ in range(2))
    share[row, column] = np.clip(np.asarray(answers["share"], dtype=float), 0.0, 1.0)
    value[row, column] = np.asarray(answers["value"], dtype=float)
    asked = ~np.isnan(share).all(axis=0)
    stores = con.execute(queries["wave_stores"], {"starts_on": wave.starts_on, "ends_on": wave.ends_on}).df()
    invited = con.execute(queries["wave_invitations"], key).fetchall()
    return Survey(
        wave,
        forms,
        items[asked].reset_index(drop=True),
        share[:, asked],
        value[:, asked],
        stores,
        {(level, place): count for level, place, count in invited},
    )


def scores(survey: Survey) -> Scores:
    """Scores as for other surveys: the weighted mean of a form's applicable items, answers of role score only.

    The form leaves sensitive dimensions out; answers without a respondent have item scores only; internal service has
    no cells of items.
    """
    subjects, parts = _subjects(survey.items)
    if survey.wave.instrument == "internal_service":
        kept = subjects.kind != ITEM
        parts = parts[:, kept]
        subjects = subjects.only(kept)
    given = ~np.isnan(survey.share)
    weight = given @ (parts * _own_weight(survey.items)[:, None])
    points = np.nan_to_num(survey.share) @ (parts * _own_weight(survey.items)[:, None])
    favourable, unfavourable, has_categories = _opinions(survey)
    single = survey.forms["is_single"].to_numpy(dtype=bool)
    whole = np.where(single[:, None] & (subjects.kind != ITEM)[None, :], 0.0, 1.0)
    weight = weight * whole
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(weight > 0, 100 * points / weight, np.nan)
    part_counts = (parts > 0).astype(float)
    return Scores(
        subjects,
        y,
        weight,
        (favourable @ part_counts) * whole,
        (unfavourable @ part_counts) * whole,
        ((given & has_categories) @ part_counts) * whole,
        ((given & ~has_categories) @ part_counts) * whole,
    )


def _own_weight(items: pd.DataFrame) -> Floats:
    """Weights of items; an item that counts nowhere else counts in its own cell."""
    weight = items["weight"].to_numpy(dtype=float)
    return np.where(weight > 0, weight, 1.0)


def _subjects(items: pd.DataFrame) -> tuple[Subjects, Floats]:
    """The subjects of a questionnaire, and which items (rows) are part of which subject (columns)."""
    scored = (items["role"] == "score").to_numpy() & (items["weight"] > 0).to_numpy()
    sensitive = items["is_sensitive"].to_numpy(dtype=bool)
    dimension = items["dimension_id"].fillna("").to_numpy(dtype=object)
    of_dimensions = list(dict.fromkeys(dimension[scored & (dimension != "")]))
    number = {name: place for place, name in enumerate(of_dimensions, start=1)}
    rows: list[tuple[str, str, int, bool, Any]] = [(FORM, "", -1, False, scored & ~sensitive)]
    for name in of_dimensions:
        inside = scored & (dimension == name)
        rows.append((DIMENSION, name, -1 if sensitive[inside].any() else 0, bool(sensitive[inside].any()), inside))
    for place, item in enumerate(items["item_id"]):
        above = number.get(dimension[place], 0) if scored[place] else -1
        rows.append((ITEM, item, above, bool(sensitive[place]), np.arange(len(items)) == place))
    kind, name, parent, is_sensitive, parts = zip(*rows, strict=True)
    subjects = Subjects(
        np.array(kind, dtype=object),
        np.array(name, dtype=object),
        np.array(parent, dtype=np.intp),
        np.array(is_sensitive, dtype=bool),
    )
    return subjects, np.column_stack(parts).astype(float)


def _opinions(survey: Survey) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Which answers lie in the top and bottom two categories (one of two or three), and which have categories."""
    categories = survey.items["categories"].to_numpy(dtype=float)
    few = categories < 4
    steps = np.maximum(categories - 1, 1)
    with np.errstate(invalid="ignore"):
        favourable = survey.share >= (categories - np.where(few, 1, 2)) / steps - 1e-9
        unfavourable = survey.share <= np.where(few, 0, 1) / steps + 1e-9
    has_categories = np.broadcast_to(categories > 0, survey.share.shape)
    return favourable & has_categories, unfavourable & has_categories, has_categories
