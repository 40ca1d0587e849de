"""Internal service: people of the stores score each department, and say what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from sq.demo.answering import Forms, Spread, answered, by_number, mean_shares, numbered, spread_shares, survey_items
from sq.demo.chain import Chain, half_year
from sq.demo.drawing import Words, chosen, draws, kept, words
from sq.demo.lists import listed, remarks
from sq.demo.planting import WEAK_DEPARTMENT, WEAK_DEPARTMENT_POINTS, WEAK_DEPARTMENT_PROBLEMS, Planting
from sq.demo.visits import is_open

RATERS, RATERS_OF_LARGE, LARGE = 3, 4, 13  # of a store; of one with at least 13 people
RATED = 0.92  # share of departments that a rater dealt with
RATER_SD, FORM_SPREAD = 5.0, Spread(6.0, 4.0, 11.0)
REQUEST_PROBLEMS = (("内容不明确", 0.45), ("没有完成时限", 0.35), ("超出能力", 0.20))
SUPPORT_PROBLEMS = (("未按时限", 0.40), ("资源不足", 0.25), ("质和量不足", 0.20), ("忽视请求", 0.15))
REQUEST_RATE, SUPPORT_RATE = 0.12, 0.18  # share of forms that name a problem
COMMENTED, PLEASED = 0.10, 0.62


def internal_forms(planting: Planting) -> Iterator[Forms]:
    """Forms wave by wave: one per rater and department."""
    chain, items = planting.chain, survey_items("internal_service")
    for wave, month in enumerate(chain.survey_months):
        rng, wave_id = draws(chain.seed, "internal service", wave), half_year(chain.months[month])
        rows = _pairs(chain, month, rng)
        points = planting.links.internal[rows["store"], wave] + rows["leaning"].to_numpy()
        is_weak = (rows["department_id"] == WEAK_DEPARTMENT).to_numpy() & planting.planted
        shares = spread_shares(items, points + is_weak * WEAK_DEPARTMENT_POINTS, FORM_SPREAD, rng)
        ids = numbered(f"B{wave_id}-", len(rows), rng)
        headers = pd.DataFrame(
            {"response_id": ids, "store_id": rows["store_id"], "department_id": rows["department_id"]}
        )
        headers["wave_id"] = wave_id
        factor = np.where(is_weak, WEAK_DEPARTMENT_PROBLEMS, 1.0)
        headers["request_problem"] = _problems(REQUEST_PROBLEMS, np.full(len(rows), REQUEST_RATE), rng)
        headers["support_problem"] = _problems(SUPPORT_PROBLEMS, SUPPORT_RATE * factor, rng)
        forms = Forms(headers, items, answered(shares, items, rng))
        headers["comment"] = _comments(forms, rng)
        yield by_number(forms)


def _pairs(chain: Chain, month: int, rng: np.random.Generator) -> pd.DataFrame:
    """One row per rater and department dealt with; ``leaning`` is the rater's, in points."""
    own = chain.own
    store = np.flatnonzero(is_open(chain, own.index.to_numpy(), np.full(len(own), month)))
    counts = np.where(own["staff_count"].to_numpy()[store] >= LARGE, RATERS_OF_LARGE, RATERS)
    raters = np.repeat(store, counts)
    departments = listed("departments")["department_id"].to_numpy(dtype=object)
    rater, department = np.indices((len(raters), len(departments))).reshape(2, -1)
    leaning = np.clip(rng.standard_normal(len(raters)), -2, 2) * RATER_SD
    rows = pd.DataFrame({"store": raters[rater], "department_id": departments[department], "leaning": leaning[rater]})
    rows["store_id"] = own["store_id"].to_numpy(dtype=object)[rows["store"]]
    return rows[rng.random(len(rows)) < RATED].reset_index(drop=True)


def _problems(
    problems: tuple[tuple[str, float], ...], rates: npt.NDArray[np.float64], rng: np.random.Generator
) -> Words:
    named = words(n for n, _s in problems)[chosen(rng, [s for _n, s in problems], len(rates))]
    return kept(named, rng.random(len(rates)) < rates)


def _comments(forms: Forms, rng: np.random.Generator) -> Words:
    """A comment on the department, good or bad as it was scored."""
    departments = forms.headers["department_id"]
    good, bad = (
        departments.map(remarks(f"internal_{kind}").set_index("subject")["text_zh"]).to_numpy(dtype=object)
        for kind in ("good", "bad")
    )
    told = np.where(mean_shares(forms) >= PLEASED, good, bad)
    return kept(told, rng.random(len(told)) < COMMENTED)
