"""Published scores of the civil service: 109 organisations, benchmarks that are none, twelve years as columns."""

from pathlib import Path

import pandas as pd
import pytest

from sq.errors import SourceError
from tests.datasets.bringing import PROFILES, Brought, brought, opens, skipped, tables
from tests.pages.conftest import Open

SOURCE = "uk_civil_service_people_survey"
PREFIX = "csps2020_"
LONG, SERIES = f"{PREFIX}orgscores_long.csv", f"{PREFIX}mean_timeseries.csv"
FILES = (
    f"{PREFIX}orgscores_meta.csv",
    f"{PREFIX}orgscores_measures.csv",
    LONG,
    SERIES,
    f"{PREFIX}median_timeseries.csv",
)
BENCHMARKS = ["CS_MEDIAN", "CS_MEAN"]
IN_2020 = ("2020-12", "2020-12")
pytestmark = pytest.mark.xdist_group("civil service")


@pytest.fixture(scope="module")
def service(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Brought:
    return brought(tmp_path_factory, shared, SOURCE, *FILES)


@pytest.fixture(scope="module")
def published(shared: Path) -> pd.DataFrame:
    """Percentages of organisations and benchmarks (rows) by measure (columns), with the group."""
    folder = shared / "datasets" / SOURCE
    wide = (pd.read_csv(folder / LONG).pivot(index="organisation_code", columns="measure", values="value") * 100).round(
        8
    )
    return wide.join(pd.read_csv(folder / FILES[0]).set_index("organisation_code")["department_group"])


@pytest.fixture(scope="module")
def series(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "datasets" / SOURCE / SERIES, encoding="utf-8-sig").set_index("Measure")


def test_every_row_is_loaded_or_skipped_by_name(service: Brought, shared: Path, series: pd.DataFrame) -> None:
    years = series[[str(year) for year in range(2009, 2021)]]
    asked = int(years.notna().sum().sum())
    assert skipped(tables(shared, SOURCE, *FILES)) == {
        FILES[0]: {"benchmark": 2},
        FILES[1]: {"theme": 10},
        LONG: {
            "benchmark: median of organisations": 95,
            "mean of all: in the time series": 94,
            "response rate above 100 %": 1,
        },
        SERIES: {"not asked that year": years.size - asked},
    }
    counts = service.counts["aggregates"]
    assert counts["read"] == 10_545 + 157 * 12
    assert counts["new"] == 10_545 - 190 + asked
    assert counts["rejected"] == 0
    assert service.counts["stores"]["new"] == 109


def test_organisations_score_what_was_published(service: Brought, published: pd.DataFrame) -> None:
    organisations = published.drop(index=BENCHMARKS)
    for measure, metric in (("MW_TS", "published_share"), ("EES", "published_mean")):
        rows = service.scores(metric, "store", IN_2020, dimension=f"employee:{measure}")
        shown = {place: row["value"] for place, row in rows.items()}
        assert shown == pytest.approx(organisations[measure].to_dict())
        assert not set(BENCHMARKS) & set(shown)


def test_themes_and_questions_of_the_whole_service_are_those_of_the_time_series(
    service: Brought, series: pd.DataFrame, published: pd.DataFrame
) -> None:
    printed = service.scores("published_share", "dimension", IN_2020)
    themes = series.loc[[m for m in series.index if m.endswith("_ts")], "2020"] * 100
    assert {subject: row["value"] for subject, row in printed.items()} == pytest.approx(
        {f"employee:{measure.upper()}": value for measure, value in themes.items()}
    )
    items = service.scores("published_share", "item", IN_2020)
    assert items["employee:B47"]["value"] == pytest.approx(series.loc["B47", "2020"] * 100)
    assert items["employee:RR"]["value"] == published.loc["CS_MEAN", "RR"] == 66
    # the publisher's own mean agrees with its time series but in one question (anxious: 6-10 there, 0-5 here)
    mean = published.drop(columns="department_group").loc["CS_MEAN"].rename(str.upper)
    there = (series["2020"] * 100).rename(str.upper)
    common = mean.index.intersection(there.index)
    differs = (mean[common] - there[common]).abs() > 0.01
    assert (len(common), differs[differs].index.tolist()) == (89, ["W04"])


def test_twelve_years_that_stood_as_columns_are_a_course(service: Brought, series: pd.DataFrame) -> None:
    printed = service.scores("published_mean", "month", ("2009-01", "2020-12"), dimension="employee:EES")
    assert list(printed) == [f"{year}-12" for year in range(2009, 2021)]
    expected = [series.loc["EES", str(year)] * 100 for year in range(2009, 2021)]
    assert [row["value"] for row in printed.values()] == pytest.approx(expected)
    later = service.scores("published_share", "month", ("2009-01", "2020-12"), item="employee:B59")
    asked = series.loc["B59"].filter(regex="^20..$").dropna()
    assert list(later) == [f"{year}-12" for year in asked.index]  # years that did not ask it are no points


def test_two_pairs_of_measures_that_the_publisher_mixed_up_carry_the_right_names(
    shared: Path, published: pd.DataFrame
) -> None:
    themes = {"LM_TS": range(8, 18), "MT_TS": range(18, 21)}
    for theme, questions in themes.items():  # the theme is the mean of its questions
        mean = published[[f"B{q:02d}" for q in questions]].mean(axis=1)
        assert (published[theme] - mean).abs().max() < 0.7
    found = tables(shared, SOURCE, *FILES)
    names = next(t for t in found if t.table == "dimensions").frame.set_index("dimension_id")["name_en"]
    assert (names["LM_TS"], names["MT_TS"]) == ("My manager", "My team")
    questions = next(t for t in found if t.file == FILES[1]).frame.set_index("item_id")
    assert questions.loc["B08", "dimension_id"] == "LM_TS"
    assert questions.loc["HSE_INDEX", "text_en"] == "Proxy Stress Index"


def test_response_rates_go_with_every_score_of_an_organisation(shared: Path, published: pd.DataFrame) -> None:
    frame = next(t.frame for t in tables(shared, SOURCE, *FILES) if t.file == LONG)
    stores = frame[frame["level"] == "store"].astype({"response_rate": float})
    assert (stores.groupby("place")["response_rate"].nunique() <= 1).all()
    rates = stores.groupby("place")["response_rate"].first()
    expected = published.drop(index=BENCHMARKS)["RR"]
    assert expected["GPA"] == 102  # more answers than staff cannot be: no rate there
    assert rates[rates.isna()].index.tolist() == ["GPA"]
    assert rates.dropna().to_dict() == pytest.approx(expected.drop("GPA").to_dict())


def test_an_ods_under_csv_gets_one_clear_sentence(shared: Path) -> None:
    from sq.sources import read_files

    ods = shared / "datasets" / SOURCE / f"{PREFIX}org_scores.csv"
    with pytest.raises(SourceError) as error:
        list(read_files([ods], None))
    sentence = str(error.value.what)
    assert "csps2020_org_scores.csv" in sentence
    assert "OpenDocument" in sentence
    with pytest.raises(SourceError, match="OpenDocument"):
        list(read_files([ods, shared / "datasets" / SOURCE / SERIES], PROFILES / f"{SOURCE}.toml"))


def test_groups_organisations_and_themes_stand_on_screen(
    service: Brought, published: pd.DataFrame, open_page: Open
) -> None:
    span = {"start": IN_2020[0], "end": IN_2020[1]}
    for page in ("overview", "explore", "touchpoints", "data", "definitions"):
        opens(open_page, service.folder, page, **span)
    group = published.loc["CPS", "department_group"]
    query = {"metric": "published_share", "region": group, "store": "CPS", "dimension": "employee:PB_TS", **span}
    assert f"{published.loc['CPS', 'PB_TS']:.0f}" in opens(open_page, service.folder, "explore", "en", **query)
