"""Notes and trainings: those of a place, of what holds it and of what lies in it, for the reader's own stores."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sq.analyses.happened import happened
from sq.analyses.names import names
from sq.language import speaking
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Scope, Warehouse
from tests.small_chain import publish_frames, small_frames, table

ALL = Selection(metric="mystery_score", start="2026-01", end="2026-04")
NORTH, SOUTH = "华北", "华南"
CHANGED = ("2026-03-01", "Programme note", "Whole chain", "检查表更新")
REFITTED = ("2026-02-15", "Programme note", "北一店", "门店装修")


def told(small: Warehouse, selection: Selection, scope: Scope = EVERYTHING) -> list[tuple[Any, ...]]:
    with speaking("en"):
        rows = happened(small, scope, selection, names(small, scope))
        return [tuple(map(str, row)) for row in rows[["happened_on", "kind", "where", "what"]].itertuples(index=False)]


def trained(where: str) -> tuple[str, ...]:
    return ("2026-02-01", "Training", where, "问候礼仪 (Greeting)")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({}, [CHANGED, REFITTED, trained("2 stores")]),
        ({"region": NORTH}, [CHANGED, REFITTED, trained("北一店")]),
        ({"region": NORTH, "store": "S1"}, [CHANGED, REFITTED, trained("北一店")]),
        ({"store": "S2"}, [CHANGED]),
        ({"start": "2026-04"}, []),
    ],
)
def test_a_place_has_the_notes_and_trainings_around_and_inside_it(
    small: Warehouse, place: dict[str, str], expected: list[tuple[str, ...]]
) -> None:
    assert told(small, ALL.but(**place)) == expected


def test_a_reader_sees_nothing_of_other_stores(small: Warehouse) -> None:
    south = Scope(regions=(SOUTH,))
    assert [row[:2] for row in told(small, ALL, south)] == [CHANGED[:2], trained("")[:2]]
    assert REFITTED not in told(small, ALL, south)


def test_notes_of_a_department_stand_at_the_department_and_the_company(tmp_path: Path) -> None:
    frames = small_frames()
    more = table("""
        note_id | level      | place | happened_on | text
        N3      | department | HR    | 2026-02-03  | 人力资源部搬迁
        """)
    frames["notes"] = pd.concat([frames["notes"], more], ignore_index=True)
    snapshot = Warehouse(publish_frames(tmp_path, frames))
    moved = ("2026-02-03", "Programme note", "Human resources", "人力资源部搬迁")
    assert moved in told(snapshot, ALL)
    assert moved in told(snapshot, ALL.but(department="HR"))
    for elsewhere in (ALL.but(department="IT"), ALL.but(region=NORTH)):
        assert moved not in told(snapshot, elsewhere)
    assert moved not in told(snapshot, ALL, Scope(regions=(NORTH,)))
