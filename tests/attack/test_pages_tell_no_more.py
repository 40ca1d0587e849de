"""What `sq score` shows of anonymous surveys is what the snapshot shows, whatever is asked; pages go the same way."""

import os
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sq.analyses.score import score
from sq.errors import SqError
from sq.metrics.catalogue import METRICS
from sq.records import ANONYMOUS
from tests.attack.chains import Frames, chain
from tests.attack.released import House, Shown

OF_STAFF = [m.id for m in METRICS.values() if m.instrument in ANONYMOUS]
AXES = ("chain", "region", "city", "store", "department", "role", "tenure", "dimension", "item", "wave", "month")
PAIRS = (("n", "value"), ("n", "favourable"), ("invited", "response_rate"))
WAVES = ("2026-03", "2026-06")


@pytest.fixture(scope="module", params=(0, 5))
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Frames, Shown]:
    folder = tmp_path_factory.mktemp("house")
    frames = chain(request.param)
    return folder, frames, House(folder).publish(frames)


def questions(frames: Frames) -> list[tuple[str, str, dict[str, str]]]:
    """Every metric by every axis; then in places, for roles and tenures, inside the lattice and outside it."""
    store = frames["stores"].iloc[0]
    places: list[dict[str, str]] = [{"region": store["region"]}, {"store": store["store_id"]}]
    if len(frames["departments"]):
        places += [{"department": "d0"}, {"region": store["region"], "department": "d0"}]
    dimension = str(frames["dimensions"].iloc[0]["dimension_id"])
    people = [{"role": "manager"}, {"tenure": "1-3"}, {"role": "manager", "tenure": "1-3"}, {"dimension": dimension}]
    narrower = [*places, *people, *({**place, **who} for place in places for who in people)]
    every = list(product(OF_STAFF, AXES, narrower))
    chosen = np.random.default_rng(1).permutation(len(every))[: len(every) if os.environ.get("SQ_ATTACK") else 60]
    return [*((metric, by, {}) for metric, by in product(OF_STAFF, AXES)), *(every[i] for i in chosen)]


def asked(folder: Path, frames: Frames) -> Iterator[tuple[str, dict[str, str], pd.DataFrame]]:
    for metric, by, where in questions(frames):
        try:
            yield metric, where, score(folder, metric, by, where, *WAVES)
        except SqError:
            continue


def test_every_number_of_sq_score_is_one_of_a_shown_cell(house: tuple[Path, Frames, Shown]) -> None:
    folder, frames, shown = house
    cells = shown["cells"][shown["cells"]["hidden"] == ""]
    answered = 0
    for metric, where, rows in asked(folder, frames):
        instrument = METRICS[metric].instrument
        own = cells[cells["instrument"] == instrument]
        told = {pair for pair_of in PAIRS for pair in own[list(pair_of)].itertuples(index=False, name=None)}
        numbers = rows[["n", "value"]].dropna()
        assert set(numbers.itertuples(index=False, name=None)) <= told, (metric, where, rows)
        hidden = rows[rows["hidden_reason"].isin(["few", "neighbour"])]
        assert hidden[["n", "value", "low", "high"]].isna().all().all(), (metric, where)
        answered += len(numbers)
    assert answered > 50


def test_intervals_of_sq_score_are_those_of_the_cells_or_follow_from_what_they_show(
    house: tuple[Path, Frames, Shown],
) -> None:
    folder, _, shown = house
    cells = shown["cells"][(shown["cells"]["hidden"] == "") & (shown["cells"]["instrument"] == "employee")]
    told = {tuple(row) for row in cells[["n", "value", "low", "high"]].itertuples(index=False)}
    for by, wave in product(("chain", "region", "store"), WAVES):
        rows = score(folder, "employee_index", by, {}, wave, wave)[["n", "value", "low", "high"]].dropna()
        assert {tuple(row) for row in rows.itertuples(index=False)} <= told


@pytest.mark.parametrize(
    "where",
    [
        {"store": "s00", "role": "manager"},
        {"store": "s00", "tenure": "1-3"},
        {"role": "manager", "tenure": "1-3"},
        {"department": "d0", "role": "manager"},
        {"city": "c00", "role": "manager"},
        {"format": "大"},
        {"stream": "x"},
        {"channel": "x"},
    ],
)
def test_groups_outside_the_lattice_show_no_number(house: tuple[Path, Frames, Shown], where: dict[str, str]) -> None:
    folder, _, _ = house
    try:
        rows = score(folder, "employee_index", "chain", where, WAVES[0], WAVES[0])
    except SqError:
        return
    assert rows[["value", "n", "low", "high"]].isna().all().all()


def test_metrics_of_anonymous_surveys_read_finished_cells_only() -> None:
    assert {METRICS[m].table for m in OF_STAFF} == {"cells"}
