"""What happens around the scores: volumes, complaints, trainings, targets, notes, waves and the reference tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sq.demo.chain import CLOSING, DECLINING, MOVES_TO, MOVING, OPENING, Chain, month_end, quarter
from sq.demo.drawing import chosen, draws, kept, picked, words
from sq.demo.lists import listed, note_text, texts
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
    regions,
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
TARGETS = {  # of the chain, by metric
    "mystery_score": 78.0,
    "failed_visits": 2.0,
    "customer_index": 74.0,
    "overall_satisfaction": 75.0,
    "nps": 30.0,
    "complaint_rate": 0.8,
    "response_hours": 6.0,
    "resolution_hours": 48.0,
    "in_time_rate": 85.0,
}


def store_rows(chain: Chain) -> pd.DataFrame:
    """The stores sheet: one row per store and span of membership."""
    columns = [
        "store_id",
        "store_name",
        "region",
        "city",
        "format",
        "opened_on",
        "closed_on",
        "brand",
        "staff_count",
        "latitude",
        "longitude",
    ]
    rows = chain.stores[columns].copy()
    rows.insert(5, "valid_from", pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]"))
    rows.insert(6, "valid_to", pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]"))
    rows["brand"] = rows["brand"].replace("", None)
    moving = chain.store_at(MOVING)
    if moving is None:
        return rows
    later = rows.loc[[moving]].assign(region=MOVES_TO, valid_from=pd.Timestamp(chain.moved_on))
    rows.loc[moving, "valid_to"] = pd.Timestamp(chain.moved_on) - pd.Timedelta(days=1)
    return pd.concat([rows.loc[:moving], later, rows.loc[moving + 1 :]], ignore_index=True)


def touchpoint_rows() -> pd.DataFrame:
    """The touchpoints sheet."""
    words = {"pre-sales": "售前", "sales": "售中", "after-sales": "售后"}
    return listed("touchpoints").drop(columns="streams").replace({"stage": words})


def dimension_rows() -> pd.DataFrame:
    """The dimensions sheet."""
    rows = listed("dimensions").drop(columns="driver_weight")
    return rows.assign(instrument="客户满意度", is_sensitive=_yes(rows["is_sensitive"]))


def _yes(column: pd.Series) -> pd.Series:
    return column.map({0: NO, 1: YES})


def item_rows(chain: Chain) -> pd.DataFrame:
    """The items sheet: the checklist (with its change) and the questionnaire."""
    changed = pd.Timestamp(chain.changed_on) if chain.changed_on else pd.NaT
    checklist = listed("items")
    checklist = checklist if chain.changed_on else checklist[checklist["span"] != "new"]
    day_before = changed - pd.Timedelta(days=1)
    checklist = checklist.assign(
        instrument="暗访",
        role="得分",
        is_veto=_yes(checklist["is_veto"]),
        valid_from=pd.to_datetime(checklist["span"].map({"new": changed})),
        valid_to=pd.to_datetime(checklist["span"].map({"old": day_before})),
    )
    questions = listed("questions").assign(instrument="客户满意度", is_veto="否", weight=1)
    roles = {
        "score": "得分",
        "overall": "总体",
        "recommend": "推荐",
        "importance": "重要性",
        "expectation": "期望",
        "perception": "感知",
    }
    questions["role"] = questions["role"].map(roles)
    columns = ["instrument", "item_id", "text_zh", "text_en", "touchpoint_id", "dimension_id", "scale_min", "scale_max"]
    columns += ["is_reversed", "weight", "is_veto", "role", "element_id", "valid_from", "valid_to"]
    rows = pd.concat([checklist, questions], ignore_index=True).assign(is_reversed="否").reindex(columns=columns)
    return rows.replace("", None)


def wave_rows(chain: Chain) -> pd.DataFrame:
    """The waves sheet: a round of both instruments in every quarter."""
    rows = []
    for first in {quarter(m): m for m in reversed(chain.months)}.values():
        start = dt.date(first.year, (first.month - 1) // 3 * 3 + 1, 1)
        name = f"{start.year}年第{'一二三四'[start.month // 3]}季度"
        end = month_end(start.replace(month=start.month + 2))
        rows += [(i, quarter(start), name, pd.Timestamp(start), pd.Timestamp(end)) for i in ("暗访", "客户满意度")]
    frame = pd.DataFrame(rows, columns=["instrument", "wave_id", "name", "starts_on", "ends_on"])
    return frame.sort_values(["instrument", "wave_id"], kind="stable").reset_index(drop=True)


def target_rows(chain: Chain) -> pd.DataFrame:
    """The targets sheet: the chain's, one for each region, and a higher mystery score from the second half on."""
    start, later = pd.Timestamp(chain.months[0]), pd.Timestamp(chain.months[chain.month_at(0.5)])
    rows: list[tuple[str, str, str | None, pd.Timestamp, float]]
    rows = [(metric, "chain", None, start, value) for metric, value in TARGETS.items()]
    rows += [("mystery_score", "region", region, start, 78.0) for region in regions()]
    if later > start:
        rows.append(("mystery_score", "chain", None, later, 80.0))
    frame = pd.DataFrame(rows, columns=["metric", "level", "place", "valid_from", "target"])
    return frame.assign(level=frame["level"].map({"chain": "全公司", "region": "大区"}))


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
