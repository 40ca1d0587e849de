"""Turns a sheet round before it is mapped: columns that hold one measure each become rows."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pandas as pd

from sq.errors import ProfileError
from sq.language import Message
from sq.sources.failures import Listing
from sq.sources.headings import place
from sq.sources.profile import Unpivot
from sq.sources.raw import RawSheet


def matches(patterns: Iterable[str], name: str) -> bool:
    """Whether a name matches one of the patterns (``*`` and ``?``), upper and lower case alike."""
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns)


def turned(sheet: RawSheet, spec: Unpivot | None) -> tuple[RawSheet, frozenset[str]]:
    """A sheet with one row per row and unpivoted column, and the headings that became rows.

    Raises:
        ProfileError: the sheet has no such heading, or has one of the new names already.
    """
    if spec is None:
        return sheet, frozenset()
    turn = [heading for heading in sheet.columns if matches(spec.headings, heading)]
    if not turn:
        raise no_heading(sheet, spec.headings, "unpivot.headings")
    kept = [heading for heading in sheet.columns if heading not in turn]
    if taken := {spec.name, spec.value} & set(kept):
        raise _taken(sheet, min(taken))
    positions = np.repeat(np.arange(len(sheet.frame)), len(turn))
    frame = sheet.frame[kept].iloc[positions].reset_index(drop=True)
    frame[spec.name] = np.tile(np.array(turn, dtype=object), len(sheet.frame))
    frame[spec.value] = _row_by_row(sheet.frame[turn])
    return RawSheet(sheet.file, sheet.sheet, frame, sheet.rows[positions], sheet.repeated), frozenset(turn)


def _row_by_row(cells: pd.DataFrame) -> pd.Series[Any]:
    """All cells as one column; numbers stay numbers where every column holds numbers."""
    if all(cells[column].dtype.kind == "f" for column in cells):
        return pd.Series(cells.to_numpy(dtype=np.float64).ravel())
    return pd.Series(cells.astype(object).where(cells.notna(), None).to_numpy(dtype=object).ravel(), dtype=object)


def no_heading(sheet: RawSheet, headings: Iterable[str], key: str) -> ProfileError:
    """A heading of the profile that the sheet lacks, with the nearest that it has."""
    wanted = tuple(headings)
    near = difflib.get_close_matches(wanted[0], sheet.columns, n=3, cutoff=0.5) or sheet.columns[:8]
    return ProfileError(
        Message(
            "{place} has no heading {heading}, which {key} of the profile names. It has for example {near}.",
            {
                "place": place(sheet.file, sheet.sheet),
                "heading": Listing(wanted),
                "key": key,
                "near": Listing(tuple(near)),
            },
        ),
        Message("Correct the profile, or add a section for this file."),
    )


def _taken(sheet: RawSheet, heading: str) -> ProfileError:
    return ProfileError(
        Message(
            "{place} has a heading {heading} already, so unpivot cannot make one.",
            {"place": place(sheet.file, sheet.sheet), "heading": heading},
        ),
        Message("Choose other names for name and value under unpivot."),
    )
