"""What lies reliably below and above a reference, in one sentence: one of four, by which sides hold anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sq.analyses.wording import Listing, signed_size
from sq.language import Message, signed
from sq.metrics.catalogue import Metric


@dataclass(frozen=True)
class TwoSided:
    """The four sentences as msgids; ``{below}`` and ``{above}`` stand for what is listed on each side."""

    neither: str
    below: str
    above: str
    both: str

    def told(self, below: Listing, above: Listing, values: Mapping[str, Any]) -> Message:
        """The sentence that fits."""
        words = {
            (False, False): self.neither,
            (True, False): self.below,
            (False, True): self.above,
            (True, True): self.both,
        }[bool(below.parts), bool(above.parts)]
        return Message(words, {**values, "below": below, "above": above})


def change_of(row: Mapping[Any, Any], metric: Metric) -> dict[str, Any]:
    """``change``, ``low`` and ``high`` of a compared row as words."""
    return {
        "change": signed_size(metric, row["difference"]),
        "low": signed(row["diff_low"], metric.decimals),
        "high": signed(row["diff_high"], metric.decimals),
    }
