"""Are shoppers equally strict, and what would the scores be if they were?

The estimates themselves are made when publishing (sq/publish_estimates.py); here they are judged, told and applied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.names import Names
from sq.analyses.rota import Rota, rota
from sq.analyses.verdicts import ALPHA, verdicts
from sq.analyses.wording import Listing, Period, count
from sq.language import N_, Message, Named, number
from sq.metrics.catalogue import METRICS
from sq.metrics.querying import evidence_statement
from sq.metrics.questions import asked
from sq.selection import PLACE_PATH, Selection, month_text
from sq.statistics.estimable import DID_NOT_CONVERGE, NotEstimable
from sq.statistics.intervals import Floats, adjusted_p_values, normal_p_value
from sq.warehouse import Scope, Warehouse

METRIC = METRICS["mystery_score"]
PERIODS: dict[str, str] = {"recent": N_("Last 12 months"), "all": N_("All months")}
STRICTNESS: dict[str, str] = {
    "better": N_("reliably lenient"),
    "worse": N_("reliably strict"),
    "none": N_("no reliable difference"),
    "too_few": N_("too few to judge"),
    "": N_("not compared"),
}
FEWEST_VISITS = 3
# A habit is remarked on from this many visits, and beyond this many points of percent from everybody's share.
FEWEST_FOR_HABITS, RELEVANT_SHARE = 10, 0.05
MOST_NAMED = 6
REFUSALS: dict[str, str] = {
    "no_shopper": N_("No visit says who made it."),
    "one_shopper": N_("All visits were made by one shopper, so nobody can be compared with anybody."),
    "not_connected": N_(
        "Shoppers and stores fall into {parts} parts that share nobody: their levels cannot be compared."
    ),
    "too_few": N_("There are too few visits for the number of stores and shoppers."),
    "no_variation": N_("All visits have the same score."),
    "not_settled": DID_NOT_CONVERGE.reason.msgid,
}
NO_VISITS = Message(N_("There are no mystery visits."))
EXPLAINED = Message(
    N_(
        "Adjusted: what the score would be had every visit been made by a shopper of average strictness; "
        "the raw score stays beside it."
    )
)
PARTS: dict[str, str] = {
    "variance_shopper": N_("Who visits"),
    "variance_store": N_("The store"),
    "variance_rest": N_("The single visit"),
}
ITEM_KINDS: dict[str, str] = {
    "score": N_("Score of the whole visit"),
    "graded": N_("Graded items"),
    "yes_no": N_("Yes/no items"),
    "veto": N_("Veto items"),
}
AXES = {
    "then": {"region": "m.region", "city": "coalesce(m.city, '')", "store": "m.store_id"},
    "now": {"region": "m.region_now", "city": "coalesce(m.city_now, '')", "store": "m.store_id"},
}


@dataclass(frozen=True)
class Shoppers:
    """What is known of the shoppers of a period, those who visited the selected place.

    Attributes:
        answer: is strictness a problem, and whose. refusal: why strictness is not estimated (None = it is).
        counts: the row of shopper_model; empty where there are no visits.
        shoppers: the columns of shopper_effects and ``p_adjusted``, ``verdict`` (better = lenient, worse = strict),
            ``na_stands_out``, ``straight_stands_out``; most lenient first.
        variances: part (key of PARTS), variance, share (0-1); empty where not estimated.
        overlap: shopper_id, region, label, visits, is_home of every shopper in the list and region.
        agreement: item_kind, visits, n, alpha, same.
        stores: the columns of store_adjusted and ``label``, ``change`` (adjusted - raw); largest change first.
        rota: the advice for the next wave. caption: the visits selected; basis: those that the estimates rest on.
    """

    period: str
    selection: Selection
    answer: Message
    refusal: NotEstimable | None
    counts: Mapping[str, Any]
    shoppers: pd.DataFrame
    variances: pd.DataFrame
    overlap: pd.DataFrame
    agreement: pd.DataFrame
    stores: pd.DataFrame
    rota: Rota | None
    caption: Message
    basis: Message


def shoppers(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, period: str = "recent"
) -> Shoppers:
    """What is known of the shoppers in a period ('recent' or 'all') who visited the selected place."""
    models = asked(warehouse, "shopper_model").set_index("period", drop=False)
    if period not in models.index:
        return _without_visits(selection, names, period)
    model: dict[str, Any] = {str(k): v for k, v in models.loc[period].to_dict().items()}
    here = _here(selection, model)
    pairs = _pairs(warehouse, scope, here)
    known = pairs[pairs["shopper_id"] != ""]
    people = judged(asked(warehouse, "shopper_effects", (period,)))
    people = people[people["shopper_id"].isin(known["shopper_id"])].reset_index(drop=True)
    stores = _stores(asked(warehouse, "shopper_stores", (period,)), known, names)
    refusal = _refusal(model)
    return Shoppers(
        period=period,
        selection=here,
        answer=_answer(model, people, refusal, int(pairs["visits"].sum())),
        refusal=refusal,
        counts=model,
        shoppers=people,
        variances=_variances(model),
        overlap=_overlap(known, people, names),
        agreement=_in_order(asked(warehouse, "shopper_agreement", (period,))),
        stores=stores,
        rota=rota(model, people, stores, known, names) if len(known) else None,
        caption=telling.caption(names, here, int(pairs["visits"].sum())),
        basis=telling.caption(names, here.but(**dict.fromkeys(PLACE_PATH, "")), int(model["visits"])),
    )


def _without_visits(selection: Selection, names: Names, period: str) -> Shoppers:
    none = pd.DataFrame()
    here = names.completed(selection.but(metric=METRIC.id))
    refused = NotEstimable(NO_VISITS)
    nothing = Message(N_("nothing"))
    return Shoppers(period, here, NO_VISITS, refused, {}, none, none, none, none, none, None, nothing, nothing)


def _here(selection: Selection, model: Mapping[str, Any]) -> Selection:
    """The selected place over the months of the estimates; own stores only."""
    places = {name: getattr(selection, name) for name in PLACE_PATH}
    months = {"start": month_text(model["first_month"]), "end": month_text(model["last_month"])}
    return Selection(metric=METRIC.id, **places, **months)


def _pairs(warehouse: Warehouse, scope: Scope, here: Selection) -> pd.DataFrame:
    own = " AND m.brand = ''"
    statement = evidence_statement("shopper_pairs", METRIC, scope, here, own)
    return warehouse.kept(statement.sql, list(statement.values))


def _refusal(model: Mapping[str, Any]) -> NotEstimable | None:
    """Why a period tells nothing about strictness; None where it does."""
    if not model["reason"]:
        return None
    return NotEstimable(Message(REFUSALS[model["reason"]], {"parts": number(model["components"], 0)}))


def judged(people: pd.DataFrame) -> pd.DataFrame:
    """Verdicts over all shoppers of the period: the family is everybody, whatever place is selected."""
    severity = people["severity"].to_numpy(float)
    se = people["severity_se"].where(people["visits"] >= FEWEST_VISITS).to_numpy(float)
    p_adjusted = adjusted_p_values(_p_values(severity, se))
    # all zero without an error: shoppers do not differ beyond chance
    verdict = np.where((severity == 0) & people["severity_se"].isna(), "none", verdicts(METRIC, severity, p_adjusted))
    straight = people["straight_visits"].to_numpy(float)
    overall = _weighted(people["straight_rate"], straight)
    with np.errstate(divide="ignore", invalid="ignore"):
        straight_se = np.sqrt(overall * (1 - overall) / np.where(straight > 0, straight, np.nan))
    return people.assign(
        component=_part(people),
        p_adjusted=p_adjusted,
        verdict=verdict,
        na_stands_out=_stands_out(people, "na_rate", people["na_se"].to_numpy(float)),
        straight_stands_out=_stands_out(people, "straight_rate", straight_se),
    )


def _part(frame: pd.DataFrame) -> pd.Series:
    """The part of the net that a shopper or store lies in; -1 for one without a scored visit."""
    return frame["component"].fillna(-1).astype(int)


def _p_values(difference: Floats, se: Floats) -> Floats:
    usable = np.isfinite(se) & (se > 0)
    p = np.full(len(difference), np.nan)
    p[usable] = normal_p_value(difference[usable], se[usable])
    return p


def _weighted(rate: pd.Series, weight: Floats) -> float:
    use = rate.notna().to_numpy() & (weight > 0)
    return float(np.average(rate.to_numpy(float)[use], weights=weight[use])) if use.any() else float("nan")


def _stands_out(people: pd.DataFrame, column: str, se: Floats) -> Any:
    """Whose share lies reliably and relevantly above that of all (Benjamini-Hochberg over all shoppers)."""
    difference = people[column].to_numpy(float) - _weighted(people[column], people["visits"].to_numpy(float))
    enough = people["visits"].to_numpy() >= FEWEST_FOR_HABITS
    p = adjusted_p_values(_p_values(difference, np.where(enough, se, np.nan)))
    with np.errstate(invalid="ignore"):
        return (p <= ALPHA) & (difference >= RELEVANT_SHARE)


def _answer(model: Mapping[str, Any], people: pd.DataFrame, refusal: NotEstimable | None, visits: int) -> Message:
    if not visits:
        return Message(N_("There are no mystery visits in this selection."))
    values: dict[str, Any] = {"n": count("visits", model["visits"])}
    if refusal is not None:
        return _refused(model, people, refusal, values)
    spread = model["variance_store"] + model["variance_shopper"] + model["variance_rest"]
    values["share"] = number(model["variance_shopper"] / spread * 100, 0)
    strict, lenient = (_named(people[people["verdict"] == verdict]) for verdict in ("worse", "better"))
    values |= {"strict": strict, "lenient": lenient}
    if model["variance_shopper"] <= 0:
        return Message(N_("No difference between shoppers can be seen beyond chance ({n})."), values)
    if not strict.parts and not lenient.parts:
        return Message(
            N_(
                "No shopper differs reliably from the others; "
                "who visits explains {share} % of the differences between visits ({n})."
            ),
            values,
        )
    words = N_(
        "Who visits explains {share} % of the differences between visits; "
        "reliably strict: {strict}; reliably lenient: {lenient} ({n})."
    )
    if not lenient.parts:
        words = N_("Who visits explains {share} % of the differences between visits; reliably strict: {strict} ({n}).")
    elif not strict.parts:
        words = N_(
            "Who visits explains {share} % of the differences between visits; reliably lenient: {lenient} ({n})."
        )
    return Message(words, values)


def _refused(model: Mapping[str, Any], people: pd.DataFrame, refusal: NotEstimable, values: dict[str, Any]) -> Message:
    if model["reason"] == "no_shopper":
        return Message(
            N_(
                "{n}, but none says who made it: "
                "fill in the shopper’s code, and strict and lenient shoppers can be told apart."
            ),
            values,
        )
    if model["reason"] == "one_shopper":
        code = Named(str(people["shopper_id"].iloc[0])) if len(people) else Message(N_("Not stated"))
        return Message(
            N_(
                "{shopper} made all visits ({n}): "
                "stores are judged by the same eyes, but nobody can say how strict these are."
            ),
            values | {"shopper": code},
        )
    return Message(N_("How strict shoppers are cannot be told: {reason}"), values | {"reason": refusal.reason})


def _named(people: pd.DataFrame) -> Listing:
    """Shoppers by code, the furthest from the average first; many are cut short."""
    ordered = people.loc[people["severity"].abs().sort_values(ascending=False, kind="stable").index, "shopper_id"]
    codes: list[Named | Message] = [Named(str(code)) for code in ordered]
    if len(codes) > MOST_NAMED:
        more = Message(N_("{count} more"), {"count": number(len(codes) - MOST_NAMED + 1, 0)})
        codes = [*codes[: MOST_NAMED - 1], more]
    return Listing(tuple(codes))


def _variances(model: Mapping[str, Any]) -> pd.DataFrame:
    columns = ["part", "variance", "share"]
    if model["reason"]:
        return pd.DataFrame(columns=columns)
    frame = pd.DataFrame({"part": list(PARTS), "variance": [float(model[name]) for name in PARTS]})
    return frame.assign(share=frame["variance"] / frame["variance"].sum())


def _overlap(known: pd.DataFrame, people: pd.DataFrame, names: Names) -> pd.DataFrame:
    """How often each shopper visited each region; pairs that never met are rows with 0."""
    regions = [key for key in names.labels["region"] if key in set(known["region"])]
    counts = known.groupby(["shopper_id", "region"])["visits"].sum()
    grid = pd.MultiIndex.from_product([people["shopper_id"], regions], names=["shopper_id", "region"])
    frame = counts.reindex(grid, fill_value=0).reset_index()
    homes = people.set_index("shopper_id")["home_region"]
    return frame.assign(
        label=names.labels_of("region", frame["region"]), is_home=frame["region"] == frame["shopper_id"].map(homes)
    )


def _in_order(agreement: pd.DataFrame) -> pd.DataFrame:
    order = {kind: place for place, kind in enumerate(ITEM_KINDS)}
    return agreement.sort_values("item_kind", key=lambda kinds: kinds.map(order), ignore_index=True)


def _stores(stores: pd.DataFrame, known: pd.DataFrame, names: Names) -> pd.DataFrame:
    frame = stores[stores["store_id"].isin(known["store_id"])]
    # a store without a scored visit lies in no part
    frame = frame.assign(change=frame["adjusted"] - frame["raw"], component=_part(frame))
    frame = frame.loc[frame["change"].abs().sort_values(ascending=False, kind="stable").index].reset_index(drop=True)
    return frame.assign(label=names.labels_of("store", frame["store_id"]))


@dataclass(frozen=True)
class AdjustedScores:
    """Scores of places beside what they would be with average shoppers.

    Attributes:
        frame: id, label, n (scored visits), raw (mean score), adjusted (raw - mean severity of the visits), change
            (adjusted - raw), change_se (what is unknown of the severities), known (share of visits whose shopper's
            severity is known; the others count as average).
        explained: one sentence for the reader. estimated_over: the months that the severities rest on.
    """

    frame: pd.DataFrame
    explained: Message
    estimated_over: Period


def adjusted_scores(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, level: str = "store"
) -> AdjustedScores | NotEstimable:
    """The places of a level (region, city, store) inside the selection, adjusted for who visited.

    Not estimable for anything but the mean score of whole mystery visits, and where `shoppers` refuses.
    """
    selection = names.completed(selection)
    if reason := _not_adjusted(selection, level):
        return NotEstimable(reason)
    models = asked(warehouse, "shopper_model").set_index("period", drop=False)
    if models.empty:
        return NotEstimable(NO_VISITS)
    model: dict[str, Any] = {str(k): v for k, v in models.loc[_basis(models, selection)].to_dict().items()}
    if (refusal := _refusal(model)) is not None:
        return refusal
    effects = asked(warehouse, "shopper_effects", (model["period"],)).set_index("shopper_id")
    axis = AXES[selection.membership][level]
    statement = evidence_statement("shopper_scores", METRIC, scope, selection, axis=axis)
    rows = warehouse.query(statement.sql, list(statement.values))
    frame = adjusted_frame(rows, effects["severity"], effects["severity_se"])
    frame = frame.assign(label=names.labels_of(level, frame["id"]))
    return AdjustedScores(frame, EXPLAINED, Period(_day(model["first_month"]), _day(model["last_month"])))


def _not_adjusted(selection: Selection, level: str) -> Message | None:
    """Why a selection has no adjusted scores; None where it has."""
    if selection.metric != METRIC.id:
        return Message(N_("Only the score of mystery visits depends on who visited; this metric is not adjusted."))
    if selection.subject[0] != "form":
        return Message(N_("Only the score of whole visits is adjusted, not that of a part."))
    if selection.rule != "responses":
        return Message(N_("Only the mean of responses is adjusted, not the other roll-up rules."))
    if level not in AXES["then"]:
        return Message(N_("Only regions, cities and stores are adjusted."))
    return None


def _basis(models: pd.DataFrame, selection: Selection) -> str:
    """The period whose severities fit a selection: the recent one where it holds all its months."""
    if "recent" not in models.index:
        return "all"
    recent = models.loc["recent"]
    start, end = selection.months
    inside = (start is None or start >= _day(recent["first_month"])) and (
        end is None or end <= _day(recent["last_month"])
    )
    return "recent" if inside and not recent["reason"] else "all"


def _day(value: Any) -> date:
    return pd.Timestamp(value).date()


def adjusted_frame(rows: pd.DataFrame, severity: pd.Series, error: pd.Series) -> pd.DataFrame:
    """Raw and adjusted means by id.

    Args:
        rows: id, shopper_id, n (scored visits), total (sum of their scores).
        severity, error: of the shoppers, by shopper_id.
    """
    found = rows["shopper_id"].map(severity)
    error = rows["shopper_id"].map(error).fillna(0.0)
    parts = rows.assign(
        shift=rows["n"] * found.fillna(0.0), variance=(rows["n"] * error) ** 2, known=rows["n"].where(found.notna(), 0)
    )
    sums = parts.groupby("id")[["n", "total", "shift", "variance", "known"]].sum()
    raw, change = sums["total"] / sums["n"], -sums["shift"] / sums["n"]
    return pd.DataFrame(
        {
            "n": sums["n"],
            "raw": raw,
            "adjusted": raw + change,
            "change": change,
            "change_se": sums["variance"] ** 0.5 / sums["n"],
            "known": sums["known"] / sums["n"],
        }
    ).reset_index()
