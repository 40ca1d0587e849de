"""Scores of the small chain, each with its calculation; see tests/small_chain.py for the answers."""

from pathlib import Path

import pandas as pd
import pytest

from sq.warehouse import Warehouse
from tests.small_chain import RESPONSE_SCORES, VISIT_SCORES, publish_frames, small_frames, small_snapshot

SUMS = """
    n sum_w sum_w2 sum_wy sum_wyy points max_points answers sum_u passes favourable unfavourable promoters detractors
    failed disputed""".split()  # noqa: SIM905 (as in schema.sql)
OWN = "membership_key IN (SELECT membership_key FROM memberships WHERE brand = '')"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return Warehouse(small_snapshot(tmp_path_factory.mktemp("data")))


def only(frame: pd.DataFrame) -> pd.Series:
    assert len(frame) == 1
    return frame.iloc[0]


def sums(warehouse: Warehouse, instrument: str, kind: str, subject: str = "", where: str = "TRUE") -> pd.Series:
    """Totals of the rollup over own stores."""
    query = f"""SELECT {", ".join(f"sum({c}) AS {c}" for c in SUMS)} FROM rollup_scores
        WHERE instrument = ? AND subject_kind = ? AND subject = ? AND basis = 'all' AND {OWN} AND {where}"""
    return only(warehouse.query(query, [instrument, kind, subject]))


def test_a_visit_scores_weighted_shares_over_its_applicable_items(small: Warehouse) -> None:
    scores = small.query("SELECT visit_id, score FROM visits").set_index("visit_id")["score"]
    assert scores.dropna().to_dict() == pytest.approx(VISIT_SCORES)


def test_a_visit_without_any_applicable_item_has_no_score(small: Warehouse) -> None:
    visit = only(small.query("SELECT * FROM visits WHERE visit_id = 'V12'"))
    assert pd.isna(visit["score"])
    assert (visit["n_items"], visit["n_na"]) == (6, 6)


def test_drafts_and_void_visits_do_not_count(small: Warehouse) -> None:
    assert set(small.query("SELECT visit_id FROM visits")["visit_id"]) == {*VISIT_SCORES, "V12"}


def test_a_visit_with_only_a_total_scores_that_total(small: Warehouse) -> None:
    visit = only(small.query("SELECT * FROM visits WHERE visit_id = 'V11'"))
    assert (visit["score"], visit["n_items"], bool(visit["is_failed"])) == (70.0, 0, False)


def test_a_critical_item_below_its_maximum_fails_the_visit_and_keeps_the_score(small: Warehouse) -> None:
    failed = small.query("SELECT visit_id, score, failed_items FROM visits WHERE is_failed ORDER BY visit_id")
    assert failed["visit_id"].tolist() == ["V03", "V07"]
    assert failed["score"].tolist() == pytest.approx([80.0, 750 / 9])
    assert [list(items) for items in failed["failed_items"]] == [["M3"], ["M3"]]


def test_a_critical_item_that_does_not_apply_fails_nothing(small: Warehouse) -> None:
    assert not only(small.query("SELECT is_failed FROM visits WHERE visit_id = 'V04'"))["is_failed"]


def test_form_sums_of_the_own_chain_add_up_by_hand(small: Warehouse) -> None:
    form = sums(small, "mystery", "form")
    own = [score for visit, score in VISIT_SCORES.items() if visit != "V13"]
    assert (form["n"], form["sum_w"], form["sum_w2"], form["failed"], form["disputed"]) == (9, 9, 9, 2, 1)
    assert form["sum_wy"] == pytest.approx(sum(own))
    assert form["sum_wyy"] == pytest.approx(sum(y * y for y in own))
    # points: 7 + 2.5 + 4 + 3 + 8.5 + 4 + 7.5 + 4 of 7 + 7 + 5 + 6 + 9 + 9 + 9 + 4
    assert (form["points"], form["max_points"]) == (40.5, 56)
    # applicable items with weight: 5 + 5 + 4 + 4 + 5 + 5 + 5 + 3
    assert form["answers"] == 36


def test_mean_of_stores_follows_from_the_same_rows(small: Warehouse) -> None:
    stores = small.query(
        f"""SELECT store_id, sum(sum_wy) / sum(sum_w) AS score
        FROM rollup_scores JOIN memberships USING (membership_key)
        WHERE instrument = 'mystery' AND subject_kind = 'form' AND basis = 'all' AND {OWN} GROUP BY ALL ORDER BY ALL"""
    )
    assert dict(zip(stores["store_id"], stores["score"], strict=True)) == pytest.approx(
        {
            "S1": (100 + 400 / 9 + 100) / 3,
            "S2": (250 / 7 + 70) / 2,
            "S3": (80 + 750 / 9) / 2,
            "S4": (50 + 850 / 9) / 2,
        }
    )


def test_a_visit_counts_in_the_region_the_store_was_in_then(small: Warehouse) -> None:
    regions = small.query(
        f"""SELECT region, region_now, sum(n)::INTEGER AS n FROM rollup_scores JOIN memberships USING (membership_key)
        WHERE instrument = 'mystery' AND subject_kind = 'form' AND basis = 'all' AND {OWN} AND store_id = 'S4'
        GROUP BY ALL ORDER BY region"""
    )
    # V04 in February (South), V05 in March (North); today the store is in North
    assert regions.to_dict("records") == [
        {"region": "华北", "region_now": "华北", "n": 1},
        {"region": "华南", "region_now": "华北", "n": 1},
    ]


def test_a_touchpoint_scores_its_own_items_only(small: Warehouse) -> None:
    payment = sums(small, "mystery", "touchpoint", "payment", "month = DATE '2026-03-01'")
    # V05: (1 + 3) / 4 = 100, V06: (1 + 0) / 4 = 25
    assert (payment["n"], payment["sum_wy"], payment["points"], payment["max_points"]) == (2, 125, 5, 8)


def test_a_stage_holds_its_touchpoints(small: Warehouse) -> None:
    for column in ("n", "sum_wy", "points", "max_points", "answers"):
        stage, touchpoint = (
            sums(small, "mystery", *s)[column] for s in (("stage", "sales"), ("touchpoint", "payment"))
        )
        assert stage == touchpoint


def test_a_reversed_item_counts_from_its_other_end(small: Warehouse) -> None:
    waiting = sums(small, "mystery", "item", "M4")
    # shares: V01 1, V02 .5, V04 0, V05 .75, V06 1, V07 1; V03 and V08 not applicable
    assert (waiting["n"], waiting["sum_wy"], waiting["passes"]) == (6, 425, 3)
    # 0-4 has five categories: favourable from .75 up, unfavourable to .25
    assert (waiting["favourable"], waiting["unfavourable"]) == (4, 1)


def test_an_item_without_weight_is_told_but_enters_no_score(small: Warehouse) -> None:
    music = sums(small, "mystery", "item", "M7")
    # answered in V01 (0) and V02, V03, V05, V06, V07, V08 (1)
    assert (music["n"], music["passes"], music["points"], music["max_points"]) == (7, 6, 6, 7)
    # greeting without M7: 2 items in each of 8 visits
    assert sums(small, "mystery", "touchpoint", "greeting")["answers"] == 16


def test_the_common_items_of_two_epochs_make_a_basis(small: Warehouse) -> None:
    assert only(small.query("FROM bases")).to_dict() == {
        "instrument": "mystery", "basis": "1-2", "first_epoch": 1, "last_epoch": 2, "common_items": 4,
    }  # fmt: skip
    common = small.query(
        f"""SELECT month, sum(sum_wy) AS total, sum(n)::INTEGER AS n FROM rollup_scores
        WHERE basis = '1-2' AND subject_kind = 'form' AND {OWN} GROUP BY month ORDER BY month"""
    )
    # M1 (2), M2 (1), M3 (1), M4 (2); January: V01 6/6, V02 2.5/6, V03 3/4; February: V04 2/5;
    # March: V05 5.5/6, V06 4/6; April: V07 4.5/6, V08 4/4; V11 has no items
    assert common["n"].tolist() == [3, 1, 2, 2]
    assert common["total"].tolist() == pytest.approx([100 + 250 / 6 + 75, 40, 950 / 6, 175])


def test_an_epoch_begins_where_the_scored_items_change(small: Warehouse) -> None:
    epochs = small.query(
        "SELECT epoch, starts_on::VARCHAR AS a, ends_on::VARCHAR AS b FROM epochs WHERE instrument = 'mystery'"
    )
    assert epochs.to_numpy().tolist() == [[1, "2026-01-10", "2026-02-28"], [2, "2026-03-01", "2026-04-06"]]


def test_a_response_scores_its_items_of_role_score(small: Warehouse) -> None:
    responses = small.query("SELECT * FROM responses").set_index("response_id")
    assert responses["index_score"].dropna().to_dict() == pytest.approx(RESPONSE_SCORES)
    assert responses["overall"].dropna().to_dict() == {"R1": 100, "R2": 75, "R3": 25, "R4": 50, "R5": 75}
    assert responses["recommend"].dropna().to_dict() == {"R1": 10, "R2": 8, "R3": 6, "R4": 0, "R5": 9}


def test_customer_sums_carry_the_weights(small: Warehouse) -> None:
    form = sums(small, "customer", "form")
    # weights 1, 2, 1, .5, 1 (R6 has no score)
    assert (form["n"], form["sum_w"], form["sum_w2"]) == (5, 5.5, 7.25)
    assert form["sum_wy"] == pytest.approx(100 + 2 * 62.5 + 50 / 3 + 0.5 * 37.5 + 75)
    # 3, 3, 2, 2, 3 answers
    assert (form["answers"], form["sum_u"]) == (13, 3 + 6 + 2 + 1 + 3)


def test_promoters_and_detractors_are_weighted(small: Warehouse) -> None:
    nps = sums(small, "customer", "recommend")
    # promoters R1 (1) and R5 (1); detractors R3 with 6 (1) and R4 (.5)
    assert (nps["sum_w"], nps["promoters"], nps["detractors"]) == (5.5, 2, 1.5)


def test_favourable_answers_are_the_top_two_categories_after_reversal(small: Warehouse) -> None:
    product = sums(small, "customer", "dimension", "product")
    # Q3 reversed: R1 1 → top, R2 3 → middle, R4 5 → bottom (.5), R5 2 → second
    assert (product["sum_u"], product["favourable"], product["unfavourable"]) == (4.5, 2, 0.5)


def test_importance_items_stand_alone(small: Warehouse) -> None:
    importance = sums(small, "customer", "item", "Q6")
    # R1 4, R2 5 (2), R3 5, R5 3, R6 3 on 1-5
    assert (importance["n"], importance["sum_wy"]) == (5, 75 + 2 * 100 + 100 + 50 + 50)
    # the service dimension holds Q1 and Q2 of R1, R2, R3, R5 and Q1 of R4
    assert sums(small, "customer", "dimension", "service")["answers"] == 9


def test_a_response_keeps_its_dimension_and_touchpoint_scores(small: Warehouse) -> None:
    scores = small.query(
        """SELECT subject_kind, subject, score FROM response_scores JOIN responses USING (response_key)
        WHERE response_id = 'R2'"""
    )
    assert {(k, s): v for k, s, v in scores.itertuples(index=False)} == pytest.approx(
        {
            ("dimension", "service"): 200 / 3,  # (1 x .5 + 2 x .75) / 3
            ("dimension", "product"): 50,
            ("touchpoint", "greeting"): 50,
            ("touchpoint", "payment"): 75,
        }
    )


def test_complaints_carry_hours_and_what_was_due(small: Warehouse) -> None:
    total = only(
        small.query(
            "SELECT sum(COLUMNS(* EXCLUDE (month, membership_key, touchpoint_id, channel))) FROM rollup_complaints"
        )
    )
    assert (total["n"], total["upheld"], total["repeats"]) == (4, 2, 1)
    assert (total["responded"], total["respond_hours"]) == (2, 2 + 4)
    assert (total["resolved"], total["resolve_hours"], total["resolve_hours2"]) == (
        3,
        24 + 72 + 6,
        24**2 + 72**2 + 6**2,
    )
    # K1 in time, K2 late; K3 is not due yet, K4 has no due date
    assert (total["limited"], total["in_time"]) == (2, 1)


def test_volumes_follow_the_store_to_its_new_region(small: Warehouse) -> None:
    moved = small.query(
        "SELECT region, customers FROM volumes JOIN memberships USING (membership_key) WHERE store_id = 'S4' ORDER BY 2"
    )
    assert moved.to_numpy().tolist() == [["华南", 400.0], ["华北", 600.0]]


def test_coverage_counts_own_open_stores_and_months_without_data(small: Warehouse) -> None:
    rows = small.query(
        "SELECT instrument, month(month) AS m, stores_with_data AS s, stores_open AS o, responses AS n FROM coverage"
    )
    found = {(r.instrument, r.m): (r.s, r.o, r.n) for r in rows.itertuples()}
    # S5 opens on 10 March; V13 is a competitor's
    assert [found["mystery", m] for m in (1, 2, 3, 4)] == [(3, 4, 3), (1, 4, 1), (2, 5, 2), (4, 5, 4)]
    assert [found["customer", m] for m in (1, 2, 3, 4)] == [(3, 4, 4), (1, 4, 1), (0, 5, 0), (1, 5, 1)]


def test_the_origin_of_the_data_is_published(small: Warehouse) -> None:
    assert small.query("SELECT status FROM batches ORDER BY batch_id")["status"].tolist() == ["loaded", "withdrawn"]
    assert len(small.query("FROM batch_tables")) == 2
    assert small.query("SELECT row_count FROM findings")["row_count"].tolist() == [1, 1]
    assert small.facts["data_as_of"] == "2026-04-08"


def test_rollup_rows_stand_in_reading_order(small: Warehouse) -> None:
    rows = small.query("SELECT instrument, basis, subject_kind, subject, month FROM rollup_scores ORDER BY rowid")
    groups = [tuple(r) for r in rows[["instrument", "basis", "subject_kind", "subject"]].to_numpy()]
    changes = [g for i, g in enumerate(groups) if i == 0 or g != groups[i - 1]]
    assert len(changes) == len(set(changes))  # every subject is one stretch
    for _, part in rows.groupby(["instrument", "basis", "subject_kind", "subject"]):
        assert part["month"].is_monotonic_increasing


def test_what_cannot_be_placed_is_counted(small: Warehouse, tmp_path: Path) -> None:
    assert (small.facts["responses_without_store"], small.facts["answers_without_item"]) == ("0", "0")
    frames = small_frames()
    frames["stores"] = frames["stores"][frames["stores"]["store_id"] != "C1"]
    frames["items"] = frames["items"][frames["items"]["item_id"] != "M2"]
    facts = Warehouse(publish_frames(tmp_path, frames)).facts
    visits = frames["mystery_visits"]
    placed = visits[(visits["store_id"] != "C1") & ~visits["status"].isin(["draft", "void"])]
    given = frames["answers"][frames["answers"]["item_id"].eq("M2") & frames["answers"]["value"].notna()]
    assert facts["responses_without_store"] == str((visits["store_id"] == "C1").sum())
    assert facts["answers_without_item"] == str(given["response_id"].isin(placed["visit_id"]).sum())
    assert facts["responses_without_store"] != "0" != facts["answers_without_item"]
