"""Where does service fall short: of what is believed, prescribed, delivered, promised, expected?"""

from sq.ui import gaps_blocks as blocks
from sq.ui.blocks import answer
from sq.ui.filters import selection_bar
from sq.ui.frame import open_page

with open_page("gaps") as reader:
    selection = selection_bar(reader, ("period", "place"), departments=False)
    found = blocks.the_board(reader, selection)
    answer(found.answer)
    blocks.board_block(reader, found)
    blocks.gap_block(reader, selection, found)
