"""A snapshot with finished groups written by hand: three employee waves, one of internal service, published results.

Nothing is computed by publishing here: what metrics and pages make of a group can be worked out from the table below.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from sq.warehouse import SCHEMA_VERSION, Warehouse
from tests.small_chain import table

SCHEMA = Path(__file__).resolve().parents[2] / "sq" / "rollups" / "schema.sql"
FILE = "sq-20260801T120000000-0123abcd.duckdb"
WAVES = table("""
    instrument       | wave   | name          | state     | ends_on    | minimum | sensitive | waiting
    employee         | 2025H1 | Spring 2025   | published | 2025-06-30 | 5       | 20        | 0
    employee         | 2025H2 | Autumn 2025   | published | 2025-12-31 | 5       | 20        | 0
    employee         | 2026H1 | Spring 2026   | waiting   | 2026-06-30 | 6       | 25        | 2
    employee         | 2026H2 | Autumn 2026   | open      | 2026-12-31 | 6       | 25        | 9
    internal_service | 2026H1 | Spring 2026   | published | 2026-06-30 | 5       | 20        | 0
    """)
# level, group and numbers; fav = favourable
CELLS = table("""
    instrument | wave   | level      | region | store_id | dept | role       | tenure | kind      | subject    | hidden    | n   | value | low | high | limit | fav | fav_limit | rate
    employee   | 2025H1 | chain      |        |          |      |            |        | form      |            |           | 180 | 58    | 56  | 60   |       | 45  |           |
    employee   | 2025H1 | region     | North  |          |      |            |        | form      |            |           | 70  | 60    | 57  | 63   |       | 50  |           |
    employee   | 2025H2 | chain      |        |          |      |            |        | form      |            |           | 190 | 57    | 55  | 59   |       | 44  |           |
    employee   | 2025H2 | region     | North  |          |      |            |        | form      |            |           | 75  | 65    | 62  | 68   |       | 55  |           |
    employee   | 2025H2 | region     | South  |          |      |            |        | form      |            | neighbour |     |       |     |      |       |     |           |
    employee   | 2025H2 | store      | North  | S1       |      |            |        | form      |            |           | 45  | 48    | 44  | 52   |       | 30  |           |
    employee   | 2026H1 | chain      |        |          |      |            |        | form      |            |           | 200 | 60    | 58  | 62   |       | 50  |           | 80
    employee   | 2026H1 | region     | North  |          |      |            |        | form      |            |           | 80  | 66    | 63  | 69   |       | 60  |           | 90
    employee   | 2026H1 | region     | South  |          |      |            |        | form      |            |           | 90  | 55    | 52  | 58   |       | 40  |           | 75
    employee   | 2026H1 | department |        |          | HR   |            |        | form      |            |           | 30  | 59    | 55  | 63   |       | 52  |           |
    employee   | 2026H1 | department |        |          | IT   |            |        | form      |            | few       |     |       |     |      |       |     |           |
    employee   | 2026H1 | store      | North  | N1       |      |            |        | form      |            |           | 40  | 70    | 66  | 74   |       | 70  |           |
    employee   | 2026H1 | store      | North  | N2       |      |            |        | form      |            |           | 40  | 95    | 88  | 95   | >=    | 90  | >=        |
    employee   | 2026H1 | store      | South  | S1       |      |            |        | form      |            |           | 50  | 52    | 48  | 56   |       | 35  |           |
    employee   | 2026H1 | store      | South  | S2       |      |            |        | form      |            | few       |     |       |     |      |       |     |           |
    employee   | 2026H1 | store      | South  | S3       |      |            |        | form      |            | neighbour |     |       |     |      |       |     |           |
    employee   | 2026H1 | chain      |        |          |      | manager    |        | form      |            |           | 50  | 72    | 68  | 76   |       | 66  |           |
    employee   | 2026H1 | chain      |        |          |      | front_line |        | form      |            |           | 140 | 55    | 52  | 58   |       | 43  |           |
    employee   | 2026H1 | region     | North  |          |      | manager    |        | form      |            |           | 20  | 75    | 70  | 80   |       | 70  |           |
    employee   | 2026H1 | region     | South  |          |      | manager    |        | form      |            | neighbour |     |       |     |      |       |     |           |
    employee   | 2026H1 | chain      |        |          |      |            | 1-3    | form      |            |           | 60  | 61    | 57  | 65   |       | 51  |           |
    employee   | 2026H1 | chain      |        |          |      |            | <1     | form      |            |           | 30  | 62    | 55  | 69   |       | 53  |           |
    employee   | 2026H1 | chain      |        |          |      |            |        | dimension | work       |           | 200 | 64    | 62  | 66   |       | 58  |           |
    employee   | 2026H1 | chain      |        |          |      |            |        | dimension | management |           | 100 | 56    | 53  | 59   |       | 40  |           |
    employee   | 2026H1 | chain      |        |          |      |            |        | dimension | pay        |           | 190 | 45    | 42  | 48   |       | 20  |           |
    employee   | 2026H1 | region     | North  |          |      |            |        | dimension | work       |           | 80  | 70    | 66  | 74   |       | 68  |           |
    employee   | 2026H1 | region     | South  |          |      |            |        | dimension | work       | few       |     |       |     |      |       |     |           |
    employee   | 2026H1 | region     | North  |          |      |            |        | dimension | pay        | few       |     |       |     |      |       |     |           |
    employee   | 2026H1 | chain      |        |          |      |            |        | item      | E1         |           | 200 | 64    | 62  | 66   |       | 58  |           |
    employee   | 2026H1 | chain      |        |          |      |            |        | item      | E2         |           | 100 | 56    | 53  | 59   |       | 40  |           |
    employee   | 2026H1 | region     | North  |          |      |            |        | item      | E1         |           | 80  | 70    | 66  | 74   |       | 68  |           |
    internal_service | 2026H1 | chain             |       | |      | | | form |  |           | 100 | 60 | 57 | 63 | | 50 | |
    internal_service | 2026H1 | region            | North | |      | | | form |  |           | 60  | 62 | 58 | 66 | | 52 | |
    internal_service | 2026H1 | region            | South | |      | | | form |  |           | 40  | 57 | 52 | 62 | | 47 | |
    internal_service | 2026H1 | department        |       | | HR   | | | form |  |           | 50  | 70 | 66 | 74 | | 65 | |
    internal_service | 2026H1 | department        |       | | IT   | | | form |  |           | 50  | 50 | 46 | 54 | | 35 | |
    internal_service | 2026H1 | region_department | North | | HR   | | | form |  |           | 30  | 74 | 69 | 79 | | 70 | |
    internal_service | 2026H1 | region_department | North | | IT   | | | form |  |           | 30  | 50 | 44 | 56 | | 34 | |
    internal_service | 2026H1 | region_department | South | | HR   | | | form |  | neighbour |     |    |    |    | |    | |
    internal_service | 2026H1 | region_department | South | | IT   | | | form |  | few       |     |    |    |    | |    | |
    """)  # noqa: E501 (a table reads as a table)
AGGREGATES = table("""
    instrument | level  | place | start      | end        | kind      | subject | statistic  | value | n   | n_min | n_max
    customer   | store  | N1    | 2025-01-01 | 2025-12-31 | item      | Q1      | top2       | 70    | 100 |       |
    customer   | store  | N2    | 2025-01-01 | 2025-12-31 | item      | Q1      | top2       | 90    | 300 |       |
    customer   | store  | S1    | 2025-01-01 | 2025-12-31 | item      | Q1      | top2       | 60    | 200 |       |
    customer   | store  | S2    | 2025-01-01 | 2025-12-31 | item      | Q1      | top2       | 50    | 20  |       |
    customer   | store  | C1    | 2025-01-01 | 2025-12-31 | item      | Q1      | top2       | 10    | 900 |       |
    customer   | store  | N1    | 2024-01-01 | 2024-12-31 | item      | Q1      | top2       | 50    | 100 |       |
    customer   | chain  |       | 2025-01-01 | 2025-12-31 | item      | Q2      | top2       | 66    |     | 500   | 999
    customer   | region | North | 2025-01-01 | 2025-12-31 | item      | Q2      | top2       | 70    |     |       |
    customer   | region | South | 2025-01-01 | 2025-12-31 | item      | Q2      | top2       | 60    |     |       |
    customer   | region | North | 2025-01-01 | 2025-12-31 | dimension | D1      | mean_0_100 | 72    | 80  |       |
    customer   | region | South | 2025-01-01 | 2025-12-31 | dimension | D1      | mean_0_100 | 64    | 20  |       |
    employee   | chain  |       | 2025-01-01 | 2025-12-31 | form      |         | nps        | 20    | 400 |       |
    """)  # noqa: E501 (a table reads as a table)
REFERENCE = f"""
    INSERT INTO meta VALUES ('schema_version', '{SCHEMA_VERSION}'), ('created_at', '2026-08-01T12:00:00+00:00');
    INSERT INTO memberships (membership_key, store_id, store_name, region, region_now, brand, is_current) VALUES
        (1, 'N1', 'Store N1', 'North', 'North', '', TRUE), (2, 'N2', 'Store N2', 'North', 'North', '', TRUE),
        (3, 'S1', 'Store S1', 'South', 'South', '', TRUE), (4, 'S2', 'Store S2', 'South', 'South', '', TRUE),
        (5, 'S3', 'Store S3', 'South', 'South', '', TRUE), (6, 'C1', 'Rival', 'South', 'South', 'Rival', TRUE);
    INSERT INTO departments VALUES ('HR', '人力资源部', 'Human resources'), ('IT', '信息技术部', 'IT');
    INSERT INTO touchpoints VALUES ('greeting', '进店问候', 'Greeting', 'pre-sales', 1);
    INSERT INTO dimensions VALUES ('employee', 'work', '工作环境', 'Work', 1, FALSE),
        ('employee', 'management', '管理评价', 'Management', 2, FALSE), ('employee', 'pay', '待遇', 'Pay', 3, TRUE),
        ('customer', 'D1', '服务', 'Service', 1, FALSE);
    INSERT INTO items (item_key, instrument, item_id, text_zh, text_en, touchpoint_id, dimension_id, role, position)
    VALUES
        (1, 'employee', 'E1', '舒适', 'Comfort', 'greeting', 'work', 'score', 1),
        (2, 'employee', 'E2', '上级', 'Manager', NULL, 'management', 'score', 2),
        (3, 'customer', 'Q1', '问候', 'Warm', NULL, 'D1', 'score', 1),
        (4, 'customer', 'Q2', '付款', 'Quick', NULL, 'D1', 'score', 2);
    INSERT INTO targets VALUES ('employee_index', 'chain', '', '2026-01-01', 65), ('employee_index', 'region', 'North',
        '2026-01-01', 70), ('employee_index', 'department', 'HR', '2026-01-01', 58);
    INSERT INTO cell_problems SELECT cell_key, 'support', 'late', 40, '' FROM cells
        WHERE level = 'department' AND department_id = 'IT' AND instrument = 'internal_service';
    INSERT INTO cell_problems SELECT cell_key, 'request', 'unclear', 10, '<=' FROM cells
        WHERE level = 'chain' AND instrument = 'internal_service';
    INSERT INTO cell_comments VALUES ('employee', '2026H1', 'store', 'North', '', 'N1', '', 'Good shifts'),
        ('employee', '2026H1', 'store', 'North', '', 'N1', '', 'Too loud'),
        ('employee', '2026H1', 'region', 'North', '', '', '', 'About the region');
    """


def hand_snapshot(folder: Path) -> Path:
    """Write the snapshot into a data folder and name it in CURRENT; return its file."""
    path = folder / "published" / FILE
    path.parent.mkdir(parents=True)
    with duckdb.connect(str(path)) as con:
        con.execute(SCHEMA.read_text(encoding="utf-8"))
        _insert_cells(con)
        _insert_aggregates(con)
        con.execute(REFERENCE)
    (path.parent / "CURRENT").write_text(FILE.removeprefix("sq-").removesuffix(".duckdb"), encoding="utf-8")
    return path


def hand_warehouse(folder: Path) -> Warehouse:
    """The snapshot, opened."""
    return Warehouse(hand_snapshot(folder))


def _insert_cells(con: duckdb.DuckDBPyConnection) -> None:
    cells, waves = CELLS.fillna(""), WAVES
    con.register("drawn", cells.assign(cell_key=range(1, len(cells) + 1)))
    con.execute("""INSERT INTO cells BY NAME SELECT cell_key, instrument, wave, level, region, '' AS city, store_id,
        dept AS department_id, role, tenure, kind AS subject_kind, subject, hidden, nullif(n, '')::INTEGER AS n,
        nullif(value, '')::DOUBLE AS value, nullif(low, '')::DOUBLE AS low, nullif(high, '')::DOUBLE AS high,
        "limit" AS value_limit, nullif(fav, '')::DOUBLE AS favourable, fav_limit AS favourable_limit,
        CASE WHEN rate <> '' THEN round(n::INTEGER * 100 / rate::DOUBLE)::INTEGER END AS invited,
        nullif(rate, '')::DOUBLE AS response_rate FROM drawn""")
    con.register("drawn_waves", waves)
    con.execute("""INSERT INTO anonymous_waves SELECT instrument, wave, state, ends_on::DATE, NULL, NULL,
        minimum::INTEGER, sensitive::INTEGER, waiting::INTEGER, 0, 0, 0 FROM drawn_waves""")
    con.execute("INSERT INTO waves SELECT instrument, wave, name, NULL, ends_on::DATE FROM drawn_waves")


def _insert_aggregates(con: duckdb.DuckDBPyConnection) -> None:
    con.register("drawn_results", AGGREGATES)
    con.execute("""INSERT INTO aggregates SELECT instrument, level, coalesce(place, ''), start::DATE, "end"::DATE, kind,
        coalesce(subject, ''), statistic, value::DOUBLE, n::INTEGER, n_min::INTEGER, n_max::INTEGER, NULL
        FROM drawn_results""")
