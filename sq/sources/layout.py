"""How a sheet or file lies on the page: heading row, separator, encoding; plain unless a profile says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """Reading options of one sheet; None means: find out."""

    heading_row: int | None = None
    fill_merged: bool = False
    encoding: str | None = None
    separator: str | None = None


@dataclass(frozen=True)
class Layouts:
    """The layout of each sheet of a file (None: the file has no sheets), and which sheets are read at all."""

    of: Callable[[str | None], Layout] = lambda _sheet: Layout()
    wanted: Callable[[str | None], bool] = lambda _sheet: True


PLAIN = Layouts()
