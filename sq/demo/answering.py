"""How survey forms are answered: leanings of person and theme, answers on the scale, the sheet they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sq.demo.drawing import Words
from sq.demo.lists import listed

MISSING = np.int8(-1)  # does not apply, or not asked
CUT = 2.0  # leanings are cut at this many standard deviations, so that shares stay inside 0-1
Shares = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Spread:
    """Standard deviations in points: of a person, of a person's theme (dimension), of a single answer."""

    person: float
    theme: float
    answer: float


@dataclass
class Forms:
    """Filled forms: headers under record names, and a matrix of values (forms x items)."""

    headers: pd.DataFrame
    items: pd.DataFrame
    values: npt.NDArray[np.int8]


def survey_items(instrument: str) -> pd.DataFrame:
    """The items of a survey."""
    items = listed("survey_items")
    return items[items["instrument"] == instrument].reset_index(drop=True)


def neutral_means() -> dict[str, dict[str, float]]:
    """Expected score by instrument and dimension where nothing is planted."""
    items = listed("survey_items")
    items = items.assign(points=items["mean"] * items["weight"])
    sums = items.groupby(["instrument", "dimension_id"])[["points", "weight"]].sum()
    means = (sums["points"] / sums["weight"]).round(3)
    return {str(i): means[i].to_dict() for i in means.index.unique("instrument")}


def spread_shares(
    items: pd.DataFrame, points: npt.NDArray[np.float64], spread: Spread, rng: np.random.Generator
) -> Shares:
    """Share 0-1 by form and item: the item's mean, the points that apply (forms, or forms x items), leanings."""
    count = len(points)
    themes, theme = np.unique(items["dimension_id"], return_inverse=True)
    total = _leaning(rng, (count, len(items)), spread.answer)
    total += _leaning(rng, (count, len(themes)), spread.theme)[:, theme]
    total += _leaning(rng, (count, 1), spread.person)
    total += items["mean"].to_numpy(np.float32)
    total += (points if points.ndim == 2 else points[:, None]).astype(np.float32)
    return np.clip(total / 100, 0, 1)


def _leaning(rng: np.random.Generator, shape: tuple[int, int], sd: float) -> Shares:
    return np.clip(rng.standard_normal(shape, dtype=np.float32), -CUT, CUT) * np.float32(sd)


def answered(shares: Shares, items: pd.DataFrame, rng: np.random.Generator) -> npt.NDArray[np.int8]:
    """Answers on the scale, rounded up or down at random so that their mean is the share; some do not apply."""
    low = items["scale_min"].to_numpy(np.int8)
    steps = items["scale_max"].to_numpy(np.int8) - low
    exact = shares * steps + rng.random(shares.shape, dtype=np.float32)
    values = np.minimum(exact.astype(np.int8), steps)
    values = np.where(items["is_reversed"].to_numpy() == 1, steps - values, values) + low
    is_missing = rng.random(shares.shape, dtype=np.float32) < items["na_rate"].to_numpy(np.float32)
    return np.where(is_missing, MISSING, values).astype(np.int8)


def mean_shares(forms: Forms) -> npt.NDArray[np.float64]:
    """The mean share 0-1 of each form's answers, reversed items turned round; 0.5 where there are none."""
    low = forms.items["scale_min"].to_numpy(np.float32)
    shares = (forms.values - low) / (forms.items["scale_max"].to_numpy(np.float32) - low)
    shares = np.where(forms.items["is_reversed"].to_numpy() == 1, 1 - shares, shares)
    given = forms.values != MISSING
    counts = np.maximum(given.sum(axis=1), 1)
    return np.where(given.any(axis=1), (shares * given).sum(axis=1) / counts, 0.5)


def wide(forms: Forms) -> pd.DataFrame:
    """Headers, then one column per item; an answer that does not apply is missing."""
    columns = {
        item: pd.arrays.IntegerArray(forms.values[:, n].copy(), forms.values[:, n] == MISSING)
        for n, item in enumerate(forms.items["item_id"])
    }
    return pd.concat([forms.headers, pd.DataFrame(columns)], axis=1)


def worded(forms: Forms) -> pd.DataFrame:
    """The wide table as a survey tool shows it: item columns are headed by id and text."""
    texts = {i: f"{i} {t}" for i, t in zip(forms.items["item_id"], forms.items["text_zh"], strict=True)}
    return wide(forms).rename(columns=texts)


def long(forms: Forms) -> pd.DataFrame:
    """One row per form and item; an answer that does not apply has no value."""
    form, item = np.indices(forms.values.shape).reshape(2, -1)
    values = forms.values.flatten()
    return pd.DataFrame(
        {
            "response_id": forms.headers.iloc[:, 0].to_numpy(dtype=object)[form],
            "item_id": forms.items["item_id"].to_numpy(dtype=object)[item],
            "value": pd.arrays.IntegerArray(values, values == MISSING),
        }
    )


def numbered(prefix: str, count: int, rng: np.random.Generator) -> list[str]:
    """Form numbers in random order: a number tells nothing about who filled the form."""
    return [f"{prefix}{n:05d}" for n in rng.permutation(count) + 1]


def by_number(forms: Forms) -> Forms:
    """Forms in the order of their numbers, which is nobody's."""
    order = np.argsort(forms.headers["response_id"].to_numpy(dtype=str))
    return Forms(forms.headers.iloc[order].reset_index(drop=True), forms.items, forms.values[order])


def placed(texts: Words, fill: Mapping[str, Words]) -> Words:
    """Texts with their {marks} filled in row by row."""
    result = texts.copy()
    for row in np.flatnonzero([isinstance(t, str) and "{" in t for t in texts]):
        result[row] = texts[row].format(**{mark: words[row] for mark, words in fill.items()})
    return result
