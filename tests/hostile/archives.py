"""Bombs, and files of other types under the names that are read."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

from tests.hostile.base import GOOD
from tests.hostile.cases import Delivery, fixed, heavy, kind
from tests.hostile.texts import damaged, only, written
from tests.hostile.workbooks import HEAD, LAUGHS, MAIN, packed, parts_of, xml_rows

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\x06\0\0\0\x1f\x15\xc4\x89"
# what a file really is → its first bytes
OTHERS: dict[str, bytes] = {
    "html": b"<html><body><table><tr><td>store_id</td></tr></table></body></html>",
    "html_bom": b"\xef\xbb\xbf\r\n<!DOCTYPE html><html></html>",
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
    "png": PNG,
    "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    "gif": b"GIF89a\1\0\1\0\0\0\0;",
    "json": b'{"stores": [{"store_id": "S1", "store_name": "x", "region": "y"}]}',
    "json_lines": b'{"store_id": "S1"}\n{"store_id": "S2"}\n',
    "xml": b'<?xml version="1.0"?><stores><store id="S1"/></stores>',
    "laughs": b'<?xml version="1.0"?>' + LAUGHS.encode() + b"<a>&j;</a>",
    "xml_spreadsheet": b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
    "rtf": b"{\\rtf1\\ansi hello}",
    "xls_biff8": OLE + b"\0" * 504 + "Workbook".encode("utf-16-le"),
    "xls_biff2": b"\x09\x00\x04\x00\x02\x00\x10\x00" + b"\0" * 100,
    "encrypted": OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le"),
    "sqlite": b"SQLite format 3\0" + b"\0" * 100,
    "rar": b"Rar!\x1a\x07\0" + b"\0" * 50,
    "seven_zip": b"7z\xbc\xaf\x27\x1c" + b"\0" * 50,
    "elf": b"\x7fELF\2\1\1" + b"\0" * 60,
    "exe": b"MZ\x90\0\3" + b"\0" * 60,
    "bzip2": b"BZh91AY&SY" + b"\0" * 20,
    "xz": b"\xfd7zXZ\0" + b"\0" * 20,
    "zstd": b"\x28\xb5\x2f\xfd" + b"\0" * 20,
    "tar": b"stores.csv" + b"\0" * 90 + b"0000644\0" + b"\0" * 149 + b"ustar\x0000" + b"\0" * 300,
    "feather": b"ARROW1\0\0" + b"\0" * 60,
    "orc": b"ORC" + b"\0" * 60,
    "avro": b"Obj\1" + b"\0" * 60,
    "pickle": b"\x80\x04\x95cposix\nsystem\n(S'true'\ntR.",
    "mail": b"From: a@example.invalid\nSubject: stores\n\nstore_id,store_name\n",
    "toml": b'[[section]]\ntable = "stores"\n',
    "sas": b"\0" * 12 + b"\xc2\xea\x81\x60" + b"\0" * 100,
    "spss": b"$FL2@(#) SPSS DATA FILE" + b"\0" * 100,
    "webp": b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 20,
}  # fmt: skip


def zipped(**parts: bytes) -> bytes:
    """A ZIP archive in memory; ``__`` in a name stands for a slash, ``_DOT_`` for a dot."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return file.getvalue()


ARCHIVES = {
    "zip": zipped(stores_DOT_csv=b"store_id,store_name,region\nS1,a,b\n"),
    "ods": zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_DOT_xml=b"<a/>"),
    "docx": zipped(word__document_DOT_xml=b"<a/>"),
    "xlsb": zipped(xl__workbook_DOT_bin=b"\0" * 20),
    "pptx": zipped(ppt__presentation_DOT_xml=b"<a/>"),
    "numbers": zipped(Index__Document_DOT_iwa=b"\0"),
    "jar": zipped(META_INF__MANIFEST_DOT_MF=b"x"),
    "empty_zip": b"PK\5\6" + b"\0" * 18,
}


@kind(6)
def another_type(rng: random.Random, folder: Path) -> Delivery:
    """A file of another type under .xlsx, .csv, .parquet or packed."""
    data = rng.choice([*OTHERS.values(), *ARCHIVES.values()])
    data = damaged(rng, data) if rng.random() < 0.3 else data
    return only(
        written(folder, f"stores.{rng.choice(['xlsx', 'csv', 'parquet', 'txt', 'csv.gz', 'xlsm', 'tsv', 'xls'])}", data)
    )


def _other_under(name: str, ending: str) -> None:
    def maker(_rng: random.Random, folder: Path) -> Delivery:
        return only(written(folder, f"stores.{ending}", (OTHERS | ARCHIVES)[name]), must="sentence")

    maker.__name__ = f"{name}_under_{ending}"
    fixed(maker)


for _name in OTHERS | ARCHIVES:
    for _ending in ("xlsx", "csv", "parquet"):
        _other_under(_name, _ending)


def _stored(content: bytes, times: int) -> tuple[bytes, int, int]:
    """A deflated stream of one content many times, its length unpacked and its checksum."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data, check = b"", 0
    for _time in range(times):
        data += packer.compress(content)
        check = zlib.crc32(content, check)
    return data + packer.flush(), len(content) * times, check


@fixed
def a_zip_that_lies_about_its_size(_rng: random.Random, folder: Path) -> Delivery:
    """A sheet that unpacks to 200 MB and says it is 100 bytes long."""
    path = packed(folder / "x.xlsx", parts_of(" " * (200 << 20)))
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as file:
        size = struct.pack("<I", file.getinfo("xl/worksheets/sheet1.xml").file_size)
    path.write_bytes(bytes(data).replace(size, struct.pack("<I", 100)))
    return only(path, must="sentence")


@fixed
def a_zip_within_a_zip(_rng: random.Random, folder: Path) -> Delivery:
    """A bomb in a bomb: only what a workbook is made of is unpacked."""
    inner = zipped(**{f"x{i}": b"\0" * 1_000_000 for i in range(10)})
    return only(written(folder, "x.xlsx", zipped(**{f"y{i}_DOT_zip": inner for i in range(50)})), must="sentence")


@fixed
def a_workbook_with_a_bomb_in_it(_rng: random.Random, folder: Path) -> Delivery:
    """A good workbook that carries a packed archive as a part."""
    parts = {name: text.encode() for name, text in parts_of(xml_rows(GOOD["stores"])).items()}
    parts["xl/media/image1.zip"] = zipped(x=b"\0" * 5_000_000)
    return only(packed(folder / "x.xlsx", parts), must="loaded")


@fixed
def fifty_thousand_parts(_rng: random.Random, folder: Path) -> Delivery:
    """More parts than any workbook has."""
    parts = {name: text.encode() for name, text in parts_of(xml_rows(GOOD["stores"])).items()}
    return only(packed(folder / "x.xlsx", parts | {f"xl/p{i}": b"" for i in range(50_000)}), must="sentence")


@fixed
def two_parts_of_one_name(_rng: random.Random, folder: Path) -> Delivery:
    """Two sheets under one name in the archive: which is meant is not said."""
    path = packed(folder / "x.xlsx", parts_of(xml_rows(GOOD["stores"])))
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("xl/worksheets/sheet1.xml ", "x")
        file.getinfo("xl/worksheets/sheet1.xml ").filename = "xl/worksheets/sheet1.xml"
        file.filelist[-1].filename = "xl/worksheets/sheet1.xml"
    return only(path)


@heavy
def a_flat_bomb(_rng: random.Random, folder: Path) -> Delivery:
    """A sheet of two gigabytes of blanks in two megabytes."""
    path = folder / "x.xlsx"
    parts = parts_of("@")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, text in parts.items():
            if "sheet1" not in name:
                file.writestr(name, text)
        with file.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for _piece in range(2_048):
                part.write(b" " * (1 << 20))
    return only(path, must="sentence")


@heavy
def a_bomb_of_overlapping_parts(_rng: random.Random, folder: Path) -> Delivery:
    """A hundred names in the directory for one packed part of 100 MB."""
    data, size, check = _stored(b" " * (1 << 20), 100)
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 0, check, len(data), size, 1, 0) + b"a" + data
    names = [b"xl/workbook.xml", *[b"xl/worksheets/sheet%d.xml" % i for i in range(100)]]
    directory = b"".join(
        struct.pack(
            "<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 8, 0, 0, check, len(data), size, len(n), 0, 0, 0, 0, 0, 0
        )
        + n
        for n in names
    )
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, len(names), len(names), len(directory), len(local), 0)
    return only(written(folder, "x.xlsx", local + directory + end), must="sentence")
