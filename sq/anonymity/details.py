"""What is told of a shown cell beyond its numbers: the full scale, problems named, comments."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from sq.anonymity.cells import SHARE_LIMITS, limited
from sq.anonymity.groups import KEYS, Groups
from sq.anonymity.hiding import Hiding, Mask, hidden_groups, sums
from sq.anonymity.survey import ITEM, Survey
from sq.records import REQUEST_PROBLEM_WORDS, SUPPORT_PROBLEM_WORDS
from sq.statistics.intervals import Floats
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
    rows = [pd.DataFrame({"cell_no": [], "category": [], "share": [], "share_limit": []})]
    for place, subject in enumerate(np.flatnonzero(subjects.kind == ITEM)):
        item = survey.items.iloc[place]
        if item["categories"] == 0:
            continue
        given = survey.scores.is_given[:, subject]
        told = hidden_groups(groups, given, hiding.shown[:, subject], (FULL_SCALE, FULL_SCALE)) == SHOWN
        categories = item["scale_min"] + np.arange(item["categories"])
        chosen = np.abs(survey.value[:, place][:, None] - categories) < 1e-9
        shares = _percent(sums(groups, chosen.astype(float)), told)
        group, category = np.nonzero(told[:, None] & np.ones(len(categories), dtype=bool))
        value, sign = limited(shares[group, category], SHARE_LIMITS, 0)
        numbers = {"cell_no": group * len(subjects) + subject, "category": categories[category]}
        rows.append(pd.DataFrame({**numbers, "share": value, "share_limit": sign}))
    return pd.concat(rows, ignore_index=True)


def _percent(counts: Floats, told: Mask) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(told[:, None], 100 * counts / counts.sum(axis=1, keepdims=True), np.nan)


def problems(survey: Survey, groups: Groups, hiding: Hiding) -> pd.DataFrame:
    """Percent of forms in each shown group that name a problem, in internal service."""
    rows = [pd.DataFrame({"cell_no": [], "side": [], "problem": [], "share": [], "share_limit": []})]
    subjects = survey.scores.subjects
    shown = hiding.shown[:, 0]
    given = survey.scores.is_given[:, :1]
    for side, known in PROBLEMS.items():
        named = survey.forms[f"{side}_problem"].where(lambda p, k=known: p.isin(["", *k]), OTHER)
        for problem in [*known, *([OTHER] if (named == OTHER).any() else [])]:
            held = (named == problem).to_numpy()[:, None] & given
            with np.errstate(divide="ignore", invalid="ignore"):
                share = 100 * sums(groups, held.astype(float)) / sums(groups, given.astype(float))
            value, sign = limited(share[shown, 0], SHARE_LIMITS, 0)
            cells = {"cell_no": np.flatnonzero(shown) * len(subjects), "side": side, "problem": problem}
            rows.append(pd.DataFrame({**cells, "share": value, "share_limit": sign}))
    return pd.concat(rows, ignore_index=True) if survey.wave.instrument == "internal_service" else rows[0]


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
