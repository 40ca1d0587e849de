"""Are shoppers equally strict, do they work carefully, and who should visit which store next?"""

from sq.analyses.shoppers import PERIODS, shoppers
from sq.ui import shoppers_blocks as blocks
from sq.ui.blocks import answer, nothing_here
from sq.ui.cache import answered
from sq.ui.filters import selection_bar
from sq.ui.frame import open_page
from sq.ui.links import choice
from sq.ui.speech import _

with open_page("shoppers") as reader:
    selection = selection_bar(reader, ("place",))
    period = choice(_("Visits of"), "months", PERIODS, hidden=True)
    result = answered(reader, shoppers, selection, period=period)
    answer(result.answer)
    if result.shoppers.empty:
        nothing_here(
            _("Nothing can be said of shoppers here. Choose another place, or bring visits with the shopper’s code.")
        )
    else:
        blocks.cards(result)
        blocks.severity_block(reader, result)
        blocks.sources_block(reader, result)
        blocks.rota_block(result)
        blocks.overlap_block(reader, result)
        blocks.shoppers_table(result)
        blocks.stores_block(reader, result)
