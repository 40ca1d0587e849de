"""London's food hygiene: reversed sub-scores of 58,853 establishments, and 12,806 rows that rules skip by name."""

from pathlib import Path

import pandas as pd
import pytest

from tests.datasets.bringing import EVERY_PAGE, Brought, brought, opens, skipped, tables
from tests.pages.conftest import Open

SOURCE, FILE = "london_food_hygiene", "establishments.csv.gz"
PARTS = ["hygiene", "structural", "confidence_in_management"]
WORST = pd.Series({"hygiene": 25.0, "structural": 25.0, "confidence_in_management": 30.0})
pytestmark = pytest.mark.xdist_group("london")


@pytest.fixture(scope="module")
def london(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Brought:
    return brought(tmp_path_factory, shared, SOURCE, FILE)


@pytest.fixture(scope="module")
def rated(shared: Path) -> pd.DataFrame:
    """The establishments with three sub-scores, and their score: 100 is best."""
    file = pd.read_csv(shared / "datasets" / SOURCE / FILE, dtype={"fhrsid": str})
    file = file.dropna(subset="hygiene")
    return file.assign(score=(1 - file[PARTS] / WORST).mean(axis=1) * 100)


def test_every_row_is_loaded_or_skipped_by_name(london: Brought, shared: Path) -> None:
    visits = london.counts["mystery_visits"]
    assert (visits["read"], visits["new"], visits["rejected"]) == (71_659, 58_853, 0)
    file = pd.read_csv(shared / "datasets" / SOURCE / FILE, dtype=str, keep_default_na=False)
    value, sentinel = file["rating_value"], file["rating_date"].str.startswith("19")
    unrated = value.isin(["AwaitingInspection", "Exempt", "AwaitingPublication"])
    expected = {
        "awaiting inspection": 9_263,
        "exempt": 3_126,
        "awaiting publication": 4,
        "no inspection date": int((sentinel & ~unrated).sum()),  # one establishment, rated 1, of the year 1900
        "no sub-scores": int((~unrated & ~sentinel & (file["hygiene"] == "")).sum()),
    }
    assert skipped(tables(shared, SOURCE, FILE))[FILE] == expected
    assert (expected["no inspection date"], expected["no sub-scores"]) == (1, 412)
    assert sum(expected.values()) == visits["skipped"] == 71_659 - 58_853


def test_boroughs_of_a_year_score_what_pandas_adds_up(london: Brought, rated: pd.DataFrame) -> None:
    year = rated[rated["rating_date"].str.startswith("2019")]
    expected = year.groupby("authority")["score"].agg(["mean", "count"])
    printed = london.scores("mystery_score", "region", ("2019-01", "2019-12"))
    assert {place: row["n"] for place, row in printed.items()} == expected["count"].to_dict()
    assert {place: row["value"] for place, row in printed.items()} == pytest.approx(expected["mean"].to_dict())
    assert len(expected) == 32


def test_sub_scores_are_turned_round_on_their_own_scales(london: Brought, rated: pd.DataFrame) -> None:
    year = rated[rated["rating_date"].str.startswith("2019")]
    printed = london.scores("mystery_score", "touchpoint", ("2019-01", "2019-12"))
    expected = (1 - year[PARTS] / WORST).mean() * 100
    assert [printed[t]["value"] for t in ("food", "premises", "management")] == pytest.approx(expected.tolist())
    # the better the official rating, the higher the score
    by_rating = rated.assign(rating=rated["rating_value"].astype(int)).groupby("rating")["score"].mean()
    assert by_rating.is_monotonic_increasing


def test_establishments_carry_borough_kind_and_position(shared: Path, rated: pd.DataFrame) -> None:
    stores = next(t for t in tables(shared, SOURCE, FILE) if t.table == "stores").frame.set_index("store_id")
    file = rated.set_index("fhrsid")
    assert stores["region"].reindex(file.index).tolist() == file["authority"].tolist()
    assert stores["format"].reindex(file.index).tolist() == file["business_type"].tolist()
    ours = stores["latitude"].reindex(file.index).astype(float).to_numpy()
    pd.testing.assert_series_equal(pd.Series(ours), file["latitude"].reset_index(drop=True), check_names=False)


def test_boroughs_and_their_parts_stand_on_screen(london: Brought, rated: pd.DataFrame, open_page: Open) -> None:
    span = {"start": "2019-01", "end": "2019-12"}
    for page in EVERY_PAGE:
        opens(open_page, london.folder, page, **span)
    camden = rated[(rated["authority"] == "Camden") & rated["rating_date"].str.startswith("2019")]["score"].mean()
    assert f"{camden:.1f}" in opens(open_page, london.folder, "explore", "en", region="Camden", **span)
