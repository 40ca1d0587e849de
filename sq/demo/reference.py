"""The reference tables: stores, departments, touchpoints, dimensions, items, waves, targets."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from sq.demo.chain import MOVES_TO, MOVING, Chain, half_year, month_end, quarter
from sq.demo.lists import listed
from sq.demo.planting import regions
from sq.demo.staff import awareness_waves

YES, NO = "是", "否"
INSTRUMENTS = {
    "customer": "客户满意度",
    "employee": "员工满意度",
    "internal_service": "内部服务",
    "awareness": "服务意识",
    "management": "管理诊断",
}
ROLES = {
    "score": "得分",
    "overall": "总体",
    "recommend": "推荐",
    "importance": "重要性",
    "expectation": "期望",
    "perception": "感知",
}
TARGETS = {  # of the chain, by metric
    "mystery_score": 78.0,
    "failed_visits": 2.0,
    "customer_index": 74.0,
    "overall_satisfaction": 75.0,
    "nps": 30.0,
    "complaint_rate": 0.8,
    "response_hours": 6.0,
    "resolution_hours": 48.0,
    "in_time_rate": 85.0,
    "employee_index": 64.0,
    "internal_service_score": 65.0,
    "management_score": 75.0,
}


def store_rows(chain: Chain) -> pd.DataFrame:
    """The stores sheet: one row per store and span of membership."""
    columns = [
        "store_id",
        "store_name",
        "region",
        "city",
        "format",
        "opened_on",
        "closed_on",
        "brand",
        "staff_count",
        "latitude",
        "longitude",
    ]
    rows = chain.stores[columns].copy()
    rows.insert(5, "valid_from", pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]"))
    rows.insert(6, "valid_to", pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]"))
    rows["brand"] = rows["brand"].replace("", None)
    moving = chain.store_at(MOVING)
    if moving is None:
        return rows
    later = rows.loc[[moving]].assign(region=MOVES_TO, valid_from=pd.Timestamp(chain.moved_on))
    rows.loc[moving, "valid_to"] = pd.Timestamp(chain.moved_on) - pd.Timedelta(days=1)
    return pd.concat([rows.loc[:moving], later, rows.loc[moving + 1 :]], ignore_index=True)


def touchpoint_rows() -> pd.DataFrame:
    """The touchpoints sheet."""
    words = {"pre-sales": "售前", "sales": "售中", "after-sales": "售后"}
    return listed("touchpoints").drop(columns="streams").replace({"stage": words})


def department_rows() -> pd.DataFrame:
    """The departments sheet."""
    return listed("departments").drop(columns="staff")


def dimension_rows() -> pd.DataFrame:
    """The dimensions sheet."""
    rows = pd.concat([listed("dimensions"), listed("survey_dimensions")], ignore_index=True)
    rows = rows.drop(columns="driver_weight")
    return rows.assign(instrument=rows["instrument"].map(INSTRUMENTS), is_sensitive=_yes(rows["is_sensitive"]))


def _yes(column: pd.Series) -> pd.Series:
    return column.map({0: NO, 1: YES})


def item_rows(chain: Chain) -> pd.DataFrame:
    """The items sheet: the checklist (with its change) and the questionnaires."""
    changed = pd.Timestamp(chain.changed_on) if chain.changed_on else pd.NaT
    checklist = listed("items")
    checklist = checklist if chain.changed_on else checklist[checklist["span"] != "new"]
    day_before = changed - pd.Timedelta(days=1)
    checklist = checklist.assign(
        instrument="暗访",
        role="得分",
        is_veto=_yes(checklist["is_veto"]),
        valid_from=pd.to_datetime(checklist["span"].map({"new": changed})),
        valid_to=pd.to_datetime(checklist["span"].map({"old": day_before})),
    )
    questions = listed("questions").assign(instrument="客户满意度", is_veto=NO, weight=1)
    questions["role"] = questions["role"].map(ROLES)
    surveys = listed("survey_items").assign(is_veto=NO)
    surveys = surveys.assign(instrument=surveys["instrument"].map(INSTRUMENTS), role=surveys["role"].map(ROLES))
    surveys["is_reversed"] = _yes(surveys["is_reversed"])
    columns = ["instrument", "item_id", "text_zh", "text_en", "touchpoint_id", "dimension_id", "scale_min", "scale_max"]
    columns += ["is_reversed", "weight", "is_veto", "role", "element_id", "valid_from", "valid_to"]
    rows = pd.concat([checklist.assign(is_reversed=NO), questions.assign(is_reversed=NO), surveys], ignore_index=True)
    return rows.reindex(columns=columns).replace("", None)


def wave_rows(chain: Chain) -> pd.DataFrame:
    """The waves sheet: visits and customers every quarter, the staff every half-year (their awareness once a year)."""
    rows: list[tuple[str, str, str, dt.date, dt.date]] = []
    for first in {quarter(m): m for m in reversed(chain.months)}.values():
        start = dt.date(first.year, (first.month - 1) // 3 * 3 + 1, 1)
        name = f"{start.year}年第{'一二三四'[start.month // 3]}季度"
        end = month_end(start.replace(month=start.month + 2))
        rows += [(i, quarter(start), name, start, end) for i in ("暗访", "客户满意度")]
    for wave, number in enumerate(chain.survey_months):
        rows += [(i, *_survey(chain.months[number])) for i in ("员工满意度", "内部服务")]
        if wave in awareness_waves(chain):
            rows.append(("服务意识", *_survey(chain.months[number])))
    frame = pd.DataFrame(rows, columns=["instrument", "wave_id", "name", "starts_on", "ends_on"])
    frame = frame.astype({"starts_on": "datetime64[us]", "ends_on": "datetime64[us]"})
    return frame.sort_values(["instrument", "wave_id"], kind="stable").reset_index(drop=True)


def _survey(month: dt.date) -> tuple[str, str, dt.date, dt.date]:
    name = f"{month.year}年{'上' if month.month <= 6 else '下'}半年"
    return half_year(month), name, month, month_end(month)


def target_rows(chain: Chain) -> pd.DataFrame:
    """The targets sheet: the chain's, one for each region, and a higher mystery score from the second half on."""
    start, later = pd.Timestamp(chain.months[0]), pd.Timestamp(chain.months[chain.month_at(0.5)])
    rows: list[tuple[str, str, str | None, pd.Timestamp, float]]
    rows = [(metric, "chain", None, start, value) for metric, value in TARGETS.items()]
    rows += [("mystery_score", "region", region, start, 78.0) for region in regions()]
    if later > start:
        rows.append(("mystery_score", "chain", None, later, 80.0))
    frame = pd.DataFrame(rows, columns=["metric", "level", "place", "valid_from", "target"])
    return frame.assign(level=frame["level"].map({"chain": "全公司", "region": "大区"}))
