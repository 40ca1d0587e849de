"""Three real sources go in by their profiles and the ordinary command, and end as the files' own figures on screen."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sq.analyses.customers import answers, customers
from sq.analyses.names import names
from sq.selection import Selection
from sq.warehouse import EVERYTHING, current_snapshot, open_warehouse
from tests.conftest import sq
from tests.datasets.bringing import brought
from tests.pages.conftest import Open, answer_of, open_page, texts_of
from tests.pages.test_every_page import NEVER

__all__ = ["open_page"]  # the fixture of the pages' tests
pytestmark = pytest.mark.xdist_group("real sources")  # each is imported once
SCALE = 25.0  # a step on a scale of 1 to 5 in points of 0 to 100


@pytest.fixture(scope="module")
def austin(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported(tmp_path_factory, "austin_food_inspections", shared, "inspections.csv.gz")


@pytest.fixture(scope="module")
def airport(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    years = [f"{year}.csv.gz" for year in range(2010, 2016)]
    return imported(tmp_path_factory, "sfo_customer_survey", shared, *years)


@pytest.fixture(scope="module")
def beijing(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported(tmp_path_factory, "beijing_mobile_satisfaction", shared, "raw/附件1语音业务用户满意度数据.xlsx")


def imported(base: pytest.TempPathFactory, source: str, shared: Path, *names: str) -> Path:
    """A data folder that holds a source, through the command that everybody uses; every row is accounted for."""
    return brought(base, shared, source, *names).folder


def scores(folder: Path, *arguments: str) -> dict[str, dict[str, float]]:
    """What ``sq score`` prints, by place."""
    printed = json.loads(sq("score", *arguments, "--format", "json", folder=folder).stdout)
    return {row["place"]: row for row in printed}


def test_austins_zip_codes_score_what_pandas_adds_up(austin: Path, shared: Path) -> None:
    file = pd.read_csv(
        shared / "datasets" / "austin_food_inspections" / "inspections.csv.gz",
        dtype={"facility_id": str, "zip5": str},
        parse_dates=["inspection_date"],
    ).dropna(subset="score")
    latest = file.sort_values("inspection_date", kind="stable").dropna(subset="zip5")
    region = file["facility_id"].map(latest.groupby("facility_id")["zip5"].last()).fillna("No ZIP")
    year = file["inspection_date"].dt.year == 2015
    expected = file[year].groupby(region[year])["score"].agg(["mean", "count"])
    printed = scores(austin, "--metric", "mystery_score", "--by", "region", "--from", "2015-01", "--to", "2015-12")
    assert {place: row["n"] for place, row in printed.items()} == expected["count"].to_dict()
    for place, row in printed.items():
        assert row["value"] == pytest.approx(expected["mean"][place]), place


def test_the_airports_areas_score_the_weighted_mean_of_the_files(airport: Path, shared: Path) -> None:
    file = pd.read_csv(shared / "datasets" / "sfo_customer_survey" / "2015.csv.gz", low_memory=False)
    rated = file[file["Q7ALL"].between(1, 5)]
    expected = {
        area: (np.average(rows["Q7ALL"], weights=rows["WEIGHT"]) - 1) * SCALE for area, rows in rated.groupby("BAREA")
    }
    printed = scores(
        airport, "--metric", "overall_satisfaction", "--by", "region", "--from", "2015-01", "--to", "2015-12"
    )
    assert {area: row["value"] for area, row in printed.items()} == pytest.approx(expected)
    assert sum(row["n"] for row in printed.values()) == len(rated)


def test_beijings_ratings_score_what_pandas_adds_up(beijing: Path, shared: Path) -> None:
    file = pd.read_csv(shared / "datasets" / "beijing_mobile_satisfaction" / "voice_no_freetext.csv.gz")
    overall = (file["语音通话整体满意度"] - 1) / 9 * 100
    index = ((file[["网络覆盖与信号强度", "语音通话清晰度", "语音通话稳定性"]] - 1) / 9 * 100).mean(axis=1)
    whole = next(iter(scores(beijing, "--metric", "overall_satisfaction", "--by", "chain").values()))
    assert (whole["n"], whole["value"]) == (5433, pytest.approx(overall.mean()))
    whole = next(iter(scores(beijing, "--metric", "customer_index", "--by", "chain").values()))
    assert whole["value"] == pytest.approx(index.mean())
    # one store: Student's t on the responses
    half = 1.9604 * index.std(ddof=1) / np.sqrt(len(index))
    assert (whole["low"], whole["high"]) == pytest.approx((index.mean() - half, index.mean() + half), abs=1e-3)


def test_the_figures_stand_on_screen(austin: Path, airport: Path, beijing: Path, shared: Path, open_page: Open) -> None:
    file = pd.read_csv(shared / "datasets" / "austin_food_inspections" / "inspections.csv.gz", low_memory=False)
    mean = file.loc[file["inspection_date"].str.startswith("2015"), "score"].mean()
    assert answered(open_page, austin, "en", start="2015-01", end="2015-12") == [f"{mean:.1f}"]
    file = pd.read_csv(shared / "datasets" / "sfo_customer_survey" / "2015.csv.gz", low_memory=False)
    rated = file[file["Q7ALL"].between(1, 5)]
    mean = (np.average(rated["Q7ALL"], weights=rated["WEIGHT"]) - 1) * SCALE
    query = {"metric": "overall_satisfaction", "start": "2015-01", "end": "2015-12"}
    assert answered(open_page, airport, "en", **query) == [f"{mean:.1f}"]
    file = pd.read_csv(shared / "datasets" / "beijing_mobile_satisfaction" / "voice_no_freetext.csv.gz")
    mean = (file["语音通话整体满意度"].mean() - 1) / 9 * 100
    assert answered(open_page, beijing, "zh", metric="overall_satisfaction") == [f"{mean:.1f}"]


def test_the_answers_of_beijing_divide_as_in_the_file(beijing: Path, shared: Path, open_page: Open) -> None:
    file = pd.read_csv(shared / "datasets" / "beijing_mobile_satisfaction" / "voice_no_freetext.csv.gz")
    expected = file["语音通话整体满意度"].value_counts().sort_index()
    at = open_page("customers", "en", folder=beijing)
    assert [e.value for e in at.error] == []
    warehouse = open_warehouse(beijing, current_snapshot(beijing))
    known = names(warehouse, EVERYTHING)
    item = customers(warehouse, EVERYTHING, Selection(), known).questions[0][0]
    found = answers(warehouse, EVERYTHING, Selection(), known, item)
    assert found is not None
    assert found.frame.set_index("category")["n"].to_dict() == expected.astype(int).to_dict()


def test_beijings_ratings_can_hardly_be_told_apart_and_that_is_told(
    beijing: Path, shared: Path, open_page: Open
) -> None:
    file = pd.read_csv(shared / "datasets" / "beijing_mobile_satisfaction" / "voice_no_freetext.csv.gz")
    call = (file["语音通话清晰度"] + file["语音通话稳定性"]) / 2
    r = np.corrcoef(call, file["网络覆盖与信号强度"])[0, 1]
    at = open_page("priorities", "en", folder=beijing, kind="touchpoint")
    assert r > 0.85
    assert any("can hardly be told apart" in w.value and f"r = {r:.2f}" in w.value for w in at.warning)


def answered(open_page: Open, folder: Path, language: str, **query: str) -> list[str]:
    """The figure that the drill page's answer states first."""
    at = open_page("explore", language, folder=folder, **query)
    assert [e.value for e in at.error] == []
    return re.findall(r"\d+\.\d(?!\d)", answer_of(at))[:1]


@pytest.mark.parametrize("source", ["austin", "airport", "beijing"])
@pytest.mark.parametrize(
    "key", ["overview", "touchpoints", "customers", "priorities", "gaps", "visits", "data", "definitions"]
)
def test_every_page_opens_on_a_real_source(
    source: str, key: str, open_page: Open, request: pytest.FixtureRequest
) -> None:
    at = open_page(key, "zh", folder=request.getfixturevalue(source))
    assert [e.value for e in at.error] == []
    assert answer_of(at)
    assert [text for text in texts_of(at) if NEVER.search(text)] == []
