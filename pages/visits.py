"""What stands behind a number: single visits with their evidence, and customers' own words."""

import streamlit as st

from sq.analyses.visits import response_list, visit, visit_list
from sq.figures.visit import visit_profile
from sq.selection import Selection
from sq.ui import visits_blocks as blocks
from sq.ui.blocks import answer, caption, nothing_here
from sq.ui.cache import answered
from sq.ui.drill import drill_chart
from sq.ui.filters import selection_bar
from sq.ui.frame import Reader, open_page
from sq.ui.links import choice, page_number, pager, parameter, put
from sq.ui.speech import _


def one_visit(reader: Reader, selection: Selection, visit_id: str) -> None:
    found = answered(reader, visit, selection, visit_id)
    if found is None:
        nothing_here(_("There is no visit with this number, or you may not see it."))
        st.button(_("← All visits"), on_click=put, kwargs={"visit": ""}, type="tertiary")
        return
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
    with st.container(horizontal=True):
        state = choice(_("Show"), "show", blocks.STATES)
        sort = choice(_("Sort by"), "order", blocks.SORTS)
    status = "disputed" if state == "disputed" else ""
    listed = answered(
        reader, visit_list, selection, status=status, failed_only=state == "failed", sort=sort, page=page_number()
    )
    answer(listed.headline)
    if listed.total:
        blocks.visit_table(listed)
        pager(listed.page, listed.pages)
    caption(listed.caption)


def customers_words(reader: Reader, selection: Selection) -> None:
    with st.container(horizontal=True):
        words = choice(_("Show"), "words", blocks.WORDS)
        sort = choice(_("Sort by"), "order", blocks.SORTS)
    listed = answered(
        reader, response_list, selection, commented_only=words == "commented", sort=sort, page=page_number()
    )
    answer(listed.headline)
    blocks.response_cards(listed)
    pager(listed.page, listed.pages)
    caption(listed.caption)


with open_page("visits") as reader:
    kind = choice(_("What to read"), "kind", blocks.KINDS, hidden=True)
    selection = selection_bar(reader, ("period", "place", "subject", "more"))
    visit_id = parameter("visit")
    if kind == "customer":
        customers_words(reader, selection)
    elif visit_id:
        one_visit(reader, selection, visit_id)
    else:
        many_visits(reader, selection)
