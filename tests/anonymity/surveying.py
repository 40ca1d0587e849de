"""Small surveys for the tests: people with answers, published through the product, with a ledger that stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from sq.places import snapshot_file
from sq.publish import publish_views
from sq.settings import Anonymity, Settings
from tests.small_chain import current_views

TODAY = dt.date(2026, 6, 30)
STARTS, ENDS = dt.date(2026, 3, 1), dt.date(2026, 3, 31)
Frames = dict[str, pd.DataFrame]
Person = dict[str, Any]


def item(item_id: str, dimension: str | None = None, **more: Any) -> dict[str, Any]:
    """An item on 1-5."""
    usual = {"instrument": "employee", "text_zh": item_id, "scale_min": 1, "scale_max": 5, "is_reversed": False}
    return {
        **usual,
        "weight": 1,
        "is_veto": False,
        "role": "score",
        "item_id": item_id,
        "dimension_id": dimension,
        **more,
    }


def dimension(name: str, is_sensitive: bool = False, instrument: str = "employee") -> dict[str, Any]:
    return {"instrument": instrument, "dimension_id": name, "name_zh": name, "is_sensitive": is_sensitive}


def crowd(place: str, count: int, value: float | Sequence[float | None] = 3, **more: Any) -> list[Person]:
    """People of a store, or of a department if its name begins with D; ``value``: of E1, or of E1, E2, ..."""
    values = value if isinstance(value, Sequence) else (value,)
    where = {"department_id": place} if place.startswith("D") else {"store_id": place}
    answers = {f"E{i}": v for i, v in enumerate(values, start=1)}
    return [{**where, "answers": answers, **more} for _ in range(count)]


def spread(place: str, values: Sequence[float | None], **more: Any) -> list[Person]:
    """People of a store or department with one answer each."""
    return [person for value in values for person in crowd(place, 1, (value,), **more)]


# store → region, city
PLACES: Mapping[str, tuple[str, str | None]] = {
    "S1": ("North", "N1"),
    "S2": ("North", "N1"),
    "S3": ("North", "N2"),
    "S4": ("South", "T1"),
    "S5": ("South", "T1"),
    "S6": ("South", None),
}


def survey(
    people: Sequence[Person],
    items: Sequence[dict[str, Any]] = (item("E1"),),
    dimensions: Sequence[dict[str, Any]] = (),
    instrument: str = "employee",
    places: Mapping[str, tuple[str, str | None]] = PLACES,
    invitations: Sequence[dict[str, Any]] = (),
    ends_on: dt.date = ENDS,
) -> Frames:
    """Frames of one wave ``w``; forms are named by their position unless they carry a ``response_id``."""
    stores = [{"store_id": s, "store_name": s, "region": r, "city": c} for s, (r, c) in places.items()]
    forms, answers = [], []
    for number, person in enumerate(people):
        form = {"response_id": f"F{number:03}", "wave_id": "w", **person}
        answers += [
            {"instrument": instrument, "response_id": form["response_id"], "item_id": i, "value": v}
            for i, v in form.pop("answers").items()
            if v is not None
        ]
        forms.append(form)
    waves = [{"instrument": instrument, "wave_id": "w", "name": "w", "starts_on": STARTS, "ends_on": ends_on}]
    table = f"{instrument}_responses"
    return {
        "stores": pd.DataFrame(stores, dtype=object),
        "items": pd.DataFrame(items, dtype=object),
        "dimensions": pd.DataFrame(dimensions, dtype=object),
        "waves": pd.DataFrame(waves, dtype=object),
        "invitations": pd.DataFrame(invitations, dtype=object),
        table: _none(pd.DataFrame(forms, dtype=object)),
        "answers": pd.DataFrame(answers, dtype=object),
    }


def _none(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.where(frame.notna(), None)


class Intake:
    """A connection whose current rows can be exchanged while the ledger stays."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.con: duckdb.DuckDBPyConnection | None = None

    def publish(self, frames: Frames, today: dt.date = TODAY, minimum: int = 5) -> Shown:
        """Publish frames as what counts now."""
        fresh = current_views(frames)
        if self.con is None:
            self.con = fresh
        else:
            for (name,) in fresh.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall():
                self.con.register("incoming", fresh.sql(f"FROM {name}").to_arrow_table())
                self.con.execute(f"DELETE FROM {name}")
                self.con.execute(f"INSERT INTO {name} BY NAME FROM incoming")
                self.con.unregister("incoming")
        settings = Settings(anonymity=Anonymity(minimum_group=minimum))
        return Shown(snapshot_file(self.folder, publish_views(self.con, self.folder, today=today, settings=settings)))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        assert self.con is not None
        return self.con.execute(query).fetchall()


class Shown:
    """What a snapshot shows."""

    def __init__(self, path: Path) -> None:
        with duckdb.connect(str(path), read_only=True) as con:
            names = [r[0] for r in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
            self.tables = {name: con.execute(f"FROM {name}").df() for name in names}

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]

    @property
    def wave(self) -> pd.Series:
        """How the only wave stands."""
        (row,) = [row for _, row in self["anonymous_waves"].iterrows()]
        return row

    def cell(self, place: str = "chain", subject: str = "form", role: str = "", tenure: str = "") -> pd.Series:
        """The cell of a place (its own name, or ``region/department``) on a subject (``form``, ``item E1``, ...)."""
        cells = self["cells"]
        first, _, second = place.partition("/")
        named = cells["level"].where(cells["level"] == "chain", "")
        for column in ("region", "city", "store_id", "department_id"):
            level = {"store_id": "store", "department_id": "department"}.get(column, column)
            named = named.where(cells["level"] != level, cells[column])
        crossed = (
            (cells["level"] == "region_department") & (cells["region"] == first) & (cells["department_id"] == second)
        )
        kind, _, name = subject.partition(" ")
        rows = cells[
            (crossed if second else named == first)
            & (cells["subject_kind"] == kind)
            & (cells["subject"] == name)
            & (cells["role"] == role)
            & (cells["tenure"] == tenure)
        ]
        (row,) = [row for _, row in rows.iterrows()]
        return row

    def reasons(self, *places: str, subject: str = "form") -> list[str]:
        """Why each place is hidden; '' where it shows."""
        return [self.cell(place, subject)["hidden"] for place in places]
