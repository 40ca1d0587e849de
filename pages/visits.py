"""What stands behind a number: single visits with their evidence, and customers' own words."""

import streamlit as st

from sq.analyses.visits import response_list, visit, visit_list
from sq.figures.visit import visit_profile
from sq.selection import Selection
from sq.ui import visits_blocks as blocks
from sq.ui.blocks import answer, caption
from sq.ui.cache import answered
from sq.ui.drill import drill_chart
from sq.ui.filters import selection_bar
from sq.ui.frame import Reader, open_page
from sq.ui.links import choice, link_to_card, page_number, parameter
from sq.ui.speech import _


def one_visit(reader: Reader, selection: Selection, visit_id: str) -> None:
    found = answered(reader, visit, selection, visit_id=visit_id)
    if found is None:
        blocks.no_such_visit()
        return
    link_to_card(selection, found.store)
    blocks.visit_head(found)
    blocks.visit_numbers(found)
    chart, proof = st.columns([3, 2], gap="large")
    with chart:
        st.subheader(_("Touchpoints of this visit"), anchor=False)
        drill_chart(visit_profile(found.touchpoints, reader.theme), "visit_profile")
    with proof:
        blocks.evidence(found)
    st.subheader(_("Every item"), anchor=False)
    blocks.item_table(found)


def many_visits(reader: Reader, selection: Selection) -> None:
    wanted = blocks.wanted_visits()
    listed = answered(reader, visit_list, selection, **wanted, page=page_number())
    link_to_card(selection)
    answer(listed.headline)
    blocks.visit_table(listed)
    caption(listed.caption, reader.as_of())


def customers_words(reader: Reader, selection: Selection) -> None:
    wanted = blocks.wanted_responses()
    listed = answered(reader, response_list, selection, **wanted, page=page_number())
    link_to_card(selection)
    answer(listed.headline)
    blocks.response_cards(listed)
    caption(listed.caption, reader.as_of())


with open_page("visits") as reader:
    kind = choice(_("What to read"), "kind", blocks.KINDS, hidden=True)
    visit_id = parameter("visit") if kind == "visits" else ""
    parts = ("period",) if visit_id else ("period", "place", "subject", "more")
    selection = selection_bar(reader, parts, departments=False)
    if kind == "customer":
        customers_words(reader, selection)
    elif visit_id:
        one_visit(reader, selection, visit_id)
    else:
        many_visits(reader, selection)
