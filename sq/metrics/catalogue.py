"""Every metric once: name, unit, direction, formula, source, and which sums it is made of.

A metric is a ratio ``scale * sum(num) / sum(den)`` of additive columns of a rollup. The columns below are the
only SQL that a metric brings; they are written here, never taken from a reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sq.errors import UnknownName
from sq.language import N_, Message

LEVELS = ("chain", "region", "city", "store")
STAFF_LEVELS = (*LEVELS, "department")
FORM_KINDS = ("form", "stage", "touchpoint", "dimension", "item")
SURVEY_KINDS = ("form", "dimension", "item")
STAFF_FILTERS = ("role", "tenure")
SCORE_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "mystery": ("brand", "format", "stream", "wave"),
    "customer": ("brand", "format", "channel", "segment", "wave"),
    "complaints": ("brand", "format", "channel"),
    "employee": (*STAFF_FILTERS, "wave"),
    "internal_service": ("wave",),
    "awareness": ("role", "wave"),
    "management": ("format",),
    "aggregates": (),
}
# The reader's own threshold of relevance, set before looking (methods.md, Decisions).
POINTS_THAT_MATTER = 3.0
NPS_THAT_MATTER = 10.0
SHARE_THAT_MATTERS = 5.0


@dataclass(frozen=True)
class Metric:
    """One definition of a number.

    Attributes:
        instrument: mystery, customer, complaints, employee, internal_service, awareness, management or aggregates
            (published results of others; their subjects are called "instrument:id").
        name, unit, formula, source, n_unit: msgids; ``unit`` stands after a number ("81.2 points"),
            ``difference_unit`` after a difference, ``n_unit`` after a count.
        direction: +1 if higher is better, else -1.
        kind: mean, hours (means of responses), share, nps, or rate (events per ``scale`` units).
        table: scores or complaints: which rollup; cells: finished groups of an anonymous survey; aggregates: results
            that others published.
        statistic: of aggregates: which one.
        sums: canonical name → SQL expression over the rollup's columns, all additive. ``num``, ``den``; ``n`` (what is
            counted), ``w``/``w2`` (sum of weights and of squared weights: effective n), ``q0 q1 q2`` (sums of w², w²y,
            w²y²: variance inside one store), ``either`` (promoters + detractors), ``pnum``/``pden`` (pooled points).
            Of cells and aggregates: ``value``, ``low``, ``high``, ``limit``, ``n`` → the column that holds it.
        scale: the ratio times this is the value.
        form_kind: the subject_kind that stands for the whole form (form, overall, recommend, silent, ...).
        item_kind: the subject_kind that stands for an item.
        subject_kinds: what it can be broken down by; the first is the whole.
        without: filters of its instrument that it has not.
        minimum_n: below it a number is shown but never ranked or judged.
        smallest_relevant_difference: in the metric's unit; smaller differences are never called better or worse.
    """

    id: str
    instrument: str
    name: str
    unit: str
    direction: int
    formula: str
    source: str
    kind: str
    sums: Mapping[str, str]
    minimum_n: int
    smallest_relevant_difference: float
    n_unit: str
    difference_unit: str
    table: str = "scores"
    statistic: str = ""
    scale: float = 1.0
    form_kind: str = "form"
    item_kind: str = "item"
    subject_kinds: tuple[str, ...] = FORM_KINDS
    levels: tuple[str, ...] = LEVELS
    rules: tuple[str, ...] = ("responses", "stores")
    decimals: int = 1
    low_bound: float = 0.0
    high_bound: float = float("inf")
    bands: tuple[float, ...] = field(default=())
    without: tuple[str, ...] = ()

    @property
    def is_anonymous(self) -> bool:
        """Whether its respondents were promised anonymity: only finished groups exist."""
        return self.table == "cells"

    @property
    def attributes(self) -> tuple[str, ...]:
        """Filters and splits beside place, time and subject."""
        return tuple(name for name in SCORE_ATTRIBUTES[self.instrument] if name not in self.without)

    @property
    def title(self) -> Message:
        """Its name, translated late."""
        return Message(self.name)


_SCORE = {
    "n": "r.n",
    "num": "r.sum_wy",
    "den": "r.sum_w",
    "w": "r.sum_w",
    "w2": "r.sum_w2",
    "q0": "r.sum_w2",
    "q1": "r.sum_w2y",
    "q2": "r.sum_w2yy",
}
_POINTS = {"pnum": "r.points", "pden": "r.max_points"}
_ASKED = {"n": "r.n", "num": "r.sum_wy / 100", "den": "r.sum_w", "w": "r.sum_w", "w2": "r.sum_w2"}
_COUNTED = {"n": "r.n", "w": "r.n", "w2": "r.n", "den": "r.n"}
# A visit of which only a total is known has no answers and does not count in a share of answers.
_ANSWERS = {
    "n": "CASE WHEN r.sum_u > 0 THEN r.n END",
    "w": "CASE WHEN r.sum_u > 0 THEN r.sum_w END",
    "w2": "CASE WHEN r.sum_u > 0 THEN r.sum_w2 END",
    "den": "r.sum_u",
}

_CELL = {"value": "c.value", "low": "c.low", "high": "c.high", "n": "c.n", "limit": "c.value_limit"}
_CELL_SHARE = {"value": "c.favourable", "n": "c.n", "limit": "c.favourable_limit"}
_CELL_RATE = {"value": "c.response_rate", "n": "c.invited", "limit": "''"}
_PUBLISHED = {"value": "a.value", "n": "a.n"}

_POINTS_UNIT = N_("points")
_PERCENT = N_("%")
_PERCENT_POINTS = N_("pp")
_VISITS = N_("visits")
_RESPONSES = N_("responses")
_COMPLAINTS = N_("complaints")
_ANSWERS_UNIT = N_("answers")
_INVITED = N_("invited")
_AUDITS = N_("audits")
_COMPLAINT_KINDS = ("form", "stage", "touchpoint")

_CATALOGUE = (
    Metric(
        "mystery_score",
        "mystery",
        N_("Mystery score"),
        _POINTS_UNIT,
        +1,
        N_(
            "Of each visit: sum(weight × share of the full mark) / sum(weight) over the applicable items × 100. "
            "Of a place: the mean of its visits' scores; each visit counts once."
        ),
        N_("Mystery visits: weighted share of achievable points, items that do not apply left out (trade convention)."),
        "mean",
        {**_SCORE, **_POINTS},
        3,
        POINTS_THAT_MATTER,
        _VISITS,
        _POINTS_UNIT,
        rules=("responses", "points", "stores"),
        high_bound=100.0,
        bands=(60.0, 75.0),
    ),
    Metric(
        "failed_visits",
        "mystery",
        N_("Failed visits"),
        _PERCENT,
        -1,
        N_(
            "Visits that failed at least one veto item / all visits × 100. "
            "A veto item fails when it applies and is below the full mark."
        ),
        N_("Mystery visits: veto items of the checklist; interval by Wilson (1927)."),
        "share",
        {**_COUNTED, "num": "r.failed"},
        10,
        SHARE_THAT_MATTERS,
        _VISITS,
        _PERCENT_POINTS,
        scale=100.0,
        subject_kinds=("form",),
        high_bound=100.0,
    ),
    Metric(
        "item_pass_rate",
        "mystery",
        N_("Item pass rate"),
        _PERCENT,
        +1,
        N_(
            "Items scored at the full mark / items that applied × 100. "
            "For the interval a visit counts as one observation, because its items go together."
        ),
        N_("Mystery visits: items at the full mark; interval by Wilson (1927)."),
        "share",
        {**_ANSWERS, "num": "r.passes"},
        10,
        SHARE_THAT_MATTERS,
        _VISITS,
        _PERCENT_POINTS,
        scale=100.0,
        high_bound=100.0,
    ),
    Metric(
        "customer_index",
        "customer",
        N_("Customer index"),
        _POINTS_UNIT,
        +1,
        N_(
            "Each answer rescaled to 0–100 by (answer − lowest) / (highest − lowest); of each response the weighted "
            "mean of its answers; of a place the weighted mean of its responses."
        ),
        N_("Customer survey: index of Fornell et al. (1996), Journal of Marketing 60(4)."),
        "mean",
        {**_SCORE, **_POINTS},
        10,
        POINTS_THAT_MATTER,
        _RESPONSES,
        _POINTS_UNIT,
        rules=("responses", "points", "stores"),
        high_bound=100.0,
        bands=(60.0, 75.0),
    ),
    Metric(
        "overall_satisfaction",
        "customer",
        N_("Overall satisfaction"),
        _POINTS_UNIT,
        +1,
        N_(
            "The answer to the overall question rescaled to 0–100; of a place the weighted mean of its responses: "
            "4 on a scale from 1 to 5 is 75."
        ),
        N_("Customer survey: index of Fornell et al. (1996), Journal of Marketing 60(4)."),
        "mean",
        _SCORE,
        10,
        POINTS_THAT_MATTER,
        _RESPONSES,
        _POINTS_UNIT,
        form_kind="overall",
        subject_kinds=("form",),
        high_bound=100.0,
        bands=(60.0, 75.0),
    ),
    Metric(
        "nps",
        "customer",
        N_("Net promoter score"),
        N_("NPS points"),
        +1,
        N_("(Responses of 9–10 − responses of 0–6) / all responses to the recommendation question × 100."),
        N_("Customer survey: recommendation question 0–10; interval by the adjusted Wald method of Rocks (2016)."),
        "nps",
        {
            "n": "r.n",
            "w": "r.sum_w",
            "w2": "r.sum_w2",
            "den": "r.sum_w",
            "num": "r.promoters - r.detractors",
            "either": "r.promoters + r.detractors",
        },
        30,
        NPS_THAT_MATTER,
        _RESPONSES,
        N_("NPS points"),
        scale=100.0,
        form_kind="recommend",
        subject_kinds=("form",),
        low_bound=-100.0,
        high_bound=100.0,
    ),
    Metric(
        "favourable_share",
        "customer",
        N_("Favourable share"),
        _PERCENT,
        +1,
        N_(
            "Answers in the top two categories / all valid answers × 100. "
            "For the interval a response counts as one observation, because its answers go together."
        ),
        N_("Customer survey: top-two-box share; interval by Wilson (1927)."),
        "share",
        {**_ANSWERS, "num": "r.favourable", "den": "CASE WHEN r.favourable IS NOT NULL THEN r.sum_u END"},
        10,
        SHARE_THAT_MATTERS,
        _RESPONSES,
        _PERCENT_POINTS,
        scale=100.0,
        high_bound=100.0,
    ),
    Metric(
        "dissatisfied_share",
        "customer",
        N_("Dissatisfied customers"),
        _PERCENT,
        -1,
        N_(
            "Responses whose answer to the overall question lies below the middle of its scale / all responses × 100; "
            "where the overall question was not answered, the index below 50 decides."
        ),
        N_("Customer survey: overall satisfaction; interval by Wilson (1927)."),
        "share",
        _ASKED,
        10,
        SHARE_THAT_MATTERS,
        _RESPONSES,
        _PERCENT_POINTS,
        scale=100.0,
        form_kind="dissatisfied",
        subject_kinds=("form",),
        high_bound=100.0,
    ),
    Metric(
        "complained_share",
        "customer",
        N_("Customers who complained"),
        _PERCENT,
        -1,
        N_("Responses that say they complained / all responses that were asked × 100."),
        N_("Customer survey: whether the customer complained; interval by Wilson (1927)."),
        "share",
        _ASKED,
        10,
        SHARE_THAT_MATTERS,
        _RESPONSES,
        _PERCENT_POINTS,
        scale=100.0,
        form_kind="complained",
        subject_kinds=("form",),
        high_bound=100.0,
    ),
    Metric(
        "silent_share",
        "customer",
        N_("Dissatisfied who never complained"),
        _PERCENT,
        -1,
        N_(
            "Dissatisfied responses that say they never complained / all dissatisfied responses that were asked × 100. "
            "Dissatisfied: the overall answer below the middle of its scale (without one, the index below 50)."
        ),
        N_("Customer survey: overall satisfaction and whether the customer complained; interval by Wilson (1927)."),
        "share",
        _ASKED,
        10,
        SHARE_THAT_MATTERS,
        _RESPONSES,
        _PERCENT_POINTS,
        scale=100.0,
        form_kind="silent",
        subject_kinds=("form",),
        high_bound=100.0,
    ),
    Metric(
        "complaint_rate",
        "complaints",
        N_("Complaints per 1,000 customers"),
        N_("per 1,000"),
        -1,
        N_("Complaints / customers of these stores and months × 1,000; months without a customer count are left out."),
        N_("Complaint register and customer counts; exact Poisson interval for one store."),
        "rate",
        {"num": "r.n"},
        500,
        0.5,
        N_("customers"),
        N_("per 1,000"),
        table="complaints",
        scale=1000.0,
        subject_kinds=_COMPLAINT_KINDS,
        decimals=2,
    ),
    Metric(
        "response_hours",
        "complaints",
        N_("Time to the first response"),
        N_("hours"),
        -1,
        N_("Mean of the hours from receipt of a complaint to the first response; complaints without one are left out."),
        N_("Complaint register: times of receipt and of the first response."),
        "hours",
        {
            "n": "r.responded",
            "num": "r.respond_hours",
            "den": "r.responded",
            "w": "r.responded",
            "w2": "r.responded",
            "q0": "r.responded",
            "q1": "r.respond_hours",
            "q2": "r.respond_hours2",
        },
        10,
        4.0,
        _COMPLAINTS,
        N_("hours"),
        table="complaints",
        subject_kinds=_COMPLAINT_KINDS,
    ),
    Metric(
        "resolution_hours",
        "complaints",
        N_("Time to resolve"),
        N_("hours"),
        -1,
        N_("Mean of the hours from receipt of a complaint to its resolution; unresolved complaints are left out."),
        N_("Complaint register: times of receipt and of resolution."),
        "hours",
        {
            "n": "r.resolved",
            "num": "r.resolve_hours",
            "den": "r.resolved",
            "w": "r.resolved",
            "w2": "r.resolved",
            "q0": "r.resolved",
            "q1": "r.resolve_hours",
            "q2": "r.resolve_hours2",
        },
        10,
        12.0,
        _COMPLAINTS,
        N_("hours"),
        table="complaints",
        subject_kinds=_COMPLAINT_KINDS,
    ),
    Metric(
        "resolution_rate",
        "complaints",
        N_("Resolution rate"),
        _PERCENT,
        +1,
        N_("Resolved complaints / all complaints received × 100."),
        N_("Complaint register: time of resolution; interval by Wilson (1927)."),
        "share",
        {**_COUNTED, "num": "r.resolved"},
        10,
        SHARE_THAT_MATTERS,
        _COMPLAINTS,
        _PERCENT_POINTS,
        table="complaints",
        scale=100.0,
        subject_kinds=_COMPLAINT_KINDS,
        high_bound=100.0,
    ),
    Metric(
        "repeat_rate",
        "complaints",
        N_("Repeat rate"),
        _PERCENT,
        -1,
        N_("Repeated complaints / all complaints × 100."),
        N_("Complaint register: mark of a repeated complaint; interval by Wilson (1927)."),
        "share",
        {**_COUNTED, "num": "r.repeats"},
        10,
        SHARE_THAT_MATTERS,
        _COMPLAINTS,
        _PERCENT_POINTS,
        table="complaints",
        scale=100.0,
        subject_kinds=_COMPLAINT_KINDS,
        high_bound=100.0,
    ),
    Metric(
        "in_time_rate",
        "complaints",
        N_("Resolved in time"),
        _PERCENT,
        +1,
        N_("Complaints resolved by their due date / complaints with a due date × 100."),
        N_("Complaint register: due date and time of resolution; interval by Wilson (1927)."),
        "share",
        {"n": "r.limited", "w": "r.limited", "w2": "r.limited", "den": "r.limited", "num": "r.in_time"},
        10,
        SHARE_THAT_MATTERS,
        _COMPLAINTS,
        _PERCENT_POINTS,
        table="complaints",
        scale=100.0,
        subject_kinds=_COMPLAINT_KINDS,
        high_bound=100.0,
    ),
    Metric(
        "employee_index",
        "employee",
        N_("Employee index"),
        _POINTS_UNIT,
        +1,
        N_(
            "Each answer rescaled to 0–100 by (answer − lowest) / (highest − lowest), reversed questions turned round; "
            "of each form the weighted mean of its answers; of a group the mean of its forms. Sensitive dimensions are "
            "left out of the whole. Computed once per wave, for groups large enough to stay anonymous."
        ),
        N_("Employee survey, anonymous: finished groups of a wave."),
        "mean",
        _CELL,
        10,
        POINTS_THAT_MATTER,
        _ANSWERS_UNIT,
        _POINTS_UNIT,
        table="cells",
        subject_kinds=SURVEY_KINDS,
        levels=STAFF_LEVELS,
        rules=("responses",),
        high_bound=100.0,
        bands=(60.0, 75.0),
    ),
    Metric(
        "employee_favourable",
        "employee",
        N_("Favourable answers of employees"),
        _PERCENT,
        +1,
        N_(
            "Answers in the top two categories / all valid answers × 100, as whole percent. Nearly all or nearly none "
            "of one opinion shows as its limit only."
        ),
        N_("Employee survey, anonymous: finished groups of a wave; interval by Wilson (1927)."),
        "share",
        _CELL_SHARE,
        10,
        SHARE_THAT_MATTERS,
        _ANSWERS_UNIT,
        _PERCENT_POINTS,
        table="cells",
        subject_kinds=SURVEY_KINDS,
        levels=STAFF_LEVELS,
        rules=("responses",),
        decimals=0,
        high_bound=100.0,
    ),
    Metric(
        "employee_response_rate",
        "employee",
        N_("Response rate of employees"),
        _PERCENT,
        +1,
        N_("Forms received / employees invited × 100; hidden wherever the score of the group is hidden."),
        N_("Employee survey and numbers of invitations; interval by Wilson (1927)."),
        "share",
        _CELL_RATE,
        10,
        SHARE_THAT_MATTERS,
        _INVITED,
        _PERCENT_POINTS,
        table="cells",
        subject_kinds=("form",),
        levels=STAFF_LEVELS,
        rules=("responses",),
        without=STAFF_FILTERS,
        decimals=0,
        high_bound=100.0,
    ),
    Metric(
        "internal_service_score",
        "internal_service",
        N_("Internal service score"),
        _POINTS_UNIT,
        +1,
        N_(
            "Front-line units score the departments they depend on. Each answer rescaled to 0–100; of each form the "
            "weighted mean of its answers; of a department the mean of the forms about it. By the region that rates "
            "and the department that is rated, for groups large enough to stay anonymous."
        ),
        N_("Internal service survey, anonymous: finished groups of a wave."),
        "mean",
        _CELL,
        10,
        POINTS_THAT_MATTER,
        _ANSWERS_UNIT,
        _POINTS_UNIT,
        table="cells",
        subject_kinds=("form", "dimension"),
        levels=("chain", "department", "region"),
        rules=("responses",),
        high_bound=100.0,
        bands=(60.0, 75.0),
    ),
    Metric(
        "awareness_index",
        "awareness",
        N_("Service awareness index"),
        _POINTS_UNIT,
        +1,
        N_(
            "Each answer about the standards and one's own service rescaled to 0–100; of each form the weighted mean "
            "of its answers; of a group the mean of its forms. For groups large enough to stay anonymous."
        ),
        N_("Service awareness survey, anonymous: finished groups of a wave."),
        "mean",
        _CELL,
        10,
        POINTS_THAT_MATTER,
        _ANSWERS_UNIT,
        _POINTS_UNIT,
        table="cells",
        subject_kinds=SURVEY_KINDS,
        levels=STAFF_LEVELS,
        rules=("responses",),
        high_bound=100.0,
        bands=(60.0, 75.0),
    ),
    Metric(
        "management_score",
        "management",
        N_("Management score"),
        _POINTS_UNIT,
        +1,
        N_(
            "Of each diagnosis: sum(weight × share of the full mark) / sum(weight) over the applicable items × 100. "
            "Of a place: the mean of its diagnoses' scores."
        ),
        N_("Store management diagnoses: weighted share of achievable points in nine areas."),
        "mean",
        {**_SCORE, **_POINTS},
        3,
        POINTS_THAT_MATTER,
        _AUDITS,
        _POINTS_UNIT,
        subject_kinds=("form", "touchpoint", "dimension", "item"),
        rules=("responses", "points", "stores"),
        high_bound=100.0,
        bands=(60.0, 75.0),
    ),
    Metric(
        "published_mean",
        "aggregates",
        N_("Published mean"),
        _POINTS_UNIT,
        +1,
        N_(
            "A mean on 0–100 as its publisher gives it. Of a place above: its own row where one is published, else the "
            "mean of the places below, weighted by their answers where all of them say how many."
        ),
        N_("Published results of others; no interval, because they tell no spread."),
        "mean",
        _PUBLISHED,
        10,
        POINTS_THAT_MATTER,
        _RESPONSES,
        _POINTS_UNIT,
        table="aggregates",
        statistic="mean_0_100",
        subject_kinds=SURVEY_KINDS,
        levels=STAFF_LEVELS,
        rules=("responses",),
        high_bound=100.0,
        bands=(60.0, 75.0),
    ),
    Metric(
        "published_share",
        "aggregates",
        N_("Published share"),
        _PERCENT,
        +1,
        N_(
            "A share as its publisher gives it. Of a place above: its own row where one is published, else the mean of "
            "the places below, weighted by their answers where all of them say how many."
        ),
        N_("Published results of others; interval by Wilson (1927) where the number of answers is published."),
        "share",
        _PUBLISHED,
        10,
        SHARE_THAT_MATTERS,
        _RESPONSES,
        _PERCENT_POINTS,
        table="aggregates",
        statistic="share",
        subject_kinds=SURVEY_KINDS,
        levels=STAFF_LEVELS,
        rules=("responses",),
        high_bound=100.0,
    ),
    Metric(
        "published_top2",
        "aggregates",
        N_("Published favourable share"),
        _PERCENT,
        +1,
        N_(
            "The share of answers in the top two categories as its publisher gives it. Of a place above: its own row "
            "where one is published, else the mean of the places below, weighted by their answers where all of them "
            "say how many."
        ),
        N_("Published results of others; interval by Wilson (1927) where the number of answers is published."),
        "share",
        _PUBLISHED,
        10,
        SHARE_THAT_MATTERS,
        _RESPONSES,
        _PERCENT_POINTS,
        table="aggregates",
        statistic="top2",
        subject_kinds=SURVEY_KINDS,
        levels=STAFF_LEVELS,
        rules=("responses",),
        high_bound=100.0,
    ),
    Metric(
        "published_nps",
        "aggregates",
        N_("Published net promoter score"),
        N_("NPS points"),
        +1,
        N_(
            "A net promoter score as its publisher gives it. Of a place above: its own row where one is published, "
            "else the mean of the places below, weighted by their answers where all of them say how many."
        ),
        N_(
            "Published results of others; the widest interval of the adjusted Wald method of Rocks (2016) where the "
            "number of answers is published."
        ),
        "nps",
        _PUBLISHED,
        30,
        NPS_THAT_MATTER,
        _RESPONSES,
        N_("NPS points"),
        table="aggregates",
        statistic="nps",
        subject_kinds=SURVEY_KINDS,
        levels=STAFF_LEVELS,
        rules=("responses",),
        low_bound=-100.0,
        high_bound=100.0,
    ),
)
METRICS: dict[str, Metric] = {metric.id: metric for metric in _CATALOGUE}
INSTRUMENT_NAMES: dict[str, str] = {
    "mystery": N_("Mystery visits"),
    "customer": N_("Customers"),
    "complaints": N_("Complaints"),
    "employee": N_("Employees"),
    "internal_service": N_("Internal service"),
    "awareness": N_("Service awareness"),
    "management": N_("Store management"),
    "aggregates": N_("Published results"),
}


def metric_named(name: str) -> Metric:
    """The metric with this id.

    Raises:
        UnknownName: offers the nearest ids.
    """
    if name not in METRICS:
        raise UnknownName.near(N_("There is no metric {name}."), name, METRICS)
    return METRICS[name]
