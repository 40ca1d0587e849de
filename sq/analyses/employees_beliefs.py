"""What managers and the front line believe, beside what customers say, element by element of the service.

Compared only where both were asked the same on the same scale (methods.md, section 8). Of the staff shown groups only:
the company's or a region's. By role only the whole survey is published, which is its questions on own knowledge and
practice: nothing that customers were asked, so managers and front line are held against each other, not against them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.comparison import compared
from sq.analyses.names import Names
from sq.analyses.two_sided import TwoSided, change_of
from sq.analyses.verdicts import NOTHING, Compared, verdicts
from sq.analyses.wording import Listing, Words, axis_name
from sq.language import N_, Message, Named, number
from sq.metrics.catalogue import METRICS
from sq.metrics.cells import HIDDEN, SurveyWave, headline_wave, measure_cells, waves
from sq.metrics.measuring import measure
from sq.metrics.questions import asked
from sq.selection import Selection
from sq.statistics import differences
from sq.statistics.intervals import adjusted_p_values
from sq.warehouse import Scope, Warehouse

MOST_NAMED = 3
BELIEFS, CUSTOMERS = METRICS["awareness_index"], METRICS["customer_index"]
# What the staff is asked about an element → what the customers are asked.
ASKED: dict[str, str] = {
    "importance": N_("How important it is to customers"),
    "perception": N_("How well it is done"),
}

BELIEVED = TwoSided(
    neither=N_(
        "On none of {count} questions does the staff reliably differ from customers (each answered by {staff} of the "
        "staff and {said} customers at most)."
    ),
    below=N_(
        "The staff reliably underestimates: {below} (of {count} questions, each answered by {staff} of the staff and "
        "{said} customers at most)."
    ),
    above=N_(
        "The staff reliably overestimates: {above} (of {count} questions, each answered by {staff} of the staff and "
        "{said} customers at most)."
    ),
    both=N_(
        "The staff reliably underestimates: {below}; reliably overestimates: {above} (of {count} questions, each "
        "answered by {staff} of the staff and {said} customers at most)."
    ),
)


@dataclass(frozen=True)
class Beliefs:
    """Elements of the service as the staff and as customers see them.

    Attributes:
        frame: id (role:element), role (key of ASKED), element, label, question (to the staff), touchpoint, believed
            with low, high and n, customers with their low, high and n, difference (believed − customers) with
            diff_low, diff_high, p_adjusted, verdict ('high': believed reliably more, 'low', 'none', 'too_few'),
            hidden_reason, minimum.
        roles: the whole survey by role (front_line, manager) against the rest: `Compared.frame`, id, label.
        roles_against: the reference of roles. roles_answer: how roles differ; None where there are none.
    """

    selection: Selection
    wave: SurveyWave | None
    answer: Message
    frame: pd.DataFrame
    roles: pd.DataFrame
    roles_against: Words
    roles_answer: Message | None
    caption: Message
    notes: tuple[Message, ...]


def beliefs(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Beliefs:
    """Beliefs of the selected region's staff, else of the company's, beside its customers of the same months."""
    here = Selection(start=selection.start, end=selection.end, wave=selection.wave, region=selection.region)
    staff = names.completed(here.but(metric=BELIEFS.id))
    wave = headline_wave(waves(warehouse, BELIEFS.instrument), staff)
    frame = _elements(warehouse, scope, staff, names) if wave else pd.DataFrame()
    roles = _roles(warehouse, scope, staff, names) if wave else Compared(pd.DataFrame(), "none", NOTHING)
    return Beliefs(
        selection=staff,
        wave=wave,
        answer=_answer(frame, wave),
        frame=frame,
        roles=roles.frame,
        roles_against=roles.against,
        roles_answer=of_roles(roles, staff, names),
        caption=telling.caption(names, staff, 0.0, period=wave.name if wave else None),
        notes=_notes(frame),
    )


def _elements(warehouse: Warehouse, scope: Scope, staff: Selection, names: Names) -> pd.DataFrame:
    """Every element that the staff was asked about, beside the customers where these were asked the same."""
    items = asked(warehouse, "element_items")
    items = items[items["role"].isin(list(ASKED))]
    own = items[items["instrument"] == "awareness"]
    if own.empty:
        return pd.DataFrame()
    theirs = items[items["instrument"] == "customer"]
    pairs = own.merge(theirs, on=["element_id", "role"], how="left", suffixes=("", "_customer"))
    pairs = pairs[
        pairs["item_id_customer"].isna()
        | ((pairs["scale_min"] == pairs["scale_min_customer"]) & (pairs["scale_max"] == pairs["scale_max_customer"]))
    ]
    cells = measure_cells(warehouse, scope, BELIEFS, staff, ("item",)).set_index("item")
    said = _customers(warehouse, scope, staff, names)
    rows = [_row(pair, cells, said, names) for pair in pairs.to_dict("records") if pair["item_id"] in cells.index]
    return _judged(pd.DataFrame(rows))


def _customers(warehouse: Warehouse, scope: Scope, staff: Selection, names: Names) -> pd.DataFrame:
    if CUSTOMERS.id not in names.available:
        return pd.DataFrame()
    selection = staff.but(metric=CUSTOMERS.id, wave="")
    return measure(warehouse, scope, CUSTOMERS.id, selection, ("item",)).set_index("item")


def _row(pair: dict[Any, Any], cells: pd.DataFrame, said: pd.DataFrame, names: Names) -> dict[str, Any]:
    own, nothing = cells.loc[pair["item_id"]], float("nan")
    key = pair["item_id_customer"]
    known = isinstance(key, str) and key in said.index
    theirs: Any = said.loc[key] if known else {}
    touchpoint = str(pair["touchpoint_id"])
    label = (
        names.label("touchpoint", touchpoint) if touchpoint else Named(str(pair["text_zh"]), str(pair["text_en"] or ""))
    )
    return {
        "id": f"{pair['role']}:{pair['element_id']}",
        "role": pair["role"],
        "element": pair["element_id"],
        "label": label,
        "question": Named(str(pair["text_zh"]), str(pair["text_en"] or "")),
        "touchpoint": touchpoint,
        "believed": float(own["value"]) if own["limit"] == "" else nothing,
        "low": own["low"],
        "high": own["high"],
        "se": own["se"],
        "n": own["n"],
        "hidden_reason": own["hidden_reason"],
        "minimum": own["minimum"],
        "customers": float(theirs["value"]) if known else nothing,
        "customers_low": float(theirs["low"]) if known else nothing,
        "customers_high": float(theirs["high"]) if known else nothing,
        "customers_se": float(theirs["se"]) if known else nothing,
        "customers_n": float(theirs["n"]) if known else nothing,
    }


def _judged(frame: pd.DataFrame) -> pd.DataFrame:
    """Differences and verdicts over all elements of both questions together."""
    if frame.empty:
        return frame
    gap = (frame["believed"] - frame["customers"]).to_numpy(dtype=float)
    variance = (frame["se"] ** 2 + frame["customers_se"] ** 2).to_numpy(dtype=float)
    found = differences.by_t(gap, variance, np.full(len(frame), np.inf))
    few = (
        frame["hidden_reason"].isin([*HIDDEN, "too_few"]).to_numpy()
        | (frame["customers_n"] < CUSTOMERS.minimum_n).to_numpy()
    )
    adjusted = adjusted_p_values(np.where(few, np.nan, found.p))
    told = verdicts(BELIEFS, found.value, adjusted)
    words = {"better": "high", "worse": "low"}
    return frame.assign(
        difference=found.value,
        diff_low=found.low,
        diff_high=found.high,
        p_adjusted=adjusted,
        verdict=[words.get(str(verdict), str(verdict)) for verdict in told],
    )


def _roles(warehouse: Warehouse, scope: Scope, staff: Selection, names: Names) -> Compared:
    """Managers and front line on the whole survey: by element there are no groups so fine."""
    found = compared(warehouse, scope, staff, ("role",))
    frame = found.frame.assign(id=found.frame["role"], label=names.labels_of("role", found.frame["role"]))
    return Compared(frame, found.kind, found.against, found.notes)


def of_roles(roles: Compared, staff: Selection, names: Names) -> Message | None:
    """The role that is furthest from everybody else, and whether reliably."""
    if roles.frame.empty:
        return None
    judged = roles.frame[roles.frame["verdict"].isin(["better", "worse", "none"])]
    if judged.empty:
        return Message(N_("Managers and front line cannot be held against each other here."))
    (row,) = judged.sort_values("difference", key=abs, ascending=False).head(1).to_dict("records")
    where = telling.where(names, staff.but(role=str(row["id"])))
    return telling.answer(BELIEFS, where, {str(k): v for k, v in row.items()}, roles.against)


def _answer(frame: pd.DataFrame, wave: SurveyWave | None) -> Message:
    if wave is None:
        return Message(N_("No survey of service awareness is published in this period."))
    if frame.empty:
        return Message(N_("The survey of service awareness asks about no element that customers were asked about."))
    judged = frame[frame["verdict"].isin(["high", "low", "none"])]
    if judged.empty:
        return Message(N_("What the staff believes cannot be held against what customers say here."))
    below, above = (_listed(judged[judged["verdict"] == side]) for side in ("low", "high"))
    most = {"staff": number(judged["n"].max(), 0), "said": number(judged["customers_n"].max(), 0)}
    return BELIEVED.told(below, above, {"count": number(len(judged), 0), **most})


def _listed(rows: pd.DataFrame) -> Listing:
    words = N_("{name}: {question} ({change}, 95 %: {low} to {high})")
    ordered = rows.sort_values("difference", key=abs, ascending=False)
    named = [
        Message(
            words,
            {
                "name": row["label"],
                "question": Message(ASKED[row["role"]]),
                **change_of(row, BELIEFS),
            },
        )
        for row in ordered.head(MOST_NAMED).to_dict("records")
    ]
    if len(rows) > MOST_NAMED:
        named.append(Message(N_("{count} more"), {"count": number(len(rows) - MOST_NAMED, 0)}))
    return Listing(tuple(named))


def _notes(frame: pd.DataFrame) -> tuple[Message, ...]:
    """Which elements customers were not asked about."""
    if frame.empty or not frame["customers"].isna().any():
        return ()
    alone = int(frame["customers"].isna().sum())
    words = N_("{axis}: {count} without customers’ answers on the same question and scale.")
    return (Message(words, {"axis": axis_name("touchpoint"), "count": number(alone, 0)}),)
