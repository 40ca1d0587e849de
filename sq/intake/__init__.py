"""The intake: batches of checked rows in data/intake.duckdb; the later batch wins, nothing is lost.

The only place that writes intake.duckdb. The app never opens it: publishing reads `create_current_views`.
May import sources, checking, records and places; must not know snapshots, metrics or the screen.
"""

from sq.intake.batches import Batch, batches, restore, withdraw
from sq.intake.connection import open_intake, writing
from sq.intake.loading import Report, TableCounts, examine, load, refused_counts
from sq.intake.views import create_current_views

__all__ = [
    "Batch",
    "Report",
    "TableCounts",
    "batches",
    "create_current_views",
    "examine",
    "load",
    "open_intake",
    "refused_counts",
    "restore",
    "withdraw",
    "writing",
]
