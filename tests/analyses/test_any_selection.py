"""Whatever is filtered on the small chain, pages get an answer: never an exception, never a nan in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sq.analyses.drill import drill
from sq.analyses.journey import journey
from sq.analyses.map_ranks import with_ranks
from sq.analyses.names import Names, names
from sq.analyses.overview import overview
from sq.analyses.standing import standing
from sq.analyses.standouts import standouts
from sq.language import Message, speaking
from sq.metrics.catalogue import METRICS
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Warehouse

MONTHS = ("2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
CHOICES = {
    "metric": ("", *METRICS),
    "compare": ("rest", "previous", "last_year", "target", "none"),
    "region": ("", "", "华北", "华南"),
    "city": ("", "", "", "北京", "天津", "广州", "深圳"),
    "store": ("", "", "", "S1", "S2", "S3", "S4", "S5", "C1"),
    "department": ("", "", "", "HR", "IT", "MKT"),
    "stage": ("", "", "", "sales"),
    "dimension": ("", "", "", "customer:service", "employee:work"),
    "touchpoint": ("", "", "", "greeting", "repair"),
    "item": ("", "", "", "mystery:M3", "customer:Q1"),
    "brand": ("", "", "", "对手品牌"),
    "format": ("", "", "", "旗舰店"),
    "stream": ("", "", "", "售后暗访"),
    "split": ("", "region", "store", "touchpoint", "month"),
    "membership": ("then", "now"),
    "rule": ("responses", "points", "stores"),
}
SELECTIONS = st.builds(
    lambda months, chosen: Selection(start=min(months), end=max(months), **chosen),
    st.tuples(st.sampled_from(MONTHS), st.sampled_from(MONTHS)),
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CHOICES.items()}),
)


@pytest.fixture(scope="module")
def known(small: Warehouse) -> Names:
    return names(small, EVERYTHING)


def told(result: Any) -> Iterator[str]:
    """Every sentence in a result, and in the columns of its frames."""
    if isinstance(result, Message):
        yield str(result)
    elif isinstance(result, pd.DataFrame):
        for name in result:
            if result[name].dtype == object:
                yield from (text for value in result[name] for text in told(value))
    elif isinstance(result, list | tuple):
        yield from (text for value in result for text in told(value))
    elif is_dataclass(result) and not isinstance(result, Selection):
        yield from (text for field in fields(result) for text in told(getattr(result, field.name)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=SELECTIONS)
def test_any_selection_has_an_answer_without_nan(small: Warehouse, known: Names, asked: Selection) -> None:
    selection, _ignored = known.known(asked)
    shown = drill(small, EVERYTHING, selection, known)
    results = [shown, *(page(small, EVERYTHING, selection, known) for page in (overview, journey, standing, standouts))]
    ranks = with_ranks(shown.map, METRICS[shown.metric])["rank"].dropna() if len(shown.map) else pd.Series(dtype=float)
    assert (ranks >= 1).all()
    for language in ("en", "zh"):
        with speaking(language):
            for text in told(results):
                assert "nan" not in text.lower().replace("finance", ""), text
