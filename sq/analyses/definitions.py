"""What every number means: metrics, levels, touchpoints, dimensions, items, rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sq.analyses.anonymity_rules import anonymity_rules
from sq.analyses.telling import RULE_NAMES
from sq.analyses.wording import AXIS_NAMES, STAGE_NAMES, Listing, axis_name, count, size
from sq.language import LANGUAGES, N_, Message, Named, speaking
from sq.metrics.aggregates import Published, aggregates_statement
from sq.metrics.catalogue import INSTRUMENT_NAMES, METRICS, Metric
from sq.metrics.cells import cells_statement
from sq.metrics.lattice import Group
from sq.metrics.querying import sums_statement
from sq.metrics.questions import asked
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Scope, Warehouse


@dataclass(frozen=True)
class MetricDefinition:
    """One metric for a reader: every text a Message.

    Attributes:
        facts: (label, value) pairs in reading order: unit, direction, levels, broken down by, minimum n, smallest
            relevant difference, roll-up rules.
        sql: the statement behind it for the whole chain.
    """

    metric: str
    title: Message
    instrument: Message
    formula: Message
    source: Message
    facts: tuple[tuple[Message, Message], ...]
    sql: str


@dataclass(frozen=True)
class Definitions:
    """The definitions page.

    Attributes:
        metrics: in catalogue order. decisions: (question, answer) pairs: the rules of methods.md in words.
        promises: (question, answer) pairs: the rules of anonymity with the numbers that are in force.
        levels: (term, meaning) pairs.
        touchpoints: touchpoint (id), label, stage, stage_label, position, items.
        dimensions: instrument, instrument_label, dimension (id), label, position, is_sensitive, items.
        items: instrument, instrument_label, item (id), label, touchpoint, touchpoint_label, dimension, dimension_label,
            scale_min, scale_max, weight, is_veto, is_reversed, role, valid_from, valid_to.
    """

    metrics: tuple[MetricDefinition, ...]
    decisions: tuple[tuple[Message, Message], ...]
    promises: tuple[tuple[Message, Message], ...]
    levels: tuple[tuple[Message, Message], ...]
    touchpoints: pd.DataFrame
    dimensions: pd.DataFrame
    items: pd.DataFrame


# The rules behind every number, as the product states them.
DECISIONS: tuple[tuple[str, str], ...] = (
    (
        N_("How is a visit scored?"),
        N_("Weighted share of the achievable points over the items that apply. If no item applies there is no score."),
    ),
    (
        N_("What does a failed veto item do?"),
        N_("The visit counts as failed. Its score is kept and shown beside the failure."),
    ),
    (
        N_("How does a place get its number?"),
        N_(
            "As the mean of its responses: each visit counts once, a survey response with its weight. Pooled points "
            "and the mean of stores can be chosen instead; the page names the rule it shows."
        ),
    ),
    (
        N_("What does the 95 % interval mean?"),
        N_(
            "Of a region or the chain it allows for stores being different: it is clustered by store (CR1 with the t "
            "distribution; below 30 stores CR2 with Satterthwaite's degrees of freedom). Of a store it comes from its "
            "visits or responses. One visit alone has none."
        ),
    ),
    (
        N_("What is compared with what?"),
        N_(
            "A place with the others of its level, without itself; a period with an earlier one in the same stores; or "
            "a number with its target."
        ),
    ),
    (
        N_("When is a difference called better or worse?"),
        N_(
            "When it is statistically reliable (p at most 0.05, adjusted by Benjamini and Hochberg for all places and "
            "subjects compared at once) and at least as large as the metric's smallest relevant difference. Otherwise "
            "there is no reliable difference, or there are too few responses to judge."
        ),
    ),
    (
        N_("How can three visits be judged?"),
        N_(
            "How much three visits vary hardly tells how much visits vary. A verdict therefore puts the variation of "
            "the other places beside a place's own (moderated t, Smyth 2004); the interval of a single value is its "
            "own. Formulas and sources of everything: docs/methods.md."
        ),
    ),
    (
        N_("What happens when the checklist changes?"),
        N_("Both periods are compared on the items they have in common; the course over time marks the change."),
    ),
    (
        N_("What if a store moves to another region?"),
        N_("Results stay in the region the store belonged to then. They can also be counted where it belongs today."),
    ),
    (
        N_("Which visits count?"),
        N_("Approved and disputed ones; disputed visits are marked. Drafts and void visits do not count."),
    ),
)
HOW_CHECKED = (
    Message(N_("How is the promise of anonymity checked?")),
    Message(
        N_(
            "By attack: everything that is shown is written as equations, and linear programming tries to work out the "
            "answers of one to four people from them. The audit of the command line does it on the published data and "
            "prints a report."
        )
    ),
)
LEVEL_MEANINGS: tuple[tuple[str, str], ...] = (
    ("chain", N_("all own stores")),
    ("region", N_("a group of stores under one regional manager")),
    ("city", N_("a level between region and store, where a region has several cities")),
    ("store", N_("where customers are served")),
    ("department", N_("a back-office unit; internal service is what it does for the front line")),
    ("wave", N_("a planned round of one survey; results of an anonymous one are shown when it is closed")),
    ("role", N_("front line or manager, as stated in anonymous surveys")),
    ("tenure", N_("how long somebody has worked here, in bands, as stated in anonymous surveys")),
    ("stage", N_("pre-sales, sales and after-sales")),
    ("touchpoint", N_("a moment of contact in the service process, in order")),
    ("dimension", N_("a theme of a survey")),
    ("item", N_("one line of a checklist or one question")),
)
_KIND_NAMES = {**AXIS_NAMES, "form": N_("Whole form")}


def definitions(warehouse: Warehouse, scope: Scope) -> Definitions:
    """All definitions of this snapshot."""
    touchpoints = asked(warehouse, "definition_touchpoints")
    dimensions = asked(warehouse, "definition_dimensions")
    return Definitions(
        metrics=tuple(metric_definition(name) for name in METRICS),
        decisions=tuple((Message(question), Message(answer)) for question, answer in DECISIONS),
        promises=(*anonymity_rules(warehouse), HOW_CHECKED),
        levels=tuple((axis_name(level), Message(meaning)) for level, meaning in LEVEL_MEANINGS),
        touchpoints=touchpoints.assign(label=_labels(touchpoints), stage_label=_stages(touchpoints["stage"])),
        dimensions=dimensions.assign(
            label=_labels(dimensions), instrument_label=_instruments(dimensions["instrument"])
        ),
        items=_items(warehouse, touchpoints, dimensions),
    )


def _items(warehouse: Warehouse, touchpoints: pd.DataFrame, dimensions: pd.DataFrame) -> pd.DataFrame:
    items = asked(warehouse, "definition_items")
    touchpoint = dict(zip(touchpoints["touchpoint"], _labels(touchpoints), strict=True))
    themes = zip(dimensions["instrument"], dimensions["dimension"], strict=True)
    dimension = dict(zip(themes, _labels(dimensions), strict=True))
    nothing = Named("")
    pairs = zip(items["instrument"], items["dimension"], strict=True)
    return items.assign(
        label=_labels(items, "text_zh", "text_en"),
        instrument_label=_instruments(items["instrument"]),
        touchpoint_label=_objects([touchpoint.get(key, nothing) for key in items["touchpoint"]]),
        dimension_label=_objects([dimension.get(pair, nothing) for pair in pairs]),
    )


def _objects(values: list[Any]) -> pd.Series[Any]:
    return pd.Series(values, dtype=object)


def _labels(frame: pd.DataFrame, zh: str = "name_zh", en: str = "name_en") -> pd.Series[Any]:
    return _objects([Named(_text(a), _text(b)) for a, b in zip(frame[zh], frame[en], strict=True)])


def _stages(stages: Iterable[str]) -> pd.Series[Any]:
    return _objects([Message(STAGE_NAMES[stage]) if stage in STAGE_NAMES else Named(stage) for stage in stages])


def _instruments(instruments: Iterable[str]) -> pd.Series[Any]:
    return _objects([Message(INSTRUMENT_NAMES.get(name, name)) for name in instruments])


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def metric_definition(metric: str) -> MetricDefinition:
    """One metric's definition (for a popover beside its number); needs no data."""
    found = METRICS[metric]
    return MetricDefinition(
        metric,
        found.title,
        Message(INSTRUMENT_NAMES[found.instrument]),
        Message(found.formula),
        Message(found.source),
        _facts(found),
        _statement(found),
    )


def _statement(metric: Metric) -> str:
    """The statement behind a metric, by region."""
    whole = Group("region", "form")
    if metric.table == "cells":
        return cells_statement(metric, EVERYTHING, whole, (), {}, {}).sql
    if metric.table == "aggregates":
        return aggregates_statement(Published(metric, whole), EVERYTHING, Selection(), "region", ("region",), False).sql
    return sums_statement((metric,), EVERYTHING, Selection(metric=metric.id), ("region",)).sql


def _facts(metric: Metric) -> tuple[tuple[Message, Message], ...]:
    kinds = [Message(_KIND_NAMES[kind]) for kind in metric.subject_kinds]
    rules = [Message(RULE_NAMES[rule]) for rule in metric.rules]
    listed = N_("{names}")
    facts = (
        (N_("Unit"), Message(metric.unit)),
        (N_("Direction"), Message(N_("higher is better") if metric.direction > 0 else N_("lower is better"))),
        (N_("Levels"), Message(listed, {"names": Listing(tuple(axis_name(level) for level in metric.levels))})),
        (N_("Broken down by"), Message(listed, {"names": Listing(tuple(kinds))})),
        (N_("Judged from"), count(metric.n_unit, metric.minimum_n)),
        (N_("Smallest relevant difference"), size(metric, metric.smallest_relevant_difference)),
        (N_("Roll-up rules"), Message(listed, {"names": Listing(tuple(rules))})),
    )
    return tuple((Message(label), value) for label, value in facts)


def matching(definitions: Definitions, text: str) -> Definitions:
    """Only what contains ``text`` in either language (case-insensitive); everything for an empty text."""
    wanted = text.strip().casefold()
    if not wanted:
        return definitions

    def hits(*parts: object) -> bool:
        return any(wanted in words.casefold() for part in parts for words in _in_both_languages(part))

    def rows(frame: pd.DataFrame) -> pd.DataFrame:
        names = [column for column in frame.columns if frame[column].dtype == object or "label" in column]
        keep = [any(hits(frame[c].iloc[i]) for c in names) for i in range(len(frame))]
        return frame[keep].reset_index(drop=True)

    return Definitions(
        metrics=tuple(m for m in definitions.metrics if hits(m.title, m.formula, m.source, m.instrument)),
        decisions=tuple(pair for pair in definitions.decisions if hits(*pair)),
        promises=tuple(pair for pair in definitions.promises if hits(*pair)),
        levels=tuple(pair for pair in definitions.levels if hits(*pair)),
        touchpoints=rows(definitions.touchpoints),
        dimensions=rows(definitions.dimensions),
        items=rows(definitions.items),
    )


def _in_both_languages(part: object) -> tuple[str, ...]:
    if isinstance(part, Named):
        return part.zh, part.en
    if not isinstance(part, Message):
        return ()
    told = []
    for language in LANGUAGES:
        with speaking(language):
            told.append(str(part))
    return tuple(told)
