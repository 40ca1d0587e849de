"""The catalogue is whole: every metric says what it is and can be measured."""

import pytest

from sq.errors import UnknownName
from sq.metrics.catalogue import LEVELS, METRICS, STAFF_LEVELS, metric_named
from sq.records import ANONYMOUS, METRIC_IDS

ADDITIVE = {"n", "num", "den", "w", "w2", "q0", "q1", "q2", "either", "pnum", "pden"}
FINISHED = {"value", "low", "high", "n", "limit"}
SUMS = {"scores": ADDITIVE, "complaints": ADDITIVE, "cells": FINISHED, "aggregates": {"value", "n"}}
NEEDED = {"scores": {"num"}, "complaints": {"num"}, "cells": {"value", "n", "limit"}, "aggregates": {"value", "n"}}


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda m: m.id)
def test_a_metric_tells_everything_about_itself(metric: object) -> None:
    assert metric.name
    assert metric.unit
    assert metric.formula
    assert metric.source
    assert metric.direction in (-1, 1)
    assert metric.kind in {"mean", "hours", "share", "nps", "rate"}
    assert metric.minimum_n > 1
    assert metric.smallest_relevant_difference > 0
    assert set(metric.levels) <= set(STAFF_LEVELS)
    assert metric.levels[0] == "chain"
    assert metric.subject_kinds[0] == "form"
    assert set(metric.sums) <= SUMS[metric.table]
    assert NEEDED[metric.table] <= set(metric.sums)
    assert metric.low_bound < metric.high_bound


def test_whoever_was_promised_anonymity_has_finished_groups_only() -> None:
    assert {m.instrument for m in METRICS.values() if m.is_anonymous} == set(ANONYMOUS)
    assert not any(m.instrument in ANONYMOUS for m in METRICS.values() if not m.is_anonymous)
    # raters' regions by rated departments, nothing finer
    assert METRICS["internal_service_score"].levels == ("chain", "department", "region")
    assert METRICS["employee_index"].levels == (*LEVELS, "department")


def test_an_unknown_metric_offers_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean mystery_score"):
        metric_named("mystery_scores")


def test_targets_may_name_exactly_the_metrics_of_the_catalogue() -> None:
    assert tuple(METRICS) == METRIC_IDS
