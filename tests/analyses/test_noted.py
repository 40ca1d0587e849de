"""Notes and events of the workspace: told for their place, what holds it and what lies in it, while they last."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from sq import workspace
from sq.analyses.happened import happened
from sq.analyses.names import names
from sq.analyses.noted import noted, together
from sq.language import speaking
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Scope, Warehouse
from sq.workspace import Event

ALL = Selection(metric="mystery_score", start="2026-01", end="2026-04")
NORTH, SOUTH = "华北", "华南"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Events of every level; S4 moves from South, 深圳 to North, 天津 on 1 March."""
    for level, place, start, end in (
        ("chain", "", (1, 5), (1, 5)),
        ("region", NORTH, (2, 1), (3, 31)),
        ("city", "广州", (2, 10), (2, 10)),
        ("store", "S4", (3, 5), (3, 5)),
        ("store", "S1", (4, 30), (6, 1)),
        ("department", "HR", (2, 20), (2, 20)),
        ("store", "gone", (3, 9), (3, 9)),
        ("chain", "", (5, 1), (5, 1)),  # after the period
    ):
        days = {"start": dt.date(2026, *start), "end": dt.date(2026, *end)}
        text = f"{level} {place}".strip()
        workspace.add(tmp_path, Event.of(kind="campaign", level=level, place=place, text=text, **days))
    return tmp_path


def told(folder: Path, small: Warehouse, selection: Selection, scope: Scope = EVERYTHING) -> list[str]:
    return list(noted(folder, scope, selection, names(small, scope))["what"])


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, ["store S1", "store S4", "department HR", "city 广州", "region 华北", "chain"]),
        ({"region": NORTH}, ["store S1", "store S4", "region 华北", "chain"]),
        ({"region": SOUTH}, ["store S4", "city 广州", "region 华北", "chain"]),  # S4 was in South and is in North
        ({"region": NORTH, "city": "北京"}, ["store S1", "region 华北", "chain"]),
        ({"store": "S1"}, ["store S1", "region 华北", "chain"]),
        ({"store": "S3"}, ["city 广州", "chain"]),
        ({"department": "HR"}, ["store S1", "store S4", "department HR", "city 广州", "region 华北", "chain"]),
        ({"department": "IT"}, ["store S1", "store S4", "city 广州", "region 华北", "chain"]),
        ({"start": "2026-03", "end": "2026-03"}, ["store S4", "region 华北"]),
        ({"start": "2026-02", "end": "2026-02", "store": "S2"}, ["region 华北"]),
    ],
)
def test_an_event_counts_for_its_place_around_and_inside_it(
    folder: Path, small: Warehouse, chosen: dict[str, str], expected: list[str]
) -> None:
    assert told(folder, small, ALL.but(**chosen)) == expected


def test_a_reader_sees_nothing_of_other_stores_and_departments(folder: Path, small: Warehouse) -> None:
    assert told(folder, small, ALL, Scope(stores=("S3",))) == ["city 广州", "chain"]


def test_an_event_is_told_in_the_readers_words(folder: Path, small: Warehouse) -> None:
    def words(language: str) -> list[tuple[Any, ...]]:
        with speaking(language):
            rows = noted(folder, EVERYTHING, ALL, names(small, EVERYTHING))
            return [
                tuple(map(str, row)) for row in rows[["happened_on", "until", "where", "kind"]].itertuples(index=False)
            ]

    assert words("en")[2:5] == [
        ("2026-02-20", "2026-02-20", "Human resources", "Campaign"),
        ("2026-02-10", "2026-02-10", "广州", "Campaign"),
        ("2026-02-01", "2026-03-31", "华北", "Campaign"),
    ]
    assert words("zh")[5] == ("2026-01-05", "2026-01-05", "全公司", "促销活动")


def test_what_came_with_the_data_stands_between_what_readers_wrote(folder: Path, small: Warehouse) -> None:
    known = names(small, EVERYTHING)
    came = happened(small, EVERYTHING, ALL, known)
    rows = together(came, noted(folder, EVERYTHING, ALL, known))
    days = [day.isoformat() for day in rows["happened_on"]]
    assert days == sorted(days, reverse=True)
    assert [(str(row["what"]), bool(row["id"])) for row in rows.to_dict("records")][1:4] == [
        ("store S4", True),
        ("检查表更新", False),  # 1 March
        ("department HR", True),
    ]
    assert (rows["until"] == rows["happened_on"]).sum() == len(rows) - 2


def test_where_nobody_wrote_there_is_only_what_came(tmp_path: Path, small: Warehouse) -> None:
    known = names(small, EVERYTHING)
    came = happened(small, EVERYTHING, ALL, known)
    assert list(together(came, noted(tmp_path, EVERYTHING, ALL, known))["what"]) == list(came["what"])
    assert together(came.iloc[:0], noted(tmp_path, EVERYTHING, ALL, known)).empty
    assert noted(tmp_path, EVERYTHING, Selection(), known).empty
