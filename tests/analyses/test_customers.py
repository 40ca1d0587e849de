"""What customers say, on a chain of twelve responses that can be added up by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sq.analyses.customers import answers, customers, ends_of, has_customers
from sq.analyses.customers_gaps import expectations, falling_short
from sq.analyses.customers_silence import _apart, silence
from sq.analyses.customers_words import key_terms
from sq.analyses.names import Names, names
from sq.analyses.visits import response_list
from sq.language import Message, Named
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Warehouse
from tests.small_chain import answers as long_answers
from tests.small_chain import publish_frames, table

ALL = Selection(start="2026-01", end="2026-03")
STORES = table("""
    store_id | store_name | region
    N1       | 北一店     | North
    N2       | 北二店     | North
    S1       | 南一店     | South
    """)
TOUCHPOINTS = table("""
    touchpoint_id | name_zh | name_en | stage     | position
    greeting      | 问候    | Greeting | pre-sales | 1
    """)
DIMENSIONS = table("""
    instrument | dimension_id | name_zh | name_en | position
    customer   | loyalty      | 忠诚度  | Loyalty | 2
    customer   | service      | 服务    | Service | 1
    """)
# care is expected on 1-5 and perceived on 1-10; price is only expected
ITEMS = table("""
    instrument | item_id | text_zh  | text_en     | touchpoint_id | dimension_id | scale_min | scale_max | role        | element_id
    customer   | A1      | 服务     | Service     |               | service      | 1         | 5         | score       |
    customer   | A2      | 再来     | Come again  |               | loyalty      | 0         | 10        | score       |
    customer   | OV      | 总体     | Overall     |               |              | 1         | 5         | overall     |
    customer   | RC      | 推荐     | Recommend   |               |              | 0         | 10        | recommend   |
    customer   | E1      | 期望问候 | Expect      | greeting      |              | 1         | 5         | expectation | greeting
    customer   | P1      | 感受问候 | Perceive    | greeting      |              | 1         | 5         | perception  | greeting
    customer   | E2      | 期望关怀 | Expect care |               |              | 1         | 5         | expectation | care
    customer   | P2      | 感受关怀 | Feel care   |               |              | 1         | 10        | perception  | care
    customer   | E3      | 期望价格 | Price       |               |              | 1         | 5         | expectation | price
    """)  # noqa: E501 (a table reads as a table)
RESPONSES = table("""
    response_id | store_id | answered_on | channel | has_complained | comment        | A1 | A2 | OV | RC | E1 | P1 | E2 | P2
    R01         | N1       | 2026-01-05  | 短信    | false          | 排队太慢       | 1  | 0  | 1  | 0  | 5  | 3  | 5  | 1
    R02         | N1       | 2026-01-06  | 短信    | false          | 排队很慢       | 2  | 5  | 2  | 5  | 5  | 3  | 5  | 10
    R03         | N1       | 2026-01-07  | 短信    | true           | 排队慢         | 2  | 5  | 2  | 6  | 5  | 4  |    |
    R04         | N2       | 2026-01-08  | 电话    | false          | 排队不清楚     | 3  | 10 | 3  | 6  | 5  | 4  |    |
    R05         | N2       | 2026-02-09  | 电话    | false          | 热情           | 4  | 10 | 4  | 9  | 4  | 4  |    |
    R06         | N2       | 2026-02-10  | 电话    |                | 热情           | 5  | 10 | 5  | 10 | 5  | 3  |    |
    R07         | S1       | 2026-02-11  | 短信    | false          | 热情           | 5  | 10 | 5  | 10 | 4  | 3  |    |
    R08         | S1       | 2026-02-12  | 短信    | false          |                | 5  | 10 | 5  | 10 | 5  | 4  |    |
    R09         | S1       | 2026-03-13  | 短信    | false          |                | 5  | 10 | 5  | 9  | 5  | 4  |    |
    R10         | S1       | 2026-03-14  | 电话    | false          |                | 5  | 10 | 5  | 8  | 5  | 4  |    |
    R11         | S1       | 2026-03-15  | 电话    | false          |                | 5  | 10 | 5  | 7  | 5  | 3  |    |
    R12         | S1       | 2026-03-16  | 电话    | true           | 张三：电话报错 | 5  | 10 |    |    |    | 5  |    |
    """)  # noqa: E501 (a table reads as a table)
HEADERS = ["response_id", "store_id", "answered_on", "channel", "has_complained", "comment"]


def frames() -> dict[str, pd.DataFrame]:
    asked = [name for name in RESPONSES if name not in HEADERS]
    given = {
        row["response_id"]: {item: float(row[item]) for item in asked if row[item] is not None}
        for _, row in RESPONSES.iterrows()
    }
    return {
        "stores": STORES,
        "touchpoints": TOUCHPOINTS,
        "dimensions": DIMENSIONS,
        "items": ITEMS.assign(weight=1, is_reversed=False, is_veto=False),
        "customer_responses": RESPONSES[HEADERS],
        "answers": long_answers("customer", given),
    }


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return Warehouse(publish_frames(tmp_path_factory.mktemp("customers"), frames()))


@pytest.fixture(scope="module")
def known(hand: Warehouse) -> Names:
    return names(hand, EVERYTHING)


def test_cards_say_what_is_measured_and_loyalty_is_one_of_them(hand: Warehouse, known: Names) -> None:
    cards = {card.key: card for card in customers(hand, EVERYTHING, ALL, known).cards}
    assert list(cards) == [
        "customer_index_",
        "overall_satisfaction_",
        "nps_",
        "customer_index_loyalty",
        "dissatisfied_share_",
        "silent_share_",
    ]
    # RC: 5 of 11 at 9 or 10 (R05 R06 R07 R08 R09), 4 at 0 to 6 (R01 to R04)
    assert cards["nps_"].value == pytest.approx(100 * (5 - 4) / 11)
    # A2 / 10: 0 + .5 + .5 + 9 x 1
    assert cards["customer_index_loyalty"].value == pytest.approx(100 * 10 / 12)
    # R01 R02 R03 below the middle; R12 has no overall answer and an index of 100
    assert (cards["dissatisfied_share_"].value, cards["dissatisfied_share_"].n) == (pytest.approx(100 * 3 / 12), 12)
    assert (cards["silent_share_"].value, cards["silent_share_"].n) == (pytest.approx(100 * 2 / 3), 3)
    assert cards["silent_share_"].verdict in ("too_few", "")


def test_dimensions_come_in_the_order_of_the_questionnaire_with_scales_of_any_length(
    hand: Warehouse, known: Names
) -> None:
    found = customers(hand, EVERYTHING, ALL, known)
    assert found.dimensions["id"].tolist() == ["service", "loyalty"]
    # A1 - 1: 0 1 1 2 3 4 x 7 of 4 each; A2: as above
    assert found.dimensions["value"].tolist() == pytest.approx([100 * (7 + 28) / 48, 100 * 10 / 12])
    # A1: top two 4 5 = 8 of 12, bottom two 1 2 = 3; A2: top two 9 10 = 9, bottom two 0 1 = 1
    shares = found.opinions.set_index("id")[["favourable", "neutral", "unfavourable"]]
    assert shares.loc["service"].tolist() == pytest.approx([100 * 8 / 12, 100 / 12, 25.0])
    assert shares.loc["loyalty"].tolist() == pytest.approx([75.0, 100 * 2 / 12, 100 / 12])


def test_answers_show_every_point_of_the_scale_also_those_nobody_gave(hand: Warehouse, known: Names) -> None:
    found = answers(hand, EVERYTHING, ALL, known, "A2")
    assert found is not None
    assert found.n == 12
    assert found.frame["category"].tolist() == list(range(11))
    assert found.frame["n"].tolist() == [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 9]
    assert found.frame["share"].sum() == pytest.approx(100)
    assert tuple(str(end) for end in found.ends) == ("worst", "best")


def test_the_ends_of_a_scale_mean_what_was_asked_and_turn_with_a_reversed_question() -> None:
    meant = {
        ("score", False): ("worst", "best"),
        ("score", True): ("best", "worst"),
        ("importance", False): ("least important", "most important"),
        ("expectation", False): ("expects least", "expects most"),
    }
    for (role, is_reversed), words in meant.items():
        assert tuple(str(end) for end in ends_of(role, is_reversed)) == words


def test_answers_follow_the_filters_and_the_sides_of_the_recommendation_are_named(
    hand: Warehouse, known: Names
) -> None:
    found = answers(hand, EVERYTHING, ALL.but(region="North", channel="短信"), known, "RC")
    assert found is not None
    assert found.is_recommend
    assert found.frame[found.frame["n"] > 0][["category", "side"]].values.tolist() == [
        [0.0, "detractor"],
        [5.0, "detractor"],
        [6.0, "detractor"],
    ]
    assert answers(hand, EVERYTHING, ALL, known, "nothing") is None
    assert answers(hand, EVERYTHING, ALL.but(start="2031-01", end="2031-02"), known, "RC") is None


def test_the_gap_is_formed_per_response_of_those_who_answered_both(hand: Warehouse, known: Names) -> None:
    found = expectations(hand, EVERYTHING, ALL, known)
    assert found is not None
    row = found.frame.set_index("element").loc["greeting"]
    # P1 - E1 of R01 to R11: -2 -2 -1 -1 0 -2 -1 -1 -1 -1 -2 = -14 steps of 25 points; R12 was asked for one only
    assert (row["value"], row["n"]) == (pytest.approx(-14 * 25 / 11), 11)
    assert row["expected"] - row["perceived"] == pytest.approx(14 * 25 / 11)
    assert str(row["label"]) == "Greeting"
    assert row["touchpoint"] == "greeting"
    # of the three stores the shortfalls are 5/3, 3/3, 6/5 steps: reliably below zero
    assert row["verdict"] == "worse"
    limits = f"95 %: {-row['high']:.1f} to {-row['low']:.1f}"
    assert f"reliably less than customers expect: Greeting (31.8 points; {limits}) (elements compared: 1; " in str(
        found.answer
    )


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ([(-9, -7), (-8, -6)], "reliably less than customers expect: A (8.0 points; 95 %: 7.0 to 9.0) and B (7.0"),
        (
            [(-9, -7), (-9, -7), (-9, -7), (-6.9, -5)],
            "with 4 of 5 elements, most with A (8.0 points; 95 %: 7.0 to 9.0)",
        ),
        ([(-9, -7), (-9, -7), (-9, -7), (-7, -5)], "so luck may decide which come first"),
    ],
)
def test_the_largest_shortfalls_say_whether_luck_could_change_them(
    limits: list[tuple[float, float]], words: str
) -> None:
    frame = pd.DataFrame([*limits, (-1.0, 1.0)], columns=["low", "high"])
    frame = frame.assign(
        value=frame.mean(axis=1), verdict=["worse"] * len(limits) + ["none"], n=100, label=list("ABCDE")[: len(frame)]
    )
    told = str(falling_short(frame, Named("店")))
    assert words in told
    assert told.endswith("100 responses).")
    assert ("luck" in told) == ("luck" in words)


def test_no_gap_is_formed_between_scales_of_different_length(hand: Warehouse, known: Names) -> None:
    found = expectations(hand, EVERYTHING, ALL, known)
    assert found is not None
    row = found.frame.set_index("element").loc["care"]
    # both are told: E2 5 5 = 100; P2 1 and 10 = 0 and 100
    assert (row["expected"], row["perceived"], row["n"]) == (100.0, 50.0, 2)
    assert np.isnan(row["value"])
    assert row["verdict"] == ""
    assert "price" not in set(found.frame["element"])


def test_the_gap_of_a_place_stands_beside_that_of_the_others(hand: Warehouse, known: Names) -> None:
    found = expectations(hand, EVERYTHING, ALL.but(region="South"), known)
    assert found is not None
    row = found.frame.set_index("element").loc["greeting"]
    # South R07 to R11: -1 -1 -1 -1 -2 = -6/5; North -8/6
    assert row["value"] == pytest.approx(-6 / 5 * 25)
    assert row["rest"] == pytest.approx(-8 / 6 * 25)
    assert row["rest_verdict"] == "too_few"
    assert str(found.against) == "the other regions"


def test_the_silent_are_the_dissatisfied_who_did_not_complain(hand: Warehouse, known: Names) -> None:
    found = silence(hand, EVERYTHING, ALL, known, axis="region")
    assert found is not None
    assert (found.dissatisfied, found.asked) == (3, 11)  # R06 was not asked
    assert found.silent == pytest.approx(100 * 2 / 3)
    assert found.complained == pytest.approx(100 * 2 / 11)
    assert "too few dissatisfied" in str(found.answer)
    rows = found.frame.set_index("region")
    assert rows["silent_n"].to_dict() == {"North": 3, "South": 0}
    assert np.isnan(rows.loc["South", "silent"])
    assert rows["silent_verdict"].to_dict() == {"North": "", "South": "too_few"}  # the rest has nobody dissatisfied
    assert str(found.apart) == "Region: too few dissatisfied in each to say whether they differ."


def test_regions_that_differ_in_the_silent_share_are_named_and_else_that_none_does() -> None:
    told = pd.DataFrame(
        {"label": ["North", "South"], "silent_difference": [12.0, -3.0], "silent_verdict": ["worse", "none"]}
    )
    others = Message("the other regions")
    assert str(_apart(told, "region", others)) == (
        "Region: reliably different from the other regions in the silent share: North (+12.0 pp) (of 2 compared)."
    )
    assert str(_apart(told[1:], "region", others)) == (
        "Region: none of 1 differs reliably from the other regions in the silent share."
    )


def test_words_are_counted_once_per_comment_and_a_denial_stays_with_its_word(hand: Warehouse, known: Names) -> None:
    found = key_terms(hand, EVERYTHING, ALL, known)
    assert found is not None
    assert found.comments == {"detractor": 4, "passive": 0, "promoter": 4, "unknown": 0}
    rows = hand.query(
        "SELECT subject, sum(n)::INTEGER AS n FROM rollup_scores WHERE subject_kind = 'word' GROUP BY ALL"
    )
    counted = dict(zip(rows["subject"], rows["n"], strict=True))
    # 热情 in three comments of promoters, 排队 in four of detractors; 不清楚 and 慢 are below the least number or split
    assert counted["promoter:热情"] == 3
    assert counted["detractor:排队"] == 4
    assert not any("张三" in subject or "不清楚" in subject for subject in counted)
    assert "too few detractors" in str(found.answer)


def test_comments_are_searched_whatever_their_case_and_by_who_wrote_them(hand: Warehouse, known: Names) -> None:
    found = response_list(hand, EVERYTHING, ALL, known, containing="排队")
    assert sorted(found.frame["response_id"]) == ["R01", "R02", "R03", "R04"]
    assert (found.commented, found.pages) == (4, 1)
    unhappy = response_list(hand, EVERYTHING, ALL, known, detractors_only=True)
    assert sorted(unhappy.frame["response_id"]) == ["R01", "R02", "R03", "R04"]
    assert response_list(hand, EVERYTHING, ALL, known, containing="100 %'; --").frame.empty


def test_a_month_without_answers_is_empty_and_says_so(hand: Warehouse, known: Names) -> None:
    later = ALL.but(start="2031-01", end="2031-02")
    found = customers(hand, EVERYTHING, later, known)
    assert found.cards == ()
    assert found.dimensions.empty
    assert found.opinions.empty
    assert expectations(hand, EVERYTHING, later, known) is None
    assert silence(hand, EVERYTHING, later, known) is None
    assert key_terms(hand, EVERYTHING, later, known) is None


def test_answers_that_are_all_alike_give_no_verdict_and_no_error(tmp_path: Path) -> None:
    alike = frames()
    alike["answers"] = alike["answers"].assign(
        value=alike["answers"]["item_id"].map({"A1": 3.0, "A2": 5.0, "OV": 3.0, "RC": 7.0, "P2": 5.0}).fillna(3.0)
    )
    warehouse = Warehouse(publish_frames(tmp_path, alike))
    known = names(warehouse, EVERYTHING)
    found = customers(warehouse, EVERYTHING, ALL, known)
    assert [card.value for card in found.cards if card.metric == "overall_satisfaction"] == [50.0]
    gaps = expectations(warehouse, EVERYTHING, ALL, known)
    assert gaps is not None
    row = gaps.frame.set_index("element").loc["greeting"]
    assert (row["value"], row["verdict"]) == (0.0, "none")
    quiet = silence(warehouse, EVERYTHING, ALL, known, axis="region")
    assert quiet is not None
    assert "nobody who was asked is dissatisfied" in str(quiet.answer)


def test_where_no_customer_was_asked_there_is_nothing_to_show(tmp_path: Path) -> None:
    visits = table("""
        visit_id | store_id | visited_on | total_score
        V1       | N1       | 2026-01-05 | 80
        """)
    nobody = {**frames(), "mystery_visits": visits}
    del nobody["customer_responses"], nobody["answers"]
    warehouse = Warehouse(publish_frames(tmp_path, nobody))
    assert not has_customers(names(warehouse, EVERYTHING))
