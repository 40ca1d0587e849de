"""Saved views: addresses with names, one reader's own or everybody's."""

from __future__ import annotations

import secrets
from pathlib import Path

from sq.workspace import tables
from sq.workspace.records import View
from sq.workspace.storing import found, one


def new_key() -> str:
    """A key that stands for one reader as long as nobody logs in; their browser remembers it."""
    return secrets.token_hex(16)


def views(folder: Path, owner: str = "") -> list[View]:
    """The views of one reader (by key) or, without a key, those that everybody shares; by title."""
    of = tables.views.c
    return sorted(found(folder, View, of.owner == owner), key=lambda view: view.title.casefold())


def view(folder: Path, view_id: str) -> View:
    """One saved view; raises WorkspaceError where it does not exist."""
    return one(folder, View, view_id)
