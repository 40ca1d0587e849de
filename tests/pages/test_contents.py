"""What the pages say of the small chain, whose numbers are added up by hand in tests/small_chain.py."""

from sq.ui.explore_blocks import visit_query
from tests.pages.conftest import Open, answer_of, texts_of


def test_the_overview_shows_the_mean_of_the_visits(open_page: Open) -> None:
    at = open_page("overview")
    # January to March: V01 100, V02 250/7, V03 80, V04 50, V05 850/9, V06 400/9
    mean = (100 + 250 / 7 + 80 + 50 + 850 / 9 + 400 / 9) / 6
    assert at.metric[0].label == "Mystery score"
    assert at.metric[0].value == f"{mean:.1f}" == "67.4"
    # V03 alone failed a veto item: 1 of 6
    assert at.metric[1].value == "16.7 %"
    assert "67.4" in answer_of(at)


MONTH = {"start": "2026-02", "end": "2026-02", "within": "2026-01_2026-04"}


def test_a_month_that_was_gone_into_is_a_step_of_the_path_and_a_chip(open_page: Open) -> None:
    for way_back in ("sq_step_0", "sq_chip_within"):
        at = open_page("explore", **MONTH)
        assert at.button(key="sq_step_0").label == "Whole chain ›"
        assert at.button(key="sq_chip_within").label == "Feb 2026 ✕"
        at.button(key=way_back).click().run()
        assert (at.query_params["start"], at.query_params["end"]) == ("2026-01", "2026-04")
        assert "within" not in at.query_params


def test_months_that_do_not_lie_around_the_period_are_no_step(open_page: Open) -> None:
    for within in ("2026-02_2026-02", "2026-03_2026-04", "nonsense", "2026-01_"):
        at = open_page("explore", **(MONTH | {"within": within}))
        assert [b.key for b in at.button if b.key in {"sq_step_0", "sq_chip_within"}] == []


def test_the_overview_speaks_chinese(open_page: Open) -> None:
    at = open_page("overview", "zh")
    assert at.title[0].value == "总览"
    assert [m.label for m in at.metric][:2] == ["暗访得分", "不合格暗访率"]


def test_the_list_of_visits_names_all_of_the_period(open_page: Open) -> None:
    at = open_page("visits")
    assert answer_of(at) == "Whole chain: 6 visits, of these 1 failed."
    rows = at.dataframe[0].value
    assert list(rows["label"]) == [
        "北一店",
        "移动店",
        "移动店",
        "南一店",
        "北二店",
        "北一店",
    ]  # V06 V05 V04 V03 V02 V01
    assert list(rows["score"].round(1)) == [44.4, 94.4, 50.0, 80.0, 35.7, 100.0]
    assert set(rows["wave_label"]) == {"2026年第一季度"}  # the wave's name, not its id 2026Q1
    assert rows["marks"].iloc[3] == "✕ failed · comment"
    assert rows["marks"].iloc[5] == "comment · recording"


def test_the_list_can_be_narrowed_to_failed_visits(open_page: Open) -> None:
    rows = open_page("visits", show="failed").dataframe[0].value
    assert list(rows["label"]) == ["南一店"]


def test_a_visit_shows_its_items_and_what_it_failed(open_page: Open) -> None:
    at = open_page("visits", visit="V03")
    facts = next(text for text in texts_of(at) if "visit V03" in text)
    assert "2026年第一季度" in facts
    assert "2026Q1" not in facts
    assert [w.value for w in at.warning] == ["Veto item failed\\: Gives an invoice \\(0 of 1\\)"]
    assert at.metric[0].value == "80.0"
    assert at.metric[3].value == "1"  # M4 did not apply
    items = at.dataframe[0].value
    points = dict(zip(items["label"], items["points"], strict=True))
    assert points["Smiles"] == "10 of 10"
    assert points["Gives an invoice"] == "0 of 1"
    assert list(points.values()).count("does not apply") == 1
    assert list(items["marks"][items["label"] == "Gives an invoice"]) == ["✕ veto item failed"]


def test_a_visit_leads_to_its_neighbours_and_back(open_page: Open) -> None:
    at = open_page("visits", visit="V01")
    assert at.button(key="sq_visit_previous").disabled
    at.button(key="sq_visit_next").click().run()
    assert at.query_params["visit"] == "V06"  # the next visit to S1
    at.button(key="sq_visit_back").click().run()
    assert "visit" not in at.query_params
    assert len(at.dataframe[0].value) == 6


def test_an_unknown_visit_is_told_and_leads_back(open_page: Open) -> None:
    at = open_page("visits", visit="V99")
    assert [i.value for i in at.info] == ["There is no visit with this number, or you may not see it."]
    at.button(key="sq_visit_back").click().run()
    assert answer_of(at) == "Whole chain: 6 visits, of these 1 failed."


def test_customers_words_are_shown_as_written(open_page: Open) -> None:
    at = open_page("visits", kind="customer")
    assert answer_of(at) == "Whole chain: 5 responses, 2 with a comment."
    assert any("等太久" in text and "would recommend: 0 of 10" in text for text in texts_of(at))


def test_the_journey_compares_shoppers_with_customers(open_page: Open) -> None:
    at = open_page("touchpoints")
    assert [(m.label, m.value) for m in at.metric] == [
        ("Pre-sales · Mystery score", "69.4"),
        ("Sales · Mystery score", "70.8"),
        ("After-sales · Mystery score", "65.0"),
    ]
    assert [chart.key.split("__")[0] for chart in at.get("plotly_chart")] == ["journey", "sq_inside"]


def test_definitions_can_be_searched_in_both_languages(open_page: Open) -> None:
    assert "entries contain" in answer_of(open_page("definitions", q="Smiles"))
    assert any("(1)" in tab.label for tab in open_page("definitions", q="Smiles").tabs)
    assert any("（1）" in tab.label for tab in open_page("definitions", "zh", q="Smiles").tabs)


def test_batches_say_what_became_of_their_rows(open_page: Open) -> None:
    rows = open_page("data", part="batches").dataframe[0].value
    assert list(rows["batch_id"]) == [2, 1]
    assert rows["state"].iloc[0].startswith("withdrawn")
    counted = rows[["new", "changed", "unchanged", "rejected", "skipped"]].sum(axis=1)
    assert list(rows["read"]) == list(counted)


def test_withdrawing_a_batch_is_asked_for_first(open_page: Open) -> None:
    at = open_page("data", part="batches")
    at.selectbox(key="sq_batch").set_value(1).run()
    at.button(key="sq_batch_change").click().run()
    assert any("Nothing is deleted" in text.value for text in at.markdown)
    assert at.button(key="sq_confirmed").label == "Withdraw"


def test_findings_are_whole_sentences(open_page: Open) -> None:
    rows = open_page("data", part="findings").dataframe[0].value
    assert rows["severity"].tolist() == ["error", "note"]
    assert rows["sentence"].iloc[0].startswith("检查表.xlsx, sheet 客户答卷, row 8, column store_id: store “S9” is not")


def test_the_evidence_of_a_customer_metric_leads_to_customers_words() -> None:
    assert visit_query(kind="customer") == {"kind": "customer"}
    assert visit_query(visit="V01") == {"visit": "V01"}


def test_the_drill_page_lists_what_happened_meanwhile(open_page: Open) -> None:
    at = open_page("explore", start="2026-01", end="2026-04")
    label = "Notes and events of this period (3)"
    assert [box.label for box in at.expander if "Notes" in box.label] == [label]
    at.session_state["sq_happened_open"] = True
    told = [
        text.split("  ") for text in texts_of(at.run()) if " · Programme note · " in text or " · Training · " in text
    ]
    assert told == [
        ["1 Mar 2026 · Programme note · Whole chain", "检查表更新"],
        ["15 Feb 2026 · Programme note · 北一店", "门店装修"],
        ["1 Feb 2026 · Training · 2 stores", "问候礼仪 (Greeting)"],
    ]
    quiet = open_page("explore", start="2026-04", end="2026-04")
    assert [box.label for box in quiet.expander if "Notes" in box.label] == ["Notes and events of this period (0)"]
