"""Checking: rows as received become typed rows, refused rows with their reasons, and findings.

Stands beside `sq.sources`: knows records, not DuckDB, batches or the screen.
"""

from sq.checking.advice import advice
from sq.checking.answers import Block
from sq.checking.delivery import Checked, CheckedTable, Rejects, check, reason
from sq.checking.findings import CODES, SEVERITIES, Finding, finding_message
from sq.checking.known import Known

__all__ = [
    "CODES",
    "SEVERITIES",
    "Block",
    "Checked",
    "CheckedTable",
    "Finding",
    "Known",
    "Rejects",
    "advice",
    "check",
    "finding_message",
    "reason",
]
