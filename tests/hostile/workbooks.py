"""Spoilt workbooks: bytes, cells, and parts that no spreadsheet program would write."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from pathlib import Path
from typing import Any

import openpyxl

from tests.hostile.base import GOOD
from tests.hostile.cases import Delivery, fixed, heavy, kind
from tests.hostile.texts import CELLS, damaged, only, rows_of, written

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)
ODD_VALUES: tuple[Any, ...] = (
    1e308, -1e308, 1e-320, 2**60, -0.0, True, dt.date(1900, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59), dt.time(23, 59),
    dt.timedelta(days=400), dt.date(2026, 1, 5), "=1/0", "=NOW()", "=Sheet9!A1", "", None,
)  # fmt: skip


def workbook(sheets: dict[str, list[list[Any]]]) -> openpyxl.Workbook:
    """A workbook with these sheets, numbers as numbers."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([_typed(cell) for cell in row])
    return book


def _typed(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    cell = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", cell)[:32_767]
    try:
        return float(cell)
    except ValueError:
        return cell


def saved(book: openpyxl.Workbook) -> bytes:
    """A workbook's bytes."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cell(reference: str, value: str, attributes: str = "", inside: str = "v") -> str:
    """A cell as XML."""
    place = f' r="{reference}"' if reference else ""
    text = f"<is><t>{value}</t></is>" if inside == "is" else f"<v>{value}</v>"
    return f"<c{place}{attributes}>{text}</c>"


def xml_rows(rows: list[list[str]], first: int = 1) -> str:
    """Rows of text cells as XML."""
    return "".join(
        f'<row r="{i}">'
        + "".join(cell(f"{_letters(k)}{i}", _escaped(v), ' t="inlineStr"', "is") for k, v in enumerate(row) if v)
        + "</row>"
        for i, row in enumerate(rows, start=first)
    )


def _letters(column: int) -> str:
    text, column = "", column + 1
    while column:
        column, digit = divmod(column - 1, 26)
        text = chr(65 + digit) + text
    return text


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def parts_of(
    sheet_data: str, name: str = "stores", after: str = "", shared: str = "", before: str = ""
) -> dict[str, str]:
    """The parts of a workbook of one sheet."""
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f'<sheets><sheet name="{_escaped(name)}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/sharedStrings.xml": shared or f'{HEAD}<sst xmlns="{MAIN}"><si><t>store_id</t></si></sst>',
        "xl/worksheets/sheet1.xml": f'{HEAD}{before}<worksheet xmlns="{MAIN}">'
        f"<sheetData>{sheet_data}</sheetData>{after}</worksheet>",
    }


def packed(path: Path, parts: dict[str, str] | dict[str, bytes]) -> Path:
    """A workbook file of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path


@kind(8)
def xlsx_bytes(rng: random.Random, folder: Path) -> Delivery:
    """A good workbook with spoilt bytes."""
    table, rows = rows_of(rng)
    return only(written(folder, "x.xlsx", damaged(rng, saved(workbook({table: rows})))), rng)


@kind(10)
def xlsx_parts(rng: random.Random, folder: Path) -> Delivery:
    """A good workbook in which one part is spoilt, missing or exchanged, with its checksum right."""
    table, rows = rows_of(rng)
    with zipfile.ZipFile(io.BytesIO(saved(workbook({table: rows})))) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    for _time in range(rng.choice([1, 1, 2])):
        name = rng.choice([*parts, *["xl/worksheets/sheet1.xml"] * 4, "xl/workbook.xml", "xl/sharedStrings.xml"])
        if name not in parts:
            continue
        match rng.choice(["spoil", "spoil", "spoil", "drop", "swap", "empty", "laughs"]):
            case "spoil":
                parts[name] = damaged(rng, parts[name])
            case "drop":
                del parts[name]
            case "swap":
                parts[name] = rng.choice(list(parts.values()))
            case "empty":
                parts[name] = b""
            case _:
                at = parts[name].find(b"<", 2)
                parts[name] = parts[name][:at] + LAUGHS.encode() + parts[name][at:].replace(b"1", b"&j;")
    return only(packed(folder / "x.xlsx", parts), rng)


@kind(12)
def xlsx_cells(rng: random.Random, folder: Path) -> Delivery:
    """Well-formed workbooks with hostile cells, formulas, merged cells, titles and hidden sheets."""
    sheets = dict(rows_of(rng) for _sheet in range(rng.choice([1, 1, 2, 3])))
    for rows in sheets.values():
        for _time in range(rng.choice([0, 1, 3, 20])):
            row = rng.choice(rows[1:])
            row[rng.randrange(len(row))] = rng.choice(CELLS) if rng.random() < 0.5 else rng.choice(ODD_VALUES)
    if rng.random() < 0.3:
        rows.insert(0, ["title"])
    book = workbook(sheets)
    sheet = rng.choice(book.worksheets)
    if rng.random() < 0.25:
        top, left = rng.randint(1, 5), rng.randint(1, 4)
        sheet.merge_cells(
            start_row=top, start_column=left, end_row=top + rng.randint(0, 3), end_column=left + rng.randint(0, 9)
        )
    if rng.random() < 0.2:
        sheet.cell(rng.choice([1, 500, 20_000]), rng.choice([1, 300]), rng.choice(["x", 1, None]))
    for row in sheet.iter_rows(min_row=2, max_row=4):
        if rng.random() < 0.2:
            rng.choice(row).number_format = rng.choice(["[h]:mm", "yyyy-mm-dd", "0.00E+00", '"x"@', "General"])
    sheet.sheet_state = rng.choice(["visible", "visible", "hidden"]) if len(book.worksheets) > 1 else "visible"
    return only(written(folder, f"{rng.choice(['x.xlsx', 'x.xlsm', 'x.csv', 'x.parquet'])}", saved(book)), rng)


@kind(10)
def xlsx_xml(rng: random.Random, folder: Path) -> Delivery:
    """Sheets as no program would write them: odd references, types, indexes, names and entities."""
    rows = [list(row) for row in GOOD["stores"]]
    text = xml_rows(rows)
    reference = rng.choice(
        [
            "",
            "A0",
            "A-1",
            "XFD1048576",
            "XFE1",
            "ZZZZZZ9",
            "A99999999999",
            "a5",
            "5",
            "A5:B6",
            "$A$5",
            "１",
            "G5",
            "AAA1",
            "A1048577",
            " A5",
            "A5 ",
        ]
    )
    value = rng.choice(
        [
            "1",
            "-1",
            "99999999999",
            "1e400",
            "nan",
            "",
            "&amp;",
            "&#0;",
            "&#xD800;",
            "&j;",
            "x",
            "2.9e6",
            "-1.5",
            "TRUE",
            "#REF!",
            "1" * 5_000,
            "<v>1</v>",
        ]
    )
    attributes = rng.choice(
        [
            "",
            ' t="s"',
            ' t="b"',
            ' t="e"',
            ' t="d"',
            ' t="str"',
            ' t="inlineStr"',
            ' t="zz"',
            ' s="9999"',
            ' s="-1"',
            ' t="s" s="x"',
        ]
    )
    odd = cell(reference, value, attributes, rng.choice(["v", "v", "is"]))
    place = rng.choice(["5", "1", "0", "-1", "1048576", "99999999999", "", "x"])
    row = f'<row r="{place}">{odd * rng.choice([1, 1, 2, 300])}</row>' if place else f"<row>{odd}</row>"
    text = rng.choice([text + row, row + text, text.replace("</row>", odd + "</row>", 1), text + odd, text * 2])
    after = rng.choice(
        [
            "",
            "",
            '<mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>',
            '<mergeCells><mergeCell ref="B0:A-1"/></mergeCells>',
            '<mergeCells><mergeCell ref="x"/></mergeCells>',
            "<legacyDrawing r:id='x'/>",
        ]
    )
    name = rng.choice(["stores", "stores", "", "x" * 300, "说明", "a&b", "'", "S1!A1"])
    return only(packed(folder / "x.xlsx", parts_of(text, name, after, before=rng.choice(["", "", LAUGHS]))), rng)


@kind(3)
def xlsx_links(rng: random.Random, folder: Path) -> Delivery:
    """Relationships that lead elsewhere: other parts, the network, themselves, nothing."""
    parts = parts_of(xml_rows(GOOD["stores"]))
    target = rng.choice(
        [
            "../../../../etc/passwd",
            "http://example.invalid/x.xml",
            "workbook.xml",
            "",
            "/xl/worksheets/sheet1.xml",
            "worksheets\\sheet1.xml",
            "sharedStrings.xml",
            "WORKSHEETS/SHEET1.XML",
            "_rels/workbook.xml.rels",
            "file:///etc/passwd",
        ]
    )
    which = rng.choice(["worksheets/sheet1.xml", "sharedStrings.xml"])
    mode = rng.choice(["", ' TargetMode="External"'])
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(f'"{which}"', f'"{target}"{mode}')
    if rng.random() < 0.3:
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
            'r:id="r1"', rng.choice(['r:id="r9"', "", 'r:id="r2"'])
        )
    return only(packed(folder / "x.xlsx", parts), rng)


@fixed
def a_billion_laughs(_rng: random.Random, folder: Path) -> Delivery:
    """Entities that would unfold to ten gigabytes in the shared texts."""
    shared_text = ' t="s"'
    shared = f'{HEAD}{LAUGHS}<sst xmlns="{MAIN}"><si><t>&j;</t></si></sst>'
    rows = xml_rows(GOOD["stores"]) + f'<row r="5">{cell("A5", "0", shared_text)}</row>'
    return only(packed(folder / "x.xlsx", parts_of(rows, shared=shared)))


@fixed
def an_entity_that_reads_a_file(_rng: random.Random, folder: Path) -> Delivery:
    """An external entity in the place of a store's name."""
    before = '<!DOCTYPE l [<!ENTITY j SYSTEM "file:///etc/passwd">]>'
    return only(packed(folder / "x.xlsx", parts_of(xml_rows(GOOD["stores"]).replace("北一店", "&j;"), before=before)))


@fixed
def macros_and_external_links(_rng: random.Random, folder: Path) -> Delivery:
    """A workbook with macros, a link to another workbook and a query: its cells are read, nothing is run."""
    parts: dict[str, Any] = dict(parts_of(xml_rows(GOOD["stores"])))
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512
    parts["xl/externalLinks/externalLink1.xml"] = (
        f'<externalLink xmlns="{MAIN}"><ddeLink ddeService="cmd" ddeTopic="/C calc"/></externalLink>'
    )
    parts["xl/connections.xml"] = f'<connections xmlns="{MAIN}"><connection id="1" type="4"/></connections>'
    return only(packed(folder / "x.xlsm", parts), must="loaded")


@fixed
def cells_without_references(_rng: random.Random, folder: Path) -> Delivery:
    """Cells that say where they stand by their order alone, the last of a million rows among them."""
    wide = "<c><v>1</v></c>" * 16_384
    text = f'{xml_rows(GOOD["stores"])}<row r="5">{wide}</row><row r="1048576">{"<c><v>1</v></c>"}</row>'
    return only(packed(folder / "x.xlsx", parts_of(text)), must="sentence")


@fixed
def rows_without_references(_rng: random.Random, folder: Path) -> Delivery:
    """A small sheet without any reference is read."""
    text = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{v}</t></is></c>' for v in row) + "</row>" for row in GOOD["stores"]
    )
    return only(packed(folder / "x.xlsx", parts_of(text)), must="loaded")


@fixed
def a_cell_in_another_part(_rng: random.Random, folder: Path) -> Delivery:
    """The sheet is a part that is not where sheets are, and reaches into the last corner."""
    parts = parts_of(xml_rows(GOOD["stores"]) + f'<row r="1048576">{cell("XFD1048576", "1")}</row>')
    parts["xl/elsewhere.bin"] = parts.pop("xl/worksheets/sheet1.xml")
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace("worksheets/sheet1.xml", "elsewhere.bin")
    return only(packed(folder / "x.xlsx", parts), must="sentence")


@fixed
def tags_without_an_end(_rng: random.Random, folder: Path) -> Delivery:
    """A sheet made to keep a pattern busy: cells that are never closed."""
    return only(packed(folder / "x.xlsx", parts_of("<c " * 2_000_000)), must="sentence")


@fixed
def attributes_without_an_end(_rng: random.Random, folder: Path) -> Delivery:
    """One cell with a reference repeated for ever."""
    return only(packed(folder / "x.xlsx", parts_of("<c " + 'r="A1" ' * 1_000_000)), must="sentence")


@fixed
def a_tag_of_100_megabytes(_rng: random.Random, folder: Path) -> Delivery:
    """One text of a hundred megabytes without another sign of a tag."""
    return only(
        packed(
            folder / "x.xlsx",
            parts_of(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"a" * (100 << 20)}</t></is></c></row>'),
        ),
        must="sentence",
    )


@fixed
def deep_xml(_rng: random.Random, folder: Path) -> Delivery:
    """A sheet of a million nested elements."""
    return only(packed(folder / "x.xlsx", parts_of("<a>" * 1_000_000)))


@fixed
def ten_thousand_merged_areas(_rng: random.Random, folder: Path) -> Delivery:
    """Merged areas over each other, which a profile wants filled."""
    rows = [GOOD["stores"][0], *[[f"S{i}", "x", "y", "z", "", ""] for i in range(3_000)]]
    areas = '<mergeCell ref="A2:XFD1048576"/>' * 10_000
    path = packed(folder / "x.xlsx", parts_of(xml_rows(rows), after=f"<mergeCells>{areas}</mergeCells>"))
    text = '[[section]]\ntable = "stores"\nmerged_cells = "fill"\ncolumns.store_id = "store_id"\n'
    return Delivery((path,), written(folder, "p.toml", text))


@fixed
def ten_thousand_sheets(_rng: random.Random, folder: Path) -> Delivery:
    """One part as ten thousand sheets."""
    parts = parts_of(xml_rows(GOOD["stores"]))
    sheets = "".join(f'<sheet name="stores{i}" sheetId="{i}" r:id="r1"/>' for i in range(1, 10_001))
    parts["xl/workbook.xml"] = f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'
    return only(packed(folder / "x.xlsx", parts))


@fixed
def dates_since_1904(_rng: random.Random, folder: Path) -> Delivery:
    """A workbook that counts days from 1904, with a day before it."""
    book = workbook({"mystery_visits": GOOD["mystery_visits"]})
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book["mystery_visits"]
    for row, days in ((2, 44_564), (3, -1), (4, 2_958_465)):
        sheet.cell(row, 3, days).number_format = "yyyy-mm-dd"
    return only(written(folder, "x.xlsx", saved(book)), must="refused")


@heavy
def a_sheet_of_a_million_rows(_rng: random.Random, folder: Path) -> Delivery:
    """A million rows of six cells, every one another."""
    head = xml_rows([["store_id", "store_name", "region", "a", "b", "c"]])
    cells = "".join(cell(f"{letter}ROW", "ROW", ' t="n"') for letter in "ABCDEF")
    return only(sheet_of(folder, "stores", head, cells, 1_000_000))


@heavy
def a_sheet_of_nine_million_numbers(_rng: random.Random, folder: Path) -> Delivery:
    """As many numbers as the largest part holds."""
    head = xml_rows([["visit_id", "store_id", "visited_on", *(f"i{k}" for k in range(97))]])
    return only(
        sheet_of(folder, "mystery_visits", head, "".join(cell(f"{_letters(k)}ROW", "4") for k in range(100)), 92_000)
    )


@heavy
def a_sheet_of_three_million_texts(_rng: random.Random, folder: Path) -> Delivery:
    """Texts that stand in the cells themselves."""
    head = xml_rows([["complaint_id", "store_id", "opened_at", "comment", "a", "b"]])
    cells = "".join(cell(f"{letter}ROW", f"text ROW {letter}", ' t="inlineStr"', "is") for letter in "ABCDEF")
    return only(sheet_of(folder, "complaints", head, cells, 550_000))


def sheet_of(folder: Path, name: str, head: str, cells: str, rows: int) -> Path:
    """A workbook of one sheet that is written row by row; ROW stands for the number of a row."""
    path = folder / "x.xlsx"
    parts = parts_of("@", name=name)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for part_name, text in parts.items():
            if "sheet1" not in part_name:
                file.writestr(part_name, text)
        before, after = parts["xl/worksheets/sheet1.xml"].split("@")
        with file.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write((before + head).encode())
            for i in range(2, rows + 2):
                part.write(f'<row r="{i}">{cells.replace("ROW", str(i))}</row>'.encode())
            part.write(after.encode())
    return path


@heavy
def twenty_million_shared_texts(_rng: random.Random, folder: Path) -> Delivery:
    """A small sheet and 290 MB of short texts that nothing uses."""
    path = folder / "x.xlsx"
    parts = parts_of(xml_rows(GOOD["stores"]))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, text in parts.items():
            if "shared" not in name:
                file.writestr(name, text)
        with file.open("xl/sharedStrings.xml", "w") as part:
            part.write(f'{HEAD}<sst xmlns="{MAIN}">'.encode())
            for _piece in range(1_900):
                part.write(b"<si><t>a</t></si>" * 9_000)
            part.write(b"</sst>")
    return only(path)
