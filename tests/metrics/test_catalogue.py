"""The catalogue is whole: every metric says what it is and can be measured."""

import pytest

from sq.errors import UnknownName
from sq.metrics.catalogue import LEVELS, METRICS, metric_named
from sq.records import METRIC_IDS


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
    assert metric.levels == LEVELS
    assert metric.subject_kinds[0] == "form"
    assert {"num"} <= set(metric.sums)
    assert set(metric.sums) <= {"n", "num", "den", "w", "w2", "q0", "q1", "q2", "either", "pnum", "pden"}
    assert metric.low_bound < metric.high_bound


def test_an_unknown_metric_offers_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean mystery_score"):
        metric_named("mystery_scores")


def test_targets_may_name_exactly_the_metrics_of_the_catalogue() -> None:
    assert tuple(METRICS) == METRIC_IDS
