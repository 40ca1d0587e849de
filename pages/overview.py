"""Where do we stand, what moved, and is it real?"""

import streamlit as st

from sq.analyses.overview import Overview, overview
from sq.analyses.standouts import standouts
from sq.figures.ranking import ranking
from sq.ui.blocks import answer, caption, nothing_here
from sq.ui.cache import answered
from sq.ui.drill import drill_chart
from sq.ui.filters import selection_bar
from sq.ui.frame import Reader, open_page
from sq.ui.links import link_to_card, open_card, open_explore
from sq.ui.notes_blocks import notes_block
from sq.ui.overview_blocks import (
    freshness_line,
    headline_numbers,
    metric_cards,
    moved_list,
    parts_left_out,
    standout_list,
    telling_parts,
)
from sq.ui.speech import _


def parts(result: Overview, reader: Reader) -> None:
    if result.regions.empty:
        return
    st.subheader(_("Who stands out"), anchor=False)
    st.markdown(str(result.regions_answer))
    shown = telling_parts(result.regions)
    into = result.selection.but
    if len(shown):
        figure = ranking(shown, result.selection.metric, reader.theme)
        go = open_card if result.regions_axis == "store" else open_explore
        drill_chart(figure, "overview_parts", lambda key: go(into(**{result.regions_axis: key})))
        caption(_("▲ reliably better, ▼ reliably worse"), _("faint: not reliable"), _("click a row to go into it"))
    parts_left_out(shown, result.regions, result.selection)
    caption(result.caption, *result.notes, reader.as_of())


with open_page("overview") as reader:
    selection = selection_bar(reader, ("period", "change", "place"))
    result = answered(reader, overview, selection)
    answer(result.answer)
    link_to_card(result.selection)
    if not result.headlines:
        nothing_here(_("Nothing was measured here. Choose another place or period."))
    metric_cards(result.headlines)
    headline_numbers(result.headlines)
    left, right = st.columns(2, gap="large")
    with left:
        parts(result, reader)
    with right:
        st.subheader(_("Touchpoints that stand out"), anchor=False)
        standout_list(answered(reader, standouts, selection))
        st.subheader(_("What moved"), anchor=False)
        moved_list(result.moved, result.moved_answer)
        st.subheader(_("How new the data are"), anchor=False)
        freshness_line(result.freshness)
    notes_block(reader, result.selection)
