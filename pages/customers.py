"""How satisfied are customers, with what not, who stays silent, and what do the unhappy write?"""

import streamlit as st

from sq.analyses.customers import CUSTOMER_METRICS, customers, has_customers
from sq.analyses.drill import drill
from sq.ui import customers_blocks as blocks
from sq.ui.blocks import nothing_here
from sq.ui.cache import answered
from sq.ui.explore_blocks import answer_with_definition, is_measured, parts_block, path, split_by, trend_block
from sq.ui.filters import selection_bar
from sq.ui.frame import open_page
from sq.ui.notes_blocks import notes_block
from sq.ui.speech import _

with open_page("customers") as reader:
    if not has_customers(reader.names):
        blocks.no_customers()
        st.stop()
    selection = selection_bar(reader, metrics=CUSTOMER_METRICS, departments=False)
    shown = answered(reader, drill, selection)
    result = answered(reader, customers, selection)
    path(shown)
    answer_with_definition(shown)
    if not is_measured(shown):
        nothing_here(_("Nothing was measured here in this period. Take a filter off or choose a longer period."))
        st.stop()
    blocks.falls_short(reader, result)
    blocks.cards(result)
    split_by(shown)
    parts, course = st.columns(2, gap="large")
    with parts:
        if shown.split:
            parts_block(reader, shown)
        else:
            blocks.last_step(shown)
    with course:
        trend_block(reader, shown)
    notes_block(reader, shown.selection)
    blocks.dimensions_block(reader, result)
    left, right = st.columns(2, gap="large")
    with left:
        blocks.answers_block(reader, result)
    with right:
        blocks.expectations_block(reader, result)
    blocks.silence_block(reader, result)
    blocks.words_block(reader, result)
