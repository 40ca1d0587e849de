"""Whatever is asked of the rollup, the raw rows say the same: random chains, random filters, all three rules."""

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sq.warehouse import Warehouse
from tests.publish.random_chain import TODAY, Answer, applicable, items_on, random_chain, scored
from tests.small_chain import publish_frames

SEEDS = range(3)
AXES = {
    "region": ["r0", "r1", "r2"],
    "city": ["c0", "c1", "c2", "c3"],
    "format": ["大", "小"],
    "store": [f"s{i}" for i in range(9)],
    "brand": ["", "对手"],
    "wave": ["", "w1", "w2"],
    "stream": ["售前", "售后"],
    "channel": ["", "电话", "短信"],
    "segment": ["新客", "老客"],
}
COLUMNS = {axis: axis for axis in AXES} | {"store": "store_id"}
FORMS = "instrument = 'mystery' AND subject_kind = 'form'"
SUBJECTS = [
    ("form", ""),
    *(("stage", s) for s in ("pre-sales", "sales", "after-sales")),
    *(("touchpoint", f"t{i}") for i in range(5)),
    *(("dimension", f"d{i}") for i in range(2)),
]
CUSTOMER = [*SUBJECTS, ("overall", ""), ("recommend", ""), *(("item", f"c{i}") for i in range(8)), ("item", "c_r")]
MYSTERY = [*SUBJECTS, *(("item", f"m{i}") for i in range(12))]


@cache
def chain(seed: int) -> tuple[dict[str, pd.DataFrame], Warehouse]:
    frames = random_chain(seed)
    return frames, Warehouse(publish_frames(Path(mkdtemp()), frames, today=TODAY))


@cache
def answers_of(seed: int) -> dict[tuple[str, str], list[Answer]]:
    return applicable(chain(seed)[0])


@cache
def raw(seed: int, instrument: str, kind: str, subject: str) -> pd.DataFrame:
    return scored(chain(seed)[0], kind, subject, instrument, answers_of(seed))


def filtered_raw(frame: pd.DataFrame, filters: dict[str, str], start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    if frame.empty:
        return frame
    frame = frame[(frame["month"] >= start.date()) & (frame["month"] <= end.date())]
    for column, value in filters.items():
        frame = frame[frame[column] == value]
    return frame


@st.composite
def questions(draw: st.DrawFn) -> tuple[int, str, str, str, dict[str, str], pd.Timestamp, pd.Timestamp]:
    instrument = draw(st.sampled_from(["mystery", "customer"]))
    kind, subject = draw(st.sampled_from(MYSTERY if instrument == "mystery" else CUSTOMER))
    now = draw(st.sampled_from(["", "_now"]))
    axes = draw(st.sets(st.sampled_from(sorted(AXES)), max_size=3))
    filters = {
        a + (now if a in ("region", "city", "format") else ""): draw(st.sampled_from(AXES[a])) for a in sorted(axes)
    }
    months = sorted(draw(st.lists(st.integers(0, 17), min_size=2, max_size=2)))
    start, end = (pd.Timestamp("2025-01-01") + pd.DateOffset(months=m) for m in months)
    return draw(st.sampled_from(SEEDS)), instrument, kind, subject, filters, start, end


@settings(max_examples=150)
@given(questions())
def test_the_rollup_says_what_the_raw_rows_say(question) -> None:
    seed, instrument, kind, subject, filters, start, end = question
    expected = filtered_raw(raw(seed, instrument, kind, subject), filters, start, end)
    where = "".join(f" AND {COLUMNS.get(column, column)} = ?" for column in filters)
    stores = chain(seed)[1].query(
        f"""SELECT store_id, sum(n) AS n, sum(COLUMNS(* EXCLUDE (store_id, n)))
        FROM (SELECT m.store_id, r.* EXCLUDE (instrument, basis, subject_kind, subject, month, wave, membership_key,
                stream, channel, segment)
            FROM rollup_scores AS r JOIN memberships AS m USING (membership_key)
            WHERE instrument = ? AND basis = 'all' AND subject_kind = ? AND subject = ?
                AND month BETWEEN ? AND ?{where})
        GROUP BY store_id""",
        [instrument, kind, subject, start, end, *filters.values()],
    )
    assert stores["n"].sum() == len(expected)
    if expected.empty:
        return
    e, r = expected, stores.drop(columns="store_id").sum()
    assert r["sum_wy"] / r["sum_w"] == pytest.approx(np.average(e["y"], weights=e["w"]))  # mean of responses
    if e["max_points"].sum():
        assert r["points"] / r["max_points"] == pytest.approx(
            (e.w * e.points).sum() / (e.w * e.max_points).sum()
        )  # pooled
    mean_of_stores = e.groupby("store").apply(lambda s: np.average(s["y"], weights=s["w"]), include_groups=False).mean()
    assert (stores["sum_wy"] / stores["sum_w"]).mean() == pytest.approx(mean_of_stores)
    assert r["sum_w2"] == pytest.approx((e.w**2).sum())
    assert r["sum_wyy"] == pytest.approx((e.w * e.y**2).sum())
    assert r["sum_w2y"] == pytest.approx((e.w**2 * e.y).sum())
    assert r["sum_w2yy"] == pytest.approx((e.w**2 * e.y**2).sum())
    assert r["sum_u"] == pytest.approx((e.w * e.answers).sum())
    assert r["sum_u2"] == pytest.approx((e.w**2 * e.answers).sum())
    for column in ("passes", "favourable", "unfavourable", "promoters", "detractors"):
        assert r[column] == pytest.approx((e.w * e[column]).sum())
    for column in ("answers", "failed", "disputed"):
        assert r[column] == e[column].sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_no_answer_is_lost_or_counted_twice(seed: int) -> None:
    frames, warehouse = chain(seed)
    counted = frames["mystery_visits"].query("status in ('approved', 'disputed')")["visit_id"]
    expected = frames["answers"]["response_id"].isin(counted).sum()
    assert warehouse.query("SELECT count(*) AS n FROM visit_answers")["n"].item() == expected
    expected = (frames["answers"]["instrument"] == "customer").sum()
    assert warehouse.query("SELECT count(*) AS n FROM response_answers")["n"].item() == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_scored_rows_and_rollup_agree(seed: int) -> None:
    _, warehouse = chain(seed)
    both = warehouse.query(
        f"""SELECT (SELECT sum(score) FROM visits) AS visits,
            (SELECT sum(sum_wy) FROM rollup_scores WHERE {FORMS} AND basis = 'all') AS visit_rollup,
            (SELECT sum(weight * index_score) FROM responses) AS responses,
            (SELECT sum(sum_wy) FROM rollup_scores
                WHERE instrument = 'customer' AND subject_kind = 'form' AND basis = 'all') AS response_rollup,
            (SELECT count(*) FROM visits WHERE is_failed AND score IS NOT NULL) AS failed,
            (SELECT sum(failed) FROM rollup_scores WHERE basis = 'all') AS failed_rollup"""
    ).iloc[0]
    assert both["visit_rollup"] == pytest.approx(both["visits"])
    assert both["response_rollup"] == pytest.approx(both["responses"])
    assert both["failed_rollup"] == both["failed"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_basis_holds_what_its_common_items_say_with_the_last_weights(seed: int) -> None:
    frames, warehouse = chain(seed)
    for basis in warehouse.query("FROM bases WHERE instrument = 'mystery'").itertuples():
        epochs = warehouse.query(
            "FROM epochs WHERE instrument = 'mystery' AND epoch BETWEEN ? AND ? ORDER BY epoch",
            [basis.first_epoch, basis.last_epoch],
        )
        inside = frames_of_basis(frames, [d.date() for d in epochs["starts_on"]], epochs["ends_on"].iloc[-1].date())
        expected = scored(inside, "form", "", "mystery", applicable(inside))
        expected = expected[expected["answers"] > 0]
        found = warehouse.query(
            f"SELECT sum(n) AS n, sum(sum_wy) AS total FROM rollup_scores WHERE {FORMS} AND basis = ?",
            [basis.basis],
        ).iloc[0]
        assert found["n"] == len(expected)
        assert found["total"] == pytest.approx(expected["y"].sum())


def frames_of_basis(frames: dict[str, pd.DataFrame], starts: list[date], end: date) -> dict[str, pd.DataFrame]:
    """The chain as if only items scored at the start of every epoch were asked, weighted as at the end."""
    valid = [items_on(frames["items"], "mystery", day) for day in [*starts, end]]
    weights = [{i: v["weight"] for i, v in v.items() if v["role"] == "score" and v["weight"] > 0} for v in valid]
    common = set.intersection(*map(set, weights))
    kept = frames["items"][frames["items"]["item_id"].isin(common)]
    kept = kept.assign(weight=kept["item_id"].map(weights[-1]).astype(object))
    visits, answers = frames["mystery_visits"], frames["answers"]
    visits = visits[np.array([starts[0] <= d <= end for d in visits["visited_on"]])]
    answers = answers[answers["item_id"].isin(common) & answers["response_id"].isin(visits["visit_id"])]
    return {**frames, "items": kept, "mystery_visits": visits, "answers": answers}
