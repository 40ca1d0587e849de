"""Where are we weak, and what stands behind it? The drill from the chain down to a visit."""

from sq.ui.blocks import nothing_here
from sq.ui.frame import open_page

with open_page("explore") as reader:
    nothing_here(reader.snapshot)
