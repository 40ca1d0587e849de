"""What is told of a shown cell beyond its numbers: the full scale, problems named, comments."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sq.anonymity.groups import KEYS, Groups
from sq.anonymity.hiding import Hiding, hidden_groups, sums
from sq.anonymity.shares import Shares, open_shares, rounded_shares
from sq.anonymity.survey import ITEM, Mask, Survey
from sq.records import REQUEST_PROBLEM_WORDS, SUPPORT_PROBLEM_WORDS
from sq.statistics.suppression import SHOWN

FULL_SCALE = 51  # answers; up to 50 three bands
COMMENT_MINIMUM = 10
PROBLEMS = {
    "request": sorted(set(REQUEST_PROBLEM_WORDS.values())),
    "support": sorted(set(SUPPORT_PROBLEM_WORDS.values())),
}
OTHER = "other"  # whatever a file calls by a word of its own


def full_scales(survey: Survey, groups: Groups, hiding: Hiding) -> pd.DataFrame:
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
        categories = item["scale_min"] + np.arange(item["categories"])
        chosen = np.abs(survey.value[:, place][:, None] - categories) < 1e-9
        shares = rounded_shares(sums(groups, given[:, None].astype(float))[:, 0], sums(groups, chosen.astype(float)))
        shares = shares.only(open_shares(shares, groups.trees, told, 1.0))
        rows.append(_long(shares, "category", categories).assign(subject=subject))
    frame = pd.concat(rows, ignore_index=True)
    return frame.assign(cell_no=frame.pop("group") * len(subjects) + frame.pop("subject"))


def problems(survey: Survey, groups: Groups, hiding: Hiding) -> pd.DataFrame:
    """Percent of forms in each shown group that name a problem, in internal service; who names none is the rest."""
    rows = []
    given = survey.scores.is_given[:, :1]
    count = sums(groups, given.astype(float))[:, 0]
    for side, known in PROBLEMS.items():
        named = survey.forms[f"{side}_problem"].to_numpy(dtype=object)
        named = np.where(np.isin(named, ["", *known]), named, OTHER)
        listed = [*known, *([OTHER] if (named == OTHER).any() else [])]
        hits = sums(groups, (named[:, None] == np.array(listed, dtype=object)) & given)
        shares = rounded_shares(count, hits)
        shares = shares.only(open_shares(shares, groups.trees, hiding.covers[:, 0], 1.0, has_rest=True))
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
    """Which groups show their comments: 10 respondents, and 10 or none beyond what is shown inside them."""
    whole = ~survey.forms["is_single"].to_numpy(dtype=bool)
    limits = (COMMENT_MINIMUM, COMMENT_MINIMUM)
    return np.asarray(hidden_groups(groups, whole, hiding.shown[:, 0], limits) == SHOWN)


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
