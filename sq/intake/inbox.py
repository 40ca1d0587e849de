"""Files as received: kept in data/inbox under their sha256, never edited; refused rows beside them."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sq.checking import Rejects
from sq.errors import SourceError
from sq.language import N_, Message, _
from sq.places import inbox, plain_name

PIECE = 1 << 20
LONGEST = 180  # bytes of a file's own name in the inbox: no file system takes more than 255
PREFIX = 16  # hex digits of the sha256 in the name of a kept file


@dataclass(frozen=True)
class Received:
    """A file of a delivery; ``bytes`` is its size."""

    path: Path
    sha256: str
    bytes: int

    @property
    def kept_as(self) -> str:
        """Its name in the inbox."""
        return f"{self.sha256[:PREFIX]}-{_kept_name(self.name)}"

    @property
    def name(self) -> str:
        """Its name as it is told and stored."""
        return plain_name(self.path)


def _kept_name(name: str) -> str:
    """A name that every file system takes."""
    return re.sub(r'[<>:"/\\|?*]', "_", name).encode()[-LONGEST:].decode(errors="ignore")


def received(paths: Iterable[Path]) -> list[Received]:
    """The different files of a delivery; the same content twice counts once.

    Raises:
        SourceError: a file is not there or cannot be read.
    """
    found: dict[str, Received] = {}
    for path in paths:
        try:
            if path.exists() and not path.is_file():  # a folder, a pipe or a device would never end
                raise OSError(path)
            digest = file_sha256(path)
            found.setdefault(digest, Received(path, digest, path.stat().st_size))
        except OSError as error:
            raise SourceError(
                Message(N_("The file {file} cannot be opened."), {"file": plain_name(path)}),
                Message(N_("Check its name and the right to read it.")),
            ) from error
    return list(found.values())


def file_sha256(path: Path) -> str:
    """The sha256 of a file in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def keep(folder: Path, file: Received) -> Path | None:
    """Copy a file to the inbox, on disk before this returns; None if it is there already."""
    place = inbox(folder) / file.kept_as
    if place.exists() and place.stat().st_size == file.bytes:
        return None
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(place.name + ".part")
    try:
        with file.path.open("rb") as source, part.open("wb") as target:
            while piece := source.read(PIECE):
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
    return place


def write_rejects(path: Path, rejects: Iterable[Rejects]) -> None:
    """A CSV with every refused row as received: where it stood, why it was refused, then the file's columns."""
    frames = []
    for part in rejects:
        place = pd.DataFrame(
            {
                _("table"): part.table,
                _("file"): part.file,
                _("sheet"): part.sheet or "",
                _("row"): part.rows,
                _("reason"): part.reasons(),
            }
        )
        frames.append(pd.concat([place, part.frame.map(harmless).set_axis(place.index)], axis=1))
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.concat(frames, ignore_index=True).to_csv(path, index=False, encoding="utf-8-sig")


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula, with an apostrophe before it."""
    return "'" + value if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value
