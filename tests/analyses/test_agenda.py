"""Which views are worth a slide of the agenda that builds itself."""

from dataclasses import replace

from sq.analyses.agenda import TITLES, Wish, default_agenda, is_telling
from sq.analyses.happened import happened
from sq.analyses.names import names
from sq.analyses.slide_content import NO_CHART, Chart, Series, SlideContent
from sq.language import Named
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Warehouse

WORDS = Named("分", "Score")
NAN = float("nan")


def content(*values: float, verdict: str = "none", metric: str = "nps") -> SlideContent:
    series = Series(WORDS, values, verdicts=(verdict,) * len(values))
    chart = Chart("dots", WORDS, (WORDS,) * len(values), (series,), metric=metric, against=WORDS)
    return SlideContent("explore", "", WORDS, WORDS, WORDS, chart)


def wish(page: str = "explore", **given: object) -> Wish:
    return replace(Wish("", page, {"metric": "nps"}), **given)


def test_a_view_needs_enough_numbers() -> None:
    assert is_telling(content(1.0, NAN), wish())
    assert not is_telling(content(NAN, NAN), wish())
    assert not is_telling(content(1.0, NAN), wish(fewest=2))
    assert not is_telling(replace(content(1.0), is_sound=False), wish())


def test_a_view_of_another_metric_than_asked_for_is_left_out() -> None:
    assert not is_telling(content(1.0, metric="mystery_score"), wish())


def test_a_slide_about_differences_needs_one() -> None:
    assert is_telling(content(1.0, 2.0, verdict="worse"), wish(must_differ=True))
    assert not is_telling(content(1.0, 2.0), wish(must_differ=True))
    assert not is_telling(content(1.0, 2.0, verdict="too_few"), wish(says=1))
    assert is_telling(content(1.0, 2.0), wish(says=1))


def test_without_a_chart_only_sentences_of_priorities_and_actions_are_enough() -> None:
    told = replace(content(1.0), chart=NO_CHART, points=(WORDS,))
    assert is_telling(told, wish("priorities"))
    assert not is_telling(told, wish("overview"))
    assert not is_telling(replace(told, points=()), wish("priorities"))


def test_only_pages_that_are_built_give_slides(small: Warehouse) -> None:
    known = names(small, EVERYTHING)
    rows = happened(small, EVERYTHING, known.completed(Selection()), known)
    found = default_agenda(small, EVERYTHING, Selection(), ("overview",), rows, known)
    assert [draft.page for draft in found] == ["", "overview", ""]
    assert len(default_agenda(small, EVERYTHING, Selection(), (), rows.head(0), known)) == 1


def test_every_slide_is_in_the_order_of_a_meeting(small: Warehouse) -> None:
    known = names(small, EVERYTHING)
    pages = ("overview", "explore", "compare", "touchpoints", "store")
    rows = happened(small, EVERYTHING, known.completed(Selection()), known)
    titles = [str(draft.title) for draft in default_agenda(small, EVERYTHING, Selection(), pages, rows, known)[1:]]
    assert titles == [title for title in TITLES if title in titles]
    assert len(titles) == len(set(titles))
