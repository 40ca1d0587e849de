"""No sum over one to four people can be worked out of what random chains publish.

SQ_ATTACK=N attacks N chains of each kind instead of a few (100 take about half an hour on two cores).
"""

import os
from pathlib import Path

import pytest

from tests.attack.attacking import leaks
from tests.attack.chains import Shape, chain, later
from tests.attack.released import House, editions, standing

MANY = int(os.environ.get("SQ_ATTACK", "0"))
SMALL = Shape(stores=(1, 4), people=(1, 9), waves=1)
EMPLOYEES = Shape(regions=(1, 3), stores=(1, 5), departments=(0, 2), instruments=("employee",), waves=1)


def seeds(few: int) -> range:
    return range(MANY or few)


@pytest.mark.parametrize("seed", seeds(6))
def test_one_publication_tells_nobody(seed: int, tmp_path: Path) -> None:
    frames = chain(seed)
    shown = House(tmp_path).publish(frames)
    for wave, edition in editions(frames, shown).items():
        assert (wave, leaks([edition])[0]) == (wave, [])


@pytest.mark.parametrize("seed", seeds(8))
def test_one_publication_of_a_small_chain_tells_nobody(seed: int, tmp_path: Path) -> None:
    frames = chain(seed, SMALL)
    shown = House(tmp_path).publish(frames)
    for wave, edition in editions(frames, shown).items():
        assert (wave, leaks([edition])[0]) == (wave, [])


@pytest.mark.parametrize("seed", seeds(10))
def test_publications_around_late_changed_withdrawn_and_moved_answers_tell_nobody(seed: int, tmp_path: Path) -> None:
    frames = chain(2000 + seed, EMPLOYEES)
    house = House(tmp_path)
    states = [frames]
    states.append(
        later(frames, seed, late=(0, 2, 6, 12)[seed % 4], changed=(seed // 2) % 7, withdrawn=seed % 3, moved=seed % 2)
    )
    states.append(later(states[-1], seed + 1, late=(seed * 3) % 8, changed=seed % 5))
    seen = [editions(state, house.publish(state)) for state in states]
    told = standing(seen)
    for wave, versions in told.items():
        assert (wave, leaks(versions)[0]) == (wave, [])
