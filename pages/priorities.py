"""What first? The weakest link of each layer, what satisfaction goes with, and where the points are lost."""

from sq.analyses.priorities import answer as answer_of
from sq.analyses.shortboards import shortboards
from sq.ui import priorities_blocks as blocks
from sq.ui.blocks import answer, nothing_here
from sq.ui.cache import answered
from sq.ui.filters import selection_bar
from sq.ui.frame import open_page
from sq.ui.speech import _

with open_page("priorities") as reader:
    selection = selection_bar(reader, ("period", "place"), departments=False)
    boards = answered(reader, shortboards, selection)
    found = blocks.chosen_drivers(reader, selection)
    answer(answer_of(boards, found))
    if not boards.measured and not found.kinds:
        nothing_here(
            _("Bring mystery visits, customer responses or management audits, or choose another period or place.")
        )
    else:
        blocks.shortboard_block(reader, boards)
        blocks.driver_block(reader, found)
        blocks.importance_block(reader, selection, found)
        blocks.penalty_block(reader, found)
        blocks.reach_block(reader, selection, found)
        blocks.pareto_block(reader, selection)
