"""Look-up joins: columns of a second sheet or file that a profile adds to a sheet by a key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sq.errors import ProfileError
from sq.language import Message
from sq.places import plain_name
from sq.sources.cells import holds
from sq.sources.headings import place
from sq.sources.profile import Lookup, Profile, Section
from sq.sources.raw import RawSheet, plain_text
from sq.sources.reading import raw_sheets
from sq.sources.reshape import matches


class Joins:
    """The second sheets of a delivery, each read once."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = paths
        self._read: dict[tuple[Path, str | None], RawSheet] = {}

    def uses(self, path: Path, profile: Profile) -> bool:
        """Whether a file is there to be looked up in."""
        lookups = [lookup for section in profile.section for lookup in section.lookups.values()]
        return any(lookup.file is not None and matches([lookup.file], path.name) for lookup in lookups)

    def joined(self, sheet: RawSheet, path: Path, section: Section) -> RawSheet:
        """The sheet with the columns ``name.heading`` of its look-ups; None where the key is not found."""
        frame = sheet.frame
        for name, lookup in section.lookups.items():
            other = _wanted(self._sheet(path, name, lookup), name, lookup)
            keys, wanted = _keys(other, lookup.key, name), _keys(sheet, lookup.on, name)
            frame = frame.join(_rows(other, keys, wanted, name, frame.index))
        return RawSheet(sheet.file, sheet.sheet, frame, sheet.rows, sheet.repeated)

    def _sheet(self, path: Path, name: str, lookup: Lookup) -> RawSheet:
        file = path if lookup.file is None else next((p for p in self.paths if matches([lookup.file], p.name)), None)
        if file is None:
            raise ProfileError(
                Message(
                    "The look-up {name} needs a file like {pattern}.", {"name": name, "pattern": lookup.file or ""}
                ),
                Message("Deliver it together with the others."),
            )
        if (file, lookup.sheet) not in self._read:
            sheets = raw_sheets(file, plain_name(file))
            found = (s for s in sheets if not lookup.sheet or matches([lookup.sheet], s.sheet or ""))
            sheet = next(found, None)
            if sheet is None:
                raise ProfileError(
                    Message(
                        "{file} has no sheet {sheet}, which the look-up {name} needs.",
                        {"file": plain_name(file), "sheet": lookup.sheet or "", "name": name},
                    ),
                    Message("Correct the profile, or ask for the file again."),
                )
            self._read[file, lookup.sheet] = sheet
        return self._read[file, lookup.sheet]


def _column(sheet: RawSheet, heading: str, name: str) -> pd.Series[Any]:
    if heading not in sheet.frame.columns:
        raise ProfileError(
            Message(
                "{place} has no heading {heading}, which the look-up {name} needs.",
                {"place": place(sheet.file, sheet.sheet), "heading": heading, "name": name},
            ),
            Message("Correct the profile, or ask for the file again."),
        )
    return sheet.frame[heading]


def _wanted(other: RawSheet, name: str, lookup: Lookup) -> RawSheet:
    """The rows of the second sheet for which the look-up's condition holds."""
    if not lookup.where:
        return other
    hits = [holds(rule, _column(other, rule.heading, name)) for rule in lookup.where]
    at = np.flatnonzero(np.logical_and.reduce(hits))
    return RawSheet(other.file, other.sheet, other.frame.iloc[at].reset_index(drop=True), other.rows[at])


def _keys(sheet: RawSheet, headings: Sequence[str], name: str) -> list[str]:
    """The key of each row, of several headings put together."""
    columns = [[plain_text(cell) for cell in _column(sheet, heading, name).tolist()] for heading in headings]
    return ["\x1f".join(parts) for parts in zip(*columns, strict=True)]


def _rows(other: RawSheet, keys: list[str], wanted: list[str], name: str, index: pd.Index[Any]) -> pd.DataFrame:
    position = {key: i for i, key in reversed(list(enumerate(keys)))}
    if len(position) < len(keys):
        twice = next(key for i, key in enumerate(keys) if position[key] != i)
        raise ProfileError(
            Message(
                "{place} has {key} more than once, so the look-up {name} is not clear.",
                {"place": place(other.file, other.sheet), "key": twice.replace("\x1f", " · ") or "–", "name": name},
            ),
            Message("Keep one row for each key."),
        )
    table = other.frame.astype(object)
    table.index = pd.Index(keys)
    found = table.reindex(wanted)
    found = found.astype(object).where(found.notna(), None)
    found.index = index
    return found.add_prefix(f"{name}.")
