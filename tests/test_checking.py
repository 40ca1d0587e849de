"""Checking: what is refused, what is said about it, and what is kept."""

import datetime as dt
import time
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sq.checking import CODES, Checked, Finding, Known, check, finding_message
from sq.language import speaking
from sq.sources import DERIVED, SourceTable

TODAY = dt.date(2026, 6, 30)


def source(
    table: str, rows: dict[str, list[Any]], items: tuple[str, ...] = (), sheet: str | None = "S", **more: Any
) -> SourceTable:
    """A sheet whose first row of data is row 2 of the file."""
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in rows.items()})
    return SourceTable(table, "a.xlsx", sheet, frame, np.arange(2, len(frame) + 2), items, **more)


def stores(**more: list[Any]) -> SourceTable:
    return source("stores", {"store_id": ["S1", "S2"], "store_name": ["一店", "二店"], "region": ["北", "南"], **more})


def items(**more: list[Any]) -> SourceTable:
    """q1 on 0-1, q2 on 1-5."""
    columns: dict[str, list[Any]] = {
        "instrument": ["暗访", "mystery"],
        "item_id": ["q1", "q2"],
        "text_zh": ["问候", "着装"],
        "scale_min": [0, 1],
        "scale_max": [1, 5.0],
    }
    return source("items", columns | more)


def visits(**more: list[Any]) -> SourceTable:
    """Two good visits; ``more`` replaces or adds columns."""
    columns: dict[str, list[Any]] = {
        "visit_id": ["V1", "V2"],
        "store_id": ["S1", "S2"],
        "visited_on": ["2026-03-05", dt.date(2026, 3, 6)],
        "q1": [1, 0],
        "q2": [5, 3],
    }
    return source("mystery_visits", columns | more, ("q1", "q2"))


def checked(*tables: SourceTable) -> Checked:
    return check(tables, today=TODAY)


def found(*tables: SourceTable) -> list[tuple[str, str, str, str, int, int]]:
    """(code, column, value, allowed, first row, rows) of each finding."""
    return [(f.code, f.column, f.value, f.allowed, f.first_row, f.row_count) for f in checked(*tables).findings]


def test_a_clean_delivery_has_no_findings_and_every_row_is_kept() -> None:
    done = checked(visits(), items(), stores())
    assert done.findings == []
    assert [(t.table, t.read, t.rejected) for t in done.tables] == [
        ("stores", 2, 0),
        ("items", 2, 0),
        ("mystery_visits", 2, 0),
    ]
    assert done.tables[2].rows["visited_on"].to_pylist() == [dt.date(2026, 3, 5), dt.date(2026, 3, 6)]
    (block,) = done.tables[2].blocks
    assert block.items == ("q1", "q2")
    assert [v.to_pylist() for v in block.values] == [[1.0, 0.0], [5.0, 3.0]]


@pytest.mark.parametrize("word", ["", "N/A", "n/a", "NA", "不适用", "-", "—", None, float("nan")])
def test_words_for_not_applicable_become_null(word: Any) -> None:
    done = checked(stores(), items(), visits(q1=[word, 1]))
    assert done.findings == []
    assert done.tables[2].blocks[0].values[0].to_pylist() == [None, 1.0]


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05",
        "2026/3/5",
        "2026.3.5",
        "2026年3月5日",
        "20260305",
        20260305.0,
        dt.datetime(2026, 3, 5),
        "2026-03-05 00:00:00",
    ],
)
def test_dates_are_read_in_every_usual_writing(text: Any) -> None:
    done = checked(stores(), items(), visits(visited_on=[text, "2026-03-06"]))
    assert done.findings == []
    assert done.tables[2].rows["visited_on"][0].as_py() == dt.date(2026, 3, 5)


def test_a_time_zone_is_left_off_but_two_in_a_row_are_refused() -> None:
    lines = {
        "complaint_id": ["C1", "C2", "C3", "C4"],
        "store_id": ["S1"] * 4,
        "opened_at": ["2026-03-05T10:00:00+08:00", "2026-03-05T10:00:00+08:00", "2026-03-05 10:00", "2026-03-05"],
        "responded_at": ["2026-03-05T12:00:00+0800", "2026-03-05T04:00:00Z", "2026-03-05 12:00:00Z", None],
    }
    assert found(stores(), source("complaints", lines)) == [
        ("mixed_time_zones", "responded_at", "2026-03-05T04:00:00Z", "", 3, 1),
        ("mixed_time_zones", "responded_at", "2026-03-05 12:00:00Z", "", 4, 1),
        ("wrong_order", "responded_at", "2026-03-05 04:00:00", "2026-03-05 10:00:00", 3, 1),
    ]
    kept = checked(stores(), source("complaints", lines)).tables[1].rows
    assert kept["responded_at"].to_pylist() == [dt.datetime(2026, 3, 5, 12), None]


def test_a_date_that_can_be_read_two_ways_is_refused() -> None:
    assert found(stores(), items(), visits(visited_on=["3/5/2026", "2026-02-30"])) == [
        ("not_a_date", "visited_on", "3/5/2026", "2026-03-05", 2, 1),
        ("not_a_date", "visited_on", "2026-02-30", "2026-03-05", 3, 1),
    ]


def test_values_outside_the_scale_of_their_item_are_refused() -> None:
    assert found(stores(), items(), visits(q1=[2, 1], q2=[5.5, 0])) == [
        ("out_of_scale", "q1", "2", "0–1", 2, 1),
        ("out_of_scale", "q2", "5.5", "1–5", 2, 1),
        ("out_of_scale", "q2", "0", "1–5", 3, 1),
    ]


def test_words_in_place_of_a_score_are_refused() -> None:
    assert found(stores(), items(), visits(q1=["good", "1"])) == [("not_a_number", "q1", "good", "", 2, 1)]


def test_unknown_stores_are_refused_with_the_nearest_known_one() -> None:
    assert found(stores(), items(), visits(store_id=["S1", "S9"])) == [
        ("unknown_store", "store_id", "S9", "S1, S2", 3, 1)
    ]


def test_whole_numbers_are_ids_without_a_decimal_point() -> None:
    done = checked(stores(store_id=[1001.0, 1002]), items(), visits(store_id=[1001, "1002"]))
    assert done.findings == []
    assert done.tables[2].rows["store_id"].to_pylist() == ["1001", "1002"]


def test_unknown_touchpoints_and_dimensions_of_items_are_refused() -> None:
    known = Known(touchpoints={"greeting"}, dimensions={("mystery", "care"), ("customer", "price")})
    done = check([items(touchpoint_id=["greeting", "greetng"], dimension_id=["price", None])], known, TODAY)
    assert [(f.code, f.value, f.allowed) for f in done.findings] == [
        ("unknown_touchpoint", "greetng", "greeting"),
        ("unknown_dimension", "price", "care"),
    ]


def test_places_and_metrics_that_nothing_belongs_to_are_kept_with_a_warning() -> None:
    goals = source(
        "targets",
        {
            "metric": ["mystery_score", "mystery_score", "mistery_score", "nps", "nps"],
            "level": ["大区", "region", "chain", "store", "region"],
            "place": ["北", "北方", "北", "S9", None],
            "valid_from": ["2026-01-01"] * 5,
            "target": [80, 81, 82, 30, 20],
        },
    )
    lines = {"note_id": ["N1"], "level": ["城市"], "place": ["上海"], "happened_on": ["2026-01-02"], "text": ["x"]}
    done = checked(stores(city=["京", None]), goals, source("notes", lines))
    assert done.errors == 0
    assert sorted((f.severity, f.table, f.code, f.value, f.allowed, f.first_row) for f in done.findings) == [
        ("warning", "notes", "unknown_place", "上海", "京", 2),
        ("warning", "targets", "unknown_metric", "mistery_score", "mystery_score", 4),
        ("warning", "targets", "unknown_place", "S9", "S1, S2", 5),
        ("warning", "targets", "unknown_place", "北方", "北", 3),
    ]


def test_a_key_stands_once_in_a_delivery_even_over_two_sheets() -> None:
    assert found(stores(), items(), visits(), visits(visit_id=["V2", "V3"])) == [
        ("duplicate_key", "visit_id", "V2", "", 2, 1)
    ]


def test_derived_rows_may_repeat() -> None:
    derived = [
        source("stores", {"store_id": ["S1"], "store_name": ["一"], "region": ["北"]}, sheet=DERIVED) for _ in "ab"
    ]
    done = checked(*derived)
    assert done.findings == []
    assert [(t.read, len(t.rows)) for t in done.tables] == [(1, 1), (0, 0)]


def test_visits_before_opening_after_closing_and_in_the_future_are_refused() -> None:
    shops = stores(opened_on=["2026-03-10", None], closed_on=[None, "2026-03-01"])
    assert found(shops, items(), visits()) == [
        ("before_opening", "visited_on", "2026-03-05", "2026-03-10", 2, 1),
        ("after_closing", "visited_on", "2026-03-06", "2026-03-01", 3, 1),
    ]
    late = visits(visited_on=["2026-06-30", "2026-07-01"])
    assert found(stores(), items(), late) == [("in_the_future", "visited_on", "2026-07-01", "2026-06-30", 3, 1)]


def test_a_visit_without_scores_is_kept_with_a_warning() -> None:
    done = checked(stores(), items(), visits(q1=[None, 1], q2=["不适用", 3]))
    assert [(f.severity, f.code, f.first_row) for f in done.findings] == [("warning", "no_scores", 2)]
    assert done.errors == 0
    assert checked(stores(), items(), visits(q1=[None, 1], q2=[None, 3], total_score=[88, None])).findings == []


def test_an_item_is_asked_only_while_it_is_valid() -> None:
    # q1 until 5 March, q2 from 6 March: V1 on the 5th was not asked q2, V2 on the 6th has an answer to q1.
    spans = items(valid_from=[None, "2026-03-06"], valid_to=["2026-03-05", None])
    assert found(stores(), spans, visits(q2=[None, 3])) == [("item_not_valid", "q1", "0", "…–2026-03-05", 3, 1)]
    done = checked(stores(), spans, visits(q1=[1, None], q2=[None, 3]))
    assert [(b.ids.to_pylist(), b.items) for b in done.tables[2].blocks] == [(["V1"], ("q1",)), (["V2"], ("q2",))]


def test_long_answers_are_checked_like_wide_ones() -> None:
    headers = source("mystery_visits", {"visit_id": ["V1"], "store_id": ["S1"], "visited_on": ["2026-03-05"]})
    long = source(
        "mystery_visits_answers",
        {
            "visit_id": ["V1", "V1", "V1", "V1", "V9", "V1"],
            "item_id": ["q1", "q2", "q1", "q7", "q1", "q2"],
            "value": [1, "N/A", 0, 1, 1, 9],
            "note": ["late, 13812345678", None, None, None, None, None],
        },
    )
    done = checked(stores(), items(), headers, long)
    assert {(f.code, f.value, f.first_row) for f in done.findings} == {
        ("duplicate_key", "V1 · q1", 4),
        ("unknown_item", "q7", 5),
        ("unknown_response", "V9", 6),
        ("out_of_scale", "9", 7),
        ("duplicate_key", "V1 · q2", 7),
        ("masked", "", 2),
    }
    kept = done.tables[-1].rows.to_pylist()
    assert [(r["item_id"], r["value"], r["note"]) for r in kept] == [("q1", 1.0, "late, ***"), ("q2", None, None)]


def test_an_answer_is_given_wide_or_long_but_not_twice() -> None:
    long = source("mystery_visits_answers", {"visit_id": ["V1"], "item_id": ["q1"], "value": [0]})
    assert found(stores(), items(), visits(), long) == [("duplicate_key", "item_id", "V1 · q1", "", 2, 1)]


def test_answers_to_an_item_nobody_knows_are_refused() -> None:
    strange = source(
        "mystery_visits",
        {"visit_id": ["V1", "V2"], "store_id": ["S1"] * 2, "visited_on": ["2026-03-05"] * 2, "q9": [1, 1]},
        ("q9",),
    )
    assert found(stores(), items(), strange) == [("unknown_item", "q9", "q9", "", 2, 2)]


def test_missing_required_values_and_columns_are_counted() -> None:
    assert found(source("stores", {"store_id": ["S1", None], "store_name": ["一", "-"]})) == [
        ("missing", "region", "", "", 2, 2),
        ("missing", "store_id", "", "", 3, 1),
        ("missing", "store_name", "", "", 3, 1),
    ]


def test_words_numbers_and_truths_are_told_with_what_is_allowed() -> None:
    place = source("touchpoints", {"touchpoint_id": ["t"], "name_zh": ["触"], "stage": ["售后 "], "position": [1.5]})
    assert found(place) == [("not_a_whole_number", "position", "1.5", "", 2, 1)]
    lines = items(is_veto=["是", "maybe"], role=["得分", "judge"], weight=[1, -1])
    assert [(c, col, v) for c, col, v, *_ in found(lines)] == [
        ("not_yes_or_no", "is_veto", "maybe"),
        ("not_in_list", "role", "judge"),
        ("out_of_range", "weight", "-1"),
    ]


def test_numbers_beyond_all_measure_and_days_of_long_ago_are_refused() -> None:
    lines = items(weight=["inf", 2**70])
    assert [(c, v) for c, _col, v, *_ in found(lines)] == [
        ("out_of_range", "inf"),
        ("out_of_range", "1180591620717411303424"),
    ]
    assert found(stores(staff_count=[3_000_000_000, 12])) == [
        ("out_of_range", "staff_count", "3000000000", "≤ 2,147,483,647", 2, 1)
    ]
    assert found(stores(opened_on=["0202-03-05", dt.date(1492, 1, 1)])) == [
        ("not_a_date", "opened_on", "0202-03-05", "2026-03-05", 2, 1),
        ("not_a_date", "opened_on", "1492-01-01", "2026-03-05", 3, 1),
    ]


def test_personal_data_in_comments_are_masked() -> None:
    said = ["打我 13812345678 或 li@example.com", "身份证 11010119900307123X，订单 2026030512"]
    done = checked(stores(), items(), visits(comment=said))
    assert done.tables[2].rows["comment"].to_pylist() == ["打我 *** 或 ***", "身份证 ***，订单 2026030512"]
    assert [(f.severity, f.code, f.row_count) for f in done.findings] == [("note", "masked", 2)]


def test_many_different_bad_values_are_listed_up_to_twenty_and_counted() -> None:
    ids = [f"V{i}" for i in range(50)]
    bad = source(
        "mystery_visits",
        {"visit_id": ids, "store_id": [f"X{i}" for i in range(50)], "visited_on": ["2026-03-05"] * 50, "q1": [1] * 50},
        ("q1",),
    )
    findings = checked(stores(), items(), bad).findings
    assert len(findings) == 21
    assert findings[-1].value == ""
    assert sum(f.row_count for f in findings) == 50


def test_a_finding_names_file_sheet_row_column_value_and_what_is_allowed() -> None:
    (finding,) = checked(stores(), items(), visits(q1=[2, 1])).findings
    with speaking("en"):
        assert str(finding.message) == (
            "a.xlsx, sheet S, row 2, column q1: 2 is outside the scale of the item; "
            "allowed: 0–1, or empty for not applicable."
        )
    with speaking("zh"):
        assert (
            str(finding.message) == "a.xlsx 工作表“S”第 2 行“q1”列：2 超出该检查项的分值范围；应为：0–1，不适用则留空。"
        )


def test_a_finding_uses_the_files_own_heading() -> None:
    table = source("stores", {"store_id": ["S1"], "store_name": ["一"], "region": [None]}, headings={"region": "大区"})
    assert checked(table).findings[0].column == "大区"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", sorted(CODES))
@pytest.mark.parametrize("value", ["", "x"])
def test_every_code_can_be_told_in_both_languages(code: str, value: str, language: str) -> None:
    finding = Finding(CODES[code][0], code, "stores", "a.csv", "", "city", value, "y" if value else "", 2, 3)
    with speaking(language):
        text = str(finding_message(finding))
    assert "a.csv" in text
    assert "{" not in text


def test_headings_that_nothing_uses_are_noted() -> None:
    table = stores()
    told = SourceTable(table.table, table.file, table.sheet, table.frame, table.rows, unknown=("颜色",))
    (finding,) = checked(told).findings
    assert (finding.severity, finding.code, finding.value) == ("note", "unknown_heading", "颜色")


def test_every_row_read_is_accepted_refused_or_skipped() -> None:
    table = visits(store_id=["S1", "S9"])
    counted = SourceTable(table.table, table.file, "S", table.frame, table.rows, table.items, skipped={"test": 3})
    kept = checked(stores(), items(), counted).tables[-1]
    assert (kept.read, len(kept.rows), kept.rejected, kept.skipped) == (5, 1, 1, 3)


def test_refused_rows_keep_their_values_and_reasons() -> None:
    (rejects,) = checked(stores(), items(), visits(store_id=["S1", "S9"], q1=[1, 7])).rejects
    assert rejects.frame["q1"].tolist() == [7]
    assert rejects.rows.tolist() == [3]
    with speaking("en"):
        assert rejects.reasons() == [
            "store_id: store “S9” is not in the list of stores (a store on the list, such as S1, S2); "
            "q1: 7 is outside the scale of the item (0–1, or empty for not applicable)"
        ]


def test_a_million_cells_of_wide_forms_are_checked_in_seconds() -> None:
    count, questions = 10_000, [f"k{i}" for i in range(100)]
    cells = np.random.default_rng(1).integers(0, 2, (count, 100)).astype(float)
    frame = pd.DataFrame(cells, columns=questions)
    frame.insert(0, "visit_id", [f"V{i}" for i in range(count)])
    frame.insert(1, "store_id", "S1")
    frame.insert(2, "visited_on", dt.date(2026, 3, 5))
    form = SourceTable("mystery_visits", "a.parquet", None, frame, np.arange(2, count + 2), tuple(questions))
    lines = {"instrument": ["mystery"] * 100, "item_id": questions, "text_zh": ["x"] * 100}
    begun = time.perf_counter()
    done = checked(stores(), source("items", lines | {"scale_min": [0] * 100, "scale_max": [1] * 100}), form)
    assert done.errors == 0
    assert time.perf_counter() - begun < 10  # about 0.2 s alone on a core
