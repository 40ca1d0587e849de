"""Random chains with everything odd in them, and a second opinion on their scores, in plain pandas.

Nothing here is shared with the product: places, items and scores are worked out row by row from the raw frames.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

FIRST_DAY, DAYS = dt.date(2025, 1, 1), 540
TODAY = FIRST_DAY + dt.timedelta(DAYS)
Frames = dict[str, pd.DataFrame]
Key = tuple[str, str]  # instrument, response


def on_day(number: float) -> dt.date:
    return FIRST_DAY + dt.timedelta(int(number))


def random_chain(seed: int) -> Frames:
    """Frames as the intake's current views would hold them."""
    rng = np.random.default_rng(seed)
    touchpoints = pd.DataFrame(
        [(f"t{i}", f"触点{i}", ("pre-sales", "sales", "after-sales")[i % 3], i) for i in range(5)],
        columns=["touchpoint_id", "name_zh", "stage", "position"],
        dtype=object,
    )
    stores, items = _stores(rng), _items(rng)
    frames = {
        "stores": stores,
        "touchpoints": touchpoints,
        "items": items,
        "mystery_visits": _visits(rng, stores),
        "customer_responses": _responses(rng, stores),
    }
    return {**frames, "answers": _answers(rng, frames)}


def _stores(rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for s in range(9):
        cuts = sorted(rng.choice(DAYS, rng.integers(0, 3), replace=False).tolist())
        for start, end in zip([None, *cuts], [*cuts, None], strict=True):
            rows.append(
                {
                    "store_id": f"s{s}",
                    "store_name": f"店{s}",
                    "region": f"r{rng.integers(3)}",
                    "city": f"c{rng.integers(4)}",
                    "format": rng.choice(["大", "小"]),
                    "brand": "对手" if s == 8 else None,
                    "valid_from": None if start is None else on_day(start),
                    # now and then a gap of some days, in which the store still counts where it was
                    "valid_to": None if end is None else on_day(end - rng.integers(1, 9)),
                }
            )
    frame = pd.DataFrame(rows, dtype=object)
    empty = [
        a is not None and b is not None and b < a for a, b in zip(frame["valid_from"], frame["valid_to"], strict=True)
    ]
    return frame[~np.array(empty)].reset_index(drop=True)


def _items(rng: np.random.Generator) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for instrument, number in (("mystery", 12), ("customer", 8)):
        for i in range(number):
            low = int(rng.integers(0, 2))
            item = {
                "instrument": instrument,
                "item_id": f"{instrument[0]}{i}",
                "text_zh": "题",
                "touchpoint_id": f"t{rng.integers(5)}" if rng.random() < 0.9 else None,
                "dimension_id": f"d{rng.integers(2)}" if rng.random() < 0.5 else None,
                "scale_min": low,
                "scale_max": low + int(rng.choice([1, 2, 4, 6, 10])),
                "is_reversed": bool(rng.random() < 0.3),
                "weight": float(rng.choice([0, 1, 1, 2, 3.5])),
                "is_veto": bool(instrument == "mystery" and rng.random() < 0.15),
                "role": "score" if rng.random() < 0.85 else "importance",
                "valid_from": None,
                "valid_to": None,
            }
            rows += _spans(rng, item)
    for item_id, role, low, high in (("c_o", "overall", 1, 5), ("c_r", "recommend", 0, 10)):
        rows.append(
            {"instrument": "customer", "item_id": item_id, "text_zh": "题", "scale_min": low, "scale_max": high,
             "is_reversed": False, "weight": 1.0, "is_veto": False, "role": role}
        )  # fmt: skip
    return pd.DataFrame(rows, dtype=object).astype(object).where(lambda f: f.notna(), None)


def _spans(rng: np.random.Generator, item: dict[str, Any]) -> list[dict[str, Any]]:
    """Most items are valid always; some begin, end, or change weight and scale at one of two days."""
    fate, cut = (
        rng.choice(["always", "begins", "ends", "changes"], p=[0.55, 0.15, 0.15, 0.15]),
        int(rng.choice([200, 350])),
    )
    if fate == "always":
        return [item]
    before, after = {**item, "valid_to": on_day(cut - 1)}, {**item, "valid_from": on_day(cut)}
    changed = {**after, "weight": float(rng.choice([1, 4])), "scale_max": item["scale_min"] + 4}
    return {"begins": [after], "ends": [before], "changes": [before, changed]}[str(fate)]


def _visits(rng: np.random.Generator, stores: pd.DataFrame) -> pd.DataFrame:
    n = 220
    status = rng.choice(["approved", "disputed", "draft", "void"], n, p=[0.8, 0.1, 0.05, 0.05])
    rows = {
        "visit_id": [f"v{i}" for i in range(n)],
        "store_id": rng.choice(stores["store_id"].unique(), n),
        "visited_on": [on_day(d) for d in rng.integers(0, DAYS, n)],
        "wave_id": rng.choice(["w1", "w2", None], n),
        "stream": rng.choice(["售前", "售后"], n),
        "status": status,
        "total_score": [round(float(x), 1) if x > 60 else None for x in rng.uniform(0, 100, n)],
    }
    return pd.DataFrame(rows, dtype=object)


def _responses(rng: np.random.Generator, stores: pd.DataFrame) -> pd.DataFrame:
    n = 300
    rows = {
        "response_id": [f"q{i}" for i in range(n)],
        "store_id": rng.choice(stores["store_id"].unique(), n),
        "answered_on": [on_day(d) for d in rng.integers(0, DAYS, n)],
        "wave_id": rng.choice(["w1", "w2", None], n),
        "channel": rng.choice(["电话", "短信", None], n),
        "segment": rng.choice(["新客", "老客"], n),
        "weight": rng.choice([1.0, 0.25, 3.0], n),
    }
    return pd.DataFrame(rows, dtype=object)


def _answers(rng: np.random.Generator, frames: Frames) -> pd.DataFrame:
    rows = []
    headers = (("mystery", "mystery_visits", "visit_id", "visited_on"),
               ("customer", "customer_responses", "response_id", "answered_on"))  # fmt: skip
    for instrument, table, key, day in headers:
        valid = {d: items_on(frames["items"], instrument, d) for d in frames[table][day]}
        for header in frames[table].to_dict("records"):
            if rng.random() < 0.1:
                continue  # no answers at all: only the total counts, if there is one
            missing = rng.choice([0.1, 0.1, 0.6, 1.0])
            for item in valid[header[day]].values():
                steps = int(item["scale_max"] - item["scale_min"])
                value = None if rng.random() < missing else float(item["scale_min"] + rng.integers(0, steps + 1))
                rows.append((instrument, header[key], item["item_id"], value, None))
    return pd.DataFrame(rows, columns=["instrument", "response_id", "item_id", "value", "note"], dtype=object)


def items_on(items: pd.DataFrame, instrument: str, day: dt.date) -> dict[str, dict[str, Any]]:
    """The items valid on a day, by id."""
    return {
        i["item_id"]: i
        for i in items.to_dict("records")
        if i["instrument"] == instrument
        and (i["valid_from"] is None or i["valid_from"] <= day)
        and (i["valid_to"] is None or day <= i["valid_to"])
    }


def place_on(spans: list[dict[str, Any]], day: dt.date) -> dict[str, Any]:
    """The last span of a store that has begun by a day, else its first."""
    spans = sorted(spans, key=lambda s: s["valid_from"] or dt.date.min)
    begun = [s for s in spans if (s["valid_from"] or dt.date.min) <= day]
    return begun[-1] if begun else spans[0]


@dataclass(frozen=True)
class Answer:
    """One applicable answer: its item, its share 0-1 after reversal."""

    item: dict[str, Any]
    share: float

    @property
    def categories(self) -> int:
        return int(self.item["scale_max"] - self.item["scale_min"]) + 1

    def is_among_the_best(self) -> bool:
        steps = round((1 - self.share) * (self.categories - 1))
        return steps <= (1 if self.categories >= 4 else 0)

    def is_among_the_worst(self) -> bool:
        steps = round(self.share * (self.categories - 1))
        return steps <= (1 if self.categories >= 4 else 0)


def applicable(frames: Frames) -> dict[Key, list[Answer]]:
    """Answers of every response, without those that do not apply; a response asked in vain has an empty list."""
    days = dict(zip(frames["mystery_visits"]["visit_id"], frames["mystery_visits"]["visited_on"], strict=True))
    days |= dict(
        zip(frames["customer_responses"]["response_id"], frames["customer_responses"]["answered_on"], strict=True)
    )
    valid = {(i, d): items_on(frames["items"], i, d) for i in ("mystery", "customer") for d in set(days.values())}
    found: dict[Key, list[Answer]] = {}
    for row in frames["answers"].itertuples(index=False):
        answers = found.setdefault((row.instrument, row.response_id), [])
        item = valid[row.instrument, days[row.response_id]][row.item_id]
        if row.value is not None:
            share = (row.value - item["scale_min"]) / (item["scale_max"] - item["scale_min"])
            answers.append(Answer(item, 1 - share if item["is_reversed"] else share))
    return found


def scored(frames: Frames, kind: str, subject: str, instrument: str, answers: dict[Key, list[Answer]]) -> pd.DataFrame:
    """One row per counted response with a score on a subject: place then and now, attributes, w, y, points ..."""
    stages = dict(frames["touchpoints"][["touchpoint_id", "stage"]].to_numpy())
    spans = {s: f.to_dict("records") for s, f in frames["stores"].groupby("store_id")}
    if instrument == "mystery":
        headers = frames["mystery_visits"].rename(columns={"visit_id": "id", "visited_on": "day"})
        headers = headers[headers["status"].isin(["approved", "disputed"])].assign(weight=1.0)
    else:
        headers = frames["customer_responses"].rename(columns={"response_id": "id", "answered_on": "day"})
    rows = []
    for header in headers.to_dict("records"):
        given = answers.get((instrument, header["id"]))
        chosen = [a for a in given or [] if _belongs(a.item, kind, subject, stages)]
        counted = [a for a in chosen if kind == "item" or a.item["weight"] > 0]
        weights = [a.item["weight"] if a.item["weight"] > 0 else 1.0 for a in counted]
        points = sum(w * a.share for w, a in zip(weights, counted, strict=True))
        if counted:
            y = 100 * points / sum(weights)
        elif kind == "form" and given is None and header.get("total_score") is not None:
            y = header["total_score"]
        else:
            continue
        then, now = (place_on(spans[header["store_id"]], day) for day in (header["day"], TODAY))
        rows.append(
            {
                **{k: header.get(k) or "" for k in ("stream", "channel", "segment")},
                "store": header["store_id"],
                "wave": header["wave_id"] or "",
                "month": header["day"].replace(day=1),
                "brand": then["brand"] or "",
                **{k: then[k] for k in ("region", "city", "format")},
                **{f"{k}_now": now[k] for k in ("region", "city", "format")},
                "w": header["weight"],
                "y": y,
                "points": points,
                "max_points": sum(weights),
                "answers": len(counted),
                "passes": sum(a.share == 1 for a in counted),
                "favourable": sum(a.is_among_the_best() for a in counted),
                "unfavourable": sum(a.is_among_the_worst() for a in counted),
                "failed": kind == "form" and any(a.item["is_veto"] and a.share < 1 for a in chosen),
                "disputed": kind == "form" and header.get("status") == "disputed",
                "promoters": kind == "recommend" and y >= 89.9,
                "detractors": kind == "recommend" and y <= 60.1,
            }
        )
    return pd.DataFrame(rows)


def _belongs(item: dict[str, Any], kind: str, subject: str, stages: dict[str, str]) -> bool:
    if kind == "item":
        return bool(item["item_id"] == subject)
    if kind in ("overall", "recommend"):
        return bool(item["role"] == kind)
    if item["role"] != "score":
        return False
    return {
        "form": True,
        "stage": stages.get(item["touchpoint_id"]) == subject,
        "touchpoint": item["touchpoint_id"] == subject,
        "dimension": item["dimension_id"] == subject,
    }[kind]
