"""Files with standard headings become tables under our names, whatever program wrote them."""

import datetime as dt
import gzip
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from sq.checking.columns import numeric
from sq.errors import SourceError
from sq.language import speaking
from sq.sources import read_files
from sq.sources.dates import one_date
from sq.sources.standard import answer_column
from tests.sources.making import KNOWN, STORES, VISITS, tables, workbook, written

CSV = "visit_id,store_id,visited_on,M1\nV1,S1,2026-01-05,4\nV2,S2,2026-01-06,2\n"
CHINESE = "门店编号,门店名称,大区\nS1,北京店,华北\nS2,上海店,华东\n"


def test_a_workbook_gives_one_table_per_sheet_with_reference_tables_first(tmp_path: Path) -> None:
    path = workbook(tmp_path / "all.xlsx", mystery_visits=VISITS, 门店=STORES)
    read = list(read_files([path], known_items=KNOWN))
    assert [(table.table, table.sheet, table.file) for table in read] == [
        ("stores", "门店", "all.xlsx"),
        ("mystery_visits", "mystery_visits", "all.xlsx"),
    ]
    stores, visits = read
    assert stores.frame.to_dict("list") == {
        "store_id": ["S1", "S2"],
        "store_name": ["北京店", "上海店"],
        "region": ["华北", "华东"],
    }
    assert stores.headings == {"store_id": "门店编号", "store_name": "门店名称", "region": "大区"}
    assert visits.items == ("M1",)
    assert visits.frame["M1"].tolist() == [4.0, 2.0]
    assert visits.frame["visited_on"].tolist() == [dt.date(2026, 1, 5), dt.date(2026, 1, 6)]
    assert visits.rows.tolist() == [2, 3]


def test_whole_numbers_of_a_workbook_are_identifiers_without_a_fraction(tmp_path: Path) -> None:
    path = workbook(tmp_path / "s.xlsx", stores=[["store_id", "store_name", "region"], [1001, "A", 7]])
    frame = tables(path)["stores"].frame
    assert frame.iloc[0].tolist() == [1001, "A", 7]
    assert [type(v) for v in frame.iloc[0]] == [int, str, int]


def test_a_title_above_the_headings_and_blank_rows_do_not_count(tmp_path: Path) -> None:
    rows = [["2026 visits"], [], *VISITS[:2], [], VISITS[2]]
    table = tables(workbook(tmp_path / "x.xlsx", mystery_visits=rows))["mystery_visits"]
    assert table.frame["visit_id"].tolist() == ["V1", "V2"]
    assert table.rows.tolist() == [4, 6]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_csv_file_is_read_in_any_usual_encoding_and_separator(tmp_path: Path, encoding: str, separator: str) -> None:
    path = written(tmp_path / "门店.csv", CHINESE.replace(",", separator).encode(encoding))
    assert tables(path)["stores"].frame["store_name"].tolist() == ["北京店", "上海店"]


def test_western_accents_are_told_from_chinese(tmp_path: Path) -> None:
    text = "store_id,store_name,region\nS1,Café Zürich,Genève\n"
    path = written(tmp_path / "stores.csv", text.encode("cp1252"))
    assert tables(path)["stores"].frame.iloc[0].tolist() == ["S1", "Café Zürich", "Genève"]


def test_a_packed_csv_file_reads_like_the_plain_one(tmp_path: Path) -> None:
    path = written(tmp_path / "mystery_visits.csv.gz", gzip.compress(CSV.encode()))
    assert tables(path)["mystery_visits"].frame["M1"].tolist() == [4.0, 2.0]


def test_quoted_line_breaks_stay_inside_a_cell_and_blank_lines_are_dropped(tmp_path: Path) -> None:
    text = 'visit_id,store_id,visited_on,comment\nV1,S1,2026-01-05,"two\nlines, one cell"\n\nV2,S2,2026-01-06,\n'
    table = tables(written(tmp_path / "mystery_visits.csv", text))["mystery_visits"]
    assert table.frame["comment"].tolist() == ["two\nlines, one cell", None]
    assert table.rows.tolist() == [2, 4]


def test_a_parquet_file_keeps_numbers_and_dates(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "visit_id": ["V1", "V2"],
            "store_id": pd.Categorical(["S1", "S2"]),
            "visited_on": pd.to_datetime(["2026-01-05", "2026-01-06"]),
            "M1": pd.array([4, None], dtype="Int8"),
            "touched": [[1, 2], [3]],
        }
    )
    frame.to_parquet(tmp_path / "mystery_visits.parquet")
    table = tables(tmp_path / "mystery_visits.parquet")["mystery_visits"]
    assert table.frame["visited_on"].tolist() == [dt.date(2026, 1, 5), dt.date(2026, 1, 6)]
    assert table.frame["store_id"].tolist() == ["S1", "S2"]
    np.testing.assert_array_equal(table.frame["M1"].to_numpy(), [4.0, np.nan])
    assert table.unknown == ("touched",)


def test_a_table_without_a_name_is_known_by_its_headings(tmp_path: Path) -> None:
    visits = written(tmp_path / "export-17.csv", CSV)
    complaints = written(tmp_path / "sheet.csv", "投诉编号,门店编号,受理时间\nK1,S1,2026/1/5 10:30\n")
    read = tables(visits, complaints)
    assert set(read) == {"mystery_visits", "complaints"}
    assert read["complaints"].frame["opened_at"].tolist() == [dt.datetime(2026, 1, 5, 10, 30)]


def test_long_answers_are_their_own_table(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "visit_id,item_id,value,note\nV1,M1,4,\nV1,M2,不适用,closed\n")
    table = tables(path)["mystery_visits_answers"]
    np.testing.assert_array_equal(table.frame["value"].to_numpy(), [4.0, np.nan])
    assert table.frame["note"].tolist() == [None, "closed"]


def test_a_sheet_named_after_visits_may_hold_their_answers(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", 暗访得分=[["暗访编号", "题目编号", "得分"], ["V1", "M1", 4]])
    assert list(tables(path)) == ["mystery_visits_answers"]


@pytest.mark.parametrize(
    "heading", ["M7", "m7", "主动问候", "Greets", "M7 主动问候", "M7、主动问候", "M7. Greets first"]
)
def test_an_item_column_is_headed_by_id_text_or_both(tmp_path: Path, heading: str) -> None:
    items = "instrument,item_id,text_zh,text_en,scale_min,scale_max\nmystery,M7,主动问候,Greets,0,5\n"
    visits = f"visit_id,store_id,visited_on,{heading},weather\nV1,S1,2026-01-05,5,fine\n"
    read = tables(written(tmp_path / "visits.csv", visits), written(tmp_path / "items.csv", items))
    assert list(read) == ["items", "mystery_visits"]
    assert read["mystery_visits"].items == ("M7",)
    assert read["mystery_visits"].headings["M7"] == heading
    assert read["mystery_visits"].unknown == ("weather",)


def test_words_for_not_applicable_are_empty_and_other_words_stay(tmp_path: Path) -> None:
    text = "visit_id,store_id,visited_on,M1\n" + "".join(
        f"V{i},S1,2026-01-05,{word}\n" for i, word in enumerate(["4", "N/A", "不适用", "-", "", "good"])
    )
    answers = tables(written(tmp_path / "mystery_visits.csv", text))["mystery_visits"].frame["M1"].tolist()
    assert answers == ["4", None, None, None, None, "good"]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-01-05", dt.date(2026, 1, 5)),
        ("2026/1/5", dt.date(2026, 1, 5)),
        ("2026.1.5", dt.date(2026, 1, 5)),
        ("2026年1月5日", dt.date(2026, 1, 5)),
        ("20260105", dt.date(2026, 1, 5)),
        (20260105, dt.date(2026, 1, 5)),
        (46027, dt.date(2026, 1, 5)),  # 46,027 days after 30 December 1899
        (46027.5, dt.datetime(2026, 1, 5, 12, 0)),
        ("2026-01-05T08:30:15", dt.datetime(2026, 1, 5, 8, 30, 15)),
        ("2026年1月5日 8时30分", dt.datetime(2026, 1, 5, 8, 30)),
        ("03/05/2026", "03/05/2026"),  # March or May: left to a profile
        ("2026-02-30", "2026-02-30"),
        ("soon", "soon"),
        (7, "7"),
        (float("inf"), "inf"),
    ],
)
def test_dates_are_read_where_there_is_no_doubt(cell: object, day: object) -> None:
    assert one_date(cell) == day


def test_a_month_alone_is_its_first_day_in_volumes(tmp_path: Path) -> None:
    path = written(tmp_path / "volumes.csv", "store_id,month,customers\nS1,2026-03,10\nS1,2026年4月,20\nS1,202605,30\n")
    assert tables(path)["volumes"].frame["month"].tolist() == [dt.date(2026, month, 1) for month in (3, 4, 5)]


def test_an_incomplete_table_is_told_with_what_it_lacks(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", 门店=[["门店编号", "城市"], ["S1", "北京"]])
    with pytest.raises(SourceError) as error:
        tables(path)
    with speaking("en"):
        assert str(error.value.what) == (
            "Sheet 门店 of x.xlsx is no table that is known. The nearest is stores; missing: store_name and region."
        )
    with speaking("zh"):
        assert "缺少：门店名称和大区" in str(error.value.what)


def test_headings_that_fit_no_table_name_the_nearest(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", "store_id,visited_on,colour\nS1,2026-01-05,red\n")
    with pytest.raises(SourceError, match=r"x\.csv is no table that is known\. The nearest is mystery_visits; missing"):
        tables(path)


def test_two_columns_of_one_meaning_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "stores.csv", "store_id,门店编码,store_name,region\nS1,S9,A,N\n")
    with pytest.raises(SourceError, match="two columns for store_id: store_id and 门店编码"):
        tables(path)


def test_sheets_that_only_explain_are_passed_over(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", 填写说明=[["how", "to"]], stores=STORES)
    assert list(tables(path)) == ["stores"]


def test_headings_of_two_tables_are_told_as_ambiguous_until_a_name_decides(tmp_path: Path) -> None:
    text = "visit_id,response_id,store_id,visited_on,answered_on\nV1,R1,S1,2026-01-05,2026-01-05\n"
    with pytest.raises(SourceError, match=r"x\.csv may be mystery_visits or customer_responses"):
        tables(written(tmp_path / "x.csv", text))
    assert list(tables(written(tmp_path / "客户答卷 2026.csv", text))) == ["customer_responses"]


def test_dates_beyond_the_calendar_and_durations_stay_as_they_are(tmp_path: Path) -> None:
    rows = [["visit_id", "store_id", "visited_on", "comment"], ["V1", "S1", 1e9, 1.5]]
    path = workbook(tmp_path / "x.xlsx", mystery_visits=rows)
    book = openpyxl.load_workbook(path)
    book["mystery_visits"]["C2"].number_format = "yyyy-mm-dd"
    book["mystery_visits"]["D2"].number_format = "[h]:mm"
    book.save(path)
    assert tables(path)["mystery_visits"].frame.iloc[0].tolist() == ["V1", "S1", "1000000000", "1 day, 12:00:00"]


def test_a_number_too_large_for_a_computer_stays_as_received() -> None:
    cells = pd.Series([1, 10**400, None], dtype=object)
    assert answer_column(cells).tolist() == [1, 10**400, None]
    numbers, wrong = numeric(cells)
    assert (numbers[0], wrong.tolist()) == (1.0, [1])
