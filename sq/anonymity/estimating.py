"""Decides when estimates of an anonymous wave are made anew: what two of them differ by is nobody or twenty people.

The first estimates of a wave stand for the company and its regions. Where a wave is published again, new ones (of the
company only, because nobody keeps in which region a withdrawn form was) replace them as soon as at least twenty forms
differ from every version that estimates rest on; until then the earlier ones stand (docs/decisions/0020).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from sq.anonymity import ledger
from sq.anonymity.estimates import ESTIMATE_MINIMUM, StoreMeans, estimates, links, pairs, store_means
from sq.anonymity.groups import groups_of
from sq.anonymity.ledger import Version
from sq.anonymity.republishing import changed_forms
from sq.anonymity.survey import Survey


def estimate_wave(con: duckdb.DuckDBPyConnection, survey: Survey) -> StoreMeans:
    """Settle the estimates of a wave's standing version, whose forms are ``survey``; return its stores' means."""
    told = _versions(con, survey.wave.instrument, survey.wave.wave)
    standing, known = told[-1], ledger.estimated(con)
    if standing.version not in known:
        earlier = [v for v in told[:-1] if v.forms and v.version in known]
        bases = sorted({known[v.version] for v in earlier})
        if not earlier or all(_is_apart(con, told, basis, standing) for basis in bases):
            leaving = ledger.leaving_dimensions(con, survey.wave.instrument)
            rows = estimates(survey, groups_of(survey), leaving, regions=not earlier)
            ledger.record_estimates(con, standing.version, standing.version, rows)
        else:
            ledger.record_estimates(con, standing.version, known[earlier[-1].version], None)
    return store_means(survey, standing.thresholds.minimum)


def _versions(con: duckdb.DuckDBPyConnection, instrument: str, wave: str) -> list[Version]:
    return [v for v in ledger.versions(con) if (v.instrument, v.wave) == (instrument, wave)]


def _is_apart(con: duckdb.DuckDBPyConnection, told: Sequence[Version], basis: int, standing: Version) -> bool:
    """Whether at least twenty forms differ between a version and the standing one."""
    earlier = next(v for v in told if v.version == basis)
    return changed_forms(ledger.basis_of(con, earlier), ledger.basis_of(con, standing)) >= ESTIMATE_MINIMUM


def link_waves(con: duckdb.DuckDBPyConnection, known: Sequence[StoreMeans]) -> None:
    """Link internal service with employees, store by store, for every pair of waves whose forms all count."""
    told = ledger.versions(con)
    for one, other, _lag in pairs(known):
        first, second = ([v for v in told if (v.instrument, v.wave) == (w.instrument, w.wave)] for w in (one, other))
        before = ledger.links_of(con, (one.instrument, one.wave, other.instrument, other.wave))
        if _may_link(con, before, first, second):
            rows = links([one, other])
            ledger.record_links(con, first[-1].version, second[-1].version, rows)


def _may_link(
    con: duckdb.DuckDBPyConnection,
    before: Sequence[tuple[int, int]],
    first: Sequence[Version],
    second: Sequence[Version],
) -> bool:
    """Whether a link is new, or differs from every earlier one by nobody or at least twenty people on both sides."""
    now = first[-1].version, second[-1].version
    if now in before:
        return False
    sides = ((first, {one for one, _ in before}), (second, {other for _, other in before}))
    return all(
        version == told[-1].version or _is_apart(con, told, version, told[-1])
        for told, versions in sides
        for version in versions
    )
