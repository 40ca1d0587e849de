"""Where are we weak, and what stands behind it? The drill from the chain down to a visit."""

import streamlit as st

from sq.analyses.drill import drill
from sq.ui.blocks import nothing_here
from sq.ui.cache import answered
from sq.ui.explore_blocks import (
    answer_with_definition,
    evidence,
    is_end_of_path,
    is_measured,
    map_block,
    parts_block,
    path,
    split_by,
    survey_blocks,
    trend_block,
)
from sq.ui.filters import selection_bar
from sq.ui.frame import open_page
from sq.ui.links import link_to_card
from sq.ui.notes_blocks import notes_block
from sq.ui.speech import _

with open_page("explore") as reader:
    selection = selection_bar(reader)
    shown = answered(reader, drill, selection)

    path(shown)
    link_to_card(shown.selection)
    answer_with_definition(shown)
    if not is_measured(shown):
        nothing_here(_("Nothing was measured here in this period. Take a filter off or choose a longer period."))
        st.stop()

    split_by(shown)
    if shown.split:
        parts, course = st.columns(2, gap="large")
        with parts:
            parts_block(reader, shown)
        with course:
            trend_block(reader, shown)
    else:
        trend_block(reader, shown)
    notes_block(reader, shown.selection)
    if not shown.map.empty:
        map_block(reader, shown)
    survey_blocks(reader, shown)
    if is_end_of_path(shown):
        evidence(reader, shown)
