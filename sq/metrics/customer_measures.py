"""Measures of customers that are no metrics of the catalogue: parts of a picture, never picked alone.

Elements of service are asked about twice, what customers expect and what they perceive. An element has no name of its
own to be picked by; the axis ``item`` of these measures holds it.
"""

from __future__ import annotations

from dataclasses import replace

from sq.language import N_
from sq.metrics.catalogue import METRICS, POINTS_THAT_MATTER, Metric

_SUMS = METRICS["overall_satisfaction"].sums
_POINTS = METRICS["customer_index"].unit
_RESPONSES = METRICS["customer_index"].n_unit
_SOURCE = N_("Customer survey: questions about expected and perceived service of the same element, one scale.")


def _measure(name: str, title: str, formula: str, low_bound: float) -> Metric:
    return Metric(
        name,
        "customer",
        title,
        _POINTS,
        +1,
        formula,
        _SOURCE,
        "mean",
        _SUMS,
        10,
        POINTS_THAT_MATTER,
        _RESPONSES,
        _POINTS,
        form_kind=name,
        item_kind=name,
        subject_kinds=("form", "item"),
        low_bound=low_bound,
        high_bound=100.0,
    )


EXPECTED = _measure(
    "expected", N_("Expected"), N_("Mean expectation, rescaled to 0–100, of the responses that answered both."), 0.0
)
PERCEIVED = _measure(
    "perceived", N_("Perceived"), N_("Mean perception, rescaled to 0–100, of the responses that answered both."), 0.0
)
EXPECTATION_GAP = _measure(
    "gap",
    N_("Perceived minus expected"),
    N_("Per response perceived − expected (0–100), then the mean; negative: less than expected."),
    -100.0,
)

# Beside the favourable share, of the same answers.
UNFAVOURABLE = replace(
    METRICS["favourable_share"],
    id="unfavourable_share",
    sums={**METRICS["favourable_share"].sums, "num": "r.unfavourable"},
)
