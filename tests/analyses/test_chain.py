"""The chain: every link worked out again from the tables, hidden stores counted and never drawn, one family."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from sq.analyses.chain import LINKS, ONE_SOURCE, Chain, along_service, chain, courses, wording
from sq.analyses.chain_carried import carried, is_reliable, told
from sq.analyses.names import Names, names
from sq.places import snapshot_file
from sq.selection import Selection
from sq.statistics.effects import Mediation
from sq.statistics.estimable import NotEstimable
from sq.statistics.linkage import Linked
from sq.warehouse import Scope, Warehouse, current_snapshot
from tests.small_chain import publish_frames, small_frames


@pytest.fixture(scope="module")
def demo(demo_data: Path) -> Iterator[tuple[Warehouse, Names]]:
    warehouse = Warehouse(snapshot_file(demo_data, current_snapshot(demo_data)))
    yield warehouse, names(warehouse, Scope())
    warehouse.close()


@pytest.fixture(scope="module")
def shown(demo: tuple[Warehouse, Names]) -> Chain:
    warehouse, known = demo
    return chain(warehouse, Scope(), Selection(), known)


def means(warehouse: Warehouse, instrument: str, found: Chain) -> pd.Series:
    """Weighted mean score of every own store in the window, by plain SQL."""
    rows = warehouse.query(
        "SELECT m.store_id, sum(r.sum_wy) / sum(r.sum_w) AS value, sum(r.n) AS n FROM rollup_scores AS r "
        "JOIN memberships AS m USING (membership_key) WHERE r.instrument = ? AND r.basis = 'all' "
        "AND r.subject_kind = 'form' AND m.brand = '' AND r.month BETWEEN ? AND ? GROUP BY 1",
        [instrument, found.window.start, found.window.end],
    )
    return rows[rows["n"] >= {"mystery": 3, "customer": 5}[instrument]].set_index("store_id")["value"]


def staff(warehouse: Warehouse, found: Chain) -> tuple[pd.DataFrame, pd.Series]:
    """The groups of employees by store in the chain's wave, and the index of those that show one."""
    assert found.window.wave is not None
    cells = warehouse.query(
        "SELECT store_id, value, hidden, value_limit FROM cells WHERE instrument = 'employee' AND wave = ? "
        "AND level = 'store' AND subject_kind = 'form'",
        [found.window.wave.id],
    )
    return cells, cells[(cells["hidden"] == "") & (cells["value_limit"] == "")].set_index("store_id")["value"]


def regions(warehouse: Warehouse) -> pd.Series:
    rows = warehouse.query("SELECT store_id, region_now FROM memberships WHERE is_current")
    return rows.set_index("store_id")["region_now"]


def within(warehouse: Warehouse, one: pd.Series, other: pd.Series) -> tuple[float, int]:
    both = pd.concat({"x": one, "y": other}, axis=1).dropna()
    region = regions(warehouse).reindex(both.index)
    both = both[region.map(region.value_counts()) > 1]
    left = both - both.groupby(region.reindex(both.index)).transform("mean")
    return float(left["x"].corr(left["y"])), len(both)


def test_delivered_with_perceived_is_pearsons_r_of_store_means_within_regions(
    demo: tuple[Warehouse, Names], shown: Chain
) -> None:
    warehouse, _ = demo
    expected, stores = within(warehouse, means(warehouse, "mystery", shown), means(warehouse, "customer", shown))
    link = next(one for one in shown.links if one.id == "delivered_perceived")
    assert isinstance(link.found, Linked)
    assert link.found.r == pytest.approx(expected)
    assert link.found.n == stores
    assert isinstance(link.raw, Linked)
    assert link.raw.r == pytest.approx(means(warehouse, "mystery", shown).corr(means(warehouse, "customer", shown)))


@pytest.fixture
def two_hidden(demo_copy: Path, shown: Chain) -> Iterator[tuple[Warehouse, Names]]:
    """The same chain with two stores' employees hidden, as if they had been too few."""
    assert shown.window.wave is not None
    path = snapshot_file(demo_copy, current_snapshot(demo_copy))
    with duckdb.connect(str(path)) as con:
        con.execute(
            "UPDATE cells SET hidden = 'few', n = NULL, value = NULL, low = NULL, high = NULL WHERE level = 'store' "
            "AND instrument = 'employee' AND wave = ? AND store_id IN ('S001', 'S002')",
            [shown.window.wave.id],
        )
    warehouse = Warehouse(path)
    yield warehouse, names(warehouse, Scope())
    warehouse.close()


def test_employees_count_by_shown_cells_only_and_hidden_stores_are_counted_and_never_drawn(
    two_hidden: tuple[Warehouse, Names], shown: Chain
) -> None:
    warehouse, known = two_hidden
    assert shown.window.wave is not None
    cells, told = staff(warehouse, shown)
    expected, stores = within(warehouse, told, means(warehouse, "mystery", shown))
    drawn = chain(warehouse, Scope(), Selection(), known, link="employees_delivered")
    link = drawn.chosen
    assert isinstance(link.found, Linked)
    assert (link.found.r, link.found.n) == (pytest.approx(expected), stores)
    hidden = set(cells.loc[cells["hidden"] != "", "store_id"])
    assert hidden >= {"S001", "S002"}
    assert link.hidden == len(hidden)
    assert set(drawn.points["id"]) & hidden == set()
    assert drawn.points.set_index("id")["x"].to_dict() == told.reindex(drawn.points["id"]).to_dict()


def test_the_window_follows_the_wave_until_the_next_one_is_over(demo: tuple[Warehouse, Names], shown: Chain) -> None:
    warehouse, known = demo
    ends = warehouse.query("SELECT wave, ends_on FROM anonymous_waves WHERE instrument = 'employee' ORDER BY ends_on")
    months = [end.date().replace(day=1) for end in ends["ends_on"]]
    for place, wave in enumerate(shown.windows):
        found = chain(warehouse, Scope(), Selection(wave=wave.id), known)
        here = [str(w) for w in ends["wave"]].index(wave.id)
        assert found.window.wave == wave
        assert found.window.start == (months[here] + pd.DateOffset(months=1)).date(), place
        if here + 1 < len(months):
            assert found.window.end == months[here + 1]
        assert found.window.before_end == months[here]
    assert shown.window.wave == shown.windows[-1]


def test_the_place_on_screen_moves_no_verdict(demo: tuple[Warehouse, Names], shown: Chain) -> None:
    warehouse, known = demo
    region = str(regions(warehouse).iloc[0])
    found = chain(warehouse, Scope(), Selection(region=region), known).links
    assert [(one.id, one.verdict, str(one.found)) for one in found] == [
        (one.id, one.verdict, str(one.found)) for one in shown.links
    ]


def test_internal_service_with_employees_is_the_published_link_and_has_no_picture(
    demo: tuple[Warehouse, Names], shown: Chain
) -> None:
    warehouse, known = demo
    found = chain(warehouse, Scope(), Selection(), known, link="internal_employees")
    assert shown.window.wave is not None
    rows = warehouse.query(
        "SELECT * FROM anonymous_links WHERE to_wave = ? AND lag = 'next' AND basis = 'region'", [shown.window.wave.id]
    )
    if rows.empty:
        rows = warehouse.query(
            "SELECT * FROM anonymous_links WHERE to_wave = ? AND lag = 'same' AND basis = 'region'",
            [shown.window.wave.id],
        )
    row = rows.iloc[0]
    if np.isnan(row["r"]):  # fewer than twenty stores have enough answers in both
        assert found.chosen.verdict == "too_few"
    else:
        assert isinstance(found.chosen.found, Linked)
        assert found.chosen.found.r == row["r"]
    assert found.chosen.stores == row["stores"]
    assert found.chosen.left_out == row["left_out"]
    assert found.points.empty
    assert "never shown" in str(found.picture)


def test_a_reader_of_one_region_sees_no_link_of_the_whole_company(demo: tuple[Warehouse, Names]) -> None:
    warehouse, _ = demo
    region = str(regions(warehouse).iloc[0])
    scope = Scope(regions=(region,))
    found = chain(warehouse, scope, Selection(), names(warehouse, scope), link="employees_delivered")
    assert found.links[0].verdict == "unmeasured"
    assert set(found.points["region"]) <= {region}


def test_every_wave_stands_beside_the_others(demo: tuple[Warehouse, Names], shown: Chain) -> None:
    warehouse, known = demo
    frame = courses(warehouse, Scope(), Selection(), known)
    assert len(frame) == len(LINKS) * len(shown.windows)
    latest = frame[frame["wave"].map(str) == str(shown.windows[-1].name)]
    expected = [one.found.r if isinstance(one.found, Linked) else np.nan for one in shown.links]
    assert latest["r"].to_numpy() == pytest.approx(np.array(expected), nan_ok=True)


def test_words_name_no_cause(demo: tuple[Warehouse, Names]) -> None:
    warehouse, known = demo
    for level in ("store", "region"):
        for link in LINKS:
            found = chain(warehouse, Scope(), Selection(), known, level, link)
            told = f"{found.answer} {wording(found.chosen, *found.metrics, level)}".lower()
            assert not any(word in told for word in ("because", "leads to", "causes", "raises", "improves", "will "))
    assert ONE_SOURCE[0] in LINKS


def test_two_instruments_are_enough_and_one_is_not(tmp_path: Path) -> None:
    frames = small_frames()
    few = {name: frames[name].iloc[:0] for name in ("employee_responses", "internal_service_responses")}
    publish_frames(tmp_path / "both", {**frames, **few})
    warehouse = Warehouse(snapshot_file(tmp_path / "both", current_snapshot(tmp_path / "both")))
    found = chain(warehouse, Scope(), Selection(), names(warehouse, Scope()))
    verdicts = {one.id: one.verdict for one in found.links}
    assert verdicts["internal_employees"] == verdicts["employees_delivered"] == "unmeasured"
    assert verdicts["delivered_perceived"] == "too_few"  # five stores, none with three visits and five answers
    assert found.window.wave is None
    assert "No link of the chain can be told here" in str(found.answer)


def test_what_runs_along_delivered_service_is_least_squares_with_a_column_per_region(
    demo: tuple[Warehouse, Names], shown: Chain
) -> None:
    warehouse, known = demo
    assert shown.window.wave is not None
    _cells, employees = staff(warehouse, shown)
    parts = {"x": employees, "m": means(warehouse, "mystery", shown), "y": means(warehouse, "customer", shown)}
    rows = pd.concat(parts, axis=1).dropna()
    region = pd.get_dummies(regions(warehouse).reindex(rows.index)).to_numpy(dtype=float)
    rows, region = rows[region @ region.sum(axis=0) > 1], region[region @ region.sum(axis=0) > 1]
    a = np.linalg.lstsq(np.column_stack([rows["x"], region]), rows["m"], rcond=None)[0][0]
    direct, b = np.linalg.lstsq(np.column_stack([rows[["x", "m"]], region]), rows["y"], rcond=None)[0][:2]
    found = along_service(warehouse, Scope(), Selection(), known)
    assert isinstance(found, Mediation)
    assert found.n == len(rows)
    assert (found.a, found.b, found.direct) == pytest.approx((a, b, direct))
    assert found.indirect == pytest.approx(a * b)
    assert found.total == pytest.approx(a * b + direct)
    assert found.low < found.indirect < found.high
    fit = sm.OLS(rows["y"].to_numpy(), np.column_stack([rows[["x", "m"]], region])).fit()
    first = sm.OLS(rows["m"].to_numpy(), np.column_stack([rows["x"], region])).fit()
    assert found.p == pytest.approx(max(first.pvalues[0], fit.pvalues[1]))


def three(gain: float, seed: int = 11, stores: int = 60) -> list[pd.DataFrame]:
    """Stores of two regions: employees, service that follows them by ``gain``, customers that follow service alone."""
    chance = np.random.default_rng(seed)
    employees = chance.normal(70, 5, stores)
    delivered = gain * employees + chance.normal(0, 2, stores)
    perceived = 0.5 * delivered + chance.normal(0, 1, stores)
    region = ["north", "south"] * (stores // 2)
    return [
        pd.DataFrame({"id": range(stores), "region": region, "value": values + 20 * np.array([0, 1] * (stores // 2))})
        for values in (employees, delivered, perceived)
    ]


def test_a_planted_way_along_delivered_service_is_found_and_words_name_no_cause() -> None:
    found = carried(*three(0.8))
    assert isinstance(found, Mediation)
    assert found.low < 0.4 < found.high  # 0.8 x 0.5, though both regions differ by 20 points everywhere
    assert is_reliable(found)
    assert "no proof of a direct effect" in str(told(found))


def test_without_a_way_along_delivered_service_one_chain_in_twenty_raises_an_alarm() -> None:
    """100 chains at 5 %: 5 expected, sd 2.2."""
    found = [carried(*three(0.0, seed)) for seed in range(100)]
    alarms = [one for one in found if isinstance(one, Mediation) and is_reliable(one)]
    quiet = next(one for one in found if isinstance(one, Mediation) and not is_reliable(one))
    assert len(alarms) <= 11
    assert "cannot be told" in str(told(quiet))


def test_fewer_than_twenty_stores_say_that_they_are_too_few() -> None:
    found = carried(*(frame.head(19) for frame in three(0.8)))
    assert isinstance(found, NotEstimable)
    assert "at least 20 stores" in str(found.reason)
