"""A survey of employees, one answer per row: questions by department, and which departments have to be hidden."""

from pathlib import Path

import pandas as pd
import pytest

from sq.errors import SqError
from tests.datasets.bringing import Brought, brought, opens, skipped, tables
from tests.pages.conftest import Open

SOURCE, FILE = "pierce_county_employee_survey", "responses_long.csv.gz"
SMALLEST, NEXT = "Family Justice Center", "Economic Development"  # 4 and 7 people
WAVE = ("2018-12", "2018-12")
pytestmark = pytest.mark.xdist_group("pierce")


@pytest.fixture(scope="module")
def county(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Brought:
    return brought(tmp_path_factory, shared, SOURCE, FILE)


@pytest.fixture(scope="module")
def answers(shared: Path) -> pd.DataFrame:
    """The answers that count: complete, each once, without not applicable; question number and score 0-100."""
    file = pd.read_csv(shared / "datasets" / SOURCE / FILE)
    file = file[file["Status"] == "Complete"].drop_duplicates()
    assert file["Response ID"].is_unique
    file = file[file["Response"] > 0]
    number = file["Question"].str.extract(r"^(\d+)\.")[0]
    return file.assign(question=number, score=(file["Response"] - 1) / 3 * 100)


def test_every_answer_is_loaded_or_skipped_by_name(county: Brought, shared: Path) -> None:
    found = tables(shared, SOURCE, FILE)
    assert skipped(found) == {FILE: {"incomplete": 135, "distinct": 15}}
    for table in ("employee_responses", "employee_responses_answers"):
        counts = county.counts[table]
        assert (counts["read"], counts["new"], counts["skipped"]) == (14_725, 14_725 - 150, 150)
    assert county.counts["departments"]["new"] == 21


def test_twelve_texts_are_ten_questions(shared: Path) -> None:
    texts = pd.read_csv(shared / "datasets" / SOURCE / FILE)["Question"].nunique()
    frame = next(t.frame for t in tables(shared, SOURCE, FILE) if t.table == "employee_responses_answers")
    assert (texts, sorted(frame["item_id"].unique(), key=int)) == (12, [str(i) for i in range(1, 11)])


def test_questions_of_the_whole_county_are_the_files_means_to_one_decimal(
    county: Brought, answers: pd.DataFrame
) -> None:
    expected = answers.groupby("question")["score"].agg(["mean", "count"])
    printed = county.scores("employee_index", "item", WAVE)
    assert {q: row["value"] for q, row in printed.items()} == expected["mean"].round(1).to_dict()
    assert {q: int(row["n"]) for q, row in printed.items()} == expected["count"].to_dict()


def test_the_unit_of_four_is_hidden_and_with_it_the_next_smallest_of_its_siblings(
    county: Brought, answers: pd.DataFrame
) -> None:
    people = answers.groupby(["Department", "question"]).size().unstack()
    assert people.loc[SMALLEST].sort_index(key=lambda q: q.astype(int)).tolist() == [3, 4, 4, 4, 4, 4, 3, 4, 4, 4]
    for question in map(str, range(1, 11)):
        sizes = people[question].sort_values()
        assert list(sizes.index[:2]) == [SMALLEST, NEXT]
        assert sizes.iloc[0] < 5 <= sizes.iloc[1]
        printed = county.scores("employee_index", "department", WAVE, item=question)
        hidden = {place: row["hidden_reason"] for place, row in printed.items() if pd.isna(row["value"])}
        assert hidden == {SMALLEST: "few", NEXT: "neighbour"}, question
        assert len(printed) == 21


def test_departments_that_are_shown_have_the_files_means(county: Brought, answers: pd.DataFrame) -> None:
    for question in ("1", "6", "10"):
        mine = answers[answers["question"] == question].groupby("Department")["score"].agg(["mean", "count"])
        printed = county.scores("employee_index", "department", WAVE, item=question)
        for place, row in printed.items():
            if place in (SMALLEST, NEXT):
                assert pd.isna(row["n"])
                continue
            exact = mine.loc[place, "mean"]
            assert row["n"] == mine.loc[place, "count"]
            assert row["value"] == pytest.approx(min(exact, 95.0), abs=0.051), place


def test_without_a_number_of_the_respondent_there_is_no_whole_form_and_no_response_rate(county: Brought) -> None:
    for by in ("chain", "department"):
        with pytest.raises(SqError, match=r"no total of their own.*--where item=1"):
            county.scores("employee_index", by, WAVE)


def test_departments_and_questions_stand_on_screen(county: Brought, answers: pd.DataFrame, open_page: Open) -> None:
    for page in ("overview", "explore", "touchpoints", "chain", "data", "definitions"):
        opens(open_page, county.folder, page)
    assert "10 questions, each by itself" in opens(open_page, county.folder, "employees", "en")
    assert "没有可显示" in opens(open_page, county.folder, "employees", "zh", department=SMALLEST)
    mine = answers[(answers["question"] == "10") & (answers["Department"] == "Sheriff's Department")]
    query = {"metric": "employee_index", "department": "Sheriff's Department", "item": "10"}
    assert f"{mine['score'].mean():.1f}" in opens(open_page, county.folder, "explore", "en", **query)
    told = opens(open_page, county.folder, "explore", "en", metric="employee_index", department=SMALLEST, item="10")
    assert "fewer than 5" in told
