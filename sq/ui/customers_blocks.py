"""The parts of the customers page beside its drill: cards, dimensions, answers, expectations, silence, words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sq.analyses.comparison import verdict_name
from sq.analyses.customers import Answers, Card, Customers, answers
from sq.analyses.customers_gaps import Expectations, expectations
from sq.analyses.customers_silence import silence
from sq.analyses.customers_words import KeyTerms, key_terms
from sq.analyses.drill import Drill
from sq.analyses.visits import response_list
from sq.analyses.wording import AXIS_NAMES
from sq.figures import customers as figures
from sq.figures.ranking import ranking
from sq.figures.shares import bands, bands_key, distribution
from sq.language import N_, _, number, percent, signed
from sq.metrics.catalogue import METRICS
from sq.ui.address import go_to
from sq.ui.blocks import Column, answer, caption, color_legend, definition, nothing_here, numbers
from sq.ui.cache import answered
from sq.ui.drill import drill_chart
from sq.ui.frame import is_narrow
from sq.ui.links import choice, link_to, open_explore, page_number, parameter, plain, put
from sq.ui.overview_blocks import COLORS, arrow, told_verdict, value_with_unit
from sq.ui.visits_blocks import response_cards

if TYPE_CHECKING:
    from sq.ui.frame import Reader

COMMENTS_AT_ONCE = 6
WRITERS = {"all": N_("Everybody"), "detractor": N_("Detractors only")}
SILENCE_AXES = ("region", "channel", "segment")
FEWEST_PARTS = 2
EXPLAINED_GAP = N_(
    "Of each response that answered both questions: perceived − expected, both rescaled to 0–100; then the mean. A gap "
    "is formed only where both are asked on the same scale. ▼ = reliably below zero and at least 3 points, after "
    "allowing for all elements."
)
EXPLAINED_WORDS = N_(
    "Comments are cut into words by jieba (rjieba); words that only join are left out, a word that denies stays with "
    "its word. Every comment counts a word once. Detractors: 0–6 on the recommendation question (without it: "
    "dissatisfied). ▲ = more often than in all other comments by Fisher’s exact test, after allowing for all words "
    "tested."
)


def no_customers() -> None:
    """Say that customers were not asked, and how to bring their answers."""
    answer(_("There are no customer responses yet."))
    nothing_here(
        _(
            "Bring the customers’ answers as the table customer_responses of the blank workbook, or with a mapping "
            "profile of your survey tool, on the data page."
        )
    )
    link_to("data", _("Go to the data page"), {})


def cards(result: Customers) -> None:
    """The numbers that a reader looks for first; a click leads into explore."""
    if not result.cards:
        return
    with st.grid(6, min_column_width=165):
        for card in result.cards:
            _card(card)


def _card(card: Card) -> None:
    metric = METRICS[card.metric]
    has_change = pd.notna(card.difference)
    limits = _("95 %: {low} to {high}", low=number(card.low, metric.decimals), high=number(card.high, metric.decimals))
    with st.container(border=True, height="stretch", gap="small", key=f"sq_card_{card.key}"):
        st.metric(
            str(card.title),
            value_with_unit(metric.id, card.value),
            signed(card.difference, metric.decimals) if has_change else None,
            delta_color=COLORS.get(card.verdict, "off"),
            delta_arrow=arrow(card.difference, metric.decimals),
            delta_description=told_verdict(card.verdict) if has_change else None,
            help=_("Compared with {reference}", reference=card.against) if has_change else None,
        )
        caption(limits if pd.notna(card.low) else "", f"n {number(card.n, 0)}")
        link_to("explore", _("Explore"), card.selection.query())


def last_step(shown: Drill) -> None:
    """What stands where nothing divides the selection any further: the way to the single responses."""
    caption(shown.caption)
    query = shown.selection.query() | {"kind": "customer", "words": "all"}
    link_to("visits", _("All responses of this selection"), query)


def dimensions_block(reader: Reader, result: Customers) -> None:
    """The index by dimension, and how the answers to each divide."""
    if result.dimensions.empty and result.opinions.empty:
        return
    left, right = st.columns(2, gap="large")
    if len(result.dimensions):
        with left:
            _dimensions(reader, result)
    if len(result.opinions):
        with right if len(result.dimensions) else left:
            _opinions(reader, result)


def _into_dimension(result: Customers, key: str) -> None:
    if not key:
        return
    metric = result.selection.metric
    metric = metric if "dimension" in METRICS[metric].subject_kinds else "customer_index"
    go_to(result.selection.but(metric=metric, dimension=key, touchpoint="", item="", stage="", split=""))


def _dimensions(reader: Reader, result: Customers) -> None:
    title = _("Index by dimension")
    st.subheader(title, anchor=False)
    is_compared = bool((result.dimensions["verdict"] != "").any())
    against = str(result.dimensions_against)
    figure = ranking(result.dimensions, "customer_index", reader.theme, against, is_compared, reader.line_width)
    drill_chart(figure, "sq_dimensions", lambda key: _into_dimension(result, key), title)
    caption(
        _("Dot and line: value with its 95 % interval"),
        _("stroke: {reference}", reference=against) if is_compared else "",
        _("▲ reliably better, ▼ reliably worse"),
        _("click a row to go into it"),
    )
    caption(result.caption, reader.as_of())
    frame = result.dimensions.assign(
        label=result.dimensions["label"].map(str),
        verdict_words=result.dimensions["verdict"].map(lambda verdict: str(verdict_name(verdict))),
    )
    columns = [
        Column("label", _("Dimension")),
        Column("value", _("Customer index"), "number"),
        Column("low", _("Low (95 %)"), "number"),
        Column("high", _("High (95 %)"), "number"),
        Column("n", _("n"), "count"),
        Column("difference", _("Difference"), "signed"),
        Column("verdict_words", _("Verdict")),
    ]
    numbers(frame, columns, "customer_dimensions", "sq_dimensions_n")


def _opinions(reader: Reader, result: Customers) -> None:
    title = _("How opinions divide (% of answers)")
    st.subheader(title, anchor=False)
    figure = bands(result.opinions, reader.theme)
    drill_chart(figure, "sq_bands", lambda key: _into_dimension(result, key), title)
    color_legend(bands_key(reader.theme))
    caption(_("favourable: top two answers of a scale, unfavourable: bottom two"), _("click a row to go into it"))
    caption(result.caption, reader.as_of())
    frame = result.opinions.assign(label=result.opinions["label"].map(str))
    columns = [
        Column("label", _("Dimension")),
        Column("favourable", _("Favourable"), "number"),
        Column("neutral", _("Neutral"), "number"),
        Column("unfavourable", _("Unfavourable"), "number"),
        Column("n", _("n"), "count"),
    ]
    numbers(frame, columns, "customer_opinions", "sq_bands_n")


def answers_block(reader: Reader, result: Customers) -> None:
    """The full scale of one question, chosen from the questionnaire."""
    if not result.questions:
        return
    st.subheader(_("How answers divide"), anchor=False)
    item = _question(result)
    found = answered(reader, answers, result.selection, item=item)
    if found is None:
        nothing_here(_("Nobody answered this question here. Take a filter off or choose a longer period."))
        return
    low, high = (str(end) for end in found.ends)
    drill_chart(distribution(found.frame, reader.theme, (low, high)), "sq_answers", alt=str(found.label))
    caption(_sides(found), _("shares carry the weights of the responses"))
    caption(str(found.label), found.caption, reader.as_of())
    columns = [
        Column("category", _("Answer"), "number", 0),
        Column("n", _("Answers"), "count"),
        Column("share", _("Share (%)"), "number"),
    ]
    numbers(found.frame, columns, "customer_answers", "sq_answers_n")


def _question(result: Customers) -> str:
    """The question whose answers are shown, kept in the address."""
    labels = {item: str(label) for item, label in result.questions}
    default = next(iter(labels))
    current = parameter("question", default)
    st.session_state["sq_question"] = current if current in labels else default

    def picked() -> None:
        value = st.session_state["sq_question"] or default
        put(question="" if value == default else value)

    st.selectbox(_("Question"), list(labels), format_func=labels.__getitem__, key="sq_question", on_change=picked)
    return str(st.session_state["sq_question"])


def _sides(found: Answers) -> str:
    """Detractors, passives, promoters in one line, of the recommendation question."""
    if not found.is_recommend:
        return ""
    share = found.frame.groupby("side")["share"].sum()
    told = {name: percent(float(share.get(name, 0.0))) for name in ("detractor", "passive", "promoter")}
    return _("0–6: {detractor}, 7–8: {passive}, 9–10: {promoter}", **told)


def falls_short(reader: Reader, result: Customers) -> None:
    """Beside the answer, where it was asked: which service falls short of what is expected."""
    found = answered(reader, expectations, result.selection)
    if found is not None:
        st.markdown(plain(str(found.answer)))


def expectations_block(reader: Reader, result: Customers) -> None:
    """Expected against perceived service, element by element."""
    st.subheader(_("Expected and perceived service"), anchor=False)
    found = answered(reader, expectations, result.selection)
    if found is None:
        nothing_here(
            _("Customers were not asked what they expect of a service element and what they perceive of the same one.")
        )
        return
    st.markdown(str(found.answer))
    figure = figures.expectations(found.frame, reader.theme, reader.line_width, is_narrow())
    drill_chart(figure, "sq_expectations", lambda key: _into_element(result, found, key), str(found.answer))
    caption(_("number: perceived − expected"), _("▼ reliably below what is expected"), _("click a row to go into it"))
    caption(found.caption, reader.as_of())
    definition(_("Perceived minus expected"), _(EXPLAINED_GAP), source="Parasuraman, Zeithaml & Berry (1988)")
    numbers(*_expectation_table(found), "customer_expectations", "sq_expectations_n")


def _into_element(result: Customers, found: Expectations, key: str) -> None:
    """Into the touchpoint of an element; an element without one has nothing below it."""
    touchpoints = dict(zip(found.frame["element"], found.frame["touchpoint"], strict=True))
    if touchpoint := touchpoints.get(key, ""):
        here = result.selection.but(metric="customer_index", stage="", dimension="", item="", split="")
        open_explore(here.but(touchpoint=touchpoint))


def _expectation_table(found: Expectations) -> tuple[pd.DataFrame, list[Column]]:
    frame = found.frame.assign(
        label=found.frame["label"].map(str),
        verdict_words=found.frame["verdict"].map(lambda verdict: str(verdict_name(verdict))),
        rest_words=found.frame["rest_verdict"].map(lambda verdict: str(verdict_name(verdict))),
    )
    columns = [
        Column("label", _("Service element")),
        Column("expected", _("Expected"), "number"),
        Column("perceived", _("Perceived"), "number"),
        Column("value", _("Perceived minus expected"), "signed"),
        Column("low", _("Low (95 %)"), "signed"),
        Column("high", _("High (95 %)"), "signed"),
        Column("n", _("n"), "count"),
        Column("verdict_words", _("Verdict")),
    ]
    if found.against is not None:
        columns += [
            Column("rest", _("Gap of {reference}", reference=found.against), "signed"),
            Column("rest_difference", _("Difference"), "signed"),
            Column("rest_words", _("Verdict against them")),
        ]
    return frame, columns


def silence_block(reader: Reader, result: Customers) -> None:
    """Who complained and who did not."""
    st.subheader(_("The silent: dissatisfied customers who never complained"), anchor=False)
    if "complained_share" not in reader.names.available:
        nothing_here(_("Customers were not asked whether they complained."))
        return
    axes = {axis: AXIS_NAMES[axis] for axis in SILENCE_AXES if _has_parts(reader, result, axis)}
    axis = choice(_("By"), "silent", axes, hidden=True) if len(axes) > 1 else next(iter(axes), "")
    found = answered(reader, silence, result.selection, axis=axis)
    if found is None:
        nothing_here(_("Customers were not asked whether they complained."))
        return
    st.markdown(str(found.answer))
    if not found.dissatisfied or found.frame.empty:
        caption(found.caption, reader.as_of())
        return
    figure = figures.silence(found.frame, reader.theme, reader.line_width)
    drill_chart(figure, "sq_silence", lambda key: go_to(result.selection.but(**{axis: key, "split": ""})))
    st.markdown(plain(str(found.apart or "")))
    caption(
        _("dot and line: silent share with its 95 % interval; n: dissatisfied responses"),
        _("▲ reliably fewer silent than {reference}, ▼ reliably more", reference=found.silent_against),
        _("of all customers who were asked, {share} % complained", share=number(found.complained)),
        _("dissatisfied: overall answer below the middle of its scale"),
        _("click a row to go into it"),
    )
    caption(found.caption, reader.as_of())
    _silence_numbers(found.frame, axis)


def _has_parts(reader: Reader, result: Customers, axis: str) -> bool:
    chosen = result.selection
    return (
        not getattr(chosen, axis)
        and not (axis == "region" and (chosen.city or chosen.store))
        and (len(reader.names.options(axis, chosen.but(metric="customer_index"))) >= FEWEST_PARTS)
    )


def _silence_numbers(frame: pd.DataFrame, axis: str) -> None:
    told = frame.assign(
        label=frame["label"].map(str),
        verdict_words=frame["verdict"].map(lambda verdict: str(verdict_name(verdict))),
        silent_words=frame["silent_verdict"].map(lambda verdict: str(verdict_name(verdict))),
    )
    columns = [
        Column("label", _(AXIS_NAMES[axis])),
        Column("n", _("n"), "count"),
        Column("value", _("Dissatisfied (%)"), "number"),
        Column("difference", _("Difference"), "signed"),
        Column("verdict_words", _("Verdict")),
        Column("silent_n", _("Dissatisfied responses"), "count"),
        Column("silent", _("Never complained (%)"), "number"),
        Column("silent_low", _("Low (95 %)"), "number"),
        Column("silent_high", _("High (95 %)"), "number"),
        Column("silent_difference", _("Difference of the silent share"), "signed"),
        Column("silent_words", _("Verdict on the silent share")),
    ]
    numbers(told, columns, "customer_silence", "sq_silence_n")


def words_block(reader: Reader, result: Customers) -> None:
    """What customers write: words that mark the unhappy beside the comments themselves."""
    st.subheader(_("What customers write"), anchor=False)
    if answered(reader, key_terms, result.selection) is None:
        nothing_here(_("No customer left a comment here."))
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        _key_terms(reader, result)
    with right:
        _comments(reader, result)


def _key_terms(reader: Reader, result: Customers) -> None:
    found = answered(reader, key_terms, result.selection)
    if found is None:
        return
    st.markdown(str(found.answer))
    if found.shown.empty:
        caption(found.caption, reader.as_of())
        return
    drill_chart(figures.key_terms(found.shown, reader.theme), "sq_terms", _search_term, str(found.answer))
    color_legend(figures.words_key(reader.theme))
    caption(_("beside the bar: detractors’ comments of all that hold the word"), _("click a word to read its comments"))
    caption(found.caption, reader.as_of())
    definition(_("Words over-represented among detractors"), _(EXPLAINED_WORDS), source="Benjamini & Hochberg (1995)")
    _term_numbers(found)


def _search_term(term: str) -> None:
    put(find=term, page="")


def _term_numbers(found: KeyTerms) -> None:
    frame = found.frame.assign(
        verdict_words=[
            _("reliably more often") if reliable else _("not reliable") for reliable in found.frame["is_reliable"]
        ]
    )
    columns = [
        Column("term", _("Word")),
        Column("n", _("Comments"), "count"),
        Column("detractors", _("Of detractors"), "count"),
        Column("others", _("Of all others"), "count"),
        Column("share", _("Detractors (%)"), "number"),
        Column("other_share", _("All others (%)"), "number"),
        Column("difference", _("Difference"), "signed"),
        Column("low", _("Low (95 %)"), "signed"),
        Column("high", _("High (95 %)"), "signed"),
        Column("verdict_words", _("Verdict")),
    ]
    numbers(frame, columns, "customer_words", "sq_terms_n")


def _comments(reader: Reader, result: Customers) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = _find()
        writers = choice(_("Whose"), "who", WRITERS)
    listed = answered(
        reader,
        response_list,
        result.selection.but(metric="customer_index"),
        containing=asked,
        detractors_only=writers == "detractor",
        page=page_number(),
        page_size=COMMENTS_AT_ONCE,
    )
    caption(_("comments: {count}", count=number(listed.commented, 0)), listed.caption)
    if not listed.commented:
        nothing_here(_("No comment here contains this. Try another word or take a filter off."))
        return
    response_cards(listed)


def _find() -> str:
    """The words to look for, kept in the address."""
    st.session_state["sq_find"] = parameter("find")

    def typed() -> None:
        put(find=str(st.session_state["sq_find"] or ""), page="")

    return str(st.text_input(_("Search the comments"), key="sq_find", on_change=typed) or "").strip()
