"""Checking of surveys without names, waves, invitations, audits and results that others published."""

from typing import Any

import pytest

from sq.checking import Checked, Finding, Known, check
from sq.language import speaking
from sq.sources import SourceTable
from tests.test_checking import TODAY, found, source, stores

Cells = dict[str, list[Any]]


def departments() -> SourceTable:
    return source("departments", {"department_id": ["D1", "D2"], "name_zh": ["物流", "人事"]})


def waves(**more: list[Any]) -> SourceTable:
    columns: Cells = {
        "instrument": ["员工", "awareness"],
        "wave_id": ["W1", "W1"],
        "name": ["一", "一"],
        "starts_on": ["2026-03-01", "2026-03-01"],
        "ends_on": ["2026-03-31", "2026-03-31"],
    }
    return source("waves", columns | more)


def items(**more: list[Any]) -> SourceTable:
    columns: Cells = {
        "instrument": ["employee", "employee", "awareness", "管理诊断"],
        "item_id": ["e1", "e2", "a1", "g1"],
        "text_zh": ["认可", "薪酬", "标准", "班会"],
        "dimension_id": ["work", None, None, None],
        "scale_min": [1, 1, 1, 0],
        "scale_max": [5, 5, 5, 1],
    }
    return source("items", columns | more)


def dimensions() -> SourceTable:
    return source("dimensions", {"instrument": ["employee"], "dimension_id": ["work"], "name_zh": ["工作"]})


def employees(**more: list[Any]) -> SourceTable:
    """One form of a store, one of a department."""
    columns: Cells = {
        "response_id": ["R1", "R2"],
        "store_id": ["S1", None],
        "department_id": [None, "D1"],
        "wave_id": ["W1", "W1"],
        "e1": [5, 1],
    }
    return source("employee_responses", columns | more, ("e1",))


LISTS = (stores(), departments(), dimensions(), items(), waves())


def told(*tables: SourceTable) -> list[tuple[str, str, str, str, int, int]]:
    """(code, column, value, allowed, first row, rows) of each finding beside sound lists."""
    return found(*LISTS, *tables)


def messages(*findings: Finding) -> list[str]:
    with speaking("zh"):
        return [str(f.message) for f in findings]


def test_forms_of_stores_and_of_departments_are_accepted() -> None:
    done = check([*LISTS, employees()], today=TODAY)
    assert done.findings == []
    assert done.tables[-1].blocks[0].values[0].to_pylist() == [5.0, 1.0]


def test_a_form_with_store_and_department_or_with_neither_is_refused() -> None:
    assert told(employees(store_id=["S1", "S2"], department_id=["D1", None])) == [
        ("store_and_department", "department_id", "S1 · D1", "", 2, 1)
    ]
    assert told(employees(store_id=["S1", None], department_id=[None, "-"])) == [("no_unit", "", "", "", 3, 1)]
    aware = {"response_id": ["A1"], "wave_id": ["W1"], "a1": [4]}
    assert [f[0] for f in told(source("awareness_responses", aware, ("a1",)))] == ["no_unit"]


def test_the_message_of_such_a_form_says_what_to_change() -> None:
    done = check([*LISTS, employees(store_id=["S1", None], department_id=["D1", None])], today=TODAY)
    assert messages(*done.findings) == [
        "a.xlsx 工作表“S”第 2 行“department_id”列：答卷同时填了门店和职能部门（S1 · D1）；"
        "应为：只填答卷人所在的门店或职能部门，另一项留空。",
        "a.xlsx 工作表“S”第 3 行：答卷既没有填门店，也没有填职能部门；应为：填写答卷人所在的门店或职能部门。",
    ]


def test_unknown_departments_roles_and_items_are_refused_with_what_is_allowed() -> None:
    assert told(employees(department_id=[None, "D9"], role=["店长", "boss"])) == [
        ("not_in_list", "role", "boss", "front_line, manager", 3, 1),
        ("unknown_department", "department_id", "D9", "D1, D2", 3, 1),
    ]
    strange = {"response_id": ["R1"], "store_id": ["S1"], "wave_id": ["W1"], "a1": [4]}
    assert [(f[0], f[2]) for f in told(source("employee_responses", strange, ("a1",)))] == [("unknown_item", "a1")]


def test_a_form_without_a_day_needs_a_listed_wave_of_its_instrument() -> None:
    assert told(employees(wave_id=["W1", "W2"])) == [("wave_not_listed", "wave_id", "W2", "W1", 3, 1)]
    rated = {"response_id": ["I1"], "store_id": ["S1"], "department_id": ["D1"], "wave_id": ["W1"]}
    assert next(f[:3] for f in told(source("internal_service_responses", rated))) == (
        "wave_not_listed",
        "wave_id",
        "W1",  # employees have such a wave, internal service has none
    )


def test_answers_before_their_wave_begins_are_refused_and_an_open_wave_takes_answers() -> None:
    later = waves(starts_on=["2026-07-01", "2026-03-01"], ends_on=["2026-07-31", "2026-03-31"])
    assert found(stores(), departments(), dimensions(), items(), later, employees()) == [
        ("wave_not_begun", "wave_id", "2026-07-01", "2026-06-30", 2, 2)
    ]
    opened = waves(ends_on=["2026-12-31", "2026-03-31"])
    assert found(stores(), departments(), dimensions(), items(), opened, employees()) == []


def test_an_item_is_valid_on_the_last_day_of_the_wave_or_not_asked() -> None:
    # W1 ends on 31 March: e1 is in use until the 30th
    ended = items(valid_to=["2026-03-30", None, None, None])
    assert found(stores(), departments(), dimensions(), ended, waves(), employees()) == [
        ("item_not_valid", "e1", "5", "…–2026-03-30", 2, 1),
        ("item_not_valid", "e1", "1", "…–2026-03-30", 3, 1),
    ]


def test_long_answers_of_employees_find_their_forms() -> None:
    head = source("employee_responses", {"response_id": ["R1"], "store_id": ["S1"], "wave_id": ["W1"]})
    long: Cells = {"response_id": ["R1", "R9", "R1"], "item_id": ["e1", "e1", "e2"], "value": [3, 4, 9]}
    assert told(head, source("employee_responses_answers", long)) == [
        ("out_of_scale", "value", "9", "1–5", 4, 1),
        ("unknown_response", "response_id", "R9", "", 3, 1),
    ]


def known(*tables: SourceTable) -> Known:
    """What an earlier delivery leaves."""
    after = Known()
    assert check([*LISTS, *tables], after, TODAY).errors == 0
    return after


def test_a_number_that_an_earlier_wave_has_used_is_refused_not_replaced() -> None:
    second = waves(wave_id=["W2", "W1"])
    done = check([second, employees(wave_id=["W2", "W1"], response_id=["R1", "R2"])], known(employees()), TODAY)
    assert [(f.code, f.value, f.allowed, f.first_row) for f in done.findings] == [("form_of_other_wave", "R1", "W1", 2)]


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [
        ("2026-03-01", "2026-03-31", None),  # the same again
        ("2026-02-01", "2026-03-31", "wave_moved"),
        ("2026-03-01", "2026-04-30", "wave_moved"),
        ("2026-03-01", "2026-06-30", "wave_reopened"),  # had ended on 31 March; answers come until today
    ],
)
def test_a_wave_sent_again_with_other_dates_is_told(starts: str, ends: str, code: str | None) -> None:
    again = waves(starts_on=[starts, "2026-03-01"], ends_on=[ends, "2026-03-31"])
    done = check([again], known(), TODAY)
    assert [(f.severity, f.code, f.value, f.allowed) for f in done.findings] == (
        [] if code is None else [("warning", code, "W1", "2026-03-01–2026-03-31")]
    )


def test_units_that_change_their_name_are_noted() -> None:
    renamed = source("departments", {"department_id": ["D1", "D2"], "name_zh": ["仓储", "人事"]})
    done = check([stores(store_name=["一号店", "二店"]), renamed], known(), TODAY)
    assert [(f.severity, f.code, f.table, f.value, f.allowed, f.first_row) for f in done.findings] == [
        ("note", "renamed", "departments", "仓储", "物流", 2),
        ("note", "renamed", "stores", "一号店", "一店", 2),
    ]
    assert messages(done.findings[1]) == [
        "a.xlsx 工作表“S”第 2 行“store_name”列：原名称“一店”，现改为“一号店”；前后结果仍连在一起。"
    ]


def test_a_store_that_gave_way_to_another_with_its_name_is_noted() -> None:
    done = check([stores(store_id=["S7", "S2"])], known(), TODAY)
    assert [(f.severity, f.code, f.value, f.allowed) for f in done.findings] == [("note", "same_name", "一店", "S1")]
    beside = stores(store_id=["S7", "S1"], store_name=["一店", "一店"])  # S1 is still there
    assert check([beside], known(), TODAY).findings == []


def test_the_name_of_a_store_is_that_of_its_last_span() -> None:
    moved = stores(store_id=["S1", "S1"], store_name=["一店", "老一店"], valid_from=["2026-02-01", None])
    assert check([moved], known(), TODAY).findings == []


def invited(**more: list[Any]) -> SourceTable:
    columns: Cells = {
        "instrument": ["employee"] * 4,
        "wave_id": ["W1"] * 4,
        "level": ["chain", "大区", "store", "department"],
        "place": [None, "北", "S1", "D1"],
        "invited": [90, 30, 8, 6],
    }
    return source("invitations", columns | more)


def test_invitations_name_a_known_place_of_their_level_and_stand_once() -> None:
    assert told(invited()) == []
    assert told(invited(place=["X", "东", "D1", "S1"])) == [
        ("place_not_listed", "place", "东", "北, 南", 3, 1),
        ("place_not_listed", "place", "D1", "S1, S2", 4, 1),
        ("place_not_listed", "place", "S1", "D1, D2", 5, 1),
        ("place_of_chain", "place", "X", "", 2, 1),
    ]
    assert told(invited(place=[None, None, "S1", "D1"])) == [("missing", "place", "", "", 3, 1)]
    twice = invited(level=["store"] * 4, place=["S1", "S2", "S1", "S2"])
    assert [(f[0], f[2], f[4]) for f in told(twice)] == [
        ("duplicate_key", "employee · W1 · store · S1", 4),
        ("duplicate_key", "employee · W1 · store · S2", 5),
    ]
    assert told(invited(wave_id=["W1", "W1", "W1", "W9"])) == [("wave_not_listed", "wave_id", "W9", "W1", 5, 1)]


def results(**more: list[Any]) -> SourceTable:
    columns: Cells = {
        "instrument": ["employee"] * 4,
        "level": ["chain", "region", "store", "department"],
        "place": [None, "全国", "S1", "D2"],  # a region of others need hold none of our stores
        "period_start": ["2026-01-01"] * 4,
        "period_end": ["2026-03-31"] * 4,
        "statistic": ["占比", "top2", "净推荐值", "mean_0_100"],
        "value": [45, 0, -100, 100],
    }
    return source("aggregates", columns | more)


def test_results_of_others_are_accepted_with_their_places() -> None:
    assert told(results()) == []
    assert told(results(place=[None, "全国", "S9", "D9"])) == [
        ("place_not_listed", "place", "S9", "S1, S2", 4, 1),
        ("place_not_listed", "place", "D9", "D1, D2", 5, 1),
    ]


def test_each_statistic_has_its_range() -> None:
    assert told(results(value=[100.5, -1, -101, 101])) == [
        ("out_of_range", "value", "100.5", "≥ 0, ≤ 100", 2, 1),
        ("out_of_range", "value", "-1", "≥ 0, ≤ 100", 3, 1),
        ("out_of_range", "value", "-101", "≥ -100, ≤ 100", 4, 1),
        ("out_of_range", "value", "101", "≥ 0, ≤ 100", 5, 1),
    ]


def test_shares_given_as_fractions_are_told_and_kept_as_they_are() -> None:
    done = check([*LISTS, results(statistic=["share"] * 4, value=[0.5, 0.25, 1, 0])], today=TODAY)
    assert [(f.severity, f.code, f.row_count) for f in done.findings] == [("warning", "fractions", 4)]
    assert done.tables[-1].rows["value"].to_pylist() == [0.5, 0.25, 1.0, 0.0]
    assert told(results(statistic=["share"] * 4, value=[0.5, 0.25, 1, 2])) == []


def test_a_result_is_about_a_known_item_or_dimension_not_about_both() -> None:
    assert told(
        results(item_id=["e1", "e1", "e9", None], dimension_id=[None, "work", None, "wrok"]),
    ) == [
        ("unknown_dimension", "dimension_id", "wrok", "work", 5, 1),
        ("unknown_item", "item_id", "e9", "e1, e2", 4, 1),
        ("item_and_dimension", "dimension_id", "e1 · work", "", 3, 1),
    ]


def test_periods_run_forward_and_sample_sizes_agree() -> None:
    assert told(results(period_end=["2025-12-31", *["2026-03-31"] * 3])) == [
        ("wrong_order", "period_end", "2025-12-31", "2026-01-01", 2, 1)
    ]
    sizes = results(n=[10, 10, 10, None], n_min=[11, 5, None, 9], n_max=[None, 20, 9, 8])
    assert told(sizes) == [
        ("sample_sizes", "n", "11, 10", "", 2, 1),
        ("sample_sizes", "n", "10, 9", "", 4, 1),
        ("sample_sizes", "n", "9, 8", "", 5, 1),
    ]


def test_an_audit_before_opening_or_after_closing_is_refused() -> None:
    shops = stores(opened_on=["2026-03-10", None], closed_on=[None, "2026-03-01"])
    audits = source(
        "management_audits",
        {"audit_id": ["G1", "G2"], "store_id": ["S1", "S2"], "audited_on": ["2026-03-05", "2026-03-06"], "g1": [1, 0]},
        ("g1",),
    )
    assert found(shops, departments(), dimensions(), items(), waves(), audits) == [
        ("before_opening", "audited_on", "2026-03-05", "2026-03-10", 2, 1),
        ("after_closing", "audited_on", "2026-03-06", "2026-03-01", 3, 1),
    ]


def test_one_bad_row_keeps_the_good_ones_apart() -> None:
    done: Checked = check([*LISTS, employees(store_id=["S1", "S2"], e1=[5, 4])], today=TODAY)
    assert [(t.table, len(t.rows), t.rejected) for t in done.tables][-1] == ("employee_responses", 1, 1)
    assert done.rejects[0].frame["response_id"].tolist() == ["R2"]
