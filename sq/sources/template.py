"""The blank workbook: a sheet per table with headings, one example row, drop-downs and an explanation."""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from sq import records
from sq.language import N_, Message, current_language, local_name, speaking
from sq.sources.headings import ANSWERS, columns_of, heading_of, required_columns, table_name, table_names

ROWS = 2000  # rows below the heading that carry drop-downs
HEAD = PatternFill("solid", fgColor="E8EEF4")
NEEDED = PatternFill("solid", fgColor="CFE0EE")
EXAMPLE = Font(italic=True, color="7A7A7A")
WORDS: Mapping[str, Mapping[str, str]] = {
    "stage": records.STAGE_WORDS,
    "status": records.STATUS_WORDS,
    "instrument": records.INSTRUMENT_WORDS,
    "level": records.LEVEL_WORDS,
    "role": {**records.ROLE_WORDS, **records.STAFF_ROLE_WORDS},
    "request_problem": records.REQUEST_PROBLEM_WORDS,
    "support_problem": records.SUPPORT_PROBLEM_WORDS,
    "statistic": records.STATISTIC_WORDS,
}
OPEN_LISTS = ("request_problem", "support_problem")  # other words are allowed, too
POINTS_TO = {
    "store_id": "stores",
    "department_id": "departments",
    "touchpoint_id": "touchpoints",
    "dimension_id": "dimensions",
    "wave_id": "waves",
}
DAY = dt.date(2026, 1, 5)
ITEM_COLUMNS = {
    "mystery_visits": "M01",
    "customer_responses": "C01",
    "employee_responses": "E01",
    "internal_service_responses": "N01",
    "awareness_responses": "W01",
    "management_audits": "G01",
}
MEANINGS = {
    "stores": N_("One row per store and span of time in a region, city and format."),
    "departments": N_("The back-office units that support the stores."),
    "touchpoints": N_("The moments of contact in the service process, in order."),
    "dimensions": N_("The themes of a survey."),
    "items": N_("The lines of a checklist and the questions of a survey."),
    "waves": N_("The planned rounds of a measurement."),
    "targets": N_("The target of a metric for the chain, a region or a store from a day on."),
    "volumes": N_("Customers per store and month: the denominator of complaints per 1,000."),
    "invitations": N_("How many were invited in a wave: the denominator of response rates."),
    "mystery_visits": N_("One row per mystery visit; one further column per item, headed by its id."),
    "customer_responses": N_("One row per filled form; one further column per item, headed by its id."),
    "employee_responses": N_(
        "One row per filled form of an employee, without a name; of a store or of a department, not both."
    ),
    "internal_service_responses": N_("One row per rating of a department by a store."),
    "awareness_responses": N_("One row per filled form about service awareness; of a store or of a department."),
    "management_audits": N_("One row per diagnosis of how a store is managed; one further column per item."),
    "complaints": N_("One row per complaint."),
    "trainings": N_("One row per training and store."),
    "notes": N_("Events bound to a place and a day."),
    "aggregates": N_("Results that others published; without a sample size no interval and no verdict."),
    "mystery_visits_answers": N_("One row per answer, if visits do not carry their items as columns."),
    "customer_responses_answers": N_("One row per answer, if forms do not carry their items as columns."),
    "employee_responses_answers": N_("One row per answer, if forms do not carry their items as columns."),
    "internal_service_responses_answers": N_("One row per answer, if forms do not carry their items as columns."),
    "awareness_responses_answers": N_("One row per answer, if forms do not carry their items as columns."),
    "management_audits_answers": N_("One row per answer, if diagnoses do not carry their items as columns."),
}
# The second value is used in a Chinese workbook where the two differ.
EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "stores": {
        "store_id": "S001",
        "store_name": ("Example store (delete)", "示例门店（请删除）"),
        "region": ("North", "北区"),
        "city": ("Harbin", "哈尔滨"),
        "format": ("Flagship", "旗舰店"),
        "opened_on": dt.date(2020, 1, 1),
        "staff_count": 12,
    },
    "departments": {"department_id": "D01", "name_zh": "物流部", "name_en": "Logistics"},
    "touchpoints": {
        "touchpoint_id": "T04",
        "name_zh": "进店问候",
        "name_en": "Greeting",
        "stage": "pre-sales",
        "position": 4,
    },
    "dimensions": {
        "instrument": "customer",
        "dimension_id": "service",
        "name_zh": "服务质量",
        "name_en": "Service quality",
        "position": 1,
        "is_sensitive": False,
    },
    "items": {
        "instrument": "mystery",
        "item_id": "M01",
        "text_zh": "三秒内主动问候",
        "text_en": "Greets within three seconds",
        "touchpoint_id": "T04",
        "scale_min": 0,
        "scale_max": 5,
        "is_reversed": False,
        "weight": 1,
        "is_veto": False,
        "role": "score",
    },
    "waves": {
        "instrument": "mystery",
        "wave_id": "2026Q1",
        "name": ("2026 Q1", "2026年第一季度"),
        "starts_on": dt.date(2026, 1, 1),
        "ends_on": dt.date(2026, 3, 31),
    },
    "targets": {"metric": "mystery_score", "level": "chain", "valid_from": dt.date(2026, 1, 1), "target": 85},
    "volumes": {"store_id": "S001", "month": dt.date(2026, 1, 1), "customers": 3200},
    "invitations": {"instrument": "employee", "wave_id": "2026H1", "level": "store", "place": "S001", "invited": 12},
    "mystery_visits": {
        "visit_id": "V0001",
        "store_id": "S001",
        "visited_on": DAY,
        "wave_id": "2026Q1",
        "shopper_id": "P01",
        "status": "approved",
        "M01": 4,
    },
    "customer_responses": {
        "response_id": "R0001",
        "store_id": "S001",
        "answered_on": DAY,
        "weight": 1,
        "has_complained": False,
        "C01": 5,
    },
    "employee_responses": {
        "response_id": "E0001",
        "store_id": "S001",
        "wave_id": "2026H1",
        "role": "front_line",
        "tenure_band": ("1-3 years", "1至3年"),
        "E01": 4,
    },
    "internal_service_responses": {
        "response_id": "I0001",
        "store_id": "S001",
        "department_id": "D01",
        "wave_id": "2026H1",
        "support_problem": "late",
        "N01": 3,
    },
    "awareness_responses": {
        "response_id": "A0001",
        "department_id": "D01",
        "wave_id": "2026H1",
        "role": "manager",
        "W01": 5,
    },
    "management_audits": {
        "audit_id": "G0001",
        "store_id": "S001",
        "audited_on": DAY,
        "auditor_id": "P02",
        "G01": 1,
    },
    "complaints": {
        "complaint_id": "K0001",
        "store_id": "S001",
        "touchpoint_id": "T04",
        "opened_at": dt.datetime(2026, 1, 5, 10, 30),
        "responded_at": dt.datetime(2026, 1, 5, 15, 0),
        "resolved_at": dt.datetime(2026, 1, 7, 9, 0),
        "is_upheld": True,
        "is_repeat": False,
    },
    "trainings": {
        "training_id": "X001",
        "course": ("Greeting", "迎宾问候"),
        "touchpoint_ids": "T04",
        "store_id": "S001",
        "held_on": DAY,
        "attendees": 10,
        "passed": 9,
    },
    "notes": {
        "note_id": "N001",
        "level": "store",
        "place": "S001",
        "happened_on": DAY,
        "text": ("Example: refitting began", "示例：门店开始装修"),
    },
    "aggregates": {
        "instrument": "customer",
        "level": "region",
        "place": ("North", "北区"),
        "period_start": dt.date(2026, 1, 1),
        "period_end": dt.date(2026, 3, 31),
        "item_id": "C01",
        "statistic": "top2",
        "value": 82.5,
        "n": 240,
    },
}


def _question(instrument: str, item_id: str, zh: str, en: str, low: int, high: int) -> dict[str, Any]:
    fixed = {"is_reversed": False, "weight": 1, "is_veto": False, "role": "score"}
    texts = {"instrument": instrument, "item_id": item_id, "text_zh": zh, "text_en": en}
    return {**texts, "scale_min": low, "scale_max": high, **fixed}


def _wave(instrument: str) -> dict[str, Any]:
    first_half = {"name": ("2026 first half", "2026年上半年"), "starts_on": DAY, "ends_on": dt.date(2026, 6, 30)}
    return {"instrument": instrument, "wave_id": "2026H1", **first_half}


# so that the examples of every form have a column to answer and a wave to belong to
FURTHER: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "items": (
        {
            **_question("customer", "C01", "服务态度满意吗", "How satisfied are you with the manner of service", 1, 5),
            "dimension_id": "service",
        },
        _question("employee", "E01", "我的工作得到认可", "My work is recognised", 1, 5),
        _question("internal_service", "N01", "按时答复我们的请求", "Answers our requests in time", 1, 5),
        _question("awareness", "W01", "我清楚本岗位的服务标准", "I know the service standards of my job", 1, 5),
        _question("management", "G01", "每日召开班前会", "Holds a meeting before every shift", 0, 1),
    ),
    "waves": (_wave("employee"), _wave("internal_service"), _wave("awareness")),
}


def template(path: Path, lang: str | None = None) -> Path:
    """Write the blank workbook in a language (default: the current one); it imports as it is."""
    with speaking(lang or current_language()):
        book = Workbook()
        explanation = book.active
        assert explanation is not None
        _explain(explanation)
        for table in table_names():
            if not table.endswith(ANSWERS):
                _table_sheet(book.create_sheet(str(table_name(table))), table)
        book.save(path)
    return path


def _explain(sheet: Worksheet) -> None:
    sheet.title = str(Message("Instructions"))
    sheet.append([str(line) for line in (Message("Sheet"), Message("Meaning"), Message("Column"), Message("Headings"))])
    sheet.append([str(Message("Every sheet")), str(Message(ADVICE))])
    for table in table_names():
        sheet.append([str(table_name(table)), str(Message(MEANINGS.get(table, table)))])
        for column in columns_of(table):
            needed = str(Message("required")) if column in required_columns(table) else ""
            sheet.append(["", needed, str(heading_of(table, column)), " / ".join(_known(table, column))])
    for letter, width in zip("ABCD", (18, 60, 22, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), HEAD
    sheet["B2"].alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


ADVICE = N_(
    "Headings with a dark ground are required. The grey row is an example: write over it or delete it. "
    "An empty cell or N/A means not applicable. Sheets that are not needed may be left as headings or deleted."
)


def _known(table: str, column: str) -> tuple[str, ...]:
    if table.endswith(ANSWERS):
        named = heading_of(table, column)
        return (named.en, named.zh)
    return records.headings(table, column)


def _table_sheet(sheet: Worksheet, table: str) -> None:
    columns = [*columns_of(table), *([ITEM_COLUMNS[table]] if table in ITEM_COLUMNS else [])]
    for i, column in enumerate(columns, start=1):
        _heading(sheet, i, table, column)
    for row in _examples(table):
        sheet.append([_shown(column, row.get(column)) for column in columns])
    for cells in sheet.iter_rows(min_row=2, max_row=sheet.max_row):
        for cell in cells:
            cell.font = EXAMPLE
    for i, column in enumerate(columns, start=1):
        _drop_down(sheet, get_column_letter(i), table, column)
    sheet.freeze_panes = "A2"


def _heading(sheet: Worksheet, i: int, table: str, column: str) -> None:
    own = column in columns_of(table)
    named = heading_of(table, column) if own else None
    cell = sheet.cell(1, i, str(named) if named else column)
    cell.font = Font(bold=True)
    cell.fill = NEEDED if own and column in required_columns(table) else HEAD
    if named:
        cell.comment = Comment(f"{named.zh} / {named.en}", "sq")
    sheet.column_dimensions[get_column_letter(i)].width = 20 if column.startswith(("text", "name", "comment")) else 14


def _examples(table: str) -> Iterator[Mapping[str, Any]]:
    if table in EXAMPLES:
        yield EXAMPLES[table]
    yield from FURTHER.get(table, ())


def _shown(column: str, value: Any) -> Any:
    """An example value in the workbook's language."""
    if isinstance(value, tuple):
        return local_name(value[1], value[0])
    if isinstance(value, bool):
        return local_name("是" if value else "否", "yes" if value else "no")
    return _word(column, value) if isinstance(value, str) else value


def _word(column: str, value: str) -> str:
    words = {ours: zh for zh, ours in reversed(list(WORDS.get(column, {}).items())) if not zh.isascii()}
    return local_name(words.get(value, value), value)


def _drop_down(sheet: Worksheet, letter: str, table: str, column: str) -> None:
    formula = _choices(table, column)
    if formula is None:
        return
    # a warning, not a stop: a region's stores may be delivered in another file
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, errorStyle="warning")
    rule.add(f"{letter}2:{letter}{ROWS}")
    sheet.add_data_validation(rule)


def _choices(table: str, column: str) -> str | None:
    """The formula of a drop-down: listed words, or the ids of the table a column points to."""
    owner = POINTS_TO.get(column)
    if owner is not None and owner != table and column in columns_of(table):
        letter = get_column_letter(columns_of(owner).index(column) + 1)
        return f"'{table_name(owner)}'!${letter}$2:${letter}${ROWS}"
    words = _allowed(table, column)
    return '"' + ",".join(words) + '"' if words else None


def _allowed(table: str, column: str) -> list[str]:
    if column not in columns_of(table) or table.endswith(ANSWERS):
        return []
    annotation = records.RECORDS[table].model_fields[column].annotation
    if column in OPEN_LISTS:
        return [_word(column, option) for option in WORDS[column].values()]
    options = [option for kind in (annotation, *typing.get_args(annotation)) for option in typing.get_args(kind)]
    if bool in (annotation, *typing.get_args(annotation)):
        return [_shown(column, True), _shown(column, False)]
    return [_word(column, option) for option in options if isinstance(option, str)]
