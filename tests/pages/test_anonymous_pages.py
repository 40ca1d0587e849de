"""What pages tell of the anonymous surveys of the small chain, and that they tell no more.

Employees in wave 2026A: S1 600/8 = 75, S2 250/5 = 50; S3 has 3 answers, so S4 is hidden beside it.
"""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from sq.jobs import Job, Result, Step
from sq.language import Message
from sq.ui import data_blocks
from sq.ui.blocks import Column, csv_bytes
from tests.pages.conftest import Open, answer_of, texts_of

FEW, NEIGHBOUR = "hidden: fewer than 5 answers", "hidden to protect a neighbour"


def numbers_of(at: AppTest, key: str) -> pd.DataFrame:
    """The table behind a chart, the only one that is open."""
    at.session_state[f"{key}_open"] = True
    (table,) = at.run().dataframe
    found: pd.DataFrame = table.value
    return found


def chart(at: AppTest, key: str) -> dict[str, Any]:
    """The figure that a browser gets."""
    found = next(c for c in at.get("plotly_chart") if c.key.split("__")[0] == key)
    return dict(json.loads(found.proto.spec))


@pytest.mark.parametrize("front_door", [True, False], ids=["front door", "shared link"])
def test_stores_are_ranked_and_hidden_ones_say_why(open_page: Open, front_door: bool) -> None:
    at = open_page("explore", front_door=front_door, metric="employee_index", split="store")
    rows = numbers_of(at, "sq_ranking_n")
    assert dict(zip(rows["label"], rows["value"], strict=True)) == {
        "北一店": "75.0",
        "北二店": "50.0",
        "南一店": FEW,
        "移动店": NEIGHBOUR,
    }
    assert rows["n"].tolist()[:2] == [8, 5]
    assert rows[["low", "high", "n", "reference", "difference"]].iloc[2:].isna().all(axis=None)
    assert {a["text"] for a in chart(at, "sq_ranking")["layout"]["annotations"]} == {FEW, NEIGHBOUR}
    assert any("hidden: 2 of 4 (50 %)" in text for text in texts_of(at))


def test_a_link_to_a_hidden_store_tells_nothing_but_why(open_page: Open) -> None:
    at = open_page("explore", metric="employee_index", region="华南", store="S3")
    assert answer_of(at) == f"南一店: Employee index – {FEW}."
    rows = numbers_of(at, "sq_ranking_n")
    assert set(rows["value"]) <= {FEW, NEIGHBOUR, "hidden: fewer than 20 answers"}
    for trace in chart(at, "sq_ranking")["data"]:
        assert not any(trace.get("text", []))
        assert all("95 %" not in text for text in trace.get("hovertext", []))
        assert not any(key for ids in trace.get("customdata", []) for key in ids)
    assert [i.value for i in at.info] == ["A single wave has no course; it begins with the next one."]


def test_a_filter_outside_the_lattice_is_said_to_have_no_effect(open_page: Open) -> None:
    at = open_page("explore", metric="employee_index", format="旗舰店")
    assert any("旗舰店 has no effect here" in text for text in texts_of(at))
    at.session_state["sq_open_more"] = True
    told = [c.value for c in at.run().caption]
    assert any("do not apply to anonymous surveys" in text for text in told)
    assert {radio.key for radio in at.radio} == {"sq_sort"}  # neither another rule nor today's membership


def test_department_and_store_are_chosen_one_instead_of_the_other(open_page: Open) -> None:
    at = open_page("explore", metric="employee_index", region="华北", store="S1")
    at.session_state["sq_open_region"] = True
    at.run()
    at.pills(key="sq_department").set_value("HR").run()
    assert at.query_params["department"] in ("HR", ["HR"])
    assert not {"region", "store"} & set(at.query_params)
    assert answer_of(at).startswith("Human resources: Employee index 75.0")


def test_roles_and_lengths_of_service_can_be_split(open_page: Open) -> None:
    at = open_page("explore", metric="employee_index")
    assert {"Role of staff", "Length of service", "Department"} <= set(at.pills(key="sq_split").options)
    assert "Store format" not in at.pills(key="sq_split").options


def test_problems_of_internal_service_are_shares_of_forms(open_page: Open) -> None:
    at = open_page("explore", metric="internal_service_score", department="IT")
    rows = numbers_of(at, "sq_problems_n")
    found = {(row["side"], row["label"]): row["share"] for row in rows.to_dict("records")}
    # of 11 forms 4 name "late" and 2 "unclear"; one in eleven or none shows as at most 10 %
    assert found[("In the support", "Not on time")] == "36"
    assert found[("In the request", "Request unclear")] == "18"
    assert found[("In the support", "Request ignored")] == "≤10 %"


def test_opinions_are_a_bar_of_one_hundred_percent(open_page: Open) -> None:
    at = open_page("explore", metric="internal_service_score", dimension="speed")
    # of 29 answers in time 8 are 1 or 2, 10 are 3 and 11 are 4 or 5
    assert [trace["x"][0] for trace in chart(at, "sq_opinions")["data"]] == [28, 34, 38]


def test_the_overview_has_a_card_per_survey(open_page: Open) -> None:
    at = open_page("overview")
    cards = {m.label: m.value for m in at.metric}
    # 2075 points of 34 employees; 1575 of 30 forms about departments
    assert cards["Employee index"] == "61.0"
    assert cards["Internal service score"] == "52.5"
    assert any(text.startswith("wave: 2026") for text in texts_of(at))


def test_the_data_page_counts_what_each_wave_shows_and_hides(open_page: Open) -> None:
    at = open_page("data", part="anonymous")
    rows = at.dataframe[0].value
    employees = rows[rows["label"].str.startswith("Employees")].to_dict("records")
    assert [(r["state"], r["shown"], r["few"], r["neighbour"]) for r in employees] == [
        ("open", 0, 0, 0),
        ("published", 2, 1, 1),
    ]
    assert (employees[1]["answers"], employees[1]["rate"]) == (34, 68)  # of 50 invited
    assert any("nothing of it is shown before it is closed" in i.value for i in at.info)


class Ended(Job):
    """A job that is over."""

    def __init__(self) -> None:
        super().__init__(("python", "-m", "sq", "close-wave"), None)  # type: ignore[arg-type]

    @property
    def latest(self) -> Step:
        return Step(Message("Done"), 1.0, Result("done", Message("Wave closed")))


def test_closing_a_wave_is_asked_for_first(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[tuple[str, str]] = []

    def closes(_folder: Path, instrument: str, wave: str) -> Job:
        closed.append((instrument, wave))
        return Ended()

    monkeypatch.setattr(data_blocks, "start_close_wave", closes)
    at = open_page("data", part="anonymous")
    at.button(key="sq_close_wave").click().run()
    assert closed == []
    assert any("This cannot be undone" in text.value for text in at.markdown)
    at.button(key="sq_confirmed").click().run()
    assert closed == [("employee", "2026B")]


def test_the_promise_of_anonymity_is_a_part_of_the_definitions(open_page: Open) -> None:
    at = open_page("definitions", "zh", part="promises")
    assert any("匿名保护" in tab.label for tab in at.tabs)
    assert any("怎样检验匿名承诺" in text for text in texts_of(at))


def test_a_download_holds_words_where_a_number_may_not_be_told() -> None:
    frame = pd.DataFrame({"name": ["A", "B", "C"], "value": [71.25, None, 95.0], "instead": ["", FEW, "≥95"]})
    columns = [Column("name", "Store"), Column("value", "Index", "number", words="instead")]
    assert csv_bytes(frame, columns).decode("utf-8-sig") == f"Store,Index\nA,71.25\nB,{FEW}\nC,≥95\n"


@pytest.mark.parametrize("page", ["visits", "touchpoints"])
def test_a_department_means_nothing_where_only_stores_are_measured(open_page: Open, page: str) -> None:
    at = open_page(page, metric="employee_index", department="HR")
    assert answer_of(at).startswith("Whole chain")
    assert "sq_chip_department" not in [b.key for b in at.button]


def test_the_map_of_coverage_has_only_instruments_that_stores_take_part_in(open_page: Open) -> None:
    rows = chart(open_page("data", part="coverage"), "sq_coverage")["data"][0]["y"]
    assert {"Mystery visits", "Employees"} <= set(rows)
    assert not {"Internal service", "Published results"} & set(rows)


def test_a_share_that_is_withheld_beside_a_shown_score_is_not_left_out(open_page: Open) -> None:
    at = open_page("explore", metric="employee_favourable", split="store")
    rows = numbers_of(at, "sq_ranking_n")
    assert sorted(rows["label"]) == ["北一店", "北二店", "南一店", "移动店"]
    told = dict(zip(rows["label"], rows["value"], strict=True))
    # the scores of S1 and S2 show (75 and 50); their shares would tell too much beside the questions that are hidden
    assert told == {"北一店": NEIGHBOUR, "北二店": NEIGHBOUR, "南一店": FEW, "移动店": NEIGHBOUR}


def test_shares_of_opinions_can_be_compared_where_they_are_told(open_page: Open) -> None:
    at = open_page("explore", metric="employee_favourable", split="region", dimension="management")
    rows = numbers_of(at, "sq_ranking_n")
    # E3: North 5 of 10, South 3 of 8
    assert dict(zip(rows["label"], rows["value"], strict=True)) == {"华北": 50.0, "华南": 38.0}
