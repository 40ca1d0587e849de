"""A vendor's headings and codes become ours by a profile alone; a wrong profile is told by its key."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from sq.errors import ProfileError, SourceError
from sq.language import speaking
from sq.sources import DERIVED, SourceTable, read_files
from sq.sources.profile import load_profile
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


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[[section]\n", "is not valid TOML"),
        ("name = 3\n", "name: Input should be a valid string"),
        ("sections = []\n", "sections: sections does not exist; did you mean section?"),
        (SECTION + "heading-row = 2\n", "section.1.heading-row: heading-row does not exist; did you mean heading_row?"),
        (SECTION + 'decimal = ";"\n', "section.1.decimal: allowed are '.' or ','"),
        ("[[section]]\n", "section.1.table: this key is required"),
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
        ('[[items]]\nitem_id = "A"\n', "items.1.instrument: this key is required"),
        (
            SECTION + '[[items]]\nitem_id = "A"\ntxt_zh = "A"\n',
            "items.1.txt_zh: txt_zh does not exist; did you mean text_zh?",
        ),
        (
            SECTION + '[[items]]\nitem_id = "A"\ntext_zh = "A"\nscale_min = 0\nscale_max = "many"\n',
            "items.1.scale_max: Input",
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
