"""The findings workbook: a list of findings, and refused rows with the bad cells marked."""

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from sq.checking import check
from sq.exports.findings import findings_workbook
from sq.language import speaking
from sq.sources import SourceTable


@pytest.fixture
def book(tmp_path: Path) -> openpyxl.Workbook:
    frame = pd.DataFrame(
        {"store_id": ["S1", None, "S3"], "store_name": ["一", "=cmd()", "三"], "region": ["北", "北", "北"]},
        dtype=object,
    ).assign(staff_count=pd.Series([5, 6, -1], dtype=object))
    headings = {"store_id": "门店编号", "staff_count": "员工人数"}
    source = SourceTable("stores", "门店.xlsx", "表[1]", frame, np.arange(5, 8), headings=headings)
    with speaking("en"):
        return openpyxl.load_workbook(findings_workbook(tmp_path / "out" / "findings.xlsx", check([source])))


def test_the_first_sheet_lists_every_finding(book: openpyxl.Workbook) -> None:
    sheet = book["Findings"]
    told = [[c.value for c in row] for row in sheet.iter_rows()]
    assert told[0] == ["severity", "file", "sheet", "row", "column", "value", "rows", "what and where"]
    assert [row[:7] for row in told[1:]] == [
        ["error", "门店.xlsx", "表[1]", 6, "门店编号", "", 1],
        ["error", "门店.xlsx", "表[1]", 7, "员工人数", "-1", 1],
    ]
    assert told[2][7] == "门店.xlsx, sheet 表[1], row 7, column 员工人数: -1 is out of range; allowed: ≥ 0."


def test_refused_rows_stand_as_received_with_the_bad_cells_coloured(book: openpyxl.Workbook) -> None:
    sheet = book["1 表_1_"]
    told = [[c.value for c in row] for row in sheet.iter_rows()]
    assert told[0] == ["row", "reason", "门店编号", "store_name", "region", "员工人数"]
    assert [(row[0], *row[2:]) for row in told[1:]] == [(6, None, "=cmd()", "北", 6), (7, "S3", "三", "北", -1)]
    coloured = {c.coordinate for row in sheet.iter_rows() for c in row if c.fill.fgColor.rgb == "FFFFC7CE"}
    assert coloured == {"C2", "F3"}


def test_a_text_that_looks_like_a_formula_stays_a_text(book: openpyxl.Workbook) -> None:
    assert book["1 表_1_"]["D2"].data_type == "s"
