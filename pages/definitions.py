"""What does every number mean, and where does its formula come from?"""

import streamlit as st

from sq.analyses.definitions import definitions, matching
from sq.ui import definitions_blocks as blocks
from sq.ui.blocks import answer, caption
from sq.ui.cache import answered
from sq.ui.frame import open_page
from sq.ui.links import parameter
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
    names = dict(zip(counts, blocks.tab_names(found), strict=True))
    wanted = names.get(parameter("part"))  # another page may lead to a part
    tabs = st.tabs(list(names.values()), key="sq_tabs", on_change="rerun", default=wanted)  # only the open one is drawn
    for tab, show in zip(tabs, blocks.parts_of(found), strict=True):
        if tab.open:
            with tab:
                show()
    caption(reader.as_of())
