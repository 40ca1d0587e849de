"""Lists that every small delivery stands on."""

from pathlib import Path

import pytest

from sq.records import RESPONSE_TABLES
from tests.intake.delivering import bring


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two stores, a department, a wave and the items q1 and q2 (1-5) of every instrument."""
    instruments = [instrument for instrument, _id, _day in RESPONSE_TABLES.values()]
    report = bring(
        tmp_path,
        stores=[["store_id", "store_name", "region"], ["S1", "一", "北"], ["S2", "二", "南"]],
        departments=[["department_id", "name_zh"], ["D1", "物流"]],
        waves=[
            ["instrument", "wave_id", "name", "starts_on", "ends_on"],
            *([i, "W1", "一", "2026-03-01", "2026-03-31"] for i in instruments),
        ],
        items=[
            ["instrument", "item_id", "text_zh", "scale_min", "scale_max"],
            *([i, q, q, 1, 5] for i in instruments for q in ("q1", "q2")),
        ],
    )
    assert report.outcome == "loaded"
    return tmp_path
