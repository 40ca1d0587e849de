"""How is this store, and what should it do first? One store on one screen and one printed page."""

import streamlit as st

from sq.analyses.store_card import store_card
from sq.analyses.store_list import store_list
from sq.ui import store_blocks as blocks
from sq.ui.blocks import answer, caption
from sq.ui.cache import answered
from sq.ui.frame import open_page
from sq.ui.notes_blocks import notes_block

with open_page("store") as reader:
    selection = blocks.card_top(reader)
    if not selection.store:
        stores = answered(reader, store_list, selection)
        answer(stores.answer)
        blocks.store_table(stores)
        caption(stores.caption, reader.as_of())
        st.stop()

    card = blocks.with_notes(reader, answered(reader, store_card, selection))
    with st.container(key="sq_store"):
        answer(card.answer)
        blocks.facts(card)
        left, right = st.columns([8, 5], gap="medium")
        with left:
            blocks.scores(card, reader.theme)
        with right:
            blocks.steps(card, reader.theme)
        course, touchpoints, items = st.columns([5, 4, 5], gap="medium")
        with course:
            blocks.course(card, reader)
        with touchpoints:
            blocks.touchpoints(card, reader.theme)
        with items:
            blocks.items(card, reader.theme)
        blocks.below(card, reader.theme)
        blocks.notes(card, reader)
        notes_block(reader, card.selection)
        blocks.behind(card)
