"""A provider's customer satisfaction index: no form number, place or day in the file; roles of the questions."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sq.analyses.customers_gaps import expectations
from sq.analyses.names import names
from sq.selection import Selection
from sq.warehouse import EVERYTHING, current_snapshot, open_warehouse
from tests.datasets.bringing import EVERY_PAGE, Brought, brought, opens, tables
from tests.pages.conftest import Open

SOURCE = "ecsi_mobi"
# questions that count: image, quality but its overall one, value, satisfaction but its overall one, complaints
COUNTED = (
    [f"IMAG{i}" for i in range(1, 6)]
    + [f"PERQ{i}" for i in range(2, 8)]
    + ["PERV1", "PERV2", "CUSA2", "CUSA3", "CUSCO"]
)
pytestmark = pytest.mark.xdist_group("ecsi")


@pytest.fixture(scope="module")
def mobi(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Brought:
    return brought(tmp_path_factory, shared, SOURCE, "mobi.csv")


@pytest.fixture(scope="module")
def answers(shared: Path) -> pd.DataFrame:
    """The 250 forms on 0 to 100."""
    return (pd.read_csv(shared / "datasets" / SOURCE / "mobi.csv") - 1) / 9 * 100


def test_every_form_is_loaded_under_its_row(mobi: Brought, shared: Path) -> None:
    assert mobi.counts["customer_responses"]["new"] == 250
    frame = next(t for t in tables(shared, SOURCE, "mobi.csv") if t.table == "customer_responses").frame
    assert frame["response_id"].tolist() == [f"mobi-{row}" for row in range(2, 252)]
    assert set(frame["store_id"]) == {"mobi"}


def test_the_overall_rating_and_the_index_are_those_of_the_file(mobi: Brought, answers: pd.DataFrame) -> None:
    overall = mobi.scores("overall_satisfaction", "chain").popitem()[1]
    assert (overall["n"], overall["value"]) == (250, pytest.approx(answers["CUSA1"].mean()))
    index = answers[COUNTED].mean(axis=1)
    whole = mobi.scores("customer_index", "chain").popitem()[1]
    assert whole["value"] == pytest.approx(index.mean())
    half = 1.9695 * index.std(ddof=1) / np.sqrt(250)  # one store: Student's t with 249 degrees of freedom
    assert (whole["low"], whole["high"]) == pytest.approx((index.mean() - half, index.mean() + half), abs=1e-3)


def test_dimensions_are_the_constructs_of_the_model(mobi: Brought, answers: pd.DataFrame, shared: Path) -> None:
    printed = mobi.scores("customer_index", "dimension")
    model = pd.read_csv(shared / "datasets" / SOURCE / "ECSImeasuremod.csv")
    blocks = {
        name.lower(): [item for item in rows if item in COUNTED] for name, rows in model.groupby("source")["target"]
    }
    assert {place: row["value"] for place, row in printed.items()} == pytest.approx(
        {name: answers[items].mean(axis=1).mean() for name, items in blocks.items() if items}
    )
    items = next(t for t in tables(shared, SOURCE, "mobi.csv") if t.table == "items").frame.set_index("item_id")
    assert items["dimension_id"].to_dict() == model.set_index("target")["source"].str.lower().to_dict()


def test_roles_tie_what_was_expected_to_what_was_perceived(shared: Path) -> None:
    items = next(t for t in tables(shared, SOURCE, "mobi.csv") if t.table == "items").frame.set_index("item_id")
    assert items["role"].fillna("score").value_counts().to_dict() == {
        "score": 16,
        "expectation": 3,
        "outcome": 3,
        "perception": 1,
        "overall": 1,
    }
    assert items.loc["CUEX1", "element_id"] == items.loc["PERQ1", "element_id"] == "quality"


def test_qualities_stand_on_screen_as_touchpoints(mobi: Brought, answers: pd.DataFrame, open_page: Open) -> None:
    for page in EVERY_PAGE:
        opens(open_page, mobi.folder, page)
    query = {"metric": "customer_index", "touchpoint": "network"}
    assert f"{answers['PERQ2'].mean():.1f}" in opens(open_page, mobi.folder, "explore", "en", **query)


def test_the_one_gap_that_can_be_formed_is_that_of_the_file(mobi: Brought, answers: pd.DataFrame) -> None:
    warehouse = open_warehouse(mobi.folder, current_snapshot(mobi.folder))
    found = expectations(warehouse, EVERYTHING, Selection(), names(warehouse, EVERYTHING))
    assert found is not None
    # quality is expected (CUEX1) and perceived (PERQ1); needs and reliability are only expected
    assert found.frame["element"].tolist() == ["quality"]
    row = found.frame.iloc[0]
    difference = answers["PERQ1"] - answers["CUEX1"]
    assert row["value"] == pytest.approx(difference.mean())
    half = 1.9695 * difference.sem()  # t with 249
    assert (row["low"], row["high"]) == pytest.approx((difference.mean() - half, difference.mean() + half), abs=1e-3)
