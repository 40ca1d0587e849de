"""Which stores, cities or regions really differ, and what would it take to see it?"""

import streamlit as st

from sq.analyses.standing import standing
from sq.ui.blocks import answer, caption, nothing_here
from sq.ui.cache import answered
from sq.ui.compare_blocks import (
    adjusted_for_shoppers,
    beside_block,
    controls,
    dots_block,
    further_block,
    luck_and_notes,
    only_one,
    picked_in_address,
)
from sq.ui.filters import selection_bar
from sq.ui.frame import open_page
from sq.ui.links import parameter
from sq.ui.speech import _

with open_page("compare") as reader:
    selection = selection_bar(reader)
    picked = picked_in_address(reader, selection)
    shown = answered(reader, standing, selection, level=parameter("level"), picked=picked)
    answer(shown.answer)
    controls(reader, shown, picked)
    if shown.units.empty:
        caption(*shown.notes)
        nothing_here(_("No place was measured here in this period. Take a filter off or choose a longer period."))
        st.stop()
    if len(shown.units) == 1:
        only_one(reader, shown)
        st.stop()
    shown, of_shoppers = adjusted_for_shoppers(reader, shown)
    luck_and_notes(shown, of_shoppers)
    values, beside = st.columns(2, gap="large")
    with values:
        dots_block(reader, shown)
    with beside:
        beside_block(reader, shown)
    further_block(reader, shown)
