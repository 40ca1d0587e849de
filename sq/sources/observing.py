"""What a column of an unknown file holds: dates, numbers on a scale, words, names."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from sq.records import FALSE_WORDS, TRUE_WORDS
from sq.sources.dates import one_date
from sq.sources.raw import RawSheet, plain_text
from sq.sources.standard import NOT_APPLICABLE

MOST_WORDS = 12  # different values of a column that can be a scale
LOOKED_AT = 400  # different values of a column that are tried as dates
DATE_FORMATS = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%m/%d/%y", "%d-%b-%Y", "%b %d, %Y")
TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M:%S %p", " %I:%M %p")
COMMA_NUMBER = re.compile(r"-?\d{1,3}(?:[. ]\d{3})*,\d+|-?\d+,\d+")
# words of answers, the best first, that stand for 5 to 1, 4 to 1 ... ; the longest list that knows every word counts
WORD_SCALES: tuple[tuple[str, ...], ...] = (
    ("很满意", "满意", "一般", "不满意", "很不满意"),
    ("非常满意", "满意", "一般", "不满意", "非常不满意"),
    ("非常满意", "比较满意", "一般", "不太满意", "很不满意"),
    ("非常同意", "同意", "一般", "不同意", "非常不同意"),
    ("优", "良", "中", "差"),
    ("优秀", "良好", "一般", "较差", "很差"),
    ("very satisfied", "satisfied", "neutral", "dissatisfied", "very dissatisfied"),
    ("strongly agree", "agree", "neutral", "disagree", "strongly disagree"),
    ("strongly agree", "agree", "disagree", "strongly disagree"),
    ("strongly agree", "agree", "neither agree nor disagree", "disagree", "strongly disagree"),
    ("excellent", "very good", "good", "fair", "poor"),
    ("excellent", "good", "fair", "poor"),
    ("always", "usually", "sometimes", "never"),
    ("high", "medium", "low"),
)
YES = TRUE_WORDS | {"合格", "通过", "达标", "符合", "做到", "pass", "passed", "ok"}
NO = (FALSE_WORDS | {"不合格", "未通过", "不达标", "不符合", "未做到", "fail", "failed"}) - {""}
NEVER_SCORES = {77, 88, 97, 98, 99, 888, 998, 999, 9999}


@dataclass(frozen=True)
class Scale:
    """How answers are read: ends, codes that seem to mean no answer, words with their values."""

    low: float
    high: float
    missing: tuple[int | str, ...] = ()
    words: tuple[tuple[str, int], ...] = ()
    is_choice: bool = False  # -1 or blank is not chosen, anything else is


@dataclass(frozen=True)
class Seen:
    """A column as it was seen: ``counts`` holds its different values with how often each stands there."""

    heading: str
    rows: int
    filled: int
    counts: dict[str, int] = field(repr=False)
    kind: Literal["empty", "date", "number", "words", "text"]
    date_format: str = ""
    formats: tuple[str, ...] = ()  # further formats that read every date
    scale: Scale | None = None
    low: float = np.nan
    high: float = np.nan
    has_comma: bool = False

    @property
    def different(self) -> int:
        """How many different values."""
        return len(self.counts)

    @property
    def is_key(self) -> bool:
        """Every row has a value of its own."""
        return self.rows > 0 and self.different == self.rows

    @property
    def is_whole(self) -> bool:
        """Numbers without decimals."""
        return self.kind == "number" and all("." not in text for text in list(self.counts)[:LOOKED_AT])


def seen(sheet: RawSheet) -> list[Seen]:
    """Every column of a sheet that has a heading of its own."""
    spelt_out = any(text.casefold() == "not applicable" for text in _short_words(sheet))
    return [_column(heading, sheet.frame[heading], spelt_out) for heading in sheet.columns]


def _short_words(sheet: RawSheet) -> set[str]:
    columns = (sheet.frame[c] for c in sheet.columns if sheet.frame[c].dtype == object)
    return {word for cells in columns for word in map(str, cells.dropna().head(2_000).unique()) if len(word) < 20}


def _column(heading: str, cells: pd.Series[Any], zero_is_spelt_out: bool) -> Seen:
    counted = cells.dropna().map(plain_text).value_counts(sort=False)
    counts = {str(text): int(n) for text, n in counted.items() if str(text)}
    filled, rows = sum(counts.values()), len(cells)
    answers = {text: n for text, n in counts.items() if text.strip().casefold() not in NOT_APPLICABLE}
    if not answers:
        return Seen(heading, rows, 0, {}, "empty")
    if (formats := _date_formats(cells, list(answers))) is not None:
        return Seen(heading, rows, filled, counts, "date", formats[0], tuple(formats[1:]))
    has_comma = all(COMMA_NUMBER.fullmatch(text) or text.lstrip("-").isdigit() for text in answers) and any(
        "," in text for text in answers
    )
    numbers = _numbers(answers, has_comma)
    if numbers is None:
        scale = _word_scale(list(answers)) or _mixed_scale(answers)
        kind: Any = "words" if scale or len(answers) <= MOST_WORDS else "text"
        return Seen(heading, rows, filled, counts, kind, scale=scale)
    scale = _number_scale(numbers, zero_is_spelt_out)
    low, high = min(numbers), max(numbers)
    return Seen(heading, rows, filled, counts, "number", scale=scale, low=low, high=high, has_comma=has_comma)


def _numbers(answers: dict[str, int], has_comma: bool) -> dict[float, int] | None:
    """Number → how often; None where a value is none."""
    found: dict[float, int] = {}
    for text, count in answers.items():
        try:
            value = float(text.replace(".", "").replace(",", ".") if has_comma else text)
        except ValueError:
            return None
        if not np.isfinite(value):
            return None
        found[value] = found.get(value, 0) + count
    return found


def _date_formats(cells: pd.Series[Any], texts: Sequence[str]) -> list[str] | None:
    """Formats that read every date, '' where none is needed; None where these are no dates."""
    if cells.dtype.kind == "M" or isinstance(cells.dropna().iloc[0], dt.date):
        return [""]
    if cells.dtype.kind in "fiub":
        return None
    tried = list(texts)[:LOOKED_AT]
    if all(isinstance(one_date(text, months=True, serials=False), dt.date) for text in tried):
        return [""] if any(not text.isdigit() or len(text) == 8 for text in tried) else None
    fitting = [f + t for t in TIMES for f in DATE_FORMATS if all(_reads(text, f + t) for text in tried)]
    return fitting or None


def _reads(text: str, form: str) -> bool:
    try:
        return dt.datetime.strptime(text, form).year > 1900
    except ValueError:
        return False


def _word_scale(words: Sequence[str]) -> Scale | None:
    """Words that are known as answers, with their values."""
    plain = {word.strip().casefold(): word for word in words}
    if len(plain) < 2:
        return None
    if set(plain) <= YES | NO:
        return Scale(0, 1, words=tuple((word, int(text in YES)) for text, word in plain.items()))
    for known in WORD_SCALES:
        if set(plain) <= set(known):
            values = {word: len(known) - i for i, word in enumerate(known)}
            return Scale(1, len(known), words=tuple((word, values[text]) for text, word in plain.items()))
    return None


def _mixed_scale(answers: dict[str, int]) -> Scale | None:
    """A scale of numbers among which a few words say why there is no answer."""
    numbers = {text: n for text, n in answers.items() if text.replace(".", "", 1).isdecimal() and len(text) < 16}
    words = tuple(text for text in answers if text not in numbers)
    if len(words) > MOST_WORDS or sum(numbers.values()) < sum(answers.values()) / 2:
        return None
    scale = _number_scale({float(text): n for text, n in numbers.items()}, False)
    return None if scale is None else replace(scale, missing=(*scale.missing, *words))


def _number_scale(numbers: dict[float, int], zero_is_spelt_out: bool) -> Scale | None:
    """The scale on which whole numbers seem to lie, without codes that seem to mean no answer."""
    if len(numbers) > MOST_WORDS + 2 or any(value != int(value) for value in numbers):
        return None
    counts = {int(value): n for value, n in numbers.items()}
    if len(counts) == 2 and min(counts) == -1 and max(counts) > 0:
        return Scale(0, 1, is_choice=True)
    missing = {v for v in counts if v < 0 or v in NEVER_SCORES}
    kept = sorted(set(counts) - missing)
    while len(kept) > 2 and kept[-1] in (8, 9) and kept[-1] - kept[-2] > 1 and kept[-2] <= 7:
        missing.add(kept.pop())
    if len(kept) < 2 or kept[0] < 0 or kept[-1] > 10:
        return None
    if kept[0] == 0 and kept[-1] == 6 and len(kept) == 7:
        missing |= {0, 6}
        kept = kept[1:-1]
    elif kept[0] == 0 and 3 < kept[-1] < 10 and (zero_is_spelt_out or counts[0] > 1.5 * counts.get(1, counts[0])):
        missing.add(0)
        kept = kept[1:]
    low = min(kept[0], 1)
    high = kept[-1] if kept[-1] <= 7 else 10
    return Scale(low, high, tuple(sorted(missing)))
