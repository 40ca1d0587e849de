"""A chain small enough to add up by hand: 5 own stores, a competitor, 7 checklist items, 4 months, 34 employees.

`small_snapshot` publishes it without the importer: the ``cur_`` views are filled from frames in memory.

What is odd on purpose: store S4 moves from South to North on 1 March 2026; item M5 is replaced by M6 on that day;
M3 is a veto; M4 is reversed (4 = worst); M7 has no weight; visits V09 (draft) and V10 (void) do not count, V08 is
disputed, V11 has only a total, V12 only answers that do not apply; customer responses carry weights.

Odd among the employees (E2 is reversed, E3 may not apply, pay and its E4 are sensitive): wave 2026A ended on
28 February, a day before S4 moved, so S4 counts there for South, Shenzhen; wave 2026B ends on 31 May, after TODAY, and
is open unless a test publishes with a later day: there S4 is in North, Tianjin, with S2. In 2026A South has 3 and 6
people (the 3 are too few, the 6 would give them away), North 8 and 5, HR 7, IT 5; in 2026B S4 answers alike to a person
and IT has only 4. Some roles and tenures are missing, most of all HR's. Internal service has 3 forms of North on MKT,
too few; awareness asks W3 of managers only; audit G4 is after S4's move, G3 has an answer that does not apply;
published results come with n, with a range of n, and without.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
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
    instrument       | dimension_id  | name_zh        | name_en          | position | is_sensitive
    customer         | service       | 服务质量       | Service quality  | 1        | false
    customer         | product       | 产品           | Product          | 2        | false
    employee         | work          | 工作环境       | Work environment | 1        | false
    employee         | management    | 管理评价       | Management       | 2        | false
    employee         | pay           | 待遇和社会保障 | Pay and benefits | 3        | true
    internal_service | speed         | 响应及时       | Speed            | 1        | false
    internal_service | quality       | 支持质量       | Quality          | 2        | false
    awareness        | understanding | 标准理解       | Understanding    | 1        | false
    awareness        | elements      | 服务要素       | Service elements | 2        | false
    management       | standards     | 服务标准和规范 | Standards        | 1        | false
    management       | people        | 人力资源       | People           | 2        | false
    """)
ITEMS = table("""
    instrument       | item_id | text_zh      | text_en               | touchpoint_id | dimension_id  | scale_min | scale_max | is_reversed | weight | is_veto | role       | element_id | valid_from | valid_to
    mystery          | M1      | 主动问候     | Greets first          | greeting      |               | 0         | 1         | false       | 2      | false   | score      |            |            |
    mystery          | M2      | 微笑         | Smiles                | greeting      |               | 0         | 10        | false       | 1      | false   | score      |            |            |
    mystery          | M3      | 开具发票     | Gives an invoice      | payment       |               | 0         | 1         | false       | 1      | true    | score      |            |            |
    mystery          | M4      | 等待时间     | Waiting time          | repair        |               | 0         | 4         | true        | 2      | false   | score      |            |            |
    mystery          | M5      | 现金找零     | Gives change          | payment       |               | 0         | 1         | false       | 1      | false   | score      |            |            | 2026-02-28
    mystery          | M6      | 扫码付款     | Takes a code          | payment       |               | 0         | 1         | false       | 3      | false   | score      |            | 2026-03-01 |
    mystery          | M7      | 店内播放音乐 | Plays music           | greeting      |               | 0         | 1         | false       | 0      | false   | score      |            |            |
    customer         | Q1      | 问候热情     | Warm greeting         | greeting      | service       | 1         | 5         | false       | 1      | false   | score      | e1         |            |
    customer         | Q2      | 付款快捷     | Quick payment         | payment       | service       | 1         | 5         | false       | 2      | false   | score      | e2         |            |
    customer         | Q3      | 产品故障多   | Faulty product        |               | product       | 1         | 5         | true        | 1      | false   | score      |            |            |
    customer         | Q4      | 总体满意     | Overall               |               |               | 1         | 5         | false       | 1      | false   | overall    |            |            |
    customer         | Q5      | 是否推荐     | Would recommend       |               |               | 0         | 10        | false       | 1      | false   | recommend  |            |            |
    customer         | Q6      | 问候的重要性 | Importance            | greeting      | service       | 1         | 5         | false       | 1      | false   | importance | e1         |            |
    employee         | E1      | 工作场所舒适 | Comfortable workplace |               | work          | 1         | 5         | false       | 1      | false   | score      |            |            |
    employee         | E2      | 噪音干扰工作 | Disturbed by noise    |               | work          | 1         | 5         | true        | 1      | false   | score      |            |            |
    employee         | E3      | 上级听取意见 | Manager listens       |               | management    | 1         | 5         | false       | 1      | false   | score      |            |            |
    employee         | E4      | 收入合理     | Fair pay              |               | pay           | 1         | 5         | false       | 1      | false   | score      |            |            |
    internal_service | I1      | 按时答复     | Answers in time       |               | speed         | 1         | 5         | false       | 1      | false   | score      |            |            |
    internal_service | I2      | 解决问题     | Solves the problem    |               | quality       | 1         | 5         | false       | 1      | false   | score      |            |            |
    awareness        | W1      | 理解服务标准 | Knows the standard    |               | understanding | 1         | 5         | false       | 1      | false   | score      |            |            |
    awareness        | W2      | 能说出标准   | Can tell the standard | payment       | understanding | 1         | 5         | false       | 1      | false   | score      |            |            |
    awareness        | W3      | 客户看重问候 | Greeting matters      | greeting      | elements      | 1         | 5         | false       | 1      | false   | importance | e1         |            |
    awareness        | W4      | 我们问候热情 | We greet warmly       | greeting      | elements      | 1         | 5         | false       | 1      | false   | perception | e1         |            |
    management       | G01     | 有问候标准   | Greeting standard     | greeting      | standards     | 0         | 10        | false       | 1      | false   | score      |            |            |
    management       | G02     | 标准上墙     | Standard displayed    |               | standards     | 0         | 10        | false       | 1      | false   | score      |            |            |
    management       | G03     | 人员充足     | Enough people         |               | people        | 0         | 4         | false       | 2      | false   | score      |            |            |
    """)  # noqa: E501 (a table reads as a table)
WAVES = table("""
    instrument       | wave_id | name           | starts_on  | ends_on
    mystery          | 2026Q1  | 2026年第一季度 | 2026-01-01 | 2026-03-31
    mystery          | 2026Q2  | 2026年第二季度 | 2026-04-01 | 2026-06-30
    customer         | 2026Q1  | 2026年第一季度 | 2026-01-01 | 2026-03-31
    customer         | 2026Q2  | 2026年第二季度 | 2026-04-01 | 2026-06-30
    employee         | 2026A   | 2026年第一期   | 2026-02-01 | 2026-02-28
    employee         | 2026B   | 2026年第二期   | 2026-04-01 | 2026-05-31
    internal_service | 2026A   | 2026年第一期   | 2026-02-01 | 2026-02-28
    awareness        | 2026A   | 2026年第一期   | 2026-02-01 | 2026-02-28
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
DEPARTMENTS = table("""
    department_id | name_zh    | name_en
    HR            | 人力资源部 | Human resources
    IT            | 信息技术部 | Information technology
    MKT           | 市场部     | Marketing
    """)
INVITATIONS = table("""
    instrument | wave_id | level      | place | invited
    employee   | 2026A   | store      | S1    | 10
    employee   | 2026A   | store      | S2    | 8
    employee   | 2026A   | store      | S3    | 5
    employee   | 2026A   | store      | S4    | 7
    employee   | 2026A   | department | HR    | 10
    employee   | 2026A   | department | IT    | 10
    awareness  | 2026A   | chain      |       | 20
    """)
# score = the whole form: E1, E2 turned round and E3 where it applies; pay (E4) is sensitive and stays out
# 2026A: S1 600/8 = 75, S2 250/5 = 50, S3 150/3 = 50, S4 300/6 = 50, HR 525/7 = 75, IT 250/5 = 50;
#        North 850/13, South 450/9 = 50, the chain 2075/34
# 2026B: S1 350/7 = 50, S2 375/5 = 75, S3 300/5 = 60, S4 300/6 = 50, HR 525/7 = 75, IT 200/4 = 50;
#        North 1025/18 with Tianjin 675/11, South 300/5 = 60, the chain 2050/34
EMPLOYEES = table("""
    response_id | store_id | department_id | wave_id | role       | tenure_band | E1 | E2 | E3 | E4 | comment      | score
    A01         | S1       |               | 2026A   | manager    | 3年以上     | 5  | 1  | 5  | 4  | 班次安排合理 | 100
    A02         | S1       |               | 2026A   | front_line | 1-3年       | 5  | 1  | 5  | 3  |              | 100
    A03         | S1       |               | 2026A   | front_line | 1-3年       | 4  | 2  | 4  | 3  | 希望多培训   | 75
    A04         | S1       |               | 2026A   | front_line | 不足1年     | 4  | 2  |    | 2  |              | 75
    A05         | S1       |               | 2026A   | front_line | 不足1年     | 4  | 2  | 4  | 2  |              | 75
    A06         | S1       |               | 2026A   | front_line |             | 3  | 3  | 3  | 2  | 噪音大       | 50
    A07         | S1       |               | 2026A   | front_line | 3年以上     | 5  | 3  |    | 1  |              | 75
    A08         | S1       |               | 2026A   |            | 1-3年       | 3  | 3  | 3  |    |              | 50
    A09         | S2       |               | 2026A   | manager    | 3年以上     | 4  | 2  | 4  | 3  |              | 75
    A10         | S2       |               | 2026A   | front_line | 1-3年       | 3  | 3  | 3  | 3  |              | 50
    A11         | S2       |               | 2026A   | front_line | 1-3年       | 2  | 4  | 2  | 2  | 排班太紧     | 25
    A12         | S2       |               | 2026A   | front_line | 不足1年     | 3  | 3  |    | 2  |              | 50
    A13         | S2       |               | 2026A   | front_line |             | 3  | 3  | 3  | 1  |              | 50
    A14         | S3       |               | 2026A   | manager    | 3年以上     | 5  | 1  | 5  | 5  |              | 100
    A15         | S3       |               | 2026A   | front_line | 1-3年       | 1  | 5  | 1  | 1  | 没人听意见   | 0
    A16         | S3       |               | 2026A   | front_line | 不足1年     | 3  | 3  | 3  | 3  |              | 50
    A17         | S4       |               | 2026A   | manager    | 1-3年       | 4  | 2  | 4  | 4  |              | 75
    A18         | S4       |               | 2026A   | front_line | 1-3年       | 4  | 2  | 4  | 3  |              | 75
    A19         | S4       |               | 2026A   | front_line | 3年以上     | 3  | 3  | 3  | 3  |              | 50
    A20         | S4       |               | 2026A   | front_line | 不足1年     | 3  | 3  |    | 2  |              | 50
    A21         | S4       |               | 2026A   | front_line | 1-3年       | 2  | 4  | 2  | 1  |              | 25
    A22         | S4       |               | 2026A   | front_line |             | 2  | 4  | 2  | 2  |              | 25
    A23         |          | HR            | 2026A   | manager    | 3年以上     | 5  | 1  | 5  | 4  |              | 100
    A24         |          | HR            | 2026A   |            | 3年以上     | 5  | 1  | 5  | 3  |              | 100
    A25         |          | HR            | 2026A   |            | 1-3年       | 4  | 2  | 4  | 4  | 流程清楚     | 75
    A26         |          | HR            | 2026A   |            | 1-3年       | 4  | 2  | 4  | 3  |              | 75
    A27         |          | HR            | 2026A   |            | 不足1年     | 4  | 2  | 4  | 3  |              | 75
    A28         |          | HR            | 2026A   |            | 不足1年     | 3  | 3  | 3  | 2  |              | 50
    A29         |          | HR            | 2026A   |            |             | 3  | 3  | 3  |    |              | 50
    A30         |          | IT            | 2026A   | manager    | 3年以上     | 4  | 2  | 4  | 4  |              | 75
    A31         |          | IT            | 2026A   | front_line | 1-3年       | 4  | 2  | 4  | 3  |              | 75
    A32         |          | IT            | 2026A   | front_line | 1-3年       | 3  | 3  | 3  | 3  |              | 50
    A33         |          | IT            | 2026A   | front_line | 不足1年     | 2  | 4  | 2  | 2  |              | 25
    A34         |          | IT            | 2026A   | front_line |             | 2  | 4  | 2  | 1  |              | 25
    B01         | S1       |               | 2026B   | manager    | 3年以上     | 4  | 2  | 4  | 4  |              | 75
    B02         | S1       |               | 2026B   | front_line | 1-3年       | 3  | 3  | 3  | 3  |              | 50
    B03         | S1       |               | 2026B   | front_line | 1-3年       | 3  | 3  | 3  | 3  |              | 50
    B04         | S1       |               | 2026B   | front_line | 不足1年     | 3  | 3  | 3  | 2  |              | 50
    B05         | S1       |               | 2026B   | front_line | 不足1年     | 3  | 3  | 3  | 2  |              | 50
    B06         | S1       |               | 2026B   | front_line | 3年以上     | 3  | 3  | 3  | 2  |              | 50
    B07         | S1       |               | 2026B   |            | 1-3年       | 2  | 4  | 2  | 1  |              | 25
    B08         | S2       |               | 2026B   | manager    | 3年以上     | 5  | 1  | 5  | 4  |              | 100
    B09         | S2       |               | 2026B   | front_line | 1-3年       | 4  | 2  | 4  | 3  |              | 75
    B10         | S2       |               | 2026B   | front_line | 1-3年       | 4  | 2  | 4  | 3  |              | 75
    B11         | S2       |               | 2026B   | front_line | 不足1年     | 4  | 2  | 4  | 2  |              | 75
    B12         | S2       |               | 2026B   | front_line |             | 3  | 3  | 3  | 2  |              | 50
    B13         | S3       |               | 2026B   | manager    | 3年以上     | 4  | 2  | 4  | 4  |              | 75
    B14         | S3       |               | 2026B   | front_line | 1-3年       | 4  | 2  | 4  | 3  |              | 75
    B15         | S3       |               | 2026B   | front_line | 不足1年     | 3  | 3  | 3  | 3  |              | 50
    B16         | S3       |               | 2026B   | front_line | 不足1年     | 3  | 3  | 3  | 2  |              | 50
    B17         | S3       |               | 2026B   | front_line | 1-3年       | 3  | 3  | 3  | 2  |              | 50
    B18         | S4       |               | 2026B   | manager    | 1-3年       | 3  | 3  | 3  | 3  |              | 50
    B19         | S4       |               | 2026B   | front_line | 1-3年       | 3  | 3  | 3  | 3  |              | 50
    B20         | S4       |               | 2026B   | front_line | 3年以上     | 3  | 3  | 3  | 3  |              | 50
    B21         | S4       |               | 2026B   | front_line | 不足1年     | 3  | 3  | 3  | 3  |              | 50
    B22         | S4       |               | 2026B   | front_line | 1-3年       | 3  | 3  | 3  | 3  |              | 50
    B23         | S4       |               | 2026B   | front_line |             | 3  | 3  | 3  | 3  |              | 50
    B24         |          | HR            | 2026B   | manager    | 3年以上     | 5  | 1  | 5  | 4  |              | 100
    B25         |          | HR            | 2026B   |            | 3年以上     | 5  | 1  | 5  | 3  |              | 100
    B26         |          | HR            | 2026B   |            | 1-3年       | 4  | 2  | 4  | 4  |              | 75
    B27         |          | HR            | 2026B   |            | 1-3年       | 4  | 2  | 4  | 3  |              | 75
    B28         |          | HR            | 2026B   |            | 不足1年     | 4  | 2  | 4  | 3  |              | 75
    B29         |          | HR            | 2026B   |            | 不足1年     | 3  | 3  | 3  | 2  |              | 50
    B30         |          | HR            | 2026B   |            |             | 3  | 3  | 3  |    |              | 50
    B31         |          | IT            | 2026B   | manager    | 3年以上     | 3  | 3  | 3  | 3  |              | 50
    B32         |          | IT            | 2026B   | front_line | 1-3年       | 3  | 3  | 3  | 3  |              | 50
    B33         |          | IT            | 2026B   | front_line | 不足1年     | 3  | 3  | 3  | 2  |              | 50
    B34         |          | IT            | 2026B   | front_line |             | 3  | 3  | 3  | 1  |              | 50
    """)  # noqa: E501 (a table reads as a table)
# forms and score of raters' region x department (S4 still in South):
#         HR              IT               MKT             all
# North   6, 450/6 = 75   5, 100/5 = 20    3, 225/3 = 75   14, 775/14
# South   5, 300/5 = 60   6, 175/6         5, 325/5 = 65   16, 800/16 = 50
# chain   11, 750/11      11, 275/11 = 25  8, 550/8        30, 1575/30 = 52.5
INTERNAL_SERVICE = table("""
    response_id | store_id | department_id | wave_id | request_problem | support_problem | I1 | I2 | comment
    I01         | S1       | HR            | 2026A   |                 |                 | 5  | 5  |
    I02         | S1       | HR            | 2026A   |                 |                 | 5  | 5  |
    I03         | S1       | HR            | 2026A   |                 |                 | 4  | 4  |
    I04         | S2       | HR            | 2026A   |                 | late            | 4  | 4  |
    I05         | S2       | HR            | 2026A   |                 |                 | 3  | 3  |
    I06         | S2       | HR            | 2026A   |                 |                 | 3  | 3  |
    I07         | S3       | HR            | 2026A   |                 |                 | 4  | 4  |
    I08         | S3       | HR            | 2026A   |                 |                 | 4  | 4  |
    I09         | S4       | HR            | 2026A   | unclear         |                 | 3  | 3  |
    I10         | S4       | HR            | 2026A   |                 |                 | 3  | 3  |
    I11         | S4       | HR            | 2026A   |                 |                 |    | 3  |
    I12         | S1       | IT            | 2026A   | unclear         | late            | 2  | 2  |
    I13         | S1       | IT            | 2026A   |                 | late            | 2  | 2  |
    I14         | S1       | IT            | 2026A   | no_deadline     | ignored         | 1  | 1  |
    I15         | S2       | IT            | 2026A   |                 | late            | 3  | 1  |
    I16         | S2       | IT            | 2026A   |                 |                 | 2  | 2  |
    I17         | S3       | IT            | 2026A   |                 | late            | 3  | 3  |
    I18         | S3       | IT            | 2026A   | unclear         |                 | 2  | 2  |
    I19         | S3       | IT            | 2026A   |                 |                 | 2  | 2  |
    I20         | S4       | IT            | 2026A   |                 | not_enough      | 2  | 2  |
    I21         | S4       | IT            | 2026A   |                 |                 | 3  | 3  |
    I22         | S4       | IT            | 2026A   |                 |                 | 1  | 1  |
    I23         | S1       | MKT           | 2026A   |                 |                 | 4  | 4  |
    I24         | S1       | MKT           | 2026A   |                 |                 | 3  | 3  |
    I25         | S1       | MKT           | 2026A   |                 |                 | 5  | 5  |
    I26         | S3       | MKT           | 2026A   |                 |                 | 4  | 4  |
    I27         | S3       | MKT           | 2026A   |                 |                 | 4  | 4  |
    I28         | S3       | MKT           | 2026A   |                 |                 | 3  | 3  |
    I29         | S4       | MKT           | 2026A   |                 |                 | 4  | 4  |
    I30         | S4       | MKT           | 2026A   |                 |                 | 3  | 3  |
    """)
# understanding (W1, W2): S1 375/6 = 62.5, S2 300/5 = 60, S3 250/5 = 50, the chain 925/16; managers 500/6, front line
# 425/10 = 42.5
AWARENESS = table("""
    response_id | store_id | wave_id | role       | W1 | W2 | W3 | W4
    W01         | S1       | 2026A   | manager    | 5  | 5  | 3  | 5
    W02         | S1       | 2026A   | manager    | 4  | 4  | 3  | 5
    W03         | S1       | 2026A   | front_line | 4  | 4  |    | 4
    W04         | S1       | 2026A   | front_line | 3  | 3  |    | 4
    W05         | S1       | 2026A   | front_line | 3  | 3  |    | 4
    W06         | S1       | 2026A   | front_line | 2  | 2  |    | 5
    W07         | S2       | 2026A   | manager    | 5  | 5  | 2  | 4
    W08         | S2       | 2026A   | manager    | 4  | 4  | 2  | 4
    W09         | S2       | 2026A   | front_line | 3  | 3  |    | 4
    W10         | S2       | 2026A   | front_line | 3  |    |    | 3
    W11         | S2       | 2026A   | front_line | 2  | 2  |    | 3
    W12         | S3       | 2026A   | manager    | 4  | 4  | 3  | 5
    W13         | S3       | 2026A   | manager    | 4  | 4  | 2  | 5
    W14         | S3       | 2026A   | front_line | 3  | 3  |    | 4
    W15         | S3       | 2026A   | front_line | 3  | 3  |    | 4
    W16         | S3       | 2026A   | front_line | 1  | 1  |    | 3
    """)
AUDITS = table("""
    audit_id | store_id | audited_on | auditor_id | comment
    G1       | S1       | 2026-02-10 | A1         | 标准齐全
    G2       | S2       | 2026-02-12 | A1         |
    G3       | S3       | 2026-03-03 | A2         |
    G4       | S4       | 2026-03-20 | A2         | 人手不足
    """)
AUDIT_ANSWERS: dict[str, dict[str, float | None]] = {
    "G1": {"G01": 10, "G02": 5, "G03": 4},  # (1+.5+2)/4 = 87.5; standards 75, people 100
    "G2": {"G01": 5, "G02": 5, "G03": 2},  # (.5+.5+1)/4 = 50; standards 50, people 50
    "G3": {"G01": 0, "G02": NA, "G03": 3},  # (0+1.5)/3 = 50; standards 0, people 75
    "G4": {"G01": 8, "G02": 6, "G03": 1},  # (.8+.6+.5)/4 = 47.5; standards 70, people 25
}
AGGREGATES = table("""
    instrument | level  | place | period_start | period_end | item_id | dimension_id | statistic  | value | n   | n_min | n_max | response_rate
    customer   | region | 华北  | 2026-01-01   | 2026-03-31 |         | service      | mean_0_100 | 72.5  | 200 |       |       | 40
    customer   | region | 华南  | 2026-01-01   | 2026-03-31 |         | service      | mean_0_100 | 68    |     |       |       |
    customer   | chain  |       | 2026-01-01   | 2026-03-31 | Q4      |              | top2       | 81    |     | 100   | 199   | 35
    customer   | store  | S1    | 2026-01-01   | 2026-03-31 | Q5      |              | nps        | 35    |     |       |       |
    customer   | store  | S1    | 2026-01-01   | 2026-03-31 | Q1      |              | share      | 60    | 100 |       |       |
    customer   | store  | S3    | 2026-01-01   | 2026-03-31 | Q1      |              | share      | 80    | 300 |       |       |
    """)  # noqa: E501 (a table reads as a table)
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
    "departments": DEPARTMENTS,
    "touchpoints": TOUCHPOINTS,
    "dimensions": DIMENSIONS,
    "items": ITEMS,
    "waves": WAVES,
    "targets": TARGETS,
    "volumes": VOLUMES,
    "invitations": INVITATIONS,
    "mystery_visits": VISITS,
    "customer_responses": RESPONSES,
    "employee_responses": EMPLOYEES[[*EMPLOYEES.columns[:6], "comment"]].assign(is_single_answer=False),
    "internal_service_responses": INTERNAL_SERVICE.drop(columns=["I1", "I2"]),
    "awareness_responses": AWARENESS.iloc[:, :4].assign(is_single_answer=False),
    "management_audits": AUDITS,
    "complaints": COMPLAINTS,
    "trainings": TRAININGS,
    "notes": NOTES,
    "aggregates": AGGREGATES,
    "batches": BATCHES,
    "batch_tables": BATCH_TABLES,
    "findings": FINDINGS,
}


def answers(instrument: str, given: Mapping[str, Mapping[str, float | None]]) -> pd.DataFrame:
    """Long rows of answers; None = not applicable."""
    rows = [(instrument, r, i, v, None) for r, items in given.items() for i, v in items.items()]
    return pd.DataFrame(rows, columns=["instrument", "response_id", "item_id", "value", "note"], dtype=object)


def answers_of(instrument: str, rows: pd.DataFrame, items: Sequence[str]) -> pd.DataFrame:
    """Long rows of the answers drawn beside their forms; empty = not applicable (or not asked)."""
    given = {
        row["response_id"]: {i: NA if row[i] is None else float(row[i]) for i in items} for _, row in rows.iterrows()
    }
    return answers(instrument, given)


def small_frames() -> dict[str, pd.DataFrame]:
    """A frame per record table, ``answers``, and what the intake tells about its batches."""
    given = [
        answers("mystery", VISIT_ANSWERS),
        answers("customer", RESPONSE_ANSWERS),
        answers_of("employee", EMPLOYEES, ("E1", "E2", "E3", "E4")),
        answers_of("internal_service", INTERNAL_SERVICE, ("I1", "I2")),
        answers_of("awareness", AWARENESS, ("W1", "W2", "W3", "W4")),
        answers("management", AUDIT_ANSWERS),
    ]
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
