"""Customer answers: leanings of person, dimension and question, then overall satisfaction from the dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sq.demo.chain import quarter
from sq.demo.drawing import chosen, draws, kept, picked, words
from sq.demo.lists import listed, texts
from sq.demo.planting import (
    AFTER_SALES,
    DECLINE_CUSTOMER_SHARE,
    TRAINED_CUSTOMER_POINTS,
    WEAK_CUSTOMER_POINTS,
    Planting,
)
from sq.demo.visits import is_open, regions_then

CHANNELS = (("短信", 0.40), ("门店二维码", 0.30), ("电话回访", 0.20), ("公众号", 0.10))
SEGMENTS = (("新客户", 0.35, 1.2), ("老客户", 0.55, 0.9), ("企业客户", 0.10, 0.85))  # name, share, weight; mean 1
REPAIRED, ON_PANEL = 0.35, 0.25  # share of customers who had a repair; who get importance and expectation
# widths of the leanings: width x (Beta(5, 2) - 5/7), skewed to the dissatisfied; sd = 0.16 x width
PERSON, THEME, QUESTION, OVERALL_NOISE = 0.65, 0.40, 0.45, 0.45
RECOMMEND_SHARE = 0.8  # of the points of overall satisfaction
COMMENTED = 0.18
COMPLAINED = (0.05, 0.008)  # dissatisfied customers; others. About one in twenty complains
CHUNK = 100_000


def answers_in_chunks(planting: Planting, volumes: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Wide frames of customer answers by date, under record names and question ids."""
    rows = _respondents(planting, volumes)
    for part, start in enumerate(range(0, len(rows), CHUNK)):
        chunk = rows.iloc[start : start + CHUNK].reset_index(drop=True)
        yield _answered(planting, chunk, start, draws(planting.chain.seed, "customers", part))


def _respondents(planting: Planting, volumes: pd.DataFrame) -> pd.DataFrame:
    """Store, month, date and region of each respondent, drawn in proportion to the customers of the month."""
    chain = planting.chain
    rng = draws(chain.seed, "respondents")
    counts = rng.multinomial(chain.customers, volumes["expected"] / volumes["expected"].sum())
    rows = volumes.loc[np.repeat(volumes.index, counts), ["store", "month"]].reset_index(drop=True)
    starts = np.array(chain.months, dtype="datetime64[us]")[rows["month"]]
    rows["date"] = starts + rng.integers(0, 28, len(rows)).astype("timedelta64[D]")
    rows["region"] = regions_then(chain, rows["store"].to_numpy(), rows["date"])
    return rows.sort_values("date", kind="stable").reset_index(drop=True)


def _answered(planting: Planting, rows: pd.DataFrame, start: int, rng: np.random.Generator) -> pd.DataFrame:
    questions, count = listed("questions"), len(rows)
    is_repair, on_panel = rng.random(count) < REPAIRED, rng.random(count) < ON_PANEL
    person = _leaning(rng, (count, 1), PERSON)
    shares = _question_shares(planting, rows, person, rng)
    values = 1 + _rounded(shares, 4, rng)
    asked = _asked(questions["asked"].to_numpy(), is_repair, on_panel)
    answers = pd.DataFrame(values, columns=list(questions["item_id"])).astype("Int8").where(asked)
    overall, recommend = _outcomes(planting, values, asked, rng)
    answers["Q29"], answers["Q30"] = overall.astype(np.int8), recommend.astype(np.int8)
    headers = _headers(planting, rows, start, rng)
    rate = np.where(overall <= 2, *COMPLAINED)
    headers["has_complained"] = np.where(rng.random(count) < rate, "是", "否")
    headers["comment"] = _comments(overall, is_repair, rng)
    return pd.concat([headers, answers], axis=1)


def _leaning(rng: np.random.Generator, shape: tuple[int, ...], width: float) -> npt.NDArray[np.float32]:
    return np.asarray(width * (rng.beta(5, 2, shape) - 5 / 7), dtype=np.float32)


def _rounded(shares: npt.NDArray[Any], steps: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Steps rounded up or down at random: their mean is exactly the share, with less noise than a binomial."""
    exact = np.clip(shares, 0, 1) * steps + rng.random(shares.shape)
    return np.asarray(np.minimum(np.floor(exact), steps), dtype=np.int64)


def _question_shares(
    planting: Planting, rows: pd.DataFrame, person: npt.NDArray[np.float32], rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Expected share 0-1 by respondent and question."""
    questions = listed("questions")
    themes = list(listed("dimensions")["dimension_id"])
    theme = questions["dimension_id"].map({d: n for n, d in enumerate(themes)}).fillna(len(themes)).astype(int)
    leanings = _leaning(rng, (len(rows), len(themes) + 1), THEME)[:, theme.to_numpy()]
    shares = leanings + person + _leaning(rng, (len(rows), len(questions)), QUESTION)
    shares += questions["mean"].to_numpy(np.float32) / 100
    return np.asarray(shares + _question_points(planting, rows) / 100, dtype=np.float32)


def _question_points(planting: Planting, rows: pd.DataFrame) -> npt.NDArray[np.float32]:
    """Points by respondent and question; decline and links meet every rated question, others their touchpoint's."""
    questions = listed("questions")
    ids = list(listed("touchpoints")["touchpoint_id"])
    rated = questions["role"].isin(["score", "perception"]).to_numpy()
    points = planting.place_points(rows, WEAK_CUSTOMER_POINTS, TRAINED_CUSTOMER_POINTS, 0.0)
    points = np.hstack([points, np.zeros((len(rows), 1), dtype=np.float32)])
    column = [ids.index(t) if t and r else len(ids) for t, r in zip(questions["touchpoint_id"], rated, strict=True)]
    store, month = rows["store"].to_numpy(), rows["month"].to_numpy()
    common = planting.decline(store, month) * DECLINE_CUSTOMER_SHARE + planting.perceived(store, month)
    return np.asarray(points[:, column] + common[:, None] * rated, dtype=np.float32)


def _asked(
    kinds: npt.NDArray[Any], is_repair: npt.NDArray[np.bool_], on_panel: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    everyone = np.ones(len(is_repair), dtype=bool)
    who = {"all": everyone, "after-sales": is_repair, "panel": on_panel, "after-sales-panel": is_repair & on_panel}
    return np.column_stack([who[k] for k in kinds])


def _outcomes(
    planting: Planting, values: npt.NDArray[Any], asked: npt.NDArray[np.bool_], rng: np.random.Generator
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Overall (1-5) and recommendation (0-10) from the dimension scores AS ANSWERED: regression finds the weights."""
    questions = listed("questions").set_index("item_id")
    pull = np.zeros(len(values))
    neutral = dimension_means()
    for dimension, weight in planting.driver_weights.items():
        here = ((questions["dimension_id"] == dimension) & (questions["role"] == "score")).to_numpy()
        score = ((values[:, here] - 1) / 4 * asked[:, here]).sum(axis=1) / asked[:, here].sum(axis=1)
        pull += weight * (score - neutral[dimension] / 100)
    means = questions["mean"].astype(float)
    overall = means["Q29"] / 100 + pull + _leaning(rng, (len(values),), OVERALL_NOISE)
    recommend = means["Q30"] / 100 + RECOMMEND_SHARE * pull + _leaning(rng, (len(values),), OVERALL_NOISE)
    return 1 + _rounded(overall, 4, rng), _rounded(recommend, 10, rng)


def dimension_means() -> dict[str, float]:
    """Expected score by dimension where nothing is planted: repair questions count only for those who had one."""
    questions = listed("questions")
    scored = questions[questions["role"] == "score"]
    everyone = scored[scored["asked"] == "all"].groupby("dimension_id")["mean"].mean()
    with_repair = scored.groupby("dimension_id")["mean"].mean()
    means = REPAIRED * with_repair + (1 - REPAIRED) * everyone
    return {str(d): float(v) for d, v in means.items()}


def _headers(planting: Planting, rows: pd.DataFrame, start: int, rng: np.random.Generator) -> pd.DataFrame:
    segment = chosen(rng, [s for _n, s, _w in SEGMENTS], len(rows))
    channel = chosen(rng, [s for _n, s in CHANNELS], len(rows))
    months = planting.chain.months
    return pd.DataFrame(
        {
            "response_id": [f"K{n:07d}" for n in range(start + 1, start + len(rows) + 1)],
            "store_id": planting.chain.stores["store_id"].to_numpy(dtype=object)[rows["store"]],
            "answered_on": rows["date"],
            "wave_id": np.array([quarter(m) for m in months], dtype=object)[rows["month"]],
            "channel": words(n for n, _s in CHANNELS)[channel],
            "segment": words(n for n, _s, _w in SEGMENTS)[segment],
            "weight": np.array([w for _n, _s, w in SEGMENTS])[segment],
        }
    )


def _comments(
    overall: npt.NDArray[Any], is_repair: npt.NDArray[np.bool_], rng: np.random.Generator
) -> npt.NDArray[Any]:
    """Open comments that fit the mark; customers with a repair speak of it."""
    bad = texts("customer_bad")
    of_repair = bad["touchpoint_id"].isin(AFTER_SALES).to_numpy()
    uniform = rng.random(len(overall))
    good, middle = (picked(words(texts(kind)["text_zh"]), uniform) for kind in ("customer_good", "customer_middle"))
    unhappy = words(bad["text_zh"])
    complaint = np.where(is_repair, picked(unhappy[of_repair], uniform), picked(unhappy[~of_repair], uniform))
    told = np.where(overall >= 4, good, np.where(overall == 3, middle, complaint))
    return kept(told, rng.random(len(overall)) < COMMENTED)


def expected_volumes(planting: Planting) -> pd.DataFrame:
    """Expected customers by store and month (numbers) of the own stores while open."""
    chain = planting.chain
    grid = np.indices((len(chain.own), len(chain.months))).reshape(2, -1)
    rows = pd.DataFrame({"store": grid[0], "month": grid[1]})
    rows = rows[is_open(chain, grid[0], grid[1])].reset_index(drop=True)
    factor = planting.season_volume[np.array([m.month - 1 for m in chain.months])[rows["month"]]]
    return rows.assign(expected=chain.stores["visitors"].to_numpy()[rows["store"]] * factor)
