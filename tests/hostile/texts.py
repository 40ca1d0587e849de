"""Spoilt CSV files: bytes, encodings, quotes, cells, headings."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from pathlib import Path

from tests.hostile.base import GOOD, csv_text
from tests.hostile.cases import Delivery, fixed, heavy, kind

ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "big5", "utf-32")
FORMULAS = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.invalid","x")',
    "@SUM(A1:A9)",
    "-2+3",
    '=DDE("cmd";"/C calc";"x")',
    '=WEBSERVICE("http://example.invalid")',
    "\t=1",
)
NAMES = (
    "S1'; DROP TABLE rec_stores; --",
    'S1" OR 1=1',
    "../../etc/passwd",
    "{store_id}",
    "%s%n",
    "S1\\",
    "$(id)",
    "<b>S1</b>",
)
MARKS = ("\u202eS1", "\u200bS1\u200b", "S1\x07", "S\x1b[31m1", "\ufeffS1", "S1\u2028", "\u0000", "é\u0301" * 40, "🧨")
NUMBERS = (
    "NaN",
    "inf",
    "-inf",
    "1e308",
    "1e309",
    "-1e308",
    "1e-320",
    "９",
    "１２．５",
    "٣",
    "0x10",
    "1_000",
    "1,5",
    "1.234,5",
    "--",
    "5分",
    "五",
    "9" * 400,
    "-0",
    "5.0000000001",
    "½",
)
DATES = (
    "2026-13-01",
    "31/12/2026",
    "12/31/2025",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "1899-12-30",
    "46023",
    "-1",
    "2.958e6",
    "2026年1月5日",
    "１月５日",
    "2026-1-5 25:61",
    "2026-01-05T10:00:00+99:99",
    "2026-01-05T10:00:00Z",
    "99999999",
    "20260230",
    "1e10",
    "民国115年",
)
WORDS = ("N/A", "不适用", "-", "NULL", "None", "是", "TRUE", "满意", "front_line", "店长", "void", " ", "　")
LONG = ("x" * 501, "长" * 20_001, "a" * 30_000, "1" * 5_000, "a@" * 9_000, "-" * 3_000, "(" * 3_000)
CELLS = FORMULAS + NAMES + MARKS + NUMBERS + DATES + WORDS + LONG


def rows_of(rng: random.Random, table: str = "") -> tuple[str, list[list[str]]]:
    """A table with some of its good rows repeated under other keys."""
    table = table or rng.choice(list(GOOD))
    head, *rows = GOOD[table]
    more = [[f"{row[0]}-{i}", *row[1:]] for i in range(rng.choice([0, 0, 1, 5, 40])) for row in rows]
    return table, [list(head), *[list(row) for row in rows], *more]


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    return path


def only(path: Path, rng: random.Random | None = None, must: str = "") -> Delivery:
    """A delivery of one file; now and then with only its valid rows."""
    return Delivery((path,), accept_valid=bool(rng) and rng.random() < 0.4, must=must)


def damaged(rng: random.Random, data: bytes) -> bytes:
    """Bytes with one to four kinds of damage."""
    for _time in range(rng.randint(1, 4)):
        data = rng.choice(DAMAGES)(rng, data)
    return data


def _cut(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randint(0, len(data))]


def _flip(rng: random.Random, data: bytes) -> bytes:
    found = bytearray(data)
    for _time in range(rng.choice([1, 1, 2, 8, 64])):
        if found:
            found[rng.randrange(len(found))] ^= 1 << rng.randrange(8)
    return bytes(found)


def _insert(rng: random.Random, data: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(PIECES) * rng.choice([1, 1, 3, 200]) + data[at:]


def _remove(rng: random.Random, data: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + data[at + rng.choice([1, 2, 10, 100]) :]


def _repeat(rng: random.Random, data: bytes) -> bytes:
    a, b = sorted((rng.randint(0, len(data)), rng.randint(0, len(data))))
    return data[:b] + data[a:b] * rng.choice([1, 2, 20]) + data[b:]


def _swap(rng: random.Random, data: bytes) -> bytes:
    old, new = rng.sample([b",", b";", b"\t", b"|", b"\n", b"\r\n", b"\r", b'"', b" ", b"\0"], 2)
    return data.replace(old, new)


def _backwards(rng: random.Random, data: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + data[at:][::-1]


PIECES = (
    b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\x80", b'"', b'""', b",", b",,,,", b"\r", b"\n\n\n", b"\x1a", b"\xa3\xac",
    "，".encode("gb18030"), "\u202e".encode(), b"'", b"<!--", b"=cmd|' /C calc'!A0", b"\x81\x30", b"\xed\xa0\x80", b"a" * 5000,
)  # fmt: skip
DAMAGES: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _cut,
    _flip,
    _insert,
    _remove,
    _repeat,
    _swap,
    _backwards,
)


@kind(14)
def csv_bytes(rng: random.Random, folder: Path) -> Delivery:
    """A good file with spoilt bytes."""
    table, rows = rows_of(rng)
    data = csv_text(rows, rng.choice(",,,;\t|")).encode(rng.choice(ENCODINGS), "replace")
    return only(written(folder, f"{table}.{rng.choice(['csv', 'csv', 'txt', 'tsv'])}", damaged(rng, data)), rng)


@kind(6)
def csv_encoding(rng: random.Random, folder: Path) -> Delivery:
    """A good file in an encoding that its first bytes do not tell, or in two."""
    table, rows = rows_of(rng)
    text = csv_text(rows) * rng.choice([1, 1, 3])
    at = rng.randint(0, len(text)) if rng.random() < 0.5 else len(text)
    one, other = rng.choices(ENCODINGS, k=2)
    data = text[:at].encode(one, "replace") + text[at:].encode(other, "replace")
    mark = rng.choice([b"", b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x84\x31\x95\x33"])
    return only(written(folder, f"{table}.csv", mark + data), rng)


@kind(16)
def csv_cells(rng: random.Random, folder: Path) -> Delivery:
    """Well-formed rows with hostile cells."""
    table, rows = rows_of(rng)
    for _time in range(rng.choice([1, 1, 2, 5, 30])):
        row = rng.choice(rows[1:])
        row[rng.randrange(len(row))] = rng.choice(CELLS)
    text = csv_text(rows)
    return only(written(folder, f"{table}.csv", text if rng.random() < 0.3 else text.replace("\0", "")), rng)


@kind(6)
def csv_shuffled(rng: random.Random, folder: Path) -> Delivery:
    """Cells of good rows in other columns: text among numbers, ids among dates."""
    table, rows = rows_of(rng)
    pool = [cell for row in rows[1:] for cell in row] + ["", "S1", "HR", "2026A", "chain", "store"]
    body = [[rng.choice(pool) if rng.random() < 0.4 else cell for cell in row] for row in rows[1:]]
    return only(written(folder, f"{table}.csv", csv_text([rows[0], *body])), rng)


@kind(8)
def csv_headings(rng: random.Random, folder: Path) -> Delivery:
    """Headings that are missing, doubled, swapped, huge or hostile."""
    table, rows = rows_of(rng)
    head = rows[0]
    for _time in range(rng.randint(1, 3)):
        at = rng.randrange(len(head))
        head[at] = rng.choice(
            [
                head[rng.randrange(len(head))],
                "",
                " ",
                head[at].upper(),
                f"{head[at]}.1",
                f"{head[at]}*",
                rng.choice(CELLS),
            ]
        )
    if rng.random() < 0.3:
        rows = [row + ["x"] * 5 for row in rows]
    if rng.random() < 0.2:
        rows = rng.choice([[], rows[:1], [["title"], *rows], [[""] * 9, *rows], rows[1:]])
    text = csv_text(rows)
    return only(written(folder, f"{rng.choice([table, table, 'data'])}.csv", text.replace("\0", "")), rng)


@kind(4)
def csv_ragged(rng: random.Random, folder: Path) -> Delivery:
    """Rows with too many or too few cells, quotes without an end."""
    table, rows = rows_of(rng)
    lines = csv_text(rows).splitlines()
    for _time in range(rng.randint(1, 3)):
        at = rng.randrange(len(lines))
        lines[at] = rng.choice(
            [
                lines[at] + ",,",
                lines[at] + ",x",
                lines[at].rpartition(",")[0],
                '"' + lines[at],
                lines[at] + '"',
                "",
                '""',
                ",",
            ]
        )
    return only(written(folder, f"{table}.csv", rng.choice(["\n", "\r\n", "\r", "\n\n"]).join(lines)), rng)


@kind(4)
def csv_packed(rng: random.Random, folder: Path) -> Delivery:
    """Gzip files: damaged, in pieces, packed twice, misnamed."""
    table, rows = rows_of(rng)
    data = gzip.compress(csv_text(rows).encode(), mtime=0)
    data = rng.choice(
        [damaged(rng, data), data + data, gzip.compress(data), data + b"rubbish", data[:-4] + b"\0\0\0\0", data]
    )
    return only(written(folder, f"{table}.{rng.choice(['csv.gz', 'csv.gz', 'csv', 'xlsx', 'parquet'])}", data), rng)


@kind(3)
def any_bytes(rng: random.Random, folder: Path) -> Delivery:
    """Noise under a name that is read."""
    name = rng.choice(["x.csv", "x.csv.gz", "x.xlsx", "x.parquet", "x.txt", "stores.csv", "x", "x.zip"])
    start = rng.choice(
        [b"", b"", b"PK\3\4", b"PAR1", b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"]
    )
    return only(written(folder, name, start + rng.randbytes(rng.choice([0, 1, 10, 1000, 100_000]))), rng)


@kind(6)
def several_files(rng: random.Random, folder: Path) -> Delivery:
    """Good and spoilt files of several tables in one delivery, some of them twice."""
    paths = []
    for i in range(rng.randint(2, 5)):
        table, rows = rows_of(rng)
        if rng.random() < 0.5:
            row = rng.choice(rows[1:])
            row[rng.randrange(len(row))] = rng.choice(CELLS)
        place = folder / str(i)
        place.mkdir()
        name = rng.choice([f"{table}.csv", f"{table}_{i}.csv"])
        data = csv_text(rows).replace("\0", "").encode()
        paths.append(written(place, name, damaged(rng, data) if rng.random() < 0.1 else data))
    return Delivery(tuple(paths), accept_valid=rng.random() < 0.5)


@fixed
def headings_alone(_rng: random.Random, folder: Path) -> Delivery:
    """Every table with its headings and no row."""
    return Delivery(tuple(written(folder, f"{table}.csv", csv_text(rows[:1])) for table, rows in GOOD.items()))


@fixed
def one_quote_and_no_end(_rng: random.Random, folder: Path) -> Delivery:
    """A quotation mark that swallows the rest."""
    text = csv_text(GOOD["stores"]) + '"S9,' + "a,b\n" * 1000
    return only(written(folder, "stores.csv", text), must="sentence")


@fixed
def stars_in_a_heading(_rng: random.Random, folder: Path) -> Delivery:
    """A heading made to keep a pattern busy."""
    rows = [[*GOOD["stores"][0], "*" * 900_000 + "x"], *[[*row, ""] for row in GOOD["stores"][1:]]]
    return only(written(folder, "stores.csv", csv_text(rows)))


@fixed
def blanks_in_a_heading(_rng: random.Random, folder: Path) -> Delivery:
    """A heading of blanks and hyphens without end."""
    rows = [[*GOOD["stores"][0], "x" + " -" * 450_000 + "x"], *[[*row, ""] for row in GOOD["stores"][1:]]]
    return only(written(folder, "stores.csv", csv_text(rows)))


@fixed
def a_comment_that_looks_like_mail(_rng: random.Random, folder: Path) -> Delivery:
    """Comments made to keep the masking of personal data busy."""
    head, row, *_rest = GOOD["mystery_visits"]
    bodies = ["a" * 20_000, "a@" + "a" * 19_000, "a.a-" * 5_000, "1" * 20_000, "0571-" * 4_000, "a@a." * 5_000]
    rows = [[f"V9{i}{k}", *row[1:5], body, *row[6:]] for k in range(20) for i, body in enumerate(bodies)]
    return only(written(folder, "mystery_visits.csv", csv_text([head, *rows])))


@fixed
def a_note_that_looks_like_mail(_rng: random.Random, folder: Path) -> Delivery:
    """The same in the notes of single answers, which have no limit of their own."""
    rows = [
        ["visit_id", "item_id", "value", "note"],
        ["V0", "M1", "1", "a" * 1_000_000],
        ["V0", "M2", "1", "a.@" * 300_000],
    ]
    return only(written(folder, "mystery_visits_answers.csv", csv_text(rows)))


@fixed
def names_that_are_nearly_alike(_rng: random.Random, folder: Path) -> Delivery:
    """Thousands of long store ids, and others that are near each of them."""
    base = "".join(chr(0x4E00 + i % 977) for i in range(460))
    stores = [["store_id", "store_name", "region"], *[[f"{base}{i:05}", "x", "y"] for i in range(5_000)]]
    visits = [
        ["visit_id", "store_id", "visited_on", "M1"],
        *[[f"V8{i}", f"{base[::-1]}{i:05}x", "2026-01-05", "1"] for i in range(40)],
    ]
    return Delivery(
        (written(folder, "stores.csv", csv_text(stores)), written(folder, "mystery_visits.csv", csv_text(visits)))
    )


@fixed
def sixteen_thousand_columns(_rng: random.Random, folder: Path) -> Delivery:
    """As many columns as a spreadsheet has."""
    head, *rows = GOOD["mystery_visits"]
    more = [f"frage {i}" for i in range(16_384 - len(head))]
    return only(
        written(folder, "mystery_visits.csv", csv_text([head + more, *[row + ["1"] * len(more) for row in rows]]))
    )


@fixed
def a_million_columns(_rng: random.Random, folder: Path) -> Delivery:
    """More columns than anybody has."""
    return only(written(folder, "stores.csv", ",".join(f"c{i}" for i in range(1_000_000)) + "\n"), must="sentence")


@fixed
def the_same_heading_8000_times(_rng: random.Random, folder: Path) -> Delivery:
    """Repeated headings, and the names they would be given, are there too."""
    head, *rows = GOOD["mystery_visits"]
    more = ["q"] * 8_000 + [f"q.{i}" for i in range(8_000)]
    return only(
        written(folder, "mystery_visits.csv", csv_text([head + more, *[row + [""] * len(more) for row in rows]]))
    )


@fixed
def a_cell_of_two_megabytes(_rng: random.Random, folder: Path) -> Delivery:
    """One cell larger than any text."""
    return only(
        written(folder, "stores.csv", csv_text([*GOOD["stores"], ["S9", "x" * (2 << 20), "y", "", "", ""]])),
        must="sentence",
    )


@fixed
def an_id_of_a_megabyte(_rng: random.Random, folder: Path) -> Delivery:
    """An item id without end in a long table."""
    rows = [["visit_id", "item_id", "value"], ["V0", "M" * 1_000_000, "1"], ["V" * 1_000_000, "M1", "1"]]
    return only(written(folder, "mystery_visits_answers.csv", csv_text(rows)), must="refused")


@fixed
def one_employee_in_a_store_and_a_department(_rng: random.Random, folder: Path) -> Delivery:
    """A form of two places, one of none, one of a wave that does not exist."""
    rows = [GOOD["employee_responses"][0]]
    rows += [["E7", "S1", "HR", "2026A", "", "", "3", "3"], ["E8", "", "", "2026A", "", "", "3", "3"]]
    rows += [["E9", "S1", "", "never", "", "", "3", "3"]]
    return only(written(folder, "employee_responses.csv", csv_text(rows)), must="refused")


@heavy
def a_million_rows(_rng: random.Random, folder: Path) -> Delivery:
    """A million visits of stores that do not exist, every cell another one."""
    path = folder / "mystery_visits.csv"
    with path.open("w") as file:
        file.write("visit_id,store_id,visited_on,comment,M1\n")
        for i in range(1_000_000):
            file.write(f"V{i},S{i},2026-01-{i % 28 + 1:02},remark {i},{i}\n")
    return only(path)


@heavy
def three_hundred_megabytes_of_cells(_rng: random.Random, folder: Path) -> Delivery:
    """As many short cells as fit into the largest text."""
    path = folder / "mystery_visits.csv"
    with path.open("w") as file:
        file.write("visit_id,store_id,visited_on," + ",".join(f"i{k}" for k in range(97)) + "\n")
        for i in range(1_400_000):
            file.write(f"V{i},S1,2026-01-05," + "1," * 96 + "1\n")
    return only(path)


@heavy
def three_hundred_megabytes_of_different_cells(_rng: random.Random, folder: Path) -> Delivery:
    """The same with every cell another one."""
    path = folder / "mystery_visits.csv"
    with path.open("w") as file:
        file.write("visit_id,store_id,visited_on," + ",".join(f"i{k}" for k in range(17)) + "\n")
        for i in range(1_700_000):
            file.write(f"V{i},S1,2026-01-05," + ",".join(f"{i}{k}" for k in range(17)) + "\n")
    return only(path)


@heavy
def a_text_bomb(_rng: random.Random, folder: Path) -> Delivery:
    """A gigabyte of one letter in a megabyte."""
    path = folder / "stores.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _piece in range(1024):
            file.write(b"a" * (1 << 20))
    return only(path, must="sentence")


@heavy
def one_line_of_300_megabytes(_rng: random.Random, folder: Path) -> Delivery:
    """A text without an end of line, and one sign that makes every letter four bytes wide."""
    return only(written(folder, "stores.csv", b"a" * (299 << 20) + "🧨".encode()), must="sentence")


@heavy
def nothing_but_separators(_rng: random.Random, folder: Path) -> Delivery:
    """300 MB of empty cells."""
    return only(written(folder, "stores.csv", b"store_id,store_name,region\n" + (b"," * 999 + b"\n") * 300_000))
