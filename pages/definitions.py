"""What does every number mean, and where does its formula come from?"""

import streamlit as st

from sq.analyses.definitions import definitions, matching
from sq.ui import definitions_blocks as blocks
from sq.ui.blocks import answer, caption
from sq.ui.cache import answered
from sq.ui.frame import open_page
from sq.ui.speech import _

with open_page("definitions") as reader:
    everything = answered(reader, definitions)
    asked = st.text_input(
        _("Search"), key="q", bind="query-params", placeholder=_("a word of a name, a formula or a question")
    )
    found = matching(everything, asked)
    counts = blocks.parts_found(found)
    answer(
        _("{count} entries contain “{text}”.", count=sum(counts.values()), text=asked)
        if asked
        else _("Every number in this product has one definition; they are listed here with formula and source.")
    )
    metrics, rules, levels, touchpoints, dimensions, items = st.tabs(blocks.tab_names(found))
    with metrics:
        blocks.metric_cards(found.metrics)
    with rules:
        blocks.pairs(found.decisions)
    with levels:
        blocks.pairs(found.levels)
    with touchpoints:
        blocks.touchpoint_table(found.touchpoints)
    with dimensions:
        blocks.dimension_table(found.dimensions)
    with items:
        blocks.item_table(found.items)
    caption(reader.as_of())
