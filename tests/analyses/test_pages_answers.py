"""Overview, journey, coverage and definitions of the hand-sized chain."""

import pickle

import numpy as np
import pytest

from sq.analyses.comparison import compared
from sq.analyses.coverage import coverage
from sq.analyses.definitions import definitions, matching, metric_definition
from sq.analyses.journey import journey
from sq.analyses.names import Names, names
from sq.analyses.overview import overview
from sq.language import speaking
from sq.metrics.catalogue import METRICS
from sq.metrics.measuring import measure
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Scope, Warehouse

ALL = Selection(start="2026-01", end="2026-04")
LATE = Selection(start="2026-03", end="2026-04")
NORTH, SOUTH = "华北", "华南"
INSTRUMENTS = [
    "mystery",
    "customer",
    "complaints",
    "employee",
    "internal_service",
    "awareness",
    "management",
    "aggregates",
]


@pytest.fixture(scope="module")
def known(small: Warehouse) -> Names:
    return names(small, EVERYTHING)


@pytest.mark.parametrize("selection", [LATE, LATE.but(region=NORTH), LATE.but(store="S1"), ALL])
@pytest.mark.parametrize("compare", ["rest", "last_year", "target"])
def test_the_overview_shows_what_explore_would(
    small: Warehouse, known: Names, selection: Selection, compare: str
) -> None:
    found = overview(small, EVERYTHING, selection.but(compare=compare), known)
    assert found.headlines
    for headline in found.headlines:
        instead = "previous" if compare == "rest" else compare  # a whole has no rest
        here = known.completed(selection.but(metric=headline.metric, compare=instead))
        row = compared(small, EVERYTHING, here, ()).frame.iloc[0]
        for name in ("value", "low", "high", "reference", "difference", "diff_low", "diff_high"):
            assert getattr(headline, name) == pytest.approx(row[name], nan_ok=True), (headline.metric, name)
        assert (headline.n, headline.verdict) == (row["n"], row["verdict"])


def test_a_metric_without_a_target_says_so(small: Warehouse, known: Names) -> None:
    found = overview(small, EVERYTHING, LATE.but(region=NORTH, compare="target"), known)
    told = {headline.metric: str(headline.change) for headline in found.headlines}
    assert "against the target" in told["mystery_score"]  # the target of North is 85
    assert told["failed_visits"] == "no target is set"


def test_the_overview_draws_both_periods_month_by_month(small: Warehouse, known: Names) -> None:
    headline = overview(small, EVERYTHING, LATE, known).headlines[0]
    months = measure(small, EVERYTHING, "mystery_score", ALL, ("month",))
    assert list(headline.trend["value"]) == pytest.approx(list(months["value"]))
    assert list(headline.trend["complete"]) == [True, True, True, False]


def test_the_overview_says_what_did_not_move(small: Warehouse, known: Names) -> None:
    found = overview(small, EVERYTHING, LATE, known)
    assert found.moved == ()
    assert str(found.moved_answer) == "Nothing moved reliably against Jan 2026 – Feb 2026."
    assert str(found.regions_answer) == "No region differs reliably from the other regions."
    assert (found.regions_axis, set(found.regions["id"])) == ("region", {NORTH, SOUTH})
    assert [f.instrument for f in found.freshness] == INSTRUMENTS


def test_results_can_be_cached_and_hold_no_language(small: Warehouse, known: Names) -> None:
    found = pickle.loads(pickle.dumps(overview(small, EVERYTHING, LATE, known)))
    with speaking("zh"):
        assert "全公司" in str(found.answer)
    with speaking("en"):
        assert "Whole chain" in str(found.answer)


def test_the_journey_stands_in_service_order(small: Warehouse, known: Names) -> None:
    found = journey(small, EVERYTHING, ALL, known)
    frame = found.frame.set_index("touchpoint")
    assert list(frame.index) == ["greeting", "payment", "repair"]
    assert found.sources == ("mystery", "customer", "complaints")
    assert frame.loc["repair", "mystery"] == pytest.approx(425 / 6)
    # customers on greeting (Q1): R1 100, R2 50 (weight 2), R3 0, R4 75 (.5), R5 75
    assert frame.loc["greeting", "customer"] == pytest.approx((100 + 100 + 0 + 37.5 + 75) / 5.5)
    assert np.isnan(frame.loc["repair", "customer"])
    assert frame.loc["repair", "complaints"] == pytest.approx(0.8)
    assert list(found.stages["stage"]) == ["pre-sales", "sales", "after-sales"]
    assert found.weakest[0] == "repair"

    assert "Repair process (70.8; 95 %: " in str(found.answer)


def test_a_stage_narrows_the_journey(small: Warehouse, known: Names) -> None:
    found = journey(small, EVERYTHING, ALL.but(stage="sales", region=NORTH), known)
    assert list(found.frame["touchpoint"]) == ["payment"]
    assert list(found.stages["stage"]) == ["sales"]


def test_an_empty_journey_says_so(small: Warehouse, known: Names) -> None:
    found = journey(small, EVERYTHING, Selection(start="2031-01", end="2031-02"), known)
    assert str(found.answer) == "Nothing was measured by touchpoint here in this period."
    assert found.frame.empty


def test_coverage_tells_how_new_and_how_complete_the_data_are(small: Warehouse) -> None:
    found = coverage(small, EVERYTHING)
    assert [one.instrument for one in found.instruments] == INSTRUMENTS
    assert found.missing == ()
    assert str(found.instruments[0].sentence) == (
        "Mystery visits: 10 visits, Jan 2026 – Apr 2026; the newest is from 6 Apr 2026. "
        "In Apr 2026, 4 of 5 stores had data."
    )
    # of four stores with answers two are shown; internal service has no stores; four results each of a place
    assert [str(one.sentence) for one in found.instruments[3:]] == [
        "Employees: 34 answers in the newest wave, which ended on 28 Feb 2026; 2 of 4 stores are shown, the others are "
        "hidden for anonymity or have no answers.",
        "Internal service: 30 answers in the newest wave, which ended on 28 Feb 2026.",
        "Service awareness: 16 answers in the newest wave, which ended on 28 Feb 2026; 3 of 4 stores are shown, the "
        "others are hidden for anonymity or have no answers.",
        "Store management: 4 audits, Feb 2026 – Mar 2026; the newest is from 20 Mar 2026. In Mar 2026, 2 of 5 stores "
        "had data.",
        "Published results: 6 results of 5 places, Jan 2026 – Mar 2026.",
    ]
    assert list(found.batches["batch_id"]) == [2, 1]
    assert found.batches["files"].iloc[1] == ("检查表.xlsx",)
    assert found.findings["severity"].iloc[0] == "error"
    rows = found.coverage.query("instrument == 'mystery'")
    assert list(rows["share"]) == pytest.approx([75, 25, 40, 80])


def test_every_metric_is_defined_in_both_languages(small: Warehouse) -> None:
    found = definitions(small, EVERYTHING)
    assert [one.metric for one in found.metrics] == list(METRICS)
    for one in found.metrics:
        assert one.sql.startswith("-- one row per ")
        for language in ("zh", "en"):
            with speaking(language):
                assert all(str(label) and str(value) for label, value in one.facts)
    assert found == found


def test_definitions_are_found_by_a_word_of_either_language(small: Warehouse) -> None:
    found = definitions(small, EVERYTHING)
    assert list(matching(found, "INVOICE").items["item"]) == ["M3"]
    assert list(matching(found, "发票").items["item"]) == ["M3"]
    assert [one.metric for one in matching(found, "净推荐").metrics] == ["nps", "published_nps"]
    assert len(matching(found, "  ").items) == len(found.items)
    assert matching(found, "xyzzy").items.empty


def test_a_metric_says_its_minimum_and_its_smallest_relevant_difference() -> None:
    facts = {str(label): str(value) for label, value in metric_definition("nps").facts}
    assert facts["Judged from"] == "30 responses"
    assert facts["Smallest relevant difference"] == "10.0 NPS points"


def test_a_scope_narrows_the_overview(small: Warehouse) -> None:
    scope = Scope(stores=("S1",))
    found = overview(small, scope, ALL, names(small, scope))
    assert found.headlines[0].n == 3
