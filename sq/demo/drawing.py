"""Random draws: numbers of their own for each purpose, words by their shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[Any]


def draws(seed: int, purpose: str, part: int = 0) -> np.random.Generator:
    """Random numbers of their own for each purpose: planting an effect never shifts the other draws."""
    return np.random.default_rng([seed, crc32(purpose.encode()), part])


def words(texts: Any) -> Words:
    """Texts as an array of Python strings."""
    return np.array(list(texts), dtype=object)


def chosen(rng: np.random.Generator, shares: Sequence[float], count: int) -> npt.NDArray[np.int64]:
    """Numbers of the choices, by their shares."""
    return np.asarray(rng.choice(len(shares), count, p=np.array(shares)))


def picked(texts: Words, uniform: npt.NDArray[np.float64]) -> Words:
    """One of the texts for each uniform number."""
    return np.asarray(texts[(uniform * len(texts)).astype(int)])


def kept(texts: Words, is_kept: npt.NDArray[np.bool_]) -> Words:
    """The texts where wanted, None elsewhere."""
    result = np.full(len(texts), None, dtype=object)
    result[is_kept] = texts[is_kept]
    return result
