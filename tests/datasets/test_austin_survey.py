"""Austin's community survey: 42 questions over five years, 9 = don't know, waves that asked different things."""

from pathlib import Path

import pandas as pd
import pytest

from sq.intake import examine
from tests.datasets.bringing import EVERY_PAGE, PROFILES, Brought, brought, opens, tables
from tests.pages.conftest import Open

SOURCE, FILE = "austin_community_survey", "survey_2015_2019.csv.gz"
OVERALL = "GTW.C.2_GTW.F.1_Overall quality of services provided by the City of Austin"
QUALITY_OF_LIFE = "CLL.A.5_Overall quality of life in the city"
SAFE_AT_HOME = "S.A.1_I feel safe in my home"
pytestmark = pytest.mark.xdist_group("austin survey")


@pytest.fixture(scope="module")
def austin(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Brought:
    return brought(tmp_path_factory, shared, SOURCE, FILE)


@pytest.fixture(scope="module")
def forms(shared: Path) -> pd.DataFrame:
    file = pd.read_csv(shared / "datasets" / SOURCE / FILE)
    return file.assign(year=file["Year"].str[6:10], district="District " + file["Council District"].astype(str))


@pytest.fixture(scope="module")
def rated(shared: Path, forms: pd.DataFrame) -> list[str]:
    """Headings of the questions on a scale of 1 to 5 but the overall one."""
    columns = [c for c in forms.columns[3:51] if "Special/Weighted" not in c and c != OVERALL]
    return [c for c in columns if forms[c].replace(9, float("nan")).max() == 5]


def year(which: int) -> tuple[str, str]:
    return f"{which}-01", f"{which}-12"


def test_every_form_of_ten_districts_and_five_years_is_loaded(austin: Brought) -> None:
    assert austin.counts["customer_responses"]["new"] == 2_060 + 2_099 + 2_215 + 2_261 + 2_049 == 10_684
    assert austin.counts["stores"]["new"] == 10
    assert austin.counts["waves"]["new"] == 5
    assert austin.counts["items"]["new"] == 42  # 48 columns but the six that are one number for all of a year


@pytest.mark.parametrize("which", [2015, 2019])
def test_overall_rating_of_a_district_leaves_out_who_did_not_know(
    austin: Brought, forms: pd.DataFrame, which: int
) -> None:
    mine = forms[(forms["year"] == str(which)) & forms[OVERALL].between(1, 5)]
    expected = ((mine[OVERALL] - 1) * 25).groupby(mine["district"]).agg(["mean", "count"])
    printed = austin.scores("overall_satisfaction", "region", year(which))
    assert {place: row["n"] for place, row in printed.items()} == expected["count"].to_dict()
    assert {place: row["value"] for place, row in printed.items()} == pytest.approx(expected["mean"].to_dict())


def test_the_index_is_the_mean_of_what_each_form_answered(
    austin: Brought, forms: pd.DataFrame, rated: list[str]
) -> None:
    mine = forms[forms["year"] == "2018"]
    answers = mine[rated].replace(9, float("nan"))
    index = ((answers - 1) * 25).mean(axis=1)
    expected = index.groupby(mine["district"]).mean()
    printed = austin.scores("customer_index", "region", year(2018))
    assert {place: row["value"] for place, row in printed.items()} == pytest.approx(expected.to_dict())
    assert len(rated) == 42 - 1 - 4  # but the overall one and four questions with yes and no


def test_touchpoints_are_the_first_letters_of_the_questions(
    austin: Brought, forms: pd.DataFrame, rated: list[str]
) -> None:
    mine = forms[forms["year"] == "2018"]
    safety = mine[[c for c in rated if c.startswith("S.")]].replace(9, float("nan"))
    printed = austin.scores("customer_index", "touchpoint", year(2018))
    assert set(printed) == {"culture", "health", "safety", "mobility", "government"}
    assert printed["safety"]["value"] == pytest.approx(((safety - 1) * 25).mean(axis=1).mean())


def test_questions_are_valid_from_the_year_that_first_asked_them(shared: Path, forms: pd.DataFrame) -> None:
    found = tables(shared, SOURCE, FILE)
    items = next(t for t in found if t.table == "items").frame.set_index("item_id")
    headings = next(t for t in found if t.table == "customer_responses").headings
    for item, row in items.iterrows():
        first = forms.loc[forms[headings[str(item)]].notna(), "year"].min()
        assert (str(row["valid_from"])[:4] if pd.notna(row["valid_from"]) else "2015") == first, item
    assert len(items) == 42
    assert SAFE_AT_HOME in headings.values()


def test_a_forgotten_code_would_have_lifted_the_mean(austin: Brought, forms: pd.DataFrame) -> None:
    mine = forms.loc[forms["year"] == "2015", OVERALL]
    assert (mine == 9).sum() == 34
    assert (round(mine.mean(), 4), round(mine.replace(9, float("nan")).mean(), 4)) == (3.6215, 3.5311)
    printed = austin.scores("overall_satisfaction", "chain", year(2015)).popitem()[1]
    assert printed["value"] == pytest.approx((3.531126 - 1) * 25, abs=1e-4)


def test_a_profile_without_the_code_is_told_to_declare_it(shared: Path, forms: pd.DataFrame, tmp_path: Path) -> None:
    text = (PROFILES / f"{SOURCE}.toml").read_text("utf-8")
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(text.replace("missing = [9]\n", ""), "utf-8")
    first, *others = examine(tmp_path / "data", [shared / "datasets" / SOURCE / FILE], wrong).findings
    assert (first.code, first.value) == ("profile_missing", "missing = [9]")
    questions = forms.iloc[:, 3:51]
    assert first.row_count == int((questions == 9).sum().sum())  # every 9, over all questions
    assert {f.value for f in others if f.severity == "error"} == {"9"}


def test_districts_and_touchpoints_stand_on_screen(austin: Brought, forms: pd.DataFrame, open_page: Open) -> None:
    for page in EVERY_PAGE:
        opens(open_page, austin.folder, page, start="2018-01", end="2018-12")
    mine = forms[(forms["year"] == "2018") & (forms["district"] == "District 3") & forms[OVERALL].between(1, 5)]
    query = {"metric": "overall_satisfaction", "region": "District 3", "start": "2018-01", "end": "2018-12"}
    expected = f"{((mine[OVERALL] - 1) * 25).mean():.1f}"
    assert expected in opens(open_page, austin.folder, "explore", "en", **query)
