"""A workbook of 1.2 million cells is imported and published in 20 s of computing and 1.5 GiB, and counted right."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from sq.analyses.score import score

ROOT = Path(__file__).resolve().parents[2]
VISITS, ITEMS, STORES = 12_000, 100, 200
MOST_SECONDS, MOST_KIB = 20, 1.5 * 2**20


def workbook(path: Path) -> int:
    """Write the delivery; returns how many of its items were met."""
    chance, met = random.Random(1), 0
    items = [f"Q{k:03}" for k in range(ITEMS)]
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("stores")
        lines = [["store_id", "store_name", "region"], *([f"S{k}", f"门店{k}", f"R{k % 6}"] for k in range(STORES))]
        for row, line in enumerate(lines):
            sheet.write_row(row, 0, line)
        sheet = book.add_worksheet("items")
        sheet.write_row(0, 0, ["instrument", "item_id", "text_zh", "scale_min", "scale_max"])
        for row, item in enumerate(items, start=1):
            sheet.write_row(row, 0, ["mystery", item, f"题{item}", 0, 1])
        sheet = book.add_worksheet("mystery_visits")
        sheet.write_row(0, 0, ["visit_id", "store_id", "visited_on", *items])
        for row in range(VISITS):
            cells = [chance.randint(0, 1) for _item in items]
            met += sum(cells)
            sheet.write_row(row + 1, 0, [f"V{row}", f"S{row % STORES}", f"2025-{row // 1000 + 1:02}-10", *cells])
    return met


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory of a child is told in KiB only there")
def test_a_workbook_of_1_2_million_cells_needs_20_seconds_of_computing_and_is_counted_right(tmp_path: Path) -> None:
    met = workbook(tmp_path / "visits.xlsx")
    command = [sys.executable, "-m", "sq", "import", str(tmp_path / "visits.xlsx"), "--progress", "none"]
    child = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "SQ_DATA": str(tmp_path / "data")}, stdout=subprocess.DEVNULL
    )
    _pid, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    assert usage.ru_utime + usage.ru_stime < MOST_SECONDS  # of computing; about 9 s, however busy the machine is
    assert usage.ru_maxrss < MOST_KIB  # KiB on Linux; about 410 MiB
    shown = score(tmp_path / "data", "mystery_score", "chain", {}, "2025-01", "2025-12").iloc[0]
    assert shown["n"] == VISITS
    assert shown["value"] == pytest.approx(100 * met / (VISITS * ITEMS))
