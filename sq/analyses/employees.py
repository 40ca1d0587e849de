"""How are the people who serve: by dimension and unit, from wave to wave, and what goes with wanting to leave.

Everything but reliabilities and drivers follows from shown groups; those two were worked out when publishing, for the
company and the regions that are large enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.comparison import compared
from sq.analyses.drill import place_levels, ranked
from sq.analyses.names import Name, Names
from sq.analyses.standing import profiles
from sq.analyses.surveys import earlier_wave, hidden_note
from sq.analyses.two_sided import TwoSided, change_of
from sq.analyses.verdicts import ALPHA, NOTHING, Compared, verdict_name
from sq.analyses.wording import Listing, Words, axis_name, count, quantity, signed_size
from sq.language import N_, Message, Named, number
from sq.metrics.catalogue import METRICS
from sq.metrics.cells import HIDDEN, SurveyWave, headline_wave, measure_cells, waves
from sq.metrics.questions import asked
from sq.selection import PLACE_PATH, Selection, month_text
from sq.statistics.drivers import ANSWERS_PER_DRIVER
from sq.statistics.intervals import adjusted_p_values
from sq.statistics.scales import LOW, REDUNDANT
from sq.warehouse import Scope, Warehouse

INDEX, FAVOURABLE, RATE = METRICS["employee_index"], METRICS["employee_favourable"], METRICS["employee_response_rate"]
UNIT_LEVELS = ("region", "city", "store", "department")
MOST_UNITS = 24
MOST_NAMED = 3  # places in a sentence
# Drivers that go together beyond this can hardly be told apart (methods.md, section 7).
COLLINEAR_R = 0.85
SMALLEST = 20  # complete forms of a group with estimates (sq/anonymity/estimates.py)
LIMITS = {"": "", ">=": "≥ ", "<=": "≤ "}
BANDS = ("favourable", "neutral", "unfavourable")
SCALE_STATES: dict[str, str] = {
    "sound": N_("holds together"),
    "weak": N_("too loose for one number"),
    "redundant": N_("items repeat each other"),
    "unknown": N_("not to be told"),
}

CHANGED = TwoSided(
    neither=N_("No dimension changed reliably since the wave before ({count} compared)."),
    below=N_("Since the wave before reliably worse: {below}."),
    above=N_("Since the wave before reliably better: {above}."),
    both=N_("Since the wave before reliably worse: {below}; reliably better: {above}."),
)
APART = TwoSided(
    neither=N_("{axis}: none of {count} differs reliably from {against}."),
    below=N_("{axis}: reliably worse than {against}: {below} (of {count} compared)."),
    above=N_("{axis}: reliably better than {against}: {above} (of {count} compared)."),
    both=N_("{axis}: reliably worse than {against}: {below}; reliably better: {above} (of {count} compared)."),
)
APART_ON_SUBJECTS = TwoSided(
    neither=N_("{axis} × {subject}: none differs reliably from {against} on any ({count} compared)."),
    below=N_("{axis} × {subject}: reliably worse than {against} on some: {below} (of {count} compared)."),
    above=N_("{axis} × {subject}: reliably better than {against} on some: {above} (of {count} compared)."),
    both=N_(
        "{axis} × {subject}: reliably worse than {against} on some: {below}; reliably better: {above} (of {count} "
        "compared)."
    ),
)


@dataclass(frozen=True)
class Estimated:
    """Estimates of a place, or of the company where the place is too small.

    Attributes:
        frame: id, label and the numbers. of: whom they are about. is_parent: whether that is not the selected place.
        turned: items that run against their scale.
    """

    frame: pd.DataFrame
    of: Words
    is_parent: bool
    turned: tuple[Name, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What goes along with one outcome.

    Attributes:
        key, label: the outcome. n: complete forms. r2: share explained by all drivers together (0-1).
        drivers: id, label, value (percent of R²), low, high, r, beta, p_adjusted, is_reliable; the largest first.
        collinear: the largest correlation of two drivers. sentence: in words.
    """

    key: str
    label: Name
    n: int
    r2: float
    limit: str
    drivers: pd.DataFrame
    collinear: float
    of: Words
    is_parent: bool
    sentence: Message


@dataclass(frozen=True)
class Employees:
    """The employees of a place in a wave.

    Attributes:
        answer: index against its reference. response: how many of those invited answered; None where that is hidden.
        apart: which places differ reliably from their reference; None where none can be judged, and for a single
            store or department.
        changed: what changed reliably since the wave before.
        subject: dimension, or item where the survey has no dimensions. bands: one row per subject: id, label, the three
            shares with their limits, n, hidden_reason, minimum. changes: one row per subject: `Compared.frame` and id,
            label, against the wave before. units: places x subjects for the heat map. rates: response rates of the
            places below. level, levels: of the places. around: the caption of units and rates: a store or department
            stands among its likes.
    """

    selection: Selection
    wave: SurveyWave | None
    before: SurveyWave | None
    answer: Message
    response: Message | None
    apart: Message | None
    changed: Message | None
    subject: str
    bands: pd.DataFrame
    changes: pd.DataFrame
    level: str
    levels: tuple[str, ...]
    units: Compared
    total_units: int
    rates: Compared
    scales: Estimated
    outcomes: tuple[Outcome, ...]
    caption: Message
    around: Message
    notes: tuple[Message, ...]

    @property
    def meanwhile(self) -> Selection:
        """The place from the month of the wave before to that of this one; its period where there are not both."""
        if self.wave is None or self.before is None:
            return self.selection
        months = {"start": month_text(self.before.month), "end": month_text(self.wave.month)}
        return self.selection.but(wave="", **months)


def employees(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, level: str = "") -> Employees:
    """The employees of the selected place; verdicts are those of `sq.analyses.comparison`."""
    asked_for = names.completed(selection.but(metric=INDEX.id, dimension="", item=""))
    known = waves(warehouse, INDEX.instrument)
    wave = headline_wave(known, asked_for)
    head = compared(warehouse, scope, asked_for, ())
    levels = _levels(asked_for, names)
    level = level if level in levels else next(iter(levels), "")
    subject = _subject(asked_for, names)
    changes = _changes(warehouse, scope, asked_for, names, subject)
    bands = _bands(warehouse, scope, asked_for, names, subject)
    places = _places(warehouse, scope, asked_for, names, level)
    units = _units(warehouse, scope, asked_for, names, level, places)
    scales, outcomes = _estimates(warehouse, scope, asked_for, names, wave)
    row = {str(k): v for k, v in head.frame.iloc[0].items()} if len(head.frame) else {}
    where = telling.where(names, asked_for)
    return Employees(
        selection=asked_for,
        wave=wave,
        before=earlier_wave(known, wave, "previous") if wave else None,
        answer=_answer(names, where, row, head.against, bands, wave),
        response=_response(warehouse, scope, asked_for, names) if row else None,
        apart=None
        if asked_for.store or asked_for.department
        else _apart(places, level) or apart_on_subjects(units, level, subject),
        changed=_changed(changes.frame) if row else None,
        subject=subject,
        bands=bands,
        changes=changes.frame,
        level=level,
        levels=levels,
        units=units,
        total_units=len(places.frame),
        rates=_rates(warehouse, scope, asked_for, names, level),
        scales=scales,
        outcomes=outcomes,
        caption=telling.caption(names, asked_for, float(row.get("n", 0) or 0), period=wave.name if wave else None),
        around=telling.caption(names, _around(asked_for), 0.0, period=wave.name if wave else None),
        notes=(*head.notes, *hidden_note(units.frame, Message(N_("Places × dimensions")))),
    )


def _answer(
    names: Names, where: Words, row: dict[str, Any], against: Words, bands: pd.DataFrame, wave: SurveyWave | None
) -> Message:
    if wave is None:
        return Message(N_("No survey of employees is published in this period."))
    if not names.implied_subject(INDEX):
        return telling.answer(INDEX, where, row, against) if row else Message(N_("Nothing is shown of employees here."))
    told = bands[bands["favourable"].notna()]
    if told.empty:
        return Message(N_("Nothing is shown of employees here."))
    words = N_(
        "{where}: {count} questions, each by itself because no form answers them all; most favourable “{best}” "
        "({high} %; {high_n}), least “{worst}” ({low} %; {low_n})."
    )
    first, last = told.iloc[0], told.iloc[-1]
    values = {"where": where, "count": number(len(told), 0), "best": first["label"], "worst": last["label"]}
    counts = {"high_n": count(INDEX.n_unit, first["n"]), "low_n": count(INDEX.n_unit, last["n"])}
    return Message(words, values | counts | {"high": _share(first), "low": _share(last)})


def _share(row: Any) -> str:
    """A favourable share, or the limit that it stands for."""
    return LIMITS[str(row["favourable_limit"] or "")] + number(row["favourable"], 0)


def _subject(selection: Selection, names: Names) -> str:
    """What the questionnaire is divided into: dimensions, or single questions where it has none."""
    return "dimension" if names.options("dimension", selection) else "item"


def _levels(selection: Selection, names: Names) -> tuple[str, ...]:
    """The levels whose places stand beside each other here; a store stands among those of its region."""
    return tuple(name for name in place_levels(_around(selection), names) if name in UNIT_LEVELS)


def _around(selection: Selection) -> Selection:
    """The place whose units stand side by side: a store or a department stands among its likes."""
    return selection.but(store="", department="")


def _changes(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, subject: str) -> Compared:
    """One row per subject of the place against the wave before; its family is every place of the level."""
    found = compared(warehouse, scope, selection.but(compare="previous"), (subject,))
    return ranked(found, selection.but(sort="order"), names, subject)


def _bands(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, subject: str) -> pd.DataFrame:
    """How opinions divide by subject, as far as is told."""
    rows = measure_cells(warehouse, scope, INDEX, selection, (subject,))
    if rows.empty:
        return pd.DataFrame(columns=["id", "label", *BANDS, "n", "hidden_reason", "minimum"])
    told = asked(warehouse, "cell_bands", ([int(key) for key in rows["cell_key"]],))
    frame = rows.merge(told, on="cell_key", how="left")
    frame = frame.assign(id=frame[subject], label=names.labels_of(subject, frame[subject], INDEX.instrument))
    hidden = frame["hidden_reason"].isin(HIDDEN)
    withheld = ~hidden & frame[list(BANDS)].isna().all(axis=1)
    frame = frame.assign(hidden_reason=frame["hidden_reason"].mask(withheld, "neighbour"))
    keys = pd.DataFrame({"hidden": hidden | withheld, "share": -frame["favourable"].fillna(-1)})
    return frame.loc[keys.sort_values(["hidden", "share"], kind="stable").index].reset_index(drop=True)


def _changed(changes: pd.DataFrame) -> Message | None:
    """Which dimensions changed reliably since the wave before; None where there is none before."""
    judged = changes[changes["verdict"].isin(["better", "worse", "none"])]
    if judged.empty:
        return None
    below, above = (_listed(judged[judged["verdict"] == side]) for side in ("worse", "better"))
    return CHANGED.told(below, above, {"count": number(len(judged), 0)})


def _listed(rows: pd.DataFrame) -> Listing:
    ordered = rows.loc[rows["difference"].abs().sort_values(ascending=False, kind="stable").index]
    words = N_("{name} ({change})")
    return Listing(
        tuple(
            Message(words, {"name": row["label"], "change": signed_size(INDEX, row["difference"])})
            for row in ordered.to_dict("records")
        )
    )


def _places(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, level: str) -> Compared:
    """The index of the places that stand side by side, the lowest first; judged among all of their level."""
    if not level:
        return Compared(pd.DataFrame(columns=["verdict"]), "none", NOTHING)
    around = _around(selection)
    inside = [key for key, _ in names.options(level, around)]
    found = compared(warehouse, scope, around, (level,))
    rows = found.frame[found.frame[level].isin(inside)].sort_values("value", kind="stable")
    rows = rows.drop_duplicates(level).reset_index(drop=True)
    labelled = rows.assign(id=rows[level], label=names.labels_of(level, rows[level]).to_numpy())
    return Compared(labelled, found.kind, found.against, found.notes)


def _apart(places: Compared, level: str) -> Message | None:
    """Which places are reliably lower or higher than their reference, the largest difference first."""
    judged = places.frame[places.frame["verdict"].isin(["better", "worse", "none"])]
    if judged.empty:
        return None
    values: dict[str, Any] = {
        "axis": axis_name(level),
        "count": number(len(judged), 0),
        "against": places.against,
    }
    below, above = (_told_apart(judged[judged["verdict"] == side]) for side in ("worse", "better"))
    return APART.told(below, above, values)


def apart_on_subjects(units: Compared, level: str, subject: str) -> Message | None:
    """Where no index of the whole form is told: on how many subjects the places are reliably lower or higher."""
    if units.frame.empty or "verdict" not in units.frame:
        return None
    judged = units.frame[units.frame["verdict"].isin(["better", "worse", "none"])]
    if judged.empty:
        return None
    values: dict[str, Any] = {
        "axis": axis_name(level),
        "subject": axis_name(subject),
        "against": units.against,
        "count": number(judged["place"].nunique(), 0),
    }
    below, above = (_with_counts(judged[judged["verdict"] == side]) for side in ("worse", "better"))
    return APART_ON_SUBJECTS.told(below, above, values)


def _with_counts(rows: pd.DataFrame) -> Listing:
    """Places with the number of their subjects in ``rows``, the most first; no more than MOST_NAMED of them."""
    counts = rows.groupby("place", sort=False).agg(label=("place_label", "first"), count=("place", "size"))
    ordered = counts.sort_values("count", ascending=False, kind="stable")
    told = [
        Message(N_("{name} (on {count})"), {"name": row["label"], "count": number(row["count"], 0)})
        for row in ordered.head(MOST_NAMED).to_dict("records")
    ]
    if len(ordered) > MOST_NAMED:
        told.append(Message(N_("{count} more"), {"count": number(len(ordered) - MOST_NAMED, 0)}))
    return Listing(tuple(told))


def _told_apart(rows: pd.DataFrame) -> Listing:
    """Places with difference, interval and n; no more than MOST_NAMED of them."""
    words = N_("{name} ({change}, 95 %: {low} to {high}; {n})")
    ordered = rows.sort_values("difference", key=abs, ascending=False, kind="stable")
    told = [
        Message(
            words,
            {
                "name": row["label"],
                **change_of(row, INDEX),
                "n": count(INDEX.n_unit, row["n"]),
            },
        )
        for row in ordered.head(MOST_NAMED).to_dict("records")
    ]
    if len(ordered) > MOST_NAMED:
        told.append(Message(N_("{count} more"), {"count": number(len(ordered) - MOST_NAMED, 0)}))
    return Listing(tuple(told))


def _response(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Message | None:
    """How many of those invited answered, as published: a reader judges by it how far to trust the rest."""
    unknown = Message(N_("How many were invited is not known, so nothing tells how many did not answer."))
    if RATE.id not in names.available:
        return unknown
    found = compared(warehouse, scope, selection.but(metric=RATE.id), ())
    row = {str(k): v for k, v in found.frame.iloc[0].items()} if len(found.frame) else {}
    if row.get("hidden_reason", "") in HIDDEN:
        return None
    if not row or np.isnan(row["value"]):
        return unknown
    values = {"share": quantity(RATE, row["value"], row["limit"]), "invited": number(row["n"], 0)}
    if row["verdict"] not in ("better", "worse", "none"):
        return Message(N_("{share} of {invited} invited answered."), values)
    values |= {
        "reference": quantity(RATE, row["reference"]),
        "against": found.against,
        "verdict": verdict_name(str(row["verdict"])),
    }
    return Message(N_("{share} of {invited} invited answered ({against}: {reference}; {verdict})."), values)


def _units(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, level: str, places: Compared
) -> Compared:
    """Places x dimensions against the rest, at most MOST_UNITS places: the lowest index first."""
    nothing = Compared(pd.DataFrame(columns=["hidden_reason"]), "none", NOTHING)
    if not level:
        return nothing
    ids = tuple(str(key) for key in places.frame["id"])
    found = profiles(warehouse, scope, _around(selection), names, level, ids[:MOST_UNITS])
    return found if "hidden_reason" in found.frame else nothing


def _rates(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, level: str) -> Compared:
    """Response rates of all places that stand side by side, the lowest last."""
    if not level or RATE.id not in names.available or level not in RATE.levels:
        return Compared(pd.DataFrame(), "none", NOTHING)
    around = _around(selection).but(metric=RATE.id, compare="rest")
    return ranked(compared(warehouse, scope, around, (level,)), around, names, level)


# --- what was worked out when publishing --------------------------------------------------------------------------


def _estimates(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, wave: SurveyWave | None
) -> tuple[Estimated, tuple[Outcome, ...]]:
    nothing = Estimated(pd.DataFrame(columns=["id", "label", "alpha"]), NOTHING, False)
    if wave is None:
        return nothing, ()
    rows = _in_scope(asked(warehouse, "anonymous_estimates", (INDEX.instrument, wave.id)), scope)
    if rows.empty:
        return nothing, ()
    keys = dict.fromkeys(rows.loc[rows["statistic"] == "model", "outcome"])
    return _scales(rows, selection, names), tuple(_outcome(rows, str(key), selection, names) for key in keys)


def _in_scope(rows: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """What a reader may see: the company only without any limit, else the own regions."""
    if not scope.regions and not scope.stores:
        return rows
    return rows[(rows["level"] == "region") & rows["region"].isin(scope.regions)]


def _of_place(rows: pd.DataFrame, selection: Selection) -> tuple[pd.DataFrame, Words, bool]:
    """The estimates of the selected region where there are any, else of the company; and whose they are."""
    company = axis_name("chain")
    own = rows[(rows["level"] == "region") & (rows["region"] == selection.region)] if selection.region else rows[:0]
    if len(own) and own["value"].notna().any():
        return own, Named(selection.region), bool(selection.store or selection.city)
    narrower = any(getattr(selection, name) for name in (*PLACE_PATH, "department", "role", "tenure"))
    return rows[rows["level"] == "chain"], company, narrower


def _scales(rows: pd.DataFrame, selection: Selection, names: Names) -> Estimated:
    kinds = ("alpha", "spearman_brown", "omega")
    own, of, is_parent = _of_place(rows[rows["statistic"].isin(kinds)], selection)
    if own.empty:
        return Estimated(pd.DataFrame(columns=["id", "label", "alpha"]), of, is_parent)
    first = own[own["statistic"] != "omega"].set_index("subject")
    omega = own[own["statistic"] == "omega"].set_index("subject")["value"]
    against = rows[rows["statistic"] == "item_total"]["subject"]
    frame = pd.DataFrame(
        {
            "id": first.index.astype(str),
            "label": names.labels_of("dimension", first.index, INDEX.instrument).to_numpy(),
            "alpha": first["value"].to_numpy(dtype=float),
            "low": first["low"].to_numpy(dtype=float),
            "high": first["high"].to_numpy(dtype=float),
            "limit": first["limit"].to_numpy(),
            "omega": omega.reindex(first.index).to_numpy(dtype=float),
            "n": first["n"].to_numpy(dtype=float),
            "is_pair": (first["statistic"] == "spearman_brown").to_numpy(),
        }
    )
    frame = frame.assign(state=[_state(row) for row in frame.to_dict("records")])
    order = {key: place for place, key in enumerate(names.labels["dimension"])}
    places = frame["id"].map(lambda key: order.get(f"{INDEX.instrument}:{key}", len(order)))
    frame = frame.loc[places.sort_values(kind="stable").index].reset_index(drop=True)
    turned = tuple(names.label("item", str(item), INDEX.instrument) for item in against)
    return Estimated(frame, of, is_parent, turned)


def _state(row: dict[Any, Any]) -> str:
    if not np.isfinite(row["alpha"]):
        return "unknown"
    if row["alpha"] < LOW:
        return "weak"
    return "redundant" if row["limit"] == ">=" or row["alpha"] > REDUNDANT else "sound"


def _outcome(rows: pd.DataFrame, key: str, selection: Selection, names: Names) -> Outcome:
    about = rows[(rows["outcome"] == key) & rows["statistic"].isin(["model", "driver"])]
    own, of, is_parent = _of_place(about, selection)
    model = own[own["statistic"] == "model"]
    found = own[own["statistic"] == "driver"]
    label = _outcome_label(key, names)
    if model.empty:
        return Outcome(key, label, 0, float("nan"), "", _no_drivers(), float("nan"), of, is_parent, _not_told(label))
    adjusted = adjusted_p_values(found["p"].to_numpy(dtype=float))
    with np.errstate(invalid="ignore"):
        reliable = adjusted <= ALPHA
    drivers = pd.DataFrame(
        {
            "id": found["subject"].astype(str).to_numpy(),
            "label": names.labels_of("dimension", found["subject"], INDEX.instrument).to_numpy(),
            **{name: found[name].to_numpy(dtype=float) for name in ("value", "low", "high", "r", "beta")},
            "p_adjusted": adjusted,
            "is_reliable": reliable,
        }
    ).sort_values("value", ascending=False, ignore_index=True)
    first = model.iloc[0]
    r2, n = float(first["value"]), int(first["n"])
    sentence = driven(label, drivers, r2, n) if len(drivers) else _not_told(label)
    collinear = float(first["r"]) if np.isfinite(first["r"]) else float("nan")
    return Outcome(key, label, n, r2, str(first["limit"]), drivers, collinear, of, is_parent, sentence)


def _outcome_label(key: str, names: Names) -> Name:
    """An outcome is a dimension or an item."""
    known = f"{INDEX.instrument}:{key}" in names.labels["dimension"]
    return names.label("dimension" if known else "item", key, INDEX.instrument)


def _no_drivers() -> pd.DataFrame:
    return pd.DataFrame(columns=["id", "label", "value", "low", "high", "r", "beta", "p_adjusted", "is_reliable"])


def _not_told(label: Name) -> Message:
    words = N_(
        "What goes along with “{outcome}” cannot be told: it takes at least {least} complete forms, {each} for every "
        "dimension, whose answers differ."
    )
    return Message(words, {"outcome": label, "least": number(SMALLEST, 0), "each": number(ANSWERS_PER_DRIVER, 0)})


def driven(label: Name, drivers: pd.DataFrame, r2: float, n: int) -> Message:
    """What goes demonstrably along with an outcome, from rows of `Outcome.drivers` in descending order."""
    values: dict[str, Any] = {"outcome": label, "share": number(100 * r2, 0), "n": number(n, 0)}
    reliable = drivers[drivers["is_reliable"]]
    if reliable.empty:
        words = N_("No dimension goes demonstrably along with “{outcome}” beside the others ({n} complete forms).")
        return Message(words, values)
    parts: Sequence[Message] = [
        Message(N_("{name} ({share} %)"), {"name": row["label"], "share": number(row["value"], 0)})
        for row in reliable.to_dict("records")
    ]
    values |= {"drivers": Listing(tuple(parts)), "first": reliable["label"].iloc[0]}
    return Message(_in_what_order(drivers, len(reliable)), values)


def _in_what_order(drivers: pd.DataFrame, reliable: int) -> str:
    """A driver is said to come first only where its whole interval lies above that of every other."""
    if reliable == 1:
        return N_(
            "The other dimensions together explain {share} % of the differences in “{outcome}” within units; "
            "demonstrably along with it goes only {drivers} ({n} complete forms)."
        )
    if drivers["low"].iloc[0] > drivers["high"].iloc[1:].max():
        return N_(
            "The other dimensions together explain {share} % of the differences in “{outcome}” within units; "
            "demonstrably along with it go {drivers}, more than any other {first} ({n} complete forms)."
        )
    return N_(
        "The other dimensions together explain {share} % of the differences in “{outcome}” within units; "
        "demonstrably along with it go {drivers}; their intervals overlap, so luck could change the order "
        "({n} complete forms)."
    )
