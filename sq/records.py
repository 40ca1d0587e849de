"""The data dictionary: one pydantic class per table of the data contract.

A field's ``title`` is its Chinese heading; ``json_schema_extra`` adds further headings that are understood
(``also``) and marks keys (``key=True``). Required fields have no default.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
LongText = Annotated[str, StringConstraints(max_length=20_000, strip_whitespace=True)]
Instrument = Literal["mystery", "customer", "employee", "internal_service", "awareness", "management"]
Level = Literal["chain", "region", "city", "store", "department"]
Role = Literal["score", "overall", "recommend", "importance", "expectation", "perception", "promise", "outcome"]
Stage = Literal["pre-sales", "sales", "after-sales"]
StaffRole = Literal["front_line", "manager"]
Statistic = Literal["mean_0_100", "share", "top2", "nps"]

TRUE_WORDS = {"1", "1.0", "true", "yes", "y", "t", "是", "有", "√", "对"}
FALSE_WORDS = {"0", "0.0", "false", "no", "n", "f", "否", "无", "没有", "×", ""}


def _truth(value: Any) -> Any:
    text = str(value).strip().lower()
    return True if text in TRUE_WORDS else False if text in FALSE_WORDS else value


def _ids(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    for mark in ";；,，、|":
        value = value.replace(mark, " ")
    return value.split()


YesNo = Annotated[bool, BeforeValidator(_truth)]
IdList = Annotated[list[Text], BeforeValidator(_ids), Field(min_length=1)]

STAGE_WORDS = {
    "售前": "pre-sales",
    "售中": "sales",
    "售后": "after-sales",
    "presales": "pre-sales",
    "aftersales": "after-sales",
}
STATUS_WORDS = {
    "草稿": "draft",
    "通过": "approved",
    "已审核": "approved",
    "申诉": "disputed",
    "申诉中": "disputed",
    "作废": "void",
    "无效": "void",
}
INSTRUMENT_WORDS = {
    "暗访": "mystery",
    "神秘顾客": "mystery",
    "客户满意度": "customer",
    "客户": "customer",
    "员工满意度": "employee",
    "员工": "employee",
    "内部服务": "internal_service",
    "服务意识": "awareness",
    "管理诊断": "management",
}
LEVEL_WORDS = {
    "全公司": "chain",
    "大区": "region",
    "区域": "region",
    "城市": "city",
    "门店": "store",
    "职能部门": "department",
}
ROLE_WORDS = {
    "得分": "score",
    "总体": "overall",
    "推荐": "recommend",
    "重要性": "importance",
    "期望": "expectation",
    "感知": "perception",
    "承诺": "promise",
    "结果": "outcome",
}

STAFF_ROLE_WORDS = {
    "一线": "front_line",
    "一线员工": "front_line",
    "员工": "front_line",
    "front line": "front_line",
    "管理者": "manager",
    "管理人员": "manager",
    "店长": "manager",
}
# what goes wrong in a request to a department, and in its support
REQUEST_PROBLEM_WORDS = {"内容不明确": "unclear", "没有完成时限": "no_deadline", "超出能力": "beyond_capacity"}
SUPPORT_PROBLEM_WORDS = {
    "忽视请求": "ignored",
    "资源不足": "no_resources",
    "未按时限": "late",
    "质和量不足": "not_enough",
}
STATISTIC_WORDS = {
    "均值": "mean_0_100",
    "百分制均值": "mean_0_100",
    "占比": "share",
    "满意率": "top2",
    "净推荐值": "nps",
}


def _words(table: dict[str, str]) -> BeforeValidator:
    return BeforeValidator(lambda v: table.get(str(v).strip().lower(), str(v).strip()))


def _field(zh: str, *also: str, key: bool = False, default: Any = ..., **more: Any) -> Any:
    extra: dict[str, Any] = {"also": list(also), "key": key}
    return Field(default, title=zh, json_schema_extra=extra, **more)


class Record(BaseModel):
    """One row of a table; unknown columns are reported by the reader, not here."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, coerce_numbers_to_str=True)


class Store(Record):
    """A store in one region, city and format for a span of time. Key: store_id, valid_from."""

    store_id: Text = _field("门店编号", "门店编码", "网点编号", key=True)
    store_name: Text = _field("门店名称", "门店", "网点名称")
    region: Text = _field("大区", "区域", "所属大区")
    city: Text | None = _field("城市", default=None)
    format: Text | None = _field("业态", "门店类型", "店型", default=None)
    valid_from: dt.date | None = _field("归属起始日", "生效日期", key=True, default=None)
    valid_to: dt.date | None = _field("归属截止日", "失效日期", default=None)
    opened_on: dt.date | None = _field("开业日期", default=None)
    closed_on: dt.date | None = _field("闭店日期", "关店日期", default=None)
    brand: Text | None = _field("品牌", default=None)
    staff_count: int | None = _field("员工人数", default=None, ge=0)
    latitude: float | None = _field("纬度", default=None, ge=-90, le=90)
    longitude: float | None = _field("经度", default=None, ge=-180, le=180)


class Touchpoint(Record):
    """A moment of contact in the service process. Key: touchpoint_id."""

    touchpoint_id: Text = _field("触点编号", "服务触点编号", key=True)
    name_zh: Text = _field("触点名称", "服务触点", "中文名称")
    name_en: Text | None = _field("英文名称", default=None)
    stage: Annotated[Stage, _words(STAGE_WORDS)] = _field("服务环节", "环节")
    position: int = _field("顺序", "序号")


class Dimension(Record):
    """A theme of a survey. Key: instrument, dimension_id."""

    instrument: Annotated[Instrument, _words(INSTRUMENT_WORDS)] = _field("测评工具", key=True)
    dimension_id: Text = _field("维度编号", key=True)
    name_zh: Text = _field("维度名称", "维度", "中文名称")
    name_en: Text | None = _field("英文名称", default=None)
    position: int | None = _field("顺序", "序号", default=None)
    is_sensitive: YesNo = _field("是否敏感", default=False)


class Item(Record):
    """One line of a checklist or one question. Key: instrument, item_id, valid_from."""

    instrument: Annotated[Instrument, _words(INSTRUMENT_WORDS)] = _field("测评工具", key=True)
    item_id: Text = _field("题目编号", "检查项编号", "指标编号", key=True)
    text_zh: Text = _field("题目", "检查项", "检查内容", "题干")
    text_en: Text | None = _field("英文题目", default=None)
    touchpoint_id: Text | None = _field("触点编号", "服务触点编号", default=None)
    dimension_id: Text | None = _field("维度编号", default=None)
    scale_min: float = _field("最低分", "最小值")
    scale_max: float = _field("最高分", "最大值", "满分")
    is_reversed: YesNo = _field("是否反向", "反向计分", default=False)
    weight: float = _field("权重", default=1.0, ge=0)
    is_veto: YesNo = _field("一票否决", "是否一票否决", default=False)
    role: Annotated[Role, _words(ROLE_WORDS)] = _field("用途", "题目类型", default="score")
    element_id: Text | None = _field("服务要素", default=None)
    valid_from: dt.date | None = _field("生效日期", "启用日期", key=True, default=None)
    valid_to: dt.date | None = _field("失效日期", "停用日期", default=None)


class Wave(Record):
    """A planned round of one instrument. Key: instrument, wave_id."""

    instrument: Annotated[Instrument, _words(INSTRUMENT_WORDS)] = _field("测评工具", key=True)
    wave_id: Text = _field("期次编号", "期次", key=True)
    name: Text = _field("期次名称", "名称")
    starts_on: dt.date = _field("开始日期")
    ends_on: dt.date = _field("结束日期")


class Target(Record):
    """A target of a metric for a level or one place, from a day on. Key: metric, level, place, valid_from."""

    metric: Text = _field("指标", key=True)
    level: Annotated[Level, _words(LEVEL_WORDS)] = _field("层级", key=True)
    place: Text | None = _field("对象", "单位", key=True, default=None)
    valid_from: dt.date = _field("生效日期", key=True)
    target: float = _field("目标值", "目标")


class Volume(Record):
    """Customers of a store in a month: the denominator of complaints per 1,000. Key: store_id, month."""

    store_id: Text = _field("门店编号", "门店编码", key=True)
    month: dt.date = _field("月份", key=True)
    customers: float = _field("客流量", "客户数", ge=0)


class MysteryVisit(Record):
    """One mystery-shopper visit. Key: visit_id. Items follow as further columns or in mystery_visits_answers."""

    visit_id: Text = _field("暗访编号", "问卷编号", "样本编号", key=True)
    store_id: Text = _field("门店编号", "门店编码", "网点编号")
    visited_on: dt.date = _field("暗访日期", "检查日期", "访问日期")
    wave_id: Text | None = _field("期次", "期次编号", default=None)
    stream: Text | None = _field("暗访类型", "类型", default=None)
    shopper_id: Text | None = _field("暗访员编号", "暗访员", "访问员编号", default=None)
    status: Annotated[Literal["draft", "approved", "disputed", "void"], _words(STATUS_WORDS)] = _field(
        "状态", default="approved"
    )
    total_score: float | None = _field("总分", default=None, ge=0, le=100)
    evidence_url: Text | None = _field("录音链接", "证据链接", default=None)
    comment: LongText | None = _field("备注", "评语", default=None)


class CustomerResponse(Record):
    """One filled customer form. Key: response_id."""

    response_id: Text = _field("答卷编号", "问卷编号", key=True)
    store_id: Text = _field("门店编号", "门店编码")
    answered_on: dt.date = _field("答卷日期", "填写日期", "调查日期")
    wave_id: Text | None = _field("期次", "期次编号", default=None)
    channel: Text | None = _field("渠道", "调查渠道", default=None)
    segment: Text | None = _field("客户类型", "客户分群", default=None)
    weight: float = _field("权重", default=1.0, gt=0)
    has_complained: YesNo | None = _field("是否投诉过", "是否投诉", default=None)
    comment: LongText | None = _field("意见", "建议", "备注", default=None)


class Department(Record):
    """A back-office unit. Key: department_id."""

    department_id: Text = _field("部门编号", "职能部门编号", key=True)
    name_zh: Text = _field("部门名称", "职能部门", "中文名称")
    name_en: Text | None = _field("英文名称", default=None)


class Invitation(Record):
    """How many were invited: the denominator of response rates. Key: instrument, wave_id, level, place."""

    instrument: Annotated[Instrument, _words(INSTRUMENT_WORDS)] = _field("测评工具", key=True)
    wave_id: Text = _field("期次", "期次编号", key=True)
    level: Annotated[Level, _words(LEVEL_WORDS)] = _field("层级", key=True)
    place: Text | None = _field("对象", "单位", key=True, default=None)
    invited: int = _field("发放数", "邀请人数", "应答人数", ge=0)


class EmployeeResponse(Record):
    """One filled employee form of a store or a department; nobody's name. Key: response_id."""

    response_id: Text = _field("答卷编号", "问卷编号", key=True)
    store_id: Text | None = _field("门店编号", "门店编码", default=None)
    department_id: Text | None = _field("部门编号", "职能部门编号", default=None)
    wave_id: Text = _field("期次", "期次编号")
    role: Annotated[StaffRole, _words(STAFF_ROLE_WORDS)] | None = _field("岗位", "角色", default=None)
    tenure_band: Text | None = _field("工龄段", "工龄", default=None)
    is_single_answer: YesNo = _field("是否单题答卷", default=False)
    comment: LongText | None = _field("意见", "建议", "备注", default=None)


class InternalServiceResponse(Record):
    """One department rated by a front-line unit. Key: response_id."""

    response_id: Text = _field("答卷编号", "问卷编号", key=True)
    store_id: Text = _field("门店编号", "评价门店编号", "门店编码")
    department_id: Text = _field("部门编号", "被评部门编号", "职能部门编号")
    wave_id: Text = _field("期次", "期次编号")
    request_problem: Annotated[Text, _words(REQUEST_PROBLEM_WORDS)] | None = _field("请求问题", default=None)
    support_problem: Annotated[Text, _words(SUPPORT_PROBLEM_WORDS)] | None = _field("支持问题", default=None)
    comment: LongText | None = _field("意见", "建议", "备注", default=None)


class AwarenessResponse(Record):
    """One filled form about service awareness. Key: response_id."""

    response_id: Text = _field("答卷编号", "问卷编号", key=True)
    store_id: Text | None = _field("门店编号", "门店编码", default=None)
    department_id: Text | None = _field("部门编号", "职能部门编号", default=None)
    wave_id: Text = _field("期次", "期次编号")
    role: Annotated[StaffRole, _words(STAFF_ROLE_WORDS)] | None = _field("岗位", "角色", default=None)
    is_single_answer: YesNo = _field("是否单题答卷", default=False)


class ManagementAudit(Record):
    """One diagnosis of how a store is managed. Key: audit_id."""

    audit_id: Text = _field("诊断编号", "审核编号", key=True)
    store_id: Text = _field("门店编号", "门店编码")
    audited_on: dt.date = _field("诊断日期", "审核日期")
    auditor_id: Text | None = _field("诊断员编号", "诊断员", "审核员编号", default=None)
    comment: LongText | None = _field("备注", "评语", default=None)


class Aggregate(Record):
    """A result that others published. Key: instrument, level, place, period, item or dimension, statistic."""

    instrument: Annotated[Instrument, _words(INSTRUMENT_WORDS)] = _field("测评工具", key=True)
    level: Annotated[Level, _words(LEVEL_WORDS)] = _field("层级", key=True)
    place: Text | None = _field("对象", "单位", key=True, default=None)
    period_start: dt.date = _field("开始日期", "期间起", key=True)
    period_end: dt.date = _field("结束日期", "期间止", key=True)
    item_id: Text | None = _field("题目编号", "检查项编号", key=True, default=None)
    dimension_id: Text | None = _field("维度编号", key=True, default=None)
    statistic: Annotated[Statistic, _words(STATISTIC_WORDS)] = _field("统计量", key=True)
    value: float = _field("数值", "值")
    n: int | None = _field("样本量", "答卷数", default=None, ge=0)
    n_min: int | None = _field("样本量下限", default=None, ge=0)
    n_max: int | None = _field("样本量上限", default=None, ge=0)
    response_rate: float | None = _field("回收率", default=None, ge=0, le=100)


class Complaint(Record):
    """One complaint. Key: complaint_id."""

    complaint_id: Text = _field("投诉编号", "工单编号", key=True)
    store_id: Text = _field("门店编号", "门店编码")
    touchpoint_id: Text | None = _field("触点编号", "服务触点编号", default=None)
    channel: Text | None = _field("投诉渠道", "渠道", default=None)
    opened_at: dt.datetime = _field("受理时间", "投诉时间")
    responded_at: dt.datetime | None = _field("首次响应时间", "响应时间", default=None)
    due_at: dt.datetime | None = _field("处理时限", "应完成时间", default=None)
    resolved_at: dt.datetime | None = _field("办结时间", "解决时间", default=None)
    outcome: Text | None = _field("处理结果", default=None)
    is_upheld: YesNo | None = _field("是否成立", "是否属实", default=None)
    is_repeat: YesNo | None = _field("是否重复", "是否重复投诉", default=None)
    comment: LongText | None = _field("投诉内容", "备注", default=None)


class Training(Record):
    """One training of one store. Key: training_id, store_id."""

    training_id: Text = _field("培训编号", key=True)
    course: Text = _field("课程", "课程名称")
    touchpoint_ids: IdList = _field("触点编号", "相关触点")
    store_id: Text = _field("门店编号", "门店编码", key=True)
    held_on: dt.date = _field("培训日期")
    attendees: int | None = _field("参训人数", default=None, ge=0)
    passed: int | None = _field("通过人数", default=None, ge=0)


class Note(Record):
    """An event bound to a place and a day. Key: note_id."""

    note_id: Text = _field("备注编号", key=True)
    level: Annotated[Level, _words(LEVEL_WORDS)] = _field("层级")
    place: Text | None = _field("对象", "单位", default=None)
    happened_on: dt.date = _field("发生日期", "日期")
    text: LongText = _field("内容", "说明")


RECORDS: dict[str, type[Record]] = {
    "stores": Store,
    "departments": Department,
    "touchpoints": Touchpoint,
    "dimensions": Dimension,
    "items": Item,
    "waves": Wave,
    "targets": Target,
    "volumes": Volume,
    "invitations": Invitation,
    "mystery_visits": MysteryVisit,
    "customer_responses": CustomerResponse,
    "employee_responses": EmployeeResponse,
    "internal_service_responses": InternalServiceResponse,
    "awareness_responses": AwarenessResponse,
    "management_audits": ManagementAudit,
    "complaints": Complaint,
    "trainings": Training,
    "notes": Note,
    "aggregates": Aggregate,
}
# metrics that a target can be set for: those of the catalogue
METRIC_IDS: tuple[str, ...] = (
    "mystery_score",
    "failed_visits",
    "item_pass_rate",
    "customer_index",
    "overall_satisfaction",
    "nps",
    "favourable_share",
    "dissatisfied_share",
    "complained_share",
    "silent_share",
    "complaint_rate",
    "response_hours",
    "resolution_hours",
    "resolution_rate",
    "repeat_rate",
    "in_time_rate",
    "employee_index",
    "employee_favourable",
    "employee_response_rate",
    "internal_service_score",
    "awareness_index",
    "management_score",
    "published_mean",
    "published_share",
    "published_top2",
    "published_nps",
)
TABLE_LABELS_ZH: dict[str, str] = {
    "stores": "门店",
    "departments": "职能部门",
    "touchpoints": "触点",
    "dimensions": "维度",
    "items": "检查项",
    "waves": "期次",
    "targets": "目标",
    "volumes": "客流",
    "invitations": "发放",
    "mystery_visits": "暗访",
    "customer_responses": "客户答卷",
    "employee_responses": "员工答卷",
    "internal_service_responses": "内部服务评价",
    "awareness_responses": "服务意识答卷",
    "management_audits": "管理诊断",
    "complaints": "投诉",
    "trainings": "培训",
    "notes": "备注",
    "aggregates": "汇总结果",
    "mystery_visits_answers": "暗访得分",
    "customer_responses_answers": "客户答卷得分",
    "employee_responses_answers": "员工答卷得分",
    "internal_service_responses_answers": "内部服务评价得分",
    "awareness_responses_answers": "服务意识答卷得分",
    "management_audits_answers": "管理诊断得分",
}
# response table → (instrument, response id column, date column; '' = the last day of its wave)
RESPONSE_TABLES: dict[str, tuple[Instrument, str, str]] = {
    "mystery_visits": ("mystery", "visit_id", "visited_on"),
    "customer_responses": ("customer", "response_id", "answered_on"),
    "employee_responses": ("employee", "response_id", ""),
    "internal_service_responses": ("internal_service", "response_id", ""),
    "awareness_responses": ("awareness", "response_id", ""),
    "management_audits": ("management", "audit_id", "audited_on"),
}
# instruments whose respondents were promised anonymity: nothing of them but finished cells leaves the intake
ANONYMOUS: tuple[Instrument, ...] = ("employee", "internal_service", "awareness")


def keys(table: str) -> tuple[str, ...]:
    """The columns that identify a row of a table."""
    return tuple(n for n, f in RECORDS[table].model_fields.items() if _extra(f).get("key"))


def headings(table: str, column: str) -> tuple[str, ...]:
    """Every heading that means this column: English name, Chinese label, further labels."""
    info = RECORDS[table].model_fields[column]
    return (column, info.title or column, *_extra(info).get("also", []))


def _extra(info: Any) -> dict[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
