"""Reliabilities, drivers and links of anonymous surveys: for twenty people at least, once, and never an extreme."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sq.anonymity.estimates import LINK_COLUMNS, StoreMeans, links
from sq.statistics.scales import cronbach_alpha
from tests.anonymity.surveying import PLACES, Intake, Person, Shown, dimension, item, survey
from tests.attack.chains import Shape, chain
from tests.attack.released import House

LARGE = Shape(regions=(2, 3), stores=(4, 6), people=(4, 14), instruments=("employee", "awareness"), waves=1)
ITEMS = [item(f"E{i}", "work") for i in (1, 2, 3)]
DIMENSIONS = [dimension("work")]


def answering(place: str, count: int, seed: int = 1, items: int = 3) -> list[Person]:
    """People of a store who each answer ``items`` questions alike, with noise."""
    rng = np.random.default_rng([seed, sum(map(ord, place))])
    mood = rng.integers(2, 5, count)
    answers = np.clip(mood[:, None] + rng.integers(-1, 2, (count, items)), 1, 5)
    return [{"store_id": place, "answers": {f"E{i}": float(v) for i, v in enumerate(row, start=1)}} for row in answers]


def shares(people: Sequence[Person]) -> np.ndarray:
    return np.array([[(v - 1) / 4 for v in person["answers"].values()] for person in people])


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    return Intake(tmp_path)


def published(intake: Intake, people: Sequence[Person], **more: Any) -> Shown:
    return intake.publish(survey(people, **{"items": ITEMS, "dimensions": DIMENSIONS, **more}))


def estimates(shown: Shown, statistic: str = "alpha") -> pd.DataFrame:
    rows = shown["anonymous_estimates"]
    return rows[rows["statistic"] == statistic].set_index("region")


def test_the_reliability_of_a_scale_is_that_of_its_complete_forms(intake: Intake) -> None:
    north, south = [*answering("S1", 14), *answering("S2", 12)], [*answering("S4", 13), *answering("S5", 15)]
    skipping = {"store_id": "S1", "answers": {"E1": 5.0, "E2": 1.0, "E3": None}}
    found = estimates(published(intake, [*north, *south, skipping]))
    assert list(found.index) == ["", "North", "South"]
    for region, people in (("", [*north, *south]), ("North", north), ("South", south)):
        expected = cronbach_alpha(shares(people))
        assert found.loc[region, ["n", "value", "low", "high"]].tolist() == [
            len(people),
            round(expected.alpha, 2),  # type: ignore[union-attr]
            round(expected.low, 2),  # type: ignore[union-attr]
            round(expected.high, 2),  # type: ignore[union-attr]
        ]


@pytest.mark.parametrize(
    ("north", "south", "regions"), [(20, 19, []), (20, 20, ["North", "South"]), (30, 0, ["North"])]
)
def test_a_region_needs_twenty_and_so_does_what_is_left_beside_it(
    intake: Intake, north: int, south: int, regions: list[str]
) -> None:
    people = [*answering("S1", north), *answering("S4", south)]
    found = estimates(published(intake, people))
    assert list(found.index) == ["", *regions]


def test_nineteen_people_have_no_estimate_at_all(intake: Intake) -> None:
    shown = published(intake, answering("S1", 19))
    assert shown["anonymous_estimates"].empty
    assert published(Intake(intake.folder / "more"), answering("S1", 20))["anonymous_estimates"]["n"].tolist()[0] == 20


def test_that_all_agree_is_not_told_and_an_extreme_is_a_limit(intake: Intake) -> None:
    alike = [{"store_id": "S1", "answers": {"E1": 4.0, "E2": 4.0, "E3": 4.0}} for _ in range(30)]
    found = estimates(published(intake, alike))
    assert found.loc["", "value"] is not None
    assert np.isnan(found.loc["", "value"])
    in_line = [{"store_id": "S1", "answers": dict.fromkeys(("E1", "E2", "E3"), float(1 + p % 5))} for p in range(30)]
    found = estimates(published(Intake(intake.folder / "more"), in_line))
    assert found.loc["", ["value", "value_limit"]].tolist() == [0.95, ">="]  # alpha is 1
    assert np.isnan(found.loc["", "low"])
    assert np.isnan(found.loc["", "high"])


def test_a_turned_question_is_named(intake: Intake) -> None:
    people = [{**p, "answers": {**p["answers"], "E4": 6 - p["answers"]["E4"]}} for p in answering("S1", 40, items=4)]
    shown = published(intake, people, items=[*ITEMS, item("E4", "work")])["anonymous_estimates"]
    turned = shown[shown["statistic"] == "item_total"]
    assert turned["subject"].tolist() == ["E4"]
    assert turned["value"].iloc[0] < 0


def late(count: int, name: str) -> list[Person]:
    return [{**p, "response_id": f"{name}{i}"} for i, p in enumerate(answering("S1", count, seed=9))]


def test_estimates_stand_until_twenty_forms_differ(intake: Intake) -> None:
    people = [*answering("S1", 30), *answering("S4", 30)]
    first = published(intake, people)["anonymous_estimates"]
    second = published(intake, [*people, *late(19, "L")])
    assert second.cell()["n"] == 79  # the cells are published again
    assert second["anonymous_estimates"].equals(first)
    # six more are enough for the cells, and 25 differ from the forms of the first estimates
    third = published(intake, [*people, *late(19, "L"), *late(6, "M")])["anonymous_estimates"]
    assert set(third["n"]) == {85}
    assert set(third["level"]) == {"chain"}  # nobody keeps where a form was that went
    assert intake.rows("SELECT version, basis FROM ledger_estimated ORDER BY 1") == [(1, 1), (2, 1), (3, 3)]


def test_what_waits_moves_no_estimate(intake: Intake) -> None:
    people = [*answering("S1", 30), *answering("S4", 30)]
    first = published(intake, people)
    second = published(intake, [*people, *late(3, "L")])
    assert second.wave["state"] == "waiting"
    assert second["anonymous_estimates"].equals(first["anonymous_estimates"])


def test_a_withdrawn_wave_takes_its_estimates_along_and_gets_them_back(intake: Intake) -> None:
    people = answering("S1", 40)
    first = published(intake, people)["anonymous_estimates"]
    nobody = survey(people, ITEMS, DIMENSIONS)
    nobody = {**nobody, "employee_responses": nobody["employee_responses"].iloc[:0], "answers": nobody["answers"][:0]}
    assert intake.publish(nobody)["anonymous_estimates"].empty
    again = published(intake, people)["anonymous_estimates"]
    assert again.equals(first)


def test_a_wave_published_before_there_were_estimates_gets_them(intake: Intake) -> None:
    people = answering("S1", 40)
    first = published(intake, people)["anonymous_estimates"]
    assert intake.con is not None
    intake.con.execute("DELETE FROM ledger_estimates; DELETE FROM ledger_estimated")
    assert published(intake, people)["anonymous_estimates"].equals(first)


def test_what_goes_along_with_leaving_is_within_units_and_beside_the_others(intake: Intake) -> None:
    rng = np.random.default_rng(3)
    people: list[Person] = []
    for number, place in enumerate(PLACES):
        for _ in range(40):
            pay, mood = rng.integers(1, 6), rng.integers(1, 6)
            stay = np.clip(round(0.8 * pay + rng.normal(0, 0.7) + 0.4 * number), 1, 5)  # mood does nothing
            people.append({"store_id": place, "answers": {"E1": pay, "E2": mood, "E3": float(stay)}})
    items = [item("E1", "pay"), item("E2", "mood"), item("E3", "leaving")]
    names = [dimension("pay"), dimension("mood"), {**dimension("leaving"), "name_zh": "离职意向"}]
    found = published(intake, people, items=items, dimensions=names)["anonymous_estimates"]
    chain_rows = found[(found["level"] == "chain") & (found["outcome"] == "leaving")]
    drivers = chain_rows[chain_rows["statistic"] == "driver"].set_index("subject")
    assert set(drivers.index) == {"pay", "mood"}
    assert drivers["value"].sum() == pytest.approx(100, abs=1)
    assert drivers.loc["pay", "value"] > 90
    assert drivers.loc["pay", "p"] < 1e-6
    assert drivers.loc["mood", "p"] > 0.01
    frame = pd.DataFrame([{"store": p["store_id"], **p["answers"]} for p in people]).astype({"E1": float, "E2": float})
    inside = frame.drop(columns="store").astype(float)
    inside -= inside.groupby(frame["store"]).transform("mean")
    assert drivers.loc["pay", "r"] == pytest.approx(inside["E1"].corr(inside["E3"]), abs=0.006)
    model = chain_rows[chain_rows["statistic"] == "model"].iloc[0]
    fitted = np.linalg.lstsq(inside[["E1", "E2"]], inside["E3"], rcond=None)[0]
    rest = inside["E3"] - inside[["E1", "E2"]] @ fitted
    assert model["value"] == pytest.approx(1 - (rest**2).sum() / (inside["E3"] ** 2).sum(), abs=0.006)


def means(instrument: str, wave: str, month: int, values: np.ndarray, forms: int = 8) -> StoreMeans:
    """Waves of stores in two regions."""
    ids = [f"S{i:02}" for i in range(len(values))]
    frame = pd.DataFrame(
        {"mean": values, "forms": forms, "region": ["n" if i % 2 else "s" for i in range(len(values))]}
    )
    return StoreMeans(instrument, wave, dt.date(2026, month, 28), 5, frame.set_index(pd.Index(ids)))


def linked_stores(stores: int) -> tuple[StoreMeans, StoreMeans]:
    rng = np.random.default_rng(4)
    served = rng.normal(60, 6, stores)
    return means("internal_service", "a", 1, served), means("employee", "b", 6, served / 2 + rng.normal(0, 2, stores))


def test_internal_service_is_linked_with_the_employees_of_the_next_wave() -> None:
    one, other = linked_stores(40)
    rows = links([one, other]).set_index("basis")
    assert rows["lag"].tolist() == ["next", "next"]
    expected = np.corrcoef(one.means["mean"], other.means["mean"])[0, 1]
    assert rows.loc["chain", "r"] == round(expected, 2)
    assert rows.loc["chain", ["stores", "left_out"]].tolist() == [40, 0]
    inside = [part.means["mean"] - part.means.groupby("region")["mean"].transform("mean") for part in (one, other)]
    assert rows.loc["region", "r"] == round(np.corrcoef(*inside)[0, 1], 2)
    turned = links(
        [
            means("internal_service", "a", 6, one.means["mean"].to_numpy()),
            means("employee", "b", 1, other.means["mean"].to_numpy()),
        ]
    )
    assert turned["lag"].tolist() == ["reverse", "reverse"]


def test_a_link_needs_twenty_stores_with_enough_answers_in_both() -> None:
    one, other = linked_stores(22)
    one.means.loc["S00", "forms"] = 4
    other.means.loc["S01", "forms"] = 4
    rows = links([one, other])
    assert rows["stores"].tolist() == [20, 20]
    assert rows["left_out"].tolist() == [2, 2]
    assert rows["r"].notna().all()
    one.means.loc["S02", "forms"] = 4
    assert links([one, other])["r"].isna().all()
    assert list(rows.columns) == list(LINK_COLUMNS)


@pytest.mark.parametrize("seed", range(3))
def test_in_random_chains_every_estimate_is_of_twenty_people_and_so_is_what_is_left(tmp_path: Path, seed: int) -> None:
    frames = chain(seed, LARGE)
    shown = House(tmp_path).publish(frames)
    found = shown["anonymous_estimates"]
    assert len(found)
    assert (found["n"] >= 20).all()
    # ``n`` of a scale is told by region; what is left beside the regions told is nobody or twenty people too
    of_scales = found[found["statistic"].isin(["alpha", "spearman_brown"])]
    for _, rows in of_scales.groupby(["instrument", "wave", "subject"]):
        whole = rows.loc[rows["level"] == "chain", "n"].iloc[0]
        rest = whole - rows.loc[rows["level"] == "region", "n"].sum()
        assert rest == 0 or rest >= 20
    exact = found[["value", "r"]].abs()
    assert not ((found["statistic"] != "driver") & (exact["value"] > 0.95)).any()
    assert not (exact["r"] > 0.95).any()
