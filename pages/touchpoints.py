"""How does the service journey run: twenty touchpoints in order, shoppers beside customers?"""

from functools import partial

import streamlit as st

from sq.analyses.journey import SOURCES, journey
from sq.figures.journey import journey as journey_figure
from sq.figures.journey import signals_key
from sq.ui.blocks import answer, caption, color_legend, nothing_here
from sq.ui.cache import answered
from sq.ui.drill import drill_chart
from sq.ui.filters import selection_bar
from sq.ui.frame import is_narrow, open_page
from sq.ui.speech import _
from sq.ui.touchpoints_blocks import (
    disagreement_block,
    inside_block,
    journey_numbers,
    nothing_brought,
    open_touchpoint,
    signals_of,
    stage_cards,
)

with open_page("touchpoints") as reader:
    selection = selection_bar(reader, ("period", "compare", "place", "more"), departments=False)
    result = answered(reader, journey, selection)
    answer(result.answer)
    if not set(SOURCES.values()) & set(reader.names.available):
        nothing_brought()
    elif result.frame.empty or not result.sources:
        nothing_here(_("No touchpoint has a score here. Choose another place or period."))
    else:
        stage_cards(result)
        st.subheader(_("The journey from the first contact to the last"), anchor=False)
        signals = signals_of(result)
        figure = journey_figure(result.frame, result.sources, reader.theme, is_narrow(), signals)
        drill_chart(figure, "journey", partial(open_touchpoint, result))
        if signals:
            color_legend(signals_key(reader.theme, signals.values()))
        caption(
            result.caption,
            _("Mark and line: score with its 95 % interval"),
            _("short stroke: {reference}", reference=result.against) if str(result.against) else "",
            _("▲ reliably better, ▼ reliably worse"),
            _("click a mark to go into it"),
            *result.notes,
            reader.as_of(),
        )
        journey_numbers(result)
        disagreement_block(reader, result)
    inside_block(reader, result)
