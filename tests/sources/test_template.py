"""The blank workbook explains itself and imports as it is."""

from pathlib import Path

import openpyxl
import pytest

from sq import records
from sq.language import speaking
from sq.sources import read_files
from sq.sources.headings import required_columns
from sq.sources.template import template


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_blank_workbook_imports_with_its_examples(tmp_path: Path, language: str) -> None:
    read = list(read_files([template(tmp_path / "blank.xlsx", language)]))
    assert [table.table for table in read] == list(records.RECORDS)
    for table in read:
        assert table.unknown == (), table.table
        for row in table.frame.to_dict("records"):
            records.RECORDS[table.table].model_validate({k: v for k, v in row.items() if v is not None})
    items = {table.table: table.items for table in read if table.items}
    assert items == {
        "mystery_visits": ("M01",),
        "customer_responses": ("C01",),
        "employee_responses": ("E01",),
        "internal_service_responses": ("N01",),
        "awareness_responses": ("W01",),
        "management_audits": ("G01",),
    }


def test_the_workbook_speaks_the_language_asked_for(tmp_path: Path) -> None:
    with speaking("en"):
        chinese = openpyxl.load_workbook(template(tmp_path / "zh.xlsx", "zh"))
        english = openpyxl.load_workbook(template(tmp_path / "en.xlsx"))
    assert chinese.sheetnames[:3] == ["填写说明", "门店", "职能部门"]
    assert english.sheetnames[:3] == ["Instructions", "stores", "departments"]
    assert [chinese["门店"].cell(1, i).value for i in (1, 2, 3)] == ["门店编号", "门店名称", "大区"]
    assert [english["stores"].cell(1, i).value for i in (1, 2, 3)] == ["store_id", "store_name", "region"]
    assert chinese["触点"]["D2"].value == "售前"


def test_choices_are_drop_downs_and_ids_point_to_their_table(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template(tmp_path / "zh.xlsx", "zh"))
    rules = {str(rule.sqref): rule.formula1 for rule in book["暗访"].data_validations.dataValidation}
    assert rules["B2:B2000"] == "'门店'!$A$2:$A$2000"
    assert '"草稿,通过,申诉,作废"' in rules.values()


def test_required_headings_stand_out_and_every_column_is_explained(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template(tmp_path / "en.xlsx", "en"))
    fills = {cell.value: cell.fill.fgColor.rgb for cell in book["stores"][1]}
    assert {name for name, fill in fills.items() if fill == fills["store_id"]} == set(required_columns("stores"))
    explained = [row[2] for row in book["Instructions"].iter_rows(min_row=2, values_only=True) if row[2]]
    assert set(records.Store.model_fields) <= set(explained)
