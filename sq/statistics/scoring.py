"""The score of one form: weighted shares, items that do not apply, veto items, and star levels.

No standard prescribes the arithmetic; the trade convention is points earned over points available, items that do not
apply left out of both. OECD/JRC, Handbook on Constructing Composite Indicators (2008), steps 5-7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sq.statistics.estimable import NO_WEIGHT, NOTHING_APPLIES, NotEstimable

Veto = Literal["shown", "zero", "cap"]


@dataclass(frozen=True)
class Form:
    """The items of one form; arrays of one length.

    Attributes:
        points: NaN where the item does not apply.
        maximum: full marks, above zero. weight: at least zero. critical: veto items.
    """

    points: NDArray[np.float64]
    maximum: NDArray[np.float64]
    weight: NDArray[np.float64]
    critical: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        points: ArrayLike,
        maximum: ArrayLike,
        weight: ArrayLike | None = None,
        critical: ArrayLike | None = None,
    ) -> Form:
        """A form from anything like an array; weights of one and no veto items by default.

        Raises:
            ValueError: a full mark of zero or less, or a negative weight: an error of the checklist, not of the visit.
        """
        earned = np.asarray(points, dtype=float)
        full = np.broadcast_to(np.asarray(maximum, dtype=float), earned.shape)
        weights = np.ones(earned.shape) if weight is None else np.asarray(weight, dtype=float)
        vetoes = np.zeros(earned.shape, dtype=bool) if critical is None else np.asarray(critical, dtype=bool)
        if (full <= 0).any() or (weights < 0).any():
            raise ValueError("full marks must be above zero and weights at least zero")
        return cls(earned, full, weights, vetoes)

    @property
    def applies(self) -> NDArray[np.bool_]:
        """Which items were scored."""
        return ~np.isnan(self.points)

    @property
    def failed(self) -> bool:
        """Whether an applicable veto item is below its full mark, whatever its weight."""
        return bool((self.critical & self.applies & (self.points < self.maximum)).any())


def flat_score(form: Form) -> float | NotEstimable:
    """100 * sum(weight * points / maximum) / sum(weight) over the applicable items."""
    use = form.applies
    if not use.any():
        return NOTHING_APPLIES
    total = form.weight[use].sum()
    if total <= 0:
        return NO_WEIGHT
    return float(100 * (form.weight[use] * form.points[use] / form.maximum[use]).sum() / total)


def sectioned_score(form: Form, section: Sequence[str], section_weight: ArrayLike) -> float | NotEstimable:
    """Flat inside each section, then the weighted mean of the sections with an applicable weight.

    ``section`` and ``section_weight`` have one element per item.
    """
    names, weights = np.asarray(section), np.asarray(section_weight, dtype=float)
    scores, shares = [], []
    for name in dict.fromkeys(section):
        inside = names == name
        part = Form(form.points[inside], form.maximum[inside], form.weight[inside], form.critical[inside])
        score = flat_score(part)
        if not isinstance(score, NotEstimable):
            scores.append(score)
            shares.append(float(weights[inside][0]))
    if not scores:
        return NOTHING_APPLIES
    return float(np.average(scores, weights=shares)) if sum(shares) > 0 else NO_WEIGHT


def after_veto(score: float | NotEstimable, failed: bool, veto: Veto, cap: float = 59.0) -> float | NotEstimable:
    """The score after a failed veto item: kept (``shown``), zero, or at most ``cap``."""
    if isinstance(score, NotEstimable) or not failed or veto == "shown":
        return score
    return 0.0 if veto == "zero" else min(score, cap)


@dataclass(frozen=True)
class StarRules:
    """Star levels by an ordinal base, bounded steps up and down, and caps as veto.

    The defaults are those of CMS, Five-Star Quality Rating System, Technical Users' Guide (July 2022).
    """

    lowest: int = 1
    highest: int = 5
    base_cap_on_abuse: int = 2
    cap_on_focus: int = 3
    rise_from_lowest: int = 1

    def stars(self, base: int, *others: int, abuse: bool = False, focus: bool = False) -> int:
        """One step up for each other rating at the top, one down for each at the bottom; bounded; then the caps."""
        start = min(base, self.base_cap_on_abuse) if abuse else base
        reached = start
        for other in others:
            step = (other == self.highest) - (other == self.lowest)
            reached = min(max(reached + step, self.lowest), self.highest)
        if start == self.lowest:
            reached = min(reached, start + self.rise_from_lowest)
        return min(reached, self.cap_on_focus) if focus else reached
