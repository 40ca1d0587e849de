"""Which table an unknown sheet is, and which of its columns are ours: by name, near name and content."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from sq import records
from sq.sources.dates import date_kinds
from sq.sources.headings import columns_of, matched, named_table, plain, required_columns
from sq.sources.observing import LOOKED_AT, Seen

SHORT = 30  # letters of a heading that names something; a longer one is a question
ALMOST = 0.95  # of the rows have a value in a column that every row needs
NEAR = 0.82  # how alike two headings are, by difflib, to count as one
# our column → words of headings that mean it; the first words are the surest
WORDS: dict[str, tuple[str, ...]] = {
    "store_id": ("store", "shop", "branch", "outlet", "facility", "location", "site", "gate", "establishment",
                 "fhrsid", "restaurant", "building", "bin", "门店", "网点", "营业厅", "店", "厅", "机构"),
    "store_name": ("store_name", "shop_name", "branch_name", "restaurant_name", "business_name", "location_name",
                   "name", "门店名称", "网点名称", "店名", "名称"),
    "region": ("region", "area", "district", "zip", "borough", "authority", "country", "state", "大区", "区域",
               "省", "片区"),
    "city": ("city", "town", "城市", "市"),
    "format": ("format", "type", "业态", "店型", "类型"),
    "department_id": ("department", "team", "unit", "office", "部门", "科室", "单位"),
    "visited_on": ("visit_date", "date_of_visit", "inspection_date", "evaluation_date", "rating_date", "date", "日期",
                   "时间"),
    "answered_on": ("answer_date", "response_date", "survey_date", "date", "year", "填写", "日期", "时间"),
    "audited_on": ("audit_date", "date", "日期"),
    "opened_at": ("opened", "created", "received", "complained", "date", "受理", "投诉时间", "日期"),
    "responded_at": ("responded", "first_response", "响应"),
    "resolved_at": ("resolved", "closed", "办结", "关闭"),
    "due_at": ("due", "deadline", "时限", "截止"),
    "held_on": ("held", "date", "日期"),
    "month": ("month", "月"),
    "visit_id": ("visit", "evaluation", "inspection", "sample", "response", "id", "编号", "序号"),
    "response_id": ("response", "respondent", "respnum", "questionnaire", "user", "id", "编号", "序号", "用户"),
    "audit_id": ("audit", "id", "编号"),
    "complaint_id": ("complaint", "ticket", "case", "request", "unique_key", "id", "工单", "编号"),
    "shopper_id": ("shopper", "surveyor", "inspector", "evaluator", "暗访员", "访问员"),
    "total_score": ("total_score", "score", "total", "总分", "得分"),
    "weight": ("weight", "权重"),
    "wave_id": ("wave", "round", "quarter", "期次", "批次"),
    "status": ("status", "状态"),
    "channel": ("channel", "method", "mode", "渠道", "方式"),
    "segment": ("segment", "customer_type", "strata", "客户类型", "星级"),
    "comment": ("comment", "remark", "free_text", "意见", "备注", "评语", "描述", "内容"),
    "role": ("role", "position", "岗位", "角色"),
    "tenure_band": ("tenure", "seniority", "工龄", "司龄"),
    "has_complained": ("has_complained", "是否投诉"),
    "customers": ("customers", "visitors", "traffic", "客流"),
    "touchpoint_id": ("touchpoint", "category", "触点"),
    "outcome": ("outcome", "result", "resolution", "结果"),
    "item_id": ("question", "item", "statement", "题目", "题号", "问题"),
    "value": ("response", "answer", "score", "value", "rating", "得分", "答案"),
}  # fmt: skip
# response and event tables → words of headings and file names that speak for them
SPEAKS: dict[str, tuple[str, ...]] = {
    "mystery_visits": (
        "mystery",
        "shopper",
        "visit",
        "inspection",
        "evaluation",
        "hygiene",
        "暗访",
        "神秘",
        "检查",
        "巡店",
    ),
    "employee_responses": ("employee", "staff", "engagement", "colleague", "my_job", "员工", "敬业"),
    "complaints": ("complaint", "ticket", "311", "case", "投诉", "工单"),
    "customer_responses": (
        "customer",
        "satisf",
        "survey",
        "passenger",
        "guest",
        "consumer",
        "满意",
        "客户",
        "顾客",
        "用户",
    ),
    "management_audits": ("audit", "诊断"),
    "internal_service_responses": ("internal", "内部服务"),
    "awareness_responses": ("awareness", "意识"),
}
FREE_TEXT = {"comment", "text", "store_name", "name_zh", "name_en", "text_zh", "text_en"}
QUESTION = re.compile(
    r"q\d|是否|有没有|[a-z]{1,3}\d+[_.、:：]"
)  # a heading that numbers its question is no name of a place or day
EXACT = {"touchpoint_id", "dimension_id", "wave_id", "valid_from", "valid_to"}  # by their own headings only
KEYS = {"visit_id", "response_id", "audit_id", "complaint_id", "training_id", "note_id"}


@dataclass(frozen=True)
class Guess:
    """A table and, for each of its columns that was found, the column of the file and why (0-1: how sure)."""

    table: str
    columns: dict[str, Seen] = field(default_factory=dict)
    sure: dict[str, float] = field(default_factory=dict)


def guessed_table(columns: Sequence[Seen], names: Iterable[str]) -> str:
    """The table that a sheet seems to be."""
    headings = [column.heading for column in columns]
    names = list(names)
    by_name = next((table for name in names if (table := named_table(name)) in records.RECORDS), None)
    if by_name is not None:
        return by_name
    whole = {t: set(matched(t, headings).values()) for t in records.RECORDS}
    whole = {t: found for t, found in whole.items() if len(found) > 2 and set(required_columns(t)) <= found}
    if whole:
        return max(whole, key=lambda t: len(whole[t]))
    if _is_list_of_stores(columns):
        return "stores"
    named, short = plain(" ".join(names)), [plain(heading) for heading in headings if len(heading) <= SHORT]
    points = {
        table: sum(2 * (word in named) + sum(word in heading for heading in short) for word in words)
        for table, words in SPEAKS.items()
    }
    best = max(points, key=lambda table: points[table])
    if points[best] == 0:
        return "customer_responses"
    return best


def _is_list_of_stores(columns: Sequence[Seen]) -> bool:
    """One row per store with its name and region, and no answers."""
    found = guessed_columns("stores", columns).columns
    return (
        {"store_id", "store_name", "region"} <= set(found)
        and found["store_id"].is_key
        and not any(column.scale for column in columns)
    )


def guessed_columns(table: str, columns: Sequence[Seen]) -> Guess:
    """The file's columns that fit ours, the surest first; each is used once."""
    pairs = sorted(
        ((_fit(table, ours, column), i, ours) for ours in columns_of(table) for i, column in enumerate(columns)),
        key=lambda pair: (-pair[0], pair[1]),
    )
    found: dict[str, Seen] = {}
    sure: dict[str, float] = {}
    for points, i, ours in pairs:
        if points > 0 and ours not in found and columns[i] not in found.values():
            found[ours], sure[ours] = columns[i], points
    return Guess(table, found, sure)


def _fit(table: str, ours: str, column: Seen) -> float:
    """How well a column fits one of ours, by name and content: 0 not at all, 1 surely."""
    points = named_like(table, ours, column.heading)
    if points == 0 or column.kind == "empty" or (points < 1 and ours in EXACT):
        return 0
    if (ours in required_columns(table) or ours == "weight") and column.filled < ALMOST * column.rows:
        return 0
    return points if _content_fits(table, ours, column) else 0


def named_like(table: str, ours: str, heading: str) -> float:
    """1 for a known heading, less for a near one or one with a word that means it."""
    name = plain(heading)
    if matched(table, [heading]).get(heading) == ours:
        return 1.0
    if QUESTION.match(name) or len(heading) > SHORT:
        return 0
    words = WORDS.get(ours, ())
    for i, word in enumerate(words):
        if _stands_in(word, name):
            return 0.9 - 0.4 * i / len(words) - 0.1 * (len(name) > 2 * len(word) + 8)
    known = [plain(h) for h in (records.headings(table, ours) if table in records.RECORDS else (ours,))]
    return 0.6 if difflib.get_close_matches(name[:60], known, 1, NEAR) else 0


def _stands_in(word: str, name: str) -> bool:
    if word.isascii():
        return re.search(rf"(?:^|[^a-z]){re.escape(word)}", name) is not None
    return word in name


def _content_fits(table: str, ours: str, column: Seen) -> bool:
    if ours in date_kinds(table):
        return column.kind == "date"
    if not _values_fit(table, ours, column):
        return False
    if column.kind == "date":
        return False
    if ours in KEYS:
        return column.is_key
    if ours in {"weight", "customers", "value"}:
        return column.kind == "number" and column.low >= 0
    if ours == "total_score":
        return column.kind == "number" and column.low >= 0 and 10 < column.high <= 100
    if ours in {"status", "role", "channel", "segment", "has_complained"}:
        return column.kind in {"words", "number"} and column.different <= 12
    if ours in FREE_TEXT:
        return column.kind in {"text", "words"}
    if ours.endswith("_id") or ours in {"region", "city", "format"}:
        return column.scale is None or column.different > 2
    return True


def _values_fit(table: str, ours: str, column: Seen) -> bool:
    """Whether a record takes the values: a closed list knows the words, a number is large enough."""
    if table not in records.RECORDS:
        return True
    info = records.RECORDS[table].model_fields[ours]
    try:
        values: Any = Annotated[info.annotation, info]
        TypeAdapter(list[values]).validate_python(list(column.counts)[:LOOKED_AT])
    except ValidationError:
        return False
    return True


def is_long(columns: Sequence[Seen]) -> tuple[Seen, Seen] | None:
    """The columns of question and answer where a file has one row per answer."""
    questions = [
        c
        for c in columns
        if c.kind in {"words", "text"}
        and 2 < c.different <= 200
        and c.rows > 5 * c.different
        and named_like("mystery_visits_answers", "item_id", c.heading) > 0.6
    ]
    answers = [
        c
        for c in columns
        if c.kind == "number" and c.scale and named_like("mystery_visits_answers", "value", c.heading) > 0.4
    ]
    return (questions[0], answers[0]) if questions and answers else None
