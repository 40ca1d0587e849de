"""How much of the link between employees and customers runs along the service that was delivered.

A decomposition of correlations of stores, not of causes: see docs/methods.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sq.analyses.verdicts import ALPHA
from sq.analyses.wording import count
from sq.language import N_, Message, number, signed
from sq.metrics.catalogue import METRICS
from sq.statistics.effects import Mediation, mediation
from sq.statistics.estimable import NotEstimable

FEWEST_STORES = 20  # below it the percentile bootstrap of a product is too short
NOT_TOLD = NotEstimable(
    Message(
        N_(
            "Whether delivered service carries the link of employees with customers takes at least {count} stores "
            "with all three measurements."
        ),
        {"count": number(FEWEST_STORES, 0)},
    )
)


def carried(employees: pd.DataFrame, delivered: pd.DataFrame, perceived: pd.DataFrame) -> Mediation | NotEstimable:
    """Decompose the slope of customers on employees over the stores that have all three, within their regions.

    Args:
        employees, delivered, perceived: a row per store: id, value, region.
    """
    rows = employees[["id", "region", "value"]].rename(columns={"value": "x"})
    for name, frame in (("m", delivered), ("y", perceived)):
        rows = rows.merge(frame[["id", "value"]].rename(columns={"value": name}), on="id")
    rows = rows[rows.groupby("region")["id"].transform("size") > 1]
    if len(rows) < FEWEST_STORES:
        return NOT_TOLD
    return mediation(rows["x"], rows["m"], rows["y"], rows["region"].tolist())


def told(found: Mediation | NotEstimable) -> Message:
    """What the decomposition says, without a cause."""
    if isinstance(found, NotEstimable):
        return found.reason
    values = {
        "one": METRICS["employee_index"].title,
        "other": METRICS["customer_index"].title,
        "total": signed(found.total, 2),
        "indirect": signed(found.indirect, 2),
        "direct": signed(found.direct, 2),
        "low": signed(found.low, 2),
        "high": signed(found.high, 2),
        "n": count("stores", found.n),
    }
    if not is_reliable(found):
        words = N_(
            "Whether delivered service carries the link of employees with customers cannot be told: {indirect} points "
            "of {other} per point of {one} go along with it (95 %: {low} to {high}; {n})."
        )
        return Message(words, values)
    words = N_(
        "Per point of {one}, stores differ by {total} points of {other}: {indirect} of it (95 %: {low} to {high}; {n}) "
        "go along with their delivered service, {direct} do not. The rest is no proof of a direct effect: delivered "
        "service is measured imperfectly, and that alone leaves such a rest."
    )
    return Message(words, values)


def is_reliable(found: Mediation) -> bool:
    """Whether the interval of what goes along with delivered service leaves out zero, and both steps are reliable."""
    return bool(np.sign(found.low) == np.sign(found.high) != 0) and found.p <= ALPHA
