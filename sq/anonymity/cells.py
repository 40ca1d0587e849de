"""The finished numbers of the cells that are shown: rounded, limited at the extremes, nothing that adds up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sq.anonymity.groups import KEYS, Groups
from sq.anonymity.hiding import Hiding, Mask, sums
from sq.anonymity.labels import LABELS, LabelHiding
from sq.anonymity.survey import FORM, Scores, Survey
from sq.statistics.intervals import Floats, Ints, clustered, per_group, t_quantile
from sq.statistics.suppression import SHOWN, Codes

REASONS = np.array(["", "few", "neighbour"], dtype=object)
# Extremes are told as a limit: a mean of 100 would tell every answer, a share of 100 % nearly so.
MEAN_LIMITS = (5.0, 95.0)
SHARE_LIMITS = (10.0, 90.0)
# An interval is at least as wide as answers with this standard deviation give: none is so narrow that it tells
# unanimity.
LEAST_SD = 10.0
NORMAL = 1.96
FULL_SCALE = 51  # answers; up to 50 three bands
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


def limited(value: Floats, limits: tuple[float, float], decimals: int) -> tuple[Floats, np.ndarray]:
    """Rounded values, extremes replaced by their limit, and '>=', '<=' or '' for each."""
    low, high = limits
    shown = np.clip(np.round(value, decimals), low, high)
    sign = np.where(value > high, ">=", np.where(value < low, "<=", ""))
    return shown, sign.astype(object)


def place_cells(survey: Survey, groups: Groups, hiding: Hiding) -> pd.DataFrame:
    """One row per group of places and subject; numbers only where shown."""
    invited = invitations(survey, groups)
    frame = _cells(groups, survey.scores, hiding.codes).assign(role="", tenure="")
    everywhere = np.repeat(invited, len(survey.scores.subjects))
    return finished(frame.assign(invited=np.where(frame["subject_kind"] == FORM, everywhere, np.nan)))


def label_cells(survey: Survey, places: Groups, hiding: LabelHiding) -> pd.DataFrame:
    """One row per group by role or by tenure, for the whole form."""
    groups = hiding.groups
    frame = _cells(groups.as_groups(places), survey.scores.of_form(), hiding.codes[:, None])
    labels = dict.fromkeys(LABELS, "") | {groups.name: list(groups.label)}
    return finished(frame.assign(**labels, invited=np.nan))


def _cells(groups: Groups, scores: Scores, codes: Codes) -> pd.DataFrame:
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
    return pd.concat([frame, numbers, *_bands(groups, scores)], axis=1)


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


def _bands(groups: Groups, scores: Scores) -> list[pd.DataFrame]:
    """Percent of item answers in the three bands; missing where an answer has no categories."""
    rated, unrated = sums(groups, scores.rated), sums(groups, scores.unrated)
    favourable, unfavourable = sums(groups, scores.favourable), sums(groups, scores.unfavourable)
    counts = {"favourable": favourable, "neutral": rated - favourable - unfavourable, "unfavourable": unfavourable}
    frames = []
    for band, hits in counts.items():
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where((unrated == 0) & (rated > 0), 100 * hits / rated, np.nan).ravel()
        value, sign = limited(share, SHARE_LIMITS, 0)
        frames.append(pd.DataFrame({band: value, f"{band}_limit": sign}))
    return frames


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
