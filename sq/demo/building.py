"""Build the simulated chain: one folder of files as vendors send them, and ``truth.json`` beside them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sq.demo import answering, audits, customers, events, links, planting, reference, staff, support, visits
from sq.demo.chain import Chain, found, half_year, last_complete_month, months_until
from sq.demo.files import text, titled, write_parquet, write_text, write_workbook
from sq.demo.lists import listed
from sq.demo.planting import TRUTH_FILE, Planting
from sq.language import Message
from sq.records import TABLE_LABELS_ZH

PARQUET_CELLS = 500_000  # above this many item cells a vendor sends Parquet: a workbook would take minutes
MASTER = ("stores", "departments", "touchpoints", "dimensions", "items", "waves", "targets")
Progress = Callable[[Message, float], None]


def build(
    folder: Path | str,
    *,
    stores: int = 120,
    months: int = 24,
    visits: int = 1,
    customers: int = 40_000,
    waves: int = 4,
    seed: int = 1,
    planted: bool = True,
    end: dt.date | None = None,
    progress: Progress = lambda _what, _done: None,
) -> list[Path]:
    """Write the chain's files and ``truth.json``; returns the files to import, reference data first.

    Args:
        visits: visits per own store and month; competitors' stores get one.
        waves: surveys of employees, half-yearly up to the last month; 0 leaves out all surveys of the staff and audits.
        planted: False gives the same chain without any planted effect.
        end: a day in the last month; default: the last complete month.
        progress: told what is being written and the share done, 0-1.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    span = months_until(end or last_complete_month(dt.date.today()), months)
    chain = found(seed, span, stores, visits, customers, waves)
    return _write(place, Planting(chain, planted), progress)


def _write(place: Path, plan: Planting, progress: Progress) -> list[Path]:
    progress(Message("Founding the simulated chain"), 0.0)
    volumes = customers.expected_volumes(plan)
    paths, counts = _reference(place, plan, volumes)
    truth = visits.TrueMeans()
    if plan.chain.customers:
        progress(Message("Writing customers' answers"), 0.1)
        path, counts["customer_responses"] = _customer_file(place, plan, volumes)
        paths.append(path)
    if plan.chain.survey_months:
        progress(Message("Writing employees' answers"), 0.2)
        paths += _staff_files(place, plan, counts)
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
        "stores": reference.store_rows(chain),
        "departments": reference.department_rows(),
        "touchpoints": reference.touchpoint_rows(),
        "dimensions": reference.dimension_rows(),
        "items": reference.item_rows(chain),
        "waves": reference.wave_rows(chain),
        "targets": reference.target_rows(chain),
        "volumes": events.volume_rows(plan, volumes),
        "complaints": events.complaint_rows(plan, volumes),
        "trainings": events.training_rows(chain),
        "notes": events.note_rows(plan),
        "aggregates": audits.published_rows(chain),
    }
    sheets = {t: titled(f, t) for t, f in tables.items()}
    paths = [
        write_workbook(place / "门店资料.xlsx", {TABLE_LABELS_ZH[t]: sheets[t] for t in MASTER}),
        write_text(place / "客流.csv", sheets["volumes"], "utf-8-sig"),
        *(
            write_workbook(place / f"{TABLE_LABELS_ZH[t]}.xlsx", {TABLE_LABELS_ZH[t]: sheets[t]})
            for t in ("complaints", "trainings", "notes", "aggregates")
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


def _staff_files(place: Path, plan: Planting, counts: dict[str, int]) -> list[Path]:
    """Employees, internal service, awareness, audits: as workbooks and text, the large ones as Parquet."""
    employees = list(staff.employee_forms(plan))
    awareness, asked = staff.awareness_forms(plan)
    audit_forms = audits.audit_forms(plan)
    invited = pd.concat([*(i for _f, i in employees), asked], ignore_index=True)
    internal = _joined(list(support.internal_forms(plan)))
    paths = [_invitation_file(place, invited)]
    paths += [_form_file(place, f, "employee_responses", f"_{f.headers['wave_id'].iloc[0]}") for f, _i in employees]
    paths += _long_files(place, internal)
    paths += [_form_file(place, awareness, "awareness_responses"), _form_file(place, audit_forms, "management_audits")]
    counts |= {
        "invitations": len(invited),
        "employee_responses": sum(len(f.values) for f, _i in employees),
        "internal_service_responses": len(internal.values),
        "awareness_responses": len(awareness.values),
        "management_audits": len(audit_forms.values),
    }
    return paths


def _joined(parts: list[answering.Forms]) -> answering.Forms:
    headers = pd.concat([part.headers for part in parts], ignore_index=True)
    return answering.Forms(headers, parts[0].items, np.vstack([part.values for part in parts]))


def _invitation_file(place: Path, invited: pd.DataFrame) -> Path:
    columns = ["instrument", "wave_id", "level", "place", "invited"]
    return write_text(place / "发放.csv", titled(invited[columns], "invitations"), "utf-8-sig")


def _form_file(place: Path, forms: answering.Forms, table: str, ending: str = "") -> Path:
    label = TABLE_LABELS_ZH[table]
    if forms.values.size > PARQUET_CELLS:
        return write_parquet(place / f"{label}{ending}.parquet", titled(answering.wide(forms), table))
    return write_workbook(place / f"{label}{ending}.xlsx", {label: titled(answering.worded(forms), table)})


def _long_files(place: Path, forms: answering.Forms) -> list[Path]:
    """Internal service as its tool exports it: the forms and, apart from them, one row per answer."""
    table, answers = "internal_service_responses", "internal_service_responses_answers"
    names = {"response_id": "答卷编号", "item_id": "题目编号", "value": "得分"}
    sheets = {table: titled(forms.headers, table), answers: answering.long(forms).rename(columns=names)}
    if forms.values.size > PARQUET_CELLS:
        return [write_parquet(place / f"{TABLE_LABELS_ZH[t]}.parquet", f) for t, f in sheets.items()]
    return [write_text(place / f"{TABLE_LABELS_ZH[t]}.csv", f, "utf-8-sig") for t, f in sheets.items()]


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
        "equal_otherwise": "all stores, own and competitors', have the same expected score but for the effects",
        "noise": {"store_sd": 0.0, "visit_sd": planting.VISIT_SD, "touchpoint_sd": planting.TOUCHPOINT_SD},
        "crossed_visits": visits.CROSSED,
        "surveys": {
            "employee": [half_year(chain.months[n]) for n in chain.survey_months],
            "awareness": [half_year(chain.months[chain.survey_months[w]]) for w in staff.awareness_waves(chain)],
            "store_points": links.told(chain, plan.links),
            "neutral_means": answering.neutral_means(),
        },
        "neutral_means": {"touchpoints": planting.touchpoint_means(plan), "dimensions": customers.dimension_means()},
        "expected_in_these_visits": truth.told(),
    }
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1, default=float) + "\n", encoding="utf-8")
