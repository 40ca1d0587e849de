"""What a statistic returns when the data cannot tell: a value with a reason, never an exception or a silent number."""

from __future__ import annotations

from dataclasses import dataclass

from sq.language import N_, Message


@dataclass(frozen=True)
class NotEstimable:
    """A number that these data do not determine, and why."""

    reason: Message


TOO_FEW = NotEstimable(Message(N_("There are too few values.")))
NO_VARIATION = NotEstimable(Message(N_("All values are equal.")))
NOTHING_APPLIES = NotEstimable(Message(N_("Nothing that applies was scored.")))
NO_WEIGHT = NotEstimable(Message(N_("All weights are zero.")))
NO_DIFFERENCE_BETWEEN = NotEstimable(Message(N_("The units do not differ beyond chance.")))
NOT_CONNECTED = NotEstimable(
    Message(N_("Shoppers and stores fall into parts that share nobody: their levels cannot be compared."))
)
DID_NOT_CONVERGE = NotEstimable(Message(N_("The estimate did not settle.")))
COLLINEAR = NotEstimable(Message(N_("The drivers cannot be told apart: one of them follows from the others.")))
OUT_OF_RANGE = NotEstimable(Message(N_("The estimate lies outside what is possible.")))
