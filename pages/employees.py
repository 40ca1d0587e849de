"""How are the people who serve, how do departments serve them, and what do they believe of customers?"""

import streamlit as st

from sq.analyses.employees import employees
from sq.analyses.employees_beliefs import beliefs
from sq.analyses.employees_service import internal_service
from sq.selection import Selection
from sq.ui import employees_blocks as blocks
from sq.ui.blocks import answer, caption
from sq.ui.cache import answered
from sq.ui.filters import selection_bar
from sq.ui.frame import Reader, open_page
from sq.ui.links import choice, parameter
from sq.ui.notes_blocks import notes_block
from sq.ui.speech import _


def satisfaction(reader: Reader, selection: Selection) -> None:
    shown = answered(reader, employees, selection, level=parameter("level"))
    answer(shown.answer)
    blocks.beside_the_answer(shown)
    caption(*shown.notes)
    left, right = st.columns(2, gap="large")
    with left:
        blocks.bands_block(reader, shown)
    with right:
        blocks.changes_block(reader, shown)
    notes_block(reader, shown.meanwhile, blocks.MEANWHILE if shown.before else "")
    blocks.units_block(reader, shown)
    blocks.rates_block(reader, shown)
    left, right = st.columns(2, gap="large")
    with left:
        blocks.drivers_block(reader, shown)
    with right:
        blocks.scales_block(reader, shown)


def departments(reader: Reader, selection: Selection) -> None:
    shown = answered(reader, internal_service, selection)
    answer(shown.answer)
    caption(*shown.notes)
    if shown.departments.empty:
        return
    left, right = st.columns(2, gap="large")
    with left:
        blocks.matrix_block(reader, shown, parameter("against", "departments"))
    with right:
        blocks.departments_block(reader, shown)
    blocks.problems_block(reader, shown)


def awareness(reader: Reader, selection: Selection) -> None:
    shown = answered(reader, beliefs, selection)
    answer(shown.answer)
    if shown.wave is None:
        return
    blocks.beliefs_block(reader, shown)
    blocks.roles_block(reader, shown)


with open_page("employees") as reader:
    part = choice(_("Which survey"), "part", blocks.PARTS, hidden=True)
    bar = ("period", "place") if part == "beliefs" else ("period", "compare", "place")
    selection = selection_bar(reader, bar, metrics=(blocks.METRIC_OF[part],))
    if blocks.METRIC_OF[part] not in reader.names.available:
        answer(_("There is nothing of this survey yet."))
        blocks.nothing_brought(part)
    elif part == "internal":
        departments(reader, selection)
    elif part == "beliefs":
        awareness(reader, selection)
    else:
        satisfaction(reader, selection)
