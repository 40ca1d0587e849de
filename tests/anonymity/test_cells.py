"""Finished cells, rule by rule of anonymity.md, with numbers worked out by hand."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.anonymity.surveying import Intake, Shown, crowd, dimension, item, spread, survey


@pytest.fixture
def published(tmp_path: Path):
    """Publishes one survey, alone."""
    return lambda *args, **kwargs: Intake(tmp_path).publish(survey(*args, **kwargs))


NUMBERS = ["n", "value", "low", "high", "favourable", "neutral", "unfavourable", "invited", "response_rate"]


def test_a_group_of_five_shows_and_one_of_four_does_not(published) -> None:
    shown: Shown = published([*crowd("S1", 4), *crowd("S2", 5), *crowd("S3", 6), *crowd("S4", 9)])
    # North 15: city N1 holds 4 + 5, so S2 protects S1; N2 = S3
    assert shown.reasons("S1", "S2", "S3", "N1", "N2", "North", "S4", "South", "chain") == [
        "few",
        "neighbour",
        *[""] * 7,
    ]
    assert shown.cell("S1")[NUMBERS].isna().all()
    assert shown.cell("S2")[NUMBERS].isna().all()


def test_scores_are_weighted_means_of_the_items_that_apply(published) -> None:
    items = [item("E1", "a"), item("E2", "a", is_reversed=True, weight=3), item("E3", "b", weight=0)]
    people = [*crowd("S1", 6, (4, 3, 1)), *crowd("S1", 6, (2, None, 5))]
    shown: Shown = published(people, items, [dimension("a"), dimension("b")])
    # 4 (75) and 3 reversed (50): (75 + 3 x 50) / 4 = 56.25; 2 alone: 25. Mean (56.25 + 25) / 2
    assert shown.cell("S1")["value"] == pytest.approx(40.6)
    assert shown.cell("chain", "dimension a")["value"] == pytest.approx(40.6)
    assert shown.cell("chain", "item E1")["value"] == pytest.approx(50.0)
    assert shown.cell("chain", "item E3")["value"] == pytest.approx(50.0)  # without weight: its own cell only
    assert not ((shown["cells"]["subject_kind"] == "dimension") & (shown["cells"]["subject"] == "b")).any()
    assert shown.cell("chain", "item E2")["n"] == 6


def test_two_scores_that_together_tell_that_six_people_gave_the_best_answer_do_not_both_show(published) -> None:
    items = [item("E1", "a"), item("E2", "a", weight=3)]
    people = [*crowd("S1", 6, (5, 2)), *crowd("S1", 6, (2, None))]
    shown: Shown = published(people, items, [dimension("a")])
    # of E1 a sum of 750 (six times 100 + six times 25), of E2 150; of the form (600 + 3 x 150) / 4 + 150 = 412.5.
    # So the six who answered both gave E1 (750 - 412.5 + 3 x 150 / 4) x 4 / 3 = 600 points together: 100 each
    told = [shown.cell("chain", f"item {e}")["value"] for e in ("E1", "E2")] + [shown.cell("chain")["value"]]
    assert np.isnan(told).any()


def test_the_answers_to_that_question_count_not_the_forms(published) -> None:
    people = [*crowd("S1", 4, (3, 3)), *crowd("S1", 2, (3, None)), *crowd("S4", 9, (3, 3))]
    shown: Shown = published(people, [item("E1"), item("E2", role="overall")])
    assert (shown.cell("S1", "item E1")["n"], shown.cell("S1")["n"]) == (6, 6)
    assert shown.cell("S1", "item E2")["hidden"] == "few"


def test_an_interval_within_a_store_is_students(published) -> None:
    values = [1, 2, 2, 3, 4, 5, 5, 5]
    shown: Shown = published([*spread("S1", values), *crowd("S4", 9)])
    y = (np.array(values) - 1) * 25.0
    half = stats.t.ppf(0.975, 7) * y.std(ddof=1) / np.sqrt(8)
    cell = shown.cell("S1")
    assert (cell["value"], cell["low"], cell["high"]) == (59.4, math.floor(59.4 - half), math.ceil(59.4 + half))


def test_an_interval_of_a_region_is_clustered_by_store(published) -> None:
    people = [*crowd("S1", 5, 1), *crowd("S2", 5, 3), *crowd("S3", 5, 5), *crowd("S4", 9)]
    cell = published(people).cell("North")
    # stores of equal size: CR2 is the variance of the three store means; t with 2 degrees of freedom
    half = stats.t.ppf(0.975, 2) * np.std([0, 50, 100], ddof=1) / np.sqrt(3)
    assert half > 100
    assert (cell["value"], cell["low"], cell["high"]) == (50.0, 5.0, 95.0)  # cut at the limits of a mean


def test_no_interval_is_so_narrow_that_it_tells_unanimity(published) -> None:
    shown: Shown = published([*crowd("S1", 9, 3), *spread("S4", [3, 3, 3, 3, 3, 3, 3, 3, 4])])
    # standard deviations 0 and 8.3, both below 10: 1.96 x 10 / 3 = 6.5
    assert tuple(shown.cell("S1")[["value", "low", "high"]]) == (50.0, 43.0, 57.0)
    assert tuple(shown.cell("S4")[["value", "low", "high"]]) == (52.8, 46.0, 60.0)


@pytest.mark.parametrize(
    ("values", "value", "limit"),
    [
        ([5] * 8, 95.0, ">="),
        ([5] * 7 + [4], 95.0, ">="),  # 96.9
        ([5, 5, 5, 5, 4], 95.0, ""),  # exactly 95: anybody may be the one
        ([1] * 8, 5.0, "<="),
        ([1, 1, 1, 1, 2], 5.0, ""),
    ],
)
def test_an_extreme_mean_shows_as_its_limit(published, values: list[int], value: float, limit: str) -> None:
    cell = published([*spread("S1", values), *crowd("S4", 9), *crowd("S5", 9, 2)]).cell("S1")
    assert (cell["value"], cell["value_limit"]) == (value, limit)
    assert 5 <= cell["low"] <= cell["high"] <= 95


def test_all_of_one_opinion_shows_as_a_limit(published) -> None:
    other = [*spread("S4", [1, 3, 5, 4, 2, 1, 1, 5, 3, 3]), *spread("S5", [3, 1, 5, 4, 2, 3])]
    shown: Shown = published([*spread("S1", [5, 4, 4, 4, 5, 5]), *other])
    one = shown.cell("S1", "item E1")
    assert (one["favourable"], one["favourable_limit"]) == (90.0, ">=")
    assert (one["neutral"], one["neutral_limit"], one["unfavourable"], one["unfavourable_limit"]) == (
        10,
        "<=",
        10,
        "<=",
    )
    ten = shown.cell("S4", "item E1")
    assert tuple(ten[["favourable", "neutral", "unfavourable"]]) == (30.0, 30.0, 40.0)
    # the chain's 11 favourable less 3 and 2 would be all 6 of S1: the smaller store withholds its bands
    assert shown.cell("S5", "item E1")[["favourable", "neutral", "unfavourable"]].isna().all()
    assert shown.cell("S5", "item E1")["value"] == 50.0


def test_beside_one_limit_the_middle_band_is_withheld_so_that_it_cannot_be_taken_off_100(published) -> None:
    shown: Shown = published([*spread("S1", [5, 4, 5, 4, 3, 3, 4, 4]), *spread("S4", [1, 2, 3, 4, 5] * 3)])
    one = shown.cell("S1", "item E1")
    assert (one["favourable"], one["unfavourable"], one["unfavourable_limit"]) == (75.0, 10.0, "<=")
    assert math.isnan(one["neutral"])


def test_the_full_scale_shows_above_fifty_answers(published) -> None:
    values = [1, 2, 3, 4, 5]
    shown: Shown = published([*spread("S1", values * 12), *spread("S4", values * 11)])
    cells = shown["cells"].merge(shown["cell_categories"], on="cell_key")
    assert set(cells["level"]) == {"chain", "region", "city", "store"}
    south = cells[(cells["level"] == "region") & (cells["region"] == "South")]
    assert south[["category", "share"]].to_numpy().tolist() == [[v, 20.0] for v in values]


def test_the_full_scale_needs_more_than_fifty_answers_beside_it_too(published) -> None:
    shown: Shown = published([*spread("S1", [1, 2, 3, 4, 5] * 10), *spread("S4", [1, 2, 3, 4, 5] * 11)])
    cells = shown["cells"].merge(shown["cell_categories"], on="cell_key")
    # the scale of the 55 would leave that of the 50
    assert set(cells["level"]) == {"chain"}


def test_sensitive_dimensions_need_twenty_and_stay_out_of_the_form(published) -> None:
    items = [item("E1", "work"), item("E2", "pay")]
    pay = [(5.0, 1.0 + i % 4) for i in range(19)]
    people = [p for e1, e2 in pay for p in crowd("S1", 1, (e1, e2))]
    people += [*crowd("S4", 21, (2, 3)), *crowd("S5", 30, (3, 3))]
    shown: Shown = published(people, items, [dimension("work"), dimension("pay", is_sensitive=True)])
    assert shown.cell("S1")["value_limit"] == ">="  # pay does not count: the work alone is 100
    assert shown.reasons("S1", "S4", "S5", subject="dimension pay") == ["few", "", ""]
    # 19 hidden in the North are at least 10
    assert shown.reasons("North", "South", subject="item E2") == ["few", ""]
    assert (shown.wave["minimum_group"], shown.wave["minimum_sensitive"]) == (5, 20)


def test_between_a_sensitive_parent_and_what_shows_of_it_are_ten_or_none(published) -> None:
    items = [item("E1", "pay")]
    people = [*spread("S1", [1, 2, 3] * 3), *spread("S2", [2, 3, 4] * 7), *spread("S3", [3, 4, 2] * 8)]
    shown: Shown = published(people, items, [dimension("pay", is_sensitive=True)])
    # 9 < 10 of North would be left: S2's city N1 (30) shows, S2 (21) hides with S1
    assert shown.reasons("S1", "S2", "S3", subject="dimension pay") == ["few", "neighbour", ""]


def test_of_a_shown_dimension_the_next_smallest_item_hides_with_one_answered_by_few(published) -> None:
    items = [item("E1", "a"), item("E2", "a"), item("E3", "a")]
    people = [*crowd("S1", 3, (2, 3, 4)), *crowd("S1", 30, (2, 3, None)), *crowd("S1", 1, (2, None, None))]
    shown: Shown = published(people, items, [dimension("a")])
    # E3 has 3 answers of 34, E1 34, E2 33: E2, the next smallest, hides with it
    assert shown.reasons("S1", subject="item E3") == ["few"]
    assert shown.reasons("S1", subject="item E2") == ["neighbour"]
    assert shown.reasons("S1", subject="dimension a") == [""]


def test_who_skipped_a_question_does_not_follow_from_the_dimension_and_its_items(published) -> None:
    items = [item(f"E{i}", "a") for i in range(1, 5)]
    stores = [(s, spread(s, [2, 3, 4, 2, 3, 4, 3, 2, 3])) for s in ("S1", "S2", "S3", "S4", "S5")]
    full = [
        {**p, "answers": {f"E{i}": p["answers"]["E1"] for i in range(1, 5)}} for _, crowd_ in stores for p in crowd_
    ]
    complete: Shown = published(full, items, [dimension("a")])
    assert complete.reasons("S1", "S2", "S3", subject="item E1") == ["", "", ""]
    full[0] = {**full[0], "answers": {"E1": 5, "E2": 5, "E3": 5}}
    skipped: Shown = published(full, items, [dimension("a")])
    # dimension x 4 less the items = the one who left E4 out: the item with most answers, E1, hides in the store
    assert skipped.reasons("S1", subject="item E1") == ["neighbour"]
    assert skipped.reasons("S1", subject="dimension a") == [""]
    assert skipped.reasons("S4", "S5", subject="item E1") == ["", ""]


def test_an_item_hidden_for_a_neighbour_does_not_follow_from_its_dimension_and_the_other_items(published) -> None:
    items = [item(f"E{i}", "a") for i in (1, 2, 3)]
    nine = [p for v in [2, 3, 4, 2, 3, 4, 3, 2, 3] for p in crowd("S1", 1, (v, v, v))]
    thirty = [p for i, v in enumerate([2, 3, 4] * 10) for p in crowd("S2", 1, (v if i < 3 else None, v, v))]
    shown: Shown = published([*nine, *thirty, *spread("S4", [2, 3, 4] * 5)], items, [dimension("a")])
    # three answered E1 in S2, so S1 hides it for them; S1's dimension less E2 and E3 would be E1 again
    assert shown.reasons("S2", "S1", subject="item E1") == ["few", "neighbour"]
    assert shown.reasons("S1", subject="dimension a") == [""]
    assert "neighbour" in [*shown.reasons("S1", subject="item E2"), *shown.reasons("S1", subject="item E3")]


def test_a_store_whose_form_protects_a_neighbour_shows_none_of_its_parts(published) -> None:
    items = [item("E1", "a"), item("E2", "b")]
    four = [p for v in (2, 3, 4, 3) for p in crowd("S1", 1, (v, v))]
    nine = [p for v in [2, 3, 4] * 3 for p in crowd("S2", 1, (v, v))]
    shown: Shown = published([*four, *nine, *spread("S4", [2, 3, 4] * 5)], items, [dimension("a"), dimension("b")])
    for subject in ("form", "dimension a", "dimension b", "item E1", "item E2"):
        assert shown.reasons("S1", "S2", subject=subject) == ["few", "neighbour"]


def test_role_and_tenure_show_for_chain_and_region_and_the_form_only(published) -> None:
    people = [
        *spread("S1", [2, 3, 4, 2, 3, 4, 3], role="manager", tenure_band="new"),
        *spread("S2", [2, 3, 4, 2, 3, 4], role="front_line", tenure_band="old"),
        *spread("S4", [2, 3, 4, 2, 3, 4, 3, 4], role="manager", tenure_band="old"),
        *spread("S5", [3, 3, 4, 2, 3, 4, 3, 4], role="front_line", tenure_band="new"),
    ]
    shown: Shown = published(people)
    labelled = shown["cells"][(shown["cells"]["role"] != "") | (shown["cells"]["tenure"] != "")]
    assert set(labelled["level"]) == {"chain", "region"}
    assert set(labelled["subject_kind"]) == {"form"}
    assert not ((labelled["role"] != "") & (labelled["tenure"] != "")).any()
    assert shown.cell("chain", role="manager")["n"] == 15
    # managers: (1 + 2 + 3 + 1 + 2 + 3 + 2 + 2 + ... ) by hand: S1 21 points of 25, S4 25: 46 x 25 / 15 - 25
    assert shown.cell("chain", role="manager")["value"] == pytest.approx(round((46 - 15) * 25 / 15, 1))


def test_people_without_a_role_are_a_part_that_never_shows(published) -> None:
    labelled = [*spread("S1", [2, 3, 4] * 3, role="manager"), *spread("S1", [2, 3, 4] * 4, role="front_line")]
    alone: Shown = published([*labelled, *spread("S4", [2, 3, 4] * 3)])
    assert [alone.cell("North", role=r)["hidden"] for r in ("manager", "front_line")] == ["", ""]
    # three without a role in the North: the smaller role hides, so that they cannot be taken off
    with_three: Shown = published([*labelled, *spread("S1", [2, 3, 4]), *spread("S4", [2, 3, 4] * 3)])
    assert [with_three.cell("North", role=r)["hidden"] for r in ("manager", "front_line")] == ["neighbour", ""]


def test_two_roles_of_which_one_is_small_are_both_hidden(published) -> None:
    people = [*spread("S1", [2, 3, 4, 3], role="manager"), *spread("S1", [2, 3, 4] * 4, role="front_line")]
    shown: Shown = published([*people, *spread("S4", [2, 3, 4] * 3)])
    assert [shown.cell("North", role=r)["hidden"] for r in ("manager", "front_line")] == ["few", "neighbour"]


def test_stores_open_during_the_wave_without_answers_are_hidden_rows_and_competitors_none(published, tmp_path) -> None:
    frames = survey([*crowd("S1", 9), *crowd("S4", 9), *crowd("S6", 9)])
    stores = frames["stores"].assign(brand=None, opened_on=None, closed_on=None)
    stores.loc[stores["store_id"] == "S6", "brand"] = "Other"
    stores.loc[stores["store_id"] == "S3", "closed_on"] = "2026-02-28"
    stores.loc[stores["store_id"] == "S2", "opened_on"] = "2026-03-31"
    shown = Intake(tmp_path / "competitor").publish({**frames, "stores": stores})
    assert set(shown["cells"].query("level == 'store'")["store_id"]) == {"S1", "S2", "S4", "S5"}
    assert shown.reasons("S2", "S5") == ["few", "few"]
    assert shown.cell()["n"] == 18


def test_a_store_counts_where_it_belonged_on_the_last_day_of_the_wave(published, tmp_path) -> None:
    frames = survey([*crowd("S1", 9), *crowd("S4", 9)])
    moved = pd.DataFrame(
        [
            {"store_id": "S1", "store_name": "S1", "region": "North", "city": "N1", "valid_to": "2026-03-30"},
            {"store_id": "S1", "store_name": "S1", "region": "South", "city": "T1", "valid_from": "2026-03-31"},
        ]
    )
    stores = pd.concat([frames["stores"].query("store_id != 'S1'"), moved], ignore_index=True)
    shown = Intake(tmp_path / "moved").publish({**frames, "stores": stores.astype(object).where(stores.notna(), None)})
    assert shown.cell("South")["n"] == 18


def test_answers_without_a_respondent_have_item_cells_only(published) -> None:
    shown: Shown = published(
        [
            *spread("S1", [2, 3, 4, 2, 3], is_single_answer=True),
            *spread("S4", [2, 3, 4, 2, 3, 1], is_single_answer=True),
        ]
    )
    assert shown.reasons("S1", "S4", subject="item E1") == ["", ""]
    assert set(shown["cells"].query("hidden == ''")["subject_kind"]) == {"item"}


def invited(level: str, place: str | None, count: int) -> dict:
    return {"instrument": "employee", "wave_id": "w", "level": level, "place": place, "invited": count}


def test_response_rates_are_of_shown_forms_and_add_up_only_when_every_part_is_stated(published) -> None:
    people = [*crowd("S1", 6), *crowd("S2", 9), *crowd("S4", 4), *crowd("S5", 8), *crowd("D1", 6)]
    stated = [invited("store", s, n) for s, n in (("S1", 10), ("S2", 12), ("S3", 5), ("S4", 9), ("S5", 9))]
    shown: Shown = published(people, invitations=[*stated, invited("department", "D1", 5)])
    assert (shown.cell("S1")["invited"], shown.cell("S1")["response_rate"]) == (10, 60)
    assert shown.cell("N1")["response_rate"] == 68  # 15 of 22
    assert shown.cell("North")["response_rate"] == 56  # 15 of 27: nobody of S3 answered
    assert pd.isna(shown.cell("S4")["invited"])  # hidden with its score
    assert pd.isna(shown.cell("South")["invited"])  # S6 is not stated
    assert pd.isna(shown.cell()["invited"])
    assert shown.cell("D1")["response_rate"] == 100  # never more
    assert shown.cell("S1", "item E1")[["invited", "response_rate"]].isna().all()


def test_a_stated_parent_wins_over_the_sum_of_its_parts(published) -> None:
    stated = [invited("store", s, 10) for s in ("S1", "S2", "S3")]
    people = [*crowd("S1", 6), *crowd("S2", 9), *crowd("S4", 9)]
    shown: Shown = published(people, invitations=[*stated, invited("region", "North", 50), invited("chain", None, 100)])
    assert (shown.cell("North")["response_rate"], shown.cell()["response_rate"]) == (30, 24)


def test_comments_need_ten_respondents_and_ten_beside(published) -> None:
    people = [*crowd("S1", 12, comment="one"), *crowd("S2", 9, comment="two"), *crowd("S4", 10, comment="three")]
    shown: Shown = published(people)
    told = shown["cell_comments"]
    # S2 (9) has too few, so S1 (12) hides with it; their city of 21 shows. South, T1 and S4 are the same ten people
    assert told.groupby("level").size().to_dict() == {"chain": 31, "region": 31, "city": 31, "store": 10}
    assert set(told.query("level == 'store'")["store_id"]) == {"S4"}


def test_comments_are_shuffled_alike_at_every_publication_and_joined_to_nothing(published, tmp_path) -> None:
    people = [{**p, "comment": f"word {i:02}"} for i, p in enumerate(crowd("S1", 30))]
    first, second = (Intake(tmp_path / name).publish(survey(p)) for name, p in (("a", people), ("b", people[::-1])))
    words = first["cell_comments"].query("level == 'chain'")["comment"].tolist()
    assert words != sorted(words)
    assert sorted(words) == [f"word {i:02}" for i in range(30)]
    assert words == second["cell_comments"].query("level == 'chain'")["comment"].tolist()
    assert set(first["cell_comments"].columns) == {
        *("instrument", "wave", "level", "region", "city", "store_id", "department_id", "comment")
    }


def test_an_open_wave_shows_nothing(tmp_path) -> None:
    frames = survey(crowd("S1", 9), ends_on=pd.Timestamp("2026-06-30").date())
    shown = Intake(tmp_path).publish(frames)  # today is its last day
    assert len(shown["cells"]) == 0
    assert (shown.wave["state"], shown.wave["waiting"]) == ("open", 0)


def test_the_waves_table_counts_stores_by_what_shows(published) -> None:
    shown: Shown = published([*crowd("S1", 4), *crowd("S2", 5), *crowd("S3", 6), *crowd("S4", 9), *crowd("S5", 7)])
    # S1 and S6 too few, S2 protects S1
    assert tuple(shown.wave[["state", "shown", "few", "neighbour"]]) == ("published", 3, 2, 1)
