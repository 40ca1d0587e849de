"""Small files for the tests of the readers, made by hand where a library would not make them so."""

import zipfile
from pathlib import Path

import openpyxl

from sq.sources import SourceTable, read_files

VISITS = [["visit_id", "store_id", "visited_on", "M1"], ["V1", "S1", "2026-01-05", 4], ["V2", "S2", "2026-01-06", 2]]
STORES = [["门店编号", "门店名称", "大区"], ["S1", "北京店", "华北"], ["S2", "上海店", "华东"]]
KNOWN = {"mystery": {"M1"}}


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    """A workbook with these sheets, cell by cell."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def raw_workbook(path: Path, sheet_data: str, dimension: str = "A1") -> Path:
    """A workbook whose one sheet holds this XML between <sheetData> and </sheetData>."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
        '<sheets><sheet name="mystery_visits" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><dimension ref="{dimension}"/>'
        f"<sheetData>{sheet_data}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return path


def text_row(number: int, *cells: str) -> str:
    """A row of text cells as XML."""
    inside = "".join(
        f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>' for i, cell in enumerate(cells)
    )
    return f'<row r="{number}">{inside}</row>'


def tables(*paths: Path, profile: Path | None = None) -> dict[str, SourceTable]:
    """What is read from files, by table (the last one of each)."""
    return {table.table: table for table in read_files(paths, profile, known_items=KNOWN)}


def written(path: Path, content: str | bytes) -> Path:
    """A file with this content."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
