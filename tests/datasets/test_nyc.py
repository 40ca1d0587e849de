"""New York's elevator requests come in as Parquet: opened, resolved and repeated by borough and community board."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.datasets.bringing import Brought, brought, opens, tables
from tests.pages.conftest import Open

SOURCE, FILE = "nyc_311_elevator", "requests.parquet"
YEAR = ("2024-01", "2024-12")
pytestmark = pytest.mark.xdist_group("nyc")


@pytest.fixture(scope="module")
def city(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Brought:
    return brought(tmp_path_factory, shared, SOURCE, FILE)


@pytest.fixture(scope="module")
def requests(shared: Path) -> pd.DataFrame:
    """The requests as pandas reads them; resolved = its status says so."""
    file = pd.read_parquet(shared / "datasets" / SOURCE / FILE)
    closed = file["closed_date"].where(file["status"] == "Closed")
    hours = (closed - file["created_date"]).dt.total_seconds() / 3600
    return file.assign(region=file["borough"].str.title(), resolved=closed.notna(), hours=hours)


def test_every_request_is_loaded(city: Brought, requests: pd.DataFrame) -> None:
    counts = city.counts["complaints"]
    assert (counts["read"], counts["new"], counts["skipped"]) == (22_504, 22_504, 0)
    boards = requests[["borough", "community_board"]].drop_duplicates()
    assert city.counts["stores"]["new"] == len(boards) == 66


def test_hours_to_resolve_by_borough_are_those_of_the_closed_requests(city: Brought, requests: pd.DataFrame) -> None:
    expected = requests.groupby("region")["hours"].agg(["mean", "count"])
    printed = city.scores("resolution_hours", "region", YEAR)
    assert {place: row["n"] for place, row in printed.items()} == expected["count"].to_dict()
    assert {place: row["value"] for place, row in printed.items()} == pytest.approx(expected["mean"].to_dict())
    assert sum(expected["count"]) == 22_209  # 286 requests that are still open carry a closing date all the same


def test_shares_resolved_and_repeated_are_those_of_the_file(city: Brought, requests: pd.DataFrame) -> None:
    resolved = city.scores("resolution_rate", "region", YEAR)
    expected = requests.groupby("region")["resolved"].mean() * 100
    assert {place: row["value"] for place, row in resolved.items()} == pytest.approx(expected.to_dict())
    again = requests["resolution_description"].str.contains("addressed under another service request", na=False)
    assert again.sum() == 3_944
    repeated = city.scores("repeat_rate", "region", YEAR)
    expected = again.groupby(requests["region"]).mean() * 100
    assert {place: row["value"] for place, row in repeated.items()} == pytest.approx(expected.to_dict())


def test_kinds_of_request_and_channels_are_those_of_the_file(shared: Path, requests: pd.DataFrame) -> None:
    frame = next(t for t in tables(shared, SOURCE, FILE) if t.table == "complaints").frame
    assert frame["touchpoint_id"].value_counts().to_dict() == {
        "single": 13_195,
        "several": 7_628,
        "maintenance": 1_679,
        "accident": 2,
    }
    assert frame["channel"].value_counts().to_dict() == {"Unknown": 20_825, "Online": 1_084, "Phone": 595}
    assert frame["opened_at"].tolist() == requests["created_date"].dt.to_pydatetime().tolist()
    text = requests["resolution_description"].fillna("")
    upheld = text.str.contains("issued an Office of|issued a violation|Violations were issued|prepared a violation")
    assert frame["is_upheld"].map(lambda v: v is True).sum() == upheld.sum() == 3_046 + 28 + 62 + 24 + 127 + 7
    assert frame["due_at"].isna().all()  # the column is there and empty: no rate in time


def test_a_month_of_a_board_has_the_hours_of_its_rows(city: Brought, requests: pd.DataFrame) -> None:
    march = requests[requests["created_date"].dt.month.eq(3) & requests["community_board"].eq("04 BRONX")]
    printed = city.scores("resolution_hours", "store", ("2024-03", "2024-03"))
    assert printed["BRONX: 04 BRONX"]["value"] == pytest.approx(np.mean(march["hours"].dropna()))


def test_boroughs_and_kinds_of_request_stand_on_screen(city: Brought, requests: pd.DataFrame, open_page: Open) -> None:
    for page in ("overview", "explore", "touchpoints", "data", "definitions"):
        opens(open_page, city.folder, page, metric="resolution_hours", start="2024-01", end="2024-12")
    mean = requests.loc[requests["borough"] == "QUEENS", "hours"].mean()
    query = {"metric": "resolution_hours", "region": "Queens", "start": "2024-01", "end": "2024-12"}
    assert f"{mean:,.1f}" in opens(open_page, city.folder, "explore", "en", **query)
