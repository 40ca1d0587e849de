"""A small chain that every hostile delivery is imported into, and good rows to spoil."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from sq.intake import load

# table → headings and rows that are right (dates lie before any day on which a campaign runs)
GOOD: dict[str, list[list[str]]] = {
    "stores": [
        ["store_id", "store_name", "region", "city", "format", "opened_on"],
        ["S1", "北一店", "华北", "北京", "A", "2020-01-01"],
        ["S2", "南一店", "华南", "广州", "B", "2020-01-01"],
        ["S3", "南二店", "华南", "深圳", "B", "2020-01-01"],
    ],
    "departments": [["department_id", "name_zh", "name_en"], ["HR", "人事部", "HR"], ["IT", "信息部", "IT"]],
    "touchpoints": [
        ["touchpoint_id", "name_zh", "name_en", "stage", "position"],
        ["greeting", "问候", "Greeting", "pre-sales", "1"],
        ["payment", "付款", "Payment", "sales", "2"],
    ],
    "dimensions": [
        ["instrument", "dimension_id", "name_zh", "position", "is_sensitive"],
        ["employee", "work", "工作环境", "1", "0"],
        ["employee", "pay", "待遇", "2", "1"],
    ],
    "items": [
        ["instrument", "item_id", "text_zh", "touchpoint_id", "dimension_id", "scale_min", "scale_max"],
        ["mystery", "M1", "主动问候", "greeting", "", "0", "1"],
        ["mystery", "M2", "微笑", "greeting", "", "0", "10"],
        ["customer", "C1", "总体满意", "", "", "1", "5"],
        ["customer", "C2", "付款方便", "payment", "", "1", "5"],
        ["employee", "E1", "环境满意", "", "work", "1", "5"],
        ["employee", "E2", "待遇满意", "", "pay", "1", "5"],
        ["awareness", "W1", "知道标准", "", "", "0", "1"],
        ["internal_service", "I1", "响应及时", "", "", "1", "5"],
        ["management", "G1", "有制度", "", "", "0", "2"],
    ],
    "waves": [
        ["instrument", "wave_id", "name", "starts_on", "ends_on"],
        ["employee", "2026A", "上半年", "2026-01-01", "2026-02-28"],
        ["internal_service", "2026A", "上半年", "2026-01-01", "2026-02-28"],
        ["awareness", "2026A", "上半年", "2026-01-01", "2026-02-28"],
    ],
    "targets": [["metric", "level", "valid_from", "target"], ["mystery_score", "chain", "2026-01-01", "85"]],
    "volumes": [["store_id", "month", "customers"], ["S1", "2026-01", "1200"], ["S2", "2026-01", "900"]],
    "invitations": [
        ["instrument", "wave_id", "level", "place", "invited"],
        ["employee", "2026A", "store", "S1", "12"],
        ["employee", "2026A", "department", "HR", "9"],
    ],
    "mystery_visits": [
        ["visit_id", "store_id", "visited_on", "shopper_id", "status", "comment", "M1", "M2"],
        ["V1", "S1", "2026-01-05", "P1", "approved", "服务好", "1", "8"],
        ["V2", "S2", "2026-01-06", "P2", "draft", "", "0", "3"],
        ["V3", "S3", "2026-02-07", "P1", "", "等了很久，电话13912345678", "", "10"],
    ],
    "customer_responses": [
        ["response_id", "store_id", "answered_on", "weight", "has_complained", "comment", "C1", "C2"],
        ["R1", "S1", "2026-01-05", "1", "是", "", "5", "4"],
        ["R2", "S2", "2026-01-06", "0.5", "否", "好", "3", "N/A"],
    ],
    "employee_responses": [
        ["response_id", "store_id", "department_id", "wave_id", "role", "tenure_band", "E1", "E2"],
        ["E001", "S1", "", "2026A", "front_line", "1-3", "5", "2"],
        ["E002", "", "HR", "2026A", "manager", "", "4", ""],
    ],
    "internal_service_responses": [
        ["response_id", "store_id", "department_id", "wave_id", "request_problem", "I1"],
        ["N1", "S1", "HR", "2026A", "unclear", "4"],
        ["N2", "S2", "IT", "2026A", "", "2"],
    ],
    "awareness_responses": [
        ["response_id", "store_id", "department_id", "wave_id", "role", "W1"],
        ["W001", "S1", "", "2026A", "front_line", "1"],
        ["W002", "", "IT", "2026A", "manager", "0"],
    ],
    "management_audits": [["audit_id", "store_id", "audited_on", "G1"], ["A1", "S1", "2026-03-01", "2"]],
    "complaints": [
        ["complaint_id", "store_id", "opened_at", "resolved_at", "is_upheld", "comment"],
        ["K1", "S1", "2026-01-05 10:00", "2026-01-07 09:30", "是", "太慢"],
        ["K2", "S2", "2026-02-01", "", "", ""],
    ],
    "trainings": [
        ["training_id", "course", "touchpoint_ids", "store_id", "held_on", "attendees", "passed"],
        ["T1", "问候", "greeting;payment", "S1", "2026-01-20", "12", "11"],
    ],
    "notes": [["note_id", "level", "place", "happened_on", "text"], ["X1", "store", "S1", "2026-01-20", "装修"]],
    "aggregates": [
        ["instrument", "level", "place", "period_start", "period_end", "item_id", "statistic", "value", "n"],
        ["customer", "region", "华北", "2026-01-01", "2026-03-31", "C1", "mean_0_100", "81.5", "230"],
    ],
    "mystery_visits_answers": [
        ["visit_id", "item_id", "value", "note"],
        ["V0", "M1", "1", ""],
        ["V0", "M2", "9", "已整改"],
    ],
}
LOADED_FIRST = ("stores", "departments", "touchpoints", "dimensions", "items", "waves")


def csv_text(rows: list[list[str]], separator: str = ",") -> str:
    """Rows as a CSV text."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(rows)
    return text.getvalue()


def make_base(folder: Path) -> None:
    """A data folder with the reference tables and one visit, and something that stands for a snapshot."""
    source = folder.parent / "base-files"
    source.mkdir(parents=True, exist_ok=True)
    tables = {table: GOOD[table] for table in LOADED_FIRST}
    tables["mystery_visits"] = [GOOD["mystery_visits"][0], ["V0", "S1", "2026-01-02", "P1", "", "", "1", "8"]]
    paths = []
    for table, rows in tables.items():
        paths.append(source / f"{table}.csv")
        paths[-1].write_text(csv_text(rows), encoding="utf-8")
    report = load(folder, paths)
    assert report.outcome == "loaded", report
    (folder / "published").mkdir()
    (folder / "published" / "CURRENT").write_text("20260101-000000-base")
    (folder / "published" / "sq-20260101-000000-base.duckdb").write_bytes(b"a snapshot that nobody may touch")
