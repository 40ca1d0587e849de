"""Published results of a patients' survey: nation, states and hospitals by release, words among the numbers."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from sq.sources import SourceTable
from tests.datasets.bringing import Brought, brought, opens, skipped, tables
from tests.pages.conftest import Open

SOURCE = "hcahps"
OTHER_PUBLICATION = "cms_state_201604_201703.csv.gz"
FILES = (
    "measures.csv",
    "questions.csv",
    "reports.csv",
    "states.csv",
    "national_results.csv",
    "state_results.csv",
    "responses.csv",
    OTHER_PUBLICATION,
    "data_dictionary.csv",
)
LATEST = ("2022-09", "2022-09")  # release 07_2023: discharges from October 2021 to September 2022
NURSES = "customer:H_COMP_1"
pytestmark = pytest.mark.xdist_group("hcahps")


@pytest.fixture(scope="module")
def hospitals(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Brought:
    return brought(tmp_path_factory, shared, SOURCE, *FILES)


@pytest.fixture(scope="module")
def found(shared: Path) -> list[SourceTable]:
    return tables(shared, SOURCE, *FILES)


def file(shared: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(shared / "datasets" / SOURCE / name)


@pytest.fixture(scope="module")
def latest(shared: Path) -> pd.DataFrame:
    """Nurses' communication in the last release, by state with name and region."""
    states = file(shared, "state_results.csv").merge(file(shared, "states.csv"), on="State")
    return states[(states["Release Period"] == "07_2023") & (states["Measure ID"] == "H_COMP_1")]


def test_every_row_is_loaded_or_skipped_by_name(hospitals: Brought, found: list[SourceTable], shared: Path) -> None:
    other = file(shared, OTHER_PUBLICATION)
    gone = other["HCAHPS Answer Percent"].isna()
    best = r"(?:_A_P|_Y_P|_SA|_9_10|_DY)$"
    worse = ~gone & ~other["HCAHPS Measure ID"].str.contains(best)
    pain = ~gone & other["HCAHPS Measure ID"].eq("H_COMP_4_A_P")
    territory = ~gone & ~worse & ~pain & ~other["State"].isin(file(shared, "states.csv")["State"])
    expected = {
        "not available": int(gone.sum()),
        "not the best answer": int(worse.sum()),
        "pain management, no longer measured": int(pain.sum()),
        "territory without a region": int(territory.sum()),
    }
    assert skipped(found) == {OTHER_PUBLICATION: expected, "responses.csv": {"not available": 5_774}}
    assert list(expected.values()) == [128, 1_092, 52, 10]
    loaded = 90 + 4_580 + (1_792 - 1_282) + (43_219 - 5_774)
    assert hospitals.counts["aggregates"] == {
        "read": 90 + 4_580 + 1_792 + 43_219,
        "new": loaded,
        "changed": 0,
        "unchanged": 0,
        "rejected": 0,
        "skipped": 1_282 + 5_774,
    }
    assert hospitals.counts["dimensions"]["new"] == 10
    assert hospitals.counts["items"]["new"] == 19 + 1


def test_states_show_the_published_share_of_best_answers(hospitals: Brought, latest: pd.DataFrame) -> None:
    printed = hospitals.scores("published_share", "city", LATEST, dimension=NURSES)
    expected = latest.set_index("State Name")["Top-box Percentage"].to_dict()
    assert {place: row["value"] for place, row in printed.items()} == expected
    assert all(pd.isna(row["low"]) for row in printed.values())  # nobody says of how many: no interval
    assert (len(expected), latest["Region"].nunique()) == (51, 9)


def test_regions_are_plain_means_of_their_states_because_no_numbers_of_answers_are_published(
    hospitals: Brought, latest: pd.DataFrame
) -> None:
    printed = hospitals.scores("published_share", "region", LATEST, dimension=NURSES)
    expected = latest.groupby("Region")["Top-box Percentage"].mean()
    assert {place: row["value"] for place, row in printed.items()} == pytest.approx(expected.to_dict())


def test_the_nation_over_nine_releases_stands_in_order_of_time(
    hospitals: Brought, found: list[SourceTable], shared: Path
) -> None:
    national = file(shared, "national_results.csv").merge(file(shared, "reports.csv"), on="Release Period")
    national = national[national["Measure ID"] == "H_COMP_1"].sort_values("End Date")
    printed = hospitals.scores("published_share", "month", ("2014-01", "2022-12"), dimension=NURSES)
    between = printed.pop("2017-03")  # published for states only: their plain mean
    other = next(t.frame for t in found if t.file == OTHER_PUBLICATION).query("dimension_id == 'H_COMP_1'")
    assert between["value"] == pytest.approx(other["value"].astype(float).mean())
    assert list(printed) == national["End Date"].str[:7].tolist()
    assert [row["value"] for row in printed.values()] == national["Top-box Percentage"].tolist()
    assert len(printed) == 9


def test_all_ten_measures_of_the_nation_are_those_published(hospitals: Brought, shared: Path) -> None:
    national = file(shared, "national_results.csv").query("`Release Period` == '07_2023'")
    printed = hospitals.scores("published_share", "dimension", LATEST)
    expected = {f"customer:{m}": v for m, v in national.set_index("Measure ID")["Top-box Percentage"].items()}
    assert {subject: row["value"] for subject, row in printed.items()} == expected


def test_words_among_the_numbers_of_forms_become_ends_of_a_range(found: list[SourceTable], shared: Path) -> None:
    raw = file(shared, "responses.csv")
    raw = raw[raw["Response Rate (%)"] != "Not Available"].reset_index(drop=True)
    frame = next(t.frame for t in found if t.file == "responses.csv" and t.table == "aggregates")
    ends = {  # words → (n_min, n_max)
        "FEWER THAN 50": (None, 49.0),
        "Fewer than 100": (None, 99.0),
        "Between 100 and 299": (100.0, 299.0),
        "300 or more": (300.0, None),
    }
    for words, (low, high) in ends.items():
        mine = frame[raw["Completed Surveys"] == words]
        told = {tuple(None if pd.isna(v) else float(v) for v in row) for row in mine[["n_min", "n_max"]].values}
        assert told == {(low, high)}, words
    exact = raw["Completed Surveys"].str.isdigit()
    figures = raw.loc[exact, "Completed Surveys"].astype(float).tolist()
    assert frame.loc[exact, "n_min"].astype(float).tolist() == figures
    assert frame.loc[exact, "n_max"].astype(float).tolist() == figures
    assert frame["response_rate"].astype(float).tolist() == raw["Response Rate (%)"].astype(float).tolist()


def test_a_state_has_the_response_rates_of_its_hospitals(hospitals: Brought, shared: Path) -> None:
    raw = file(shared, "responses.csv").query("`Release Period` == '07_2023' and State == 'VT'")
    raw = raw[raw["Response Rate (%)"] != "Not Available"]
    where = {"region": "New England", "city": "Vermont", "item": "customer:response_rate"}
    printed = hospitals.scores("published_share", "store", LATEST, **where)
    expected = raw.set_index("Facility ID")["Response Rate (%)"].astype(float)
    assert {place: row["value"] for place, row in printed.items()} == {str(k): v for k, v in expected.items()}


def test_the_other_publication_agrees_in_what_it_covers(found: list[SourceTable], shared: Path) -> None:
    frame = next(t.frame for t in found if t.file == OTHER_PUBLICATION)
    assert set(frame["period_start"]) == {dt.date(2016, 4, 1)}
    assert set(frame["period_end"]) == {dt.date(2017, 3, 31)}
    assert len(frame) == 51 * 10
    raw = file(shared, OTHER_PUBLICATION).query("`HCAHPS Measure ID` == 'H_RECMND_DY'")
    raw = raw.merge(file(shared, "states.csv"), on="State").set_index("State Name")["HCAHPS Answer Percent"]
    ours = frame[frame["dimension_id"] == "H_RECMND"].set_index("place")["value"].astype(float)
    assert ours.to_dict() == raw.str.rstrip("%").astype(float).to_dict()


def test_regions_and_measures_stand_on_screen(hospitals: Brought, latest: pd.DataFrame, open_page: Open) -> None:
    span = {"start": LATEST[0], "end": LATEST[1]}
    for page in ("overview", "explore", "touchpoints", "data", "definitions"):
        opens(open_page, hospitals.folder, page, **span)
    for state, value in (("Vermont", "New England"), ("Texas", "West South Central")):
        share = latest.set_index("State Name").loc[state, "Top-box Percentage"]
        query = {"metric": "published_share", "region": value, "city": state, "dimension": NURSES, **span}
        assert f"{share:.0f}" in opens(open_page, hospitals.folder, "explore", "en", **query)
