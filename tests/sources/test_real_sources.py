"""Three real sources read through their profiles give the figures that pandas gives on the files themselves."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sq.sources import DERIVED, SourceTable, read_files

PROFILES = Path(__file__).resolve().parent.parent / "profiles"
# facility ratings and cleanliness of each year, in the order of the profile's items; "" = not asked
ART = {2010: "Q6A", 2011: "Q8A", 2012: "Q8A_ART", 2013: "Q7A_ART", 2014: "Q7ART", 2015: "Q7ART"}
WHOLE = {2010: "Q6N", 2011: "Q8N", 2012: "Q8N_WHOLE", 2013: "Q7O_WHOLE", 2014: "Q7ALL", 2015: "Q7ALL"}
ROADS = {2010: "Q6I", 2011: "Q8I", 2012: "Q8I_ROAD", 2013: "Q7J_ROAD", 2014: "Q7ROADS", 2015: "Q7ROADS"}
SAFE = {2010: "Q9", 2011: "Q11", 2012: "Q11SAFE", 2013: "Q10SAFE", 2014: "Q10SAFE", 2015: "Q10SAFE"}
RESTROOMS = {
    2010: "Q8F",
    2011: "Q10F",
    2012: "Q10F_CLNBATH",
    2013: "Q9E_CLNBATH",
    2014: "Q9RESTROOM",
    2015: "Q9RESTROOM",
}


def read(folder: Path, *names: str) -> list[SourceTable]:
    """The tables of a source's files through the profile of its name."""
    return list(read_files([folder / name for name in names], PROFILES / f"{folder.name}.toml"))


@pytest.fixture(scope="module")
def austin(shared: Path) -> dict[str, SourceTable]:
    """Austin's inspections as tables."""
    return {t.table: t for t in read(shared / "datasets" / "austin_food_inspections", "inspections.csv.gz")}


@pytest.fixture(scope="module")
def austin_file(shared: Path) -> pd.DataFrame:
    """Austin's inspections as pandas reads them, all text."""
    path = shared / "datasets" / "austin_food_inspections" / "inspections.csv.gz"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_austin_every_visit_is_read_or_skipped_by_name(austin: dict[str, SourceTable]) -> None:
    visits = austin["mystery_visits"]
    assert len(visits.frame) == 81_461
    assert visits.skipped == {"no score": 46}
    assert len(visits.frame) + 46 == 81_507
    assert visits.unknown == ()
    assert visits.frame["visit_id"].is_unique


def test_austin_scores_and_days_are_those_of_the_file(
    austin: dict[str, SourceTable], austin_file: pd.DataFrame
) -> None:
    frame = austin["mystery_visits"].frame
    scored = austin_file[austin_file["score"] != ""]
    assert frame["total_score"].astype(float).sum() == scored["score"].astype(float).sum()
    assert frame["total_score"].astype(float).mean() == pytest.approx(91.462553, abs=1e-6)
    assert pd.to_datetime(frame["visited_on"]).dt.year.value_counts().to_dict() == (
        scored["inspection_date"].str[:4].astype(int).value_counts().to_dict()
    )
    assert (frame["visited_on"].min(), frame["visited_on"].max()) == (dt.date(2012, 11, 26), dt.date(2026, 8, 4))
    assert frame["store_id"].tolist() == scored["facility_id"].tolist()
    assert austin["mystery_visits"].rows.tolist() == (scored.index + 2).tolist()


def test_austin_facilities_carry_their_latest_name_and_zip(
    austin: dict[str, SourceTable], austin_file: pd.DataFrame
) -> None:
    stores = austin["stores"].frame.set_index("store_id")
    assert austin["stores"].sheet == DERIVED
    scored = austin_file[austin_file["score"] != ""].sort_values("inspection_date", kind="stable")
    latest = scored.groupby("facility_id")["restaurant_name"].agg(lambda names: names.iloc[-1])
    assert len(stores) == len(latest) == 10_145
    assert stores["store_name"].sort_index().tolist() == latest.sort_index().str.strip().tolist()
    zips = scored[scored["zip5"] != ""].groupby("facility_id")["zip5"].agg(lambda zips: zips.iloc[-1])
    assert stores["region"].to_dict() == zips.reindex(stores.index).fillna("No ZIP").to_dict()


@pytest.fixture(scope="module")
def airport(shared: Path) -> list[SourceTable]:
    """The six waves of the airport's survey as tables."""
    return read(shared / "datasets" / "sfo_customer_survey", *(f"{year}.csv.gz" for year in range(2010, 2016)))


def responses(airport: list[SourceTable], year: int) -> pd.DataFrame:
    """The forms of one year."""
    return next(t.frame for t in airport if t.table == "customer_responses" and t.file == f"{year}.csv.gz")


def airport_file(shared: Path, year: int) -> pd.DataFrame:
    """A year's file as pandas reads it."""
    return pd.read_csv(shared / "datasets" / "sfo_customer_survey" / f"{year}.csv.gz", low_memory=False)


@pytest.mark.parametrize("year", range(2010, 2016))
def test_airport_means_are_those_of_the_file_without_0_and_6(
    airport: list[SourceTable], shared: Path, year: int
) -> None:
    frame, file = responses(airport, year), airport_file(shared, year)
    assert len(frame) == len(file)
    for item, names in {"art": ART, "whole": WHOLE, "roads": ROADS, "safe": SAFE, "clean_restrooms": RESTROOMS}.items():
        answers = file[names[year]]
        kept = answers[answers.between(1, 5)]
        assert frame[item].count() == len(kept), item
        assert frame[item].mean() == pytest.approx(kept.mean()), item


def test_airport_weighted_overall_rating_uses_the_waves_own_weights(airport: list[SourceTable], shared: Path) -> None:
    for year in (2010, 2013, 2014, 2015):
        frame, file = responses(airport, year), airport_file(shared, year)
        rated = file[file[WHOLE[year]].between(1, 5)]
        expected = np.average(rated[WHOLE[year]], weights=rated["WEIGHT"])
        ours = frame[frame["whole"].notna()]
        assert np.average(ours["whole"], weights=ours["weight"].astype(float)) == pytest.approx(expected)
    assert "weight" not in responses(airport, 2011)
    assert "weight" not in responses(airport, 2012)


def test_airport_days_follow_each_waves_code_list(airport: list[SourceTable]) -> None:
    spans = {
        y: (responses(airport, y)["answered_on"].min(), responses(airport, y)["answered_on"].max())
        for y in range(2010, 2016)
    }
    assert spans == {
        2010: (dt.date(2010, 9, 7), dt.date(2010, 9, 21)),  # codes 1 (pre-test) and 11
        2011: (dt.date(2011, 5, 11), dt.date(2011, 5, 24)),  # codes 2 and 15
        2012: (dt.date(2012, 5, 1), dt.date(2012, 5, 19)),  # codes 1 and 19
        2013: (dt.date(2013, 5, 2), dt.date(2013, 5, 18)),
        2014: (dt.date(2014, 9, 3), dt.date(2014, 9, 25)),
        2015: (dt.date(2015, 5, 8), dt.date(2015, 5, 29)),
    }


def test_airport_gates_lie_in_the_boarding_area_that_the_files_name(airport: list[SourceTable], shared: Path) -> None:
    stores = pd.concat(t.frame for t in airport if t.table == "stores").set_index("store_id")
    assert stores.index.is_unique
    assert len(stores) == 93
    for year, column in ((2014, "AREA"), (2015, "BAREA")):
        file = airport_file(shared, year)
        assert stores["region"].reindex(file["GATE"].astype(str)).tolist() == file[column].tolist()
    # before 2014 gates 68 and 69 belonged to F: 51 of 3,521 forms of 2012
    old = airport_file(shared, 2012)
    assert int((stores["region"].reindex(old["GATE"].astype(str)).to_numpy() != old["BAREA"].to_numpy()).sum()) == 51


def test_airport_forms_have_one_key_each_and_every_item_is_defined(airport: list[SourceTable]) -> None:
    ids = pd.concat(t.frame["response_id"] for t in airport if t.table == "customer_responses")
    assert len(ids) == 3_234 + 3_872 + 3_521 + 3_535 + 2_818 + 2_958 == 19_938
    assert ids.is_unique
    defined = set(next(t.frame for t in airport if t.table == "items")["item_id"])
    assert {item for t in airport for item in t.items} == defined
    assert len(defined) == 22


@pytest.fixture(scope="module")
def beijing(shared: Path) -> dict[str, SourceTable]:
    """The mobile survey as tables, from the workbook as it was sent."""
    folder = shared / "datasets" / "beijing_mobile_satisfaction"
    return {t.table: t for t in read(folder, "raw/附件1语音业务用户满意度数据.xlsx")}


def test_beijing_workbook_of_16357_declared_columns_is_read_in_full(
    beijing: dict[str, SourceTable], shared: Path
) -> None:
    table = beijing["customer_responses"]
    file = pd.read_csv(shared / "datasets" / "beijing_mobile_satisfaction" / "voice_no_freetext.csv.gz")
    assert len(table.frame) == len(file) == 5_433
    names = {
        "overall": "语音通话整体满意度",
        "coverage": "网络覆盖与信号强度",
        "clarity": "语音通话清晰度",
        "stability": "语音通话稳定性",
    }
    for item, heading in names.items():
        assert table.frame[item].tolist() == file[heading].astype(float).tolist(), item
    for item, heading in {"scene_metro": "地铁", "problem_noise": "通话中有杂音、听不清、断断续续"}.items():
        assert table.frame[item].sum() == (file[heading] != -1).sum(), item
    assert table.frame["segment"].value_counts().to_dict() == file["客户星级标识"].value_counts().to_dict()


def test_beijing_place_and_day_are_constants_and_roles_are_set(beijing: dict[str, SourceTable]) -> None:
    frame = beijing["customer_responses"].frame
    assert set(frame["store_id"]) == {"BJ"}
    assert set(frame["answered_on"]) == {dt.date(2022, 6, 20)}
    assert frame["response_id"].is_unique
    items = beijing["items"].frame.set_index("item_id")
    assert items.loc["overall", "role"] == "overall"
    assert beijing["stores"].frame[["store_id", "region"]].values.tolist() == [["BJ", "北京"]]


def test_beijing_flat_copy_gives_the_same_answers(beijing: dict[str, SourceTable], shared: Path) -> None:
    flat = read(shared / "datasets" / "beijing_mobile_satisfaction", "voice_no_freetext.csv.gz")
    answers = next(t for t in flat if t.table == "customer_responses")
    items = list(answers.items)
    pd.testing.assert_frame_equal(answers.frame[items], beijing["customer_responses"].frame[items])
