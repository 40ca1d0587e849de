"""Competitors beside own stores: only the same city and month, clustered by city."""

import numpy as np
import pandas as pd
import pytest

from sq.analyses.competitors import NOT_MEASURED, competitors, matched
from sq.analyses.names import Names, names
from sq.metrics.catalogue import METRICS
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Warehouse

SCORE = METRICS["mystery_score"]
ALL = Selection(metric="mystery_score", start="2026-01", end="2026-04")


@pytest.fixture(scope="module")
def named(small: Warehouse) -> Names:
    return names(small, EVERYTHING)


def cells(*rows: tuple[str, str, str, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["brand", "city", "month", "value", "n"])
    return frame.assign(month=pd.to_datetime(frame["month"]), subject="")


def test_only_cells_where_both_were_visited_count() -> None:
    found = matched(
        cells(
            ("", "A", "2026-01-01", 80, 4),
            ("", "A", "2026-02-01", 99, 4),  # the competitor was not visited in February
            ("", "B", "2026-01-01", 70, 2),
            ("X", "A", "2026-01-01", 74, 4),
            ("X", "B", "2026-01-01", 72, 2),
            ("X", "C", "2026-01-01", 10, 9),  # no own store in C
        ),
        SCORE,
    )
    row = found.iloc[0]
    # weights 4*4/8 = 2 and 2*2/4 = 1: (2*6 + 1*(-2)) / 3
    assert row["difference"] == pytest.approx(10 / 3)
    assert row["own"] == pytest.approx((2 * 80 + 70) / 3)
    assert row["value"] == pytest.approx((2 * 74 + 72) / 3)
    assert (row["cells"], row["cities"], row["n_own"], row["n"]) == (2, 2, 6, 6)


def test_the_interval_is_that_of_the_cities_not_of_the_cells() -> None:
    # each city's two months agree with each other: four cells are worth two cities; equal weights, differences 6 and 2
    months = ("2026-01-01", "2026-02-01")
    own = [("", city, month, value, 2.0) for city, value in (("A", 80.0), ("B", 76.0)) for month in months]
    other = [("X", city, month, 74.0, 2.0) for city in ("A", "B") for month in months]
    row = matched(cells(*own, *other), SCORE).iloc[0]
    # two equal clusters: CR2 variance of a mean is s² / 2 with one degree of freedom; s² of 6 and 2 is 8, t = 12.706
    assert row["difference"] == pytest.approx(4)
    assert row["high"] - row["difference"] == pytest.approx(12.706 * 2, abs=0.01)


def test_one_city_has_no_interval_and_no_verdict() -> None:
    row = matched(cells(("", "A", "2026-01-01", 80, 4), ("X", "A", "2026-01-01", 74, 4)), SCORE).iloc[0]
    assert np.isnan(row["low"])
    assert np.isnan(row["p"])


def test_each_brand_is_compared_for_itself() -> None:
    both = matched(
        cells(
            ("", "A", "2026-01-01", 80, 4),
            ("", "B", "2026-01-01", 80, 4),
            ("X", "A", "2026-01-01", 70, 4),
            ("X", "B", "2026-01-01", 70, 4),
            ("Y", "A", "2026-01-01", 85, 4),
            ("Y", "B", "2026-01-01", 85, 4),
        ),
        SCORE,
    ).set_index("brand")
    assert both["difference"].to_dict() == {"X": 10, "Y": -5}


def test_the_small_chain_has_one_cell_with_a_competitor(small: Warehouse, named: Names) -> None:
    found = competitors(small, EVERYTHING, ALL, named)
    row = found.brands.iloc[0]
    # Beijing in January: S1 V01 = 100, C1 V13 = 500/7
    assert row["difference"] == pytest.approx(100 - 500 / 7)
    assert (row["cells"], row["verdict"]) == (1, "too_few")
    assert "too seldom to judge (1 city in one month)" in str(found.answers[0])
    assert set(found.subjects["subject"]) == {"greeting", "payment", "repair"}


def test_a_store_stands_for_its_city(small: Warehouse, named: Names) -> None:
    assert len(competitors(small, EVERYTHING, ALL.but(store="S1"), named).brands) == 1
    elsewhere = competitors(small, EVERYTHING, ALL.but(store="S3"), named)
    assert elsewhere.brands.empty
    assert "never in a city and month" in str(elsewhere.answers[0])


def test_a_metric_that_knows_no_competitor_says_so(small: Warehouse, named: Names) -> None:
    assert competitors(small, EVERYTHING, Selection(metric="nps"), named).answers == (NOT_MEASURED,)
    assert competitors(small, EVERYTHING, Selection(metric="employee_index"), named).answers == (NOT_MEASURED,)
