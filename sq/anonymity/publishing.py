"""Publishes the anonymous surveys: a closed wave becomes finished cells, in the ledger before they are shown."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from sq.anonymity import ledger
from sq.anonymity.cells import label_cells, place_cells, told_bands
from sq.anonymity.details import comment_groups, comments, full_scales, problems
from sq.anonymity.estimating import estimate_wave, link_waves
from sq.anonymity.groups import Groups, groups_of
from sq.anonymity.hiding import SENSITIVE_MINIMUM, Hiding, Thresholds, place_hiding
from sq.anonymity.labels import LabelAudit, LabelHiding
from sq.anonymity.ledger import Basis, Finished, Version
from sq.anonymity.mending import mended
from sq.anonymity.republishing import changed_forms, is_safe, may_change_comments, tells_newcomers
from sq.anonymity.survey import Mask, Survey, Wave, prepare, read_survey
from sq.settings import Anonymity
from sq.statistics.suppression import FEW, NEIGHBOUR, SHOWN

OPEN, PUBLISHED, WAITING = "open", "published", "waiting"


def publish_waves(con: duckdb.DuckDBPyConnection, today: dt.date, settings: Anonymity) -> None:
    """Fill the snapshot's tables of the anonymous surveys; the reference tables are in the snapshot already.

    Every version is in the ledger before its cells are in the snapshot.
    """
    ledger.make_tables(con)
    waves = {(w.instrument, w.wave): w for w in prepare(con)}
    told: dict[tuple[str, str], list[Version]] = {}
    for version in ledger.versions(con):
        told.setdefault((version.instrument, version.wave), []).append(version)
    closed = ledger.closed_waves(con)
    states = {}
    means = []
    for key in sorted({*waves, *told}):
        wave = waves.get(key)
        is_closed = wave is not None and (wave.ends_on < today or key in closed)
        *states[key], survey = _published(con, key, wave, told.get(key, []), is_closed, settings)
        if survey is not None:
            means.append(estimate_wave(con, survey))
    link_waves(con, means)
    ledger.show(con)
    _show_waves(con, waves, states, settings)


def _published(
    con: duckdb.DuckDBPyConnection,
    key: tuple[str, str],
    wave: Wave | None,
    told: Sequence[Version],
    is_closed: bool,
    settings: Anonymity,
) -> tuple[str, int, Survey | None]:
    """Publish a wave as far as it is safe; return its state, how many forms wait, and its forms if none waits."""
    if told and not _may_change(con, told):
        return (WAITING, wave.forms, None) if wave else (PUBLISHED, 0, None)
    if wave is None:  # every form of it was withdrawn
        if told[-1].forms:
            _record(con, (*key, told[-1].ends_on), told[0].thresholds, told[0].salt, nothing())
        return PUBLISHED, 0, None
    if not told and not is_closed:
        return OPEN, 0, None
    survey = read_survey(con, wave)
    signature = signature_of(survey)
    if told and told[-1].signature == signature:
        return PUBLISHED, 0, survey
    # thresholds, and the salt of the hashes, of the first publication hold for all later ones
    thresholds = told[0].thresholds if told else frozen_thresholds(settings)
    salt = told[0].salt if told else secrets.randbits(63)
    finished = mended(survey, finish(survey, thresholds, salt, signature))
    waiting = _waiting(con, told, survey, finished, is_closed)
    if waiting is not None:
        return WAITING, waiting, None
    finished = _with_comments(con, told, finished)
    _record(con, (*key, wave.ends_on), thresholds, salt, finished)
    return PUBLISHED, 0, survey


def _may_change(con: duckdb.DuckDBPyConnection, told: Sequence[Version]) -> bool:
    """Whether the forms of a published wave are still there; once they were dropped it stands as published."""
    last = next((v for v in reversed(told) if v.forms), None)
    if last is None:
        return True
    basis = ledger.basis_of(con, last)
    if len(basis.response_id) and ledger.are_received(con, last.instrument, basis):
        return True
    ledger.forget_forms(con, last.instrument, last.wave)
    return False


def _waiting(
    con: duckdb.DuckDBPyConnection, told: Sequence[Version], survey: Survey, finished: Finished, is_closed: bool
) -> int | None:
    """How many forms have to wait; None where the wave can be published."""
    if not told:
        return None
    sensitive = frozenset(np.array(finished.basis.subjects, dtype=object)[survey.scores.subjects.is_sensitive])
    earlier = [(v, ledger.basis_of(con, v)) for v in told]
    safe = is_closed and all(is_safe(basis, finished.basis, v.thresholds, sensitive) for v, basis in earlier)
    safe = safe and not any(tells_newcomers(ledger.cells_of(con, v), finished.cells) for v, _ in earlier)
    return None if safe else changed_forms(earlier[-1][1], finished.basis)


def _with_comments(con: duckdb.DuckDBPyConnection, told: Sequence[Version], finished: Finished) -> Finished:
    """New comments only where enough people stand between them and the comments shown so far."""
    for version in reversed(told):
        basis = ledger.basis_of(con, version)
        if not may_change_comments(basis, finished.basis):
            kept = replace(finished.basis, comment_rest=np.full_like(finished.basis.comment_rest, -1))
            return replace(finished, comments=ledger.comments_of(con, told[-1]), basis=kept)
    return finished


def _record(
    con: duckdb.DuckDBPyConnection, key: tuple[str, str, dt.date], thresholds: Thresholds, salt: int, finished: Finished
) -> None:
    now = dt.datetime.now().replace(microsecond=0)  # noqa: DTZ005 - the clock on the wall of the office
    ledger.record(con, key, thresholds, salt, finished, now)


def frozen_thresholds(settings: Anonymity) -> Thresholds:
    """The thresholds that a wave published now keeps for ever."""
    return Thresholds(settings.minimum_group, max(SENSITIVE_MINIMUM, settings.minimum_group))


def finish(survey: Survey, thresholds: Thresholds, salt: int, signature: str) -> Finished:
    """The cells of a wave and what they rest on."""
    groups = groups_of(survey)
    hiding = place_hiding(groups, survey.scores, thresholds)
    bands = told_bands(survey, groups, hiding)
    cells = [place_cells(survey, groups, hiding, bands)]
    labels: list[LabelHiding] = []
    if survey.wave.instrument != "internal_service":
        labels = LabelAudit(survey.forms, groups, survey.scores, hiding, thresholds).settle()
        cells += [label_cells(survey, groups, label) for label in labels if len(label.groups)]
    told = comment_groups(survey, groups, hiding)
    return Finished(
        pd.concat(cells, ignore_index=True),
        full_scales(survey, groups, hiding, bands),
        problems(survey, groups, hiding),
        comments(survey, groups, told),
        _basis(survey, groups, hiding, labels, told, salt),
        signature,
        tally(groups, hiding),
    )


def nothing() -> Finished:
    """A version without a cell: every form was withdrawn."""
    none = np.zeros(0, dtype=np.intp)
    table = np.zeros((0, 0), dtype=np.intp)
    basis = Basis((), np.zeros(0, dtype=object), table, table, table.astype(np.uint64), none, none, none)
    empty = pd.DataFrame()
    return Finished(empty, empty, empty, empty, basis, "", (0, 0, 0))


def _basis(
    survey: Survey, groups: Groups, hiding: Hiding, labels: Sequence[LabelHiding], comments_told: Mask, salt: int
) -> Basis:
    subjects = survey.scores.subjects
    rests = [
        np.column_stack([tree.rest_of(hiding.covers[:, s])[groups.leaf] for s in range(len(subjects))])
        for tree in (groups.trees[0], groups.trees[-1])
    ]
    nobody = np.full(len(survey.forms), -1, dtype=np.intp)
    return Basis(
        tuple(f"{kind}:{name}" for kind, name in zip(subjects.kind, subjects.name, strict=True)),
        survey.forms["response_id"].to_numpy(dtype=object),
        rests[0],
        rests[1],
        answer_hashes(survey, salt),
        labels[0].rest if labels else nobody,
        labels[1].rest if labels else nobody,
        groups.trees[0].rest_of(comments_told)[groups.leaf],
    )


def answer_hashes(survey: Survey, salt: int) -> np.ndarray:
    """A salted hash per form and subject of what the form adds to the subject's cells; 0 where it adds nothing."""
    scores = survey.scores
    counted = np.round(np.nan_to_num(scores.y) * 1e6).astype(np.uint64)
    for part in (scores.favourable, scores.unfavourable, scores.rated):
        counted = _mixed(counted ^ part.astype(np.uint64))
    forms = pd.util.hash_array(survey.forms["response_id"].to_numpy(dtype=object))
    mixed = _mixed(counted ^ _mixed(forms ^ np.uint64(salt))[:, None])
    return np.where(scores.is_given, np.maximum(mixed, np.uint64(1)), np.uint64(0))


def _mixed(x: np.ndarray) -> np.ndarray:
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)))


def signature_of(survey: Survey) -> str:
    """A hash of everything that a wave's cells are made of."""
    digest = hashlib.sha256()
    for frame in (survey.forms.drop(columns="form_key"), survey.items.drop(columns="item_no"), survey.stores):
        digest.update(pd.util.hash_pandas_object(frame.astype(str), index=False).to_numpy().tobytes())
    digest.update(survey.value.tobytes() + repr(sorted(survey.invited.items())).encode())
    return digest.hexdigest()


def tally(groups: Groups, hiding: Hiding) -> tuple[int, int, int]:
    """How many stores (internal service: regions x departments) show, have too few, protect a neighbour."""
    smallest = np.isin(groups.levels, ("store", "region_department"))
    codes = hiding.codes[smallest, 0]
    return tuple(int((codes == code).sum()) for code in (SHOWN, FEW, NEIGHBOUR))  # type: ignore[return-value]


def _show_waves(
    con: duckdb.DuckDBPyConnection,
    waves: Mapping[tuple[str, str], Wave],
    states: Mapping[tuple[str, str], Sequence[Any]],
    settings: Anonymity,
) -> None:
    """One row per wave; an open one tells nothing but that it is open."""
    told = ledger.versions(con)
    ends = {(v.instrument, v.wave): v.ends_on for v in told} | {key: w.ends_on for key, w in waves.items()}
    for key, (state, waiting) in sorted(states.items()):
        mine = [v for v in told if (v.instrument, v.wave) == key]
        if mine and not mine[-1].forms:
            continue  # withdrawn as a whole
        limits = mine[0].thresholds if mine else frozen_thresholds(settings)
        times = (mine[0].published_at, mine[-1].published_at) if mine else (None, None)
        counts = (mine[-1].shown, mine[-1].few, mine[-1].neighbour) if mine else (0, 0, 0)
        values = [*key, state, ends[key], *times, limits.minimum, limits.minimum_sensitive, waiting, *counts]
        ledger.show_wave(con, values)
