"""Differences against published examples."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sq.statistics import differences, intervals


def array(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def case(shared: Path, name: str) -> dict:
    return json.loads((shared / "reference" / f"{name}.json").read_text(encoding="utf-8"))


def test_two_shares_differ_as_newcombe_prints(shared: Path) -> None:
    for one in case(shared, "diff_prop_newcombe_a")["expected"]["cases"]:
        p1, p0 = one["x1"] / one["n1"], one["x2"] / one["n2"]
        limits1, limits0 = (intervals.wilson(array(p), array(n)) for p, n in ((p1, one["n1"]), (p0, one["n2"])))
        found = differences.square_and_add(array(p1), *limits1, array(p0), *limits0, array(0))
        assert [found.low[0], found.high[0]] == pytest.approx(one["newcombe10"], abs=1e-6)
        assert (found.p[0] < 0.05) == (found.low[0] > 0 or found.high[0] < 0)


def test_two_independent_means_differ_as_welch_says(shared: Path) -> None:
    known = case(shared, "wave_t_sleep")["expected"]["welch"]
    frame = pd.read_csv(shared / "reference" / "data" / "sleep.csv")
    first, second = (frame.query("group == @g")["extra"].to_numpy() for g in (1, 2))
    sides = [(array(y.mean()), array(y.var(ddof=1) / len(y)), array(len(y) - 1)) for y in (first, second)]
    found = differences.welch(*sides[0], *sides[1])
    assert found.p[0] == pytest.approx(known["p"])
    assert [found.low[0], found.high[0]] == pytest.approx(known["ci"])


def test_no_variation_at_all_is_certain_only_where_the_values_differ() -> None:
    found = differences.by_t(array(0, 5), array(0, 0), array(3, 3))
    assert list(found.p) == [1.0, 0.0]
    assert np.isnan(differences.by_t(array(5), array(np.nan), array(np.nan)).p[0])
