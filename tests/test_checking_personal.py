"""Free texts lose what they tell about a person, and keep everything else."""

import time

import pytest

from sq.checking import check
from sq.checking.personal import masked
from sq.sources import SourceTable
from tests.test_checking import TODAY, items, source, stores, visits

MASKED = {
    "打我13812345678吧": "打我***吧",
    "手机138-1234-5678": "手机***",
    "１３８１２３４５６７８": "***",
    "电话010-88888888": "电话***",
    "(010)88888888 转 8001": "*** 转 8001",
    "（０１０）88888888": "***",
    "0755 2655 1234": "***",
    "电话：8888 8888": "电话：***",
    "+86 138 1234 5678": "***",
    "ring +44 20 7946 0958 or +44 (0)20 7946 0958": "ring *** or ***",
    "call (212) 555-0187 or 212-555-0187": "call *** or ***",
    "身份证11010119900307123X": "身份证***",
    "旧证 110101900307123": "旧证 ***",
    "卡号 6222 0202 0000 1234 567": "卡号 ***",
    "护照号E12345678": "护照号***",
    "写到 li.hua@example.com.cn。": "写到 ***。",
    "微信号：zhang_san88": "微信号：***",
    "QQ 123456789": "QQ ***",
    "车牌京A12345": "车牌***",
    "张先生等了半小时": "***先生等了半小时",
    "感谢王小明女士": "感谢***女士",
    "谢谢欧阳小姐": "谢谢***小姐",
    "找了李店长和陈经理": "找了***店长和***经理",
    "我叫王小明，是老客户": "我叫***，是老客户",
    "我姓王": "我姓***",
    "姓名：欧阳小明 电话 13812345678": "姓名：*** 电话 ***",
    "联系人:李四": "联系人:***",
    "Mr Smith and Mrs. Li Na waited": "Mr *** and Mrs. *** waited",
    "My name is John Smith and": "My name is *** and",
    "Name: Jane Doe, order 5": "Name: ***, order 5",
    "my name is anna.": "my name is ***.",
}
KEPT = [
    "订单2026030512，流水号 20260305123456",
    "价格1399-1599元，2026-03-05 14:30 到店，等了 30 分钟",
    "工号 1001234，热线 400-820-8820",
    "大堂经理和值班经理都不在，客户经理很好",
    "请向经理反映，高级经理在，上周经理不在",
    "我是老客户，没有任何老师来，周末的主管很忙",
    "my name is on the list, ask the manager",
    "The doctor said: name the dish",
    "@home, 5@10",
]


@pytest.mark.parametrize(("text", "left"), MASKED.items())
def test_numbers_and_announced_names_are_masked(text: str, left: str) -> None:
    assert masked(text) == left


@pytest.mark.parametrize("text", KEPT)
def test_order_numbers_prices_days_and_titles_without_a_name_stay(text: str) -> None:
    assert masked(text) == text


def test_masking_twice_changes_nothing_more() -> None:
    assert all(masked(left) == left for left in MASKED.values())


SAID = "张先生 13812345678"
HEAD = {"store_id": ["S1"], "comment": [SAID]}
WAVE = {"instrument": ["employee"], "wave_id": ["W1"], "name": ["一"], "starts_on": ["2026-03-01"]} | {
    "ends_on": ["2026-03-31"]
}
TEXTS = [
    source("mystery_visits", {"visit_id": ["V1"], "visited_on": ["2026-03-05"], **HEAD}),
    source("customer_responses", {"response_id": ["R1"], "answered_on": ["2026-03-05"], **HEAD}),
    source("employee_responses", {"response_id": ["R1"], "wave_id": ["W1"], **HEAD}),
    source("management_audits", {"audit_id": ["G1"], "audited_on": ["2026-03-05"], **HEAD}),
    source("complaints", {"complaint_id": ["K1"], "opened_at": ["2026-03-05"], "outcome": [SAID], **HEAD}),
    source("notes", {"note_id": ["N1"], "level": ["chain"], "happened_on": ["2026-03-05"], "text": [SAID]}),
]


@pytest.mark.parametrize("table", TEXTS, ids=[t.table for t in TEXTS])
def test_every_free_text_is_masked_at_import_and_a_note_says_so(table: SourceTable) -> None:
    done = check([stores(), source("waves", WAVE), table], today=TODAY)
    kept = [value for row in done.tables[-1].rows.to_pylist() for value in row.values()]
    assert "***先生 ***" in kept
    assert SAID not in kept
    assert ("note", "masked") in {(f.severity, f.code) for f in done.findings}


def test_notes_to_long_answers_are_masked_too() -> None:
    long = {"visit_id": ["V1", "V2"], "item_id": ["q1", "q1"], "value": [1, 1], "note": [SAID, "ok"]}
    headers = visits()
    bare = SourceTable("mystery_visits", "a.xlsx", "S", headers.frame.drop(columns=["q1", "q2"]), headers.rows)
    done = check([stores(), items(), bare, source("mystery_visits_answers", long)], today=TODAY)
    assert done.tables[-1].rows["note"].to_pylist() == ["***先生 ***", "ok"]
    assert [(f.code, f.column, f.first_row, f.row_count) for f in done.findings if f.code == "masked"] == [
        ("masked", "note", 2, 1)
    ]


def test_long_comments_are_masked_in_a_moment() -> None:
    text = "店员态度好，但等了30分钟。" * 1_500  # 20,000 signs, the longest comment there can be
    begun = time.perf_counter()
    assert masked(text + "电话" + "1" * 40) != text
    assert masked("a" * 20_000) == "a" * 20_000
    assert masked("1-" * 10_000).count("***") <= 1
    assert time.perf_counter() - begun < 2
