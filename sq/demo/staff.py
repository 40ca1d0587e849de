"""Surveys of the staff: who works where and is asked, employees' satisfaction, service awareness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sq.demo.answering import (
    MISSING,
    Forms,
    Spread,
    answered,
    by_number,
    mean_shares,
    numbered,
    placed,
    spread_shares,
    survey_items,
)
from sq.demo.chain import Chain, half_year
from sq.demo.drawing import Words, chosen, draws, kept, picked, words
from sq.demo.lists import listed, remarks
from sq.demo.planting import (
    DROPPED_DIMENSION,
    DROPPED_POINTS,
    LOW_REGION,
    LOW_REGION_POINTS,
    MISTAKEN_ELEMENT,
    MISTAKEN_POINTS,
    Planting,
)
from sq.demo.visits import is_open, regions_then

MANAGER, FRONT_LINE = "管理者", "一线员工"
TENURES = (("不足1年", 0.25), ("1-3年", 0.37), ("3-5年", 0.22), ("5年以上", 0.16))
RESPONSE = (0.55, 0.90)  # lowest and highest expected rate of a unit
ROLE_MISSING, TENURE_MISSING = 0.03, 0.05
PER_MANAGER = 13  # people of a unit for every manager
EMPLOYEE_SPREAD, AWARENESS_SPREAD = Spread(8.0, 6.0, 11.0), Spread(6.0, 5.0, 12.0)
COMMENTED, PERSONAL = 0.22, 0.03  # share of forms with a comment; of these, with something that tells who wrote
PLEASED, DISPLEASED = 0.68, 0.54  # mean share from which, and below which, comments are good or bad
NAMES = ("张小雨", "王海", "刘一鸣", "陈静", "赵小川")
FRONT_LINE_ASKED = 6  # of each store, about service awareness


@dataclass(frozen=True)
class Staff:
    """The people of one wave, one row each: store (row number; -1 = none), department, role, tenure."""

    wave: int
    month: int
    people: pd.DataFrame

    def invited(self, instrument: str, wave_id: str) -> pd.DataFrame:
        """How many people of each unit were asked."""
        units = self.people.groupby(["level", "place"], sort=False).size().rename("invited").reset_index()
        return units.assign(instrument=instrument, wave_id=wave_id)


def staff(chain: Chain, wave: int) -> Staff:
    """Everybody who works in an open store or a department in the month of a wave."""
    month, own = chain.survey_months[wave], chain.own
    store = np.flatnonzero(is_open(chain, own.index.to_numpy(), np.full(len(own), month)))
    departments = listed("departments")
    counts = np.concatenate([own["staff_count"].to_numpy()[store], departments["staff"].to_numpy()])
    units = pd.DataFrame(
        {
            "level": ["门店"] * len(store) + ["职能部门"] * len(departments),
            "place": [*own["store_id"].iloc[store], *departments["department_id"]],
            "store": [*store, *[-1] * len(departments)],
            "count": counts,
        }
    )
    people = units.loc[np.repeat(units.index, counts)]
    people["number"] = people.groupby(level=0).cumcount()
    people["unit"] = people.index
    return Staff(wave, month, _described(people.reset_index(drop=True), draws(chain.seed, "staff", wave)))


def _described(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add role and tenure as they stand on the forms; some leave them out, departments know managers only."""
    managers = people["number"] < 1 + people["count"] // PER_MANAGER
    tenure = words(n for n, _s in TENURES)[chosen(rng, [s for _n, s in TENURES], len(people))]
    role = np.where(managers, MANAGER, FRONT_LINE).astype(object)
    is_told = managers.to_numpy() | (people["store"] >= 0).to_numpy()
    return people.assign(
        is_manager=managers,
        role=kept(role, is_told & (rng.random(len(people)) >= ROLE_MISSING)),
        tenure_band=kept(tenure, rng.random(len(people)) >= TENURE_MISSING),
    )


def _responding(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    rate = rng.uniform(*RESPONSE, people["unit"].max() + 1)
    comes = rng.random(len(people)) < rate[people["unit"].to_numpy()]
    return people.iloc[np.flatnonzero(comes)].reset_index(drop=True)


def _places(people: pd.DataFrame) -> dict[str, Words]:
    is_store, place = (people["store"] >= 0).to_numpy(), people["place"].to_numpy(dtype=object)
    return {"store_id": kept(place, is_store), "department_id": kept(place, ~is_store)}


def employee_forms(planting: Planting) -> Iterator[tuple[Forms, pd.DataFrame]]:
    """Employees' forms wave by wave, and how many were invited."""
    chain, items = planting.chain, survey_items("employee")
    for wave in range(len(chain.survey_months)):
        everybody, rng = staff(chain, wave), draws(chain.seed, "employees", wave)
        people = _responding(everybody.people, rng)
        shares = spread_shares(items, _employee_points(planting, people, everybody, items), EMPLOYEE_SPREAD, rng)
        values, wave_id = answered(shares, items, rng), half_year(chain.months[everybody.month])
        headers = pd.DataFrame({"response_id": numbered(f"Y{wave_id}-", len(people), rng), **_places(people)})
        headers = headers.assign(wave_id=wave_id, role=people["role"], tenure_band=people["tenure_band"])
        forms = Forms(headers, items, values)
        headers["comment"] = _comments(forms, rng)
        yield by_number(forms), everybody.invited("员工满意度", wave_id)


def _employee_points(
    planting: Planting, people: pd.DataFrame, everybody: Staff, items: pd.DataFrame
) -> npt.NDArray[np.float64]:
    chain, store = planting.chain, people["store"].to_numpy()
    points = np.where(store >= 0, planting.links.employees[store, everybody.wave], 0.0)
    days = pd.Series(pd.Timestamp(chain.months[everybody.month]), index=people.index)
    is_low = (store >= 0) & (regions_then(chain, store, days) == LOW_REGION)
    points += is_low * LOW_REGION_POINTS * planting.strength
    is_last = everybody.wave == len(chain.survey_months) - 1 and everybody.wave > 0
    dropped = (items["dimension_id"] == DROPPED_DIMENSION).to_numpy() * DROPPED_POINTS * planting.strength * is_last
    return np.asarray(points[:, None] + dropped)


def _comments(forms: Forms, rng: np.random.Generator) -> Words:
    """Open comments that fit the answers; a few tell how to reach the writer."""
    count, mood = len(forms.values), mean_shares(forms)
    uniform = rng.random(count)
    good, middle, bad, personal = (
        picked(words(remarks(f"employee_{kind}")["text_zh"]), uniform) for kind in ("good", "middle", "bad", "personal")
    )
    told = np.where(mood >= PLEASED, good, np.where(mood < DISPLEASED, bad, middle))
    told = np.where(rng.random(count) < PERSONAL, personal, told)
    told = placed(told, _contacts(rng.integers(0, 10_000, count)))
    return kept(told, rng.random(count) < COMMENTED)


def _contacts(numbers: npt.NDArray[np.int64]) -> dict[str, Words]:
    """Made-up names, telephone numbers, addresses and identity numbers (of 1 January 1900: of nobody alive)."""
    return {
        "phone": words(f"1380000{n:04d}" for n in numbers),
        "mail": words(f"staff{n}@example.com" for n in numbers),
        "name": words(NAMES[n % len(NAMES)] for n in numbers),
        "chat": words(f"wxid_demo{n}" for n in numbers),
        "identity": words(_identity(f"11010119000101{n % 1000:03d}") for n in numbers),
    }


def _identity(digits: str) -> str:
    """17 digits with their check digit (GB 11643-1999: ISO 7064, modulus 11-2)."""
    rest = sum(int(d) * pow(2, 17 - n, 11) for n, d in enumerate(digits)) % 11
    return digits + "10X98765432"[rest]


def awareness_waves(chain: Chain) -> list[int]:
    """Every second wave, the last one among them."""
    return sorted(range(len(chain.survey_months) - 1, -1, -2))


def awareness_forms(planting: Planting) -> tuple[Forms, pd.DataFrame]:
    """All forms about service awareness, and how many were invited: managers and some of the front line."""
    parts = [_awareness(planting, wave) for wave in awareness_waves(planting.chain)]
    headers = pd.concat([forms.headers for forms, _invited in parts], ignore_index=True)
    values = np.vstack([forms.values for forms, _invited in parts])
    return Forms(headers, parts[0][0].items, values), pd.concat([i for _f, i in parts], ignore_index=True)


def _awareness(planting: Planting, wave: int) -> tuple[Forms, pd.DataFrame]:
    chain, items = planting.chain, survey_items("awareness")
    everybody, rng = staff(chain, wave), draws(chain.seed, "awareness", wave)
    people = everybody.people[everybody.people["store"] >= 0]
    place = people["number"] - (1 + people["count"] // PER_MANAGER)  # among the front line
    asked = Staff(wave, everybody.month, people[people["is_manager"] | (place < FRONT_LINE_ASKED)])
    people = _responding(asked.people, rng)
    mistaken = (items["role"] == "importance") & (items["element_id"] == MISTAKEN_ELEMENT)
    points = np.zeros(len(people))[:, None] + mistaken.to_numpy() * MISTAKEN_POINTS * planting.strength
    values = answered(spread_shares(items, points, AWARENESS_SPREAD, rng), items, rng)
    not_asked = (items["asked"] == "manager").to_numpy() & ~people["is_manager"].to_numpy()[:, None]
    values[not_asked] = MISSING
    wave_id = half_year(chain.months[everybody.month])
    headers = pd.DataFrame({"response_id": numbered(f"R{wave_id}-", len(people), rng), "store_id": people["place"]})
    headers = headers.assign(wave_id=wave_id, role=people["role"])
    return by_number(Forms(headers, items, values)), asked.invited("服务意识", wave_id)
