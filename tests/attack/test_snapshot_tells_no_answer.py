"""Beside what can be worked out: no table of a snapshot holds an answer, a form or a number that should be hidden."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from sq.anonymity.exposure import Edition, lonely_comments, narrow_intervals
from sq.records import ANONYMOUS
from tests.attack.chains import INSTRUMENTS, TABLES, Frames, chain
from tests.attack.released import House, Shown, editions

# every table the attack knows; a new one has to be thought about here and in sq/anonymity/exposure.py
WITHOUT_STAFF = {
    "meta", "memberships", "touchpoints", "dimensions", "items", "waves", "targets", "trainings", "notes", "epochs",
    "bases", "rollup_scores", "rollup_complaints", "volumes", "visits", "visit_answers", "responses", "response_scores",
    "response_answers", "complaints", "batches", "batch_tables", "findings", "coverage", "departments", "aggregates",
    "shopper_effects", "shopper_model", "shopper_agreement", "store_adjusted",
}  # fmt: skip
ATTACKED = {"cells", "cell_categories", "cell_problems", "cell_comments", "anonymous_waves"}
NUMBERS = ["n", "value", "low", "high", "favourable", "neutral", "unfavourable", "invited", "response_rate"]
SEEDS = range(4)


@pytest.fixture(scope="module", params=SEEDS)
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Frames, Shown]:
    frames = chain(request.param)
    return frames, House(tmp_path_factory.mktemp("house")).publish(frames)


def test_every_table_is_known(published: tuple[Frames, Shown]) -> None:
    _, shown = published
    assert set(shown) - WITHOUT_STAFF == ATTACKED


def test_no_form_is_named_anywhere(published: tuple[Frames, Shown]) -> None:
    frames, shown = published
    ids = {i for name in TABLES.values() if len(frames[name]) for i in frames[name]["response_id"]}
    held = {str(value) for table in shown.values() for column in table for value in table[column].astype(str)}
    assert held & ids == set()


def test_additive_tables_know_nothing_of_anonymous_surveys(published: tuple[Frames, Shown]) -> None:
    _, shown = published
    additive = [
        name for name in WITHOUT_STAFF - {"waves", "items", "dimensions", "coverage"} if "instrument" in shown[name]
    ]
    assert [n for n in additive if set(shown[n]["instrument"]) & set(ANONYMOUS)] == []
    assert shown["responses"].empty
    assert shown["response_answers"].empty


def test_hidden_cells_hold_nothing_and_shown_ones_enough(published: tuple[Frames, Shown]) -> None:
    frames, shown = published
    cells, limits = shown["cells"], shown["anonymous_waves"].set_index(["instrument", "wave"])
    assert set(cells["hidden"]) <= {"", "few", "neighbour"}
    assert cells.loc[cells["hidden"] != "", NUMBERS].isna().all().all()
    sensitive = {
        (d["instrument"], d["dimension_id"]) for d in frames["dimensions"].to_dict("records") if d["is_sensitive"]
    }
    of_item = {i["item_id"]: i["dimension_id"] for i in frames["items"].to_dict("records")}
    for cell in cells[cells["hidden"] == ""].to_dict("records"):
        dimension = of_item[cell["subject"]] if cell["subject_kind"] == "item" else cell["subject"]
        rule = "minimum_sensitive" if (cell["instrument"], dimension) in sensitive else "minimum_group"
        assert cell["n"] >= limits.loc[(cell["instrument"], cell["wave"]), rule]


def test_groups_are_those_of_the_lattice(published: tuple[Frames, Shown]) -> None:
    _, shown = published
    cells = shown["cells"]
    labelled = (cells["role"] != "") | (cells["tenure"] != "")
    assert set(cells.loc[labelled, "level"]) <= {"chain", "region"}
    assert set(cells.loc[labelled, "subject_kind"]) <= {"form"}
    assert not ((cells["role"] != "") & (cells["tenure"] != "")).any()
    rated = cells["instrument"] == "internal_service"
    assert set(cells.loc[rated, "level"]) <= {"chain", "region", "department", "region_department"}
    assert set(cells.loc[rated, "subject_kind"]) <= {"form", "dimension"}
    assert set(cells.loc[~rated, "level"]) <= {"chain", "region", "city", "store", "department"}
    assert not cells[["instrument", "wave", "level", "region", "city", "store_id", "department_id", "role", "tenure",
                      "subject_kind", "subject"]].duplicated().any()  # fmt: skip


def test_extremes_are_limits_and_intervals_do_not_tell_the_spread(published: tuple[Frames, Shown]) -> None:
    frames, shown = published
    cells = shown["cells"][shown["cells"]["hidden"] == ""]
    assert cells["value"].between(5, 95).all()
    for band in ("favourable", "neutral", "unfavourable"):
        assert cells[band].dropna().between(10, 90).all()
    assert [name for e in editions(frames, shown).values() for name in narrow_intervals(e)] == []


def test_comments_come_from_ten_people_alone_and_beside_others(published: tuple[Frames, Shown]) -> None:
    frames, shown = published
    comments = shown["cell_comments"]
    for (instrument, wave), edition in editions(frames, shown).items():
        own = comments[(comments["instrument"] == instrument) & (comments["wave"] == wave)]
        assert lonely_comments(edition, own) == []


def test_a_lonely_comment_would_be_noticed() -> None:
    forms = pd.DataFrame({"region": "r", "city": "", "store_id": ["a"] * 12 + ["b"] * 4, "department_id": ""})
    edition = editions_of(forms)
    rows = pd.DataFrame(
        {"level": ["region", "store"], "region": "r", "city": "", "store_id": ["", "a"], "department_id": ""}
    )
    assert lonely_comments(edition, rows) == ["region/r"]  # the four of b wrote what the region shows and a does not
    assert lonely_comments(edition, rows[:1]) == []


def editions_of(forms: pd.DataFrame) -> Edition:
    return Edition(forms, pd.DataFrame(index=forms.index), pd.DataFrame(), pd.DataFrame())


def test_an_open_wave_shows_nothing(tmp_path: Path) -> None:
    frames = chain(0)
    during = dt.date(2026, 6, 15)  # the first wave has ended, the second has not
    shown = House(tmp_path).publish(frames, during)
    assert set(shown["cells"]["wave"]) == {"w1"}
    states = shown["anonymous_waves"].set_index(["instrument", "wave"])["state"]
    assert {states[i, "w2"] for i in INSTRUMENTS} == {"open"}
    second = shown["anonymous_waves"][shown["anonymous_waves"]["wave"] == "w2"]
    assert (second[["waiting", "shown", "few", "neighbour"]] == 0).all().all()
    coverage = shown["coverage"][shown["coverage"]["instrument"].isin(INSTRUMENTS)]
    assert set(pd.to_datetime(coverage["month"]).dt.date) == {dt.date(2026, 3, 1)}


def test_findings_and_small_deliveries_tell_neither_value_nor_row(tmp_path: Path) -> None:
    frames = chain(1)
    frames["batches"] = pd.DataFrame(
        [{"batch_id": 1, "received_at": "2026-04-01 10:00", "status": "loaded", "files": ["a"]}]
    )
    frames["batch_tables"] = pd.DataFrame(
        [{"batch_id": 1, "table_name": "employee_responses", "read": 3, "new": 3, "changed": 0, "unchanged": 0,
          "rejected": 0, "skipped": 0}]
    )  # fmt: skip
    frames["findings"] = pd.DataFrame(
        [{"batch_id": 1, "severity": "error", "code": "range", "table_name": "employee_responses", "file": "a",
          "sheet": "", "column_name": "ed00", "value": "7", "allowed": "1-5", "first_row": 12, "row_count": 1}]
    )  # fmt: skip
    shown = House(tmp_path).publish(frames)
    assert shown["batch_tables"].empty
    assert shown["findings"]["value"].fillna("").tolist() == [""]
    assert shown["findings"]["first_row"].fillna(0).tolist() == [0]
