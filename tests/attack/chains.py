"""Random small chains with everything in them that makes groups small, odd or alike, and later states of the same.

`chain(seed)` gives frames in the shape of the intake's current views; `later(frames, seed, ...)` what they have become
after late, changed, withdrawn and moved answers. Nothing here is shared with the product.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Frames = dict[str, pd.DataFrame]
TODAY = dt.date(2026, 9, 30)
WAVES = (("w1", dt.date(2026, 1, 1), dt.date(2026, 3, 31)), ("w2", dt.date(2026, 5, 1), dt.date(2026, 6, 30)))
INSTRUMENTS = ("employee", "internal_service", "awareness")
TABLES = {i: f"{i}_responses" for i in INSTRUMENTS}
TENURES = ("0-1", "1-3", "3+", None)


@dataclass(frozen=True)
class Shape:
    """How large and how odd a chain is."""

    regions: tuple[int, int] = (1, 4)
    stores: tuple[int, int] = (1, 6)
    departments: tuple[int, int] = (0, 4)
    people: tuple[int, int] = (1, 14)
    instruments: tuple[str, ...] = INSTRUMENTS
    waves: int = 2


def chain(seed: int, shape: Shape = Shape()) -> Frames:
    """Frames as the intake's current views would hold them."""
    rng = np.random.default_rng([seed, 7])
    stores, departments = _stores(rng, shape), _departments(rng, shape)
    dimensions, items = _items(rng, shape.instruments)
    waves = [
        {"instrument": i, "wave_id": w, "name": w, "starts_on": start, "ends_on": end}
        for i in shape.instruments
        for w, start, end in WAVES[: shape.waves]
    ]
    frames = {"stores": stores, "departments": departments, "dimensions": dimensions, "items": items}
    frames["waves"] = _frame(waves)
    people = _people(rng, shape, stores, departments)
    temper = _temper(rng, stores)
    answers: list[tuple[Any, ...]] = []
    for instrument in shape.instruments:
        forms = _forms(rng, instrument, shape, people, departments)
        frames[TABLES[instrument]] = _frame(forms)
        asked = items[(items["instrument"] == instrument)].to_dict("records")
        answers += [row for form in forms for row in _answers(rng, instrument, form, asked, temper)]
    frames["answers"] = pd.DataFrame(
        answers, columns=["instrument", "response_id", "item_id", "value", "note"], dtype=object
    )
    frames["invitations"] = _invitations(rng, frames)
    return frames


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, dtype=object)
    return frame.where(frame.notna(), None)


def _between(rng: np.random.Generator, span: tuple[int, int]) -> int:
    return int(rng.integers(span[0], span[1] + 1))


def _stores(rng: np.random.Generator, shape: Shape) -> pd.DataFrame:
    rows = []
    for r in range(_between(rng, shape.regions)):
        cities = [f"c{r}{c}" for c in range(int(rng.integers(1, 4)))]
        without = rng.random() < 0.3  # some stores of this region without a city
        for s in range(_between(rng, shape.stores)):
            city = None if without and rng.random() < 0.4 else str(rng.choice(cities))
            if rng.random() < 0.05:
                city = "c00"  # the same name in another region
            row = {"store_id": f"s{r}{s}", "store_name": f"店{r}{s}", "region": f"r{r}", "city": city}
            if rng.random() < 0.1:  # moves to another region between the waves
                rows.append({**row, "valid_to": dt.date(2026, 4, 15)})
                row = {**row, "region": "r0", "city": "c00", "valid_from": dt.date(2026, 4, 16)}
            rows.append(row)
    return _frame([{"valid_from": None, "valid_to": None, **r} for r in rows])


def _departments(rng: np.random.Generator, shape: Shape) -> pd.DataFrame:
    rows = [{"department_id": f"d{d}", "name_zh": f"部门{d}"} for d in range(_between(rng, shape.departments))]
    return pd.DataFrame(rows, columns=["department_id", "name_zh"], dtype=object)


def _items(rng: np.random.Generator, instruments: tuple[str, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    dimensions: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    for instrument in instruments:
        for d in range(int(rng.integers(1, 4))):
            sensitive = instrument == "employee" and d > 0 and rng.random() < 0.4
            name = f"{instrument[0]}d{d}"
            dimensions.append(
                {"instrument": instrument, "dimension_id": name, "name_zh": name, "is_sensitive": bool(sensitive)}
            )
            items += [_item(rng, instrument, name, i) for i in range(int(rng.integers(1, 3)))]
        if rng.random() < 0.3:
            items.append(_item(rng, instrument, None, 9))
        if rng.random() < 0.3:
            items.append({**_item(rng, instrument, None, 8), "role": "overall"})
    return _frame(dimensions), _frame(items)


def _item(rng: np.random.Generator, instrument: str, dimension: str | None, number: int) -> dict[str, Any]:
    low, high = [(1, 5), (1, 5), (1, 5), (0, 10), (0, 1), (1, 7)][int(rng.integers(6))]
    return {
        "instrument": instrument,
        "item_id": f"{dimension or instrument[0] + 'x'}{number}",
        "text_zh": "题",
        "dimension_id": dimension,
        "scale_min": float(low),
        "scale_max": float(high),
        "is_reversed": bool(rng.random() < 0.2),
        "weight": float(rng.choice([1, 1, 1, 2])),
        "is_veto": False,
        "role": "score",
        "valid_from": None,
        "valid_to": None,
    }


def _people(
    rng: np.random.Generator, shape: Shape, stores: pd.DataFrame, departments: pd.DataFrame
) -> list[dict[str, Any]]:
    """Staff who take part: where, role and tenure."""
    units = [("store_id", s) for s in stores["store_id"].unique()]
    units += [("department_id", d) for d in departments["department_id"]]
    only = units[int(rng.integers(len(units)))] if rng.random() < 0.25 else None  # all managers in one unit
    unlabelled = rng.choice([0.0, 0.1, 0.5])
    managers = rng.choice([0.1, 0.3, 0.5])
    people = []
    for unit in units:
        size = _between(rng, shape.people)
        if rng.random() < 0.15:
            size = _between(rng, (20, 26))
        for _ in range(size):
            is_manager = unit == only if only else rng.random() < managers
            role = None if rng.random() < unlabelled else "manager" if is_manager else "front_line"
            tenure = TENURES[int(rng.integers(4))] if rng.random() > unlabelled / 2 else None
            people.append({unit[0]: unit[1], "role": role, "tenure_band": tenure})
    return [{"store_id": None, "department_id": None, **p} for p in people]


def _forms(
    rng: np.random.Generator,
    instrument: str,
    shape: Shape,
    people: list[dict[str, Any]],
    departments: pd.DataFrame,
) -> list[dict[str, Any]]:
    forms: list[dict[str, Any]] = []
    rated = list(departments["department_id"])
    single = instrument == "employee" and rng.random() < 0.06
    for w, (wave, _, _) in enumerate(WAVES[: shape.waves]):
        absent = set(rng.permutation(len(people))[: int(rng.integers(0, 4))].tolist()) if w else set()
        for p, person in enumerate(people):
            if p in absent or (instrument == "internal_service" and (not rated or person["store_id"] is None)):
                continue
            header = {"response_id": f"{instrument[0]}{wave}{p}", "wave_id": wave, "person": p}
            comment = f"意见{wave}{p}" if rng.random() < 0.3 else None
            if instrument == "internal_service":
                for d in rng.permutation(rated)[: int(rng.integers(0, 3))]:
                    problem = rng.choice(["unclear", "no_deadline", "own_words", None], p=[0.3, 0.1, 0.05, 0.55])
                    slow = "late" if rng.random() < 0.2 else None
                    forms.append(
                        {**header, "response_id": f"i{wave}{p}{d}", "store_id": person["store_id"],
                         "department_id": d, "request_problem": problem, "support_problem": slow, "comment": comment}
                    )  # fmt: skip
            elif instrument == "employee":
                forms.append({**header, **person, "is_single_answer": single, "comment": comment})
            else:
                forms.append({**header, **{k: v for k, v in person.items() if k != "tenure_band"}})
    return [{k: v for k, v in f.items() if k != "person"} for f in forms]


def _temper(rng: np.random.Generator, stores: pd.DataFrame) -> dict[str | None, str]:
    """How the people of a unit answer: of all kinds, nearly all full marks, or all alike."""
    mood = str(rng.choice(["mixed", "happy", "alike", "varied"], p=[0.45, 0.2, 0.1, 0.25]))
    kinds = {s: mood if mood != "varied" else str(rng.choice(["mixed", "happy", "alike"])) for s in stores["store_id"]}
    return {None: mood if mood != "varied" else "mixed", **kinds}


def _answers(
    rng: np.random.Generator,
    instrument: str,
    form: dict[str, Any],
    items: list[dict[str, Any]],
    temper: dict[str | None, str],
) -> list[tuple[Any, ...]]:
    missing = float(rng.choice([0.0, 0.05, 0.5]))
    rows = []
    chosen = items if not form.get("is_single_answer") else [items[int(rng.integers(len(items)))]]
    for item in chosen:
        value = None if rng.random() < missing else _value(rng, item, temper[form.get("store_id")])
        rows.append((instrument, form["response_id"], item["item_id"], value, None))
    return rows


def _value(rng: np.random.Generator, item: dict[str, Any], temper: str) -> float:
    steps = int(item["scale_max"] - item["scale_min"])
    if temper == "alike":
        step = steps
    elif temper == "happy":
        step = steps - int(rng.random() < 0.12)
    else:
        step = int(rng.binomial(steps, 0.65))
    return float(item["scale_max"] - step if item["is_reversed"] else item["scale_min"] + step)


def _invitations(rng: np.random.Generator, frames: Frames) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    forms = frames.get("employee_responses", pd.DataFrame())
    if len(forms) and rng.random() < 0.8:
        for (wave, store), part in forms.groupby(["wave_id", "store_id"]):
            rows.append(
                {"wave_id": wave, "level": "store", "place": store, "invited": len(part) + _between(rng, (0, 5))}
            )
        for wave, part in forms.groupby("wave_id"):
            rows.append({"wave_id": wave, "level": "chain", "place": None, "invited": len(part) + 20})
    return _frame([{"instrument": "employee", **r} for r in rows])


def later(frames: Frames, seed: int, late: int = 0, changed: int = 0, withdrawn: int = 0, moved: int = 0) -> Frames:
    """The same chain after some forms of the first wave came late, changed, were withdrawn, or changed their unit.

    Changes go to one unit (three times in four) or anywhere: the harder and the usual case.
    """
    rng = np.random.default_rng([seed, 11])
    forms, answers = frames["employee_responses"].copy(), frames["answers"].copy()
    for kind, number in (("late", late), ("changed", changed), ("withdrawn", withdrawn), ("moved", moved)):
        first = forms.index[forms["wave_id"] == "w1"].to_numpy()
        if rng.random() < 0.75:
            unit = forms.loc[first, ["store_id", "department_id"]].fillna("").agg("".join, axis=1)
            first = first[(unit == rng.choice(unit.unique())).to_numpy()]
        chosen = forms.loc[rng.permutation(first)[:number]]
        ids = set(chosen["response_id"])
        of_them = (answers["instrument"] == "employee") & answers["response_id"].isin(ids)
        if kind == "late":
            copies = chosen.assign(response_id=chosen["response_id"] + f"late{seed}")
            forms = pd.concat([forms, copies], ignore_index=True)
            given = answers[of_them].assign(response_id=answers.loc[of_them, "response_id"] + f"late{seed}")
            answers = pd.concat([answers, _changed(rng, given, frames)], ignore_index=True)
        elif kind == "changed":
            answers = pd.concat([answers[~of_them], _changed(rng, answers[of_them], frames)], ignore_index=True)
        elif kind == "withdrawn":
            forms, answers = forms.drop(chosen.index), answers[~of_them]
        else:
            stores = frames["stores"]["store_id"].unique()
            for i in chosen.index:
                forms.loc[i, ["store_id", "department_id"]] = [str(rng.choice(stores)), None]
    forms = forms.where(forms.notna(), None).reset_index(drop=True)
    return {**frames, "employee_responses": forms, "answers": answers.reset_index(drop=True)}


def _changed(rng: np.random.Generator, answers: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    """Other answers to the same items; now and then one that does not apply any more, or does now."""
    items = {i["item_id"]: i for i in frames["items"].to_dict("records")}
    values = [
        None if rng.random() < 0.1 else _value(rng, items[i], "mixed") if rng.random() < 0.7 or v is None else v
        for i, v in zip(answers["item_id"], answers["value"], strict=True)
    ]
    return answers.assign(value=pd.Series(values, index=answers.index, dtype=object))
