"""Publishes random chains through the product and reads back what anybody can see, as editions for the attack.

Where people stand and what they answered is worked out here from the raw frames, not by the product.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from sq.anonymity.exposure import Edition
from sq.places import snapshot_file
from sq.publish import publish_views
from tests.attack.chains import INSTRUMENTS, TABLES, TODAY, Frames
from tests.small_chain import current_views

Shown = dict[str, pd.DataFrame]  # every table of a snapshot


class House:
    """A data folder whose intake is a connection in memory: what is in it can be exchanged, the ledger stays."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.con: duckdb.DuckDBPyConnection | None = None
        self.published: list[str] = []

    def publish(self, frames: Frames, today: dt.date = TODAY) -> Shown:
        """Publish frames as the current state of the intake; return every table of the snapshot."""
        fresh = current_views(frames)
        if self.con is None:
            self.con = fresh
        else:
            self._exchange(fresh)
        self.published.append(publish_views(self.con, self.folder, today=today))
        return tables(snapshot_file(self.folder, self.published[-1]))

    def _exchange(self, fresh: duckdb.DuckDBPyConnection) -> None:
        """Fill the views of the standing connection with what a fresh one holds."""
        assert self.con is not None
        names = [r[0] for r in fresh.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()]
        for name in names:
            rows = fresh.sql(f"FROM {name}").to_arrow_table()
            self.con.register("incoming", rows)
            self.con.execute(f"DELETE FROM {name}")
            self.con.execute(f"INSERT INTO {name} BY NAME FROM incoming")
            self.con.unregister("incoming")
        fresh.close()


def tables(path: Path) -> Shown:
    """Every table of a snapshot."""
    with duckdb.connect(str(path), read_only=True) as con:
        names = [r[0] for r in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: con.execute(f"FROM {name}").df() for name in names}


def editions(frames: Frames, shown: Shown) -> dict[tuple[str, str], Edition]:
    """What a snapshot shows of each wave, with who is behind it."""
    found = {}
    for instrument in INSTRUMENTS:
        cells = shown["cells"][shown["cells"]["instrument"] == instrument]
        for wave in sorted(cells["wave"].unique()):
            found[instrument, wave] = edition(frames, shown, instrument, wave)
    return found


def edition(frames: Frames, shown: Shown, instrument: str, wave: str) -> Edition:
    cells = shown["cells"]
    cells = cells[(cells["instrument"] == instrument) & (cells["wave"] == wave)].reset_index(drop=True)
    waves = frames["waves"]
    (end,) = waves.loc[(waves["instrument"] == instrument) & (waves["wave_id"] == wave), "ends_on"]
    forms = _forms(frames, instrument, wave, end)
    items = _items(frames, instrument)
    return Edition(
        forms,
        _shares(frames, instrument, forms.index, items),
        items,
        cells,
        shown["cell_categories"][shown["cell_categories"]["cell_key"].isin(cells["cell_key"])],
        shown["cell_problems"][shown["cell_problems"]["cell_key"].isin(cells["cell_key"])],
    )


def _forms(frames: Frames, instrument: str, wave: str, end: dt.date) -> pd.DataFrame:
    rows = frames[TABLES[instrument]]
    spans: dict[str, list[dict[str, Any]]] = {}
    for s in frames["stores"].to_dict("records"):
        spans.setdefault(s["store_id"], []).append(s)
    found = []
    for form in rows[rows["wave_id"] == wave].to_dict("records"):
        store = form.get("store_id")
        place = _place_on(spans[store], end) if store else {}
        rated = instrument == "internal_service"
        found.append(
            {
                "response_id": form["response_id"],
                "region": place.get("region") or "",
                "city": place.get("city") or "",
                "store_id": store or "",
                "department_id": (form.get("department_id") or "") if rated or not store else "",
                "role": form.get("role") or "",
                "tenure": form.get("tenure_band") or "",
                "is_single_answer": bool(form.get("is_single_answer") or False),
                "request_problem": form.get("request_problem") or "",
                "support_problem": form.get("support_problem") or "",
            }
        )
    return pd.DataFrame(found).set_index("response_id").sort_index()


def _place_on(spans: list[dict[str, Any]], day: dt.date) -> dict[str, Any]:
    """The last span of a store that has begun by a day, else its first."""
    spans = sorted(spans, key=lambda s: s["valid_from"] or dt.date.min)
    begun = [s for s in spans if (s["valid_from"] or dt.date.min) <= day]
    return begun[-1] if begun else spans[0]


def _items(frames: Frames, instrument: str) -> pd.DataFrame:
    sensitive = {
        (d["instrument"], d["dimension_id"]) for d in frames["dimensions"].to_dict("records") if d["is_sensitive"]
    }
    rows = []
    for item in frames["items"].to_dict("records"):
        if item["instrument"] == instrument:
            steps = item["scale_max"] - item["scale_min"]
            rows.append(
                {
                    "item_id": item["item_id"],
                    "dimension_id": item["dimension_id"] or "",
                    "weight": item["weight"],
                    "role": item["role"],
                    "categories": int(steps) + 1 if steps == int(steps) and 1 <= steps <= 10 else 0,
                    "scale_min": item["scale_min"],
                    "scale_max": item["scale_max"],
                    "is_reversed": item["is_reversed"],
                    "is_sensitive": (instrument, item["dimension_id"]) in sensitive,
                }
            )
    return pd.DataFrame(rows).set_index("item_id")


def _shares(frames: Frames, instrument: str, ids: pd.Index, items: pd.DataFrame) -> pd.DataFrame:
    answers = frames["answers"]
    answers = answers[(answers["instrument"] == instrument) & answers["response_id"].isin(ids)]
    values = answers.pivot_table(index="response_id", columns="item_id", values="value", aggfunc="last", dropna=False)
    values = values.reindex(index=ids, columns=items.index).astype(float)
    shares = (values - items["scale_min"]) / (items["scale_max"] - items["scale_min"])
    turned = items["is_reversed"].to_numpy(dtype=bool)[None, :]
    told = np.where(turned, 1 - shares.to_numpy(), shares.to_numpy())
    return pd.DataFrame(told, index=ids, columns=items.index)


def standing(seen: list[dict[tuple[str, str], Edition]]) -> dict[tuple[str, str], list[Edition]]:
    """Per wave the editions that differ in what they show; one that stands unchanged rests on its first state."""
    found: dict[tuple[str, str], list[Edition]] = {}
    for snapshot in seen:
        for wave, edition in snapshot.items():
            versions = found.setdefault(wave, [])
            if not versions or not _same(versions[-1], edition):
                versions.append(edition)
    return found


def _same(one: Edition, other: Edition) -> bool:
    left, right = (e.cells.drop(columns="cell_key") for e in (one, other))
    return left.equals(right) and all(
        len(a) == len(b) and a.reset_index(drop=True)[["share"]].equals(b.reset_index(drop=True)[["share"]])
        for a, b in ((one.categories, other.categories), (one.problems, other.problems))
        if len(a) or len(b)
    )
