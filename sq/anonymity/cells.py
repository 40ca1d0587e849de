"""The finished numbers of the cells that are shown: rounded, limited at the extremes, nothing that adds up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sq.anonymity.groups import KEYS, Groups
from sq.anonymity.hiding import Hiding, sums
from sq.anonymity.labels import LABELS, LabelHiding
from sq.anonymity.shares import Shares, Sums, limited, open_shares, rounded_shares, without_middle
from sq.anonymity.survey import FORM, ITEM, Mask, Scores, Survey
from sq.statistics.cushions import cushioned
from sq.statistics.intervals import Floats, Ints, clustered, per_group, t_quantile
from sq.statistics.suppression import SHOWN, Codes, Tree

REASONS = np.array(["", "few", "neighbour"], dtype=object)
MEAN_LIMITS = (5.0, 95.0)  # a mean of 100 would tell every answer
# People of whom a whole percent leaves more than half a person open: groups by role or tenure overlap those of places
# in ways that no rule for small groups follows.
LABEL_BANDS = 100
BANDS = ("favourable", "neutral", "unfavourable")
# An interval is at least as wide as answers with this standard deviation give: none is so narrow that it tells
# unanimity.
LEAST_SD = 10.0
NORMAL = 1.96
COLUMNS = (
    *KEYS,
    "role",
    "tenure",
    "subject_kind",
    "subject",
    "hidden",
    "n",
    "value",
    "low",
    "high",
    "value_limit",
    "favourable",
    "neutral",
    "unfavourable",
    "favourable_limit",
    "neutral_limit",
    "unfavourable_limit",
    "invited",
    "response_rate",
)


def place_cells(survey: Survey, groups: Groups, hiding: Hiding, bands: Sequence[Shares]) -> pd.DataFrame:
    """One row per group of places and subject; numbers only where shown. ``bands``: those told, per subject."""
    invited = invitations(survey, groups)
    frame = _cells(groups, survey.scores, hiding.codes, bands).assign(role="", tenure="")
    everywhere = np.repeat(invited, len(survey.scores.subjects))
    return finished(frame.assign(invited=np.where(frame["subject_kind"] == FORM, everywhere, np.nan)))


def label_cells(survey: Survey, places: Groups, hiding: LabelHiding) -> pd.DataFrame:
    """One row per group by role or by tenure, for the whole form."""
    groups, scores = hiding.groups, survey.scores.of_form()
    bands = _label_bands(places, hiding, scores)
    frame = _cells(groups.as_groups(places), scores, hiding.codes[:, None], bands)
    labels = dict.fromkeys(LABELS, "") | {groups.name: list(groups.label)}
    return finished(frame.assign(**labels, invited=np.nan))


def _label_bands(places: Groups, hiding: LabelHiding, scores: Scores) -> list[Shares]:
    """Bands of the form by one label, withheld where they, or the bands of the place without them, would tell."""
    groups = hiding.groups.as_groups(places)
    beside = Tree([-1] * len(places) + hiding.groups.place.tolist())
    (of_place,), (of_label,) = band_shares(places, scores), band_shares(groups, scores)
    joined = Shares(*(np.concatenate(pair) for pair in zip(of_place, of_label, strict=True)))
    unit = float(scores.rated.max(initial=0.0))
    told = hiding.covers & (hiding.count >= LABEL_BANDS)
    while True:
        before = told
        everywhere = np.concatenate([np.ones(len(places), dtype=bool), told])
        told = open_shares(joined, (beside,), everywhere, unit)[len(places) :]
        told = open_shares(of_label, groups.trees, told, unit)
        if (told == before).all():
            return [of_label.only(told)]


def _cells(groups: Groups, scores: Scores, codes: Codes, bands: Sequence[Shares]) -> pd.DataFrame:
    """Keys, subject, reason and numbers of every group and subject."""
    count, total = sums(groups, scores.is_given.astype(float)), sums(groups, scores.y)
    group, subject = (axis.ravel() for axis in np.indices(count.shape))
    frame = pd.DataFrame(list(groups.keys), columns=list(KEYS)).iloc[group].reset_index(drop=True)
    frame = frame.assign(
        subject_kind=scores.subjects.kind[subject],
        subject=scores.subjects.name[subject],
        hidden=REASONS[codes.ravel()],
    )
    half = half_widths(groups, scores, codes == SHOWN)
    numbers = _numbers(count.ravel(), total.ravel(), half.ravel())
    return pd.concat([frame, numbers, _band_columns(bands)], axis=1)


def _numbers(count: Floats, total: Floats, half: Floats) -> pd.DataFrame:
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / count
    value, sign = limited(mean, MEAN_LIMITS, 1)
    low, high = MEAN_LIMITS
    return pd.DataFrame(
        {
            "n": count,
            "value": value,
            "low": np.clip(np.floor(value - half), low, high),
            "high": np.clip(np.ceil(value + half), low, high),
            "value_limit": sign,
        }
    )


def half_widths(groups: Groups, scores: Scores, shown: Mask) -> Floats:
    """Half of each 95 % interval (groups, subjects): clustered by store; within a single one by its forms."""
    half = np.full(shown.shape, np.nan)
    inside = np.concatenate(groups.around)
    form = np.tile(np.arange(len(groups.leaf)), len(groups.around))
    form, inside = form[inside >= 0], inside[inside >= 0]
    clusters = int(groups.cluster.max(initial=0)) + 1
    pair, place = np.unique(inside * clusters + groups.cluster[form], return_inverse=True)
    for subject in range(shown.shape[1]):
        half[:, subject] = _half_of(pair // clusters, place, form, scores.y[:, subject], inside, len(groups))
    return np.where(shown, half, np.nan)


def _half_of(group_of_pair: Ints, place: Ints, form: Ints, y: Floats, inside: Ints, groups: int) -> Floats:
    given = ~np.isnan(y[form])
    filled = np.where(given, y[form], 0.0)
    den, num = per_group(place, given, len(group_of_pair)), per_group(place, filled, len(group_of_pair))
    held = den > 0
    between = clustered(num[held], den[held], group_of_pair[held], groups)
    count = per_group(inside, given, groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = per_group(inside, filled, groups) / count
        spread = per_group(inside, np.where(given, (filled - mean[inside]) ** 2, 0.0), groups)
        within = spread / (count - 1) / count
        least = NORMAL * LEAST_SD / np.sqrt(count)
        several = between.clusters > 1
        half = t_quantile(np.where(several, between.df, count - 1)) * np.sqrt(
            np.where(several, between.variance, within)
        )
    return np.fmax(half, least)


def band_shares(groups: Groups, scores: Scores) -> list[Shares]:
    """Per subject the share of item answers in each band; missing where an answer has no categories."""
    rated, unrated = sums(groups, scores.rated), sums(groups, scores.unrated)
    top, bottom = sums(groups, scores.favourable), sums(groups, scores.unfavourable)
    count = np.where(unrated > 0, 0.0, rated)
    hits = np.where(unrated[:, :, None] > 0, 0.0, np.stack([top, rated - top - bottom, bottom], axis=2))
    return [without_middle(rounded_shares(count[:, s], hits[:, s])) for s in range(count.shape[1])]


def told_bands(survey: Survey, groups: Groups, hiding: Hiding) -> list[Shares]:
    """Band shares, withheld where they would tell; of regions x departments along the departments only."""
    scores, covers = survey.scores, hiding.covers
    count, total = sums(groups, scores.is_given.astype(float)), sums(groups, scores.y)
    tree = groups.trees[-1]
    offered = covers & groups.in_last_tree[:, None] & ~_lacks_a_part(scores, count, covers)
    offered &= ~_cushions(survey, groups, offered)
    found = []
    for subject, shares in enumerate(band_shares(groups, scores)):
        unit = float(scores.rated[:, subject].max(initial=0.0))
        told = None
        if scores.subjects.kind[subject] == ITEM and shares.count.any():
            categories = survey.items.loc[survey.items["item_id"] == scores.subjects.name[subject], "categories"]
            told = told_sums(count[:, subject], total[:, subject], int(categories.iloc[0]))
        found.append(shares.only(open_shares(shares, (tree,), offered[:, subject], unit, told)))
    return found


def _cushions(survey: Survey, groups: Groups, offered: Mask) -> Mask:
    """Which groups tell no opinions on an item, and so none on what it is part of, to leave room to those beside."""
    subjects, tree = survey.scores.subjects, groups.trees[-1]
    withheld = np.zeros(offered.shape, dtype=bool)
    for subject in np.flatnonzero((subjects.kind == ITEM) & survey.scores.rated.any(axis=0)):
        own = offered[:, subject]
        answers = answers_of(survey, groups, int(subject))
        withheld[:, subject] = own & ~cushioned(tree, answers, own, withheld.sum(axis=1).astype(float))
    is_leaf = np.array([not inside for inside in tree.children])
    for part in range(len(subjects) - 1, 0, -1):
        if (whole := subjects.parent[part]) >= 0:
            is_all = (subjects.parent == whole).sum() == 1
            withheld[:, whole] |= withheld[:, part] & (is_leaf | is_all)
    return withheld


def answers_of(survey: Survey, groups: Groups, subject: int) -> Floats:
    """How many gave each answer to an item (groups, answers), from the worst to the best."""
    item = int(np.flatnonzero(survey.items["item_id"] == survey.scores.subjects.name[subject])[0])
    categories = int(survey.items["categories"].iloc[item])
    step = np.round(survey.share[:, item] * (categories - 1))
    given = survey.scores.is_given[:, subject]
    return sums(groups, ((step[:, None] == np.arange(categories)) & given[:, None]).astype(float))


def _lacks_a_part(scores: Scores, count: Floats, covers: Mask) -> Mask:
    """Which cells (groups, subjects) have a part, or a part of a part, whose sum is not told.

    Opinions of a subject are those of its items added up: beside the others they would tell those of the hidden one.
    """
    lacks = np.zeros(covers.shape, dtype=bool)
    parents = scores.subjects.parent
    for part in range(len(parents) - 1, 0, -1):
        if parents[part] >= 0:
            hidden = ~covers[:, part] & (count[:, part] > 0)
            lacks[:, parents[part]] |= hidden | lacks[:, part]
    return lacks


def told_sums(count: Floats, total: Floats, categories: int) -> Sums:
    """What a rounded mean tells of the sum of scores, and between which scores the answers of each band lie."""
    scale = 100 * np.arange(categories) / (categories - 1)
    edge = 2 if categories >= 4 else 1
    middle = scale[edge:-edge] if categories > 2 * edge else scale[:1]
    bands = [(part[0], part[-1]) for part in (scale[-edge:], middle, scale[:edge])]
    return *sum_bounds(count, total), np.array(bands)


def sum_bounds(count: Floats, total: Floats) -> tuple[Floats, Floats]:
    """The least and greatest sum of scores that a mean, as it is told, leaves open."""
    low, high = MEAN_LIMITS
    with np.errstate(divide="ignore", invalid="ignore"):
        value, sign = limited(np.nan_to_num(total / count), MEAN_LIMITS, 1)
    least = np.where(sign == ">=", high, np.where(sign == "<=", 0.0, value - 0.05))
    most = np.where(sign == ">=", 100.0, np.where(sign == "<=", low, value + 0.05))
    return count * least, count * most


def _band_columns(told: Sequence[Shares]) -> pd.DataFrame:
    """A row per group and subject, a column per band."""
    columns = {}
    for place, band in enumerate(BANDS):
        columns[band] = np.column_stack([shares.share[:, place] for shares in told]).ravel()
        columns[f"{band}_limit"] = np.column_stack([shares.sign[:, place] for shares in told]).ravel()
    return pd.DataFrame(columns)


def invitations(survey: Survey, groups: Groups) -> Floats:
    """How many were invited to each group: as stated for it, else the sum of its parts if every part is stated."""
    tree = groups.trees[0]
    invited = np.full(len(groups), np.nan)
    for node in range(len(groups) - 1, -1, -1):
        level, region, city, store, department = groups.keys[node]
        place = {"chain": "", "region": region, "city": city, "store": store, "department": department}.get(level)
        stated = survey.invited.get((level, place)) if place is not None else None
        children = tree.children[node]
        summed = invited[children].sum() if children and len(groups.trees) == 1 else np.nan
        invited[node] = summed if stated is None else stated
    return invited


def finished(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns of a cell in order; nothing but the reason where it is hidden."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = (100 * frame["n"] / frame["invited"]).round().clip(upper=100.0)
    frame = frame.assign(response_rate=rate.where(frame["invited"] > 0))
    hidden = frame["hidden"] != ""
    numbers = ["n", "value", "low", "high", "favourable", "neutral", "unfavourable", "invited", "response_rate"]
    frame.loc[hidden, numbers] = np.nan
    frame.loc[hidden, [c for c in frame if str(c).endswith("_limit")]] = ""
    return frame[list(COLUMNS)]
