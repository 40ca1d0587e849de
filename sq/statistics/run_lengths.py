"""How long until a chart signals: false alarms in control, delay out of control."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from sq.statistics.intervals import Floats

EDGES = (-np.inf, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, np.inf)
CUSUM_STATES = 400


def shewhart_run_length(shift: float = 0.0) -> float:
    """Mean number of points until one lies beyond 3 sigma."""
    from scipy.special import ndtr

    return float(1 / (ndtr(-3 - shift) + ndtr(-3 + shift)))


def rules_run_length(rules: Collection[int], shift: float = 0.0) -> float:
    """Mean number of points until a Western Electric rule signals, from an empty history; exact Markov chain.

    1: beyond 3 sigma; 2: two of three beyond 2 sigma; 3: four of five beyond 1 sigma; 4: eight in a row on one side.
    Champ & Woodall (1987), Technometrics 29:393-399. States are the recent zones that can still matter.
    """
    chance = _zone_chances(shift)
    start: tuple[int, ...] = ()
    number: dict[tuple[int, ...], int] = {start: 0}
    waiting, moves = [start], []
    while waiting:
        state = waiting.pop()
        for zone, p in enumerate(chance):
            after = _after(state, zone, rules)
            if after is None:
                continue
            if after not in number:
                number[after] = len(number)
                waiting.append(after)
            moves.append((number[state], number[after], p))
    return _absorption(moves, len(number))


def _zone_chances(shift: float) -> Floats:
    from scipy.special import ndtr

    return np.asarray(np.diff(ndtr(np.array(EDGES) - shift)))


def _after(state: tuple[int, ...], zone: int, rules: Collection[int]) -> tuple[int, ...] | None:
    """The history after one more point, or None when a rule signals; a state is (run, zones of the last four)."""
    run, recent = (state[0], state[1:]) if state else (0, ())
    upper = zone >= 4
    run = (run + 1 if run > 0 else 1) if upper else (run - 1 if run < 0 else -1)
    last = (*recent, zone)
    if 1 in rules and zone in {0, 7}:
        return None
    if 4 in rules and abs(run) >= 8:
        return None
    for rule, need, window, high in ((2, 2, 3, 6), (3, 4, 5, 5)):
        if rule in rules and _reached(last, need, window, high):
            return None
    keep = 4 if 3 in rules else 2 if 2 in rules else 0
    coarse = tuple(_coarse(z, rules) for z in last[-keep:]) if keep else ()
    return (max(min(run, 8), -8) if 4 in rules else 0, *coarse)


def _coarse(zone: int, rules: Collection[int]) -> int:
    """Zones that no rule tells apart any more are one: fewer states."""
    edges = (2 in rules, 3 in rules)
    if zone >= 6:
        return 6 if edges[0] else 5 if edges[1] else 4
    if zone == 5:
        return 5 if edges[1] else 4
    if zone <= 1:
        return 1 if edges[0] else 2 if edges[1] else 3
    if zone == 2:
        return 2 if edges[1] else 3
    return 4 if zone >= 4 else 3


def _reached(last: tuple[int, ...], need: int, window: int, high: int) -> bool:
    """Whether enough of the last points lie in the zone on one side, the newest among them."""
    recent, low = last[-window:], 7 - high
    if recent[-1] >= high:
        return sum(z >= high for z in recent) >= need
    return recent[-1] <= low and sum(z <= low for z in recent) >= need


def _absorption(moves: list[tuple[int, int, float]], states: int) -> float:
    from scipy.sparse import coo_array, eye_array
    from scipy.sparse.linalg import spsolve

    origin, target, p = (np.array(part) for part in zip(*moves, strict=True))
    chain = coo_array((p.astype(float), (origin.astype(int), target.astype(int))), shape=(states, states)).tocsc()
    return float(spsolve((eye_array(states, format="csc") - chain).tocsc(), np.ones(states))[0])


def cusum_run_length(k: float, h: float, shift: float = 0.0, states: int = CUSUM_STATES) -> float:
    """Mean run length of a two-sided CUSUM from zero; Brook & Evans (1972), Biometrika 59:539-549."""
    up, down = (_one_sided(k, h, s, states) for s in (shift, -shift))
    return 1 / (1 / up + 1 / down)


def _one_sided(k: float, h: float, shift: float, states: int) -> float:
    """Markov chain over cells of the statistic (midpoints), extrapolated to infinitely many cells (Richardson)."""
    coarse, fine = (_brook_evans(k, h, shift, count) for count in (states // 2, states))
    return (4 * fine - coarse) / 3


def _brook_evans(k: float, h: float, shift: float, states: int) -> float:
    from scipy.special import ndtr

    width = 2 * h / (2 * states - 1)
    level = np.arange(states) * width
    edge = level[None, :] - level[:, None] + k - shift
    chain = ndtr(edge + width / 2) - ndtr(edge - width / 2)
    chain[:, 0] = ndtr(-level + width / 2 + k - shift)
    return float(np.linalg.solve(np.eye(states) - chain, np.ones(states))[0])


def false_alarms(charts: int, points: int, run_length: float) -> float:
    """Alarms to be expected in control: points in all charts / mean run length."""
    return charts * points / run_length
