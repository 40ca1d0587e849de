"""The failures that several readers share, each with its next step."""

from __future__ import annotations

from dataclasses import dataclass

from sq.errors import SourceError
from sq.language import Message, listing

MIB = 1024 * 1024


def nothing_in(name: str) -> SourceError:
    """The file has no rows or no headings."""
    return SourceError(
        Message("{file} holds no data.", {"file": name}), Message("Check that the right file was saved.")
    )


def protected(name: str) -> SourceError:
    """The file is encrypted."""
    return SourceError(
        Message("{file} is protected by a password.", {"file": name}),
        Message("Remove the password in the spreadsheet program and save it again."),
    )


def damaged(name: str) -> SourceError:
    """The file is cut off or broken."""
    return SourceError(
        Message("{file} is damaged or incomplete and cannot be opened.", {"file": name}),
        Message("Ask for the file again, or open it in a spreadsheet program and save it as a new .xlsx file."),
    )


def too_large(name: str, limit: Message) -> SourceError:
    """More than the reader takes on."""
    return SourceError(
        Message("{file} is too large: {limit}.", {"file": name, "limit": limit}),
        Message("Split it into several files, or deliver it as CSV or Parquet."),
    )


@dataclass(frozen=True)
class Listing:
    """Names that are joined in the reader's language when they are shown."""

    names: tuple[object, ...]

    def __str__(self) -> str:
        return listing([str(name) for name in self.names])
