"""Two sides of a gap measured apart and subtracted: same subject, same scale, else side by side without a difference.

Gap = delivered (or believed) minus required; negative is a shortfall. Methods.md, section 8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sq.analyses.verdicts import verdicts
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.cells import HIDDEN
from sq.metrics.measuring import estimates, measure, store_sums
from sq.selection import Selection
from sq.statistics import differences
from sq.statistics.intervals import Floats, adjusted_p_values
from sq.warehouse import Scope, Warehouse

# Smallest relevant difference and direction of every gap on 0-100.
POINTS: Metric = METRICS["customer_index"]
SIDES = ("first", "second")
_SIDE = ("value", "low", "high", "se", "df", "n", "hidden_reason", "minimum")
COLUMNS = (
    *(f"{side}{end}" for side in SIDES for end in ("", "_low", "_high", "_n")),
    "difference", "low", "high", "p", "p_adjusted", "verdict", "hidden_reason", "minimum",
)  # fmt: skip


def measured(
    warehouse: Warehouse,
    scope: Scope,
    metric: Metric,
    selection: Selection,
    axes: tuple[str, ...],
    subjects: Sequence[str] = (),
) -> pd.DataFrame:
    """Value, interval, error and n by axes, of a metric of the catalogue or of one's own.

    ``subjects``: of scores only these; finished groups come whole.
    """
    if metric.table == "scores":
        frame = estimates(store_sums(warehouse, scope, metric, selection, axes, subjects=subjects), selection.rule)
    else:
        frame = measure(warehouse, scope, metric.id, selection.but(metric=metric.id), axes)
    frame = frame if "minimum" in frame else frame.assign(minimum=np.nan)
    # a finished group has an error but no degrees of freedom: its interval is a normal one
    df = np.where(np.isnan(frame["df"]) & np.isfinite(frame["se"]), np.inf, frame["df"])
    frame = frame.assign(df=df)
    return frame[[*axes, *_SIDE]]


def by_subject(frame: pd.DataFrame, subject_of: Mapping[str, str], places: Sequence[str]) -> pd.DataFrame:
    """Rows of items as rows of the subjects they ask about; of several items about one subject the mean.

    The error of a mean over items is the mean of their errors: items of one questionnaire go together.
    """
    rows = frame[frame["item"].isin(list(subject_of))]
    rows = rows.assign(subject=[subject_of[item] for item in rows["item"]]).drop(columns="item")
    if not rows.duplicated([*places, "subject"]).any():
        return rows
    numbers = {name: (name, "mean") for name in ("value", "low", "high", "se", "df", "n", "minimum")}
    return (
        rows.groupby([*places, "subject"], sort=False)
        .agg(**numbers, hidden_reason=("hidden_reason", "max"))
        .reset_index()
    )


def subtracted(first: pd.DataFrame, second: pd.DataFrame, keys: Sequence[str], alike: set[str]) -> pd.DataFrame:
    """First minus second of the rows that both have, as two independent estimates; judged as one family.

    ``alike``: subjects that may be subtracted; the others stand side by side.
    """
    joined = (
        first.merge(second, on=list(keys), suffixes=("_a", "_b"))
        if keys
        else first.merge(second, how="cross", suffixes=("_a", "_b"))
    )
    a, b = ({name: joined[f"{name}{end}"] for name in _SIDE} for end in ("_a", "_b"))
    number = {
        side: {n: part[n].to_numpy(dtype=float) for n in _SIDE if n != "hidden_reason"}
        for side, part in zip("ab", (a, b), strict=True)
    }
    found = differences.welch(
        number["a"]["value"], number["a"]["se"] ** 2, number["a"]["df"],
        number["b"]["value"], number["b"]["se"] ** 2, number["b"]["df"],
    )  # fmt: skip
    hidden = np.where(a["hidden_reason"].isin(HIDDEN), a["hidden_reason"], b["hidden_reason"])
    usable = ~np.isin(hidden, HIDDEN)
    if "subject" in joined:
        usable = usable & joined["subject"].isin(alike).to_numpy()
    few = (a["hidden_reason"] != "").to_numpy() | (b["hidden_reason"] != "").to_numpy()
    frame = pd.DataFrame(
        {
            **{key: joined[key] for key in keys},
            **_sides(number["a"], number["b"]),
            "difference": np.where(usable, found.value, np.nan),
            "low": np.where(usable, found.low, np.nan),
            "high": np.where(usable, found.high, np.nan),
            "p": np.where(usable & ~few, found.p, np.nan),
            "hidden_reason": hidden,
            "minimum": np.fmax(number["a"]["minimum"], number["b"]["minimum"]),
        }
    )
    return judged(frame)


def _sides(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{side}{end}": part[name]
        for side, part in zip(SIDES, (a, b), strict=True)
        for end, name in (("", "value"), ("_low", "low"), ("_high", "high"), ("_n", "n"))
    }


def judged(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with adjusted p and verdict: one family."""
    p = adjusted_p_values(frame["p"].to_numpy(dtype=float))
    verdict = verdicts(POINTS, frame["difference"].to_numpy(dtype=float), p)
    return frame.assign(p_adjusted=p, verdict=verdict)


def against(frame: pd.DataFrame, required: float | Floats) -> pd.DataFrame:
    """Each measured row less a fixed requirement (a target, the full mark), one for all or one per row."""
    value, low, high, se, df, n = (frame[c].to_numpy(dtype=float) for c in ("value", "low", "high", "se", "df", "n"))
    found = differences.by_t(value - required, se**2, df)
    few = (frame["hidden_reason"] != "").to_numpy()
    keys = [name for name in frame if name not in _SIDE]
    rows = pd.DataFrame(
        {
            **{key: frame[key] for key in keys},
            "first": value,
            "first_low": low,
            "first_high": high,
            "first_n": n,
            "second": required,
            "second_low": np.nan,
            "second_high": np.nan,
            "second_n": np.nan,
            "difference": found.value,
            "low": found.low,
            "high": found.high,
            "p": np.where(few, np.nan, found.p),
            "hidden_reason": frame["hidden_reason"],
            "minimum": frame["minimum"],
        }
    )
    return judged(rows)


def mean_gap(rows: pd.DataFrame) -> dict[str, float]:
    """The mean gap over subjects; its interval takes the subjects' errors as fully alike, so it is never too narrow."""
    known = rows[rows["difference"].notna()]
    if known.empty:
        return dict.fromkeys(("difference", "low", "high"), float("nan"))
    return {name: float(known[name].mean()) for name in ("difference", "low", "high")}
