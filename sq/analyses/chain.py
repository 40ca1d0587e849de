"""From internal service to loyal customers: which measurements of the same stores go together, and how surely.

Of the anonymous surveys only shown, rounded groups are used; internal service has none of stores, so its link with
employees was worked out when publishing (sq/anonymity/estimates.py). Nothing here says what causes what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.chain_carried import NOT_TOLD, carried
from sq.analyses.names import Names
from sq.analyses.periods import months_before, months_between
from sq.analyses.verdicts import ALPHA
from sq.analyses.wording import Listing, Period, count
from sq.language import N_, Message, number, signed
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.cells import HIDDEN, SurveyWave, waves
from sq.metrics.measuring import measure
from sq.metrics.questions import asked, question
from sq.selection import Selection, month_text
from sq.statistics.effects import Mediation, disattenuated, mean_reliability
from sq.statistics.estimable import TOO_FEW, NotEstimable
from sq.statistics.intervals import adjusted_p_values
from sq.statistics.linkage import Linked, least_detectable, linked, within
from sq.statistics.regression import least_squares
from sq.warehouse import Scope, Warehouse

LEVEL_NAMES: dict[str, str] = {"store": N_("Between stores"), "region": N_("Between regions")}
PLACES: dict[str, str] = {"store": N_("Own stores"), "region": N_("Regions")}
LEVELS = tuple(LEVEL_NAMES)
INTERNAL, EMPLOYEES, DELIVERED, PERCEIVED = (
    "internal_service_score",
    "employee_index",
    "mystery_score",
    "customer_index",
)
LOYALTY, COMPLAINTS = "nps", "complaint_rate"
CHAIN = (INTERNAL, EMPLOYEES, DELIVERED, PERCEIVED, LOYALTY, COMPLAINTS)
STEPS_OF_SERVICE = (EMPLOYEES, DELIVERED, PERCEIVED)
STEPS: dict[str, str] = {
    INTERNAL: N_("Internal service"),
    EMPLOYEES: N_("Employees"),
    DELIVERED: N_("Delivered service"),
    PERCEIVED: N_("Perceived service"),
    LOYALTY: N_("Loyalty"),
    COMPLAINTS: N_("Complaints"),
}
# cause (as the promise has it), effect, sign that the promise expects
LINKS: dict[str, tuple[str, str, int]] = {
    "internal_employees": (INTERNAL, EMPLOYEES, 1),
    "employees_delivered": (EMPLOYEES, DELIVERED, 1),
    "delivered_perceived": (DELIVERED, PERCEIVED, 1),
    "perceived_loyalty": (PERCEIVED, LOYALTY, 1),
    "perceived_complaints": (PERCEIVED, COMPLAINTS, -1),
    "employees_perceived": (EMPLOYEES, PERCEIVED, 1),
}
DIRECT = "employees_perceived"  # skips a step: no link of the chain itself
ONE_SOURCE = ("perceived_loyalty",)  # both come from the same customers' forms
LAGS: dict[str, str] = {
    "next": N_("the wave after"),
    "same": N_("the same wave"),
    "after": N_("the months after the wave"),
    "together": N_("the same months"),
}
VERDICTS: dict[str, str] = {
    "together": N_("go together"),
    "against": N_("go against each other"),
    "none": N_("no reliable link"),
    "weak": N_("too weak to matter"),
    "too_few": N_("too few to tell"),
    "unmeasured": N_("not measured"),
}
RELEVANT_R = 0.1  # explains one percent of the differences
# A store counts from so many visits or responses on: fewer say more of chance than of the store.
FEWEST_OF: dict[str, int] = {DELIVERED: 3, PERCEIVED: 5, LOYALTY: 5, COMPLAINTS: 1}
FEWEST_MONTHS = 2  # that must follow a wave
USUAL_MONTHS = 6  # of a window before the first wave or without waves
NOT_SHOWN = Message(N_("The internal service of single stores is never shown, so there is no picture of this link."))
NOT_MEASURED = NotEstimable(Message(N_("One of the two was not measured in this time.")))
HIDDEN_WORDS = NotEstimable(Message(N_("Too few stores have enough answers.")))


@dataclass(frozen=True)
class Window:
    """The time of a chain: a wave of employees and the months after it.

    ``before``: as many months before the wave, for the reverse order.
    """

    wave: SurveyWave | None
    start: date
    end: date
    before_start: date
    before_end: date

    @property
    def months(self) -> Period:
        """The months of visits and customers."""
        return Period(self.start, self.end)


@dataclass(frozen=True)
class Link:
    """One link: ``found`` within regions (None of the level region: over regions), ``raw`` over all places.

    Attributes:
        verdict: a key of VERDICTS. stores: how many count. left_out: with too few answers or hidden. hidden: of these
            hidden for anonymity. reliability: of the two measurements (NaN unknown). true_r: r without measurement
            error. slope: points of the second per point of the first. reverse: r with the order of time turned round.
        detectable: the smallest |r| that so many stores could show.
    """

    id: str
    lag: str
    verdict: str
    found: Linked | NotEstimable
    raw: Linked | NotEstimable
    reverse: Linked | NotEstimable
    p_adjusted: float
    stores: int
    left_out: int
    hidden: int
    reliability: tuple[float, float]
    true_r: float | NotEstimable
    slope: float
    detectable: float
    limit: str = ""

    @property
    def label(self) -> Message:
        """``Employees → Delivered service``."""
        one, other, _sign = LINKS[self.id]
        return Message(N_("{one} → {other}"), {"one": Message(STEPS[one]), "other": Message(STEPS[other])})


@dataclass(frozen=True)
class Chain:
    """The chain at one level and time.

    Attributes:
        links: in the order of LINKS. chosen: the one drawn. points: of it, a row per place: id, label, region, x, y,
            n_x, n_y (both known). values: step → its value for the whole chain and n. windows: those to choose from.
        picture: why there is no scatter, None where there is.
    """

    selection: Selection
    level: str
    answer: Message
    window: Window
    windows: tuple[SurveyWave, ...]
    links: tuple[Link, ...]
    chosen: Link
    points: pd.DataFrame
    picture: Message | None
    values: pd.DataFrame
    caption: Message

    @property
    def metrics(self) -> tuple[Metric, Metric]:
        """The two metrics of the chosen link."""
        one, other, _sign = LINKS[self.chosen.id]
        return METRICS[one], METRICS[other]


def chain(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, level: str = "store", link: str = ""
) -> Chain:
    """Judge every link of the chain at a level (store, region) in the window of ``selection.wave``.

    The family of the verdicts is all links of the chain that can be told, whatever place is picked on screen.
    """
    level = level if level in LEVELS else "store"
    window, offered = _windows(warehouse, selection, names)
    measured = _measured(warehouse, scope, names, level, window)
    by_store = level == "store"
    sees_all = not (scope.regions or scope.stores)
    agreement = _agreement(warehouse, window) if sees_all else {}
    published = _published(warehouse, window) if sees_all else _unmeasured("internal_employees")
    found = [
        published if name == "internal_employees" and by_store else _link(name, measured, by_store, agreement)
        for name in LINKS
    ]
    links = _judged(found)
    by_id = {one.id: one for one in links}
    told = [one for one in links if one.verdict not in ("unmeasured", "too_few")]
    drawable = [one for one in told if not (one.id == "internal_employees" and by_store)]
    first = next(iter(drawable), links[1])
    chosen = by_id.get(link, first)
    points = _points(chosen, measured, names, level)
    return Chain(
        selection=selection,
        level=level,
        answer=_answer(links, level, window),
        window=window,
        windows=offered,
        links=links,
        chosen=chosen,
        points=points,
        picture=NOT_SHOWN if chosen.id == "internal_employees" and level == "store" else None,
        values=_values(measured, agreement if by_store else {}),
        caption=_caption(window, level),
    )


def along_service(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Mediation | NotEstimable:
    """How much of the link of employees with customers runs along delivered service, in the window of the chain."""
    window, _offered = _windows(warehouse, selection, names)
    measured = _measured(warehouse, scope, names, "store", window, STEPS_OF_SERVICE, ("now",))
    frames = [step.frame for step in measured.values()]
    return carried(*frames) if len(frames) == len(STEPS_OF_SERVICE) else NOT_TOLD


# --- when ---------------------------------------------------------------------------------------------------------


def _last_month(names: Names) -> date | None:
    """The last complete month of visits or customers."""
    known = (metric for metric in (DELIVERED, PERCEIVED) if METRICS[metric].instrument in names.months)
    return max((names.default_period(metric)[1] for metric in known), default=None)


def _follows(names: Names, wave: SurveyWave, known: Sequence[SurveyWave]) -> bool:
    """Whether enough months of visits or customers follow a wave."""
    last = _last_month(names)
    start, end = _after(wave, known, last or wave.month)
    return last is not None and start <= end and months_between(start, end) >= FEWEST_MONTHS


def _after(wave: SurveyWave, known: Sequence[SurveyWave], last: date) -> tuple[date, date]:
    """The months after a wave until the next one is over, or until the data end."""
    later = [other.month for other in known if other.ends_on > wave.ends_on]
    end = later[0] if later else months_before(wave.month, -USUAL_MONTHS)
    return months_before(wave.month, -1), min(end, last)


def _windows(warehouse: Warehouse, selection: Selection, names: Names) -> tuple[Window, tuple[SurveyWave, ...]]:
    """The window of the selection, and the waves that have one."""
    known = waves(warehouse, "employee")
    offered = tuple(wave for wave in known if _follows(names, wave, known))
    return _window(names, selection, known, offered), offered


def _window(names: Names, selection: Selection, known: Sequence[SurveyWave], offered: Sequence[SurveyWave]) -> Window:
    """The window of the wave asked for, else of the latest one; without waves the months of the selection."""
    last = _last_month(names) or date.today().replace(day=1)
    wanted = next((w for w in offered if w.id == selection.wave), offered[-1] if offered else None)
    if wanted is None:
        start, end = selection.months
        end = min(end or last, last)
        start = start or months_before(end, USUAL_MONTHS - 1)
        span = months_between(start, end) if start <= end else 1
        newest = known[-1] if known else None
        return Window(newest, min(start, end), end, months_before(start, span), months_before(start, 1))
    start, end = _after(wanted, known, last)
    earlier = [w.month for w in known if w.ends_on < wanted.ends_on]
    before = months_before(earlier[-1], -1) if earlier else months_before(wanted.month, USUAL_MONTHS - 1)
    return Window(wanted, start, end, before, wanted.month)


# --- what ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Step:
    """One measurement by place: id, value, se, n, region; hidden and few places are counted only."""

    frame: pd.DataFrame
    hidden: int
    few: int

    @property
    def is_measured(self) -> bool:
        return len(self.frame) > 0 or self.hidden > 0 or self.few > 0


Measured = Mapping[tuple[str, str], _Step]


def _measured(
    warehouse: Warehouse,
    scope: Scope,
    names: Names,
    level: str,
    window: Window,
    metrics: Sequence[str] = CHAIN,
    times: Sequence[str] = ("now", "before"),
) -> Measured:
    """The steps by (metric, time); time: now, or before (the months before the wave, for the reverse order)."""
    region_of = {str(p["store_id"]): str(p["region_now"]) for p in names.memberships if p["is_current"]}
    months = {
        "now": Selection(start=month_text(window.start), end=month_text(window.end)),
        "before": Selection(start=month_text(window.before_start), end=month_text(window.before_end)),
    }
    found: dict[tuple[str, str], _Step] = {}
    for metric in metrics:
        if metric not in names.available:
            continue
        if METRICS[metric].is_anonymous:
            if window.wave is not None and level in METRICS[metric].levels:
                found[metric, "now"] = _of_wave(warehouse, scope, metric, level, window.wave, region_of)
            continue
        for time in times:
            found[metric, time] = _of_months(warehouse, scope, metric, level, months[time], region_of)
    return found


def _of_months(
    warehouse: Warehouse, scope: Scope, metric: str, level: str, selection: Selection, region_of: Mapping[str, str]
) -> _Step:
    frame = measure(warehouse, scope, metric, selection.but(metric=metric), (level,))
    return _step(frame, level, metric, region_of)


def _of_wave(
    warehouse: Warehouse, scope: Scope, metric: str, level: str, wave: SurveyWave, region_of: Mapping[str, str]
) -> _Step:
    """Shown groups of a wave; of internal service the wave that ended with it or last before it."""
    of = wave.id
    if metric == INTERNAL:
        before = [w for w in waves(warehouse, METRICS[metric].instrument) if w.ends_on <= wave.ends_on]
        earlier = [w for w in before if months_between(w.month, wave.month) > 2]
        of = (earlier or before or [wave])[-1].id
    frame = measure(warehouse, scope, metric, Selection(metric=metric, wave=of), (level,))
    return _step(frame, level, metric, region_of)


def _step(frame: pd.DataFrame, level: str, metric: str, region_of: Mapping[str, str]) -> _Step:
    hidden = frame["hidden_reason"].isin(HIDDEN).to_numpy()
    exact = (frame["limit"] == "").to_numpy() & np.isfinite(frame["value"].to_numpy(dtype=float))
    few = frame["n"].to_numpy(dtype=float) < FEWEST_OF.get(metric, 1)
    kept = frame[~hidden & exact & ~few]
    rows = pd.DataFrame(
        {
            "id": kept[level].to_numpy(),
            "value": kept["value"].to_numpy(dtype=float),
            "se": kept["se"].to_numpy(dtype=float),
            "n": kept["n"].to_numpy(dtype=float),
        }
    ).drop_duplicates("id")
    rows = rows.assign(region=[region_of.get(str(key), "") for key in rows["id"]] if level == "store" else "")
    return _Step(rows.reset_index(drop=True), int(hidden.sum()), int((~hidden & (few | ~exact)).sum()))


# --- links --------------------------------------------------------------------------------------------------------


def _link(name: str, measured: Measured, by_store: bool, agreement: Mapping[str, tuple[float, float]]) -> Link:
    """One link from shown numbers, before its verdict; ``agreement``: ICC(1), ICC(2) of a step's stores."""
    cause, effect, _sign = LINKS[name]
    one, other = measured.get((cause, "now")), measured.get((effect, "now"))
    if one is None or other is None or not one.is_measured or not other.is_measured:
        return _unmeasured(name)
    both = _both(one, other)
    level_groups = both["region"].tolist() if (both["region"] != "").any() else None
    found = linked(both["x"], both["y"], level_groups)
    raw = linked(both["x"], both["y"])
    own = agreement[cause][1] if by_store and cause in agreement else _reliability(one, both["id"])
    reliability = (own, _reliability(other, both["id"]))
    everywhere = set(one.frame["id"]) | set(other.frame["id"])
    return Link(
        id=name,
        lag="after" if cause == EMPLOYEES else "next" if cause == INTERNAL else "together",
        verdict="",
        found=found,
        raw=raw,
        reverse=_reversed(name, measured),
        p_adjusted=float("nan"),
        stores=len(both),
        left_out=len(everywhere) - len(both) + one.hidden,
        hidden=one.hidden,
        reliability=reliability,
        true_r=_true_r(found, reliability),
        slope=_slope(both, level_groups),
        detectable=_detectable(found, len(both)),
    )


def _unmeasured(name: str) -> Link:
    nothing = float("nan")
    return Link(
        name,
        "",
        "unmeasured",
        NOT_MEASURED,
        NOT_MEASURED,
        NOT_MEASURED,
        nothing,
        0,
        0,
        0,
        (nothing, nothing),
        NOT_MEASURED,
        nothing,
        nothing,
    )


def _both(one: _Step, other: _Step) -> pd.DataFrame:
    """Places that both know: id, region, x, y, n_x, n_y."""
    left = one.frame.rename(columns={"value": "x", "n": "n_x", "se": "se_x"})
    right = other.frame.rename(columns={"value": "y", "n": "n_y", "se": "se_y"}).drop(columns="region")
    return left.merge(right, on="id")


def _reversed(name: str, measured: Measured) -> Linked | NotEstimable:
    """The same with time turned round: visits before the wave, or customers of the months before."""
    cause, effect, _sign = LINKS[name]
    one, other = measured.get((cause, "now")), measured.get((effect, "before"))
    if one is None or other is None:
        return NOT_MEASURED
    both = _both(one, other)
    return linked(both["x"], both["y"], both["region"].tolist() if (both["region"] != "").any() else None)


def _reliability(step: _Step, ids: pd.Series[Any]) -> float:
    """How much of what the places differ by (within their region) is not chance; NaN where it cannot be told."""
    rows = step.frame[step.frame["id"].isin(ids)]
    known = np.isfinite(rows["se"].to_numpy(dtype=float))
    rows = rows[known]
    if len(rows) < 3:
        return float("nan")
    value = rows["value"].to_numpy(dtype=float)
    if (rows["region"] != "").any():
        value = within(value, pd.factorize(rows["region"])[0])
    found = mean_reliability(value, rows["se"].to_numpy(dtype=float) ** 2, np.ones(len(rows)))
    return float("nan") if isinstance(found, NotEstimable) else found


def _true_r(found: Linked | NotEstimable, reliability: tuple[float, float]) -> float | NotEstimable:
    if isinstance(found, NotEstimable):
        return found
    if not all(np.isfinite(reliability)):
        return TOO_FEW
    return disattenuated(found.r, *reliability)


def _slope(both: pd.DataFrame, groups: list[str] | None) -> float:
    x, y = both["x"].to_numpy(dtype=float), both["y"].to_numpy(dtype=float)
    if groups is not None:
        code = pd.factorize(both["region"])[0]
        x, y = within(x, code), within(y, code)
    fit = least_squares(y, x)
    return float("nan") if isinstance(fit, NotEstimable) else float(fit.coefficient[1])


def _detectable(found: Linked | NotEstimable, stores: int) -> float:
    return least_detectable(found.n, found.groups) if isinstance(found, Linked) else least_detectable(stores)


def _published(warehouse: Warehouse, window: Window) -> Link:
    """Internal service with employees at stores: worked out when publishing, within regions and over all stores."""
    name = "internal_employees"
    rows = asked(warehouse, "anonymous_links")
    if window.wave is None or rows.empty:
        return _unmeasured(name)
    mine = rows[rows["to_wave"] == window.wave.id]
    lag = next((lag for lag in ("next", "same") if (mine["lag"] == lag).any()), "")
    if not lag:
        return _unmeasured(name)
    now = mine[mine["lag"] == lag].set_index("basis")
    turned = mine[(mine["lag"] == "reverse") & (mine["basis"] == "region")]
    stores = int(now["stores"].iloc[0])
    found = _told(now.loc["region"])
    wave = str(now["wave"].iloc[0])
    reliability = (_icc(warehouse, "internal_service", wave)[1], _icc(warehouse, "employee", window.wave.id)[1])
    return Link(
        id=name,
        lag=lag,
        verdict="",
        found=found,
        raw=_told(now.loc["chain"]),
        reverse=_told(turned.iloc[0]) if len(turned) else NOT_MEASURED,
        p_adjusted=float("nan"),
        stores=stores,
        left_out=int(now["left_out"].iloc[0]),
        hidden=int(now["left_out"].iloc[0]),
        reliability=reliability,
        true_r=_true_r(found, reliability),
        slope=float("nan"),
        detectable=_detectable(found, stores),
        limit=str(now.loc["region", "limit"]),
    )


def _told(row: Any) -> Linked | NotEstimable:
    """A published correlation; p of one told as a limit only is as small as it gets."""
    if not np.isfinite(row["r"]):
        return HIDDEN_WORDS
    p = float(row["p"]) if np.isfinite(row["p"]) else 0.0
    return Linked(float(row["r"]), float(row["low"]), float(row["high"]), p, int(row["stores"]), 1)


def _agreement(warehouse: Warehouse, window: Window) -> dict[str, tuple[float, float]]:
    """Step → ICC(1) and ICC(2) of its stores, where the people of a store agree more than by chance."""
    if window.wave is None:
        return {}
    found = {EMPLOYEES: _icc(warehouse, "employee", window.wave.id)}
    return {step: pair for step, pair in found.items() if np.isfinite(pair[0])}


def _icc(warehouse: Warehouse, instrument: str, wave: str) -> tuple[float, float]:
    """ICC(1) and ICC(2) of the company's stores; NaN where not positive or not told."""
    rows = warehouse.kept(question("anonymous_estimates"), (instrument, wave)).set_index("statistic")["value"]
    one, two = (float(rows.get(name, float("nan"))) for name in ("icc1", "icc2"))
    return (one, two) if one > 0 else (float("nan"), float("nan"))


def _judged(links: Sequence[Link]) -> tuple[Link, ...]:
    """Verdicts over all links of the chain together (Benjamini-Hochberg)."""
    p = np.array([one.found.p if isinstance(one.found, Linked) else np.nan for one in links])
    adjusted = adjusted_p_values(p)
    return tuple(_with_verdict(one, float(q)) for one, q in zip(links, adjusted, strict=True))


def _with_verdict(link: Link, adjusted: float) -> Link:
    if link.verdict == "unmeasured":
        return link
    if isinstance(link.found, NotEstimable):
        return replace(link, verdict="too_few")
    sign = LINKS[link.id][2]
    if not adjusted <= ALPHA:
        verdict = "none"
    elif abs(link.found.r) < RELEVANT_R:
        verdict = "weak"
    else:
        verdict = "together" if link.found.r * sign > 0 else "against"
    return replace(link, verdict=verdict, p_adjusted=adjusted)


# --- in words -----------------------------------------------------------------------------------------------------


def _answer(links: Sequence[Link], level: str, window: Window) -> Message:
    own = [one for one in links if one.id != DIRECT]
    told = [one for one in own if isinstance(one.found, Linked)]
    if not told:
        return Message(N_("No link of the chain can be told here: it takes two measurements of the same stores."))
    reliable = [one for one in told if one.verdict in ("together", "against")]
    values: dict[str, Any] = {
        "all": number(len(told), 0),
        "count": number(len(reliable), 0),
        "months": window.months,
        "n": _stores(level, max(one.stores for one in told)),
    }
    if not reliable:
        values["r"] = number(min(one.detectable for one in told), 2)
        words = N_(
            "None of {all} links of the chain can be told from chance ({months}; {n}); "
            "only correlations beyond about ±{r} could show."
        )
        return Message(words, values)
    missing = [one for one in told if one not in reliable]
    if missing:
        strongest = max(reliable, key=lambda one: (one.id not in ONE_SOURCE, abs(_r(one))))
        words = N_(
            "{count} of {all} links of the chain are reliable ({months}; {n}), above all {strongest} "
            "(r {r}, 95 %: {low} to {high}); not to be told from chance: {missing}."
        )
        values |= {"strongest": strongest.label, **_interval(strongest)}
        return Message(words, values | {"missing": Listing(tuple(one.label for one in missing))})
    weakest = min(reliable, key=lambda one: abs(_r(one)))
    words = N_(
        "All {all} links of the chain that can be told are reliable ({months}; {n}); the weakest is {weakest} "
        "(r {r}, 95 %: {low} to {high})."
    )
    return Message(words, values | {"weakest": weakest.label, **_interval(weakest)})


def _r(link: Link) -> float:
    return link.found.r if isinstance(link.found, Linked) else float("nan")


def _interval(link: Link) -> dict[str, str]:
    found = link.found
    if not isinstance(found, Linked):
        return {"r": "", "low": "", "high": ""}
    return {"r": signed(found.r, 2), "low": signed(found.low, 2), "high": signed(found.high, 2)}


def _stores(level: str, stores: int) -> Message:
    if level == "store":
        return count("stores", stores)
    return Message(N_("{count} region"), many=N_("{count} regions"), count=stores)


def _caption(window: Window, level: str) -> Message:
    values: dict[str, Any] = {"months": window.months}
    if window.wave is None:
        return Message(N_("visits, customers and complaints of {months}"), values)
    words = N_("employees: {wave}; visits, customers and complaints: {months}")
    return Message(words, values | {"wave": window.wave.name})


def wording(link: Link, one: Metric, other: Metric, level: str = "store") -> Message:
    """What a link says of stores or regions, without a cause."""
    if isinstance(link.found, NotEstimable):
        return link.found.reason
    values = {
        "one": one.title,
        "other": other.title,
        "slope": number(abs(link.slope), other.decimals),
        "share": number(100 * link.found.r**2, 0),
        "n": _stores(level, link.stores),
        "places": Message(PLACES[level]),
    }
    if link.verdict not in ("together", "against"):
        words = N_("{places} that are higher in {one} are not reliably different in {other} ({n}).")
        return Message(words, values)
    if not np.isfinite(link.slope):
        words = N_(
            "{places} that are higher in {one} also differ in {other}; "
            "both have {share} % of their differences in common ({n})."
        )
        return Message(words, values)
    words = N_(
        "{places} one point higher in {one} are on average {slope} higher in {other}; "
        "both have {share} % of their differences in common ({n})."
    )
    if link.slope < 0:
        words = N_(
            "{places} one point higher in {one} are on average {slope} lower in {other}; "
            "both have {share} % of their differences in common ({n})."
        )
    return Message(words, values)


# --- tables -------------------------------------------------------------------------------------------------------


def _points(link: Link, measured: Measured, names: Names, level: str) -> pd.DataFrame:
    cause, effect, _sign = LINKS[link.id]
    one, other = measured.get((cause, "now")), measured.get((effect, "now"))
    columns = ["id", "region", "x", "y", "n_x", "n_y", "label"]
    if one is None or other is None or (link.id == "internal_employees" and level == "store"):
        return pd.DataFrame(columns=columns)
    both = _both(one, other)
    return both.assign(label=names.labels_of(level, both["id"]))[columns]


def _values(measured: Measured, agreement: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Per step how many places count, how many are hidden, their plain mean, and how far the people in one agree."""
    rows = [
        {
            "step": metric,
            "value": float(step.frame["value"].mean()) if len(step.frame) else float("nan"),
            "places": len(step.frame),
            "hidden": step.hidden,
            "few": step.few,
            "icc1": agreement.get(metric, (float("nan"), float("nan")))[0],
            "icc2": agreement.get(metric, (float("nan"), float("nan")))[1],
        }
        for metric in CHAIN
        if (step := measured.get((metric, "now"))) is not None
    ]
    return pd.DataFrame(rows, columns=["step", "value", "places", "hidden", "few", "icc1", "icc2"])


def courses(
    warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, level: str = "store"
) -> pd.DataFrame:
    """Every link in every window: label, wave, r, low, high, stores, verdict; each wave is a test of its own."""
    known = waves(warehouse, "employee")
    offered = [w for w in known if _follows(names, w, known)]
    rows: list[dict[str, Any]] = [
        {
            "id": link.id,
            "label": link.label,
            "wave": wave.name,
            "r": _r(link),
            "stores": link.stores,
            "verdict": link.verdict,
        }
        | {end: getattr(link.found, end) if isinstance(link.found, Linked) else float("nan") for end in ("low", "high")}
        for wave in offered
        for link in chain(warehouse, scope, selection.but(wave=wave.id), names, level).links
    ]
    columns = ["label", "wave", "r", "low", "high", "stores", "verdict"]
    order = {name: place for place, name in enumerate(LINKS)}
    rows.sort(key=lambda row: order[row.pop("id")])
    return pd.DataFrame(rows, columns=columns)
