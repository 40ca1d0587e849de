"""Small deliveries: a CSV file per table, each delivery in a folder of its own."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sq.intake import Report, load

Rows = Sequence[Sequence[Any]]


def write(folder: Path, table: str, rows: Rows) -> Path:
    """A CSV file named for its table, in a folder of its own."""
    place = folder / f"delivery-{len(list(folder.iterdir()))}"
    place.mkdir()
    with (place / f"{table}.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return place / f"{table}.csv"


def bring(folder: Path, **tables: Rows) -> Report:
    return load(folder / "data", [write(folder, name, rows) for name, rows in tables.items()])
