"""What is told of a shown cell beyond its numbers: the full scale, problems named, comments."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sq.anonymity.cells import sum_bounds
from sq.anonymity.groups import KEYS, Groups
from sq.anonymity.hiding import Hiding, hidden_groups, sums
from sq.anonymity.shares import Shares, open_shares, rounded_shares, within_bands
from sq.anonymity.survey import ITEM, Mask, Survey
from sq.records import REQUEST_PROBLEM_WORDS, SUPPORT_PROBLEM_WORDS
from sq.statistics.cushions import scale_cushioned
from sq.statistics.suppression import SHOWN

FULL_SCALE = 51  # answers; up to 50 three bands
MOSTLY_LIMITS = 300  # answers from which a scale is told even if most of its shares are limits
COMMENT_MINIMUM = 10
PROBLEMS = {
    "request": sorted(set(REQUEST_PROBLEM_WORDS.values())),
    "support": sorted(set(SUPPORT_PROBLEM_WORDS.values())),
}
OTHER = "other"  # whatever a file calls by a word of its own


def full_scales(survey: Survey, groups: Groups, hiding: Hiding, bands: Sequence[Shares]) -> pd.DataFrame:
    """The full distribution of item cells above 50 answers: subject and group number, category, share, limit.

    A group between a shown distribution and those inside it holds more than 50 answers too, or none.
    """
    subjects = survey.scores.subjects
    rows = [pd.DataFrame({"group": [], "category": [], "share": [], "share_limit": [], "subject": []})]
    for place, subject in enumerate(np.flatnonzero(subjects.kind == ITEM)):
        item = survey.items.iloc[place]
        if item["categories"] == 0:
            continue
        given = survey.scores.is_given[:, subject]
        told = hidden_groups(groups, given, hiding.covers[:, subject], (FULL_SCALE, FULL_SCALE)) == SHOWN
        # in the order of scores: from the worst answer to the best
        categories = item["scale_min"] + np.arange(item["categories"])[:: -1 if item["is_reversed"] else 1]
        chosen = np.abs(survey.value[:, place][:, None] - categories) < 1e-9
        shares = rounded_shares(sums(groups, given[:, None].astype(float))[:, 0], sums(groups, chosen.astype(float)))
        # a scale mostly of limits adds little to the bands, and beside the groups inside it may tell too much
        told &= ((shares.sign != "").sum(axis=1) * 2 <= len(categories)) | (shares.count >= MOSTLY_LIMITS)
        total = sums(groups, survey.scores.y[:, [subject]])[:, 0]
        scores = np.repeat(100 * np.arange(len(categories))[:, None] / (len(categories) - 1), 2, axis=1)
        known = (*sum_bounds(shares.count, total), scores)
        told = open_shares(shares, groups.trees, told, 1.0, known, within_bands(shares))
        tells = np.asarray(~np.isnan(bands[int(subject)].share).all(axis=1))
        shares = shares.only(scale_cushioned(groups.trees[0], shares.hits, tells, told))
        rows.append(_long(shares, "category", categories).assign(subject=subject))
    frame = pd.concat(rows, ignore_index=True)
    return frame.assign(cell_no=frame.pop("group") * len(subjects) + frame.pop("subject"))


def problems(survey: Survey, groups: Groups, hiding: Hiding) -> pd.DataFrame:
    """Percent of forms that name a problem, in internal service, along the departments; who names none is the rest."""
    rows = []
    given = survey.scores.is_given[:, :1]
    offered = hiding.covers[:, 0] & groups.in_last_tree
    count = sums(groups, given.astype(float))[:, 0]
    for side, known in PROBLEMS.items():
        named = survey.forms[f"{side}_problem"].to_numpy(dtype=object)
        named = np.where(np.isin(named, ["", *known]), named, OTHER)
        listed = [*known, *([OTHER] if (named == OTHER).any() else [])]
        hits = sums(groups, (named[:, None] == np.array(listed, dtype=object)) & given)
        shares = rounded_shares(count, hits)
        shares = shares.only(open_shares(shares, groups.trees[-1:], offered, 1.0, has_rest=True))
        rows.append(_long(shares, "problem", listed).assign(side=side))
    frame = pd.concat(rows, ignore_index=True) if survey.wave.instrument == "internal_service" else rows[0].iloc[:0]
    return frame.assign(cell_no=frame.pop("group") * len(survey.scores.subjects))


def _long(shares: Shares, name: str, categories: Sequence[Any]) -> pd.DataFrame:
    """A row per group that tells its shares, and category."""
    group, category = np.nonzero(~np.isnan(shares.share))
    return pd.DataFrame(
        {
            "group": group,
            name: np.asarray(categories)[category],
            "share": shares.share[group, category],
            "share_limit": shares.sign[group, category],
        }
    )


def comment_groups(survey: Survey, groups: Groups, hiding: Hiding) -> Mask:
    """Which groups show their comments: 10 respondents, and 10 or none beyond what is shown inside them.

    Internal service: the chain and departments only. A comment read under a region and under a department too would be
    from that one pair.
    """
    whole = ~survey.forms["is_single"].to_numpy(dtype=bool)
    limits = (COMMENT_MINIMUM, COMMENT_MINIMUM)
    of_one_tree = (len(groups.trees) == 1) | np.isin(groups.levels, ("chain", "department"))
    return np.asarray(hidden_groups(groups, whole, hiding.shown[:, 0] & of_one_tree, limits) == SHOWN)


def comments(survey: Survey, groups: Groups, told: Mask) -> pd.DataFrame:
    """The comments of every group that shows them, in an order that tells nothing; joined to nothing but the group."""
    seed = hashlib.sha256(f"{survey.wave.instrument} {survey.wave.wave}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(seed[:8], "big"))
    text = survey.forms["comment"].to_numpy(dtype=object)
    written = (text != "") & ~survey.forms["is_single"].to_numpy(dtype=bool)
    rows = []
    for group in np.flatnonzero(told):
        inside = np.logical_or.reduce([step == group for step in groups.around])
        shuffled = rng.permutation(np.sort(text[written & inside].astype(str)))
        rows += [(*groups.keys[group], comment) for comment in shuffled]
    return pd.DataFrame(rows, columns=[*KEYS, "comment"], dtype=object)
