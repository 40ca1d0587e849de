"""How satisfied are customers, with what, and how do their answers divide?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses import telling
from sq.analyses.comparison import NOTHING, Compared, compared
from sq.analyses.drill import applicable
from sq.analyses.names import Name, Names
from sq.analyses.wording import Words
from sq.language import N_, Message
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.customer_measures import UNFAVOURABLE
from sq.metrics.measuring import first_row, several_sums
from sq.metrics.querying import evidence_statement
from sq.metrics.questions import asked
from sq.selection import SUBJECT_PATH, Selection
from sq.warehouse import Scope, Warehouse

# What the page can be read by: its headline, its parts and its course.
CUSTOMER_METRICS: tuple[str, ...] = (
    "customer_index",
    "overall_satisfaction",
    "nps",
    "favourable_share",
    "dissatisfied_share",
    "complained_share",
    "silent_share",
)
# The dimension of the sample questionnaire that stands for what customers will do.
LOYALTY = "loyalty"
CARDS: tuple[tuple[str, str], ...] = (
    ("customer_index", ""),
    ("overall_satisfaction", ""),
    ("nps", ""),
    ("customer_index", LOYALTY),
    ("dissatisfied_share", ""),
    ("silent_share", ""),
)
# What the ends of a scale mean; of questions that are no verdict on the service it is no better to answer high.
BEST = (N_("worst"), N_("best"))
ENDS: dict[str, tuple[str, str]] = {
    "importance": (N_("least important"), N_("most important")),
    "expectation": (N_("expects least"), N_("expects most")),
}
QUESTION_ORDER = {"overall": 0, "recommend": 1, "score": 2, "outcome": 3, "perception": 4, "expectation": 5}


@dataclass(frozen=True)
class Card:
    """One number of the selected place with its interval and its comparison; values in the metric's unit."""

    metric: str
    title: Words
    value: float
    low: float
    high: float
    n: int
    difference: float
    verdict: str
    against: Words
    selection: Selection

    @property
    def key(self) -> str:
        """What tells it from the other cards."""
        return f"{self.metric}_{self.selection.dimension}"


@dataclass(frozen=True)
class Customers:
    """What customers say of the selected place and period.

    Attributes:
        selection: completed; its metric is one of CUSTOMER_METRICS.
        cards: index, overall satisfaction, NPS, loyalty, dissatisfied, silent: those that are measured.
        dimensions: one row per dimension in the questionnaire's order: id, label and the columns of
            `sq.analyses.verdicts.Compared.frame` (the index).
        dimensions_against: what the dimensions are compared with.
        opinions: the same dimensions: id, label, favourable, neutral, unfavourable (percent), n (responses); empty
            where no scale has categories.
        questions: (item id, its words) of the questions whose answers can be shown one by one.
        caption, notes: as everywhere.
    """

    selection: Selection
    cards: tuple[Card, ...]
    dimensions: pd.DataFrame
    dimensions_against: Words
    opinions: pd.DataFrame
    questions: tuple[tuple[str, Name], ...]
    caption: Message
    notes: tuple[Message, ...]


def customers(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names) -> Customers:
    """The customers page beside its drill; empty where customers were not asked."""
    selection = names.completed(selection)
    whole = _with_brand(selection.but(metric="customer_index", **dict.fromkeys(SUBJECT_PATH, ""), split=""), names)
    here, notes = applicable(METRICS["customer_index"], whole, names)
    dimensions = _dimensions(warehouse, scope, here, names)
    opinions = _opinions(warehouse, scope, here, names)
    n = max((int(part["n"].max()) for part in (dimensions.frame, opinions) if len(part)), default=0)
    return Customers(
        selection=selection,
        cards=tuple(_cards(warehouse, scope, here, names)),
        dimensions=dimensions.frame,
        dimensions_against=dimensions.against,
        opinions=opinions,
        questions=_questions(warehouse, names),
        caption=telling.caption(names, here, n),
        notes=notes,
    )


def _with_brand(selection: Selection, names: Names) -> Selection:
    return selection.but(brand=names.brand_of(selection.store)) if selection.store else selection


def _cards(warehouse: Warehouse, scope: Scope, here: Selection, names: Names) -> list[Card]:
    known = dict(names.options("dimension", here))
    wanted = [(m, d) for m, d in CARDS if m in names.available and (not d or d in known)]
    found = [_card(warehouse, scope, here.but(metric=metric, dimension=part), names) for metric, part in wanted]
    return [card for card in found if card is not None]


def _card(warehouse: Warehouse, scope: Scope, here: Selection, names: Names) -> Card | None:
    found = compared(warehouse, scope, here, ())
    if found.frame.empty:
        return None
    row = first_row(found.frame)
    title: Words = METRICS[here.metric].title
    if here.dimension:
        title = names.label("dimension", here.dimension, "customer")
    numbers = {name: float(row[name]) for name in ("value", "low", "high", "difference")}
    return Card(
        metric=here.metric,
        title=title,
        n=int(row["n"]),
        verdict=str(row["verdict"]),
        against=found.against,
        selection=here,
        **numbers,
    )


def _dimensions(warehouse: Warehouse, scope: Scope, here: Selection, names: Names) -> Compared:
    if "customer_index" not in names.available or not names.options("dimension", here):
        return Compared(pd.DataFrame(), "none", NOTHING)
    found = compared(warehouse, scope, here, ("dimension",))
    return Compared(_in_order(found.frame, names, here), found.kind, found.against, found.notes)


def _in_order(frame: pd.DataFrame, names: Names, here: Selection) -> pd.DataFrame:
    """Rows with id and label, in the order of the questionnaire."""
    order = {key: place for place, (key, _name) in enumerate(names.options("dimension", here))}
    labelled = frame.assign(id=frame["dimension"], label=names.labels_of("dimension", frame["dimension"], "customer"))
    return labelled.sort_values(
        "dimension", key=lambda keys: keys.map(order), kind="stable", ignore_index=True, na_position="last"
    )


def _opinions(warehouse: Warehouse, scope: Scope, here: Selection, names: Names) -> pd.DataFrame:
    """How the answers divide by dimension, or of the whole questionnaire where it has none."""
    if "favourable_share" not in names.available:
        return pd.DataFrame()
    axes = ("dimension",) if names.options("dimension", here) else ()
    both = several_sums(warehouse, scope, (METRICS["favourable_share"], UNFAVOURABLE), here, axes)
    good, bad = both["favourable_share"], both[UNFAVOURABLE.id]
    top, bottom, n = _share(good.totals()), _share(bad.totals()), good.totals()["n"]
    shares = {"favourable": top, "neutral": np.maximum(100 - top - bottom, 0), "unfavourable": bottom}
    frame = pd.DataFrame({**{axis: good.keys[axis] for axis in axes}, **shares, "n": np.rint(n).astype(int)})
    if axes:
        return _in_order(frame, names, here)
    return frame.assign(id="", label=pd.Series([telling.where(names, here)] * len(frame), dtype=object))


def _share(totals: dict[str, Any]) -> Any:
    return 100 * totals["num"] / totals["den"]


def _questions(warehouse: Warehouse, names: Names) -> tuple[tuple[str, Name], ...]:
    rows = asked(warehouse, "customer_questions")
    order = rows["role"].map(QUESTION_ORDER).fillna(len(QUESTION_ORDER))
    rows = rows.assign(order=order).sort_values(["order", "position", "item"], kind="stable")
    return tuple((str(item), names.label("item", str(item), "customer")) for item in rows["item"])


@dataclass(frozen=True)
class Answers:
    """How the answers to one question divide.

    Attributes:
        frame: one row per point of the scale: category, n (answers), share (percent, weighted), limit (''), and for a
            question of 0-10 about recommending ``side`` (detractor, passive, promoter), else ''.
        ends: what the lowest and the highest answer mean.
    """

    item: str
    label: Name
    frame: pd.DataFrame
    n: int
    is_recommend: bool
    ends: tuple[Message, Message]
    caption: Message


def answers(warehouse: Warehouse, scope: Scope, selection: Selection, names: Names, item: str) -> Answers | None:
    """The answers of the selected customers to one question; None where it is unknown or nobody answered it."""
    rows = asked(warehouse, "customer_questions")
    rows = rows[rows["item"] == item]
    if rows.empty:
        return None
    here = _with_brand(names.completed(selection.but(metric="customer_index")), names)
    found = counted(warehouse, scope, here, "customer_answers", " AND starts_with(r.subject, ?)", (f"{item}:",))
    if found.empty:
        return None
    low, high = (int(rows[name].iloc[0]) for name in ("scale_min", "scale_max"))
    frame = found.set_index("category").reindex([float(step) for step in range(low, high + 1)]).fillna(0).reset_index()
    is_recommend = rows["role"].iloc[0] == "recommend" and (low, high) == (0, 10)
    frame = frame.assign(
        share=100 * frame["weight"] / frame["weight"].sum(),
        limit="",
        side=[_side(step) if is_recommend else "" for step in frame["category"]],
        n=frame["n"].astype(int),
    )
    n = int(frame["n"].sum())
    plain = here.but(rule="responses", **dict.fromkeys(SUBJECT_PATH, ""))
    return Answers(
        item=item,
        label=names.label("item", item, "customer"),
        frame=frame,
        n=n,
        is_recommend=is_recommend,
        ends=ends_of(str(rows["role"].iloc[0]), bool(rows["is_reversed"].iloc[0])),
        caption=telling.caption(names, plain, n),
    )


def ends_of(role: str, is_reversed: bool) -> tuple[Message, Message]:
    """What the lowest and the highest answer mean; a reversed question is answered low by the content."""
    low, high = (Message(words) for words in ENDS.get(role, BEST))
    return (high, low) if is_reversed else (low, high)


def _side(step: float) -> str:
    return "detractor" if step <= 6 else "promoter" if step >= 9 else "passive"


def counted(
    warehouse: Warehouse, scope: Scope, here: Selection, name: str, more: str = "", values: Sequence[Any] = ()
) -> pd.DataFrame:
    """The rows of a statement about sums of the selected customers."""
    statement = evidence_statement(name, METRICS["customer_index"], scope, here, more, tuple(values))
    return warehouse.query(statement.sql, list(statement.values))


def has_customers(names: Names) -> bool:
    """Whether any customer was asked."""
    return any(metric in names.available for metric in CUSTOMER_METRICS)


def metric_of(names: Names, selection: Selection) -> Metric:
    """The metric that the page is read by: the selected one where it is of customers, else the first there is."""
    known = [name for name in CUSTOMER_METRICS if name in names.available]
    return METRICS[selection.metric if selection.metric in known else known[0]]
