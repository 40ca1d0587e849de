"""A chain small enough to add up by hand: 5 own stores, a competitor, 7 checklist items, 4 months.

`small_snapshot` publishes it without the importer: the ``cur_`` views are filled from frames in memory.

What is odd on purpose: store S4 moves from South to North on 1 March 2026; item M5 is replaced by M6 on that day;
M3 is a veto; M4 is reversed (4 = worst); M7 has no weight; visits V09 (draft) and V10 (void) do not count, V08 is
disputed, V11 has only a total, V12 only answers that do not apply; customer responses carry weights.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pandas as pd

from sq.intake.connection import column_types
from sq.places import snapshot_file
from sq.publish import publish_views
from sq.records import RECORDS

TODAY = dt.date(2026, 4, 30)
NA = None


def table(text: str) -> pd.DataFrame:
    """Rows of text from a drawn table; an empty cell is None. DuckDB gives the columns their types."""
    rows = [[cell.strip() or None for cell in line.split("|")] for line in text.strip().splitlines()]
    return pd.DataFrame(rows[1:], columns=rows[0], dtype=object)


STORES = table("""
    store_id | store_name | region | city | format | valid_from | valid_to   | opened_on  | closed_on  | brand    | staff_count
    S1       | 北一店     | 华北   | 北京 | 旗舰店 |            |            | 2020-01-01 |            |          | 12
    S2       | 北二店     | 华北   | 天津 | 标准店 |            |            | 2020-01-01 |            |          | 8
    S3       | 南一店     | 华南   | 广州 | 标准店 |            |            | 2020-01-01 |            |          | 9
    S4       | 移动店     | 华南   | 深圳 | 标准店 |            | 2026-02-28 | 2020-01-01 |            |          | 7
    S4       | 移动店     | 华北   | 天津 | 标准店 | 2026-03-01 |            | 2020-01-01 |            |          | 7
    S5       | 新开店     | 华南   | 广州 | 旗舰店 |            |            | 2026-03-10 | 2026-04-15 |          | 5
    C1       | 对手店     | 华北   | 北京 | 标准店 |            |            |            |            | 对手品牌 |
    """)  # noqa: E501 (a table reads as a table)
TOUCHPOINTS = table("""
    touchpoint_id | name_zh  | name_en        | stage       | position
    greeting      | 进店问候 | Greeting       | pre-sales   | 1
    payment       | 付款     | Payment        | sales       | 2
    repair        | 维修流程 | Repair process | after-sales | 3
    """)
DIMENSIONS = table("""
    instrument | dimension_id | name_zh  | name_en         | position
    customer   | service      | 服务质量 | Service quality | 1
    customer   | product      | 产品     | Product         | 2
    """)
ITEMS = table("""
    instrument | item_id | text_zh      | text_en          | touchpoint_id | dimension_id | scale_min | scale_max | is_reversed | weight | is_veto | role       | element_id | valid_from | valid_to
    mystery    | M1      | 主动问候     | Greets first     | greeting      |              | 0         | 1         | false       | 2      | false   | score      |            |            |
    mystery    | M2      | 微笑         | Smiles           | greeting      |              | 0         | 10        | false       | 1      | false   | score      |            |            |
    mystery    | M3      | 开具发票     | Gives an invoice | payment       |              | 0         | 1         | false       | 1      | true    | score      |            |            |
    mystery    | M4      | 等待时间     | Waiting time     | repair        |              | 0         | 4         | true        | 2      | false   | score      |            |            |
    mystery    | M5      | 现金找零     | Gives change     | payment       |              | 0         | 1         | false       | 1      | false   | score      |            |            | 2026-02-28
    mystery    | M6      | 扫码付款     | Takes a code     | payment       |              | 0         | 1         | false       | 3      | false   | score      |            | 2026-03-01 |
    mystery    | M7      | 店内播放音乐 | Plays music      | greeting      |              | 0         | 1         | false       | 0      | false   | score      |            |            |
    customer   | Q1      | 问候热情     | Warm greeting    | greeting      | service      | 1         | 5         | false       | 1      | false   | score      | e1         |            |
    customer   | Q2      | 付款快捷     | Quick payment    | payment       | service      | 1         | 5         | false       | 2      | false   | score      | e2         |            |
    customer   | Q3      | 产品故障多   | Faulty product   |               | product      | 1         | 5         | true        | 1      | false   | score      |            |            |
    customer   | Q4      | 总体满意     | Overall          |               |              | 1         | 5         | false       | 1      | false   | overall    |            |            |
    customer   | Q5      | 是否推荐     | Would recommend  |               |              | 0         | 10        | false       | 1      | false   | recommend  |            |            |
    customer   | Q6      | 问候的重要性 | Importance       | greeting      | service      | 1         | 5         | false       | 1      | false   | importance | e1         |            |
    """)  # noqa: E501 (a table reads as a table)
WAVES = table("""
    instrument | wave_id | name           | starts_on  | ends_on
    mystery    | 2026Q1  | 2026年第一季度 | 2026-01-01 | 2026-03-31
    mystery    | 2026Q2  | 2026年第二季度 | 2026-04-01 | 2026-06-30
    customer   | 2026Q1  | 2026年第一季度 | 2026-01-01 | 2026-03-31
    customer   | 2026Q2  | 2026年第二季度 | 2026-04-01 | 2026-06-30
    """)
TARGETS = table("""
    metric        | level  | place | valid_from | target
    mystery_score | chain  |       | 2026-01-01 | 80
    mystery_score | region | 华北  | 2026-01-01 | 85
    nps           | chain  |       | 2026-01-01 | 30
    """)
VOLUMES = table("""
    store_id | month      | customers
    S1       | 2026-01-01 | 1000
    S3       | 2026-01-01 | 500
    S4       | 2026-02-01 | 400
    S4       | 2026-03-01 | 600
    """)
VISITS = table("""
    visit_id | store_id | visited_on | wave_id | stream   | shopper_id | status   | total_score | evidence_url            | comment
    V01      | S1       | 2026-01-10 | 2026Q1  | 售前暗访 | P1         | approved |             | https://example.org/V01 | 很好
    V02      | S2       | 2026-01-12 | 2026Q1  | 售前暗访 | P2         | approved |             |                         |
    V03      | S3       | 2026-01-15 | 2026Q1  | 售后暗访 | P1         | approved |             |                         | 发票未给
    V04      | S4       | 2026-02-20 | 2026Q1  | 售前暗访 | P2         | approved |             |                         |
    V05      | S4       | 2026-03-05 | 2026Q1  | 售前暗访 | P2         | approved |             |                         |
    V06      | S1       | 2026-03-06 | 2026Q1  | 售后暗访 | P1         | approved |             |                         |
    V07      | S3       | 2026-04-02 | 2026Q2  | 售前暗访 | P2         | approved |             |                         |
    V08      | S1       | 2026-04-03 | 2026Q2  | 售前暗访 | P1         | disputed |             |                         | 门店申诉
    V09      | S2       | 2026-04-03 | 2026Q2  | 售前暗访 | P1         | draft    |             |                         |
    V10      | S2       | 2026-04-04 | 2026Q2  | 售前暗访 | P1         | void     |             |                         |
    V11      | S2       | 2026-04-05 | 2026Q2  | 售前暗访 | P2         | approved | 70          |                         |
    V12      | S5       | 2026-04-06 | 2026Q2  | 售前暗访 | P2         | approved |             |                         |
    V13      | C1       | 2026-01-20 | 2026Q1  | 售前暗访 | P1         | approved |             |                         |
    """)  # noqa: E501 (a table reads as a table)
# visit → answers; M5 until February, M6 from March
VISIT_ANSWERS: dict[str, dict[str, float | None]] = {
    "V01": {"M1": 1, "M2": 10, "M3": 1, "M4": 0, "M5": 1, "M7": 0},  # (2+1+1+2+1)/7 = 100
    "V02": {"M1": 0, "M2": 5, "M3": 1, "M4": 2, "M5": 0, "M7": 1},  # (0+.5+1+1+0)/7 = 250/7
    "V03": {"M1": 1, "M2": 10, "M3": 0, "M4": NA, "M5": 1, "M7": 1},  # (2+1+0+1)/5 = 80, failed
    "V04": {"M1": 1, "M2": 0, "M3": NA, "M4": 4, "M5": 1, "M7": NA},  # (2+0+0+1)/6 = 50
    "V05": {"M1": 1, "M2": 10, "M3": 1, "M4": 1, "M6": 1, "M7": 1},  # (2+1+1+1.5+3)/9 = 850/9
    "V06": {"M1": 0, "M2": 10, "M3": 1, "M4": 0, "M6": 0, "M7": 1},  # (0+1+1+2+0)/9 = 400/9
    "V07": {"M1": 1, "M2": 5, "M3": 0, "M4": 0, "M6": 1, "M7": 1},  # (2+.5+0+2+3)/9 = 750/9, failed
    "V08": {"M1": 1, "M2": 10, "M3": 1, "M4": NA, "M6": NA, "M7": 1},  # (2+1+1)/4 = 100
    "V09": {"M1": 0, "M2": 0, "M3": 0, "M4": 4, "M6": 0, "M7": 0},
    "V10": {"M1": 0, "M2": 0, "M3": 0, "M4": 4, "M6": 0, "M7": 0},
    "V12": {"M1": NA, "M2": NA, "M3": NA, "M4": NA, "M6": NA, "M7": NA},
    "V13": {"M1": 1, "M2": 0, "M3": 1, "M4": 2, "M5": 1, "M7": 1},  # (2+0+1+1+1)/7 = 500/7
}
VISIT_SCORES: dict[str, float] = {
    "V01": 100.0,
    "V02": 250 / 7,
    "V03": 80.0,
    "V04": 50.0,
    "V05": 850 / 9,
    "V06": 400 / 9,
    "V07": 750 / 9,
    "V08": 100.0,
    "V11": 70.0,
    "V13": 500 / 7,
}
RESPONSES = table("""
    response_id | store_id | answered_on | wave_id | channel | segment | weight | has_complained | comment
    R1          | S1       | 2026-01-05  | 2026Q1  | 短信    | 新客    | 1      | false          | 满意
    R2          | S1       | 2026-01-06  | 2026Q1  | 电话    | 老客    | 2      | true           |
    R3          | S2       | 2026-01-07  | 2026Q1  | 短信    | 新客    | 1      | false          |
    R4          | S3       | 2026-01-08  | 2026Q1  | 短信    | 老客    | 0.5    |                | 等太久
    R5          | S4       | 2026-02-08  | 2026Q1  | 短信    | 老客    | 1      | false          |
    R6          | S4       | 2026-04-08  | 2026Q2  | 电话    |         | 1      | false          |
    """)
RESPONSE_ANSWERS: dict[str, dict[str, float | None]] = {
    "R1": {"Q1": 5, "Q2": 5, "Q3": 1, "Q4": 5, "Q5": 10, "Q6": 4},  # (1+2+1)/4 = 100
    "R2": {"Q1": 3, "Q2": 4, "Q3": 3, "Q4": 4, "Q5": 8, "Q6": 5},  # (.5+1.5+.5)/4 = 62.5
    "R3": {"Q1": 1, "Q2": 2, "Q3": NA, "Q4": 2, "Q5": 6, "Q6": 5},  # (0+.5)/3 = 50/3
    "R4": {"Q1": 4, "Q2": NA, "Q3": 5, "Q4": 3, "Q5": 0, "Q6": NA},  # (.75+0)/2 = 37.5
    "R5": {"Q1": 4, "Q2": 4, "Q3": 2, "Q4": 4, "Q5": 9, "Q6": 3},  # (.75+1.5+.75)/4 = 75
    "R6": {"Q1": NA, "Q2": NA, "Q3": NA, "Q4": NA, "Q5": NA, "Q6": 3},  # no score at all
}
RESPONSE_SCORES: dict[str, float] = {"R1": 100.0, "R2": 62.5, "R3": 50 / 3, "R4": 37.5, "R5": 75.0}
# K1 answered after 2 h, solved after 24 h, in time; K2 after 4 h and 72 h, late; K3 open, not yet due when the last
# complaint arrived; K4 without a due date, solved after 6 h
COMPLAINTS = table("""
    complaint_id | store_id | touchpoint_id | channel | opened_at        | responded_at     | due_at           | resolved_at      | outcome | is_upheld | is_repeat | comment
    K1           | S1       | payment       | 电话    | 2026-01-05 10:00 | 2026-01-05 12:00 | 2026-01-07 10:00 | 2026-01-06 10:00 | 退款    | true      | false     | 多收费
    K2           | S1       | repair        | 门店    | 2026-01-20 08:00 | 2026-01-20 12:00 | 2026-01-22 08:00 | 2026-01-23 08:00 | 道歉    | true      | true      |
    K3           | S4       | repair        | 电话    | 2026-02-10 09:00 |                  | 2026-12-31 09:00 |                  |         |           | false     |
    K4           | S4       |               |         | 2026-03-10 09:00 |                  |                  | 2026-03-10 15:00 | 解释    | false     |           |
    """)  # noqa: E501 (a table reads as a table)
TRAININGS = table("""
    training_id | course   | touchpoint_ids | store_id | held_on    | attendees | passed
    L1          | 问候礼仪 | [greeting]     | S1       | 2026-02-01 | 10        | 9
    L1          | 问候礼仪 | [greeting]     | S3       | 2026-02-01 | 8         | 8
    """)
NOTES = table("""
    note_id | level | place | happened_on | text
    N1      | store | S1    | 2026-02-15  | 门店装修
    N2      | chain |       | 2026-03-01  | 检查表更新
    """)
BATCHES = table("""
    batch_id | received_at      | status    | files         | withdrawn_at
    1        | 2026-04-28 09:00 | loaded    | [检查表.xlsx] |
    2        | 2026-04-29 09:00 | withdrawn | [错误.csv]    | 2026-04-29 10:00
    """)
BATCH_TABLES = table("""
    batch_id | table_name         | read | new | changed | unchanged | rejected | skipped
    1        | mystery_visits     | 13   | 13  | 0       | 0         | 0        | 0
    1        | customer_responses | 8    | 6   | 0       | 0         | 1        | 1
    """)
FINDINGS = table("""
    batch_id | severity | code            | table_name         | file        | sheet    | column_name | value | allowed   | first_row | row_count
    1        | error    | unknown_store   | customer_responses | 检查表.xlsx | 客户答卷 | store_id    | S9    | S1, S2, … | 8         | 1
    1        | note     | unknown_heading | mystery_visits     | 检查表.xlsx | 暗访     | 天气        |       |           | 1         | 1
    """)  # noqa: E501 (a table reads as a table)
TABLES: dict[str, pd.DataFrame] = {
    "stores": STORES,
    "touchpoints": TOUCHPOINTS,
    "dimensions": DIMENSIONS,
    "items": ITEMS,
    "waves": WAVES,
    "targets": TARGETS,
    "volumes": VOLUMES,
    "mystery_visits": VISITS,
    "customer_responses": RESPONSES,
    "complaints": COMPLAINTS,
    "trainings": TRAININGS,
    "notes": NOTES,
    "batches": BATCHES,
    "batch_tables": BATCH_TABLES,
    "findings": FINDINGS,
}


def answers(instrument: str, given: Mapping[str, Mapping[str, float | None]]) -> pd.DataFrame:
    """Long rows of answers; None = not applicable."""
    rows = [(instrument, r, i, v, None) for r, items in given.items() for i, v in items.items()]
    return pd.DataFrame(rows, columns=["instrument", "response_id", "item_id", "value", "note"], dtype=object)


def small_frames() -> dict[str, pd.DataFrame]:
    """A frame per record table, ``answers``, and what the intake tells about its batches."""
    given = [answers("mystery", VISIT_ANSWERS), answers("customer", RESPONSE_ANSWERS)]
    return {**TABLES, "answers": pd.concat(given, ignore_index=True)}


ORIGIN_TYPES = {
    "cur_answers": "instrument VARCHAR, response_id VARCHAR, item_id VARCHAR, value DOUBLE, note VARCHAR",
    "batches": (
        "batch_id INTEGER, received_at TIMESTAMP, status VARCHAR, profile VARCHAR, files VARCHAR[], "
        "withdrawn_at TIMESTAMP"
    ),
    "batch_tables": (
        "batch_id INTEGER, table_name VARCHAR, read INTEGER, new INTEGER, changed INTEGER, unchanged INTEGER, "
        "rejected INTEGER, skipped INTEGER"
    ),
    "findings": (
        "batch_id INTEGER, severity VARCHAR, code VARCHAR, table_name VARCHAR, file VARCHAR, sheet VARCHAR, "
        "column_name VARCHAR, value VARCHAR, allowed VARCHAR, first_row INTEGER, row_count INTEGER"
    ),
}


def current_views(frames: Mapping[str, pd.DataFrame]) -> duckdb.DuckDBPyConnection:
    """A connection that offers what publishing reads, filled from frames (columns may be missing)."""
    con = duckdb.connect(config={"threads": 2})
    for record in RECORDS:
        types = column_types(record) | {"batch_id": "INTEGER", "row_no": "INTEGER"}
        frame = frames.get(record, pd.DataFrame())
        numbered = frame.assign(batch_id=1, row_no=range(2, len(frame) + 2))
        _fill(con, f"cur_{record}", ", ".join(f'"{c}" {t}' for c, t in types.items()), numbered)
    for name, types_text in ORIGIN_TYPES.items():
        _fill(con, name, types_text, frames.get(name.removeprefix("cur_"), pd.DataFrame()))
    return con


def _fill(con: duckdb.DuckDBPyConnection, name: str, types: str, frame: pd.DataFrame) -> None:
    con.execute(f"CREATE TEMP TABLE {name} ({types})")
    if len(frame):
        con.register("frame", frame)
        columns = ", ".join(f'"{c}"' for c in frame.columns)
        con.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM frame")
        con.unregister("frame")


def publish_frames(folder: Path, frames: Mapping[str, pd.DataFrame], today: dt.date = TODAY) -> Path:
    """Publish frames into a data folder as its current snapshot; return the snapshot's file."""
    with current_views(frames) as con:
        return snapshot_file(folder, publish_views(con, folder, today=today))


def small_snapshot(folder: Path) -> Path:
    """Publish the small chain into a data folder (SQ_DATA); return the snapshot's file, which CURRENT names."""
    return publish_frames(folder, small_frames())
