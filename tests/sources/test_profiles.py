"""A vendor's headings and codes become ours by a profile alone; a wrong profile is told by its key."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sq.errors import ProfileError, SourceError
from sq.language import speaking
from sq.sources import DERIVED, SourceTable, read_files
from sq.sources.profile_checks import load_profile
from tests.sources.making import tables, workbook, written

SECTION = '[[section]]\ntable = "mystery_visits"\n'
COLUMNS = 'columns.visit_id = "id"\ncolumns.store_id = "shop"\ncolumns.visited_on = "day"\n'
HEAD = "id,shop,day"
ROW = "1,S1,2026-01-05"


def profile(folder: Path, text: str) -> Path:
    """A profile file."""
    return written(folder / "vendor.toml", text)


def mapped(folder: Path, toml: str, csv: str, table: str = "mystery_visits") -> SourceTable:
    """The table that a profile makes of one CSV file."""
    return tables(written(folder / "visits.csv", csv), profile=profile(folder, toml))[table]


def fault(folder: Path, toml: str) -> str:
    """What is said about a wrong profile."""
    with pytest.raises(ProfileError) as error:
        load_profile(profile(folder, toml))
    with speaking("zh"):
        assert "vendor.toml" in str(error.value.what)
    with speaking("en"):
        return str(error.value.what)


def test_headings_constants_values_and_composite_keys(tmp_path: Path) -> None:
    toml = (
        '[[section]]\ntable = "mystery_visits"\nconstants.stream = "sales"\nconstants.visited_on = 2026-01-05\n'
        'columns.visit_id = "{file}/{row}"\ncolumns.store_id = "{country}-{bank}"\n'
        'columns.status = { heading = "state", values = { 1 = "approved", 9 = "void" }, otherwise = "draft" }\n'
        'columns.comment = { heading = ["remark", "comment"], missing = ["none"], default = "–" }\n'
    )
    csv = "country,bank,state,comment\nDE,A,1,fine\nFR,B,9,none\nFR,B,x,\n"
    table = mapped(tmp_path, toml, csv)
    assert table.frame.to_dict("list") == {
        "stream": ["sales"] * 3,
        "visited_on": [dt.date(2026, 1, 5)] * 3,
        "visit_id": ["visits/2", "visits/3", "visits/4"],
        "store_id": ["DE-A", "FR-B", "FR-B"],
        "status": ["approved", "void", "draft"],
        "comment": ["fine", "–", "–"],
    }
    assert table.headings == {"status": "state", "comment": "comment"}


def test_dates_come_from_formats_and_from_parts(tmp_path: Path) -> None:
    toml = SECTION + (
        'columns.visit_id = "id"\ncolumns.store_id = "shop"\n'
        'columns.visited_on = { template = "{year}-{month}-{day}", format = ["%Y-%b-%d", "%Y-%m-%d"] }\n'
    )
    csv = "id,shop,day,month,year\n1,S,5,Mar,2026\n2,S,6,4,2026\n3,S,40,4,2026\n4,S,,,\n"
    days = mapped(tmp_path, toml, csv).frame["visited_on"].tolist()
    assert days == [dt.date(2026, 3, 5), dt.date(2026, 4, 6), "2026-4-40", None]


def test_bands_turn_numbers_into_names(tmp_path: Path) -> None:
    toml = (
        SECTION
        + COLUMNS
        + 'columns.stream = { heading = "age", bands = { "..17" = "child", "18..64" = "adult", "65.." = "old" } }\n'
    )
    csv = f"{HEAD},age\n" + "".join(f"{ROW},{age}\n" for age in (3, 18, 64.0, 65, "?"))
    assert mapped(tmp_path, toml, csv).frame["stream"].tolist() == ["child", "adult", "adult", "old", "?"]


def test_encoding_separator_and_decimal_comma(tmp_path: Path) -> None:
    toml = (
        SECTION
        + 'encoding = "cp1252"\nseparator = ";"\ndecimal = ","\n'
        + COLUMNS
        + ('columns.total_score = "score"\nitems.A = "a"\n')
    )
    path = written(tmp_path / "v.csv", "id;shop;day;score;a\n1;Zürich;2026-01-05;81,25;1.000,5\n".encode("cp1252"))
    frame = tables(path, profile=profile(tmp_path, toml))["mystery_visits"].frame
    assert frame.iloc[0].tolist() == [
        "1",
        "Zürich",
        dt.date(2026, 1, 5),
        81.25,
        1000.5,
    ]


def test_skipped_rows_are_counted_under_the_first_rule_that_hits(tmp_path: Path) -> None:
    toml = (
        SECTION
        + COLUMNS
        + (
            '[section.skip]\n"footer total" = { heading = "id", matches = "^Total" }\n'
            'unrated = { heading = "score", empty = true }\n"test shopper" = { heading = "who", is = ["test", 99] }\n'
            '"other wave" = { heading = "wave", is_not = [1] }\n'
        )
    )
    day = "2026-01-05"
    rows = [f"1,S,{day},4,a,1", f"2,S,{day},,test,1", f"3,S,{day},3,99,1", "Total,,,,,", f"5,S,{day},3,a,2"]
    csv = "\n".join([f"{HEAD},score,who,wave", *rows])
    table = mapped(tmp_path, toml, csv)
    assert table.frame["visit_id"].tolist() == ["1"]
    assert table.skipped == {"footer total": 1, "unrated": 1, "test shopper": 1, "other wave": 1}
    assert len(table.frame) + sum(table.skipped.values()) == 5


def test_codes_mean_missing_for_all_items_or_for_one(tmp_path: Path) -> None:
    toml = (
        SECTION
        + "missing = [0, 6]\n"
        + COLUMNS
        + (
            'items = { A = "a", B = "b", C = "c" }\n'
            '[[items]]\nitem_id = "A"\ntext_en = "A"\nscale_min = 1\nscale_max = 5\n'
            '[[items]]\nitem_id = "B"\ntext_en = "B"\nscale_min = 0\nscale_max = 10\nmissing = [11]\n'
            '[[items]]\nitem_id = "C"\ntext_en = "C"\nscale_min = 1\nscale_max = 5\n'
            'values = { "满意" = 4, "不满意" = 2 }\n'
        )
    )
    csv = f"{HEAD},a,b,c\n{ROW},5,0,满意\n{ROW},6,11,0\n{ROW},0,6,不满意\n{ROW},,10,5\n"
    frame = mapped(tmp_path, toml, csv).frame
    np.testing.assert_array_equal(frame["A"], [5, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(frame["B"], [0, np.nan, 6, 10])
    np.testing.assert_array_equal(frame["C"], [4, np.nan, 2, 5])


def test_multi_select_columns_are_one_where_chosen(tmp_path: Path) -> None:
    toml = SECTION + COLUMNS + 'items = { A = "a", B = "b" }\nmulti_select = ["A"]\n'
    csv = f"{HEAD},a,b\n{ROW},-1,-1\n{ROW},3,3\n{ROW},,\n"
    frame = mapped(tmp_path, toml, csv).frame
    assert frame["A"].tolist() == [0, 1, 0]
    np.testing.assert_array_equal(frame["B"], [-1, 3, np.nan])


def test_codes_are_the_same_with_and_without_a_fraction(tmp_path: Path) -> None:
    toml = (
        SECTION
        + "missing = [6]\n"
        + COLUMNS
        + (
            'items.A = "a"\ncolumns.stream = { heading = "s", values = { 1 = "one" } }\n'
            'skip.test = { heading = "t", is = [9] }\nmulti_select = ["B"]\nitems.B = "b"\n'
        )
    )
    csv = f"{HEAD},a,s,t,b\n{ROW},6.0,1.0,0,-1.0\n{ROW},5.0,2,0.0,1\n{ROW},5,1,9.0,1\n"
    table = mapped(tmp_path, toml, csv)
    np.testing.assert_array_equal(table.frame["A"], [np.nan, 5])
    assert table.frame["stream"].tolist() == ["one", "2"]
    assert table.frame["B"].tolist() == [0, 1]
    assert table.skipped == {"test": 1}


def test_words_become_numbers_for_all_items_and_missing_codes_are_those_of_the_file(tmp_path: Path) -> None:
    toml = (
        SECTION
        + 'missing = ["?", 0]\nitem_values = { Yes = 1, No = 0 }\n'
        + COLUMNS
        + ('items.A = "a"\nitems.B = { heading = "b", values = { Partly = 0.5 }, otherwise = "" }\n')
    )
    csv = f"{HEAD},a,b\n{ROW},Yes,Partly\n{ROW},No,Maybe\n{ROW},?,No\n{ROW},0,Yes\n"
    frame = mapped(tmp_path, toml, csv).frame
    np.testing.assert_array_equal(frame["A"], [1, 0, np.nan, np.nan])  # the file's 0 is missing, No = 0 is not
    np.testing.assert_array_equal(frame["B"], [0.5, np.nan, 0, 1])


def test_options_listed_in_one_cell_become_an_item_each(tmp_path: Path) -> None:
    toml = (
        SECTION
        + COLUMNS
        + (
            'items.screen = { heading = "shown", contains = "Screen" }\n'
            'items.paper = { heading = "shown", contains = "Paper" }\n'
        )
    )
    csv = f"{HEAD},shown\n{ROW},Screen; Paper\n{ROW},Paper\n{ROW},\n"
    frame = mapped(tmp_path, toml, csv).frame
    assert frame[["screen", "paper"]].values.tolist() == [[1, 1], [0, 1], [0, 0]]


def test_items_by_pattern_define_themselves(tmp_path: Path) -> None:
    toml = SECTION + COLUMNS + 'item_pattern = "Q(\\\\d+) .*"\nitem_defaults = { scale_min = 0, scale_max = 1 }\n'
    csv = f"{HEAD},Q1 Greets,Q2 Smiles,weather\n{ROW},1,0,fine\n"
    visits, items = (mapped(tmp_path, toml, csv, table) for table in ("mystery_visits", "items"))
    assert visits.items == ("1", "2")
    assert visits.headings["2"] == "Q2 Smiles"
    assert visits.unknown == ("weather",)
    assert items.sheet == DERIVED
    assert items.frame[["instrument", "item_id", "text_zh", "scale_max"]].values.tolist() == [
        ["mystery", "1", "Q1 Greets", 1],
        ["mystery", "2", "Q2 Smiles", 1],
    ]


def test_a_look_up_joins_a_second_sheet(tmp_path: Path) -> None:
    book = workbook(
        tmp_path / "v.xlsx",
        visits=[["id", "shop", "day"], [1, 10, "2026-01-05"], [2, 20, "2026-01-05"], [3, 30, "2026-01-05"]],
        shops=[["no", "name"], [10, "A"], [20, "B"]],
    )
    toml = (
        '[[section]]\nsheets = ["visits"]\ntable = "mystery_visits"\n'
        + COLUMNS
        + ('columns.comment = "shops.name"\nlookups.shops = { sheet = "shops", key = "no", on = "shop" }\n')
    )
    assert tables(book, profile=profile(tmp_path, toml))["mystery_visits"].frame["comment"].tolist() == ["A", "B", None]


def test_a_look_up_file_is_no_table_of_its_own_and_its_key_is_unique(tmp_path: Path) -> None:
    visits = written(tmp_path / "visits.csv", f"{HEAD}\n{ROW}\n")
    shops = written(tmp_path / "shops.csv", "no,name\nS1,A\n")
    toml = (
        '[[section]]\nfiles = ["visits*"]\ntable = "mystery_visits"\n'
        + COLUMNS
        + ('columns.comment = "s.name"\nlookups.s = { file = "shops*", key = "no", on = "shop" }\n')
    )
    read = tables(shops, visits, profile=profile(tmp_path, toml))
    assert list(read) == ["mystery_visits"]
    assert read["mystery_visits"].frame["comment"].tolist() == ["A"]
    written(shops, "no,name\nS1,A\nS1,B\n")
    with pytest.raises(ProfileError, match=r"shops\.csv has S1 more than once"):
        tables(shops, visits, profile=profile(tmp_path, toml))


def test_stores_derived_from_visits_keep_their_latest_name(tmp_path: Path) -> None:
    toml = (
        SECTION
        + COLUMNS
        + (
            '[section.derive.stores]\norder_by = "visited_on"\n'
            'columns = { store_id = "shop", store_name = "name", region = { heading = "area", default = "?" } }\n'
        )
    )
    csv = f"{HEAD},name,area\n1,S1,2026-03-05,New,\n2,S1,2026-01-05,Old,N\n3,S2,2026-01-05,Two,\n"
    stores = mapped(tmp_path, toml, csv, "stores")
    assert stores.frame.values.tolist() == [["S2", "Two", "?"], ["S1", "New", "N"]]


def test_a_reference_table_in_the_delivery_wins_over_derived_rows(tmp_path: Path) -> None:
    toml = (
        '[[section]]\nfiles = ["visits*"]\ntable = "mystery_visits"\n'
        + COLUMNS
        + ('derive.stores.columns = { store_id = "shop", store_name = "shop", region = { constant = "?" } }\n')
    )
    visits = written(tmp_path / "visits.csv", f"{HEAD}\n{ROW}\n2,S2,2026-01-05\n")
    stores = written(tmp_path / "stores.csv", "store_id,store_name,region\nS1,A,North\n")
    read = [t for t in read_files([visits, stores], profile(tmp_path, toml)) if t.table == "stores"]
    assert [(t.sheet, t.frame["store_id"].tolist()) for t in read] == [(None, ["S1"]), (DERIVED, ["S2"])]


def test_one_long_file_feeds_the_visits_and_their_answers(tmp_path: Path) -> None:
    toml = (
        SECTION
        + "distinct = true\n"
        + COLUMNS
        + (
            '[[section]]\ntable = "mystery_visits_answers"\nmissing = [9]\n'
            'columns = { visit_id = "id", item_id = "q", value = "score" }\n'
        )
    )
    csv = f"{HEAD},q,score\n{ROW},A,4\n{ROW},B,9\n2,S1,2026-01-06,A,5\n"
    visits, answers = (mapped(tmp_path, toml, csv, t) for t in ("mystery_visits", "mystery_visits_answers"))
    assert visits.frame["visit_id"].tolist() == ["1", "2"]
    assert visits.skipped == {"distinct": 1}
    np.testing.assert_array_equal(answers.frame["value"], [4, np.nan, 5])
    assert (visits.unknown, answers.unknown) == ((), ())


def test_yearly_files_with_changing_headings_share_a_profile(tmp_path: Path) -> None:
    toml = "".join(
        f'[[section]]\nfiles = ["{year}*"]\ntable = "mystery_visits"\ncolumns.visit_id = "{year}-{{{key}}}"\n'
        f'columns.store_id = "shop"\nconstants.visited_on = {year}-06-30\nitems.clean = "{question}"\n'
        for year, key, question in ((2024, "no", "Q7"), (2025, "number", "Q9"))
    )
    old = written(tmp_path / "2024.csv", "no,shop,Q7\n1,S,3\n")
    new = written(tmp_path / "2025.csv", "number,shop,Q9\n1,S,5\n")
    read = list(read_files([new, old], profile(tmp_path, toml)))
    assert [(t.frame["visit_id"][0], t.frame["clean"][0]) for t in read] == [("2025-1", 5.0), ("2024-1", 3.0)]


def test_merged_cells_are_filled_where_the_profile_says_so(tmp_path: Path) -> None:
    import openpyxl

    path = workbook(tmp_path / "v.xlsx", v=[["id", "shop", "day"], [1, "S1", "2026-01-05"], [2, None, "2026-01-05"]])
    book = openpyxl.load_workbook(path)
    book["v"].merge_cells("B2:B3")
    book.save(path)
    with pytest.raises(SourceError, match="merged cells"):
        tables(path, profile=profile(tmp_path, SECTION + COLUMNS))
    read = tables(path, profile=profile(tmp_path, SECTION + 'merged_cells = "fill"\n' + COLUMNS))
    assert read["mystery_visits"].frame["store_id"].tolist() == ["S1", "S1"]


def test_a_condition_empties_what_was_not_asked(tmp_path: Path) -> None:
    toml = (
        SECTION
        + COLUMNS
        + (
            'item_values = { Yes = 1, No = 0 }\nmulti_select = ["T"]\n'
            'columns.comment = { heading = "remark", only_if = { heading = "state", is = ["done"] } }\n'
            'items.A = { heading = "a", only_if = [{ heading = "who", is = [4] }, { heading = "state", empty = false, '
            'is_not = ["open"] }] }\n'
            'items.T = { heading = "t", only_if = { heading = "who", matches = "^[45]" } }\n'
        )
    )
    rows = [f"{ROW},4,done,x,Yes,", f"{ROW},4,open,x,Yes,1", f"{ROW},5,done,x,No,", f"{ROW},6,done,,No,1"]
    csv = "\n".join([f"{HEAD},who,state,remark,a,t", *rows])
    frame = mapped(tmp_path, toml, csv).frame
    assert frame["comment"].tolist() == ["x", None, "x", None]
    np.testing.assert_array_equal(frame["A"].astype(float), [1, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(frame["T"].astype(float), [0, 1, 0, np.nan])  # ticked or not, but not asked of 6


def test_texts_are_cut_extracted_and_changed_in_case_before_codes(tmp_path: Path) -> None:
    toml = SECTION + (
        'columns.visit_id = { heading = "id", extract = "(\\\\d+)\\\\." }\n'
        'columns.store_id = { heading = "shop", case = "upper" }\n'
        'columns.visited_on = "day"\ncolumns.total_score = { heading = "score", remove = "[%\\\\s]" }\n'
        'columns.stream = { heading = "kind", extract = "^[a-z]+", case = "upper", values = { SALE = "sales" } }\n'
    )
    csv = "id,shop,day,score,kind\nNo 12. A,s1,2026-01-05,72 %,sale-2\nB,s1,2026-01-06,8,none\n"
    frame = mapped(tmp_path, toml, csv).frame
    assert frame[["visit_id", "store_id", "total_score", "stream"]].values.tolist() == [
        ["12", "S1", "72", "sales"],
        ["B", "S1", "8", "NONE"],  # nothing to extract: the cell stays
    ]


def test_patterns_turn_sentences_into_values(tmp_path: Path) -> None:
    toml = (
        SECTION
        + COLUMNS
        + (
            'columns.status = { heading = "said", values = { "closed" = "approved" }, '
            'patterns = { "^No violation" = "void", "violation" = "disputed" }, otherwise = "draft" }\n'
        )
    )
    csv = f"{HEAD},said\n{ROW},closed\n{ROW},No violation found\n{ROW},A violation was found\n{ROW},else\n"
    assert mapped(tmp_path, toml, csv).frame["status"].tolist() == ["approved", "void", "disputed", "draft"]


def test_numbers_are_scaled_and_periods_end_on_their_last_day(tmp_path: Path) -> None:
    toml = (
        '[[section]]\ntable = "aggregates"\n'
        'constants = { instrument = "customer", level = "chain", statistic = "share" }\n'
        'columns.value = { heading = "share", factor = 100 }\n'
        'columns.period_start = { heading = "month", format = "%m_%Y" }\n'
        'columns.period_end = { heading = "month", format = "%m_%Y", until = "quarter" }\n'
    )
    frame = mapped(tmp_path, toml, "share,month\n0.57,02_2024\n1,10_2023\n?,02_2024\n", "aggregates").frame
    assert frame["value"].tolist() == [57.0, 100.0, "?"]  # 0.57 x 100 is 57 and not 56.99999999999999
    assert frame["period_start"].tolist() == [dt.date(2024, 2, 1), dt.date(2023, 10, 1), dt.date(2024, 2, 1)]
    assert frame["period_end"].tolist() == [dt.date(2024, 3, 31), dt.date(2023, 12, 31), dt.date(2024, 3, 31)]
    toml = toml.replace("quarter", "month")
    assert mapped(tmp_path, toml, "share,month\n1,02_2024\n", "aggregates").frame["period_end"][0] == dt.date(
        2024, 2, 29
    )


UNPIVOT = (
    '[[section]]\ntable = "aggregates"\nunpivot = { headings = ["20??"], name = "year", value = "share" }\n'
    'constants = { instrument = "employee", level = "chain", statistic = "share" }\n'
    'columns.value = "share"\ncolumns.item_id = "q"\n'
    'columns.period_start = "{year}-01-01"\ncolumns.period_end = "{year}-12-31"\n'
    'skip."not asked" = { heading = "share", is = ["NA"], empty = true }\n'
)


def test_columns_become_rows_and_each_cell_counts_as_read(tmp_path: Path) -> None:
    table = mapped(tmp_path, UNPIVOT, "q,text,2019,2020\nB1,one,61,NA\nB2,two,,70\n", "aggregates")
    assert table.frame[["item_id", "period_end", "value"]].values.tolist() == [
        ["B1", dt.date(2019, 12, 31), "61"],
        ["B2", dt.date(2020, 12, 31), "70"],
    ]
    assert table.rows.tolist() == [2, 3]
    assert table.skipped == {"not asked": 2}
    assert len(table.frame) + 2 == 2 * 2  # two rows of two years
    assert table.unknown == ("text",)


def test_an_unpivot_that_does_not_fit_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"visits\.csv has no heading 20\?\?, which unpivot\.headings"):
        mapped(tmp_path, UNPIVOT, "q,19\nB1,1\n", "aggregates")
    with pytest.raises(ProfileError, match=r"visits\.csv has a heading share already, so unpivot cannot make one"):
        mapped(tmp_path, UNPIVOT, "q,share,2019\nB1,1,2\n", "aggregates")


def test_groups_of_items_share_codes_defaults_and_a_condition(tmp_path: Path) -> None:
    toml = (
        SECTION
        + COLUMNS
        + (
            'items.Q1 = "Q1 Overall"\n'
            '[[section.item_groups]]\npattern = "(?P<n>Q\\\\d+) (?P<text>.*)"\nid = "{n}"\n'
            'missing = [9]\nleave_out = ["*Weighted*"]\n'
            'defaults = { text_en = "{text}", scale_min = 1, scale_max = 5 }\n'
            '[[section.item_groups]]\npattern = "Seen: (.*)"\nmulti_select = true\n'
            'only_if = { heading = "day", matches = "^2026" }\n'
            'defaults = { text_zh = "{1}！", scale_min = 0, scale_max = 1 }\n'
        )
    )
    csv = f"{HEAD},Q1 Overall,Q2 Clean,Q3 Weighted,Seen: Lift\n{ROW},5,9,7,x\n2,S1,2025-01-05,4,3,7,\n"
    visits, items = (mapped(tmp_path, toml, csv, table) for table in ("mystery_visits", "items"))
    assert visits.items == ("Q1", "Q2", "Lift")
    assert visits.unknown == ("Q3 Weighted",)
    np.testing.assert_array_equal(visits.frame["Q2"], [np.nan, 3])
    np.testing.assert_array_equal(visits.frame["Lift"].astype(float), [1, np.nan])
    assert items.frame[["instrument", "item_id", "text_zh", "text_en", "scale_max"]].astype(object).where(
        items.frame[["instrument", "item_id", "text_zh", "text_en", "scale_max"]].notna(), None
    ).values.tolist() == [["mystery", "Q2", "Clean", "Clean", 5], ["mystery", "Lift", "Lift！", None, 1]]


def test_two_headings_that_a_pattern_makes_one_item_are_told(tmp_path: Path) -> None:
    toml = SECTION + COLUMNS + 'item_pattern = "(S\\\\.\\\\d)_.*"\nitem_defaults = { scale_min = 1, scale_max = 5 }\n'
    with pytest.raises(ProfileError, match=r"S\.1_day and S\.1_night are both item S\.1 by the pattern"):
        mapped(tmp_path, toml, f"{HEAD},S.1_day,S.1_night\n{ROW},1,2\n")


def test_a_look_up_has_a_key_of_several_headings_and_takes_only_some_rows(tmp_path: Path) -> None:
    visits = written(tmp_path / "visits.csv", f"{HEAD},year\n{ROW},1\n2,S1,2026-01-05,2\n3,S2,2026-01-05,1\n")
    rates = written(tmp_path / "rates.csv", "no,wave,what,x\nS1,1,rate,a\nS1,1,n,b\nS1,2,rate,c\nS2,1,n,d\n")
    toml = (
        '[[section]]\nfiles = ["visits*"]\ntable = "mystery_visits"\n'
        + COLUMNS
        + (
            'columns.comment = "s.x"\n[section.lookups.s]\nfile = "rates*"\n'
            'key = ["no", "wave"]\non = ["shop", "year"]\n'
            'where = { heading = "what", is = ["rate"] }\n'
        )
    )
    read = tables(rates, visits, profile=profile(tmp_path, toml))
    assert read["mystery_visits"].frame["comment"].tolist() == ["a", "c", None]
    assert read["mystery_visits"].unknown == ()
    toml = toml.replace('where = { heading = "what", is = ["rate"] }', "")
    with pytest.raises(ProfileError, match=r"rates\.csv has S1 · 1 more than once"):
        tables(rates, visits, profile=profile(tmp_path, toml))


def test_invitations_are_counted_from_the_file_with_the_rows_that_are_skipped(tmp_path: Path) -> None:
    toml = (
        '[[section]]\ntable = "employee_responses"\n'
        'columns = { response_id = "id", department_id = "unit", wave_id = "wave" }\n'
        'skip."no answer" = { heading = "A", empty = true }\nitems.A = "A"\n'
        'derive.departments.columns = { department_id = "unit", name_zh = "unit" }\n'
        '[section.derive.invitations]\ncount = "invited"\n'
        'columns = { instrument = { constant = "employee" }, wave_id = "wave", level = { constant = "department" }, '
        'place = "unit" }\n'
    )
    one = written(tmp_path / "one.csv", "id,unit,wave,A\n1,HR,W1,3\n2,HR,W1,\n3,IT,W1,4\n")
    two = written(tmp_path / "two.csv", "id,unit,wave,A\n4,HR,W1,\n5,HR,W2,1\n")
    read = list(read_files([one, two], profile(tmp_path, toml)))
    counted = pd.concat(t.frame for t in read if t.table == "invitations")
    assert sorted(counted[["wave_id", "place", "invited"]].values.tolist()) == [
        ["W1", "HR", 3],  # 1 and 2 of one file and 4 of the other
        ["W1", "IT", 1],
        ["W2", "HR", 1],
    ]
    forms = [t for t in read if t.table == "employee_responses"]
    assert [(len(t.frame), t.skipped) for t in forms] == [(2, {"no answer": 1}), (1, {"no answer": 1})]


def test_a_rule_for_skipping_may_ask_several_things_at_once(tmp_path: Path) -> None:
    toml = (
        SECTION
        + COLUMNS
        + ('skip."mean of old years" = [{ heading = "shop", is = ["ALL"] }, { heading = "day", matches = "^2025" }]\n')
    )
    table = mapped(tmp_path, toml, f"{HEAD}\n1,ALL,2025-01-05\n2,ALL,2026-01-05\n3,S1,2025-01-05\n")
    assert table.frame["visit_id"].tolist() == ["2", "3"]
    assert table.skipped == {"mean of old years": 1}


def test_files_that_are_ignored_on_purpose_are_not_read(tmp_path: Path) -> None:
    visits = written(tmp_path / "visits.csv", f"{HEAD}\n{ROW}\n")
    dictionary = written(tmp_path / "dictionary.csv", "Field,Meaning\nid,the number\n")
    toml = (
        'ignore_files = ["dictionary*"]\n'
        + SECTION.replace("[[section]]\n", '[[section]]\nfiles = ["visits*"]\n')
        + COLUMNS
    )
    assert list(tables(visits, dictionary, profile=profile(tmp_path, toml))) == ["mystery_visits"]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[[section]\n", "is not valid TOML"),
        ("name = 3\n", "name: a text is expected"),
        ("sections = []\n", "sections: sections does not exist; did you mean section?"),
        (SECTION + "heading-row = 2\n", "section.1.heading-row: heading-row does not exist; did you mean heading_row?"),
        (SECTION + 'decimal = ";"\n', "section.1.decimal: allowed are '.' or ','"),
        ("[[section]]\n", "section.1.table: this key is required"),
        (SECTION + "columns.store_id = []\n", "section.1.columns.store_id.heading: at least one heading is expected"),
        ('[[section]]\ntable = "visits"\n', "section.1.table: visits does not exist; did you mean"),
        (SECTION + 'columns.shop = "S"\n', "section.1.columns.shop: shop does not exist; "),
        (SECTION + 'constants.storeid = "S"\n', "constants.storeid: storeid does not exist; did you mean store_id?"),
        (SECTION + 'columns.store_id = { heading = "a", constant = "b" }\n', "exactly one of heading, template"),
        (SECTION + 'columns.stream = { heading = "a", bands = { "1-2" = "x" } }\n', 'write a band as "1..12", not 1-2'),
        (SECTION + 'columns.stream = { header = "a" }\n', "header does not exist; did you mean heading?"),
        (SECTION + 'item_pattern = "Q("\n', "item_pattern: this is no regular expression"),
        (SECTION + 'skip.x = { heading = "a", in = [1] }\n', "section.1.skip.x.1.in: in does not exist; "),
        (SECTION + 'derive.shops.columns.a = "b"\n', "derive.shops: shops does not exist; "),
        (SECTION + 'derive.stores.columns.a = "b"\n', "derive.stores.columns.a: a does not exist; "),
        (
            SECTION + 'columns.visit_id = "id"\n',
            "columns.store_id: mystery_visits needs this column; map a heading to it",
        ),
        (
            SECTION + 'columns.opened_at = "day"\n',
            "columns.opened_at: mystery_visits has no column opened_at, which belongs to complaints: correct table",
        ),
        (SECTION + 'skip.x = { heading = "a" }\n', "section.1.skip.x: give one of empty, is, is_not and matches"),
        (
            SECTION + 'columns.store_id = { heading = "a", only_if = { heading = "b", equals = 1 } }\n',
            "only_if.1.equals: equals does not exist; ",
        ),
        (
            SECTION + 'columns.store_id = { heading = "a", only_if = { heading = "b", matches = "(" } }\n',
            "this is no regular expression",
        ),
        (SECTION + 'columns.store_id = { heading = "a", extract = "(" }\n', "this is no regular expression"),
        (
            SECTION + 'columns.store_id = { heading = "a", until = "week" }\n',
            "allowed are 'month', 'quarter' or 'year'",
        ),
        (SECTION + 'unpivot = { heading = "a" }\n', "heading does not exist; did you mean headings?"),
        (SECTION + 'item_groups = [{ patern = "a" }]\n', "patern does not exist; did you mean pattern?"),
        (
            SECTION + 'item_groups = [{ pattern = "a", defaults = { scale_mx = 5 } }]\n',
            "item_groups.1.defaults.scale_mx: scale_mx does not exist; did you mean scale_m",
        ),
        (
            SECTION + COLUMNS + 'lookups.x = { key = ["a", "b"], on = "a" }\n',
            "lookups.x: give as many headings for key as for on",
        ),
        (
            SECTION + COLUMNS + 'lookups.x = { key = "a", on = "a", where = { heading = "b", matches = "(" } }\n',
            "lookups.x.where.matches: this is no regular expression",
        ),
        (
            SECTION + COLUMNS + 'item_groups = [{ pattern = "a", only_if = { heading = "b" } }]\n',
            "item_groups.1.only_if: give one of empty, is, is_not and matches",
        ),
        (
            SECTION + 'derive.stores.columns.store_id = "b"\n',
            "derive.stores.columns.store_name: stores needs this column",
        ),
        (
            SECTION + 'derive.stores = { columns.store_id = "b", count = "visits" }\n',
            "count.visits: visits does not exist",
        ),
        ('[[items]]\nitem_id = "A"\n', "items.1.instrument: this key is required"),
        (
            SECTION + '[[items]]\nitem_id = "A"\ntxt_zh = "A"\n',
            "items.1.txt_zh: txt_zh does not exist; did you mean text_zh?",
        ),
        (
            SECTION + '[[items]]\nitem_id = "A"\ntext_zh = "A"\nscale_min = 0\nscale_max = "many"\n',
            "items.1.scale_max: a number",
        ),
    ],
)
def test_a_wrong_profile_is_told_by_its_key(tmp_path: Path, toml: str, said: str) -> None:
    assert said in fault(tmp_path, toml)


def test_a_profile_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"The profile none\.toml cannot be read"):
        load_profile(tmp_path / "none.toml")
    path = written(tmp_path / "gbk.toml", 'name = "映射"'.encode("gbk"))
    with pytest.raises(ProfileError, match=r"The profile gbk\.toml cannot be read"):
        load_profile(path)


def test_a_heading_that_the_file_lacks_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ProfileError) as error:
        mapped(tmp_path, SECTION + COLUMNS, "id,shops,day\n1,S,2026-01-05\n")
    assert str(error.value.what) == (
        "visits.csv has no heading shop, which mystery_visits.columns.store_id of the profile names. "
        "It has for example shops."
    )


def test_a_profile_for_other_files_or_sheets_is_told(tmp_path: Path) -> None:
    toml = '[[section]]\nfiles = ["2024*"]\ntable = "mystery_visits"\n' + COLUMNS
    with pytest.raises(ProfileError, match=r"No section of the profile vendor\.toml is for visits\.csv"):
        mapped(tmp_path, toml, "a,b\n1,2\n")
    book = workbook(tmp_path / "v.xlsx", Data=[["a", "b"], [1, 2]])
    with pytest.raises(SourceError, match=r"No sheet of v\.xlsx is one that the profile names; it has Data"):
        tables(book, profile=profile(tmp_path, '[[section]]\nsheets = ["x"]\ntable = "mystery_visits"\n' + COLUMNS))
