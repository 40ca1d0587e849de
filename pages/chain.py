"""Where does the chain from internal service to loyal customers hold, and where is it weakest?"""

import streamlit as st

from sq.analyses.chain import chain
from sq.ui.blocks import answer, nothing_here
from sq.ui.cache import answered
from sq.ui.chain_blocks import (
    carried_block,
    controls,
    courses_block,
    links_block,
    sceptical_block,
    steps_block,
    stores_block,
)
from sq.ui.filters import selection_bar
from sq.ui.frame import open_page
from sq.ui.links import parameter
from sq.ui.speech import _

with open_page("chain") as reader:
    has_waves = "employee_index" in reader.names.available
    # the wave of employees sets the months; without one the period does
    selection = selection_bar(reader, ("place",) if has_waves else ("period", "place"), departments=False)
    shown = answered(reader, chain, selection, level=parameter("level", "store"), link=parameter("link"))
    answer(shown.answer)
    controls(shown)
    if all(link.verdict == "unmeasured" for link in shown.links):
        nothing_here(
            _(
                "It takes two measurements of the same stores: visits, customers, employees or internal service. "
                "Bring them on the data page."
            )
        )
    else:
        left, right = st.columns(2, gap="large")
        with left:
            links_block(reader, shown)
        with right:
            stores_block(reader, shown)
        st.subheader(_("What was measured"), anchor=False)
        steps_block(shown)
        carried_block(reader, shown)
        courses_block(reader, shown)
    sceptical_block()
