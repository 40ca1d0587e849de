"""Errors that a reader can act on: each says the place and the next step."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from sq.language import N_, Message


class SqError(Exception):
    """An expected failure, told in the reader's language.

    Args:
        what: what happened and where, with file, sheet, row or page.
        next_step: what the reader can do now.
    """

    def __init__(self, what: Message, next_step: Message | None = None) -> None:
        super().__init__(str(what))
        self.what = what
        self.next_step = next_step

    def told(self) -> str:
        """One or two sentences in the current language."""
        return str(self.what) if self.next_step is None else f"{self.what} {self.next_step}"

    def __str__(self) -> str:
        return self.told()


class SourceError(SqError):
    """A file cannot be read as what it claims to be."""


class ProfileError(SqError):
    """A mapping profile is wrong or does not fit the file."""


class IntakeError(SqError):
    """The intake store cannot do what was asked (locked, unknown batch, full disk)."""


class SnapshotError(SqError):
    """There is no snapshot, or it is damaged."""


class UnknownName(SqError):
    """A metric, level or place that does not exist; offers the nearest names."""

    @classmethod
    def near(cls, what: str, name: str, known: Iterable[str], if_none: str = "") -> UnknownName:
        """The error ``what`` (with {name}) that offers the nearest names, or all when nothing is near.

        ``if_none``: the next step where nothing is known at all.
        """
        names = list(known)
        near = ", ".join(get_close_matches(name, names, n=3, cutoff=0.4) or names[:12])
        step = Message(N_("Did you mean {names}?"), {"names": near}) if near else Message(if_none) if if_none else None
        return cls(Message(what, {"name": name}), step)


class SettingsError(SqError):
    """The settings file is wrong, or asks for less protection than was promised."""


class WorkspaceError(SqError):
    """The workspace (agendas, notes, saved views) cannot do what was asked; the numbers are not affected."""


class BackupError(SqError):
    """A backup cannot be written or restored; nothing was changed."""


class ExportError(SqError):
    """A file to take away cannot be written; what was there before is unchanged."""
