"""Internal service: which department serves which region how well, and what goes wrong between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.comparison import compared
from sq.analyses.names import Names
from sq.analyses.survey_details import problems_of
from sq.analyses.surveys import hidden_note
from sq.analyses.two_sided import TwoSided, change_of
from sq.analyses.verdicts import NOTHING, Compared
from sq.analyses.wording import Listing, Words, axis_name, count
from sq.language import N_, Message, number
from sq.metrics.catalogue import METRICS
from sq.metrics.cells import SurveyWave, headline_wave, waves
from sq.selection import Selection
from sq.warehouse import Scope, Warehouse

SCORE = METRICS["internal_service_score"]

RATED = TwoSided(
    neither=N_("None of the {all} departments is rated reliably differently from {against} ({n})."),
    below=N_("Against {against} the front line rates reliably worse: {below} ({n})."),
    above=N_("Against {against} the front line rates reliably better: {above} ({n})."),
    both=N_("Against {against} the front line rates reliably worse: {below}; reliably better: {above} ({n})."),
)


@dataclass(frozen=True)
class InternalService:
    """Departments as the regions rate them.

    Attributes:
        answer: which departments differ reliably from the others. departments: one row per department: the columns of
            `Compared.frame`, id, label. matrix: place (region), place_label, subject (department), subject_label and
            the columns of `Compared.frame`, each cell against the other regions; by_department: the same against the
            other departments of the region. problems: of the department or region chosen, else of all.
        of: whose problems these are.
    """

    selection: Selection
    wave: SurveyWave | None
    answer: Message
    departments: pd.DataFrame
    against: Words
    matrix: Compared
    by_department: Compared
    problems: pd.DataFrame
    of: Words
    caption: Message
    notes: tuple[Message, ...]


def internal_service(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> InternalService:
    """Internal service of the selection's wave, region (that rates) and department (that is rated)."""
    asked_for = names.completed(
        Selection(
            metric=SCORE.id,
            start=selection.start,
            end=selection.end,
            wave=selection.wave,
            region=selection.region,
            department=selection.department,
            compare="rest" if selection.compare == "none" else selection.compare,
        )
    )
    wave = headline_wave(waves(warehouse, SCORE.instrument), asked_for)
    whole = asked_for.but(department="")
    found = compared(warehouse, scope, whole, ("department",)) if wave else Compared(pd.DataFrame(), "none", NOTHING)
    departments = _named(found.frame, names)
    matrix = _matrix(warehouse, scope, asked_for, names, found.kind) if wave else found
    head = compared(warehouse, scope, asked_for, ()).frame if wave else pd.DataFrame()
    n = _answers(head)
    every = n if not asked_for.department or not wave else _answers(compared(warehouse, scope, whole, ()).frame)
    return InternalService(
        selection=asked_for,
        wave=wave,
        answer=_answer(departments, found.against, every or np.nan),
        departments=departments,
        against=found.against,
        matrix=matrix,
        by_department=_by_department(warehouse, scope, asked_for, names, matrix),
        problems=problems_of(warehouse, SCORE, head, departments) if len(head) else pd.DataFrame(),
        of=telling.where(names, asked_for),
        caption=telling.caption(names, asked_for, n, period=wave.name if wave else None),
        notes=(*found.notes, *hidden_note(matrix.frame, axis_name("department")))
        if "hidden_reason" in matrix.frame
        else found.notes,
    )


def _answers(head: pd.DataFrame) -> float:
    """How many answers a row stands on, 0 where that is hidden or there is none."""
    return float(head["n"].iloc[0]) if len(head) and np.isfinite(head["n"].iloc[0]) else 0.0


def _named(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    if frame.empty:
        return frame
    labels = names.labels_of("department", frame["department"])
    return frame.assign(id=frame["department"], label=labels).sort_values(
        "value", ascending=False, kind="stable", ignore_index=True
    )


def _matrix(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, kind: str) -> Compared:
    """Regions (columns) x departments (rows), each department's rating by a region against that by the others."""
    wide = selection.but(region="", department="", compare=kind)
    found = compared(warehouse, scope, wide, ("department", "region"))
    frame = found.frame.assign(
        place=found.frame["region"],
        subject=found.frame["department"],
        place_label=names.labels_of("region", found.frame["region"]),
        subject_label=names.labels_of("department", found.frame["department"]),
    )
    return Compared(frame, found.kind, found.against, found.notes)


def _by_department(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, matrix: Compared
) -> Compared:
    """The same cells against the other departments that the region rates; the family is the whole matrix."""
    if matrix.frame.empty or matrix.kind != "rest":
        return matrix
    regions = list(dict.fromkeys(matrix.frame["region"]))
    parts = [compared(warehouse, scope, selection.but(region=key, department=""), ("department",)) for key in regions]
    frames = [part.frame.assign(region=key) for key, part in zip(regions, parts, strict=True)]
    frame = pd.concat(frames, ignore_index=True)
    frame = frame.assign(
        place=frame["region"],
        subject=frame["department"],
        place_label=names.labels_of("region", frame["region"]),
        subject_label=names.labels_of("department", frame["department"]),
    )
    return Compared(frame, parts[0].kind, parts[0].against, matrix.notes)


def _answer(departments: pd.DataFrame, against: Words, n: float) -> Message:
    if departments.empty:
        return Message(N_("No survey of internal service is published in this period."))
    judged = departments[departments["verdict"].isin(["better", "worse", "none"])]
    values: dict[str, Any] = {"all": number(len(judged), 0), "against": against, "n": count(SCORE.n_unit, n)}
    if judged.empty:
        return Message(N_("No department can be judged against {against}."), values)
    below, above = (_listed(judged[judged["verdict"] == side]) for side in ("worse", "better"))
    return RATED.told(below, above, values)


def _listed(rows: pd.DataFrame) -> Listing:
    words = N_("{name} ({change}, 95 %: {low} to {high})")
    return Listing(
        tuple(
            Message(words, {"name": row["label"], **change_of(row, SCORE)})
            for row in rows.sort_values("difference", key=abs, ascending=False).to_dict("records")
        )
    )
