"""The intake: batches of checked rows in data/intake.duckdb; the later batch wins, nothing is lost.

The only place that writes intake.duckdb. The app never opens it: publishing reads `create_current_views`.
"""

from sq.intake.connection import open_intake, writing
from sq.intake.views import create_current_views

__all__ = ["create_current_views", "open_intake", "writing"]
