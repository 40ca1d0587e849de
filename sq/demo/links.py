"""The planted chain of links at store level: internal service → employees → delivered → perceived service.

Points are deviations of a store from the other stores of its region, so that no region or chain mean moves. A wave's
internal service shows in the employees of the NEXT wave (lag: one wave), these in the visits and the customers' answers
of the months AFTER their wave, until the next wave is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sq.demo.chain import DECLINING, Chain
from sq.demo.drawing import draws

INTERNAL_TO_EMPLOYEES, EMPLOYEES_TO_DELIVERED, DELIVERED_TO_PERCEIVED = 0.5, 0.5, 0.6  # points per point
INTERNAL_SD, EMPLOYEES_SD, DELIVERED_SD, PERCEIVED_SD = 6.0, 3.0, 1.0, 1.0  # of each one's own part
STAYS = 0.6  # correlation of a store's internal service from one wave to the next
CUT = 2.5  # no draw is further out, in standard deviations
Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Links:
    """Points by store (row number) and wave or period; 0 for competitors.

    Attributes:
        internal, employees: by wave.
        delivered, perceived: by period; period p follows wave p - 1 and ends with the last month of wave p.
    """

    internal: Points
    employees: Points
    delivered: Points
    perceived: Points


def linked(chain: Chain, strength: float) -> Links:
    """Draw the links; without strength stores differ in internal service and in employees, and nothing follows."""
    waves, rng = max(1, len(chain.survey_months)), draws(chain.seed, "links")
    earlier = 2  # waves before the first one asked: the first employees and the first visits follow from them
    drawn = [_centred(chain, _cut_normal(rng, (len(chain.own), waves + earlier))) for _part in range(4)]
    internal = _staying(drawn[0]) * INTERNAL_SD
    employees = internal[:, :-1] * INTERNAL_TO_EMPLOYEES * strength + drawn[1][:, 1:] * EMPLOYEES_SD
    special = np.arange(len(chain.own)) == chain.store_at(DECLINING)  # has a course of its own
    own_part = drawn[2][:, :waves] * DELIVERED_SD
    delivered = (employees[:, :-1] * EMPLOYEES_TO_DELIVERED + own_part) * strength * ~special[:, None]
    own_part = drawn[3][:, :waves] * PERCEIVED_SD
    perceived = (delivered * DELIVERED_TO_PERCEIVED + own_part * ~special[:, None]) * strength
    rivals = len(chain.stores) - len(chain.own)
    parts = (internal[:, earlier:], employees[:, 1:], delivered, perceived)
    return Links(*(np.vstack([part, np.zeros((rivals, waves))]) for part in parts))


def _cut_normal(rng: np.random.Generator, shape: tuple[int, int]) -> Points:
    return np.clip(rng.standard_normal(shape), -CUT, CUT)


def _staying(drawn: Points) -> Points:
    """A first-order process along the waves, with the same variance in each."""
    result = drawn.copy()
    for wave in range(1, drawn.shape[1]):
        result[:, wave] = STAYS * result[:, wave - 1] + np.sqrt(1 - STAYS**2) * drawn[:, wave]
    return result


def _centred(chain: Chain, points: Points) -> Points:
    """Less the mean of the region, in which the declining store takes no part."""
    regions, result = chain.own["region"].to_numpy(), points.copy()
    declining = np.arange(len(regions)) == chain.store_at(DECLINING)
    for region in np.unique(regions):
        inside = (regions == region) & ~declining
        result[inside] -= points[inside].mean(axis=0) if inside.any() else 0
    return result


def told(chain: Chain, links: Links) -> dict[str, Any]:
    """True points by store, for the truth file."""
    ids = chain.own["store_id"].tolist()
    parts = {
        "internal_service": links.internal,
        "employees": links.employees,
        "delivered": links.delivered,
        "perceived": links.perceived,
    }
    return {name: dict(zip(ids, points[: len(ids)].round(3).tolist(), strict=True)) for name, points in parts.items()}


def effect() -> dict[str, Any]:
    """What is planted, for the truth file."""
    return {
        "id": "service_chain",
        "level": "store",
        "coefficients": {
            "internal_service_to_employees": INTERNAL_TO_EMPLOYEES,
            "employees_to_delivered": EMPLOYEES_TO_DELIVERED,
            "delivered_to_perceived": DELIVERED_TO_PERCEIVED,
        },
        "lags": {
            "internal_service_to_employees": "the next wave (6 months)",
            "employees_to_delivered": "the months after the wave until the next one is over",
            "delivered_to_perceived": "none: the same months",
        },
        "own_sd": {
            "internal_service": INTERNAL_SD,
            "employees": EMPLOYEES_SD,
            "delivered": DELIVERED_SD,
            "perceived": PERCEIVED_SD,
        },
        "applies": "deviations from the other stores of the region, the declining store left out; veto items take none",
    }
