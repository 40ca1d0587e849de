"""Spoilt Parquet files: bytes, types that are no plain columns, bombs."""

from __future__ import annotations

import datetime as dt
import decimal
import io
import random
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.hostile.base import GOOD
from tests.hostile.cases import Delivery, fixed, heavy, kind
from tests.hostile.texts import CELLS, damaged, only, rows_of, written

TYPES: tuple[tuple[pa.DataType, list[Any]], ...] = (
    (pa.list_(pa.string()), [["a"], [], None]),
    (pa.list_(pa.list_(pa.int8())), [[[1], []], [], None]),
    (pa.struct([("a", pa.int8()), ("b", pa.string())]), [{"a": 1, "b": None}, {}, None]),
    (pa.map_(pa.string(), pa.int8()), [[("a", 1)], [], None]),
    (pa.decimal128(38, 10), [decimal.Decimal("1.5"), decimal.Decimal(10) ** 20, None]),
    (pa.decimal256(76, 0), [decimal.Decimal(10) ** 70, decimal.Decimal(-1), None]),
    (pa.timestamp("ns", "Asia/Shanghai"), [0, 2**62, None]),
    (pa.timestamp("us", "UTC"), [-(2**62), 2**62, None]),
    (pa.timestamp("s"), [0, 253402300799, None]),
    (pa.timestamp("ms", "Nowhere/City"), [0, 1, None]),
    (pa.date32(), [0, 2**31 - 1, -(2**31)]),
    (pa.date64(), [0, 86_400_000, None]),
    (pa.time64("us"), [0, 86_399_999_999, None]),
    (pa.duration("us"), [0, 2**62, None]),
    (pa.binary(), [b"S1", b"\xff\xfe", None]),
    (pa.binary(3), [b"abc", b"\0\0\0", None]),
    (pa.large_string(), ["S1", "", None]),
    (pa.string_view(), ["S1", "x" * 600, None]),
    (pa.uint64(), [2**64 - 1, 0, None]),
    (pa.int64(), [-(2**63), 2**63 - 1, None]),
    (pa.float16(), [np.float16(1.5), np.float16("nan"), np.float16("inf")]),
    (pa.float64(), [float("nan"), float("-inf"), 1e308]),
    (pa.bool_(), [True, False, None]),
    (pa.null(), [None, None, None]),
    (pa.dictionary(pa.int8(), pa.string()), ["S1", "S2", None]),
)  # fmt: skip


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    """A Parquet file of these columns."""
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, **options)
    return file.getvalue()


def columns_of(rows: list[list[Any]]) -> dict[str, Any]:
    """Rows as columns of text."""
    return {name: pa.array([str(row[i]) or None for row in rows[1:]]) for i, name in enumerate(rows[0])}


@kind(8)
def parquet_bytes(rng: random.Random, folder: Path) -> Delivery:
    """A good file with spoilt bytes, often in its footer."""
    table, rows = rows_of(rng)
    packing = rng.choice(["snappy", "zstd", "none", "gzip", "brotli"])
    data = parquet(columns_of(rows), compression=packing, write_page_checksum=rng.random() < 0.3)
    if rng.random() < 0.5:
        length = struct.unpack("<I", data[-8:-4])[0]
        footer = damaged(rng, data[-8 - length : -8])
        data = data[: -8 - length] + footer + struct.pack("<I", len(footer)) + b"PAR1"
    else:
        data = damaged(rng, data)
    return only(written(folder, f"{table}.parquet", data), rng)


@kind(8)
def parquet_types(rng: random.Random, folder: Path) -> Delivery:
    """Columns of types that no spreadsheet has, and hostile texts."""
    table, rows = rows_of(rng)
    columns = columns_of(rows)
    count = len(rows) - 1
    for _time in range(rng.randint(1, 3)):
        name = rng.choice([*columns, "extra"])
        if rng.random() < 0.3:
            cells = [rng.choice(CELLS) for _row in range(count)]
            columns[name] = pa.array(cells)
        else:
            kind_, values = rng.choice(TYPES)
            columns[name] = _array([values[i % len(values)] for i in range(count)], kind_)
    options: dict[str, Any] = {"use_dictionary": rng.random() < 0.5, "row_group_size": rng.choice([None, 1, 2])}
    try:
        data = parquet(columns, **options)
    except pa.ArrowException:
        data = parquet(columns_of(rows))
    return only(written(folder, f"{table}.{rng.choice(['parquet', 'parquet', 'csv', 'xlsx'])}", data), rng)


def _array(values: list[Any], kind_: pa.DataType) -> Any:
    if pa.types.is_timestamp(kind_) or pa.types.is_duration(kind_) or pa.types.is_date(kind_):
        bare = pa.int32() if kind_ == pa.date32() else pa.int64()
        return (
            pa.array(values, bare).cast(kind_)
            if kind_ != pa.date64()
            else pa.array([0, None, 0][: len(values)] * len(values))[: len(values)].cast(kind_)
        )
    if pa.types.is_dictionary(kind_):
        return pa.array(values).dictionary_encode()
    return pa.array(values, kind_)


@kind(2)
def parquet_headings(rng: random.Random, folder: Path) -> Delivery:
    """Columns with odd names: repeated, empty, endless, hidden."""
    table, rows = rows_of(rng)
    names = list(rows[0])
    for _time in range(rng.randint(1, 3)):
        names[rng.randrange(len(names))] = rng.choice(
            ["", " ", "a.b", names[0], "__index_level_0__", "x" * 10_000, "\0", rng.choice(CELLS)]
        )
    arrays = list(columns_of(rows).values())
    file = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=names), file)
    return only(written(folder, f"{table}.parquet", file.getvalue()), rng)


@fixed
def a_parquet_file_without_rows(_rng: random.Random, folder: Path) -> Delivery:
    """Headings alone."""
    return only(written(folder, "stores.parquet", parquet(columns_of(GOOD["stores"][:1]))))


@fixed
def a_parquet_file_without_columns(_rng: random.Random, folder: Path) -> Delivery:
    """Rows of nothing."""
    return only(written(folder, "stores.parquet", parquet({})), must="sentence")


@fixed
def a_parquet_footer_longer_than_the_file(_rng: random.Random, folder: Path) -> Delivery:
    """A footer of four gigabytes."""
    return only(written(folder, "stores.parquet", b"PAR1" + b"\0" * 50 + b"\xff\xff\xff\xffPAR1"), must="sentence")


@fixed
def nested_five_hundred_deep(_rng: random.Random, folder: Path) -> Delivery:
    """A list of a list of a list."""
    kind_: pa.DataType = pa.int8()
    for _time in range(500):
        kind_ = pa.list_(kind_)
    file = io.BytesIO()
    pq.write_table(pa.table({"store_id": pa.nulls(1, kind_)}), file)
    return only(written(folder, "stores.parquet", file.getvalue()), must="sentence")


@fixed
def lists_of_a_thousand_texts(_rng: random.Random, folder: Path) -> Delivery:
    """A nested column beside a table."""
    columns = columns_of(GOOD["stores"]) | {"extra": pa.array([["x" * 100] * 1_000] * 3)}
    return only(written(folder, "stores.parquet", parquet(columns)))


@fixed
def a_dictionary_of_one_long_text(_rng: random.Random, folder: Path) -> Delivery:
    """A text of a megabyte in each of a hundred thousand rows, a megabyte in the file."""
    text = pa.DictionaryArray.from_arrays(pa.array(np.zeros(100_000, np.int32)), pa.array(["x" * (1 << 20)]))
    columns = {"store_id": pa.array([f"S{i}" for i in range(100_000)]), "store_name": text, "region": text}
    return only(written(folder, "stores.parquet", parquet(columns, compression="zstd")))


@heavy
def a_hundred_thousand_columns(_rng: random.Random, folder: Path) -> Delivery:
    """A schema that is larger than the data."""
    cell = pa.array([1.0])
    names = [f"c{i}" for i in range(100_000)]
    file = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([cell] * len(names), names=names), file, compression="none")
    return only(written(folder, "stores.parquet", file.getvalue()), must="sentence")


@heavy
def a_hundred_million_rows_in_a_kilobyte(_rng: random.Random, folder: Path) -> Delivery:
    """One value for ever, which packs to nothing."""
    cell = pa.array(np.zeros(1_000_000, np.int32))
    path = folder / "stores.parquet"
    with pq.ParquetWriter(path, pa.schema([("store_id", pa.int32())]), compression="zstd") as file:
        for _group in range(110):
            file.write_table(pa.table({"store_id": cell}))
    return only(path)


@heavy
def a_million_texts_of_one_dictionary(_rng: random.Random, folder: Path) -> Delivery:
    """Ten text columns of twelve million rows, each with a text of its own by row group."""
    path = folder / "complaints.parquet"
    names = ["complaint_id", "store_id", "opened_at", *"abcdefg"]
    with pq.ParquetWriter(path, pa.schema([(name, pa.string()) for name in names]), compression="zstd") as file:
        for group in range(12):
            texts = pa.DictionaryArray.from_arrays(
                pa.array(np.zeros(1_000_000, np.int32)), pa.array([f"text {group} " + "y" * 200])
            )
            file.write_table(pa.table({name: texts.cast(pa.string()) for name in names}))
    return only(path)


@heavy
def twelve_million_answers(_rng: random.Random, folder: Path) -> Delivery:
    """As many answers as a large chain has, of forms that nobody knows."""
    count = 200_000
    columns: dict[str, Any] = {
        "visit_id": pa.array([f"V{i}" for i in range(count)]),
        "store_id": pa.array([f"S{i % 400}" for i in range(count)]),
        "visited_on": pa.array([dt.date(2026, 1, 5)] * count),
    }
    columns |= {f"i{k}": pa.array(np.full(count, float(k))) for k in range(60)}
    return only(written(folder, "mystery_visits.parquet", parquet(columns)))
