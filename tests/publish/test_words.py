"""Comments cut into words: what says something is kept, what only joins, names or counts is not."""

import pytest

from sq.publish_terms import empty_words, terms_of


@pytest.mark.parametrize(
    ("comment", "terms"),
    [
        ("维修费用偏高，报价不清楚。", ["维修", "费用", "偏高", "报价", "不清楚"]),
        ("排队排队还是排队", ["排队"]),
        ("太贵了", ["太贵"]),
        ("没有人管，有点慢", ["没有人管", "慢"]),
        ("The WiFi was slow and the WiFi was DIRTY", ["wifi", "slow", "dirty"]),
        ("***", []),
        ("12345 6.7 ！！", []),
        ("", []),
    ],
)
def test_a_comment_gives_each_telling_word_once(comment: str, terms: list[str]) -> None:
    assert terms_of(comment) == terms


def test_names_of_people_are_never_counted() -> None:
    assert not any("张三" in term or "李明" in term for term in terms_of("店员张三和李明态度冷淡"))


def test_a_word_without_matter_is_left_out_but_not_where_it_is_denied() -> None:
    assert "特别" in empty_words()
    assert "特别" not in terms_of("服务特别热情")
    assert "不热情" in terms_of("店员不热情")
