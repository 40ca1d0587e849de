"""What slides state, in which words, and what other data would change."""

from dataclasses import replace

import pytest

from sq.analyses.slide_content import Chart, Series, SlideContent
from sq.analyses.statements import (
    CHANGED,
    KEPT,
    LOST,
    OWN,
    Headed,
    changes,
    headed,
    is_foreign,
    moved,
    sentence_of,
    statements,
    title_of,
)
from sq.language import Message, Named, speaking
from sq.workspace import Slide

NOTHING = Message("nothing")  # has a translation: 无
PLACES = tuple(Named(zh, en) for zh, en in (("甲", "A"), ("乙", "B"), ("丙", "C")))


def content(
    answer: str = "81.2", verdicts: tuple[str, ...] = ("better", "none", "worse"), **parts: object
) -> SlideContent:
    series = Series(Named("分", "Score"), (90.0, 80.0, 70.0), verdicts=verdicts)
    chart = Chart("dots", Named("得分", "Score"), PLACES, (series,), against=Named("其他", "the others"))
    words = Named("总览", "Overview")
    return replace(SlideContent("overview", "", words, words, Named(f"共{answer}", answer), chart), **parts)


def slide(sentence: str = "", title: str = "T") -> Slide:
    return Slide.of(page="overview", title=title, sentence=sentence, id="0" * 16)


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        (("better", "none", "worse"), "Score: reliably better than the others: A; reliably worse: C."),
        (("better", "better", "none"), "Score: reliably better than the others: A and B. Nothing is reliably worse."),
        (("none", "too_few", "worse"), "Score: reliably worse than the others: C. Nothing is reliably better."),
        (("none", "none", "none"), "Score: nothing differs reliably from the others."),
    ],
)
def test_a_chart_says_who_differs_reliably(verdicts: tuple[str, ...], told: str) -> None:
    assert [str(one) for one in statements(content(verdicts=verdicts))] == ["81.2", told]


def test_a_chart_that_judged_nothing_says_nothing_of_differences() -> None:
    assert len(statements(content(verdicts=("too_few", "", "too_few")))) == 1


def test_many_names_are_cut_with_their_number() -> None:
    many = content(verdicts=("worse",) * 9)
    nine = tuple(Named(f"店{i}", f"S{i}") for i in range(9))
    series = replace(many.chart.series[0], values=(1.0,) * 9)
    told = str(statements(replace(many, chart=replace(many.chart, categories=nine, series=(series,))))[1])
    assert "S0, S1, S2, S3, and S4 and 4 more" in told


def test_what_sq_said_is_told_in_the_readers_language_and_a_readers_words_are_not() -> None:
    with speaking("zh"):
        assert sentence_of(slide("81.2"), content()) == "共81.2"
        assert sentence_of(slide("My own words"), content()) == "My own words"
        assert sentence_of(slide(""), content()) == "共81.2"
        assert title_of(slide(title="nothing"), [NOTHING]) == str(NOTHING) != "nothing"
        assert title_of(slide(title="Nothing much"), [NOTHING]) == "Nothing much"
        assert is_foreign("81 points")
        assert is_foreign("Mystery score: reliably worse than the others 上海南京东路旗舰店")
        assert not is_foreign("共 81 分，NPS 20")
    assert sentence_of(slide("共81.2"), content()) == "81.2"
    assert is_foreign("共 81 分，NPS 20")
    assert not is_foreign("Mystery score: reliably worse than the others 上海南京东路旗舰店")
    assert not is_foreign("")
    assert not is_foreign("81.2")


def test_moving_to_other_data_sorts_the_statements() -> None:
    key = "0" * 16

    def kind(sentence: str, before: SlideContent | None, after: SlideContent) -> str:
        (found,) = changes([slide(sentence)], {key: before} if before else {}, {key: after})
        return found.kind

    assert kind("81.2", content("81.2"), content("81.2")) == KEPT
    assert kind("81.2", content("81.2"), content("80.9")) == CHANGED
    assert kind("共81.2", content("81.2"), content("80.9")) == CHANGED
    assert kind("", content("81.2"), content("80.9")) == CHANGED
    assert kind("We did well", content("81.2"), content("80.9")) == OWN
    assert kind("We did well", content("81.2"), content("81.2")) == KEPT
    assert kind("81.2", None, content("80.9")) == OWN
    assert kind("81.2", content("81.2"), content(is_sound=False)) == LOST


def test_only_sentences_of_the_views_follow_the_data() -> None:
    key = "0" * 16

    def follows(sentence: str, after: SlideContent) -> str | None:
        (found,) = changes([slide(sentence)], {key: content("81.2")}, {key: after})
        new = moved(found)
        return new.sentence if new is not None else None

    assert follows("81.2", content("80.9")) == "80.9"
    assert follows("My words", content("80.9")) is None
    assert follows("", content("80.9")) is None
    differing = "Score: reliably better than the others: A; reliably worse: C."
    assert follows(differing, content("80.9", ("none",) * 3)) == "Score: nothing differs reliably from the others."


@pytest.mark.parametrize(
    ("message", "headline", "rest"),
    [
        ("North is 81.2. South is 70.1. West is lost.", "North is 81.2.", "South is 70.1. West is lost."),
        ("华北 81.2 分。华南 70.1 分。", "华北 81.2 分。", "华南 70.1 分。"),
        ("短板：管理。 总体满意度", "短板：管理。", "总体满意度"),
        ("First line\n• second\n• third", "First line", "• second\n• third"),
        ("95 %: 2.6 to 5.6; n 3.5 vs. 4.1 points", "95 %: 2.6 to 5.6; n 3.5 vs. 4.1 points", ""),
        ("No end", "No end", ""),
    ],
)
def test_the_first_sentence_is_the_headline_and_nothing_is_lost(message: str, headline: str, rest: str) -> None:
    assert headed("Topic", message) == Headed("Topic", headline, rest)


def test_without_a_message_the_topic_is_the_headline() -> None:
    assert headed("Topic", "") == Headed("", "Topic", "")
    assert headed("Topic", "Topic") == Headed("", "Topic", "")
