"""What happens around the scores: volumes, complaints, trainings and notes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sq.demo.chain import CLOSING, DECLINING, MOVING, OPENING, Chain
from sq.demo.drawing import chosen, draws, kept, picked, words
from sq.demo.lists import note_text, texts
from sq.demo.planting import (
    AFTER_SALES,
    COURSE,
    DECLINE_COMPLAINTS_A_MONTH,
    PLACEBO_COURSE,
    PLACEBO_TOUCHPOINTS,
    TRAINED_TOUCHPOINT,
    WEAK_COMPLAINT_FACTOR,
    WEAK_REGION,
    Planting,
)
from sq.demo.visits import regions_then

YES, NO = "是", "否"
COMPLAINTS_PER_1000 = 0.8
COMPLAINT_SHARES = (4, 5, 4, 8, 5, 5, 11, 9, 7, 4, 3, 11, 14, 10)  # percent, in the order of the complaint list
COMPLAINT_CHANNELS = (("客服热线", 0.45), ("门店", 0.30), ("网络", 0.15), ("消费者协会", 0.06), ("监管部门", 0.04))
FORMAL_CHANNELS, LIMIT_HOURS, FORMAL_LIMIT_HOURS = ("消费者协会", "监管部门"), 72, 168
RESPONSE_MEDIAN_HOURS, RESOLUTION_MEDIAN_HOURS = 4.0, 28.0
NEVER_RESOLVED, REPEATED, UPHELD = 0.03, 0.07, 0.62
OUTCOMES_UPHELD, OUTCOMES_OTHER = ("维修或更换", "退费补偿", "道歉整改"), ("解释说明", "双方和解")


def volume_rows(planting: Planting, volumes: pd.DataFrame) -> pd.DataFrame:
    """Customers by store and month, Poisson around what is expected."""
    counts = draws(planting.chain.seed, "volumes").poisson(volumes["expected"])
    months = np.array(planting.chain.months, dtype="datetime64[us]")[volumes["month"]]
    return pd.DataFrame({"store_id": _ids(planting.chain, volumes["store"]), "month": months, "customers": counts})


def _ids(chain: Chain, store: Any) -> npt.NDArray[Any]:
    return np.asarray(chain.stores["store_id"].to_numpy(dtype=object)[store])


def complaint_rows(planting: Planting, volumes: pd.DataFrame) -> pd.DataFrame:
    """Complaints by time of opening; what lies after the last day is not known yet."""
    chain, rng = planting.chain, draws(planting.chain.seed, "complaints")
    wording = texts("complaint")
    counts = rng.poisson(_complaint_rates(planting, volumes, list(wording["touchpoint_id"])))
    place, topic = np.nonzero(counts)
    repeat = counts[place, topic]
    place, topic = np.repeat(place, repeat), np.repeat(topic, repeat)
    rows = volumes.iloc[place][["store", "month"]].reset_index(drop=True)
    starts = np.array(chain.months, dtype="datetime64[us]")[rows["month"]]
    minutes = rng.integers(0, 28, len(rows)) * 1440 + rng.integers(9 * 60, 20 * 60, len(rows))
    frame = pd.DataFrame(
        {
            "store_id": _ids(chain, rows["store"]),
            "touchpoint_id": wording["touchpoint_id"].to_numpy(dtype=object)[topic],
        }
    )
    frame["opened_at"] = starts + minutes.astype("timedelta64[m]")
    frame["comment"] = wording["text_zh"].to_numpy(dtype=object)[topic]
    frame = _handled(frame, pd.Timestamp(chain.last_day) + pd.Timedelta(days=1), rng)
    frame = frame.sort_values("opened_at", kind="stable").reset_index(drop=True)
    frame.insert(0, "complaint_id", [f"TS{n:06d}" for n in range(1, len(frame) + 1)])
    order = [
        "complaint_id",
        "store_id",
        "touchpoint_id",
        "channel",
        "opened_at",
        "responded_at",
        "due_at",
        "resolved_at",
    ]
    return frame[[*order, "outcome", "is_upheld", "is_repeat", "comment"]]


def _complaint_rates(planting: Planting, volumes: pd.DataFrame, topics: list[str]) -> npt.NDArray[np.float64]:
    """Expected complaints by store-month and topic."""
    chain = planting.chain
    shares = np.array(COMPLAINT_SHARES) / sum(COMPLAINT_SHARES)
    rates = np.outer(volumes["expected"] * COMPLAINTS_PER_1000 / 1000, shares)
    starts = pd.Series(np.array(chain.months, dtype="datetime64[us]")[volumes["month"]])
    weak = regions_then(chain, volumes["store"].to_numpy(), starts) == WEAK_REGION
    after = np.isin(topics, AFTER_SALES)
    rates *= 1 + planting.strength * (WEAK_COMPLAINT_FACTOR - 1) * np.outer(weak, after)
    steps = np.maximum(volumes["month"].to_numpy() - chain.declines_from + 1, 0)
    declining = volumes["store"].to_numpy() == chain.store_at(DECLINING)
    return np.asarray(rates * (1 + planting.strength * DECLINE_COMPLAINTS_A_MONTH * steps * declining)[:, None])


def _handled(frame: pd.DataFrame, now: pd.Timestamp, rng: np.random.Generator) -> pd.DataFrame:
    """Add channel, times, outcome and flags."""
    count = len(frame)
    channel = words(n for n, _s in COMPLAINT_CHANNELS)[chosen(rng, [s for _n, s in COMPLAINT_CHANNELS], count)]
    respond = rng.lognormal(np.log(RESPONSE_MEDIAN_HOURS), 0.8, count)
    resolve = respond + rng.lognormal(np.log(RESOLUTION_MEDIAN_HOURS), 0.8, count)
    resolve = np.where(rng.random(count) < NEVER_RESOLVED, np.nan, resolve)
    upheld, pick = rng.random(count) < UPHELD, rng.random(count)
    outcome = np.where(upheld, picked(words(OUTCOMES_UPHELD), pick), picked(words(OUTCOMES_OTHER), pick))
    frame["channel"] = channel
    limit = np.where(np.isin(channel, FORMAL_CHANNELS), FORMAL_LIMIT_HOURS, LIMIT_HOURS)
    frame["responded_at"] = _after(frame["opened_at"], respond, now)
    frame["due_at"] = frame["opened_at"] + pd.to_timedelta(limit, unit="h").astype("timedelta64[us]")
    frame["resolved_at"] = _after(frame["opened_at"], resolve, now)
    is_done = frame["resolved_at"].notna()
    frame["outcome"] = np.where(is_done, outcome, "处理中")
    frame["is_upheld"] = kept(np.where(upheld, YES, NO), is_done.to_numpy())
    frame["is_repeat"] = np.where(rng.random(count) < REPEATED, YES, NO)
    return frame


def _after(opened: pd.Series, hours: npt.NDArray[np.float64], now: pd.Timestamp) -> pd.Series:
    """The time some hours later, to the minute; missing where it is not known yet."""
    later = opened + pd.Series(
        pd.to_timedelta(hours * 60, unit="m").floor("min").astype("timedelta64[us]"), index=opened.index
    )
    return later.where(later < now)


def training_rows(chain: Chain) -> pd.DataFrame:
    """Trainings: the course that works, in its cohorts, and a course without effect in other stores."""
    rng = draws(chain.seed, "trainings")
    worked = chain.stores[chain.stores["trained_on"].notna()]
    idle = chain.own[chain.own["rank"] % 3 == 2]
    idle = idle[idle["opened_on"] < pd.Timestamp(chain.months[0])]
    idle = idle[idle["closed_on"].isna()]
    day = pd.Timestamp(chain.months[chain.month_at(0.4)]) + pd.Timedelta(days=9)
    parts = [
        _sessions(worked, worked["trained_on"], COURSE, TRAINED_TOUCHPOINT, "PX"),
        _sessions(idle, pd.Series(day, index=idle.index), PLACEBO_COURSE, "、".join(PLACEBO_TOUCHPOINTS), "PL"),
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame["attendees"] = np.maximum((frame.pop("staff_count") * rng.uniform(0.6, 0.95, len(frame))).astype(int), 2)
    return frame.assign(passed=rng.binomial(frame["attendees"], 0.88))


def _sessions(stores: pd.DataFrame, days: pd.Series, course: str, touchpoints: str, prefix: str) -> pd.DataFrame:
    ids = [f"{prefix}{d:%Y%m}" for d in days]
    frame = pd.DataFrame({"training_id": ids, "course": course, "touchpoint_ids": touchpoints})
    return frame.assign(
        store_id=stores["store_id"].to_numpy(), held_on=days.to_numpy(), staff_count=stores["staff_count"].to_numpy()
    )


def note_rows(planting: Planting) -> pd.DataFrame:
    """Notes: what a reader of a trend should know."""
    chain = planting.chain
    happened: list[tuple[str, str | None, Any, str]] = []
    yearly = {2: "spring", 9: "launch"}
    happened += [("全公司", None, m, yearly[m.month]) for m in chain.months if m.month in yearly]
    if chain.changed_on:
        happened.append(("全公司", None, chain.changed_on, "checklist"))
    if chain.stores["trained_on"].notna().any():
        happened.append(("全公司", None, chain.stores["trained_on"].min().date(), "course"))
    happened += _store_notes(planting)
    rows = [(level, place, pd.Timestamp(day), note_text(kind)) for level, place, day, kind in happened]
    frame = pd.DataFrame(rows, columns=["level", "place", "happened_on", "text"])
    frame = frame.sort_values("happened_on", kind="stable").reset_index(drop=True)
    frame.insert(0, "note_id", [f"N{n:03d}" for n in range(1, len(frame) + 1)])
    return frame


def _store_notes(planting: Planting) -> list[tuple[str, str | None, Any, str]]:
    chain, stores = planting.chain, planting.chain.stores
    kinds = [
        (MOVING, chain.moved_on, "moved"),
        (OPENING, None, "opened"),
        (CLOSING, None, "closed"),
        (("华中", 1), chain.months[chain.month_at(0.4)], "renovation"),
    ]
    if planting.planted:
        kinds.append((DECLINING, chain.months[chain.declines_from], "decline"))
    notes: list[tuple[str, str | None, Any, str]] = []
    for place, day, kind in kinds:
        row = chain.store_at(place)
        if row is not None:
            when = day or pd.Timestamp(stores[f"{kind}_on"].iloc[row]).date()
            notes.append(("门店", str(stores.at[row, "store_id"]), when, kind))
    return notes
