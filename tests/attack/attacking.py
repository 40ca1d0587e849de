"""Runs the attack on everything that snapshots show and says in one sentence per leak what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from sq.anonymity.exposure import Edition, Exposure, exposures, joint_exposure
from sq.statistics.attack import Attacked, Leak, attack

Wave = tuple[str, str]


def everything(editions: Sequence[Edition], joint: bool = True) -> Iterator[Exposure]:
    yield from exposures(editions)
    if joint:
        yield joint_exposure(editions)


def leaks(editions: Sequence[Edition], joint: bool = True, seed: int = 0) -> tuple[list[str], Attacked]:
    """What the attack finds in one wave, in words; facts that do not fit the truth count as found too."""
    found, total = [], Attacked()
    for exposure in everything(editions, joint):
        found += [f"{exposure.name}: n is not the number of people: {cell}" for cell in exposure.wrong]
        broken = exposure.release.broken(exposure.truth)
        found += [f"{exposure.name}: {f.name} is shown between {f.low:.2f} and {f.high:.2f}" for f in broken]
        if broken:
            continue
        done = attack(exposure.release, exposure.targets, [exposure.truth], seed)
        total = total + done
        found += [f"{exposure.name}: {_told(exposure, leak, editions[-1])}" for leak in done.leaks]
        found += [f"{exposure.name}: {done.undecided} sets undecided"] if done.undecided else []
    return found, total


def _told(exposure: Exposure, leak: Leak, edition: Edition) -> str:
    people = [
        (n, exposure.people[atom], _where(edition.forms, exposure.people[atom])) for atom, n in leak.people.items()
    ]
    members = "; ".join(f"{n} of {len(ids)} in {where} ({', '.join(ids[:4])})" for n, ids, where in people)
    return f"{leak.target} of {members} lies between {leak.low:.2f} and {leak.high:.2f}"


def _where(forms: pd.DataFrame, ids: Sequence[str]) -> str:
    if ids[0] not in forms.index:
        return "an earlier edition"
    form = forms.loc[ids[0]]
    return "/".join(str(form[k]) for k in ("region", "city", "store_id", "department_id", "role", "tenure") if form[k])
