"""Regular expressions of a profile: refused where they could run for ever, and given up where they take too long."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from re import _constants as codes  # type: ignore[attr-defined]  # the parser has no other way in
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, TypeVar

from sq.errors import ProfileError
from sq.language import Message

LONGEST = 2_000  # characters of a pattern
READ = 500  # characters of a text that a pattern reads
OPEN = 16  # a repeat of so many more times than its least counts as open: \d{1,4} does not
MOST_OPEN = 3  # open repeats side by side: the time grows with this power of a text's length
SECONDS = 20.0  # that one pattern may take over all texts
T = TypeVar("T")
REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT)


def pattern_fault(pattern: str | None) -> Message | None:
    """Why a pattern cannot be used; None where it can."""
    if pattern is None:
        return None
    if len(pattern) > LONGEST:
        return Message("a pattern has at most {count} characters", {"count": LONGEST})
    try:
        re.compile(pattern)
        tree = parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return Message("this is no regular expression ({reason})", {"reason": str(error)})
    if _nested(tree, inside=False):
        return Message("a repeat within a repeat, such as (a+)+, may run for ever")
    if _open_repeats(tree) > MOST_OPEN:
        return Message("more than {count} open repeats such as .* may run for ever", {"count": MOST_OPEN})
    return None


def _nested(tree: Iterable[Any], inside: bool) -> bool:
    """Whether a repeat holds another one, or alternatives of more than a sign."""
    for code, value in tree:
        if code in REPEATS:
            least, most, body = value
            repeats = int(most) > 1
            if (inside and least != most) or _nested(body, inside or repeats):
                return True
        elif (inside and code is codes.BRANCH) or any(_nested(part, inside) for part in _parts(value)):
            return True
    return False


def _open_repeats(tree: Iterable[Any]) -> int:
    """Repeats without a near end that stand one after the other (of alternatives the most)."""
    total = 0
    for code, value in tree:
        if code in REPEATS:
            least, most, body = value
            total += 1 if int(most) - int(least) > OPEN else _open_repeats(body) * min(int(most), 2)
        elif code is codes.BRANCH:
            total += max(map(_open_repeats, value[1]))
        else:
            total += sum(map(_open_repeats, _parts(value)))
    return total


def _parts(value: Any) -> list[Any]:
    """The sub-patterns within an element of a parsed pattern."""
    if isinstance(value, parser.SubPattern):
        return [value]
    if isinstance(value, tuple | list):
        return [part for one in value for part in _parts(one)]
    return []


class Pattern:
    """A pattern at work: reads the beginning of each text and stops after `SECONDS` in all."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._compiled = re.compile(pattern)
        self._taken = 0.0

    def search(self, text: str) -> re.Match[str] | None:
        """The first match."""
        return self._timed(self._compiled.search, text[:READ])

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """The match of the whole text; none of one that is too long."""
        return self._timed(self._compiled.fullmatch, text) if len(text) <= READ else None

    def without(self, text: str) -> str:
        """The text without what matches."""
        return self._timed(lambda head: self._compiled.sub("", head), text[:READ]) + text[READ:]

    def _timed(self, work: Callable[[str], T], text: str) -> T:
        begun = time.monotonic()
        found = work(text)
        self._taken += time.monotonic() - begun
        if self._taken > SECONDS:
            raise ProfileError(
                Message("The pattern {pattern} of the profile takes too long.", {"pattern": self.pattern[:60]}),
                Message("Write it with fewer open repeats such as .* or .+."),
            )
        return found
