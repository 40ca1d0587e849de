"""What is planted shows on the pages of priorities and gaps, seed by seed; where nothing is planted nothing does."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from sq.analyses.drivers import drivers
from sq.analyses.gaps import Board, board, gap_places
from sq.analyses.names import Names, names
from sq.analyses.pareto import pareto
from sq.analyses.shortboards import shortboards
from sq.demo import build
from sq.places import snapshot_file
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Warehouse, current_snapshot
from tests.conftest import sq
from tests.demo.written import Written

BOUND = 4.0  # standard errors
PROMISED = ("T03",)
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("test_gaps_and_priorities_found")]  # chains of its own


@dataclass(frozen=True)
class Chain:
    """A chain as it was written and as it is shown."""

    written: Written
    warehouse: Warehouse
    names: Names

    @property
    def year(self) -> Selection:
        return self.names.completed(Selection())

    @property
    def board(self) -> Board:
        return board(self.warehouse, EVERYTHING, self.year, self.names, promised=PROMISED)


def shown(base: Path, seed: int, planted: bool) -> Chain:
    """A chain of 40 stores and 13 months, by the ordinary import."""
    paths = build(
        base / "files", stores=40, months=13, customers=6000, seed=seed, planted=planted, end=dt.date(2026, 10, 31)
    )
    sq("import", *(str(path) for path in paths), folder=base / "data")
    warehouse = Warehouse(snapshot_file(base / "data", current_snapshot(base / "data")))
    return Chain(Written(base / "files", paths), warehouse, names(warehouse, EVERYTHING))


@pytest.fixture(scope="module", params=[1, 2])
def chain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Chain:
    return shown(tmp_path_factory.mktemp(f"seed-{request.param}"), request.param, True)


@pytest.fixture(scope="module", params=[3])
def quiet(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Chain:
    return shown(tmp_path_factory.mktemp(f"quiet-{request.param}"), request.param, False)


def test_managers_mistake_about_repair_time_is_the_gap_of_knowledge(chain: Chain) -> None:
    effect = chain.written.effect("mistaken_managers")
    gap = chain.board.gap("knowledge")
    row = gap.rows.set_index("subject").loc[effect["element_id"]]
    error = (row["high"] - row["low"]) / 3.92
    # answers end at 1 and 5, and customers' mean is cut a little at the top: a tenth of the size is allowed
    assert row["difference"] == pytest.approx(effect["points"], abs=BOUND * error + 2.5)
    assert list(gap.short["subject"]) == [effect["element_id"]]
    assert set(gap.short["touchpoint"]) == {effect["touchpoint_id"]}


def test_without_a_mistake_managers_know_what_matters(quiet: Chain) -> None:
    gap = quiet.board.gap("knowledge")
    assert len(gap.rows) == 6
    assert list(gap.short["subject"]) == []
    everywhere = gap_places(quiet.warehouse, EVERYTHING, quiet.year, quiet.names, key="knowledge", promised=PROMISED)
    assert everywhere["verdict"].isin(["better", "worse"]).sum() <= 1, "36 cells, one family at .05"


def test_the_weak_region_falls_short_at_its_touchpoints(chain: Chain) -> None:
    effect = chain.written.effect("weak_region")
    rows = gap_places(chain.warehouse, EVERYTHING, chain.year, chain.names, key="delivery", promised=PROMISED)
    gaps = rows.pivot(index="subject", columns="place", values="difference").loc[effect["touchpoint_ids"]]
    others = gaps.drop(columns=effect["place"]).mean(axis=1)
    for touchpoint, size in effect["points_per_touchpoint"].items():
        own = rows[(rows["place"] == effect["place"]) & (rows["subject"] == touchpoint)].iloc[0]
        error = (own["high"] - own["low"]) / 3.92 * 1.2  # the others' error beside it
        assert own["difference"] - others[touchpoint] == pytest.approx(size, abs=BOUND * error)


def test_the_weak_area_of_management_is_named_as_the_weakest_link(chain: Chain) -> None:
    effect = chain.written.effect("weak_area")
    management = shortboards(chain.warehouse, EVERYTHING, chain.year, chain.names).layers[0]
    assert list(management.frame.loc[management.frame["is_candidate"], "subject"]) == [effect["dimension_id"]]
    assert management.is_weak
    assert management.gain is not None
    assert str(management.gain[0]) == str(management.candidates[0])


def test_the_knowledge_base_is_as_good_as_its_questions_where_nothing_is_planted(quiet: Chain) -> None:
    management = shortboards(quiet.warehouse, EVERYTHING, quiet.year, quiet.names).layers[0]
    row = management.frame.set_index("subject").loc["knowledge"]
    # (72 + 74 + 75) / 3 = 73.7; planted it is 18 lower
    assert row["value"] == pytest.approx(73.7, abs=BOUND * row["se"])
    assert 2 * BOUND * row["se"] < 18


def test_the_planted_drivers_are_named_and_loyalty_is_an_outcome_and_not_offered(chain: Chain) -> None:
    found = drivers(chain.warehouse, EVERYTHING, chain.year, chain.names, "overall", "dimension")
    assert {"service", "support"} <= set(found.reliable["subject"])
    assert set(found.reliable["subject"].head(2)) == {"service", "support"}
    assert set(found.frame["subject"]) == {"service", "product", "information", "care", "image", "support"}


def test_with_nothing_planted_there_is_no_demonstrable_driver(quiet: Chain) -> None:
    for outcome in ("overall", "recommend"):
        for kind in ("dimension", "touchpoint", "element"):
            found = drivers(quiet.warehouse, EVERYTHING, quiet.year, quiet.names, outcome, kind)
            assert found.refusal is None
            assert list(found.reliable["subject"]) == []
            assert str(found.answer).startswith("No demonstrable driver")


def test_lost_points_add_up_and_their_places_differ_only_where_something_is_planted(chain: Chain, quiet: Chain) -> None:
    for one in (chain, quiet):
        lost = pareto(one.warehouse, EVERYTHING, one.year, one.names)
        (pooled,) = one.warehouse.query(
            "SELECT 100 * (1 - sum(points) / sum(max_points)) AS lost FROM rollup_scores AS r JOIN memberships AS m "
            "USING (membership_key) WHERE r.instrument = 'mystery' AND r.basis = 'all' AND subject_kind = 'form' "
            "AND m.brand = '' AND month BETWEEN ? AND ?",
            list(one.year.months),
        )["lost"]
        assert lost.lost == pytest.approx(pooled)
        assert lost.frame["lost"].is_monotonic_decreasing
        assert len(lost.frame) == 10
    where = pareto(quiet.warehouse, EVERYTHING, quiet.year, quiet.names).where
    assert where["verdict"].isin(["better", "worse"]).sum() <= 2, "60 cells"


def test_perceived_less_expected_is_that_of_the_written_answers(chain: Chain) -> None:
    rows = chain.board.gap("perception").rows.set_index("subject")
    answers = chain.written.answers
    start, end = chain.year.months
    inside = answers["答卷日期"].between(str(start), str(end + dt.timedelta(days=31) if end else end))
    for element, number in (("attitude", 1), ("repair_time", 6)):
        both = (answers[f"QP{number}"] - answers[f"QE{number}"])[inside].dropna()
        weights = answers.loc[both.index, "权重"]
        assert rows.loc[element, "difference"] == pytest.approx(np.average(both / 4 * 100, weights=weights), abs=0.3)
        assert rows.loc[element, "first_n"] == pytest.approx(len(both), rel=0.02)
