"""Whatever is handed in, the answer is a table or one clear sentence, never another error."""

import datetime as dt
import gzip
import zipfile
from contextlib import suppress
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sq.errors import SourceError
from sq.language import speaking
from sq.sources import delimited, workbook
from sq.sources.draft import draft
from tests.sources.making import VISITS, raw_workbook, tables, text_row, written
from tests.sources.making import workbook as make

HEAD = "visit_id,store_id,visited_on,M1\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def told(path: Path) -> str:
    """The sentence a reader gets for a file; in Chinese it is another one, with the file's name in it too."""
    with pytest.raises(SourceError) as error:
        tables(path)
    assert error.value.next_step is not None
    with speaking("zh"):
        assert path.name in str(error.value.what)
        assert str(error.value.what) != error.value.what.msgid
    with speaking("en"):
        return str(error.value.what)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    assert told(tmp_path / "no.csv") == "no.csv cannot be opened."
    (tmp_path / "folder.csv").mkdir()
    assert told(tmp_path / "folder.csv") == "folder.csv cannot be opened."


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx", "x.parquet", "x.csv.gz"])
def test_an_empty_file_is_told(tmp_path: Path, name: str) -> None:
    assert told(written(tmp_path / name, b"")) == f"{name} is empty."


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("x.xlsx", b"<!DOCTYPE html><html><table></table></html>", "x.xlsx is a web page (HTML)."),
        ("x.csv", b"%PDF-1.7 ...", "x.csv is a PDF document."),
        ("x.xlsx", OLE + b"\0" * 600, "x.xlsx is an old binary Office file (.xls)."),
        ("x.csv", OLE + "EncryptedPackage".encode("utf-16-le"), "x.csv is protected by a password."),
        ("x.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "x.xlsx is protected by a password."),
        ("x.xlsx", HEAD.encode(), "x.xlsx is damaged or incomplete and cannot be opened."),
        ("x.parquet", b"PAR1" + b"\0" * 50, "x.parquet is damaged or incomplete and cannot be opened."),
        ("x.csv", HEAD.encode() + b"V1,S1,\0,4\n", "x.csv contains NUL bytes: it is damaged or not a text file."),
        ("x.csv", b"\xef\xbb\xbfstore_id,\xff\xff\n\x81", "x.csv is not readable as text (UTF-8)."),
        (
            "x.csv.gz",
            gzip.compress(HEAD.encode(), mtime=0)[:-9],
            "x.csv.gz is damaged or incomplete and cannot be opened.",
        ),
        ("x.docx", b"PK\3\4nonsense", "x.docx is damaged or incomplete and cannot be opened."),
        ("x.bin", b"anything", "x.bin is a type that is not known."),
    ],
)
def test_another_type_is_called_by_its_name(tmp_path: Path, name: str, content: bytes, what: str) -> None:
    assert told(written(tmp_path / name, content)) == what


def test_an_opendocument_file_under_csv_is_called_by_its_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.csv", "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", "<office/>")
    assert told(tmp_path / "x.csv") == "x.csv is an OpenDocument file (.ods)."


def test_a_workbook_under_csv_is_read_as_the_workbook_it_is(tmp_path: Path) -> None:
    make(tmp_path / "x.xlsx", mystery_visits=VISITS).rename(tmp_path / "x.csv")
    assert tables(tmp_path / "x.csv")["mystery_visits"].frame["M1"].tolist() == [4.0, 2.0]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("V1,S1,2026-01-05\n", "x.csv is ragged: row 2 has 3 cells, the heading has 4."),
        ("V1,S1,2026-01-05,4\nV2,S1,2026-01-05,4,9\n", "x.csv is ragged: row 3 has 5 cells, the heading has 4."),
        ('V1,"S1,2026-01-05,4\n', "x.csv is not a well-formed CSV file: line 2."),
        ('V1,"S1"x,2026-01-05,4\n', "x.csv is not a well-formed CSV file: line 2."),
    ],
)
def test_ragged_and_badly_quoted_rows_name_their_row(tmp_path: Path, body: str, what: str) -> None:
    assert told(written(tmp_path / "x.csv", HEAD + body)) == what


def test_empty_cells_beyond_the_headings_do_no_harm(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", HEAD + "V1,S1,2026-01-05,4,,\n")
    assert tables(path)["mystery_visits"].frame["M1"].tolist() == [4.0]


def test_a_repeated_heading_is_refused_only_where_it_is_used(tmp_path: Path) -> None:
    good = written(tmp_path / "x.csv", "visit_id,store_id,visited_on,M1,q,q\nV1,S1,2026-01-05,4,1,2\n")
    assert tables(good)["mystery_visits"].unknown == ("q", "q.1")
    bad = written(tmp_path / "y.csv", "visit_id,store_id,store_id,visited_on\nV1,S1,S2,2026-01-05\n")
    assert told(bad) == "y.csv has the heading store_id more than once."


def test_columns_of_a_parquet_file_without_a_name_are_left_out(tmp_path: Path) -> None:
    names = ["note_id", "", "level", "happened_on", "", "text"]
    columns = [["N1"], ["a"], ["chain"], [dt.date(2026, 3, 1)], ["b"], ["opened"]]
    pq.write_table(pa.Table.from_arrays([pa.array(c) for c in columns], names=names), tmp_path / "notes.parquet")
    assert list(tables(tmp_path / "notes.parquet")["notes"].frame.columns) == [
        "note_id",
        "level",
        "happened_on",
        "text",
    ]
    assert "note_id" in draft(tmp_path / "notes.parquet")


def test_a_moment_of_a_year_that_no_calendar_has_is_no_date(tmp_path: Path) -> None:
    far = pa.array([-4_612_000_000_000, 1_772_323_200], pa.timestamp("s"))  # the year -144179; 2026-03-01
    table = pa.table({"note_id": ["N1", "N2"], "level": ["chain"] * 2, "happened_on": far, "text": ["a", "b"]})
    pq.write_table(table, tmp_path / "notes.parquet")
    days = tables(tmp_path / "notes.parquet")["notes"].frame["happened_on"].tolist()
    assert str(days[0]).startswith("-1441")
    assert days[1] == dt.date(2026, 3, 1)


def test_a_truncated_or_damaged_workbook_is_told(tmp_path: Path) -> None:
    whole = make(tmp_path / "x.xlsx", mystery_visits=VISITS).read_bytes()
    damaged = "is damaged or incomplete and cannot be opened."
    assert told(written(tmp_path / "cut.xlsx", whole[: len(whole) // 2])) == f"cut.xlsx {damaged}"
    with zipfile.ZipFile(tmp_path / "x.xlsx") as file:
        start = file.getinfo("xl/worksheets/sheet1.xml").header_offset
    broken = bytearray(whole)
    broken[start + 80 : start + 90] = b"\0" * 10
    assert told(written(tmp_path / "hit.xlsx", bytes(broken))) == f"hit.xlsx {damaged}"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = raw_workbook(tmp_path / "bomb.xlsx", " " * 3_000_000)
    assert path.stat().st_size < 10_000
    monkeypatch.setattr(workbook, "MAX_SHEET_BYTES", 2_000_000)
    assert told(path).startswith("bomb.xlsx is too large: one sheet unpacks to more than")
    monkeypatch.setattr(workbook, "MAX_WORKBOOK_BYTES", 1_000_000)
    assert told(path).startswith("bomb.xlsx is too large: it unpacks to more than")


def test_a_text_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_TEXT_BYTES", 1_000)
    path = written(tmp_path / "x.csv.gz", gzip.compress(HEAD.encode() * 1_000))
    assert told(path).startswith("x.csv.gz is too large: more than")


def test_a_cell_in_the_last_corner_is_refused(tmp_path: Path) -> None:
    rows = text_row(1, *VISITS[0]) + '<row r="1048576"><c s="1" r="XFD1048576"><v>1</v></c></row>'
    path = raw_workbook(tmp_path / "x.xlsx", rows)
    assert told(path) == "x.xlsx is too large: one sheet spans more than 15 million cells."


def test_a_sheet_that_declares_16357_columns_and_formats_them_is_read(tmp_path: Path) -> None:
    empty = '<c r="XEC2" s="1"/>'
    rows = text_row(1, "visit_id", "store_id", "visited_on") + text_row(2, "V1", "S1", "2026-01-05").replace(
        "</row>", empty + "</row>"
    )
    path = raw_workbook(tmp_path / "x.xlsx", rows, dimension="A1:XEC1048576")
    assert tables(path)["mystery_visits"].frame.shape == (1, 3)


def test_merged_cells_among_the_data_are_told_and_a_merged_title_is_not(tmp_path: Path) -> None:
    make(tmp_path / "x.xlsx", mystery_visits=[["Visits"], *VISITS])
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    book["mystery_visits"].merge_cells("A1:D1")
    book.save(tmp_path / "x.xlsx")
    assert tables(tmp_path / "x.xlsx")["mystery_visits"].rows.tolist() == [3, 4]
    book["mystery_visits"].merge_cells("B3:B4")
    book.save(tmp_path / "x.xlsx")
    assert told(tmp_path / "x.xlsx") == "Sheet mystery_visits of x.xlsx has merged cells (B3:B4)."


def test_a_formula_counts_with_its_stored_value_and_without_one_is_empty(tmp_path: Path) -> None:
    rows = (
        text_row(1, "visit_id", "store_id", "visited_on", "M1")
        + text_row(2, "V1", "S1", "2026-01-05").replace("</row>", '<c r="D2"><f>1+3</f><v>4</v></c></row>')
        + text_row(3, "V2", "S1", "2026-01-05").replace("</row>", '<c r="D3"><f>1+3</f></c></row>')
        + text_row(4, "V3", "S1", "2026-01-05").replace("</row>", '<c r="D4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>')
    )
    frame = tables(raw_workbook(tmp_path / "x.xlsx", rows))["mystery_visits"].frame
    assert frame["M1"].fillna(-9).tolist() == [4.0, -9, -9]


def test_a_duration_beyond_all_measure_names_its_row(tmp_path: Path) -> None:
    make(tmp_path / "x.xlsx", mystery_visits=[["Visits"], [], *VISITS])
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    book["mystery_visits"]["C5"].value = 1e10
    book["mystery_visits"]["C5"].number_format = "[h]:mm"
    book.save(tmp_path / "x.xlsx")
    assert told(tmp_path / "x.xlsx") == "Sheet mystery_visits of x.xlsx has a time that does not exist in row 5."


def test_a_workbook_without_data_is_told(tmp_path: Path) -> None:
    assert told(make(tmp_path / "x.xlsx", stores=[])) == "x.xlsx holds no data."


BASES = {"x.csv": (HEAD + "V1,S1,2026-01-05,4\n").encode(), "x.csv.gz": gzip.compress(HEAD.encode(), mtime=0)}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_at_random_never_raise_anything_else(tmp_path: Path, data: st.DataObject) -> None:
    if not (tmp_path / "base.xlsx").exists():
        make(tmp_path / "base.xlsx", mystery_visits=VISITS)
    bases = BASES | {"x.xlsx": (tmp_path / "base.xlsx").read_bytes()}
    name = data.draw(st.sampled_from([*bases, "x.parquet"]))
    if data.draw(st.booleans()) and name in bases:
        content = bytearray(bases[name])
        for _time in range(data.draw(st.integers(1, 8))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    else:
        content = bytearray(data.draw(st.binary(max_size=200)))
    with suppress(SourceError):
        tables(written(tmp_path / name, bytes(content)))
