"""The promise of anonymity: answers of employees leave the intake only as finished cells that survive subtraction.

May import statistics, settings and records; reads the temporary ``cur_`` views of a connection that the caller opened,
writes the snapshot attached to it and the ledger of what was ever published. Must not know pages, metrics or snapshots.
"""

from sq.anonymity.closing import close_wave
from sq.anonymity.publishing import publish_waves

__all__ = ["close_wave", "publish_waves"]
