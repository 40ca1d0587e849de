"""Build the simulated chain: one folder of files as vendors send them, and ``truth.json`` beside them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from sq.demo import customers, events, planting, visits
from sq.demo.chain import Chain, found, last_complete_month, months_until
from sq.demo.files import text, titled, write_parquet, write_text, write_workbook
from sq.demo.lists import listed
from sq.demo.planting import TRUTH_FILE, Planting
from sq.language import Message
from sq.records import TABLE_LABELS_ZH

PARQUET_CELLS = 500_000  # above this many item cells a vendor sends Parquet: a workbook would take minutes
Progress = Callable[[Message, float], None]


def build(
    folder: Path | str,
    *,
    stores: int = 120,
    months: int = 24,
    visits: int = 1,
    customers: int = 40_000,
    seed: int = 1,
    planted: bool = True,
    end: dt.date | None = None,
    progress: Progress = lambda _what, _done: None,
) -> list[Path]:
    """Write the chain's files and ``truth.json``; returns the files to import, reference data first.

    Args:
        visits: visits per own store and month; competitors' stores get one.
        planted: False gives the same chain without any planted effect.
        end: a day in the last month; default: the last complete month.
        progress: told what is being written and the share done, 0-1.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    span = months_until(end or last_complete_month(dt.date.today()), months)
    chain = found(seed, span, stores, visits, customers)
    return _write(place, Planting(chain, planted), progress)


def _write(place: Path, plan: Planting, progress: Progress) -> list[Path]:
    progress(Message("Founding the simulated chain"), 0.0)
    volumes = customers.expected_volumes(plan)
    paths, counts = _reference(place, plan, volumes)
    truth = visits.TrueMeans()
    progress(Message("Writing customers' answers"), 0.1)
    path, counts["customer_responses"] = _customer_file(place, plan, volumes)
    paths.append(path)
    quarters = len({(m.year, (m.month - 1) // 3) for m in plan.chain.months})
    counts["mystery_visits"] = 0
    for done, answers in enumerate(visits.quarters_of_answers(plan, truth)):
        progress(Message("Writing visits of {quarter}", {"quarter": answers.quarter}), 0.3 + 0.7 * done / quarters)
        paths.append(_visit_file(place, answers, _is_large(plan.chain)))
        counts["mystery_visits"] += len(answers.values)
    _write_truth(place / TRUTH_FILE, plan, truth, counts)
    progress(Message("The simulated chain is ready"), 1.0)
    return paths


def _is_large(chain: Chain) -> bool:
    own, all_stores = len(chain.own), len(chain.stores)
    visit_count = (own * chain.visits + all_stores - own) * len(chain.months)
    return visit_count * (listed("items")["span"] != "new").sum() > PARQUET_CELLS


def _reference(place: Path, plan: Planting, volumes: pd.DataFrame) -> tuple[list[Path], dict[str, int]]:
    """Everything but the answers."""
    chain = plan.chain
    tables = {
        "stores": events.store_rows(chain),
        "touchpoints": events.touchpoint_rows(),
        "dimensions": events.dimension_rows(),
        "items": events.item_rows(chain),
        "waves": events.wave_rows(chain),
        "targets": events.target_rows(chain),
        "volumes": events.volume_rows(plan, volumes),
        "complaints": events.complaint_rows(plan, volumes),
        "trainings": events.training_rows(chain),
        "notes": events.note_rows(plan),
    }
    sheets = {t: titled(f, t) for t, f in tables.items()}
    master = {
        TABLE_LABELS_ZH[t]: sheets[t] for t in ("stores", "touchpoints", "dimensions", "items", "waves", "targets")
    }
    paths = [
        write_workbook(place / "门店资料.xlsx", master),
        write_text(place / "客流.csv", sheets["volumes"], "utf-8-sig"),
        *(
            write_workbook(place / f"{TABLE_LABELS_ZH[t]}.xlsx", {TABLE_LABELS_ZH[t]: sheets[t]})
            for t in ("complaints", "trainings", "notes")
        ),
    ]
    return paths, {t: len(f) for t, f in tables.items()}


def _customer_file(place: Path, plan: Planting, volumes: pd.DataFrame) -> tuple[Path, int]:
    """Customers' answers as text in GB18030, the way an old survey tool exports them."""
    path, count = place / "客户答卷.csv", 0
    with path.open("w", encoding="gb18030", newline="") as file:
        for frame in customers.answers_in_chunks(plan, volumes):
            file.write(text(titled(frame, "customer_responses"), heading=count == 0))
            count += len(frame)
    return path, count


def _visit_file(place: Path, answers: visits.Answers, is_large: bool) -> Path:
    name = f"暗访数据_{answers.quarter}"
    if is_large:
        return write_parquet(place / f"{name}.parquet", titled(visits.table(answers), "mystery_visits"))
    return write_workbook(place / f"{name}.xlsx", {"暗访": titled(visits.sheet(answers), "mystery_visits")})


def _write_truth(path: Path, plan: Planting, truth: visits.TrueMeans, counts: dict[str, int]) -> None:
    chain = plan.chain
    told: dict[str, Any] = {
        "planted": plan.planted,
        "seed": chain.seed,
        "months": [chain.months[0].isoformat(), chain.months[-1].isoformat()],
        "stores": len(chain.own),
        "visits_per_store_and_month": chain.visits,
        "rows": counts,
        "effects": planting.effects(plan),
        "events": planting.events(chain),
        "driver_weights": plan.driver_weights,
        "equal_otherwise": "all stores, own and competitors', have the same expected score; store effects are 0",
        "noise": {"store_sd": 0.0, "visit_sd": planting.VISIT_SD, "touchpoint_sd": planting.TOUCHPOINT_SD},
        "crossed_visits": visits.CROSSED,
        "neutral_means": {"touchpoints": planting.touchpoint_means(plan), "dimensions": customers.dimension_means()},
        "expected_in_these_visits": truth.told(),
    }
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1, default=float) + "\n", encoding="utf-8")
